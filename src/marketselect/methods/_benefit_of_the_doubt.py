"""Benefit of the doubt: every market is scored by the weights that are best for it.

Definition: Melyn & Moesen (1991); Cherchye, Moesen, Rogge & Van Puyenbroeck (2007), section 3. It
is data envelopment analysis with one input that is the same for all.
"""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import BoolArray, FloatArray, read_matrix
from marketselect.arrays.columns import refuse_other_names
from marketselect.arrays.rescaling import (
    near_one,
    refuse_bad_columns,
    varying_columns,
    where_it_varies,
)
from marketselect.arrays.weights import Weighting, matching_shares
from marketselect.frozen import frozen_result

BLOCK = 2**20  # numbers of the tableaus that are worked on at once
GAIN = 1e-11  # what a step has to promise: less is rounding
PATIENCE = 50  # steps by the largest promise before those by number, which cannot go in circles


@frozen_result
class BenefitOfTheDoubtResult:
    """Every step of the benefit of the doubt.

    Attributes
    ----------
    weights
        w, (..., criteria), divided by their sum: only which of them are zero counts
    shares
        (..., markets, criteria): what each criterion adds to the market's score under the weights
        that are best for it, divided by the score; zero where the score is
    scores
        (..., markets), 0 to 1, which no market exceeds under another one's best weights
    """

    weights: FloatArray
    shares: FloatArray
    scores: FloatArray


def benefit_of_the_doubt(
    matrix: ArrayLike, weights: ArrayLike | Weighting
) -> BenefitOfTheDoubtResult:
    """Score each market by the weights that are best for it, as long as none exceeds 1 by them.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values, none negative, larger is better: turn a cost round first. Units do not
        matter, the origin of a scale does. Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero. Only which of them are zero counts: these criteria are left
        out. A batch of vectors, of matrices or of both gives a batch of scores: leading axes are
        broadcast.

    Returns
    -------
    BenefitOfTheDoubtResult
        `scores` has shape (..., markets), 0 to 1. Every market that is best on some mixture of
        criteria gets 1, so several share the first rank. A column without a difference counts for
        nothing, since by it alone all would be best; where none has one, all get 1. Where several
        weightings are best for a market, `shares` are those of one of them.

    Raises
    ------
    InputError
        If the matrix or the weights are not of that form, or a column that varies has a negative
        value.

    References
    ----------
    .. [1] Melyn, W., & Moesen, W. (1991). Towards a synthetic indicator of macroeconomic
       performance. Public Economics Research Paper 17, KU Leuven.
    .. [2] Cherchye, L., Moesen, W., Rogge, N., & Van Puyenbroeck, T. (2007). An introduction to
       "benefit of the doubt" composite indicators. Social Indicators Research 82(1), 111-145.

    Examples
    --------
    By hand: each of the first two is best on something; the third reaches 3/4 of the mixture that
    lies half way between them.

    >>> benefit_of_the_doubt([[4, 0], [0, 8], [1.5, 3]], [1, 1]).scores
    array([1.  , 1.  , 0.75])
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    given = matching_shares(weights, read)
    refuse_bad_columns(
        where_it_varies(read.values < 0, read.values).any(axis=-2),
        "has a negative value, and a share of the best needs values of zero or more",
        "shift or rescale the column",
        read,
    )
    counted = varying_columns(read.values) & (given > 0)
    lead = counted.shape[:-1]
    values = np.broadcast_to(near_one(read.values), (*lead, *read.values.shape[-2:]))
    shares = np.zeros(values.shape)
    scores = np.ones(values.shape[:-1])
    known: dict[tuple[object, ...], tuple[FloatArray, FloatArray]] = {}
    for place in np.ndindex(lead):
        # Of a batch of weights beside one matrix most leave out the same criteria.
        same = (*(place if read.values.ndim > 2 else ()), counted[place].tobytes())
        if same not in known:
            known[same] = _doubt_of_matrix(values[place], counted[place])
        scores[place], shares[place] = known[same]
    return BenefitOfTheDoubtResult(weights=given, shares=shares, scores=scores)


def _doubt_of_matrix(values: FloatArray, counted: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the benefit of the doubt of one matrix: scores, (markets,), and their shares."""
    shares = np.zeros(values.shape)
    if not counted.any():
        return np.ones(len(values)), shares
    x = values[:, counted]
    frontier = x[_undominated(x)]
    size = max(1, BLOCK // frontier.size)
    blocks = [_best_weights(x[start : start + size], frontier) for start in range(0, len(x), size)]
    parts = x * np.concatenate(blocks)
    scores: FloatArray = np.minimum(parts.sum(axis=1), 1.0)
    scores = np.where(scores > 1.0 - GAIN, 1.0, scores)
    shares[:, counted] = parts / np.where(scores > 0, scores, 1.0)[:, None]
    return scores, shares


def _undominated(x: FloatArray) -> BoolArray:
    """Return which rows of the matrix none dominates: the frontier of benefit of the doubt."""
    kept = np.ones(len(x), dtype=bool)
    for market in range(len(x)):
        if kept[market]:
            worse = (x <= x[market]).all(axis=1) & (x < x[market]).any(axis=1)
            kept &= ~worse
    return kept


def _best_weights(x: FloatArray, frontier: FloatArray) -> FloatArray:
    """Return weights for benefit of the doubt: w >= 0, ``frontier @ w <= 1``, largest ``x @ w``.

    The simplex method for all rows of `x` at once, each with a tableau of its own: the frontier's
    constraints down, the variables that are zero across, and the right side last.
    """
    count, criteria = x.shape
    constraints = len(frontier)
    table = np.tile(np.column_stack([frontier, np.ones(constraints)]), (count, 1, 1))
    promise = x.copy()
    zero = np.tile(np.arange(criteria), (count, 1))  # which variables are zero, by their numbers
    basic = np.tile(np.arange(criteria, criteria + constraints), (count, 1))
    step = 0
    while (going := np.flatnonzero((promise > GAIN).any(axis=1))).size:
        step += 1
        each = np.arange(len(going))
        t, g = table[going], promise[going]
        # Enters: the variable of the largest promise, later the first that promises anything.
        first = np.where(g > GAIN, zero[going], criteria + constraints).argmin(axis=1)
        column = g.argmax(axis=1) if step <= PATIENCE else first
        entering = t[each, :, column].copy()
        # Leaves: the constraint that is met first; of several the first by number.
        limits = entering > GAIN
        bound = np.where(limits, t[:, :, -1] / np.where(limits, entering, 1.0), np.inf)
        met = bound <= bound.min(axis=1, keepdims=True) * (1 + GAIN)
        row = np.where(met, basic[going], criteria + constraints).argmin(axis=1)
        pivot = entering[each, row]
        line = t[each, row] / pivot[:, None]
        line[each, column] = 1.0 / pivot
        gain = g[each, column].copy()
        t[each, :, column] = 0.0
        g[each, column] = 0.0
        t -= entering[:, :, None] * line[:, None, :]
        t[each, row] = line
        # What rounding leaves of zero is zero: below it no row would be met first.
        t[:, :, -1] = np.where(t[:, :, -1] > GAIN, t[:, :, -1], 0.0)
        table[going], promise[going] = t, g - gain[:, None] * line[:, :-1]
        zero[going, column], basic[going, row] = basic[going, row], zero[going, column]
    weights = np.zeros((count, criteria + constraints))
    np.put_along_axis(weights, basic, table[:, :, -1], axis=1)
    return weights[:, :criteria]
