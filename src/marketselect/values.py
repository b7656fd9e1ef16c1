"""What is a number, a gap, a count, a share, a flag, one of some words: the only rules.

They hold at every door: data, weights, judgements, options, framework files and tables, matrices.

- A number is a real number of any type (Python's, NumPy's, Decimal, Fraction, an array without
  axes), or text that is one as it is written: "1.5", " 2e6". Nor "1_000", "1,5", "12 %", "nan" or
  "inf" is one, nor bytes.
- True and False are no numbers. In data alone - a series of observations, a column of a wide table
  or a matrix - what holds nothing else, gaps aside, is one of 1 and 0, whatever its type. Weights,
  judgements and options may not hold any.
- A gap is nothing: None, NaN, NA, NaT, what a mask hides, and text of blanks alone.
- A count is a number that is whole, a share a number between 0 and 1, both of any type.
- A flag is True or False, Python's or NumPy's, and nothing else.
- A word is one of those that an option takes, written exactly.

What is not as it is needed has one code, at whatever door:

=========================================== ============== ============ ==============
value                                       for a number   for a flag   for a word
=========================================== ============== ============ ==============
a gap                                       missing        missing      missing
True or False                               not-a-number   -            wrong-type
another number                              -              wrong-type   wrong-type
infinite, or beyond every float             infinite       wrong-type   wrong-type
text that is no number, or no such word     not-a-number   wrong-type   unknown-word
anything else: bytes, a list, a date        not-a-number   wrong-type   wrong-type
=========================================== ============== ============ ==============

A number outside what is allowed, or not whole where a count is needed, is out-of-range. None leaves
an option out where it may be, and gaps are no fault where data may be missing. A list among the
cells of an array makes its rows differ in length: wrong-shape.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from decimal import Decimal
from itertools import islice
from numbers import Integral, Real
from typing import Any, TypeGuard

import numpy as np

from marketselect.errors import Fault, InputError, did_you_mean, in_words, is_a, listing, told

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
SMALLEST = float(np.nextafter(0.0, 1.0))
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
WIDEST = 40  # signs of a value that a message quotes
LONGEST = 120  # signs of a value that a message shows as Python writes it
LONG = 1e16  # whole floats from here on are quoted in scientific notation
BYTES = (bytes, bytearray, memoryview)  # no lists, though they can be gone through
MOST_ENTRIES = 1_000_000  # of a list of names or options, which may be a generator without an end
# Of comparisons. Four printed digits are rounding (0.1429 for 1/7), two or three are not told from
# a slip; products of larger ratios, far outside any scale in use, could overflow.
RECIPROCAL = 1e-3
LARGEST_RATIO = 1e12

# What rounding alone sets apart: a share of the largest size at hand.
TIE = 1e-12
signs: Callable[[str], str] = str.__str__
"""Returns a text as Python's own type has it, whatever its type says of it: an Enum's value."""
FINITE = "a finite number is needed"
WEIGHT = "a finite number, 0 or more, is needed"


def held_by_scalar(value: Any) -> object:
    """Return the value that an array without axes holds, None if masked; others as they are."""
    if issubclass(type(value), np.ndarray) and value.ndim == 0:  # nearly all values pass by here
        return None if np.ma.is_masked(value) else value[()]
    return value


def is_truth(value: object) -> TypeGuard[bool | np.bool_]:
    """Return whether a value is True or False, Python's or NumPy's."""
    return is_a(value, (bool, np.bool_))


def are_truths(cells: Iterable[object]) -> bool:
    """Return whether there are truths and, gaps aside, nothing else: in data these are 1 and 0."""
    found = False
    for cell in cells:
        if is_truth(held_by_scalar(cell)):
            found = True
        elif not is_gap(cell):
            return False
    return found


def is_real(value: object) -> bool:
    """Return whether a value is of a type of real numbers, NaN and infinities among them."""
    if type(value) in (float, int):  # nearly every cell is: the others ask a dozen types
        return True
    # NumPy counts durations among the integers.
    return is_a(value, (Real, Decimal)) and not is_a(value, (bool, np.bool_, np.timedelta64))


def is_gap(value: object) -> bool:
    """Return whether a value is nothing: None, NaN, NA, NaT, or text of blanks alone."""
    if value is None:
        return True
    if type(value) is float:
        return value != value  # noqa: PLR0124
    if type(value) is int:
        return False
    if is_a(value, str):
        return not value.strip()
    if is_a(value, Decimal):
        return value.is_nan()
    if is_a(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    if is_a(value, (float, complex, np.inexact)):
        return bool(value != value)  # noqa: PLR0124
    if is_a(value, np.ndarray):
        return value.ndim == 0 and is_gap(held_by_scalar(value))
    # pandas is not known here; its gaps answer neither True nor False when they are compared.
    return type(value).__name__ in ("NAType", "NaTType")


def to_number(value: Any) -> float:
    """Return a value as a float; NaN where it is a gap or no number, infinite where too large."""
    if type(value) is float:
        return value
    if issubclass(type(value), str):
        return float(value) if PLAIN_NUMBER.fullmatch(value := value.strip()) else np.nan
    if not is_real(value):
        inner = held_by_scalar(value)
        return np.nan if inner is value else to_number(inner)
    number: Any = value
    try:
        return float(number)
    except OverflowError:  # a whole number or a fraction beyond the largest float
        return np.inf if number > 0 else -np.inf
    except ValueError:  # a signaling Decimal
        return np.nan


def as_plain(value: Any) -> Any:
    """Return a value as files hold it: numbers and texts of Python's own, in lists and dicts.

    A Decimal or a fraction becomes a float; an array a list; a Series a dict by its labels, or a
    list where these only count. What has no such form stays as it is, to be refused by who reads
    it.
    """
    value = held_by_scalar(value)
    if is_a(value, str):
        return signs(value)
    if is_truth(value):
        return bool(value)
    if is_real(value):
        return int(value) if is_a(value, Integral) else to_number(value)
    if is_a(value, Mapping):
        return {plain_key(name): as_plain(item) for name, item in value.items()}
    if is_a(value, (list, tuple)):
        return [as_plain(item) for item in value]
    if is_a(value, np.ndarray) and value.dtype.kind in "biufUO":
        return value if np.ma.is_masked(value) else as_plain(value.tolist())
    if hasattr(value, "iloc") and value.ndim == 1 and value.index.is_unique:
        counted = list(value.index) == list(range(len(value)))
        return as_plain(value.tolist() if counted else value.to_dict())
    return value


def plain_key(name: Any) -> Any:
    """Return the key of a mapping as files hold it; one of several parts stays, to be refused."""
    return name if is_a(name, tuple) else as_plain(name)


def to_ratio(value: object) -> float:
    """Return a value as a ratio: a number, or two parted by a slash, "1/3"; else NaN."""
    value = held_by_scalar(value)
    if not is_a(value, str) or "/" not in value:
        return to_number(value)
    top, _, bottom = value.partition("/")
    below = to_number(bottom)
    return to_number(top) / below if below else np.nan


def to_whole(value: object) -> int | None:
    """Return a number that is whole, exactly, or None where a value is no such number."""
    value = held_by_scalar(value)
    number = to_number(value)
    if not np.isfinite(number):
        return None
    exact: Any = value
    if is_a(value, str):
        exact = int(value) if WHOLE.fullmatch(value.strip()) else number
    whole = int(exact)
    return whole if whole == exact else None


def is_ratio(value: object) -> bool:
    """Return whether a value is a ratio that any scale of comparisons may have."""
    return bool(within_scales(to_ratio(value)))


def within_scales(ratio: Any) -> Any:
    """Return whether a value, or each of an array, is a ratio of a scale in use."""
    return (ratio >= 1 / LARGEST_RATIO) & (ratio <= LARGEST_RATIO)


def is_number(value: object) -> bool:
    """Return whether a value is a finite number."""
    return bool(np.isfinite(to_number(value)))


def is_count(value: object, least: int = 0) -> bool:
    """Return whether a value is a whole number, `least` or more."""
    whole = to_whole(value)
    return whole is not None and whole >= least


def is_share(value: object) -> bool:
    """Return whether a value is a number between 0 and 1."""
    return 0 <= to_number(value) <= 1


def is_size(value: object) -> bool:
    """Return whether a value is a finite number above zero."""
    return 0 < to_number(value) < np.inf


def shown(value: object) -> str:
    """Return a value as a message quotes it, short."""
    if is_gap(value):
        return "empty"
    if is_a(value, str):
        return f'"{cut_to_signs(signs(value), WIDEST)}"'
    if is_a(value, (float, np.floating)):
        number = to_number(value)
        return f"{number:.0f}" if number.is_integer() and abs(number) < LONG else str(number)
    return cut_to_signs(in_words(value), WIDEST)


def said(value: object) -> str:
    """Return a value as Python writes it, on one line; where it cannot be written, its type."""
    plain = value.item() if is_a(value, np.generic) and value.ndim == 0 else value
    if is_a(plain, (str, bytes, bytearray)):  # not all of it
        plain = plain[:LONGEST]
    return cut_to_signs(re.sub(r"\s*\n\s*", " ", in_words(plain, repr)), LONGEST)


def cut_to_signs(text: str, widest: int) -> str:
    """Return the text of a value, as a message quotes it, not longer than some signs."""
    return text if len(text) <= widest else text[: widest - 3] + "..."


def no_number(value: object, read: Callable[[object], float] = to_number) -> str:
    """Return the code of a value that is read as no finite number; nothing where it is one."""
    number = read(value)
    if np.isfinite(number):
        return ""
    if np.isinf(number):
        return "infinite"
    return "missing" if is_gap(value) else "not-a-number"


def number_fault(value: object, where: str, needed: str = FINITE) -> Fault | None:
    """Return the fault of a value that is no finite number, None where it is one."""
    code = no_number(value)
    if not code:
        return None
    beyond = code == "infinite" and is_real(value) and value != to_number(value)
    more = ", which no float can hold" if beyond else ""
    return Fault(code, where, f"is {said(value)}{more}", needed)


def number_in(value: object, where: str, needed: str, least: float, most: float) -> float:
    """Return a value as a finite float from `least` to `most`, or refuse it."""
    if fault := number_fault(value, where, needed):
        raise InputError(fault)
    number = to_number(value)
    if not least <= number <= most:
        raise InputError.of("out-of-range", where, f"is {said(value)}", needed)
    return number


def a_number(value: object, where: str, needed: str = FINITE) -> float:
    """Return a value as a finite float, or refuse it."""
    return number_in(value, where, needed, -np.inf, np.inf)


def a_count(value: Any, where: str, *, least: int = 0, what: str = "a whole number") -> int:
    """Return a value as a whole number, `least` or more, or refuse it."""
    needed = f"{what}, {least} or more, is needed"
    if fault := number_fault(value, where, needed):
        raise InputError(fault)
    whole = to_whole(value)
    if whole is None or whole < least:
        raise InputError.of("out-of-range", where, f"is {said(value)}", needed)
    return whole


def a_share(value: Any, where: str, remedy: str = "") -> float:
    """Return a value as a number from 0 to 1, or refuse it; `remedy` follows what is needed."""
    return number_in(value, where, f"a share between 0 and 1 is needed{remedy}", 0.0, 1.0)


def a_size(value: Any, where: str) -> float:
    """Return a value as a finite number above zero, or refuse it."""
    return number_in(value, where, "a number above 0 is needed", SMALLEST, np.inf)


def a_flag(value: Any, where: str) -> bool:
    """Return a value as True or False, or refuse what is neither."""
    flag = held_by_scalar(value)
    if not is_truth(flag):
        raise InputError.of(kind_code(flag), where, f"is {said(value)}", "True or False is needed")
    return bool(flag)


def a_list(value: Any, where: str, remedy: str, got: str = "") -> list[Any]:
    """Return a value as a list, or refuse what is no list, or one that does not end."""
    if not got:
        text = is_a(value, str)
        got = f'is the text "{told(value)}"' if text else f"is a {type(value).__name__}"
    if is_a(value, (str, *BYTES)):
        raise InputError.of("wrong-type", where, got, remedy)
    try:
        found = list(islice(iter(value), MOST_ENTRIES + 1))
    except Exception:  # noqa: BLE001
        raise InputError.of(kind_code(value), where, got, remedy) from None
    if len(found) > MOST_ENTRIES:
        got = f"has more than {MOST_ENTRIES:,} entries, or does not end"
        raise InputError.of("too-large", where, got, remedy)
    return found


def a_text(value: Any, where: str, remedy: str = "a text is needed") -> str:
    """Return a value as a text that can be written, or refuse what is none."""
    if not is_a(value, str):
        raise InputError.of(kind_code(value), where, f"is {said(value)}", remedy)
    if half_a_character(value):
        got = f"is {said(value)}, which holds half a character"
        raise InputError.of("wrong-form", where, got, "write it anew")
    return signs(value)


def can_be_listed(value: object) -> bool:
    """Return whether a value, no text, has entries to go through."""
    if is_a(value, (str, *BYTES)):
        return False
    try:
        iter(value)  # type: ignore[call-overload]
    except Exception:  # noqa: BLE001
        return False
    return True


def is_label(value: object) -> bool:
    """Return whether a value can be a name: looked up, compared and written as text.

    Half a character cannot be written, nor can, in Python, a number of thousands of digits.
    """
    kind = type(value)
    if kind is str:
        return not half_a_character(str(value))
    if kind in (float, bool, type(None)):
        return True
    if kind is int:
        return abs(to_number(value)) < np.inf
    try:
        hash(value)
        # A gap answers neither True nor False when it is compared, and is told as a gap.
        known = is_gap(value) or bool(value == value) is not None  # noqa: PLR0124
        # A text is found by its signs, whatever a type of one's own says of it.
        text = signs(value) if is_a(value, str) else str(value)
        odd = is_a(value, str) and (not value == text or value == f"{text} ")  # noqa: SIM201
        honest = value.__class__ is kind  # pandas, too, asks a label for its class
        return known and honest and not odd and not half_a_character(text)
    except Exception:  # noqa: BLE001
        return False


def half_a_character(text: str) -> bool:
    """Return whether a value's text holds half of a surrogate pair, which no file can hold."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def kind_code(value: object) -> str:
    """Return the code of a value of another kind than is needed: a gap is missing."""
    return "missing" if is_gap(value) else "wrong-type"


def word_code(value: object) -> str:
    """Return the code of a value that is none of some words."""
    filled_text = is_a(value, str) and not is_gap(value)
    return "unknown-word" if filled_text else kind_code(value)


def is_among(value: object, words: Container[str]) -> TypeGuard[str]:
    """Return whether a value is one of some words; others may be what cannot be compared."""
    return is_a(value, str) and signs(value) in words  # a type may have an == of its own


def word_fault(
    value: object, allowed: Iterable[str], where: str, *, also: str = ""
) -> Fault | None:
    """Return the fault of a value that is none of some words, None where it is one."""
    words = list(allowed)
    if is_among(value, words):
        return None
    remedy = use_one_of(words, value, also=also)
    return Fault(word_code(value), where, f"is {said(value)}", remedy)


def use_one_of(words: Iterable[str], value: object = None, *, also: str = "") -> str:
    """Return which words a value may be, `also` what else, and those that it may mean."""
    known = list(words)
    pair = " or ".join(f'"{word}"' for word in known)
    use = f"use {pair}" if len(known) <= 2 else f"use one of {listing(known, 99)}"
    hint = did_you_mean(value, known) if is_a(value, str) else ""
    return f"{use}{also}.{hint}" if hint or also else use


def one_of(value: Any, allowed: Iterable[str], where: str, *, also: str = "") -> str:
    """Return one of some words, or refuse what is none of them, with the nearest."""
    if fault := word_fault(value, allowed, where, also=also):
        raise InputError(fault)
    return signs(value)
