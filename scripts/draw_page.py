"""Take a picture of the report's page in a browser, for the README.

Usage: python scripts/draw_page.py [docs/images/page.png]

It needs Chromium: on the PATH, or named by MARKETSELECT_CHROMIUM. The page is that of the
documentation's sample: the world by PESTLE.
"""

import os
import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

import marketselect as ms

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WINDOW: ViewportSize = {"width": 1340, "height": 860}
SHADES = 128
# The rows are there, and on each score the line of where it lies, which is drawn in the background.
READY = "#rows tr:nth-child(10) .stack .span"


def draw(browser: Browser, target: Path) -> None:
    """Write the page, open it, and keep what its first screen shows."""
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    page = browser.new_page(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
    with tempfile.TemporaryDirectory() as folder:
        path = ms.write_report(ms.rank_markets(table, "pestle"), Path(folder) / "page.html")
        page.goto(path.as_uri())
        page.locator(READY).wait_for()
        shot = page.screenshot()
    page.close()
    flat = Image.open(BytesIO(shot)).convert("RGB").quantize(SHADES, dither=Image.Dither.NONE)
    flat.save(target, optimize=True)


def main(target: Path) -> None:
    """Start the browser and draw."""
    path = os.environ.get("MARKETSELECT_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if path is None:
        raise SystemExit(
            f"no Chromium: none of {', '.join(BROWSERS)} is on the PATH, and MARKETSELECT_CHROMIUM "
            f"does not name one; {target} was left as it is"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        draw(browser, target)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/page.png"))
