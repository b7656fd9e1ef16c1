"""What orders the markets linearly, at the level whose weights vary: scores or their logarithms."""

from dataclasses import dataclass

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, listing
from marketselect.frozen import held_field
from marketselect.methods import LINEAR
from marketselect.ranking.ranking import Ranking


@dataclass(frozen=True, kw_only=True, eq=False)
class Forms:
    """Numbers of the ranked markets whose weighted sum orders them."""

    values: FloatArray
    """Markets x weights. Of a product logarithms: minus infinity where its score is zero."""
    names: tuple[str, ...]
    """What the weights are of."""
    logs: bool
    """Whether the weighted sum is the logarithm of the score."""
    gaps: int = 0
    """How many values are missing and held at the market's own mean."""

    def scores(self, weights: FloatArray) -> FloatArray:
        """Return scores, not rounded, at weights that add up to one, shape (..., markets)."""
        if not self.logs:
            return np.asarray(weights @ self.values.T)
        zero = np.isneginf(self.values)
        found = np.exp(weights @ np.where(zero, 0.0, self.values).T)
        return np.where((weights > 0).astype(np.float64) @ zero.T > 0, 0.0, found)


def top_forms(ranking: Ranking) -> Forms | None:
    """Return the forms in the weights of the top factors."""
    names = ranking.model.framework.top
    if ranking.call.linear:
        return Forms(values=ranked_unit_scores(ranking), names=names, logs=False)
    if not ranking.call.log_linear:
        return None
    values = ranked_unit_scores(ranking)
    return (
        None if (values < 0).any() else Forms(values=logs_with_zero(values), names=names, logs=True)
    )


def leaf_forms(ranking: Ranking) -> Forms | None:
    """Return the forms in the weights of the indicators in the whole.

    Where all means of the tree are arithmetic and the score is a weighted sum, or all are
    geometric and it is a product. A gap stands at what its siblings make at the stated weights, so
    that the score there is that of the ranking.
    """
    model = ranking.model
    rules, options = model.framework, model.options
    means = {
        factor.aggregation for factor in rules.factors if len(rules.tree.children[factor.code]) > 1
    }
    alone = bool(model.method.shipped) and model.method.stands_alone(options)
    product = model.method.log_linear and alone and options.get("directions") is None
    if means <= {"geometric"} and product:
        logs = True
    elif means <= {"arithmetic"} and model.method.adds_up(options):
        logs = False
    else:
        return None
    normalized = held_field(ranking.scores, "normalized").reindex(ranking.table.index)
    factors = held_field(ranking.scores, "scores").reindex(ranking.table.index)
    values = normalized[list(rules.codes)].to_numpy(copy=True)
    missing = np.isnan(values)
    above = factors[[rules.tree.parents[code] for code in rules.codes]].to_numpy()
    values[missing] = above[missing]
    counted = np.array([code not in ranking.weight_draws.idle for code in rules.codes])
    return Forms(
        values=logs_with_zero(values) if logs else values,
        names=tuple(rules.codes),
        logs=logs,
        gaps=int(missing[:, counted].sum()),
    )


def logs_with_zero(values: FloatArray) -> FloatArray:
    """Return scores' logarithms, linear in the weights, minus infinity of zero."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


def linear_forms(ranking: Ranking, what: str) -> FloatArray:
    """Return forms linear in the weights: scores at all weight on each factor, by market.

    The scores at any weights are their weighted sum. Raises where they are not.
    """
    if not is_linear(ranking):
        raise InputError.of(
            "not-possible",
            "ranking",
            f'is by "{ranking.method}", and {what} need scores that are linear in the weights',
            "use robustness, which samples the weights, or rank by one of "
            f"{listing(sorted(LINEAR))}",
        )
    if ranking.decimals is not None:
        raise InputError.of(
            "not-possible",
            "ranking",
            f"has scores that are rounded to {ranking.decimals} decimals before they are ranked, "
            f"and {what} need exact scores",
            "use robustness, or rank without decimals",
        )
    return ranked_unit_scores(ranking)


def is_linear(ranking: Ranking) -> bool:
    """Return whether a ranking's scores are forms linear in the weights, before rounding."""
    return ranking.call.linear


def ranked_unit_scores(ranking: Ranking) -> FloatArray:
    """Return the ranked markets' forms: scores were all weight one factor's, by market."""
    return ranking.unit_scores[ranking.place]
