"""Rows that are no markets: the world, groups of economies, totals; by name and by code.

Names are left out of any table. Codes are left out where the rows are economies, as in the files of
the sources, or where most other labels are codes of economies: "LAC" may be a product elsewhere.
"""

import re
from collections.abc import Iterable

_NAMES = """
    world|total|grand total|totals|all countries|all economies|all markets|sum|average|mean|median
    world average|simple average|weighted average|rest of the world|rest of world|other countries
    euro area|euro area (19 countries)|euro area (20 countries)|euro zone|eurozone|european union
    european union (27)|european union (28)|eu 27|eu-27|eu27|eu 28|eu-28|eu28|eu|efta
    oecd|oecd members|oecd - total|oecd total|oecd average|oecd countries|non-oecd economies|g7|g20
    brics|asean|opec|african union|commonwealth
    high income|low income|middle income|upper middle income|lower middle income|low & middle income
    high-income countries|low-income countries|middle-income countries|upper-middle-income countries
    lower-middle-income countries|low-and-middle-income countries
    arab world|caribbean small states|central europe and the baltics|early-demographic dividend
    late-demographic dividend|pre-demographic dividend|post-demographic dividend
    east asia & pacific|east asia & pacific (excluding high income)
    east asia & pacific (ida & ibrd countries)|east asia & pacific (ida & ibrd)
    europe & central asia|europe & central asia (excluding high income)
    europe & central asia (ida & ibrd countries)|europe & central asia (ida & ibrd)
    latin america & caribbean|latin america & caribbean (excluding high income)
    latin america & the caribbean (ida & ibrd countries)|latin america & caribbean (ida & ibrd)
    middle east & north africa|middle east & north africa (excluding high income)
    middle east & north africa (ida & ibrd countries)|middle east & north africa (ida & ibrd)
    middle east, north africa, afghanistan & pakistan
    middle east, north africa, afghanistan & pakistan (ida & ibrd)
    middle east, north africa, afghanistan & pakistan (excluding high income)
    south asia|south asia (ida & ibrd)|north america|sub-saharan africa
    sub-saharan africa (excluding high income)|sub-saharan africa (ida & ibrd countries)
    sub-saharan africa (ida & ibrd)|africa eastern and southern|africa western and central
    fragile and conflict affected situations|heavily indebted poor countries (hipc)
    ibrd only|ida & ibrd total|ida blend|ida only|ida total|not classified
    least developed countries|least developed countries: un classification|small states
    other small states|pacific island small states|small island developing states
    landlocked developing countries|developing countries|developed countries
    africa|asia|europe|americas|oceania|south america|central america|latin america|caribbean
    western europe|eastern europe|northern europe|southern europe|northern america
    northern africa|western africa|eastern africa|middle africa|southern africa
    eastern asia|south-eastern asia|southern asia|western asia|central asia
    asia (excl. china and india)|europe (excl. eu-27)|europe (excl. eu-28)|north america (excl. usa)
    advanced economies|emerging market and developing economies|emerging and developing asia
    emerging and developing europe|euro area (emu)|major advanced economies (g7)
    other advanced economies|latin america and the caribbean|middle east and central asia
    very high human development|high human development|medium human development
    low human development|arab states|east asia and the pacific|europe and central asia
    area nes|areas, nes|unspecified|not elsewhere specified|special categories
    bunkers|free zones
"""
NAMES = frozenset(name.strip() for line in _NAMES.splitlines() for name in line.split("|")) - {""}

_CODES = """
    AFE AFR AFW ARB CEB CSA CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBB IBD IBT IDA IDB IDX INX
    LAC LCN LDC LIC LMC LMY LTE MDE MEA MIC MNA NAC NRS OED OSS PRE PSS PST RRS SAS SSA SSF SST SXZ
    TEA TEC TLA TMN TSA TSS UMC WLD XZN
    EU EA EFTA EEA OECD OECDE OECDSO OECD_REP G-7 G-20 NMEC DAC WXOECD BRIICS EU_V EA_V
    W W0 W00 W19 W2 1W _T _X _Z WORLD
"""
CODES = frozenset(_CODES.split())
FAMILIES = re.compile(
    r"(?:EU|EA|EEA|EFTA|OECD|G|CPC|NAFTA)\d{1,2}(?:[_-][A-Z0-9]{2,6})*"  # EU27_2020, EA19, G20
    r"|OWID_(?!KOS|CYN|ABK|SML|TRS|ZAN)[A-Z]{3}"  # all but Kosovo and others without a code
    r"|ZZ[A-Z]?\.\S+"  # ZZK.WORLD, of the Human Development Report
    r"|X\d\d"  # ILOSTAT's regions
)


def is_group(label: object, *, codes: bool) -> bool:
    """Return whether a label names a group of economies or a total, by name or also by code.

    Examples
    --------
    >>> [is_group(label, codes=True) for label in ("World", "EU27_2020", "Namibia", "OED")]
    [True, True, False, True]
    >>> is_group("LAC", codes=False)
    False
    """
    text = str(label).strip()
    if text.casefold() in NAMES:
        return True
    return codes and (text in CODES or FAMILIES.fullmatch(text) is not None)


def mostly_codes(labels: Iterable[object], known: Iterable[str]) -> bool:
    """Return whether most labels are among the codes of economies that are known."""
    texts = [str(label).strip() for label in labels]
    economies = set(known)
    return sum(text in economies for text in texts) * 2 > len(texts)
