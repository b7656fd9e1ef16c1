"""Frames in the form of a source: cells of a frame go the way of those of a file."""

import logging
import re
from contextlib import suppress

import numpy as np
import pandas as pd

from marketselect.dataframes import Table, as_frame
from marketselect.errors import InputError
from marketselect.frozen import thawed
from marketselect.sources.dialect import read_as
from marketselect.sources.frames import FileSettings, recognized_frame
from marketselect.sources.grid import Grid
from marketselect.sources.limits import USUAL, Limits
from marketselect.sources.recognition import RecognizedGrid, recognized
from marketselect.tables.door import (
    is_observations,
    labels_beside,
    readings,
    times_of,
)
from marketselect.tables.faults import need_frame
from marketselect.values import is_gap

log = logging.getLogger("marketselect")

UNNAMED = re.compile(r"Unnamed: \d+")  # what pandas calls a column that has no name in a file
PLACE = "row"  # how a row of a frame is called, counted from 0


def frame_grid(frame: pd.DataFrame, limits: Limits = USUAL) -> Grid:
    """Return a frame's cells; its index is a column, unless pandas numbered the rows."""
    index = frame.index
    numbers = index.name is None and index.dtype.kind in "iu"
    counted = numbers and isinstance(index, pd.RangeIndex)
    if not (counted or (numbers and labels_beside(frame, ()) is not None)):
        frame = frame.reset_index(allow_duplicates=True)
    names = ["" if UNNAMED.fullmatch(name) else name for name in map(str, frame.columns)]
    truths = [kind.kind == "b" for kind in frame.dtypes]
    columns = [
        (frame.iloc[:, n].astype(float) if truth else frame.iloc[:, n]).astype(object).tolist()
        for n, truth in enumerate(truths)
    ]
    rows = [
        [None if is_gap(cell) else cell_as_text(cell) for cell in row]
        for row in limits.timed(zip(*columns, strict=True))
    ]
    return Grid(name="", rows=list(enumerate([names, *rows], start=-1)), place=PLACE)


def cell_as_text(cell: object) -> object:
    """Return a cell of a frame that is read like a file: lists, records and bytes as text."""
    if isinstance(cell, bytes):
        return read_as(cell, "utf-8")
    return str(cell) if isinstance(cell, (list, dict, set, np.ndarray)) else cell


def table_as_read(
    given: Table, settings: FileSettings, wanted: str | None = None, limits: Limits = USUAL
) -> pd.DataFrame:
    """Return a table as `read_indicators` gives it, with what it was taken for.

    Raises
    ------
    InputError
        As for a file; or if it has no rows.
    """
    frame = need_frame(given, "the table")
    limits.check_shape(*frame.shape)
    try:
        return recognized_table(frame, recognized(frame_grid(frame, limits), wanted), settings)
    except InputError as fault:
        raise fault.under("the table") from None


def recognized_table(
    frame: pd.DataFrame, found: RecognizedGrid, settings: FileSettings
) -> pd.DataFrame:
    """Return a frame that was recognized, and what else was told of it."""
    made, reading = recognized_frame(found, settings)
    before = [thawed(each) for each in readings(frame)]
    made.attrs["read"] = [*before, reading.to_dict()] if before else reading.to_dict()
    log.info("a table read as %s", reading)
    return made


def as_observations(given: Table, what: str) -> pd.DataFrame:
    """Return a table as observations if it is in the form of a source; any other as it is.

    One with market, indicator, year and value is long already, under any names of these.

    Raises
    ------
    InputError
        If it is no table, or is in the form of a source but cannot be read.
    """
    frame = as_frame(given, what)
    if frame.empty or frame.columns.nlevels > 1 or is_observations(frame):
        return frame
    found = None
    with suppress(InputError):  # refused where it is used, in the words of that use
        found = recognized(grid := frame_grid(frame))
        if found.layout.name == "wide" and times_of(frame, ()):  # each row is of a year
            found = recognized(grid, "panel")
    if found is None or found.layout.name in ("long", "wide"):
        return frame
    try:
        return recognized_table(frame, found, FileSettings())
    except InputError as fault:
        raise fault.under(what) from None
