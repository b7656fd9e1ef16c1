"""Weights that can move hardly a rank, because nearly all ranked markets are alike in them."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.framework import Framework
from marketselect.naming import Naming
from marketselect.words import ROUNDING, weight_text

NEARLY = 0.95  # of the ranked markets
LEAST = 3  # markets; of two, one is alike with itself


def alike_lines(
    framework: Framework,
    weights: Mapping[str, float],
    scores: pd.DataFrame,
    normalized: pd.DataFrame,
    neutral: Collection[str],
    naming: Naming,
) -> list[str]:
    """Return a line on the weights that move no rank, and one on those that move hardly any.

    A factor in which all are alike is named in place of its indicators. What takes no part, or has
    no weight, has nothing to move.

    Parameters
    ----------
    framework : Framework
    weights : mapping
        Of everything in the tree, of all.
    scores : DataFrame
        Of the ranked markets: the top factors are read.
    normalized : DataFrame
        The ranked markets' indicators on the common scale; NaN where there is no value.
    neutral : collection of str
        What takes no part: it is told elsewhere.
    naming : Naming
    """
    if len(scores) < LEAST:
        return []
    none, few = [], []
    for code, column in alike_columns(framework, scores, normalized):
        same, every = most_alike(column), len(column)
        if code in neutral or not weights[code] or same < NEARLY * every:
            continue
        weight = weight_text(weights[code])
        if same == every:
            none.append(naming(code, weight))
        else:
            few.append(naming(code, weight, f"{same} of {every}"))
    lines = (
        ("no rank, since the ranked markets are alike there", none),
        ("hardly a rank, since nearly all ranked markets are alike there", few),
    )
    return [f"weights that move {what}: {', '.join(of)}" for what, of in lines if of]


def alike_columns(
    framework: Framework, scores: pd.DataFrame, normalized: pd.DataFrame
) -> Iterator[tuple[str, FloatArray]]:
    """Yield the scores of top factors in which all are alike, and indicators of the others."""
    still = set()
    for code in framework.top:
        column = scores[code].to_numpy(dtype=np.float64)
        if most_alike(column) == len(column):
            still.add(code)
            yield code, column
    for code in framework.codes:
        if still.isdisjoint(framework.tree.above[code]):
            yield code, normalized[code].to_numpy(dtype=np.float64)


def most_alike(column: FloatArray) -> int:
    """Return how many markets have one and the same score in a column, but for rounding.

    A gap is like no value: where there is one, others share the weight.
    """
    known = np.sort(column[np.isfinite(column)])
    if not len(known):
        return 0
    ends = np.flatnonzero(np.diff(known) > ROUNDING * max(1.0, float(np.abs(known).max())))
    return int(np.diff([-1, *ends, len(known) - 1]).max())


def idle_weights(framework: Framework, names: Iterable[str], naming: Naming) -> list[str]:
    """Return a line on weights that change nothing, as they are alone in their group."""
    codes = [factor.code for factor in framework.factors]
    groups = {code: framework.children(code) for code in (None, *codes)}
    alone = {
        group[0]: "among the top factors" if code is None else f"in {naming(code)}"
        for code, group in groups.items()
        if len(group) == 1
    }
    idle = [name for name in names if name in alone]
    if len(idle) == 1:
        return [f"the weight of {naming(idle[0])} changes nothing: it is alone {alone[idle[0]]}"]
    text = f"the weights of {naming.listed(idle)} change nothing: each is alone in its group"
    return [text] if idle else []
