"""Long texts, read in one go where every row is regular.

Both ends of a text tell what it is. What stands between them is parted column by column, and the
numbers of a large one are read by pandas' parser, several times as fast as one by one and as exact
for a plain number. What it would take and `values` would not, and every row of another length than
the header, is seen before or after, and the text is then read row by row: the result is the same.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.tables.cells import Trimmed, cell_texts

LARGE = 50_000  # bytes from which pandas' parser is worth it
# Before pandas 3.1 a number was read to its last digit only where that was asked for.
EXACT: dict[str, Any] = (
    {}
    if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1)
    else {"float_precision": "round_trip"}
)
HEAD, TAIL = 40, 40  # records at both ends that are read one by one: titles, header, footers
PLAIN = bytes([*b"\t\n\r", *range(ord(" "), ord("~") + 1)])
QUOTE, NEWLINE = ord('"'), ord("\n")


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """A text, and where its records are.

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

    @cached_property
    def clean(self) -> bool:
        """Whether it is of plain English signs, none of which steers a terminal."""
        return not self.data.translate(None, PLAIN)

    @property
    def head(self) -> bytes:
        """The first records, as they are."""
        return self.data[: self.starts[HEAD]]

    @property
    def tail(self) -> tuple[bytes, int]:
        """The last records, and the number of the line before them."""
        return self.data[self.starts[-1 - TAIL] :], int(self.lines[-1 - TAIL])


def block_of(data: bytes, mark: str) -> Block | None:
    """Return a text as a block, or None for one that is short or ends within a record."""
    signs = np.frombuffer(data, dtype=np.uint8)
    newlines, parting = signs == NEWLINE, signs == ord(mark)
    breaks = ends = np.flatnonzero(newlines) + 1
    if b'"' in data:
        outside = ~odd_quotes_so_far(signs == QUOTE)
        ends, parting = np.flatnonzero(newlines & outside) + 1, parting & outside
    if len(ends) <= HEAD + TAIL or ends[-1] != len(signs):
        return None
    within = len(breaks) != len(ends)
    starts = np.zeros(len(ends) + 1, dtype=np.int64)
    starts[1:] = ends
    return Block(
        data=data,
        mark=mark,
        starts=starts,
        lines=np.searchsorted(breaks, ends) + 1 if within else np.arange(1, len(ends) + 1),
        parting=parting,
    )


def odd_quotes_so_far(marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return for each byte of a CSV text whether the quotes up to it are odd in number.

    Eight places are counted at once, six times as fast as `np.logical_xor.accumulate`.

    Examples
    --------
    >>> odd_quotes_so_far(np.array([False, True, False, True, False])).tolist()
    [False, True, True, False, False]
    """
    runs = np.packbits(marks)
    for width in (1, 2, 4):
        runs ^= runs >> width
    odd = runs & 1
    before = np.bitwise_xor.accumulate(odd) ^ odd
    return np.unpackbits(runs ^ (before * 255), count=len(marks)).view(np.bool_)


def records_of(block: Block, lines: tuple[int, int], width: int) -> NDArray[np.int64] | None:
    """Return where the records below the first of two lines begin, and where the last ends.

    None if one cannot have as many cells as the header, or may be blank.
    """
    first, end = np.searchsorted(block.lines, lines).tolist()
    starts = block.starts[first + 1 : end + 2]
    return None if len(starts) < 2 or (starts[1:] - starts[:-1]).min() <= width + 1 else starts


def block_texts(block: Block, lines: tuple[int, int], width: int) -> list[list[str]] | None:
    """Return the columns below the first of two lines as texts, None where a row is irregular."""
    starts = records_of(block, lines, width)
    if starts is None:
        return None
    mark, count = block.mark, len(starts) - 1
    text = block.data[starts[0] : starts[-1]].decode()
    plain = text.replace("\r\n", "\n") if "\r" in text else text
    if '"' not in plain and "\r" not in plain and are_short(starts):
        cells = plain.replace("\n", f"{mark}\n{mark}").split(mark)
        kind = Trimmed if block.clean and is_tight_csv(plain, mark) else list
        *columns, ends = (kind(cells[place : -1 : width + 1]) for place in range(width + 1))
        if len(cells) != (width + 1) * count + 1 or ends.count("\n") != count:
            return None  # a row has more cells than the header, or less
        return None if has_blank_record(columns) else columns
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        return None
    if len(rows) != count or {len(row) for row in rows} != {width}:
        return None
    columns = list(map(list, zip(*rows, strict=True)))
    return None if has_blank_record(columns) else columns


def are_short(starts: NDArray[np.int64]) -> bool:
    """Return whether no record is as long as a cell may be at most for a CSV reader."""
    longest = csv.field_size_limit()
    return bool(starts[-1] - starts[0] < longest or np.diff(starts).max() < longest)


def is_tight_csv(text: str, mark: str) -> bool:
    """Return whether no cell of a clean CSV text has blanks around it."""
    if mark != "\t" and "\t" in text:
        return False
    edges = (f" {mark}", f"{mark} ", " \n", "\n ")
    return " " not in text or not (text[0] == " " or any(edge in text for edge in edges))


def has_blank_record(columns: Sequence[Any]) -> bool:
    """Return whether a record of a CSV text has no text: it may be blank."""
    texts = [column for column in columns if isinstance(column, list)]
    if not texts or all(cell_texts(texts[0])):
        return False
    return any(not "".join(cells).strip() for cells in zip(*texts, strict=True))


def block_columns(
    block: Block, lines: tuple[int, int], width: int, values: set[int], missing: tuple[str, ...]
) -> list[Any] | None:
    """Return the columns below the first of two lines, or None where a row or cell is irregular.

    Parameters
    ----------
    block
        The text.
    lines
        Those of the header and of the last row.
    width
        How many cells a row has.
    values
        The places of the columns with numbers; all others are text.
    missing
        What is written where a value is missing.
    """
    if len(block.data) < LARGE:
        return block_texts(block, lines, width)
    starts = records_of(block, lines, width)
    if starts is None:
        return None
    start, stop, count = starts[0], starts[-1], len(starts) - 1
    # A longer row stops the parser, so that with this many marks none is shorter.
    if np.count_nonzero(block.parting[start:stop]) != (width - 1) * count:
        return None
    names = set(range(width)) - values
    gaps: dict[Any, list[str]] = {place: ["", *missing] for place in values}

    def parsed(**kinds: Any) -> pd.DataFrame:
        found: pd.DataFrame = pd.read_csv(
            io.BytesIO(block.data[start:stop]),
            sep=block.mark,
            header=None,
            keep_default_na=False,
            na_values=gaps,
            low_memory=False,
            **EXACT,
            **kinds,
        )
        return found

    try:
        frame = parsed()  # which is faster where no kind is asked for
        if any(dtype.kind in "biuf" for place, dtype in frame.dtypes.items() if place in names):
            frame = parsed(dtype=dict.fromkeys(names, object))  # codes of digits are texts
    except (pd.errors.ParserError, UnicodeDecodeError):
        return None
    if frame.shape != (count, width):
        return None
    places = sorted(values)
    columns: dict[int, Any] = {place: frame[place].tolist() for place in names}
    if {dtype.kind for place, dtype in enumerate(frame.dtypes) if place in values} <= {"f", "i"}:
        floats = np.ascontiguousarray(frame[places].to_numpy(dtype=np.float64).T)
        if np.isinf(floats).any():  # inf, or 1e999
            return None
        columns |= dict(zip(places, floats, strict=True))
    else:
        columns |= {place: block_column(frame[place]) for place in places}
    every = [columns[place] for place in range(width)]
    return None if any(column is None for column in every) or has_blank_record(every) else every


def block_column(cells: "pd.Series[Any]") -> Any:
    """Return a column as finite numbers or a list of texts, or None if it is neither."""
    if cells.dtype.kind in "fi":
        numbers = cells.to_numpy(dtype=np.float64)
        return None if np.isinf(numbers).any() else numbers
    texts = cells.astype(object).where(cells.notna(), "").tolist()
    return texts if all(isinstance(text, str) for text in texts) else None
