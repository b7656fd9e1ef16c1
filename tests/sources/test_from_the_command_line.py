"""``marketselect rank --data``: the same files, what they were taken for told on stderr."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from marketselect.cli import main
from sources import written

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def rank(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Rank a file by one indicator; return the status, stdout and stderr."""

    def call(name: str, content: str | bytes, series: str, *words: str) -> tuple[int, str, str]:
        rules = tmp_path / "f.toml"
        rules.write_text(
            'name = "t"\n[[factor]]\ncode = "f"\n[[indicator]]\ncode = "x"\n'
            f'series = "{series}"\nfactor = "f"\ndirection = "benefit"\n',
            encoding="utf-8",
        )
        path = written.put(tmp_path, name, content)
        asked = ["rank", "--data", str(path), "--framework", str(rules), "--draws", "0"]
        form = () if "--format" in words else ("--format", "csv")
        status = main([*asked, *words, *form])
        out, err = capsys.readouterr()
        return status, out, err.replace(str(tmp_path), "")

    return call


def test_a_download_is_ranked_and_told(rank: Told) -> None:
    status, out, err = rank("Data.csv", written.DATABANK, "X.IND", "--as-of", "2022")
    assert status == 0
    assert [line.split(",")[0] for line in out.splitlines()] == ["market", "NAM", "VNM"]
    assert err == (
        'marketselect: "/Data.csv" read as World Bank DataBank: years across; '
        "2 footer lines left out; no markets, left out: OECD members\n"
    )


def test_with_json_what_a_file_was_taken_for_is_a_line_of_json_too(rank: Told) -> None:
    text = "iso3,x\nKEN,1\nVNM,2\nWLD,3\n"
    status, out, err = rank("a.csv", text, "x", "--as-of", "2022", "--format", "json")
    notes = [json.loads(line)["note"] for line in err.splitlines()]
    assert status == 0
    assert notes == [
        '"/a.csv" read as wide table; no markets, left out: WLD',
        "--as-of and --max-age do nothing here: a wide table has no years",
    ]
    (read,) = json.loads(out)["provenance"]["read"]
    assert (read["file"], read["groups"]) == ("a.csv", ["WLD"])
    status, out, err = rank("a.csv", text.replace("2", "?"), "x", "--format", "json")
    assert (status, out) == (2, "")
    assert [next(iter(json.loads(line))) for line in err.splitlines()] == ["note", "error"]


def test_what_an_added_file_was_taken_for_is_told_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "f.toml").write_text(
        'name = "t"\n[[factor]]\ncode = "f"\n[[indicator]]\ncode = "x"\n'
        'factor = "f"\ndirection = "benefit"\n',
        encoding="utf-8",
    )
    own = written.put(tmp_path, "own.csv", "country,x\nKenya,1\nPeru,2\nWorld,9\n")
    words = ["--framework", str(tmp_path / "f.toml"), "--add", str(own), "--draws", "0"]
    assert main(["rank", *words]) == 0
    told = f'marketselect: "{own}" read as wide table; no markets, left out: World\n'
    assert capsys.readouterr().err == told


def test_a_plain_table_of_ones_own_needs_no_word(rank: Told) -> None:
    assert rank("a.csv", "iso3;x\nKEN;1\nVNM;2\n", "x")[2] == ""


@pytest.mark.parametrize(
    ("text", "words", "order"),
    [
        ("iso3;x\nKEN;1,234\nVNM;2\n", ("--decimal", "."), ["KEN", "VNM"]),
        ("iso3;x\nKEN;1,234\nVNM;2\n", ("--decimal", ","), ["VNM", "KEN"]),
        ("iso3;x\nKEN;1\nVNM;2\nNA;n/a\nPL;-\n", ("--missing", "n/a", "-"), ["VNM", "KEN"]),
        ("iso3,sex,x\nKEN,M,1\nVNM,M,2\nKEN,F,3\n", ("--only", "sex=M"), ["VNM", "KEN"]),
        ("iso3,x\nKEN,1\nVNM,2\n", ("--layout", "wide"), ["VNM", "KEN"]),
    ],
)
def test_the_options_say_what_the_file_does_not(
    text: str, words: tuple[str, ...], order: list[str], rank: Told
) -> None:
    status, out, _ = rank("a.csv", text, "x", *words)
    assert (status, [line.split(",")[0] for line in out.splitlines()[1:]]) == (0, order)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--layout", "wrld-bank"), "--layout is 'wrld-bank'; use one of \"world-bank\""),
        (("--layout", "owid"), "leave out --layout, or give another"),
        (("--only", "SEX"), '--only: "SEX" is no column=value; write it as SEX=_T'),
        (("--only", "SEX=M"), 'only: there is no column "SEX"'),
        (("--decimal", "x"), "invalid choice: 'x'"),
        (("--sheet", "a"), "only an Excel workbook has sheets"),
    ],
)
def test_mistakes_are_told_in_the_words_of_the_options(
    words: tuple[str, ...], message: str, rank: Told
) -> None:
    status, out, err = rank("a.csv", "iso3,x\nKEN,1\nVNM,2\n", "x", *words)
    assert (status, out) == (2, "")
    assert message in err


def test_the_way_to_choose_is_told_as_an_option(rank: Told) -> None:
    text = "REF_AREA,INDICATOR,SEX,TIME_PERIOD,OBS_VALUE\nKEN,x,M,2020,1\nKEN,x,F,2020,2\n"
    assert 'choose one: --only "SEX=M"' in rank("a.csv", text, "x")[2]
    assert '--decimal "." or --decimal ","' in rank("a.csv", "iso3;x\nKEN;1,234\n", "x")[2]


def test_added_files_are_read_as_the_options_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rules = tmp_path / "mine.csv", tmp_path / "mine.toml"
    path.write_text("market;talks\nDEU;1,5\nFRA;gone\nUSA;2,5\n", encoding="utf-8")
    rules.write_text(
        'name = "mine"\n[[factor]]\ncode = "f"\n[[indicator]]\ncode = "talks"\nfactor = "f"\n'
        'direction = "benefit"\n',
        encoding="utf-8",
    )
    words = ["rank", "--add", str(path), "--framework", str(rules), "--draws", "0"]
    assert main([*words, "--missing", "gone", "--decimal", ",", "--format", "csv"]) == 0
    assert [line[:5] for line in capsys.readouterr().out.splitlines()[1:]] == ["USA,U", "DEU,G"]
