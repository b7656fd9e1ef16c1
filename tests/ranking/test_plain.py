"""The one record of a ranking that goes out, and the schema that says what it is."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import marketselect as ms
from marketselect.ranking import plain
from shared import part_of_the_world

SCHEMA = plain.json_schema()
CODES = ("size", "risk")


def framework(**rules: Any) -> ms.Framework:
    return ms.Framework(
        name="two",
        factors=(ms.Factor(code="a", name="Alpha"), ms.Factor(code="b")),
        indicators=(
            ms.Indicator(code="size", factor="a", direction="benefit", transform="log",
                         goalposts=(1, 100)),
            ms.Indicator(code="risk", factor="b", direction="cost", unit="%"),
        ),
        **rules,
    )  # fmt: skip


def small(index: Any = ("DEU", "VNM", "XYZ", "AND"), **call: Any) -> ms.Ranking:
    data = pd.DataFrame(
        {"size": [10.0, 200.0, 1.0, np.nan], "risk": [1.0, 4.0, 2.0, 3.0]},
        index=index if isinstance(index, pd.Index) else list(index),
    )
    return ms.rank_markets(data, framework(), **{"draws": 20, **call})


def rankings() -> Iterator[tuple[str, Callable[[], ms.Ranking]]]:
    def pestle(**call: Any) -> ms.Ranking:
        return ms.rank_markets(part_of_the_world(), "pestle", **{"draws": 20, **call})

    yield "pestle", pestle
    yield "without draws", lambda: pestle(draws=0)
    yield "of a weighting", lambda: pestle(weights="entropy")
    yield (
        "judged",
        lambda: ms.rank_markets(
            small().scores.table,
            ms.Framework(
                name="judged",
                factors=framework().factors,
                indicators=framework().indicators,
                judgements=(ms.Judgement(more="a", less="b", ratio=3),),
            ),
            draws=0,
        ),
    )
    for method in ms.METHODS:
        yield method, lambda method=method: small(method=method)  # type: ignore[misc]
    yield "by a function", lambda: small(method=lambda matrix, weights: matrix @ weights)
    yield "numbers for labels", lambda: small([7, 8, 9, 10])
    yield (
        "pairs for labels",
        lambda: small(pd.Index([("x", 1), ("x", 2), ("y", 1), ("y", 2)], tupleize_cols=False)),
    )
    yield "a name for the labels", lambda: small(pd.Index(list("wxyz"), name="city"))
    yield "name for the labels", lambda: small(pd.Index(list("wxyz"), name="name"))
    yield "all equal", lambda: ms.rank_markets(
        pd.DataFrame({"size": [2.0, 2.0], "risk": [1.0, 1.0]}, index=["A", "B"]),
        framework(normalization="rank"), draws=5,
    )  # fmt: skip


KINDS = dict(rankings())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_ranking_is_as_the_schema_says(kind: str) -> None:
    ranking = KINDS[kind]()
    for values in (True, False):
        record = ranking.to_dict(values=values)
        faults = [fault.message for fault in Draft202012Validator(SCHEMA).iter_errors(record)]
        assert faults == []
        assert json.loads(ranking.to_json(values=values), parse_constant=pytest.fail) == record
        assert ("values" in record) is values


@pytest.mark.slow
def test_the_schema_is_one_and_names_every_key_that_there_is() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert ms.Ranking.json_schema() == SCHEMA
    record = small().to_dict()
    assert set(record) == set(SCHEMA["properties"]) - {
        "doubt",
        "basket",
        "plan",
    }  # only where it is asked for
    assert (record["schema"], record["version"]) == (plain.SCHEMA, plain.VERSION)
    for name, part in {"factors": "factor", "indicators": "indicator", "cells": "cell",
                       "excluded": "exclusion", "factor_scores": "matrix"}.items():  # fmt: skip
        row = record[name] if part == "matrix" else record[name][0]
        assert set(row) == set(SCHEMA["$defs"][part]["properties"]), name


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record.pop("table"),
        lambda record: record.update(version="2.0"),
        lambda record: record["table"][0].update(rank=0),
        lambda record: record["table"][0].update(score=None),
        lambda record: record["cells"][0].update(kind="changed"),
        lambda record: record["values"]["rows"][0].append("n/a"),
        lambda record: record["indicators"][0].update(direction="up"),
    ],
)
def test_the_schema_refuses_what_is_not_the_record(spoil: Callable[[Any], Any]) -> None:
    record = small().to_dict()
    spoil(record)
    assert not Draft202012Validator(SCHEMA).is_valid(record)


def test_the_record_has_the_numbers_of_the_ranking_with_names_beside_the_codes() -> None:
    ranking = small()
    record = ranking.to_dict()
    rows = {row["market"]: row for row in record["table"]}
    assert list(rows) == list(ranking.table.index)
    assert (rows["DEU"]["name"], rows["XYZ"]["name"]) == ("Germany", "XYZ")
    for market in ranking.table.index:
        for column in ranking.table.columns:
            assert rows[market][column] == ranking.table.loc[market, column]
    assert record["factors"] == [
        {"code": "a", "name": "Alpha", "parent": None, "weight": 0.5, "tree_weight": 0.5,
         "effective_weight": ranking.effective_weights["a"],  # type: ignore[index]
         "main_effect": ranking.main_effect["a"],  # type: ignore[index]
         "influence_weight": ranking.influence_weights["a"]},  # type: ignore[index]
        {"code": "b", "name": "b", "parent": None, "weight": 0.5, "tree_weight": 0.5,
         "effective_weight": ranking.effective_weights["b"],  # type: ignore[index]
         "main_effect": ranking.main_effect["b"],  # type: ignore[index]
         "influence_weight": ranking.influence_weights["b"]},  # type: ignore[index]
    ]  # fmt: skip
    size, risk = record["indicators"]
    assert (size["scale_from"], size["scale_to"]) == (pytest.approx(1), pytest.approx(100))
    assert (risk["scale_from"], risk["scale_to"], risk["markets"]) == (1.0, 4.0, 4)
    assert record["values"]["rows"] == [[10.0, 1.0], [200.0, 4.0], [1.0, 2.0], [None, 3.0]]
    assert record["values"]["names"] == ["Germany", "Vietnam", "XYZ", "Andorra"]
    (left,) = record["excluded"]
    assert (left["market"], left["name"], left["without"]) == ("AND", "Andorra", ["size"])
    assert left["reason"] == ranking.excluded["reason"].iloc[0]
    kinds = {(cell["market"], cell["indicator"], cell["kind"]) for cell in record["cells"]}
    noted = ("", "", "noted")  # XYZ is no country, as the others are
    assert kinds == {("VNM", "size", "clipped"), ("AND", "size", "missing"), noted}


@pytest.mark.slow
def test_what_the_files_were_taken_for_goes_with_the_ranking(tmp_path: Path) -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["x"], "factor": ["f"], "direction": ["benefit"]}), name="t"
    )
    path = tmp_path / "mine.csv"
    path.write_text("My table,\niso3,x\nKEN,1\nVNM,2\nWorld,9\nSource: nobody,\n", encoding="utf-8")
    ranking = ms.rank_markets(ms.read_indicators(path), rules, draws=0)
    (read,) = ranking.provenance["read"]
    assert (read["file"], read["layout"], read["above"], read["footers"]) == (
        "mine.csv",
        "wide",
        1,
        1,
    )
    assert read["groups"] == ("World",)
    record = ranking.to_dict()
    assert record["provenance"]["read"] == [ms.read_indicators(path).attrs["read"]]
    assert list(Draft202012Validator(SCHEMA).iter_errors(record)) == []
    assert set(record["provenance"]["read"][0]) == set(SCHEMA["$defs"]["reading"]["properties"])
    assert ms.replay_study(ms.save_study(ranking, tmp_path / "study")).identical
    added = ms.load_indicators(add=[path])
    table = ms.indicator_table(added, rules, as_of=2024, max_age=5)
    assert [each["file"] for each in table.read] == ["mine.csv"]
    assert ms.rank_markets(pd.DataFrame(record["table"])[["market"]].assign(x=[1, 2]), rules,
                           draws=0).provenance["read"] == ()  # fmt: skip


def test_rows_have_their_market_whatever_its_column_is_called() -> None:
    record = small(pd.Index(list("wxyz"), name="city")).to_dict()
    assert record["market_column"] == "city"
    assert all(row["market"] == row["city"] for row in record["table"])


@pytest.mark.slow
def test_the_record_is_one_and_the_same_each_time() -> None:
    one, other = small(), small()
    assert one.to_json() == one.to_json() == other.to_json()


def test_parquet_files_hold_the_tables_of_the_record(tmp_path: Path) -> None:
    ranking = small()
    folder = ranking.to_parquet(tmp_path / "out")
    record = json.loads((folder / "record.json").read_text("utf-8"))
    assert record["fingerprint"] == ranking.fingerprint
    found = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
    assert set(found) == set(plain.record_tables(ranking))
    assert found["table"]["market"].tolist() == ranking.table.index.tolist()
    assert found["table"]["score"].tolist() == ranking.table["score"].tolist()
    assert found["values"].set_index("market")["risk"].tolist() == [1.0, 4.0, 2.0, 3.0]
    assert list(found["excluded"]["without"].iloc[0]) == ["size"]


@pytest.mark.parametrize("kind", ["pairs for labels", "numbers for labels"])
def test_labels_of_any_kind_go_to_parquet(tmp_path: Path, kind: str) -> None:
    ranking = KINDS[kind]()
    found = pd.read_parquet(ranking.to_parquet(tmp_path / "out") / "values.parquet")
    assert len(found) == 4


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    ranking = small()
    ranking.to_parquet(tmp_path / "out")
    with pytest.raises(ms.InputError, match="exists; give another name"):
        ranking.to_parquet(tmp_path / "out")
    with pytest.raises(ms.InputError, match="make it first"):
        ranking.to_parquet(tmp_path / "none" / "out")
    with pytest.raises(ms.InputError, match="give the name of a folder"):
        ranking.to_parquet(3)  # type: ignore[arg-type]
    with pytest.raises(ms.InputError, match="values"):
        ranking.to_dict(values="no")  # type: ignore[arg-type]
