"""What there is to know of a method, in one value: how it is called, and what holds of its scores.

Nothing outside this package asks which method it has before it: it asks the `Method`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError, callable_name, failure, is_a, raise_faults
from marketselect.framework.vocabulary import MethodName
from marketselect.frozen import FrozenMapping, clean_writer, held_entries
from marketselect.methods.games import Game
from marketselect.values import held_by_scalar, is_truth, kind_code, one_of, said

Batch = Literal["none", "weights", "both"]
Options = Mapping[str, Any]
UNKNOWN = "as far as anyone can tell of a method of your own"
NONE = FrozenMapping()
POINTS = "points"  # the unit of scores that are in the unit of what they are made of


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method: a callable ``(matrix, weights, **options)``, and all that is to know of it.

    The callable returns scores, larger is better, or a result whose field `scores` holds them.
    Only `call` is needed; each of the others lets `rank_markets` and what follows it do more.

    Attributes
    ----------
    call
        Takes matrix, weights and options as keywords.
    name
        Default: the callable's own name.
    linear
        Whether scores are linear in the weights: a sum of one term for each criterion. That gives
        contributions, effective weights and exact bounds.
    log_linear
        Whether the logarithms of positive scores are.
    smooth
        Whether a small change of weights changes scores by little, so that there is a slope.
    batch
        What may have leading axes: nothing; the weights, ``(draws, criteria)``; or both, the matrix
        ``(..., markets, criteria)`` beside weights ``(..., criteria)``.
    fixed_options
        The options with which it reads scores that lie on a scale, or a callable that takes the
        ends of the scale, low and high, and returns them. All columns are benefits there.
    options
        Options that are set in advance.
    takes
        The options that there are; None: anything is passed on.
    additive
        Whether a score is the weighted sum of the market's criteria as they are, or a callable
        that says so of its options: then draws of weights at every level are sums, too.
    alone
        Whether a market's score depends on that market alone, or a callable that says so of its
        options; None where nobody knows.
    scorer
        What returns the scores alone where that is less work: takes what `call` takes. None: `call`
        does.
    game
        How a score that is not linear splits into parts of the criteria: takes the method's result,
        matrix, weights and options.
    whole
        Why a score has no parts, where it has none: "a score is not made of parts, it ...".
    formula
        What a page needs to score again at other weights, where scores are not linear: takes the
        result at equal weights, and options; returns its kind, and arrays with one row a market.
    label
        Its name as it is written in a sentence. Default: the name.
    description
        What it does, in one sentence.
    unit
        The unit and range of the scores in a few words, or a callable that says so of its options;
        "points" where it is that of the criteria.
    usual
        Whether `sensitivity` tries it unless it is told what to try.
    shipped
        Which of the library's own methods this is; nothing for any other.

    Examples
    --------
    >>> import numpy as np
    >>> half = Method(call=lambda matrix, weights: weights @ matrix.T / 2, name="half",
    ...               linear=True, batch="weights")
    >>> half(np.array([[80, 60], [40, 90]]), np.array([0.5, 0.5]))
    array([35. , 32.5])
    """

    call: Callable[..., Any]
    name: str = ""
    linear: bool = False
    log_linear: bool = False
    smooth: bool = True
    batch: Batch = "none"
    fixed_options: Options | Callable[[float, float], Options] = NONE
    options: Options = NONE
    takes: tuple[str, ...] | None = None
    additive: bool | Callable[[Options], bool] = False
    alone: bool | Callable[[Options], bool] | None = None
    scorer: Callable[..., FloatArray] | None = None
    game: Callable[[Any, Any, Any, Options], Game] | None = None
    whole: str = UNKNOWN
    formula: Callable[[Any, Options], Mapping[str, Any]] | None = None
    label: str = ""
    description: str = ""
    unit: str | Callable[[Options], str] = ""
    usual: bool = False
    shipped: str = ""

    def __post_init__(self) -> None:
        if not callable(self.call):
            raise InputError.of(
                kind_code(self.call),
                "method",
                f"is {said(self.call)}",
                "give a name or a callable (matrix, weights) -> scores",
            )
        name: Any = (
            self.name if not is_method_text(self.name) or self.name else callable_name(self.call)
        )
        where = f"method {name}" if is_a(name, str) else "method"
        raise_faults(
            Fault(
                kind_code(getattr(self, key)),
                f"{where}: {key}",
                f"is {said(getattr(self, key))}",
                f"{need} is needed",
            )
            for key, (fits, need) in KINDS.items()
            if not fits(getattr(self, key))
        )
        one_of(self.batch, get_args(Batch), f"{where}: batch")
        given: dict[str, Any] = {"name": name, "label": self.label or name}
        given["options"] = FrozenMapping(self.options)
        if is_a(self.fixed_options, Mapping):
            given["fixed_options"] = FrozenMapping(self.fixed_options)
        given |= {key: bool(held_by_scalar(getattr(self, key))) for key in FLAGS}
        given |= {
            key: bool(held_by_scalar(value))
            for key in ("additive", "alone")
            if is_method_flag(value := getattr(self, key))
        }
        if self.takes is not None:
            given["takes"] = tuple(self.takes)
        for key, value in given.items():
            object.__setattr__(self, key, value)

    def __deepcopy__(self, memo: Any) -> "Method":
        return self

    @clean_writer
    def __repr__(self) -> str:
        return f"Method({self.title}, linear={self.linear}, batch={self.batch!r})"

    def __call__(self, matrix: Any, weights: Any, **options: Any) -> Any:
        """Call the method; options that are given go before those that are set."""
        return self.call(matrix, weights, **{**self.options, **options})

    def on_scale(self, low: float, high: float) -> dict[str, Any]:
        """Return the options with which it reads scores that lie between two ends."""
        return dict(self.answer("fixed_options", low, high))

    def stands_alone(self, options: Options) -> bool | None:
        """Return whether, with these options, a score depends on its own market alone."""
        alone = self.answer("alone", options)
        return None if alone is None else bool(alone)

    def adds_up(self, options: Options) -> bool:
        """Return whether, with these options, a score is the weighted sum of the criteria."""
        return bool(self.answer("additive", options))

    def unit_of(self, options: Options) -> str:
        """Return the unit of the scores with these options."""
        return str(self.answer("unit", options))

    def answer(self, key: str, *given: Any) -> Any:
        """Return a field, or what it returns where it is a callable: refused if it has no answer.

        Raises
        ------
        InputError
            If a callable of one's own raises an error, or returns what the field cannot be.
        """
        field = getattr(self, key)
        if not callable(field):
            return field
        where = f"method {self.name}: {key}"
        try:
            found = field(*given)
        except InputError as fault:
            raise (fault if self.shipped else fault.under(where)) from None
        except Exception as fault:
            raise failure(where, fault) from fault
        fits, need = ANSWERS[key]
        if not fits(found):
            raise InputError.of("wrong-type", where, f"returned {said(found)}", f"{need} is needed")
        return found

    @property
    def title(self) -> str:
        """The name with the options that are set: ``topsis(metric="manhattan")``."""
        options = ", ".join(
            f'{key}="{value}"' if is_a(value, str) else f"{key}={value!r}"
            for key, value in self.options.items()
            if value is not None
        )
        return f"{self.name}({options})" if options else self.name


Given = MethodName | str | Method | Callable[..., Any]
"""What `method` takes: a method's name, the method, or a callable."""


def is_method_text(value: object) -> bool:
    """Return whether a value is a text, as a field of a `Method` may have to be."""
    return is_a(value, str)


def is_method_flag(value: object) -> bool:
    """Return whether a `Method`'s field is True or False, in an array without axes, too."""
    return is_truth(held_by_scalar(value))


def are_option_names(value: object) -> bool:
    """Return whether a `Method`'s field is a list of names, those of its options."""
    return is_a(value, (list, tuple)) and all(map(is_method_text, value))


def are_method_options(value: object) -> bool:
    """Return whether a `Method`'s field is a mapping of options by name."""
    if not is_a(value, Mapping):
        return False
    return all(is_method_text(name) for name, _ in held_entries(value, "a mapping of a method"))


FLAGS = ("linear", "log_linear", "smooth", "usual")

# What a field that is a callable has to return, and how a fault calls it.
ANSWERS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "fixed_options": (are_method_options, "a mapping of options by name"),
    "additive": (is_method_flag, "True or False"),
    "alone": (lambda value: value is None or is_method_flag(value), "True, False or None"),
    "game": (lambda value: is_a(value, Game), "a Game"),
    "formula": (lambda value: is_a(value, Mapping), "a mapping"),
    "unit": (is_method_text, "a text"),
}

# What each field takes, and how a fault calls it.
KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(
        ("name", "label", "whole", "description", "shipped"), (is_method_text, "a text")
    ),
    **dict.fromkeys(FLAGS, (is_method_flag, "True or False")),
    "options": (are_method_options, "a mapping of options by name"),
    "fixed_options": (
        lambda value: callable(value) or are_method_options(value),
        "a mapping of options by name, or a callable (low, high) that returns one,",
    ),
    "takes": (
        lambda value: value is None or are_option_names(value),
        "a list of the options' names, or None for any,",
    ),
    "additive": (
        lambda value: is_method_flag(value) or callable(value),
        "True, False or a callable of the options",
    ),
    "alone": (
        lambda value: value is None or is_method_flag(value) or callable(value),
        "True, False, None or a callable of the options",
    ),
    **dict.fromkeys(
        ("scorer", "game", "formula"),
        (lambda value: value is None or callable(value), "a callable or None"),
    ),
    "unit": (
        lambda value: is_method_text(value) or callable(value),
        "a text or a callable of the options",
    ),
}


def option_names(call: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the options of one of the library's own methods."""
    return tuple(inspect.signature(call).parameters)[2:]
