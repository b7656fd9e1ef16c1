"""Weights at which each criterion makes a stated share of the variance of the weighted sum.

A weight is not an influence: a criterion in which the markets differ more, or that goes with the
others, moves a ranking more (Paruolo, Saisana & Saltelli 2013; Becker et al. 2017). The share of
criterion i is w_i (Cw)_i / w'Cw, C the covariance. Weights for given shares are those of risk
budgeting (Maillard, Roncalli & Teiletche 2010 for equal shares): the one minimum of a convex
function, found by Newton's method (Spinu 2013).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray, Matrix, read_matrix
from marketselect.arrays.columns import option_by_column
from marketselect.arrays.rescaling import near_one, no_difference, varying_columns
from marketselect.arrays.weights import Weighting, is_weighting
from marketselect.errors import InputError, in_words
from marketselect.frozen import frozen_result
from marketselect.values import TIE
from marketselect.weighting.pairwise._rows import Labels, comparison_row

Target: TypeAlias = "Mapping[Any, float] | pd.Series[float] | Weighting | ArrayLike | None"
"""The share of each criterion, relative, by name or in order; None: equal where they vary."""

# In units of the columns' deviations: of a sum that varies less, weights say nothing sure any more.
# In double precision they hold shares to about 1e-16 by its square: here to the fourth decimal.
HARDLY = 1e-6
CLOSE = 1e-8  # the largest relative step after which the next, its square, is below rounding
MOST_STEPS = 500
LEAST = 1e-12  # a smaller share beside the largest is lost in rounding


@frozen_result
class InfluenceResult:
    """Weights at which each criterion makes a stated share of the variance.

    Attributes
    ----------
    labels
        the names of the columns, if the matrix has them
    target
        t, (criteria,): the share that was asked for, sum 1
    shares
        w_i (Cw)_i / w'Cw, (criteria,): the share that is reached, sum 1
    iterations
        steps of Newton's method
    weights
        w, (criteria,), sum 1; zero where the target is
    """

    labels: Labels | None
    target: FloatArray
    shares: FloatArray
    iterations: int
    weights: FloatArray


def weights_by_influence(matrix: ArrayLike | Matrix, target: Target = None) -> InfluenceResult:
    """Weight each column so that it makes a given share of the variance of the weighted sum.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values in any units: neither unit nor origin changes what a weighted column adds.
    target : mapping, Series or array_like, optional
        The share of each column, relative, by name or in order. A column of share zero gets weight
        zero. Default: the same for all that vary; one that is constant has no share of anything.

    Returns
    -------
    InfluenceResult
        With `weights`, shape (criteria,): the only ones above zero with these shares.

    Raises
    ------
    InputError
        If the matrix or the target is not of that form, if no column varies, or if columns that
        are to have a share are constant, or offset each other: then no weights have these shares.
        If they offset each other but for a millionth, the weights that do cannot be held: shares
        at the nearest floats would be off in the fourth decimal, and soon in all.

    References
    ----------
    .. [1] Spinu, F. (2013). An algorithm for computing risk parity weights. SSRN 2297383.
    .. [2] Maillard, S., Roncalli, T., & Teiletche, J. (2010). The properties of equally weighted
       risk contribution portfolios. Journal of Portfolio Management 36(4), 60-70.
    .. [3] Paruolo, P., Saisana, M., & Saltelli, A. (2013). Ratings and rankings: voodoo or
       science? Journal of the Royal Statistical Society A 176(3), 609-634.
    .. [4] Becker, W., Saisana, M., Paruolo, P., & Vandecasteele, I. (2017). Weights and importance
       in composite indicators: closing the gap. Ecological Indicators 80, 12-22.

    Examples
    --------
    Equal shares of two columns have weights in proportion to 1 / deviation, whatever their
    correlation [2]_; the second varies three times as much:

    >>> weights_by_influence([[1, 6], [2, 0], [3, 3]]).weights.round(4)
    array([0.75, 0.25])
    """
    read = read_matrix(matrix, batch=False)
    shares = read_target(target, read)
    used = shares > 0
    scaled = near_one(read.values)
    counted = used & varying_columns(read.values)
    centered = np.where(counted, scaled - scaled.mean(axis=0), 0.0)
    deviations = np.where(counted, centered.std(axis=0), 1.0)
    unit = centered[:, used] / (deviations[used] * np.sqrt(len(scaled)))
    # R'R is the correlation matrix: to work with R keeps the digits that its square would lose.
    root = np.asarray(np.linalg.qr(unit, mode="r"), dtype=np.float64)
    _refuse_constant(root, read, used, deviations)
    scores, iterations = influence_minimum(root, shares[used])
    composite = unit @ scores
    reached, weights = np.zeros(read.criteria), np.zeros(read.criteria)
    reached[used] = scores * (unit.T @ composite) / (composite @ composite)
    weights[used] = weights_in_units(scores, deviations[used], read.values[:, used])
    return InfluenceResult(
        labels=read.labels,
        target=shares,
        shares=reached,
        iterations=iterations,
        weights=weights,
    )


def influence_minimum(root: FloatArray, target: FloatArray) -> tuple[FloatArray, int]:
    """Return weights by influence: where 1/2 |Rv|^2 - sum t_i ln v_i is least, and the steps.

    Parameters
    ----------
    root : ndarray, shape (rows, criteria)
        R, with R'R the covariance.
    target : ndarray, shape (criteria,)
        t, above zero, sum 1. At the minimum v_i (R'Rv)_i = t_i.
    """
    # The start has the size of the answer: |Rv| = 1, as at the minimum.
    at = np.sqrt(target)
    at = at / np.linalg.norm(root @ at)
    for iterations in range(1, MOST_STEPS + 1):
        # Newton's step solves (R'R + D'D) s = t/v - R'Rv with D = diag(sqrt(t) / v): least squares.
        barrier = np.sqrt(target)
        rows = np.vstack([root, np.diag(barrier / at)])
        step = np.linalg.lstsq(rows, np.concatenate([-(root @ at), barrier]), rcond=None)[0]
        # Damped by its largest relative size it lowers the function always, and stays above zero:
        # the third derivative is at most twice that size times the second (Spinu 2013).
        size = float(np.abs(step / at).max())
        at = at + step / (1.0 + size)
        if size <= CLOSE:
            return at, iterations
    raise InputError.of(
        "undefined",
        "target",
        f"no weights for these shares were found in {MOST_STEPS} steps",
        "give shares that differ less, or leave out columns that offset each other",
    )


def read_target(target: Target, matrix: Matrix) -> FloatArray:
    """Return the share of influence by which each column is weighed, (criteria,), sum 1."""
    if target is None:
        varying = varying_columns(matrix.values)
        if not varying.any():
            raise no_difference(matrix)
        return np.asarray(varying / varying.sum())
    given: Any = target
    if is_weighting(given):
        names = given.labels
        given = given.weights if names is None else dict(zip(names, given.weights, strict=True))
    _, shares = comparison_row(
        option_by_column(given, "target", matrix),
        "target",
        needed="a share of the variance is not negative",
        names=matrix.labels,
    )
    if len(shares) != matrix.criteria:
        raise InputError.of(
            "wrong-shape",
            "target",
            f"has {len(shares)} shares",
            f"one for each of the {matrix.criteria} columns is needed",
        )
    if not shares.any():
        raise InputError.of(
            "all-zero", "target", "is all zero", "at least one column must have a share"
        )
    relative = shares / shares.max()  # a sum could overflow
    if ((shares > 0) & (relative < LEAST)).any():
        raise InputError.of(
            "out-of-range",
            "target",
            f"has a share below {LEAST:g} of the largest",
            "give 0 to a column that is to have none",
        )
    return np.asarray(relative / relative.sum())


def _refuse_constant(
    root: FloatArray, matrix: Matrix, used: "np.typing.NDArray[np.bool_]", deviations: FloatArray
) -> None:
    """Refuse columns to weigh of which some sum with no negative weight is constant.

    With s such a sum, s'Cw = 0 for all w, while shares above zero need every (Cw)_i above zero.
    A sum that hardly varies is refused, too, in words of its own: there are weights, and no float
    holds them.
    """
    # What rounding in the values leaves of a constant sum, in units of their deviations.
    rounding = TIE / deviations[used].min()
    least = HARDLY + rounding
    smallest = np.linalg.svd(root, compute_uv=False).min() if len(root) == root.shape[1] else 0.0
    if smallest > least * np.sqrt(root.shape[1]):
        return  # no sum at all is constant
    # scipy.optimize takes longer to import than all of this package.
    from scipy.optimize import nnls

    # The sum that varies least, |Rs|, of those with no negative part and a total of one.
    rows = np.vstack([root, np.ones(root.shape[1])])
    found = nnls(rows, np.eye(len(rows))[-1])[0]
    found = found / found.sum()
    left = float(np.linalg.norm(root @ found))
    if left > least:
        return
    counted = found > HARDLY
    places = np.flatnonzero(used)[counted]
    where, leave = matrix.column(places.tolist()), "the target 0, or leave it out"
    if len(places) == 1:
        got = "is the same for every market, and has no share of any variance"
        raise InputError.of("no-difference", where, got, f"give it {leave}")
    parts = weights_in_units(found[counted], deviations[places], matrix.values[:, places])
    names = matrix.columns or range(matrix.criteria)
    total = " + ".join(
        f'{part:.3g} x "{in_words(names[place])}"'
        for part, place in zip(parts, places.tolist(), strict=True)
    )
    if left > rounding:
        got = (
            f"nearly offset each other: {total} varies by only {left:.1g} of what its parts do, so "
            "no weights of 16 digits give each its share"
        )
    else:
        got = (
            f"are constant together: {total} is the same for every market, so no weights give each "
            "its share"
        )
    raise InputError.of("no-difference", where, got, f"give one of them {leave}")


def weights_in_units(parts: FloatArray, deviations: FloatArray, values: FloatArray) -> FloatArray:
    """Return weights of columns in units of their deviations as those of the values, sum 1.

    `deviations` are those of `near_one(values)`.
    """
    # Exponents are taken apart, so that neither 1e300 nor 1e-300 overflows in the division.
    _, exponents = np.frexp(np.abs(values).max(axis=0))
    weights: FloatArray = np.ldexp(parts / deviations, exponents.min() - exponents)
    weights /= weights.sum()
    return weights
