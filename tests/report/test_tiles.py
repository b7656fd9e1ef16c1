"""The tile map against the borders and places of the embedded markets."""

from itertools import combinations

import pandas as pd
import pytest

import marketselect as ms
from marketselect.report.tiles import COLUMNS, CONTINENTS, ROWS, TILES, squares

MARKETS = ms.load_markets()


@pytest.mark.slow
def test_every_economy_with_indicators_has_one_square(observations: pd.DataFrame) -> None:
    assert set(TILES) == set(observations["market"])
    assert len(TILES) == 236


def test_no_two_economies_share_a_square() -> None:
    assert len(set(TILES.values())) == len(TILES)
    drawn = [code for drawing in CONTINENTS.values() for code, _ in squares(*drawing)]
    assert len(drawn) == len(set(drawn))


def test_the_map_starts_at_its_north_western_corner_and_has_no_empty_edge() -> None:
    columns, rows = zip(*TILES.values(), strict=True)
    assert (min(columns), min(rows), max(columns), max(rows)) == (0, 0, COLUMNS - 1, ROWS - 1)


def test_each_drawing_holds_its_own_continent() -> None:
    for name, drawing in CONTINENTS.items():
        found = {MARKETS.loc[code, "region"] for code, _ in squares(*drawing)}
        assert found == {name}


def test_three_of_four_land_borders_are_kept() -> None:
    pairs = [
        (code, other)
        for code, text in MARKETS["borders"].items()
        for other in text.split("|")
        if str(code) < other and {code, other} <= set(TILES)
    ]
    apart = [
        max(abs(a - b) for a, b in zip(TILES[str(x)], TILES[y], strict=True)) for x, y in pairs
    ]
    assert len(pairs) > 300
    assert sum(distance == 1 for distance in apart) / len(pairs) > 0.75


@pytest.mark.parametrize(("axis", "degrees", "sign"), [(0, "longitude", 1), (1, "latitude", -1)])
def test_east_is_right_and_north_is_up(axis: int, degrees: str, sign: int) -> None:
    # Fiji, Tuvalu and others lie on both sides of the date line; the Pacific is drawn as one.
    place = MARKETS[degrees].reindex(list(TILES)).dropna()
    place = place.where((axis == 1) | (MARKETS["region"] != "Oceania"), place % 360).dropna()
    drawn = place.index.to_series().map(lambda code: TILES[code][axis]) * sign
    assert drawn.corr(place, method="spearman") > 0.85  # the Lesser Antilles take twelve rows


def test_no_square_is_wide_of_its_continent() -> None:
    # Each square has another of its continent within four squares: islands, but no strays.
    for name, drawing in CONTINENTS.items():
        places = [place for _, place in squares(*drawing)]
        gaps = dict.fromkeys(places, 99)
        for one, other in combinations(places, 2):
            gap = max(abs(one[0] - other[0]), abs(one[1] - other[1]))
            gaps[one], gaps[other] = min(gaps[one], gap), min(gaps[other], gap)
        assert max(gaps.values()) <= 4 + (name == "Americas"), name
