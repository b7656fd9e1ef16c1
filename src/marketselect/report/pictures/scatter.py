"""A picture of scores against something else about the markets, such as income, by region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, clean, in_words, is_a, need
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.labels import name_points
from marketselect.report.pictures.markets import axis_name, market_values, pictured_values
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    KEY_WIDTH,
    NORMAL,
    SMALL,
    Source,
    axes_for,
    axis_words,
    cut_apart,
    head,
    picture_title,
    score_words,
    shown_names,
    some_of,
    source_line,
)
from marketselect.values import a_count, a_flag, a_text, is_gap
from marketselect.width import cut_to_width
from marketselect.words import COLORS, FACTOR_COLORS, number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OTHERS = "others"
MARKS = "osD^vP*X"
LONGEST_AXIS = 60  # signs of what an axis is called
ACROSS = 3  # names in a line of the key


def plot_scatter(
    values: Ranking | pd.Series[float],
    against: pd.Series[float],
    *,
    groups: pd.Series[str] | None = None,
    log: bool = False,
    across: str | None = None,
    labels: int = 10,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw scores against another number of the markets, such as income, in the color of a group.

    Parameters
    ----------
    values : Ranking or Series
        What is drawn upward: a ranking's scores, or a number for each market.
    against : Series
        What is drawn to the right: a number for each market, such as
        ``table.values["NY.GNP.PCAP.CD"]``. Markets that lack either are left out.
    groups : Series, optional
        A text for each market, such as ``load_markets()["region"]``. The seven groups of the most
        markets have a color of their own; who lacks one is among "others".
    log : bool
        Whether the axis to the right is logarithmic; all of `against` must be above zero then.
    across : str, optional
        What the axis to the right says. Default: where `against` is named as an indicator of the
        ranking's framework, that one's name and unit; otherwise the name of the Series.
    labels : int
        At most so many markets get a name, by the value drawn upward.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: that of a ranking which is given.
    ax : Axes, optional
        Where to draw; default: a new figure of 7.2 by 5 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A name for which there is no room is left out.

    Raises
    ------
    InputError
        If an argument has no meaning, a value is no finite number, no market has both values, a
        value is not above zero on a logarithmic axis, or matplotlib is not installed (extra
        "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> income, regions = table.values["NY.GNP.PCAP.CD"], ms.load_markets()["region"]
    >>> ax = plot_scatter(ranking, income, groups=regions, log=True)
    >>> ax.get_xlabel()
    'Gross national income per head, Atlas method (current US$); logarithmic'
    """
    up, upward = pictured_values(values, "values")
    ranking = values if is_a(values, Ranking) else None
    need(against, pd.Series, "against")
    right, log = market_values(against, "against"), a_flag(log, "log")
    given = axis_name(against.name, ranking) if across is None else a_text(across, "across")
    words = cut_to_width(given, LONGEST_AXIS)
    most = a_count(labels, "labels")
    both = pd.DataFrame({"right": right, "up": up}).dropna()
    if both.empty:
        raise InputError.of("no-data", "values and against", "no market has both values",
                            "give two of the same markets")  # fmt: skip
    if log and not (both["right"] > 0).all():
        raise InputError.of("out-of-range", "against", "has values that are not above zero",
                            "give positive numbers, or log=False")  # fmt: skip
    group = points_by_group(groups, both.index)
    ax = axes_for(ax, 7.2, 5.0, "plot_scatter")
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda value, _: number_text(value))
    points = both.to_numpy(dtype=np.float64)
    lines = draw_groups(ax, points, group)
    ax.margins(x=0.08, y=0.08)
    ax.tick_params(labelsize=SMALL + 0.5, colors=INK)
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    title = "" if ranking is None else f"{picture_title(ranking)}: "
    head(ax, f"{title}{some_of(len(both), len(up))}", 6 + 13.0 * lines)
    own = upward if ranking is None else score_words(ranking)
    axis_words(ax, f"{clean(words)}{'; logarithmic' if log else ''}", own)
    source_line(ax, source, ranking)
    order = np.argsort(-points[:, 1], kind="stable")[:most]
    name_points(ax, points, shown_names(both.index), order.tolist(), 0, points[[0, 0]])
    return ax


def points_by_group(groups: Any, markets: pd.Index[Any]) -> dict[str, Any] | None:
    """Return which points of a picture each group has, the largest first; others last."""
    if groups is None:
        return None
    need(groups, pd.Series, "groups")
    if not groups.index.is_unique:
        raise InputError.of("duplicate", "groups", "has a market more than once",
                            "give one group a market")  # fmt: skip
    known = groups.reindex(markets)
    texts = np.array([OTHERS if is_gap(each) or each == "" else clean(in_words(each))
                      for each in known], dtype=object)  # fmt: skip
    names, counts = np.unique(texts[texts != OTHERS], return_counts=True)
    first = names[np.argsort(-counts, kind="stable")][: len(FACTOR_COLORS) - 1]
    found = {str(name): np.flatnonzero(texts == name) for name in first}
    rest = np.flatnonzero(~np.isin(texts.astype(str), list(found)))
    return {**found, OTHERS: rest} if rest.size else found


def draw_groups(ax: Axes, points: Any, groups: dict[str, Any] | None) -> int:
    """Draw the points in the color and mark of their group, and return the lines of the key."""
    style: dict[str, Any] = {"linestyle": "", "markersize": 5, "markeredgecolor": "white",
                             "markeredgewidth": 0.5}  # fmt: skip
    if groups is None:
        ax.plot(*points.T, marker="o", color=COLORS["accent"], **style)
        return 0
    names = cut_apart(list(groups), KEY_WIDTH)
    for number, (name, places) in enumerate(zip(names, groups.values(), strict=True)):
        color = COLORS["faint"] if name == OTHERS else FACTOR_COLORS[number % len(FACTOR_COLORS)]
        ax.plot(*points[places].T, marker=MARKS[number % len(MARKS)], color=color,
                label=f"\N{ZERO WIDTH SPACE}{name}" if name.startswith("_") else name,
                **style)  # fmt: skip
    key = ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(names), ACROSS), frameon=False,
        borderaxespad=0.2, borderpad=0.2, columnspacing=1.2, handletextpad=0.2,
        fontsize=NORMAL - 0.5, labelcolor=INK,
    )  # fmt: skip
    for text in key.get_texts():
        text.set_parse_math(False)
    return -(-len(names) // ACROSS)
