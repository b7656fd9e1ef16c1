"""Mazziotta-Pareto index: a mean, less what imbalance between the criteria costs.

Definitions: De Muro, Mazziotta & Pareto (2011) for the index of standard scores; Mazziotta & Pareto
(2018) for the adjusted one between goalposts; both with weights in Mazziotta & Pareto (2022).
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import Directions, FloatArray, direction_signs, read_matrix
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import all_of_matrix, near_one, varying_columns
from marketselect.arrays.weights import Weighting, matching_shares, under_batch
from marketselect.errors import InputError
from marketselect.frozen import frozen_result
from marketselect.methods._distances import weighted
from marketselect.methods._topsis import _fixed_points, _onto_ends
from marketselect.values import one_of

Standard = Literal["z-score", "min-max"]

# Both papers bring the criteria to a scale around 100, so that a coefficient of variation is small.
MIDDLE, DEVIATION = 100.0, 10.0
LOW, SPAN = 70.0, 60.0


@frozen_result
class MazziottaParetoResult:
    """Every step of a Mazziotta-Pareto index.

    Attributes
    ----------
    normalized
        z or r, (..., markets, criteria), larger is better: mean 100 and deviation 10, or 70 at the
        anti-ideal to 130 at the ideal
    weights
        w, (..., criteria), divided by the sum of those that count
    means
        M, (..., markets): weighted mean of a market's criteria
    deviations
        S, (..., markets): weighted standard deviation around it
    penalties
        S^2 / M, (..., markets): what imbalance costs
    scores
        M - S^2 / M, (..., markets), larger is better
    """

    normalized: FloatArray
    weights: FloatArray
    means: FloatArray
    deviations: FloatArray
    penalties: FloatArray
    scores: FloatArray


def mazziotta_pareto(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    normalization: Standard = "z-score",
    ideal: ArrayLike | None = None,
    anti_ideal: ArrayLike | None = None,
) -> MazziottaParetoResult:
    """Score markets by their mean, less the more the further apart their criteria are.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values in any units; neither unit nor origin of a scale matters. Missing values are
        refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.
    normalization : {"z-score", "min-max"}
        "z-score" is the index of 2011: population mean 100 and standard deviation 10. "min-max" is
        the adjusted index: 70 at the anti-ideal to 130 at the ideal.
    ideal, anti_ideal : float or array_like, shape (criteria,), optional
        The goalposts in the units of the matrix, with `normalization` "min-max" only. A point not
        given is the best or worst value in the matrix.

    Returns
    -------
    MazziottaParetoResult
        `scores` has shape (..., markets). Without goalposts a column without a difference counts
        for nothing; where none has one, all markets get 100. A market can lose by a gain on its
        best criterion, where that is more than half as much again as its mean.

    Raises
    ------
    InputError
        If the matrix, the weights, the directions or an option are not of that form, an ideal is
        not better than its anti-ideal, or a market's mean is zero or less, far below its
        goalposts.

    References
    ----------
    .. [1] De Muro, P., Mazziotta, M., & Pareto, A. (2011). Composite indices of development and
       poverty: An application to MDGs. Social Indicators Research 104(1), 1-18.
    .. [2] Mazziotta, M., & Pareto, A. (2018). Measuring well-being over time: The adjusted
       Mazziotta-Pareto index versus other non-compensatory indices. Social Indicators Research
       136(3), 967-976.
    .. [3] Mazziotta, M., & Pareto, A. (2022). Weighting in composite indices construction: The case
       of the Mazziotta-Pareto index. Rivista Italiana di Economia, Demografia e Statistica 76(3).

    Examples
    --------
    By hand, between goalposts 0 and 10: 100 and 100 have no penalty, 70 and 130 one of 900 / 100:

    >>> mazziotta_pareto([[5, 5], [0, 10]], [1, 1], normalization="min-max",
    ...                  ideal=10, anti_ideal=0).scores
    array([100.,  91.])
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    shares = matching_shares(weights, read)
    one_of(normalization, RESCALED, "normalization")
    # (1) the criteria on one scale
    if ideal is not None or anti_ideal is not None:
        _refuse_goalposts_beside(normalization)
        best, worst = _fixed_points(read, signs, normalization, ideal, anti_ideal)
        r = LOW + SPAN * _onto_ends(read, best, worst, normalization)[0]
    else:
        varying = varying_columns(read.values)
        counted = np.where(varying, shares, 0.0)
        total = counted.sum(axis=-1, keepdims=True)
        shares = np.where(total > 0, counted / np.where(total > 0, total, 1.0), shares)
        r = np.where(varying[..., None, :], RESCALED[normalization](read.values, signs), MIDDLE)
    # (2) mean, deviation and (3) penalty of each market
    means, variances = pareto_moments(shares, r)
    if (means <= 0).any():
        raise InputError.of(
            "undefined",
            all_of_matrix(read),
            "has a market whose mean is zero or less"
            f"{under_batch(means.min(axis=-1) <= 0, read, shares)}"
            ", so that no share of it is a penalty",
            "give goalposts that enclose the data",
        )
    penalties = variances / means
    return MazziottaParetoResult(
        normalized=r,
        weights=shares,
        means=means,
        deviations=np.sqrt(variances),
        penalties=penalties,
        scores=means - penalties,
    )


def _refuse_goalposts_beside(normalization: str) -> None:
    """Refuse goalposts of Mazziotta-Pareto beside any normalization but "min-max"."""
    if normalization != "min-max":
        raise InputError.of(
            "contradiction",
            "normalization",
            f"is {normalization!r} and a fixed ideal or anti_ideal is given in matrix units",
            'use normalization "min-max" with it',
        )


def _standard_scores(values: FloatArray, signs: FloatArray) -> FloatArray:
    """Return each column around its mean for Mazziotta-Pareto, by its population deviation."""
    scaled = near_one(values)
    centered = scaled - scaled.mean(axis=-2, keepdims=True)
    deviations = np.sqrt((centered**2).mean(axis=-2, keepdims=True))
    return np.asarray(MIDDLE + DEVIATION * signs * _quotient(centered, deviations))


def _between_ends(values: FloatArray, signs: FloatArray) -> FloatArray:
    """Return each column between its worst and best value for Mazziotta-Pareto."""
    turned = near_one(values) * signs
    above = turned - turned.min(axis=-2, keepdims=True)
    return np.asarray(LOW + SPAN * _quotient(above, above.max(axis=-2, keepdims=True)))


def _quotient(values: FloatArray, divisor: FloatArray) -> FloatArray:
    """Return a Mazziotta-Pareto column divided by a number; by 0 it stays as it is."""
    quotient: FloatArray = values / np.where(divisor == 0, 1.0, divisor)
    return quotient


RESCALED: Mapping[Standard, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "z-score": _standard_scores,
    "min-max": _between_ends,
}


def pareto_moments(shares: FloatArray, r: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each market's weighted mean and variance for Mazziotta-Pareto, (..., markets)."""
    means = weighted(shares, r)
    # One criterion at a time: never an array of draws x markets x criteria.
    variances: FloatArray = np.zeros_like(means)
    for criterion in range(r.shape[-1]):
        variances += shares[..., criterion, None] * (r[..., criterion] - means) ** 2
    return means, variances
