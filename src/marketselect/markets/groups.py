"""Rows that are no markets: the world, groups of economies, totals; by name and by code.

Names are left out of any table. Codes are left out where the rows are economies, as in the files of
the sources, or where most other labels are codes of economies: "LAC" may be a product elsewhere.
"""

import re
from collections.abc import Iterable
from functools import cache

from marketselect.markets.names import NOTHING, known_names, meaning_of

# Beside the groups that the table of names has.
_NAMES = """
    totals|subtotal|sub-total|sum|average|mean|median|world average|simple average
    weighted average|all economies
    oecd countries|non-oecd economies|opec|euro area (emu)|developed countries
    low-and-middle-income countries|least developed countries|landlocked developing countries
    small island developing states|east asia & pacific (ida & ibrd)
    europe & central asia (ida & ibrd)|latin america & caribbean (ida & ibrd)
    middle east & north africa (ida & ibrd)|sub-saharan africa (ida & ibrd)
    least developed countries (ldcs)|land locked developing countries (lldcs)
    small island developing states (sids)|low income food deficit countries (lifdcs)
    net food importing developing countries (nfidcs)|land locked developing countries
    low income food deficit countries|net food importing developing countries
    south-eastern asia|arab states|very high human development|high human development
    medium human development|low human development|area nes|not elsewhere specified
    gesamt|insgesamt|summe|ensemble|total général|total general|totale|totaal|итого|всего|合计|总计
"""
NAMES = frozenset(name.strip() for line in _NAMES.splitlines() for name in line.split("|")) - {""}
_CODES = """
    AFE AFR AFW ARB CEB CSA CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBB IBD IBT IDA IDB IDX INX
    LAC LCN LDC LIC LMC LMY LTE MDE MEA MIC MNA NAC NRS OED OSS PRE PSS PST RRS SAS SSA SSF SST SXZ
    TEA TEC TLA TMN TSA TSS UMC WLD XZN
    EU EA EFTA EEA OECD OECDE OECDSO OECD_REP G-7 G-20 NMEC DAC WXOECD BRIICS EU_V EA_V
    AMR EMR EUR SEAR WPR GLOBAL
    W W0 W00 W19 W2 1W _T _X _Z WORLD
    XM TOT TOTAL OTH EUZ NEAR_EAST WB_HI WB_LI WB_LMI WB_UMI
    AME ASI OCE MED EUR_OTH EU_BFOR EFTA_X_LI DE_TOT FX
"""
CODES = frozenset(_CODES.split())
CODE = re.compile(r"[A-Z]{2,3}")  # without more, it may be a product
WORDS = frozenset({"EU", "SUM"})
AROUND_NAMES = " :*\N{NO-BREAK SPACE}"  # Total:, World*
FAMILIES = re.compile(
    r"(?:(?:EXT|INT|INTRA|EXTRA)_)?(?:N?EU|EA|EEA|EFTA|OECD|G|CC|CPC|NAFTA|NMS)\d{1,2}"
    r"(?:[_-][A-Z0-9]{1,6})*"  # EU27_2020, EXT_EU27_2020, EA19, G20
    r"|(?:(?:EXT|INT|INTRA|EXTRA)_)?(?:EU|EA)_[VX]"
    r"|GX?\d{3}|XR\d\d|\d[A-Z]_[A-Z\d]+"  # of the IMF: G001 is the world; 1C_ALLC
    r"|[A-Z]\d|\d[A-Z]|\d[A-Z]\d|[A-Z]\d[A-Z\d]"  # U2, 5A, 1A0, G7M: no economy has a digit
    r"|OWID_(?!KOS|CYN|ABK|SML|TRS|ZAN)[A-Z]{3}"  # all but Kosovo and others without a code
    r"|ZZ[A-Z]?\.\S+"  # ZZK.WORLD, of the Human Development Report
)


# Eurostat's, whose number and years change: Euro area - 21 countries (from 2026).
BODIES = re.compile(
    r"(?:euro area|european union) *[-\N{EN DASH}] *\d\d countries\b.*", re.IGNORECASE
)


# Where the other labels are countries: what reports, spreadsheets and programs put below them.
AMONG = re.compile(
    r"(?:world|global)(?:wide)?|welt(?:weit)?|monde|mundo|mondo|row|unspecified|unknown"
    r"|(?:european economic area|european union|euro area|eurozone)\b.*"
    r"|mena|gcc|cis|emea|apac|latam|dach|usmca|ldcs|lldcs|sids|benelux|nordics?|cemac|waemu"
    r"|(?:rest|remainder) of .*|others?(?: .+)?|all .+|.+, nes|rest der welt|reste du monde"
    r"|(?:low|lower|upper|middle|high)(?:er)?[- ].*(?:income|development).*"
    r"|(?:world|total|average|mean|median|sum) [(a-z].*"
    r"|.+ (?:total|average|mean|median|sum|avg|aggregate|economies|countries|durchschnitt)"
    r"|durchschnitt|mittelwert|moyenne|promedio|media"
    r"|std|st\.? ?dev\.?|standard deviation|variance|count|min|max|minimum|maximum|\d\d ?%"
    r"|(?:sources?|notes?|quellen?|anmerkung(?:en)?|fuentes?|notas?|footnotes?)(?: ?[:.].*)?"
    r"|asia[-/ ](?:(?:and|&) (?:the )?)?pacific|visegr[aá]d(?: group)?|(?:extra|intra)-.+",
    re.IGNORECASE,
)


def is_group(label: object, *, codes: bool, among: bool = False) -> bool:
    """Return whether a label names a group of economies or a total, by name or also by code.

    `among`: whether the other labels are countries, so that what is "Max" or "DACH" is none.

    Examples
    --------
    >>> [is_group(label, codes=True) for label in ("World", "EU27_2020", "Namibia", "OED")]
    [True, True, False, True]
    >>> is_group("LAC", codes=False)
    False
    >>> is_group("Euro area - 21 countries (from 2026)", codes=False)
    True
    >>> is_group("DACH", codes=False), is_group("DACH", codes=False, among=True)
    (False, True)
    """
    text = str(label).strip(AROUND_NAMES)
    if BODIES.fullmatch(text):
        return True
    if codes and (text in CODES or FAMILIES.fullmatch(text)):
        return True
    found = meaning_of(text)
    if among and (NOTHING.fullmatch(text) or (not found.codes and AMONG.fullmatch(text))):
        return True
    if CODE.fullmatch(text) and text not in WORDS:
        return False
    if text.casefold() in NAMES or found.kind == "group":
        return True
    whole, mark, _ = text.partition(":")  # "World: Low income", "EU27_2020:European Union"
    return bool(mark) and is_group(whole, codes=codes, among=among)


def is_total(label: object) -> bool:
    """Return whether a label is the plain name of a group or a total, for tables of any size.

    Examples
    --------
    >>> [is_total(label) for label in ("Total", "World:", "Lyon", "LAC")]
    [True, True, False, False]
    """
    text = str(label).strip(AROUND_NAMES)
    if CODE.fullmatch(text) and text not in WORDS:
        return False
    return text.casefold() in names_of_groups()


@cache
def names_of_groups() -> frozenset[str]:
    """Return the names of groups and totals in small letters."""
    return NAMES | {each.name.casefold() for each in known_names().values() if each.kind == "group"}


def mostly_codes(labels: Iterable[object], known: Iterable[str]) -> bool:
    """Return whether most labels, but codes of groups, are among the codes of economies."""
    economies = frozenset(known)
    texts = [str(label).strip() for label in labels]
    rest = [text for text in texts if text not in economies]
    others = [text for text in rest if text not in CODES and not FAMILIES.fullmatch(text)]
    return len(texts) - len(rest) > len(others)
