"""Weights that the first principal component gives, as in the Logistics Performance Index."""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import BoolArray, FloatArray, Matrix, read_matrix
from marketselect.arrays.rescaling import all_of_matrix, near_one, refuse_bad_columns
from marketselect.arrays.weights import weight_batch
from marketselect.errors import InputError
from marketselect.frozen import frozen_result
from marketselect.weighting.data_driven import _correlations, _varying
from marketselect.weighting.pairwise._rows import Labels

# Two eigenvalues this close leave the direction of the first component to chance.
SAME_EIGENVALUE = 1e-6
NO_LOADING = 1e-9


@frozen_result
class PrincipalComponentResult:
    """Every step of the principal component weights.

    Attributes
    ----------
    labels
        the names of the columns, if the matrix has them
    deviations
        s, (criteria,): population standard deviation, matrix units
    correlations
        r, (criteria, criteria); 0 beside a constant column
    eigenvalues
        lambda, one for each column that varies, largest first
    explained
        share of the first component in the variance, 0 to 1
    loadings
        (criteria,): correlation with the first component; sum positive
    weights
        (loading / s) by their sum, (criteria,), sum 1
    """

    labels: Labels | None
    deviations: FloatArray
    correlations: FloatArray
    eigenvalues: FloatArray
    explained: float
    loadings: FloatArray
    weights: FloatArray


def principal_component_weights(matrix: ArrayLike) -> PrincipalComponentResult:
    """Weight each criterion by its loading on the first principal component.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria)
        Finite values, larger is better in every column. The weights hold for the matrix in its
        own units: a column in thousands gets a thousand times the weight. Missing values are
        refused.

    Returns
    -------
    PrincipalComponentResult
        With `weights`, shape (criteria,): the weighted sum of the matrix orders markets as the
        first component of the correlation matrix does. A constant column gets zero. The only
        column that varies gets weight one.

    Raises
    ------
    InputError
        If the matrix is not of that form, no column tells two markets apart, a column would get
        a negative weight, or the first component is not the only one of its size.

    References
    ----------
    .. [1] Arvis, J.-F., et al. (2018). Connecting to Compete 2018: Trade Logistics in the
       Global Economy. The Logistics Performance Index and Its Indicators. World Bank.

    Examples
    --------
    Two columns that agree, the second in twice the unit of the first:

    >>> principal_component_weights([[1, 2], [2, 4], [4, 8]]).weights.round(4)
    array([0.6667, 0.3333])
    """
    read = read_matrix(matrix, batch=False)
    values, varying = read.values, _varying(read)
    # (1) the first component of the correlation matrix
    correlations = _correlations(near_one(values), varying)
    ascending, vectors = np.linalg.eigh(correlations[np.ix_(varying, varying)])
    eigenvalues: FloatArray = np.maximum(ascending[::-1], 0.0)
    _refuse_two_first(eigenvalues, read)
    loadings = np.zeros(len(varying))
    loadings[varying] = _upward(vectors[:, -1]) * np.sqrt(eigenvalues[0])
    refuse_bad_columns(
        loadings < 0,
        "runs against the first principal component and would get a negative weight",
        "multiply it by -1 if it is a cost, drop it, or use another weighting",
        read,
    )
    # (2) divided by the standard deviation: the weights are for values in matrix units
    deviations, raw = _by_deviation(loadings, values, varying)
    return PrincipalComponentResult(
        labels=read.labels,
        deviations=deviations,
        correlations=correlations,
        eigenvalues=eigenvalues,
        explained=float(eigenvalues[0] / eigenvalues.sum()),
        loadings=loadings,
        weights=weight_batch(raw, len(varying)),
    )


def _refuse_two_first(eigenvalues: FloatArray, matrix: Matrix) -> None:
    """Refuse to weigh by principal components of which the first two explain the same share."""
    if len(eigenvalues) > 1 and eigenvalues[0] - eigenvalues[1] <= SAME_EIGENVALUE:
        raise InputError.of(
            "undefined",
            all_of_matrix(matrix),
            "the first two principal components explain the same share of the variance, so none "
            "comes first: the columns hardly correlate",
            "use another weighting",
        )


def _upward(vector: FloatArray) -> FloatArray:
    """Return the eigenvector of component weights, its sum positive, rounding made zero."""
    clean = np.where(np.abs(vector) > NO_LOADING, vector, 0.0)
    upward: FloatArray = clean if clean.sum() > 0 else 0.0 - clean
    return upward


def _by_deviation(
    loadings: FloatArray, values: FloatArray, varying: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return deviations, and component weights up to a factor: loadings divided by them."""
    scaled = near_one(values)
    _, exponents = np.frexp(np.abs(values).max(axis=0))
    deviations = np.where(varying, scaled.std(axis=0), 0.0)
    # Exponents are taken apart, so that neither 1e300 nor 1e-300 overflows in the division.
    shift = exponents[varying].min() - exponents
    raw = np.ldexp(loadings / np.where(varying, deviations, 1.0), shift)
    return np.ldexp(deviations, exponents), raw
