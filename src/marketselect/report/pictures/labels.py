"""Names beside points, placed so that they hide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from marketselect.report.pictures.parts import INK, NORMAL, PLAIN, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

    from marketselect.arrays.checks import FloatArray

Spot = tuple[int, int, str, str]
# Where a name may stand beside its point, in points: right first, then round it; a name that must
# stand may do so farther off at the end of a thin line.
NEAR: tuple[Spot, ...] = (
    (6, 0, "left", "center"),
    (-6, 0, "right", "center"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
    (5, 5, "left", "bottom"),
    (5, -5, "left", "top"),
    (-5, 5, "right", "bottom"),
    (-5, -5, "right", "top"),
)
FAR: tuple[Spot, ...] = tuple(
    (distance * right, distance * up, beside, level)
    for distance in (3, 5)
    for right, up, beside, level in NEAR
)
LEADER = {"arrowstyle": "-", "color": SOFT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
REACH = 4.5  # points from the middle of a dot that a name keeps away


def name_points(
    ax: Axes,
    points: FloatArray,
    names: Sequence[str],
    order: Sequence[int],
    must: int,
    line: FloatArray,
) -> None:
    """Write names beside points where they hide no point, no line and no other name.

    Parameters
    ----------
    ax : Axes
    points : ndarray, shape (points, 2)
    names : sequence of str
        One for each point.
    order : sequence of int
        Which points get a name, the most important first; one without room gets none.
    must : int
        So many of them may have theirs farther off.
    line : ndarray, shape (corners, 2)
    """
    from matplotlib.transforms import Bbox

    figure = ax.figure.figure  # of a part of a figure the whole
    figure.draw_without_rendering()  # the layout has to be settled before there is a place
    size = REACH * figure.dpi / 72
    dots = ax.transData.transform(points)
    taken = [Bbox.from_extents(x - size, y - size, x + size, y + size) for x, y in dots]
    corners = ax.transData.transform(line)
    pieces = np.hstack([corners[:-1], corners[1:]])
    lines = [Bbox.from_extents(*map(float, piece)).padded(1.0) for piece in pieces]
    for turn, place in enumerate(order):
        label = ax.annotate(
            names[place], points[place], (0, 0), textcoords="offset points",
            fontsize=NORMAL - 0.5, color=INK, arrowprops=LEADER, **PLAIN,
        )  # fmt: skip
        others = taken[:place] + taken[place + 1 :] + lines
        box = free_spot(label, NEAR + FAR * (turn < must), others, ax.get_window_extent())
        if box is None:
            label.remove()
        else:
            taken.append(box)


def free_spot(
    label: Annotation, spots: Iterable[Spot], taken: Sequence[Bbox], inside: Bbox
) -> Bbox | None:
    """Move a label to the first spot beside its point that is free, and return its box."""
    from matplotlib.text import Text

    for spot in spots:
        right, up, beside, level = spot
        label.set(position=(right, up), horizontalalignment=beside, verticalalignment=level)
        if label.arrow_patch is not None:
            label.arrow_patch.set_visible(spot in FAR)
        label.get_window_extent()  # moves it there
        box = Text.get_window_extent(label)  # without the line
        within = inside.x0 <= box.x0 and box.x1 <= inside.x1
        if within and inside.y0 <= box.y0 and box.y1 <= inside.y1 and not box.count_overlaps(taken):
            return box
    return None
