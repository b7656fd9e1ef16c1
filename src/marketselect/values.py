"""What is a number, a gap, a count, a share, a flag, one of some words: the only rules.

They hold at every door: data, weights, judgements, options, framework files and tables, matrices.

- A number is a real number of any type (Python's, NumPy's, Decimal, Fraction), or text that is one
  as it is written: "1.5", " 2e6". True and False are none: a column of 0 and 1 is numbers, and so
  is a column whose *type* is boolean. Nor is "1_000", "1,5", "12 %", "nan" or "inf".
- A gap is nothing: None, NaN, NA, NaT, and text of blanks alone.
- A count is a whole number, a share a number between 0 and 1; neither is ever read from text.
- A word is one of those that an option takes, written exactly.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any, TypeGuard

import numpy as np

from marketselect.errors import Fault, InputError, did_you_mean, listing

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
WIDEST = 40  # signs of a value that a message quotes
LONG = 1e16  # whole floats from here on are quoted in scientific notation
MOST_DRAWS = 10_000_000
# Of comparisons. Four printed digits are rounding (0.1429 for 1/7), two or three are not told from
# a slip; products of larger ratios, far outside any scale in use, could overflow.
RECIPROCAL = 1e-3
LARGEST_RATIO = 1e12

FINITE = "a finite number is needed"
WEIGHT = "a finite number, 0 or more, is needed"


def is_truth(value: object) -> TypeGuard[bool | np.bool_]:
    """Return whether a value is True or False, Python's or NumPy's."""
    return isinstance(value, (bool, np.bool_))


def is_real(value: object) -> bool:
    """Return whether a value is of a type of real numbers, NaN and infinities among them."""
    # NumPy counts durations among the integers.
    return isinstance(value, (Real, Decimal)) and not isinstance(
        value, (bool, np.bool_, np.timedelta64)
    )


def is_gap(value: object) -> bool:
    """Return whether a value is nothing: None, NaN, NA, NaT, or text of blanks alone."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    if isinstance(value, (float, complex, np.inexact)):
        return bool(value != value)  # noqa: PLR0124
    # pandas is not known here; its gaps answer neither True nor False when they are compared.
    return type(value).__name__ in ("NAType", "NaTType")


def to_number(value: object) -> float:
    """Return a value as a float; NaN where it is a gap or no number, infinite where too large."""
    if isinstance(value, str):
        return float(value) if PLAIN_NUMBER.fullmatch(value := value.strip()) else np.nan
    if not is_real(value):
        return np.nan
    number: Any = value
    try:
        return float(number)
    except OverflowError:  # a whole number or a fraction beyond the largest float
        return np.inf if number > 0 else -np.inf
    except ValueError:  # a signaling Decimal
        return np.nan


def to_ratio(value: object) -> float:
    """Return a comparison as a float: a number, or two parted by a slash, "1/3"; else NaN."""
    if not isinstance(value, str) or "/" not in value:
        return to_number(value)
    top, _, bottom = value.partition("/")
    below = to_number(bottom)
    return to_number(top) / below if below else np.nan


def is_number(value: object) -> bool:
    """Return whether a value is a finite number."""
    return bool(np.isfinite(to_number(value)))


def is_count(value: object, least: int = 0) -> bool:
    """Return whether a value is a whole number, `least` or more."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return whole and bool(value >= least)  # type: ignore[operator]


def is_share(value: object) -> bool:
    """Return whether a value is a number between 0 and 1."""
    return is_real(value) and 0 <= to_number(value) <= 1


def is_size(value: object) -> bool:
    """Return whether a value is a finite number above zero."""
    return is_real(value) and 0 < to_number(value) < np.inf


def shown(value: object) -> str:
    """Return a value as a message quotes it, short."""
    if is_gap(value):
        return "empty"
    if isinstance(value, str):
        return f'"{value if len(value) <= WIDEST else value[: WIDEST - 3] + "..."}"'
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return f"{number:.0f}" if number.is_integer() and abs(number) < LONG else str(number)
    text = str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."


def number_fault(value: object, where: str, needed: str = FINITE) -> Fault | None:
    """Return the fault of a value that is no finite number, None where it is one."""
    number = to_number(value)
    if np.isfinite(number):
        return None
    missing = "missing" if is_gap(value) else "not-a-number"
    code = "infinite" if np.isinf(number) else missing
    return Fault(code, where, f"is {value!r}", needed)


def a_number(value: object, where: str, needed: str = FINITE) -> float:
    """Return a value as a finite float, or refuse it."""
    if fault := number_fault(value, where, needed):
        raise InputError(fault)
    return to_number(value)


def a_count(value: Any, where: str, *, least: int = 0, what: str = "a whole number") -> int:
    """Return a whole number, `least` or more, or refuse it."""
    if not is_count(value, least):
        code = "out-of-range" if is_count(value, -(10**9)) else "wrong-type"
        raise InputError(Fault(code, where, f"is {value!r}", f"{what}, {least} or more, is needed"))
    return int(value)


def a_share(value: Any, where: str, remedy: str = "") -> float:
    """Return a number between 0 and 1, or refuse it; `remedy` follows what is needed."""
    if not is_share(value):
        code = "out-of-range" if is_real(value) else "not-a-number"
        raise InputError(
            Fault(code, where, f"is {value!r}", f"a share between 0 and 1 is needed{remedy}")
        )
    return to_number(value)


def a_flag(value: Any, where: str) -> bool:
    """Return True or False, or refuse what is neither."""
    if not is_truth(value):
        raise InputError(Fault("wrong-type", where, f"is {value!r}", "True or False is needed"))
    return bool(value)


def word_fault(
    value: object, allowed: Iterable[str], where: str, *, also: str = ""
) -> Fault | None:
    """Return the fault of a value that is none of some words, None where it is one."""
    words = list(allowed)
    if isinstance(value, str) and value in words:
        return None
    pair = " or ".join(f'"{word}"' for word in words)
    use = f"use {pair}" if len(words) <= 2 else f"use one of {listing(words, 99)}"
    code = "unknown-word" if isinstance(value, str) else "wrong-type"
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    return Fault(code, where, f"is {value!r}", f"{use}{also}.{hint}" if hint or also else use)


def one_of(value: Any, allowed: Iterable[str], where: str, *, also: str = "") -> str:
    """Return one of some words, or refuse what is none of them, with the nearest."""
    if fault := word_fault(value, allowed, where, also=also):
        raise InputError(fault)
    return str(value)


def draws_of(value: Any, where: str = "draws", *, least: int = 0) -> int:
    """Return a count of draws, `least` or more, or refuse what is none or would run for ever."""
    draws = a_count(value, where, least=least)
    if draws > MOST_DRAWS:
        raise InputError(
            Fault("too-large", where, f"is {draws:,}", f"at most {MOST_DRAWS:,} are drawn")
        )
    return draws


def check_draws(draws: Any, tolerance: Any, seed: Any, *, least: int = 0) -> tuple[int, float, int]:
    """Return a count of draws, a tolerance and a seed as plain numbers, or refuse what is none."""
    count, start = draws_of(draws, least=least), a_count(seed, "seed")
    return count, a_share(tolerance, "tolerance", ", 0.25 for 25 %"), start
