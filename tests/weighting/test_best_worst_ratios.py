"""The non-linear best-worst model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault
from marketselect.weighting.best_worst import best_worst_weights
from marketselect.weighting.best_worst_ratios import nearest_ratios
from shared import fault_of
from weighting.test_best_worst import CASES, Rows, comparisons

quiet = pytest.mark.filterwarnings("ignore::marketselect.errors.ConsistencyWarning")


def programme(rows: Rows, xi: float) -> tuple[list[list[float]], int]:
    """Return the constraints of the model at one gap, linear in the weights: rows @ w <= 0."""
    best, worst = rows[0].index(1), rows[1].index(1)
    found = []
    for j in range(len(rows[0])):
        for over, under, ratio in ((best, j, rows[0][j]), (j, worst, rows[1][j])):
            if over != under:
                for sign, bound in ((1.0, ratio + xi), (-1.0, ratio - xi)):
                    line = [0.0] * len(rows[0])
                    line[over] += sign
                    line[under] -= sign * bound
                    found.append(line)
    return found, len(rows[0])


def solved(rows: Rows, xi: float, aim: FloatArray) -> float | None:
    """Return the least of a weighted sum of the weights at a gap; None if none keeps to it."""
    lines, count = programme(rows, xi)
    answer = linprog(
        aim, A_ub=lines, b_ub=[0.0] * len(lines), A_eq=[[1.0] * count], b_eq=[1.0], method="highs"
    )
    return float(answer["fun"]) if answer["status"] == 0 else None


# --- published cases


@quiet
@pytest.mark.parametrize(
    ("direct", "index"),
    [(2, 0.44), (3, 1.0), (4, 1.63), (5, 2.3), (6, 3.0), (7, 3.73), (8, 4.47), (9, 5.23)],
)
def test_the_largest_gaps_of_rezaei_2015(direct: int, index: float) -> None:
    """Table 1, the consistency index: all three comparisons are the largest."""
    result = best_worst_weights([1, direct, direct], [direct, direct, 1], model="nonlinear")
    assert result.xi == pytest.approx(index, abs=5.1e-3)


@quiet
@pytest.mark.parametrize("example", [1, 2, 3])
def test_the_interval_weights_of_rezaei_2016(example: int) -> None:
    """Section 3.1.1; Rezaei's centers do not sum to one, the weights are these made to."""
    published = CASES[f"bwm_nonlinear_rezaei_2016_example_{example}"]
    rows = published["best_to_others"], published["others_to_worst"]
    result = best_worst_weights(*rows, model="nonlinear")
    expected, near = published["expected"], published["tolerance"]
    centers = (result.lowest + result.highest) / 2
    assert result.xi == pytest.approx(expected["xi"], abs=near)
    np.testing.assert_allclose(result.lowest, expected["lowest"], atol=near, rtol=0)
    np.testing.assert_allclose(result.highest, expected["highest"], atol=near, rtol=0)
    np.testing.assert_allclose(centers, expected["centers"], atol=near, rtol=0)
    np.testing.assert_allclose(result.weights, centers / centers.sum(), rtol=1e-12)


def test_the_basic_example_of_rezaei_2015() -> None:
    """Cut off after three digits. By hand, too: (2 - xi)(5 - xi) = 8 + xi, xi = 4 - sqrt(14)."""
    published = CASES["bwm_nonlinear_rezaei_2015_basic"]
    rows = published["best_to_others"], published["others_to_worst"]
    result = best_worst_weights(*rows, model="nonlinear")
    assert result.xi == pytest.approx(4 - np.sqrt(14), abs=1e-12)
    assert result.xi == pytest.approx(published["expected"]["xi"], abs=0.005)
    cut_off = np.floor(result.weights / published["tolerance"]) * published["tolerance"]
    np.testing.assert_allclose(cut_off, published["expected"]["weights"])


def test_three_criteria_by_hand() -> None:
    """2 x 2 against 5: (2 + xi)^2 = 5 - xi, so xi = (sqrt(29) - 5) / 2; both ratios are 2 + xi."""
    result = best_worst_weights([1, 2, 5], [5, 2, 1], model="nonlinear")
    xi = (np.sqrt(29) - 5) / 2
    ratio = 2 + xi
    assert result.xi == pytest.approx(xi, abs=1e-12)
    by_hand = np.array([ratio**2, ratio, 1.0])
    np.testing.assert_allclose(result.weights, by_hand / by_hand.sum(), rtol=1e-12)
    np.testing.assert_allclose(result.lowest, result.highest, rtol=1e-9)


# --- properties


@quiet
@given(rows=comparisons())
def test_a_weight_lies_between_its_ends_and_all_sum_to_one(rows: Rows) -> None:
    result = best_worst_weights(*rows, model="nonlinear")
    assert result.weights.sum() == pytest.approx(1.0)
    assert (result.lowest <= result.highest + 1e-15).all()
    assert (result.lowest > 0).all()


@given(weights=st.lists(st.integers(1, 12), min_size=1, max_size=7))
def test_weights_that_made_the_comparisons_are_found_again(weights: list[int]) -> None:
    made = np.array(weights, dtype=float)
    result = best_worst_weights(made.max() / made, made / made.min(), model="nonlinear")
    for found in (result.weights, result.lowest, result.highest):
        np.testing.assert_allclose(found, made / made.sum(), rtol=1e-9)
    assert result.xi == pytest.approx(0.0, abs=1e-9)


# --- degenerate input


def test_a_criterion_judged_equal_to_the_best_is_compared_too() -> None:
    """By hand: 1 x 2 against 4 by way of it, (1 + xi)(2 + xi) = 4 - xi: xi = sqrt(6) - 2."""
    xi, lowest, highest, _ = nearest_ratios(np.array([1.0, 1, 4]), np.array([4.0, 2, 1]), 0, 2)
    assert xi == pytest.approx(np.sqrt(6) - 2)
    assert lowest[1] / lowest[2] == pytest.approx(np.sqrt(6))
    np.testing.assert_allclose(lowest, highest, rtol=1e-9)


def test_a_criterion_nearly_as_good_as_the_best_has_a_highest_weight_by_that() -> None:
    """By hand: 1 x 1 against 1.5 leaves xi with (1 + xi)^2 = 1.5 - xi, and w_B = (1 + xi)^2.

    The third criterion is 1.5 - xi to w_B / (1 - xi), since that is below 1.5 + xi.
    """
    rows = np.array([1.0, 1, 1, 1.5]), np.array([1.5, 1, 1.5, 1])
    xi, lowest, highest, _ = nearest_ratios(*rows, 0, 3)
    by_hand = (np.sqrt(11) - 3) / 2
    assert xi == pytest.approx(by_hand, abs=1e-12)
    first = (1 + by_hand) ** 2
    others = first + (1 + by_hand) + 1
    for found, third in ((lowest, 1.5 - by_hand), (highest, first / (1 - by_hand))):
        assert found[2] == pytest.approx(third / (third + others), rel=1e-9)


def test_one_criterion_and_two_have_no_gap() -> None:
    assert best_worst_weights([1], [1], model="nonlinear").weights.tolist() == [1.0]
    two = best_worst_weights([1, 4], [4, 1], model="nonlinear")
    np.testing.assert_allclose(two.weights, [0.8, 0.2])
    assert two.xi == 0.0


def test_the_linear_model_has_one_solution() -> None:
    result = best_worst_weights([2, 1, 4, 2, 8], [4, 8, 2, 4, 1])
    assert result.lowest.tolist() == result.highest.tolist() == result.weights.tolist()


# --- messages


def test_an_unknown_model_is_refused() -> None:
    assert fault_of(best_worst_weights, [1, 2], [2, 1], model="non-linear") == Fault(
        "unknown-word",
        "model",
        "is 'non-linear'",
        'use "linear" or "nonlinear". Did you mean "nonlinear" or "linear"?',
    )


# --- independent implementation


@given(rows=comparisons())
def test_it_is_the_model_solved_by_programmes(rows: Rows) -> None:
    """At a given gap the constraints are linear: a little less has no solution, and no weight that
    a little more allows is far outside its ends."""
    best, worst = rows[0].index(1), rows[1].index(1)
    made = np.array(rows[0], dtype=float), np.array(rows[1], dtype=float)
    xi, lowest, highest, _ = nearest_ratios(*made, best, worst)
    each = np.eye(len(rows[0]))
    if xi > 1e-4:
        assert solved(rows, xi - 1e-4, each[0]) is None
    for j, unit in enumerate(each):
        least, most = solved(rows, xi + 1e-7, unit), solved(rows, xi + 1e-7, -unit)
        assert least == pytest.approx(lowest[j], abs=1e-5)
        assert most == pytest.approx(-highest[j], abs=1e-5)
