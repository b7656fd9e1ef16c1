"""Uniform draws of weights that rules allow, the same whatever the size of the chunks.

Where the set is cut into simplices each point is a mixture of corners; else points of the simplex
or the box are drawn and kept where the rules hold; else a walk goes through the set. Source of the
walk: Smith (1984), Operations Research 32(6), 1296-1308; of the rounding by the ellipsoid around
the analytic center: Kannan & Narayanan (2012), Mathematics of Operations Research 37(1), 1-20; of
the split R-hat: Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 11.4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.uncertainty.allowed import Allowed
from marketselect.uncertainty.polytopes import Polytope, Simplices

BATCH = 4096  # points at a time, whatever the chunks are
TRIED = 100_000  # points that tell how many are kept
LEAST_KEPT = 1e-3
CHAINS = 64  # side by side: a step of all takes little longer than one of four
# Draws of each chain that tell whether the walk has gone everywhere. With so few, R-hat is below
# its limit only where draws one after another are nearly independent.
STEPS = 100
THINNING = (2, 4, 8, 16, 32)  # steps between two draws, in free dimensions
LARGEST_R_HAT = 1.01
NEWTON = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnDraws:
    """Draws of one group's weights, each vector adding up to one."""

    allowed: Allowed
    seed: tuple[int, ...]

    def __call__(self, draws: int, chunk: int) -> Iterator[FloatArray]:
        """Yield blocks of `chunk` draws, the last one shorter, shape (block, children)."""
        held: list[FloatArray] = []
        size = done = 0
        blocks = self.way
        while done < draws:
            want = min(chunk, draws - done)
            while size < want:
                held.append(next(blocks))
                size += len(held[-1])
            every = np.vstack(held)
            yield every[:want] / every[:want].sum(axis=1, keepdims=True)
            held, size, done = [every[want:]], size - want, done + want

    @property
    def way(self) -> Iterator[FloatArray]:
        """Endless blocks of points, by the best way there is."""
        simplices = self.allowed.set.simplices
        if simplices is not None:
            return self.mixtures(simplices)
        return self.accepted() if self.are_kept else self.walk.blocks()

    def mixtures(self, simplices: Simplices) -> Iterator[FloatArray]:
        """Yield mixtures of corners."""
        generator = np.random.default_rng(self.seed)
        while True:
            yield simplices.points(generator.random((BATCH, simplices.numbers)))

    @cached_property
    def are_kept(self) -> bool:
        """Whether enough points of the simplex or the box meet the rules."""
        if not self.allowed.whole:
            return False
        generator = np.random.default_rng([*self.seed, 1])
        tried = range(0, TRIED, BATCH)
        kept = sum(len(self.kept_of(generator)) for _ in tried)
        return kept >= LEAST_KEPT * BATCH * len(tried)

    def accepted(self) -> Iterator[FloatArray]:
        """Yield points of the simplex or the box where the rules hold."""
        generator = np.random.default_rng(self.seed)
        while True:
            yield self.kept_of(generator)

    def kept_of(self, generator: np.random.Generator) -> FloatArray:
        """Return those of the next points that meet the rules."""
        counted, box = self.allowed.counted, self.allowed.box
        uniforms = generator.random((BATCH, int(counted.sum())))
        points = np.zeros((BATCH, len(counted)))
        if box is None:
            parts = -np.log1p(-uniforms)
            points[:, counted] = parts / parts.sum(axis=1, keepdims=True)
        else:
            low, high = box[0][counted], box[1][counted]
            points[:, counted] = low + (high - low) * uniforms
        return points[(points @ self.allowed.stated.T <= 0).all(axis=1)]

    @cached_property
    def walk(self) -> "Walk":
        """The walk through the set, rounded, warm, and found to go everywhere."""
        return settled_walk(self.allowed.set, self.seed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """Hit-and-run in several chains, through a set that was made round."""

    set: Polytope
    turned: FloatArray
    """What makes a step in the round set one in the free coordinates, shape (free, free)."""
    start: FloatArray
    """Where the chains stand, in the round set, shape (chains, free)."""
    thin: int
    seed: tuple[int, ...]

    def blocks(self) -> Iterator[FloatArray]:
        """Yield endless blocks of points, a draw of each chain after another."""
        generator, at = np.random.default_rng(self.seed), self.start
        while True:
            path = self.path(at, BATCH // CHAINS, generator)
            at = path[-1]
            yield self.set.outside(path.reshape(-1, self.set.free) @ self.turned.T)

    def path(self, at: FloatArray, draws: int, generator: np.random.Generator) -> FloatArray:
        """Return the next draws of each chain in the round set, shape (draws, chains, free)."""
        free, chains = self.set.free, len(at)
        rows = self.set.rows @ self.turned
        found = np.empty((draws, chains, free))
        for draw in range(draws):
            ways = generator.standard_normal((self.thin, chains, free))
            shares = generator.random((self.thin, chains))
            gains = ways @ rows.T
            room = self.set.limits - at @ rows.T
            lengths = np.empty((self.thin, chains, 1))
            for step, gain in enumerate(gains):
                ends = np.maximum(room, 0.0) / gain
                far = np.where(gain > 0, ends, np.inf).min(axis=1)
                back = np.where(gain < 0, ends, -np.inf).max(axis=1)
                length = back + shares[step] * (far - back)
                lengths[step, :, 0] = length
                room = room - length[:, None] * gain
            at = at + (lengths * ways).sum(axis=0)
            found[draw] = at
        return found


def settled_walk(within: Polytope, seed: tuple[int, ...]) -> Walk:
    """Return a walk that draws all over the weights that rules allow, or refuse these."""
    generator = np.random.default_rng([*seed, 2])
    center, turned = rounding_ball(within)
    start = np.tile(np.linalg.solve(turned, center), (CHAINS, 1))
    reached = np.inf
    for thin in THINNING:
        walk = Walk(set=within, turned=turned, start=start, thin=thin * within.free, seed=seed)
        path = walk.path(start, STEPS, generator)
        # Once more, rounder: by how the draws spread, not by the ellipsoid alone.
        spread = np.linalg.cholesky(np.cov(path.reshape(-1, within.free), rowvar=False))
        turned, start = turned @ spread, np.linalg.solve(spread, path[-1].T).T
        walk = Walk(set=within, turned=turned, start=start, thin=thin * within.free, seed=seed)
        path = walk.path(start, STEPS, generator)
        reached, start = split_r_hat(path), path[-1]
        if reached < LARGEST_R_HAT:
            return Walk(set=within, turned=turned, start=start, thin=walk.thin, seed=seed)
    raise InputError.of(
        "not-possible",
        "statements",
        f"leave weights that a walk does not draw evenly: split R-hat is {reached:.3f}, and less "
        f"than {LARGEST_R_HAT} is needed",
        "state an order, or relate fewer weights",
    )


def rounding_ball(within: Polytope) -> tuple[FloatArray, FloatArray]:
    """Return the analytic center of allowed weights, and what makes its ellipsoid a ball."""
    rows, limits = within.rows, within.limits
    at = np.zeros(within.free)
    for _ in range(NEWTON):
        inverse = 1.0 / (limits - rows @ at)
        slope, bend = rows.T @ inverse, (rows.T * inverse**2) @ rows
        step = np.linalg.solve(bend, slope)
        decrement = float(np.sqrt(slope @ step))
        at = at - step / (1.0 + decrement)
        if decrement < 1e-8:
            break
    inverse = 1.0 / (limits - rows @ at)
    bend = (rows.T * inverse**2) @ rows
    return at, np.linalg.inv(np.linalg.cholesky(bend)).T


def split_r_hat(path: FloatArray) -> float:
    """Return the largest split R-hat of the coordinates of chains, shape (draws, chains, free)."""
    half = len(path) // 2
    halves = np.concatenate([path[:half], path[half : 2 * half]], axis=1)
    between = halves.mean(axis=0).var(axis=0, ddof=1)
    inside = halves.var(axis=0, ddof=1).mean(axis=0)
    return float(np.sqrt((half - 1) / half + between / inside).max())


def own_draws(limited: Mapping[str | None, Allowed], seed: int) -> dict[str | None, OwnDraws]:
    """Return what draws the weights of the groups that statements limit, each with its stream."""
    return {
        group: OwnDraws(allowed=allowed, seed=(seed, place, 3))
        for place, (group, allowed) in enumerate(limited.items())
    }
