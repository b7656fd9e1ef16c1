"""Everything that a ranking may be doubted for, side by side: the ranks of each market under each.

One call makes what a careful analyst would: other weights - near the stated ones, in their order,
any at all -, data drawn by their standard errors, other modeling choices, and other markets.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, clean, need
from marketselect.frozen import frozen_result
from marketselect.printing import printed_frame, to_print
from marketselect.ranking.html import small_paragraph
from marketselect.ranking.plain import markets_by_name, plain_label, record_rows
from marketselect.ranking.ranking import Ranking
from marketselect.running import Progress, reporter, stage
from marketselect.sampling import draws_of
from marketselect.sources.embedded import names_beside_codes
from marketselect.uncertainty.doubt_parts import (
    APART,
    FIRST,
    DoubtRanks,
    kept_of,
    ranks_at_drawn_data,
    ranks_at_drawn_weights,
    ranks_over_choices,
    ranks_without_each,
)
from marketselect.uncertainty.doubt_text import first_place_doubt, proven_sentence, stated_sentence
from marketselect.uncertainty.statements import read_statements
from marketselect.values import a_count
from marketselect.width import wrapped
from marketselect.words import interval_text

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
PASSED = {"no-data", "not-possible", "undefined"}
"""Codes of what a ranking does not have; a doubt that needs it is passed over."""


@frozen_result
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
        table = printed_frame(self.intervals().head(FIRST), least=["name"])
        return "\n".join([wrapped(self.headline), table, *map(wrapped, lines)])

    def _repr_html_(self) -> str:
        """Return the headline and the intervals, as a notebook shows them."""
        rows = self.intervals().head(2 * FIRST).to_html(border=0)  # escapes what labels hold
        words = {**self.words, **{name: f"not asked; {why}" for name, why in self.skipped.items()}}
        told = "".join(small_paragraph(f"{name}: {text}") for name, text in words.items())
        return f"<div><p><b>{escape(self.headline)}</b></p>{rows}{told}</div>"

    def to_dict(self) -> dict[str, Any]:
        """Return it as the record of a ranking holds it: ``ranking.to_dict(doubt=...)``."""
        pairs = self.pairs.reset_index()
        return {
            "headline": self.headline,
            "table": record_rows(markets_by_name(self.table.rename_axis("market").reset_index())),
            "pairs": record_rows(pairs.assign(other=list(map(plain_label, pairs["other"])))),
            "order": [list(map(plain_label, group)) for group in self.order],
            "words": dict(self.words),
            "skipped": dict(self.skipped),
            "statements": list(self.statements),
            "winner": None if self.winner is None else plain_label(self.winner),
            "draws": self.draws,
            "seed": self.seed,
        }

    def intervals(self) -> pd.DataFrame:
        """Return the intervals as people read them: one column a doubt, ``4-8``."""
        names = names_beside_codes(self.table.index)
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
    asked: dict[str, Callable[[], DoubtRanks]] = {
        "weights": lambda: ranks_at_drawn_weights(
            ranking, draws, seed, around="stated", agreed=agreed
        ),
        "order": lambda: ranks_at_drawn_weights(
            ranking, draws, seed, around="ordered", agreed=agreed
        ),
        "any": lambda: ranks_at_drawn_weights(ranking, draws, seed, around="any", agreed=agreed),
        "data": lambda: ranks_at_drawn_data(ranking, draws, seed),
        "choices": lambda: ranks_over_choices(ranking, choices),
        "others": lambda: ranks_without_each(ranking),
    }
    found: dict[str, DoubtRanks] = {}
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
    said = first_place_doubt(ranking, pairs, found, agreed) + stated_sentence(agreed)
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
    told(lambda: made.headline)
    return made


def pair_table(ranking: Ranking, found: Mapping[str, DoubtRanks]) -> pd.DataFrame:
    """Return how often one first market is ahead of another under each doubt, and if apart."""
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


def side_by_side(ranking: Ranking, found: Mapping[str, DoubtRanks]) -> pd.DataFrame:
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
    """Return groups of first markets, each ahead of the next under every doubt."""
    first = list(ranking.table.index[:FIRST])
    always = pairs["always"].to_dict()
    cuts = [
        place
        for place in range(1, len(first))
        if all(always[a, b] for a in first[:place] for b in first[place:])
    ]
    ends = zip([0, *cuts], [*cuts, len(first)], strict=True)
    return tuple(tuple(first[start:end]) for start, end in ends)
