"""What to watch in a market: which indicator alone would cost it its place, and how soon."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import InputError, Place, is_a, raise_faults, told
from marketselect.portfolio.basket import Basket
from marketselect.ranking.provenance import other_figure
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import market_names
from marketselect.sources.tables import as_observations
from marketselect.tables import schemas
from marketselect.tables.beside import OF_ONES_OWN, PRODUCTS, OfFirm, with_firm_rows
from marketselect.tables.door import long_columns
from marketselect.tables.labels import country_codes
from marketselect.tables.table import indicator_tables, needed_series
from marketselect.words import value_text

COLUMNS = (
    *("market", "indicator", "name", "unit"),
    *("value", "needed", "usual", "changes", "substitute"),
)
SHOWN = 3  # indicators of a market
MOST = 5.0  # usual yearly changes
YEARS = 10  # of changes
HALVINGS = 40

Behind: TypeAlias = Callable[[FloatArray], BoolArray]


@dataclass(frozen=True)
class Rival:
    """The best market that may take a member's place."""

    market: Any
    start: float
    """The points of score that it is given before the two are compared, for the shortfall."""
    ahead: bool
    """Whether it is better than the member already."""


def rivals(
    basket: Any, members: list[Any], ranking: Ranking, there: Collection[Any]
) -> dict[Any, Rival]:
    """Return the best market outside that may take each member's place, where there is one.

    Of a basket it is the swap that costs the least of its objective, which counts shortfall, too,
    among those that its constraints allow; of a mere list the best-ranked market outside. Where
    the firm is already, by code in `there`, it cannot go.
    """
    every = ranking.table.index
    held = [m for m, code in zip(every, country_codes(every), strict=True) if code in there]
    if is_a(basket, Basket):
        return swapped(basket, held)
    scores = ranking.table["score"]
    outside = next((other for other in every if other not in members and other not in held), None)
    if outside is None:
        return {}
    return {
        market: Rival(outside, 0.0, bool(scores[market] < scores[outside])) for market in members
    }


def swapped(basket: Basket, there: Sequence[Any]) -> dict[Any, Rival]:
    """Return the best swap for each member of a basket, where the constraints allow one."""
    programme, candidates = basket.programme, basket.candidates
    taken = np.array([market in there for market in candidates])
    scores, found = programme.scores, {}
    held = np.isin(np.arange(len(candidates)), list(map(candidates.index, basket.members)))
    for place, every in programme.swaps(held, programme.aims, owed=False):
        gains = np.where(taken, -np.inf, every)
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
        for row in watched_in(ranking, market, against[market], usual)
    ]
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return pd.DataFrame(rows, columns=list(COLUMNS)) if rows else empty


def usual_changes(
    ranking: Ranking, observations: Any, members: list[Any], firm: OfFirm, trade: Any = None
) -> pd.DataFrame:
    """Return each watched member's usual changes: standard deviations of those of ten years.

    Members x indicators; missing with fewer than three changes, or where they never change. What
    the observations lack of a firm's series is added: of the firm that the ranking is made for.
    """
    rules, table = ranking.scores.framework, ranking.scores.table
    last, needed = table.as_of, needed_series(rules)
    rows = as_observations(observations, "observations")
    given = long_columns(with_firm_rows(rows, table.firm or firm, needed, last, trade))
    own = schemas.rows_of_markets(given, members, ranking.scores.normalized.index)
    there = set(own["indicator"]) if "indicator" in own else set()
    codes = [
        indicator.code
        for indicator in rules.indicators
        if {indicator.observed, indicator.multiplier, indicator.denominator} - {None} <= there
    ]
    if last is None or not codes:
        got = "has no reference year" if last is None else "shares no series with the ranking"
        where = "ranking" if last is None else "observations"
        raise InputError.of("no-data", where, got, "rank a table of indicator_table")
    if trade is not None:
        refuse_other_trade(ranking, own, members)
    known = schemas.check_observations(own, [code for code in needed if code in there])["year"]
    first = known.min() if len(known) else last  # of younger observations there are fewer changes
    years = range(min(max(last - YEARS, int(first)), last), last + 1)
    tables = indicator_tables(own, rules.subset(codes), years=years, max_age=0)
    values = np.array([tables[year].values.reindex(members)[codes].to_numpy() for year in years])
    changes = np.diff(values, axis=0)
    counts = np.isfinite(changes).sum(axis=0)
    mean = np.nansum(changes, axis=0) / np.maximum(counts, 1)
    squares = np.nansum((changes - mean) ** 2, axis=0)
    spread = np.sqrt(squares / np.maximum(counts - 1, 1))
    spread = np.where((counts >= SHOWN) & (spread > 0), spread, np.nan)
    return pd.DataFrame(spread, members, codes).reindex(columns=list(rules.codes))


def refuse_other_trade(ranking: Ranking, rows: pd.DataFrame, members: list[Any]) -> None:
    """Refuse rows to watch members by that have other trade than the ranking's table."""
    rules, table = ranking.scores.framework, ranking.scores.table
    codes = {i.code: i.observed for i in rules.indicators
             if i.observed.startswith(PRODUCTS) or i.observed in OF_ONES_OWN}  # fmt: skip
    given = [code for code, series in codes.items() if series in set(rows["indicator"])]
    year, age = table.as_of, table.max_age
    found = pd.DataFrame(index=members)
    if given and year is not None and age is not None:
        part = rules.subset(given)
        found = indicator_tables(rows, part, years=[year], max_age=age)[year].values
    found = found.reindex(index=members, columns=list(codes))
    raise_faults(
        fault
        for code in codes
        for market, now, new in zip(members, table.values.loc[members, code], found[code],
                                    strict=True)
        if (fault := other_figure(Place("trade", f', "{told(market)}", "{code}"'), now, new))
    )  # fmt: skip


def watched_in(
    ranking: Ranking, market: Any, against: Rival, usual: pd.DataFrame
) -> Iterable[dict[str, Any]]:
    """Return what to watch in one member: indicators of the fewest usual changes first."""
    rules, codes = ranking.scores.framework, list(ranking.scores.framework.codes)
    lines = watched_lines(ranking, market, usual)
    changes = fewest_changes(behind_rival(ranking, market, against, lines), len(lines.place))
    needed = lines.after(changes)
    nearest: dict[int, int] = {}  # the line of each indicator, the fewest changes first
    for line in np.argsort(changes, kind="stable").tolist():
        if np.isfinite(changes[line]):
            nearest.setdefault(int(lines.place[line]), line)
    return [
        {
            "market": market,
            "indicator": codes[at],
            "name": rules.indicators[at].name or codes[at],
            "unit": rules.indicators[at].unit,
            "value": lines.now[at],
            "needed": needed[line],
            "usual": abs(lines.steps[line]),
            "changes": changes[line],
            "substitute": against.market,
        }
        for at, line in list(nearest.items())[:SHOWN]
    ]


@dataclass(frozen=True)
class WatchedLines:
    """The ways that a market's values may go: one an indicator, of one with a best value two."""

    now: FloatArray
    """(indicators,): its values."""
    place: IntArray
    """(lines,): which indicator."""
    steps: FloatArray
    """(lines,): a usual change, for the worse; NaN where it is not known."""
    lowest: FloatArray
    """(lines,): the least that a value falls to: no logarithm goes below the table's."""

    def after(self, changes: FloatArray) -> FloatArray:
        """Return each line's value after so many usual changes."""
        return np.maximum(self.now[self.place] + self.steps * changes, self.lowest)


def watched_lines(ranking: Ranking, market: Any, usual: pd.DataFrame) -> WatchedLines:
    """Return the ways that the values of a watched market may go."""
    scores, rules = ranking.scores, ranking.scores.framework
    values = scores.table.values.loc[:, list(rules.codes)]
    now = values.loc[[market]].to_numpy()[0]
    place, sign = np.array([
        (at, sign)
        for at, (indicator, value) in enumerate(zip(rules.indicators, now, strict=True))
        for sign in worse_signs(indicator.direction, indicator.best, value)
    ]).T  # fmt: skip
    place = place.astype(np.int64)
    logged = np.array([scores.scale[code].log for code in rules.codes])
    lowest = np.where(logged, np.nanmin(values.to_numpy(), axis=0), -np.inf)
    return WatchedLines(now, place, sign * usual.loc[[market]].to_numpy()[0][place], lowest[place])


def behind_rival(ranking: Ranking, market: Any, against: Rival, lines: WatchedLines) -> Behind:
    """Return what says which changes of watched lines put a market behind its rival."""
    codes, every = list(ranking.scores.framework.codes), ranking.matrix.index
    if ranking.call.stands_alone(ranking.options):  # the others then change neither of the two
        every = pd.Index([market, against.market], tupleize_cols=False)
    normalized = ranking.scores.normalized.loc[every, codes].to_numpy()
    own, rival = every.get_loc(market), every.get_loc(against.market)
    place, each = lines.place, np.arange(len(lines.place))

    def after(changes: FloatArray) -> BoolArray:
        rows = np.repeat(lines.now[np.newaxis], len(each), axis=0)
        rows[each, place] = lines.after(changes)
        moved = ranking.model.normalize(rows)[each, place]
        tables = np.repeat(normalized[np.newaxis], len(each), axis=0)
        tables[each, own, place] = np.where(np.isnan(moved), normalized[own, place], moved)
        found = ranking.model.scores(ranking.model.factors(tables))
        known = np.isfinite(lines.steps) & np.isfinite(lines.now[place])
        return np.asarray(known & (found[:, own] < found[:, rival] + against.start))

    return after


def fewest_changes(enough: Behind, lines: int) -> FloatArray:
    """Return the fewest usual changes of each watched line that do, infinite beyond `MOST`.

    Toward a best value a score rises before it falls, so that it turns once on either way.
    """
    low, high = np.zeros(lines), np.full(lines, MOST)
    able = enough(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = enough(middle)
        low, high = np.where(found, low, middle), np.where(found, middle, high)
    return np.where(able, high, np.inf)


def worse_signs(
    direction: str, best: tuple[float, float] | None, value: float
) -> tuple[float, ...]:
    """Return which signs of watched changes end worse: from a best value, away and across."""
    if best is not None:
        return (1.0, -1.0) if value >= best[0] else (-1.0, 1.0)
    return (-1.0,) if direction == "benefit" else (1.0,)


def watch_text(watch: pd.DataFrame, market: Any, against: Rival | None) -> str:
    """Return what to watch in a market in words, each indicator in its unit."""
    own = watch[[each == market for each in watch["market"]]]
    if against is not None and against.ahead:
        return f"already behind {market_names([against.market])[0]}"
    if against is None or not len(own):
        return "no single indicator"
    columns = ["name", "needed", "unit", "changes"]
    words = "; ".join(
        f"{name} at {value_text(needed, unit, [f'{changes:.1f} usual years'])}"
        for name, needed, unit, changes in own[columns].to_numpy()
    )
    return f"behind {market_names([against.market])[0]}: {words}"
