"""Value functions: what raw values score, by straight lines between points.

Keeney & Raiffa (1976), Decisions with Multiple Objectives; the partial value functions of R's smaa.
"""

import numpy as np

from marketselect.arrays.checks import FloatArray

Points = tuple[tuple[float, float], ...]
"""Raw values, each larger than the one before it, and their scores from 0 to 100."""


def on_value_function(values: FloatArray, points: Points) -> FloatArray:
    """Return scores by a value function: straight lines between points, level beyond."""
    x, scores = np.array(points).T
    # Half of everything: a difference of two values might be too large for a float.
    return np.asarray(np.interp(values / 2, x / 2, scores))


def beyond_value_function(values: FloatArray, points: Points) -> FloatArray:
    """Return scores by a value function whose first and last line go on beyond its ends."""
    x, scores = np.array(points).T
    slopes = np.diff(scores) / np.diff(x)
    before, after = np.minimum(values - x[0], 0), np.maximum(values - x[-1], 0)
    return np.asarray(on_value_function(values, points) + before * slopes[0] + after * slopes[-1])
