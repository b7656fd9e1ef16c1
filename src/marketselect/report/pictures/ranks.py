"""Pictures of one ranking: bars, rank intervals, acceptability.

Each function draws on the Axes that it is given, or on one of a new figure, and returns it. Nothing
is shown and no state of matplotlib is changed: ``ax.figure.savefig("picture.pdf")`` writes it, and
a notebook shows the Axes that is the last line of a cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marketselect.errors import InputError, need
from marketselect.explanation.parts import contributions
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    NORMAL,
    PLAIN,
    ROW,
    SMALL,
    WIDTH,
    axes_for,
    axis_words,
    color_key,
    factor_names,
    first_of,
    head,
    heat_map,
    ink_on,
    market_rows,
    more_room,
    paint,
    ranked_names,
    score_words,
    title_of,
)
from marketselect.uncertainty.acceptability import Robustness
from marketselect.values import a_count, is_among, said, use_one_of
from marketselect.words import COLORS, interval_text, interval_words, score_text, share_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray

MOST_RANKS = 25  # columns of the heat map; what comes after them is one column
INTERVAL = ("rank_low", "rank_high", "rank")
LEAST = 0.005  # a share of draws that is shown as 1 %


def plot_ranking(
    ranking: Ranking, *, top: int = 20, within: object = None, ax: Axes | None = None
) -> Axes:
    """Draw the scores of the first markets as bars, stacked by what each factor gives.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    top : int
        How many markets, 1 or more; all of them if there are fewer.
    within : optional
        One of the groups of a ranking with ``within``: its markets alone, by their rank there.
    ax : Axes, optional
        Where to draw; default: a new figure, about 7 inches wide.

    Returns
    -------
    Axes
        The one given, or that of the new figure (``ax.figure``).

    Raises
    ------
    InputError
        If an argument has no meaning, or matplotlib is not installed (extra "plot").

    Notes
    -----
    The parts are those of `contributions`: they add up to the score before a framework rounds it.
    Where some are negative (PROMETHEE, weighted product), they go to the left of zero and a
    diamond marks the score. A score that is not made of parts (VIKOR, Copeland, a method of your
    own) has a bar of one color, and the axis says so.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_ranking(ms.rank_markets(table, "pestle"), top=10)
    >>> ax.get_title(loc="left")
    'PESTLE market attractiveness, 2024: the first 10 of 183 markets'
    """
    need(ranking, Ranking, "ranking")
    every, group = grouped(ranking, within)
    table = every.head(a_count(top, "top", least=1))
    names = group_names(table, within)
    ax = axes_for(ax, WIDTH + more_room(names), 1.5 + ROW * len(table), "plot_ranking")
    rows = market_rows(ax, names)
    scores, note, pad = table["score"].to_numpy(dtype=np.float64), "", 8.0
    try:
        parts = contributions(ranking).loc[table.index].to_numpy()
    except InputError:
        note = "; it is not a sum of parts of the factors"
        ax.barh(rows, scores, height=0.72, color=COLORS["accent"])
        ends = np.maximum(scores, 0.0)
    else:
        ends = stacked_bars(ax, rows, parts, scores)
        pad = color_key(ax, factor_names(ranking))
    texts = [score_text(score, ranking.places[0]) for score in scores.tolist()]
    for row, end, text in zip(rows, ends, texts, strict=True):
        ax.annotate(
            text, (end, row), (6, 0), textcoords="offset points", va="center",
            fontsize=NORMAL - 0.5, color=INK, **PLAIN,
        )  # fmt: skip
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.margins(x=0.02)
    head(ax, f"{title_of(ranking)}{group}: {first_of(len(table), len(every))}", pad)
    axis_words(ax, score_words(ranking) + note)
    return ax


def grouped(ranking: Ranking, within: object) -> tuple[pd.DataFrame, str]:
    """Return the table of all markets, or of those of one group, and how the title names it."""
    table = ranking.table
    if within is None:
        return table, ""
    if ranking.within is None:
        raise InputError.of("contradiction", "within", "goes with a ranking within groups",
                            'rank_markets(..., within="region") makes one')  # fmt: skip
    groups = table[ranking.within].dropna().unique().tolist()
    if not is_among(within, groups):
        raise InputError.of("unknown-name", "within", f"there is no group {said(within)}",
                            use_one_of(groups, within))  # fmt: skip
    return table[table[ranking.within] == within], f", {within}"


def group_names(table: pd.DataFrame, within: object) -> list[str]:
    """Return rank and name of each market, the rank within the group where there is one."""
    return ranked_names(table if within is None else table.assign(rank=table["rank_within"]))


def stacked_bars(ax: Axes, rows: FloatArray, parts: FloatArray, scores: FloatArray) -> FloatArray:
    """Draw the parts end to end, negative ones to the left, and return the right ends."""
    above, below = np.zeros(len(rows)), np.zeros(len(rows))
    for number, width in enumerate(parts.T):
        left = np.where(width >= 0, above, below)
        ax.barh(rows, width, left=left, height=0.72, **paint(number))
        above, below = above + np.maximum(width, 0), below + np.minimum(width, 0)
    if (below < 0).any():
        ax.axvline(0, color=INK, linewidth=0.8)
        ax.plot(
            scores, rows, linestyle="", marker="D", markersize=5, markerfacecolor="white",
            markeredgecolor="black",
        )  # fmt: skip
    return above


def plot_intervals(
    ranking: Ranking, *, top: int = 20, within: object = None, ax: Axes | None = None
) -> Axes:
    """Draw the rank of the first markets and the interval that it lies in.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`, with draws.
    top : int
        How many markets, 1 or more; all of them if there are fewer.
    within : optional
        One of the groups of a ranking with ``within``: its markets alone, by their rank there.
    ax : Axes, optional
        Where to draw; default: a new figure, about 7 inches wide.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A dot is the rank, a bar the interval that holds
        90 % of the draws and the rank itself.

    Raises
    ------
    InputError
        If an argument has no meaning, the ranking has no intervals, or matplotlib is not
        installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_intervals(ms.rank_markets(table, "pestle", draws=1000), top=10)
    >>> ax.get_yticklabels()[0].get_text()
    '1  Singapore'
    """
    need(ranking, Ranking, "ranking")
    every, group = grouped(ranking, within)
    table = every.head(a_count(top, "top", least=1))
    if table["rank_low"].isna().any():
        raise InputError.of(
            "not-possible",
            "ranking",
            "has no rank intervals, as it was made with draws=0",
            "rank with draws=1000 or more",
        )
    names = group_names(table, within)
    ax = axes_for(ax, WIDTH + more_room(names), 1.2 + ROW * len(table), "plot_intervals")
    from matplotlib.ticker import MaxNLocator

    rows = market_rows(ax, names)
    low, high, rank = (table[name].to_numpy(dtype=float) for name in INTERVAL)
    # A little wider than from rank to rank, so that an interval of one rank is seen.
    ax.barh(rows, high - low + 0.7, left=low - 0.35, height=0.5, color=COLORS["interval"])
    ax.plot(rank, rows, linestyle="", marker="o", markersize=5, color="black")
    for row, start, end in zip(rows, low, high, strict=True):
        ax.annotate(
            interval_text(start, end), (end + 0.35, row), (3, 0), textcoords="offset points",
            va="center", fontsize=NORMAL - 0.5, color=INK, **PLAIN,
        )  # fmt: skip
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlim(0.4, high.max() + 0.6)
    head(ax, f"{title_of(ranking)}{group}: {first_of(len(table), len(every))}")
    axis_words(ax, f"Rank (dot), and {interval_words(ranking.varied)}")
    return ax


def plot_acceptability(robustness: Robustness, *, top: int = 20, ax: Axes | None = None) -> Axes:
    """Draw how often each of the first markets takes each rank, as a heat map.

    Parameters
    ----------
    robustness : Robustness
        From `robustness`.
    top : int
        How many markets, 1 or more; all of them if there are fewer.
    ax : Axes, optional
        Where to draw; default: a new figure as wide as it needs.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A cell gives the percentage of the draws, a blank
        one nothing; at most 25 ranks have a column of their own, the last column is the rest.

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
    summary = robustness.summary.head(a_count(top, "top", least=1))
    shares = robustness.acceptability.to_numpy()[: len(summary)]
    last = min(int(np.flatnonzero((shares >= LEAST).any(axis=0)).max(initial=0)) + 1, MOST_RANKS)
    rest = shares[:, last:].sum(axis=1)
    later = bool((rest >= LEAST).any())
    cells = np.column_stack([shares[:, :last], rest]) if later else shares[:, :last]
    names = ranked_names(summary)
    width = max(2.7 + 0.31 * cells.shape[1], 6.5) + more_room(names)
    ax = axes_for(ax, width, 1.2 + 0.25 * len(summary), "plot_acceptability")
    rows = market_rows(ax, names)
    heat_cells(ax, rows, cells)
    heads = [str(rank) for rank in range(1, last + 1)] + [f">{last}"] * later
    ax.set_xticks(np.arange(len(heads)), heads)
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    head(ax, f"How often each rank is taken: {first_of(len(summary), len(robustness.summary))}")
    axis_words(ax, f"Rank (percent of {robustness.draws:,} draws of the weights)")
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
