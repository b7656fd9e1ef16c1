"""Data availability: counts and shares by hand, and the same verdict as scoring gives."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.audit.availability import data_availability, imputed_share
from marketselect.framework.vocabulary import Missing

FRAMEWORK = ms.Framework(
    name="mixed",
    factors=(
        ms.Factor(code="a", weight=3),
        ms.Factor(code="b"),
        ms.Factor(code="c", parent="a"),
    ),
    # Tree weights within "a": x 1/4, y 1/2, p 1/16, q 3/16; z is all of "b".
    indicators=tuple(
        ms.Indicator(
            code=code, factor=factor, direction="benefit", weight=weight, goalposts=(0.0, 100.0)
        )
        for code, factor, weight in [
            ("x", "a", 1.0),
            ("y", "a", 2.0),
            ("p", "c", 1.0),
            ("q", "c", 3.0),
            ("z", "b", 1.0),
        ]
    ),
)


def table(*gaps: str) -> pd.DataFrame:
    """Return one market for each text of gaps, whose letters are the indicators it lacks."""
    rows = [[np.nan if code in gap else 50.0 for code in "xypqz"] for gap in gaps]
    index = pd.Index([gap or "full" for gap in gaps], name="market")
    return pd.DataFrame(rows, index=index, columns=list("xypqz"))


# By hand


def test_a_market_is_counted_weighed_and_judged() -> None:
    found = data_availability(table("", "x", "y", "z"), FRAMEWORK)
    market = found.by_market
    assert market.index.tolist() == ["full", "x", "y", "z"]
    assert market.index.name == "market"
    assert market["observed"].tolist() == [5, 4, 4, 4]
    assert market["share"].tolist() == [1.0, 0.8, 0.8, 0.8]
    # "a" counts 3/4: without x 1 - 3/4 x 1/4, without y 1 - 3/4 x 1/2, without z 3/4.
    assert market["coverage"].tolist() == [1.0, 0.8125, 0.625, 0.75]
    assert market["qualifies"].tolist() == [True, True, False, False]
    assert found.by_factor["a"].tolist() == [1.0, 0.75, 0.5, 1.0]
    assert found.by_factor["b"].tolist() == [1.0, 1.0, 1.0, 0.0]


def test_an_indicator_is_counted_over_all_markets() -> None:
    found = data_availability(table("", "x", "xy", "z"), FRAMEWORK).by_indicator
    assert found.index.tolist() == ["x", "y", "p", "q", "z"]
    assert found["factor"].tolist() == ["a", "a", "c", "c", "b"]
    assert found["observed"].tolist() == [2, 3, 4, 4, 3]
    assert found["share"].tolist() == [0.5, 0.75, 1.0, 1.0, 0.75]


def test_the_share_that_is_imputed_is_the_tree_weight_of_the_gaps() -> None:
    for missing in ("reweight", "mean"):
        loose = replace(FRAMEWORK, min_coverage=0.5, missing=missing)
        scores = ms.score_factors(table("", "x", "y", "q"), loose)
        rests = imputed_share(scores)
        assert rests.to_dict() == {"full": 0.0, "x": 0.1875, "y": 0.375, "q": 0.140625}


def test_only_scored_markets_have_a_share_that_is_imputed() -> None:
    scores = ms.score_factors(table("", "y", "z"), FRAMEWORK)
    assert imputed_share(scores).index.tolist() == ["full"]


def test_the_share_that_is_imputed_is_the_weight_of_the_listed_cells() -> None:
    data = table("", "x", "py", "q").assign(group=["g", "g", "h", "h"])
    settings = {"missing": "group-median", "group": "group", "min_coverage": 0.0}
    scores = ms.score_factors(data, replace(FRAMEWORK, **settings))  # type: ignore[arg-type]
    tree = FRAMEWORK.tree_weights()
    weight = scores.imputed["indicator"].map(tree).groupby(scores.imputed["market"]).sum()
    rests = imputed_share(scores)
    np.testing.assert_allclose(rests, weight.reindex(rests.index, fill_value=0.0), atol=1e-12)


# The same verdict as scoring


GAPS = ["".join(gap) for size in range(6) for gap in combinations("xypqz", size)]


@pytest.mark.parametrize("policy", ["reweight", "drop", "mean", "median"])
@pytest.mark.parametrize("least", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_who_qualifies_is_who_is_scored(policy: Missing, least: float) -> None:
    """Over every set of indicators that a market may lack."""
    data, rules = table(*GAPS), replace(FRAMEWORK, missing=policy, min_coverage=least)
    scores, found = ms.score_factors(data, rules), data_availability(data, rules)
    assert found.by_market.index[found.by_market["qualifies"]].equals(scores.scores.index)
    pd.testing.assert_frame_equal(found.by_factor, scores.coverage)
    rests = 1 - found.by_market.loc[scores.scores.index, "coverage"]
    np.testing.assert_array_equal(imputed_share(scores), rests)


def test_under_refuse_a_gap_does_not_qualify() -> None:
    rules = replace(FRAMEWORK, missing="refuse", min_coverage=0.0)
    found = data_availability(table("", "p"), rules)
    assert found.by_market["qualifies"].tolist() == [True, False]


def test_two_thirds_are_reached_by_two_of_three() -> None:
    thirds = ms.Framework(
        name="thirds",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="f", direction="benefit", goalposts=(0.0, 1.0))
            for code in "uvw"
        ),
        min_coverage=0.6666666667,  # two thirds, as people write them
    )
    data = pd.DataFrame({"u": [1.0], "v": [1.0], "w": [np.nan]}, index=["A"])
    assert data_availability(data, thirds).by_market.loc["A", "qualifies"]


def test_the_embedded_indicators_qualify_whom_the_ranking_ranks(
    pestle_table: ms.IndicatorTable, pestle_ranking: ms.Ranking
) -> None:
    observed, ranking = pestle_table, pestle_ranking
    found = data_availability(observed, "pestle")
    assert set(found.by_market.index[found.by_market["qualifies"]]) == set(ranking.table.index)
    assert found.by_market["share"].between(0, 1).all()
    assert len(found.by_market) == len(observed.values)


# The door


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1.0], "a pandas DataFrame is needed"),
        (pd.DataFrame(), "the table is empty"),
        (table("").drop(columns="q"), '"q"'),
        (table("", "").set_axis(["A", "A"]), '"A"'),
        (table("").astype(object).assign(x="n/a"), 'value is "n/a"'),
        (table("").assign(x=np.inf), 'indicator "x", market "full"'),
    ],
)
def test_data_without_an_answer_are_refused(data: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        data_availability(data, FRAMEWORK)


def test_the_data_stay_as_they_were() -> None:
    data = table("", "x")
    before = data.copy()
    data_availability(data, FRAMEWORK)
    pd.testing.assert_frame_equal(data, before)


def test_an_indicator_with_too_few_values_is_screened() -> None:
    raw = pd.DataFrame({"gdp": [1.0, 2.0, 3.0, 4.0], "thin": [1.0, None, None, 2.0]})
    rules = ms.Framework(
        name="screened",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="f", direction="benefit") for code in ("gdp", "thin")
        ),
    )
    found = ms.data_availability(raw, rules, min_share=0.66).by_indicator
    assert found["enough"].tolist() == [True, False]
    assert ms.data_availability(raw, rules, min_share=0.5).by_indicator["enough"].all()
    with pytest.raises(ms.InputError, match=r"min_share is 2; a share between 0 and 1"):
        ms.data_availability(raw, rules, min_share=2)
