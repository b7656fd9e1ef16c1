"""Pairwise comparisons as they are given -> a checked reciprocal matrix with its gaps.

A comparison says how many times the row matters as much as the column. One side of the diagonal
is enough, a number may be the text "1/3", and an empty cell is a comparison not made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError, is_a, listing, raise_faults
from marketselect.frozen import held_entries
from marketselect.tables.schemas import validated
from marketselect.values import (
    LARGEST_RATIO,
    RECIPROCAL,
    is_gap,
    is_ratio,
    no_number,
    said,
    to_ratio,
    within_scales,
)
from marketselect.weighting.pairwise._rows import Labels, distinct_names

# The keys of a `[[judgement]]` table, in the order of a sentence.
KEYS = ("more", "less", "ratio")


@dataclass(frozen=True, kw_only=True, eq=False)
class ComparisonMatrix:
    """A reciprocal matrix, NaN where a pair was not compared."""

    labels: Labels | None
    values: FloatArray  # (n, n)

    @property
    def names(self) -> Labels:
        """Return the labels, or the places 0, 1, 2 and so on where there are none."""
        return tuple(range(len(self.values))) if self.labels is None else self.labels

    def in_order(self, names: Labels) -> "ComparisonMatrix":
        """Return the same comparisons with the elements in another order, by name."""
        places = [self.names.index(name) for name in names]
        labels = None if self.labels is None else names
        return ComparisonMatrix(labels=labels, values=self.values[np.ix_(places, places)])


def read_comparisons(comparisons: Any) -> ComparisonMatrix:
    """Return comparisons of any accepted form as a checked reciprocal matrix."""
    if is_comparison_frame(comparisons):
        return _from_frame(comparisons)
    # As lists, in which what a mask hides is None.
    given = comparisons.tolist() if is_a(comparisons, np.ndarray) else comparisons
    if is_a(given, (list, tuple)):
        rows = [_as_sentence(row) for row in given]
        tables = any(is_a(row, Mapping) for row in given)
        if tables or any(_is_sentence(row) for row in rows) or _only_sentences(rows):
            return _from_sentences(rows)
    grid = _square(given)
    names = tuple(range(len(grid)))
    values = np.array([[to_ratio(cell) for cell in row] for row in grid])
    right = within_scales(values)
    np.fill_diagonal(right, values.diagonal() == 1)
    if not right.all():
        _refuse_cells(grid, names, ~right)
    return ComparisonMatrix(labels=None, values=_reciprocal(values, names))


def _refuse_cells(grid: list[list[Any]], names: Labels, doubtful: "np.ndarray[Any, Any]") -> None:
    """Refuse those doubtful cells of pairwise comparisons that are no ratio and not empty."""
    raise_faults(
        fault
        for i, j in np.argwhere(doubtful).tolist()
        if (
            fault := _own_fault(grid[i][i], names, i)
            if i == j
            else _ratio_fault(grid[i][j], names, i, j)
        )
    )


def is_comparison_frame(given: object) -> bool:
    """Return whether pairwise comparisons have names for their rows and their columns."""
    return hasattr(given, "index") and hasattr(given, "columns")


def _as_sentence(row: Any) -> Any:
    """Return a [[judgement]] table, {"more": "a", "less": "b", "ratio": 3}, as a sentence."""
    if not is_a(row, Mapping):
        return row
    row = dict(held_entries(row, "a judgement"))
    if set(row) != set(KEYS):
        raise InputError.of(
            "wrong-form",
            "a judgement",
            f"has the keys {listing(row)}",
            f"it needs {listing(KEYS)} and no other: the judgements of one group at a time",
        )
    return tuple(row[key] for key in KEYS)


def _is_sentence(row: Any) -> bool:
    """Say whether a row is ("economic", "social", 3): two names and a ratio."""
    return _has_two_texts(row) and not any(_is_ratio_or_gap(word) for word in row[:2])


def _only_sentences(rows: list[Any]) -> bool:
    """Say whether rows whose names look like numbers, ("2024", "2025", 3), are no matrix.

    Three of them may be one. A name with a slash in it would be a ratio.
    """
    return len(rows) not in (0, 3) and all(
        _has_two_texts(row) and not any("/" in word for word in row[:2]) for row in rows
    )


def _has_two_texts(row: Any) -> bool:
    """Say whether a pairwise comparison begins with two texts, and has three entries."""
    return is_a(row, (list, tuple)) and len(row) == 3 and all(is_a(word, str) for word in row[:2])


def _is_ratio_or_gap(text: str) -> bool:
    """Say whether a text is a cell of a comparison matrix; "inf" may be a name."""
    return is_gap(text) or bool(np.isfinite(to_ratio(text)))


def _from_sentences(sentences: Sequence[Any]) -> ComparisonMatrix:
    """Return the comparison matrix of sentences: two names and a ratio each."""
    for place, sentence in enumerate(sentences):
        if not _has_two_texts(sentence):
            raise InputError.of(
                "wrong-form",
                f"comparisons[{place}]",
                f"is {said(sentence)}",
                'every sentence must be two names and a ratio, such as ("economic", "social", 3)',
            )
    every = dict.fromkeys(name for more, less, _ in sentences for name in (more, less))
    labels = distinct_names(every, "comparisons")
    places = {name: place for place, name in enumerate(labels)}
    values = np.full((len(labels), len(labels)), np.nan)
    found = []
    for more, less, given in sentences:
        i, j = places[more], places[less]
        if i == j or not np.isnan(values[i, j]) or not np.isnan(values[j, i]):
            twice = f"are compared {'with itself' if i == j else 'twice'}"
            found.append(Fault("duplicate", f'"{more}" and "{less}"', twice, "keep one comparison"))
        elif is_gap(given):
            needed = "a sentence needs a ratio: leave out a pair that was not compared"
            found.append(Fault("missing", _place(labels, i, j), f"is {said(given)}", needed))
        elif fault := _ratio_fault(given, labels, i, j):
            found.append(fault)
        values[i, j] = to_ratio(given)
    raise_faults(found)
    return ComparisonMatrix(labels=labels, values=_reciprocal(values, labels))


def _from_frame(frame: Any) -> ComparisonMatrix:
    """Return a frame's pairwise comparisons: the public model reads, we say what it refuses."""
    from marketselect.tables.contracts import Comparisons as Contract

    rows, columns = (distinct_names(names, "comparisons") for names in (frame.index, frame.columns))
    apart = [label for label in (*rows, *columns) if (label in rows) != (label in columns)]
    if apart:
        raise InputError.of(
            "missing-name",
            "rows and columns of the comparisons differ",
            f"{listing(apart)} on one side only",
            "label both alike",
        )
    places = [columns.index(label) for label in rows]
    grid = [[row[place] for place in places] for row in _square(frame)]
    names = pd.Index(rows, tupleize_cols=False, dtype=object)
    read, failed = validated(Contract, pd.DataFrame(grid, names, names, dtype=object))
    refused = np.zeros((len(rows), len(rows)), dtype=bool)
    for kind, found in failed.items():
        if kind.check in ("ratio", "diagonal"):
            refused.T.flat[found] = True  # counted column by column
    _refuse_cells(grid, rows, refused)
    return ComparisonMatrix(labels=rows, values=_reciprocal(read.to_numpy(dtype=np.float64), rows))


def _square(comparisons: Any) -> list[list[Any]]:
    """Return the cells of a square of pairwise comparisons, or refuse another shape."""
    try:
        cells = np.asarray(comparisons, dtype=object)
    except ValueError:
        cells = np.empty(0, dtype=object)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or not cells.size:
        raise InputError.of(
            "wrong-shape",
            "comparisons",
            f"have shape {cells.shape}",
            "a square matrix is needed, a row and a column for each element",
        )
    grid: list[list[Any]] = cells.tolist()
    return grid


def _place(names: Labels, i: int, j: int) -> str:
    """Return how a message calls the comparison of one element with another."""
    return f'comparison of "{names[i]}" with "{names[j]}"'


def _ratio_fault(cell: Any, names: Labels, i: int, j: int) -> Fault | None:
    """Return why a cell of pairwise comparisons is neither a ratio nor empty."""
    if is_gap(cell) or is_ratio(cell):
        return None
    where, got = _place(names, i, j), f"is {said(cell)}"
    if (code := no_number(cell, to_ratio)) == "not-a-number":
        return Fault(code, where, got, 'give a number, or a text such as "1/3"')
    return Fault(
        code or "out-of-range",
        where,
        got,
        f"a ratio above zero and not beyond {LARGEST_RATIO:g} or its reciprocal is needed: 1 for "
        'equal, 3 for three times as important, "1/3" for the other way round',
    )


def _own_fault(cell: Any, names: Labels, i: int) -> Fault | None:
    """Return why a cell on the diagonal of pairwise comparisons is neither 1 nor empty."""
    if is_gap(cell) or to_ratio(cell) == 1:
        return None
    sentences = (
        '. Sentences whose names look like numbers are told by their keys: {"more": "2024", '
        '"less": "2025", "ratio": 3}'
    )
    hint = sentences if is_a(cell, str) and len(names) == 3 else ""
    where = _place(names, i, i)
    code = no_number(cell, to_ratio) or "out-of-range"
    return Fault(code, where, f"is {said(cell)}", f"the diagonal must be 1{hint}")


def _reciprocal(values: FloatArray, names: Labels) -> FloatArray:
    """Check both sides of pairwise comparisons, fill one from the other, make them agree."""
    given, filled, found = values.tolist(), values.copy(), []
    np.fill_diagonal(filled, 1.0)
    for i, j in compared_pairs(len(given)):
        there, back = given[i][j], given[j][i]
        if abs(there * back - 1.0) > RECIPROCAL:
            got = f"is {there:.6g} and the other way round {back:.6g}"
            remedy = 'they must be reciprocal: leave one empty, or write fractions such as "1/3"'
            found.append(Fault("contradiction", _place(names, i, j), got, remedy))
        # The side of at least one is the judgement, the other its rounded reciprocal.
        keep_back = np.isnan(there) or back > there
        ratio = 1.0 / back if keep_back else there
        filled[i, j], filled[j, i] = ratio, back if keep_back else 1.0 / ratio
    raise_faults(found)
    return filled


def compared_pairs(n: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs to compare, above the diagonal of an n x n matrix, row by row."""
    return ((i, j) for i in range(n) for j in range(i + 1, n))
