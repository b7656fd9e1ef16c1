"""Flows of PROMETHEE by sorting: against sums over pairs, by hand, at the ends of their range."""

from fractions import Fraction

import numpy as np
import pytest

from marketselect.methods import _sorted_flows
from marketselect.methods._sorted_flows import (
    can_be_sorted,
    flow_shifts,
    leads_in_order,
    sorted_flows,
    threshold_in_units,
)

# --- flows


@pytest.mark.parametrize(
    ("q", "p"), [(0.0, 20.0), (0.0, 0.25), (10.0, 20.0), (99.0, 100.0), (0.0, 1e30), (7.0, 1e308)]
)
def test_sorted_flows_are_the_sums_over_all_pairs(q: float, p: float) -> None:
    """Whole values, of which many tie or lead by q or p: each pair by itself, in fractions."""
    values = np.random.default_rng(8).integers(0, 101, 60)
    values[:4] = 0, 0, 100, 100  # leads of the whole span
    width = Fraction(p) - Fraction(q)
    expected = [
        sum(max(Fraction(0), min((int(a - b) - Fraction(q)) / width, Fraction(1))) for b in values)
        for a in values
    ]
    assert can_be_sorted(values.astype(np.float64), q, p)
    leaving, entering = sorted_flows(np.stack([values, -values]) / 1.0, q, p)
    for flows in (leaving[0], entering[1]):
        np.testing.assert_allclose(
            flows, [float(e / 59) for e in expected], rtol=1e-15, atol=1e-300
        )
    assert max(leaving.max(), entering.max()) <= 1


def test_a_matrix_of_hardly_any_span_beside_another_has_no_flows() -> None:
    rows = np.array([[0.0, 50.0, 100.0], [0.0, 1e-320, 1e-300], [7.0, 7.0, 7.0]])
    leaving, entering = sorted_flows(rows, 0.0, 100.0)
    np.testing.assert_allclose(leaving[0], [0.0, 0.25, 0.75], rtol=1e-15)
    np.testing.assert_allclose(entering[0], [0.75, 0.25, 0.0], rtol=1e-15)
    np.testing.assert_allclose([leaving[1:], entering[1:]], 0.0, atol=1e-290)


@pytest.mark.parametrize("q", [0.0, 3.0])
def test_not_a_digit_depends_on_how_many_matrices_are_sorted_at_a_time(
    q: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = np.random.default_rng(4).uniform(0, 100, (3, 20, 31))
    columns[:, ::2] = columns[:, ::2].round()  # some that tie
    columns[1] /= 7000  # and some that are small: each counts in units of its own
    whole = sorted_flows(columns, q, 20.0)
    monkeypatch.setattr(_sorted_flows, "BLOCK", 70)
    parts = sorted_flows(columns, q, 20.0)
    assert [flows.tobytes() for flows in whole] == [flows.tobytes() for flows in parts]
    leads = columns[..., :, None] - columns[..., None, :]
    pairs = np.clip((leads - q) / (20 - q), 0, 1)
    np.testing.assert_allclose(whole[0], pairs.sum(axis=-1) / 30, rtol=0, atol=1e-12)
    np.testing.assert_allclose(whole[1], pairs.sum(axis=-2) / 30, rtol=0, atol=1e-12)


def test_nothing_is_preferred_to_more_than_all_others() -> None:
    """A float short of full preference over each of three: the quotient is rounded up."""
    q, p = 0.124, 1.528
    values = np.array([[0.0, 0.0, 0.0, np.nextafter(p, 0.0)]])
    leaving, entering = sorted_flows(values, q, p)
    assert leaving.tolist() == [[0.0, 0.0, 0.0, 1.0]]
    np.testing.assert_allclose(entering, [[1 / 3, 1 / 3, 1 / 3, 0.0]], rtol=1e-15)
    assert sorted_flows(-values, q, p)[1].tolist() == [[0.0, 0.0, 0.0, 1.0]]


def test_flows_keep_the_shape_of_their_columns() -> None:
    """Leads of 1, 3 and 4 with q = 1 and p = 3: preferences of 0, 1 and 1; the mean over two."""
    columns = np.array([[[0.0, 1.0, 4.0], [4.0, 0.0, 1.0]], [[1.0, 4.0, 0.0], [7.0, 7.0, 7.0]]])
    leaving, entering = sorted_flows(columns, 1.0, 3.0)
    assert leaving.tolist() == [[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0], [0.0] * 3]]
    assert entering.tolist() == [[[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]], [[0.5, 0.0, 0.5], [0.0] * 3]]


# --- units


@pytest.mark.parametrize(
    ("span", "markets", "expected"),
    [
        # 62 bits, less those of a market's number, less the exponent of two above the span.
        (1.0, 2, 62 - 1 - 1),
        (1.0, 3, 62 - 2 - 1),
        (100.0, 256, 62 - 8 - 7),
        (100.0, 257, 62 - 9 - 7),
        (0.25, 1, 62 - 0 + 1),
        (1e-300, 2, 62 - 1 + 900),  # 2^-996, counted as 2^-900
    ],
)
def test_units_leave_room_for_the_number_of_a_market(
    span: float, markets: int, expected: int
) -> None:
    assert flow_shifts(np.float64(span), markets) == expected


def test_a_threshold_is_told_apart_down_to_two_to_the_forty_units() -> None:
    """Two markets, of span 1: units of 2^-60, and so thresholds that are 2^-20 apart."""
    values, least = np.array([0.0, 1.0]), 2.0**-20
    assert can_be_sorted(values, 0.0, least)
    assert not can_be_sorted(values, 0.0, np.nextafter(least, 0.0))
    assert can_be_sorted(values, 1.0, 1.0 + least)
    assert not can_be_sorted(values, 1.0, 1.0 + least / 2)
    assert can_be_sorted(values + 2.0**20, 0.0, least)  # only the span counts, not where it lies
    assert not can_be_sorted(np.array([-1.0, 1.0]), 0.0, least)


def test_a_span_beyond_all_floats_cannot_be_sorted() -> None:
    assert not can_be_sorted(np.array([-1e308, 1e308]), 0.0, 1e308)


@pytest.mark.parametrize("markets", [3, 1024])
def test_a_threshold_beyond_all_leads_is_one_that_none_reaches(markets: int) -> None:
    """The longest lead is a float below 1: with 1,024 markets it is rounded up to a whole 1."""
    longest = np.nextafter(1.0, 0.0)
    shift = flow_shifts(np.array([[longest]]), markets)
    assert threshold_in_units(0.5, shift, markets).tolist() == [[2 ** int(shift[0, 0] - 1)]]
    lead = int(np.rint(np.ldexp(longest, shift))[0, 0])
    assert threshold_in_units(2.0, shift, markets)[0, 0] > lead
    assert threshold_in_units(1e308, shift, markets)[0, 0] > lead


def test_places_of_leads_are_counted_through_all_rows() -> None:
    """Of 0, 2, 5 none, none and two are 3 behind; of 1, 1, 9 the last is ahead of two by that."""
    own = np.arange(6).reshape(2, 3)
    behind, before = leads_in_order(np.array([[0, 2, 5], [1, 1, 9]]), np.array([[3], [3]]), own)
    assert behind.tolist() == [[0, 0, 2], [3, 3, 5]]
    assert before.tolist() == [[2, 2, 3], [5, 5, 6]]
