"""One question for the ranks that markets can take: over which weights, and how it is answered.

By a search where scores are linear in the weights, from what sampled weights reach; by these alone
where they are not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import InputError
from marketselect.ranking.interval import level_scores
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.ranks import rank_scores
from marketselect.running import in_threads
from marketselect.sampling import CHUNK, among, weights_anywhere, weights_around
from marketselect.uncertainty.allowed import Allowed
from marketselect.uncertainty.constrained import OwnDraws, own_draws
from marketselect.uncertainty.extremes import Face, faces_of, proven, sole_winner
from marketselect.uncertainty.forms import Forms, leaf_forms, top_forms
from marketselect.uncertainty.regions import Region, stated_region, tree_region, weight_region
from marketselect.uncertainty.solver import Solvers

MOST = 2000  # markets: the search for each of them takes longer with the square of their number
BLOCK = 16  # markets at a time, between two reports of progress


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One question for bounds: of which ranking, over which weights."""

    ranking: Ranking
    drawn: WeightDraws
    limited: Mapping[str | None, Allowed]
    tolerance: float | None
    """Of the groups that statements do not limit, or with them where they have one, too."""
    draws: int

    @cached_property
    def forms(self) -> Forms | None:
        """What scores are linear in; None where they are not."""
        return leaf_forms(self.ranking) if self.drawn.below else top_forms(self.ranking)

    @property
    def names(self) -> tuple[str, ...]:
        """What weights are of."""
        tree = self.ranking.model.framework.tree
        return tree.indicators if self.drawn.below else tree.top

    @cached_property
    def region(self) -> Region:
        """The weights allowed."""
        model, tolerance = self.ranking.model, self.tolerance
        if not self.drawn.below:
            within = self.limited.get(None)
            if within is not None:
                return stated_region(within)
            return weight_region(np.array(list(self.ranking.weights)), tolerance, model.counted)
        if self.drawn.levels == "all":
            return tree_region(self.drawn, tolerance, self.limited)
        tree, idle = model.framework.tree, self.drawn.idle
        counted = np.array([code not in idle for code in tree.indicators])
        whole = np.where(counted, [tree.whole[code] for code in tree.indicators], 0.0)
        return weight_region(whole / whole.sum(), tolerance, counted)

    def answer(
        self,
        places: IntArray,
        nodes: int,
        threads: int | None,
        report: Callable[[int, int], object],
    ) -> tuple[IntArray, FloatArray, IntArray, object | None]:
        """Return ranks and weights reached, bounds, all of some markets, and the sole winner."""
        forms, every = self.forms, len(self.ranking.table)
        if forms is None:
            ranks, weights = self.sampled(None)
            bounds = np.tile([[1], [every]], len(places))
            report(len(places), len(places))
            return ranks[:, places], weights[:, places], bounds, None
        if every > MOST:
            raise InputError.of(
                "too-large",
                "ranking",
                f"has {every:,} markets, and each is held against all others in two searches",
                f"rank at most {MOST:,} among themselves: rank_markets(..., markets=[...]); "
                "robustness samples the weights",
            )
        faces, unit = self.faces(forms)
        ranks, weights = self.sampled(forms)
        found = self.search(faces, unit, ranks, places, nodes, threads, report)
        bounds = np.array([pair for pair, _ in found]).T
        ranks, weights = ranks[:, places], weights[:, places]
        own = np.arange(len(places))
        for face in range(len(faces)):
            at = np.array([points[:, face] for _, points in found]).swapaxes(0, 1)
            # Where nothing was sought, what there is stands; where it was, the better of the two.
            at = np.where(np.isnan(at), weights, at)
            reached = rank_scores(self.scores(forms, at))[:, own, places]
            better = np.array([reached[0] < ranks[0], reached[1] > ranks[1]])
            ranks = np.where(better, reached, ranks)
            weights = np.where(better[..., None], at, weights)
        return ranks, weights, bounds, self.winner(faces)

    def faces(self, forms: Forms) -> tuple[list[Face], float]:
        """Return what is searched, and the unit that its numbers are in."""
        # No rank depends on the unit, and numbers near one are what the solver's limits are for.
        values = forms.values
        unit = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0
        return faces_of(values / unit, self.region), unit

    def winner(self, faces: Sequence[Face]) -> object | None:
        """Return the market that no other beats at any weights allowed, None where none is."""
        first = sole_winner(faces)
        return None if first is None else self.ranking.table.index[first]

    def search(
        self,
        faces: Sequence[Face],
        unit: float,
        known: IntArray,
        places: IntArray,
        nodes: int,
        threads: int | None,
        report: Callable[[int, int], object],
    ) -> list[tuple[IntArray, FloatArray]]:
        """Return for each of some markets the bounds, and weights of each face."""
        decimals, logs = self.ranking.decimals, self.forms is not None and self.forms.logs
        step = 0.0 if decimals is None else 10.0**-decimals / (1.0 if logs else unit)
        found: list[tuple[IntArray, FloatArray]] = []
        with Solvers() as solve:
            ask = partial(proven, faces, step, unit if logs else None, known, nodes, solve)
            for start in range(0, len(places), BLOCK):
                found += list(in_threads(ask, places[start : start + BLOCK].tolist(), threads))
                report(len(found), len(places))
        return found

    def scores(self, forms: Forms, weights: FloatArray) -> FloatArray:
        """Return the scores of the ranked markets, as they are ranked."""
        if not self.drawn.below:
            return rescore(self.ranking, weights)
        return self.ranking.model.rounded(forms.scores(weights))

    def sampled(self, forms: Forms | None) -> tuple[IntArray, FloatArray]:
        """Return best and worst rank at the stated and some sampled weights, and those weights.

        Shapes (2, markets) and (2, markets, weights).
        """
        ranking, drawn, within = self.ranking, self.drawn, self.limited.get(None)
        if forms is not None and not drawn.below:
            if within is None:
                return sampled_extremes(ranking, self.tolerance, self.draws, drawn.seed)
            own = OwnDraws(allowed=within, seed=(drawn.seed,))
            return extremes_at(ranking, next(own(self.draws, self.draws)))
        if self.limited:
            drawn = replace(drawn, own=own_draws(self.limited, drawn.seed))
        tree, scored = ranking.model.framework.tree, level_scores(ranking, drawn)
        stated = np.array([tree.whole[code] for code in self.names])
        rank = ranking.table["rank"].to_numpy()
        extremes, at = np.array([rank, rank]), np.tile(stated, (2, len(rank), 1))
        if self.limited:  # the stated weights may not be among them
            extremes, at = np.array([rank * 0 + len(rank) + 1, rank * 0]), at * np.nan
        for split in drawn.splits(self.draws, scored.chunk(CHUNK)):
            weights = drawn.whole(split) if drawn.below else split[None]
            if forms is None:
                scores = scored.scores(split)[:, ranking.place]
            else:
                scores = self.scores(forms, weights)
            extremes, at = more_extreme(extremes, at, rank_scores(scores), weights)
        return extremes, at


def more_extreme(
    extremes: IntArray, at: FloatArray, ranks: IntArray, weights: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Return the best and worst ranks with those of more weights, and their weights."""
    found = np.array([ranks.min(axis=0), ranks.max(axis=0)])
    where = weights[np.array([ranks.argmin(axis=0), ranks.argmax(axis=0)])]
    better = np.array([found[0] < extremes[0], found[1] > extremes[1]])
    return np.where(better, found, extremes), np.where(better[..., None], where, at)


def sampled_extremes(
    ranking: Ranking, tolerance: float | None, draws: int, seed: int
) -> tuple[IntArray, FloatArray]:
    """Return best and worst ranks at sampled weights, with all weight on each factor, too."""
    stated, counted = np.array(list(ranking.weights)), ranking.model.counted
    if tolerance is None:
        size = int(counted.sum())
        drawn = [*weights_anywhere(size, draws, seed=seed), np.eye(size)]
    else:
        drawn = list(weights_around(stated[counted], draws, tolerance=tolerance, seed=seed))
    return extremes_at(ranking, np.vstack([stated, *among(counted, drawn)]))


def extremes_at(ranking: Ranking, weights: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return best and worst rank at some weights, and those weights."""
    ranks = rank_scores(rescore(ranking, weights))
    extremes = np.array([ranks.min(axis=0), ranks.max(axis=0)])
    return extremes, weights[np.array([ranks.argmin(axis=0), ranks.argmax(axis=0)])]
