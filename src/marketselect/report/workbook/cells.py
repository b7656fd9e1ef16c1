"""How a cell of a workbook is written: its value, its number format, its color and its width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any

import numpy as np

from marketselect.report.workbook.columns import Column, Formula, Link, decimals_format, format_of
from marketselect.sources.packages import needed_package
from marketselect.values import is_gap
from marketselect.width import breadth
from marketselect.words import SHEET_COLORS, readable_on, score_text

LONGEST = 32_767  # signs of a cell
WIDEST, NARROWEST = 60, 9  # columns, in signs
HEAD_WIDEST = 22  # signs of a header on one line
LINE, HIGHEST = 15.0, 409.0  # points of a line, and that a row may be high
FONT = "Calibri"
MOST_TEXTS = 150  # that stand in formats; Excel takes about 200 formats of a workbook's own
EXACT = 10**15  # whole numbers from here on lose digits in a spreadsheet
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet may run begins with one of these
# What XML cannot hold: control signs, halves of pairs, and two code points that are no signs.
DECIMALS = re.compile(r"(?:#,##)?0(?:\.0+)?")  # formats that show nothing but decimals
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fill_column(
    page: Any, place: int, column: Column, styles: Any, texts: set[str], head: int
) -> None:
    """Write a header, what stands over it, and the cells below it, as wide as they need."""
    content = [cell_value(cell) for cell in column.cells]
    fill_head(page.cell(head, place), column, content, styles)
    for row, text in enumerate(column.above, start=1):
        above = page.cell(row, place)
        if text:
            put(above, text_for_cell(text), styles)
        above.font = styles.Font(name=FONT, size=11, bold=row == 1)
        above.alignment = copy(page.cell(head, place).alignment)
    texts_too = any(
        isinstance(shown_in_cell(value), str) and shown_in_cell(value) for value in content
    )
    number = styles.Alignment(
        vertical="top", horizontal="left" if texts_too else None, indent=int(texts_too)
    )
    text, wrapped = (
        styles.Alignment(vertical="top", horizontal="left", indent=1, wrap_text=wrap)
        for wrap in (False, True)
    )
    for row, value in enumerate(content, start=head + 1):
        if value is None:
            continue
        cell = page.cell(row, place)
        put(cell, value, styles)
        if isinstance(shown_in_cell(value), str):
            cell.alignment = wrapped if takes_lines(value) else text
        else:
            own = column.forms[row - head - 1] if column.forms else ""
            cell.alignment = number
            cell.number_format = own or number_format(column, value, texts)
    for row, changed in enumerate(column.entry, start=head + 1):
        if changed:
            page.cell(row, place).fill = color_fill(SHEET_COLORS["entry"], styles)
    page.column_dimensions[page.cell(1, place).column_letter].width = column_width(column, content)


def number_format(column: Column, value: Any, texts: set[str]) -> str:
    """Return how a cell shows its number: a score so that it reads as it does everywhere.

    A spreadsheet rounds halves up and small numbers to zero, where `score_text` rounds halves to
    even and keeps digits. A small score gets decimals of its own. Where no format would show what
    is written elsewhere, the cell shows that text (one of `texts`, of which a workbook takes a
    limited number; then a decimal more); it holds its number all the same. What a formula makes is
    not known before: its cell has the format of its column, and rounds as a spreadsheet does.
    """
    if column.apart or (column.places is None and reads_as_zero(value, column.format)):
        return format_of(np.array([shown_in_cell(value)]))
    if column.places is None or isinstance(value, Formula):
        return column.format
    text = score_text(value, column.places)
    decimals = len(text.partition(".")[2])
    if rounded_up(value, decimals) == text:
        return decimals_format(decimals)
    if text not in texts and len(texts) == MOST_TEXTS:
        return decimals_format(column.places + 1)
    texts.add(text)
    return f'"{text}";"{text}"'  # the second for numbers below zero: else they get a sign more


def reads_as_zero(value: Any, form: str) -> bool:
    """Return whether a number that is not zero would be shown as zero."""
    if isinstance(value, Formula) or not DECIMALS.fullmatch(form):
        return False
    return bool(0 < abs(value) < 0.5 * 10.0 ** -len(form.partition(".")[2]))


def rounded_up(value: float, decimals: int) -> str:
    """Return what a workbook shows of a number: 15 digits, halves rounded away from zero."""
    known = Decimal(f"{value:.15g}")
    return f"{known.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"


def fill_head(head: Any, column: Column, content: Iterable[Any], styles: Any) -> None:
    """Write a header: over numbers at the right, as these are, in its color, with its note."""
    if column.header:
        put(head, text_for_cell(column.header), styles)
    color = readable_on(column.color)[1:] if column.color else None
    size, bold = 16 if column.title else 11, not column.above
    head.font = styles.Font(name=FONT, size=size, bold=bold, color=color)
    if column.color:
        head.fill = color_fill(column.color, styles)
    known = [shown_in_cell(value) for value in content if value is not None]
    numbers = bool(known) and not any(isinstance(value, str) and value for value in known)
    side, indent = ("right", 0) if numbers else ("left", 1)
    head.alignment = styles.Alignment(
        vertical="top", wrap_text=not column.title, horizontal=side, indent=indent
    )
    if column.note and column.note != column.header:
        head.comment = note_beside(text_for_cell(column.note))


def note_beside(text: str) -> Any:
    """Return a note beside a cell."""
    note = needed_package("openpyxl.comments", "excel").Comment(text, "marketselect")
    note.width, note.height = 260, 20 * (2 + len(text) // 36)
    return note


def color_fill(color: str, styles: Any) -> Any:
    """Return what fills a cell with a color."""
    return styles.PatternFill("solid", fgColor=color[1:])


def put(cell: Any, value: str | float | Formula | Link, styles: Any) -> None:
    """Write a value; text is text, whatever it begins with: only our own formulas are some."""
    if isinstance(value, Formula):
        cell.value = f"={value.text}"
        return
    if isinstance(value, Link):
        leads = needed_package("openpyxl.worksheet.hyperlink", "excel").Hyperlink
        cell.hyperlink = leads(ref=cell.coordinate, location=f"'{value.sheet}'!A1")
        cell.font = styles.Font(
            name=FONT, size=11, color=SHEET_COLORS["link"][1:], underline="single"
        )
        value = value.text
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        # Without this mark Excel makes a formula of it as soon as somebody edits the cell.
        cell.quotePrefix = value.startswith(FORMULA)


def cell_value(cell: Any) -> str | int | float | Formula | Link | None:
    """Return a cell as a workbook holds it: a number, text, or None where there is nothing."""
    if isinstance(cell, Formula):
        return Formula(cell.text, cell_value(cell.value))
    if isinstance(cell, Link):
        return cell
    if is_gap(cell):
        return None
    if isinstance(cell, (int, np.integer)) and not isinstance(cell, bool):
        return int(cell) if abs(int(cell)) < EXACT else str(cell)
    if isinstance(cell, (float, np.floating)):
        return float(cell) if isfinite(cell) else None
    return text_for_cell(cell)


def text_for_cell(text: object) -> str:
    """Return text that a workbook can hold, as far as a cell takes it."""
    whole = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 3] + "..."


def shown_in_cell(value: Any) -> Any:
    """Return what a cell shows: of a formula its value, of a link its text."""
    if isinstance(value, Formula):
        return value.value
    return value.text if isinstance(value, Link) else value


def takes_lines(value: Any) -> bool:
    """Return whether a text goes over several lines of its cell."""
    return isinstance(value, str) and (len(value) > WIDEST or "\n" in value)


def column_width(column: Column, content: Iterable[Any]) -> int:
    """Return the width of a workbook's column that shows the longest text, within limits."""
    values = [shown_in_cell(value) for value in content]
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, (int, float))]
    figures = min(len(f"{max(map(abs, numbers)):,.0f}") + 3 if numbers else 0, 16)
    heads = [] if column.title else [column.header, *column.above]
    head = max([min(breadth(text) + 3, 20) for text in heads], default=0)
    if column.above:  # its header is a code, which has no place to break
        head = max(head, breadth(column.header)) + 3
    longest = max([breadth(line) for text in texts for line in text.split("\n")], default=0)
    return min(max(longest, figures, head, NARROWEST) + 2, WIDEST + 2)


def row_heights(columns: Sequence[Column], head: int) -> dict[int, float]:
    """Return the heights of rows with long texts, by row from 1: not every program finds them."""
    heads = [(*column.above, column.header) if head > 1 else (column.header,) for column in columns]
    lines = {
        row: max(-(-(breadth(text) + 4) // HEAD_WIDEST) for text in texts)
        for row, texts in enumerate(zip(*heads, strict=True), start=1)
    }
    for column in columns:
        for row, value in enumerate(column.cells, start=head + 1):
            if takes_lines(value):
                parts = str(value).split("\n")
                own = sum(max(1, -(-breadth(part) // (WIDEST - 2))) for part in parts)
                lines[row] = max(lines.get(row, 1), own)
    heights = {row: min(LINE * count + 2, HIGHEST) for row, count in lines.items()}
    return heights | ({1: 24.0} if any(column.title for column in columns) else {})
