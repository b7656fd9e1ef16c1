"""Weights from pairwise judgements, with their consistency and the judgements to revise.

Definitions: Saaty (1977, 1980) for the eigenvector and the consistency ratio; Crawford & Williams
(1985) for the geometric mean; Bozoki, Fulop & Ronyai (2010) for comparisons not made; Aczel &
Saaty (1983) and Forman & Peniwati (1998) for groups.
"""

import warnings
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray, Weighting
from marketselect.arrays.links import connected_parts
from marketselect.errors import ConsistencyWarning, InputError, listing, renamed
from marketselect.frozen import result
from marketselect.values import is_among, one_of
from marketselect.weighting.pairwise._comparisons import (
    Comparisons,
    read_comparisons,
    upper,
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
from marketselect.weighting.pairwise._persons import in_one_order, person_shares, read_people
from marketselect.weighting.pairwise._rows import Labels

ACCEPTED_RATIO = 0.1
# How many of the judgements that are furthest from their weights are tried for revision.
TRIED = 20
LARGEST_OF_SCALE = 9.0
NO_CHANGE = 1e-9

# How weights are derived, and with it how gaps are filled.
Derivation = Literal["eigenvector", "geometric-mean"]
COMPLETIONS = {"eigenvector": complete_eigenvalue, "geometric-mean": complete_least_squares}
Aggregation = Literal["judgements", "priorities"]
AGGREGATIONS = get_args(Aggregation)


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


@result
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


@result
class GroupResult:
    """Weights of a group, and how far each person stands from them.

    Attributes
    ----------
    persons
        The names of the persons, or their places from 0.
    person_weights
        (persons,), sum 1
    members
        The result of each person.
    aggregation
        How the persons were brought together: "judgements" or "priorities".
    group
        the aggregated matrix, if judgements are aggregated
    distances
        (persons,): share of weight a person would have to move, 0 to 1
    labels
        The names of what was compared; None where none were given.
    weights
        (n,), sum 1
    """

    persons: tuple[Hashable, ...]
    person_weights: FloatArray
    members: tuple[JudgementResult, ...]
    aggregation: str
    group: JudgementResult | None
    distances: FloatArray
    labels: Labels | None
    weights: FloatArray

    @property
    def method(self) -> str:
        """The old name of `aggregation`."""
        renamed("GroupResult.method", "aggregation")
        return self.aggregation


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


def group_judgements(
    matrices: Mapping[Any, Any] | Iterable[Any],
    *,
    weights: Mapping[Any, float] | ArrayLike | Weighting | None = None,
    aggregation: Aggregation = "judgements",
    method: Derivation | Aggregation = "eigenvector",
    derivation: Derivation | None = None,
    random_index: RandomIndex = "alonso-lamata",
) -> GroupResult:
    """Combine the pairwise comparisons of several persons.

    Parameters
    ----------
    matrices : mapping or Series of comparisons by person, or iterable of comparisons
        Each as `ahp_weights` takes it, all on the same elements. Names are matched, whatever
        their order; without names the order must be the same. What a person did not compare is
        inferred from that person's other comparisons.
    weights : mapping or Series of weights by person, or array_like, shape (persons,), optional
        How much each person counts; divided by their sum; or the result of a weighting. Without
        names they are in the order of `matrices`. None means equally.
    aggregation : {"judgements", "priorities"}
        Take geometric means of the comparisons and derive weights once (a group that acts as
        one), or derive each person's weights and take their geometric means (separate persons).
    method : {"eigenvector", "geometric-mean"}
        As in `ahp_weights`. With "geometric-mean" both aggregations agree.
    derivation : optional
        The old name of `method`, when that was the name of `aggregation`.
    random_index : str
        As in `ahp_weights`.

    Returns
    -------
    GroupResult
        Elements are in the order of the first person. `distances` is half the sum of absolute
        differences between a person's weights and the group's: the share of weight that would
        have to move.

    Warns
    -----
    ConsistencyWarning
        If a person's consistency ratio is above 0.1, or the group's.

    Raises
    ------
    InputError
        If a matrix is refused (the message names the person), the elements differ between
        persons, there is no person, a name is unknown, or a person's weight is missing,
        negative or that of nobody.

    References
    ----------
    .. [1] Aczel, J., & Saaty, T. L. (1983). Procedures for synthesizing ratio judgements.
       Journal of Mathematical Psychology 27, 93-102.
    .. [2] Forman, E., & Peniwati, K. (1998). Aggregating individual judgments and priorities
       with the analytic hierarchy process. European Journal of Operational Research 108, 165-169.

    Examples
    --------
    >>> result = group_judgements({"first": [[1, 4], ["1/4", 1]], "second": [[1, 1], [1, 1]]})
    >>> result.weights.round(3)
    array([0.667, 0.333])

    Names may come in any order:

    >>> people = {"ann": [("law", "tax", 4)], "bob": [("tax", "law", 1)]}
    >>> result = group_judgements(people, weights={"bob": 1, "ann": 3})
    >>> result.labels, result.person_weights
    (('law', 'tax'), array([0.75, 0.25]))
    """
    if derivation is not None:
        renamed("group_judgements(derivation=)", "method=")
        one_of(derivation, COMPLETIONS, "derivation")
    if is_among(method, AGGREGATIONS):
        renamed("group_judgements(method=)", "aggregation=, and method= is what derivation= was")
        aggregation, method = cast("Aggregation", method), "eigenvector"
    one_of(aggregation, AGGREGATIONS, "aggregation")
    derivation = cast("Derivation", one_of(derivation or method, COMPLETIONS, "method"))
    people = in_one_order(read_people(matrices))
    first = next(iter(people.values()))
    labels = first.labels
    # Refused here, where no single person is to blame for it.
    random_index_of(len(first.values), random_index)
    members = tuple(_member(name, each, derivation, random_index) for name, each in people.items())
    shares = person_shares(tuple(people), weights)
    group = None
    if aggregation == "judgements":
        pooled = np.exp(_weighted_logs(shares, [member.comparisons for member in members]))
        group = _derive(Comparisons(labels=labels, values=pooled), derivation, random_index)
        combined = group.weights
    else:
        logs = _weighted_logs(shares, [member.weights for member in members])
        raised = np.exp(logs - logs.max())
        combined = raised / raised.sum()
    _warn_of_persons(people, members)
    if group is not None:
        _warn_if_inconsistent(group)
    return GroupResult(
        persons=tuple(people),
        person_weights=shares,
        members=members,
        aggregation=aggregation,
        group=group,
        distances=np.array([np.abs(each.weights - combined).sum() / 2 for each in members]),
        labels=labels,
        weights=combined,
    )


def _derive(given: Comparisons, method: str, table: str) -> JudgementResult:
    """Return weights and consistency without a warning."""
    n, names = len(given.values), given.names
    index = random_index_of(n, table)
    _refuse_disconnected(given)
    matrix = COMPLETIONS[method](given.values)
    lambda_max, right, _ = principal(matrix)
    consistency = (lambda_max - n) / (n - 1) if n > 2 else 0.0
    gaps = [pair for pair in upper(n) if np.isnan(given.values[pair])]
    # A hair above nine, so that "1/9" read from four digits stays within the scale.
    above = np.abs(np.log(matrix)) > np.log(LARGEST_OF_SCALE) + 1e-3
    result = JudgementResult(
        labels=given.labels,
        comparisons=matrix,
        inferred=tuple(
            Inferred(row=names[i], column=names[j], value=float(matrix[i, j])) for i, j in gaps
        ),
        beyond_scale=tuple(
            (names[i], names[j]) for i, j in upper(n) if above[i, j] and (i, j) not in gaps
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


def _refuse_disconnected(given: Comparisons) -> None:
    parts = connected_parts(~np.isnan(given.values))
    if len(parts) > 1:
        groups = "; ".join(listing((given.names[i] for i in part), 9) for part in parts)
        raise InputError.of(
            "missing",
            "",
            f"no comparison links the {len(parts)} groups {groups}",
            "compare an element of one with an element of the next",
        )


def _weighted_logs(shares: FloatArray, arrays: list[FloatArray]) -> FloatArray:
    """Return the weighted mean of the logarithms of the persons' arrays."""
    mean: FloatArray = np.tensordot(shares, np.log(np.stack(arrays)), axes=1)
    return mean


def _revisions(given: Comparisons, result: JudgementResult) -> tuple[Revision, ...]:
    """Return the judgements whose change would lower the ratio, the most helpful first."""
    if result.consistency_ratio <= ACCEPTED_RATIO:
        return ()
    w = np.log(result.weights)
    errors = np.abs(np.log(given.values) - (w[:, None] - w))
    judged = [pair for pair in upper(len(w)) if not np.isnan(given.values[pair])]
    # Rounded, so that equal judgements keep the order of the rows.
    worst = sorted(judged, key=lambda pair: -round(errors[pair], 9))[:TRIED]
    found = [revision for pair in worst if (revision := _revision(given, result, *pair))]
    return tuple(sorted(found, key=lambda revision: round(revision.ratio, 9)))


def _revision(given: Comparisons, result: JudgementResult, i: int, j: int) -> Revision | None:
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


def _member(name: Hashable, given: Comparisons, derivation: str, table: str) -> JudgementResult:
    try:
        return _derive(given, derivation, table)
    except InputError as fault:
        raise fault.under(f'person "{name}"') from None


def _warn_of_persons(people: Mapping[Any, Any], members: tuple[JudgementResult, ...]) -> None:
    above = [
        f'person "{name}" has {member.consistency_ratio:.3f}{_advice(member)}'
        for name, member in zip(people, members, strict=True)
        if member.consistency_ratio > ACCEPTED_RATIO
    ]
    if above:
        warnings.warn(
            f"consistency ratio above {ACCEPTED_RATIO}: {'. '.join(above)}",
            ConsistencyWarning,
            stacklevel=3,
        )
