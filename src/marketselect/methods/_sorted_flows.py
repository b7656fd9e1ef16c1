"""Flows of PROMETHEE of many markets or matrices, where a preference grows evenly with the lead.

Each draw of weights below the top factors has a matrix of its own, and a square of pairs for each
would take nearly all of the time. Sorted once, the markets over which the preference of a market is
full are the first ones, and those over which it is partial follow them: a count and a sum of sorted
values give the same flows (Calders & Van Assche 2018, Omega 76, 63-69).
"""

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray

BLOCK = 2**13  # values at a time: what stays in the processor's cache
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
    _, exponent = np.frexp(markets * np.abs(columns).max())
    unit = np.ldexp(1.0, max(int(exponent) - 53, -1022))
    rows = columns.reshape(-1, markets)
    flows = np.empty((2, *rows.shape))
    step = max(1, BLOCK // markets)
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        flows[:, block] = flows_of_rows(rows[block], q, p, unit)
    flows /= markets - 1
    leaving, entering = flows.reshape(2, *columns.shape)
    return leaving, entering


def flows_of_rows(rows: FloatArray, q: float, p: float, unit: float) -> FloatArray:
    """Return the sums of preferences of each over the others, and of these over it: shape (2, ...).

    The unit is that of the first parts of values, see `running_sums`.
    """
    markets = rows.shape[1]
    order = np.argsort(rows, axis=-1)
    order += row_starts(*rows.shape)
    x = rows.ravel()[order]
    sums = running_sums(x, unit)
    full, beaten = leads(x, p)
    own = np.arange(markets)
    some, ahead = leads(x, q) if q else (own, own)  # over its equals the lead is nothing
    over = (some - full).astype(np.float64)
    under = (beaten - ahead).astype(np.float64)
    behind = sums_of_leads(sums, full, some, over)
    before = sums_of_leads(sums, ahead, beaten, under)
    found = np.empty((2, rows.size))
    found[0, order] = full + partial_preference(behind, over, q, p)
    found[1, order] = (markets - beaten) + partial_preference(-before, under, q, p)
    return found.reshape(2, *rows.shape)


def partial_preference(ahead: FloatArray, count: FloatArray, q: float, p: float) -> FloatArray:
    """Return the sum of so many preferences by the sum of their leads, each from q to p."""
    found = ((ahead - count * q) if q else ahead) / (p - q)
    # No sum of preferences is below zero, or more than one for each.
    return np.minimum(np.maximum(found, 0.0, out=found), count, out=found)


def row_starts(rows: int, size: int) -> IntArray:
    """Return where each row of so many values begins in all of them, shape (rows, 1)."""
    return np.arange(0, rows * size, size)[:, None]


def leads(x: FloatArray, least: float) -> tuple[IntArray, IntArray]:
    """Return how many of the lowest are so far behind each, and where those so far ahead begin.

    `x` is sorted, shape (rows, markets).
    """
    # Two runs that are sorted already: a stable sort finds them, and merges them in one go.
    merged = np.argsort(np.concatenate([x, x - least], axis=-1), axis=-1, kind="stable")
    moved = merged >= x.shape[-1]
    # At the place of k of one run stand k of it before, and all others there are of the other run.
    own = np.arange(x.size).reshape(x.shape)
    own += row_starts(*x.shape)
    behind, before = (np.flatnonzero(run).reshape(x.shape) - own for run in (moved, ~moved))
    return behind, before


def running_sums(x: FloatArray, unit: float) -> list[tuple[FloatArray, FloatArray]]:
    """Return two parts of sorted values, each with its sums up to each place.

    Parted, as sums of many round off what two of them differ by: sums of the first parts, in whole
    units, are exact, and rounding of the second, which are tiny, does not count. These come first.
    """
    first = np.round(x / unit) * unit
    found = []
    for part in (x - first, first):
        sums = np.zeros((len(x), x.shape[-1] + 1))
        np.cumsum(part, axis=-1, out=sums[:, 1:])
        found.append((part, sums))
    return found


def sums_of_leads(
    parts: list[tuple[FloatArray, FloatArray]], start: IntArray, end: IntArray, count: FloatArray
) -> FloatArray:
    """Return the sum of the leads of each of sorted values over those from a place up to another.

    Places are of shape (rows, markets), or (markets,) where each value itself is one.
    """
    row, found = row_starts(*parts[0][1].shape), np.zeros(parts[0][0].shape)
    places = [None if at.ndim == 1 else row + at for at in (end, start)]
    for part, sums in parts:
        upper, lower = (sums[:, :-1] if at is None else sums.ravel()[at] for at in places)
        each = count * part
        each -= upper - lower
        found += each
    return found
