"""The model of a ranking: rules, scale, method and weights as one value, arrays in, arrays out.

Whatever asks a ranking again - at other weights, with other data or by other choices - asks its
model, and nothing else computes a score.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, Matrix, refuse_infinite
from marketselect.arrays.weights import CheckedWeights, divided_weights
from marketselect.errors import InputError, is_a, listing, need
from marketselect.framework import Framework
from marketselect.frozen import FrozenMapping, frozen_result, held_fields
from marketselect.methods import Method
from marketselect.methods.calling import call_method
from marketselect.methods.options import told_options
from marketselect.ranking.chosen_method import decimals_of, settle_method
from marketselect.ranking.model_arrays import (
    float_values,
    indicator_columns,
    refuse_odd_split,
    with_indicators,
    with_last_axis,
)
from marketselect.scoring.aggregation import Columns, Split, aggregate_columns
from marketselect.scoring.neutral import counted_factors
from marketselect.scoring.normalization import BOUNDED, normalize_unclipped, on_scale
from marketselect.scoring.scale import Scale
from marketselect.scoring.treatment import logged_values, within_limits
from marketselect.values import a_count, kind_code, said


@frozen_result
class Model:
    """Everything that turns raw values into scores, settled: no labels of markets, no records.

    Another choice is another model: ``replace(model, weights=...)``.

    Attributes
    ----------
    framework
        The rules, with the weights of the call settled.
    scale
        What was fitted, indicator by indicator; other data is put onto it.
    method
        What ranks the markets.
    weights
        Of the top factors, adding up to one, shape (factors,). An array that is given is kept, not
        copied, and made read-only.
    options
        Every option that the method is called with.
    decimals
        What scores are rounded to before they are ranked; None: not at all.

    Raises
    ------
    InputError
        If a field is of another type.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> raw = table.values.loc[["DEU", "VNM"]].to_numpy()
    >>> ranking.model.scores_from(raw).round(1).tolist() == [
    ...     ranking.table.loc[market, "score"].round(1) for market in ["DEU", "VNM"]
    ... ]
    True
    """

    framework: Framework
    scale: Scale
    method: Method
    weights: FloatArray
    options: Mapping[str, Any]
    decimals: int | None = None

    def __post_init__(self) -> None:
        need(self.framework, Framework, "Model.framework")
        need(self.scale, Scale, "Model.scale")
        if not is_a(self.method, Method):  # its name alone would keep another one's options
            raise InputError.of(
                kind_code(self.method),
                "Model.method",
                f"is {said(self.method)}",
                "a Method is needed; Model.by takes names, too, and settles their options",
            )
        need(self.options, Mapping, "Model.options")
        if self.decimals is not None:
            a_count(self.decimals, "Model.decimals")
        # How many there must be is asked where they are used: other rules may bring their own.
        object.__setattr__(self, "weights", float_values(self.weights, "Model.weights"))
        held_fields(self)

    @property
    def linear(self) -> bool:
        """Whether scores, before any rounding, are linear in the weights of the top factors."""
        return self.method.linear

    @cached_property
    def counted(self) -> BoolArray:
        """Which of the top factors take part: those that tell markets apart."""
        return counted_factors(self.framework, self.scale.neutral)

    def normalize(self, raw: FloatArray, markets: "pd.Index[Any] | None" = None) -> FloatArray:
        """Put raw values onto the scale.

        Parameters
        ----------
        raw : ndarray, shape (..., indicators)
            In the framework's order, after imputation; NaN where missing.
        markets : Index, optional
            Their labels, for what is said where a value has no logarithm.

        Returns
        -------
        ndarray, shape (..., indicators)
            Larger is better; NaN stays NaN.

        Raises
        ------
        InputError
            If a value is infinite or has no logarithm.
        """
        raw = with_indicators(raw, self.framework, "raw values")
        refuse_infinite(raw, "raw values", names=self.framework.codes)
        logged = logged_values(raw, self.framework, markets)
        return on_scale(within_limits(logged, self.scale), self.scale)

    def unclipped(self, values: FloatArray, code: str) -> FloatArray:
        """Put an indicator's values onto its scale as it goes on beyond its ends.

        Draws around a value at an end lie on both sides of it: clipped, they would lose half of
        their spread. `normalize` clips, as the scores of data are.

        Parameters
        ----------
        values : ndarray, shape (..., markets)
            After their log.
        code : str
            The indicator's.

        Raises
        ------
        InputError
            If a value is infinite, or so large that its score is.
        """
        read = refuse_infinite(float_values(values, "values"), "values")
        with np.errstate(over="ignore", invalid="ignore"):
            scores = normalize_unclipped(read, self.scale[code])
        lost = ~np.isfinite(scores) & ~np.isnan(read)
        if lost.any():
            got = f"has a value of {read[lost][0]:g}, whose score no float holds"
            raise InputError.of("out-of-range", f'indicator "{code}"', got, "give a smaller one")
        return scores

    def factors(
        self,
        normalized: FloatArray | Columns,
        split: Split | None = None,
        markets: "pd.Index[Any] | None" = None,
    ) -> FloatArray:
        """Aggregate normalized values to the scores of the top factors.

        Parameters
        ----------
        normalized : ndarray, shape (..., markets, indicators), or mapping
            Or each indicator's column, shape (..., markets), by its code.
        split : mapping, optional
            The weights of the children of each factor, in the tree's order, shape
            (..., children), in place of the framework's (`Framework.tree.split`).
        markets : Index, optional
            Their labels, for what is said where a mean has no answer.

        Returns
        -------
        ndarray, shape (..., markets, factors)
            NaN where a market has nothing in a factor.

        Raises
        ------
        InputError
            If a value is infinite: only NaN is missing; or for which a factor's mean has no answer.
        """
        if split is not None:
            refuse_odd_split(split, self.framework)
        scores = aggregate_columns(indicator_columns(normalized, self.framework), self.framework,
                                   markets, split)  # fmt: skip
        return np.stack(np.broadcast_arrays(*[scores[c] for c in self.framework.top]), axis=-1)

    def call(
        self, matrix: Matrix | FloatArray, weights: FloatArray | CheckedWeights
    ) -> tuple[Any, FloatArray]:
        """Return the method's result and its scores, not rounded, shape (..., markets).

        Parameters
        ----------
        matrix : Matrix or ndarray, shape (..., markets, factors)
        weights : ndarray or Shares, shape (..., factors)

        Raises
        ------
        InputError
            If the method has no answer; where other values would have one, it says which.
        """
        return self._called(matrix, weights, alone=False)

    def _called(
        self, matrix: Matrix | FloatArray, weights: FloatArray | CheckedWeights, *, alone: bool
    ) -> tuple[Any, FloatArray]:
        """Return the same, or where scores alone are asked for what gives them with less work."""
        if not is_a(weights, CheckedWeights):
            weights = with_last_axis(weights, self.framework.top, "weights", "top factors")
        matrix = self._matrix(matrix)
        try:
            return call_method(self.method, matrix, weights, self.options, alone=alone)
        except InputError as error:
            # Values of a kind that the method does not take, such as z-scores below zero.
            kinds = {fault.code for fault in error.faults}
            kind = self.framework.normalization
            if not self.method.shipped or kinds != {"undefined"} or kind in BOUNDED:
                raise
            raise error.adding(
                f'; these are the factors\' scores by normalization "{kind}": '
                f"choose one that fills its range: {listing(BOUNDED, 9)}"
            ) from None

    def scores(
        self, matrix: Matrix | FloatArray, weights: FloatArray | CheckedWeights | None = None
    ) -> FloatArray:
        """Score markets by their factors, rounded where the model's scores are.

        Parameters
        ----------
        matrix : Matrix or ndarray, shape (..., markets, factors)
        weights : ndarray or Shares, shape (..., factors), optional
            Weights of the top factors; each vector is divided by its sum. Default: the model's.

        Returns
        -------
        ndarray, shape (..., markets)
            Larger is better.
        """
        used = self.weights if weights is None else weights
        return self.rounded(self._called(matrix, used, alone=True)[1])

    def _matrix(self, scores: Matrix | FloatArray) -> Matrix:
        """Return factors' scores, shape (..., markets, factors), as a method gets them."""
        top = self.framework.top
        if is_a(scores, Matrix):
            columns = top if scores.columns is None else tuple(scores.columns)
            # A model without some of the factors may be asked, never one with others.
            if columns != top and columns != tuple(code for code in top if code in columns):
                got = f"is of {listing(map(str, columns))}"
                raise InputError.of("unknown-name", "matrix", got, f"give {listing(top, 99)}")
            return scores
        values = np.array(with_last_axis(scores, top, "matrix", "top factors"), order="C")
        return Matrix(values=values, columns=top, of_factors=True).holding(values)

    def scores_from(self, raw: FloatArray, split: Split | None = None) -> FloatArray:
        """Score markets by their raw values, shape (..., markets, indicators).

        `split` stands for the weights of every level, as for `factors`; under the key None are
        those of the top factors.
        """
        normalized = self.normalize(raw)
        if normalized.ndim < 2:  # the values of one market, which `normalize` takes
            got, rows = f"have shape {normalized.shape}", "give each market a row"
            raise InputError.of("wrong-shape", "raw values", got, rows)
        factors = self.factors(normalized, split)
        return self.scores(factors, None if split is None else split.get(None))

    def unit_scores(self, matrix: Matrix | FloatArray) -> FloatArray:
        """Return what markets would score were all weight one factor's, shape (markets, factors).

        A factor that takes no part never has a weight, and a method may have no answer for it
        alone: there all markets score the same.
        """
        counted = self.counted
        found = self.call(matrix, divided_weights(np.eye(len(counted))[counted]))[1]
        every = np.full((len(counted), found.shape[1]), found.mean())
        every[counted] = found
        return every.T

    def parts(self, matrix: Matrix | FloatArray, used: BoolArray) -> Matrix:
        """Return what each factor adds, at weight one, to what the weights add up.

        That is the score where it is linear in the weights, and its logarithm for a product.

        Parameters
        ----------
        matrix : Matrix or ndarray, shape (markets, factors)
        used : ndarray of bool, shape (factors,)
            The factors that are asked for; the others, and those that take no part, are 0.

        Raises
        ------
        InputError
            If the method has no such parts, or a score has no logarithm.
        """
        given: Any = used
        plain = is_a(given, np.ndarray) and given.dtype == np.bool_
        if not plain or used.shape != self.counted.shape:
            remedy = f"give {len(self.counted)} of True and False, one a top factor"
            raise InputError.of("wrong-shape", "used", f"is {said(used)}", remedy)
        matrix, method, used = self._matrix(matrix), self.method, used & self.counted
        if matrix.values.ndim != 2:
            got = f"has shape {matrix.values.shape}"
            raise InputError.of("wrong-shape", "matrix", got, "give one of markets x factors")
        if not (self.linear or method.log_linear):
            raise InputError.of(
                "not-possible",
                f'method "{method.name}"',
                "is not linear in the weights, so no factor has a share of its score's variance",
                'use a method that is, such as "weighted_sum" or "weighted_product"',
            )
        every = np.zeros(matrix.values.shape)
        if used.any():
            found = self.call(matrix, divided_weights(np.eye(len(used))[used]))[1].T
            with np.errstate(divide="ignore", invalid="ignore"):
                every[:, used] = found if self.linear else np.log(found)
        for place in np.argwhere(~np.isfinite(every))[:1].tolist():
            raise InputError.of(
                "undefined",
                matrix.cell(place),
                f"is {matrix.values[tuple(place)]:g}, which has no logarithm",
                "use a range of scores above zero, such as [1, 100]",
            )
        return replace(matrix, values=every)

    def rounded(self, scores: FloatArray) -> FloatArray:
        """Return scores as they are ranked: rounded where the framework says so."""
        scores = float_values(scores, "scores")
        return scores if self.decimals is None else np.asarray(np.round(scores, self.decimals))

    @property
    def told_options(self) -> dict[str, Any]:
        """The options as they tell one model from another."""
        rules = self.framework
        return told_options(self.method, self.options, rules.range, rules.top)

    def by(self, method: Any, options: Mapping[str, object] | None = None) -> Self:
        """Return the model with another method."""
        settled, used = settle_method(self.framework, method, options)
        return replace(self, method=settled, options=FrozenMapping(used),
                       decimals=decimals_of(self.framework, settled))  # fmt: skip


def model_of(
    framework: Framework,
    scale: Scale,
    method: Any = None,
    options: Mapping[str, object] | None = None,
) -> Model:
    """Return the model that scores a ranking, of a framework whose weights are settled."""
    settled, used = settle_method(framework, method, options)
    return Model(
        framework=framework,
        scale=scale,
        method=settled,
        weights=np.array([framework.tree.local[code] for code in framework.top]),
        options=used,
        decimals=decimals_of(framework, settled),
    )
