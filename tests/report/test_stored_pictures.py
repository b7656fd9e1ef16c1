"""The pictures of the documentation are those that the code draws today."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
STORED = ROOT / "docs" / "images"
CELL = 8  # pixels: letters of another version of a font differ within it, bars and places do not
NEAR = 6.0  # of 255, in the mean over the cells


def cells(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return a picture in coarse grays."""
    with Image.open(path) as picture:
        gray = picture.convert("L")
        return np.asarray(gray.resize((gray.width // CELL, gray.height // CELL)), dtype=np.float64)


def expect_same(old: Path, new: Path) -> None:
    """Expect two pictures to look alike."""
    before, now = cells(old), cells(new)
    assert before.shape == now.shape, new.name
    assert np.abs(before - now).mean() < NEAR, new.name


@pytest.mark.nightly
def test_each_stored_picture_is_what_is_drawn_today(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "scripts" / "draw_pictures.py"))["main"](tmp_path)
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {path.name for path in STORED.glob("*.png")} - {"page.png"}
    for name in sorted(drawn):
        expect_same(STORED / name, tmp_path / name)


@pytest.mark.nightly  # needs a browser
def test_the_stored_picture_of_the_page_is_what_it_looks_like_today(
    browser: Browser, tmp_path: Path
) -> None:
    runpy.run_path(str(ROOT / "scripts" / "draw_page.py"))["draw"](browser, tmp_path / "page.png")
    expect_same(STORED / "page.png", tmp_path / "page.png")
