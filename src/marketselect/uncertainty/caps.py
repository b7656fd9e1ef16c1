"""A box within the simplex, by its corners: how often one market beats another, worked out.

Weights with least and largest values of their own are, less the least, a simplex whose corners are
cut off by simplices of the same shape, where these overlap by smaller ones, and so on: inclusion
and exclusion over the caps that are broken. What a plane leaves of each of these simplices is found
by the recursion of Varsi (1973), The multidimensional content of the frustum of the simplex,
Pacific Journal of Mathematics 46(1), 303-314; Ali (1973), Content of the frustum of a simplex,
Pacific Journal of Mathematics 48(2), 313-322.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.uncertainty.allowed import Rule
from marketselect.uncertainty.exact import both_ways, cleared_leads, positive_shares
from marketselect.uncertainty.polytopes import SLACK
from marketselect.values import TIE

MOST_PARTS = 2**16  # simplices
MOST_SHARES = 30_000_000  # pairs by simplices: some half a minute
MOST_LOST = 1e6  # times that what is added up exceeds the sum: six digits of sixteen
BLOCK = 2**13  # shares at a time: what stays in the processor's cache


@dataclass(frozen=True, kw_only=True, eq=False)
class Capped:
    """Weights ``start + sign * v``, in which v adds up to ``size`` and each lies from 0 to a cap.

    A sign of -1 counts down from the largest weights: of both ways, the one with the smaller size
    breaks fewer caps.
    """

    start: FloatArray
    sign: int
    size: float
    caps: FloatArray
    """A cap of zero: the weight is `start`."""

    @cached_property
    def parts(self) -> tuple[FloatArray, FloatArray]:
        """The first corner of each simplex, as v, and its volume with its sign; refuses many.

        The volume is that of the whole simplex of `size`, at most one.
        """
        free = np.flatnonzero(self.caps)
        firsts, signs = np.zeros((1, len(self.caps))), np.ones(1)
        for place in free:
            over = firsts.copy()
            over[:, place] = self.caps[place]
            room = over.sum(axis=1) < self.size
            firsts, signs = np.vstack([firsts, over[room]]), np.append(signs, -signs[room])
            if len(firsts) > MOST_PARTS:
                raise InputError.of(
                    "too-large",
                    "exact",
                    f"needs more than {MOST_PARTS:,} simplices for the limits of {len(free)} "
                    "weights",
                    "limit fewer weights, or count draws by pairwise=True",
                )
        left = 1.0 - firsts.sum(axis=1) / self.size
        return firsts, signs * left ** (len(free) - 1)

    def shares(self, forms: FloatArray) -> FloatArray:
        """Return in which share of the weights the row's form is larger than the column's.

        As `pairwise_shares` has them. Refuses what would lose digits, or take long, before it.
        """
        firsts, volumes = self.parts
        lost = float(np.abs(volumes).sum() / abs(volumes.sum()))
        if lost > MOST_LOST:
            raise InputError.of(
                "too-large",
                "exact",
                f"adds up volumes {lost:.0e} times as large as what the limits of the weights "
                "leave, and too few digits would be right",
                "fix weights whose least and largest value are nearly the same, limit fewer, or "
                "count draws by pairwise=True",
            )
        tie = TIE * np.abs(forms).max()
        first, second = np.triu_indices(len(forms), 1)
        leads = forms[first] - forms[second]
        ends = cleared_leads(np.array([-self.largest(-leads), self.largest(leads)]), tie)
        found = np.where(ends[0] < 0, 0.0, np.where(ends[1] > 0, 1.0, 0.5))
        undecided = np.flatnonzero((ends[0] < 0) & (ends[1] > 0))
        if len(undecided) * len(firsts) > MOST_SHARES:
            raise InputError.of(
                "too-large",
                "exact",
                f"needs {len(undecided):,} pairs of markets on each of {len(firsts):,} simplices",
                f"at most {MOST_SHARES // len(firsts):,} such pairs are worked out: name fewer "
                "markets, limit fewer weights, or count draws by pairwise=True",
            )
        step = max(1, BLOCK // len(firsts))
        for begin in range(0, len(undecided), step):
            block = undecided[begin : begin + step]
            found[block] = self.of_parts(leads[block], tie) @ volumes / volumes.sum()
        return both_ways(np.clip(found, 0.0, 1.0), len(forms))

    def of_parts(self, leads: FloatArray, tie: float) -> FloatArray:
        """Return in which share of each simplex each lead is positive, shape (leads, simplices)."""
        firsts, _ = self.parts
        free = self.caps > 0
        at_first = leads @ (self.start[:, None] + self.sign * firsts.T)
        edges = self.sign * (self.size - firsts.sum(axis=1))
        corners = cleared_leads(at_first[..., None] + edges[:, None] * leads[:, None, free], tie)
        ahead = (corners > 0).sum(axis=-1)
        found = np.empty(ahead.shape)
        # By how many corners are ahead: each group takes no more steps than it needs.
        for count in np.unique(ahead):
            group = ahead == count
            found[group] = positive_shares(corners[group])
        return found

    def largest(self, leads: FloatArray) -> FloatArray:
        """Return the largest value of each lead: the best weights are filled up to their caps."""
        order = np.argsort(-self.sign * leads, axis=1)
        caps = self.caps[order]
        filled = np.clip(self.size - (np.cumsum(caps, axis=1) - caps), 0.0, caps)
        gained: FloatArray = (np.take_along_axis(leads, order, axis=1) * filled).sum(axis=1)
        found: FloatArray = leads @ self.start + self.sign * gained
        return found


def capped(rules: Iterable[Rule], size: int) -> Capped | None:
    """Return weights that add up to one and meet rules, if each rule limits one weight alone.

    Parameters
    ----------
    rules : iterable of Rule
        Over the simplex, and such that they can hold together.
    size : int
        How many weights there are.
    """
    low, high = np.zeros(size), np.ones(size)
    for rule in rules:
        for row, equal in zip(rule.rows, rule.equal, strict=True):
            # Weights add up to one: what is the same for all but one is a limit of this one.
            found = np.flatnonzero(row != np.median(row))
            if len(found) > 1:
                return None
            for place in found:
                rest = float(np.median(row))
                limit = -rest / (row[place] - rest)
                if equal or row[place] > rest:
                    high[place] = min(high[place], limit)
                if equal or row[place] < rest:
                    low[place] = max(low[place], limit)
    # What the others leave is a limit, too.
    low, high = np.maximum(low, 1 - (high.sum() - high)), np.minimum(high, 1 - (low.sum() - low))
    up = 1 - low.sum() <= high.sum() - 1
    caps = np.maximum(high - low, 0.0)
    return Capped(
        start=low if up else high,
        sign=1 if up else -1,
        size=float(1 - low.sum() if up else high.sum() - 1),
        caps=np.where(caps > SLACK, caps, 0.0),
    )
