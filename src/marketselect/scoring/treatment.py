"""Transforms of raw values before they are normalized: the logarithm, and outliers.

The skew-kurtosis rule of OECD/JRC (2008) as COINr runs it: a column fails when its skewness is 2 or
more in size and its kurtosis 3.5 or more; it is then winsorized point by point from its heavy tail,
and if that does not help, the logarithm of its shifted range is taken instead.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from marketselect.checks import FloatArray
from marketselect.framework import Framework, Indicator, as_framework
from marketselect.schemas import raise_faults
from marketselect.scoring.changes import Step, changed_cells, checked_values
from marketselect.scoring.normalization import IndicatorScale, Scale

SKEW_LIMIT, KURTOSIS_LIMIT = 2.0, 3.5
SHIFT = 0.01  # of the range, so that the least value has a logarithm


def take_logs(values: pd.DataFrame, framework: Framework | str) -> Step:
    """Take the natural logarithm of the indicators whose transform is "log".

    Values are clipped to the goalposts first, and the clipped cells recorded; the logarithm
    itself is no change of a cell.

    Raises
    ------
    InputError
        With every value that is not positive where there are no goalposts to clip it to.
    """
    rules = as_framework(framework)
    chosen = [rules[code] for code in values.columns]
    logged = np.array([indicator.transform == "log" for indicator in chosen])
    ends = [i.goalposts if i.goalposts and i.transform else (-np.inf, np.inf) for i in chosen]
    raw = values.to_numpy(dtype=np.float64)
    clipped = np.clip(raw, [low for low, _ in ends], [high for _, high in ends])
    bad = np.argwhere((clipped <= 0) & logged)
    raise_faults(
        [
            f'indicator "{values.columns[column]}", market "{values.index[row]}": value is '
            f"{raw[row, column]:g}, a logarithm needs it above 0; give goalposts, or drop the "
            "transform"
            for row, column in bad
        ]
    )
    taken = np.where(logged, np.log(np.where(logged, clipped, 1.0)), clipped)
    before = pd.DataFrame(clipped, values.index, values.columns)
    return Step(
        values=pd.DataFrame(taken, values.index, values.columns),
        changes=changed_cells(values, before, "clipped to the goalpost"),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Treatment:
    """Values after the treatment of outliers, and what was done to them."""

    values: pd.DataFrame
    """Markets down, indicators across."""
    changes: pd.DataFrame
    """One row a changed cell: market, indicator, old, new, why."""
    details: pd.DataFrame
    """One row an indicator: skewness, kurtosis, passed, winsorized (points), logged, and
    skewness_after, kurtosis_after, passed_after."""
    winsorized: dict[str, tuple[float, float]]
    """The least and largest value left by winsorizing, by indicator."""
    shifted_log: dict[str, tuple[float, float]]
    """The least and largest value before the logarithm of the shifted range, by indicator."""


def treat(
    values: pd.DataFrame, framework: Framework | str, *, scale: Scale | None = None
) -> Treatment:
    """Treat outliers as the framework and each indicator say.

    Parameters
    ----------
    values : DataFrame
        Markets down, the framework's indicators across, after imputation and logs; NaN is left
        alone.
    framework : Framework or str
        `treatment` is "none" or "skew-kurtosis" for all; an indicator's own may also be
        "winsorize" (no logarithm after it) or "log" (at once). `winsorize_max` points at most.
    scale : Scale, optional
        Limits fitted before, which are used instead: values beyond them are clipped and marked.

    Returns
    -------
    Treatment
        An indicator whose scale is set by goalposts is left alone by the general rule: no
        outlier can set that scale. The logarithm is not taken of one with a target.

    Notes
    -----
    Skewness and kurtosis are the unbiased ones (type 2 of Joanes & Gill, 1998, The Statistician
    47, 183-189; those of spreadsheets). One step of winsorizing gives all points at the
    outermost value the next value inwards, at the end that the sign of the skewness names. The
    last resort is ``log(x - min + 0.01 (max - min))`` of the values before winsorizing.

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
    values = checked_values(values, rules)
    before = values.to_numpy()
    after, why, rows = before.copy(), np.full(len(values.columns), "winsorized", object), []
    winsorized: dict[str, tuple[float, float]] = {}
    shifted: dict[str, tuple[float, float]] = {}
    for place, indicator in enumerate(rules[code] for code in values.columns):
        code, known = indicator.code, np.isfinite(before[:, place])
        x, kind = before[known, place], treatment_of(indicator, rules)
        if scale is not None:
            after[known, place] = apply_limits(x, scale[code])
            why[place] = "outside scale"
        elif kind != "none" and len(x):
            y, points, logged = treated_column(x, kind, rules.winsorize_max, indicator)
            after[known, place] = y
            rows.append(details_row(code, x, y, points, logged))
            if logged:
                why[place] = "logarithm of the shifted range"
                shifted[code] = (float(x.min()), float(x.max()))
            elif points:
                winsorized[code] = (float(y.min()), float(y.max()))
    done = pd.DataFrame(after, values.index, values.columns)
    reasons = pd.DataFrame(
        np.broadcast_to(why, after.shape), values.index, values.columns, dtype=object
    )
    return Treatment(
        values=done,
        changes=changed_cells(values, done, reasons),
        details=pd.DataFrame(rows, columns=DETAILS).set_index("indicator"),
        winsorized=winsorized,
        shifted_log=shifted,
    )


DETAILS = [
    "indicator",
    "skewness",
    "kurtosis",
    "passed",
    "winsorized",
    "logged",
    "skewness_after",
    "kurtosis_after",
    "passed_after",
]


def treatment_of(indicator: Indicator, framework: Framework) -> str:
    """Return which treatment an indicator gets: its own, or the general one."""
    if indicator.treatment is not None:
        return indicator.treatment
    fixed = indicator.goalposts and framework.normalization in ("min-max", "goalposts")
    return "none" if fixed else framework.treatment


def treated_column(
    x: FloatArray, kind: str, most: int, indicator: Indicator
) -> tuple[FloatArray, int, bool]:
    """Return a treated column, how many points were winsorized, and whether it was logged."""
    if kind == "log":
        return (shifted_log(x, x.min(), x.max()), 0, True) if x.min() < x.max() else (x, 0, False)
    result, points = winsorize(x, most)
    if kind == "skew-kurtosis" and indicator.target is None and not passes(result):
        return shifted_log(x, x.min(), x.max()), 0, True
    return result, points, False


def winsorize(x: FloatArray, most: int) -> tuple[FloatArray, int]:
    """Move the outermost points inwards, one value at a time, until the column passes."""
    result, high, low = x.copy(), 0, 0
    while high + low < most and not passes(result):
        if skew_kurtosis(result)[0] >= 0:
            outermost = result == result.max()
            result[outermost] = result[~outermost].max()
            high = int(outermost.sum())
        else:
            outermost = result == result.min()
            result[outermost] = result[~outermost].min()
            low = int(outermost.sum())
    return result, high + low


def passes(x: FloatArray) -> bool:
    """Return whether a column needs no treatment; fewer than four points or no spread pass."""
    if len(x) < 4 or x.min() == x.max():
        return True
    skew, kurtosis = skew_kurtosis(x)
    return abs(skew) < SKEW_LIMIT or kurtosis < KURTOSIS_LIMIT


def skew_kurtosis(x: FloatArray) -> tuple[float, float]:
    """Return the unbiased skewness G1 and excess kurtosis G2 of four or more values that differ.

    References
    ----------
    Joanes, D. N., & Gill, C. A. (1998). Comparing measures of sample skewness and kurtosis. The
    Statistician 47, 183-189.
    """
    n = len(x)
    if n < 4 or x.min() == x.max():
        return float("nan"), float("nan")
    d = x - x.mean()
    d = d / np.abs(d).max()
    second = (d**2).sum()
    g1 = np.sqrt(n) * (d**3).sum() / second**1.5
    g2 = n * (d**4).sum() / second**2 - 3
    skew = g1 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))
    return float(skew), float(kurtosis)


def shifted_log(x: FloatArray, low: float, high: float) -> FloatArray:
    """Return the logarithm of the distance above `low`, shifted by a hundredth of the range."""
    return np.asarray(np.log(x - low + SHIFT * (high - low)))


def apply_limits(x: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Return values treated with the limits of a fitted scale."""
    if scale.winsorized is not None:
        return np.clip(x, *scale.winsorized)
    if scale.shifted_log is not None:
        return shifted_log(np.clip(x, *scale.shifted_log), *scale.shifted_log)
    return x


def details_row(
    code: str, before: FloatArray, after: FloatArray, points: int, logged: bool
) -> tuple[object, ...]:
    """Return an indicator's row of the details of a treatment."""
    first = (*skew_kurtosis(before), passes(before))
    return code, *first, points, logged, *skew_kurtosis(after), passes(after)
