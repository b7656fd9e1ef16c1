"""VIKOR: a compromise between the good of the many criteria (S) and the worst regret (R).

Definition: Opricovic & Tzeng (2004), section 2.1; the steps are numbered as there. All figures
are relative to the markets given: best and worst are taken from the matrix.
"""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import (
    BoolArray,
    Directions,
    FloatArray,
    direction_signs,
    read_matrix,
)
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import constant_columns, no_difference, rescale
from marketselect.arrays.weights import Weighting, matching_shares, under_batch
from marketselect.frozen import frozen_result
from marketselect.methods._distances import largest_term, weighted
from marketselect.ranks import rank_scores
from marketselect.values import TIE, a_share


@frozen_result
class VikorResult:
    """Every step of VIKOR; the acceptance conditions are computed when they are read.

    Attributes
    ----------
    best
        f*, (..., criteria), matrix units
    worst
        f-, (..., criteria), matrix units
    regrets
        (f* - f) / (f* - f-), (..., markets, criteria), 0 best to 1 worst
    weights
        w, (..., criteria), divided by their sum
    s
        S, (..., markets): group utility, smaller is better
    r
        R, (..., markets): largest single regret, smaller is better
    q
        Q, (..., markets): the compromise, 0 to 1, smaller is better
    scores
        1 - Q, (..., markets), larger is better
    """

    best: FloatArray
    worst: FloatArray
    regrets: FloatArray
    weights: FloatArray
    s: FloatArray
    r: FloatArray
    q: FloatArray
    scores: FloatArray

    @property
    def advantage(self) -> BoolArray:
        """Return C1, shape (...): the second market is at least 1 / (markets - 1) behind in Q."""
        ordered = np.sort(self.q, axis=-1)
        enough: BoolArray = ordered[..., 1] - ordered[..., 0] >= self._threshold - TIE
        return enough

    @property
    def stability(self) -> BoolArray:
        """Return C2, shape (...): a market that leads by Q also leads by S or by R."""
        by_q, by_s, by_r = (rank_scores(-values) for values in (self.q, self.s, self.r))
        stable: BoolArray = ((by_q == 1) & ((by_s == 1) | (by_r == 1))).any(axis=-1)
        return stable

    @property
    def compromise(self) -> BoolArray:
        """Return which markets form the compromise set, shape (..., markets).

        The leader alone if both conditions hold, the first two if only stability fails, and
        every market less than 1 / (markets - 1) behind if the advantage is too small.
        """
        leads = rank_scores(-self.q) == 1
        first_two = rank_scores(-self.q) <= 2
        close = self.q - self.q.min(axis=-1, keepdims=True) < self._threshold - TIE
        clear = np.where(self.stability[..., None], leads, first_two)
        chosen: BoolArray = np.where(self.advantage[..., None], clear, close)
        return chosen

    @property
    def _threshold(self) -> float:
        return 1.0 / int(self.regrets.shape[-2] - 1)


def vikor(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    v: float = 0.5,
) -> VikorResult:
    """Score markets by VIKOR's compromise between average and largest regret.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values in any units; neither unit nor origin of a scale matters. Missing values
        are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.
    v : float, 0 to 1
        Weight of the group utility S against the individual regret R.

    Returns
    -------
    VikorResult
        `scores = 1 - q` has shape (..., markets), 0 to 1. A constant column adds no regret.
        Where all markets have the same S (or the same R), that term of Q is zero for all.

    Raises
    ------
    InputError
        If the matrix, the weights, the directions or `v` are not of that form, or no criterion
        that counts tells two markets apart.

    References
    ----------
    .. [1] Opricovic, S., & Tzeng, G.-H. (2004). Compromise solution by MCDM methods: A
       comparative analysis of VIKOR and TOPSIS. European Journal of Operational Research
       156(2), 445-455.

    Examples
    --------
    The paper's three mountains, by risk (a cost) and altitude:

    >>> result = vikor([[1, 3000], [2, 3750], [5, 4500]], [1, 1], directions=["cost", "benefit"])
    >>> result.q
    array([1., 0., 1.])
    >>> result.compromise
    array([False,  True, False])
    """
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    shares = matching_shares(weights, read)
    share = a_share(v, "v")
    # (a) the best and the worst value of each criterion
    values = constant_columns(read.values)
    top, bottom = values.max(axis=-2), values.min(axis=-2)
    best, worst = np.where(signs > 0, top, bottom), np.where(signs > 0, bottom, top)
    reached = rescale(values, signs, "min-max", read)
    regrets: FloatArray = reached.max(axis=-2, keepdims=True) - reached
    # (b) group utility and individual regret
    s = weighted(shares, regrets)
    if not s.max(axis=-1).all():
        raise no_difference(
            read,
            "every criterion that has a weight is the same for all markets, so there is nothing to "
            "regret",
            "weigh a criterion in which markets differ",
            place=under_batch(s.max(axis=-1) == 0, read, shares),
        )
    r = largest_term(shares, regrets)
    # (c) the compromise
    q: FloatArray = share * _share_of_span(s) + (1 - share) * _share_of_span(r)
    return VikorResult(
        best=best, worst=worst, regrets=regrets, weights=shares, s=s, r=r, q=q, scores=1.0 - q
    )


def _share_of_span(values: FloatArray) -> FloatArray:
    """Return VIKOR's (x - min) / (max - min) on the last axis for x >= 0, 0 where all tie."""
    least = values.min(axis=-1, keepdims=True)
    span = values.max(axis=-1, keepdims=True) - least
    # Rounding noise between tied markets must not be blown up to the whole span.
    tied = span <= TIE * values.max(axis=-1, keepdims=True)
    shares: FloatArray = np.where(tied, 0.0, (values - least) / np.where(tied, 1.0, span))
    return shares
