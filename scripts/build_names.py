"""Write the embedded table of names of markets to data/names.csv.

    python scripts/build_names.py [--out data/names.csv]

It needs the dependency group "names" (Babel, which carries Unicode CLDR), data/indicators and
scripts/names.toml. The result is the same bytes every time for one version of Babel: sorted, UTF-8,
LF. One row a name, as it is first written among those that `folded` takes for one:

- ``name``; ``kind``: market, ambiguous, former, group, part or foreign code;
- ``codes``: alpha-3 codes with blanks between them: of the market, or of those that may be meant;
- ``lists``: the lists that have the name, with ``|`` between them; for a market the first is what
  `market_codes` gives as ``matched``;
- ``since``: the year since which a former market is no more.

A name with its form of state is also read turned round and cut short, as publishers write it:
"Armenia, Republic of", "Armenia, Rep. of". A German name is also read without its umlauts.

No alias may mean two markets
    A name of the English lists is that of its market, and two of those that mean two markets stop
    the script unless names.toml lists the word as ambiguous. A name in another language that means
    another market in any language of CLDR ("kongo", "nigeri"), or that reads like another market's
    code ("Nga"), becomes ambiguous.
"""

import argparse
import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

from marketselect.markets.spelling import folded

ROOT = Path(__file__).parents[1]
LANGUAGES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fa", "fi", "fr", "gl"),
    *("he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "lt", "lv", "mk"),
    *("ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "th"),
    *("tr", "uk", "ur", "uz", "vi", "zh", "zh_Hant"),
)
INVENTED = {"eo", "ia", "ie", "io", "jbo", "tok", "vo"}  # languages that name no market to anyone
# The names that results show, the words of English, and then the other lists of names.toml.
ENGLISH = "English"
LISTS = (
    "World Bank",
    "World Bank, former code",
    "United Nations",
    "UN Comtrade",
    "World Trade Organization",
    "UNDP",
    "Our World in Data",
    "ISO 3166",
    "IMF",
    "OECD and Eurostat",
    "everyday English",
    "former name",
    "formal name",
    *(f"everyday {name}" for name in ("German", "French", "Spanish", "Italian", "Portuguese")),
    *(f"everyday {name}" for name in ("Dutch", "Russian", "Korean", "Chinese", "Thai")),
)
# Aggregates of CLDR by their codes: the regions of M49, the European Union, its currency's area.
BEYOND = {"EU", "EZ", "UN"}
COLUMNS = ("name", "kind", "codes", "lists", "since")

# ISO 3166's number of today where CLDR has withdrawn ones, too: 249 was Metropolitan France.
OF_TODAY = {"DE": "276", "ET": "231", "FR": "250", "SD": "729", "YE": "887"}

# By what a name folds to: each market it may mean, with the lists that say so, and its spelling.
Claims = dict[str, dict[str, dict[str, str]]]


def markets() -> list[dict[str, str]]:
    """Return the rows of the embedded markets; ``NA`` is Namibia."""
    path = ROOT / "data" / "indicators" / "markets.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numeric_codes(alpha2: set[str]) -> dict[str, str]:
    """Return the numeric code of each alpha-2 code, from CLDR's aliases; Kosovo has none in ISO.

    CLDR keeps withdrawn numbers beside those of today: which is today's stands in `OF_TODAY`.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for old, new in get_global("territory_aliases").items():
        if old.isdigit() and len(new) == 1 and new[0] in alpha2 - {"XK"}:
            found[new[0]].append(old)
    several = {code for code, numbers in found.items() if len(numbers) > 1}
    if several != set(OF_TODAY):
        raise SystemExit(f"several numeric codes: {sorted(several ^ set(OF_TODAY))}")
    return {code: OF_TODAY.get(code, numbers[0]) for code, numbers in sorted(found.items())}


def english_claims(given: dict[str, dict[str, Any]], alpha3: dict[str, str]) -> Claims:
    """Return the names in English: of the embedded markets, of CLDR and of names.toml."""
    found: Claims = defaultdict(lambda: defaultdict(dict))
    for row in markets():
        found[folded(row["name"])][row["market"]][ENGLISH] = row["name"]
    cldr = Locale("en").territories
    for alpha2, code in alpha3.items():
        found[folded(cldr[alpha2])][code].setdefault(ENGLISH, cldr[alpha2])
    for name in LISTS:
        for code, texts in given[name].items():
            for text in texts:
                found[folded(text)][code].setdefault(name, text)
    former = {folded(text) for name, known in given["former"].items()
              for text in (name, *known["also"])}  # fmt: skip
    for name in ("formal name", "United Nations"):
        for code, texts in given[name].items():
            for text in (each for one in texts for each in written_forms(one)):
                if folded(text) not in former:  # "Germany, Fed. Rep." was West Germany
                    found[folded(text)][code].setdefault(name, text)
    return found


STATE = re.compile(
    r"(?P<form>(?:[A-Z][\w'-]*(?: and)? )*(?:Republic|Kingdom|State|States|Union|Principality|"
    r"Commonwealth|Sultanate|Federation|Duchy))(?P<of> of(?: the)?) (?P<name>.+)"
)
SHORT = {"Republic": "Rep.", "Democratic": "Dem.", "Federal": "Fed.", "Federated": "Fed."}


def written_forms(text: str) -> Iterator[str]:
    """Yield how publishers write the formal name of a state: turned round, and with words cut."""
    found = STATE.fullmatch(text)
    forms = [text]
    if found:
        forms += [f"{found['name']}, {found['form']}{of}" for of in (" of", "")]
    for form in forms:
        for cut in (("Republic",), ("Republic", "Democratic"), tuple(SHORT)):
            short = form
            for word in cut:
                short = re.sub(rf"\b{word}\b", SHORT[word], short)
            yield short
        yield form


def without_umlauts(text: str) -> str:
    """Return a German name as it is written where there are no umlauts: Suedkorea."""
    for letter, pair in {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}.items():
        text = text.replace(letter, pair)
    return text


def claims_of(languages: dict[str, str], alpha3: dict[str, str]) -> Claims:
    """Return the names of markets in some languages, by locale and the name of its language."""
    found: Claims = defaultdict(lambda: defaultdict(dict))
    for locale, language in languages.items():
        territories = Locale.parse(locale).territories
        for alpha2, code in alpha3.items():
            if text := territories.get(alpha2):
                found[folded(text)][code].setdefault(language, text)
                plain = without_umlauts(text)
                if locale == "de" and plain != text:
                    found[folded(plain)][code].setdefault(language, plain)
    return found


def language_name(locale: str) -> str:
    """Return a language's name in English: "German", "Chinese (Traditional)"."""
    found = Locale.parse(locale).get_display_name("en")
    assert found is not None
    return found


def market_rows(
    english: Claims, others: Claims, everywhere: Claims, codes: dict[str, str], listed: set[str]
) -> Iterator[dict[str, str]]:
    """Yield the names of markets, and those that turn out to be ambiguous."""
    keys = {code.lower(): market for code, market in codes.items()}
    for key in sorted({*english, *others} - listed):
        if len(english.get(key, {})) > 1:
            raise SystemExit(f"{key}: means {sorted(english[key])}; list it as ambiguous")
        lists = {**next(iter(english.get(key, {}).values()), {})}
        code = next(iter(english.get(key, {})), "")
        means = {code} if code else {*others[key], *everywhere[key]}
        means |= {keys[key]} if key in keys else set()
        for market in sorted(others.get(key, {})):
            if market == code or not code:
                lists |= others[key][market]
        text = next(iter(lists.values()))
        kind = "market" if len(means) == 1 else "ambiguous"
        yield row(text, kind, sorted(means), list(lists))


def refused_rows(given: dict[str, dict[str, Any]], others: Claims) -> Iterator[dict[str, str]]:
    """Yield what is known and refused: words that mean several markets, and what is none."""
    for text, meant in given["ambiguous"].items():
        spoken = [language for each in others.get(folded(text), {}).values() for language in each]
        yield row(text, "ambiguous", list(meant), ["everyday English", *dict.fromkeys(spoken)])
    for text, known in given["former"].items():
        for name in (text, *known["also"]):
            yield row(name, "former", known["codes"], ["former"], str(known["since"]))
    for kind in ("part", "foreign code"):
        for code, texts in given[kind].items():
            for text in texts:
                yield row(text, kind, [code], [kind])


def group_rows(given: dict[str, list[str]], taken: Container[str]) -> Iterator[dict[str, str]]:
    """Yield the aggregates of names.toml, and the regions of CLDR that read like no market."""
    for publisher, texts in given.items():
        for text in texts:
            yield row(text, "group", [], [publisher])
    for locale in ("en", *LANGUAGES):
        for code, text in sorted(Locale.parse(locale).territories.items()):
            if (code.isdigit() or code in BEYOND) and folded(text) not in taken:
                yield row(text, "group", [], [language_name(locale)])


def row(
    name: str, kind: str, codes: list[str], lists: list[str], since: str = ""
) -> dict[str, str]:
    """Return a row of the table."""
    parts = (name, kind, " ".join(codes), "|".join(lists), since)
    return dict(zip(COLUMNS, parts, strict=True))


def table() -> list[dict[str, str]]:
    """Return the whole table: codes, then names by market, then what is refused."""
    given = tomllib.loads((ROOT / "scripts" / "names.toml").read_text(encoding="utf-8"))
    alpha3 = {each["iso2"]: each["market"] for each in markets()}
    numbers = numeric_codes(set(alpha3))
    codes = {**{market: market for market in alpha3.values()}, **alpha3}
    codes |= {number: alpha3[alpha2] for alpha2, number in numbers.items()}
    of_codes = [
        row(code, "market", [market], [kind])
        for kind, found in (
            ("alpha-3", {market: market for market in alpha3.values()}),
            ("alpha-2", alpha3),
            ("numeric", {numbers[alpha2]: alpha3[alpha2] for alpha2 in numbers}),
        )
        for code, market in sorted(found.items())
    ]
    english = english_claims(given, alpha3)
    others = claims_of({locale: language_name(locale) for locale in LANGUAGES}, alpha3)
    spoken = [each for each in sorted(locale_identifiers()) if each.split("_")[0] not in INVENTED]
    everywhere = claims_of({each: each for each in spoken if each != "root"}, alpha3)
    listed = set(map(folded, given["ambiguous"]))
    of_names = list(market_rows(english, others, everywhere, codes, listed))
    order = {name: place for place, name in enumerate((ENGLISH, *LISTS))}
    shown = {each["market"]: each["name"] for each in markets()}
    of_names.sort(
        key=lambda each: (
            each["kind"],
            each["codes"],
            each["name"] != shown.get(each["codes"]),
            order.get(each["lists"].split("|")[0], len(order)),
            each["name"],
        )
    )
    of_names.sort(key=lambda each: each["kind"] != "market")
    taken = {each["name"].lower(): each["codes"] for each in of_codes}
    taken |= {folded(each["name"]): each["codes"] for each in of_names}
    refused: dict[str, dict[str, str]] = {}
    for each in (*refused_rows(given, others), *group_rows(given["groups"], taken)):
        key = folded(each["name"])
        if taken.get(key) == each["codes"]:
            continue  # "OMA" is Oman in Portuguese as well
        if key in taken:
            raise SystemExit(f"{each['name']}: is listed as {each['kind']}, and means a market")
        refused.setdefault(key, each)
    return [*of_codes, *of_names, *refused.values()]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write the embedded table of names of markets.")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "names.csv")
    with parser.parse_args().out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table())


if __name__ == "__main__":
    main()
