"""Flows of PROMETHEE of many markets or matrices, where a preference grows evenly with the lead.

Each draw of weights below the top factors has a matrix of its own, and a square of pairs for each
would take nearly all of the time. Sorted once, the markets over which the preference of a market is
full are the first ones, and those over which it is partial follow them: a count and a sum of sorted
values give the same flows (Calders & Van Assche 2018, Omega 76, 63-69).

Values are whole numbers here, in units so small that a flow moves by less than rounding does: whole
numbers sort fast, with the market's number in the last bits, and their sums are exact.
"""

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray

BLOCK = 2**14  # values at a time: what stays in the processor's cache
EVEN = frozenset(
    {"v-shape", "linear"}
)  # preferences without a step, on which side of it no rounding decides
BITS = 62  # of a whole number: those of a value and of the number of its market
FINE = 2.0**-40  # units of that share of p - q move a flow, their mean, by less than 1e-12
LEAST = -900  # exponent of two below which all of a span counts as that large


def can_be_sorted(columns: FloatArray, q: float, p: float) -> bool:
    """Return whether units are small enough beside PROMETHEE's thresholds to sort its flows."""
    with np.errstate(over="ignore"):
        span = columns.max() - columns.min()  # at least that of each matrix
    unit = np.ldexp(1.0, -flow_shifts(span, columns.shape[-1]))
    return bool(np.isfinite(span) and unit <= FINE * (p - q))


def sorted_flows(columns: FloatArray, q: float, p: float) -> tuple[FloatArray, FloatArray]:
    """Return the mean preference of each market over the others, and of the others over it.

    Parameters
    ----------
    columns : ndarray, shape (..., markets)
        One criterion of each matrix, larger is better. They can be sorted.
    q, p : float
        The lead d up to which there is no preference, and from which it is full, 0 <= q < p;
        between them it is (d - q) / (p - q).

    Returns
    -------
    tuple of ndarray, shape (..., markets)
    """
    markets = columns.shape[-1]
    rows = columns.reshape(-1, markets)
    flows = np.empty((2, *rows.shape))
    step = max(1, BLOCK // markets)
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        flows[:, block] = flows_of_rows(rows[block], q, p)
    flows /= markets - 1
    np.minimum(flows, 1.0, out=flows)
    leaving, entering = flows.reshape(2, *columns.shape)
    return leaving, entering


def flow_shifts(span: FloatArray | np.float64, markets: int) -> IntArray:
    """Return by how many powers of two PROMETHEE's spans are enlarged, so that units count."""
    _, exponent = np.frexp(span)
    found: IntArray = BITS - (markets - 1).bit_length() - np.maximum(exponent, LEAST)
    return found


def flows_of_rows(rows: FloatArray, q: float, p: float) -> FloatArray:
    """Return the sums of preferences of each over the others, and of these over it: shape (2, ...).

    Places are counted through all rows. A sum of whole numbers from one place up to another is
    exact even where the sums up to each have left what 64 bits hold: these are taken modulo 2^64.
    """
    markets = rows.shape[1]
    above = rows - rows.min(axis=-1, keepdims=True)
    shift = flow_shifts(above.max(axis=-1, keepdims=True), markets)
    above *= np.ldexp(1.0, shift)
    x, order = sorted_whole(above)
    sums = np.zeros(rows.size + 1, dtype=np.int64)
    np.cumsum(x, out=sums[1:])
    own = np.arange(rows.size).reshape(rows.shape)
    full, beaten = leads_in_order(x, threshold_in_units(p, shift, markets), own)
    some, ahead, low, high = own, own, x, x  # over its equals the lead is nothing
    before_some = before_ahead = sums[:-1].reshape(rows.shape)
    if q:
        least = threshold_in_units(q, shift, markets)
        some, ahead = leads_in_order(x, least, own)
        before_some, before_ahead = sums.take(some), sums.take(ahead)
        low, high = x - least, x + least
    share = np.ldexp(1.0, -shift) / (p - q)
    behind = (some - full) * low
    behind -= before_some - sums.take(full)
    before = sums.take(beaten) - before_ahead
    before -= (beaten - ahead) * high
    found = np.empty((2, rows.size))
    first = own[:, :1]
    found[0][order] = (behind * share + (full - first)).ravel()
    found[1][order] = (before * share + (first + markets - beaten)).ravel()
    return found.reshape(2, *rows.shape)


def threshold_in_units(least: float, shift: IntArray, markets: int) -> IntArray:
    """Return a PROMETHEE threshold in units; beyond all leads it is one that none reaches."""
    most = 2.0 ** (BITS - (markets - 1).bit_length()) + 1
    with np.errstate(over="ignore"):
        units = np.rint(np.ldexp(least, shift))
    found: IntArray = np.minimum(units, most).astype(np.int64)
    return found


def sorted_whole(values: FloatArray) -> tuple[IntArray, IntArray]:
    """Return PROMETHEE's rows as sorted whole numbers, and where in all of them each was."""
    rows, markets = values.shape
    bits = (markets - 1).bit_length()
    numbers = np.rint(values, out=values).astype(np.int64)
    numbers <<= bits
    numbers |= np.arange(markets)
    numbers.sort(axis=-1)
    order = numbers & ((1 << bits) - 1)
    order += np.arange(0, rows * markets, markets)[:, None]
    numbers >>= bits
    return numbers, order.ravel()


def leads_in_order(x: IntArray, least: IntArray, own: IntArray) -> tuple[IntArray, IntArray]:
    """Return for PROMETHEE where those so far behind each end, and those so far ahead begin.

    `x` is sorted, shape (rows, markets); `least` is of shape (rows, 1). `own` are all places.
    """
    return places_between(merged_whole(x, least), own)


def merged_whole(x: IntArray, least: IntArray) -> IntArray:
    """Return PROMETHEE's rows, each sorted with itself less `least`, shape (rows, 2 markets).

    The last bit is 1 for what was lessened.
    """
    rows, markets = x.shape
    # The last bit tells two runs apart, which are sorted already: a stable sort merges them.
    merged = np.empty((rows, 2 * markets), dtype=np.int64)
    np.multiply(x, 2, out=merged[:, :markets])
    np.subtract(merged[:, :markets], 2 * least - 1, out=merged[:, markets:])
    merged.sort(axis=-1, kind="stable")
    return merged


def places_between(merged: IntArray, own: IntArray) -> tuple[IntArray, IntArray]:
    """Return where PROMETHEE's merged rows go on in the other run, as `leads_in_order` does.

    The numbers are used up: their last bits tell the runs apart.
    """
    merged &= 1
    moved = merged.astype(bool)
    # At the place of k of one run stand k of it before, and all others there are of the other run.
    behind, before = (np.flatnonzero(run).reshape(own.shape) for run in (moved, ~moved))
    behind -= own
    before -= own
    return behind, before
