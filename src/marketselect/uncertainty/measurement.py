"""Draws of the data: where an indicator has a standard error, its values are uncertain, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, is_a
from marketselect.ranking.model import Model
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.aggregation import Split
from marketselect.scoring.scale import IndicatorScale
from marketselect.uncertainty.correlation import (
    covariance_square,
    indicator_correlations,
    symmetric_root,
)
from marketselect.values import a_flag, held_by_scalar, one_of

ErrorShape = Literal["normal", "uniform"]
SHAPES: tuple[ErrorShape, ...] = get_args(ErrorShape)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """An indicator that has standard errors: where its draws lie."""

    center: FloatArray
    """The values that are drawn around, in the unit of the data, shape (markets,)."""
    error: FloatArray
    """Their standard errors; 0 where unknown."""
    scale: IndicatorScale

    def values(self, noise: FloatArray) -> FloatArray:
        """Return the values, after their log, of draws of mean 0 and deviation 1.

        Both have shape (size, markets).
        """
        return self.logged(self.center + self.error * noise)

    def logged(self, values: FloatArray) -> FloatArray:
        """Return values after their log, where they have one."""
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
    shape: ErrorShape = "normal"
    mix: FloatArray | None = None
    """What makes independent numbers correlate, shape (measured, measured)."""

    def draw(
        self, size: int, generator: np.random.Generator, split: Split | None = None
    ) -> FloatArray:
        """Return factor scores of drawn data, shape (size, markets, top factors).

        Each value is drawn around x by its standard error, independently of the other markets'; the
        scale stays as it is and what falls outside it is not clipped. `split` has each draw's
        weights under the factors, in place of the model's.
        """
        drawn = dict(self.columns)
        for (code, one), noise in zip(
            self.measured.items(), self.noise(size, generator), strict=True
        ):
            scores = self.model.unclipped(one.values(noise), code)
            drawn[code] = np.where(one.error > 0, scores, self.columns[code])
        return self.model.factors(drawn, split, self.markets)

    def noise(self, size: int, generator: np.random.Generator) -> Iterator[FloatArray]:
        """Yield for each measured indicator numbers of mean 0 and deviation 1, (size, markets)."""
        shape = size, len(self.markets)
        if self.shape == "uniform":
            yield from (sqrt(3) * (2 * generator.random(shape) - 1) for _ in self.measured)
        elif self.mix is None:
            yield from (generator.standard_normal(shape) for _ in self.measured)
        else:
            each = [generator.standard_normal(shape) for _ in self.measured]
            for parts in self.mix:
                # Not a product of matrices, whose threads and last digits depend on the machine.
                yield sum((p * one for p, one in zip(parts, each, strict=True)), np.zeros(shape))


def error_shape(errors: object) -> ErrorShape | None:
    """Return how errors are drawn: True is "normal", False is not at all."""
    if is_a(held_by_scalar(errors), str):
        one_of(held_by_scalar(errors), SHAPES, "errors", also=", True or False")
        return "uniform" if held_by_scalar(errors) == "uniform" else "normal"
    return "normal" if a_flag(errors, "errors") else None


def measured_data(
    ranking: Ranking,
    shape: ErrorShape = "normal",
    correlation: object = None,
    covariance: object = None,
) -> MeasuredData:
    """Return the scored markets' data, and which of their values are drawn anew.

    Raises
    ------
    InputError
        If no value of an indicator that names a series of standard errors has one, or a
        correlation or covariance has no meaning.
    """
    for word, given in (("correlation", correlation), ("covariance", covariance)):
        if given is not None and shape != "normal":
            raise InputError.of("contradiction", word, f'does not go with errors="{shape}"',
                                'use errors="normal"')  # fmt: skip
    if correlation is not None and covariance is not None:
        raise InputError.of("contradiction", "covariance", "does not go with a correlation",
                            "it says both: leave the correlation out")  # fmt: skip
    scores, markets = ranking.scores, ranking.matrix.index
    rules = scores.framework
    normalized = scores.normalized.loc[markets]
    columns = {code: normalized[code].to_numpy() for code in rules.codes}
    errors = scores.table.errors.reindex(index=markets, columns=list(rules.codes))
    named = [item.code for item in rules.indicators if item.standard_error is not None]
    square = None
    if covariance is not None:
        codes, square = covariance_square(covariance, rules.codes)
        there = scores.table.values.loc[markets, codes].notna()
        errors[codes] = there * np.sqrt(np.diag(square))
        named = [code for code in rules.codes if code in (*named, *codes)]
    measured = {
        code: Measured(
            center=drawn_around(ranking, code),
            error=errors[code].fillna(0.0).to_numpy(),
            scale=scores.scale[code],
        )
        for code in named
        if code not in scores.idle and errors[code].notna().any()
    }
    if not measured:
        raise InputError.of(
            "no-data",
            "errors",
            "no indicator has a standard error",
            "name the series that holds them as standard_error in the framework, and make the "
            "table with indicator_table or give a wide table that column",
        )
    together = None
    if square is not None:
        together = as_correlations(square, codes, list(measured))
    elif correlation is not None:
        together = indicator_correlations(correlation, list(measured))
    return MeasuredData(
        model=ranking.model, markets=markets, columns=columns, measured=measured, shape=shape,
        mix=None if together is None else symmetric_root(together),
    )  # fmt: skip


def as_correlations(square: FloatArray, names: list[str], codes: list[str]) -> FloatArray:
    """Return the correlations of errors in a covariance; other indicators go with none."""
    deviation = np.sqrt(np.diag(square))
    deviation[deviation == 0] = 1.0
    whole = pd.DataFrame(np.eye(len(codes)), codes, codes)
    kept = [name for name in names if name in codes]
    said = pd.DataFrame(square / np.outer(deviation, deviation), names, names)
    whole.loc[kept, kept] = said.loc[kept, kept]
    found = whole.to_numpy().copy()
    np.fill_diagonal(found, 1.0)
    return found


def drawn_around(ranking: Ranking, code: str) -> FloatArray:
    """Return the values that draws of the data lie around, in the unit of their errors.

    Winsorized values are drawn around the limit that they were moved to. Goalposts move none.
    """
    scores, markets = ranking.scores, ranking.matrix.index
    scale, after = scores.scale[code], scores.values.loc[markets, code].to_numpy()
    if scale.shifted_log is None and (scale.winsorized is not None or not scale.log):
        return np.asarray(np.exp(after) if scale.log else after)
    return np.asarray(scores.table.values.loc[markets, code].to_numpy(dtype=np.float64))
