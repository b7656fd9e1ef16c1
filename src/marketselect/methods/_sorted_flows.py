"""Flows of PROMETHEE of many markets or matrices, where a preference grows evenly with the lead.

Each draw of weights below the top factors has a matrix of its own, and a square of pairs for each
would take nearly all of the time. Sorted once, the markets over which the preference of a market is
full are the first ones, and those over which it is partial follow them: a count and a sum of sorted
values give the same flows (Calders & Van Assche 2018, Omega 76, 63-69).
"""

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray

EVEN = ("v-shape", "linear")  # preferences without a step, on which side of it no rounding decides


def sorted_flows(columns: FloatArray, q: float, p: float) -> tuple[FloatArray, FloatArray]:
    """Return the mean preference of each market over the others, and of the others over it.

    Parameters
    ----------
    columns : ndarray, shape (..., markets)
        One criterion of each matrix, larger is better. Values times their number are finite.
    q, p : float
        The lead d up to which there is no preference, and from which it is full, 0 <= q < p;
        between them it is (d - q) / (p - q).

    Returns
    -------
    tuple of ndarray, shape (..., markets)
    """
    markets = columns.shape[-1]
    order = np.argsort(columns, axis=-1)
    x = np.take_along_axis(columns, order, axis=-1)
    full, beaten = leads(x, p)
    own = np.broadcast_to(np.arange(markets), x.shape)
    some, ahead = leads(x, q) if q else (own, own)  # over its equals the lead is nothing
    leaving, entering = np.empty(x.shape), np.empty(x.shape)
    between = some - full
    part = np.clip((sums_of_leads(x, full, some) - between * q) / (p - q), 0.0, between)
    np.put_along_axis(leaving, order, full + part, axis=-1)
    between = beaten - ahead
    part = np.clip((-sums_of_leads(x, ahead, beaten) - between * q) / (p - q), 0.0, between)
    np.put_along_axis(entering, order, markets - beaten + part, axis=-1)
    return leaving / (markets - 1), entering / (markets - 1)


def leads(x: FloatArray, least: float) -> tuple[IntArray, IntArray]:
    """Return how many of the lowest are so far behind each, and where those so far ahead begin.

    `x` is sorted, shape (..., markets).
    """
    # Two runs that are sorted already: a stable sort finds them, and merges them in one go.
    merged = np.argsort(np.concatenate([x, x - least], axis=-1), axis=-1, kind="stable")
    moved = merged >= x.shape[-1]
    # At the place of k of one run stand k of it before, and all others there are of the other run.
    own = np.arange(x.size).reshape(x.shape)
    own = own + own[..., :1]
    behind, before = (np.flatnonzero(run).reshape(x.shape) - own for run in (moved, ~moved))
    return behind, before


def sums_of_leads(x: FloatArray, start: IntArray, end: IntArray) -> FloatArray:
    """Return the sum of the leads of each of sorted values over those from a place up to another.

    Values are parted in two, as sums of many round off what two of them differ by: sums of the
    first parts are exact, and rounding of the second, which are tiny, does not count.
    """
    _, exponent = np.frexp(x.shape[-1] * np.abs(x).max())
    unit = np.ldexp(1.0, max(int(exponent) - 53, -1022))
    first = np.round(x / unit) * unit
    count, found = end - start, np.zeros(x.shape)
    sums = np.zeros((*x.shape[:-1], x.shape[-1] + 1))
    for part in (x - first, first):
        np.cumsum(part, axis=-1, out=sums[..., 1:])
        below = np.take_along_axis(sums, end, -1)
        below -= np.take_along_axis(sums, start, -1)
        found += count * part - below
    return found
