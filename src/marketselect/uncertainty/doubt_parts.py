"""The ranks of each market under one reason to doubt a ranking, and who is ahead of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, number_of
from marketselect.ranking.interval import HIGH, LOW
from marketselect.ranking.levels import WeightDraws, usual_draws
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import rank_scores
from marketselect.running import silent
from marketselect.uncertainty.acceptability import robustness
from marketselect.uncertainty.choices import base_options, rank_choices
from marketselect.uncertainty.reversal import ranks_without, reversal_reasons
from marketselect.words import joined_words

APART = 0.95  # of the time one has to be ahead of the other
FIRST = 10  # markets, of which every pair is looked at
KEPT = ("weights", "data", "others")
"""What leaves the reader's preferences and rules as they are: by these markets are told apart."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DoubtRanks:
    """The ranks under one doubt: percentiles by market, and who is ahead among the first ones."""

    low: "pd.Series[float]"
    high: "pd.Series[float]"
    ahead: pd.DataFrame
    """How often the market of the row is ahead of that of the column; ties count half."""
    words: str
    winner: object | None = None
    """The market that is first at any weights that statements allow, where that is proven."""
    leader: tuple[object, "pd.Series[float]"] | None = None
    """Of drawn weights: who is ahead of each other more often than not, and how often of each."""


def ranks_at_drawn_weights(
    ranking: Ranking, draws: int, seed: int, *, around: Any, agreed: Sequence[str]
) -> DoubtRanks:
    """Return the ranks at drawn weights of every level that meet what is agreed on."""
    tolerance = ranking.provenance["tolerance"]
    made = robustness(
        ranking, draws=doubt_draws(ranking, draws), seed=seed, around=around, tolerance=tolerance,
        pairwise=True, statements=agreed or None,
    )  # fmt: skip
    by = f", by {number_of(len(agreed), 'statement')}" if agreed else ""
    words = {
        "stated": made.varied,
        "ordered": f"all weights that keep the stated order in every group, each as likely{by}",
        "any": f"all weights of every group, each as likely{by}",
    }
    assert made.pairwise is not None
    text = f"{words[around]}; {number_of(made.draws, 'draw')}"
    found = doubt_of_draws(made.summary, made.pairwise, text, made.winner)
    return replace(found, leader=leader_of(made.pairwise))


def leader_of(pairwise: pd.DataFrame) -> tuple[object, "pd.Series[float]"] | None:
    """Return who is ahead of each other more often than not, and how often; None if nobody is."""
    ahead = (pairwise.fillna(1.0) > 0.5).to_numpy().all(axis=1)
    if not ahead.any():
        return None
    place = int(ahead.argmax())
    market = pairwise.index[place]
    return market, pairwise.iloc[place].drop(index=market)


def ranks_at_drawn_data(ranking: Ranking, draws: int, seed: int) -> DoubtRanks:
    """Return the ranks of drawn data, at the stated weights."""
    made = robustness(
        ranking, draws=doubt_draws(ranking, draws), seed=seed, tolerance=0.0, levels="top",
        errors=True,
        pairwise=True,
    )  # fmt: skip
    assert made.pairwise is not None
    words = (
        f"each value that has a standard error drawn around itself; {number_of(made.draws, 'draw')}"
    )
    return doubt_of_draws(made.summary, made.pairwise, words)


def doubt_draws(ranking: Ranking, draws: int) -> int:
    """Return so many draws for a doubt, or the usual few where each is work of its own."""
    return min(draws, usual_draws(WeightDraws(model=ranking.model, levels="all"), draws))


def doubt_of_draws(
    summary: pd.DataFrame, pairwise: pd.DataFrame, words: str, winner: object | None = None
) -> DoubtRanks:
    """Return what draws of weights or data found, as the ranks of one doubt."""
    first = summary.index[:FIRST]
    return DoubtRanks(
        low=summary["rank_low"],
        high=summary["rank_high"],
        ahead=pairwise.loc[first, first],
        words=words,
        winner=winner,
    )


def ranks_over_choices(ranking: Ranking, choices: Any) -> DoubtRanks:
    """Return the ranks over all combinations of modeling choices, among the markets of all."""
    ranked = rank_choices(ranking, base_options(ranking), choices, ranking.weight_draws, silent)
    ranks = pd.DataFrame(ranked.ranks[ranked.design], columns=ranked.markets)
    own = pd.Series(ranked.ranks[ranked.base], ranked.markets)
    names = joined_words([choice.name for choice in ranked.choices if len(choice.values) > 1])
    how = "combinations" if ranked.exact else "of the combinations"
    return doubt_of_ranks(ranking, ranks, own, f"{names}: {len(np.unique(ranked.design)):,} {how}")


def ranks_without_each(ranking: Ranking) -> DoubtRanks:
    """Return the ranks without each other market, as if that one kept its place."""
    own, reasons = ranking.table["rank"].astype(float), reversal_reasons(ranking)
    if not reasons:
        words = "each left out in turn; no score depends on another market"
        return doubt_of_ranks(ranking, pd.DataFrame([own]), own, words)
    rows = []
    for market in ranking.scores.table.values.index:
        before = own.drop(index=market, errors="ignore")
        try:
            again = ranks_without(ranking, market)
        except InputError:  # no ranking can be made without it: `rank_reversals` says so
            continue
        moved = again - rank_scores(-before.to_numpy())
        rows.append((own + moved).reindex(own.index))
    words = f"each left out in turn: {'; '.join(reasons)}"
    return doubt_of_ranks(ranking, pd.DataFrame(rows), own, words)


def doubt_of_ranks(
    ranking: Ranking, ranks: pd.DataFrame, own: "pd.Series[float]", words: str
) -> DoubtRanks:
    """Return what some rankings, a row each, found for a doubt; markets may be missing."""
    every, rank = ranking.table.index, ranking.table["rank"].astype(float)
    # As ranks of the ranking: those given may be counted among fewer markets.
    moved = ranks.reindex(columns=every).astype(float) + (rank - own.reindex(every))
    known = moved.columns[moved.notna().any()]
    ends = np.nanquantile(moved[known].to_numpy(), (LOW, HIGH), axis=0, method="inverted_cdf")
    low, high = (pd.Series(end, known) for end in ends)
    first = moved[every[:FIRST]].to_numpy()
    there = np.isfinite(first)
    ahead = (first[:, :, None] < first[:, None, :]) + 0.5 * (first[:, :, None] == first[:, None, :])
    both = (there[:, :, None] & there[:, None, :]).sum(axis=0)
    wins = np.divide(ahead.sum(axis=0), both, out=np.full(both.shape, np.nan), where=both > 0)
    return DoubtRanks(
        low=low.clip(upper=rank).reindex(every),
        high=high.clip(lower=rank).reindex(every),
        ahead=pd.DataFrame(wins, every[:FIRST], every[:FIRST]),
        words=words,
    )


def kept_of(found: Mapping[str, object]) -> list[str]:
    """Return by which doubts markets are told apart.

    Where no weights near the stated ones meet what is agreed on, all that do are the preferences.
    """
    instead = ["any"] if "weights" not in found and "any" in found else []
    return instead + [name for name in KEPT if name in found]
