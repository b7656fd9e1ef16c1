"""A picture of several people's ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marketselect.errors import clean, in_words, need
from marketselect.explanation.people import GroupRankings
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    KEY_WIDTH,
    NORMAL,
    ROW,
    WIDTH,
    Source,
    axes_for,
    axis_words,
    cut_apart,
    first_of_markets,
    head,
    market_rows,
    more_room,
    shown_names,
    source_line,
)
from marketselect.values import a_count
from marketselect.words import COLORS, FACTOR_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = "osD^vP*X"
ACROSS = 4  # names in a line of the key


def plot_group(
    group: GroupRankings, *, top: int = 15, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw where each person ranks the first markets of the compromise.

    Parameters
    ----------
    group : GroupRankings
        From `group_rankings`.
    top : int
        How many markets, 1 or more; all of them if there are fewer.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure, about 7 inches wide.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A mark is a person's rank, the bar holds all of
        them, and the ring is the rank at the weights of the compromise, where it has any. The words
        below name the market of the least regret.

    Raises
    ------
    InputError
        If an argument has no meaning, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0)
    >>> factors = list(ranking.weights.index)
    >>> people = {"Ann": ms.equal_weights(factors), "Bo": ms.rank_order_weights(factors)}
    >>> ax = plot_group(ms.group_rankings(ranking, people))
    >>> ax.get_yticklabels()[0].get_text()
    'Poland'
    """
    need(group, GroupRankings, "group")
    ranks = group.ranks.head(a_count(top, "top", least=1))
    names = shown_names(ranks.index)
    people = cut_apart([clean(in_words(name)) for name in group.people.index], KEY_WIDTH)
    lines = -(-(len(people) + 1) // ACROSS)
    height = 1.5 + ROW * (1.3 * len(ranks) + lines)
    ax = axes_for(ax, WIDTH + more_room(names), height, "plot_group")
    from matplotlib.ticker import MaxNLocator

    rows, values = market_rows(ax, names), ranks.to_numpy()
    low, high = values.min(axis=1), values.max(axis=1)
    ax.barh(rows, high - low + 0.3, left=low - 0.15, height=0.4, color=COLORS["track"], zorder=1)
    # Marks that would hide each other stand a little above one another.
    steps = np.linspace(-0.22, 0.22, len(people)) if len(people) > 1 else np.zeros(1)
    for number, name in enumerate(people):
        color, mark = FACTOR_COLORS[number % len(FACTOR_COLORS)], MARKS[number % len(MARKS)]
        ax.plot(values[:, number], rows + steps[number], mark, color=color, markersize=5, zorder=2,
                label=f"\N{ZERO WIDTH SPACE}{name}" if name.startswith("_") else name)  # fmt: skip
    chosen = group.compromise["rank"].head(len(ranks))
    if chosen.notna().all():
        ax.plot(chosen.to_numpy(dtype=np.float64), rows, "o", markerfacecolor="none",
                markeredgecolor=INK, markersize=11, zorder=3, label="Compromise")  # fmt: skip
    ax.use_sticky_edges = False  # of a bar, by which a mark at rank 1 would be cut
    ax.margins(x=0.03)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    key = ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(people) + 1, ACROSS), frameon=False,
        borderaxespad=0.2, borderpad=0.2, columnspacing=1.2, handletextpad=0.4,
        fontsize=NORMAL - 0.5, labelcolor=INK,
    )  # fmt: skip
    for text in key.get_texts():
        text.set_parse_math(False)
    head(ax, f"Ranks by person: {first_of_markets(len(ranks), len(group.ranks))}", 6 + 13.0 * lines)
    agree = "" if group.kendall_w is None else f"; Kendall's W {group.kendall_w:.2f}"
    least = shown_names([group.least_regret])[0]
    axis_words(ax, f"Rank by each person's weights{agree}; {least} hurts the unhappiest least")
    source_line(ax, source, group.origin)
    return ax
