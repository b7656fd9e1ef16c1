"""Limits of single weights: shares of pairs by inclusion and exclusion, for many factors."""

from itertools import combinations
from math import comb, factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect import InputError, robustness
from marketselect.arrays.checks import FloatArray
from marketselect.uncertainty import acceptability, caps, exact
from marketselect.uncertainty.allowed import Allowed, allowed
from marketselect.uncertainty.caps import Capped, capped
from marketselect.uncertainty.exact import corner_sum, pairwise_shares, positive_in_box
from marketselect.uncertainty.statements import Statement

LETTERS = "abcdefghijklmnop"


def ranked(values: FloatArray) -> ms.Ranking:
    """Rank markets m0, m1, ... by factors a, b, ... of 0 to 100, equal in weight."""
    codes = LETTERS[: values.shape[1]]
    rules = ms.Framework(
        name="letters",
        factors=tuple(ms.Factor(code=code) for code in codes),
        indicators=tuple(
            ms.Indicator(code=f"X.{code}", factor=code, direction="benefit", goalposts=(0, 100))
            for code in codes
        ),
    )
    names = pd.Index([f"m{place}" for place in range(len(values))], name="market")
    return ms.rank_markets(pd.DataFrame(values, names, list(rules.codes)), rules, draws=0)


def limited(low: Any, high: Any) -> Allowed:
    """Return weights over the simplex with a least and a largest value each."""
    size = len(low)
    rows = np.vstack(
        [np.eye(size) - np.array(high)[:, None], np.array(low)[:, None] - np.eye(size)]
    )
    stated = Statement(text="", place=0, group=None, rows=rows, equal=(False,) * len(rows))
    counted = np.ones(size, dtype=bool)
    return allowed(np.full(size, 1 / size), counted=counted, statements=[stated], tolerance=None)


def held(low: Any, high: Any) -> Capped:
    found = capped(limited(low, high).rules, len(low))
    assert found is not None
    return found


def drawn(low: FloatArray, high: FloatArray, draws: int) -> FloatArray:
    """Return weights uniform over the simplex within limits, by Gibbs' steps in pairs.

    Two weights with a given sum are uniform along the line on which both are allowed.
    """
    rng = np.random.default_rng(5)
    size = len(low)
    free = low + (high - low) * (1 - low.sum()) / (high - low).sum()
    found = np.tile(free, (draws, 1))
    for _ in range(30 * size):
        a, b = rng.choice(size, 2, replace=False)
        both = found[:, a] + found[:, b]
        least = np.maximum(low[a], both - high[b])
        most = np.minimum(high[a], both - low[b])
        found[:, a] = rng.uniform(least, most)
        found[:, b] = both - found[:, a]
    return found


def test_two_weights_by_hand() -> None:
    """Of a from 0.3 to 0.8 the first is larger where a > 1/2: on three fifths."""
    weights = Capped(start=np.array([0.3, 0.2]), sign=1, size=0.5, caps=np.array([0.5, 0.5]))
    found = weights.shares(np.eye(2))
    assert found[0, 1] == pytest.approx(3 / 5, abs=1e-15)
    assert found[1, 0] == pytest.approx(2 / 5, abs=1e-15)


def test_three_weights_by_hand() -> None:
    """With a <= 1/2 a corner of a quarter is cut off the triangle, all of it where a > b.

    That leaves 1/2 - 1/4 of 1 - 1/4 for a > b: a third. Of b and c neither is ahead.
    """
    found = held([0, 0, 0], [0.5, 1, 1]).shares(np.eye(3))
    assert found[0, 1] == pytest.approx(1 / 3, abs=1e-15)
    assert found[1, 2] == pytest.approx(1 / 2, abs=1e-15)


def test_three_weights_with_all_corners_cut_off_by_hand() -> None:
    """At most 1/2 each leaves the triangle with corners (1, 1, 0), (1, 0, 1) and (0, 1, 1), halved.

    There 3 a - 2 b - c / 2 is 1/2, 5/4 and -5/4. Of the edges to the last corner the plane leaves
    it 5/4 / (5/4 + 1/2) and 5/4 / (5/4 + 5/4), of the triangle their product, 5/14.
    """
    found = held([0, 0, 0], [0.5, 0.5, 0.5]).shares(np.array([[3.0, 0, 0], [0, 2, 0.5]]))
    assert found[0, 1] == pytest.approx(9 / 14, abs=1e-15)


def test_the_largest_of_weights_with_a_common_limit_follows_from_symmetry() -> None:
    """All twelve at most 1/5: by symmetry each is ahead of each other one half of the time."""
    found = held([0] * 12, [0.2] * 12).shares(np.eye(12))
    assert found[~np.eye(12, dtype=bool)].tolist() == pytest.approx([0.5] * 132, abs=1e-12)


def test_volumes_are_those_of_sums_of_uniform_numbers() -> None:
    """Of twelve weights at most 1/k: that 12 numbers uniform in [0, 1] add up to k (Irwin 1927)."""
    for k in (3, 5, 7):
        _, volumes = held([0] * 12, [1 / k] * 12).parts
        density = sum((-1) ** j * comb(12, j) * (k - j) ** 11 for j in range(k)) / factorial(11)
        # From above, as for k = 7, the simplex is of size 12 / k - 1 in units of 1 / k: 12 - k.
        size = min(k, 12 - k)
        assert volumes.sum() == pytest.approx(density * factorial(11) / size**11, rel=1e-10)


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_shares_are_those_of_the_corners(size: int) -> None:
    rng = np.random.default_rng(size)
    for _ in range(2):
        middle = rng.dirichlet(np.ones(size))
        low = np.maximum(middle - rng.uniform(0, 0.2, size), 0)
        rules = limited(low, middle + rng.uniform(0, 0.2, size))
        cut, limits = rules.set.cells, capped(rules.rules, size)
        assert cut is not None
        assert limits is not None
        forms = rng.uniform(0, 100, (6, size))
        np.testing.assert_allclose(
            limits.shares(forms), pairwise_shares(forms, cut), rtol=0, atol=1e-12
        )


@pytest.mark.parametrize(("size", "least", "most"), [(8, 0.05, 0.25), (12, 0.0, 0.15)])
def test_shares_are_near_those_of_draws(size: int, least: float, most: float) -> None:
    rng = np.random.default_rng(size)
    low, high = np.full(size, least), np.full(size, most)
    low[0], high[1] = 0.06, 0.12
    forms = rng.uniform(0, 100, (5, size))
    weights = drawn(low, high, 20_000)
    scores = weights @ forms.T
    found = held(low, high).shares(forms)
    for first, second in combinations(range(5), 2):
        share = found[first, second]
        error = np.sqrt(share * (1 - share) / len(weights))
        assert abs((scores[:, first] > scores[:, second]).mean() - share) < 4 * error + 1e-9


def test_draws_by_statements_are_near_the_shares_worked_out() -> None:
    """The draws of `robustness`, by its own ways, of twelve factors of which each is limited."""
    values = np.random.default_rng(2).uniform(0, 100, (4, 12))
    stated = [f"{code} <= 0.3" for code in LETTERS[:12]]
    found = robustness(ranked(values), statements=stated, exact=True, pairwise=True, draws=20_000)
    assert found.exact_pairwise is not None
    assert found.pairwise is not None
    assert found.exact_first is None
    off = ~np.eye(4, dtype=bool)
    shares, counts = found.exact_pairwise.to_numpy()[off], found.pairwise.to_numpy()[off]
    assert (np.abs(shares - counts) < 4 * np.sqrt(shares * (1 - shares) / 20_000) + 1e-9).all()


def test_a_fixed_weight_and_one_of_zero_take_no_part() -> None:
    """With c = 0.4 and a <= 0.2, b = 0.6 - a is at least 0.4: the largest of all."""
    found = robustness(
        ranked(100 * np.eye(8)),
        statements=["c = 0.4", *(f"{code} = 0" for code in "defgh"), "a <= 0.2", "b <= 0.9"],
        exact=True, draws=10,
    )  # fmt: skip
    assert found.exact_pairwise is not None
    assert found.exact_pairwise.loc["m0", "m1"] == 0
    assert found.exact_pairwise.loc["m2", "m1"] == 0
    weights = held([0, 0, 0.4], [0.2, 0.55, 0.4])
    # With b <= 0.55 a lies from 0.05 to 0.2; a > 0.08 is four fifths of that.
    assert weights.shares(np.array([[1.0, 0, 0], [0, 0, 0.2]]))[0, 1] == pytest.approx(0.8)


def test_markets_that_tie_or_are_never_ahead_are_told_without_a_share() -> None:
    found = held([0] * 8, [0.3] * 8).shares(np.array([[50.0] * 8, [50.0] * 8, [60.0] * 8]))
    assert [found[0, 1], found[0, 2], found[2, 0]] == [0.5, 0.0, 1.0]
    # Nine tenths at most of one, ahead by 1, and a tenth at least of the others, behind by 9: a tie
    # at best, which is no lead.
    found = held([0] * 8, [0.9] + [1] * 7).shares(np.array([[1.0] + [-9.0] * 7, [0.0] * 8]))
    assert found[0, 1] == 0.0


def test_other_statements_are_no_limits_of_single_weights() -> None:
    for row in ([1.0, -1, 0, 0], [1, 1, -2, -2], [0.5, 0.5, -0.5, -0.5]):
        stated = Statement(text="", place=0, group=None, rows=np.array([row]), equal=(False,))
        rules = allowed(np.full(4, 0.25), counted=np.ones(4, bool), statements=[stated],
                        tolerance=None).rules  # fmt: skip
        assert capped(rules, 4) is None


def test_what_is_too_much_is_refused_before_anything_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(acceptability, "counted_draws", None)  # nothing gets as far as this
    stated = [f"{code} <= 0.2" for code in LETTERS[:12]]
    ranking = ranked(100 * np.eye(12))
    monkeypatch.setattr(caps, "MOST_SHARES", 10_000)
    # As long as up to four are at their limit, 1 + 12 + 66 + 220 + 495 simplices.
    with pytest.raises(
        InputError, match="needs 66 pairs of markets on each of 794 simpl"
    ) as caught:
        robustness(ranking, statements=stated, exact=True)
    assert "at most 12 such pairs are worked out: name fewer markets" in str(caught.value)
    monkeypatch.setattr(caps, "MOST_PARTS", 500)
    with pytest.raises(InputError, match="more than 500 simplices for the limits of 12 weights"):
        robustness(ranking, statements=stated, exact=True)


def test_limits_that_leave_too_few_digits_are_refused() -> None:
    """Three of nine weights lie within 1/10,000: of a volume there is left some 10^-9."""
    high = [1e-4] * 3 + [0.3] * 6
    with pytest.raises(InputError, match="too few digits would be right") as caught:
        held([0] * 9, high).shares(np.eye(9))
    assert "fix weights whose least and largest value are nearly the same" in str(caught.value)


def test_a_box_of_many_weights_has_the_shares_that_all_its_corners_give() -> None:
    """Inclusion and exclusion over every corner, term by term, in whole numbers."""
    rng = np.random.default_rng(3)
    for size in (1, 2, 5, 8):
        widths = [int(width) for width in rng.integers(1, 1000, size)]
        for room in (-5, 1, sum(widths) // 3, sum(widths), 2 * sum(widths)):
            direct = sum(
                (-1) ** count * max(room - sum(some), 0) ** size
                for count in range(size + 1)
                for some in combinations(widths, count)
            )
            assert corner_sum(room, widths) == direct


def test_a_box_of_twenty_weights_is_worked_out() -> None:
    """The sum of twelve of twenty numbers uniform in [0, 1] exceeds that of the others.

    P(the sum of all, eight of them as 1 - x, exceeds 8) = 1 - F(8), F of Irwin (1927) and Hall.
    """
    lead = np.array([1.0] * 12 + [-1.0] * 8)
    below = sum((-1) ** j * comb(20, j) * (8 - j) ** 20 for j in range(9)) / factorial(20)
    found = positive_in_box(lead, np.zeros(20), np.ones(20))
    assert found == pytest.approx(1 - below, abs=1e-15)


def test_twelve_factors_in_a_box_of_many_markets_are_within_reach() -> None:
    """Where no pair is decided, 183 markets need 16,653 pairs of 13 (64 + 64) terms."""
    assert exact.MOST_TERMS >= 183 * 182 // 2 * 13 * (64 + 64)
