"""What came after each year: growth, the onset of an event, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.panel.outcomes import baseline, every_year, log_growth, market_by_year, onset
from shared import fault_of

YEARS = range(2001, 2008)


def over_years(**markets: list[Any]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(markets, orient="index", columns=list(YEARS), dtype=float)


def high(amounts: pd.DataFrame) -> pd.DataFrame:
    return amounts > 20


def test_growth_is_the_log_over_the_years_to_come() -> None:
    found = log_growth(over_years(A=[1, 2, 4, 8, 0, 32, None]), 3)
    assert found.columns.equals(pd.Index([2001, 2002, 2003, 2004]))
    # 8 / 1, nothing of 0 / 2, 32 / 4, nothing of a gap
    np.testing.assert_allclose(found.loc["A"], [np.log(8), np.nan, np.log(8), np.nan])


def test_an_onset_is_an_event_ahead_without_one_in_three_years() -> None:
    inflation = over_years(
        quiet=[1, 1, 1, 1, 1, 1, 1],
        once=[1, 1, 1, 1, 30, 1, 1],
        early=[30, 1, 1, 1, 1, 1, 1],
    )
    found = onset(inflation, high, 2)
    assert found.columns.equals(pd.Index([2001, 2002, 2003, 2004, 2005]))
    # The event of 2005 is ahead of 2003 and 2004; in 2005 it is there.
    np.testing.assert_array_equal(found.loc["once"], [0, 0, 1, 1, np.nan])
    # That of 2001 bars 2001 to 2003.
    np.testing.assert_array_equal(found.loc["early"], [np.nan, np.nan, np.nan, 0, 0])
    assert (found.loc["quiet"] == 0).all()


def test_a_gap_is_no_event_but_a_market_unknown_in_the_year_is_not_watched() -> None:
    inflation = over_years(A=[1, None, 1, None, 30, 1, 1], B=[1, 1, 1, 1, 1, 1, 1])
    np.testing.assert_array_equal(onset(inflation, high, 2).loc["A"][:4], [0, np.nan, 1, np.nan])


def test_years_that_are_no_columns_are_gaps_and_no_neighbors() -> None:
    sales = market_by_year(pd.DataFrame({2004: [8.0], 2001: [1.0]}, index=["A"]), "amounts")
    assert list(every_year(sales)) == [2001, 2002, 2003, 2004]
    assert log_growth(every_year(sales), 1).isna().all(axis=None)
    assert log_growth(every_year(sales), 3).loc["A", 2001] == pytest.approx(np.log(8))


def test_countries_are_read_by_name_and_years_by_their_digits() -> None:
    found = market_by_year(pd.DataFrame({"2001": [1, 2]}, index=["Germany", "FRA"]), "amounts")
    assert list(found.index) == ["DEU", "FRA"]
    assert found.columns.equals(pd.Index([2001]))


def test_truths_with_gaps_are_ones_zeros_and_gaps() -> None:
    given = pd.DataFrame({2001: [True, None, False]}, index=list("ABC"), dtype=object)
    np.testing.assert_array_equal(market_by_year(given, "outcome")[2001], [1, np.nan, 0])


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (lambda amounts: amounts, "wrong-type"),
        (lambda amounts: (amounts > 20).iloc[:1], "wrong-shape"),
        (lambda _: True, "wrong-shape"),
        (lambda amounts: (amounts > 20).iloc[::-1], "wrong-order"),
        (lambda _: 1 / 0, "method-failed"),
    ],
)
def test_an_event_that_gives_no_truths_is_refused(
    event: Callable[[pd.DataFrame], Any], code: str
) -> None:
    amounts = over_years(A=[1] * 7, B=[2] * 7)
    fault = fault_of(onset, amounts, event, 2)
    assert (fault.code, fault.where) == (code, "event")


def test_nearest_is_by_the_distance_of_the_embedded_figures() -> None:
    found = baseline("nearest", None, "GBR", 3, pd.Index([2010]), events=False)[2010]
    assert found["IRL"] > found["FRA"] > found["NZL"]
    assert "GBR" not in found


def test_the_poorer_grow_and_the_poorer_have_the_event() -> None:
    by_growth = baseline("poorer", None, None, 3, pd.Index([2010]), events=False)[2010]
    by_event = baseline("poorer", None, None, 3, pd.Index([2010]), events=True)[2010]
    assert by_growth["IND"] > by_growth["CHE"]
    assert by_event["IND"] < by_event["CHE"]


def test_past_growth_looks_back_over_the_horizon() -> None:
    amounts = over_years(A=[1, 2, 4, 8, 16, 32, 64])
    found = baseline("past_growth", amounts, None, 2, amounts.columns, events=False)
    np.testing.assert_allclose(found.loc["A"], [np.nan, np.nan, *[np.log(4)] * 5])


SCORES = over_years(A=[1] * 7, B=[2] * 7, C=[3] * 7)


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"outcome": "growth"}, "missing", "amounts"),
        ({"outcome": "sales"}, "unknown-word", "outcome"),
        ({"outcome": "event", "amounts": SCORES}, "missing", "event"),
        ({"outcome": "event", "amounts": SCORES, "event": 3}, "wrong-type", "event"),
        ({"amounts": SCORES, "event": high}, "contradiction", "event"),
        ({"amounts": SCORES, "first": 1}, "contradiction", "first and last"),
        ({"outcome": SCORES}, "missing", "first"),
        ({"outcome": SCORES, "first": 1}, "missing", "last"),
        ({"outcome": SCORES, "first": 0, "last": 3}, "out-of-range", "first"),
        ({"outcome": SCORES, "first": -2, "last": 3}, "out-of-range", "first"),
        ({"outcome": SCORES, "first": 3, "last": 2}, "contradiction", "last"),
        ({"outcome": SCORES, "first": 1, "last": 2, "event": high}, "contradiction", "event"),
        ({"amounts": SCORES, "baselines": ["biggest"]}, "unknown-word", "baselines"),
        ({"amounts": SCORES, "baselines": "largest"}, "wrong-type", "baselines"),
        ({"amounts": SCORES, "baselines": {"scores": SCORES}}, "duplicate", "baselines"),
        ({"amounts": SCORES, "baselines": ["nearest"]}, "missing", "home"),
        ({"outcome": SCORES, "first": 1, "last": 2, "baselines": ["largest"]}, "missing",
         "amounts"),
        ({"amounts": SCORES, "horizon": 0}, "out-of-range", "horizon"),
        ({"amounts": SCORES, "top": 0}, "out-of-range", "top"),
        ({"amounts": SCORES, "horizon": 7}, "no-data", "scores and outcome"),
        ({"amounts": SCORES.rename(columns={2001: "first"})}, "wrong-form", "amounts"),
        ({"amounts": SCORES.rename(index={"A": "B"})}, "duplicate", 'market "B"'),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_refused(given: dict[str, Any], code: str, where: str) -> None:
    fault = fault_of(ms.backtest, SCORES, **given)
    assert (fault.code, fault.where) == (code, where)
