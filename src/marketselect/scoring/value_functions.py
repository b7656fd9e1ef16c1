"""Value functions: what raw values score, by straight lines between points.

Keeney & Raiffa (1976), Decisions with Multiple Objectives; the partial value functions of R's smaa.
"""

import numpy as np

from marketselect.arrays.checks import FloatArray

HUGE = 1e307  # a difference of two such values may be too large for a float

Points = tuple[tuple[float, float], ...]
"""Raw values, each larger than the one before it, and their scores from 0 to 100."""


def on_function(values: FloatArray, points: Points) -> FloatArray:
    """Return the scores of values on straight lines between points, those of the ends beyond."""
    x, scores = np.array(points).T
    # Half of everything, as a difference of the ends might be too large for a float.
    half = 0.5 if np.abs(x).max() > HUGE else 1.0
    return np.asarray(np.interp(values * half, x * half, scores))


def beyond_function(values: FloatArray, points: Points) -> FloatArray:
    """Return the scores of values on a function whose first and last line go on."""
    result = on_function(values, points)
    for (x, score), (other, its_score) in (points[:2], points[:-3:-1]):
        outwards = values < x if x < other else values > x
        slope = (its_score - score) / (other - x)
        result = np.where(outwards, score + (values - x) * slope, result)
    return result
