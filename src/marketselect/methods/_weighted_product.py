"""Weighted product: the score is the weighted geometric mean of the criteria.

Definition: Bridgman (1922); Triantaphyllou (2000), section 2.2. Weights sum to one, so the score
has the unit of the criteria, and only ratios between markets carry meaning.
"""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import (
    BoolArray,
    Directions,
    FloatArray,
    Matrix,
    direction_signs,
    read_matrix,
)
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import where_it_varies
from marketselect.arrays.weights import Weighting, matching_shares
from marketselect.errors import InputError
from marketselect.frozen import frozen_result
from marketselect.methods._distances import weighted


@frozen_result
class WeightedProductResult:
    """Every step of a weighted product.

    Attributes
    ----------
    weights
        w, (..., criteria), divided by their sum
    exponents
        w for a benefit, -w for a cost, (..., criteria)
    scores
        (..., markets), larger is better
    """

    weights: FloatArray
    exponents: FloatArray
    scores: FloatArray


def weighted_product(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
) -> WeightedProductResult:
    """Score markets by the product of their criteria, each raised to its weight.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values, none negative; positive in cost columns. Units do not matter: they scale
        all scores alike. Missing values are refused. A value without a power counts for nothing
        where all markets have the same one.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit. A cost has a negative exponent.

    Returns
    -------
    WeightedProductResult
        `scores` has shape (..., markets), zero or more. A zero in a criterion of positive
        weight makes the score zero; in one of zero weight it counts for nothing (0^0 = 1). So a
        benefit that is zero for every market makes every score zero, unless its weight is zero.

    Raises
    ------
    InputError
        If the matrix, the weights or the directions are not of that form.

    References
    ----------
    .. [1] Bridgman, P. W. (1922). Dimensional Analysis. Yale University Press.
    .. [2] Triantaphyllou, E. (2000). Multi-Criteria Decision Making Methods: A Comparative
       Study. Kluwer.

    Examples
    --------
    Triantaphyllou (2000), Example 2-2 prints the ratio of the first market to the second:

    >>> matrix = [[25, 20, 15, 30], [10, 30, 20, 30], [30, 10, 30, 10]]
    >>> scores = weighted_product(matrix, [0.20, 0.15, 0.40, 0.25]).scores
    >>> round(float(scores[0] / scores[1]), 3)
    1.007
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    shares = matching_shares(weights, read)
    values = np.where(_without_power(read, signs), 1.0, read.values)
    exponents: FloatArray = shares * signs
    zero = values == 0
    # exp(sum of w ln x); a zero is kept out of the logarithm and put back where it counts.
    scores: FloatArray = np.exp(weighted(exponents, np.log(np.where(zero, 1.0, values))))
    zeroed = weighted((shares > 0).astype(np.float64), zero.astype(np.float64)) > 0
    return WeightedProductResult(
        weights=shares, exponents=exponents, scores=np.where(zeroed, 0.0, scores)
    )


def _without_power(matrix: Matrix, signs: FloatArray) -> BoolArray:
    """Return which cells a weighted product gives no power: constant columns; refuse others."""
    values = matrix.values
    # Below the smallest normal float the reciprocal would overflow: as good as zero.
    too_small = (signs < 0) & (values < np.finfo(np.float64).tiny)
    for bad, remedy in (
        (values < 0, "a weighted product needs values of zero or more: rescale the column"),
        (too_small, "a cost in a weighted product must be above zero: rescale the column"),
    ):
        if (wrong := where_it_varies(bad, values)).any():
            place = tuple(np.argwhere(wrong)[0].tolist())
            raise InputError.of("undefined", matrix.cell(place), f"is {values[place]}", remedy)
    without: BoolArray = (values < 0) | too_small
    return without
