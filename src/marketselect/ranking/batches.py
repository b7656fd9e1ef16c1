"""Groups of as many markets ranked at once: the model takes them on a leading axis.

The numbers are those of each group by itself, to the last bit: products are taken group by group,
of arrays that lie in memory as they do there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray, Matrix
from marketselect.errors import Fault, InputError, raise_faults
from marketselect.framework import Framework
from marketselect.ranking.group_scale import NOT_FILLING
from marketselect.ranking.grouped_rows import GroupedCells, GroupedRows
from marketselect.ranking.model import Model
from marketselect.ranks import rank_scores
from marketselect.scoring.changes import LEAVE_OUT
from marketselect.scoring.coverage import lacks_factor, observed_share, qualifies
from marketselect.scoring.normalization import fit_indicator_scale, on_scale
from marketselect.scoring.record import excluded_view, exclusion_record
from marketselect.scoring.scale import Scale
from marketselect.scoring.treatment import logged_values, treatment_of

BLOCK = 2**14  # rows that are ranked at a time: what is made of them stays near the processor


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranks:
    """What is known of the rows of a frame: each group's in its place, best first.

    Attributes
    ----------
    row
        The place of each ranked row in the frame; -1 where none is ranked.
    rank, score, coverage
    factors
        Top factors x rows.
    excluded
        market, reason; under the place of the row.
    """

    row: IntArray
    rank: IntArray
    score: FloatArray
    coverage: FloatArray
    factors: FloatArray
    excluded: list[pd.DataFrame] = field(default_factory=list)

    @classmethod
    def empty(cls, rows: int, factors: int) -> "Ranks":
        """Return room for the ranks of so many rows."""
        return cls(
            row=np.full(rows, -1, dtype=np.int64),
            rank=np.zeros(rows, dtype=np.int64),
            score=np.empty(rows),
            coverage=np.empty(rows),
            factors=np.empty((factors, rows)),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """What ranks many groups at once: one model, and whether each group has a scale of its own."""

    model: Model
    rows: GroupedRows
    cells: GroupedCells
    own_scale: bool

    def rank(self, groups: IntArray, into: Ranks) -> list[int]:
        """Rank groups, and return those that have to be ranked by themselves."""
        left: list[int] = []
        for block in self.blocks(groups):
            left += self.rank_block(block, into)
        return left

    def blocks(self, groups: IntArray) -> Iterator[IntArray]:
        """Yield groups of as many rows each, so many at a time."""
        sizes = self.rows.sizes[groups]
        order = np.argsort(sizes, kind="stable")
        for alike in np.split(groups[order], np.flatnonzero(np.diff(sizes[order])) + 1):
            if len(alike):
                step = max(1, BLOCK // int(self.rows.sizes[alike[0]]))
                yield from (alike[start : start + step] for start in range(0, len(alike), step))

    def rank_block(self, groups: IntArray, into: Ranks) -> list[int]:
        """Rank groups of as many rows; where one has a fault, halves of them, down to that one."""
        try:
            return self.ranked(groups, into)
        except InputError:
            if len(groups) == 1:
                return [int(groups[0])]
            half = len(groups) // 2
            return [
                *self.rank_block(groups[:half], into),
                *self.rank_block(groups[half:], into),
            ]

    def ranked(self, groups: IntArray, into: Ranks) -> list[int]:
        """Rank groups of as many rows."""
        model, rules = self.model, self.model.framework
        places = self.rows.order[self.rows.starts[groups][:, None] + np.arange(
            self.rows.sizes[groups[0]])]  # fmt: skip
        raw = self.cells.values(places.ravel()).reshape(*places.shape, -1)
        missing = np.isnan(raw)
        if rules.missing == "refuse" and missing.any():
            # The group is ranked by itself then, and says which.
            remedy = "fill the gaps, or leave out the markets"
            raise InputError.of("missing", "the data", "have gaps", remedy)
        missing &= ~np.isin(rules.codes, model.scale.neutral)
        normalized = self.own(raw) if self.own_scale else model.normalize(raw)
        factors = model.factors(normalized)
        share = observed_share(missing, rules)
        enough = enough_in_groups(missing, share, factors, rules)
        # Those of which nobody qualifies, or whose factors are filled from each other.
        alone = np.asarray(lacks_factor(share, rules).any(axis=(1, 2)) | ~enough.any(axis=1))
        sizes = enough.sum(axis=1)
        found = [
            self.of_size(groups[at], places[at], factors[at], share[at], enough[at])
            for size in np.unique(sizes[~alone]).tolist()
            for at in [np.flatnonzero(~alone & (sizes == size))]
        ]
        out = ~enough & ~alone[:, None]
        if out.any():
            parts = missing[out], share[out], factors[out], places[out]
            into.excluded.append(why_group_rows_out(*parts, rules))
        for where, row, rank, score, coverage, top in found:
            into.row[where], into.rank[where], into.score[where] = row, rank, score
            into.coverage[where], into.factors[:, where] = coverage, top
        return [int(group) for group in groups[alone]]

    def of_size(
        self,
        groups: IntArray,
        places: IntArray,
        factors: FloatArray,
        share: FloatArray,
        enough: BoolArray,
    ) -> tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray, FloatArray]:
        """Rank groups of which as many markets qualify: where they go, and what goes there."""
        model, top = self.model, self.model.framework.top
        shape = len(groups), -1
        row = places[enough].reshape(shape)
        values = factors[enough].reshape(*shape, len(top))
        covered = share[enough].reshape(*shape, len(top))
        matrix = Matrix(values=values, columns=top, of_factors=True).holding(values)
        # What compares markets with each other may do so in another order for several matrices.
        at_once = model.method.stands_alone(model.options)
        score = model.scores(matrix) if at_once else np.stack(
            [model.scores(replace(matrix, values=one)) for one in values])  # fmt: skip
        rank = rank_scores(score)
        order = np.argsort(rank, axis=1, kind="stable")
        where = self.rows.starts[groups][:, None] + np.arange(row.shape[1])
        # Column by column in memory, as a ranking's table takes them from a frame.
        lacking = 1 - np.take_along_axis(covered, order[..., None], axis=1)
        lacking = np.ascontiguousarray(lacking.swapaxes(1, 2)).swapaxes(1, 2)
        parts = np.take_along_axis(values, order[..., None], axis=1)
        return (
            where,
            np.take_along_axis(row, order, axis=1),
            np.take_along_axis(rank, order, axis=1),
            np.take_along_axis(score, order, axis=1),
            1 - lacking @ model.weights,
            np.moveaxis(parts, -1, 0),
        )

    def own(self, raw: FloatArray) -> FloatArray:
        """Return the values of each group on a scale of its own, where nothing is treated."""
        rules = self.model.framework
        logged = logged_values(raw, rules)
        normalized = np.empty((raw.shape[-1], *raw.shape[:-1]))
        for place, values in enumerate(logged):
            found: list[Fault] = []
            items = [
                fit_indicator_scale(values[:, column], indicator, rules, found, LEAVE_OUT)
                for column, indicator in enumerate(rules.indicators)
            ]
            raise_faults(found)  # also of what is neutral: then other weights count
            normalized[:, place] = on_scale(values, Scale(indicators=tuple(items))).T
        return np.moveaxis(normalized, 0, -1)


def enough_in_groups(
    missing: BoolArray, share: FloatArray, factors: FloatArray, rules: Framework
) -> BoolArray:
    """Return which markets qualify in many groups ranked at once, all of as many markets."""
    gaps = missing.reshape(-1, missing.shape[-1])
    part, top = share.reshape(-1, share.shape[-1]), factors.reshape(-1, factors.shape[-1])
    return qualifies(gaps, part, top, rules, policy=rules.missing).reshape(missing.shape[:-1])


def why_group_rows_out(
    missing: BoolArray, share: FloatArray, factors: FloatArray, places: IntArray, rules: Framework
) -> pd.DataFrame:
    """Return why each row of many groups ranked at once does not qualify, under its place."""
    same = np.hstack([missing, np.isnan(factors)])
    _, first, which = np.unique(same, axis=0, return_index=True, return_inverse=True)
    some = missing[first], share[first], factors[first]
    record = exclusion_record(*some, pd.RangeIndex(len(first)), rules)
    reasons = excluded_view(record)["reason"].to_numpy()
    return pd.DataFrame({"reason": reasons[which.ravel()]}, index=places)


def is_row_by_row(rules: Framework, *, own_scale: bool) -> bool:
    """Return whether groups are ranked by the row: each by its values and the scale alone."""
    treats = own_scale and any(treatment_of(item, rules) != "none" for item in rules.indicators)
    return rules.missing in NOT_FILLING and not (treats or rules.screens)
