"""The report's page for everyone: WCAG 2.2 A and AA by axe-core, colors, zoom, the keyboard."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import marketselect as ms
from report.conftest import Open, Rankings, cities, framework

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL_OPEN = "document.querySelectorAll('details').forEach((part) => (part.open = true))"
NO_WEIGHT = """document.querySelectorAll('#sliders > .slider > [type=range]').forEach((slider) => {
  slider.value = 0; slider.dispatchEvent(new Event('input')); })"""


def violations(page: Page) -> list[tuple[str, str]]:
    """Return what axe-core finds: the rule, and the first element that breaks it."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8") + "; 1")
    found = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


@pytest.fixture(scope="module")
def full(world: Rankings) -> dict[str, Any]:
    """Return all that the page of the world can be given beside the ranking."""
    ranking = world["weighted_sum"]
    weights = dict.fromkeys(ranking.weights.index, 1.0)
    return {
        "doubt": ms.doubt(ranking, draws=200, choices=["normalization"]),
        "scenarios": {"Growth": {**weights, "economic": 4}, "Law": {**weights, "legal": 3}},
    }


@pytest.mark.nightly  # some seconds of a browser each; `.ci/run` runs it, too
@pytest.mark.parametrize(
    ("width", "colors", "settings", "then"),
    [
        (1440, "light", "", ""),
        (1440, "dark", "", ALL_OPEN),
        (390, "light", "", ALL_OPEN),
        (390, "dark", "#market=VNM", ""),
        (720, "light", "#weights=50,90,1,1,1,1&find=an", ""),  # 1440 at a zoom of 200%
        (1280, "light", "#market=SGP", ""),
        (1280, "light", "#map=indicator3&mine=0,4&show=mine&vary=any", ALL_OPEN),
        (1280, "light", "", NO_WEIGHT),
    ],
)
def test_nothing_breaks_wcag(
    width: int,
    colors: Any,
    settings: str,
    then: str,
    world: Rankings,
    full: dict[str, Any],
    open_page: Open,
) -> None:
    page = open_page(world["weighted_sum"], **full)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=colors)
    page.goto(f"{page.url.partition('#')[0]}{settings}")
    page.reload()
    page.evaluate(then or "1")
    page.wait_for_timeout(500)  # until the slider rests and all is drawn
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="light")


def seen(page: Page, part: str, *properties: str) -> list[list[str]]:
    """Return the computed colors of every element of a part, found and read at one moment."""
    found: list[list[str]] = page.evaluate(
        """([part, names]) => [...document.querySelectorAll(part)].map((one) =>
             names.map((name) => getComputedStyle(one)[name]))""",
        [part, list(properties)],
    )
    return found


def test_graphics_keep_their_colors_where_a_reader_sets_all_others(
    world: Rankings, open_page: Open
) -> None:
    page = open_page(world["weighted_sum"])
    stack = "#rows tr:first-child .stack i:not(.span, .point)"
    parts = ("#tiles button:not(.left)", stack, ".swatches i", "#sliders .dot")
    before = {part: seen(page, part, "backgroundColor") for part in parts}
    page.emulate_media(forced_colors="active")
    for part in parts:
        assert seen(page, part, "backgroundColor") == before[part]
        assert len({shade for (shade,) in before[part]}) > 3
    bars = seen(page, "#rows tr:first-child .thin", "outlineStyle")
    assert bars == [["solid"]] * 6
    page.emulate_media(forced_colors="none")


def test_at_night_the_page_is_dark_and_on_paper_it_is_not(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    paper = "getComputedStyle(document.querySelector('.head')).backgroundColor"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == "rgb(24, 33, 43)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="light", media="screen")


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_the_focus_comes_back_to_what_opened_a_market(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    for part in ("#trust-table", "#rows", "#tiles"):
        opener = page.locator(f"{part} button:not(.star, .left)").first
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).not_to_be_visible()
        expect(page.locator(f"{part} :focus")).to_have_count(1)


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_back_closes_a_market_and_does_not_leave_the_page(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    page.locator("#rows .market").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(page.locator("#rows .market").first).to_have_text("Singapore")


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_without_motion_nothing_moves(
    browser: Browser, world: Rankings, written: Callable[..., Any], tmp_path: Any
) -> None:
    context = browser.new_context(reduced_motion="reduce", offline=True)
    page = context.new_page()
    page.goto(written(world["weighted_sum"], tmp_path / "page.html").as_uri())
    scroll = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(scroll) == "auto"
    context.close()


@pytest.mark.slow
def test_heads_of_one_letter_are_no_smaller_targets_than_others(open_page: Open) -> None:
    names = {code: code if code in "acegikm" else "word word" for code in "abcdefghijkl"}
    rows = {label: [float(n + len(names)) for n in range(12)] for label in ("x", "y")}
    page = open_page(ms.rank_markets(cities(rows, list(names)), framework(names), draws=50))
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page) == []
