"""A basket of markets: what it holds, what it loses in bad years, and the baskets beside it."""

from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import InputError, number_of
from marketselect.frozen import FrozenMapping, frozen_result
from marketselect.notebook import in_html
from marketselect.portfolio.frontier import supported
from marketselect.portfolio.programme import Programme, best_basket, shortfalls, year_weights
from marketselect.printing import number_texts, table_text, to_print
from marketselect.ranking.plain import markets_by_name, plain_label, record_rows
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import market_names
from marketselect.values import TIE, a_count
from marketselect.width import wrapped
from marketselect.words import (
    column_places,
    joined_words,
    number_text,
    score_places,
    score_text,
    share_text,
)

MOST_SIZES = 10


@frozen_result
class Basket:
    """A few markets that are good together: mean score less aversion times shortfall.

    Attributes
    ----------
    table
        Index market, the members in the ranking's order: name; score; safety and region (missing
        where not known); effort; marginal, the objective less the best that is reached with this
        member swapped for one market outside that the constraints allow, below zero only where
        `must` keeps a member; missing where nobody can take its place.
    objective
        Mean score less aversion times shortfall; the mean score where there are no shocks.
    score
        The mean score of the members.
    shortfall
        The mean loss of the basket in its worst share of years, in percent; below zero if even
        these were good. None without shocks.
    path
        Index year: change, that of the basket in percent, the mean of the members'; weight, what
        the year counts for in the shortfall, which is the sum of weight times loss. Empty without
        shocks.
    changes
        Years x members: each member's change in percent.
    second
        The best basket that is not this one, and `second_objective` its objective: a second
        optimum where the two are equal. Empty and None where there is no other.
    second_objective
        That of `second`.
    ineligible
        Ranked markets that could not be chosen: market, rule, reason.
    aversion
        Points of score given up for a percentage point of shortfall.
    bad_years
        The share of years that are bad.
    constraints
        What was asked of it, in words.
    title
        What the ranking is of, and its year.
    measure
        What the changes are of, as far as the shocks say.
    places
        How many decimals scores are written with.
    candidates
        The markets that `programme` chooses among.
    programme
        Scores, changes and rules as arrays.
    asked
        What `diversify` was asked: size, aversion, bad_years, min_safety, max_per_region, must,
        never and budget.
    known
        Safety, effort and region of every ranked market.
    shocks
        The logarithmic changes that count, years x ranked markets; empty without shocks.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    origin
        Where the data come from, and of which year, as `Ranking.origin` says it.
    """

    part = "basket"  # of the record of a ranking

    table: pd.DataFrame
    objective: float
    score: float
    shortfall: float | None
    path: pd.DataFrame
    changes: pd.DataFrame
    second: tuple[Any, ...]
    second_objective: float | None
    ineligible: pd.DataFrame
    aversion: float
    bad_years: float
    constraints: tuple[str, ...]
    title: str
    measure: str
    places: int
    candidates: tuple[Any, ...]
    programme: Programme
    asked: FrozenMapping
    known: pd.DataFrame
    shocks: pd.DataFrame
    fingerprint: str
    origin: str

    @property
    def members(self) -> tuple[Any, ...]:
        """The markets that it holds, in the ranking's order."""
        return tuple(self.table.index)

    @property
    def marginal(self) -> "pd.Series[float]":
        """What each member adds over the best that could take its place."""
        return self.table["marginal"]

    @property
    def tied(self) -> bool:
        """Whether `second` is as good: a second optimum."""
        found = self.second_objective
        return found is not None and self.objective - found <= TIE * max(abs(self.objective), 1.0)

    def sizes(self, most: int = MOST_SIZES) -> pd.DataFrame:
        """Return the best basket of each size under the same constraints.

        Parameters
        ----------
        most : int
            The largest size.

        Returns
        -------
        DataFrame
            Index size, 1 to `most`; a size that the constraints do not allow has no row. Columns
            score, shortfall (missing without shocks), objective, members, and joined and left, who
            is new and who is gone against the row before: baskets need not nest.

        Examples
        --------
        >>> import marketselect as ms
        >>> data = pd.DataFrame({"size": [9.0, 8.0, 7.0]}, index=["A", "B", "C"])
        >>> rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(
        ...     ms.Indicator(code="size", factor="f", direction="benefit", goalposts=(0, 10)),))
        >>> basket = ms.diversify(ms.rank_markets(data, rules), size=1)
        >>> basket.sizes(2)["members"].tolist()
        [('A',), ('A', 'B')]
        """
        last = min(a_count(most, "most", least=1), len(self.candidates))
        rows, before = [], tuple[Any, ...]()
        for size in range(1, last + 1):
            asked = replace(self.programme, size=size)
            held = best_basket(asked)
            if held is None:
                continue
            row = {"size": size, **self._figures(asked, held)}
            members = row["members"]
            row["joined"] = tuple(market for market in members if market not in before)
            row["left"] = tuple(market for market in before if market not in members)
            rows.append(row)
            before = members
        columns = ["score", "shortfall", "objective", "members", "joined", "left"]
        return to_print(pd.DataFrame(rows, columns=["size", *columns]).set_index("size"))

    def frontier(self) -> pd.DataFrame:
        """Return the baskets of this size that are best at some aversion, under its constraints.

        Returns
        -------
        DataFrame
            A row a basket, the one with the highest score first: aversion_from and aversion_to,
            between which it is best; score; shortfall in percent; members. Each has a higher score
            than those after it, and a larger shortfall.

        Raises
        ------
        InputError
            If the basket was chosen without shocks.

        Notes
        -----
        Dichotomic search: between two baskets the program is solved at the aversion at which they
        are equal; one that is better there has a part of its own on each side. These are the
        supported baskets. One that lies below the line between two of them is best at no aversion,
        and is not among them. Each is a program of its own, slow where aversion is large: five of
        180 markets, at most two of a region, take 4 to 13 seconds of processor time for six to
        twelve baskets.

        References
        ----------
        .. [1] Aneja, Y. P., & Nair, K. P. K. (1979). Bicriteria transportation problem. Management
           Science 25(1), 73-78.
        """
        if self.shortfall is None:
            raise InputError.of(
                "not-possible",
                "frontier",
                "needs the changes of years, and the basket was chosen without shocks",
                "give shocks=market_shocks(observations, home) to diversify",
            )
        return to_print(self._frontier.copy())

    @cached_property
    def _frontier(self) -> pd.DataFrame:
        """The frontier, worked out once: it is many programs."""
        every = supported(self.programme)
        figures = [self._figures(self.programme, held) for held in every]
        score, loss = (np.array([row[name] for row in figures]) for name in ("score", "shortfall"))
        turns = np.diff(score) / np.diff(loss)
        return pd.DataFrame(
            {
                "aversion_from": [0.0, *turns],
                "aversion_to": [*turns, np.inf],
                "score": score,
                "shortfall": loss,
                "members": [row["members"] for row in figures],
            }
        )

    def _figures(self, programme: Programme, held: BoolArray) -> dict[str, Any]:
        """Return what there is to say of another basket."""
        path = programme.changes[:, held].mean(axis=1)
        return {
            "score": float(programme.scores[held].mean()),
            "shortfall": float(shortfalls(path, programme.bad_years)) if len(path) else np.nan,
            "objective": programme.value(held),
            "members": tuple(self.candidates[place] for place in np.flatnonzero(held)),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return it in dicts, lists, texts and numbers, as the record of a ranking has its tables.

        Examples
        --------
        >>> import marketselect as ms
        >>> data = pd.DataFrame({"size": [9.0, 8.0, 7.0]}, index=["A", "B", "C"])
        >>> rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(
        ...     ms.Indicator(code="size", factor="f", direction="benefit", goalposts=(0, 10)),))
        >>> ms.diversify(ms.rank_markets(data, rules), size=2).to_dict()["members"][0]["market"]
        'A'
        """
        return {
            "members": record_rows(self.table.rename_axis("market").reset_index()),
            "objective": self.objective,
            "score": self.score,
            "shortfall": self.shortfall,
            "path": record_rows(self.path.rename_axis("year").reset_index()),
            "second": list(map(plain_label, self.second)),
            "second_objective": self.second_objective,
            "ineligible": record_rows(markets_by_name(self.ineligible)),
            "aversion": self.aversion,
            "bad_years": self.bad_years,
            "constraints": list(self.constraints),
            "measure": self.measure,
            "text": self.summary,
            "fingerprint": self.fingerprint,
        }

    def __repr__(self) -> str:
        return f"{wrapped(self.summary)}\n{table_text(self._printed())}\n{wrapped(self.beside)}"

    def _repr_html_(self) -> str:
        members = {"members, and what each adds over its best substitute": self._printed()}
        return in_html(f"{self.summary} {self.beside}", members)

    @property
    def summary(self) -> str:
        """What it is and what it loses, in a sentence or two."""
        count = number_of(len(self.table), "market")
        text = f"Basket of {count} with a mean score of {score_text(self.score, self.places)}"
        if self.shortfall is None:
            return f"{text}; no bad years were looked at."
        bad, years = share_text(self.bad_years), self.path.index
        lost = f"loses {number_text(self.shortfall)}%"
        if self.shortfall < 0:
            lost = f"still gains {number_text(-self.shortfall)}%"
        points = f"{self.aversion:g} {'point' if self.aversion == 1 else 'points'}"
        return (
            f"{text}; in the worst {bad} of the years {years[0]} to {years[-1]} it {lost} a year "
            f"on average. A percentage point of loss weighs as much as {points} of score."
        )

    @property
    def beside(self) -> str:
        """What was asked of it, what comes next, and how many could not be chosen."""
        asked = f"Asked for: {joined_words(self.constraints)}. " if self.constraints else ""
        return f"{asked}{next_basket_words(self)}"

    def _printed(self) -> pd.DataFrame:
        """Return the members as text, columns without anything left out."""
        texts = {
            name: partial(score_text, places=places)
            for name, places in ({"score": self.places} | member_places(self)).items()
        }
        table = number_texts(self.table, **texts, effort=number_text)
        return table.loc[:, [name for name in table if (table[name].fillna("") != "").any()]]


def read_beside(basket: Basket) -> str:
    """Return what stands beside a basket where nothing can be typed: what was asked in words."""
    asked = basket.asked
    must, never = (joined_words(market_names(asked[name])) for name in ("must", "never"))
    wants = [
        f"{must} among them" * bool(must),
        f"no {never}" * bool(never),
        "" if asked["min_safety"] is None else f"a safety of at least {asked['min_safety']:g}",
        "" if asked["max_per_region"] is None else f"at most {asked['max_per_region']} of a region",
        "" if asked["budget"] is None else f"an effort of at most {asked['budget']:g} in all",
    ]
    text = joined_words(list(filter(None, wants)))
    return f"Asked for: {text}. {next_basket_words(basket)}" if text else next_basket_words(basket)


def next_basket_words(basket: Basket) -> str:
    """Return what comes next to a basket, and how many could not be chosen."""
    left = len(basket.ineligible)
    others = f" Not eligible: {number_of(left, 'market')}." if left else ""
    if basket.second_objective is None:
        return f"There is no other basket.{others}"
    names = joined_words(market_names(basket.second))
    if basket.tied:
        return f"A second optimum, exactly as good: {names}.{others}"
    behind = number_text(basket.objective - basket.second_objective)
    return f"The next best, {behind} behind: {names}.{others}"


def member_places(basket: Basket) -> dict[str, int]:
    """Return with how many decimals the safety of members and what each adds are written."""
    adds = basket.table["marginal"].dropna()
    return {"safety": safety_places(basket), "marginal": column_places(adds, basket.places)}


def safety_places(basket: Basket) -> int:
    """Return how many decimals the safety of a basket's members is written with."""
    return score_places(basket.table["safety"].tolist())


def basket_title(ranking: Ranking) -> str:
    """Return the title of a basket or a plan: what its ranking is of, and its year."""
    rules, as_of = ranking.scores.framework, ranking.scores.table.as_of
    return f"{rules.title or rules.name}{'' if as_of is None else f', {as_of}'}"


def path_of(changes: FloatArray, years: "pd.Index[Any]", bad_years: float) -> pd.DataFrame:
    """Return the basket's change in each year, and what the year counts for in the shortfall."""
    change = changes.mean(axis=1)
    weight = np.zeros(len(change))
    if len(change):
        weight[np.argsort(change, kind="stable")] = year_weights(len(change), bad_years)
    return pd.DataFrame({"change": change, "weight": weight}, index=years)
