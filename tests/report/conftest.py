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
from marketselect.report.page import write_report

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
def world() -> Rankings:
    """The world by PESTLE, by two methods."""
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    methods = ("weighted_sum", "topsis")
    return {name: ms.rank_markets(table, "pestle", method=name, draws=2000) for name in methods}


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


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a ranking's page from disk; at the end nothing was asked of a network or went wrong."""
    context = browser.new_context(offline=True, viewport={"width": 1300, "height": 900})
    faults: list[str] = []
    asked: list[str] = []

    def call(ranking: ms.Ranking, settings: str = "", **options: Any) -> Page:
        path = write_report(ranking, tmp_path / "page.html", **options)
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{path.as_uri()}{settings}")
        return page

    yield call
    context.close()
    assert faults == []
    assert {url for url in asked if not url.startswith(("data:", "blob:"))} == {
        (tmp_path / "page.html").as_uri()
    }
