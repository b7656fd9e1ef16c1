"""What is asked of a basket: read, made into rules, and answered."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray
from marketselect.dataframes import Table
from marketselect.errors import InputError, need, number_of, told
from marketselect.frozen import FrozenMapping
from marketselect.portfolio.basket import Basket, basket_title, path_of
from marketselect.portfolio.programme import Programme, best_basket, fewest_relaxed, shortfalls
from marketselect.portfolio.rules import (
    REGION,
    SAFETY,
    candidate_facts,
    kept_out,
    limit_rules,
    named_markets,
    named_rules,
)
from marketselect.portfolio.shocks import log_changes, measure_of
from marketselect.ranking.ranking import Ranking
from marketselect.running import stage
from marketselect.sources.embedded import market_names
from marketselect.values import a_count, number_in, to_number, to_whole
from marketselect.words import joined_words

AVERSE = 1e6  # beyond, the score is lost in the rounding of the shortfall


def diversify(
    ranking: Ranking,
    *,
    size: int,
    shocks: Table | None = None,
    aversion: float = 1.0,
    bad_years: float = 0.15,
    safety: "Ranking | Mapping[Any, float] | pd.Series[float] | None" = None,
    min_safety: float | None = None,
    max_per_region: int | None = None,
    must: Iterable[Any] = (),
    never: Iterable[Any] = (),
    budget: float | None = None,
    effort: "Mapping[Any, float] | pd.Series[float] | None" = None,
    regions: "Mapping[Any, str] | pd.Series[str] | None" = None,
) -> Basket:
    """Choose the basket of markets with the best mean score less aversion times shortfall.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`: its ranked markets are the candidates.
    size : int
        How many markets to hold.
    shocks : DataFrame, optional
        Years down, markets across, yearly logarithmic changes, as `market_shocks` gives them; the
        last 21 years count, or as many as there are. The years are the labels of the rows, or a
        column called year beside row numbers. A candidate that lacks one of them cannot be
        chosen, and is listed. None: no bad years are looked at, the mean score alone counts. For a
        look back give the years that were known, ``shocks.loc[:2015]``.
    aversion : float
        Points of score that are given up for a percentage point of shortfall.
    bad_years : float
        The share of years that are bad, above 0, at most 1. Years count in part: of 21 years 0.15
        are the worst three and 0.15 of the fourth.
    safety : Ranking, mapping or Series, optional
        The safety of markets, more is safer, such as a ranking by a framework of risks. What it
        does not name has none. In all that is said by market names of countries are understood,
        countries that the ranking does not have are passed over, and other labels are refused.
    min_safety : float, optional
        The least safety of each member. Aversion alone ends in quiet poor markets.
    max_per_region : int, optional
        At most so many members of one region.
    must, never : iterable of markets
        Who has to be a member, and who cannot be.
    budget : float, optional
        The largest sum of the members' effort.
    effort : mapping or Series, optional
        The cost of entering each market, relative to others or in any unit; 1 where not named.
        Default: that of the firm, where the ranking's table knows one.
    regions : mapping or Series, optional
        The region of each market; default the United Nations' region in `load_markets`.

    Returns
    -------
    Basket
        A proven optimum.

    Raises
    ------
    InputError
        If an option has no meaning, too few markets have every year, or no basket meets all
        constraints: it then names a smallest set of them without which there is one.

    Notes
    -----
    With s the scores, r = 100 (exp(shock) - 1) the changes in percent, k the size, q `bad_years`,
    T the years and L `aversion`, and x_i 1 for a member:

        maximize   sum_i s_i x_i / k - L (a + sum_y u_y / (q T))
        subject to u_y >= -sum_i r_iy x_i / k - a,  u_y >= 0,  sum_i x_i = k,  constraints,

    of which the second part is the conditional value at risk [1]_: the mean loss in the worst q T
    years, a member's loss being the fall of what it bought. It is solved as a mixed-integer
    program with a gap of zero; the shortfall that is reported is then worked out anew, from the
    sorted years. The solver of SciPy 1.17 may write a line to standard output, less than once in a
    thousand searches and whatever it is told: ``HighsMipSolverData::...``. It means nothing.

    The changes are those of a market's whole imports, not of a firm's sales, and twenty-one years
    hold few bad ones: a shortfall tells baskets apart, it is no forecast of a loss.

    References
    ----------
    .. [1] Rockafellar, R. T., & Uryasev, S. (2000). Optimization of conditional value-at-risk.
       Journal of Risk 2(3), 21-41.

    Examples
    --------
    A and B fall together, C falls in another year: with C the worst of two years costs nothing.

    >>> import marketselect as ms
    >>> data = pd.DataFrame({"size": [9.0, 8.0, 7.0]}, index=["A", "B", "C"])
    >>> rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(
    ...     ms.Indicator(code="size", factor="f", direction="benefit", goalposts=(0, 10)),))
    >>> ranking = ms.rank_markets(data, rules)
    >>> shocks = np.log(1 + pd.DataFrame({"A": [-0.2, 0.2], "B": [-0.2, 0.2], "C": [0.2, -0.2]},
    ...                                  index=[2020, 2021]))
    >>> basket = diversify(ranking, size=2, shocks=shocks, aversion=1, bad_years=0.5)
    >>> basket.members, round(basket.score, 6), abs(round(basket.shortfall, 6))
    (('A', 'C'), 80.0, 0.0)
    >>> diversify(ranking, size=2, shocks=shocks, aversion=0.1, bad_years=0.5).members
    ('A', 'B')
    """
    ended = stage("diversify")
    need(ranking, Ranking, "ranking")
    count = a_count(size, "size", least=1)
    needed = f"a number from 0 to {AVERSE:,.0f} is needed"
    weight = number_in(aversion, "aversion", needed, 0.0, AVERSE)
    share = number_in(bad_years, "bad_years", "a share above 0, at most 1, is needed", 0.0, 1.0)
    if share == 0:
        raise InputError.of("out-of-range", "bad_years", "is 0", "a share above 0 is needed")
    every = ranking.table.index
    logs, why_not = log_changes(shocks, every)
    changes = 100.0 * np.expm1(logs.reindex(columns=every).to_numpy())
    eligible = ~every.isin(list(why_not))
    markets = every[eligible]
    facts = candidate_facts(ranking, every, safety, effort, regions)
    wanted, unwanted = named_markets(ranking, must, never)
    rules = [
        *named_rules(markets, wanted, unwanted, why_not),
        *limit_rules(facts[eligible], min_safety, max_per_region, budget),
    ]
    if min_safety is not None and safety is None:
        raise InputError.of("contradiction", SAFETY, "is given without safety", "give safety=, too")
    if count > len(markets):
        raise too_few(count, markets, every, why_not)
    programme = Programme(
        size=count,
        scores=ranking.table["score"].to_numpy(dtype=np.float64)[eligible],
        changes=changes[:, eligible],
        aversion=weight,
        bad_years=max(share, 1 / max(len(changes), 1)),  # less than one year is the worst year
        rules=tuple(rules),
    )
    held, other = two_best(programme, facts[eligible])
    asked = FrozenMapping(
        {
            "size": count,
            "aversion": weight,
            "bad_years": share,
            "min_safety": None if min_safety is None else to_number(min_safety),
            "max_per_region": None if max_per_region is None else to_whole(max_per_region),
            "must": wanted,
            "never": unwanted,
            "budget": None if budget is None else to_number(budget),
        }
    )
    found = basket_of(ranking, programme, markets, held, other, asked, facts, logs,
                      why_not | kept_out(rules, markets), measure_of(shocks))  # fmt: skip
    ended(lambda: found.summary)
    return found


def two_best(programme: Programme, facts: pd.DataFrame) -> tuple[BoolArray, BoolArray | None]:
    """Return the best basket and the next, None where there is no other; refuse where none fits."""
    held = best_basket(programme)
    if held is None:
        raise no_basket_fits(programme, facts)
    other = best_basket(programme, apart=[held], known=neighbors(programme, held))
    if other is not None and programme.value(other) > programme.value(held):
        held, other = other, held  # the solver cannot tell so small a lead
    return held, other


def basket_of(
    ranking: Ranking,
    programme: Programme,
    markets: "pd.Index[Any]",
    held: BoolArray,
    other: BoolArray | None,
    asked: FrozenMapping,
    facts: pd.DataFrame,
    logs: pd.DataFrame,
    why_not: Mapping[Any, tuple[str, str]],
    measure: str,
) -> Basket:
    """Return the basket that was found, the labels of markets put back."""
    members, changes = markets[held], programme.changes[:, held]
    objective = programme.value(held)
    swapped = [gains.max() for _, gains in programme.swaps(held, programme.aims, owed=False)]
    marginal = [np.nan if gain == -np.inf else objective - gain for gain in swapped]
    path = path_of(changes, logs.index, programme.bad_years)
    table = facts[facts.index.isin(members)].assign(score=programme.scores[held], marginal=marginal)
    table.insert(0, "name", market_names(members))
    left = [market for market in ranking.table.index if market in why_not]
    return Basket(
        table=table[["name", "score", "safety", "region", "effort", "marginal"]],
        objective=objective,
        score=float(programme.scores[held].mean()),
        shortfall=float(shortfalls(path["change"].to_numpy(), programme.bad_years))
        if len(path)
        else None,
        path=path,
        changes=pd.DataFrame(changes, logs.index, members),
        second=() if other is None else tuple(markets[other]),
        second_objective=None if other is None else programme.value(other),
        ineligible=pd.DataFrame(
            [[market, *why_not[market]] for market in left], columns=["market", "rule", "reason"]
        ),
        aversion=programme.aversion,
        bad_years=asked["bad_years"],
        constraints=tuple(rule.name for rule in programme.rules),
        title=basket_title(ranking),
        measure=measure,
        places=ranking.places[0],
        candidates=tuple(markets),
        programme=programme,
        asked=asked,
        known=facts,
        shocks=logs,
        fingerprint=ranking.fingerprint,
        origin=ranking.origin,
    )


def neighbors(programme: Programme, held: BoolArray) -> list[BoolArray]:
    """Return the best basket that one swap makes of another, if there is any."""
    tries = [(gains.max(), out, int(gains.argmax()))
             for out, gains in programme.swaps(held, programme.aims)]  # fmt: skip
    gain, out, new = max(tries)
    moved = held.copy()
    moved[[out, new]] = False, True
    return [moved] if gain > -np.inf else []


# Nothing to choose


def too_few(
    count: int,
    markets: "pd.Index[Any]",
    every: "pd.Index[Any]",
    why_not: Mapping[Any, tuple[str, str]],
) -> InputError:
    """Return the error that fewer markets can be in a basket than its size."""
    first = next(iter(why_not.items()), None)
    why = "" if first is None else f'; "{told(first[0])}" {first[1][1]}'
    return InputError.of(
        "no-data",
        "size",
        f"is {count}, and {number_of(len(markets), 'market')} of {len(every)} ranked can be "
        f"chosen{why}",
        "ask for fewer, rank more markets, or give shocks that have all years",
        "ask for fewer, or rank more markets",
    )


def no_basket_fits(programme: Programme, facts: pd.DataFrame) -> InputError:
    """Return the error that no basket fits, with fewest constraints to do without.

    Those whose region is not known count as more than any limit allows; so it says how many.
    """
    off = fewest_relaxed(programme)
    rest = [rule for rule in programme.rules if rule not in off]
    none = int(facts["region"].isna().sum())
    unknown = none > 0 and any(rule.argument == REGION for rule in off)
    told = (
        f"; the limit of a region keeps out {none} of {number_of(len(facts), 'candidate')}, whose "
        "region is not known"
        if unknown
        else ""
    )
    return InputError.of(
        "contradiction",
        "constraints",
        f"no basket of {number_of(programme.size, 'market')} meets all of them{told}",
        relaxed_text([rule.name for rule in off], [rule.name for rule in rest])
        + ("; or give regions=" if unknown else ""),
        relaxed_text([rule.option for rule in off], [rule.option for rule in rest]),
    )


def relaxed_text(relaxed: list[str], rest: list[str]) -> str:
    """Return which constraints on a basket to do without, in words."""
    beside = f"; the others are {joined_words(rest)}" if rest else ""
    them = "it" if len(relaxed) == 1 else "them"
    names = joined_words(relaxed)
    return f"relax {names}: without {them} there is one, and no fewer do{beside}"
