"""How errors go together: correlations or covariances of indicators, checked and by their names."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, float_matrix, refuse_non_finite
from marketselect.dataframes import as_frame, is_table
from marketselect.errors import InputError, did_you_mean, listing
from marketselect.values import TIE, can_be_listed, held_by_scalar, number_in

ROUNDED = 1e-8  # what printed correlations may lack to be a square that can hold


def indicator_correlations(given: Any, codes: Sequence[str]) -> FloatArray:
    """Return how the errors of some indicators go together, shape (codes, codes).

    Parameters
    ----------
    given : float, DataFrame or array_like
        One number for each pair; a square frame by codes, where one that is left out goes with
        none; or a square array in the order of the codes.
    codes : sequence of str
        The indicators whose values are drawn.
    """
    where, count = "correlation", len(codes)
    if not is_table(given) and not can_be_listed(held_by_scalar(given)):
        return one_correlation(given, count)
    if is_table(given):
        names, square = correlation_by_code(given, where, codes)
    else:
        names, square = list(codes), float_matrix(given, where)
        if square.shape != (count, count):
            raise InputError.of(
                "wrong-shape", where, f"has shape {square.shape}",
                f"({count}, {count}) is needed, in the order of {listing(codes, 99)}; or a frame "
                "by these codes",
            )  # fmt: skip
    refuse_uneven(square, names, where)
    for i in np.flatnonzero(np.abs(np.diag(square) - 1) > ROUNDED).tolist():
        got = f"is {square[i, i]:g}"
        remedy = "1 is needed there; give covariances as covariance"
        raise InputError.of("out-of-range", correlation_place(where, names, i, i), got, remedy)
    for i, j in np.argwhere(np.abs(square) > 1 + TIE).tolist():
        got = f"is {square[i, j]:g}"
        remedy = "a number from -1 to 1 is needed"
        raise InputError.of("out-of-range", correlation_place(where, names, i, j), got, remedy)
    refuse_impossible(square, names, where)
    whole = np.eye(count)
    places = [codes.index(name) for name in names]
    whole[np.ix_(places, places)] = square
    return whole


def one_correlation(given: Any, count: int) -> FloatArray:
    """Return one correlation of errors for each pair of so many indicators."""
    least = -1.0 if count < 2 else -1 / (count - 1)
    number = number_in(
        given, "correlation", f"a number from {least:.3g} to 1 is needed: all pairs of {count} "
        "cannot go against each other more", least, 1.0,
    )  # fmt: skip
    square = np.full((count, count), number)
    np.fill_diagonal(square, 1.0)
    return square


def covariance_square(given: Any, codes: Sequence[str]) -> tuple[list[str], FloatArray]:
    """Return the indicators of a covariance of errors and its square, by framework codes."""
    where = "covariance"
    if not is_table(given):
        raise InputError.of("wrong-type", where, f"got {type(given).__name__}",
                            "a square frame by the codes of indicators is needed")  # fmt: skip
    names, square = correlation_by_code(given, where, codes)
    refuse_uneven(square, names, where)
    for i in np.flatnonzero(np.diag(square) < 0).tolist():
        got = f"is {square[i, i]:g}"
        raise InputError.of(
            "out-of-range", correlation_place(where, names, i, i), got, "a variance is 0 or more"
        )
    refuse_impossible(square, names, where)
    return names, square


def correlation_by_code(
    given: Any, where: str, codes: Sequence[str]
) -> tuple[list[str], FloatArray]:
    """Return names and numbers of a frame of how errors go together, rows as columns."""
    frame = as_frame(given, where)
    names = list(frame.columns)
    if not names:
        raise InputError.of("empty", where, "has no indicator", "name at least one")
    if len(frame) != len(names):
        got = f"has {len(frame)} rows and {len(names)} columns"
        raise InputError.of("wrong-shape", where, got, "a square is needed, by the same codes")
    # A table of another library has no labels for its rows: they stand in the order of the columns.
    plain = isinstance(frame.index, pd.RangeIndex) and not isinstance(frame.columns, pd.RangeIndex)
    rows = names if plain else list(frame.index)
    known = set(codes)  # of names that cannot be compared none is looked at but by its hash
    for axis in (names, rows):
        if twice := [name for name, found in Counter(axis).items() if found > 1]:
            raise InputError.of("duplicate", where, f"has {listing(twice)} twice", "name it once")
    if unknown := [name for name in [*names, *rows] if name not in known]:
        raise InputError.of(
            "unknown-name", where, f"has {listing(dict.fromkeys(unknown))}, whose values are not "
            "drawn" if where == "correlation" else f"has {listing(dict.fromkeys(unknown))}, which "
            "is no indicator", f"name some of {listing(codes, 99)}."
            f"{did_you_mean(unknown[0], codes)}",
        )  # fmt: skip
    if set(names) != set(rows):
        raise InputError.of("wrong-shape", where, "has other rows than columns",
                            "a square frame is needed, by the same codes")  # fmt: skip
    ordered = pd.DataFrame(frame.to_numpy(), rows, names).loc[names]
    square = float_matrix(ordered, where)
    refuse_non_finite(square, where, given=ordered, remedy="give 0 to a pair that goes with none")
    return names, square


def refuse_uneven(square: FloatArray, names: Sequence[str], where: str) -> None:
    """Refuse a square of how errors go together if it is not symmetric, or not finite."""
    refuse_non_finite(square, where, remedy="give 0 to a pair that goes with none")
    scale = np.abs(square).max(initial=0.0)
    for i, j in np.argwhere(np.abs(square - square.T) > ROUNDED * scale).tolist():
        got = f"is {square[i, j]:g}, and the other way round {square[j, i]:g}"
        raise InputError.of(
            "contradiction", correlation_place(where, names, i, j), got, "give both alike"
        )


def refuse_impossible(square: FloatArray, names: Sequence[str], where: str) -> None:
    """Refuse correlations of errors that are not positive semidefinite, naming some."""
    places = list(range(len(names)))
    if positive_semidefinite(square):
        return
    for place in list(places):  # deletion filter: each that is left is needed
        others = [i for i in places if i != place]
        if others and not positive_semidefinite(square[np.ix_(others, others)]):
            places = others
    some = listing([names[i] for i in places], 99)
    raise InputError.of(
        "contradiction", f"{where} of {some}", "is not positive semidefinite",
        "these numbers cannot hold together: bring them nearer to 0",
    )  # fmt: skip


def positive_semidefinite(square: FloatArray) -> bool:
    """Return whether a square of how errors go together is positive semidefinite."""
    scale = np.abs(square).max()
    return scale == 0 or bool(np.linalg.eigvalsh(square / scale).min() >= -ROUNDED)


def correlation_place(where: str, names: Sequence[str], i: int, j: int) -> str:
    """Return how messages call an entry of a square of how errors go together."""
    return f'{where} of "{names[i]}" and "{names[j]}"'


def symmetric_root(square: FloatArray) -> FloatArray:
    """Return the symmetric root of errors' correlations: independent draws are mixed by it."""
    size, turned = np.linalg.eigh(square)
    return np.asarray((turned * np.sqrt(np.maximum(size, 0.0))) @ turned.T)
