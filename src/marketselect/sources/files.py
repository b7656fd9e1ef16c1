"""Indicators from the analyst's own file: CSV, Excel or Parquet, wide or long.

Text comes in as text. Only an empty cell is missing: "NA" is Namibia, and "n/a" among numbers stays
there until `marketselect.tables.schemas` refuses it with its place.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from marketselect.errors import InputError, did_you_mean, listing
from marketselect.tables.cells import as_numbers

# What each column of a long table may be called, in any case. Where several are there, the first
# of these is it: codes before names of countries.
ALIASES = {
    "market": ("market", "iso3", "ref_area", "country", "code"),
    "indicator": ("indicator", "series"),
    "year": ("year", "time_period"),
    "value": ("value", "obs_value"),
}
LABELS = ("market", "iso3", "code", "country")  # of the column of markets in a wide table
LARGEST_YEAR = 10**6  # beyond it a number is no year, and may not be an integer either
TEXTS = (".csv", ".tsv", ".tab", ".txt", "")
FORMATS = ".csv, .tsv, .txt, .xlsx or .parquet"


def read_indicators(path: str | Path, *, sheet: str | None = None) -> pd.DataFrame:
    r"""Read indicators from a CSV, Excel or Parquet file, wide or long.

    Parameters
    ----------
    path : str or Path
        A file that ends in ``.csv``, ``.tsv`` or ``.txt`` (UTF-8; cells parted by commas,
        semicolons or tabs, decimals by a point), ``.xlsx`` (the extra ``excel``) or ``.parquet``
        (the extra ``parquet``). The first row names the columns.
    sheet : str, optional
        The sheet of an Excel workbook that holds the table. Default: the first one. What
        `write_excel` wrote has the indicators on the sheet "values".

    Returns
    -------
    DataFrame
        A long file gives one row an observation, with columns market, indicator, year and value,
        then any others: ready for `indicator_table`. A wide file gives markets down and
        indicators across: ready for `rank_markets`. Its index is the column ``market``,
        ``iso3``, ``code`` or ``country``, or else the first one, and keeps its name.

        Columns in which every filled cell is a number are floats (whole years are integers), all
        others are as they were.
        Empty cells are missing; rows and columns without anything in them are left out.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, has rows of another length than its header, or has
        a column twice; if there is no such sheet; or if the package that its format needs is not
        installed. Text among numbers is refused later, with its place, when the data are used.

    Notes
    -----
    A file is long if it has a column for each of market, indicator, year and value. In any case,
    these may also be called ``iso3``, ``ref_area``, ``country`` or ``code``; ``series``;
    ``time_period``; and ``obs_value``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "mine.csv"
    ...     size = path.write_text("ISO2;gdp;risk\nNA;12.6;\nVN;430;0.4\n")
    ...     read_indicators(path)
            gdp  risk
    ISO2
    NA     12.6   NaN
    VN    430.0   0.4
    """
    if not isinstance(path, (str, PathLike)):
        raise InputError.of(
            "wrong-type", "path", f"is a {type(path).__name__}", "give the name of a file"
        )
    place = Path(path)
    kind = place.suffix.lower()
    if kind not in (*TEXTS, ".xlsx", ".parquet"):
        raise InputError.of(
            "unknown-word",
            f'data file "{place}"',
            f'"{kind}" is no format it can have',
            f"use {FORMATS}",
        )
    if sheet is not None and kind != ".xlsx":
        raise InputError.of(
            "contradiction",
            f'data file "{place}"',
            "only an Excel workbook has sheets",
            "leave out sheet",
        )
    try:
        if kind == ".parquet":
            frame = parquet_frame(place)
        else:
            rows = sheet_rows(place, sheet) if kind == ".xlsx" else text_rows(place)
            frame = rows_frame(rows)
    except InputError as fault:
        raise fault.under(f'data file "{place}"') from None
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or fault
        raise InputError.of(
            "unreadable", f'data file "{place}"', f"cannot be read: {why}"
        ) from None
    return arranged(frame, place)


def text_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the cells of a text file that is not empty, each row with the number of its line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InputError.of("unreadable", "", "this is no UTF-8 text", 'save it as "CSV UTF-8"')
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
        return [(reader.line_num, row) for row in reader]
    except csv.Error as fault:
        raise InputError.of("wrong-form", f"line {reader.line_num}", f"{fault}") from None


def separator(text: str) -> str:
    """Return which of comma, semicolon and tab parts the first line into the most cells."""
    first = text[:100_000].replace("\r", "\n").lstrip("\n").split("\n", 1)[0]
    return max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def sheet_rows(path: Path, sheet: str | None) -> list[tuple[int, list[Any]]]:
    """Return the cells of a workbook's sheet, or of its first one, each row with its number.

    pandas would read a cell that holds an error, such as #DIV/0!, as missing; here it is text.
    """
    openpyxl = needed("openpyxl", "excel")
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheets = {each.title: each for each in book.worksheets}
            name = book.worksheets[0].title if sheet is None else sheet
            found = sheets[name].iter_rows(values_only=True) if name in sheets else ()
            rows = [list(row) for row in found]
        except (BadZipFile, IndexError, KeyError, SyntaxError, ValueError):
            raise InputError.of(
                "unreadable", "", "this is no Excel workbook", "save it as .xlsx"
            ) from None
    if name not in sheets:
        raise InputError.of(
            "unknown-name",
            "",
            f"there is no sheet {sheet!r}",
            f"it has {listing(sheets, 20)}.{did_you_mean(name, sheets)}",
        )
    width = max(map(len, rows), default=0)
    return [(n, row + [None] * (width - len(row))) for n, row in enumerate(rows, start=1)]


def parquet_frame(path: Path) -> pd.DataFrame:
    """Return a Parquet file's table; a named index is a column."""
    needed("pyarrow", "parquet")
    with path.open("rb") as file:
        try:
            frame = pd.read_parquet(file)
        except ValueError:
            raise InputError.of("unreadable", "", "this is no Parquet file") from None
    return frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()


def needed(package: str, extra: str, job: str = "reading it") -> Any:
    """Import an optional package, or say how to install it."""
    try:
        return import_module(package)
    except ImportError:
        raise InputError.of(
            "not-installed",
            "",
            f"{job} needs {package}",
            f'install it: pip install "marketselect[{extra}]"',
        ) from None


def rows_frame(rows: Sequence[tuple[int, Sequence[Any]]]) -> pd.DataFrame:
    """Return rows under their header as a table of objects; refuse a row that is not as long."""
    filled = [(line, row) for line, row in rows if any(cell_text(cell) for cell in row)]
    if len(filled) < 2:
        raise InputError.of(
            "empty",
            "the table",
            "is empty",
            "a row that names the columns and one below are needed",
        )
    header, *body = filled
    names = [cell_text(name) for name in header[1]]
    ragged = [(line, len(row)) for line, row in body if len(row) != len(names)]
    if ragged:
        line, count = ragged[0]
        more = f" ({len(ragged)} such lines in all)" if len(ragged) > 1 else ""
        raise InputError.of(
            "wrong-shape",
            f"line {line}",
            f"has {count} cells, the header {len(names)}{more}",
            "give every line "
            "as many cells as the header, and quote a cell that holds the separator",
        )
    cells = [[None if cell == "" else cell for cell in row] for _, row in body]
    return pd.DataFrame(cells, columns=pd.Index(names, dtype=object), dtype=object)


def cell_text(cell: object) -> str:
    """Return a cell as text without blanks around it; nothing for an empty one."""
    return "" if cell is None else str(cell).strip()


def arranged(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a table as it came, in one of the two forms: long or indexed by market."""
    names = [cell_text(name) for name in frame.columns]
    empty = frame.isna().all().to_numpy()
    keep = [n for n, name in enumerate(names) if n == 0 or name or not empty[n]]
    table = frame.iloc[:, keep].set_axis([names[n] for n in keep], axis=1)
    check_header(list(table.columns), path)
    found = {role: first_of(table.columns, aliases) for role, aliases in ALIASES.items()}
    absent = [role for role, name in found.items() if name is None]
    if not absent:
        return long_table(table, {str(name): role for role, name in found.items()})
    if not {"indicator", "value"} & set(absent):
        raise InputError.of(
            "missing-name",
            f'data file "{path}"',
            f"it has columns for indicator and value, but none for {listing(absent)}",
            "a long table has market, indicator, year and value",
        )
    label = first_of(table.columns, LABELS) or table.columns[0]
    wide = table.assign(**{label: labels(table[label])}).set_index(label)
    wide = wide.rename_axis(index=label or None)
    if not len(wide.columns):
        raise InputError.of(
            "wrong-form",
            f'data file "{path}"',
            f'it has one column, "{label}"',
            "cells are parted by commas, semicolons or tabs",
        )
    return wide.apply(as_numbers)


def check_header(names: list[str], path: Path) -> None:
    """Refuse a column that is named twice, or that has values but no name."""
    roles = {alias for aliases in ALIASES.values() for alias in aliases}
    counts = Counter(name.lower() if name.lower() in roles else name for name in names)
    twice = [name for name, count in counts.items() if count > 1 and name]
    if twice:
        raise InputError.of(
            "duplicate",
            f'data file "{path}"',
            f"column {listing(twice)} is there twice",
            "keep one",
        )
    if "" in names[1:]:
        raise InputError.of(
            "missing", f'data file "{path}"', f"column {names.index('', 1) + 1} has no name"
        )


def first_of(names: Iterable[str], aliases: Sequence[str]) -> str | None:
    """Return the column that bears the first of the aliases, in any case, or None."""
    by_lower = {name.lower(): name for name in names}
    return next((by_lower[alias] for alias in aliases if alias in by_lower), None)


def long_table(table: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
    """Return observations under the names that `indicator_table` knows, these columns first."""
    others = [name for name in table.columns if name not in roles]
    rows = table[[*roles, *others]].rename(columns=roles)
    texts = {name: labels(rows[name]) for name in ("market", "indicator")}
    numbers = {name: as_numbers(rows[name]) for name in ("year", "value")}
    year = numbers["year"]
    if year.dtype == "float64" and (year % 1 == 0).all() and (year.abs() < LARGEST_YEAR).all():
        numbers["year"] = year.astype("int64")
    return rows.assign(**texts, **numbers)


def labels(cells: "pd.Series[Any]") -> "pd.Series[str]":
    """Return labels as text without blanks around them; a number, such as 004, is text as well."""
    return cells.map(cell_text, na_action="ignore").replace("", None).astype("str")
