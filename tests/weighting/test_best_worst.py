"""The best-worst method."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.errors import ConsistencyWarning, InputError
from marketselect.weighting.best_worst import THRESHOLDS, best_worst_weights

_TABLE = Path(__file__).parents[1] / "cases" / "weightings.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(_TABLE.read_text(encoding="utf-8"))["cases"]
}
Rows = tuple[list[int], list[int]]


@st.composite
def comparisons(draw: st.DrawFn) -> Rows:
    """Draw comparisons with one best and one worst criterion, contradictory at will."""
    direct = draw(st.integers(2, 9))
    between = draw(st.lists(st.tuples(*[st.integers(2, max(2, direct))] * 2), max_size=5))
    pairs = draw(st.permutations([(1, direct), (direct, 1), *between]))
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def solved_exactly(rows: Rows) -> tuple[list[Fraction], Fraction]:
    """Solve the linear model by hand, in fractions.

    With xi scaled to 1 the sum of weights is to be largest. Every w_j stands at the lower of its
    two ceilings, (w_B + 1) / a_Bj and a_jW w_W + 1, and what each pair of limits leaves for w_B
    rises with w_W: the largest w_W is where some ceiling of w_B meets some floor.
    """
    best_row, worst_row = rows
    best, worst = best_row.index(1), worst_row.index(1)
    direct = best_row[worst]
    middle = [j for j in range(len(best_row)) if j not in (best, worst)]
    if all(best_row[j] * worst_row[j] == direct for j in middle):
        raw = [Fraction(1, a) for a in best_row]
        return [w / sum(raw) for w in raw], Fraction(0)
    # w_B <= slope w_W + height, and w_B >= slope w_W - height
    limits = [(direct, 1)] + [(best_row[j] * worst_row[j], 1 + best_row[j]) for j in middle]
    low = min(Fraction(h1 + h2, s2 - s1) for s1, h1 in limits for s2, h2 in limits if s2 > s1)
    high = min(s * low + h for s, h in limits)
    raw = [min((high + 1) / a, b * low + 1) for a, b in zip(best_row, worst_row, strict=True)]
    raw[best], raw[worst] = high, low
    return [w / sum(raw) for w in raw], Fraction(1) / sum(raw, Fraction(0))


# --- published cases


@pytest.mark.parametrize("case", ["bwm_rezaei_2016_example_1", "bwm_rezaei_2016_example_2"])
def test_the_cars_of_rezaei_2016(case: str) -> None:
    published = CASES[case]
    result = best_worst_weights(published["best_to_others"], published["others_to_worst"])
    expected, tolerance = published["expected"], published["tolerance"]
    np.testing.assert_allclose(result.weights, expected["weights"], atol=tolerance, rtol=0)
    assert result.xi == pytest.approx(expected["xi"], abs=tolerance)
    assert (result.best, result.worst) == (1, 4)


def test_the_table_of_thresholds_of_liang_2020() -> None:
    """Ends and middle of the published table; thresholds never fall with more criteria."""
    assert np.shape(THRESHOLDS) == (8, 7)
    assert THRESHOLDS[2] == (0.1121, 0.1529, 0.1898, 0.2206, 0.2527, 0.2577, 0.2683)
    assert THRESHOLDS[7] == (0.1359, 0.2681, 0.3062, 0.3337, 0.3517, 0.3620, 0.3662)
    assert (np.diff(THRESHOLDS, axis=1) >= 0).all()


# --- properties


@pytest.mark.filterwarnings("ignore::marketselect.errors.ConsistencyWarning")
@given(rows=comparisons())
def test_weights_are_not_negative_and_sum_to_one(rows: Rows) -> None:
    result = best_worst_weights(*rows)
    assert (result.weights >= 0).all()
    assert result.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert result.xi >= 0


@pytest.mark.filterwarnings("ignore::marketselect.errors.ConsistencyWarning")
@given(rows=comparisons(), seed=st.integers(0, 100))
def test_reordering_criteria_reorders_weights(rows: Rows, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows[0]))
    other = best_worst_weights(np.array(rows[0])[order], np.array(rows[1])[order])
    np.testing.assert_allclose(other.weights, best_worst_weights(*rows).weights[order], atol=1e-9)


@given(weights=st.lists(st.integers(1, 12), min_size=1, max_size=7))
def test_weights_that_made_the_comparisons_are_found_again(weights: list[int]) -> None:
    made = np.array(weights, dtype=float)
    result = best_worst_weights(made.max() / made, made / made.min())
    np.testing.assert_allclose(result.weights, made / made.sum(), atol=1e-9)
    assert result.xi == pytest.approx(0.0, abs=1e-9)
    assert result.consistency_ratio == pytest.approx(0.0, abs=1e-9)


# --- degenerate input


def test_names_are_matched_not_places() -> None:
    """Example 2 of Rezaei (2016), the second row in another order."""
    case = CASES["bwm_rezaei_2016_example_2"]
    first = dict(zip(case["criteria"], case["best_to_others"], strict=True))
    second = dict(reversed(list(zip(case["criteria"], case["others_to_worst"], strict=True))))
    for rows in ((first, second), (pd.Series(first), pd.Series(second))):
        result = best_worst_weights(*rows)
        assert result.labels == tuple(case["criteria"])
        assert (result.best, result.worst) == ("price", "style")
        assert result.others_to_worst.tolist() == case["others_to_worst"]
        np.testing.assert_allclose(result.weights, case["expected"]["weights"], atol=6e-5)


def test_the_consistency_ratio_by_hand() -> None:
    """Safety, 3 x 3 against 8: (9 - 8) / (8 x 8 - 8); all others agree."""
    case = CASES["bwm_rezaei_2016_example_2"]
    result = best_worst_weights(case["best_to_others"], case["others_to_worst"])
    np.testing.assert_allclose(result.local_ratios, [0, 0, 0, 1 / 56, 0], atol=1e-15)
    assert result.consistency_ratio == pytest.approx(1 / 56)
    assert result.threshold == 0.2958


def test_one_criterion_has_all_the_weight_and_two_share_it() -> None:
    assert best_worst_weights([1], [1]).weights.tolist() == [1.0]
    np.testing.assert_allclose(best_worst_weights([1, 3], [3, 1]).weights, [0.75, 0.25])


def test_criteria_that_are_all_equal_get_equal_weights() -> None:
    result = best_worst_weights([1, 1, 1, 1], [1, 1, 1, 1])
    np.testing.assert_allclose(result.weights, [0.25] * 4)
    assert (result.best, result.worst, result.consistency_ratio) == (0, 3, 0.0)


def test_of_equals_the_first_is_best_and_the_last_is_worst() -> None:
    result = best_worst_weights([4, 1, 1, 4], [1, 4, 4, 1])
    assert (result.best, result.worst) == (1, 3)
    np.testing.assert_allclose(result.weights, [0.1, 0.4, 0.4, 0.1])


def test_the_one_that_is_furthest_above_the_worst_is_the_best_of_equals() -> None:
    result = best_worst_weights([1, 1, 5, 4], [4, 5, 1, 1])
    assert (result.best, result.worst) == (1, 2)


def test_beyond_the_table_its_nearest_entry_holds() -> None:
    """Line 9 for a judgement of 20, column 9 for eleven criteria, column 3 for two."""
    assert best_worst_weights([1, 20], [20, 1]).threshold == 0.1359
    eleven = best_worst_weights([1, *[3] * 9, 9], [9, *[3] * 9, 1])
    assert eleven.threshold == 0.3662
    assert best_worst_weights([1, 2, 1], [2, 1, 2]).threshold == 0.0
    assert best_worst_weights([1, 1.2], [1.2, 1]).threshold == 0.0
    assert best_worst_weights([1, 3.6], [3.6, 1]).threshold == 0.1121


def test_the_largest_comparisons_are_solved_to_the_last_digits() -> None:
    rows = ([1, 30, 1000, 7], [1000, 30, 1, 150])
    exact, xi = solved_exactly(rows)
    result = best_worst_weights(*rows)
    np.testing.assert_allclose(result.weights, [float(w) for w in exact], atol=1e-9)
    assert result.xi == pytest.approx(float(xi), abs=1e-9)


def test_the_input_stays_as_it_is() -> None:
    first, second = np.array([1.0, 3.0]), np.array([3.0, 1.0])
    result = best_worst_weights(first, second)
    with pytest.raises(ValueError, match="read-only"):
        result.best_to_others[:] = 0.0
    assert (first.tolist(), second.tolist()) == ([1.0, 3.0], [3.0, 1.0])


# --- messages


def test_comparisons_that_contradict_each_other_are_named() -> None:
    """By hand: 4 x 7 against 8 is 20 / 56 = 0.357, above 0.1309 for three criteria."""
    message = (
        r"consistency ratio of 0\.357, above the threshold 0\.1309; revise those of "
        r'"legal" first: by way of it "economic" counts 28 times as much as "social", compared '
        "directly 8 times"
    )
    with pytest.warns(ConsistencyWarning, match=message) as caught:
        best_worst_weights(
            {"economic": 1, "legal": 4, "social": 8}, {"economic": 8, "legal": 7, "social": 1}
        )
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([1, 3], [3, 1, 2], "best_to_others has 2 comparisons and others_to_worst has 3"),
        ([2, 3], [3, 1], "best_to_others has no 1; the best criterion against itself is 1"),
        ([1, 3], [3, 2], "others_to_worst has no 1; the worst criterion against itself is 1"),
        ([1, 3], [1, 3], '"0" is the best and the worst criterion at once'),
        ([1, 3], [4, 1], '"0" against "1" is 3 in best_to_others and 4 in others_to_worst'),
        ([1, 2, 1], [1, 2, 1], 'best criterion "0" and the worst "2" are judged equal'),
        ([1, 1, 1], [1, 2, 1], "is 1 in best_to_others and 2 in others_to_worst"),
        ([1, 0.5], [3, 1], 'best_to_others of "1" is 0.5; a number from 1'),
        ([1, 1e300], [1e300, 1], r'best_to_others of "1" is 1e\+300; a number from 1'),
        ([1, 3], [float("nan"), 1], 'others_to_worst of "0" is nan'),
        ([1, float("inf")], [3, 1], 'best_to_others of "1" is inf'),
        ([True, 3], [3, 1], 'best_to_others of "0" is True; a finite number'),
        ([1, 0, "x"], [3, 2, 1], r"^best_to_others has 2 faults:"),
        ([1, "three"], [3, 1], r"""best_to_others of "1" is 'three'; a finite number"""),
        ({"a": 1, "b": "x"}, {"a": 3, "b": 1}, """best_to_others of "b" is 'x'; a finite"""),
        ([], [], r"best_to_others: nothing given"),
        ({}, {}, r"best_to_others: nothing given"),
        ([[1, 3]], [3, 1], r"best_to_others: shape \(1, 2\) given"),
        (3, [3, 1], r"best_to_others: 3 given; give a list"),
        ({"a": 1, "b": 3}, [3, 1], "give names in both, or in neither"),
        ({"a": 1, "b": 3}, {"a": 3, "c": 1}, '"b" and "c"|"b", "c" in only one of'),
        ({"a": 1, "b": 0}, {"a": 3, "b": 1}, 'best_to_others of "b" is 0'),
        (pd.Series([1, 3], ["a", "a"]), pd.Series([3, 1], ["a", "b"]), '"a" more than once'),
    ],
)
def test_what_has_no_answer_is_refused(first: Any, second: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        best_worst_weights(first, second)


# --- independent implementation


@pytest.mark.filterwarnings("ignore::marketselect.errors.ConsistencyWarning")
@given(rows=comparisons())
def test_it_is_the_linear_model_solved_in_fractions(rows: Rows) -> None:
    exact, xi = solved_exactly(rows)
    result = best_worst_weights(*rows)
    np.testing.assert_allclose(result.weights, [float(w) for w in exact], atol=1e-9)
    assert result.xi == pytest.approx(float(xi), abs=1e-9)
