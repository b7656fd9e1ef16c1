"""What a firm sells, in codes of the Harmonized System: of 2, 4 or 6 digits."""

from collections.abc import Collection
from typing import Any

from marketselect.errors import Fault, InputError, is_a, number_of
from marketselect.firm.facts import chapters
from marketselect.values import is_gap, is_truth, said, to_whole

DIGITS = (2, 4, 6)
LONGEST = 10  # digits of a customs tariff, whose first six are those of the HS
NEEDED = 'a code of the HS is needed, of 2, 4 or 6 digits as text: "64" or "6403"'


def a_product(value: Any, where: str) -> str:
    """Return a code of the HS, or refuse what is none.

    Dots and blanks are left out: "6403.99" is "640399". A number has lost a zero in front, which is
    put back: 106 is "0106". A text has lost none, or nobody knows: "106" is refused with both that
    it may mean.
    """
    if is_gap(value):
        raise InputError.of("missing", where, f"is {said(value)}", NEEDED)
    whole = None if is_truth(value) or is_a(value, str) else to_whole(value)
    if not is_a(value, str) and whole is None:
        raise InputError.of("wrong-type", where, f"is {said(value)}", NEEDED)
    text = str(value if whole is None else whole).replace(".", "").replace(" ", "")
    if not (text.isascii() and text.isdigit()):
        raise InputError.of("wrong-form", where, f"is {said(value)}", NEEDED)
    odd = len(text) % 2 == 1
    code = f"0{text}" if odd and whole is not None else text
    if len(code) > max(DIGITS) or not code:
        raise InputError.of("wrong-form", where, f"is {said(value)}", shorter(text, code))
    if len(code) not in DIGITS:
        got = f"is {said(value)}, of {number_of(len(code), 'digit')}"
        raise InputError.of("wrong-form", where, got, both_readings(text))
    if code[:2] not in chapters():
        got = f"is {said(value)}, and the HS has no chapter {code[:2]}"
        raise InputError.of("unknown-name", where, got, "its chapters are 01 to 76 and 78 to 97")
    return code


def shorter(text: str, code: str) -> str:
    """Return what to give for more digits than the HS has; both for a number that lacks a zero."""
    readings = [f'"{each[:6]}"' for each in dict.fromkeys((text, code)) if each[:2] in chapters()]
    if not readings or len(code) > LONGEST:
        return NEEDED
    lost = " if it has lost its zero in front" if len(readings) > 1 else ""
    return f"the HS ends at six digits: give {', or '.join(readings)}{lost}"


def both_readings(text: str) -> str:
    """Return both readings of a text with a digit too few: one is lost in front, or behind."""
    wider = f'"{text[:-1]}" or ' if text[:2] in chapters() else ""
    behind = f"{wider}all {len(text) + 1} digits"
    lost = f"0{text}"
    if lost[:2] not in chapters():
        return f"give {behind}"
    return f'give "{lost}" if it has lost its zero in front, else {behind}'


def restored(value: Any, code: str) -> str:
    """Say what a number has become that had lost its zero; nothing of another value."""
    lost = not is_a(value, str) and len(str(to_whole(value))) < len(code)
    return f'the number {said(value)} is read as "{code}", with the zero in front' if lost else ""


def overlapping_products(codes: Collection[str], where: str) -> list[Fault]:
    """Return a fault for each of a firm's product codes that is part of another one."""
    return [
        Fault("duplicate", where, f'"{code}" is part of "{wider}"', "keep one of them")
        for code in codes
        for wider in codes
        if code != wider and code.startswith(wider)
    ]
