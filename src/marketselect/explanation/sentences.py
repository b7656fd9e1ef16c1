"""What explanations say: each part of their sentences in plain English, made of the tables."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import number_of
from marketselect.sources.embedded import market_names
from marketselect.words import (
    CELLS,
    bare_text,
    first_places,
    joined_words,
    lead_text,
    number_text,
    ordinal,
    percent_text,
    rounded_percent,
    score_text,
    some_words,
    value_text,
)

if TYPE_CHECKING:
    from marketselect.explanation.answers import Explanation, MarketComparison, Overtaking

NAMED = 3  # how many strengths or weaknesses a text names


# In words


def beside_unit(value: Any, unit: str, like: Any = None) -> str:
    """Return a value in an explanation without its unit, with the decimals of one like it."""
    return "" if pd.isna(value) else bare_text(value, unit, like=like)


def year_text(year: Any) -> str:
    """Return a year in an explanation, or nothing where it is not known."""
    return "" if pd.isna(year) else str(int(year))


def place_text(found: "Explanation") -> str:
    """Return an explained market's rank, score and interval in a sentence."""
    text = (
        f"{found.name} ranks {ordinal(found.rank)} of {number_of(found.markets, 'market')} "
        f"with a score of {score_text(found.score, found.places[0])}"
    )
    if found.tied:
        text += f", level with {some_words(market_names(found.tied))}"
    if found.rank_low is None or found.rank_high is None:
        return f"{text}."
    low, high = ordinal(found.rank_low), ordinal(found.rank_high)
    reach = f"between {low} and {high}" if low != high else low
    return f"{text}. When the weights vary, it ranks {reach} in nine cases out of ten."


def makeup_text(found: "Explanation") -> str:
    """Return the sentence on the parts that an explained market's score is made up of."""
    if found.note:
        return ""
    parts = found.factors.sort_values("part", ascending=False, kind="stable")
    pairs = zip(parts["name"], parts["part"], strict=True)
    texts = [f"{name} {score_text(part, found.places[0])}" for name, part in pairs]
    return f"The score is made up of {joined_words(texts)}."


def peers_text(found: "Explanation") -> str:
    """Return the greatest strengths and weaknesses among the peers."""
    if not found.peers:
        return ""
    sides = (("strong", found.strengths), ("weak", found.weaknesses))
    texts = [
        f"it is {word} in {'; '.join(profile_texts(side.head(NAMED)))}."
        for word, side in sides
        if len(side)
    ] or ["it is neither strong nor weak in anything."]
    rest = [f" I{text[1:]}" for text in texts[1:]]
    return f"Compared with {found.peer_group}, {texts[0]}{''.join(rest)}"


def profile_texts(indicators: pd.DataFrame) -> list[str]:
    """Return each indicator's name and value, with its year and what is typical of the peers."""
    texts = []
    for name, unit, value, year, typical in zip(
        *(indicators[key] for key in ("name", "unit", "value", "year", "peer_value")), strict=True
    ):
        typically = beside_unit(typical, unit, value)
        middle = f"typical: {typically}" if typically else ""
        known = value_text(value, unit, [year_text(year), middle]) if pd.notna(value) else ""
        texts.append(f"{name}: {known or 'filled in'}")
    return texts


def remarks_text(found: "Explanation") -> str:
    """Return sentences on what was done to an explained market's data."""
    cells = found.remarks
    filled = cells.loc[cells["what"] == "imputed", "indicator"]
    cells = cells[(cells["what"] != "missing") | ~cells["indicator"].isin(filled)]
    texts = [
        f"{words}: {some_words(list(names))}."
        for kind, words in CELLS.items()
        if len(names := cells.loc[cells["what"] == kind, "name"])
    ]
    return " ".join(texts)


def gap_text(found: "MarketComparison") -> str:
    """Return the sentence on which of two compared markets scores how much more."""
    table = found.table if found.gap >= 0 else found.table.iloc[::-1]
    places = found.places[0]
    (better, worse), scores = table["name"], [score_text(score, places) for score in table["score"]]
    first, second = (ordinal(rank) for rank in table["rank"])
    if first == second:
        return f"{better} and {worse} have the same rank, {first}, and score, {scores[0]}."
    more = score_text(abs(found.gap), places)
    return (
        f"{better} ({first}, {scores[0]}) scores {more} more than {worse} ({second}, {scores[1]})."
    )


def leads_text(found: "MarketComparison") -> str:
    """Return in which factors each of the two is ahead, and what that is worth."""
    size = found.factors["lead" if found.note else "part"]
    places = found.places[1 if found.note else 0]
    sides = list(zip(found.table["name"], (1.0, -1.0), strict=True))
    texts = []
    for name, sign in sides if found.gap >= 0 else reversed(sides):
        order = np.argsort(-sign * size.to_numpy(), kind="stable")
        leads = [
            f"{factor} ({lead_text(sign * lead, places)})"
            for factor, lead in zip(
                found.factors["name"].iloc[order], size.iloc[order], strict=True
            )
            if sign * lead > 0
        ]
        texts += [f"{name} is ahead in {joined_words(leads)}"] if leads else []
    return f"{'; '.join(texts)}." if texts else "They are level in every factor."


def most_text(found: "MarketComparison") -> str:
    """Return the one indicator that makes most of the gap, with both values."""
    parts = found.indicators["part"] * np.sign(found.gap)
    level = not found.table["rank"].diff().iloc[1]
    if level or parts.isna().any() or not parts.max() > 0:
        return ""
    most = found.indicators.loc[parts.idxmax()]
    sides = ("first", "second") if found.gap > 0 else ("second", "first")
    one, other = (counted_text(most, side) for side in sides)
    comma = "," if ", counted as" in one else ""
    return f"What counts most for this is {most['name']}: {one}{comma} against {other}."


def counted_text(item: "pd.Series[Any]", side: str) -> str:
    """Return a compared market's value with unit and year, and what else it counts as."""
    value, counted = item[side], item[f"{side}_counted"]
    if pd.isna(value):
        return "no value"
    text = value_text(value, item["unit"], [year_text(item[f"{side}_year"])])
    if counted == value:
        return text
    return f"{text}, counted as {number_text(counted, step=value - counted)}"


def weights_text(found: "Overtaking") -> str:
    """Return the sentence on the change of weights by which a market overtakes."""
    change = found.weights
    if not change.possible:
        return f"Other weights alone do not do it: {change.reason}."
    steps = change.weights - found.before
    moves = change.printed != 100 * found.before
    if not moves.any():
        return "It would overtake at the least change of weights."
    order = steps.abs().sort_values(ascending=False, kind="stable").index
    names = found.factors.to_dict()
    places = first_places(steps[moves].tolist())
    texts = [
        f"{names[code]} {move_text(found.before[code], change.printed[code], places)}"
        for code in order
        if moves[code]
    ]
    moved = rounded_percent(change.moved, 1.0, places)
    most = "" if change.exact else "at most "
    rest = "" if change.exact else " (a smaller change may do)"
    return (
        f"It would overtake if {most}{percent_text(moved)} of all weight changed hands{rest}: "
        f"{joined_words(texts)}."
    )


def move_text(before: float, printed: float, places: int) -> str:
    """Return a weight's new percentage, which overtakes, and the old one, never alike."""
    old = round(100 * before, places)
    if old == printed:
        old = rounded_percent(before, 100 * before - printed, places)
    return f"{percent_text(printed)} instead of {percent_text(old)}"


def indicator_text(found: "Overtaking") -> str:
    """Return the sentence on the one better value by which a market overtakes."""
    change = found.indicator
    if not change.possible:
        return f"One better value alone does not do it: {change.reason}."
    item = found.indicators.loc[change.indicator]
    step, up = change.needed - change.value, change.needed > change.value
    return (
        f"With the weights as they are, it would overtake if only this changed: {item['name']} "
        f"from {number_text(change.value, step=step)} to "
        f"{value_text(change.needed, str(item['unit']), step=step, up=up)}."
    )
