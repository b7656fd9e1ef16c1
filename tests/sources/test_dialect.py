"""Text to rows: encodings, separators, quotes, a line ``sep=``."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect import InputError, read_indicators
from marketselect.sources.dialect import separator, text_grid
from sources import written

# What csv.Sniffer and clevercsv were measured on; Sniffer is wrong in four, clevercsv in two.
TEXTS: dict[str, tuple[str, str]] = {
    "commas in names": ("Country;GDP (USD, bn, current);Rate\nKEN;100;5\nVNM;400;4\n", ";"),
    "decimal commas": ("iso3;gdp;risk\nKEN;1,5;5\nVNM;3,25;4\nPOL;2;6\n", ";"),
    "decimal commas in every cell": ("land;a;b\nBW;3,4;6,1\nBE;7,8;1,2\n", ";"),
    "a comma in the header, too": ("Land, ISO;x\nKE;1,5\nVN;2,5\n", ";"),
    "quoted semicolons": ('name,note,x\n"A; b","c; d",1\n"E; f","g; h",2\n', ","),
    "semicolons in a text": ("city,slogan,x\nA,one; two; three,1\nB,four; five; six,2\n", ","),
    "thousands": ('iso3,gdp\nKEN,"1,234,567"\nVNM,"2,345,678"\n', ","),
    "lines in a cell": ('"m, n",a\n"Korea, Rep.",1\n"two\nlines",2\n', ","),
    "World Bank": (written.WORLD_BANK, ","),
    "DataBank": (written.DATABANK, ","),
    "Eurostat": (written.EUROSTAT, "\t"),
    "Eurostat, more columns than years": (
        "freq,unit,sex,age,geo\\TIME_PERIOD\t2021 \t2022 \n"
        "A,PC,T,Y15-74,AT\t1.0 \t2.0 b\nA,PC,T,Y15-74,BE\t1.5e\t: \n",
        "\t",
    ),
    "IMF": (written.WEO, "\t"),
    "upright strokes": ("iso3|gdp|risk\nKEN|1|5\nVNM|3|4\n", "|"),
    "names with blanks": ("country;gdp growth;rule\nSouth Sudan;1;2\nSri Lanka;3;4\n", ";"),
    "a title above": ("GDP, current, by country\niso3;gdp\nKEN;1\nVNM;2\n", ";"),
    "one column": ("m a\nx 1\n", ","),
}


@pytest.mark.parametrize("case", TEXTS)
def test_the_separator_parts_most_rows_into_equally_many_cells(case: str) -> None:
    text, expected = TEXTS[case]
    assert separator(text) == expected


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(
    st.sampled_from(",;\t|"),
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_csv_writer_quotes_comes_back(mark: str, rows: list[list[str]], codec: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    grid = text_grid(file.getvalue().encode(codec))
    assert [list(row) for _, row in grid.rows] == [["a", "b", "c"], *rows]


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_that_names_the_separator_is_followed(mark: str, quote: str, tmp_path: Path) -> None:
    text = f"{quote}sep={mark}{quote}\r\niso3{mark}gdp\r\nKEN{mark}1\r\nVNM{mark}1{mark}2\r\n"
    path = written.put(tmp_path, "mine.csv", text)
    with pytest.raises(InputError, match="line 4 has 3 cells, the header 2"):
        read_indicators(path)
    path = written.put(tmp_path, "mine.csv", text.replace(f"{mark}2", ""))
    assert read_indicators(path)["gdp"].tolist() == [1, 1]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_is_read(codec: str, tmp_path: Path) -> None:
    text = "country;gdp\nCôte d'Ivoire;1\nTürkiye;2\n"
    path = written.put(tmp_path, "mine.csv", text.encode(codec))
    assert read_indicators(path).index.tolist() == ["Côte d'Ivoire", "Türkiye"]


def test_another_encoding_is_read_where_markets_have_codes(tmp_path: Path) -> None:
    text = "iso3;Name;gdp\nAUT;Österreich;3,5\nCIV;Côte d'Ivoire;4,5\n"
    frame = read_indicators(written.put(tmp_path, "mine.csv", text.encode("cp1252")))
    assert frame["gdp"].to_dict() == {"AUT": 3.5, "CIV": 4.5}
    assert "Windows-1252" in frame.attrs["read"]["said"]
    header = written.put(tmp_path, "mine.csv", text.replace("gdp", "Größe").encode("cp1252"))
    with pytest.raises(InputError, match="no UTF-8 text"):
        read_indicators(header)


def test_names_in_another_encoding_are_not_guessed(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "country;gdp\nPerú;1\n".encode("cp1252"))
    with pytest.raises(InputError, match='no UTF-8 text; save it as "CSV UTF-8"'):
        read_indicators(path)
