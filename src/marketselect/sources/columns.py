"""The columns of a table that was found, before its numbers are read: whole rows, chosen rows.

Formulas without a value and columns that mix percents and plain numbers are refused here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from marketselect.errors import Fault, InputError, Place, did_you_mean, is_a, listing, raise_faults
from marketselect.sources.grid import grid_letter, is_blank_row
from marketselect.sources.headers import check_file_columns, column_role
from marketselect.sources.layouts import OWN
from marketselect.sources.merged import some_cell_names
from marketselect.sources.numerals import is_written_number
from marketselect.sources.recognition import RecognizedGrid, check_rows
from marketselect.tables.aliases import first_wanted_column
from marketselect.tables.cells import cell_texts, text_of_cell
from marketselect.values import is_real, to_whole

Columns = dict[str, Any]
"""Cells by the name of their column: a list, or an array of numbers that were read already."""
NUMBERED = ("", "Unnamed: 0")  # what a column of row numbers is called that nobody asked for
LEVELS = 5  # rows that a header may have


def columns_and_remarks(found: RecognizedGrid) -> tuple[Columns, list[str]]:
    """Return a file's columns by name, and remarks; those with no name and no cell left out.

    Raises
    ------
    InputError
        If a row is not as long as the header, a column is named twice or has cells but no name,
        holds formulas that nobody has computed, or percents beside plain numbers.
    """
    check_rows(found)
    refuse_levels(found)
    refuse_formulas(found)
    remarks = [*percents(found), *found.remarks]
    table = named_columns(found)
    if numbered := row_numbers(table):
        del table[numbered[0]]
        remarks.append("row numbers left out")
    return table, remarks


def named_columns(found: RecognizedGrid) -> Columns:
    """Return a file's columns by name; refuse one named twice, or with cells but no name."""
    cells = found.cells or [list(c) for c in zip(*(row for _, row in found.rows), strict=True)]
    columns = [
        (name, column)
        for name, column in zip(found.names, cells, strict=True)
        if name or not is_blank_row(column)
    ]
    check_file_columns([name for name, _ in columns], own=found.layout.name in OWN)
    return dict(columns)


def refuse_levels(found: RecognizedGrid) -> None:
    """Refuse a header of several rows, as pandas writes columns of several levels.

    The last of them names the rows' index alone.
    """
    if found.names[0]:
        return
    for line, row in found.rows[:LEVELS]:
        if column_role(text_of_cell(row[0])) == "market" and is_blank_row(row[1:]):
            raise InputError.of(
                "wrong-form",
                f"{found.grid.place} {line}",
                f'holds "{text_of_cell(row[0])}" alone, so the header has several rows',
                "name each column in one row: frame.columns = "
                "frame.columns.map(lambda names: '_'.join(map(str, names)))",
                "name each column in one row",
            )


def refuse_formulas(found: RecognizedGrid) -> None:
    """Refuse every formula of the table that has no value stored."""
    if not found.grid.formulas:
        return
    lines = {found.line, *(line for line, _ in found.rows)}
    raise_faults(
        Fault(
            "missing",
            f"cell {grid_letter(place)}{line}",
            f"holds the formula {formula}, but no value",
            "open the workbook in a spreadsheet and save it, or write the value",
        )
        for (line, place), formula in found.grid.formulas.items()
        if line in lines and place < len(found.names)
    )


def percents(found: RecognizedGrid) -> list[str]:
    """Return a remark on columns in percent format; refuse one that is so in part.

    A spreadsheet shows 0.12 as 12 %: beside it a plain 12 would be a hundred times as much.
    """
    if not found.grid.percent:
        return []
    whole = []
    for place, name in enumerate(found.names):
        cells = [line for line, row in found.rows if is_real(row[place])]
        marked = [line for line in cells if (line, place) in found.grid.percent]
        other = [line for line in cells if (line, place) not in found.grid.percent]
        if marked and other:
            column = grid_letter(place)
            raise InputError.of(
                "contradiction",
                f'column "{name}"',
                f"has cells in percent format ({cells_by_name(column, marked)}) beside plain "
                f"numbers ({cells_by_name(column, other)})",
                "write all in one format",
            )
        if marked:
            whole.append(name)
    return [f"in percent format, 12% is read as 0.12: {', '.join(whole)}"] if whole else []


def cells_by_name(column: str, lines: Sequence[int]) -> str:
    """Return the names, such as B7, of some cells of a column of a workbook that is read."""
    return some_cell_names([f"{column}{line}" for line in lines])


def row_numbers(table: Columns) -> list[str]:
    """Return the first column if it only counts the rows, and another one has labels.

    pandas' `to_csv` writes such a column under an empty name, R's `write.csv` from 1.
    """
    first, *others = table
    if first not in NUMBERED or len(others) < 2:
        return []
    counts = [to_whole(cell) for cell in table[first]]
    rows = range(len(counts))
    if counts not in ([*rows], [n + 1 for n in rows]):
        return []
    words = any(not all(is_written_number(c) for c in table[name] if c) for name in others)
    return [first] if words else []


def rows_wanted(table: Columns, only: Mapping[str, Any]) -> tuple[Columns, list[str]]:
    """Return the rows in which columns have the wanted values, and a remark on each choice.

    Raises
    ------
    InputError
        If there is no such column, or no row with such a value.
    """
    remarks = []
    for wanted, value in only.items():
        name = first_wanted_column(table, (wanted,))
        if name is None:
            raise InputError.of(
                "unknown-name",
                Place("only"),
                f'there is no column "{wanted}"',
                f"it has {listing(table, 20)}.{did_you_mean(wanted, table)}",
            )
        several = is_a(value, Iterable) and not is_a(value, str)
        texts = {text_of_cell(one) for one in (value if several else [value])}
        keep = [text in texts for text in cell_texts(table[name])]
        if not any(keep):
            there = dict.fromkeys(cell_texts(table[name]))
            raise InputError.of(
                "unknown-name",
                Place("only"),
                f'column "{name}" has no {listing(sorted(texts))}',
                f"it has {listing(there, 20)}",
            )
        table = rows_kept(table, keep)
        remarks.append(f"only {name} {', '.join(sorted(texts))}")
    return table, remarks


def rows_kept(table: Columns, keep: Sequence[bool]) -> Columns:
    """Return the rows of a file's columns that are kept."""
    if all(keep):
        return table
    return {
        name: cells[np.array(keep)]
        if is_a(cells, np.ndarray)
        else [cell for cell, stays in zip(cells, keep, strict=True) if stays]
        for name, cells in table.items()
    }
