"""The values of formulas, stored beside them: openpyxl writes a formula without any.

A reader that works nothing out, as pandas and a preview do, shows what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from marketselect.report.workbook.cells import cell_value
from marketselect.report.workbook.columns import Formula, Sheet
from marketselect.report.workbook.formulas import column_letters

CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)><f>([^<]*)</f><v\s*(?:/>|></v>)</c>')


def stored_values(sheet: Sheet) -> dict[str, str | float]:
    """Return the values of the formulas of a sheet by their cells."""
    found = {
        f"{column_letters(place)}{row}": cell_value(cell.value)
        for place, column in enumerate(sheet.columns)
        for row, cell in enumerate(column.cells, start=sheet.head + 1)
        if isinstance(cell, Formula)
    }
    return {cell: v if isinstance(v, (str, int, float)) else "" for cell, v in found.items()}


def with_stored_values(page: str, values: Mapping[str, str | float]) -> str:
    """Return the XML of a sheet with the value of each formula in its cell."""

    def stored(found: re.Match[str]) -> str:
        place, looks, formula = found.groups()
        value = values[place]
        kind = ' t="str"' if isinstance(value, str) else ""
        text = escape(value) if isinstance(value, str) else repr(value)
        return f'<c r="{place}"{looks}{kind}><f>{formula}</f><v>{text}</v></c>'

    return CELL.sub(stored, page)
