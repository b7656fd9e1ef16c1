"""Indicators that tell no markets apart: they take no part, nor does a factor that holds no other.

Where a normalization divides by a difference, or by the size of the values, and there is none, the
indicator counts for nothing: its weight is zero for every market and goes to its siblings, as if
the framework did not have it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray
from marketselect.errors import InputError, listing
from marketselect.framework import Framework
from marketselect.framework.nodes import reweighted
from marketselect.frozen import read_only
from marketselect.naming import Naming

WHY = "no difference between the markets, and no part in the scores"


def idle_nodes(framework: Framework, neutral: Collection[str]) -> frozenset[str]:
    """Return indicators that tell no markets apart, and factors with no others that count."""
    tree, idle = framework.tree, set(neutral)
    for factor in tree.bottom_up if neutral else ():
        if not any(tree.local[code] > 0 and code not in idle for code in tree.children[factor]):
            idle.add(factor)
    return frozenset(idle)


def counted_factors(framework: Framework, neutral: Collection[str]) -> BoolArray:
    """Return which of the top factors take part in the scores: they tell markets apart."""
    idle = idle_nodes(framework, neutral)
    return read_only(np.array([code not in idle for code in framework.top]))


def without_neutral(framework: Framework, neutral: Collection[str]) -> Framework:
    """Return the framework to score by, weight zero for what tells no markets apart.

    Parameters
    ----------
    framework : Framework
        Without judgements: these are weights already.
    neutral : collection of str
        The indicators that tell no markets apart.

    Raises
    ------
    InputError
        If nothing is left that has a weight.
    """
    if not neutral:
        return framework
    idle, tree = idle_nodes(framework, neutral), framework.tree
    if not any(tree.local[code] > 0 and code not in idle for code in tree.top):
        raise InputError.of(
            "no-difference",
            "the data",
            f"no indicator that has a weight tells the markets apart: {listing(neutral)}",
            "give them goalposts, or take other indicators",
        )
    # In a group of which nothing takes part the weights stay: the whole group has none above.
    zero = {code: 0.0 for code in idle if tree.parents[code] not in idle}
    return replace(
        framework,
        factors=reweighted(framework.factors, zero),
        indicators=reweighted(framework.indicators, zero),
    )


def without_idle(framework: Framework, neutral: Collection[str]) -> Framework:
    """Return the framework to score by without what tells no markets apart."""
    if not neutral:
        return framework
    idle, above = idle_nodes(framework, neutral), framework.tree.above
    kept = [code for code in framework.codes if idle.isdisjoint((code, *above[code]))]
    return framework.subset(kept)


def gapless_neutral(raw: pd.DataFrame, neutral: Iterable[str]) -> pd.DataFrame:
    """Return values with no gap in indicators that tell no markets apart, lacked by nobody."""
    nothing = dict.fromkeys(neutral, 0.0)
    return raw.assign(**nothing) if nothing else raw


def neutral_lines(
    framework: Framework, neutral: Collection[str], naming: Naming | None = None
) -> list[str]:
    """Return a line on the indicators that tell no markets apart in the scores, or none."""
    if not neutral:
        return []
    called, idle = naming or Naming(framework.names), idle_nodes(framework, neutral)
    factors = [factor.code for factor in framework.factors if factor.code in idle]
    line = f"no difference between the markets, and no part in the scores: {called.listed(neutral)}"
    under = f"; so factors with nothing else that counts have none: {called.listed(factors)}"
    return [line + under if factors else line]


def neutral_cells(neutral: Collection[str], markets: Iterable[Any]) -> pd.DataFrame:
    """List the cells of indicators that tell no markets apart: market, indicator, why."""
    rows = [(market, code, WHY) for market in markets for code in neutral]
    return pd.DataFrame(rows, columns=["market", "indicator", "why"])
