"""Where one market sets a scale, so that nearly all the others share a small part of it."""

from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.framework import Framework
from marketselect.scoring.scale import Scale
from marketselect.words import share_text

MIDDLE = (5, 95)  # percentiles between which the middle nine tenths of the markets lie
SMALL = 1 / 3  # of the range
LEAST = 10  # markets with a value; of fewer, one is more than a tenth
REMEDY = (
    'give it goalposts, a treatment of outliers ("skew-kurtosis"), or the normalization '
    '"percentile-rank"'
)


def crowded(
    normalized: FloatArray, markets: "pd.Index[Any]", framework: Framework, scale: Scale
) -> list[tuple[str, Any, str]]:
    """Return the indicators on which the middle nine tenths of the markets have a small part.

    Parameters
    ----------
    normalized : ndarray, shape (markets, indicators)
        In the framework's order, on a scale that these markets set themselves.
    markets : Index
    framework : Framework
    scale : Scale

    Returns
    -------
    list of tuple
        Indicator, the market farthest from the others, and what there is to say of both. Only
        min-max without goalposts: other scales are not set by a market, or are meant to be.
    """
    low, high = framework.range
    found = []
    for place, code in enumerate(framework.codes):
        item, column = scale[code], normalized[:, place]
        known = np.isfinite(column)
        if item.normalization != "min-max" or code in scale.neutral or known.sum() < LEAST:
            continue
        least, most = np.percentile(column[known], MIDDLE)
        part = (most - least) / (high - low)
        if part >= SMALL:
            continue
        away = np.where(known, np.abs(column - np.median(column[known])), -np.inf)
        market = markets[int(away.argmax())]
        said = (
            f'{code}: "{market}" sets the scale, the middle nine tenths of the markets share '
            f"{share_text(part)} of it; {REMEDY}"
        )
        found.append((code, market, said))
    return found
