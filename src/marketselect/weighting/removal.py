"""Weights by what taking a criterion away would change: MEREC.

Definition: Keshavarz-Ghorabaee et al. (2021), section 3; the steps are numbered as there. A column
whose values agree within rounding is constant: it gets weight zero, and all else is as if it were
not there.
"""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import Directions, FloatArray, direction_signs, read_matrix
from marketselect.arrays.columns import option_by_column
from marketselect.arrays.rescaling import refuse_bad_columns
from marketselect.arrays.weights import weight_batch
from marketselect.frozen import frozen_result
from marketselect.weighting.data_driven import _varying, other_weightings, typed_weightings
from marketselect.weighting.pairwise._rows import Labels


@frozen_result
class MerecResult:
    """Every step of MEREC (MEthod based on the Removal Effects of Criteria).

    Attributes
    ----------
    labels
        the names of the columns, if the matrix has them
    normalized
        n, (markets, criteria): smallest by value for a benefit, value by largest for a cost; above
        0, 1 worst; constant columns 1
    performances
        S, (markets,): ln(1 + mean of abs(ln n)), 0 or more
    removed
        S', (markets, criteria): S with that criterion's term left out
    effects
        E, (criteria,): sum of S - S' over the markets
    weights
        w, (criteria,), sum 1
    """

    labels: Labels | None
    normalized: FloatArray
    performances: FloatArray
    removed: FloatArray
    effects: FloatArray
    weights: FloatArray


def merec_weights(matrix: ArrayLike, *, directions: Directions | None = None) -> MerecResult:
    """Weight each criterion by how much the markets' performance would lose without it.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values above zero on ratio scales: units do not matter, but shifting a column's
        origin changes its weight. Missing values are refused.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.

    Returns
    -------
    MerecResult
        With `weights`, shape (criteria,). A constant column gets zero and is not counted in the
        mean of the others, so it moves no weight. A column with one value near zero gets most of
        the weight: ratios to it are large.

    Raises
    ------
    InputError
        If the matrix or the directions are not of that form, a value in a column that varies is
        zero or negative, or no column tells two markets apart.

    References
    ----------
    .. [1] Keshavarz-Ghorabaee, M., Amiri, M., Zavadskas, E. K., Turskis, Z., & Antucheviciene, J.
       (2021). Determination of objective weights using a new method based on the removal effects
       of criteria (MEREC). Symmetry 13(4), 525.

    Examples
    --------
    The paper's first example, five alternatives by four criteria, the last two of them costs:

    >>> result = merec_weights(
    ...     [[450, 8000, 54, 145], [10, 9100, 2, 160], [100, 8200, 31, 153], [220, 9300, 1, 162],
    ...      [5, 8400, 23, 158]], directions=["benefit", "benefit", "cost", "cost"])
    >>> result.weights.round(4)
    array([0.5752, 0.0141, 0.4016, 0.0091])
    """
    read = read_matrix(matrix, batch=False)
    given = option_by_column(directions, "directions", read)
    signs = direction_signs(given, read.criteria, read.columns)
    values, varying = read.values, _varying(read)
    refuse_bad_columns(
        (values <= 0).any(axis=0) & varying,
        "has a value of zero or less, and MEREC needs ratios",
        f"use {other_weightings(read, 'critic', 'standard_deviation')}, which measure differences",
        read,
        f"use {typed_weightings('critic', 'standard_deviation')}, which measure differences",
    )
    # (2) ln n, zero or less: differences of logarithms, since a ratio may overflow
    logarithms = np.log(np.where(varying, values, 1.0))
    turned = logarithms * signs
    terms: FloatArray = turned - turned.min(axis=0)
    # (3) performance with all criteria, and (4) with each of them left out
    shares = terms / varying.sum()
    sums = shares.sum(axis=1, keepdims=True)
    # (5) removal effects S - S': as one logarithm, since their difference loses digits
    effects: FloatArray = -np.log1p(-shares / (1.0 + sums)).sum(axis=0)
    # (6) weights from the effects
    return MerecResult(
        labels=read.labels,
        normalized=np.exp(-terms),
        performances=np.log1p(sums[:, 0]),
        removed=np.log1p(sums - shares),
        effects=effects,
        weights=weight_batch(effects, read.criteria),
    )
