"""What a step from one market to the next costs, and why."""

from marketselect.firm.facts import shipped_table
from marketselect.firm.firm import Firm
from marketselect.firm.pairs import language_rows, partners
from marketselect.sources.embedded import load_markets, market_names
from marketselect.words import joined_words

# What a first step costs less for a thing in common, and the least that it costs.
LOCATION, LANGUAGE, INCOME, LEAST = 0.32, 0.32, 0.16, 0.1
HALF = 0.5  # of the people, who speak a language

IN_WORDS = {
    "border": "a border",
    "region": "the same region",
    "language": "a language that the firm works in",
    "income_group": "the same income group",
}
CHEAPEST = "the cheapest step"  # why, where a function of one's own has the costs


class Facts:
    """What makes a step cheaper: borders, regions, languages, income groups."""

    def __init__(self, firm: Firm) -> None:
        share, official = (rows.set_index("market")["value"] for rows in language_rows(firm.home,
                           firm.languages))  # fmt: skip
        understood = share[share >= HALF].index.union(official[official == 1].index)
        self.understood = frozenset(understood)
        self.borders: dict[str, frozenset[str]] = {}
        self.markets = load_markets()

    def neighbors(self, market: str) -> frozenset[str]:
        """Return the markets that share a border with one."""
        if market not in self.borders:
            there = partners(shipped_table("pairs", "distances.csv.gz"), market)
            self.borders[market] = frozenset(there.index[there["border"] == 1])
        return self.borders[market]

    def same(self, column: str, at: str, to: str) -> bool:
        """Return whether two markets are known to have the same in a column."""
        known = self.markets[column].reindex([at, to])
        return bool(known.notna().all() and known.iloc[0] == known.iloc[1])

    def common(self, at: str, to: str) -> tuple[bool, bool, bool]:
        """Return whether location, language and income make the step cheaper."""
        near = to in self.neighbors(at) or self.same("region", at, to)
        return near, to in self.understood, self.same("income_group", at, to)

    def step(self, at: str, to: str) -> float:
        """Return what the step costs before any effort."""
        near, language, income = self.common(at, to)
        return max(LEAST, 1 - LOCATION * near - LANGUAGE * language - INCOME * income)

    def shared(self, at: str, to: str) -> tuple[str, ...]:
        """Return what the two have in common: keys of `IN_WORDS`."""
        near, *rest = self.common(at, to)
        beside = "border" if to in self.neighbors(at) else "region"
        held = zip((beside, "language", "income_group"), (near, *rest), strict=True)
        return tuple(what for what, there in held if there)

    def why(self, at: str, to: str) -> str:
        """Return what the two have in common, in words."""
        words = [IN_WORDS[what] for what in self.shared(at, to)]
        name = market_names([at])[0]
        return f"from {name}: {joined_words(words) or 'nothing in common'}"
