"""Draws of weights: around stated weights, and over the whole simplex."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from marketselect.checks import FloatArray
from marketselect.errors import InputError


def check_draws(draws: int, tolerance: float, seed: int) -> None:
    """Refuse a negative count, a tolerance outside 0 to 1 and a seed that is no whole number."""
    for name, number in (("draws", draws), ("seed", seed)):
        if not is_count(number):
            raise InputError(f"{name} is {number!r}; a whole number, 0 or more, is needed")
    if not is_share(tolerance):
        raise InputError(
            f"tolerance is {tolerance!r}; a share between 0 and 1 is needed, 0.25 for 25 %"
        )


def is_count(number: Any) -> bool:
    """Return whether `number` is whole and not negative."""
    whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    return whole and bool(number >= 0)


def is_share(number: Any) -> bool:
    """Return whether `number` lies between 0 and 1."""
    real = isinstance(number, (int, float, np.number)) and not isinstance(number, bool)
    return real and bool(0 <= number <= 1)


def weights_around(
    weights: FloatArray, draws: int, *, tolerance: float, seed: int, chunk: int = 10_000
) -> Iterator[FloatArray]:
    """Yield chunks of weight vectors drawn around `weights`, shape (chunk, criteria).

    Each weight is drawn uniformly from [(1 - t) w, (1 + t) w] and the vector is divided by its
    sum; a zero weight stays zero. The vectors do not depend on the size of the chunks.
    """
    generator = np.random.default_rng(seed)
    for start in range(0, draws, chunk):
        size = (min(chunk, draws - start), len(weights))
        drawn = weights * (1.0 + tolerance * generator.uniform(-1.0, 1.0, size))
        total = drawn.sum(axis=1, keepdims=True)
        # With a tolerance of 1 every factor can in principle fall to exactly zero together.
        yield np.where(total > 0, drawn, weights) / np.where(total > 0, total, weights.sum())
