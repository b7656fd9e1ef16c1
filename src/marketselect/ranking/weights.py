"""The weights of a ranking: what a call gives, settled with what the framework says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from marketselect.arrays.rescaling import varying_columns
from marketselect.arrays.weights import Weighting, is_weighting
from marketselect.errors import InputError, Place, in_words, is_a
from marketselect.framework import Framework
from marketselect.framework.vocabulary import WeightingName
from marketselect.frozen import changed_result, held_field
from marketselect.naming import Naming
from marketselect.ranking.influence import children_taking_part, influence_weights
from marketselect.ranking.model import model_of
from marketselect.ranking.model_arrays import matrix_of
from marketselect.scoring.factors import FactorScores
from marketselect.scoring.judged import settle_judgements
from marketselect.scoring.neutral import counted_factors
from marketselect.tables import schemas
from marketselect.weighting import WeightRule, as_rule
from marketselect.weighting.pairwise.judgement import JudgementResult
from marketselect.weighting.rule import weigh_by

# What `weights` takes: numbers by name, the result of a weighting, its name, or a callable.
ByFactor: TypeAlias = "Mapping[str, float] | pd.Series[float] | Weighting"
GivenWeights: TypeAlias = "ByFactor | WeightingName | str | Callable[..., Any] | None"


def settle_weights(
    framework: Framework, weights: Any
) -> tuple[Framework, WeightRule, Mapping[str, JudgementResult]]:
    """Return a ranking's framework with weights settled, the top's weighting, comparisons."""
    # What a call does not name stays as the framework says: stated, or a weighting by name.
    named = is_a(weights, str) or callable(weights)
    rule = weighting_of_call(weights if named else framework.weights)
    settled = framework
    if weights is not None and not is_a(weights, str) and not callable(weights):
        given = schemas.check_weights(weights)
        settled = settled.with_weights(given)
        rule = as_rule("stated") if set(settled.top) <= set(given) else rule
    if rule.replaces_judgements:
        used = tuple(judgement for judgement in settled.judgements if judgement.of is not None)
        settled = replace(settled, judgements=used)
    settled, comparisons = settle_judgements(settled)
    return settled, rule, comparisons


def weighting_of_call(weights: Any) -> WeightRule:
    """Return the weighting of a ranking's call by its name or function, or "influence"."""
    return as_rule("influence" if weights is influence_weights else weights)


def call_weights_by_name(weights: Any) -> Any:
    """Return a ranking's weights as given, or a weighting's result as a mapping of factors."""
    if is_weighting(weights) and weights.labels is not None:
        return {
            in_words(name): number
            for name, number in zip(weights.labels, weights.weights, strict=True)
        }
    return weights


def given_weights(weights: Any) -> dict[str, float] | str | None:
    """Return the weights given in a ranking's call as plain numbers by name, or their name."""
    if weights is None or is_a(weights, str):
        return weights
    if callable(weights):
        return weighting_of_call(weights).name
    return {in_words(name): float(weight) for name, weight in weights.items()}


def level_factors(
    rule: WeightRule, scores: FactorScores, weights: "pd.Series[float]", naming: Naming
) -> list[str]:
    """Return a ranking's line on factors that get no weight, as no market differs in them."""
    if rule.source != "data":
        return []
    every = scores.scores[list(weights.index)].to_numpy()
    none = [
        code
        for code, varying in zip(weights.index, varying_columns(every), strict=True)
        if weights[code] == 0 and code not in scores.idle and not varying
    ]
    same = "what is the same for every market gets weight 0"
    return [f'weights "{rule.label}": {same}: {naming.listed(none)}'] if none else []


def weigh(
    scores: FactorScores,
    rule: WeightRule,
    method: Any = None,
    options: Mapping[str, object] | None = None,
) -> tuple[Framework, FactorScores, Any]:
    """Return a ranking's framework and scores with its top weights by a weighting, its result.

    Method and options are those of the call, for a weighting of what each factor adds by them.
    """
    framework = scores.framework
    if rule.call is None:
        return framework, scores, None
    top = framework.top
    every = held_field(scores, "scores")[list(top)]
    # In memory as the frame has it: on that depends the last digit of a column's sum.
    matrix = replace(matrix_of(every), values=every.to_numpy())
    # A rule that reads the stated weights reads those that take part, and no others have one.
    names = [code for code in top if rule.source != "stated" or code not in scores.idle]
    stated = framework.tree.split[None]
    counted = counted_factors(framework, scores.scale.neutral)
    read = stated[counted] if rule.source == "stated" else matrix
    if rule.of_parts:
        model = model_of(framework, scores.scale, method, options)
        try:
            target = children_taking_part(scores)
            read = model.parts(matrix, target > 0)
        except InputError as fault:
            raise fault.under(Place("weights", f' "{rule.name}"')) from None
        rule = replace(rule, call=partial(rule.call, target=target))
    result, weights = weigh_by(rule, read, names)
    given = dict(zip(names, map(float, weights), strict=True))
    given |= dict.fromkeys([code for code in top if code in scores.idle], 0.0)
    settled = framework.with_weights(given)
    return settled, changed_result(scores, framework=settled), result
