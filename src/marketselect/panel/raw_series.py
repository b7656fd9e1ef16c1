"""Figures of raw series changed: what that makes of the indicators that are worked out of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import Fault, InputError, is_a, raise_faults, told
from marketselect.framework import Framework, Indicator
from marketselect.ranking.provenance import other_figure
from marketselect.ranking.ranking import Ranking
from marketselect.tables import schemas
from marketselect.tables.beside import with_firm_rows
from marketselect.tables.cells import UNDATED
from marketselect.tables.door import long_columns
from marketselect.tables.table import IndicatorTable, indicator_tables, needed_series
from marketselect.values import a_count, said

KEYS = ["market", "indicator", "year"]
NewValue = Callable[[Any, "pd.Series[Any]", float, str], float]


@dataclass(frozen=True)
class SeriesChange:
    """A figure of a raw series that is to be another; in the market's latest year without one."""

    market: Any
    series: str
    year: Any
    given: Any


def worked_out_of(rules: Framework, series: Any) -> list[Indicator]:
    """Return the indicators that `what_if` moves by changing a raw series."""
    if not is_a(series, str):
        return []
    return [i for i in rules.indicators if series in (i.observed, i.multiplier, i.denominator)]


def derived_changes(
    ranking: Ranking,
    observations: Any,
    trade: Any,
    asked: list[SeriesChange],
    new_value: NewValue,
) -> list[dict[str, Any]]:
    """Return what changed series make of the indicators: values before and after, and the year.

    Raises
    ------
    InputError
        If the table is not of observations, these are not its own, or a change cannot be made.
    """
    table, rules = ranking.scores.table, ranking.scores.framework
    as_of, max_age = table.as_of, table.max_age
    if as_of is None or max_age is None:
        got, remedy = "is of a table without years", "rank a table of indicator_table"
        raise InputError.of("no-data", "ranking", got, remedy)
    made = {change.series: worked_out_of(rules, change.series) for change in asked}
    codes = {item.code for items in made.values() for item in items}
    part = replace(rules.subset([code for code in rules.codes if code in codes]), screens=())
    figures = figures_of_series(observations, trade, table, needed_series(part))
    changed = figures.copy()
    faults: list[Fault] = []
    seen: set[tuple[Any, str, int]] = set()
    moved: dict[tuple[Any, str], list[str]] = {}  # by market and indicator: by what
    for change in asked:
        try:
            place, new = changed_figure(change, figures, as_of, new_value)
        except InputError as error:
            faults += error.faults
            continue
        if place in seen:
            faults.append(
                Fault("duplicate", change_in_words(change), "stands there twice", "keep one")
            )
        seen.add(place)
        changed.loc[place] = new
        for item in made[change.series]:
            words = f"{change.series} {year_of_figure(place)}: {said(change.given)}"
            moved.setdefault((change.market, item.code), []).append(words)
    raise_faults(faults, "changes", placed=True)
    before, after = (
        raw_series_table(each, part, as_of, max_age)
        for each in (figures.reindex(changed.index), changed)
    )
    rows = []
    for (market, code), words_of in moved.items():
        now, old, new = (float(t.values[code].loc[market]) for t in (table, before, after))
        year = after.years[code].loc[market]
        if fault := gap_fault(market, code, now, old, new):
            faults.append(fault)
        elif np.isfinite(new):
            rows.append({"market": market, "indicator": code, "before": now, "after": new,
                         "year": year, "given": "; ".join(words_of)})  # fmt: skip
    raise_faults(faults, "changes", placed=True)
    return rows


def figures_of_series(
    observations: Any, trade: Any, table: IndicatorTable, series: list[str]
) -> "pd.Series[float]":
    """Return the raw figures that `what_if` may change, by market, series and year."""
    frame = schemas.need_frame(observations, "observations")
    given = long_columns(with_firm_rows(frame, table.firm, series, table.as_of, trade))
    markets = table.values.index
    rows = schemas.check_observations(schemas.rows_of_markets(given, markets, markets), series)
    return rows.astype({"market": object, "indicator": object}).set_index(KEYS)["value"]


def changed_figure(
    change: SeriesChange, figures: "pd.Series[float]", as_of: int, new_value: NewValue
) -> tuple[tuple[Any, str, int], float]:
    """Return the place of a what-if's change among the raw figures, and its new value."""
    where = change_in_words(change)
    own = figures[figures.index.get_level_values("indicator") == change.series]
    if change.year is None:
        years = own.index.get_level_values("year")
        mine = years[own.index.get_level_values("market") == change.market]
        dated = mine[mine <= as_of]
        year = int(dated.max()) if len(dated) else int(mine.min()) if len(mine) else as_of
        year = UNDATED if UNDATED in mine else year
    else:
        year = a_count(change.year, f"{where}, the year")
        if year > as_of:
            got = f"is of {year}, and the ranking is as of {as_of}"
            raise InputError.of("out-of-range", where, got, "name an earlier year")
    column = own[own.index.get_level_values("year") == year].droplevel(["indicator", "year"])
    known = column.reindex(pd.Index([*column.index, change.market]).unique())
    now = float(known.loc[change.market])
    return (change.market, change.series, year), new_value(change.given, known, now, where)


def raw_series_table(
    figures: "pd.Series[float]", rules: Framework, as_of: int, max_age: int
) -> IndicatorTable:
    """Return the table of a what-if's raw figures; a row without a year is dated by none."""
    rows = figures.reset_index()
    rows = rows.assign(year=rows["year"].where(rows["year"] < UNDATED))
    return indicator_tables(rows, rules, years=[as_of], max_age=max_age)[as_of]


def gap_fault(market: Any, code: str, now: float, old: float, new: float) -> Fault | None:
    """Return the fault of a what-if: observations that differ, a change that leaves a gap."""
    where = f'observations, "{told(market)}", "{code}"'
    if fault := other_figure(where, now, old):
        return fault
    if np.isnan(new) and not np.isnan(old):
        return Fault("no-data", where, "has no value after the change", "change the figure by less")
    return None


def change_in_words(change: SeriesChange) -> str:
    """Return a change that `what_if` is asked for as messages name it."""
    return f'changes, "{told(change.market)}", "{change.series}"'


def year_of_figure(place: tuple[Any, str, int]) -> str:
    """Return the year of a raw figure that `what_if` changes, in words."""
    return "without a year" if place[2] == UNDATED else str(place[2])
