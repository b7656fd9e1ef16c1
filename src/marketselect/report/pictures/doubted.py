"""Pictures of what an order hangs on: the choices of a modeler, the weight of one factor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.errors import InputError, need
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.ranks import rank_scores
from marketselect.report.pictures.markets import pictured_markets
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    NORMAL,
    PLAIN,
    ROW,
    SMALL,
    WIDTH,
    Source,
    axes_for,
    axis_words,
    factor_names,
    head,
    market_rows,
    picture_title,
    shown_names,
    some_of,
    source_line,
)
from marketselect.tables.labels import label_places
from marketselect.uncertainty.choices import Sensitivity
from marketselect.uncertainty.stability import END, other_shares
from marketselect.values import a_count, one_of
from marketselect.words import COLORS, FACTOR_COLORS, weight_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray

STEPS = 401  # weights from 0 to 1 at which is ranked


def plot_sensitivity(
    sensitivity: Sensitivity, *, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw how much of the movement of ranks each modeling choice explains.

    Parameters
    ----------
    sensitivity : Sensitivity
        From `sensitivity`.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure, about 7 inches wide.

    Returns
    -------
    Axes
        The one given, or that of the new figure. The dark bar is the share that a choice explains
        alone, the light one that with all it does together with others; a line holds 90 % of the
        bootstrap. Choices that were not varied are not drawn.

    Raises
    ------
    InputError
        If no choice was varied, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> markets = ["VNM", "MEX", "POL", "MAR", "KEN"]
    >>> found = ms.sensitivity(table, "pestle", choices=["method", "treatment"], markets=markets)
    >>> ax = plot_sensitivity(found)
    >>> sorted(label.get_text() for label in ax.get_yticklabels())
    ['Method', 'Treatment']
    """
    need(sensitivity, Sensitivity, "sensitivity")
    table = sensitivity.choices[sensitivity.choices["options"] > 1]
    if table.empty:
        raise InputError.of("not-possible", "sensitivity", "varied no choice",
                            "give choices of two options or more to sensitivity")  # fmt: skip
    names = [str(name).replace("_", " ").capitalize() for name in table.index]
    ax = axes_for(ax, WIDTH, 1.6 + 2.2 * ROW * len(names), "plot_sensitivity")
    rows = market_rows(ax, names)
    looks = (("first_order", -0.19, "accent", "alone"), ("total", 0.19, "interval", "with others"))
    for name, shift, color, words in looks:
        share, low, high = (100 * table[column].to_numpy(dtype=np.float64)
                            for column in (name, f"{name}_low", f"{name}_high"))  # fmt: skip
        ax.barh(rows + shift, share, height=0.34, color=COLORS[color], label=words)
        ax.hlines(rows + shift, low, high, INK, linewidth=1.1, zorder=3)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0.2,
              borderpad=0.2, fontsize=NORMAL - 0.5, labelcolor=INK)  # fmt: skip
    if not table[["first_order", "total"]].to_numpy(dtype=np.float64).any():
        ax.set_xlim(0, 100)  # no rank moves: else the axis would go below nothing
    ax.axvline(0, color=COLORS["faint"], linewidth=0.8)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    head(ax, f"What moves the ranks: {sensitivity.cells:,} ways to rank", 19.0)
    axis_words(ax, "Share of the variance of the mean rank shift (%); line: 90% of the bootstrap")
    source_line(ax, source, sensitivity.origin)
    return ax


def plot_rank_against_weight(
    ranking: Ranking,
    factor: str,
    *,
    top: int = 8,
    markets: Iterable[Any] | None = None,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the ranks of some markets as the weight of one factor goes from nothing to all.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    factor : str
        The code of a top factor. The others share the rest in their proportions, as in
        `weight_stability`, which says where the first place changes exactly.
    top : int
        How many markets, 1 or more: the first ones.
    markets : iterable, optional
        These ranked markets in place of the first ones.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure of 7.2 by 4.2 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. It is ranked anew among all markets at 401
        weights; dashes mark the weight of the ranking. Names stand where the lines end, at a weight
        of 100 %.

    Raises
    ------
    InputError
        If the factor or a market is unknown, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0)
    >>> ax = plot_rank_against_weight(ranking, "political")
    >>> ax.get_xlabel()
    'Weight of Political (%), the others in proportion; dashes: as ranked, 16.7%'
    """
    need(ranking, Ranking, "ranking")
    codes = list(ranking.weights.index)
    place = codes.index(one_of(factor, codes, "factor"))
    most = a_count(top, "top", least=1)
    table = ranking.table
    shown = list(table.index[:most]) if markets is None else pictured_markets(ranking, markets)
    at = label_places(table.index, shown)
    shares, ranks = ranks_by_weight(ranking, place)
    lines = ranks[:, at]
    ax = axes_for(ax, WIDTH, 4.2, "plot_rank_against_weight")
    stated = float(ranking.weights.iloc[place])
    for number, line in enumerate(lines.T):
        color = FACTOR_COLORS[number % len(FACTOR_COLORS)]
        ax.plot(100 * shares, line, color=color, linewidth=1.6,
                linestyle=("-", "--", ":")[number // len(FACTOR_COLORS) % 3])  # fmt: skip
    ax.axvline(100 * stated, color=INK, linestyle="dashed", linewidth=0.9)
    low, high = float(lines.min()), float(lines.max())
    ax.set(xlim=(0, 100), ylim=(high + 0.7, low - 0.7))
    name_ends(ax, lines[-1], shown_names(shown), high - low + 1.4)
    ax.set_yticks(rank_ticks(low, high))
    ax.tick_params(labelsize=SMALL + 0.5, colors=INK)
    ax.grid(color=GRID, linewidth=0.6)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    name = factor_names(ranking)[place]
    head(ax, f"{picture_title(ranking)}: {some_of(len(shown), len(table))}")
    words = f"Weight of {name} (%), the others in proportion; dashes: as ranked, "
    axis_words(ax, words + weight_text(stated), "Rank")
    source_line(ax, source, ranking)
    return ax


def rank_ticks(low: float, high: float) -> list[float]:
    """Return the ranks that an axis names: round ones, and the first where it is in sight."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(integer=True, min_n_ticks=1).tick_values(low, high)
    inside = [float(tick) for tick in found if max(low, 2.0) <= tick <= high]
    return [1.0, *inside] if low <= 1 else inside


def ranks_by_weight(ranking: Ranking, factor: int) -> tuple[FloatArray, FloatArray]:
    """Return the lines of a picture: weights of a factor from 0 to 1, and the ranks at each."""
    shares: FloatArray = np.linspace(0, 1, STEPS)
    inner = np.clip(shares, END, 1 - END)  # a method may refuse a weight of exactly zero or one
    weights: FloatArray = np.array(list(ranking.weights))
    vectors = (1 - inner)[:, None] * other_shares(weights, factor)
    vectors[:, factor] = inner
    return shares, rank_scores(rescore(ranking, vectors)).astype(np.float64)


def name_ends(ax: Axes, ends: FloatArray, names: list[str], height: float) -> None:
    """Write names right of the ends of lines, moved apart where they would lie on each other."""
    room = ax.get_window_extent().height / ax.figure.dpi * 72  # points
    least = 1.25 * NORMAL / room * height
    order = np.argsort(ends, kind="stable")
    level = -np.inf
    for number in order:
        level = max(ends[number], level + least)
        ax.annotate(names[number], (100, ends[number]), (1.02, level), annotation_clip=False,
                    textcoords=ax.get_yaxis_transform(), va="center", fontsize=NORMAL, color=INK,
                    arrowprops={"arrowstyle": "-", "color": COLORS["faint"], "linewidth": 0.6,
                                "shrinkA": 0, "shrinkB": 0}, **PLAIN)  # fmt: skip
