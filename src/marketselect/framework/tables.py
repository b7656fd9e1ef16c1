"""Spreadsheets of a framework: one row an indicator, and perhaps one a factor, in and out."""

import json
from collections import Counter
from collections.abc import Collection
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.dataframes import Table, as_frame
from marketselect.errors import Fault, InputError, did_you_mean, is_a, told
from marketselect.framework.keys import FACTOR_KEYS, INDICATOR_KEYS
from marketselect.values import held_by_scalar, is_gap, is_number

if TYPE_CHECKING:
    from marketselect.framework.model import Framework

GOALPOST_COLUMNS = ("goalpost_low", "goalpost_high")


# Out


def framework_indicator_rows(framework: "Framework") -> pd.DataFrame:
    """Return a framework as a table, a row an indicator; `factor` is the path from the top."""
    judged = {judgement.of for judgement in framework.judgements}
    rows = []
    for indicator in framework.indicators:
        row = {key: getattr(indicator, key) for key in INDICATOR_KEYS}
        row["factor"] = " > ".join(reversed(framework.tree.above[indicator.code]))
        row["weight"] = None if indicator.factor in judged else indicator.weight
        low, high = row.pop("goalposts") or (None, None)
        points = row["value_function"]
        row["value_function"] = None if points is None else json.dumps(points)
        rows.append({**row, "goalpost_low": low, "goalpost_high": high})
    return pd.DataFrame(rows).set_index("code")


def framework_factor_rows(framework: "Framework") -> pd.DataFrame:
    """Return one row a factor, with the other keys of its table."""
    judged = {judgement.of for judgement in framework.judgements}
    rows = [{key: getattr(factor, key) for key in FACTOR_KEYS} for factor in framework.factors]
    for row in rows:
        row["weight"] = None if row["parent"] in judged else row["weight"]
    return pd.DataFrame(rows).set_index("code")


# In


def table_document(table: Table, factors: Table | None) -> tuple[dict[str, Any], list[Fault]]:
    """Return a framework's document from its spreadsheets, and what their columns lack."""
    indicators, found = framework_sheet_rows(table, "table", (*INDICATOR_KEYS, *GOALPOST_COLUMNS))
    stated, more = (
        ([], []) if factors is None else framework_sheet_rows(factors, "factors", FACTOR_KEYS)
    )
    paths = []
    for row in indicators:
        if is_a(row.get("factor"), str):
            path = [part.strip() for part in row["factor"].split(">")]
            paths.append(path)
            row["factor"] = path[-1]
        ends = [row.pop(column, None) for column in GOALPOST_COLUMNS]
        if any(end is not None for end in ends):
            row["goalposts"] = ends
        if is_a(row.get("value_function"), str):
            row["value_function"] = value_function_cell(row["value_function"])
    tree, clashes = path_tree(paths, stated)
    document = {"factor": tree if factors is None else stated, "indicator": indicators}
    return document, [*found, *more, *clashes]


def value_function_cell(text: str) -> Any:
    """Return the value function in a cell of a framework's spreadsheet, or its text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def path_tree(
    paths: list[list[str]], stated: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return a framework's factor rows by a spreadsheet's paths, and places told in two ways.

    A path may be short: "market_size" alone says nothing of what stands above it.
    """
    above = {str(row.get("code")): row.get("parent") for row in stated}
    found = []
    for path in paths:
        for parent, code in pairwise(path):
            if above.setdefault(code, parent) != parent:
                other = f'under "{above[code]}"' if above[code] else "at the top"
                stands = f'stands under "{parent}" and {other}'
                found.append(Fault("contradiction", f'factor "{code}"', stands, "choose one"))
    codes = dict.fromkeys(code for path in paths for code in path)
    tree = [{"code": code} | ({"parent": above[code]} if code in above else {}) for code in codes]
    return tree, list(dict.fromkeys(found))


def framework_sheet_rows(
    table: Table, what: str, columns: Collection[str]
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the rows of a framework's spreadsheet as dicts, and what its columns lack."""
    frame = with_code_column(as_frame(table, what), what)
    names = [told(column) for column in frame.columns]
    found = [
        Fault("duplicate", f'column "{name}"', f"is there {count} times", "keep one")
        for name, count in Counter(names).items()
        if count > 1
    ]
    found += [
        Fault(
            "unknown-key",
            f'column "{name}"',
            "is unknown",
            f"rename or drop it.{did_you_mean(name, columns)}",
        )
        for name in names
        if name not in columns
    ]
    keep = {name: place for place, name in enumerate(names) if name in columns}
    rows = []
    for record in frame.iloc[:, list(keep.values())].itertuples(index=False, name=None):
        cells = zip(keep, record, strict=True)
        row = {key: framework_sheet_cell(cell) for key, cell in cells if not is_gap(cell)}
        if "code" in row and not is_a(row["code"], str) and is_number(row["code"]):
            row["code"] = str(row["code"])  # years and numbers are codes too
        rows.append(row)
    return rows, found


def with_code_column(table: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return a framework's spreadsheet with its codes in a column, from its index if there."""
    if "code" in table.columns:
        return table
    numbered = table.index.nlevels > 1 or pd.api.types.is_integer_dtype(table.index)
    if numbered and table.index.name != "code":
        lacks = "there is no column code, nor an index of codes"
        use = f"name the column of codes so.{did_you_mean('code', table.columns)}"
        raise InputError.of("missing-name", what, lacks, use)
    return table.rename_axis(index="code").reset_index()


def framework_sheet_cell(value: Any) -> Any:
    """Return a cell of a framework's spreadsheet as a plain value; of a float 5.0 that is 5."""
    scalar = value.item() if is_a(value, np.generic) else held_by_scalar(value)
    return int(scalar) if is_a(scalar, float) and scalar.is_integer() else scalar
