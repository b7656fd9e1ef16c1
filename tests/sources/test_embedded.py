"""The embedded snapshot: what it holds, what it must not hold, and what its loader refuses."""

import importlib.util
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.errors import MarketSelectError
from marketselect.sources import embedded
from marketselect.sources.embedded import load_catalogue, load_indicators, load_markets

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_snapshot.py"
READ = embedded._observations

# Irrevocable conversion rates to the euro: Council Regulations (EC) 2866/98 as amended by 1478/2000
# (Greece), 1086/2006 (Slovenia), 1135/2007 (Cyprus), 1134/2007 (Malta), 694/2008 (Slovakia), and
# (EU) 671/2010 (Estonia), 870/2013 (Latvia), 851/2014 (Lithuania), 2022/1208 (Croatia).
# El Salvador: Ley de Integracion Monetaria (2000), 8.75 colones a US dollar.
CONVERSION_RATES = {
    "SLV": (2001, 8.75),
    "GRC": (2001, 340.750),
    "SVN": (2007, 239.640),
    "CYP": (2008, 0.585274),
    "MLT": (2008, 0.429300),
    "SVK": (2009, 30.1260),
    "EST": (2011, 15.6466),
    "LVA": (2014, 0.702804),
    "LTU": (2015, 3.45280),
    "HRV": (2023, 7.53450),
}
# Euro reference rates of the European Central Bank, US dollars a euro, yearly averages.
DOLLARS_PER_EURO = {
    2000: 0.9236,
    2001: 0.8956,
    2006: 1.2556,
    2007: 1.3705,
    2008: 1.4708,
    2009: 1.3948,
    2010: 1.3257,
    2011: 1.3920,
    2013: 1.3281,
    2014: 1.3285,
    2015: 1.1095,
    2022: 1.0530,
    2023: 1.0813,
}
# The 32 landlocked developing countries of the United Nations (UN-OHRLLS, 2024).
LANDLOCKED_DEVELOPING = (
    "AFG ARM AZE BTN BOL BWA BFA BDI CAF TCD SWZ ETH KAZ KGZ LAO LSO MWI MLI MDA MNG NPL NER MKD "
    "PRY RWA SSD TJK TKM UGA UZB ZMB ZWE"
)


@pytest.fixture(autouse=True)
def read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the snapshot at every call, as programs do and other tests do not."""
    monkeypatch.setattr(embedded, "_observations", READ)


@pytest.fixture(scope="module")
def catalogue() -> pd.DataFrame:
    return load_catalogue()


@pytest.fixture(scope="module")
def markets() -> pd.DataFrame:
    return load_markets()


@pytest.fixture(scope="module")
def rates(observations: pd.DataFrame) -> pd.DataFrame:
    rows = observations[observations["indicator"] == "PA.NUS.FCRF"]
    return rows.pivot_table("value", "market", "year", aggfunc="first")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_snapshot", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an empty folder where the loader looks first; nothing is where it looks next."""
    monkeypatch.setattr(embedded, "files", lambda _package: tmp_path)
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(embedded, "__file__", str(tmp_path / "other" / "src" / "a" / "b" / "c.py"))
    folder = tmp_path / "data" / "indicators"
    (folder / "series").mkdir(parents=True)
    return folder


def test_observations_have_four_columns_of_the_stated_types(observations: pd.DataFrame) -> None:
    assert list(observations.columns) == ["market", "indicator", "year", "value"]
    assert [str(kind) for kind in observations.dtypes] == ["str", "str", "int64", "float64"]
    assert observations.index.equals(pd.RangeIndex(len(observations)))
    assert observations["year"].between(2000, 2025).all()


def test_observations_are_unique_finite_and_sorted(observations: pd.DataFrame) -> None:
    keys = ["indicator", "market", "year"]
    assert not observations.duplicated(keys).any()
    assert not observations.isna().any(axis=None)
    assert np.isfinite(observations["value"]).all()
    assert observations[keys].equals(observations[keys].sort_values(keys))


@pytest.mark.slow
def test_the_catalogue_and_the_series_cover_each_other(
    observations: pd.DataFrame, catalogue: pd.DataFrame
) -> None:
    assert catalogue.index.name == "indicator"
    assert catalogue.index.is_monotonic_increasing
    assert catalogue.index.is_unique
    assert set(catalogue.index) == set(observations["indicator"])


def test_the_catalogue_counts_what_is_there(
    observations: pd.DataFrame, catalogue: pd.DataFrame
) -> None:
    by_indicator = observations.groupby("indicator")
    recent = observations[observations["year"] >= 2021].groupby("indicator")["market"].nunique()
    counted = {
        "first_year": by_indicator["year"].min(),
        "last_year": by_indicator["year"].max(),
        "markets": by_indicator["market"].nunique(),
        "markets_recent": recent.reindex(catalogue.index, fill_value=0),
    }
    for column, expected in counted.items():
        pd.testing.assert_series_equal(catalogue[column], expected, check_names=False)


def test_every_series_is_openly_licensed_and_described(catalogue: pd.DataFrame) -> None:
    assert set(catalogue["licence"]) == {"CC BY 4.0", "CC BY 3.0 IGO"}
    assert (catalogue[["name", "unit", "source", "vintage"]] != "").all(axis=None)
    assert set(catalogue["factor"]) == {
        "political",
        "economic",
        "social",
        "technological",
        "legal",
        "environmental",
    }
    assert not catalogue.isna().any(axis=None)


@pytest.mark.parametrize("dimension", ["CC", "GE", "PV", "RL", "RQ", "VA"])
def test_governance_estimates_name_their_standard_errors(
    dimension: str, observations: pd.DataFrame, catalogue: pd.DataFrame
) -> None:
    code = catalogue.loc[f"{dimension}.EST", "standard_error"]
    assert code == f"{dimension}.STD.ERR"
    estimates, errors = (
        observations[observations["indicator"] == name].reset_index(drop=True)
        for name in (f"{dimension}.EST", code)
    )
    assert estimates[["market", "year"]].equals(errors[["market", "year"]])
    assert (errors["value"] > 0).all()


def test_only_governance_estimates_have_a_standard_error(catalogue: pd.DataFrame) -> None:
    with_error = catalogue.index[catalogue["standard_error"] != ""]
    assert list(with_error) == [f"{code}.EST" for code in ("CC", "GE", "PV", "RL", "RQ", "VA")]


@pytest.mark.parametrize(
    ("indicator", "words"),
    [
        ("PA.NUS.FCRF", ["Spliced", *CONVERSION_RATES]),
        ("PV.EST", ["2024 update", "do not mix", "GOV_WGI_PV.EST"]),
        ("TM.TAX.MRCH.WM.AR.ZS", ["United States", "Nepal", "Bermuda", "Palau"]),
        ("IT.CEL.SETS.P2", ["Fiji"]),
        ("NY.GDP.DEFL.KD.ZG", ["Revised often", "FP.CPI.TOTL.ZG"]),
        ("SL.UEM.TOTL.ZS", ["Modeled", "2025 is preliminary"]),
        ("IC.GOV.DURS.ZS", ["only old values"]),
        ("UNPOP.MEDIAN_AGE", ["2024 and 2025 are projections"]),
        ("IC.BUS.EASE.XQ", ["Stale: ends in 2017"]),
        ("SH.STA.TRAF.P5", ["Stale: ends in 2019"]),
        ("NY.GDP.MKTP.KD", ["Rounded by Gapminder"]),
        ("NY.GDP.MKTP.CD", ["2025 is preliminary"]),
    ],
)
def test_the_catalogue_names_the_traps(
    indicator: str, words: list[str], catalogue: pd.DataFrame
) -> None:
    note = str(catalogue.loc[indicator, "note"])
    assert [word for word in words if word not in note] == []


def test_a_series_is_noted_as_stale_exactly_when_nothing_is_recent(catalogue: pd.DataFrame) -> None:
    stale = catalogue["note"].str.contains("Stale")
    assert stale.equals(catalogue["markets_recent"] == 0)


@pytest.mark.slow
def test_markets_are_known_and_carry_their_code(
    observations: pd.DataFrame, markets: pd.DataFrame
) -> None:
    assert markets.index.name == "market"
    assert markets.index.is_monotonic_increasing
    assert markets.index.is_unique
    assert markets.index.str.fullmatch("[A-Z]{3}").all()
    assert set(observations["market"]) <= set(markets.index)
    assert markets["iso2"].is_unique
    assert (markets["name"] != "").all()


@pytest.mark.slow
def test_namibia_is_not_a_missing_value(observations: pd.DataFrame, markets: pd.DataFrame) -> None:
    assert markets.loc["NAM", "iso2"] == "NA"
    assert "NAM" in set(observations["market"])
    assert not markets.drop(columns=["latitude", "longitude", "area_km2"]).isna().any(axis=None)


def test_kosovo_and_taiwan_have_the_series_that_exist(
    observations: pd.DataFrame, catalogue: pd.DataFrame
) -> None:
    held = observations.groupby("market")["indicator"].unique()
    sources = {market: set(catalogue.loc[held[market], "source"]) for market in ("XKX", "TWN")}
    assert "World Bank WDI" in sources["XKX"]
    assert "World Bank WGI (2024 update)" in sources["TWN"]
    assert not any("WDI" in source for source in sources["TWN"])


def test_borders_are_mutual_and_lead_to_markets(markets: pd.DataFrame) -> None:
    neighbors = {
        market: {code for code in text.split("|") if code}
        for market, text in markets["borders"].items()
    }
    pairs = {(a, b) for a, names in neighbors.items() for b in names}
    assert {b for _, b in pairs} <= set(markets.index)
    assert pairs == {(b, a) for a, b in pairs}
    assert neighbors["SSD"] == {"CAF", "COD", "ETH", "KEN", "SDN", "UGA"}
    assert "UGA" not in neighbors["SDN"]


def test_landlocked_developing_countries_are_landlocked(markets: pd.DataFrame) -> None:
    assert markets.loc[LANDLOCKED_DEVELOPING.split(), "landlocked"].all()
    assert not markets.loc[["BRA", "DEU", "IND", "MNE", "USA"], "landlocked"].any()


@pytest.mark.parametrize(("market", "changeover"), CONVERSION_RATES.items())
def test_a_change_of_currency_is_no_jump(
    market: str, changeover: tuple[int, float], rates: pd.DataFrame
) -> None:
    steps = rates.loc[market].map(math.log, na_action="ignore").diff().abs()
    year = changeover[0]
    assert steps.loc[year - 2 : year + 2].max() <= 0.3


@pytest.mark.parametrize(
    ("market", "year"), [(code, year) for code, (year, _) in CONVERSION_RATES.items()][1:]
)
def test_spliced_rates_are_near_those_of_the_euro(
    market: str, year: int, rates: pd.DataFrame
) -> None:
    # In its last year each currency was bound to the euro, within a few percent.
    for when, tolerance in ((year - 1, 0.05), (year, 0.01)):
        assert rates.loc[market, when] == pytest.approx(1 / DOLLARS_PER_EURO[when], rel=tolerance)


def test_the_dollar_is_the_dollar(rates: pd.DataFrame) -> None:
    assert (rates.loc["USA"].dropna() == 1).all()
    assert rates.loc["SLV", 2000] == pytest.approx(1, abs=0.002)


def test_published_figures_are_there(observations: pd.DataFrame) -> None:
    # UNDP, Human Development Report 2025, table 1: HDI of 2023, 193 countries.
    hdi = observations[(observations["indicator"] == "UNDP.HDI") & (observations["year"] == 2023)]
    values = hdi.set_index("market")["value"]
    expected = {"ISL": 0.972, "NOR": 0.970, "CHE": 0.970, "DNK": 0.962, "DEU": 0.959}
    assert len(values) == 193
    assert values[list(expected)].to_dict() == expected


def test_every_call_returns_a_fresh_frame() -> None:
    loaders: list[Callable[[], pd.DataFrame]] = [load_indicators, load_catalogue, load_markets]
    for load in loaders:
        first = load()
        first.iloc[0, 0] = "changed"
        assert load().iloc[0, 0] != "changed"


def test_a_small_snapshot_is_read_cell_by_cell(snapshot: Path) -> None:
    # Sorted by code, not by file name: "A.B.csv" comes after "A.B.C.csv".
    (snapshot / "series" / "A.B.csv").write_bytes(b"market,2000,2001\nNAM,,-1.5\nXKX,2,0\n")
    (snapshot / "series" / "A.B.C.csv").write_bytes(b"market,2000,2001\nDEU,1463865520,\n")
    (snapshot / "series" / "notes.txt").write_bytes(b"not a series")
    expected = pd.DataFrame(
        {
            "market": ["NAM", "XKX", "XKX", "DEU"],
            "indicator": ["A.B", "A.B", "A.B", "A.B.C"],
            "year": [2001, 2000, 2001, 2000],
            "value": [-1.5, 2.0, 0.0, 1463865520.0],
        }
    )
    pd.testing.assert_frame_equal(load_indicators(), expected)


def test_a_checkout_is_read_where_the_package_holds_no_snapshot(
    snapshot: Path, tmp_path: Path
) -> None:
    (snapshot / "series" / "A.csv").write_bytes(b"market,2000\nDEU,1\n")
    snapshot.parent.rename(tmp_path / "other" / "data")
    assert load_indicators()["market"].to_list() == ["DEU"]
    (snapshot / "series").mkdir(parents=True)
    (snapshot / "series" / "A.csv").write_bytes(b"market,2000\nFRA,1\n")
    assert load_indicators()["market"].to_list() == ["FRA"]


def test_a_snapshot_that_is_not_there_is_an_error(snapshot: Path) -> None:
    (snapshot / "series").rmdir()
    snapshot.rmdir()
    for load in (load_indicators, load_catalogue, load_markets):
        with pytest.raises(MarketSelectError, match=r"not there: neither .* read_indicators"):
            load()


@pytest.mark.parametrize("load", [load_catalogue, load_markets])
def test_a_table_that_is_not_there_is_an_error(
    load: Callable[[], pd.DataFrame], snapshot: Path
) -> None:
    assert snapshot.is_dir()
    with pytest.raises(MarketSelectError, match=r"(catalogue|markets)\.csv\" is not there"):
        load()


def test_a_snapshot_without_series_is_an_error(snapshot: Path) -> None:
    with pytest.raises(MarketSelectError, match="holds no CSV file"):
        load_indicators()
    (snapshot / "series").rmdir()
    with pytest.raises(MarketSelectError, match="holds no CSV file"):
        load_indicators()


@pytest.mark.parametrize("other", [b"market,2001,2000\nDEU,1,2\n", b"market,2000,2001\nDEU,1,2"])
def test_a_series_with_another_header_or_a_cut_line_is_an_error(
    other: bytes, snapshot: Path
) -> None:
    (snapshot / "series" / "A.csv").write_bytes(b"market,2000,2001\nDEU,1,2\n")
    (snapshot / "series" / "B.csv").write_bytes(other)
    with pytest.raises(MarketSelectError, match=r"B\.csv\" has another header than \"A\.csv\""):
        load_indicators()


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1463865520.0, 9, "1463865520"),
        (2.46586074e-11, 9, "0.0000000000246586074"),
        (-1.32909787, 7, "-1.329098"),
        (-0.0, 9, "0"),
        (0.5, 7, "0.5"),
        (float("nan"), 9, ""),
    ],
)
def test_numbers_are_written_without_exponents(
    value: float, digits: int, text: str, script: ModuleType
) -> None:
    assert script.decimal(value, digits) == text


def test_a_changeover_that_does_not_fit_the_rates_is_refused(script: ModuleType) -> None:
    years = range(2021, 2025)
    published = pd.DataFrame([[6.4, 7.16, 0.925, 0.924]], index=["HRV"], columns=years)
    changeover = pd.DataFrame({"iso3": ["HRV"], "year": [2023], "rate": [7.5345]})
    spliced = script.splice(published, changeover)
    assert spliced.loc["HRV"].tolist() == pytest.approx([0.84943, 0.95029, 0.925, 0.924], rel=1e-4)
    assert published.loc["HRV", 2021] == 6.4
    with pytest.raises(SystemExit, match="HRV in 2023: the largest yearly log change"):
        script.splice(spliced, changeover)
    with pytest.raises(SystemExit, match="HRV in 2023: the largest yearly log change"):
        script.splice(published, changeover.assign(rate=30.126))


# One's own rows


OWN = pd.DataFrame({"contacts": [12, 3, 5], "visits": [1.0, None, 2.0]},
                   index=["Norway", "ISL", "DEU"])  # fmt: skip
RULES = ms.Framework(
    name="own",
    factors=(ms.Factor(code="a"), ms.Factor(code="b")),
    indicators=(
        ms.Indicator(code="contacts", factor="a", direction="benefit"),
        ms.Indicator(code="hdi", series="UNDP.HDI", factor="b", direction="benefit"),
    ),
)  # fmt: skip


@pytest.mark.slow
def test_a_wide_table_of_ones_own_is_added_without_years() -> None:
    rows = load_indicators(add=OWN)
    assert rows["year"].dtype == "Int64"
    assert len(rows) == len(load_indicators()) + 6
    table = ms.indicator_table(rows, RULES, as_of=2023, max_age=3)
    assert table.values.loc[["NOR", "ISL", "DEU"], "contacts"].tolist() == [12.0, 3.0, 5.0]
    assert table.undated["market"].tolist() == ["DEU", "ISL", "NOR"]
    assert table.years.loc["DEU", "hdi"] == 2023
    assert "Norway" not in table.values.index
    assert set(ms.rank_markets(table, RULES, draws=0).table.index) == {"NOR", "ISL", "DEU"}


@pytest.mark.slow
def test_long_rows_of_ones_own_are_added_from_frames_and_files(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"Country": ["Norway", "DEU"], "Series": "contacts", "Year": [2022, 2023], "Value": [1, 2]}
    )
    file = tmp_path / "own.csv"
    frame.to_csv(file, index=False)
    for add in (frame, file, str(file), [frame.head(1), frame.tail(1)]):
        rows = load_indicators(add=add)
        table = ms.indicator_table(rows, RULES, as_of=2023, max_age=3)
        assert table.values.loc[["NOR", "DEU"], "contacts"].tolist() == [1.0, 2.0]
        assert table.years.loc[["NOR", "DEU"], "contacts"].tolist() == [2022, 2023]


def test_a_value_that_the_snapshot_has_is_refused_when_it_is_used() -> None:
    again = pd.DataFrame(
        {"market": ["DEU"], "indicator": ["UNDP.HDI"], "year": [2023], "value": [0.5]}
    )
    with pytest.raises(ms.InputError, match=r"more than once; keep one of them \(values: 0.95"):
        ms.indicator_table(load_indicators(add=again), RULES.subset(["hdi"]), as_of=2023, max_age=3)


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (3, "add: got int; a pandas DataFrame is needed"),
        (pd.DataFrame(), "add: the table is empty"),
        (
            pd.DataFrame({"x": [1, 2]}, index=["DEU", "DEU"]),
            '"DEU": it stands there more than once',
        ),
        (pd.DataFrame({"indicator": ["x"], "value": [1]}), 'add: there is no column "market"'),
        ("nowhere.csv", 'data file "nowhere.csv" cannot be read'),
    ],
)
def test_what_cannot_be_added_is_refused(add: Any, said: str) -> None:
    with pytest.raises(ms.InputError, match=said):
        load_indicators(add=add)


@pytest.mark.slow
def test_the_command_line_adds_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, rules = tmp_path / "own.csv", tmp_path / "own.toml"
    OWN.to_csv(own, index_label="market")
    rules.write_text(RULES.to_toml(), encoding="utf-8")
    words = ["rank", "--add", str(own), "--framework", str(rules), "--draws", "0"]
    assert main([*words, "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert (out.splitlines()[1].split(",")[:3], err) == (["NOR", "Norway", "1"], "")
    assert main([*words, "--data", str(own)]) == 2
    assert "--add adds to the embedded indicators" in capsys.readouterr().err
    # One value of its own that is later than the reference year is told; the embedded ones are not.
    dated = OWN.rename_axis("market").reset_index().melt("market", var_name="indicator")
    dated.assign(year=[2026, *[2024] * (len(dated) - 1)]).to_csv(own, index=False)
    assert main(words) == 0
    assert "1 value later than 2024 is not used; the latest is of 2026" in capsys.readouterr().err


@pytest.mark.parametrize("column", ["value", "Value", "market", "indicator", 7])
def test_a_column_of_ones_own_is_a_series_under_its_own_name(column: str | int) -> None:
    own = pd.DataFrame({column: [3.0]}, index=["Norway"])
    assert load_indicators(add=own).iloc[-1].tolist() == ["Norway", str(column), pd.NA, 3.0]
