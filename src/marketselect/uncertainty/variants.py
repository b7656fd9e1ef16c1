"""The base ranking, made again with other choices: rules, normalized values and who qualifies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import InputError
from marketselect.framework import Framework
from marketselect.ranking.model import Model
from marketselect.ranking.ranking import Ranking
from marketselect.sampling import shared_out
from marketselect.scoring.aggregation import Split
from marketselect.scoring.coverage import observed_share, qualifies
from marketselect.scoring.factor_gaps import FactorGaps, filled_factors
from marketselect.scoring.neutral import without_idle
from marketselect.scoring.normalization import on_scale
from marketselect.scoring.plan import Filled, fill_and_log, market_groups, treat_and_fit
from marketselect.uncertainty.choice_options import base_method, common_mean, node_codes

POSITIVE = ("geometric", "harmonic")  # the means that need scores above zero

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
    filled: dict[str, Filled] = field(default_factory=dict)
    """By what becomes of missing values: no other choice matters before a treatment."""
    normalized: dict[Rules, tuple[Mapping[str, FloatArray], tuple[str, ...]]] = field(
        default_factory=dict
    )
    trees: dict[tuple[Any, ...], Framework] = field(default_factory=dict)
    models: dict[tuple[Any, ...], Model] = field(default_factory=dict)
    observed: dict[tuple[Any, ...], tuple[BoolArray, FloatArray]] = field(default_factory=dict)
    labels: dict[bytes, "pd.Index[Any]"] = field(default_factory=dict)

    def model(self, normalization: str, aggregation: str | None, method: Any) -> Model:
        """Return the model of the base with another normalization and another method."""
        key = (normalization, aggregation, method)
        if key not in self.models:
            rules = self.base.scores.counting
            own = self.framework(
                normalization, rules.missing, rules.treatment, self.span(aggregation)
            )
            options = self.options if method == base_method(self.base) else None
            self.models[key] = replace(self.base.model, framework=own).by(method, options)
        return self.models[key]

    def rows(self, markets: IntArray) -> "pd.Index[Any]":
        """Return the labels of some of all markets."""
        key = markets.tobytes()
        if key not in self.labels:
            self.labels[key] = self.raw.index[markets]
        return self.labels[key]

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
        return {code: place for place, code in enumerate(node_codes(self.base.model.framework))}

    def split(self, tree: Framework, weights: FloatArray, factors: Iterable[str]) -> Split:
        """Return the weights of what is under factors of a tree, from those of all nodes."""
        children = tree.tree.children
        return {
            factor: shared_out(weights[:, self.places(children[factor])], None)
            for factor in factors
            if factor in children
        }

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

    def qualified(
        self,
        policy: str,
        left_out: str | None,
        neutral: tuple[str, ...],
        factors: FloatArray,
        tree: Framework,
    ) -> tuple[IntArray, FactorGaps | None]:
        """Return which of all markets qualify, and the top factors that were filled.

        Parameters
        ----------
        factors : ndarray, shape (markets, top factors)
            At the weights of the base; NaN where a market has nothing.
        """
        key = (left_out, neutral)
        if key not in self.observed:
            codes = self.base.scores.counting.codes
            gaps = self.gaps[:, [codes.index(code) for code in tree.codes]]
            self.observed[key] = gaps, observed_share(gaps, tree)
        gaps, share = self.observed[key]
        scores = self.base.scores
        groups = market_groups(scores.table, tree, scores.given_groups)
        held = filled_factors(factors, share, tree, self.raw.index, groups)
        enough = qualifies(gaps, share, factors if held is None else held.scores, tree,
                           policy=policy)  # fmt: skip
        if not enough.any():
            got = "no market has enough data"
            way = "choose another policy, or a lower coverage"
            raise InputError.of("no-data", "missing", got, way)
        return np.flatnonzero(enough), held

    def columns(self, *rules: Any) -> tuple[Mapping[str, FloatArray], tuple[str, ...]]:
        """Return every indicator's normalized values, and those that tell no markets apart.

        No step up to there looks at another indicator.
        """
        if rules not in self.normalized:
            framework, missing = self.framework(*rules), rules[1]
            if missing not in self.filled:
                self.filled[missing] = fill_and_log(self.base.scores.table, framework, None, None)
            ready = treat_and_fit(self.filled[missing], framework)
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
            self.trees[key] = self.made_tree(*key)
        return self.trees[key]

    def made_tree(
        self, aggregation: str | None, left_out: str | None, neutral: tuple[str, ...]
    ) -> Framework:
        """Return that framework, made of those with one difference less."""
        if left_out is not None:
            whole = self.tree(aggregation, None, neutral)
            if left_out not in whole.codes:
                return whole
            if len(whole.codes) == 1:
                got, way = "no indicator would be left", "leave that choice out"
                raise InputError.of("empty", "left_out", got, way)
            return whole.subset([code for code in whole.codes if code != left_out])
        rules = without_idle(self.base.scores.counting, neutral)
        if aggregation is None:
            return rules
        mean: dict[str, Any] = {"aggregation": aggregation, "power": None}
        return replace(rules, factors=tuple(replace(f, **mean) for f in rules.factors))


def variants_of(base: Ranking, options: Mapping[str, object] | None) -> Variants:
    """Return what ranks the base again by other modeling choices."""
    raw = base.scores.table.values[list(base.scores.counting.codes)]
    shown = raw.index.get_indexer(base.table.index)
    return Variants(base=base, options=options, raw=raw, shown=shown)
