"""Transforms of raw values before they are normalized: the logarithm, and outliers.

The skew-kurtosis rule of OECD/JRC (2008) as COINr runs it: a column fails when its skewness is 2 or
more in size and its kurtosis 3.5 or more; it is then winsorized point by point from its heavy tail,
and if that does not help, the logarithm of its shifted range is taken instead. All columns are
treated side by side, as an array of shape (markets, indicators) with NaN where a value is missing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.dataframes import Table
from marketselect.errors import Fault, number_of, raise_faults
from marketselect.framework import Framework, Indicator, as_framework
from marketselect.frozen import frozen_result
from marketselect.printing import printed_frame
from marketselect.scoring.changes import Step, changed_cells, values_for_step
from marketselect.scoring.scale import Scale, a_scale, has_fixed_ends

SKEW_LIMIT, KURTOSIS_LIMIT = 2.0, 3.5
SHIFT = 0.01  # of the range, so that the least value has a logarithm
CELLS = 2**16  # that are treated at once: it takes a dozen times their memory
EXTREME = 900  # from this power of two on, up or down, a difference may be no float
MOVED, LOGGED, OUTSIDE = "winsorized", "logarithm of the shifted range", "outside scale"

BoolArray = NDArray[np.bool_]


def take_logs(values: Table, framework: Framework | str) -> Step:
    """Take the natural logarithm of the indicators whose transform is "log".

    Parameters
    ----------
    values : DataFrame
        Markets down, the framework's indicators across, in raw units, after imputation; NaN stays
        NaN.
    framework : Framework or str
        Says which indicators have a transform, and their goalposts.

    Returns
    -------
    Step
        Values are clipped to the goalposts first, and the clipped cells recorded; the logarithm
        itself is no change of a cell.

    Raises
    ------
    InputError
        With every value that is not positive where there are no goalposts to clip it to.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(name="one", factors=(ms.Factor(code="size"),), indicators=(
    ...     ms.Indicator(code="gdp", factor="size", direction="benefit", transform="log"),))
    >>> ms.take_logs(pd.DataFrame({"gdp": [1.0, np.e]}), framework).values["gdp"].tolist()
    [0.0, 1.0]
    """
    rules = as_framework(framework)
    return log_values(values_for_step(values, rules), rules)


def log_values(values: pd.DataFrame, rules: Framework) -> Step:
    """Take logarithms as `take_logs` does, of values that were checked."""
    raw = values.to_numpy(dtype=np.float64)
    before = pd.DataFrame(within_goalposts(raw, rules), values.index, values.columns)
    taken = logged_values(raw, rules, values.index)
    return Step(
        values=pd.DataFrame(taken, values.index, values.columns),
        changes=changed_cells(values, before, "clipped to the goalpost"),
    )


def within_goalposts(raw: FloatArray, rules: Framework) -> FloatArray:
    """Return values clipped to the goalposts of those indicators that have a logarithm."""
    ends = [
        i.goalposts if i.goalposts and i.transform else (-np.inf, np.inf) for i in rules.indicators
    ]
    return np.clip(raw, [low for low, _ in ends], [high for _, high in ends])


def logged_values(
    raw: FloatArray, rules: Framework, markets: "pd.Index[Any] | None" = None
) -> FloatArray:
    """Return values after the logarithm of those that have one, clipped to their goalposts.

    Parameters
    ----------
    raw : ndarray, shape (..., indicators)
        In the framework's order.
    """
    chosen = rules.indicators
    logged = np.array([indicator.transform == "log" for indicator in chosen])
    if not logged.any():
        return raw
    clipped = within_goalposts(raw, rules)
    bad = np.argwhere((clipped <= 0) & logged)
    raise_faults(
        Fault(
            "undefined",
            f'indicator "{chosen[column].code}", market '
            f'"{row if markets is None else markets[row]}"',
            f"value is {raw[*batch, row, column]:g}, a logarithm needs it above 0",
            "give goalposts, or drop the transform",
        )
        for *batch, row, column in bad
    )
    for place in np.flatnonzero(logged):
        clipped[..., place] = np.log(clipped[..., place])
    return clipped


@frozen_result
class Treatment:
    """Values after the treatment of outliers, and what was done to them.

    Attributes
    ----------
    values
        Markets down, indicators across.
    changes
        One row a changed cell: market, indicator, old, new, why.
    details
        One row an indicator: skewness, kurtosis, passed, winsorized (points), logged, and
        skewness_after, kurtosis_after, passed_after.
    winsorized
        The least and largest value left by winsorizing, by indicator.
    shifted_log
        The least and largest value before the logarithm of the shifted range, by indicator.
    """

    values: pd.DataFrame
    changes: pd.DataFrame
    details: pd.DataFrame
    winsorized: dict[str, tuple[float, float]]
    shifted_log: dict[str, tuple[float, float]]

    def __repr__(self) -> str:
        done = self.details[(self.details["winsorized"] > 0) | self.details["logged"]]
        head = (
            f"Treatment of {number_of(len(self.details), 'indicator')}: {len(done)} treated, "
            f"{number_of(len(self.changes), 'cell')} changed"
        )
        return f"{head}\n{printed_frame(done.round(3))}" if len(done) else head


def treat(values: Table, framework: Framework | str, *, scale: Scale | None = None) -> Treatment:
    """Treat outliers as the framework and each indicator say.

    Parameters
    ----------
    values : DataFrame
        Markets down, the framework's indicators across, after imputation and logs (`take_logs`);
        NaN is left alone.
    framework : Framework or str
        `treatment` is "none" or "skew-kurtosis" for all; an indicator's own may also be
        "winsorize" (no logarithm after it) or "log" (at once). Winsorizing stops when
        `winsorize_max` points have been moved.
    scale : Scale, optional
        Limits fitted before, which are used instead: values beyond them are clipped and marked.

    Returns
    -------
    Treatment
        An indicator whose scale is set by goalposts or a value function is left alone by the
        general rule: no outlier can set that scale. The logarithm is never taken of one with such
        goalposts, a target or a value function, which are in the unit of the values.

    Raises
    ------
    InputError
        If a value is no finite number, or with every indicator that has the treatment "log" and
        goalposts or a target.

    Notes
    -----
    Skewness and kurtosis are the unbiased ones (type 2 of Joanes & Gill, 1998, The Statistician
    47, 183-189; those of spreadsheets). One step of winsorizing gives all points at the
    outermost value the next value inwards, at the end that the sign of the skewness names; tied
    points move together, so that the last step may pass `winsorize_max`. The last resort is
    ``log(x - min + 0.01 (max - min))`` of the values before winsorizing. Fewer than four values,
    or equal ones, have no kurtosis and pass.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(name="one", treatment="skew-kurtosis",
    ...     factors=(ms.Factor(code="size"),),
    ...     indicators=(ms.Indicator(code="gdp", factor="size", direction="benefit"),))
    >>> raw = pd.DataFrame({"gdp": [1.0, 2, 3, 4, 5, 6, 7, 8, 100]})
    >>> ms.treat(raw, framework).changes[["old", "new"]].to_numpy().tolist()
    [[100.0, 8.0]]
    """
    rules = as_framework(framework)
    used = None if scale is None else a_scale(scale).of(rules.codes)
    return treat_outliers(values_for_step(values, rules), rules, used)


@dataclass(frozen=True, kw_only=True, eq=False)
class Treated:
    """Treated values, and what was found on the way."""

    values: FloatArray
    """Shape (markets, indicators)."""
    chosen: IntArray
    """The places of the indicators that were looked at."""
    points: IntArray
    """How many points of each were winsorized."""
    logged: BoolArray
    """Which of them were logged."""
    winsorized: dict[str, tuple[float, float]]
    shifted_log: dict[str, tuple[float, float]]


def treated_values(values: FloatArray, rules: Framework, scale: Scale | None) -> Treated:
    """Treat outliers as `treat` does, in the columns of the framework's indicators."""
    refuse_logs(rules)
    if scale is not None:
        nothing = np.zeros(0, np.int64)
        return Treated(values=within_limits(values, scale), chosen=nothing, points=nothing,
                       logged=np.zeros(0, bool), winsorized={}, shifted_log={})  # fmt: skip
    kinds = np.array([treatment_of(indicator, rules) for indicator in rules.indicators])
    chosen = np.flatnonzero((kinds != "none") & ~np.isnan(values).all(axis=0))
    points, logged = np.zeros(len(chosen), np.int64), np.zeros(len(chosen), bool)
    winsorized: dict[str, tuple[float, float]] = {}
    shifted: dict[str, tuple[float, float]] = {}
    after = values.copy() if len(chosen) else values
    few = max(CELLS // max(len(values), 1), 1)
    for start in range(0, len(chosen), few):
        part = slice(start, start + few)
        treated = [rules.indicators[place] for place in chosen[part]]
        x = values[:, chosen[part]]
        y, points[part], logged[part] = treated_columns(x, treated, rules)
        after[:, chosen[part]] = y
        winsorized |= column_limits(y, treated, points[part] > 0)
        shifted |= column_limits(x, treated, logged[part])
    return Treated(
        values=after,
        chosen=chosen,
        points=points,
        logged=logged,
        winsorized=winsorized,
        shifted_log=shifted,
    )


def treat_outliers(values: pd.DataFrame, rules: Framework, scale: Scale | None) -> Treatment:
    """Treat outliers as `treat` does, in values that were checked, and list what was done."""
    x = values.to_numpy()
    found = treated_values(x, rules, scale)
    done = pd.DataFrame(found.values, values.index, values.columns)
    if scale is None:
        why = np.full(len(rules.codes), MOVED, dtype=object)
        why[found.chosen[found.logged]] = LOGGED
    else:
        low, high, logged = treated_limits(scale)
        log = np.where(logged, LOGGED, "").astype(object)
        why = np.where(x == np.clip(x, low, high), log, OUTSIDE)
    codes = [rules.codes[place] for place in found.chosen]
    before, after = x[:, found.chosen], found.values[:, found.chosen]
    return Treatment(
        values=done,
        changes=changed_cells(values, done, treatment_reasons(why, values)),
        details=treatment_details(before, after, found.points, found.logged, codes),
        winsorized=found.winsorized,
        shifted_log=found.shifted_log,
    )


def treatment_of(indicator: Indicator, framework: Framework) -> str:
    """Return which treatment an indicator gets: its own, or the general one."""
    if indicator.treatment is not None:
        return indicator.treatment
    if framework.treatment == "none" or has_fixed_ends(indicator, framework):
        return "none"
    return framework.treatment


def keeps_unit(indicator: Indicator, framework: Framework) -> bool:
    """Return whether no treatment may log an indicator, since its scale is set in its unit."""
    return indicator.best is not None or has_fixed_ends(indicator, framework)


def refuse_logs(framework: Framework) -> None:
    """Refuse to treat outliers by a log that would leave goalposts or a target behind."""
    found = [
        Fault(
            "contradiction",
            f'indicator "{indicator.code}"',
            'its goalposts or target are in the unit of the values, which treatment "log" leaves',
            'take transform = "log" instead, or treatment = "winsorize"',
        )
        for indicator in framework.indicators
        if indicator.treatment == "log" and keeps_unit(indicator, framework)
    ]
    raise_faults(found, "treatment")


def treated_columns(
    x: FloatArray, indicators: list[Indicator], framework: Framework
) -> tuple[FloatArray, IntArray, BoolArray]:
    """Return treated columns, how many points of each were winsorized, and which were logged."""
    kinds = np.array([treatment_of(indicator, framework) for indicator in indicators], dtype=str)
    fixed = np.array([keeps_unit(indicator, framework) for indicator in indicators], dtype=bool)
    y, points = winsorize(x, framework.winsorize_max)
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    failed = (kinds == "skew-kurtosis") & ~fixed & ~needs_no_treatment(*skew_kurtosis(y))
    logged = failed | (kinds == "log") & (low < high)
    y[:, logged] = shifted_log(x[:, logged], low[logged], high[logged])
    points[logged] = 0
    return y, points, logged


def winsorize(x: FloatArray, most: int) -> tuple[FloatArray, IntArray]:
    """Move the outermost points of each column inwards, one value at a time, until it passes.

    Returns the columns, and how many points of each were moved. No column goes on once `most` of
    its points have been, or where the next step would leave it a single value.
    """
    y, moved = x.copy(), np.zeros((2, x.shape[1]), dtype=np.int64)  # points at the high, low end
    failing = np.arange(x.shape[1])
    while True:
        skew, kurtosis = skew_kurtosis(y[:, failing])
        again = ~needs_no_treatment(skew, kurtosis) & (moved.sum(axis=0) < most)[failing]
        failing, skew = failing[again], skew[again]
        if not len(failing):
            return y, moved.sum(axis=0)
        # Turned round where the heavy tail is the low one, so that it is always the high one.
        sign = np.where(skew < 0, -1.0, 1.0)
        tail = y[:, failing] * sign
        outermost = tail == np.nanmax(tail, axis=0)
        inner = np.nanmax(np.where(outermost, -np.inf, tail), axis=0)
        # Two values are left: another step would make the column constant.
        two = inner == np.nanmin(tail, axis=0)
        failing, sign, skew = failing[~two], sign[~two], skew[~two]
        outermost, inner, tail = outermost[:, ~two], inner[~two], tail[:, ~two]
        y[:, failing] = np.where(outermost, inner, tail) * sign
        moved[(skew < 0).astype(np.int64), failing] = outermost.sum(axis=0)


def needs_no_treatment(skew: FloatArray, kurtosis: FloatArray) -> BoolArray:
    """Return which columns need no treatment of outliers; NaN, without a kurtosis, passes."""
    return ~((np.abs(skew) >= SKEW_LIMIT) & (kurtosis >= KURTOSIS_LIMIT))


def skew_kurtosis(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what shows outliers in each column: unbiased skewness G1, excess kurtosis G2.

    NaN cells are left out; NaN for a column of fewer than four values, or of equal ones.

    References
    ----------
    Joanes, D. N., & Gill, C. A. (1998). Comparing measures of sample skewness and kurtosis. The
    Statistician 47, 183-189.
    """
    known = np.isfinite(x)
    n = known.sum(axis=0)
    largest = np.where(known, x, -np.inf).max(axis=0)
    smallest = np.where(known, x, np.inf).min(axis=0)
    varied = (n >= 4) & (smallest < largest)
    filled = np.where(known, x, 0.0)
    # Both are free of scale: a power of two near the largest value, so that no power overflows.
    filled = np.ldexp(filled, -np.frexp(np.abs(filled).max(axis=0))[1])
    d = np.where(known, filled - filled.sum(axis=0) / np.maximum(n, 1), 0.0)
    square = d * d
    second = np.where(varied, square.sum(axis=0), np.nan)
    g1 = np.sqrt(n) * (square * d).sum(axis=0) / second**1.5
    g2 = n * (square * square).sum(axis=0) / second**2 - 3
    n = np.where(varied, n, np.nan)
    skew = g1 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))
    return skew, kurtosis


def shifted_log(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Treat outliers by the log of the distance above `low` and a hundredth of the range."""
    power = np.frexp(np.maximum(np.abs(low), np.abs(high)))[1]
    power = np.where(np.abs(power) < EXTREME, 0, power)
    x, low, high = (np.ldexp(part, -power) for part in (x, low, high))
    return np.asarray(np.log(x - low + SHIFT * (high - low)) + power * np.log(2.0))


def within_limits(values: FloatArray, scale: Scale) -> FloatArray:
    """Return values in the order of the scale, shape (..., indicators), treated with its limits."""
    low, high, logged = treated_limits(scale)
    inside = np.clip(values, low, high)
    if logged.any():
        inside[..., logged] = shifted_log(inside[..., logged], low[logged], high[logged])
    return inside


def treated_limits(scale: Scale) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the least and largest treated value of each indicator, and which are logged."""
    ends = [item.winsorized or item.shifted_log or (-np.inf, np.inf) for item in scale.indicators]
    low, high = np.array(ends).T
    return low, high, np.array([item.shifted_log is not None for item in scale.indicators])


def treatment_reasons(why: NDArray[np.object_], values: pd.DataFrame) -> pd.DataFrame:
    """Return a reason for each cell, from one a column or one a cell."""
    cells = np.broadcast_to(why, values.shape)
    return pd.DataFrame(cells, values.index, values.columns, dtype=object)


def column_limits(
    x: FloatArray, indicators: list[Indicator], where: BoolArray
) -> dict[str, tuple[float, float]]:
    """Return the least and largest value of columns that were treated, by indicator."""
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    return {
        indicators[place].code: (float(low[place]), float(high[place]))
        for place in np.flatnonzero(where)
    }


def treatment_details(
    before: FloatArray, after: FloatArray, points: IntArray, logged: BoolArray, codes: list[str]
) -> pd.DataFrame:
    """Return what was found of outliers and done to them, one row a treated indicator."""
    skew, kurtosis = skew_kurtosis(before)
    skew_after, kurtosis_after = skew_kurtosis(after)
    return pd.DataFrame(
        {
            "skewness": skew,
            "kurtosis": kurtosis,
            "passed": needs_no_treatment(skew, kurtosis),
            "winsorized": points,
            "logged": logged,
            "skewness_after": skew_after,
            "kurtosis_after": kurtosis_after,
            "passed_after": needs_no_treatment(skew_after, kurtosis_after),
        },
        index=pd.Index(codes, name="indicator", dtype=str),
    )
