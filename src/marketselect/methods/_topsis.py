"""TOPSIS: closeness to the ideal market and distance from the anti-ideal one.

Definition: Hwang & Yoon (1981), chapter III; the steps are numbered as there. By default every
step is the book's: vector normalization, weights, the best and the worst value of each criterion,
Euclidean distances. Cost columns stay in their own sense: their ideal is the smallest value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marketselect.checks import (
    FloatArray,
    Weighting,
    direction_signs,
    finite_matrix,
    under,
    weight_batch,
)
from marketselect.errors import InputError, did_you_mean, listing
from marketselect.methods._distances import METRICS, weighted_distances
from marketselect.rescaling import fixed_point, near_one, refuse_columns, rescale, signs_after
from marketselect.weighting._columns import column_names, refuse_other_names, without_rounding


@dataclass(frozen=True, kw_only=True, eq=False)
class TopsisResult:
    """Every step of TOPSIS, in the book's order."""

    normalized: FloatArray  # r, (markets, criteria)
    weights: FloatArray  # w, (..., criteria), divided by their sum
    ideal: FloatArray  # A*, (..., criteria), weighted
    anti_ideal: FloatArray  # A-, (..., criteria), weighted
    d_plus: FloatArray  # S*, (..., markets): distance to the ideal
    d_minus: FloatArray  # S-, (..., markets): distance to the anti-ideal
    scores: FloatArray  # C*, (..., markets): closeness, 0 to 1, larger is better

    @property
    def weighted(self) -> FloatArray:
        """Return v, the weighted normalized values, shape (..., markets, criteria)."""
        product: FloatArray = self.weights[..., None, :] * self.normalized
        return product


def topsis(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Sequence[str] | None = None,
    normalization: str = "vector",
    metric: str = "euclidean",
    ideal: ArrayLike | None = None,
    anti_ideal: ArrayLike | None = None,
) -> TopsisResult:
    """Score markets by their relative closeness to an ideal point.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values in any units. Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors gives
        a batch of scores. Euclidean distances use the weights squared.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.
    normalization : {"vector", "min-max", "none", "linear", "sum", "max"}
        The book's is "vector". It depends on the origin of a scale; "min-max" does not.
    metric : {"euclidean", "manhattan", "chebyshev"}
        How distances are measured. The book's is "euclidean".
    ideal, anti_ideal : float or array_like, shape (criteria,), optional
        Fixed points in the units of the matrix, with `normalization` "none" or "min-max" only;
        under "min-max" they are the ends of the scale. A point not given is the best or worst
        value in the matrix. Choose points that enclose the data: a market beyond the ideal
        counts as far from it as one that falls short by as much.

    Returns
    -------
    TopsisResult
        `scores` has shape (..., markets), from 0 (at the anti-ideal) to 1 (at the ideal).

    Raises
    ------
    InputError
        If the matrix, the weights, the directions or an option are not of that form, an ideal
        is not better than its anti-ideal, or no criterion that counts tells two markets apart.

    References
    ----------
    .. [1] Hwang, C.-L., & Yoon, K. (1981). Multiple Attribute Decision Making: Methods and
       Applications. Springer. doi:10.1007/978-3-642-48318-9

    Examples
    --------
    The fighter aircraft of Hwang & Yoon (1981), p. 133; the fourth criterion is a cost. The book
    works by hand and prints 0.643, 0.268, 0.613 and 0.312:

    >>> matrix = [[2.0, 1500, 20000, 5.5, 5, 9], [2.5, 2700, 18000, 6.5, 3, 5],
    ...           [1.8, 2000, 21000, 4.5, 7, 7], [2.2, 1800, 20000, 5.0, 5, 5]]
    >>> directions = ["benefit", "benefit", "benefit", "cost", "benefit", "benefit"]
    >>> topsis(matrix, [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], directions=directions).scores.round(4)
    array([0.6433, 0.2684, 0.6135, 0.3123])
    """
    refuse_other_names(
        matrix, weights=weights, directions=directions, ideal=ideal, anti_ideal=anti_ideal
    )
    values = finite_matrix(matrix)
    signs = direction_signs(directions, values.shape[1])
    shares = weight_batch(weights, values.shape[1])
    if metric not in [*METRICS]:
        raise InputError(
            f"metric is {metric!r}; use one of {listing(METRICS)}.{did_you_mean(metric, METRICS)}"
        )
    # 1. normalize; 3. the ideal and the anti-ideal, before weights: both steps are linear
    if ideal is None and anti_ideal is None:
        r = rescale(without_rounding(values), signs, normalization, column_names(matrix))
        best, worst = _ends(r, signs_after(signs, normalization))
    else:
        best, worst = _fixed_points(values, signs, normalization, ideal, anti_ideal)
        refuse_columns(
            best * signs <= worst * signs,
            "has an ideal that is not better than its anti_ideal: give points that differ, the "
            "ideal larger for a benefit and smaller for a cost",
            column_names(matrix),
        )
        r, best, worst = _onto_ends(values, best, worst, normalization)
    # 2. weight and 4. measure, at once
    d_plus, d_minus = weighted_distances(shares, r, best, worst, METRICS[metric])
    total = d_plus + d_minus
    if not total.all():
        raise InputError(
            f"no difference between markets{under((total == 0).any(axis=-1))}: both distances of "
            "a market are zero, because every criterion that has a weight is the same for all "
            "markets; give ideal and anti_ideal, or weigh a criterion in which markets differ"
        )
    # 5. relative closeness
    return TopsisResult(
        normalized=r,
        weights=shares,
        ideal=shares * best,
        anti_ideal=shares * worst,
        d_plus=d_plus,
        d_minus=d_minus,
        scores=d_minus / total,
    )


def _ends(values: FloatArray, signs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best and the worst value of each column, given its sense."""
    top, bottom = values.max(axis=0), values.min(axis=0)
    return np.where(signs > 0, top, bottom), np.where(signs > 0, bottom, top)


def _fixed_points(
    values: FloatArray,
    signs: FloatArray,
    normalization: str,
    ideal: ArrayLike | None,
    anti_ideal: ArrayLike | None,
) -> tuple[FloatArray, FloatArray]:
    """Return the ideal and the anti-ideal in matrix units, where a point is given."""
    if normalization not in ("none", "min-max"):
        raise InputError(
            f"normalization is {normalization!r} and a fixed ideal or anti_ideal is given in "
            'matrix units; use normalization "none" or "min-max" with it'
        )
    best, worst = _ends(values, signs)
    best = best if ideal is None else fixed_point(ideal, "ideal", len(signs))
    worst = worst if anti_ideal is None else fixed_point(anti_ideal, "anti_ideal", len(signs))
    return best, worst


def _onto_ends(
    values: FloatArray, best: FloatArray, worst: FloatArray, normalization: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the matrix and both points, under "min-max" on the scale that they span."""
    if normalization == "none":
        return values, best, worst
    # One power of two for a column and its ends, so that no difference overflows.
    scaled = near_one(np.vstack([values, best, worst]))
    x, top, foot = scaled[:-2], scaled[-2], scaled[-1]
    return (x - foot) / (top - foot), np.ones_like(best), np.zeros_like(worst)
