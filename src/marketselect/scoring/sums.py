"""Arithmetic means at many weights at once: what a tree of them gives, as products of matrices.

`aggregate_columns` is the definition, for every mean. Where all are arithmetic, the sums of a group
of indicators over all draws are one product, and so is the weight that each market holds of it.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.framework import Framework
from marketselect.scoring.aggregation import Columns, Split

# BLAS works on a product of so few multiplications with one thread. Its own threads would fight
# with those that work on the blocks, and how it splits a product among them depends on the machine.
SMALL_PRODUCT = 2**18


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """What is directly under a factor, over the markets."""

    leaves: list[int]
    """Which of its children are indicators."""
    factors: list[tuple[int, str]]
    """Which are factors, by their place."""
    values: FloatArray
    """The indicators' values, 0 where missing, shape (leaves, markets)."""
    present: FloatArray | None
    """1 where a market has a child, shape (children, markets); None where every market has all."""
    nothing: FloatArray
    """1 where a market has no child, shape (markets,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """The arithmetic means of a tree over the normalized values of some markets.

    A market that has nothing under a factor has 0 there, and its weight goes to the siblings.
    """

    top: tuple[str, ...]
    groups: dict[str | None, Group]
    """By factor, each after those under it; under None what the top factors add up to."""

    @classmethod
    def of(cls, columns: Columns, framework: Framework, without: Collection[str] = ()) -> "Sums":
        """Return the sums of indicators' columns, shape (markets,), by what never has a weight."""
        tree, groups = framework.tree, {}
        held: dict[str, BoolArray] = {code: np.isfinite(columns[code]) for code in columns}
        for factor in (*tree.bottom_up, None):
            children = tree.children[factor]
            weighs = np.array([code not in without for code in children])
            present = np.array([held[code] for code in children]) & weighs[:, None]
            leaves = [place for place, code in enumerate(children) if code in columns]
            values = [np.where(present[i], columns[children[i]], 0.0) for i in leaves]
            if factor is not None:
                held[factor] = present.any(axis=0)
            groups[factor] = Group(
                leaves=leaves,
                factors=[(i, code) for i, code in enumerate(children) if code not in columns],
                values=np.array(values).reshape(len(leaves), present.shape[1]),
                present=None if present[weighs].all() else present.astype(np.float64),
                nothing=1.0 - present.any(axis=0),
            )
        return cls(top=framework.top, groups=groups)

    def factors(self, split: Split) -> FloatArray:
        """Return the scores of the top factors, shape (..., markets, factors).

        In memory the markets of a factor lie side by side: what a method takes over all markets,
        such as the best, then goes along a line.
        """
        found = self.values(split)
        columns = np.broadcast_arrays(*[found[code] for code in self.top])
        return np.stack(columns, axis=-2).swapaxes(-1, -2)

    def scores(self, split: Split) -> FloatArray:
        """Return the weighted sums of the top factors, shape (..., markets)."""
        return self.total(None, split[None], self.values(split))

    def values(self, split: Split) -> dict[str, FloatArray]:
        """Return the score of every factor, shape (draws, markets), or (markets,) for one split."""
        found: dict[str, FloatArray] = {}
        for factor in self.groups:
            if factor is not None:
                found[factor] = self.total(factor, split[factor], found)
        return found

    def total(
        self, factor: str | None, weights: FloatArray, under: dict[str, FloatArray]
    ) -> FloatArray:
        """Return a factor's mean over what each market has; 0 where it has nothing."""
        group = self.groups[factor]
        total = small_products(weights[..., group.leaves], group.values)
        for place, code in group.factors:
            total = total + weights[..., place, None] * under[code]
        if group.present is None:
            return total
        # A market that has nothing here keeps its 0.
        return total / (small_products(weights, group.present) + group.nothing)


def small_rows(size: int) -> int:
    """Return how many draws of weights a tree's means are taken by at a time, for a size."""
    return 1 << max(SMALL_PRODUCT // size, 1).bit_length() - 1


def small_products(
    weights: FloatArray, values: FloatArray, out: FloatArray | None = None
) -> FloatArray:
    """Return a tree's sums ``weights @ values`` in pieces: the same bytes on any machine.

    Parameters
    ----------
    weights : ndarray, shape (draws, children) or (children,)
    values : ndarray, shape (children, markets)
    out : ndarray, shape (draws, markets), optional
        Where to write it; its rows may lie apart.
    """
    if weights.ndim == 1 or not len(values):
        return np.matmul(weights, values, out=out)
    (children, markets), draws = values.shape, len(weights)
    found = np.empty((draws, markets)) if out is None else out
    wide = max(1, SMALL_PRODUCT // children)
    for start in range(0, markets, wide):
        part, into = values[:, start : start + wide], found[:, start : start + wide]
        rows = small_rows(part.size)
        whole = draws // rows * rows
        # A stack of small products instead of a large one.
        stack = weights[:whole].reshape(-1, rows, children)
        np.matmul(stack, part, out=into[:whole].reshape(-1, rows, part.shape[1]))
        np.matmul(weights[whole:], part, out=into[whole:])
    return found
