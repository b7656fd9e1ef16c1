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
from marketselect.scoring.scale import IndicatorScale


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """An indicator that has standard errors: where its draws lie."""

    center: FloatArray
    """The values that are drawn around, in the unit of the data, shape (markets,)."""
    error: FloatArray
    """Their standard errors; 0 where unknown."""
    scale: IndicatorScale

    def values(self, noise: FloatArray) -> FloatArray:
        """Return the values, after their log, of standard normal draws, shape (size, markets)."""
        values = self.center + self.error * noise
        return np.log(np.maximum(values, self.floor())) if self.scale.log else values

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
            values = one.values(generator.standard_normal((size, len(self.markets))))
            scores = self.model.unclipped(values, code)
            drawn[code] = np.where(one.error > 0, scores, self.columns[code])
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
