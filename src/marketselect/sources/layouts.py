"""The layouts of the sources that people download from, as data, and those of a table of one's own.

Nothing here computes. A layout says which columns it is known by, which of them are market,
indicator, year and value, how missing is written, and which columns change what a value means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from marketselect.tables.aliases import ALIASES, LABELS

Names = tuple[str, ...]
"""Names of a column, of which the first that is there is it."""

LayoutName = Literal[
    "world-bank",
    "databank",
    "databank-series",
    "databank-countries",
    "eurostat-tsv",
    "eurostat-book",
    "imf-weo",
    "imf-series",
    "comtrade",
    "ilostat",
    "owid",
    "undp-hdr",
    "trade-map",
    "oecd-stat",
    "sdmx-csv",
    "undata",
    "who-gho",
    "faostat",
    "faostat-bulk",
    "unctadstat",
    "wgi",
    "wgi-book",
    "long",
    "years-across",
    "markets-across",
    "panel",
    "wide",
]
"""What `layout` takes; a test compares it with the table below."""

Form = Literal["long", "across", "markets", "panel", "wide"]
"""One observation a row; years across; markets across; a market and year a row; a market a row."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How one source lays out its tables.

    Attributes
    ----------
    name
        The word that `layout` takes.
    title
        What it is called when a file is taken for it.
    form
        What a row is.
    needs
        The columns that it is known by: one of each.
    market
        The column of the market; where there are several kinds, of which but one may vary, the
        reporter and the partner of a trade, each of them.
    indicator
        The columns that name the series, put together with a point; none where the file is one
        series, named by the file.
    year, value
        These columns.
    across
        What a column with values is called where years go across: a pattern with `year` and, where
        it names the series, `name`; where markets go across, one with `market`.
    labels
        Of a column with codes of markets, that with their names, where it is no usual one.
    missing
        How missing is written.
    flags
        Whether letters after a value are marks, to be taken off.
    codes
        Whether markets are known by codes, so that letters of names may be garbled.
    decimal
        The mark of decimals that the source writes; it settles what a file leaves open.
    countries
        Whether the rows are economies and groups of them, so that codes such as WLD are groups.
    wholes
        Aggregates that are called as a market is elsewhere, each with the market of which there are
        rows of its own where the aggregate is one.
    unit_line
        A pattern of the line that tells the unit of all values.
    all_dimensions
        Whether every other column is a dimension, in which a series has but one value.
    """

    name: str
    title: str
    form: Form
    needs: tuple[Names, ...]
    market: tuple[Names, ...]
    indicator: tuple[Names, ...] = ()
    year: Names = ()
    value: Names = ()
    across: str = ""
    labels: Mapping[str, Names] = field(default_factory=dict, hash=False)
    missing: Names = ()
    flags: bool = False
    codes: bool = True
    decimal: str = ""
    countries: bool = True
    wholes: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit_line: str = ""
    all_dimensions: bool = False


YEAR = r"(?P<year>(?:1[89]|20|21)\d\d)"
YEARS = rf"(?:yr|[xyf])?{YEAR}(?:\.0)?(?: \[yr\d{{4}}\]|\.\.yr\d{{4}}\.)?"  # X2021..YR2021. is of R
AREA = ("ref_area", "geo", "country", "reporter", "location", "area", "economy")
SERIES = ("indicator", "series", "measure", "subject", "indicator code", "variable", "item")
MARKS = ("..", ":", "n/a", "NA", "NaN", "n.a.")

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        name="world-bank",
        title="World Bank CSV",
        form="across",
        needs=(("Country Name",), ("Country Code",), ("Indicator Name",), ("Indicator Code",)),
        market=(("Country Code",),),
        indicator=(("Indicator Code",),),
        across=YEARS,
        missing=("..", "NA"),
        decimal=".",
    ),
    Layout(
        name="databank",
        title="World Bank DataBank",
        form="across",
        needs=(("Country Code", "Country Name"), ("Series Code", "Series Name")),
        market=(("Country Code", "Country Name"),),
        indicator=(("Series Code", "Series Name"),),
        across=YEARS,
        missing=("..", "NA"),
        decimal=".",
    ),
    Layout(
        name="databank-series",
        title="World Bank DataBank with series across",
        form="panel",
        needs=(("Time",), ("Time Code",), ("Country Code",)),
        market=(("Country Code",),),
        year=("Time",),
        missing=("..", "NA"),
        decimal=".",
    ),
    Layout(
        name="databank-countries",
        title="World Bank DataBank with countries across",
        form="markets",
        needs=(("Time",), ("Time Code",), ("Series Code", "Series Name")),
        market=(("market",),),
        indicator=(("Series Code", "Series Name"),),
        year=("Time",),
        value=("value",),
        across=r".+ \[(?P<market>[A-Z]{2,3})\]",
        missing=("..",),
        decimal=".",
    ),
    Layout(
        name="eurostat-tsv",
        title="Eurostat TSV",
        form="across",
        needs=((r"geo\TIME_PERIOD", r"geo\time"),),
        market=((r"geo\TIME_PERIOD", r"geo\time"),),
        indicator=(("indic", "na_item", "indic_de", "indic_sb", "indic_is", "indic_il"),),
        across=YEARS,
        missing=(":",),
        flags=True,
        decimal=".",
        all_dimensions=True,
    ),
    Layout(
        name="eurostat-book",
        title="Eurostat workbook",
        form="across",
        needs=(("GEO (Codes)", "GEO (Labels)"),),
        market=(("GEO (Codes)", "GEO (Labels)"),),
        across=YEARS,
        labels={"GEO (Codes)": ("GEO (Labels)",)},
        missing=(":",),
        codes=False,
        decimal=".",
    ),
    Layout(
        name="imf-weo",
        title="IMF World Economic Outlook",
        form="across",
        needs=(
            ("WEO Subject Code", "Subject Descriptor"),
            ("ISO", "Country"),
            ("Estimates Start After", "Country/Series-specific Notes"),
        ),
        market=(("ISO", "Country"),),
        indicator=(("WEO Subject Code", "Subject Descriptor"),),
        across=YEARS,
        missing=("n/a", "--"),
        decimal=".",
    ),
    Layout(
        name="imf-series",
        title="IMF series with years across",
        form="across",
        needs=(
            ("SERIES_CODE", "COUNTRY.ID"),
            ("COUNTRY", "COUNTRY.ID"),
            ("INDICATOR", "INDICATOR.ID"),
        ),
        market=(("COUNTRY.ID", "COUNTRY"),),
        indicator=(("INDICATOR.ID", "INDICATOR"),),
        across=YEARS,
        missing=MARKS,
        decimal=".",
    ),
    Layout(
        name="comtrade",
        title="UN Comtrade",
        form="long",
        needs=(
            ("reporterISO", "Reporter ISO"),
            ("partnerISO", "Partner ISO"),
            ("primaryValue", "Trade Value (US$)"),
            ("cmdCode", "Commodity Code"),
            ("period", "refYear", "Year"),
        ),
        market=(("reporterISO", "Reporter ISO"), ("partnerISO", "Partner ISO")),
        indicator=(("flowCode", "Trade Flow Code"), ("cmdCode", "Commodity Code")),
        year=("period", "refYear", "Year"),
        value=("primaryValue", "Trade Value (US$)"),
        labels={
            "reporterISO": ("reporterDesc", "Reporter"),
            "partnerISO": ("partnerDesc", "Partner"),
        },
        decimal=".",
    ),
    Layout(
        name="ilostat",
        title="ILOSTAT",
        form="long",
        needs=(
            ("ref_area", "ref_area.label"),
            ("indicator", "indicator.label"),
            ("time",),
            ("obs_value",),
        ),
        market=(("ref_area", "ref_area.label"),),
        indicator=(("indicator", "indicator.label"),),
        year=("time",),
        value=("obs_value",),
        decimal=".",
    ),
    Layout(
        name="owid",
        title="Our World in Data",
        form="panel",
        needs=(("Entity",), ("Code",), ("Year", "Day")),
        market=(("Code",),),
        year=("Year", "Day"),
        decimal=".",
    ),
    Layout(
        name="undp-hdr",
        title="UNDP Human Development Report",
        form="across",
        needs=(("iso3",), ("hdicode",)),
        market=(("iso3",),),
        across=rf"(?P<name>[a-z]\w*)_{YEAR}",
        missing=("..",),
        decimal=".",
    ),
    Layout(
        name="trade-map",
        title="ITC Trade Map",
        form="across",
        needs=(("Importers", "Exporters", "Importing countries", "Exporting countries"),),
        market=(("Importers", "Exporters", "Importing countries", "Exporting countries"),),
        across=rf"(?P<name>.+?) in {YEAR}(?P<unit>,? ?\(.*\))?",
        codes=False,
        decimal=".",
        unit_line=r"(?i)\bunit\s*:\s*(?P<unit>.+)",
    ),
    Layout(
        name="oecd-stat",
        title="OECD.Stat CSV",
        form="long",
        needs=(("LOCATION", "COU"), ("TIME",), ("Value",)),
        market=(("LOCATION", "COU"),),
        indicator=(("INDICATOR", "TRANSACT", "VAR", "IND", "SUBJECT", "VARIABLE"),),
        year=("TIME",),
        value=("Value",),
        missing=MARKS,
        decimal=".",
    ),
    Layout(
        name="sdmx-csv",
        title="SDMX-CSV",
        form="long",
        needs=(AREA, ("TIME_PERIOD",), ("OBS_VALUE",)),
        market=(AREA,),
        indicator=((*SERIES, "na_item", "indic", "indic_de", "DATAFLOW", "STRUCTURE_ID"),),
        year=("TIME_PERIOD",),
        value=("OBS_VALUE",),
        missing=MARKS,
        decimal=".",
    ),
    Layout(
        name="undata",
        title="UNdata",
        form="long",
        needs=(("Country or Area",), ("Year", "Year(s)"), ("Value", "Quantity")),
        market=(("Country or Area",),),
        indicator=(("Item", "Commodity - Transaction", "Commodity"),),
        year=("Year", "Year(s)"),
        value=("Value", "Quantity"),
        missing=("...", ".."),
        codes=False,
        decimal=".",
    ),
    Layout(
        name="who-gho",
        title="WHO Global Health Observatory",
        form="long",
        needs=(
            ("SpatialDimValueCode", "SpatialDim"),
            ("IndicatorCode",),
            ("Period", "TimeDim"),
            ("FactValueNumeric", "NumericValue"),
        ),
        market=(("SpatialDimValueCode", "SpatialDim"),),
        indicator=(("IndicatorCode",),),
        year=("Period", "TimeDim"),
        value=("FactValueNumeric", "NumericValue"),
        labels={"SpatialDimValueCode": ("Location",)},
        decimal=".",
    ),
    Layout(
        name="faostat",
        title="FAOSTAT",
        form="long",
        needs=(("Area",), ("Item",), ("Element",), ("Year",), ("Value",)),
        market=(("Area Code (ISO3)", "Area"),),
        indicator=(("Item",), ("Element",)),
        year=("Year",),
        value=("Value",),
        labels={"Area Code (ISO3)": ("Area",)},
        codes=False,
        wholes={"China": "China, mainland"},
        decimal=".",
    ),
    Layout(
        name="faostat-bulk",
        title="FAOSTAT with years across",
        form="across",
        needs=(("Area",), ("Item",), ("Element",)),
        market=(("Area Code (ISO3)", "Area"),),
        indicator=(("Item",), ("Element",)),
        across=YEARS,
        labels={"Area Code (ISO3)": ("Area",)},
        codes=False,
        wholes={"China": "China, mainland"},
        decimal=".",
    ),
    Layout(
        name="unctadstat",
        title="UNCTADstat",
        form="panel",
        needs=(("Year",), ("Economy",), ("Economy Label",)),
        market=(("Economy Label",),),
        year=("Year",),
        labels={"Economy Label": ("Economy Label",)},
        codes=False,
        decimal=".",
    ),
    Layout(
        name="wgi",
        title="Worldwide Governance Indicators",
        form="long",
        needs=(("code",), ("countryname",), ("year",), ("indicator",), ("estimate",)),
        market=(("code",),),
        indicator=(("indicator",),),
        year=("year",),
        value=("estimate",),
        missing=("..", "#N/A"),
        decimal=".",
    ),
    Layout(
        name="wgi-book",
        title="Worldwide Governance Indicators, workbook",
        form="across",
        needs=(("Country/Territory",), ("Code",), ("Indicator",)),
        market=(("Code",),),
        indicator=(("Indicator",),),
        across=YEARS,
        labels={"Code": ("Country/Territory",)},
        missing=("..", "#N/A"),
        decimal=".",
    ),
    # Tables of one's own.
    Layout(
        name="long",
        title="long table",
        form="long",
        needs=tuple(ALIASES.values()),
        market=(ALIASES["market"],),
        indicator=(ALIASES["indicator"],),
        year=ALIASES["year"],
        value=ALIASES["value"],
        countries=False,
        codes=False,
    ),
    Layout(
        name="years-across",
        title="table with years across",
        form="across",
        needs=(),
        market=(ALIASES["market"],),
        indicator=(ALIASES["indicator"],),
        across=YEARS,
        countries=False,
        codes=False,
    ),
    Layout(
        name="markets-across",
        title="table with years down and markets across",
        form="markets",
        needs=(),
        market=(("market",),),
        indicator=(ALIASES["indicator"],),
        year=ALIASES["year"],
        value=("value",),
        countries=False,
        codes=False,
    ),
    Layout(
        name="panel",
        title="table with a row for each market and year",
        form="panel",
        needs=((*ALIASES["market"], *LABELS), ALIASES["year"]),
        market=(ALIASES["market"],),
        year=ALIASES["year"],
        countries=False,
        codes=False,
    ),
    Layout(
        name="wide",
        title="wide table",
        form="wide",
        needs=(),
        market=(ALIASES["market"],),
        countries=False,
        codes=False,
    ),
)
"""Every layout, the most particular first."""

BY_NAME: Mapping[str, Layout] = {layout.name: layout for layout in LAYOUTS}
OWN = ("long", "years-across", "markets-across", "panel", "wide")
"""Those that come from no source."""

# Columns that change what a value means.

DIMENSIONS: Names = (
    *("MEASURE", "SUBJECT", "VALUATION", "PRICES", "COMP_BREAKDOWN_1", "COMP_BREAKDOWN_2"),
    *("COMP_BREAKDOWN_3", "SEX", "sex.label", "AGE", "URBANISATION", "RESIDENCE", "EDUCATION_LEV"),
    *("classif1", "classif1.label", "classif2", "classif2.label", "SECTOR", "COUNTERPART_AREA"),
    *("COUNTERPART_SECTOR", "COUNTERPART_COUNTRY", "ACTIVITY", "EXPENDITURE", "INSTR_ASSET"),
    *("partner2Code", "customsCode", "motCode", "mosCode", "typeCode", "nace_r2", "isced11"),
    *("citizen", "wstatus", "OBS_MEASURE", "TABLE_IDENTIFIER", "statinfo", "WEALTH_QUANTILE"),
    *("Dim1", "Dim2", "Dim3", "Dim1ValueCode", "Dim2ValueCode", "Dim3ValueCode"),
)
"""The same in a table of a source; in one's own where they make two values of one cell."""


def any_column_name(names: Names) -> str:
    """Return the names that a column of a file's layout may have, as a choice."""
    return " or ".join(f'"{name}"' for name in names[:4]) + (" ..." if len(names) > 4 else "")
