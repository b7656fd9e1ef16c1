"""Redundancy: correlations, alpha and components by hand; effective weights that add up."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.audit.structure import (
    Redundancy,
    audited_components,
    correlated_pairs,
    cronbach,
    redundancy,
)
from marketselect.scoring.factors import FactorScores
from marketselect.scoring.influence import (
    covariance_shares,
    node_weight_table,
    weights_by_market,
)
from shared import observations

FACTORS = (
    ms.Factor(code="a", weight=3),
    ms.Factor(code="b"),
    ms.Factor(code="c", parent="a"),
)
INDICATORS = tuple(
    ms.Indicator(code=code, factor=factor, direction="benefit", weight=weight)
    for code, factor, weight in (
        ("x", "a", 1), ("y", "a", 2), ("p", "c", 1), ("q", "c", 3), ("z", "b", 1),
    )
)  # fmt: skip
FRAMEWORK = ms.Framework(
    name="mixed",
    factors=FACTORS,
    indicators=INDICATORS,
    normalization="none",
    min_coverage=0.0,
)
CODES = FRAMEWORK.codes

DATA = pd.DataFrame(
    {
        "x": [1.0, 2.0, 3.0, 4.0],
        "y": [4.0, 3.0, 2.0, 1.0],
        "p": [1.0, 3.0, 2.0, 4.0],
        "q": [2.0, 2.0, 5.0, 9.0],
        "z": [1.0, 0.0, 0.0, 1.0],
    },
    index=pd.Index(["A", "B", "C", "D"], name="market"),
)


def scored(data: pd.DataFrame = DATA, **settings: Any) -> FactorScores:
    return ms.score_factors(data, replace(FRAMEWORK, **settings))


def found(data: pd.DataFrame = DATA, **settings: Any) -> Redundancy:
    return redundancy(scored(data, **settings))


def pair(table: pd.DataFrame, first: str, second: str) -> "pd.Series[Any]":
    row = table[(table["first"] == first) & (table["second"] == second)]
    assert len(row) == 1
    return row.iloc[0]


@st.composite
def tables(draw: st.DrawFn, gaps: bool = True) -> pd.DataFrame:
    """Draw four to eight markets of whole numbers, some of them missing, each factor with one."""
    markets = draw(st.integers(4, 8))
    cell = st.integers(1, 50).map(float)
    rows = []
    for _ in range(markets):
        row = {code: draw(cell) for code in CODES}
        if gaps and draw(st.booleans()):
            row[draw(st.sampled_from(["x", "y", "p", "q"]))] = np.nan
        rows.append(row)
    return pd.DataFrame(rows, index=pd.Index([f"m{i}" for i in range(markets)], name="market"))


# Correlations


def test_correlations_are_those_of_the_columns() -> None:
    table = found().indicators
    assert len(table) == 10
    assert pair(table, "x", "y")["correlation"] == pytest.approx(-1.0, abs=1e-15)
    # sum of (x - 2.5)(p - 2.5) = 4, sums of squares 5 and 5
    assert pair(table, "x", "p")["correlation"] == pytest.approx(0.8, abs=1e-15)
    # q - 4.5 = -2.5 -2.5 .5 4.5, squares 33; with x - 2.5: 3.75 + 1.25 + .25 + 6.75 = 12
    assert pair(table, "x", "q")["correlation"] == pytest.approx(12 / np.sqrt(5 * 33), abs=1e-15)
    assert pair(table, "x", "z")["correlation"] == pytest.approx(0.0, abs=1e-15)


def test_a_pair_is_flagged_and_placed_under_the_factor_that_holds_both() -> None:
    table = found().indicators
    assert pair(table, "x", "q")[["factor", "flag"]].tolist() == ["a", "above 0.9"]
    assert pair(table, "x", "y")[["factor", "flag"]].tolist() == ["a", "below 0"]
    assert pair(table, "p", "q")[["factor", "flag"]].tolist() == ["c", ""]
    assert pair(table, "x", "z")[["factor", "flag"]].tolist() == ["", ""]
    assert (table["reason"] == "").all()
    # x and z then are -0.447: a little below 0 is below 0.
    slightly = found(DATA.assign(z=[1.0, 0.0, 1.0, 0.0])).indicators
    assert pair(slightly, "x", "z")["flag"] == "below 0"


def test_factors_are_compared_where_neither_holds_the_other() -> None:
    table = found().factors
    assert list(zip(table["first"], table["second"], strict=True)) == [("a", "b"), ("b", "c")]
    scores = scored().scores
    assert table["correlation"].tolist() == pytest.approx(
        [scores["a"].corr(scores["b"]), scores["b"].corr(scores["c"])]
    )
    upward = found(factors=FACTORS[::-1]).factors
    assert list(zip(upward["first"], upward["second"], strict=True)) == [("c", "b"), ("b", "a")]


def test_a_correlation_is_over_the_markets_that_have_both() -> None:
    gap = DATA.assign(x=[1.0, 2.0, np.nan, 4.0], p=[np.nan, 3.0, 2.0, 4.0])
    table = found(gap).indicators
    assert pair(table, "x", "q")["markets"] == 3
    # x - 7/3 = -4/3 -1/3 5/3, q - 13/3 = -7/3 -7/3 14/3: 105/9 over sqrt(42/9 * 294/9)
    expected = 105 / np.sqrt(42 * 294)
    assert pair(table, "x", "q")["correlation"] == pytest.approx(expected, abs=1e-14)
    few = pair(table, "x", "p")
    assert np.isnan(few["correlation"])
    assert few[["markets", "flag", "reason"]].tolist() == [2, "", "fewer than 3 markets have both"]


def test_a_constant_has_no_correlation_but_a_reason() -> None:
    # 0.1 + 0.2 is not 0.3 to the last digit: that is no difference.
    table = found(DATA.assign(x=[0.1 + 0.2, 0.3, 0.3, 0.3])).indicators
    row = pair(table, "x", "q")
    assert np.isnan(row["correlation"])
    assert row[["flag", "reason"]].tolist() == ["", "no difference between the markets"]


@given(data=tables())
def test_correlations_lie_between_minus_one_and_one(data: pd.DataFrame) -> None:
    table = correlated_pairs(data, FRAMEWORK.tree.above)
    known = table["correlation"].dropna()
    assert known.between(-1, 1).all()
    assert (table["correlation"].isna() == (table["reason"] != "")).all()


def test_a_change_of_unit_changes_no_correlation() -> None:
    for factor in (1e-300, 1e-9, 1e9, 1e300):
        table = found(DATA.assign(q=DATA["q"] * factor, x=DATA["x"] / factor)).indicators
        np.testing.assert_allclose(
            table["correlation"], found().indicators["correlation"], atol=1e-14
        )


# Cronbach's alpha


def test_alpha_is_that_of_a_covariance_matrix_by_hand() -> None:
    """The example of StatsBase.jl's `cronbachalpha`: 0.8136, and 0.7500, 0.7606, 0.7714 and
    0.7826 without one item."""
    covariance = np.full((4, 4), 6.0) + np.diag([4.0, 5.0, 6.0, 7.0])
    assert cronbach(covariance)[0] == pytest.approx(0.8136, abs=5e-5)
    dropped = [cronbach(np.delete(np.delete(covariance, i, 0), i, 1))[0] for i in range(4)]
    assert dropped == pytest.approx([0.75, 0.7606, 0.7714, 0.7826], abs=5e-5)


def test_alpha_of_a_factor_and_without_one_indicator_by_hand() -> None:
    """Times 3: variances of p and q 5 and 33, covariance 9 = 3.75 - 1.25 - .25 + 6.75."""
    result = found()
    assert result.alpha.loc["c", "alpha"] == pytest.approx(2 * (1 - 38 / 56))
    assert result.alpha.loc["c", "indicators"] == 2
    assert result.alpha.index.tolist() == ["a", "b", "c"]
    without = result.alpha_if_dropped.set_index(["factor", "indicator"])
    # Of a (x y p q), without y: variances 5 5 33, covariances x p 4, x q 12, p q 9.
    assert without.loc[("a", "y"), "alpha"] == pytest.approx(1.5 * (1 - 43 / (43 + 50)))
    assert without.loc[("c", "p"), "reason"] == "alpha needs two indicators"


def test_alpha_of_raw_values_is_before_direction_and_scale() -> None:
    cost = tuple(replace(i, direction="cost") if i.code == "q" else i for i in INDICATORS)
    turned = found(indicators=cost, normalization="min-max").alpha
    assert turned.loc["c", "alpha_raw"] == pytest.approx(2 * (1 - 38 / 56))
    assert turned["alpha"].lt(0)["c"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (DATA.assign(p=[1.0, 2.0, 3.0, 4.0], q=[4.0, 3.0, 2.0, 1.0]), "sum .* does not vary"),
        (DATA.assign(p=2.0, q=5.0), "sum .* does not vary"),
        (DATA.assign(p=[1, 2, 3, np.nan], q=[np.nan, np.nan, 1, 2]), "fewer than 2 markets"),
    ],
)
def test_alpha_without_an_answer_has_a_reason(data: pd.DataFrame, reason: str) -> None:
    row = found(data).alpha.loc["c"]
    assert np.isnan(row["alpha"])
    assert pd.Series(row["reason"]).str.contains(reason).all()


# Principal components


def test_components_of_two_columns_are_one_plus_and_minus_their_correlation() -> None:
    table = found().components
    r = 9 / np.sqrt(5 * 33)
    part = table[table["group"] == "c"]
    assert part["eigenvalue"].tolist() == pytest.approx([1 + r, 1 - r])
    assert part["share"].tolist() == pytest.approx([(1 + r) / 2, (1 - r) / 2])
    assert part["cumulative"].tolist() == pytest.approx([(1 + r) / 2, 1])
    assert part["component"].tolist() == [1, 2]
    assert table["group"].unique().tolist() == ["a", "b", "c", "top factors"]
    top = table[table["group"] == "top factors"]
    r = found().factors["correlation"].iloc[0]
    assert top["eigenvalue"].tolist() == pytest.approx([1 + abs(r), 1 - abs(r)])


def test_components_are_over_the_markets_that_lack_nothing() -> None:
    gap = pd.concat([DATA, DATA.rename(index=str.lower).assign(p=np.nan)])
    table = found(gap).components.query("group == 'c'")
    assert table["markets"].tolist() == [4, 4]
    whole = found().components.query("group == 'c'")
    assert table["eigenvalue"].tolist() == pytest.approx(whole["eigenvalue"].tolist())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (DATA.assign(q=5.0), 'no difference between the markets in "q"'),
        (DATA.assign(p=[1.0, 2.0, np.nan, np.nan]), "fewer than 3 markets have every value"),
    ],
)
def test_components_without_an_answer_have_a_reason(data: pd.DataFrame, reason: str) -> None:
    row = found(data).components.query("group == 'c'")
    assert row["reason"].tolist() == [reason]
    assert row[["eigenvalue", "share", "cumulative"]].isna().all(axis=None)


@given(data=tables())
def test_components_share_out_the_whole_variance(data: pd.DataFrame) -> None:
    part = audited_components("all", data)
    if part["reason"].iloc[0] == "":
        assert part["eigenvalue"].sum() == pytest.approx(5)
        assert part["cumulative"].iloc[-1] == pytest.approx(1)
        assert (part["eigenvalue"].diff().dropna() <= 0).all()


# Effective weights


def test_effective_weights_by_hand() -> None:
    """Two indicators of one factor, weights 3/4 and 1/4: parts 3/4 (0, 2, 4) and 1/4 (4, 0, 2)."""
    framework = ms.Framework(
        name="two",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="u", factor="f", direction="benefit", weight=3),
            ms.Indicator(code="v", factor="f", direction="benefit", weight=1),
        ),
        normalization="none",
    )
    data = pd.DataFrame({"u": [0.0, 2.0, 4.0], "v": [4.0, 0.0, 2.0]}, index=["A", "B", "C"])
    table = redundancy(ms.score_factors(data, framework)).weights
    # Composite 1, 1.5, 3.5, from its mean -1 -.5 1.5, squares 3.5; u's part from its mean
    # -1.5 0 1.5: 3.75; v's .5 -.5 0: -.25.
    assert table["effective_weight"].to_dict() == pytest.approx(
        {"u": 3.75 / 3.5, "v": -0.25 / 3.5, "f": 1}
    )
    assert table["tree_weight"].to_dict() == pytest.approx({"u": 0.75, "v": 0.25, "f": 1})
    # Squares of u and v from their mean: 8 and 8; products with the composite's 5 and -1.
    assert table["main_effect"].to_dict() == pytest.approx(
        {"u": 25 / (8 * 3.5), "v": 1 / (8 * 3.5), "f": 1}
    )
    assert (table["reason"] == "").all()


@given(data=tables())
def test_effective_weights_add_up_at_every_level(data: pd.DataFrame) -> None:
    table = node_weight_table(data, ms.aggregate(data, FRAMEWORK), FRAMEWORK)
    share = table["effective_weight"]
    if share.isna().all():
        assert (table["reason"] == "the composite does not vary").all()
        return
    assert share[list(CODES)].sum() == pytest.approx(1)
    assert share[["a", "b"]].sum() == pytest.approx(1)
    for factor in ("a", "b", "c"):
        under = share[table["parent"] == factor].sum()
        assert under == pytest.approx(share[factor], abs=1e-9)


@given(data=tables())
def test_parts_add_up_to_the_score_of_the_weighted_sum(data: pd.DataFrame) -> None:
    parts = (data * weights_by_market(data, FRAMEWORK)[list(CODES)]).sum(axis=1)
    composite = ms.aggregate(data, FRAMEWORK)[["a", "b"]] @ np.array([0.75, 0.25])
    np.testing.assert_allclose(parts, composite, rtol=1e-12)


def test_an_empty_sub_factor_leaves_its_weight_to_its_siblings() -> None:
    gap = DATA.assign(p=[np.nan, 3.0, 2.0, 4.0], q=[np.nan, 2.0, 5.0, 9.0])
    weight = weights_by_market(gap, FRAMEWORK)
    assert list(weight.loc["A"]) == pytest.approx([0.25, 0.5, 0, 0, 0.25, 0.75, 0.25, 0])
    tree = FRAMEWORK.tree_weights()
    assert weight.loc["B"].to_dict() == pytest.approx(tree)


def test_a_value_without_weight_does_not_hold_its_factors_weight() -> None:
    free = tuple(replace(i, weight=0.0) if i.code == "p" else i for i in INDICATORS)
    rules = replace(FRAMEWORK, indicators=free)
    gap = DATA.assign(q=np.nan)
    parts = (gap * weights_by_market(gap, rules)[list(CODES)]).sum(axis=1)
    composite = ms.aggregate(gap, rules)[["a", "b"]] @ np.array([0.75, 0.25])
    np.testing.assert_allclose(parts, composite, rtol=1e-12)


def test_where_nothing_is_missing_the_factors_match_the_ranking() -> None:
    ranking = ms.rank_markets(DATA, FRAMEWORK, draws=0)
    table = redundancy(ranking.scores).weights
    assert ranking.effective_weights is not None
    assert ranking.main_effect is not None
    for mine, theirs in (
        ("effective_weight", ranking.effective_weights),
        ("main_effect", ranking.main_effect),
    ):
        assert table.loc[["a", "b"], mine].tolist() == pytest.approx(theirs[["a", "b"]].tolist())


def test_below_a_curved_mean_only_the_main_effect_is_given() -> None:
    curved = (replace(FACTORS[0], aggregation="geometric"), *FACTORS[1:])
    table = found(factors=curved).weights
    assert table.loc[["x", "y", "p", "q", "c"], "effective_weight"].isna().all()
    assert table.loc["p", "reason"] == 'under the geometric mean of "a" parts do not add up'
    assert table.loc[["a", "b"], "effective_weight"].sum() == pytest.approx(1)
    assert table["effective_weight"]["z"] == table["effective_weight"]["b"]
    assert table["main_effect"].between(0, 1).all()
    lower = (*FACTORS[:2], replace(FACTORS[2], aggregation="harmonic"))
    table = found(factors=lower).weights
    assert table.index[table["effective_weight"].isna()].tolist() == ["p", "q"]
    assert table.loc["p", "reason"] == 'under the harmonic mean of "c" parts do not add up'


def test_judgements_count_as_the_weights_they_make() -> None:
    judged = (ms.Judgement(more="a", less="b", ratio=4),)
    free = tuple(replace(factor, weight=1.0) for factor in FACTORS)
    ranking = ms.rank_markets(DATA, replace(FRAMEWORK, factors=free, judgements=judged), draws=0)
    assert redundancy(ranking.scores).weights.loc["a", "tree_weight"] == pytest.approx(0.8)


def test_a_constant_moves_nothing() -> None:
    row = found(DATA.assign(x=3.0)).weights.loc["x"]
    assert list(row[["effective_weight", "main_effect", "reason"]]) == [0, 0, ""]


def test_a_main_effect_is_over_the_markets_that_have_a_value() -> None:
    gap = pd.concat([DATA, DATA.iloc[:2] * 1.5]).assign(x=[1.0, np.nan, 3.0, 4.0, np.nan, 2.0])
    gap.index = pd.Index(list("ABCDEF"), name="market")
    scores = scored(gap)
    composite = scores.scores["a"] * 0.75 + scores.scores["b"] * 0.25
    expected = gap["x"].corr(composite) ** 2
    assert redundancy(scores).weights["main_effect"]["x"] == pytest.approx(expected)


def test_differences_of_rounding_are_none() -> None:
    share = covariance_shares(np.array([[0.1, 0.2], [0.3, 0.0]]), np.array([0.1 + 0.2, 0.3]))
    assert np.isnan(share).all()


@pytest.mark.parametrize("data", [DATA.iloc[:1], pd.concat([DATA.iloc[[0]]] * 3)])
def test_without_a_difference_nothing_has_a_weight(data: pd.DataFrame) -> None:
    table = found(data.set_axis([f"m{i}" for i in range(len(data))])).weights
    assert table[["effective_weight", "main_effect"]].isna().all(axis=None)
    assert (table["reason"] == "the composite does not vary").all()
    assert table["tree_weight"].notna().all()


def test_two_markets_have_effective_weights_and_no_correlations() -> None:
    result = found(DATA.iloc[[0, 3]])
    share = result.weights["effective_weight"]
    assert share[list(CODES)].sum() == pytest.approx(1)
    assert (result.weights["reason"] == "fewer than 3 markets have it").all()
    assert result.indicators["correlation"].isna().all()


def test_huge_and_tiny_values_have_effective_weights() -> None:
    for factor in (1e-300, 1e300):
        table = found(DATA * factor).weights
        np.testing.assert_allclose(table["effective_weight"], found().weights["effective_weight"])
        np.testing.assert_allclose(table["main_effect"], found().weights["main_effect"], atol=1e-14)


def test_shares_of_parts_that_cancel_are_none() -> None:
    parts = np.array([[1.0, -1.0], [2.0, -2.0], [5.0, -5.0]])
    assert np.isnan(covariance_shares(parts, parts.sum(axis=1))).all()


# WGI: near-copies, and what a sub-factor does


COPIES = ["RL.EST", "CC.EST", "GE.EST"]


def wgi(nested: bool) -> FactorScores:
    """Three near-copies among six equal indicators, flat or in a sub-factor of their own."""
    table = pd.DataFrame(
        {
            "code": [*COPIES, "SL.UEM.TOTL.ZS", "NE.IMP.GNFS.ZS", "SP.POP.1564.TO.ZS"],
            "factor": ["setting > governance" if nested else "setting"] * 3 + ["setting"] * 3,
            "direction": ["benefit"] * 3 + ["cost", "benefit", "benefit"],
        }
    )
    framework = ms.Framework.from_table(table, normalization="z-score", min_coverage=1.0)
    observed = ms.indicator_table(observations(), framework, as_of=2023, max_age=5)
    return ms.score_factors(observed, framework)


def test_near_copies_side_by_side_weigh_more_than_they_are_said_to() -> None:
    """The figures of the docstring; with equal weights Cov(c_i, y) / Var(y) is a row of the
    covariance matrix over the whole of it."""
    scores = wgi(nested=False)
    result = redundancy(scores)
    high = result.indicators[result.indicators["flag"] == "above 0.9"]
    assert set(high["first"]) | set(high["second"]) == set(COPIES)
    assert high["correlation"].round(2).tolist() == [0.94, 0.95, 0.91]
    copies = result.weights.loc[COPIES]
    assert copies["tree_weight"].sum() == pytest.approx(0.5)
    covariance = np.cov(scores.normalized.loc[scores.scores.index].to_numpy().T)
    rows = covariance[:3].sum(axis=1) / covariance.sum()
    assert copies["effective_weight"].tolist() == pytest.approx(rows.tolist())
    assert copies["effective_weight"].sum() == pytest.approx(0.64, abs=0.005)


def test_a_sub_factor_gives_near_copies_one_voice() -> None:
    governance = redundancy(wgi(nested=True)).weights.loc["governance"]
    assert governance["tree_weight"] == pytest.approx(0.25)
    assert governance["effective_weight"] == pytest.approx(0.30, abs=0.005)


# The door


def test_only_the_markets_asked_for_are_looked_at() -> None:
    some = redundancy(scored(), markets=["D", "A", "B"])
    assert some.indicators["markets"].tolist() == [3] * 10
    alone = found(DATA.loc[["A", "B", "D"]])
    pd.testing.assert_frame_equal(some.weights, alone.weights)
    with pytest.raises(ms.InputError, match='"Q"'):
        redundancy(scored(), markets=["A", "Q"])


def test_markets_without_scores_are_left_out() -> None:
    gap = DATA.assign(z=[np.nan, 0.0, 0.0, 1.0])
    assert found(gap).indicators["markets"].max() == 3
    with pytest.raises(ms.InputError, match='markets: none of the 1 has scores: "A"'):
        redundancy(scored(gap), markets=["A"])


def test_nothing_given_is_changed_and_the_result_is_frozen() -> None:
    scores = scored()
    before = scores.normalized.copy(), scores.scores.copy(), scores.table.values.copy()
    result = redundancy(scores)
    for old, new in zip(
        before, (scores.normalized, scores.scores, scores.table.values), strict=True
    ):
        pd.testing.assert_frame_equal(old, new)
    with pytest.raises(FrozenInstanceError, match="alpha"):
        result.alpha = result.weights  # type: ignore[misc]  # the point of the test


def test_one_indicator_alone_has_no_pairs() -> None:
    result = redundancy(ms.score_factors(DATA, FRAMEWORK.subset(["z"])))
    assert result.indicators.empty
    assert result.factors.empty
    assert result.weights["effective_weight"].tolist() == pytest.approx([1, 1])
