"""Kemeny's consensus: the order that contradicts several rankings least.

Definition: Kemeny (1959); Young & Levenglick (1978). The search is exact: Held & Karp's (1962)
dynamic program over sets of markets.
"""

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import InputError

LARGEST = 20  # markets: each more doubles the sets, of which there are a million


def kemeny_places(ranks: FloatArray, likely: FloatArray) -> IntArray:
    """Return the place of each market, from 0 for the first, in the order of least contradiction.

    Parameters
    ----------
    ranks : ndarray, shape (markets, rankings)
        1 is best.
    likely : ndarray, shape (markets,)
        Points, larger is better: where several orders contradict the rankings as little, the one
        that has last whom these have last, and so on upward.

    Returns
    -------
    ndarray, shape (markets,)
        No two are the same.

    Raises
    ------
    InputError
        If there are more than 20 markets.

    Examples
    --------
    A is ahead of B in two rankings of three, B of C and A of C in two.

    >>> kemeny_places(np.array([[1, 1, 3], [2, 3, 1], [3, 2, 2]]), np.zeros(3)).tolist()
    [0, 1, 2]
    """
    count = len(ranks)
    if count > LARGEST:
        raise InputError.of(
            "too-large",
            "ranks",
            f"has {count} markets",
            f'"kemeny" goes through every set of them: leave all but {LARGEST} out, or use "borda"',
        )
    # From the likeliest down: among equals the one of the largest number is put last.
    listed = np.argsort(-likely, kind="stable")
    given = ranks[listed]
    # How many rankings are contradicted by putting the column's market behind the row's.
    lead = np.sign(given[:, None] - given).sum(axis=-1)
    last = _put_last(np.maximum(lead, 0))
    left, places = 2**count - 1, np.empty(count, dtype=np.int64)
    for place in reversed(range(count)):
        market = int(last[left])
        places[listed[market]] = place
        left ^= 1 << market
    return places


def _put_last(cost: FloatArray) -> IntArray:
    """Return who is last in each set of markets that Kemeny's order puts first at least cost.

    A set is a number whose bits are its markets, shape (2 ** markets,).
    """
    count = len(cost)
    least = np.full(2**count, np.inf)
    least[0] = 0.0
    last = np.zeros(2**count, dtype=np.int64)
    bits, sizes = np.arange(count), np.bitwise_count(np.arange(2**count))
    for size in range(count):
        sets = np.flatnonzero(sizes == size)
        members = sets[:, None] >> bits & 1
        behind = members @ cost  # of each market behind all of the set
        for market in reversed(range(count)):
            out = members[:, market] == 0
            larger = sets[out] | 1 << market
            found = least[sets[out]] + behind[out, market]
            better = found < least[larger]
            least[larger[better]], last[larger[better]] = found[better], market
    return last
