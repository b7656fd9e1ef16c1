"""Draws of the data: where an indicator has a standard error, its values are uncertain, too."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from marketselect.checks import FloatArray
from marketselect.errors import InputError
from marketselect.framework import Framework
from marketselect.ranking import Ranking
from marketselect.scoring.aggregation import aggregate_columns
from marketselect.scoring.normalization import BOUNDED, IndicatorScale

LINEAR = ("goalposts", "min-max", "distance-to-max", "z-score", "sum", "max", "vector", "none")


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredData:
    """What a draw of the data needs: normalized values, and their errors on the same scale."""

    framework: Framework
    markets: "pd.Index[Any]"
    columns: dict[str, FloatArray]
    """Every indicator's normalized values, shape (markets,)."""
    errors: dict[str, FloatArray]
    """The standard errors of those that have one, on the normalized scale; 0 where unknown."""

    def draw(self, size: int, generator: np.random.Generator) -> FloatArray:
        """Return factor scores of drawn data, shape (size, markets, top factors).

        Each value is drawn from N(x, its standard error), independently of the others; the scale
        stays as it is and what falls outside it is not clipped.
        """
        drawn = dict(self.columns)
        for code, error in self.errors.items():
            noise = generator.standard_normal((size, len(self.markets)))
            drawn[code] = self.columns[code] + error * noise
        scores = aggregate_columns(drawn, self.framework, self.markets)
        top = np.broadcast_arrays(*(scores[code] for code in self.framework.top))
        return np.stack(top, axis=-1)


def measured_data(ranking: Ranking) -> MeasuredData:
    """Return the scored markets' data with their errors on the normalized scale.

    Raises
    ------
    InputError
        If no value has a standard error, or one stands under a scale that is not linear.
    """
    scores = ranking.scores
    markets = ranking.matrix.index
    raw = scores.values.loc[markets]
    known = scores.table.errors.reindex(index=markets, columns=raw.columns)
    columns = {str(code): scores.normalized.loc[markets, code].to_numpy() for code in raw.columns}
    errors = {}
    for code in raw.columns[known.notna().any().to_numpy()]:
        slope, base = linear_scale(scores.scale[str(code)])
        spread = known[code].fillna(0.0).to_numpy()
        # Unclipped where a value has an error: a draw may lie on either side of a goalpost.
        straight = slope * raw[code].to_numpy() + base
        columns[str(code)] = np.where(spread > 0, straight, columns[str(code)])
        errors[str(code)] = np.abs(slope) * spread
    if not errors:
        raise InputError(
            "errors: no indicator has a standard error; name the series that holds them as "
            "standard_error in the framework, and make the table with indicator_table"
        )
    return MeasuredData(framework=scores.framework, markets=markets, columns=columns, errors=errors)


def linear_scale(scale: IndicatorScale) -> tuple[float, float]:
    """Return slope and base of a linear normalization, score = slope x + base."""
    straight = scale.normalization in LINEAR and scale.target is None and not scale.log
    if not straight or scale.shifted_log is not None:
        raise InputError(
            f'errors: indicator "{scale.code}" has a standard error, and its scale is not linear '
            "(a log, a target or ranks); take the standard error or that scale away"
        )
    sign = -1.0 if scale.direction == "cost" else 1.0
    if scale.normalization not in BOUNDED or scale.low is None or scale.high is None:
        spread = 1.0 if scale.spread is None else scale.spread
        return sign / spread, -(scale.center or 0.0) / spread
    low, high = scale.range
    slope = (high - low) / (scale.high - scale.low)
    foot = scale.low if sign > 0 else scale.high
    return sign * slope, low - sign * slope * foot
