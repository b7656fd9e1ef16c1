"""What moved each market between two versions of an index: data, scale, weights, method, others.

A move is split by the Shapley value: a player's part is what it moves when the four come to be
those of the second ranking one by one, over all orders in which they can. `mixes` says what belongs
to each, and ranks the markets by some of one ranking and some of the other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import InputError, need, number_of
from marketselect.explanation.parts import coalitions
from marketselect.frozen import frozen_result
from marketselect.methods.method import POINTS
from marketselect.notebook import in_html
from marketselect.panel.changes import moves_beyond_rounding
from marketselect.panel.mixes import PLAYERS, Mix, changed_players, mixes, refuse_other_trees
from marketselect.printing import number_texts, table_text
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import rank_scores
from marketselect.scoring.normalization import BOUNDED
from marketselect.sources.embedded import market_names
from marketselect.tables.candidates import known_market
from marketselect.tables.labels import label_places, row_of_label
from marketselect.width import wrapped
from marketselect.words import joined_words, number_text, ordinal, score_places, score_text

OTHERS = "other_markets"
PARTS = (*PLAYERS, OTHERS)
MOST_BITS = 48  # of a float's 53, for a rank and its fractions: sums of a few take the others
TWELFTHS = 12  # what the parts of a rank are whole numbers of: up to four players share it


@frozen_result
class RankingComparison:
    """What moved each market from one ranking to another.

    Attributes
    ----------
    table
        Index market, the markets that are ranked in both and in every mix of the two, in the order
        of the second: name, rank_from, rank, rank_change (positive: climbed) and its parts
        rank_data, rank_scale, rank_weights, rank_method and rank_other_markets, which are twelfths
        (to some 1e-12) and add up to it, to the last digit; score_from, score, score_change and
        its parts score_data and so on, NaN where the scores of the two have no common unit.
    absent
        The other markets that are ranked in either: market, name, rank_from, rank (<NA> where it
        has none), reason.
    changed
        Which of data, scale, weights and method are not the same; the others have no part.
    note
        Why there are no parts of scores; empty where there are.
    places
        How many decimals scores are written with.
    fingerprints
        `Ranking.fingerprint` of the two that it was made of.
    """

    table: pd.DataFrame
    absent: pd.DataFrame
    changed: tuple[str, ...]
    note: str
    places: int
    fingerprints: tuple[str, str]

    def why(self, market: Any) -> str:
        """Return in plain English what moved a market, or why that cannot be said.

        Parameters
        ----------
        market : label
            A market of the table or of `absent`, or a country's name.

        Raises
        ------
        InputError
            If neither ranking ranks it.

        Examples
        --------
        >>> import marketselect as ms
        >>> panel = ms.rank_panel(ms.load_indicators(), "pestle", years=[2014, 2024])
        >>> panel.compared(2014, 2024).why("Viet Nam").partition(". ")[0]
        'Vietnam climbs 10 places, from 68th to 58th: data +8, other markets +2'
        """
        absent = pd.Index(self.absent["market"], tupleize_cols=False)
        known: pd.Index[Any] = self.table.index.append(absent)
        label = known_market(market, known, "market")
        if label in self.table.index:
            return move_sentence(row_of_label(self.table, label).to_dict(), self.places)
        found = row_of_label(self.absent, self.absent.index[label_places(absent, [label])[0]])
        return f"{found['name']} is {found['reason']}."

    def __repr__(self) -> str:
        more = f"\n... and {len(self.table) - 10} more" if len(self.table) > 10 else ""
        return f"{wrapped(self.headline)}\n{table_text(self._printed())}{more}"

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"places climbed, and by what": self._printed()})

    @property
    def headline(self) -> str:
        """What is compared, and what differs, in words."""
        left = f", {len(self.absent)} not compared" if len(self.absent) else ""
        what = joined_words(self.changed) or "nothing"
        note = f" {self.note[:1].upper()}{self.note[1:]}." if self.note else ""
        count = number_of(len(self.table), "market")
        return f"Two rankings of {count}{left}; changed: {what}.{note}"

    def _printed(self) -> pd.DataFrame:
        """Return the first ten markets with the parts of their ranks, as text."""
        parts = [f"rank_{part}" for part in PARTS]
        first = self.table.head(10)[["name", "rank_from", "rank", "rank_change", *parts]]
        table = number_texts(first, **dict.fromkeys(["rank_change", *parts], places_text))
        return table.rename(columns=lambda name: name.removeprefix("rank_") if name in parts
                            else name)  # fmt: skip


def compare_rankings(a: Ranking, b: Ranking) -> RankingComparison:
    """Split each market's move between two rankings: data, scale, weights, method, other markets.

    Two years of an index, two revisions of its weights, or what somebody else ranked by the same
    indicators.

    Parameters
    ----------
    a, b : Ranking
        From `rank_markets`: the first and the second version, of the same indicators and factors.

    Returns
    -------
    RankingComparison
        A player that is the same in both has no part; the others share the move by the Shapley
        value. What is left is the part of the other markets: those that come and go between the
        two.

    Raises
    ------
    InputError
        If the two have other indicators or factors, no market in common, or the players of one
        give no scores with those of the other, which are named.

    Notes
    -----
    *Data* are the raw values, and the groups of markets where gaps are filled by group. *Scale* is
    everything that makes a normalized value of a raw one, gaps filled included: goalposts, or what
    was fitted, so that a market that comes and stretches a min-max scale moves others by the
    scale. *Weights* are those of every level, as they were settled: an indicator that takes no part
    has none. *Method* is the means of the factors, the method with its options, and the rounding.

    The two are mixed in up to 2^4 ways, all on the same markets: those that both rank and every mix
    can. Parts of a rank are whole numbers of twelfths. Scores have parts where the methods have one
    unit, and so have the factors where scores are in theirs.

    References
    ----------
    .. [1] Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games
       II, Princeton University Press, 307-317.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(
    ...     name="two",
    ...     factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
    ...     indicators=(
    ...         ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 100)),
    ...         ms.Indicator(code="debt", factor="risk", direction="cost", goalposts=(0, 100))))
    >>> then = pd.DataFrame({"gdp": [80, 20], "debt": [60, 10]}, index=["A", "B"])
    >>> now = pd.DataFrame({"gdp": [80, 40], "debt": [60, 10]}, index=["A", "B"])
    >>> moved = compare_rankings(ms.rank_markets(then, framework),
    ...                          ms.rank_markets(now, framework, weights={"size": 1, "risk": 3}))
    >>> moved.why("B").partition(". ")[0]
    'B climbs 1 place, from 2nd to 1st: data +0.5, weights +0.5'
    >>> moved.table[["score_change", "score_data", "score_weights"]]
       score_change  score_data  score_weights
    B          22.5         7.5           15.0
    A         -10.0         0.0          -10.0
    """
    need(a, Ranking, "a")
    need(b, Ranking, "b")
    refuse_other_trees(a, b)
    scored = b.matrix.index.intersection(a.matrix.index, sort=False)
    changed = changed_players(a, b, scored)
    joined, added = coalitions(len(changed))
    every = mixes(a, b, scored, joined, changed)
    lacking = reasons_of(every)
    seen = ~scored.isin(list(lacking))
    ranked = b.table.index.intersection(a.table.index, sort=False)
    markets = ranked[ranked.isin(scored[seen])]
    absent = absent_markets(a, b, markets, lacking)
    if not len(markets):
        raise nothing_in_common(absent)
    place = scored[seen].get_indexer(markets)
    scores = np.array([mix.scores(seen)[place] for mix in every])
    start, end = a.table.reindex(markets), b.table.reindex(markets)
    note = unit_note(a, b)

    def rounded(moves: FloatArray) -> FloatArray:
        return np.full(len(moves), np.nan) if note else moves_beyond_rounding(moves, a, b)

    columns = {
        "name": market_names(markets),
        **rank_columns(start["rank"].to_numpy(), end["rank"].to_numpy(), scores, added, changed),
        **score_columns(start["score"].to_numpy(), end["score"].to_numpy(), scores, added, changed,
                        rounded),
    }  # fmt: skip
    printed_scores = np.concatenate([a.table["score"], b.table["score"]])
    return RankingComparison(
        table=pd.DataFrame(columns, index=markets),
        absent=absent,
        changed=changed,
        note=note,
        places=score_places(printed_scores.tolist()),
        fingerprints=(a.fingerprint, b.fingerprint),
    )


def rank_columns(
    before: IntArray, after: IntArray, scores: FloatArray, added: FloatArray, changed: Sequence[str]
) -> dict[str, Any]:
    """Return the ranks in two rankings, their change and its parts, exact in twelfths.

    Parameters
    ----------
    before, after : ndarray of int, shape (markets,)
    scores : ndarray, shape (coalitions, markets)
    added : ndarray, shape (coalitions, players)
        What the worth of each coalition counts for in a player's part.
    changed : sequence of str
        The players.
    """
    ranks = rank_scores(scores)
    counts = np.rint(TWELFTHS * added).astype(np.int64)
    nothing, change = np.zeros(len(before)), before - after
    moved = add_up(-(counts.T @ ranks), ranks[0] - ranks[-1], max(*before, *after))
    parts = dict(zip(changed, moved, strict=True))
    return {
        "rank_from": before,
        "rank": after,
        "rank_change": change,
        **{f"rank_{player}": parts.get(player, nothing) for player in PLAYERS},
        f"rank_{OTHERS}": (change - (ranks[0] - ranks[-1])).astype(np.float64),
    }


def add_up(twelfths: IntArray, moves: IntArray, last: int) -> FloatArray:
    """Return the parts of a change in rank as floats that add up to whole moves in any order.

    On a grid of a power of two on which every sum of ranks is a float, the nearest numbers; what
    they miss a move by, a few steps of some 1e-12, is the largest fraction's.

    Parameters
    ----------
    twelfths : ndarray of int, shape (players, markets)
    moves : ndarray of int, shape (markets,)
    last : int
        The last rank.
    """
    if not len(twelfths):
        return np.zeros(twelfths.shape)
    grid = MOST_BITS - int(last).bit_length()
    steps = np.rint(np.ldexp(twelfths / TWELFTHS, grid)).astype(np.int64)
    fractions = np.where(twelfths % TWELFTHS == 0, 0, np.abs(twelfths))
    steps[fractions.argmax(axis=0), np.arange(len(moves))] += (moves << grid) - steps.sum(axis=0)
    return np.ldexp(steps.astype(np.float64), -grid)


def score_columns(
    before: FloatArray,
    after: FloatArray,
    scores: FloatArray,
    added: FloatArray,
    changed: Sequence[str],
    rounded: Callable[[FloatArray], FloatArray],
) -> dict[str, Any]:
    """Return the scores in two rankings, their change and its parts, rounding taken off."""
    parts = dict(zip(changed, added.T @ scores, strict=True))
    nothing, change = np.zeros(len(before)), after - before
    moves = {
        "change": change,
        **{player: parts.get(player, nothing) for player in PLAYERS},
        OTHERS: change - (scores[-1] - scores[0]),
    }
    return {
        "score_from": before,
        "score": after,
        **{f"score_{name}": rounded(move) for name, move in moves.items()},
    }


def unit_note(a: Ranking, b: Ranking) -> str:
    """Return why the scores of two rankings have no common unit; empty where they have one."""
    if compared_unit(a) == compared_unit(b):
        return ""
    return "scores have no parts, since those of the two are not in one unit"


def compared_unit(ranking: Ranking) -> tuple[object, ...]:
    """Return the unit of a ranking's scores, to be compared with that of another ranking."""
    rules = ranking.model.framework
    unit = ranking.call.unit_of(ranking.options)
    if unit and unit != POINTS:
        return (unit,)
    kind = rules.normalization
    return (unit or ranking.call, rules.range if kind in BOUNDED else kind)


def reasons_of(every: Iterable[Mix]) -> dict[Any, str]:
    """Return the markets that some mix leaves out, each with the first of them and the reason."""
    found: dict[Any, str] = {}
    for mix in every:
        for market, reason in zip(mix.left_out["market"], mix.left_out["reason"], strict=True):
            found.setdefault(market, f"with {mix.words} it has no scores: {reason}")
    return found


def absent_markets(
    a: Ranking, b: Ranking, compared: "pd.Index[Any]", lacking: Mapping[Any, str]
) -> pd.DataFrame:
    """List the markets that either ranks and that are not compared, each with the reason."""
    every = b.table.index.append(a.table.index).unique()
    left = every[~every.isin(compared)]
    in_first, in_second = left.isin(a.table.index), left.isin(b.table.index)
    reasons = [
        f"ranked in both, but {lacking[market]}"
        if first and second
        else f"ranked in the first only; in the second it {why_not_in_one(b, market)}"
        if first
        else f"ranked in the second only; in the first it {why_not_in_one(a, market)}"
        for market, first, second in zip(left, in_first, in_second, strict=True)
    ]
    ranks = [r.table["rank"].astype("Int64").reindex(left).array for r in (a, b)]
    return pd.DataFrame(
        {
            "market": left,
            "name": market_names(left),
            "rank_from": ranks[0],
            "rank": ranks[1],
            "reason": reasons,
        }
    )


def why_not_in_one(ranking: Ranking, market: Any) -> str:
    """Return why one of two rankings compared lacks a market, as it reads on from "it"."""
    left = ranking.scores.excluded
    reasons: Mapping[Any, str] = dict(zip(left["market"], left["reason"], strict=True))
    if market in reasons:
        return f"was left out: {reasons[market]}"
    return "is no candidate" if market in ranking.matrix.index else "is not in the data"


def nothing_in_common(absent: pd.DataFrame) -> InputError:
    """Return the error that two rankings have no market in common, the first as an example."""
    first = absent.iloc[0]
    return InputError.of(
        "no-data",
        "the two rankings",
        "have no market in common",
        f"label the markets alike; {first['name']} is {first['reason']}",
    )


# Sentences


def move_sentence(moved: Mapping[Any, Any], places: int) -> str:
    """Return what moved a market between two rankings, in its rank and in its score."""
    change, rank = int(moved["rank_change"]), ordinal(int(moved["rank"]))
    number = f"{abs(change)} place{'' if abs(change) == 1 else 's'}"
    way = f"from {ordinal(int(moved['rank_from']))} to {rank}"
    verb = f"{'climbs' if change > 0 else 'falls'} {number}, {way}" if change else f"stays {rank}"
    texts = [f"{moved['name']} {verb}{move_parts_text(moved, 'rank', places_text)}."]
    rise = moved["score_change"]
    if not np.isnan(rise):
        text = partial(score_text, places=places)
        by = f"{'rises' if rise > 0 else 'falls'} by {text(abs(rise))}"
        way = f"from {text(moved['score_from'])} to {text(moved['score'])}"
        verb = f"{by}, {way}" if rise else f"stays {text(moved['score'])}"
        texts.append(f"Its score {verb}{move_parts_text(moved, 'score', text)}.")
    return " ".join(texts)


def move_parts_text(moved: Mapping[Any, Any], what: str, text: Callable[[float], str]) -> str:
    """Return the parts of a market's move between two rankings, the largest first."""
    parts = {part.replace("_", " "): float(moved[f"{what}_{part}"]) for part in PARTS}
    ordered = sorted(parts.items(), key=lambda item: -abs(item[1]))
    texts = [
        f"{name} {'+' if part > 0 else '-'}{text(abs(part))}" for name, part in ordered if part
    ]
    return f": {', '.join(texts)}" if texts else ""


def places_text(places: float) -> str:
    """Return how many places a market moved between two rankings, to two decimals."""
    return number_text(round(places, 2))
