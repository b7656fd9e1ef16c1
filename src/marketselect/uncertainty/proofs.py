"""What is worked out of a ranking, not drawn: exact shares, and a winner that is proven."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.ranking import Ranking
from marketselect.uncertainty.allowed import Allowed, allowed
from marketselect.uncertainty.caps import capped
from marketselect.uncertainty.exact import (
    MOST_FIRST,
    box_shares,
    by_corners,
    first_shares,
    pairwise_shares,
    too_long_exact,
)
from marketselect.uncertainty.forms import linear_forms
from marketselect.uncertainty.polytopes import Simplices
from marketselect.uncertainty.task import Task

MOST_BOX = 7  # weights within a tolerance that a few statements cut into not too many simplices


def proven_first(
    ranking: Ranking,
    drawn: WeightDraws,
    limited: Mapping[str | None, Allowed],
    tolerance: float | None,
) -> object | None:
    """Return the market that no other beats at any weights that statements allow, if proven.

    A missing value would be held at the market's mean, while a draw shares its weight out among its
    siblings: with such gaps under the top factors nothing is proven of the draws.
    """
    task = Task(ranking=ranking, drawn=drawn, limited=limited, tolerance=tolerance, draws=0)
    forms = task.forms
    if forms is None or forms.gaps or ranking.decimals is not None:
        return None
    return task.winner(task.faces(forms)[0])


def exact_pair_shares(
    ranking: Ranking,
    drawn: WeightDraws,
    limited: Mapping[str | None, Allowed],
    box: float | None,
    *,
    errors: bool,
) -> tuple[pd.DataFrame, "pd.Series[float] | None"]:
    """Return how often each market beats each other one, and is first, worked out.

    Shares over the box are those of the vectors before they are divided by their sum, as drawn.
    """
    against = {
        "weights under the top factors, which are drawn, too": drawn.below,
        "errors=True, by which the data are drawn, too": errors,
        "a concentration": drawn.concentration is not None,
    }
    for words in [words for words, given in against.items() if given]:
        raise InputError.of("contradiction", "exact", f"does not go with {words}",
                            'use levels="top" and draws of the weights alone')  # fmt: skip
    forms = linear_forms(ranking, "exact shares")
    top = limited.get(None) or allowed(
        drawn.model.weights,
        counted=np.array([c not in drawn.without for c in drawn.model.framework.top]),
        statements=(),
        tolerance=box,
        ordered=drawn.around == "ordered",
    )
    if top.box is not None and not limited:
        shares = box_shares(forms, *top.box)
    else:
        shares = shares_of_pairs(top, forms)
    labels = ranking.table.index
    pairs = pd.DataFrame(shares, labels, labels)
    if int(top.counted.sum()) > MOST_FIRST:
        return pairs, None
    corners = top.set.outside(top.set.every_corner)
    return pairs, pd.Series(first_shares(forms, top.set, corners), labels, name="first")


def shares_of_pairs(top: Allowed, forms: FloatArray) -> FloatArray:
    """Return the shares of pairs over a simplex with statements, or over a box with statements.

    Where these are limits of single weights alone, nothing need be cut into simplices. That is done
    for up to as many factors as first places are worked out for, which need the parts, too.
    """
    limits = None if top.box is not None else capped(top.rules, len(top.counted))
    if limits is None or top.set.is_simplex:
        return pairwise_shares(forms, parts_of(top))
    cut = top.set.cells if int(top.counted.sum()) <= MOST_FIRST else None
    if cut is None or too_long_exact(len(by_corners(forms, cut.vertices)[1]), cut):
        return limits.shares(forms)
    return pairwise_shares(forms, cut)


def parts_of(top: Allowed) -> Simplices:
    """Return the simplices that the weights are cut into, or refuse so many."""
    found = top.set.cells
    if found is None:
        size = int(top.counted.sum())
        kind, why = ("", "") if top.box is None else (
            "within a tolerance ",
            f"; the tolerance alone leaves {2**size:,} corners",
        )  # fmt: skip
        raise InputError.of(
            "too-large",
            "exact",
            f"needs the weights cut into simplices, which are too many: {size} "
            f"factors {kind}by statements{why}",
            f"up to {MOST_BOX} factors go with statements within a tolerance, and without one any "
            'number with limits of single weights, such as "a <= 0.2", or with a few other '
            "statements; or count draws by pairwise=True",
        )
    return found
