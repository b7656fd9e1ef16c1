"""contributions, explain, compare and overtake: parts that add up, swaps that happen, prose."""

import functools
import itertools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

import marketselect as ms
from marketselect.explanation import other_weights as explanation_moves
from marketselect.explanation.answers import Overtaking
from marketselect.explanation.other_weights import overtake
from marketselect.explanation.parts import contributions
from marketselect.explanation.profile import compare, explain
from marketselect.framework.vocabulary import Normalization
from marketselect.ranking.ranking import rescore
from marketselect.words import number_text, ordinal, value_text
from shared import examples, observations

SPLIT = ("weighted_sum", "ahp", "promethee", "topsis", "weighted_product")
LINEAR = ("weighted_sum", "ahp", "promethee")


def framework(**settings: Any) -> ms.Framework:
    """Return three factors, one of them with two sub-factors; all on goalposts 0 to 100."""

    def indicator(code: str, factor: str, **keys: Any) -> ms.Indicator:
        keys = {"direction": "benefit", "goalposts": (0.0, 100.0), **keys}
        return ms.Indicator(code=code, factor=factor, **keys)

    return ms.Framework(
        name="small",
        factors=(
            ms.Factor(code="economic", name="Economy"),
            ms.Factor(code="legal", name="Law"),
            ms.Factor(code="social", name="Society"),
            ms.Factor(code="size", parent="economic"),
            ms.Factor(code="growth", parent="economic"),
        ),
        indicators=(
            indicator("gdp", "size", name="Output", unit="billion euros", source="Office"),
            indicator("people", "size", name="Inhabitants", unit="thousands"),
            indicator("rate", "growth", name="Growth", unit="% a year"),
            indicator("law", "legal", name="Rule of law", unit="estimate, 0 to 100"),
            indicator("crime", "social", name="Crime", unit="per 1,000", direction="cost"),
        ),
        **{"min_coverage": 0.5, **settings},
    )


def table() -> pd.DataFrame:
    """Return five cities whose factor scores are plain to see."""
    rows = {
        "Aarhus": [80, 60, 50, 90, 20],  # economic 60, legal 90, social 80
        "Bergen": [20, 40, 50, 60, 10],  # economic 40, legal 60, social 90
        "Cadiz": [90, 90, 90, 30, 60],  # economic 90, legal 30, social 40
        "Delft": [10, 10, 30, 70, 40],  # economic 20, legal 70, social 60
        "Essen": [50, np.nan, 40, 50, 50],  # economic 45, legal 50, social 50
    }
    columns = ["gdp", "people", "rate", "law", "crime"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.astype(float).rename_axis(index="city")


def ranked(data: pd.DataFrame | None = None, **settings: Any) -> ms.Ranking:
    rules = framework(**settings.pop("framework", {}))
    return ms.rank_markets(table() if data is None else data, rules, **{"draws": 0, **settings})


def flat(factors: int, values: Any, weights: Any = None, **settings: Any) -> ms.Ranking:
    """Rank markets by factors of one indicator each, whose score is the value."""
    codes = [f"f{place}" for place in range(factors)]
    rules = ms.Framework(
        name="flat",
        factors=tuple(
            ms.Factor(code=code, weight=1.0 if weights is None else float(weights[place]))
            for place, code in enumerate(codes)
        ),
        indicators=tuple(
            ms.Indicator(code=f"i{code}", factor=code, direction="benefit", goalposts=(0, 100))
            for code in codes
        ),
    )
    data = pd.DataFrame(np.asarray(values, dtype=float), columns=[f"i{code}" for code in codes])
    data.index = pd.Index([f"M{place}" for place in range(len(data))])
    return ms.rank_markets(data, rules, **{"draws": 0, **settings})


def values_and_weights(least: float = 0.0) -> st.SearchStrategy[tuple[Any, Any]]:
    """Return a matrix of 2 to 5 markets x 2 to 4 factors, and weights of the factors."""

    def sized(shape: tuple[int, int]) -> st.SearchStrategy[tuple[Any, Any]]:
        number = st.floats(least, 100).map(lambda value: round(value, 3))
        row = st.lists(number, min_size=shape[1], max_size=shape[1])
        weight = st.lists(st.integers(0, 5), min_size=shape[1], max_size=shape[1]).filter(any)
        return st.tuples(st.lists(row, min_size=shape[0], max_size=shape[0]), weight)

    return st.tuples(st.integers(2, 5), st.integers(2, 4)).flatmap(sized)


# contributions


def test_parts_of_a_weighted_sum_by_hand() -> None:
    parts = contributions(ranked(weights={"economic": 2, "legal": 1, "social": 1}))
    assert parts.index.tolist() == ["Aarhus", "Cadiz", "Bergen", "Essen", "Delft"]
    assert parts.index.name == "city"
    assert parts.columns.tolist() == ["economic", "legal", "social"]
    assert list(parts.loc["Aarhus"]) == pytest.approx([30, 22.5, 20])
    assert list(parts.loc["Delft"]) == pytest.approx([10, 17.5, 15])


def test_parts_of_indicators_by_hand() -> None:
    parts = contributions(ranked(), level="indicator")
    # An indicator of size has 1/3 x 1/2 x 1/2 of the weight; Essen's people give theirs to gdp.
    assert list(parts.loc["Aarhus"]) == pytest.approx([80 / 12, 5, 50 / 6, 30, 80 / 3])
    assert list(parts.loc["Essen"]) == pytest.approx([50 / 6, 0, 40 / 6, 50 / 3, 50 / 3])


@pytest.mark.parametrize("method", SPLIT)
@examples(15)
@given(given_=values_and_weights(least=1.0))
def test_parts_add_up_to_the_score(method: Any, given_: tuple[Any, Any]) -> None:
    values, weights = given_
    ranking = flat(len(weights), values, weights, method=method)
    parts = contributions(ranking)
    assert parts.notna().all(axis=None)
    assert parts.sum(axis=1).to_numpy() == pytest.approx(ranking.table["score"], abs=1e-9)
    without = [f"f{place}" for place, weight in enumerate(weights) if weight == 0]
    assert not parts[without].to_numpy().any()


@pytest.mark.parametrize("method", ["weighted_sum", "ahp"])
@pytest.mark.parametrize(
    "options", [{}, {"normalization": "min-max"}, {"mode": "distributive"}, {"mode": "ideal"}]
)
def test_parts_of_indicators_add_up_to_those_of_their_factor(
    method: Any, options: dict[str, object]
) -> None:
    if ("mode" in options) != (method == "ahp"):
        options = {}
    ranking = ranked(method=method, options=options)
    parts, whole = contributions(ranking, level="indicator"), contributions(ranking)
    under = {"economic": ["gdp", "people", "rate"], "legal": ["law"], "social": ["crime"]}
    for factor, codes in under.items():
        assert parts[codes].sum(axis=1).to_numpy() == pytest.approx(whole[factor], abs=1e-12)


def test_a_factor_in_which_all_are_level_still_has_parts_of_its_indicators() -> None:
    data = table().loc[["Aarhus", "Bergen"]]
    data = data.assign(gdp=[80.0, 50], people=[60.0, 50], rate=[50.0, 70])
    parts = contributions(ranked(data), level="indicator")
    assert list(parts.loc["Aarhus"])[:3] == pytest.approx([80 / 12, 5, 50 / 6])
    assert list(parts.loc["Bergen"])[:3] == pytest.approx([50 / 12, 50 / 12, 70 / 6])


def by_all_orders(worth: Callable[[frozenset[int]], float], players: int) -> list[float]:
    """Return Shapley values as their definition says: the mean over all orders."""
    orders = list(itertools.permutations(range(players)))
    values = [0.0] * players
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            values[player] += (worth(before | {player}) - worth(before)) / len(orders)
    return values


def closeness(row: list[float], weights: list[float], present: frozenset[int]) -> float:
    """Return TOPSIS' closeness between 0 and 100; who is absent sits at 0."""
    values = [value if place in present else 0.0 for place, value in enumerate(row)]
    far = math.sqrt(sum((w * (100 - v)) ** 2 for w, v in zip(weights, values, strict=True)))
    near = math.sqrt(sum((w * v) ** 2 for w, v in zip(weights, values, strict=True)))
    return near / (near + far)


def test_topsis_is_split_as_the_definition_of_shapley_says() -> None:
    values: list[list[float]] = [[60, 80, 10], [20, 70, 90]]
    weights = [0.5, 0.3, 0.2]
    ranking = flat(3, values, weights, method="topsis")
    parts = contributions(ranking)
    for place, row in enumerate(values):
        expected = by_all_orders(functools.partial(closeness, row, weights), 3)
        assert list(parts.loc[f"M{place}"]) == pytest.approx(expected, abs=1e-12)


def test_topsis_with_two_factors_by_hand() -> None:
    # Alone at 100, the other at 0: d- = 1, d+ = 1, closeness 1/2; both: 1; so a half each.
    parts = contributions(flat(2, [[100, 100], [100, 0]], method="topsis"))
    assert list(parts.loc["M0"]) == pytest.approx([0.5, 0.5])
    assert list(parts.loc["M1"]) == pytest.approx([0.5, 0.0])


@pytest.mark.parametrize("options", [{"normalization": "vector"}, {"metric": "manhattan"}])
def test_other_forms_of_topsis_add_up_too(options: dict[str, object]) -> None:
    ranking = ranked(method="topsis", options=options)
    total = contributions(ranking).sum(axis=1)
    assert total.to_numpy() == pytest.approx(ranking.table["score"], abs=1e-12)


def test_relative_topsis_splits_a_column_that_is_the_same_for_all_as_nothing() -> None:
    ranking = flat(
        3, [[60, 80, 50], [20, 90, 50]], method="topsis", options={"metric": "euclidean"}
    )
    relative = flat(
        3,
        [[60, 80, 50], [20, 90, 50]],
        method="topsis",
        options={"normalization": "vector"},
    )
    assert contributions(ranking)["f2"].gt(0).all()
    assert contributions(relative)["f2"].eq(0).all()


def test_a_weighted_product_is_split_from_the_middle_market() -> None:
    values: list[list[float]] = [[60, 80, 10], [20, 70, 90], [40, 30, 50]]
    weights = [0.5, 0.25, 0.25]
    middle = [40.0, 70, 50]

    def product(row: list[float], present: frozenset[int]) -> float:
        chosen = [row[place] if place in present else middle[place] for place in range(3)]
        return math.prod(
            math.pow(value, weight) for value, weight in zip(chosen, weights, strict=True)
        )

    parts = contributions(flat(3, values, weights, method="weighted_product"))
    for place, row in enumerate(values):
        split = by_all_orders(functools.partial(product, row), 3)
        base = product(row, frozenset())
        expected = [base * weight + part for weight, part in zip(weights, split, strict=True)]
        assert list(parts.loc[f"M{place}"]) == pytest.approx(expected)


def test_a_zero_makes_a_product_zero_and_its_parts_still_add_up() -> None:
    parts = contributions(flat(2, [[0, 80], [50, 50], [90, 10]], method="weighted_product"))
    assert parts.loc["M0"].sum() == pytest.approx(0, abs=1e-12)
    assert parts["f0"].to_dict()["M0"] < 0 < parts["f1"].to_dict()["M0"]


@pytest.mark.parametrize("method", SPLIT)
def test_factors_that_are_alike_have_equal_parts(method: Any) -> None:
    values = [[60, 60, 30], [20, 20, 50], [90, 90, 5]]
    parts = contributions(flat(3, values, [2, 2, 1], method=method))
    assert parts["f0"].to_numpy() == pytest.approx(parts["f1"], abs=1e-12)


def test_only_the_candidates_are_shown_but_all_are_scored() -> None:
    parts = contributions(ranked(markets=["Delft", "Essen"]))
    assert parts.equals(contributions(ranked()).loc[["Delft", "Essen"]])


def test_parts_add_up_to_the_score_before_it_is_rounded() -> None:
    ranking = ranked(framework={"decimals": 0})
    assert ranking.table["score"].tolist() == [77, 63, 53, 50, 48]
    assert contributions(ranking).sum(axis=1)["Aarhus"] == pytest.approx(230 / 3)


def test_mixed_numbers_of_any_size_add_up() -> None:
    for size in (1e300, 1e-300):
        rules = framework(normalization="none")
        plain = tuple(replace(indicator, goalposts=None) for indicator in rules.indicators)
        rules = replace(rules, indicators=plain)
        ranking = ms.rank_markets(table().dropna() * size, rules, draws=0)
        for level in ("factor", "indicator"):
            total = contributions(ranking, level=level).sum(axis=1) / size
            assert total.to_numpy() == pytest.approx(ranking.table["score"] / size)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("vikor", "score of vikor is not made of parts.*best and the worst market; rank with"),
        ("copeland", "counts the markets that are beaten"),
        (lambda matrix, weights: matrix @ weights, "<lambda> is not made of.*method of your own"),
    ],
)
def test_scores_without_parts_are_refused(method: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        contributions(ranked(method=method))


@pytest.mark.parametrize(
    ("settings", "level", "message"),
    [
        ({}, "indicators", "level is 'indicators'.*Did you mean \"indicator\""),
        ({"method": "topsis"}, "indicator", 'topsis is not linear.*level="factor"'),
        ({"method": "promethee"}, "indicator", "is not a straight line in the factor's score"),
    ],
)
def test_levels_that_have_no_answer(settings: dict[str, Any], level: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        contributions(ranked(**settings), level=level)


def test_a_curved_tree_has_no_parts_of_indicators() -> None:
    rules = framework(range=(1.0, 100.0))
    curved = replace(
        rules,
        factors=tuple(
            replace(factor, aggregation="geometric") if factor.code == "size" else factor
            for factor in rules.factors
        ),
    )
    ranking = ms.rank_markets(table(), curved, draws=0)
    with pytest.raises(ms.InputError, match=r'"size" take no arithmetic mean.*level="factor"'):
        contributions(ranking, level="indicator")
    assert contributions(ranking).shape == (5, 3)


def test_more_factors_than_a_split_can_take() -> None:
    values = np.arange(26).reshape(2, 13) + 1
    with pytest.raises(ms.InputError, match=r"13 top factors.*at most 12.*weighted_sum"):
        contributions(flat(13, values, method="topsis"))
    twelve = flat(13, values, [0, *[1] * 12], method="topsis")
    assert contributions(twelve).sum(axis=1).to_numpy() == pytest.approx(twelve.table["score"])


# compare


def test_a_comparison_by_hand() -> None:
    both = compare(ranked(), "Aarhus", "Cadiz")
    assert both.gap == pytest.approx(70 / 3)
    assert both.factors.index.tolist() == ["legal", "social", "economic"]
    assert both.factors["lead"].tolist() == pytest.approx([60, 40, -30])
    assert both.factors["part"].tolist() == pytest.approx([20, 40 / 3, -10])
    assert both.indicators.index[0] == "law"
    assert list(both.indicators.loc["rate", ["first", "second"]]) == [50, 90]
    assert both.indicators["part"].sum() == pytest.approx(both.gap)
    assert both.table["name"].tolist() == ["Aarhus", "Cadiz"]
    assert both.note == both.indicator_note == ""


@pytest.mark.slow
@pytest.mark.parametrize("method", SPLIT)
@examples(15)
@given(given_=values_and_weights(least=1.0))
def test_parts_of_a_gap_add_up_and_turn_round(method: Any, given_: tuple[Any, Any]) -> None:
    values, weights = given_
    ranking = flat(len(weights), values, weights, method=method)
    one, other = compare(ranking, "M0", "M1"), compare(ranking, "M1", "M0")
    assert one.factors["part"].sum() == pytest.approx(one.gap, abs=1e-9)
    assert other.gap == -one.gap
    back = other.factors["part"].loc[one.factors.index]
    assert one.factors["part"].to_numpy() == pytest.approx(-back, abs=1e-9)
    # Who leads in a factor gains by it, whatever the method.
    assert (one.factors["part"] * one.factors["lead"] >= -1e-9).all()


def test_a_comparison_without_parts_has_leads() -> None:
    both = compare(ranked(method="vikor"), "Aarhus", "Cadiz")
    assert "vikor is not made of parts" in both.note
    assert both.factors["part"].isna().all()
    assert both.factors["lead"].tolist() == pytest.approx([60, 40, -30])


def test_a_missing_value_is_said_to_be_missing() -> None:
    both = compare(ranked(), "Essen", "Delft")
    item = both.indicators.loc["people"]
    assert np.isnan(item["first"])
    assert item["part"] == pytest.approx(-10 / 12)
    assert both.indicators["part"].sum() == pytest.approx(both.gap) == pytest.approx(145 / 3 - 50)


# explain


def test_an_explanation_by_hand() -> None:
    why = explain(ranked(), "Essen")
    assert (why.rank, why.markets) == (5, 5)
    assert why.score == pytest.approx(145 / 3)
    assert why.peers == ("Aarhus", "Bergen", "Cadiz", "Delft")
    assert why.peer_group == "the 4 other ranked markets"
    # Medians of the four: gdp 50, people 50, rate 50, law 65, crime 30 (a score of 70).
    assert why.indicators["peer_value"].to_dict() == {
        "gdp": 50, "people": 50, "rate": 50, "law": 65, "crime": 30
    }  # fmt: skip
    leads = why.indicators["lead"]
    assert leads["law"] == pytest.approx(-15 / 3)
    assert leads["crime"] == pytest.approx(-20 / 3)
    assert leads["rate"] == pytest.approx(-10 / 6)
    assert why.weaknesses.index.tolist() == ["crime", "law", "rate"]
    assert why.strengths.empty
    assert np.isnan(leads["people"])
    assert leads.index[-1] == "people"
    assert why.factors["lead"].to_dict() == pytest.approx(
        {"economic": -5 / 3, "legal": -15 / 3, "social": -20 / 3}
    )
    assert why.above is not None
    assert (why.above.first, why.above.second) == ("Delft", "Essen")


def test_the_first_has_nobody_above_and_tied_markets_are_named() -> None:
    data = pd.concat([table(), table().loc[["Aarhus"]].rename(index={"Aarhus": "Fulda"})])
    why = explain(ranked(data), "Fulda")
    assert why.above is None
    assert why.tied == ("Aarhus",)
    assert "ranks 1st of 6 markets with a score of 76.7, level with Aarhus." in why.sentence


def test_peers_may_be_chosen() -> None:
    ranking = ranked(markets=["Essen", "Aarhus"])
    why = explain(ranking, "Essen", peers=["Delft", "Essen"])
    assert why.peers == ("Delft",)
    assert why.peer_group == "the one chosen market"
    assert why.strengths.index.tolist() == ["gdp", "rate"]


def test_a_lead_of_mere_rounding_is_no_strength() -> None:
    ranking = flat(1, [[0.1 + 0.2], [0.3], [0.3]])
    assert explain(ranking, "M0").strengths.empty


def test_the_only_candidate_is_compared_with_all_scored_markets() -> None:
    why = explain(ranked(markets=["Essen"]), "Essen")
    assert why.peer_group == "the 4 other scored markets"
    assert "Essen ranks 1st of 1 market with a score of 48.3." in why.sentence


def test_a_market_without_peers_is_neither_strong_nor_weak() -> None:
    why = explain(ranked(table().head(1)), "Aarhus")
    assert why.peers == ()
    assert why.strengths.empty
    assert why.weaknesses.empty
    assert "Compared with" not in why.sentence


def embedded(**settings: Any) -> ms.Ranking:
    rules = ms.load_framework("pestle").subset(["economic", "legal"])
    data = ms.indicator_table(observations(), rules, as_of=2024, max_age=5)
    return ms.rank_markets(data, rules, draws=0, **settings)


def test_peers_of_the_same_region() -> None:
    why = explain(embedded(markets=["VNM", "MEX"]), "MEX", peers="world_bank_region")
    assert {"BRA", "CHL"} <= set(why.peers)
    assert not {"MEX", "USA", "VNM"} & set(why.peers)
    assert why.peer_group == f"the {len(why.peers)} other markets of Latin America & Caribbean"
    gdp = why.indicators.loc["NY.GDP.MKTP.CD"]
    assert (gdp["unit"], gdp["source"], gdp["year"]) == ("current US$", "World Bank WDI", 2024)


def test_everything_done_to_a_market_is_told() -> None:
    data = table()
    data.loc["Essen", "gdp"] = 120
    why = explain(ranked(data, framework={"missing": "median"}), "Essen")
    told = why.remarks.set_index(["what", "indicator"])
    assert told.loc[("imputed", "people"), "new"] == 50
    assert list(told.loc[("clipped", "gdp"), ["old", "new"]]) == [120, 100]
    assert ("missing", "people") in told.index
    assert told.loc[("imputed", "people"), "name"] == "Inhabitants"
    assert "Filled in, not observed: Inhabitants. Beyond the end of its scale: Output." in (
        why.sentence
    )
    assert "No value" not in why.sentence


def test_outliers_that_were_treated_are_told() -> None:
    rules = ms.Framework(
        name="one",
        treatment="skew-kurtosis",
        factors=(ms.Factor(code="size"),),
        indicators=(ms.Indicator(code="gdp", factor="size", direction="benefit"),),
    )
    data = pd.DataFrame({"gdp": [1.0, 2, 3, 4, 5, 6, 7, 8, 100]}, index=list("ABCDEFGHI"))
    why = explain(ms.rank_markets(data, rules, draws=0), "I")
    assert why.remarks[["what", "old", "new"]].to_numpy().tolist() == [["treated", 100, 8]]
    assert why.sentence.endswith("Adjusted as an outlier: gdp.")


def test_a_value_that_is_too_old_is_told() -> None:
    rows = [("A", "gdp", 2010, 5.0), ("A", "people", 2020, 5.0), ("B", "gdp", 2020, 9.0)]
    long = pd.DataFrame([*rows, ("B", "people", 2020, 1.0)])
    long.columns = pd.Index(["market", "indicator", "year", "value"])
    rules = ms.Framework(
        name="two",
        min_coverage=0.5,
        factors=(ms.Factor(code="size"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="size", direction="benefit", goalposts=(0, 10))
            for code in ("gdp", "people")
        ),
    )
    found = ms.indicator_table(long, rules, as_of=2021, max_age=5)
    why = explain(ms.rank_markets(found, rules, draws=0), "A")
    assert why.remarks["what"].tolist() == ["stale"]
    assert why.indicators.loc["people", "year"] == 2020
    assert "Value too old to be used: gdp." in why.sentence


# overtake


def by_weights(ranking: ms.Ranking, market: str, rival: str) -> Overtaking:
    """Return what overtake finds, but that better values are not sought: that is slow."""
    unsought = pd.DataFrame({"possible": [False]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explanation_moves, "improvements", lambda *_, **__: unsought)
        return overtake(ranking, market, rival)


SEARCHES = [by_weights, pytest.param(overtake, marks=pytest.mark.nightly)]


def test_the_least_shift_of_weight_by_hand() -> None:
    # Cadiz leads Bergen by 50 in economic, trails by 30 and 50: the score by 10. A third of the
    # weight moved from social to economic would gain 100/3; a tenth gains 10.
    found = by_weights(ranked(), "Cadiz", "Bergen")
    assert found.gap == pytest.approx(10)
    assert found.weights.possible
    assert found.weights.exact
    assert found.weights.moved == pytest.approx(0.1)
    assert found.weights.weights.tolist() == pytest.approx([1 / 3 + 0.1, 1 / 3, 1 / 3 - 0.1])


def swapped(ranking: ms.Ranking, weights: "pd.Series[float]", market: str, rival: str) -> bool:
    scores = pd.Series(rescore(ranking, np.array(weights)), ranking.table.index)
    return bool(scores[market] > scores[rival])


@pytest.mark.parametrize("method", list(ms.METHODS))
@pytest.mark.parametrize("search", SEARCHES)
@examples(8)
@given(given_=values_and_weights(least=1.0))
def test_the_new_weights_really_swap(
    search: Callable[[ms.Ranking, str, str], Overtaking], method: Any, given_: tuple[Any, Any]
) -> None:
    values, weights = given_
    values = [*values, [100.0] * len(weights), [1.0] * len(weights)]  # every column varies
    ranking = flat(len(weights), values, weights, method=method)
    first, last = ("M0", "M1") if ranking.table["rank"]["M0"] > 1 else ("M1", "M0")
    found = search(ranking, first, last).weights
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights >= 0).all()
    assert found.moved == pytest.approx((found.weights - ranking.weights).abs().sum() / 2)
    assert found.possible == (found.reason == "")
    if found.possible:
        assert swapped(ranking, found.weights, first, last)


def as_printed(found: Overtaking) -> dict[str, float]:
    """Return the weights that a reader of the sentence types, in percent."""
    text = found.sentence.split("hands")[1].split(": ", 1)[1].split("%.")[0] + "%"
    codes = {name: str(code) for code, name in found.factors.items()}
    weights = {str(code): 100 * weight for code, weight in found.before.items()}
    for name, after, before in re.findall(
        r"(?:and |, |^)?(\S[^,]*?) ([\d.]+)% instead of ([\d.]+)%", text
    ):
        assert after != before
        weights[codes[name.removeprefix("and ")]] = float(after)
    return weights


@pytest.mark.slow
@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "vikor", "weighted_product"])
@pytest.mark.parametrize("search", SEARCHES)
def test_the_weights_as_printed_swap_the_markets(
    search: Callable[[ms.Ranking, str, str], Overtaking],
    method: Any,
    pestle_table: ms.IndicatorTable,
) -> None:
    data = pestle_table
    ranking = ms.rank_markets(data, "pestle", method=method, draws=0)
    pairs = np.random.default_rng(5).choice(len(ranking.table), (24, 2))
    tried = 0
    for before, behind in np.sort(pairs if method == "weighted_sum" else pairs[:6]):
        market, rival = ranking.table.index[[behind, before]]
        found = search(ranking, market, rival)
        if found.ahead or not found.weights.possible:
            continue
        weights = as_printed(found)
        assert weights == pytest.approx(dict(found.weights.printed))
        assert sum(weights.values()) == pytest.approx(100, abs=0.6)
        again = ms.rank_markets(data, "pestle", method=method, weights=weights, draws=0).table
        assert again["rank"][market] < again["rank"][rival], found.sentence
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize(
    "values",
    [
        [[60, 40], [40, 60]],  # level, so the least change will do
        [[60, 40, 50], [40, 60, 50]],  # likewise, from weights that no decimals hold
        [[60, 40, 50], [50, 60, 40], [40, 50, 60], [55, 45, 10]],  # a ring, and one that is last
    ],
)
def test_copeland_swaps_as_printed(values: list[list[float]]) -> None:
    ranking = flat(len(values[0]), values, method="copeland")
    market, rival = ranking.table.index[[-1, 0]]
    found = by_weights(ranking, market, rival)
    assert found.weights.possible
    again = flat(
        len(values[0]), values, weights=list(as_printed(found).values()), method="copeland"
    ).table["rank"]
    assert again[market] < again[rival], found.sentence
    assert " changed hands (a smaller change may do): " in found.sentence


@pytest.mark.parametrize("method", LINEAR)
@examples(12)
@given(given_=values_and_weights())
def test_no_smaller_shift_of_weight_would_do(method: Any, given_: tuple[Any, Any]) -> None:
    values, weights = given_
    values = [*values, [100.0] * len(weights)]
    ranking = flat(len(weights), values, weights, method=method)
    found = by_weights(ranking, "M0", "M1")
    share, k = np.array(ranking.weights), len(weights)
    alone = pd.DataFrame(rescore(ranking, np.eye(k)).T, ranking.table.index)
    lead = np.array(alone.loc["M0"] - alone.loc["M1"], dtype=float)
    # Least total of moves up and down such that the lead is not negative, as a linear programme.
    least = linprog(
        np.ones(2 * k),
        A_ub=[-np.concatenate([lead, -lead])],
        b_ub=[float(lead @ share)],
        A_eq=[np.concatenate([np.ones(k), -np.ones(k)])],
        b_eq=[0],
        bounds=[*((0, None) for _ in range(k)), *((0, w) for w in share)],
    )
    if found.ahead:
        assert found.weights.moved == 0
    elif found.weights.possible:
        assert least.fun is not None
        assert found.weights.moved == pytest.approx(least.fun / 2, abs=1e-6)
    else:
        assert lead.max() <= 1e-9


def test_the_weighted_product_is_exact_in_its_logarithms() -> None:
    # ln(80/20) against ln(10/90): equal where w ln 4 = (1 - w) ln 9, w = 0.6131.
    found = overtake(flat(2, [[80, 10], [20, 90]], method="weighted_product"), "M0", "M1")
    expected = math.log(9) / (math.log(4) + math.log(9))
    assert found.weights.exact
    assert found.weights.weights["f0"] == pytest.approx(expected)


def test_topsis_overtakes_where_both_are_equally_close() -> None:
    # By symmetry (80, 10) and (10, 80) are level at equal weights.
    found = overtake(flat(2, [[80, 10], [10, 80]], [2, 3], method="topsis"), "M0", "M1")
    assert not found.weights.exact
    assert found.weights.weights.tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("method", ["topsis", "vikor"])
def test_the_shift_found_is_the_least_of_those_between_two_factors(method: Any) -> None:
    ranking = flat(3, [[80, 30, 50], [40, 60, 70], [5, 95, 20]], [2, 3, 4], method=method)
    found = by_weights(ranking, "M0", "M1").weights
    start, shifts = np.array(ranking.weights), np.linspace(0, 1, 2001)[:, None]
    for donor, best in itertools.permutations(range(3), 2):
        moved = shifts * start[donor]
        weights = start + moved * (np.eye(3)[best] - np.eye(3)[donor])
        scores = pd.DataFrame(rescore(ranking, np.maximum(weights, 0)), columns=ranking.table.index)
        ahead = (scores["M0"] > scores["M1"]).to_numpy()
        assert not ahead.any() or found.moved <= moved[ahead.argmax(), 0] + 1e-9
    assert 0 < found.moved < 1


@pytest.mark.parametrize(
    ("method", "values", "market", "rival"),
    [
        # Here no shift from one factor to another, or from all to one, is the nearest.
        (
            "topsis",
            [
                [8, 68, 43, 63],
                [28, 16, 60, 15],
                [15, 64, 64, 82],
                [44, 23, 23, 24],
                [14, 70, 74, 47],
            ],
            "M1",
            "M2",
        ),
        ("topsis", [[80, 0, 50, 20], [40, 60, 70, 35], [5, 95, 20, 90]], "M0", "M1"),
        ("weighted_product", [[80, 0, 50, 20], [40, 60, 70, 35], [5, 95, 20, 90]], "M0", "M1"),
    ],
)
def test_no_weights_of_a_grid_are_nearer(
    method: Any, values: list[list[float]], market: str, rival: str
) -> None:
    ranking = flat(4, values, [2, 3, 4, 2], method=method)
    found = by_weights(ranking, market, rival)
    assert found.weights.possible
    assert not found.weights.exact
    assert "if at most " in found.sentence
    assert "changed hands (a smaller change may do): " in found.sentence
    three = (w for w in itertools.product(range(41), repeat=3) if sum(w) <= 40)
    steps = np.array([(*w, 40 - sum(w)) for w in three]) / 40
    scores = pd.DataFrame(rescore(ranking, steps), columns=ranking.table.index)
    moved = np.abs(steps - np.array(ranking.weights)).sum(axis=1) / 2
    assert found.weights.moved <= moved[(scores[market] > scores[rival]).to_numpy()].min() + 1e-9


def test_a_market_that_leads_nowhere_cannot_overtake_by_weights() -> None:
    found = by_weights(flat(2, [[80, 50], [70, 50]]), "M1", "M0")
    assert not found.weights.possible
    assert found.weights.exact
    assert found.weights.reason == (
        "M1 is not ahead of M0 in any top factor, so no weights of these help"
    )
    assert found.weights.weights.tolist() == [0.5, 0.5]


def test_rounding_may_make_a_lead_too_small_to_show() -> None:
    ranking = flat(2, [[80, 50], [70, 50.2]], options={})
    rounded = ms.rank_markets(
        pd.DataFrame({"gdp": [80, 70], "debt": [50, 50.2]}, index=["A", "B"]),
        ms.Framework(
            name="two",
            decimals=0,
            factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
            indicators=tuple(
                ms.Indicator(code=code, factor=factor, direction="benefit", goalposts=(0, 100))
                for code, factor in (("gdp", "size"), ("debt", "risk"))
            ),
        ),
        draws=0,
    )
    assert by_weights(ranking, "M1", "M0").weights.possible
    reason = by_weights(rounded, "B", "A").weights.reason
    assert reason == "B leads A in no factor by enough to change the rank"


@pytest.mark.slow
@pytest.mark.parametrize("method", list(ms.METHODS))
def test_the_improved_value_really_swaps(method: Any) -> None:
    data = table()
    ranking = ranked(data, method=method)
    # Who is best by weights of its own has the highest score there is.
    places = [4, 3] if method == "benefit_of_the_doubt" else [3, 2]
    behind, ahead = ranking.table.index[places]
    found = overtake(ranking, behind, ahead)
    assert found.indicators["possible"].any()
    for code, item in found.indicators[found.indicators["possible"]].iterrows():
        for share, expected in ((1.0, True), (1 - 1e-6, False)):
            changed = data.copy()
            changed.loc[behind, code] = item["value"] + share * item["change"]
            again = ranked(changed, method=method, scale=ranking.scores.scale).table["rank"]
            assert (again[behind] < again[ahead]) is np.bool_(expected), (code, share)
    assert found.indicator.possible
    assert found.indicator.indicator == found.indicators.index[0]
    assert found.indicators["points"].dropna().is_monotonic_increasing


@pytest.mark.parametrize(
    "keys",
    [
        {"missing": "median"},
        {"normalization": "z-score"},
        {"normalization": "percentile-rank"},
        {"treatment": "skew-kurtosis", "winsorize_max": 2},
        {"range": (1.0, 100.0)},
        {"decimals": 0},
    ],
)
def test_the_improved_value_swaps_through_any_scale_and_tree(keys: dict[str, Any]) -> None:
    rules = framework(**keys)
    if "range" in keys:
        curved = (replace(factor, aggregation="geometric") for factor in rules.factors)
        rules = replace(rules, factors=tuple(curved))
    rules = replace(
        rules,
        indicators=tuple(replace(indicator, goalposts=None) for indicator in rules.indicators),
    )
    more = [table() * share for share in (1.0, 0.9, 0.7, 0.5, 0.2, 1.9)]
    data = pd.concat(more, ignore_index=True).set_axis([f"M{place}" for place in range(30)])
    ranking = ms.rank_markets(data, rules, draws=0)
    behind, ahead = ranking.table.index[[20, 17]]
    found = overtake(ranking, behind, ahead).indicators
    assert found["possible"].any()
    for code, needed in found.loc[found["possible"], "needed"].items():
        changed = data.copy()
        changed.loc[behind, str(code)] = needed
        again = ms.rank_markets(changed, rules, draws=0, scale=ranking.scores.scale).table["rank"]
        assert again[behind] < again[ahead], code


def test_the_least_improvement_by_hand() -> None:
    # Essen is 5/3 behind Delft. Crime counts 1/3: 5 less. Growth counts 1/6: 10 more.
    found = overtake(ranked(), "Essen", "Delft").indicators
    assert found.index.tolist() == ["law", "crime", "gdp", "rate", "people"]
    assert found["needed"].tolist()[:4] == pytest.approx([55, 45, 60, 50])
    assert found["change"].tolist()[:4] == pytest.approx([5, -5, 10, 10])
    assert found.loc["people", "reason"] == "it is not observed"
    assert not found.loc["people", "possible"]


@pytest.mark.parametrize(
    ("keys", "values", "needed"),
    [
        ({"target": 50.0, "direction": "target", "goalposts": (0, 100)}, [20, 40], 40),
        ({"target": 50.0, "direction": "target", "goalposts": (0, 100)}, [90, 40], 60),
        ({"transform": "log", "goalposts": (1, 100)}, [2, 20], 20),
        ({"goalposts": None}, [2, 20, 30], 20),
        ({"goalposts": None, "direction": "cost"}, [30, 20, 2], 20),
        ({"goalposts": None, "transform": "log"}, [2, 20, 30], 20),
        ({"goalposts": None, "treatment": "log"}, [2, 20, 30], 20),
    ],
)
def test_values_improve_in_raw_units_on_any_scale(
    keys: dict[str, Any], values: list[float], needed: float
) -> None:
    indicator = ms.Indicator(code="x", factor="f", **{"direction": "benefit", **keys})
    rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(indicator,))
    data = pd.DataFrame({"x": values}, index=[f"M{place}" for place in range(len(values))])
    found = overtake(ms.rank_markets(data, rules, draws=0), "M0", "M1")
    assert found.indicator.needed == pytest.approx(needed, rel=1e-6)
    assert found.weights.reason == (
        "M0 is not ahead of M1 in any top factor, so no weights of these help"
    )


def test_the_margin_is_one_of_the_scale_and_not_of_the_raw_unit() -> None:
    gdp = ms.Indicator(
        code="gdp", factor="f", direction="benefit", transform="log", goalposts=(1e8, 1e14)
    )
    rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(gdp,))
    data = pd.DataFrame({"gdp": [1e9, 1e10]}, index=["A", "B"])
    ranking = ms.rank_markets(data, rules, draws=0)
    needed = overtake(ranking, "A", "B").indicator.needed
    # A thousand-millionth of the 83 points up to 1e14, and 13.8 units of logarithm for 100.
    assert 1 < needed / 1e10 < 1 + 2e-8
    data.loc["A", "gdp"] = needed
    assert ms.rank_markets(data, rules, draws=0).table.index[0] == "A"


@pytest.mark.parametrize("normalization", ["z-score", "rank", "percentile-rank", "none"])
def test_scales_without_an_end_go_as_far_as_the_best_value_observed(
    normalization: Normalization,
) -> None:
    rules = ms.Framework(
        name="one",
        normalization=normalization,
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit"),),
    )
    data = pd.DataFrame({"x": [10.0, 20, 30]}, index=["A", "B", "C"])
    ranking = ms.rank_markets(data, rules, draws=0)
    assert 20 <= overtake(ranking, "A", "B").indicator.needed <= 30
    best = overtake(ranking, "B", "C").indicators.loc["x"]
    assert not best["possible"]
    assert best["reason"] == "even 30 is not enough"


def test_why_an_indicator_cannot_help() -> None:
    data = table()
    data.loc["Delft", ["rate", "crime"]] = [100, 0]
    data.loc["Aarhus", ["gdp", "people", "rate"]] = 100
    found = overtake(
        ranked(data, weights={"economic": 1, "legal": 0, "social": 1}), "Delft", "Aarhus"
    ).indicators
    full, short = "it is at the best value that counts already", "even 100 is not enough"
    assert found["reason"].to_dict() == {
        "gdp": short,
        "people": short,
        "rate": full,
        "law": "it has no weight",
        "crime": full,
    }
    last = overtake(ranked(), "Delft", "Aarhus")
    assert not last.indicator.possible
    assert last.indicator.reason == (
        "no indicator is enough by itself, even at the best value that counts"
    )
    assert np.isnan(last.indicator.needed)


def test_who_is_ahead_already_needs_nothing() -> None:
    found = overtake(ranked(), "Aarhus", "Cadiz")
    assert found.ahead
    assert found.weights.possible
    assert found.weights.moved == 0
    assert found.indicator.possible
    assert found.sentence == "Aarhus is ahead of Cadiz already."


def test_markets_that_are_level_can_be_parted() -> None:
    ranking = flat(2, [[60, 40], [40, 60]])
    found = by_weights(ranking, "M0", "M1")
    assert not found.ahead
    assert found.weights.possible
    assert found.weights.moved < 1e-8
    assert swapped(ranking, found.weights.weights, "M0", "M1")
    assert found.sentence.startswith("M0 (1st, 50.0) is level with M1 (1st, 50.0).")


def test_a_change_that_is_too_small_to_print_is_said_in_words() -> None:
    ranking = flat(2, [[1e-12, 3], [2e-12, 2]], method="vikor")
    found = by_weights(ranking, "M1", "M0")
    assert found.weights.moved < 1e-12
    assert "It would overtake at the least change of weights." in found.sentence


def test_what_a_method_refuses_puts_nobody_ahead() -> None:
    def picky(matrix: Any, weights: Any) -> Any:
        if weights[2] > 0.9 or matrix.max() > 95:
            raise ValueError("not that")
        return matrix @ weights

    ranking = flat(3, [[60, 20, 60], [80, 10, 50]], method=picky)
    found = overtake(ranking, "M0", "M1")
    assert found.weights.possible
    assert swapped(ranking, found.weights.weights, "M0", "M1")
    ranking = flat(3, [[60, 20, 40], [80, 10, 50]], method=picky)
    found = overtake(ranking, "M0", "M1")
    assert found.indicators["reason"].unique().tolist() == ["even 100 is not enough"]


def test_nothing_given_is_changed() -> None:
    ranking = ranked()
    before = ranking.table.copy(), ranking.matrix.copy(), ranking.weights.to_frame()
    explain(ranking, "Essen")
    overtake(ranking, "Essen", "Delft")
    after = ranking.table, ranking.matrix, ranking.weights.to_frame()
    assert all(new.equals(old) for new, old in zip(after, before, strict=True))


# Names of markets


def with_excluded() -> ms.Ranking:
    data = table()
    data.loc["Essen", "law"] = np.nan
    return ranked(data, markets=["Aarhus", "Bergen", "Essen"])


CALLS: list[Callable[[ms.Ranking, Any], object]] = [
    explain,
    lambda ranking, market: compare(ranking, market, "Aarhus"),
    lambda ranking, market: compare(ranking, "Aarhus", market),
    lambda ranking, market: overtake(ranking, market, "Aarhus"),
    lambda ranking, market: overtake(ranking, "Aarhus", market),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("market", "message"),
    [
        ("Bergenn", '"Bergenn" not in the table; give its row labels. Did you mean "Bergen"'),
        ("Essen", '"Essen" has no rank; it was left out: observed: legal 0%; 50% needed'),
        ("Delft", '"Delft" is scored, but is no candidate of this ranking; add it to markets'),
        (3, '"3" not in the table'),
        (None, '"None" not in the table'),
        (["Bergen"], r"is \['Bergen'\]; the label of one market is needed"),
    ],
)
def test_markets_without_a_rank_are_refused(
    call: Callable[[ms.Ranking, Any], object], market: Any, message: str
) -> None:
    with pytest.raises(ms.InputError, match=message):
        call(with_excluded(), market)


def test_a_market_is_not_compared_with_itself() -> None:
    with pytest.raises(ms.InputError, match='first and second are both "Aarhus"; name two'):
        compare(ranked(), "Aarhus", "Aarhus")
    with pytest.raises(ms.InputError, match='market and rival are both "Aarhus"; name two'):
        overtake(ranked(), "Aarhus", "Aarhus")


@pytest.mark.parametrize(
    ("peers", "message"),
    [
        ("regions", "peers is 'regions'; give a list.*Did you mean \"region\""),
        ("region", 'the region of "Aarhus" is not known.*give a list of markets'),
        (["Aarhus"], 'no scored market beside "Aarhus"'),
        (["Bergenn"], '"Bergenn" not in the table; give its row labels. Did you mean "Bergen"'),
        (["Bergen", "Essen"], 'peers: "Essen" have no score; leave them out'),
        ([], "markets is empty"),
    ],
)
def test_peers_that_make_no_group_are_refused(peers: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        explain(with_excluded(), "Aarhus", peers=peers)


def test_labels_may_be_numbers() -> None:
    data = table().reset_index(drop=True)
    data.index = pd.Index([10, 20, 30, 40, 50])
    ranking = ranked(data)
    assert explain(ranking, 50).above is not None
    assert overtake(ranking, 50, 40).sentence.startswith("50 (5th, 48.3) is 1.7 behind 40")


# Prose: read these aloud


def test_an_explanation_reads_as_prose() -> None:
    ranking = ranked(draws=200)
    assert explain(ranking, "Bergen").sentence == (
        "Bergen ranks 2nd of 5 markets with a score of 63.3. When the weights vary, it ranks 2nd "
        "in nine cases out of ten. The score is made up of Society 30.0, Law 20.0 and Economy "
        "13.3. Compared with the 4 other ranked markets, it is strong in Crime: 10 per 1,000 "
        "(typical: 45); Growth: 50% a year (typical: 45). It is weak in Output: 20 billion euros "
        "(typical: 65); Inhabitants: 40 thousands (typical: 60). Next above it, Aarhus (1st, 76.7) "
        "scores 13.3 more than Bergen (2nd, 63.3). Aarhus is ahead in Law (+10.0) and Economy "
        "(+6.7); Bergen is ahead in Society (+3.3). What counts most for this is Rule of law: 90 "
        "(estimate, 0 to 100) against 60 (estimate, 0 to 100)."
    )


def test_a_comparison_reads_as_prose() -> None:
    assert compare(ranked(), "Cadiz", "Bergen").sentence == (
        "Bergen (2nd, 63.3) scores 10.0 more than Cadiz (3rd, 53.3). Bergen is ahead in Society "
        "(+16.7) and Law (+10.0); Cadiz is ahead in Economy (+16.7). What counts most for this is "
        "Crime: 10 per 1,000 against 60 per 1,000."
    )
    level = flat(2, [[60, 40], [60, 40]])
    assert compare(level, "M0", "M1").sentence == (
        "M0 and M1 have the same rank, 1st, and score, 50.0. They are level in every factor."
    )


def test_a_value_that_counts_as_another_is_said_to() -> None:
    data = table()
    data.loc["Cadiz", "crime"] = 160  # beyond the goalpost of 100
    both = compare(ranked(data), "Bergen", "Cadiz")
    assert list(both.indicators.loc["crime", ["second", "second_counted"]]) == [160, 100]
    assert both.indicators["first_counted"].equals(both.indicators["first"])
    assert both.sentence.endswith("Crime: 10 per 1,000 against 160 per 1,000, counted as 100.")
    data.loc["Bergen", "crime"] = -5
    assert compare(ranked(data), "Cadiz", "Bergen").sentence.endswith(
        "Crime: -5 per 1,000, counted as 0, against 160 per 1,000, counted as 100."
    )


def test_a_comparison_without_parts_reads_as_prose() -> None:
    assert compare(ranked(method="copeland"), "Aarhus", "Bergen").sentence.endswith(
        "Aarhus is ahead in Law (+30.0) and Economy (+20.0); Bergen is ahead in Society (+10.0)."
    )


def test_an_overtaking_reads_as_prose() -> None:
    assert overtake(ranked(), "Essen", "Delft").sentence == (
        "Essen (5th, 48.3) is 1.7 behind Delft (4th, 50.0). It would overtake if 3.8% of all "
        "weight changed hands: Economy 37.1% instead of 33.3% and Law 29.6% instead of 33.3%. With "
        "the weights as they are, it would overtake if only this changed: Rule of law from 50 to "
        "55.1 (estimate, 0 to 100)."
    )
    assert overtake(ranked(), "Delft", "Aarhus").sentence == (
        "Delft (4th, 50.0) is 26.7 behind Aarhus (1st, 76.7). Other weights alone do not do it: "
        "Delft is not ahead of Aarhus in any top factor, so no weights of these help. One better "
        "value alone does not do it: no indicator is enough by itself, even at the best value that "
        "counts."
    )


def test_codes_of_economies_are_named() -> None:
    text = compare(embedded(), "VNM", "MEX").sentence
    assert text.startswith("Vietnam (")
    assert " more than Mexico (" in text
    assert "VNM" not in text


@pytest.mark.parametrize(
    ("value", "keys", "text"),
    [
        (0.0, {}, "0"),
        (-0.0, {}, "0"),
        (2.0, {}, "2"),
        (476_300_000_000, {}, "476 billion"),
        (1.85e12, {}, "1.85 trillion"),
        (12_345.6, {}, "12,346"),
        (0.00123456, {}, "0.00123"),
        (1e300, {}, "1e+300"),
        (1e-300, {}, "1e-300"),
        (-4.567, {}, "-4.57"),
        (55.0000001, {"up": True}, "55.1"),
        (44.9999999, {"up": False}, "44.9"),
        (2.0134, {"step": 0.0134}, "2.013"),
        (0.005, {"like": 1.24}, "0.01"),
    ],
)
def test_numbers_as_they_are_printed(value: float, keys: dict[str, Any], text: str) -> None:
    assert number_text(value, **keys) == text


def test_units_and_ordinals() -> None:
    assert value_text(4.5, "% of GDP", ["2023"]) == "4.5% of GDP (2023)"
    assert value_text(4.5, "") == "4.5"
    assert value_text(0.5, "estimate, -2 to 2", ["2023", ""]) == "0.5 (estimate, -2 to 2; 2023)"
    places = [ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 113)]
    assert " ".join(places) == "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th 113th"
