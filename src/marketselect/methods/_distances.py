"""Weighted sums and distances of every market, for a batch of weights, of matrices or of both."""

from collections.abc import Callable

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError


def weighted(shares: FloatArray, r: FloatArray) -> FloatArray:
    """Return a method's weighted sum over the criteria, shape (..., markets).

    Parameters
    ----------
    shares : ndarray, shape (..., criteria)
    r : ndarray, shape (..., markets, criteria)
        Leading axes are broadcast; without any, a batch of weights is one product.
    """
    if r.ndim == 2:
        return np.asarray(shares @ r.T)
    return np.asarray((shares[..., None, :] @ r.swapaxes(-1, -2))[..., 0, :])


def weighted_distances(
    weights: FloatArray, r: FloatArray, best: FloatArray, worst: FloatArray, metric: "Metric"
) -> tuple[FloatArray, FloatArray]:
    """Return the distances of TOPSIS to `best` and to `worst`, each of shape (..., markets).

    Parameters
    ----------
    weights : ndarray, shape (..., criteria)
    r : ndarray, shape (..., markets, criteria)
    best, worst : ndarray, shape (..., criteria)
        Before weights.
    metric : callable
        One of `METRICS`.
    """
    with np.errstate(over="ignore"):
        gaps = np.abs(r - best[..., None, :]), np.abs(r - worst[..., None, :])
    largest = np.maximum(gaps[0].max(axis=-2), gaps[1].max(axis=-2))
    if not np.isfinite(largest).all():
        raise InputError.of(
            "too-large",
            "matrix",
            "distances exceed what a float can hold",
            "give the matrix in larger units",
        )
    # The largest gap of each criterion moves into its weight, and the largest of these in front:
    # then squares neither overflow nor vanish.
    span = np.maximum(largest, np.finfo(np.float64).tiny)
    reach: FloatArray = weights * span
    unit: FloatArray = reach.max(axis=-1, keepdims=True)
    to_best, to_worst = (unit * metric(reach / unit, gap / span[..., None, :]) for gap in gaps)
    return to_best, to_worst


def _euclidean(weights: FloatArray, gaps: FloatArray) -> FloatArray:
    """Return Euclidean distances of TOPSIS from its gaps, shape (..., markets)."""
    distances: FloatArray = np.sqrt(weighted(weights**2, gaps**2))
    return distances


def largest_term(weights: FloatArray, gaps: FloatArray) -> FloatArray:
    """Return each market's largest weighted gap, for TOPSIS and VIKOR, (..., markets)."""
    # One criterion at a time: never an array of draws x markets x criteria.
    largest: FloatArray = weights[..., :1] * gaps[..., 0]
    for criterion in range(1, gaps.shape[-1]):
        np.maximum(largest, weights[..., criterion, None] * gaps[..., criterion], out=largest)
    return largest


Metric = Callable[[FloatArray, FloatArray], FloatArray]

METRICS: dict[str, Metric] = {
    "euclidean": _euclidean,
    "manhattan": weighted,
    "chebyshev": largest_term,
}
