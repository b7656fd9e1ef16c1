"""The report's file: what is in it, what it escapes, and what it refuses."""

import base64
import builtins
import json
import re
import zlib
from dataclasses import replace
from importlib import import_module
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.errors import InputError
from marketselect.report.page.notes import method_notes
from marketselect.report.page.page import write_report
from report.conftest import Rankings, cities, framework

Small = dict[Any, list[float]]
ROWS: Small = {"x": [10, 20], "y": [30, 40], "z": [50, 5]}


def small(rows: Small = ROWS, **settings: Any) -> ms.Ranking:
    return ms.rank_markets(cities(rows, ["a", "b"]), framework({"a": "A", "b": "B"}), **settings)


def content(path: Path) -> dict[str, Any]:
    """Return the data inside the page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text())
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.mark.slow
def test_the_world_is_one_small_file_without_any_address_to_load(
    world: Rankings, tmp_path: Path
) -> None:
    path = write_report(world["topsis"], tmp_path / "markets.html")
    text = path.read_text("utf-8")
    assert path.stat().st_size < 1_000_000
    assert text.startswith("<!doctype html>\n")
    assert re.findall(r"<(?:script|link|img|iframe)[^>]* (?:src|href)=", text) == [
        '<link rel="icon" href='
    ]
    assert "default-src 'none'" in text
    assert "unsafe" not in text


def test_the_words_of_the_page_are_those_of_the_glossary(tmp_path: Path) -> None:
    text = write_report(small(), tmp_path / "page.html").read_text("utf-8")
    assert '<a href="#words" data-jump>What the words mean</a>' in text
    listed = text.partition('id="words"')[2].partition("</details>")[0]
    words = re.findall("<dt>(.*?)</dt>", listed)
    pages = (Path(__file__).parents[2] / "docs/glossary.md").read_text("utf-8")
    known = re.findall(r"^\| ([^|]+?) \|", pages, re.MULTILINE)
    assert len(words) == 12
    assert set(words) <= set(known)


@pytest.mark.slow
def test_the_same_ranking_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_report(small(), tmp_path / name) for name in ("one.html", "two.htm"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_every_value_has_its_year_source_and_remark(world: Rankings, tmp_path: Path) -> None:
    ranking = world["weighted_sum"]
    page = content(write_report(ranking, tmp_path / "page.html"))
    place, codes = page["markets"]["key"].index("VNM"), [i["code"] for i in page["indicators"]]
    table = ranking.scores.table
    values = dict(zip(codes, page["markets"]["values"][place], strict=True))
    expected = table.values[codes].T["VNM"].to_dict()
    gaps = [code for code, value in values.items() if value is None]
    assert gaps == [code for code, value in expected.items() if isnan(value)]
    for code, value in values.items():
        if value is not None:
            assert value == pytest.approx(expected[code], rel=1e-8)
    years = dict(zip(codes, page["markets"]["years"][place], strict=True))
    assert years["TX.VAL.TECH.MF.ZS"] == table.years.loc["VNM", "TX.VAL.TECH.MF.ZS"]
    remarks = page["markets"]["remarks"]
    counted = sum(len(remark) for remark in remarks.values())
    lists = (table.missing, table.notes, ranking.scores.imputed, ranking.scores.treated)
    assert counted == sum(int(cells["market"].isin(ranking.table.index).sum()) for cells in lists)
    kinds = {remark["what"] for found in remarks.values() for remark in found}
    assert kinds == {"missing", "stale", "imputed", "clipped", "noted"}


def coverage(ranking: ms.Ranking, folder: Path) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Return what the page has of coverage, and what each market lacks that only this left out."""
    page = content(write_report(ranking, folder / "page.html"))
    found = page["coverage"]
    lacks = {page["excluded"][each["place"]]["label"]: each["lacks"] for each in found["left"]}
    return found, lacks


@pytest.mark.slow
def test_the_page_has_what_those_lack_whom_only_coverage_left_out(tmp_path: Path) -> None:
    gap = float("nan")
    rows: Small = {
        "FRA": [50, 60],
        "USA": [60, 70],
        "JPN": [gap, 80],
        "BEL": [gap, 5],
        "NLD": [9, gap],
    }
    data = cities(rows, ["a", "b"])
    rules = framework({"a": "A", "b": "B"}, min_coverage=0.9, min_availability=0.4)
    found, lacks = coverage(ms.rank_markets(data, rules, draws=0), tmp_path)
    assert lacks == {"JPN": [0], "BEL": [0], "NLD": [1]}
    assert (found["least"], found["available"], found["fills"]) == (0.9, 0.4, [False, False])
    assert (found["reweighs"], found["limits"]) == (True, False)
    # Belgium is also kept out by its value, and by its score of a factor only perhaps.
    own = ms.rank_markets(data, rules, draws=0, screens=[ms.Screen(code="b_value", min=10)])
    found, lacks = coverage(own, tmp_path)
    assert (lacks, found["limits"]) == ({"JPN": [0], "NLD": [1]}, False)
    own = ms.rank_markets(
        data, rules, draws=0, screens=[ms.Screen(code="b", min=10, missing="exclude")]
    )
    found, lacks = coverage(own, tmp_path)
    assert (set(lacks), found["limits"]) == ({"JPN", "BEL", "NLD"}, True)
    filled = replace(rules, missing_factors="mean", missing="mean")
    found, lacks = coverage(ms.rank_markets(data, filled, draws=0), tmp_path)
    assert (lacks, found["fills"], found["reweighs"]) == ({}, [True, True], False)
    # Under "drop" every gap is one, whatever it weighs; who is no candidate is not listed.
    assert (
        coverage(ms.rank_markets(data, replace(rules, missing="drop"), draws=0), tmp_path)[1] == {}
    )
    few = ms.rank_markets(data, rules, draws=0, markets=["FRA", "NLD"])
    assert coverage(few, tmp_path)[1] == {"NLD": [1]}


@pytest.mark.slow
def test_who_is_home_or_served_is_not_left_out_for_coverage_alone(tmp_path: Path) -> None:
    firm = ms.Firm(home="GBR", languages=["en"], served=["TWN"])
    table = ms.indicator_table(ms.load_indicators(), "exporter", as_of=2024, max_age=5, firm=firm)
    ranking = ms.rank_markets(table, "exporter", draws=0)
    found = ranking.exclusions.set_index("market")["stage"]
    _, lacks = coverage(ranking, tmp_path)
    assert found["TWN"] == "coverage"
    assert set(lacks) == set(found.index[found == "coverage"]) - {"TWN"}


@pytest.mark.slow
def test_names_in_other_languages_are_those_of_the_table(tmp_path: Path) -> None:
    gap = float("nan")
    rows: Small = {"FIN": [1, 2], "x": [3, 4], "Côte d'Ivoire": [5, 6], "TWN": [gap, gap]}
    page = content(write_report(small(rows), tmp_path / "page.html"))
    lines = zlib.decompress(base64.b64decode(page["names"])).decode().split("\n")
    called = dict(zip([*page["markets"]["label"], "TWN"], lines, strict=True))
    assert {"Suomi", "Финляндия", "芬兰", "246", "Republic of Finland"} <= set(
        called["FIN"].split(";")
    )
    assert {"Elfenbeinküste", "384"} <= set(called["Côte d'Ivoire"].split(";"))
    assert "台湾" in called["TWN"].split(";")
    assert called.pop("x") == ""
    for label, line in called.items():
        known = ms.market_codes([*line.split(";"), label])["code"]
        assert len(set(known)) == 1
    assert content(write_report(small(), tmp_path / "plain.html"))["names"] == ""


@pytest.mark.slow
def test_the_weights_for_an_equal_say_stand_beside_the_others(tmp_path: Path) -> None:
    ranking = small()
    page = content(write_report(ranking, tmp_path / "page.html"))
    assert ranking.influence_weights is not None
    assert [f["equal_say"] for f in page["factors"]] == ranking.influence_weights.tolist()
    said = ", ".join(f"{f['name']} {f['equal_say']:.2f}" for f in page["factors"])
    assert page["equal_say"] == f"To give each factor an equal say, weigh {said}."
    other = content(write_report(small(method="topsis"), tmp_path / "other.html"))
    assert other["equal_say"] == ""
    assert {f["equal_say"] for f in other["factors"]} == {None}


@pytest.mark.slow
def test_remarks_are_those_of_the_explanation(world: Rankings, tmp_path: Path) -> None:
    ranking = world["weighted_sum"]
    page = content(write_report(ranking, tmp_path / "page.html"))
    for market in ("MAC", "SGP", "AFG", "ZWE"):
        found = page["markets"]["remarks"].get(f"{page['markets']['key'].index(market)}", [])
        expected = ms.explain(ranking, market).remarks
        pairs = expected[["indicator", "name", "what", "why"]].itertuples(index=False, name=None)
        assert sorted((r["indicator"], r["name"], r["what"], r["why"]) for r in found) == sorted(
            pairs
        )


@pytest.mark.slow
def test_licences_of_all_sources_are_named(world: Rankings, tmp_path: Path) -> None:
    page = content(write_report(world["weighted_sum"], tmp_path / "page.html"))
    assert {source["licence"] for source in page["sources"]} == {"CC BY 4.0"}
    assert {source["link"] for source in page["sources"]} == {
        "https://creativecommons.org/licenses/by/4.0/"
    }
    assert sum(len(source["indicators"]) for source in page["sources"]) == 35


def unpacked(text: str, markets: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the numbers of a packed table, markets x columns."""
    return np.frombuffer(base64.b64decode(text), "<f8").reshape(-1, markets).T


def test_the_page_has_the_tree_and_the_normalized_values_to_the_last_digit(
    world: Rankings, tmp_path: Path
) -> None:
    ranking = world["topsis"]
    model = content(write_report(ranking, tmp_path / "page.html"))["model"]
    rules, count = ranking.scores.framework, len(ranking.table)
    every = ranking.scores.normalized.loc[ranking.table.index, list(rules.codes)].to_numpy()
    np.testing.assert_array_equal(unpacked(model["columns"], count), every)
    top = ranking.table[list(ranking.weights.index)].to_numpy()
    np.testing.assert_array_equal(unpacked(model["scores"], count), top)
    nodes = [*rules.tree.indicators, *rules.tree.factors]
    groups = {
        group["code"]: [nodes[node] for node in group["children"]] for group in model["groups"]
    }
    assert groups == {code: list(children) for code, children in rules.tree.children.items()}
    assert model["groups"][0]["weights"] == ranking.weights.tolist()
    assert model["formula"]["below"] == {"ideal": [100.0] * 6, "worst": [0.0] * 6}


@pytest.mark.parametrize(
    ("settings", "movable"),
    [({}, True), ({"method": "topsis"}, True), ({"method": "ahp"}, False),
     ({"method": "promethee"}, False), ({"options": {"normalization": "sum"}}, False),
     ({"method": "topsis", "options": {"normalization": "vector"}}, False)],
    ids=str,
)  # fmt: skip
def test_weights_under_the_factors_move_where_a_score_follows_from_its_own_market(
    settings: dict[str, Any], movable: bool, tmp_path: Path
) -> None:
    model = content(write_report(small(**settings), tmp_path / "page.html"))["model"]
    assert (model["formula"]["below"] is not None) == movable


def test_what_takes_no_part_is_marked(tmp_path: Path) -> None:
    rules = framework({"a": "A", "b": "B"}, normalization="min-max")
    rules = replace(
        rules, indicators=tuple(replace(item, goalposts=None) for item in rules.indicators)
    )
    ranking = ms.rank_markets(cities({"x": [1, 5], "y": [2, 5]}, ["a", "b"]), rules)
    groups = content(write_report(ranking, tmp_path / "page.html"))["model"]["groups"]
    assert groups[0]["idle"] == [False, True]


def test_no_sign_of_the_data_has_a_meaning_in_html(tmp_path: Path) -> None:
    name = "</script><!--<script>&amp;\u2028\u2029'\""
    rows: Small = {name: [1, 2], "b": [3, 4]}
    path = write_report(small(rows), tmp_path / "page.html", title=name)
    text = path.read_text("utf-8")
    data = text.split('id="data">')[1].split("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(data)
    assert json.loads(data)["markets"]["key"] == ["b", name]
    assert text.count("</script>") == 2
    assert text.count("<!--") == 0


def test_half_a_sign_in_the_title_is_no_fault(tmp_path: Path) -> None:
    path = write_report(small(), tmp_path / "page.html", title="a\ud800b")
    assert "<title>a?b</title>" in path.read_text("utf-8")


@pytest.mark.slow
def test_an_economy_has_its_two_letters_and_any_other_market_none(
    world: Rankings, tmp_path: Path
) -> None:
    page = content(write_report(world["weighted_sum"], tmp_path / "page.html"))
    short = dict(zip(page["markets"]["key"], page["markets"]["short"], strict=True))
    # ISO 3166-1; the letters of Namibia are no missing value
    assert (short["VNM"], short["NAM"], short["CHE"]) == ("VN", "NA", "CH")
    own = content(write_report(small(), tmp_path / "own.html"))
    assert own["markets"]["short"] == ["", "", ""]


def test_labels_that_read_alike_are_told_apart(tmp_path: Path) -> None:
    rows: Small = {1: [1, 2], "1": [3, 4], "1 (2)": [5, 6]}
    page = content(write_report(small(rows), tmp_path / "page.html"))
    assert page["markets"]["label"] == ["1 (2)", "1", "1"]
    assert page["markets"]["key"] == ["1 (2)", "1", "1 (3)"]


def test_trust_is_drawn_as_the_ranking_was(tmp_path: Path) -> None:
    ranking = small(draws=300, seed=5, tolerance=0.9)
    page = content(write_report(ranking, tmp_path / "page.html"))
    assert page["trust"]["low"] == ranking.table["rank_low"].tolist()
    assert page["trust"]["high"] == ranking.table["rank_high"].tolist()
    assert page["trust"]["draws"] == 300
    expected = ms.robustness(ranking, draws=300, seed=5, tolerance=0.9).acceptability
    assert page["trust"]["tops"] == [1, 3]
    assert page["trust"]["within"][0] == pytest.approx(expected[1].tolist(), abs=1e-5)
    assert page["trust"]["within"][1] == pytest.approx([1, 1, 1], abs=1e-5)
    assert page["trust"]["near"]


def test_the_page_says_by_which_statements_its_trust_was_drawn(tmp_path: Path) -> None:
    ranking = small()
    first, second, *_ = ranking.weights.index
    trust = ms.robustness(ranking, draws=50, levels="top", statements=[f"{first} >= {second}"])
    page = write_report(ranking, tmp_path / "page.html", robustness=trust)
    assert content(page)["trust"]["words"] == trust.mode
    assert "statement" in trust.mode


def test_the_page_says_that_its_trust_rests_on_samples(tmp_path: Path) -> None:
    ranking = small()
    count = len(ranking.weights)
    weights = [[float(row == column) for column in range(count)] for row in range(count)]
    trust = ms.robustness(ranking, weights=weights)
    page = content(write_report(ranking, tmp_path / "page.html", robustness=trust))
    assert page["trust"]["words"] == trust.mode == "samples of weights, of the top factors"
    assert page["trust"]["draws"] == len(weights)


def test_a_ranking_without_draws_has_no_trust(tmp_path: Path) -> None:
    page = content(write_report(small(draws=0), tmp_path / "page.html"))
    assert (page["trust"], page["interval"], page["redraw"]) == (None, "", None)
    assert page["markets"]["low"] == [None] * 3


@pytest.mark.slow
def test_the_page_does_not_grow_with_the_square_of_the_markets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("marketselect.report.page.page")
    monkeypatch.setattr(module, "MOST_SHARES", 200)
    sizes = {}
    for count in (10, 110, 210, 310, 410):
        rows: Small = {f"m{n:03}": [n % 7, (n * 5) % 11] for n in range(count)}
        path = write_report(small(rows, draws=20), tmp_path / "page.html")
        page, sizes[count] = content(path), path.stat().st_size
        assert (page["trust"] is None) == (count > 200)
        assert page["interval"]
        assert None not in page["markets"]["low"]
    steps = [sizes[count + 100] - sizes[count] for count in (10, 110, 210, 310)]
    assert max(steps) < 2 * min(steps)


def test_a_doubt_stands_side_by_side_with_who_cannot_be_told_apart(tmp_path: Path) -> None:
    rows: Small = {"best": [90, 90], "x": [50, 52], "y": [52, 50], "last": [5, 5]}
    ranking = small(rows, draws=200)
    found = ms.doubt(ranking, draws=200, choices=["normalization"])
    page = content(write_report(ranking, tmp_path / "page.html", doubt=found))["doubt"]
    assert page["headline"] == found.headline
    assert [kind["name"] for kind in page["kinds"]] == list(found.words)
    assert [kind["words"] for kind in page["kinds"]] == list(found.words.values())
    for kind in page["kinds"]:
        assert kind["low"] == found.table[f"{kind['name']}_low"].tolist()
        assert kind["high"] == found.table[f"{kind['name']}_high"].tolist()
    apart = found.pairs["apart"]
    assert page["together"] == [[1, 2]]
    assert [tuple(ranking.table.index[place] for place in pair) for pair in page["together"]] == [
        pair for pair in apart.index if not apart[pair]
    ]
    assert [why for _, why in page["skipped"]] == list(found.skipped.values())
    assert "data" in found.skipped  # nothing has a standard error


def test_a_doubt_of_another_ranking_is_refused(tmp_path: Path) -> None:
    found = ms.doubt(small(weights={"a": 1, "b": 2}), draws=20, choices=["normalization"])
    with pytest.raises(InputError, match=r"^doubt is of another "):
        write_report(small(), tmp_path / "page.html", doubt=found)
    with pytest.raises(InputError, match="doubt: got dict; a Doubt is needed"):
        write_report(small(), tmp_path / "page.html", doubt={})  # type: ignore[arg-type]


@pytest.mark.slow
def test_errors_of_the_data_are_said_to_be_in_the_trust(tmp_path: Path) -> None:
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, "pestle", markets=["CHL", "POL", "MYS"], draws=20)
    trust = ms.robustness(ranking, draws=20, errors=True)
    page = content(write_report(ranking, tmp_path / "page.html", robustness=trust))["trust"]
    assert page["errors"]
    assert not page["near"]
    assert page["words"] == trust.mode
    assert "error" in page["words"]


def test_markets_can_be_filtered_by_region_income_and_the_groups_of_the_call(
    world: Rankings, tmp_path: Path
) -> None:
    page = content(write_report(world["weighted_sum"], tmp_path / "page.html"))["markets"]
    place, known = page["key"].index("VNM"), ms.load_markets().loc["VNM"]
    told = {facet["label"]: facet["names"][facet["of"][place]] for facet in page["facets"]}
    assert told == {
        "Region (World Bank)": known["world_bank_region"],
        "Income": known["income_group"],
    }
    groups = {"x": "north", "y": "north", "z": "south"}
    own = content(
        write_report(small(within=pd.Series(groups, name="coast_line")), tmp_path / "own.html")
    )
    assert own["markets"]["facets"] == [
        {"label": "Coast line", "names": ["north", "south"],
         "of": [["north", "south"].index(groups[key]) for key in own["markets"]["key"]]}
    ]  # fmt: skip


def test_who_is_left_out_stands_by_name_with_the_rank_that_it_would_have(tmp_path: Path) -> None:
    rows: Small = {"z": [10, 20], "y": [30, 40], "Ångström": [90, 90], "x": [50, 5], "b": [2, 2]}
    ranking = small(rows, screens=["a_value >= 5", "a_value <= 80"])
    left = content(write_report(ranking, tmp_path / "page.html"))["excluded"]
    assert [(row["name"], row["rank"]) for row in left] == [("Ångström", 1), ("b", 4)]
    assert [row["reason"] for row in left] == [
        "Value of A is 90 points, asked for is at most 80 points",
        "Value of A is 2 points, asked for is at least 5 points",
    ]
    assert {row["stage"] for row in left} == {"screen"}


@pytest.mark.parametrize("method", ["vikor", "copeland", "weighted_product"])
def test_a_method_that_the_page_does_not_compute_is_named(method: str, tmp_path: Path) -> None:
    page = content(write_report(small(method=method), tmp_path / "page.html"))
    assert page["model"]["formula"]["kind"] == "fixed"
    assert page["method"] in page["model"]["formula"]["reason"]


def notes(ranking: ms.Ranking) -> dict[str, list[str]]:
    """Return what the page says under Method and data, by its subject."""
    return dict(method_notes(ranking))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"a": 2, "b": 1}, "as stated"),
        ("standard_deviation", "standard deviation"),
        ("critic", "CRITIC"),
    ],
)
def test_a_weighting_is_called_as_people_call_it(weights: Any, said: str) -> None:
    assert notes(small(weights=weights))["Weights"] == [said]


def test_the_hashes_of_data_and_framework_are_those_of_the_ranking(tmp_path: Path) -> None:
    ranking = small(draws=0)
    page = content(write_report(ranking, tmp_path / "page.html"))
    made = ranking.provenance
    assert page["hashes"] == {
        "Hash of the data": made["data"],
        "Hash of the framework": made["framework"],
    }
    assert all([what, [text]] in page["notes"] for what, text in page["hashes"].items())


def test_a_method_of_ones_own_is_shown_as_it_is(tmp_path: Path) -> None:
    def topsis(matrix: Any, weights: Any) -> Any:
        return (matrix * weights).max(axis=1)

    ranking = small(method=topsis, draws=20)
    page = content(write_report(ranking, tmp_path / "page.html"))
    assert page["model"]["formula"]["kind"] == "fixed"
    assert page["markets"]["score"] == ranking.table["score"].tolist()


@pytest.mark.parametrize("name", ["page.csv", "page", "", ".html.csv"])
def test_only_a_page_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_text("mine")
    with pytest.raises(InputError, match=r"give the name of a file that ends in \.html"):
        write_report(small(), tmp_path / name if name else name)
    assert (tmp_path / "page.csv").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(InputError, match=r'folder\.html" is a folder; give the name of a file'):
        write_report(small(), tmp_path / "folder.html")
    with pytest.raises(InputError, match=r'page\.html": there is no folder ".*none"; make it'):
        write_report(small(), tmp_path / "none" / "page.html")
    with pytest.raises(InputError, match="give the name of a file that ends in"):
        write_report(small(), tmp_path / "a\0.html")


def test_what_is_no_ranking_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ranking: got DataFrame; a Ranking is needed"):
        write_report(small().table, tmp_path / "page.html")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"rows": {"x": [1, 2]}},
        {"rows": {key: [value[0], value[1] + 1] for key, value in ROWS.items()}},
        {"weights": {"a": 1, "b": 1.01}},
        {"method": "ahp"},
        {"markets": ["x", "y"]},
        {"options": {"normalization": "sum"}},
    ],
    ids=str,
)
def test_a_robustness_of_another_ranking_is_refused(other: dict[str, Any], tmp_path: Path) -> None:
    trust = ms.robustness(small(**other), draws=9)
    with pytest.raises(InputError, match=r"^robustness is of another .*; give robustness\(rank"):
        write_report(small(), tmp_path / "page.html", robustness=trust)
    assert list(tmp_path.iterdir()) == []


def test_other_draws_are_of_the_same_ranking(tmp_path: Path) -> None:
    trust = ms.robustness(small(draws=50, seed=4, tolerance=0.1), draws=9, seed=7)
    assert write_report(small(), tmp_path / "page.html", robustness=trust).exists()


def test_without_jinja_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "jinja2":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(InputError, match=r'pip install "marketselect\[report\]"'):
        write_report(small(), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
