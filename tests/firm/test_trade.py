"""Trade read part by part: sums, zeros and gaps, the ease of trade by hand, each form of file."""

import gzip
import os
import tracemalloc
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.firm import trade_text
from marketselect.firm.trade import Year
from marketselect.firm.trade_files import TradeRows

COLUMNS = ["exporter", "importer", "product", "year", "value"]
# Home is GBR. Shoes are 640399 and 640419; 420221 are bags.
ROWS = [
    ("GBR", "IRL", "640399", 2024, 60.0),
    ("ITA", "IRL", "640399", 2024, 20.0),
    ("ITA", "IRL", "640419", 2024, 20.0),
    ("GBR", "FRA", "640399", 2024, 20.0),
    ("ITA", "FRA", "640399", 2024, 100.0),
    ("GBR", "FRA", "420221", 2024, 30.0),
    ("FRA", "GBR", "640399", 2024, 40.0),
    ("FRA", "ITA", "420221", 2024, 10.0),
]


def frame(rows: list[tuple[Any, ...]] = ROWS) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def read(data: Any, products: Any = ("64",), home: str = "GBR") -> pd.DataFrame:
    trade = ms.read_trade(data, products=products, home=home)
    return trade.figures.set_index(["market", "year"])


def at(figures: pd.DataFrame, market: str, column: str, year: int = 2024) -> float:
    return float(figures[column].to_dict()[market, year])


# Sums


def test_imports_and_suppliers_are_those_of_the_products() -> None:
    shoes = read(frame())
    assert at(shoes, "IRL", "imports") == 100
    assert at(shoes, "IRL", "suppliers") == 2
    # Shares of all shoes: 60 of 100 from GBR, 40 from ITA.
    assert at(shoes, "IRL", "hhi") == pytest.approx(0.6**2 + 0.4**2)
    assert at(shoes, "FRA", "from_home") == 20
    assert at(read(frame(), ["640419"]), "IRL", "hhi") == 1


def test_what_has_no_row_is_zero_where_both_report_and_not_known_else() -> None:
    shoes = read(frame())
    assert at(shoes, "ITA", "imports") == at(shoes, "ITA", "suppliers") == 0
    assert np.isnan(at(shoes, "ITA", "hhi"))
    assert at(shoes, "ITA", "ease") == 0  # it buys bags, of which home sells some, and none of home
    assert ("ESP", 2024) not in shoes.index
    without = read(frame([*ROWS, ("ITA", "IRL", "640399", 2023, 5.0)]))
    assert np.isnan(at(without, "IRL", "from_home", 2023))  # home exports nothing then
    assert at(without, "IRL", "imports", 2023) == 5


def test_where_nobody_but_home_exports_nothing_is_known_of_what_the_others_sell() -> None:
    rows = [("GBR", "AUS", "640399", 2024, 44.0), ("GBR", "AUS", "640399", 2023, 40.0),
            ("ITA", "AUS", "640399", 2023, 60.0)]  # fmt: skip
    trade = ms.read_trade(frame(rows), products=["64"], home="GBR")
    figures = trade.figures.set_index(["market", "year"])
    assert at(figures, "AUS", "from_home") == 44
    others = figures.drop(columns="from_home").xs(2024, level="year")
    assert others.isna().to_numpy().all()
    assert (at(figures, "AUS", "imports", 2023), at(figures, "AUS", "suppliers", 2023)) == (100, 2)
    assert trade.alone == (2024,)
    assert "United Kingdom is the only exporter of the trade data in 2024" in trade.read["said"]
    rows_of_it = ms.firm_observations(ms.Firm(home="GBR", products=["64"]), trade=trade)
    dated = rows_of_it[rows_of_it["year"] == 2024]
    assert dated.loc[dated["indicator"].str.startswith("PROD."), "indicator"].empty


def test_a_product_without_a_row_is_told() -> None:
    trade = ms.read_trade(frame(), products=["64", "61"], home="GBR")
    assert trade.absent == ("61",)
    assert 'no row of "61"' in trade.read["said"]
    found = ms.firm_observations(ms.Firm(home="GBR", products=["64", "61"]), trade=trade)
    notes = found.loc[found["indicator"] == "PROD.IMPORTS", "note"]
    assert set(notes) == {"no row of 61 in the trade data"}


# Ease of trade


def test_ease_is_actual_over_expected_exports_by_hand() -> None:
    # Home sells 80 of 240 of 640399, 30 of 40 of 420221, none of 640419.
    shares = {"640399": 80 / 240, "420221": 30 / 40}
    shoes = read(frame())
    ireland = 80 * shares["640399"]
    france = 120 * shares["640399"] + 30 * shares["420221"]
    assert at(shoes, "IRL", "ease") == pytest.approx(60 / ireland)
    assert at(shoes, "FRA", "ease") == pytest.approx(50 / france)
    assert at(shoes, "IRL", "potential") == pytest.approx(80 * shares["640399"] * 60 / ireland)
    potential = 120 * shares["640399"] * 50 / france
    assert at(shoes, "FRA", "potential") == pytest.approx(potential)
    assert at(shoes, "FRA", "untapped") == pytest.approx(potential - 20)


def test_what_is_untapped_is_told_product_by_product() -> None:
    # Of two products at one ease, home sells more than its potential of one, less of the other.
    rows = [
        ("GBR", "IRL", "640399", 2024, 9.0), ("ITA", "IRL", "640399", 2024, 1.0),
        ("GBR", "IRL", "640419", 2024, 1.0), ("ITA", "IRL", "640419", 2024, 9.0),
        ("GBR", "FRA", "640399", 2024, 1.0), ("ITA", "FRA", "640399", 2024, 9.0),
        ("GBR", "FRA", "640419", 2024, 9.0), ("ITA", "FRA", "640419", 2024, 1.0),
    ]  # fmt: skip
    figures = read(frame(rows))
    # Shares of one half each; expected 10, actual 10: ease 1; potential 5 and 5.
    assert at(figures, "IRL", "ease") == pytest.approx(1)
    assert at(figures, "IRL", "potential") == pytest.approx(10)
    assert at(figures, "IRL", "untapped") == pytest.approx(4)


def test_expected_exports_add_up_to_actual_ones_over_all_importers() -> None:
    rng = np.random.default_rng(0)
    size = 400
    markets = np.array(["GBR", "FRA", "ITA", "IRL", "ZZZ"], dtype=object)
    codes = np.array([f"{n:06d}" for n in range(640300, 640320)], dtype=object)
    part = TradeRows(
        np.full(size, 2024),
        markets[rng.integers(0, 5, size)],
        markets[rng.integers(0, 5, size)],
        codes[rng.integers(0, 20, size)],
        rng.integers(1, 1000, size).astype(float),
    )
    year = Year(home="GBR", products=("64",))
    year.add(part)
    figures = year.figures()
    actual = pd.Series(part.value).groupby(part.importer[:]).sum()
    own = part.exporter == "GBR"
    exports = pd.Series(part.value[own]).groupby(part.importer[own]).sum()
    expected = (exports / figures["ease"]).sum()  # home among the importers
    assert expected == pytest.approx(exports.sum(), rel=1e-12)
    share = year.exports.sum(axis=0) / year.imports.sum(axis=0)
    world = year.imports.sum(axis=0)
    assert (share * world).sum() == pytest.approx(exports.sum(), rel=1e-12)
    assert actual.sum() == part.value.sum()


def test_shares_of_all_exporters_add_up_to_one() -> None:
    by_home = [read(frame(), home=home)["from_home"].groupby("year").sum() for home in
               ("GBR", "ITA", "FRA")]  # fmt: skip
    total = read(frame())["imports"].groupby("year").sum()
    assert sum(by_home).tolist() == total.tolist()  # type: ignore[union-attr]


# As observations


def test_a_firm_has_its_trade_by_year() -> None:
    firm = ms.Firm(home="GBR", products=["64"])
    earlier = [("ITA", "IRL", "640399", 2019, 50.0), ("GBR", "FRA", "640399", 2019, 10.0)]
    trade = ms.read_trade(frame([*ROWS, *earlier]), products=firm.products, home="GBR")
    rows = ms.firm_observations(firm, trade=trade)
    found = rows.set_index(["indicator", "market", "year"])["value"].to_dict()
    assert found["PROD.IMPORTS", "IRL", 2024] == 100
    assert found["PROD.HOME", "IRL", 2024] == 0.6
    assert found["PROD.HOME", "IRL", 2019] == 0
    # From 50 to 100 in five years.
    assert found["PROD.GROWTH", "IRL", 2024] == pytest.approx(100 * (2 ** (1 / 5) - 1))
    assert ("PROD.GROWTH", "IRL", 2019) not in found
    assert {"PAIR.EASE", "PROD.POTENTIAL", "PROD.UNTAPPED"} <= set(rows["indicator"])
    of_trade = rows["indicator"].str.startswith("PROD.") | (rows["indicator"] == "PAIR.EASE")
    assert set(rows.loc[of_trade, "source"]) == {"given by the user"}
    assert not (rows["market"] == "GBR").any()


def test_trade_may_be_given_as_its_file() -> None:
    firm = ms.Firm(home="GBR", products=["64"])
    trade = ms.read_trade(frame(), products=["64"], home="GBR")
    read_here = ms.firm_observations(firm, trade=frame())
    assert read_here.equals(ms.firm_observations(firm, trade=trade))


@pytest.mark.parametrize(
    ("firm", "words"),
    [
        (ms.Firm(home="FRA", products=["64"]), 'is of "64" and home GBR, not of this firm'),
        (ms.Firm(home="GBR", products=["6403"]), "not of this firm"),
        (ms.Firm(home="GBR"), "the firm has no products"),
    ],
)
def test_trade_of_another_firm_is_refused(firm: ms.Firm, words: str) -> None:
    trade = ms.read_trade(frame(), products=["64"], home="GBR")
    with pytest.raises(ms.InputError, match=words):
        ms.firm_observations(firm, trade=trade)


def test_ships_are_noted() -> None:
    rows = [("GBR", "LBR", "890110", 2024, 1.0), ("ITA", "FRA", "890110", 2024, 1.0)]
    found = ms.firm_observations(ms.Firm(home="GBR", products=["8901"]), trade=frame(rows))
    notes = found[found["indicator"] == "PROD.IMPORTS"].set_index("market")["note"]
    assert "flag of convenience" in notes["LBR"]
    assert notes["FRA"] == ""


# Files


def baci(folder: Path, rows: list[tuple[Any, ...]] = ROWS) -> Path:
    """Write rows as CEPII does, a file a year, in thousands."""
    numbers = {"GBR": 826, "IRL": 372, "ITA": 380, "FRA": 251, "TWN": 490, "ZZZ": 999}
    folder.mkdir()
    names = pd.DataFrame({"country_code": numbers.values(), "country_name": "x"})
    names["country_iso3"] = [{"TWN": "S19"}.get(code, code) for code in numbers]
    names.to_csv(folder / "country_codes_V202601.csv", index=False)
    pd.DataFrame({"code": ["640399"], "description": ["x"]}).to_csv(
        folder / "product_codes_HS17_V202601.csv", index=False
    )
    for year in sorted({row[3] for row in rows}):
        lines = [f"{row[3]},{numbers[row[0]]},{numbers[row[1]]},{row[2]},  {row[4] / 1000!r},NA"
                 for row in rows if row[3] == year]  # fmt: skip
        text = "\n".join(["t,i,j,k,v,q", *lines])
        (folder / f"BACI_HS17_Y{year}_V202601.csv").write_text(text)
    return folder


def test_a_folder_of_baci_gives_what_its_rows_give(tmp_path: Path) -> None:
    rows = [*ROWS, ("TWN", "IRL", "640399", 2023, 7.0), ("GBR", "ZZZ", "010121", 2023, 1.0)]
    trade = ms.read_trade(baci(tmp_path / "BACI_HS17_V202601", rows), products=["64"], home="GBR")
    pd.testing.assert_frame_equal(
        trade.figures, ms.read_trade(frame(rows), products=["64"], home="GBR").figures
    )
    assert trade.years == (2023, 2024)
    assert trade.licence == "Etalab Open Licence 2.0"
    assert trade.source.endswith("BACI_HS17_V202601")
    assert trade.read["said"] == "CEPII BACI"


def test_s19_is_taiwan(tmp_path: Path) -> None:
    rows = [("GBR", "TWN", "640399", 2024, 7.0)]
    assert at(read(baci(tmp_path / "baci", rows)), "TWN", "from_home") == 7
    assert at(read(frame([("GBR", "S19", "640399", 2024, 7.0)])), "TWN", "from_home") == 7


def test_one_file_of_baci_is_read_with_the_codes_beside_it(tmp_path: Path) -> None:
    folder = baci(tmp_path / "baci")
    one = read(folder / "BACI_HS17_Y2024_V202601.csv")
    pd.testing.assert_frame_equal(one, read(folder))


def test_parts_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = read(baci(tmp_path / "baci"))
    monkeypatch.setattr(trade_text, "ROWS", 3)
    pd.testing.assert_frame_equal(read(tmp_path / "baci"), whole)
    pd.testing.assert_frame_equal(read(frame()), whole)


@pytest.mark.parametrize("name", ["trade.csv", "trade.csv.gz", "trade.tsv"])
def test_a_long_file_is_read_and_markets_are_understood(tmp_path: Path, name: str) -> None:
    named = frame().replace({"GBR": "United Kingdom", "IRL": "Ireland"})
    named.to_csv(tmp_path / name, index=False, sep="\t" if name.endswith("tsv") else ",")
    pd.testing.assert_frame_equal(read(tmp_path / name), read(frame()))


def test_a_lost_zero_of_a_code_is_put_back() -> None:
    rows = [("GBR", "IRL", 10121, 2024, 5.0), ("GBR", "IRL", 640399, 2024, 5.0)]
    assert at(read(frame(rows), ["01"]), "IRL", "from_home") == 5


def test_what_became_of_a_lost_zero_is_told() -> None:
    rows = [("GBR", "IRL", 10121, 2024, 5.0), ("GBR", "IRL", 640399, 2024, 5.0)]
    one: Any = 1
    trade = ms.read_trade(frame(rows), products=[one], home="GBR")
    assert trade.read["remarks"][:2] == (
        'products: the number 1 is read as "01", with the zero in front',
        'codes that had lost the zero in front have it back: "10121"',
    )


def test_a_product_of_five_digits_as_text_is_refused() -> None:
    with pytest.raises(ms.InputError, match='give "064039" if it has lost its zero'):
        ms.read_trade(frame(), products=["64039"], home="GBR")


def test_groups_and_totals_are_left_out_and_told() -> None:
    more = [("World", "IRL", "640399", 2024, 80.0), ("GBR", "IRL", "TOTAL", 2024, 60.0)]
    trade = ms.read_trade(frame([*ROWS, *more]), products=["64"], home="GBR")
    assert trade.figures.equals(ms.read_trade(frame(), products=["64"], home="GBR").figures)
    assert trade.read["remarks"] == ('left out, no markets or no codes: "World", "TOTAL"',)


def comtrade(rows: list[tuple[Any, ...]], flow: str) -> pd.DataFrame:
    """Return rows as UN Comtrade gives them: who reports, the partner, the flow."""
    sides = ("importer", "exporter") if flow == "M" else ("exporter", "importer")
    given = frame(rows)
    return pd.DataFrame(
        {
            "refYear": given["year"],
            "reporterISO": given[sides[0]],
            "partnerISO": given[sides[1]],
            "flowCode": flow,
            "partner2Code": 0,
            "customsCode": "C00",
            "motCode": 0,
            "cmdCode": given["product"],
            "primaryValue": given["value"],
        }
    )


def test_a_download_of_comtrade_is_read_by_its_imports(tmp_path: Path) -> None:
    imports = comtrade(ROWS, "M")
    detail = imports.head(2).assign(motCode=2100)
    world = imports.head(1).assign(partnerISO="W00", primaryValue=80.0)
    both = pd.concat([imports, comtrade(ROWS, "X").assign(primaryValue=1.0), detail, world])
    path = tmp_path / "comtrade.csv"
    lines = both.to_csv(index=False).splitlines()
    path.write_text("\n".join([lines[0], *(f"{line}," for line in lines[1:])]))
    pd.testing.assert_frame_equal(read(path), read(frame()))
    trade = ms.read_trade(path, products=["64"], home="GBR")
    assert (trade.source, trade.read["layout"]) == ("UN Comtrade", "comtrade")


def test_a_download_of_exports_alone_is_turned_round() -> None:
    pd.testing.assert_frame_equal(read(comtrade(ROWS, "X")), read(frame()))


# What is refused


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        ([("GBR", "IRL", "TOTAL", 2024, 1.0)], "empty", "holds no trade"),
        ([("GBR", "IRL", "42", 2024, 1.0)], "no-data", 'has no trade in "64"'),
        ([("ITA", "IRL", "64", 2024, 1.0)], "no-data", "has no exports of home, GBR"),
        (
            [("GBR", "IRL", "64", 2024, -1.0)],
            "out-of-range",
            r"row 1, column \"value\" is -1\.0; an amount",
        ),
        ([("GBR", "IRL", "64", 2024, "many")], "not-a-number", "is 'many'"),
        ([("GBR", "IRL", "64", "x", 1.0)], "not-a-number", r'row 1, column "year" is .x.'),
        (
            [("GBR", "IRL", "64", 2024, 1.0), ("GBR", "IRL", "640399", 2024, 1.0)],
            "contradiction",
            "would count twice",
        ),
    ],
)
def test_a_file_that_answers_nothing_is_refused(
    rows: list[tuple[Any, ...]], code: str, words: str
) -> None:
    with pytest.raises(ms.InputError, match=words) as error:
        read(frame(rows))
    assert error.value.faults[0].code == code


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(ms.InputError, match=r'lacks "importer".*name them exporter, importer'):
        read(frame().rename(columns={"importer": "buyer"}))


def test_a_folder_without_baci_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ms.InputError, match="lacks a file with the columns t, i, j, k, v"):
        read(tmp_path)
    folder = baci(tmp_path / "baci")
    (folder / "country_codes_V202601.csv").unlink()
    with pytest.raises(ms.InputError, match="lacks country_codes"):
        read(folder)


def test_a_year_in_two_files_is_refused(tmp_path: Path) -> None:
    folder = baci(tmp_path / "baci")
    text = (folder / "BACI_HS17_Y2024_V202601.csv").read_text()
    (folder / "copy.csv").write_text(text)
    with pytest.raises(ms.InputError, match="has 2024 in two files"):
        read(folder)


def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = baci(tmp_path / "baci")
    path = folder / "BACI_HS17_Y2024_V202601.csv"
    path.write_text(path.read_text() + "\n2024,826,x,640399,1,")
    with pytest.raises(ms.InputError, match=r'2024_V202601\.csv", row 9, column "j" is .x.'):
        read(folder)


@pytest.mark.parametrize("path", ["nothing.csv", 5, "https://example.org/baci"])
def test_a_file_is_needed(path: Any) -> None:
    with pytest.raises(ms.InputError):
        read(path)


HEAD = "exporter,importer,product,year,value\n"
LINE = "GBR,IRL,640399,2024,60\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, newline="")
    return path


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ms.InputError, match=r'"pipe\.csv" is no plain file'):
        read(tmp_path)
    with pytest.raises(ms.InputError, match="is no plain file"):
        read(tmp_path / "pipe.csv")
    codes = baci(tmp_path / "baci") / "country_codes_V202601.csv"
    codes.unlink()
    os.mkfifo(codes)
    with pytest.raises(ms.InputError, match="is no plain file"):
        read(tmp_path / "baci")


@pytest.mark.parametrize(
    ("name", "count"), [("bytes", 60), ("unpacked", 60), ("rows", 1), ("columns", 4), ("cells", 1)]
)
def test_what_is_beyond_a_limit_is_refused_until_it_is_raised(
    tmp_path: Path, name: str, count: int
) -> None:
    path = written(tmp_path / "trade.csv", HEAD + LINE + LINE.replace("IRL", "FRA"))
    with pytest.raises(ms.InputError, match=rf'read_trade\(\.\.\., limits={{"{name}"') as error:
        ms.read_trade(path, products=["64"], home="GBR", limits={name: count})
    assert error.value.faults[0].code == "too-large"
    trade = ms.read_trade(path, products=["64"], home="GBR", limits={name: 1000})
    assert trade.figures["from_home"].sum() == 120


def test_a_frame_has_limits_too() -> None:
    with pytest.raises(ms.InputError, match="has 8 rows, at most 7 are read"):
        ms.read_trade(frame(), products=["64"], home="GBR", limits={"rows": 7})


def test_reading_ends_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("marketselect.sources.limits.monotonic", count().__next__)  # a look, 1 s
    monkeypatch.setattr(trade_text, "ROWS", 1)
    path = written(tmp_path / "trade.csv", HEAD + LINE)
    for data in (path, frame()):
        with pytest.raises(ms.InputError, match="reading it takes more than 1 second"):
            ms.read_trade(data, products=["64"], home="GBR", limits={"seconds": 1})


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write((HEAD + LINE).encode() + b"GBR," * 600_000)
    with pytest.raises(ms.InputError, match="line 3 has more than 1,000,000 bytes"):
        read(path)


@pytest.mark.slow
def test_what_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write((HEAD + LINE).encode() + b"\n" * 2**25)
    with pytest.raises(ms.InputError, match="unpacks to more than a table does"):
        read(path)


def test_a_packed_file_cut_short_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress((HEAD + LINE * 50).encode())
    path = tmp_path / "cut.csv.gz"
    for cut in (whole[:-20], whole[:12], b"no gzip"):
        path.write_bytes(cut)
        with pytest.raises(ms.InputError, match="is damaged") as error:
            read(path)
        assert error.value.faults[0].code == "unreadable"


def test_an_archive_and_what_is_no_text_are_told_for_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "trade.zip"
    with ZipFile(path, "w") as file:
        file.writestr("a.csv", HEAD + LINE)
    with pytest.raises(ms.InputError, match=r"is an archive, a \.zip or a workbook; unpack it"):
        read(path)
    path.write_bytes((HEAD + LINE).encode("utf-16"))
    with pytest.raises(ms.InputError, match="holds no text in UTF-8"):
        read(path)


def test_names_that_are_none_fill_no_square() -> None:
    many = [(f"X{n}", f"Y{n}", "640399", 2024, 1.0) for n in range(600)]
    with pytest.raises(ms.InputError, match="has more than 1,000 exporters and importers"):
        read(frame([*ROWS, *many]))


def test_a_row_of_the_products_that_is_there_twice_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    again = ("United Kingdom", "IRL", "6403.99", 2024, 5.0)
    words = r'has "GBR", "IRL", "640399", "2024" twice; keep one row of each, or add them up'
    for size in (500_000, 3):  # in one part, and across parts
        monkeypatch.setattr(trade_text, "ROWS", size)
        with pytest.raises(ms.InputError, match=words):
            read(frame([*ROWS, again]))
    with pytest.raises(ms.InputError, match='"826", "372", "640399", "2024" twice'):
        read(baci(tmp_path / "baci", [*ROWS, ROWS[0]]))


def test_months_of_a_year_add_up() -> None:
    rows = [("GBR", "IRL", "640399", 202401, 5.0), ("GBR", "IRL", "640399", 202402, 6.0)]
    assert at(read(frame(rows)), "IRL", "from_home") == 11


def test_a_column_that_is_there_twice_is_refused_in_a_file_as_in_a_frame(tmp_path: Path) -> None:
    path = written(tmp_path / "trade.csv", HEAD.replace("\n", ",value\n") + "GBR,IRL,64,2024,1,9\n")
    with pytest.raises(ms.InputError, match='has "value" more than once'):
        read(path)


@pytest.mark.parametrize("row", ["GBR,FRA,640399", "GBR,Korea, Rep.,640399,2024,5"])
def test_a_row_of_another_length_is_refused_by_its_line(tmp_path: Path, row: str) -> None:
    path = written(tmp_path / "trade.csv", f"{HEAD}{LINE}\n{row}\n")
    with pytest.raises(ms.InputError, match=r"line 4 has \d cells, its header has 5"):
        read(path)


def test_quoted_marks_blank_lines_and_other_ends_of_lines_are_no_fault(tmp_path: Path) -> None:
    text = f'{HEAD}{LINE}\n"ITA","Korea, Rep.",640399,2024,5'.replace("\n", "\r\n")
    assert at(read(written(tmp_path / "trade.csv", text)), "KOR", "imports") == 5


def test_a_quote_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "trade.csv", f'{HEAD}{LINE}"GBR,IRL,640399,2023,5\n')
    with pytest.raises(ms.InputError, match="line 3: a quote in it is not closed"):
        read(path)


@pytest.mark.parametrize("value", ["'1,000'", "0x10", "1_000", "NA", "-5", "inf", "1e300"])
def test_a_value_that_is_none_is_told_with_row_and_column(tmp_path: Path, value: str) -> None:
    cell = value.replace("'", '"')
    path = written(tmp_path / "trade.csv", f"{HEAD}{LINE}GBR,FRA,640399,2024,{cell}\n")
    with pytest.raises(ms.InputError, match=r'row 2, column "value"'):
        read(path)


@pytest.mark.parametrize(
    ("column", "cell"), [("i", "-1"), ("j", "1000"), ("j", "500"), ("t", "20200"), ("t", "1"),
                         ("v", "NA"), ("k", "6403.99"), ("v", "x"), ("k", "")]
)  # fmt: skip
def test_a_cell_of_baci_that_is_none_is_told_with_row_and_column(
    tmp_path: Path, column: str, cell: str
) -> None:
    folder = baci(tmp_path / "baci")
    row = {"t": "2024", "i": "826", "j": "372", "k": "640420", "v": "1", "q": "NA", column: cell}
    path = folder / "BACI_HS17_Y2024_V202601.csv"
    written(path, path.read_text() + "\n" + ",".join(row.values()))
    with pytest.raises(ms.InputError, match=rf'row 9, column "{column}"'):
        read(folder)


def test_a_number_of_baci_with_two_markets_is_refused(tmp_path: Path) -> None:
    folder = baci(tmp_path / "baci")
    path = folder / "country_codes_V202601.csv"
    written(path, path.read_text() + "826,x,DEU\n")
    with pytest.raises(ms.InputError, match='has "826" more than once'):
        read(folder)


@pytest.mark.parametrize("products", [[], None, ()])
def test_products_are_needed(products: Any) -> None:
    with pytest.raises(ms.InputError, match=r"^products"):
        read(frame(), products)


@pytest.mark.nightly
def test_memory_does_not_grow_with_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times the rows take no more than a part's worth beyond: measured by what Python holds."""
    monkeypatch.setattr(trade_text, "ROWS", 100_000)  # so that both have several parts
    rng = np.random.default_rng(0)
    peaks = []
    for size in (200_000, 2_000_000):
        folder = baci(tmp_path / str(size), [("GBR", "IRL", "640399", 2024, 1.0)])
        numbers = np.array([826, 372, 380, 251, 490, 999])
        row = np.arange(size)
        pd.DataFrame(
            {
                "t": 2023,
                "i": numbers[row % 6],
                "j": numbers[row // 6 % 6],
                "k": 600_000 + row // 36 * (2_000_000 // size),
                "v": rng.random(size).round(3),
                "q": "NA",
            }
        ).to_csv(folder / "BACI_HS17_Y2023_V202601.csv", index=False)
        tracemalloc.start()
        ms.read_trade(folder, products=["64"], home="GBR")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], peaks


def test_every_fault_of_a_call_is_told_at_once() -> None:
    with pytest.raises(ms.InputError) as error:
        ms.read_trade(frame(), products=["77"], home="Atlantis", limits={"lines": 1})
    where = [fault.where.partition(",")[0] for fault in error.value.faults]
    assert where[:2] == ["products", "home"]
    assert len(where) == 3


@pytest.mark.parametrize("form", ["frame", "baci"])
def test_faults_of_all_columns_are_told_at_once(tmp_path: Path, form: str) -> None:
    data: Any = frame(ROWS).astype({"year": object, "value": object})
    data.loc[0, "value"], data.loc[1, "year"] = -5, 1700
    if form == "baci":
        data = baci(tmp_path / "BACI_HS17_V202601", ROWS)
        path = next(data.glob("BACI_*_Y2024*.csv"))
        lines = path.read_text().splitlines()
        first, second = lines[1].split(","), lines[2].split(",")
        first[4], second[0] = "-5", "1700"
        path.write_text("\n".join([lines[0], ",".join(first), ",".join(second), *lines[3:]]))
    with pytest.raises(ms.InputError) as error:
        ms.read_trade(data, products=["64"], home="GBR")
    places = [fault.where.rpartition("row ")[2] for fault in error.value.faults]
    assert places == (
        ['2, column "year"', '1, column "value"']
        if form == "frame"
        else ['2, column "t"', '1, column "v"']
    )


def test_names_that_no_market_has_are_told() -> None:
    rows = [*ROWS, ("Narnia", "IRL", "640399", 2024, 5.0)]
    trade = ms.read_trade(frame(rows), products=["64"], home="GBR")
    assert 'no markets that are known, so suppliers at most: "Narnia"' in trade.read["remarks"]
