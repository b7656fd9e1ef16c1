"""Aggregation: normalized indicators up a tree of any depth to a score for every factor.

Means: OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 6; generalized
mean of power p: ``(sum w x^p)^(1/p)``, p = 1 arithmetic, p = -1 harmonic, p -> 0 geometric.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import BoolArray, FloatArray, refuse_infinite
from marketselect.dataframes import Table
from marketselect.errors import InputError, listing
from marketselect.framework import Factor, Framework, as_framework
from marketselect.printing import to_print
from marketselect.scoring.changes import values_for_step

ROWS = 20_000  # markets whose mean is taken at once: it takes half a dozen times their memory

Columns: TypeAlias = Mapping[str, FloatArray]
"""Each indicator's values by its code, shape (..., markets)."""

Split: TypeAlias = Mapping[str | None, FloatArray]
"""The weights of the children of each factor, shape (..., children); None: of the top factors."""


def aggregate(normalized: Table, framework: Framework | str) -> pd.DataFrame:
    """Aggregate normalized indicators to a score for every factor of the tree.

    Parameters
    ----------
    normalized : DataFrame
        Markets down, the framework's indicators across, larger is better. A missing value's
        weight goes to its siblings: that imputes the market's own mean there.
    framework : Framework or str
        Gives the tree, the weights and each factor's mean.

    Returns
    -------
    DataFrame
        Markets down, one column a factor in the framework's order, in the unit of the input. A
        sub-factor with nothing observed takes the score of its parent, which its siblings make;
        a top factor with nothing observed is NaN.

    Raises
    ------
    InputError
        If a geometric or harmonic mean, or one of negative power, meets a value that is not
        positive; or one of positive power meets a negative value.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(name="two", factors=(ms.Factor(code="size"),), indicators=(
    ...     ms.Indicator(code="gdp", factor="size", direction="benefit", weight=3),
    ...     ms.Indicator(code="people", factor="size", direction="benefit")))
    >>> ms.aggregate(pd.DataFrame({"gdp": [80.0], "people": [40.0]}), framework)["size"].tolist()
    [70.0]
    """
    rules = as_framework(framework)
    return to_print(aggregate_frame(values_for_step(normalized, rules), rules))


def aggregate_frame(normalized: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Aggregate as `aggregate` does, from checked values in the framework's order."""
    columns = dict(zip(framework.codes, normalized.to_numpy().T, strict=True))
    scores = aggregate_columns(columns, framework, normalized.index)
    # Column by column in memory, as a frame has it: the last digit of a sum depends on that.
    block = np.stack([scores[factor.code] for factor in framework.factors]).T
    return pd.DataFrame(
        block, normalized.index, [factor.code for factor in framework.factors], copy=False
    )


def aggregate_columns(
    columns: Columns,
    framework: Framework,
    markets: "pd.Index[Any] | None" = None,
    split: Split | None = None,
) -> dict[str, FloatArray]:
    """Return the score of every factor from the indicators' columns, shape (..., markets).

    A batch of draws, of the data or of the weights, may stand before the markets.
    """
    tree, scores = framework.tree, dict(columns)
    shares = tree.split if split is None else split
    for factor in framework.bottom_up():
        under = np.broadcast_arrays(*(scores[code] for code in tree.children[factor.code]))
        share = np.expand_dims(shares[factor.code], -2)
        refuse_outside_mean(under, share, factor, markets)
        parts = range(0, max(under[0].shape[-1], 1), ROWS)  # one for no market, too
        means = [
            factor_mean(
                np.stack([x[..., start : start + ROWS] for x in under], axis=-1),
                share,
                factor,
                tree.children[factor.code],
            )
            for start in parts
        ]
        scores[factor.code] = means[0] if len(parts) == 1 else np.concatenate(means, axis=-1)
    for factor in reversed(framework.bottom_up()):
        for code in tree.children[factor.code]:
            if code not in columns:
                scores[code] = np.where(np.isnan(scores[code]), scores[factor.code], scores[code])
    return {factor.code: scores[factor.code] for factor in framework.factors}


def factor_mean(
    block: FloatArray, share: FloatArray, factor: Factor, children: Sequence[str]
) -> FloatArray:
    """Return a factor's score: the weighted mean over what each market has, NaN for nothing.

    Parameters
    ----------
    block : ndarray, shape (..., markets, children)
    share : ndarray, shape (..., 1, children)
        Weights that add up to one.
    children : sequence of str
        Their codes.

    Raises
    ------
    InputError
        If a value is infinite: only NaN is missing.
    """
    present = np.isfinite(block) & (share > 0)
    if present.all():  # the usual case: the same weights for every market, and nothing to fill
        weight, values = share, block
    else:
        if np.isinf(block).any():
            refuse_infinite(block, f'values under factor "{factor.code}"', names=children)
        weight, values = np.where(present, share, 0.0), np.where(present, block, 1.0)
    total = weight.sum(axis=-1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    if factor.aggregation == "arithmetic":
        result = (weight * values).sum(axis=-1)
    else:
        power = {"geometric": 0.0, "harmonic": -1.0}.get(factor.aggregation, factor.power or 0.0)
        result = power_mean(values, weight, power, present)
    return np.where(total[..., 0] > 0, result, np.nan)


def power_mean(
    values: FloatArray, weight: FloatArray, power: float, present: NDArray[np.bool_]
) -> FloatArray:
    """Return factor scores by the generalized mean of the last axis; power 0 is geometric."""
    if power == 0:
        return np.asarray(np.exp((weight * np.log(values)).sum(axis=-1)))
    # Relative to the value that dominates the sum, so that no power of another overflows.
    side = -np.inf if power > 0 else np.inf
    known = np.where(present, values, side)
    most = known.max(axis=-1, keepdims=True) if power > 0 else known.min(axis=-1, keepdims=True)
    most = np.where(np.isfinite(most) & (most > 0), most, 1.0)
    filled = np.where(present, values, most)
    ratio = filled / most if power > 0 else most / filled
    total = (weight * ratio ** abs(power)).sum(axis=-1)
    return np.asarray(most[..., 0] * np.where(total > 0, total, 1.0) ** (1 / power) * (total > 0))


def refuse_outside_mean(
    under: Sequence[FloatArray],
    share: FloatArray,
    factor: Factor,
    markets: "pd.Index[Any] | None",
) -> None:
    """Refuse normalized values for which the mean of their factor has no meaning."""
    if factor.aggregation == "arithmetic":
        return
    zero_fits = factor.aggregation == "power" and (factor.power or 0.0) > 0
    bad: BoolArray = np.zeros(under[0].shape, dtype=bool)
    for place, column in enumerate(under):
        wrong = (column < 0) if zero_fits else (column <= 0)
        if wrong.any():
            bad = bad | wrong & np.isfinite(column) & (share[..., place] > 0)
    if bad.any():
        where = np.flatnonzero(bad.reshape(-1, bad.shape[-1]).any(axis=0))
        needed = "values of 0 or more" if zero_fits else "values above 0"
        raise InputError.of(
            "undefined",
            f'factor "{factor.code}"',
            f"its {factor.aggregation} mean needs {needed}, and "
            f"{len(where)} market(s) have others: "
            f"{listing(where if markets is None else markets[where])}",
            "set range = [1, 100] and a normalization that fills it, or aggregate arithmetically",
        )
