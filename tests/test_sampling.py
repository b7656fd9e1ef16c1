"""Draws of weights."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect import sampling
from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError
from marketselect.sampling import check_draws, draws_of, weights_around
from shared import fault_of

WEIGHTS = np.array([0.5, 0.3, 0.2, 0.0])


def drawn(draws: int, *, tolerance: float = 0.25, seed: int = 0, chunk: int = 10_000) -> FloatArray:
    """Return all draws in one array."""
    parts = list(weights_around(WEIGHTS, draws, tolerance=tolerance, seed=seed, chunk=chunk))
    return np.concatenate(parts)


# --- properties


@given(tolerance=st.floats(0.0, 1.0), seed=st.integers(0, 1000))
def test_draws_are_weights_within_the_tolerance(tolerance: float, seed: int) -> None:
    """Ratios stay within (1 - t) / (1 + t) and its inverse of the stated ratio."""
    batch = drawn(50, tolerance=tolerance, seed=seed)
    assert batch.shape == (50, 4)
    np.testing.assert_allclose(batch.sum(axis=1), 1.0)
    assert (batch >= 0).all()
    assert (batch[:, 3] == 0).all()
    # a ratio a / b may grow to (1 + t) / (1 - t) times what was stated, written without division
    low, high = 1 - tolerance, 1 + tolerance
    assert (batch[:, 0] * 0.3 * low <= batch[:, 1] * 0.5 * high + 1e-12).all()
    assert (batch[:, 1] * 0.5 * low <= batch[:, 0] * 0.3 * high + 1e-12).all()


def test_each_weight_is_uniform_before_the_division() -> None:
    """With one weight certain the ratio to it shows the draw: mean 1, variance t^2 / 3."""
    batch = np.concatenate(
        list(weights_around(np.array([0.5, 0.5]), 40_000, tolerance=0.25, seed=1))
    )
    # a / (a + b) with a, b independent in [0.75, 1.25] / 2: symmetric about one half
    assert batch[:, 0].mean() == pytest.approx(0.5, abs=1e-3)
    assert batch[:, 0].min() == pytest.approx(0.375, abs=2e-3)
    assert batch[:, 0].max() == pytest.approx(0.625, abs=2e-3)
    # Var(a / (a + b)) is t^2 / 24 (1 + O(t^2)) for t = 0.25
    assert batch[:, 0].var() == pytest.approx(0.25**2 / 24, rel=0.06)


@pytest.mark.parametrize("chunk", [1, 7, 100, 1000])
def test_draws_do_not_depend_on_the_size_of_chunks(chunk: int) -> None:
    np.testing.assert_array_equal(drawn(100, chunk=chunk), drawn(100))


def test_a_seed_gives_the_same_draws_and_zero_is_a_seed() -> None:
    np.testing.assert_array_equal(drawn(20, seed=0), drawn(20, seed=0))
    assert not np.array_equal(drawn(20, seed=0), drawn(20, seed=1))


@pytest.mark.parametrize("quasi", [False, True])
@pytest.mark.parametrize("concentration", [5e-324, 1e-300, 1e-30, 1e-3, 0.05, 0.4, 2.0, 60.0])
def test_dirichlet_draws_have_their_mean_and_spread(concentration: float, quasi: bool) -> None:
    """Mean w, variance w (1 - w) / (a + 1), however small a is; near zero all on one factor."""
    parts = weights_around(WEIGHTS, 16_384, concentration=concentration, quasi=quasi, seed=1)
    batch = np.concatenate(list(parts))
    np.testing.assert_allclose(batch.sum(axis=1), 1.0)
    assert (batch[:, 3] == 0).all()
    np.testing.assert_allclose(batch.mean(axis=0), WEIGHTS, atol=0.02)
    spread = WEIGHTS * (1 - WEIGHTS) / (concentration + 1)
    np.testing.assert_allclose(batch.var(axis=0), spread, rtol=0.07)
    if concentration < 1e-2:
        assert (batch.max(axis=1) > 0.999).mean() > 0.95


def test_the_two_ways_to_draw_small_gammas_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quasi-random points give the same weights with and without logarithms."""
    parameters = np.array([0.5, 0.25, 1.5])
    settings: Any = {"seed": 3, "chunk": 64, "quasi": True}
    plain = np.concatenate(list(sampling.weights_dirichlet(parameters, 256, **settings)))
    monkeypatch.setattr(sampling, "SMALL", 10.0)
    logs = np.concatenate(list(sampling.weights_dirichlet(parameters, 256, **settings)))
    np.testing.assert_allclose(logs, plain, rtol=1e-10)


def test_logarithms_of_small_gammas_are_those_of_the_inverse_function() -> None:
    from scipy.special import gammaincinv

    parameters = np.array([0.005, 0.7])
    settings: Any = {"seed": 5, "chunk": 512, "quasi": True}
    found = next(sampling.log_gammas(parameters, 512, **settings))
    points = next(sampling.uniforms(512, 2, **settings))
    exact = gammaincinv(parameters, points)
    held = exact > 1e-290
    assert (exact[held] < 1e-100).sum() > 20
    np.testing.assert_allclose(found[held], np.log(exact[held]), rtol=1e-9)


def test_draws_of_a_usual_concentration_are_gammas_over_their_sum() -> None:
    """The stream of NumPy's own generator, as Devroye (1986, chapter XI) makes the vector."""
    parameters = 20 * WEIGHTS
    gammas = np.random.default_rng(4).standard_gamma(parameters, (30, 4))
    found = np.concatenate(list(weights_around(WEIGHTS, 30, concentration=20, seed=4, chunk=7)))
    np.testing.assert_allclose(found, gammas / gammas.sum(axis=1, keepdims=True), rtol=1e-14)


# --- degenerate input


def test_no_tolerance_repeats_the_stated_weights() -> None:
    np.testing.assert_allclose(drawn(5, tolerance=0.0), np.tile(WEIGHTS, (5, 1)))


def test_no_draws_yield_nothing() -> None:
    assert list(weights_around(WEIGHTS, 0, tolerance=0.25, seed=0)) == []


def test_the_last_chunk_holds_what_is_left() -> None:
    sizes = [len(part) for part in weights_around(WEIGHTS, 25, tolerance=0.1, seed=0, chunk=10)]
    assert sizes == [10, 10, 5]


def test_the_input_stays_as_it_was() -> None:
    before = WEIGHTS.copy()
    drawn(10)
    np.testing.assert_array_equal(WEIGHTS, before)


# --- messages


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 0.25, 0), r"draws is -1; a whole number"),
        ((1.5, 0.25, 0), r"draws is 1\.5"),
        ((True, 0.25, 0), r"draws is True"),
        ((10_000_001, 0.25, 0), r"draws is 10,000,001; at most 10,000,000 are drawn"),
        ((10**9, 0.25, 0), r"at most 10,000,000 are drawn"),
        ((10, 1.1, 0), r"tolerance is 1\.1; a share between 0 and 1 is needed"),
        ((10, -0.1, 0), r"tolerance is -0\.1"),
        ((10, np.nan, 0), r"tolerance is nan"),
        ((10, "25 %", 0), r"tolerance is '25 %'"),
        ((10, 0.25, -1), r"seed is -1; a whole number"),
        ((10, 0.25, 0.5), r"seed is 0\.5"),
        ((10, 0.25, False), r"seed is False"),
        ((10, 0.25, None), r"seed is None"),
    ],
)
def test_settings_of_draws_are_checked(arguments: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_draws(*arguments)


COUNT = "a whole number, 0 or more, is needed"


@pytest.mark.parametrize(
    ("settings", "where", "needed"),
    [
        ((-1, 0.5, 0), "draws", COUNT),
        ((5, 1.5, 0), "tolerance", "a share between 0 and 1 is needed, 0.25 for 25 %"),
        ((5, 0.5, -1), "seed", COUNT),
    ],
)
def test_a_setting_of_draws_is_named(settings: Any, where: str, needed: str) -> None:
    found = fault_of(check_draws, *settings)
    assert (found.code, found.where, found.remedy) == ("out-of-range", where, needed)


@pytest.mark.parametrize(
    ("draws", "limits", "fault"),
    [
        (8, {"most": 7}, ("too-large", "is 8", "at most 7 are drawn")),
        (10_000_001, {}, ("too-large", "is 10,000,001", "at most 10,000,000 are drawn")),
        (2, {"least": 3}, ("out-of-range", "is 2", "a whole number, 3 or more, is needed")),
    ],
)
def test_too_few_or_too_many_draws_are_refused(
    draws: int, limits: dict[str, int], fault: tuple[str, str, str]
) -> None:
    code, got, needed = fault
    assert fault_of(draws_of, draws, "here", **limits) == Fault(code, "here", got, needed)


def test_the_most_draws_of_a_call_are_its_own() -> None:
    assert check_draws(7, 0.5, 0, most=7)[0] == 7
    assert fault_of(check_draws, 8, 0.5, 0, most=7).code == "too-large"


def test_settings_of_draws_come_back_as_plain_numbers() -> None:
    plain = check_draws(np.int64(5), Fraction(1, 4), np.int8(3))
    assert plain == (5, 0.25, 3)
    assert [type(number) for number in plain] == [int, float, int]
    assert check_draws(10_000_000, 0, 0) == (10_000_000, 0.0, 0)
    assert check_draws(0, 0, 0) == (0, 0.0, 0)
    assert draws_of(0) == 0
    with pytest.raises(InputError, match="draws is 0; a whole number, 1 or more"):
        check_draws(0, 0.25, 0, least=1)


def test_settings_at_their_limits_are_accepted() -> None:
    check_draws(0, 0, 0)
    check_draws(10_000_000, 1.0, 3)


@pytest.mark.parametrize("columns", range(1, 12))
def test_sums_of_rows_are_those_of_numpy_to_the_last_bit(columns: int) -> None:
    part = np.random.default_rng(columns).random((500, 20))[:, 3 : 3 + columns]
    assert sampling.row_sums(part).tobytes() == part.sum(axis=1, keepdims=True).tobytes()


def test_weights_that_all_fall_to_zero_are_the_stated_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a tolerance of 1 the lowest corner of the cube is no weight at all."""
    points = np.array([[0.0, 0.0, 0.5, 0.5], [0.5, 1.0, 0.0, 0.0], [0.5, 0.5, 0.5, 0.5]])
    monkeypatch.setattr(sampling, "uniforms", lambda *_args, **_options: iter([points]))
    stated = np.array([0.25, 0.75, 0.5, 0.5])
    (found,) = weights_around(stated, 3, tolerance=1.0, groups=[2, 2])
    mixed = [0.25 / 1.75, 1.5 / 1.75, 0.5, 0.5]
    expected = np.array([stated, mixed, stated])
    np.testing.assert_allclose(found, expected, rtol=1e-15)
