"""Weights from the judgements of several persons, and how far each stands from the group.

Definitions: Aczel & Saaty (1983) and Forman & Peniwati (1998).
"""

import warnings
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import Weighting
from marketselect.errors import ConsistencyWarning, InputError, renamed
from marketselect.frozen import frozen_result
from marketselect.values import is_among, one_of
from marketselect.weighting.pairwise._comparisons import ComparisonMatrix
from marketselect.weighting.pairwise._consistency import RandomIndex, random_index_of
from marketselect.weighting.pairwise._persons import (
    comparisons_in_order,
    person_shares,
    read_persons,
)
from marketselect.weighting.pairwise._rows import Labels
from marketselect.weighting.pairwise.judgement import (
    ACCEPTED_RATIO,
    COMPLETIONS,
    Derivation,
    JudgementResult,
    _advice,
    _derive,
    _warn_if_inconsistent,
)

Aggregation = Literal["judgements", "priorities"]
AGGREGATIONS = get_args(Aggregation)


@frozen_result
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
    people = comparisons_in_order(read_persons(matrices))
    first = next(iter(people.values()))
    labels = first.labels
    # Refused here, where no single person is to blame for it.
    random_index_of(len(first.values), random_index)
    members = tuple(_member(name, each, derivation, random_index) for name, each in people.items())
    shares = person_shares(tuple(people), weights)
    group = None
    if aggregation == "judgements":
        pooled = np.exp(_weighted_logs(shares, [member.comparisons for member in members]))
        group = _derive(ComparisonMatrix(labels=labels, values=pooled), derivation, random_index)
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


def _weighted_logs(shares: FloatArray, arrays: list[FloatArray]) -> FloatArray:
    """Return the weighted mean of the logarithms of the persons' comparisons or weights."""
    mean: FloatArray = np.tensordot(shares, np.log(np.stack(arrays)), axes=1)
    return mean


def _member(
    name: Hashable, given: ComparisonMatrix, derivation: str, table: str
) -> JudgementResult:
    """Return the weights of one person's comparisons, or say whose they are in the error."""
    try:
        return _derive(given, derivation, table)
    except InputError as fault:
        raise fault.under(f'person "{name}"') from None


def _warn_of_persons(people: Mapping[Any, Any], members: tuple[JudgementResult, ...]) -> None:
    """Warn of the persons whose pairwise comparisons contradict each other."""
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
