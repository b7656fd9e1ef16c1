"""A scale that one market sets is told, with the market and what to do about it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from shared import pestle_table


def framework(**more: Any) -> ms.Framework:
    rules = {key: more.pop(key) for key in ("goalposts", "treatment") if key in more}
    return ms.Framework(
        name="one",
        factors=(ms.Factor(code="a"), ms.Factor(code="b")),
        indicators=(
            ms.Indicator(code="gdp", factor="a", direction="benefit", **rules),
            ms.Indicator(code="even", factor="b", direction="benefit"),
        ),
        **more,
    )


def data(largest: float, count: int = 20) -> pd.DataFrame:
    """Return nineteen markets from 1 to 19, and one of another size; beside it an even column."""
    small = np.arange(1.0, count)
    return pd.DataFrame(
        {"gdp": [*small, largest], "even": np.arange(count, dtype=float)},
        index=[*(f"m{n}" for n in range(1, count)), "giant"],
    )


def test_the_market_that_sets_the_scale_is_named_with_the_remedies() -> None:
    ranking = ms.rank_markets(data(1000.0), framework(), draws=0)
    (line,) = ranking.remarks
    # By hand: the 5th percentile of 20 values is 1.95, the 95th 68.05; of 999 that is 6.6 %.
    assert line == (
        '"gdp": "giant" sets the scale, the middle nine tenths of the markets share 7% of it; give '
        'it goalposts, a treatment of outliers ("skew-kurtosis"), or the normalization '
        '"percentile-rank"'
    )
    (cell,) = ranking.scores.cells.query("kind == 'noted'").to_dict("records")
    assert (cell["market"], cell["indicator"], cell["why"]) == (
        "giant",
        "gdp",
        "it sets the scale, the middle nine tenths of the markets share 7% of it",
    )
    assert line in " ".join(repr(ranking).split())


@pytest.mark.parametrize("count", range(6, 15))
def test_of_few_markets_all_others_are_counted(count: int) -> None:
    (line,) = ms.score_factors(data(1000.0, count), framework()).crowding
    # By hand: the others lie from 1 to count - 1, in a scale from 1 to 1000.
    part = f"{round(100 * (count - 2) / 999)}%" if count > 6 else "<1%"
    assert f'"giant" sets the scale, the other {count - 1} markets share {part} of it' in line


@pytest.mark.parametrize("count", [3, 4, 5])
def test_of_three_to_five_markets_the_others_share_less_than_a_tenth(count: int) -> None:
    # By hand: the others lie from 1 to count - 1, in a scale from 1 to `largest`; ten times as
    # far as they reach is the limit.
    limit = 1 + 10 * (count - 2)
    (line,) = ms.score_factors(data(limit + 1.0, count), framework()).crowding
    others = f"the other {count - 1} markets share"
    assert f'"gdp": "giant" sets the scale, {others}' in line
    assert ms.score_factors(data(limit - 1.0, count), framework()).crowding == ()


def test_a_few_markets_spread_evenly_need_no_note() -> None:
    for count in range(3, 21):
        assert ms.score_factors(data(float(count), count), framework()).crowding == ()


def test_a_small_giant_for_a_cost_is_found_at_the_other_end() -> None:
    given = data(1000.0)
    given["gdp"] = -given["gdp"]
    assert '"giant" sets the scale' in ms.score_factors(given, framework()).crowding[0]


@pytest.mark.parametrize(
    "rules",
    [
        {"goalposts": (0, 1000)},
        {"treatment": "skew-kurtosis"},
        {"normalization": "percentile-rank"},
        {"normalization": "z-score"},
    ],
)
def test_what_the_note_recommends_takes_it_away(rules: dict[str, Any]) -> None:
    assert ms.score_factors(data(1000.0), framework(**rules)).crowding == ()


def test_an_even_scale_few_markets_and_a_given_scale_need_no_note() -> None:
    assert ms.score_factors(data(25.0), framework()).crowding == ()
    assert ms.score_factors(data(1000.0, 2), framework()).crowding == ()
    scale = ms.fit_scale(data(1000.0), framework())
    assert ms.score_factors(data(1000.0), framework(), scale=scale).crowding == ()


def test_the_shipped_frameworks_need_no_note() -> None:
    table = pestle_table()
    assert ms.score_factors(table, "pestle").crowding == ()
