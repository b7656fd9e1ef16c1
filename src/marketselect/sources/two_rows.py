"""Sheets whose header stands in several rows, made a table with one.

Eurostat's data browser writes a row TIME above a row GEO, and after each year a column with the
flags of its values. The Worldwide Governance Indicators repeat every year above six columns. The
values in a workbook of `write_excel` have what they measure and their units above their codes.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from marketselect.errors import InputError, listing
from marketselect.sources.grid import Grid, Row, is_blank_row
from marketselect.sources.headers import is_no_year
from marketselect.tables.cells import cell_texts, text_of_cell

DEEPEST = 30  # rows in which such a header is looked for
FLAG = re.compile(r"[a-z@]{0,4}", re.IGNORECASE)
ECONOMY, CODE, ESTIMATE = "Country/Territory", "Code", "Estimate"
INDICATOR = "Indicator"  # a column with what the sheet is called
# What begins the two lines over the codes on the sheets of values in our own workbooks.
MEASURES, UNIT = "what it measures", "unit"


def one_header(grid: Grid) -> Grid:
    """Return a sheet with a header of two rows as one with a header of one, others as they are."""
    if grid.block is not None:
        return grid
    for place in range(min(DEEPEST, len(grid.rows) - 2)):
        upper, lower = grid.rows[place][1], grid.rows[place + 1][1]
        if not upper or not lower:
            continue
        if text_of_cell(upper[0]) == "TIME" and text_of_cell(lower[0]).startswith("GEO"):
            return of_eurostat(grid, place)
        if ESTIMATE in lower and ECONOMY in lower and CODE in lower:
            return of_governance(grid, place)
        if text_of_cell(upper[0]) == MEASURES and text_of_cell(lower[0]) == UNIT:
            return of_workbook(grid, place)
    return grid


def of_workbook(grid: Grid, place: int) -> Grid:
    """Return a sheet of values in our own workbooks: by codes, without the names of markets.

    Names are in front where nothing stands over the second column: over that of a code there does.
    """
    upper, codes = (cell_texts(grid.rows[row][1]) for row in (place, place + 2))
    first = 1 if len(upper) > 1 and not upper[1] else 0
    below = replace(grid, rows=grid.rows[place + 1 :])
    names = dict(list(enumerate(codes))[first:])
    return below_one_header(below, 0, names, below.rows[2:], ())


def of_eurostat(grid: Grid, place: int) -> Grid:
    """Return a sheet of Eurostat's: above it what all values are of, the flags of values counted.

    Below a blank row there is a legend.
    """
    times, roles = (cell_texts(row) for _, row in grid.rows[place : place + 2])
    if parts := list(filter(is_no_year, times)):
        got = f"its columns are no years: {listing(parts)}"
        raise InputError.of("wrong-form", "", got, "take yearly figures")
    roles = ["GEO (Labels)" if role == "GEO" else role for role in roles]
    names = {n: role or time for n, (time, role) in enumerate(zip(times, roles, strict=False))}
    body = grid.rows[place + 2 :]
    end = next((n for n, (_, row) in enumerate(body) if is_blank_row(row)), len(body))
    body, below = body[:end], body[end:]
    flags: Counter[str] = Counter()
    kept = {n: name for n, name in names.items() if name}
    for column in names.keys() - kept.keys():
        cells = [text_of_cell(row[column]) for _, row in body if column < len(row)]
        if column - 1 in kept and all(map(FLAG.fullmatch, cells)):
            flags.update(filter(None, cells))
        elif any(cells):
            kept[column] = ""  # values under no name, which are refused
    told = [f"{flag} ({count})" for flag, count in sorted(flags.items())]
    rows_above = (list(filter(None, cell_texts(row))) for _, row in grid.rows[:place])
    of_all = [f"{row[0]} {row[-1]}" for row in rows_above if len(row) > 1 and row[0][-1] != ":"]
    remarks = (
        *([f"marks beside values left out: {', '.join(told)}"] if told else []),
        *of_all,
        *(["a legend below the table left out"] if any(row for _, row in below) else []),
    )
    return below_one_header(grid, place, dict(sorted(kept.items())), body, remarks)


def of_governance(grid: Grid, place: int) -> Grid:
    """Return a sheet of the Worldwide Governance Indicators: its estimates, under their years."""
    upper, lower = (cell_texts(row) for _, row in grid.rows[place : place + 2])
    kept: dict[int, str] = {}
    others: dict[str, None] = {}
    year = ""
    for column, name in enumerate(lower):
        year = (upper[column] if column < len(upper) else "") or year
        if name in (ECONOMY, CODE):
            kept[column] = name
        elif name == ESTIMATE:
            kept[column] = year
        elif name:
            others[name] = None
    remarks = (f"beside the estimates left out: {', '.join(others)}",) if others else ()
    found = below_one_header(grid, place, kept, grid.rows[place + 2 :], remarks)
    rows = [(line, [*row, grid.name if text_of_cell(row[0]) else None]) for line, row in found.rows]
    header = rows[place]
    rows[place] = (header[0], [*header[1][:-1], INDICATOR])
    return replace(found, rows=rows)


def below_one_header(
    grid: Grid,
    place: int,
    names: Mapping[int, str],
    body: Sequence[Row],
    remarks: Sequence[str],
) -> Grid:
    """Return a sheet with some columns below a header of one row, what stands above as it is."""
    width = len(names)
    new = {column: n for n, column in enumerate(names)}

    def picked(row: Sequence[Any]) -> list[Any]:
        return [row[column] if column < len(row) else None for column in names]

    above = [
        (line, [*row[:width], *[None] * (width - len(row))]) for line, row in grid.rows[:place]
    ]
    header = (grid.rows[place + 1][0], list(names.values()))
    return replace(
        grid,
        rows=[*above, header, *((line, picked(row)) for line, row in body)],
        percent=frozenset((line, new[n]) for line, n in grid.percent if n in new),
        formulas={(line, new[n]): text for (line, n), text in grid.formulas.items() if n in new},
        remarks=(*grid.remarks, *remarks),
    )
