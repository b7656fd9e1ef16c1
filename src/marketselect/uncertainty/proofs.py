"""What is worked out of a ranking, not drawn: exact shares, and a winner that is proven."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from marketselect.errors import InputError
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.ranking import Ranking
from marketselect.uncertainty.allowed import Allowed, allowed
from marketselect.uncertainty.exact import MOST_FIRST, box_shares, first_shares, pairwise_shares
from marketselect.uncertainty.extremes import faces_of, sole_winner
from marketselect.uncertainty.forms import is_linear, linear_forms
from marketselect.uncertainty.regions import stated_region


def proven_first(
    ranking: Ranking, drawn: WeightDraws, limited: Mapping[str | None, Allowed]
) -> object | None:
    """Return the market that no other beats at any weights that statements allow, if proven."""
    top = limited.get(None)
    if top is None or drawn.below or not is_linear(ranking) or ranking.decimals is not None:
        return None
    forms = linear_forms(ranking, "proofs")
    first = sole_winner(faces_of(forms / (np.abs(forms).max() or 1.0), stated_region(top)))
    return None if first is None else ranking.table.index[first]


def exact_shares(
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
    simplices = None if top.box is not None and not limited else top.set.simplices
    if simplices is not None:
        shares = pairwise_shares(forms, simplices)
    elif top.box is not None and not limited:
        shares = box_shares(forms, *top.box)
    else:
        raise InputError.of(
            "too-large",
            "exact",
            f"needs the weights cut into simplices, of which those of {int(top.counted.sum())} "
            "factors are too many",
            "count draws by pairwise=True, or state an order of importance",
        )
    labels = ranking.table.index
    pairs = pd.DataFrame(shares, labels, labels)
    if int(top.counted.sum()) > MOST_FIRST:
        return pairs, None
    corners = top.set.outside(top.set.every_corner)
    return pairs, pd.Series(first_shares(forms, top.set, corners), labels, name="first")
