"""Agreement between methods: the same scores ranked by each, and how far their ranks go together.

What they make of it together is in `votes`, how far two rankings agree in `ranks`.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.dataframes import Table
from marketselect.errors import InputError, in_words, is_a, listing, number_of
from marketselect.framework import Framework
from marketselect.frozen import frozen_result, held_entries
from marketselect.methods import METHODS, Given, as_method
from marketselect.notebook import in_html
from marketselect.printing import printed_frame
from marketselect.ranking.making import rank_markets, refuse_beside
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.weights import GivenWeights
from marketselect.ranks import kendall_tau, rank_scores, spearman_rho
from marketselect.running import Progress, reporter
from marketselect.scoring.scale import Scale
from marketselect.sources.embedded import named_rows
from marketselect.tables.table import IndicatorTable
from marketselect.values import a_list, said


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
        return f"{self.headline}\n{printed_frame(self.ranks.head(10))}"

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
            columns[label] = compared_scores(ranking, method)
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
        markets=method_dependence(ranks),
        excluded=pd.DataFrame(failed, columns=["method", "reason"]),
        ranking=ranking,
    )


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


def compared_scores(ranking: Ranking, given: Any) -> FloatArray:
    """Return the ranked markets' scores by another method that is compared, in table order."""
    return ranking.model.by(given).scores(ranking.seen)[ranking.place]


def without_correlation(ranks: pd.DataFrame) -> pd.DataFrame:
    """List the methods whose ranks do not vary, so that nothing correlates with them."""
    tied = "all markets are tied" if len(ranks) > 1 else "there is only one market"
    constant = ranks.columns[(ranks == ranks.iloc[0]).all()]
    return pd.DataFrame({"method": list(constant), "reason": tied}, columns=["method", "reason"])


def method_correlations(
    ranks: pd.DataFrame, undefined: pd.DataFrame, measure: Callable[[IntArray, IntArray], float]
) -> pd.DataFrame:
    """Return how far each pair of rankings agrees, 1 on the diagonal, <NA> if undefined."""
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


def method_dependence(ranks: pd.DataFrame) -> pd.DataFrame:
    """Return each market's best and worst rank, and the first compared method giving it."""
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
