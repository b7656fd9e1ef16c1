"""What a sheet of a workbook is made of: columns, and the marks of changed cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.sources.embedded import names_beside_codes
from marketselect.study.contents import python_value
from marketselect.words import FACT, ROUNDING, apart_names, factor_colors

if TYPE_CHECKING:
    from marketselect.arrays.checks import FloatArray
    from marketselect.ranking.ranking import Ranking

GENERAL, WHOLE, SHARE, PERCENT = "General", "0", "0.0%", "0%"
GROUPED, THOUSANDTHS, POWERS = "#,##0", "0.000", "0.00E+00"
FACTS = '[=1]"yes";[=0]"no";General'  # each holds its number all the same
MOVED = "+0;-0;0"
SMALL, LARGE = 1e-10, 1e15  # beyond these a number is shown with its power of ten
MOST_PLACES = 12  # decimals
MARKED = ("imputed", "treated")  # what was done to a cell that bears a color on the sheets


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column: its header, its cells from the top down, and how numbers are shown."""

    header: str
    cells: Sequence[Any]
    format: str = GENERAL
    apart: bool = False
    """Whether each number has decimals of its own, since units differ from row to row."""
    forms: Sequence[str] = ()
    """The format of each cell where it is not that of the column; "" where it is."""
    places: int | None = None
    """Of scores, their decimals: each is shown as it is written everywhere."""
    color: str = ""
    """That of its header; empty: none."""
    note: str = ""
    """What its header stands for, shown where it is pointed at."""
    above: Sequence[str] = ()
    """What stands over its header, from the top: where that is a code, what it means."""
    title: bool = False
    """Whether its header is the title of the sheet, which may be wider than the column."""
    scaled: bool = False
    """Whether low and high numbers have a color each."""
    entry: Sequence[bool] = ()
    """Which cells are there to be changed by the reader."""


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula, and the value that it has: a reader that works nothing out shows that."""

    text: str
    value: Any


@dataclass(frozen=True, eq=False)
class Link:
    """A text that leads to a sheet."""

    text: str
    sheet: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Bars:
    """A chart of bars: the columns of names and values, from 1, how many, and where it stands."""

    title: str
    names: int
    values: int
    count: int
    at: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A sheet: columns of one length, of which the first few stay in view."""

    name: str
    about: str
    columns: Sequence[Column]
    kept: int = 1
    """How many columns stay in view when the others are moved."""
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """What was done to a cell, by its row and column, both from 0."""
    filtered: bool = True
    """Whether rows can be filtered and sorted."""
    bars: Bars | None = None

    @property
    def head(self) -> int:
        """The row of the headers, from 1: what stands over them has the rows before it."""
        return 1 + max(len(column.above) for column in self.columns)


def name_and_label_columns(labels: Iterable[Any], header: str) -> list[Column]:
    """Return a sheet's column of labels, and before it one of names if any is a known code."""
    markets = list(labels)
    names = names_beside_codes(markets)
    named = [Column(header="name", cells=names)] if names else []
    return [*named, Column(header=header, cells=markets)]


def market_columns_below(labels: Iterable[Any], header: str, above: Sequence[str]) -> list[Column]:
    """Return these columns under lines that say what stands over the codes of the other columns."""
    first, *rest = name_and_label_columns(labels, header)
    nothing = [""] * len(above)
    return [replace(first, above=above), *(replace(each, above=nothing) for each in rest)]


def number_column(header: str, cells: pd.Series[Any], *, unit: str = "", **looks: Any) -> Column:
    """Return a sheet's column of numbers with as many decimals as its largest needs."""
    values = cells.to_numpy(dtype=np.float64)
    shown = FACTS if unit == FACT else format_of(values[np.isfinite(values)])
    return Column(header=header, cells=values.tolist(), format=shown, **looks)


def format_of(known: FloatArray) -> str:
    """Return a workbook's number format of numbers of one kind: it hangs on the largest.

    No decimals stand there that are zero in all of them.
    """
    sizes = np.abs(known[known != 0])
    largest = sizes.max(initial=0.0)
    if largest >= LARGE or 0 < largest < SMALL:
        return POWERS
    usual = float(np.median(sizes)) if len(sizes) else 1.0
    most = min(max(2 - floor(log10(usual)), 0), MOST_PLACES)
    near = ROUNDING * usual
    fit = (n for n in range(most) if (np.abs(known.round(n) - known) < near).all())
    decimals = f".{'0' * next(fit, most)}".rstrip(".")
    return f"{GROUPED if largest >= 1000 else WHOLE}{decimals}"


def score_column(header: str, cells: Iterable[Any], places: int, **looks: Any) -> Column:
    """Return a sheet's column of scores, shown with so many decimals."""
    shown = decimals_format(places)
    return Column(header=header, cells=list(cells), format=shown, places=places, **looks)


def decimals_format(decimals: int) -> str:
    """Return the number format of so many decimals."""
    return f"0.{'0' * decimals}".rstrip(".")


def factor_columns(ranking: Ranking, table: pd.DataFrame, *, scaled: bool = False) -> list[Column]:
    """Return a sheet's columns of factors, the head of a top factor in its color."""
    rules = ranking.scores.framework
    colors, names = factor_colors(rules.top), apart_names(rules.names)
    return [
        score_column(
            names[code],
            table[code].tolist(),
            ranking.places[1],
            color=colors.get(code, ""),
            note=code,
            scaled=scaled,
        )
        for code in table.columns
    ]


def marked(
    ranking: Ranking, index: pd.Index[Any], columns: Mapping[str, int]
) -> dict[tuple[int, int], str]:
    """Return what was done to the cells of a sheet, by row and column.

    A factor may be filled of a market that is left out for another one, and so on no sheet of it.
    """
    rows = {market: n for n, market in enumerate(index)}
    return {
        (rows[market], columns[code]): what
        for market, code, what, *_ in changes_on_sheet(ranking)
        if what in MARKED and code in columns and market in rows
    }


def setting_in_cell(value: Any, nothing: str = "") -> Any:
    """Return a setting as a workbook's cell: text and numbers as they are, all else as JSON."""
    if value is None or (isinstance(value, (list, tuple)) and not value):
        return nothing
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=python_value)
    except (TypeError, ValueError):
        return str(value)


CHANGE = ("market", "code", "what", "old", "new", "why")


# A sheet has one color for each of these.
IN_ONE = {"clipped": "treated", "outside scale": "treated", "stale": "missing"}


def changes_on_sheet(ranking: Ranking) -> Iterator[tuple[Any, ...]]:
    """Yield for a sheet each cell that is not as it came: market, code, what, old, new, why."""
    cells = ranking.scores.cells
    known = cells[cells["indicator"].isin(ranking.scores.framework.names)]
    what = known["kind"].replace(IN_ONE)
    columns = [known["market"], known["indicator"], what, known["old"], known["new"], known["why"]]
    yield from zip(*columns, strict=True)
