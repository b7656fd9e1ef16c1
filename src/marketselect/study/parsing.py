"""The texts of a study as tables and plain values; every fault names its file and place."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, listing
from marketselect.files import read_strictly
from marketselect.study.contents import WHOLE, Files
from marketselect.study.readme import AS_SAVED
from marketselect.tables import schemas
from marketselect.values import shown

# JSON


def read_json(files: Files, name: str) -> Any:
    """Return the content of a study's JSON file; infinite numbers and NaN are no part of it."""
    text = read_text(files, name)
    try:
        return read_strictly(text)
    except (ValueError, RecursionError) as fault:
        raise InputError.of(
            "unreadable", f"{name}", f"this is no JSON that can be read: {fault}", AS_SAVED
        ) from None


def read_text(files: Files, name: str) -> str:
    """Return a file of a study as text."""
    try:
        return files[name].decode("utf-8-sig")
    except UnicodeDecodeError:
        got = "this is no UTF-8 text"
        raise InputError.of("unreadable", f"{name}", got, AS_SAVED) from None


def read_table_of(files: Files, name: str) -> dict[str, Any]:
    """Return the content of a study's JSON file that holds keys and values."""
    found = read_json(files, name)
    if not isinstance(found, dict):
        raise InputError.of(
            "damaged", f"{name}", f"got {shown(found)}", "a table of keys and values is needed"
        )
    return found


# CSV


def read_rows(files: Files, name: str, header: Sequence[str]) -> list[list[str]]:
    """Return the rows of a study's CSV file with exactly these columns, each label once."""
    reader = csv.reader(io.StringIO(read_text(files, name), newline=""), strict=True)
    try:
        first, *rows = [row for row in reader if row] or [[]]
    except csv.Error as fault:
        line = f"{name}, line {reader.line_num}"
        raise InputError.of("damaged", line, f"{fault}", AS_SAVED) from None
    if first != list(header):
        missing = [column for column in header if column not in first]
        unknown = [column for column in first if column not in header]
        raise InputError.of(
            "damaged",
            f"{name}",
            "its columns are not those of the framework, in that order",
            f"missing: {listing(missing) or 'none'}; unknown: {listing(unknown) or 'none'}",
        )
    for row in rows:
        if len(row) != len(header):
            raise InputError.of(
                "damaged",
                f"{name}",
                f'row "{row[0]}" has {len(row)} cells',
                f"{len(header)} are needed",
            )
    counts = pd.Series([row[0] for row in rows], dtype=object).value_counts()
    if twice := counts.index[counts > 1].tolist():
        again = f"{listing(twice)} stands there more than once"
        raise InputError.of("duplicate", f"{name}", again, AS_SAVED)
    return rows


def read_words(files: Files, name: str, header: Sequence[str], kind: str) -> pd.DataFrame:
    """Return a study's CSV file of text, indexed by its labels of that kind."""
    rows = read_rows(files, name, header)
    labels: list[Any] = [row[0] for row in rows]
    if kind == WHOLE:
        if odd := [label for label in labels if not re.fullmatch(r"-?[0-9]{1,18}", label)]:
            raise InputError.of(
                "damaged",
                f"{name}",
                f"{listing(odd)} is no whole number, as labels are here",
                AS_SAVED,
            )
        labels = [int(label) for label in labels]
    index: pd.Index[Any] = pd.Index(labels) if labels else pd.Index([], dtype=object)
    # Not from a list of rows: a table without rows keeps its columns.
    cells = np.array([row[1:] for row in rows], dtype=object).reshape(len(rows), len(header) - 1)
    return pd.DataFrame(cells, index=index, columns=list(header[1:]))


def read_number_file(files: Files, name: str, header: Sequence[str], kind: str) -> pd.DataFrame:
    """Return a study's CSV file of numbers, NaN where a cell is empty."""
    words = read_words(files, name, header, kind)
    try:
        return schemas.check_cells(words)
    except InputError as fault:
        raise InputError(*fault.faults, what=name, counts=fault.counts, tally=fault.tally) from None
