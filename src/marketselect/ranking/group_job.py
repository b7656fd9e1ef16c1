"""What there is to rank in a frame of many groups: most of them at once, some by themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.dataframes import Table
from marketselect.errors import Fault, InputError, is_a, listing
from marketselect.framework import Framework
from marketselect.framework.limits import TIER
from marketselect.frozen import held_field
from marketselect.ranking.batches import Batch, Ranks, is_row_by_row
from marketselect.ranking.chosen_method import settle_method
from marketselect.ranking.group_asked import GroupsAsked
from marketselect.ranking.group_scale import (
    fitted_scale,
    fitting_values,
    has_fixed_scale,
    unfitted_scale,
)
from marketselect.ranking.grouped_rows import GroupedCells, GroupedRows, grouped_rows, read_cells
from marketselect.ranking.making import rank_markets, with_tiers
from marketselect.ranking.model import Model, model_of
from marketselect.ranking.weights import settle_weights
from marketselect.scoring.neutral import without_neutral
from marketselect.scoring.plan import matching_scale
from marketselect.scoring.scale import Scale
from marketselect.tables.table import IndicatorTable
from marketselect.tables.wide import as_indicator_table

FAULT = ["code", "where", "got", "remedy"]
COLUMNS = ["rank", "score", "rank_low", "rank_high", "coverage", TIER, "reason", *FAULT]


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupJob:
    """Ranks the groups of a frame, and puts together what was found.

    Attributes
    ----------
    rows, cells
        The frame, and its values.
    rules
        The framework as it was given.
    asked
        How they are ranked.
    faults
        By the number of the group.
    tables
        The groups that were read by themselves.
    alone
        The tables and the exclusions of those that were ranked by themselves.
    """

    rows: GroupedRows
    cells: GroupedCells
    rules: Framework
    asked: GroupsAsked
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    tables: dict[int, IndicatorTable] = field(default_factory=dict)
    alone: dict[int, tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)

    def read(self) -> None:
        """Read those groups by themselves that are not plain, by the door of every wide frame."""
        for group in np.flatnonzero(~self.cells.plain).tolist():
            try:
                self.tables[group] = as_indicator_table(self.rows.one(group), self.rules)
            except InputError as error:
                self.faults.extend((group, fault) for fault in error.faults)

    def scale(self) -> Scale | None:
        """Return the scale of all groups, None where each has its own."""
        if is_a(self.asked.scale, Scale):
            return matching_scale(self.asked.scale, self.rules)
        if has_fixed_scale(self.rules):
            return unfitted_scale(self.rules)
        return None if self.asked.scale == "own" else fitted_scale(*self.fitting())

    def fitting(self) -> tuple[FloatArray, Framework, "pd.Series[Any] | None"]:
        """Return what the scale of all groups is fitted on: values, rules, groups of markets."""
        values, belongs = fitting_values(self.rows, self.cells, self.tables)
        return values, self.rules, belongs

    def rank(self, scale: Scale | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the table of all groups, and that of who was left out."""
        model, plain = self.model(scale), np.flatnonzero(self.cells.plain)
        ranks = Ranks.empty(0, len(self.rules.top))
        if model is not None and len(plain):
            ranks = Ranks.empty(len(self.rows.order), len(model.weights))
            batch = Batch(model=model, rows=self.rows, cells=self.cells, own_scale=scale is None)
            plain = np.array(batch.rank(plain, ranks), dtype=np.int64)
        for group in sorted([*plain.tolist(), *self.tables]):
            self.rank_one(group, scale)
        return self.together(self.batched(ranks, model), 0), self.together(self.out(ranks), 1)

    def model(self, scale: Scale | None) -> Model | None:
        """Return the model that ranks many groups at once; None where each is asked by itself."""
        weighted, rule, _ = settle_weights(self.rules, self.asked.weights)
        asked = self.asked.method, self.asked.options
        method, _ = settle_method(weighted, *asked)
        alone = rule.call is not None or self.asked.draws or not method.shipped
        if alone or not is_row_by_row(weighted, own_scale=scale is None):
            return None
        used = unfitted_scale(weighted) if scale is None else scale
        return model_of(without_neutral(weighted, used.neutral), used, *asked)

    def rank_one(self, group: int, scale: Scale | None) -> None:
        """Rank a group by itself."""
        data = self.tables[group] if group in self.tables else self.rows.one(group)
        try:
            found = rank_markets(data, self.rules, scale=scale, **self.asked.call)
        except InputError as error:
            self.faults.extend((group, fault) for fault in error.faults)
            return
        self.alone[group] = held_field(found, "table"), found.excluded

    def batched(self, ranks: Ranks, model: Model | None) -> tuple[Any, pd.DataFrame]:
        """Return the numbers of the groups that were ranked at once, and their table."""
        there = ranks.row >= 0
        row, rank, score, coverage = (
            ranked_at_front(each, there)
            for each in (ranks.row, ranks.rank, ranks.score, ranks.coverage)
        )
        unknown = pd.array([pd.NA], dtype="Int64").repeat(len(row))
        columns = {"rank": rank, "score": score, "rank_low": unknown}
        parts = (ranked_at_front(each, there) for each in ranks.factors)
        factors = dict(zip(self.rules.top, parts, strict=True))
        rest = {"rank_high": unknown.copy(), **factors, "coverage": coverage}
        table = pd.DataFrame({**columns, **rest}, copy=False)
        tiered = table if model is None else with_tiers(table, model)
        groups = np.repeat(np.arange(len(self.rows)), self.rows.sizes)
        return groups[there] if len(there) else [], self.labeled(tiered, row)

    def out(self, ranks: Ranks) -> tuple[Any, pd.DataFrame]:
        """Return the numbers of the groups with markets that were left out, and who these are."""
        found = pd.concat(ranks.excluded) if ranks.excluded else pd.DataFrame({"reason": []})
        row = found.index.to_numpy(dtype=np.int64)
        of_row = np.empty(len(self.rows.frame), dtype=np.int64)
        of_row[self.rows.order] = np.repeat(np.arange(len(self.rows)), self.rows.sizes)
        return of_row[row], self.labeled(found[["reason"]].reset_index(drop=True), row)

    def labeled(self, table: pd.DataFrame, row: Any) -> pd.DataFrame:
        """Put the labels of some rows before what is known of them."""
        names = [*self.rows.by, self.rows.market]
        labels = {name: self.rows.frame[name].take(row).reset_index(drop=True) for name in names}
        return pd.DataFrame({**labels, **{str(c): table[c] for c in table}}, copy=False)

    def together(self, batched: tuple[Any, pd.DataFrame], part: int) -> pd.DataFrame:
        """Return a table with the groups that were ranked by themselves in their places."""
        groups, table = batched
        if not self.alone:
            return table if not part else by_first_group(table, groups)
        alone = {group: both[part] for group, both in self.alone.items() if len(both[part])}
        more = [one.reset_index(names=self.rows.market) if not part else
                one.rename(columns={"market": self.rows.market})
                for one in alone.values()]  # fmt: skip
        sizes = list(map(len, more))
        numbers = np.repeat(np.array([*alone], dtype=np.int64), sizes)
        names = self.rows.names(numbers)
        if not more:
            return by_first_group(table, groups)
        rest = pd.concat(more, ignore_index=True)
        for place, name in enumerate(self.rows.by):
            rest.insert(place, name, names[name])
        if not len(table):
            return by_first_group(rest, numbers)
        return by_first_group(pd.concat([table, rest], ignore_index=True), [*groups, *numbers])

    def fault_table(self, before: Iterable[Fault]) -> pd.DataFrame:
        """Return the faults of groups, those of rows without a group first."""
        found = sorted(self.faults, key=lambda each: each[0])
        names = self.rows.names(np.array([group for group, _ in found], dtype=np.int64))
        rows = [fault.to_dict() for fault in [*before, *(fault for _, fault in found)]]
        table = pd.DataFrame(rows, columns=FAULT, dtype=object)
        missing = len(table) - len(names)
        for place, name in enumerate(self.rows.by):
            labels = names[name].astype(object).tolist()
            table.insert(place, name, pd.Series([None] * missing + labels, dtype=object))
        return table


def ranked_at_front(values: Any, there: BoolArray) -> Any:
    """Return the values of groups that are there, moved to the front of their array."""
    if there.all():
        return values
    found = values[: there.sum()]
    found[:] = values[there]
    return found


def by_first_group(table: pd.DataFrame, groups: Any) -> pd.DataFrame:
    """Return rows group by group, as the groups first appear."""
    return table.take(np.argsort(np.asarray(groups), kind="stable")).reset_index(drop=True)


def job_of(data: Table, rules: Framework, asked: GroupsAsked) -> GroupJob:
    """Return what there is to rank, read; what is refused here is refused for every group."""
    rows = grouped_rows(data, rules, asked.by, asked.market)
    taken = [name for name in (*rows.by, rows.market) if name in {*COLUMNS, *rules.top}]
    if taken:
        got = f"names {listing(taken)}, which the answer has a column of"
        raise InputError.of("contradiction", "by", got, "rename the column of labels")
    job = GroupJob(rows=rows, cells=read_cells(rows, rules), rules=rules, asked=asked)
    job.read()
    return job
