"""The example of a service, started on the loopback device and called as clients would."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from jsonschema import Draft202012Validator

import marketselect as ms
import service
from marketselect.request import requested_framework, requested_table

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")

OWN: dict[str, Any] = {
    "framework": {
        "name": "cities",
        "factor": [{"code": "demand", "weight": 2}, {"code": "costs"}],
        "indicator": [
            {"code": "people", "factor": "demand", "direction": "benefit"},
            {"code": "rent", "factor": "costs", "direction": "cost", "unit": None},
        ],
    },
    "data": {
        "Lyon": {"people": 520, "rent": 14.2},
        "Porto": {"people": "230", "rent": 16.8},
        "Graz": {"people": 300, "rent": None},
    },
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of the service, which runs in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        config = uvicorn.Config(service.app, log_level="warning", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        try:
            # The door is open already: a call waits in it until the server takes it.
            with httpx.Client(base_url=address, trust_env=False, timeout=120) as called:
                yield called
        finally:
            server.should_exit = True
            thread.join()


def test_the_service_says_that_it_is_there(client: httpx.Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "version": ms.__version__},
    )


@pytest.mark.slow
def test_it_ranks_the_embedded_indicators_as_the_library_does(
    client: httpx.Client, pestle_table: ms.IndicatorTable
) -> None:
    asked: dict[str, Any] = {"markets": ["DEU", "Viet Nam", "MEX"], "draws": 500, "seed": 3}
    answer = client.post("/rank", json=asked)
    assert answer.status_code == 200
    ranking = ms.rank_markets(pestle_table, "pestle", **asked)
    assert answer.text == ranking.to_json(values=False)


def test_a_client_brings_a_framework_as_a_document_and_rows_of_its_own(
    client: httpx.Client,
) -> None:
    answer = client.post("/rank", json={**OWN, "draws": 50, "method": "topsis"})
    assert answer.status_code == 200
    record = answer.json()
    assert [row["market"] for row in record["table"]] == ["Lyon", "Porto"]
    assert [(row["market"], row["without"]) for row in record["excluded"]] == [("Graz", ["rent"])]
    # The size of Lyon is the largest and its rent the smallest.
    assert record["table"][0]["score"] == 1.0
    assert record["method"]["name"] == "topsis"


@pytest.mark.slow
def test_answers_are_as_the_description_of_the_service_says(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    answers = described["paths"]["/rank"]["post"]["responses"]
    (kind,) = answers["200"]["content"].values()
    assert set(answers) == {"200", "422"}
    schema = Draft202012Validator({**described, **kind["schema"]})
    record = client.post("/rank", json={"draws": 10}).json()
    assert list(schema.iter_errors(record)) == []
    record["table"][0]["rank"] = 0
    record["cells"][0]["kind"] = "changed"
    assert len(list(schema.iter_errors(record))) == 2  # so the parts that are referred to are found
    (kind,) = described["paths"]["/rank"]["post"]["requestBody"]["content"].values()
    wanted = kind["schema"]["properties"]
    assert wanted["draws"]["maximum"] == service.MOST["draws"]
    assert wanted["data"]["maxProperties"] == service.MOST["rows"]
    asked = Draft202012Validator(kind["schema"])
    assert list(asked.iter_errors(OWN)) == []
    assert len(list(asked.iter_errors({"draws": 50_001, "weigths": {}}))) == 2


REFUSED: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("a market", {"markets": ["Nowhere"]}, [("unknown-name", "markets")]),
    ("a method", {"method": "best"}, [("unknown-word", "method")]),
    ("too few draws", {"draws": -1}, [("out-of-range", "draws")]),
    ("too many draws", {"draws": 50_001}, [("too-large", "draws")]),
    (
        "too many rows",
        {"data": {f"m{n}": {"x": n} for n in range(5_001)}},
        [("too-large", "data")],
    ),
    ("an option that there is not", {"weigths": {}}, [("unknown-key", "weigths")]),
    ("a truth for a number", {"draws": True}, [("wrong-type", "draws")]),
    ("text for a number", {"as_of": "2024"}, [("wrong-type", "as_of")]),
    ("a year that cannot be", {"as_of": 20240}, [("out-of-range", "as_of")]),
    ("no rows", {"data": {}}, [("empty", "data")]),
    (
        "faults of a framework",
        {"framework": {"name": "x", "range": 3, "indicator": [{"code": "i"}]}},
        [
            ("wrong-type", "framework, range"),
            ("missing-key", '[[indicator]] "i"'),
            ("missing-key", '[[indicator]] "i"'),
        ],
    ),
    (
        "a cell",
        {**OWN, "data": {"Lyon": {"people": "many", "rent": 1}, "Graz": {"people": 1, "rent": 2}}},
        [("not-a-number", 'indicator "people", market "Lyon"')],
    ),
    ("half a character", {"framework": "\ud800"}, [("unknown-name", "framework")]),
    ("half a character in a name", {"markets": ["\ud800"]}, [("unknown-name", "markets")]),
]


@pytest.mark.parametrize(
    ("asked", "faults"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_is_wrong_is_answered_with_every_fault_and_its_code(
    client: httpx.Client, asked: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = client.post(
        "/rank", content=json.dumps(asked), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    told = answer.json()
    assert [(fault["code"], fault["where"]) for fault in told["faults"]] == faults
    assert told["total"] == len(faults)
    assert told["faults"][0]["got"] in told["error"]
    assert set(told["faults"][0]) == {"code", "where", "got", "remedy"}


def test_what_is_no_json_is_unreadable(client: httpx.Client) -> None:
    answer = client.post("/rank", content="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["code"] == "unreadable"


def test_the_example_has_thirty_lines() -> None:
    lines = (ROOT / "examples" / "service.py").read_text(encoding="utf-8").splitlines()
    assert sum(map(bool, map(str.strip, lines))) <= 30


def test_a_path_is_never_read(client: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(ms.load_framework("hdi").to_toml(), encoding="utf-8")
    assert ms.load_framework(path).name == "hdi"
    for given in (str(path), "mine.toml", "../pestle", "pestle.toml", ""):
        answer = client.post("/rank", json={"framework": given})
        assert answer.status_code == 422
        (fault,) = answer.json()["faults"]
        assert (fault["code"], fault["where"]) == ("unknown-name", "framework")
        names = "exporter, exporter-product, hdi, pestle, safety"
        assert fault["remedy"] == f"name one of {names}, or send a document"


@pytest.mark.slow
def test_a_run_that_takes_too_long_is_ended(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SECONDS", -1.0)
    answer = client.post("/rank", json={"draws": 5_000})
    assert answer.status_code == 503
    assert "ask for fewer draws" in answer.json()["detail"]
    # What is done at once is given, late or not; and the service lives on.
    assert client.post("/rank", json={"draws": 50}).status_code == 200


@pytest.mark.slow
def test_a_framework_and_its_table_are_made_once(client: httpx.Client) -> None:
    document = ms.load_framework("pestle").to_document() | {"title": "Made once"}
    before = requested_framework.cache_info(), requested_table.cache_info()
    for _ in range(3):
        assert client.post("/rank", json={"framework": document, "draws": 0}).status_code == 200
    after = requested_framework.cache_info(), requested_table.cache_info()
    assert [b.misses - a.misses for a, b in zip(before, after, strict=True)] == [1, 1]
    assert [b.hits - a.hits for a, b in zip(before, after, strict=True)] == [2, 2]


@pytest.mark.slow
def test_sixteen_clients_at_once_get_the_same_bytes(client: httpx.Client) -> None:
    asked = {**OWN, "draws": 500}

    def call(_: int) -> bytes:
        return client.post("/rank", json=asked).content

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(call, range(16)))
    assert answers == {call(0)}


# --- the page


def test_the_requests_of_the_page_get_the_answers_of_the_page(client: httpx.Client) -> None:
    calls = re.findall(r"curl \S+/rank --json '(.*?)'\n```\n", PAGE, re.DOTALL)
    answers = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(calls) == len(answers) == 2
    for call, answer in zip(calls, answers, strict=True):
        got = client.post("/rank", json=json.loads(call)).json()
        shown = json.loads(answer)
        assert {key: got[key] for key in shown} == shown


def test_the_page_says_the_limits_of_the_example() -> None:
    text = " ".join(PAGE.split())
    assert f"at most {service.MOST['draws']:,} draws and {service.MOST['rows']:,} rows" in text
    assert f"{service.SECONDS:g} seconds" in text
