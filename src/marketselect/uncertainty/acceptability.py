"""How far a ranking can be trusted: how often each market takes each rank, over draws of weights.

Definitions: Lahdelma & Salminen (2001), SMAA-2: stochastic multicriteria acceptability analysis
for group decision making, Operations Research 49(3), 444-454.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import Table
from marketselect.errors import need, number_of, told
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import printed_frame
from marketselect.ranking.interval import HIGH, LOW
from marketselect.ranking.levels import Around, Levels
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import RankCounts
from marketselect.running import Progress, reporter, stage
from marketselect.sources.embedded import named_rows
from marketselect.uncertainty.asked import RobustnessAsked, settled_options
from marketselect.uncertainty.measurement import ErrorShape
from marketselect.uncertainty.pairs import pair_frame
from marketselect.uncertainty.proofs import exact_pair_shares, proven_first
from marketselect.uncertainty.scorer import CONFIDENCE_DRAWS
from marketselect.values import a_count
from marketselect.words import weights_vary

LEVEL_WORDS = {
    "all": "at all levels",
    "top": "of the top factors",
    "indicators": "of the indicators",
}


@frozen_result
class Robustness:
    """How often each ranked market takes each rank.

    Attributes
    ----------
    acceptability
        Markets x ranks 1, 2, ...: b, the share of draws; tied markets split the places they hold,
        so rows and columns add up to one.
    summary
        By market: rank at the stated weights; rank_low, rank_median and rank_high, the 5th, 50th
        and 95th percentile (low and high widened to hold the rank); first, the share of draws in
        which it is first: of a draw in which n markets tie for it, each gets one nth.
    central_weights
        Markets x top factors: w^c, the mean of the weights at which the market is first; missing
        where it never is.
    confidence
        p^c: how often a market is first at its central weights when the data are drawn; missing
        where it has none, None where the data were not drawn by their errors.
    confidence_draws
        How many draws of the data the confidence factors rest on, however many `draws` there are:
        their standard error is at most half over its square root.
    pairwise
        How often the market of the row beats that of the column; ties count half, so a pair adds up
        to one; missing on the diagonal. None where not asked for.
    around
        What the weights were drawn around: "stated", "any" or "ordered"; "given" where they are
        samples that were given.
    levels
        Whose weights were drawn: "all", "top" or "indicators".
    spread
        Between what shares of themselves the indicators' weights in the whole lie: the lowest 5th
        and the highest 95th percentile. None but within a tolerance at all levels.
    draws
        How many weight vectors were drawn.
    seed
        The seed of the draws.
    tolerance
        None where it had no part: over the whole simplex, in an order, or by concentration.
    statements
        What was stated about the weights.
    stated_tolerance
        The tolerance within which groups with statements were drawn, besides these; None: all
        weights that the statements leave. `tolerance` is then that of the other groups.
    winner
        The market that no other beats at any weights that the statements allow: a proof, by
        linear programs, not a count. None where none is proven: where there is none or several
        tie, without statements, where neither scores nor their logarithms are linear in the
        weights or scores are rounded, and where the data vary, too, or weights under the top
        factors do and values are missing.
    exact_pairwise
        As `pairwise`, worked out instead of counted; None where not asked for.
    exact_first
        As `first` in the summary, worked out; None where not asked for or for more than seven
        top factors.
    concentration
        The parameter of the Dirichlet draws; None where a tolerance was used.
    errors
        Whether the data were drawn, too, each value around itself by its standard error.
    data
        What the data were: "stated", as they are in the ranking; "normal" or "uniform", drawn by
        their standard errors; "factors" or "indicators", samples of these that were given.
    correlated
        Whether errors of the data went together.
    quasi
        Whether the weights come from a Sobol sequence.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    origin
        Where the data come from, and of which year, as `Ranking.origin` says it.
    """

    acceptability: pd.DataFrame
    summary: pd.DataFrame
    central_weights: pd.DataFrame
    confidence: "pd.Series[float] | None"
    confidence_draws: int | None
    pairwise: pd.DataFrame | None
    around: str
    levels: str
    spread: tuple[float, float] | None
    draws: int
    seed: int
    tolerance: float | None
    statements: tuple[str, ...]
    stated_tolerance: float | None
    winner: object | None
    exact_pairwise: pd.DataFrame | None
    exact_first: "pd.Series[float] | None"
    concentration: float | None
    errors: bool
    data: str
    correlated: bool
    quasi: bool
    fingerprint: str
    origin: str

    def top(self, k: int) -> "pd.Series[float]":
        """Return how often each market is among the first `k`."""
        k = a_count(k, "k", least=1, what="a whole number of places")
        return self.acceptability.iloc[:, :k].sum(axis=1).clip(upper=1).rename(f"top_{k}")

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"ranks over the draws": named_rows(self.summary)})

    def __repr__(self) -> str:
        return f"{self.headline}\n{printed_frame(self.summary.head(10).round(3))}"

    @property
    def headline(self) -> str:
        """What was drawn, and who is first at all of it, in words."""
        whom, draws = number_of(len(self.summary), "market"), number_of(self.draws, "draw")
        proof = f"; {told(self.winner)} is first at all of them" if self.winner is not None else ""
        return f"Robustness of {whom} over {draws}: {self.mode}{proof}"

    @property
    def mode(self) -> str:
        """Return what was drawn, in words."""
        words = {
            "stated": f"Dirichlet, concentration {self.concentration:g}"
            if self.tolerance is None and self.concentration is not None
            else f"weights within {100 * (self.tolerance or 0.0):g}%",
            "any": "all weights",
            "ordered": "weights in the stated order",
            "given": "samples of weights",
        }
        also = ["quasi-random"] * self.quasi
        if self.errors:
            kind = ["correlated"] * self.correlated + ["uniform"] * (self.data == "uniform")
            also.append(" ".join(["with", *kind, "measurement error"]))
        elif self.data != "stated":
            also.append(f"with samples of the {self.data}")
        drawn = [words[self.around]]
        if self.statements:
            drawn = stated_words(self, drawn[0])
        return ", ".join([*drawn, LEVEL_WORDS[self.levels], *also])

    @property
    def varied(self) -> str:
        """Return how the weights vary, in words; nothing where no tolerance says it."""
        if self.tolerance is None:
            return ""
        words = weights_vary(self.tolerance, self.levels, self.spread)
        if not self.statements:
            return words
        said = number_of(len(self.statements), "statement")
        if self.stated_tolerance is not None:
            return f"{words}, and {said} hold"
        return f"{words}, those of groups with statements over all that {said} leave"


def stated_words(found: Robustness, others: str) -> list[str]:
    """Return how groups with statements were drawn, and how the others."""
    said = number_of(len(found.statements), "statement")
    if found.around != "stated" or found.stated_tolerance is not None:
        return [others, f"by {said}"]
    whole = f"all weights by {said}"
    return [whole] if found.tolerance is None else [whole, f"other groups' {others}"]


def robustness(
    ranking: Ranking,
    *,
    draws: int | None = None,
    seed: int = 0,
    around: Around = "stated",
    tolerance: float | None = None,
    concentration: float | None = None,
    levels: Levels = "all",
    statements: Sequence[str] | None = None,
    pairwise: bool = False,
    exact: bool = False,
    errors: bool | ErrorShape = False,
    quasi: bool = False,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    values: Any = None,
    weights: Any = None,
    correlation: Any = None,
    covariance: Table | None = None,
) -> Robustness:
    """Rank the markets again and again at other weights, and count.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`. The candidates are ranked among themselves, as there.
    draws : int, optional
        How many weight vectors; the standard error of a share b is sqrt(b (1 - b) / draws).
        Default 100,000, or 500 where `rank_markets` takes 500. Of samples so many are taken;
        default: all of them. At most a billion: they are counted a block at a time, with progress,
        and can be interrupted; all other calls take at most 10 million.
    seed : int
        Gives the same bytes each time, on any number of threads; 0 is a seed like any other.
    around : {"stated", "any", "ordered"}
        Draw around the stated weights; over all weights there are, uniformly (SMAA without
        preferences); or uniformly over those that keep the order of the stated ones.
    tolerance : float
        With "stated": each weight lies within this share of itself, 0 to 1, before the vector is
        divided by its sum. A weight of zero stays zero. Default: 0.25, and with `statements` none
        for the groups that they are about: there all weights that they leave are drawn. It has
        no part with "any", "ordered" or a concentration: whatever is given, the result's
        `tolerance` is None.
    concentration : float, optional
        With "stated": draw from Dirichlet(concentration x weights) instead; a weight of zero
        stays zero. For k equal weights 3 k / t^2 - 1 spreads them as much as a tolerance of t;
        near zero a draw has nearly all weight on one factor, on each as often as its weight says.
    levels : {"all", "top", "indicators"}
        Whose weights are drawn, as for `rank_markets`: of every group of siblings, each by itself,
        of the top factors alone, or of the indicators in the whole.
    statements : sequence of str, optional
        What is agreed on about the weights of siblings, top factors or children of one factor, in
        their codes: ``"economic >= 2 * social"``, ``"legal <= 0.2"`` (a share of the group, and so
        is 20 %), ``"political >= economic >= social"``, ``"a + b = c / 2"``; ``>`` means ``>=``. A
        code that looks like a number or holds a sign stands in quotation marks. Draws are uniform
        over the weights that meet them: over all of the group's, without a tolerance, else over
        those of the box. Weights of zero stay zero, except with "any"; "ordered" keeps its order,
        too.
        Other groups are drawn as without statements.
    pairwise : bool
        Whether to count how often each market beats each other one.
    exact : bool
        Whether to work out how often each market beats each other one and is first, besides
        counting it: where scores are linear in the weights and only those of the top factors
        vary, as with ``levels="top"``. Pairs: any number of factors over all weights, an order of
        them, or limits of single ones (``"legal <= 0.2"``); within a tolerance 183 markets by 12
        factors, or 48 by 20; other statements as far as they leave few corners, with a
        tolerance seven factors. First places: up to seven factors. More is refused before anything
        is drawn.
    errors : bool or {"normal", "uniform"}
        Whether to draw the data, too: each value that has a standard error around itself,
        independently unless a `correlation` is given. True is "normal"; "uniform" has the same
        mean and deviation, value +- sqrt(3) errors. Missing errors count as none. Scales stay as
        they were fitted, and draws are not clipped to their ends (see Notes). Confidence factors
        rest on 2,000 draws of the data, whatever `draws` is.
    quasi : bool
        Draw the weights from a scrambled Sobol sequence, which covers them more evenly.
    threads : int, optional
        Default: all cores. A method of your own runs on them at once, too.
    progress : callable, bool or None
        Called with (draws done, draws in all); True or None for a bar, see the extra "progress".
    values : array_like, DataFrame or iterator of these, optional
        Samples of the data that were drawn elsewhere (MCMC output, experts), in place of the data.
        An array has shape (draws, markets, columns): all markets and factors of `ranking.matrix`,
        in its order, in the unit of its scores; or, where the last axis has another length, the
        framework's indicators in the unit of the data. A frame names them: draw, market,
        indicator or factor, and value; or draw, market, and a column for each. What a frame
        leaves out of all draws stays as it is in the ranking. Of an iterator one batch at a time
        is held.
    weights : array_like, DataFrame or iterator of these, optional
        Samples of the top factors' weights, shape (draws, factors), in the order of
        `ranking.weights`, or a frame with a column for each; weights under the factors are the
        stated ones. Draw k of the weights belongs to draw k of `values`; where both are frames with
        a column draw, draws of one name belong together, in any order. Frames that come in batches
        need one order, and `draws` where there are more than 10,000,000. Without weights they are
        drawn as ever beside the values; ``tolerance=0`` keeps the stated ones.
    correlation : float, DataFrame or array_like, optional
        How the errors of one market's indicators go together, with `errors`: one number for
        each pair, or a square by the codes of the indicators that have standard errors. What a
        frame leaves out goes with none.
    covariance : DataFrame, optional
        A square by the codes of indicators instead: their errors are the roots of its diagonal,
        for every market that has a value, whatever standard errors there are.

    Returns
    -------
    Robustness
        Markets in the order of the ranking's table.

    Raises
    ------
    InputError
        If an option has no meaning; if statements cannot be read or cannot hold together - the
        error names some of which each is needed for that - or leave weights that cannot be drawn
        evenly; if exact shares cannot be worked out; if `errors` is asked for and no value has
        one, or a draw has no score: a weighted product, AHP, and geometric or harmonic means take
        no values below zero, where draws that are not clipped may lie; if samples have a gap, a
        negative weight, an unknown name, or not as many draws of values as of weights; or if
        correlations cannot hold together (are not positive semidefinite).

    Notes
    -----
    With `errors` a value is drawn in the unit of the data and scored as its scale says, target
    and logarithm included. A linear scale and the two sides of a target go on beyond their ends.
    A logarithm has no value at zero: a draw below the low end of its scale counts as that end.
    Ranks are counted among the fitted values. A winsorized value is drawn around its limit.
    Sampled indicators are scored in the same way, but a value that is as in the ranking scores as
    there. Of samples there are no confidence factors: they are gone through once.

    References
    ----------
    .. [1] Lahdelma, R., & Salminen, P. (2001). SMAA-2: stochastic multicriteria acceptability
       analysis for group decision making. Operations Research 49(3), 444-454.
    .. [2] Tervonen, T., & Lahdelma, R. (2007). Implementing stochastic multicriteria
       acceptability analysis. European Journal of Operational Research 178(2), 500-513.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0)
    >>> ms.robustness(ranking, draws=1000).top(1)["POL"]
    np.float64(1.0)

    Four experts, each of whom cares for one factor alone:

    >>> panel = pd.DataFrame(np.eye(6)[:4], columns=ranking.weights.index)
    >>> ms.robustness(ranking, weights=panel).summary["first"].to_dict()
    {'POL': 0.5, 'VNM': 0.5, 'MEX': 0.0}
    """
    ended = stage("robustness")
    need(ranking, Ranking, "ranking")
    asked = settled_options(
        ranking, draws=draws, seed=seed, around=around, tolerance=tolerance,
        concentration=concentration, levels=levels, statements=statements, pairwise=pairwise,
        exact=exact, errors=errors, quasi=quasi, values=values, weights=weights,
        correlation=correlation, covariance=covariance,
    )  # fmt: skip
    proofs = exact_pairs_and_firsts(asked)
    total, wins = counted_draws(asked, threads, progress)
    found = robustness_of(asked, total, wins, proofs)
    ended(lambda: found.headline)
    return found


def exact_pairs_and_firsts(
    asked: RobustnessAsked,
) -> tuple[pd.DataFrame | None, "pd.Series[float] | None"]:
    """Return the exact shares of pairs and of the first place, where they are asked for."""
    if not asked.exact:
        return None, None
    errors = asked.data is not None
    return exact_pair_shares(asked.ranking, asked.drawn, asked.limited, asked.box, errors=errors)


def counted_draws(
    asked: RobustnessAsked, threads: int | None, progress: Progress | bool | None
) -> tuple[RankCounts, FloatArray | None]:
    """Return the counts of ranks over all draws, and of who beats whom."""
    (blocks, count), scorer = asked.blocks(), asked.scorer
    report = reporter(progress, "draws")
    return scorer.counts(
        blocks, pairwise=asked.pairwise, threads=threads,
        told=lambda done: report(done, count or done + scorer.chunk),
    )  # fmt: skip


def robustness_of(
    asked: RobustnessAsked,
    total: RankCounts,
    wins: FloatArray | None,
    proofs: tuple[pd.DataFrame | None, "pd.Series[float] | None"],
) -> Robustness:
    """Return what was counted over draws as a Robustness, with what it was counted of."""
    ranking, data, draws = asked.ranking, asked.data, total.draws
    labels, order = ranking.matrix.index[asked.scorer.place], ranking.table.index
    by_rank = pd.DataFrame(total.shares / draws, labels, pd.RangeIndex(1, len(labels) + 1))
    central = central_weights(total, by_rank, ranking)
    # Who is first at any weights is so in the draws: only then is it worth looking for a proof.
    may_prove = (
        asked.statements and data is None and asked.values is None and by_rank[1].max() > 0.9
    )
    return Robustness(
        acceptability=by_rank.loc[order].rename_axis(columns="rank"),
        summary=robustness_summary(total, by_rank, ranking).loc[order],
        central_weights=central.loc[order],
        confidence=None if data is None else asked.scorer.confidence(central).loc[order],
        confidence_draws=None if data is None else CONFIDENCE_DRAWS,
        pairwise=None if wins is None else pair_frame(wins / draws, labels).loc[order, order],
        around=asked.around if asked.weights is None else "given",
        levels=asked.levels,
        spread=asked.spread,
        draws=draws,
        seed=asked.seed,
        tolerance=asked.tolerance_used,
        statements=tuple(statement.text for statement in asked.statements),
        stated_tolerance=asked.box if asked.statements else None,
        winner=proven_first(ranking, asked.drawn, asked.limited, asked.tolerance_used)
        if may_prove
        else None,
        exact_pairwise=proofs[0],
        exact_first=proofs[1],
        concentration=asked.concentration,
        errors=data is not None,
        data=asked.kind_of_data,
        correlated=data is not None and data.mix is not None,
        quasi=asked.quasi,
        fingerprint=ranking.fingerprint,
        origin=ranking.origin,
    )


def robustness_summary(counts: RankCounts, by_rank: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """Return each market's rank, its percentiles over draws, and how often it is first."""
    rank = ranking.table["rank"].reindex(by_rank.index).to_numpy()
    return pd.DataFrame(
        {
            "rank": rank,
            "rank_low": np.minimum(counts.percentile(LOW), rank),
            "rank_median": counts.percentile(0.5),
            "rank_high": np.maximum(counts.percentile(HIGH), rank),
            "first": by_rank[1].to_numpy(),
        },
        index=by_rank.index,
    )


def central_weights(counts: RankCounts, by_rank: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """Return the mean weights at which each market is first; missing where it never is."""
    held = by_rank[1].to_numpy()[:, None] * counts.draws
    mean = np.divide(
        counts.first_weights,
        held,
        out=np.full_like(counts.first_weights, np.nan),
        where=held > 0,
    )
    return pd.DataFrame(mean, by_rank.index, ranking.weights.index)
