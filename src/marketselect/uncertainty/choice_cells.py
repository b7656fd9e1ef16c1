"""Cells of modelling choices: the scores that each gives, and which options run together.

A cell names one option of every choice. It is a row of whole numbers, the place of each option
among its choice's, in the order of `CHOICES`; -1 is what the base ranking has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray, Matrix, divided, weight_batch
from marketselect.errors import InputError
from marketselect.framework import Framework
from marketselect.framework import vocabulary as words
from marketselect.ranking.ranking import Ranking
from marketselect.running import Progress, silent
from marketselect.sampling import shared_out
from marketselect.scoring.coverage import observed_share, qualifies
from marketselect.scoring.factor_gaps import filled_factors
from marketselect.scoring.neutral import without_idle
from marketselect.scoring.normalization import on_scale
from marketselect.scoring.plan import market_groups, prepare
from marketselect.scoring.sums import Sums
from marketselect.uncertainty.choice_options import (
    CHOICES,
    Choice,
    base_method,
    common_mean,
    node_codes,
    node_weights,
)

POSITIVE = ("geometric", "harmonic")  # the means that need scores above zero

Fault = tuple[tuple[int, ...], str]
"""A cell that has no scores, and why."""
Rules = tuple[str, str, str, tuple[float, float]]
"""Normalization, missing, treatment and range: what the normalized values depend on."""


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
    frameworks: dict[Rules, Framework] = field(default_factory=dict)
    normalized: dict[Rules, tuple[dict[str, FloatArray], tuple[str, ...]]] = field(
        default_factory=dict
    )
    trees: dict[tuple[Any, ...], Framework] = field(default_factory=dict)
    factors: dict[tuple[Any, ...], tuple[FloatArray, IntArray, tuple[str, ...]]] = field(
        default_factory=dict
    )
    held: dict[tuple[Any, ...], dict[str, FloatArray]] = field(default_factory=dict)
    """Normalized values where factors were filled, by what these depend on."""

    def scores(self, values: tuple[Any, ...], weights: FloatArray) -> FloatArray:
        """Return the candidates' scores, shape (weights, candidates); NaN where it has none.

        Parameters
        ----------
        values : tuple
            One value a choice, without the weights.
        weights : ndarray, shape (weights, nodes of the base)
            Local weights of all nodes, as `node_codes` has them.
        """
        normalization, aggregation, missing, treatment, _, method = values
        matrix, markets, top = self.factor_scores(*values[:-1])
        rules = self.framework(normalization, missing, treatment, self.span(aggregation))
        own = method == base_method(self.base)
        model = replace(self.base.model, framework=rules).by(method, self.options if own else None)
        shares = divided(weight_batch(weights[:, self.places(top)], len(top)))
        names = Matrix(values=matrix, rows=self.raw.index[markets], columns=top, of_factors=True)
        every = np.full((len(weights), len(self.raw)), np.nan)
        count = len(self.base.weights)
        if (weights[:, count:] == node_weights(self.base.model.framework)[count:]).all():
            every[:, markets] = model.scores(names.holding(matrix), shares)
        else:
            own = self.factor_draws(values[:-1], weights, markets)
            every[:, markets] = model.scores(names.holding(own), shares)
        return every[:, self.shown]

    def places(self, codes: Iterable[str]) -> list[int]:
        """Return where nodes stand among the weights of all."""
        return [self.node[code] for code in codes]

    @cached_property
    def node(self) -> dict[str, int]:
        """The place of each node of the base among the weights of all."""
        return {code: place for place, code in enumerate(node_codes(self.base.model.framework))}

    def factor_draws(
        self, values: tuple[Any, ...], weights: FloatArray, markets: IntArray
    ) -> FloatArray:
        """Return each draw's own scores of the top factors, shape (weights, markets, factors)."""
        normalization, aggregation, missing, treatment, left_out = values
        span = self.span(aggregation)
        columns, neutral = self.columns(normalization, missing, treatment, span)
        tree = self.tree(aggregation, left_out, neutral)
        columns = self.held.get(values, columns)
        known = {code: columns[code][markets] for code in tree.codes}
        split = {
            group: shared_out(weights[:, self.places(children)], None)
            for group, children in tree.tree.children.items()
        }
        if all(factor.aggregation == "arithmetic" for factor in tree.factors):
            return Sums.of(known, tree).factors(split)
        model = replace(self.base.model, framework=tree)
        return model.factors(known, split, self.raw.index[markets])

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

    def factor_scores(
        self, normalization: str, aggregation: str, missing: str, treatment: str, left_out: str
    ) -> tuple[FloatArray, IntArray, tuple[str, ...]]:
        """Return scores of the markets that qualify, which these are, and the top factors."""
        key = (normalization, aggregation, missing, treatment, left_out)
        if key not in self.factors:
            span = self.span(aggregation)
            values, neutral = self.columns(normalization, missing, treatment, span)
            tree = self.tree(aggregation, left_out, neutral)
            codes = list(tree.codes)
            model = replace(self.base.model, framework=tree)
            matrix = model.factors({c: values[c] for c in codes}, markets=self.raw.index)
            gaps = self.raw[codes].isna().to_numpy()
            share = observed_share(gaps, tree)
            groups = market_groups(self.base.scores.table, tree, self.base.scores.given_groups)
            held = filled_factors(matrix, share, tree, self.raw.index, groups)
            if held is not None:
                matrix, self.held[key] = held.scores, held.under(values, tree)
            enough = qualifies(gaps, share, matrix, tree, policy=missing)
            if not enough.any():
                got, way = "no market has enough data", "choose another policy, or a lower coverage"
                raise InputError.of("no-data", "missing", got, way)
            self.factors[key] = matrix[enough], np.flatnonzero(enough), tree.top
        return self.factors[key]

    def columns(self, *rules: Any) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
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
    return Variants(base=base, options=options, raw=raw, shown=shown)


def evaluate(
    variants: Variants, choices: tuple[Choice, ...], cells: IntArray, report: Progress = silent
) -> tuple[FloatArray, list[Fault]]:
    """Return the candidates' scores in each cell, shape (cells, candidates), and what failed.

    A cell that failed has NaN for every candidate.
    """
    weights = choices[-1]
    table = np.array([weights.base, *weights.values])  # place -1 is the base: the first row
    groups, member = np.unique(cells[:, :-1], axis=0, return_inverse=True)
    rows = np.argsort(member.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(member.ravel(), minlength=len(groups)))[:-1]
    scores = np.full((len(cells), len(variants.base.table)), np.nan)
    faults: list[Fault] = []
    done = 0
    for group, inside in zip(groups, np.split(rows, ends), strict=True):
        places = zip(choices, map(int, group), strict=False)
        values = tuple(choice.value(place) for choice, place in places)
        try:
            scores[inside] = variants.scores(values, table[cells[inside, -1] + 1])
        except InputError as fault:
            faults += [(tuple(map(int, cells[row])), str(fault)) for row in inside]
        done += len(inside)
        report(done, len(cells))
    return scores, faults


def runnable(
    variants: Variants, choices: tuple[Choice, ...]
) -> tuple[tuple[Choice, ...], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the choices with the options that run together, what was skipped, what failed.

    First every combination of rules and methods is tried, with every indicator and the base
    weights; then each indicator is left out alone.
    """
    skipped = redundant_options(variants.base, choices)
    left = without_options(choices, skipped)
    failed: list[dict[str, Any]] = []
    for varied in (("normalization", "aggregation", "missing", "treatment", "method"), CHOICES[4]):
        while True:
            cells = product_cells([c if c.name in varied else None for c in left])
            _, faults = evaluate(variants, left, cells)
            if not faults:
                break
            failed += [named_cell(left, *fault) for fault in faults]
            skipped.append(worst_option(left, cells, faults))
            left = without_options(left, skipped[-1:])
    return left, skipped, failed


def redundant_options(base: Ranking, choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    """List the usual options that can only give what another one gives."""
    rules = base.scores.counting
    fixed = [indicator.goalposts is not None for indicator in rules.indicators]
    why: dict[tuple[str, str], str] = {}
    if not any(fixed):
        why["normalization", "distance-to-max"] = 'the same as "min-max" without goalposts'
    if all(fixed) and rules.normalization == "goalposts":
        why["normalization", "min-max"] = 'the same as "goalposts", which every indicator has'
    if not base.scores.table.values[list(rules.codes)].isna().to_numpy().any():
        why |= {("missing", word): "no value is missing" for word in words.MISSING}
    return [
        {"choice": choice.name, "option": label, "reason": why[choice.name, label]}
        for choice in choices
        for label in choice.labels
        if choice.usual and label != choice.base_label and (choice.name, label) in why
    ]


def without_options(
    choices: tuple[Choice, ...], skipped: list[dict[str, Any]]
) -> tuple[Choice, ...]:
    """Return the choices without some options."""
    left = {choice.name: choice for choice in choices}
    for row in skipped:
        choice = left[row["choice"]]
        left[choice.name] = choice.without(choice.labels.index(row["option"]))
    return tuple(left.values())


def worst_option(
    choices: tuple[Choice, ...], cells: IntArray, faults: list[Fault]
) -> dict[str, Any]:
    """Return the option whose cells fail most often; of several the last in its choice's list.

    Usual options go before those that somebody named, and these before what the base ranking has.

    Raises
    ------
    InputError
        If an option that somebody named would have to go.
    """
    bad = np.array([cell for cell, _ in faults])
    ranked = []
    for column, choice in enumerate(choices):
        for place in np.unique(bad[:, column][bad[:, column] >= 0]):
            share = (bad[:, column] == place).sum() / (cells[:, column] == place).sum()
            own = choice.labels[place] == choice.base_label
            spare = choice.usual and choice.name != "weights" and not own
            key = (spare, not own, share, int(place), -column)
            ranked.append((key, choice, bad[:, column] == place))
    if not ranked:
        base, way = "the base ranking itself fails", "rank by what can be ranked first"
        raise InputError.of("not-possible", base, f"{faults[0][1]}", way)
    (*_, place, _), choice, where = max(ranked, key=lambda row: row[0])
    example = faults[int(np.flatnonzero(where)[0])]
    others = [
        f'{c.name} "{c.label(p)}"'
        for c, p in zip(choices, example[0], strict=True)
        if c is not choice and c.label(p) != c.base_label
    ]
    beside = f"with {', '.join(others)}: " if others else ""
    reason = f"{beside}{example[1]}"
    if not choice.usual:
        rest = ", or what it does not go with" if others else ""
        raise InputError.of(
            "not-possible",
            f"choices, {choice.name}",
            f'"{choice.labels[place]}" cannot run',
            f"{reason}; leave it out{rest}",
        )
    return {"choice": choice.name, "option": choice.labels[place], "reason": reason}


def named_cell(choices: tuple[Choice, ...], cell: tuple[int, ...], why: str) -> dict[str, Any]:
    """Return a cell by the names of its options, with the reason why it failed."""
    names = {c.name: c.label(place) for c, place in zip(choices, cell, strict=True)}
    return {**names, "reason": why}


def product_cells(varied: Iterable[Choice | None]) -> IntArray:
    """Return every combination of the options; a choice that is None, or has none, is at -1."""
    places = [range(len(c.values)) if c is not None and c.values else (-1,) for c in varied]
    return np.array(list(product(*places)), dtype=np.int64)


def count_cells(choices: Iterable[Choice]) -> int:
    """Return how many combinations there are."""
    return prod(max(1, len(choice.values)) for choice in choices)
