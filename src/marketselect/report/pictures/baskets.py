"""Pictures of a basket: score against shortfall, and its path by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.errors import InputError, clean, need, number_of
from marketselect.portfolio.basket import Basket
from marketselect.report.pictures.labels import name_points
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    NORMAL,
    Source,
    axes_for,
    axis_words,
    head,
    shown_names,
    source_line,
)
from marketselect.words import COLORS, number_text, score_text, share_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_NAMED = 6  # members whose labels stand beside a point


def plot_frontier(basket: Basket, *, source: Source = None, ax: Axes | None = None) -> Axes:
    """Draw mean score against shortfall: the baskets that are best at some aversion, and this one.

    Parameters
    ----------
    basket : Basket
        From `diversify`, with shocks. The others are those of `Basket.frontier`, which takes as
        many programs as it has points.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure of 7 by 5 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. To the left is safer, up is more attractive; the
        large dot is the basket, and the ends bear their members, too.

    Raises
    ------
    InputError
        If the basket was chosen without shocks, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> observations = ms.load_indicators()
    >>> table = ms.indicator_table(observations, "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["IRL", "CHE", "VNM", "UGA"], draws=0)
    >>> shocks = ms.market_shocks(observations, "GBR")
    >>> ax = plot_frontier(ms.diversify(ranking, size=2, shocks=shocks))
    >>> ax.get_ylabel()
    'Mean score of the members'
    """
    need(basket, Basket, "basket")
    table = basket.frontier()
    ax = axes_for(ax, 7.0, 5.0, "plot_frontier")
    points = table[["shortfall", "score"]].to_numpy(dtype=np.float64)
    own = np.array([[basket.shortfall, basket.score]], dtype=np.float64)
    ax.plot(*points.T, "-o", color=COLORS["accent"], linewidth=0.9, markersize=5,
            markeredgecolor="white", zorder=2)  # fmt: skip
    ax.plot(*own.T, "o", markersize=10, color=COLORS["chosen"], markeredgecolor="white", zorder=3)
    ends = [0, len(points) - 1] if len(points) > 1 else [0]
    told = [basket.members, *(table["members"].iloc[end] for end in ends)]
    every = np.vstack([own, points[ends]])
    chosen = [n for n in range(len(every)) if n == 0 or not (every[n] == own).all()]
    ax.margins(x=0.18, y=0.1)
    # Titles before labels: these lay the figure out, and what is wrapped after that may be cut.
    size = number_of(len(basket.members), "market")
    head(ax, f"{clean(basket.title)}: baskets of {size}, each best at some aversion")
    bad = share_text(basket.bad_years)
    axis_words(
        ax,
        f"Shortfall: mean loss in the worst {bad} of {len(basket.path)} years (%)"
        f"{f'; {clean(basket.measure)}' if basket.measure else ''}",
        "Mean score of the members",
    )
    names = [members_text(members) for members in told]
    line = points if len(points) > 1 else np.vstack([points, points])
    told_apart = [names[n] for n in chosen]
    name_points(ax, every[chosen], told_apart, list(range(len(chosen))), len(chosen), line)
    plain_axes(ax)
    source_line(ax, source, basket.origin)
    return ax


def plot_basket(basket: Basket, *, source: Source = None, ax: Axes | None = None) -> Axes:
    """Draw how a basket moved year by year, its bad years dark, and each member as a dot.

    Parameters
    ----------
    basket : Basket
        From `diversify`, with shocks.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure of 7.2 by 4 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure.

    Raises
    ------
    InputError
        If the basket was chosen without shocks, or matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> observations = ms.load_indicators()
    >>> table = ms.indicator_table(observations, "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["IRL", "CHE", "VNM", "UGA"], draws=0)
    >>> shocks = ms.market_shocks(observations, "GBR")
    >>> ax = plot_basket(ms.diversify(ranking, size=2, shocks=shocks))
    >>> len(ax.patches)
    21
    """
    need(basket, Basket, "basket")
    if basket.shortfall is None:
        raise InputError.of(
            "not-possible",
            "basket",
            "has no path, as it was chosen without shocks",
            "give shocks=market_shocks(observations, home) to diversify",
        )
    ax = axes_for(ax, 7.2, 4.0, "plot_basket")
    path = basket.path
    years = path.index.to_numpy(dtype=np.float64)
    bad = path["weight"].to_numpy() > 0
    paint = np.where(bad, COLORS["bad"], COLORS["interval"]).tolist()
    ax.bar(years, path["change"], width=0.75, color=paint, zorder=2)
    for member in basket.changes:
        ax.plot(years, basket.changes[member], "o", markersize=2.5, color=COLORS["soft"], zorder=3)
    ax.axhline(0, color=INK, linewidth=0.8, zorder=2.5)
    ax.grid(axis="y", color=GRID, linewidth=0.6)
    plain_axes(ax)
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    names = ", ".join(shown_names(basket.members[:MOST_NAMED]))
    more = len(basket.members) - MOST_NAMED
    head(ax, f"{clean(basket.title)}: {names}{f' and {more} more' if more > 0 else ''}")
    loss = number_text(basket.shortfall)
    axis_words(
        ax,
        f"Year; dark: the worst {share_text(basket.bad_years)}, whose mean loss is {loss}%; "
        f"dots: the members; mean score {score_text(basket.score, basket.places)}"
        f"{f'. {clean(basket.measure)}' if basket.measure else ''}",
        "Change on the year before (%)",
    )
    source_line(ax, source, basket.origin)
    return ax


def members_text(members: tuple[Any, ...]) -> str:
    """Return the labels of a basket's members for a picture, short."""
    more = len(members) - MOST_NAMED
    return ", ".join(clean(str(m)) for m in members[:MOST_NAMED]) + (
        f" +{more}" if more > 0 else ""
    )


def plain_axes(ax: Axes) -> None:
    """Take away the lines of a picture that show nothing."""
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=NORMAL - 0.5, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
