"""Several people's weights on one ranking: how far they agree, and what hurts nobody much."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.arrays.weights import is_weighting
from marketselect.errors import InputError, in_words, is_a, listing, need, number_of, told
from marketselect.explanation.compromise import Compromise, compromise_of
from marketselect.frozen import frozen_result, held_entries
from marketselect.notebook import in_html
from marketselect.printing import number_texts, table_text
from marketselect.ranking.plain import markets_by_name, plain_label, record_rows
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.ranking.weights import call_weights_by_name
from marketselect.ranks import concordance, kendall_tau, rank_scores
from marketselect.sources.embedded import market_names
from marketselect.tables import schemas
from marketselect.uncertainty.agreement import method_correlations, without_correlation
from marketselect.uncertainty.forms import is_linear, ranked_unit_scores
from marketselect.uncertainty.stability import weight_intervals
from marketselect.values import is_label, kind_code, said
from marketselect.weighting.pairwise.judgement import ahp_weights
from marketselect.width import wrapped
from marketselect.words import number_text, share_text, some_words

MOST_PEOPLE = 100
NAMED = 3  # people that a text names


@frozen_result
class GroupRankings:
    """What each person's weights make of a ranking, how far they agree, and a compromise.

    Attributes
    ----------
    weights
        Persons x top factors; each row adds up to one.
    ranks
        Markets x persons, in the order of `compromise`.
    losses
        Markets x persons: what a person gives up if that market is taken in place of the person's
        own first, as a share of the way from the person's best score to the worst, 0 to 1.
    people
        Index person: first, the market that is first alone or leads a tie; loss and rank, what the
        compromise costs the person and where it stands with the person; distance, the share of
        weight that the person would have to move to come to the compromise's weights; without, the
        compromise of the others.
    moves
        Which weight of which person moves whom from first place, the smallest change first: person,
        factor, weight, first, and low, below, high, above as in `weight_stability` - the other
        factors keep their proportions -, and change, the least share of weight that does it.
    compromise
        Index market: rank and score at the compromise's weights (missing where there are none),
        largest_loss, unhappiest, who bears it, and mean_loss.
    compromise_weights
        The weights of the compromise by factor; None where scores are not linear in weights.
    chosen
        The market that is the compromise: of those that a mixture of the people's weights puts
        first, the one that hurts the unhappiest least.
    least_regret
        The market that hurts the unhappiest least of all, at no matter what weights: the smallest
        `largest_loss`, of several the one with the smallest `mean_loss`.
    kendall_w
        Kendall's coefficient of concordance, 0 to 1, ties corrected; None where everybody ties all
        markets, or there is only one.
    kendall
        Kendall's tau-b between each two persons; <NA> where it is undefined.
    note
        What there is to say of the compromise.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    origin
        Where the data come from, and of which year, as `Ranking.origin` says it.
    """

    weights: pd.DataFrame
    ranks: pd.DataFrame
    losses: pd.DataFrame
    people: pd.DataFrame
    moves: pd.DataFrame
    compromise: pd.DataFrame
    compromise_weights: "pd.Series[float] | None"
    chosen: Any
    least_regret: Any
    kendall_w: float | None
    kendall: pd.DataFrame
    note: str
    fingerprint: str
    origin: str

    def to_dict(self) -> dict[str, Any]:
        """Return it in dicts, lists, texts and numbers, as the record of a ranking has its tables.

        Examples
        --------
        >>> import marketselect as ms
        >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
        >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0)
        >>> factors = list(ranking.weights.index)
        >>> people = {"Ann": ms.equal_weights(factors), "Bo": ms.rank_order_weights(factors)}
        >>> ms.group_rankings(ranking, people).to_dict()["people"][0]["person"]
        'Ann'
        """
        weights = self.compromise_weights
        persons = list(self.people.index)

        def by_market(frame: pd.DataFrame) -> list[dict[str, Any]]:
            return record_rows(markets_by_name(frame.rename_axis("market").reset_index()))

        def markets(frame: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
            return record_rows(
                frame.assign(**{n: list(map(plain_label, frame[n])) for n in columns})
            )

        return {
            "people": markets(self.people.reset_index(), "first", "without"),
            "weights": record_rows(self.weights.rename_axis("person").reset_index()),
            "ranks": by_market(self.ranks.set_axis(persons, axis=1)),
            "losses": by_market(self.losses.set_axis(persons, axis=1)),
            "moves": markets(self.moves, "first", "below", "above"),
            "compromise": by_market(self.compromise),
            "compromise_weights": None if weights is None else weights.to_dict(),
            "chosen": plain_label(self.chosen),
            "least_regret": plain_label(self.least_regret),
            "kendall_w": self.kendall_w,
            "text": self.headline,
            "fingerprint": self.fingerprint,
        }

    def __repr__(self) -> str:
        return f"{wrapped(self.headline)}\n{table_text(self._printed())}"

    def _repr_html_(self) -> str:
        weights = self.weights.set_axis(list(map(told, self.weights.index)), axis=0)
        if self.compromise_weights is not None:
            own = self.compromise_weights.rename("compromise").to_frame().T
            weights = pd.concat([weights, own])
        tables = {"people": self._printed(), "weights": weights.map(share_text)}
        return in_html(self.headline, tables)

    @property
    def headline(self) -> str:
        """How far they agree, and what the compromise costs whom, in words."""
        count = f"{len(self.people):,} {'person' if len(self.people) == 1 else 'people'}"
        agree = "" if self.kendall_w is None else f"; Kendall's W is {self.kendall_w:.2f}"
        worst = self.people["loss"].max()
        name = market_names([self.chosen])[0]
        most = [told(p) for p in self.people.index[self.people["loss"] == worst]]
        cost = (
            "it is everybody's first"
            if worst == 0
            else f"it costs {some_words(most, NAMED)}, the unhappiest, {share_text(worst, 1)} of "
            "the way from the best score to the worst"
        )
        note = f" {self.note}" if self.note else ""
        return (
            f"{count} rank {number_of(len(self.ranks), 'market')}{agree}. The compromise is "
            f"{name}: {cost}.{self._regret()}{note}"
        )

    def _regret(self) -> str:
        """Say which market hurts the unhappiest least of all, and how much."""
        name = market_names([self.least_regret])[0]
        if self.least_regret == self.chosen:
            return " No market costs the unhappiest less." if self.people["loss"].any() else ""
        least = share_text(self.losses.loc[[self.least_regret]].to_numpy().max(), 1)
        return f" {name} costs the unhappiest least of all markets, {least} at most."

    def _printed(self) -> pd.DataFrame:
        """Return the people as text."""
        table = self.people.set_axis(list(map(told, self.people.index)), axis=0).assign(
            first=market_names(self.people["first"]), without=market_names(self.people["without"])
        )
        return number_texts(table, loss=lambda x: share_text(x, 1), distance=number_text)


def group_rankings(ranking: Ranking, people: Mapping[Any, Any]) -> GroupRankings:
    """Rank by several people's weights, and find a compromise and what hurts the unhappiest least.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`: its markets and factor scores are what they weigh.
    people : mapping or Series
        By person, two or more: weights of all top factors by name (a mapping, a Series, the result
        of a weighting), or pairwise comparisons of them, as `ahp_weights` takes them. Comparisons
        without names are in the framework's order.

    Returns
    -------
    GroupRankings
        Ranks, agreement, whose weight moves what, the market of the least regret, the compromise.

    Raises
    ------
    InputError
        If there are fewer than two people, or a person's weights do not name every top factor once
        (the message names the person).

    Notes
    -----
    With u_p(i) the score that person p's weights give to market i, the loss of p in i is

        l_p(i) = (max_k u_p(k) - u_p(i)) / (max_k u_p(k) - min_k u_p(k)),

    zero if all tie: a share of the person's own range, so that nobody counts more by weighing
    factors that vary more. The market of the **least regret** has the smallest max_p l_p(i), the
    minimax regret of Savage [1]_ and Yu's solution with p infinite [2]_; of several the one with
    the smallest mean loss. The **compromise** is the first in that order that some mixture of the
    people's weights puts first: the same market, or the next that weights can stand for. Its
    **weights** w are the mixture that puts it first and is nearest to the person who is farthest
    from it::

        minimize   t
        subject to sum_j |w_j - w_pj| / 2 <= t           for every person p,
                   sum_j w_j (x_ij - x_kj) >= d          for every other market k,
                   w_j = sum_p a_p w_pj,  sum_p a_p = 1,  a_p >= 0,

    x_ij what market i scores with all weight on factor j, d a millionth of the range of scores: a
    linear program; of several solutions the one with the smallest sum of distances is taken. In a
    mixture, whatever everybody puts ahead of another market stays ahead of it. Where a market is
    passed over since no mixture puts it first, the note says so. Where scores are not linear in the
    weights, or rounded, the compromise has no weights.

    Kendall's W [3]_ is 12 S / (m^2 (n^3 - n) - m sum(t^3 - t)), S the sum of squares of the
    markets' sums of mid-ranks from their mean, m people, n markets, t the sizes of each person's
    ties.

    References
    ----------
    .. [1] Savage, L. J. (1951). The theory of statistical decision. Journal of the American
       Statistical Association 46(253), 55-67.
    .. [2] Yu, P. L. (1973). A class of solutions for group decision problems. Management Science
       19(8), 936-946.
    .. [3] Kendall, M. G., & Babington Smith, B. (1939). The problem of m rankings. Annals of
       Mathematical Statistics 10(3), 275-287.

    Examples
    --------
    Ann wants income, Bo law; C is second with both, and gives up least:

    >>> import marketselect as ms
    >>> sides = ("income", "law")
    >>> rules = ms.Framework(name="two", factors=tuple(ms.Factor(code=s) for s in sides),
    ...     indicators=tuple(ms.Indicator(code=s + "_index", factor=s, direction="benefit",
    ...                                   goalposts=(0, 100)) for s in sides))
    >>> data = pd.DataFrame({"income_index": [90, 10, 70], "law_index": [10, 90, 70]},
    ...                     index=["A", "B", "C"])
    >>> people = {"Ann": {"income": 4, "law": 1}, "Bo": [("law", "income", 9)]}
    >>> found = group_rankings(ms.rank_markets(data, rules), people)
    >>> found.people["first"].tolist(), found.chosen
    (['A', 'B'], 'C')
    >>> found.kendall_w
    0.0
    """
    need(ranking, Ranking, "ranking")
    names, weights = people_weights(ranking, people)
    scores = rescore(ranking, weights)
    ranks, losses, markets = rank_scores(scores), losses_of(scores), ranking.table.index
    exact = is_linear(ranking) and ranking.decimals is None
    forms = ranked_unit_scores(ranking) if exact else None
    whole = compromise_of(losses, forms, weights)
    own = None if whole.weights is None else rescore(ranking, whole.weights)
    order = order_of(losses, own)
    index = pd.Index(names, name="person", tupleize_cols=False)
    frame = pd.DataFrame(ranks.T, markets, index)
    factors = ranking.weights.index
    return GroupRankings(
        weights=pd.DataFrame(weights, index, factors),
        ranks=frame.iloc[order],
        losses=pd.DataFrame(losses.T, markets, index).iloc[order],
        people=pd.DataFrame(
            {
                "first": markets[ranks.argmin(axis=1)],
                "loss": losses[:, whole.market],
                "rank": ranks[:, whole.market],
                "distance": from_compromise(weights, whole),
                "without": markets[without_each(losses, forms, weights)],
            },
            index=index,
        ),
        moves=moves_of(ranking, names, weights, ranks),
        compromise=compromise_table(losses, own, markets, index).iloc[order],
        compromise_weights=None
        if whole.weights is None
        else pd.Series(whole.weights, factors, name="weight"),
        chosen=markets[whole.market],
        least_regret=markets[whole.least_regret],
        kendall_w=concordance(ranks),
        kendall=method_correlations(frame, without_correlation(frame), kendall_tau).rename_axis(
            index="person", columns="person"
        ),
        note=compromise_note(whole, markets, exact=exact),
        fingerprint=ranking.fingerprint,
        origin=ranking.origin,
    )


def without_each(losses: FloatArray, forms: FloatArray | None, weights: FloatArray) -> list[int]:
    """Return the compromise of all others, for each person in turn."""
    return [
        compromise_of(np.delete(losses, n, 0), forms, np.delete(weights, n, 0)).market
        for n in range(len(weights))
    ]


def order_of(losses: FloatArray, own: FloatArray | None) -> IntArray:
    """Return the order of the markets: by the compromise's weights, else by what people lose."""
    if own is None:
        return np.lexsort((losses.mean(axis=0), losses.max(axis=0)))
    return np.argsort(rank_scores(own), kind="stable")


def from_compromise(weights: FloatArray, whole: Compromise) -> FloatArray:
    """Return how far each person's weights are from the compromise's; NaN where it has none."""
    if whole.weights is None:
        return np.full(len(weights), np.nan)
    apart: FloatArray = np.abs(weights - whole.weights).sum(axis=1) / 2
    return apart


def compromise_table(
    losses: FloatArray,
    own: FloatArray | None,
    markets: "pd.Index[Any]",
    people: "pd.Index[Any]",
) -> pd.DataFrame:
    """Return ranks and scores at the compromise's weights, and what people lose, by market."""
    none = pd.array([pd.NA] * len(markets), dtype="Int64")
    return pd.DataFrame(
        {
            "rank": none if own is None else pd.array(rank_scores(own), dtype="Int64"),
            "score": np.full(len(markets), np.nan) if own is None else own,
            "largest_loss": losses.max(axis=0),
            "unhappiest": people[losses.argmax(axis=0)],
            "mean_loss": losses.mean(axis=0),
        },
        index=markets,
    )


def people_weights(ranking: Ranking, people: Any) -> tuple[list[Any], FloatArray]:
    """Return the people who rank and their weights, (persons, factors), rows add up to one."""
    needed = "give a mapping of two or more persons to their weights or comparisons"
    if not hasattr(people, "items") or is_a(people, pd.DataFrame):
        raise InputError.of(kind_code(people), "people", f"is a {type(people).__name__}", needed)
    pairs = held_entries(people, "people")
    names = [name for name, _ in pairs]
    if not 2 <= len(names) <= MOST_PEOPLE:
        code = "too-large" if names else "empty"
        got = f"has {number_of(len(names), 'person')}" if names else "is empty"
        raise InputError.of("wrong-shape" if len(names) == 1 else code, "people", got, needed)
    for name in names:
        # pandas takes a function, or what can be gone through, for other labels than itself.
        plain = is_a(name, (str, tuple, bytes))
        if not is_label(name) or callable(name) or (hasattr(name, "__iter__") and not plain):
            raise InputError.of("wrong-type", "people", f"has the name {said(name)}", "give texts")
    rows = []
    for name, given in pairs:
        try:
            rows.append(person_weights(ranking, given))
        except InputError as fault:
            raise fault.under(f'person "{in_words(name)}"') from None
    return names, np.array(rows)


def person_weights(ranking: Ranking, given: Any) -> FloatArray:
    """Return the weights that one of the people ranks by; what is idle has none."""
    top = list(ranking.weights.index)
    if not (is_weighting(given) or is_a(given, (Mapping, pd.Series))):
        given = ahp_weights(given)
    if is_weighting(given) and given.labels is None:
        if len(given.weights) != len(top):
            got = f"weigh {len(given.weights)} factors"
            raise InputError.of("wrong-shape", "weights", got, f"there are {len(top)}")
        given = dict(zip(top, map(float, given.weights), strict=True))
    found = schemas.check_weights(call_weights_by_name(given))
    if unknown := [name for name in found if name not in top]:
        raise InputError.of("unknown-name", "weights", f"name {listing(unknown)}",
                            f"the top factors are {listing(top, 99)}")  # fmt: skip
    if absent := [name for name in top if name not in found]:
        raise InputError.of("missing-name", "weights", f"leave out {listing(absent)}",
                            "weigh every top factor; 0 is a weight")  # fmt: skip
    row = np.array([found[name] for name in top]) * ranking.model.counted
    if not row.any():
        raise InputError.of("all-zero", "weights", "are all zero", "give one at least a weight")
    shares: FloatArray = row / row.max()
    return np.asarray(shares / shares.sum())


def losses_of(scores: FloatArray) -> FloatArray:
    """Return what each person gives up in each market, shape (persons, markets), 0 to 1."""
    best, worst = scores.max(axis=1, keepdims=True), scores.min(axis=1, keepdims=True)
    width = best - worst
    return np.asarray((best - scores) / np.where(width > 0, width, 1.0))


def moves_of(
    ranking: Ranking, names: list[Any], weights: FloatArray, ranks: IntArray
) -> pd.DataFrame:
    """Return which weight of which person moves whom from first place."""
    everybody, rows = list(range(ranks.shape[1])), []
    for name, row, rank in zip(names, weights, ranks, strict=True):
        own = replace(ranking, weights=pd.Series(row, ranking.weights.index))
        leaders = np.flatnonzero(rank == 1).tolist()
        found = weight_intervals(own, (leaders, everybody))
        first = ranking.table.index[leaders[0]]
        for factor, move in zip(ranking.weights.index, found, strict=True):
            rows.append({"person": name, "factor": factor, "first": first, **move})
    table = pd.DataFrame(rows)
    down = (table["weight"] - table["low"]).where(table["below"] != "")
    up = (table["high"] - table["weight"]).where(table["above"] != "")
    table["change"] = np.fmin(down.to_numpy(), up.to_numpy())
    columns = ["person", "factor", "weight", "first", "low", "below", "high", "above", "change"]
    return table[columns].sort_values("change", kind="stable", ignore_index=True)


def compromise_note(found: Compromise, markets: "pd.Index[Any]", *, exact: bool) -> str:
    """Return what there is to say of several people's compromise."""
    if not exact:
        return "Scores are not linear in the weights, or rounded, so it has no weights of its own."
    if not found.passed:
        return ""
    names = market_names(markets[list(found.passed)])
    hurt = "would hurt less, but is" if len(names) == 1 else "would hurt less, but are"
    return f"{some_words(names)} {hurt} first at no mixture of their weights."
