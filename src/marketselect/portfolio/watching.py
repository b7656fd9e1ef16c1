"""What to watch in a market: which indicator alone would cost it its place, and how soon."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.portfolio.basket import Basket
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import market_names
from marketselect.sources.tables import as_observations
from marketselect.tables.door import long_columns
from marketselect.tables.table import indicator_tables
from marketselect.words import number_text

COLUMNS = (*("market", "indicator", "name", "value", "needed", "usual", "changes", "substitute"),)
SHOWN = 3  # indicators of a market
MOST = 5.0  # usual yearly changes
YEARS = 10  # of changes
HALVINGS = 40


@dataclass(frozen=True)
class Rival:
    """The best market that may take a member's place."""

    market: Any
    start: float
    """The points of score that it is given before the two are compared, for the shortfall."""
    ahead: bool
    """Whether it is better than the member already."""


def rivals(basket: Any, members: list[Any], ranking: Ranking) -> dict[Any, Rival]:
    """Return the best market outside that may take each member's place, where there is one.

    Of a basket it is the swap that costs the least of its objective, which counts shortfall, too;
    of a mere list the best-ranked market outside.
    """
    if isinstance(basket, Basket):
        return swapped(basket)
    scores = ranking.table["score"]
    outside = next((other for other in scores.index if other not in members), None)
    if outside is None:
        return {}
    return {
        market: Rival(outside, 0.0, bool(scores[market] < scores[outside])) for market in members
    }


def swapped(basket: Basket) -> dict[Any, Rival]:
    """Return the best swap for each member of a basket, where the constraints allow one."""
    programme, candidates = basket.programme, basket.candidates
    scores, found = programme.scores, {}
    held = np.isin(np.arange(len(candidates)), list(map(candidates.index, basket.members)))
    for place, gains in programme.swaps(held, programme.aims, owed=False):
        other = int(gains.argmax())
        if gains[other] == -np.inf:
            continue
        lead = scores[place] - scores[other]  # and with shortfalls, of which scores know nothing:
        points = programme.size * (basket.objective - gains[other]) if programme.aims[1] else lead
        found[candidates[place]] = Rival(candidates[other], float(lead - points), points < 0)
    return found


def watch_rows(
    ranking: Ranking | None, members: list[Any], against: Mapping[Any, Rival], usual: pd.DataFrame
) -> pd.DataFrame:
    """Return for each member the indicators that need the fewest usual changes to displace it."""
    rows = [
        row
        for market in members
        if ranking is not None and market in against and not against[market].ahead
        for row in of_market(ranking, market, against[market], usual)
    ]
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return pd.DataFrame(rows, columns=list(COLUMNS)) if rows else empty


def usual_changes(ranking: Ranking, observations: Any, members: list[Any]) -> pd.DataFrame:
    """Return the standard deviation of each member's own yearly changes over ten years.

    Members x indicators; missing with fewer than three changes, or where they never change.
    """
    rules = ranking.scores.framework
    given = long_columns(as_observations(observations, "observations"))
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


def of_market(
    ranking: Ranking, market: Any, against: Rival, usual: pd.DataFrame
) -> Iterable[dict[str, Any]]:
    """Return the indicators of one member that need the fewest usual changes, the fewest first."""
    scores, rules = ranking.scores, ranking.scores.framework
    codes, every, other = list(rules.codes), ranking.matrix.index, against.market
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
        return np.asarray(found[:, own] < found[:, rival] + against.start)

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


def watch_text(watch: pd.DataFrame, market: Any, against: Rival | None) -> str:
    """Return what to watch in a market in words."""
    own = watch[[each == market for each in watch["market"]]]
    if against is not None and against.ahead:
        return f"already behind {market_names([against.market])[0]}"
    if against is None or not len(own):
        return "no single indicator"
    words = "; ".join(
        f"{name} at {number_text(needed)} ({changes:.1f} usual years)"
        for name, needed, changes in zip(own["name"], own["needed"], own["changes"], strict=True)
    )
    return f"behind {market_names([against.market])[0]}: {words}"
