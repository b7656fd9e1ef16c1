"""Draws of weights: around stated ones, over the whole simplex, or in an order of importance.

What draws yields chunks of weight vectors, shape (chunk, criteria), each adding up to one; or, with
the sizes of `groups`, several vectors side by side, drawn independently by the same rule, each of
which adds up to one. The vectors depend on the seed alone, not on the size of the chunks.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import Fault, InputError
from marketselect.values import a_count, a_share

CHUNK = 2048  # draws at a time: the scores of 200 markets then stay near the processor
TINY = 1e-300
SMALL = 0.1  # gamma variates of a smaller parameter may underflow: their logarithms do not
SAME = 1e-12  # two weights within this share of each other are equally important
Sizes = Sequence[int] | None
"""How many of the criteria, one after another, are in each group; None: all are in one."""
MOST_DRAWS = 10_000_000
MOST_LONG_DRAWS = 10**9  # of what counts them one block at a time, and can be interrupted


def uniforms(
    draws: int, dimensions: int, *, seed: int, chunk: int, quasi: bool
) -> Iterator[FloatArray]:
    """Yield chunks of points of the unit cube, random or of a scrambled Sobol sequence."""
    generator = np.random.default_rng(seed)
    sizes = (min(chunk, draws - start) for start in range(0, draws, chunk))
    if not quasi:
        yield from (generator.random((size, dimensions)) for size in sizes)
        return
    from scipy.stats import qmc

    engine = qmc.Sobol(dimensions, scramble=True, seed=generator)
    # SciPy warns of a first call for any number of points but a power of two, which balance needs;
    # any other is an honest sample, too. One point is such a power, and the sequence the same.
    first = engine.random(1)
    for size in sizes:
        yield np.vstack([first, engine.random(size - len(first))])
        first = first[:0]


def weights_around(
    weights: FloatArray,
    draws: int,
    *,
    tolerance: float = 0.25,
    concentration: float | None = None,
    seed: int = 0,
    chunk: int = CHUNK,
    quasi: bool = False,
    groups: Sizes = None,
) -> Iterator[FloatArray]:
    """Yield weights drawn around `weights`; a zero weight stays zero.

    Each weight is drawn uniformly from [(1 - t) w, (1 + t) w] and the vector is divided by its
    sum; or, with a `concentration` a, the vector from a Dirichlet distribution of parameters a w.
    """
    if concentration is not None:
        yield from weights_dirichlet(
            max(concentration, TINY) * weights, draws, seed=seed, chunk=chunk, quasi=quasi,
            groups=groups,
        )  # fmt: skip
        return
    for points in uniforms(draws, len(weights), seed=seed, chunk=chunk, quasi=quasi):
        drawn = weights * (1.0 + tolerance * (2.0 * points - 1.0))
        for group in group_slices(groups, len(weights)):
            part = drawn[:, group]
            total = row_sums(part)
            # With a tolerance of 1 every weight can in principle fall to exactly zero together.
            for row in np.flatnonzero(total <= 0):
                part[row], total[row] = weights[group], weights[group].sum()
            part /= total
        yield drawn


def row_sums(part: FloatArray) -> FloatArray:
    """Return the sum of each row of drawn weights, (rows, 1): bits as of `sum`, in less time.

    Few numbers are added one after the other in either case; here all rows at once.
    """
    if part.shape[1] >= 8:
        return np.asarray(part.sum(axis=1, keepdims=True))
    total = part[:, :1].copy()
    for column in range(1, part.shape[1]):
        total += part[:, column : column + 1]
    return total


def drawn_weights(
    weights: FloatArray,
    draws: int,
    around: str,
    *,
    tolerance: float,
    concentration: float | None,
    seed: int,
    chunk: int,
    quasi: bool,
    groups: Sizes = None,
) -> Iterator[FloatArray]:
    """Return the blocks of weights that are asked for: "stated", "any" or "ordered"."""
    if around == "any":
        return weights_anywhere(
            len(weights), draws, seed=seed, chunk=chunk, quasi=quasi, groups=groups
        )
    if around == "ordered":
        return weights_ordered(weights, draws, seed=seed, chunk=chunk, quasi=quasi, groups=groups)
    return weights_around(
        weights, draws, tolerance=tolerance, concentration=concentration, seed=seed, chunk=chunk,
        quasi=quasi, groups=groups,
    )  # fmt: skip


def group_slices(groups: Sizes, criteria: int) -> list[slice]:
    """Return where the drawn weights of each group of criteria stand."""
    ends = np.cumsum([criteria] if groups is None else list(groups)).tolist()
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def shared_out(drawn: FloatArray, groups: Sizes) -> FloatArray:
    """Return drawn sizes as weights: those of each group divided by their sum."""
    for group in group_slices(groups, drawn.shape[1]):
        drawn[:, group] /= drawn[:, group].sum(axis=1, keepdims=True)
    return drawn


def among(counted: BoolArray, blocks: Iterable[FloatArray]) -> Iterator[FloatArray]:
    """Yield weights that were drawn for some criteria, with a zero for each of the others."""
    for drawn in blocks:
        every = np.zeros((len(drawn), len(counted)))
        every[:, counted] = drawn
        yield drawn if counted.all() else every


def weights_anywhere(
    criteria: int,
    draws: int,
    *,
    seed: int = 0,
    chunk: int = CHUNK,
    quasi: bool = False,
    groups: Sizes = None,
) -> Iterator[FloatArray]:
    """Yield weights uniform over the whole simplex, Dirichlet(1, ..., 1).

    Independent exponentials divided by their sum are uniform there; uniforms divided by their
    sum are not. Source: Tervonen & Lahdelma (2007), European J. Operational Research 178, 500-513.
    """
    for points in uniforms(draws, criteria, seed=seed, chunk=chunk, quasi=quasi):
        yield shared_out(-np.log1p(-points), groups)


def weights_ordered(
    weights: FloatArray,
    draws: int,
    *,
    seed: int = 0,
    chunk: int = CHUNK,
    quasi: bool = False,
    groups: Sizes = None,
) -> Iterator[FloatArray]:
    """Yield weights uniform over the part of the simplex that keeps the order of `weights`.

    Equal weights, to within 1e-12 of themselves, are not ordered among themselves; a zero weight
    stays zero.
    """
    places = [np.flatnonzero(weights[g] > 0) + g.start for g in group_slices(groups, len(weights))]
    needed = [2 * len(place) for place in places]
    for points in uniforms(draws, sum(needed), seed=seed, chunk=chunk, quasi=quasi):
        result = np.zeros((len(points), len(weights)))
        for place, part in zip(places, group_slices(needed, 0), strict=True):
            size, stated = len(place), weights[place]
            sizes, shuffle = points[:, part][:, :size], points[:, part][:, size:]
            drawn = np.sort(np.log1p(-sizes), axis=1)  # minus exponentials: largest first
            # The second half of each point shuffles criteria of equal importance.
            order = np.argsort(importance(stated) + shuffle, axis=1)
            rows = np.arange(len(points))[:, None]
            result[rows, place[order]] = drawn / drawn.sum(axis=1, keepdims=True)
        yield result


def importance(weights: FloatArray) -> IntArray:
    """Return the order that draws of weights keep: 0 for the most important, ties alike."""
    order = np.argsort(-weights, kind="stable")
    ordered = weights[order]
    lower = ordered[:-1] - ordered[1:] > SAME * ordered[:-1]
    place = np.zeros(len(weights), dtype=np.int64)
    place[order[1:]] = np.cumsum(lower)
    return place


def weights_dirichlet(
    parameters: FloatArray,
    draws: int,
    *,
    seed: int,
    chunk: int,
    quasi: bool,
    groups: Sizes = None,
) -> Iterator[FloatArray]:
    """Yield weights from a Dirichlet distribution; a parameter of zero gives a weight of zero."""
    counted = parameters > 0
    positive = parameters[counted]
    sizes = [int(counted[group].sum()) for group in group_slices(groups, len(parameters))]
    if positive.min() < SMALL:
        variates = small_gammas(positive, draws, sizes, seed=seed, chunk=chunk, quasi=quasi)
    else:
        variates = gammas(positive, draws, seed=seed, chunk=chunk, quasi=quasi)
    for drawn in variates:
        result = np.zeros((len(drawn), len(parameters)))
        result[:, counted] = shared_out(drawn, sizes)
        yield result


def gammas(
    parameters: FloatArray, draws: int, *, seed: int, chunk: int, quasi: bool
) -> Iterator[FloatArray]:
    """Yield chunks of gamma variates, shape (chunk, parameters)."""
    if quasi:
        from scipy.special import gammaincinv

        cubes = uniforms(draws, len(parameters), seed=seed, chunk=chunk, quasi=True)
        yield from (gammaincinv(parameters, points) for points in cubes)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, draws, chunk):
        yield generator.standard_gamma(parameters, (min(chunk, draws - start), len(parameters)))


def small_gammas(
    parameters: FloatArray, draws: int, groups: Sizes, *, seed: int, chunk: int, quasi: bool
) -> Iterator[FloatArray]:
    """Yield chunks of gamma variates relative to the largest of their group in each draw.

    They come from their logarithms: those of very small parameters would underflow together.
    """
    for logs in log_gammas(parameters, draws, seed=seed, chunk=chunk, quasi=quasi):
        for group in group_slices(groups, len(parameters)):
            logs[:, group] -= logs[:, group].max(axis=1, keepdims=True)
        yield np.exp(logs)


def log_gammas(
    parameters: FloatArray, draws: int, *, seed: int, chunk: int, quasi: bool
) -> Iterator[FloatArray]:
    """Yield chunks of the logarithms of gamma variates, whose parameters may be very small.

    A gamma variate of parameter a is one of a + 1 times the a-th root of a uniform one. Of a
    quasi-random point it is the inverse of the distribution function, x^a / Gamma(a + 1) near 0.
    """
    if quasi:
        from scipy.special import gammaincinv, gammaln

        for points in uniforms(draws, len(parameters), seed=seed, chunk=chunk, quasi=True):
            inside = np.maximum(points, 2.0**-64)
            near_zero = (np.log(inside) + gammaln(parameters + 1)) / parameters
            far = gammaincinv(parameters, inside)
            yield np.where(far > 1e-100, np.log(np.maximum(far, TINY)), near_zero)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, draws, chunk):
        shape = (min(chunk, draws - start), len(parameters))
        larger = np.log(generator.standard_gamma(parameters + 1, shape))
        yield larger - generator.standard_exponential(shape) / parameters


def draws_of(value: Any, where: str = "draws", *, least: int = 0, most: int = MOST_DRAWS) -> int:
    """Return a value as a count of draws, `least` or more; refuse what is none or too many."""
    draws = a_count(value, where, least=least)
    if draws > most:
        raise InputError(Fault("too-large", where, f"is {draws:,}", f"at most {most:,} are drawn"))
    return draws


def check_draws(
    draws: Any, tolerance: Any, seed: Any, *, least: int = 0, most: int = MOST_DRAWS
) -> tuple[int, float, int]:
    """Return values for draws, tolerance and seed as plain numbers, or refuse what is none."""
    count, start = draws_of(draws, least=least, most=most), a_count(seed, "seed")
    return count, a_share(tolerance, "tolerance", ", 0.25 for 25 %"), start
