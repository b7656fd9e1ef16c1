"""Means of a tree at many weights at once, by the unique patterns of gaps: one product for a block.

Where a market lacks an indicator, its siblings share the weight, so what an indicator weighs in the
score depends on the gaps of the market, and on nothing else. Markets with the same gaps under a top
factor share these weights: one column for each pattern and indicator holds them, draw by draw.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.framework import Framework
from marketselect.scoring.aggregation import Columns, Split
from marketselect.scoring.sums import small_products

MOST = 4_000_000  # numbers that the columns may hold; with more, a mean at a time is less work


@dataclass(frozen=True, kw_only=True, eq=False)
class Patterns:
    """The columns of a tree of arithmetic means over some markets, and how each is weighed."""

    groups: tuple[str | None, ...]
    """Each factor, and None for what is above the top ones: in this order nodes are numbered."""
    nodes: IntArray
    """By step of a path from the top down: the number of a node, the last for no step."""
    gaps: IntArray
    """By step: by which of the sums its weight is divided, 0 where no sibling is missing."""
    sums: tuple[tuple[str | None, FloatArray], ...]
    """The group of each of these sums, and 1 for the children that are there."""
    paths: IntArray
    """The steps to each column, the top factor first, shape (depth, columns)."""
    under: tuple[slice, ...]
    """By top factor where the columns are that are under it."""
    values: FloatArray
    """The indicators' values where a market has the column's gaps, else 0: (columns, markets)."""

    @classmethod
    def of(
        cls, columns: Columns, framework: Framework, without: Collection[str] = ()
    ) -> "Patterns | None":
        """Return the patterns of indicators' columns, shape (markets,); None if there are too many.

        What is `without` never has a weight.
        """
        tree = framework.tree
        present: dict[str, BoolArray] = {
            code: np.asarray(np.isfinite(columns[code]) & (code not in without))
            for code in tree.indicators
        }
        for factor in tree.bottom_up:
            under = np.array([present[code] for code in tree.children[factor]])
            present[factor] = np.asarray(under.any(axis=0) & (factor not in without))
        made = Steps(framework, without)
        paths: list[list[int]] = []
        values: list[FloatArray] = []
        places: list[slice] = []
        for top in tree.top:
            first = len(paths)
            leaves = np.array([present[code] for code in tree.leaves[top]])
            patterns, member = np.unique(leaves.T, axis=0, return_inverse=True)
            if patterns.sum() * leaves.shape[1] > MOST:
                return None
            for number, pattern in enumerate(patterns):
                markets = np.flatnonzero(member.ravel() == number)
                there = {code for code, known in present.items() if known[markets[0]]}
                for place in np.flatnonzero(pattern):
                    leaf = tree.leaves[top][place]
                    paths.append(made.path(leaf, there))
                    values.append(np.zeros(leaves.shape[1]))
                    values[-1][markets] = columns[leaf][markets]
            places.append(slice(first, len(paths)))
        if len(values) * len(values[0]) > MOST:
            return None
        depth = max(map(len, paths))
        return cls(
            groups=made.groups,
            nodes=np.array([node for node, _ in made.steps]),
            gaps=np.array([gap for _, gap in made.steps]),
            sums=tuple(made.sums),
            paths=np.array([path + [0] * (depth - len(path)) for path in paths]).T,
            under=tuple(places),
            values=np.array(values),
        )

    def scores(self, split: Split) -> FloatArray:
        """Return the weighted sums of the top factors, shape (draws, markets)."""
        return small_products(self.weights(split, 0), self.values)

    def factors(self, split: Split) -> FloatArray:
        """Return the scores of the top factors, shape (draws, markets, factors), as `Sums` does."""
        weights = self.weights(split, 1)
        found = np.empty((len(weights), len(self.under), self.values.shape[1]))
        for place, at in enumerate(self.under):
            small_products(weights[:, at], self.values[at], out=found[:, place])
        return found.swapaxes(-1, -2)

    def weights(self, split: Split, first: int) -> FloatArray:
        """Return what each column weighs from a step on, shape (draws, columns).

        That is in the whole from step 0, and in its top factor from step 1.
        """
        draws = max(weights.shape[0] for weights in split.values() if weights.ndim > 1)
        parts = [split[group] for group in self.groups]
        parts = [np.broadcast_to(part, (draws, part.shape[-1])) for part in parts]
        nodes = np.concatenate([*parts, np.ones((draws, 1))], axis=1)
        sums = np.ones((draws, 1 + len(self.sums)))
        for place, (group, there) in enumerate(self.sums, 1):
            sums[:, place] = split[group] @ there
        steps = nodes[:, self.nodes] / sums[:, self.gaps]
        weights = steps[:, self.paths[first]]
        for path in self.paths[first + 1 :]:
            weights *= steps[:, path]
        return weights


class Steps:
    """The steps of paths down a tree, numbered as they come: a node, and what it is divided by."""

    def __init__(self, framework: Framework, without: Collection[str]) -> None:
        self.tree, self.without = framework.tree, without
        self.groups = tuple(self.tree.children)
        numbers: dict[str, int] = {}
        for group in self.groups:
            numbers |= {code: len(numbers) + i for i, code in enumerate(self.tree.children[group])}
        self.numbers = numbers
        self.sums: list[tuple[str | None, FloatArray]] = []
        self.known: dict[object, int] = {(len(numbers), 0): 0}  # the step that changes nothing
        self.steps: list[tuple[int, int]] = [(len(numbers), 0)]
        self.sum_of: dict[object, int] = {}

    def path(self, leaf: str, there: Collection[str]) -> list[int]:
        """Return the steps down to an indicator, where this is what is there."""
        nodes = [leaf, *self.tree.above[leaf]]
        return [self.step(node, there) for node in reversed(nodes)]

    def step(self, node: str, there: Collection[str]) -> int:
        """Return the number of a step."""
        key = (self.numbers[node], self.divisor(self.tree.parents[node], there))
        if key not in self.known:
            self.known[key] = len(self.steps)
            self.steps.append(key)
        return self.known[key]

    def divisor(self, group: str | None, there: Collection[str]) -> int:
        """Return the number of the sum of a group's weights that are there, 0 if all are."""
        children = self.tree.children[group]
        present = tuple(code in there for code in children)
        if all(here or code in self.without for here, code in zip(present, children, strict=True)):
            return 0
        if (group, present) not in self.sum_of:
            self.sums.append((group, np.array(present, dtype=np.float64)))
            self.sum_of[group, present] = len(self.sums)
        return self.sum_of[group, present]
