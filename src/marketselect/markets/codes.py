"""Names of markets to codes: each is understood, or refused with what may be meant."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from marketselect.errors import SEVERAL, Fault, InputError, in_words, is_a, raise_faults, told
from marketselect.markets.names import (
    CODES,
    SHORTEST,
    UNKNOWN,
    Meaning,
    english_name,
    meaning_of,
    name_with_code,
    near_markets,
)
from marketselect.printing import to_print
from marketselect.values import a_list, is_count, is_gap, one_of, said, to_number

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5  # markets that a refusal names
NUMBERED = re.compile(r"(?<![\d,.])\s?\d{1,2}(?:, ?\d{1,2})*$")  # 1 or 2, 3; 2021 is a year
DIGITS = 3  # of a numeric code
MARKET_NEEDED = 'a name or a code is needed: "United Kingdom" or "GBR"'


def market_codes(
    names: Iterable[Any], *, unknown: Literal["refuse", "keep"] = "refuse"
) -> "pd.DataFrame":
    """Find the code of each market by its name in any of fifty languages, or by another code.

    Parameters
    ----------
    names : iterable
        Names or codes of markets: as the World Bank, the United Nations, ISO and others write
        them, in everyday English ("UK", "South Korea"), or in another language; ISO 3166 alpha-2,
        alpha-3 and numeric codes. They are told apart exactly, but for case, accents, punctuation,
        blanks, "the", "and", "St." for "Saint", and the mark of a footnote behind a name.
    unknown : {"refuse", "keep"}
        What becomes of a name that is not understood: an error, or a row without a code.

    Returns
    -------
    DataFrame
        One row a name, in order; index ``given``, the names as they were given.

        - ``code`` (text): ISO 3166 alpha-3, ``XKX`` for Kosovo; missing where there is none;
        - ``name`` (text): as results show it; missing where there is none;
        - ``matched`` (text): the first list that has the name: "alpha-3", "English", "World Bank",
          "German" and so on. Of a name without a code, what it is instead: "ambiguous", "former",
          "group", "part", "foreign code" (of sports federations or car plates) or "unknown".

    Raises
    ------
    InputError
        With every name that is not understood: what it is, and which markets have a name like it.

    Notes
    -----
    Nothing is found by likeness: Niger is not Nigeria. A word that means two markets, such as
    "Congo" or the "kongo" of several languages, is refused with both. The table is
    ``data/names.csv``; where it comes from stands in LICENSE-DATA.md.

    Examples
    --------
    >>> market_codes(["South Korea", "Türkiye", "TURKEY", "Allemagne", "UK", "NA"])
                code            name           matched
    given
    South Korea  KOR     South Korea           English
    Türkiye      TUR         Türkiye           English
    TURKEY       TUR         Türkiye  everyday English
    Allemagne    DEU         Germany            French
    UK           GBR  United Kingdom  everyday English
    NA           NAM         Namibia           alpha-2
    """
    import pandas as pd

    one_of(unknown, ("refuse", "keep"), "unknown")
    use = f'give a list: ["{told(names)}"]' if is_a(names, str) else "give a list"
    given = a_list(names, "names", use)
    texts = list(map(name_as_text, given))
    found = {text: market_meant(text) for text in dict.fromkeys(texts)}
    if unknown == "refuse":
        unread = [(text, meaning) for text, meaning in found.items() if not meaning.code]
        raise_faults(
            market_refusal("names", text, meaning, near=place < SEVERAL)
            for place, (text, meaning) in enumerate(unread)
        )
    meanings = [found[text] for text in texts]
    table = pd.DataFrame(
        {
            "code": pd.array([each.code or None for each in meanings], dtype="str"),
            "name": pd.array([english_name(each.code) or None for each in meanings], dtype="str"),
            "matched": pd.array(
                [each.matched if each.code else each.kind for each in meanings], dtype="str"
            ),
        },
        index=pd.Index(given, name="given", dtype=None if given else "str", tupleize_cols=False),
    )
    return to_print(table)


def name_as_text(name: object) -> str:
    """Return a name as text; a number is a numeric code, 4 or "4" that of Afghanistan, 004."""
    if is_gap(name):
        return ""
    if is_a(name, str) and name.strip().isdecimal():
        return name.strip().zfill(DIGITS)
    if is_a(name, str) or not is_count(name):
        return in_words(name)
    return f"{int(to_number(name)):0{DIGITS}d}"


def market_meant(text: str) -> Meaning:
    """Return what a name means of which it is known that a market is meant.

    Then a number behind a name, not behind a code, is a footnote's: "Germany1". DE1 is a region.
    """
    found = meaning_of(text)
    name = NUMBERED.sub("", text.strip())
    if found.kind != "unknown" or len(name) < SHORTEST:
        return found
    bare = meaning_of(name)
    return found if bare.matched in CODES else bare


def market_refusal(
    where: str, text: str, meaning: Meaning = UNKNOWN, *, near: bool = True
) -> Fault:
    """Return the fault of a name that is no market's, with what it is and what to give.

    Names that are like it are looked for if `near`.
    """
    several = first_markets(meaning.codes)
    if not text.strip():
        return Fault("missing", where, "a name is empty", "give a name or a code")
    if meaning.kind == "ambiguous":
        got, remedy = "means more than one market", f"give one of {several}"
    elif meaning.kind == "former":
        got, remedy = f"is no market since {meaning.since}", f"today there is {several}"
    elif meaning.kind == "group":
        got, remedy = "is a group of markets", "name its markets, or leave it out"
    elif meaning.kind == "part":
        got, remedy = f"is a part of {several}", "give that if it is meant"
    elif meaning.kind == "foreign code":
        got = "is no ISO code, but one of sports federations or car plates"
        remedy = f"give {several} if that is meant"
    else:
        like = " or ".join(near_markets(text)) if near else ""
        got = "is the name of no market that is known"
        remedy = "give a name or an ISO code" + (f". Did you mean {like}?" if like else "")
    code = "ambiguous" if meaning.kind == "ambiguous" else "unknown-name"
    return Fault(code, where, f'"{text}" {got}', remedy)


def first_markets(codes: tuple[str, ...]) -> str:
    """Return the first of the markets that a name may mean, and how many more there are."""
    shown = ", ".join(map(name_with_code, codes[:SHOWN]))
    return shown if len(codes) <= SHOWN else f"{shown} and {len(codes) - SHOWN} more"


def a_market(value: Any, where: str, *, near: bool = True) -> str:
    """Return the code of a market that is named, or refuse it with what may be meant."""
    if not (is_gap(value) or is_a(value, str) or is_count(value)):
        raise InputError.of("wrong-type", where, f"is {said(value)}", MARKET_NEEDED)
    text = name_as_text(value)
    meaning = meaning_of(text)
    if not meaning.code:
        raise InputError(market_refusal(where, text, meaning, near=near))
    return meaning.code
