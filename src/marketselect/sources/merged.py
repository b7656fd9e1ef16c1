"""Merged cells of a workbook, of which only the first has what stands in all of them."""

from collections.abc import Sequence

from marketselect.sources.grid import Row, grid_letter
from marketselect.sources.headers import column_role
from marketselect.values import is_real

SHOWN = 5
Merged = Sequence[tuple[int, int, int]]
"""First row, last row and place of cells that are merged down a column."""


def merged_filled_down(
    body: Sequence[Row], names: Sequence[str], merged: Merged
) -> tuple[Sequence[Row], list[str]]:
    """Return labels and years of merged cells in every row that these cover, and remarks.

    A value of merged cells stays that of the first row: nothing says that it is each row's.
    """
    labels, values = [], []
    rows = {line: list(row) for line, row in body} if merged else {}
    for first, last, place in merged:
        cell = rows[first][place] if first in rows and place < len(names) else None
        if cell is None:
            continue
        name = f"{grid_letter(place)}{first}:{grid_letter(place)}{last}"
        if is_real(cell) and column_role(names[place]) != "year":
            values.append(name)
            continue
        labels.append(name)
        for line in range(first + 1, min(last, body[-1][0]) + 1):
            if line in rows:
                rows[line][place] = cell
    told = [f"merged cells filled down: {some_cell_names(labels)}"] if labels else []
    if values:
        told.append(
            f"merged cells with a value, read in their first row alone: {some_cell_names(values)}"
        )
    return (list(rows.items()) if labels else body), told


def some_cell_names(names: Sequence[str]) -> str:
    """Return the names of some cells of a file, of many the first."""
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
