"""A row of numbers, each of something with a name: ranks, points, comparisons, persons' weights."""

from collections.abc import Hashable, Iterable, Set
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError, in_words, is_a, listing, raise_faults
from marketselect.frozen import held_entries
from marketselect.values import (
    BYTES,
    is_gap,
    is_label,
    number_fault,
    said,
    to_number,
)

Labels = tuple[Hashable, ...]


def comparison_row(
    given: Any,
    what: str,
    *,
    least: float = 0.0,
    most: float = np.inf,
    needed: str,
    names: Labels | None = None,
) -> tuple[Labels | None, FloatArray]:
    """Return the names, or None, and the finite numbers of a row of ranks, points or judgements.

    Parameters
    ----------
    given : mapping or Series of numbers by name, or array_like of shape (n,)
    what : str
        Named in messages: ``rank of "legal" is nan``.
    least, most : float
        The numbers that are allowed.
    needed : str
        Says so.
    names : tuple, optional
        What messages call the numbers that have no names of their own.
    """
    labels, cells = _labels_and_cells(given, what)
    if not cells:
        raise InputError.of("empty", what, "nothing given", "at least one number is needed")
    called = labels or (names if names and len(names) == len(cells) else range(len(cells)))
    found = []
    for name, cell in zip(called, cells, strict=True):
        where, number = f'{what} of "{in_words(name)}"', to_number(cell)
        if fault := number_fault(cell, where):
            found.append(fault)
        elif not least <= number <= most:
            found.append(Fault("out-of-range", where, f"is {number:g}", needed))
    raise_faults(found, what, placed=True)
    return labels, np.array([to_number(cell) for cell in cells])


def _labels_and_cells(given: Any, what: str) -> tuple[Labels | None, list[Any]]:
    """Return the names, or None, and the cells of a row of ranks, points or judgements."""
    # A Series has items() as a mapping has; so has a frame, but these are its columns.
    if hasattr(given, "items") and not hasattr(given, "columns"):
        pairs = held_entries(given, what)
        return distinct_names((label for label, _ in pairs), what), [cell for _, cell in pairs]
    if not hasattr(given, "__len__") or is_a(given, (str, Set, *BYTES)):
        raise InputError.of(
            "missing" if given is None else "wrong-type",
            what,
            f"{said(given)} given",
            "give a list, or a mapping of names to numbers",
        )
    # As lists, in which what a mask hides is None.
    cells = given.tolist() if is_a(given, np.ndarray) else given
    shape = np.shape(np.asarray(cells, dtype=object))
    if len(shape) != 1:
        raise InputError.of(
            "wrong-shape", what, f"shape {shape} given", "one number for each name is needed"
        )
    return None, list(cells)


def distinct_names(names: Iterable[Any], what: str) -> Labels:
    """Return names of criteria or persons, or say which are missing, no names, or repeated."""
    labels = tuple(names)
    raise_faults(
        Fault(
            "missing", f"name {place}", f"is {said(label)}", "every name must be a text of its own"
        )
        for place, label in enumerate(labels)
        if is_gap(label) or not is_label(label)
    )
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise InputError.of(
            "duplicate", what, f"{listing(twice)} more than once", "every name must be there once"
        )
    return labels
