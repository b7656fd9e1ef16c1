"""Spreadsheets as framework documents: one row an indicator, and perhaps one a factor."""

from collections import Counter
from itertools import pairwise
from math import isnan
from typing import Any

import pandas as pd

from marketselect import _framework_faults as rules
from marketselect.errors import InputError, did_you_mean

GOALPOST_COLUMNS = ("goalpost_low", "goalpost_high")


def table_document(
    table: pd.DataFrame, factors: pd.DataFrame | None
) -> tuple[dict[str, Any], list[str]]:
    """Return the factor and indicator rows of a document, and what the tables' columns lack."""
    indicators, found = table_rows(table, (*rules.INDICATOR_KEYS, *GOALPOST_COLUMNS))
    stated, more = ([], []) if factors is None else table_rows(factors, tuple(rules.FACTOR_KEYS))
    paths = []
    for row in indicators:
        if isinstance(row.get("factor"), str):
            path = [part.strip() for part in row["factor"].split(">")]
            paths.append(path)
            row["factor"] = path[-1]
        ends = [row.pop(column, None) for column in GOALPOST_COLUMNS]
        if ends != [None, None]:
            row["goalposts"] = ends
    tree, clashes = path_tree(paths, stated)
    document = {"factor": tree if factors is None else stated, "indicator": indicators}
    return document, [*found, *more, *clashes]


def path_tree(
    paths: list[list[str]], stated: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a factor row for each code on the paths, and where its place is told in two ways.

    A path may be short: "market_size" alone says nothing of what stands above it.
    """
    above = {str(row.get("code")): row.get("parent") for row in stated}
    found = []
    for path in paths:
        for parent, code in pairwise(path):
            if above.setdefault(code, parent) != parent:
                other = f'under "{above[code]}"' if above[code] else "at the top"
                found.append(f'factor "{code}" stands under "{parent}" and {other}; choose one')
    codes = dict.fromkeys(code for path in paths for code in path)
    tree = [{"code": code} | ({"parent": above[code]} if code in above else {}) for code in codes]
    return tree, list(dict.fromkeys(found))


def table_rows(
    table: pd.DataFrame, columns: tuple[str, ...]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a spreadsheet's rows as dicts without its empty cells, and what its columns lack."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"a table is needed, a DataFrame; got {type(table).__name__}")
    frame = table
    if "code" not in table.columns:
        numbered = table.index.nlevels > 1 or pd.api.types.is_integer_dtype(table.index)
        if numbered and table.index.name != "code":
            hint = did_you_mean("code", table.columns)
            raise InputError(f"table: there is no column code, nor an index of codes.{hint}")
        frame = table.rename_axis(index="code").reset_index()
    names = [str(column) for column in frame.columns]
    found = [f'column "{n}" is there {c} times' for n, c in Counter(names).items() if c > 1]
    found += [
        f'column "{name}" is unknown; rename or drop it.{did_you_mean(name, columns)}'
        for name in names
        if name not in columns
    ]
    keep = {name: place for place, name in enumerate(names) if name in columns}
    rows = []
    for record in frame.iloc[:, list(keep.values())].itertuples(index=False, name=None):
        cells = zip(keep, record, strict=True)
        row = {key: plain_number(cell) for key, cell in cells if not is_empty(cell)}
        if rules.is_number(row.get("code")):
            row["code"] = str(row["code"])  # years and numbers are codes too
        rows.append(row)
    return rows, found


def is_empty(value: object) -> bool:
    """Return whether a spreadsheet's cell holds nothing."""
    return value is None or value is pd.NA or value is pd.NaT or value == "" or is_nan(value)


def is_nan(value: object) -> bool:
    """Return whether a cell is the float that a table holds where nothing was typed."""
    return isinstance(value, float) and isnan(value)


def plain_number(value: Any) -> Any:
    """Return a NumPy scalar as Python's, and 5.0 as 5: gaps turn a column of windows to floats."""
    scalar = value.item() if hasattr(value, "item") else value
    return int(scalar) if isinstance(scalar, float) and scalar.is_integer() else scalar
