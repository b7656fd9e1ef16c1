"""A ranking made again of another table: the same rules, weights, method, candidates and draws."""

from typing import Any

import numpy as np

from marketselect.errors import InputError, told
from marketselect.ranking.making import rank_markets
from marketselect.ranking.provenance import SAME
from marketselect.ranking.ranking import Ranking
from marketselect.sources.indicators import indicator_table
from marketselect.tables.table import IndicatorTable


def ranked_as_before(ranking: Ranking, table: IndicatorTable) -> Ranking:
    """Rank another table as a ranking was, for `what_if` or `update_snapshot`."""
    scores, made = ranking.scores, ranking.provenance
    return rank_markets(
        table,
        scores.framework,
        markets=made["markets"],
        weights=ranking.weights_from,
        method=ranking.call,
        options=ranking.options,
        scale=None if made["scale"] is None else scores.scale,
        draws=made["draws"],
        tolerance=made["tolerance"],
        seed=made["seed"],
        levels=made["levels"],
        within=None if ranking.within is None else ranking.table[ranking.within],
    )


def table_again(ranking: Ranking, observations: Any) -> IndicatorTable:
    """Return the table of fresh figures for `update_snapshot`, derived as a ranking's was."""
    table = ranking.scores.table
    if table.as_of is None or table.max_age is None:
        got, remedy = "is of a table without years", "rank a table of indicator_table"
        raise InputError.of("no-data", "ranking", got, remedy)
    return indicator_table(
        observations,
        ranking.scores.framework,
        as_of=table.as_of,
        max_age=table.max_age,
        firm=table.firm,
        screens=table.screens or None,
    )


def refuse_other_figures(ranking: Ranking, observations: Any) -> None:
    """Refuse for `update_snapshot` observations that do not give a ranking's values again."""
    codes = list(ranking.scores.framework.codes)
    there = ranking.scores.table.values[codes]
    given = table_again(ranking, observations).values
    found = given.reindex(index=there.index, columns=codes)
    other = ~np.isclose(found, there, rtol=SAME, atol=0.0, equal_nan=True)
    if other.any():
        row, column = np.argwhere(other)[0]
        where = f'observations, "{told(there.index[row])}", "{codes[column]}"'
        got = "gives another value than the ranking has"
        raise InputError.of("other-ranking", where, got, "give those that it was made of")
