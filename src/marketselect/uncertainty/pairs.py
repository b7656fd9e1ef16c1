"""How often each market beats each other one, over draws of scores."""

from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.ranks import ascending, rank_scores

CELLS = 4_000_000  # comparisons at a time, a byte each: they stay near the processor
BYTE = 255  # the largest count that a byte holds


def pair_wins(scores: FloatArray) -> FloatArray:
    """Count in how many draws each market beats each other one; a tie counts half.

    Parameters
    ----------
    scores : ndarray, shape (draws, markets)

    Returns
    -------
    ndarray, shape (markets, markets)
        Row beats column.
    """
    draws, markets = scores.shape
    ranks = short_ranks(scores)
    beaten = np.zeros((markets, markets))
    # So many draws at a time that their count fits into a byte: then all sums are of bytes.
    size = min(BYTE, max(1, CELLS // markets**2))
    for start in range(0, draws, size):
        part = ranks[start : start + size]
        better = (part[:, :, None] < part[:, None, :]).view(np.uint8)
        beaten += np.add.reduce(better, axis=0, dtype=np.uint8)
    # What neither wins is tied: half for each.
    return np.asarray((draws + beaten - beaten.T) / 2)


def short_ranks(scores: FloatArray) -> "np.ndarray[tuple[int, int], np.dtype[Any]]":
    """Return ranks of each draw, in the fewest bytes, for counting who beats whom."""
    markets = scores.shape[1]
    small = np.min_scalar_type(markets)
    order, tied = ascending(scores)
    ranks = np.empty(scores.shape, dtype=small)
    np.put_along_axis(ranks, order, np.arange(markets, 0, -1, dtype=small)[None], axis=1)
    # A pair is tied where the ranking holds it for tied: in the same group.
    if tied.any():
        ranks[tied] = rank_scores(scores[tied])
    return ranks


def pair_frame(shares: FloatArray, labels: "pd.Index[str]") -> pd.DataFrame:
    """Return in what share of draws each market beats each other, labeled; none itself."""
    shown = shares.copy()
    np.fill_diagonal(shown, np.nan)
    return pd.DataFrame(shown, labels, labels)
