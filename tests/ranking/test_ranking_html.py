"""The table that a notebook shows: its cells, its bars, its escapes."""

from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.ranking.html import ranking_html
from shared import pestle_table

TABLE = pestle_table()
WORLD = ms.rank_markets(TABLE, "pestle", draws=200)
WEIGHTS = pd.Series({"size": 0.75, "risk": 0.25})


class Page(HTMLParser):
    """Reads tags and texts, and checks that every tag is closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def small(labels: list[Any], **columns: Any) -> pd.DataFrame:
    n = len(labels)
    unknown = pd.array([pd.NA] * n, dtype="Int64")
    table = {"rank": range(1, n + 1), "score": np.linspace(90, 10, n), "rank_low": unknown}
    table |= {"rank_high": unknown, "size": 50.0, "risk": 20.0, "coverage": 1.0}
    return pd.DataFrame(table | columns, index=labels)


def html(table: pd.DataFrame, **given: Any) -> str:
    fixed: dict[str, Any] = {"title": "T", "method": "weighted sum", "scale": (0.0, 100.0)}
    return ranking_html(table, WEIGHTS, **(fixed | given))


def test_the_first_markets_stand_with_their_numbers() -> None:
    text = ranking_html(
        WORLD.table, WORLD.weights, title="Pestle", method="weighted sum", scale=(0, 100),
        shares=WORLD.effective_weights, left_out="53 left out",
    )  # fmt: skip
    rows = Page(text).rows
    assert rows[0] == ["rank", "market", "name", "score", "interval", *WORLD.weights.index,
                       "coverage"]  # fmt: skip
    first = WORLD.table.iloc[0]
    low, high = WORLD.table["rank_low"].iloc[0], WORLD.table["rank_high"].iloc[0]
    assert rows[1][:5] == ["1", "SGP", "Singapore", f"{first['score']:.1f}", f"{low}-{high}"]
    assert rows[1][5:11] == [f"{first[factor]:.1f}" for factor in WORLD.weights.index]
    assert len(rows) == 1 + 20 + 2
    assert rows[-2] == ["weight", *["16.7%"] * 6, ""]
    assert "163 more markets in <code>.table</code>" in text
    assert "53 left out; <code>.excluded</code> says why" in text
    assert "ranked by weighted sum" in text


def test_columns_and_rows_are_headed_for_a_screen_reader() -> None:
    tags = Page(html(small(["a", "b"]), shares=WEIGHTS)).tags
    scopes = [attributes["scope"] for tag, attributes in tags if tag == "th"]
    assert scopes == ["col"] * 6 + ["row"] * 4
    assert [tag for tag, _ in tags if tag in ("caption", "thead", "tbody", "tfoot")] == [
        "caption", "thead", "tbody", "tfoot",
    ]  # fmt: skip


def test_looks_are_inline_and_text_has_the_color_of_the_page() -> None:
    page = Page(html(small(["a"])))
    assert not {tag for tag, _ in page.tags} & {"style", "script", "link", "img", "svg"}
    styles = ";".join(str(attributes.get("style", "")) for _, attributes in page.tags)
    assert not [part for part in styles.split(";") if part.startswith("color")]


def widths(text: str) -> list[tuple[float, float]]:
    """Return start and length of every bar, in percent."""
    styles = [str(attributes.get("style")) for _, attributes in Page(text).tags]
    found = [dict(p.split(":") for p in s.split(";")) for s in styles if "height:4px" in s]
    return [(float(s["margin-left"][:-1]), float(s["width"][:-1])) for s in found]


def test_bars_are_as_long_as_the_scores() -> None:
    assert widths(html(small(["a"]))) == [(0, 50), (0, 20)]
    assert widths(html(small(["a"]), scale=(0, 200))) == [(0, 25), (0, 10)]


def test_a_score_beyond_the_scale_makes_it_wider() -> None:
    assert widths(html(small(["a", "b"], size=[300.0, 150.0], risk=0.0))) == [
        (0, 100), (0, 0), (0, 50), (0, 0),
    ]  # fmt: skip
    assert widths(html(small(["a", "b"], size=[100.0, -100.0], risk=0.0)))[0::2] == [
        (0, 100), (0, 0),
    ]  # fmt: skip


def test_an_interval_lies_between_the_first_rank_and_the_farthest() -> None:
    ends = {"rank_low": pd.array([1, 2], "Int64"), "rank_high": pd.array([1, 4], "Int64")}
    text = html(small(["a", "b"], **ends), varied="each factor's weight varies")
    assert widths(text)[0::3] == [(0, 25), (25, 75)]
    assert [row[3] for row in Page(text).rows[1:3]] == ["1", "2-4"]
    assert "90% of the ranks lie when each factor's weight varies." in text


def test_without_draws_there_is_no_interval() -> None:
    text = html(small(["a", "b"]))
    assert "interval" not in text.lower()
    assert Page(text).rows[0] == ["rank", "market", "score", "size", "risk", "coverage"]


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", '"><b>', "a&b", "\u202eevil", "'", "x" * 500]
)
def test_text_from_data_is_only_text(label: str) -> None:
    weights = WEIGHTS.rename({"risk": label})
    table = small([label]).rename(columns={"risk": label})
    text = ranking_html(table, weights, title=label, method=label, scale=(0, 100), shares=weights,
                        shares_name=label)  # fmt: skip
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "b "}
    assert sum(tag == "b" for tag, _ in page.tags) == 1  # that of the caption
    shown = label if len(label) <= 28 else label[:27] + "\N{HORIZONTAL ELLIPSIS}"
    assert page.rows[1][1] == shown
    assert page.rows[0][4] == shown
    assert page.rows[-1][0] == shown
    titles = [attributes["title"] for _, attributes in page.tags if "title" in attributes]
    assert titles == ([label] * 3 if shown != label else [])


def test_the_whole_of_a_cut_name_is_a_title_that_cannot_end_early() -> None:
    label = '"><script>' + "x" * 200
    text = html(small([label]))
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert [attributes["title"] for _, attributes in page.tags if "title" in attributes] == [label]
    widest = max(len(each) for row in page.rows for each in row)
    assert widest == 28
    # What stands outside the cells breaks anywhere, so that it makes nothing wide.
    outside = [a["style"] for tag, a in page.tags if tag in ("p", "caption")]
    assert all("overflow-wrap:anywhere" in str(style) for style in outside)


@pytest.mark.parametrize("labels", [[1, 2], [("a", 1), ("b", 2)], ["Lyon", "Graz"]])
def test_labels_of_any_kind_have_no_name_column(labels: list[Any]) -> None:
    table = small([0, 1]).set_axis(pd.Index(labels, tupleize_cols=False))
    rows = Page(html(table)).rows
    assert [row[1] for row in rows[1:3]] == [str(label) for label in labels]


@pytest.mark.parametrize("size", [1e300, -1e300, 1e-300, 0.0])
def test_scores_of_any_size_are_shown(size: float) -> None:
    text = html(small(["a", "b"], size=[size, 0.0], score=[size, 0.0]))
    assert "nan" not in text
    assert "inf" not in text
    assert all(0 <= start <= 100 and 0 <= width <= 100 for start, width in widths(text))
    assert len(text) < 5000


def test_no_market_and_one_left_out_make_a_table_too() -> None:
    text = html(small([]), left_out="1 left out")
    assert len(Page(text).rows) == 2
    assert "1 left out; <code>.excluded</code> says why." in text
    assert "Next" not in text


def test_the_table_is_not_changed() -> None:
    table = small(["a", "b"])
    before = table.copy(deep=True)
    html(table)
    pd.testing.assert_frame_equal(table, before)
