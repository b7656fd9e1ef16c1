"""Weighted sum (simple additive weighting): the score is the weighted mean of the criteria.

Definition: Fishburn (1967); Hwang & Yoon (1981), section "Simple additive weighting".
"""

from numpy.typing import ArrayLike

from marketselect.arrays.checks import Directions, FloatArray, direction_signs, read_matrix
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import (
    NORMALIZATIONS,
    Rescaling,
    constant_columns,
    no_difference,
    rescale,
    signs_after,
)
from marketselect.arrays.weights import Weighting, matching_shares, under_batch
from marketselect.frozen import frozen_result
from marketselect.methods._distances import weighted
from marketselect.values import one_of


@frozen_result
class WeightedSumResult:
    """Every step of a weighted sum.

    Attributes
    ----------
    normalized
        r, (..., markets, criteria)
    weights
        w, (..., criteria), divided by their sum
    scores
        (..., markets), larger is better
    """

    normalized: FloatArray
    weights: FloatArray
    scores: FloatArray


def weighted_sum(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    normalization: Rescaling = "none",
) -> WeightedSumResult:
    """Score markets by the weighted sum of their criteria.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values. With `normalization="none"` all columns must already share one unit.
        Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.
    normalization : {"none", "min-max", "linear", "vector", "sum", "max"}
        How columns are made comparable. "min-max" and "linear" (x / max for a benefit, min / x
        for a cost) turn costs into benefits; after the others costs are subtracted. "min-max"
        divides by differences, so it needs one in a criterion that has a weight.

    Returns
    -------
    WeightedSumResult
        `scores` has shape (..., markets), in the unit of the normalized columns: 0 to 1 for
        "min-max" and "linear".

    Raises
    ------
    InputError
        If the matrix, the weights or the directions are not of that form, the normalization is
        unknown or not defined for a column, or, under "min-max", no criterion that counts tells
        two markets apart. Otherwise markets that do not differ are tied.

    References
    ----------
    .. [1] Fishburn, P. C. (1967). Additive utilities with incomplete product sets: Application
       to priorities and assignments. Operations Research 15(3), 537-542.
    .. [2] Hwang, C.-L., & Yoon, K. (1981). Multiple Attribute Decision Making. Springer.

    Examples
    --------
    Triantaphyllou (2000), Example 2-1:

    >>> matrix = [[25, 20, 15, 30], [10, 30, 20, 30], [30, 10, 30, 10]]
    >>> weighted_sum(matrix, [0.20, 0.15, 0.40, 0.25]).scores.round(6)
    array([21.5, 22. , 22. ])
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    shares = matching_shares(weights, read)
    one_of(normalization, NORMALIZATIONS, "normalization")
    level = constant_columns(read.values) if normalization == "min-max" else read.values
    normalized = rescale(level, signs, normalization, read)
    scores = weighted(shares, normalized * signs_after(signs, normalization))
    # The best market of a column that varies has 1 there.
    if normalization == "min-max" and not scores.max(axis=-1).all():
        raise no_difference(
            read,
            "every criterion that has a weight is the same for all markets, and "
            '"min-max" divides by differences',
            "use another normalization, or weigh a criterion in which markets differ",
            place=under_batch(scores.max(axis=-1) == 0, read, shares),
        )
    return WeightedSumResult(normalized=normalized, weights=shares, scores=scores)
