"""Ranks within groups: the column, who may say the groups, and everywhere that shows it."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from shared import fault_of

openpyxl: Any = import_module("openpyxl")  # it has no types

RULES = ms.Framework(
    name="one",
    normalization="goalposts",
    factors=(ms.Factor(code="size"),),
    indicators=(
        ms.Indicator(code="x", factor="size", direction="benefit", goalposts=(0.0, 100.0)),
    ),
)
# Best first: DEU 90; FRA and KEN 70; GHA 60; VNM 10.
DATA = pd.DataFrame({"x": [90.0, 70, 70, 60, 10]}, ["DEU", "FRA", "KEN", "GHA", "VNM"])
OWN = {"DEU": "a", "FRA": "b", "KEN": "b", "GHA": "b"}


def ranked(within: Any = None, **keys: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, RULES, within=within, draws=keys.pop("draws", 20), **keys)


def test_a_column_of_the_markets_gives_groups() -> None:
    # Two each are in Europe and in Africa.
    table = ranked("region").table
    assert table.columns.tolist()[4:6] == ["region", "rank_within"]
    assert table["rank_within"].to_dict() == {"DEU": 1, "FRA": 2, "KEN": 1, "GHA": 2, "VNM": 1}
    regions = ms.load_markets()["region"]
    assert table["region"].to_dict() == {code: regions[code] for code in DATA.index}


def test_nothing_else_moves() -> None:
    plain, grouped = ranked(), ranked("region")
    rest = grouped.table.drop(columns=["region", "rank_within"])
    pd.testing.assert_frame_equal(rest, plain.table)
    assert grouped.fingerprint == plain.fingerprint


@pytest.mark.parametrize("own", [OWN, pd.Series(OWN, name="zone")])
def test_groups_of_ones_own_share_ranks_where_markets_tie(own: Any) -> None:
    ranking = ranked(own)
    name = "zone" if isinstance(own, pd.Series) else "group"
    assert ranking.within == name
    found = ranking.table["rank_within"]
    # FRA and KEN tie in b, so GHA is third; VNM has no group.
    assert found.dropna().to_dict() == {"DEU": 1, "FRA": 1, "KEN": 1, "GHA": 3}
    assert found.isna().to_dict()["VNM"]
    assert found.dtype == "Int64"


@pytest.mark.parametrize("form", [dict, pd.Series])
def test_names_of_countries_are_understood_and_others_of_the_world_passed_over(form: Any) -> None:
    named = {"Germany": "a", "France": "b", "KEN": "b", "Ghana": "b", "Brazil": "b", "World": "c"}
    assert ranked(form(named)).table["group"].dropna().to_dict() == OWN


def test_income_is_the_income_group() -> None:
    short, whole = ranked("income"), ranked("income_group")
    assert short.within == "income_group"
    pd.testing.assert_frame_equal(short.table, whole.table)


def test_candidates_are_ranked_within_their_groups_among_themselves() -> None:
    table = ranked(OWN, markets=["GHA", "VNM"]).table
    assert table["rank_within"].dropna().to_dict() == {"GHA": 1}


@pytest.mark.parametrize(
    ("within", "code"),
    [
        ("regoin", "unknown-name"),
        (3, "wrong-type"),
        ({"nobody": "a"}, "unknown-name"),
        (pd.Series({"nobody": "a", "DEU": "b"}), "unknown-name"),
        ({"DEU": None, "FRA": ""}, "no-data"),
        (pd.Series(["a", "b"], ["DEU", "DEU"]), "duplicate"),
        (pd.Series(["a"], ["DEU"], name="size"), "duplicate"),
        (pd.Series(["a"], ["DEU"], name="rank_within"), "duplicate"),
        ({"DEU": 10**5000}, "wrong-type"),
        ({"DEU": "\ud800"}, "wrong-type"),
        ({"\ud800": "a", "DEU": "b"}, "wrong-form"),
    ],
)
def test_what_gives_no_groups_is_refused(within: Any, code: str) -> None:
    fault = fault_of(ranked, within)
    assert (fault.code, fault.where) == (code, "within")
    assert fault.remedy


@pytest.mark.slow
def test_the_record_has_groups_and_ranks() -> None:
    record = ranked("region").to_dict()
    assert record["within"] == "region"
    first = record["table"][0]
    assert (first["market"], first["rank_within"]) == ("DEU", 1)
    assert first["region"] == ms.load_markets().loc["DEU", "region"]
    assert ranked(OWN).to_dict()["table"][-1]["rank_within"] is None
    assert ranked().to_dict()["within"] is None
    jsonschema.Draft202012Validator(ms.Ranking.json_schema()).validate(record)


@pytest.mark.slow
def test_a_study_replays_without_the_groups(tmp_path: Path) -> None:
    ms.save_study(ranked("region"), tmp_path / "study")
    again = ms.replay_study(tmp_path / "study")
    assert again.identical


@pytest.mark.slow
def test_the_command_line_and_the_workbook_show_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.toml").write_text(RULES.to_toml(), "utf-8")
    DATA.rename_axis("market").to_csv(tmp_path / "data.csv")
    call = ["rank", "--framework", str(tmp_path / "rules.toml"), "--data",
            str(tmp_path / "data.csv"), "--draws", "20", "--within"]  # fmt: skip
    assert main([*call, "region"]) == 0
    lines = capsys.readouterr().out.splitlines()
    head = next(line for line in lines if line.startswith("rank"))
    assert "region" in head
    assert "within" in head
    assert main([*call, "region", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["table"][0]["rank_within"] == 1
    assert main([*call, "regoin"]) == 2
    assert "--within" in capsys.readouterr().err
    ms.write_excel(ranked(OWN), tmp_path / "ranking.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "ranking.xlsx")["ranking"]
    cells = np.array([[cell.value for cell in row] for row in sheet.iter_rows()], dtype=object)
    (row, column) = np.argwhere(cells == "rank within group")[0]
    assert cells[row, column - 1] == "group"
    assert cells[row + 1, column] == 1


@pytest.mark.parametrize("draw", [ms.plot_ranking, ms.plot_intervals])
def test_a_picture_of_one_group_has_its_markets_and_their_ranks_there(draw: Any) -> None:
    ax = draw(ranked(OWN), within="b")
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert [label.split("  ")[0] for label in labels] == ["1", "1", "3"]
    assert ", b: " in ax.get_title(loc="left")
    assert fault_of(draw, ranked(OWN), within="c").code == "unknown-name"
    assert fault_of(draw, ranked(), within="b").code == "contradiction"
