"""Cells of trade read as numbers; what is none is refused by its row below the header."""

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.errors import SHOWN, Fault, InputError, Place, raise_faults
from marketselect.tables.cells import to_numbers
from marketselect.values import is_label, number_fault, said

LARGEST = 1e100  # US$ of a row, so that no sum of them is infinite
AMOUNT = "an amount is needed, 0 or more and no more than 1e100"


def not_whole(found: FloatArray, least: int, most: int) -> NDArray[np.bool_]:
    """Return which numbers of a file of trade are not whole, or beyond bounds."""
    wrong: NDArray[np.bool_] = ~((found >= least) & (found <= most) & (found % 1 == 0))
    return wrong


def no_amount(found: FloatArray) -> NDArray[np.bool_]:
    """Return which numbers are no amounts of trade."""
    wrong: NDArray[np.bool_] = ~((found >= 0) & (found <= LARGEST))
    return wrong


Wrong: TypeAlias = tuple["pd.Series[Any]", NDArray[np.bool_], str]
"""Cells of a column, which of them are wrong, and what is needed there."""


def refuse_trade_cells(where: str, *columns: Wrong) -> None:
    """Refuse the first wrong cells of each column of trade, by their row below the header."""
    faults = []
    for cells, wrong, needed in columns:
        for place in np.flatnonzero(wrong)[:SHOWN].tolist():
            cell = cells.iloc[place]
            at = where + f', row {int(cells.index[place]) + 1}, column "{cells.name}"'
            beyond = Fault("out-of-range", at, f"is {said(cell)}", needed)
            faults.append(number_fault(cell, at, needed) or beyond)
    raise_faults(faults, where, placed=True)


def trade_numbers(cells: "pd.Series[Any]") -> FloatArray:
    """Return numbers, NaN for what is none; a file's texts all at once."""
    if isinstance(cells.dtype, pd.StringDtype):
        return pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return to_numbers(cells).to_numpy(dtype=float)


def refuse_odd_cells(cells: "pd.Series[Any]") -> None:
    """Refuse cells of a table of trade that are no texts and no numbers."""
    for cell in cells:
        if not is_label(cell):
            got, needed = f"holds {said(cell)}", "texts and numbers are needed"
            raise InputError.of(
                "wrong-type", Place("trade", f', column "{cells.name}"'), got, needed
            )
