"""What results print is as wide as the terminal; in a file, a pipe or a notebook it is whole."""

import io
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.printing import printed_frame
from marketselect.width import breadth
from shared import Terminal, observations, pestle_table


class Closed(io.StringIO):
    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")


def ranking(**given: Any) -> ms.Ranking:
    some = ["VNM", "MEX", "POL", "MAR", "KEN", "COL", "MYS", "CHL"]
    return ms.rank_markets(pestle_table(), "pestle", markets=some, **{"draws": 50, **given})


FIRM = ms.Firm(home="GBR", languages=["en"], served=["IRL"], effort={"VNM": 2.0, "KEN": 1.5})
PRINTED: dict[str, Callable[[], Any]] = {
    "table": pestle_table,
    "framework": lambda: ms.load_framework("pestle"),
    "firm": lambda: FIRM,
    "scores": lambda: ranking().scores,
    "scale": lambda: ranking().scores.scale,
    "ranking": ranking,
    "robustness": lambda: ms.robustness(ranking(), draws=50),
    "bounds": lambda: ms.rank_bounds(ranking(), draws=50),
    "sensitivity": lambda: ms.sensitivity(ranking(), choices=["method", "normalization"]),
    "doubt": lambda: ms.doubt(ranking(), draws=50, choices=["method"], progress=False),
    "methods": lambda: ms.compare_methods(ranking()),
    "reversals": lambda: ms.rank_reversals(ranking(method="topsis")),
    "redundancy": lambda: ms.redundancy(ranking()),
    "availability": lambda: ms.data_availability(pestle_table(), "pestle"),
    "explanation": lambda: ms.explain(ranking(), "VNM"),
    "comparison": lambda: ms.compare(ranking(), "POL", "VNM"),
    "overtake": lambda: ms.overtake(ranking(), "VNM", "POL"),
    "what if": lambda: ms.what_if(ranking(), {("VNM", "VA.EST"): 1.0}),
    "gaps": lambda: ms.regulatory_gaps(pestle_table(), "pestle", "GBR", ["VNM", "POL"]),
    "panel": lambda: ms.rank_panel(observations(), "pestle", years=range(2012, 2025), draws=0),
    "two rankings": lambda: ms.compare_rankings(ranking(), ranking(method="topsis")),
    "basket": lambda: ms.diversify(ranking(), size=3),
    "plan": lambda: ms.entry_plan(["MEX", "IRL", "USA"], ms.Firm(home="GBR", languages=["en"])),
    "replication": lambda: ms.replicate("hdi_2022"),
}


def lines(written: str) -> list[int]:
    return [breadth(line) for line in written.split("\n")]


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTED)
def test_every_result_fits_the_terminal_that_prints_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = PRINTED[name]()
    whole = repr(found)
    monkeypatch.setattr(sys, "stdout", Terminal())
    for columns in (60, 80, 120, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        text = repr(found)
        assert max(lines(text)) <= columns, text
        if max(lines(whole)) <= columns:  # nothing goes where there is room
            assert text == whole


def test_the_last_columns_go_first_but_for_those_that_matter_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = pd.DataFrame({"name": ["n" * 30], "a": ["a" * 20], "b": ["b" * 20], "c": [1]}, ["x"])
    assert printed_frame(table) == table.to_string()
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "60")
    assert printed_frame(table).split("\n")[2:] == ["no room for b, c: a wider screen shows all"]
    assert printed_frame(table, least=["name"]).split("\n")[2:] == [
        "no room for name: a wider screen shows all"
    ]
    # The first column stays whatever its width is.
    wide = pd.DataFrame({"name": ["n" * 90], "a": [1]}, ["x"])
    assert printed_frame(wide).split("\n")[0].split() == ["name"]


@pytest.mark.parametrize("output", [None, io.StringIO(), Closed(), object()])
def test_without_a_terminal_everything_is_printed(
    output: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pd.DataFrame([range(10**9, 10**9 + 40)])
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdout", output)
    assert printed_frame(table) == table.to_string()


@pytest.mark.parametrize(
    "words", [["frameworks"], ["frameworks", "hdi"], ["indicators", "--search", "tariff"]]
)
@pytest.mark.parametrize("columns", [60, 80])
def test_lists_of_the_command_line_fit_the_terminal(
    words: list[str], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(words) == 0
    assert max(lines(screen.getvalue())) <= columns
    assert "no room for" in screen.getvalue() or columns > 60


def test_a_headline_is_clean_whatever_a_method_is_called() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]}, index=["X", "Y"])
    parts = (ms.Indicator(code=code, factor=f"of_{code}", direction="benefit") for code in "ab")
    factors = (ms.Factor(code="of_a"), ms.Factor(code="of_b"))
    framework = ms.Framework(name="t", factors=factors, indicators=tuple(parts))
    method = ms.Method(call=lambda matrix, weights: matrix @ weights, name="x\x1b[31m")
    ranking = ms.rank_markets(table, framework, method=method, draws=0)
    assert ranking.headline == "Ranking of 2 markets by x\N{REPLACEMENT CHARACTER}[31m"
