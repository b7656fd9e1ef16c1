"""From observations over years to one value a cell, its year kept."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import BoolArray
from marketselect.dataframes import Table
from marketselect.errors import Fault, InputError, is_a, number_of, raise_faults
from marketselect.framework import (
    Framework,
    Indicator,
    Screen,
    as_framework,
    screened_series,
    unknown_series,
    where_given,
    with_screened_series,
)
from marketselect.frozen import FrozenMapping, changed_result, frozen_result, held_field
from marketselect.notebook import in_html
from marketselect.tables import schemas
from marketselect.tables.beside import (
    NO_REASONS,
    OfFirm,
    Unknown,
    firm_faults,
)
from marketselect.tables.cells import FIRST_YEAR, LAST_YEAR, UNDATED, YEAR
from marketselect.tables.derivation import NEVER, Derived, derive, with_firm_reasons
from marketselect.tables.door import long_columns, readings
from marketselect.tables.labels import read_labels
from marketselect.tables.series import (
    first_years,
    groups_of_labels,
    laid_observations,
    observed_markets,
    one_label,
    series_arrays,
    with_undated,
    without_groups,
    without_year,
)
from marketselect.values import a_count, is_gap


@frozen_result
class IndicatorTable:
    """One value for each market and indicator, derived and dated; made by `indicator_table`.

    Attributes
    ----------
    values
        Markets down, indicator codes across, in raw units; NaN where there is no value.
    years
        The year of each value, the last of its window; <NA> where there is none. A value without
        one in a table with a reference year is undated, see `undated`.
    sources
        The source of each indicator.
    errors
        The standard error published for each value's year, in its unit; NaN where there is none.
    as_of
        The reference year: no later value is used; None for a wide frame.
    max_age
        How many years before `as_of` a value may be from; None for a wide frame.
    stale
        Cells left out for age: market, indicator, year, age.
    missing
        Every cell without a value: market, indicator, reason.
    notes
        Cells that deserve a second look, columns and how they were read: market, indicator, note.
    unused
        Columns of a wide table, or codes of a firm's own, that the framework does not use.
    groups
        The group of each market, where the data had a column named by the framework's `group`.
    read
        What each file was taken for that the data came from, as `read_indicators` tells it.
    firm
        The firm whose observations are part of it; None where there is none.
    licences
        The license of each indicator that the firm's observations give.
    screens
        The limits that it was made with: a ranking of it keeps to them.
    too_low
        Why values that the firm's observations give are too low: by indicator, then by market, a
        tuple of reasons.
    """

    values: pd.DataFrame
    years: pd.DataFrame
    sources: "pd.Series[str]"
    errors: pd.DataFrame
    as_of: int | None
    max_age: int | None
    stale: pd.DataFrame
    missing: pd.DataFrame
    notes: pd.DataFrame
    unused: tuple[str, ...] = ()
    groups: "pd.Series[str] | None" = None
    read: tuple[FrozenMapping, ...] = ()
    firm: OfFirm | None = None
    licences: FrozenMapping = FrozenMapping()
    screens: tuple[Screen, ...] = ()
    too_low: FrozenMapping = FrozenMapping()

    @property
    def undated(self) -> pd.DataFrame:
        """Values that came without a year, in a table with a reference year: market, indicator.

        Nobody knows how old they are: they are never stale.
        """
        values, years = held_field(self, "values"), held_field(self, "years")
        dated = self.as_of is not None
        return marked_cells(values, (values.notna() & years.isna()).to_numpy() & dated)

    def _repr_html_(self) -> str:
        told = pd.DataFrame(
            {
                "markets": self.values.notna().sum(),
                "lowest": self.values.min(),
                "median": self.values.median(),
                "highest": self.values.max(),
                "oldest year": self.years.min(),
                "newest year": self.years.max(),
            }
        )
        return in_html(self.headline, {"indicators": told})

    def __repr__(self) -> str:
        return self.headline

    @property
    def headline(self) -> str:
        """How large it is, of when, and how many cells are missing, in words."""
        markets, indicators = self.values.shape
        when = ""
        if self.as_of is not None and self.max_age is not None:
            when = f", as of {self.as_of}, at most {number_of(self.max_age, 'year')} old"
        return (
            f"IndicatorTable of {number_of(markets, 'market')} x "
            f"{number_of(indicators, 'indicator')}{when}: "
            f"{number_of(len(self.missing), 'cell')} missing, {len(self.stale)} of them for age"
        )


def indicator_tables(
    observations: Table,
    framework: Framework | str | Path,
    *,
    years: Iterable[int],
    max_age: int,
    firm: OfFirm | None = None,
    unknown: Unknown = NO_REASONS,
) -> dict[int, IndicatorTable]:
    """Derive the tables of several reference years, as `indicator_table` does for one.

    The observations are checked and laid out once for all years; those of a firm are among them,
    and `unknown` says why it has none of a series.
    """
    rules, chosen = as_framework(framework), list(years)
    for year in chosen:
        _, max_age = year_and_age(year, max_age)
    given = long_columns(schemas.need_frame(observations, "observations"))
    rules = with_observations(given, rules)
    raise_faults(firm_faults(rules, given, firm, unknown))
    raise_faults(unknown_screens(rules, given))
    rows = schemas.check_observations(given, needed_series(rules), rules.group)
    labels = read_labels(rows["market"].cat.categories)
    if labels.changed:
        rows = one_label(rows, labels)
    if labels.groups:
        rows = without_groups(rows, labels.groups)
    markets = observed_markets(rows)
    groups = None
    if rules.group is not None and rules.group in given.columns:
        groups = groups_of_labels(given, rules.group, labels)
    undated = rows["year"] == UNDATED
    dated = laid_observations(rows[~undated] if undated.any() else rows, markets)
    series, begins = series_arrays(dated, max(chosen)), first_years(dated)
    floating = series_arrays(
        laid_observations(rows[undated].assign(year=max(chosen)), markets), max(chosen)
    )
    length = next(iter(series.values())).shape[1] if series else 1
    first = max(chosen) - length + 1
    tables = {}
    for year in chosen:
        if not floating and (not series or year < first):
            raise InputError.of(
                "no-data",
                "as_of",
                f"there is no value in or before {year}",
                "give a later year",
            )
        past = with_undated({c: block[:, : year - first + 1] for c, block in series.items()},
                            floating)  # fmt: skip
        items = with_screened_series(rules)
        derived = {i.code: derive(i, past, year, max_age, begins) for i in items}
        for item in (one for one in items if unknown.get(one.observed)):
            why = unknown[item.observed]
            derived[item.code] = with_firm_reasons(derived[item.code], markets, why)
        table = assembled_table(
            rules, markets, derived, year, max_age, without_year(rules, floating)
        )
        refuse_negative_errors(table, rules)
        notes = with_remarks(table.notes, labels.notes)
        tables[year] = changed_result(
            table, groups=groups, notes=notes, read=readings(observations)
        )
    return tables


def with_observations(observations: pd.DataFrame, framework: Framework) -> Framework:
    """Return a table's framework without optional indicators that nothing is observed of."""

    def there(items: list[Indicator]) -> list[Indicator]:
        codes = long_columns(observations).get("indicator", pd.Series(dtype=object))
        series = set(codes[codes.isin([item.observed for item in items])])
        return [item for item in items if item.observed in series]

    return where_given(framework, there)


def unknown_screens(framework: Framework, observations: pd.DataFrame) -> list[Fault]:
    """Return the faults of a table's screens on what is no series of its observations."""
    series = observations.get("indicator")
    if not screened_series(framework) or not is_a(series, pd.Series):
        return []  # without such a column they are refused for it
    known = {code for code in series.unique() if is_a(code, str)}
    lacks, remedy = "no series of the observations", "name what there is, or leave the screen out"
    return unknown_series(framework, known, lacks, remedy)


def year_and_age(as_of: object, max_age: object) -> tuple[int, int]:
    """Return a table's reference year and greatest age, or refuse what makes no sense."""
    year = a_count(as_of, "as_of", what="a whole number of years")
    age = a_count(max_age, "max_age", what="a whole number of years")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError.of("out-of-range", "as_of", f"is {year}", YEAR)
    return year, age


def needed_series(framework: Framework) -> list[str]:
    """Return every series that a table needs for a framework: values, denominators, errors.

    Those that only its screens ask for are among them.
    """
    optional = (
        code
        for indicator in with_screened_series(framework)
        for code in (indicator.multiplier, indicator.denominator, indicator.standard_error)
        if code
    )
    return [*(indicator.observed for indicator in with_screened_series(framework)), *optional]


# The whole table


def table_remarks(table: IndicatorTable) -> list[str]:
    """Return a table's notes of no cell: how labels were read, and which were left out."""
    notes = table.notes
    return list(notes.loc[notes["market"] == "", "note"])


def with_remarks(notes: pd.DataFrame, remarks: Iterable[str]) -> pd.DataFrame:
    """Return a table's notes with more that are of no cell, in front."""
    more = pd.DataFrame([{"market": "", "indicator": "", "note": text} for text in remarks])
    return pd.concat([more, notes], ignore_index=True) if len(more) else notes


def assembled_table(
    framework: Framework,
    markets: "pd.Index[Any]",
    derived: Mapping[str, Derived],
    as_of: int,
    max_age: int,
    undated: BoolArray | None,
) -> IndicatorTable:
    """Put a table's derived columns side by side; list what is missing, stale or odd."""
    columns = pd.Index(list(derived))
    value = np.column_stack([item.value for item in derived.values()])
    year = np.column_stack([item.year for item in derived.values()])
    reason = np.column_stack([item.reason for item in derived.values()])
    error = np.column_stack([item.error for item in derived.values()])
    values = pd.DataFrame(value, index=markets, columns=columns)
    gone = np.isnan(value)
    too_old = (year != NEVER) & (as_of - year > max_age)
    moves = np.array([i.statistic == "volatility" for i in with_screened_series(framework)])
    return IndicatorTable(
        values=values,
        years=whole_number_table(
            year, gone if undated is None else gone | undated, markets, columns
        ),
        sources=indicator_sources(framework),
        errors=pd.DataFrame(error, index=markets, columns=columns),
        as_of=as_of,
        max_age=max_age,
        stale=marked_cells(values, too_old, year=year, age=as_of - year),
        missing=marked_cells(values, gone, reason=reason),
        notes=marked_cells(
            values, moves & (value == 0), note=np.full(value.shape, STILL, dtype=object)
        ),
    )


def whole_number_table(
    block: NDArray[np.int64], empty: BoolArray, index: "pd.Index[Any]", columns: "pd.Index[Any]"
) -> pd.DataFrame:
    """Return the years of a table's cells as whole numbers, <NA> where empty."""
    parts = zip(columns, block.T, empty.T, strict=True)
    arrays = {name: pd.arrays.IntegerArray(part, gaps) for name, part, gaps in parts}
    return pd.DataFrame(arrays, index=index)


STILL = "volatility is zero: a peg, a dollarized economy or an official rate that is not moved"


def marked_cells(frame: pd.DataFrame, where: BoolArray, **columns: NDArray[Any]) -> pd.DataFrame:
    """List the marked cells of a wide frame, row by row: market, indicator and more of each."""
    row, column = np.nonzero(where)
    more = {name: whole[where] for name, whole in columns.items()}
    return pd.DataFrame({"market": frame.index[row], "indicator": frame.columns[column], **more})


def indicator_sources(framework: Framework) -> "pd.Series[str]":
    """Return the source of each indicator of a table, as its framework states it."""
    return pd.Series({i.code: i.source for i in framework.indicators}, name="source", dtype="str")


def refuse_negative_errors(table: IndicatorTable, framework: Framework) -> None:
    """Refuse standard errors below zero, where they belong to a value that is used."""
    if not (table.errors.to_numpy() < 0).any():
        return
    series = {i.code: i.standard_error for i in framework.indicators}
    below = marked_cells(table.errors, (table.errors < 0).to_numpy(), year=table.years.to_numpy())
    # A wide frame has no years.
    raise_faults(
        Fault(
            "out-of-range",
            f'indicator "{series[code]}", market "{market}"'
            f"{'' if is_gap(year) else f', year {year}'}",
            "a standard error must not be negative",
            "leave it empty to treat it as missing",
        )
        for market, code, year in below.itertuples(index=False)
    )
