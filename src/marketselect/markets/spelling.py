"""What two spellings of a name may differ in and still be one: `folded` makes them one text."""

import unicodedata
from collections.abc import Mapping

# Letters that are accented to the eye, and not to Unicode; the first is the dotless i, whose
# capital is I.
PLAIN: Mapping[str, str] = {
    "\u0131": "i",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ħ": "h",
}
WITHIN = "'`\u00b4\u2018\u2019\u02bb\u02bc\u02b9"  # marks within a word: Côte d'Ivoire
FIRST_ACCENT, LAST_ACCENT = "\u0300", "\u036f"  # of Latin, Greek and Cyrillic letters
# Every blank of Unicode, and the signs of no width that editors and spreadsheets leave behind.
AROUND = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200E)))
    + "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
SAME: Mapping[str, str] = {"the": "", "and": "", "st": "saint"}


class Signs(dict[int, str]):
    """What each sign becomes, by its number, found when it is first asked for."""

    def __missing__(self, number: int) -> str:
        """Keep letters, marks and digits; drop accents; take all else for a blank."""
        sign = chr(number)
        if sign in WITHIN or FIRST_ACCENT <= sign <= LAST_ACCENT:
            kept = ""
        else:
            kept = sign if unicodedata.category(sign)[0] in "LMN" else " "
        self[number] = kept
        return kept


SIGNS = Signs({ord(sign): plain for sign, plain in PLAIN.items()})


def folded(text: str) -> str:
    """Return a name without what may differ: case, accents, punctuation, blanks, the, and, St.

    Examples
    --------
    >>> folded("St. Vincent & the Grenadines") == folded("SAINT VINCENT AND GRENADINES")
    True
    >>> folded("Côte d'Ivoire"), folded("Korea, Rep."), folded("Niger") == folded("Nigeria")
    ('cotedivoire', 'korearep', False)
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(SIGNS)
    return "".join(SAME.get(word, word) for word in plain.split())


# Letters of Cyrillic and Greek that are drawn as a Latin one.
DRAWN = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаекморстухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXIJSaekmopctyxijsABEZHIKMNOPTYXo",
)


def folded_look(text: str) -> str:
    """Return a text as it looks: case, accents, blanks, and letters of other scripts are not told.

    Examples
    --------
    >>> other = "L\N{CYRILLIC SMALL LETTER U}\N{CYRILLIC SMALL LETTER O}n "
    >>> folded_look("Lyon") == folded_look(other)
    True
    >>> folded_look("Lyon 1") == folded_look("Lyon 2")
    False
    """
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(DRAWN))
        text = "".join(sign for sign in parts if not FIRST_ACCENT <= sign <= LAST_ACCENT)
        text = "".join(" " if sign in AROUND else sign for sign in text)
    return " ".join(text.casefold().split())


def trimmed_name(text: str) -> str:
    """Return a market's name or label without blanks and signs of no width around it."""
    return text.strip(AROUND)
