"""The sheets of a workbook that follow its weights: what is stored, and what LibreOffice finds."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import marketselect as ms
from marketselect.report.workbook import live
from marketselect.report.workbook.live import why_fixed

openpyxl: Any = import_module("openpyxl")

CODES = ("buyers", "growth", "web", "rent", "wages")
UNDER = {"buyers": "size", "growth": "size", "web": "reach", "rent": "costs", "wages": "costs"}


def rules(**settings: Any) -> ms.Framework:
    """Return demand over size (buyers, growth) and reach (web), and costs (rent, wages)."""
    factors = (
        ms.Factor(code="demand", weight=3),
        ms.Factor(code="size", parent="demand", weight=2),
        ms.Factor(code="reach", parent="demand"),
        ms.Factor(code="costs"),
    )
    indicators = tuple(
        ms.Indicator(
            code=code, factor=factor, direction="benefit", goalposts=(0, 100), name=f"=the {code}",
            unit="points", source="Office", licence="CC BY 4.0",
        )
        for code, factor in UNDER.items()
    )  # fmt: skip
    plain = {"name": "live", "min_coverage": 0.0, "factors": factors, "indicators": indicators}
    return ms.Framework(**{**plain, **settings})


def markets() -> pd.DataFrame:
    """Return twelve markets with gaps, one without reach, and two pairs that are level."""
    figures = np.random.default_rng(7).integers(0, 101, (12, len(CODES))).astype(float)
    frame = pd.DataFrame(figures, list("abcdefghijkl"), list(CODES))
    frame.loc["c", "growth"] = frame.loc["e", "rent"] = np.nan
    frame.loc["d", "web"] = np.nan
    frame.loc["h"], frame.loc["l"] = frame.loc["a"].to_numpy(), frame.loc["d"].to_numpy()
    return frame.rename_axis("market")


def ranked(**call: Any) -> ms.Ranking:
    return ms.rank_markets(markets(), rules(), draws=0, **call)


def written(ranking: ms.Ranking, path: Path) -> Any:
    """Return the workbook with the values that are stored beside its formulas."""
    return openpyxl.load_workbook(ms.write_excel(ranking, path / "live.xlsx"), data_only=True)


def results(book: Any) -> dict[str, tuple[int, float]]:
    """Return rank and score of each market as the sheet of weights has them."""
    rows = list(book["try weights"].iter_rows(values_only=True))
    market, score = rows[0].index("market"), rows[0].index("score")
    return {row[market]: (row[5], row[score]) for row in rows[1:] if row[market]}


def expected(ranking: ms.Ranking) -> dict[str, tuple[int, float]]:
    table = ranking.table
    return dict(zip(table.index, zip(table["rank"], table["score"], strict=True), strict=True))


# What is stored


def test_ranks_and_scores_are_stored_beside_their_formulas(tmp_path: Path) -> None:
    ranking = ranked()
    found = results(written(ranking, tmp_path))
    assert found.keys() == expected(ranking).keys()
    assert {market: rank for market, (rank, _) in found.items()} == ranking.table["rank"].to_dict()
    scores = [score for _, score in found.values()]
    assert_allclose(scores, ranking.table.loc[list(found), "score"], rtol=1e-15)
    page = openpyxl.load_workbook(tmp_path / "live.xlsx")["try weights"]
    assert all(page.cell(row, 6).data_type == "f" for row in range(2, 14))


def test_every_formula_has_its_value_stored(tmp_path: Path) -> None:
    path = ms.write_excel(ranked(), tmp_path / "live.xlsx")
    with ZipFile(path) as archive:
        pages = [archive.read(n).decode() for n in archive.namelist() if "worksheets/sheet" in n]
    made = sum(page.count("<f>") for page in pages)
    assert made > 100
    assert sum(page.count("</f><v>") for page in pages) == made


def test_the_tree_has_its_weights_and_what_they_are_of_the_whole(tmp_path: Path) -> None:
    rows = written(ranked(), tmp_path)["try weights"].iter_rows(min_row=2, values_only=True)
    found = {code: (weight, share) for _, code, weight, share, *_ in rows if code}
    # Demand has 3 of 4, size 2 of 3 of it, and buyers half of that: 3/4 x 2/3 x 1/2 = 1/4.
    assert found["demand"] == pytest.approx((3 / 4, 3 / 4))
    assert found["size"] == pytest.approx((2 / 3, 1 / 2))
    assert found["buyers"] == pytest.approx((1 / 2, 1 / 4))
    assert found["rent"] == pytest.approx((1 / 2, 1 / 8))


def test_a_subfactor_without_values_is_empty_where_the_parents_score_would_stand(
    tmp_path: Path,
) -> None:
    book = written(ranked(), tmp_path)
    head, weights, *rows = book["formulas"].iter_rows(values_only=True)
    found = {row[head.index("market")]: row for row in rows}
    assert found["d"][head.index("reach")] in ("", None)
    assert found["d"][head.index("=the web")] in ("", None)  # headed by its name
    assert found["a"][head.index("reach")] == pytest.approx(markets().loc["a", "web"])
    assert weights[head.index("size")] == pytest.approx(2 / 3)


def test_names_of_the_data_are_no_formulas(tmp_path: Path) -> None:
    ms.write_excel(ranked(), tmp_path / "live.xlsx")
    book = openpyxl.load_workbook(tmp_path / "live.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [c.value for c in cells if c.data_type == "f" and "the" in str(c.value)]
    named = [cell for cell in cells if str(cell.value).startswith("=the")]
    assert named
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in named)


def test_weights_can_be_changed_but_those_that_take_no_part(tmp_path: Path) -> None:
    same = markets().assign(web=5.0)
    ranking = ms.rank_markets(same, rules(normalization="z-score"), draws=0)
    page = written(ranking, tmp_path)["try weights"]
    colored = {
        page.cell(row, 2).value
        for row in range(2, page.max_row + 1)
        if page.cell(row, 3).fill.fill_type == "solid"
    }
    assert colored == {"demand", "size", "costs", "buyers", "growth", "rent", "wages"}
    allowed = page.data_validations.dataValidation[0]
    assert (allowed.type, allowed.operator, allowed.formula1) == (
        "decimal", "greaterThanOrEqual", "0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ranking", "why"),
    [
        (ranked(method="topsis"), 'the ranking is by "TOPSIS"'),
        (ranked(method="weighted_product"), 'by "weighted product"'),
        (ranked(options={"normalization": "vector"}), "only a plain weighted sum"),
    ],
    ids=["topsis", "product", "relative"],
)
def test_other_rankings_have_fixed_numbers_and_the_cover_says_why(
    ranking: ms.Ranking, why: str, tmp_path: Path
) -> None:
    book = written(ranking, tmp_path)
    assert not {"try weights", "formulas"} & set(book.sheetnames)
    texts = [row[1] for row in book["cover"].iter_rows(values_only=True) if row[1]]
    assert [text for text in texts if text.startswith("The numbers of this") and why in text]


def test_too_many_markets_have_fixed_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not why_fixed(ranked())
    monkeypatch.setattr(live, "MOST_LIVE", 11)
    assert why_fixed(ranked()) == "ranking more than 11 markets anew takes a spreadsheet too long"


def test_what_is_under_a_geometric_mean_is_not_open_to_change(tmp_path: Path) -> None:
    given = rules()
    factors = tuple(
        replace(factor, aggregation="geometric") if factor.code == "size" else factor
        for factor in given.factors
    )
    frame = markets().clip(lower=1)
    ranking = ms.rank_markets(frame, replace(given, factors=factors), draws=0)
    page = written(ranking, tmp_path)["try weights"]
    codes = [row[1] for row in page.iter_rows(min_row=2, values_only=True) if row[1]]
    assert codes == ["demand", "size", "reach", "web", "costs", "rent", "wages"]


# Cover, sources, looks


def test_the_cover_says_what_came_out_and_leads_to_each_sheet(tmp_path: Path) -> None:
    ranking = ranked()
    book = written(ranking, tmp_path)
    page = book["cover"]
    rows = {row[0]: row[1] for row in page.iter_rows(values_only=True) if row[0]}
    first, second = ranking.table.index[:2]
    assert rows["Result"].startswith(f"{first} is first with a score of ")
    assert f"before {second}" in rows["Result"]
    assert rows["Made with"] == f"marketselect {ms.__version__}"
    assert rows["Markets"] == "12 ranked, 0 left out"
    links = [cell.hyperlink.location for row in page.iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_each_source_stands_with_its_license_and_what_it_gives(tmp_path: Path) -> None:
    other = rules()
    items = (replace(other.indicators[0], source="Bank", licence="CC0"), *other.indicators[1:])
    ranking = ms.rank_markets(markets(), replace(other, indicators=items), draws=0)
    rows = list(written(ranking, tmp_path)["sources"].iter_rows(values_only=True))
    assert rows[0] == ("source", "license", "indicators", "which")
    assert rows[1] == ("Bank", "CC0", 1, "=the buyers")
    assert rows[2][:3] == ("Office", "CC BY 4.0", 4)


def test_scores_are_colored_by_size_and_the_first_are_drawn(tmp_path: Path) -> None:
    ms.write_excel(ranked(), tmp_path / "live.xlsx")
    book = openpyxl.load_workbook(tmp_path / "live.xlsx")
    scaled = [str(ranges.sqref) for ranges in book["ranking"].conditional_formatting]
    assert scaled == ["C2:C13", "F2:F13", "G2:G13"]  # the score and both top factors
    with ZipFile(tmp_path / "live.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "'try weights'!$H$2:$H$13" in chart
    assert "Score at these weights" in chart


def test_codes_of_indicators_stand_below_their_names_and_units(tmp_path: Path) -> None:
    page = written(ranked(), tmp_path)["values"]
    assert [page[f"B{row}"].value for row in (1, 2, 3)] == ["=the buyers", "points", "buyers"]
    assert page["B1"].data_type == "s"
    assert page["B1"].quotePrefix


# What LibreOffice works out


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Any]]:
    """Change weights, let LibreOffice work a workbook out, and open what it saved."""
    office = os.environ.get("MARKETSELECT_SOFFICE") or shutil.which("soffice")
    if office is None:
        reason = "no LibreOffice: soffice is not on the PATH; no formula was worked out"
        if os.environ.get("MARKETSELECT_OFFICE_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("office")

    def call(*asked: tuple[ms.Ranking, Mapping[str, float]]) -> list[Any]:
        paths = [folder / f"{n}.xlsx" for n in range(len(asked))]
        for path, (ranking, weights) in zip(paths, asked, strict=True):
            # Saved by openpyxl no formula has a value: all that is read comes from LibreOffice.
            book = openpyxl.load_workbook(ms.write_excel(ranking, path))
            page = book["try weights"]
            rows = {page.cell(row, 2).value: row for row in range(2, page.max_row + 1)}
            for code, weight in weights.items():
                page.cell(rows[code], 3).value = weight
            book.save(path)
        command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        subprocess.run(
            [*command, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder / "made",
             *paths],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return [openpyxl.load_workbook(folder / "made" / path.name, data_only=True)
                for path in paths]  # fmt: skip

    return call


@pytest.mark.nightly
def test_libreoffice_gives_the_ranks_of_python_at_any_weights(
    recalculated: Callable[..., list[Any]],
) -> None:
    stated = ranked()
    top = {"demand": 0.2, "costs": 0.8}
    deep = {"size": 1.0, "reach": 4.0, "buyers": 0.0, "growth": 3.0, "rent": 0.7, "wages": 0.1}
    rounded = ms.rank_markets(markets(), rules(decimals=0), draws=0)  # several are level
    assert rounded.table["rank"].duplicated().sum() > 2
    asked: list[tuple[ms.Ranking, dict[str, float]]] = [
        (stated, {}), (stated, top), (stated, {**top, **deep}), (rounded, {}),
    ]  # fmt: skip
    python = [
        stated, ranked(weights=top), reweighted({**top, **deep}), rounded,
    ]  # fmt: skip
    for book, ranking in zip(recalculated(*asked), python, strict=True):
        found, table = results(book), ranking.table
        assert {market: rank for market, (rank, _) in found.items()} == table["rank"].to_dict()
        assert_allclose([found[m][1] for m in table.index], table["score"], rtol=1e-12)


@pytest.mark.nightly
def test_libreoffice_ranks_scores_that_differ_by_rounding_as_python_does(
    recalculated: Callable[..., list[Any]],
) -> None:
    # 0.1 + 0.2 is not 0.3 in binary: a and b are level by the rule of ties, d is not with c.
    frame = pd.DataFrame(
        {"x": [10.0, 30.0, 50.0, 50.0 - 1e-9, 20.0], "y": [20.0, 0.0, 0.0, 0.0, 10.0],
         "z": [0.0, 0.0, 20.0, 20.0, 0.0]}, list("abcde"),
    ).rename_axis("market")  # fmt: skip
    plain = ms.Framework(
        name="ties",
        factors=tuple(ms.Factor(code=code.upper()) for code in "xyz"),
        indicators=tuple(
            ms.Indicator(code=c, factor=c.upper(), direction="benefit", goalposts=(0, 100))
            for c in "xyz"
        ),
    )
    ranking = ms.rank_markets(frame, plain, draws=0)
    assert ranking.table["rank"].to_dict() == {"c": 1, "d": 2, "a": 3, "b": 3, "e": 3}
    (book,) = recalculated((ranking, {}))
    assert {m: rank for m, (rank, _) in results(book).items()} == ranking.table["rank"].to_dict()


def reweighted(weights: Mapping[str, float]) -> ms.Ranking:
    """Return what Python makes of other weights at every level."""
    given = rules()
    changed = replace(
        given,
        factors=tuple(replace(f, weight=weights.get(f.code, f.weight)) for f in given.factors),
        indicators=tuple(
            replace(i, weight=weights.get(i.code, i.weight)) for i in given.indicators
        ),
    )
    return ms.rank_markets(markets(), changed, draws=0)
