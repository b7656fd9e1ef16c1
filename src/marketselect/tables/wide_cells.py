"""The wide form, checked: markets down, indicators across, every label and every cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from marketselect.arrays.checks import IntArray
from marketselect.errors import SHOWN, Fault, InputError, listing, raise_faults
from marketselect.tables.agreement import refuse_two_in_frame
from marketselect.tables.aliases import column_of
from marketselect.tables.cells import as_numbers, is_plain_column, label_codes, refuse_truths
from marketselect.tables.door import is_long_frame, labeled_frame, text_columns
from marketselect.tables.faults import (
    AGAIN,
    LABEL,
    FaultOf,
    Kind,
    Tally,
    cell_fault,
    refuse_failed_cells,
    tally_in,
    validated,
)
from marketselect.tables.years import is_year, plain_year
from marketselect.values import is_gap
from marketselect.words import some_words


def check_labels(frame: pd.DataFrame, used: Collection[str] = ()) -> pd.DataFrame:
    """Return a wide frame indexed by market; a column of labels beside row numbers becomes it.

    Raises
    ------
    InputError
        If it is a long table, has a label twice or an empty one, or labels on several levels.
    """
    found = wide_by_market(frame, used)
    raise_faults(label_faults(found))
    return found


def wide_by_market(
    frame: pd.DataFrame, used: Collection[str] = (), *, dated: bool = False
) -> pd.DataFrame:
    """Return a wide frame indexed by market; refuse one that is long or has several levels.

    Columns that are `used` as indicators hold no labels. Rows of several years are refused, too,
    unless whoever asks reads the column of their years, `dated`.
    """
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        levels = text_columns(frame.index.names)
        over_years = column_of(levels, "year") is not None and frame.columns.nlevels == 1
        way = (
            f"; of several years make a long table: frame.reset_index().melt({levels}, "
            'var_name="indicator"), which indicator_table takes'
        )
        raise InputError.of(
            "wrong-form",
            "the table's labels",
            "have several levels",
            f"one market a row, one code a column{way if over_years else ''}",
        )
    if is_long_frame(frame.columns, used):
        raise InputError.of(
            "wrong-form",
            "the data",
            "this is a long table of observations",
            "make one value a cell of it first: "
            "indicator_table(observations, framework, as_of=..., max_age=...)",
            "leave out --layout, or give a wide table",
        )
    refuse_years_across(frame)
    refuse_two_in_frame(frame, used)
    return labeled_frame(frame, used, dated=dated)


def refuse_years_across(frame: pd.DataFrame) -> None:
    """Refuse a table with years across and a series a row: its years would be the indicators."""
    series = column_of(text_columns(frame.columns), "indicator")
    years = [name for name in frame.columns if is_year(plain_year(name))]
    if series is not None and len(years) > 1:
        raise InputError.of(
            "wrong-form",
            "the data",
            f'years go across ({listing(years, SHOWN)}) beside the series in "{series}"',
            "read the file with read_indicators(path), or melt the years, and give that to "
            "indicator_table",
            "leave out --layout, so that the years are read",
        )


def label_faults(frame: pd.DataFrame) -> list[Fault]:
    """Return the faults of a wide frame's labels: empty ones, and any that stand twice."""
    faults = []
    for axis, labels in (("market", frame.index), ("column", frame.columns)):
        codes, names = label_codes(pd.Series(labels, dtype=object), f"the {axis} labels")
        refuse_truths(names, f"the {axis} labels")
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        if (counts > 1).any():
            years = axis == "market" and "year" in frame.columns
            remedy = f"keep one of them{', those of one year' if years else ''}"
            where = f"{axis} {listing(names[counts > 1], SHOWN)}"
            faults.append(Fault("duplicate", where, AGAIN, remedy))
        if (codes < 0).any():
            kind = "row" if axis == "market" else "column"
            places = some_words([f"{place:d}" for place in np.flatnonzero(codes < 0) + 1])
            where = f"{kind} {places} of the table, counted from 1,"
            faults.append(Fault("missing", where, "has no label", LABEL))
    return faults


def check_cells(frame: pd.DataFrame, faults: Iterable[Fault] = ()) -> pd.DataFrame:
    """Return a wide frame as floats, NaN where a cell is empty.

    Raises
    ------
    InputError
        With the `faults` found before, and every cell that holds text or an infinite number.
    """
    before = list(faults)
    if all(map(is_plain_column, set(frame.dtypes))):
        block = frame.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        doubtful = np.isinf(block).any(axis=0)
    else:
        doubtful = np.array([not is_plain_column(dtype) for dtype in frame.dtypes])
        block = np.zeros(frame.shape)
        block[:, ~doubtful] = frame.loc[:, ~doubtful].to_numpy(np.float64, na_value=np.nan)
        for place in np.flatnonzero(doubtful).tolist():  # text that is a number is one
            cells = as_numbers(frame.iloc[:, place])
            if is_plain_column(cells.dtype):
                block[:, place], doubtful[place] = cells.to_numpy(), False
        doubtful |= np.isinf(block).any(axis=0)
    if doubtful.any():  # the others hold nothing but numbers and gaps
        from marketselect.tables.contracts import Cells

        odd = frame.loc[:, doubtful]
        # The labels are told already; pandera stumbles over one that is missing.
        read, failed = validated(Cells, odd.reset_index(drop=True))
        of_cells = {
            kind: found for kind, found in failed.items() if kind.check in ("number", "finite")
        }
        refuse_failed_cells(of_cells, wide_fault(odd), before=before, tally_of=wide_tally(odd))
        block[:, doubtful] = read.to_numpy(dtype=np.float64)
    raise_faults(before)
    return pd.DataFrame(block, index=frame.index, columns=frame.columns)


def wide_fault(frame: pd.DataFrame) -> FaultOf:
    """Return a function that says which cell of a wide frame has a fault; column by column."""

    def fault_of(place: int, kind: Kind) -> Fault:
        column, row = divmod(place, len(frame))
        label = frame.index[row]
        market = f"row {row + 1} of the table" if is_gap(label) else f'market "{label}"'
        where = f'indicator "{frame.columns[column]}", {market}'
        return cell_fault(where, "value", frame.iloc[row, column], kind)

    return fault_of


def wide_tally(frame: pd.DataFrame) -> Tally:
    """Return a function that counts the indicators, markets and words of some faults."""

    def tally(places: IntArray, kinds: set[Kind]) -> str:
        column, row = np.divmod(places, len(frame))
        values = frame.to_numpy(dtype=object)[row, column]
        labels = {"market": frame.index[row], "indicator": frame.columns[column]}
        cells = pd.DataFrame({**labels, "value": values})
        return tally_in(cells, np.arange(len(cells)))(np.arange(len(cells)), kinds)

    return tally
