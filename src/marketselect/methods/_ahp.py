"""AHP synthesis: ratings under each criterion, made comparable, weighted and added.

Definition: Saaty (1980) for the distributive mode, Belton & Gear (1983) for the ideal mode. The
weights, and ratings from pairwise comparisons of markets, come from `ahp_weights`.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray, Matrix, place_of_entry, read_matrix
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import fixed_point, refuse_bad_columns, rescale, where_it_varies
from marketselect.arrays.weights import Weighting, matching_shares
from marketselect.errors import OWN_COPY, InputError
from marketselect.frozen import frozen_result
from marketselect.methods._distances import weighted
from marketselect.values import one_of

Mode = Literal["distributive", "ideal"]
MODES = get_args(Mode)


@frozen_result
class AhpResult:
    """Every step of an AHP synthesis.

    Attributes
    ----------
    normalized
        local priorities, (..., markets, criteria)
    weights
        w, (..., criteria), divided by their sum
    scores
        global priorities, (..., markets), larger is better
    """

    normalized: FloatArray
    weights: FloatArray
    scores: FloatArray


def ahp(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    mode: Mode = "distributive",
    ideal: ArrayLike | None = None,
) -> AhpResult:
    """Score markets by the analytic hierarchy process.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Ratings on a ratio scale, zero or more, larger is better: measured values, or columns
        of priorities from `ahp_weights`. Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    mode : {"distributive", "ideal"}
        "distributive" divides each column by its sum: one unit of priority is shared out, so a
        market that comes or goes can turn the order of others. "ideal" divides by the largest.
    ideal : float or array_like, shape (criteria,), optional
        In ideal mode: the rating that counts as 1 in place of the largest in the column. With
        such a fixed reference no market moves when another comes or goes.

    Returns
    -------
    AhpResult
        `scores` has shape (..., markets); they sum to 1 in distributive mode, and lie between 0
        and 1 in ideal mode unless a rating exceeds a given `ideal`.

    Raises
    ------
    InputError
        If the matrix, the weights or an option are not of that form, or a rating is negative in a
        column that varies.

    References
    ----------
    .. [1] Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill.
    .. [2] Belton, V., & Gear, T. (1983). On a short-coming of Saaty's method of analytic
       hierarchies. Omega 11(3), 228-230.

    Examples
    --------
    Belton & Gear (1983) print 0.45, 0.47 and 0.08 for three markets under equal weights:

    >>> ratings = [[1, 9, 8], [9, 1, 9], [1, 1, 1]]
    >>> ahp(ratings, [1, 1, 1]).scores.round(2)
    array([0.45, 0.47, 0.08])
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    shares = matching_shares(weights, read)
    one_of(mode, MODES, "mode")
    if ideal is not None and mode != "ideal":
        raise InputError.of(
            "contradiction",
            "ideal",
            f"is given with mode {mode!r}",
            'a reference needs mode="ideal"',
            f'a reference needs mode = "ideal" in the options of {OWN_COPY}',
        )
    refuse_bad_columns(
        where_it_varies(read.values < 0, read.values).any(axis=-2),
        "has a negative rating",
        "AHP needs ratings of zero or more: rescale the column",
        read,
    )
    if ideal is None:
        divisor = "sum" if mode == "distributive" else "max"
        normalized = rescale(read.values, np.ones(read.criteria), divisor, read)
    else:
        reference = _reference(ideal, read)
        with np.errstate(over="ignore"):
            normalized = read.values / reference
        refuse_bad_columns(
            np.isinf(normalized).any(axis=-2),
            "has ratings that are too large for the reference",
            "give an ideal of the size of the ratings",
            read,
        )
    scores = weighted(shares, normalized)
    return AhpResult(normalized=normalized, weights=shares, scores=scores)


def _reference(ideal: ArrayLike, matrix: Matrix) -> FloatArray:
    """Return what AHP rates each criterion against: an ideal above zero, or refuse it."""
    given = option_by_column(ideal, "ideal", matrix)
    reference = fixed_point(given, "ideal", matrix)
    if (bad := reference <= 0).any():
        place = np.flatnonzero(bad)[: np.ndim(given)].tolist()  # nowhere, if there is one for all
        raise InputError.of(
            "out-of-range",
            place_of_entry(None, "ideal", place, matrix.columns),
            f"is {reference[bad][0]:g}",
            "the rating that counts as 1 must be above zero",
        )
    return reference
