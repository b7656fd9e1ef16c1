"""Net flows of many matrices at once: against sums over pairs, and at the ends of their range."""

import numpy as np
import pytest

from marketselect.arrays.checks import FloatArray
from marketselect.methods._net_flows import TOP, merged_short, net_flows

ONE = np.ones(1)


def over_pairs(matrices: FloatArray, q: FloatArray, p: FloatArray) -> FloatArray:
    """Return the mean preference over the others less that of these, pair by pair."""
    leads = matrices[..., :, None, :] - matrices[..., None, :, :]
    preferred = np.clip((np.abs(leads) - q) / (p - q), 0, 1) * np.sign(leads)
    means: FloatArray = preferred.sum(axis=-2) / (matrices.shape[-2] - 1)
    return means


def flows_of(matrices: FloatArray, q: FloatArray, p: FloatArray) -> FloatArray:
    """Return the same by sorting, criterion by criterion."""
    each = np.eye(len(p))
    shares = np.broadcast_to(each[:, None], (len(p), len(matrices), len(p)))
    batches = np.broadcast_to(matrices, (len(p), *matrices.shape))
    if matrices.ndim > 3:
        shares = np.broadcast_to(shares[:, :, None], (len(p), *matrices.shape[:-2], len(p)))
    found = net_flows(batches, shares, q, p)
    assert found is not None
    return np.moveaxis(found, 0, -1)


@pytest.mark.parametrize("markets", [2, 3, 5, 17, 33, 128, 129, 256])
@pytest.mark.parametrize("whole", [True, False])
def test_net_flows_are_the_sums_over_all_pairs(markets: int, whole: bool) -> None:
    """Numbers of markets at which one bit more is needed for the last; values that tie or not."""
    random = np.random.default_rng(markets)
    q, p = np.array([0.0, 5.0, 10.0]), np.array([20.0, 6.0, 1e9])
    matrices = random.uniform(-50, 50, (2, 3, markets, 3))
    matrices = matrices.round() if whole else matrices
    found = flows_of(matrices, q, p)
    assert found.shape == matrices.shape
    np.testing.assert_allclose(found, over_pairs(matrices, q, p), rtol=0, atol=1e-12)


def test_net_flows_by_hand() -> None:
    """Leads of 1, 3 and 4 with q = 1 and p = 3: preferences of 0, 1 and 1; the mean over two."""
    matrices = np.array([[[0.0], [1.0], [4.0]], [[7.0], [7.0], [7.0]]])
    found = flows_of(matrices, np.array([1.0]), np.array([3.0]))
    assert found.tolist() == [[[-0.5], [-0.5], [1.0]], [[0.0], [0.0], [0.0]]]


def test_net_flows_beside_a_threshold_above_all_leads() -> None:
    """The lead of 100 is preferred by (100 - 10) / (310 - 10)."""
    found = flows_of(np.array([[[0.0], [100.0]]]), np.array([10.0]), np.array([310.0]))
    np.testing.assert_allclose(found, [[[-0.3], [0.3]]], rtol=1e-14)


@pytest.mark.parametrize("span", [2.0 ** (TOP - 1), 0.75 * 2.0**TOP, 2.0 ** (-TOP - 1)])
def test_spans_at_the_ends_of_what_is_held_have_flows(span: float) -> None:
    ends = np.array([[[0.0], [span / 4], [span]]])
    found = flows_of(ends, np.zeros(1), np.array([span / 2]))
    assert found.tolist() == [[[-0.75], [-0.25], [1.0]]]


@pytest.mark.parametrize("span", [2.0**TOP, 1.5 * 2.0**TOP, 2.0 ** (-TOP - 2)])
def test_spans_beyond_them_have_none(span: float) -> None:
    assert net_flows(np.array([[[0.0], [span]]]), ONE, np.zeros(1), np.array([span])) is None


def test_a_span_beyond_all_floats_has_none() -> None:
    ends = np.array([[[-1.7e308], [1.7e308]]])
    assert net_flows(ends, ONE, np.zeros(1), np.array([1.0])) is None


def test_thresholds_that_are_near_each_other_have_none() -> None:
    """Units are too coarse for what lies between them, not for either."""
    ends = np.array([[[0.0], [100.0]]])
    assert net_flows(ends, ONE, np.array([10.0]), np.array([10 + 1e-11])) is None


def test_first_bits_that_others_may_carry_into_tell_nothing() -> None:
    """The lead of 30 over x is the threshold in its first bits, or one of them less."""
    for x, least, told in (
        (10 << 40, 20 << 40, False),
        ((10 << 40) - 1, (20 << 40) + 1, False),  # the lead is the threshold
        ((10 << 40) - 1, 20 << 40, False),
        ((10 << 40) - (1 << 22) - 1, 20 << 40, True),
        ((10 << 40) + (1 << 22), 20 << 40, True),
    ):
        merged = merged_short(np.array([[x, 30 << 40]]), np.array([least]))
        assert (merged is not None) == told


def test_thresholds_of_nothing_beside_one_cut_nothing_off() -> None:
    """With no indifference a lead of 1 is all of the preference from 1 on; with one of 2 none of 1.

    Flows of each criterion by hand: the lowest, the middle and the highest of 0, 1 and 4.
    """
    column = np.array([0.0, 1.0, 4.0])
    matrices = np.stack([column, column], axis=-1)[None].repeat(3, axis=0)
    found = flows_of(matrices, np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    assert found[..., 0].tolist() == [[-1.0, 0.0, 1.0]] * 3
    assert found[..., 1].tolist() == [[-0.5, -0.5, 1.0]] * 3
