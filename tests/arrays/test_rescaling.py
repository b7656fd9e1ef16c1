"""Rescaling of columns."""

import numpy as np
import pytest

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.rescaling import NORMALIZATIONS, rescale, signs_after
from marketselect.errors import InputError

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


@pytest.mark.parametrize(
    ("matrix", "normalization", "message"),
    [
        ([[1, -1], [1, 2]], "sum", 'column "1" has a negative value; dividing by its sum'),
        ([[-1, 1], [-2, 2]], "max", 'column "0" has a negative value'),
        ([[-1, 1], [1, 2]], "linear", 'column "0" has a negative value'),
        ([[1, 0], [1, 2]], "linear", 'column "1" is a cost with a value of zero or less'),
        ([[1, 2], [1, 2]], "min-max", "^matrix has no difference between markets"),
        ([[1, 2], [1, 2]], "minimax", 'normalization is .* Did you mean "min-max"'),
    ],
)
def test_what_has_no_answer_is_refused(
    matrix: FloatArray, normalization: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        rescale(np.array(matrix, dtype=float), MIXED, normalization)
