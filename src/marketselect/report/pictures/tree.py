"""A picture of a framework: the tree, what each part is said to weigh, and what it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marketselect.audit.structure import redundancy
from marketselect.errors import clean, need
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    NORMAL,
    ROW,
    WIDTH,
    Source,
    axes_for,
    axis_words,
    cut_apart,
    head,
    market_rows,
    picture_title,
    source_line,
)
from marketselect.values import a_flag
from marketselect.words import COLORS, factor_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.framework.model import Framework

NAME = 34  # characters
INDENT = 3  # spaces a level
MOST_LEVELS = 6  # of indents: what lies deeper stands no farther in
LETTER = 0.52  # width of one by its height


def plot_framework(
    ranking: Ranking, *, indicators: bool = True, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw the tree of factors and indicators with the stated weight of each and its real one.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    indicators : bool
        Whether to draw the indicators, too, or the factors alone.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure as high as the tree needs.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A bar is the stated share of the whole, in the
        color of its top factor; a diamond is the effective weight of `redundancy`: what share of
        the differences between scores comes from there. It is below zero where a part works against
        the whole, and missing where it has no answer.

    Raises
    ------
    InputError
        If an argument has no meaning, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_framework(ms.rank_markets(table, "pestle", draws=0), indicators=False)
    >>> [label.get_text().strip() for label in ax.get_yticklabels()][:3]
    ['Political', 'Economic', 'Market size']
    """
    need(ranking, Ranking, "ranking")
    rules = ranking.scores.framework
    nodes = tree_rows(rules, a_flag(indicators, "indicators"))
    weights = redundancy(ranking).weights
    stated, real = (
        100 * weights[name].reindex([code for code, _, _ in nodes]).to_numpy(dtype=np.float64)
        for name in ("tree_weight", "effective_weight")
    )
    names = cut_apart([clean(rules.names[code]) for code, _, _ in nodes], NAME)
    levels = [min(level, MOST_LEVELS) for _, level, _ in nodes]
    words = [f"{' ' * INDENT * level}{name}" for level, name in zip(levels, names, strict=True)]
    widest = max(map(len, words)) * LETTER * NORMAL  # points
    ax = axes_for(ax, WIDTH + widest / 72 - 1.5, 1.4 + 0.8 * ROW * len(nodes), "plot_framework")
    rows = market_rows(ax, words)
    ax.tick_params(axis="y", pad=widest)
    for label, level in zip(ax.get_yticklabels(), levels, strict=True):
        label.set(horizontalalignment="left", fontweight="normal" if level else "bold")
    colors = factor_colors(rules.top)
    paint = [colors[top] for _, _, top in nodes]
    bars = ax.barh(rows, stated, height=0.68, color=paint)
    for bar, level in zip(bars, levels, strict=True):
        bar.set_alpha(0.55 if level else 1.0)
    ax.plot(real, rows, linestyle="", marker="D", markersize=4.5, markerfacecolor="white",
            markeredgecolor=INK, zorder=3)  # fmt: skip
    ax.axvline(0, color=COLORS["faint"], linewidth=0.8)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    head(ax, f"{picture_title(ranking)}: what each part weighs")
    axis_words(ax, "Share of the whole (%): bar as stated, diamond in effect")
    source_line(ax, source, ranking)
    return ax


def tree_rows(rules: Framework, indicators: bool) -> list[tuple[str, int, str]]:
    """Return the rows of a framework's picture: code, level and top factor of each part."""
    found: list[tuple[str, int, str]] = []
    for code, level in rules.tree.branches():
        if indicators or code in rules.tree.factors:
            found.append((code, level, code if level == 0 else found[-1][2]))
    return found
