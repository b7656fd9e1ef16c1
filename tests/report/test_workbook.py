"""A ranking as an Excel workbook: what is on its sheets, and what text from data may not do."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.report.left import left_reasons
from marketselect.report.workbook import workbook
from marketselect.report.workbook.cells import MOST_TEXTS, cell_value, number_format
from marketselect.report.workbook.columns import Column, Formula, format_of, score_column
from marketselect.report.workbook.workbook import write_excel
from shared import part_of_the_world

openpyxl: Any = import_module("openpyxl")

SHEETS = [
    "cover",
    "ranking",
    "try weights",
    "factor scores",
    "weights",
    "values",
    "years",
    "indicators",
    "cells",
    "excluded",
    "sources",
    "method",
    "provenance",
    "formulas",
]
LIVE = {"try weights", "formulas"}
DIGITS = 1e-15  # a workbook keeps 16 digits
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://localhost","x")',
    "#N/A",
    "#REF!",
    "TRUE",
    "2020-01-01",
    "004",
    "<b>&amp;</b>",
    "عربي",
    " two\nlines ",
    "'quoted",
]

TABLE = part_of_the_world()  # each cell takes its time to be written and to be read again
RANKING = ms.rank_markets(TABLE, "pestle", draws=200)


def tree(**settings: Any) -> ms.Framework:
    """Build a framework of two factors, each with one indicator on a scale of 0 to 10."""
    factors = (ms.Factor(code="demand", weight=3), ms.Factor(code="costs"))
    indicators = (
        ms.Indicator(code="buyers", factor="demand", direction="benefit", goalposts=(0, 10)),
        ms.Indicator(code="rent", factor="costs", direction="cost", goalposts=(0, 10)),
    )
    plain = {"name": "plain", "factors": factors, "indicators": indicators}
    return ms.Framework(**{**plain, **settings})


def frame(labels: list[Any], **columns: list[float]) -> pd.DataFrame:
    plain = {"buyers": [float(n) for n in range(len(labels))], "rent": [5.0] * len(labels)}
    return pd.DataFrame({**plain, **columns}, index=pd.Index(labels, name="city"))


def by_first(scores: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(scores @ weights)


def read(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def content(page: Any) -> Any:
    """Return a sheet as a table, by its row of headers: what a code means may stand over it."""
    rows = list(page.iter_rows(values_only=True))
    if rows[0][0] == "what it measures":
        rows = rows[2:]
    head, *rows = rows
    return pd.DataFrame(rows, columns=list(head), dtype=object)


def cells(book: Any) -> Iterator[Any]:
    """Yield all cells but those of the sheets that have formulas of ours."""
    for page in book:
        if page.title in LIVE:
            continue
        for row in page.iter_rows():
            yield from row


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_excel(RANKING, tmp_path_factory.mktemp("books") / "world.xlsx")


@pytest.fixture(scope="module")
def book(world: Path) -> Any:
    return read(world)


# What is on the sheets


@pytest.mark.slow
def test_the_sheets_are_there_in_order_under_names_that_excel_takes(book: Any) -> None:
    assert book.sheetnames == SHEETS
    assert max(map(len, SHEETS)) <= 31


def test_the_ranking_stands_behind_the_cover_with_names_before_codes(book: Any) -> None:
    sheet, table = content(book["ranking"]).set_index("market"), RANKING.table
    assert sheet.index.tolist() == table.index.tolist()
    assert sheet.loc["VNM", "name"] == "Vietnam"
    assert [cell.value for cell in book["ranking"][1]][:4] == ["rank", "name", "market", "score"]
    words = [*("rank", "score", "rank interval from", "rank interval to", "Political", "Economic"),
             *("Social", "Technological", "Legal", "Environmental", "coverage")]  # fmt: skip
    assert sheet.columns.drop("name").tolist() == words
    assert sheet["rank"].tolist() == table["rank"].tolist()
    assert_allclose(sheet[words].astype(float), table.astype(float), rtol=DIGITS)
    assert {head.value: head.comment.text for head in book["ranking"][1] if head.comment} == {
        name: name.lower() for name in words[4:10]
    }  # the codes of the factors


def test_heads_are_words_that_people_read_and_no_two_are_alike(tmp_path: Path) -> None:
    rules = ms.Framework(
        name="two",
        factors=tuple(ms.Factor(code=code, name="Size") for code in ("size_a", "size_b")),
        indicators=tuple(
            ms.Indicator(code=f"x_{code}", factor=code, direction="benefit", goalposts=(0, 9))
            for code in ("size_a", "size_b")
        ),
    )
    data = pd.DataFrame({"x_size_a": [1.0, 8], "x_size_b": [2.0, 4]}, index=["FRA", "USA"])
    for within, head in (("world_bank_region", "region (World Bank)"), ("income_group", "income")):
        ranking = ms.rank_markets(data, rules, draws=0, within=within)
        sheets = read(write_excel(ranking, tmp_path / f"{within}.xlsx"))
        assert [cell.value for cell in sheets["ranking"][1]][6:10] == [
            head, f"rank within {head}", "Size (size_a)", "Size (size_b)",
        ]  # fmt: skip
        under = content(sheets["weights"])["under"].tolist()
        assert under == [None, "Size (size_a)", None, "Size (size_b)"]
        assert content(sheets["indicators"])["factor"].tolist() == [
            "Size (size_a)",
            "Size (size_b)",
        ]


@pytest.mark.slow
def test_factor_scores_are_those_of_every_scored_market(tmp_path: Path) -> None:
    few = ms.rank_markets(TABLE, "pestle", markets=["VNM", "MEX"], draws=0)
    path = write_excel(few, tmp_path / "few.xlsx")
    sheet = content(read(path)["factor scores"]).set_index("market")
    scores = few.scores.scores
    assert sheet.index.tolist()[:2] == few.table.index.tolist()
    assert sorted(sheet.index) == sorted(scores.index)
    assert sheet["rank"].tolist()[:3] == [1, 2, None]
    named = [few.scores.framework.names[code] for code in scores.columns]
    found = sheet.loc[scores.index, named].astype(float)
    assert_allclose(found, scores, rtol=DIGITS)


def test_values_and_years_stand_at_the_same_place_of_two_sheets(book: Any) -> None:
    values, years = (
        content(book[name]).set_index("market").drop(columns="name") for name in ("values", "years")
    )
    assert_allclose(values.astype(float), TABLE.values, rtol=DIGITS)
    assert_allclose(years.astype(float), TABLE.years.astype(float), rtol=0)
    assert years.index.equals(values.index)
    assert years.columns.equals(values.columns)


def test_the_values_sheet_can_be_ranked_again(world: Path) -> None:
    again = ms.read_indicators(world, sheet="values")
    assert again.columns.tolist() == TABLE.values.columns.tolist()  # the names are left out
    assert again.index.tolist() == TABLE.values.index.tolist()
    ranking = ms.rank_markets(again, "pestle", draws=0)
    assert ranking.table["rank"].to_dict() == RANKING.table["rank"].to_dict()
    assert_allclose(ranking.table["score"], RANKING.table["score"], rtol=1e-13)


@pytest.mark.parametrize("header", ["name", "city", "Country Name", "what it measures"])
def test_values_come_back_whatever_their_labels_are_called(header: str, tmp_path: Path) -> None:
    data = frame(["FRA", "USA", "here"]).rename_axis(header)
    path = write_excel(ms.rank_markets(data, tree(), draws=0), tmp_path / "named.xlsx")
    again = ms.read_indicators(path, sheet="values")
    assert_allclose(again.loc[data.index, data.columns], data, rtol=DIGITS)
    assert again.columns.tolist() == data.columns.tolist()


def test_indicators_have_unit_source_weight_and_the_raw_ends_of_their_scale(book: Any) -> None:
    sheet = content(book["indicators"]).set_index("code")
    rules = RANKING.scores.framework
    assert sheet.index.tolist() == list(rules.codes)
    for name in ("unit", "source", "rationale", "direction"):
        assert sheet[name].tolist() == [getattr(item, name) for item in rules.indicators]
    assert sheet["license"].tolist() == [item.licence for item in rules.indicators]
    posts = [item.goalposts or (np.nan, np.nan) for item in rules.indicators]
    assert_allclose(sheet[["scale from", "scale to"]].astype(float), posts, rtol=1e-12)
    assert_allclose(sheet["weight"].astype(float).sum(), 1)
    assert sheet["markets"].tolist() == TABLE.values.notna().sum().tolist()
    assert sheet["newest year"].max() == 2024
    assert sheet["oldest year"].min() >= 2019


def test_weights_are_the_tree_with_nominal_and_effective_ones(book: Any) -> None:
    sheet = content(book["weights"]).set_index("code")
    top = list(RANKING.weights.index)
    assert sheet.index.tolist()[:2] == ["political", "PV.EST"]
    assert sheet.loc["market_size", ["level", "under"]].tolist() == [2, "Economic"]
    found = sheet["weight in the whole"].astype(float)
    assert_allclose(found[RANKING.tree_weights.index], RANKING.tree_weights, rtol=DIGITS)
    assert_allclose(sheet.groupby("under")["weight in its group"].sum().astype(float), 1)
    assert RANKING.effective_weights is not None
    shares = sheet["share of variance"].dropna().astype(float)
    assert_allclose(shares[top], RANKING.effective_weights, rtol=DIGITS)
    assert shares.index.tolist() == top
    assert RANKING.influence_weights is not None
    equal = sheet["weight for an equal say"].dropna().astype(float)
    assert_allclose(equal, RANKING.influence_weights, rtol=DIGITS)
    assert equal.index.tolist() == top


def test_changed_cells_are_listed_colored_and_explained(book: Any) -> None:
    listed = content(book["cells"])
    counts = listed["what"].value_counts()
    scores = RANKING.scores
    assert counts.to_dict() == {
        "imputed": len(scores.imputed),
        "treated": len(scores.treated),
        "missing": len(TABLE.missing),
        "noted": len(TABLE.notes),
    }
    legend = {row[1].value: row[1].fill.fgColor.rgb for row in book["method"].iter_rows()}
    for name, changed in (("values", scores.treated), ("factor scores", scores.imputed)):
        kind = "treated" if name == "values" else "imputed"
        page = book[name]
        head = [cell.value for cell in page[3 if name == "values" else 1]]
        key = head.index("market")
        colored = {
            (row[key].value, head[n])
            for row in page.iter_rows(min_row=2)
            for n, cell in enumerate(row)
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == legend[kind]
        }
        names = RANKING.scores.framework.names if name == "factor scores" else {}
        heads = [names.get(code, code) for code in changed["indicator"]]
        expected = set(zip(changed["market"], heads, strict=True))
        assert colored == {pair for pair in expected if pair[1] in head}
        assert colored


def test_an_imputed_cell_is_empty_and_colored_on_the_sheet_of_values(tmp_path: Path) -> None:
    data = frame(["a", "b", "c"], rent=[1.0, np.nan, 3.0])
    ranking = ms.rank_markets(data, tree(missing="mean", min_coverage=0), draws=0)
    book = read(write_excel(ranking, tmp_path / "mean.xlsx"))
    cell = book["values"]["C5"]
    assert cell.value is None
    assert cell.fill.fgColor.rgb.endswith("BDD7EE")
    row = content(book["cells"]).set_index("what").loc["imputed"]
    assert row["unit"] is None  # it has none
    assert row[["market", "code", "old", "new"]].tolist() == ["b", "rent", None, 2]


def test_excluded_markets_have_their_reason(book: Any) -> None:
    sheet = content(book["excluded"])
    assert sheet["market"].tolist() == RANKING.excluded["market"].tolist()
    assert sheet["reason"].tolist() == list(left_reasons(RANKING).values())
    assert not re.search(r"political|min_coverage|[A-Z]\.[A-Z]", sheet["reason"].str.cat(sep=" "))
    rules, first = RANKING.scores.framework, RANKING.exclusions["without"].iloc[0]
    assert sheet["without"].iloc[0] == "; ".join(rules.names[code] for code in first)
    assert {cell.number_format for cell in book["excluded"]["F"][1:]} == {"0%"}


def test_the_method_says_what_was_done(tmp_path: Path) -> None:
    options = {"normalization": "vector"}
    ranking = ms.rank_markets(frame(["a", "b", "c"]), tree(), method="topsis", options=options)
    sheet = content(read(write_excel(ranking, tmp_path / "m.xlsx"))["method"]).set_index("item")
    found = sheet["setting"].to_dict()
    assert found["method"] == "TOPSIS (rescaled by vector)"
    assert found["normalization"] == "min-max"
    assert found["missing values"] == "a value that is missing passes its weight on to its siblings"
    assert found["treatment of outliers"] == "none"
    assert found["range of the scores"] == "0 to 100"
    assert found["rank interval"].startswith(
        "where 90% of the ranks lie when each stated weight varies by up to 25% of itself, each"
    )
    assert set(sheet.index) >= set(SHEETS) - {"cover", "years", "method", *LIVE}


def test_the_weights_of_a_call_stand_under_names_that_people_read(tmp_path: Path) -> None:
    rules = tree(factors=(ms.Factor(code="demand", name="What they buy"), ms.Factor(code="costs")))
    weights = {"demand": 3, "costs": 1}
    ranking = ms.rank_markets(frame(["a", "b"]), rules, weights=weights, draws=0)
    sheet = content(read(write_excel(ranking, tmp_path / "m.xlsx"))["method"]).set_index("item")
    assert sheet.loc["weights of the call", "setting"] == "What they buy 3, costs 1"


def test_provenance_is_the_rankings_own(book: Any) -> None:
    sheet = content(book["provenance"]).set_index("item")["setting"]
    made = RANKING.provenance
    assert sheet["data"] == made["data"]
    assert sheet["versions.numpy"] == made["versions"]["numpy"]
    assert sheet["draws"] == 200
    assert_allclose(sheet["weights.political"], 1 / 6)


def test_judgements_are_there_with_their_consistency(tmp_path: Path) -> None:
    third = ms.Factor(code="risk")
    extra = ms.Indicator(code="crime", factor="risk", direction="cost", goalposts=(0, 10))
    said = [("demand", "costs", 2.0), ("costs", "risk", 2.0), ("risk", "demand", 2.0)]
    costs = ms.Factor(code="costs", name="What it costs")
    base = tree(factors=(ms.Factor(code="demand"), costs))
    rules = tree(
        factors=(*base.factors, third),
        indicators=(*base.indicators, extra),
        judgements=tuple(ms.Judgement(more=a, less=b, ratio=r) for a, b, r in said),
    )
    with pytest.warns(ms.ConsistencyWarning):
        ranking = ms.rank_markets(frame(["a", "b"], crime=[1, 2]), rules, draws=0)
    book = read(write_excel(ranking, tmp_path / "judged.xlsx"))
    assert "judgements" in book.sheetnames
    sheet = content(book["judgements"]).set_index(["more", "less"])
    assert sheet.columns.tolist()[:3] == ["group", "counts more", "counts less"]
    assert sheet.loc[("costs", "risk"), "counts more"] == "What it costs"
    assert set(sheet.index) == {(a, b) for a, b, _ in said}
    assert sheet["ratio"].tolist() == [2, 2, 2]
    assert_allclose(sheet["ratio of the weights"].astype(float), 1)  # they go round in a circle
    # For a > b > c the ratio that makes the circle consistent is that of the other two: c = a / 4.
    assert_allclose(sheet["suggested ratio"].astype(float), 1 / 4)
    text = content(book["method"]).set_index("item").loc["judgements of top factors", "setting"]
    ratio = ranking.judgements["top factors"].consistency_ratio
    assert f"consistency ratio {ratio:.3f}" in text


def test_an_indicator_that_the_framework_does_not_use_is_left_out(tmp_path: Path) -> None:
    rules = ms.load_framework("pestle").subset(["legal", "political"])
    ranking = ms.rank_markets(TABLE, rules, draws=0)
    found = read(write_excel(ranking, tmp_path / "part.xlsx"))
    for name in ("values", "years"):
        assert content(found[name]).columns.tolist() == ["name", "market", *rules.codes]
    assert set(content(found["cells"])["code"]) <= {*rules.codes, *ranking.scores.scores.columns}


# Every kind of ranking


@pytest.mark.parametrize(
    "ranking",
    [
        ms.rank_markets(frame(["a"]), tree(), draws=0),
        ms.rank_markets(frame(["a", "b", "c"]), tree(), method="topsis"),
        ms.rank_markets(frame(["a", "b"]), tree(), method=by_first, draws=5),
        ms.rank_markets(frame(["a", "b", "c"], rent=[1, 2, 4]), tree(), weights="entropy"),
        ms.rank_markets(frame(["a", "b", "c"], buyers=[1, 1, 1]), tree()),
        ms.rank_markets(frame(["a", "b"], rent=[1.0, np.nan]), tree()),
    ],
    ids=["one", "topsis", "callable", "entropy", "ties", "excluded"],
)
def test_every_kind_of_ranking_is_written(ranking: ms.Ranking, tmp_path: Path) -> None:
    book = read(write_excel(ranking, tmp_path / "kind.XLSX"))
    gone = {"years"} if ranking.method == "weighted_sum" else {"years", *LIVE}
    assert book.sheetnames == [name for name in SHEETS if name not in gone]
    sheet = content(book["ranking"])
    assert sheet["city"].tolist() == ranking.table.index.tolist()
    assert {cell.data_type for cell in cells(book)} == {"s", "n"}
    assert not [cell for cell in cells(book) if cell.value == "nan"]


def test_without_draws_the_interval_is_empty(tmp_path: Path) -> None:
    ranking = ms.rank_markets(frame(["a", "b"]), tree(), draws=0)
    book = read(write_excel(ranking, tmp_path / "none.xlsx"))
    sheet = content(book["ranking"])
    assert sheet[["rank interval from", "rank interval to"]].isna().all(axis=None)
    rows = content(book["method"]).set_index("item")["setting"]
    assert rows["rank interval"] == "none, no weights were drawn"


# Text and numbers from data


def test_text_from_data_is_never_a_formula(tmp_path: Path) -> None:
    factors = (ms.Factor(code="demand", name="=1+1"), ms.Factor(code="costs", name="@x"))
    first, second = tree().indicators
    items = (
        replace(first, code="=b", unit="-", source="+1", rationale="=A1", goalposts=(0, 100)),
        replace(second, code="#N/A", name="=2*2", licence="-1", goalposts=(0, 100)),
    )
    rules = ms.Framework(name="odd", title="=TITLE()", factors=factors, indicators=items)
    numbers = [float(n) for n in range(len(HOSTILE))]
    data = pd.DataFrame({"=b": numbers, "#N/A": numbers, "=unused": ["=3"] * len(HOSTILE)})
    data.index = pd.Index(HOSTILE, name="=name")
    data.loc["@SUM(A1)", "=b"] = np.nan
    book = read(write_excel(ms.rank_markets(data, rules, draws=0), tmp_path / "odd.xlsx"))
    assert content(book["values"])["=name"].tolist() == HOSTILE
    assert {cell.data_type for cell in cells(book)} == {"s", "n"}
    every = [cell for page in book for row in page.iter_rows() for cell in row]
    made = [cell.value for cell in every if cell.data_type == "f"]
    assert not any(text in formula for formula in made for text in ("HYPERLINK", "=b", "TITLE"))
    texts = [cell for cell in every if isinstance(cell.value, str) and cell.data_type != "f"]
    risky = [cell for cell in texts if cell.value[0] in "=+-@"]
    assert risky
    assert all(cell.quotePrefix for cell in risky)
    assert not any(cell.quotePrefix for cell in texts if cell not in risky)


def test_signs_that_a_workbook_cannot_hold_are_replaced(tmp_path: Path) -> None:
    labels = ["nul\0", "bell\x07", "none\uffff", "\ttab", "x" * 40_000]
    book = read(write_excel(ms.rank_markets(frame(labels), tree()), tmp_path / "signs.xlsx"))
    found = content(book["values"])["city"].tolist()
    assert found[:4] == ["nul�", "bell�", "none�", "\ttab"]
    assert len(found[4]) == 32_767
    assert found[4].endswith("x...")
    assert cell_value("half\ud800") == "half�"


def test_labels_that_are_numbers_stay_numbers(tmp_path: Path) -> None:
    labels = [7, 10**14, 10**15]
    book = read(write_excel(ms.rank_markets(frame(labels), tree()), tmp_path / "numbers.xlsx"))
    assert content(book["values"])["city"].tolist() == [7, 10**14, "1000000000000000"]


def test_a_number_without_a_value_is_an_empty_cell() -> None:
    for number in (np.nan, np.inf, -np.inf, None, pd.NA, np.float64("inf")):
        assert cell_value(number) is None
    assert cell_value(np.float64(0.1)) == 0.1
    assert cell_value(np.int64(3)) == 3


@pytest.mark.parametrize("size", [1e300, 1e-300])
def test_huge_and_tiny_numbers_come_back(size: float, tmp_path: Path) -> None:
    rules = tree(indicators=tuple(replace(i, goalposts=(0, size)) for i in tree().indicators))
    data = frame(["a", "b"], buyers=[size, size / 3], rent=[0.0, size])
    path = write_excel(ms.rank_markets(data, rules, draws=0), tmp_path / "size.xlsx")
    assert_allclose(ms.read_indicators(path, sheet="values"), data, rtol=DIGITS)
    assert read(path)["values"]["B4"].number_format == "0.00E+00"


# How it looks


def test_headers_stay_in_view_and_can_be_filtered(book: Any) -> None:
    assert book["ranking"].freeze_panes == "D2"
    assert book["values"].freeze_panes == "C4"
    for page in book:
        head = 3 if page.title in {"values", "years"} else 1  # there codes stand below words
        assert page.freeze_panes.endswith(str(head + 1))
        whole = page.title not in {"cover", *LIVE}  # there a sorted part would part from the rest
        sorted_ = page.dimensions.replace("A1", f"A{head}")
        assert page.auto_filter.ref == (sorted_ if whole else None)
        assert page.print_title_rows == f"$1:${head}"
        assert all(cell.font.bold for cell in page[1])
        widths = [page.column_dimensions[cell.column_letter].width for cell in page[1]]
        assert min(widths) >= 9
        assert max(widths) <= 62


def test_numbers_are_shown_as_people_write_them(book: Any) -> None:
    first = {head.value: book["ranking"].cell(2, head.column) for head in book["ranking"][1]}
    assert first["rank"].number_format == "0"
    assert first["score"].number_format == "0.0"
    assert first["coverage"].number_format == "0.0%"
    values = {head.value: book["values"].cell(5, head.column) for head in book["values"][3]}
    assert values["NY.GDP.MKTP.CD"].number_format == "#,##0"
    assert values["PV.EST"].number_format == "0.000"
    assert book["years"]["C4"].number_format == "0"


def test_codes_stand_below_what_they_measure_and_its_unit(book: Any) -> None:
    rules = RANKING.scores.framework
    for name in ("values", "years"):
        page = book[name]
        above = {row[2].value: (row[0].value, row[1].value) for row in page.iter_cols(max_row=3)}
        assert list(above)[:2] == ["name", "market"]
        units = {i.code: i.unit if name == "values" else "year" for i in rules.indicators}
        assert {code: above[code] for code in rules.codes} == {
            code: (rules.names[code], units[code]) for code in rules.codes
        }
        assert page["A4"].value == "Aruba"
        assert page["B4"].value == "ABW"


def test_a_wide_sheet_is_printed_over_several_pages_with_its_markets(book: Any) -> None:
    assert book["ranking"].page_setup.fitToWidth == 1
    assert book["values"].page_setup.fitToWidth > 2
    assert book["values"].print_title_cols == "$A:$B"


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([0.004, 0.00008, 0.002, 0.5], "0.00000"),  # three digits of the usual one
        ([0.25, 0.5, 1.0], "0.00"),  # no zeros that stand there in all of them
        ([4.0, 1250.5, 3.25], "#,##0.00"),
        ([1.0, 2.0, 30.0], "0"),
        ([0.0, 0.0], "0"),
        ([-0.00002], "0.00000"),
        ([3e-11], "0.00E+00"),
        ([1e15], "0.00E+00"),
        ([], "0"),
    ],
)
def test_numbers_of_a_column_have_the_decimals_that_they_need(
    values: list[float], form: str
) -> None:
    assert format_of(np.array(values)) == form


def test_what_is_not_zero_does_not_read_as_zero_and_a_fact_is_yes_or_no(tmp_path: Path) -> None:
    facts = ms.Indicator(
        code="rent", factor="costs", direction="benefit", goalposts=(0, 1), unit="yes or no"
    )
    rules = tree(indicators=(tree().indicators[0], facts))
    data = frame(["a", "b", "c"], buyers=[0.00004, 5.25, 6.5], rent=[1, 0, 1])
    path = write_excel(ms.rank_markets(data, rules, draws=0), tmp_path / "small.xlsx")
    page = read(path)["values"]
    assert [page.cell(row, 2).number_format for row in (4, 5)] == ["0.00000", "0.00"]
    assert [page.cell(row, 3).value for row in (4, 5)] == [1, 0]
    assert page["C4"].number_format == '[=1]"yes";[=0]"no";General'
    assert_allclose(ms.read_indicators(path, sheet="values"), data, rtol=DIGITS)


def displayed(cell: Any) -> str:
    """Return what Excel shows of a number by formats of digits, or of texts by the sign."""
    parts = cell.number_format.split(";")
    if '"' in parts[0]:
        return str(parts[-1 if cell.value < 0 else 0].strip('"'))
    unit = Decimal(1).scaleb(-len(parts[0].partition(".")[2]))
    return str(Decimal(f"{cell.value:.15g}").quantize(unit, ROUND_HALF_UP))  # halves go up


def test_a_score_reads_as_it_does_on_the_terminal_and_is_stored_in_full(tmp_path: Path) -> None:
    """Halves go to the even digit, as Python rounds, and what is not zero does not read as zero."""
    given = [40.25, 20.75, 0.02]
    indicator = ms.Indicator(code="a", factor="f", direction="benefit", goalposts=(0, 100))
    rules = ms.Framework(name="one", factors=(ms.Factor(code="f"),), indicators=(indicator,))
    ranking = ms.rank_markets(pd.DataFrame({"a": given}, index=list("ABC")), rules, draws=0)
    book = read(write_excel(ranking, tmp_path / "halves.xlsx"))
    for name, head in (("ranking", "score"), ("ranking", "f"), ("factor scores", "f")):
        (place,) = (cell.column for cell in book[name][1] if cell.value == head)
        column = [book[name].cell(row, place) for row in (2, 3, 4)]
        assert [cell.value for cell in column] == given
        assert [displayed(cell) for cell in column] == ["40.2", "20.8", "0.02"]
    assert [str(line).split()[2] for line in str(ranking).splitlines()[2:5]] == [
        "40.2", "20.8", "0.02",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (40.35, "0.0"),  # 40.4 both ways: its double lies above
        (0.15, '"0.1";"0.1"'),  # its double lies below the half, which a spreadsheet does not see
        (-40.25, '"-40.2";"-40.2"'),
        (-0.02, "0.00"),
        (-1e-12, '"0.0";"0.0"'),
        (1e-7, '"1e-07";"1e-07"'),
        (1.25e15, '"1.25e+15";"1.25e+15"'),
        (Formula("A1", 40.25), "0.0"),  # it may be another one later
    ],
)
def test_the_format_of_a_score_shows_what_is_written_elsewhere(value: Any, form: str) -> None:
    assert number_format(score_column("score", [value], 1), value, set()) == form


def test_texts_in_formats_are_no_more_than_excel_takes() -> None:
    """The halves 0.25, 1.25, ... go down to the even digit: a text each, but not without end."""
    texts, column = set[str](), score_column("score", [], 1)
    forms = {number_format(column, n + 0.25, texts) for n in range(300)}
    assert len(texts) == MOST_TEXTS
    assert len(forms) == MOST_TEXTS + 1
    assert "0.00" in forms  # what is beyond shows the half


# The file


@pytest.mark.slow
def test_the_same_ranking_gives_the_same_bytes(world: Path, tmp_path: Path) -> None:
    again = write_excel(RANKING, str(tmp_path / "again.xlsx"))
    assert again == tmp_path / "again.xlsx"
    assert again.read_bytes() == world.read_bytes()


def test_a_workbook_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    ranking = ms.rank_markets(frame(["a", "b"]), tree(), draws=0)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(ms.InputError, match=r"mine\.xlsx.* cannot be written: No space left"):
            write_excel(ranking, path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    write_excel(ranking, path)
    assert list(tmp_path.iterdir()) == [path]
    assert read(path).sheetnames[0] == "cover"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mine.xls", r"path is .*; give the name of a file that ends in \.xlsx"),
        ("mine", r"path is .*; give the name of a file that ends in \.xlsx"),
        ("", r"path is .*; give the name of a file that ends in \.xlsx"),
        ("folder.xlsx", "is a folder; give the name of a file"),
        ("nowhere/mine.xlsx", r'there is no folder ".*nowhere"'),
        ("x" * 300 + ".xlsx", "cannot be written: File name too long"),
        ("a\0.xlsx", "path is .*give the name of a file"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(ms.InputError, match=message):
        write_excel(RANKING, str(tmp_path / name) if name else "")


def test_what_is_no_ranking_or_no_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ms.InputError, match="ranking: got DataFrame; a Ranking is needed"):
        write_excel(RANKING.table, tmp_path / "a.xlsx")  # type: ignore[arg-type] # a user's slip
    with pytest.raises(ms.InputError, match="path is a int; give the name of a file"):
        write_excel(RANKING, 3)  # type: ignore[arg-type] # a user's slip


def test_more_rows_than_excel_takes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 40)
    ranking = ms.rank_markets(frame(list(range(40))), tree(), draws=0)
    with pytest.raises(ms.InputError, match=r'sheet "ranking" has 41 rows and 8 columns'):
        write_excel(ranking, tmp_path / "long.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        ms.InputError, match=r'writing a workbook needs openpyxl.*"marketselect\[excel\]"'
    ):
        write_excel(RANKING, tmp_path / "a.xlsx")


# A basket


def test_a_basket_has_sheets_of_its_members_and_its_years(tmp_path: Path) -> None:
    codes, named = ["FRA", "USA", "JPN"], {"France": "FRA", "Japan": "JPN"}
    data = pd.DataFrame({"gdp": [3.0, 2.0, 1.0]}, index=pd.Index(codes, name="market"))
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="gdp", factor="f", direction="benefit", goalposts=(0, 4)),),
    )
    ranking = ms.rank_markets(data, rules, draws=0)
    shocks = pd.DataFrame([[0.0, 0.1, 0.2], [0.0, -0.1, 0.2]], [2001, 2002], codes)
    basket = ms.diversify(ranking, size=2, shocks=shocks, must=["JPN"])
    path = ms.write_excel(ranking, tmp_path / "b.xlsx", basket=basket)
    sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    assert list(sheets)[1:5] == ["ranking", "try weights", "basket", "basket years"]
    assert "safety" not in sheets["basket"].columns  # of nobody is it known
    page = read(path)["basket years"]
    assert {page.cell(2, place).number_format for place in (2, 4, 5)} == {"0.0"}
    years = page[1]
    assert {head.value: head.comment.text for head in years if head.comment} == named
    assert sheets["basket"]["market"].tolist() == list(basket.members)
    assert sheets["basket"]["adds"].tolist() == pytest.approx(basket.marginal.tolist())
    assert sheets["basket years"]["basket"].tolist() == pytest.approx(
        basket.path["change"].tolist()
    )
    assert "basket years" in sheets["method"].to_string()
    other = ms.rank_markets(data * 2, rules, draws=0)
    with pytest.raises(ms.InputError, match="basket is of another ranking"):
        ms.write_excel(other, tmp_path / "c.xlsx", basket=basket)


def test_a_plan_has_sheets_of_its_order_and_of_what_to_watch(tmp_path: Path) -> None:
    # France falls and rises by 8 by turns, so it may fall behind Japan.
    rows = [("FRA", "gdp", year, 60.0 - 8.0 * (year % 2)) for year in range(2014, 2025)]
    long = pd.DataFrame(
        [*rows, ("JPN", "gdp", 2024, 50.0)], columns=["market", "indicator", "year", "value"]
    )
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="gdp", factor="f", direction="benefit", goalposts=(0, 100),
                                 unit="billion US$"),),
    )  # fmt: skip
    table = ms.indicator_table(long, rules, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, rules, draws=0)
    firm = ms.Firm(home="GBR", languages=["en"])
    plan = ms.entry_plan(["FRA"], firm, ranking=ranking, observations=long)
    path = ms.write_excel(ranking, tmp_path / "p.xlsx", plan=plan)
    sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    assert list(sheets)[1:5] == ["ranking", "try weights", "plan", "watch"]
    row = sheets["plan"].iloc[0]
    heads = ["order", "wave", "market", "name", "stepping stone", "from", "cost of the step", "why"]
    found = row[heads]
    why = "from United Kingdom: the same region and the same income group"
    place = [1, 1, "FRA", "France", "GBR", "United Kingdom"]
    assert found.tolist() == [*place, 0.52, why]  # 1 - 0.32 - 0.16
    assert row["watch"].startswith("behind Japan: gdp at 50")
    watch = sheets["watch"].iloc[0]
    assert watch[["market", "indicator", "value", "behind"]].tolist() == ["FRA", "gdp", 60, "JPN"]
    assert watch["needed"] == pytest.approx(50)
    assert watch[["what it measures", "unit", "behind, by name"]].tolist() == [
        "gdp", "billion US$", "Japan",
    ]  # fmt: skip
    assert {"plan", "watch"} <= set(sheets["method"]["item"])
    with pytest.raises(ms.InputError, match=r"plan is of another ranking.*give entry_plan\("):
        ms.write_excel(ranking, tmp_path / "q.xlsx", plan=ms.entry_plan(["FRA"], firm))


def test_a_plan_in_which_nothing_is_watched_has_no_column_for_it(tmp_path: Path) -> None:
    firm, rules = ms.Firm(home="GBR", languages=["en"]), tree()
    ranking = ms.rank_markets(frame(["FRA", "USA"]), rules, draws=0)
    plan = ms.entry_plan(["FRA"], firm, ranking=ranking)
    path = ms.write_excel(ranking, tmp_path / "p.xlsx", plan=plan)
    heads = list(pd.read_excel(path, sheet_name="plan", engine="openpyxl"))
    assert heads[-1] == "why"
    assert not {"watch", "safety"} & set(heads)


@pytest.mark.parametrize(
    ("value", "form"),
    [(4.243431485e-05, "0.0000000"), (0.1666666667, "0.000"), (42.0261528701453, "0.0"),
     (500.0, "0"), (464560.076, "#,##0")],
)  # fmt: skip
def test_numbers_of_different_units_have_decimals_each_of_its_own(value: float, form: str) -> None:
    assert number_format(Column(header="old", cells=[], apart=True), value, set()) == form


def test_numbers_among_texts_stand_to_the_left_as_these_do(book: Any) -> None:
    sides = {cell.alignment.horizontal for cell in book["method"]["C"][1:]}
    assert sides == {"left"}
    assert book["ranking"]["A2"].alignment.horizontal is None


def test_who_is_screened_out_stands_with_rule_value_and_would_be_rank(tmp_path: Path) -> None:
    data = pd.DataFrame({"web": [50.0, 90.0, 20.0]}, index=["AUT", "DEU", "JPN"])
    rules = ms.Framework(
        name="small",
        factors=(ms.Factor(code="demand"),),
        indicators=(ms.Indicator(code="web", factor="demand", direction="benefit",
                                 goalposts=(0, 100)),),
        tiers=(66, 33),
        screens=(ms.Screen("landlocked", among=[False]), ms.Screen("web", min=40, why="online")),
    )  # fmt: skip
    path = write_excel(ms.rank_markets(data, rules, draws=0), tmp_path / "screened.xlsx")
    sheets = read(path)
    left = content(sheets["excluded"]).set_index("market")
    assert left["rule, as the framework has it"].to_dict() == {
        "AUT": "landlocked = false",
        "JPN": "web >= 40",
    }
    assert left["value"].to_dict() == {"AUT": "true", "JPN": 20}
    assert left["rank it would have"].tolist() == [2, 2]
    assert left.loc["JPN", "reason"] == "web is 20, asked for is at least 40: online"
    assert content(sheets["ranking"])["tier"].tolist() == ["high"]
    settings = content(sheets["method"])
    assert settings.loc[settings["part"] == "screens", "item"].tolist() == [
        "Landlocked: no", "web: at least 40",
    ]  # fmt: skip
    said = [row[1].value for row in sheets["cover"].iter_rows() if row[0].value == "Remark"]
    assert said[:2] == [
        "limit Landlocked: no: 1 of 3 markets kept out, 1 by it alone",
        "limit web: at least 40 (online): 1 of 3 markets kept out, 1 by it alone",
    ]
    said = settings.loc[settings["part"] == "tiers", "setting"].tolist()
    assert said == [rules.tiers_text]
    # Limits of a score that is no number of points are none.
    other = ms.rank_markets(data, rules, method="topsis", draws=0, screens=())
    settings = content(read(write_excel(other, tmp_path / "other.xlsx"))["method"])
    (said,) = settings.loc[settings["part"] == "tiers", "setting"]
    assert said.startswith("no tiers: they are of scores from 0 to 100")


def test_a_factor_that_was_filled_of_a_market_on_no_sheet_is_written(tmp_path: Path) -> None:
    # Anguilla lacks both factors: calm is filled by the mean of all, demand leaves it out.
    data = pd.DataFrame(
        {"size": [1.0, 2.0, None, 4.0], "calm": [1.0, None, None, 3.0]},
        index=["DEU", "FRA", "AIA", "ESP"],
    )  # fmt: skip
    rules = ms.Framework(
        name="filled",
        factors=(ms.Factor(code="demand"), ms.Factor(code="safety", missing="mean")),
        indicators=(
            ms.Indicator(code="size", factor="demand", direction="benefit"),
            ms.Indicator(code="calm", factor="safety", direction="benefit"),
        ),
    )
    ranking = ms.rank_markets(data, rules, draws=0)
    cells = ranking.scores.cells
    filled = cells.loc[cells["indicator"] == "safety", "market"].tolist()
    assert filled == ["FRA", "AIA"]
    assert "AIA" not in ranking.scores.scores.index
    write_excel(ranking, tmp_path / "filled.xlsx")
    ms.write_report(ranking, tmp_path / "filled.html")
    assert ranking.to_dict()["excluded"][0]["market"] == "AIA"


# A firm


def test_the_cover_says_for_which_firm_and_what_it_sells(tmp_path: Path) -> None:
    firm = ms.Firm(
        name="=1+1", home="GBR", products=["64"], languages=["en"], served=["IRL", "NZL", "FRA"]
    )
    rules = tree(factors=(*tree().factors, ms.Factor(code="near")), indicators=(
        *tree().indicators,
        ms.Indicator(code="PAIR.KM", factor="near", direction="cost", goalposts=(0, 20_000)),
    ))  # fmt: skip
    places, low, high = ["GBR", "IRL", "FRA", "USA"], [9.0, 9, 5, 1], [5.0] * 4
    rows = [
        (place, code, 2024, value)
        for code, column in (("buyers", low), ("rent", high))
        for place, value in zip(places, column, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(data, rules, as_of=2024, max_age=5, firm=firm)
    for asked, served, left in (
        (
            None,
            "Ireland (would be rank 1), New Zealand and France (would be rank 1)",
            "1 ranked, 3 left out: the home market and 2 served already",
        ),
        (["FRA", "USA"], "Ireland, New Zealand and France (rank 1)", "2 ranked, 0 left out"),
    ):
        ranking = ms.rank_markets(table, rules, markets=asked, draws=0)
        page = read(write_excel(ranking, tmp_path / "firm.xlsx"))["cover"]
        cover = {row[0].value: row[1] for row in page.iter_rows()}
        assert cover["Firm"].value == "=1+1"
        assert (cover["Firm"].data_type, cover["Firm"].quotePrefix) == ("s", True)
        said = {key: cover[key].value for key in ("Home", "Products", "Languages")}
        assert said == {
            "Home": "United Kingdom, which is not ranked",
            "Products": "Shoes (64 of the HS)",
            "Languages": "English",
        }
        assert cover["Served already"].value == served
        assert cover["Markets"].value == left
    nobodys = ms.rank_markets(frame(["a"]), tree(), draws=0)
    plain = read(write_excel(nobodys, tmp_path / "none.xlsx"))["cover"]
    assert not {"Firm", "Home", "Products"} & {row[0].value for row in plain.iter_rows()}


def test_what_the_cover_remarks_needs_no_codes(tmp_path: Path) -> None:
    """All are alike in rent, so the weight of costs moves no rank: people read its name."""
    costs = ms.Factor(code="costs", name="What it costs")
    ranking = ms.rank_markets(frame(["a", "b", "c"]), tree(factors=(tree().factors[0], costs)))
    page = read(write_excel(ranking, tmp_path / "r.xlsx"))["cover"]
    said = [row[1].value for row in page.iter_rows() if row[0].value == "Remark"]
    alike = "weights that move no rank, since the ranked markets are alike there"
    assert said == [f'{alike}: "What it costs" (25.0%)']
    assert ranking.remarks == (f"{alike}: What it costs (costs; 25.0%)",)
