"""Aggregation: trees by hand, the four means and their bounds, missing values, refusals."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms

MEANS = ("arithmetic", "geometric", "harmonic", "power")


def mixed() -> ms.Framework:
    """Return a tree whose factor "a" has a sub-factor and two indicators of its own."""
    return ms.Framework(
        name="mixed",
        factors=(
            ms.Factor(code="a", weight=3),
            ms.Factor(code="b"),
            ms.Factor(code="c", parent="a"),
        ),
        indicators=(
            ms.Indicator(code="x", factor="a", direction="benefit", weight=1),
            ms.Indicator(code="y", factor="a", direction="benefit", weight=2),
            ms.Indicator(code="p", factor="c", direction="benefit", weight=1),
            ms.Indicator(code="q", factor="c", direction="benefit", weight=3),
            ms.Indicator(code="z", factor="b", direction="benefit"),
        ),
    )


def flat(aggregation: str, weights: list[float], power: float | None = None) -> ms.Framework:
    """Return a framework of one factor "f" over indicators "0", "1", ..."""
    return ms.Framework(
        name="flat",
        factors=(ms.Factor(code="f", aggregation=aggregation, power=power),),  # type: ignore[arg-type]
        indicators=tuple(
            ms.Indicator(code=str(place), factor="f", direction="benefit", weight=weight)
            for place, weight in enumerate(weights)
        ),
    )


def row(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame([values], columns=[str(place) for place in range(len(values))], index=["m"])


def mean(aggregation: str, values: list[float], weights: list[float], power: Any = None) -> float:
    return float(ms.aggregate(row(values), flat(aggregation, weights, power))["f"]["m"])


# By hand


def test_a_tree_with_mixed_children() -> None:
    # c = (20 + 3 x 60) / 4 = 50; a = (c + x + 2 y) / 4 = (50 + 10 + 160) / 4 = 55.
    values = pd.DataFrame({"x": [10.0], "y": [80.0], "p": [20.0], "q": [60.0], "z": [40.0]})
    result = ms.aggregate(values, mixed())
    assert result.columns.tolist() == ["a", "b", "c"]
    assert result.loc[0].to_dict() == pytest.approx({"a": 55, "b": 40, "c": 50})


def test_three_levels_with_another_mean_on_each() -> None:
    rules = ms.Framework(
        name="deep",
        factors=(
            ms.Factor(code="top", aggregation="harmonic"),
            ms.Factor(code="middle", parent="top", aggregation="geometric", weight=2),
            ms.Factor(code="low", parent="middle"),
        ),
        indicators=(
            ms.Indicator(code="u", factor="low", direction="benefit", weight=3),
            ms.Indicator(code="v", factor="low", direction="benefit", weight=1),
            ms.Indicator(code="w", factor="middle", direction="benefit"),
            ms.Indicator(code="t", factor="top", direction="benefit"),
        ),
    )
    # low = (3 x 30 + 10) / 4 = 25; middle = sqrt(25 x 64) = 40; top = 3 / (2/40 + 1/20) = 30.
    values = pd.DataFrame({"u": [30.0], "v": [10.0], "w": [64.0], "t": [20.0]})
    expected = {"top": 30, "middle": 40, "low": 25}
    assert ms.aggregate(values, rules).loc[0].to_dict() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("aggregation", "power", "weights", "expected"),
    [
        ("arithmetic", None, [1, 1], 50),
        ("arithmetic", None, [1, 3], 65),
        ("geometric", None, [1, 1], 40),
        ("geometric", None, [1, 3], 20 * 2**1.5),
        ("harmonic", None, [1, 1], 32),
        ("harmonic", None, [3, 1], 80 / 3.25),
        ("power", 2.0, [1, 1], 3400**0.5),
        ("power", 1.0, [1, 3], 65),
        ("power", -1.0, [1, 1], 32),
        ("power", 0.5, [1, 1], (20 + 80 + 2 * 40) / 4),
    ],
)
def test_each_mean_of_20_and_80(
    aggregation: str, power: float | None, weights: list[float], expected: float
) -> None:
    assert mean(aggregation, [20.0, 80.0], weights, power) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (["y"], {"a": 30, "b": 40, "c": 50}),
        (["p"], {"a": 57.5, "b": 40, "c": 60}),
        (["x", "q"], {"a": 60, "b": 40, "c": 20}),
        # Nothing under c: its siblings make its parent's score, and it takes that.
        (["p", "q"], {"a": 170 / 3, "b": 40, "c": 170 / 3}),
        (["x", "y"], {"a": 50, "b": 40, "c": 50}),
    ],
)
def test_the_weight_of_what_is_missing_goes_to_its_siblings(
    missing: list[str], expected: dict[str, float]
) -> None:
    values = pd.DataFrame({"x": [10.0], "y": [80.0], "p": [20.0], "q": [60.0], "z": [40.0]})
    values[missing] = np.nan
    assert ms.aggregate(values, mixed()).loc[0].to_dict() == pytest.approx(expected)


def test_a_top_factor_without_any_value_has_no_score() -> None:
    values = pd.DataFrame({"x": [1.0], "y": [1.0], "p": [1.0], "q": [1.0], "z": [np.nan]})
    assert ms.aggregate(values, mixed()).isna().loc[0].to_dict() == {
        "a": False,
        "b": True,
        "c": False,
    }


def test_an_empty_chain_of_sub_factors_takes_the_score_above_it() -> None:
    rules = ms.Framework(
        name="chain",
        factors=(
            ms.Factor(code="a"),
            ms.Factor(code="b", parent="a"),
            ms.Factor(code="c", parent="b"),
        ),
        indicators=(
            ms.Indicator(code="x", factor="a", direction="benefit"),
            ms.Indicator(code="y", factor="c", direction="benefit"),
        ),
    )
    result = ms.aggregate(pd.DataFrame({"x": [30.0], "y": [np.nan]}), rules)
    assert result.loc[0].to_dict() == {"a": 30, "b": 30, "c": 30}


def test_a_weight_of_zero_counts_for_nothing_even_where_a_mean_refuses_the_value() -> None:
    for aggregation in MEANS:
        power = 2.0 if aggregation == "power" else None
        assert mean(aggregation, [-5.0, 80.0], [0, 1], power) == pytest.approx(80)
        assert np.isnan(mean(aggregation, [50.0, np.nan], [0, 1], power))


@pytest.mark.parametrize("aggregation", MEANS)
def test_a_market_with_nothing_under_a_factor_has_no_score_under_any_mean(
    aggregation: str,
) -> None:
    rules = flat(aggregation, [1, 1], -2.0 if aggregation == "power" else None)
    values = pd.DataFrame({"0": [np.nan, 4.0], "1": [np.nan, 4.0]}, index=["A", "B"])
    scores = ms.aggregate(values, rules)["f"]
    assert np.isnan(scores["A"])
    assert scores["B"] == pytest.approx(4)


def test_labels_and_order_of_rows_are_kept() -> None:
    values = pd.DataFrame(
        {"0": [3.0, 1.0], "1": [5.0, 1.0]}, index=pd.Index(["Ljubljana", 7], name="city")
    )
    before = values.copy(deep=True)
    result = ms.aggregate(values, flat("arithmetic", [1, 1]))
    pd.testing.assert_index_equal(result.index, values.index)
    assert result["f"].tolist() == [4, 1]
    pd.testing.assert_frame_equal(values, before)


# Properties

POWERS = st.sampled_from([-5.0, -1.0, -0.5, 0.5, 1.0, 2.0, 10.0])
ROWS = st.integers(1, 6).flatmap(
    lambda size: st.tuples(
        st.lists(st.floats(1e-3, 1e3), min_size=size, max_size=size),
        st.lists(st.floats(1e-3, 1e3), min_size=size, max_size=size),
    )
)


@given(pair=ROWS, aggregation=st.sampled_from(MEANS), power=POWERS)
def test_a_factor_lies_between_its_worst_and_best_indicator(
    pair: tuple[list[float], list[float]], aggregation: str, power: float
) -> None:
    values, weights = pair
    result = mean(aggregation, values, weights, power if aggregation == "power" else None)
    assert min(values) * (1 - 1e-9) <= result <= max(values) * (1 + 1e-9)


@given(pair=ROWS, aggregation=st.sampled_from(MEANS), power=POWERS, factor=st.floats(1e-3, 1e3))
def test_the_scale_of_the_weights_changes_nothing(
    pair: tuple[list[float], list[float]], aggregation: str, power: float, factor: float
) -> None:
    values, weights = pair
    used = power if aggregation == "power" else None
    other = mean(aggregation, values, [weight * factor for weight in weights], used)
    assert other == pytest.approx(mean(aggregation, values, weights, used))


@given(pair=ROWS)
def test_the_means_are_ordered_by_their_power(pair: tuple[list[float], list[float]]) -> None:
    kinds = [("harmonic", None), ("geometric", None), ("arithmetic", None), ("power", 2.0)]
    scores = np.array([mean(name, *pair, power) for name, power in kinds])
    assert (np.diff(scores) >= -1e-9 * scores.max()).all()


@given(pair=ROWS, aggregation=st.sampled_from(MEANS), gain=st.floats(0, 100), data=st.data())
def test_a_better_indicator_never_lowers_its_factor(
    pair: tuple[list[float], list[float]], aggregation: str, gain: float, data: st.DataObject
) -> None:
    values, weights = pair
    power = 2.0 if aggregation == "power" else None
    place = data.draw(st.integers(0, len(values) - 1))
    better = [value + gain * (i == place) for i, value in enumerate(values)]
    before = mean(aggregation, values, weights, power)
    assert mean(aggregation, better, weights, power) >= before * (1 - 1e-12)


@given(pair=ROWS, aggregation=st.sampled_from(MEANS), power=POWERS)
def test_a_missing_sibling_is_the_same_as_none(
    pair: tuple[list[float], list[float]], aggregation: str, power: float
) -> None:
    values, weights = pair
    used = power if aggregation == "power" else None
    other = mean(aggregation, [*values, np.nan], [*weights, 5.0], used)
    assert other == pytest.approx(mean(aggregation, values, weights, used))


@pytest.mark.parametrize(
    ("aggregation", "power"),
    [
        ("arithmetic", None),
        ("geometric", None),
        ("harmonic", None),
        ("power", 3.0),
        ("power", -3.0),
    ],
)
@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_huge_and_tiny_values_have_a_mean(
    aggregation: str, power: float | None, size: float
) -> None:
    expected = mean(aggregation, [1.0, 2.0, 4.0], [1, 1, 1], power)
    result = mean(aggregation, [size, 2 * size, 4 * size, np.nan], [1, 1, 1, 1], power)
    assert result / size == pytest.approx(expected)


def test_means_of_values_600_orders_of_magnitude_apart() -> None:
    assert mean("harmonic", [1e-300, 1e300], [1, 1]) == pytest.approx(2e-300)
    assert mean("geometric", [1e-300, 1e300], [1, 1]) == pytest.approx(1)
    assert mean("power", [1e-300, 1e300], [1, 1], -3.0) == pytest.approx(2 ** (1 / 3) * 1e-300)
    assert mean("power", [1e-300, 1e300], [1, 1], 3.0) == pytest.approx(0.5 ** (1 / 3) * 1e300)


# Refusals


@pytest.mark.parametrize(
    ("aggregation", "power", "value", "needed"),
    [
        ("geometric", None, 0.0, "values above 0"),
        ("geometric", None, -1.0, "values above 0"),
        ("harmonic", None, 0.0, "values above 0"),
        ("power", -2.0, 0.0, "values above 0"),
        ("power", 2.0, -1.0, "values of 0 or more"),
    ],
)
def test_a_mean_refuses_values_it_has_no_meaning_for(
    aggregation: str, power: float | None, value: float, needed: str
) -> None:
    match = rf'factor "f": its {aggregation} mean needs {needed}.*"m".*range = \[1, 100\]'
    with pytest.raises(ms.InputError, match=match):
        mean(aggregation, [value, 5.0], [1, 1], power)


def test_a_positive_power_takes_zero() -> None:
    assert mean("power", [0.0, 8.0], [1, 1], 2.0) == pytest.approx(32**0.5)


def test_the_refusal_counts_markets_and_names_the_first() -> None:
    values = pd.DataFrame({"0": [0.0] * 7, "1": [5.0] * 7}, index=list("ABCDEFG"))
    with pytest.raises(ms.InputError, match=r'7 market\(s\) have others: "A", "B".* and 2 more'):
        ms.aggregate(values, flat("geometric", [1, 1]))


def test_a_range_that_starts_at_one_makes_geometric_means_possible() -> None:
    values = pd.DataFrame({"0": [1.0, 2.0, 3.0], "1": [3.0, 1.0, 2.0]}, index=list("ABC"))
    rules = flat("geometric", [1, 1])
    with pytest.raises(ms.InputError, match="geometric mean needs values above 0"):
        ms.score_factors(values, rules)
    result = ms.score_factors(values, replace(rules, range=(1.0, 100.0))).scores["f"]
    assert result.tolist() == pytest.approx([10, 50.5**0.5, (100 * 50.5) ** 0.5])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.DataFrame({"0": [1.0]}), '"1"'),
        (pd.DataFrame({"0": [1.0], "1": ["high"]}), '"1"'),
        (pd.DataFrame({"0": [1.0], "1": [np.inf]}), '"1"'),
        ([[1.0, 2.0]], "DataFrame"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(values: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.aggregate(values, flat("arithmetic", [1, 1]))
