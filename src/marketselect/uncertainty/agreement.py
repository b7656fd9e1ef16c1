"""Agreement between methods: the same scores ranked by each, and what they make of it together.

Kendall (1945) for tau-b, counted as by Knight (1966), Spearman (1904) for rho, both with ties;
de Borda (1781) and Copeland (1951) for a consensus.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.dataframes import Table, as_frame, is_table
from marketselect.errors import Fault, InputError, in_words, is_a, listing, number_of
from marketselect.framework import Framework
from marketselect.frozen import frozen_result, held_entries
from marketselect.methods import METHODS, Given, as_method, copeland, majorities
from marketselect.notebook import in_html
from marketselect.printing import fitted, to_print
from marketselect.ranking.making import rank_markets, refuse_beside
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.weights import GivenWeights
from marketselect.ranks import block_ranks, rank_scores
from marketselect.running import Progress, reporter
from marketselect.scoring.scale import Scale
from marketselect.sources.embedded import named_rows
from marketselect.tables import schemas
from marketselect.tables.cells import to_numbers
from marketselect.tables.door import labeled_frame as with_labels
from marketselect.tables.table import IndicatorTable
from marketselect.uncertainty.kemeny import kemeny_places
from marketselect.values import a_list, kind_code, no_number, one_of, said, to_number


@frozen_result
class Comparison:
    """The rankings that several methods make of the same factor scores and weights.

    Attributes
    ----------
    ranks
        Markets x methods, 1 is best, ties share the better rank; in the first method's order.
    scores
        Markets x methods, each in its method's own unit.
    kendall
        Methods x methods: Kendall's tau-b of the ranks, -1 to 1; <NA> where it is undefined.
    spearman
        Methods x methods: Spearman's rho of the ranks, -1 to 1; <NA> where it is undefined.
    undefined
        Methods without a correlation: method, reason.
    markets
        By market, the most dependent on the method first: best_rank, best_method, worst_rank,
        worst_method (the first of several), spread (worst less best rank).
    excluded
        Shipped methods that cannot score these data: method, reason.
    ranking
        The first method's ranking: the factor scores, the weights, and who has no rank.
    """

    ranks: pd.DataFrame
    scores: pd.DataFrame
    kendall: pd.DataFrame
    spearman: pd.DataFrame
    undefined: pd.DataFrame
    markets: pd.DataFrame
    excluded: pd.DataFrame
    ranking: Ranking

    @property
    def fingerprint(self) -> str:
        """That of the first method's ranking."""
        return self.ranking.fingerprint

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"ranks by method": named_rows(self.ranks)})

    def __repr__(self) -> str:
        return f"{self.headline}\n{fitted(self.ranks.head(10))}"

    @property
    def headline(self) -> str:
        """How many markets are ranked by how many methods, in words."""
        markets, methods = self.ranks.shape
        return f"Ranks of {number_of(markets, 'market')} by {number_of(methods, 'method')}"


def compare_methods(
    data: Table | IndicatorTable | Ranking,
    framework: Framework | str | Path | None = None,
    *,
    methods: Iterable[Given] | Mapping[str, Given] | None = None,
    markets: Iterable[Any] | None = None,
    weights: GivenWeights = None,
    scale: Scale | None = None,
    progress: Progress | bool | None = None,
) -> Comparison:
    """Rank the same factor scores, at the same weights, by several methods.

    Parameters
    ----------
    data, framework, markets, weights, scale
        As for `rank_markets`, or only a ranking, whose factor scores, weights and candidates these
        are. Missing values are handled as the framework says. The factors are scored once; each
        method gets the options that `rank_markets` would give it.
    methods : iterable of names or callables, or mapping of labels to them, optional
        At least two. A variant is a callable under a label of your own, such as
        ``{"topsis": "topsis", "relative": functools.partial(ms.topsis, metric="manhattan")}``.
        Default: all of `METHODS`; of these, one that cannot score the data is listed in
        `excluded`.
    progress : callable or bool, optional
        Is called with how many methods are done and how many there are. True shows a bar (extra
        "progress"), False shows none; None shows one for a run of over a second at a terminal.

    Returns
    -------
    Comparison
        A correlation is undefined where a method ties all markets, or there is only one.

    Raises
    ------
    InputError
        As for `rank_markets`, from any method that is named; or if a method is unknown or comes
        twice, or fewer than two are given.

    References
    ----------
    .. [1] Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3),
       239-251.
    .. [2] Spearman, C. (1904). The proof and measurement of association between two things.
       The American Journal of Psychology 15(1), 72-101.
    .. [3] Knight, W. R. (1966). A computer method for calculating Kendall's tau with ungrouped
       data. Journal of the American Statistical Association 61(314), 436-439.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> comparison = compare_methods(table, methods=["weighted_sum", "topsis", "vikor"],
    ...                              markets=["DEU", "FRA", "POL", "MEX", "VNM", "IND"])
    >>> comparison.ranks.columns.tolist()
    ['weighted_sum', 'topsis', 'vikor']
    >>> bool((comparison.kendall > 0.5).all(axis=None))
    True
    """
    named, report = named_methods(methods), reporter(progress, "methods")
    first = next(iter(named.values()))
    if is_a(data, Ranking):
        refuse_beside(framework=framework, markets=markets, weights=weights, scale=scale)
        ranking = data
    else:
        ranking = rank_markets(
            data, framework, markets=markets, weights=weights, method=first, scale=scale, draws=0
        )
    columns, failed = {}, []
    for done, (label, method) in enumerate(named.items(), start=1):
        try:
            columns[label] = other_scores(ranking, method)
        except InputError as fault:
            if methods is not None:
                raise
            failed.append({"method": label, "reason": str(fault)})
        report(done, len(named))
    scores = pd.DataFrame(columns, index=ranking.table.index).rename_axis(columns="method")
    ranks = pd.DataFrame(
        rank_scores(scores.to_numpy().T).T, index=scores.index, columns=scores.columns
    )
    undefined = without_correlation(ranks)
    return Comparison(
        ranks=ranks,
        scores=scores,
        kendall=method_correlations(ranks, undefined, kendall_tau),
        spearman=method_correlations(ranks, undefined, spearman_rho),
        undefined=undefined,
        markets=dependence(ranks),
        excluded=pd.DataFrame(failed, columns=["method", "reason"]),
        ranking=ranking,
    )


def consensus(
    ranks: Table | Comparison,
    *,
    method: Literal["borda", "copeland", "mean-rank", "kemeny"] = "borda",
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Make one ranking of several.

    Parameters
    ----------
    ranks : DataFrame, table of polars, pyarrow or DuckDB, or Comparison
        Markets x rankings, 1 is best; of a table that is none of pandas, a column such as
        ``market`` has the labels. Missing ranks are refused: only markets that all rank can
        be compared.
    method : {"borda", "copeland", "mean-rank", "kemeny"}
        "borda": a market gets, from each ranking, a point for every market behind it and half a
        point for every one it is tied with.
        "copeland": a point for every market that it is ahead of in most of the rankings, half a
        point where as many have it ahead as behind. Rankings that tie the two take no side.
        "mean-rank": the number of markets less the mean of its ranks as they are given.
        "kemeny": the number of markets behind it in the order that contradicts the rankings in the
        fewest pairs, found exactly for at most 20 markets. No two are tied: of several such orders
        it is the one that has last whom Borda has last, and so on upward. A market that beats every
        other in most rankings comes first.
        Borda and the mean rank give one order unless markets are tied.
    progress : callable or bool, optional
        By "copeland" each market meets each other, which takes four times as long for twice as
        many (about a second for 8,000 in six rankings): it is called with how many have met all
        others and how many there are. True shows a bar (extra "progress"), False shows none; None
        shows one for a run of over a second at a terminal.

    Returns
    -------
    DataFrame
        Index market, best first: rank (ties share the better one), score (larger is better),
        mean_rank.

    Raises
    ------
    InputError
        If the method is unknown, a rank is missing, no number or below 1, or there are more markets
        than "kemeny" takes.

    References
    ----------
    .. [1] de Borda, J.-C. (1781). Memoire sur les elections au scrutin. Histoire de l'Academie
       Royale des Sciences, Paris.
    .. [2] Copeland, A. H. (1951). A reasonable social welfare function. University of Michigan.
    .. [3] Kemeny, J. G. (1959). Mathematics without numbers. Daedalus 88(4), 577-591.
    .. [4] Young, H. P., & Levenglick, A. (1978). A consistent extension of Condorcet's election
       principle. SIAM Journal on Applied Mathematics 35(2), 285-300.

    Examples
    --------
    >>> ranks = pd.DataFrame({"topsis": [1, 2, 3], "vikor": [1, 3, 2], "ahp": [2, 1, 3]},
    ...                      index=["POL", "MEX", "VNM"])
    >>> consensus(ranks)["score"].to_dict()
    {'POL': 5.0, 'MEX': 3.0, 'VNM': 1.0}
    """
    one_of(method, CONSENSUS, "method")
    given = checked_ranks(ranks.ranks if is_a(ranks, Comparison) else ranks)
    values, report = given.to_numpy(), reporter(progress, "markets")
    score = CONSENSUS[method](values, lambda done: report(done, len(values)))
    table = pd.DataFrame(
        {"rank": rank_scores(score), "score": score, "mean_rank": values.mean(axis=1)},
        index=given.index,
    )
    return to_print(table.iloc[np.argsort(table["rank"].to_numpy(), kind="stable")])


def named_methods(
    methods: Iterable[Given] | Mapping[str, Given] | None,
) -> dict[str, Given]:
    """Return the methods to compare by label, or say what is wrong with them."""
    if methods is None:
        return {name: name for name in METHODS}
    needed = "give a list of names or callables, two or more"
    listed = a_list(methods, "methods", needed, f"is {said(methods)}")
    labeled = (
        [(in_words(label), method) for label, method in held_entries(methods, "methods")]
        if is_a(methods, Mapping)
        else [(as_method(method).title, method) for method in listed]
    )
    labels = [label for label, _ in labeled]
    if twice := [label for label in dict.fromkeys(labels) if labels.count(label) > 1]:
        raise InputError.of(
            "duplicate",
            "methods",
            f"{listing(twice)} more than once",
            "give a mapping of labels of your own to the methods",
        )
    if len(labels) < 2:
        raise InputError.of(
            "wrong-shape", "methods", f"has {len(labels)}", "at least two are needed to compare"
        )
    return dict(labeled)


def other_scores(ranking: Ranking, given: Any) -> FloatArray:
    """Return another method's scores of the ranked markets, in the table's order."""
    return ranking.model.by(given).scores(ranking.seen)[ranking.place]


def without_correlation(ranks: pd.DataFrame) -> pd.DataFrame:
    """List the methods whose ranks do not vary, so that nothing correlates with them."""
    tied = "all markets are tied" if len(ranks) > 1 else "there is only one market"
    constant = ranks.columns[(ranks == ranks.iloc[0]).all()]
    return pd.DataFrame({"method": list(constant), "reason": tied}, columns=["method", "reason"])


def method_correlations(
    ranks: pd.DataFrame, undefined: pd.DataFrame, measure: Callable[[IntArray, IntArray], float]
) -> pd.DataFrame:
    """Return a measure for each pair of methods, 1 on the diagonal, <NA> where it is undefined."""
    names = list(ranks.columns)
    table = pd.DataFrame(1.0, index=names, columns=names, dtype="Float64")
    for one, other in combinations(names, 2):
        if not {one, other} & set(undefined["method"]):
            value = measure(ranks[one].to_numpy(), ranks[other].to_numpy())
            table.loc[one, other] = table.loc[other, one] = value
    for name in undefined["method"]:
        table.loc[name] = pd.NA
        table[name] = pd.NA
    return table.astype("Float64").rename_axis(index="method", columns="method")


def kendall_tau(one: IntArray, other: IntArray) -> float:
    """Return Kendall's tau-b: concordant less discordant pairs, by those that are not tied.

    Counted by sorting, as Knight (1966) does, for a square of markets takes minutes where there are
    many. Each pair is counted both ways.
    """
    every = len(one) * (len(one) - 1)
    apart, other_apart = every - tied_pairs(one), every - tied_pairs(other)
    in_both = tied_pairs(one * (len(one) + 1) + other)
    discordant = 2 * inversions(other[np.lexsort((other, one))])
    return cosine(apart + other_apart - every + in_both - 2 * discordant, apart, other_apart)


def tied_pairs(ranks: IntArray) -> int:
    """Return how many pairs share a rank, each counted both ways."""
    counts = np.unique(ranks, return_counts=True)[1]
    return int((counts * (counts - 1)).sum())


def inversions(ranks: IntArray) -> int:
    """Return how many pairs have the larger rank first.

    Of two that differ, their highest binary digit that does says which is larger. So for each
    digit, among those that agree in all above it, ones are counted that stand before a zero.
    """
    found = 0
    for digit in range(int(ranks.max()).bit_length()):
        ordered = ranks[np.argsort(ranks >> digit + 1, kind="stable")]
        above, ones = ordered >> digit + 1, ordered >> digit & 1
        before = ones.cumsum() - ones
        before -= before[np.searchsorted(above, above)]
        found += int(before[ones == 0].sum())
    return found


def spearman_rho(one: IntArray, other: IntArray) -> float:
    """Return Spearman's rho: the correlation of the mean places that tied markets share."""
    return cosine(*products(markets_behind(one), markets_behind(other)))


def markets_behind(ranks: IntArray) -> IntArray:
    """Return how many more markets are behind each than ahead of it.

    That is twice the way of its place from the middle one.
    """
    ordered = np.sort(ranks)
    ahead, not_behind = (np.searchsorted(ordered, ranks, side) for side in ("left", "right"))
    more: IntArray = len(ranks) - ahead - not_behind
    return more


def products(one: IntArray, other: IntArray) -> tuple[int, int, int]:
    """Return the sum of the products, and of the squares of each: whole numbers, so exact."""
    return int((one * other).sum()), int((one * one).sum()), int((other * other).sum())


def cosine(product: int, square: int, other_square: int) -> float:
    """Return the sum of products over the square root of the product of the sums of squares."""
    return float(product) / math.sqrt(float(square) * float(other_square))


def dependence(ranks: pd.DataFrame) -> pd.DataFrame:
    """Return each market's best and worst rank and the first method that gives it."""
    best, worst = ranks.min(axis=1), ranks.max(axis=1)
    table = pd.DataFrame(
        {
            "best_rank": best,
            "best_method": ranks.idxmin(axis=1),
            "worst_rank": worst,
            "worst_method": ranks.idxmax(axis=1),
            "spread": worst - best,
        }
    )
    return table.sort_values("spread", ascending=False, kind="stable")


def checked_ranks(ranks: Table) -> pd.DataFrame:
    """Return a frame of ranks as floats, or say which one is none."""
    if not is_table(ranks):
        raise InputError.of(
            kind_code(ranks),
            "ranks",
            f"is a {type(ranks).__name__}",
            "give a DataFrame of markets x rankings, or what compare_methods returns",
        )
    # Only a frame of pandas has its labels beside it; another's stand in a column.
    frame = ranks if is_a(ranks, pd.DataFrame) else with_labels(as_frame(ranks, "ranks"), ())
    labeled = schemas.check_labels(frame)
    if not labeled.size:
        raise InputError.of(
            "wrong-shape",
            "ranks",
            f"has shape {labeled.shape}",
            "at least one market and one ranking",
        )
    cells = labeled.to_numpy(dtype=object)
    values = np.empty(cells.shape)
    for place in range(cells.shape[1]):
        values[:, place] = to_numbers(labeled.iloc[:, place], truths=False)
    # Markets that share places have whole ranks, or the halves of their mean place.
    whole = np.fmod(np.where(np.isfinite(values), values, 0.0), 0.5) == 0
    for row, column in np.argwhere(~(values >= 1) | np.isinf(values) | ~whole)[:1]:
        where = f'the rank of "{labeled.index[row]}" in "{labeled.columns[column]}"'
        raise InputError(_no_rank(cells[row, column], where))
    return pd.DataFrame(values, index=labeled.index, columns=labeled.columns)


def _no_rank(cell: Any, where: str) -> Fault:
    """Return why a cell is no rank."""
    code = no_number(cell) or "out-of-range"
    if code == "out-of-range":
        got = "is below 1" if to_number(cell) < 1 else f"is {said(cell)}, no whole rank"
        return Fault(code, where, got, "give ranks, 1 is best, not scores")
    if code == "missing":
        return Fault(code, where, "is missing", "leave out markets that not every ranking has")
    return Fault(code, where, f"is {said(cell)}", "give a number, 1 is best")


Told = Callable[[int], object]
"""Is told how many markets are done, where that takes long."""


def borda(ranks: FloatArray, _told: Told) -> FloatArray:
    """Return the points of each market, ranks of shape (markets, rankings)."""
    counted = copeland(-ranks, np.ones(ranks.shape[1]), rule="shares")  # no pair is compared
    points: FloatArray = counted.beaten.sum(axis=1)
    return points


def ahead_of_most(ranks: FloatArray, told: Told) -> FloatArray:
    """Return how many others each market is ahead of in most rankings, ties half."""
    whole = block_ranks(np.ascontiguousarray(-ranks.T)).T
    return majorities(whole, np.full(ranks.shape[1], 1 / ranks.shape[1]), told)


def mean_behind(ranks: FloatArray, _told: Told) -> FloatArray:
    """Return the number of markets less each one's mean rank."""
    behind: FloatArray = len(ranks) - ranks.mean(axis=1)
    return behind


def behind_in_the_least_contradiction(ranks: FloatArray, told: Told) -> FloatArray:
    """Return how many others each market is ahead of in Kemeny's order."""
    return (len(ranks) - 1 - kemeny_places(ranks, borda(ranks, told))).astype(np.float64)


CONSENSUS: dict[str, Callable[[FloatArray, Told], FloatArray]] = {
    "borda": borda,
    "copeland": ahead_of_most,
    "mean-rank": mean_behind,
    "kemeny": behind_in_the_least_contradiction,
}
