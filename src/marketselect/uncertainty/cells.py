"""A polytope of any shape cut into simplices, corner by corner, for what is worked out.

A face is the cones from one of its corners over those of its facets that do not hold this corner,
and a facet is cut in the same way: only who meets whom is asked, so that corners on one sphere, as
those of a box, make no trouble. Cohen & Hickey (1979), Two algorithms for determining volumes of
convex polyhedra, Journal of the ACM 26(3), 401-414.
"""

from math import comb

import numpy as np

from marketselect.arrays.checks import BoolArray, IntArray

MOST_CORNERS = 4_000  # that so many facets might have: more are not looked for
MOST_CELLS = 100_000
MOST_FACES = 50_000


def corners_at_most(facets: int, size: int) -> int:
    """Return how many corners a polytope of so many facets and dimensions can have.

    McMullen (1970), The maximum numbers of faces of a convex polytope, Mathematika 17, 179-184.
    """
    half, rest = size // 2, (size + 1) // 2
    return comb(facets - rest, half) + comb(facets - half - 1, rest - 1)


def cell_corners(meets: BoolArray, size: int) -> IntArray | None:
    """Return the corners of each simplex that a polytope is cut into, None for too many.

    Parameters
    ----------
    meets : ndarray of bool, shape (corners, rules)
        Which corner is on the plane of which rule; a rule that makes no facet does no harm.
    size : int
        Its dimensions.

    Returns
    -------
    ndarray of int, shape (simplices, size + 1)
    """
    cutting, whole = Cutting([corner_bits(column) for column in meets.T]), (1 << len(meets)) - 1
    return cutting.cut(whole, size) if cutting.count(whole, size) <= MOST_CELLS else None


class Cutting:
    """The faces met while a polytope is cut: each a set of corners, as the bits of a number."""

    def __init__(self, facets: list[int]) -> None:
        self.facets = facets
        self.cones: dict[int, tuple[int, list[int]]] = {}
        self.counts: dict[int, int] = {}
        self.parts: dict[int, IntArray] = {}

    def count(self, face: int, size: int) -> int:
        """Return into how many simplices a face of `size` dimensions is cut, as far as allowed."""
        if face.bit_count() <= size + 1:  # with fewer it is flat
            return int(face.bit_count() == size + 1)
        if face not in self.counts:
            if len(self.counts) > MOST_FACES:
                return MOST_CELLS + 1
            each = (self.count(facet, size - 1) for facet in self.cone(face)[1])
            self.counts[face] = min(sum(each), MOST_CELLS + 1)
        return self.counts[face]

    def cut(self, face: int, size: int) -> IntArray:
        """Return the corners of the simplices of a face."""
        if face.bit_count() == size + 1:
            return np.array([corners_of_bits(face)])
        if face.bit_count() <= size:
            return np.zeros((0, size + 1), dtype=np.int64)
        if face not in self.parts:
            corner, opposite = self.cone(face)
            below = np.vstack([self.cut(facet, size - 1) for facet in opposite])
            self.parts[face] = np.column_stack([np.full(len(below), corner), below])
        return self.parts[face]

    def cone(self, face: int) -> tuple[int, list[int]]:
        """Return a corner of a face, of those in most of its facets, and the facets without it."""
        if face not in self.cones:
            parts = {face & facet for facet in self.facets} - {face, 0}
            facets: list[int] = []
            for part in sorted(parts, key=lambda part: (-part.bit_count(), part)):
                if not any(part & larger == part for larger in facets):
                    facets.append(part)
            at = max(corners_of_bits(face), key=lambda at: sum(facet >> at & 1 for facet in facets))
            self.cones[face] = at, [facet for facet in facets if not facet >> at & 1]
        return self.cones[face]


def corner_bits(told: BoolArray) -> int:
    """Return which corners a rule on weights meets, as the bits of a number."""
    return sum(1 << place for place in np.flatnonzero(told).tolist())


def corners_of_bits(face: int) -> list[int]:
    """Return the corners of a face of allowed weights, from the bits of a number."""
    return [place for place in range(face.bit_length()) if face >> place & 1]
