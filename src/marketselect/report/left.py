"""Why markets are left out, for page and workbook: sentences with names, of the record's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import number_of
from marketselect.ranking.plain import plain_label
from marketselect.scoring.aside import HOME, SERVED
from marketselect.scoring.factors import shortfalls_of
from marketselect.scoring.record import Shortfall, counted_indicators
from marketselect.scoring.screens import FAILED, SCREEN, Screened, screened
from marketselect.sources.embedded import load_catalogue, market_names
from marketselect.values import is_gap
from marketselect.words import group_name, joined_words, value_text

if TYPE_CHECKING:
    from marketselect.framework import Framework, Screen
    from marketselect.ranking.ranking import Ranking

THERE = "the firm sells there already"


def left_reasons(ranking: Ranking) -> dict[Any, str]:
    """Return why each market is left out, by its label, as a reader of the page understands it."""
    found, scores = ranking.exclusions, ranking.scores
    thin = {each.market: each for each in shortfalls_of(scores)}
    limited = limits_failed(ranking, found)
    words = {}
    for market, stage in zip(found["market"], found["stage"], strict=True):
        failed = "; ".join(limited.get(market, ()))
        if stage == HOME:
            text = "the firm is at home there"
        elif stage == SERVED:
            text = f"{THERE}, and would be left out: {failed}" if failed else THERE
        else:
            text = failed if stage == SCREEN else thin_words(thin[market], scores.framework)
        words[plain_label(market)] = text
    return words


def thin_words(lack: Shortfall, rules: Framework) -> str:
    """Return of what too little is known of a market, and how much is needed."""
    parts = [f"{share:.0%} of {rules.names[code]}" for code, share in lack.low if share > 0]
    nothing = [rules.names[code] for code, share in lack.low if share <= 0]
    parts += [f"nothing of {joined_words(nothing)}"] * bool(nothing)
    needed = f"; {rules.min_coverage:.0%} of each is needed" if lack.few else ""
    texts = [f"too little is known: {joined_words(parts)}{needed}"] * bool(parts)
    if lack.gaps:
        texts.append("values are missing, and none may be")
    if lack.rare:
        counted = counted_indicators(rules)
        has = f"{round(lack.available * counted)} of {number_of(counted, 'indicator')}"
        texts.append(
            f"known are {has} ({lack.available:.0%}); {rules.min_availability:.0%} are needed"
        )
    return "; ".join(texts)


# Limits


def limits_failed(ranking: Ranking, left: pd.DataFrame) -> dict[Any, list[str]]:
    """Return which limits each market does not meet that is scored and left out all the same."""
    scores = ranking.scores
    aside = left.loc[left["stage"].isin([SCREEN, SERVED]), "market"]
    here = pd.Index([market for market in aside if market in scores.scores.index])
    if not scores.framework.screens or here.empty:
        return {}
    found = screened(scores, here)
    failed = (found.outcome == FAILED).to_numpy(dtype=bool)
    return {
        market: [limit_failed(found, place, column, scores.framework) for column in columns]
        for place, market in enumerate(here)
        if len(columns := failed[place].nonzero()[0].tolist())
    }


def limit_failed(found: Screened, place: int, column: int, rules: Framework) -> str:
    """Return what a market has of what a screen limits, what is asked for, and why."""
    screen, value, year = (
        found.screens[column], found.values[place, column], found.years[place, column]
    )  # fmt: skip
    name, unit = limited_name(screen.code, rules)
    has = "is not known" if value is None else f"is {limit_value(value, screen.code, unit, year)}"
    return (
        f"{name} {has}, asked for is {limit_words(screen, unit)}{screen.why and ': '}{screen.why}"
    )


def limit_text(screen: Screen, rules: Framework) -> str:
    """Return what a screen limits, and how: ``Individuals using the internet: at least 40%``."""
    name, unit = limited_name(screen.code, rules)
    return f"{name}: {limit_words(screen, unit)}"


def limit_words(screen: Screen, unit: str) -> str:
    """Return the limits of a screen in words, in a unit: ``at least 40%``."""
    texts = [
        f"{word} {limit_value(limit, screen.code, unit)}"
        for word, limit in (("at least", screen.min), ("at most", screen.max))
        if limit is not None
    ]
    for word, values in (("", screen.among), ("not ", screen.not_among)):
        every = [limit_value(value, screen.code, unit) for value in values or ()]
        texts += [f"{word}{' or '.join(every)}"] * bool(every)
    return " and ".join(texts)


def limited_name(code: str, rules: Framework) -> tuple[str, str]:
    """Return what people call that which a screen limits, and its unit."""
    for item in rules.indicators:
        if code in (item.code, item.observed):
            return item.name or code, item.unit
    known = load_catalogue()
    if code in known.index:
        return str(known.loc[code, "name"]), str(known.loc[code, "unit"])
    return (rules.names[code], "") if code in rules.names else (group_name(code), "")


def limit_value(value: Any, code: str, unit: str, year: Any = None) -> str:
    """Return what is limited as text: a number in its unit, a truth as yes or no, a name."""
    notes = [] if is_gap(year) else [int(year)]
    if isinstance(value, (bool, np.bool_)):
        text = "yes" if value else "no"
    elif isinstance(value, (int, float)):
        return value_text(float(value), unit, notes)
    else:
        parts = str(value).split("|")
        text = joined_words(market_names(parts) if code in ("market", "borders") else parts)
    return f"{text} ({notes[0]})" if notes else text
