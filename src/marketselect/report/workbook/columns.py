"""What a sheet of a workbook is made of: columns, and the marks of changed cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.sources.embedded import names_beside_codes
from marketselect.study.contents import python_value
from marketselect.words import apart_names, factor_colors

if TYPE_CHECKING:
    from marketselect.arrays.checks import FloatArray
    from marketselect.ranking.ranking import Ranking

GENERAL, WHOLE, SHARE = "General", "0", "0.0%"
GROUPED, TENTHS, THOUSANDTHS, POWERS = "#,##0", "0.0", "0.000", "0.00E+00"
MOVED = "+0;-0;0"
MARKED = ("imputed", "treated")  # what was done to a cell that bears a color on the sheets


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column: its header, its cells from the top down, and how numbers are shown."""

    header: str
    cells: Sequence[Any]
    format: str = GENERAL
    apart: bool = False
    """Whether each number has decimals of its own, since units differ from row to row."""
    places: int | None = None
    """Of scores, their decimals: each is shown as it is written everywhere."""
    color: str = ""
    """That of its header; empty: none."""
    note: str = ""
    """What its header stands for, shown where it is pointed at."""
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


def name_and_label_columns(labels: Iterable[Any], header: str) -> list[Column]:
    """Return a column of labels, and before it one of names where any label is a known code."""
    markets = list(labels)
    names = names_beside_codes(markets)
    named = [Column(header="name", cells=names)] if names else []
    return [*named, Column(header=header, cells=markets)]


def number_column(header: str, cells: pd.Series[Any], note: str = "") -> Column:
    """Return a column of numbers with as many decimals as its largest needs."""
    values = cells.to_numpy(dtype=np.float64)
    known = values[np.isfinite(values)]
    return Column(header=header, cells=values.tolist(), format=format_of(known), note=note)


def format_of(known: FloatArray) -> str:
    """Return the number format of numbers of one kind: it hangs on the largest."""
    largest = np.abs(known).max(initial=0.0)
    if largest >= 1e15 or 0 < largest < 0.01:
        return POWERS
    if largest >= 1000:
        return GROUPED
    if (known == known.round()).all():
        return WHOLE
    return TENTHS if largest >= 10 else THOUSANDTHS


def scores(header: str, cells: Iterable[Any], places: int, **looks: Any) -> Column:
    """Return a column of scores, shown with so many decimals."""
    shown = decimals_format(places)
    return Column(header=header, cells=list(cells), format=shown, places=places, **looks)


def decimals_format(decimals: int) -> str:
    """Return the number format of so many decimals."""
    return f"0.{'0' * decimals}".rstrip(".")


def factor_columns(ranking: Ranking, table: pd.DataFrame, *, scaled: bool = False) -> list[Column]:
    """Return a column for each factor of a table, the head of a top factor in its color."""
    rules = ranking.scores.framework
    colors, names = factor_colors(rules.top), apart_names(rules.names)
    return [
        scores(names[code], table[code].tolist(), ranking.places[1], color=colors.get(code, ""),
               note=code, scaled=scaled)
        for code in table.columns
    ]  # fmt: skip


def marked(
    ranking: Ranking, index: pd.Index[Any], columns: Mapping[str, int]
) -> dict[tuple[int, int], str]:
    """Return what was done to the cells of a sheet, by row and column.

    A factor may be filled of a market that is left out for another one, and so on no sheet of it.
    """
    rows = {market: n for n, market in enumerate(index)}
    return {
        (rows[market], columns[code]): what
        for market, code, what, *_ in changes(ranking)
        if what in MARKED and code in columns and market in rows
    }


def setting(value: Any, nothing: str = "") -> Any:
    """Return a setting as a cell: text and numbers as they are, all else as JSON."""
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


def changes(ranking: Ranking) -> Iterator[tuple[Any, ...]]:
    """Yield market, code, what was done, old, new and why, of each cell that is not as it came."""
    cells = ranking.scores.cells
    known = cells[cells["indicator"].isin(ranking.scores.framework.names)]
    what = known["kind"].replace(IN_ONE)
    columns = [known["market"], known["indicator"], what, known["old"], known["new"], known["why"]]
    yield from zip(*columns, strict=True)
