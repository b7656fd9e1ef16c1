"""The rows of many groups in one frame: whose they are, and which groups can be read at once.

A group is read like a frame of its own. Where nothing about it needs a second look - labels that
mean themselves, cells that are numbers or empty - that is a slice of the columns.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.dataframes import Table
from marketselect.errors import Fault, InputError, did_you_mean, is_a, listing
from marketselect.framework import Framework
from marketselect.markets.groups import is_group, is_total
from marketselect.markets.names import understood
from marketselect.markets.spelling import trimmed_name
from marketselect.tables import schemas
from marketselect.tables.aliases import column_of
from marketselect.tables.cells import is_plain_column
from marketselect.tables.door import text_columns
from marketselect.tables.meanings import refuse_meanings
from marketselect.tables.wide import (
    Source,
    column_sources,
    derived_cells,
    error_sources,
    read_names,
)
from marketselect.values import said


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupedRows:
    """A frame of many groups, with the place of each row; nothing of it is copied.

    Attributes
    ----------
    frame
        As it was given, labels of groups and markets among its columns.
    by, market
        The columns of these labels.
    order
        The rows' places, group by group, as the groups first appear.
    starts
        Where in `order` each group begins, and where the last ends.
    nameless
        How many rows have no group.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    market: str
    order: IntArray
    starts: IntArray
    nameless: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, group: int) -> IntArray:
        """Return the places of a group's rows."""
        return self.order[self.starts[group] : self.starts[group + 1]]

    def names(self, groups: IntArray) -> pd.DataFrame:
        """Return the labels of groups, a row a group."""
        first = self.order[self.starts[groups]]
        return self.frame[list(self.by)].take(first).reset_index(drop=True)

    def one(self, group: int) -> pd.DataFrame:
        """Return a group as a wide frame of its own, under the labels of its markets."""
        found = self.frame.take(self.rows(group)).drop(columns=list(self.by))
        return found.set_index(self.market)

    @cached_property
    def markets(self) -> tuple[IntArray, "pd.Index[Any]"]:
        """The place of each row's market among the different ones, and these."""
        return factorized(self.frame[self.market], f'column "{self.market}"')

    @cached_property
    def sizes(self) -> IntArray:
        """How many rows each group has."""
        return np.diff(self.starts)


def grouped_rows(
    data: Table, framework: Framework, names: Collection[str], market: str | None
) -> GroupedRows:
    """Find the groups of a frame by the columns of these names.

    Raises
    ------
    InputError
        If it lacks a column of labels, or one is an indicator of the framework.
    """
    frame = schemas.need_frame(data, "data")
    schemas.need_columns(frame, (), "data", "name each column by one text")
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    used = read_names(framework)
    given = (
        column_of(text_columns(frame.columns, {*used, *names}), "market")
        if market is None
        else market
    )
    if not is_a(given, str):
        got = f"is {said(market)}" if market is not None else "is not given, and no column says so"
        raise InputError.of("missing-name", "market", got, "name the column of the markets' labels")
    for where, name in [*(("by", name) for name in names), ("market", given)]:
        if name not in frame.columns:
            remedy = f"the data have {listing(text_columns(frame.columns), 20)}."
            near = did_you_mean(name, text_columns(frame.columns))
            raise InputError.of("unknown-name", where, f'there is no column "{name}"',
                                f"{remedy}{near}")  # fmt: skip
        if (frame.columns == name).sum() > 1:
            raise InputError.of("duplicate", f'column "{name}"', "stands there more than once",
                                "keep one")  # fmt: skip
        if name in used:
            got = f'names "{name}", which framework "{framework.name}" reads'
            raise InputError.of("contradiction", where, got, "name a column of labels")
    if given in names or len(set(names)) < len(names):
        raise InputError.of("contradiction", "by", "names a column twice, or that of the markets",
                            "name each column of the groups once")  # fmt: skip
    codes = group_codes(frame, names)
    nameless = int((codes < 0).sum())
    order = np.argsort(codes, kind="stable")[nameless:]
    counts = np.bincount(codes[order], minlength=0)
    starts = np.concatenate([[0], counts.cumsum()]).astype(np.int64)
    return GroupedRows(frame=frame, by=tuple(names), market=given, order=order, starts=starts,
                       nameless=nameless)  # fmt: skip


def group_codes(frame: pd.DataFrame, by: Iterable[str]) -> IntArray:
    """Return the number of each row's group, in the order in which they appear; -1 without one."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for place, name in enumerate(by):
        more, found = factorized(frame[name], f'column "{name}"')
        both = np.where((codes < 0) | (more < 0), -1, codes * max(1, len(found)) + more)
        codes = dense_codes(both) if place else more
    return codes


def dense_codes(codes: IntArray) -> IntArray:
    """Return numbers of groups to rank without holes between, as they appear; -1 stays."""
    found = np.full(len(codes), -1, dtype=np.int64)
    found[codes >= 0] = pd.factorize(codes[codes >= 0])[0]
    return found


def factorized(labels: "pd.Series[Any]", where: str) -> tuple[IntArray, "pd.Index[Any]"]:
    """Return the place of each row's group label among the different ones, -1 without any."""
    if is_a(labels.dtype, pd.CategoricalDtype):
        # By what its row says, not by where its category stands.
        return dense_codes(labels.cat.codes.to_numpy().astype(np.int64)), labels.cat.categories
    try:
        codes, found = pd.factorize(labels)
    except (TypeError, ValueError):  # the latter of a memory view
        raise InputError.of("wrong-type", where, "a label is a list or the like",
                            "give text or numbers") from None  # fmt: skip
    return codes.astype(np.int64, copy=False), pd.Index(found)


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupedCells:
    """The values of the groups that are plain, taken from the frame block by block."""

    framework: Framework
    sources: dict[str, Source]
    frame: pd.DataFrame
    plain: BoolArray
    """Which groups need no second look."""

    def values(self, rows: IntArray) -> FloatArray:
        """Return the raw values of some rows, in the framework's order: rows x indicators."""
        if all(len(each.columns) == 1 and each.per == 1 for each in self.sources.values()):
            found = np.empty((len(self.sources), len(rows)))  # column by column, as a frame has it
            for place, each in enumerate(self.sources.values()):
                found[place] = self.column(each.column, rows)
            return found.T
        names = dict.fromkeys(name for each in self.sources.values() for name in each.columns)
        block = pd.DataFrame({name: self.column(name, rows) for name in names}, copy=False)
        return derived_cells(block, self.sources, {})[0]

    def column(self, name: str, rows: IntArray) -> FloatArray:
        """Return the values of some rows in a column."""
        column = self.frame[name]
        if is_a(column.dtype, np.dtype):  # no copy of all of it
            return column.to_numpy()[rows].astype(np.float64, copy=False)
        return column.take(rows).to_numpy(np.float64, na_value=np.nan)


def read_cells(rows: GroupedRows, framework: Framework) -> GroupedCells:
    """Look through a frame of many groups to rank: which of these are plain.

    Raises
    ------
    InputError
        If a column is missing: no group could be read.
    """
    frame = rows.frame
    beside = frame.drop(columns=[*rows.by, rows.market])
    sources, faults = column_sources(framework, beside)
    if faults:
        raise InputError(*faults)
    used = list(dict.fromkeys(name for each in sources.values() for name in each.columns))
    once = all((frame.columns == name).sum() == 1 for name in used)
    plain = np.full(len(rows), once and not error_sources(framework, beside))
    try:
        refuse_meanings(beside, read_names(framework))
    except InputError:  # some group may have but one unit
        plain[:] = False
    if plain.any():
        plain &= ~groups_with(rows, odd_labels(rows) | odd_cells(frame, used))
        plain &= ~groups_twice(rows)
    return GroupedCells(framework=framework, sources=sources, frame=frame, plain=plain)


def groups_with(rows: GroupedRows, odd: BoolArray) -> BoolArray:
    """Return which groups hold a row that is odd."""
    if not odd.any():
        return np.zeros(len(rows), dtype=bool)
    return np.logical_or.reduceat(odd[rows.order], rows.starts[:-1])


def groups_twice(rows: GroupedRows) -> BoolArray:
    """Return which groups hold a market twice."""
    codes, found = rows.markets
    group = np.repeat(np.arange(len(rows)), rows.sizes)
    pairs = group * (len(found) + 1) + codes[rows.order]
    pairs.sort()
    twice = np.zeros(len(rows), dtype=bool)
    twice[pairs[1:][pairs[1:] == pairs[:-1]] // (len(found) + 1)] = True
    return twice


def odd_cells(frame: pd.DataFrame, used: Iterable[str]) -> BoolArray:
    """Return which rows of many groups hold a cell that is infinite, or of a text column."""
    odd = np.zeros(len(frame), dtype=bool)
    for name in used:
        column = frame[name]
        if not is_plain_column(column.dtype):
            odd[:] = True
        elif column.dtype.kind == "f":
            odd |= np.isinf(column.to_numpy(np.float64, na_value=np.nan))
    return odd


def odd_labels(rows: GroupedRows) -> BoolArray:
    """Return which rows of many groups have a label that may mean another beside others."""
    codes, found = rows.markets
    odd = unsettled_markets(found)
    return np.array([*[label in odd for label in found], True])[codes]


def unsettled_markets(labels: Iterable[Any]) -> Collection[Any]:
    """Return the market labels of many groups that may mean others than themselves.

    Text with blanks around it may be another label, two names may be one country, and a group of
    countries may be no market. What is no text is read with the rest of its group.

    Examples
    --------
    >>> sorted(unsettled_markets(["DEU", "Germany", "Oz", " Oz", "World"]))
    [' Oz', 'DEU', 'Germany', 'World']
    """
    every = list(labels)
    odd = {label for label in every if not is_a(label, str) or label != trimmed_name(label)}
    plain = [label for label in every if label not in odd]
    odd.update(label for label in plain if is_total(label) or is_group(label, codes=True))
    of_code: dict[str, list[str]] = {}
    for text, each in understood(plain).items():
        if each.code:
            of_code.setdefault(each.code, []).append(text)
    odd.update(text for names in of_code.values() if len(names) > 1 for text in names)
    return odd


def nameless_fault(by: Iterable[str], count: int) -> Iterator[Fault]:
    """Yield the fault of so many rows without a group, if there are any."""
    if count:
        got = f"{count:,} rows have no group"
        yield Fault("missing", f"column {listing(by)}", got, "give each row a label")
