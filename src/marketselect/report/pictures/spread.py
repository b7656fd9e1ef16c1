"""A picture of the values that a ranking is made of: how they spread over the scale of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.errors import InputError, clean, need, number_of
from marketselect.explanation.parts import ranked_market
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.parts import (
    PLAIN,
    ROW,
    SMALL,
    SOFT,
    WIDTH,
    Source,
    axes_for,
    axis_words,
    cut_apart,
    head,
    market_rows,
    more_room,
    picture_title,
    shown_names,
    source_line,
)
from marketselect.scoring.scale import IndicatorScale
from marketselect.tables.labels import label_places
from marketselect.values import a_list, said
from marketselect.width import cut_to_width
from marketselect.words import COLORS, factor_colors, number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray
    from marketselect.framework.nodes import Indicator

NAME = 46  # characters
UNIT = 40  # characters
SIGNS = {
    "benefit": "",
    "cost": "less is better",
    "target": "best in between",
    "function": "by its value function",
}


def plot_distribution(
    ranking: Ranking,
    indicators: Iterable[str] | None = None,
    *,
    market: Any = None,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the values of each indicator spread over its scale, and where one market stands.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    indicators : iterable of str, optional
        Codes of the indicators, in the order in which they are drawn; default: all.
    market : optional
        A ranked market, whose observed values are marked and written down.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure as high as the indicators need.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A row runs from the lower to the upper end of the
        indicator's scale, its goalposts or else the least and the largest value, which are written
        at the ends, in its unit; in logs where the framework takes them. A stroke is the observed
        value of a ranked market, the bar holds the middle half of them, and a triangle stands where
        values lie beyond the ends. Strokes in orange are values that were treated as outliers.

    Raises
    ------
    InputError
        If an indicator is unknown or none is named, the market has no rank, or matplotlib is not
        installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> ax = plot_distribution(ranking, ["FP.CPI.TOTL.ZG", "SP.DYN.LE00.IN"], market="VNM")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Inflation, consumer prices', 'Life expectancy at birth']
    """
    need(ranking, Ranking, "ranking")
    rules, table = ranking.scores.framework, ranking.scores.table
    items = list(rules.indicators) if indicators is None else chosen_indicators(ranking, indicators)
    own = None if market is None else ranked_market(ranking, market, "market")
    names = cut_apart([clean(item.name or item.code) for item in items], NAME)
    width = WIDTH + 1.2 + max(0.0, more_room(names) - 1.2)  # a usual name has its room in WIDTH
    ax = axes_for(ax, width, 1.6 + 1.75 * ROW * len(items), "plot_distribution")
    rows, colors = market_rows(ax, names), factor_colors(rules.top)
    values = table.values.iloc[label_places(table.values.index, list(ranking.table.index))]
    treated = ranking.scores.treated
    tops = {leaf: top for top in rules.top for leaf in rules.leaves(top)}
    at = 0 if own is None else int(label_places(values.index, [own])[0])
    for row, item in zip(rows.tolist(), items, strict=True):
        raw = values[item.code].to_numpy(dtype=np.float64, na_value=np.nan)
        here = treated.loc[treated["indicator"] == item.code, "market"]
        outlying = values.index.isin(here)
        scale = ranking.scores.scale[item.code]
        along, ends = shares_along(raw, scale)
        draw_row(ax, row, along, outlying, colors[tops[item.code]])
        write_ends(ax, row, ends, item)
        if own is not None:
            mark_market(ax, row, float(along[at]), float(raw[at]))
    ax.set(xlim=(-24, 120), ylim=(len(rows) - 0.35, -0.65))
    ax.set_xticks([0, 50, 100])
    whose = "" if own is None else f"{shown_names([own])[0]} in black. "
    head(ax, f"{picture_title(ranking)}: the values of {number_of(len(ranking.table), 'market')}")
    axis_words(ax, f"{whose}Percent of the way along the scale, whose ends have the unit below")
    source_line(ax, source, ranking)
    return ax


def chosen_indicators(ranking: Ranking, given: Iterable[str]) -> list[Indicator]:
    """Return the indicators that a picture is to show, once each."""
    needed = "give a list of codes of indicators"
    codes = a_list(given, "indicators", needed, f"is {said(given)}")
    if not codes:
        raise InputError.of("empty", "indicators", "is empty", "name at least one")
    found = [ranking.scores.framework[code] for code in codes]
    return list({item.code: item for item in found}.values())


def shares_along(
    values: FloatArray, scale: IndicatorScale
) -> tuple[FloatArray, tuple[float, float]]:
    """Return where a picture draws values along a scale, in percent, and the scale's ends."""
    with np.errstate(invalid="ignore", divide="ignore"):
        taken = np.log(values) if scale.log else values
    known = taken[np.isfinite(taken)]
    least, most = (known.min(), known.max()) if known.size else (0.0, 0.0)
    low = float(least if scale.low is None else scale.low)
    high = float(most if scale.high is None else scale.high)
    # Halved first: the difference of two huge numbers may have no place.
    half = high / 2 - low / 2
    along = (taken / 2 - low / 2) / half * 100 if half > 0 else 0.0 * taken + 50.0
    ends = (float(np.exp(low)), float(np.exp(high))) if scale.log else (low, high)
    return along, ends


def draw_row(ax: Axes, row: float, along: FloatArray, treated: Any, color: str) -> None:
    """Draw the values of one indicator: the middle half, a stroke each, and who lies beyond."""
    known = along[np.isfinite(along)]
    ax.barh(row, 100, height=0.54, color=COLORS["track"], zorder=1)
    if not known.size:
        return
    low, high = np.clip(np.quantile(known, [0.25, 0.75]), 0, 100)
    ax.barh(row, high - low, left=low, height=0.54, color=color, alpha=0.3, zorder=1.5)
    inside = (along >= 0) & (along <= 100)
    for which, paint in ((inside & ~treated, color), (inside & treated, COLORS["bad"])):
        ax.vlines(along[which], row - 0.27, row + 0.27, paint, linewidth=0.7, zorder=2)
    for beyond, at, mark in ((along < 0, -2.5, "<"), (along > 100, 102.5, ">")):
        if beyond.any():
            ax.plot(at, row, mark, color=COLORS["bad"], markersize=4.5, zorder=2)


def write_ends(ax: Axes, row: float, ends: tuple[float, float], item: Indicator) -> None:
    """Write the ends of a scale beside its row, and its unit with what is good below."""
    look: dict[str, Any] = {"va": "center", "fontsize": SMALL, "color": SOFT, **PLAIN}
    for at, side, end in ((-4.5, "right", ends[0]), (104.5, "left", ends[1])):
        ax.text(at, row, number_text(end), ha=side, **look)
    words = cut_to_width(clean(item.unit), UNIT), SIGNS[item.direction]
    below = ", ".join(filter(None, words))
    ax.text(100, row + 0.31, below, ha="right", **{**look, "va": "top"})


def mark_market(ax: Axes, row: float, along: float, value: float) -> None:
    """Mark where a market stands, with its value; one without a value is not marked."""
    if not np.isfinite(along):
        return
    ax.plot(np.clip(along, -2.5, 102.5), row, "D", color="black", markersize=4, zorder=4)
    ax.text(0, row + 0.31, number_text(value), ha="left", va="top", fontsize=SMALL, color="black",
            **PLAIN)  # fmt: skip
