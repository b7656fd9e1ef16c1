"""Weights from pairwise judgements: every judged sibling group gets the weights they make."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import pandas as pd

from marketselect.errors import ConsistencyWarning, InputError
from marketselect.framework import Framework
from marketselect.naming import Naming
from marketselect.weighting.pairwise.judgement import (
    JudgementResult,
    inconsistencies,
    judgement_weights,
)

TOP = "top factors"  # the name of the group of the top factors

told = ContextVar("told", default=False)  # whether the warnings have been given


def settle_judgements(framework: Framework) -> tuple[Framework, Mapping[str, JudgementResult]]:
    """Return the framework to score by, its judgements now weights, and the comparisons.

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


def consistency_table(comparisons: Mapping[str, JudgementResult]) -> pd.DataFrame:
    """Put side by side how consistent the judgements are that scores rest on, a row a group."""
    rows = [
        {
            "compared": len(result.weights),
            "consistency_ratio": result.consistency_ratio,
            "random_index_table": result.random_index_table,
            "inferred": len(result.inferred),
            "beyond_scale": len(result.beyond_scale),
            "revise": "".join(
                f"{first.row} to {first.column}: {first.given:.3g} to {first.suggested:.3g}"
                for first in result.revisions[:1]
            ),
        }
        for result in comparisons.values()
    ]
    return pd.DataFrame(rows, index=pd.Index(list(comparisons), name="group", dtype=str))


def consistency_lines(comparisons: Mapping[str, JudgementResult], naming: Naming) -> list[str]:
    """Say how consistent the judgements are that scores rest on, a line a judged group."""
    lines = []
    table = consistency_table(comparisons)
    for (group, result), row in zip(comparisons.items(), table.to_dict("records"), strict=True):
        parts = [f"{row['compared']} compared"]
        parts += [f"consistency ratio {row['consistency_ratio']:.2f} ({row['random_index_table']})"]
        parts += [f"{row['inferred']} inferred"] if row["inferred"] else []
        parts += [f"{row['beyond_scale']} beyond 9"] if row["beyond_scale"] else []
        for first in result.revisions[:1]:
            pair = " to ".join(naming(str(code)) for code in (first.row, first.column))
            parts.append(f"revise first {pair}: {first.given:.3g} to {first.suggested:.3g}")
        of = TOP if group == TOP else naming(group)
        lines.append(f"judgements of {of}: {', '.join(parts)}")
    return lines


def judged_weights(matrix: pd.DataFrame, group: str) -> JudgementResult:
    """Return the weights that a judged group of a tree is scored by; errors say which it is."""
    try:
        result = judgement_weights(matrix)
    except InputError as fault:
        raise fault.under(f"judgements of {group}") from None
    if not told.get():
        for advice in inconsistencies(result):
            warnings.warn(f"judgements of {group}: {advice}", ConsistencyWarning, stacklevel=2)
    return result


@contextmanager
def warned_already() -> Iterator[None]:
    """Score without warnings of judgements in this thread: a ranking made again gave them."""
    before = told.set(True)
    try:
        yield
    finally:
        told.reset(before)


def comparison_matrix(framework: Framework, group: str | None) -> pd.DataFrame:
    """Return the judgements that a sibling group is scored by as a labeled matrix, or NaN."""
    names = list(framework.children(group))
    matrix = pd.DataFrame(np.nan, index=names, columns=names)
    for name in names:
        matrix.loc[name, name] = 1.0
    for judgement in framework.judgements:
        if judgement.of == group:
            matrix.loc[judgement.more, judgement.less] = judgement.ratio
            matrix.loc[judgement.less, judgement.more] = 1 / judgement.ratio
    return matrix
