"""What a label means as a market: by an ISO code or by a name in the embedded table, or nothing.

The table is data/names.csv, which scripts/build_names.py writes: no alias stands there for two
markets, and words that do are listed as such. It is read on first use, without pandas.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from itertools import dropwhile, islice, takewhile
from pathlib import Path
from typing import Literal, cast
from unicodedata import normalize

from marketselect.errors import MarketSelectError, is_a
from marketselect.files import shipped_bytes
from marketselect.markets.spelling import folded, trimmed_name

Kind = Literal["market", "ambiguous", "former", "group", "part", "foreign code", "unknown"]
CODES = ("alpha-3", "alpha-2", "numeric")  # the lists of ISO 3166
NEAR = 0.7  # how alike a name must be to one that is suggested
NOTHING = re.compile(r"n\.a\.?|n/a|#n/a|-+", re.IGNORECASE)  # and not NA, which is Namibia
FOOTNOTE = re.compile(r"\s*(?:[¹²³⁰⁴-⁹]+|\(\d{1,2}\)|\[\w{1,2}\]|\b\d{1,2}/)$")
SHORTEST = 4  # letters of a name that is suggested; shorter ones are codes


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label means.

    Attributes
    ----------
    kind
        "market"; "ambiguous" for a word that means several; "former" for a market that is no
        more; "group" for an aggregate; "part" of a market; "foreign code" for one of sports
        federations or car plates; "unknown".
    codes
        The alpha-3 code of the market; or of those that may be meant.
    matched
        The first list that has it: "alpha-3", "English", "World Bank", "German" and so on.
    name
        As that list writes it.
    since
        The year since which a former market is no more.
    """

    kind: Kind
    codes: tuple[str, ...] = ()
    matched: str = ""
    name: str = ""
    since: str = ""

    @property
    def code(self) -> str:
        """The market's code; empty for what is no market."""
        return self.codes[0] if self.kind == "market" else ""


UNKNOWN = Meaning("unknown")


def understood(labels: Iterable[object]) -> dict[str, Meaning]:
    """Return what each different text among some labels means; nothing is refused.

    Examples
    --------
    >>> found = understood(["South Korea", "NA", "Korea", "Delft", 5])
    >>> {label: (meaning.kind, meaning.codes) for label, meaning in found.items()}
    {'South Korea': ('market', ('KOR',)), 'NA': ('market', ('NAM',)),
     'Korea': ('ambiguous', ('KOR', 'PRK')), 'Delft': ('unknown', ())}
    """
    texts = dict.fromkeys(label for label in labels if is_a(label, str))
    return {text: meaning_of(text) for text in texts}


@lru_cache(maxsize=10_000)  # names of countries come again with every table
def meaning_of(text: str) -> Meaning:
    """Return what a text means as a market's name or code.

    A code counts in capitals or small letters; "Nga" is Vietnamese for Russia, "NGA" is Nigeria.
    The mark of a footnote behind a name is none of it: "France (1)".
    """
    short = trimmed_name(text)
    if NOTHING.fullmatch(short):
        return UNKNOWN
    code = known_codes().get(short.upper() if short.islower() else short)
    found = code or accented(short, known_names().get(folded(short), UNKNOWN))
    bare = FOOTNOTE.sub("", short) if found is UNKNOWN else short
    return found if bare in ("", short) else meaning_of(bare)


def accented(text: str, found: Meaning) -> Meaning:
    """Return what a word with accents means where it is ambiguous but for a code, which has none.

    "Áo" is Austria in Vietnamese, and "Ao" may be Angola, AO.
    """
    without = known_codes().get(folded(text).upper())
    if found.kind != "ambiguous" or without is None or text.isascii():
        return found
    codes = tuple(code for code in found.codes if code != without.code)
    same = normalize("NFC", text).casefold() == normalize("NFC", found.name).casefold()
    return replace(found, kind="market", codes=codes) if same and len(codes) == 1 else found


def english_name(code: str) -> str:
    """Return the English name of a code; empty for one that is not known."""
    return english_names().get(code, "")


def near_markets(text: str, among: Iterable[str] | None = None) -> list[str]:
    """Return markets with a name like a text, as ``"Germany" (DEU)``, the nearest first.

    Names that begin with the text before those that are like it: "Burkina" is Burkina Faso. By
    name only: codes are a few letters, so that any is like many others.
    """
    wanted = None if among is None else set(among)
    markets = {
        key: each
        for key, each in known_names().items()
        if each.kind == "market" and len(key) >= SHORTEST
        if wanted is None or each.code in wanted
    }
    asked = folded(text)
    longer = [key for key in markets if len(asked) >= SHORTEST and key.startswith(asked)]
    near = sorted(longer, key=len) or get_close_matches(asked, markets, n=9, cutoff=NEAR)
    if not near:  # more than a name: "Kenya and its islands"
        near = sorted(filter(asked.startswith, markets), key=len, reverse=True)
    codes = dict.fromkeys(markets[key].code for key in near)
    return list(map(name_with_code, list(codes)[:3]))


def name_with_code(code: str) -> str:
    """Return a market's name and code: ``"Germany" (DEU)``."""
    return f'"{english_name(code)}" ({code})'


@cache
def known_codes() -> Mapping[str, Meaning]:
    """Read the codes in the table of markets' names: they are its first rows, often enough."""
    return {each.name: each for each in takewhile(is_code, name_table())}


@cache
def known_names() -> Mapping[str, Meaning]:
    """Read what stands below the codes in the table of markets' names, by what it folds to.

    A code is a name like others, in any case, unless there is a name that reads like it.
    """
    names = {folded(each.name): each for each in dropwhile(is_code, name_table())}
    codes = {code.lower(): each for code, each in known_codes().items()}
    return names | {key: each for key, each in codes.items() if key not in names}


@cache
def english_names() -> Mapping[str, str]:
    """Return the name of each market: the first that the table has for it."""
    return {
        each.code: each.name
        for each in reversed(list(known_names().values()))
        if each.kind == "market" and not is_code(each)
    }


ENGLISH = ("English", "everyday English", "World Bank", "United Nations", "UN Comtrade")


@cache
def english_aliases() -> Mapping[str, tuple[str, ...]]:
    """Return all that each market is called in English, its first name before the others."""
    return names_by_code(each for each in known_names().values() if each.matched in ENGLISH)


@cache
def other_aliases() -> Mapping[str, tuple[str, ...]]:
    """Return all else that each market is called: in other languages, formally, by its number."""
    beside = (*ENGLISH, "alpha-3", "alpha-2")
    return names_by_code(each for each in known_names().values() if each.matched not in beside)


def names_by_code(meanings: Iterable[Meaning]) -> dict[str, tuple[str, ...]]:
    """Return the names of each market among some meanings."""
    found: dict[str, list[str]] = {}
    for each in meanings:
        if each.kind == "market":
            found.setdefault(each.code, []).append(each.name)
    return {code: tuple(names) for code, names in found.items()}


def name_rows(file: Iterable[str]) -> Iterator[list[str]]:
    """Return the rows of the table of markets' names below its header."""
    return islice(csv.reader(file), 1, None)


def name_table() -> Iterator[Meaning]:
    """Read the table of markets' names, row by row."""
    content = shipped_bytes(names_file()).decode("utf-8")
    return map(meaning_of_row, name_rows(io.StringIO(content, newline="")))


def meaning_of_row(row: list[str]) -> Meaning:
    """Return what a row of the table of markets' names means."""
    name, kind, codes, lists, since = row
    return Meaning(cast("Kind", kind), tuple(codes.split()), lists.partition("|")[0], name, since)


def is_code(found: Meaning) -> bool:
    """Return whether a row holds a code of ISO 3166."""
    return found.matched in CODES


def names_file() -> Path:
    """Find the table of markets' names: in the installed package, else in the checkout."""
    installed = Path(str(files("marketselect"))) / "data" / "names.csv"
    checkout = Path(__file__).parents[3] / "data" / "names.csv"
    for path in (installed, checkout):
        if path.is_file():
            return path
    raise MarketSelectError(
        f'the table of names is not there: neither "{installed}" nor "{checkout}" is a file; '
        "install marketselect again"
    )
