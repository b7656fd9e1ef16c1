"""A wide frame of raw values - markets down, indicators across - as an indicator table."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import Table
from marketselect.errors import OWN_COPY, SHOWN, Fault, InputError, is_a, listing, number_of
from marketselect.framework import Framework, Indicator, screened_series, where_given
from marketselect.frozen import FrozenMapping, changed_result, held_field, later, owned, read_only
from marketselect.tables import schemas
from marketselect.tables.derivation import TOO_LARGE, product_of_series, quotient_of_series
from marketselect.tables.door import readings, times_of
from marketselect.tables.labels import relabeled
from marketselect.tables.meanings import refuse_meanings
from marketselect.tables.table import (
    IndicatorTable,
    indicator_sources,
    refuse_negative_errors,
    with_remarks,
)
from marketselect.tables.years import is_year, plain_year


def as_indicator_table(data: Table | IndicatorTable, framework: Framework) -> IndicatorTable:
    """Return a table that holds the framework's indicators, from a table or a wide frame.

    A table is returned as it is, with whatever else it holds. A wide frame holds raw values,
    markets down: its index, or beside row numbers the first column that is called market, code,
    country or the like, else the first one if it holds text.

    A column named by an indicator's code is used as given. One named by the series that the
    indicator states is multiplied and divided by the columns of its multiplier and denominator, and
    by `per`; a series stated equal to the code means that the column is the series. A column named
    by the series of an indicator's standard errors holds these, in the unit of the indicator's
    column. A column named by the framework's `group` is kept, and one that only a screen of the
    framework asks for stands behind the indicators. Where most markets are countries,
    rows of groups of them are left out.

    Raises
    ------
    InputError
        With every indicator that has no column, or one that a growth or volatility cannot come
        from, every label that stands twice, and every cell that is no finite number; or if a column
        beside the indicators changes what the values mean, such as a power of ten or two units.
    """
    if is_a(data, IndicatorTable):
        return checked_table(data, framework)
    given = schemas.wide_by_market(schemas.need_frame(data, "data"), read_names(framework))
    refuse_meanings(given, read_names(framework))
    frame, remarks = relabeled(given)
    sources, faults = column_sources(framework, frame)
    beside = [code for code in screened_series(framework) if code in frame.columns]
    sources |= {code: Source(code) for code in beside}
    errors = error_sources(framework, frame)
    named = [name for source in sources.values() for name in source.columns]
    used = list(dict.fromkeys([*named, *errors.values()]))
    remarks = (*remarks, *year_remarks(given, used))
    single = frame.loc[:, ~frame.columns.duplicated()]
    numbers = schemas.check_cells(single[used], [*schemas.label_faults(frame), *faults])
    unused = tuple(str(c) for c in frame.columns if c not in used and c != framework.group)
    grouped = framework.group is not None and framework.group in frame.columns
    groups = frame[framework.group] if grouped else None
    table = wide_table(framework, numbers, sources, errors, unused, groups, remarks, readings(data))
    if errors:
        refuse_negative_errors(table, framework)
    return table


def year_remarks(frame: pd.DataFrame, used: Collection[str]) -> list[str]:
    """Say which indicators are years: columns that are called by one, and one that holds them."""
    called = [name for name in used if is_year(plain_year(name))]
    held = [name for name in times_of(frame, ()) if name in used]
    return [
        f"indicator {listing(names)} {what}, which counts like any other column"
        for names, what in ((called, "is called by a year"), (held, "holds years"))
        if names
    ]


def with_columns(data: Table | IndicatorTable, framework: Framework) -> Framework:
    """Return a table's framework without optional indicators that it has no column of."""

    def there(items: list[Indicator]) -> list[Indicator]:
        if is_a(data, IndicatorTable):
            return [item for item in items if item.code in held_field(data, "values").columns]
        columns = schemas.need_frame(data, "data").columns
        return [item for item in items if item.code in columns or item.observed in columns]

    return where_given(framework, there)


def read_names(framework: Framework) -> set[str]:
    """Return the names of all columns that the framework reads: none of them holds labels."""
    series = [
        name
        for i in framework.indicators
        for name in (i.code, i.observed, i.multiplier, i.denominator, i.standard_error)
    ]
    every = (*series, *screened_series(framework), framework.group)
    return {name for name in every if name is not None}


def checked_table(table: IndicatorTable, framework: Framework) -> IndicatorTable:
    """Return a table as it is, unless it lacks an indicator or someone put a fault into it."""
    values = held_field(table, "values")
    if missing := [code for code in framework.codes if code not in values.columns]:
        raise InputError(missing_columns(missing, values))
    table = aligned_table(table, values)
    numbers = values.to_numpy()
    plain = values.index.is_unique and values.columns.is_unique and numbers.dtype == np.float64
    if plain and not np.isinf(numbers).any():
        return table
    checked = schemas.check_cells(schemas.check_labels(values))
    return changed_result(table, values=checked)


def aligned_table(table: IndicatorTable, values: pd.DataFrame) -> IndicatorTable:
    """Return an indicator table whose years and errors stand under the labels of its values.

    Somebody may have put other values into it; what belongs to no value of theirs is left out.
    """
    if not (values.index.is_unique and values.columns.is_unique):
        return table  # refused with the labels
    other: dict[str, Any] = {}
    for name in ("years", "errors"):
        frame = held_field(table, name)
        if frame.index.equals(values.index) and set(values.columns) <= set(frame.columns):
            continue
        if not (frame.index.is_unique and frame.columns.is_unique):
            raise InputError.of("duplicate", name, "a label stands there twice", "keep one")
        other[name] = frame.reindex(index=values.index, columns=values.columns)
    return changed_result(table, **other) if other else table


class Source(NamedTuple):
    """The columns that an indicator's values come from in a wide frame, and a constant."""

    column: str
    times: str | None = None
    below: str | None = None
    per: float = 1.0

    @property
    def columns(self) -> list[str]:
        """The names of all columns."""
        return [name for name in (self.column, self.times, self.below) if name]


def column_sources(
    framework: Framework, frame: pd.DataFrame
) -> tuple[dict[str, Source], list[Fault]]:
    """Return the columns of each indicator in a wide frame, and the faults."""
    columns = set(frame.columns)
    faults: list[Fault] = []
    missing: list[str] = []
    sources: dict[str, Source] = {}
    for indicator in framework.indicators:
        code = indicator.code
        parts = {"multiplier": indicator.multiplier, "denominator": indicator.denominator}
        absent = [(what, name) for what, name in parts.items() if name and name not in columns]
        if code in columns and indicator.series != code:
            sources[code] = Source(code)
        elif indicator.observed not in columns:
            missing.append(code)
        elif indicator.statistic in ("growth", "volatility"):
            faults.append(
                Fault(
                    "not-possible",
                    f'indicator "{code}"',
                    f'a {indicator.statistic} cannot come from one column "{indicator.observed}"',
                    f"{finished_figures(indicator)}, or make the table from observations over "
                    "years with indicator_table",
                    f"{finished_figures(indicator)}, or give a table over years",
                )
            )
        elif absent:
            faults += [
                Fault(
                    "missing-name",
                    f'indicator "{code}"',
                    f'its {what} "{name}" has no column',
                    f"add it, or {finished_figures(indicator)}",
                )
                for what, name in absent
            ]
        else:
            sources[code] = Source(
                indicator.observed, indicator.multiplier, indicator.denominator, indicator.per
            )
    if missing:
        faults.insert(0, missing_columns(missing, frame))
    return sources, faults


def error_sources(framework: Framework, frame: pd.DataFrame) -> dict[str, str]:
    """Return the column of each indicator's standard errors in a wide frame, where it has one.

    As in `indicator_table`, a growth and a volatility have none.
    """
    return {
        indicator.code: indicator.standard_error
        for indicator in framework.indicators
        if indicator.standard_error is not None
        and indicator.standard_error in frame.columns
        and indicator.statistic in ("latest", "mean")
    }


def finished_figures(indicator: Indicator) -> str:
    """Return how to give an indicator's own figures in a wide frame."""
    if indicator.series == indicator.code:
        return "leave its series out of the framework if the column holds the finished figures"
    return f'give a column "{indicator.code}" with the finished figures'


def wide_table(
    framework: Framework,
    numbers: pd.DataFrame,
    sources: Mapping[str, Source],
    error_columns: Mapping[str, str],
    unused: tuple[str, ...],
    groups: "pd.Series[Any] | None",
    remarks: tuple[str, ...],
    read: tuple[FrozenMapping, ...],
) -> IndicatorTable:
    """Derive the indicators' columns of a checked wide frame.

    A hundred thousand markets are no more than their values: what is empty, or says of each empty
    cell why it is, is made when it is asked for.
    """
    value, why, error = derived_cells(numbers, sources, error_columns)
    columns = pd.Index(list(sources))
    values = pd.DataFrame(value, index=numbers.index, columns=columns, copy=False)
    nothing = later(empty_cells, values.index, columns, "float64")
    names = tuple((sources[c].times or "", sources[c].below or "") for c in sources)
    notes = [
        {"market": "", "indicator": indicator.code, "note": note}
        for indicator in framework.indicators
        if (note := how_read(indicator, sources[indicator.code]))
    ]
    return IndicatorTable(
        values=owned(values),
        years=later(empty_cells, values.index, columns, "Int64"),
        sources=indicator_sources(framework),
        errors=pd.DataFrame(error, values.index, columns) if error_columns else nothing,
        as_of=None,
        max_age=None,
        stale=later(nothing_stale, values.index),
        missing=later(wide_gaps, value, why[np.isnan(value)], names, values.index, columns),
        notes=with_remarks(pd.DataFrame(notes, columns=["market", "indicator", "note"]), remarks),
        unused=unused,
        groups=groups,
        read=read,
    )


def derived_cells(
    numbers: pd.DataFrame,
    sources: Mapping[str, Source],
    error_columns: Mapping[str, str],
) -> tuple[FloatArray, NDArray[np.int8], FloatArray]:
    """Return a wide frame's values, places in REASONS and errors, each markets x indicators."""
    block = numbers.to_numpy()
    value = np.empty((len(sources), len(numbers))).T  # column by column, as a frame has it
    why = np.zeros(value.shape, dtype=np.int8)
    error = np.full(value.shape if error_columns else (0, 0), np.nan)

    def cells_of(name: str) -> FloatArray:
        found: FloatArray = block[:, numbers.columns.get_loc(name)]
        return found

    for place, code in enumerate(sources):
        off = cells_of(error_columns[code]) if code in error_columns else None
        value[:, place], why[:, place], off = derived_column(sources[code], cells_of, off)
        if off is not None:
            error[:, place] = off
    if error_columns:
        error[np.isnan(value)] = np.nan
    return read_only(value), read_only(why), error


def derived_column(
    source: Source, cells_of: Callable[[str], FloatArray], off: FloatArray | None
) -> tuple[FloatArray, NDArray[np.int8], FloatArray | None]:
    """Return the values of one indicator, why they are empty, and its standard errors, if any."""
    made = top = cells_of(source.column)
    wrong = [np.isnan(top)]  # in the order of REASONS
    times = cells_of(source.times) if source.times else np.ones(len(top))
    wrong.append(np.isnan(times))
    if source.times:
        made, off = (
            product_of_series(made, times),
            off if off is None else product_of_series(off, np.abs(times)),
        )
    if source.below:
        under = cells_of(source.below)
        made, off = (
            quotient_of_series(made, under),
            off if off is None else quotient_of_series(off, np.abs(under)),
        )
        wrong += [np.isnan(under), under == 0]
    if source.per != 1:
        made, off = (
            product_of_series(made, source.per),
            off if off is None else product_of_series(off, source.per),
        )
    return made, np.select(wrong, range(len(wrong)), len(REASONS) - 1).astype(np.int8), off


# Why a cell of a wide frame is empty.
REASONS = (
    "no value given",
    "no value of its multiplier {times} given",
    "no value of its denominator {below} given",
    "its denominator {below} is zero",
    TOO_LARGE,
)


def empty_cells(
    index: "pd.Index[Any]", columns: "pd.Index[Any]", kind: Literal["Int64", "float64"]
) -> pd.DataFrame:
    """Return the empty cells that a wide frame has for years and errors."""
    return pd.DataFrame(np.nan, index=index, columns=columns).astype(kind)


def nothing_stale(index: "pd.Index[Any]") -> pd.DataFrame:
    """Return the list of the cells that were left out for age: a wide frame has no years."""
    none = np.zeros(0, dtype=np.int64)
    markets = pd.Series(index[:0], name="market").reset_index(drop=True)
    return pd.DataFrame({"market": markets, "indicator": pd.Index([], dtype="str"),
                         "year": none, "age": none})  # fmt: skip


def wide_gaps(
    value: FloatArray,
    why: NDArray[np.int8],
    names: tuple[tuple[str, str], ...],
    index: "pd.Index[Any]",
    columns: "pd.Index[Any]",
) -> pd.DataFrame:
    """List every cell without a value, row by row, and why it has none: `why` is of these."""
    row, column = np.nonzero(np.isnan(value))
    texts = np.array(
        [[reason.format(times=x, below=y) for x, y in names] for reason in REASONS], dtype=object
    )
    reason = texts[why, column]
    return pd.DataFrame(
        {"market": index[row], "indicator": columns[column], "reason": reason.astype(object)}
    )


def how_read(indicator: Indicator, source: Source) -> str:
    """Return what was not done to an indicator's column of a wide frame, if anything."""
    steps = [
        (indicator.multiplier, source.times, f"not multiplied by {indicator.multiplier}"),
        (indicator.denominator, source.below, f"not divided by {indicator.denominator}"),
        (indicator.per != 1, source.per != 1, f"not multiplied by {indicator.per:g}"),
    ]
    left = [words for wanted, done, words in steps if wanted and not done]
    column = source.column
    if indicator.statistic != "latest":
        left.append(
            f"taken as the {indicator.statistic} over {number_of(indicator.window, 'year')}"
        )
    return f"column {column} is used as given, {' and '.join(left)}" if left else ""


def missing_columns(missing: list[str], frame: pd.DataFrame) -> Fault:
    """Say which indicators have no column, and the way on without them."""
    got = f"there is no column for {listing(missing, SHOWN)}"
    if any(code in frame.index for code in missing) and len(missing) > 1:
        return Fault(
            "wrong-form",
            "the data",
            f"{got}, but rows are labeled so",
            "markets go down and indicators across: give the table's transpose, data.T",
            "markets go down and indicators across: turn the table round",
        )
    near = schemas.nearest(missing, frame.columns)
    return Fault(
        "missing-name",
        "the data",
        got,
        f"add the columns, or rank without them: framework.subset([...]).{near}",
        f"add the columns, or rank by {OWN_COPY}.{near}",
    )
