"""What a firm sells, in codes of the Harmonized System: of 2, 4 or 6 digits."""

from collections.abc import Collection
from typing import Any

from marketselect.errors import Fault, InputError
from marketselect.firm.facts import chapters
from marketselect.values import is_gap, is_truth, said, to_whole

DIGITS = (2, 4, 6)
LONGEST = 10  # digits of a customs tariff, whose first six are those of the HS
NEEDED = 'a code of the HS is needed, of 2, 4 or 6 digits as text: "64" or "6403"'


def a_product(value: Any, where: str) -> str:
    """Return a code of the HS, or refuse what is none.

    Dots and blanks are left out, and a zero in front that a number or a spreadsheet lost is put
    back: 64 is "64", 106 is "0106", "6403.99" is "640399".
    """
    if is_gap(value):
        raise InputError.of("missing", where, f"is {said(value)}", NEEDED)
    whole = None if is_truth(value) or isinstance(value, str) else to_whole(value)
    if not isinstance(value, str) and whole is None:
        raise InputError.of("wrong-type", where, f"is {said(value)}", NEEDED)
    text = str(value if whole is None else whole).replace(".", "").replace(" ", "")
    if not (text.isascii() and text.isdigit()):
        raise InputError.of("wrong-form", where, f"is {said(value)}", NEEDED)
    code = text.zfill(len(text) + len(text) % 2)
    if len(code) not in DIGITS:
        longer = len(code) <= LONGEST and code[:2] in chapters()
        remedy = f'the HS ends at six digits: give "{code[:6]}"' if longer else NEEDED
        raise InputError.of("wrong-form", where, f"is {said(value)}", remedy)
    if code[:2] not in chapters():
        got = f"is {said(value)}, and the HS has no chapter {code[:2]}"
        raise InputError.of("unknown-name", where, got, "its chapters are 01 to 76 and 78 to 97")
    return code


def overlaps(codes: Collection[str], where: str) -> list[Fault]:
    """Return a fault for each code that is part of another one."""
    return [
        Fault("duplicate", where, f'"{code}" is part of "{wider}"', "keep one of them")
        for code in codes
        for wider in codes
        if code != wider and code.startswith(wider)
    ]
