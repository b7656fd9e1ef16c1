"""Figures of one year and their mean over years: by hand, against SciPy, and none without data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from marketselect.panel.skill import (
    area_under_curve,
    best_quarter,
    mean_over_years,
    rank_correlation,
    share_of_top,
)
from shared import examples


@given(
    low=st.lists(st.integers(0, 6), min_size=3, max_size=12),
    high=st.lists(st.integers(0, 6), min_size=3, max_size=12),
)
@examples(50)
def test_the_area_is_that_of_mann_and_whitney(low: list[int], high: list[int]) -> None:
    scores = np.array([*low, *high], dtype=float)
    came = np.arange(len(scores)) < len(low)
    # U counts the pairs in which the first sample is the larger, ties half.
    expected = mannwhitneyu(high, low).statistic / (len(low) * len(high))
    assert area_under_curve(scores, came) == pytest.approx(expected, abs=1e-12)


def test_two_events_or_two_markets_without_one_have_no_area() -> None:
    scores = np.arange(8.0)
    assert np.isnan(area_under_curve(scores, scores < 2))
    assert np.isnan(area_under_curve(scores, scores < 6))
    assert area_under_curve(scores, scores < 3) == 1


def test_a_constant_has_no_rank_correlation() -> None:
    some = np.array([1.0, 2, 3])
    assert np.isnan(rank_correlation(np.ones(3), some))
    assert np.isnan(rank_correlation(some, np.ones(3)))
    assert np.isnan(rank_correlation(some[:2], some[:2]))


def test_the_best_quarter_is_from_the_quantile_up() -> None:
    # The 75 % quantile of 1 to 5 is 4, of 1 to 4 it is 3.25.
    assert best_quarter(np.arange(1.0, 6)).tolist() == [False, False, False, True, True]
    assert best_quarter(np.arange(1.0, 5)).tolist() == [False, False, False, True]


def test_a_top_that_is_everyone_has_no_hit() -> None:
    scores = np.array([3.0, 2, 1])
    assert np.isnan(share_of_top(scores, scores > 1, 3))
    assert share_of_top(scores, scores > 1, 2) == 1


def test_the_error_is_that_of_bartletts_weights() -> None:
    # Deviations 1, 1, -1, -1 from 2: g0 = 1, g1 = (1 - 1 + 1) / 4, g2 = (-1 - 1) / 4; horizon 3
    # weighs them 1, 2/3 and 1/3: (1 + 2 (1/6 - 1/6)) / 4.
    found = mean_over_years({2001: 3, 2002: 3, 2003: 1, 2004: 1}, 3)
    assert found.mean == 2
    assert found.error**2 == pytest.approx(1 / 4, abs=1e-15)


@pytest.mark.parametrize(
    ("horizon", "error"),
    [
        (1, 26.916020976087548),
        (2, 29.563978311117847),
        (3, 30.186209903079202),
        (5, 30.399289668439273),
    ],
)
def test_the_error_is_that_of_statsmodels(horizon: int, error: float) -> None:
    """The Nile at Aswan, 1871 to 1900 (Cobb 1978), on a constant alone.

    statsmodels 0.15.0: ``OLS(volume, ones).fit(cov_type="HAC", cov_kwds={"maxlags": horizon - 1,
    "use_correction": False}).bse``, that is Bartlett's weights and the divisor n.
    """
    volume = [
        *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140),
        *(995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140),
        *(1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840),
    ]
    found = mean_over_years(dict(enumerate(volume, 1871)), horizon)
    assert found.mean == pytest.approx(1078.3666666666667, rel=1e-12)
    assert found.error == pytest.approx(error, rel=1e-12)


def test_years_on_both_sides_of_a_gap_are_no_neighbors() -> None:
    # Deviations 1 and -1 two years apart at horizon 2: g1 has no pair; g0 = 1, over n = 2.
    gap = mean_over_years({2001: 3, 2002: np.nan, 2003: 1}, 2)
    assert gap.error**2 == pytest.approx(1 / 2, abs=1e-15)
    # Next to each other g1 = -1/2, weighed 1/2 twice: (1 - 1/2) / 2.
    assert mean_over_years({2001: 3, 2002: 1}, 2).error ** 2 == pytest.approx(1 / 4, abs=1e-15)


def test_at_horizon_one_the_error_is_the_usual_one_with_divisor_n() -> None:
    figures = [0.3, -0.1, 0.25, 0.4, 0.0]
    found = mean_over_years(dict(enumerate(figures, 2000)), 1)
    assert found.error == pytest.approx(np.std(figures) / np.sqrt(5), abs=1e-15)


def test_one_figure_has_no_error_and_none_has_no_mean() -> None:
    assert mean_over_years({2001: 0.5}, 3).mean == 0.5
    assert np.isnan(mean_over_years({2001: 0.5}, 3).error)
    assert np.isnan(mean_over_years({2001: np.nan}, 3).mean)
