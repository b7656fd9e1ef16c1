"""The best and the worst rank a market can take at any weights allowed, proven, not sampled.

One weight vector is sought at which the fewest (or the most) other markets beat a market: a
mixed-integer program with a yes or no for each other market. The idea is that of extreme ranking
analysis: Kadzinski, Greco & Slowinski (2012), Omega 40(4), 488-501.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import InputError, listing, need, number_of, renamed, told
from marketselect.frozen import result
from marketselect.methods import LINEAR
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.ranks import rank_scores
from marketselect.running import Progress, headline, in_order, reporter, stage
from marketselect.sampling import among, weights_anywhere, weights_around
from marketselect.uncertainty.allowed import Allowed, allowed_groups
from marketselect.uncertainty.constrained import OwnDraws
from marketselect.uncertainty.polytopes import optimum
from marketselect.uncertainty.statements import read_statements
from marketselect.values import TIE, a_count, a_share, one_of

MARGIN = 1e-6  # of the score range: what the solver cannot tell from a tie
DRAWS = 2048  # sampled weights: a rank found there need not be searched for
MOST = 2000  # markets: the search for each of them takes longer with the square of their number
TOLERANCE = 0.25  # where none is given
SEED = 0
BLOCK = 16  # markets at a time, between two reports of progress

BoolArray = NDArray[np.bool_]
Around = Literal["stated", "any"]
NO_ROWS: FloatArray = np.zeros((0, 0))


@result
class RankBounds:
    """The best and worst rank of each market over all weights allowed, with the proof.

    Attributes
    ----------
    table
        By market, in the order of the ranking: rank; best and worst, which it takes at the weights
        below; best_bound and worst_bound, beyond which no weights allowed take it; certified,
        whether they meet.
    best_weights
        Markets x top factors: weights at which the market takes its best rank; they add up to 1.
    worst_weights
        Markets x top factors: weights at which the market takes its worst rank.
    tolerance
        None: any weights at all, or all that `statements` leave.
    statements
        What was stated about the weights of the top factors.
    winner
        The market that no other beats at any weights allowed, which is a proof; None where there
        is no such market, or several that tie everywhere.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    table: pd.DataFrame
    best_weights: pd.DataFrame
    worst_weights: pd.DataFrame
    tolerance: float | None
    statements: tuple[str, ...]
    winner: object | None
    fingerprint: str

    @property
    def can_be_first(self) -> tuple[object, ...]:
        """The markets that come first, alone or tied, at some weights allowed.

        Where a market is not certified and its `best_bound` is 1, it may be another one.
        """
        return tuple(self.table.index[self.table["best"] == 1])

    def __repr__(self) -> str:
        where = "any weights"
        if self.tolerance is not None:
            where = f"weights within {100 * self.tolerance:g}%"
        if self.statements:
            where += f" with {number_of(len(self.statements), 'statement')}"
        open_ends = int((~self.table["certified"]).sum())
        may_be = (self.table["best_bound"] == 1).sum() > len(self.can_be_first)
        first = f"{'at least ' if may_be else ''}{len(self.can_be_first)} can be first"
        if self.statements and self.winner is not None:
            first = f"{told(self.winner)} is first at all of them"
        rest = f", {open_ends} not certified" if open_ends else ""
        head = f"Rank bounds of {len(self.table)} markets at {where}, {first}{rest}"
        return f"{head}\n{self.table.head(10).to_string()}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """Weights up to a common factor, which changes no rank: a box, and limits to their sum.

    Statements are rows of numbers that times the weights are at most zero. Where the corners of
    what they leave are known, these tell how large a form gets.
    """

    low: FloatArray
    high: FloatArray
    total: tuple[float, float]
    rows: FloatArray
    corners: FloatArray | None = None

    def largest(self, forms: FloatArray) -> FloatArray:
        """Return the largest value of each row's linear form over the region, or a bit more."""
        if self.corners is not None:
            return np.asarray((forms @ self.corners.T).max(axis=1))
        if self.total == (1.0, 1.0):
            inside: FloatArray = forms[:, self.high > 0]
            return np.asarray(inside.max(axis=1))
        center, radius = (self.low + self.high) / 2, (self.high - self.low) / 2
        return np.asarray(forms @ center + np.abs(forms) @ radius)

    def exceeds(self, form: FloatArray, least: float) -> bool:
        """Return whether a form is larger than so much at some weights allowed, as a proof."""
        if not self.largest(form[None])[0] > least:
            return False
        if self.corners is not None or not len(self.rows):
            return True
        # The weights are scaled to a sum of one, of which a box allows a part.
        size = len(form)
        one, none = np.eye(size), np.zeros((len(self.rows), 1))
        rules = np.vstack(
            [
                np.append(np.ones(size), 0.0),
                np.hstack([self.rows, none]),
                np.hstack([-one, self.low[:, None]]),
                np.hstack([one, -self.high[:, None]]),
                np.append(np.zeros(size), -1.0),
            ]
        )
        total = np.arange(len(rules)) == 0
        found = optimum(np.append(-form, 0.0), rules, total.astype(np.float64), total)
        return found is None or bool(form @ found[:-1] > least)


def rank_bounds(
    ranking: Ranking,
    *,
    around: Around = "stated",
    tolerance: float | str | None = "usual",
    statements: Sequence[str] | None = None,
    nodes: int = 10_000,
    threads: int | None = None,
    progress: Progress | bool | None = None,
) -> RankBounds:
    """Find the best and the worst rank of each market over all weights in a box, exactly.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`, by a method that is linear in the weights (weighted sum, AHP,
        PROMETHEE) and without `decimals`.
    around : {"stated", "any"}
        Which weights there may be, as in `robustness`: those near the ones stated, or any there
        are, on every factor.
    tolerance : float
        Around "stated", each weight lies within this share of itself, 0 to 1, as in `robustness`;
        a weight of zero stays zero. The usual is 0.25; with `statements` it is none, so that all
        weights that they leave are allowed. (None and "any" are the old way to say
        ``around="any"``.)
    statements : sequence of str, optional
        What is agreed on about the weights of the top factors, as in `robustness`. Where the
        weights of the ranking do not meet it, its ranks may lie outside the bounds.
    nodes : int
        How many branches to search for one bound. A search that is cut short still proves
        something: the bound is then wider, and the market not certified.
    threads : int, optional
        Default: all cores. Results do not depend on it.
    progress : callable, bool or None
        Called with (markets done, markets in all); True or None for a bar, see the extra
        "progress".

    Returns
    -------
    RankBounds
        Every rank is that of the library's own scoring at the weights given with it.

    Raises
    ------
    InputError
        If the scores are not linear in the weights, or rounded before they are ranked; if there
        are more than 2,000 markets; or if an option has no meaning.

    Notes
    -----
    The best rank is one more than the least number of markets that beat a market, so ties count
    in its favor, as everywhere. What the solver proves takes a lead of up to a millionth of the
    score range for a tie: where ranks hang on such a lead, the best rank's bound may be too good
    by the markets concerned, and is then not certified; as a worst rank they are not counted
    against a market unless they occur at weights that were looked at.

    Pairs that no weights allowed can turn round are decided beforehand, in closed form; what is
    left is solved with a gap of zero, and the weights moved to the middle of where they hold.

    HiGHS 1.12, the solver in SciPy 1.17, writes "HighsMipSolverData::..." to standard output where
    it mends a solution, though it is told to write nothing. To keep that away the output of the
    whole process would have to be led aside, so it is left.

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
    """
    ended = stage("rank_bounds")
    need(ranking, Ranking, "ranking")
    if tolerance is None or (isinstance(tolerance, str) and tolerance == "any"):
        renamed(f"rank_bounds(tolerance={tolerance!r})", 'around="any"')
        around, tolerance = "any", 0.0
    any_weights = one_of(around, get_args(Around), "around") == "any"
    usual = isinstance(tolerance, str) and tolerance == "usual"
    near = TOLERANCE if usual else a_share(tolerance, "tolerance", ", 0.25 for 25 %,")
    stated = read_statements(statements, ranking.model.framework.tree)
    share = None if any_weights or (usual and stated) else near
    nodes = a_count(nodes, "nodes")
    forms = linear_forms(ranking)
    if len(forms) > MOST:
        raise InputError.of(
            "too-large",
            "ranking",
            f"has {len(forms):,} markets, and each is held against all others in two searches",
            f"rank at most {MOST:,} among themselves: rank_markets(..., markets=[...]); robustness "
            "samples the weights",
        )
    # No rank depends on the unit, and numbers near one are what the solver's limits are made for.
    forms /= np.abs(forms).max() or 1.0
    top = WeightDraws(model=ranking.model, levels="top", around=around, seed=SEED)
    within = allowed_groups(top, stated, share).get(None)
    if within is None:
        region = weight_region(np.array(list(ranking.weights)), share, ranking.model.counted)
        ranks, weights = sampled_extremes(ranking, share)
    else:
        region = stated_region(within)
        ranks, weights = extremes_at(
            ranking, next(OwnDraws(allowed=within, seed=(SEED,))(DRAWS, DRAWS))
        )
    search = partial(proven, forms, region, ranks, nodes)
    report, total = reporter(progress, "rank bounds"), len(forms)
    found = []
    for start in range(0, total, BLOCK):
        found += list(in_order(search, range(start, min(start + BLOCK, total)), threads))
        report(len(found), total)
    bounds = np.array([[bound for bound, _ in pair] for pair in found]).T
    at = np.array([[point for _, point in pair] for pair in found]).swapaxes(0, 1)
    # Where nothing was sought, the sampled weights stand; where it was, the better of the two.
    at = np.where(np.isnan(at), weights, at)
    own = np.arange(total)
    reached = rank_scores(rescore(ranking, at))[:, own, own]
    better = np.array([reached[0] < ranks[0], reached[1] > ranks[1]])
    ranks = np.where(better, reached, ranks)
    first = sole_winner(forms, region)
    proof = labelled(
        ranking, ranks, np.where(better[..., None], at, weights), bounds, share,
        statements=tuple(statement.text for statement in stated),
        winner=None if first is None else ranking.table.index[first],
    )  # fmt: skip
    ended(lambda: headline(proof))
    return proof


def linear_forms(ranking: Ranking, what: str = "rank bounds") -> FloatArray:
    """Return the scores of the ranked markets at all weight on one factor, markets x factors.

    The scores at any weights are their weighted sum. Raises where they are not.
    """
    if not is_linear(ranking):
        raise InputError.of(
            "not-possible",
            "ranking",
            f'is by "{ranking.method}", and {what} need scores that are linear in the weights',
            "use robustness, which samples the weights, or rank by one of "
            f"{listing(sorted(LINEAR))}",
        )
    if ranking.decimals is not None:
        raise InputError.of(
            "not-possible",
            "ranking",
            f"has scores that are rounded to {ranking.decimals} decimals before they are ranked, "
            f"and {what} need exact scores",
            "use robustness, or rank without decimals",
        )
    return ranked_unit_scores(ranking)


def is_linear(ranking: Ranking) -> bool:
    """Return whether scores are linear in the weights, before any rounding."""
    return ranking.call.linear


def ranked_unit_scores(ranking: Ranking) -> FloatArray:
    """Return the scores of the ranked markets, were all weight one factor's: markets x factors."""
    return ranking.unit_scores[ranking.place]


def weight_region(weights: FloatArray, tolerance: float | None, counted: BoolArray) -> Region:
    """Return the weights allowed: a box around the stated ones, or all that add up to one.

    What is not counted, since it takes no part, has none.
    """
    if tolerance is None or tolerance == 1:
        # At a tolerance of one each positive weight may fall to zero: all their mixtures.
        high = (counted if tolerance is None else weights > 0).astype(np.float64)
        return Region(low=np.zeros_like(weights), high=high, total=(1.0, 1.0), rows=NO_ROWS)
    low, high = (1 - tolerance) * weights, (1 + tolerance) * weights
    # Every vector can be stretched until a weight meets its upper end; no sum is smaller then.
    least = weights.sum() * (1 - tolerance) + 2 * tolerance * weights[weights > 0].min()
    return Region(low=low, high=high, total=(float(least), np.inf), rows=NO_ROWS)


def stated_region(within: Allowed) -> Region:
    """Return the weights that statements allow."""
    simplices = within.set.simplices
    corners = None if simplices is None else simplices.vertices
    if within.box is None:
        low, high = np.zeros(len(within.counted)), within.counted.astype(np.float64)
        total = (1.0, 1.0)
    else:
        low, high = within.box
        # As of the box alone: what is stretched meets the statements as before.
        total = (float(low.sum() + (high - low)[high > 0].min()), np.inf)
    return Region(low=low, high=high, total=total, rows=within.stated, corners=corners)


def sole_winner(forms: FloatArray, region: Region) -> int | None:
    """Return the row that no other exceeds at any weights allowed; None: none, or several tie."""
    middle = (region.low + region.high) / 2 if region.corners is None else region.corners.mean(0)
    first = int((forms @ middle).argmax())
    others = np.delete(forms, first, axis=0) - forms[first]
    if any(region.exceeds(lead, TIE) for lead in others):
        return None
    return None if any(not region.exceeds(-lead, TIE) for lead in others) else first


def sampled_extremes(ranking: Ranking, tolerance: float | None) -> tuple[IntArray, FloatArray]:
    """Return best and worst rank at the stated and some sampled weights, and those weights.

    Shapes (2, markets) and (2, markets, factors).
    """
    stated, counted = np.array(list(ranking.weights)), ranking.model.counted
    if tolerance is None:
        size = int(counted.sum())
        drawn = [*weights_anywhere(size, DRAWS), np.eye(size)]
    else:
        drawn = list(weights_around(stated[counted], DRAWS, tolerance=tolerance))
    return extremes_at(ranking, np.vstack([stated, *among(counted, drawn)]))


def extremes_at(ranking: Ranking, weights: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return best and worst rank at some weights, and those weights."""
    ranks = rank_scores(rescore(ranking, weights))
    extremes = np.array([ranks.min(axis=0), ranks.max(axis=0)])
    return extremes, weights[np.array([ranks.argmin(axis=0), ranks.argmax(axis=0)])]


def proven(
    forms: FloatArray, region: Region, known: IntArray, nodes: int, market: int
) -> tuple[tuple[int, FloatArray], tuple[int, FloatArray]]:
    """Return the bound of the best and of the worst rank, each with weights (NaN: not sought)."""
    leads = np.delete(forms, market, axis=0) - forms[market]
    width = max(float(np.ptp(forms, axis=0).max()), TIE)
    margin = max(MARGIN * width, TIE)
    always = region.largest(TIE - leads) < 0
    never = region.largest(leads - TIE) <= 0
    open_leads = leads[~(always | never)]
    least = 1 + int(always.sum())
    most = least + len(open_leads)
    nothing = np.full(forms.shape[1], np.nan)
    best, worst = (least, nothing), (most, nothing)
    if known[0, market] > least:
        count, point = fewest_violated((open_leads - margin) / width, region, nodes)
        best = least + count, point
    if known[1, market] < most:
        count, point = fewest_violated((margin - open_leads) / width, region, nodes)
        worst = most - count, point
    return best, worst


def fewest_violated(forms: FloatArray, region: Region, nodes: int) -> tuple[int, FloatArray]:
    """Return at least how many forms are positive wherever weights are, and weights to match.

    Minimize the sum of z, each 0 or 1, with ``forms @ u <= M z``: M is the largest value of the
    form over the region, so that z = 1 sets it free and nothing else.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    rows, factors = forms.shape
    free = np.maximum(region.largest(forms), 0.0)
    whole = np.hstack([np.zeros(factors), np.ones(rows)])
    # Sparse, since SciPy makes every warning of the process an error while it reads a dense one.
    held = [
        LinearConstraint(csc_array(np.hstack([forms, -np.diag(free)])), -np.inf, 0.0),
        LinearConstraint(csc_array(1.0 - whole[None]), *region.total),
    ]
    if len(region.rows):
        stated = np.hstack([region.rows, np.zeros((len(region.rows), rows))])
        held.append(LinearConstraint(csc_array(stated), -np.inf, 0.0))
    result = milp(
        whole,
        integrality=whole.astype(np.int64),
        bounds=Bounds(
            np.hstack([region.low, np.zeros(rows)]), np.hstack([region.high, np.ones(rows)])
        ),
        constraints=held,
        options={"mip_rel_gap": 0.0, "node_limit": nodes},
    )
    bound = result.mip_dual_bound
    # The bound is whole but for rounding; a search cut short may not have got to any.
    count = 0 if bound is None or not np.isfinite(bound) else int(np.ceil(bound - 1e-6))
    if result.x is None:
        return max(count, 0), np.full(factors, np.nan)
    return max(count, 0), deepest(forms[result.x[factors:] < 0.5], result.x[:factors], region)


def deepest(forms: FloatArray, found: FloatArray, region: Region) -> FloatArray:
    """Return weights at which the largest form is as small as can be, divided by their sum.

    The solver's own lie on an edge, where ranks are within rounding of a tie.
    """
    from scipy.optimize import linprog

    factors = len(found)
    total = np.array([[*np.ones(factors), 0.0], [*-np.ones(factors), 0.0]])
    limits = np.array([region.total[1], -region.total[0]])
    rules = np.vstack([np.hstack([forms, np.ones((len(forms), 1))]), total[np.isfinite(limits)]])
    room = np.hstack([np.zeros(len(forms)), limits[np.isfinite(limits)]])
    if len(region.rows):
        rules = np.vstack([rules, np.hstack([region.rows, np.zeros((len(region.rows), 1))])])
        room = np.append(room, np.zeros(len(region.rows)))
    result = linprog(
        [*np.zeros(factors), -1.0],
        A_ub=rules,
        b_ub=room,
        bounds=[*zip(region.low, region.high, strict=True), (-1.0, 1.0)],
    )
    point = found if result.x is None else result.x[:factors]
    inside = np.clip(point, region.low, region.high)
    return np.asarray(inside / inside.sum())


def labelled(
    ranking: Ranking,
    ranks: IntArray,
    weights: FloatArray,
    bounds: IntArray,
    tolerance: float | None,
    *,
    statements: tuple[str, ...],
    winner: object | None,
) -> RankBounds:
    """Put the labels back, and widen each bound to hold what was reached."""
    markets, factors = ranking.table.index, ranking.weights.index
    best_bound, worst_bound = np.minimum(bounds[0], ranks[0]), np.maximum(bounds[1], ranks[1])
    columns = {
        "rank": ranking.table["rank"],
        "best": ranks[0],
        "worst": ranks[1],
        "best_bound": best_bound,
        "worst_bound": worst_bound,
        "certified": (ranks[0] == best_bound) & (ranks[1] == worst_bound),
    }
    return RankBounds(
        table=pd.DataFrame(columns, index=markets),
        best_weights=pd.DataFrame(weights[0], markets, factors),
        worst_weights=pd.DataFrame(weights[1], markets, factors),
        tolerance=tolerance,
        statements=statements,
        winner=winner,
        fingerprint=ranking.fingerprint,
    )
