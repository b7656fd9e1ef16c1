"""Odd values, by name: what somebody gives by mistake, by bad luck or to do harm.

Each is made anew whenever it is asked for, since a generator is used up and a list may be changed.
"""

import datetime as dt
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

import marketselect as ms

LONG = 1_000_000
HALF = "\ud800"  # half a surrogate pair: text that cannot be written as UTF-8
CONTROLS = "A\x1b[31mB\rC\u202eD\nE\x07"


class Hue(Enum):
    """A label that is no text."""

    RED = "red"


class Mute:
    """A thing that fails whatever it is asked."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    __str__ = __repr__

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no equality")

    def __hash__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError("nothing to go through")

    def __len__(self) -> int:
        raise RuntimeError("no length")


class Word(str):
    """A text of a type of one's own."""

    __slots__ = ()


def itself() -> list[Any]:
    """Return a list that holds itself."""
    found: list[Any] = []
    found.append(found)
    return found


def deep() -> list[Any]:
    """Return a list in a list, 3,000 times."""
    found: list[Any] = []
    for _ in range(3_000):
        found = [found]
    return found


def number_of_5000_digits() -> int:
    """Return what Python refuses to write as text."""
    return 10**4_999 * 7


@cache
def fifo() -> Path:
    """Return a pipe that nobody writes into: who opens it waits for ever."""
    path = Path(tempfile.mkdtemp()) / "pipe.csv"
    os.mkfifo(path)
    return path


def series(*numbers: float) -> "pd.Series[float]":
    return pd.Series(numbers, [f"x{i}" for i in range(len(numbers))])


# Numbers that are what they are at every door.
NUMBERS: Mapping[str, Callable[[], object]] = {
    "0": lambda: 0,
    "2": lambda: 2,
    "a half": lambda: 0.5,
    "2 of NumPy": lambda: np.int64(2),
    "a half of NumPy": lambda: np.float32(0.5),
    "2 as Decimal": lambda: Decimal("2"),
    "a half as Fraction": lambda: Fraction(1, 2),
    "2 without axes": lambda: np.array(2),
    '"2"': lambda: "2",
    '" 0.5"': lambda: " 0.5",
    "-1": lambda: -1,
    "1e308": lambda: 1e308,
    "5e-324": lambda: 5e-324,
    "10**12": lambda: 10**12,
}
FLAGS: Mapping[str, Callable[[], object]] = {
    "True": lambda: True,
    "False": lambda: False,
    "True of NumPy": lambda: np.True_,
    "True without axes": lambda: np.array(True),
}
GAPS: Mapping[str, Callable[[], object]] = {
    "None": lambda: None,
    "NaN": lambda: float("nan"),
    "NaN of NumPy": lambda: np.float64("nan"),
    "NA": lambda: pd.NA,
    "NaT": lambda: pd.NaT,
    "a masked one": lambda: np.ma.masked,
    "NaN as Decimal": lambda: Decimal("NaN"),
    "blanks": lambda: "  ",
    "no text": lambda: "",
}
TEXTS: Mapping[str, Callable[[], object]] = {
    "a word": lambda: "zzz",
    "a word of a type of one's own": lambda: Word("zzz"),
    "a word of NumPy": lambda: np.str_("zzz"),
    "a zero sign": lambda: "a\0b",
    "\\0.toml": lambda: "\0.toml",
    "half a surrogate": lambda: HALF,
    "control characters": lambda: CONTROLS,
    "a million signs": lambda: "x" * LONG,
    "a formula": lambda: "=1+1",
    "markup": lambda: "<script>alert(1)</script>",
    "a path upward": lambda: "../../etc/passwd",
    "an address": lambda: "https://example.com/x.csv",
    '"nan"': lambda: "nan",
    '"inf"': lambda: "inf",
    "5,000 digits as text": lambda: "7" * 5_000,
    "no device": lambda: "/dev/null",
    "an endless device": lambda: "/dev/zero",
}
THINGS: Mapping[str, Callable[[], object]] = {
    "infinite": lambda: float("inf"),
    "-infinite": lambda: -np.inf,
    "a number of 5,000 digits": number_of_5000_digits,
    "a signaling Decimal": lambda: Decimal("sNaN"),
    "a complex number": lambda: 0.25 + 0j,
    "bytes": lambda: b"zzz",
    "a bytearray": lambda: bytearray(b"zzz"),
    "an empty list": list,
    "an empty tuple": tuple,
    "an empty dict": dict,
    "an empty set": set,
    "a list of None": lambda: [None],
    "a list of words": lambda: ["zzz", "yyy"],
    "a list of numbers": lambda: [1, 2],
    "a list of lists": lambda: [[1, 2], [3]],
    "a list that holds itself": itself,
    "a list 3,000 deep": deep,
    "a list of half a surrogate": lambda: [HALF],
    "a list of 5,000 digits": lambda: [number_of_5000_digits(), 1],
    "a dict of words": lambda: {"zzz": 1.0},
    "a dict of None": lambda: {None: None},
    "a dict of odd keys": lambda: {(1, 2): 1, b"x": 2, HALF: 3},
    "a set": lambda: {"zzz"},
    "an endless generator": lambda: itertools.repeat("zzz"),
    "an endless count": itertools.count,
    "an endless count of pairs": lambda: ((n % 9, n) for n in itertools.count()),
    "a generator of nothing": lambda: iter(()),
    "a date": lambda: dt.date(2024, 1, 1),
    "a time": lambda: pd.Timestamp("2024-01-01"),
    "a period": lambda: pd.Period("2024", "Y"),
    "an interval": lambda: pd.Interval(0, 1),
    "an enum": lambda: Hue.RED,
    "no array": lambda: np.array([]),
    "an array": lambda: np.arange(3.0),
    "a matrix": lambda: np.eye(3),
    "a matrix of NaN": lambda: np.full((3, 3), np.nan),
    "a cube": lambda: np.zeros((2, 2, 2)),
    "an array of objects": lambda: np.array([None, "x", 3], dtype=object),
    "a masked array": lambda: np.ma.masked_array([1.0, 2.0, 3.0], [True, False, False]),
    "a record array": lambda: np.zeros(3, dtype=[("a", "f8"), ("b", "i4")]),
    "a Series": lambda: series(1, 2, 3),
    "an empty Series": lambda: pd.Series(dtype=float),
    "an empty frame": pd.DataFrame,
    "a frame": lambda: pd.DataFrame({"zzz": [1.0, 2.0]}, ["u", "v"]),
    "a frame of levels": lambda: pd.DataFrame(
        np.eye(2), columns=pd.MultiIndex.from_product([["a"], ["b", "c"]])
    ),
    "an index": lambda: pd.Index(["zzz"]),
    "a categorical": lambda: pd.Categorical(["zzz"]),
    "a type": lambda: int,
    "a function": lambda: lambda *_, **__: None,
    "a thing": object,
    "a mute thing": Mute,
    "a module": lambda: ms,
    "a folder": lambda: Path(tempfile.gettempdir()),
    "a pipe": fifo,
    "an error": lambda: ms.InputError("own"),
    "a framework": lambda: ms.load_framework("hdi"),
    "a range": lambda: range(3),
    "a slice": lambda: slice(1),
    "Ellipsis": lambda: ...,
}

ODDITIES: Mapping[str, Callable[[], object]] = MappingProxyType(
    {**NUMBERS, **FLAGS, **GAPS, **TEXTS, **THINGS}
)

# Odd tables: one thing changed in a table that is right.


def with_label(table: pd.DataFrame, label: object) -> pd.DataFrame:
    index: pd.Index[Any] = pd.Index([label, *table.index[1:]], dtype=object, tupleize_cols=False)
    return table.set_axis(index, axis=0)


def with_cell(table: pd.DataFrame, cell: object) -> pd.DataFrame:
    changed, last = table.astype(object), table.columns[-1]
    column: pd.Series[Any] = pd.Series(
        [cell, *changed[last].tolist()[1:]], table.index, dtype=object
    )
    return changed.assign(**{last: column})


def with_column(table: pd.DataFrame, name: object) -> pd.DataFrame:
    names: pd.Index[Any] = pd.Index([name, *table.columns[1:]], dtype=object, tupleize_cols=False)
    return table.set_axis(names, axis=1)


WHOLE: Mapping[str, Callable[[pd.DataFrame], Any]] = {
    "no rows": lambda table: table.iloc[:0],
    "no columns": lambda table: table.iloc[:, :0],
    "one row": lambda table: table.iloc[:1],
    "rows twice": lambda table: pd.concat([table, table]),
    "columns twice": lambda table: pd.concat([table, table], axis=1),
    "all missing": lambda table: table.astype(object).where(table.isna()),
    "tuples as labels": lambda table: table.set_axis(
        pd.Index([(label, 1) for label in table.index], tupleize_cols=False), axis=0
    ),
    "levels of labels": lambda table: table.set_axis(
        pd.MultiIndex.from_arrays([table.index, range(len(table))]), axis=0
    ),
    "labels of periods": lambda table: table.set_axis(
        pd.period_range("2000", periods=len(table), freq="Y"), axis=0
    ),
    "labels of categories": lambda table: table.set_axis(pd.CategoricalIndex(table.index), axis=0),
    "labels of numbers": lambda table: table.set_axis(
        pd.Index(np.arange(len(table)) + 0.5), axis=0
    ),
    "as an array": lambda table: table.to_numpy(),
    "as a dict": lambda table: table.to_dict(),
    "as a record array": lambda table: table.to_records(),
}
