"""What failed in a table as faults: by place, in an analyst's words, the first ones in front.

A table is validated with one of the pandera models of `contracts`; pandera is imported when that is
needed, not before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from marketselect.arrays.checks import IntArray
from marketselect.dataframes import as_frame
from marketselect.errors import (
    KEPT,
    SHOWN,
    Fault,
    InputError,
    is_a,
    listing,
    near_words,
    told,
    which_of,
)
from marketselect.values import held_by_scalar, is_label, is_real, is_truth, said, shown, signs

if TYPE_CHECKING:
    from marketselect.tables.contracts import Contract

LABEL = "a name is needed"
MONEY = r"[$€£¥₹₩₽₺]|US\$|[A-Z]{3}(?=[ \d])"
POWER = "[kKmMbB]n?|tn|thousand|million|billion"
SIGNED = re.compile(  # 5%, $1,234.50, 3 €, (3), 1.2 bn
    rf"(?P<open>\()?(?P<money>{MONEY})? ?"
    r"(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    rf" ?(?:(?P<percent>%)|(?P<after>[$€£¥₹₩₽₺])|(?P<power>{POWER}))?"
    r"(?(open)\))",
    re.ASCII,
)
DASHES = frozenset("-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}")
AGAIN = "it stands there more than once"
# The codes of the faults that the models' checks find.
CODE_OF = {
    "named": "missing",
    "year_number": "not-a-number",
    "possible_year": "out-of-range",
    "number": "not-a-number",
    "finite": "infinite",
    "once": "duplicate",
    "text": "missing",
}


class Kind(NamedTuple):
    """A check that failed: the column it is of, its name, what is needed and what to do."""

    column: str
    check: str
    needed: str
    remedy: str


FaultOf = Callable[[int, Kind], Fault]
"""Says what is wrong at a place, counted from 0."""
Tally = Callable[[IntArray, set[Kind]], str]
"""Says where the faults at some places are, and what stands there."""


def validated(
    model: type[Contract], frame: pd.DataFrame
) -> tuple[pd.DataFrame, dict[Kind, IntArray]]:
    """Return a table as its pandera model reads it, and the places that its checks refuse.

    A place is a row; in a check of whole tables a cell, column by column.
    """
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors
    from pandera.pandas import Check

    try:
        # Whatever the environment says: pandera can be switched off there.
        with config_context(True, ValidationDepth.SCHEMA_AND_DATA):
            return pd.DataFrame(model.validate(with_writable_cells(frame), lazy=True)), {}
    except SchemaErrors as failure:
        found, read = failure.schema_errors, failure.data
    failed = {}
    for error in found:
        if not isinstance(error.check, Check) or error.check_output is None:
            raise error  # a fault of the model, or one that a door has to find before
        made = error.check
        said_so = made.name or "", made.title or made.error or "", made.description or ""
        kind = Kind(error.column_name or "", *said_so)
        failed[kind] = np.flatnonzero(~np.asarray(error.check_output, dtype=bool).T)
    return pd.DataFrame(read), failed


def with_writable_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which pandera can write every cell, as it does where checks fail."""
    found = frame
    for name, dtype in frame.dtypes.items():
        cells = frame[name] if dtype.kind == "O" else None
        if not isinstance(cells, pd.Series):
            continue
        # Of a categorical column each label is looked at once, however many rows have it.
        different = dtype.categories if isinstance(dtype, pd.CategoricalDtype) else cells
        if not all(map(can_be_written, different)):
            texts = [cell if can_be_written(cell) else said(cell) for cell in cells]
            found = found.assign(**{str(name): pd.Series(texts, frame.index, dtype=object)})
    return found


def can_be_written(cell: object) -> bool:
    """Return whether pandera can write a cell of a table: a number or a label."""
    return is_real(cell) or is_label(held_by_scalar(cell))


def refuse_failed_cells(
    failed: Mapping[Kind, IntArray],
    fault_of: FaultOf,
    *,
    before: Iterable[Fault] = (),
    tally_of: Tally | None = None,
) -> None:
    """Refuse a table by one error for what failed its checks, and for faults found before.

    Of many, the first of each code are in front, and `tally_of` says more of the others.
    """
    first = list(before)
    counts = Counter(fault.code for fault in first)
    kinds: dict[str, set[Kind]] = {}
    for kind, places in failed.items():
        code = CODE_OF[kind.check]
        counts[code] += len(places)
        kinds.setdefault(code, set()).add(kind)
    each = max(1, SHOWN // max(1, len(counts)))
    cases = sorted((place, kind) for kind, rows in failed.items() for place in rows[:KEPT].tolist())
    nth: Counter[str] = Counter()
    front: list[tuple[int, Kind]] = []
    back: list[tuple[int, Kind]] = []
    for place, kind in cases:
        code = CODE_OF[kind.check]
        nth[code] += 1
        (front if nth[code] <= SHOWN else back).append((place, kind))
    found = [*first, *(fault_of(*case) for case in [*front, *back][:KEPT])]
    tally = {}
    for code, of_code in kinds.items() if tally_of else ():
        rest = np.sort(np.concatenate([failed[kind] for kind in of_code]))[each:]
        if tally_of and len(rest):
            tally[code] = tally_of(rest, of_code)
    if found:
        raise InputError(*found, counts=counts, tally=tally)


def cell_fault(where: str, name: str, cell: object, kind: Kind) -> Fault:
    """Return the fault of a table's cell that a check refused."""
    check, remedy, command = kind.check, kind.remedy, ""
    if check == "number" and is_truth(cell):
        remedy = "write 1 or 0: only in a column, or a series, of nothing else are truths numbers"
    elif check == "number" and is_a(cell, str) and not any(map(str.isdigit, signs(cell))):
        # What holds no digit may mark a gap: -, n/a, "not available".
        mark = told(cell.strip())
        command = f'{remedy}, or say that it marks one: --missing "{mark}"'
        if DASHES.issuperset(mark):
            remedy += f', or say that it marks one: read_indicators(path, missing=["{mark}"])'
    elif check == "number" and is_a(cell, str) and (way := way_to_number(signs(cell).strip())):
        remedy = way
    return Fault(CODE_OF[check], where, f"{name} is {shown(cell)}, {kind.needed}", remedy, command)


def way_to_number(text: str) -> str:
    """Return what to do with a table's cell that a person reads as a number, if one does.

    Examples
    --------
    >>> way_to_number("5%")
    'take off the sign: 5, in a column of nothing but percents, or 0.05'
    >>> way_to_number("$1,234.50"), way_to_number("(3)"), way_to_number("soon")
    ('take off the sign and the commas: 1234.50', 'write the minus: -3', '')
    """
    found = SIGNED.fullmatch(text)
    if found is None:
        return ""
    number = found["number"].replace(",", "")
    commas = " and the commas" if "," in found["number"] else ""
    if found["percent"]:
        share = f"{Decimal(number) / 100:f}"
        way = f"take off the sign{commas}: {number}"
        return f"{way}, in a column of nothing but percents, or {share}"
    if found["money"] or found["after"]:
        return f"take off the sign{commas}: {number}"
    if found["open"]:
        return f"write the minus: -{number}"
    if found["power"]:
        return f"write the number whole, or {number} in every row and say its multiplier"
    return ""


def tally_in(cells: pd.DataFrame, places: IntArray) -> Tally:
    """Return a function that says where faulty rows of a table are, and what stands there."""

    def tally(rows: IntArray, kinds: set[Kind]) -> str:
        part = cells.iloc[places[rows]]
        columns = {kind.column for kind in kinds}
        counts = [
            f"{count:,} {axis}{'s' if count > 1 else ''}"
            for axis in ("indicator", "market")
            if axis not in columns and (count := part[axis].nunique())
        ]
        where = f", in {' and '.join(counts)}" if counts else ""
        checks = {kind.check for kind in kinds}
        if not checks <= {"number", "year_number", "possible_year"}:
            return where
        column = "value" if "number" in checks else "year"
        found = part[column].map(shown).value_counts().head(3)
        often = ", ".join(f"{text} ({count:,})" for text, count in found.items())
        return f"{where}; most often {often}"

    return tally


def nearest(names: list[Any], allowed: Iterable[Any]) -> str:
    """Return a question for names of a table that unknown ones may mean, or nothing."""
    known = list(allowed)
    found = [near for name in names[:SHOWN] if (near := near_words(name, known))]
    return which_of(name for near in dict.fromkeys(found[:3]) for name in near)


def need_frame(given: object, what: str) -> pd.DataFrame:
    """Return a table that is to be checked as a DataFrame, or refuse one without rows."""
    frame = as_frame(given, what)
    if frame.empty:
        raise InputError.of(
            "empty", what, "the table is empty", "at least one row and column are needed"
        )
    return frame


def need_columns(frame: pd.DataFrame, needed: Iterable[str], what: str, hint: str) -> None:
    """Refuse a table that lacks a column or has it twice; `hint` says what is needed."""
    names = frame.columns
    if names.nlevels > 1:
        raise InputError.of("wrong-form", what, "the columns have several levels", hint)
    needed = list(needed)
    # Asked for first: pandas compares no text that holds half a character.
    if twice := [name for name in needed if name in names and (names == name).sum() > 1]:
        raise InputError.of(
            "duplicate", what, f"column {listing(twice)} stands there more than once", "keep one"
        )
    missing = [name for name in needed if name not in names]
    if not missing:
        return
    if set(missing) <= set(frame.index.names):
        raise InputError.of(
            "wrong-form",
            what,
            f"{listing(missing)} in the index, not a column",
            "give the table's reset_index()",
        )
    remedy = f"{hint}.{nearest(missing, names)}"
    raise InputError.of("missing-name", what, f"there is no column {listing(missing)}", remedy)


def quoted_label(label: object) -> str:
    """Return a table's label between quotation marks, for a fault."""
    return f'"{label}"'
