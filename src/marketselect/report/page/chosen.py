"""What limits the markets of a ranking, and what was chosen out of it, for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketselect.portfolio.basket import member_places, read_beside
from marketselect.report.left import limit_text
from marketselect.scoring.screens import FAILED, KEPT
from marketselect.sources.embedded import market_names
from marketselect.values import is_gap
from marketselect.words import MEMBERS, number_text, score_text

if TYPE_CHECKING:
    from marketselect.portfolio.basket import Basket
    from marketselect.portfolio.entry import EntryPlan
    from marketselect.ranking.ranking import Ranking


def screen_content(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the screens for the page: rule, why, and how many markets each keeps out."""
    outcome, rules = ranking.screened, ranking.scores.framework
    return [
        {
            "rule": limit_text(screen, rules),
            "why": screen.why,
            "out": int((outcome[screen.rule] == FAILED).sum()),
            "unknown": int((outcome[screen.rule] == KEPT).sum()),
        }
        for screen in rules.screens
    ]


def basket_content(basket: Basket) -> dict[str, Any]:
    """Return a basket for the page: what it is in a sentence, and its members."""
    table = basket.table
    columns = {title: table[name].tolist() for name, title in MEMBERS.items() if name in table}
    places = {MEMBERS[name]: number for name, number in member_places(basket).items()}
    shown = {
        title: [member_cell(cell, places.get(title)) for cell in cells]
        for title, cells in columns.items()
    }
    # One in which nothing stands is left out.
    shown = {title: texts for title, texts in shown.items() if any(texts)}
    scores = [score_text(score, basket.places) for score in table["score"]]
    rows = zip(market_names(table.index), scores, *shown.values(), strict=True)
    return {
        "text": basket.summary,
        "beside": read_beside(basket),
        "heads": ["Market", "Score", *shown],
        "lines": [list(row) for row in rows],
    }


def plan_content(plan: EntryPlan) -> dict[str, Any]:
    """Return a plan of entry for the page: from where, with whom it begins, its steps."""
    table = plan.table
    names = [market_names(table[column]) for column in ("market", "stepping_stone")]
    columns = [table["wave"].astype(str), *names, table["why"]]
    watched = not plan.usual.empty
    rows = zip(*columns, *([table["watch"]] if watched else []), strict=True)
    return {
        "text": plan.summary,
        "heads": ["Wave", "Market", "From", "Why", *(["Watch"] if watched else [])],
        "lines": [list(map(str, row)) for row in rows],
    }


def member_cell(cell: Any, places: int | None = None) -> str:
    """Return a cell of a basket's member on the page as text; nothing where missing."""
    if is_gap(cell):
        return ""
    if places is not None:
        return score_text(cell, places)
    return number_text(cell) if isinstance(cell, (int, float)) else str(cell)
