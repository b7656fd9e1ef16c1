"""What the fields of a method take, hold and answer, without a ranking around them."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError
from marketselect.frozen import FrozenMapping
from marketselect.methods.method import option_names
from shared import fault_of


def mean(matrix: FloatArray, weights: FloatArray, **_: Any) -> FloatArray:
    return np.asarray(weights @ matrix.T)


def own(**fields: Any) -> ms.Method:
    return ms.Method(**{"call": mean, **fields})


# --- what they take


@pytest.mark.parametrize(
    ("call", "code", "got"), [("topsis", "wrong-type", "is 'topsis'"), (None, "missing", "is None")]
)
def test_what_cannot_be_called_is_no_method(call: Any, code: str, got: str) -> None:
    remedy = "give a name or a callable (matrix, weights) -> scores"
    assert fault_of(partial(ms.Method, call=call)) == Fault(code, "method", got, remedy)


OPTIONS = "a mapping of options by name is needed"
FIXED = "a mapping of options by name, or a callable (low, high) that returns one, is needed"
TAKES = "a list of the options' names, or None for any, is needed"
ALONE = "True, False, None or a callable of the options is needed"
FLAG = "True or False is needed"

# Field, value, how it is written, and what is needed.
KINDS: list[tuple[str, Any, str, str]] = [
    *((field, 5, "5", "a text is needed") for field in ("label", "whole", "description")),
    ("shipped", b"topsis", "b'topsis'", "a text is needed"),
    *((field, 1, "1", FLAG) for field in ("linear", "log_linear", "smooth", "usual")),
    ("linear", "yes", "'yes'", FLAG),
    ("options", [1], "[1]", OPTIONS),
    ("options", {1: 2}, "{1: 2}", OPTIONS),
    ("fixed_options", [1], "[1]", FIXED),
    ("fixed_options", {1: 2}, "{1: 2}", FIXED),
    ("takes", "k", "'k'", TAKES),
    ("takes", {"k": 1}, "{'k': 1}", TAKES),
    ("takes", ["k", 1], "['k', 1]", TAKES),
    ("additive", "yes", "'yes'", "True, False or a callable of the options is needed"),
    ("alone", 0, "0", ALONE),
    *((field, 3, "3", "a callable or None is needed") for field in ("scorer", "game", "formula")),
    ("unit", 5, "5", "a text or a callable of the options is needed"),
]


@pytest.mark.parametrize(("field", "value", "written", "needed"), KINDS)
def test_a_field_of_another_kind_is_refused(
    field: str, value: Any, written: str, needed: str
) -> None:
    expected = Fault("wrong-type", f"method mean: {field}", f"is {written}", needed)
    assert fault_of(own, **{field: value}) == expected


@pytest.mark.parametrize("field", ["label", "linear", "options", "fixed_options", "additive"])
def test_a_field_that_is_no_value_at_all_is_missing(field: str) -> None:
    found = fault_of(own, **{field: None})
    assert (found.code, found.where, found.got) == ("missing", f"method mean: {field}", "is None")


class Silent(dict[str, Any]):
    """A mapping of one's own that fails to say what it holds."""

    def items(self) -> Any:
        raise RuntimeError


@pytest.mark.parametrize("field", ["options", "fixed_options"])
def test_a_mapping_that_cannot_be_read_is_refused(field: str) -> None:
    assert fault_of(own, **{field: Silent(k=1)}) == Fault(
        "wrong-type",
        "a mapping of a method",
        "is a Silent whose entries cannot be read",
        "give a plain dict",
    )


def test_a_name_that_is_none_is_not_in_the_place() -> None:
    assert fault_of(own, name=3) == Fault("wrong-type", "method: name", "is 3", "a text is needed")
    assert fault_of(own, name="my", linear=1).where == "method my: linear"


def test_a_word_for_a_batch_is_one_of_three() -> None:
    assert fault_of(own, batch="wieghts") == Fault(
        "unknown-word",
        "method mean: batch",
        "is 'wieghts'",
        'use one of "none", "weights", "both". Did you mean "weights"?',
    )
    assert [own(batch=word).batch for word in ("none", "weights", "both")] == [
        "none", "weights", "both"
    ]  # fmt: skip


def test_faults_of_several_fields_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        own(unit=5, takes="k", linear=1)
    places = {fault.where for fault in caught.value.faults}
    assert places == {"method mean: unit", "method mean: takes", "method mean: linear"}


def test_a_field_may_be_nothing_where_nothing_is_known() -> None:
    none: dict[str, Any] = dict.fromkeys(("takes", "alone", "scorer", "game", "formula"))
    assert own(**none) == own()
    asked: dict[str, Any] = dict.fromkeys(
        ("fixed_options", "additive", "alone", "scorer", "game", "formula", "unit"), mean
    )
    assert own(**asked).scorer is mean


# --- what they hold


def test_a_method_of_a_callable_alone_promises_nothing() -> None:
    method = own()
    assert (method.name, method.label, method.unit, method.description) == ("mean", "mean", "", "")
    assert (method.linear, method.log_linear, method.smooth, method.usual) == (
        False, False, True, False
    )  # fmt: skip
    assert (method.batch, method.takes, method.alone, method.additive) == (
        "none", None, None, False
    )  # fmt: skip
    assert method.on_scale(0.0, 100.0) == method.options == {}
    assert method.whole == "as far as anyone can tell of a method of your own"
    assert method.shipped == ""


def test_a_label_is_the_name_unless_it_is_given() -> None:
    assert (own(name="my").name, own(name="my").label) == ("my", "my")
    assert (own(label="Mine").name, own(label="Mine").label) == ("mean", "Mine")


def test_mappings_and_lists_are_held_as_they_were() -> None:
    options, fixed, takes = {"k": 1}, {"foot": 2.0}, ["k", "foot"]
    method = own(options=options, fixed_options=fixed, takes=takes)
    options["k"], fixed["foot"] = 9, 9.0
    takes.append("z")
    assert type(method.options) is type(method.fixed_options) is FrozenMapping
    assert method.options == {"k": 1}
    assert method.fixed_options == {"foot": 2.0}
    assert method.takes == ("k", "foot")
    assert hash(method) == hash(
        own(options={"k": 1}, fixed_options={"foot": 2.0}, takes=method.takes)
    )


@pytest.mark.parametrize("flag", [np.array(True), np.True_])
def test_a_flag_of_numpy_is_held_as_one_of_python(flag: Any) -> None:
    fields = ("linear", "log_linear", "smooth", "usual", "additive", "alone")
    given: dict[str, Any] = dict.fromkeys(fields, flag)
    assert own(**given) == own(**dict.fromkeys(fields, True))
    assert all(getattr(own(**given), field) is True for field in fields)
    assert own(alone=lambda _: flag).stands_alone({}) is True


def test_a_copy_of_a_method_is_the_method() -> None:
    for method in (own(linear=True), ms.METHODS["topsis"], ms.Method(call=partial(mean))):
        assert deepcopy(method) is method


def test_a_title_says_the_options_that_are_set() -> None:
    method = own(options={"by": "rank", "k": 2, "foot": None}, linear=True, batch="weights")
    assert method.title == 'mean(by="rank", k=2)'
    assert own(options={"foot": None}).title == "mean"
    assert repr(method) == "Method(mean(by=\"rank\", k=2), linear=True, batch='weights')"


def test_options_of_a_call_go_before_those_that_are_set() -> None:
    def told(matrix: Any, weights: Any, **options: Any) -> Any:
        return matrix, weights, options

    method = ms.Method(call=told, options={"k": 1, "foot": 2})
    assert method("matrix", "weights", k=9, top=3) == (
        "matrix", "weights", {"k": 9, "foot": 2, "top": 3}
    )  # fmt: skip


def test_options_of_our_own_methods_are_named_after_matrix_and_weights() -> None:
    assert option_names(ms.vikor) == ("directions", "v")
    assert option_names(mean) == ("_",)


# --- what they answer


def test_a_field_that_is_a_callable_is_asked() -> None:
    options = {"k": 1}
    method = own(
        fixed_options=lambda low, high: {"foot": low, "top": high},
        alone=lambda given: given is options,
        additive=lambda given: given is options,
        unit=lambda given: f"k of {given['k']}",
    )
    assert method.on_scale(1.0, 9.0) == {"foot": 1.0, "top": 9.0}
    assert method.stands_alone(options) is method.adds_up(options) is True
    assert method.stands_alone({}) is method.adds_up({}) is False
    assert method.unit_of(options) == "k of 1"
    assert own(alone=lambda _: None).stands_alone({}) is None
    plain = own(fixed_options={"k": 1}, alone=False, additive=True, unit="points")
    assert plain.on_scale(0.0, 1.0) == {"k": 1}
    assert type(plain.on_scale(0.0, 1.0)) is dict
    assert (plain.stands_alone({}), plain.adds_up({}), plain.unit_of({})) == (False, True, "points")


# How a method is asked for a field, and what is needed.
ASKED: dict[str, tuple[Callable[[ms.Method], object], str]] = {
    "fixed_options": (lambda method: method.on_scale(0.0, 1.0), "a mapping of options by name"),
    "additive": (lambda method: method.adds_up({}), "True or False"),
    "alone": (lambda method: method.stands_alone({}), "True, False or None"),
    "unit": (lambda method: method.unit_of({}), "a text"),
    "game": (lambda method: method.answer("game", 1, 2, 3, {}), "a Game"),
    "formula": (lambda method: method.answer("formula", 1, {}), "a mapping"),
}


@pytest.mark.parametrize("field", ASKED)
def test_another_answer_is_refused(field: str) -> None:
    ask, needed = ASKED[field]
    assert fault_of(ask, own(**{field: lambda *_: 5})) == Fault(
        "wrong-type", f"method mean: {field}", "returned 5", f"{needed} is needed"
    )


@pytest.mark.parametrize("field", ASKED)
def test_an_answer_that_fails_says_so(field: str) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("by nothing")

    assert fault_of(ASKED[field][0], own(**{field: broken})) == Fault(
        "method-failed",
        f"method mean: {field}",
        "failed, ZeroDivisionError: by nothing",
        "call it by itself on such numbers, and mend it",
    )


@pytest.mark.parametrize("field", ASKED)
def test_an_answer_that_refuses_keeps_its_words(field: str) -> None:
    def refuse(*_: Any) -> Any:
        raise InputError(Fault("undefined", "matrix", "is odd", "turn it round"))

    ask = ASKED[field][0]
    assert fault_of(ask, own(**{field: refuse})) == Fault(
        "undefined", f"method mean: {field}: matrix", "is odd", "turn it round"
    )
    ours = own(**{field: refuse, "shipped": "topsis"})
    assert fault_of(ask, ours) == Fault("undefined", "matrix", "is odd", "turn it round")


def test_a_formula_and_a_game_are_passed_on() -> None:
    assert own(formula=lambda *given: {"given": given}).answer("formula", 1, {}) == {
        "given": (1, {})
    }
    game = ms.Game(
        own=np.eye(2), reference=np.zeros(2), weights=np.ones(2), players=np.arange(2), score=mean
    )
    assert own(game=lambda *_: game).answer("game", 1, 2, 3, {}) is game
