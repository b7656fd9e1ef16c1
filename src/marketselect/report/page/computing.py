"""What the page computes with: the tree of weights, the columns, and the method's formula.

Columns of numbers go as the bytes of doubles, so that the page has them to the last digit in half
the room of their digits.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import divided_weights

if TYPE_CHECKING:
    from marketselect.framework import Factor
    from marketselect.ranking.ranking import Ranking

POWERS = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}


def numbers_as_text(values: Any) -> str:
    """Return numbers for the page, column by column as text; missing ones are NaN."""
    columns = np.asarray(values, dtype="<f8").T
    return base64.b64encode(np.ascontiguousarray(columns).tobytes()).decode()


def model_content(ranking: Ranking) -> dict[str, Any]:
    """Return the model of the ranking for the page's engine."""
    scores, place = ranking.scores, ranking.place
    table, factors = ranking.table, list(ranking.weights.index)
    rows = scores.normalized.index.get_indexer(table.index)
    codes = list(scores.framework.codes)
    return {
        "groups": group_content(ranking),
        "columns": numbers_as_text(scores.normalized[codes].iloc[rows]),
        "scores": numbers_as_text(table[factors]),
        "formula": formula_content(ranking, place),
        "decimals": ranking.decimals,
        "levels": ranking.provenance["levels"],
    }


def group_content(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the groups of siblings for the page's engine, first the top, then bottom up.

    Nodes are numbered: the indicators as the framework has them, then its factors.
    """
    rules, idle = ranking.scores.framework, ranking.scores.idle
    tree = rules.tree
    nodes = {code: place for place, code in enumerate((*tree.indicators, *tree.factors))}
    means: dict[str | None, float] = {factor.code: mean_power(factor) for factor in rules.factors}
    return [
        {
            "code": group,
            "node": -1 if group is None else nodes[group],
            "children": [nodes[code] for code in tree.children[group]],
            "weights": (
                ranking.weights.to_numpy() if group is None else tree.split[group]
            ).tolist(),
            "power": means.get(group, 1.0),
            "idle": [code in idle for code in tree.children[group]],
        }
        for group in (None, *tree.bottom_up)
    ]


def mean_power(factor: Factor) -> float:
    """Return the power of a factor's mean for the page's engine."""
    return POWERS.get(factor.aggregation, factor.power or 0.0)


def formula_content(ranking: Ranking, place: Any) -> dict[str, Any]:
    """Return what the page needs to score the markets again, or why it cannot.

    A score that is linear in the weights needs the term of each factor; that of TOPSIS, the
    distance of each factor's value to both ideal points. Any other is left to Python. ``below`` is
    None where the terms do not follow from a market's own factor scores, so that weights under the
    factors cannot be moved.
    """
    method, options = ranking.call, ranking.options
    if method.formula is not None:
        equal = divided_weights(np.ones(len(ranking.weights)))
        result = ranking.model.call(ranking.seen, equal)[0]
        found = dict(method.answer("formula", result, options))
        by_market = {"to_ideal", "from_worst"}
        plain = {
            key: numbers_as_text(value[place]) if key in by_market else in_lists(value)
            for key, value in found.items()
        }
        return {**plain, "below": ideals_for_page(ranking)}
    if method.linear:
        own = method.adds_up(options)
        terms = None if own else numbers_as_text(ranking.unit_scores[place])
        return {"kind": "linear", "terms": terms, "below": {} if own else None}
    return {
        "kind": "fixed",
        "below": None,
        "reason": f"The weights cannot be moved here: this page computes weighted sums and TOPSIS, "
        f"and this ranking is by {ranking.call.label}. To see it at other weights, "
        "make the report again with them.",
    }


def in_lists(value: Any) -> Any:
    """Return an array as lists for the page, and anything else as it is."""
    return value.tolist() if isinstance(value, np.ndarray) else value


def ideals_for_page(ranking: Ranking) -> dict[str, Any] | None:
    """Return the fixed ideal points of TOPSIS for the page; None where they are not fixed."""
    options = ranking.options
    if not ranking.call.stands_alone(options) or options.get("normalization") != "none":
        return None
    ends: dict[str, FloatArray] = {
        name: np.broadcast_to(np.asarray(options[key], dtype=np.float64), len(ranking.weights))
        for name, key in (("ideal", "ideal"), ("worst", "anti_ideal"))
    }
    return {name: end.tolist() for name, end in ends.items()}
