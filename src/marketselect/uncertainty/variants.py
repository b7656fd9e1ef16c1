"""The base ranking, made again with other choices: the scores of many cells at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import (
    BoolArray,
    FloatArray,
    IntArray,
    Matrix,
    divided,
    weight_batch,
)
from marketselect.errors import InputError
from marketselect.framework import Framework
from marketselect.ranking.model import Model
from marketselect.ranking.ranking import Ranking
from marketselect.sampling import shared_out
from marketselect.scoring.aggregation import Split
from marketselect.scoring.coverage import observed_share, qualifies
from marketselect.scoring.factor_gaps import filled_factors
from marketselect.scoring.neutral import without_idle
from marketselect.scoring.normalization import on_scale
from marketselect.scoring.plan import market_groups, prepare
from marketselect.scoring.sums import Sums
from marketselect.uncertainty.choice_options import (
    base_method,
    common_mean,
    node_codes,
    node_weights,
)

POSITIVE = ("geometric", "harmonic")  # the means that need scores above zero

Rules = tuple[str, str, str, tuple[float, float]]
"""Normalization, missing, treatment and range: what the normalized values depend on."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Job:
    """Cells that differ by their weights alone."""

    values: tuple[Any, ...]
    """One value a choice, without the weights."""
    weights: FloatArray
    """Local weights of all nodes, as `node_codes` has them, shape (cells, nodes)."""
    rows: IntArray
    """Which of all cells they are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Factored:
    """What was made by some rules, at the weights of the base."""

    tree: Framework
    columns: Mapping[str, FloatArray]
    """Normalized values of all markets by indicator; where a factor was filled, its score."""
    markets: IntArray
    """Which of all markets qualify."""
    matrix: FloatArray
    """Their top factors, shape (markets, factors)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Variants:
    """The base ranking, made again with other choices; what several cells share is made once."""

    base: Ranking
    options: Mapping[str, object] | None
    """The options of the base method, as the call gave them."""
    raw: pd.DataFrame
    """All markets x the framework's indicators, NaN where missing."""
    shown: IntArray
    """Where the candidates are among all markets."""
    model: Model
    """That of the base."""
    frameworks: dict[Rules, Framework] = field(default_factory=dict)
    normalized: dict[Rules, tuple[Mapping[str, FloatArray], tuple[str, ...]]] = field(
        default_factory=dict
    )
    trees: dict[tuple[Any, ...], Framework] = field(default_factory=dict)
    factored: dict[tuple[Any, ...], Factored] = field(default_factory=dict)
    """By one value a choice up to the method."""

    def scores(self, jobs: Sequence[Job]) -> FloatArray:
        """Return the candidates' scores in the cells of each job, one job after the other.

        Shape (cells, candidates); NaN where a candidate has none. A method is called once for all
        jobs that it can take together.
        """
        self.aggregate(job.values[:-1] for job in jobs)
        ends = np.cumsum([len(job.weights) for job in jobs])
        stated = [self.stated_below(job.weights) for job in jobs]
        drawn = self.drawn([job for job, same in zip(jobs, stated, strict=True) if not same])
        calls: dict[Any, list[tuple[Job, IntArray, FloatArray]]] = {}
        for job, same, rows in zip(
            jobs, stated, np.split(np.arange(ends[-1]), ends[:-1]), strict=True
        ):
            made = self.factored[job.values[:-1]]
            key = (job.values[-1], *job.values[:2], made.tree.top, made.markets.tobytes())
            call = (job, rows, made.matrix if same else next(drawn))
            calls.setdefault((*key, job.values if same else None), []).append(call)
        every = np.full((ends[-1], len(self.raw)), np.nan)
        for batch in calls.values():
            rows = np.concatenate([rows for _, rows, _ in batch])
            made = self.factored[batch[0][0].values[:-1]]
            every[rows[:, None], made.markets] = self.called(
                [job for job, *_ in batch], [matrix for *_, matrix in batch]
            )
        return every[:, self.shown]

    def called(self, jobs: Sequence[Job], matrices: Sequence[FloatArray]) -> FloatArray:
        """Return the scores of the markets that qualify, as one call of the jobs' method has them.

        The jobs differ by what makes their factors alone: one matrix for all, or one for each cell.
        """
        normalization, aggregation, missing, treatment, _, method = jobs[0].values
        made = self.factored[jobs[0].values[:-1]]
        rules = self.framework(normalization, missing, treatment, self.span(aggregation))
        options = self.options if method == base_method(self.base) else None
        model = self.model_of(rules).by(method, options)
        top = made.tree.top
        weights = np.concatenate([job.weights for job in jobs])[:, self.places(top)]
        matrix = matrices[0] if matrices[0].ndim == 2 else np.concatenate(matrices)
        rows = self.raw.index[made.markets]
        names = Matrix(values=matrix, rows=rows, columns=top, of_factors=True)
        return model.scores(names.holding(matrix), divided(weight_batch(weights, len(top))))

    def stated_below(self, weights: FloatArray) -> bool:
        """Return whether all weights below the top factors are those of the base."""
        return bool((weights[:, len(self.model.weights) :] == self.below).all())

    @cached_property
    def below(self) -> FloatArray:
        """The weights of the base below the top factors."""
        return node_weights(self.model.framework)[len(self.model.weights) :]

    @cached_property
    def gaps(self) -> BoolArray:
        """Which values are missing."""
        return self.raw.isna().to_numpy()

    def places(self, codes: Iterable[str]) -> list[int]:
        """Return where nodes stand among the weights of all."""
        return [self.node[code] for code in codes]

    @cached_property
    def node(self) -> dict[str, int]:
        """The place of each node of the base among the weights of all."""
        return {code: place for place, code in enumerate(node_codes(self.model.framework))}

    def drawn(self, jobs: Iterable[Job]) -> Iterator[FloatArray]:
        """Yield each job's top factors at its own weights, shape (cells, markets, factors)."""
        for _, group in groupby(jobs, key=lambda job: id(self.factored[job.values[:-1]].tree)):
            alike = list(group)
            tree = self.factored[alike[0].values[:-1]].tree
            if not all(factor.aggregation == "arithmetic" for factor in tree.factors):
                yield from self.means(tree, alike)
                continue
            for _, same in groupby(alike, key=lambda job: job.values[:-1]):
                yield from self.sums(tree, list(same))

    def means(self, tree: Framework, jobs: Sequence[Job]) -> Iterator[FloatArray]:
        """Yield the top factors of jobs of one tree, all aggregated at once."""
        cells = [len(job.weights) for job in jobs]
        made = [self.factored[job.values[:-1]] for job in jobs]
        known = {
            code: np.repeat([one.columns[code] for one in made], cells, axis=0)
            for code in tree.codes
        }
        factors = self.model_of(tree).factors(known, self.split(tree, jobs), self.raw.index)
        for one, part in zip(made, np.split(factors, np.cumsum(cells)[:-1]), strict=True):
            yield part.take(one.markets, axis=1)

    def sums(self, tree: Framework, jobs: Sequence[Job]) -> Iterator[FloatArray]:
        """Yield the top factors of jobs that differ by their method alone, of arithmetic means."""
        made = self.factored[jobs[0].values[:-1]]
        known = {code: made.columns[code][made.markets] for code in tree.codes}
        factors = Sums.of(known, tree).factors(self.split(tree, jobs))
        yield from np.split(factors, np.cumsum([len(job.weights) for job in jobs])[:-1])

    def split(self, tree: Framework, jobs: Sequence[Job]) -> Split:
        """Return the weights of every group of a tree in the cells of the jobs."""
        weights = np.concatenate([job.weights for job in jobs])
        return {
            group: shared_out(weights[:, self.places(children)], None)
            for group, children in tree.tree.children.items()
        }

    def model_of(self, framework: Framework) -> Model:
        """Return the model of the base with another framework."""
        return replace(self.model, framework=framework)

    def span(self, aggregation: str | None) -> tuple[float, float]:
        """Return the range of the scores: from a hundredth of it where a mean bears no zero.

        Only for a mean that the base does not have: its own meets no zero.
        """
        rules = self.base.scores.counting
        low, high = rules.range
        other = aggregation in POSITIVE and aggregation != common_mean(rules)
        return (high / 100, high) if other and low == 0 else (low, high)

    def framework(self, *rules: Any) -> Framework:
        """Return the framework with other rules for the single indicators."""
        if rules not in self.frameworks:
            names = ("normalization", "missing", "treatment", "range")
            given: dict[str, Any] = dict(zip(names, rules, strict=True))
            self.frameworks[rules] = replace(self.base.scores.counting, **given)
        return self.frameworks[rules]

    def aggregate(self, wanted: Iterable[tuple[Any, ...]]) -> None:
        """Make the factors of what is wanted at the weights of the base, a tree at once.

        `wanted` are rules: one value a choice up to the method.
        """
        trees: dict[tuple[Any, ...], dict[tuple[Any, ...], Mapping[str, FloatArray]]] = {}
        for rules in dict.fromkeys(wanted):
            if rules not in self.factored:
                normalization, aggregation, missing, treatment, left_out = rules
                span = self.span(aggregation)
                columns, neutral = self.columns(normalization, missing, treatment, span)
                trees.setdefault((aggregation, left_out, neutral), {})[rules] = columns
        for key, group in trees.items():
            tree = self.tree(*key)
            known = {code: np.array([own[code] for own in group.values()]) for code in tree.codes}
            matrices = self.model_of(tree).factors(known, markets=self.raw.index)
            gaps = self.gaps[:, [self.base.scores.counting.codes.index(c) for c in tree.codes]]
            share = observed_share(gaps, tree)
            groups = market_groups(self.base.scores.table, tree, self.base.scores.given_groups)
            for (rules, columns), matrix in zip(group.items(), matrices, strict=True):
                held = filled_factors(matrix, share, tree, self.raw.index, groups)
                scores = matrix if held is None else held.scores
                enough = qualifies(gaps, share, scores, tree, policy=rules[2])
                if not enough.any():
                    got = "no market has enough data"
                    way = "choose another policy, or a lower coverage"
                    raise InputError.of("no-data", "missing", got, way)
                self.factored[rules] = Factored(
                    tree=tree,
                    columns=columns if held is None else held.under(columns, tree),
                    markets=np.flatnonzero(enough),
                    matrix=scores[enough],
                )

    def columns(self, *rules: Any) -> tuple[Mapping[str, FloatArray], tuple[str, ...]]:
        """Return every indicator's normalized values, and those that tell no markets apart.

        No step up to there looks at another indicator.
        """
        if rules not in self.normalized:
            framework = self.framework(*rules)
            ready = prepare(self.base.scores.table, framework, None, None)
            values = on_scale(ready.values, ready.scale)
            columns = dict(zip(framework.codes, np.moveaxis(values, -1, 0), strict=True))
            self.normalized[rules] = columns, ready.scale.neutral
        return self.normalized[rules]

    def tree(
        self, aggregation: str | None, left_out: str | None, neutral: tuple[str, ...]
    ) -> Framework:
        """Return the framework with other means or fewer indicators."""
        key = (aggregation, left_out, neutral)
        if key not in self.trees:
            rules = without_idle(self.base.scores.counting, neutral)
            if left_out in rules.codes:
                if len(rules.codes) == 1:
                    got, way = "no indicator would be left", "leave that choice out"
                    raise InputError.of("empty", "left_out", got, way)
                rules = rules.subset([code for code in rules.codes if code != left_out])
            if aggregation is not None:
                mean: dict[str, Any] = {"aggregation": aggregation, "power": None}
                rules = replace(rules, factors=tuple(replace(f, **mean) for f in rules.factors))
            self.trees[key] = rules
        return self.trees[key]


def variants_of(base: Ranking, options: Mapping[str, object] | None) -> Variants:
    """Return what makes the base ranking again with other choices."""
    raw = base.scores.table.values[list(base.scores.counting.codes)]
    shown = raw.index.get_indexer(base.table.index)
    return Variants(base=base, options=options, raw=raw, shown=shown, model=base.model)
