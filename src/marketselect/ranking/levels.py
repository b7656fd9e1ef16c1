"""Draws of weights at the levels of a tree: of the top factors, of every group, or of indicators.

At every level each group of siblings is drawn by the same rule, independently; at the level of
indicators their weights in the whole are drawn, and the weights of factors follow from them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray, Matrix
from marketselect.arrays.weights import divided_weights
from marketselect.frozen import FrozenMapping
from marketselect.ranking.model import Model
from marketselect.sampling import MOST_LONG_DRAWS, TINY, drawn_weights, draws_of
from marketselect.scoring.aggregation import Columns, Split
from marketselect.scoring.neutral import idle_nodes
from marketselect.scoring.patterns import Patterns
from marketselect.scoring.sums import Sums, small_rows
from marketselect.values import a_count

Levels = Literal["all", "top", "indicators"]
LEVELS: tuple[Levels, ...] = get_args(Levels)
Around = Literal["stated", "any", "ordered"]
AROUND: tuple[Around, ...] = get_args(Around)
PARTS = 4  # of a block of draws that each have a matrix: what is done once for it is little then
DRAWS, DRAWS_ONE_BY_ONE = 10_000, 500
SPREAD_DRAWS = 10_000  # that tell how far the weights of indicators vary
Own = Callable[[int, int], Iterator[FloatArray]]
"""Given draws and chunk, yields blocks of a group's weights, shape (block, children)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WeightDraws:
    """What is drawn: whose weights, around what, how far, from which seed.

    A group takes random numbers only if two or more in it have a weight; so the same indicators
    side by side as factors or under one get the same draws.

    Attributes
    ----------
    model
        Whose weights they are.
    levels
        Whose weights are drawn: "all", "top" or "indicators", as for `rank_markets`.
    around
        What they are drawn around, as for `robustness`.
    tolerance
        Each weight is drawn within this share of itself, 0 to 1.
    concentration
        That of a Dirichlet distribution in place of the tolerance, where there is one.
    seed
        Seed of the draws.
    quasi
        Whether the draws are a low-discrepancy sequence.
    own
        What draws the weights of groups that rules of their own limit.
    """

    model: Model = field(repr=False)
    levels: Levels
    around: Around = "stated"
    tolerance: float = 0.25
    concentration: float | None = None
    seed: int = 0
    quasi: bool = False
    own: Mapping[str | None, Own] = field(default_factory=dict)

    @cached_property
    def idle(self) -> frozenset[str]:
        """What takes no part, since it tells no markets apart."""
        return idle_nodes(self.model.framework, self.model.scale.neutral)

    @cached_property
    def without(self) -> frozenset[str]:
        """What never has a weight."""
        local = self.model.framework.tree.local
        zero = [] if self.around == "any" else [code for code in local if not local[code]]
        return self.idle.union(zero)

    @cached_property
    def groups(self) -> Mapping[str | None, IntArray]:
        """The groups that are drawn: which of their children take part. None: the top factors."""
        tree = self.model.framework.tree
        top = FrozenMapping({None: np.flatnonzero(self.model.counted)})
        if self.levels != "all":
            return top
        several: dict[str | None, IntArray] = {}
        for group in (None, *tree.factors):
            children = tree.children[group]
            free = sum(code not in self.without for code in children) > 1
            if group not in self.idle and (free or group in self.own):
                several[group] = np.flatnonzero([code not in self.idle for code in children])
        return FrozenMapping(several) if several else top

    @cached_property
    def below(self) -> bool:
        """Whether any weights under the top factors vary."""
        tree = self.model.framework.tree
        alone = all(len(tree.leaves[code]) == 1 for code in tree.top)
        return not alone if self.levels == "indicators" else set(self.groups) != {None}

    def splits(self, draws: int, chunk: int) -> Iterator[Split]:
        """Yield blocks of draws: by factor the weights of its children, under None the top ones.

        Weights that are not drawn are those of the model, shape (children,); the others and the
        top ones have shape (block, children).
        """
        if self.levels == "indicators" and self.below:
            return self.induced(draws, chunk)
        return self.drawn_groups(draws, chunk)

    def drawn_groups(self, draws: int, chunk: int) -> Iterator[Split]:
        """Yield draws of each group."""
        draws, chunk = draws_of(draws, most=MOST_LONG_DRAWS), a_count(chunk, "chunk", least=1)
        stated: dict[str | None, FloatArray] = {**self.model.framework.tree.split}
        stated[None] = self.model.weights
        places = {group: at for group, at in self.groups.items() if group not in self.own}
        sizes = [len(at) for at in places.values()]
        own = {group: draw(draws, chunk) for group, draw in self.own.items()}
        for block in self.drawn_beside(stated, places, draws, chunk):
            split = dict(stated)
            if None not in self.groups:
                split[None] = np.tile(stated[None], (len(block), 1))
            parts = np.split(block, np.cumsum(sizes)[:-1], axis=1) if sizes else []
            found = dict(zip(places, parts, strict=True))
            found |= {group: next(blocks)[:, self.groups[group]] for group, blocks in own.items()}
            for group, at in self.groups.items():
                part = found[group]
                # Where one child alone is there, its weight has to be more than nothing.
                drawn = part if group is None else np.where(part > 0, part, TINY)
                split[group] = every = np.ascontiguousarray(drawn)
                if len(at) < len(stated[group]):
                    split[group] = every = np.zeros((len(block), len(stated[group])))
                    every[:, at] = drawn
                if group is not None and self.around != "any":
                    every[:, stated[group] == 0] = 0.0
            yield split

    def drawn_beside(
        self,
        stated: Mapping[str | None, FloatArray],
        places: Mapping[str | None, IntArray],
        draws: int,
        chunk: int,
    ) -> Iterator[FloatArray]:
        """Yield draws of some groups beside each other; of none, blocks without a column."""
        if places:
            weights = np.concatenate([stated[group][at] for group, at in places.items()])
            sizes = [len(at) for at in places.values()]
            yield from self.drawn(weights, draws, chunk, sizes)
        else:
            for start in range(0, draws, chunk):
                yield np.zeros((min(chunk, draws - start), 0))

    def induced(self, draws: int, chunk: int) -> Iterator[Split]:
        """Yield draws of the indicators' weights in the whole, with the groups' that follow."""
        tree = self.model.framework.tree
        leaves = [code for code in tree.indicators if code not in self.idle]
        stated = np.array([tree.whole[code] for code in leaves])
        counted = (stated > 0) | (self.around == "any")
        for block in self.drawn(stated, draws, chunk, None):
            floor = np.where(counted, TINY, 0.0)
            under = dict.fromkeys(tree.parents, np.zeros(len(block)))
            under |= dict(zip(leaves, np.maximum(block, floor).T, strict=True))
            split: dict[str | None, FloatArray] = {}
            for group in (*tree.bottom_up, None):
                parts = np.stack([under[code] for code in tree.children[group]], axis=1)
                total = parts.sum(axis=1, keepdims=True)
                split[group] = np.where(total > 0, parts, tree.split[group]) / np.where(
                    total > 0, total, 1.0
                )
                if group is not None:
                    under[group] = total[:, 0]
            yield split

    def drawn(
        self, weights: FloatArray, draws: int, chunk: int, groups: list[int] | None
    ) -> Iterator[FloatArray]:
        """Yield blocks of weights around these, group beside group."""
        return drawn_weights(
            weights, draws, self.around, tolerance=self.tolerance,
            concentration=self.concentration, seed=self.seed, chunk=chunk, quasi=self.quasi,
            groups=groups,
        )  # fmt: skip

    def whole(self, split: Split) -> FloatArray:
        """Return the weights of the indicators in the whole, shape (draws, indicators)."""
        tree = self.model.framework.tree
        shares: dict[str | None, FloatArray] = {None: np.ones(len(split[None]))}
        for group in (None, *reversed(tree.bottom_up)):
            for place, code in enumerate(tree.children[group]):
                shares[code] = shares[group] * split[group][..., place]
        return np.array([shares[code] for code in tree.indicators]).T

    @cached_property
    def spread(self) -> tuple[float, float]:
        """Between what shares of themselves the indicators' weights lie.

        The lowest 5th and the highest 95th percentile of their weights in the whole.
        """
        tree = self.model.framework.tree
        counted = [c for c in tree.indicators if c not in self.idle and tree.whole[c] > 0]
        (split,) = self.splits(SPREAD_DRAWS, SPREAD_DRAWS)
        shares = dict(zip(tree.indicators, self.whole(split).T, strict=True))
        ratios = np.array([shares[code] / tree.whole[code] for code in counted])
        low, high = np.quantile(ratios, (0.05, 0.95), axis=1)
        return float(low.min()), float(high.max())


def usual_draws(drawn: WeightDraws, most: int = DRAWS) -> int:
    """Return how many draws of a ranking's weights are made unless asked: fewer where slow."""
    model = drawn.model
    alone = model.method.linear and model.method.stands_alone(model.options)
    one_by_one = model.method.batch == "none" or (drawn.below and not alone)
    return DRAWS_ONE_BY_ONE if one_by_one else most


@dataclass(frozen=True, kw_only=True, eq=False)
class LevelScores:
    """Scores markets at draws of weights, whatever the levels."""

    draws: WeightDraws
    seen: Matrix
    """The markets' factor scores at the model's weights."""
    columns: Columns
    """Their normalized values by indicator; looked into only if weights below vary."""

    @cached_property
    def sums(self) -> Patterns | Sums | None:
        """The means of the tree at all draws at once, where all are arithmetic."""
        rules, without = self.draws.model.framework, self.draws.without
        if any(factor.aggregation != "arithmetic" for factor in rules.factors):
            return None
        return Patterns.of(self.columns, rules, without) or Sums.of(self.columns, rules, without)

    @cached_property
    def whole(self) -> Patterns | Sums | None:
        """What gives scores without those of the factors, where they are sums of indicators."""
        model = self.draws.model
        return self.sums if model.method.adds_up(model.options) else None

    def chunk(self, most: int) -> int:
        """Return how many draws to score at a time: fewer where each has its own matrix."""
        if not self.draws.below or self.whole is not None:
            return max(1, most)
        return max(1, min(most, PARTS * self.rows))

    @property
    def rows(self) -> int:
        """How many draws have their matrices at a time: so few that these stay near.

        And so many that what is done once for all of them is little beside it.
        """
        return 4 * small_rows(self.seen.values.size)

    def matrices(self, split: Split) -> FloatArray:
        """Return each draw's own factor scores, shape (draws, markets, factors)."""
        if self.sums is not None:
            return self.sums.factors(split)
        return self.draws.model.factors(self.columns, split, self.seen.rows)

    def scores(self, split: Split) -> FloatArray:
        """Return scores as they are ranked, shape (draws, markets)."""
        model, top = self.draws.model, split[None]
        if not self.draws.below:
            return model.rounded(self.at(self.seen, top))
        if self.whole is not None:
            return model.rounded(self.whole.scores(split))
        return np.concatenate([self.by_draw(part) for part in self.parts(split)])

    def by_draw(self, split: Split) -> FloatArray:
        """Return scores of draws that each have a matrix of their own."""
        matrices = self.seen.holding(self.matrices(split))
        return self.draws.model.scores(matrices, divided_weights(split[None]))

    def parts(self, split: Split) -> Iterator[Split]:
        """Yield some draws after the other: so few that their matrices stay near the processor."""
        rows = self.rows
        for start in range(0, len(split[None]), rows):
            yield {
                group: part[start : start + rows] if part.ndim > 1 else part
                for group, part in split.items()
            }

    def at(self, matrix: Matrix, weights: FloatArray) -> FloatArray:
        """Return the scores of one matrix, not rounded, by products of one thread each."""
        model, rows = self.draws.model, small_rows(matrix.values.size)
        whole = len(weights) // rows * rows if model.method.batch == "both" else 0
        stack = weights[:whole].reshape(-1, rows, weights.shape[1])
        parts = [
            model.call(matrix, divided_weights(p))[1] for p in (stack, weights[whole:]) if len(p)
        ]
        scores = [part.reshape(-1, part.shape[-1]) for part in parts]
        return scores[0] if len(scores) == 1 else np.vstack(scores)
