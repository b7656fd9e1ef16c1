"""The same numbers as pymcdm and scikit-criteria, wherever they compute the same thing.

Where a peer's default differs, the call names the option that makes it agree:

- pymcdm's TOPSIS rescales by min-max unless told otherwise; Hwang & Yoon (1981) use the vector.
- pymcdm's WSM and WPM divide by column sums; a weighted product is then the same up to a factor.
- scikit-criteria's TOPSIS does not rescale at all; its own VectorScaler has to run before it.
- pymcdm's VIKOR refuses a constant column; here it adds no regret.
"""

from typing import Any

import numpy as np
import pymcdm.methods
import pymcdm.normalizations
import pytest
import skcriteria
from skcriteria.agg.simple import WeightedProductModel, WeightedSumModel
from skcriteria.agg.topsis import TOPSIS
from skcriteria.agg.vikor import VIKOR
from skcriteria.preprocessing.scalers import VectorScaler

from marketselect.arrays.checks import FloatArray
from marketselect.methods import promethee, topsis, vikor, weighted_product, weighted_sum

SIGNS = np.array([1, -1, 1, 1])
WORDS = ["benefit", "cost", "benefit", "benefit"]

random_problem = pytest.mark.parametrize("seed", range(10))


def problem(seed: int) -> tuple[FloatArray, FloatArray]:
    """Return twelve markets by four criteria, the second a cost, and weights."""
    generator = np.random.default_rng(seed)
    return generator.uniform(1.0, 100.0, (12, 4)), generator.dirichlet(np.ones(4))


def decision(matrix: FloatArray, weights: FloatArray, signs: FloatArray) -> object:
    """Return a problem in scikit-criteria's form."""
    return skcriteria.mkdm(matrix, signs, weights=weights)


@random_problem
@pytest.mark.parametrize(
    ("ours", "theirs"), [("vector", "vector_normalization"), ("min-max", "minmax_normalization")]
)
def test_topsis_of_pymcdm(seed: int, ours: Any, theirs: str) -> None:
    matrix, weights = problem(seed)
    peer = pymcdm.methods.TOPSIS(getattr(pymcdm.normalizations, theirs))
    np.testing.assert_allclose(
        topsis(matrix, weights, directions=WORDS, normalization=ours).scores,
        peer(matrix, weights, SIGNS),
        rtol=1e-10,
    )


@random_problem
@pytest.mark.parametrize(
    ("ours", "theirs"), [("euclidean", "euclidean"), ("manhattan", "cityblock")]
)
def test_topsis_of_scikit_criteria(seed: int, ours: Any, theirs: str) -> None:
    matrix, weights = problem(seed)
    scaled = VectorScaler("matrix").transform(decision(matrix, weights, SIGNS))
    # It would rather have costs turned round; Hwang & Yoon keep them as they are.
    with pytest.warns(UserWarning, match="can operate with minimization objectives"):
        peer = TOPSIS(metric=theirs).evaluate(scaled)
    np.testing.assert_allclose(
        topsis(matrix, weights, directions=WORDS, metric=ours).scores,
        peer.e_.similarity,
        rtol=1e-10,
    )


@random_problem
def test_weighted_sum_of_both(seed: int) -> None:
    matrix, weights = problem(seed)
    peer = pymcdm.methods.WSM(pymcdm.normalizations.minmax_normalization)
    np.testing.assert_allclose(
        weighted_sum(matrix, weights, directions=WORDS, normalization="min-max").scores,
        peer(matrix, weights, SIGNS),
        rtol=1e-10,
    )
    raw = WeightedSumModel().evaluate(decision(matrix, weights, np.ones(4)))
    np.testing.assert_allclose(weighted_sum(matrix, weights).scores, raw.e_.score, rtol=1e-10)


@random_problem
def test_weighted_product_of_both_up_to_a_factor(seed: int) -> None:
    matrix, weights = problem(seed)
    scores = weighted_product(matrix, weights).scores
    peer = pymcdm.methods.WPM()(matrix, weights, np.ones(4))
    np.testing.assert_allclose(scores / scores[0], peer / peer[0], rtol=1e-10)
    logs = WeightedProductModel().evaluate(decision(matrix, weights, np.ones(4))).e_.score
    np.testing.assert_allclose(np.log(scores / scores[0]), (logs - logs[0]) * np.log(10), atol=1e-9)


@random_problem
def test_vikor_of_both(seed: int) -> None:
    matrix, weights = problem(seed)
    ours = vikor(matrix, weights, directions=WORDS)
    np.testing.assert_allclose(ours.q, pymcdm.methods.VIKOR()(matrix, weights, SIGNS), atol=1e-10)
    peer = VIKOR().evaluate(decision(matrix, weights, SIGNS)).e_
    for mine, other in ((ours.s, peer.s_k), (ours.r, peer.r_k), (ours.q, peer.q_k)):
        np.testing.assert_allclose(mine, other, atol=1e-10)
    assert bool(ours.advantage) == peer.acceptable_advantage
    assert bool(ours.stability) == peer.acceptable_stability
    assert np.flatnonzero(ours.compromise).tolist() == sorted(peer.compromise_set)


@random_problem
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("usual", "usual"),
        ("u-shape", "ushape"),
        ("v-shape", "vshape"),
        ("level", "level"),
        ("linear", "vshape_2"),
    ],
)
def test_promethee_of_pymcdm(seed: int, ours: Any, theirs: str) -> None:
    matrix, weights = problem(seed)
    q, p = np.array([2.0, 5.0, 1.0, 8.0]), np.array([20.0, 30.0, 40.0, 50.0])
    peer = pymcdm.methods.PROMETHEE_II(theirs, p=p, q=q)
    np.testing.assert_allclose(
        promethee(matrix, weights, directions=WORDS, preference=ours, q=q, p=p).scores,
        peer(matrix, weights, SIGNS),
        atol=1e-10,
    )
