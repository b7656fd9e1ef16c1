"""The baskets that are best at some aversion, by dichotomic search (Aneja & Nair 1979).

What is best at one aversion bounds all others: no search looks above the tangents that are known.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.portfolio.programme import Programme, best_basket

ROOM = 1e-9  # of points: what is above a line by less lies on it


def supported(programme: Programme) -> list[BoolArray]:
    """Return the baskets that are best at some aversion, the highest score first."""
    best = best_basket(programme, (1.0, 0.0))
    assert best is not None  # the programme has a basket: it was chosen
    safest = best_basket(programme, (0.0, 1.0), known=[best])
    assert safest is not None
    bounded = replace(programme, optima=(((1.0, 0.0), best), ((0.0, 1.0), safest)))
    found = [best, *between(bounded, best, safest), safest]
    points = np.array([basket_point(programme, held) for held in found])
    keep: list[int] = []
    for n, own in enumerate(points):
        # Of ends that tie on one side, the one that is better on the other; on both, the first.
        alike = any(np.abs(points[k] - own).max() <= ROOM for k in keep)
        if not alike and not any(beats(other, own) for other in points):
            keep.append(n)
    return [found[n] for n in keep]


def between(programme: Programme, above: BoolArray, below: BoolArray) -> list[BoolArray]:
    """Return the supported baskets between two, in order."""
    (score, loss), (less, safer) = basket_point(programme, above), basket_point(programme, below)
    if score - less <= ROOM or loss - safer <= ROOM:
        return []
    aims = (1.0, (score - less) / (loss - safer))
    found = best_basket(programme, aims, known=[above, below])
    assert found is not None
    line = programme.value(above, aims)
    if programme.value(found, aims) - line <= ROOM * max(abs(line), 1.0):
        return []
    known = replace(programme, optima=(*programme.optima, (aims, found)))
    return [*between(known, above, found), found, *between(known, found, below)]


def basket_point(programme: Programme, held: BoolArray) -> tuple[float, float]:
    """Return a basket's mean score and shortfall."""
    return programme.value(held, (1.0, 0.0)), -programme.value(held, (0.0, 1.0))


def beats(one: Sequence[float] | FloatArray, other: Sequence[float] | FloatArray) -> bool:
    """Return whether a basket's point is as good on both sides and really better on one."""
    more, safer = one[0] - other[0], other[1] - one[1]
    return bool(min(more, safer) >= -ROOM and max(more, safer) > ROOM)
