"""Weights that the figures give: how far a criterion tells the markets apart.

Definitions: Hwang & Yoon (1981) for entropy; Diakoulaki, Mavrotas & Papayannakis (1995) for
CRITIC and the standard deviation. Those of principal components are in `components`.

A column whose values agree within rounding is constant: it gets weight zero, and all else is as
if it were not there.
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
from marketselect.arrays.columns import option_by_column
from marketselect.arrays.rescaling import (
    all_of_matrix,
    no_difference,
    refuse_bad_columns,
    rescale,
    varying_columns,
)
from marketselect.arrays.weights import weight_batch
from marketselect.errors import InputError
from marketselect.frozen import frozen_result
from marketselect.values import TIE
from marketselect.weighting.pairwise._rows import Labels


@frozen_result
class EntropyResult:
    """Every step of the entropy weights.

    Attributes
    ----------
    labels
        the names of the columns, if the matrix has them
    shares
        p, (markets, criteria): value by column sum
    k
        1 / ln(markets): the entropy of equal shares becomes 1
    entropies
        e, (criteria,), 0 one market has all, 1 all have the same
    divergences
        d = 1 - e, (criteria,)
    weights
        w, (criteria,), sum 1
    """

    labels: Labels | None
    shares: FloatArray
    k: float
    entropies: FloatArray
    divergences: FloatArray
    weights: FloatArray


@frozen_result
class CriticResult:
    """Every step of CRITIC (CRiteria Importance Through Intercriteria Correlation).

    Attributes
    ----------
    labels
        the names of the columns, if the matrix has them
    normalized
        x, (markets, criteria): 0 worst to 1 best, constant columns 0
    deviations
        sigma, (criteria,): population standard deviation of x
    correlations
        r, (criteria, criteria); 0 beside a constant column
    conflicts
        sum of 1 - r over the columns that vary, (criteria,)
    information
        C = sigma * conflict, (criteria,)
    weights
        w, (criteria,), sum 1
    """

    labels: Labels | None
    normalized: FloatArray
    deviations: FloatArray
    correlations: FloatArray
    conflicts: FloatArray
    information: FloatArray
    weights: FloatArray


@frozen_result
class StandardDeviationResult:
    """Every step of the standard deviation weights.

    Attributes
    ----------
    labels
        the names of the columns, if the matrix has them
    normalized
        x, (markets, criteria): 0 worst to 1 best, constant columns 0
    deviations
        sigma, (criteria,): population standard deviation of x
    weights
        w, (criteria,), sum 1
    """

    labels: Labels | None
    normalized: FloatArray
    deviations: FloatArray
    weights: FloatArray


def entropy_weights(matrix: ArrayLike) -> EntropyResult:
    """Weight each criterion by how unevenly its values are spread over the markets.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values of zero or more on ratio scales: units do not matter, but shifting a
        column's origin changes its weight. Missing values are refused. Direction plays no part.

    Returns
    -------
    EntropyResult
        With `weights`, shape (criteria,). A constant column gets zero. 0 ln 0 counts as 0.

    Raises
    ------
    InputError
        If a value is missing or not a number, negative in a column that varies, or no column tells
        two markets apart.

    References
    ----------
    .. [1] Hwang, C.-L., & Yoon, K. (1981). Multiple Attribute Decision Making. Springer.

    Examples
    --------
    Four places by four criteria (Xu 2004, EJOR 156(2), 530-532):

    >>> result = entropy_weights([[30, 30, 38, 29], [19, 54, 86, 29],
    ...                           [19, 15, 85, 28.9], [68, 70, 60, 29]])
    >>> result.weights.round(4)
    array([0.463 , 0.3992, 0.1378, 0.    ])
    """
    read = read_matrix(matrix, batch=False)
    values, varying = read.values, _varying(read)
    refuse_bad_columns(
        (values < 0).any(axis=0) & varying,
        "has a negative value, and entropy needs shares of a sum",
        f"use {other_weightings(read, 'critic', 'standard_deviation')}, which measure differences",
        read,
        f"use {typed_weightings('critic', 'standard_deviation')}, which measure differences",
    )
    # (1) shares of each column
    shares = rescale(values, np.ones(values.shape[1]), "sum", read)
    k = float(1.0 / np.log(len(values)))
    # (2) entropy e = -k sum p ln p and divergence d = 1 - e. The second comes first, since the
    # difference loses digits where e is close to 1: with p = (1 + u) / markets, and so sum u = 0,
    # d = k mean((1 + u) ln(1 + u) - u).
    u = np.where(varying, shares * len(values) - 1.0, 0.0)
    logarithms = np.log1p(np.where(u > -1.0, u, 0.0))  # 0 ln 0 = 0
    divergences: FloatArray = k * ((1.0 + u) * logarithms - u).mean(axis=0)
    # (3) weights from the divergences
    return EntropyResult(
        labels=read.labels,
        shares=shares,
        k=k,
        entropies=np.maximum(1.0 - divergences, 0.0),
        divergences=divergences,
        weights=weight_batch(divergences, values.shape[1]),
    )


def critic_weights(matrix: ArrayLike, *, directions: Directions | None = None) -> CriticResult:
    """Weight each criterion by its contrast and by its conflict with the other criteria.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values in any units; neither unit nor origin matters. Missing values are refused.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.

    Returns
    -------
    CriticResult
        With `weights`, shape (criteria,). A constant column gets zero and adds nothing to the
        conflict of the others. The only column that varies gets weight one. The sample form of
        the standard deviation would give the same weights.

    Raises
    ------
    InputError
        If the matrix or the directions are not of that form, no column tells two markets
        apart, or all columns that vary agree perfectly.

    References
    ----------
    .. [1] Diakoulaki, D., Mavrotas, G., & Papayannakis, L. (1995). Determining objective
       weights in multiple criteria problems: The CRITIC method. Computers & Operations
       Research 22(7), 763-770.

    Examples
    --------
    Eight Greek pharmaceutical firms by profitability, market share and productivity [1]_:

    >>> result = critic_weights(
    ...     [[61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
    ...      [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.1], [-34.6, 3.31, 0.98]])
    >>> result.weights.round(3)
    array([0.202, 0.481, 0.317])
    """
    read = read_matrix(matrix, batch=False)
    normalized, varying = _normalized(read, directions)
    # (1) contrast, (2) conflict: what a perfect correlation leaves is rounding
    deviations: FloatArray = normalized.std(axis=0)
    correlations = _correlations(normalized, varying)
    disagreement = 1.0 - correlations[:, varying]
    conflicts = np.where(disagreement > TIE, disagreement, 0.0).sum(axis=1)
    conflicts = np.where(varying, conflicts, 0.0)
    # (3) information
    information: FloatArray = deviations * conflicts
    if varying.sum() > 1 and not information.any():
        raise InputError.of(
            "undefined",
            all_of_matrix(read),
            "all columns that vary are perfectly correlated, so CRITIC finds no conflict to weight",
            f"drop all but one, or use {other_weightings(read, 'standard_deviation')}",
            f"drop all but one, or use {typed_weightings('standard_deviation')}",
        )
    counted = information if information.any() else varying
    return CriticResult(
        labels=read.labels,
        normalized=normalized,
        deviations=deviations,
        correlations=correlations,
        conflicts=conflicts,
        information=information,
        weights=weight_batch(counted.astype(np.float64), len(varying)),
    )


def standard_deviation_weights(
    matrix: ArrayLike, *, directions: Directions | None = None
) -> StandardDeviationResult:
    """Weight each criterion by the standard deviation of its values on the scale 0 to 1.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values in any units; neither unit nor origin matters. Missing values are refused.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit. They turn `normalized` round and
        leave the weights as they are.

    Returns
    -------
    StandardDeviationResult
        With `weights`, shape (criteria,). A constant column gets zero. The sample form of the
        standard deviation would give the same weights.

    Raises
    ------
    InputError
        If the matrix or the directions are not of that form, or no column tells two markets
        apart.

    References
    ----------
    .. [1] Diakoulaki, D., Mavrotas, G., & Papayannakis, L. (1995). Determining objective
       weights in multiple criteria problems: The CRITIC method. Computers & Operations
       Research 22(7), 763-770.

    Examples
    --------
    By hand: the deviations of 0 and 1, and of 0, 0 and 1, from their means.

    >>> standard_deviation_weights([[1, 20], [3, 20], [2, 50]]).weights.round(3)
    array([0.464, 0.536])
    """
    read = read_matrix(matrix, batch=False)
    normalized, _ = _normalized(read, directions)
    deviations: FloatArray = normalized.std(axis=0)
    return StandardDeviationResult(
        labels=read.labels,
        normalized=normalized,
        deviations=deviations,
        weights=weight_batch(deviations, len(deviations)),
    )


def other_weightings(matrix: Matrix, *names: str) -> str:
    """Return other weightings as whoever reads it calls them: by a word, or by their functions."""
    if matrix.of_factors:
        return " or ".join(f'weights="{name}"' for name in names)
    return " or ".join(f"{name}_weights" for name in names)


def typed_weightings(*names: str) -> str:
    """Return other weightings as the command line calls them."""
    return " or ".join(f"--weights {name}" for name in names)


def _varying(matrix: Matrix) -> BoolArray:
    """Return which columns vary, to weigh them from data; refuse a matrix that has none."""
    varying = varying_columns(matrix.values)
    if not varying.any():
        raise no_difference(matrix)
    return varying


def _normalized(matrix: Matrix, directions: Directions | None) -> tuple[FloatArray, BoolArray]:
    """Return the columns to weigh from data, 0 worst to 1 best, and which of them vary."""
    values = matrix.values
    given = option_by_column(directions, "directions", matrix)
    signs = direction_signs(given, matrix.criteria, matrix.columns)
    varying = _varying(matrix)
    # Min-max would blow the rounding in a constant column up to the whole scale.
    normalized = np.where(varying, rescale(values, signs, "min-max", matrix), 0.0)
    return normalized, varying


def _correlations(values: FloatArray, varying: BoolArray) -> FloatArray:
    """Return Pearson's r between columns to weigh from data, zero for constant ones."""
    centered = np.where(varying, values - values.mean(axis=0), 0.0)
    unit = centered / np.where(varying, np.sqrt((centered**2).sum(axis=0)), 1.0)
    correlations: FloatArray = np.clip(unit.T @ unit, -1.0, 1.0)
    np.fill_diagonal(correlations, varying.astype(np.float64))
    return correlations
