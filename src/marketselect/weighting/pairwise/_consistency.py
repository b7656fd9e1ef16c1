"""Numbers of a reciprocal matrix: its eigenvectors, its completion, its consistency.

Random indices are mean consistency indices of random reciprocal matrices on the scale 1/9 to 9;
sources differ by how many matrices they drew.
"""

from typing import Literal

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.values import one_of

# Sizes 3 and up; smaller matrices are always consistent.
RandomIndex = Literal["alonso-lamata", "saaty", "donegan-dodd", "tummala-ling"]
RANDOM_INDICES: dict[str, dict[int, float]] = {
    # Alonso, J. A., & Lamata, M. T. (2006). Consistency in the analytic hierarchy process: a new
    # approach. Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 14(4), 445-459.
    "alonso-lamata": {
        3: 0.5247, 4: 0.8816, 5: 1.1086, 6: 1.2479, 7: 1.3417, 8: 1.4057, 9: 1.4499,
        10: 1.4854, 11: 1.5140, 12: 1.5365, 13: 1.5551, 14: 1.5713, 15: 1.5838,
    },
    # Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill; also Saaty, R. W. (1987).
    "saaty": {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49},
    # Saaty, T. L. (2005); Saaty, T. L., & Vargas, L. G. (2012), Table 1.2.
    "saaty-2005": {
        3: 0.52, 4: 0.89, 5: 1.11, 6: 1.25, 7: 1.35, 8: 1.40, 9: 1.45,
        10: 1.49, 11: 1.52, 12: 1.54, 13: 1.56, 14: 1.58, 15: 1.59,
    },
    # Donegan, H. A., & Dodd, F. J. (1991). A note on Saaty's random indexes. Mathematical and
    # Computer Modelling 15(10), 135-137.
    "donegan-dodd": {
        3: 0.4914, 4: 0.8286, 5: 1.0591, 6: 1.1797, 7: 1.2519, 8: 1.3171, 9: 1.3733,
        10: 1.4055, 15: 1.4969,
    },
    # Tummala, V. M. R., & Ling, H. (1998). A note on the computation of the mean random
    # consistency index of the AHP. Theory and Decision 44, 221-230.
    "tummala-ling": {
        3: 0.5799, 4: 0.8921, 5: 1.1159, 6: 1.2358, 7: 1.3322, 8: 1.3952, 9: 1.4537,
        10: 1.4882, 15: 1.5831,
    },
}  # fmt: skip

# The completion of gaps stops when no entry moves by more than this share, or gives up.
SETTLED = 1e-13
ROUNDS = 100_000
# How many rounds are mixed into a guess of where they lead.
REMEMBERED = 5

# exp(700) is near the largest float; products of two inferred ratios stay below it.
LARGEST_LOGARITHM = 300.0


def random_index_of(n: int, table: str) -> float:
    """Return the random index for n elements; only Alonso & Lamata reach beyond 15."""
    one_of(table, RANDOM_INDICES, "random_index")
    if n <= 2:
        return 0.0
    if n > 15 and table == "alonso-lamata":
        return (2.7699 * n - 4.3513 - n) / (n - 1)
    if n not in RANDOM_INDICES[table]:
        raise InputError.of(
            "too-large",
            f'random_index "{table}"',
            f"has no value for {n} elements",
            'use "alonso-lamata"',
        )
    return RANDOM_INDICES[table][n]


def geometric_mean_weights(matrix: FloatArray) -> FloatArray:
    """Return the normalized geometric means of the rows."""
    logs = np.log(matrix).mean(axis=1)
    raised = np.exp(logs - logs.max())
    weights: FloatArray = raised / raised.sum()
    return weights


def principal(matrix: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Return lambda max and its right and left eigenvectors, each summing to one."""
    # Divided by the row means the matrix is near all ones, where eigenvalues are most exact.
    logs = np.log(matrix)
    means = logs.mean(axis=1)
    balanced = np.exp(logs - means[:, None] + means)
    value, right = _perron(balanced)
    _, left = _perron(balanced.T)
    w, v = np.log(right) + means, np.log(left) - means
    right, left = np.exp(w - w.max()), np.exp(v - v.max())
    # By Saaty's theorem lambda max is at least n; less is rounding.
    return max(value, float(len(matrix))), right / right.sum(), left / left.sum()


def _perron(matrix: FloatArray) -> tuple[float, FloatArray]:
    """Return the largest eigenvalue of a comparison matrix and its vector, summing to one."""
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    # One multiplication by the positive matrix lifts what rounding brought to zero.
    vector = matrix @ (vector / vector.sum())
    return float(values[largest].real), vector / vector.sum()


def complete_least_squares(matrix: FloatArray) -> FloatArray:
    """Fill the NaN of a connected reciprocal matrix by logarithmic least squares.

    The weights solve L y = b, with L the Laplacian of the graph of comparisons and b the row sums
    of known logarithms (Bozoki, Fulop & Ronyai 2010, section 4); a gap becomes w_i / w_j.
    """
    known = ~np.isnan(matrix)
    logs = np.log(np.where(known, matrix, 1.0))
    laplacian = np.diag(known.sum(axis=1)) - known.astype(np.float64)
    y = np.linalg.lstsq(laplacian, logs.sum(axis=1), rcond=None)[0]
    if np.ptp(y) > LARGEST_LOGARITHM:
        raise InputError.of(
            "too-large",
            "comparisons",
            "an inferred comparison exceeds what a float can hold",
            "give smaller ratios, or compare more pairs",
        )
    completed: FloatArray = np.where(known, matrix, np.exp(y[:, None] - y))
    return completed


def complete_eigenvalue(matrix: FloatArray, start: FloatArray | None = None) -> FloatArray:
    """Fill the NaN of a connected reciprocal matrix so that lambda max is least.

    The minimum is unique (Bozoki, Fulop & Ronyai 2010, theorem 2). There the derivative of
    lambda max, v_i x w_j - v_j w_i / x, is zero for every gap x, with w and v the right and left
    eigenvectors: each round solves it for x. A `start` is a completion that is near already.
    """
    gaps = np.isnan(matrix)
    completed = complete_least_squares(matrix) if start is None else start.copy()
    logs, least = np.log(completed[gaps]), np.inf
    seen: list[FloatArray] = []
    solved: list[FloatArray] = []
    for _ in range(ROUNDS if gaps.any() else 0):
        completed[gaps] = np.exp(logs)
        value, w, v = principal(completed)
        if solved and value > least * (1 + SETTLED):
            # A guess that led astray: back to the last round, and on from there.
            logs = solved[-1]
            seen, solved, least = [], [], np.inf
            continue
        least = value
        balance = np.log(w / v) / 2
        better = (balance[:, None] - balance)[gaps]
        if np.abs(better - logs).max() < SETTLED:
            break
        seen, solved = [*seen, logs][-REMEMBERED:], [*solved, better][-REMEMBERED:]
        logs = _guess(np.array(seen), np.array(solved))
    return completed


def _guess(seen: FloatArray, solved: FloatArray) -> FloatArray:
    """Return where rounds of filling comparisons, `seen` to `solved`, (rounds, gaps), would settle.

    Anderson (1965): the mix of the rounds that moves least. Rounds alone may take thousands.
    """
    moves = solved - seen
    mix = np.linalg.lstsq(np.diff(moves, axis=0).T, moves[-1], rcond=None)[0]
    guess: FloatArray = solved[-1] - mix @ np.diff(solved, axis=0)
    return np.clip(guess, -LARGEST_LOGARITHM, LARGEST_LOGARITHM)


def geometric_consistency(matrix: FloatArray) -> float:
    """Return the geometric consistency index of Aguaron & Moreno-Jimenez (2003)."""
    n = len(matrix)
    if n <= 2:
        return 0.0
    w = np.log(geometric_mean_weights(matrix))
    errors = np.log(matrix) - (w[:, None] - w)
    return float((np.triu(errors, 1) ** 2).sum() * 2 / ((n - 1) * (n - 2)))
