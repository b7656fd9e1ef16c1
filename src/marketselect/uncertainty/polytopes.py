"""Weights that linear rules leave: a polytope, its corners, and its parts that are simplices.

Rules of the form ``rows @ x <= limits`` are written in as many free coordinates as there are: what
always holds with equality is found by linear programs and eliminated first, and what says nothing
new is dropped. A polytope with one more facet than free dimensions, such as an order of importance,
is a simplex by itself; others of few dimensions are cut into simplices.
"""

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import InputError
from marketselect.uncertainty.cells import MOST_CORNERS as MOST_LOOKED_FOR
from marketselect.uncertainty.cells import cell_corners, corners_at_most

SLACK = 1e-9  # of a rule whose largest number is 1: less room than this is none
EXACT = 1e-10  # how far the solver may be off
MOST_FREE = 6  # dimensions that are cut into simplices: seven criteria that add up to one
MOST_CORNERS = 200  # beyond them the simplices are too many


@dataclass(frozen=True, kw_only=True, eq=False)
class Simplices:
    """A set cut into simplices: uniform points in it, and what holds in which share of it."""

    corners: FloatArray
    """Shape (simplices, corners, criteria)."""
    shares: FloatArray
    """Of the whole volume, adding up to one, shape (simplices,)."""

    @property
    def vertices(self) -> FloatArray:
        """The corners of all, each once, shape (corners, criteria)."""
        every = self.corners.reshape(-1, self.corners.shape[2])
        return np.array(sorted(set(map(tuple, every.tolist()))))

    def points(self, uniforms: FloatArray) -> FloatArray:
        """Return points, uniform over the set, of points uniform in a cube.

        The first number chooses the simplex, the others its mixture of corners. Sums go corner by
        corner: those of a matrix product depend on how many points there are.
        """
        chosen = np.searchsorted(np.cumsum(self.shares)[:-1], uniforms[:, 0], side="right")
        parts = -np.log1p(-uniforms[:, 1:])
        parts /= parts.sum(axis=1, keepdims=True)
        found = np.zeros((len(uniforms), self.corners.shape[2]))
        for corner in range(parts.shape[1]):
            found += parts[:, corner, None] * self.corners[chosen, corner]
        return found

    @property
    def numbers(self) -> int:
        """How many numbers make a point."""
        return 1 + int(self.corners.shape[1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Polytope:
    """The points ``center + basis @ y`` with ``rows @ y <= limits``, which y = 0 meets with room.

    Rows have length one; without free dimensions it is one point.
    """

    center: FloatArray
    basis: FloatArray
    rows: FloatArray
    limits: FloatArray

    @property
    def free(self) -> int:
        """The number of its dimensions."""
        return int(self.basis.shape[1])

    @property
    def is_simplex(self) -> bool:
        """Whether it has one corner more than dimensions, or is one point."""
        return not self.free or len(self.rows) == self.free + 1

    @cached_property
    def simplices(self) -> Simplices | None:
        """The simplices that it is cut into, None where they would be too many."""
        if self.is_simplex:
            return Simplices(corners=self.outside(self.own_corners())[None], shares=np.ones(1))
        if self.free > MOST_FREE:
            return None
        corners = self.corners()
        if len(corners) > MOST_CORNERS:
            return None
        from scipy.spatial import Delaunay

        parts = corners[Delaunay(corners).simplices]
        sizes = np.abs(np.linalg.det(parts[:, 1:] - parts[:, :1]))
        kept = sizes > SLACK**2 * sizes.max()
        shares = sizes[kept] / sizes[kept].sum()
        return Simplices(corners=self.outside(parts[kept]), shares=shares)

    def outside(self, points: FloatArray) -> FloatArray:
        """Return points in the coordinates of the criteria; what is nearly zero is zero."""
        found = self.center + points @ self.basis.T
        return np.where(np.abs(found) < SLACK / 100, 0.0, found)

    def own_corners(self) -> FloatArray:
        """Return the corners of a simplex: at each, all facets but one meet."""
        every = np.arange(len(self.rows))
        met = [np.delete(every, facet) for facet in every]
        found = [np.linalg.solve(self.rows[at], self.limits[at]) for at in met]
        return np.array(found).reshape(-1, self.free) if found else np.zeros((1, 0))

    def corners(self) -> FloatArray:
        """Return the corners in the free coordinates, shape (corners, free)."""
        if self.free == 1:
            ends = self.limits / self.rows[:, 0]
            return np.array([[ends[ends < 0].max()], [ends[ends > 0].min()]])
        from scipy.spatial import HalfspaceIntersection

        facets = np.hstack([self.rows, -self.limits[:, None]])
        found = HalfspaceIntersection(facets, np.zeros(self.free)).intersections
        # Where more facets meet than there are dimensions, a corner is found several times.
        _, first = np.unique(np.round(found, 10) + 0.0, axis=0, return_index=True)
        return np.asarray(found[np.sort(first)])

    @property
    def every_corner(self) -> FloatArray:
        """Its corners in the free coordinates, whatever its kind."""
        return self.own_corners() if self.is_simplex else self.corners()

    @cached_property
    def volume(self) -> float:
        """The volume in its own dimensions."""
        parts = self.parts
        if parts is None:
            raise InputError.of(
                "too-large",
                "exact",
                f"needs a set of weights in {self.free} dimensions cut into too many simplices",
                "make fewer statements, or count draws",
            )
        sizes = np.abs(np.linalg.det(parts[:, 1:] - parts[:, :1]))
        return float(sizes.sum() / factorial(self.free))

    @cached_property
    def parts(self) -> FloatArray | None:
        """The corners of the simplices that it is cut into, whatever its shape; None: too many.

        In the free coordinates, shape (simplices, corners, free).
        """
        if self.free < 2 or len(self.rows) == self.free + 1:
            return (self.corners() if self.free == 1 else self.own_corners())[None]
        corners = self.corners()
        meets = np.abs(corners @ self.rows.T - self.limits) <= SLACK
        found = cell_corners(meets, self.free)
        return None if found is None else corners[found]

    @property
    def cells(self) -> Simplices | None:
        """The same in the coordinates of the criteria, with their shares of the volume."""
        if not self.is_simplex and corners_at_most(len(self.rows), self.free) > MOST_LOOKED_FOR:
            return None
        parts = self.parts
        if parts is None:
            return None
        sizes = np.abs(np.linalg.det(parts[:, 1:] - parts[:, :1]))
        kept = sizes > SLACK**2 * sizes.max()
        return Simplices(corners=self.outside(parts[kept]), shares=sizes[kept] / sizes[kept].sum())

    def within(self, rows: FloatArray) -> "Polytope | None":
        """Return the part in which ``rows @ x <= 0``, None where it has no volume."""
        inside, limits = rows @ self.basis, -(rows @ self.center)
        size = np.linalg.norm(inside, axis=1)
        told = size > SLACK
        if (limits[~told] < -SLACK).any():
            return None
        inside, limits = inside[told] / size[told, None], limits[told] / size[told]
        rows, limits = np.vstack([self.rows, inside]), np.append(self.limits, limits)
        return with_room(self.center, self.basis, rows, limits, facets=False)


def polytope(rows: FloatArray, limits: FloatArray, equal: BoolArray) -> Polytope | None:
    """Return the points where rules hold, some of them with equality; None where there are none.

    Parameters
    ----------
    rows, limits : ndarray, shapes (rules, criteria) and (rules,)
        ``rows @ x <= limits``; they bound x.
    equal : ndarray of bool, shape (rules,)
    """
    size = np.abs(rows).max(axis=1)
    told = size > 0
    if (limits[~told] < 0).any():
        return None
    rows, limits, equal = rows[told] / size[told, None], limits[told] / size[told], equal[told]
    implied = implied_equalities(rows, limits, equal)
    if implied is None:
        return None
    start = np.asarray(np.linalg.lstsq(rows[implied], limits[implied], rcond=None)[0], float)
    _, values, directions = np.linalg.svd(rows[implied])
    rank = int((values > SLACK * max(1.0, values.max(initial=0.0))).sum())
    basis = directions[rank:].T
    inside = rows[~implied] @ basis
    room = limits[~implied] - rows[~implied] @ start
    length = np.linalg.norm(inside, axis=1)
    told = length > SLACK
    return with_room(start, basis, inside[told] / length[told, None], room[told] / length[told])


def implied_equalities(rows: FloatArray, limits: FloatArray, equal: BoolArray) -> BoolArray | None:
    """Return which rules hold with equality wherever all hold; None where they never all hold."""
    open_rules = ~equal
    start = optimum(np.zeros(rows.shape[1]), rows, limits, equal)
    if start is None:
        return None
    implied = equal.copy()
    open_rules &= limits - rows @ start <= SLACK
    while open_rules.any():
        rule = int(np.flatnonzero(open_rules)[0])
        found = optimum(rows[rule], rows, limits, equal)
        room = limits - rows @ (start if found is None else found)
        implied[rule] = room[rule] <= SLACK
        open_rules[rule] = False
        open_rules &= room <= SLACK
    return implied


def optimum(
    costs: FloatArray, rows: FloatArray, limits: FloatArray, equal: BoolArray
) -> FloatArray | None:
    """Return where costs are least while rules on weights hold, None where they never do."""
    from scipy.optimize import linprog

    found = linprog(
        costs,
        A_ub=rows[~equal],
        b_ub=limits[~equal],
        A_eq=rows[equal] if equal.any() else None,
        b_eq=limits[equal] if equal.any() else None,
        bounds=(None, None),
        options={"primal_feasibility_tolerance": EXACT, "dual_feasibility_tolerance": EXACT},
    )
    return None if found.x is None else np.asarray(found.x)


def with_room(
    center: FloatArray,
    basis: FloatArray,
    rows: FloatArray,
    limits: FloatArray,
    *,
    facets: bool = True,
) -> Polytope | None:
    """Return the polytope around the middle of its largest ball, None where it has none.

    With `facets` rules that say nothing new are left out.
    """
    if not basis.shape[1]:
        return Polytope(center=center, basis=basis, rows=rows[:0], limits=limits[:0])
    costs = np.append(np.zeros(basis.shape[1]), -1.0)
    ball = np.hstack([rows, np.ones((len(rows), 1))])
    found = optimum(costs, ball, limits, np.zeros(len(rows), dtype=bool))
    if found is None or found[-1] <= SLACK:
        return None
    limits = limits - rows @ found[:-1]
    kept = np.ones(len(rows), dtype=bool)
    for rule in range(len(rows) if facets else 0):
        # Without the rule itself, but no further than a unit beyond it: so there is an optimum.
        beyond = limits.copy()
        beyond[rule] += 1.0
        best = optimum(-rows[rule], rows[kept], beyond[kept], np.zeros(int(kept.sum()), dtype=bool))
        kept[rule] = best is None or rows[rule] @ best > limits[rule] + SLACK
    return Polytope(
        center=center + basis @ found[:-1], basis=basis, rows=rows[kept], limits=limits[kept]
    )
