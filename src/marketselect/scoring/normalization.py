"""Normalization: raw values onto one scale, larger is better, every parameter kept.

`fit_scales` finds the parameters of each indicator on all markets, `apply_scale` uses them,
`normalize` does both. Values come here after their log; goalposts and targets are given in raw
units and take the same log. Definitions: OECD/JRC, Handbook on Constructing Composite Indicators
(2008), chapter 5; nothing is ever inverted with 1/x.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import Table
from marketselect.errors import Fault, raise_faults
from marketselect.framework import Framework, Indicator, as_framework
from marketselect.frozen import FrozenMapping
from marketselect.printing import to_print
from marketselect.scoring.changes import LEAVE_OUT, Ways, values_for_step
from marketselect.scoring.scale import (
    IndicatorScale,
    Scale,
    a_scale,
    ends_of_scale,
    scale_before_fit,
)
from marketselect.scoring.treatment import shifted_log
from marketselect.scoring.value_functions import beyond_value_function, on_value_function
from marketselect.values import TIE

HUGE = 1e307  # a difference of two such values may be too large for a float


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """The values of one indicator that a scale is fitted on."""

    values: FloatArray
    signed: FloatArray
    """Turned so that larger is better; with a target, minus the distance to it."""
    target: float | None
    tie: float
    """How far apart two of them may be that rounding alone has set apart."""

    @property
    def ends(self) -> dict[str, Any]:
        """The outermost values: what lies beyond is clipped to them."""
        reach = None if self.target is None else float(np.abs(self.values - self.target).max())
        return {"low": float(self.values.min()), "high": float(self.values.max()), "reach": reach}

    @property
    def size(self) -> float:
        """The largest absolute value: relative to it, squares and sums stay numbers."""
        return float(np.abs(self.signed).max())


@dataclass(frozen=True, kw_only=True)
class Normalization:
    """One way to put values onto a scale: what is fitted, and how it is used."""

    name: str
    fit: Callable[[Known], Mapping[str, Any]]
    """Returns the parameters that are fitted, by the names of `IndicatorScale`."""
    column: Callable[[FloatArray, IndicatorScale], FloatArray]
    """Takes values and the fitted scale; returns scores, larger is better. NaN stays NaN."""
    bounded: bool = False
    """Whether the scores fill the range."""
    needs_difference: bool = True
    """Whether it has no answer where all markets have the same value."""
    needs_size: bool = False
    """Whether it has no answer where all values, or distances to a target, are zero."""


def no_parameters(_known: Known) -> dict[str, Any]:
    """Return no parameters, for a normalization that fits none."""
    return {}


def fitted_ends(known: Known) -> dict[str, Any]:
    """Return what a normalization by the range fits: the ends of the values."""
    return known.ends


def fitted_in_order(known: Known) -> dict[str, Any]:
    """Return what a normalization by ranks fits: the values in order, and how near ties are."""
    return {"fitted": np.sort(known.signed), "tie": known.tie, **known.ends}


def mean_and_deviation(known: Known) -> dict[str, Any]:
    """Return what z-scores are fitted by: the mean and the standard deviation with ddof 1."""
    scaled = known.signed / known.size
    center, spread = float(scaled.mean() * known.size), float(scaled.std(ddof=1) * known.size)
    return {"center": center, "spread": spread, **known.ends}


def fitted_sum(known: Known) -> dict[str, Any]:
    """Return what a normalization by the sum fits: the absolute sum of the values."""
    return fitted_divisor(known, lambda scaled: abs(scaled.sum()))


def fitted_largest(known: Known) -> dict[str, Any]:
    """Return what a normalization by the maximum fits: the largest absolute value."""
    return fitted_divisor(known, lambda _: 1.0)


def fitted_length(known: Known) -> dict[str, Any]:
    """Return what a normalization by vectors fits: the Euclidean length of the values."""
    return fitted_divisor(known, lambda scaled: np.sqrt((scaled**2).sum()))


def fitted_divisor(known: Known, measure: Callable[[FloatArray], float]) -> dict[str, Any]:
    """Return what a normalization divides by, in units of the largest: no sum overflows."""
    return {"spread": float(measure(known.signed / known.size) * known.size), **known.ends}


def fit_scales(values: pd.DataFrame, framework: Framework | str, ways: Ways | None = None) -> Scale:
    """Fit the scale that each indicator is normalized on, by all markets given.

    Parameters
    ----------
    values : DataFrame
        Markets down, indicators across, after their log; NaN where missing.
    framework : Framework or str
        Gives normalization, range, directions, targets and goalposts.
    ways : mapping, optional
        How to come by values of an indicator that has none, in Python and on the command line.

    Raises
    ------
    InputError
        With every indicator that has no value; or no difference between markets, or nothing but
        zeros, where the normalization divides by that, under ``constant = "refuse"`` or if no
        indicator has one.
    """
    rules, out = as_framework(framework), ways or {}
    found: list[Fault] = []
    columns = dict(zip(values.columns, values.to_numpy().T, strict=True))
    scales = [
        fit_indicator_scale(columns[i.code], i, rules, found, out.get(i.code, LEAVE_OUT))
        for i in rules.indicators
    ]
    if rules.constant == "neutral" and len(found) < len(scales):
        found = [fault for fault in found if fault.code != "no-difference"]
    raise_faults(found, "normalization")
    return Scale(indicators=tuple(scales))


def fit_indicator_scale(
    column: FloatArray,
    indicator: Indicator,
    framework: Framework,
    found: list[Fault],
    way: tuple[str, str],
) -> IndicatorScale:
    """Fit the scale of one indicator; a fault goes to `found`, without values with `way`."""
    base = scale_before_fit(indicator, framework)
    kind, target = base.normalization, base.target
    if kind == "goalposts":
        return base
    known, where = column[np.isfinite(column)], f'indicator "{indicator.code}"'
    if not len(known):
        found.append(Fault("no-data", where, "no market has a value", *way))
        return base
    signed = oriented(known, base)
    rule = NORMALIZATIONS[kind]
    tie = tie_on_scale(signed if base.value_function else known, target)
    alike = rule.needs_difference and all_alike_on_scale(signed, tie)
    if framework.constant == "neutral" and has_a_top(kind, known, target):
        alike = False
    if alike or (rule.needs_size and not signed.any()):
        same = f"has the value {np.exp(known[0]) if base.log else known[0]:g}"
        if target is not None:
            same = f"is as far from the target {indicator.target:g}"
        if base.value_function:
            same = f"scores {signed[0]:g} on its value function"
        remedy, own = LEAVE_OUT
        if kind == "min-max" or (kind == "distance-to-max" and target is not None):
            remedy, own = f"give it goalposts or {remedy}", f"give it goalposts or {own}"
        lacking = "difference for {kind} to show" if alike else "size for {kind} to divide by"
        got = f"every market {same}, there is no {lacking.format(kind=kind)}"
        found.append(Fault("no-difference", where, got, remedy, own))
        return replace(base, spread=0.0)
    fitted = replace(base, **rule.fit(Known(values=known, signed=signed, target=target, tie=tie)))
    if fitted.spread == 0:
        zero = f"its values add up to zero, {kind} cannot divide by that"
        found.append(Fault("undefined", where, zero, "choose another normalization"))
    return fitted


def has_a_top(kind: str, known: FloatArray, target: float | None) -> bool:
    """Return whether a normalization has markets that are all alike at the top of its range."""
    return kind == "distance-to-max" and target is None and bool(known.any())


def apply_scale(values: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Normalize values with a fitted scale; beyond the ends of a bounded scale they are clipped.

    Parameters
    ----------
    values : DataFrame
        Markets down, indicators across, after their log; NaN stays NaN.
    scale : Scale
        From `fit_scales`. Of an indicator that is neutral on it every market, observed or not, is
        in the middle: it has no weight.

    Returns
    -------
    DataFrame
        Same labels, larger is better: within the range for goalposts, min-max, distance-to-max
        and percentile-rank; otherwise in the normalization's own unit.
    """
    chosen = scale.of(map(str, values.columns))
    return pd.DataFrame(on_scale(values.to_numpy(dtype=np.float64), chosen),
                        values.index, values.columns, copy=False)  # fmt: skip


def on_scale(values: FloatArray, scale: Scale) -> FloatArray:
    """Normalize values in the order of the scale, shape (..., indicators); NaN stays NaN."""
    out = np.empty((values.shape[-1], *values.shape[:-1]))  # column by column, as a frame has it
    for place, item in enumerate(scale.indicators):
        out[place] = normalized_column(values[..., place], item)
    return np.moveaxis(out, 0, -1)


def normalize(
    values: Table, framework: Framework | str, *, scale: Scale | None = None
) -> pd.DataFrame:
    """Normalize values on the scale that they themselves give, or on a given one.

    Parameters
    ----------
    values : DataFrame
        Markets down, the framework's indicators across, after their log (`take_logs`) where they
        have one; NaN stays NaN.
    framework : Framework or str
        Gives normalization, range, directions, targets and goalposts.
    scale : Scale, optional
        From `fit_scale`; values beyond the fitted ones are clipped to them. On the scale that was
        fitted on the same values nothing changes.

    Returns
    -------
    DataFrame
        Larger is better, same labels.

    Raises
    ------
    InputError
        Where an indicator has no value; or where none has a difference for the normalization to
        show, or one has not and the framework's `constant` is "refuse".

    Notes
    -----
    With ``u`` from 0 to 1 filling the range: *min-max* ``(x - min)/(max - min)``; *goalposts* the
    same between the goalposts, clipped; *distance-to-max* ``1 - (max - x)/(max - min)``;
    *percentile-rank* the share of the other markets that are below. Not rescaled: *z-score*
    ``(x - mean)/sd`` with ddof 1; *rank* 1..n, ties share the lower; *sum*, *max*, *vector*: x
    over the column's sum, largest absolute value or Euclidean length; *none*. For a cost the
    sense is turned round (``1 - u``, or ``-x`` before the formula). A *target* scores the top at
    the target and falls linearly to both goalposts, or to the largest ``|x - target|``; ranks,
    percentile-rank and what is not rescaled take ``-|x - target|`` in place of x. A *value
    function* is the score itself, in percent of the range, under goalposts, min-max and
    distance-to-max; the others take its score in place of x. Values within 1e-12 of the largest
    are ties, and no difference.

    An indicator without a difference, where the formula divides by one, is *neutral*, and so is one
    of zeros alone (or all at the target) under *sum*, *max* and *vector*, which divide by a size:
    every market, observed or not, is in the middle of the range (0 for what is not rescaled). A
    column of the same for all is no score: `score_factors` gives it no weight. Who aggregates step
    by step leaves it out, the codes are in ``fit_scale(...).neutral``. Under *distance-to-max*
    equal markets are all at the maximum, the top of the range, unless they are all zero.

    Goalposts set the scale under *goalposts* and *min-max*, those of a target under
    *distance-to-max*, too; the others do not look at them.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(name="two", factors=(ms.Factor(code="risk"),), indicators=(
    ...     ms.Indicator(code="debt", factor="risk", direction="cost"),))
    >>> ms.normalize(pd.DataFrame({"debt": [20.0, 60.0, 100.0]}), framework)["debt"].tolist()
    [100.0, 50.0, 0.0]
    """
    rules = as_framework(framework)
    checked = values_for_step(values, rules)
    return to_print(
        apply_scale(checked, fit_scales(checked, rules) if scale is None else a_scale(scale))
    )


def oriented(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Return values turned by their scale, so that larger is better.

    With a target that is minus the distance to it, with a value function what the function says.
    """
    if scale.value_function is not None:
        return on_value_function(values, scale.value_function)
    if scale.target is not None:
        return -np.abs(values - scale.target)
    return -values if scale.direction == "cost" else values


def normalized_column(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize one column; NaN stays NaN, but of a neutral indicator all are in the middle."""
    rule = NORMALIZATIONS[scale.normalization]
    if scale.spread == 0:
        low, high = scale.range if rule.bounded else (0.0, 0.0)
        return np.full_like(values, low / 2 + high / 2)
    return rule.column(values, scale)


def onto_range(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize values onto the range of their scale."""
    low, high = scale.range
    share = unit_interval(values, scale)
    # Not low + (high - low) share: a share of exactly one must give exactly the top.
    return low * (1 - share) + high * share


def below_the_top(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize values onto the range; all at its top where the fitted ones are the same."""
    if is_level_scale(scale):
        return np.where(np.isnan(values), np.nan, scale.range[1])
    return onto_range(values, scale)


def is_level_scale(scale: IndicatorScale) -> bool:
    """Return whether a scale was fitted on equal values, but for rounding, and still is one."""
    low, high = ends_of_scale(scale)
    level_kind = scale.normalization == "distance-to-max" and scale.target is None
    return level_kind and high / 2 - low / 2 <= TIE / 2 * max(abs(low), abs(high))


def in_own_unit(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize to places among the fitted values, or values less their center, by spread."""
    signed = oriented(np.clip(values, *ends_of_scale(scale)), scale)
    if scale.fitted is not None:
        return places_below(signed, scale.fitted, scale.tie or 0.0)[0] + 1.0
    center = 0.0 if scale.center is None else scale.center
    result: FloatArray = (signed - center) / (1.0 if scale.spread is None else scale.spread)
    return result + 0.0  # no minus zero


def unit_interval(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize to the share of the scale's range that each value reaches, 0 to 1."""
    if scale.fitted is not None:
        # Of the other markets: a fitted value is one of the fitted markets itself.
        signed = oriented(values, scale)
        below, among = places_below(signed, scale.fitted, scale.tie or 0.0)
        return below / (len(scale.fitted) - among)
    if scale.value_function is not None:
        return on_value_function(values, scale.value_function) / 100
    # Half of everything where a difference of the ends might be too large for a float.
    low, high = ends_of_scale(scale)
    half = 0.5 if max(abs(low), abs(high)) > HUGE else 1.0
    low, high = low * half, high * half
    inside = np.clip(values * half, low, high)
    if scale.target is None:
        share = (inside - low) / (high - low)
        return 1 - share if scale.direction == "cost" else share
    target = scale.target * half
    if scale.reach is not None:
        reach = scale.reach * half  # so small, it may be, that a distance over it is no float
        return 1 - np.minimum(np.abs(inside - target), reach) / reach
    # A tent, each side as far as its top: one without width (the target at a goalpost) is never
    # below it.
    below, above = np.minimum(inside, target), np.maximum(inside, target)
    up = (below - low) / (target - low) if target > low else np.ones_like(values)
    down = (high - above) / (high - target) if target < high else np.ones_like(values)
    return np.where(np.isnan(values), np.nan, np.where(inside <= target, up, down))


def normalize_unclipped(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Normalize drawn values, after their log, on a scale that goes on beyond its ends.

    The logarithm of a shifted range begins at its low end. Ranks are places among the fitted
    values, which have none beyond the first and the last; equal ones are all at the maximum.
    """
    if scale.shifted_log is not None:
        low, high = scale.shifted_log
        values = shifted_log(np.maximum(values, low), np.array(low), np.array(high))
    if scale.fitted is not None or is_level_scale(scale):
        return normalized_column(values, scale)
    if scale.normalization not in BOUNDED or scale.low is None or scale.high is None:
        points, center = scale.value_function, 0.0 if scale.center is None else scale.center
        signed = (
            oriented(values, scale) if points is None else beyond_value_function(values, points)
        )
        return (signed - center) / (1.0 if scale.spread is None else scale.spread)
    low, high = scale.range
    share = share_of_range(values, scale, scale.low, scale.high)
    return low * (1 - share) + high * share


def share_of_range(
    values: FloatArray, scale: IndicatorScale, low: float, high: float
) -> FloatArray:
    """Return the share of a scale's range that values reach; below 0 or above 1 beyond it."""
    if scale.value_function is not None:
        return beyond_value_function(values, scale.value_function) / 100
    if scale.target is None:
        share = (values - low) / (high - low)
        return 1 - share if scale.direction == "cost" else share
    beyond = np.abs(values - scale.target)
    if scale.reach is not None:
        return 1 - beyond / scale.reach
    # As `unit_interval` has it, but for the last digits: it measures a tent from its feet.
    below, above = scale.target - low, high - scale.target
    # A side without width, the target at a goalpost: nothing on it is off the target.
    slopes = [0.0 if side <= 0 else 1 / side for side in (below, above)]
    return np.asarray(1 - beyond * np.where(values <= scale.target, *slopes))


def tie_on_scale(known: FloatArray, target: float | None) -> float:
    """Return how far rounding alone may set two values of a scale apart, as for ties."""
    return TIE * max(float(np.abs(known).max()), abs(target or 0.0))


def all_alike_on_scale(values: FloatArray, tie: float) -> bool:
    """Return whether all values that a scale is fitted on are the same, but for rounding."""
    # Halves, so that the difference of two huge values is a number.
    return bool(values.max() / 2 - values.min() / 2 <= tie / 2)


def places_below(
    values: FloatArray, fitted: FloatArray, tie: float
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return how many of a scale's fitted values are below each, and if it is one of these."""
    with np.errstate(over="ignore"):  # beyond the largest float nothing is fitted
        lower, upper = values - tie, values + tie
    left = np.searchsorted(fitted, lower, side="left")
    among = np.searchsorted(fitted, upper, side="right") > left
    return np.where(np.isnan(values), np.nan, left), among


by_size: dict[str, Any] = {"column": in_own_unit, "needs_difference": False, "needs_size": True}

# To add a normalization: write what it fits and how it is used, put its value here,
# and its word in framework/vocabulary.py.
_TABLE = (
    Normalization(name="goalposts", fit=no_parameters, column=onto_range, bounded=True),
    Normalization(name="min-max", fit=fitted_ends, column=onto_range, bounded=True),
    Normalization(name="distance-to-max", fit=fitted_ends, column=below_the_top, bounded=True),
    Normalization(name="percentile-rank", fit=fitted_in_order, column=onto_range, bounded=True),
    Normalization(name="z-score", fit=mean_and_deviation, column=in_own_unit),
    # These need no two markets that differ: their scores of equal markets are equal, and say so.
    # Three divide by the size of the values, and have no answer where all of them are zero.
    Normalization(name="rank", fit=fitted_in_order, column=in_own_unit, needs_difference=False),
    Normalization(name="sum", fit=fitted_sum, **by_size),
    Normalization(name="max", fit=fitted_largest, **by_size),
    Normalization(name="vector", fit=fitted_length, **by_size),
    Normalization(name="none", fit=no_parameters, column=in_own_unit, needs_difference=False),
)
NORMALIZATIONS: Mapping[str, Normalization] = FrozenMapping({rule.name: rule for rule in _TABLE})
"""What there is to know of each normalization, by name."""

BOUNDED = tuple(rule.name for rule in _TABLE if rule.bounded)
