"""Which of the scored markets the screens of a framework keep out; no score changes by it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray
from marketselect.errors import (
    Fault,
    InputError,
    and_more,
    did_you_mean,
    listing,
    number_of,
    raise_faults,
)
from marketselect.framework import Screen, raw_codes, unknown_series
from marketselect.framework.limits import rule_value_text
from marketselect.framework.vocabulary import FACTS
from marketselect.frozen import frozen_result, held_field
from marketselect.scoring.factors import FactorScores
from marketselect.sources.embedded import load_markets, market_names
from marketselect.tables.labels import country_codes, facts_by_label
from marketselect.values import TIE, is_gap

SCREEN = "screen"
PASSED, FAILED, KEPT = "passed", "failed", "kept without a value"
LAY_OUT = (
    "add it, or give the screen where the table is made: indicator_table(..., screens=[...])",
    "add it to the data, or leave --screen out",
)
NAMED = 10  # markets that a line names
PARTED = "|"  # between several values in a cell of the markets' table

Objects: TypeAlias = "np.ndarray[Any, np.dtype[np.object_]]"


@frozen_result
class Screened:
    """What each screen makes of the markets that would be ranked without any.

    Attributes
    ----------
    screens
        The rules, in the framework's order.
    outcome
        Market x rule: "passed", "failed" or "kept without a value".
    values
        Markets x rules: what was held against the limit; None where there is none.
    years
        Markets x rules: the year of the value; None where it has none.
    """

    screens: tuple[Screen, ...]
    outcome: pd.DataFrame
    values: Objects
    years: Objects

    @property
    def out(self) -> BoolArray:
        """Which markets any screen keeps out."""
        return np.asarray((self.outcome == FAILED).any(axis=1), dtype=bool)

    @property
    def alone(self) -> BoolArray:
        """Which markets each screen alone keeps out: markets x rules."""
        failed = (self.outcome == FAILED).to_numpy(dtype=bool)
        return np.asarray(failed & (failed.sum(axis=1) == 1)[:, None], dtype=bool)


def screened(scores: FactorScores, markets: "pd.Index[Any]") -> Screened:
    """Hold some scored markets against the screens of the framework.

    Raises
    ------
    InputError
        If a screen names a value that no market of the embedded table has, or what is no column of
        the data.
    """
    screens = tuple(map(screen_by_code, scores.framework.screens))
    every = held_field(scores, "normalized").index
    columns = list(held_field(scores.table, "values").columns)
    raise_faults(unknown_series(scores.framework, columns, "no column of the data", *LAY_OUT))
    raise_faults(fault for screen in screens for fault in unknown_screen_texts(screen, every))
    rules = [screen.rule for screen in screens]
    outcome = pd.DataFrame(index=markets, columns=rules, dtype=object)
    values, years = (np.empty(outcome.shape, dtype=object) for _ in range(2))
    dated = held_field(scores.table, "years").reindex(markets)
    for n, screen in enumerate(screens):
        values[:, n] = screened_values(scores, screen.code, markets)
        outcome[screen.rule] = [screen_outcome(screen, value) for value in values[:, n]]
        if screen.code in raw_codes(scores.framework):
            years[:, n] = [None if is_gap(year) else int(year) for year in dated[screen.code]]
    return Screened(screens=screens, outcome=outcome, values=values, years=years)


def screen_by_code(screen: Screen) -> Screen:
    """Return a screen that names markets with their codes, to hold scored markets against."""
    if screen.code != "market":
        return screen
    among, others = [v and country_codes(v) for v in (screen.among, screen.not_among)]
    return replace(screen, among=among, not_among=others)


def screened_values(scores: FactorScores, code: str, markets: "pd.Index[Any]") -> list[Any]:
    """Return what scored markets have that a screen limits: a series, score, fact or None."""
    if code in raw_codes(scores.framework):
        found = held_field(scores.table, "values")[code].reindex(markets)
    elif code in scores.scores.columns:
        found = held_field(scores, "scores")[code].reindex(markets)
    elif code == "market":
        return country_codes(markets)
    else:
        found = facts_by_label(load_markets()[code], markets).reindex(markets)
    # An empty text says that nothing is known, but of borders that there are none: an island.
    island = code == "borders"
    return [None if is_gap(v) and not (island and v == "") else v for v in found.tolist()]


def screen_outcome(screen: Screen, value: Any) -> str:
    """Return whether a scored market passes a screen by its value, fails, or is kept."""
    if value is None:
        return KEPT if screen.missing == "keep" else FAILED
    return PASSED if passes_screen(screen, value) else FAILED


def passes_screen(screen: Screen, value: Any) -> bool:
    """Return whether a value lies within the limits of a screen; one at a limit does."""
    if screen.min is not None and value < screen.min - TIE * abs(screen.min):
        return False
    if screen.max is not None and value > screen.max + TIE * abs(screen.max):
        return False
    own = {value}
    if FACTS.get(screen.code) == "texts":
        own = set(value.split(PARTED))
    if screen.code == "languages":  # of "en-IE" the language is "en"
        own |= {tag.partition("-")[0] for tag in own}
    if screen.among is not None and own.isdisjoint(screen.among):
        return False
    return screen.not_among is None or own.isdisjoint(screen.not_among)


def unknown_screen_texts(screen: Screen, markets: "pd.Index[Any]") -> list[Fault]:
    """Return the faults of a screen's texts that no scored or embedded market has: misspelt."""
    if FACTS.get(screen.code) not in ("text", "texts"):
        return []
    facts = load_markets().reset_index()
    known = {part for cell in facts[screen.code] for part in str(cell).split(PARTED)} - {""}
    if screen.code == "languages":
        known |= {tag.partition("-")[0] for tag in known}
    own = set(country_codes(markets)) if screen.code == "market" else set()
    return [
        Fault(
            "unknown-word",
            f'screen "{screen.rule}"',
            f'no market has the {screen.code} "{value}"',
            f"there are {listing(sorted(known))}.{did_you_mean(value, known)}",
        )
        for value in (*(screen.among or ()), *(screen.not_among or ()))
        if value not in known and value not in own
    ]


def screened_rows(found: Screened) -> list[dict[str, Any]]:
    """Return a row of the record of who was left out for each market that is kept out.

    Rule, value and year are those of the first screen that it fails; the reason tells all.
    """
    failed = (found.outcome == FAILED).to_numpy(dtype=bool)
    rows = []
    for place in map(int, np.flatnonzero(failed.any(axis=1))):
        which = np.flatnonzero(failed[place]).tolist()
        first = which[0]
        rows.append(
            {
                "market": found.outcome.index[place],
                "stage": SCREEN,
                "rule": found.screens[first].rule,
                "value": recorded_value(found.values[place, first]),
                "year": found.years[place, first],
                "reason": "; ".join(reason_of(found, place, column) for column in which),
                "without": (),
            }
        )
    return rows


def recorded_value(value: Any) -> Any:
    """Return a screened value as the record of who was left out has it, NaN for none."""
    return float("nan") if value is None else value


def reason_of(found: Screened, place: int, column: int) -> str:
    """Return why a market fails a screen: what it has, what is asked for, and why."""
    screen, value = found.screens[column], found.values[place, column]
    year = found.years[place, column]
    dated = "" if year is None else f" ({year})"
    has = "has no value" if value is None else f"is {screened_value_text(value)}{dated}"
    why = f": {screen.why}" if screen.why else ""
    return f"{screen.code} {has}, asked for is {screen.rule}{why}"


def screened_value_text(value: Any) -> str:
    """Return a screened value as the reason for leaving a market out says it, in six digits."""
    return f"{value:.6g}" if isinstance(value, float) else rule_value_text(value)


def screen_sentences(found: Screened, limits: Sequence[str] = ()) -> tuple[str, ...]:
    """Say whom each screen leaves out of the scored markets, and who is kept without value.

    `limits`: each screen as people read it who can type no codes.
    """
    calls = [f"limit {text}" for text in limits] or [f"screen {one.rule}" for one in found.screens]
    lines = []
    for column, screen in enumerate(found.screens):
        outcome = found.outcome.iloc[:, column]
        failed, alone = int((outcome == FAILED).sum()), int(found.alone[:, column].sum())
        without = list(outcome.index[outcome == KEPT])
        why = f" ({screen.why})" if screen.why else ""
        of = number_of(len(outcome), "market")
        line = f"{calls[column]}{why}: {failed} of {of} kept out"
        line += f", {alone} by it alone" if len(found.screens) > 1 else ""
        kept = and_more(market_names(without)[:NAMED], len(without))
        lines.append(line + (f"; ranked without a value: {kept}" if kept else ""))
    return tuple(lines)


def all_screened_out(found: Screened) -> InputError:
    """Return the error that no scored market passes the screens; it names the worst rule."""
    failed = (found.outcome == FAILED).to_numpy(dtype=bool).sum(axis=0)
    alone = found.alone.sum(axis=0)
    most = max(range(len(found.screens)), key=lambda n: (alone[n], failed[n]))
    costs = f'"{found.screens[most].rule}" keeps out {failed[most]}, {alone[most]} of them alone'
    return InputError.of(
        "no-data",
        "screens",
        f"are passed by none of {number_of(len(found.outcome), 'market')}; {costs}",
        "relax or drop that screen first",
    )
