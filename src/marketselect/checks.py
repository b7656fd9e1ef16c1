"""Checks of arrays at the door of every low-level function: NumPy in, clean NumPy out.

Each check returns a fresh float array and never changes what it was given.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marketselect.errors import InputError, did_you_mean

DIRECTIONS = ("benefit", "cost")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# What to do about a missing value of a market; an option or a weight has a remedy of its own.
FILL = "impute or drop missing values first"


class Weighting(Protocol):
    """What a weighting returns, such as `rank_order_weights`: weights, and names if it has any."""

    @property
    def labels(self) -> tuple[Hashable, ...] | None:
        """The names of the criteria, in the order of the weights."""

    @property
    def weights(self) -> FloatArray:
        """One weight for each criterion, shape (criteria,)."""


def is_weighting(given: object) -> TypeGuard[Weighting]:
    """Return whether this is the result of a weighting, not the weights themselves."""
    return hasattr(given, "labels") and isinstance(getattr(given, "weights", None), np.ndarray)


def place_of(given: object, name: str, place: Sequence[int]) -> str:
    """Return where an entry is: ``matrix[1, 3]``, or by the names that pandas gives it."""
    index: Any = getattr(given, "index", None)
    columns: Any = getattr(given, "columns", None)
    if columns is not None and len(place) == 2:
        return f'{name}, row "{index[place[0]]}", column "{columns[place[1]]}"'
    # A list has an `index`, too: only what pandas labels has `to_numpy` beside it.
    if len(place) == 1 and hasattr(given, "to_numpy") and hasattr(index, "to_numpy"):
        return f'{name} of "{index[place[0]]}"'
    return f"{name}[{', '.join(map(str, place))}]" if len(place) else name


def as_floats(values: ArrayLike, name: str, *, remedy: str = FILL) -> FloatArray:
    """Return a float copy of `values`, or say which entry is not a number."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InputError.of("missing", f"{name}", "has masked entries", f"{remedy}")
    try:
        given = np.asarray(values)
    except ValueError:
        raise InputError.of(
            "wrong-shape", f"{name}", "the rows differ in length", "give a rectangular array"
        ) from None
    if given.dtype.kind in "biuf":
        return given.astype(np.float64)
    cells = np.asarray(values, dtype=object)
    for place, cell in np.ndenumerate(cells):
        if isinstance(cell, Sequence) and not isinstance(cell, str):
            raise InputError.of(
                "wrong-shape", f"{name}", "the rows differ in length", "give a rectangular array"
            )
        if not isinstance(cell, (int, float, np.number)):
            raise InputError.of(
                "not-a-number",
                f"{place_of(values, name, place)}",
                f"is {cell!r}",
                "a number is needed",
            )
    try:
        return cells.astype(np.float64)
    except OverflowError:
        raise InputError.of(
            "too-large", f"{name}", "has a whole number that no float can hold"
        ) from None


def refuse_non_finite(
    values: FloatArray, name: str, *, given: object = None, remedy: str = FILL
) -> None:
    """Raise at the first NaN or infinity, naming its place and how many there are.

    The place is named by the labels of what was `given`, if it has any.
    """
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        place = tuple(int(i) for i in bad[0])
        more = f" ({len(bad)} such entries in all)" if len(bad) > 1 else ""
        raise InputError.of(
            "missing",
            f"{place_of(given, name, place)}",
            f"is {values[place]}{more}",
            f"every entry must be a finite number: {remedy}",
        )


def finite_matrix(matrix: ArrayLike, *, name: str = "matrix") -> FloatArray:
    """Return `matrix` as floats, shape (markets, criteria), at least one of each, all finite."""
    values = as_floats(matrix, name)
    if values.ndim != 2:
        raise InputError.of(
            "wrong-shape",
            f"{name}",
            f"has {values.ndim} dimension(s)",
            "two are needed: markets down, criteria across",
        )
    if 0 in values.shape:
        raise InputError.of(
            "wrong-shape",
            f"{name}",
            f"has shape {values.shape}",
            "at least one market and one criterion are needed",
        )
    refuse_non_finite(values, name, given=matrix)
    return values


def weight_batch(weights: ArrayLike | Weighting, criteria: int) -> FloatArray:
    """Return weights of shape (..., criteria), each vector divided by its sum."""
    given: Any = weights.weights if is_weighting(weights) else weights
    if given is None or isinstance(given, str):
        raise InputError.of(
            "wrong-type",
            "weights",
            f"is {given!r}",
            f"give one number for each of the {criteria} criteria: "
            f"equal_weights({criteria}).weights if all count the same",
        )
    remedy = "give 0 to a criterion that does not count"
    values = as_floats(given, "weights", remedy=remedy)
    if values.ndim == 0 or values.shape[-1] != criteria:
        raise InputError.of(
            "wrong-shape",
            "weights",
            f"have shape {values.shape}",
            f"the last axis must hold one weight for each of the {criteria} criteria",
        )
    refuse_non_finite(values, "weights", given=given, remedy=remedy)
    if (values < 0).any():
        place = tuple(int(i) for i in np.argwhere(values < 0)[0])
        raise InputError.of(
            "out-of-range",
            f"{place_of(given, 'weights', place)}",
            f"is {values[place]}",
            "weights must not be negative: turn the criterion's direction round instead",
        )
    # Divided by the largest first, so that neither huge nor tiny weights overflow their sum.
    largest = values.max(axis=-1, keepdims=True)
    if (largest == 0).any():
        raise InputError.of(
            "all-zero",
            f"{first_vector(largest[..., 0] == 0, 'weights')}",
            "are all zero",
            "at least one criterion must count",
        )
    scaled: FloatArray = values / largest
    result: FloatArray = scaled / scaled.sum(axis=-1, keepdims=True)
    return result


def first_vector(bad: Any, name: str) -> str:
    """Return which vector of a batch is marked in `bad`, ``weights[2]``; just the name if one."""
    return place_of(None, name, np.argwhere(bad)[0].tolist())


def under(bad: Any) -> str:
    """Return `` under weights[2]`` for the first vector of a batch marked in `bad`, or nothing."""
    return f" under {first_vector(bad, 'weights')}" if np.ndim(bad) else ""


def direction_signs(directions: Sequence[str] | None, criteria: int) -> FloatArray:
    """Return +1 for "benefit" and -1 for "cost", shape (criteria,); None means all benefit."""
    if directions is None:
        return np.ones(criteria)
    if isinstance(directions, str):
        raise InputError.of(
            "wrong-type",
            "directions",
            f'is the text "{directions}"',
            "give a list with one word for each criterion",
        )
    if not isinstance(directions, Iterable):
        raise InputError.of(
            "wrong-type",
            "directions",
            f"is {directions!r}",
            "give a list with one word for each criterion",
        )
    words = list(directions)
    if len(words) != criteria:
        raise InputError.of(
            "wrong-shape",
            "directions",
            f"has {len(words)} words",
            f"one for each of the {criteria} criteria is needed",
        )
    for place, word in enumerate(words):
        if word not in DIRECTIONS:
            raise InputError.of(
                "unknown-word",
                f"directions[{place}]",
                f"is {word!r}",
                f'use "benefit" or "cost".{did_you_mean(word, DIRECTIONS)}',
            )
    return np.array([1.0 if word == "benefit" else -1.0 for word in words])
