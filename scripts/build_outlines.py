"""Write the outlines of the maps, from Natural Earth as the npm package world-atlas has it.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_outlines.py package/countries-50m.json

Natural Earth is in the public domain. Its borders are those that are in force on the ground; they
take no side. Arcs are shared by neighbors and simplified as such, so that no gap opens between
them. Land that reaches over 180 degrees is drawn whole, at the side where most of it is.
"""

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import marketselect as ms

TARGET = Path(__file__).parent.parent / "src/marketselect/report/outlines.txt"
WIDE = 1000  # units from the western to the eastern end
LEAST_BEND = 0.5  # square units of the triangle that a point makes with its neighbors
LEAST_ISLAND = 1.0  # square units
DOT = 1.6  # units; of what is smaller than a dot, a dot is drawn
SOUTH = -58.0  # degrees; Antarctica is left out
LEFT_OUT = {"ATA"}
# Equal Earth: Savric, Patterson & Jenny (2019), Int. J. Geographical Information Science 33, 454.
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
REACH = 2.7066299836960748  # of x at 180 degrees

Point = tuple[float, float]


def projected(longitude: float, latitude: float) -> Point:
    """Return a place on the map, x to the right and y down, in units."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    bend = A1 + 3 * A2 * square + square**3 * (7 * A3 + 9 * A4 * square)
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * bend)
    y = theta * (A1 + A2 * square + square**3 * (A3 + A4 * square))
    scale = WIDE / 2 / REACH
    return WIDE / 2 + x * scale, -y * scale


def area(points: list[Point]) -> float:
    """Return twice the area of a ring, with its sign."""
    ends = zip(points, points[1:] + points[:1], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in ends)


def simplified(places: list[Point]) -> list[Point]:
    """Return an arc without the points that bend it least (Visvalingam & Whyatt 1993)."""
    kept = [(place, projected(*place)) for place in places]
    while len(kept) > 2:
        shown = [point for _, point in kept]
        bends = [abs(area(shown[n - 1 : n + 2])) / 2 for n in range(1, len(shown) - 1)]
        least = min(bends)
        if least >= LEAST_BEND:
            break
        del kept[bends.index(least) + 1]
    return [place for place, _ in kept]


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs of a topology, in degrees, simplified."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x, y, places = 0, 0, []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            places.append((x * kx + tx, y * ky + ty))
        arcs.append(simplified(places))
    return arcs


def ring_of(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Return a ring from its arcs; a number below zero is an arc that is gone along backwards."""
    places: list[Point] = []
    for number_ in numbers:
        arc = arcs[number_] if number_ >= 0 else arcs[~number_][::-1]
        places += arc[1:] if places else arc
    east, whole = places[0][0], []
    for longitude, latitude in places[:-1]:
        east += (longitude - east + 180) % 360 - 180  # on from the point before, over 180 degrees
        whole.append((east, latitude))
    middle = sum(longitude for longitude, _ in whole) / len(whole)
    turn = 360 * round(middle / 360)
    return [projected(longitude - turn, latitude) for longitude, latitude in whole]


def path_of(rings: list[list[Point]], top: float) -> str:
    """Return rings as an SVG path of whole units, or a dot where they are too small to be seen."""
    rings = sorted(rings, key=lambda ring: -abs(area(ring)))
    largest = rings[0]
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    if max(max(xs) - min(xs), max(ys) - min(ys)) < 2 * DOT or abs(area(largest)) / 2 < 4:
        x, y = sum(xs) / len(xs), sum(ys) / len(ys) - top
        return (
            f"M{x - DOT:.1f} {y:.1f}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0-{2 * DOT} 0z"
        )
    shown = [largest, *(ring for ring in rings[1:] if abs(area(ring)) / 2 >= LEAST_ISLAND)]
    return "".join(filter(None, (ring_path(ring, top) for ring in shown)))


def ring_path(ring: list[Point], top: float) -> str:
    """Return a ring in half units, each point from the one before it."""
    grid = [(round(2 * x), round(2 * (y - top))) for x, y in ring]
    points = [grid[0], *(b for a, b in pairwise(grid) if a != b)]
    if len(points) < 3:
        return ""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    text = "".join(f"{number(dx)}{number(dy)}" for dx, dy in steps)
    return f"M{points[0][0] / 2:g} {points[0][1] / 2:g}l{text.strip()}z"


def number(half: int) -> str:
    """Return half units as few signs as can be: a minus parts numbers, too."""
    text = f"{half / 2:g}".replace("0.", ".", 1) if abs(half) < 2 else f"{half / 2:g}"
    return text if text.startswith("-") else f" {text}"


def main(source: str) -> None:
    topology = json.loads(Path(source).read_text("utf-8"))
    arcs = arcs_of(topology)
    top = projected(0, 84)[1]
    rows: dict[str, str] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = ms.market_codes([shape.get("id") or name], unknown="keep")["code"].iloc[0]
        if not isinstance(code, str) or code in LEFT_OUT:
            print(f"left out: {name}")
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [ring_of(ring, arcs) for polygon in polygons for ring in polygon]  # lakes, too
        path = path_of([ring for ring in rings if len(ring) > 2] or rings, top)
        rows[code] = rows.get(code, "") + path
    text = "".join(f"{code} {path}\n" for code, path in sorted(rows.items()))
    TARGET.write_text(text, "ascii")
    bottom = projected(0, SOUTH)[1] - top
    print(f"{len(rows)} outlines, {len(text):,} bytes, {WIDE} x {bottom:.0f} units")


if __name__ == "__main__":
    main(sys.argv[1])
