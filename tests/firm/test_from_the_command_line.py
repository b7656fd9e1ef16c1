"""A firm on the command line: its file, its ranking, and who is told apart."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import marketselect as ms
from marketselect.cli import main

Run = Callable[..., str]
MARKETS = {"GBR": 6.0, "IRL": 1.0, "DEU": 5.0, "JPN": 4.0, "USA": 3.0}
RULES = """
name = "near"
[[factor]]
code = "size"
[[factor]]
code = "proximity"
[[indicator]]
code = "gdp"
factor = "size"
direction = "benefit"
[[indicator]]
code = "km"
series = "PAIR.KM"
factor = "proximity"
direction = "cost"
[[indicator]]
code = "imports"
series = "PROD.IMPORTS"
optional = true
factor = "size"
direction = "benefit"
"""
FIRM = 'home = "UK"\nlanguages = ["en"]\nserved = ["Ireland"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [(m, "gdp", 2023, value) for m, value in MARKETS.items()]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    long.to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "firm.toml").write_text(FIRM)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, status: int = 0) -> str:
        files = {"data.csv", "rules.toml", "firm.toml", "new.toml", "trade.csv", "wide.csv"}
        assert main([str(folder / w) if w in files else w for w in words]) == status
        told = capsys.readouterr()
        return told.err if status else told.out

    return call


RANK = ("rank", "--data", "data.csv", "--framework", "rules.toml", "--draws", "0")


def test_a_new_file_can_be_read_and_is_not_written_over(run: Run, folder: Path) -> None:
    assert "marketselect rank --firm" in run("firm", "--new", "new.toml")
    firm = ms.load_firm(folder / "new.toml")
    assert (firm.home, firm.products, firm.served) == ("GBR", ("64",), ())
    text = (folder / "new.toml").read_text()
    # Every key is there, with a comment before it.
    assert all(f"{key} = " in text for key in ("name", "home", "products", "languages", "own"))
    assert "exists; give another name" in run("firm", "--new", "new.toml", status=2)
    assert run("firm", "--new", "new.csv", status=2).startswith("marketselect: --new is 'new.csv'")
    assert (folder / "new.toml").read_text() == text


def test_the_command_by_itself_says_what_to_say(run: Run) -> None:
    assert "say --new" in run("firm", status=2)


@pytest.mark.slow
def test_home_and_served_markets_are_told_apart_with_their_would_be_rank(run: Run) -> None:
    text = run(*RANK, "--firm", "firm.toml")
    assert "3 markets ranked, 2 left out: the home market and 1 served already" in text
    home, served = text.split("Home\n")[1].split("Served already: are we in the right places?\n")
    assert home.split() == ["GBR", "United", "Kingdom", "not", "scored"]
    # Ireland is nearest and smallest; Germany is nearly as near and the largest but home.
    assert "IRL  Ireland  would be 2 of 4" in served
    assert "Left out" not in text  # they are named already
    assert "Left out: 2 of 5 markets, named above" in run(
        *RANK, "--firm", "firm.toml", "--excluded"
    )


def test_json_has_them_with_rank_and_score(run: Run) -> None:
    record = json.loads(run(*RANK, "--firm", "firm.toml", "--format", "json"))
    Draft202012Validator(ms.Ranking.json_schema()).validate(record)
    (one,) = record["aside"]
    told = [one[key] for key in ("market", "name", "stage", "rank")]
    assert told == ["IRL", "Ireland", "served", 2]
    assert {each["stage"] for each in record["excluded"]} == {"home", "served"}
    assert record["provenance"]["firm"]["served"] == ["IRL"]


def test_trade_data_bring_what_is_optional(run: Run, folder: Path) -> None:
    (folder / "firm.toml").write_text(FIRM + 'products = ["64"]\n')
    rows = [(e, i, "640399", 2023, 5.0) for e in MARKETS for i in MARKETS if e != i]
    names = ["exporter", "importer", "product", "year", "value"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "trade.csv", index=False)
    text = run(*RANK, "--firm", "firm.toml", "--trade", "trade.csv", "--format", "json")
    imports = {each["code"]: each for each in json.loads(text)["indicators"]}["imports"]
    assert imports["source"].startswith("given by the user")
    assert imports["newest_year"] == 2023


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--trade", "trade.csv"), "--trade is given without a firm"),
        (("--firm", "gone.toml"), "gone.toml"),
    ],
)
def test_what_does_not_go_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in run(*RANK, *words, status=2)


def test_a_wide_table_has_no_firm(run: Run, folder: Path) -> None:
    pd.DataFrame({"market": ["DEU", "USA"], "gdp": [1, 2]}).to_csv(folder / "wide.csv", index=False)
    words = ("rank", "--data", "wide.csv", "--firm", "firm.toml", "--framework", "rules.toml")
    assert "--firm adds to observations over years" in run(*words, status=2)


def test_a_product_as_a_number_is_told_with_the_zero_that_it_lost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "firm.toml").write_text(FIRM + "products = [106]\n")
    words = ["--data", "data.csv", "--framework", "rules.toml", "--firm", "firm.toml"]
    names = [str(folder / w) if "." in w else w for w in words]
    told = 'products: the number 106 is read as "0106", with the zero in front'
    for form, out, err in (("table", 1, 0), ("json", 0, 0), ("csv", 0, 1)):
        assert main(["rank", *names, "--draws", "0", "--format", form]) == 0
        printed = capsys.readouterr()
        assert (printed.out.count(told), printed.err.count(told)) == (out, err)
        assert form != "json" or told in json.loads(printed.out)["remarks"]
