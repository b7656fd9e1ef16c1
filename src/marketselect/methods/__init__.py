"""The methods: a matrix of markets x criteria and weights in, scores out, one file each.

Labels, missing values and the choice of a scale are settled before a method is called.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marketselect.errors import InputError, did_you_mean, listing
from marketselect.methods._ahp import AhpResult, ahp
from marketselect.methods._copeland import CopelandResult, copeland
from marketselect.methods._promethee import PrometheeResult, promethee
from marketselect.methods._topsis import TopsisResult, topsis
from marketselect.methods._vikor import VikorResult, vikor
from marketselect.methods._weighted_product import WeightedProductResult, weighted_product
from marketselect.methods._weighted_sum import WeightedSumResult, weighted_sum

__all__ = [
    "LINEAR",
    "METHODS",
    "AhpResult",
    "CopelandResult",
    "Method",
    "PrometheeResult",
    "TopsisResult",
    "VikorResult",
    "WeightedProductResult",
    "WeightedSumResult",
    "ahp",
    "copeland",
    "fixed_scale_options",
    "promethee",
    "topsis",
    "vikor",
    "weighted_product",
    "weighted_sum",
]

# Takes (matrix, weights, **options); returns scores, or a result whose `scores` are read.
Method = Callable[..., Any]

METHODS: dict[str, Method] = {
    "weighted_sum": weighted_sum,
    "weighted_product": weighted_product,
    "topsis": topsis,
    "ahp": ahp,
    "vikor": vikor,
    "promethee": promethee,
    "copeland": copeland,
}

# Scores that are linear in the weights: a market's score is a sum of one term for each criterion.
LINEAR = frozenset({"weighted_sum", "ahp", "promethee"})


def fixed_scale_options(name: str, low: float, high: float) -> Mapping[str, object]:
    """Return the options with which a method reads scores that lie on the scale low to high.

    All columns are benefits there. TOPSIS measures to the ends of the scale and AHP rates
    against its top, so no market moves when another comes or goes. PROMETHEE counts a lead of
    20 points as full preference. VIKOR and Copeland have no such form: regrets are relative to the
    best and the worst market, and outranking to all that are seen.

    Examples
    --------
    >>> fixed_scale_options("topsis", 0.0, 100.0)
    {'normalization': 'none', 'ideal': 100.0, 'anti_ideal': 0.0}
    """
    options: dict[str, dict[str, object]] = {
        "weighted_sum": {"normalization": "none"},
        "weighted_product": {},
        "topsis": {"normalization": "none", "ideal": high, "anti_ideal": low},
        "ahp": {"mode": "ideal", "ideal": high},
        "vikor": {"v": 0.5},
        "promethee": {"preference": "linear", "q": 0.0, "p": 20.0},
        "copeland": {"rule": "majority"},
    }
    if name not in options:
        raise InputError(
            f"method is {name!r}; use one of {listing(options, 9)}.{did_you_mean(name, options)}"
        )
    return options[name]
