"""Columns of a file that change what a value means: applied or refused, never ignored.

What `marketselect.tables.meanings` has for any table, and the dimensions that the sources have.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.sources.columns import Columns
from marketselect.sources.layouts import DIMENSIONS, OWN, Layout
from marketselect.sources.recognition import RecognizedGrid
from marketselect.tables.aliases import column_key
from marketselect.tables.cells import cell_texts
from marketselect.tables.meanings import (
    POWERS,
    UNIT_KEYS,
    multiplier_columns,
    multiplier_fault,
    part_of_year_faults,
    powers_in_order,
    wide_multiplier,
    wide_units,
)
from marketselect.values import shown

MULTIPLE = re.compile(r"\b(thousand|million|billion)s?\b", re.IGNORECASE)
TOTALS = (
    "_T",
    "T",
    "TOTAL",
    "Total",
    "SEX_T",
    "A",
    "N",
    "_Z",
    "SEX_BTSX",
    "BTSX",
    "RESIDENCEAREATYPE_TOTL",
)  # offered first, where they are there


def refuse_multiplier(table: Columns) -> None:
    """Refuse a file's multiplier beside several indicators: nothing says which it is of."""
    if (name := wide_multiplier(table)) is not None:
        raise InputError(multiplier_fault(name))


def refuse_units(table: Columns) -> None:
    """Refuse units, frequencies and the like that differ between markets of a wide file."""
    several = wide_units(table)
    raise_faults(several_fault(name, there, {}, None) for name, there in several.items())
    raise_faults(part_of_year_faults(table))


def units_across(
    found: RecognizedGrid, matches: Mapping[str, re.Match[str]]
) -> tuple[dict[str, float], list[str]]:
    """Return what columns are multiplied by for the unit that they tell, or a line beside them."""
    if not found.layout.unit_line:
        title = found.names[
            0
        ]  # the Data Mapper's "GDP (Billions of U.S. dollars)" over the markets
        return {}, [f'under "{title}" values as they stand'] if MULTIPLE.search(title) else []
    line = re.compile(found.layout.unit_line)
    around = (*found.above, *found.grid.around, *found.footers)
    told = next((match["unit"].strip() for text in around if (match := line.search(text))), "")
    of_line = {name: "" if "quantity" in name.lower() else told for name in matches}
    units = {name: match["unit"] or of_line[name] for name, match in matches.items()}
    powers = {
        name: POWERS[word[1].lower()]
        for name, unit in units.items()
        if (word := MULTIPLE.search(unit))
    }
    said = powers_in_order({units[name].strip(" (),") for name in powers})
    remarks = [f"unit multiplied in: {said}" if powers else "no unit is told, values as they stand"]
    return {name: 10.0**power for name, power in powers.items()}, remarks


def refuse_several(
    layout: Layout,
    table: Columns,
    series: Sequence[Any],
    cells: Mapping[str, Sequence[Any]],
    used: Sequence[str],
) -> list[str]:
    """Refuse dimensions in which a series has several values; return remarks on the others.

    Parameters
    ----------
    layout, table
        What the table is, and its columns.
    series
        The series of each row.
    cells
        The market and, where rows are single observations, the year and value of each row: for the
        message, and to find two values of one cell.
    used
        Columns that are market, series, year or value.
    """
    own = layout.name in OWN
    kept = own and layout.form == "long"  # its other columns come back beside the values
    taken = set(map(column_key, used))
    if taken.issuperset(map(column_key, table)):
        return []
    taken.update(map(column_key, multiplier_columns(table)))
    others = [name for name in table if column_key(name) not in taken]
    if not others:
        return []
    doubled = doubled_rows(series, cells)
    known = frozenset(map(column_key, DIMENSIONS))
    strict = UNIT_KEYS if own else UNIT_KEYS | known
    several: dict[str, list[str]] = {}
    for name in others:
        of_kind = layout.all_dimensions or column_key(name) in strict
        if of_kind:
            found = dimension_values(series, table[name], slice(None))
        elif doubled is not None and (not kept or column_key(name) in known):
            found = dimension_values(doubled[0], table[name], doubled[1])
        else:
            continue
        if len(found) > 1:
            several[name] = found
    # Beside a dimension that parts them, bounds and notes only go with the values.
    several = {n: found for n, found in several.items() if column_key(n) in strict} or several
    raise_faults(several_fault(name, found, cells, doubled) for name, found in several.items())
    raise_faults(part_of_year_faults(table, used))
    return [
        f"{name} {text}"
        for name in others
        if (layout.all_dimensions or column_key(name) in strict)
        and (text := powers_in_order(set(cell_texts(set(table[name])))))
        and "," not in text
    ]


def dimension_values(series: Sequence[Any], cells: Sequence[Any], rows: Any) -> list[str]:
    """Return a dimension's values in the first series of a file that has several, or none."""
    texts = cell_texts(np.asarray(cells, dtype=object)[rows])
    if len(set(texts) - {""}) < 2:
        return []
    found: dict[Any, dict[str, None]] = {}
    for name, text in zip(series, texts, strict=True):
        if text:
            found.setdefault(name, {})[text] = None
    return next((list(values) for values in found.values() if len(values) > 1), [])


def doubled_rows(
    series: Sequence[Any], cells: Mapping[str, Sequence[Any]]
) -> tuple[list[int], Any] | None:
    """Return a file's rows of which several are one cell, each with the number of it."""
    axes = [column for name, column in cells.items() if name != "value"]
    keys = list(zip(series, *axes, strict=True))
    counts = Counter(keys)
    if len(counts) == len(keys):
        return None
    rows = [row for row, one in enumerate(keys) if counts[one] > 1]
    place = {one: number for number, one in enumerate(dict.fromkeys(keys[row] for row in rows))}
    return [place[keys[row]] for row in rows], rows


def several_fault(
    name: str,
    found: Sequence[str],
    cells: Mapping[str, Sequence[Any]],
    doubled: tuple[list[int], Any] | None,
) -> Fault:
    """Return the fault that a dimension has several values, with the way to choose one."""
    got = f"has {listing(found)} within one series"
    if doubled is not None:
        number, rows = doubled[0][0], doubled[1]
        same = [row for group, row in zip(doubled[0], rows, strict=True) if group == number]
        place = ", ".join(f"{n} {shown(c[same[0]])}" for n, c in cells.items() if n != "value")
        values = (
            ", ".join(shown(cells["value"][row]) for row in same[:5]) if "value" in cells else ""
        )
        got += f", so {place} stands there more than once" + (
            f" (values: {values})" if values else ""
        )
    choice = next((total for total in TOTALS if total in found), found[0])
    return Fault(
        "contradiction",
        f'column "{name}"',
        got,
        f'choose one: read_indicators(path, only={{"{name}": "{choice}"}})',
        f'choose one: --only "{name}={choice}"',
    )
