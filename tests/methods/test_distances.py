"""Weighted sums and distances, by hand."""

import numpy as np
import pytest

from marketselect.methods._distances import METRICS, largest_term, weighted, weighted_distances

# Two matrices of three markets and two criteria, and a vector of weights for each.
PAIR = np.array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[0.0, 1.0], [8.0, 0.0], [2.0, 2.0]]])
SHARES = np.array([[0.5, 0.5], [0.25, 0.75]])


def test_a_weighted_sum_of_one_matrix_or_of_each() -> None:
    assert weighted(SHARES[0], PAIR[0]).tolist() == [1.5, 3.5, 5.5]
    assert weighted(SHARES, PAIR[0]).tolist() == [[1.5, 3.5, 5.5], [1.75, 3.75, 5.75]]
    assert weighted(SHARES, PAIR).tolist() == [[1.5, 3.5, 5.5], [0.75, 2.0, 2.0]]
    assert weighted(SHARES[0], PAIR).tolist() == [[1.5, 3.5, 5.5], [0.5, 4.0, 2.0]]


def test_the_largest_term_of_one_matrix_or_of_each() -> None:
    assert largest_term(SHARES, PAIR).tolist() == [[1.0, 2.0, 3.0], [0.75, 2.0, 1.5]]
    assert largest_term(SHARES[1], PAIR[1]).tolist() == [0.75, 2.0, 1.5]
    three = np.array([[1.0, 2.0, 9.0], [9.0, 1.0, 2.0]])
    assert largest_term(np.full(3, 0.5), three).tolist() == [4.5, 4.5]


@pytest.mark.parametrize(
    ("metric", "to_best", "to_worst"),
    [
        ("euclidean", [[2.5, 0.0], [0.0, 2.5]], [[0.0, 2.5], [2.5, 0.0]]),
        ("manhattan", [[3.5, 0.0], [0.0, 3.5]], [[0.0, 3.5], [3.5, 0.0]]),
        ("chebyshev", [[2.0, 0.0], [0.0, 2.0]], [[0.0, 2.0], [2.0, 0.0]]),
    ],
)
def test_distances_between_the_corners_of_a_rectangle(
    metric: str, to_best: list[list[float]], to_worst: list[list[float]]
) -> None:
    """Weighted sides of 1.5 and 2; of the second matrix the markets have changed places."""
    matrices = np.array([[[0.0, 0.0], [3.0, 4.0]], [[3.0, 4.0], [0.0, 0.0]]])
    best, worst = np.array([3.0, 4.0]), np.zeros(2)
    found = weighted_distances(np.array([0.5, 0.5]), matrices, best, worst, METRICS[metric])
    np.testing.assert_allclose(found[0], to_best, rtol=1e-15)
    np.testing.assert_allclose(found[1], to_worst, rtol=1e-15)
