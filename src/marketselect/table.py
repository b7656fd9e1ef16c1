"""From observations over years to one value a cell, its year kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect import schemas
from marketselect.checks import FloatArray, IntArray
from marketselect.errors import InputError, did_you_mean, listing
from marketselect.framework import Framework, Indicator, as_framework

NEVER = -(10**6)  # the year of a cell that has none, while arrays of years are integers


@dataclass(frozen=True, kw_only=True, eq=False)
class IndicatorTable:
    """One value for each market and indicator, derived and dated; made by `indicator_table`."""

    values: pd.DataFrame
    """Markets down, indicator codes across, in raw units; NaN where there is no value."""
    years: pd.DataFrame
    """The year of each value, the last of its window; <NA> where there is none."""
    sources: "pd.Series[str]"
    """The source of each indicator."""
    errors: pd.DataFrame
    """The standard error of each value, in its unit; NaN where none is published."""
    as_of: int | None
    max_age: int | None
    stale: pd.DataFrame
    """Cells left out for age: market, indicator, year, age."""
    missing: pd.DataFrame
    """Every cell without a value: market, indicator, reason."""
    notes: pd.DataFrame
    """Cells that deserve a second look, or columns and how they were read: market, indicator, note."""
    unused: tuple[str, ...] = ()
    """Columns of a wide table that the framework does not use."""
    groups: "pd.Series[str] | None" = None
    """The group of each market, where the data had a column named by the framework's `group`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Derived:
    """A statistic over all markets: its value, the year it ends in, its error, why it is missing."""

    value: FloatArray
    year: IntArray
    error: FloatArray
    reason: "np.ndarray[Any, np.dtype[np.object_]]"


def indicator_table(
    observations: pd.DataFrame,
    framework: Framework | str | Path = "pestle",
    *,
    as_of: int,
    max_age: int,
) -> IndicatorTable:
    """Derive one value for each market and indicator from observations over years.

    Each indicator's series is divided by its denominator year by year; then its statistic is
    taken over the window that ends at the market's latest usable year.

    Parameters
    ----------
    observations : DataFrame
        Long, columns market, indicator (the series' code), year, value. Missing values are
        allowed and count as not observed.
    framework : Framework, str or Path
        Says which series, statistics, windows and denominators are needed.
    as_of : int
        The reference year: nothing later is used.
    max_age : int
        The largest age in years, `as_of` minus the year of the value.

    Returns
    -------
    IndicatorTable
        All markets of the observations, sorted, whether or not they have a value.

    Raises
    ------
    InputError
        If a series is missing from the observations, or with every faulty row of those needed.

    Notes
    -----
    "latest" is the value of the latest year. "mean" is over the window's years, at least half of
    them observed. "growth" is ``100 ((x_L / x_{L-window})^(1/window) - 1)`` in percent a year,
    both ends observed and positive. "volatility" is the standard deviation (ddof 1) of the
    window's yearly log changes, at least ``window - 1`` of them; zero is a valid value, for a
    peg or a dollarized economy, and is noted.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> int(table.years.loc["DEU", "RL.EST"])
    2023
    """
    rules = as_framework(framework)
    for name, number in (("as_of", as_of), ("max_age", max_age)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
            raise InputError(f"{name} is {number!r}; a whole number of years, 0 or more, is needed")
    rows = schemas.check_observations(observations, needed_series(rules))
    markets = pd.Index(sorted(map(str, observations["market"].dropna().unique())), name="market")
    series = series_arrays(rows, markets, int(as_of))
    if not series:
        raise InputError(f"observations: there is none in or before {as_of}, the year as_of names")
    derived = {
        i.code: derive(i, series, len(markets), int(as_of), int(max_age)) for i in rules.indicators
    }
    table = assemble(rules, markets, derived, int(as_of), int(max_age))
    if rules.group not in observations.columns:
        return table
    groups = (
        observations.dropna(subset=["market", rules.group]).groupby("market")[rules.group].first()
    )
    return replace(table, groups=groups)


def needed_series(framework: Framework) -> list[str]:
    """Return the codes of every series that the framework reads: values, denominators, errors."""
    optional = (
        code
        for indicator in framework.indicators
        for code in (indicator.denominator, indicator.standard_error)
        if code
    )
    return [*(indicator.observed for indicator in framework.indicators), *optional]


def series_arrays(
    rows: pd.DataFrame, markets: "pd.Index[Any]", as_of: int
) -> Mapping[str, FloatArray]:
    """Return one array a series, shape (markets, years up to as_of), NaN where not observed."""
    used = rows.loc[rows["year"] <= as_of]
    if used.empty:
        return {}
    first = int(used["year"].min())
    codes, names = pd.factorize(used["indicator"])
    block = np.full((len(names), len(markets), as_of - first + 1), np.nan)
    row = markets.get_indexer(pd.Index(used["market"].astype(str)))
    block[codes, row, used["year"].to_numpy() - first] = used["value"].to_numpy()
    return dict(zip(map(str, names), block, strict=True))


def derive(
    indicator: Indicator, series: Mapping[str, FloatArray], markets: int, as_of: int, max_age: int
) -> Derived:
    """Take one indicator's statistic for all markets at once."""
    length = next(iter(series.values())).shape[1]
    nothing = np.full((markets, length), np.nan)
    observed = series.get(indicator.observed, nothing)
    error = series.get(indicator.standard_error or "", nothing)
    if indicator.denominator:
        below = series.get(indicator.denominator, nothing)
        below = np.where(below == 0, np.nan, below)
        observed, error = observed / below, error / np.abs(below)
    has = np.isfinite(observed)
    last = np.where(has.any(axis=1), length - 1 - np.argmax(has[:, ::-1], axis=1), NEVER)
    year = np.where(last >= 0, as_of - (length - 1) + last, NEVER)
    value, spread, why = statistic(indicator, observed, error, last)
    too_old = (year != NEVER) & (as_of - year > max_age)
    over = f" over {indicator.denominator}" if indicator.denominator else ""
    reason = np.where(np.isfinite(value), "", why).astype(object)
    reason[year == NEVER] = f"{indicator.observed}{over} is not observed up to {as_of}"
    reason[too_old] = [f"latest is of {y}, {as_of - y} years before {as_of}" for y in year[too_old]]
    out = too_old | (year == NEVER)
    return Derived(
        value=np.where(out, np.nan, value),
        year=year,
        error=np.where(out | ~np.isfinite(value), np.nan, spread),
        reason=reason,
    )


def statistic(
    indicator: Indicator, observed: FloatArray, error: FloatArray, last: IntArray
) -> tuple[FloatArray, FloatArray, str]:
    """Return the statistic over the window that ends at `last`, its error, and why it may fail."""
    window, unknown = indicator.window, np.full(len(last), np.nan)
    if indicator.statistic == "latest":
        return years_back(observed, last, 0), years_back(error, last, 0), ""
    if indicator.statistic == "growth":
        end, start = years_back(observed, last, 0), years_back(observed, last, window)
        fine = (end > 0) & (start > 0)
        ratio = np.divide(end, start, out=unknown.copy(), where=fine)
        why = f"growth needs positive values in its latest year and {window} years before"
        return 100 * (ratio ** (1 / window) - 1), unknown, why
    span = np.stack([years_back(observed, last, back) for back in range(window)])
    if indicator.statistic == "mean":
        count = np.isfinite(span).sum(axis=0)
        spread = np.stack([years_back(error, last, back) for back in range(window)])
        spread = np.where(np.isfinite(span), spread, 0.0)
        enough = (2 * count >= window) & (count > 0)
        least = np.maximum(count, 1)
        mean = np.where(enough, np.nansum(span, axis=0) / least, np.nan)
        return (
            mean,
            np.sqrt((spread**2).sum(axis=0)) / least,
            f"fewer than half of {window} years observed",
        )
    before = np.stack([years_back(observed, last, back + 1) for back in range(window)])
    fine = (span > 0) & (before > 0)
    # The ratio first: a rate that does not move then has a change of exactly zero.
    change = np.log(np.divide(span, before, out=np.ones_like(span), where=fine))
    count = fine.sum(axis=0)
    center = change.sum(axis=0) / np.maximum(count, 1)
    squares = np.where(fine, (change - center) ** 2, 0.0).sum(axis=0)
    enough = count >= max(window - 1, 2)
    sd = np.where(enough, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
    return (
        sd,
        unknown,
        f"fewer than {max(window - 1, 2)} yearly changes of positive values in {window} years",
    )


def years_back(block: FloatArray, last: IntArray, back: int) -> FloatArray:
    """Return each market's value `back` years before its latest, NaN where there is none."""
    place = last - back
    taken: FloatArray = block[np.arange(len(last)), np.maximum(place, 0)]
    return np.where(place >= 0, taken, np.nan)


def assemble(
    framework: Framework,
    markets: "pd.Index[Any]",
    derived: Mapping[str, Derived],
    as_of: int,
    max_age: int,
) -> IndicatorTable:
    """Put the derived columns side by side and list what is missing, stale or worth a look."""
    values = pd.DataFrame({code: item.value for code, item in derived.items()}, index=markets)
    errors = pd.DataFrame({code: item.error for code, item in derived.items()}, index=markets)
    years = pd.DataFrame({code: item.year for code, item in derived.items()}, index=markets)
    reasons = pd.DataFrame({code: item.reason for code, item in derived.items()}, index=markets)
    too_old = values.isna() & (years != NEVER) & (as_of - years > max_age)
    stale = cells(years.where(too_old), "year").astype({"year": "int64"})
    still = [i.code for i in framework.indicators if i.statistic == "volatility"]
    zero = values[still].where(values[still] == 0)
    notes = cells(zero, "note").assign(
        note="volatility is zero: a peg, a dollarized economy or an official rate that is not moved"
    )
    return IndicatorTable(
        values=values,
        years=years.where(values.notna()).astype("Int64"),
        sources=indicator_sources(framework),
        errors=errors,
        as_of=as_of,
        max_age=max_age,
        stale=stale.assign(age=as_of - stale["year"]),
        missing=cells(reasons.where(values.isna()), "reason"),
        notes=notes,
    )


def cells(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the filled cells of a wide frame as rows: market, indicator and `name`."""
    filled = frame.notna().to_numpy()
    row, column = np.nonzero(filled)
    return pd.DataFrame(
        {
            "market": frame.index[row],
            "indicator": frame.columns[column],
            name: frame.to_numpy(dtype=object)[filled],
        }
    )


def indicator_sources(framework: Framework) -> "pd.Series[str]":
    """Return the source of each indicator."""
    return pd.Series({i.code: i.source for i in framework.indicators}, name="source", dtype="str")


def as_indicator_table(data: pd.DataFrame | IndicatorTable, framework: Framework) -> IndicatorTable:
    """Return a table with exactly the framework's indicators, from a table or a wide frame.

    In a wide frame a column named by an indicator's code is used as given; one named by the
    series that the indicator states is divided by the column of its denominator. The frame holds
    raw values.

    Raises
    ------
    InputError
        If an indicator has no column, or one that a growth or volatility cannot come from; if a
        label stands twice; or with every cell that is no finite number.
    """
    if isinstance(data, IndicatorTable):
        if missing := [code for code in framework.codes if code not in data.values.columns]:
            raise InputError(missing_message(missing, list(map(str, data.values.columns))))
        return data
    frame = schemas.check_labels(schemas.need_frame(data, "data"))
    columns = set(frame.columns)
    faults, missing, sources = [], [], {}
    for indicator in framework.indicators:
        below = indicator.denominator
        if indicator.code in columns and indicator.series != indicator.code:
            sources[indicator.code] = (indicator.code, None)
        elif indicator.observed not in columns:
            missing.append(indicator.code)
        elif indicator.statistic in ("growth", "volatility"):
            faults.append(
                f'indicator "{indicator.code}": a {indicator.statistic} cannot come from one column '
                f'"{indicator.observed}"; give a column "{indicator.code}" with the finished '
                "figures, or make the table from observations over years with indicator_table"
            )
        elif below and below not in columns:
            faults.append(f'indicator "{indicator.code}": its denominator "{below}" has no column')
        else:
            sources[indicator.code] = (indicator.observed, below)
    if missing:
        faults.insert(0, missing_message(missing, list(map(str, frame.columns))))
    schemas.raise_faults(faults)
    used = list(dict.fromkeys(name for pair in sources.values() for name in pair if name))
    numbers = schemas.check_cells(frame[used])
    unused = tuple(str(c) for c in frame.columns if c not in used and c != framework.group)
    table = wide_table(framework, numbers, sources, unused)
    return replace(table, groups=frame[framework.group]) if framework.group in columns else table


def wide_table(
    framework: Framework,
    numbers: pd.DataFrame,
    sources: Mapping[str, tuple[str, str | None]],
    unused: tuple[str, ...],
) -> IndicatorTable:
    """Derive the indicators' columns of a checked wide frame."""
    values = pd.DataFrame(
        {
            code: numbers[column] / numbers[below].replace(0, np.nan) if below else numbers[column]
            for code, (column, below) in sources.items()
        },
        index=numbers.index,
    )[list(framework.codes)]
    as_given = [
        {
            "market": "",
            "indicator": i.code,
            "note": f"used as given, not divided by {i.denominator}",
        }
        for i in framework.indicators
        if i.denominator and sources[i.code][1] is None
    ]
    nothing = pd.DataFrame(np.nan, index=values.index, columns=values.columns)
    return IndicatorTable(
        values=values,
        years=nothing.astype("Int64"),
        sources=indicator_sources(framework),
        errors=nothing,
        as_of=None,
        max_age=None,
        stale=pd.DataFrame(columns=["market", "indicator", "year", "age"]),
        missing=cells(values.isna().replace(False, np.nan), "reason").assign(
            reason="no value given"
        ),
        notes=pd.DataFrame(as_given, columns=["market", "indicator", "note"]),
        unused=unused,
    )


def missing_message(missing: list[str], columns: list[str]) -> str:
    """Say which indicators have no column, and the way on without them."""
    return (
        f"there is no column for {listing(missing, schemas.SHOWN)}; add the columns, or rank "
        f"without them: framework.subset([...]).{did_you_mean(missing[0], columns)}"
    )
