"""The report's page in a real browser: the numbers, the controls, hostile text, small screens."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

import marketselect as ms
from marketselect.ranking.ranking import rescore
from marketselect.ranks import rank_scores
from marketselect.report.page.page import write_report
from marketselect.sources.embedded import market_names
from marketselect.uncertainty.doubts import SOURCES as DOUBTS
from marketselect.words import (
    column_places,
    factor_colors,
    interval_text,
    number_text,
    score_text,
    share_text,
    value_text,
    weight_text,
)
from report.conftest import Open, Rankings, cities, framework

SLOW = 30_000  # milliseconds that draws may take on a busy machine

READ = """() => [...document.querySelectorAll("#rows tr")].map((row) => [
  row.dataset.market, Number(row.querySelector("b").textContent),
  Number(row.querySelector("data").value)])"""
# Moves every slider as a hand does, one after the other, and waits until the page is drawn.
MOVE = """async (points) => {
  points.forEach((point, f) => {
    const slider = document.getElementById(`weight-${f}`);
    slider.value = point;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
}"""


def shown(page: Page) -> pd.DataFrame:
    """Return the rows of the ranking as the page shows them."""
    rows = page.evaluate(READ)
    return pd.DataFrame(rows, columns=["market", "rank", "score"]).set_index("market")


def box(part: Locator) -> FloatRect:
    """Return where a part of the page stands; one that is being drawn anew is looked for again."""
    for _ in range(20):
        part.wait_for(timeout=SLOW)
        found = part.bounding_box()
        if found is not None:
            return found
    raise AssertionError(f"{part} was drawn anew whenever it was measured")


def names(page: Page) -> list[str]:
    return page.locator("#rows .market").all_inner_texts()


def expect_python(page: Page, ranking: ms.Ranking, points: Any) -> None:
    """Expect scores to 1e-9 and ranks exactly as Python gives them for the same weights."""
    scores = rescore(ranking, np.asarray(points, dtype=float))
    found = shown(page).loc[[str(label) for label in ranking.table.index]]
    np.testing.assert_allclose(found["score"], scores, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found["rank"], rank_scores(scores))


# The numbers


@pytest.mark.slow
@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_random_weightings_rank_as_python_does(
    method: str, world: Rankings, open_page: Open
) -> None:
    ranking, random = world[method], np.random.default_rng(6)
    page = open_page(ranking, "#top=all")
    assert shown(page)["rank"].tolist() == ranking.table["rank"].tolist()
    assert shown(page)["score"].tolist() == ranking.table["score"].tolist()
    page.evaluate("document.getElementById('ranking').hidden = true")  # what is not drawn is fast
    for points in random.integers(0, 101, size=(15, 6)):
        page.evaluate(MOVE, points.tolist())
        expect_python(page, ranking, points)


# The ranking of the page's own script at weights of each group, as rows of scores and ranks.
RANKED = """(all) => { SCRIPT
  return all.map((weights) => {
    const found = rankingAt(weights.map((points) => ({ points, locks: points.map(() => null) })));
    return [[...found.scores].map((score) => Number.isNaN(score) ? null : score), [...found.ranks]];
  }); }"""


def script(*names: str) -> str:
    """Return some of the page's own scripts."""
    folder = Path(ms.__file__).parent / "report/page/template"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def groups_of(ranking: ms.Ranking) -> list[str | None]:
    """Return the groups of siblings in the order that the page has them."""
    return [None, *ranking.scores.framework.tree.bottom_up]


def expect_tree(page: Page, ranking: ms.Ranking, drawn: list[list[list[float]]]) -> None:
    """Expect what Python's model gives for the same weights of every group of the tree."""
    ranked = RANKED.replace("SCRIPT", script("text.js", "engine.js", "scoring.js"))
    rows = ranking.scores.normalized.index.get_indexer(ranking.table.index)
    columns = ranking.scores.normalized.to_numpy()
    for points, (scores, ranks) in zip(drawn, page.evaluate(ranked, drawn), strict=True):
        shares = [np.array(group) / np.sum(group) for group in points]
        split = dict(zip(groups_of(ranking), shares, strict=True))
        factors = ranking.model.factors(columns, split)
        known = np.isfinite(factors).all(axis=1)
        expected = np.full(len(columns), np.nan)
        expected[known] = ranking.model.scores(factors[known], split[None])
        own = expected[rows]
        found = np.array(scores, dtype=float)
        np.testing.assert_allclose(found, own, rtol=0, atol=1e-9)
        there = np.isfinite(own)
        np.testing.assert_array_equal(np.array(ranks)[there], rank_scores(own[there]))
        assert set(np.array(ranks)[~there]) <= {0}


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_random_weights_of_every_group_of_the_tree_rank_as_pythons_model_does(
    method: str, world: Rankings, open_page: Open
) -> None:
    ranking, random = world[method], np.random.default_rng(7)
    tree = ranking.scores.framework.tree
    sizes = [len(tree.children[group]) for group in groups_of(ranking)]
    drawn = [[random.integers(1, 101, size).tolist() for size in sizes] for _ in range(40)]
    # A weight of zero under a factor: who has nothing else there has no score.
    for points in drawn[20:]:
        for group in points:
            if len(group) > 1:
                group[int(random.integers(len(group)))] = 0
    expect_tree(open_page(ranking), ranking, drawn)


@pytest.mark.parametrize(
    ("aggregation", "power"),
    [("arithmetic", None), ("geometric", None), ("harmonic", None), ("power", 2.0)],
)
def test_every_mean_of_a_tree_with_gaps_is_computed(
    aggregation: Any, power: float | None, open_page: Open
) -> None:
    item: dict[str, Any] = {"direction": "benefit", "goalposts": (0, 100)}
    rules = ms.Framework(
        name="deep", range=(1, 100), min_coverage=0.0,
        factors=(
            ms.Factor(code="f", aggregation=aggregation, power=power), ms.Factor(code="g"),
            ms.Factor(code="s", parent="f", aggregation=aggregation, power=power),
            ms.Factor(code="t", parent="f"),
        ),
        indicators=tuple(
            ms.Indicator(code=code, factor=code[0], **item) for code in ("s1", "s2", "t1", "g1")
        ),
    )  # fmt: skip
    data = pd.DataFrame(
        {"s1": [10, 60, None, 35], "s2": [90, None, None, 20], "t1": [50, 40, 70, 50],
         "g1": [30, 20, 10, 90]},
        index=["x", "y", "z", "w"],
    )  # fmt: skip
    ranking = ms.rank_markets(data, rules, draws=50)
    sizes = [len(rules.tree.children[group]) for group in groups_of(ranking)]
    random = np.random.default_rng(3)
    drawn = [[random.integers(1, 9, size).tolist() for size in sizes] for _ in range(9)]
    named = dict(zip(groups_of(ranking), range(len(sizes)), strict=True))
    lost = [list(group) for group in drawn[0]]
    lost[named["f"]] = [1, 0]  # all on s, of which z has nothing
    page = open_page(ranking)
    expect_tree(page, ranking, [*drawn, lost])
    page.goto(f"{page.url.partition('#')[0]}#in.f=1,0")
    expect(page.locator("#shown")).to_contain_text(
        "3 of 4 markets. Not ranked at these weights, as nothing that counts is known in a factor: "
        "z."
    )


@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "ahp", "promethee"])
@pytest.mark.parametrize("decimals", [None, 1])
def test_ties_are_those_of_python(method: str, decimals: int | None, open_page: Open) -> None:
    rules = framework({"a": "A", "b": "B"}, decimals=decimals, method=method)
    rows: dict[Any, list[float]] = {
        "one": [60, 40],
        "two": [40, 60],
        "three": [60, 40],
        "four": [50.001, 50],
        5: [9, 90],
    }
    ranking = ms.rank_markets(cities(rows, ["a", "b"]), rules, weights={"a": 1, "b": 3})
    page = open_page(ranking)
    for points in ([70, 70], [0, 10], [80, 79], [100, 0]):
        page.evaluate(MOVE, points)
        expect_python(page, ranking, points)
    page.evaluate(MOVE, [70, 70])
    assert shown(page)["rank"].value_counts().max() >= 3


def test_what_is_nearly_a_tie_and_what_is_half_go_as_in_python(open_page: Open) -> None:
    limit = 1e-12 * 90  # of a tie, by the largest score
    near: dict[Any, list[float]] = {
        "best": [90, 1], "x": [50, 2], "y": [50 - 0.6 * limit, 3], "z": [50 - 1.2 * limit, 4],
    }  # fmt: skip
    half: dict[Any, list[float]] = {"a": [12.5, 1], "b": [12, 2], "c": [37.5, 3], "d": [38, 4]}
    for rows, decimals, ranks in ((near, None, [1, 2, 2, 4]), (half, 0, [3, 3, 1, 1])):
        rules = framework({"a": "A", "b": "B"}, decimals=decimals)
        ranking = ms.rank_markets(cities(rows, ["a", "b"]), rules, weights={"a": 1, "b": 3})
        page = open_page(ranking)
        page.evaluate(MOVE, [100, 0])
        expect_python(page, ranking, [100, 0])
        assert shown(page)["rank"][list(rows)].tolist() == ranks


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev"])
@pytest.mark.parametrize("normalization", ["none", "vector", "min-max"])
def test_every_form_of_topsis_is_computed(metric: str, normalization: str, open_page: Open) -> None:
    rules = framework({"a": "A", "b": "B", "c": "C"})
    rows = {"x": [10, 60, 30], "y": [40, 20, 90], "z": [35, 70, 5], "w": [80, 15, 50]}
    ranking = ms.rank_markets(
        cities(rows, ["a", "b", "c"]), rules, method="topsis", markets=["x", "y", "w"],
        options={"metric": metric, "normalization": normalization},
    )  # fmt: skip
    page = open_page(ranking)
    for points in ([1, 50, 100], [0, 3, 0]):
        page.evaluate(MOVE, points)
        expect_python(page, ranking, points)


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_intervals_are_drawn_again_at_other_weights(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking, "#top=all")
    cells = page.locator("#rows .c-interval")
    low, high = ranking.table["rank_low"], ranking.table["rank_high"]
    before = [f"{a}" if a == b else f"{a}-{b}" for a, b in zip(low, high, strict=True)]
    assert cells.all_inner_texts() == before
    page.locator("#weight-1").fill("100")
    expect(page.locator("#interval-hint")).to_contain_text("computed at your weights", timeout=SLOW)
    expect(cells.first).to_contain_text("-")
    weights = ranking.weights * [1, 2, 1, 1, 1, 1]
    again = ms.robustness(
        ms.rank_markets(ranking.scores.table, "pestle", weights=weights, draws=0), draws=5000
    ).summary
    texts = dict(zip(shown(page).index, cells.all_inner_texts(), strict=True))
    ends = {market: [int(end) for end in text.split("-")] for market, text in texts.items()}
    off = [abs(ends[market][0] - row.rank_low) for market, row in again.iterrows()]
    assert max(off) <= 2
    assert np.mean(off) < 0.25


@pytest.mark.slow
def test_the_first_words_name_all_who_may_come_first(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    rivals = list(ranking.table.index[ranking.table["rank_low"] == 1])
    names = ms.load_markets()["name"]
    assert len(rivals) == 2
    expect(open_page(ranking).locator("#lead")).to_have_text(
        f"{names[rivals[0]]} and {names[rivals[1]]} cannot be told apart: who comes first depends "
        "on the weights."
    )
    alone = ms.rank_markets(ranking.scores.table, "pestle", markets=["SGP", "POL", "VNM"])
    expect(open_page(alone).locator("#lead")).to_have_text(
        "Singapore comes first, ahead of Poland and Vietnam."
    )


# The page writes as Python does

NUMBERS = [
    0.0, -0.0, 0.05, 0.15, 0.125, 0.375, 2.5, 3.5, 12.25, -12.25, 12.35, 99.95, 1.005, -0.04,
    0.0004, 1e-5, 1e-17, 123.456, 999.5, 1234.5, 12345.678, 999_999.5, 1e6, 2_345_678.9, 4.763e11,
    1.5e12, 9.995e14, 1e15, 1.234e18, 1e21, 1e-6, 9.99e-7, 1e300, -7.25, 0.5, 1.5,
]  # fmt: skip


def test_the_page_writes_numbers_as_python_does(open_page: Open) -> None:
    page = open_page(
        ms.rank_markets(cities({"x": [1.0], "y": [2.0]}, ["a"]), framework({"a": "A"}))
    )
    script = (Path(ms.__file__).parent / "report/page/template/text.js").read_text(encoding="utf-8")
    random = np.random.default_rng(5)
    numbers = [
        *NUMBERS,
        *(10 ** random.uniform(-8, 16, 300) * random.choice([-1, 1], 300)).tolist(),
    ]

    def written(call: str, given: Any) -> Any:
        """Return what the page's own script makes of each item of a list."""
        return page.evaluate(f"(all) => {{ {script}\nreturn all.map(({call})); }}", given)

    for places in range(5):
        expected = [score_text(number, places) for number in numbers]
        assert written(f"(x) => pointsText(x, {places})", numbers) == expected
    assert written("(x) => valueText(x)", numbers) == list(map(number_text, numbers))
    pairs = [[one, other] for one in NUMBERS for other in (0.5, 45.0, 2e6)]
    expected = [number_text(one, like=other) for one, other in pairs]
    assert written("([x, like]) => valueText(x, like)", pairs) == expected
    shares = [0, 1, 0.004, 0.005, 0.125, 0.995, 0.996, 0.0004, 0.9996, 1 / 6, 1 - 1e-12, -0.03]
    assert written("(x) => shareText(x)", shares) == list(map(share_text, shares))
    assert written("(x) => weightText(x)", shares) == list(map(weight_text, shares))
    units = ["", "% of GDP", "euros", "estimate, about -2.5 to 2.5"]
    expected = [value_text(12.345, unit, ["2023"]) for unit in units]
    assert written("(unit) => measuredText(12.345, unit, 2023)", units) == expected
    units = ["hours", "supplying markets", "persons per 1,000 people", "km by air", "% a year"]
    ones = [(value, unit) for unit in units for value in (1.0, -1.0, 1.001, 2.0, 0.0)]
    expected = [value_text(value, unit) for value, unit in ones]
    assert expected[:4] == ["1 hour", "-1 hour", "1 hour", "2 hours"]
    assert written("([value, unit]) => measuredText(value, unit)", ones) == expected
    facts = [value_text(number, "yes or no", ["2023"]) for number in (0, 1, 0.5)]
    assert facts == ["no (2023)", "yes (2023)", "0.5 of 1 (2023)"]
    assert written("(x) => measuredText(x, 'yes or no', 2023)", [0, 1, 0.5]) == facts


def test_the_parts_of_a_gap_have_the_same_decimals(open_page: Open) -> None:
    rules = framework({"a": "A", "b": "B", "c": "C", "d": "D"})
    rows: dict[Any, list[float]] = {"x": [50.2, 50, 30, 20], "y": [50, 42, 38.4, 20]}
    page = open_page(ms.rank_markets(cities(rows, list("abcd")), rules, draws=0))
    column = page.locator("#pair .pair:not(.values) tbody td:last-child")
    # By hand: a quarter of -0.2, of -8, of 8.4 and of 0; y is the better one.
    assert column.all_inner_texts() == ["-0.05", "-2.00", "+2.10", "0.00", "+0.05"]
    script = (Path(ms.__file__).parent / "report/page/template/text.js").read_text(encoding="utf-8")
    small = page.evaluate(
        f"() => {{ {script}\nreturn [1e-5, -1e-5, 0].map((x) => gapText(x, 2)); }}"
    )
    assert small == ["under 0.01", "over -0.01", "0.00"]
    columns = [[0.047, 0.1], [0.5, 0.0], [12.0, 0.0004], []]
    found = page.evaluate(
        f"(all) => {{ {script}\nreturn all.map((x) => columnPlaces(x, 1)); }}", columns
    )
    assert found == [column_places(numbers, 1) for numbers in columns] == [2, 1, 3, 1]


def test_eight_factors_stand_side_by_side_in_a_usual_window(open_page: Open) -> None:
    words = ("Political", "Economic", "Social", "Technological", "Legal", "Environmental")
    names = {f"f{n}": name for n, name in enumerate((*words, "Proximity", "Demand"))}
    random = np.random.default_rng(3)
    codes = ["NLD", "LUX", "CHE", "DNK", "USA", "GBR", "DEU", "POL"]
    rows: dict[Any, list[float]] = {m: random.uniform(40, 60, 8).tolist() for m in codes}
    ranking = ms.rank_markets(cities(rows, list(names)), framework(names), draws=200)
    page = open_page(ranking)
    table = page.locator("#table")
    wide = page.locator(".wide").filter(has=table)
    for width, height in ((1280, 900), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert wide.evaluate("(part) => part.scrollWidth <= part.clientWidth"), width
        assert wide.get_attribute("tabindex") is None  # so there is no shadow either
    page.set_viewport_size({"width": 1024, "height": 800})
    expect(wide).to_have_attribute("tabindex", "0")


@pytest.mark.parametrize(
    ("settings", "times"),
    [({"range": (0.0, 1.0)}, 1), ({"range": (0.0, 5.0)}, 1), ({}, 1), ({"range": (1.0, 100.0)}, 1),
     ({"normalization": "z-score"}, 1), ({"normalization": "none"}, 12_345.678)],
)  # fmt: skip
def test_a_score_is_written_as_everywhere_and_a_factor_has_its_color(
    settings: dict[str, Any], times: float, open_page: Open
) -> None:
    rules = framework({"a": "A", "b": "B", "c": "C"}, **settings)
    if "normalization" in settings:
        free = tuple(replace(item, goalposts=None) for item in rules.indicators)
        rules = replace(rules, indicators=free)
    rows = {"x": [80.0, 60, 35], "y": [20.0, 41, 90], "z": [90, 12.5, 30], "w": [11.0, 9, 70]}
    ranking = ms.rank_markets(cities(rows, ["a", "b", "c"]) * times, rules, draws=200)
    page = open_page(ranking)
    places, parts = ranking.places
    table = ranking.table
    scores = [score_text(score, places) for score in table["score"]]
    assert page.locator("#rows .c-score data").all_inner_texts() == scores
    cells = page.locator("#rows .c-factor").all_inner_texts()
    assert cells == [score_text(score, parts) for score in table[["a", "b", "c"]].to_numpy().flat]
    intervals = map(interval_text, table["rank_low"], table["rank_high"])
    assert page.locator("#rows .c-interval").all_inner_texts() == list(intervals)
    bars = "(bars) => bars.map((bar) => bar.style.getPropertyValue('--color'))"
    colors = page.locator("#rows tr:first-child .thin").evaluate_all(bars)
    assert colors == list(factor_colors(rules.top).values())
    dots = page.locator("#sliders .dot").evaluate_all(
        "(all) => all.map((dot) => dot.style.background)"
    )
    assert [tuple(map(int, re.findall(r"\d+", dot))) for dot in dots] == [
        tuple(bytes.fromhex(color[1:])) for color in colors
    ]
    page.locator("#rows .market").first.click()
    place = page.locator("#market .place dd").all_inner_texts()
    assert place[1] == scores[0]


# The controls


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_a_slider_moved_with_the_keyboard_ranks_again(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    before = names(page)
    slider = page.get_by_label("Economic", exact=True)
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#weight-1")).to_have_value("100")
    expect(page.locator("#weight-1")).to_have_attribute("aria-valuetext", "28.6% of the whole")
    expect(page.locator("#status")).to_contain_text("First now: Singapore, Ireland and")
    assert names(page) != before
    expect(page.locator("#rows .rise").first).to_contain_text("up 1 against the report")
    page.get_by_role("button", name="Reset weights").click()
    assert names(page) == before
    expect(page.locator("#status")).to_contain_text("The report\u2019s weights")
    expect(page).to_have_url(re.compile(r"page\.html$"))
    page.keyboard.press("Shift+Tab")  # Reset is off now
    expect(page.locator(".inside > summary").last).to_be_focused()


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_without_any_weight_the_page_says_so_and_stays(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    page.evaluate(MOVE, [0, 0, 5, 0, 0, 0])
    before = names(page)
    page.evaluate(MOVE, [0] * 6)
    page.wait_for_timeout(600)  # what the first move had to tell must not come after it
    expect(page.locator("#status")).to_contain_text("at least one factor")
    assert names(page) == before
    expect(page.locator("#lead")).to_have_text(re.compile("nothing can be ranked"))
    gray = "(table) => getComputedStyle(table).filter"
    assert page.locator("#table").evaluate(gray) == "grayscale(1)"
    expect(page.get_by_role("button", name="Download CSV")).to_be_disabled()
    assert [page.locator(f"#weight-{f} ~ .typed .share, .typed:has(+ #weight-{f}) .share")
            .input_value() for f in range(6)] == ["0.0"] * 6  # fmt: skip
    assert "weights" not in page.url
    page.evaluate(MOVE, [0, 0, 9, 0, 0, 0])  # the same shares as before all were zero
    expect(page.locator("#status")).to_contain_text("First now")
    expect(page.locator("#lead")).to_contain_text("At your weights")
    assert page.locator("#table").evaluate(gray) == "none"
    page.evaluate(MOVE, [0, 0, 0, 0, 0, 7])
    expect_python(open_page(world["weighted_sum"], "#top=all&weights=0,0,0,0,0,7"),
                  world["weighted_sum"], [0, 0, 0, 0, 0, 7])  # fmt: skip


def test_the_settings_are_in_the_link_and_come_back(world: Rankings, open_page: Open) -> None:
    ranking = world["topsis"]
    page = open_page(ranking)
    page.evaluate(MOVE, [10, 90, 0, 33, 50, 50])
    page.locator("#top").select_option("10")
    page.get_by_role("button", name="Legal", exact=True).click()
    page.locator("#first").select_option(label="Vietnam")
    page.get_by_label("Find").fill("land")
    page.locator("#rows .market").nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#rows .c-interval").first).to_contain_text("-", timeout=SLOW)
    settings, rows = page.url.partition("#")[2], page.locator("#rows").inner_text()
    title = page.locator("#market-title").inner_text()
    other = open_page(ranking, f"#{settings}")
    expect(other.locator("#rows .c-interval").first).to_contain_text("-", timeout=SLOW)
    assert other.locator("#rows").inner_text() == rows
    assert other.locator("#market-title").inner_text() == title
    expect(other.locator("#weight-1")).to_have_value("90")
    expect(other.locator("#weight-3")).to_have_value("33")
    expect(other.locator("#first option:checked")).to_have_text("Vietnam")
    expect(other.locator("[data-column=factor4]")).to_have_attribute("aria-sort", "descending")
    assert other.url.partition("#")[2] == settings


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
@pytest.mark.parametrize("weights", [[1] * 6, [5, 3, 0.01, 7, 7, 1]])
def test_a_slider_moved_away_and_back_is_the_report_again(
    weights: list[float], world: Rankings, open_page: Open
) -> None:
    table = world["weighted_sum"].scores.table
    given = dict(zip(world["weighted_sum"].weights.index, weights, strict=True))
    ranking = ms.rank_markets(table, "pestle", weights=given, draws=100)
    page = open_page(ranking, "#top=all")
    reset = page.get_by_role("button", name="Reset weights")
    expect(reset).to_be_disabled()
    slider = page.locator("#weight-1")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(reset).to_be_enabled()
    page.keyboard.press("ArrowLeft")
    expect(reset).to_be_disabled()
    expect(page.locator("#lead")).not_to_contain_text("At your weights")
    assert shown(page)["score"].tolist() == ranking.table["score"].tolist()
    expect(page).to_have_url(re.compile(r"html#top=all$"))


def deep_ranking(**settings: Any) -> ms.Ranking:
    """Return a ranking by two factors, of which one has two parts, one of them with two parts."""
    item: dict[str, Any] = {"direction": "benefit", "goalposts": (0, 100), "unit": "points"}
    rules = ms.Framework(
        name="deep", min_coverage=0.0,
        factors=(ms.Factor(code="size", name="Size"), ms.Factor(code="risk", name="Risk"),
                 ms.Factor(code="home", name="Home", parent="size")),
        indicators=(
            ms.Indicator(code="h1", factor="home", name="Households", **item),
            ms.Indicator(code="h2", factor="home", name="Income", **item),
            ms.Indicator(code="t", factor="size", name="Trade", **item),
            ms.Indicator(code="r", factor="risk", name="Rating", **item),
        ),
    )  # fmt: skip
    data = pd.DataFrame(
        {"h1": [90, 10, 50], "h2": [10, 80, 40], "t": [20, 60, 90], "r": [70, 60, 20]},
        index=["Oslo", "Lyon", "Rome"],
    )
    return ms.rank_markets(data, rules, draws=100, **settings)


def test_what_is_inside_of_a_factor_is_weighed_there(open_page: Open) -> None:
    ranking = deep_ranking()
    page = open_page(ranking)
    page.get_by_text("2 inside Size").click()
    page.get_by_text("2 inside Home").click()
    page.get_by_label("Households", exact=True).fill("100")
    page.get_by_label("Trade, share in percent").fill("20")
    page.get_by_label("Trade, share in percent").press("Tab")
    weights = {"h1": 2, "h2": 1, "home": 4, "t": 1}
    again = ms.rank_markets(ranking.scores.table, ranking.scores.framework, weights=weights)
    found = shown(page).loc[again.table.index.tolist()]
    np.testing.assert_allclose(found["score"], again.table["score"], atol=1e-9)
    assert found["rank"].tolist() == again.table["rank"].tolist()
    # The drill-down goes from the score to its values: 4/5 of Size is Home, 2/3 of that Households.
    page.locator("#rows .market").filter(has_text="Oslo").click()
    row = page.get_by_role("dialog").get_by_role("row", name="Households")
    assert row.locator("td").all_inner_texts()[:4] == ["26.7%", "90.0", "24.0", "90"]
    assert "in.size=" in page.url
    assert "in.home=" in page.url
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    assert shown(other)["score"].tolist() == shown(page)["score"].tolist()
    expect(other.get_by_label("Trade, share in percent")).to_have_value("20.0")


def shares_shown(page: Page) -> list[str]:
    shown: list[str] = page.locator("#sliders > .slider > .typed .share").evaluate_all(
        "(all) => all.map((share) => share.value)"
    )
    return shown


def test_a_share_that_is_not_taken_as_typed_says_why(open_page: Open) -> None:
    ranking = ms.rank_markets(
        cities({"x": [1, 90, 30], "y": [80, 20, 50]}, ["a", "b", "c"]),
        framework({"a": "A", "b": "B", "c": "C"}),
    )
    page = open_page(ranking)
    notes, status = page.locator(".limited:visible"), page.locator("#status")
    share = page.get_by_label("A, share in percent")
    share.fill("20")
    share.press("Enter")
    expect(notes).to_have_count(0)
    share.fill("150")
    share.press("Enter")
    said = "Set to 100.0%, not 150.0%: all shares are 100% together."
    expect(notes).to_have_text([said])
    expect(status).to_have_text(re.compile(f"{re.escape(said)} First now: .*"))
    page.get_by_label("B", exact=True).fill("50")  # another weight: nothing is left to say
    expect(notes).to_have_count(0)
    expect(status).to_have_text(re.compile("First now: .*"))
    for name in ("B", "C"):
        page.get_by_role("button", name=f"Lock the share of {name}").click()
    left = float(share.input_value())
    share.fill("1")
    share.press("Enter")
    said = f"Set to {left:.1f}%, not 1.0%: nothing else is free to take the rest."
    expect(notes).to_have_text([said])
    expect(share).to_have_accessible_description(said)
    share.fill("")
    share.press("Enter")
    expect(notes).to_have_text(["A share is a number from 0 to 100."])
    expect(share).to_have_value(f"{left:.1f}")


def test_shares_add_up_and_a_locked_one_stays(open_page: Open) -> None:
    rows: dict[Any, list[float]] = {"x": [1, 90, 30], "y": [80, 20, 50]}
    ranking = ms.rank_markets(
        cities(rows, ["a", "b", "c"]), framework({"a": "A", "b": "B", "c": "C"})
    )
    page = open_page(ranking)
    assert shares_shown(page) == ["33.4", "33.3", "33.3"]  # of thirds; 100 in all
    share = page.get_by_label("A, share in percent")
    share.fill("50")
    share.press("Enter")
    assert shares_shown(page) == ["50.0", "25.0", "25.0"]
    page.get_by_role("button", name="Lock the share of A").click()
    expect(page.get_by_label("A", exact=True)).to_be_disabled()
    page.get_by_label("B", exact=True).fill("0")
    expect(page.get_by_label("B, share in percent")).to_have_value("0.0")
    assert shares_shown(page) == ["50.0", "0.0", "50.0"]
    expect_python(page, ranking, [1, 0, 1])
    typed = page.get_by_label("C, share in percent")
    typed.fill("90")  # no more than what the lock leaves
    typed.press("Enter")
    assert shares_shown(page) == ["50.0", "0.0", "50.0"]
    said = "Set to 50.0%, not 90.0%: locked shares leave no more."
    expect(typed).to_have_accessible_description(said)
    expect(page.locator("#status")).to_have_text(said)  # no weight has moved
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    assert shares_shown(other) == ["50.0", "0.0", "50.0"]
    lock = other.get_by_role("button", name="Lock the share of A")
    expect(lock).to_have_attribute("aria-pressed", "true")
    lock.click()
    assert shares_shown(other) == ["50.0", "0.0", "50.0"]
    other.get_by_role("button", name="Reset weights").click()
    assert shares_shown(other) == ["33.4", "33.3", "33.3"]


def test_a_slider_at_zero_is_zero_however_small_the_reports_weight(open_page: Open) -> None:
    rows: dict[Any, list[float]] = {"x": [1, 90], "y": [80, 20]}
    ranking = ms.rank_markets(
        cities(rows, ["a", "b"]), framework({"a": "A", "b": "B"}), weights={"a": 1, "b": 0.001}
    )
    page = open_page(ranking)
    page.evaluate(MOVE, [50, 5])
    page.evaluate(MOVE, [50, 0])
    expect_python(page, ranking, [50, 0])


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_points_in_the_link_are_short_and_come_back_exactly(
    world: Rankings, open_page: Open
) -> None:
    table = world["weighted_sum"].scores.table
    given = dict(zip(world["weighted_sum"].weights.index, [7, 3, 1, 1, 1, 1], strict=True))
    ranking = ms.rank_markets(table, "pestle", weights=given, draws=100)
    page = open_page(ranking, "#top=all")
    page.locator("#weight-1").fill("90")
    expect(page).to_have_url(
        re.compile(r"#weights=50,90,7\.14286,7\.14286,7\.14286,7\.14286&top=all$")
    )
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    assert shown(other)["score"].tolist() == shown(page)["score"].tolist()
    expect_python(other, ranking, [50, 90, 50 / 7, 50 / 7, 50 / 7, 50 / 7])


@pytest.mark.parametrize(
    "settings",
    ["weights=0,0,0,0,0,0", "weights=1,2", "weights=1,2,3,4,5,x", "weights=-1,1,1,1,1,1", "top=0",
     "top=nine", "sort=score,sideways", "sort=constructor,up", "market=nowhere", "%", "map",
     "weights=,,,,,", "weights=1e999,1,1,1,1,1"],
)  # fmt: skip
def test_a_broken_link_opens_the_report_as_it_is(
    settings: str, world: Rankings, open_page: Open
) -> None:
    page = open_page(world["weighted_sum"], f"#{settings}")
    assert names(page)[:2] == ["Singapore", "Switzerland"]
    assert len(names(page)) == 20


def test_search_finds_names_and_codes_without_accents(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    page.get_by_label("Find").fill("COTE d")
    assert [name[:6] for name in names(page)] == ["Côte d"]
    page.get_by_label("Find").fill("vnm")
    assert names(page) == ["Vietnam"]
    for words, name in (
        ("Turkiye", "Türkiye"), ("TÜRKİYE", "Türkiye"), ("cote d'ivoire", "Côte d\u2019Ivoire"),
        ("guinea bissau", "Guinea-Bissau"), ("bosnia and", "Bosnia & Herzegovina"),
        ("gb", "United Kingdom"), ("CH", "Switzerland"),
    ):  # fmt: skip
        page.get_by_label("Find").fill(words)
        assert name in names(page)
    for words, name in (("ivory coast", "Côte d\u2019Ivoire"), ("Korea, Rep.", "South Korea")):
        page.get_by_label("Find").fill(words)
        assert names(page) == [name]
    page.get_by_label("Find").fill("Taiwan, ROC")
    reason = (
        "too little is known: 60% of Political and nothing of Economic, Social, Technological and "
        "Environmental; 66% of each is needed"
    )
    expect(page.locator("#shown")).to_have_text(
        f"0 markets found among 183. Left out: Taiwan ({reason})."
    )
    page.get_by_label("Find").fill("台湾")
    expect(page.locator("#shown")).to_have_text(
        f"0 markets found among 183. Left out: Taiwan ({reason})."
    )
    for words, found in (
        ("suomi", ["Finland"]), ("Deutschl", ["Germany"]), ("Österreich", ["Austria"]),
        ("日本", ["Japan"]), ("Ελλάδα", ["Greece"]), ("россия", ["Russia"]), ("मिस्र", ["Egypt"]),
        ("246", ["Finland"]), ("republic of finland", ["Finland"]), ("uomi", []),
    ):  # fmt: skip
        page.get_by_label("Find").fill(words)
        assert names(page) == found, words
    page.get_by_label("Find").fill("nowhere at all")
    assert names(page) == []
    expect(page.locator("#shown")).to_have_text("0 markets found among 183.")


def test_how_many_are_shown_is_said_once_typing_rests(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    said = page.get_by_role("status").and_(page.locator("#shown"))
    expect(said).to_have_text("20 of 183 markets.")
    page.evaluate("""() => { window.said = [];
      new MutationObserver(() => window.said.push(document.getElementById("shown").textContent))
        .observe(document.getElementById("shown"), { childList: true }); }""")
    page.get_by_label("Find").press_sequentially("viet")
    expect(said).to_have_text("1 market found among 183.")
    assert page.evaluate("window.said") == ["1 market found among 183."]
    page.get_by_label("Find").fill("")
    page.locator("#top").select_option("50")
    expect(said).to_have_text("50 of 183 markets.")


def test_a_click_on_a_column_sorts_and_another_turns_it(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking, "#top=all")
    head = page.locator("[data-column=factor1]")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    best = ranking.table["economic"].sort_values(ascending=False, kind="stable").index
    assert shown(page).index.tolist() == best.tolist()
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert shown(page).index[0] == best[-1]
    expect(page.locator("[data-column=rank]")).not_to_have_attribute("aria-sort", "ascending")
    page.locator("[data-column=name]").get_by_role("button").click()
    assert names(page)[0] == "Afghanistan"


def test_top_counts_the_markets_shown(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    for top, rows in (("5", 5), ("50", 50), ("183", 183)):
        page.locator("#top").select_option(top)
        assert len(names(page)) == rows
    expect(page.locator("#trust-table tbody tr")).to_have_count(183)


# A market, two markets, the map


def test_a_markets_tier_follows_its_score_at_the_weights_that_are_set(open_page: Open) -> None:
    rows = {"AUT": [90.0, 10.0], "DEU": [66.0, 66.0], "JPN": [20.0, 30.0]}
    rules = framework({"web": "Web", "law": "Law"}, tiers=(66, 33))
    ranking = ms.rank_markets(cities(rows, ["web", "law"]), rules, draws=0)
    assert ranking.table["tier"].to_dict() == {"DEU": "high", "AUT": "medium", "JPN": "low"}
    for settings, tiers in (("", ranking.table["tier"]), ("#weights=9,1", {"AUT": "high"})):
        page = open_page(ranking, settings)
        for market, tier in tiers.items():
            row = page.locator("#rows tr").filter(has_text=str(market))
            row.locator(".market").press("Enter")
            place = page.get_by_role("dialog").locator(".place div", has_text="Tier")
            expect(place.locator("dd")).to_have_text(tier)
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
    other = open_page(
        ms.rank_markets(cities(rows, ["web", "law"]), rules, method="topsis", draws=0)
    )
    other.locator("#rows .market").first.press("Enter")
    place = other.get_by_role("dialog").locator(".place")
    expect(place).to_contain_text("Coverage")
    expect(place).not_to_contain_text("Tier")


def test_a_markets_page_has_its_values_years_and_sources(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking)
    page.get_by_label("Find").fill("VNM")
    page.locator("#rows .market").press("Enter")
    dialog = page.get_by_role("dialog", name="Vietnam")
    expect(dialog).to_be_visible()
    why = ms.explain(ranking, "VNM")
    strong, weak = (
        dialog.locator(f".{kind} .what").all_inner_texts() for kind in ("strong", "weak")
    )
    assert strong == why.strengths["name"].tolist()[:5]
    assert weak == why.weaknesses["name"].tolist()[:5]
    row = dialog.get_by_role("row", name="High-technology exports Beyond")
    # A sixth of a sixth of the whole, and all points of it.
    assert row.locator("td").all_inner_texts() == [
        "2.8%", "100.0", "2.8", "44.3", "% of manufactured exports", "2023", "World Bank WDI",
    ]  # fmt: skip
    heads = dialog.locator(".tree .depth0.branch")
    table, weights = ranking.table.loc["VNM"], ranking.weights
    assert [cells.locator("td").nth(2).inner_text() for cells in heads.all()] == [
        score_text(table[code] * weights[code], ranking.places[0]) for code in weights.index
    ]
    expect(dialog.locator(".remarks")).to_contain_text(
        "44.3 counts as 40 – clipped to the goalpost"
    )
    expect(dialog.locator(".next")).to_contain_text("Next above: Brunei, 0.8 more.")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(page.locator("#rows .market")).to_be_focused()
    expect(page).not_to_have_url(re.compile("market="))


# A word that only a program's nothing becomes, among what a reader sees or a screen reader says.
NOTHING = r"\b(null|undefined|NaN|Infinity)\b|\[object"
SEEN = """() => [document.body.innerText, ...[...document.querySelectorAll("[title], [aria-label]")]
  .map((part) => `${part.title} ${part.ariaLabel ?? ""}`)].join("\\n")"""


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
@pytest.mark.parametrize("draws", [0, 200])
@pytest.mark.parametrize("method", ["weighted_sum", "vikor"])
def test_no_market_shows_a_programs_word_for_nothing(
    method: str, draws: int, open_page: Open
) -> None:
    rules = framework({"a": "A", "b": "B"}, min_coverage=0.5)
    # One market of which nothing is to be noted, one with a gap, one off the scale, one left out.
    rows: dict[Any, list[float]] = {
        "plain": [60, 40], "gap": [40, np.nan], "off": [120, 40], "out": [np.nan, np.nan],
    }  # fmt: skip
    small = replace(rules, factors=(*rules.factors[:1],), indicators=tuple(
        replace(item, factor="a", unit="") for item in rules.indicators
    ))  # fmt: skip
    for given, names in (
        (small, "plain gap off"),
        (rules, "plain off"),
        (small, "gap"),
        (rules, "off"),
    ):
        ranking = ms.rank_markets(
            cities(rows, ["a", "b"]), given, method=method, draws=draws,
            markets=[*names.split(), "out"],
        )  # fmt: skip
        page = open_page(ranking)
        page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
        assert re.findall(NOTHING, page.evaluate(SEEN)) == []
        for button in page.locator("#rows .market").all():
            button.click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert re.findall(NOTHING, page.evaluate(SEEN)) == []
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_ends_of_a_scale_are_written_each_for_itself(open_page: Open) -> None:
    rules = framework({"a": "A"})
    narrow = replace(rules, indicators=(replace(rules.indicators[0], goalposts=(0.0001, 0.0325)),))
    page = open_page(ms.rank_markets(cities({"x": [0.01], "y": [0.02]}, ["a"]), narrow))
    assert "scale from 0.0001 to 0.0325" in page.evaluate(
        "document.getElementById('notes').textContent"
    )


def test_a_value_function_is_told_by_its_points(open_page: Open) -> None:
    rules = framework({"a": "A"})
    points = ((-2.0, 0.0), (2.5, 100.0), (10.0, 0.0))
    bent = replace(rules.indicators[0], direction="function", goalposts=None, value_function=points)
    frame = cities({"x": [1.0], "y": [4.0]}, ["a"])
    page = open_page(ms.rank_markets(frame, replace(rules, indicators=(bent,))))
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    told = page.locator("#notes .long tbody td").first.inner_text()
    assert told == "points; -2 scores 0, 2.5 scores 100, 10 scores 0"
    assert re.findall(NOTHING, page.evaluate(SEEN)) == []


def test_from_market_to_market_the_focus_stays_on_the_button(
    world: Rankings, open_page: Open
) -> None:
    page = open_page(world["weighted_sum"], "#market=IRL")
    dialog = page.get_by_role("dialog")
    better, worse = (
        dialog.get_by_role("button", name=f"{way} rank") for way in ("Better", "Worse")
    )
    better.focus()
    assert dialog.evaluate("(dialog) => dialog.scrollTop") > 0
    page.keyboard.press("Enter")
    expect(page.locator("#market-title")).to_contain_text("Switzerland")
    expect(better).to_be_focused()
    # What is behind an open dialog is silent, so the status is one inside of it.
    expect(dialog.get_by_role("status")).to_have_text("Switzerland, rank 2 of 183.")
    assert dialog.evaluate("(dialog) => dialog.scrollTop") == 0
    page.keyboard.press("Enter")
    expect(better).to_be_disabled()
    expect(worse).to_be_focused()
    page.keyboard.press("Enter")
    expect(worse).to_be_focused()
    expect(dialog.get_by_role("status")).to_have_text("Switzerland, rank 2 of 183.")


@pytest.mark.parametrize("height", [900, 500])
def test_a_markets_page_is_printed_from_its_top(
    height: int, world: Rankings, open_page: Open
) -> None:
    page = open_page(world["weighted_sum"], "#market=VNM")
    page.set_viewport_size({"width": 1280, "height": height})
    page.emulate_media(media="print")
    dialog = page.get_by_role("dialog")
    assert box(dialog)["y"] >= 0
    assert box(dialog)["height"] > 1000  # nothing of it is cut at the window's height
    assert box(page.locator("#market-title"))["y"] >= 0


def test_a_markets_page_is_printed_to_its_end(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"], "#market=VNM")
    paper = page.locator("#paper")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert box(paper)["y"] == 0
    expect(paper).to_contain_text("Vietnam")
    expect(paper.get_by_role("row", name="Carbon intensity of GDP")).to_be_visible()
    for part in ("main", ".head", "#market"):
        expect(page.locator(part)).not_to_be_visible()
    assert page.locator("#paper [id]").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_be_empty()
    sheets = re.search(rb"/Type /Pages.*?/Count (\d+)", page.pdf(), re.DOTALL)
    assert sheets is not None
    assert int(sheets[1]) >= 2  # of one sheet, what is below its end would be lost


@pytest.mark.parametrize(
    ("settings", "pair"),
    [
        ("first=Lyon&second=Lyon", ["Oslo", "Lyon"]),
        ("first=Lyon", ["Lyon", "Oslo"]),
        ("second=Oslo", ["Lyon", "Oslo"]),
        ("first=Rome&second=Oslo", ["Rome", "Oslo"]),
    ],
)
def test_no_market_stands_beside_itself(settings: str, pair: list[str], open_page: Open) -> None:
    rows: dict[Any, list[float]] = {"Oslo": [90], "Lyon": [60], "Rome": [30]}
    page = open_page(ms.rank_markets(cities(rows, ["a"]), framework({"a": "A"})), f"#{settings}")
    chosen = [
        page.locator(f"#{place} option:checked").inner_text() for place in ("first", "second")
    ]
    assert chosen == pair


def test_two_markets_stand_side_by_side(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking, "#first=VNM&second=MEX")
    both = ms.compare(ranking, "VNM", "MEX")
    expect(page.locator(".verdict")).to_contain_text("Vietnam (rank 58) scores")
    parts = page.locator("#pair table").first.locator("tbody td:last-child").all_inner_texts()
    expected = [*both.factors["part"].loc[list(ranking.weights.index)], both.gap]
    assert [part.lstrip("+") for part in parts] == [
        score_text(part, column_places(expected, ranking.places[0])) for part in expected
    ]
    page.get_by_role("button", name="Swap the two markets").click()
    expect(page.locator("#first option:checked")).to_have_text("Mexico")


def test_the_map_is_one_stop_of_the_tab_key(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    stops = page.locator("#tiles [tabindex='0']")
    expect(stops).to_have_count(1)
    expect(stops).to_have_attribute("aria-label", "SGP, Singapore: rank 1, score 80.0")
    stops.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#tiles :focus")).to_have_count(1)
    expect(stops).to_have_count(1)
    assert "Singapore" not in (stops.get_attribute("aria-label") or "")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_tile_of_who_is_left_out_tells_why(open_page: Open) -> None:
    rows: dict[Any, list[float]] = {"FRA": [90], "DEU": [60], "ITA": [3]}
    ranking = ms.rank_markets(cities(rows, ["a"]), framework({"a": "A"}), screens=["a_value >= 5"])
    reason = "Value of A is 3 points, asked for is at least 5 points"
    words = f"ITA, Italy: left out. {reason}"
    page = open_page(ranking)
    tile = page.locator("#tiles .left")
    expect(tile).to_have_attribute("title", words)
    tile.click()
    expect(page.locator("#why")).to_have_text(words)
    page.locator("#tiles button", has_text="FRA").click()  # who is ranked opens
    expect(page.get_by_role("dialog", name="France")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#why")).to_be_empty()
    page.locator("#shape").select_option("outlines")
    page.locator("#outlines .land.left").dispatch_event("click")
    expect(page.locator("#why")).to_have_text(words)
    expect(page.locator("#outlines .land.left title")).to_have_text(words)
    color = page.locator("#outlines .land.left").evaluate("(land) => getComputedStyle(land).fill")
    expect(page.locator("#legend .tile.left")).to_have_css("background-color", color)


# The rows that are in sight of the window, and how many of them are drawn.
IN_SIGHT = """async () => {
  await new Promise((done) => setTimeout(done, 300));
  const rows = [...document.querySelectorAll("#rows tr:not(.gap)")]
    .map((row) => row.getBoundingClientRect());
  const table = document.getElementById("rows").getBoundingClientRect();
  return { drawn: rows.length, first: rows[0].top, last: rows.at(-1).bottom, high: innerHeight,
    top: table.top, bottom: table.bottom }; }"""


def test_of_a_long_table_the_rows_in_sight_are_drawn_and_few_more(open_page: Open) -> None:
    values = np.random.default_rng(1).uniform(0, 100, (400, 1))
    rows: dict[Any, list[float]] = {f"M{n}": row for n, row in enumerate(values.tolist())}
    page = open_page(
        ms.rank_markets(cities(rows, ["a"]), framework({"a": "A"}), draws=0), "#top=all"
    )

    def expect_filled() -> None:
        found = page.evaluate(IN_SIGHT)
        assert found["first"] <= max(0, found["top"])
        assert found["last"] >= min(found["high"], found["bottom"])
        rows_high = (found["last"] - found["first"]) / found["drawn"]
        seen = min(found["high"], found["bottom"]) - max(0, found["top"])
        seen = seen if seen > 0 else found["high"]  # below the table
        assert found["drawn"] <= seen / rows_high + 11  # five above, five below, and parts of two

    expect_filled()
    for place in (600, 5000, 1_000_000, 3000, 0):
        page.evaluate(f"scrollTo(0, {place})")
        expect_filled()
    # On a phone the weights stand above the table; folded, they leave it more room.
    page.set_viewport_size({"width": 390, "height": 844})
    expect_filled()
    for _ in range(2):
        page.locator("#weights-box summary").first.click()
        expect_filled()


# Of each row that is drawn: market, rank, score, name, and whose the star is.
DRAWN = """() => [...document.querySelectorAll("#rows tr:not(.gap)")].map((row) => [
  row.dataset.market, Number(row.querySelector("b").textContent),
  Number(row.querySelector("data").value), row.querySelector(".market").textContent,
  row.querySelector(".star").getAttribute("aria-label")])"""


def test_a_row_that_is_used_again_is_of_the_market_that_it_shows(open_page: Open) -> None:
    values = np.random.default_rng(2).uniform(0, 100, (400, 2))
    rows: dict[Any, list[float]] = {f"M{n}": row for n, row in enumerate(values.tolist())}
    ranking = ms.rank_markets(cities(rows, ["a", "b"]), framework({"a": "A", "b": "B"}), draws=0)
    page = open_page(ranking, "#top=all")
    page.evaluate("scrollTo(0, 9000)")
    page.evaluate(IN_SIGHT)  # waits
    before = {market for market, *_ in page.evaluate(DRAWN)}
    page.evaluate("document.querySelectorAll('#rows tr').forEach((row) => (row.old = true))")
    page.evaluate(MOVE, [100, 0])
    drawn = page.evaluate(DRAWN)
    assert {market for market, *_ in drawn} != before
    # A hint that comes or goes may make room for a row or two more.
    old = page.evaluate("[...document.querySelectorAll('#rows tr')].map((row) => !!row.old)")
    assert sum(old) >= len(old) - 2 > 12
    scores = rescore(ranking, np.array([100.0, 0.0]))
    labels = list(ranking.table.index)
    expected = dict(zip(labels, zip(rank_scores(scores), scores, strict=True), strict=True))
    for market, rank, score, name, star in drawn:
        assert (rank, score) == (expected[market][0], pytest.approx(expected[market][1]))
        assert (name, star) == (market, f"My candidate: {market}")
    market = drawn[12][0]
    row = page.locator(f'#rows tr[data-market="{market}"]')
    row.locator(".star").click()
    expect(row.locator(".star")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#rows [aria-pressed=true]")).to_have_count(1)
    row.locator(".market").click()
    expect(page.get_by_role("dialog", name=market)).to_be_visible()


def test_the_foot_of_the_page_leads_to_what_the_words_mean(open_page: Open) -> None:
    rows: dict[Any, list[float]] = {"Oslo": [90], "Lyon": [60], "Rome": [30]}
    page = open_page(ms.rank_markets(cities(rows, ["a"]), framework({"a": "A"})))
    words = page.locator("#words dl")
    expect(words).not_to_be_visible()
    page.get_by_role("link", name="What the words mean").click()
    expect(words).to_be_visible()
    expect(page.locator("#words")).to_be_focused()


def test_a_sheet_of_paper_has_its_date_and_number(open_page: Open) -> None:
    rows: dict[Any, list[float]] = {"Oslo": [90], "Lyon": [60], "Rome": [30]}
    page = open_page(ms.rank_markets(cities(rows, ["a"]), framework({"a": "A"})))
    printed = page.locator("#printed")
    expect(printed).not_to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    today = page.evaluate("new Date().toLocaleDateString('en-US', { dateStyle: 'long' })")
    assert re.fullmatch(r"[A-Z][a-z]+ \d{1,2}, \d{4}", today)
    expect(printed).to_be_visible()
    expect(printed).to_have_text(f"Printed on {today}.")
    margins = page.evaluate("""() => [...document.styleSheets].flatMap((sheet) =>
      [...sheet.cssRules].flatMap((rule) => [...(rule.cssRules ?? [])]))
      .filter((rule) => rule instanceof CSSPageRule).map((rule) => rule.cssText).join()""")
    assert 'content: "Page " counter(page) " of " counter(pages)' in margins


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_the_map_has_outlines_by_any_factor_or_indicator(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking)
    page.locator("#shape").select_option("outlines")
    expect(page.locator("#tiles")).not_to_be_visible()
    land = page.locator("#outlines .land.opens")
    ranked = [code for code in ranking.table.index if code != "TUV"]  # too small for the source
    assert land.count() == len(ranked)
    for what, column in (("Economic", ranking.table["economic"]), (
        "Rule of law", ranking.scores.normalized.loc[ranking.table.index, "RL.EST"])):  # fmt: skip
        page.get_by_label("Shade by").select_option(what)
        page.wait_for_timeout(400)  # what is not in sight is drawn once all rests
        fills = land.evaluate_all(
            "(all) => all.map((land) => [land.textContent.slice(0, 3), land.style.fill])"
        )
        shades = dict(fills)
        best, worst = column.idxmax(), column.idxmin()
        assert shades[best] == "rgb(28, 47, 102)"  # the ends of HEAT in words.py
        assert shades[worst] == "rgb(238, 243, 210)"
    page.locator("#outlines .land.opens", has_text="BRA, Brazil").click()
    expect(page.get_by_role("dialog", name="Brazil")).to_be_visible()
    page.keyboard.press("Escape")
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    expect(other.locator("#outlines svg")).to_be_visible()
    expect(other.get_by_label("Shade by")).to_have_value(re.compile("^indicator"))


# What leaves the page


def test_the_csv_holds_the_numbers_shown(world: Rankings, open_page: Open, tmp_path: Path) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    assert waiting.value.suggested_filename == "ranking.csv"
    waiting.value.save_as(tmp_path / "ranking.csv")
    found = pd.read_csv(tmp_path / "ranking.csv", encoding="utf-8-sig", index_col="market",
                        keep_default_na=False)  # fmt: skip
    expected = ranking.table.drop(columns="coverage")
    pd.testing.assert_frame_equal(
        found.drop(columns=["name", "coverage"]), expected, check_dtype=False, rtol=1e-15,
        check_index_type=False, check_names=False,
    )  # fmt: skip
    np.testing.assert_allclose(found["coverage"], ranking.table["coverage"], atol=1e-5)


HOSTILE = [
    "<script>window.owned = 1</script>",
    "</script><script>window.owned = 2</script>",
    "<!--<script>",
    '"><img src=x onerror="window.owned = 3">',
    "'; alert(1); '",
    "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd",
    "&lt;b&gt; &amp;",
    "line\u2028break\u2029{{ 7 * 7 }} {% raw %}",
    "=HYPERLINK(0)",
    "-5",
    "@SUM(1)",
]


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_hostile_names_are_shown_as_text(open_page: Open, tmp_path: Path) -> None:
    codes = ["a", "b"]
    rules = framework({"a": HOSTILE[0], "b": HOSTILE[3]}, title=HOSTILE[1], min_coverage=0.6)
    rows: dict[Any, list[float]] = {name: [n, 2 * n] for n, name in enumerate(HOSTILE)}
    rows |= {"__proto__": [50, 1], "constructor": [51, 1], "<b>left</b>": [np.nan, 1]}
    ranking = ms.rank_markets(cities(rows, codes), rules)
    page = open_page(ranking, "#top=all")
    found = page.evaluate("[...document.querySelectorAll('#rows .market')].map(b => b.textContent)")
    assert sorted(found) == sorted(ranking.table.index)
    assert page.title() == HOSTILE[1]
    expect(page.locator("h1")).to_have_text(HOSTILE[1])
    expect(page.locator("#columns")).to_contain_text(HOSTILE[3])
    expect(page.locator("#left-out")).to_contain_text("<b>left</b>")
    for button in page.locator("#rows .market").all():
        button.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
    page.evaluate(MOVE, [3, 90])
    assert page.evaluate("window.owned") is None
    assert page.locator("img").count() == 0
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    waiting.value.save_as(tmp_path / "own.csv")
    text = (tmp_path / "own.csv").read_text("utf-8-sig")
    labels = pd.read_csv(io.StringIO(text), dtype=str)["market"].tolist()
    assert {"'=HYPERLINK(0)", "'@SUM(1)", "-5"} <= set(labels)
    assert waiting.value.suggested_filename == "ranking-own-weights.csv"
    assert f"Hash of the framework,{ranking.provenance['framework']}\n" in text.replace("\r", "")


# Small, odd and fixed rankings


def test_a_method_that_is_not_computed_here_says_why(open_page: Open) -> None:
    rules = framework({"a": "A", "b": "B"}, method="weighted_product", decimals=1)
    ranking = ms.rank_markets(cities({1: [10, 20], 2: [30, 40]}, ["a", "b"]), rules)
    page = open_page(ranking, "#weights=1,2")
    expect(page.locator("#weight-0")).to_be_disabled()
    expect(page.locator("#weights-hint")).to_contain_text("this ranking is by weighted product")
    expect(page.get_by_role("button", name="Reset weights")).not_to_be_visible()
    assert shown(page)["score"].tolist() == ranking.table["score"].tolist()
    assert names(page) == ["2", "1"]


def test_one_market_one_factor_and_no_draws(open_page: Open) -> None:
    ranking = ms.rank_markets(cities({"only": [50]}, ["a"]), framework({"a": "A"}), draws=0)
    page = open_page(ranking)
    assert names(page) == ["only"]
    expect(page.locator("#lead")).to_have_text("only is the only market ranked.")
    expect(page.locator("#trust-hint")).to_contain_text("weights cannot move this ranking")
    expect(page.locator("#sliders input")).to_have_count(0)
    for part in ("#compare", "#map", "#excluded"):
        expect(page.locator(part)).not_to_be_visible()
    links = page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert links == ["Ranking", "How sure", "Method and data"]
    page.locator("#rows .market").click()
    expect(page.get_by_role("dialog", name="only")).to_be_visible()


def test_markets_that_are_all_alike_share_the_first_rank(open_page: Open) -> None:
    rows: dict[Any, list[float]] = {name: [50, 50] for name in "xyz"}
    page = open_page(ms.rank_markets(cities(rows, ["a", "b"]), framework({"a": "A", "b": "B"})))
    assert shown(page)["rank"].tolist() == [1, 1, 1]
    expect(page.locator("#lead")).to_have_text("3 markets share the first place.")


@pytest.mark.slow
def test_candidates_are_ranked_among_themselves(world: Rankings, open_page: Open) -> None:
    ranking = ms.rank_markets(
        world["topsis"].scores.table,
        "pestle",
        method="topsis",
        markets=["VNM", "MEX", "POL", "AND"],
    )
    page = open_page(ranking)
    for points in ([10, 0, 90, 5, 20, 1], [0, 100, 0, 0, 0, 0]):
        page.evaluate(MOVE, points)
        expect_python(page, ranking, points)
    expect(page.locator("#tiles button:not(.left)")).to_have_count(3)
    expect(page.locator("#left-out")).to_contain_text("Andorra")


def test_nothing_overflows_a_phone(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    page.set_viewport_size({"width": 375, "height": 740})
    wide = "() => document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 375
    page.locator("#rows .market").first.click()
    body = box(page.locator("#market"))
    assert body["x"] >= 0
    assert body["x"] + body["width"] <= 375
    assert page.evaluate("() => document.getElementById('market').scrollWidth") <= 375


def test_on_a_phone_tiles_are_as_large_as_a_finger(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"])
    page.set_viewport_size({"width": 375, "height": 740})
    tiles = page.evaluate("""() => [...document.querySelectorAll("#tiles .tile")].map((tile) =>
      [tile.clientWidth, tile.clientHeight, tile.scrollWidth - tile.clientWidth])""")
    assert min(min(width, height) for width, height, _ in tiles) >= 24
    assert max(over for _, _, over in tiles) == 0
    expect(page.get_by_text("Swipe sideways")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.locator("#tiles button").last.focus()
    assert page.locator("#tiles").evaluate("(tiles) => tiles.parentElement.scrollLeft") > 0
    page.set_viewport_size({"width": 1300, "height": 900})
    expect(page.get_by_text("Swipe sideways")).not_to_be_visible()


def test_on_a_phone_the_part_of_the_gap_is_in_sight(world: Rankings, open_page: Open) -> None:
    page = open_page(world["weighted_sum"], "#first=VNM&second=MEX")
    page.set_viewport_size({"width": 375, "height": 740})
    table = page.locator("#pair table").first
    for part in (table.get_by_role("columnheader", name="Part of the gap"),
                 table.locator("tbody td:last-child").first):  # fmt: skip
        expect(part).to_be_visible()
        assert box(part)["x"] + box(part)["width"] <= 375 - 12
    for cut in table.locator(".lead-bar").all():
        expect(cut).not_to_be_visible()
    page.get_by_text("All indicators", exact=True).click()
    values = page.locator("#pair table.values")
    assert box(values)["x"] + box(values)["width"] <= 375 - 12
    expect(values.get_by_text("current US$", exact=True).first).to_be_visible()


@pytest.mark.parametrize("width", [375, 1300])
def test_a_long_name_without_spaces_leaves_the_columns_in_sight(
    width: int, open_page: Open
) -> None:
    name = "Llanfair" * 25
    rules = framework({"a": "A", "b": "B"})
    rows: dict[Any, list[float]] = {name: [50, 50], "Oslo": [20, 90]}
    page = open_page(ms.rank_markets(cities(rows, ["a", "b"]), rules, draws=50))
    page.set_viewport_size({"width": width, "height": 800})
    expect(page.locator("#interval-hint")).to_contain_text("drawn in this page", timeout=SLOW)
    last = ("#rows .c-interval", "#trust-table .t3", "#pair > .wide td:last-child")
    for printed, most in ((False, width), (True, max(width, 700))):  # paper is wider than a phone
        page.set_viewport_size({"width": most, "height": 800})
        page.emulate_media(media="print" if printed else "screen")
        for part in last:
            # In one go: what the page draws anew meanwhile has no place for a moment.
            ends = page.locator(part).evaluate_all(
                "(cells) => cells.map((cell) => cell.getBoundingClientRect().right)"
            )
            assert ends
            assert max(ends) <= most
        assert page.evaluate("document.documentElement.scrollWidth") <= most


def test_on_a_phone_no_usual_word_is_broken_and_the_names_stay_in_sight(
    world: Rankings, open_page: Open
) -> None:
    page = open_page(world["weighted_sum"], "#top=all")
    page.set_viewport_size({"width": 375, "height": 800})
    lines = page.locator("#rows .market bdi").evaluate_all("""(names) => names.map((name) =>
      [name.textContent, name.getClientRects().length])""")
    assert [name for name, count in lines if count > len(re.split(r"[ -]", name))] == []
    interval = box(page.locator("#rows .c-interval").first)
    assert interval["x"] + interval["width"] <= 375
    last = page.locator("#rows tr:first-child .c-observed")
    last.scroll_into_view_if_needed()
    assert box(last)["x"] + box(last)["width"] <= 375
    assert 0 <= box(page.locator("#rows .market").first)["x"] < 100


def test_no_two_factors_look_alike(open_page: Open) -> None:
    codes = [f"f{n}" for n in range(30)]
    rules = framework({code: code.upper() for code in codes})
    rows: dict[Any, list[float]] = {"x": [50] * 30, "y": list(range(30))}
    page = open_page(ms.rank_markets(cities(rows, codes), rules, draws=0))
    for part in ("#sliders .dot", "#rows tr:first-child .stack i:not(.span, .point)"):
        looks = page.locator(part).evaluate_all("""(parts) => parts.map((part) => {
          const { backgroundColor, backgroundImage } = getComputedStyle(part);
          return `${backgroundColor} ${backgroundImage}`; })""")
        assert len(looks) == 30
        assert len(set(looks)) == 30
    assert "gradient" not in "".join(looks[:8])
    bars = page.locator("#rows tr:first-child .thin").evaluate_all(
        "(bars) => bars.map((bar) => getComputedStyle(bar, '::before').backgroundImage)"
    )
    assert ["gradient" in bar for bar in bars] == [False] * 8 + [True] * 22


def test_without_scripts_there_is_the_ranking_and_no_dead_link(
    browser: Browser, tmp_path: Path
) -> None:
    name = "Llanfair" * 25
    rows: dict[Any, list[float]] = {name: [50, 50], "Oslo": [20, 90]}
    ranking = ms.rank_markets(cities(rows, ["a", "b"]), framework({"a": "A", "b": "B"}), draws=0)
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(write_report(ranking, tmp_path / "page.html").as_uri())
    expect(page.get_by_role("cell", name="Oslo")).to_be_visible()
    scores = page.locator("noscript td:last-child")
    for score in scores.all():
        assert box(score)["x"] + box(score)["width"] <= 375
    assert scores.count() == 2
    assert page.get_by_role("link").count() == 0
    context.close()


# What would change it, the firm, what was chosen


def test_what_puts_one_market_ahead_of_another_is_that_of_overtake(open_page: Open) -> None:
    rules = framework({"a": "A", "b": "B", "c": "C"})
    rows: dict[Any, list[float]] = {"x": [90, 40, 50], "y": [30, 70, 60], "z": [20, 10, 10]}
    ranking = ms.rank_markets(
        cities(rows, ["a", "b", "c"]), rules, weights={"a": 2, "b": 1, "c": 1}
    )
    found = ms.overtake(ranking, "y", "x")
    share = float(np.abs(found.weights.weights - ranking.weights).sum() / 2)
    page = open_page(ranking, "#first=x&second=y")
    needed: Any = found.indicators.loc[found.indicator.indicator]
    now, more = (score_text(needed[key], 1) for key in ("value", "points"))
    expect(page.locator(".overtake")).to_have_text(
        f"y would be ahead if more than {weight_text(share)} of all weight went from A to B; or if "
        f"{needed['name']} alone, now at {now} on its scale, rose by more than {more}, to more "
        f"than {value_text(needed['needed'], needed['unit'])}."
    )
    page.goto(f"{page.url.partition('#')[0]}#first=x&second=z")
    expect(page.locator(".overtake")).to_have_text(
        "No weights of the factors put z ahead: it is better in none of them."
    )


def test_the_firm_its_limits_and_what_was_chosen_stand_together(open_page: Open) -> None:
    firm = ms.Firm(home="DEU", languages=["en"], served=["FRA"])
    markets = ["IRL", "POL", "USA", "GBR", "ESP"]
    frame = cities({m: [10.0 * n, 90 - 10 * n] for n, m in enumerate(markets)}, ["a", "b"])
    rules = framework({"a": "A", "b": "B"})
    ranking = ms.rank_markets(frame, rules, screens=["a_value <= 30"], draws=50)
    basket = ms.diversify(ranking, size=2, max_per_region=1, never=["IRL"], budget=9)
    plan = ms.entry_plan(basket, firm, ranking=ranking)
    page = open_page(ranking, basket=basket, plan=plan)
    body = page.locator("#firm-body")
    for words in (
        "Value of A: at most 30 points",
        "A basket",
        "Asked for: no Ireland, at most 1 of a region and an effort of at most 9 in all. A second",
        "A plan of entry",
        "from Germany and France",
    ):
        expect(body).to_contain_text(words)
    expect(page.locator("#left-out")).to_contain_text("Spain")
    expect(body).not_to_contain_text("Watch")  # nothing was asked to be watched
    basket_heads = body.locator("section", has_text="A basket").locator("thead th")
    sides = basket_heads.evaluate_all("(all) => all.map((one) => getComputedStyle(one).textAlign)")
    assert sides[:3] == ["start", "end", "start"]  # market, score, region


def test_a_home_that_is_not_scored_is_not_said_to_be(open_page: Open) -> None:
    columns = ["market", "indicator", "year", "value"]
    rows = [(m, "a_value", 2024, 10.0 * n) for n, m in enumerate(["IRL", "POL", "FRA"], 1)]
    firm = ms.Firm(home="DEU", languages=["en"], served=["FRA"])
    rules = framework({"a": "A"})
    table = ms.indicator_table(
        pd.DataFrame(rows, columns=columns), rules, as_of=2024, max_age=5, firm=firm
    )
    body = open_page(ms.rank_markets(table, rules, draws=50)).locator("#firm-body")
    expect(body).to_contain_text("those that are scored have the rank that they would have")
    expect(body.locator("tr", has_text="France")).to_contain_text("1")


def test_a_share_below_what_is_written_is_less_than_that(open_page: Open) -> None:
    ranking = ms.rank_markets(cities({"x": [1.0], "y": [2.0]}, ["a"]), framework({"a": "A"}))
    words = script("text.js", "overtake.js")
    ask = f"(texts) => {{ {words}\nreturn texts.map(moreThan); }}"
    found = open_page(ranking).evaluate(ask, ["2.5%", "<0.1%"])
    assert found == ["more than 2.5%", "less than 0.1%"]


# Filters and scenarios


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_a_region_and_my_candidates_are_shown_alone_and_sorting_sorts_all(
    world: Rankings, open_page: Open
) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking)
    page.locator("[data-column=factor1]").get_by_role("button").click()
    best = ranking.table["economic"].sort_values(ascending=False, kind="stable").index[:20]
    assert shown(page).index.tolist() == best.tolist()
    expect(page.locator("#shown")).to_have_text("20 of 183 markets, sorted by Economic.")
    page.locator("[data-column=rank]").get_by_role("button").click()
    page.get_by_label("Region (World Bank)").select_option("South Asia")
    region = ms.load_markets()["world_bank_region"]
    south = [market for market in ranking.table.index if region[market] == "South Asia"]
    assert shown(page).index.tolist() == south
    expect(page.locator("#shown")).to_have_text(
        f"{len(south)} of {len(south)} chosen among 183 markets."
    )
    for market in ("India", "Bhutan"):
        page.get_by_role("button", name=f"My candidate: {market}").click()
    page.get_by_role("button", name="All markets").click()
    page.get_by_label("My candidates (2)").check()
    assert set(names(page)) == {"India", "Bhutan"}
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    assert names(other) == names(page)
    page.get_by_role("button", name="My candidate: India").click()
    page.get_by_role("button", name="My candidate: Bhutan").click()
    assert len(names(page)) == 20  # of no candidates there is nothing to show alone


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_weights_are_kept_under_a_name_compared_and_in_the_link(
    open_page: Open, tmp_path: Path
) -> None:
    ranking = deep_ranking()
    page = open_page(ranking)
    page.get_by_label("Risk", exact=True).fill("100")
    expect(page.get_by_label("Risk, share in percent")).to_have_value("66.7")
    page.get_by_label("Name").fill("<b>Care</b>")
    page.get_by_role("button", name="Keep these weights").click()
    expect(page.locator("#scenario-status")).to_have_text("\u201c<b>Care</b>\u201d is kept.")
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
    page.get_by_label("Households", exact=True).fill("0")
    page.get_by_label("Name").fill("Income")
    page.get_by_label("Name").press("Enter")
    table = page.locator("#scenario-body .scenarios")
    ranks = {
        row.locator(".market").inner_text(): row.locator("td.number").all_inner_texts()
        for row in table.locator("tbody tr").all()
    }
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export").click()
    waiting.value.save_as(tmp_path / "scenarios.json")
    read = ms.read_scenarios(tmp_path / "scenarios.json")
    assert list(read) == ["<b>Care</b>", "Income"]
    by_scenario = [ranking, *(
        ms.rank_markets(ranking.scores.table, ranking.scores.framework, weights=w, draws=0)
        for w in read.values()
    )]  # fmt: skip
    for market, told in ranks.items():
        assert told == [str(each.table["rank"][market]) for each in by_scenario]
    assert read["Income"]["h1"] == 0
    assert read["<b>Care</b>"]["risk"] == pytest.approx(2 / 3)
    expect(page.locator(".slope")).to_contain_text("<b>Care</b>")
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    expect(other.locator("#scenario-body .scenarios")).to_have_text(
        table.inner_text(), use_inner_text=True
    )
    other.get_by_role("button", name="Remove Income").click()
    expect(other.locator("#scenario-body .scenarios thead")).not_to_contain_text("Income")
    other.get_by_role("button", name="Use the weights of <b>Care</b>").click()
    expect_python(other, ranking, [1, 2])


@pytest.mark.slow
def test_the_headline_tells_of_whom_too_little_is_known_at_own_weights(open_page: Open) -> None:
    item: dict[str, Any] = {"factor": "a", "direction": "benefit", "goalposts": (0, 100)}
    rules = ms.Framework(
        name="thin", min_coverage=0.66, factors=(ms.Factor(code="a"),),
        indicators=tuple(
            ms.Indicator(code=code, unit="points", weight=weight, **item)
            for code, weight in (("x", 3), ("y", 1))
        ),
    )  # fmt: skip
    data = pd.DataFrame(
        {"x": [90.0, 50.0, 20.0], "y": [None, 60.0, 30.0]}, index=["Thin", "Whole", "Low"]
    )
    ranking = ms.rank_markets(data, rules, draws=50)
    page = open_page(ranking)
    expect(page.locator("#lead")).to_have_text("Thin comes first, ahead of Whole and Low.")
    page = open_page(ranking, "#weights=50&in.a=10,50")
    told = "Too little is known of Thin at these weights."
    expect(page.locator("#lead")).to_contain_text(told)
    again = ms.rank_markets(data, rules, weights={"x": 1, "y": 5}, draws=0)
    assert "Thin" not in again.table.index


@pytest.mark.slow
def test_whom_python_would_rank_at_a_scenario_is_told_beside_it(
    world: Rankings, open_page: Open
) -> None:
    """The page keeps the markets of the report; Python asks anew of whom enough is known."""
    ranking = world["weighted_sum"]
    rules, table = ranking.scores.framework, ranking.scores.table
    given = {
        "Stable": {"stability": 8, "market_size": 1, "growth_potential": 1, "openness": 1},
        "Tariffs": {"institutions": 1, "market_access": 1, "practice": 1},
        "Growth": {"economic": 4, **dict.fromkeys(["political", "social", "technological", "legal",
                                                    "environmental"], 1)},
    }  # fmt: skip
    page = open_page(ranking, scenarios=given)
    told = page.locator("#scenario-ranked").inner_text()
    before = set(ranking.table.index)
    for name, weights in given.items():
        again = set(ms.rank_markets(table, rules, weights=weights, draws=0).table.index)
        more, fewer = (market_names(sorted(some)) for some in (again - before, before - again))
        found = re.search(f"At \u201c{name}\u201d Python (.*?then)\\.", told)
        assert (found is None) == (not more and not fewer)
        for words, names_ in (("also ranks", more), ("leaves out", fewer)):
            listed = re.search(
                f"{words} (.*?)(?: and (\\d+) more)?, of which", found[1] if found else ""
            )
            assert (listed is None) == (not names_)
            if listed is not None:
                assert set(listed[1].split(", ")) <= set(names_)
                assert len(listed[1].split(", ")) + int(listed[2] or 0) == len(names_)
    assert "also ranks" in told
    assert told.count("leaves out") == told.count("Python") == 2
    page.get_by_role("button", name="Remove Stable").click()
    page.get_by_role("button", name="Remove Tariffs").click()
    expect(page.locator("#scenario-ranked")).to_have_text(
        "Python ranks the same markets at these weights."
    )
    page.get_by_role("button", name="Remove Growth").click()
    expect(page.locator("#scenario-ranked")).to_be_hidden()


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_what_python_wrote_is_imported_and_what_it_was_not_is_told(
    open_page: Open, tmp_path: Path
) -> None:
    ranking = deep_ranking()
    weights = {"size": 1, "risk": 3, "h1": 4, "h2": 1}
    path = ms.write_scenarios({"Plan": weights, "own": ranking}, tmp_path / "s.json")
    page = open_page(ranking)
    page.locator("#import-file").set_input_files(path)
    expect(page.locator("#scenario-status")).to_have_text("2 scenarios read: Plan, own.")
    page.get_by_role("button", name="Use the weights of Plan").click()
    again = ms.rank_markets(
        ranking.scores.table, ranking.scores.framework, weights=weights, draws=0
    )
    found = shown(page).loc[again.table.index.tolist()]
    np.testing.assert_allclose(found["score"], again.table["score"], atol=1e-9)
    assert found["rank"].tolist() == again.table["rank"].tolist()
    page.get_by_role("button", name="Use the weights of own").click()
    expect(page.locator("#lead")).not_to_contain_text("At your weights")
    for text, words in (
        ("{", "it is no JSON"), ("[]", "no file of scenarios"), ("null", "no file of scenarios"),
        ('{"schema": "marketselect-scenarios", "scenarios": [{"name": "x", "weights": {"q": 1}}]}',
         "of another framework: it has q"),
        ('{"schema": "marketselect-scenarios", "scenarios": [{"name": "x", "weights": {"h1": 1}}]}',
         "not whole"),
    ):  # fmt: skip
        (tmp_path / "bad.json").write_text(text)
        page.locator("#import-file").set_input_files(tmp_path / "bad.json")
        expect(page.locator("#scenario-status")).to_contain_text(words)
    other = open_page(ranking, scenarios={"Plan": weights})
    expect(other.locator("#scenario-body .scenarios thead")).to_contain_text("Plan")
    assert "scenario" not in other.url


# How sure the order is


def test_who_cannot_be_told_apart_is_bracketed_and_every_doubt_stands_beside(
    open_page: Open,
) -> None:
    rows: dict[Any, list[float]] = {
        "best": [95, 95],
        "x": [50, 52.1],
        "y": [52, 50],
        "last": [5, 4],
    }
    rules = framework({"a": "A", "b": "B"})
    ranking = ms.rank_markets(cities(rows, ["a", "b"]), rules, draws=200)
    found = ms.doubt(ranking, draws=200, choices=["normalization"])
    page = open_page(ranking, doubt=found)
    expect(page.locator("#lead")).to_have_text(found.headline)
    marks = (
        "(rows) => rows.map((row) => [row.dataset.market, row.querySelectorAll('.bracket').length])"
    )
    assert page.locator("#rows tr").evaluate_all(marks) == [
        ["best", 0], ["x", 1], ["y", 1], ["last", 0],
    ]  # fmt: skip
    expect(page.locator("#bracket-hint")).to_have_text(
        "Brackets join those of the first ten that cannot be told apart, as none is ahead of "
        "another 95% of the time if the weights stay near the stated ones and if another market "
        "is left out: x and y."
    )
    heads = page.locator(".doubts thead th").all_inner_texts()
    assert heads[2:-1] == [DOUBTS[name] for name in found.words]
    cells = page.locator(".doubts tbody tr").nth(1).locator(".ends").all_inner_texts()
    row: Any = found.table.loc["x"]
    assert cells == [
        interval_text(row[f"{name}_low"], row[f"{name}_high"]) for name in found.words
    ] + [interval_text(row["low"], row["high"])]
    expect(page.locator("#doubt")).to_contain_text("best; then x and y; then last")
    page.locator("#doubt-words summary").click()
    for words in (*found.words.values(), *found.skipped.values()):
        expect(page.locator("#doubt")).to_contain_text(words)
    # At the reader's weights the page draws itself, and says what is not in it.
    page.evaluate(MOVE, [100, 10])
    expect(page.locator("#trust-hint")).to_contain_text(
        "Errors of the data, modeling choices and other markets are not in it", timeout=SLOW
    )
    expect(page.locator("#doubt")).to_contain_text("for the report\u2019s weights, not for yours")


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_weights_are_varied_as_the_reader_asks(open_page: Open) -> None:
    ranking = deep_ranking(weights={"size": 2, "risk": 1})
    page = open_page(ranking)
    asked: tuple[tuple[str, Any, str], ...] = (
        ("order", "ordered", "keep the order"), ("any", "any", "likely"),
    )  # fmt: skip
    for kind, around, words in asked:
        page.locator("#vary").select_option(kind)
        expect(page.locator("#trust-hint")).to_contain_text(words, timeout=SLOW)
        summary = ms.robustness(ranking, draws=20_000, around=around).summary
        firsts = page.locator("#trust-table .t3").all_inner_texts()[1:]
        found = dict(zip(ranking.table.index, firsts, strict=True))
        for market, text in found.items():
            # Of 1,000 draws a share is known to about three points.
            share = summary.loc[market, "first"]
            assert abs(float(text.strip("<>%")) / 100 - share) < 0.05, (kind, market, text, share)
    other = open_page(ranking, f"#{page.url.partition('#')[2]}")
    expect(other.locator("#vary")).to_have_value("any")


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_without_a_worker_draws_are_made_all_the_same(
    browser: Browser, written: Any, tmp_path: Path
) -> None:
    path = written(deep_ranking(), tmp_path / "page.html")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.add_init_script("window.Worker = class { constructor() { throw new Error('none'); } }")
    page.goto(path.as_uri())
    page.locator("#vary").select_option("any")
    expect(page.locator("#trust-hint")).to_contain_text("1,000 draws", timeout=SLOW)
    context.close()


@pytest.mark.slow
def test_robustness_over_all_weights_is_shown_as_given(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    trust = ms.robustness(ranking, draws=2000, around="any")
    page = open_page(ranking, robustness=trust)
    expect(page.locator("#trust-hint")).to_contain_text("over all weights there can be")
    cells = page.locator("#trust-table tbody .t3").all_inner_texts()
    assert cells[0] == share_text(trust.summary["first"].iloc[0])


@pytest.mark.nightly  # some seconds of a browser; `.ci/run` runs it, too
def test_errors_of_the_data_do_not_go_silently(world: Rankings, open_page: Open) -> None:
    ranking = world["weighted_sum"]
    page = open_page(ranking, robustness=ms.robustness(ranking, draws=200, errors=True))
    hint = page.locator("#trust-hint")
    expect(hint).to_contain_text(
        "From 200 draws, weights within 25%, at all levels, with measurement"
    )
    page.locator("#weight-1").fill("60")
    expect(hint).to_contain_text("At your weights, computed in this page", timeout=SLOW)
    expect(hint).to_contain_text(
        "Errors of the data, modeling choices and other markets are not in it"
    )
    expect(hint).to_contain_text("What the report varied (weights within 25%, at all levels, with")
