"""The search for the best and the worst rank: mixed-integer programs, one or more a market.

Where scores are products, a score of zero is minus infinity: the weights are gone through face by
face, by which of the weights that bring zeros are zero themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import InputError
from marketselect.uncertainty.regions import Region
from marketselect.uncertainty.solver import Solve
from marketselect.values import TIE

MARGIN = 1e-6  # of the score range: what the solver cannot tell from a tie
NUDGE = 1e-6  # toward the middle of a face, off its ends
MOST_FACES = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """Weights of which the same ones are zero, as far as zeros of scores hang on them."""

    region: Region
    forms: FloatArray
    """Markets x weights; of those with a score of zero they say nothing."""
    positive: BoolArray
    """Which markets have a score above zero; the others share the foot of the ranking."""
    inside: FloatArray | None
    """Weights of it that are not on its ends; None where it is the whole region."""


def faces_of(forms: FloatArray, region: Region) -> list[Face]:
    """Return the faces of the weights that ranks are bounded over: one if no score is zero."""
    zero = np.isneginf(forms)
    if not zero.any():
        everyone = np.ones(len(forms), dtype=bool)
        return [Face(region=region, forms=forms, positive=everyone, inside=None)]
    size = forms.shape[1]
    bring = np.flatnonzero(zero.any(axis=0) & (region.high[:size] > 0))
    free = [place for place in bring.tolist() if region.can_be_zero(place)]
    if 2 ** len(free) > MOST_FACES:
        raise InputError.of(
            "too-large",
            "ranking",
            f"has scores of zero in {len(free)} places whose weights may be zero, too",
            "use a range above zero, such as [1, 100], or weights near the stated ones",
        )
    found = []
    for count in range(len(free) + 1):
        for gone in combinations(free, count):
            part = region.without(gone)
            rest = [place for place in bring.tolist() if place not in gone]
            inside = None if part is None else part.inside(rest)
            if part is not None and inside is not None:
                found.append(
                    Face(
                        region=part,
                        forms=np.where(zero, 0.0, forms),
                        positive=np.asarray(~zero[:, rest].any(axis=1)),
                        inside=inside,
                    )
                )
    return found


def sole_winner(faces: Sequence[Face]) -> int | None:
    """Return the row that no other exceeds at any weights allowed; None: none, or several tie."""
    found = {face_winner(face) for face in faces}
    return found.pop() if len(found) == 1 else None


def face_winner(face: Face) -> int | None:
    """Return the row that no other exceeds on one face of the weights allowed, None if none."""
    region, rows = face.region, np.flatnonzero(face.positive)
    if not len(rows):
        return None
    forms = face.forms[rows]
    first = int((forms @ region.middle()[: forms.shape[1]]).argmax())
    others = np.delete(forms, first, axis=0) - forms[first]
    if any(region.exceeds(lead, TIE) for lead in others):
        return None
    tied = any(not region.exceeds(-lead, TIE) for lead in others)
    return None if tied else int(rows[first])


def proven(
    faces: Sequence[Face],
    step: float,
    logs: float | None,
    known: IntArray,
    nodes: int,
    solve: Solve,
    market: int,
) -> tuple[IntArray, FloatArray]:
    """Return the bounds of the best and of the worst rank, and weights of each face to match.

    Shapes (2,) and (2, faces, weights); NaN where no weights were sought.

    Parameters
    ----------
    step : float
        What a score is rounded to before it is ranked, in the unit of the forms; 0: nothing.
    logs : float, optional
        Where forms are logarithms: what was divided by, so that their sum times it is one.
    known : ndarray, shape (2, markets)
        The best and the worst rank at some weights: no better one is sought where it is as good.
    """
    found = [on_face(face, step, logs, known[:, market], nodes, solve, market) for face in faces]
    bounds = np.array([[best[0], worst[0]] for best, worst in found])
    points = np.array([[best[1], worst[1]] for best, worst in found]).swapaxes(0, 1)
    return np.array([bounds[:, 0].min(), bounds[:, 1].max()]), points


def on_face(
    face: Face,
    step: float,
    logs: float | None,
    known: IntArray,
    nodes: int,
    solve: Solve,
    market: int,
) -> tuple[tuple[int, FloatArray], tuple[int, FloatArray]]:
    """Return the bound of the best and of the worst rank on a face, each with weights."""
    region = face.region
    if not face.positive[market]:
        assert face.inside is not None
        foot = int(face.positive.sum()) + 1, face.inside
        return foot, foot
    forms = face.forms[face.positive]
    own = int(face.positive[:market].sum())
    leads = np.delete(forms, own, axis=0) - forms[own]
    width = max(float(np.ptp(forms, axis=0).max()), TIE)
    margin = max(MARGIN * width, TIE)
    # A lead of more than a step of rounding is one for sure; a smaller one may be.
    ahead = max(TIE, rounded_lead(region, forms[own], step, logs))
    always = region.largest(ahead - leads) < 0
    never = region.largest(leads - TIE) <= 0
    open_leads = leads[~(always | never)]
    least = 1 + int(always.sum())
    most = least + len(open_leads)
    nothing = np.full(forms.shape[1], np.nan)
    best, worst = (least, nothing), (most, nothing)
    if not len(open_leads) and face.inside is not None:
        return (least, face.inside), (most, face.inside)
    if known[0] > least:
        lead = max(margin, ahead) if step else margin
        count, point = fewest_violated((open_leads - lead) / width, region, nodes, solve)
        best = least + count, off_the_ends(point, face)
    if known[1] < most:
        count, point = fewest_violated((margin - open_leads) / width, region, nodes, solve)
        worst = most - count, off_the_ends(point, face)
    return best, worst


def rounded_lead(region: Region, form: FloatArray, step: float, logs: float | None) -> float:
    """Return a lead that rounding of scores does not undo at any weights of a rank bound."""
    if not step:
        return 0.0
    if logs is None:
        return step * (1 + MARGIN)
    smallest = np.exp(-logs * float(region.largest_mean(-form[None])[0]))
    return float(np.log1p(step * (1 + MARGIN) / smallest) / logs) if smallest else np.inf


def off_the_ends(point: FloatArray, face: Face) -> FloatArray:
    """Return weights that are on the face, not on an end of it, where scores would become zero."""
    return point if face.inside is None else (1 - NUDGE) * point + NUDGE * face.inside


def fewest_violated(
    forms: FloatArray, region: Region, nodes: int, solve: Solve
) -> tuple[int, FloatArray]:
    """Return at least how many forms are positive at any weights of a rank bound, and where.

    Minimize the sum of z, each 0 or 1, with ``forms @ u <= M z``: M is the largest value of the
    form over the region, so that z = 1 sets it free and nothing else.
    """
    factors = forms.shape[1]
    free = np.maximum(region.largest(forms), 0.0)
    forms, size, box = region.padded(forms), len(region.low), (region.low, region.high)
    bound, found = solve(forms, free, box, region.measure, region.total, region.rows, nodes)
    # The bound is whole but for rounding; a search cut short may not have got to any.
    count = 0 if bound is None or not np.isfinite(bound) else int(np.ceil(bound - 1e-6))
    if found is None:
        return max(count, 0), np.full(factors, np.nan)
    return max(count, 0), deepest(forms[found[size:] < 0.5], found[:size], region)


def deepest(forms: FloatArray, found: FloatArray, region: Region) -> FloatArray:
    """Return weights at which the largest form is as small as can be, divided by their sum.

    The solver's own lie on an edge, where ranks are within rounding of a tie.
    """
    from scipy.optimize import linprog

    size = len(found)
    total = np.array([np.append(region.measure, 0.0), np.append(-region.measure, 0.0)])
    limits = np.array([region.total[1], -region.total[0]])
    rules = np.vstack([np.hstack([forms, np.ones((len(forms), 1))]), total[np.isfinite(limits)]])
    room = np.hstack([np.zeros(len(forms)), limits[np.isfinite(limits)]])
    if len(region.rows):
        rules = np.vstack([rules, np.hstack([region.rows, np.zeros((len(region.rows), 1))])])
        room = np.append(room, np.zeros(len(region.rows)))
    result = linprog(
        [*np.zeros(size), -1.0],
        A_ub=rules,
        b_ub=room,
        bounds=[*zip(region.low, region.high, strict=True), (-1.0, 1.0)],
    )
    point = found if result.x is None else result.x[:size]
    inside = np.clip(point, region.low, region.high)[: size - region.scales]
    return np.asarray(inside / inside.sum())
