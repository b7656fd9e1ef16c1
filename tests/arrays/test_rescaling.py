"""Rescaling of columns."""

from typing import Any

import numpy as np
import pytest

from marketselect.arrays.checks import Matrix
from marketselect.arrays.rescaling import NORMALIZATIONS, refuse_bad_columns, rescale, signs_after
from marketselect.errors import Fault
from shared import fault_of

MIXED = np.array([1.0, -1.0])
MATRIX = np.array([[3.0, 2.0], [4.0, 8.0]])


@pytest.mark.parametrize(
    ("normalization", "expected"),
    [
        ("none", [[3, 2], [4, 8]]),
        ("vector", [[0.6, 2 / 68**0.5], [0.8, 8 / 68**0.5]]),
        ("sum", [[3 / 7, 0.2], [4 / 7, 0.8]]),
        ("max", [[0.75, 0.25], [1, 1]]),
        ("min-max", [[0, 1], [1, 0]]),
        ("linear", [[0.75, 1], [1, 0.25]]),
    ],
)
def test_each_normalization_of_a_benefit_and_a_cost(
    normalization: str, expected: list[list[float]]
) -> None:
    """By hand: only min-max and linear turn the cost round."""
    np.testing.assert_allclose(rescale(MATRIX, MIXED, normalization), expected)


def test_signs_stay_unless_costs_are_turned_round() -> None:
    for name in NORMALIZATIONS:
        turned = name in ("min-max", "linear")
        assert signs_after(MIXED, name).tolist() == ([1.0, 1.0] if turned else [1.0, -1.0])


def test_every_rescaling_is_a_fresh_array() -> None:
    for name in NORMALIZATIONS:
        before = MATRIX.copy()
        rescale(MATRIX, MIXED, name)[:] = -1.0
        assert np.array_equal(MATRIX, before)


@pytest.mark.parametrize("normalization", [n for n in NORMALIZATIONS if n != "none"])
@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_huge_and_tiny_values_give_the_same_shares(normalization: str, scale: float) -> None:
    np.testing.assert_allclose(
        rescale(MATRIX * scale, MIXED, normalization),
        rescale(MATRIX, MIXED, normalization),
        rtol=1e-12,
    )


def test_min_max_spans_what_no_float_can() -> None:
    column = np.array([[-1.7e308], [0.0], [1.7e308]])
    assert rescale(column, np.ones(1), "min-max").tolist() == [[0.0], [0.5], [1.0]]


def test_min_max_keeps_small_differences_of_large_values() -> None:
    column = np.array([[1e15], [1e15 + 1], [1e15 + 4]])
    assert rescale(column, np.ones(1), "min-max").tolist() == [[0.0], [0.25], [1.0]]


def test_linear_turns_each_cost_by_its_own_smallest() -> None:
    costs = np.array([[2.0, 30.0], [4.0, 10.0]])
    np.testing.assert_allclose(rescale(costs, -np.ones(2), "linear"), [[1, 1 / 3], [0.5, 1]])


def test_vector_takes_negative_values() -> None:
    np.testing.assert_allclose(
        rescale(np.array([[-3.0], [4.0]]), np.ones(1), "vector"), [[-0.6], [0.8]]
    )


def test_a_zero_benefit_is_zero_under_linear() -> None:
    assert rescale(np.array([[0.0], [4.0]]), np.ones(1), "linear").tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("level", [0.0, -2.0, 3.0])
@pytest.mark.parametrize("place", [0, 1])
def test_a_column_without_a_difference_is_no_fault(
    normalization: str, level: float, place: int
) -> None:
    """Beside one that varies: a benefit in the first place, a cost in the second."""
    matrix = np.array([[1.0, 1.0], [2.0, 2.0], [5.0, 5.0]])
    signs = np.array([1.0, -1.0])
    before = rescale(matrix.copy(), signs, normalization)
    matrix[:, place] = level
    after = rescale(matrix, signs, normalization)
    assert np.ptp(after[:, place]) == 0
    assert after[0, place] == 0 or level != 0
    np.testing.assert_array_equal(after[:, 1 - place], before[:, 1 - place])


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_a_batch_of_matrices_is_rescaled_one_by_one(normalization: str) -> None:
    batch = np.random.default_rng(0).uniform(1.0, 9.0, (2, 3, 4, 2))
    together = rescale(batch, MIXED, normalization)
    for place in np.ndindex(2, 3):
        np.testing.assert_array_equal(together[place], rescale(batch[place], MIXED, normalization))


def no_shares(divisor: str) -> str:
    return f"dividing by its {divisor} has no meaning then: shift it, or use another normalization"


@pytest.mark.parametrize(
    ("matrix", "normalization", "fault"),
    [
        (
            [[1, -1], [1, 2]],
            "sum",
            Fault("undefined", 'matrix column "1"', "has a negative value", no_shares("sum")),
        ),
        (
            [[-1, 1], [-2, 2]],
            "max",
            Fault("undefined", 'matrix column "0"', "has a negative value", no_shares("maximum")),
        ),
        (
            [[[1, 1], [2, 2]], [[-1, 1], [1, 2]]],
            "linear",
            Fault(
                "undefined", 'matrix[1] column "0"', "has a negative value", no_shares("maximum")
            ),
        ),
        (
            [[1, 0], [1, 2]],
            "linear",
            Fault(
                "undefined",
                'matrix column "1"',
                "is a cost with a value of zero or less",
                '"linear" divides by it: use "min-max"',
            ),
        ),
        *(
            (
                matrix,
                "min-max",
                Fault(
                    "no-difference",
                    "matrix",
                    f"has no difference between markets{place}: every column is constant",
                    "at least two markets that differ in one criterion are needed",
                ),
            )
            for matrix, place in (
                ([[1, 2], [1, 2]], ""),
                ([[[1, 2], [1, 3]], [[1, 2], [1, 2]]], " in matrix[1]"),
            )
        ),
        (
            [[1, 2], [1, 2]],
            "vectors",
            Fault(
                "unknown-word",
                "normalization",
                "is 'vectors'",
                'use one of "none", "vector", "sum", "max", "min-max", "linear". '
                'Did you mean "vector"?',
            ),
        ),
    ],
)
def test_what_has_no_answer_is_refused(matrix: Any, normalization: str, fault: Fault) -> None:
    assert fault_of(rescale, np.array(matrix, dtype=float), MIXED, normalization) == fault


def test_columns_are_refused_with_what_to_do_about_them() -> None:
    matrix = Matrix(values=MATRIX, columns=("law", "tax"))
    refuse_bad_columns([False, False], "is odd", "turn it", matrix)
    found = fault_of(refuse_bad_columns, [False, True], "is odd", "turn it", matrix, "--turn")
    assert found == Fault("undefined", 'matrix column "tax"', "is odd", "turn it", "--turn")
