"""What is linked to what: the groups of elements that comparisons hold together."""

import numpy as np
from numpy.typing import NDArray


def connected_parts(known: NDArray[np.bool_]) -> list[list[int]]:
    """Return the groups of elements that a square array links, `known` of shape (n, n)."""
    unseen, parts = set(range(len(known))), []
    while unseen:
        part, edge = set[int](), {min(unseen)}
        while edge:
            part |= edge
            edge = {int(j) for i in edge for j in np.flatnonzero(known[i])} - part
        parts.append(sorted(part))
        unseen -= part
    return parts
