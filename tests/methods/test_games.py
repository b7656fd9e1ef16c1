"""Scores that are no sums as games: who plays, where the absent sit, what a coalition is worth."""

from typing import Any

import numpy as np
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.methods.games import Game, balance_game, product_game, topsis_game

# Two markets; the second factor is a cost.
MATRIX = np.array([[30.0, 80.0, 50.0], [60.0, 20.0, 90.0]])
DIRECTIONS = ["benefit", "cost", "benefit"]
WEIGHTS = np.array([0.5, 0.3, 0.2])


def worth(game: Game, *joined: int) -> FloatArray:
    """Return what a coalition of some players is worth, for each market."""
    players = game.players
    there = np.broadcast_to(game.reference[players], game.own[:, players].shape)
    inside = np.isin(players, joined)
    weights = game.weights[players]
    shares = np.hstack([inside * weights, ~inside * weights])[None]
    scores = game.score(np.hstack([game.own[:, players], there]), shares)
    assert scores.shape == (1, len(game.own))
    return np.asarray(scores[0])


# --- TOPSIS: the absent sit at the anti-ideal


def closeness(metric: str | None, weights: FloatArray = WEIGHTS) -> tuple[Game, FloatArray]:
    """Return the game between 0 and 100, worst first for the cost, and the scores."""
    options: dict[str, Any] = {} if metric is None else {"metric": metric}
    ends: dict[str, Any] = {"ideal": [100.0, 0.0, 100.0], "anti_ideal": [0.0, 100.0, 0.0]}
    steps = ms.topsis(
        MATRIX, weights, directions=DIRECTIONS, normalization="none", **ends, **options
    )
    return topsis_game(steps, MATRIX, weights, options), steps.scores


def test_an_absent_factor_sits_at_the_anti_ideal() -> None:
    game, _ = closeness(None)
    assert game.reference.tolist() == [0.0, 100.0, 0.0]
    assert game.players.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(game.own, MATRIX)
    np.testing.assert_array_equal(game.weights, WEIGHTS)


@pytest.mark.parametrize(
    ("metric", "alone", "others"),
    [
        # Of the first market the first factor has come 30 of 100, of weight 0.5; the rest nothing.
        ("manhattan", 0.15, 0.85),
        ("chebyshev", 0.15, 0.35),
        ("euclidean", 0.15, np.sqrt(0.35**2 + 0.3**2 + 0.2**2)),
        (None, 0.15, np.sqrt(0.35**2 + 0.3**2 + 0.2**2)),  # the usual one
    ],
)
def test_a_coalition_is_worth_its_closeness(
    metric: str | None, alone: float, others: float
) -> None:
    game, scores = closeness(metric)
    assert worth(game, 0)[0] == pytest.approx(alone / (alone + others), rel=1e-12)
    assert worth(game).tolist() == [0.0, 0.0]
    np.testing.assert_allclose(worth(game, 0, 1, 2), scores, rtol=1e-12)


def test_a_cost_that_joins_counts_from_the_top_down() -> None:
    """By "manhattan", closeness is the weighted mean: costs of 80 and 20 are 20 and 80 good."""
    game, _ = closeness("manhattan")
    np.testing.assert_allclose(worth(game, 1), [0.3 * 0.2, 0.3 * 0.8], rtol=1e-12)
    np.testing.assert_allclose(worth(game, 1, 2), [0.06 + 0.1, 0.24 + 0.18], rtol=1e-12)


def test_what_has_no_weight_or_no_difference_does_not_play() -> None:
    assert closeness(None, np.array([0.5, 0.5, 0.0]))[0].players.tolist() == [0, 1]
    assert closeness(None, np.array([0.0, 0.5, 0.5]))[0].players.tolist() == [1, 2]
    flat = np.array([[3.0, 5.0, 4.0], [3.0, 9.0, 3.0]])
    steps = ms.topsis(flat, WEIGHTS, normalization="none")
    game = topsis_game(steps, flat, WEIGHTS, {})
    assert game.players.tolist() == [1, 2]
    np.testing.assert_allclose(game.reference, [3.0, 5.0, 3.0], rtol=1e-15)
    np.testing.assert_allclose(worth(game, 1, 2), steps.scores, rtol=1e-12)


def test_a_heavy_weight_moves_no_end() -> None:
    """The points are those before weights, one weight or another."""
    for weights in (np.array([0.98, 0.01, 0.01]), np.array([0.01, 0.01, 0.98])):
        game, scores = closeness("euclidean", weights)
        np.testing.assert_allclose(game.reference, [0.0, 100.0, 0.0], atol=1e-12)
        np.testing.assert_allclose(worth(game, 0, 1, 2), scores, rtol=1e-12)


# --- weighted product: the absent sit at their median


def test_a_coalition_is_worth_its_product_with_the_others_at_their_median() -> None:
    steps = ms.weighted_product(MATRIX, WEIGHTS, directions=DIRECTIONS)
    game = product_game(steps, MATRIX, WEIGHTS, {})
    assert game.reference.tolist() == [45.0, 50.0, 70.0]
    assert game.players.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(game.own, MATRIX)
    np.testing.assert_array_equal(game.weights, WEIGHTS)
    middle = 45**0.5 * 50**-0.3 * 70**0.2
    np.testing.assert_allclose(worth(game), [middle, middle], rtol=1e-12)
    by_first = [30**0.5 * 50**-0.3 * 70**0.2, 60**0.5 * 50**-0.3 * 70**0.2]
    np.testing.assert_allclose(worth(game, 0), by_first, rtol=1e-12)
    by_cost = [45**0.5 * 80**-0.3 * 70**0.2, 45**0.5 * 20**-0.3 * 70**0.2]
    np.testing.assert_allclose(worth(game, 1), by_cost, rtol=1e-12)
    np.testing.assert_allclose(worth(game, 0, 1, 2), steps.scores, rtol=1e-12)


def test_a_factor_without_a_weight_is_no_part_of_a_product() -> None:
    weights = np.array([0.0, 0.4, 0.6])
    steps = ms.weighted_product(MATRIX, weights, directions=DIRECTIONS)
    game = product_game(steps, MATRIX, weights, {})
    assert game.players.tolist() == [1, 2]
    np.testing.assert_allclose(worth(game, 1, 2), steps.scores, rtol=1e-12)


# --- Mazziotta-Pareto: the absent sit at their median, on the scale of the index


def test_a_coalition_is_worth_its_mean_less_its_penalty() -> None:
    """Between 0 and 10: 100 and 100, 70 and 130; the medians are 85 and 115."""
    matrix, weights = np.array([[5.0, 5, 7], [0, 10, 3]]), np.array([0.5, 0.5, 0.0])
    steps = ms.mazziotta_pareto(matrix, weights, normalization="min-max", ideal=10, anti_ideal=0)
    game = balance_game(steps, matrix, weights, {})
    np.testing.assert_allclose(game.own[:, :2], [[100, 100], [70, 130]], rtol=1e-15)
    np.testing.assert_allclose(game.reference[:2], [85, 115], rtol=1e-15)
    assert game.players.tolist() == [0, 1]
    # Each deviates from the mean of the two by half of what sets them apart.
    np.testing.assert_allclose(worth(game), [100 - 15**2 / 100] * 2, rtol=1e-12)
    of_first = [107.5 - 7.5**2 / 107.5, 92.5 - 22.5**2 / 92.5]
    np.testing.assert_allclose(worth(game, 0), of_first, rtol=1e-12)
    np.testing.assert_allclose(worth(game, 0, 1), [100, 91], rtol=1e-12)


def test_a_factor_that_counts_for_nothing_plays_no_part_in_the_balance() -> None:
    matrix, weights = np.array([[5.0, 1, 5], [0, 1, 10]]), np.array([0.25, 0.5, 0.25])
    steps = ms.mazziotta_pareto(matrix, weights)
    game = balance_game(steps, matrix, weights, {})
    assert game.players.tolist() == [0, 2]
    assert game.weights.tolist() == [0.5, 0, 0.5]
    # z-scores 110 and 90, 90 and 110: both markets have mean 100 and deviation 10.
    np.testing.assert_allclose(worth(game, 0, 2), [99, 99], rtol=1e-12)
