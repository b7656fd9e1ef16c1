"""Weights from pairwise judgements, with their consistency and the judgements to revise.

Definitions: Saaty (1977, 1980) for the eigenvector and the consistency ratio; Crawford & Williams
(1985) for the geometric mean; Bozoki, Fulop & Ronyai (2010) for comparisons not made.
"""

import warnings
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.links import connected_parts
from marketselect.errors import ConsistencyWarning, InputError, listing
from marketselect.frozen import frozen_result
from marketselect.values import one_of
from marketselect.weighting.pairwise._comparisons import (
    ComparisonMatrix,
    compared_pairs,
    read_comparisons,
)
from marketselect.weighting.pairwise._consistency import (
    RandomIndex,
    complete_eigenvalue,
    complete_least_squares,
    geometric_consistency,
    geometric_mean_weights,
    principal,
    random_index_of,
)
from marketselect.weighting.pairwise._rows import Labels

ACCEPTED_RATIO = 0.1
# How many of the judgements that are furthest from their weights are tried for revision.
TRIED = 20
LARGEST_OF_SCALE = 9.0
NO_CHANGE = 1e-9

# How weights are derived, and with it how gaps are filled.
Derivation = Literal["eigenvector", "geometric-mean"]
COMPLETIONS = {"eigenvector": complete_eigenvalue, "geometric-mean": complete_least_squares}


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A judgement that, changed to `suggested`, would bring the consistency ratio to `ratio`.

    Attributes
    ----------
    row
        The name of what was judged to matter more.
    column
        The name of what it was compared with.
    given
        The judgement as it was given.
    suggested
        The judgement that lowers the ratio most.
    ratio
        The consistency ratio that it would give.
    """

    row: Hashable
    column: Hashable
    given: float
    suggested: float
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """A comparison that was not made, and the value the others imply.

    Attributes
    ----------
    row
        The name of the row.
    column
        The name of the column.
    value
        The comparison that was filled in.
    """

    row: Hashable
    column: Hashable
    value: float


@frozen_result
class JudgementResult:
    """Weights from one comparison matrix, and how consistent it is.

    Attributes
    ----------
    labels
        The names of what was compared; None where none were given.
    comparisons
        A, (n, n), reciprocal, gaps filled
    inferred
        the gaps that were filled
    beyond_scale
        pairs judged above 9 or below 1/9
    method
        How the weights were derived: "eigenvector" or "geometric-mean".
    lambda_max
        largest eigenvalue, n or more
    consistency_index
        CI = (lambda max - n) / (n - 1)
    random_index
        RI, by size
    random_index_table
        The table that the random index was taken from.
    consistency_ratio
        CR = CI / RI; 0 for n <= 2
    geometric_consistency_index
        GCI, of Aguaron & Moreno-Jimenez (2003); `geometric_consistency` says how.
    revisions
        if CR > 0.1: what to revise, the most helpful first
    weights
        (n,), sum 1
    """

    labels: Labels | None
    comparisons: FloatArray
    inferred: tuple[Inferred, ...]
    beyond_scale: tuple[tuple[Hashable, Hashable], ...]
    method: str
    lambda_max: float
    consistency_index: float
    random_index: float
    random_index_table: str
    consistency_ratio: float
    geometric_consistency_index: float
    revisions: tuple[Revision, ...]
    weights: FloatArray


def ahp_weights(
    comparisons: Any,
    *,
    method: Derivation = "eigenvector",
    random_index: RandomIndex = "alonso-lamata",
) -> JudgementResult:
    """Derive weights from pairwise comparisons.

    Parameters
    ----------
    comparisons : array_like or DataFrame, shape (n, n), or sequence of (str, str, ratio)
        How many times the row matters as much as the column, as positive numbers or texts such
        as "1/3"; the diagonal is 1 or empty. One of the two sides may be left empty; a pair
        that is None or NaN on both sides was not compared and is inferred from the others.
        Reciprocals may be rounded to four digits. In a DataFrame rows and columns carry the
        same names; they are matched by name, and the order is that of the rows. A sentence may
        be a table of a framework file, ``{"more": "a", "less": "b", "ratio": 3}``; three sentences
        whose names look like numbers must be, since they could be a matrix. Ratios above 9 are
        accepted and noted in `beyond_scale`.
    method : {"eigenvector", "geometric-mean"}
        Saaty's principal eigenvector, with gaps filled so that the largest eigenvalue is least;
        or the geometric means of the rows, with gaps filled by logarithmic least squares.
    random_index : {"alonso-lamata", "saaty", "saaty-2005", "donegan-dodd", "tummala-ling"}
        Table of the random index. Only the first goes beyond 15 elements.

    Returns
    -------
    JudgementResult
        With `weights`, shape (n,), and the consistency ratio. If that is above 0.1, `revisions`
        lists judgements with the value that makes the largest eigenvalue least while the others
        stay, and the ratio that this method then finds, the most helpful first; what would not
        lower the ratio is left out. With gaps filled the ratio is a lower limit, since the
        random index is that of complete matrices.

    Warns
    -----
    ConsistencyWarning
        If the consistency ratio is above 0.1; names the judgement to revise.

    Raises
    ------
    InputError
        If the comparisons are not square, positive and reciprocal, the labels disagree, a name
        is unknown, or the comparisons fall into parts that none of them links.

    References
    ----------
    .. [1] Saaty, T. L. (1977). A scaling method for priorities in hierarchical structures.
       Journal of Mathematical Psychology 15, 234-281.
    .. [2] Crawford, G., & Williams, C. (1985). A note on the analysis of subjective judgment
       matrices. Journal of Mathematical Psychology 29, 387-405.
    .. [3] Bozoki, S., Fulop, J., & Ronyai, L. (2010). On optimal completion of incomplete
       pairwise comparison matrices. Mathematical and Computer Modelling 52, 318-333.
    .. [4] Aguaron, J., & Moreno-Jimenez, J. M. (2003). The geometric consistency index:
       Approximated thresholds. European Journal of Operational Research 147, 137-145.

    Examples
    --------
    The criteria of the leader example (Wikipedia): 0.548, 0.127, 0.270 and 0.056.

    >>> result = ahp_weights([[1, 4, 3, 7], ["1/4", 1, "1/3", 3], ["1/3", 3, 1, 5],
    ...                       ["1/7", "1/3", "1/5", 1]])
    >>> result.weights.round(3)
    array([0.548, 0.127, 0.27 , 0.056])
    >>> ahp_weights([("economic", "social", 3), ("social", "legal", 2)]).labels
    ('economic', 'social', 'legal')
    """
    result = judgement_weights(comparisons, method=method, random_index=random_index)
    _warn_if_inconsistent(result)
    return result


def judgement_weights(
    comparisons: Any,
    *,
    method: Derivation = "eigenvector",
    random_index: RandomIndex = "alonso-lamata",
) -> JudgementResult:
    """Return what `ahp_weights` does, and leave it to the caller to warn of `inconsistencies`."""
    one_of(method, COMPLETIONS, "method")
    return _derive(read_comparisons(comparisons), method, random_index)


def _derive(given: ComparisonMatrix, method: str, table: str) -> JudgementResult:
    """Return weights and consistency of pairwise comparisons without a warning."""
    n, names = len(given.values), given.names
    index = random_index_of(n, table)
    _refuse_disconnected(given)
    matrix = COMPLETIONS[method](given.values)
    lambda_max, right, _ = principal(matrix)
    consistency = (lambda_max - n) / (n - 1) if n > 2 else 0.0
    gaps = [pair for pair in compared_pairs(n) if np.isnan(given.values[pair])]
    # A hair above nine, so that "1/9" read from four digits stays within the scale.
    above = np.abs(np.log(matrix)) > np.log(LARGEST_OF_SCALE) + 1e-3
    result = JudgementResult(
        labels=given.labels,
        comparisons=matrix,
        inferred=tuple(
            Inferred(row=names[i], column=names[j], value=float(matrix[i, j])) for i, j in gaps
        ),
        beyond_scale=tuple(
            (names[i], names[j]) for i, j in compared_pairs(n) if above[i, j] and (i, j) not in gaps
        ),
        method=method,
        lambda_max=lambda_max,
        consistency_index=consistency,
        random_index=index,
        random_index_table=table,
        consistency_ratio=consistency / index if n > 2 else 0.0,
        geometric_consistency_index=geometric_consistency(matrix),
        revisions=(),
        weights=right if method == "eigenvector" else geometric_mean_weights(matrix),
    )
    return replace(result, revisions=_revisions(given, result))


def _refuse_disconnected(given: ComparisonMatrix) -> None:
    """Refuse pairwise comparisons that fall into parts which none of them links."""
    parts = connected_parts(~np.isnan(given.values))
    if len(parts) > 1:
        groups = "; ".join(listing((given.names[i] for i in part), 9) for part in parts)
        raise InputError.of(
            "missing",
            "comparisons",
            f"no comparison links the {len(parts)} groups {groups}",
            "compare an element of one with an element of the next",
        )


def _revisions(given: ComparisonMatrix, result: JudgementResult) -> tuple[Revision, ...]:
    """Return the judgements whose change would lower the ratio, the most helpful first."""
    if result.consistency_ratio <= ACCEPTED_RATIO:
        return ()
    w = np.log(result.weights)
    errors = np.abs(np.log(given.values) - (w[:, None] - w))
    judged = [pair for pair in compared_pairs(len(w)) if not np.isnan(given.values[pair])]
    # Rounded, so that equal judgements keep the order of the rows.
    worst = sorted(judged, key=lambda pair: -round(errors[pair], 9))[:TRIED]
    found = [revision for pair in worst if (revision := _revision(given, result, *pair))]
    return tuple(sorted(found, key=lambda revision: round(revision.ratio, 9)))


def _revision(given: ComparisonMatrix, result: JudgementResult, i: int, j: int) -> Revision | None:
    """Return what one judgement should be, None where no change of it lowers the ratio."""
    n, names = len(given.values), given.names
    revised = given.values.copy()
    revised[i, j] = revised[j, i] = np.nan
    if len(connected_parts(~np.isnan(revised))) > 1:
        return None  # the only link between two parts contradicts nothing
    # The other gaps are filled already, and one judgement moves them little.
    best = complete_eigenvalue(revised, result.comparisons)
    revised[i, j], revised[j, i] = best[i, j], best[j, i]
    # The ratio that it gives is the one that the same method finds for the revised judgements.
    filled = best if result.method == "eigenvector" else complete_least_squares(revised)
    ratio = (principal(filled)[0] - n) / (n - 1) / result.random_index
    if ratio > result.consistency_ratio - NO_CHANGE:
        return None
    # Told from the side of the one that was judged to matter more.
    row, column = (i, j) if given.values[i, j] >= 1 else (j, i)
    return Revision(
        row=names[row],
        column=names[column],
        given=float(given.values[row, column]),
        suggested=float(best[row, column]),
        ratio=ratio,
    )


def inconsistencies(result: JudgementResult) -> list[str]:
    """Return what there is to warn of: that judgements contradict each other, or nothing."""
    if result.consistency_ratio <= ACCEPTED_RATIO:
        return []
    return [
        f"the judgements have a consistency ratio of {result.consistency_ratio:.3f}, above "
        f'{ACCEPTED_RATIO} (random index "{result.random_index_table}"){_advice(result)}'
    ]


def _warn_if_inconsistent(result: JudgementResult) -> None:
    """Warn of pairwise judgements that contradict each other."""
    for words in inconsistencies(result):
        warnings.warn(words, ConsistencyWarning, stacklevel=3)


def _advice(result: JudgementResult) -> str:
    """Say which judgement to revise first; nothing where no single one would help."""
    if not result.revisions:
        return ""
    first = result.revisions[0]
    return (
        f'; revise first "{first.row}" against "{first.column}": {first.given:.3g} was given, '
        f"{first.suggested:.3g} would bring the ratio to {first.ratio:.3f}"
    )
