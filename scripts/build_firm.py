"""Write what a firm's observations are made of to data/pairs/ and data/products/.

    python scripts/build_firm.py FOLDER [--out data]

FOLDER holds the raw extract: gravity.csv.gz, agreements.csv.gz, agreements_ended.csv,
eu_members.csv, migrants.csv.gz and market_products_hs2.csv.gz. The dependency group "names" is
needed: Babel carries Unicode CLDR, tzdata the clocks. The result is the same bytes every time for
one version of these: sorted, UTF-8, LF, packed without a date.

- ``pairs/distances.csv.gz``: a pair of markets once, the first in the alphabet first.
- ``pairs/agreements.csv.gz``: a pair, and the years in which an agreement, not of partial scope, is
  in force; an empty ``last`` means that it was in force in 2023, where the figures end.
- ``pairs/migrants.csv.gz``: persons by where they were born and live, a column a year.
- ``pairs/languages.csv``, ``pairs/language_codes.csv``: who speaks what; codes that mean one.
- ``pairs/clocks.csv``: hours from UTC of each capital at standard time.
- ``products/imports.csv.gz``, ``products/chapters.csv``: imports by chapter of the Harmonized
  System, and what the chapters are called.
- ``catalogue.csv`` beside both: what each code of `firm_observations` is and where it is from.

Agreements of the European Union
    A member has them while it is one: each is cut to the years of membership, and the United
    Kingdom, which has left, has those of Germany to 2020. Any two members are in one at once.
    Where the extract has no year of entry, an agreement counts in 2023 alone.

Languages
    Scripts are put together (zh_Hant is zh, sr_Latn is sr), and close forms (nb is no): the largest
    share of these is taken, since shares overlap.
"""

import argparse
import gzip
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
from babel import Locale
from babel.core import get_global

ROOT = Path(__file__).parents[1]
LAST = 2023  # the year in which the figures on agreements end
CLOCKS = 2026  # the year whose standard time is written
EU = "European Union"
ONE_OF_ALL = "DEU"  # a member from the beginning: it has every agreement of the Union
CLOSE = {"nb": "no", "cmn": "zh", "swc": "sw"}
NO_LANGUAGE = {"mul", "und", "zxx"}  # several, not known, none
OFFICIAL = ("official", "de_facto_official", "official_regional")
# Where a market has several zones, or none in the tz database, that of its capital.
ZONES = {
    "ARG": "America/Argentina/Buenos_Aires",
    "AUS": "Australia/Sydney",
    "BRA": "America/Sao_Paulo",
    "CAN": "America/Toronto",
    "CHL": "America/Santiago",
    "CHN": "Asia/Shanghai",
    "COD": "Africa/Kinshasa",
    "CYP": "Asia/Nicosia",
    "DEU": "Europe/Berlin",
    "ECU": "America/Guayaquil",
    "ESP": "Europe/Madrid",
    "FSM": "Pacific/Pohnpei",
    "GRL": "America/Nuuk",
    "IDN": "Asia/Jakarta",
    "KAZ": "Asia/Almaty",
    "KIR": "Pacific/Tarawa",
    "MEX": "America/Mexico_City",
    "MHL": "Pacific/Majuro",
    "MNG": "Asia/Ulaanbaatar",
    "MYS": "Asia/Kuala_Lumpur",
    "NZL": "Pacific/Auckland",
    "PNG": "Pacific/Port_Moresby",
    "PRT": "Europe/Lisbon",
    "PSE": "Asia/Hebron",
    "PYF": "Pacific/Tahiti",
    "RUS": "Europe/Moscow",
    "UKR": "Europe/Kyiv",
    "USA": "America/New_York",
    "UZB": "Asia/Tashkent",
    "XKX": "Europe/Belgrade",
}
CHAPTERS = """
01 Live animals
02 Meat
03 Fish and seafood
04 Milk, eggs and honey
05 Other animal products
06 Live plants and flowers
07 Vegetables
08 Fruit and nuts
09 Coffee, tea and spices
10 Cereals
11 Flour, malt and starch
12 Oil seeds, other seeds and fodder
13 Gums, resins and plant extracts
14 Plaiting materials of plants
15 Fats and oils
16 Prepared meat and fish
17 Sugar and sweets
18 Cocoa and chocolate
19 Bread, pasta and bakery goods
20 Preserved fruit and vegetables
21 Sauces, soups and other foods
22 Drinks and vinegar
23 Animal feed and food waste
24 Tobacco
25 Salt, stone, lime and cement
26 Ores, slag and ash
27 Fuels, oil and gas
28 Inorganic chemicals
29 Organic chemicals
30 Medicines
31 Fertilizers
32 Dyes, paints and inks
33 Perfume and cosmetics
34 Soap, detergents, waxes and candles
35 Glues, enzymes and modified starches
36 Explosives, fireworks and matches
37 Film and photographic paper
38 Other chemical products
39 Plastics
40 Rubber
41 Raw hides and leather
42 Bags, cases and other leather goods
43 Fur
44 Wood
45 Cork
46 Basketware
47 Wood pulp and waste paper
48 Paper and cardboard
49 Books and other print
50 Silk
51 Wool and animal hair
52 Cotton
53 Flax, jute and other plant fibers
54 Man-made filaments
55 Man-made staple fibers
56 Felt, nonwovens, rope and twine
57 Carpets
58 Special woven fabrics, lace and embroidery
59 Coated and industrial textiles
60 Knitted fabrics
61 Knitted clothing
62 Clothing, not knitted
63 Home textiles and worn clothing
64 Shoes
65 Hats
66 Umbrellas and walking sticks
67 Feathers, artificial flowers and hair
68 Goods of stone, plaster and cement
69 Ceramics
70 Glass
71 Jewelry, precious metals and stones
72 Iron and steel
73 Goods of iron and steel
74 Copper
75 Nickel
76 Aluminum
78 Lead
79 Zinc
80 Tin
81 Other base metals
82 Tools and cutlery
83 Locks, fittings and other metal goods
84 Machinery and computers
85 Electrical machinery and electronics
86 Railway vehicles
87 Cars and other road vehicles
88 Aircraft and spacecraft
89 Ships and boats
90 Optical, medical and measuring instruments
91 Clocks and watches
92 Musical instruments
93 Arms and ammunition
94 Furniture, lamps and prefabricated buildings
95 Toys, games and sports goods
96 Pens, brushes, zippers and other small goods
97 Art and antiques
"""
GEODIST = "CEPII GeoDist (Mayer and Zignago 2011)"
ETALAB = "Etalab Open Licence 2.0"
CC_BY = "CC BY 4.0"
COLUMNS = ("indicator", "name", "unit", "source", "licence", "vintage", "note")
PAIRS = (
    ("PAIR.KM", "Distance, weighted by where people live", "km", GEODIST, ETALAB, "2011",
     "Where that is not known, between the largest cities or the capitals, marked."),
    ("PAIR.BORDER", "Common land border", "0 or 1", GEODIST, ETALAB, "2011", ""),
    ("PAIR.COLONY", "Colonial link", "0 or 1", GEODIST, ETALAB, "2011", ""),
    ("PAIR.AGREEMENT", "Trade agreement in force", "0 or 1",
     "World Bank Deep Trade Agreements 2.0; years of membership of the European Union",
     CC_BY, "2023",
     "Not of partial scope. By year, to 2023; a year before 2023 without a row is not known."),
    ("PAIR.LANGUAGE", "Share of people who speak a language of the firm", "share, 0-1",
     "Unicode CLDR 47", "Unicode License v3", "2025",
     "The largest share of one of the languages: shares overlap, so they are not added."),
    ("PAIR.OFFICIAL", "A language of the firm is official", "0 or 1", "Unicode CLDR 47",
     "Unicode License v3", "2025", "In fact or by law, in all of the market."),
    ("PAIR.HOURS", "Hours between the clocks of the capitals", "hours", "tz database",
     "Public Domain", "2026", "At standard time."),
    ("PAIR.TIES", "People born in the one who live in the other", "per 1,000 people of the market",
     "UN DESA International Migrant Stock 2020; World Bank WDI (population)",
     "CC BY 3.0 IGO; CC BY 4.0", "2020", "Both ways. A pair that is not listed is 0 where both are"
     " covered. The stock of 2020 is undated, so that it does not go stale."),
    ("PAIR.FX", "Units of the market's currency per unit of home's", "market per home",
     "World Bank WDI (PA.NUS.FCRF)", CC_BY, "July 2026",
     "Official rates, yearly means, spliced where a market changed its currency."),
)  # fmt: skip
BACI = "CEPII BACI (Gaulier and Zignago 2010), HS 2017"
PRODUCTS = (
    ("PROD.IMPORTS", "Imports of the products", "current US$", BACI, ETALAB, "V202601, 2024",
     "Without freight and insurance; the sum of the codes that there are figures for."),
    ("PROD.SUPPLIERS", "Markets that supply the products", "markets", BACI, ETALAB,
     "V202601, 2024", "Not covered: six importers, and chapters with codes missing."),
    ("PROD.HHI", "Concentration of the suppliers", "sum of squared shares, 0-1", BACI, ETALAB,
     "V202601, 2024", "Not covered: six importers, and chapters with codes missing."),
)  # fmt: skip


def read_raw(path: Path) -> pd.DataFrame:
    """Read a raw CSV as text; Namibia's code ``NA`` is a value, not a missing one."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def records(path: Path) -> list[dict[str, str]]:
    """Read the rows of a raw CSV as text."""
    table = read_raw(path)
    columns = [str(name) for name in table]
    return [dict(zip(columns, row, strict=True)) for row in table.itertuples(index=False)]


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table; packed, where its name says so, without the time of packing."""
    text = table.to_csv(index=False, lineterminator="\n").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text, 9, mtime=0) if path.suffix == ".gz" else text)


def distances(folder: Path) -> pd.DataFrame:
    """Return each pair once, with what is known of it; 56 differ by 0.1 km between directions."""
    raw = read_raw(folder / "gravity.csv.gz")
    pairs = raw[raw["iso3_o"] < raw["iso3_d"]]
    weighted = pairs["distance_weighted_km"]
    return pd.DataFrame(
        {
            "market": pairs["iso3_o"],
            "partner": pairs["iso3_d"],
            "km": weighted.where(weighted != "", pairs["distance_km"]),
            "weighted": (weighted != "").astype(int),
            "border": pairs["contiguity"],
            "colony": pairs["colonial_link"],
        }
    ).sort_values(["market", "partner"])


Spell = tuple[str, str, int, int | None, str]


def both_ways(market: str, partner: str) -> tuple[str, str]:
    """Return a pair as it is kept, the first in the alphabet first."""
    return (market, partner) if market < partner else (partner, market)


def agreements(folder: Path) -> pd.DataFrame:
    """Return the years of each agreement of each pair."""
    members = {
        row["iso3"]: (
            int(row["accession_year"]),
            int(row["last_year"]) if row["last_year"] else None,
        )
        for row in records(folder / "eu_members.csv")
    }
    listed = {
        (
            *both_ways(row["iso3_o"], row["iso3_d"]),
            int(row["entry_year"] or LAST),
            row["agreement"],
        )
        for row in records(folder / "agreements.csv.gz")
        if row["partial"] == "False"
    }
    spells = set(of_the_union(members))
    for one, two, first, name in listed:
        if not name.startswith("EU"):
            spells.add((one, two, first, None, name))
        elif one not in members or two not in members:
            spells.update(while_member(one, two, first, name, members))
        elif "GBR" in (one, two):  # the agreement after it had left
            spells.add((one, two, first, None, name))
    for row in records(folder / "agreements_ended.csv"):
        pair = both_ways(row["iso3_o"], row["iso3_d"])
        spells.add((*pair, int(row["entry_year"]), int(row["last_year"]), row["agreement"]))
    order = sorted(spells, key=lambda spell: (*spell[:3], spell[3] or LAST, spell[4]))
    table = pd.DataFrame(order, columns=["market", "partner", "first", "last", "agreement"])
    return table.astype({"last": "Int64"})


def of_the_union(members: dict[str, tuple[int, int | None]]) -> Iterator[Spell]:
    """Yield the years in which two are members at once."""
    for one, (first, until) in members.items():
        for two, (since, last) in members.items():
            if one < two:
                end = min((year for year in (until, last) if year), default=None)
                yield one, two, max(first, since), end, EU


def while_member(
    one: str, two: str, first: int, name: str, members: dict[str, tuple[int, int | None]]
) -> Iterator[Spell]:
    """Yield the years of an agreement of the Union, for a member and for one that has left."""
    member, other = (one, two) if one in members else (two, one)
    yield (*both_ways(one, two), max(first, members[member][0]), None, name)
    if member == ONE_OF_ALL:
        for left, (since, last) in members.items():
            if last is not None and max(first, since) <= last:
                yield (*both_ways(left, other), max(first, since), last, name)


def migrants(folder: Path) -> pd.DataFrame:
    """Return persons by where they were born and live, a column a year."""
    raw = read_raw(folder / "migrants.csv.gz").astype({"persons": int})
    wide = raw.pivot(index=["born_in", "lives_in"], columns="year", values="persons")
    return wide.astype("Int64").sort_index().reset_index()


def language(tag: str) -> str:
    """Return the language of a tag, without its script, close forms as one."""
    plain = tag.partition("_")[0]
    return CLOSE.get(plain, plain)


def languages(markets: pd.DataFrame) -> pd.DataFrame:
    """Return the share of people who speak each language in each market, and what it is there."""
    rows = []
    for market, alpha2 in zip(markets["market"], markets["iso2"], strict=True):
        spoken: dict[str, tuple[float, str]] = {}
        for tag, facts in get_global("territory_languages").get(alpha2, {}).items():
            share, status = spoken.get(language(tag), (0.0, ""))
            found = facts["official_status"] or ""
            known = [word for word in OFFICIAL if word in (status, found)]
            share = max(share, min(facts["population_percent"], 100.0))
            if tag not in NO_LANGUAGE:
                spoken[language(tag)] = share, (known or [""])[0]
        for code, (share, status) in sorted(spoken.items()):
            rows.append((market, code, f"{share / 100:.6g}", status))
    return pd.DataFrame(rows, columns=["market", "language", "share", "status"])


def language_codes(spoken: Iterable[str]) -> pd.DataFrame:
    """Return every language by its code, with its name and other codes of two or three letters."""
    names = Locale("en").languages
    aliases = {str(other): code for other, code in get_global("language_aliases").items()}
    known = {*spoken, *(str(code) for code in names if len(str(code)) in (2, 3))}
    also: dict[str, set[str]] = {}
    for other, code in {**aliases, **CLOSE}.items():
        plain = language(code if isinstance(code, str) else code[0])
        if "_" not in other and len(other) in (2, 3):
            also.setdefault(plain, set()).add(other)
    for code, wider in CLOSE.items():
        also.setdefault(wider, set()).update(also.pop(code, set()))
    rows = [
        (code, names.get(code, ""), " ".join(sorted(also.get(code, set()) - {code})))
        for code in sorted(known - set(CLOSE) - set(aliases) - NO_LANGUAGE)
    ]
    return pd.DataFrame(rows, columns=["language", "name", "also"])


def clocks(markets: pd.DataFrame) -> pd.DataFrame:
    """Return the zone of each capital, and its hours from UTC at standard time."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    zones: dict[str, list[str]] = {}
    for alpha2, _, zone, *_ in lines:
        zones.setdefault(alpha2, []).append(zone)
    rows = []
    for market, alpha2 in zip(markets["market"], markets["iso2"], strict=True):
        known = zones.get(alpha2, [])
        zone = ZONES.get(market, known[0] if len(known) == 1 else "")
        if zone:  # some islands have no people, and no clock
            rows.append((market, zone, f"{standard_hours(zone):g}"))
    return pd.DataFrame(rows, columns=["market", "zone", "hours"])


def standard_hours(zone: str) -> float:
    """Return a zone's hours from UTC in winter, north or south."""
    days = (datetime(CLOCKS, month, 1, tzinfo=UTC) for month in (1, 7))
    offsets = (day.astimezone(ZoneInfo(zone)).utcoffset() for day in days)
    return min(offset.total_seconds() for offset in offsets if offset is not None) / 3600


def imports(folder: Path) -> pd.DataFrame:
    """Return imports by chapter; suppliers are not covered where their columns are empty."""
    raw = read_raw(folder / "market_products_hs2.csv.gz").rename(columns={"hs2": "chapter"})
    columns = ["importer", "chapter", "year", "imports_usd", "suppliers", "hhi", "codes_missing"]
    return raw[columns].sort_values(columns[:3])


def chapters() -> pd.DataFrame:
    """Return what each chapter is called here."""
    rows = [line.split(" ", 1) for line in CHAPTERS.strip().splitlines()]
    return pd.DataFrame(rows, columns=["chapter", "name"])


def build(folder: Path, out: Path) -> None:
    """Write every table."""
    markets = read_raw(out / "indicators" / "markets.csv")
    spoken = languages(markets)
    for name, table in {
        "pairs/distances.csv.gz": distances(folder),
        "pairs/agreements.csv.gz": agreements(folder),
        "pairs/migrants.csv.gz": migrants(folder),
        "pairs/languages.csv": spoken,
        "pairs/language_codes.csv": language_codes(spoken["language"]),
        "pairs/clocks.csv": clocks(markets),
        "pairs/catalogue.csv": pd.DataFrame(PAIRS, columns=COLUMNS),
        "products/imports.csv.gz": imports(folder),
        "products/chapters.csv": chapters(),
        "products/catalogue.csv": pd.DataFrame(PRODUCTS, columns=COLUMNS),
    }.items():
        write(table, out / name)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write what a firm's observations are made of.")
    parser.add_argument("folder", type=Path, help="folder with the raw extract")
    parser.add_argument("--out", type=Path, default=ROOT / "data")
    arguments = parser.parse_args()
    build(arguments.folder, arguments.out)


if __name__ == "__main__":
    main()
