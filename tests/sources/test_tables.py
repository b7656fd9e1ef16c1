"""Frames in the form of a source are read as its files are, through every door."""

import io
from pathlib import Path

import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from sources import written
from sources.test_layouts import CASES, rows


def as_read(text: str | bytes) -> pd.DataFrame:
    """Return a text as pandas reads it when nobody says more than where its table begins."""
    whole = (
        text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
        if isinstance(text, bytes)
        else text
    )
    lines = whole.lstrip("\ufeff").splitlines(keepends=True)
    header = next(n for n, line in enumerate(lines) if max(map(line.count, "\t,;")) > 1)
    mark = max("\t,;", key=lines[header].count)
    return pd.read_csv(io.StringIO("".join(lines[header:])), sep=mark)


FORMS = {
    "owid": "owid",
    "sdmx-csv, OECD": "sdmx-csv",
    "sdmx-csv, IMF": "sdmx-csv",
    "imf-weo, utf-16": "imf-weo",
    "imf-weo, utf-8": "imf-weo",
    "ilostat": "ilostat",
    "imf-series": "imf-series",
}


@pytest.mark.parametrize("case", FORMS)
def test_a_frame_in_the_form_of_a_source_gives_what_its_file_gives(case: str) -> None:
    _, _, text, expected = CASES[case]
    found = ms.read_indicators(as_read(text))
    assert rows(found) == expected
    assert found.attrs["read"]["layout"] == FORMS[case]


def test_eurostat_s_packed_column_and_flags_are_read_in_a_frame() -> None:
    frame = as_read(written.EUROSTAT)
    expected = CASES["eurostat-tsv"][3]
    # Nothing in the table names the series; a file does it by its name.
    assert rows(ms.read_indicators(frame)) == {
        (market, "value", year): value for (market, _, year), value in expected.items()
    }


HDR = pd.DataFrame(
    {
        "iso3": ["DEU", "VNM", "ZZK.WORLD"],
        "country": ["Germany", "Viet Nam", "World"],
        "hdicode": ["Very High", "High", ""],
        "hdi_2020": [0.9, 0.7, 0.75],
        "hdi_2021": [0.94, 0.71, 0.76],
        "le_2021": ["81", "..", "72"],
    }
)
RULES = ms.Framework.from_table(
    pd.DataFrame({"code": ["hdi", "le"], "factor": ["a", "a"], "direction": ["benefit"] * 2})
)


@pytest.mark.parametrize("index", [[0, 1, 2], [7, 3, 5]])
def test_the_doors_read_it_without_a_word(index: list[int]) -> None:
    frame = HDR.set_axis(index)
    table = ms.indicator_table(frame, RULES, as_of=2021, max_age=5)
    assert table.values["hdi"].to_dict() == {"DEU": 0.94, "VNM": 0.71}  # the world is no market
    assert table.values["le"].dropna().to_dict() == {"DEU": 81.0}
    assert table.read[0]["layout"] == "undp-hdr"
    panel = ms.rank_panel(frame, RULES.subset(["hdi"]), years=[2020, 2021], max_age=0, draws=0)
    assert list(map(int, panel.ranks.columns)) == [2020, 2021]
    own = ms.load_indicators(add=frame).tail(5)
    assert set(own["indicator"]) == {"hdi", "le"}
    assert set(own["year"]) == {2020, 2021}


def test_columns_are_the_cells_of_a_file_in_tables_of_other_libraries_too() -> None:
    arrow = pytest.importorskip("pyarrow")
    assert rows(ms.read_indicators(arrow.Table.from_pandas(HDR))) == rows(ms.read_indicators(HDR))


def test_what_is_wrong_in_a_frame_is_told_by_its_row() -> None:
    frame = pd.DataFrame(
        {"Entity": ["Kenya", "Peru"], "Code": ["KEN", "KEN"], "Year": [2020, 2021], "x": [1, 2]}
    )
    with pytest.raises(ms.InputError, match="row 1"):
        ms.indicator_table(frame, RULES, as_of=2021, max_age=5)


def test_a_sheet_and_a_layout_that_is_not_there_are_refused_for_a_frame() -> None:
    with pytest.raises(ms.InputError, match="only an Excel workbook has sheets"):
        ms.read_indicators(HDR, sheet="x")
    with pytest.raises(ms.InputError, match="the table: this is no Our World in Data"):
        ms.read_indicators(HDR, layout="owid")


def test_choices_and_marks_are_those_of_a_file() -> None:
    frame = pd.DataFrame(
        {
            "REF_AREA": ["KEN", "KEN", "PER"],
            "INDICATOR": "x",
            "SEX": ["F", "M", "F"],
            "TIME_PERIOD": 2020,
            "OBS_VALUE": ["1,5", "2", "none"],
        }
    )
    found = ms.read_indicators(frame, only={"SEX": "F"}, missing=["none"], decimal=",")
    assert rows(found) == {("KEN", "x", 2020): 1.5}


def test_a_long_frame_stays_as_it_is_and_a_wide_one_is_no_observations() -> None:
    long = pd.DataFrame(
        {"Country Code": ["KEN"], "Series Code": ["hdi"], "time": [2021], "value": [0.5]}
    )
    found = ms.indicator_table(long, RULES.subset(["hdi"]), as_of=2021, max_age=1)
    assert found.read == ()
    wide = pd.DataFrame({"country": ["Kenya", "Peru"], "hdi": [0.5, 0.6], "le": [1.0, 2.0]})
    with pytest.raises(ms.InputError, match="goes straight to rank_markets"):
        ms.indicator_table(wide, RULES, as_of=2021, max_age=1)


def test_one_column_of_a_year_is_years_across(tmp_path: Path) -> None:
    path = tmp_path / "gdp.csv"
    path.write_text("country,2020\nKenya,1\nPeru,2\n", encoding="utf-8")
    assert rows(ms.read_indicators(path)) == {
        ("Kenya", "gdp", 2020): 1.0,
        ("Peru", "gdp", 2020): 2.0,
    }
    path.write_text("country,gdp,2020\nKenya,1,3\nPeru,2,4\n", encoding="utf-8")
    with pytest.raises(ms.InputError, match=r'years go across \("2020"\), and nothing says'):
        ms.read_indicators(path)


def test_remedies_on_the_command_line_are_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rules = tmp_path / "mine.csv", tmp_path / "mine.toml"
    rules.write_text(RULES.subset(["hdi"]).to_toml(), encoding="utf-8")
    call = ["rank", "--framework", str(rules), "--data", str(path), "--draws", "0"]
    path.write_text("country,year,hdi\nKenya,2020,1\nPeru,2021,2\n", encoding="utf-8")
    assert main(call) == 2
    said = capsys.readouterr().err
    assert '("2020", "2021")' in said
    assert "say that there are several: --layout panel" in said
    assert main([*call, "--layout", "panel"]) == 0
    path.write_text(",a,b\nmarket,,\nKenya,1,2\nPeru,2,3\n", encoding="utf-8")
    assert main(call) == 2
    said = capsys.readouterr().err
    assert said.endswith("name each column in one row\n")
