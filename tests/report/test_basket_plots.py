"""Pictures of a basket: what is drawn where, and what is said beside it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.text import Text

import marketselect as ms
from marketselect.report.pictures.map import SIDE
from marketselect.report.pictures.plans import arc
from marketselect.report.tiles import TILES

RULES = ms.Framework(
    name="one",
    title="One $",
    factors=(ms.Factor(code="f"),),
    indicators=(ms.Indicator(code="points", factor="f", direction="benefit", goalposts=(0, 100)),),
)
DATA = pd.DataFrame({"points": [90.0, 80.0, 60.0]}, index=pd.Index(["A", "C", "D"], name="market"))
SHOCKS = pd.DataFrame(
    np.log1p([[-0.4, 0.0, 0.4], [0.4, 0.0, -0.4]]), index=[2001, 2002], columns=list("ACD")
)


@pytest.fixture(scope="module")
def basket() -> ms.Basket:
    return ms.diversify(ms.rank_markets(DATA, RULES, draws=0), size=1, shocks=SHOCKS, bad_years=0.5)


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def test_the_path_has_a_bar_a_year_and_a_dot_a_member(basket: ms.Basket) -> None:
    ax = ms.plot_basket(basket)
    assert [bar.get_bbox().height for bar in bars(ax)] == pytest.approx([0.0, 0.0])
    assert ax.get_title(loc="left") == "One $: C"
    assert "(%)" in ax.get_ylabel()
    assert "worst 50%" in ax.get_xlabel()


def test_bad_years_have_a_color_of_their_own() -> None:
    ranking = ms.rank_markets(DATA, RULES, draws=0)
    alone = ms.diversify(ranking, size=1, shocks=SHOCKS, bad_years=0.5, must=["A"])
    good, bad = (bar.get_facecolor() for bar in bars(ms.plot_basket(alone))[::-1])
    assert good != bad


def test_the_frontier_shows_its_baskets_and_the_chosen_one(basket: ms.Basket) -> None:
    ax = ms.plot_frontier(basket)
    line, own = ax.lines[:2]
    # A 90 at 40, C 80 at 0; D is never best
    assert np.asarray(line.get_xydata()) == pytest.approx(np.array([[40.0, 90.0], [0.0, 80.0]]))
    assert np.asarray(own.get_xydata()) == pytest.approx(np.array([[0.0, 80.0]]))
    assert {text.get_text() for text in ax.texts} == {"C", "A"}


@pytest.mark.parametrize("size", range(30, 60, 6))
def test_a_long_title_of_the_frontier_is_within_the_picture(basket: ms.Basket, size: int) -> None:
    ax = ms.plot_frontier(replace(basket, title=("Markets " * 9)[:size].strip()))
    ax.figure.canvas.draw()
    title = next(
        each
        for each in ax.get_children()
        if isinstance(each, Text) and "at some aversion" in " ".join(each.get_text().split())
    )
    assert title.get_window_extent().x1 <= ax.figure.get_window_extent().x1


def test_without_shocks_there_is_no_picture() -> None:
    plain = ms.diversify(ms.rank_markets(DATA, RULES, draws=0), size=1)
    for draw in (ms.plot_basket, ms.plot_frontier):
        with pytest.raises(ms.InputError, match="chosen without shocks"):
            draw(plain)


# A plan


def test_a_plan_is_a_tree_over_the_map() -> None:
    firm = ms.Firm(home="GBR", languages=["en"], served=["FRA"])
    plan = ms.entry_plan(["MEX", "IRL", "USA"], firm)
    ax = ms.plot_entry_plan(plan)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 3
    filled = [bar for bar in bars(ax) if bar.get_facecolor()[:3] != (1.0, 1.0, 1.0)]
    assert len(filled) == 5  # home, the one served, three markets
    texts = [text.get_text() for text in ax.texts]
    assert {"home", "held", "1", "2", "3"} <= set(texts)
    # a border, English and high income; English and high income; a border: Mexico by the states
    assert [texts.count(cost) for cost in ("0.20", "0.52", "0.68")] == [1, 1, 1]
    title = ax.get_title(loc="left")
    assert title == "Order of entry from United Kingdom: Ireland, United States and Mexico"
    assert "Morales, Sheu and Zahler (2019)" in " ".join(texts).replace("\n", " ")


def test_no_arrow_of_a_plan_covers_a_code() -> None:
    """Far, above, below, beside and across a corner: arrows run between edges and under codes."""
    served = ms.Firm(home="BEL", languages=["fr", "en"])
    plan = ms.entry_plan(["NLD", "DEU", "FRA", "LUX", "USA", "CAN", "AUS"], served)
    ax = ms.plot_entry_plan(plan)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == len(plan.table)
    assert all(arrow.get_zorder() < text.get_zorder() for arrow in arrows for text in ax.texts)
    for stone, market in plan.table[["stepping_stone", "market"]].to_numpy():
        line = arc(stone, market)
        for code in (stone, market):
            inside = (np.abs(line - np.array(TILES[code]) - SIDE / 2) < SIDE / 2 - 1e-9).all(axis=1)
            assert not inside.any(), (stone, market, code)
        assert np.abs(np.diff(line, axis=0)).sum() > 0.7 * SIDE  # seen, also of neighbors


def test_a_long_plan_lists_the_costs_that_have_room() -> None:
    markets = list(ms.load_markets().index[:20].difference(["GBR"]))
    texts = [text.get_text() for text in ms.plot_entry_plan(ms.entry_plan(markets, ms.Firm(
        home="GBR"))).texts]  # fmt: skip
    assert sum(", from " in text for text in texts) == 14
    assert texts.count(f"and {len(markets) - 14} more: see table") == 1


def test_steps_of_ones_own_are_not_said_to_be_the_published_ones() -> None:
    plan = ms.entry_plan(["MEX"], ms.Firm(home="GBR"), step=lambda _at, _to: 0.4)
    texts = " ".join(text.get_text() for text in ms.plot_entry_plan(plan).texts)
    assert "Morales" not in texts
    assert "function of one's own" in texts


def test_only_a_plan_is_drawn_as_one(basket: ms.Basket) -> None:
    other: Any = basket
    with pytest.raises(ms.InputError, match="plan"):
        ms.plot_entry_plan(other)
