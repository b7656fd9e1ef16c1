"""The scores of a ranking's candidates at drawn weights, with the data as they are or drawn."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import divided_weights
from marketselect.errors import InputError
from marketselect.ranking.levels import LevelScores
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import RankCounts, count_ranks
from marketselect.running import in_threads
from marketselect.sampling import CHUNK
from marketselect.scoring.aggregation import Split
from marketselect.uncertainty.batches import Block
from marketselect.uncertainty.measurement import MeasuredData
from marketselect.uncertainty.pairs import pair_wins
from marketselect.uncertainty.samples import SampledValues
from marketselect.values import TIE

DATA_CHUNK = 256  # draws of the data at a time: markets x indicators for each
CONFIDENCE_DRAWS = 2_000


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawScorer:
    """Scores the candidates for a block of weights, with the data as they are, drawn or sampled."""

    ranking: Ranking
    levels: LevelScores
    data: MeasuredData | None
    sampled: SampledValues | None
    seed: int

    @cached_property
    def place(self) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """Where the candidates are among the scored markets, in the order of these."""
        return np.flatnonzero(self.ranking.matrix.index.isin(self.ranking.table.index))

    @property
    def chunk(self) -> int:
        """How many draws are scored at a time."""
        fixed = self.data is None and self.sampled is None
        return self.levels.chunk(CHUNK) if fixed else DATA_CHUNK

    def block(self, number: int, split: Split, values: FloatArray | None) -> FloatArray:
        """Return the scores of a block of draws, shape (draws, candidates)."""
        own = split if self.levels.draws.below else None
        if self.sampled is not None and values is not None:
            with self.named_faults():
                scores = self.drawn(self.sampled.factors(values, own), split[None])
        elif self.data is None:
            scores = self.levels.scores(split)
        else:
            # Each block has its own stream, so that blocks may be worked on in any order. Not
            # [seed, 0]: that is the stream of the weights again.
            generator = np.random.default_rng([self.seed, number, 1])
            with self.named_faults():
                size = len(split[None])
                scores = self.drawn(self.data.draw(size, generator, own), split[None])
        place = self.place
        return scores if len(place) == scores.shape[1] else scores[:, place]

    def counts(
        self,
        blocks: Iterator[Block],
        *,
        pairwise: bool,
        threads: int | None,
        told: Callable[[int], object],
    ) -> tuple[RankCounts, FloatArray | None]:
        """Count ranks over all blocks of weights, and who beats whom; tell how many are done."""

        def count(item: tuple[int, Block]) -> tuple[RankCounts, FloatArray | None]:
            number, (split, values) = item
            scores = self.block(number, split, values)
            return count_ranks(scores, split[None]), pair_wins(scores) if pairwise else None

        total, wins = None, None
        for found, won in in_threads(count, enumerate(blocks), threads):
            total = found if total is None else total + found
            wins = won if wins is None or won is None else wins + won
            told(total.draws)
        assert total is not None  # there is at least one draw
        return total, wins

    def drawn(self, matrices: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the scores of one weight vector for each matrix, shape (draws, markets)."""
        ranking = self.ranking
        return ranking.model.scores(ranking.seen.holding(matrices), divided_weights(weights))

    @contextmanager
    def named_faults(self) -> Iterator[None]:
        """Say of which market and factor a draw of the data has no score, and what to do."""
        try:
            yield
        except InputError as fault:
            where = "errors" if self.sampled is None else "values"
            raise InputError.of(
                "undefined",
                where,
                f"a draw of the data has no score, {fault}",
                "draws are not clipped to the "
                'ends of their scales: rank by "weighted_sum" or "topsis" with arithmetic means, '
                f"or leave {where} out",
            ) from None

    def confidence(self, central: pd.DataFrame) -> "pd.Series[float]":
        """Return how often each market is first at its central weights, over draws of the data."""
        assert self.data is not None
        known = np.flatnonzero(central.notna().all(axis=1).to_numpy())
        weights, place = central.to_numpy()[known], self.place
        held = np.zeros(len(known))
        generator = np.random.default_rng([self.seed, 0, 2])
        for start in range(0, CONFIDENCE_DRAWS, DATA_CHUNK):
            size = min(DATA_CHUNK, CONFIDENCE_DRAWS - start)
            for matrix in self.data.draw(size, generator):
                with self.named_faults():
                    seen = self.ranking.seen.holding(matrix)
                    scores = self.ranking.model.rounded(self.levels.at(seen, weights))[:, place]
                best = scores.max(axis=1, keepdims=True)
                first = scores >= best - TIE * np.abs(scores).max(axis=1, keepdims=True)
                held += first[np.arange(len(known)), known] / first.sum(axis=1)
        shares = np.full(len(central), np.nan)
        shares[known] = held / CONFIDENCE_DRAWS
        return pd.Series(shares, central.index, name="confidence")
