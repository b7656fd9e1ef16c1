"""The embedded table: every alias is one market's, and what is none is known as such."""

import csv
import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.markets.names import (
    english_name,
    known_codes,
    known_names,
    meaning_of,
    names_file,
    near_markets,
    understood,
)
from marketselect.markets.spelling import folded

# The member states of the United Nations: https://www.un.org/en/about-us/member-states
MEMBERS = (
    "AFG ALB DZA AND AGO ATG ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA "
    "BRA BRN BGR BFA BDI CPV KHM CMR CAN CAF TCD CHL CHN COL COM COG COD CRI CIV HRV CUB CYP CZE "
    "DNK DJI DMA DOM ECU EGY SLV GNQ ERI EST SWZ ETH FJI FIN FRA GAB GMB GEO DEU GHA GRC GRD GTM "
    "GIN GNB GUY HTI HND HUN ISL IND IDN IRN IRQ IRL ISR ITA JAM JPN JOR KAZ KEN KIR KWT KGZ LAO "
    "LVA LBN LSO LBR LBY LIE LTU LUX MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM MDA MCO MNG MNE "
    "MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA PRK MKD NOR OMN PAK PLW PAN PNG PRY PER PHL POL "
    "PRT QAT KOR ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN SRB SYC SLE SGP SVK SVN SLB SOM ZAF "
    "SSD ESP LKA SDN SUR SWE CHE SYR TJK THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR TZA "
    "USA URY UZB VUT VEN VNM YEM ZMB ZWE"
)
# In these languages the word for one market is that for another in some language, or reads like
# another's code: "Kongo", "Nigeri", "Guiana", "Nga". It is refused with both. Where accents part a
# word from a code, it is known: the two are listed, and known as written.
BY_ACCENTS = {("Vietnamese", "AUT"): "Áo", ("Vietnamese", "BEL"): "Bỉ"}
LEFT_OUT = {
    ("Albanian", "NGA"),
    ("Basque", "COG"),
    ("Galician", "GUY"),
    ("Kazakh", "COD"),
    ("Norwegian Bokmål", "COD"),
    ("Persian", "LVA"),
    ("Polish", "COG"),
    ("Portuguese", "GUY"),
    ("Spanish", "COG"),
    *BY_ACCENTS,
    ("Vietnamese", "RUS"),
}
NOT_LANGUAGES = {
    *("alpha-2", "alpha-3", "numeric", "English", "World Bank", "World Bank, former code"),
    *("United Nations", "UN Comtrade", "ISO 3166", "IMF", "OECD and Eurostat", "former name"),
    *("formal name", "former", "part", "foreign code", "Our World in Data"),
    *("World Trade Organization", "UNDP"),
}

with names_file().open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
MARKETS = [row for row in ROWS if row["kind"] == "market"]
NAMES = [row for row in MARKETS if row["lists"] not in ("alpha-2", "alpha-3", "numeric")]
# ISO 3166-1 with its 249 entries, as Debian's package iso-codes 4 has it.
NUMBERS = """
AFG004 ALB008 ATA010 DZA012 ASM016 AND020 AGO024 ATG028 AZE031 ARG032 AUS036 AUT040 BHS044
BHR048 BGD050 ARM051 BRB052 BEL056 BMU060 BTN064 BOL068 BIH070 BWA072 BVT074 BRA076 BLZ084
IOT086 SLB090 VGB092 BRN096 BGR100 MMR104 BDI108 BLR112 KHM116 CMR120 CAN124 CPV132 CYM136
CAF140 LKA144 TCD148 CHL152 CHN156 TWN158 CXR162 CCK166 COL170 COM174 MYT175 COG178 COD180
COK184 CRI188 HRV191 CUB192 CYP196 CZE203 BEN204 DNK208 DMA212 DOM214 ECU218 SLV222 GNQ226
ETH231 ERI232 EST233 FRO234 FLK238 SGS239 FJI242 FIN246 ALA248 FRA250 GUF254 PYF258 ATF260
DJI262 GAB266 GEO268 GMB270 PSE275 DEU276 GHA288 GIB292 KIR296 GRC300 GRL304 GRD308 GLP312
GUM316 GTM320 GIN324 GUY328 HTI332 HMD334 VAT336 HND340 HKG344 HUN348 ISL352 IND356 IDN360
IRN364 IRQ368 IRL372 ISR376 ITA380 CIV384 JAM388 JPN392 KAZ398 JOR400 KEN404 PRK408 KOR410
KWT414 KGZ417 LAO418 LBN422 LSO426 LVA428 LBR430 LBY434 LIE438 LTU440 LUX442 MAC446 MDG450
MWI454 MYS458 MDV462 MLI466 MLT470 MTQ474 MRT478 MUS480 MEX484 MCO492 MNG496 MDA498 MNE499
MSR500 MAR504 MOZ508 OMN512 NAM516 NRU520 NPL524 NLD528 CUW531 ABW533 SXM534 BES535 NCL540
VUT548 NZL554 NIC558 NER562 NGA566 NIU570 NFK574 NOR578 MNP580 UMI581 FSM583 MHL584 PLW585
PAK586 PAN591 PNG598 PRY600 PER604 PHL608 PCN612 POL616 PRT620 GNB624 TLS626 PRI630 QAT634
REU638 ROU642 RUS643 RWA646 BLM652 SHN654 KNA659 AIA660 LCA662 MAF663 SPM666 VCT670 SMR674
STP678 SAU682 SEN686 SRB688 SYC690 SLE694 SGP702 SVK703 VNM704 SVN705 SOM706 ZAF710 ZWE716
ESP724 SSD728 SDN729 ESH732 SUR740 SJM744 SWZ748 SWE752 CHE756 SYR760 TJK762 THA764 TGO768
TKL772 TON776 TTO780 ARE784 TUN788 TUR792 TKM795 TCA796 TUV798 UGA800 UKR804 MKD807 EGY818
GBR826 GGY831 JEY832 IMN833 TZA834 USA840 VIR850 BFA854 URY858 UZB860 VEN862 WLF876 WSM882
YEM887 ZMB894
"""


def languages() -> dict[str, dict[str, str]]:
    """Return the names of markets by language and code."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in NAMES:
        for name in row["lists"].split("|"):
            if name not in NOT_LANGUAGES and not name.startswith("everyday "):
                found[name].setdefault(row["codes"], row["name"])
    return found


LANGUAGES = languages()


def test_every_alias_means_one_market() -> None:
    for row in MARKETS:
        found = meaning_of(row["name"])
        assert (found.kind, found.codes) == ("market", (row["codes"],)), row["name"]


def test_no_alias_stands_there_twice() -> None:
    keys = [folded(row["name"]) for row in ROWS if row["lists"] not in ("alpha-3", "alpha-2")]
    assert len(keys) == len(set(keys))


def test_no_name_folds_to_nothing() -> None:
    assert all(folded(row["name"]) for row in ROWS if row["name"] != "AND")
    assert meaning_of(",").kind == meaning_of("the").kind == meaning_of("").kind == "unknown"


def test_every_market_of_the_snapshot_has_its_name_and_its_three_codes() -> None:
    markets = ms.load_markets()
    assert {row["codes"] for row in MARKETS} == set(markets.index)
    for code, name, iso2 in markets[["name", "iso2"]].itertuples():
        assert english_name(code) == name
        assert meaning_of(name).codes == meaning_of(iso2).codes == meaning_of(code).codes == (code,)
    numeric = [row for row in MARKETS if row["lists"] == "numeric"]
    assert {row["codes"] for row in numeric} == set(markets.index) - {"XKX"}


def test_each_number_of_iso_3166_is_of_its_country_of_today() -> None:
    listed = {entry[3:]: entry[:3] for entry in NUMBERS.split()}
    assert len(listed) == 249
    assert {row["name"]: row["codes"] for row in MARKETS if row["lists"] == "numeric"} == listed


def test_there_are_193_members_and_many_languages() -> None:
    assert len(set(MEMBERS.split())) == 193
    assert len(LANGUAGES) >= 45


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_member_of_the_un_is_known_by_its_name_in(language: str) -> None:
    known = LANGUAGES[language]
    assert set(MEMBERS.split()) - set(known) == {
        code for name, code in LEFT_OUT if name == language
    }
    assert all(meaning_of(name).codes == (code,) for code, name in known.items())


@pytest.mark.parametrize(("known", "name"), BY_ACCENTS.items())
def test_a_word_with_accents_is_no_code(known: tuple[str, str], name: str) -> None:
    for text in (name, name.upper(), f" {name} ", unicodedata.normalize("NFD", name)):
        assert (meaning_of(text).kind, meaning_of(text).codes) == ("market", (known[1],))
    plain = folded(name).title()  # Ao, Bi: a code in the way of names, or a name without accents
    assert meaning_of(plain).kind == "ambiguous"
    assert known[1] in meaning_of(plain).codes


# As the governments and statistical offices of these countries write them.
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Deutschland", "DEU"),
        ("Allemagne", "DEU"),
        ("Alemania", "DEU"),
        ("Niemcy", "DEU"),
        ("ドイツ", "DEU"),
        ("德国", "DEU"),
        ("德國", "DEU"),
        ("독일", "DEU"),
        ("Германия", "DEU"),
        ("ألمانيا", "DEU"),
        ("Γερμανία", "DEU"),
        ("जर्मनी", "DEU"),
        ("เยอรมนี", "DEU"),
        ("Đức", "DEU"),
        ("Almanya", "DEU"),
        ("États-Unis", "USA"),
        ("Vereinigte Staaten von Amerika", "USA"),
        ("Reino Unido", "GBR"),
        ("Großbritannien", "GBR"),
        ("Elfenbeinküste", "CIV"),
        ("Corea del Sur", "KOR"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Nigéria", "NGA"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Equatorial Guinea", "GNQ"),
        ("Dominica", "DMA"),
        ("Dominican Republic", "DOM"),
        ("Republic of Ireland", "IRL"),
    ],
)
def test_a_name_is_understood(name: str, code: str) -> None:
    assert meaning_of(name).codes == (code,)


# https://data.worldbank.org/country, https://unstats.un.org/unsd/methodology/m49/, and the short
# forms of the press.
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Korea, Rep.", "KOR"),
        ("Korea, Dem. People's Rep.", "PRK"),
        ("Egypt, Arab Rep.", "EGY"),
        ("Turkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Cote d'Ivoire", "CIV"),
        ("Congo, Dem. Rep.", "COD"),
        ("Congo, Rep.", "COG"),
        ("Hong Kong SAR, China", "HKG"),
        ("Yemen, Rep.", "YEM"),
        ("Venezuela, RB", "VEN"),
        ("Lao PDR", "LAO"),
        ("West Bank and Gaza", "PSE"),
        ("Viet Nam", "VNM"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("United Republic of Tanzania", "TZA"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("China, Hong Kong SAR", "HKG"),
        ("State of Palestine", "PSE"),
        ("Taiwan, Province of China", "TWN"),
        ("Chinese Taipei", "TWN"),
        ("South Korea", "KOR"),
        ("Czech Republic", "CZE"),
        ("Ivory Coast", "CIV"),
        ("Burma", "MMR"),
        ("Swaziland", "SWZ"),
        ("Cape Verde", "CPV"),
        ("Russia", "RUS"),
        ("UK", "GBR"),
        ("U.K.", "GBR"),
        ("UAE", "ARE"),
        ("USA", "USA"),
        ("US", "USA"),
        ("U.S.", "USA"),
        ("DRC", "COD"),
        ("EL", "GRC"),
        ("NA", "NAM"),
        ("XK", "XKX"),
        ("XKX", "XKX"),
        ("Kosovo", "XKX"),
        ("Taiwan", "TWN"),
        ("GB", "GBR"),
        ("004", "AFG"),
        ("840", "USA"),
    ],
)
def test_the_names_of_publishers_and_of_the_press_are_understood(name: str, code: str) -> None:
    assert meaning_of(name).codes == (code,)
    assert meaning_of(name).code == code


# The names of the IMF's data portal and World Economic Outlook, of the WTO's members, of OECD,
# Eurostat, UN Comtrade, UNDP and Our World in Data, as their tables have them.
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Afghanistan, Islamic Republic of", "AFG"),
        ("Andorra, Principality of", "AND"),
        ("Aruba, Kingdom of the Netherlands", "ABW"),
        ("Bahrain, Kingdom of", "BHR"),
        ("China, People's Republic of", "CHN"),
        ("Comoros, Union of the", "COM"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Congo, Dem. Rep. of the", "COD"),
        ("Congo, Republic of", "COG"),
        ("Congo, Rep. of", "COG"),
        ("Egypt, Arab Republic of", "EGY"),
        ("Eritrea, The State of", "ERI"),
        ("Ethiopia, The Federal Democratic Republic of", "ETH"),
        ("Ethiopia, The Federal Dem. Rep. of", "ETH"),
        ("Hong Kong Special Administrative Region, People's Republic of China", "HKG"),
        ("Iran, Islamic Republic of", "IRN"),
        ("Iran, Islamic Rep.", "IRN"),
        ("Kosovo, Republic of", "XKX"),
        ("Kyrgyz Rep.", "KGZ"),
        ("Marshall Islands, Republic of the", "MHL"),
        ("Netherlands, The", "NLD"),
        ("São Tomé and Príncipe, Democratic Republic of", "STP"),
        ("Sint Maarten, Kingdom of the Netherlands", "SXM"),
        ("Taiwan Province of China", "TWN"),
        ("Tanzania, United Rep. of", "TZA"),
        ("Timor-Leste, Democratic Republic of", "TLS"),
        ("Türkiye, Republic of", "TUR"),
        ("Türkiye, Rep of", "TUR"),
        ("Venezuela, República Bolivariana de", "VEN"),
        ("Kuwait, the State of", "KWT"),
        ("Saudi Arabia, Kingdom of", "SAU"),
        ("Separate Customs Territory of Taiwan, Penghu, Kinmen and Matsu", "TWN"),
        ("Taipei, Chinese", "TWN"),
        ("Germany including former GDR", "DEU"),
        ("Germany (until 1990 former territory of the FRG)", "DEU"),
        ("Kosovo*", "XKX"),
        ("Palestinian Authority or West Bank and Gaza Strip", "PSE"),
        ("Bonaire, Saint Eustatius and Saba", "BES"),
        ("Br. Indian Ocean Terr.", "IOT"),
        ("Democratic Rep. of the Congo", "COD"),
        ("US Virgin Isds", "VIR"),
        ("Eswatini (Kingdom of)", "SWZ"),
        ("Hong Kong, China (SAR)", "HKG"),
        ("OWID_KOS", "XKX"),
        ("Oesterreich", "AUT"),
        ("Suedkorea", "KOR"),
        ("Российская Федерация", "RUS"),
        ("한국", "KOR"),
        ("台湾", "TWN"),
    ],
)
def test_the_official_names_of_statistics_are_understood(name: str, code: str) -> None:
    assert meaning_of(name).codes == (code,)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Other Asia, nes", "group"),  # of Comtrade: not silently Taiwan
        ("Germany, Fed. Rep.", "former"),  # West Germany, not the Federal Republic of today
        ("Yemen, People's Democratic Republic of", "unknown"),
        ("China, Republic of", "unknown"),
        ("Rep.", "unknown"),
    ],
)
def test_a_name_turned_round_is_never_that_of_another_state(name: str, kind: str) -> None:
    assert (meaning_of(name).kind, meaning_of(name).code) == (kind, "")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Korea", {"KOR", "PRK"}),
        ("Congo", {"COD", "COG"}),
        ("kongo", {"COD", "COG"}),
        ("nigeri", {"NER", "NGA"}),
        ("Nga", {"NGA", "RUS"}),  # Vietnamese for Russia
        ("Virgin Islands", {"VGB", "VIR"}),
        ("Guiana", {"GUF", "GUY"}),
    ],
)
def test_a_word_for_two_markets_is_ambiguous(name: str, codes: set[str]) -> None:
    found = meaning_of(name)
    assert (found.kind, set(found.codes), found.code) == ("ambiguous", codes, "")


@pytest.mark.parametrize(
    ("name", "kind", "codes"),
    [
        ("USSR", "former", 15),
        ("Soviet Union", "former", 15),
        ("Yugoslavia", "former", 7),
        ("Czechoslovakia", "former", 2),
        ("Serbia and Montenegro", "former", 2),
        ("Netherlands Antilles", "former", 3),
        ("East Germany", "former", 1),
        ("SCG", "former", 2),
        ("World", "group", 0),
        ("Euro area", "group", 0),
        ("OECD members", "group", 0),
        ("Arab World", "group", 0),
        ("High income", "group", 0),
        ("Sub-Saharan Africa", "group", 0),
        ("European Union", "group", 0),
        ("Europäische Union", "group", 0),
        ("WLD", "group", 0),
        ("Total", "group", 0),
        ("Scotland", "part", 1),
        ("England", "part", 1),
        ("GER", "foreign code", 1),
        ("SUI", "foreign code", 1),
        ("NED", "foreign code", 1),
        ("Atlantis", "unknown", 0),
        ("Delft", "unknown", 0),
    ],
)
def test_what_is_no_market_is_known_as_such(name: str, kind: str, codes: int) -> None:
    found = meaning_of(name)
    assert (found.kind, len(found.codes), found.code) == (kind, codes, "")


@pytest.mark.parametrize("code", ["GER", "SUI", "NED", "POR", "DEN", "CRO", "RSA", "TPE"])
def test_a_code_of_sports_federations_is_not_guessed(code: str) -> None:
    assert code not in known_codes()
    assert meaning_of(code).kind == "foreign code"


@given(st.sampled_from(sorted(known_codes())))
def test_a_code_counts_in_capitals_and_in_small_letters(code: str) -> None:
    assert meaning_of(code) == meaning_of(code.lower()) == meaning_of(f" {code}\u00a0")


@given(st.sampled_from([row["name"] for row in NAMES]))
def test_a_name_counts_in_any_case_unless_it_is_written_as_a_code(name: str) -> None:
    for text in (name.upper(), name.lower(), f"\t{name} "):
        if text.strip().upper() not in known_codes():
            assert meaning_of(text).codes == meaning_of(name).codes


def test_each_text_is_understood_once_and_nothing_is_refused() -> None:
    found = understood(["Kenya", "Kenya", 5, None, float("nan"), ["Kenya"], "Delft"])
    assert list(found) == ["Kenya", "Delft"]


def test_names_are_near_by_name_and_never_by_code() -> None:
    assert near_markets("Germny")[0] == '"Germany" (DEU)'
    assert near_markets("Argentinia") == ['"Argentina" (ARG)']
    assert near_markets("Burkina") == ['"Burkina Faso" (BFA)']
    assert near_markets("Papua")[0] == '"Papua New Guinea" (PNG)'
    assert near_markets("New Zea") == ['"New Zealand" (NZL)']
    assert near_markets("Nigera")[0] in ('"Nigeria" (NGA)', '"Niger" (NER)')
    assert near_markets("Kenya and its many islands")[0] == '"Kenya" (KEN)'
    assert near_markets("GMY") == []
    assert near_markets("Germny", ["FRA"]) == []


def test_nothing_of_the_table_is_read_before_it_is_asked_for() -> None:
    assert len(known_names()) > 10_000  # and only once: these are the same
    assert known_names() is known_names()
