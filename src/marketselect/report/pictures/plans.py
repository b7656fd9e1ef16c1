"""A plan as a tree over the map of the world: from where each market is entered, and when."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

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

    from marketselect.arrays.checks import FloatArray

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
ARC_POINTS = 65  # of an arrow
COSTS = (20.0, -0.2, 8.2)  # left end, upper edge and width of the list of costs
COST_ROWS = 7  # in each of its two columns


def plot_entry_plan(plan: EntryPlan, *, source: Source = None, ax: Axes | None = None) -> Axes:
    """Draw the tree of a plan over a map with one square an economy.

    Parameters
    ----------
    plan : EntryPlan
        From `entry_plan`.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data of the ranking and of
        the steps, under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure of 11.5 by 7 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. Home and the markets served are dark; an arrow
        leads from the stepping stone to each market, whose number is its place in the order, and
        the lighter it is, the later its wave. The cost of each step is listed. Markets that have
        no square are named below the map.

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
    marks = numbers | dict.fromkeys(held, "held") | ({held[0]: "home"} if held else {})
    draw_squares(ax, faces, marks, over=True)
    draw_steps(ax, there)
    draw_costs(ax, table)
    draw_plan_words(ax, plan, last, table[~table.index.isin(there.index)])
    whole_world(ax)
    home, *names = (clean(name) for name in shown_names([plan.home, *table["market"]]))
    told = f"{clean(plan.title)}: order" if plan.title else "Order"
    head(ax, f"{told} of entry from {home}: {joined_words(names)}")
    source_line(ax, source, plan_origin(plan))
    return ax


def plan_origin(plan: EntryPlan) -> str:
    """Return where the figures in a plan's picture are from: its ranking's, and its steps'."""
    if plan.own_steps:
        return plan.origin
    return f"{plan.origin}; of the steps: {FACTS}" if plan.origin else f"Source: {FACTS}"


def wave_share(wave: int, last: int) -> float:
    """Return where the color of a wave lies: the first is the darkest, the last not too light."""
    return 0.85 if last == 1 else 0.85 - 0.6 * (wave - 1) / (last - 1)


def draw_steps(ax: Axes, table: pd.DataFrame) -> None:
    """Draw an arrow from each stepping stone to the market, under all codes."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    for stone, market in zip(table["stone"], table["code"], strict=True):
        if stone in TILES:
            arrow = FancyArrowPatch(
                path=Path(arc(stone, market)), arrowstyle="-|>", mutation_scale=8, linewidth=1.3,
                color=COLORS["chosen"], zorder=2,
            )  # fmt: skip
            ax.add_patch(arrow)


def arc(stone: str, market: str) -> FloatArray:
    """Return the points of an arc from the edge of one square to that of another.

    Of squares side by side it leads around the edge that they share, of those that touch at a
    corner from the one's upper or lower edge to the other's side: a gap is too small for an arrow.
    """
    half = SIDE / 2
    start, end = (np.array(TILES[code]) + half for code in (stone, market))
    across, down = np.sign(end - start)
    bend = BEND * np.array([start[1] - end[1], end[0] - start[0]])
    if abs(end - start).max() == 1:
        corner = bool(across and down)
        out = half * np.array([0, -1] if across else [1, 0])
        start = start + (half * np.array([0, down]) if corner else out)
        end = end - half * np.array([across, 0]) if corner else end + out
        bend = np.zeros(2) if corner else out
    along = np.linspace(0, 1, ARC_POINTS)[:, None]
    middle = (start + end) / 2 + bend
    points = (1 - along) ** 2 * start + 2 * along * (1 - along) * middle + along**2 * end
    inside = [(abs(points - TILES[code] - half) < half).all(axis=1) for code in (stone, market)]
    return np.asarray(points[~(inside[0] | inside[1])])


def draw_costs(ax: Axes, table: pd.DataFrame) -> None:
    """List the steps with their costs over the Pacific and Asia's north, where no square is."""
    left, top, width = COSTS
    style: dict[str, Any] = {"fontsize": SMALL, "color": INK, "va": "top", **PLAIN}
    ax.text(left, top, "Cost of each step", **style | {"fontsize": NORMAL - 0.5})
    names, stones = (shown_names(table[name], 18) for name in ("market", "stepping_stone"))
    rows = list(zip(table.index, names, stones, table["step"], strict=True))
    most = 2 * COST_ROWS
    for place, (order, name, stone, cost) in enumerate(rows[:most]):
        column, row = divmod(place, COST_ROWS)
        at, below = left + column * (width + 1), top + 0.75 + row * 0.45
        ax.text(at, below, f"{order}  {name}, from {stone}", **style)
        ax.text(at + width, below, f"{cost:.2f}", ha="right", **style)
    if len(rows) > most:
        below = top + 0.75 + COST_ROWS * 0.45
        ax.text(left, below, f"and {len(rows) - most} more: see table", **style)


def draw_plan_words(ax: Axes, plan: EntryPlan, last: int, rest: pd.DataFrame) -> None:
    """Write what the signs mean, what a step costs, and who has no square."""
    left, top, _ = KEY
    several = "" if last == 1 else ", the lighter the later its wave"
    key = (
        f"The number is the place in the order{several}; an arrow comes from the stepping stone. "
        "Dark: home and markets served."
    )
    size: dict[str, Any] = {"fontsize": SMALL, "color": INK, "va": "top", **PLAIN}
    words = (key, OWN if plan.own_steps else COST)
    ax.text(left, top - 1.0, "\n".join(fill(text, 56) for text in words), **size)
    if len(rest):
        note = f"Without a square: {listing(shown_names(rest['market'], 20), 3)}."
        ax.text(0, ROWS - 0.1, note, fontsize=SMALL, color=INK, **PLAIN)
