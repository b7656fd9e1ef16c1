"""Which layout a grid has, where its header is, and what stands above and below the table."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from marketselect.errors import InputError, listing
from marketselect.sources.blocks import Block, block_columns, block_texts
from marketselect.sources.dialect import parted
from marketselect.sources.footers import first_footer
from marketselect.sources.grid import Grid, Row, filled_cells, is_blank_row
from marketselect.sources.headers import (
    OF_SOURCES,
    across_columns,
    column_role,
    columns_lacking,
    has_columns,
    is_no_year,
    labeled_codes,
    own_label_column,
    unpacked_header,
    unpacked_rows,
    year_columns,
)
from marketselect.sources.layouts import BY_NAME, LAYOUTS, OWN, Layout
from marketselect.sources.merged import merged_filled_down
from marketselect.sources.numerals import is_like_number, is_written_number
from marketselect.sources.two_rows import one_header
from marketselect.tables.aliases import ALIASES, column_key, first_wanted_column
from marketselect.tables.cells import cell_texts, text_of_cell
from marketselect.tables.meanings import MULTIPLIERS, UNITS
from marketselect.tables.years import is_time, is_written_time

DEEPEST = 30  # filled rows in which a source's header is looked for


@dataclass(frozen=True, kw_only=True, eq=False)
class RecognizedGrid:
    """A grid that has been recognized: its layout, its header and its rows.

    Attributes
    ----------
    layout, grid
        What it is, and what it was.
    names
        The columns, as the header names them.
    rows
        What stands between header and footers, the blank rows left out.
    above, footers
        Texts above the header and below the table.
    remarks
        What was done to its cells.
    lines_above
        How many lines stand above the header, blank ones among them, where any has a text.
    line
        The line of the header.
    cells
        The columns, where a block was read; `rows` has both ends alone. None where it was not, or
        a row of it is irregular.
    """

    layout: Layout
    grid: Grid
    names: tuple[str, ...]
    rows: Sequence[Row]
    above: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    lines_above: int = 0
    line: int = 0
    cells: Sequence[Any] | None = None

    def column(self, place: int) -> Sequence[Any]:
        """Return the cells of a column, of the rows that have it."""
        if self.cells is not None:
            cells: Sequence[Any] = self.cells[place]
            return cells
        return [row[place] for _, row in self.rows if place < len(row)]

    @property
    def table(self) -> dict[str, Sequence[Any]]:
        """The cells of each column by its name, the first of two that have one."""
        places = {name: place for place, name in reversed(list(enumerate(self.names)))}
        return {name: self.column(places[name]) for name in dict.fromkeys(self.names)}

    def line_of(self, row: int) -> int:
        """Return the number of the line of a row, counted from 0."""
        if self.cells is None or self.grid.block is None:
            return int(self.rows[row][0])
        lines = self.grid.block.lines
        return int(lines[np.searchsorted(lines, self.line) + 1 + row])


def recognized(grid: Grid, wanted: str | None = None) -> RecognizedGrid:
    """Return a grid with the most particular layout that it has, or the one that is wanted.

    Of a block both ends tell the layout, and its columns are read at once. Where they do not, or a
    row between them is irregular, all rows are looked at.

    Raises
    ------
    InputError
        If it is empty, or has no layout that is known, or not the wanted one: with the columns
        that were found and what is missing.
    """
    if grid.block is None:
        return grid_of_rows(one_header(grid), wanted)
    with suppress(InputError):
        found = grid_of_rows(grid, wanted)
        if found.cells is not None:
            return found
    rows = parted(grid.block.data.decode(), grid.block.mark)
    return grid_of_rows(replace(grid, rows=rows, block=None), wanted)


def grid_of_rows(grid: Grid, wanted: str | None) -> RecognizedGrid:
    """Return a grid with its layout, told by its rows."""
    rows = [row for row in grid.rows if not is_blank_row(row[1])]
    if len(rows) < 2:
        raise InputError.of(
            "empty",
            "the table",
            "is empty",
            "a row that names the columns and one below are needed",
        )
    layouts = LAYOUTS if wanted is None else (BY_NAME[wanted],)
    if (found := of_source(grid, rows, layouts)) is not None:
        return found
    table = found_at(BY_NAME["wide"], grid, rows, title_lines(rows))
    names = table.names
    for layout in layouts:
        if layout.name in OWN and not columns_lacking(layout, names):
            found = replace(table, layout=layout)
            if wanted is not None or fits(found):
                return found
    if wanted is not None:
        raise other(BY_NAME[wanted], names)
    if years_go_down(table):
        raise InputError.of(
            "wrong-form",
            f'column "{names[0]}"',
            "holds years, so that they would be the markets",
            "give a row to each market, or to each market and year",
        )
    raise unknown(names)


def of_source(grid: Grid, rows: Sequence[Row], layouts: Sequence[Layout]) -> RecognizedGrid | None:
    """Return a grid with the layout of a source, None where no row names the columns of one."""
    for place, (_, row) in enumerate(rows[: min(DEEPEST, len(rows) - 1)]):
        names = unpacked_header(row)
        if OF_SOURCES.isdisjoint(map(column_key, names)):  # as of nearly all rows
            continue
        keys = frozenset(map(column_key, names))
        for layout in layouts:
            if layout.name not in OWN and has_columns(layout, names, keys):
                return found_at(layout, grid, rows, place)
    return None


def other(layout: Layout, names: Sequence[str]) -> InputError:
    """Return the error that a table is not of the layout that is wanted."""
    return InputError.of(
        "wrong-form",
        "",
        f"this is no {layout.title}: its columns are {listing(names, 20)}, "
        f"it lacks {' and '.join(columns_lacking(layout, names))}",
        "leave out layout, or give another",
        "leave out --layout, or give another",
    )


def title_lines(rows: Sequence[Row]) -> int:
    """Return how many rows at a file's top hold but one text, with a wider table below."""
    if filled_cells(rows[0][1]) > 1:  # as in most files
        return 0
    widest = max(filled_cells(row) for _, row in rows[:DEEPEST])
    for place, (_, row) in enumerate(rows[:-1]):
        text = next(filter(None, map(text_of_cell, row)))
        if filled_cells(row) > 1 or widest < 2 or not (" " in text or ":" in text or "#" in text):
            return place
    return 0


def found_at(layout: Layout, grid: Grid, rows: Sequence[Row], place: int) -> RecognizedGrid:
    """Return what was found under the header at a place, the footers parted from the rows.

    Raises
    ------
    InputError
        If all below it are footers.
    """
    header, body = rows[place][1], without_ends(rows[place][1], rows[place + 1 :])
    end, names, labels = (
        first_footer(body),
        unpacked_header(header),
        labeled_codes(cell_texts(header)),
    )
    below, remarks = merged_filled_down(body[:end], names, grid.merged)
    if not below:
        raise InputError.of(
            "empty",
            "the table",
            "has nothing but footers below the row that names the columns",
            "a row with values is needed",
        )
    lines = (rows[place][0], below[-1][0])
    return RecognizedGrid(
        layout=layout,
        grid=grid,
        names=names,
        rows=unpacked_rows(header, below),
        above=tuple(row_texts(rows[:place])),
        footers=tuple(row_texts(body[end:])),
        remarks=tuple(remarks),
        line=rows[place][0],
        lines_above=rows[place][0] - grid.rows[0][0] if place else 0,
        cells=None if grid.block is None else columns_in(grid.block, layout, names, lines, labels),
    )


def columns_in(
    block: Block, layout: Layout, names: Sequence[str], lines: tuple[int, int], labels: set[int]
) -> Sequence[Any] | None:
    """Return the columns of a block, codes without labels; None where a row is irregular."""
    if layout.name in OWN:
        return block_texts(block, lines, len(names))
    places = value_places(layout, names)
    cells = block_columns(block, lines, len(names), places, layout.missing)
    if cells is None:
        return None
    return [
        [text.partition(":")[0] for text in cell_texts(column)]
        if place in labels and isinstance(column, list)
        else column
        for place, column in enumerate(cells)
    ]


def value_places(layout: Layout, names: Sequence[str]) -> set[int]:
    """Return the places of the columns with numbers, as far as the layout of a source says."""
    if layout.flags:
        return set()
    if layout.form == "across":
        return set(across_columns(layout, names))
    if layout.form == "long":
        return {names.index(str(first_wanted_column(names, layout.value)))}
    return {place for place, name in enumerate(names) if column_role(name) is None}


def without_ends(header: Sequence[Any], body: Sequence[Row]) -> Sequence[Row]:
    """Return rows without empty cells beyond the header, where every row has as many of them.

    UN Comtrade ends each row with a comma, but not the header.
    """
    width = len(header)
    if not all(len(row) > width and is_blank_row(row[width:]) for _, row in body):
        return body
    if len({len(row) for _, row in body}) > 1:
        return body
    return [(number, row[:width]) for number, row in body]


def fits(found: RecognizedGrid) -> bool:
    """Return whether a table of one's own has the form of a layout beyond its columns' names."""
    layout, names = found.layout, found.names
    if layout.name == "markets-across":
        return years_go_down(found)
    if layout.name == "years-across":
        return has_years_across(found)
    if layout.name == "panel":
        labels = cell_texts(found.column(names.index(own_label_column(layout, found.table))))
        if first_wanted_column(names, ALIASES["value"]) is not None:
            return first_wanted_column(names, ALIASES["market"]) is not None
        return len(set(labels)) < len(labels)
    if layout.name == "wide":
        if first_wanted_column(names, ALIASES["value"]) and first_wanted_column(
            names, (*ALIASES["indicator"], *ALIASES["year"])
        ):
            return False
        if any(map(is_no_year, names)) or year_columns(names):
            return False
        if years_go_down(found) and own_label_column(layout, found.table) == names[0]:
            return False
        ends = (cell for _, row in found.rows for cell in row[1:])
        return any(map(is_like_number, chain(ends, *(found.cells or ())[1:])))
    return True


def has_years_across(found: RecognizedGrid) -> bool:
    """Return whether years go across in a file, beside nothing but labels."""
    layout, names = found.layout, found.names
    years = across_columns(layout, names)
    if not years:
        return False
    if first_wanted_column(names, layout.market[0]) is None and (
        0 in years or column_role(names[0]) or has_numbers(found, 0)
    ):
        return False
    known = {column_key(name) for name in (*MULTIPLIERS, *UNITS)}
    return not any(
        has_numbers(found, place)
        for place, name in enumerate(names)
        if place not in years and name and not column_role(name) and column_key(name) not in known
    )


def has_nameless_column(found: RecognizedGrid) -> bool:
    """Return whether a column of a file holds something under no name."""
    return any(
        not name and any(cell_texts(found.column(place)))
        for place, name in enumerate(found.names[1:], start=1)
    )


def years_go_down(found: RecognizedGrid) -> bool:
    """Return whether the first column holds nothing but years or dates.

    Whole numbers are years where the column is not called otherwise.
    """
    name = found.names[0]
    kind = is_time if not name or column_role(name) == "year" else is_written_time
    return all(map(kind, found.column(0)))


def has_numbers(found: RecognizedGrid, place: int) -> bool:
    """Return whether a column of a file holds a number, in any writing."""
    return any(map(is_written_number, found.column(place)))


def unknown(names: Sequence[str]) -> InputError:
    """Return the error that a table's columns are of no layout that is known."""
    columns = [name for name in names if name]
    if len(columns) == 1:
        return InputError.of(
            "wrong-form",
            "",
            f'it has one column, "{columns[0]}"',
            "cells are parted by commas, semicolons or tabs",
        )
    if parts := list(filter(is_no_year, columns)):
        return InputError.of(
            "wrong-form",
            "",
            f"its columns are no years: {listing(parts)}",
            "take yearly figures, each column named by the four digits of its year",
        )
    if years := year_columns(names):
        return InputError.of(
            "wrong-form",
            "",
            f"years go across ({listing(years)}), and nothing says what the other columns are: "
            f"{listing((name for name in columns if name not in years), 20)}",
            "name the markets' column market and the indicators' indicator, and leave out the rest",
        )
    has = [role for role in ALIASES if first_wanted_column(names, ALIASES[role])]
    if "value" not in has or not {"indicator", "year"} & set(has):
        return InputError.of(
            "wrong-form",
            "",
            f"no column holds a number; its columns are {listing(columns, 20)}",
            "a wide table has a column of numbers for each indicator",
        )
    return InputError.of(
        "missing-name",
        "",
        f"it has columns for {' and '.join(has)}, but none for "
        f"{listing(role for role in ALIASES if role not in has)}; its columns are "
        f"{listing(columns, 20)}",
        "a long table has market, indicator, year and value",
    )


def row_texts(rows: Sequence[Row]) -> Iterator[str]:
    """Go through the rows of a file as text."""
    for _, row in rows:
        yield " ".join(text for cell in row if (text := text_of_cell(cell)))


def check_rows(found: RecognizedGrid) -> None:
    """Refuse a row that is not as long as the header."""
    if found.cells is not None:  # a block, whose rows are all regular
        return
    ragged = [(line, len(row)) for line, row in found.rows if len(row) != len(found.names)]
    if not ragged:
        return
    line, count = ragged[0]
    more = f" ({len(ragged)} such lines in all)" if len(ragged) > 1 else ""
    raise InputError.of(
        "wrong-shape",
        f"{found.grid.place} {line}",
        f"has {count} cells, the header {len(found.names)}{more}",
        "give every line as many cells as the header, and quote a cell that holds the separator",
    )
