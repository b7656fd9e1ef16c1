"""A basket and its order of entry as text that fills a screen of a terminal."""

from __future__ import annotations

from textwrap import fill, shorten
from typing import TYPE_CHECKING

import numpy as np

from marketselect.errors import clean
from marketselect.portfolio.entry import SURVIVAL
from marketselect.report.lines import cut, text_table
from marketselect.sources.embedded import market_names
from marketselect.words import number_text, score_text

if TYPE_CHECKING:
    from marketselect.portfolio.basket import Basket
    from marketselect.portfolio.entry import EntryPlan
    from marketselect.ranking.ranking import Ranking

WIDTH = 80
SHORT = {
    "a border": "border",
    "the same ": "same ",
    "a language that the firm works in": "language",
    " and ": ", ",
    "same income group": "income group",
}
NAME_WIDTH, RIVAL_WIDTH, INDICATOR_WIDTH = 20, 14, 30


def screenful(ranking: Ranking, basket: Basket, plan: EntryPlan) -> str:
    """Return title, basket, order of entry, and what to watch."""
    parts = [
        filled(f"{basket.title}: {len(basket.table)} of {len(ranking.table)} ranked markets"),
        "\n".join([filled(basket.summary), basket_table(basket), filled(basket.beside)]),
        "\n".join([filled(f"Order of entry: {plan.summary}"), order_table(plan)]),
        "\n".join([*watch_lines(plan), filled(SURVIVAL)]),
    ]
    return "\n\n".join(parts)


def filled(text: str) -> str:
    """Return a text in lines of a screen's width."""
    return fill(clean(text), WIDTH)


def basket_table(basket: Basket) -> str:
    """Return the members: score, safety, and what each adds over its best substitute."""
    table = basket.table
    columns = (
        [f"  {market}" for market in table.index],
        [cut(name, NAME_WIDTH) for name in table["name"]],
        [score_text(score, basket.places) for score in table["score"]],
        *([known(number) for number in table[name]] for name in ("safety", "effort", "marginal")),
    )
    header = ("  market", "name", "score", "safety", "effort", "adds")
    return text_table(list(zip(*columns, strict=True)), header, right=(2, 3, 4, 5), width=WIDTH)


def known(number: float) -> str:
    """Return a number, a hyphen where there is none."""
    return "-" if np.isnan(number) else number_text(number)


def order_table(plan: EntryPlan) -> str:
    """Return which market comes when, from where, at what cost, and why."""
    rows = [
        (
            f"  {order}",
            wave,
            cut(name, NAME_WIDTH),
            stone,
            f"{step:.2f}",
            in_short(why),
        )
        for order, wave, name, stone, step, why in zip(
            plan.table.index,
            plan.table["wave"],
            market_names(plan.table["market"]),
            plan.table["stepping_stone"],
            plan.table["step"],
            plan.table["why"],
            strict=True,
        )
    ]
    return text_table(
        rows, ("  no.", "wave", "market", "from", "step", "why"), right=(1, 4), width=WIDTH
    )


def in_short(why: str) -> str:
    """Return why a step is cheap, in few words."""
    words = why.partition(": ")[2] or why
    for long, short in SHORT.items():
        words = words.replace(long, short)
    return words


def watch_lines(plan: EntryPlan) -> list[str]:
    """Return what to watch: a line an indicator, and who has none."""
    rows = [
        (
            f"  {market}",
            cut(label, INDICATOR_WIDTH),
            number_text(value),
            number_text(needed),
            f"{changes:.1f}",
            cut(rival, RIVAL_WIDTH),
        )
        for market, label, value, needed, changes, rival in zip(
            plan.watch["market"],
            plan.watch["name"],
            plan.watch["value"],
            plan.watch["needed"],
            plan.watch["changes"],
            market_names(plan.watch["substitute"]),
            strict=True,
        )
    ]
    lines = [
        filled(
            "What to watch: a market is behind the best that may take its place once its score "
            f"falls by {len(plan.table)} times what it adds. What alone would do that:"
        )
    ]
    if rows:
        header = ("  market", "indicator", "now", "then", "usual years", "behind")
        lines.append(text_table(rows, header, right=(2, 3, 4), width=WIDTH))
    rest = [
        f"  {shorten(clean(', '.join(map(str, markets))), 50)}: {text}"
        for text, markets in plan.unwatched.items()
    ]
    return [*lines, *rest]
