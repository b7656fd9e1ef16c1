"""The methods: a matrix of markets x criteria and weights in, scores out, one file each.

Labels, missing values and the choice of a scale are settled before a method is called. `METHODS`
is the one table of what there is to know of each.
"""

import inspect
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any, Protocol, TypeAlias

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, is_a
from marketselect.frozen import FrozenMapping
from marketselect.methods._ahp import AhpResult, ahp
from marketselect.methods._benefit_of_the_doubt import (
    BenefitOfTheDoubtResult,
    benefit_of_the_doubt,
)
from marketselect.methods._copeland import CopelandResult, copeland, majorities, pairs_ahead
from marketselect.methods._mazziotta_pareto import MazziottaParetoResult, mazziotta_pareto
from marketselect.methods._promethee import PrometheeResult, net_flow, promethee
from marketselect.methods._topsis import TopsisResult, closeness_formula, topsis
from marketselect.methods._vikor import VikorResult, vikor
from marketselect.methods._weighted_harmonic import weighted_harmonic
from marketselect.methods._weighted_product import WeightedProductResult, weighted_product
from marketselect.methods._weighted_sum import WeightedSumResult, weighted_sum
from marketselect.methods.games import Game, balance_game, product_game, topsis_game
from marketselect.methods.method import POINTS, Given, Method, option_names
from marketselect.values import one_of, use_one_of, word_code

__all__ = [
    "LINEAR",
    "METHODS",
    "AhpResult",
    "BenefitOfTheDoubtResult",
    "CopelandResult",
    "Game",
    "Given",
    "MazziottaParetoResult",
    "Method",
    "MethodResult",
    "PrometheeResult",
    "Scored",
    "TopsisResult",
    "VikorResult",
    "WeightedProductResult",
    "WeightedSumResult",
    "ahp",
    "as_method",
    "benefit_of_the_doubt",
    "copeland",
    "fixed_scale_options",
    "majorities",
    "mazziotta_pareto",
    "method_with_mean",
    "pairs_ahead",
    "promethee",
    "topsis",
    "vikor",
    "weighted_product",
    "weighted_sum",
]


def _is_plain(options: Mapping[str, Any]) -> bool:
    """Return whether a method's options leave the matrix as it is, not normalized."""
    return bool(options.get("normalization", "none") == "none")


def _adds_up(options: Mapping[str, Any]) -> bool:
    """Return whether by its options a weighted sum adds up the criteria as they are."""
    return _is_plain(options) and options.get("directions") is None


def _has_top(options: Mapping[str, Any]) -> bool:
    """Return whether a method's options fix the ideal that it measures to."""
    return options.get("ideal") is not None


def _has_ends(options: Mapping[str, Any]) -> bool:
    """Return whether a method's options fix both the ideal and the anti-ideal."""
    return _has_top(options) and options.get("anti_ideal") is not None


def _unit_of_a_sum(options: Mapping[str, Any]) -> str:
    """Return the unit that the scores of a weighted sum have, by its options."""
    return POINTS if _is_plain(options) else "relative to the markets"


def _ends_of_topsis(low: float, high: float) -> dict[str, Any]:
    """Return the options with which TOPSIS measures to the ends of a fixed scale."""
    return {"normalization": "none", "ideal": high, "anti_ideal": low}


def _goalposts_of_pareto(low: float, high: float) -> dict[str, Any]:
    """Return the options with which Mazziotta-Pareto takes a scale's ends as goalposts."""
    return {"normalization": "min-max", "ideal": high, "anti_ideal": low}


def _unit_around_100(options: Mapping[str, Any]) -> str:
    """Return the unit that the scores of Mazziotta-Pareto have, by its options."""
    return "70 to 130, less imbalance" if _has_ends(options) else "around 100, less imbalance"


def _top_of_ahp(_low: float, high: float) -> dict[str, Any]:
    """Return the options with which AHP rates against the top of a fixed scale."""
    return {"mode": "ideal", "ideal": high}


# To add a method: write its file, put its value here,
# and its word in framework/vocabulary.py.
_TABLE = (
    Method(
        call=weighted_sum,
        label="weighted sum",
        description="The weighted mean of the factors.",
        unit=_unit_of_a_sum,
        linear=True,
        fixed_options={"normalization": "none"},
        additive=_adds_up,
        alone=_is_plain,
        usual=True,
    ),
    Method(
        call=weighted_product,
        label="weighted product",
        description="The weighted geometric mean of the factors: a weak one weighs more.",
        unit=POINTS,
        log_linear=True,
        alone=True,
        game=product_game,
        usual=True,
    ),
    Method(
        call=topsis,
        label="TOPSIS",
        description="How near a market is to the best on every factor, and far from the worst.",
        unit="closeness to the ideal, 0 to 1",
        fixed_options=_ends_of_topsis,
        alone=_has_ends,
        game=topsis_game,
        formula=closeness_formula,
        usual=True,
    ),
    Method(
        call=ahp,
        label="AHP",
        description="The weighted mean of ratings, each a share of the best.",
        unit="priority, 0 to 1",
        linear=True,
        fixed_options=_top_of_ahp,
        alone=_has_top,
    ),
    Method(
        call=vikor,
        label="VIKOR",
        description="A compromise between the average and the largest regret.",
        unit="1 is best, 0 is worst",
        # Regrets are relative to the best and the worst market: there is no fixed form.
        fixed_options={"v": 0.5},
        alone=False,
        whole="it is relative to the best and the worst market",
    ),
    Method(
        call=promethee,
        label="PROMETHEE II",
        description="How much a market is preferred to the others, pair by pair.",
        unit="net flow, \N{MINUS SIGN}1 to 1",
        linear=True,
        # A lead of 20 points is full preference.
        fixed_options={"preference": "linear", "q": 0.0, "p": 20.0},
        alone=False,
        scorer=net_flow,
        usual=True,
    ),
    Method(
        call=copeland,
        label="Copeland",
        description="How many others a market is ahead of by most of the weight.",
        unit="markets beaten, ties half",
        smooth=False,
        fixed_options={"rule": "majority"},
        alone=False,
        whole="it counts the markets that are beaten",
    ),
    Method(
        call=mazziotta_pareto,
        label="Mazziotta-Pareto",
        description="The weighted mean of the factors, less the more the further apart they are.",
        unit=_unit_around_100,
        fixed_options=_goalposts_of_pareto,
        alone=_has_ends,
        game=balance_game,
    ),
    Method(
        call=benefit_of_the_doubt,
        label="benefit of the doubt",
        description="How near the best a market comes by the weights that are best for it.",
        unit="share of the best, 0 to 1",
        smooth=False,
        alone=False,
        whole="every market has weights of its own",
    ),
)

METHODS: Mapping[str, Method] = FrozenMapping(
    {
        method.name: replace(
            method, batch="both", takes=option_names(method.call), shipped=method.name
        )
        for method in _TABLE
    }
)
"""The methods that ship, by name."""

_HARMONIC = Method(
    call=weighted_harmonic,
    label="weighted harmonic mean",
    description="The weighted harmonic mean of the factors: the weakest one weighs the most.",
    unit=POINTS,
    alone=True,
    whole="a harmonic mean is not a sum",
    batch="both",
    takes=(),
    shipped="weighted_sum",
)


def method_with_mean(method: Method, mean: str) -> Method:
    """Return the method that a weighted sum is by another mean; other methods stay.

    A geometric mean is the weighted product.
    """
    if method.shipped != "weighted_sum" or mean == "arithmetic":
        return method
    return METHODS["weighted_product"] if mean == "geometric" else _HARMONIC


# Those whose scores are linear in the weights.
LINEAR = frozenset(name for name, method in METHODS.items() if method.linear)


class Scored(Protocol):
    """What a method of one's own may return in place of the scores themselves."""

    @property
    def scores(self) -> FloatArray:
        """One score for each market, larger is better."""


MethodResult: TypeAlias = (
    WeightedSumResult
    | WeightedProductResult
    | TopsisResult
    | AhpResult
    | VikorResult
    | PrometheeResult
    | CopelandResult
    | MazziottaParetoResult
    | BenefitOfTheDoubtResult
    | Scored
    | FloatArray
)
"""What a method returns: one of ours its own class, any other scores or what holds them."""


def as_method(given: Any) -> Method:
    """Return a method by its name, its function, or what someone has made a method of.

    A partial of one of the library's functions is that method with the options of the partial; it
    is called as the function is, not told of a fixed scale. A partial of a `Method` is that one
    with these options. What a partial of any other function sets is recorded as its options, too.
    A `Method` of what is a method already is that one, but for what it says anew.
    """
    if is_a(given, str):
        if given in METHODS:
            return METHODS[given]
        raise InputError.of(
            word_code(given),
            "method",
            f'there is no method "{given}"',
            use_one_of(METHODS, given, also=" or a callable"),
        )
    if is_a(given, Method):
        known = None if given.shipped else _known(given.call)
        return _unfolded(given) if known is None else _said_anew(known, given)
    if (known := _known(given)) is not None:
        return known
    batch = getattr(given, "batch", getattr(getattr(given, "func", None), "batch", False))
    return _unfolded(Method(call=given, batch="weights" if batch else "none"))


def _unfolded(method: Method) -> Method:
    """Return a method that calls a function itself, with the options that a partial of it sets."""
    call = method.call
    if not is_a(call, partial) or call.args:  # something takes the place of the matrix
        return method
    return replace(method, call=call.func, options={**call.keywords, **method.options})


def _known(call: Any) -> Method | None:
    """Return the method that a `Method`, a function of ours or a partial of one is; else None."""
    if is_a(call, Method):
        return as_method(call)
    plain = call.func if is_a(call, partial) else call
    if is_a(plain, Method):
        inner = as_method(plain)
        return None if call.args else replace(inner, options={**inner.options, **call.keywords})
    found = next((method for method in METHODS.values() if method.call is plain), None)
    if found is None or not is_a(call, partial):
        return found
    if call.args:  # something takes the place of the matrix
        return None
    # Its own defaults stand where a fixed scale would set something else.
    known = inspect.signature(plain).parameters
    defaults = {key: known[key].default for key in found.on_scale(0.0, 1.0)}
    return replace(found, options={**defaults, **call.keywords})


def _said_anew(inner: Method, given: Method) -> Method:
    """Return a method with what another one, which calls it, says differently from a default."""
    plain = Method(call=given.call)
    said = {
        field.name: getattr(given, field.name)
        for field in fields(Method)
        if getattr(given, field.name) != getattr(plain, field.name)
    }
    if "name" in said:  # which is its label, too, unless it says another
        said["label"] = given.label
    return replace(inner, **{**said, "options": {**inner.options, **given.options}})


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
    return METHODS[one_of(name, METHODS, "method")].on_scale(low, high)
