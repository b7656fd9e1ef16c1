"""The one vocabulary: a score is printed the same everywhere, a factor has one color everywhere."""

import re
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import marketselect as ms
from marketselect.report.page.data import page_content
from marketselect.report.terminal import ranking_text
from marketselect.scoring.record import MOVED
from marketselect.words import (
    CELLS,
    COLORS,
    FACTOR_COLORS,
    HEAT,
    column_places,
    contrast,
    equal_say_text,
    factor_colors,
    interval_text,
    interval_words,
    lead_text,
    readable_on,
    score_places,
    score_text,
    share_text,
    value_text,
    weight_text,
    weights_vary,
)

openpyxl: Any = import_module("openpyxl")
SOURCES = Path(ms.__file__).parent
CODES = ("size", "risk", "law")
# What makes scores of a range: settings of the framework, and what the values are times.
SCALES: dict[str, tuple[dict[str, Any], float]] = {
    "0 to 1": ({"range": (0.0, 1.0)}, 1.0),
    "0 to 5": ({"range": (0.0, 5.0)}, 1.0),
    "0 to 100": ({"range": (0.0, 100.0)}, 1.0),
    "1 to 100": ({"range": (1.0, 100.0)}, 1.0),
    "z-scores": ({"normalization": "z-score"}, 1.0),
    "large": ({"normalization": "none"}, 12_345.678),
    "huge": ({"normalization": "none"}, 1e20),
    "tiny": ({"normalization": "none"}, 1e-7),
}
ROWS = {
    "Aarhus": [80.0, 60, 35], "Bergen": [20, 41, 90], "Cadiz": [90, 12.5, 30], "Delft": [11, 9, 70],
}  # fmt: skip


def ranked(scale: str = "0 to 100", codes: tuple[str, ...] = CODES, **given: Any) -> ms.Ranking:
    """Rank four cities on a scale."""
    settings, times = SCALES[scale]
    ends = None if "normalization" in settings else (0.0, 100.0)
    rules = ms.Framework(
        **{"name": "small", **settings},
        factors=tuple(ms.Factor(code=code) for code in codes),
        indicators=tuple(
            ms.Indicator(code=f"{code}_value", factor=code, direction="benefit", goalposts=ends)
            for code in codes
        ),
    )
    data = pd.DataFrame.from_dict(ROWS, orient="index", columns=[f"{code}_value" for code in CODES])
    data = data.reindex(columns=[f"{code}_value" for code in codes], fill_value=7.0)
    data.iloc[:, len(CODES) :] += np.arange(4)[:, None]
    return ms.rank_markets(data * times, rules, **{"draws": 100, **given})


class Cells(HTMLParser):
    """The texts of a table's cells, and the colors of the bars in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.colors: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
            self.colors.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        found = re.search(r"background-color:(#\w+)", str(dict(attrs).get("style")))
        if found and self.colors:
            self.colors[-1].append(found.group(1))

    def handle_data(self, data: str) -> None:
        if self.rows:
            self.rows[-1][-1] += data


def workbook(ranking: ms.Ranking, folder: Path) -> Any:
    """Return the sheet of the ranking, each column by its head."""
    book = openpyxl.load_workbook(ms.write_excel(ranking, folder / "ranking.xlsx"))
    return {column[0].value: column for column in book["ranking"].columns}


# A method has one name everywhere


def test_a_method_is_called_by_its_label_wherever_it_is_met(tmp_path: Path) -> None:
    own = ms.Method(call=lambda matrix, weights: matrix @ weights, name="by_us", label="By us & co")
    ranking = ranked(method=own)
    told = ranking_text(ranking, ranking.table, excluded=False, embedded=False)
    assert told.startswith("small, By us & co: 4 markets ranked")
    assert "ranked by By us &amp; co<" in ranking._repr_html_()
    assert page_content(ranking, title="t", trust=None)["method"] == "By us & co"
    book = openpyxl.load_workbook(ms.write_excel(ranking, tmp_path / "ranking.xlsx"))
    cover = dict(book["cover"].iter_rows(min_col=1, max_col=2, values_only=True))
    assert cover["Ranked by"] == "By us & co"
    assert 'the ranking is by "By us & co", and' in cover["Weights"]


# A score is printed the same everywhere


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
def test_a_score_is_written_the_same_wherever_it_is_met(scale: str, tmp_path: Path) -> None:
    ranking = ranked(scale)
    places, parts = ranking.places
    texts = [score_text(score, places) for score in ranking.table["score"]]
    factors = [
        [score_text(score, parts) for score in row] for row in ranking.table[list(CODES)].to_numpy()
    ]
    assert len(set(texts)) == 4
    intervals = list(map(interval_text, ranking.table["rank_low"], ranking.table["rank_high"]))
    terminal = ranking_text(ranking, ranking.table, excluded=False, embedded=False).splitlines()
    lines = [line.split()[2:7] for line in terminal[3:7]]
    notebook = Cells(ranking._repr_html_()).rows[1:5]
    printed = [line.split() for line in repr(ranking).splitlines()[2:6]]
    labels = [text.get_text() for text in ms.plot_ranking(ranking).texts]
    profile = [text.get_text() for text in ms.plot_profile(ranking, list(ROWS)).texts]
    sheet = workbook(ranking, tmp_path)
    shape = f"0.{'0' * places}".rstrip(".")
    for n, market in enumerate(ranking.table.index):
        expected = [texts[n], intervals[n], *factors[n]]
        assert lines[n] == notebook[n][2:7] == expected
        assert printed[n][2] == texts[n]
        assert printed[n][5:8] == factors[n]
        assert f"with a score of {texts[n]}" in ms.explain(ranking, market).sentence
        assert labels[n] == texts[n]
        assert set(factors[n]) <= set(profile)
        written = f'"{texts[n]}"'  # where no digits of a format say it
        assert sheet["score"][n + 1].number_format in (shape, f"{written};{written}")
        assert sheet["score"][n + 1].value == pytest.approx(ranking.table["score"].iloc[n])
    one, other = ranking.table.index[:2]
    gap = score_text(abs(ranking.table["score"].diff().iloc[1]), places)
    both = ms.compare(ranking, other, one).sentence
    assert f"{one} (1st, {texts[0]}) scores {gap} more than {other} (2nd, {texts[1]})." in both
    moved = ms.overtake(ranking, other, one).sentence
    assert f"{other} (2nd, {texts[1]}) is {gap} behind {one} (1st, {texts[0]})." in moved
    content = page_content(ranking, "t", None)
    assert content["places"] == [places, parts]  # the page's own text is tested in a browser
    assert content["markets"]["score"] == ranking.table["score"].tolist()


def test_decimals_hang_on_all_ranked_markets_not_on_those_shown() -> None:
    ranking = ranked("0 to 100")
    small = ranking.table["score"].tail(1) / 100
    assert score_places(small) != ranking.places[0]
    last = ranking.table.index[-1]
    text = score_text(ranking.table["score"].iloc[-1], ranking.places[0])
    assert f"score of {text}" in ms.explain(ranking, last).sentence


@pytest.mark.parametrize(
    ("largest", "places"),
    [(0.0, 3), (1.0, 3), (1.49, 3), (1.5, 2), (5.0, 2), (9.99, 2), (10.0, 1), (100.0, 1),
     (9_999.0, 1), (10_000.0, 0), (1e300, 0), (0.01, 3), (0.0099, 5), (1e-300, 12)],
)  # fmt: skip
def test_the_largest_score_decides_the_decimals(largest: float, places: int) -> None:
    assert score_places([0.0, -largest, float("nan")]) == places


@pytest.mark.parametrize(
    ("score", "places", "text"),
    [(3.75, 2, "3.75"), (79.99, 1, "80.0"), (-0.0, 1, "0.0"), (-1.25, 1, "-1.2"), (0.03, 1, "0.03"),
     (-0.0004, 3, "-0.0004"), (1e-17, 3, "0.000"), (-1e-17, 1, "0.0"), (1e300, 0, "1e+300")],
)  # fmt: skip
def test_what_is_not_zero_is_not_written_as_zero(score: float, places: int, text: str) -> None:
    assert score_text(score, places) == text


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ([0.047, 0.1, -3.26], ["0.05", "0.10", "-3.26"]),
        ([0.5, 0.1, 0.0], ["0.5", "0.1", "0.0"]),
        ([0.0, 1e-14], ["0.0", "0.0"]),
        ([12.0, 0.0004], ["12.000", "0.0004"]),  # two decimals more, and no further
        ([], []),
    ],
)
def test_the_numbers_of_a_column_have_the_same_decimals(
    numbers: list[float], texts: list[str]
) -> None:
    places = column_places(numbers, 1)
    assert [score_text(number, places) for number in numbers] == texts


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.0, "hours", "1 hour"),
        (1.004, "hours", "1 hour"),
        (1.5, "hours", "1.5 hours"),
        (-1.0, "points", "-1 point"),
        (1.0, "supplying markets", "1 supplying market"),
        (1.0, "persons per 1,000 people and year", "1 person per 1,000 people and year"),
        (1.0, "km between where people live", "1 km between where people live"),
        (1.0, "% a year", "1% a year"),
        (1.0, "years of age, mean", "1 (years of age, mean)"),
    ],
)
def test_of_one_there_is_no_plural(value: float, unit: str, text: str) -> None:
    assert value_text(value, unit) == text


def test_a_small_lead_is_said_to_be_small() -> None:
    assert [lead_text(lead, 1) for lead in (0.01, 0.05, 12.0)] == ["under 0.1", "+0.1", "+12.0"]


@pytest.mark.parametrize(
    ("share", "whole", "tenths"),
    [(0.0, "0%", "0.0%"), (1.0, "100%", "100.0%"), (1 - 1e-12, "100%", "100.0%"),
     (0.004, "<1%", "0.4%"), (0.0004, "<1%", "<0.1%"), (0.9999, ">99%", ">99.9%"),
     (0.125, "12%", "12.5%"), (-0.0001, "0%", "0.0%"), (-0.031, "-3%", "-3.1%")],
)  # fmt: skip
def test_only_nothing_is_0_and_only_the_whole_100_percent(
    share: float, whole: str, tenths: str
) -> None:
    assert (share_text(share), weight_text(share)) == (whole, tenths)


def test_an_interval_of_one_rank_is_that_rank() -> None:
    assert [interval_text(4, 8), interval_text(3, 3)] == ["4-8", "3"]
    assert interval_words(weights_vary(0.125, "top")).endswith(
        "when each factor's weight varies by up to 12.5% of itself"
    )
    assert weights_vary(0.25, "all", (0.666, 1.436)) == (
        "each stated weight varies by up to 25% of itself, each group rescaled; indicators then "
        "weigh 0.67 to 1.44 times theirs"
    )
    assert weights_vary(1, "indicators").startswith("each indicator's weight in the whole varies")


# A factor has one color everywhere


@pytest.mark.slow
@pytest.mark.parametrize("codes", [CODES, (*CODES, *(f"f{n}" for n in range(7)))])
def test_a_factor_has_one_color_wherever_it_is_met(codes: tuple[str, ...], tmp_path: Path) -> None:
    ranking = ranked(codes=codes, draws=0)
    colors = list(factor_colors(ranking.scores.framework.top).values())
    assert colors == [FACTOR_COLORS[n % 8] for n in range(len(codes))]
    page = page_content(ranking, "t", None)
    assert page["words"]["factors"] == list(FACTOR_COLORS)
    assert [factor["code"] for factor in page["factors"]] == list(codes)
    notebook = Cells(ranking._repr_html_()).colors[1]
    assert notebook == colors
    stacked = ms.plot_ranking(ranking)
    bars = [to_hex(bars[0].get_facecolor()).upper() for bars in stacked.containers]
    assert bars == colors
    legend = stacked.get_legend()
    assert legend is not None
    assert {to_hex(patch.get_facecolor()).upper() for patch in legend.get_patches()} == set(colors)
    profile = [
        to_hex(patch.get_facecolor()).upper()
        for patch in ms.plot_profile(ranking, ["Delft"]).patches
    ]
    assert profile[1::2] == colors  # each after the track it runs in
    sheet = workbook(ranking, tmp_path)
    heads = [sheet[code][0] for code in codes]
    assert [f"#{head.fill.fgColor.rgb[2:]}" for head in heads] == colors
    for head, color in zip(heads, colors, strict=True):
        assert f"#{head.font.color.rgb[2:]}" == readable_on(color)


def test_colors_show_on_paper_and_at_night() -> None:
    for color in FACTOR_COLORS:
        assert min(contrast(color, "#FFFFFF"), contrast(color, "#000000")) >= 3, color
    for name in ("faint", "interval", "chosen"):
        assert contrast(COLORS[name], "#FFFFFF") >= 3, name
    for name in ("ink", "soft", "accent", "good", "bad"):
        assert contrast(COLORS[name], "#FFFFFF") >= 4.5, name
    assert contrast(COLORS["interval"], "#000000") >= 3
    for color in (*HEAT, COLORS["imputed"], COLORS["treated"], *FACTOR_COLORS):
        assert contrast(color, readable_on(color)) >= 4.5, color


def test_the_higher_the_value_the_darker_its_color() -> None:
    light = [contrast(color, "#000000") for color in HEAT]
    assert light == sorted(light, reverse=True)


def test_colors_and_words_stand_in_one_place() -> None:
    """Nothing but words.py names a color of the palette, or says what happened to a cell."""
    once = {color.lower() for color in (*FACTOR_COLORS, *HEAT, *COLORS.values())}
    said = {f'"{words}"' for words in CELLS.values()}
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix not in (".py", ".js", ".css") or path.name == "words.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert not [words for words in said if words in text], path
        text = text.lower()
        assert not [color for color in once if color in text], path
        if path.suffix != ".css":
            assert not re.findall(r"[\"']#[0-9a-f]{3,8}[\"']", text), path


# What happened to a cell


def test_every_kind_of_the_record_has_its_words() -> None:
    kinds = {"missing", "stale", "undated", "imputed", "noted", "neutral", *MOVED}
    assert set(CELLS) == kinds
    assert page_content(ranked(draws=0), "t", None)["words"]["cells"] == CELLS


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        # A third each: the first gets the hundredth that is left.
        ([1 / 3, 1 / 3, 1 / 3], "a 0.34, b 0.33, c 0.33"),
        # Each nearest number, 0.13 + 0.44 + 0.44, would make 1.01: 43.6 has the least remainder.
        ([0.127, 0.437, 0.436], "a 0.13, b 0.44, c 0.43"),
        # None is told as nothing, and they add up at its decimals.
        ([0.6, 0.3962, 0.0038], "a 0.600, b 0.396, c 0.004"),
    ],
)
def test_the_weights_that_are_advised_add_up_to_one(weights: list[float], said: str) -> None:
    text = equal_say_text(zip("abc", weights, strict=True), [])
    assert text == f"To give each factor an equal say, weigh {said}."


# American spelling

BRITISH = re.compile(
    r"\b(?:(?:model|label|cancel|travel|signal|level|total)l(?:ed|ing)"
    r"|(?:behaviou|colou|favou|harbou|honou|labou|neighbou)r\w*"
    r"|(?:categor|general|maxim|minim|normal|optim|penal|random|recogn|standard|summar)"
    r"is(?:e[sd]?|ing|ation)"
    r"|analys(?:e|ed|ing)|artefacts?|centre[sd]?|grey|metres?|kilometres?|whilst)\b"
)


def test_what_people_read_is_in_american_spelling() -> None:
    kinds = {".py", ".toml", ".js", ".html", ".css"}
    found = {
        f"{path.name}: {word}"
        for path in sorted(SOURCES.rglob("*"))
        if path.suffix in kinds
        for word in BRITISH.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set()
