"""What a result prints: a few lines that say what it is, never a dump of its fields."""

import json
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.report.terminal import ranking_text


@pytest.fixture(scope="module")
def ranking(pestle_table: ms.IndicatorTable) -> ms.Ranking:
    return ms.rank_markets(pestle_table, "pestle", markets=["VNM", "MEX", "POL", "MAR", "KEN"])


@pytest.fixture(scope="module")
def results(ranking: ms.Ranking) -> dict[str, Any]:
    values = ranking.scores.table.values
    rules = replace(
        ms.load_framework("pestle"),
        treatment="skew-kurtosis",
        missing="mean",
        normalization="rank",
    )
    filled = ms.impute(values, rules)
    return {
        "Vietnam ranks 2nd of 5": ms.explain(ranking, "VNM"),
        "Vietnam (2nd, 59.7) scores 4.0 more": ms.compare(ranking, "VNM", "MEX"),
        "Mexico (3rd, 55.7) is 4.0 behind": ms.overtake(ranking, "MEX", "VNM"),
        "Redundancy: of 666 correlations": ms.redundancy(ranking.scores),
        "FactorScores of 183 markets x 13": ranking.scores,
        "Scale of 35 indicators": ranking.scores.scale,
        "Availability: 183 of 236 markets qualify": ms.data_availability(values, "pestle"),
        "Step on 236 markets x 35 indicators": filled,
        "Treatment of 35 indicators": ms.treat(filled.values, rules),
        "IndicatorTable of 236 markets": ranking.scores.table,
        "Ranking of 5 markets by weighted_sum": ranking,
        "Robustness of 5 markets over 100": ms.robustness(ranking, draws=100),
        "Rank bounds of 5 markets": ms.rank_bounds(ranking),
        "Rank reversals: none possible": ms.rank_reversals(ranking),
    }


@pytest.mark.slow
def test_a_result_says_first_what_it_is_and_stays_short(results: dict[str, Any]) -> None:
    for start, result in results.items():
        text = repr(result)
        assert text.startswith(start)
        assert len(text.splitlines()) < 30
        assert "..." not in text.split("... and ")[0]  # no column is cut away


def test_nothing_changed_is_said_in_one_line() -> None:
    framework = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit"),),
    )
    values = pd.DataFrame({"x": np.arange(5.0)})
    expected = "Step on 5 markets x 1 indicator: 0 changed"
    assert repr(ms.impute(values, framework)) == expected
    assert (
        repr(ms.treat(values, framework)) == "Treatment of 0 indicators: 0 treated, 0 cells changed"
    )


def test_in_a_notebook_a_sentence_is_a_paragraph_and_its_tables_are_tables(
    ranking: ms.Ranking,
) -> None:
    found: dict[int, Any] = {
        0: ms.overtake(ranking, "MEX", "VNM"),
        1: ms.compare(ranking, "VNM", "MEX"),
        2: ms.explain(ranking, "VNM"),
    }
    for tables, result in found.items():
        shown = result._repr_html_()
        # Printed, the one long line would be broken inside of words.
        assert f">{escape(result.sentence)}</p>" in shown
        assert "<pre" not in shown
        assert shown.count("<table") == tables


def test_in_a_notebook_names_are_text() -> None:
    rules = ms.Framework(
        name="small",
        factors=(ms.Factor(code="a", name="<b>A</b>"),),
        indicators=(ms.Indicator(code="x", factor="a", direction="benefit", name="<i>X</i>"),),
    )
    ranking = ms.rank_markets(pd.DataFrame({"x": [1, 2]}, index=["<u>", "&"]), rules, draws=0)
    for result in (ms.explain(ranking, "<u>"), ms.compare(ranking, "<u>", "&")):
        shown = result._repr_html_()
        assert not any(tag in shown for tag in ("<b>A", "<i>", "<u>"))
        assert "&lt;u&gt;" in shown


LONELY = ms.Framework(
    name="lonely",
    factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
    indicators=(
        ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 9)),
        ms.Indicator(code="debt", factor="risk", direction="cost", goalposts=(0, 9)),
        ms.Indicator(code="war", factor="risk", direction="cost", goalposts=(0, 9)),
    ),
)
THREE = pd.DataFrame({"gdp": [1, 5], "debt": [2, 3], "war": [0, 4]}, index=["A", "B"])


def test_a_weight_that_changes_nothing_is_said_wherever_the_ranking_is_shown(
    tmp_path: Path,
) -> None:
    ranking = ms.rank_markets(THREE, LONELY, weights={"gdp": 3}, draws=0)
    line = 'the weight of "gdp" changes nothing: it is alone in "size"'
    assert ranking.remarks == (line,)
    assert line in repr(ranking)
    assert escape(line) in ranking._repr_html_()
    terminal = ranking_text(ranking, ranking.table, excluded=False, embedded=False)
    assert line in terminal.split("\n")
    page = ms.write_report(ranking, tmp_path / "page.html").read_text(encoding="utf-8")
    assert json.dumps(line)[1:-1] in page
    pd.testing.assert_frame_equal(ranking.table, ms.rank_markets(THREE, LONELY, draws=0).table)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (None, ()),
        ("equal", ()),
        ({"size": 1, "risk": 3}, ()),
        ({"debt": 1, "war": 3}, ()),
        ({"debt": 1, "war": 3, "gdp": 2}, ('the weight of "gdp" changes nothing: it is alone in',)),
    ],
)
def test_only_a_weight_of_a_group_of_one_is_said_to_change_nothing(
    weights: Any, said: tuple[str, ...]
) -> None:
    remarks = ms.rank_markets(THREE, LONELY, weights=weights, draws=0).remarks
    assert len(remarks) == len(said)
    assert all(line.startswith(start) for line, start in zip(remarks, said, strict=True))


def test_several_weights_that_change_nothing_are_one_line() -> None:
    rules = replace(LONELY, factors=LONELY.factors[:1], indicators=LONELY.indicators[:1])
    given = ms.rank_markets(THREE[["gdp"]], rules, weights={"size": 2, "gdp": 3}, draws=0)
    assert given.remarks == (
        'the weights of "size", "gdp" change nothing: each is alone in its group',
    )
    alone = ms.rank_markets(THREE[["gdp"]], rules, weights={"size": 2}, draws=0)
    assert alone.remarks == (
        'the weight of "size" changes nothing: it is alone among the top factors',
    )
