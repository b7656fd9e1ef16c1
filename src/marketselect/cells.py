"""Single cells of a table: numbers, words and gaps, labels, and how a message quotes them.

What counts as a number: a number of any type, text that is one ("1.5", "2e6"), and True and False,
which are 1 and 0. What counts as empty: None, NaN, NA, NaT, and text of blanks alone. Everything
else is a fault, also "nan", "inf", "1,5", "1_000" and dates.
"""

from __future__ import annotations

import re
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.checks import IntArray
from marketselect.errors import InputError

SHOWN = 10
WIDEST = 40  # signs of a cell that a message quotes
LONG = 1e15  # whole floats from here on are quoted in scientific notation
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)

Cells = NDArray[np.object_]


def to_number(cell: object) -> float:
    """Return a cell as a float, NaN where it is no number."""
    if isinstance(cell, str):
        return float(cell) if PLAIN_NUMBER.fullmatch(cell := cell.strip()) else np.nan
    if not isinstance(cell, (Real, Decimal, np.bool_)):
        return np.nan
    try:
        return float(cell)
    except OverflowError:  # an int beyond the largest float
        return np.inf
    except ValueError:  # a signaling Decimal
        return np.nan


def to_numbers(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return numbers, and NaN for what is empty or is no number. Text such as "1.5" is a number."""
    if is_numeric(values):
        floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return pd.Series(floats, index=values.index)
    return pd.Series([to_number(cell) for cell in values], index=values.index, dtype=np.float64)


def is_numeric(values: pd.Series[Any]) -> bool:
    """Return whether a column's type holds nothing but real numbers, truths and gaps."""
    return values.dtype.kind in "iufb" and not isinstance(values.dtype, pd.CategoricalDtype)


def is_blank(cell: object) -> bool:
    """Return whether a cell holds nothing: missing, or text without a sign in it."""
    if isinstance(cell, str):
        return not cell.strip()
    return pd.api.types.is_scalar(cell) and bool(pd.isna(cell))  # type: ignore[call-overload]


def is_empty(values: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a cell holds nothing."""
    if is_numeric(values):
        return pd.Series(values.isna().to_numpy(dtype=bool), index=values.index)
    return pd.Series([is_blank(cell) for cell in values], index=values.index, dtype=bool)


def words(values: pd.Series[Any], numbers: pd.Series[Any]) -> Cells:
    """Return the cells that are neither a number nor empty, None elsewhere."""
    wrong = np.full(len(values), None, dtype=object)
    if not is_numeric(values):
        unread = np.flatnonzero(numbers.isna())
        suspects = values.iloc[unread]
        full = ~is_empty(suspects).to_numpy()
        wrong[unread[full]] = suspects.to_numpy(dtype=object)[full]
    return wrong


def shown(cell: object) -> str:
    """Return a cell as a message quotes it."""
    if is_blank(cell):
        return "empty"
    if isinstance(cell, str):
        return f'"{cell if len(cell) <= WIDEST else cell[: WIDEST - 3] + "..."}"'
    if isinstance(cell, (float, np.floating)):
        number = float(cell)
        return f"{number:.0f}" if number.is_integer() and abs(number) < LONG else str(number)
    text = str(cell)
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."


def label_codes(
    labels: pd.Series[Any], what: str, *, as_text: bool = False
) -> tuple[IntArray, pd.Index[Any]]:
    """Return the place of each label among the different ones, -1 where it is empty, and these."""
    try:
        codes, found = pd.factorize(labels)
    except TypeError:
        raise InputError(f"{what}: a label is a list or the like; give text or numbers") from None
    names = list(found)
    empty = [is_blank(name) for name in names]
    if as_text:
        same, found = pd.factorize(pd.Series([str(name) for name in names], dtype=object))
        codes, names = np.array([*same, -1])[codes], list(found)
        empty = [is_blank(name) for name in names]
    place = np.where([*empty, True], -1, np.arange(len(names) + 1))
    index = pd.Index(names, dtype=None if names else object, tupleize_cols=False)
    return place[codes], index


def refuse_truths(labels: pd.Index[Any], what: str) -> None:
    """Refuse True and False as labels: pandas takes a list of these for a mask."""
    if any(isinstance(name, (bool, np.bool_)) for name in labels):
        raise InputError(f"{what}: a label is True or False; give text or numbers")


def raise_faults(faults: list[str]) -> None:
    """Raise one `InputError` for all faults, if there are any; a long list is cut and counted."""
    if not faults:
        return
    if len(faults) == 1:
        raise InputError(faults[0])
    more = f"\n  ... and {len(faults) - SHOWN:,} more" if len(faults) > SHOWN else ""
    lines = "".join(f"\n  - {fault}" for fault in faults[:SHOWN])
    raise InputError(f"{len(faults):,} faults in the data:{lines}{more}")
