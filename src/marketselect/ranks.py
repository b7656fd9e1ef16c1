"""From scores to ranks: one tie rule for a single ranking and for a million draws.

Scores within 1e-12 x the largest absolute score of the first of their group are tied, and tied
markets share the better rank ("competition" ranking: 1, 1, 3). How far two rankings agree: Kendall
(1945) for tau-b, counted as by Knight (1966), Spearman (1904) for rho, both with ties.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marketselect.arrays.checks import FloatArray, IntArray, float_matrix, refuse_non_finite
from marketselect.errors import InputError
from marketselect.values import TIE


def tie_groups(ordered: FloatArray) -> IntArray:
    """Return for each place the place of the first of its tie group.

    Parameters
    ----------
    ordered : ndarray, shape (..., markets)
        Scores, best first along the last axis.
    """
    markets = ordered.shape[-1]
    tolerance = TIE * np.abs(ordered).max(axis=-1, keepdims=True)
    starts = np.ones(ordered.shape, dtype=bool)
    starts[..., 1:] = ordered[..., :-1] - ordered[..., 1:] > tolerance
    places = np.arange(markets)
    first = np.maximum.accumulate(np.where(starts, places, 0), axis=-1)
    # A chain of near ties may reach further from its first than the tolerance: those few rows
    # are walked, everything else stays an array operation.
    spread = np.take_along_axis(ordered, first, axis=-1) - ordered
    for row in np.argwhere((spread > tolerance).any(axis=-1)):
        line, limit, head = ordered[tuple(row)], tolerance[tuple(row)][0], 0
        for place in range(1, markets):
            if line[head] - line[place] > limit:
                head = place
            first[(*row, place)] = head
    return first


def rank_scores(scores: ArrayLike) -> IntArray:
    """Rank scores, larger is better, 1 is best; ties share the better rank.

    Parameters
    ----------
    scores : array_like, shape (..., markets)
        Finite scores; the last axis is ranked.

    Returns
    -------
    ndarray of int64, shape (..., markets)

    Raises
    ------
    InputError
        If a score is missing, infinite or not a number, or if there is none.

    Examples
    --------
    >>> rank_scores([21.5, 22.0, 22.0])
    array([3, 1, 1])
    """
    values = float_matrix(scores, "scores")
    if values.ndim == 0 or values.shape[-1] == 0:
        raise InputError.of(
            "wrong-shape", "scores", f"have shape {values.shape}", "at least one score is needed"
        )
    refuse_non_finite(values, "scores")
    order = np.argsort(-values, axis=-1, kind="stable")
    first = tie_groups(np.take_along_axis(values, order, axis=-1))
    ranks = np.empty(values.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, first + 1, axis=-1)
    return ranks


CELLS = 2**15  # scores that are sorted at a time, with what is made of them: near the processor


@dataclass(frozen=True, kw_only=True, eq=False)
class RankCounts:
    """How often each market took each rank over so many draws; counts of blocks add up."""

    draws: int
    shares: FloatArray
    """markets x ranks: places held; tied markets split the places of their group evenly."""
    ranks: FloatArray
    """markets x ranks: ranks held; tied markets all hold the better one."""
    first_weights: FloatArray
    """markets x criteria: the sum of the weights at which a market was first."""

    def __add__(self, other: "RankCounts") -> "RankCounts":
        return RankCounts(
            draws=self.draws + other.draws,
            shares=self.shares + other.shares,
            ranks=self.ranks + other.ranks,
            first_weights=self.first_weights + other.first_weights,
        )

    def percentile(self, share: float) -> IntArray:
        """Return the first rank that at least so large a share of the draws reaches.

        That is the inverted distribution function, ``method="inverted_cdf"`` of NumPy.
        """
        reached = self.ranks.cumsum(axis=1)
        # 0.95 of 500 draws must be reached by 475, whatever the product rounds to.
        least = share * self.draws * (1 - 1e-12)
        place: IntArray = (reached >= least).argmax(axis=1) + 1
        return place


def rank_percentiles(
    scores: Callable[[], Iterable[FloatArray]], markets: int, shares: Sequence[float]
) -> list[IntArray]:
    """Return percentiles of ranks over draws, as `RankCounts.percentile` does, in little memory.

    Counts of every market at every rank grow with the square of the markets. Here ranks are counted
    in about as many bins as the root of their number, and then, in the bin that holds a percentile,
    one by one: exact, at twice the work.

    Parameters
    ----------
    scores : callable
        Gives the blocks of draws, each of shape (draws, markets), twice the same.
    markets : int
    shares : sequence of float

    Returns
    -------
    list of ndarray, shape (markets,)
        For each share the first rank that at least so large a share of the draws reaches.
    """
    width = ceil(sqrt(markets))
    bins, draws = -(-markets // width), 0
    counts = np.zeros((markets, bins), dtype=np.int32)
    rows = np.arange(markets)
    for block in scores():
        places = block_ranks(block) - 1
        counts += np.bincount(
            (rows * bins + places // width).ravel(), minlength=markets * bins
        ).reshape(counts.shape)
        draws += len(block)
    reached = counts.cumsum(axis=1)
    least = [share * draws * (1 - 1e-12) for share in shares]
    held = [(reached >= limit).argmax(axis=1) for limit in least]
    before = [np.where(bin_ > 0, reached[rows, bin_ - 1], 0) for bin_ in held]
    within = [np.zeros((markets, width), dtype=np.int32) for _ in shares]
    for block in scores():
        places = block_ranks(block) - 1
        for place, bin_ in enumerate(held):
            cells = (rows * width + places % width)[places // width == bin_]
            more = np.bincount(cells, minlength=markets * width)
            within[place] += more.reshape(within[place].shape)
    return [
        bin_ * width + (base[:, None] + found.cumsum(axis=1) >= limit).argmax(axis=1) + 1
        for bin_, base, found, limit in zip(held, before, within, least, strict=True)
    ]


def counting_bytes(markets: int) -> int:
    """Return about how many bytes `rank_percentiles` takes at most for so many markets."""
    return 48 * markets * ceil(sqrt(markets))  # seven tables of this shape, of 4 or 8 bytes


MOST_SQUARE = 10_000  # markets, for which a square of numbers takes 0.8 GB


def refuse_squares(markets: int, tables: int, what: str, remedy: str) -> None:
    """Refuse so many markets that so many squares of numbers would not be held at once."""
    if markets > MOST_SQUARE:
        size = tables * 8 * markets**2
        raise InputError.of(
            "too-large",
            "ranking",
            f"has {markets:,} markets: {what} is {markets:,} x {markets:,} numbers, for which "
            f"{size / 1e9:,.0f} GB are needed",
            f"take at most {MOST_SQUARE:,}: {remedy}",
        )


def block_ranks(scores: FloatArray) -> IntArray:
    """Return the ranks of a block of draws, shape (draws, markets), as `rank_scores` does."""
    order, tied = ascending(scores)
    ranks = np.empty(scores.shape, dtype=np.int64)
    order += np.arange(0, scores.size, scores.shape[1])[:, None]
    ranks.reshape(-1)[order] = np.arange(scores.shape[1], 0, -1)
    if tied.any():
        ranks[tied] = rank_scores(scores[tied])
    return ranks


def count_ranks(scores: FloatArray, weights: FloatArray) -> RankCounts:
    """Count the ranks of a block of draws.

    Parameters
    ----------
    scores : ndarray, shape (draws, markets)
        Finite; larger is better.
    weights : ndarray, shape (draws, criteria)
        The weights of each draw, summed up where a market is first.

    Returns
    -------
    RankCounts
        Each draw adds one to every market and to every rank.
    """
    draws, markets = scores.shape
    criteria = weights.shape[1]
    shares = np.zeros(markets**2, dtype=np.int64)
    first = np.empty(draws, dtype=np.int64)
    tied = np.zeros(draws, dtype=bool)
    # Cell = (rank - 1) x markets + market.
    places = np.arange(markets - 1, -1, -1) * markets
    offsets = np.tile(places, (block_rows(draws, markets), 1))
    for part, order, held in ascending_blocks(scores):
        first[part], tied[part] = order[:, -1], held  # the last in ascending order is first
        cells = order[~held] if held.any() else order
        cells += offsets[: len(cells)]
        np.add.at(shares, cells.ravel(), 1)
    # The cell of its weights = market x criteria + criterion.
    best = first[~tied, None] * criteria + np.arange(criteria)
    alone = shares.reshape(markets, markets).T.astype(np.float64)
    counts = RankCounts(
        draws=len(best),
        shares=alone,
        ranks=alone,
        first_weights=counted_cells(best, (markets, criteria), weights[~tied]),
    )
    return counts + count_tied(scores[tied], weights[tied]) if tied.any() else counts


def block_rows(draws: int, markets: int) -> int:
    """Return how many draws are sorted into ranks at a time."""
    return max(1, min(draws, CELLS // markets))


def ascending(scores: FloatArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """Return each draw's markets from worst to best, and the draws that may hold ties.

    Parameters
    ----------
    scores : ndarray, shape (draws, markets)

    Returns
    -------
    ndarray of int64, shape (draws, markets)
        Where `tied` is False, the order is that of the scores.
    ndarray of bool, shape (draws,)
    """
    order = np.empty(scores.shape, dtype=np.int64)
    tied = np.empty(len(scores), dtype=bool)
    for part, numbers, held in ascending_blocks(scores):
        order[part], tied[part] = numbers, held
    return order, tied


def ascending_blocks(
    scores: FloatArray,
) -> Iterator[tuple[slice, IntArray, NDArray[np.bool_]]]:
    """Yield what `ascending` does of some draws after the other: where, in which order, ties.

    Few enough at a time for the processor's cache, in one buffer: it is the caller's to write into
    until the next.
    """
    draws, markets = scores.shape
    rows = block_rows(draws, markets)
    # The market's number takes the last bits of its score: then one sort, several times as fast as
    # an argsort, gives the order and the gaps. That moves a score by less than 2^bits roundings,
    # so draws with a gap as small are handed over for an exact count, like those with ties.
    last_bits = (1 << (markets - 1).bit_length()) - 1
    share = TIE + 2 * (last_bits + 1) * np.finfo(np.float64).eps
    least = np.finfo(np.float64).tiny
    names = np.tile(np.arange(markets), (rows, 1))
    buffer, space = np.empty((rows, markets), dtype=np.int64), np.empty((rows, markets))
    for start in range(0, draws, rows):
        part = slice(start, min(start + rows, draws))
        size = part.stop - start
        numbers, gaps = buffer[:size], space[:size]
        np.bitwise_and(np.ascontiguousarray(scores[part]).view(np.int64), ~last_bits, out=numbers)
        numbers |= names[:size]
        ordered = numbers.view(np.float64)
        ordered.sort(axis=-1)
        # In one line, which is twice as fast as row by row. The last of a row has none behind it.
        line = ordered.reshape(-1)
        with np.errstate(over="ignore"):  # from the best of one draw to the worst of the next
            np.subtract(line[1:], line[:-1], out=gaps.reshape(-1)[:-1])
        gaps[:, -1] = np.inf
        tied = np.zeros(size, dtype=bool)
        # Hardly a block holds a tie: its smallest gap and its largest score tell of most.
        if gaps.min() <= share * max(-ordered[:, 0].min(), ordered[:, -1].max()) + least:
            largest = np.maximum(-ordered[:, 0], ordered[:, -1])
            tied = gaps.min(axis=-1) <= share * largest + least
        numbers &= last_bits
        yield part, numbers, tied


def count_tied(scores: FloatArray, weights: FloatArray) -> RankCounts:
    """Count draws with ties: a group of tied markets splits the places that it holds."""
    draws, markets = scores.shape
    order = np.argsort(-scores, axis=-1, kind="stable")
    first = tie_groups(np.take_along_axis(scores, order, axis=-1))
    group = np.arange(draws)[:, None] * markets + first
    size = counted_cells(group, (draws, markets))
    members = np.take_along_axis(size, first, axis=-1)
    part = 1 / members
    shares = np.zeros((markets, markets))
    # Every member of a group holds each of the group's places for one part in its size.
    for offset in range(int(size.max())):
        inside = offset < members
        cell = (order * markets + first + offset)[inside]
        shares += counted_cells(cell, (markets, markets), part[inside])
    row, column = np.nonzero(first == 0)
    sums = np.zeros((markets, weights.shape[1]))
    np.add.at(sums, order[row, column], weights[row] * part[row, column][:, None])
    return RankCounts(
        draws=draws,
        shares=shares,
        ranks=counted_cells(order * markets + first, (markets, markets)),
        first_weights=sums,
    )


def counted_cells(
    cells: IntArray, shape: tuple[int, int], parts: FloatArray | None = None
) -> FloatArray:
    """Return how often each cell of a table of ranks is named, or the sum of its parts."""
    flat = None if parts is None else parts.ravel()
    counts = np.bincount(cells.ravel(), flat, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def kendall_tau(one: IntArray, other: IntArray) -> float:
    """Return Kendall's tau-b, how far two rankings agree in the pairs that are not tied.

    Counted by sorting, as Knight (1966) does, for a square of markets takes minutes where there are
    many. Each pair is counted both ways.
    """
    every = len(one) * (len(one) - 1)
    apart, other_apart = every - tied_pairs(one), every - tied_pairs(other)
    in_both = tied_pairs(one * (len(one) + 1) + other)
    discordant = 2 * inversions(other[np.lexsort((other, one))])
    return cosine(apart + other_apart - every + in_both - 2 * discordant, apart, other_apart)


def tied_pairs(ranks: IntArray) -> int:
    """Return how many pairs share a rank in one of two rankings, each counted both ways."""
    counts = np.unique(ranks, return_counts=True)[1]
    return int((counts * (counts - 1)).sum())


def inversions(ranks: IntArray) -> int:
    """Return how many pairs two rankings have in opposite order: the larger rank is first.

    Of two that differ, their highest binary digit that does says which is larger. So for each
    digit, among those that agree in all above it, ones are counted that stand before a zero.
    """
    found = 0
    for digit in range(int(ranks.max()).bit_length()):
        ordered = ranks[np.argsort(ranks >> digit + 1, kind="stable")]
        above, ones = ordered >> digit + 1, ordered >> digit & 1
        before = ones.cumsum() - ones
        before -= before[np.searchsorted(above, above)]
        found += int(before[ones == 0].sum())
    return found


def spearman_rho(one: IntArray, other: IntArray) -> float:
    """Return Spearman's rho of two rankings: the correlation of the mean places ties share."""
    return cosine(*rank_products(markets_behind(one), markets_behind(other)))


def markets_behind(ranks: IntArray) -> IntArray:
    """Return how many more markets a ranking puts behind each than ahead of it.

    That is twice the way of its place from the middle one.
    """
    ordered = np.sort(ranks)
    ahead, not_behind = (np.searchsorted(ordered, ranks, side) for side in ("left", "right"))
    more: IntArray = len(ranks) - ahead - not_behind
    return more


def rank_products(one: IntArray, other: IntArray) -> tuple[int, int, int]:
    """Return the sums of products and of squares of two rankings' places: whole, so exact."""
    return int((one * other).sum()), int((one * one).sum()), int((other * other).sum())


def cosine(product: int, square: int, other_square: int) -> float:
    """Return how two rankings agree: a sum of products over the root of those of squares."""
    return float(product) / sqrt(float(square) * float(other_square))


def concordance(ranks: IntArray) -> float | None:
    """Return how far several rankings agree: Kendall's W of ranks, (persons, markets).

    From whole numbers of halves, so exact but for the last division.
    """
    persons, markets = ranks.shape
    ties = [np.unique(row, return_counts=True)[1] for row in ranks]
    # A market's better rank, and half of those that share it beside: twice, to stay whole.
    twice = sum(
        2 * row + count[np.searchsorted(np.unique(row), row)] - 1
        for row, count in zip(ranks, ties, strict=True)
    )
    squares = int((twice**2).sum()) * markets - int(np.sum(twice)) ** 2
    tied = sum(int((count**3 - count).sum()) for count in ties)
    below = persons**2 * (markets**3 - markets) - persons * tied
    return 3 * squares / markets / below if below else None
