"""How well numbers of one year foretold what came: figures of one year, and their mean over years.

Arrays in, numbers out; no number where the data bear none.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray

FEWEST = 3  # events, and markets without one, that an area needs
QUARTER = 0.75  # the quantile from which an outcome is among the best


class Mean(NamedTuple):
    """A mean over years with its standard error."""

    mean: float
    error: float


def rank_correlation(scores: FloatArray, outcome: FloatArray) -> float:
    """Return Spearman's rho of a backtest, ties at their mean place; NaN where one is constant.

    Examples
    --------
    Places 1, 2, 3, 4 against 1, 3, 2, 4: ``1 - 6 (0 + 1 + 1 + 0) / (4 x 15)``.

    >>> round(rank_correlation(np.array([1., 2, 3, 4]), np.array([1., 3, 2, 4])), 12)
    0.8
    """
    from scipy.stats import spearmanr

    if len(scores) < FEWEST or np.ptp(scores) == 0 or np.ptp(outcome) == 0:
        return float("nan")
    return float(spearmanr(scores, outcome).statistic)


def area_under_curve(scores: FloatArray, came: BoolArray) -> float:
    """Return the share of pairs in which the market where the event came scored lower.

    A tie counts half. NaN with fewer than three events, or than three markets without one.

    Examples
    --------
    Of nine pairs of (1, 2, 5) against (3, 5, 6) seven are lower, one is tied and one is higher.

    >>> came = np.array([True, True, True, False, False, False])
    >>> round(9 * area_under_curve(np.array([1., 2, 5, 3, 5, 6]), came), 12)
    7.5
    """
    from scipy.stats import rankdata

    events = int(came.sum())
    others = len(came) - events
    if min(events, others) < FEWEST:
        return float("nan")
    higher = rankdata(scores)[~came].sum() - others * (others + 1) / 2
    return float(higher / (events * others))


def share_of_top(scores: FloatArray, good: BoolArray, top: int) -> float:
    """Return a backtest's share of good among the first `top`; NaN without a market behind.

    Markets that tie for the last of these places share what is left of them.

    Examples
    --------
    >>> share_of_top(np.array([3., 2, 2, 1]), np.array([True, True, False, False]), 2)
    0.75
    """
    if len(scores) <= top:
        return float("nan")
    last = np.sort(scores)[-top]
    ahead, level = scores > last, scores == last
    left = top - ahead.sum()
    return float((good[ahead].sum() + left * good[level].mean()) / top)


def best_quarter(outcome: FloatArray) -> BoolArray:
    """Return which outcomes of a backtest's year are at or above their 75 % quantile."""
    return outcome >= np.quantile(outcome, QUARTER)


def mean_over_years(figures: Mapping[int, float], horizon: int) -> Mean:
    """Return the mean of yearly figures with its Newey-West error; years without one are left out.

    The figures of years less than `horizon` apart share years of outcome. With e the deviations
    from the mean, n figures and Bartlett's weights,

        error^2 = (g_0 + 2 sum_(l=1..h-1) (1 - l/h) g_l) / n,  g_l = sum_t e_t e_(t-l) / n,

    over the years t for which both t and t - l have a figure: a year without one is no neighbor.
    NaN from fewer than two figures.

    References
    ----------
    .. [1] Newey, W. K., & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity
       and autocorrelation consistent covariance matrix. Econometrica 55(3), 703-708.

    Examples
    --------
    Deviations -1, 1, 0 at horizon 2: ``g_0 = 2/3, g_1 = -1/3``, so ``(2/3 - 1/3) / 3``.

    >>> round(mean_over_years({2001: 1.0, 2002: 3.0, 2003: 2.0}, 2).error ** 2, 12)
    0.111111111111
    """
    known = {year: figure for year, figure in figures.items() if np.isfinite(figure)}
    if not known:
        return Mean(float("nan"), float("nan"))
    mean, n = float(np.mean(list(known.values()))), len(known)
    if n < 2:
        return Mean(mean, float("nan"))
    apart = np.zeros(max(known) - min(known) + 1)
    for year, figure in known.items():
        apart[year - min(known)] = figure - mean
    total = float(apart @ apart)
    for lag in range(1, min(horizon, len(apart))):
        total += 2 * (1 - lag / horizon) * float(apart[lag:] @ apart[:-lag])
    return Mean(mean, max(total, 0.0) ** 0.5 / n)  # below zero by rounding alone
