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


class OwnError(Exception):
    """What the code of a thing of somebody's own raises: it may come through."""


class Liar:
    """A thing that says that it is of another class."""

    def __init__(self, said: type) -> None:
        self.said = said

    @property
    def __class__(self) -> type:
        return self.said

    @__class__.setter
    def __class__(self, said: type) -> None:
        self.said = said


class Failing:
    """A thing that fails as a number, an array, a path, a sequence and a table."""

    def __float__(self) -> float:
        raise OwnError("no number")

    __int__ = __index__ = __float__

    def __array__(self, *_: object, **__: object) -> Any:
        raise OwnError("no array")

    def __fspath__(self) -> str:
        raise OwnError("no path")

    def __getitem__(self, place: object) -> object:
        raise OwnError("no entry")

    def __hash__(self) -> int:
        raise OwnError("no hash")

    def __arrow_c_stream__(self, *_: object) -> object:
        raise OwnError("no table")

    def __format__(self, spec: str) -> str:
        raise OwnError("no format")

    def __lt__(self, other: object) -> bool:
        raise OwnError("no order")

    __gt__ = __le__ = __ge__ = __eq__ = __lt__


class Shy:
    """A thing that fails whatever it is asked for by name."""

    def __getattribute__(self, name: str) -> Any:
        raise OwnError("no attribute")


class Short(list[Any]):
    """A list that fails to say how long it is, and what is in it."""

    def __len__(self) -> int:
        raise OwnError("no length")

    def __iter__(self) -> Iterator[Any]:
        raise OwnError("nothing to go through")

    def __getitem__(self, place: object) -> Any:
        raise OwnError("no entry")


class Wordless(str):
    """A text that fails as one."""

    __slots__ = ()

    def __str__(self) -> str:
        raise OwnError("no text")

    def __eq__(self, other: object) -> bool:
        raise OwnError("no equality")

    def __hash__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        raise OwnError("nothing to go through")

    def __len__(self) -> int:
        raise OwnError("no length")


class Unreal(float):
    """A number that fails as one."""

    def __float__(self) -> float:
        raise OwnError("no number")

    def __eq__(self, other: object) -> bool:
        raise OwnError("no equality")

    def __hash__(self) -> int:
        return 1

    def __repr__(self) -> str:
        raise OwnError("no repr")


class Word(str):
    """A text of a type of one's own."""

    __slots__ = ()


class Contrary(str):
    """A text that is equal to nothing, itself among it, and has the hash of all of its type."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 1


class Agreeing(str):
    """A text that is equal to everything."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class Broken(dict[Any, Any]):
    """A dict that fails whatever it is asked for."""

    def __getitem__(self, key: object) -> object:
        raise RuntimeError("no entry")

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError("nothing to go through")

    def items(self) -> Any:
        raise RuntimeError("no entries")

    def keys(self) -> Any:
        raise RuntimeError("no keys")

    def get(self, *_: object) -> object:
        raise RuntimeError("no entry")


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
    "a text that is equal to nothing": lambda: Contrary("zzz"),
    "a text that is equal to everything": lambda: Agreeing("zzz"),
    "bidirectional controls": lambda: "\u202eabc\u2066def\u2069\u200f",
    "nothing to see": lambda: "\u200b\ufeff\u00ad",
    "accents without end": lambda: "a" + "\u0301" * 1_000,
    "two halves": lambda: "\udc00\ud800",
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
    "an array without axes": lambda: np.array(None, dtype=object),
    "an array of lists": lambda: np.array([[1, [2]], None], dtype=object),
    "an array of dates": lambda: np.array(["2024-01-01", "NaT"], dtype="M8[D]"),
    "an array of complex numbers": lambda: np.array([1 + 2j, 3]),
    "an array of long texts": lambda: np.array(["x" * LONG, "y"]),
    "a memory view": lambda: memoryview(b"zzz"),
    "a memory view of numbers": lambda: np.arange(3.0).data,
    "whole numbers with NA": lambda: pd.array([1, None, 3], dtype="Int64"),
    "numbers of Arrow": lambda: pd.Series([1.5, None, 2], dtype="double[pyarrow]"),
    "texts of Arrow": lambda: pd.Series(["1.5", None], dtype="string[pyarrow]"),
    "dates of Arrow": lambda: pd.Series([dt.date(2024, 1, 1), None], dtype="date32[pyarrow]"),
    "a Series of categories": lambda: pd.Series(["a", "b", None], dtype="category"),
    "a Series of intervals": lambda: pd.Series(pd.interval_range(0, 3)),
    "a sparse Series": lambda: pd.Series(pd.arrays.SparseArray([0.0, 1.0, np.nan])),
    "a Series of dates": lambda: pd.Series(pd.date_range("2024", periods=3)),
    "a Series of times between": lambda: pd.Series(pd.to_timedelta([1, None, 3], unit="D")),
    "a Series of periods": lambda: pd.Series(pd.period_range("2024", periods=3, freq="Y")),
    "a Series of complex numbers": lambda: pd.Series([1j, 2]),
    "a Series of flags with NA": lambda: pd.Series([True, None, False], dtype="boolean"),
    "a Series with a label twice": lambda: pd.Series([1.0, 2.0, 3.0], ["x0", "x0", "x1"]),
    "a Series of levels": lambda: pd.Series(
        [1.0, 2.0], pd.MultiIndex.from_tuples([("x", 0), ("x", 1)])
    ),
    "a Series of a range": lambda: pd.Series([1.0, 2.0, 3.0]),
    "a time between": lambda: pd.Timedelta(1, "D"),
    "a broken dict": lambda: Broken(zzz=1.0),
    "a fraction": lambda: Fraction(10**400, 3),
    "an infinite Decimal": lambda: Decimal("-Infinity"),
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
    "a thing that says it is a text": lambda: Liar(str),
    "a thing that says it is a number": lambda: Liar(float),
    "a thing that says it is a whole number": lambda: Liar(int),
    "a thing that says it is a flag": lambda: Liar(bool),
    "a thing that says it is a list": lambda: Liar(list),
    "a thing that says it is a dict": lambda: Liar(dict),
    "a thing that says it is a frame": lambda: Liar(pd.DataFrame),
    "a thing that says it is a Series": lambda: Liar(pd.Series),
    "a thing that says it is an array": lambda: Liar(np.ndarray),
    "a thing that says it is a path": lambda: Liar(Path),
    "a thing that says it is a framework": lambda: Liar(ms.Framework),
    "a thing that says it is a ranking": lambda: Liar(ms.Ranking),
    "a failing thing": Failing,
    "a shy thing": Shy,
    "a list that fails": lambda: Short(["zzz"]),
    "a text that fails": lambda: Wordless("zzz"),
    "a number that fails": lambda: Unreal(0.5),
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


def of_values(values: Callable[[int], Any]) -> Callable[[pd.DataFrame], Any]:
    """Return what puts other values into the last column."""
    return lambda table: table.assign(**{table.columns[-1]: values(len(table))})


WHOLE: Mapping[str, Callable[[pd.DataFrame], Any]] = {
    "a column of whole numbers with NA": of_values(
        lambda n: pd.array([None, *range(n - 1)], dtype="Int64")
    ),
    "a column of flags": of_values(lambda n: np.arange(n) % 2 == 0),
    "a column of intervals": of_values(lambda n: pd.interval_range(0, n)),
    "a column of dates": of_values(lambda n: pd.date_range("2024", periods=n)),
    "a column of dates somewhere": of_values(
        lambda n: pd.date_range("2024", periods=n, tz="Asia/Tokyo")
    ),
    "a column of times between": of_values(lambda n: pd.to_timedelta(np.arange(n), unit="D")),
    "a column of periods": of_values(lambda n: pd.period_range("2024", periods=n, freq="Y")),
    "a column of complex numbers": of_values(lambda n: np.arange(n) * 1j),
    "a column of lists": of_values(lambda n: pd.Series([[1]] * n).to_numpy()),
    "a column of arrays without axes": of_values(
        lambda n: pd.Series([np.array(i) for i in range(n)], dtype=object).to_numpy()
    ),
    "a column of fractions": of_values(
        lambda n: pd.Series([Fraction(i, 7) for i in range(n)], dtype=object).to_numpy()
    ),
    "labels of a range": lambda table: table.reset_index(drop=True),
    "labels of times between": lambda table: table.set_axis(
        pd.to_timedelta(np.arange(len(table)), unit="D"), axis=0
    ),
    "labels of complex numbers": lambda table: table.set_axis(
        pd.Index(np.arange(len(table)) * 1j), axis=0
    ),
    "labels equal to nothing": lambda table: table.set_axis(
        pd.Index([Contrary(n) for n in range(len(table))], dtype=object), axis=0
    ),
    "a label twice": lambda table: table.set_axis(
        pd.Index([*table.index[1:], table.index[-1]]), axis=0
    ),
    "columns of levels": lambda table: table.set_axis(
        pd.MultiIndex.from_arrays([table.columns, range(table.shape[1])]), axis=1
    ),
    "columns of categories": lambda table: table.set_axis(
        pd.CategoricalIndex(table.columns), axis=1
    ),
    "columns of a range": lambda table: table.set_axis(range(table.shape[1]), axis=1),
    "as a masked array": lambda table: np.ma.masked_array(table.to_numpy(), table.isna()),
    "as a memory view": lambda table: np.ascontiguousarray(table.to_numpy()).data,
    "as a Series of levels": lambda table: table.T.unstack(),
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
