"""The scores of many cells of modeling choices at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray, IntArray, Matrix
from marketselect.arrays.weights import divided_weights, weight_batch
from marketselect.errors import InputError
from marketselect.framework import Framework
from marketselect.scoring.factor_gaps import FactorGaps
from marketselect.uncertainty.choice_means import Means
from marketselect.uncertainty.variants import Variants

MANY = 8  # cells of one matrix: from here on a method is called for them alone

Failed = list[tuple[int, str]]
"""Cells that have no scores, and why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoiceCells:
    """Cells that differ by their weights alone."""

    values: tuple[Any, ...]
    """One value a choice, without the weights."""
    places: NDArray[np.intp]
    """Which weights they have."""
    rows: IntArray
    """Which of all cells they are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kept:
    """The top factors by some rules without one indicator, and who qualifies."""

    tree: Framework
    markets: IntArray
    """Which of all markets qualify."""
    whole: FloatArray
    """The top factors with every indicator, shape (weights, factors, markets)."""
    place: int | None
    """Which of these the indicator that is left out is under."""
    changed: FloatArray | None
    """How that one is without it, shape (weights, markets); None where nothing is left of it."""
    held: FactorGaps | None = None
    """Top factors that hold one score at any weights."""

    def at(self, places: NDArray[np.intp] | int) -> FloatArray:
        """Return the factors at some weights, shape (..., markets, factors).

        In memory the markets of a factor lie side by side, as methods read them.
        """
        found = self.whole.take(places, axis=0)
        if self.place is not None:
            if self.changed is None:
                found = np.delete(found, self.place, axis=-2)
            else:
                found[..., self.place, :] = self.changed[places]
        if self.held is not None:
            gaps = self.held.gaps.T
            found[..., gaps] = self.held.scores.T[gaps]
        return found.take(self.markets, axis=-1).swapaxes(-1, -2)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoiceScorer:
    """What scores cells: the base ranking in its variants, and weights.

    Jobs of the same rules are to follow each other: what is made of rules is kept until others
    come.
    """

    variants: Variants
    weights: FloatArray
    """Local weights of all nodes, as `node_codes` has them, shape (weights, nodes); the base's are
    the first."""
    means: dict[tuple[Any, ...], Means | InputError] = field(default_factory=dict)
    """Of the last rules: one value a choice up to who is left out."""
    kept: dict[tuple[Any, ...], Kept | InputError] = field(default_factory=dict)
    """Of these and who is left out."""

    def score(self, jobs: Sequence[ChoiceCells], scores: FloatArray) -> Failed:
        """Put the candidates' scores in the cells of jobs into the rows of these cells.

        A method is called once for all jobs that it can take together. A job that fails leaves its
        rows as they are.

        Parameters
        ----------
        scores : ndarray, shape (cells, candidates)
            NaN; so it stays where a candidate has none.
        """
        failed: Failed = []
        calls: dict[Any, list[tuple[ChoiceCells, Kept]]] = {}
        for job in jobs:
            kept = self.without(job.values[:-1])
            if isinstance(kept, InputError):
                failed += [(row, str(kept)) for row in job.rows.tolist()]
                continue
            normalization, aggregation, *_, method = job.values
            key = (method, normalization, aggregation, kept.tree.top, kept.markets.tobytes())
            alone = job.values if self.one_matrix(job) else None
            calls.setdefault((*key, alone), []).append((job, kept))
        for call in calls.values():
            failed += self.attempt(call, scores)
        return failed

    def attempt(self, call: Sequence[tuple[ChoiceCells, Kept]], scores: FloatArray) -> Failed:
        """Call a method for jobs; where one of them cannot be scored, for the halves of them."""
        rows = np.concatenate([job.rows for job, _ in call])
        try:
            found = self.called(call)
        except InputError as fault:
            if len(call) == 1:
                return [(row, str(fault)) for row in rows.tolist()]
            half = len(call) // 2
            return self.attempt(call[:half], scores) + self.attempt(call[half:], scores)
        every = np.full((len(rows), len(self.variants.raw)), np.nan)
        every[:, call[0][1].markets] = found
        scores[rows] = every[:, self.variants.shown]
        return []

    def called(self, call: Sequence[tuple[ChoiceCells, Kept]]) -> FloatArray:
        """Return the scores of the markets that qualify, as one call of a method has them."""
        job, kept = call[0]
        normalization, aggregation, *_, method = job.values
        variants, top = self.variants, kept.tree.top
        places = np.concatenate([job.places for job, _ in call])
        if self.one_matrix(job):
            matrix = kept.at(self.below[job.places[0]])
        else:
            parts = [kept.at(self.below[job.places]).swapaxes(-1, -2) for job, kept in call]
            matrix = np.concatenate(parts).swapaxes(-1, -2)
        names = Matrix(
            values=matrix, rows=variants.rows(kept.markets), columns=top, of_factors=True
        )
        weights = weight_batch(self.weights[places][:, variants.places(top)], len(top))
        model = variants.model(normalization, aggregation, method)
        return model.scores(names.holding(matrix), divided_weights(weights))

    def one_matrix(self, job: ChoiceCells) -> bool:
        """Return whether many cells have the same factors: those of the base's weights below."""
        return len(job.rows) >= MANY and not np.ptp(self.below[job.places])

    @cached_property
    def distinct(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where each weights below the top factors come first, and which of these each has."""
        below = self.weights[:, len(self.variants.base.model.weights) :]
        _, first, place = np.unique(below, axis=0, return_index=True, return_inverse=True)
        return first, place.ravel()

    @cached_property
    def lower(self) -> FloatArray:
        """The weights of all nodes, of those that differ below the top factors."""
        return self.weights[self.distinct[0]]

    @property
    def below(self) -> NDArray[np.intp]:
        """Which weights below the top factors each has."""
        return self.distinct[1]

    def without(self, rules: tuple[Any, ...]) -> Kept | InputError:
        """Return the factors by some rules, without the last of them, or why there are none."""
        whole = self.whole(rules[:-1])
        if isinstance(whole, InputError):
            return whole
        if rules not in self.kept:
            try:
                self.kept[rules] = self.made_without(whole, rules)
            except InputError as fault:
                self.kept[rules] = fault
        return self.kept[rules]

    def made_without(self, means: Means, rules: tuple[Any, ...]) -> Kept:
        """Return the factors by some rules without an indicator, and who qualifies."""
        *_, policy, _, left_out = rules
        variants, tree, place, changed = self.variants, means.tree, None, None
        if left_out in tree.codes:
            above = tree.tree.above[left_out]
            place = tree.top.index(above[-1])
            tree = variants.tree(rules[1], left_out, means.neutral)
            changed = means.without(left_out, tree, variants.split(tree, self.lower, above))
        every = np.arange(len(variants.raw))
        kept = Kept(tree=tree, markets=every, whole=means.top, place=place, changed=changed)
        stated = kept.at(self.below[0])
        markets, held = variants.qualified(policy, left_out, means.neutral, stated, tree)
        return replace(kept, markets=markets, held=held)

    def whole(self, rules: tuple[Any, ...]) -> Means | InputError:
        """Return the factors by some rules with every indicator, or why there are none."""
        if rules not in self.means:
            self.means.clear()
            self.kept.clear()
            try:
                self.means[rules] = self.made(rules)
            except InputError as fault:
                self.means[rules] = fault
        return self.means[rules]

    def made(self, rules: tuple[Any, ...]) -> Means:
        """Return the factors by some rules with every indicator."""
        normalization, aggregation, missing, treatment = rules
        variants = self.variants
        span = variants.span(aggregation)
        columns, neutral = variants.columns(normalization, missing, treatment, span)
        tree = variants.tree(aggregation, None, neutral)
        split = variants.split(tree, self.lower, tree.tree.factors)
        return Means.of(columns, variants.raw.index, tree, split, neutral)
