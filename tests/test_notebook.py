"""What a notebook shows of each result: a view, with its text escaped, of a width it has."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.notebook import in_html, notebook_number

LABELS = [f"<b>m{n}</b>" for n in range(24)]


def rules() -> ms.Framework:
    factors = (
        ms.Factor(code="demand", name="<i>Demand</i>"),
        ms.Factor(code="costs"),
        ms.Factor(code="growth", parent="demand"),
    )
    under = {"buyers": "growth", "web": "growth", "rent": "costs", "wages": "costs"}
    indicators = tuple(
        ms.Indicator(code=code, factor=factor, direction="benefit", goalposts=(0, 100))
        for code, factor in under.items()
    )
    return ms.Framework(name="small", title="<u>Small</u>", factors=factors, indicators=indicators)


def frame() -> pd.DataFrame:
    figures = np.random.default_rng(3).uniform(0, 100, (len(LABELS), 4))
    return pd.DataFrame(figures, LABELS, ["buyers", "web", "rent", "wages"]).rename_axis("market")


def observed() -> pd.DataFrame:
    rows = [
        (market, code, year, value + year - 2020)
        for code, column in frame().items()
        for market, value in column.items()
        for year in (2020, 2021)
    ]
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


def replayed() -> ms.Replay:
    with TemporaryDirectory() as folder:
        return ms.replay_study(ms.save_study(FEW, Path(folder) / "study"))


RANKING = ms.rank_markets(frame(), rules(), draws=20)
FEW = ms.rank_markets(frame(), rules(), markets=LABELS[:5], draws=0)
VIEWS: dict[str, Callable[[], Any]] = {
    "framework": rules,
    "table": lambda: RANKING.scores.table,
    "scores": lambda: RANKING.scores,
    "ranking": lambda: RANKING,
    "robustness": lambda: ms.robustness(RANKING, draws=50),
    "bounds": lambda: ms.rank_bounds(FEW, tolerance=0.2),
    "redundancy": lambda: ms.redundancy(RANKING.scores),
    "availability": lambda: ms.data_availability(frame(), rules()),
    "methods": lambda: ms.compare_methods(RANKING, methods=["topsis", "vikor"]),
    "reversals": lambda: ms.rank_reversals(RANKING),
    "sensitivity": lambda: ms.sensitivity(RANKING, choices=["aggregation"]),
    "doubt": lambda: ms.doubt(RANKING, draws=20, choices=["aggregation"], progress=False),
    "explanation": lambda: ms.explain(RANKING, LABELS[0]),
    "comparison": lambda: ms.compare(RANKING, LABELS[0], LABELS[1]),
    "what if": lambda: ms.what_if(RANKING, {(LABELS[0], "buyers"): 1.0}),
    "two rankings": lambda: ms.compare_rankings(RANKING, RANKING),
    "panel": lambda: ms.rank_panel(observed(), rules(), years=[2020, 2021], draws=0),
    "groups": lambda: ms.rank_groups(
        frame().assign(branch="a").reset_index(), rules(), by="branch", market="market"
    ),
    "replay": replayed,
}


NOTHING = ("reversals", "replay")  # of which there is none to show, so there is no table
NO_LABELS = ("redundancy", "sensitivity", "availability", "table", *NOTHING)


@pytest.mark.parametrize("name", VIEWS)
def test_every_result_has_a_view_without_tags_of_the_data(name: str) -> None:
    view = VIEWS[name]()._repr_html_()
    assert ("<table" in view) == (name not in NOTHING)
    assert not any(tag in view for tag in ("<b>m", "<i>Demand", "<u>Small"))
    assert "&lt;" in view or name in NO_LABELS


@pytest.mark.parametrize("name", sorted(set(VIEWS) - {"framework", "explanation", "comparison"}))
def test_every_result_begins_with_its_headline(name: str) -> None:
    found = VIEWS[name]()
    assert " ".join(repr(found).split()).startswith(found.headline)
    assert escape(found.headline) in found._repr_html_() or name == "ranking"


def test_a_framework_is_shown_as_a_tree_with_its_weights() -> None:
    view = rules()._repr_html_()
    rows = [row.split("</th>")[0].split("<th>")[-1] for row in view.split("<tr>")[1:]]
    assert [(row.count("· "), row.replace("· ", "")) for row in rows] == [
        (0, "&lt;i&gt;Demand&lt;/i&gt;"), (1, "growth"), (2, "buyers"), (2, "web"),
        (0, "costs"), (1, "rent"), (1, "wages"),
    ]  # fmt: skip
    assert view.count("<td>25.0%</td>") == 4  # half of a half, of each indicator in the whole


def test_what_a_framework_says_of_itself_stands_line_by_line() -> None:
    first, second, *_ = rules()._repr_html_().split("<br>")
    assert first.endswith("&lt;u&gt;Small&lt;/u&gt;")
    assert second == "3 factors, 4 indicators"


def test_an_empty_table_is_not_shown() -> None:
    assert in_html("s", {"pairs": pd.DataFrame({"n": []})}).count("<table") == 0


@pytest.mark.parametrize(
    "view",
    [
        lambda ranking: ranking.scores,
        lambda ranking: ms.robustness(ranking, draws=50),
        lambda ranking: ms.rank_bounds(ranking, tolerance=0.2),
        lambda ranking: ms.compare_methods(ranking, methods=["topsis", "vikor"]),
    ],
    ids=["scores", "robustness", "bounds", "methods"],
)
def test_names_stand_beside_codes(view: Callable[[ms.Ranking], Any]) -> None:
    data = frame().head(3).set_axis(["FRA", "XKX", "here"]).rename_axis("market")
    shown = view(ms.rank_markets(data, rules(), draws=0))._repr_html_()
    assert "<th>market</th><th>name</th>" in shown
    for code, name in (("FRA", "France"), ("XKX", "Kosovo"), ("here", "")):
        assert f"<th>{code}</th><td>{name}</td>" in shown


def test_a_panel_has_its_ranks_by_year_with_names() -> None:
    rows = observed()
    rows["market"] = rows["market"].map(dict(zip(LABELS[:2], ["FRA", "XKX"], strict=True)))
    shown = ms.rank_panel(rows.dropna(), rules(), years=[2020, 2021], draws=0)._repr_html_()
    assert "<th>market</th><th>name</th><th>2020</th><th>2021</th>" in shown
    assert "<th>XKX</th><td>Kosovo</td><td>" in shown


def test_a_long_table_is_cut_and_the_rest_counted() -> None:
    view = in_html("s", {"numbers": pd.DataFrame({"n": range(1, 1031)})})
    assert view.count("<tr") == 1 + 20
    assert "and 1,010 more" in view
    assert "more" not in in_html("s", {"numbers": pd.DataFrame({"n": range(20)})})


def test_numbers_have_three_digits_and_large_ones_are_grouped() -> None:
    assert [notebook_number(n) for n in (0.123456, 12.3456, 1234.56, -1e6)] == [
        "0.123", "12.3", "1,235", "-1,000,000",
    ]  # fmt: skip


def test_a_table_of_values_is_shown_by_indicator() -> None:
    view = RANKING.scores.table._repr_html_()
    assert "IndicatorTable of 24 markets x 4 indicators" in view
    assert all(f"<th>{code}</th>" in view for code in ("buyers", "web", "rent", "wages"))
