"""What the tests of the page share: small frameworks, rankings, and a browser."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import marketselect as ms
from marketselect.report.page.page import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Open = Callable[..., Page]
Rankings = dict[str, ms.Ranking]


def framework(names: dict[str, str], **settings: Any) -> ms.Framework:
    """Return a factor for each code, with one indicator each, on goalposts 0 to 100."""
    return ms.Framework(
        **{"name": "small", "min_coverage": 0.0, **settings},
        factors=tuple(ms.Factor(code=code, name=name) for code, name in names.items()),
        indicators=tuple(
            ms.Indicator(
                code=f"{code}_value",
                factor=code,
                direction="benefit",
                goalposts=(0.0, 100.0),
                name=f"Value of {name}",
                unit="points",
                source="Office",
                licence="CC BY 4.0",
            )
            for code, name in names.items()
        ),
    )


def cities(rows: Mapping[Any, Sequence[float]], codes: list[str]) -> pd.DataFrame:
    """Return a wide frame: a row for each market, a column for each factor's indicator."""
    return pd.DataFrame.from_dict(
        dict(rows), orient="index", columns=[f"{code}_value" for code in codes]
    )


@pytest.fixture(scope="session")
def world(pestle_table: ms.IndicatorTable) -> Rankings:
    """The world by PESTLE, by two methods."""
    methods = ("weighted_sum", "topsis")
    return {
        name: ms.rank_markets(pestle_table, "pestle", method=name, draws=2000) for name in methods
    }


@pytest.fixture(scope="session")
def written(world: Rankings) -> Callable[..., Path]:
    """Write a ranking's page; that of the world is made once, and copied from then on."""
    made: dict[int, bytes] = {}

    def call(ranking: ms.Ranking, path: Path, **options: Any) -> Path:
        if options or all(ranking is not each for each in world.values()):
            return write_report(ranking, path, **options)
        if id(ranking) not in made:
            made[id(ranking)] = write_report(ranking, path).read_bytes()
        path.write_bytes(made[id(ranking)])
        return path

    return call


# Of one file only: a running playwright leaves no other event loop a chance in its process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped, or fail where they must run."""
    given = os.environ.get("MARKETSELECT_CHROMIUM")
    path = given or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = (
            f"no Chromium: none of {', '.join(BROWSERS)} is on the PATH, and MARKETSELECT_CHROMIUM "
            "does not name one; the page was not tested"
        )
        if os.environ.get("MARKETSELECT_BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Give a tab: an empty one that is left from an earlier test, for a new one is slow."""
    context = browser.new_context(offline=True)

    def call() -> Page:
        left = [page for page in context.pages if page.url == "about:blank"]
        page = left[0] if left else context.new_page()
        page.set_viewport_size({"width": 1300, "height": 900})
        return page

    yield call
    context.close()


@pytest.fixture
def open_page(
    tabs: Callable[[], Page], written: Callable[..., Path], tmp_path: Path
) -> Iterator[Open]:
    """Open a ranking's page from disk; at the end nothing was asked of a network or went wrong."""
    faults: list[str] = []
    asked: list[str] = []
    listeners: dict[Any, Callable[[Any], None]] = {
        "console": lambda message: faults.append(f"console: {message.text}"),
        "pageerror": lambda error: faults.append(f"error: {error}"),
        "dialog": lambda dialog: faults.append(f"dialog: {dialog.message}"),
        "request": lambda request: asked.append(request.url),
    }
    opened: list[Page] = []

    def call(ranking: ms.Ranking, settings: str = "", **options: Any) -> Page:
        path = written(ranking, tmp_path / "page.html", **options)
        page = tabs()
        opened.append(page)
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(f"{path.as_uri()}{settings}")
        return page

    yield call
    for page in opened:
        page.goto("about:blank")
        page.emulate_media(media="null")
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    assert faults == []
    assert {url for url in asked if not url.startswith(("about:", "data:", "blob:"))} == {
        (tmp_path / "page.html").as_uri()
    }
