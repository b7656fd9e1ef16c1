"""Who qualifies: how much of each top factor is observed, and what that is held against."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.framework import Framework

EXACT = 1e-9  # shares are sums of thirds and sevenths: 0.66 must be reached by 0.66
ROWS = 10_000  # markets that are counted at once


def coverage_shares(framework: Framework, factors: Iterable[str]) -> FloatArray:
    """Return what each indicator counts in the coverage of factors: indicators x factors."""
    tree = framework.tree
    return tree.shares.take([tree.factors.index(factor) for factor in factors], axis=1)


def observed_share(missing: BoolArray, framework: Framework) -> FloatArray:
    """Return coverage: the observed share of each top factor's weight, (..., markets, factors).

    Parameters
    ----------
    missing : ndarray of bool, shape (..., markets, indicators)
        Which values are missing, whatever takes their place.
    """
    # By what is missing: nothing missing is exactly one, all missing exactly zero.
    shares = coverage_shares(framework, framework.top)
    covered = np.empty((*missing.shape[:-1], shares.shape[1]))
    for start in range(0, missing.shape[-2], ROWS):
        part = slice(start, start + ROWS)
        covered[..., part, :] = 1 - missing[..., part, :].astype(np.float64) @ shares
    return np.where(covered > EXACT, covered, 0.0)


def factor_policies(framework: Framework) -> list[str]:
    """Return what scoring does with each top factor of which a market has too little data."""
    own = {factor.code: factor.missing for factor in framework.factors}
    return [own[code] or framework.missing_factors for code in framework.top]


def below_coverage(share: FloatArray, framework: Framework) -> BoolArray:
    """Return where the observed share of a top factor is below the least that is needed."""
    under: BoolArray = share < framework.min_coverage - EXACT
    return under


def lacks_factor(share: FloatArray, framework: Framework) -> BoolArray:
    """Return where the coverage of a top factor is too small, so that its score is filled."""
    fills = np.array([policy != "exclude" for policy in factor_policies(framework)])
    empty = (share <= 0) & np.array(framework.missing == "reweight")
    return np.asarray((below_coverage(share, framework) | empty) & fills)


def thin_factors(share: FloatArray, framework: Framework) -> BoolArray:
    """Return where the coverage of a top factor is too small, and nothing fills its score."""
    return np.asarray(below_coverage(share, framework) & ~lacks_factor(share, framework))


def coverage_by_count(missing: BoolArray, framework: Framework) -> FloatArray:
    """Return each market's coverage by count: its share of indicators that have a weight."""
    tree = framework.tree
    counts = np.array([tree.whole[code] > 0 for code in tree.indicators])
    return np.asarray(1 - missing[:, counts].mean(axis=1))


def scarce_markets(missing: BoolArray, framework: Framework) -> BoolArray:
    """Return which markets are left out: they have less than `min_availability` asks for."""
    if not framework.min_availability:
        return np.zeros(len(missing), dtype=bool)
    return np.asarray(coverage_by_count(missing, framework) < framework.min_availability - EXACT)


def qualifies(
    missing: BoolArray, share: FloatArray, factors: FloatArray, framework: Framework, *, policy: str
) -> BoolArray:
    """Return which markets qualify, where `policy` says what becomes of missing values.

    Parameters
    ----------
    missing : ndarray of bool, shape (markets, indicators)
    share : ndarray, shape (markets, top factors)
        The observed share of the tree weight.
    factors : ndarray, shape (markets, top factors)
        Their scores, NaN where a market has nothing in a factor.
    """
    short = thin_factors(share, framework) | np.isnan(factors)
    dropped = missing.any(axis=1) & np.array(policy == "drop")
    return ~(short.any(axis=1) | dropped | scarce_markets(missing, framework))


def excluding_factors(
    share: FloatArray, factors: FloatArray, framework: Framework
) -> dict[str, int]:
    """Return how many markets are left out for too little data in one top factor alone."""
    short = thin_factors(share, framework) | np.isnan(factors)
    alone = short & (short.sum(axis=1) == 1)[:, None]
    counts = zip(framework.top, alone.sum(axis=0).tolist(), strict=True)
    return {code: count for code, count in counts if count}


def available_weight(share: pd.DataFrame, framework: Framework) -> "pd.Series[float]":
    """Return how much of the tree's weight has data available, from the top factors' shares."""
    # Shares are sums of thirds and sevenths: all that is there must be exactly 1.
    whole = np.round(share[list(framework.top)].to_numpy() @ framework.tree.split[None], 12)
    return pd.Series(whole, index=share.index, name="coverage")
