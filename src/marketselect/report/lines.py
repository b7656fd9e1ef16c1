"""Text in columns and lines: how wide it is on a terminal, what fits there, and CSV.

Text from data is cleaned of control signs before it is shown: a label must not move the cursor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from marketselect.errors import clean
from marketselect.width import breadth, cut_to_width
from marketselect.words import joined_words

if TYPE_CHECKING:
    import pandas as pd

APART = "  "  # what stands between two columns
LEAST_WRAPPED = 20  # columns of a terminal that a text is wrapped into, at least


def wrapped_lines(text: str, width: int, indent: str = "", later: str | None = None) -> str:
    """Return a text in lines of a width, broken between words; a longer word stands alone."""
    lines, line = [], ""
    for word in clean(text).split():
        if not line:
            line = f"{indent}{word}"
        elif breadth(line) + 1 + breadth(word) <= width:
            line += f" {word}"
        else:
            lines.append(line)
            line = f"{indent if later is None else later}{word}"
    return "\n".join([*lines, line])


def rows_in_rooms(rows: Iterable[Sequence[object]], rooms: Mapping[int, int]) -> list[list[str]]:
    """Return a terminal table's rows; a cell wider than its room goes on in a row below."""
    found = []
    for row in rows:
        cells = [
            wrapped_lines(str(cell), rooms[n]).split("\n") if n in rooms else [str(cell)]
            for n, cell in enumerate(row)
        ]
        found += [list(line) for line in zip_longest(*cells, fillvalue="")]
    return found


def text_table(
    rows: Sequence[Sequence[object]],
    header: Sequence[str] = (),
    *,
    right: Collection[int] = (),
    width: int | None = None,
    wrapped: bool = False,
) -> str:
    """Return rows under a header in a terminal's columns; those in `right` end at one place.

    With `width` a longer line is cut there, or its last column goes on below itself if `wrapped`.
    """
    cells = [[clean(cell) for cell in row] for row in ([header, *rows] if header else rows)]
    widths = [max(map(breadth, column)) for column in zip(*cells, strict=True)]
    start = sum(widths[:-1]) + len(APART) * (len(widths) - 1)
    lines = []
    for row in cells:
        padded = [
            (" " * (full - breadth(cell)) + cell)
            if n in right
            else cell + " " * (full - breadth(cell))
            for n, (cell, full) in enumerate(zip(row, widths, strict=True))
        ]
        line = APART.join(padded).rstrip()
        if width is None or breadth(line) <= width:
            lines.append(line)
        elif wrapped:
            room = max(width - start, LEAST_WRAPPED)
            parts = wrapped_lines(row[-1], room).split("\n")
            lines += [APART.join([*padded[:-1], parts[0]])]
            lines += [" " * start + part for part in parts[1:]]
        else:
            lines.append(cut_to_width(line, width))
    return "\n".join(lines)


def fitted_table(
    rows: Sequence[Sequence[object]],
    header: Sequence[str],
    *,
    right: Collection[int],
    width: int | None,
    least: Iterable[int],
    instead: str,
) -> str:
    """Return a table of the columns that a width has room for, and a word on the others.

    Parameters
    ----------
    rows, header, right
        As for `text_table`.
    width : int, optional
        Of the screen; None: all columns are shown.
    least : iterable of int
        The places of columns that may go, the least important first.
    instead : str
        Where all of them are.
    """
    kept = list(range(len(header)))
    if width is not None and rows:
        columns = zip(header, *rows, strict=True)
        needed = [max(breadth(clean(cell)) for cell in column) for column in columns]
        for place in least:
            if sum(needed[n] + len(APART) for n in kept) - len(APART) <= width:
                break
            kept.remove(place)
    table = text_table(
        [[row[n] for n in kept] for row in rows],
        [header[n] for n in kept],
        right=[place for place, n in enumerate(kept) if n in right],
        width=width,
    )
    gone = [name for n, name in enumerate(header) if n not in kept]
    if width is None or not gone:
        return table
    return f"{table}\n{wrapped_lines(f'no room for {joined_words(gone)}: {instead}', width)}"


def csv_of_ranking(frame: pd.DataFrame) -> str:
    """Return what the command line prints as a table as CSV in full precision."""
    return frame.to_csv(index=False, lineterminator="\n")
