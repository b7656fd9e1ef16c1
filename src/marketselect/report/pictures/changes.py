"""Pictures of what differs: one market from another, one ranking from another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.errors import InputError, clean, need
from marketselect.explanation.parts import contributions, gap_parts, ranked_market
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.markets import two_names
from marketselect.report.pictures.panel import order_each_year
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    KEY_WIDTH,
    NORMAL,
    PLAIN,
    ROW,
    SOFT,
    WIDTH,
    Source,
    axes_for,
    axis_words,
    factor_names,
    head,
    market_rows,
    more_room,
    picture_title,
    score_words,
    shown_names,
    some_of,
    source_line,
)
from marketselect.tables.labels import label_places, row_of_label
from marketselect.tables.schemas import check_markets
from marketselect.values import a_count, said
from marketselect.width import cut_to_width
from marketselect.words import COLORS, lead_text, score_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray


def plot_waterfall(
    ranking: Ranking, first: Any, second: Any, *, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw how the score of one market becomes that of another, factor by factor.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`, by a method whose scores are made of parts.
    first, second : label
        Two ranked markets: it goes from the second to the first.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure, about 7 inches wide.

    Returns
    -------
    Axes
        The one given, or that of the new figure. Each bar begins where the last one ends, the
        largest first: blue where the first market is ahead, orange where it is behind. The parts
        are those of `compare`, in the unit of the score. The axis need not begin at zero.

    Raises
    ------
    InputError
        If the markets are not two ranked ones, the score is not made of parts, or matplotlib is not
        installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_waterfall(ms.rank_markets(table, "pestle", draws=0), "POL", "VNM")
    >>> [label.get_text() for label in ax.get_yticklabels()][:3]
    ['Vietnam', 'Political', 'Legal']
    """
    need(ranking, Ranking, "ranking")
    ours, theirs = (ranked_market(ranking, market, name)
                    for market, name in ((first, "first"), (second, "second")))  # fmt: skip
    if (
        label_places(ranking.table.index, [ours])[0]
        == label_places(ranking.table.index, [theirs])[0]
    ):
        raise InputError.of("duplicate", "second", f"is {said(second)}, as is first",
                            "name two different markets")  # fmt: skip
    contributions(ranking)  # says why, where a score has no parts
    parts = gap_parts(ranking, ours, theirs)
    start, end = (float(row_of_label(ranking.table, market)["score"]) for market in (theirs, ours))
    order = np.argsort(-parts.to_numpy(), kind="stable")
    steps = parts.to_numpy(dtype=np.float64)[order]
    if end < start:
        order, steps = order[::-1], steps[::-1]
    lefts = start + np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    factors = factor_names(ranking)
    them, us = shown_names([theirs, ours])
    names = [them, *(factors[place] for place in order), us]
    ax = axes_for(ax, WIDTH + more_room(names), 1.4 + 1.2 * ROW * len(names), "plot_waterfall")
    rows = market_rows(ax, names)
    paint = [COLORS["good"] if step >= 0 else COLORS["bad"] for step in steps]
    ax.barh(rows[1:-1], steps, left=lefts, height=0.62, color=paint, zorder=2)
    corners = np.concatenate([[start], lefts[1:], [start + steps.sum()]])
    ax.vlines(corners, rows[:-1], rows[1:], COLORS["faint"], linewidth=0.8, zorder=1)
    ax.plot([start, end], rows[[0, -1]], linestyle="", marker="D", color=INK, markersize=5.5)
    texts = [score_text(start, ranking.places[0]), *map(lead_of(ranking), steps.tolist()),
             score_text(end, ranking.places[0])]  # fmt: skip
    rights = [start, *np.maximum(lefts, lefts + steps).tolist(), end]
    for at, right, text in zip(rows, rights, texts, strict=True):
        ax.annotate(text, (right, at), (6, 0), textcoords="offset points", va="center",
                    fontsize=NORMAL - 0.5, color=INK, **PLAIN)  # fmt: skip
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    low, high = corners.min(), corners.max()
    ax.set_xlim(low - 0.04 * (high - low), high + 0.12 * (high - low)) if high > low else None
    head(ax, f"{picture_title(ranking)}: from {them} to {us}")
    axis_words(ax, score_words(ranking))
    source_line(ax, source, ranking)
    return ax


def lead_of(ranking: Ranking) -> Any:
    """Return how a picture writes a part of a gap, with its sign."""
    decimals = ranking.places[0]

    def text(part: float) -> str:
        return lead_text(part, decimals) if part > 0 else score_text(part, decimals)

    return text


def plot_slope(
    first: Ranking,
    second: Ranking,
    *,
    top: int = 15,
    markets: Iterable[Any] | None = None,
    names: tuple[str, str] | None = None,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw who rises and who falls from one ranking to another, such as at other weights.

    Parameters
    ----------
    first, second : Ranking
        From `rank_markets`. A market that has no rank in both is left out.
    top : int
        How many markets, 1 or more: the first of the first ranking.
    markets : iterable, optional
        These markets in place of the first ones.
    names : (str, str), optional
        What stands above either side; default: the rankings' titles, or
        their methods where only these differ.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: that of the second ranking's data.
    ax : Axes, optional
        Where to draw; default: a new figure of 6.4 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. The number is the rank among all markets of that
        ranking, the height the order among those that are drawn. Blue rises, orange falls in rank
        among all.

    Raises
    ------
    InputError
        If an argument has no meaning, a market is unknown, no market has a rank in both, or
        matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> equal = ms.rank_markets(table, "pestle", draws=0)
    >>> other = ms.rank_markets(table, "pestle", method="topsis", draws=0)
    >>> ax = plot_slope(equal, other, top=5, names=("Weighted sum", "TOPSIS"))
    >>> [text.get_text() for text in ax.texts][:2]
    ['Weighted sum', 'TOPSIS']
    """
    need(first, Ranking, "first")
    need(second, Ranking, "second")
    most = a_count(top, "top", least=1)
    titles = side_names(first, second, names)
    there = label_places(second.table.index, list(first.table.index))
    then = second.table["rank"].to_numpy()[there]
    ranks = first.table[["rank"]].assign(then=then)[there >= 0]
    if markets is None:
        shown = ranks.head(most)
    else:
        named = check_markets(markets, first.scores.table.values.index)
        shown = ranks.iloc[
            np.sort([at for at in label_places(ranks.index, named) if at >= 0]).astype(int)
        ]
    if shown.empty:
        raise InputError.of("no-data", "first and second", "no market has a rank in both",
                            "give two rankings of the same markets")  # fmt: skip
    both: FloatArray = shown.to_numpy(dtype=np.float64)
    labels = shown_names(shown.index)
    ax = axes_for(ax, 6.4 + 2 * more_room(labels), max(1.4 + 0.25 * len(both), 2.4), "plot_slope")
    market_rows(ax, [""] * len(both))
    for side, title in enumerate(titles):
        ax.annotate(title, (side, 1), (0, 3), xycoords=ax.get_xaxis_transform(),
                    textcoords="offset points", ha="center", va="bottom", fontsize=NORMAL,
                    color=SOFT, **PLAIN)  # fmt: skip
    for height, (old, new), label in zip(order_each_year(both), both, labels, strict=True):
        color = COLORS["good" if new < old else "bad" if new > old else "faint"]
        ax.plot([0, 1], height, "-o", color=color, linewidth=1.6, markersize=4)
        for side, (at, text) in enumerate(((height[0], f"{label}  {old:.0f}"),
                                           (height[1], f"{new:.0f}  {label}"))):  # fmt: skip
            ax.annotate(text, (side, at), (8 * (2 * side - 1), 0), textcoords="offset points",
                        ha=("right", "left")[side], va="center", fontsize=NORMAL, color=INK,
                        **PLAIN)  # fmt: skip
    tall = len(both)
    ax.set(xlim=(-0.05, 1.05), ylim=(tall - 0.4, -0.6))
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    head(ax, f"Who rises, who falls: {some_of(tall, len(ranks))}", 22)
    axis_words(ax, "Numbers: rank among all; blue rises, orange falls")
    source_line(ax, source, second)
    return ax


def side_names(first: Ranking, second: Ranking, names: object) -> list[str]:
    """Return what stands at either side of a picture: what is given, or titles or methods."""
    if names is None:
        both = (first, second)
        told = ([picture_title(each) for each in both], [clean(each.call.label) for each in both])
        texts = next((pair for pair in told if pair[0] != pair[1]), ["First", "Second"])
    else:
        texts = two_names(names)
    return [cut_to_width(text, KEY_WIDTH, "\N{HORIZONTAL ELLIPSIS}") for text in texts]
