"""What if some figures were others: the same ranking again, beside the one that there is."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import (
    Fault,
    InputError,
    did_you_mean,
    listing,
    need,
    number_of,
    raise_faults,
    told,
)
from marketselect.explanation.parts import known_market, places
from marketselect.explanation.sentences import printed, shown, wrapped
from marketselect.framework import Framework
from marketselect.frozen import entries, kept, result
from marketselect.notebook import in_html
from marketselect.panel.comparison import RankingComparison, compare_rankings
from marketselect.ranking.making import rank_markets
from marketselect.ranking.ranking import Ranking
from marketselect.running import headline, stage
from marketselect.sources.embedded import market_names
from marketselect.tables import schemas
from marketselect.tables.door import is_table
from marketselect.tables.table import IndicatorTable
from marketselect.values import a_number, kind_code, no_number, said, to_number
from marketselect.words import number_text, ordinal, score_text, some_words

FORMS = 'give a number, a relative change such as "-30%", or another market: "as DEU"'
PAIRS = 'give {("TUR", "NY.GDP.MKTP.KD.ZG"): 1.0}, or a table market, indicator, value'
COLUMNS = ["market", "indicator", "value"]
AS = "as "
SIGNS = ("+", "-", "\N{MINUS SIGN}")
NAMED = 3  # markets that a text says come in or drop out


@result
class WhatIf:
    """A ranking, the same with some figures changed, and what that moves.

    Attributes
    ----------
    table
        Index market, in the order of the new ranking: name, rank_from, rank, rank_change
        (positive: climbed), score_from, score, score_change. A market that comes in has no rank and
        score before; one that drops out stands at the end and has none after.
    changes
        What was changed: market, indicator, name, before (missing where it was not observed),
        after, and how it was given.
    before
        The ranking that was given.
    after
        The ranking with the changed figures.
    comparison
        `compare_rankings` of the two: how much of each move is of the data and how much of a scale
        that was fitted to them.
    """

    table: pd.DataFrame
    changes: pd.DataFrame
    before: Ranking
    after: Ranking
    comparison: RankingComparison

    @property
    def moved(self) -> pd.DataFrame:
        """The markets whose rank is another, in or out included."""
        return self.table[self.table["rank_change"].ne(0).fillna(True).astype(bool)]

    @property
    def entered(self) -> tuple[Any, ...]:
        """The markets that are ranked only with the changed figures, best first."""
        return tuple(self.table.index[self.table["rank_from"].isna()])

    @property
    def dropped(self) -> tuple[Any, ...]:
        """The markets that are ranked only without the changed figures, best first."""
        return tuple(self.table.index[self.table["rank"].isna()])

    def __repr__(self) -> str:
        return f"{wrapped(self._summary())}\n{shown(self._printed())}"

    def _repr_html_(self) -> str:
        return in_html(self._summary(), {"changed or moved most": self._printed()})

    def _summary(self) -> str:
        """Say what was changed, and how many markets move."""
        names = market_names(self.changes["market"])
        rows = zip(names, self.changes["name"], self.changes["before"], self.changes["after"],
                   strict=True)  # fmt: skip
        words = [
            f"{name}: {what} {number_text(after)} instead of "
            f"{'no value' if np.isnan(before) else number_text(before)}"
            for name, what, before, after in rows
        ]
        more = f" and {len(words) - 3} more" if len(words) > 3 else ""
        both = self.table[["rank_from", "rank"]].notna().all(axis=1)
        moved = number_of(int(self.table["rank_change"].fillna(0).ne(0).sum()), "market")
        return (
            f"What if: {'; '.join(words[:3])}{more}. {moved} of {both.sum()} would move."
            f"{self._turns()}"
        )

    def _turns(self) -> str:
        """Say who comes in, who drops out and why, and who of the changed has no rank at all."""
        ranks, left = self.after.table["rank"], self.after.excluded
        reasons = dict(zip(left["market"], left["reason"], strict=True))
        rest = [m for m in dict.fromkeys(self.changes["market"]) if m not in self.table.index]
        none = [
            f"{name} is not ranked ({reasons.get(market, 'no candidate')})"
            for name, market in zip(market_names(rest), rest, strict=True)
        ]
        come = [
            f"{name} comes in at {ordinal(int(ranks[market]))}"
            for name, market in zip(market_names(self.entered), self.entered, strict=True)
        ]
        gone = [
            f"{name} drops out ({reasons[market]})"
            for name, market in zip(market_names(self.dropped), self.dropped, strict=True)
        ]
        return "".join(f" {some_words(each, NAMED)}." for each in (come, gone, none) if each)

    def _printed(self) -> pd.DataFrame:
        """Return the markets that are changed, come in, drop out, and that move most, as text."""
        told_of = self.table.index.isin([*self.changes["market"], *self.entered, *self.dropped])
        order = self.table["rank_change"].abs().astype(float).mask(told_of, np.inf)
        first = self.table.loc[order.sort_values(ascending=False, kind="stable").index[:10]]
        written = partial(score_text, places=self.comparison.places)
        whole = dict.fromkeys(("rank_from", "rank", "rank_change"), str)
        return printed(first, **whole, score_from=written, score=written, score_change=written)


def what_if(ranking: Ranking, changes: Mapping[Any, Any] | pd.DataFrame) -> WhatIf:
    """Rank again with some figures changed, and set both rankings side by side.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    changes : mapping or DataFrame
        By market and indicator: a new value in the indicator's unit; a relative change of the
        present one, "-30%"; or another market whose value it takes, "as DEU". A table has the
        columns market, indicator, value. A text with a sign and no "%" is refused.

    Returns
    -------
    WhatIf
        The same rules, weights, method, candidates and draws. A scale that was given stays; one
        that is fitted to the data is fitted anew, and what that moves is told apart in
        `comparison`.

    Raises
    ------
    InputError
        With every change that names no market or indicator of the ranking, stands there twice, is
        none of these forms, changes a value relatively that is not there, or takes more than all of
        one.

    Examples
    --------
    >>> import marketselect as ms
    >>> rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(
    ...     ms.Indicator(code="size", factor="f", direction="benefit", goalposts=(0, 100)),))
    >>> data = pd.DataFrame({"size": [60.0, 50.0, 40.0]}, index=["A", "B", "C"])
    >>> ranking = ms.rank_markets(data, rules)
    >>> found = what_if(ranking, {("A", "size"): "-25%", ("C", "size"): "as B"})
    >>> found.table[["rank_from", "rank", "score_from", "score"]]
            rank_from  rank  score_from  score
    market
    B               2     1        50.0   50.0
    C               3     1        40.0   50.0
    A               1     3        60.0   45.0
    """
    ended = stage("what_if")
    need(ranking, Ranking, "ranking")
    scores = ranking.scores
    cells = read_changes(scores.table, scores.framework, changes)
    made = ranking.provenance
    after = rank_markets(
        changed_table(scores.table, cells),
        scores.framework,
        markets=made["markets"],
        weights=ranking.weights_from,
        method=ranking.call,
        options=ranking.options,
        scale=None if made["scale"] is None else scores.scale,
        draws=made["draws"],
        tolerance=made["tolerance"],
        seed=made["seed"],
        levels=made["levels"],
        within=None if ranking.within is None else ranking.table[ranking.within],
    )
    comparison = compare_rankings(ranking, after)
    found = WhatIf(
        table=moves_between(ranking.table, after.table),
        changes=cells,
        before=ranking,
        after=after,
        comparison=comparison,
    )
    ended(lambda: headline(found))
    return found


def moves_between(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return ranks and scores of both rankings, those at the end that only the first ranks."""
    markets = after.index.append(before.index.difference(after.index, sort=False))
    old, new = before.reindex(markets), after.reindex(markets)
    ranks = {"rank_from": old["rank"].astype("Int64"), "rank": new["rank"].astype("Int64")}
    moves = pd.DataFrame({"name": market_names(markets), **ranks}, index=markets)
    moves = moves.assign(
        rank_change=moves["rank_from"] - moves["rank"],
        score_from=old["score"],
        score=new["score"],
        score_change=new["score"] - old["score"],
    )
    return moves.rename_axis("market")


def read_changes(table: IndicatorTable, rules: Framework, changes: Any) -> pd.DataFrame:
    """Return the changed cells with their values before and after; refuse all faults at once."""
    values = kept(table, "values")
    names = {indicator.code: indicator.name or indicator.code for indicator in rules.indicators}
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for place, given in pairs_of(changes):
        try:
            market, code = cell_of(place, values.index, rules)
            now = float(values[code].loc[market])
            after = new_value(given, values[code], now, f'changes, "{told(market)}", "{code}"')
        except InputError as error:
            faults += error.faults
            continue
        if any(row["market"] == market and row["indicator"] == code for row in rows):
            where = f'changes, "{told(market)}", "{code}"'
            faults.append(Fault("duplicate", where, "stands there twice", "keep one"))
        rows.append(
            {"market": market, "indicator": code, "name": names[code], "before": now,
             "after": after, "given": said(given)}
        )  # fmt: skip
    raise_faults(faults, "changes")
    return pd.DataFrame(rows)


def pairs_of(changes: Any) -> list[tuple[Any, Any]]:
    """Return places and what is to be there, of a mapping or a table."""
    if is_table(changes):
        frame = schemas.need_frame(changes, "changes")
        if absent := [name for name in COLUMNS if list(frame.columns).count(name) != 1]:
            got = f"has no column {absent[0]}"
            raise InputError.of("missing-name", "changes", got, PAIRS)
        rows = zip(*(frame[name].tolist() for name in COLUMNS), strict=True)
        return [((market, code), value) for market, code, value in rows]
    if not isinstance(changes, Mapping):
        raise InputError.of(kind_code(changes), "changes", f"is a {type(changes).__name__}", PAIRS)
    cells = entries(changes, "changes")
    if not cells:
        raise InputError.of("empty", "changes", "is empty", PAIRS)
    return cells


def cell_of(place: Any, markets: "pd.Index[Any]", rules: Framework) -> tuple[Any, str]:
    """Return the market and the indicator of a change, or refuse what is none."""
    if not isinstance(place, tuple) or len(place) != 2:
        raise InputError.of("wrong-form", "changes", f"has the key {said(place)}", PAIRS)
    market = known_market(place[0], markets, "changes")
    if not isinstance(place[1], str) or str(place[1]) not in rules.codes:
        made = [i.code for i in rules.indicators if place[1] in (i.series, i.denominator)]
        hint = did_you_mean(place[1], rules.codes)
        got = f'has no indicator "{told(place[1])}"'
        raise InputError.of("unknown-name", f'framework "{rules.name}"', got,
                            f"{derived(made)}name one that it has.{hint}")  # fmt: skip
    return market, place[1]


def derived(codes: list[str]) -> str:
    """Return what to do about a series that indicators are worked out of, or nothing."""
    if not codes:
        return ""
    return f"{listing(codes)} come of it: change the observations and rank again, or "


def new_value(given: Any, column: "pd.Series[Any]", now: float, where: str) -> float:
    """Return the value that a change makes of the one that is there now."""
    text = given.strip() if isinstance(given, str) else ""
    if text.endswith("%"):
        share = to_number(text[:-1])
        if np.isnan(now):
            raise InputError.of("no-data", where, "has no value to change", "give a number")
        if not np.isfinite(share):
            raise InputError.of("not-a-number", where, f"is {said(given)}", FORMS)
        if share < -100 and now >= 0:
            remedy = "a figure that is not negative falls by 100% at most"
            raise InputError.of("out-of-range", where, f"is {said(given)}", remedy)
        return a_number(now * (1 + share / 100), where, FORMS)
    if text.startswith(AS):
        other = known_market(text.removeprefix(AS).strip(), column.index, where)
        value = float(column.loc[other])
        if np.isnan(value):
            got = f'is "{told(text)}", which has no value'
            raise InputError.of("no-data", where, got, FORMS)
        return value
    if code := no_number(given):
        raise InputError.of(code, where, f"is {said(given)}", FORMS)
    if text[:1] in SIGNS:  # a value or a change? Only a number is plainly a value
        remedy = f'a change is written "{text}%"; for the value give a number, without quotes'
        raise InputError.of("wrong-form", where, f"is the text {said(given)}", remedy)
    return to_number(given)


def changed_table(table: IndicatorTable, cells: pd.DataFrame) -> IndicatorTable:
    """Return the table with other values in some cells, each with a note; none of them is a gap."""
    values, years, missing = table.values, table.years, table.missing
    rows = zip(cells["market"], cells["indicator"], cells["before"], cells["after"], strict=True)
    for market, code, before, after in rows:
        (row,), (column,) = places(values.index, [market]), places(values.columns, [code])
        values.iloc[row, column] = after
        if np.isnan(before):
            years.iloc[row, column] = pd.NA if table.as_of is None else table.as_of
            missing = missing[(missing["market"] != market) | (missing["indicator"] != code)]
    remarks = cells[["market", "indicator"]].assign(note="supposed: " + cells["given"])
    notes = pd.concat([table.notes, remarks], ignore_index=True) if len(table.notes) else remarks
    return replace(table, values=values, years=years, missing=missing, notes=notes)
