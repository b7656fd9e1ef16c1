"""The weights over which ranks are bounded: boxes, simplices and trees of them, with statements.

Weights count up to a common factor, which changes no rank. At all levels the weights are those of
the indicators in the whole, and each group has a scale: what is under a child lies within a share
of its stated weight times the scale, which is linear.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.ranking.levels import WeightDraws
from marketselect.uncertainty.allowed import Allowed
from marketselect.uncertainty.polytopes import optimum

NO_ROWS: FloatArray = np.zeros((0, 0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Siblings:
    """A group of a tree that is drawn: where its children are, and the weights they may have."""

    node: str | None
    children: tuple[str, ...]
    low: FloatArray | None
    high: FloatArray | None
    """None for both: any weights."""
    corners: FloatArray | None
    """Of the weights that statements leave; None where there are none or they are not known."""

    def largest(self, values: FloatArray) -> FloatArray:
        """Return the largest mean of values, shape (forms, children), or a bit more."""
        if self.corners is not None:
            return np.asarray(
                (values @ (self.corners / self.corners.sum(1, keepdims=True)).T).max(1)
            )
        if self.low is None or self.high is None:
            return np.asarray(values.max(axis=1))
        return largest_mean(values, self.low, self.high)


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """Weights up to a common factor, which changes no rank: a box, and limits to their sum.

    Statements are rows of numbers that times the weights are at most zero. Where the corners of
    what they leave are known, these tell how large a form gets.
    """

    low: FloatArray
    high: FloatArray
    total: tuple[float, float]
    rows: FloatArray
    corners: FloatArray | None = None
    scales: int = 0
    """How many of the numbers, at the end, are scales of groups and no weights."""
    tree: tuple[Siblings, ...] = ()
    """The groups of a tree, each after those under it; the last one is the top."""
    leaves: tuple[str, ...] = ()
    """What the weights of a tree are of."""
    exact: bool = True
    """Whether `largest` is the largest value, not a bit more."""

    @property
    def measure(self) -> FloatArray:
        """One for each weight and zero for each scale: what `total` is of."""
        return np.append(np.ones(len(self.low) - self.scales), np.zeros(self.scales))

    def padded(self, forms: FloatArray) -> FloatArray:
        """Return forms in the weights as forms in all numbers."""
        if not self.scales:
            return forms
        return np.hstack([forms, np.zeros((len(forms), self.scales))])

    def largest(self, forms: FloatArray) -> FloatArray:
        """Return the largest value of each row's linear form over the region, or a bit more."""
        if self.corners is not None:
            return np.asarray((forms @ self.corners.T).max(axis=1))
        if self.tree:
            return self.largest_mean(forms)
        if self.total == (1.0, 1.0):
            inside: FloatArray = forms[:, self.high > 0]
            return np.asarray(inside.max(axis=1))
        center, radius = (self.low + self.high) / 2, (self.high - self.low) / 2
        return np.asarray(forms @ center + np.abs(forms) @ radius)

    def largest_mean(self, forms: FloatArray) -> FloatArray:
        """Return the same where weights add up to one."""
        if self.corners is not None:
            return np.asarray(
                (forms @ (self.corners / self.corners.sum(1, keepdims=True)).T).max(1)
            )
        if self.tree:
            found = dict(zip(self.leaves, forms.T, strict=True))
            for group in self.tree:
                under = np.stack([found[code] for code in group.children], axis=1)
                found[group.node or ""] = group.largest(under)
            return np.asarray(found[""])
        if self.total == (1.0, 1.0):
            return self.largest(forms)
        return largest_mean(forms, self.low, self.high)

    def exceeds(self, form: FloatArray, least: float) -> bool:
        """Return whether a form is larger than so much at some weights allowed, as a proof."""
        if not self.largest(form[None])[0] > least:
            return False
        if self.exact:
            return True
        # The weights are scaled to a sum of one, of which a box allows a part.
        form = self.padded(form[None])[0]
        size = len(form)
        one, none = np.eye(size), np.zeros((len(self.rows), 1))
        rules = np.vstack(
            [
                np.append(self.measure, 0.0),
                np.hstack([self.rows, none]),
                np.hstack([-one, self.low[:, None]]),
                np.hstack([one, -self.high[:, None]]),
                np.append(np.zeros(size), -1.0),
            ]
        )
        total = np.arange(len(rules)) == 0
        found = optimum(np.append(-form, 0.0), rules, total.astype(np.float64), total)
        return found is None or bool(form @ found[:-1] > least)

    def inside(self, positive: Iterable[int] = ()) -> FloatArray | None:
        """Return weights of the region that add up to one, some of them as large as can be.

        None where these cannot all be above zero, or nothing is allowed.
        """
        size, some = len(self.low), list(positive)
        lift = np.hstack([-np.eye(size)[some], np.ones((len(some), 1))])
        low, high = self.total
        bounded = bool(np.isfinite(high))
        rules = np.vstack([
            np.append(-self.measure, 0.0),
            *[np.append(self.measure, 0.0)] * bounded,
            lift,
            np.hstack([self.rows.reshape(-1, size), np.zeros((len(self.rows), 1))]),
            np.hstack([-np.eye(size), np.zeros((size, 1))]),
            np.hstack([np.eye(size), np.zeros((size, 1))]),
            np.append(np.zeros(size), 1.0),
        ])  # fmt: skip
        limits = np.concatenate([
            [-low, *[high] * bounded], np.zeros(len(some) + len(self.rows)),
            -self.low, self.high, [1.0],
        ])  # fmt: skip
        found = optimum(np.append(np.zeros(size), -1.0), rules, limits,
                        np.zeros(len(rules), dtype=bool))  # fmt: skip
        if found is None or (some and found[-1] <= 0):
            return None
        weights = np.clip(found[:size], self.low, self.high)[: size - self.scales]
        return np.asarray(weights / weights.sum())

    def middle(self) -> FloatArray:
        """Return weights that are allowed, up to a common factor."""
        if self.corners is not None:
            return np.asarray(self.corners.mean(0))
        if not len(self.rows):
            return (self.low + self.high) / 2
        weights = np.flatnonzero(self.high[: len(self.low) - self.scales] > 0)
        for some in (weights, weights[:0]):
            if (found := self.inside(some.tolist())) is not None:
                return found
        return (self.low + self.high) / 2

    def can_be_zero(self, weight: int) -> bool:
        """Return whether a weight may be zero."""
        if self.low[weight]:
            return False
        part = self.without([weight])
        return part is not None and (not self.tree or part.inside() is not None)

    def without(self, weights: Sequence[int]) -> "Region | None":
        """Return the part in which some weights are zero, as far as is known of it."""
        if not len(weights):
            return self
        high, corners = self.high.copy(), self.corners
        high[list(weights)] = 0.0
        if corners is not None:
            corners = corners[(corners[:, list(weights)] == 0).all(axis=1)]
            if not len(corners):
                return None
        exact = self.exact and (corners is not None or not self.tree)
        return replace(self, high=high, corners=corners, exact=exact)


def largest_mean(values: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return each row's largest weighted mean at weights in a box, as rank bounds need it.

    The largest values have the high end of their weights, the others the low one.
    """
    order = np.argsort(-values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    less, more = low[order], high[order]
    start = np.zeros((len(values), 1))
    gain = np.hstack([start, np.cumsum((more - less) * ordered, axis=1)])
    size = np.hstack([start, np.cumsum(more - less, axis=1)])
    gain += (less * ordered).sum(axis=1, keepdims=True)
    size += less.sum(axis=1, keepdims=True)
    means = np.divide(gain, size, out=np.full_like(gain, -np.inf), where=size > 0)
    return np.asarray(means.max(axis=1))


def weight_region(weights: FloatArray, tolerance: float | None, counted: BoolArray) -> Region:
    """Return the weights allowed: a box around the stated ones, or all that add up to one.

    What is not counted, since it takes no part, has none.
    """
    if tolerance is None or tolerance == 1:
        # At a tolerance of one each positive weight may fall to zero: all their mixtures.
        high = (counted if tolerance is None else weights > 0).astype(np.float64)
        return Region(low=np.zeros_like(weights), high=high, total=(1.0, 1.0), rows=NO_ROWS)
    low, high = (1 - tolerance) * weights, (1 + tolerance) * weights
    # Every vector can be stretched until a weight meets its upper end; no sum is smaller then.
    least = weights.sum() * (1 - tolerance) + 2 * tolerance * weights[weights > 0].min()
    return Region(low=low, high=high, total=(float(least), np.inf), rows=NO_ROWS)


def stated_region(within: Allowed) -> Region:
    """Return the weights that statements allow."""
    simplices = within.set.simplices
    corners = None if simplices is None else simplices.vertices
    if within.box is None:
        low, high = np.zeros(len(within.counted)), within.counted.astype(np.float64)
        total = (1.0, 1.0)
    else:
        low, high = within.box
        # As of the box alone: what is stretched meets the statements as before.
        total = (float(low.sum() + (high - low)[high > 0].min()), np.inf)
    exact = corners is not None or not len(within.stated)
    return Region(low=low, high=high, total=total, rows=within.stated, corners=corners, exact=exact)


def tree_region(
    drawn: WeightDraws, tolerance: float | None, limited: Mapping[str | None, Allowed]
) -> Region:
    """Return the indicators' weights in the whole over which ranks are bounded at all levels.

    They add up to one. `tolerance` is that of the groups that statements do not limit.
    """
    tree, without = drawn.model.framework.tree, drawn.without
    leaves = tree.indicators
    counts = [not without.intersection((leaf, *tree.above[leaf])) for leaf in leaves]
    number = {leaf: place for place, leaf in enumerate(leaves)}
    groups: list[Siblings] = []
    rows: list[FloatArray] = []
    scaled: list[tuple[FloatArray, FloatArray]] = []
    exact = True
    for node in (*tree.bottom_up, None):
        within = limited.get(node)
        stated = drawn.model.weights if node is None else tree.split[node]
        at = np.flatnonzero([code not in without for code in tree.children[node]])
        if within is not None:
            at = np.flatnonzero(within.counted)
        if not len(at):
            groups.append(weightless_group(node, tree.children[node]))
            continue
        children = tuple([tree.children[node][place] for place in at])
        under = np.zeros((len(at), len(leaves)))
        for row, code in enumerate(children):
            under[row, [number[leaf] for leaf in tree.leaves.get(code, (code,))]] = 1.0
        if within is not None:
            region = stated_region(within)
            rows.append(within.stated[:, at] @ under)
            corners = None if region.corners is None else region.corners[:, at]
            box = None if within.box is None else (within.box[0][at], within.box[1][at])
            exact &= region.exact
        else:
            corners, box = None, None
            if tolerance is not None and tolerance < 1 and len(at) > 1:
                own = stated[at] / stated[at].sum()
                box = (1 - tolerance) * own, (1 + tolerance) * own
        if box is not None:
            for sign, end in ((1.0, box[1]), (-1.0, box[0])):
                scaled.append((sign * under, -sign * end))
        low, high = (None, None) if box is None else box
        groups.append(Siblings(node=node, children=children, low=low, high=high, corners=corners))
    return region_of_tree(
        np.array(counts), rows, scaled, groups=tuple(groups), leaves=leaves, exact=exact
    )


def weightless_group(node: str | None, children: tuple[str, ...]) -> Siblings:
    """Return a group in a region of weights that ranks are bounded over, with no weights."""
    return Siblings(node=node, children=children, low=None, high=None, corners=None)


def region_of_tree(
    counted: BoolArray,
    rows: Sequence[FloatArray],
    scaled: Sequence[tuple[FloatArray, FloatArray]],
    *,
    groups: tuple[Siblings, ...],
    leaves: tuple[str, ...],
    exact: bool,
) -> Region:
    """Return the region of weights that ranks are bounded over, of rows and scaled ends."""
    many, scales = len(counted), len(scaled) // 2
    held = [np.hstack([part, np.zeros((len(part), scales))]) for part in rows]
    for place, (part, ends) in enumerate(scaled):
        scale: IntArray = np.arange(scales) == place // 2
        held.append(np.hstack([part, ends[:, None] * scale]))
    # No more than the child that is at the high end of its weight needs.
    most = [1.0 / float(-ends[ends < 0].max()) for _, ends in scaled[::2]]
    return Region(
        low=np.zeros(many + scales),
        high=np.append(counted.astype(np.float64), most),
        total=(1.0, 1.0),
        rows=np.vstack(held) if held else np.zeros((0, many + scales)),
        scales=scales,
        tree=groups,
        leaves=leaves,
        exact=exact,
    )
