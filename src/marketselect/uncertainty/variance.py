"""How choices share the variance of an output: which cells are ranked for it, S_i and T_i."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.uncertainty.choice_cells import count_cells, product_cells
from marketselect.uncertainty.choice_options import Choice

LIMIT = 20_000  # cells: more are sampled
NOTHING = 1e-12  # a share below it is rounding
RESAMPLES, AT_ONCE = 500, 20  # of the bootstrap, and how many outputs are held


def design_cells(choices: tuple[Choice, ...], seed: int) -> tuple[IntArray, bool]:
    """Return all cells, or samples of them where there are too many, and whether it is all."""
    exact = count_cells(choices) <= LIMIT
    return product_cells(choices) if exact else sampled_cells(choices, seed), exact


def single_cells(choices: tuple[Choice, ...]) -> IntArray:
    """Return the cells in which one choice has one of its options, and all else is the base."""
    rows = []
    for column, choice in enumerate(choices):
        cells = np.full((len(choice.values), len(choices)), -1, dtype=np.int64)
        cells[:, column] = np.arange(len(choice.values))
        rows.append(cells)
    return np.vstack(rows)


def active(choices: tuple[Choice, ...]) -> list[int]:
    """Return the places of the choices that have more than one option."""
    return [column for column, choice in enumerate(choices) if len(choice.values) > 1]


def sample_size(choices: tuple[Choice, ...]) -> int:
    """Return how many cells each sample has, so that all together stay within the limit."""
    return LIMIT // (len(active(choices)) + 2)


def sampled_cells(choices: tuple[Choice, ...], seed: int) -> IntArray:
    """Return the samples A, B, and A with the column of each active choice from B, one below."""
    generator = np.random.default_rng([seed, 1])
    size = (2, sample_size(choices))
    columns = [
        generator.integers(len(c.values), size=size) if c.values else np.full(size, -1)
        for c in choices
    ]
    a, b = np.stack(columns, axis=-1)
    mixed = []
    for column in active(choices):
        cells = a.copy()
        cells[:, column] = b[:, column]
        mixed.append(cells)
    return np.vstack([a, b, *mixed])


@dataclass(frozen=True, kw_only=True, eq=False)
class Shares:
    """The variance of the output and how the choices share it, one entry a choice."""

    mean: float
    variance: float
    first: FloatArray
    total: FloatArray
    first_error: FloatArray
    total_error: FloatArray


def exact_shares(choices: tuple[Choice, ...], output: FloatArray) -> Shares:
    """Return the shares of the variance over all cells.

    That is the analysis of variance of a full factorial design with one value a cell.
    """
    y = output.reshape([max(1, len(choice.values)) for choice in choices])
    mean, variance = spread(y)
    first, total, none = np.zeros((3, len(choices)))
    if variance > 0:
        axes = range(y.ndim)
        first[:] = [y.mean(axis=tuple(j for j in axes if j != i)).var() for i in axes]
        total[:] = [y.var(axis=i).mean() for i in axes]
        first, total = cleaned(first / variance), cleaned(total / variance)
    return Shares(
        mean=mean, variance=variance, first=first, total=total, first_error=none, total_error=none
    )


def estimated_shares(
    choices: tuple[Choice, ...], output: FloatArray, *, errors: bool = True
) -> Shares:
    """Return estimates of the shares from the samples of `sampled_cells`; errors 0 if not asked."""
    size = sample_size(choices)
    a, b, *mixed = output.reshape(-1, size)
    mean, variance = spread(np.concatenate([a, b]))
    table = np.zeros((4, len(choices)))
    if variance > 0:
        for column, ab in zip(active(choices), mixed, strict=True):
            # Saltelli et al. (2010), table 2, (b); the mean is taken off to steady the product
            alone = (b - mean) * (ab - a) / variance
            whole = (a - ab) ** 2 / 2 / variance  # (f), Jansen (1999)
            table[:2, column] = alone.mean(), whole.mean()
            if errors:
                around = alone.std(ddof=1), whole.std(ddof=1)
                table[2:, column] = np.array(around) / np.sqrt(size)
    first, total, first_error, total_error = table
    return Shares(
        mean=mean,
        variance=variance,
        first=first,
        total=total,
        first_error=first_error,
        total_error=total_error,
    )


def resampled_shares(
    choices: tuple[Choice, ...],
    shifts: IntArray,
    design: NDArray[np.intp],
    *,
    exact: bool,
    seed: int,
) -> FloatArray:
    """Return between what first-order and total shares lie by the bootstrap.

    Whatever is a sample is drawn anew, with replacement, as often as it has members: the markets,
    over which the output is a mean; and where cells are sampled their rows, each with its cell of
    A, of B and of the mixed samples (Archer, Saltelli & Sobol 1997).

    Parameters
    ----------
    shifts : ndarray, shape (cells, markets)
        How far each market is from its base rank.
    design : ndarray
        Which of the cells are those of the design.

    Returns
    -------
    ndarray, shape (4, choices)
        The ends of 90 % of the first-order shares, and of the total ones.
    """
    generator = np.random.default_rng([seed, 2])
    markets = shifts.shape[1]
    times = generator.multinomial(markets, np.full(markets, 1 / markets), size=RESAMPLES)
    found = np.empty((2, RESAMPLES, len(choices)))
    distances = shifts.astype(np.float64)
    for start in range(0, RESAMPLES, AT_ONCE):
        # Sums of whole numbers: the same to the last digit in any order and on any machine.
        sums = times[start : start + AT_ONCE].astype(np.float64) @ distances.T
        for place, output in enumerate(sums[:, design] / markets, start):
            if exact:
                shares = exact_shares(choices, output)
            else:
                rows = generator.integers(sample_size(choices), size=sample_size(choices))
                drawn = output.reshape(-1, sample_size(choices))[:, rows]
                shares = estimated_shares(choices, drawn.ravel(), errors=False)
            found[:, place] = shares.first, shares.total
    ends = np.quantile(found, (0.05, 0.95), axis=1, method="inverted_cdf")
    return np.concatenate([ends[:, 0], ends[:, 1]])


def spread(output: FloatArray) -> tuple[float, float]:
    """Return mean and variance; zero where values differ by rounding alone."""
    mean, variance = float(output.mean()), float(output.var())
    return mean, variance if variance > (NOTHING * mean) ** 2 else 0.0


def cleaned(shares: FloatArray) -> FloatArray:
    """Return shares with zero where there is nothing but rounding."""
    return np.where(np.abs(shares) < NOTHING, 0.0, shares)
