"""Scores that are no sums as games: what a Shapley split of them needs.

A factor that has joined has its own value, one that has not sits at a reference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.methods._mazziotta_pareto import MazziottaParetoResult, pareto_moments
from marketselect.methods._topsis import TopsisResult, topsis
from marketselect.methods._weighted_product import WeightedProductResult, weighted_product


@dataclass(frozen=True, kw_only=True, eq=False)
class Game:
    """What a Shapley split needs of a method that is not linear: what `Method.game` returns.

    Attributes
    ----------
    own
        Scored markets x factors: the values that the score is made of.
    reference
        Where an absent factor sits.
    weights
        Those of the factors.
    players
        The places of the factors that count.
    score
        Takes the players' values twice side by side, and weights (coalitions, twice the players);
        returns scores (coalitions, markets).
    """

    own: FloatArray
    reference: FloatArray
    weights: FloatArray
    players: NDArray[np.intp]
    score: Callable[[FloatArray, FloatArray], FloatArray]


def topsis_game(
    steps: TopsisResult, _matrix: FloatArray, weights: FloatArray, options: Mapping[str, Any]
) -> Game:
    """Return the method TOPSIS as a Shapley game; absent factors sit at the anti-ideal."""
    players = np.flatnonzero((weights > 0) & (steps.ideal != steps.anti_ideal))
    share = np.where(weights > 0, weights, 1.0)
    best, worst = steps.ideal / share, steps.anti_ideal / share
    doubled: dict[str, Any] = {
        "normalization": "none",
        "metric": options.get("metric", "euclidean"),
        "directions": ["benefit" if best[j] > worst[j] else "cost" for j in players] * 2,
        "ideal": np.tile(best[players], 2),
        "anti_ideal": np.tile(worst[players], 2),
    }

    def closeness(matrix: FloatArray, shares: FloatArray) -> FloatArray:
        return topsis(matrix, shares, **doubled).scores

    return Game(
        own=steps.normalized, reference=worst, weights=weights, players=players, score=closeness
    )


def product_game(
    steps: WeightedProductResult,
    matrix: FloatArray,
    weights: FloatArray,
    _options: Mapping[str, Any],
) -> Game:
    """Return the method weighted product as a game; absent factors sit at their median."""
    players = np.flatnonzero(weights > 0)
    directions = ["cost" if steps.exponents[j] < 0 else "benefit" for j in players] * 2

    def product(doubled: FloatArray, shares: FloatArray) -> FloatArray:
        return weighted_product(doubled, shares, directions=directions).scores

    middle = np.median(matrix, axis=0)
    return Game(own=matrix, reference=middle, weights=weights, players=players, score=product)


def balance_game(
    steps: MazziottaParetoResult,
    _matrix: FloatArray,
    _weights: FloatArray,
    _options: Mapping[str, Any],
) -> Game:
    """Return the method Mazziotta-Pareto as a game; absent factors sit at their median."""

    def penalized(doubled: FloatArray, shares: FloatArray) -> FloatArray:
        means, variances = pareto_moments(shares, doubled)
        return np.asarray(means - variances / means)

    return Game(
        own=steps.normalized,
        reference=np.median(steps.normalized, axis=0),
        weights=steps.weights,
        players=np.flatnonzero(steps.weights > 0),
        score=penalized,
    )
