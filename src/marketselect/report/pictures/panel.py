"""A picture of rankings over years."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import need
from marketselect.panel.panel import PanelRanking
from marketselect.report.pictures.parts import (
    INK,
    NORMAL,
    PLAIN,
    SMALL,
    Source,
    axes_for,
    axis_words,
    first_of_markets,
    head,
    market_rows,
    shown_names,
    some_of,
    source_line,
)
from marketselect.tables import schemas
from marketselect.tables.labels import label_places
from marketselect.values import a_count
from marketselect.words import FACTOR_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray


def plot_ranks(
    panel: PanelRanking,
    *,
    top: int = 10,
    markets: Iterable[Any] | None = None,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how markets changed places over the years: a bump chart.

    Parameters
    ----------
    panel : PanelRanking
        From `rank_panel`.
    top : int
        How many markets, 1 or more: the first of the last year.
    markets : iterable, optional
        These markets in place of the first ones.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: that of the last year's
        ranking.
    ax : Axes, optional
        Where to draw; default: a new figure as wide as the years need.

    Returns
    -------
    Axes
        The one given, or that of the new figure. The number on a line is the rank among all markets
        of that year; the height is the order among those that are drawn. A year without a rank
        leaves a gap.

    Raises
    ------
    InputError
        If an argument has no meaning, a market is unknown, or matplotlib is not installed (extra
        "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> panel = ms.rank_panel(ms.load_indicators(), "pestle", years=[2014, 2019, 2024], draws=0)
    >>> ax = plot_ranks(panel, markets=["VNM", "MEX", "POL"])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['2014', '2019', '2024']
    """
    need(panel, PanelRanking, "panel")
    first = a_count(top, "top", least=1)
    if markets is None:
        shown = panel.ranks.head(first)
    else:
        chosen = schemas.check_markets(markets, panel.ranks.index)
        shown = panel.ranks.iloc[np.sort(label_places(panel.ranks.index, chosen))]
    ranks = shown.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    years = list(panel.years)
    size = (2.6 + min(0.62 * len(years), 9.0), 1.2 + 0.3 * len(shown))
    ax = axes_for(ax, max(size[0], 5.0), max(size[1], 2.0), "plot_ranks")
    level = market_rows(ax, [""] * len(shown))
    height = order_each_year(ranks)
    names = shown_names(shown.index)
    for number, color in zip(range(len(names)), cycle(FACTOR_COLORS)):
        draw_market_line(ax, height[number], ranks[number], names[number], color)
    ax.set_xticks(np.arange(len(years)), [str(year) for year in years])
    ax.tick_params(axis="x", length=0, labelsize=SMALL + 0.5)
    ax.set_xlim(-0.4, len(years) - 0.6)
    ax.set_ylim(len(level) - 0.4, -0.6)
    ax.spines["bottom"].set_visible(False)
    count = (first_of_markets if markets is None else some_of)(len(shown), len(panel.ranks))
    head(ax, f"Ranks {year_span(years)}: {count}")
    axis_words(ax, "Year (numbers: rank among all; height: order of those shown)")
    source_line(ax, source, panel.rankings[panel.years[-1]])
    return ax


def year_span(years: list[int]) -> str:
    """Return the years of a picture in words: ``2014 to 2024``, or the one year."""
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def order_each_year(ranks: FloatArray) -> FloatArray:
    """Return each market's place in a picture over years, 0 at the top; NaN without a rank.

    Tied markets stand one below the other, in the order of the last year.
    """
    frame = pd.DataFrame(ranks)
    return frame.rank(method="first").to_numpy() - 1


def draw_market_line(
    ax: Axes, height: FloatArray, ranks: FloatArray, name: str, color: str
) -> None:
    """Draw one market's line, its rank on it, and its name at the end."""
    across = np.arange(len(height))
    ax.plot(across, height, color=color, linewidth=2, zorder=1)
    known = np.flatnonzero(~np.isnan(height))
    ax.plot(
        across[known], height[known], linestyle="", marker="o", markersize=15, zorder=2,
        markerfacecolor="white", markeredgecolor=color, markeredgewidth=1.6,
    )  # fmt: skip
    for year in known:
        ax.text(
            across[year], height[year], f"{ranks[year]:.0f}", ha="center", va="center_baseline",
            fontsize=SMALL, color=INK, zorder=3, **PLAIN,
        )  # fmt: skip
    last = known[-1]
    ax.annotate(
        name, (across[last], height[last]), (11, 0), textcoords="offset points", va="center",
        fontsize=NORMAL, color=INK, zorder=4, **PLAIN,
    )  # fmt: skip
