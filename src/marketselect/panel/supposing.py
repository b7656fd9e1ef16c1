"""What if some figures were others: the same ranking again, beside the one that there is."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from marketselect.dataframes import Table, is_table
from marketselect.errors import (
    Fault,
    InputError,
    did_you_mean,
    is_a,
    listing,
    need,
    number_of,
    raise_faults,
    told,
)
from marketselect.framework import Framework
from marketselect.frozen import frozen_result, held_entries, held_field
from marketselect.notebook import in_html
from marketselect.panel.again import ranked_as_before
from marketselect.panel.comparison import RankingComparison, compare_rankings
from marketselect.panel.raw_series import SeriesChange, derived_changes, worked_out_of
from marketselect.printing import number_texts, table_text
from marketselect.ranking.ranking import Ranking
from marketselect.running import stage
from marketselect.sources.embedded import market_names
from marketselect.tables import schemas
from marketselect.tables.beside import IN_PLACE_OF
from marketselect.tables.candidates import known_market
from marketselect.tables.labels import label_places
from marketselect.tables.table import IndicatorTable
from marketselect.values import (
    a_number,
    is_among,
    is_gap,
    kind_code,
    no_number,
    said,
    signs,
    to_number,
)
from marketselect.width import wrapped
from marketselect.words import number_text, ordinal, score_text, some_words

FORMS = 'give a number, a relative change such as "-30%", or another market: "as DEU"'
PAIRS = 'give {("TUR", "NY.GDP.MKTP.KD.ZG"): 1.0}, or a table market, indicator, value'
OF_TRADE = "give what the ranking's table was made of: observations, firm and trade"
COLUMNS = ["market", "indicator", "value"]
AS = "as "
YEAR = "year"
SIGNS = ("+", "-")
NAMED = 3  # markets that a text says come in or drop out


@frozen_result
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
        return f"{wrapped(self.headline)}\n{table_text(self._printed())}"

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"changed or moved most": self._printed()})

    @property
    def headline(self) -> str:
        """What was changed, and how many markets move, in words."""
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
        return number_texts(first, **whole, score_from=written, score=written, score_change=written)


def what_if(
    ranking: Ranking,
    changes: Mapping[Any, Any] | Table,
    *,
    observations: Table | None = None,
    trade: Any = None,
) -> WhatIf:
    """Rank again with some figures changed, and set both rankings side by side.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    changes : mapping or DataFrame
        By market and indicator: a new value in the indicator's unit; a relative change of the
        present one, "-30%"; or another market whose value it takes, "as DEU". A table has the
        columns market, indicator, value. A text with a sign and no "%" is refused. With
        `observations`, in place of an indicator, the code of a series that indicators are worked
        out of, and behind it a year (a table: the column year); without one it is the market's
        latest. What is the code of an indicator, too, means the indicator unless there is a year.
    observations : DataFrame, optional
        Those that the ranking was made of: indicators are worked out of them again with the series
        that are changed. The series of its firm are added where they lack them.
    trade : Trade, str, Path or DataFrame, optional
        As for `indicator_table`, where the ranking's table was made with it: the same.

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
        one; or if the observations or the trade data are others than those of the ranking.

    Notes
    -----
    A change is one of the figure, whatever it means: of a cost, such as a volatility, "-30%" is for
    the better, and the market may climb. A currency that falls by 30 % against the dollar is a
    rate, local currency per dollar, of 1 / 0.7 times as much: "+42.857%" of ``PA.NUS.FCRF``;
    for a firm the rate is that to home's currency, ``PAIR.FX``.

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
    table = ranking.scores.table
    if trade is not None and (observations is None or table.firm is None):
        lacks = "observations" if observations is None else "a firm in the ranking's table"
        raise InputError.of("contradiction", "trade", f"is given without {lacks}", OF_TRADE)
    cells = read_changes(ranking, changes, observations, trade)
    after = ranked_as_before(ranking, table_with_changes(table, cells))
    comparison = compare_rankings(ranking, after)
    found = WhatIf(
        table=moves_between(ranking.table, after.table),
        changes=cells.drop(columns="year"),
        before=ranking,
        after=after,
        comparison=comparison,
    )
    ended(lambda: found.headline)
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


def read_changes(ranking: Ranking, changes: Any, observations: Any, trade: Any) -> pd.DataFrame:
    """Return the cells that `what_if` changes, before and after; refuse all faults at once."""
    table, rules = ranking.scores.table, ranking.scores.framework
    values = held_field(table, "values")
    names = {indicator.code: indicator.name or indicator.code for indicator in rules.indicators}
    rows: list[dict[str, Any]] = []
    asked: list[SeriesChange] = []
    faults: list[Fault] = []
    for place, given in stated_changes(changes):
        try:
            market, code, year = place_of_figure(
                place, values.index, rules, observations is not None
            )
            if year is not None or code not in names:
                asked.append(SeriesChange(market, code, year, given))
                continue
            now = float(values[code].loc[market])
            after = new_value(given, values[code], now, f'changes, "{told(market)}", "{code}"')
        except InputError as error:
            faults += error.faults
            continue
        rows.append(
            {"market": market, "indicator": code, "before": now, "after": after, "year": pd.NA,
             "given": said(given)}
        )  # fmt: skip
    raise_faults(faults, "changes", placed=True)
    if asked:
        rows += derived_changes(ranking, observations, trade, asked, new_value)
    cells = pd.DataFrame(rows, columns=["market", "indicator", "before", "after", "year", "given"])
    cells.insert(2, "name", cells["indicator"].map(names))
    again = cells[cells.duplicated(["market", "indicator"])]
    raise_faults(
        Fault("duplicate", f'changes, "{told(market)}", "{code}"', "stands there twice", "keep one")
        for market, code in zip(again["market"], again["indicator"], strict=True)
    )
    if cells.empty:
        got = f"moves no indicator: {listing([change.series for change in asked])}"
        raise InputError.of("no-data", "changes", got, "name a year that indicators are made of")
    return cells


def stated_changes(changes: Any) -> list[tuple[Any, Any]]:
    """Return what `what_if` is to change and into what, of a mapping or a table."""
    if is_table(changes):
        frame = schemas.need_frame(changes, "changes")
        if absent := [name for name in COLUMNS if list(frame.columns).count(name) != 1]:
            got = f"has no column {absent[0]}"
            raise InputError.of("missing-name", "changes", got, PAIRS)
        rows = zip(*(frame[name].tolist() for name in COLUMNS), strict=True)
        years = frame[YEAR].tolist() if YEAR in frame.columns else [None] * len(frame)
        return [
            ((market, code) if is_gap(year) else (market, code, year), value)
            for (market, code, value), year in zip(rows, years, strict=True)
        ]
    if not is_a(changes, Mapping):
        raise InputError.of(kind_code(changes), "changes", f"is a {type(changes).__name__}", PAIRS)
    cells = held_entries(changes, "changes")
    if not cells:
        raise InputError.of("empty", "changes", "is empty", PAIRS)
    return cells


def place_of_figure(
    place: Any, markets: "pd.Index[Any]", rules: Framework, raw: bool
) -> tuple[Any, str, Any]:
    """Return market, indicator or series, and year of a what-if's change, or refuse it.

    Only with observations, `raw`, a series or a year may be named.
    """
    if not is_a(place, tuple) or len(place) not in (2, 3):
        raise InputError.of("wrong-form", "changes", f"has the key {said(place)}", PAIRS)
    market = known_market(place[0], markets, "changes")
    code = signs(place[1]) if is_a(place[1], str) else place[1]
    year = place[2] if len(place) == 3 else None
    if year is None and is_among(code, rules.codes):
        return market, code, None
    made = [item.code for item in worked_out_of(rules, code)]
    if made and raw:
        return market, code, year
    remedy = f"name one that it has.{did_you_mean(code, rules.codes)}"
    if made:
        words = f"{listing(made)} {'comes' if len(made) == 1 else 'come'} of it"
        remedy = f"{words}: give observations=, those that the ranking is of"
    elif rival := firms_own(rules, code):
        remedy = f"{rival} is what the ranking uses, worked out for the firm's home: change that"
        remedy += "" if raw else ", and give observations=, those that the ranking is of"
    got = f'has no indicator "{told(code)}"'
    if year is not None and is_among(code, rules.codes):
        got = f'has no years of "{told(code)}"'
    raise InputError.of("unknown-name", f'framework "{rules.name}"', got, remedy)


def firms_own(rules: Framework, series: Any) -> str | None:
    """Return the firm's series that a ranking uses in place of one that `what_if` names."""
    own = IN_PLACE_OF.get(series) if is_a(series, str) else None
    return own if worked_out_of(rules, own) else None


def new_value(given: Any, column: "pd.Series[Any]", now: float, where: str) -> float:
    """Return the value that a what-if's change makes of the one that is there now."""
    if is_a(given, str):
        given = given.replace("\N{MINUS SIGN}", "-")
    text = given.strip() if is_a(given, str) else ""
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


def table_with_changes(table: IndicatorTable, cells: pd.DataFrame) -> IndicatorTable:
    """Return a ranking's table with the cells that `what_if` changes, each with a note."""
    values, years, missing = table.values, table.years, table.missing
    columns = (cells[name] for name in ("market", "indicator", "before", "after", "year"))
    for market, code, before, after, year in zip(*columns, strict=True):
        (row,), (column,) = (
            label_places(values.index, [market]),
            label_places(values.columns, [code]),
        )
        values.iloc[row, column] = after
        if not pd.isna(year):
            years.iloc[row, column] = year
        elif np.isnan(before):
            years.iloc[row, column] = pd.NA if table.as_of is None else table.as_of
        if np.isnan(before):
            missing = missing[(missing["market"] != market) | (missing["indicator"] != code)]
    remarks = cells[["market", "indicator"]].assign(note="supposed: " + cells["given"])
    notes = pd.concat([table.notes, remarks], ignore_index=True) if len(table.notes) else remarks
    return replace(table, values=values, years=years, missing=missing, notes=notes)
