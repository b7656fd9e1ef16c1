"""What explanations say: their results, each with its sentence in plain English."""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import clean
from marketselect.frozen import result
from marketselect.ranking.html import ANYWHERE
from marketselect.sources.embedded import market_names
from marketselect.words import (
    CELLS,
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
    weight_text,
)

LEVEL = 1e-9  # a lead that is no more than rounding
NAMED = 3  # how many strengths or weaknesses a text names


@result
class MarketComparison:
    """What sets two ranked markets apart; every lead is the first market's over the second.

    Attributes
    ----------
    first
        The label of the first market.
    second
        The label of the second market.
    table
        The two markets: name, rank, score, rank_low, rank_high.
    gap
        The score of the first less that of the second.
    factors
        Index factor, the first market's largest lead on top: name, weight, first and second (factor
        scores), lead (their difference), part (of the gap). The parts add up to the gap, but for
        the framework's rounding; they are NaN where the method has none.
    indicators
        Index indicator, ordered likewise: name, factor, unit, weight (in the whole tree), first and
        second (raw values), first_year, second_year, first_counted and second_counted (what the
        score counts a raw value as: the end of its scale where it lies beyond), first_score,
        second_score (normalized), part (of the gap). NaN where there is no value; parts, where the
        score is not linear in indicators.
    note
        Why there are no parts by factor; empty where there are.
    indicator_note
        Why there are no parts by indicator.
    places
        How many decimals scores and factor scores are written with; see `Ranking.places`.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    first: Any
    second: Any
    table: pd.DataFrame
    gap: float
    factors: pd.DataFrame
    indicators: pd.DataFrame
    note: str
    indicator_note: str
    places: tuple[int, int]
    fingerprint: str

    @property
    def sentence(self) -> str:
        """Return the comparison in plain English."""
        texts = (gap_text(self), leads_text(self), most_text(self))
        return clean(" ".join(text for text in texts if text))

    def __repr__(self) -> str:
        return f"{wrapped(self.sentence)}\n{shown(self._table())}"

    def _repr_html_(self) -> str:
        return in_html(self.sentence, {"factors": self._table()})

    def _table(self) -> pd.DataFrame:
        score, factor = (partial(score_text, places=places) for places in self.places)
        return printed(
            self.factors[["name", "weight", "first", "second", "lead", "part"]],
            weight=weight_text,
            first=factor,
            second=factor,
            lead=factor,
            part=score,
        )


@result
class Explanation:
    """Why a market has its rank.

    Attributes
    ----------
    market
        The label of the market.
    name
        Its name; the label where it has no other.
    rank
        Its rank, 1 is best.
    markets
        How many are ranked.
    score
        Its score, as in the ranking's table.
    rank_low
        The rank interval; None where the ranking has no draws.
    rank_high
        The upper end of the interval; None where the ranking has no draws.
    coverage
        The observed share of all weight, 0 to 1.
    tied
        Other markets of the same rank.
    peers
        The markets that it is compared with, itself not among them.
    peer_group
        Who they are, in words.
    factors
        Index factor, the greatest strength first: name, weight, score, peer_score (the peers'
        median), lead (weight x the distance above it), part (of the market's score; NaN where the
        method has none).
    indicators
        Index indicator, the greatest strength first: name, factor, unit, value and peer_value (raw,
        the peers' median), year, source, score and peer_score (normalized), weight (in this
        market's score), lead (weight x the distance above the peers). NaN or <NA> where there is no
        value; these come last.
    remarks
        What was done to this market's data: indicator (or sub-factor), name, what (missing, stale,
        imputed, clipped, treated, noted or neutral), old, new, why.
    above
        The nearest market of a better rank, the first, beside this one; None at the top.
    note
        Why there are no parts; empty where there are.
    places
        How many decimals scores and factor scores are written with; see `Ranking.places`.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    market: Any
    name: str
    rank: int
    markets: int
    score: float
    rank_low: int | None
    rank_high: int | None
    coverage: float
    tied: tuple[Any, ...]
    peers: tuple[Any, ...]
    peer_group: str
    factors: pd.DataFrame
    indicators: pd.DataFrame
    remarks: pd.DataFrame
    above: MarketComparison | None
    note: str
    places: tuple[int, int]
    fingerprint: str

    @property
    def strengths(self) -> pd.DataFrame:
        """Return the indicators above the peers' median, the greatest strength first."""
        return self.indicators[self.indicators["lead"] > LEVEL]

    @property
    def weaknesses(self) -> pd.DataFrame:
        """Return the indicators below the peers' median, the greatest weakness first."""
        below = self.indicators[self.indicators["lead"] < -LEVEL]
        return below.sort_values("lead", kind="stable")

    @property
    def sentence(self) -> str:
        """Return the explanation in plain English."""
        texts = [place_text(self), makeup_text(self), peers_text(self)]
        if self.above is not None:
            texts.append(f"Next above it, {self.above.sentence}")
        return clean(" ".join(text for text in (*texts, remarks_text(self)) if text))

    def __repr__(self) -> str:
        tables = [f"{name}\n{shown(table)}" for name, table in self._tables().items()]
        return "\n".join([wrapped(self.sentence), *tables])

    def _repr_html_(self) -> str:
        return in_html(self.sentence, self._tables())

    def _tables(self) -> dict[str, pd.DataFrame]:
        columns = ["name", "unit", "value", "year", "peer_value", "score", "peer_score"]
        score = partial(score_text, places=self.places[1])
        tables = {}
        for name, side in (("strengths", self.strengths), ("weaknesses", self.weaknesses)):
            if len(side):
                first = side[columns].head(5)
                typical = [peer_text(*pair) for pair in first[["value", "peer_value"]].to_numpy()]
                table = printed(first, value=number_text, score=score, peer_score=score)
                tables[name] = table.assign(peer_value=typical)
        return tables


@result
class WeightChange:
    """The smallest change of weights that lets a market overtake another.

    Attributes
    ----------
    possible
        Whether there is such a change.
    reason
        Why it is not possible; empty where it is.
    exact
        Whether no smaller change does it, or none at all if it is not possible. Proven for methods
        linear in the weights, and for the weighted product of positive scores. For others it is the
        smallest among shifts from one factor to another, from all others to one, and in the order
        that would be best for a linear method, refined from there; a smaller one may do.
    weights
        The weights that do it; the ranking's own where none do.
    printed
        The same in percent as the sentence says them: receivers rounded up and donors down, to as
        few decimals as put the market ahead. They need not add up to exactly 100, as weights are
        relative.
    moved
        The share of all weight that changes hands, 0 to 1: half the total absolute change.
    """

    possible: bool
    reason: str
    exact: bool
    weights: "pd.Series[float]"
    printed: "pd.Series[float]"
    moved: float


@result
class IndicatorChange:
    """The smallest improvement of one indicator that lets a market overtake another.

    Attributes
    ----------
    possible
        Whether there is such a change.
    reason
        Why it is not possible; empty where it is.
    indicator
        The one that needs the smallest step on its normalized scale; empty where none does it, or
        none is needed.
    value
        What it is now, in raw units; NaN likewise.
    needed
        What it must become.
    """

    possible: bool
    reason: str
    indicator: str
    value: float
    needed: float


@result
class Overtaking:
    """What it would take for a market to overtake its rival.

    Attributes
    ----------
    market
        The market that is to move up.
    rival
        The market that it is to pass.
    table
        Both: name, rank, score.
    gap
        The score of the rival less that of the market.
    ahead
        Whether the market is ahead already, so that nothing has to change.
    weights
        The smallest change of the weights that does it.
    indicator
        The better value of one indicator that does it with the fewest points.
    indicators
        Index indicator, the smallest step first: name, factor, unit, direction, value, needed,
        change (raw), points (on the normalized scale), possible, reason.
    before
        The weights that the ranking has.
    factors
        The names of the top factors.
    places
        How many decimals scores and factor scores are written with; see `Ranking.places`.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    market: Any
    rival: Any
    table: pd.DataFrame
    gap: float
    ahead: bool
    weights: WeightChange
    indicator: IndicatorChange
    indicators: pd.DataFrame
    before: "pd.Series[float]"
    factors: "pd.Series[str]"
    places: tuple[int, int]
    fingerprint: str

    @property
    def sentence(self) -> str:
        """Return the answer in plain English."""
        name, rival = self.table["name"]
        if self.ahead:
            return clean(f"{name} is ahead of {rival} already.")
        ours, theirs = (
            f"({ordinal(rank)}, {score_text(score, self.places[0])})"
            for rank, score in zip(self.table["rank"], self.table["score"], strict=True)
        )
        gap = score_text(self.gap, self.places[0])
        place = "is level with" if not self.table["rank"].diff().iloc[1] else f"is {gap} behind"
        head = f"{name} {ours} {place} {rival} {theirs}."
        return clean(f"{head} {weights_text(self)} {indicator_text(self)}")

    def __repr__(self) -> str:
        return wrapped(self.sentence)

    def _repr_html_(self) -> str:
        return in_html(self.sentence, {})


# In words


def peer_text(value: Any, typical: Any) -> str:
    """Return what is typical of the peers, with no more decimals than the market's own value."""
    return "" if pd.isna(typical) else number_text(typical, like=value)


def year_text(year: Any) -> str:
    """Return a year, or nothing where it is not known."""
    return "" if pd.isna(year) else str(int(year))


def wrapped(text: str) -> str:
    """Return a text in lines of a terminal's breadth."""
    return "\n".join(wrap(text, 96))


def printed(table: pd.DataFrame, **texts: Callable[[float], str]) -> pd.DataFrame:
    """Return a table whose numbers are text, empty where there is none."""
    return table.assign(
        **{
            name: ["" if pd.isna(number) else text(number) for number in table[name]]
            for name, text in texts.items()
        }
    )


def shown(table: pd.DataFrame) -> str:
    """Return a table as text, every column of it."""
    return str(table.to_string(na_rep=""))


def in_html(sentence: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return a sentence and tables for a notebook, which breaks printed lines inside of words."""
    parts = [f'<p style="max-width:60em;{ANYWHERE}">{escape(sentence)}</p>']
    for name, table in tables.items():
        rows = table.to_html(na_rep="", border=0)
        parts.append(f'<div style="overflow-x:auto"><b>{name}</b>{rows}</div>')
    return "".join(parts)


def place_text(found: Explanation) -> str:
    """Return rank, score and interval."""
    plural = "" if found.markets == 1 else "s"
    text = (
        f"{found.name} ranks {ordinal(found.rank)} of {found.markets} market{plural} with a score "
        f"of {score_text(found.score, found.places[0])}"
    )
    if found.tied:
        text += f", level with {some_words(market_names(found.tied))}"
    if found.rank_low is None or found.rank_high is None:
        return f"{text}."
    low, high = ordinal(found.rank_low), ordinal(found.rank_high)
    reach = f"between {low} and {high}" if low != high else low
    return f"{text}. When the weights vary, it ranks {reach} in nine cases out of ten."


def makeup_text(found: Explanation) -> str:
    """Return the parts of the score."""
    if found.note:
        return ""
    parts = found.factors.sort_values("part", ascending=False, kind="stable")
    pairs = zip(parts["name"], parts["part"], strict=True)
    texts = [f"{name} {score_text(part, found.places[0])}" for name, part in pairs]
    return f"The score is made up of {joined_words(texts)}."


def peers_text(found: Explanation) -> str:
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
        typically = peer_text(value, typical)
        middle = f"typical: {typically}" if typically else ""
        known = value_text(value, unit, [year_text(year), middle]) if pd.notna(value) else ""
        texts.append(f"{name}: {known or 'filled in'}")
    return texts


def remarks_text(found: Explanation) -> str:
    """Return what was done to the market's data."""
    cells = found.remarks
    filled = cells.loc[cells["what"] == "imputed", "indicator"]
    cells = cells[(cells["what"] != "missing") | ~cells["indicator"].isin(filled)]
    texts = [
        f"{words}: {some_words(list(names))}."
        for kind, words in CELLS.items()
        if len(names := cells.loc[cells["what"] == kind, "name"])
    ]
    return " ".join(texts)


def gap_text(found: MarketComparison) -> str:
    """Return who scores how much more."""
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


def leads_text(found: MarketComparison) -> str:
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


def most_text(found: MarketComparison) -> str:
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
    """Return a value with its unit and year, and what it counts as if that is something else."""
    value, counted = item[side], item[f"{side}_counted"]
    if pd.isna(value):
        return "no value"
    text = value_text(value, item["unit"], [year_text(item[f"{side}_year"])])
    if counted == value:
        return text
    return f"{text}, counted as {number_text(counted, step=value - counted)}"


def weights_text(found: Overtaking) -> str:
    """Return the change of weights."""
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
    """Return the new percentage and the old one, which never look alike."""
    old = round(100 * before, places)
    if old == printed:
        old = rounded_percent(before, 100 * before - printed, places)
    return f"{percent_text(printed)} instead of {percent_text(old)}"


def indicator_text(found: Overtaking) -> str:
    """Return the improvement of one indicator."""
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
