"""In which order to enter the markets that were chosen: each from one that is held already."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import InputError, failure, is_a, listing, need, told
from marketselect.firm.firm import Firm
from marketselect.portfolio.basket import Basket, basket_title
from marketselect.portfolio.entry import EntryPlan
from marketselect.portfolio.rules import numbers_by_market, safety_scores
from marketselect.portfolio.steps import CHEAPEST, Facts
from marketselect.portfolio.watching import rivals, usual_changes, watch_rows, watch_text
from marketselect.ranking.provenance import DIVERSIFY, same_ranking
from marketselect.ranking.ranking import Ranking
from marketselect.running import stage
from marketselect.sources.embedded import load_markets
from marketselect.tables.candidates import known_market
from marketselect.tables.labels import country_codes
from marketselect.values import a_count, a_list, a_size

SAME = 9  # decimals within which two steps are the same
WATCHED = "give ranking and observations"
NOT_WATCHED = f"not asked: {WATCHED}"

Step = Callable[[Any, Any], float]


def entry_plan(
    basket: Basket | Iterable[Any],
    firm: Firm,
    *,
    per_wave: int = 1,
    ranking: Ranking | None = None,
    observations: Table | None = None,
    trade: Any = None,
    safety: Any = None,
    step: Step | None = None,
) -> EntryPlan:
    """Order markets for entry: next is the one with the cheapest step from a market held already.

    Parameters
    ----------
    basket : Basket or iterable of markets
        From `diversify`, or the markets to enter.
    firm : Firm
        Its home and the markets that it serves are held; its languages and its effort count.
    per_wave : int
        How many markets are entered at once. Those of one wave are no stepping stones for each
        other: 5 of 5 is a firm that is born global.
    ranking : Ranking, optional
        The ranking that the markets are from: their scores, and what to watch.
    observations : DataFrame, optional
        Long, as for `indicator_table`: what the usual yearly changes are worked out of. Series of
        the firm that they lack (``PAIR.``, ``PROD.``, ``OWN.``) are added as `indicator_table` adds
        them. Without observations or without the ranking nothing is watched.
    trade : Trade, str, Path or DataFrame, optional
        As for `indicator_table`, where the ranking's table was made with it: the same.
    safety : Ranking, mapping or Series, optional
        The safety of markets, by names or codes, more is safer, such as a ranking by a framework of
        risks; default that of the basket.
    step : callable, optional
        Takes the market held and the one to enter, returns what the step costs before the firm's
        effort, above 0. Default: the formula of the notes.

    Returns
    -------
    EntryPlan
        The first is the pilot. Steps that cost the same are decided by safety, then score, then
        code.

    Raises
    ------
    InputError
        If no market is given, one twice, one that is home or served already, or one that the
        ranking does not rank; or if the basket or the trade data are of another ranking.

    Notes
    -----
    It is Prim's rule for a tree of the least cost [1]_, from home and the markets served. A step is

        max(0.1, 1 - 0.32 location - 0.32 language - 0.16 income) x effort,

    location 1 for a border or the same region of the United Nations, language 1 where a language
    that the firm works in is official or at least half of the people speak it, income 1 for the
    same income group of the World Bank. The shares are in the middle of what Morales, Sheu and
    Zahler estimate [2]_: costs of a first entry fall by 25-38 % for location and 29-36 % for
    language. A language that only two markets share counts for nothing: the firm has to speak it.

    What to watch: the three indicators that need the fewest of the market's own usual yearly
    changes to put it behind the best market that could take its place, at most five changes each.
    One thing changes at a time, on the scale of the ranking, for the worse; one with a target
    either way, whichever is shorter. Of a basket that market is the one whose swap costs the least
    of the objective among those that its constraints allow, and the score has to fall by what the
    swap costs, shortfall included; of a list it is the best-ranked market outside. Home and the
    markets served take nobody's place. One that is better already is named, and nothing is
    watched. Of new product-market sales of Spanish firms 60 % ended within a year [3]_: a plan
    needs a rule for leaving.

    References
    ----------
    .. [1] Prim, R. C. (1957). Shortest connection networks and some generalizations. Bell System
       Technical Journal 36(6), 1389-1401.
    .. [2] Morales, E., Sheu, G., & Zahler, A. (2019). Extended gravity. Review of Economic Studies
       86(6), 2668-2712.
    .. [3] Esteve-Perez, S. (2021). World Economy 44, 2638.

    Examples
    --------
    >>> firm = Firm(home="GBR", languages=["en"])
    >>> plan = entry_plan(["MEX", "IRL", "USA"], firm)
    >>> plan.table[["wave", "market", "stepping_stone", "step"]]
           wave market stepping_stone  step
    order
    1         1    IRL            GBR  0.20
    2         2    USA            GBR  0.52
    3         3    MEX            USA  0.68
    """
    ended = stage("entry_plan")
    need(firm, Firm, "firm")
    most = a_count(per_wave, "per_wave", least=1)
    if ranking is not None:
        need(ranking, Ranking, "ranking")
    if step is not None and not callable(step):
        raise InputError.of("wrong-type", "step", f"got {type(step).__name__}", "give a function")
    members = members_of(basket, firm, ranking)
    if ranking is not None and is_a(basket, Basket):
        same_ranking(ranking, basket, "basket", DIVERSIFY)
    usual = pd.DataFrame()
    if ranking is not None and observations is not None:
        usual = usual_changes(ranking, observations, members, firm, trade)
    elif trade is not None:
        raise InputError.of("contradiction", "trade", "is given, and nothing is watched", WATCHED)
    plan = planned(basket, members, firm, most, ranking, usual, safety, step)
    ended(lambda: plan.summary)
    return plan


def planned(
    basket: Any,
    members: list[Any],
    firm: Firm,
    most: int,
    ranking: Ranking | None,
    usual: pd.DataFrame,
    safety: Any,
    step: Step | None = None,
) -> EntryPlan:
    """Return the plan of members that were read: `usual` is empty where nothing is watched."""
    codes = dict(zip(members, country_codes(members), strict=True))
    scores, safe = score_and_safety(basket, members, ranking, safety)
    there, facts = [firm.home, *firm.served], Facts(firm)

    def place(row: dict[str, Any]) -> tuple[float, float, float, str]:
        market = row["market"]
        safest, best = (-known.get(market, -np.inf) for known in (safe, scores))
        return row["step"], safest, best, str(codes[market])

    waves = in_waves(members, there, step_costs(firm, codes, facts, step), place, most)
    order = [row["market"] for row in waves]
    pairs = [(codes.get(row["stepping_stone"], row["stepping_stone"]), codes[row["market"]])
             for row in waves]  # fmt: skip
    watched = ranking is not None and len(usual) > 0
    against = rivals(basket, members, ranking, there) if ranking is not None and watched else {}
    watch = watch_rows(ranking, order, against, usual)
    table = pd.DataFrame(waves).assign(
        score=[scores.get(market, np.nan) for market in order],
        safety=[safe.get(market, np.nan) for market in order],
        why=[facts.why(at, to) if step is None else CHEAPEST for at, to in pairs],
        watch=[
            watch_text(watch, market, against.get(market)) if watched else NOT_WATCHED
            for market in order
        ],
    )
    of = basket if is_a(basket, Basket) else None
    made = ranking or of
    return EntryPlan(
        table=table.set_axis(pd.RangeIndex(1, len(table) + 1, name="order")),
        watch=watch,
        home=firm.home,
        served=tuple(firm.served),
        per_wave=most,
        firm=firm,
        usual=usual,
        of_basket=of is not None,
        own_steps=step is not None,
        title="" if made is None else made.title if is_a(made, Basket) else basket_title(made),
        fingerprint="" if made is None else made.fingerprint,
        origin="" if made is None else made.origin,
    )


def step_costs(
    firm: Firm, codes: Mapping[Any, Any], facts: Facts, step: Step | None
) -> Callable[[Any, Any], float]:
    """Return what says what a step from a market held to one to enter costs, effort included."""

    def cost(stone: Any, market: Any) -> float:
        at, to = codes.get(stone, stone), codes[market]
        found = facts.step(at, to) if step is None else own_step(step, at, to)
        return round(found * firm.effort.get(to, 1.0), SAME)

    return cost


def in_waves(
    members: list[Any],
    there: list[Any],
    cost: Callable[[Any, Any], float],
    place: Callable[[dict[str, Any]], Any],
    most: int,
) -> list[dict[str, Any]]:
    """Return the members in the order of Prim, so many of the cheapest steps a wave."""
    waves: list[dict[str, Any]] = []
    left, held, number = list(members), list(there), 0
    while left:
        number += 1
        rows = []
        for market in left:
            costs = [cost(stone, market) for stone in held]
            stone = held[int(np.argmin(costs))]
            rows.append({"market": market, "stepping_stone": stone, "step": min(costs)})
        chosen = sorted(rows, key=place)[:most]
        waves += [{"wave": number} | row for row in chosen]
        held += [row["market"] for row in chosen]
        left = [market for market in left if market not in held]
    return waves


def own_step(step: Step, at: Any, to: Any) -> float:
    """Return what somebody's own function says that a step of entry costs."""
    try:
        found = step(at, to)
    except Exception as error:
        raise failure("step", error) from error
    return a_size(found, "what step returned")


def members_of(basket: Any, firm: Firm, ranking: Ranking | None) -> list[Any]:
    """Return the markets that a plan enters, each once, none that the firm is in already."""
    given = basket.members if is_a(basket, Basket) else basket
    listed = a_list(given, "basket", 'give a Basket, or a list of markets: ["DEU", "FRA"]')
    if not listed:
        raise InputError.of("empty", "basket", "is empty", "name at least one market")
    every: pd.Index[Any] = load_markets().index if ranking is None else ranking.table.index
    members = [known_market(market, every, "basket") for market in listed]
    if len(set(members)) < len(members):
        twice = [market for market in dict.fromkeys(members) if members.count(market) > 1]
        raise InputError.of("duplicate", "basket", f"has {listing(twice)} twice", "keep one")
    there = {firm.home, *firm.served}
    if own := [m for m, code in zip(members, country_codes(members), strict=True) if code in there]:
        got = f'has "{told(own[0])}", where the firm is already'
        raise InputError.of("contradiction", "basket", got, "leave it out")
    return members


def score_and_safety(
    basket: Any, members: list[Any], ranking: Ranking | None, safety: Any
) -> tuple[dict[Any, float], dict[Any, float]]:
    """Return the score and the safety of each member, as far as they are known."""
    own = basket.table if is_a(basket, Basket) else pd.DataFrame(index=members)
    if ranking is not None:
        own = own.assign(score=ranking.table["score"].reindex(own.index))
    every: pd.Index[Any] = load_markets().index if ranking is None else ranking.table.index
    every = every.union(pd.Index(members, tupleize_cols=False), sort=False)
    columns = (own[name] if name in own else pd.Series(dtype=float) for name in ("score", "safety"))
    scores, safe = (
        {market: float(value) for market, value in column.items() if pd.notna(value)}
        for column in columns
    )
    if safety is None:
        return scores, safe
    return scores, numbers_by_market(safety_scores(safety, every), "safety", every, -np.inf)
