"""TOPSIS: closeness to the ideal market and distance from the anti-ideal one.

Definition: Hwang & Yoon (1981), chapter III; the steps are numbered as there. By default every
step is the book's: vector normalization, weights, the best and the worst value of each criterion,
Euclidean distances. Cost columns stay in their own sense: their ideal is the smallest value.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import Directions, FloatArray, Matrix, direction_signs, read_matrix
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import (
    NORMALIZATIONS,
    Rescaling,
    constant_columns,
    fixed_point,
    near_one,
    no_difference,
    refuse_bad_columns,
    rescale,
    signs_after,
)
from marketselect.arrays.weights import Weighting, matching_shares, under_batch
from marketselect.errors import OWN_COPY, InputError
from marketselect.frozen import frozen_result
from marketselect.methods._distances import METRICS, weighted_distances
from marketselect.values import one_of


@frozen_result
class TopsisResult:
    """Every step of TOPSIS, in the book's order.

    Attributes
    ----------
    normalized
        r, (..., markets, criteria)
    weights
        w, (..., criteria), divided by their sum
    ideal
        A*, (..., criteria), weighted
    anti_ideal
        A-, (..., criteria), weighted
    d_plus
        S*, (..., markets): distance to the ideal
    d_minus
        S-, (..., markets): distance to the anti-ideal
    scores
        C*, (..., markets): closeness, 0 to 1, larger is better
    """

    normalized: FloatArray
    weights: FloatArray
    ideal: FloatArray
    anti_ideal: FloatArray
    d_plus: FloatArray
    d_minus: FloatArray
    scores: FloatArray

    @property
    def weighted(self) -> FloatArray:
        """Return v, the weighted normalized values, shape (..., markets, criteria)."""
        product: FloatArray = self.weights[..., None, :] * self.normalized
        return product


def topsis(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    normalization: Rescaling = "vector",
    metric: Literal["euclidean", "manhattan", "chebyshev"] = "euclidean",
    ideal: ArrayLike | None = None,
    anti_ideal: ArrayLike | None = None,
) -> TopsisResult:
    """Score markets by their relative closeness to an ideal point.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values in any units. Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast. Euclidean
        distances use the weights squared.
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
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    shares = matching_shares(weights, read)
    one_of(metric, METRICS, "metric")
    one_of(normalization, NORMALIZATIONS, "normalization")
    # 1. normalize; 3. the ideal and the anti-ideal, before weights: both steps are linear
    if ideal is None and anti_ideal is None:
        r = rescale(constant_columns(read.values), signs, normalization, read)
        best, worst = _ends(r, signs_after(signs, normalization))
    else:
        best, worst = _fixed_points(read, signs, normalization, ideal, anti_ideal)
        r, best, worst = _onto_ends(read, best, worst, normalization)
    # 2. weight and 4. measure, at once
    d_plus, d_minus = weighted_distances(shares, r, best, worst, METRICS[metric])
    total = d_plus + d_minus
    if not total.all():
        raise no_difference(
            read,
            "both distances of a market are zero, because every criterion that has a weight is "
            "the same for all markets",
            "give ideal and anti_ideal, or weigh a criterion in which markets differ",
            place=under_batch((total == 0).any(axis=-1), read, shares),
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


NARROWEST = 1e-150  # between both points, beside the values: squares of quotients stay finite


def _ends(values: FloatArray, signs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best and the worst value of each column for TOPSIS, given its sense."""
    top, bottom = values.max(axis=-2), values.min(axis=-2)
    return np.where(signs > 0, top, bottom), np.where(signs > 0, bottom, top)


def _fixed_points(
    matrix: Matrix,
    signs: FloatArray,
    normalization: str,
    ideal: ArrayLike | None,
    anti_ideal: ArrayLike | None,
) -> tuple[FloatArray, FloatArray]:
    """Return the ideal and a worse anti-ideal in matrix units, where a point is given."""
    if normalization not in ("none", "min-max"):
        raise InputError.of(
            "contradiction",
            "normalization",
            f"is {normalization!r} and a fixed ideal or anti_ideal is given in matrix units",
            'use normalization "none" or "min-max" with it',
            f'use normalization = "none" or "min-max" in the options of {OWN_COPY}',
        )
    best, worst = _ends(matrix.values, signs)
    ends = {"ideal": (ideal, best), "anti_ideal": (anti_ideal, worst)}
    best, worst = (
        end if point is None else fixed_point(option_by_column(point, name, matrix), name, matrix)
        for name, (point, end) in ends.items()
    )
    refuse_bad_columns(
        best * signs <= worst * signs,
        "has an ideal that is not better than its anti_ideal",
        "give points that differ, the ideal larger for a benefit and smaller for a cost",
        matrix,
    )
    return best, worst


def _onto_ends(
    matrix: Matrix, best: FloatArray, worst: FloatArray, normalization: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return TOPSIS's matrix and both points, under "min-max" on the scale that they span."""
    values = matrix.values
    if normalization == "none":
        return values, best, worst
    # One power of two for a column and its ends, so that no difference overflows.
    points = np.broadcast_arrays(best, worst, values[..., 0, :])[:2]
    scaled = near_one(np.concatenate([values, np.stack(points, axis=-2)], axis=-2))
    x, top, foot = scaled[..., :-2, :], scaled[..., -2:-1, :], scaled[..., -1:, :]
    refuse_bad_columns(
        (np.abs(top - foot) < NARROWEST)[..., 0, :],
        "has an ideal and an anti_ideal that are one beside the size of its values",
        "give points that lie further apart",
        matrix,
    )
    return (x - foot) / (top - foot), np.ones_like(best), np.zeros_like(worst)


def closeness_formula(steps: TopsisResult, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gaps to the ideal and the anti-ideal before weights, as shares of the largest.

    With the metric and the span of each criterion that is all it takes to score again, as
    `weighted_distances` does.
    """
    points = steps.ideal / steps.weights, steps.anti_ideal / steps.weights
    gaps = [np.abs(steps.normalized - point) for point in points]
    span = np.maximum(np.max([gap.max(axis=0) for gap in gaps], axis=0), np.finfo(float).tiny)
    return {
        "kind": "closeness",
        "metric": str(options.get("metric", next(iter(METRICS)))),
        "span": span,
        "to_ideal": gaps[0] / span,
        "from_worst": gaps[1] / span,
    }
