"""Kemeny's consensus: the order that contradicts several rankings least."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault
from marketselect.uncertainty import kemeny
from marketselect.uncertainty.kemeny import LARGEST, kemeny_places
from marketselect.uncertainty.votes import consensus
from shared import fault_of

rankings = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.integers(1, 4)
)


def contradictions(ranks: FloatArray, order: tuple[int, ...]) -> int:
    """Count the pairs of an order that a ranking has the other way round, over all rankings."""
    return sum(
        int((ranks[behind] < ranks[ahead]).sum())
        for place, ahead in enumerate(order)
        for behind in order[place + 1 :]
    )


# --- published cases


def test_tennessees_capital() -> None:
    """Wikipedia, "Kemeny-Young method": Nashville, Chattanooga, Knoxville, Memphis.

    That order agrees with 393 of the 600 pairs of the 100 voters: it contradicts 207.
    """
    voters = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}
    ranks = pd.DataFrame(
        {
            f"{order}{number}": {city: order.index(city) + 1 for city in "MNCK"}
            for order, count in voters.items()
            for number in range(count)
        }
    )
    result = consensus(ranks, method="kemeny")
    assert result.index.tolist() == ["N", "C", "K", "M"]
    assert result["score"].tolist() == [3.0, 2.0, 1.0, 0.0]
    assert result["rank"].tolist() == [1, 2, 3, 4]
    assert contradictions(ranks.loc[list("NCKM")].to_numpy(), (0, 1, 2, 3)) == 600 - 393


def test_a_circle_is_cut_where_the_fewest_object() -> None:
    """By hand: A over B 5 : 2, B over C 5 : 2 and C over A 4 : 3; A, B, C contradicts 2 + 2 + 4."""
    columns = {f"x{n}": [1, 2, 3] for n in range(3)}
    columns |= {f"y{n}": [2, 3, 1] for n in range(2)} | {f"z{n}": [3, 1, 2] for n in range(2)}
    result = consensus(pd.DataFrame(columns, index=list("ABC")), method="kemeny")
    assert result.index.tolist() == ["A", "B", "C"]


# --- properties


@given(ranks=rankings)
def test_reordering_markets_changes_no_place_where_their_points_differ(ranks: FloatArray) -> None:
    likely = np.linspace(0.0, 1.0, len(ranks))
    places = kemeny_places(ranks, likely)
    assert kemeny_places(ranks[::-1], likely[::-1]).tolist() == places[::-1].tolist()
    assert sorted(places.tolist()) == list(range(len(ranks)))


@given(ranks=rankings)
def test_who_beats_every_other_comes_first(ranks: FloatArray) -> None:
    leads = np.sign(ranks - ranks[:, None]).sum(axis=-1)
    for market in range(len(ranks)):
        if (np.delete(leads[market], market) > 0).all():
            assert kemeny_places(ranks, np.zeros(len(ranks)))[market] == 0


# --- degenerate input


def test_one_market_and_markets_that_all_tie_stand_as_they_are_likely() -> None:
    assert kemeny_places(np.ones((1, 3)), np.zeros(1)).tolist() == [0]
    assert kemeny_places(np.ones((3, 2)), np.array([1.0, 3.0, 1.0])).tolist() == [1, 0, 2]


def test_as_many_as_are_allowed_are_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kemeny, "LARGEST", 3)
    places = kemeny_places(np.array([[1.0], [3.0], [2.0]]), np.zeros(3))
    assert places.tolist() == [0, 2, 1]
    assert np.issubdtype(places.dtype, np.integer)


@pytest.mark.nightly
def test_twenty_markets_are_settled() -> None:
    ranks = np.random.default_rng(0).permuted(np.tile(np.arange(1.0, 21.0), (5, 1)), axis=1).T
    places = kemeny_places(ranks, -ranks.mean(axis=1))
    found = tuple(np.argsort(places).tolist())
    # No swap of neighbors contradicts less.
    for at in range(19):
        other = (*found[:at], found[at + 1], found[at], *found[at + 2 :])
        assert contradictions(ranks, other) >= contradictions(ranks, found)


# --- messages


def test_more_than_it_can_go_through_is_refused() -> None:
    ranks = pd.DataFrame({"x": np.arange(1, LARGEST + 2), "y": np.arange(1, LARGEST + 2)})
    assert fault_of(consensus, ranks, method="kemeny") == Fault(
        "too-large",
        "ranks",
        "has 21 markets",
        '"kemeny" goes through every set of them: leave all but 20 out, or use "borda"',
    )


# --- independent implementation


@given(ranks=rankings)
def test_no_order_contradicts_less_and_of_equal_ones_the_last_is_the_least_likely(
    ranks: FloatArray,
) -> None:
    """Against all orders, one by one."""
    likely = np.arange(len(ranks), 0.0, -1.0)
    places = kemeny_places(ranks, likely)
    found = tuple(np.argsort(places).tolist())
    counted = {order: contradictions(ranks, order) for order in permutations(range(len(ranks)))}
    least = min(counted.values())
    assert counted[found] == least
    # From the last place up, the largest number, which is the least likely here.
    best = max((order[::-1] for order, count in counted.items() if count == least))
    assert found == best[::-1]
