"""Weighted harmonic mean: what a framework's `aggregation` makes of a weighted sum.

``1 / sum(w / x)``: OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 6.
Weights sum to one, so the score has the unit of the criteria; the weakest one weighs the most.
"""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray, read_matrix
from marketselect.arrays.columns import refuse_other_names
from marketselect.arrays.weights import Weighting, matching_shares
from marketselect.errors import InputError
from marketselect.methods._distances import weighted


def weighted_harmonic(matrix: ArrayLike, weights: ArrayLike | Weighting) -> FloatArray:
    """Score markets by the harmonic mean of their criteria.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values, none negative.
    weights : array_like, shape (criteria,) or (..., criteria)
        Not negative, not all zero; each vector is divided by its sum.

    Returns
    -------
    ndarray, shape (..., markets)
        Zero or more: a zero in a criterion of positive weight makes the score zero, in one of zero
        weight it counts for nothing.

    Raises
    ------
    InputError
        If the matrix or the weights are not of that form.

    Examples
    --------
    >>> weighted_harmonic([[40.0, 60.0], [50.0, 0.0]], [1, 1]).round(9).tolist()
    [48.0, 0.0]
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    shares = matching_shares(weights, read)
    if (wrong := read.values < 0).any():
        place = tuple(np.argwhere(wrong)[0].tolist())
        raise InputError.of(
            "undefined",
            read.cell(place),
            f"is {read.values[place]}",
            "a harmonic mean needs values of zero or more: rescale the column",
        )
    # As good as zero where the reciprocal would overflow.
    zero = read.values < np.finfo(np.float64).tiny
    parts = weighted(shares, 1.0 / np.where(zero, 1.0, read.values))
    zeroed = weighted((shares > 0).astype(np.float64), zero.astype(np.float64)) > 0
    return np.asarray(np.where(zeroed, 0.0, 1.0 / parts))
