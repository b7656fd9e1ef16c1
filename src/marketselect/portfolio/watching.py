"""What to watch in a market: which indicator alone would cost it its place, and how soon."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.portfolio.basket import Basket
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import market_names
from marketselect.tables import schemas
from marketselect.tables.door import long_columns
from marketselect.tables.table import indicator_tables
from marketselect.words import number_text

COLUMNS = (*("market", "indicator", "name", "value", "needed", "usual", "changes", "substitute"),)
SHOWN = 3  # indicators of a market
MOST = 5.0  # usual yearly changes
YEARS = 10  # of changes
HALVINGS = 40


def watch_rows(
    basket: Any, members: list[Any], ranking: Ranking | None, observations: Any
) -> pd.DataFrame:
    """Return for each member the indicators that need the fewest usual changes to displace it."""
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    if ranking is None or observations is None:
        return empty
    usual = usual_changes(ranking, observations, members)
    rows = [
        row
        for market in members
        if (other := substitute(basket, members, ranking, market)) is not None
        for row in of_market(ranking, market, other, usual)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)) if rows else empty


def usual_changes(ranking: Ranking, observations: Any, members: list[Any]) -> pd.DataFrame:
    """Return the standard deviation of each member's own yearly changes over ten years.

    Members x indicators; missing with fewer than three changes, or where they never change.
    """
    rules = ranking.scores.framework
    given = long_columns(schemas.need_frame(observations, "observations"))
    there = set(given["indicator"]) if "indicator" in given else set()
    codes = [
        indicator.code
        for indicator in rules.indicators
        if {indicator.observed, indicator.multiplier, indicator.denominator} - {None} <= there
    ]
    last = ranking.scores.table.as_of
    if last is None or not codes:
        got = "has no reference year" if last is None else "shares no series with the ranking"
        where = "ranking" if last is None else "observations"
        raise InputError.of("no-data", where, got, "rank a table of indicator_table")
    years = range(last - YEARS, last + 1)
    own = given[given["market"].isin(members)]
    tables = indicator_tables(own, rules.subset(codes), years=years, max_age=0)
    values = np.array([tables[year].values.reindex(members)[codes].to_numpy() for year in years])
    changes = np.diff(values, axis=0)
    counts = np.isfinite(changes).sum(axis=0)
    mean = np.nansum(changes, axis=0) / np.maximum(counts, 1)
    squares = np.nansum((changes - mean) ** 2, axis=0)
    spread = np.sqrt(squares / np.maximum(counts - 1, 1))
    known = np.where((counts >= SHOWN) & (spread > 0), spread, np.nan)
    return pd.DataFrame(known, members, codes).reindex(columns=list(rules.codes))


def substitute(basket: Any, members: list[Any], ranking: Ranking, market: Any) -> Any:
    """Return the best-ranked market outside that may take a member's place; None without any."""
    outside = [other for other in ranking.table.index if other not in members]
    if not isinstance(basket, Basket):
        return next(iter(outside), None)
    programme, candidates = basket.programme, list(basket.candidates)
    low, high = programme.limits
    for other in outside:
        if other not in candidates:
            continue
        held = [other if member == market else member for member in members]
        sums = programme.rows[:, [candidates.index(each) for each in held]].sum(axis=1)
        if ((sums >= low) & (sums <= high)).all():
            return other
    return None


def of_market(
    ranking: Ranking, market: Any, other: Any, usual: pd.DataFrame
) -> Iterable[dict[str, Any]]:
    """Return the indicators of one member that need the fewest usual changes, the fewest first."""
    scores, rules = ranking.scores, ranking.scores.framework
    codes, every = list(rules.codes), ranking.matrix.index
    if ranking.call.stands_alone(ranking.options):  # the others then change neither of the two
        every = pd.Index([market, other], tupleize_cols=False)
    raw = scores.table.values.loc[[market], codes].to_numpy()[0]
    normalized = scores.normalized.loc[every, codes].to_numpy()
    own, rival = every.get_loc(market), every.get_loc(other)
    spread = usual.loc[[market]].to_numpy()[0]
    signs = np.array([worse(indicator.direction, indicator.target, value)
                      for indicator, value in zip(rules.indicators, raw, strict=True)])  # fmt: skip
    logged = np.array([scores.scale[code].log for code in codes])
    lowest = np.nanmin(scores.table.values.loc[:, codes].to_numpy(), axis=0)

    def values_at(changes: FloatArray) -> FloatArray:
        moved: FloatArray = raw + signs * spread * changes
        return np.asarray(np.where(logged, np.maximum(moved, lowest), moved), dtype=np.float64)

    def behind(changes: FloatArray) -> np.ndarray[Any, Any]:
        moved = ranking.model.normalize(values_at(changes)[np.newaxis])[0]
        each = np.repeat(normalized[np.newaxis], len(codes), axis=0)
        places = np.arange(len(codes))
        each[places, own, places] = np.where(np.isnan(moved), normalized[own], moved)
        found = ranking.model.scores(ranking.model.factors(each))
        return np.asarray(found[:, own] < found[:, rival])

    able = np.isfinite(spread) & np.isfinite(raw) & behind(np.full(len(codes), MOST))
    low, high = np.zeros(len(codes)), np.full(len(codes), MOST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = behind(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    needed = values_at(high)
    order = [place for place in np.argsort(high, kind="stable") if able[place]][:SHOWN]
    names = [indicator.name or indicator.code for indicator in rules.indicators]
    return [
        {
            "market": market,
            "indicator": codes[place],
            "name": names[place],
            "value": raw[place],
            "needed": needed[place],
            "usual": spread[place],
            "changes": high[place],
            "substitute": other,
        }
        for place in order
    ]


def worse(direction: str, target: float | None, value: float) -> float:
    """Return the sign of a change for the worse: away from a target, or against the direction."""
    if target is not None:
        return 1.0 if value >= target else -1.0
    return -1.0 if direction == "benefit" else 1.0


def watch_text(watch: pd.DataFrame, market: Any) -> str:
    """Return what to watch in a market in words."""
    own = watch[[each == market for each in watch["market"]]]
    if not len(own):
        return "no single indicator"
    rival = market_names([own["substitute"].iloc[0]])[0]
    words = "; ".join(
        f"{name} at {number_text(needed)} ({changes:.1f} usual years)"
        for name, needed, changes in zip(own["name"], own["needed"], own["changes"], strict=True)
    )
    return f"behind {rival}: {words}"
