"""How choices share the variance of an output: which cells are ranked for it, S_i and T_i."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.scoring.sums import SMALL_PRODUCT
from marketselect.uncertainty.choice_cells import count_cells, product_cells
from marketselect.uncertainty.choice_options import Choice

LIMIT = 20_000  # cells: more are sampled
NOTHING = 1e-12  # a share below it is rounding
RESAMPLES, AT_ONCE = 500, 20  # of the bootstrap, and how many outputs are held


def design_cells(choices: tuple[Choice, ...], seed: int) -> tuple[IntArray, bool]:
    """Return all cells of modeling choices, or samples of too many, and whether it is all."""
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
class VarianceShares:
    """The variance of the output and how the choices share it, one entry a choice."""

    mean: float
    variance: float
    first: FloatArray
    total: FloatArray
    first_error: FloatArray
    total_error: FloatArray


def variance_shares(choices: tuple[Choice, ...], output: FloatArray) -> VarianceShares:
    """Return the shares of the variance over all cells.

    That is the analysis of variance of a full factorial design with one value a cell.
    """
    mean, variance, shares = factorial_shares(choices, output)
    none = np.zeros(len(choices))
    return VarianceShares(
        mean=float(mean), variance=float(variance), first=shares[0], total=shares[1],
        first_error=none, total_error=none,
    )  # fmt: skip


def factorial_shares(choices: tuple[Choice, ...], output: FloatArray) -> tuple[Any, Any, Any]:
    """Return mean, variance and shares of outputs of all cells, shape (..., cells).

    Returns
    -------
    ndarray, shape (...)
        The means, and the variances.
    ndarray, shape (2, ..., choices)
        First-order shares and total ones; 0 where nothing varies.
    """
    places, lead = active(choices), output.shape[:-1]  # the other choices have no share
    y = output.reshape((*lead, *[len(choices[place].values) for place in places]))
    mean, variance = choice_variance(output, axis=-1)
    parts = np.zeros((2, *lead, len(choices)))
    axes = range(-len(places), 0)
    for place, own in zip(places, axes, strict=True):
        others = tuple(axis for axis in axes if axis != own)
        parts[0, ..., place] = y.mean(axis=others).var(axis=-1)
        parts[1, ..., place] = y.var(axis=own).mean(axis=tuple(axes[1:]))
    varied = np.where(variance > 0, variance, np.inf)[..., None]
    return mean, variance, without_rounded_shares(parts / varied)


def estimated_shares(choices: tuple[Choice, ...], output: FloatArray) -> VarianceShares:
    """Return estimates of the shares from the samples of `sampled_cells`."""
    size, places = sample_size(choices), active(choices)
    samples = output.reshape(-1, size)
    mean, variance = map(float, choice_variance(samples[:2].ravel()))
    parts = share_parts(samples)
    table = np.zeros((4, len(choices)))
    table[:2, places] = parts.mean(axis=-1)
    table[2:, places] = parts.std(axis=-1, ddof=1) / np.sqrt(size)
    first, total, first_error, total_error = table
    return VarianceShares(
        mean=mean,
        variance=variance,
        first=first,
        total=total,
        first_error=first_error,
        total_error=total_error,
    )


def share_parts(samples: FloatArray) -> FloatArray:
    """Return what each row of samples says of the choices' shares, whose means estimate them.

    Parameters
    ----------
    samples : ndarray, shape (..., 2 + choices, rows)
        Outputs of A, of B, and of A with the column of each active choice from B.

    Returns
    -------
    ndarray, shape (2, ..., choices, rows)
        Of the first-order shares and of the total ones; 0 where nothing varies.
    """
    a, b, mixed = samples[..., :1, :], samples[..., 1:2, :], samples[..., 2:, :]
    mean, variance = choice_variance(
        samples[..., :2, :].reshape(*samples.shape[:-2], 1, -1), axis=-1
    )
    mean, variance = mean[..., None], variance[..., None]
    parts = np.empty((2, *mixed.shape))
    # Saltelli et al. (2010), table 2, (b); the mean is taken off to steady the product
    np.multiply(b - mean, mixed - a, out=parts[0])
    # (f), Jansen (1999)
    np.square(a - mixed, out=parts[1])
    parts[1] /= 2
    parts /= np.where(variance > 0, variance, 1.0)
    parts *= variance > 0
    return parts


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
        The ends of 90 % of the first-order shares, and of the total ones; 0 where no choice has
        several options.
    """
    if not active(choices):
        return np.zeros((4, len(choices)))
    generator = np.random.default_rng([seed, 2])
    size, markets = sample_size(choices), shifts.shape[1]
    times = generator.multinomial(markets, np.full(markets, 1 / markets), size=RESAMPLES)
    found = np.zeros((2, RESAMPLES, len(choices)))
    # Sums of whole numbers: the same to the last digit in any order and on any machine, and in half
    # the width, too, up to where it no longer holds every one of them.
    kind: Any = np.float32 if markets**2 < 2**24 else np.float64
    distances, times = shifts.astype(kind), times.astype(kind)
    for start in range(0, RESAMPLES, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        sums = resampled_sums(distances, times[part])
        outputs = sums.take(design, axis=1).astype(np.float64) / markets
        if exact:
            found[:, part] = factorial_shares(choices, outputs)[2]
        else:
            rows = generator.integers(size, size=(len(outputs), 1, size))
            drawn = np.take_along_axis(outputs.reshape(len(outputs), -1, size), rows, axis=-1)
            found[:, part, active(choices)] = share_parts(drawn).mean(axis=-1)
    ends = np.quantile(found, (0.05, 0.95), axis=1, method="inverted_cdf")
    return np.concatenate([ends[:, 0], ends[:, 1]])


def resampled_sums(distances: NDArray[Any], times: NDArray[Any]) -> NDArray[Any]:
    """Return sums of cells' distances by resampled markets, shape (resamples, cells).

    In products so small that BLAS works on each with one thread.
    """
    few = max(SMALL_PRODUCT // times.size, 1)
    sums = np.empty((len(times), len(distances)), distances.dtype)
    for start in range(0, len(distances), few):
        part = slice(start, start + few)
        sums[:, part] = times @ distances[part].T
    return sums


def choice_variance(output: FloatArray, axis: int | None = None) -> tuple[Any, Any]:
    """Return mean and variance over modeling choices; that is 0 where only rounding varies."""
    mean, variance = output.mean(axis=axis), output.var(axis=axis)
    return mean, np.where(variance > (NOTHING * mean) ** 2, variance, 0.0)


def without_rounded_shares(shares: FloatArray) -> FloatArray:
    """Return choices' shares of the variance, zero where there is nothing but rounding."""
    return np.where(np.abs(shares) < NOTHING, 0.0, shares)
