"""What is a number, a gap, a count, a share, a word: the rules themselves.

That every public door holds them is in test_values_at_doors.py.
"""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile.oddities import Agreeing, Contrary
from marketselect import values
from marketselect.errors import Fault, InputError
from marketselect.values import are_truths, as_plain
from shared import fault_of

# Three, in every way that it may be given.
THREES = [
    3, 3.0, "3", " 3 ", "3e0", "+3.", Decimal(3), Fraction(3), np.float32(3), np.int64(3),
    np.array(3.0), np.array("3", dtype=object),
]  # fmt: skip
# fmt: off
GAPS = [None, float("nan"), np.float32("nan"), Decimal("nan"), pd.NA, pd.NaT, "", " ", "\u00a0",
        Decimal("sNaN"), np.array(None)]
# fmt: on
NO_NUMBERS = [
    True,
    False,
    np.bool_(True),
    "1_000",
    "1,5",
    "3 %",
    "nan",
    "inf",
    "-Infinity",
    "0x3",
    "three",
    float("inf"),
    Decimal("inf"),
    "1e999",
    10**400,
    1j,
    [3],
    date(2024, 1, 1),
    b"3",
    np.timedelta64(3, "D"),
]  # fmt: skip


def code_of(value: Any) -> str:
    if values.is_gap(value):
        return "missing"
    return "infinite" if np.isinf(values.to_number(value)) else "not-a-number"


@pytest.mark.parametrize("value", THREES, ids=repr)
def test_numbers_are_numbers(value: Any) -> None:
    assert values.to_number(value) == 3.0
    assert type(values.to_number(value)) is float
    assert values.to_ratio(value) == 3.0
    assert values.a_number(value, "x") == 3.0
    assert values.is_number(value)
    assert values.number_fault(value, "x") is None
    assert not values.is_gap(value)
    assert not values.is_truth(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("-3e2", -300.0), ("+7", 7.0), ("2E-3", 0.002),
     ("\t1\n", 1.0), ("007", 7.0)],
)  # fmt: skip
def test_texts_are_read_as_they_are_written(text: str, number: float) -> None:
    assert values.to_number(text) == number


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:12])
def test_no_numbers_are_none(value: Any) -> None:
    assert not values.is_number(value)
    assert not values.is_gap(value)
    with pytest.raises(InputError, match=r"^x is .*; a finite number is needed$") as caught:
        values.a_number(value, "x")
    infinite = np.isinf(values.to_number(value))
    assert caught.value.faults[0].code == ("infinite" if infinite else "not-a-number")


@pytest.mark.parametrize("gap", GAPS, ids=repr)
def test_gaps_are_gaps(gap: Any) -> None:
    assert values.is_gap(gap)
    assert np.isnan(values.to_number(gap))
    assert np.isnan(values.to_ratio(gap))
    assert not values.is_number(gap)
    assert values.shown(gap) == "empty"
    fault = values.number_fault(gap, "x", "needed")
    assert fault is not None
    assert (fault.code, fault.where, fault.remedy) == ("missing", "x", "needed")


@pytest.mark.parametrize("value", [0, "0", "x", [], {}, False, 0.0, object(), b"", 1j, ()])
def test_what_is_something_is_no_gap(value: Any) -> None:
    assert not values.is_gap(value)


@pytest.mark.parametrize("gap", [np.datetime64("NaT"), np.timedelta64("NaT"), Decimal("sNaN")])
def test_rare_gaps_are_gaps(gap: Any) -> None:
    assert values.is_gap(gap)
    assert np.isnan(values.to_number(gap))
    assert not values.is_gap(np.datetime64("2024-01-01"))
    assert values.is_gap(complex("nan"))


@pytest.mark.parametrize(
    ("cells", "truths"),
    [
        ([True, None, np.False_], True),
        ([np.array(True), float("nan"), ""], True),
        ([None, False, 1], False),  # a number among them
        (["yes", True], False),
        ([None, ""], False),  # gaps alone are no truths
        ([], False),
    ],
)
def test_truths_are_nothing_else_but_gaps(cells: list[Any], truths: bool) -> None:
    assert are_truths(cells) is truths


def test_a_number_beyond_every_float_is_infinite_on_its_side() -> None:
    assert values.to_number(10**400) == np.inf
    assert values.to_number(-(10**400)) == -np.inf
    assert values.to_number(Fraction(-(10**400), 3)) == -np.inf
    assert values.to_number("-1e999") == -np.inf


@pytest.mark.parametrize(
    ("value", "ratio"),
    [("1/3", 1 / 3), (" 1 / 4 ", 0.25), ("2/1", 2.0), ("-1/2", -0.5), ("0/3", 0.0), (0.2, 0.2)],
)
def test_ratios_are_numbers_or_two_with_a_slash(value: Any, ratio: float) -> None:
    assert values.to_ratio(value) == ratio


@pytest.mark.parametrize("value", ["1/0", "1/x", "x/2", "1/2/3", "/", "1/", "/2", "1_0/2", True])
def test_other_slashes_are_no_ratio(value: Any) -> None:
    assert np.isnan(values.to_ratio(value))


@given(st.text("0123456789.eE+-_/ naif", max_size=7))
def test_a_text_is_a_number_as_python_has_it_or_none(text: str) -> None:
    number = values.to_number(text)
    if not np.isnan(number):
        assert number == float(text)
        assert "_" not in text
        assert "n" not in text


def test_reals_and_truths() -> None:
    for real in (1, 1.5, Decimal(1), Fraction(1), np.int8(1), np.float32(1), float("nan")):
        assert values.is_real(real)
    for other in ("1", True, np.bool_(False), 1j, None):
        assert not values.is_real(other)
    assert values.is_truth(True)
    assert values.is_truth(np.bool_(False))
    assert not values.is_truth(1)


@pytest.mark.parametrize(
    ("value", "least", "fine"),
    [(0, 0, True), (-1, 0, False), (5, 5, True), (4, 5, False), (np.int64(3), 1, True),
     (True, 0, False), (np.bool_(True), 0, False), (1.0, 0, True), ("1", 0, True),
     (Decimal(1), 0, True), (None, 0, False), (1.5, 0, False), ("1_0", 0, False),
     (float("inf"), 0, False), (10**300 + 1, 0, True), ("1" * 300, 0, True)],
)  # fmt: skip
def test_counts(value: Any, least: int, fine: bool) -> None:
    assert values.is_count(value, least) is fine
    if fine:
        assert values.a_count(value, "n", least=least) == int(value)
        assert type(values.a_count(value, "n", least=least)) is int
        return
    with pytest.raises(InputError, match=f"^n is .*; a whole number, {least} or more") as caught:
        values.a_count(value, "n", least=least)
    wanted = "out-of-range" if values.is_number(value) else code_of(value)
    assert caught.value.faults[0].code == wanted


@pytest.mark.parametrize(
    ("value", "fine"),
    [(0, True), (1, True), (0.5, True), (Decimal("0.5"), True), (Fraction(1, 3), True),
     (np.float32(1), True), (-1e-9, False), (1.0000001, False), (float("nan"), False),
     ("0.5", True), (True, False), (None, False)],
)  # fmt: skip
def test_shares(value: Any, fine: bool) -> None:
    assert values.is_share(value) is fine
    if fine:
        assert values.a_share(value, "t") == float(value)
        return
    with pytest.raises(InputError, match=r"^t is .*; a share between 0 and 1 is needed, ok$") as e:
        values.a_share(value, "t", ", ok")
    wanted = "out-of-range" if values.is_number(value) else code_of(value)
    assert e.value.faults[0].code == wanted


def test_sizes() -> None:
    for size in (1, 1e-300, np.float32(2), Decimal(1), Fraction(1, 9), "1"):
        assert values.is_size(size)
    for other in (0, -1, np.inf, np.nan, "one", True, None):
        assert not values.is_size(other)


def test_flags() -> None:
    assert values.a_flag(True, "f") is True
    assert values.a_flag(np.bool_(False), "f") is False
    for other in (1, 0, "True", None):
        with pytest.raises(InputError, match=r"^f is .*; True or False is needed"):
            values.a_flag(other, "f")


def test_words() -> None:
    assert values.one_of("b", ["a", "b"], "w") == "b"
    assert values.word_fault("a", ("a",), "w") is None
    with pytest.raises(InputError, match=r"""^w is 'x'; use "b" or "c"$"""):
        values.one_of("x", ["b", "c"], "w")
    hint = r'^w is \'first\'; use one of "fist", "b", "c"\. Did you mean "fist"\?$'
    with pytest.raises(InputError, match=hint):
        values.one_of("first", ["fist", "b", "c"], "w")
    with pytest.raises(InputError, match=r'^w is 1; use one of "a", "b", "c" or a callable\.$'):
        values.one_of(1, ["a", "b", "c"], "w", also=" or a callable")
    text, other = values.word_fault("x", ["a"], "w"), values.word_fault(["a"], ["a"], "w")
    assert text is not None
    assert other is not None
    assert (text.code, other.code) == ("unknown-word", "wrong-type")


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", '"x"'), ("x" * 41, f'"{"x" * 37}..."'), ("x" * 40, f'"{"x" * 40}"'), (1.0, "1"),
     (1.5, "1.5"), (1e16, "1e+16"), (1e15, "1000000000000000"), (np.float32(2), "2"),
     (12, "12"), (True, "True"), (np.inf, "inf"), (10**39, "1" + "0" * 39),
     ([1] * 30, str([1] * 30)[:37] + "...")],
)  # fmt: skip
def test_values_are_quoted_short(value: Any, text: str) -> None:
    assert values.shown(value) == text


COUNT = "a whole number, 0 or more, is needed"
SHARE = "a share between 0 and 1 is needed"
SIZE = "a number above 0 is needed"
FLAG = "True or False is needed"
BEYOND = "is 1" + "0" * 116 + "..., which no float can hold"

Refusals = list[tuple[Callable[..., Any], Any, dict[str, Any], tuple[str, str, str]]]
# A rule, a value, what else it is given, and the code, what was got and what is needed.
REFUSALS: Refusals = [
    (values.a_number, "x", {}, ("not-a-number", "is 'x'", values.FINITE)),
    (values.a_number, None, {"needed": "ok"}, ("missing", "is None", "ok")),
    (values.a_number, -np.inf, {}, ("infinite", "is -inf", values.FINITE)),
    (values.a_number, 10**400, {}, ("infinite", BEYOND, values.FINITE)),
    (values.a_count, " ", {}, ("missing", "is ' '", COUNT)),
    (values.a_count, -1, {}, ("out-of-range", "is -1", COUNT)),
    (values.a_count, "2.5", {}, ("out-of-range", "is '2.5'", COUNT)),
    (
        values.a_count,
        2,
        {"least": 3, "what": "a year"},
        ("out-of-range", "is 2", "a year, 3 or more, is needed"),
    ),
    (values.a_share, 1.5, {}, ("out-of-range", "is 1.5", SHARE)),
    (values.a_share, -0.5, {"remedy": ", ok"}, ("out-of-range", "is -0.5", f"{SHARE}, ok")),
    (values.a_share, True, {}, ("not-a-number", "is True", SHARE)),
    (values.a_size, 0, {}, ("out-of-range", "is 0", SIZE)),
    (values.a_size, -2.0, {}, ("out-of-range", "is -2.0", SIZE)),
    (values.a_size, np.inf, {}, ("infinite", "is inf", SIZE)),
    (values.a_size, "one", {}, ("not-a-number", "is 'one'", SIZE)),
    (values.a_flag, 1, {}, ("wrong-type", "is 1", FLAG)),
    (values.a_flag, "True", {}, ("wrong-type", "is 'True'", FLAG)),
    (values.a_flag, np.array(0), {}, ("wrong-type", "is array(0)", FLAG)),
    (values.a_flag, None, {}, ("missing", "is None", FLAG)),
    (values.a_flag, " ", {}, ("missing", "is ' '", FLAG)),
    (
        values.one_of,
        "x",
        {"allowed": "abcdef"},
        ("unknown-word", "is 'x'", 'use one of "a", "b", "c", "d", "e", "f"'),
    ),
    (values.one_of, "x", {"allowed": "ab"}, ("unknown-word", "is 'x'", 'use "a" or "b"')),
    (
        values.one_of,
        "bot",
        {"allowed": ["both"], "also": " or a callable"},
        ("unknown-word", "is 'bot'", 'use "both" or a callable. Did you mean "both"?'),
    ),
    (values.one_of, ["both"], {"allowed": ["both"]}, ("wrong-type", "is ['both']", 'use "both"')),
    (values.one_of, 3, {"allowed": ["3"]}, ("wrong-type", "is 3", 'use "3"')),
    (values.one_of, np.nan, {"allowed": ["nan"]}, ("missing", "is nan", 'use "nan"')),
    (values.one_of, "", {"allowed": ["a"]}, ("missing", "is ''", 'use "a"')),
    (values.a_list, "ab", {"remedy": "ok"}, ("wrong-type", 'is the text "ab"', "ok")),
    (values.a_list, b"ab", {"remedy": "ok"}, ("wrong-type", "is a bytes", "ok")),
    (values.a_list, 7, {"remedy": "ok"}, ("wrong-type", "is a int", "ok")),
    (values.a_list, None, {"remedy": "ok"}, ("missing", "is a NoneType", "ok")),
    (values.a_list, "ab", {"remedy": "ok", "got": "is odd"}, ("wrong-type", "is odd", "ok")),
    (values.a_list, np.nan, {"remedy": "ok", "got": "is odd"}, ("missing", "is odd", "ok")),
    (values.a_text, 7, {}, ("wrong-type", "is 7", "a text is needed")),
    (values.a_text, None, {"remedy": "ok"}, ("missing", "is None", "ok")),
    (
        values.a_text,
        "a\ud800",
        {},
        ("wrong-form", "is 'a\\ud800', which holds half a character", "write it anew"),
    ),
]


@pytest.mark.parametrize(("rule", "value", "options", "said"), REFUSALS)
def test_what_a_rule_refuses(
    rule: Callable[..., Any], value: Any, options: dict[str, Any], said: tuple[str, str, str]
) -> None:
    code, got, needed = said
    assert fault_of(rule, value, where="here", **options) == Fault(code, "here", got, needed)


class Odd:
    """An object of a user's that answers as it is told to."""

    def __init__(self, equal: Any = True, text: Any = "odd") -> None:
        self.equal, self.text = equal, text

    def __eq__(self, _: object) -> Any:
        return self.equal

    def __hash__(self) -> int:
        return 1

    def __str__(self) -> str:
        return str(self.text)


LABELS: list[Any] = [
    "a", "", "\u00e9", 1.5, np.nan, None, True, 10**300, -7, np.str_("a"), ("a", 1), pd.NaT, pd.NA,
    Odd(), Odd(False),
]  # fmt: skip
NO_LABELS: list[Any] = [
    "\ud800", np.str_("\ud800"), Contrary("a"), Agreeing("a"), 10**400, -(10**400), [1], {},
    Odd(np.ones(2)), Odd(text="\ud800"),
]  # fmt: skip


def test_what_can_be_a_name() -> None:
    assert [values.is_label(label) for label in LABELS] == [True] * len(LABELS)
    assert [values.is_label(other) for other in NO_LABELS] == [False] * len(NO_LABELS)


def test_a_list_is_what_has_entries_and_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MOST_ENTRIES", 3)
    for given_ in (["a", "b"], ("a", "b"), pd.Index(["a", "b"]), {"a": 1, "b": 2}, iter("ab")):
        assert values.can_be_listed(given_)
        assert values.a_list(given_, "here", "ok") == ["a", "b"]
    assert values.a_list(range(3), "here", "ok") == [0, 1, 2]
    for endless in (count(), range(4)):
        got = "has more than 3 entries, or does not end"
        assert fault_of(values.a_list, endless, "here", "ok") == Fault(
            "too-large", "here", got, "ok"
        )
    for other in ("ab", b"ab", bytearray(b"ab"), memoryview(b"ab"), 7, None):
        assert not values.can_be_listed(other)


def test_a_text_may_be_written() -> None:
    assert type(values.a_text(np.str_("\u00e9"), "here")) is str
    assert values.a_text("\u00e9", "here") == "\u00e9"


@pytest.mark.parametrize(
    ("value", "fine"),
    [(1e12, True), ("1/3", True), (1e-12, True), (1e13, False), ("1/1e13", False), (0, False)],
)
def test_ratios_of_a_scale_in_use(value: Any, fine: bool) -> None:
    assert values.is_ratio(value) is fine


def test_texts_may_be_whole_numbers_too() -> None:
    assert [values.to_whole(text) for text in ("3e0", "-4.0", " 7 ")] == [3, -4, 7]
    assert [values.to_whole(text) for text in ("2.5", "x", "1e999")] == [None] * 3
    # Beyond 2^53 no float tells two neighbors apart.
    assert values.to_whole("9007199254740993") == 2**53 + 1


def test_sizes_come_back_as_floats() -> None:
    assert [values.a_size(size, "x") for size in (5e-324, "2", Decimal(3))] == [5e-324, 2.0, 3.0]


def test_zero_is_a_count_and_the_limits_are_these() -> None:
    assert values.a_count(0, "n") == 0
    assert values.is_count(0)
    assert (values.RECIPROCAL, values.LARGEST_RATIO) == (1e-3, 1e12)
    assert values.WEIGHT == "a finite number, 0 or more, is needed"


def test_a_plain_value_is_what_a_file_holds() -> None:
    given = {
        np.str_("p"): [Decimal("0.5"), Fraction(1, 4), np.int8(3), np.float32(0.5), np.bool_(True)],
        "q": np.array([[1, 2]]),
        "r": pd.Series({"a": 1.5}),
        "s": pd.Series([1.5]),
        "t": (None, np.array(2)),
    }
    found = as_plain(given)
    assert json.loads(json.dumps(found)) == {
        "p": [0.5, 0.25, 3, 0.5, True],
        "q": [[1, 2]],
        "r": {"a": 1.5},
        "s": [1.5],
        "t": [None, 2],
    }
    assert [type(each) for each in found["p"]] == [float, float, int, float, bool]


def test_what_has_no_plain_form_stays_as_it_is() -> None:
    odd = [object(), pd.Series([1, 2], index=["a", "a"]), np.ma.masked_equal([1, 2], 2), 3 + 0j]
    assert all(as_plain(each) is each for each in odd)
