"""Large texts of the sources, read in one go by pandas' parser where every row is regular.

It is several times as fast as a reader in Python, and as exact for a plain number. What it would
take and `values` would not, and every row of another length than the header, is seen before or
after, and the file is then read row by row: the result is the same.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LARGE = 50_000  # bytes from which it is worth it
# Before pandas 3.1 a number was read to its last digit only where that was asked for.
EXACT: dict[str, Any] = (
    {}
    if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1)
    else {"float_precision": "round_trip"}
)
HEAD, TAIL = 40, 40  # records at both ends that are read one by one: titles, header, footers
QUOTE, NEWLINE = ord('"'), ord("\n")


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """A large text, and where its records are.

    Attributes
    ----------
    data, mark
        The bytes and the separator.
    starts
        Where each record begins, and at the end the length of all.
    lines
        The number of the last line of each record.
    parting
        Where in the bytes a separator parts two cells.
    """

    data: bytes
    mark: str
    starts: NDArray[np.int64]
    lines: NDArray[np.int64]
    parting: NDArray[np.bool_]

    @property
    def head(self) -> bytes:
        """The first records, as they are."""
        return self.data[: self.starts[HEAD]]

    @property
    def tail(self) -> tuple[bytes, int]:
        """The last records, and the number of the line before them."""
        return self.data[self.starts[-1 - TAIL] :], int(self.lines[-1 - TAIL])


def block_of(data: bytes, mark: str) -> Block | None:
    """Return a large text as a block, or None for one that is small or ends within a record."""
    if len(data) < LARGE:
        return None
    signs = np.frombuffer(data, dtype=np.uint8)
    outside = ~np.logical_xor.accumulate(signs == QUOTE)
    newlines = signs == NEWLINE
    ends = np.flatnonzero(newlines & outside) + 1
    if not len(ends) or ends[-1] != len(signs) or len(ends) <= HEAD + TAIL:
        return None
    within = np.count_nonzero(newlines) != len(ends)
    lines = np.searchsorted(np.flatnonzero(newlines) + 1, ends) if within else np.arange(len(ends))
    return Block(
        data=data,
        mark=mark,
        starts=np.concatenate([[0], ends]),
        lines=lines + 1,
        parting=(signs == ord(mark)) & outside,
    )


def block_columns(
    block: Block, header: int, last: int, width: int, values: set[int], missing: tuple[str, ...]
) -> list[Any] | None:
    """Return the columns between two lines, or None where a row or a cell is irregular.

    Parameters
    ----------
    block
        The text.
    header, last
        The lines of the header and of the last row.
    width
        How many cells a row has.
    values
        The places of the columns with numbers; all others are text.
    missing
        What is written where a value is missing.
    """
    first, end = (int(place) + 1 for place in np.searchsorted(block.lines, [header, last]))
    start, stop = block.starts[first], block.starts[end]
    lengths = np.diff(block.starts[first : end + 1])
    # A longer row stops the parser, so that with this many marks none is shorter.
    marks = np.count_nonzero(block.parting[start:stop])
    if marks != (width - 1) * (end - first) or (lengths <= width + 1).any():
        return None
    gaps: dict[Any, list[str]] = {place: ["", *missing] for place in values}
    try:
        frame = pd.read_csv(
            io.BytesIO(block.data[start:stop]),
            sep=block.mark,
            header=None,
            dtype=dict.fromkeys(set(range(width)) - values, object),
            keep_default_na=False,
            na_values=gaps,
            low_memory=False,
            **EXACT,
        )
    except (pd.errors.ParserError, UnicodeDecodeError):
        return None
    if frame.shape != (end - first, width):
        return None
    places = sorted(values)
    columns: dict[int, Any] = {place: frame[place].tolist() for place in set(range(width)) - values}
    if {dtype.kind for place, dtype in enumerate(frame.dtypes) if place in values} <= {"f", "i"}:
        floats = frame[places].to_numpy(dtype=np.float64)
        columns |= dict(zip(places, floats.T, strict=True))
    else:
        columns |= {place: column_of(frame[place]) for place in places}
    found = [columns[place] for place in range(width)]
    return None if any(column is None or is_infinite(column) for column in found) else found


def column_of(cells: "pd.Series[Any]") -> Any:
    """Return a column as an array of numbers or a list of texts, or None if it is neither."""
    if cells.dtype.kind in "fi":
        return cells.to_numpy(dtype=np.float64)
    texts = cells.astype(object).where(cells.notna(), "").tolist()
    return texts if all(isinstance(text, str) for text in texts) else None


def is_infinite(column: Any) -> bool:
    """Return whether a column of numbers holds an infinite one: inf, or 1e999."""
    return isinstance(column, np.ndarray) and bool(np.isinf(column).any())
