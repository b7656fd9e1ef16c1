"""Copeland: markets are compared in pairs, criterion by criterion; only the order counts.

Definition: Copeland (1951) over the outranking matrix ``o_ij`` of Munda & Nardo (2009): the share
of weight of the criteria on which market i is ahead of market j, ties half to each. A second rule
adds up the matrix as it is (de Borda, 1781). Values in unlike units need no normalization.
"""

from collections.abc import Callable
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import (
    Directions,
    FloatArray,
    IntArray,
    direction_signs,
    read_matrix,
)
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.weights import Weighting, matching_shares
from marketselect.frozen import frozen_result
from marketselect.methods._distances import weighted
from marketselect.ranks import block_ranks
from marketselect.values import one_of

Rule = Literal["majority", "shares"]
RULES = get_args(Rule)
CHUNK = 200_000  # what is decided at a time, where it stays near the processor
MOST_COUNTS = 100_000_000  # of patterns for all markets: 400 MB
HALF = 1e-12  # a sum of weights this near to one half is a tie


@frozen_result
class CopelandResult:
    """Every step of a Copeland score.

    Attributes
    ----------
    ranks
        (..., markets, criteria): 1 is best in the criterion, ties share the better
    beaten
        (..., markets, criteria): how many others it is ahead of, ties half
    weights
        w, (..., criteria), divided by their sum
    scores
        (..., markets), 0 to markets - 1, larger is better
    """

    ranks: IntArray
    beaten: FloatArray
    weights: FloatArray
    scores: FloatArray


def copeland(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    rule: Rule = "majority",
) -> CopelandResult:
    """Score markets by how many others they outrank.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values; only their order within each column counts. Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.
    rule : {"majority", "shares"}
        "majority" is Copeland's own [1]_: one point for each market that is outranked by more
        than half of the weight, half a point for a tie. Wins minus losses, as COINr's
        ``a_copeland`` counts them [3]_, is twice that less ``markets - 1``: the same order.
        "shares" adds up a market's row of the outranking matrix [2]_, ``sum_j o_ij``: the
        weighted Borda count [4]_. It tells a narrow majority from a wide one, and its scores are
        linear in the weights; but a market that outranks every other need not come first.

    Returns
    -------
    CopelandResult
        `scores` has shape (..., markets), from 0 to ``markets - 1``. They are relative: another
        candidate can change the order of the rest.

    Raises
    ------
    InputError
        If the matrix, the weights or an option are not of that form.

    References
    ----------
    .. [1] Copeland, A. H. (1951). A reasonable social welfare function. University of Michigan.
    .. [2] Munda, G., & Nardo, M. (2009). Noncompensatory/nonlinear composite indicators for
       ranking countries: a defensible setting. Applied Economics 41(12), 1513-1523.
    .. [3] Becker, W., Caperna, G., Del Sorbo, M., Norlen, H., Papadimitriou, E., & Saisana, M.
       (2022). COINr: An R package for developing composite indicators. Journal of Open Source
       Software 7(78), 4567. As documented in version 1.1.14.
    .. [4] de Borda, J.-C. (1781). Memoire sur les elections au scrutin. Histoire de l'Academie
       Royale des Sciences, Paris.

    Examples
    --------
    The first market is ahead of both others on 0.6 of the weight, and last on the rest:

    >>> values = [[3, 1], [2, 3], [1, 2]]
    >>> copeland(values, [0.6, 0.4]).scores
    array([2., 1., 0.])
    >>> copeland(values, [0.6, 0.4], rule="shares").scores
    array([1.2, 1.4, 0.4])
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    shares = matching_shares(weights, read)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    one_of(rule, RULES, "rule")
    values = (read.values * signs).swapaxes(-1, -2)
    flat: IntArray = block_ranks(values.reshape(-1, values.shape[-1]))
    columns: IntArray = flat.reshape(values.shape)
    cells = flat + np.arange(len(flat))[:, None] * (flat.shape[1] + 1)  # of each column its own
    tied = np.bincount(cells.ravel())[cells].reshape(columns.shape)
    ranks = columns.swapaxes(-1, -2)
    beaten = columns.shape[-1] - ranks - (tied.swapaxes(-1, -2) - 1) / 2
    scores = weighted(shares, beaten) if rule == "shares" else majorities(ranks, shares)
    return CopelandResult(ranks=ranks, beaten=beaten, weights=shares, scores=scores)


def pairs_ahead(ranks: IntArray) -> FloatArray:
    """Return Copeland's pairs: 1 if i is ahead of j, 1/2 if tied, else 0; 0 for i beside itself.

    Parameters
    ----------
    ranks : ndarray, shape (markets, criteria)

    Returns
    -------
    ndarray, shape (criteria, markets, markets)
    """
    one, other = ranks.T[:, :, None], ranks.T[:, None, :]
    ahead: FloatArray = (one < other) + 0.5 * (one == other)
    ahead[:, np.arange(len(ranks)), np.arange(len(ranks))] = 0.0
    return ahead


def untold(_markets: int) -> None:
    """Tell nobody how many markets Copeland has compared."""


def majorities(
    ranks: IntArray, shares: FloatArray, told: Callable[[int], object] = untold
) -> FloatArray:
    """Return Copeland's scores: how many others each outranks by most of the weight, ties half.

    Shape (..., markets), for ranks of shape (..., markets, criteria). In blocks: nothing is held
    that grows with the square of the markets. Of one matrix it is `told` how many are compared.
    """
    if ranks.ndim > 2:
        lead = np.broadcast_shapes(ranks.shape[:-2], shares.shape[:-1])
        each = np.broadcast_to(ranks, (*lead, *ranks.shape[-2:]))
        weights = np.broadcast_to(shares, (*lead, shares.shape[-1]))
        scores = np.empty((*lead, ranks.shape[-2]))
        for place in np.ndindex(lead):
            scores[place] = majorities(each[place], weights[place])
        return scores
    markets, criteria = ranks.shape
    patterns = 3**criteria
    few = patterns <= markets**2 and patterns * markets <= MOST_COUNTS
    flat = shares.reshape(-1, criteria)
    count = (
        copeland_by_pair if not few else copeland_by_pattern if len(flat) > 1 else copeland_by_way
    )
    small = np.int16 if max(markets, patterns) < 2**15 else np.int32
    # A market meets itself as one that it is tied with.
    scores = count(np.ascontiguousarray(ranks.T, dtype=small), flat, told) - 0.5
    return scores.reshape(*shares.shape[:-1], markets)


def copeland_by_pattern(
    columns: IntArray, weights: FloatArray, told: Callable[[int], object]
) -> FloatArray:
    """Count for Copeland whom each market outranks, for weights of shape (draws, criteria).

    Over few criteria pairs compare in few ways, however many markets meet. What each way is worth
    is decided once a draw.
    """
    criteria, markets = columns.shape
    signs = ways_of_pairs(criteria)
    meets = np.empty((markets, len(signs)), dtype=np.float32)  # counts and halves are exact in it
    step = max(1, CHUNK // max(markets, len(signs)))
    for start in range(0, markets, step):
        way = compared_ways(columns, slice(start, start + step))
        cells = way + np.arange(0, len(way) * len(signs), len(signs))[:, None]
        found = np.bincount(cells.ravel(), minlength=len(way) * len(signs))
        meets[start : start + step] = found.reshape(-1, len(signs))
        told(min(start + step, markets))
    scores = np.empty((len(weights), markets))
    step = max(1, CHUNK // len(signs))
    for start in range(0, len(weights), step):
        won = pair_worth(signs, weights[start : start + step])
        scores[start : start + step] = (meets @ won.astype(np.float32)).T
    return scores


def copeland_by_way(
    columns: IntArray, weights: FloatArray, told: Callable[[int], object]
) -> FloatArray:
    """Count for Copeland the same at one vector of weights, (1, criteria): looking up ways."""
    criteria, markets = columns.shape
    won = pair_worth(ways_of_pairs(criteria), weights)[:, 0]
    scores = np.empty((1, markets))
    step = max(1, CHUNK // markets)
    for start in range(0, markets, step):
        rows = slice(start, start + step)
        scores[0, rows] = won.take(compared_ways(columns, rows)).sum(axis=1)
        told(min(start + step, markets))
    return scores


@cache
def ways_of_pairs(criteria: int) -> IntArray:
    """Return Copeland's ways of a pair: +1, 0 or -1 by criterion, shape (ways, criteria)."""
    found: IntArray = np.indices((3,) * criteria).reshape(criteria, -1).T - 1
    found.flags.writeable = False
    return found


def compared_ways(columns: IntArray, rows: slice) -> IntArray:
    """Return in which of Copeland's ways some markets compare with each, shape (rows, markets).

    Numbers are as small as those of the columns: few bytes go through many steps.
    """
    way = np.zeros((len(columns[0, rows]), columns.shape[1]), dtype=columns.dtype)
    for own, other in zip(columns[:, rows, None], columns, strict=True):  # digits -1, 0 and 1
        way *= 3
        way += np.sign(other - own)
    way += 3 ** len(columns) // 2
    return way


def copeland_by_pair(
    columns: IntArray, weights: FloatArray, told: Callable[[int], object]
) -> FloatArray:
    """Count for Copeland whom each outranks, for weights (draws, criteria), pair by pair."""
    criteria, markets = columns.shape
    scores = np.empty((len(weights), markets))
    rows = max(1, CHUNK // (markets * criteria))
    draws = max(1, CHUNK // (markets * rows))
    for first in range(0, markets, rows):
        own, other = columns[:, first : first + rows, None], columns[:, None]
        signs = np.subtract(own < other, own > other, dtype=np.int8).reshape(criteria, -1).T
        for start in range(0, len(weights), draws):
            won = pair_worth(signs, weights[start : start + draws])
            each = won.reshape(-1, markets, won.shape[-1]).sum(axis=1)
            scores[start : start + draws, first : first + rows] = each.T
        told(min(first + rows, markets))
    return scores


def pair_worth(signs: IntArray, weights: FloatArray) -> FloatArray:
    """Return Copeland's worth of pairs: 1 for a majority, 1/2 for a tie, else 0; (pairs, draws).

    `signs` are +1 for a criterion on which one is ahead, -1 where it is behind: o - 1/2 is half
    their mean.
    """
    margin = signs @ weights.T / 2
    won: FloatArray = (margin > HALF) + 0.5 * (np.abs(margin) <= HALF)
    return won
