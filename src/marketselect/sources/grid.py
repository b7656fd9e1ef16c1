"""Cells as they stand in a file, before anybody knows what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from marketselect.sources.blocks import Block
from marketselect.tables.cells import cell_texts, text_of_cell

Row = tuple[int, Sequence[Any]]
"""The number of a row or line, and its cells."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """One sheet, file or table: rows of cells, and what has to be said of how they came.

    Attributes
    ----------
    name
        Of the sheet, or of the file in an archive; empty where there is but one.
    rows
        All rows with their numbers, of any length.
    hidden
        Whether a person who opens the file does not see it.
    remarks
        What a reader of the ranking should know, such as the encoding.
    separator
        What parts the cells of a text; nothing of a sheet.
    encoding
        Of the text that it was.
    around
        Texts that stand around a table on a page.
    percent
        Cells in percent format, by row and place.
    formulas
        Cells with a formula and without its value: row and place to the formula's text.
    merged
        Cells that are merged with others below them, as first and last row and the place.
    place
        What a row is called where something in it is wrong.
    block
        The whole of a large text, of which `rows` has both ends alone.
    """

    name: str
    rows: Sequence[Row]
    hidden: bool = False
    remarks: tuple[str, ...] = ()
    separator: str = ""
    encoding: str = "UTF-8"
    around: tuple[str, ...] = ()
    percent: frozenset[tuple[int, int]] = frozenset()
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int], ...] = ()
    place: str = "line"
    block: Block | None = None


def filled_cells(row: Sequence[Any]) -> int:
    """Return how many cells of a row of a file hold something."""
    return sum(map(bool, cell_texts(row)))


def is_blank_row(row: Sequence[Any]) -> bool:
    """Return whether a row of a file holds nothing."""
    try:
        return not "".join(row).strip()
    except TypeError:  # not text alone
        return not any(map(text_of_cell, row))


def grid_letter(place: int) -> str:
    """Return a spreadsheet's letter of a column, counted from 0: A, B, ..., Z, AA."""
    name = ""
    while place >= 0:
        name = chr(ord("A") + place % 26) + name
        place = place // 26 - 1
    return name
