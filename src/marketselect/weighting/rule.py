"""What there is to know of a weighting, in one value, and how it is asked for its weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from marketselect.arrays.checks import FloatArray, Matrix
from marketselect.arrays.columns import own_weights_in_order
from marketselect.arrays.weights import weight_batch
from marketselect.errors import Fault, InputError, Place, failure, is_a, raise_faults, told
from marketselect.values import held_by_scalar, is_gap, is_truth, kind_code, one_of, said

Source = Literal["stated", "data", "judgements"]


@dataclass(frozen=True, kw_only=True)
class WeightRule:
    """Where the weights of the top factors come from: a name, a function, and what it reads.

    Attributes
    ----------
    name
        What it is called.
    call
        Takes what it reads, and returns weights or a result whose field `weights` holds them.
    source
        What it reads: the stated weights of the top factors, shape (factors,); the scores of all
        qualifying markets, shape (markets, factors); or judgements, which a name alone does not
        hold.
    of_parts
        Whether it reads, in place of the factors' scores, what each factor adds to the score by the
        method; it then takes the share of each as `target`, zero for those that take no part.
    over_judgements
        Whether it takes the place of the judgements about the top factors. All from data do.
    label
        What people read it as, in a sentence. Default: the name.
    description
        What it does, in a few words.
    remedy
        How to come by the weights, where a name alone does not do.
    shipped
        Whether it is one of the library's own.

    Examples
    --------
    >>> import numpy as np
    >>> rule = WeightRule(name="spread", call=lambda matrix: np.ptp(matrix, axis=0), source="data")
    >>> rule.name, rule.shipped
    ('spread', False)
    """

    name: str
    call: Callable[..., Any] | None = None
    source: Source = "data"
    of_parts: bool = False
    over_judgements: bool = False
    label: str = ""
    description: str = ""
    remedy: str = ""
    shipped: bool = False

    def __post_init__(self) -> None:
        where = f"weighting {self.name}" if is_weighting_name(self.name) else "weighting"
        raise_faults(
            Fault(
                kind_code(value),
                f"{where}: {key}",
                f"is {said(value)}",
                f"{need} is needed",
            )
            for key, (fits, need) in KINDS.items()
            if not fits(value := getattr(self, key))
        )
        one_of(self.source, get_args(Source), f"{where}: source")
        for key in FLAGS:
            object.__setattr__(self, key, bool(held_by_scalar(getattr(self, key))))
        object.__setattr__(self, "label", self.label or self.name)
        # Only stated weights are taken as they are, and only judgements come from elsewhere.
        if self.call is None and self.source != "judgements" and self.name != "stated":
            raise InputError.of(
                "missing",
                f"{where}: call",
                "is None",
                f"give a callable of the {READ[self.source]}",
            )

    def __repr__(self) -> str:
        return f"WeightRule({told(self.name)}, source={self.source!r})"

    def __call__(self, given: Any) -> Any:
        """Return what it makes of the stated weights or of the scores."""
        return None if self.call is None else self.call(given)

    @property
    def replaces_judgements(self) -> bool:
        """Whether what was judged about the top factors no longer counts."""
        return self.source == "data" or self.over_judgements


def is_weighting_name(value: object) -> bool:
    """Return whether a value can be a weighting's name: a text that is not blank."""
    return is_a(value, str) and not is_gap(value)


FLAGS = ("of_parts", "over_judgements", "shipped")

# What each field takes, and how a fault calls it.
KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "name": (is_weighting_name, "a text"),
    "call": (lambda value: value is None or callable(value), "a callable"),
    **dict.fromkeys(("label", "description", "remedy"), (lambda value: is_a(value, str), "a text")),
    **dict.fromkeys(FLAGS, (lambda value: is_truth(held_by_scalar(value)), "True or False")),
}
READ = {"data": "scores", "stated": "stated weights"}


def weigh_by(
    rule: WeightRule, given: FloatArray | Matrix, names: Sequence[str]
) -> tuple[Any, FloatArray]:
    """Return the result of a weighting, and its weights in the order of the names.

    Parameters
    ----------
    rule : WeightRule
        One of ours gets a matrix with its names, any other an array of its own.
    given : ndarray or Matrix
        What it reads.
    names : sequence
        The top factors.
    """
    assert rule.call is not None
    where = Place("weights", f' "{rule.name}"')
    try:
        result = rule.call(given if rule.shipped else np.array(given))
        if rule.shipped:
            return result, result.weights
        found = getattr(result, "weights", result)
        labels = getattr(result, "labels", None)
        named = own_weights_in_order(found, names, "weights", labels)
        if is_a(result, np.ndarray):  # it is kept, and locked: the user's own stays open
            result = result.copy()
        return result, weight_batch(named, len(names), names)
    except InputError as fault:
        # Where stated weights have no order, that says so itself.
        raise (fault if rule.source == "stated" else fault.under(where)) from None
    except Exception as fault:
        raise failure(where, fault) from fault
