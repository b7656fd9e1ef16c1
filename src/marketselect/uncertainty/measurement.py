"""Draws of the data: where an indicator has a standard error, its values are uncertain, too."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.ranking.model import Model
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.aggregation import Split
from marketselect.scoring.normalization import BOUNDED, is_level, normalized_column, oriented
from marketselect.scoring.scale import IndicatorScale
from marketselect.scoring.treatment import shifted_log


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """An indicator that has standard errors: where its draws lie, and how they are scored."""

    center: FloatArray
    """The values that are drawn around, in the unit of the data, shape (markets,)."""
    error: FloatArray
    """Their standard errors; 0 where unknown."""
    scale: IndicatorScale
    normalized: FloatArray
    """The scores of the values that have no error."""

    def scores(self, noise: FloatArray) -> FloatArray:
        """Return the normalized scores of draws from standard normal ones, (size, markets)."""
        values = self.center + self.error * noise
        if self.scale.log:
            values = np.log(np.maximum(values, self.floor()))
        return np.where(self.error > 0, unclipped(values, self.scale), self.normalized)

    def floor(self) -> float:
        """Return what a draw counts as that is too low for a logarithm: the scale's low end."""
        if self.scale.low is None:  # nothing was fitted
            return float(self.center[self.center > 0].min())
        return float(np.exp(self.scale.low))


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredData:
    """What a draw of the data needs: normalized values, and those that are drawn anew."""

    model: Model
    markets: "pd.Index[Any]"
    columns: dict[str, FloatArray]
    """Every indicator's normalized values, shape (markets,)."""
    measured: dict[str, Measured]
    """The indicators that have a standard error."""

    def draw(
        self, size: int, generator: np.random.Generator, split: Split | None = None
    ) -> FloatArray:
        """Return factor scores of drawn data, shape (size, markets, top factors).

        Each value is drawn from N(x, its standard error), independently of the others; the scale
        stays as it is and what falls outside it is not clipped. `split` has each draw's weights
        under the factors, in place of the model's.
        """
        drawn = dict(self.columns)
        for code, one in self.measured.items():
            drawn[code] = one.scores(generator.standard_normal((size, len(self.markets))))
        return self.model.factors(drawn, split, self.markets)


def measured_data(ranking: Ranking) -> MeasuredData:
    """Return the scored markets' data, and which of their values are drawn anew.

    Raises
    ------
    InputError
        If no value of an indicator that names a series of standard errors has one.
    """
    scores, markets = ranking.scores, ranking.matrix.index
    rules = scores.framework
    normalized = scores.normalized.loc[markets]
    columns = {code: normalized[code].to_numpy() for code in rules.codes}
    errors = scores.table.errors.reindex(index=markets, columns=list(rules.codes))
    measured = {
        item.code: Measured(
            center=drawn_around(ranking, item.code),
            error=errors[item.code].fillna(0.0).to_numpy(),
            scale=scores.scale[item.code],
            normalized=columns[item.code],
        )
        for item in rules.indicators
        if item.standard_error is not None
        and item.code not in scores.idle
        and errors[item.code].notna().any()
    }
    if not measured:
        raise InputError.of(
            "no-data",
            "errors",
            "no indicator has a standard error",
            "name the series that holds them as standard_error in the framework, and make the "
            "table with indicator_table or give a wide table that column",
        )
    return MeasuredData(model=ranking.model, markets=markets, columns=columns, measured=measured)


def drawn_around(ranking: Ranking, code: str) -> FloatArray:
    """Return the values of the scored markets in the unit of their errors.

    Winsorized values are drawn around the limit that they were moved to. Goalposts move none.
    """
    scores, markets = ranking.scores, ranking.matrix.index
    scale, after = scores.scale[code], scores.values.loc[markets, code].to_numpy()
    if scale.shifted_log is None and (scale.winsorized is not None or not scale.log):
        return np.asarray(np.exp(after) if scale.log else after)
    return np.asarray(scores.table.values.loc[markets, code].to_numpy(dtype=np.float64))


def unclipped(values: FloatArray, scale: IndicatorScale) -> FloatArray:
    """Return the scores of drawn values, after their log, on a scale that goes on beyond its ends.

    The logarithm of a shifted range begins at its low end. Ranks are places among the fitted
    values, which have none beyond the first and the last; equal ones are all at the maximum.
    """
    if scale.shifted_log is not None:
        low, high = scale.shifted_log
        values = shifted_log(np.maximum(values, low), np.array(low), np.array(high))
    if scale.fitted is not None or is_level(scale):
        return normalized_column(values, scale)
    if scale.normalization not in BOUNDED or scale.low is None or scale.high is None:
        center = 0.0 if scale.center is None else scale.center
        return (oriented(values, scale) - center) / (1.0 if scale.spread is None else scale.spread)
    low, high = scale.range
    share = share_of_range(values, scale, scale.low, scale.high)
    return low * (1 - share) + high * share


def share_of_range(
    values: FloatArray, scale: IndicatorScale, low: float, high: float
) -> FloatArray:
    """Return the share of the range that values reach; below 0 and above 1 beyond the ends."""
    if scale.target is None:
        share = (values - low) / (high - low)
        return 1 - share if scale.direction == "cost" else share
    beyond = np.abs(values - scale.target)
    if scale.reach is not None:
        return 1 - beyond / scale.reach
    below, above = scale.target - low, high - scale.target
    # A side without width, the target at a goalpost: nothing on it is off the target.
    slopes = [0.0 if side <= 0 else 1 / side for side in (below, above)]
    return np.asarray(1 - beyond * np.where(values <= scale.target, *slopes))
