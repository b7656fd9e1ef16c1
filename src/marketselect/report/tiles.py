"""A map of the world on which each economy is one square, so that small states are seen, too.

Neighbors are kept side by side and seas open before distances are kept: an archipelago takes more
room here than it has, and a large state less.
"""

from collections.abc import Iterator

# A continent's drawing: the column and row of its upper left corner on the whole map, and its
# squares with the north at the top. A dot is sea.
AMERICAS = (
    (0, 0),
    """
     .   .   .   .   .   .   .  GRL  .   .
     .   .   .   .   .   .   .   .   .   .
     .   .   .   .   .   .   .   .   .   .
     .   .   .   .   .   .   .   .   .   .
     .   .   .   .   .   .   .   .   .   .
     .  CAN  .   .  SPM  .   .   .   .   .
     .  USA  .   .   .  BMU  .   .   .   .
    MEX  .   .   .  BHS TCA  .   .   .   .
    GTM BLZ  .  CUB HTI DOM PRI VGB AIA  .
    SLV HND  .  CYM JAM  .  VIR SXM MAF BLM
     .  NIC  .   .   .   .  KNA MSR ATG  .
     .  CRI  .   .   .   .   .  GLP DMA  .
     .   .  PAN  .   .   .   .  MTQ LCA  .
     .   .   .   .   .   .   .  VCT BRB  .
     .   .   .  COL ABW CUW TTO GRD  .   .
     .   .   .  ECU VEN GUY SUR GUF  .   .
     .   .   .  PER BOL BRA  .   .   .   .
     .   .   .  CHL PRY URY  .   .   .   .
     .   .   .   .  ARG  .   .   .   .   .
     .   .   .   .   .  FLK  .   .   .   .
    """,
)
EUROPE = (
    (10, 0),
    """
    ISL  .  FRO  .  NOR SWE FIN  .   .
     .   .   .   .   .   .  EST  .   .
    IRL IMN GBR  .  DNK  .  LVA  .   .
     .  GGY  .  NLD DEU POL LTU BLR RUS
     .  JEY  .  BEL LUX CZE SVK UKR MDA
     .   .  FRA CHE LIE AUT HUN ROU  .
    PRT ESP AND MCO ITA SVN HRV SRB BGR
     .  GIB  .   .  SMR  .  BIH XKX MKD
     .   .   .   .  VAT  .  MNE ALB GRC
     .   .   .   .  MLT  .   .   .   .
    """,
)
AFRICA = (
    (10, 11),
    """
     .   .  MAR DZA TUN LBY EGY  .   .   .   .   .   .   .
     .  ESH MRT MLI NER TCD SDN ERI  .   .   .   .   .   .
    CPV SEN GMB BFA BEN NGA CAF SSD ETH DJI  .   .   .   .
     .  GNB GIN CIV GHA TGO CMR COD UGA KEN SOM  .   .   .
     .   .  SLE LBR  .  GNQ GAB COG RWA TZA  .   .  SYC  .
     .   .   .   .  STP  .  AGO ZMB BDI MWI  .  COM MYT  .
     .   .  SHN  .   .   .  NAM BWA ZWE MOZ  .  MDG  .  MUS
     .   .   .   .   .   .   .  ZAF SWZ  .   .   .  REU  .
     .   .   .   .   .   .   .  LSO  .   .   .   .   .   .
    """,
)
ASIA = (
    (17, 4),
    """
     .   .   .   .   .  KAZ KGZ MNG PRK  .  JPN  .   .   .
     .   .   .   .   .  UZB TJK CHN KOR  .   .  TWN  .   .
     .   .   .  GEO  .  TKM AFG NPL BTN MAC HKG  .   .   .
     .   .  TUR ARM AZE IRN PAK IND BGD MMR LAO VNM  .   .
     .   .   .  SYR IRQ KWT  .   .   .   .  THA KHM  .  PHL
    CYP  .  LBN JOR SAU BHR QAT  .  LKA  .  MYS  .  BRN  .
     .  ISR PSE  .  YEM OMN ARE  .   .   .  SGP IDN TLS  .
     .   .   .   .   .   .   .   .  MDV  .   .   .   .   .
    """,
)
OCEANIA = (
    (29, 6),
    """
     .   .   .  MNP  .   .
     .   .   .  GUM  .  MHL
     .   .   .  PLW FSM  .
     .   .   .   .  NRU KIR
     .  PNG SLB  .  TUV TKL
     .   .  VUT WLF WSM ASM
     .   .  NCL FJI TON NIU
    AUS  .   .   .  COK PYF
     .   .   .   .   .   .
     .   .  NZL  .   .   .
    """,
)
CONTINENTS = {
    "Americas": AMERICAS,
    "Europe": EUROPE,
    "Africa": AFRICA,
    "Asia": ASIA,
    "Oceania": OCEANIA,
}


def squares(corner: tuple[int, int], drawing: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each code of a drawing with its column and row on the whole map."""
    for down, line in enumerate(drawing.strip().splitlines()):
        for across, code in enumerate(line.split()):
            if code != ".":
                yield code, (corner[0] + across, corner[1] + down)


TILES: dict[str, tuple[int, int]] = {
    code: place for drawing in CONTINENTS.values() for code, place in squares(*drawing)
}
"""Alpha-3 code -> (column, row): column 0 is the westernmost, row 0 the northernmost."""
COLUMNS = 1 + max(column for column, _ in TILES.values())
ROWS = 1 + max(row for _, row in TILES.values())
