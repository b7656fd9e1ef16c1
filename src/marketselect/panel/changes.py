"""Who moved from one year of a panel to the next, and which factor carried the move.

Parts of factors, where `comparison` has parts of data, scale, weights and method: neither follows
from the other.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.explanation.parts import (
    MOST,
    factor_parts,
    game_of,
    shapley_split,
)
from marketselect.ranking.ranking import Ranking
from marketselect.values import TIE

# Of the changes between two years, beside the factors.
COLUMNS = (
    *("market", "year", "year_from", "rank_from", "rank", "rank_change", "score_change"),
    "carried_by",
)


def year_changes(rankings: Mapping[int, Ranking]) -> pd.DataFrame:
    """List each market's move from one year to the next, and the factor that carried it."""
    rows = [moves(rankings, before, after) for before, after in pairwise(rankings)]
    first = next(iter(rankings))
    return pd.concat(rows) if rows else moves(rankings, first, first).iloc[:0]


def moves(rankings: Mapping[int, Ranking], before: int, after: int) -> pd.DataFrame:
    """Return the moves between two years of the markets that are ranked in both."""
    old, new = rankings[before], rankings[after]
    both = new.table.index.intersection(old.table.index, sort=False)
    start, end = old.table.reindex(both), new.table.reindex(both)
    parts = parts_of_change(old, new, both)
    change = (end["score"] - start["score"]).to_numpy()
    change, parts = (moves_beyond_rounding(move, old, new) for move in (change, parts))
    pull = parts * np.sign(change)[:, np.newaxis]
    factors = np.array(new.weights.index, dtype=object)
    columns = {
        "year_from": before,
        "rank_from": start["rank"],
        "rank": end["rank"],
        "rank_change": start["rank"] - end["rank"],
        "score_change": change,
        **dict(zip(factors, parts.T, strict=True)),
        "carried_by": np.where(pull.max(axis=1) > 0, factors[pull.argmax(axis=1)], ""),
    }
    return stamped(pd.DataFrame(columns, index=both), after)


def moves_beyond_rounding(moves: FloatArray, old: Ranking, new: Ranking) -> FloatArray:
    """Return moves of scores from year to year, 0 where only rounding differs, as for ties."""
    # Sums of the same numbers may differ in their last digits.
    least = TIE * max(old.table["score"].abs().max(), new.table["score"].abs().max())
    return np.where(np.abs(moves) <= least, 0.0, moves)


def parts_of_change(old: Ranking, new: Ranking, markets: "pd.Index[Any]") -> FloatArray:
    """Return what each factor added to each market's score between two years of a panel."""
    before, after = (r.matrix.index.get_indexer(markets) for r in (old, new))
    if not changes_split_exactly(new):
        was, now = old.matrix.to_numpy()[before], new.matrix.to_numpy()[after]
        return now * new.weights.to_numpy() - was * old.weights.to_numpy()
    if one_game(old, new):  # from the market of then to that of now, factor by factor
        game, was = game_of(new), game_of(old).own[before]
        return shapley_split(game, game.own[after], was)[0]
    return (factor_parts(new).loc[markets] - factor_parts(old).loc[markets]).to_numpy()


def changes_split_exactly(ranking: Ranking) -> bool:
    """Return whether scores of a panel, and so their changes, are one part a factor."""
    method = ranking.call
    return method.linear or (method.game is not None and len(ranking.weights) <= MOST)


def one_game(old: Ranking, new: Ranking) -> bool:
    """Return whether equal factor scores would have given equal scores in both years."""
    method = new.call
    same_rule = method.game is not None and method.stands_alone(new.options)
    return bool(same_rule) and np.array_equal(old.weights, new.weights)


def stamped(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the table of one year, indexed by market and year."""
    index = pd.MultiIndex.from_arrays([table.index, [year] * len(table)], names=["market", "year"])
    return table.set_axis(index)
