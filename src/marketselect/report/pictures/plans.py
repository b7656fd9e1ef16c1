"""A plan as a tree over the map of the world: from where each market is entered, and when."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from marketselect.errors import InputError, clean, listing, need
from marketselect.portfolio.entry import EntryPlan
from marketselect.report.pictures.map import KEY, SIDE, draw_squares, whole_world
from marketselect.report.pictures.parts import (
    INK,
    NORMAL,
    PLAIN,
    SMALL,
    Source,
    axes_for,
    head,
    heat_map,
    shown_names,
    source_line,
)
from marketselect.report.tiles import ROWS, TILES
from marketselect.tables.labels import country_codes
from marketselect.words import COLORS, joined_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COST = (
    "Cost of a step: 1, less 0.32 for a border or the same region, 0.32 for a language of the "
    "firm's and 0.16 for the same income group, times its effort; shares after Morales, Sheu and "
    "Zahler (2019)."
)
OWN = "Cost of a step: by a function of one's own."
FACTS = (
    "borders by CEPII GeoDist (Etalab Open Licence 2.0); languages by Unicode CLDR 47 (Unicode "
    "License v3); income groups of fiscal year 2027 by the World Bank (CC BY 4.0)"
)
BEND = 0.18  # of an arrow, as a share of its length
NEAR = 1.5  # columns or rows between which there is no room for a number


def plot_entry_plan(plan: EntryPlan, *, source: Source = None, ax: Axes | None = None) -> Axes:
    """Draw the tree of a plan over a map with one square an economy.

    Parameters
    ----------
    plan : EntryPlan
        From `entry_plan`.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data of the ranking and of
        the steps, under which licence, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure of 11.5 by 7 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. Home and the markets served are dark; an arrow
        leads from the stepping stone to each market, whose number is its place in the order, and
        the lighter it is, the later its wave. Markets that have no square are named below the map.

    Raises
    ------
    InputError
        If no market of the plan has a square, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> plan = ms.entry_plan(["MEX", "IRL", "USA"], ms.Firm(home="GBR", languages=["en"]))
    >>> plot_entry_plan(plan).get_title(loc="left")
    'Order of entry from United Kingdom: Ireland, United States and Mexico'
    """
    need(plan, EntryPlan, "plan")
    table = plan.table.assign(
        code=country_codes(plan.table["market"]), stone=country_codes(plan.table["stepping_stone"])
    )
    there = table[[code in TILES for code in table["code"]]]
    if there.empty:
        raise InputError.of(
            "unknown-name",
            "plan",
            f"none of {listing(table['market'])} has a square",
            "the map knows economies by their alpha-3 codes, such as VNM",
        )
    ax = axes_for(ax, 11.5, 7.0, "plot_entry_plan")
    last = int(table["wave"].max())
    colors = heat_map()
    held = [code for code in country_codes([plan.home, *plan.served]) if code in TILES]
    waves = zip(there["code"], there["wave"], strict=True)
    faces = {code: colors(wave_share(wave, last)) for code, wave in waves}
    faces |= dict.fromkeys(held, COLORS["ink"])
    numbers = {code: str(order) for order, code in there["code"].items()}
    draw_squares(ax, faces, numbers | dict.fromkeys(held, "held") | {held[0]: "home"} if held
                 else numbers)  # fmt: skip
    draw_steps(ax, there)
    draw_words(ax, plan, last, table[~table.index.isin(there.index)])
    whole_world(ax)
    home, *names = (clean(name) for name in shown_names([plan.home, *table["market"]]))
    told = f"{clean(plan.title)}: order" if plan.title else "Order"
    head(ax, f"{told} of entry from {home}: {joined_words(names)}")
    source_line(ax, source, origin_of(plan))
    return ax


def origin_of(plan: EntryPlan) -> str:
    """Return where the figures of a plan are from: those of its ranking, and those of its steps."""
    if plan.own_steps:
        return plan.origin
    return f"{plan.origin}; of the steps: {FACTS}" if plan.origin else f"Source: {FACTS}"


def wave_share(wave: int, last: int) -> float:
    """Return where the color of a wave lies: the first is the darkest, the last not too light."""
    return 0.85 if last == 1 else 0.85 - 0.6 * (wave - 1) / (last - 1)


def middle(code: str) -> tuple[float, float]:
    """Return the middle of a square."""
    column, row = TILES[code]
    return column + SIDE / 2, row + SIDE / 2


def draw_steps(ax: Axes, table: pd.DataFrame) -> None:
    """Draw an arrow from each stepping stone to the market, with the cost of the step."""
    from matplotlib.patches import FancyArrowPatch

    for stone, market, cost in zip(table["stone"], table["code"], table["step"], strict=True):
        if stone not in TILES:
            continue
        (left, top), (right, low) = middle(stone), middle(market)
        arrow = FancyArrowPatch(
            (left, top), (right, low), arrowstyle="-|>", mutation_scale=8, linewidth=1.3,
            color=COLORS["chosen"], connectionstyle=f"arc3,rad={BEND}", shrinkA=8, shrinkB=8,
            zorder=4,
        )  # fmt: skip
        ax.add_patch(arrow)
        # The middle of the arc; of squares side by side above them, where it hides neither.
        near = max(abs(right - left), abs(low - top)) < NEAR
        across = (left + right) / 2 - BEND / 2 * (low - top)
        down = (top + low) / 2 + BEND / 2 * (right - left) - near * SIDE * 0.8
        ax.text(
            across, down, f"{cost:.2f}", fontsize=SMALL, color=INK,
            ha="center", va="center", zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6}, **PLAIN,
        )  # fmt: skip


def draw_words(ax: Axes, plan: EntryPlan, last: int, rest: pd.DataFrame) -> None:
    """Write what the signs mean, what a step costs, and who has no square."""
    left, top, _ = KEY
    several = "" if last == 1 else ", the lighter the later its wave"
    key = (
        f"The number is the place in the order{several}; an arrow comes from the stepping stone, "
        "beside it the cost of the step. Dark: home and markets served."
    )
    size: dict[str, Any] = {"fontsize": NORMAL - 0.5, "color": INK, "va": "top", **PLAIN}
    words = (key, OWN if plan.own_steps else COST)
    ax.text(left, top - 1.0, "\n".join(fill(text, 48) for text in words), **size)
    if len(rest):
        note = f"Without a square: {listing(shown_names(rest['market'], 20), 3)}."
        ax.text(0, ROWS - 0.1, note, fontsize=SMALL, color=INK, **PLAIN)
