"""For which firm it is, how many are left out, and which are its own: the same on every surface."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import marketselect as ms
from marketselect.ranking.told import firm_words, left_words
from marketselect.report.page.page import write_report
from marketselect.report.terminal import ranking_text

ROWS = {"FRA": 10.0, "IRL": 20.0, "DEU": 30.0, "GBR": 40.0, "USA": 50.0, "JPN": None}
RULES = ms.Framework(
    name="small",
    factors=(ms.Factor(code="size"),),
    indicators=(
        ms.Indicator(code="X", factor="size", direction="benefit", goalposts=(0.0, 100.0)),
    ),
)


def ranking(served: list[str], markets: dict[str, float | None] = ROWS) -> ms.Ranking:
    rows = [(market, "X", 2020, value) for market, value in markets.items() if value is not None]
    rows += [(market, "Y", 2020, 1.0) for market in markets]  # so that each is there
    given = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    firm = ms.Firm(name="Nordlicht & <b>Co</b>", home="GBR", languages=["en"], served=served)
    table = ms.indicator_table(given, RULES, as_of=2020, max_age=1, firm=firm)
    return ms.rank_markets(table, RULES, draws=0)


@pytest.mark.parametrize(
    ("served", "markets", "said"),
    [
        (["FRA", "IRL"], ROWS, "4 left out, of them the home market and 2 served already"),
        (["IRL"], ROWS, "3 left out, of them the home market and 1 served already"),
        ([], ROWS, "2 left out, of them the home market"),
        ([], {"FRA": 1.0, "GBR": 2.0}, "1 left out: the home market"),
        (["FRA"], {"FRA": 1.0, "USA": 2.0, "JPN": None}, "2 left out, of them 1 served already"),
        ([], {"FRA": 1.0, "JPN": None}, "1 left out"),
        ([], {"FRA": 1.0, "USA": 2.0}, ""),
    ],
)
def test_of_those_left_out_the_home_market_and_those_served_are_named(
    served: list[str], markets: dict[str, float | None], said: str
) -> None:
    assert left_words(ranking(served, markets)) == said


def test_the_firm_is_named_on_every_surface() -> None:
    found = ranking(["FRA"])
    whom = "Nordlicht & <b>Co</b> (United Kingdom)"
    text = ranking_text(found, found.table, excluded=False, embedded=False)
    assert text.startswith(f"small as of 2020, weighted sum, for {whom}: 3 markets ranked")
    assert "ranked by weighted sum for Nordlicht &amp; &lt;b&gt;Co&lt;/b&gt;" in found._repr_html_()
    assert firm_words(ms.Firm(home="GBR", languages=["en"])) == "a firm at home in United Kingdom"
    assert firm_words(ms.Firm(name="A\x1b[31m", home="GBR", languages=["en"])).startswith("A")
    assert "\x1b" not in firm_words(ms.Firm(name="A\x1b[31m", home="GBR", languages=["en"]))
    assert firm_words(None) == ""


def test_every_surface_has_the_same_number(tmp_path: Path) -> None:
    found = ranking(["FRA", "IRL"])
    said = left_words(found)
    assert said.startswith(f"{len(found.excluded)} left out")
    text = ranking_text(found, found.table, excluded=True, embedded=False)
    assert f"2 markets ranked, {said}\n" in text
    assert "Left out: 4 of 6 markets, 3 of them named above\n  JPN  Japan" in text
    assert repr(found).splitlines()[0] == f"Ranking of 2 markets by weighted_sum, {said}"
    assert f"{said}; <code>.excluded</code> says why." in found._repr_html_()
    page = write_report(found, tmp_path / "page.html").read_text("utf-8")
    assert (
        '<p class="whom">For <bdi>Nordlicht &amp; &lt;b&gt;Co&lt;/b&gt; (United Kingdom)</bdi>'
        in page
    )
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert held is not None
    assert json.loads(held[1])["left_out"] == said
