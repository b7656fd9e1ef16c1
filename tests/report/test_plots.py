"""The pictures, as they are drawn: texts, lengths, colors, room; and what they refuse."""

import io
import sys
from collections.abc import Callable
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import marketselect as ms
from marketselect.report.outlines import outlines
from marketselect.report.pictures.choropleth import land, rings
from marketselect.report.pictures.heat import plot_acceptability
from marketselect.report.pictures.map import plot_map
from marketselect.report.pictures.markets import plot_profile, plot_tradeoff
from marketselect.report.pictures.panel import order_each_year, plot_ranks
from marketselect.report.pictures.parts import cut_apart, factor_paint, png_bytes
from marketselect.report.pictures.ranks import plot_intervals, plot_ranking
from marketselect.report.tiles import TILES
from marketselect.words import COLORS, FACTOR_COLORS, readable_on
from shared import observations, pestle_table

TABLE = pestle_table()
WORLD = ms.rank_markets(TABLE, "pestle", draws=500)
SOME = list(WORLD.table.index[::6])  # from the first to the last
SHAKEN = ms.robustness(WORLD, draws=500, around="any")
PANEL = ms.rank_panel(observations(), "pestle", years=[2004, 2014, 2024], draws=0)
HARD = [
    "$x_1$",
    "_a_b",
    "A\nB",
    "<b>&",
    "100 % $",
    "Very long name of a City " * 4,
    "\u05d0\u05d1",
    r"\alpha$^2",
]
FRAMEWORK = ms.Framework(
    name="hard",
    title="$_hard_$ title " * 3,
    factors=tuple(
        ms.Factor(code=code, name=name)
        for code, name in (("f1", "$f_1$ and something long after it"), ("f2", "_f2"), ("f3", ""))
    ),
    indicators=tuple(
        ms.Indicator(code=f"i{n}", factor=f"f{n}", direction="benefit", goalposts=(0, 100))
        for n in (1, 2, 3)
    ),
)


def hard_ranking(labels: list[Any], **given: Any) -> ms.Ranking:
    data = pd.DataFrame(
        {f"i{n}": np.linspace(95, 5, len(labels)) / n for n in (1, 2, 3)}, index=labels
    )
    return ms.rank_markets(data, FRAMEWORK, **{"draws": 200, **given})


SMALL = ms.rank_markets(TABLE, "pestle", markets=SOME, draws=0)
OTHER = ms.rank_markets(TABLE, "pestle", markets=SOME, method="topsis", draws=0)
CHOICES = ms.sensitivity(hard_ranking(HARD, draws=0), choices=["method", "treatment"])


DRAWN: dict[str, Callable[..., Axes]] = {
    "ranking": lambda **k: plot_ranking(WORLD, **k),
    "ranking of one": lambda **k: plot_ranking(WORLD, top=1, **k),
    "ranking by promethee": lambda **k: plot_ranking(
        ms.rank_markets(TABLE, "pestle", method="promethee", draws=0), top=30, **k
    ),
    "ranking by vikor": lambda **k: plot_ranking(
        ms.rank_markets(TABLE, "pestle", method="vikor", draws=0), **k
    ),
    "intervals": lambda **k: plot_intervals(WORLD, top=40, **k),
    "acceptability": lambda **k: plot_acceptability(SHAKEN, top=12, **k),
    "profile": lambda **k: plot_profile(WORLD, ["VNM", "MEX", "BIH", "COD"], **k),
    "profile of one": lambda **k: plot_profile(WORLD, ["SGP"], **k),
    "tradeoff": lambda **k: plot_tradeoff(WORLD, WORLD.table["political"], labels=15, **k),
    "ranks": lambda **k: plot_ranks(PANEL, top=12, **k),
    "ranks of one": lambda **k: plot_ranks(PANEL, markets=["COD"], **k),
    "map": lambda **k: plot_map(WORLD, **k),
    "map of values": lambda **k: plot_map(WORLD.table["economic"], **k),
    "choropleth": lambda **k: ms.plot_choropleth(WORLD, **k),
    "correlations": lambda **k: ms.plot_correlations(SMALL, **k),
    "correlations of factors": lambda **k: ms.plot_correlations(SMALL, level="factors", **k),
    "framework": lambda **k: ms.plot_framework(SMALL, **k),
    "distribution": lambda **k: ms.plot_distribution(SMALL, market=SOME[3], **k),
    "waterfall": lambda **k: ms.plot_waterfall(SMALL, SOME[3], SOME[20], **k),
    "slope": lambda **k: ms.plot_slope(SMALL, OTHER, **k),
    "weight": lambda **k: ms.plot_rank_against_weight(SMALL, "economic", **k),
    "scatter": lambda **k: ms.plot_scatter(
        SMALL, TABLE.values["NY.GNP.PCAP.CD"], groups=ms.load_markets()["region"], log=True, **k
    ),
    "sensitivity": lambda **k: ms.plot_sensitivity(CHOICES, **k),
    "hard correlations": lambda **k: ms.plot_correlations(hard_ranking(HARD), **k),
    "hard framework": lambda **k: ms.plot_framework(hard_ranking(HARD), **k),
    "hard distribution": lambda **k: ms.plot_distribution(hard_ranking(HARD), market=HARD[0], **k),
    "hard waterfall": lambda **k: ms.plot_waterfall(hard_ranking(HARD), HARD[0], HARD[5], **k),
    "hard slope": lambda **k: ms.plot_slope(
        hard_ranking(HARD), hard_ranking(HARD[::-1]), names=("$a_1$", "<b>"), **k
    ),
    "hard weight": lambda **k: ms.plot_rank_against_weight(hard_ranking(HARD), "f1", **k),
    "hard scatter": lambda **k: ms.plot_scatter(
        hard_ranking(HARD),
        pd.Series(np.arange(8.0), HARD, name="$x_1$"),
        groups=pd.Series(HARD, HARD),
        **k,
    ),
    "hard ranking": lambda **k: plot_ranking(hard_ranking(HARD), **k),
    "hard intervals": lambda **k: plot_intervals(hard_ranking(HARD), **k),
    "hard acceptability": lambda **k: plot_acceptability(ms.robustness(hard_ranking(HARD)), **k),
    "hard profile": lambda **k: plot_profile(hard_ranking(HARD), HARD, **k),
    "hard tradeoff": lambda **k: plot_tradeoff(hard_ranking(HARD), hard_ranking(HARD[::-1]), **k),
}

# One of each function: where it takes text of all kinds, with the text that is hardest to draw.
EACH = [
    *(name for name in DRAWN if name.startswith("hard")),
    "ranks of one",
    "map",
    "choropleth",
    "sensitivity",
]


def figure_of(ax: Axes) -> Figure:
    figure = ax.figure.figure
    assert figure is not None
    return figure


def texts_of(ax: Axes) -> list[Text]:
    """Return every text that is seen, after the layout is settled."""
    if figure_of(ax) not in SETTLED:
        figure_of(ax).draw_without_rendering()
    if ax in KEPT:  # nothing is drawn on these any more
        SETTLED.add(figure_of(ax))
    found = [*ax.texts, *title_and_labels(ax)]
    legend = ax.get_legend()
    found += [] if legend is None else legend.get_texts()
    return [text for text in found if text.get_text().strip()]


def title_and_labels(ax: Axes) -> list[Text]:
    """Return the title, and where there are axes their labels and the numbers within view."""
    titles = [each for each in ax.get_children() if isinstance(each, Text) and each not in ax.texts]
    if not ax.axison:
        return titles
    found = [*titles, ax.xaxis.label, ax.yaxis.label]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            found += [tick.label1] if low <= tick.get_loc() <= high else []
    return found


STATE = {"table": WORLD.table, "shares": SHAKEN.acceptability, "ranks": PANEL.ranks}
BEFORE = {name: frame.copy(deep=True) for name, frame in STATE.items()}
SETTINGS, BACKEND = dict(mpl.rcParams), mpl.get_backend()
KEPT: set[Axes] = set()
SETTLED: set[Figure] = set()


@cache
def picture(name: str) -> Axes:
    """Return a picture that is drawn once, and that nobody draws on."""
    KEPT.add(ax := DRAWN[name]())
    return ax


# Of each function one picture, and the first that anybody sees; the world is slow to lay out.
@pytest.fixture(
    params=[
        pytest.param(name, marks=() if name in {"ranking", *EACH} else pytest.mark.slow)
        for name in DRAWN
    ]
)
def drawn(request: pytest.FixtureRequest) -> Axes:
    return picture(request.param)


# What every picture has


def test_no_text_is_cut_off(drawn: Axes) -> None:
    page = figure_of(drawn).bbox
    for text in texts_of(drawn):
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1
        assert inside, text.get_text()


def test_no_text_hides_another(drawn: Axes) -> None:
    boxes = [(Text.get_window_extent(t), t.get_text()) for t in texts_of(drawn)]
    for (one, first), (other, second) in combinations(boxes, 2):
        # Boxes hold the room above small letters: a point of it may be shared.
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        high = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert wide <= 1 or high <= 2, (first, second)


def test_no_text_is_smaller_than_print_can_show(drawn: Axes) -> None:
    assert min(float(text.get_fontsize()) for text in texts_of(drawn)) >= 6.5


def test_no_text_from_data_is_read_as_mathematics(drawn: Axes) -> None:
    assert not [t for t in texts_of(drawn) if "$" in t.get_text() and t.get_parse_math()]


def test_every_axis_says_what_it_shows(drawn: Axes) -> None:
    assert drawn.get_title(loc="left")
    assert drawn.get_xlabel() or not drawn.axison


@pytest.mark.parametrize("name", EACH)
def test_a_given_axes_is_drawn_on_and_returned(name: str) -> None:
    figure = Figure(figsize=(12, 9), layout="constrained")
    given = figure.subplots(1, 2)[1]
    assert DRAWN[name](ax=given) is given
    assert len(figure.axes) == 2
    assert given.get_title(loc="left")


@pytest.mark.parametrize("drawn", EACH, indirect=True)
def test_a_figure_is_written_and_a_notebook_shows_it(drawn: Axes) -> None:
    buffer = io.BytesIO()
    figure_of(drawn).savefig(buffer, format="svg")
    assert buffer.tell() > 3000
    shown = vars(drawn)["_repr_png_"]
    assert (shown.func, shown.args) == (png_bytes, (figure_of(drawn),))


def test_what_a_notebook_shows_is_a_picture() -> None:
    assert png_bytes(figure_of(picture("hard profile"))).startswith(b"\x89PNG")


@pytest.mark.slow
def test_nothing_of_matplotlib_changes_and_no_figure_stays_open() -> None:
    import matplotlib.pyplot as plt

    for _ in range(21):  # pyplot warns of more than 20 open figures
        plot_ranking(WORLD, top=1)
    assert plt.get_fignums() == []
    assert (dict(mpl.rcParams), mpl.get_backend()) == (SETTINGS, BACKEND)


@pytest.mark.slow
def test_a_figure_keeps_its_canvas() -> None:
    figure = Figure()
    canvas, ax = figure.canvas, figure.add_subplot()
    plot_tradeoff(WORLD, WORLD.table["political"], ax=ax)
    assert figure.canvas is canvas


def test_the_input_is_not_changed() -> None:
    for name in ("ranking", "map", "acceptability", "ranks of one"):
        picture(name)
    for name, frame in STATE.items():
        pd.testing.assert_frame_equal(frame, BEFORE[name])


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for draw in DRAWN.values():
        with pytest.raises(ms.InputError, match=r'pip install "marketselect\[plot\]"'):
            draw()


# Colors. Machado, G. M., Oliveira, M. M., & Fernandes, L. A. F. (2009). A physiologically-based
# model for simulation of color vision deficiency. IEEE TVCG 15(6), 1291-1298: severity 1.0, on
# linear RGB. Lab as in CIE 15 for D65.

VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(color: Any, vision: str = "normal") -> Any:
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(VISION[vision] @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_colors_are_told_apart_with_any_vision(vision: str) -> None:
    for one, other in combinations(FACTOR_COLORS, 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 12, (one, other)


def test_neighbors_differ_in_gray() -> None:
    for one, other in pairwise((*FACTOR_COLORS, FACTOR_COLORS[0])):
        assert abs(lab(one)[0] - lab(other)[0]) > 12, (one, other)


def in_gray(number: int) -> Any:
    """Return the pixels of a square that is painted as the factor of a number, as lightness."""
    figure = Figure(figsize=(1, 1), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.add_patch(Rectangle((0, 0), 1, 1, **factor_paint(number, hatches=True)))
    ax.set_axis_off()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba")
    pixels = np.frombuffer(buffer.getvalue(), np.uint8).reshape(100, 100, 4)
    return pixels[5:95, 5:95, :3] @ [0.299, 0.587, 0.114]


def test_no_two_of_many_factors_are_painted_alike() -> None:
    painted = [factor_paint(number, hatches=True) for number in range(72)]
    looks = [(p["facecolor"], p["hatch"], p["edgecolor"]) for p in painted]
    assert len(set(looks)) == 72
    for number in range(8):  # on the second turn the hatch is another one, too
        assert painted[number]["hatch"] != painted[number + 8]["hatch"] != ""
    drawn = [in_gray(number) for number in range(16)]
    for one, other in combinations(range(16), 2):
        assert np.abs(drawn[one] - drawn[other]).mean() > 4, (one, other)


def test_neighbors_differ_in_gray_from_turn_to_turn() -> None:
    for one, other in pairwise(range(16)):
        first, second = (lab(factor_paint(number)["facecolor"])[0] for number in (one, other))
        assert abs(first - second) > 12, (one, other)


@pytest.mark.parametrize(("color", "ink"), [("#FFFFFF", "#000000"), ("#00204C", "#FFFFFF")])
def test_text_on_a_color_has_contrast(color: str, ink: str) -> None:
    assert readable_on(color) == ink


# Bars


def bars(ax: Axes) -> pd.DataFrame:
    """Return row, left end and width of each bar."""
    found = [p for p in ax.patches if isinstance(p, Rectangle)]
    return pd.DataFrame(
        {
            "row": [round(p.get_y() + p.get_height() / 2) for p in found],
            "left": [p.get_x() for p in found],
            "width": [p.get_width() for p in found],
        }
    )


@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "weighted_product", "promethee"])
def test_bars_add_up_to_the_score(method: str) -> None:
    ranking = ms.rank_markets(TABLE, "pestle", method=method, markets=SOME, draws=0)
    found = bars(plot_ranking(ranking, top=200))
    assert len(found) == 6 * len(SOME)
    sums = found.groupby("row")["width"].sum()
    np.testing.assert_allclose(sums, ranking.table["score"], rtol=1e-9, atol=1e-12)


def test_negative_parts_go_to_the_left_and_a_diamond_marks_the_score() -> None:
    ranking = ms.rank_markets(TABLE, "pestle", method="promethee", markets=SOME, draws=0)
    ax = plot_ranking(ranking, top=200)
    found = bars(ax)
    assert (found["width"] < 0).any()
    ends = found["left"] + found["width"]
    assert (ends[found["width"] < 0] < 1e-12).all()
    assert (ends[found["width"] >= 0] > -1e-12).all()
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    np.testing.assert_allclose(np.asarray(diamonds[0].get_xdata()), ranking.table["score"])


def test_bars_touch_and_do_not_overlap() -> None:
    for _, row in bars(plot_ranking(WORLD, top=5)).groupby("row"):
        ends = row["left"] + row["width"]
        np.testing.assert_allclose(row["left"].to_numpy()[1:], ends.to_numpy()[:-1])


def test_a_score_that_is_no_sum_has_one_bar_and_the_axis_says_so() -> None:
    ranking = ms.rank_markets(TABLE, "pestle", method="vikor", draws=0)
    ax = plot_ranking(ranking, top=7)
    np.testing.assert_allclose(bars(ax)["width"], ranking.table["score"].head(7))
    assert ax.get_xlabel().endswith("it is not a sum of parts of the factors")
    assert ax.get_legend() is None


def test_the_key_names_the_factors_in_the_order_of_the_bars() -> None:
    ax = plot_ranking(hard_ranking(HARD), top=1)
    legend = ax.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert [name[:5] for name in names] == ["$f_1$", "_f2", "f3"]
    colors = [patch.get_facecolor() for patch in legend.get_patches()]
    bar_colors = [patch.get_facecolor() for patch in ax.patches]
    assert colors == bar_colors


def test_names_that_differ_look_different_once_they_are_cut() -> None:
    long = "Share of the gross domestic product of"
    assert cut_apart(["abc", "abc", "d"], 26) == ["abc", "abc", "d"]
    assert cut_apart([f"{long} men", f"{long} women", "Law"], 26) == [
        "Share of the…oduct of men",
        "Share of the…uct of women",
        "Law",
    ]
    names = [f"{long} {'x' * 30}{n}{'y' * 30}" for n in range(12)] + [f"{long} men", f"{long} mem"]
    short = cut_apart(names, 26)
    assert len(set(short)) == 14
    assert max(map(len, short)) <= 26


def test_the_key_of_factors_with_long_names_tells_them_apart() -> None:
    codes = ("men", "women")
    rules = ms.Framework(
        name="long",
        factors=tuple(
            ms.Factor(code=code, name=f"Share of the labor force that is {code}") for code in codes
        ),
        indicators=tuple(
            ms.Indicator(code=f"i{code}", factor=code, direction="benefit", goalposts=(0, 9))
            for code in codes
        ),
    )
    data = pd.DataFrame({"imen": [3.0, 5], "iwomen": [4.0, 2]}, index=["a", "b"])
    legend = plot_ranking(ms.rank_markets(data, rules, draws=0)).get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert [name[-4:] for name in names] == [" men", "omen"]
    assert max(map(len, names)) <= 26


def test_the_rank_stands_left_of_a_name_that_is_read_from_right_to_left() -> None:
    ax = plot_ranking(hard_ranking(["\u05d0\u05d1", "Lyon"]))
    labels = ax.get_yticklabels()
    assert [label.get_text() for label in labels] == ["\u200e1  \u05d0\u05d1", "2  Lyon"]


def test_names_and_ranks_stand_beside_the_bars() -> None:
    labels = [text.get_text() for text in plot_ranking(WORLD, top=2).get_yticklabels()]
    assert labels == ["1  Singapore", "2  Switzerland"]
    numbers = [text.get_text() for text in plot_ranking(WORLD, top=2, source="").texts]
    assert numbers == [f"{score:.1f}" for score in WORLD.table["score"].head(2)]


def test_tied_markets_have_the_same_rank() -> None:
    data = pd.DataFrame({"i1": [50.0, 50, 20], "i2": [50.0, 50, 20], "i3": [50.0, 50, 20]})
    ranking = ms.rank_markets(data, FRAMEWORK, draws=100)
    labels = [text.get_text() for text in plot_ranking(ranking).get_yticklabels()]
    assert labels == ["1  0", "1  1", "3  2"]


@pytest.mark.parametrize("scores", [[1e300, 1.0], [1e-300, 0.0], [-3.0, -5.0], [0.0, 0.0]])
def test_scores_of_any_size_are_drawn(scores: list[float]) -> None:
    ranking = hard_ranking(["a", "b"], method=lambda _m, _w: np.array(scores), draws=0)
    figure_of(plot_ranking(ranking)).draw_without_rendering()


# Intervals and acceptability


def test_intervals_are_those_of_the_table() -> None:
    ax = plot_intervals(WORLD, top=30)
    found, table = bars(ax), WORLD.table.head(30)
    np.testing.assert_allclose(found["left"] + 0.35, table["rank_low"].astype(float))
    np.testing.assert_allclose(
        found["left"] + found["width"] - 0.35, table["rank_high"].astype(float)
    )
    np.testing.assert_array_equal(np.asarray(ax.lines[0].get_xdata()), table["rank"])
    low, high = table["rank_low"].iloc[0], table["rank_high"].iloc[0]
    assert ax.texts[0].get_text() == f"{low}-{high}"


def test_intervals_need_draws() -> None:
    with pytest.raises(ms.InputError, match="made with draws=0; rank with draws=1000 or more"):
        plot_intervals(hard_ranking(["a", "b"], draws=0))


def test_the_cells_of_a_row_are_all_draws() -> None:
    ax = plot_acceptability(SHAKEN, top=12)
    heads = [text.get_text() for text in ax.get_xticklabels()]
    assert heads[:2] == ["1", "2"]
    assert heads[-1] == ">25"
    cells = ax.collections[0].get_array()
    assert cells is not None
    shares = np.ma.getdata(cells).reshape(12, len(heads))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares[:, 0], SHAKEN.top(1).head(12))


def test_a_cell_says_its_share_in_percent_and_100_only_if_whole() -> None:
    sure = ms.robustness(hard_ranking(["a", "b"]), draws=100)
    assert [t.get_text() for t in plot_acceptability(sure).texts] == ["100", "100"]
    shaken = plot_acceptability(SHAKEN, top=1)
    share = SHAKEN.acceptability.to_numpy()[0, 0]
    assert shaken.texts[0].get_text() == f"{100 * share:.0f}"


# Profiles and trade-offs


def test_a_profile_has_a_bar_for_each_factor_score() -> None:
    chosen = ["VNM", "MEX"]
    found = bars(plot_profile(WORLD, chosen)).iloc[:, 1:].to_numpy().reshape(6, 2, 2, 2)
    full, own = found[:, 0], found[:, 1]
    shares = own[:, :, 1] / full[:, :, 1]
    expected = WORLD.table.loc[chosen, list(WORLD.weights.index)].to_numpy().T / 100
    np.testing.assert_allclose(shares, expected)


def test_a_profile_marks_the_median() -> None:
    ax = plot_profile(WORLD, ["VNM"])
    # Each line is dashes from top to bottom at the factor's number plus its share of the panel.
    lines = [each for each in ax.collections if isinstance(each, LineCollection)]
    at = [line.get_segments()[0][0][0] % 1 / 0.72 * 100 for line in lines]
    medians = WORLD.table[list(WORLD.weights.index)].median()
    np.testing.assert_allclose(at, medians)


def test_who_is_not_beaten_stands_out() -> None:
    first = pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 1.0, "e": 2.5}, name="x")
    second = pd.Series({"a": 3.0, "b": 2.0, "c": 1.0, "d": 2.0, "e": 2.0}, name="y_$1$")
    ax = plot_tradeoff(first, second)
    large = [line for line in ax.lines if line.get_markersize() == 7]
    assert np.asarray(large[0].get_xydata()).tolist() == [[1, 3], [2.5, 2], [3, 1]]
    assert ax.get_title(loc="left") == "5 markets, 3 that no other beats on both"
    other = plot_tradeoff(first, second, less_is_better=True)
    assert other.get_title(loc="left") == "5 markets, 1 that no other beats on both"
    assert other.get_ylabel() == "y_$1$ (less is better)"


def test_those_that_stand_out_get_their_name_first() -> None:
    ax = plot_tradeoff(WORLD.table["economic"], WORLD.table["political"], labels=3)
    assert {text.get_text() for text in ax.texts} == {"Singapore", "Ireland", "Luxembourg"}
    assert not plot_tradeoff(WORLD, WORLD, labels=0, source="").texts


def test_the_axes_of_a_tradeoff_have_units_where_a_ranking_knows_them() -> None:
    income = TABLE.values["NY.GNP.PCAP.CD"]
    assert "(current US$)" in plot_tradeoff(income, WORLD).get_xlabel()
    ax = plot_tradeoff(WORLD, WORLD.table["political"], labels=0)
    assert ax.get_ylabel() == "Political (points, 0 to 100)"
    ax = plot_tradeoff(WORLD.table["legal"], WORLD.table["political"], source=WORLD, labels=0)
    assert ax.get_xlabel() == "Legal (points, 0 to 100)"
    assert (
        plot_tradeoff(WORLD.table["legal"], income, source="us", labels=0).get_xlabel() == "legal"
    )


def test_a_market_without_one_of_the_values_is_left_out() -> None:
    first = pd.Series({"a": 1.0, "b": 2.0, "c": np.nan})
    second = pd.Series({"b": 2.0, "c": 1.0, "z": 5.0})
    assert plot_tradeoff(first, second).get_title(loc="left").startswith("1 market, 1 that")


# Years


def test_ranks_over_years_are_those_of_the_panel() -> None:
    ax = plot_ranks(PANEL, top=9, source="")
    found = [int(text.get_text()) for text in ax.texts if text.get_text().isdigit()]
    ranks = PANEL.ranks.head(9).to_numpy(dtype=float, na_value=np.nan).ravel()
    assert found == ranks[np.isfinite(ranks)].tolist()
    names = [text.get_text() for text in ax.texts if not text.get_text().isdigit()]
    assert names[0] == "Singapore"
    assert len(names) == 9


def test_a_year_without_a_rank_leaves_a_gap() -> None:
    gaps = PANEL.ranks[PANEL.ranks[2004].isna() & PANEL.ranks[2024].notna()].index[0]
    ax = plot_ranks(PANEL, markets=["SGP", gaps])
    heights = np.asarray(ax.lines[2].get_ydata(), dtype=float)
    assert np.isnan(heights[0])
    assert np.isfinite(heights[-1])


def test_the_order_of_each_year_is_the_height() -> None:
    ax = plot_ranks(PANEL, markets=["VNM", "MEX", "POL"])
    heights = np.array([np.asarray(line.get_ydata(), dtype=float) for line in ax.lines[::2]])
    assert (np.sort(heights, axis=0) == [[0] * 3, [1] * 3, [2] * 3]).all()
    shown = PANEL.ranks[PANEL.ranks.index.isin(["VNM", "MEX", "POL"])]
    assert (heights.argsort(axis=0) == shown.to_numpy(dtype=float).argsort(axis=0)).all()


def test_tied_markets_stand_one_below_the_other() -> None:
    ranks = np.array([[1, 2], [1, 1], [np.nan, 3]])
    np.testing.assert_array_equal(order_each_year(ranks), [[0, 1], [1, 0], [np.nan, 2]])


# The map


@pytest.mark.parametrize("plot", [plot_map, ms.plot_choropleth])
def test_a_map_with_a_long_source_is_not_cut_off_when_it_is_saved(
    plot: Callable[..., Axes],
) -> None:
    stored = io.BytesIO()
    plot(WORLD, source="figures of many publishers " * 20).figure.figure.savefig(stored)
    stored.seek(0)
    pixels = mpl.image.imread(stored)[..., :3]
    assert pixels[0].min() == pixels[-1].min() == 1


@pytest.mark.parametrize("plot", [plot_map, ms.plot_choropleth])
def test_accents_piled_on_one_letter_of_a_source_leave_the_map_its_room(
    plot: Callable[..., Axes],
) -> None:
    source = next(text for text in plot(WORLD, source="a" + "\u0301" * 1_000).texts
                  if text.get_gid() == "source")  # fmt: skip
    assert source.get_text().startswith("a\u0301")
    assert source.get_text().count("\u0301") <= 4


def test_every_square_has_its_code_and_ranked_ones_their_rank() -> None:
    ax = plot_map(WORLD)
    texts = [text.get_text() for text in ax.texts]
    assert set(TILES) <= set(texts)
    assert texts[texts.index("SGP") + 1] == "1"
    places = [(p.get_x(), p.get_y()) for p in ax.patches if isinstance(p, Rectangle)]
    assert places == list(TILES.values())


@pytest.mark.slow
def test_the_key_says_what_a_dotted_square_is() -> None:
    few = ms.rank_markets(TABLE, "pestle", markets=["VNM", "MEX"], draws=0)
    assert "dotted: no rank" in [text.get_text() for text in plot_map(few).texts]
    values = [text.get_text() for text in plot_map(few.table["economic"]).texts]
    assert "dotted: no value" in values


def test_a_higher_score_is_a_darker_square() -> None:
    faces = dict(zip(TILES, (p.get_facecolor() for p in plot_map(WORLD).patches), strict=True))
    lightness = [lab(faces[code][:3])[0] for code in WORLD.table.index]
    assert (np.diff(lightness) > -0.6).all()
    assert lightness[-1] - lightness[0] > 60


def test_markets_without_a_square_are_named() -> None:
    values = pd.Series({"VNM": 1.0, "MEX": 2.0, "Atlant_$is$": 3.0, "USA": np.nan}, name="x")
    ax = plot_map(values)
    assert 'without a square: "Atlant_$is$"' in [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="left") == "2 of 236 economies"


@pytest.mark.slow
@pytest.mark.parametrize("values", [[5, 5], [1e300, -1e300], [1e-300, 0.0]])
def test_values_of_any_size_have_a_color(values: list[float]) -> None:
    ax = plot_map(pd.Series(values, index=["VNM", "MEX"]))
    assert [text for text in texts_of(ax) if text.get_text() == "VNM"]


# The map of outlines


def test_a_higher_score_is_a_darker_land_and_who_has_no_rank_is_gray() -> None:
    faces = {p.get_gid(): p.get_facecolor() for p in picture("choropleth").patches}
    assert set(faces) == set(outlines())
    order = [code for code in WORLD.table.index if code in faces]
    lightness = [lab(faces[code][:3])[0] for code in order]
    assert (np.diff(lightness) > -0.6).all()
    assert lightness[-1] - lightness[0] > 60
    blank = {faces[code] for code in faces if code not in WORLD.table.index}
    assert blank == {to_rgba(COLORS["line"])}
    assert "gray: no rank" in [text.get_text() for text in picture("choropleth").texts]


def test_an_outline_is_drawn_as_the_page_draws_it() -> None:
    # "M x y" begins a ring, each pair after "l" is a step from the point before, "z" closes it.
    (ring,) = rings("M10 20l5 0 0-2.5-.5.5z")
    corners = [[10, 20], [15, 20], [15, 17.5], [14.5, 18], [10, 20]]
    np.testing.assert_array_equal(ring.vertices, corners)
    # From (3, 7) two half arcs of radius 1.6, to the right and back: a circle around (4.6, 7).
    (dot,) = rings("M3.0 7.0a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0z")
    np.testing.assert_allclose(dot.get_extents().extents, [3.0, 5.4, 6.2, 8.6])
    # A land and an island are one shape.
    both = land("M0 0l1 0 0 1zM9 9l1 0 0 1 1 1z")
    np.testing.assert_array_equal(both.get_extents().extents, [0, 0, 11, 11])


def test_markets_without_an_outline_are_named_and_a_map_of_none_is_refused() -> None:
    values = pd.Series({"VNM": 1.0, "MEX": 2.0, "Atlant_$is$": 3.0, "USA": np.nan}, name="x")
    ax = ms.plot_choropleth(values)
    assert 'without an outline: "Atlant_$is$"' in [text.get_text() for text in ax.texts]
    assert "gray: no value" in [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="left") == "2 of 235 economies"
    with pytest.raises(ms.InputError, match='none of "Lyon" has an outline'):
        ms.plot_choropleth(pd.Series({"Lyon": 1.0}))


# Refusals


@pytest.mark.parametrize("draw", [plot_ranking, plot_intervals])
@pytest.mark.parametrize("top", [0, -1, 2.5, "ten", None, True])
def test_top_is_a_number_of_markets(draw: Callable[..., Axes], top: object) -> None:
    with pytest.raises(ms.InputError, match=r"top is .*; a whole number, 1 or more"):
        draw(WORLD, top=top)


@pytest.mark.parametrize("draw", [plot_ranking, plot_intervals, plot_profile])
def test_a_ranking_is_needed(draw: Callable[..., Axes]) -> None:
    given = (WORLD.table, ["VNM"]) if draw is plot_profile else (WORLD.table,)
    with pytest.raises(ms.InputError, match="got DataFrame; a Ranking is needed"):
        draw(*given)


def test_the_right_kind_of_result_is_needed() -> None:
    with pytest.raises(ms.InputError, match="got Ranking; a Robustness is needed"):
        plot_acceptability(WORLD)  # type: ignore[arg-type]  # the mistake that is tested
    with pytest.raises(ms.InputError, match="got Ranking; a PanelRanking is needed"):
        plot_ranks(WORLD)  # type: ignore[arg-type]  # the mistake that is tested
    with pytest.raises(ms.InputError, match="plot_ranking: ax: got Figure; a Axes is needed"):
        plot_ranking(WORLD, ax=Figure())  # type: ignore[arg-type]  # the mistake that is tested


@pytest.mark.parametrize(
    ("markets", "match"),
    [
        ("VNM", "markets is 'VNM'; give a list"),
        (5, "markets is 5; give a list"),
        ([], "markets is empty"),
        (["VNN"], '"VNN" not in the table; give its row labels. Did you mean "VNM"'),
        (["PRK"], '"PRK" has no rank; it was left out'),
        ([["VNM"]], "the label of one market is needed"),
    ],
)
def test_a_profile_is_of_ranked_markets(markets: Any, match: str) -> None:
    with pytest.raises(ms.InputError, match=match):
        plot_profile(WORLD, markets)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (5, "second is a int; give a Ranking, or a Series"),
        (pd.Series({"SGP": "a"}), "second holds str values; numbers are needed"),
        (pd.Series({"SGP": True}), "second holds bool values"),
        (pd.Series({"SGP": np.inf}), 'second: "SGP" infinite'),
        (pd.Series([1.0, 2.0], index=["SGP", "SGP"]), 'second: "SGP" more than once'),
        (pd.Series({"nowhere": 1.0}), "no market has both values"),
        (pd.Series(dtype=float), "no market has both values"),
    ],
)
def test_a_tradeoff_is_between_numbers_of_the_same_markets(given: Any, match: str) -> None:
    with pytest.raises(ms.InputError, match=match):
        plot_tradeoff(WORLD, given)


def test_options_of_a_tradeoff_have_a_meaning() -> None:
    with pytest.raises(ms.InputError, match="labels is -1; a whole number, 0 or more"):
        plot_tradeoff(WORLD, WORLD, labels=-1)
    with pytest.raises(ms.InputError, match="less_is_better is 'no'; True or False"):
        plot_tradeoff(WORLD, WORLD, less_is_better="no")  # type: ignore[arg-type]  # tested


@pytest.mark.parametrize("labels", [["Lyon", "Graz"], [1, 2]])
def test_a_map_needs_codes(labels: list[Any]) -> None:
    with pytest.raises(ms.InputError, match="has a square; the map knows economies by"):
        plot_map(hard_ranking(labels))


def test_a_panel_knows_its_markets() -> None:
    with pytest.raises(ms.InputError, match='"VNN" not in the table'):
        plot_ranks(PANEL, markets=["VNN"])
