"""Measure the report's page in a browser: a slider's step, the first paint, the size of the file.

    python benchmarks/measure_page.py [--markets 1000] [--factors 12]

It prints, and asserts nothing: times depend on the machine and what else it does. The step is the
processor time of the main thread - script, style, layout, paint - from one position of a slider to
the next, with all markets shown: the mean of 30 steps as fast as frames come. It is taken at the
top of the table, and deep in it: at row 900 of those that a search leaves, with two scenarios kept.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import CDPSession, Page, sync_playwright

import marketselect as ms

COUNT = 30  # steps
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STEPS = """async (values) => {
  const slider = document.getElementById("weight-0");
  for (const value of values) {
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
  }
}"""
DEEP = """(place) => {
  const table = document.getElementById("rows");
  const { top, height } = table.getBoundingClientRect();
  scrollTo(0, scrollY + top + height * place);
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def ranking_of(markets: int, factors: int) -> ms.Ranking:
    """Return a ranking of made-up markets by factors of one indicator each."""
    random = np.random.default_rng(1)
    codes = [f"f{n}" for n in range(factors)]
    rules = ms.Framework(
        name="made up",
        factors=tuple(ms.Factor(code=code, name=f"Factor {code}") for code in codes),
        indicators=tuple(
            ms.Indicator(code=f"{code}_i", factor=code, direction="benefit", goalposts=(0, 100))
            for code in codes
        ),
    )
    data = pd.DataFrame(
        random.uniform(0, 100, (markets, factors)),
        index=[f"Market {n:04}" for n in range(markets)],
        columns=[f"{code}_i" for code in codes],
    )
    return ms.rank_markets(data, rules, draws=500)


def busy(session: CDPSession) -> float:
    """Return the seconds for which the main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    found: float = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
    return found


def step_of(page: Page, session: CDPSession) -> float:
    """Return the milliseconds of the main thread for a step of a slider."""
    before = busy(session)
    page.evaluate(STEPS, list(range(20, 20 + COUNT)))
    return 1000 * (busy(session) - before) / COUNT


def main() -> None:
    """Write pages, open them, and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--markets", type=int, default=1000)
    parser.add_argument("--factors", type=int, default=12)
    given = parser.parse_args()
    path = os.environ.get("MARKETSELECT_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS))
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for markets in (given.markets, 5 * given.markets):
            start = time.perf_counter()
            ranking = ranking_of(markets, given.factors)
            weights = dict.fromkeys(ranking.weights.index, 1.0)
            kept = {
                "First": {**weights, "f0": 4},
                "Last": {**weights, ranking.weights.index[-1]: 4},
            }
            page_file = ms.write_report(ranking, Path(folder) / "p.html", scenarios=kept)
            made, size = time.perf_counter() - start, page_file.stat().st_size / 1e6
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(page_file.as_uri())
            paint = page.evaluate(PAINT)
            page.wait_for_timeout(8000)  # until draws are made, so that they are not measured
            page.locator("#top").select_option(label=f"all {markets}")
            page.wait_for_timeout(1000)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            step = step_of(page, session)
            page.get_by_label("Find").fill("market")  # all of them: each is called so
            page.evaluate(DEEP, 0.9)
            page.wait_for_timeout(1000)
            deep = step_of(page, session)
            page.close()
            print(
                f"{markets:,} markets x {given.factors} factors, all shown: a slider's step "
                f"{step:.0f} ms of the main thread, deep in what was found and with scenarios "
                f"{deep:.0f} ms, first paint "
                f"{paint:.0f} ms, {size:.1f} MB, ranked and written in {made:.1f} s"
            )
        browser.close()


if __name__ == "__main__":
    main()
