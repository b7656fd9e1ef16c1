"""The scale as it was fitted: `Scale`, `IndicatorScale`, and what a framework alone says of one.

Goalposts and targets are given in raw units and take the log of their indicator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, in_words, is_a, listing, number_of
from marketselect.framework import Framework, Indicator
from marketselect.frozen import FrozenMapping, frozen_result
from marketselect.printing import printed_frame
from marketselect.values import a_list, is_among, kind_code

NOTHING = FrozenMapping()


@frozen_result
class IndicatorScale:
    """Everything that was fitted for one indicator; after its log, if it has one.

    Attributes
    ----------
    code
        The indicator's code.
    normalization
        How its values reach the range.
    direction
        "benefit", "cost", "target" or "function".
    range
        The lowest and highest score; used by the normalizations that fill it.
    log
        Whether the natural logarithm was taken first.
    target
        The best value, in logs where `log` holds; None without one.
    low
        The value at the lower end of the scale: a goalpost, or the least fitted value.
    high
        The value at the upper end.
    value_function
        Points (raw value, score from 0 to 100) with straight lines between them; None without one.
    reach
        With a target and no goalposts: the distance from it that scores the foot of the range.
    center
        The mean that is taken off, z-score.
    spread
        What the values are divided by: standard deviation, sum, largest or length of the column;
        0 where the formula divides by a difference, or a size, and there is none (`neutral`).
    fitted
        The fitted values, better is larger, sorted: what ranks are counted in.
    tie
        Beside them: how far apart two values may be that rounding alone has set apart.
    imputed
        What a missing value is replaced by, by group; the key "" is the overall statistic.
    winsorized
        The least and largest value after winsorizing.
    shifted_log
        Least and largest value of a column whose shifted range was logged against outliers.
    treatment
        The treatment of outliers that it was fitted after.
    """

    code: str
    normalization: str
    direction: str
    range: tuple[float, float]
    log: bool = False
    target: float | None = None
    low: float | None = None
    high: float | None = None
    reach: float | None = None
    center: float | None = None
    spread: float | None = None
    fitted: FloatArray | None = None
    tie: float | None = None
    imputed: Mapping[str, float] = NOTHING
    winsorized: tuple[float, float] | None = None
    shifted_log: tuple[float, float] | None = None
    treatment: str = "none"
    value_function: tuple[tuple[float, float], ...] | None = None

    @property
    def neutral(self) -> bool:
        """Whether it takes no part: the formula would divide by zero.

        Where it divides by a difference, or a size, and there is none. Every market is then in the
        middle.
        """
        return self.spread == 0


@frozen_result
class Scale:
    """The fitted scale of every indicator: shared between years or samples, scores compare.

    Attributes
    ----------
    indicators
        The scale of each indicator, in the framework's order.
    missing
        The policy that what stands for a missing value was taken by; None where nobody says.
    """

    indicators: tuple[IndicatorScale, ...]
    missing: str | None = None

    @cached_property
    def _by_code(self) -> dict[str, IndicatorScale]:
        return {item.code: item for item in self.indicators}

    @cached_property
    def neutral(self) -> tuple[str, ...]:
        """The indicators that did not tell the fitted markets apart: they take no part."""
        return tuple([item.code for item in self.indicators if item.spread == 0])

    def __getitem__(self, code: str) -> IndicatorScale:
        if is_among(code, self._by_code):
            return self._by_code[code]
        raise InputError.of(
            "missing-name",
            "the scale",
            f'has no indicator "{in_words(code)}"',
            f"it was fitted on {listing(item.code for item in self.indicators)}",
        )

    def of(self, codes: Iterable[str]) -> "Scale":
        """Return the scale of some indicators, in that order."""
        codes = a_list(codes, "codes", "give a list of the codes of indicators")
        if set(map(type, codes)) <= {str} and codes == list(self._by_code):
            return self
        return replace(self, indicators=tuple(self[code] for code in codes))

    def __repr__(self) -> str:
        table = self.to_table()[["normalization", "direction", "low", "high"]]
        first = printed_frame(table.head(10), na_rep="")
        return f"Scale of {number_of(len(table), 'indicator')}\n{first}"

    def to_table(self) -> pd.DataFrame:
        """Return one row an indicator with every parameter but the fitted ranks."""
        names = [item.name for item in fields(IndicatorScale) if item.name != "fitted"]
        rows = [{name: getattr(item, name) for name in names} for item in self.indicators]
        return pd.DataFrame(rows, columns=names).set_index("code")


def a_scale(given: object) -> Scale:
    """Return a fitted scale, or refuse what is none."""
    if not is_a(given, Scale):
        raise InputError.of(
            kind_code(given),
            "scale",
            f"is a {type(given).__name__}",
            "give what fit_scale returns, or the scale of factor scores",
        )
    return given


def scale_before_fit(indicator: Indicator, framework: Framework) -> IndicatorScale:
    """Return an indicator's scale before any value is fitted, in logs where it takes them."""
    log, target, goalposts = indicator.transform == "log", indicator.target, indicator.goalposts
    fixed = has_fixed_ends(indicator, framework)
    low, high = goalposts if goalposts is not None and fixed else (None, None)
    points = indicator.value_function
    if points is not None and fixed:
        low, high = points[0][0], points[-1][0]
    if log:
        target, low, high = [
            None if raw is None else float(np.log(raw)) for raw in (target, low, high)
        ]
    return IndicatorScale(
        code=indicator.code,
        normalization="goalposts" if fixed else framework.normalization,
        direction=indicator.direction,
        range=framework.range,
        log=log,
        target=target,
        low=low,
        high=high,
        value_function=points,
    )


def has_fixed_ends(indicator: Indicator, framework: Framework) -> bool:
    """Return whether goalposts or a value function set an indicator's scale.

    Those of a target, and a function, do so under "distance-to-max", too.
    """
    kind, function = framework.normalization, indicator.value_function is not None
    between = function or indicator.target is not None
    fixed = kind in ("min-max", "goalposts") or (kind == "distance-to-max" and between)
    return fixed and (function or indicator.goalposts is not None)


def ends_of_scale(scale: IndicatorScale) -> tuple[float, float]:
    """Return the ends of a scale, where scores stop changing; infinite where they never do."""
    if scale.low is None or scale.high is None:  # nothing was fitted
        return -np.inf, np.inf
    if scale.target is not None and scale.reach is not None:
        return scale.target - scale.reach, scale.target + scale.reach
    return scale.low, scale.high


def clipped_to_scale(values: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Return values clipped to the ends of their scale, where it has ends; others as they are."""
    limits = np.array([ends_of_scale(scale[str(code)]) for code in values.columns])
    inside = np.clip(values.to_numpy(), limits[:, 0], limits[:, 1])
    return pd.DataFrame(inside, values.index, values.columns)
