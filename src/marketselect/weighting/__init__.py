"""Weightings: where the weights of the criteria come from.

Each function returns a frozen result with its steps and `weights` as the last field.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from marketselect.checks import FloatArray
from marketselect.errors import OWN_COPY, InputError
from marketselect.ranks import rank_scores
from marketselect.weighting.data_driven import (
    critic_weights,
    entropy_weights,
    principal_component_weights,
    standard_deviation_weights,
)
from marketselect.weighting.stated import RankOrderResult, equal_weights, rank_order_weights


def by_stated_order(stated: FloatArray, *, method: str = "centroid") -> RankOrderResult:
    """Return the rank-order weights of the order that stated weights are in."""
    if not stated.all():
        raise InputError.of(
            "out-of-range",
            'weights "rank_order" orders what counts, and a stated weight',
            "is 0",
            "leave that factor out with framework.subset([...])",
            f"leave that factor out in {OWN_COPY}",
        )
    return rank_order_weights(rank_scores(stated), method=method)


# Weightings by name, beside "stated": from the stated weights, or from markets x criteria.
FROM_STATED: dict[str, Callable[[FloatArray], Any]] = {
    "equal": lambda stated: equal_weights(len(stated)),
    "rank_order": by_stated_order,
    "rank_sum": partial(by_stated_order, method="sum"),
    "rank_reciprocal": partial(by_stated_order, method="reciprocal"),
}
FROM_DATA: dict[str, Callable[[FloatArray], Any]] = {
    "entropy": entropy_weights,
    "critic": critic_weights,
    "standard_deviation": standard_deviation_weights,
    "principal_component": principal_component_weights,
}
WEIGHTINGS = ("stated", *FROM_STATED, *FROM_DATA)

# Weightings that need what someone has judged, and so more than a name: how to come by them.
JUDGED = {
    name: f' "{name}" needs judgements: give {also}dict(zip(result.labels, result.weights)), with '
    f"result = {call}."
    for name, also, call in (
        ("ahp", "[[judgement]] tables in the framework, or ", "ahp_weights(comparisons)"),
        ("swing", "", "swing_weights(points)"),
        ("best_worst", "", "best_worst_weights(best_to_others, others_to_worst)"),
    )
}
