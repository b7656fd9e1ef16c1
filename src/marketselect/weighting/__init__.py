"""Weightings: where the weights of the criteria come from.

Each function returns a frozen result with its steps and `weights` as the last field. `RULES` is the
one table of what there is to know of each that has a name.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from marketselect.arrays.checks import FloatArray
from marketselect.errors import OWN_COPY, InputError, Place, callable_name, did_you_mean, is_a
from marketselect.frozen import FrozenMapping
from marketselect.ranks import rank_scores
from marketselect.values import use_one_of, word_code
from marketselect.weighting.by_influence import weights_by_influence
from marketselect.weighting.components import principal_component_weights
from marketselect.weighting.data_driven import (
    critic_weights,
    entropy_weights,
    standard_deviation_weights,
)
from marketselect.weighting.removal import merec_weights
from marketselect.weighting.rule import WeightRule
from marketselect.weighting.stated import (
    EqualWeightsResult,
    RankOrder,
    RankOrderResult,
    equal_weights,
    rank_order_weights,
)

__all__ = ["RULES", "WEIGHTINGS", "WeightRule", "as_rule", "by_stated_order", "same_for_all"]


def same_for_all(stated: FloatArray) -> EqualWeightsResult:
    """Return equal weights for as many factors as have a stated one."""
    return equal_weights(len(stated))


def by_stated_order(stated: FloatArray, *, method: RankOrder = "centroid") -> RankOrderResult:
    """Return the rank-order weights of the order that stated weights are in."""
    if not stated.all():
        raise InputError.of(
            "out-of-range",
            Place("weights", ' "rank_order" orders what counts, and a stated weight'),
            "is 0",
            "leave that factor out with framework.subset([...])",
            f"leave that factor out in {OWN_COPY}",
        )
    return rank_order_weights(rank_scores(stated), method=method)


def _needs(name: str, call: str, also: str = "", label: str = "") -> WeightRule:
    """Return the rule of a weighting that needs what someone has judged."""
    return WeightRule(
        name=name,
        label=label,
        source="judgements",
        remedy=f' "{name}" needs judgements: give {also}dict(zip(result.labels, result.weights)), '
        f"with result = {call}.",
    )


def by_order_in_steps(stated: FloatArray) -> RankOrderResult:
    """Return the rank-sum weights of the order that stated weights are in."""
    return by_stated_order(stated, method="sum")


def by_order_in_fractions(stated: FloatArray) -> RankOrderResult:
    """Return the rank-reciprocal weights of the order that stated weights are in."""
    return by_stated_order(stated, method="reciprocal")


# To add a weighting: write its function, put its value here,
# and its word in framework/vocabulary.py.
_TABLE = (
    WeightRule(
        name="stated",
        label="as stated",
        source="stated",
        description="as the framework or the call says",
    ),
    WeightRule(
        name="equal",
        call=same_for_all,
        source="stated",
        over_judgements=True,
        description="the same for every factor",
    ),
    WeightRule(
        name="rank_order",
        label="rank-order centroid",
        call=by_stated_order,
        source="stated",
        description="rank-order centroid weights of the stated order",
    ),
    WeightRule(
        name="rank_sum",
        label="rank sum",
        call=by_order_in_steps,
        source="stated",
        description="falling in equal steps, in the stated order",
    ),
    WeightRule(
        name="rank_reciprocal",
        label="rank reciprocal",
        call=by_order_in_fractions,
        source="stated",
        description="1, 1/2, 1/3 and so on, in the stated order",
    ),
    WeightRule(
        name="entropy",
        call=entropy_weights,
        description="by how unevenly a factor's scores are spread",
    ),
    WeightRule(
        name="critic",
        label="CRITIC",
        call=critic_weights,
        description="by a factor's contrast and its conflict with the others",
    ),
    WeightRule(
        name="standard_deviation",
        label="standard deviation",
        call=standard_deviation_weights,
        description="by the standard deviation of a factor's scores",
    ),
    WeightRule(
        name="principal_component",
        label="principal component",
        call=principal_component_weights,
        description="by a factor's loading on the first principal component",
    ),
    WeightRule(
        name="merec",
        label="MEREC",
        call=merec_weights,
        description="by what taking a factor away would change in the markets' performance",
    ),
    WeightRule(
        name="influence",
        label="equal influence",
        call=weights_by_influence,
        of_parts=True,
        description="at which each factor makes the same share of the score's variance",
    ),
    _needs(
        "ahp",
        "ahp_weights(comparisons)",
        "[[judgement]] tables in the framework, or ",
        label="AHP",
    ),
    _needs("swing", "swing_weights(points)"),
    _needs(
        "best_worst",
        "best_worst_weights(best_to_others, others_to_worst)",
        label="best-worst",
    ),
)

RULES: Mapping[str, WeightRule] = FrozenMapping(
    {rule.name: replace(rule, shipped=True) for rule in _TABLE}
)
"""Every weighting that has a name."""

# Those that are asked for by name alone.
WEIGHTINGS: Mapping[str, WeightRule] = FrozenMapping(
    {name: rule for name, rule in RULES.items() if rule.source != "judgements"}
)


def as_rule(given: Any) -> WeightRule:
    """Return a weighting by its name or function, or a function of one's own as one.

    A partial that sets nothing is the function itself.
    """
    if is_a(given, WeightRule):
        if given.source == "judgements":
            raise InputError.of(
                "missing",
                "weights",
                f'the weighting "{given.name}" holds no judgements',
                given.remedy.strip() or "give a mapping of weights by name",
            )
        return given
    if not is_a(given, str):
        bare = is_a(given, partial) and not (given.args or given.keywords)
        call = given.func if bare else given
        found = (rule for rule in WEIGHTINGS.values() if rule.call is call)
        return next(found, None) or WeightRule(name=callable_name(call), call=call)
    if given in WEIGHTINGS:
        return WEIGHTINGS[given]
    use = f"{use_one_of(WEIGHTINGS)}, or"
    hint = typed = did_you_mean(given, WEIGHTINGS)
    if given in RULES:
        hint = RULES[given].remedy
        # A framework's file holds comparisons of pairs; what else is judged is for Python.
        tables = "[[judgement]] tables in the framework's file"
        of_python = f"the weights that {given}_weights makes in Python, written so"
        typed = f' "{given}" needs {tables if "[[judgement]]" in hint else of_python}.'
    raise InputError.of(
        word_code(given),
        "weights",
        f'there is no weighting "{given}"',
        f"{use} a mapping of weights by name.{hint}",
        f"{use} write economic=3,social=1.5.{typed}",
    )
