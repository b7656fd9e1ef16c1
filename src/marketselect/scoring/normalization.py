"""Normalization: raw values onto one scale, larger is better, every parameter kept.

`fit` finds the parameters of each indicator on all markets, `apply` uses them, `normalize` does
both. Values come here after their log; goalposts and targets are given in raw units and take the
same log. Definitions: OECD/JRC, Handbook on Constructing Composite Indicators (2008), chapter 5;
nothing is ever inverted with 1/x.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import pandas as pd

from marketselect.checks import FloatArray
from marketselect.errors import InputError, listing, refuse
from marketselect.framework import Framework, Indicator, as_framework

BOUNDED = ("goalposts", "min-max", "distance-to-max", "percentile-rank")


@dataclass(frozen=True, kw_only=True, eq=False)
class IndicatorScale:
    """Everything that was fitted for one indicator; after its log, if it has one."""

    code: str
    normalization: str
    direction: str
    range: tuple[float, float]
    """The lowest and highest score; used by the normalizations that fill it."""
    log: bool = False
    """Whether the natural logarithm was taken first."""
    target: float | None = None
    low: float | None = None
    """The value at the lower end of the scale: a goalpost, or the least fitted value."""
    high: float | None = None
    reach: float | None = None
    """With a target and no goalposts: the distance from it that scores the foot of the range."""
    center: float | None = None
    """The mean that is taken off, z-score."""
    spread: float | None = None
    """What the values are divided by: standard deviation, sum, largest or length of the column."""
    fitted: FloatArray | None = None
    """The fitted values, better is larger, sorted: what ranks are counted in."""
    imputed: Mapping[str, float] = field(default_factory=dict)
    """What a missing value is replaced by, by group; the key "" is the overall statistic."""
    winsorized: tuple[float, float] | None = None
    """The least and largest value after winsorizing."""
    shifted_log: tuple[float, float] | None = None
    """Least and largest value of a column whose shifted range was logged against outliers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """The fitted scale of every indicator: shared between years or samples, scores compare."""

    indicators: tuple[IndicatorScale, ...]

    @cached_property
    def _by_code(self) -> dict[str, IndicatorScale]:
        return {item.code: item for item in self.indicators}

    def __getitem__(self, code: str) -> IndicatorScale:
        found = self._by_code.get(code)
        if found is not None:
            return found
        raise InputError(
            f'the scale has no indicator "{code}"; it was fitted on '
            f"{listing(item.code for item in self.indicators)}"
        )

    def to_table(self) -> pd.DataFrame:
        """Return one row an indicator with every parameter but the fitted ranks."""
        names = [item.name for item in fields(IndicatorScale) if item.name != "fitted"]
        rows = [{name: getattr(item, name) for name in names} for item in self.indicators]
        return pd.DataFrame(rows, columns=names).set_index("code")


def fit(values: pd.DataFrame, framework: Framework | str) -> Scale:
    """Fit the scale of each indicator on all markets given.

    Parameters
    ----------
    values : DataFrame
        Markets down, indicators across, after their log; NaN where missing.
    framework : Framework or str
        Gives normalization, range, directions, targets and goalposts.

    Raises
    ------
    InputError
        With every indicator that has no value, or no difference between markets, where the
        normalization needs one.
    """
    rules = as_framework(framework)
    found: list[str] = []
    scales = [fit_one(values[i.code].to_numpy(), i, rules, found) for i in rules.indicators]
    refuse("normalization", found)
    return Scale(indicators=tuple(scales))


def fit_one(
    column: FloatArray, indicator: Indicator, framework: Framework, found: list[str]
) -> IndicatorScale:
    """Fit one indicator; what has no answer is added to `found`."""
    kind, goalposts = framework.normalization, indicator.goalposts
    if kind in ("min-max", "goalposts") and goalposts:
        kind = "goalposts"
    log = indicator.transform == "log"
    target = indicator.target
    if log and target is not None:
        target = float(np.log(target))
    base = IndicatorScale(
        code=indicator.code,
        normalization=kind,
        direction=indicator.direction,
        range=framework.range,
        log=log,
        target=target,
    )
    if kind == "goalposts" and goalposts:
        low, high = np.log(goalposts) if log else goalposts
        return changed(base, low=float(low), high=float(high))
    known = column[np.isfinite(column)]
    if not len(known):
        found.append(f'indicator "{indicator.code}": no market has a value; leave it out')
        return base
    signed = oriented(known, base)
    if kind not in ("rank", "none") and signed.min() == signed.max():
        found.append(
            f'indicator "{indicator.code}": every market has the value {known[0]:g}, there is no '
            f"difference for {kind} to show; give it goalposts or leave it out with subset"
        )
        return base
    return changed(base, **parameters(kind, known, signed, target))


def parameters(
    kind: str, known: FloatArray, signed: FloatArray, target: float | None
) -> dict[str, object]:
    """Return the fitted parameters of one normalization."""
    if kind in ("rank", "percentile-rank"):
        return {"fitted": np.sort(signed)}
    if kind == "z-score":
        return {"center": float(signed.mean()), "spread": float(signed.std(ddof=1))}
    if kind == "none":
        return {}
    if kind in ("sum", "max", "vector"):
        size = np.abs(known).max()
        scaled = known / size
        total = {"sum": abs(scaled.sum()), "max": 1.0, "vector": np.sqrt((scaled**2).sum())}[kind]
        return {"spread": float(total * size)}
    reach = None if target is None else float(np.abs(known - target).max())
    return {"low": float(known.min()), "high": float(known.max()), "reach": reach}


def changed(scale: IndicatorScale, **values: object) -> IndicatorScale:
    """Return a copy of a scale with some parameters set."""
    given = {item.name: getattr(scale, item.name) for item in fields(IndicatorScale)}
    return IndicatorScale(**{**given, **values})


def apply(values: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Normalize values with a fitted scale; beyond the ends of a bounded scale they are clipped.

    Parameters
    ----------
    values : DataFrame
        Markets down, indicators across, after their log; NaN stays NaN.
    scale : Scale
        From `fit`.

    Returns
    -------
    DataFrame
        Same labels, larger is better: within the range for goalposts, min-max, distance-to-max
        and percentile-rank; otherwise in the normalization's own unit.
    """
    columns = [
        normalized_column(column, scale[str(code)])
        for code, column in zip(values.columns, values.to_numpy(dtype=np.float64).T, strict=True)
    ]
    return pd.DataFrame(np.column_stack(columns), values.index, values.columns)


def normalize(values: pd.DataFrame, framework: Framework | str) -> pd.DataFrame:
    """Normalize values on the scale that they themselves give: ``apply(values, fit(values))``.

    Parameters
    ----------
    values : DataFrame
        Markets down, the framework's indicators across, after their log; NaN stays NaN.
    framework : Framework or str
        Gives normalization, range, directions, targets and goalposts.

    Returns
    -------
    DataFrame
        Larger is better, same labels.

    Raises
    ------
    InputError
        Where an indicator has no value, or no difference for the normalization to show.

    Notes
    -----
    With ``u`` from 0 to 1 filling the range: *min-max* ``(x - min)/(max - min)``; *goalposts* the
    same between the goalposts, clipped; *distance-to-max* ``1 - (max - x)/(max - min)``;
    *percentile-rank* the share of the other markets that are below. Not rescaled: *z-score*
    ``(x - mean)/sd`` with ddof 1; *rank* 1..n, ties share the lower; *sum*, *max*, *vector*: x
    over the column's sum, largest absolute value or Euclidean length; *none*. For a cost the
    sense is turned round (``1 - u``, or ``-x`` before the formula). A *target* scores the top at
    the target and falls linearly to both goalposts, or to the largest ``|x - target|``.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(name="two", factors=(ms.Factor(code="risk"),), indicators=(
    ...     ms.Indicator(code="debt", factor="risk", direction="cost"),))
    >>> ms.normalize(pd.DataFrame({"debt": [20.0, 60.0, 100.0]}), framework)["debt"].tolist()
    [100.0, 50.0, 0.0]
    """
    return apply(values, fit(values, framework))


def oriented(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Return values turned so that larger is better; with a target, minus the distance to it."""
    if scale.target is not None:
        return -np.abs(values - scale.target)
    return -values if scale.direction == "cost" else values


def normalized_column(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize one column; NaN stays NaN."""
    if scale.normalization in BOUNDED:
        low, high = scale.range
        share = unit_interval(values, scale)
        # Not low + (high - low) share: a share of exactly one must give exactly the top.
        return low * (1 - share) + high * share
    signed = oriented(values, scale)
    if scale.fitted is not None:
        below = np.searchsorted(scale.fitted, signed, side="left")
        return np.where(np.isnan(values), np.nan, below + 1.0)
    result: FloatArray = (signed - (scale.center or 0.0)) / (scale.spread or 1.0)
    return result


def unit_interval(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Return the share of the range that each value reaches, 0 to 1."""
    if scale.fitted is not None:
        below = np.searchsorted(scale.fitted, oriented(values, scale), side="left")
        share = np.minimum(below / (len(scale.fitted) - 1), 1.0)
        return np.where(np.isnan(values), np.nan, share)
    low, high = scale.low or 0.0, scale.high or 0.0
    if scale.target is None:
        share = np.clip(span(values, low) / span(high, low), 0.0, 1.0)
        return 1 - share if scale.direction == "cost" else share
    if scale.reach is not None:
        return np.clip(1 - np.abs(span(values, scale.target)) / (scale.reach / 2), 0.0, 1.0)
    # A tent: a side without width (the target at a goalpost) is never below its top.
    target, inside = scale.target, np.clip(values, low, high)
    up = span(inside, low) / span(target, low) if target > low else np.ones_like(values)
    down = span(high, inside) / span(high, target) if target < high else np.ones_like(values)
    return np.where(np.isnan(values), np.nan, np.where(inside <= target, up, down))


def span(upper: FloatArray | float, lower: FloatArray | float) -> FloatArray:
    """Return half the distance between two values: no overflow where they are huge."""
    return np.asarray(np.multiply(upper, 0.5) - np.multiply(lower, 0.5), dtype=np.float64)


def outside(values: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Return values clipped to the ends of their scale, where it has ends; others as they are."""
    scales = [scale[code] for code in values.columns]
    low = [-np.inf if item.low is None else item.low for item in scales]
    high = [np.inf if item.high is None else item.high for item in scales]
    return pd.DataFrame(np.clip(values.to_numpy(), low, high), values.index, values.columns)
