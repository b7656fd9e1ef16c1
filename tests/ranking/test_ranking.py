"""rank_markets: the table, weights by name, methods, rank intervals, provenance, fixed scale."""

import functools
import gc
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.framework.vocabulary import Normalization
from marketselect.sampling import weights_around
from shared import examples, pestle_table

METHODS = tuple(ms.METHODS)
# These score a market by itself; VIKOR and PROMETHEE compare it with the others.
ABSOLUTE = ("weighted_sum", "weighted_product", "topsis", "ahp")


def framework(**settings: Any) -> ms.Framework:
    """Return three factors of one indicator each, and a sub-factor; all on goalposts 0 to 100."""

    def indicator(code: str, factor: str, **keys: Any) -> ms.Indicator:
        keys = {"direction": "benefit", **keys}
        return ms.Indicator(code=code, factor=factor, goalposts=(0.0, 100.0), **keys)

    return ms.Framework(
        name="small",
        factors=(
            ms.Factor(code="economic"),
            ms.Factor(code="legal"),
            ms.Factor(code="social"),
            ms.Factor(code="size", parent="economic"),
            ms.Factor(code="growth", parent="economic"),
        ),
        indicators=(
            indicator("gdp", "size"),
            indicator("people", "size"),
            indicator("rate", "growth"),
            indicator("law", "legal"),
            indicator("crime", "social", direction="cost"),
        ),
        **settings,
    )


def table() -> pd.DataFrame:
    """Return six cities; factor scores are plain to see, and Essen lacks its legal indicator."""
    rows = {
        "Aarhus": [80, 60, 50, 90, 20],  # economic 60, legal 90, social 80
        "Bergen": [20, 40, 50, 60, 10],  # economic 40, legal 60, social 90
        "Cadiz": [90, 90, 90, 30, 60],  # economic 90, legal 30, social 40
        "Delft": [10, 10, 30, 70, 40],  # economic 20, legal 70, social 60
        "Essen": [50, 50, 50, np.nan, 50],
        "Fulda": [80, 60, 50, 90, 20],  # the same as Aarhus
    }
    columns = ["gdp", "people", "rate", "law", "crime"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.astype(float).rename_axis(index="city")


@pytest.fixture(scope="module")
def embedded(pestle_table: ms.IndicatorTable) -> ms.IndicatorTable:
    return pestle_table


def ranks(ranking: ms.Ranking) -> dict[str, int]:
    return dict(zip(ranking.table.index, ranking.table["rank"], strict=True))


# The table


def test_the_table_by_hand() -> None:
    result = ms.rank_markets(table(), framework(), draws=0).table
    assert result.index.tolist() == ["Aarhus", "Fulda", "Bergen", "Cadiz", "Delft"]
    assert result.index.name == "city"
    assert result["rank"].tolist() == [1, 1, 3, 4, 5]
    expected = [230 / 3, 230 / 3, 190 / 3, 160 / 3, 50]
    assert result["score"].tolist() == pytest.approx(expected)
    assert result["legal"].tolist() == [90, 90, 60, 30, 70]


def test_columns_come_in_the_order_of_the_contract() -> None:
    result = ms.rank_markets(table(), framework(), draws=10).table
    first = ["rank", "score", "rank_low", "rank_high"]
    assert result.columns.tolist() == [*first, "economic", "legal", "social", "coverage"]
    assert result["rank"].dtype == "int64"
    assert result["rank_low"].dtype == result["rank_high"].dtype == "Int64"


def test_coverage_of_a_market_is_the_observed_share_of_all_weight() -> None:
    values = table()
    values.loc["Bergen", "people"] = np.nan
    rules = framework()
    result = ms.rank_markets(values, rules, draws=0).table["coverage"]
    # people holds half of size, which is half of economic, which is a third.
    assert result["Bergen"] == pytest.approx(11 / 12)
    assert result.drop("Bergen").tolist() == pytest.approx([1] * 4)
    weighted = ms.rank_markets(
        values, rules, weights={"economic": 2, "legal": 1, "social": 1}, draws=0
    )
    assert weighted.table.loc["Bergen", "coverage"] == pytest.approx(7 / 8)


@pytest.mark.parametrize(
    ("change", "tied"), [(0.0, True), (1e-13, True), (1e-9, False), (-1e-13, True), (-1e-9, False)]
)
def test_markets_within_rounding_share_the_better_rank(change: float, tied: bool) -> None:
    values = table()
    values.loc["Fulda", "law"] = 90 + change
    result = ranks(ms.rank_markets(values, framework(), draws=0))
    assert (result["Aarhus"] == result["Fulda"] == 1) is tied
    assert sorted(result.values()) == ([1, 1, 3, 4, 5] if tied else [1, 2, 3, 4, 5])


def test_tied_markets_keep_the_order_of_the_data() -> None:
    values = pd.concat([table().drop(index="Essen").iloc[[0, 1]]] * 30)
    values.index = pd.Index(range(60, 0, -1))
    result = ms.rank_markets(values, framework(), draws=0).table
    assert result.index.tolist() == [*range(60, 0, -2), *range(59, 0, -2)]
    assert result["rank"].tolist() == [1] * 30 + [31] * 30


@pytest.mark.parametrize(
    ("decimals", "scores", "expected"),
    [
        (None, [50.04, 50.06, 49.96], [2, 1, 3]),
        (2, [50.04, 50.06, 49.96], [2, 1, 3]),
        (1, [50.04, 50.06, 49.96], [2, 1, 2]),
        (0, [50.04, 50.06, 49.96], [1, 1, 1]),
    ],
)
def test_scores_are_rounded_before_they_are_ranked(
    decimals: int | None, scores: list[float], expected: list[int]
) -> None:
    rules = framework(decimals=decimals)
    values = pd.DataFrame([[x, x, x, x, 100 - x] for x in scores], columns=list(table().columns))
    result = ms.rank_markets(values, rules, draws=50).table.sort_index()
    assert result["rank"].tolist() == expected
    if decimals is not None:
        assert result["score"].tolist() == np.round(scores, decimals).tolist()
        # One score for every weight: rounding holds in the draws, too.
        assert result["rank_low"].tolist() == result["rank_high"].tolist() == expected


def test_matrix_and_details_hold_every_scored_market() -> None:
    ranking = ms.rank_markets(table(), framework(), markets=["Delft"], draws=0)
    assert ranking.matrix.index.tolist() == ["Aarhus", "Bergen", "Cadiz", "Delft", "Fulda"]
    assert ranking.matrix.columns.tolist() == ["economic", "legal", "social"]
    assert isinstance(ranking.details, ms.WeightedSumResult)
    assert ranking.details.scores.shape == (5,)
    assert ranking.table["rank"].to_dict() == {"Delft": 1}


def test_the_input_is_left_alone() -> None:
    values, before = table(), table()
    weights = {"economic": 1.0, "legal": 2.0, "social": 3.0}
    for method in METHODS:
        ms.rank_markets(values, framework(), weights=weights, method=method, draws=5)
    pd.testing.assert_frame_equal(values, before)
    assert weights == {"economic": 1.0, "legal": 2.0, "social": 3.0}


# Candidates


def test_candidates_are_ranked_among_themselves_with_unchanged_scores() -> None:
    every = ms.rank_markets(table(), framework(), method="vikor", draws=0)
    chosen = ["Delft", "Bergen", "Aarhus", "Bergen"]
    some = ms.rank_markets(table(), framework(), method="vikor", markets=iter(chosen), draws=20)
    assert some.table["score"].to_dict() == every.table["score"].drop(["Cadiz", "Fulda"]).to_dict()
    assert ranks(some) == {"Aarhus": 1, "Bergen": 2, "Delft": 3}
    assert some.table["rank_high"].max() <= 3


def test_excluded_lists_only_candidates_each_with_its_reason() -> None:
    ranking = ms.rank_markets(table(), framework(), draws=0)
    assert ranking.excluded["market"].tolist() == ["Essen"]
    reason = ranking.excluded["reason"][0]
    assert all(part in reason for part in ("legal 0%", "66% needed", "without law"))
    without = ms.rank_markets(table(), framework(), markets=["Aarhus", "Delft"], draws=0)
    assert without.excluded.empty
    assert without.excluded.columns.tolist() == ["market", "reason"]
    among = ms.rank_markets(table(), framework(), markets=["Essen", "Delft"], draws=0)
    assert among.excluded["market"].tolist() == ["Essen"]


@pytest.mark.parametrize(
    ("markets", "message"),
    [
        (
            ["Delf", "Aarhus"],
            'markets: "Delf" not in the table; give its row labels. Did you mean "Delft"?',
        ),
        (["Oslo", "Rome"], 'markets: "Oslo", "Rome" not in the table'),
        ("Aarhus", r'markets is the text "Aarhus"; give a list'),
        ([], "markets is empty"),
        (["Essen"], "none of the 1 candidates has enough data; Essen: .*legal 0%"),
        (7, "markets"),
        ([["Aarhus"]], "markets"),
    ],
)
def test_candidates_that_cannot_be_ranked_are_refused(markets: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.rank_markets(table(), framework(), markets=markets, draws=0)


# Weights


def test_weights_are_matched_by_name_and_divided_by_their_sum() -> None:
    expected = {"economic": 0.5, "legal": 0.3, "social": 0.2}
    by_name = {"social": 2.0, "economic": 5.0, "legal": 3.0}
    choices: list[dict[str, float] | pd.Series[float]] = [by_name, pd.Series(by_name) * 0.001]
    for weights in choices:
        ranking = ms.rank_markets(table(), framework(), weights=weights, draws=0)
        assert ranking.weights.to_dict() == pytest.approx(expected)
        assert ranking.weights.index.tolist() == ["economic", "legal", "social"]
        assert ranking.table.loc["Cadiz", "score"] == pytest.approx(45 + 9 + 8)


@pytest.mark.slow
def test_a_thousandfold_of_the_weights_gives_the_same_intervals() -> None:
    weights = {"economic": 5.0, "legal": 3.0, "social": 2.0}
    more = {name: 1000 * weight for name, weight in weights.items()}
    for method in METHODS:
        first = ms.rank_markets(table(), framework(), weights=weights, method=method, draws=200)
        other = ms.rank_markets(table(), framework(), weights=more, method=method, draws=200)
        pd.testing.assert_frame_equal(other.table, first.table)


def test_weights_of_groups_below_the_top() -> None:
    weights = {"size": 3, "growth": 1, "gdp": 0, "people": 5}
    ranking = ms.rank_markets(table(), framework(), weights=weights, draws=0)
    assert ranking.weights.tolist() == pytest.approx([1 / 3] * 3)
    assert ranking.table.loc["Aarhus", "economic"] == pytest.approx((3 * 60 + 50) / 4)
    assert ranking.tree_weights[["gdp", "people", "rate"]].tolist() == pytest.approx(
        [0, 1 / 4, 1 / 12]
    )


def test_tree_weights_of_indicators_add_up_to_one() -> None:
    weights = {"economic": 5, "legal": 1, "social": 2, "gdp": 1, "people": 7}
    ranking = ms.rank_markets(table(), framework(), weights=weights, draws=0)
    tree = ranking.tree_weights
    assert tree.index.tolist()[:5] == ["gdp", "people", "rate", "law", "crime"]
    assert tree.iloc[:5].sum() == pytest.approx(1)
    assert tree[["economic", "legal", "social"]].to_dict() == pytest.approx(
        ranking.weights.to_dict()
    )
    assert tree["people"] == pytest.approx(5 / 8 / 2 * 7 / 8)


def test_a_score_is_the_sum_of_indicators_by_tree_weight() -> None:
    weights = {"economic": 5, "legal": 1, "social": 2, "gdp": 1, "people": 7}
    ranking = ms.rank_markets(table(), framework(), weights=weights, draws=0)
    tree = ranking.tree_weights[list(ranking.scores.normalized.columns)]
    expected = (ranking.scores.normalized @ tree)[ranking.table.index]
    assert ranking.table["score"].tolist() == pytest.approx(expected.tolist())


def test_equal_weights_replace_what_the_framework_states() -> None:
    stated = framework().with_weights({"economic": 8, "legal": 1, "social": 1})
    ranking = ms.rank_markets(table(), stated, weights="equal", draws=0)
    assert ranking.weights.tolist() == pytest.approx([1 / 3] * 3)
    again = ms.rank_markets(table(), replace(stated, weights="equal"), draws=0)
    assert again.weights.tolist() == pytest.approx([1 / 3] * 3)
    stated_again = ms.rank_markets(
        table(), replace(stated, weights="equal"), weights="stated", draws=0
    )
    assert stated_again.weights.tolist() == pytest.approx([0.8, 0.1, 0.1])


def test_weights_of_one_group_leave_the_others_as_the_framework_has_them() -> None:
    rules = framework(weights="equal").with_weights({"economic": 8, "legal": 1, "social": 1})
    ranking = ms.rank_markets(table(), rules, weights={"size": 1, "growth": 0}, draws=0)
    assert ranking.weights.tolist() == pytest.approx([1 / 3] * 3)
    assert ranking.tree_weights["rate"] == 0


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"economic": 1, "legal": 1}, '"social" left out; name all of the top factors'),
        ({"size": 1}, '"growth" left out; name all of the children of "economic"'),
        (
            {"economic": 1, "legal": 1, "sozial": 1},
            '"sozial".* Did you mean "social"',
        ),
        ({"economic": 0, "legal": 0, "social": 0}, "all zero"),
        ({"economic": -1, "legal": 1, "social": 1}, '"economic".*0 or more'),
        ({"economic": np.nan, "legal": 1, "social": 1}, '"economic".*a finite number'),
        ({"economic": np.inf, "legal": 1, "social": 1}, '"economic".*a finite number'),
        ({"economic": "much", "legal": 1, "social": 1}, '"economic".*a finite number'),
        ({}, "weights is empty"),
        ([1, 1, 1], "weights is a list"),
        ("equl", 'there is no weighting "equl".*Did you mean "equal"'),
    ],
)
def test_weights_without_meaning_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=rf"(?s){message}"):
        ms.rank_markets(table(), framework(), weights=weights, draws=0)


# Judgements


def judged(**settings: Any) -> ms.Framework:
    """Return consistent judgements: economic : legal : social as 6 : 2 : 1, size : growth as 3."""
    return framework(
        judgements=(
            ms.Judgement(more="economic", less="legal", ratio=3),
            ms.Judgement(more="legal", less="social", ratio=2),
            ms.Judgement(more="size", less="growth", ratio=3, of="economic"),
        ),
        **settings,
    )


@pytest.mark.parametrize("method", METHODS)
def test_judgements_are_the_weights_of_every_method(method: str) -> None:
    weights = {"economic": 6, "legal": 2, "social": 1, "size": 3, "growth": 1}
    ranking = ms.rank_markets(table(), judged(), method=method, draws=0)
    assert ranking.weights.tolist() == pytest.approx([6 / 9, 2 / 9, 1 / 9])
    assert ranking.tree_weights["rate"] == pytest.approx(6 / 9 / 4)
    stated = ms.rank_markets(table(), framework(), weights=weights, method=method, draws=0)
    np.testing.assert_allclose(ranking.table["score"], stated.table["score"])


def test_the_comparisons_behind_the_weights_are_shown() -> None:
    shown = ms.rank_markets(table(), judged(), draws=0).judgements
    assert set(shown) == {"top factors", "economic"}
    assert shown["top factors"].labels == ("economic", "legal", "social")
    assert shown["top factors"].consistency_ratio == pytest.approx(0, abs=1e-9)
    assert shown["top factors"].random_index_table == "alonso-lamata"
    assert shown["economic"].consistency_ratio == 0
    assert ms.rank_markets(table(), framework(), draws=0).judgements == {}


def test_weights_of_the_call_replace_the_judgements_of_their_group_only() -> None:
    weights = {"economic": 1, "legal": 1, "social": 2}
    ranking = ms.rank_markets(table(), judged(), weights=weights, draws=0)
    assert ranking.weights.tolist() == pytest.approx([0.25, 0.25, 0.5])
    assert set(ranking.judgements) == {"economic"}
    assert ranking.tree_weights["rate"] == pytest.approx(0.25 / 4)


def test_contradicting_judgements_warn_and_are_used() -> None:
    rules = framework(
        judgements=(
            ms.Judgement(more="economic", less="legal", ratio=5),
            ms.Judgement(more="legal", less="social", ratio=5),
            ms.Judgement(more="social", less="economic", ratio=5),
        )
    )
    with pytest.warns(ms.ConsistencyWarning, match=r"consistency ratio of .* above 0.1.* revise"):
        ranking = ms.rank_markets(table(), rules, draws=0)
    assert ranking.judgements["top factors"].consistency_ratio > 0.1
    assert ranking.weights.tolist() == pytest.approx([1 / 3] * 3)


def test_judgements_within_the_accepted_ratio_do_not_warn() -> None:
    rules = framework(
        judgements=(
            ms.Judgement(more="economic", less="legal", ratio=3),
            ms.Judgement(more="legal", less="social", ratio=2),
            ms.Judgement(more="economic", less="social", ratio=5),
        )
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranking = ms.rank_markets(table(), rules, draws=0)
    # Saaty's textbook matrix 1 3 5; 1/3 1 2: the exact weights are cube roots of row products.
    assert 0 < ranking.judgements["top factors"].consistency_ratio < 0.1
    roots = np.cbrt([15, 2 / 3, 1 / 10])
    assert ranking.weights.tolist() == pytest.approx((roots / roots.sum()).tolist())


# Methods


@pytest.mark.parametrize("method", METHODS)
def test_every_method_ranks_the_embedded_data(method: str, embedded: ms.IndicatorTable) -> None:
    ranking = ms.rank_markets(embedded, "pestle", method=method, draws=100)
    result = ranking.table
    assert len(result) >= 175
    assert not result.isna().any(axis=None)
    assert ranking.method == method
    assert (result["rank_low"] <= result["rank"]).all()
    assert (result["rank"] <= result["rank_high"]).all()
    assert result["rank"].is_monotonic_increasing
    # Tied scores may differ in their last digit.
    assert (np.diff(result["score"]) <= 1e-12 * result["score"].abs().max()).all()
    assert set(result.index).isdisjoint(ranking.excluded["market"])


@pytest.mark.parametrize("method", METHODS)
def test_a_method_by_function_is_the_method_by_name(method: str) -> None:
    by_name = ms.rank_markets(table(), framework(), method=method, draws=50)
    by_function = ms.rank_markets(table(), framework(), method=ms.METHODS[method], draws=50)
    pd.testing.assert_frame_equal(by_function.table, by_name.table)
    assert (by_function.method, by_function.options) == (by_name.method, by_name.options)


@pytest.mark.parametrize("method", [None, "topsis", ms.topsis])
def test_options_of_the_framework_hold_for_its_method_however_named(method: Any) -> None:
    rules = framework(method="topsis", options={"metric": "manhattan"})
    ranking = ms.rank_markets(table(), rules, method=method, draws=0)
    assert ranking.options["metric"] == "manhattan"
    # Under equal weights and city blocks the closeness is the mean of the shares reached.
    assert ranking.table.loc["Delft", "score"] == pytest.approx(0.5)
    other = ms.rank_markets(table(), rules, method="weighted_sum", draws=0)
    assert other.options == {"normalization": "none"}


def test_topsis_measures_to_the_ends_of_the_range() -> None:
    weights = {"economic": 3, "legal": 2, "social": 1}
    ranking = ms.rank_markets(table(), framework(), method="topsis", weights=weights, draws=0)
    assert ranking.options == {"normalization": "none", "ideal": 100, "anti_ideal": 0}
    by_hand = ms.topsis(
        ranking.matrix, list(weights.values()), normalization="none", ideal=100, anti_ideal=0
    )
    scores = pd.Series(by_hand.scores, ranking.matrix.index)[ranking.table.index]
    assert ranking.table["score"].tolist() == pytest.approx(scores.tolist(), rel=1e-14)
    # Cadiz is (10, 70, 60) from the top and (90, 30, 40) from the foot, weights 3, 2, 1.
    far, near = np.hypot(np.hypot(30, 140), 60), np.hypot(np.hypot(270, 60), 40)
    assert ranking.table.loc["Cadiz", "score"] == pytest.approx(near / (far + near))


def test_topsis_measures_to_another_range_where_the_framework_has_one() -> None:
    ranking = ms.rank_markets(table(), framework(range=(1.0, 100.0)), method="topsis", draws=0)
    assert (ranking.options["ideal"], ranking.options["anti_ideal"]) == (100, 1)


def test_ahp_rates_against_the_top_of_the_range() -> None:
    ranking = ms.rank_markets(table(), framework(), method="ahp", draws=0)
    assert ranking.options == {"mode": "ideal", "ideal": 100}
    by_hand = ms.ahp(ranking.matrix, [1, 1, 1], mode="ideal", ideal=100)
    scores = pd.Series(by_hand.scores, ranking.matrix.index)[ranking.table.index]
    assert ranking.table["score"].tolist() == pytest.approx(scores.tolist(), rel=1e-14)
    assert ranking.table.loc["Delft", "score"] == pytest.approx(0.5)


def test_promethee_counts_a_lead_of_20_as_full_preference() -> None:
    ranking = ms.rank_markets(table(), framework(), method="promethee", draws=0)
    assert ranking.options == {"preference": "linear", "q": 0, "p": 20}
    # Bergen against Aarhus, Cadiz, Delft, Fulda: -20, -50, 20, -20; -30, 30, -10, -30;
    # 10, 50, 30, 10: with at most one for 20 points, (-2 + -1.5 + 3) / 3 / 4.
    assert ranking.table.loc["Bergen", "score"] == pytest.approx(-0.5 / 12)


@pytest.mark.parametrize(
    ("method", "options", "recorded"),
    [
        ("topsis", {"normalization": "vector"}, {"normalization": "vector"}),
        ("topsis", {"normalization": "min-max"}, {"normalization": "min-max"}),
        ("ahp", {"mode": "distributive"}, {"mode": "distributive"}),
        ("vikor", {"v": 0.8}, {"v": 0.8}),
        ("weighted_sum", {"normalization": "max"}, {"normalization": "max"}),
        (
            "promethee",
            {"preference": "usual"},
            {"preference": "usual", "q": 0.0, "p": 20.0},
        ),
        (
            "topsis",
            {"metric": "manhattan"},
            {"metric": "manhattan", "normalization": "none", "ideal": 100, "anti_ideal": 0},
        ),
        (
            "topsis",
            {"ideal": 90},
            {"normalization": "none", "ideal": 90, "anti_ideal": 0},
        ),
        # To say what holds anyway changes nothing.
        (
            "topsis",
            {"normalization": "none"},
            {"normalization": "none", "ideal": 100, "anti_ideal": 0},
        ),
        ("ahp", {"mode": "ideal"}, {"mode": "ideal", "ideal": 100}),
    ],
)
def test_options_are_passed_and_recorded(
    method: str, options: dict[str, object], recorded: dict[str, object]
) -> None:
    ranking = ms.rank_markets(table(), framework(), method=method, options=options, draws=20)
    assert ranking.options == recorded
    assert ranking.provenance["options"] == recorded
    by_hand = ms.METHODS[method](ranking.matrix, [1, 1, 1], **recorded)
    scores = pd.Series(by_hand.scores, ranking.matrix.index)[ranking.table.index]
    assert ranking.table["score"].tolist() == pytest.approx(scores.tolist(), rel=1e-14)


@pytest.mark.parametrize("normalization", ["z-score", "rank", "none", "vector"])
def test_topsis_has_no_fixed_points_where_scores_do_not_lie_on_the_range(
    normalization: Normalization,
) -> None:
    # Five markets in a strict order on everything: any other order is wrong.
    values = pd.DataFrame({code: [-2.0, 2.0, 0.0, 1.0, -1.0] for code in "xyz"})
    rules = ms.Framework(
        name="line",
        factors=tuple(ms.Factor(code=f"f{code}") for code in "xyz"),
        indicators=tuple(
            ms.Indicator(code=code, factor=f"f{code}", direction="benefit") for code in "xyz"
        ),
        normalization=normalization,
    )
    ranking = ms.rank_markets(values, rules, method="topsis", draws=0)
    assert ranking.table.index.tolist() == [1, 3, 2, 4, 0]
    assert ranking.table["score"].iloc[[0, -1]].tolist() == pytest.approx([1, 0])


# A method of one's own


def own(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
    """Score by the weighted sum, one weight vector at a time."""
    assert weights.ndim == 1
    return matrix @ weights


def own_batch(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
    return weights @ matrix.T


own_batch.batch = True  # type: ignore[attr-defined]


def with_scores(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
    return SimpleNamespace(scores=own(matrix, weights), note="mine")


class Additive:
    batch = True

    def __call__(self, matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
        return own_batch(matrix, weights)


def as_list(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
    return own(matrix, weights).tolist()


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (own, "own"),
        (own_batch, "own_batch"),
        (with_scores, "with_scores"),
        (as_list, "as_list"),
        (Additive(), "Additive"),
        (functools.partial(own), "own"),
    ],
)
def test_a_callable_equals_the_method_it_repeats(method: Callable[..., Any], name: str) -> None:
    expected = ms.rank_markets(table(), framework(), draws=60).table
    ranking = ms.rank_markets(table(), framework(), method=method, draws=60)
    pd.testing.assert_frame_equal(ranking.table, expected)
    assert ranking.method == name
    assert ranking.effective_weights is None
    assert ranking.main_effect is not None


def test_the_result_of_a_callable_is_kept() -> None:
    ranking = ms.rank_markets(table(), framework(), method=with_scores, draws=0)
    details: Any = ranking.details
    assert details.note == "mine"


@pytest.mark.parametrize(("method", "draws"), [(own, 500), (own_batch, 10_000)])
def test_fewer_draws_for_a_callable_that_takes_one_vector(
    method: Callable[..., Any], draws: int
) -> None:
    seen = []

    def counting(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
        seen.append(1 if weights.ndim == 1 else len(weights))
        return method(matrix, weights)

    counting.batch = getattr(method, "batch", False)  # type: ignore[attr-defined]
    ranking = ms.rank_markets(table(), framework(), method=counting, levels="top")
    assert sum(seen) == draws + 1
    assert ranking.provenance["draws"] == draws
    seen.clear()  # under the factors weights vary, too: each draw has a matrix of its own
    ranking = ms.rank_markets(table(), framework(), method=counting)
    assert sum(seen) == 501


def test_a_callable_cannot_change_what_it_is_given() -> None:
    def spoiling(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
        scores = matrix @ weights
        matrix *= 0
        weights *= 0
        return scores

    expected = ms.rank_markets(table(), framework(), draws=30).table
    ranking = ms.rank_markets(table(), framework(), method=spoiling, draws=30)
    pd.testing.assert_frame_equal(ranking.table, expected)


def raising(*_: Any) -> Any:
    raise ZeroDivisionError("no market is that large")


def giving(result: Any) -> Callable[..., Any]:
    """Return a method that gives the same result whatever it is asked."""
    return lambda *_: result


def raising_later(matrix: Any, weights: Any) -> Any:
    scores = matrix @ weights
    return scores if np.ptp(weights) < 1e-9 else scores[1:]


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (raising, "method raising .*ZeroDivisionError: no market is that large"),
        (lambda matrix, _: matrix, r"shape \(5, 3\); \(5,\) is needed"),
        (giving(1.0), r"shape \(\); \(5,\) is needed"),
        (raising_later, r"raising_later: its scores have shape \(4,\)"),
        (giving([1, 2, 3, 4, np.nan]), "a score is missing or infinite"),
        (giving([1, 2, 3, 4, np.inf]), "a score is missing or infinite"),
        (giving(list("abcde")), "scores"),
        (giving(None), "scores"),
        (giving([[1], [1, 2]]), "scores"),
        (lambda matrix: matrix[:, 0], "method <lambda> .*TypeError"),
        (5, "method is 5; give a name or a callable"),
        ("topsy", 'there is no method "topsy".*Did you mean "topsis"'),
    ],
)
def test_a_method_without_a_score_for_each_market_is_refused(method: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.rank_markets(table(), framework(), method=method, draws=20)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("topsis", {"metrik": "manhattan"}, 'no option "metrik".*mean "metric"'),
        ("topsis", {"metric": "manhatan"}, 'method topsis: metric .*Did you mean "manhattan"'),
        ("vikor", {"v": 2}, "method vikor: v is 2"),
        ("topsis", "vector", "options is 'vector'; give a mapping"),
        (own, {"power": 2}, "method own .*power"),
    ],
)
def test_options_without_meaning_are_refused(method: Any, options: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.rank_markets(table(), framework(), method=method, options=options, draws=0)


def test_a_product_of_negative_scores_is_refused_by_name() -> None:
    rules = replace(framework(), normalization="z-score")
    with pytest.raises(ms.InputError, match=r"method weighted_product: .*zero or more"):
        ms.rank_markets(table(), rules, method="weighted_product", draws=0)


# The rank interval


def slow_interval(ranking: ms.Ranking, draws: int, tolerance: float, seed: int) -> pd.DataFrame:
    """Return the interval by counting better markets draw by draw, and NumPy's percentile."""
    matrix = ranking.matrix.to_numpy()
    shown = ranking.matrix.index.get_indexer(ranking.table.index)
    every = []
    center = np.array(ranking.weights.tolist())
    chunks = weights_around(center, draws, tolerance=tolerance, seed=seed, chunk=7)
    for chunk in chunks:
        for weights in chunk:
            result = ms.METHODS[ranking.method](matrix, weights, **ranking.options)
            scores = result.scores[shown]
            near = 1e-12 * np.abs(scores).max()
            every.append([1 + sum(scores > score + near) for score in scores])
    low, high = np.percentile(every, [5, 95], axis=0, method="inverted_cdf")
    rank = ranking.table["rank"].to_numpy()
    return pd.DataFrame(
        {"rank_low": np.minimum(low, rank), "rank_high": np.maximum(high, rank)},
        index=ranking.table.index,
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("draws", "tolerance", "seed"), [(1, 0.25, 0), (19, 1.0, 0), (20, 0.5, 3), (200, 0.25, 1)]
)
def test_the_rank_interval_equals_a_slow_reference(
    method: str, draws: int, tolerance: float, seed: int
) -> None:
    generator = np.random.default_rng(11)
    values = pd.DataFrame(generator.uniform(30, 70, (12, 5)), columns=table().columns)
    values.loc[12] = values.loc[3]
    ranking = ms.rank_markets(
        values, framework(), method=method, draws=draws, tolerance=tolerance, seed=seed,
        levels="top",
    )  # fmt: skip
    expected = slow_interval(ranking, draws, tolerance, seed)
    pd.testing.assert_frame_equal(
        ranking.table[["rank_low", "rank_high"]].astype(float), expected, check_dtype=False
    )


def test_the_rank_interval_of_candidates_counts_candidates_only(
    embedded: ms.IndicatorTable,
) -> None:
    markets = ["VNM", "MEX", "POL", "IDN", "TUR", "ZAF", "COL", "THA", "CHL", "MYS"]
    ranking = ms.rank_markets(
        embedded, "pestle", markets=markets, draws=120, tolerance=0.6, levels="top"
    )
    expected = slow_interval(ranking, 120, 0.6, 0)
    interval = ranking.table[["rank_low", "rank_high"]]
    pd.testing.assert_frame_equal(interval.astype(float), expected, check_dtype=False)
    assert interval["rank_high"].max() <= 10
    assert (interval["rank_low"] < interval["rank_high"]).any()


def test_more_markets_than_have_room_for_intervals_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("marketselect.ranking.interval.MOST", 4)
    with pytest.raises(ms.InputError, match=r"draws are asked for .* GB.*draws=0") as told:
        ms.rank_markets(table(), framework(), draws=10)
    assert told.value.faults[0].code == "too-large"
    assert len(ms.rank_markets(table(), framework(), draws=0).table) > 4


def test_no_draws_leave_the_interval_empty() -> None:
    ranking = ms.rank_markets(table(), framework(), draws=0)
    for name in ("rank_low", "rank_high"):
        assert ranking.table[name].isna().all()
        assert ranking.table[name].dtype == "Int64"


def test_without_tolerance_the_interval_is_the_rank() -> None:
    result = ms.rank_markets(table(), framework(), tolerance=0.0, draws=30).table
    assert result["rank_low"].tolist() == result["rank_high"].tolist() == result["rank"].tolist()


def test_progress_only_grows_and_ends_with_all_draws() -> None:
    calls: list[tuple[int, int]] = []
    told = ms.rank_markets(
        table(), framework(), draws=5000, progress=lambda *done: calls.append(done)
    )
    assert calls == sorted(set(calls))
    assert len(calls) > 1
    assert calls[-1] == (5000, 5000)
    quiet = ms.rank_markets(table(), framework(), draws=5000, progress=False)
    assert told.to_json() == quiet.to_json()
    calls.clear()
    ms.rank_markets(table(), framework(), draws=0, progress=lambda *done: calls.append(done))
    assert calls == []


def test_what_progress_raises_ends_the_ranking() -> None:
    calls: list[int] = []

    def stop(done: int, _total: int) -> None:
        calls.append(done)
        raise TimeoutError("too long")

    with pytest.raises(TimeoutError, match="too long"):
        ms.rank_markets(table(), framework(), draws=10**7, progress=stop)
    assert len(calls) == 1


def test_a_progress_that_is_none_is_refused() -> None:
    with pytest.raises(ms.InputError, match=r"progress is 'x'; give a callable \(done, total\)"):
        ms.rank_markets(table(), framework(), progress="x")  # type: ignore[arg-type]


def test_one_seed_gives_the_same_bytes_and_another_seed_other_draws(
    embedded: ms.IndicatorTable,
) -> None:
    def run(seed: int) -> pd.DataFrame:
        return ms.rank_markets(embedded, "pestle", draws=40, tolerance=0.9, seed=seed).table

    first = run(0)
    assert run(0).to_csv() == first.to_csv()
    assert run(0).to_numpy().tobytes() != b""
    other = run(1)
    assert not other[["rank_low", "rank_high"]].equals(first[["rank_low", "rank_high"]])
    assert other.drop(columns=["rank_low", "rank_high"]).equals(
        first.drop(columns=["rank_low", "rank_high"])
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": -1}, "draws is -1"),
        ({"draws": 1.5}, "draws is 1.5"),
        ({"draws": True}, "draws is True"),
        ({"tolerance": 1.5}, "tolerance is 1.5"),
        ({"tolerance": np.nan}, "tolerance is nan"),
        ({"tolerance": "wide"}, "tolerance is 'wide'"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": None}, "seed is None"),
        ({"seed": 0.5}, "seed is 0.5"),
    ],
)
def test_draws_that_cannot_be_made_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.rank_markets(table(), framework(), **arguments)


# Influence


def test_effective_weights_by_hand() -> None:
    # Deviations of economic 60 40 90 20 60, legal 90 60 30 70 90, social 80 90 40 60 80 from
    # their means 54, 68, 70; the score is their sum over 3, with deviations 38 -2 -32 -42 38 / 3.
    ranking = ms.rank_markets(table(), framework(), draws=0)
    whole = np.array([38.0, -2.0, -32.0, -42.0, 38.0])
    parts = {
        "economic": np.array([6.0, -14.0, 36.0, -34.0, 6.0]),
        "legal": np.array([22.0, -8.0, -38.0, 2.0, 22.0]),
        "social": np.array([10.0, 20.0, -30.0, -10.0, 10.0]),
    }
    # economic: 228 + 28 - 1152 + 1428 + 228 = 760; legal: 836 + 16 + 1216 - 84 + 836 = 2820;
    # social: 380 - 40 + 960 + 420 + 380 = 2100; together 5680.
    assert sum(parts.values()).tolist() == whole.tolist()  # type: ignore[union-attr]
    assert ranking.effective_weights is not None
    assert ranking.effective_weights.to_dict() == pytest.approx(
        {"economic": 760 / 5680, "legal": 2820 / 5680, "social": 2100 / 5680}
    )
    assert ranking.main_effect is not None
    squares = {name: (part**2).sum() for name, part in parts.items()}
    assert ranking.main_effect.to_dict() == pytest.approx(
        {
            "economic": 760**2 / squares["economic"] / 5680,
            "legal": 2820**2 / squares["legal"] / 5680,
            "social": 2100**2 / squares["social"] / 5680,
        }
    )


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("weighted_sum", {}),
        ("weighted_sum", {"normalization": "min-max"}),
        ("ahp", {}),
        ("ahp", {"mode": "distributive"}),
        ("promethee", {}),
        ("promethee", {"preference": "usual"}),
    ],
)
def test_effective_weights_are_covariances_of_what_is_added(
    method: str, options: dict[str, Any], embedded: ms.IndicatorTable
) -> None:
    markets = embedded.values.index[::5]
    ranking = ms.rank_markets(
        embedded, "pestle", markets=markets, method=method, options=options, draws=0
    )
    assert ranking.effective_weights is not None
    assert ranking.effective_weights.sum() == pytest.approx(1)
    # A sum's part by one factor: the score at that factor's weight alone, times the weight.
    score = ranking.table["score"]
    for name in ranking.weights.index:
        alone = [float(other == name) for other in ranking.weights.index]
        result = ms.METHODS[method](ranking.matrix, alone, **ranking.options)
        part = pd.Series(result.scores, ranking.matrix.index) * ranking.weights[name]
        share = np.cov(part[score.index], score)[0, 1] / score.var()
        assert ranking.effective_weights[name] == pytest.approx(share)


@pytest.mark.parametrize("method", METHODS)
def test_main_effects_are_squared_correlations_over_the_ranked_markets(method: str) -> None:
    markets = ["Aarhus", "Bergen", "Cadiz", "Delft"]
    ranking = ms.rank_markets(table(), framework(), method=method, markets=markets, draws=0)
    expected = ranking.table[["economic", "legal", "social"]].corrwith(ranking.table["score"]) ** 2
    assert ranking.main_effect is not None
    assert ranking.main_effect.to_dict() == pytest.approx(expected.to_dict())


def test_a_callable_may_bear_the_name_of_a_method() -> None:
    def weighted_sum(matrix: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> Any:
        return (matrix**2) @ weights

    ranking = ms.rank_markets(table(), framework(), method=weighted_sum, draws=0)
    assert ranking.effective_weights is None
    assert ranking.options == {}


def test_methods_that_do_not_add_have_no_effective_weights() -> None:
    for method in ("weighted_product", "topsis", "vikor"):
        assert ms.rank_markets(table(), framework(), method=method).effective_weights is None


def test_a_constant_factor_has_no_effect() -> None:
    values = table().assign(law=100 / 3)
    ranking = ms.rank_markets(values, framework(), draws=0)
    assert ranking.main_effect is not None
    assert ranking.main_effect["legal"] == 0
    assert ranking.effective_weights is not None
    assert ranking.effective_weights["legal"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("count", [1, 7])
def test_where_all_markets_are_tied_nothing_has_an_effect(count: int) -> None:
    values = pd.DataFrame([[1.1, 2.3, 3.7, 100 / 3, 0.1]] * count, columns=list(table().columns))
    ranking = ms.rank_markets(values, framework(), draws=20)
    assert ranking.table["rank"].tolist() == [1] * count
    assert ranking.effective_weights is None
    assert ranking.main_effect is None


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_influence_of_huge_and_tiny_scores(size: float) -> None:
    def rank(unit: float) -> ms.Ranking:
        values = table().drop(index="Essen")
        rules = framework(normalization="none")
        plain = tuple(replace(i, goalposts=None) for i in rules.indicators)
        return ms.rank_markets(values * unit, replace(rules, indicators=plain), draws=20)

    one, other = rank(1.0), rank(size)
    assert one.effective_weights is not None
    assert other.effective_weights is not None
    assert one.main_effect is not None
    assert other.main_effect is not None
    assert ranks(one) == ranks(other)
    assert other.effective_weights.tolist() == pytest.approx(one.effective_weights.tolist())
    assert other.main_effect.tolist() == pytest.approx(one.main_effect.tolist())


# A scale that is given


@pytest.mark.parametrize("method", ABSOLUTE)
def test_nobody_moves_on_a_given_scale_when_candidates_come_or_go(
    method: str, embedded: ms.IndicatorTable
) -> None:
    rules = ms.load_framework("pestle")
    free = replace(
        rules,
        range=(1.0, 100.0),
        indicators=tuple(
            replace(i, goalposts=None) if i.transform is None else i for i in rules.indicators
        ),
    )
    every = ms.rank_markets(embedded, free, method=method, draws=0)
    left = every.table.index[::3]
    fewer = replace(embedded, values=embedded.values.loc[sorted(left)])
    again = ms.rank_markets(fewer, free, method=method, scale=every.scores.scale, draws=0)
    np.testing.assert_allclose(
        again.table["score"], every.table.loc[again.table.index, "score"], rtol=1e-12
    )
    assert again.table.index.tolist() == left.tolist()
    new = ms.rank_markets(fewer, free, method=method, draws=0)
    assert not np.allclose(new.table["score"].sort_index(), again.table["score"].sort_index())


def test_goalposts_are_a_scale_of_their_own(embedded: ms.IndicatorTable) -> None:
    every = ms.rank_markets(embedded, "pestle", method="topsis", draws=0).table["score"]
    some = replace(embedded, values=embedded.values.loc[sorted(every.index[:20])])
    few = ms.rank_markets(some, "pestle", method="topsis", draws=0).table["score"]
    assert few.to_dict() == pytest.approx(every[few.index].to_dict())


# Provenance


def provenance(values: pd.DataFrame | None = None, **arguments: Any) -> dict[str, Any]:
    rules = arguments.pop("rules", framework())
    data = table() if values is None else values
    return dict(ms.rank_markets(data, rules, draws=0, **arguments).provenance)


def test_equal_calls_have_equal_provenance() -> None:
    assert provenance() == provenance(table()[list(table().columns[::-1])])
    assert provenance(table().assign(more=1)) == {**provenance(), "unused_columns": ("more",)}


@pytest.mark.parametrize("cell", [("Aarhus", "gdp"), ("Essen", "law"), ("Fulda", "crime")])
def test_one_cell_changes_the_hash_of_the_data(cell: tuple[str, str]) -> None:
    values = table()
    market, code = cell
    old = 50.0 if cell == ("Essen", "law") else float(values[code][market])
    values.loc[market, code] = np.nextafter(old, np.inf)
    assert provenance(values)["data"] != provenance()["data"]
    assert provenance(values)["framework"] == provenance()["framework"]


def test_labels_change_the_hash_of_the_data() -> None:
    assert provenance(table().rename(index={"Delft": "Leiden"}))["data"] != provenance()["data"]


def test_groups_that_gaps_are_filled_by_are_part_of_the_data() -> None:
    rules = framework(missing="group-mean", group="region")
    south = table().assign(region=["n", "n", "s", "s", "s", "s"])
    north = south.assign(region=["n", "n", "s", "s", "n", "s"])
    assert provenance(south, rules=rules)["data"] != provenance(north, rules=rules)["data"]
    assert provenance(south)["data"] == provenance(north)["data"]


def test_every_argument_that_changes_a_ranking_is_in_its_provenance() -> None:
    weights = {"economic": 1, "legal": 1, "social": 2}
    scale = ms.score_factors(table(), framework()).scale
    calls: list[dict[str, Any]] = [
        {},
        {"rules": framework(decimals=3)},
        {"weights": weights},
        {"weights": {"size": 1, "growth": 2}},
        {"method": "topsis"},
        {"method": "topsis", "options": {"metric": "manhattan"}},
        {"seed": 1},
        {"tolerance": 0.5},
        {"markets": ["Aarhus", "Cadiz"]},
        {"markets": ["Aarhus", "Delft"]},
        {"scale": scale},
    ]
    seen = [repr(provenance(**call)) for call in calls]
    assert len(set(seen)) == len(calls)


def test_provenance_says_where_the_data_stand_and_what_ran(embedded: ms.IndicatorTable) -> None:
    record = ms.rank_markets(embedded, "pestle", draws=0).provenance
    assert (record["framework_name"], record["as_of"], record["max_age"]) == ("pestle", 2024, 5)
    assert (record["method"], record["draws"], record["seed"]) == ("weighted_sum", 0, 0)
    assert record["versions"]["marketselect"] == ms.__version__
    assert record["versions"]["numpy"] == np.__version__


def test_a_ranking_prints_its_head() -> None:
    text = repr(ms.rank_markets(table(), framework(), draws=0))
    assert text.startswith("Ranking of 5 markets by weighted_sum, 1 left out\n")
    assert "Aarhus" in text
    assert "interval" not in text  # without draws there is none


def test_a_ranking_prints_what_its_intervals_vary_and_what_would_be_an_equal_say() -> None:
    ranking = ms.rank_markets(table(), framework(), draws=50, tolerance=0.1, levels="top")
    text = repr(ranking)
    told = " ".join(text[text.index("interval: ") :].split())
    varied = "each factor's weight varies by up to 10% of itself"
    said = f"interval: where 90% of the ranks lie when {varied} share of variance: "
    assert told.startswith(said)
    assert ranking.equal_say.startswith("To give each factor an equal say, weigh ")
    assert told.endswith(ranking.equal_say)  # after what is left out for lack of data
    sentences = text.splitlines()[-6:]
    assert max(map(len, sentences)) <= 96


# Properties

FEW = examples(25)  # each example is one or several whole rankings
ROWS = st.lists(
    st.lists(st.floats(0, 100), min_size=5, max_size=5), min_size=2, max_size=7, unique_by=tuple
)
THREE = st.lists(st.floats(0.01, 100), min_size=3, max_size=3)
NAMES = ("economic", "legal", "social")


def drawn(rows: list[list[float]]) -> pd.DataFrame:
    index = pd.Index([f"m{place}" for place in range(len(rows))], name="market")
    return pd.DataFrame(rows, columns=list(table().columns), index=index)


def rank(data: pd.DataFrame, weights: list[float], method: str, draws: int = 0) -> pd.DataFrame:
    by_name = dict(zip(NAMES, weights, strict=True))
    rules = framework(range=(1.0, 100.0))
    return ms.rank_markets(data, rules, weights=by_name, method=method, draws=draws).table


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(ABSOLUTE))
def test_reordering_markets_reorders_scores(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    first = rank(drawn(rows), weights, method)
    other = rank(drawn(rows).iloc[::-1], weights, method).loc[first.index]
    np.testing.assert_allclose(other["score"], first["score"], rtol=1e-12)
    assert other["rank"].tolist() == first["rank"].tolist()


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(ABSOLUTE))
def test_the_scale_of_the_weights_changes_nothing(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    first = rank(drawn(rows), weights, method)
    other = rank(drawn(rows), [1000 * weight for weight in weights], method)
    np.testing.assert_allclose(other.loc[first.index, "score"], first["score"], rtol=1e-12)


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(METHODS))
def test_a_market_better_on_everything_comes_first(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    data = drawn([*rows, [101.0, 101.0, 101.0, 101.0, -1.0]]).clip(upper=99).iloc[:-1]
    data["crime"] = data["crime"].clip(lower=1)
    data.loc["best"] = [100.0, 100.0, 100.0, 100.0, 0.0]
    result = rank(data, weights, method, draws=10)
    assert result.index[0] == "best"
    assert (result[["rank", "rank_low", "rank_high"]].loc["best"] == 1).all()
    assert (result["rank"] == 1).sum() == 1


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(ABSOLUTE))
def test_adding_a_dominated_candidate_moves_nobody(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    first = rank(drawn(rows), weights, method)
    data = drawn(rows)
    data.loc["worst"] = [0.0, 0.0, 0.0, 0.0, 100.0]
    result = rank(data, weights, method)
    assert result["score"].drop("worst").to_dict() == pytest.approx(first["score"].to_dict())
    assert result.loc["worst", "rank"] == result["rank"].max()


@FEW
@given(rows=ROWS, weights=THREE)
def test_a_new_candidate_moves_nobody_under_min_max_with_a_scale(
    rows: list[list[float]], weights: list[float]
) -> None:
    rules = framework()
    free = replace(rules, indicators=tuple(replace(i, goalposts=None) for i in rules.indicators))
    data = drawn(rows)
    data.loc["low"], data.loc["high"] = 0.0, 100.0
    by_name = dict(zip(NAMES, weights, strict=True))
    first = ms.rank_markets(data, free, weights=by_name, draws=0)
    data.loc["worst"] = [-5.0, -5.0, -5.0, -5.0, 200.0]
    scale = first.scores.scale
    result = ms.rank_markets(data, free, weights=by_name, scale=scale, draws=0).table
    assert result["score"].drop("worst").to_dict() == pytest.approx(first.table["score"].to_dict())
    assert result.loc["worst", "rank"] == result["rank"].max()


@FEW
@given(rows=ROWS, weights=THREE, factor=st.floats(1e-3, 1e3))
def test_changing_a_unit_changes_nothing(
    rows: list[list[float]], weights: list[float], factor: float
) -> None:
    rules = framework()
    free = replace(rules, indicators=tuple(replace(i, goalposts=None) for i in rules.indicators))
    data = drawn(rows)
    data.loc["low"], data.loc["high"] = 0.0, 100.0
    by_name = dict(zip(NAMES, weights, strict=True))
    first = ms.rank_markets(data, free, weights=by_name, draws=0).table["score"]
    other = ms.rank_markets(
        data.assign(gdp=data["gdp"] * factor), free, weights=by_name, draws=0
    ).table["score"]
    assert other.to_dict() == pytest.approx(first.to_dict(), abs=1e-9)


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(ABSOLUTE))
def test_scores_stay_within_their_bounds(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    low, high = (1, 100) if method.startswith("weighted") else (0, 1)
    result = rank(drawn(rows), weights, method)
    assert result["score"].between(low - 1e-9, high + 1e-9).all()


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(METHODS))
def test_equal_markets_share_score_rank_and_interval(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    data = drawn(rows)
    data.loc["twin"] = data.loc["m0"]
    data.loc["best"] = [100.0, 100.0, 100.0, 100.0, 0.0]
    data.loc["worst"] = [0.0, 0.0, 0.0, 0.0, 100.0]
    result = rank(data, weights, method, draws=15)
    places = result[["rank", "rank_low", "rank_high"]]
    assert (places.loc["twin"] == places.loc["m0"]).all()


@FEW
@given(rows=ROWS, weights=THREE, method=st.sampled_from(METHODS))
def test_nothing_in_a_ranking_is_missing(
    rows: list[list[float]], weights: list[float], method: str
) -> None:
    data = drawn(rows)
    data.loc["best"] = [100.0, 100.0, 100.0, 100.0, 0.0]
    data.iloc[0, 1] = np.nan
    data.iloc[1, 3] = np.nan
    result = rank(data, weights, method, draws=5)
    assert not result.isna().any(axis=None)
    assert np.isfinite(result["score"]).all()
    assert "m1" not in result.index
    assert (result["rank_low"] <= result["rank"]).all()
    assert (result["rank"] <= result["rank_high"]).all()
    assert result["rank_low"].min() >= 1
    assert result["rank_high"].max() <= len(result)


@pytest.mark.slow
@FEW
@given(rows=ROWS, weights=st.lists(THREE, min_size=1, max_size=4), method=st.sampled_from(METHODS))
def test_a_batch_of_weights_equals_one_at_a_time(
    rows: list[list[float]], weights: list[list[float]], method: str
) -> None:
    data = drawn(rows)
    data.loc["best"] = [100.0, 100.0, 100.0, 100.0, 0.0]
    data.loc["worst"] = [0.0, 0.0, 0.0, 0.0, 100.0]
    ranking = ms.rank_markets(data, framework(), method=method, draws=0)
    batch = ms.METHODS[method](ranking.matrix, weights, **ranking.options).scores
    for vector, scores in zip(weights, batch, strict=True):
        by_name = dict(zip(NAMES, vector, strict=True))
        one = ms.rank_markets(data, framework(), method=method, weights=by_name, draws=0)
        np.testing.assert_allclose(
            one.table.loc[ranking.matrix.index, "score"], scores, rtol=1e-9, atol=1e-12
        )


def test_what_lacks_nothing_is_covered_exactly() -> None:
    thirds = ms.Framework(
        name="thirds",
        factors=tuple(ms.Factor(code=code) for code in "fgh"),
        indicators=tuple(
            ms.Indicator(code=f"{code}{n}", factor=code, direction="benefit", weight=1 / 7)
            for code in "fgh"
            for n in range(7)
        ),
    )
    values = pd.DataFrame({code: [1.0, 2.0, 4.0] for code in thirds.codes})
    assert ms.rank_markets(values, thirds, draws=0).table["coverage"].tolist() == [1.0] * 3


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(ms.InputError, match=r'no option "nomalization".*mean "normalization"'):
        ms.rank_markets(table(), framework(), method="topsis", options={"nomalization": "none"})


# Faults of a method in the words of the data


def z_scored() -> tuple[pd.DataFrame, ms.Framework]:
    framework = ms.Framework(
        name="two",
        normalization="z-score",
        factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit"),
            ms.Indicator(code="debt", factor="risk", direction="cost"),
        ),
    )
    values = pd.DataFrame({"gdp": [1.0, 2, 3], "debt": [3.0, 5, 1]}, index=["X", "Y", "Z"])
    return values, framework


def test_a_methods_fault_names_factor_and_market_and_the_way_out() -> None:
    values, framework = z_scored()
    words = r'factor "size", market "X" is -1.*choose one that fills its range: "goalposts"'
    with pytest.raises(ms.InputError, match=words):
        ms.rank_markets(values, framework, method="weighted_product")
    words = r'factor "size", "risk" ha.*by normalization "z-score"'
    with pytest.raises(ms.InputError, match=words):
        ms.rank_markets(values, framework, method="ahp")


def test_a_notebook_shows_a_ranking_on_whatever_scale_it_is() -> None:
    values, framework = z_scored()
    for method in ("weighted_sum", "vikor"):
        html = ms.rank_markets(values, framework, method=method)._repr_html_()
        assert "ranked by" in html
        assert "nan" not in html


def test_a_weighting_that_needs_judgements_says_how_to_come_by_it() -> None:
    values, framework = z_scored()
    for name, call in (
        ("ahp", "ahp_weights"),
        ("swing", "swing_weights"),
        ("best_worst", "best_w"),
    ):
        with pytest.raises(ms.InputError, match=f'"{name}" needs judgements: give .*{call}'):
            ms.rank_markets(values, framework, weights=name)


def test_judgements_that_a_named_weighting_replaces_are_not_shown() -> None:
    values, framework = z_scored()
    judged = replace(framework, judgements=(ms.Judgement(more="size", less="risk", ratio=3.0),))
    assert list(ms.rank_markets(values, judged).judgements) == ["top factors"]
    assert not ms.rank_markets(values, judged, weights="equal").judgements
    assert not ms.rank_markets(values, judged, weights="critic").judgements


def judged_hierarchy() -> tuple[pd.DataFrame, ms.Framework]:
    values, framework = z_scored()
    factors = (*framework.factors, ms.Factor(code="rules"))
    law = ms.Indicator(code="law", factor="rules", direction="benefit")
    judgements = tuple(
        ms.Judgement(more=more, less=less, ratio=ratio)
        for more, less, ratio in (("size", "risk", 3.0), ("risk", "rules", 4.0))
    )
    judged = replace(
        framework,
        normalization="min-max",
        factors=factors,
        indicators=(*framework.indicators, law),
        judgements=judgements,
    )
    return values.assign(law=[4.0, 1, 2]), judged


def test_the_consistency_of_every_matrix_is_shown() -> None:
    values, framework = judged_hierarchy()
    ranking = ms.rank_markets(values, framework, method="ahp")
    line = (
        "judgements of top factors: 3 compared, consistency ratio 0.00 (alonso-lamata), 1 inferred"
    )
    assert line in repr(ranking)
    assert line in ranking._repr_html_()
    row = ranking.consistency.loc["top factors"]
    assert row["consistency_ratio"] == pytest.approx(0, abs=1e-9)
    assert list(row[["compared", "inferred", "beyond_scale", "revise"]]) == [3, 1, 0, ""]
    assert not len(ms.rank_markets(values, framework, weights="equal").consistency)


def test_unused_judgements_warn_of_nothing() -> None:
    values, framework = judged_hierarchy()
    back = ms.Judgement(more="rules", less="size", ratio=2.0)
    circle = replace(framework, judgements=(*framework.judgements, back))
    with pytest.warns(ms.ConsistencyWarning, match="judgements of top factors"):
        shown = ms.rank_markets(values, circle)
    assert "revise first" in repr(shown)
    for name in ("equal", "critic", "entropy"):
        ms.rank_markets(values, circle, weights=name)  # a warning would be an error


def test_the_result_of_a_weighting_gives_the_weights_by_name() -> None:
    values, framework = judged_hierarchy()
    plain = replace(framework, judgements=())
    result = ms.swing_weights({"rules": 50, "risk": 20, "size": 100})
    weights = ms.rank_markets(values, plain, weights=result).weights
    assert weights.to_dict() == pytest.approx({"size": 10 / 17, "risk": 2 / 17, "rules": 5 / 17})


def test_a_subset_that_loses_its_judgements_is_refused() -> None:
    _, framework = judged_hierarchy()
    words = '"size", "rules" under the top were compared only by way of what is left out'
    with pytest.raises(ms.InputError, match=words):
        framework.subset(["size", "rules"])
    assert framework.subset(["size", "risk"]).judgements == framework.judgements[:1]
    assert not framework.subset(["size"]).judgements


def test_rank_order_weights_go_by_name_in_their_three_forms() -> None:
    values, framework = judged_hierarchy()
    stated = replace(framework, judgements=()).with_weights({"size": 5, "risk": 3, "rules": 1})
    # Barron & Barrett (1996): for three criteria 11/18, 5/18, 2/18; sums 3, 2, 1; 1, 1/2, 1/3.
    forms = {"rank_order": [11, 5, 2], "rank_sum": [3, 2, 1], "rank_reciprocal": [6, 3, 2]}
    for name, parts in forms.items():
        weights = ms.rank_markets(values, stated, weights=name).weights
        assert weights.tolist() == pytest.approx([part / sum(parts) for part in parts])


@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "vikor"])
def test_intervals_of_many_markets_are_those_of_few(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pestle_table()
    whole = ms.rank_markets(table, "pestle", method=method, draws=300).table
    module = import_module("marketselect.ranking.interval")
    monkeypatch.setattr(module, "MANY", 10)
    monkeypatch.setattr(module, "CELLS", 5000)
    small = ms.rank_markets(table, "pestle", method=method, draws=300).table
    pd.testing.assert_frame_equal(small, whole)


@pytest.mark.slow
def test_a_ranking_keeps_no_more_than_three_times_the_data() -> None:
    rng, (count, width) = np.random.default_rng(0), (20_000, 35)
    data = pd.DataFrame(
        rng.uniform(1, 100, (count, width)),
        [f"m{place}" for place in range(count)],
        [f"i{place}" for place in range(width)],
    )
    rows = {"code": data.columns, "factor": [f"f{place % 6}" for place in range(width)]}
    rules = ms.Framework.from_table(pd.DataFrame({**rows, "direction": "benefit"}), name="many")
    ms.rank_markets(data.head(50), rules, draws=0)
    tracemalloc.start()
    try:
        ranking = ms.rank_markets(data, rules, draws=0)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(ranking.table) == count
    assert kept < 3.0 * count * width * 8  # the data, what was normalized, and a few factors'


def test_many_markets_take_no_table_of_markets_by_ranks() -> None:
    count = 6000
    data = pd.DataFrame({"x": np.arange(count), "y": np.arange(count)[::-1] ** 2}, dtype=float)
    rules = ms.Framework(
        name="many",
        factors=(ms.Factor(code="a"), ms.Factor(code="b")),
        indicators=(
            ms.Indicator(code="x", factor="a", direction="benefit"),
            ms.Indicator(code="y", factor="b", direction="benefit"),
        ),
    )
    tracemalloc.start()
    try:
        ranking = ms.rank_markets(data, rules, draws=20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert ranking.table["rank_low"].notna().all()
    assert peak < count**2 * 8  # such a table alone takes that
