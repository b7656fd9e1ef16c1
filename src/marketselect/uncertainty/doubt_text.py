"""What can be said of the first place of a ranking that is doubted, in sentences."""

from collections.abc import Mapping, Sequence

import pandas as pd

from marketselect.errors import listing, number_of
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import market_names
from marketselect.uncertainty.doubt_parts import APART, FIRST, DoubtRanks, kept_of
from marketselect.words import joined_words, share_text

IF: Mapping[str, str] = {
    "weights": "the weights stay near the stated ones",
    "any": "the weights are drawn at random",
    "data": "the data err as their standard errors say",
    "others": "another market is left out",
}
"""What is supposed, as the part of a sentence after "if", of those and of what stands in."""


def first_place_doubt(
    ranking: Ranking, pairs: pd.DataFrame, found: Mapping[str, DoubtRanks], agreed: Sequence[str]
) -> str:
    """Return what can be said of the first place of a ranking that is doubted."""
    first = list(ranking.table.index[:FIRST])
    leader = market_names(first[:1], ranking.table.index)[0]
    if len(first) == 1:
        return f"{leader} is the only market that is ranked."
    own = pairs.loc[first[0]]
    least = own[kept_of(found)].min(axis=1)
    rivals = [other for other in first[1:] if not own.loc[other, "apart"]]
    if agreed and (turned_by := reversed_sentence(ranking, found)):
        text = turned_by
    elif rivals:
        names = market_names(rivals, ranking.table.index)
        shares = [
            f"of {name} {share_text(least[other])}"
            for name, other in zip(names, rivals, strict=True)
        ]
        text = (
            f"{joined_words([leader, *names])} cannot be told apart: {leader} is ahead "
            f"{joined_words(shares)} of the time."
        )
    else:
        supposed = joined_words([f"if {IF[name]}" for name in kept_of(found)])
        every = " The same holds under every other doubt." if own["always"].all() else ""
        text = (
            f"{leader} comes first: it is ahead of each of the others at least {100 * APART:g}% of "
            f"the time {supposed}.{every}"
        )
    if "choices" in found and (turned := list(own.index[own["choices"] < 0.5])):
        ahead = joined_words(market_names(turned, ranking.table.index))
        text += f" Other modeling choices put {ahead} ahead more often than not."
    return text


def reversed_sentence(ranking: Ranking, found: Mapping[str, DoubtRanks]) -> str:
    """Return who leads by what is agreed on, where that is not the first market; else nothing.

    The first market is that of the ranking's own weights, which need not meet the statements.
    """
    kept, first = kept_of(found), ranking.table.index[0]
    by = found[kept[0]].leader if kept else None
    if by is None or by[0] == first:
        return ""
    name, leader = market_names([by[0], first], ranking.table.index)
    others = by[1].drop(index=first)
    text = (
        f"By the statements {name} leads, not {leader}: at weights that meet them it is ahead of "
        f"{leader} {share_text(by[1].loc[first])} of the time"
    )
    if len(others):
        text += f", and of each of the others at least {share_text(others.min())}"
    return f"{text}."


def stated_sentence(agreed: Sequence[str]) -> str:
    """Return what weights were drawn by, as a sentence after others; nothing without statements."""
    if not agreed:
        return ""
    return f" Weights are drawn by {number_of(len(agreed), 'statement')}: {listing(agreed, 99)}."


def proven_sentence(ranking: Ranking, winner: object | None) -> str:
    """Return who is first at any weights that were agreed on; nothing where that is not proven."""
    if winner is None:
        return ""
    name = market_names([winner], ranking.table.index)[0]
    return f" At any weights that meet them {name} is first, which is proven."
