"""How often one market beats another, and each is first, over weights allowed: exactly, not drawn.

Scores are linear in the weights, so a market is ahead on a part of the weights that planes cut out.
Over a simplex the share of one plane's side is found by the recursion of Varsi (1973), Pacific
Journal of Mathematics 46(1), 303-314; over a box by inclusion and exclusion in whole numbers.
"""

from bisect import bisect_left
from collections.abc import Sequence
from math import comb, factorial, ldexp

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import InputError
from marketselect.uncertainty.polytopes import Polytope, Simplices
from marketselect.values import TIE

MOST_FIRST = 7  # criteria for which volumes are worked out
MOST_TERMS = 30_000_000  # of sums over the corners of boxes: some ten seconds
MOST_STEPS = 300_000_000  # pairs by simplices by corners squared: some ten seconds
BLOCK = 2**13  # of them at a time: what stays in the processor's cache
CELLS = 2**12  # simplices at a time
BITS = 100  # a number of a form counts in units of 2^-100 of the largest


def pairwise_shares(forms: FloatArray, simplices: Simplices) -> FloatArray:
    """Return in which share of the weights the row's form is larger than the column's.

    Ties count half; a pair adds up to one. NaN on the diagonal.

    Parameters
    ----------
    forms : ndarray, shape (markets, criteria)
    """
    found, open_pairs, tie = by_corners(forms, simplices.vertices)
    first, second = np.triu_indices(len(forms), 1)
    parts, size = simplices.corners.shape[:2]
    if too_long_exact(len(open_pairs), simplices):
        raise InputError.of(
            "too-large",
            "exact",
            f"needs {len(open_pairs):,} pairs of markets on each of {parts:,} simplices that the "
            "weights are cut into",
            f"at most {MOST_STEPS // (parts * size**2):,} such pairs are worked out: name fewer "
            "markets, make fewer statements, or count draws by pairwise=True",
        )
    found[open_pairs] = 0.0
    for begin in range(0, parts, CELLS):
        cells = slice(begin, begin + CELLS)
        at_corners = np.einsum("nk,svk->nsv", forms, simplices.corners[cells])
        many = max(1, BLOCK // at_corners.shape[1])
        for start in range(0, len(open_pairs), many):
            block = open_pairs[start : start + many]
            leads = cleared_leads(at_corners[first[block]] - at_corners[second[block]], tie)
            found[block] += positive_shares(leads) @ simplices.shares[cells]
    return both_ways(found, len(forms))


def by_corners(forms: FloatArray, corners: FloatArray) -> tuple[FloatArray, IntArray, float]:
    """Return shares of the pairs as far as corners decide them, which are open, and what is a tie.

    Of each pair above the diagonal 1, 0 or, for a tie at all corners, a half.
    """
    tie = TIE * np.abs(forms).max()
    first, second = np.triu_indices(len(forms), 1)
    ends = np.zeros((2, len(first)))
    for corner in corners:
        leads = cleared_leads((forms @ corner)[first] - (forms @ corner)[second], tie)
        ends = np.array([np.minimum(ends[0], leads), np.maximum(ends[1], leads)])
    found = np.where(ends[0] < 0, 0.0, np.where(ends[1] > 0, 1.0, 0.5))
    return found, np.flatnonzero((ends[0] < 0) & (ends[1] > 0)), tie


def too_long_exact(pairs: int, simplices: Simplices) -> bool:
    """Return whether exact shares of so many pairs that corners leave open take too long."""
    parts, size = simplices.corners.shape[:2]
    return bool(pairs * parts * size**2 > MOST_STEPS)


def cleared_leads(leads: FloatArray, tie: float) -> FloatArray:
    """Return leads over the weights allowed, those that only rounding makes as zero."""
    return np.where(np.abs(leads) <= tie, 0.0, leads)


def positive_shares(leads: FloatArray) -> FloatArray:
    """Return in which share of a simplex a form is positive, by its values at the corners.

    With the positive values p and the negative ones -q, F(i, j) = (p_i F(i, j-1) + q_j F(i-1, j)) /
    (p_i + q_j), F(i, 0) = 1 and F(0, j) = 0. A corner of value zero changes nothing.

    Parameters
    ----------
    leads : ndarray, shape (..., corners)
    """
    found = np.where((leads > 0).any(axis=-1), 1.0, 0.0)
    found[(leads == 0).all(axis=-1)] = 0.5
    mixed = (leads > 0).any(axis=-1) & (leads < 0).any(axis=-1)
    gains = largest_first(np.maximum(leads[mixed], 0.0))
    losses = largest_first(np.maximum(-leads[mixed], 0.0))
    above = np.zeros((len(losses) + 1, gains.shape[1]))
    for gain in gains:
        # Past the last positive value nothing changes, however many corners there are.
        told = gain > 0
        row = np.ones_like(above)
        for column, loss in enumerate(losses, 1):
            total = np.where(told, gain + loss, 1.0)
            row[column] = (gain * row[column - 1] + loss * above[column]) / total
        above = np.where(told, row, above)
    found[mixed] = above[-1]
    return found


def largest_first(values: FloatArray) -> FloatArray:
    """Return each row's leads at the corners of weights, largest first, a column each."""
    found = np.ascontiguousarray(-np.sort(-values, axis=-1).T)
    return found[found.any(axis=1)]


def box_shares(forms: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the exact share of a box of weights in which each market beats each other."""
    tie = TIE * np.abs(forms).max()
    first, second = np.triu_indices(len(forms), 1)
    leads = forms[first] - forms[second]
    leads[np.abs(leads) <= tie] = 0.0
    middle, reach = leads @ (low + high) / 2, np.abs(leads) @ (high - low) / 2
    found = np.where(middle > 0, 1.0, 0.0)
    found[(leads == 0).all(axis=1)] = 0.5
    undecided = np.flatnonzero((np.abs(middle) <= reach) & (leads != 0).any(axis=1))
    free = ((leads[undecided] != 0) & (high > low)).sum(axis=1)
    terms = int(((free + 1) * (2.0 ** (free // 2) + 2.0 ** (free - free // 2))).sum())
    if terms > MOST_TERMS:
        raise InputError.of(
            "too-large",
            "exact",
            f"needs {terms:,} terms for {len(undecided):,} pairs of markets in a box of "
            f"{int((high > low).sum())} weights",
            f"at most {MOST_TERMS:,} are worked out: name fewer markets, use "
            'around="any", or count draws by pairwise=True',
        )
    for pair in undecided.tolist():
        found[pair] = positive_in_box(leads[pair], low, high)
    return both_ways(found, len(forms))


def positive_in_box(lead: FloatArray, low: FloatArray, high: FloatArray) -> float:
    """Return in which share of a box ``lead @ u`` is positive, in whole numbers.

    Of x uniform in the unit cube and positive a, P(a . x <= t) = sum over the corners S of
    (-1)^|S| max(t - a_S, 0)^k / (k! times the product of a). In floats its terms would cancel.
    """
    largest = float(np.abs(lead).max())
    ends = [whole_multiples(lead / largest * end) for end in (low, high)]
    least = [min(pair) for pair in zip(*ends, strict=True)]
    widths = [abs(b - a) for a, b in zip(*ends, strict=True)]
    widths = [width for width in widths if width]
    room = -sum(least)
    if not widths:
        return 0.5 if room == 0 else float(room < 0)
    power = len(widths)
    below = corner_sum(room, widths)
    size: int = factorial(power)
    for width in widths:
        size *= width
    return 1.0 - below / size


def corner_sum(room: int, widths: list[int]) -> int:
    """Return the sum of (-1)^|S| max(room - the sum of S, 0)^k over the subsets S of k widths.

    Subsets of one half are sorted by their sums; powers of these are added up once, and to each
    subset of the other half belong the first so many, by the binomial theorem: 2^(k/2) steps for
    2^k terms. Horowitz & Sahni (1974), Computing partitions with applications to the knapsack
    problem, Journal of the ACM 21(2), 277-292.
    """
    power = len(widths)
    far = sorted(signed_sums(widths[1::2]))
    begun = [[0] * (power + 1)]
    for value, sign in far:
        term, row = sign, []
        for place, before in enumerate(begun[-1]):
            row.append(before + comb(power, place) * term)
            term *= -value
        begun.append(row)
    total = 0
    for value, sign in signed_sums(widths[::2]):
        left = room - value
        if left > 0:
            found = 0
            for coefficient in begun[bisect_left(far, (left,))]:
                found = found * left + coefficient
            total += sign * found
    return total


def signed_sums(widths: list[int]) -> list[tuple[int, int]]:
    """Return the sum of each subset of a weight box's widths, 1 or -1 by even or odd number."""
    found = [(0, 1)]
    for width in widths:
        found += [(value + width, -sign) for value, sign in found]
    return found


def whole_multiples(values: FloatArray) -> list[int]:
    """Return ends of a box of weights as whole multiples of a very small number."""
    return [int(ldexp(value, BITS)) for value in values.tolist()]


def both_ways(upper: FloatArray, size: int) -> FloatArray:
    """Return a square of shares of the pairs above the diagonal, with what is left of one below."""
    found = np.full((size, size), np.nan)
    at = np.triu_indices(size, 1)
    found[at] = upper
    found.T[at] = 1.0 - upper
    return found


def first_shares(forms: FloatArray, within: Polytope, corners: FloatArray) -> FloatArray:
    """Return in which share of the weights each form is the largest; forms that tie share alike."""
    values = forms @ corners.T
    tie = TIE * np.abs(forms).max()
    twins = leading_forms(values, tie)
    shares = np.zeros(len(forms))
    for best, alike in twins:
        others = [other for other, _ in twins if other != best]
        part = within.within(forms[others] - forms[best])
        if part is not None:
            shares[alike] = part.volume / within.volume / len(alike)
    return shares


def leading_forms(values: FloatArray, tie: float) -> list[tuple[int, list[int]]]:
    """Return the forms none exceeds at every corner of the weights, each with its equals."""
    found: list[tuple[int, list[int]]] = []
    for row in np.argsort(-values.mean(axis=1), kind="stable").tolist():
        below: Sequence[BoolArray] = [(values[best] >= values[row] - tie) for best, _ in found]
        over = [place for place, held in enumerate(below) if held.all()]
        if not over:
            found.append((row, [row]))
        for place in over:
            if (values[row] >= values[found[place][0]] - tie).all():
                found[place][1].append(row)
    return found
