"""Numbers are no labels of markets where words stand beside them, in files and in frames."""

from pathlib import Path

import pandas as pd
import pytest

import marketselect as ms

COUNTRIES = ["Germany", "France", "Italy"]
RULES = ms.Framework.from_table(
    pd.DataFrame([{"code": "score", "factor": "f", "direction": "benefit"}])
)


def labels(frame: pd.DataFrame) -> set[object]:
    return set(ms.rank_markets(frame, RULES, draws=0).table.index)


def from_file(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    path = folder / "mine.csv"
    frame.to_csv(path, index=False)
    return ms.read_indicators(path)


@pytest.mark.parametrize(
    "name",
    ["Nation", "Economy", "Country/Region", "Country/Territory", "Country or region", "Location",
     "Area", "Territory", "Land", "Pays", "País", "Paese", "Name", "City", "ISO3_code",
     "ISO3 Alpha-code", "Region, subregion, country or area *", "Anything"],
)  # fmt: skip
@pytest.mark.parametrize("number", ["Rank", "#", "id", "Nr"])
def test_a_rank_or_an_id_is_no_label(name: str, number: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({number: [1, 2, 3], name: COUNTRIES, "score": [7.7, 7.6, 7.5]})
    assert labels(frame) == set(COUNTRIES)
    assert labels(from_file(frame, tmp_path)) == set(COUNTRIES)


def test_the_column_of_countries_goes_before_other_words(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"Group": ["North", "South", "East"], "Where": COUNTRIES, "score": [3.0, 2.0, 1.0]}
    )
    assert labels(frame) == labels(from_file(frame, tmp_path)) == set(COUNTRIES)


def test_numbers_stay_the_labels_where_there_are_no_words(tmp_path: Path) -> None:
    frame = pd.DataFrame({"shop": [7, 9], "score": [3.0, 2.0]})
    assert labels(from_file(frame, tmp_path)) == {"7", "9"}
    kinds = frame.assign(kind=["port", "port"])  # no labels: they are not different
    assert labels(from_file(kinds, tmp_path)) == {"7", "9"}


def test_two_columns_that_may_be_the_labels_are_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"Rank": [1, 2], "Team": ["Reds", "Blues"], "Coach": ["Ann", "Ben"], "score": [3.0, 2.0]}
    )
    said = 'columns "Team", "Coach": may each hold .* call one of them market'
    with pytest.raises(ms.InputError, match=said):
        labels(frame)
    with pytest.raises(ms.InputError, match=said):
        from_file(frame, tmp_path)


def test_an_empty_label_is_not_filled_from_another_column(tmp_path: Path) -> None:
    path = tmp_path / "merged.csv"  # cells that a spreadsheet merged
    path.write_text("country,name,year,x\nGermany,Wheat,2020,1\n,Rye,2020,2\nFrance,Rye,2020,2\n")
    assert not set(ms.read_indicators(path).get("market", [])) & {"Rye", "Wheat"}


def test_a_name_is_the_label_where_a_source_has_no_code(tmp_path: Path) -> None:
    # The columns of the UN's World Population Prospects; the figures are made up.
    text = (
        "SortOrder,LocID,ISO3_code,Location,Variant,Time,Pop\n"
        "1,900,,World,Medium,2020,8000\n2,276,DEU,Germany,Medium,2020,83\n"
        "2,276,DEU,Germany,Medium,2021,84\n3,7,,Atlantis,Medium,2020,1\n"
        "4,250,FRA,France,Medium,2020,66\n"
    )
    path = tmp_path / "wpp.csv"
    path.write_text(text)
    read = ms.read_indicators(path)
    assert set(read["market"]) == {"DEU", "FRA", "Atlantis"}
    assert read.attrs["read"]["groups"] == ["World"]
    path.write_text(text.replace("Medium,2021", "High,2020"))
    with pytest.raises(ms.InputError, match='"Variant" has "Medium", "High" within one series'):
        ms.read_indicators(path)
    wide = pd.DataFrame(
        {
            "iso3": [None, "DEU", "FRA"],
            "Location": ["World", "Germany", "France"],
            "score": [9.0, 1.0, 2.0],
        }
    )
    assert labels(wide) == {"DEU", "FRA"}
