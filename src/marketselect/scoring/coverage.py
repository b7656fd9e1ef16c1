"""Who qualifies: how much of each top factor is observed, and what that is held against."""

from collections.abc import Iterable

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.framework import Framework

EXACT = 1e-9  # shares are sums of thirds and sevenths: 0.66 must be reached by 0.66
ROWS = 10_000  # markets that are counted at once


def shares_of(framework: Framework, factors: Iterable[str]) -> FloatArray:
    """Return each indicator's share of the tree weight of some factors: indicators x factors."""
    tree = framework.tree
    return tree.shares.take([tree.factors.index(factor) for factor in factors], axis=1)


def observed_share(missing: BoolArray, framework: Framework) -> FloatArray:
    """Return the observed share of the tree weight within each top factor, markets x factors.

    Parameters
    ----------
    missing : ndarray of bool, shape (markets, indicators)
        Which values are missing, whatever takes their place.
    """
    # By what is missing: nothing missing is exactly one, all missing exactly zero.
    shares = shares_of(framework, framework.top)
    covered = np.empty((len(missing), shares.shape[1]))
    for part in range(0, len(missing), ROWS):
        covered[part : part + ROWS] = 1 - missing[part : part + ROWS].astype(np.float64) @ shares
    return np.where(covered > EXACT, covered, 0.0)


def thin(share: FloatArray, framework: Framework) -> BoolArray:
    """Return where the observed share of a top factor is below the least that is needed."""
    below: BoolArray = share < framework.min_coverage - EXACT
    return below


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
    short = thin(share, framework) | np.isnan(factors)
    return ~(short.any(axis=1) | missing.any(axis=1) & np.array(policy == "drop"))
