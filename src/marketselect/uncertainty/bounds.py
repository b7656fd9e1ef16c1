"""The best and the worst rank a market can take at any weights allowed, proven, not sampled.

One weight vector is sought at which the fewest (or the most) other markets beat a market: a
mixed-integer program with a yes or no for each other market. The idea is that of extreme ranking
analysis: Kadzinski, Greco & Slowinski (2012), Omega 40(4), 488-501.

Where scores are linear in no weights, nothing is proven: what draws reach is given, and called so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import InputError, need, number_of, renamed, told
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import printed_frame, to_print
from marketselect.ranking.levels import LEVELS, Levels, WeightDraws, usual_draws
from marketselect.ranking.ranking import Ranking
from marketselect.running import Progress, reporter, stage
from marketselect.sampling import draws_of
from marketselect.sources.embedded import named_rows
from marketselect.tables import schemas
from marketselect.uncertainty.allowed import allowed_groups
from marketselect.uncertainty.statements import Statement, read_statements
from marketselect.uncertainty.task import Task
from marketselect.values import a_count, a_share, is_among, one_of
from marketselect.words import interval_text

DRAWS = 2048  # sampled weights: a rank found there need not be searched for
TOLERANCE = 0.25  # where none is given
LEVEL_WORDS: Mapping[str, str] = {
    "all": "the weights of every group of siblings",
    "top": "the weights of the top factors alone",
    "indicators": "the weights of the indicators in the whole",
}

Around = Literal["stated", "any"]


@frozen_result
class RankBounds:
    """The best and worst rank of each market over all weights allowed, with the proof.

    Attributes
    ----------
    table
        By market, in the order of the ranking: rank; best and worst, which it takes at the weights
        below; best_bound and worst_bound, beyond which no weights allowed take it; certified,
        whether they meet. Where nothing is `proven` they are 1 and the number of markets.
    best_weights
        Markets x what varies (top factors, or indicators in the whole): weights at which the market
        takes its best rank; they add up to 1.
    worst_weights
        The same, at which it takes its worst rank.
    levels
        Whose weights vary: "top", "all" or "indicators". A rank interval over other levels may lie
        partly outside.
    proven
        Whether bounds are proven. If not, since scores are linear in no weights, best and worst are
        the range of the ranks at sampled weights: found, not proven.
    draws
        How many weights were sampled, besides the stated ones.
    seed
        Their seed.
    frozen
        How many values are missing and held at the market's own mean at the stated weights; with
        gaps a draw, which shares their weight out among siblings anew, may lie beyond the bounds.
        None where a gap is left to each draw, or no weights under the top factors vary.
    tolerance
        None: any weights at all, or all that `statements` leave.
    statements
        What was stated about the weights.
    stated_tolerance
        The tolerance of groups with statements; None: all weights that the statements leave.
    winner
        The market that no other beats at any weights allowed, which is a proof; None where there
        is no such market, or several that tie everywhere.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    table: pd.DataFrame
    best_weights: pd.DataFrame
    worst_weights: pd.DataFrame
    levels: str
    proven: bool
    draws: int
    seed: int
    frozen: int | None
    tolerance: float | None
    statements: tuple[str, ...]
    stated_tolerance: float | None
    winner: object | None
    fingerprint: str

    @property
    def can_be_first(self) -> tuple[object, ...]:
        """The markets that come first, alone or tied, at some weights allowed.

        Where a market is not certified and its `best_bound` is 1, it may be another one.
        """
        return tuple(self.table.index[self.table["best"] == 1])

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"best and worst ranks": named_rows(self.table)})

    def __repr__(self) -> str:
        return f"{self.headline}\n{printed_frame(self.table.head(10))}\n{self.varied}"

    @property
    def headline(self) -> str:
        """At which weights the ranks are bounded, and who can be first, in words."""
        where = "any weights"
        if self.tolerance is not None:
            where = f"weights within {100 * self.tolerance:g}%"
        if self.statements:
            where += f" with {number_of(len(self.statements), 'statement')}"
        if not self.proven:
            return (
                f"Rank ranges of {number_of(len(self.table), 'market')} at {where}: found, "
                f"not proven, in {number_of(self.draws, 'draw')}"
            )
        open_ends = int((~self.table["certified"]).sum())
        may_be = (self.table["best_bound"] == 1).sum() > len(self.can_be_first)
        first = f"{'at least ' if may_be else ''}{len(self.can_be_first)} can be first"
        if self.statements and self.winner is not None:
            first = f"{told(self.winner)} is first at all of them"
        rest = f", {open_ends} not certified" if open_ends else ""
        return f"Rank bounds of {number_of(len(self.table), 'market')} at {where}, {first}{rest}"

    @property
    def varied(self) -> str:
        """What varies, in words, and what is held."""
        text = f"What varies: {LEVEL_WORDS[self.levels]}"
        if not self.frozen:
            return text
        held = number_of(self.frozen, "missing value")
        return f"{text}; {held} held at the market's own mean at the stated weights"

    def beside(self, ranking: Ranking) -> pd.DataFrame:
        """Return the rank intervals of a ranking beside the bounds, where both are of one level.

        Parameters
        ----------
        ranking : Ranking
            The one that the bounds are of, with draws.

        Returns
        -------
        DataFrame
            Index market: rank; interval and bounds, as ``4-8``; the best and the worst rank reached
            stand for bounds that are not proven.

        Raises
        ------
        InputError
            If it is another ranking, has no intervals, or they are over weights of other levels or
            another tolerance.

        Examples
        --------
        >>> import marketselect as ms
        >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
        >>> ranking = ms.rank_markets(table, "pestle", markets=["CHL", "POL"], levels="top")
        >>> ms.rank_bounds(ranking).beside(ranking)["bounds"].tolist()
        ['1-2', '1-2']
        """
        need(ranking, Ranking, "ranking")
        made = ranking.provenance
        if ranking.fingerprint != self.fingerprint:
            raise InputError.of("contradiction", "ranking", "is not the one of these bounds",
                                "give that one")  # fmt: skip
        for words in [
            words
            for words, differs in {
                "has no rank intervals": not made["draws"],
                f'has intervals over levels="{made["levels"]}", and these bounds are of '
                f'"{self.levels}"': made["levels"] != self.levels,
                f"has intervals within {100 * made['tolerance']:g}%, and these bounds are of other "
                "weights": self.tolerance != made["tolerance"] or bool(self.statements),
            }.items()
            if differs
        ][:1]:
            raise InputError.of("contradiction", "ranking", words,
                                "rank with the levels and the tolerance of the bounds")  # fmt: skip
        own = ranking.table.loc[self.table.index]
        ends = ("best_bound", "worst_bound") if self.proven else ("best", "worst")
        texts = {
            "interval": zip(own["rank_low"], own["rank_high"], strict=True),
            "bounds": zip(*(self.table[end] for end in ends), strict=True),
        }
        shown = {name: [interval_text(*pair) for pair in pairs] for name, pairs in texts.items()}
        return to_print(pd.DataFrame({"rank": own["rank"], **shown}, index=own.index))


def rank_bounds(
    ranking: Ranking,
    *,
    around: Around = "stated",
    tolerance: float | Literal["usual", "any"] | None = "usual",
    statements: Sequence[str] | None = None,
    levels: Levels = "top",
    markets: Iterable[Any] | None = None,
    nodes: int = 10_000,
    draws: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | bool | None = None,
) -> RankBounds:
    """Find the best and the worst rank of each market over all weights in a box, exactly.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`. Bounds are exact where scores (weighted sum, AHP, PROMETHEE) or their
        logarithms (weighted product) are linear in the weights that vary; under the top factors
        where all means are arithmetic and the score is a weighted sum, or all are geometric and it
        is a weighted product. By any other method the range of the ranks at sampled weights is
        given: found, not proven, and the result says so.
    around : {"stated", "any"}
        Which weights there may be, as in `robustness`: those near the ones stated, or any there
        are, on every factor.
    tolerance : float
        Around "stated", each weight lies within this share of itself, 0 to 1, as in `robustness`;
        a weight of zero stays zero. The usual is 0.25; with `statements` it is none for the groups
        that they are about, so that all weights that they leave are allowed. (None and "any" are
        the old way to say ``around="any"``.)
    statements : sequence of str, optional
        What is agreed on about the weights of the top factors, as in `robustness`; with
        ``levels="all"`` also about those of other siblings. Where the weights of the ranking do
        not meet it, its ranks may lie outside the bounds.
    levels : {"top", "all", "indicators"}
        Whose weights vary, as for `rank_markets`, where "all" is the default: an interval over all
        levels may go beyond bounds of the top alone. "all" and "indicators" need `markets`.
    markets : iterable, optional
        Whose bounds are sought, among all that are ranked. Default: everyone's.
    nodes : int
        How many branches to search for one bound. A search that is cut short still proves
        something: the bound is then wider, and the market not certified.
    draws : int, optional
        How many weights are sampled, from which a search starts, and which are all where nothing
        is proven. Default 2,048, or 500 where `rank_markets` takes 500.
    seed : int
        Seed of these; 0 is a seed like any other.
    threads : int, optional
        Default: all cores. Results do not depend on it.
    progress : callable, bool or None
        Called with (markets done, markets in all); True or None for a bar, see the extra
        "progress".

    Returns
    -------
    RankBounds
        Every rank is that of the library's own scoring at the weights given with it, but that
        under the top factors gaps are held (see Notes).

    Raises
    ------
    InputError
        If there are more than 2,000 markets; if weights under the top factors vary and `markets`
        names none; if zeros of a weighted product lie in too many places; or if an option has no
        meaning.

    Notes
    -----
    The best rank is one more than the least number of markets that beat a market, so ties count
    in its favor, as everywhere. What the solver proves takes a lead of up to a millionth of the
    score range for a tie: where ranks hang on such a lead, the best rank's bound may be too good
    by the markets concerned, and is then not certified; as a worst rank they are not counted
    against a market unless they occur at weights that were looked at. Where scores are rounded
    before they are ranked, a lead of less than a step counts as a tie for the best rank and as a
    lead for the worst.

    Pairs that no weights allowed can turn round are decided beforehand, in closed form; what is
    left is solved with a gap of zero, and the weights moved to the middle of where they hold.

    At all levels the program is in the weights v of the indicators in the whole and one scale L
    for each group: what is under a child c of it weighs (1 - t) w_c L to (1 + t) w_c L. A missing
    value is held at the market's own mean at the stated weights. A draw of `robustness` shares its
    weight out among its siblings instead, so that with gaps ranks may lie beyond the bounds.

    A product is zero where a factor of positive weight is. Where such a weight may be zero, too,
    the weights are gone through by which of them are.

    The solver works in processes of its own, at most one a thread, which end with the call: what
    it prints by itself reaches no output of the caller's.

    References
    ----------
    .. [1] Kadzinski, M., Greco, S., & Slowinski, R. (2012). Extreme ranking analysis in robust
       ordinal regression. Omega 40(4), 488-501.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> markets = ["CHL", "POL", "VNM", "MEX", "KEN"]
    >>> ranking = ms.rank_markets(table, "pestle", markets=markets, draws=0)
    >>> rank_bounds(ranking).can_be_first
    ('CHL', 'POL')
    >>> rank_bounds(ranking, around="any").table.loc["KEN", ["rank", "best", "worst"]].tolist()
    [5, 1, 5]
    >>> rank_bounds(ranking, levels="all", markets=["CHL"]).table["worst_bound"].tolist()
    [3]
    """
    ended = stage("rank_bounds")
    need(ranking, Ranking, "ranking")
    if tolerance is None or is_among(tolerance, ("any",)):
        renamed(f"rank_bounds(tolerance={tolerance!r})", 'around="any"')
        around, tolerance = "any", 0.0
    any_weights = one_of(around, get_args(Around), "around") == "any"
    usual = is_among(tolerance, ("usual",))
    near = TOLERANCE if usual else a_share(tolerance, "tolerance", ", 0.25 for 25 %,")
    one_of(levels, LEVELS, "levels")
    nodes, seed = a_count(nodes, "nodes"), a_count(seed, "seed")
    asked = DRAWS if draws is None else draws_of(draws, least=1)
    stated = read_statements(statements, ranking.model.framework.tree)
    refuse_bound_levels(levels, stated, markets)
    places = asked_places(ranking, markets)
    drawn = WeightDraws(
        model=ranking.model, levels=levels, around=around, tolerance=near, seed=seed
    )
    box = None if any_weights or (usual and stated) else near
    limited = allowed_groups(drawn, stated, box)
    within = not any_weights and (box is not None or bool({*drawn.groups} - {*limited}))
    task = Task(
        ranking=ranking,
        drawn=drawn,
        limited=limited,
        tolerance=near if within else None,
        draws=asked,
    )
    if task.forms is None and draws is None:
        task = replace(task, draws=usual_draws(drawn, DRAWS))
    report = reporter(progress, "rank bounds")
    ranks, weights, bounds, winner = task.answer(places, nodes, threads, report)
    proof = labeled_bounds(
        task,
        places,
        ranks,
        weights,
        bounds,
        statements=tuple(statement.text for statement in stated),
        stated_tolerance=box if stated else None,
        winner=winner,
    )
    ended(lambda: proof.headline)
    return proof


def refuse_bound_levels(levels: str, statements: Sequence[Statement], markets: object) -> None:
    """Refuse what does not go with rank bounds at levels under the top factors."""
    if levels == "indicators" and statements:
        raise InputError.of("contradiction", "statements", 'do not go with levels="indicators"',
                            "leave one of them out")  # fmt: skip
    if levels != "top" and markets is None:
        raise InputError.of(
            "missing",
            "markets",
            f'is not given, and levels="{levels}" seeks each market\'s ranks over the weights of '
            "every indicator",
            "name those that it is about: markets=[...]; ranking.table.index for all, if there "
            "is time",
        )


def asked_places(ranking: Ranking, markets: Iterable[Any] | None) -> IntArray:
    """Return the places in the ranking of the markets whose rank bounds are asked for."""
    every = ranking.table.index
    if markets is None:
        return np.arange(len(every))
    return np.flatnonzero(every.isin(schemas.check_markets(markets, every)))


def labeled_bounds(
    task: Task,
    places: IntArray,
    ranks: IntArray,
    weights: FloatArray,
    bounds: IntArray,
    *,
    statements: tuple[str, ...],
    stated_tolerance: float | None,
    winner: object | None,
) -> RankBounds:
    """Put the labels back, and widen each bound to hold what was reached."""
    ranking, forms = task.ranking, task.forms
    markets, names = ranking.table.index[places], pd.Index(task.names)
    best_bound, worst_bound = np.minimum(bounds[0], ranks[0]), np.maximum(bounds[1], ranks[1])
    columns = {
        "rank": ranking.table["rank"].iloc[places],
        "best": ranks[0],
        "worst": ranks[1],
        "best_bound": best_bound,
        "worst_bound": worst_bound,
        "certified": (ranks[0] == best_bound) & (ranks[1] == worst_bound),
    }
    if not task.drawn.below:
        names = ranking.weights.index
    return RankBounds(
        table=pd.DataFrame(columns, index=markets),
        best_weights=pd.DataFrame(weights[0], markets, names),
        worst_weights=pd.DataFrame(weights[1], markets, names),
        levels=task.drawn.levels,
        proven=forms is not None,
        draws=task.draws,
        seed=task.drawn.seed,
        frozen=forms.gaps if forms is not None and task.drawn.below else None,
        tolerance=task.tolerance,
        statements=statements,
        stated_tolerance=stated_tolerance,
        winner=winner,
        fingerprint=ranking.fingerprint,
    )
