"""Net flows of PROMETHEE of many matrices at once, where a preference grows evenly with the lead.

Draws of weights below the top factors give each draw a matrix of its own. Its net flows are sums of
leads d cut off at the thresholds: clip(d, -p, p) less clip(d, -q, q) is p - q times the preference
less that of the other. Such a sum over sorted values is that over one run of them, and what is cut
off besides; with whole numbers in place of values all of that is exact (`_sorted_flows` gives both
flows apart, of any number of markets).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.methods._distances import weighted
from marketselect.methods._sorted_flows import FINE, merged_whole, places_between

MOST = 256  # markets of which two rows of short numbers are sorted in the processor's registers
BLOCK = 2**15  # values at a time: what stays in the processor's cache
MANTISSA = 52  # bits of a float behind its first
SHORT = 30  # bits of a value that are compared at first
TOP = 1000  # exponents of two beyond which a span is none that floats of one exponent hold


def net_flows(
    matrices: FloatArray, shares: FloatArray, q: FloatArray, p: FloatArray
) -> FloatArray | None:
    """Return the net flow of each market in each matrix; None where units are too coarse.

    Parameters
    ----------
    matrices : ndarray, shape (..., markets, criteria)
        Larger is better.
    shares : ndarray, shape (..., criteria)
        What each criterion weighs in each matrix.
    q, p : ndarray, shape (criteria,)
        The lead up to which there is no preference, and from which it is full, 0 <= q < p.

    Returns
    -------
    ndarray, shape (..., markets)
        The weighted mean preference over the others, less that of these.
    """
    columns = matrices.swapaxes(-1, -2)
    criteria, markets = columns.shape[-2:]
    rows = columns.reshape(-1, criteria, markets)
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
    share = 1 / np.where(full < 2.0**MANTISSA, full - none, (p - q) / unit)
    weights = np.broadcast_to(shares * (share / (markets - 1)), (*columns.shape[:-2], criteria))
    weights = weights.reshape(-1, criteria)
    net = np.empty((len(rows), markets))
    step = min(max(1, BLOCK // (markets * criteria)), len(rows))
    cuts = [full, none] if none.any() else [full]
    lines = flow_lines(step, markets, tuple(tuple(each.tolist()) for each in cuts))
    # Weighted block by block, while the flows are in the processor's cache.
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        flows = lines.flows((rows[block] + way).reshape(-1, markets))
        net[block] = weighted(weights[block], flows.reshape(-1, criteria, markets).swapaxes(-1, -2))
    return net.reshape(*columns.shape[:-2], markets)


@dataclass(frozen=True, kw_only=True, eq=False)
class FlowLines:
    """Rows of a block, criterion after criterion, of which the last may have fewer."""

    places: IntArray
    """Of each value among all of the block, shape (rows, markets)."""
    names: IntArray
    """The number of its market, shape (rows, markets)."""
    cuts: Sequence[tuple[IntArray, IntArray]]
    """The threshold of full preference in each row, shape (rows, 1), and that of indifference where
    there is one. Beside each, as often as there are markets behind a place: (rows, markets)."""

    def flows(self, values: FloatArray) -> FloatArray:
        """Return net flows, shape (rows, markets), in units. The values are used up.

        Floats between a power of two and the next have bits that, read as a whole number, count
        units.
        """
        rows, markets = values.shape
        bits = (markets - 1).bit_length()
        x = values.view(np.int64)
        x <<= bits
        x |= self.names[:rows]
        x.sort(axis=-1)
        order = x & ((1 << bits) - 1)
        order += self.places[:rows, :1]
        x >>= bits
        sums = np.cumsum(x).reshape(x.shape)
        first, *rest = [self.leads(x, sums, *cut) for cut in self.cuts]
        for leads in rest:
            first -= leads
        flows = np.empty(x.shape)
        flows.reshape(-1)[order.ravel()] = first.astype(np.float64).ravel()
        return flows

    def leads(self, x: IntArray, sums: IntArray, least: IntArray, times: IntArray) -> IntArray:
        """Return the sum of the leads of each over all of its row, each cut off at +-`least`.

        `sums` are those up to each, through all rows. What is cut off is added to these: `least`
        for each market behind, and for each before.
        """
        rows = len(x)
        merged = merged_short(x, least[:rows])
        merged = merged_whole(x, least[:rows]) if merged is None else merged
        behind, before = places_between(merged, self.places[:rows])
        leads = before - behind
        leads *= x
        # Where none is cut off, a place may be that behind the last or before the first of a row:
        # there the sums go on, so the ends of the table are all that is left to say.
        table = np.empty(x.size + 1, dtype=np.int64)
        table[0] = 0
        upto, through = table[:-1].reshape(x.shape), table[1:].reshape(x.shape)
        np.add(sums, times[:rows, ::-1], out=through)
        leads -= table.take(before, mode="wrap")
        np.subtract(sums, x, out=upto)
        upto += times[:rows]
        leads += table.take(behind, mode="wrap")
        return leads


@lru_cache(maxsize=4)
def flow_lines(matrices: int, markets: int, cuts: tuple[tuple[float, ...], ...]) -> FlowLines:
    """Return PROMETHEE's rows of so many matrices, by the thresholds of each criterion, in units.

    Draws come part after part, and all that is here is the same for each.
    """
    least = [np.tile(np.array(each, dtype=np.int64), matrices)[:, None] for each in cuts]
    names = np.tile(np.arange(markets), (len(least[0]), 1))
    places = np.arange(names.size).reshape(names.shape)
    found = [(each, each * names) for each in least]
    for array in (names, places, *chain.from_iterable(found)):
        array.flags.writeable = False
    return FlowLines(places=places, names=names, cuts=found)


def merged_short(x: IntArray, least: IntArray) -> IntArray | None:
    """Return the last bits of PROMETHEE's `merged_whole`, from the first bits of each number.

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
