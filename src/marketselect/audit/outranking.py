"""The outranking matrix: which market is ahead of which, on how much of the weight.

Munda & Nardo (2009); as COINr's ``outrankMatrix``. `copeland` makes scores of it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from marketselect.methods import pairs_ahead
from marketselect.printing import to_print
from marketselect.ranks import rank_scores, refuse_squares
from marketselect.scoring.factors import FactorScores, HasScores, factor_scores_of
from marketselect.scoring.neutral import without_neutral
from marketselect.tables import schemas


def outranking_matrix(
    scores: FactorScores | HasScores,
    weights: "Mapping[str, float] | pd.Series[float] | None" = None,
) -> pd.DataFrame:
    """Return the share of weight of the top factors on which each market is ahead of each other.

    Parameters
    ----------
    scores : FactorScores or Ranking
        From `score_factors`, or a ranking: those that it is made of.
    weights : mapping or Series, optional
        Relative weights of all top factors, by code. Default: those of the framework that the
        scores were made with.

    Returns
    -------
    DataFrame
        Scored markets down and across. The row is ahead of the column on this share of the
        weight, 0 to 1; a factor on which they are tied gives half its weight to each. A pair
        adds up to one; a market against itself is 0. `copeland` counts whom a row is ahead of on
        more than half; under its rule "shares" the sums of the rows are the scores.

    Raises
    ------
    InputError
        If a weight is no number, negative, or not that of a top factor, or one is left out, or
        there are more than 10,000 markets.

    References
    ----------
    .. [1] Munda, G., & Nardo, M. (2009). Noncompensatory/nonlinear composite indicators for
       ranking countries: a defensible setting. Applied Economics 41(12), 1513-1523.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ahead = outranking_matrix(ms.score_factors(table, "pestle"))
    >>> bool(ahead.loc["DNK", "ZWE"] > 0.5)
    True
    """
    scores = factor_scores_of(scores)
    rules, names = scores.framework, list(scores.framework.top)
    if weights is not None:
        given = rules.with_weights(schemas.check_weights(weights))
        rules = without_neutral(given, scores.scale.neutral)
    ranks = rank_scores(scores.scores[names].to_numpy().T).T
    refuse_squares(
        len(scores.scores),
        4,
        "who is ahead of whom",
        "leave rows out of the table; copeland counts whom each is ahead of, for any number",
    )
    # One criterion at a time: with many of them the block of all pairs would be large.
    total = sum(w * pairs_ahead(ranks[:, [k]])[0] for k, w in enumerate(rules.tree.split[None]))
    markets = scores.scores.index
    return to_print(pd.DataFrame(np.asarray(total), index=markets, columns=markets))
