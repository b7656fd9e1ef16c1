"""The interval of each market's ranks, over draws around the weights."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.frozen import changed_result, held_field
from marketselect.ranking.levels import LevelScores, WeightDraws
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import count_ranks, counting_bytes, rank_percentiles
from marketselect.running import Progress, reporter
from marketselect.sampling import CHUNK

LOW, HIGH = 0.05, 0.95  # the share of draws below and up to the ends of the rank interval
MANY = 3000  # markets: of more, ranks are counted without a table of markets x ranks
MOST = 200_000  # markets with an interval: of more, their counts of ranks take too much memory
CELLS = 4_000_000  # scores of a block of draws, where there are so many markets


def with_interval(ranking: Ranking, progress: Progress | bool | None) -> Ranking:
    """Return the ranking with the 5th and 95th percentile of the ranks over its draws of weights.

    The interval is widened to hold the rank itself; without draws it stays ``<NA>``.
    """
    draws, markets = ranking.provenance["draws"], len(held_field(ranking, "table"))
    if not draws:
        return ranking
    refuse_too_many(markets)
    report, done = reporter(progress, "draws"), 0
    drawn = ranking.weight_draws
    scored = level_scores(ranking, drawn)
    if markets > MANY:
        steps = 2 * draws  # they are counted twice

        def blocks() -> Iterator[FloatArray]:
            nonlocal done
            for split in drawn.splits(draws, scored.chunk(CELLS // markets)):
                yield scored.scores(split)[:, ranking.place]
                done += len(split[None])
                report(done, steps)

        first, last = rank_percentiles(blocks, markets, (LOW, HIGH))
    else:
        counts = None
        for split in drawn.splits(draws, scored.chunk(CHUNK)):
            block = count_ranks(scored.scores(split)[:, ranking.place], split[None])
            counts = block if counts is None else counts + block
            done += len(split[None])
            report(done, draws)
        assert counts is not None
        first, last = counts.percentile(LOW), counts.percentile(HIGH)
    rank = ranking.table["rank"].to_numpy()
    low, high = np.minimum(first, rank), np.maximum(last, rank)
    table = ranking.table.assign(
        rank_low=pd.array(low, dtype="Int64"), rank_high=pd.array(high, dtype="Int64")
    )
    return changed_result(ranking, table=table)


def refuse_too_many(markets: int) -> None:
    """Refuse so many markets that a ranking's intervals would not fit into memory."""
    if markets > MOST:
        size = counting_bytes(markets) / 1e9
        raise InputError.of(
            "too-large",
            "draws",
            f"are asked for {markets:,} markets, and to count the ranks of so many takes "
            f"{size:,.0f} GB",
            f"leave the intervals out with draws=0, or rank at most {MOST:,} markets",
        )


def level_scores(ranking: Ranking, draws: WeightDraws) -> LevelScores:
    """Return what scores the ranking's markets at draws of weights."""
    codes = ranking.model.framework.codes
    values = (
        held_field(ranking.scores, "normalized").reindex(ranking.matrix.index)
        if draws.below
        else {}
    )
    columns = {code: values[code].to_numpy() for code in codes} if draws.below else {}
    return LevelScores(draws=draws, seen=ranking.seen, columns=columns)
