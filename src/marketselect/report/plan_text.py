"""A basket and its order of entry as text that fills a screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marketselect.errors import told
from marketselect.portfolio.basket import member_places
from marketselect.portfolio.entry import SURVIVAL
from marketselect.portfolio.steps import CHEAPEST, Facts
from marketselect.ranking.told import firm_words
from marketselect.report.lines import APART, rows_in_rooms, text_table, wrapped_lines
from marketselect.sources.embedded import market_names
from marketselect.tables.labels import country_codes
from marketselect.width import breadth
from marketselect.words import number_text, score_text, some_words

if TYPE_CHECKING:
    import pandas as pd

    from marketselect.portfolio.basket import Basket
    from marketselect.portfolio.entry import EntryPlan
    from marketselect.ranking.ranking import Ranking

WIDTH = 80
SHORT = {  # what two markets share, as `steps` has it
    "border": "border",
    "region": "same region",
    "language": "language",
    "income_group": "income group",
}
NAME_WIDTH = 20  # at WIDTH; more on a wider screen
NARROWEST_NAME = 12
LONGEST_LIST = 10  # markets of a line that says why they have nothing to watch


def screenful(ranking: Ranking, basket: Basket, plan: EntryPlan, width: int | None = None) -> str:
    """Return title, basket, order of entry, and what to watch; without a width for a file."""
    width = WIDTH if width is None else width
    of = f"{len(basket.table)} of {len(ranking.table)} ranked markets"
    parts = [
        wrapped_lines(f"{basket.title}, for {firm_words(plan.firm)}: {of}", width),
        wrapped_lines(basket.summary, width) + f"\n{basket_table(basket, width)}\n"
        f"{wrapped_lines(basket.beside, width)}",
        f"{wrapped_lines(f'Order of entry: {plan.summary}', width)}\n{order_table(plan, width)}",
        "\n".join([*watch_lines(plan, width), wrapped_lines(SURVIVAL, width)]),
    ]
    return "\n\n".join(parts)


def name_room(width: int) -> int:
    """Return how wide a market's name may be on a screen."""
    return max(NAME_WIDTH + width - WIDTH, NARROWEST_NAME)


def basket_table(basket: Basket, width: int) -> str:
    """Return a basket as a terminal's table: score, safety, and what each member adds."""
    table, places = basket.table, member_places(basket)
    columns = (
        [f"  {market}" for market in table.index],
        list(table["name"]),
        [score_text(score, basket.places) for score in table["score"]],
        [known_or_hyphen(safety, places["safety"]) for safety in table["safety"]],
        list(map(known_or_hyphen, table["effort"])),
        [known_or_hyphen(adds, places["marginal"]) for adds in table["marginal"]],
    )
    header = ("  market", "name", "score", "safety", "effort", "adds")
    rows = rows_in_rooms(zip(*columns, strict=True), {1: name_room(width)})
    return text_table(rows, header, right=(2, 3, 4, 5), width=width)


def known_or_hyphen(number: float, places: int | None = None) -> str:
    """Return a number of a terminal's table, a hyphen where there is none."""
    if np.isnan(number):
        return "-"
    return number_text(number) if places is None else score_text(number, places)


def order_table(plan: EntryPlan, width: int) -> str:
    """Return the order of entry as a terminal's table: when, from where, at what cost, why."""
    rows = [
        (
            f"  {order}",
            wave,
            name,
            stone,
            f"{step:.2f}",
            why,
        )
        for order, wave, name, stone, step, why in zip(
            plan.table.index,
            plan.table["wave"],
            market_names(plan.table["market"]),
            plan.table["stepping_stone"],
            plan.table["step"],
            short_reasons(plan),
            strict=True,
        )
    ]
    header = ("  no.", "wave", "market", "from", "step", "why")
    broken = rows_in_rooms(rows, {2: name_room(width)})
    return text_table(broken, header, right=(1, 4), width=width, wrapped=True)


def short_reasons(plan: EntryPlan) -> list[str]:
    """Return for a terminal why each step of a plan is cheap, in few words."""
    if plan.own_steps:
        return [CHEAPEST] * len(plan.table)
    facts = Facts(plan.firm)
    ends = (country_codes(plan.table[name]) for name in ("stepping_stone", "market"))
    shared = (facts.shared(at, to) for at, to in zip(*ends, strict=True))
    return [", ".join(SHORT[what] for what in each) or "nothing in common" for each in shared]


def watch_lines(plan: EntryPlan, width: int) -> list[str]:
    """Return for a terminal what to watch: who takes the place, by what, and who has none."""
    lines = [
        wrapped_lines(
            "What to watch: a market is behind the best that may take its place once its score "
            f"falls by {len(plan.table)} times what it adds. What alone would do that:",
            width,
        )
    ]
    if len(plan.watch):
        lines.append(watch_table(plan.watch, width))
    for text, markets in plan.unwatched.items():
        who = some_words(list(map(told, markets)), LONGEST_LIST)
        lines.append(wrapped_lines(f"{who}: {text}", width, "  ", "    "))
    return lines


def watch_table(watch: pd.DataFrame, width: int) -> str:
    """Return what to watch as a terminal's table: indicators under market and substitute."""
    header = ("  market", "indicator", "now", "then", "usual years")
    rows: list[tuple[str, ...]] = []
    for market, own in watch.groupby("market", sort=False):
        other = own["substitute"].iloc[0]
        name = market_names([other])[0]
        code = "" if name == told(other) else f" ({told(other)})"
        rows.append((f"  {told(market)}", f"behind {name}{code}:", "", "", ""))
        now, then = (map(number_text, own[column]) for column in ("value", "needed"))
        years = (f"{changes:.1f}" for changes in own["changes"])
        named = (
            f"{name} ({unit})" if unit else name
            for name, unit in zip(own["name"], own["unit"], strict=True)
        )
        rows += [("", *row) for row in zip(named, now, then, years, strict=True)]
    taken = [max(breadth(row[n]) for row in [header, *rows]) for n in (0, 2, 3, 4)]
    room = max(width - sum(taken) - len(APART) * len(taken), NAME_WIDTH)
    return text_table(rows_in_rooms(rows, {1: room}), header, right=(2, 3, 4), width=width)
