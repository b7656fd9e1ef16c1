"""Checks of arrays at the door of every low-level function: NumPy in, clean NumPy out.

Each check returns a fresh float array and never changes what it was given.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marketselect.errors import InputError, did_you_mean

DIRECTIONS = ("benefit", "cost")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def as_floats(values: ArrayLike, name: str) -> FloatArray:
    """Return a float copy of `values`, or say which entry is not a number."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InputError(f"{name} has masked entries; impute or drop missing values first")
    try:
        given = np.asarray(values)
    except ValueError:
        raise InputError(f"{name}: the rows differ in length; give a rectangular array") from None
    if given.dtype.kind in "biuf":
        return given.astype(np.float64)
    cells = np.asarray(values, dtype=object)
    for place, cell in np.ndenumerate(cells):
        if isinstance(cell, Sequence) and not isinstance(cell, str):
            raise InputError(f"{name}: the rows differ in length; give a rectangular array")
        if not isinstance(cell, (int, float, np.number)):
            where = f"{name}[{', '.join(map(str, place))}]" if place else name
            raise InputError(f"{where} is {cell!r}; a number is needed")
    try:
        return cells.astype(np.float64)
    except OverflowError:
        raise InputError(f"{name} has a whole number that no float can hold") from None


def refuse_non_finite(values: FloatArray, name: str) -> None:
    """Raise at the first NaN or infinity, naming its place and how many there are."""
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        place = tuple(int(i) for i in bad[0])
        where = f"{name}[{', '.join(map(str, place))}]" if place else name
        more = f" ({len(bad)} such entries in all)" if len(bad) > 1 else ""
        raise InputError(
            f"{where} is {values[place]}{more}; every entry must be a finite number: "
            "impute or drop missing values first"
        )


def finite_matrix(matrix: ArrayLike, *, name: str = "matrix") -> FloatArray:
    """Return `matrix` as floats, shape (markets, criteria), at least one of each, all finite."""
    values = as_floats(matrix, name)
    if values.ndim != 2:
        raise InputError(
            f"{name} has {values.ndim} dimension(s); two are needed: markets down, criteria across"
        )
    if 0 in values.shape:
        raise InputError(
            f"{name} has shape {values.shape}; at least one market and one criterion are needed"
        )
    refuse_non_finite(values, name)
    return values


def weight_batch(weights: ArrayLike, criteria: int) -> FloatArray:
    """Return weights of shape (..., criteria), each vector divided by its sum."""
    values = as_floats(weights, "weights")
    if values.ndim == 0 or values.shape[-1] != criteria:
        raise InputError(
            f"weights have shape {values.shape}; the last axis must hold one weight for each "
            f"of the {criteria} criteria"
        )
    refuse_non_finite(values, "weights")
    if (values < 0).any():
        place = tuple(int(i) for i in np.argwhere(values < 0)[0])
        raise InputError(
            f"weights[{', '.join(map(str, place))}] is {values[place]}; weights must not be "
            "negative: turn the criterion's direction round instead"
        )
    # Divided by the largest first, so that neither huge nor tiny weights overflow their sum.
    largest = values.max(axis=-1, keepdims=True)
    if (largest == 0).any():
        raise InputError("weights are all zero; at least one criterion must count")
    scaled: FloatArray = values / largest
    result: FloatArray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result


def direction_signs(directions: Sequence[str] | None, criteria: int) -> FloatArray:
    """Return +1 for "benefit" and -1 for "cost", shape (criteria,); None means all benefit."""
    if directions is None:
        return np.ones(criteria)
    if isinstance(directions, str):
        raise InputError(
            f'directions is the text "{directions}"; give a list with one word for each criterion'
        )
    if not isinstance(directions, Iterable):
        raise InputError(
            f"directions is {directions!r}; give a list with one word for each criterion"
        )
    words = list(directions)
    if len(words) != criteria:
        raise InputError(
            f"directions has {len(words)} words; one for each of the {criteria} criteria is needed"
        )
    for place, word in enumerate(words):
        if word not in DIRECTIONS:
            raise InputError(
                f'directions[{place}] is {word!r}; use "benefit" or "cost".'
                f"{did_you_mean(word, DIRECTIONS)}"
            )
    return np.array([1.0 if word == "benefit" else -1.0 for word in words])
