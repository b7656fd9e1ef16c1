"""The non-linear best-worst model: the weights whose ratios are nearest to the comparisons.

Definition: Rezaei (2015), section 3; the range of optimal weights and its middle: Rezaei (2016),
section 3. What both papers leave to a solver has a closed form but for one number.
"""

import numpy as np

from marketselect.arrays.checks import FloatArray

HALVINGS = 200  # more than a float has digits


def nearest_ratios(
    from_best: FloatArray, to_worst: FloatArray, best: int, worst: int
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Return best-worst's least gap, each criterion's lowest and highest weight at it, and weights.

    Minimize xi subject to ``|w_B / w_j - a_Bj| <= xi``, ``|w_j / w_W - a_jW| <= xi``.

    Parameters
    ----------
    from_best, to_worst : ndarray, shape (criteria,)
        a_Bj and a_jW.
    best, worst : int
        The places of B and W.

    Examples
    --------
    Three criteria of which each comparison contradicts the two others as far as it can: Rezaei
    (2015), table 1, has 4.47 for 8.

    >>> rows = np.array([1.0, 8.0, 8.0]), np.array([8.0, 8.0, 1.0])
    >>> round(nearest_ratios(*rows, 0, 2)[0], 2)
    4.47
    """
    # By way of j, w_B / w_W is the product of two ratios: xi is enough where the ranges of all
    # products, and of the direct comparison, have a point in common.
    rows = from_best, to_worst, float(from_best[worst])
    floor, ceiling = _common(0.0, *rows)
    low, high = 0.0, float(from_best.max()) if floor > ceiling else 0.0
    for _ in range(HALVINGS):
        tried = (low + high) / 2
        floor, ceiling = _common(tried, *rows)
        low, high = (tried, high) if floor > ceiling else (low, tried)
    floor, ceiling = _common(high, *rows)
    # At the least xi they have only that point: w_B with w_W = 1.
    ratio = (floor + ceiling) / 2
    least = np.maximum(ratio / (from_best + high), to_worst - high)
    shrunk = from_best - high
    most = np.where(shrunk > 0, ratio / np.where(shrunk > 0, shrunk, 1.0), np.inf)
    most = np.maximum(np.minimum(most, to_worst + high), least)
    least[best] = most[best] = ratio
    least[worst] = most[worst] = 1.0
    lowest = least / (least + most.sum() - most)
    highest = most / (most + least.sum() - least)
    middle = (lowest + highest) / 2
    return high, lowest, highest, middle / middle.sum()


def _common(xi: float, a: FloatArray, b: FloatArray, direct: float) -> tuple[float, float]:
    """Return the ends common to best-worst's ranges of w_B / w_W: crossed if it is nothing."""
    floors = np.append(np.maximum(a - xi, 0.0) * np.maximum(b - xi, 0.0), direct - xi)
    ceilings = np.append((a + xi) * (b + xi), direct + xi)
    return float(floors.max()), float(ceilings.min())
