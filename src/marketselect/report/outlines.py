"""The outlines of economies that the page and a picture draw.

They are those of Natural Earth, in the public domain, as scripts/build_outlines.py wrote them. Its
borders are those that are in force on the ground; they take no side.
"""

from functools import cache
from importlib.resources import files

WIDE, HIGH = 1000, 437
"""Units of the map, in the Equal Earth projection: x to the right, y down."""


@cache
def outlines() -> dict[str, str]:
    """Return the outline of each economy as an SVG path, by its alpha-3 code."""
    text = (files("marketselect") / "report" / "outlines.txt").read_text("ascii")
    return dict(line.split(" ", 1) for line in text.splitlines())
