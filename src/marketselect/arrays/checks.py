"""Arrays at the door of every low-level function: read once, with the names that they bring.

A matrix that was read is a `Matrix`; the functions behind the door know it and do not look at it
again. Weights are in `weights`. Nothing that was given is ever changed.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marketselect.errors import InputError, is_a, listing, raise_faults
from marketselect.frozen import frozen_result
from marketselect.values import (
    BYTES,
    FINITE,
    a_list,
    are_truths,
    held_by_scalar,
    is_gap,
    is_real,
    is_truth,
    number_fault,
    to_number,
    word_fault,
)

DIRECTIONS = ("benefit", "cost")


class ByName(Protocol):
    """Words by the names of the criteria: a mapping, or a Series."""

    def items(self) -> Any:
        """Return pairs of name and word."""


Directions = Sequence[Literal["benefit", "cost"]] | Sequence[str] | NDArray[Any] | ByName
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Names = Sequence[Any] | None
"""What entries are called, None where they have no names but their places."""

DEEPEST = 32  # axes that NumPy goes through one by one
# What to do about a missing value of a market; an option or a weight has a remedy of its own.
FILL = "impute or drop missing values first"


@frozen_result
class Matrix:
    """A matrix that was read: finite, at least one market and one criterion, and its names.

    Attributes
    ----------
    values
        Shape (markets, criteria), or (..., markets, criteria) for a batch. The array is kept, not
        copied, and made read-only: give a copy of one that is still written into.
    rows
        The names of the markets, None where they have none.
    columns
        The names of the criteria, None where they have none.
    of_factors
        Whether whoever reads a message knows the columns as factors: it was never theirs.
    """

    values: FloatArray
    rows: Any = None
    columns: Sequence[Hashable] | None = None
    of_factors: bool = False

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        """Return the values, so that the matrix stands wherever an array may."""
        return np.array(self.values, dtype=dtype, copy=copy)

    @property
    def criteria(self) -> int:
        """How many criteria there are."""
        return int(self.values.shape[-1])

    @property
    def labels(self) -> tuple[Hashable, ...] | None:
        """The names of the criteria, as the result of a weighting has them."""
        return None if self.columns is None else tuple(self.columns)

    def holding(self, values: FloatArray) -> Self:
        """Return other values under the same names, refused where they are not finite."""
        if getattr(values, "dtype", None) != np.float64:
            values = float_matrix(values, "matrix")
        if values.ndim < 2:
            got = f"has {values.ndim} dimension(s)"
            raise InputError.of("wrong-shape", "matrix", got, "two are needed")
        other = replace(self, values=values)
        refuse_non_finite(values, "matrix", given=other)
        return other

    def cell(self, place: Sequence[int]) -> str:
        """Return where an entry is: ``matrix[1, 3]``, or by its names."""
        *batch, row, column = place
        if self.columns is None or self.rows is None:
            return f"matrix[{', '.join(map(str, place))}]"
        if self.of_factors:  # a batch of them is drawn: nobody has given it
            return f'factor "{self.columns[column]}", market "{self.rows[row]}"'
        names = f'row "{self.rows[row]}", column "{self.columns[column]}"'
        return f"{numbered_name('matrix', batch)}, {names}"

    def column(self, places: Iterable[int], batch: Sequence[int] = ()) -> str:
        """Return how some columns are called: ``matrix column "gdp"``."""
        names = listing(places if self.columns is None else [self.columns[j] for j in places])
        return (
            f"factor {names}"
            if self.of_factors
            else f"{numbered_name('matrix', batch)} column {names}"
        )

    def criterion(self, place: int) -> str:
        """Return how a criterion is called where there are words before it."""
        if self.columns is None:
            return f"criterion {place}"
        return f'{"factor" if self.of_factors else "criterion"} "{self.columns[place]}"'


def numbered_name(name: str, place: Sequence[int]) -> str:
    """Return an array's name with a place in a batch: ``weights[2]``; bare if there is none."""
    return f"{name}[{', '.join(map(str, place))}]" if len(place) else name


def place_of_entry(given: object, name: str, place: Sequence[int], names: Names = None) -> str:
    """Return where an array's entry is: ``weights[1, 3]``, or by names that it has or is given.

    `names` are those of the last axis.
    """
    if is_a(given, Matrix):
        return given.cell(place)
    index: Any = getattr(given, "index", None)
    columns: Any = getattr(given, "columns", None)
    if columns is not None and len(place) == 2:
        row = place[0] if index is None else f'"{index[place[0]]}"'  # polars has no index
        return f'{name}, row {row}, column "{columns[place[1]]}"'
    # A list has an `index`, too: only what pandas labels has `to_numpy` beside it.
    if len(place) == 1 and hasattr(given, "to_numpy") and hasattr(index, "to_numpy"):
        names = index
    if names is None or len(place) == 0 or place[-1] >= len(names):
        return numbered_name(name, place)
    return f'{numbered_name(name, place[:-1])} of "{names[place[-1]]}"'


def float_matrix(
    values: ArrayLike,
    name: str,
    *,
    remedy: str = FILL,
    truths: bool = False,
    names: Names = None,
) -> FloatArray:
    """Return an array as a copy in floats, or say which entry is not a number.

    Parameters
    ----------
    values : array_like
    name : str
        What messages call it.
    remedy : str
        What to do about masked entries.
    truths : bool
        Whether columns of truths alone are 1 and 0, as they are in data; otherwise truths are no
        numbers.
    names : sequence, optional
        What the entries of the last axis are called, where they have no names of their own.
    """
    kinds = "biuf" if truths else "iuf"
    if type(values) is np.ndarray and values.dtype.kind in kinds:
        return values.astype(np.float64)
    refuse_bytes(values, name)
    # Only what has a type of its own is known to hold no True: in a list it would be 1 by now.
    typed = hasattr(values, "dtype") or hasattr(values, "columns")
    try:
        masked = _has_masked(values)
        given = np.asarray(None if masked else values)
    except (ValueError, RecursionError):
        raise _ragged(name) from None
    if masked:
        raise InputError.of("missing", name, "has masked entries", remedy)
    kind = given.dtype.kind
    if typed and kind in kinds:
        return given.astype(np.float64)
    if kind in "mM":  # as objects, some of them would be whole numbers
        cells = given
    else:
        cells = _cells(values) if truths else np.asarray(values, dtype=object)
    if kind in "iuf" and not any(is_truth(held_by_scalar(cell)) for cell in cells.flat):
        return given.astype(np.float64)
    numbers = np.empty(cells.shape)
    for place, cell in np.ndenumerate(cells):
        numbers[place] = number = to_number(cell)
        if np.isfinite(number) or (is_real(cell) and (np.isnan(number) or cell == number)):
            continue  # a number that is not finite has a message of its own
        if is_a(held_by_scalar(cell), (Sequence, np.ndarray)) and not is_a(cell, (str, *BYTES)):
            raise _ragged(name)
        fault = number_fault(cell, place_of_entry(values, name, place, names), "a number is needed")
        assert fault is not None
        raise InputError(fault)
    return numbers


def refuse_bytes(values: object, name: str) -> None:
    """Refuse writable bytes in place of an array: NumPy would take them for numbers."""
    if is_a(values, (bytearray, memoryview)):
        raise InputError.of("not-a-number", name, f"is a {type(values).__name__}", FINITE)


def _has_masked(values: Any) -> bool:
    """Return whether a mask hides an array's entry: NumPy would make NaN of it, and warn."""
    if hasattr(values, "dtype") or hasattr(values, "columns"):
        return is_a(values, np.ma.MaskedArray) and bool(np.ma.is_masked(values))
    loose = np.asarray(values, dtype=object)
    if loose.ndim > DEEPEST:
        raise ValueError
    return any(cell is np.ma.masked for cell in loose.flat)


def _ragged(name: str) -> InputError:
    """Return the error that the rows of an array differ in length."""
    return InputError.of(
        "wrong-shape", name, "the rows differ in length", "give a rectangular array"
    )


def _cells(values: Any) -> NDArray[np.object_]:
    """Return an array's entries as they are, but columns of truths alone as 0 and 1."""
    cells = np.array(values, dtype=object)
    for column in np.moveaxis(cells, -1, 0) if cells.ndim > 1 else [cells]:
        if are_truths(column.flat):
            for place, cell in np.ndenumerate(column):
                column[place] = cell if is_gap(cell) else int(cell)
    return cells


def refuse_non_finite(
    values: FloatArray,
    name: str,
    *,
    given: object = None,
    remedy: str = FILL,
    names: Names = None,
) -> None:
    """Raise at an array's first NaN or infinity, naming its place and how many there are.

    The place is named by the labels of what was `given`, if it has any, or by `names`.
    """
    finite = np.isfinite(values)
    if finite.all():
        return
    bad = np.argwhere(~finite)
    place = tuple(int(i) for i in bad[0])
    more = f" ({len(bad)} such entries in all)" if len(bad) > 1 else ""
    raise InputError.of(
        "missing" if np.isnan(values[place]) else "infinite",
        place_of_entry(given, name, place, names),
        f"is {values[place]}{more}",
        f"every entry must be a finite number: {remedy}",
    )


def refuse_infinite(values: FloatArray, name: str, *, names: Names = None) -> FloatArray:
    """Return an array in which NaN are missing, or raise at the first infinity."""
    infinite = np.isinf(values)
    if infinite.any():
        refuse_non_finite(
            np.where(infinite, values, 0.0), name, remedy="NaN where it is missing", names=names
        )
    return values


def read_matrix(matrix: ArrayLike | Matrix, *, batch: bool = True) -> Matrix:
    """Return a matrix with its names, checked unless it has been read before.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria), or (..., markets, criteria) for a batch
        At least one market and one criterion, all finite.
    batch : bool
        Whether there may be several.
    """
    if is_a(matrix, Matrix):
        return matrix
    values = float_matrix(matrix, "matrix", truths=True)
    if values.ndim < 2 or (values.ndim > 2 and not batch):
        raise InputError.of(
            "wrong-shape",
            "matrix",
            f"has {values.ndim} dimension(s)",
            "two are needed: markets down, criteria across",
        )
    if 0 in values.shape[-2:]:
        raise InputError.of(
            "wrong-shape",
            "matrix",
            f"has shape {values.shape}",
            "at least one market and one criterion are needed",
        )
    refuse_non_finite(values, "matrix", given=matrix)
    columns = getattr(matrix, "columns", None)
    rows = None if columns is None else getattr(matrix, "index", None)
    return Matrix(values=values, rows=rows, columns=None if columns is None else tuple(columns))


def direction_signs(
    directions: Directions | None, criteria: int, names: Names = None
) -> FloatArray:
    """Return a matrix's signs: +1 for "benefit", -1 for "cost", (criteria,); None is all benefit.

    `names` are those of the criteria, if they have any.
    """
    if directions is None:
        return np.ones(criteria)
    given: Any = directions
    words = a_list(given, "directions", "give a list with one word for each criterion")
    if len(words) != criteria:
        raise InputError.of(
            "wrong-shape",
            "directions",
            f"has {len(words)} words",
            f"one for each of the {criteria} criteria is needed",
        )
    raise_faults(
        fault
        for place, word in enumerate(words)
        if (
            fault := word_fault(
                word, DIRECTIONS, place_of_entry(None, "directions", [place], names)
            )
        )
    )
    return np.array([1.0 if word == "benefit" else -1.0 for word in words])
