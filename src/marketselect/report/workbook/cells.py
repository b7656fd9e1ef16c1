"""How a cell of a workbook is written: its value, its number format, its color and its width."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from marketselect.report.workbook.columns import Column
from marketselect.values import is_gap
from marketselect.words import readable_on

LONGEST = 32_767  # signs of a cell
WIDEST, NARROWEST = 60, 9  # columns, in signs
EXACT = 10**15  # whole numbers from here on lose digits in a spreadsheet
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet may run begins with one of these
# What XML cannot hold: control signs, halves of pairs, and two code points that are no signs.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fill_column(page: Any, place: int, column: Column, styles: Any) -> None:
    """Write a header and the cells below it, as wide as they need."""
    head = page.cell(1, place)
    put(head, cleaned(column.header))
    head.font = styles.Font(bold=True)
    if column.color:
        head.fill = filled(column.color, styles)
        head.font = styles.Font(bold=True, color=readable_on(column.color)[1:])
    plain, wrapped = (styles.Alignment(vertical="top", wrap_text=wrap) for wrap in (False, True))
    head.alignment = wrapped
    content = [cell_value(cell) for cell in column.cells]
    for row, value in enumerate(content, start=2):
        if value is None:
            continue
        cell = page.cell(row, place)
        put(cell, value)
        long = isinstance(value, str) and (len(value) > WIDEST or "\n" in value)
        cell.alignment = wrapped if long else plain
        if not isinstance(value, str):
            cell.number_format = column.format
    page.column_dimensions[head.column_letter].width = column_width(column, content)


def filled(color: str, styles: Any) -> Any:
    """Return what fills a cell with a color."""
    return styles.PatternFill("solid", fgColor=color[1:])


def put(cell: Any, value: str | float) -> None:
    """Write a value; text is text, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        # Without this mark Excel makes a formula of it as soon as somebody edits the cell.
        cell.quotePrefix = value.startswith(FORMULA)


def cell_value(cell: Any) -> str | int | float | None:
    """Return a cell as a workbook holds it: a number, text, or None where there is nothing."""
    if is_gap(cell):
        return None
    if isinstance(cell, (int, np.integer)) and not isinstance(cell, bool):
        return int(cell) if abs(int(cell)) < EXACT else str(cell)
    if isinstance(cell, (float, np.floating)):
        return float(cell) if isfinite(cell) else None
    return cleaned(cell)


def cleaned(text: object) -> str:
    """Return text that a workbook can hold, as far as a cell takes it."""
    whole = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 3] + "..."


def column_width(column: Column, content: Iterable[str | float | None]) -> int:
    """Return a width in signs that shows the longest text, within limits."""
    texts = [value for value in content if isinstance(value, str)]
    numbers = [value for value in content if isinstance(value, (int, float))]
    shown = len(f"{max(map(abs, numbers)):,.0f}") + 3 if numbers else 0
    shown = min(shown, 16)
    longest = max([len(line) for text in texts for line in text.split("\n")], default=0)
    return min(max(longest, shown, min(len(column.header) + 3, 20), NARROWEST) + 2, WIDEST + 2)
