"""Write the embedded snapshot of indicators to data/indicators/.

    python scripts/build_snapshot.py FOLDER [--out data/indicators]

FOLDER holds the raw extract: indicators_long.csv.gz, catalogue.csv, countries.csv and
changeovers.csv. The result is the same bytes every time: sorted, UTF-8, LF.

- ``series/CODE.csv``: markets down, years across. Every file has the same header, so that all of
  them can be read as one block. An empty cell is a missing value.
- ``catalogue.csv``: one row a series.
- ``markets.csv``: one row a market.

Digits
    WGI values are single-precision numbers, so they keep 7 significant digits. Every other value
    keeps the digits of the extract, which are at most 9 significant ones: WDI as the World Bank
    gives it, Gapminder's series as Gapminder rounds them (5 decimals at most), HDI and median age
    3 decimals. Numbers are written without exponents.

Exchange rates
    The official exchange rate is quoted in the currency of the day and jumps when a market changes
    its currency. Values before the changeover are divided by the official conversion rate.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from marketselect.tables import schemas

YEARS = range(2000, 2026)
RECENT = 2021
DIGITS = {"World Bank WGI (2024 update)": 7}
DEFAULT_DIGITS = 9
EXCHANGE_RATE = "PA.NUS.FCRF"
SURFACE_AREA = "AG.SRF.TOTL.K2"
LARGEST_STEP = 0.3  # yearly log change of a spliced rate in the years around its changeover

VINTAGES = {
    "World Bank WDI": "July 2026",
    "Derived from World Bank WDI": "July 2026",
    "World Bank WDI (via Gapminder)": "Gapminder Systema Globalis, July 2026",
    "World Bank WGI (2024 update)": "2024 update, data to 2023",
    "UNDP Human Development Report (via Gapminder)": "Human Development Report 2025, data to 2023",
    "UN World Population Prospects (via Gapminder)": "World Population Prospects 2024",
    "WIPO IP Statistics (via Gapminder)": "Gapminder Systema Globalis, July 2026",
}
LICENCES = {
    "CC BY 4.0": "CC BY 4.0",
    "CC BY 3.0 IGO": "CC BY 3.0 IGO",
    "CC BY 4.0 (WIPO statistics; Gapminder CC BY 4.0)": "CC BY 4.0",
}
# The extract takes a unit from the brackets of the name, which do not always hold one.
UNITS = {
    "% manufactured exports": "% of manufactured exports",
    "% manufacturing value added": "% of manufacturing value added",
    "% of labour force": "% of total labor force",
    "1=low to 6=high": "1-6",
    "TEU: 20 foot equivalent units": "TEU",
    "cubic meters": "cubic meters per person",
    "includes gold, current US$": "current US$",
    "modeled estimate, per 100,000 live births": "per 100,000 live births",
    "total route-km": "km",
}
WGI_NOTE = (
    "2024 update. Later editions use a revised method: do not mix them with this one. "
    "The World Bank's interface has renamed the codes (PV.EST is now GOV_WGI_PV.EST)."
)
DERIVED_NOTES = {
    "Derived from World Bank WDI": "Computed from WDI series as the name says.",
    "World Bank WDI (via Gapminder)": "Rounded by Gapminder.",
    "UNDP Human Development Report (via Gapminder)": (
        "Each report revises earlier years: do not mix editions."
    ),
    "UN World Population Prospects (via Gapminder)": "2024 and 2025 are projections.",
}
SURVEY_NOTE = (
    "Enterprise surveys visit a market every few years: many markets have only old values."
)
UNEMPLOYMENT_NOTE = "Modeled by the ILO, not counted."
NOTES = {
    EXCHANGE_RATE: (
        "A constant rate is a peg or another state's currency. A market without a series has no "
        "rate here, not a stable one. Official rates depart from market rates in Iran, Syria, "
        "Venezuela (ends 2017) and Zimbabwe (new currency in 2025)."
    ),
    "IC.ELC.OUTG.ZS": SURVEY_NOTE,
    "IC.FRM.BKWC.ZS": SURVEY_NOTE,
    "IC.FRM.METG.ZS": SURVEY_NOTE,
    "IC.GOV.DURS.ZS": SURVEY_NOTE,
    "IT.CEL.SETS.P2": "Doubtful, kept as published: Fiji 361 in 2023 and 574 in 2024.",
    "NY.GDP.DEFL.KD.ZG": "Revised often: prefer consumer prices (FP.CPI.TOTL.ZG).",
    "SL.UEM.1524.FE.ZS": UNEMPLOYMENT_NOTE,
    "SL.UEM.1524.MA.ZS": UNEMPLOYMENT_NOTE,
    "SL.UEM.TOTL.ZS": UNEMPLOYMENT_NOTE,
    "TM.TAX.MRCH.WM.AR.ZS": (
        "Doubtful cells, kept as published: United States 13.78 in 2019 between neighbors of "
        "about 1.5, Nepal 421.5 in 2008, Bermuda and Palau above 100 in 2019."
    ),
}

# Facts that countries.csv lacks or that have changed since its sources were made.
NAMES = {"BIH": "Bosnia & Herzegovina", "GBR": "United Kingdom", "USA": "United States"}
CURRENCIES = {"TUR": "TRY"}
LANDLOCKED = {"AND", "BLR", "LIE", "MDA", "SMR", "SRB", "SSD", "VAT"}
FORMER_BORDERS = {("COD", "SDN"), ("KEN", "SDN"), ("SDN", "UGA")}
BORDERS = {
    *(("MNE", other) for other in ("ALB", "BIH", "HRV", "SRB", "XKX")),
    *(("SRB", other) for other in ("BGR", "BIH", "HRV", "HUN", "MKD", "ROU", "XKX")),
    *(("SSD", other) for other in ("CAF", "COD", "ETH", "KEN", "SDN", "UGA")),
    *(("LIE", other) for other in ("AUT", "CHE")),
    ("AND", "ESP"),
    ("FRA", "MCO"),
    ("ITA", "VAT"),
    ("MAF", "SXM"),
}
CATALOGUE_COLUMNS = [
    "name",
    "unit",
    "factor",
    "source",
    "licence",
    "vintage",
    "first_year",
    "last_year",
    "markets",
    "markets_recent",
    "standard_error",
    "note",
]
MARKET_COLUMNS = {
    "iso3": "market",
    "name": "name",
    "iso2": "iso2",
    "region": "region",
    "subregion": "subregion",
    "wb_region": "world_bank_region",
    "wb_income_group": "income_group",
    "language_tags": "languages",
    "currencies": "currencies",
    "capital": "capital",
    "latitude": "latitude",
    "longitude": "longitude",
    "area_km2": "area_km2",
    "landlocked": "landlocked",
    "borders": "borders",
}


def read_raw(path: Path) -> pd.DataFrame:
    """Read a raw CSV as text; Namibia's code ``NA`` is a value, not a missing one."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def read_observations(path: Path) -> pd.DataFrame:
    """Read the long extract: one row a market, indicator and year, `value` a number."""
    observations = read_raw(path).rename(columns={"indicator_code": "code", "iso3": "market"})
    observations = observations.astype({"year": int, "value": float})
    if observations.duplicated(["code", "market", "year"]).any():
        raise SystemExit(f"{path.name}: a market has two values of an indicator in one year")
    if not observations["year"].isin(YEARS).all() or not np.isfinite(observations["value"]).all():
        raise SystemExit(f"{path.name}: a year or a value is out of range")
    unknown = set(observations["licence"]) - set(LICENCES)
    unknown |= set(observations["source"]) - set(VINTAGES)
    if unknown:
        raise SystemExit(f"{path.name}: unknown licence or source: {sorted(unknown)}")
    return observations.sort_values(["code", "market", "year"], ignore_index=True)


def splice(rates: pd.DataFrame, changeovers: pd.DataFrame) -> pd.DataFrame:
    """Put `rates` (market x year) before each changeover into the new currency."""
    spliced = rates.copy()
    years = np.asarray(rates.columns)
    for market, year, old_per_new in changeovers[["iso3", "year", "rate"]].itertuples(index=False):
        spliced.loc[market, years < year] /= old_per_new
        around = (years >= year - 2) & (years <= year + 2)
        before, after = (
            np.log(table.loc[market]).diff()[around].abs().max() for table in (rates, spliced)
        )
        if not before > LARGEST_STEP >= after:
            raise SystemExit(
                f"{EXCHANGE_RATE} of {market} in {year}: the largest yearly log change is "
                f"{before:.3f} as published and {after:.3f} after splicing"
            )
    return spliced


def decimal(value: float, digits: int) -> str:
    """Write `value` with `digits` significant digits, no exponent and no trailing zeros."""
    if np.isnan(value):
        return ""
    rounded = float(f"{value:.{digits}g}") + 0.0  # -0.0 becomes 0.0
    return np.format_float_positional(rounded, trim="-")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table with its index, the same bytes on every system."""
    table.to_csv(path, encoding="utf-8", lineterminator="\n")


def write_series(observations: pd.DataFrame, changeovers: pd.DataFrame, folder: Path) -> None:
    """Write one file an indicator, years across."""
    folder.mkdir(parents=True, exist_ok=True)
    for code, rows in observations.groupby("code"):
        wide = rows.pivot_table("value", "market", "year", aggfunc="first").reindex(columns=YEARS)
        if code == EXCHANGE_RATE:
            wide = splice(wide, changeovers)
        digits = DIGITS.get(rows["source"].iloc[0], DEFAULT_DIGITS)
        texts = wide.sort_index().map(lambda value, digits=digits: decimal(value, digits))
        write_table(texts, folder / f"{code}.csv")


def note(code: str, source: str, last_year: int, changeovers: pd.DataFrame) -> str:
    """Collect what a user of the series must know, empty when there is nothing."""
    parts = []
    if code == EXCHANGE_RATE:
        named = [f"{row.iso3} {row.year}" for row in changeovers.itertuples()]
        parts.append(
            "Spliced: values before a change of currency are divided by the official conversion "
            f"rate ({', '.join(named)})."
        )
    if source == "World Bank WGI (2024 update)":
        parts.append(WGI_NOTE)
    parts += [notes[key] for notes, key in ((DERIVED_NOTES, source), (NOTES, code)) if key in notes]
    if last_year < RECENT:
        parts.append(f"Stale: ends in {last_year}.")
    if last_year == YEARS[-1] and source in ("World Bank WDI", "Derived from World Bank WDI"):
        parts.append(f"{last_year} is preliminary.")
    return " ".join(parts)


def make_catalogue(
    observations: pd.DataFrame, raw: pd.DataFrame, changeovers: pd.DataFrame
) -> pd.DataFrame:
    """Describe every series; refuse counts that disagree with those of the extract."""
    table = raw.set_index("indicator_code").sort_index().rename_axis("indicator")
    by_code = observations.groupby("code")
    recent = observations[observations["year"] >= RECENT].groupby("code")["market"].nunique()
    table["markets"] = by_code["market"].nunique()
    table["markets_recent"] = recent.reindex(table.index, fill_value=0)
    table["first_year"], table["last_year"] = by_code["year"].min(), by_code["year"].max()
    counted = table[["markets", "markets_recent", "first_year", "last_year"]]
    given = table[["countries_any_year", "countries_2021_2025", "first_year", "latest_year"]]
    if not np.array_equal(counted.to_numpy(int), given.to_numpy(int)):
        raise SystemExit("catalogue.csv: counts or years disagree with indicators_long.csv.gz")
    table["unit"] = table["unit"].replace(UNITS)
    table["licence"] = table["licence"].map(LICENCES)
    table["vintage"] = table["source"].map(VINTAGES)
    errors = {code: code.removesuffix(".EST") + ".STD.ERR" for code in table.index}
    table["standard_error"] = [
        errors[code] if code.endswith(".EST") and errors[code] in errors else "" for code in errors
    ]
    table["note"] = [
        note(code, source, last_year, changeovers)
        for code, source, last_year in zip(
            table.index, table["source"], table["last_year"], strict=True
        )
    ]
    table = table.rename(columns={"indicator_name": "name", "pestle_hint": "factor"})
    return pd.DataFrame(schemas.Catalogue.validate(table[CATALOGUE_COLUMNS]))


def present_borders(given: pd.Series) -> pd.Series:
    """Make borders mutual, and those of Yugoslavia and the undivided Sudan the present ones."""
    markets = [str(market) for market in given.index]
    pairs = {
        (market, neighbor)
        for market, text in zip(markets, given, strict=True)
        for neighbor in text.split("|")
        if neighbor in given.index
    }
    pairs |= BORDERS
    pairs |= {(b, a) for a, b in pairs}
    pairs -= FORMER_BORDERS | {(b, a) for a, b in FORMER_BORDERS}
    neighbors: dict[str, list[str]] = {market: [] for market in markets}
    for market, neighbor in sorted(pairs):
        neighbors[market].append(neighbor)
    return pd.Series({market: "|".join(names) for market, names in neighbors.items()})


def make_markets(raw: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Describe every market by its present name, currency, borders and area."""
    table = raw[list(MARKET_COLUMNS)].rename(columns=MARKET_COLUMNS)
    table = table.set_index("market").sort_index()
    for column, facts in (("name", NAMES), ("currencies", CURRENCIES)):
        for market, fact in facts.items():
            table.loc[market, column] = fact
    landlocked = (table["landlocked"] == "1") | table.index.isin(LANDLOCKED)
    table["landlocked"] = landlocked.astype(int).astype(str)
    table["borders"] = present_borders(table["borders"])
    # The area in countries.csv is older than Sudan's division; that of WDI is not.
    areas = observations[observations["code"] == SURFACE_AREA].groupby("market")["value"].last()
    table["area_km2"] = areas.reindex(table.index).fillna(pd.to_numeric(table["area_km2"]))
    for column in ("latitude", "longitude", "area_km2"):
        table[column] = [decimal(value, DEFAULT_DIGITS) for value in pd.to_numeric(table[column])]
    return table


def build(folder: Path, out: Path) -> None:
    """Write the whole snapshot to `out`; series of an earlier run go first."""
    observations = read_observations(folder / "indicators_long.csv.gz")
    changeovers = read_raw(folder / "changeovers.csv").rename(columns={"old_units_per_new": "rate"})
    changeovers = changeovers.astype({"year": int, "rate": float})
    catalogue = make_catalogue(observations, read_raw(folder / "catalogue.csv"), changeovers)
    markets = make_markets(read_raw(folder / "countries.csv"), observations)
    strangers = set(observations["market"]) - set(markets.index)
    if strangers or set(observations["code"]) != set(catalogue.index):
        raise SystemExit(f"a code is in one file only; markets not known: {sorted(strangers)}")
    for old in (out / "series").glob("*.csv"):
        old.unlink()
    write_series(observations, changeovers, out / "series")
    write_table(catalogue, out / "catalogue.csv")
    write_table(markets, out / "markets.csv")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write the embedded snapshot of indicators.")
    parser.add_argument("folder", type=Path, help="folder with the raw extract")
    parser.add_argument("--out", type=Path, default=Path("data/indicators"))
    arguments = parser.parse_args()
    build(arguments.folder, arguments.out)


if __name__ == "__main__":
    main()
