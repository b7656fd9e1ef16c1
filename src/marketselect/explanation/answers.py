"""What explanations answer: their results as values and tables, each with its sentence."""

from functools import partial
from typing import Any

import pandas as pd

from marketselect.errors import clean
from marketselect.explanation.sentences import (
    beside_unit,
    gap_text,
    indicator_text,
    leads_text,
    makeup_text,
    most_text,
    peers_text,
    place_text,
    remarks_text,
    weights_text,
)
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import number_texts, table_text
from marketselect.width import wrapped
from marketselect.words import column_places, ordinal, score_text, weight_text

LEVEL = 1e-9  # a lead that is no more than rounding


@frozen_result
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
        return f"{wrapped(self.sentence)}\n{table_text(self._table())}"

    def _repr_html_(self) -> str:
        return in_html(self.sentence, {"factors": self._table()})

    def _table(self) -> pd.DataFrame:
        factor = partial(score_text, places=self.places[1])
        gaps = zip(("part", "lead"), self.places, strict=True)
        decimals = {name: column_places(self.factors[name], places) for name, places in gaps}
        return number_texts(
            self.factors[["name", "weight", "first", "second", "lead", "part"]],
            weight=weight_text,
            first=factor,
            second=factor,
            lead=partial(score_text, places=decimals["lead"]),
            part=partial(score_text, places=decimals["part"]),
        )


@frozen_result
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
        tables = [f"{name}\n{table_text(table)}" for name, table in self._tables().items()]
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
                numbers = first[["value", "peer_value", "unit"]].to_numpy()
                own = [beside_unit(value, unit) for value, _, unit in numbers]
                typical = [beside_unit(peers, unit, value) for value, peers, unit in numbers]
                table = number_texts(first, score=score, peer_score=score)
                tables[name] = table.assign(value=own, peer_value=typical)
        return tables


@frozen_result
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


@frozen_result
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


@frozen_result
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
