"""Net flows of PROMETHEE of many matrices at once, where a preference grows evenly with the lead.

Draws of weights below the top factors give each draw a matrix of its own. Its net flows are sums of
leads d cut off at the thresholds: clip(d, -p, p) less clip(d, -q, q) is p - q times the preference
less that of the other. Such a sum over sorted values is that over one run of them, and what is cut
off besides; with whole numbers in place of values all of that is exact (`_sorted_flows` gives both
flows apart, of any number of markets).
"""

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.methods._sorted_flows import FINE, merged_whole, places_between

MOST = 256  # markets of which two rows of short numbers are sorted in the processor's registers
BLOCK = 2**15  # values at a time: what stays in the processor's cache
MANTISSA = 52  # bits of a float behind its first
SHORT = 30  # bits of a value that are compared at first
TOP = 1000  # exponents of two beyond which a span is none that floats of one exponent hold


def net_flows(
    matrices: FloatArray, q: FloatArray, p: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """Return net flows in units of each criterion, and these units; None where they are too coarse.

    Parameters
    ----------
    matrices : ndarray, shape (..., markets, criteria)
        Larger is better.
    q, p : ndarray, shape (criteria,)
        The lead up to which there is no preference, and from which it is full, 0 <= q < p.

    Returns
    -------
    tuple of ndarray, shapes (..., markets, criteria) and (criteria,)
        Their product is the mean preference of each market over the others, less that of these.
    """
    columns = matrices.swapaxes(-1, -2)
    markets = columns.shape[-1]
    rows = columns.reshape(-1, markets)
    low = rows.min()
    with np.errstate(over="ignore"):
        span = rows.max() - low
    _, exponent = np.frexp(span)
    unit = np.ldexp(1.0, exponent + 1 - MANTISSA)
    held = np.isfinite(span) and abs(exponent) <= TOP
    if markets > MOST or not held or (unit > FINE * (p - q)).any():
        return None
    # Moved between two powers of two, with room for what of the way is rounding.
    way = np.ldexp(2.5, exponent) - low
    # Where none leads by as much, none leads by more.
    full, none = (np.rint(np.minimum(least / unit, 2.0**MANTISSA)) for least in (p, q))
    flows = np.empty(rows.shape)
    step = max(1, BLOCK // (markets * len(p))) * len(p)
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        net_flows_of_rows(rows[block] + way, none, full, flows[block])
    share = 1 / np.where(full < 2.0**MANTISSA, full - none, (p - q) / unit)
    return flows.reshape(columns.shape).swapaxes(-1, -2), share / (markets - 1)


def net_flows_of_rows(
    values: FloatArray, none: FloatArray, full: FloatArray, out: FloatArray
) -> None:
    """Write net flows of rows, criterion after criterion, in units. The values are used up.

    Floats between a power of two and the next have bits that, read as a whole number, count units.
    """
    markets = values.shape[1]
    bits = (markets - 1).bit_length()
    x = values.view(np.int64)
    x <<= bits
    x |= np.arange(markets)
    x.sort(axis=-1)
    order = x & ((1 << bits) - 1)
    order += np.arange(0, x.size, markets)[:, None]
    x >>= bits
    sums = np.zeros(x.size + 1, dtype=np.int64)
    np.cumsum(x, out=sums[1:])
    flows = cut_leads(x, sums, full)
    if none.any():
        flows -= cut_leads(x, sums, none)
    out.reshape(-1)[order.ravel()] = flows.astype(np.float64).ravel()


def cut_leads(x: IntArray, sums: IntArray, most: FloatArray) -> IntArray:
    """Return the sum of the leads of each over all of its row, each lead cut off at +-`most`."""
    rows, markets = x.shape
    same = (most == most[0]).all()
    least = (most[:1] if same else np.tile(most, rows // len(most))[:, None]).astype(np.int64)
    merged = merged_short(x, least)
    behind, before = places_between(merged_whole(x, least) if merged is None else merged, x.shape)
    leads = sums.take(behind, mode="wrap")
    leads -= sums.take(before, mode="wrap")
    behind_less = before - behind
    behind_less *= x
    leads += behind_less
    behind += before  # those cut off behind, less those before: places are counted through all rows
    behind -= np.arange(markets, 2 * x.size, 2 * markets)[:, None]
    behind *= least
    leads += behind
    return leads


def merged_short(x: IntArray, least: IntArray) -> IntArray | None:
    """Return the last bits of what `merged_whole` does from the first bits of each number.

    They sort faster. The first bits of a difference are the difference of these, or one less; where
    that does not tell what is first, the answer is None.
    """
    rows, markets = x.shape
    merged = np.empty((rows, 2 * markets), dtype=np.int32)
    own, moved = merged[:, :markets], merged[:, markets:]
    first = (x >> (MANTISSA - SHORT - 1)).astype(np.int32)
    np.bitwise_and(first, 2 ** (SHORT + 1) - 2, out=own)
    down = np.minimum(least >> (MANTISSA - SHORT), 2**SHORT - 1)  # which puts all below all, too
    np.subtract(own, (2 * down + 1).astype(np.int32), out=moved)
    merged.sort(axis=-1)
    line = merged.reshape(-1)  # from one row to the next, too: that costs a sort at most
    return None if (line[1:] - line[:-1] == 1).any() else merged
