"""Pictures of markets beside each other: profiles by factor, one score against another."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, clean, in_words, is_a, listing, need
from marketselect.explanation.parts import ranked_market
from marketselect.methods.method import POINTS
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.labels import name_points
from marketselect.report.pictures.parts import (
    GRID,
    INK,
    NORMAL,
    PLAIN,
    ROW,
    SMALL,
    Source,
    axes_for,
    axis_words,
    factor_names,
    factor_paint,
    head,
    market_rows,
    more_room,
    picture_title,
    score_words,
    shown_names,
    some_of,
    source_line,
)
from marketselect.scoring.normalization import BOUNDED
from marketselect.tables.labels import label_places
from marketselect.values import a_count, a_flag, a_list, a_text, kind_code, said
from marketselect.words import COLORS, score_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from marketselect.arrays.checks import FloatArray

    BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

BAR = 0.72  # the part of a panel's width that bars take; the rest is for the figures beside them


def plot_profile(
    ranking: Ranking,
    markets: Iterable[Any],
    *,
    hatches: bool = False,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the factor scores of some markets side by side: a panel a factor, a bar a market.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    markets : iterable
        Ranked markets, in the order in which they are drawn.
    hatches : bool
        Whether the areas of factors bear hatches, too, so that they can be told apart where they
        are printed in gray.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: who publishes the ranking's data,
        under which license, and their year.
    ax : Axes, optional
        Where to draw; default: a new figure. The panels are drawn on this one Axes, each from its
        factor's number on, so that it fits beside other pictures.

    Returns
    -------
    Axes
        The one given, or that of the new figure. Dashes mark the median of all ranked markets.

    Raises
    ------
    InputError
        If a market is unknown or has no rank, none is named, or matplotlib is not installed
        (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> ax = plot_profile(ranking, ["VNM", "MEX"])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Vietnam', 'Mexico']
    """
    need(ranking, Ranking, "ranking")
    chosen = pictured_markets(ranking, markets)
    hatches = a_flag(hatches, "hatches")
    factors = list(ranking.weights.index)
    scores = ranking.table[factors].to_numpy(dtype=np.float64)
    own = scores[label_places(ranking.table.index, chosen)]
    low, high = score_range(ranking, scores)
    names = shown_names(chosen)
    width = max(2.0 + len(factors), 6.0) + more_room(names)
    ax = axes_for(ax, width, 1.4 + 1.3 * ROW * len(chosen), "plot_profile")
    rows = market_rows(ax, names)
    middle = (np.median(scores, axis=0) - low) / (high - low) * BAR
    for number in range(len(factors)):
        lengths = (own[:, number] - low) / (high - low) * BAR
        ax.barh(rows, np.full(len(rows), BAR), left=number, height=0.62, color=COLORS["track"])
        ax.barh(rows, lengths, left=number, height=0.62, **factor_paint(number, hatches=hatches))
        ax.vlines(number + middle[number], -0.5, len(rows) - 0.5, INK, "dashed", linewidth=0.9)
        for row, score in zip(rows, own[:, number], strict=True):
            ax.text(
                number + BAR + 0.02, row, score_text(score, ranking.places[1]), va="center",
                fontsize=SMALL + 0.5, color=INK, **PLAIN,
            )  # fmt: skip
    ends = [end for number in range(len(factors)) for end in (number, number + BAR)]
    ax.set_xticks(ends, [f"{low:g}", f"{high:g}"] * len(factors))
    ax.set_xlim(-0.03, len(factors))
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    lines = max(map(panel_head, [ax] * len(factors), range(len(factors)), factor_names(ranking)))
    head(ax, f"{picture_title(ranking)}: {some_of(len(chosen), len(scores))}", pad=6 + 12 * lines)
    ranked = len(scores)
    axis_words(ax, f"Factor score, {low:g} to {high:g}; dashes: the median of {ranked} ranked")
    source_line(ax, source, ranking)
    return ax


def panel_head(ax: Axes, number: int, name: str) -> int:
    """Write a factor's name above its panel, and return in how many lines."""
    lines = wrap(name, 14)[:2]
    ax.annotate(
        "\n".join(lines), (number, 1), (0, 2), xycoords=ax.get_xaxis_transform(),
        textcoords="offset points", va="bottom", fontsize=NORMAL - 0.5, color=INK, **PLAIN,
    )  # fmt: skip
    return len(lines)


def pictured_markets(ranking: Ranking, markets: Iterable[Any]) -> list[Any]:
    """Return the ranked markets that a picture is to show, once each."""
    needed = 'give a list, such as ["VNM", "MEX"]'
    listed = a_list(markets, "markets", needed, f"is {said(markets)}")
    chosen = [ranked_market(ranking, market, "markets") for market in listed]
    if not chosen:
        raise InputError.of("empty", "markets", "is empty", "name at least one")
    return list(dict.fromkeys(chosen))


def score_range(ranking: Ranking, scores: FloatArray) -> tuple[float, float]:
    """Return the range of factor scores in a picture, widened to hold all of them."""
    low, high = ranking.scores.framework.range
    return min(low, float(scores.min())), max(high, float(scores.max()))


def plot_tradeoff(
    first: Ranking | pd.Series[float],
    second: Ranking | pd.Series[float],
    *,
    less_is_better: bool = False,
    labels: int = 15,
    names: tuple[str, str] | None = None,
    source: Source = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one score against another, such as attractiveness against risk.

    Parameters
    ----------
    first, second : Ranking or Series
        What is drawn to the right and upward: a ranking's scores, or a number for each market,
        such as ``ranking.table["political"]``; a Series' name is the axis' label. Markets that
        lack either are left out.
    less_is_better : bool
        Whether a small second value is the good one, as with a risk that is measured as such.
        The shipped factors score safety: there more is better.
    labels : int
        At most so many markets get a name: first those that no other market beats on both
        values, then by the first value. A name for which there is no room is left out.
    names : (str, str), optional
        What the axes say, with the unit. Default: what a ranking's scores are, and of a Series its
        name: that of an indicator or a factor of the ranking beside it with its unit.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: that of a ranking which
        is given.
    ax : Axes, optional
        Where to draw; default: a new figure of 7 by 5 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. Large dots joined by steps are the markets that no
        other beats on both; dashes are the medians.

    Raises
    ------
    InputError
        If an argument has no meaning, a value is no finite number, no market has both values, or
        matplotlib is not installed (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> ax = plot_tradeoff(ranking.table["economic"], ranking.table["political"])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('economic', 'political')
    """
    across, right = pictured_values(first, "first")
    up, upward = pictured_values(second, "second")
    less_is_better = a_flag(less_is_better, "less_is_better")
    labels = a_count(labels, "labels")
    of = first if is_a(first, Ranking) else second if is_a(second, Ranking) else None
    known = source if of is None and is_a(source, Ranking) else of
    if names is not None:
        right, upward = two_names(names)
    elif known is not None:
        right = right if is_a(first, Ranking) else clean(axis_name(first.name, known))
        upward = upward if is_a(second, Ranking) else clean(axis_name(second.name, known))
    both = pd.DataFrame({"first": across, "second": up}).dropna()
    if both.empty:
        raise InputError.of(
            "no-data",
            "first and second",
            "no market has both values",
            "give two of the same markets",
        )
    ax = axes_for(ax, 7.0, 5.0, "plot_tradeoff")
    points = both.to_numpy(dtype=np.float64)
    best = unbeaten(points * (1, -1 if less_is_better else 1))
    steps = scatter(ax, points, best)
    head(ax, f"{some_of(len(both), len(both))}, {best.sum()} that no other beats on both")
    axis_words(ax, right, upward + (" (less is better)" if less_is_better else ""))
    order = np.lexsort((-points[:, 0], ~best))[:labels]
    name_points(ax, points, shown_names(both.index), order.tolist(), int(best.sum()), steps)
    source_line(ax, source, of)
    return ax


def two_names(given: object) -> list[str]:
    """Return the two texts that a picture is given in place of names."""
    needed = 'give two texts, such as ("Before", "After")'
    texts = a_list(given, "names", needed, f"is {said(given)}")
    if len(texts) != 2:
        raise InputError.of("wrong-shape", "names", f"is {said(given)}", needed)
    return [clean(a_text(text, "names", needed)) for text in texts]


def pictured_values(given: object, what: str) -> tuple[pd.Series[float], str]:
    """Return the numbers of markets that a picture shows, and what they are."""
    if is_a(given, Ranking):
        words = score_words(given)
        return given.table["score"], f"{picture_title(given)}: {words[0].lower()}{words[1:]}"
    if not is_a(given, pd.Series):
        kind = type(given).__name__
        raise InputError.of(
            kind_code(given),
            what,
            f"is a {kind}",
            "give a Ranking, or a Series such as ranking.table[...]",
        )
    return market_values(given, what), "" if given.name is None else shown_names([given.name])[0]


def axis_name(name: Any, ranking: Ranking | None) -> str:
    """Return what a picture's axis shows: an indicator with its unit, a factor, or a name."""
    if name is None:
        return ""
    if ranking is None:
        return in_words(name)
    rules = ranking.scores.framework
    for item in rules.indicators:
        if item.code == name:
            return f"{item.name or item.code} ({item.unit})" if item.unit else item.name
    for factor in rules.factors:
        if factor.code == name:
            scale = f", {rules.range[0]:g} to {rules.range[1]:g}"
            inside = scale if rules.normalization in BOUNDED else ""
            return f"{factor.name or factor.code} ({POINTS}{inside})"
    return in_words(name)


def market_values(given: pd.Series[float], what: str) -> pd.Series[float]:
    """Return a Series that a picture is given: finite or missing numbers, each market once."""
    if given.index.nlevels > 1:
        got = "has labels of several levels"
        raise InputError.of("wrong-shape", what, got, "give one label a market")
    if twice := list(given.index[given.index.duplicated()].unique()):
        raise InputError.of(
            "duplicate", what, f"{listing(twice)} more than once", "give one value a market"
        )
    if getattr(given.dtype, "kind", "O") not in "iuf":
        raise InputError.of(
            "not-a-number", what, f"holds {given.dtype} values", "numbers are needed"
        )
    values = given.astype("Float64").astype(float)
    if odd := list(values.index[np.isinf(values.to_numpy())]):
        raise InputError.of("infinite", what, f"{listing(odd)} infinite", "give finite numbers")
    return values


def unbeaten(points: FloatArray) -> BoolArray:
    """Return which points of a picture no other is as good as on both, and better on one."""
    x, y = points.T
    as_good = (x[:, None] <= x) & (y[:, None] <= y)
    better = (x[:, None] < x) | (y[:, None] < y)
    beaten: BoolArray = (as_good & better).any(axis=1)
    return ~beaten


def scatter(ax: Axes, points: FloatArray, best: BoolArray) -> FloatArray:
    """Draw the points, those that nobody beats larger and joined by steps; return the steps."""
    x, y = points.T
    ax.axvline(float(np.median(x)), color=GRID, linestyle="dashed", linewidth=1, zorder=0)
    ax.axhline(float(np.median(y)), color=GRID, linestyle="dashed", linewidth=1, zorder=0)
    ax.plot(x[~best], y[~best], "o", markersize=4, color=COLORS["faint"], markeredgecolor="white")
    order = np.argsort(x[best], kind="stable")
    right, up = x[best][order], y[best][order]
    steps = np.column_stack([np.repeat(right, 2)[:-1], np.repeat(up, 2)[1:]])
    steps[0] = right[0], up[0]
    ax.plot(*steps.T, color=COLORS["accent"], linewidth=0.9, zorder=1)
    ax.plot(right, up, "o", markersize=7, color=COLORS["accent"], markeredgecolor="white")
    ax.margins(x=0.12, y=0.08)
    ax.tick_params(labelsize=SMALL + 0.5, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return steps
