"""Normalization: each kind by hand, its properties, scales given, and what is refused."""

import math
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.framework import vocabulary
from marketselect.scoring.normalization import BOUNDED, NORMALIZATIONS, apply_scale, fit_scales

KINDS = (
    "min-max",
    "goalposts",
    "z-score",
    "rank",
    "percentile-rank",
    "distance-to-max",
    "sum",
    "max",
    "vector",
    "none",
)
FILLING = ("min-max", "goalposts", "percentile-rank", "distance-to-max")


def framework(normalization: Any = "min-max", **keys: Any) -> ms.Framework:
    """Return a framework of one indicator x; keys of the framework go by their own name."""
    settings = {
        key: keys.pop(key)
        for key in ("range", "missing", "min_coverage", "constant")
        if key in keys
    }
    if normalization == "goalposts":
        keys = {"goalposts": (0.0, 8.0), **keys}
    keys = {"direction": "target" if "target" in keys else "benefit", **keys}
    return ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", **keys),),
        normalization=normalization,
        **settings,
    )


def wide(values: Any) -> pd.DataFrame:
    index = pd.Index([f"m{place}" for place in range(len(values))], name="market")
    return pd.DataFrame({"x": np.asarray(values, dtype=float)}, index=index)


def normalized(values: Any, rules: ms.Framework) -> list[float]:
    """Return the column after all steps of scoring that come before aggregation."""
    column: list[float] = ms.score_factors(wide(values), rules).normalized["x"].tolist()
    return column


# By hand

ROOT = math.sqrt(156.0)  # of 2, 4, 10: mean 16/3, sum of squares 312/9, sd sqrt(156)/3


@pytest.mark.parametrize(
    ("normalization", "direction", "values", "expected"),
    [
        ("min-max", "benefit", [2, 4, 10], [0, 25, 100]),
        ("min-max", "cost", [2, 4, 10], [100, 75, 0]),
        ("goalposts", "benefit", [-1, 2, 4, 10], [0, 25, 50, 100]),
        ("goalposts", "cost", [-1, 2, 4, 10], [100, 75, 50, 0]),
        ("z-score", "benefit", [2, 4, 10], [-10 / ROOT, -4 / ROOT, 14 / ROOT]),
        ("z-score", "cost", [2, 4, 10], [10 / ROOT, 4 / ROOT, -14 / ROOT]),
        ("rank", "benefit", [4, 10, 4, 2], [2, 4, 2, 1]),
        ("rank", "cost", [4, 10, 4, 2], [2, 1, 2, 4]),
        ("percentile-rank", "benefit", [4, 10, 4, 2], [100 / 3, 100, 100 / 3, 0]),
        ("percentile-rank", "cost", [4, 10, 4, 2], [100 / 3, 0, 100 / 3, 100]),
        ("distance-to-max", "benefit", [2, 4, 10], [0, 25, 100]),
        ("distance-to-max", "cost", [2, 4, 10], [100, 75, 0]),
        ("sum", "benefit", [2, 4, 10], [0.125, 0.25, 0.625]),
        ("sum", "cost", [2, 4, 10], [-0.125, -0.25, -0.625]),
        ("max", "benefit", [2, 4, 10], [0.2, 0.4, 1]),
        ("max", "benefit", [2, 4, -10], [0.2, 0.4, -1]),
        ("max", "cost", [2, 4, 10], [-0.2, -0.4, -1]),
        ("vector", "benefit", [2, 6, 9], [2 / 11, 6 / 11, 9 / 11]),
        ("vector", "cost", [2, 6, 9], [-2 / 11, -6 / 11, -9 / 11]),
        ("none", "benefit", [2, 4, 10], [2, 4, 10]),
        ("none", "cost", [2, 4, 10], [-2, -4, -10]),
    ],
)
def test_each_normalization_by_hand(
    normalization: str, direction: str, values: list[float], expected: list[float]
) -> None:
    rules = framework(normalization, direction=direction)
    assert normalized(values, rules) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("goalposts", "target", "values", "expected"),
    [
        # Asymmetric tent: 4 wide on the left, 6 on the right.
        ((0, 10), 4, [-1, 0, 2, 4, 7, 10, 12], [0, 0, 50, 100, 50, 0, 0]),
        ((0, 10), 5, [0, 2.5, 5, 7.5, 10], [0, 50, 100, 50, 0]),
        # A target at a goalpost: what lies beyond that goalpost is clipped to the target.
        ((0, 10), 0, [-3, 0, 5, 10, 11], [100, 100, 50, 0, 0]),
        ((0, 10), 10, [-3, 0, 5, 10, 11], [0, 0, 50, 100, 100]),
        # Without goalposts the largest distance of the fitted markets is 4, on both sides.
        (None, 5, [1, 5, 7], [0, 100, 50]),
        (None, 5, [3, 5, 9, 6], [50, 100, 0, 75]),
        # A target outside the data: the nearest market is not at the top.
        (None, 10, [2, 4, 6], [0, 25, 50]),
    ],
)
@pytest.mark.parametrize("normalization", ["min-max", "distance-to-max"])
def test_a_target_scores_the_top_and_falls_to_both_sides(
    normalization: str,
    goalposts: tuple[float, float] | None,
    target: float,
    values: list[float],
    expected: list[float],
) -> None:
    if normalization == "distance-to-max" and goalposts:
        normalization = "goalposts"
    rules = framework(normalization, target=float(target), goalposts=goalposts)
    assert normalized(values, rules) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("normalization", "expected"),
    [
        ("rank", [1, 3, 2]),
        ("percentile-rank", [0, 100, 50]),
        ("z-score", [-1, 1, 0]),
    ],
)
def test_ranks_and_z_scores_of_a_target_use_the_distance_to_it(
    normalization: str, expected: list[float]
) -> None:
    # Distances 4, 0 and 2: their mean is 2 and their standard deviation 2.
    assert normalized([1, 5, 7], framework(normalization, target=5.0)) == pytest.approx(expected)


def test_own_goalposts_hold_under_min_max() -> None:
    assert normalized([2, 4, 10], framework(goalposts=(0.0, 8.0))) == [25, 50, 100]


@pytest.mark.parametrize("normalization", ["z-score", "rank", "distance-to-max"])
def test_own_goalposts_do_not_bend_other_normalizations(normalization: str) -> None:
    assert normalized([2, 4, 10], framework(normalization, goalposts=(0.0, 8.0))) == normalized(
        [2, 4, 10], framework(normalization)
    )


@pytest.mark.parametrize(
    ("keys", "values", "expected"),
    [
        ({"goalposts": (100.0, 10_000.0)}, [50, 100, 1000, 10_000, 1e6], [0, 0, 50, 100, 100]),
        ({"goalposts": (100.0, 10_000.0)}, [0, -5, 1000], [0, 0, 50]),
        ({"goalposts": (100.0, 10_000.0), "direction": "cost"}, [100, 1000, 1e6], [100, 50, 0]),
        ({}, [1, 10, 10_000], [0, 25, 100]),
        ({"goalposts": (1.0, 100.0), "target": 10.0}, [1, 10**0.5, 10, 100], [0, 50, 100, 0]),
        ({"target": 10.0}, [1, 10, 100**0.75], [0, 100, 50]),
    ],
)
def test_a_logarithm_comes_before_the_scale(
    keys: dict[str, Any], values: list[float], expected: list[float]
) -> None:
    rules = framework(transform="log", **keys)
    assert normalized(values, rules) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("normalization", FILLING)
def test_the_range_is_filled_exactly(normalization: str) -> None:
    keys = {"goalposts": (0.0, 4.0)} if normalization == "goalposts" else {}
    result = normalized([0, 1, 4], framework(normalization, range=(1.0, 100.0), **keys))
    middle = 50.5 if normalization == "percentile-rank" else 25.75
    assert result == [1, middle, 100]


def test_missing_values_stay_missing_and_do_not_count() -> None:
    for normalization in KINDS:
        values = ms.normalize(wide([2, np.nan, 4, 10]), framework(normalization))["x"]
        assert values.isna().tolist() == [False, True, False, False]
        whole = ms.normalize(wide([2, 4, 10]), framework(normalization))["x"]
        assert values.dropna().tolist() == whole.tolist()


# Properties

COLUMNS = st.lists(
    st.integers(-(10**6), 10**6).map(lambda number: number / 8), min_size=2, max_size=12
).filter(lambda column: len(set(column)) > 1 and sum(column) != 0)
DIRECTIONS = st.sampled_from(["benefit", "cost"])


def answered(kind: str, column: list[float], direction: str) -> tuple[ms.Framework, pd.DataFrame]:
    return framework(kind, direction=direction), wide(column)


@given(column=COLUMNS, kind=st.sampled_from(KINDS), direction=DIRECTIONS)
def test_applying_the_fitted_scale_equals_normalizing(
    column: list[float], kind: str, direction: str
) -> None:
    rules, values = answered(kind, column, direction)
    pd.testing.assert_frame_equal(
        apply_scale(values, fit_scales(values, rules)), ms.normalize(values, rules)
    )


@given(column=COLUMNS, kind=st.sampled_from(KINDS), direction=DIRECTIONS)
def test_giving_back_the_fitted_scale_changes_nothing(
    column: list[float], kind: str, direction: str
) -> None:
    rules, values = answered(kind, column, direction)
    first = ms.score_factors(values, rules)
    again = ms.score_factors(values, rules, scale=first.scale)
    pd.testing.assert_frame_equal(again.normalized, first.normalized)
    assert "outside scale" not in set(again.treated["why"])


@given(column=COLUMNS)
def test_normalizing_twice_changes_nothing(column: list[float]) -> None:
    once = ms.normalize(wide(column), framework())
    pd.testing.assert_frame_equal(ms.normalize(once, framework()), once)


@given(
    column=COLUMNS,
    kind=st.sampled_from(["min-max", "z-score", "rank", "percentile-rank", "distance-to-max"]),
    direction=DIRECTIONS,
    factor=st.floats(1e-3, 1e3),
    shift=st.integers(-1000, 1000),
)
def test_changing_a_unit_changes_nothing(
    column: list[float], kind: str, direction: str, factor: float, shift: int
) -> None:
    rules, values = answered(kind, column, direction)
    other = ms.normalize(values * factor + shift, rules)["x"]
    expected = ms.normalize(values, rules)["x"]
    np.testing.assert_allclose(other, expected, rtol=0, atol=1e-6)


@given(column=COLUMNS, kind=st.sampled_from(KINDS), direction=DIRECTIONS)
def test_a_better_value_never_scores_less(column: list[float], kind: str, direction: str) -> None:
    rules, values = answered(kind, column, direction)
    score = ms.normalize(values, rules)["x"].to_numpy()
    sense = 1 if direction == "benefit" else -1
    order = np.argsort(sense * values["x"].to_numpy(), kind="stable")
    assert (np.diff(score[order]) >= -1e-12 * np.abs(score).max()).all()


@given(
    column=COLUMNS,
    new=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5),
    kind=st.sampled_from(FILLING),
    direction=DIRECTIONS,
    target=st.one_of(st.none(), st.floats(0, 8, allow_subnormal=False)),
)
def test_scores_stay_within_the_range_whatever_comes_later(
    column: list[float], new: list[float], kind: str, direction: str, target: float | None
) -> None:
    keys: dict[str, Any] = {"direction": direction} if target is None else {"target": target}
    rules = framework(kind, range=(1.0, 100.0), **keys)
    distances = {abs(value - target) for value in column} if target is not None else {0, 1}
    if len(distances) > 1:
        scores = apply_scale(wide(new), fit_scales(wide(column), rules))["x"]
        assert scores.between(1, 100).all()


@pytest.mark.parametrize("near", [sys.float_info.min, 1e-200])
def test_a_side_of_a_target_that_is_hardly_wide_has_scores_within_the_range(near: float) -> None:
    rules = framework("goalposts", range=(0.0, 100.0), target=near)  # from 0 to 8
    scores = normalized(np.array([0.0, near, 2.0, 4.0, 8.0]), rules)
    assert list(scores) == [0.0, 100.0, 75.0, 50.0, 0.0]


@given(column=COLUMNS, kind=st.sampled_from(KINDS), data=st.data())
def test_reordering_markets_reorders_scores(
    column: list[float], kind: str, data: st.DataObject
) -> None:
    values = wide(column)
    other = values.loc[data.draw(st.permutations(values.index.tolist()))]
    first = ms.normalize(values, framework(kind)).loc[other.index]
    np.testing.assert_allclose(ms.normalize(other, framework(kind)), first, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("size", [1e-300, 1e-6, 1.0, 1e300])
@pytest.mark.parametrize("normalization", [kind for kind in KINDS if kind not in ("none",)])
def test_huge_and_tiny_values_score_like_others(normalization: str, size: float) -> None:
    def keys(unit: float) -> dict[str, Any]:
        return {"goalposts": (0.0, 8 * unit)} if normalization == "goalposts" else {}

    values = np.array([1.0, 2.0, 5.0])
    result = normalized(values * size, framework(normalization, **keys(size)))
    assert result == pytest.approx(normalized(values, framework(normalization, **keys(1.0))))


def test_the_widest_column_a_float_can_hold() -> None:
    assert normalized([-1.7e308, 0, 1.7e308], framework()) == [0, 50, 100]
    assert normalized([-1.7e308, 0, 1.7e308], framework("z-score")) == pytest.approx([-1, 0, 1])


def test_the_input_is_left_alone() -> None:
    values = wide([2, np.nan, 10])
    before = values.copy(deep=True)
    ms.normalize(values, framework())
    ms.score_factors(values, framework(transform="log", goalposts=(3.0, 5.0), min_coverage=0.0))
    pd.testing.assert_frame_equal(values, before)


# A scale that is given

FITTED = [40.0, 60.0, 50.0]
NEW = [30.0, 50.0, 70.0]


@pytest.mark.parametrize(
    ("normalization", "direction", "expected"),
    [
        ("min-max", "benefit", [0, 50, 100]),
        ("min-max", "cost", [100, 50, 0]),
        ("distance-to-max", "benefit", [0, 50, 100]),
        ("percentile-rank", "benefit", [0, 50, 100]),
        ("percentile-rank", "cost", [100, 50, 0]),
    ],
)
def test_values_outside_a_given_scale_are_clipped_and_marked(
    normalization: str, direction: str, expected: list[float]
) -> None:
    rules = framework(normalization, direction=direction)
    scale = ms.score_factors(wide(FITTED), rules).scale
    result = ms.score_factors(wide(NEW), rules, scale=scale)
    assert result.normalized["x"].tolist() == pytest.approx(expected)
    assert result.treated.to_dict("records") == [
        {"market": "m0", "indicator": "x", "old": 30, "new": 40, "why": "outside scale"},
        {"market": "m2", "indicator": "x", "old": 70, "new": 60, "why": "outside scale"},
    ]


def test_goalposts_that_a_normalization_does_not_use_are_not_named_as_the_reason() -> None:
    rules = framework("distance-to-max", goalposts=(0.0, 100.0))
    scale = ms.score_factors(wide(FITTED), rules).scale
    treated = ms.score_factors(wide(NEW), rules, scale=scale).treated
    assert treated["why"].tolist() == ["outside scale", "outside scale"]


@pytest.mark.parametrize(
    ("normalization", "expected"),
    [
        ("z-score", [-1.0, 0.0, 1.0]),  # fitted mean 50, sd 10
        ("rank", [1.0, 2.0, 3.0]),
        ("sum", [40 / 150, 50 / 150, 60 / 150]),
        ("max", [40 / 60, 50 / 60, 1.0]),
        ("vector", [40 / 7700**0.5, 50 / 7700**0.5, 60 / 7700**0.5]),
    ],
)
def test_a_given_scale_clips_under_every_normalization_that_is_fitted(
    normalization: str, expected: list[float]
) -> None:
    rules = framework(normalization)
    scale = ms.score_factors(wide(FITTED), rules).scale
    result = ms.score_factors(wide(NEW), rules, scale=scale)
    assert result.normalized["x"].tolist() == pytest.approx(expected)
    assert result.treated["why"].tolist() == ["outside scale", "outside scale"]


def test_raw_values_are_never_outside_a_scale() -> None:
    rules = framework("none")
    scale = ms.score_factors(wide(FITTED), rules).scale
    result = ms.score_factors(wide(NEW), rules, scale=scale)
    assert result.normalized["x"].tolist() == NEW
    assert result.treated.empty


def test_distance_to_max_takes_the_goalposts_of_a_target() -> None:
    rules = framework("distance-to-max", target=2.0, goalposts=(-8.0, 12.0))
    result = ms.normalize(wide([4.0, -20.0, 6.0, 0.0, 3.0]), rules)
    assert result["x"].tolist() == pytest.approx([80, 0, 60, 80, 90])


def test_normalize_takes_a_given_scale() -> None:
    rules = framework("min-max")
    scale = ms.fit_scale(wide(FITTED), rules)
    assert ms.normalize(wide(FITTED), rules, scale=scale).equals(ms.normalize(wide(FITTED), rules))
    assert ms.normalize(wide(NEW), rules, scale=scale)["x"].tolist() == [0, 50, 100]


def test_the_ends_of_a_target_are_the_largest_distance_on_both_sides() -> None:
    # Fitted on 40, 60 and 50 around 55: the foot of the range is 15 away, at 40 and at 70.
    rules = framework(target=55.0)
    scale = ms.score_factors(wide(FITTED), rules).scale
    result = ms.score_factors(wide([30.0, 65.0, 75.0]), rules, scale=scale)
    assert result.normalized["x"].tolist() == pytest.approx([0, 100 / 3, 0])
    assert result.treated[["market", "new"]].to_numpy().tolist() == [["m0", 40], ["m2", 70]]


def test_cells_beyond_goalposts_are_marked_in_raw_units() -> None:
    for transform in (None, "log"):
        rules = framework(goalposts=(100.0, 10_000.0), transform=transform)
        treated = ms.score_factors(wide([50, 500, 20_000]), rules).treated
        assert treated.to_dict("records") == [
            {
                "market": "m0",
                "indicator": "x",
                "old": 50,
                "new": 100,
                "why": "clipped to the goalpost",
            },
            {
                "market": "m2",
                "indicator": "x",
                "old": 20_000,
                "new": 10_000,
                "why": "clipped to the goalpost",
            },
        ]


def test_a_scale_without_an_indicator_is_refused() -> None:
    scale = ms.score_factors(wide(FITTED), framework()).scale
    other = ms.Framework(
        name="other",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="y", factor="f", direction="benefit"),),
        missing="mean",
    )
    with pytest.raises(ms.InputError, match=r'the scale has no indicator "y"; it was fitted on'):
        ms.score_factors(wide(FITTED).rename(columns={"x": "y"}), other, scale=scale)


@pytest.mark.parametrize(
    ("fitted", "used"),
    [
        (framework(), framework(direction="cost")),
        (framework(), framework(transform="log")),
        (framework(), framework("z-score")),
        (framework(), framework(range=(1.0, 100.0))),
        (framework(target=50.0), framework(target=55.0)),
        (framework(goalposts=(0.0, 90.0)), framework(goalposts=(0.0, 100.0))),
    ],
)
def test_a_scale_of_other_rules_is_refused(fitted: ms.Framework, used: ms.Framework) -> None:
    scale = ms.score_factors(wide(FITTED), fitted).scale
    with pytest.raises(ms.InputError, match=r'scale.*"x"'):
        ms.score_factors(wide(FITTED), used, scale=scale)


def test_a_scale_of_another_kind_is_refused() -> None:
    with pytest.raises(ms.InputError, match="scale"):
        ms.score_factors(wide(FITTED), framework(), scale="min-max")  # type: ignore[arg-type]


# What has no answer

CONSTANT_IS_AN_ANSWER = ("goalposts", "rank", "sum", "max", "vector", "none")


@pytest.mark.parametrize(
    "normalization", [kind for kind in KINDS if kind not in CONSTANT_IS_AN_ANSWER]
)
def test_a_constant_column_is_refused_where_the_framework_says_so(normalization: str) -> None:
    remedy = "give it goalposts or leave it out" if normalization == "min-max" else "leave it out"
    with pytest.raises(ms.InputError, match=rf'indicator "x".*to show; {remedy}'):
        ms.normalize(wide([3, 3, np.nan, 3]), framework(normalization, constant="refuse"))


def test_a_difference_by_rounding_is_none() -> None:
    with pytest.raises(ms.InputError, match="every market has the value 3"):
        ms.normalize(wide([0.3 / 0.1, 0.6 / 0.2, 0.9 / 0.3]), framework("min-max"))
    close = [1.0, 1.2, 3.0]  # the first two are as far from 1.1, but for rounding
    target = framework("rank", direction="target", target=1.1)
    assert normalized(close, target) == [2, 2, 1]
    target = framework("percentile-rank", direction="target", target=1.1)
    assert normalized(close, target) == [50, 50, 0]


def test_equal_values_have_equal_shares_of_a_column() -> None:
    assert normalized([2, 2, 2, 2], framework("sum")) == [0.25] * 4
    assert normalized([2, 2, 2, 2], framework("max")) == [1] * 4
    assert normalized([2, 2, 2, 2], framework("vector")) == [0.5] * 4


def test_a_target_without_ends_divides_distances_by_their_own_size() -> None:
    for kind, size in (("sum", 5.0), ("max", 4.0), ("vector", math.sqrt(17)), ("none", 1.0)):
        target = framework(kind, direction="target", target=5.0)
        assert normalized([1, 5, 6], target) == pytest.approx([-4 / size, 0, -1 / size])


def test_a_constant_column_has_an_answer_on_goalposts_and_in_ranks() -> None:
    assert normalized([4, 4], framework("goalposts")) == [50, 50]
    assert normalized([4, 4], framework("rank")) == [1, 1]


@pytest.mark.parametrize("normalization", [kind for kind in KINDS if kind != "goalposts"])
def test_an_empty_column_is_refused(normalization: str) -> None:
    with pytest.raises(ms.InputError, match='indicator "x": no market has a value; leave it out'):
        ms.normalize(wide([np.nan, np.nan]), framework(normalization))


@pytest.mark.parametrize("normalization", ["min-max", "z-score", "percentile-rank"])
def test_one_market_alone_is_refused(normalization: str) -> None:
    with pytest.raises(ms.InputError, match='indicator "x"'):
        ms.normalize(wide([3]), framework(normalization))


def test_all_faults_come_together() -> None:
    rules = ms.Framework(
        name="two",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="x", factor="f", direction="benefit"),
            ms.Indicator(code="y", factor="f", direction="benefit"),
        ),
    )
    values = pd.DataFrame({"x": [1.0, 1.0], "y": [np.nan, np.nan]})
    with pytest.raises(ms.InputError, match=r'(?s)2 faults.*"x".*"y"'):
        ms.normalize(values, rules)


@pytest.mark.parametrize("kind", ["sum", "max", "vector"])
def test_a_column_of_zeros_alone_has_no_size_to_be_divided_by(kind: str) -> None:
    """As all that has no answer: neutral beside others (`test_neutral`), else refused."""
    place = f'indicator "x": every market has the value 0, there is no size for {kind} to divide by'
    with pytest.raises(ms.InputError, match=place) as error:
        ms.normalize(wide([0, 0, 0]), framework(kind))
    assert [fault.code for fault in error.value.faults] == ["no-difference"]
    assert ms.normalize(wide([2, 2]), framework(kind))["x"].tolist() == pytest.approx(
        [{"sum": 1 / 2, "max": 1.0, "vector": 0.5**0.5}[kind]] * 2
    )


def test_the_table_of_normalizations_is_the_vocabulary_of_frameworks() -> None:
    assert set(NORMALIZATIONS) == set(vocabulary.NORMALIZATIONS) == set(KINDS)
    assert set(BOUNDED) == set(FILLING)
    table: Any = NORMALIZATIONS
    with pytest.raises(TypeError, match="does not support item assignment"):
        table["halved"] = NORMALIZATIONS["none"]


def test_a_column_that_adds_up_to_zero_has_no_shares() -> None:
    with pytest.raises(ms.InputError, match=r'indicator "x".*zero'):
        ms.normalize(wide([-1, 1, 0]), framework("sum"))


def test_markets_equally_far_from_a_target_are_refused_in_true_words() -> None:
    with pytest.raises(ms.InputError, match=r'indicator "x": every market is as far from .* 55'):
        ms.normalize(wide([40, 70]), framework(target=55.0))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.DataFrame({"y": [1.0, 2.0]}), '"x"'),
        (pd.DataFrame({"x": ["low", "high"]}), '"x"'),
        (pd.DataFrame({"x": [1.0, 2.0, np.inf]}), '"x"'),
        ([[1.0], [2.0]], "DataFrame"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(values: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.normalize(values, framework())
