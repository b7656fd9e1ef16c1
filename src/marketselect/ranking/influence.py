"""Weights at which each factor has a stated share of the differences between markets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from marketselect.arrays.checks import BoolArray, FloatArray, Matrix
from marketselect.arrays.rescaling import varying_columns
from marketselect.errors import InputError, did_you_mean, is_a, listing
from marketselect.frozen import held_field
from marketselect.ranking.model import model_of
from marketselect.ranking.model_arrays import matrix_of
from marketselect.scoring.factors import FactorScores
from marketselect.scoring.influence import covariance_shares
from marketselect.values import is_among
from marketselect.weighting.by_influence import (
    InfluenceResult,
    Target,
    read_target,
    weights_by_influence,
)
from marketselect.words import equal_say_text

if TYPE_CHECKING:
    from marketselect.ranking.ranking import Ranking


def influence_weights(
    scores: "Ranking | FactorScores | ArrayLike", target: Target = None, of: str | None = None
) -> InfluenceResult:
    """Return the weights at which each factor makes a stated share of the score's variance.

    Equal weights are not equal influence: where markets differ more, or factors go together, a
    factor moves the ranking more. These weights make up for that.

    Parameters
    ----------
    scores : Ranking, FactorScores or array_like
        A ranking is asked for its own method, factor scores for their framework's. That must be
        linear in the weights; for a product it is the logarithm of the score that is shared out.
        The covariance is over all qualifying markets, not the candidates alone. A matrix, markets x
        criteria, is taken as it is.
    target : mapping, Series or array_like, optional
        The share of each factor, relative, by name or in order. A factor of share zero gets weight
        zero. Default: the same for each that takes part, has a weight and is not the same for every
        market: such a one has no share of any difference, and gets weight zero.
    of : str, optional
        A factor with an arithmetic mean: the weights are then of what is directly below it, for
        shares in its own variance, over the markets that have all of it.

    Returns
    -------
    InfluenceResult
        With `weights` in the order of `labels`; give it to `rank_markets(weights=...)`. There is
        one such vector above zero. `shares` are those reached.

    Raises
    ------
    InputError
        If the method or the mean is another, a name is unknown, a product has a score of zero, no
        factor tells the markets apart, or factors with a share are constant, alone or together.

    References
    ----------
    .. [1] Spinu, F. (2013). An algorithm for computing risk parity weights. SSRN 2297383.
    .. [2] Paruolo, P., Saisana, M., & Saltelli, A. (2013). Ratings and rankings: voodoo or
       science? Journal of the Royal Statistical Society A 176(3), 609-634.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", draws=0)
    >>> found = ms.influence_weights(ranking)
    >>> found.shares.round(3).tolist() == [0.167] * 6
    True
    >>> again = ms.rank_markets(table, "pestle", weights=found, draws=0)
    >>> again.effective_weights.round(3).tolist() == [0.167] * 6
    True
    """
    from marketselect.ranking.ranking import Ranking

    if not is_a(scores, (Ranking, FactorScores)):
        if of is not None:
            raise InputError.of(
                "contradiction", "of", "is given beside a matrix", "give factor scores or a ranking"
            )
        return weights_by_influence(scores, target)
    found = scores.scores if is_a(scores, Ranking) else scores
    if of is not None:
        return _within(found, target, of)
    if is_a(scores, Ranking):
        model, seen = scores.model, scores.seen
    else:
        model = model_of(found.framework, found.scale)
        seen = matrix_of(found.scores[list(found.framework.top)])
    shares = read_target(children_taking_part(found) if target is None else target, seen)
    return weights_by_influence(model.parts(seen, shares > 0), shares)


def children_taking_part(scores: FactorScores, of: str | None = None) -> FloatArray:
    """Return 1 for each of a group's children that can have a stated share, else 0."""
    tree, values = scores.framework.tree, scores_below(scores, of)
    counted = [
        tree.local[code] > 0 and code not in scores.idle and varies(values[code].to_numpy())
        for code in tree.children[of]
    ]
    if not any(counted):
        raise InputError.of(
            "no-difference",
            "factors" if of is None else f'factor "{of}"',
            f"{'have' if of is None else 'has'} nothing that tells the markets apart",
            "take markets that differ, or state the weights",
        )
    return np.array(counted, dtype=np.float64)


def scores_below(scores: FactorScores, of: str | None) -> pd.DataFrame:
    """Return the scores right below a factor, or of the top, to weight for stated shares."""
    found: pd.DataFrame = held_field(scores, "scores")
    if of is not None:
        found = held_field(scores, "normalized").loc[found.index].join(found)
    return found[list(scores.framework.tree.children[of])]


def varies(values: FloatArray) -> bool:
    """Return whether values differ beyond rounding, so that they can have a stated share."""
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(varying_columns(known[:, None])[0])


def shares_at(ranking: "Ranking", weights: FloatArray) -> FloatArray:
    """Return each factor's share of the variance of a ranking's scores, at other weights."""
    parts = ranking.model.parts(ranking.seen, weights > 0).values[ranking.place] * weights
    return covariance_shares(parts, parts.sum(axis=1))


def equal_say(ranking: "Ranking", names: Mapping[str, str] | None = None) -> str:
    """Return at which weights a ranking's factors have an equal say; empty for nothing."""
    weights, shares = ranking.influence_weights, ranking.influence_shares
    if weights is None:
        return ""
    called = list(weights.index) if names is None else [names[code] for code in weights.index]
    return equal_say_text(
        zip(called, weights, strict=True),
        [] if shares is None else shares[weights > 0].tolist(),
    )


def _within(scores: FactorScores, target: Target, of: str) -> InfluenceResult:
    """Return the weights at which what is directly below a factor has stated shares."""
    means = {factor.code: factor.aggregation for factor in scores.framework.factors}
    if not is_among(of, means):
        raise InputError.of(
            "unknown-name",
            "of",
            f"there is no factor {listing([of])}",
            f"the factors are {listing(means, 99)}.{did_you_mean(of, means)}",
        )
    place = f'factor "{of}"'
    if means[of] != "arithmetic":
        raise InputError.of(
            "not-possible",
            place,
            f"is the {means[of]} mean of what is below it, in which parts have no shares",
            "only an arithmetic one has them",
        )
    values, children = scores_below(scores, of), scores.framework.tree.children[of]
    every = Matrix(values=np.zeros(values.shape), rows=values.index, columns=children)
    try:
        shares = read_target(children_taking_part(scores, of) if target is None else target, every)
        used = (shares > 0) & [code not in scores.idle for code in children]
        return weights_by_influence(complete(values.to_numpy(), used, every), shares)
    except InputError as fault:
        raise fault.under(place) from None


def complete(values: FloatArray, used: BoolArray, names: Matrix) -> Matrix:
    """Return the rows whole in all columns used, to weight for stated shares; unused are 0."""
    rows = np.isfinite(values[:, used]).all(axis=1)
    if not rows.any():
        raise InputError.of(
            "no-data",
            "scores",
            "no market has a value in all that is directly below it",
            "give those that few markets have the target 0",
        )
    return replace(names, values=np.where(used, values, 0.0)[rows], rows=names.rows[rows])
