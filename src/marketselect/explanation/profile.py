"""Why a market has its rank: its strengths and weaknesses, and what sets it apart from another."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, did_you_mean, is_a, listing, need
from marketselect.explanation.answers import Explanation, MarketComparison
from marketselect.explanation.parts import (
    KnownParts,
    gap_parts,
    indicator_facts,
    known_parts,
    ranked_market,
)
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.influence import weights_by_market
from marketselect.scoring.record import MOVED
from marketselect.sources.embedded import load_markets, market_names
from marketselect.tables import schemas
from marketselect.tables.labels import facts_by_label, label_places, row_of_label
from marketselect.values import said

GROUPS = ("region", "subregion", "world_bank_region", "income_group")


def explain(
    ranking: Ranking, market: Any, *, peers: Iterable[Any] | str | None = None
) -> Explanation:
    """Explain a market's rank by its strengths and weaknesses among its peers.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    market : label
        A ranked market, as the table labels it, or a country's name.
    peers : iterable or str, optional
        Whom to compare with: scored markets; or "region", "subregion", "world_bank_region" or
        "income_group" for the scored markets of the same group by `load_markets`. Default: all
        other ranked markets; where there are none, all other scored ones.

    Returns
    -------
    Explanation
        Indicators are ordered by how far their normalized value lies above the peers' median,
        times their weight in this market's score. A market that has no value counts in no median.

    Raises
    ------
    InputError
        If the market has no rank (with the reason), or the peers are unknown or none.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0)
    >>> why = explain(ranking, "MEX", peers="world_bank_region")
    >>> why.sentence.split(".")[0]
    'Mexico ranks 3rd of 3 markets with a score of 55'
    >>> why.strengths.index[0]
    'TX.VAL.TECH.MF.ZS'
    """
    need(ranking, Ranking, "ranking")
    chosen = ranked_market(ranking, market, "market")
    others, words = peer_group(ranking, chosen, peers)
    own, known = row_of_label(ranking.table, chosen), known_parts(ranking)
    ranks = ranking.table["rank"]
    better = ranking.table.index[ranks < own["rank"]]
    shared = ranking.table.index[ranks == own["rank"]]
    low, high = own["rank_low"], own["rank_high"]
    return Explanation(
        market=chosen,
        name=market_names([chosen], ranking.table.index)[0],
        rank=int(own["rank"]),
        markets=len(ranking.table),
        score=float(own["score"]),
        rank_low=None if pd.isna(low) else int(low),
        rank_high=None if pd.isna(high) else int(high),
        coverage=float(own["coverage"]),
        tied=tuple(shared[shared != chosen]),
        peers=tuple(others),
        peer_group=words,
        factors=factor_profile(ranking, chosen, others, known),
        indicators=indicator_profile(ranking, chosen, others),
        remarks=market_remarks(ranking, chosen),
        above=two_compared(ranking, better[-1], chosen, known) if len(better) else None,
        note=known.note,
        places=ranking.places,
        fingerprint=ranking.fingerprint,
    )


def compare(ranking: Ranking, first: Any, second: Any) -> MarketComparison:
    """Compare two ranked markets: where one beats the other, and by how much of the gap.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    first, second : label
        Two ranked markets, or names of countries; every lead is the first one's over the second.

    Returns
    -------
    MarketComparison
        The parts of the factors add up to the gap between the scores for all methods that
        `contributions` splits, those of the indicators where the score is linear in them.

    Raises
    ------
    InputError
        If one of the markets has no rank (with the reason), or they are the same.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> both = compare(ranking, "VNM", "MEX")
    >>> both.factors.index[0], bool(abs(both.factors["part"].sum() - both.gap) < 1e-9)
    ('technological', True)
    """
    need(ranking, Ranking, "ranking")
    one, other = ranked_market(ranking, first, "first"), ranked_market(ranking, second, "second")
    if one == other:
        raise InputError.of(
            "contradiction", "first and second", f'are both "{one}"', "name two markets"
        )
    return two_compared(ranking, one, other, known_parts(ranking))


def two_compared(ranking: Ranking, first: Any, second: Any, known: KnownParts) -> MarketComparison:
    """Compare two markets, with the parts of all scores at hand."""
    pair = label_places(ranking.table.index, [first, second])
    table = ranking.table[["rank", "score", "rank_low", "rank_high"]].iloc[pair]
    table.insert(0, "name", market_names([first, second], ranking.table.index))
    rules, codes = ranking.scores.framework, list(ranking.weights.index)
    values = ranking.table[codes].iloc[pair].to_numpy()
    factors = pd.DataFrame(
        {
            "name": [factor.name or factor.code for factor in rules.factors if not factor.parent],
            "weight": ranking.weights,
            "first": values[0],
            "second": values[1],
            "lead": values[0] - values[1],
            "part": np.nan if known.note else gap_parts(ranking, first, second),
        },
        index=pd.Index(codes, name="factor"),
    )
    one, other = indicator_facts(ranking, first), indicator_facts(ranking, second)
    indicators = one[["name", "factor", "unit"]].assign(
        weight=ranking.tree_weights,
        first=one["value"],
        second=other["value"],
        first_year=one["year"],
        second_year=other["year"],
        first_counted=counted_values(ranking, first, one["value"]),
        second_counted=counted_values(ranking, second, other["value"]),
        first_score=one["score"],
        second_score=other["score"],
        part=row_of_label(known.indicators, first) - row_of_label(known.indicators, second),
    )
    lead = (indicators["first_score"] - indicators["second_score"]) * indicators["weight"]
    return MarketComparison(
        first=first,
        second=second,
        table=table,
        gap=float(table["score"].iloc[0] - table["score"].iloc[1]),
        factors=by_part_of_gap(factors, factors["lead"] * factors["weight"]),
        indicators=by_part_of_gap(indicators, lead),
        note=known.note,
        indicator_note=known.indicator_note,
        places=ranking.places,
        fingerprint=ranking.fingerprint,
    )


def counted_values(ranking: Ranking, market: Any, values: "pd.Series[float]") -> "pd.Series[float]":
    """Return what a compared market's raw values count as in its score: clipped, winsorized."""
    cells, counted = ranking.scores.cells, values.copy()
    logged = {item.code for item in ranking.scores.scale.indicators if item.shifted_log}
    moved = cells.loc[(cells["market"] == market) & cells["kind"].isin(MOVED)]
    # In the order in which it was done, so that the last word is that of the scale.
    for code, kind, new in zip(moved["indicator"], moved["kind"], moved["new"], strict=True):
        if not (code in logged and kind == "treated"):  # in its own unit
            counted[code] = new
    return counted


def by_part_of_gap(frame: pd.DataFrame, lead: "pd.Series[float]") -> pd.DataFrame:
    """Return the rows by their part of the gap, the largest first; without parts, by the lead."""
    key = lead if frame["part"].isna().any() else frame["part"]
    return frame.iloc[np.argsort(-key.to_numpy(), kind="stable")]


# The peers


def peer_group(
    ranking: Ranking, market: Any, peers: Iterable[Any] | str | None
) -> tuple["pd.Index[Any]", str]:
    """Return the peers, without the market itself, and who they are in words."""
    scored, ranked = ranking.matrix.index, ranking.table.index
    alone, where = len(ranked) == 1, ""
    if peers is None:
        found, kind = (scored, "other scored") if alone else (ranked, "other ranked")
    elif is_a(peers, str):
        found, where = same_group(scored, market, str(peers))
        kind = "other"
    else:
        chosen = schemas.check_markets(peers, ranking.scores.normalized.index)
        if unscored := [label for label in chosen if label not in scored]:
            raise InputError.of(
                "no-data", "peers", f"{listing(unscored)} have no score", "leave them out"
            )
        found, kind = scored[scored.isin(chosen)], "chosen"
    others = found.delete(label_places(found, [market])) if market in found else found
    if peers is not None and not len(others):
        raise InputError.of(
            "unknown-name",
            "peers",
            f'there is no scored market beside "{market}" among them',
            "name others, or leave peers out to compare with all",
        )
    count = f"the {len(others)} {kind} markets" if len(others) > 1 else f"the one {kind} market"
    return others, f"{count}{where}"


def same_group(scored: "pd.Index[Any]", market: Any, column: str) -> tuple["pd.Index[Any]", str]:
    """Return the scored markets that are peers by a market's own group, and its name."""
    if column not in GROUPS:
        raise InputError.of(
            "unknown-word",
            "peers",
            f"is {said(column)}",
            f"give a list of markets, or one of {listing(GROUPS)}.{did_you_mean(column, GROUPS)}",
        )
    group = facts_by_label(load_markets()[column], scored).reindex(scored)
    own = group.iloc[label_places(scored, [market])[0]]
    if pd.isna(own) or not own:
        raise InputError.of(
            "no-data",
            "peers",
            f'the {column} of "{market}" is not known to load_markets()',
            "give a list of markets",
        )
    return scored[(group == own).to_numpy()], f" of {own}"


def factor_profile(
    ranking: Ranking, market: Any, peers: "pd.Index[Any]", known: KnownParts
) -> pd.DataFrame:
    """Return the market's factors beside the medians of its peers."""
    score = row_of_label(ranking.matrix, market)
    middle = peer_medians(ranking.matrix, peers)
    rules = ranking.scores.framework
    frame = pd.DataFrame(
        {
            "name": [factor.name or factor.code for factor in rules.factors if not factor.parent],
            "weight": ranking.weights,
            "score": score,
            "peer_score": middle,
            "lead": (score - middle) * ranking.weights,
            "part": row_of_label(known.factors, market),
        },
        index=ranking.weights.index.rename("factor"),
    )
    return frame.sort_values("lead", ascending=False, kind="stable")


def indicator_profile(ranking: Ranking, market: Any, peers: "pd.Index[Any]") -> pd.DataFrame:
    """Return the market's indicators beside the medians of its peers."""
    scores = ranking.scores
    facts, codes = indicator_facts(ranking, market), list(scores.framework.codes)
    place = label_places(scores.normalized.index, [market])
    weights = weights_by_market(scores.normalized.iloc[place], scores.framework)
    facts["peer_value"] = peer_medians(scores.table.values[codes], peers)
    facts["peer_score"] = peer_medians(scores.normalized[codes], peers)
    facts["weight"] = weights[codes].iloc[0].to_numpy()
    facts["lead"] = (facts["score"] - facts["peer_score"]) * facts["weight"]
    columns = ["name", "factor", "unit", "value", "peer_value", "year", "source"]
    frame = facts[[*columns, "score", "peer_score", "weight", "lead"]]
    return frame.sort_values("lead", ascending=False, kind="stable")


def peer_medians(frame: pd.DataFrame, markets: "pd.Index[Any]") -> FloatArray:
    """Return the median of each column over a market's peers; NaN where none has a value."""
    return frame.iloc[frame.index.get_indexer(markets)].median().to_numpy(dtype=np.float64)


def market_remarks(ranking: Ranking, market: Any) -> pd.DataFrame:
    """Return what explaining a market tells of its data: what was done, what is missing."""
    names, cells = ranking.scores.framework.names, ranking.scores.cells
    found = cells[(cells["market"] == market) & cells["indicator"].isin(names)]
    return pd.DataFrame(
        {
            "indicator": found["indicator"],
            "name": found["indicator"].map(names),
            "what": found["kind"].replace("outside scale", "clipped"),
            **{name: found[name] for name in ("old", "new", "why")},
        }
    ).reset_index(drop=True)
