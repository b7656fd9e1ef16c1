"""What there is to know of a weighting, in one value, and how it is asked for its weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from marketselect.arrays.checks import FloatArray, Matrix, weight_batch
from marketselect.errors import InputError, failure, in_words
from marketselect.values import a_flag, one_of
from marketselect.weighting.columns import in_order

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
    over_judgements
        Whether it takes the place of the judgements about the top factors. All from data do.
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
    call: Callable[[Any], Any] | None = None
    source: Source = "data"
    over_judgements: bool = False
    description: str = ""
    remedy: str = ""
    shipped: bool = False

    def __post_init__(self) -> None:
        where = f"weighting {in_words(self.name)}"
        one_of(self.source, get_args(Source), f"{where}: source")
        for name in ("over_judgements", "shipped"):
            object.__setattr__(self, name, a_flag(getattr(self, name), f"{where}: {name}"))

    def __call__(self, given: Any) -> Any:
        """Return what it makes of the stated weights or of the scores."""
        return None if self.call is None else self.call(given)

    @property
    def replaces_judgements(self) -> bool:
        """Whether what was judged about the top factors no longer counts."""
        return self.source == "data" or self.over_judgements


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
    where = f'weights "{rule.name}"'
    try:
        result = rule.call(given if rule.shipped else np.array(given))
        if rule.shipped:
            return result, result.weights
        found = getattr(result, "weights", result)
        labels = getattr(result, "labels", None)
        named = in_order(found, names, "weights", labels)
        if isinstance(result, np.ndarray):  # it is kept, and locked: the user's own stays open
            result = result.copy()
        return result, weight_batch(named, len(names), names)
    except InputError as fault:
        # Where stated weights have no order, that says so itself.
        raise (fault if rule.source == "stated" else fault.under(where)) from None
    except Exception as fault:
        raise failure(where, fault) from fault
