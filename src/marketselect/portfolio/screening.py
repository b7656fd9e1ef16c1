"""What each screen of a ranking costs: the markets that it alone keeps out."""

from typing import Any

import pandas as pd

from marketselect.errors import need
from marketselect.printing import to_print
from marketselect.ranking.ranking import Ranking, screened_out
from marketselect.scoring.screens import recorded_value
from marketselect.sources.embedded import market_names

COSTS = ["rule", "market", "name", "rank", "score", "value", "year", "why"]


def screen_costs(ranking: Ranking) -> pd.DataFrame:
    """Return for each screen the markets that it alone keeps out, and the rank they would have.

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    DataFrame
        One row a market that fails one screen and no other, the screens in the framework's order,
        their markets best first: rule, market, name, rank and score (those that it would have among
        the ranked markets, as in `Ranking.aside`), value (that which fails, NaN where there is
        none), year and why. A market that fails several screens would not come in if one went, so
        it is in none; `Ranking.screened` has all.

    Raises
    ------
    InputError
        If it is no ranking.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> asked = ["landlocked = false", "IT.NET.USER.ZS >= 90"]
    >>> some = ["AUT", "CHE", "DEU", "VNM"]
    >>> ranking = ms.rank_markets(table, markets=some, screens=asked, draws=0)
    >>> ms.screen_costs(ranking)[["rule", "market", "rank"]]
                       rule market  rank
    0    landlocked = false    CHE     1
    1    landlocked = false    AUT     1
    2  IT.NET.USER.ZS >= 90    VNM     2
    """
    need(ranking, Ranking, "ranking")
    found = screened_out(ranking)
    if found is None:
        return pd.DataFrame(columns=COSTS).astype({"rank": "int64", "year": "Int64"})
    own = ranking.aside
    would_be = dict(zip(own["market"], zip(own["rank"], own["score"], strict=True), strict=True))
    rows: list[dict[str, Any]] = []
    every = found.outcome.index
    names = market_names(every)
    for column, screen in enumerate(found.screens):
        alone = [
            {
                "rule": screen.rule,
                "market": market,
                "name": name,
                "rank": would_be[market][0],
                "score": would_be[market][1],
                "value": recorded_value(found.values[place, column]),
                "year": found.years[place, column],
                "why": screen.why,
            }
            for place, (market, name) in enumerate(zip(every, names, strict=True))
            if found.alone[place, column]
        ]
        rows += sorted(alone, key=lambda row: (row["rank"], -row["score"]))
    table = pd.DataFrame(rows, columns=COSTS).astype({"rank": "int64", "year": "Int64"})
    return to_print(table)
