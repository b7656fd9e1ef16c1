"""How people and programs write numbers: decimal marks, thousands, minus signs.

A whole file is looked at before a mark is read: "1,5" is a decimal comma wherever it stands, and
"1.234.567" can only be thousands, but "3.412" is either. What the rest of the file does not settle
is refused with the cells.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import repeat
from operator import contains
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError
from marketselect.values import PLAIN_NUMBER, is_gap, to_number

NAN = float("nan")
MINUS = "\N{MINUS SIGN}"
BLANKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
GROUPS = rf"[{BLANKS}'\N{{RIGHT SINGLE QUOTATION MARK}}]"
SHOWN = 4
LONG = 16  # signs: where numbers have more on average, most have more digits than a float holds
EXACT = 2**53  # below it a float holds every whole number
POWERS = np.array([float(10**power) for power in range(23)])  # which are the float's own
FEW = 10  # cells that are looked at before all others

# Numbers with marks, the sign and the blanks around them taken off.
SPACED = re.compile(rf"\d{{1,3}}({GROUPS}\d{{3}})+(?P<rest>[.,]\d+)?")
MARKED = re.compile(r"\d*(?:[.,]\d*)+", re.ASCII)
GROUPED = {mark: re.compile(rf"[1-9]\d{{0,2}}({re.escape(mark)}\d{{3}})+") for mark in ".,"}
LIKE = re.compile(r"\W{0,2}\s?\d[\d.,]*\s?\W{0,2}")
OTHER = {".": ",", ",": "."}

Cells = Any
"""A list of cells, or an array of numbers that were read already."""
Columns = Sequence[tuple[str, Cells]]


def read_number_columns(
    columns: Columns,
    decimal: str | None,
    otherwise: str | None = None,
    *,
    semicolons: bool = False,
) -> tuple[list[FloatArray | list[Any]], str | None]:
    """Return each column as numbers where all its cells are, and the mark of decimals it took.

    Parameters
    ----------
    columns : sequence of (str, sequence)
        Names and cells.
    decimal : str or None
        "." or ","; None: what the columns show together.
    otherwise : str, optional
        What it is where they show nothing.
    semicolons : bool
        Whether semicolons part the cells, as they do where decimals are by a comma: then "83.200"
        may be thousands.

    Returns
    -------
    list of array or list, and str or None
        A column in which a filled cell is no number comes back as it was, its numbers made plain.
        The mark is None where no cell has one that had to be read.
    """
    quick = [fast_floats(cells) for _, cells in columns]
    unread = [column for column, found in zip(columns, quick, strict=True) if found is None]
    pointed = [
        column
        for column, found in zip(columns, quick, strict=True)
        if found is not None and has_point(column[1])
    ]
    mark = decimal or decimal_mark(unread, pointed) or otherwise
    if mark is None:
        either = semicolons and not any(map(has_sure_point, pointed))
        unsure = [column for column in pointed if not has_ungrouped(texts_at_top(column))]
        refuse_doubtful([*unread, *unsure], either=either)
    again = {name for name, _ in unread} | ({name for name, _ in pointed} if mark == "," else set())
    read = [
        found if found is not None and name not in again else float_cells(name, cells, mark or ".")
        for (name, cells), found in zip(columns, quick, strict=True)
    ]
    return read, mark


def fast_floats(cells: Cells) -> FloatArray | None:
    """Return a file's cells as numbers, NaN where empty, None if one is neither; fast.

    Nothing that `float` takes and `values` does not may pass: "1_000", "nan", "inf".
    """
    if isinstance(cells, np.ndarray):
        return cells
    try:
        joined = "".join(cells)
    except TypeError:  # not text alone
        numbers = [NAN if cell is None else to_number(cell) for cell in cells]
        found = np.array(numbers, dtype=np.float64)
        unread = (cell for cell, gap in zip(cells, np.isnan(found), strict=True) if gap)
        return found if all(map(is_gap, unread)) else None
    if not joined.isascii() or "_" in joined or "n" in joined or "N" in joined:
        return None
    if (quick := fast_decimals(cells, joined)) is not None:
        return quick
    with suppress(ValueError):  # of a gap, in most cases
        return np.fromiter(map(float, cells), np.float64, len(cells))
    try:
        return np.array([float(cell) if cell else NAN for cell in cells])
    except ValueError:
        if not all(is_gap(cell) or PLAIN_NUMBER.fullmatch(cell.strip()) for cell in cells):
            return None
        return np.array([to_number(cell) for cell in cells])


def fast_decimals(cells: Sequence[str], joined: str) -> FloatArray | None:
    """Return a file's decimals as numbers, None where one is of another form or long.

    The digits are divided by a power of ten. Both are whole numbers that floats hold exactly, so
    that the quotient is the float nearest to what is written, as `float` gives it, in less than
    half of its time: Clinger (1990), PLDI '90, 92-101.

    Examples
    --------
    >>> fast_decimals(["0.1", "12.50"], "0.112.50").tolist(), fast_decimals(["0.1", "7"], "0.17")
    ([0.1, 12.5], None)
    """
    count = len(cells)
    if len(joined) > LONG * count:
        return None
    lines = "\n".join(cells) + "\n"
    digits = lines.replace(".", "")
    bare = digits.encode().translate(None, b"0123456789")
    if len(lines) - len(digits) != count or bare != b"\n" * count or "\n\n" in f"\n{digits}":
        return None  # the last of a point alone
    signs = np.frombuffer(lines.encode(), dtype=np.uint8)
    point, end = np.flatnonzero(signs < ord("0")).reshape(-1, 2).T
    whole, behind = np.fromstring(digits, dtype=np.int64, sep="\n"), end - point - 1
    twice = (signs[end] != ord("\n")).any()  # points in one cell, none in another
    if twice or whole.max() >= EXACT or behind.max() >= len(POWERS):
        return None
    found: FloatArray = whole / POWERS[behind]
    return found


def has_point(cells: Cells) -> bool:
    """Return whether a point stands in any cell of a file's column."""
    return not isinstance(cells, np.ndarray) and "." in texts_among(cells)[1]


def texts_among(cells: Cells) -> tuple[Sequence[str], str]:
    """Return the texts among some cells of a file, and what they are together."""
    try:
        return cells, "".join(cells)
    except TypeError:
        texts = [cell for cell in cells if isinstance(cell, str)]
        return texts, "".join(texts)


def has_mark(column: tuple[str, Cells]) -> bool:
    """Return whether a column has a number with a mark that has to be read."""
    return any(MARKED.fullmatch(bare_numeral(cell)) for cell in column[1])


def has_sure_point(column: tuple[str, Cells]) -> bool:
    """Return whether a column has a number that can have but decimals behind its point."""
    return any(sure_mark(bare_numeral(cell)) == "." for cell in column[1])


def bare_numeral(cell: Any) -> str:
    """Return a file's text without its sign and the blanks around it; nothing for no text."""
    return cell.strip().lstrip("+-" + MINUS).strip() if isinstance(cell, str) else ""


def sure_mark(text: str) -> str:
    """Return the mark of decimals of a number, where it can be but one; else nothing.

    Examples
    --------
    >>> [sure_mark(text) for text in ("1,5", "1.234,5", "1.234.567", "0.123", "3.412")]
    [',', ',', ',', '.', '']
    """
    if spaced := SPACED.fullmatch(text):
        return (spaced["rest"] or "")[:1]
    if not MARKED.fullmatch(text):
        return ""
    last = max(".,", key=text.rfind)
    whole, _, part = text.rpartition(last)
    if OTHER[last] in whole:
        return last if GROUPED[OTHER[last]].fullmatch(whole) else ""
    if last in whole:
        return OTHER[last] if GROUPED[last].fullmatch(text) else ""
    return "" if GROUPED[last].fullmatch(text) or not (whole or part) else last


def decimal_mark(unread: Columns, pointed: Columns) -> str | None:
    """Return the mark of decimals that the columns of a file show, or None where none does.

    Raises
    ------
    InputError
        If some cells have decimals by a comma and others by a point.
    """
    found: dict[str, str] = {}
    for name, cells in unread:
        for cell in cells:
            if (mark := sure_mark(bare_numeral(cell))) and mark not in found:
                found[mark] = f'column "{name}" has "{cell.strip()}"'
    # Whether numbers by a point have decimals matters only beside others.
    for name, cells in pointed if found or any(map(has_mark, unread)) else ():
        sure = next((cell for cell in cells if sure_mark(bare_numeral(cell))), None)
        if sure is not None:
            found.setdefault(".", f'column "{name}" has "{sure.strip()}"')
    if len(found) > 1:
        raise InputError.of(
            "contradiction",
            "",
            f"decimals are by a comma and by a point: {found[',']}, {found['.']}",
            "write all of them by a point",
        )
    return next(iter(found), None)


def refuse_doubtful(columns: Columns, *, either: bool) -> None:
    """Refuse "1,234", thousands or a decimal, and thousands by a point that a column gives away.

    "1.290" beside "780" is no decimal: a program that cuts zeros writes 1.29, one that does not
    780.000. Where a point may be `either`, a column of nothing but groups of three digits gives
    nothing away.
    """
    for name, cells in columns:
        texts, joined = texts_among(cells)
        comma = "," in joined
        settled = not (comma or either)
        if settled and all(map(contains, filter(None, texts), repeat("."))):  # none is whole
            continue
        if not comma and has_ungrouped(texts):
            continue
        texts = list(map(str.strip, texts))
        commas = [text for text in texts if is_grouped_numeral(text, ",")] if comma else []
        points = [text for text in texts if "." in text]
        given_away = all(is_grouped_numeral(text, ".") for text in points) and (
            either
            or (
                any(text.endswith("0") for text in points)
                and any(bare_numeral(text).isdigit() for text in texts)
            )
        )
        if doubtful := commas or (points if given_away else []):
            shown = ", ".join(f'"{text}"' for text in doubtful[:SHOWN])
            raise InputError.of(
                "wrong-form",
                f'column "{name}"',
                f"holds {shown}: thousands or decimals, nothing in the file says which",
                'say decimal="." or decimal=",", the mark of the decimals',
                'say --decimal "." or --decimal ",", the mark of the decimals',
            )


def texts_at_top(column: tuple[str, Cells]) -> Sequence[str]:
    """Return the texts among the first cells of a file's column: they tell in most cases."""
    return texts_among(column[1][:FEW])[0]


def has_ungrouped(texts: Iterable[str]) -> bool:
    """Return whether a point in any of some texts can be but one of decimals."""
    return any("." in text and not is_grouped_numeral(text, ".") for text in texts)


def is_grouped_numeral(text: str, mark: str) -> bool:
    """Return whether a number in a file is of groups of three digits behind a mark."""
    return GROUPED[mark].fullmatch(bare_numeral(text)) is not None


def float_cells(name: str, cells: Cells, decimal: str) -> FloatArray | list[Any]:
    """Return a file's cells as numbers where all are, else as they are, marks made plain."""
    if decimal == "," and (wrong := [c for c in cells if sure_mark(bare_numeral(c)) == "."]):
        raise InputError(
            Fault(
                "contradiction",
                f'column "{name}"',
                f'holds "{wrong[0].strip()}", but decimals are by a comma',
                "write all of them in one way",
            )
        )
    read = [plain_number(cell, decimal) for cell in cells]
    found = fast_floats(read)
    return read if found is None else found


def plain_number(cell: Any, decimal: str) -> Any:
    """Return a file's cell in plain writing where it is a number with marks; else as it is.

    Examples
    --------
    >>> plain_number("1.234,5", ","), plain_number("1,234.5", "."), plain_number("n/a", ",")
    ('1234.5', '1234.5', 'n/a')
    """
    if not isinstance(cell, str):
        return cell
    text, number = cell.strip(), bare_numeral(cell)
    if SPACED.fullmatch(number):
        number = re.sub(GROUPS, "", number)
    whole, mark, part = number.partition(decimal)
    if GROUPED[OTHER[decimal]].fullmatch(whole):
        whole = whole.replace(OTHER[decimal], "")
    number = f"{whole}{'.' if mark else ''}{part}"
    if not PLAIN_NUMBER.fullmatch(number):
        return cell
    return f"-{number}" if text.startswith(("-", MINUS)) else number


def is_like_number(cell: Any) -> bool:
    """Return whether a cell of a file is a number, or may be taken for one: 12 %, $5, (3)."""
    return is_written_number(cell) or (isinstance(cell, str) and bool(LIKE.fullmatch(cell.strip())))


def is_written_number(cell: Any) -> bool:
    """Return whether a cell of a file is a number in any writing."""
    if not isinstance(cell, str):
        return bool(np.isfinite(to_number(cell)))
    number = bare_numeral(cell)
    return any(form.fullmatch(number) for form in (PLAIN_NUMBER, MARKED, SPACED)) and any(
        map(str.isdigit, number)
    )
