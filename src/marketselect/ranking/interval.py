"""The interval of each market's ranks, over draws around the weights."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, divided
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.ranks import count_ranks, rank_percentiles
from marketselect.running import Progress, reporter
from marketselect.sampling import CHUNK, among, weights_around

LOW, HIGH = 0.05, 0.95  # the share of draws below and up to the ends of the rank interval
MANY = 3000  # markets: of more, ranks are counted without a table of markets x ranks
CELLS = 4_000_000  # scores of a block of draws, where there are so many markets


def with_interval(ranking: Ranking, progress: Progress | bool | None) -> Ranking:
    """Return the ranking with the 5th and 95th percentile of the ranks over its draws of weights.

    The interval is widened to hold the rank itself; without draws it stays ``<NA>``.
    """
    draws, markets = ranking.provenance["draws"], len(ranking.table)
    if not draws:
        return ranking
    report, done = reporter(progress, "draws"), 0
    if markets > MANY:
        steps = 2 * draws  # they are counted twice

        def blocks() -> Iterator[FloatArray]:
            nonlocal done
            for drawn in drawn_around(ranking, max(1, CELLS // markets)):
                yield rescore(ranking, divided(drawn))
                done += len(drawn)
                report(done, steps)

        first, last = rank_percentiles(blocks, markets, (LOW, HIGH))
    else:
        counts = None
        for drawn in drawn_around(ranking, CHUNK):
            block = count_ranks(rescore(ranking, divided(drawn)), drawn)
            counts = block if counts is None else counts + block
            done += len(drawn)
            report(done, draws)
        assert counts is not None
        first, last = counts.percentile(LOW), counts.percentile(HIGH)
    rank = ranking.table["rank"].to_numpy()
    low, high = np.minimum(first, rank), np.maximum(last, rank)
    table = ranking.table.assign(
        rank_low=pd.array(low, dtype="Int64"), rank_high=pd.array(high, dtype="Int64")
    )
    return replace(ranking, table=table)


def drawn_around(ranking: Ranking, chunk: int) -> Iterator[FloatArray]:
    """Yield the weights of the ranking's draws, so many at a time; they do not depend on that."""
    counted, made = ranking.model.counted, ranking.provenance
    drawn = weights_around(
        ranking.model.weights[counted],
        made["draws"],
        tolerance=made["tolerance"],
        seed=made["seed"],
        chunk=chunk,
    )
    return among(counted, drawn)
