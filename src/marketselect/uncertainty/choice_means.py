"""The factors of all markets by one set of rules, at many weights and without any one indicator.

`aggregate_columns` is the definition. Here the values of a set of rules are read once for all its
cells: where a mean is a sum in some unit, such as that of logarithms, the sums at all weights are
one product; and leaving out an indicator changes the factors above it and no others. Numbers are
added in another order than there, so the last digits of a score may differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.framework import Factor, Framework
from marketselect.scoring.aggregation import Split, factor_mean, refuse_outside_mean
from marketselect.scoring.sums import small_products

# In which unit a mean is a weighted sum: the way there, and back. Other means have none.
UNITS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "arithmetic": (np.positive, np.positive),
    "geometric": (np.log, np.exp),
    "harmonic": (np.reciprocal, np.reciprocal),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Means:
    """The score of every factor of a tree, at each of some weights.

    A mean that has no meaning for a value that has a weight in it is refused.
    """

    columns: Mapping[str, FloatArray]
    """The indicators' normalized values, shape (markets,); NaN where missing."""
    markets: "pd.Index[Any]"
    tree: Framework
    factors: Mapping[str, FloatArray]
    """Shape (weights, markets); NaN where a market has nothing in a factor."""
    top: FloatArray
    """The top factors among these, shape (weights, factors, markets)."""
    neutral: tuple[str, ...]
    """The indicators that tell no markets apart, which the tree lacks."""

    @classmethod
    def of(
        cls,
        columns: Mapping[str, FloatArray],
        markets: "pd.Index[Any]",
        tree: Framework,
        split: Split,
        neutral: tuple[str, ...],
    ) -> "Means":
        """Return the means at weights of the children of each factor, shape (weights, children)."""
        found = dict(columns)
        for factor in tree.bottom_up():
            under = {code: found[code] for code in tree.tree.children[factor.code]}
            found[factor.code] = choice_group_mean(factor, under, split[factor.code], markets)
        top = np.stack([found[code] for code in tree.top], axis=1)
        return cls(
            columns=columns, markets=markets, tree=tree, factors=found, top=top, neutral=neutral
        )

    def without(self, code: str, tree: Framework, split: Split) -> FloatArray | None:
        """Return the top factor above an indicator in a tree that lacks it; None if that is gone.

        Shape (weights, markets).
        """
        found, above = {**self.columns, **self.factors}, self.tree.tree.above[code]
        for factor in tree.bottom_up():
            if factor.code in above:
                under = {child: found[child] for child in tree.tree.children[factor.code]}
                found[factor.code] = choice_group_mean(
                    factor, under, split[factor.code], self.markets
                )
        return found[above[-1]] if above[-1] in tree.top else None


def choice_group_mean(
    factor: Factor,
    under: Mapping[str, FloatArray],
    weights: FloatArray,
    markets: "pd.Index[Any]",
) -> FloatArray:
    """Return a factor's mean by market at a choice's many weights; NaN where one has nothing.

    Parameters
    ----------
    under : mapping of ndarray
        Its children by their codes: indicators, shape (markets,), and factors, shape
        (weights, markets).
    weights : ndarray, shape (weights, children)
        Each vector adds up to one.
    """
    columns = list(under.values())
    refuse_outside_mean(columns, weights[:, None], factor, markets)
    if factor.aggregation not in UNITS:
        block = np.stack(np.broadcast_arrays(*columns), axis=-1)
        return factor_mean(block, weights[:, None], factor, tuple(under))
    there, back = UNITS[factor.aggregation]
    leaves = [place for place, column in enumerate(columns) if column.ndim == 1]
    own = weights[:, leaves]
    values = np.array([columns[place] for place in leaves]).reshape(len(leaves), len(markets))
    weighs: BoolArray = np.any(own > 0, axis=0)
    held: BoolArray = np.isfinite(values) & weighs[:, None]
    total = small_products(own, there(np.where(held, values, 1.0)) * held)
    known = own.sum(axis=1)[:, None]
    if not held.all():
        known = small_products(own, held.astype(np.float64))
    for place, column in enumerate(columns):
        if column.ndim > 1:
            share = weights[:, place, None] * np.isfinite(column)
            total = total + share * there(np.where(share > 0, column, 1.0))
            known = known + share
    nothing = np.full_like(total, np.nan)
    return np.asarray(back(np.divide(total, known, out=nothing, where=known > 0)))
