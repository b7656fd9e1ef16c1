"""A request of a program: every fault of it at once, never a path, ranked as the library does."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms

RULES = ms.Framework.from_table(
    pd.DataFrame({"code": ["gdp"], "factor": ["a"], "direction": ["benefit"]})
)
DATA = {"A": {"gdp": 1.0}, "B": {"gdp": 3.0}}


def test_it_ranks_as_the_library_does() -> None:
    asked = {"framework": RULES.to_document(), "data": DATA, "draws": 20, "seed": 2}
    found = ms.RankRequest.from_json(json.dumps(asked)).rank()
    frame = pd.DataFrame({"gdp": [1.0, 3.0]}, ["A", "B"])
    assert found.to_json() == ms.rank_markets(frame, RULES, draws=20, seed=2).to_json()


def test_every_fault_is_told_at_once() -> None:
    asked = {"draws": 11, "seed": "1", "weigths": {}, "data": {"A": 1}, "as_of": True}
    with pytest.raises(ms.InputError) as refused:
        ms.RankRequest.from_json(json.dumps(asked), draws=10)
    assert [(fault.code, fault.where) for fault in refused.value.faults] == [
        ("too-large", "draws"),
        ("wrong-type", "seed"),
        ("unknown-key", "weigths"),
        ("wrong-type", "data"),
        ("wrong-type", "as_of"),
    ]
    assert 'Did you mean "weights"?' in str(refused.value)


@pytest.mark.parametrize("text", ["{", "", b"\xff", "[]", "3"])
def test_what_is_no_object_of_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ms.InputError, match="send an object of JSON"):
        ms.RankRequest.from_json(text)


def test_a_path_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RULES.to_toml(), encoding="utf-8")
    with pytest.raises(ms.InputError, match="framework is none that ships"):
        ms.RankRequest(framework=str(path)).rank()


def test_a_run_that_takes_too_long_is_ended() -> None:
    asked = ms.RankRequest(framework=RULES.to_document(), data=DATA, draws=5_000)
    with pytest.raises(TimeoutError, match="ask for fewer draws"):
        asked.rank(seconds=0)


def test_the_schema_has_every_part_and_its_default() -> None:
    parts: dict[str, Any] = ms.RankRequest.json_schema(draws=7, rows=3)["properties"]
    assert {name: part["default"] for name, part in parts.items()} == vars(ms.RankRequest())
    assert (parts["draws"]["maximum"], parts["data"]["maxProperties"]) == (7, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"data": {"A": {"gdp": 1}, "B": {"gdp": 3}, "A": {"gdp": 9}}}', '"A" stands there more'),
        ('{"weights": null, "weights": null}', '"weights" stands there more than once'),
        ('{"framework": null}', "framework is None"),
    ],
)
def test_nothing_that_is_said_twice_or_left_empty_is_guessed(text: str, told: str) -> None:
    with pytest.raises(ms.InputError, match=told):
        ms.RankRequest.from_json(text)


def test_what_json_cannot_hold_is_refused() -> None:
    for framework in ({"a": {1}}, {"a": b"x"}):
        with pytest.raises(ms.InputError, match="framework is no JSON"):
            ms.RankRequest(framework=framework).rank()
    half = ms.RankRequest(framework=RULES.to_document(), data={"\ud800": {"gdp": 1.0}, **DATA})
    with pytest.raises(ms.InputError, match="holds half a character"):
        half.rank()


def test_a_request_holds_what_it_was_asked() -> None:
    weights = {"economic": 3.0, "political": 1.0}
    asked = ms.RankRequest(markets=["DEU", "VNM"], weights=weights, draws=0)
    weights["economic"] = 0.0
    assert asked.weights["economic"] == 3.0
    with pytest.raises(TypeError):
        asked.weights["economic"] = 0.0
    again = replace(asked, seed=0)
    assert (again, hash(again)) == (asked, hash(asked))
    assert replace(asked, markets=("DEU",)).markets == ("DEU",)
