"""Aggregation: normalized indicators up a tree of any depth to a score for every factor.

Means: OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 6; generalized
mean of power p: ``(sum w x^p)^(1/p)``, p = 1 arithmetic, p = -1 harmonic, p -> 0 geometric.
"""

from typing import Any

import numpy as np
import pandas as pd

from marketselect.checks import FloatArray
from marketselect.errors import InputError, listing
from marketselect.framework import Factor, Framework, as_framework


def aggregate(normalized: pd.DataFrame, framework: Framework | str) -> pd.DataFrame:
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
    weights = rules.local_weights()
    columns = {code: normalized[code].to_numpy(dtype=np.float64) for code in rules.codes}
    for factor in rules.bottom_up():
        children = rules.children(factor.code)
        block = np.column_stack([columns[code] for code in children])
        share = np.array([weights[code] for code in children])
        columns[factor.code] = mean(block, share, factor, normalized.index)
    for factor in reversed(rules.bottom_up()):
        for code in rules.children(factor.code):
            if code not in rules.codes:
                own = columns[code]
                columns[code] = np.where(np.isnan(own), columns[factor.code], own)
    return pd.DataFrame({f.code: columns[f.code] for f in rules.factors}, index=normalized.index)


def mean(
    block: FloatArray, share: FloatArray, factor: Factor, markets: "pd.Index[Any]"
) -> FloatArray:
    """Return the weighted mean of each row over what it holds; NaN where it holds nothing.

    Parameters
    ----------
    block : ndarray, shape (markets, children)
    share : ndarray, shape (children,)
        Weights that add up to one.
    """
    present = np.isfinite(block) & (share > 0)
    weight = np.where(present, share, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    values = np.where(present, block, 1.0)
    if factor.aggregation == "arithmetic":
        result = (weight * values).sum(axis=1)
    else:
        refuse_values(values, factor, markets)
        power = {"geometric": 0.0, "harmonic": -1.0}.get(factor.aggregation, factor.power or 0.0)
        result = power_mean(values, weight, power)
    return np.where(total[:, 0] > 0, result, np.nan)


def power_mean(values: FloatArray, weight: FloatArray, power: float) -> FloatArray:
    """Return the generalized mean of each row; power 0 is the geometric mean."""
    if power == 0:
        return np.asarray(np.exp((weight * np.log(values)).sum(axis=1)))
    # Relative to the largest of the row, so that high powers of huge values stay finite.
    top = values.max(axis=1, keepdims=True)
    top = np.where(top > 0, top, 1.0)
    return np.asarray(top[:, 0] * (weight * (values / top) ** power).sum(axis=1) ** (1 / power))


def refuse_values(values: FloatArray, factor: Factor, markets: "pd.Index[Any]") -> None:
    """Refuse values for which the factor's mean has no meaning."""
    zero_fits = factor.aggregation == "power" and (factor.power or 0.0) > 0
    bad = (values < 0) if zero_fits else (values <= 0)
    if bad.any():
        where = markets[np.flatnonzero(bad.any(axis=1))]
        needed = "values of 0 or more" if zero_fits else "values above 0"
        raise InputError(
            f'factor "{factor.code}": its {factor.aggregation} mean needs {needed}, and '
            f"{len(where)} market(s) have others: {listing(where)}; set range = [1, 100] and a "
            "normalization that fills it, or aggregate arithmetically"
        )
