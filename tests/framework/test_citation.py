"""The paper that a framework follows: read, written, refused, and shown where its ranking is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.report.page.notes import method_notes
from marketselect.report.rules import framework_text

PAPER = {
    "authors": "Hwang, C.-L. and Yoon, K.",
    "year": 1981,
    "title": "Multiple Attribute Decision Making",
    "published": "Springer",
    "doi": "10.1007/978-3-642-48318-9",
    "url": "https://example.org/a",
}
LINE = (
    "Hwang, C.-L. and Yoon, K. (1981), Multiple Attribute Decision Making, Springer, "
    "https://doi.org/10.1007/978-3-642-48318-9, https://example.org/a"
)


def small(citation: Any = None) -> ms.Framework:
    return ms.Framework(
        name="small",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit"),),
        citation=PAPER if citation is None else citation,
    )


def ranked(framework: ms.Framework) -> ms.Ranking:
    data = pd.DataFrame({"x": [1.0, 2.0]}, index=pd.Index(["A", "B"], name="market"))
    return ms.rank_markets(data, framework, draws=0)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (PAPER, LINE),
        ({"title": "Rules"}, "Rules"),
        ({"year": 1999, "title": "Rules"}, "(1999), Rules"),
        ({"title": "Rules", "authors": " ", "doi": None}, "Rules"),
        ({}, ""),
    ],
)
def test_a_citation_is_a_line_of_what_is_given(given: dict[str, Any], line: str) -> None:
    assert small(given).cited == line


def test_it_comes_back_from_toml_json_and_a_table() -> None:
    framework = small()
    assert "\n[citation]\n" in framework.to_toml()
    assert ms.Framework.from_toml(framework.to_toml()) == framework
    sent = json.loads(json.dumps(framework.to_document()))
    assert ms.Framework.from_document(sent) == framework
    table = pd.DataFrame({"code": ["x"], "factor": ["f"], "direction": ["benefit"]})
    assert ms.Framework.from_table(table, name="small", citation=PAPER) == framework


def test_without_one_nothing_is_written() -> None:
    assert small({}) == replace(small(), citation={})
    assert "citation" not in small({}).to_toml()
    assert "published" not in repr(small({}))


def test_it_is_held_as_nobody_changes_it() -> None:
    given = dict(PAPER)
    framework = small(given)
    given["title"] = "Another"
    assert framework.cited == LINE
    citation: Any = framework.citation
    with pytest.raises(TypeError):
        citation["title"] = "Another"
    assert hash(framework) == hash(small())


@pytest.mark.parametrize(
    ("given", "place", "code"),
    [
        (3, "citation", "wrong-type"),
        ({"year": 1999}, "citation", "missing-key"),
        ({"title": " "} | {"year": 1999}, "citation", "missing-key"),
        ({"title": "T", "journal": "J"}, "citation", "unknown-key"),
        ({"title": "T", "year": 12}, "citation, year", "out-of-range"),
        ({"title": 3}, "citation, title", "wrong-type"),
        ({"title": "T", "doi": "https://doi.org/10.1"}, "citation, doi", "wrong-form"),
        ({"title": "T", "url": "javascript:alert(1)"}, "citation, url", "wrong-form"),
        ({"title": "T", "url": "https://a b"}, "citation, url", "wrong-form"),
    ],
)
def test_what_says_no_source_is_refused_with_its_place(given: Any, place: str, code: str) -> None:
    with pytest.raises(ms.InputError) as caught:
        small(given)
    (fault,) = caught.value.faults
    assert (fault.where, fault.code) == (f"framework, {place}", code)


def test_every_fault_of_it_is_told_at_once() -> None:
    with pytest.raises(ms.InputError) as caught:
        small({"year": 12, "doi": "x"})
    assert [fault.where.removeprefix("framework, ") for fault in caught.value.faults] == [
        "citation",
        "citation, year",
        "citation, doi",
    ]


def test_it_is_shown_by_the_framework_the_page_and_a_study(tmp_path: Path) -> None:
    framework = small()
    assert f"published: {LINE}" in " ".join(repr(framework).split())
    assert f"published: {LINE}" in " ".join(framework_text(framework, 60).split())
    ranking = ranked(framework)
    assert ("Published", [LINE]) in method_notes(ranking)
    page = (ms.save_study(ranking, tmp_path / "study") / "README.md").read_text(encoding="utf-8")
    assert "The rules follow Hwang" in page
    assert LINE in page.replace("\\", "")
    assert ms.replay_study(tmp_path / "study").identical


def test_a_study_without_one_says_nothing_of_it(tmp_path: Path) -> None:
    ranking = ranked(small({}))
    assert "Published" not in [subject for subject, _ in method_notes(ranking)]
    page = (ms.save_study(ranking, tmp_path / "study") / "README.md").read_text(encoding="utf-8")
    assert "The rules follow" not in page


def test_no_number_moves_by_it() -> None:
    pd.testing.assert_frame_equal(ranked(small()).table, ranked(small({})).table)
