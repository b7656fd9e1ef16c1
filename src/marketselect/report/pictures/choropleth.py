"""A map of the world on which each economy has its own outline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.errors import is_a
from marketselect.ranking.ranking import Ranking
from marketselect.report.outlines import HIGH, WIDE, outlines
from marketselect.report.pictures.map import between_extremes, draw_key, homeless, key_words, mapped
from marketselect.report.pictures.parts import (
    INK,
    PLAIN,
    SMALL,
    Source,
    axes_for,
    head,
    heat_map,
    picture_title,
    source_line,
)
from marketselect.words import COLORS, score_places

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.path import Path

BLANK = COLORS["line"]
UNIT = 24.0  # of the key
KEY = (10.0, 405.0, 230.0)  # left end, upper edge and width of the key: in the southern Pacific
NUMBER = re.compile(r"-?\d*\.?\d+")
EDGE = 0.35  # points


def plot_choropleth(
    values: Ranking | pd.Series[float], *, source: Source = None, ax: Axes | None = None
) -> Axes:
    """Draw a world map with the outlines of the economies, the darker the higher the value.

    A large country looks as if it mattered more, and small states are dots: `plot_map` gives each
    the same room.

    Parameters
    ----------
    values : Ranking or Series
        The scores of a ranking; or a number for each market, such as
        ``ranking.table["economic"]``. The index holds alpha-3 codes.
    source : str or Ranking, optional
        What the line below says; "" for none. Default: that of a ranking which
        is given.
    ax : Axes, optional
        Where to draw; default: a new figure of 9.4 by 4.9 inches.

    Returns
    -------
    Axes
        The one given, or that of the new figure. A gray outline is an economy without a value; of
        a ranking, one without a rank: no candidate, or excluded for want of data. Markets that have
        no outline are named below the map.

    Raises
    ------
    InputError
        If no market has an outline, a value is no finite number, or matplotlib is not installed
        (extra "plot").

    Notes
    -----
    The outlines are those of Natural Earth [1]_, in the public domain, simplified, in the Equal
    Earth projection [2]_, which keeps areas. They show borders as they are in force on the ground
    and take no side.

    References
    ----------
    .. [1] Natural Earth, https://www.naturalearthdata.com, as the npm package world-atlas has it.
    .. [2] Savric, B., Patterson, T. & Jenny, B. (2019). The Equal Earth map projection.
       International Journal of Geographical Information Science 33, 454-465.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ax = plot_choropleth(ms.rank_markets(table, "pestle", draws=0))
    >>> ax.get_title(loc="left")
    'PESTLE market attractiveness, 2024: 183 of 235 economies'
    """
    lands = outlines()
    numbers, known = mapped(values, lands, "outline")
    if is_a(values, Ranking):
        title, places, blank = f"{picture_title(values)}: ", values.places[0], "no rank"
    else:
        title, places, blank = "", score_places(numbers.tolist()), "no value"
    ax = axes_for(ax, 9.4, 5.1, "plot_choropleth")
    colors, shares = heat_map(), between_extremes(known)
    from matplotlib.patches import PathPatch

    for code, text in lands.items():
        face = colors(shares[code]) if code in shares else BLANK
        look: dict[str, Any] = {"facecolor": face, "edgecolor": "white", "linewidth": EDGE}
        ax.add_patch(PathPatch(land(text), gid=code, **look))
    draw_key(ax, KEY, known, places, key_words(values), f"gray: {blank}", UNIT)
    if note := homeless(numbers, known, "outline"):
        ax.text(KEY[0] + KEY[2] + UNIT, HIGH + UNIT, note, fontsize=SMALL, color=INK, **PLAIN)
    ax.set(xlim=(0, WIDE), ylim=(HIGH + 2 * UNIT, 0), aspect="equal")
    ax.set_axis_off()
    head(ax, f"{title}{len(known)} of {len(lands)} economies")
    source_line(ax, source, values if is_a(values, Ranking) else None)
    return ax


def land(text: str) -> Path:
    """Return the outline of an SVG path: its rings, or the dot of what is too small for one."""
    from matplotlib.path import Path

    return Path.make_compound_path(*rings(text))


def rings(text: str) -> Iterator[Path]:
    """Yield each ring of an SVG path of the kinds that are in the file."""
    from matplotlib.path import Path

    for ring in text.split("M")[1:]:
        round_ = "a" in ring
        start, steps = ring.split("a" if round_ else "l", 1)
        corner = np.array(NUMBER.findall(start), dtype=float)
        moves = np.array(NUMBER.findall(steps.partition("a")[0]), dtype=float)
        if round_:  # two half arcs to the right and back; the first number is the radius
            yield Path.circle((corner[0] + moves[0], corner[1]), moves[0])
        else:
            points = np.cumsum(np.vstack([corner, moves.reshape(-1, 2)]), axis=0)
            yield Path(np.vstack([points, points[:1]]), closed=True)
