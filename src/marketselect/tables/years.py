"""What is a year, a date or a part of a year, however it is written: none of them is a market."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import is_a
from marketselect.values import is_gap, to_number, to_whole

_YEAR = r"(?:1[89]|20|21)\d\d"
_MONTH = (
    r"(?:jan|feb|fév|fev|mar|mär|mrz|apr|avr|abr|may|mai|jun|juin|jul|juil|aug|août|aou|ago|sep"
    r"|oct|okt|out|nov|dec|dez|déc|dic)[^\W\d]{0,7}\.?"
)
FORMS = (
    rf"(?:yr|fy|cy|year|jahr)?[ -]?{_YEAR}(?:[ -]?\[yr\d{{4}}\])?",  # YR2020, FY2020
    rf"(?:fy)?[ -]?{_YEAR} ?[-/\N{{EN DASH}}] ?(?:\d\d|{_YEAR})",  # 2020/21, and 2020-12
    r"fy[ -]?'?\d\d(?:[-/]\d\d)?",  # FY20
    rf"{_YEAR}[-_ /]?(?:[qmsthw]\d{{1,2}}|[-_ /.]?\d{{1,2}}[-_ /.]\d{{1,2}})(?:[ t]\d.*)?",
    rf"[qst]\d[-_ /]?{_YEAR}",
    rf"\d{{1,2}}[-./]\d{{1,2}}[-./]{_YEAR}(?: \d.*)?",  # 31.12.2020
    rf"\d{{1,2}}[-/]{_YEAR}",
    rf"(?:\d{{1,2}}\.?[ -])?{_MONTH}[ ,-]+(?:\d{{1,2}},? )?{_YEAR}",  # 31 Dec 2020
)
TIME = re.compile("|".join(f"(?:{form})" for form in FORMS), re.IGNORECASE)
PLAIN = re.compile(rf"(?:yr ?)?({_YEAR})(?: \[yr\d{{4}}\])?", re.IGNORECASE)
PLACES = np.array([1000, 100, 10, 1, 0], dtype=np.int64)  # of the digits of a year, and its end
ZEROS = 1111 * ord("0")
LARGEST_YEAR = 10**6  # beyond it a number is no year, and may not be an integer either


def is_year(label: object) -> bool:
    """Return whether a table's label or cell is a whole number that a year may be."""
    return 1800 <= (number := to_number(label)) <= 2200 and number % 1 == 0


def is_time(cell: object) -> bool:
    """Return whether a table's label or cell is a year, a date or a part of a year.

    Examples
    --------
    >>> [is_time(cell) for cell in (2020, "FY2020", "2020/21", "31.12.2020", "Q1 2020")]
    [True, True, True, True, True]
    >>> [is_time(cell) for cell in (7, "Berlin", "Expo 2020", None)]
    [False, False, False, False]
    """
    if is_a(cell, str):
        return is_year(cell) or TIME.fullmatch(cell.strip()) is not None
    return is_a(cell, (date, pd.Period)) or is_year(cell)


def is_written_time(cell: object) -> bool:
    """Return whether a table's label is a time and no plain number, which may be a shop's."""
    return is_time(cell) and not is_year(cell)


def are_times(cells: Iterable[Any]) -> bool:
    """Return whether a table's column is of years, dates or their parts alone, and has one."""
    there = [cell for cell in cells if not is_gap(cell)]
    return bool(there) and all(map(is_time, there))


def plain_year(cell: Any) -> Any:
    """Return a table's cell that is a whole year as a number; any other as it is.

    Examples
    --------
    >>> plain_year("YR2020"), plain_year(" 2020 "), plain_year("2020/21")
    (2020, 2020, '2020/21')
    """
    found = PLAIN.fullmatch(cell.strip()) if is_a(cell, str) else None
    if found is not None:
        return int(found[1])
    return int(to_whole(cell) or 0) if is_year(cell) else cell


def four_digit_years(cells: Sequence[Any]) -> Any:
    """Return a column's years as whole numbers if each is written by four digits, else None."""
    try:
        lines = "\n".join(cells)
    except TypeError:  # not text alone
        return None
    if not lines.isascii():
        return None
    signs, ends = f"{lines}\n".encode(), b"\n" * len(cells)
    if signs[4::5] != ends or signs.translate(None, b"0123456789") != ends:
        return None
    return np.frombuffer(signs, dtype=np.uint8).reshape(-1, 5) @ PLACES - ZEROS


def years_as_whole(years: FloatArray) -> Any:
    """Return a column's years as whole numbers, or as they are where one is none."""
    whole = (np.abs(years) < LARGEST_YEAR).all() and (years % 1 == 0).all()
    return years.astype(np.int64) if whole else years
