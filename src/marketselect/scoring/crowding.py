"""Where one market sets a scale, so that nearly all the others share a small part of it."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import told
from marketselect.framework import Framework
from marketselect.naming import Naming
from marketselect.scoring.scale import Scale
from marketselect.sources.embedded import market_names
from marketselect.words import share_text

MIDDLE = (5, 95)  # percentiles between which the middle nine tenths of the markets lie
SMALL = 1 / 3  # of the range
FEW = 20  # markets up to which a twentieth is not even one, so that the ends are of the giant's
ENOUGH = 6  # markets; of as many even draws the others are as close once in forty times
LEAST = 3  # of fewer than ENOUGH chance alone brings the others close: they must be closer
SMALLEST = 1 / 10  # of the range, for these
TYPED = (
    'give it goalposts, a treatment of outliers ("skew-kurtosis"), or the normalization '
    '"percentile-rank"'
)
READ = "a report with fixed ends for that scale would part the others more"


class Crowd(NamedTuple):
    """An indicator on which most markets share little of the scale, and who sets it."""

    indicator: str
    market: Any
    others: str
    part: float

    @property
    def note(self) -> str:
        """What there is to say of the market's own value."""
        return f"it sets the scale, {self.others} share {share_text(self.part)} of it"

    def line(self, naming: Naming) -> str:
        """Return the whole of it, with what to do."""
        (market,) = market_names([self.market])
        sets = f'"{told(market)}" sets the scale, {self.others} share {share_text(self.part)} of it'
        return f"{naming(self.indicator)}: {sets}; {naming.either(TYPED, READ)}"


def crowded_scales(
    normalized: FloatArray, markets: "pd.Index[Any]", framework: Framework, scale: Scale
) -> list[Crowd]:
    """Return the indicators on which the middle nine tenths of markets share little of a scale.

    Of few markets also those on which all others than one have; of three to five markets these must
    share less than a tenth.

    Parameters
    ----------
    normalized : ndarray, shape (markets, indicators)
        In the framework's order, on a scale that these markets set themselves.
    markets : Index
    framework : Framework
    scale : Scale

    Returns
    -------
    list of Crowd
        With the market that is farthest from the others. Only
        min-max without goalposts: other scales are not set by a market, or are meant to be.
    """
    low, high = framework.range
    found = []
    for place, code in enumerate(framework.codes):
        item, column = scale[code], normalized[:, place]
        known = np.isfinite(column)
        if item.normalization != "min-max" or code in scale.neutral or known.sum() < LEAST:
            continue
        parts = shared_parts(np.sort(column[known]) / (high - low))
        small = SMALL if known.sum() >= ENOUGH else SMALLEST
        said_of = next((who for who, part in parts.items() if part < small), None)
        if said_of is None:
            continue
        away = np.where(known, np.abs(column - np.median(column[known])), -np.inf)
        market = markets[int(away.argmax())]
        found.append(Crowd(code, market, said_of, parts[said_of]))
    return found


def shared_parts(column: FloatArray) -> dict[str, float]:
    """Return which part of a scale is shared by which markets, by normalized values in order.

    Examples
    --------
    >>> shared_parts(np.array([0.0, 0.1, 0.1, 0.2, 0.2, 1.0]))
    {'the middle nine tenths of the markets': 0.775, 'the other 5 markets': 0.2}
    """
    least, most = np.percentile(column, MIDDLE)
    parts = {"the middle nine tenths of the markets": float(most - least)}
    if len(column) <= FEW:
        others = min(column[-2] - column[0], column[-1] - column[1])
        parts[f"the other {len(column) - 1} markets"] = float(others)
    return parts
