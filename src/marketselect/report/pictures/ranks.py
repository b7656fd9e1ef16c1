"""Pictures of one ranking: bars, rank intervals.

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
    WIDTH,
    Source,
    axes_for,
    axis_words,
    color_key,
    factor_names,
    factor_paint,
    first_of_markets,
    head,
    market_rows,
    more_room,
    picture_title,
    ranked_names,
    score_words,
    source_line,
)
from marketselect.values import a_count, a_flag, is_among, said, use_one_of
from marketselect.words import COLORS, interval_text, interval_words, score_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray

INTERVAL = ("rank_low", "rank_high", "rank")


def plot_ranking(
    ranking: Ranking,
    *,
    top: int = 20,
    within: object = None,
    hatches: bool = False,
    source: Source = None,
    ax: Axes | None = None,
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
    hatches : bool
        Whether the areas of factors bear hatches, too, so that they can be told apart where they
        are printed in gray.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
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
    every, group = table_pictured(ranking, within)
    table = every.head(a_count(top, "top", least=1))
    hatches = a_flag(hatches, "hatches")
    names = names_within_group(table, within)
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
        ends = stacked_bars(ax, rows, parts, scores, hatches=hatches)
        pad = color_key(ax, factor_names(ranking), hatches=hatches)
    texts = [score_text(score, ranking.places[0]) for score in scores.tolist()]
    for row, end, text in zip(rows, ends, texts, strict=True):
        ax.annotate(
            text, (end, row), (6, 0), textcoords="offset points", va="center",
            fontsize=NORMAL - 0.5, color=INK, **PLAIN,
        )  # fmt: skip
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.margins(x=0.02)
    head(ax, f"{picture_title(ranking)}{group}: {first_of_markets(len(table), len(every))}", pad)
    axis_words(ax, score_words(ranking) + note)
    source_line(ax, source, ranking)
    return ax


def table_pictured(ranking: Ranking, within: object) -> tuple[pd.DataFrame, str]:
    """Return the table for a picture, of all markets or one group, and its title's words."""
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


def names_within_group(table: pd.DataFrame, within: object) -> list[str]:
    """Return rank and name of each market in a picture, the rank in its group if any."""
    return ranked_names(table if within is None else table.assign(rank=table["rank_within"]))


def stacked_bars(
    ax: Axes, rows: FloatArray, parts: FloatArray, scores: FloatArray, *, hatches: bool
) -> FloatArray:
    """Draw the parts end to end, negative ones to the left, and return the right ends."""
    above, below = np.zeros(len(rows)), np.zeros(len(rows))
    for number, width in enumerate(parts.T):
        left = np.where(width >= 0, above, below)
        ax.barh(rows, width, left=left, height=0.72, **factor_paint(number, hatches=hatches))
        above, below = above + np.maximum(width, 0), below + np.minimum(width, 0)
    if (below < 0).any():
        ax.axvline(0, color=INK, linewidth=0.8)
        ax.plot(
            scores, rows, linestyle="", marker="D", markersize=5, markerfacecolor="white",
            markeredgecolor="black",
        )  # fmt: skip
    return above


def plot_intervals(
    ranking: Ranking,
    *,
    top: int = 20,
    within: object = None,
    source: Source = None,
    ax: Axes | None = None,
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
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
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
    every, group = table_pictured(ranking, within)
    table = every.head(a_count(top, "top", least=1))
    if table["rank_low"].isna().any():
        raise InputError.of(
            "not-possible",
            "ranking",
            "has no rank intervals, as it was made with draws=0",
            "rank with draws=1000 or more",
        )
    names = names_within_group(table, within)
    ax = axes_for(ax, WIDTH + more_room(names), 1.2 + ROW * len(table), "plot_intervals")
    from matplotlib.ticker import MaxNLocator

    rows = market_rows(ax, names)
    low, high, rank = (table[name].to_numpy(dtype=float) for name in INTERVAL)
    # A little wider than from rank to rank, so that an interval of one rank is seen.
    ax.barh(rows, high - low + 0.7, left=low - 0.35, height=0.5, color=COLORS["interval"])
    ax.plot(rank, rows, linestyle="", marker="o", markersize=5, color="black", clip_on=False)
    for row, start, end in zip(rows, low, high, strict=True):
        ax.annotate(
            interval_text(start, end), (end + 0.35, row), (3, 0), textcoords="offset points",
            va="center", fontsize=NORMAL - 0.5, color=INK, **PLAIN,
        )  # fmt: skip
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlim(0.4, high.max() + 0.6)
    head(ax, f"{picture_title(ranking)}{group}: {first_of_markets(len(table), len(every))}")
    axis_words(ax, f"Rank (dot), and {interval_words(ranking.varied)}")
    source_line(ax, source, ranking)
    return ax
