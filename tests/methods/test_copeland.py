"""Copeland: by hand, over few criteria and over many, and in blocks."""

import itertools
import tracemalloc
from typing import Any

import numpy as np
import pytest

from marketselect.arrays.checks import FloatArray
from marketselect.methods import _copeland, copeland, pairs_ahead

VALUES = np.array([[3.0, 1.0, 2.0], [2.0, 2.0, 2.0], [1.0, 3.0, 4.0]])


def by_pairs(matrix: FloatArray, shares: FloatArray) -> list[float]:
    """Count by the words of the definition how many others each market outranks, ties half."""
    scores = np.zeros(len(matrix))
    for i, j in itertools.permutations(range(len(matrix)), 2):
        ahead = shares[matrix[i] > matrix[j]].sum() + shares[matrix[i] == matrix[j]].sum() / 2
        scores[i] += 0.5 if np.isclose(ahead, 0.5, rtol=0, atol=1e-9) else ahead > 0.5
    return scores.tolist()


def test_every_step_by_hand() -> None:
    """Weights .5 .3 .2. The first beats the second on .5 and half of .2; all else is halved."""
    result = copeland(VALUES, [5, 3, 2])
    assert result.ranks.tolist() == [[1, 3, 2], [2, 2, 2], [3, 1, 1]]
    assert result.beaten.tolist() == [[2, 0, 0.5], [1, 1, 0.5], [0, 2, 2]]
    assert result.scores.tolist() == [1.5, 0.5, 1.0]
    shares = copeland(VALUES, [5, 3, 2], rule="shares").scores
    np.testing.assert_allclose(shares, [1.1, 0.9, 1.0], atol=1e-15)


def test_who_is_ahead_of_whom_by_hand() -> None:
    ranks = np.array([[1, 2], [2, 2], [3, 1]])
    assert pairs_ahead(ranks).tolist() == [
        [[0, 1, 1], [0, 0, 1], [0, 0, 0]],
        [[0, 0.5, 0], [0.5, 0, 0], [1, 1, 0]],
    ]


@pytest.mark.parametrize("criteria", [1, 2, 39, 40, 45])
def test_over_many_criteria_it_is_the_count_of_the_pairs(criteria: int) -> None:
    rng = np.random.default_rng(criteria)
    matrix = rng.integers(0, 3, (6, criteria)).astype(float)
    matrix[5] = matrix[0]
    weights = rng.integers(1, 5, (3, criteria)).astype(float)
    shares = weights / weights.sum(axis=1, keepdims=True)
    assert copeland(matrix, weights).scores.tolist() == [by_pairs(matrix, each) for each in shares]


@pytest.mark.parametrize("counts", [0, _copeland.MOST_COUNTS])
@pytest.mark.parametrize("at_a_time", [1, 20, 60, 1000])
def test_pairs_one_by_one_are_those_of_a_pattern(
    monkeypatch: Any, at_a_time: int, counts: int
) -> None:
    rng = np.random.default_rng(1)
    matrix, weights = rng.integers(0, 4, (12, 4)).astype(float), rng.dirichlet(np.ones(4), 7)
    expected = [by_pairs(matrix, each) for each in weights]
    monkeypatch.setattr(_copeland, "CHUNK", at_a_time)
    monkeypatch.setattr(_copeland, "MOST_COUNTS", counts)
    assert copeland(matrix, weights).scores.tolist() == expected


@pytest.mark.parametrize("criteria", [3, 12])
def test_memory_does_not_grow_with_the_square_of_the_markets(criteria: int) -> None:
    matrix = np.random.default_rng(2).normal(size=(3000, criteria))
    tracemalloc.start()
    try:
        copeland(matrix, np.ones(criteria))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3000**2 * 8  # a square of numbers takes that


@pytest.mark.parametrize("at_a_time", [1, 20, 60, 1000])
def test_draws_in_pieces_are_those_at_once(monkeypatch: Any, at_a_time: int) -> None:
    rng = np.random.default_rng(0)
    matrix, weights = rng.integers(0, 3, (5, 4)).astype(float), rng.dirichlet(np.ones(4), (2, 9))
    expected = [[by_pairs(matrix, each) for each in row] for row in weights]
    monkeypatch.setattr(_copeland, "CHUNK", at_a_time)
    assert copeland(matrix, weights).scores.tolist() == expected


def test_each_of_a_batch_of_matrices_meets_its_own_weights() -> None:
    batch = np.stack([VALUES, VALUES[::-1]])
    weights = [[5.0, 3.0, 2.0], [1.0, 1.0, 9.0]]
    expected = [
        copeland(each, row).scores.tolist() for each, row in zip(batch, weights, strict=True)
    ]
    assert copeland(batch, weights).scores.tolist() == expected


def test_a_lead_of_rounding_is_a_tie() -> None:
    """0.1 + 0.2 is not 0.3 to the last digit, neither in the values nor in the weights."""
    assert copeland([[0.3, 1.0], [0.1 + 0.2, 0.0]], [1, 1]).scores.tolist() == [1.0, 0.0]
    assert copeland([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [0.1, 0.2, 0.3]).scores.tolist() == [
        0.5,
        0.5,
    ]


def test_one_market_beats_nobody() -> None:
    for rule in ("majority", "shares"):
        assert copeland([[3.0, 1.0]], [1, 1], rule=rule).scores.tolist() == [0.0]


@pytest.mark.parametrize(
    ("markets", "criteria", "draws", "way"),
    [
        (3, 2, 1, "copeland_by_way"),  # two compare in 9 ways, and there are 9 pairs
        (3, 2, 2, "copeland_by_pattern"),
        (3, 3, 1, "copeland_by_pair"),  # 27 ways
        (3, 3, 2, "copeland_by_pair"),
    ],
)
def test_ways_to_compare_are_counted_where_they_are_no_more_than_pairs(
    monkeypatch: Any, markets: int, criteria: int, draws: int, way: str
) -> None:
    for other in {"copeland_by_way", "copeland_by_pattern", "copeland_by_pair"} - {way}:
        monkeypatch.setattr(_copeland, other, None)
    matrix = np.random.default_rng(3).integers(0, 3, (markets, criteria)).astype(float)
    weights = np.arange(1.0, draws * criteria + 1).reshape(draws, criteria)
    shares = weights / weights.sum(axis=1, keepdims=True)
    assert copeland(matrix, weights).scores.tolist() == [by_pairs(matrix, each) for each in shares]


def test_more_ways_than_a_short_number_holds_are_told_apart() -> None:
    """Over ten criteria two compare in 59,049 ways; 250 markets have as many pairs."""
    rng = np.random.default_rng(4)
    matrix, weights = rng.integers(0, 5, (250, 10)).astype(float), rng.dirichlet(np.ones(10))
    leads = np.sign(matrix[:, None] - matrix) @ weights
    expected = (np.sign(leads).sum(axis=1) + 249) / 2  # wins and halves of ties, of 249 others
    assert copeland(matrix, weights).scores.tolist() == expected.tolist()
