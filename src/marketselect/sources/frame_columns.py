"""The cells of a column as a frame has them: without marks and flags, years whole, labels texts."""

import re
from collections.abc import Container, Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.sources.columns import Columns
from marketselect.sources.headers import PART_OF_YEAR
from marketselect.sources.layouts import Layout
from marketselect.sources.numerals import fast_floats, is_written_number
from marketselect.tables.cells import cell_texts
from marketselect.tables.years import four_digit_years, plain_year, years_as_whole

TEXT = pd.array([], dtype="str").dtype  # looked up once: pandas asks a dozen types for it
FLAGGED = re.compile(r"(?P<value>\S*?)\s*(?P<flags>[a-z@]+)", re.IGNORECASE)  # 12.3 bp


def without_missing_marks(column: Any, marks: set[str]) -> Any:
    """Return a file's cells without those that say that nothing is there."""
    if isinstance(column, np.ndarray) or not marks:
        return column
    try:
        none = marks.isdisjoint(map(str.strip, column))
    except TypeError:  # not text alone
        none = not any(is_missing_mark(cell, marks) for cell in column)
    return column if none else ["" if is_missing_mark(cell, marks) else cell for cell in column]


def is_missing_mark(cell: Any, marks: Container[str]) -> bool:
    """Return whether a cell of a file says that nothing is there."""
    return isinstance(cell, str) and cell.strip() in marks


def without_flags(layout: Layout, cells: Columns) -> tuple[Columns, list[str]]:
    """Return cells without the letters behind their values, and how many had which."""
    if not layout.flags:
        return cells, []
    counts: dict[str, int] = {}

    def bare(cell: Any) -> Any:
        found = FLAGGED.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is None or not (
            found["value"] in layout.missing or is_written_number(found["value"])
        ):
            return cell
        if found["value"] not in layout.missing:
            counts[found["flags"]] = counts.get(found["flags"], 0) + 1
        return found["value"]

    clear = {name: [bare(cell) for cell in column] for name, column in cells.items()}
    told = ", ".join(f"{flag} ({count})" for flag, count in sorted(counts.items()))
    return clear, [f"marks taken off values: {told}"] if told else []


def years_in_file(cells: Any, name: str) -> Any:
    """Return a file's years as whole numbers where all are, else as they are, to be refused.

    Raises
    ------
    InputError
        If some are quarters, months or days.
    """
    if isinstance(cells, np.ndarray):
        return years_as_whole(cells)
    if (plain := four_digit_years(cells)) is not None:
        return plain
    known = list(dict.fromkeys(cells))  # a year stands in many rows: each is read once
    if part := next(filter(PART_OF_YEAR.fullmatch, cell_texts(known)), None):
        got = f'holds "{part}", a part of a year or a date'
        raise InputError.of("wrong-form", f'column "{name}"', got, "take yearly figures")
    plain = list(map(plain_year, known))
    if {type(year) for year in plain} <= {int}:
        years = np.array(plain, dtype=np.int64)
    elif (found := fast_floats(plain)) is not None:
        years = years_as_whole(found)
    else:
        return file_cells_as_objects(cells)
    by_cell = dict(zip(known, years.tolist(), strict=True))
    return np.fromiter(map(by_cell.__getitem__, cells), years.dtype, len(cells))


def label_texts(labels: Sequence[Any]) -> Any:
    """Return the labels of markets or series in a file as an array of text."""
    try:
        return pd.array(np.fromiter(labels, object, len(labels)), dtype=TEXT, copy=False)
    except UnicodeEncodeError:
        got = "a name of a market holds half a character"
        raise InputError.of("wrong-form", "the table", got, "write it anew") from None


def file_cells_as_objects(cells: FloatArray | Sequence[Any]) -> Any:
    """Return a file's numbers as they are, its other cells as objects, an empty one as None."""
    if isinstance(cells, np.ndarray):
        return cells
    return pd.array([None if cell == "" else cell for cell in cells], dtype=object)
