"""A map of the world on which each economy is one square."""

from __future__ import annotations

from collections.abc import Container, Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, is_a, listing
from marketselect.ranking.ranking import Ranking
from marketselect.report.pictures.markets import pictured_values
from marketselect.report.pictures.parts import (
    INK,
    NORMAL,
    PLAIN,
    SMALL,
    SOFT,
    Source,
    axes_for,
    head,
    heat_map,
    ink_on,
    picture_title,
    score_words,
    shown_names,
    source_line,
)
from marketselect.report.tiles import COLUMNS, ROWS, TILES
from marketselect.tables.labels import country_codes
from marketselect.words import COLORS, score_places, score_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE = 0.94  # of a square; the rest is the gap
KEY = (25.0, 17.6, 9.0)  # left end, row and width of the key: in the Southern Ocean
LEAST_SIDE = 13.5  # points; a smaller square has no room for its code
WIDEST = 5  # characters that fit into a square


def plot_map(
    values: Ranking | pd.Series[float], *, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw a world map with one square an economy, the darker the higher its value.

    Parameters
    ----------
    values : Ranking or Series
        The scores of a ranking, each square with its rank; or a number for each market, such as
        ``ranking.table["economic"]``, each square with its value. The index holds alpha-3 codes.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: that of a ranking which
        is given.
    ax : Axes, optional
        Where to draw; default: a new figure of 9.4 by 5.9 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A dotted square is an economy without a value; of
        a ranking, one without a rank: no candidate, or excluded for want of data. Markets that have
        no square are named below the map.

    Raises
    ------
    InputError
        If no market has a square, a value is no finite number, or matplotlib is not installed
        (extra "plot").

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_map(ms.rank_markets(table, "pestle", draws=0))
    >>> ax.get_title(loc="left")
    'PESTLE market attractiveness, 2024: 183 of 236 economies'
    """
    numbers, known = mapped(values, TILES, "square")
    if is_a(values, Ranking):
        title, places, blank = f"{picture_title(values)}: ", values.places[0], "no rank"
    else:
        title, places, blank = "", score_places(numbers.tolist()), "no value"
    ax = axes_for(ax, 9.4, 5.9, "plot_map")
    colors = heat_map()
    faces = {code: colors(share) for code, share in between_extremes(known).items()}
    draw_squares(ax, faces, square_texts(values, known, places))
    words = key_words(values)
    if is_a(values, Ranking):
        words += "; the number is the rank"
    draw_key(ax, KEY, known, places, words, f"dotted: {blank}")
    count = f"{len(known)} of {len(TILES)} economies"
    if note := homeless(numbers, known, "square"):
        ax.text(0, ROWS - 0.1, note, fontsize=SMALL, color=INK, **PLAIN)
    whole_world(ax)
    head(ax, f"{title}{count}")
    source_line(ax, source, values if is_a(values, Ranking) else None)
    return ax


def mapped(
    values: Ranking | pd.Series[float], places: Container[Any], place: str
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the values by alpha-3 code, and those of them that have a place on a map."""
    numbers, _ = pictured_values(values, "values")
    numbers = numbers.dropna()
    numbers = numbers.set_axis(pd.Index(country_codes(numbers.index), tupleize_cols=False))
    known = numbers[[market in places for market in numbers.index]]
    if known.empty:
        raise InputError.of(
            "unknown-name",
            "values",
            f"none of {listing(numbers.index) or 'no markets'} has {with_article(place)}",
            "the map knows economies by their alpha-3 codes, such as VNM",
        )
    return numbers, known


def homeless(numbers: pd.Series[float], known: pd.Series[float], place: str) -> str:
    """Return who has no place on a map, in words; nothing where all have one."""
    if len(known) == len(numbers):
        return ""
    lost = numbers.index.difference(known.index, sort=False)
    return f"without {with_article(place)}: {listing(shown_names(lost, 20), 3)}"


def with_article(noun: str) -> str:
    """Return a noun of a map's words with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def whole_world(ax: Axes) -> None:
    """Show all squares, as squares, without axes."""
    ax.set(xlim=(-0.3, COLUMNS + 0.3), ylim=(ROWS + 0.3, -0.3), aspect="equal")
    ax.set_axis_off()


def square_texts(
    given: Ranking | pd.Series[float], known: pd.Series[float], places: int
) -> dict[Any, str]:
    """Return what stands under each code on a map: the rank, or the value if all fit."""
    if is_a(given, Ranking):
        codes = country_codes(given.table.index)
        return {code: str(rank) for code, rank in zip(codes, given.table["rank"], strict=True)}
    texts = {market: score_text(value, places) for market, value in known.items()}
    return texts if max(map(len, texts.values())) <= WIDEST else {}


def draw_squares(
    ax: Axes, faces: Mapping[Any, Any], texts: Mapping[Any, str], *, over: bool = False
) -> None:
    """Draw the squares with their colors and codes, and below each code its text.

    Those without a color are dotted. Under codes that stand `over` lines, these are broken.
    """
    from matplotlib.patches import Rectangle

    box = ax.get_window_extent()
    side = min(box.width / COLUMNS, box.height / ROWS) * 72 / ax.figure.dpi
    for code, (column, row) in TILES.items():
        look: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": COLORS["faint"],
            "linestyle": "dotted",
        }
        ink, text = SOFT, ""
        if code in faces:
            face = faces[code]
            look, text = {"facecolor": face, "edgecolor": face}, texts.get(code, "")
            ink = ink_on(face)
        ax.add_patch(Rectangle((column, row), SIDE, SIDE, linewidth=0.6, **look))
        if side < LEAST_SIDE:
            continue
        middle = column + SIDE / 2
        words: dict[str, Any] = {"ha": "center", "va": "center", "color": ink, **PLAIN}
        if over:
            words["bbox"] = {"facecolor": look["facecolor"], "edgecolor": "none", "pad": 0.4}
        ax.text(middle, row + (0.3 if text else 0.47), code, fontsize=SMALL, **words)
        if text:
            ax.text(middle, row + 0.68, text, fontsize=SMALL - 0.5, **words)


def between_extremes(known: pd.Series[float]) -> dict[Any, float]:
    """Return how dark each value is on a map: its place from least to largest, or 0.5."""
    # Halved first: the difference of two huge numbers may have no place.
    half = known / 2
    spread = half.max() - half.min()
    shares = (half - half.min()) / spread if spread > 0 else half * 0 + 0.5
    return {market: float(share) for market, share in shares.items()}


def key_words(given: Ranking | pd.Series[float]) -> str:
    """Return what the colors are."""
    if is_a(given, Ranking):
        return score_words(given)
    return "" if given.name is None else shown_names([given.name], 60)[0]


def draw_key(
    ax: Axes,
    key: tuple[float, float, float],
    known: pd.Series[float],
    places: int,
    words: str,
    blank: str,
    unit: float = 1.0,
) -> None:
    """Draw the scale of the colors with its ends, what it measures and what a blank means.

    The key is its left end, its upper edge and its width; the unit is twice the height of its bar.
    """
    left, top, width = key
    steps = np.linspace(0, 1, 65)[None, :]
    equal = known.min() == known.max()
    ax.pcolormesh(
        np.linspace(left, left + width, 66), [top, top + 0.5 * unit],
        np.full_like(steps, 0.5) if equal else steps, cmap=heat_map(), vmin=0, vmax=1,
    )  # fmt: skip
    size: dict[str, Any] = {"fontsize": NORMAL - 0.5, "color": INK, **PLAIN}
    ax.text(left, top - 0.2 * unit, fill(words, 46), va="bottom", **size)
    ends = [(0.0, "left", known.min())] + [(width, "right", known.max())] * (not equal)
    for along, side, value in ends:
        text = score_text(value, places)
        ax.text(left + along, top + 0.7 * unit, text, ha=side, va="top", **size)
    ax.text(left, top + 1.6 * unit, blank, va="top", **size)
