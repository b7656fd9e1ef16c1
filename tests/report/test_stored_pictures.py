"""The pictures of the documentation are those that the code draws today."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
STORED = ROOT / "docs" / "images"
CELL = 8  # pixels: letters of another version of a font differ within it, bars and places do not
NEAR = 6.0  # of 255, in the mean over the cells


def cells(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return a picture in coarse grays."""
    with Image.open(path) as picture:
        gray = picture.convert("L")
        return np.asarray(gray.resize((gray.width // CELL, gray.height // CELL)), dtype=np.float64)


@pytest.mark.nightly
def test_each_stored_picture_is_what_is_drawn_today(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "scripts" / "draw_pictures.py"))["main"](tmp_path)
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == sorted(path.name for path in STORED.glob("*.png"))
    for name in drawn:
        old, new = cells(STORED / name), cells(tmp_path / name)
        assert old.shape == new.shape, name
        assert np.abs(old - new).mean() < NEAR, name
