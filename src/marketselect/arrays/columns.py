"""Names of columns: what is given by name is put in the order of a matrix, or refused."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from marketselect.arrays.checks import Matrix
from marketselect.arrays.weights import is_weighting
from marketselect.errors import InputError, did_you_mean, is_a, listing
from marketselect.frozen import held_entries


def refuse_other_names(matrix: Matrix, weights: Any) -> None:
    """Refuse weights that have names of their own unless they are the columns', in one order.

    A Series, a frame (a batch, a vector a row) and the result of a weighting have names.
    """
    columns = matrix.columns
    if is_a(weights, Mapping):
        raise InputError.of(
            "wrong-type",
            "weights",
            f"is a {type(weights).__name__}",
            "give a list in the order of the matrix's "
            "columns: [weights[name] for name in matrix.columns]",
        )
    names = _own_names(weights)
    if names is not None and columns is not None and names != tuple(columns):
        series = (
            "pd.Series(weights.weights, weights.labels)" if is_weighting(weights) else "weights"
        )
        raise InputError.of(
            "wrong-order",
            "weights",
            f"are named {listing(names)} and the matrix's columns {listing(columns)}",
            f"give both in one order: {series}[matrix.columns]",
        )


def option_by_column(given: Any, what: str, matrix: Matrix) -> Any:
    """Return an option given by the names of a matrix's columns, in their order.

    Parameters
    ----------
    given : anything
        A mapping or Series by the names of the columns; anything else comes back as it is.
    what : str
        The option: directions, a threshold, a fixed point.
    """
    if given is None or (not is_a(given, Mapping) and _own_names(given) is None):
        return given
    named: dict[Hashable, Any] = {}
    for name, value in held_entries(given, what):
        if name in named:
            raise InputError.of("duplicate", what, f"has {listing([name])} twice", "give it once")
        named[name] = value
    # What has no names is known by its place.
    columns = range(matrix.criteria) if matrix.columns is None else matrix.columns
    if matrix.columns is None and set(named) != set(columns):
        raise InputError.of(
            "unknown-name",
            what,
            f"is given by name, {listing(named)}, and the matrix has no names",
            "give a list in the order of its columns, or a matrix that is a DataFrame",
        )
    known = set(columns)  # of names that cannot be compared, none is looked at but by its hash
    for name in named:
        if name not in known:
            raise InputError.of(
                "unknown-name",
                what,
                f"has {listing([name])}, which is no column of the matrix",
                f"its columns are {listing(columns)}.{did_you_mean(name, columns)}",
            )
    if missing := [name for name in columns if name not in named]:
        raise InputError.of(
            "missing-name", what, f"has nothing for {listing(missing)}", "name every column"
        )
    return [named[name] for name in columns]


def own_weights_in_order(
    found: Any,
    names: Sequence[Hashable] | None,
    what: str,
    labels: Sequence[Hashable] | None = None,
) -> Any:
    """Return weights or scores of one's own, in the order of the names given.

    Parameters
    ----------
    found : anything
        A Series, a frame (a batch) or a mapping has names of its own. Numbers from 0 are the places
        of what was given no names, and so are taken as they stand.
    names : sequence
    what : str
        What was found, for messages.
    labels : sequence, optional
        The names of what was found, if they stand beside it.
    """
    mapping = is_a(found, Mapping)
    given = labels or (tuple(found) if mapping else _own_names(found))
    if names is None or given is None:
        return found
    values = np.array(list(found.values()), dtype=object) if mapping else np.asarray(found)
    if list(given) == list(range(len(names))):
        return values
    wanted = set(names)
    if len(given) != len(names) or set(given) != wanted:
        odd = [name for name in given if name not in wanted] or list(given)
        raise InputError.of(
            "unknown-name",
            what,
            f"are named {listing(odd)}",
            f"name {listing(names)}, each once, or return an array in that order",
        )
    return values[..., [list(given).index(name) for name in names]]


def _own_names(values: Any) -> tuple[Hashable, ...] | None:
    """Return the names that weights or an option carry with them, None for what has none."""
    if type(values) is np.ndarray:
        return None
    if is_weighting(values):
        return values.labels
    if hasattr(values, "columns"):
        return tuple(values.columns)
    # A list has an `index`, too: only what pandas labels has `to_numpy` beside it.
    named = hasattr(values, "to_numpy") and hasattr(values, "index")
    return tuple(values.index) if named else None
