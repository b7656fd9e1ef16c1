"""Pictures of many shares at once: how often each rank is taken, and what goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from marketselect.audit.structure import redundancy
from marketselect.errors import clean, need, number_of
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.parts import (
    INK,
    NORMAL,
    PLAIN,
    SMALL,
    Source,
    axes_for,
    axis_words,
    cut_apart,
    first_of_markets,
    head,
    heat_map,
    ink_on,
    market_rows,
    more_room,
    picture_title,
    ranked_names,
    settle,
    source_line,
)
from marketselect.uncertainty.acceptability import Robustness
from marketselect.values import a_count, one_of
from marketselect.words import COLORS, share_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray

MOST_RANKS = 25  # columns of the heat map at least; what comes after them is one column
LEAST = 0.005  # a share of draws that is shown as 1 %
MOST_FIGURES = 16  # rows of correlations; of more, only the colors are shown
CELL, WIDE_CELL = 0.2, 0.42  # inches of a row of correlations, without and with its figures
NAME = 26  # characters


def plot_acceptability(
    robustness: Robustness, *, top: int = 20, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw how often each of the first markets takes each rank, as a heat map.

    Parameters
    ----------
    robustness : Robustness
        From `robustness`.
    top : int
        How many markets, 1 or more; all of them if there are fewer.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure as wide as it needs.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A cell gives the percentage of the draws, a blank
        one nothing. The first 25 ranks have a column of their own, or `top` where that is more; the
        last column is the rest.

    Raises
    ------
    InputError
        If an argument has no meaning, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> ax = plot_acceptability(ms.robustness(ranking, draws=1000), top=10)
    >>> ax.get_yticklabels()[0].get_text()
    '1  Singapore'
    """
    need(robustness, Robustness, "robustness")
    top = a_count(top, "top", least=1)
    most = max(top, MOST_RANKS)
    summary = robustness.summary.head(top)
    shares = robustness.acceptability.to_numpy()[: len(summary)]
    last = min(int(np.flatnonzero((shares >= LEAST).any(axis=0)).max(initial=0)) + 1, most)
    rest = shares[:, last:].sum(axis=1)
    later = bool((rest >= LEAST).any())
    cells = np.column_stack([shares[:, :last], rest]) if later else shares[:, :last]
    names = ranked_names(summary)
    width = max(
        2.7 + (0.31 if cells.shape[1] <= MOST_RANKS + 1 else 0.25) * cells.shape[1], 6.5
    ) + more_room(names)
    ax = axes_for(ax, width, 1.2 + 0.25 * len(summary), "plot_acceptability")
    rows = market_rows(ax, names)
    heat_cells(ax, rows, cells)
    heads = [str(rank) for rank in range(1, last + 1)] + [f">{last}"] * later
    ax.set_xticks(np.arange(len(heads)), heads)
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    head(
        ax,
        f"How often each rank is taken: {first_of_markets(len(summary), len(robustness.summary))}",
    )
    axis_words(ax, f"Rank (percent of {number_of(robustness.draws, 'draw')} of the weights)")
    source_line(ax, source, robustness.origin)
    return ax


def heat_cells(ax: Axes, rows: FloatArray, cells: FloatArray) -> None:
    """Draw cells, the darker the larger, each with its share in percent."""
    colors = heat_map()
    edges = np.arange(cells.shape[1] + 1) - 0.5
    shown = np.ma.masked_less(cells, LEAST)
    ax.pcolormesh(
        edges, np.append(rows - 0.5, rows[-1] + 0.5), shown, cmap=colors, vmin=0, vmax=1,
        edgecolors="white", linewidth=1,
    )  # fmt: skip
    for row, column in np.argwhere(cells >= LEAST):
        share = cells[row, column]
        ax.text(
            column, rows[row], share_text(share).rstrip("%"), ha="center", va="center",
            fontsize=SMALL, color=ink_on(colors(share)), **PLAIN,
        )  # fmt: skip
    ax.set_ylim(len(rows) - 0.5, -0.5)


def plot_correlations(
    ranking: Ranking,
    *,
    level: Literal["indicators", "factors"] = "indicators",
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how far indicators or factors go together, as a heat map with what is worth a look.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    level : {"indicators", "factors"}
        What is compared: normalized values, or factor scores, those of sub-factors too.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure as large as it needs.

    Returns
    -------
    Axes
        The one given, or that of the new figure. The correlations and their flags are those of
        `redundancy`; a pair without one, such as a factor and its own part, is blank. A frame marks
        one above 0.9, a dot one below 0. Up to 16 rows bear their figures.

    Raises
    ------
    InputError
        If an argument has no meaning, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_correlations(ms.rank_markets(table, "pestle", draws=0), level="factors")
    >>> ax.get_yticklabels()[0].get_text()
    'Political'
    """
    need(ranking, Ranking, "ranking")
    of_indicators = one_of(level, ("indicators", "factors"), "level") == "indicators"
    framework, found = ranking.scores.framework, redundancy(ranking)
    items = framework.indicators if of_indicators else framework.factors
    codes = [item.code for item in items]
    names = cut_apart([clean(item.name or item.code) for item in items], NAME)
    pairs = found.indicators if of_indicators else found.factors
    place = {code: number for number, code in enumerate(codes)}
    cells, flags = np.full((len(codes), len(codes)), np.nan), {}
    for pair in pairs.itertuples():
        up, down = sorted((place[str(pair.first)], place[str(pair.second)]))
        cells[down, up], flags[down, up] = pair.correlation, pair.flag
    side = (WIDE_CELL if len(codes) <= MOST_FIGURES else CELL) * len(codes)
    ax = axes_for(ax, side + 3.2, side * 0.8 + 2.4, "plot_correlations")
    rows = market_rows(ax, names)
    draw_pairs(ax, cells, flags)
    ax.set_xticks(rows, names, rotation=90, fontsize=NORMAL, color=INK, **PLAIN)
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_xlim(-0.5, len(rows) - 0.5)
    settle(ax)
    head(ax, f"{picture_title(ranking)}: what goes together")
    axis_words(ax, "Correlation, -1 (orange) to 1 (blue); framed: above 0.9; dot: below 0")
    source_line(ax, source, ranking)
    return ax


def draw_pairs(ax: Axes, cells: FloatArray, flags: dict[tuple[int, int], Any]) -> None:
    """Draw the correlation of each pair below the diagonal, and a mark where it has a flag."""
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    ends = [COLORS["bad"], "white", COLORS["good"]]
    colors = LinearSegmentedColormap.from_list("apart", ends)
    edges = np.arange(len(cells) + 1) - 0.5
    ax.pcolormesh(edges, edges, np.ma.masked_invalid(cells), cmap=colors, vmin=-1, vmax=1,
                  edgecolors=COLORS["track"], linewidth=0.5)  # fmt: skip
    figures = len(cells) <= MOST_FIGURES
    for (down, up), flag in flags.items():
        value = cells[down, up]
        if figures and np.isfinite(value):
            ax.text(up, down, f"{value:.2f}", ha="center", va="center", fontsize=SMALL,
                    color=ink_on(colors((value + 1) / 2)), **PLAIN)  # fmt: skip
        if flag == "above 0.9":
            ax.add_patch(Rectangle((up - 0.5, down - 0.5), 1, 1, fill=False, edgecolor=INK,
                                   linewidth=1.4, zorder=3))  # fmt: skip
        elif flag:
            ax.plot(up + 0.36 * figures, down - 0.34 * figures, "o", color=INK, markersize=2)
