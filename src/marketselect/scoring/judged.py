"""Weights from pairwise judgements: every judged sibling group gets the weights they make."""

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from marketselect.errors import ConsistencyWarning, InputError
from marketselect.framework import Framework
from marketselect.weighting.judgement import JudgementResult, ahp_weights

TOP = "top factors"  # the name of the group of the top factors


def settle_judgements(framework: Framework) -> tuple[Framework, Mapping[str, JudgementResult]]:
    """Return the framework with its judgements turned to weights, and the comparisons behind them.

    The comparisons are named by the factor whose children were judged, or "top factors".
    """
    settled, comparisons = framework, {}
    for group in dict.fromkeys(judgement.of for judgement in framework.judgements):
        matrix = comparison_matrix(framework, group)
        result = judged_weights(matrix, group or TOP)
        comparisons[group or TOP] = result
        settled = settled.with_weights(
            dict(zip(matrix.index, map(float, result.weights), strict=True))
        )
    return settled, comparisons


def judged_weights(matrix: pd.DataFrame, group: str) -> JudgementResult:
    """Return the weights of a judged group; errors and warnings say which group it is."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConsistencyWarning)
            result = ahp_weights(matrix)
    except InputError as fault:
        raise InputError(f"judgements of {group}: {fault}") from None
    for warning in caught:
        warnings.warn(f"judgements of {group}: {warning.message}", warning.category, stacklevel=2)
    return result


def comparison_matrix(framework: Framework, group: str | None) -> pd.DataFrame:
    """Return the judgements of one sibling group as a labelled matrix, NaN where none is given."""
    names = list(framework.children(group))
    matrix = pd.DataFrame(np.nan, index=names, columns=names)
    for name in names:
        matrix.loc[name, name] = 1.0
    for judgement in framework.judgements:
        if judgement.of == group:
            matrix.loc[judgement.more, judgement.less] = judgement.ratio
            matrix.loc[judgement.less, judgement.more] = 1 / judgement.ratio
    return matrix
