"""From a table that was found to a frame: observations over years, or markets down."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, number_of
from marketselect.sources.columns import Columns, columns_and_remarks, rows_kept, rows_wanted
from marketselect.sources.dialect import separator_words
from marketselect.sources.frame_columns import (
    file_cells_as_objects,
    label_texts,
    without_flags,
    without_missing_marks,
    years_in_file,
)
from marketselect.sources.headers import across_columns, column_role, market_places
from marketselect.sources.layouts import Form, Layout
from marketselect.sources.markets import (
    market_column,
    no_markets,
    row_labels,
    with_text_labels,
    without_blanks,
)
from marketselect.sources.meanings import (
    refuse_multiplier,
    refuse_several,
    refuse_units,
    units_across,
)
from marketselect.sources.numerals import fast_floats, is_written_number, read_number_columns
from marketselect.sources.reading import Reading
from marketselect.sources.recognition import RecognizedGrid
from marketselect.tables.agreement import market_columns, refuse_two_markets
from marketselect.tables.aliases import ALIASES, column_key, first_wanted_column
from marketselect.tables.cells import FIRST_YEAR, cell_texts
from marketselect.tables.meanings import (
    PERIOD_KEYS,
    multiplier_column,
    multiplier_columns,
    multipliers,
    values_by_powers,
)

LONG = pd.Index(["market", "indicator", "year", "value"])
IN_BRACKETS = re.compile(r".*\[(?P<code>[\w.:-]+)\]")  # GDP (current US$) [NY.GDP.MKTP.CD]

Made = tuple[pd.DataFrame, list[str]]
"""A frame, and what has to be said of how it was made."""


@dataclass(frozen=True, kw_only=True)
class FileSettings:
    """What whoever reads a file says about it, and what holds where neither they nor it say it."""

    missing: tuple[str, ...] = ()
    decimal: str | None = None
    only: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str | None = None
    semicolons: bool = False
    name: str = ""

    @property
    def series(self) -> str:
        """What the series is called that nothing in a table names."""
        return self.name or "value"


def recognized_frame(
    found: RecognizedGrid, settings: FileSettings, file: str = "", others: tuple[str, ...] = ()
) -> tuple[pd.DataFrame, Reading]:
    """Return a table of a file, beside others there, as a frame, and what it was taken for."""
    layout = found.layout
    if found.grid.separator == ";":  # a spreadsheet of another country wrote it
        settings = replace(settings, semicolons=True)
    elif layout.decimal:
        settings = replace(settings, otherwise=layout.decimal)
    table, remarks = columns_and_remarks(found)
    refuse_two_countries(found, table)
    table, choices = rows_wanted(table, settings.only)
    if layout.form == "markets":
        table = rows_of_markets_across(found, table)
    table, early = dated(layout, table)
    column = market_column(layout, table)
    table = with_text_labels(layout, table, column)
    markets, groups = no_markets(layout, table, column)
    if not any(markets):
        none = "has no row that is a market"
        raise InputError.of("no-data", "the table", none, "give rows of countries or the like")
    frame, more = FORMS[layout.form](found, rows_kept(table, markets), column, settings)
    reading = Reading(
        file=file,
        part=found.grid.name,
        other_parts=others,
        layout=layout.name,
        title=layout.title,
        above=found.lines_above,
        footers=len(found.footers),
        across=ACROSS.get(layout.form, ""),
        separator=separator_words(found.grid.separator),
        groups=groups,
        remarks=(*found.grid.remarks, *remarks, *choices, *early, *more),
    )
    return frame, reading


def refuse_two_countries(found: RecognizedGrid, table: Columns) -> None:
    """Refuse rows of a file of which two columns name different countries."""
    names = market_columns(table)
    if len(names) > 1:
        columns = {name: cell_texts(table[name]) for name in names}
        refuse_two_markets(columns, lambda row: f"{found.grid.place} {found.line_of(row)}")


ACROSS: Mapping[Form, str] = {"across": "years across", "markets": "markets across"}


def rows_of_markets_across(found: RecognizedGrid, table: Columns) -> Columns:
    """Return a file's table with markets across as one with an observation a row."""
    if first_wanted_column(table, found.layout.year) is None:  # years under an empty name
        table = {name or "year": cells for name, cells in table.items()}
    markets = market_places(found.layout, list(table))
    count = len(next(iter(table.values())))
    others = {name: list(cells) * len(markets) for name, cells in table.items()
              if name not in markets}  # fmt: skip
    labels = [label for label in markets.values() for _ in range(count)]
    return {**others, "market": labels, "value": [c for name in markets for c in table[name]]}


def dated(layout: Layout, table: Columns) -> tuple[Columns, list[str]]:
    """Return the rows of a source that are not of years before any that counts, and a remark.

    Our World in Data has the population of the year 10,000 before Christ.
    """
    name = first_wanted_column(table, layout.year) if layout.countries and layout.year else None
    years = None if name is None else fast_floats(table[name])
    if years is None or not (years < FIRST_YEAR).any():
        return table, []
    early = years < FIRST_YEAR
    told = f"{number_of(int(early.sum()), 'row')} of years before {FIRST_YEAR} left out"
    return rows_kept(table, [not gone for gone in early]), [told]


# One function a form


def long_frame(found: RecognizedGrid, table: Columns, column: str, settings: FileSettings) -> Made:
    """Return observations from a file with one a row: these columns first, then the others."""
    layout = found.layout
    year, value = (str(first_wanted_column(table, names)) for names in (layout.year, layout.value))
    series, used, named = row_series(layout, table, settings)
    labels = row_labels(layout, table, column)
    cells = {"market": labels, "year": table[year], "value": table[value]}
    kinds = refuse_several(layout, table, series, cells, [column, year, value, *used])
    numbers, marks = number_columns(layout, {value: table[value]}, settings)
    factors, scaled = file_multipliers(table, series)
    known = {
        "market": label_texts(labels),
        "indicator": label_texts(series),
        "year": years_in_file(table[year], year),
        "value": file_cells_as_objects(values_by_powers(numbers[value], factors)),
    }
    applied = multiplier_columns(table) if factors is not None else []
    gone = {column, year, value, *used, *known, *applied}
    others = {
        name: file_cells_as_objects(cells) for name, cells in table.items() if name not in gone
    }
    columns = dict(enumerate((known | others).values()))
    frame = pd.DataFrame(columns, pd.RangeIndex(len(labels)), copy=False)
    frame.columns = pd.Index([*known, *others]) if others else LONG.view()
    return frame, [*named, *marks, *scaled, *kinds]


def across_frame(
    found: RecognizedGrid, table: Columns, column: str, settings: FileSettings
) -> Made:
    """Return observations from a file with years across: one row for each that is there.

    A series of a market without any value keeps one row, of its last year.
    """
    layout, names = found.layout, list(table)
    matches = {names[place]: match for place, match in across_columns(layout, names).items()}
    bare, flags = without_flags(layout, {name: table[name] for name in matches})
    numbers, marks = number_columns(layout, bare, settings)
    units, told = units_across(found, matches)
    by_name = all("name" in match.groupdict() for match in matches.values())
    series, used, named = row_series(layout, table, settings)
    if by_name:  # the columns name the series, not the rows
        series, used, named = (
            [""] * len(table[column]),
            [],
            unread_columns(table, [column, *matches]),
        )
    factors, scaled = file_multipliers(table, series)
    names_of = row_labels(layout, table, column)
    cells = {"market": names_of}
    kinds = refuse_several(layout, table, series, cells, [column, *used, *matches])
    blocks: dict[str, list[tuple[int, Any]]] = {}
    for name, match in matches.items():
        values = values_by_powers(values_by_powers(numbers[name], factors), units.get(name))
        blocks.setdefault(match["name"] if by_name else "", []).append((int(match["year"]), values))
    labels = label_texts(names_of)
    parts = [
        observations_across(
            labels, label_texts([name] * len(labels)) if by_name else label_texts(series), columns
        )
        for name, columns in blocks.items()
    ]
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return frame, [*named, *marks, *flags, *scaled, *told, *kinds]


def panel_frame(found: RecognizedGrid, table: Columns, column: str, settings: FileSettings) -> Made:
    """Return observations from a file with a market and year a row, and indicators across."""
    layout = found.layout
    year = str(first_wanted_column(table, layout.year))
    others = [
        name
        for name in table
        if name not in (column, year, "Time Code")
        and column_role(name) not in ("market", "year")
        and column_key(name) not in PERIOD_KEYS  # no indicator: months, refused below
        and f"{name} Label" not in table  # codes of what stands beside them in words
    ]
    series = [name for name in others if any(map(is_written_number, table[name]))]
    words = [name for name in others if name not in series and any(cell_texts(table[name]))]
    refuse_multiplier(table)
    names_of = row_labels(layout, table, column)
    cells = {"market": names_of, "year": table[year]}
    refuse_several(layout, table, [""] * len(table[year]), cells, [column, year, *series])
    numbers, marks = number_columns(layout, {name: table[name] for name in series}, settings)
    named = [code_in_brackets(name) for name in series]
    told = [f"columns of words left out: {', '.join(words)}"] if words else []
    if len(series) == 1 and first_wanted_column(series, ALIASES["value"]):
        named, told = [settings.series], [*told, named_otherwise(settings)]
    labels, years = label_texts(names_of), years_in_file(table[year], year)
    parts = [
        pd.DataFrame(
            {
                "market": labels,
                "indicator": label_texts([name] * len(labels)),
                "year": years,
                "value": file_cells_as_objects(values),
            }
        )
        for name, values in zip(named, numbers.values(), strict=True)
    ]
    return pd.concat(map(rows_with_values, parts), ignore_index=True), [*marks, *told]


def wide_frame(found: RecognizedGrid, table: Columns, column: str, settings: FileSettings) -> Made:
    """Return a file's table with markets down and indicators across, as it came."""
    refuse_multiplier(table)
    refuse_units(table)
    cells = {name: values for name, values in table.items() if name != column}
    numbers, marks = number_columns(found.layout, cells, settings)
    labels = label_texts([text or None for text in cell_texts(table[column])])
    index = pd.Index(labels, name=column or None)
    columns = {name: file_cells_as_objects(values) for name, values in numbers.items()}
    return pd.DataFrame(columns, index=index), marks


FORMS: Mapping[Form, Callable[[RecognizedGrid, Columns, str, FileSettings], Made]] = {
    "long": long_frame,
    "across": across_frame,
    "markets": long_frame,
    "panel": panel_frame,
    "wide": wide_frame,
}


# Their parts


def row_series(
    layout: Layout, table: Columns, settings: FileSettings
) -> tuple[list[str | None], list[str], list[str]]:
    """Return the series of each row of a file, columns that name it, and a remark if none."""
    used = [
        name
        for choice in layout.indicator
        if (name := first_wanted_column(table, choice)) is not None
    ]
    if not used:
        count = len(next(iter(table.values())))
        return [settings.series] * count, [], [named_otherwise(settings)]
    parts = [cell_texts(table[name]) for name in used]
    if len(parts) == 1:
        return without_blanks(parts[0]), used, []
    return [".".join(filter(None, row)) or None for row in zip(*parts, strict=True)], used, []


def unread_columns(table: Columns, used: Container[str]) -> list[str]:
    """Return the remark that columns of numbers, such as shares and balances, are not read."""
    others = [
        name
        for name, cells in table.items()
        if name not in used and any(map(is_written_number, cells))
    ]
    return [f"columns of numbers left out: {', '.join(others)}"] if others else []


def file_multipliers(table: Columns, series: Sequence[Any]) -> tuple[FloatArray | None, list[str]]:
    """Return what each row of a file is multiplied by, None where nothing is, and a remark."""
    name = multiplier_column(table)
    return multipliers(name, table.get(name or "", ()), series)


def named_otherwise(settings: FileSettings) -> str:
    """Return the remark that nothing in a table names its series, and what it is called."""
    if not settings.name:
        return f'nothing names the series, it is called "{settings.series}"'
    return f'the series is named by the file, "{settings.name}"'


def number_columns(
    layout: Layout, cells: Columns, settings: FileSettings
) -> tuple[dict[str, Any], list[str]]:
    """Return a file's columns as numbers where all cells are, what means missing taken out."""
    marks = {*layout.missing, *settings.missing}
    clear = {name: without_missing_marks(column, marks) for name, column in cells.items()}
    read, mark = read_number_columns(
        list(clear.items()),
        settings.decimal,
        settings.otherwise,
        semicolons=settings.semicolons,
    )
    return dict(zip(clear, read, strict=True)), ["decimals by a comma"] if mark == "," else []


def observations_across(
    labels: Any, series: Any, columns: Sequence[tuple[int, Any]]
) -> pd.DataFrame:
    """Return one observation for each value of a file's columns, each of a year."""
    years = np.array([year for year, _ in columns], dtype=np.int64)
    if all(isinstance(values, np.ndarray) for _, values in columns):
        block = np.column_stack([values for _, values in columns])
    else:
        block = np.column_stack(
            [np.asarray(file_cells_as_objects(values), dtype=object) for _, values in columns]
        )
    there = pd.notna(block)
    there[~there.any(axis=1), int(years.argmax())] = True
    row, place = np.nonzero(there)
    return pd.DataFrame(
        {
            "market": labels.take(row),
            "indicator": series.take(row),
            "year": years[place],
            "value": block[row, place],
        },
        copy=False,
    )


def rows_with_values(part: pd.DataFrame) -> pd.DataFrame:
    """Return a file's rows of a series that have a value, and one of each market without."""
    there = part["value"].notna().to_numpy()
    markets, found = pd.factorize(part["market"], use_na_sentinel=False)
    none = np.bincount(markets, weights=there, minlength=len(found))[markets] == 0
    last = ~pd.Series(markets).duplicated(keep="last").to_numpy()
    frame: pd.DataFrame = part[there | (none & last)]
    return frame


def code_in_brackets(name: str) -> str:
    """Return the code in brackets behind a series' name in a file, or the name."""
    found = IN_BRACKETS.fullmatch(name)
    return found["code"] if found else name
