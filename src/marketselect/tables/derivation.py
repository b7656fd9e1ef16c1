"""One indicator over all markets: its statistic over a window of years, and why a cell is empty."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import number_of
from marketselect.framework import Indicator
from marketselect.tables.beside import THROUGH

NOTHING: Mapping[str, IntArray] = {}
NEVER = -(10**6)  # the year of a cell that has none, while arrays of years are integers

Reasons = NDArray[np.object_]
Statistic = Callable[[FloatArray, IntArray, int], tuple[FloatArray, str | Reasons]]
"""Takes a series (markets, years), each market's latest place and the window; gives the value of
each market, and why it may be missing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Derived:
    """A statistic over all markets: value, the year it ends in, error, and why it is missing."""

    value: FloatArray
    year: IntArray
    error: FloatArray
    reason: Reasons
    absent: BoolArray
    """Which markets have no value of the series, however late."""


def derive(
    indicator: Indicator,
    series: Mapping[str, FloatArray],
    as_of: int,
    max_age: int,
    first: Mapping[str, IntArray] = NOTHING,
) -> Derived:
    """Derive one indicator of a table, its statistic over years, for all markets at once.

    Parameters
    ----------
    indicator : Indicator
    series : mapping of ndarray, shape (markets, years)
        The last year is `as_of`.
    as_of, max_age : int
    first : mapping of ndarray, shape (markets,)
        The year in which each market's series begins, also if that is later than `as_of`.
    """
    nothing = np.full_like(next(iter(series.values())), np.nan)
    value = series.get(indicator.observed, nothing)
    error = series.get(indicator.standard_error or "", nothing)
    usable, others = value, []
    if indicator.multiplier:
        times = series.get(indicator.multiplier, nothing)
        usable, error = product_of_series(usable, times), product_of_series(error, np.abs(times))
        others.append(("its multiplier", times, False))
    if indicator.denominator:
        below = series.get(indicator.denominator, nothing)
        usable, error = quotient_of_series(usable, below), quotient_of_series(error, np.abs(below))
        others.append(("its denominator", below, True))
    if indicator.per != 1:
        usable, error = (
            product_of_series(usable, indicator.per),
            product_of_series(error, indicator.per),
        )
    ended = np.zeros(len(value), dtype=bool)
    covered = min(as_of, THROUGH.get(indicator.observed, as_of))
    if indicator.observed in THROUGH and indicator.statistic == "latest":
        usable, ended = series_in_force(usable, as_of - covered)
    never: str | Reasons = f"not observed up to {as_of}"
    if others:
        never = never_usable(value, others, as_of)
    absent, begins = np.isnan(value).all(axis=1), first.get(indicator.observed)
    later = np.zeros(len(value), dtype=bool) if begins is None else absent & (begins > as_of)
    if begins is not None and later.any():
        never = first_later(never, begins, as_of, later)
    length = usable.shape[1]
    last = latest_place(usable)
    year = np.where(last >= 0, as_of - (length - 1) + last, NEVER)
    # A result beyond the largest float becomes infinite here, and a missing cell below.
    with np.errstate(over="ignore"):
        result, why = STATISTICS[indicator.statistic](usable, last, indicator.window)
    too_old = (last >= 0) & (as_of - year > max_age)
    reason = np.where(np.isfinite(result), "", np.where(np.isnan(result), why, TOO_LARGE))
    reason = np.where(last < 0, never, reason).astype(object)
    reason[ended] = f"no row for {covered}, a year that its figures cover"
    own = latest_place(value) + as_of - (length - 1)
    reason[too_old] = age_reasons(indicator, year[too_old], own[too_old], as_of, max_age)
    there = reason == ""
    dated = there & (indicator.statistic in ("latest", "mean"))
    return Derived(
        value=np.where(there, result, np.nan),
        year=year,
        error=np.where(dated, years_back(error, last, 0), np.nan),
        reason=reason,
        absent=absent & ~later,
    )


def with_firm_reasons(
    derived: Derived, markets: Collection[Any], why: Mapping[Any, str]
) -> Derived:
    """Return a table's derived column with what a firm says of markets it does not cover."""
    told = np.array([why.get(market, why.get("", "")) for market in markets], dtype=object)
    return replace(derived, reason=np.where(derived.absent & (told != ""), told, derived.reason))


TOO_LARGE = "the result is too large a number"


def latest_place(block: FloatArray) -> IntArray:
    """Return the place of each market's last year in a series of observations, -1 for none."""
    has = ~np.isnan(block)
    return np.where(has.any(axis=1), block.shape[1] - 1 - np.argmax(has[:, ::-1], axis=1), -1)


def series_in_force(block: FloatArray, back: int) -> tuple[FloatArray, BoolArray]:
    """Return a series of observations from the last year covered on, and who has but older.

    What is told of a year is over where the figures cover a later one and have no row of it.
    """
    kept = block.copy()
    kept[:, : max(block.shape[1] - 1 - back, 0)] = np.nan
    return kept, (latest_place(block) >= 0) & (latest_place(kept) < 0)


def product_of_series(values: FloatArray, times: FloatArray | float) -> FloatArray:
    """Multiply series of a table; NaN where one is missing, or no float holds the result."""
    with np.errstate(over="ignore"):
        result = values * times
    return np.where(np.isfinite(result), result, np.nan)


def quotient_of_series(above: FloatArray, below: FloatArray) -> FloatArray:
    """Divide series of a table; NaN if one is missing, below is zero, or no float holds it."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        result = above / below
    return np.where(np.isfinite(result), result, np.nan)


def never_usable(
    value: FloatArray,
    others: Sequence[tuple[str, FloatArray, bool]],
    as_of: int,
) -> Reasons:
    """Return why a table's cell is empty: in no year can its series be multiplied and divided.

    The `others` are what a value is multiplied or divided by: what it is called, shape (markets,
    years), and whether it is below.
    """
    cases = [(np.isnan(value).all(axis=1), f"not observed up to {as_of}")]
    together = ~np.isnan(value)
    for name, block, _ in others:
        cases.append((np.isnan(block).all(axis=1), f"{name} is not observed up to {as_of}"))
        together = together & ~np.isnan(block)
    names = " and ".join(name for name, _, _ in others)
    apart = f"not observed in the same year as {names} up to {as_of}"
    cases.append((~together.any(axis=1), apart))
    for name, block, is_below in others:
        zero = (~together | (block == 0)).all(axis=1) & is_below
        cases.append((zero, f"{name} is zero whenever it is observed"))
    words = np.array([*(text for _, text in cases), TOO_LARGE], dtype=object)
    hit = np.stack([*(where for where, _ in cases), np.ones(len(value), dtype=bool)])
    return np.asarray(words[hit.argmax(axis=0)])


def first_later(never: str | Reasons, begins: IntArray, as_of: int, later: BoolArray) -> Reasons:
    """Return why a table's cells are empty, in other words where a series begins later."""
    found = np.full(len(later), never, dtype=object) if isinstance(never, str) else never.copy()
    texts = [f"first observed in {year}, after {as_of}" for year in begins[later]]
    found[later] = texts
    return found


def age_reasons(
    indicator: Indicator, years: IntArray, own: IntArray, as_of: int, max_age: int
) -> list[str]:
    """Return that the latest usable years are too old, and whether only the denominator's are."""
    parts = {"multiplier": indicator.multiplier, "denominator": indicator.denominator}
    both = " and ".join(f"its {what}" for what, code in parts.items() if code)
    most = f"at most {max_age} {'is' if max_age == 1 else 'are'} allowed"
    return [
        (
            f"last observed in {year}"
            if year == newest
            else f"observed in {newest}, but together with {both} last in {year}"
        )
        + f", {number_of(as_of - year, 'year')} before {as_of}; {most}"
        for year, newest in zip(years.tolist(), own.tolist(), strict=True)
    ]


def window_latest(block: FloatArray, last: IntArray, _window: int) -> tuple[FloatArray, str]:
    """Return an indicator's statistic "latest": its value in the latest year observed."""
    return years_back(block, last, 0), ""


def window_mean(block: FloatArray, last: IntArray, window: int) -> tuple[FloatArray, str]:
    """Return an indicator's mean over its window of years, NaN if under half are observed."""
    span = np.stack([years_back(block, last, back) for back in range(window)])
    count = (~np.isnan(span)).sum(axis=0)
    average = np.nansum(span, axis=0) / np.maximum(count, 1)
    enough = (2 * count >= window) & (count > 0)
    return (
        np.where(enough, average, np.nan),
        f"mean: fewer than half of the {number_of(window, 'year')} up to the latest are observed",
    )


def window_growth(block: FloatArray, last: IntArray, window: int) -> tuple[FloatArray, Reasons]:
    """Return an indicator's yearly growth in percent from end to end of its window of years."""
    end, start = years_back(block, last, 0), years_back(block, last, window)
    fine = (end > 0) & (start > 0)
    ratio = np.divide(end, start, out=np.full_like(end, np.nan), where=fine)
    why = np.where(
        np.isnan(start),
        f"growth: nothing is observed {number_of(window, 'year')} before the latest year",
        f"growth: the value of the latest year, or of {number_of(window, 'year')} before, is not "
        "above zero",
    )
    return 100 * (ratio ** (1 / window) - 1), why.astype(object)


def window_volatility(block: FloatArray, last: IntArray, window: int) -> tuple[FloatArray, str]:
    """Return an indicator's standard deviation of yearly log changes in its window of years."""
    levels = np.stack([years_back(block, last, back) for back in range(window + 1)])
    logs = np.log(levels, out=np.full_like(levels, np.nan), where=levels > 0)
    # A rate that does not move has changes, and so a volatility, of exactly zero.
    changes = logs[:-1] - logs[1:]
    count = (~np.isnan(changes)).sum(axis=0)
    center = np.nansum(changes, axis=0) / np.maximum(count, 1)
    squares = np.nansum((changes - center) ** 2, axis=0)
    least = max(window - 1, 2)  # one change has no standard deviation
    sd = np.where(count >= least, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
    return (
        sd,
        f"volatility: fewer than {least} yearly changes of positive values in the "
        f"{number_of(window, 'year')} up to the latest",
    )


STATISTICS: Mapping[str, Statistic] = {
    "latest": window_latest,
    "mean": window_mean,
    "growth": window_growth,
    "volatility": window_volatility,
}


def years_back(block: FloatArray, last: IntArray, back: int) -> FloatArray:
    """Return the observation `back` years before each market's latest, NaN without one."""
    place = last - back
    taken: FloatArray = block[np.arange(len(last)), np.maximum(place, 0)]
    return np.where(place >= 0, taken, np.nan)
