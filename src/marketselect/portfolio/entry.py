"""The order in which a firm enters markets: a plan, with its reasons and what to watch."""

from typing import Any

import pandas as pd

from marketselect.errors import need, number_of
from marketselect.firm.firm import Firm
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.portfolio.basket import Basket
from marketselect.printing import table_text
from marketselect.ranking.plain import markets_by_name, plain_label, record_rows
from marketselect.ranking.provenance import DIVERSIFY, ENTRY_PLAN, same_basket, same_ranking
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import market_names
from marketselect.width import wrapped
from marketselect.words import joined_words, number_text

SURVIVAL = (
    "Of new product-market sales of Spanish firms 60% ended within a year "
    "(Esteve-Perez 2021): what to watch is the rule for going on or leaving."
)
UNWATCHED = (
    "Nothing is watched: for that, and the rule for leaving, give entry_plan ranking= and "
    "observations=, too."
)


@frozen_result
class EntryPlan:
    """In which order to enter markets, from where, why, and what to watch in each.

    Attributes
    ----------
    table
        Index order, from 1: wave; market; stepping_stone, the market held already that makes the
        step cheapest; step, what it costs where a market with nothing in common costs 1; score and
        safety, missing where not known; why; watch, in words.
    watch
        Of each member at most three indicators: market, indicator, name, unit, value, needed (the
        value that puts it behind `substitute`), usual (the standard deviation of its own yearly
        changes over ten years), changes (how many of these are needed) and substitute. Empty unless
        `entry_plan` was given ranking and observations, of a basket, too: it has no figures.
    home
        The market that the firm is in.
    served
        The markets that it sold to before.
    per_wave
        How many markets are entered at once.
    firm
        The firm whose plan it is.
    usual
        The usual yearly change of each member (down) in each indicator (across), missing where it
        is not known; empty where nothing was watched.
    of_basket
        Whether the markets are those of a `Basket`.
    own_steps
        Whether the steps were made by a function of one's own.
    title
        What the ranking is of, and its year; empty without a ranking.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of; empty without one.
    origin
        Where the data come from, and of which year, as `Ranking.origin` says it.
    """

    part = "plan"  # of the record of a ranking

    table: pd.DataFrame
    watch: pd.DataFrame
    home: str
    served: tuple[str, ...]
    per_wave: int
    firm: Firm
    usual: pd.DataFrame
    of_basket: bool
    own_steps: bool
    title: str
    fingerprint: str
    origin: str

    @property
    def pilot(self) -> Any:
        """The market to begin with."""
        return self.table["market"].iloc[0]

    @property
    def summary(self) -> str:
        """From where it begins, and with whom, in a sentence."""
        names = market_names([self.home, *self.served])
        first = market_names([self.pilot])[0]
        count = number_of(len(self.table), "market")
        return f"{count} from {joined_words(names)}, {self.per_wave} at a time; pilot: {first}."

    @property
    def unwatched(self) -> dict[str, list[Any]]:
        """The markets in which there is nothing to watch, by the reason."""
        found: dict[str, list[Any]] = {}
        watched = set(self.watch["market"])
        for market, text in zip(self.table["market"], self.table["watch"], strict=True):
            if market not in watched:
                found.setdefault(text, []).append(market)
        return found

    def named_table(self) -> pd.DataFrame:
        """Return the table with the order as a column, and names beside the codes."""
        order = self.table.reset_index()
        order.insert(3, "name", market_names(order["market"]))
        return order

    def to_dict(self) -> dict[str, Any]:
        """Return it in dicts, lists, texts and numbers, as the record of a ranking holds it.

        Examples
        --------
        >>> import marketselect as ms
        >>> plan = ms.entry_plan(["USA", "IRL"], ms.Firm(home="GBR", languages=["en"]))
        >>> [row["market"] for row in plan.to_dict()["order"]]
        ['IRL', 'USA']
        """
        order, watch = self.named_table(), self.watch.rename(columns={"name": "label"})
        order["stepping_stone"] = list(map(plain_label, order["stepping_stone"]))
        watch["substitute"] = list(map(plain_label, watch["substitute"]))
        return {
            "home": self.home,
            "served": list(self.served),
            "per_wave": self.per_wave,
            "pilot": plain_label(self.pilot),
            "order": record_rows(order),
            "watch": record_rows(markets_by_name(watch)),
            "text": self.summary,
            "fingerprint": self.fingerprint,
        }

    def __repr__(self) -> str:
        names = market_names(self.table["market"])
        pairs = zip(names, self.table["why"], self.table["watch"], strict=True)
        asked = not self.usual.empty
        lines = [
            wrapped(f"{name}: {why}.{f' Watch: {watch}.' if asked else ''}")
            for name, why, watch in pairs
        ]
        rest = [] if asked else [wrapped(UNWATCHED)]
        return "\n".join([wrapped(self.summary), table_text(self._printed()), *lines, *rest])

    def _repr_html_(self) -> str:
        tables = {"order of entry": self._printed().assign(why=self.table["why"])}
        if len(self.watch):
            tables["what to watch: each alone would put the market behind another"] = (
                self._watched()
            )
        rest = [
            f"What to watch in {joined_words(market_names(markets))}: {text}."
            for text, markets in self.unwatched.items()
        ]
        return in_html(" ".join([self.summary, *rest, SURVIVAL]), tables)

    def _printed(self) -> pd.DataFrame:
        """Return the table with names for codes."""
        own = self.table[["wave", "market", "stepping_stone", "step"]]
        return own.assign(
            market=market_names(own["market"]),
            stepping_stone=market_names(own["stepping_stone"]),
            step=[f"{step:.2f}" for step in own["step"]],
        )

    def _watched(self) -> pd.DataFrame:
        """Return what to watch with names for codes, the plan's order kept."""
        rows = pd.DataFrame(
            {
                "market": market_names(self.watch["market"]),
                "indicator": list(self.watch["name"]),
                "unit": list(self.watch["unit"]),
                "now": list(map(number_text, self.watch["value"])),
                "behind": market_names(self.watch["substitute"]),
                "at": list(map(number_text, self.watch["needed"])),
                "usual years": [f"{changes:.1f}" for changes in self.watch["changes"]],
            }
        )
        return rows.set_index("market")


def checked_beside(ranking: Ranking, basket: Any, plan: Any) -> None:
    """Refuse a basket or a plan that is not of the ranking, or the two if not of each other."""
    if basket is not None:
        need(basket, Basket, "basket")
        same_ranking(ranking, basket, "basket", DIVERSIFY)
    if plan is not None:
        need(plan, EntryPlan, "plan")
        same_ranking(ranking, plan, "plan", ENTRY_PLAN)
        if basket is not None:
            same_basket(basket, plan)
