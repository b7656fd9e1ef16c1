"""A row of numbers, each of something with a name: ranks, points, comparisons, persons' weights."""

import math
from collections.abc import Hashable, Iterable, Set
from numbers import Real
from typing import Any

import numpy as np

from marketselect.checks import FloatArray, as_floats
from marketselect.errors import InputError, listing

Labels = tuple[Hashable, ...]


def read_row(given: Any, what: str) -> tuple[Labels | None, FloatArray]:
    """Return the names, None where there are none, and one finite number for each.

    Parameters
    ----------
    given : mapping or Series of numbers by name, or array_like of shape (n,)
    what : str
        Named in messages: ``rank of "legal" is nan``.
    """
    labels: Labels | None = None
    # A Series has items() as a mapping has; so has a frame, but these are its columns.
    if hasattr(given, "items") and not hasattr(given, "columns"):
        pairs = list(given.items())
        labels, cells = distinct(label for label, _ in pairs), [cell for _, cell in pairs]
    else:
        if not hasattr(given, "__len__") or isinstance(given, (str, Set)):
            raise InputError.of(
                "wrong-type",
                f"{what}",
                f"{given!r} given",
                "give a list, or a mapping of names to numbers",
            )
        cells = _column(given, what)
    if not cells:
        raise InputError.of("empty", f"{what}", "nothing given", "at least one number is needed")
    for name, cell in zip(labels or range(len(cells)), cells, strict=True):
        if not isinstance(cell, Real) or not math.isfinite(cell):
            raise InputError.of(
                "not-a-number", f'{what} of "{name}"', f"is {cell!r}", "a finite number is needed"
            )
    return labels, np.array(cells, dtype=np.float64)


def distinct(names: Iterable[Any]) -> Labels:
    """Return names as a tuple, or say which is missing, no name, or there twice."""
    labels = tuple(names)
    for place, label in enumerate(labels):
        # pandas' NA answers neither True nor False when it is compared.
        missing = label is None or repr(label) in ("<NA>", "NaT", "''") or _is_nan(label)
        if missing or not isinstance(label, Hashable):
            raise InputError.of(
                "missing",
                f"name {place}",
                f"is {label!r}",
                "every name must be a text of its own",
            )
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise InputError.of(
            "duplicate", "", f"{listing(twice)} more than once", "every name must be there once"
        )
    return labels


def _is_nan(label: object) -> bool:
    return isinstance(label, Real) and math.isnan(label)


def _column(given: Any, what: str) -> list[Any]:
    row = as_floats(given, what)
    if row.ndim != 1:
        raise InputError.of(
            "wrong-shape",
            f"{what}",
            f"shape {row.shape} given",
            "one number for each name is needed",
        )
    cells: list[Any] = row.tolist()
    return cells
