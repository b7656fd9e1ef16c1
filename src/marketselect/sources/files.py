"""Indicators from a file: of a source that people download from, or the analyst's own.

Text comes in as text. Only an empty cell is missing, and what a source writes for it: "NA" is
Namibia, and "n/a" among numbers of one's own stays there until `marketselect.tables.schemas`
refuses it with its place.
"""

import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from marketselect.dataframes import Table, is_table
from marketselect.errors import InputError, did_you_mean, in_words, is_a, listing
from marketselect.files import path_text, read_file
from marketselect.frozen import held_entries
from marketselect.printing import to_print
from marketselect.sources.archive import (
    AGAIN,
    ZIP,
    archive_entry,
    entry_name,
    inflated,
    opened_archive,
    table_entries,
)
from marketselect.sources.dialect import WINDOWS, no_text, text_grid
from marketselect.sources.frames import FileSettings, recognized_frame
from marketselect.sources.grid import Grid
from marketselect.sources.headers import checked_layout
from marketselect.sources.layouts import OWN, LayoutName
from marketselect.sources.limits import USUAL, Limits
from marketselect.sources.markets import letters_matter
from marketselect.sources.markup import html_grids
from marketselect.sources.packages import needed_package
from marketselect.sources.recognition import RecognizedGrid, has_nameless_column, recognized
from marketselect.sources.tables import frame_grid, table_as_read
from marketselect.sources.workbook import calamine_grids, xlsx_grids
from marketselect.values import a_list, a_text, one_of, said

log = logging.getLogger("marketselect")

TEXTS = (".csv", ".tsv", ".tab", ".txt", "")
BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
FORMATS = ".csv, .tsv, .txt, .xlsx, .xls, .ods, .parquet or .zip"
ARCHIVE = ".zip"  # of files
PACKED = ".gz"  # behind another ending: Eurostat gives x.tsv.gz
OLD = b"\xd0\xcf\x11\xe0"  # .xls, and a workbook that is locked
HTML = (b"<html", b"<table", b"<!doctype html", b"<meta", b"<style")
OURS = {"ranking", "values", "method"}  # sheets of a workbook that `write_excel` wrote


def read_indicators(
    path: str | Path | Table,
    *,
    layout: LayoutName | None = None,
    sheet: str | None = None,
    missing: Iterable[str] = (),
    decimal: Literal[".", ","] | None = None,
    only: Mapping[str, Any] | None = None,
    limits: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    r"""Read indicators from a file or table of a source or of one's own, and say what it was.

    Parameters
    ----------
    path : str, Path or DataFrame
        A file that ends in ``.csv``, ``.tsv`` or ``.txt``; ``.xlsx``, ``.xls`` or ``.ods`` (the
        extra ``excel``); ``.parquet`` (the extra ``parquet``); a ``.zip`` that holds one of
        these; or one of these packed, ``.tsv.gz``. Encoding (UTF-8, UTF-16), separator, decimal
        mark and header are found. Or a table that somebody has read already, as
        ``pandas.read_csv`` gives it.
    layout : str, optional
        Takes the file for this layout: "world-bank", "databank", "databank-series",
        "databank-countries", "eurostat-tsv", "eurostat-book", "imf-weo", "imf-series", "comtrade",
        "ilostat", "owid", "undp-hdr", "trade-map", "oecd-stat", "sdmx-csv", "undata", "who-gho",
        "faostat", "faostat-bulk", "unctadstat", "wgi", "wgi-book", "long", "years-across",
        "markets-across", "panel" or "wide". Default: the most particular one whose columns are
        there.
    sheet : str, optional
        The sheet of a workbook, or the file in an archive, that holds the table. Default: the first
        that is not hidden and has a table.
    missing : iterable of str, optional
        What is written where a value is missing, beside what the layout has. Labels are not looked
        at: "NA" stays Namibia.
    decimal : str, optional
        "." or ",", the mark of decimals. Default: what the whole file shows.
    only : mapping, optional
        By column the value, or the values, whose rows are read: ``{"SEX": "_T"}``.
    limits : mapping, optional
        Bounds that are raised by name: "bytes" of the file (1 GiB), bytes "unpacked" (1 GiB),
        "density" (how many times as large as packed, 200), "rows" (5,000,000), "columns" (20,000),
        "cells" (100,000,000), "seconds" of reading (600). A file from elsewhere may hold more than
        a machine does. Of a table the last four hold, the first three of them only where they are
        stated.

    Returns
    -------
    DataFrame
        A table over years gives one row an observation, with columns market, indicator, year and
        value, a long one then its others: ready for `indicator_table`. A wide table gives markets
        down and indicators across: ready for `rank_markets`; its index keeps its name.

        ``attrs["read"]`` says what the file was taken for, as plain data and under "said" as a
        sentence, which the logger "marketselect" has at INFO.

        Columns in which every filled cell is a number are floats (whole years are integers), all
        others are as they were.
        Empty cells are missing; rows and columns without anything in them are left out.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, has no layout that is known, has rows of another
        length than its header, or has a column twice; if a series has several values in a column
        that changes what a value means; if decimal marks contradict each other, or nothing says
        whether "1,234" is thousands; if a formula has no value; if there is no such sheet; or if
        the package that its format needs is not installed. Text among numbers is refused later,
        with its place, when the data are used.

    Notes
    -----
    The world, groups of economies and totals are no markets: they are left out and listed. So are
    lines above the header and footers. A power of ten in a column such as ``UNIT_MULT`` is
    multiplied in. docs/bring_your_data.md shows each layout.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "mine.csv"
    ...     size = path.write_text("ISO2;gdp;risk\nNA;12.6;\nVN;430;0.4\n")
    ...     frame = read_indicators(path)
    >>> frame
            gdp  risk
    ISO2
    NA     12.6   NaN
    VN    430.0   0.4
    >>> frame.attrs["read"]["said"]
    'wide table: cells parted by semicolons'
    """
    bounds, wanted = Limits.of(limits), checked_layout(layout)
    if is_table(path):
        refuse_sheet(sheet)
        settings = checked_file_settings(missing, decimal, only)
        return to_print(table_as_read(path, settings, wanted, bounds.of_table(limits)))
    text = path_text(path, "give the name of a file, or a table")
    file = Path(text)
    packed = file.suffix.lower() == PACKED
    place = file.with_suffix("") if packed else file
    kind = place.suffix.lower()
    where = f'data file "{text}"'
    settings = checked_file_settings(missing, decimal, only)
    check_kind(place, kind, sheet)
    try:
        more = f"raise the limit: {bounds.raised('bytes')}"
        data = read_file(text, "", bounds.bytes, more, "give the part that is needed")
        data = inflated(data, bounds) if packed else data
        bounds.in_time()
        grids = grids_of(data, kind, sheet, bounds)
        bounds.in_time()
        found, others = table_among(grids, None if kind == ARCHIVE else sheet, wanted)
        if found.grid.encoding == WINDOWS and letters_matter(found):
            raise no_text()
        bounds.in_time()
        series = Path(found.grid.name).stem if kind == ARCHIVE else place.stem
        frame, reading = recognized_frame(found, replace(settings, name=series), file.name, others)
    except InputError as fault:
        raise fault.under(where) from None
    except (OSError, ValueError, OverflowError, RecursionError) as fault:
        got = f"cannot be read: {in_words(fault)}"
        raise InputError.of("unreadable", where, got, "save it anew, as CSV or .xlsx") from None
    block = found.grid.block
    clean = block is not None and block.clean and series.isprintable()
    frame = to_print(frame, () if clean else None)
    frame.attrs["read"] = reading.to_dict()
    log.info('"%s" read as %s', place, reading)
    return frame


def is_plain_reading(reading: Mapping[str, object]) -> bool:
    """Return whether there is nothing to say of a data file but that it was read."""
    told = ("above", "footers", "groups", "other_parts", "part", "remarks")
    return reading["layout"] in ("long", "wide") and not any(reading[name] for name in told)


# What was asked for


def checked_file_settings(
    missing: Iterable[str], decimal: str | None, only: Mapping[str, Any] | None
) -> FileSettings:
    """Return what was said about a data file or table, or refuse what makes no sense."""
    listed = a_list(missing, "missing", 'give a list: ["n/a"]')
    marks = tuple(a_text(mark, "missing") for mark in listed)
    decimal = None if decimal is None else one_of(decimal, (".", ","), "decimal")
    if only is not None and not is_a(only, Mapping):
        raise InputError.of(
            "wrong-type", "only", f"is {said(only)}", 'give a mapping: {"SEX": "_T"}'
        )
    chosen = {} if only is None else dict(held_entries(only, "only"))
    for column in chosen:
        a_text(column, "only", "name columns by text")
    return FileSettings(
        missing=tuple(mark.strip() for mark in marks),
        decimal=decimal,
        only=chosen,
    )


def refuse_sheet(sheet: str | None) -> None:
    """Refuse a sheet of a table, which has none."""
    if sheet is not None:
        got = "only an Excel workbook has sheets"
        raise InputError.of("contradiction", "the table", got, "leave out sheet")


def check_kind(place: Path, kind: str, sheet: str | None) -> None:
    """Refuse a format that is not read, and a sheet of one that has none."""
    if kind not in (*TEXTS, *BOOKS, ".parquet", ARCHIVE):
        raise InputError.of(
            "unknown-word",
            f'data file "{place}"',
            f'"{kind}" is no format it can have',
            f"use {FORMATS}",
        )
    if sheet is not None and kind not in (*BOOKS, ARCHIVE):
        raise InputError.of(
            "contradiction",
            f'data file "{place}"',
            "only an Excel workbook has sheets",
            "leave out sheet",
            "leave out --sheet",
        )


# Bytes to grids


def grids_of(
    data: bytes, kind: str, sheet: str | None = None, limits: Limits = USUAL
) -> list[Grid]:
    """Return the tables that a file may hold, by what it is and not by what it is called."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if kind == ".parquet":
        return [parquet_grid(data, limits)]
    if data.startswith(ZIP):
        return zipped(data, kind, sheet, limits)
    if data.startswith(OLD):
        return calamine_grids(data, "Excel workbook", limits)
    if start.startswith(HTML):
        return html_grids(data, limits)
    if kind == ARCHIVE:
        raise InputError.of("unreadable", "", "this is no archive", AGAIN)
    if kind in (".xlsx", ".xlsm", ".ods"):
        needed_package("python_calamine" if kind == ".ods" else "openpyxl", "excel")
        raise InputError.of("unreadable", "", "this is no workbook", "save it as .xlsx")
    return [text_grid(data, limits)]


def zipped(data: bytes, kind: str, sheet: str | None, limits: Limits) -> list[Grid]:
    """Return the tables of a workbook, or of each file of an archive that may hold one."""
    archive = opened_archive(data, limits)
    names = {entry.filename for entry in archive.infolist()}
    if "xl/workbook.xml" in names or kind in (".xlsx", ".xlsm"):
        return xlsx_grids(data, limits)
    if "content.xml" in names or kind == ".ods":
        return calamine_grids(data, "spreadsheet", limits)
    entries = table_entries(archive, sheet, (*TEXTS[:-1], *BOOKS))
    grids = []
    for entry in limits.timed(entries):
        file = archive_entry(archive, entry)
        if file.startswith(ZIP) and not entry.filename.lower().endswith((".xlsx", ".ods")):
            continue
        for grid in grids_of(file, Path(entry_name(entry)).suffix.lower(), limits=limits):
            grids.append(replace(grid, name=entry_name(entry)))
    if not grids:
        raise InputError.of(
            "unknown-name", "", "there is no file with a table", "archives in it are not opened"
        )
    return grids


def parquet_grid(data: bytes, limits: Limits) -> Grid:
    """Return a Parquet file's table; a named index is a column."""
    arrow = needed_package("pyarrow", "parquet")
    try:
        facts = import_module("pyarrow.parquet").ParquetFile(io.BytesIO(data)).metadata
        limits.check_shape(facts.num_rows, facts.num_columns)
        frame = pd.read_parquet(io.BytesIO(data))
    except InputError:
        raise
    except (arrow.ArrowException, ValueError, OSError, KeyError, TypeError) as fault:
        got = f"this is no Parquet file, or a damaged one: {fault}"
        raise InputError.of("unreadable", "", got, "write it anew") from None
    if frame.empty:
        raise InputError.of("empty", "", "the table has no rows", "give a table with rows")
    return frame_grid(frame, limits)


# The table among them


def table_among(
    grids: Sequence[Grid], sheet: str | None, layout: str | None
) -> tuple[RecognizedGrid, tuple[str, ...]]:
    """Return the table that is wanted, or the first of the most particular layout that is seen.

    Also the names of others with a table.

    Raises
    ------
    InputError
        If there is no such sheet, or none with a table: then with the sheets that there are.
    """
    names = [grid.name for grid in grids]
    if sheet is not None:
        wanted = next((grid for grid in grids if grid.name == sheet), None)
        if wanted is None:
            raise InputError.of(
                "unknown-name",
                "",
                f"there is no sheet {sheet!r}",
                f"it has {listing(names, 20)}.{did_you_mean(sheet, names)}",
            )
        return recognized(wanted, layout), ()
    seen = [grid for grid in grids if not grid.hidden] or list(grids)
    if not seen:
        raise InputError.of("empty", "", "there is no sheet", "save it with the table in a sheet")
    if len(seen) == 1:
        return recognized(seen[0], layout), ()
    if set(names) >= OURS:
        ours = next(grid for grid in grids if grid.name == "values")
        return recognized(ours, layout), ()
    found, faults = [], []
    for grid in seen:
        try:
            found.append(recognized(grid, layout))
        except InputError as fault:
            faults.append(fault)
    if not found:
        first = faults[0].faults[0]
        raise InputError.of(
            first.code,
            f'sheet "{seen[0].name}"',
            f"{first.got}; no other sheet holds a table, there are {listing(names, 20)}",
            first.remedy,
            first.command,
        )
    of_source = [one for one in found if one.layout.name not in OWN]
    named = [
        one for one in found if not has_nameless_column(one)
    ]  # a cover has figures without a header
    best = (of_source or named or found)[0]
    return best, tuple(one.grid.name for one in found if one is not best)
