"""Columns of a table: their numbers, texts and gaps by the rules of `values`, and their labels.

A column of truths is 1 and 0, whatever its type; True beside numbers or words is no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import IntArray
from marketselect.errors import InputError, is_a
from marketselect.values import are_truths, is_gap, is_label, is_truth, said, to_number

FIRST_YEAR, LAST_YEAR = 1800, 2200
UNDATED = 10**6  # the year of a row that has none, later than any
YEAR = f"a whole year from {FIRST_YEAR} to {LAST_YEAR} is needed"
MEND = "mend it, or drop the row"
DIGITS = "write its four digits alone, or leave it empty if the value has no year"
LARGEST_CODE = 1e15


def to_numbers(values: pd.Series[Any], *, truths: bool = True) -> pd.Series[Any]:
    """Return a table's column as numbers, NaN for what is empty or none. Text "1.5" is one.

    `truths`: whether a column of truths is 1 and 0, as in data; years and weights are none.
    """
    if is_numeric(values, truths=truths):
        floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        cells = values.tolist()
        if truths and are_truths(cells):
            cells = [None if is_gap(cell) else float(cell) for cell in cells]
        floats = np.array([to_number(cell) for cell in cells], dtype=np.float64)
    return pd.Series(floats, index=values.index, name=values.name)


def is_numeric(values: pd.Series[Any], *, truths: bool = True) -> bool:
    """Return whether a table's column is of a type of real numbers, truths and gaps alone."""
    return is_plain_column(values.dtype) and (truths or values.dtype.kind != "b")


def is_plain_column(dtype: Any) -> bool:
    """Return whether a type of a table's columns is of real numbers, truths and gaps alone."""
    return dtype.kind in "iufb" and not is_a(dtype, pd.CategoricalDtype)


def are_empty(values: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a cell of a table's column holds nothing."""
    if is_numeric(values):
        return pd.Series(values.isna().to_numpy(dtype=bool), index=values.index)
    return pd.Series([is_gap(cell) for cell in values], index=values.index, dtype=bool)


def as_numbers(values: pd.Series[Any], *, truths: bool = True) -> pd.Series[Any]:
    """Return a table's column as floats if every filled cell is a number, else as it was."""
    numbers = to_numbers(values, truths=truths)
    if is_numeric(values, truths=truths):
        return numbers
    unread = values.to_numpy(dtype=object)[np.isnan(numbers.to_numpy())]
    return numbers if all(map(is_gap, unread)) else values


def number_cells(values: pd.Series[Any], *, truths: bool = True) -> pd.Series[bool]:
    """Return where a cell of a table's column is a number or empty."""
    if is_numeric(values, truths=truths):
        return pd.Series(True, index=values.index)
    fine = to_numbers(values, truths=truths).notna()
    fine[~fine] = are_empty(values[~fine])
    return fine


def are_finite(values: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a cell of a table's column is no infinite number."""
    infinite = np.isinf(to_numbers(values).to_numpy())
    return pd.Series(~infinite, index=values.index)


def are_years(values: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a number in a table's column is a whole year that can be."""
    years = to_numbers(values, truths=False)
    whole = years.eq(np.floor(years))  # a remainder takes many times as long
    return years.isna() | (years.between(FIRST_YEAR, LAST_YEAR) & whole)


def label_codes(
    labels: pd.Series[Any], what: str, *, as_text: bool = False
) -> tuple[IntArray, pd.Index[Any]]:
    """Return the place of each label of a table among the different, -1 if empty, and these."""
    try:
        codes, found = pd.factorize(labels)
        names = list(found)
        odd = next((name for name in names if not is_label(name)), None)
    except Exception:  # noqa: BLE001
        raise InputError.of(
            "wrong-type", what, "a label is a list or the like", "give text or numbers"
        ) from None
    if odd is not None:
        raise InputError.of(
            "wrong-form", what, f"{said(odd)} cannot be written as text", "give another label"
        )
    if as_text and not all(is_a(name, str) for name in names):
        empty = [is_gap(name) for name in names]
        same, found = pd.factorize(pd.Series(map(str, names), dtype=object))
        codes = np.array([*np.where(empty, -1, same), -1])[codes]
        names = list(found)
    empty = [is_gap(name) for name in names]
    if any(empty):
        codes = np.where([*empty, True], -1, np.arange(len(names) + 1))[codes]
    index = pd.Index(names, dtype=None if names else object, tupleize_cols=False)
    return codes.astype(np.int64, copy=False), index


def refuse_truths(labels: pd.Index[Any], what: str) -> None:
    """Refuse True and False as labels of a table: pandas takes a list of these for a mask."""
    if any(map(is_truth, labels)):
        raise InputError.of("wrong-type", what, "a label is True or False", "give text or numbers")


def text_of_cell(cell: object) -> str:
    """Return a table's cell as text without blanks around it; nothing for an empty one.

    A whole number is written without a decimal point: 2021, not 2021.0.
    """
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if is_a(cell, float) and cell.is_integer() and abs(cell) < LARGEST_CODE:
        return str(int(cell))
    return str(cell).strip()


class Trimmed(list[str]):
    """Texts that are known to have no blanks around them, so that nobody looks again."""


def cell_texts(cells: Iterable[Any]) -> list[str]:
    """Return a table's cells as `text_of_cell` does, at once where all of them are text.

    Examples
    --------
    >>> cell_texts([" KEN", "NA"]), cell_texts([2021.0, None])
    (['KEN', 'NA'], ['2021', ''])
    """
    if isinstance(cells, Trimmed):
        return cells
    try:
        return list(map(str.strip, cells))
    except TypeError:  # not text alone
        return list(map(text_of_cell, cells))
