"""What the pictures share: an Axes to draw on, colors, names of markets, the words of an axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional

import numpy as np

from marketselect.errors import clean, is_a, need, one_line
from marketselect.methods.method import POINTS
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.normalization import BOUNDED
from marketselect.sources.embedded import market_names
from marketselect.sources.packages import needed_package
from marketselect.values import a_text
from marketselect.width import cut_to_width, with_few_marks
from marketselect.words import COLORS, FACTOR_COLORS, HEAT, readable_on

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from marketselect.arrays.checks import FloatArray

# What areas bear on request, so that they can be told apart where they are printed in gray.
HATCHES = ("", "///", "", "", r"\\\\", "...", "---", "xxx")
# From the second turn of the colors on always: black ones, on each color another one each turn.
MORE_HATCHES = ("///", "xxx", "...", r"\\\\", "---", "|||", "+++", "ooo")
INK, SOFT, GRID = COLORS["ink"], COLORS["soft"], COLORS["line"]
SMALL, NORMAL, LARGE = 7.0, 8.5, 10.5  # points
AXIS_SIGNS = 200  # of what an axis shows: more would leave no room for the Axes
SOURCE_SIGNS = 600  # of a source that is given as a text
NAME_WIDTH, KEY_WIDTH = 28, 26  # characters
ROW, WIDTH = 0.23, 7.2  # inches: of one market, of a picture
PLAIN: Any = {"parse_math": False}  # a name may hold a dollar sign
SCREEN_DPI = 110
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
Source = str | Ranking | None
"""What stands below a picture: a text, or the ranking whose data it shows."""


def axes_for(ax: Axes | None, width: float, height: float, what: str) -> Axes:
    """Return the Axes that was given, or one on a new figure of so many inches.

    The figure is not one of pyplot's, so none is kept open behind the caller's back.
    """
    needed_package("matplotlib", "plot", what)
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if ax is not None:
        need(ax, Axes, f"{what}: ax")
        return ax
    figure = Figure(figsize=(width, height), layout="constrained")
    blank: Axes = figure.add_subplot()
    # A notebook shows what has this method: the Axes as the last line of a cell is the picture.
    for artist in (blank, figure):
        vars(artist)["_repr_png_"] = partial(png_bytes, figure)
    return blank


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=SCREEN_DPI)
    return buffer.getvalue()


def shown_names(markets: Iterable[Any], width: int = NAME_WIDTH) -> list[str]:
    """Return names of markets that fit into a picture: cut where long, each on one line."""
    return cut_apart([clean(name) for name in market_names(markets)], width)


def cut_apart(names: Sequence[str], width: int) -> list[str]:
    """Return a picture's names in at most so many characters; those that differ still do.

    Where several would look alike they are cut in the middle, and numbered if even that is alike.
    """
    mark, tail = "\N{HORIZONTAL ELLIPSIS}", width // 2 - 1
    short = {name: cut_to_width(name, width, mark) for name in names}
    for name in short_forms_alike(short):
        if len(name) > width:
            short[name] = f"{name[: width - tail - 1].rstrip()}{mark}{name[-tail:]}"
    for number, name in enumerate(short_forms_alike(short), start=1):
        short[name] = f"{cut_to_width(name, width - len(f' {number}'), mark)} {number}"
    return [short[name] for name in names]


def short_forms_alike(short: Mapping[str, str]) -> list[str]:
    """Return the names of a picture whose short forms are not theirs alone."""
    count = Counter(short.values())
    return [name for name, text in short.items() if count[text] > 1]


def ranked_names(table: pd.DataFrame) -> list[str]:
    """Return rank and name of each market of a ranking's table, as a picture writes them."""
    names = shown_names(table.index)
    return [
        # The mark keeps the rank at the left of a name that is read from right to left.
        f"{LEFT_TO_RIGHT if reads_leftward(name) else ''}{rank}  {name}"
        for rank, name in zip(table["rank"], names, strict=True)
    ]


def reads_leftward(name: str) -> bool:
    """Return whether a name in a picture has letters that are written from right to left."""
    return any(bidirectional(sign) in ("R", "AL") for sign in name)


def more_room(names: Iterable[str]) -> float:
    """Return by how many inches a picture is wider for names that are longer than most."""
    return 0.12 * max(0, max(map(len, names)) - 18)


def factor_names(ranking: Ranking) -> list[str]:
    """Return the name of each top factor for a picture; its code where it has none."""
    names = {factor.code: factor.name for factor in ranking.scores.framework.factors}
    titles = [clean(names.get(code) or code) for code in ranking.weights.index]
    return cut_apart(titles, KEY_WIDTH)


def score_words(ranking: Ranking) -> str:
    """Return what the scores in a picture are, with their unit and range."""
    rules, method = ranking.scores.framework, ranking.call
    low, high = rules.range
    words, unit = f"Score by {clean(method.label)}", clean(method.unit_of(ranking.options))
    if unit == POINTS and rules.normalization in BOUNDED:
        unit = f"{POINTS}, {low:g} to {high:g}"
    return f"{words} ({unit})" if unit else words


def picture_title(ranking: Ranking) -> str:
    """Return what the ranking is about: the framework's title and the year of the data."""
    rules, table = ranking.scores.framework, ranking.scores.table
    title = shown_names([rules.title or rules.name], 48)[0]
    return title if table.as_of is None else f"{title}, {table.as_of}"


def head(ax: Axes, title: str, pad: float = 8.0) -> None:
    """Write the title over the left end of the Axes."""
    room = ax.get_window_extent().width
    text = wrapped_for_picture(title, room / ax.figure.dpi * 72, LARGE)
    ax.set_title(text, loc="left", fontsize=LARGE, color=INK, pad=pad, **PLAIN)


def wrapped_for_picture(text: str, room: float, size: float) -> str:
    """Return a text in lines for so many points, of letters that are 0.54 as wide as high."""
    return fill(with_few_marks(text), max(int(room / (0.54 * size)), 12))


def first_of_markets(shown: int, ranked: int) -> str:
    """Return for a picture ``the first 20 of 183 markets``, or how many if all are shown."""
    if shown == ranked:
        return some_of(shown, ranked)
    return f"the first {shown if shown > 1 else ''}".rstrip() + f" of {ranked} markets"


def some_of(shown: int, ranked: int) -> str:
    """Return for a picture ``5 of 183 markets``, or how many there are if all are shown."""
    word = "market" if ranked == 1 else "markets"
    return f"{ranked} {word}" if shown == ranked else f"{shown} of {ranked} {word}"


def market_rows(ax: Axes, names: Sequence[str]) -> FloatArray:
    """Give each market a row, the first at the top, and return where the rows are."""
    rows = np.arange(len(names), dtype=np.float64)
    ax.set_yticks(rows, names, fontsize=NORMAL, color=INK, **PLAIN)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize=SMALL + 0.5, colors=INK)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.set_axisbelow(True)
    return rows


def axis_words(ax: Axes, across: str, down: str = "") -> None:
    """Write what the axes show, in lines as long as the Axes; the rest of long ones is counted."""
    across, down = (one_line(text, AXIS_SIGNS) for text in (across, down))
    box, points = ax.get_window_extent(), 72 / ax.figure.dpi
    style: dict[str, Any] = {"fontsize": NORMAL, "color": INK, **PLAIN}
    ax.set_xlabel(wrapped_for_picture(across, box.width * points, NORMAL), **style)
    ax.set_ylabel(wrapped_for_picture(down, box.height * points, NORMAL), **style)


def settle(ax: Axes) -> None:
    """Lay out the figure, so that the Axes is as wide as it will be."""
    figure = ax.figure.figure  # of a part of a figure the whole
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def source_line(ax: Axes, given: Source, own: Source = None) -> None:
    """Write where the data are from below all else; call it last.

    Parameters
    ----------
    ax : Axes
    given : str, Ranking or None
        What the caller of a picture asks for; an empty text for no line.
    own : Ranking or str, optional
        Whose data it shows, or the origin that a result holds, where nothing is asked for.
    """
    of = own if given is None else given
    if of is None:
        return
    needed = "give a text, or the ranking whose data are shown"
    if is_a(of, Ranking):
        text = of.origin
    elif given is None:
        text = of
    else:
        text = one_line(a_text(of, "source", needed), SOURCE_SIGNS)
    if not text:
        return
    if ax.axison:
        settle(ax)
    room = ax.get_window_extent().width / ax.figure.dpi * 72 * 0.9  # small letters are wider
    # Below the words of the axis, wherever the layout puts them; a map has none.
    below: Any = ("axes fraction", ax.xaxis.label) if ax.axison else "axes fraction"
    ax.annotate(
        wrapped_for_picture(text, room, SMALL), (0, 0), (0, -5), xycoords=below,
        textcoords="offset points", va="top", fontsize=SMALL, color=SOFT, gid="source", **PLAIN,
    )  # fmt: skip
    if not ax.axison:
        settle(ax)  # a map keeps its shape: only at the second time a long line fits


def factor_paint(number: int, *, hatches: bool = False) -> dict[str, Any]:
    """Return how a picture paints the factor at a place of the top factors: color and hatch."""
    turn, place = divmod(number, len(FACTOR_COLORS))
    more = MORE_HATCHES[(place + 3 * (turn - 1)) % len(MORE_HATCHES)]
    return {
        "facecolor": FACTOR_COLORS[place],
        "hatch": more if turn else HATCHES[place] if hatches else "",
        "edgecolor": "black" if turn else "white",  # a hatch has the color of the edge
        "linewidth": 0.6,
    }


def color_key(ax: Axes, names: Sequence[str], *, hatches: bool) -> float:
    """Put a key above the Axes, in the order of the bars, and return its height in points."""
    from matplotlib.patches import Patch

    across = min(len(names), 3 if max(map(len, names)) > 14 else 6)
    down = -(-len(names) // across)
    # A legend fills its columns first; a person reads its rows first.
    order = [i for column in range(across) for i in range(column, len(names), across)]
    patches = [Patch(**factor_paint(i, hatches=hatches)) for i in order]
    legend = ax.legend(
        patches, ["x"] * len(order), loc="lower left", bbox_to_anchor=(0, 1), ncols=across,
        frameon=False, borderaxespad=0.2, borderpad=0.2, columnspacing=1.2, handlelength=1.6,
        handletextpad=0.5, labelspacing=0.35, fontsize=NORMAL - 0.5, labelcolor=INK,
    )  # fmt: skip
    # Written afterwards: a legend leaves out what starts with "_" and reads $ as mathematics.
    for text, i in zip(legend.get_texts(), order, strict=True):
        text.set_parse_math(False)
        text.set_text(names[i])
    return 13.0 * down + 6.0


def heat_map() -> Any:
    """Return the colors from the lowest value to the highest, and all between them."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("heat", HEAT)


def ink_on(color: tuple[float, float, float, float]) -> str:
    """Return the color of text that is read on a color of matplotlib's."""
    from matplotlib.colors import to_hex

    return readable_on(to_hex(color))
