"""Everything that a ranking may be doubted for, side by side: the ranks of each market under each.

One call makes what a careful analyst would: other weights - near the stated ones, in their order,
any at all -, data drawn by their standard errors, other modeling choices, and other markets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, clean, listing, need, number_of
from marketselect.frozen import result
from marketselect.printing import fitted, to_print
from marketselect.ranking.html import small
from marketselect.ranking.interval import HIGH, LOW
from marketselect.ranking.levels import WeightDraws, usual_draws
from marketselect.ranking.plain import label_of, named, records
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import rank_scores
from marketselect.running import Progress, headline, reporter, silent, stage
from marketselect.sources.embedded import market_names, names_beside
from marketselect.uncertainty.acceptability import robustness
from marketselect.uncertainty.choices import options_of, rank_choices
from marketselect.uncertainty.reversal import dependences, ranks_without
from marketselect.uncertainty.statements import read_statements
from marketselect.values import a_count, draws_of
from marketselect.words import interval_text, joined_words, share_text, wrapped

APART = 0.95  # of the time one has to be ahead of the other
FIRST = 10  # markets, of which every pair is looked at
DRAWS = 10_000
CHOICES = ("normalization", "aggregation", "missing", "treatment", "method")
SOURCES: Mapping[str, str] = {
    "weights": "weights near the stated ones",
    "order": "weights in the stated order",
    "any": "any weights",
    "data": "errors of the data",
    "choices": "modeling choices",
    "others": "the other markets",
}
"""What is doubted, in words."""
KEPT = ("weights", "data", "others")
"""What leaves the reader's preferences and rules as they are: by these markets are told apart."""
IF: Mapping[str, str] = {
    "weights": "the weights stay near the stated ones",
    "any": "the weights are drawn at random",
    "data": "the data err as their standard errors say",
    "others": "another market is left out",
}
"""What is supposed, as the part of a sentence after "if", of those and of what stands in."""
PASSED = {"no-data", "not-possible", "undefined"}
"""Codes of what a ranking does not have; a doubt that needs it is passed over."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
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


@result
class Doubt:
    """What each reason to doubt a ranking does to the ranks, side by side.

    Attributes
    ----------
    headline
        What can be said of the first place, in a sentence or two.
    table
        Index market, as in the ranking: rank; by doubt, such as weights_low and weights_high, the
        5th and the 95th percentile of its ranks, widened to hold the rank; low and high, the
        widest of all; and widest, the doubt that gives the most, empty where none moves the rank.
        A doubt is missing where it does not hold: no standard errors, or a choice that cannot be
        made.
    pairs
        Index market and other, of the first ten each pair in the ranking's order; by doubt how
        often the market is ahead of the other, ties counting half; apart, whether that is 95 % of
        the time under near weights, errors of the data and other markets, as far as these are
        there; and always, whether it is 95 % of the time under every doubt.
    order
        The first ten in groups: each market is ahead of everyone in the groups after its own under
        every doubt, 95 % of the time.
    words
        By doubt: what was varied.
    skipped
        By doubt that could not be asked: why.
    statements
        What was stated about the weights: weights, order and any are among those that meet it.
    winner
        The market that no other beats at any weights that the statements allow, of every level: a
        proof, as `Robustness.winner` is. None without statements, or where none is proven.
    draws
        How often weights and data were drawn.
    seed
        The seed of the draws.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    part = "doubt"  # of the record of a ranking

    headline: str
    table: pd.DataFrame
    pairs: pd.DataFrame
    order: tuple[tuple[Any, ...], ...]
    words: Mapping[str, str]
    skipped: Mapping[str, str]
    statements: tuple[str, ...]
    winner: object | None
    draws: int
    seed: int
    fingerprint: str

    def __repr__(self) -> str:
        lines = [f"{name}: {words}" for name, words in self.words.items()]
        lines += [f"{name}: not asked; {why}" for name, why in self.skipped.items()]
        table = fitted(self.intervals().head(FIRST), least=["name"])
        return "\n".join([wrapped(self.headline), table, *map(wrapped, lines)])

    def _repr_html_(self) -> str:
        """Return the headline and the intervals, as a notebook shows them."""
        rows = self.intervals().head(2 * FIRST).to_html(border=0)  # escapes what labels hold
        words = {**self.words, **{name: f"not asked; {why}" for name, why in self.skipped.items()}}
        told = "".join(small(f"{name}: {text}") for name, text in words.items())
        return f"<div><p><b>{escape(self.headline)}</b></p>{rows}{told}</div>"

    def to_dict(self) -> dict[str, Any]:
        """Return it as the record of a ranking holds it: ``ranking.to_dict(doubt=...)``."""
        pairs = self.pairs.reset_index()
        return {
            "headline": self.headline,
            "table": records(named(self.table.rename_axis("market").reset_index())),
            "pairs": records(pairs.assign(other=list(map(label_of, pairs["other"])))),
            "order": [list(map(label_of, group)) for group in self.order],
            "words": dict(self.words),
            "skipped": dict(self.skipped),
            "statements": list(self.statements),
            "winner": None if self.winner is None else label_of(self.winner),
            "draws": self.draws,
            "seed": self.seed,
        }

    def intervals(self) -> pd.DataFrame:
        """Return the intervals as people read them: one column a doubt, ``4-8``."""
        names = names_beside(self.table.index)
        shown: dict[str, Any] = {"rank": self.table["rank"]}
        if names:
            shown["name"] = names
        for name in (*self.words, ""):
            low, high = (self.table[f"{name}_{end}".strip("_")] for end in ("low", "high"))
            column = [
                "-" if pd.isna(a) else interval_text(a, b) for a, b in zip(low, high, strict=True)
            ]
            shown[name or "all"] = column
        whole = {**shown, "widest": self.table["widest"]}
        return to_print(pd.DataFrame(whole, index=self.table.index))


def doubt(
    ranking: Ranking,
    *,
    draws: int = DRAWS,
    choices: Mapping[str, Any] | Iterable[str] = CHOICES,
    statements: Sequence[str] | None = None,
    seed: int = 0,
    progress: Progress | bool | None = None,
) -> Doubt:
    """Ask a ranking everything that it may be doubted for, and say what holds.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    draws : int
        How often weights, and the data, are drawn; 500 at most for a method of which each draw is
        work of its own (see `rank_markets`).
    choices : mapping or iterable of str
        The modeling choices, as for `sensitivity`. Default: normalization, aggregation, missing,
        treatment and method, every combination of their usual options.
    statements : sequence of str, optional
        What is agreed on about the weights, as for `robustness`. *weights*, *order* and *any* are
        then drawn among the weights that meet the statements, too: near the stated ones that is
        within the tolerance. Where no weights near the stated ones, or in their order, meet them,
        that doubt is skipped, with the reason; without *weights*, markets are told apart by *any*.
        *data*, *choices* and *others* draw no weights: they keep the ranking's own, whether these
        meet the statements or not.
    seed : int
        Seed of the draws; 0 is a seed like any other.
    progress : callable, bool or None
        Called with (doubts asked, doubts in all); True or None for a bar, see the extra
        "progress".

    Returns
    -------
    Doubt
        Six doubts. *weights*: all levels within a quarter of themselves (the ranking's own
        tolerance). *order*: any weights that keep the order of the stated ones in every group.
        *any*: any weights. *data*: each value that has a standard error is drawn, the weights stay.
        *choices*: every combination, each as likely as any other; ranks are counted among the
        markets that all of them rank. *others*: each market is left out in turn; where no score
        depends on the others, nothing moves.

    Raises
    ------
    InputError
        If an option has no meaning, or if statements cannot be read or cannot hold together.

    See Also
    --------
    robustness, sensitivity, rank_reversals : each doubt by itself, with all that it tells.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["SGP", "CHE", "POL"], draws=0)
    >>> found = ms.doubt(ranking, draws=500, choices=["normalization"])
    >>> found.headline.split(":")[0]
    'Singapore and Switzerland cannot be told apart'
    >>> found.order[-1]
    ('POL',)

    Where all agree that politics counts at least as much as all the rest:

    >>> agreed = ["political >= 0.5"]
    >>> found = ms.doubt(ranking, draws=500, choices=["normalization"], statements=agreed)
    >>> found.words["any"]
    'all weights of every group, each as likely, by 1 statement; 500 draws'
    >>> list(found.skipped)  # within a quarter of 1/6, politics never has one half
    ['weights']
    """
    told = stage("doubt")
    need(ranking, Ranking, "ranking")
    draws, seed = draws_of(draws, least=1), a_count(seed, "seed")
    stated = read_statements(statements, ranking.model.framework.tree)
    agreed = tuple(statement.text for statement in stated)
    report = reporter(progress, "doubts")
    asked: dict[str, Callable[[], Found]] = {
        "weights": lambda: drawn(ranking, draws, seed, around="stated", agreed=agreed),
        "order": lambda: drawn(ranking, draws, seed, around="ordered", agreed=agreed),
        "any": lambda: drawn(ranking, draws, seed, around="any", agreed=agreed),
        "data": lambda: measured(ranking, draws, seed),
        "choices": lambda: chosen(ranking, choices),
        "others": lambda: left_out(ranking),
    }
    found: dict[str, Found] = {}
    skipped: dict[str, str] = {}
    for done, (name, ask) in enumerate(asked.items(), start=1):
        try:
            found[name] = ask()
        except InputError as fault:
            # Only what this ranking does not have is passed over; what was asked wrongly is told.
            # Statements that hold together, as "any" shows, may not do so near the stated weights.
            apart = {"contradiction"} if agreed and name in ("weights", "order") else set()
            if {each.code for each in fault.faults} - PASSED - apart:
                raise
            skipped[name] = str(fault)
        report(done, len(asked))
    pairs = pair_table(ranking, found)
    winner = found["any"].winner if "any" in found else None
    said = first_place(ranking, pairs, found, agreed) + stated_sentence(agreed)
    made = Doubt(
        headline=clean(said + proven_sentence(ranking, winner)),
        table=side_by_side(ranking, found),
        pairs=pairs,
        order=groups_in_order(ranking, pairs),
        words={name: one.words for name, one in found.items()},
        skipped=skipped,
        statements=agreed,
        winner=winner,
        draws=draws,
        seed=seed,
        fingerprint=ranking.fingerprint,
    )
    told(lambda: headline(made))
    return made


def drawn(ranking: Ranking, draws: int, seed: int, *, around: Any, agreed: Sequence[str]) -> Found:
    """Return the ranks at drawn weights of every level that meet what is agreed on."""
    tolerance = ranking.provenance["tolerance"]
    made = robustness(
        ranking, draws=fewer(ranking, draws), seed=seed, around=around, tolerance=tolerance,
        pairwise=True, statements=agreed or None,
    )  # fmt: skip
    by = f", by {number_of(len(agreed), 'statement')}" if agreed else ""
    words = {
        "stated": made.varied,
        "ordered": f"all weights that keep the stated order in every group, each as likely{by}",
        "any": f"all weights of every group, each as likely{by}",
    }
    assert made.pairwise is not None
    text = f"{words[around]}; {made.draws:,} draws"
    found = of_summary(made.summary, made.pairwise, text, made.winner)
    return replace(found, leader=leader_of(made.pairwise))


def leader_of(pairwise: pd.DataFrame) -> tuple[object, "pd.Series[float]"] | None:
    """Return who is ahead of each other more often than not, and how often; None if nobody is."""
    ahead = (pairwise.fillna(1.0) > 0.5).to_numpy().all(axis=1)
    if not ahead.any():
        return None
    place = int(ahead.argmax())
    market = pairwise.index[place]
    return market, pairwise.iloc[place].drop(index=market)


def measured(ranking: Ranking, draws: int, seed: int) -> Found:
    """Return the ranks of drawn data, at the stated weights."""
    made = robustness(
        ranking, draws=fewer(ranking, draws), seed=seed, tolerance=0.0, levels="top", errors=True,
        pairwise=True,
    )  # fmt: skip
    assert made.pairwise is not None
    words = f"each value that has a standard error drawn around itself; {made.draws:,} draws"
    return of_summary(made.summary, made.pairwise, words)


def fewer(ranking: Ranking, draws: int) -> int:
    """Return so many draws, or the usual few where each is work of its own."""
    return min(draws, usual_draws(WeightDraws(model=ranking.model, levels="all"), draws))


def of_summary(
    summary: pd.DataFrame, pairwise: pd.DataFrame, words: str, winner: object | None = None
) -> Found:
    """Return what draws found."""
    first = summary.index[:FIRST]
    return Found(
        low=summary["rank_low"],
        high=summary["rank_high"],
        ahead=pairwise.loc[first, first],
        words=words,
        winner=winner,
    )


def chosen(ranking: Ranking, choices: Any) -> Found:
    """Return the ranks over all combinations of modeling choices, among the markets of all."""
    ranked = rank_choices(ranking, options_of(ranking), choices, ranking.weight_draws, silent)
    ranks = pd.DataFrame(ranked.ranks[ranked.design], columns=ranked.markets)
    own = pd.Series(ranked.ranks[ranked.base], ranked.markets)
    names = joined_words([choice.name for choice in ranked.choices if len(choice.values) > 1])
    how = "combinations" if ranked.exact else "of the combinations"
    return of_ranks(ranking, ranks, own, f"{names}: {len(np.unique(ranked.design)):,} {how}")


def left_out(ranking: Ranking) -> Found:
    """Return the ranks without each other market, as if that one kept its place."""
    own, reasons = ranking.table["rank"].astype(float), dependences(ranking)
    if not reasons:
        words = "each left out in turn; no score depends on another market"
        return of_ranks(ranking, pd.DataFrame([own]), own, words)
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
    return of_ranks(ranking, pd.DataFrame(rows), own, words)


def of_ranks(ranking: Ranking, ranks: pd.DataFrame, own: "pd.Series[float]", words: str) -> Found:
    """Return what some rankings found, a row each; a market may be missing in some."""
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
    return Found(
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


def pair_table(ranking: Ranking, found: Mapping[str, Found]) -> pd.DataFrame:
    """Return how often one of the first markets is ahead of another, and whether that is told."""
    first = ranking.table.index[:FIRST]
    pairs = list(combinations(first, 2))
    table = pd.DataFrame(
        {name: [one.ahead.loc[pair] for pair in pairs] for name, one in found.items()},
        index=pd.MultiIndex.from_tuples(pairs, names=["market", "other"]) if pairs else None,
        dtype=np.float64,
    )
    kept = table[kept_of(found)]
    # A doubt that does not hold for a pair says nothing of it.
    return table.assign(
        apart=(kept.fillna(1.0) >= APART).all(axis=1),
        always=(table.fillna(1.0) >= APART).all(axis=1),
    )


def side_by_side(ranking: Ranking, found: Mapping[str, Found]) -> pd.DataFrame:
    """Return the intervals of every doubt, and the widest."""
    table = pd.DataFrame({"rank": ranking.table["rank"]})
    for name in SOURCES:
        for end in ("low", "high"):
            column = getattr(found[name], end) if name in found else np.nan
            table[f"{name}_{end}"] = column
    ends = ["low", "high"]
    lows, highs = (table[[f"{name}_{end}" for name in SOURCES]] for end in ends)
    width = pd.DataFrame(highs.to_numpy() - lows.to_numpy(), table.index, list(SOURCES)).fillna(0.0)
    table["low"], table["high"] = lows.min(axis=1), highs.max(axis=1)
    table["widest"] = width.idxmax(axis=1).where(width.max(axis=1) > 0, "")
    whole = [column for column in table if column not in ("rank", "widest")]
    return table.astype(dict.fromkeys(whole, "Int64"))


def groups_in_order(ranking: Ranking, pairs: pd.DataFrame) -> tuple[tuple[Any, ...], ...]:
    """Return the first markets in groups of which each is always ahead of the next."""
    first = list(ranking.table.index[:FIRST])
    always = pairs["always"].to_dict()
    cuts = [
        place
        for place in range(1, len(first))
        if all(always[a, b] for a in first[:place] for b in first[place:])
    ]
    ends = zip([0, *cuts], [*cuts, len(first)], strict=True)
    return tuple(tuple(first[start:end]) for start, end in ends)


def first_place(
    ranking: Ranking, pairs: pd.DataFrame, found: Mapping[str, Found], agreed: Sequence[str]
) -> str:
    """Return what can be said of the first place."""
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


def reversed_sentence(ranking: Ranking, found: Mapping[str, Found]) -> str:
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
