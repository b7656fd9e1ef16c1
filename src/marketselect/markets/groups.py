"""Rows that are no markets: the world, groups of economies, totals; by name and by code.

Names are left out of any table. Codes are left out where the rows are economies, as in the files of
the sources, or where most other labels are codes of economies: "LAC" may be a product elsewhere.
"""

import re
from collections.abc import Iterable
from functools import cache

from marketselect.markets.names import known_names, meaning_of

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
"""
CODES = frozenset(_CODES.split())
CODE = re.compile(r"[A-Z]{2,3}")  # without more, it may be a product
WORDS = frozenset({"EU", "SUM"})
AROUND_NAMES = " :*\N{NO-BREAK SPACE}"  # Total:, World*
FAMILIES = re.compile(
    r"(?:EU|EA|EEA|EFTA|OECD|G|CPC|NAFTA)\d{1,2}(?:[_-][A-Z0-9]{2,6})*"  # EU27_2020, EA19, G20
    r"|G\d{3}"  # of the IMF: G001 is the world
    r"|OWID_(?!KOS|CYN|ABK|SML|TRS|ZAN)[A-Z]{3}"  # all but Kosovo and others without a code
    r"|ZZ[A-Z]?\.\S+"  # ZZK.WORLD, of the Human Development Report
    r"|X\d\d"  # ILOSTAT's regions
)


# Eurostat's, whose number and years change: Euro area - 21 countries (from 2026).
BODIES = re.compile(
    r"(?:euro area|european union) *[-\N{EN DASH}] *\d\d countries\b.*", re.IGNORECASE
)


def is_group(label: object, *, codes: bool) -> bool:
    """Return whether a label names a group of economies or a total, by name or also by code.

    Examples
    --------
    >>> [is_group(label, codes=True) for label in ("World", "EU27_2020", "Namibia", "OED")]
    [True, True, False, True]
    >>> is_group("LAC", codes=False)
    False
    >>> is_group("Euro area - 21 countries (from 2026)", codes=False)
    True
    """
    text = str(label).strip(AROUND_NAMES)
    if BODIES.fullmatch(text):
        return True
    if codes and (text in CODES or FAMILIES.fullmatch(text)):
        return True
    if CODE.fullmatch(text) and text not in WORDS:
        return False
    if text.casefold() in NAMES or meaning_of(text).kind == "group":
        return True
    whole, mark, _ = text.partition(": ")  # "World: Low income"
    return bool(mark) and is_group(whole, codes=False)


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
    return text.casefold() in group_names()


@cache
def group_names() -> frozenset[str]:
    """Return the names of groups and totals in small letters."""
    return NAMES | {each.name.casefold() for each in known_names().values() if each.kind == "group"}


def mostly_codes(labels: Iterable[object], known: Iterable[str]) -> bool:
    """Return whether most labels, but codes of groups, are among the codes of economies."""
    economies = frozenset(known)
    texts = [str(label).strip() for label in labels]
    rest = [text for text in texts if text not in economies]
    others = [text for text in rest if text not in CODES and not FAMILIES.fullmatch(text)]
    return len(texts) - len(rest) > len(others)
