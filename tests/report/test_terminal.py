"""Text on a terminal: it fits the screen, is colored for people, and lines up in any script."""

import io
import re
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.report.lines import fitted_table, text_table, wrapped_lines
from marketselect.report.page.chosen import basket_content
from marketselect.report.plan_text import basket_table, watch_table
from marketselect.report.rules import framework_text
from marketselect.report.screen import StyledText, TerminalScreen, color_code, terminal_of
from marketselect.report.terminal import doubt_text, factor_heads, ranking_parts, ranking_text
from marketselect.width import breadth
from shared import Terminal

CODE = re.compile(r"\x1b\[[\d;]*m")
FACTORS = ("demand", "technology", "law", "costs", "environment", "people", "infrastructure")
WIDTHS = (60, 72, 80, 100, 120, 160, 200)


def rules(names: tuple[str, ...] = FACTORS) -> ms.Framework:
    return ms.Framework(
        name="wide",
        title="A ranking of many factors, for looking at how its text goes over lines",
        factors=tuple(ms.Factor(code=code, weight=n) for n, code in enumerate(names, start=1)),
        indicators=tuple(
            ms.Indicator(code=f"{code}_value", factor=code, direction="benefit",
                         goalposts=(0, 100), unit="points", name=f"The value of {code}")
            for code in names
        ),
    )  # fmt: skip


def ranked(labels: tuple[str, ...] = ("DEU", "VNM", "MEX", "POL"), **call: Any) -> ms.Ranking:
    columns = {
        f"{code}_value": [float((7 * n + 31 * m) % 97) for m in range(len(labels))]
        for n, code in enumerate(FACTORS)
    }
    frame = pd.DataFrame(columns, index=pd.Index(labels, name="market"))
    frame.iloc[-1, :3] = float("nan")
    return ms.rank_markets(frame, rules(), **{"draws": 50, **call})


RANKING = ranked()


def text_of(ranking: ms.Ranking, width: int | None, *, excluded: bool = True) -> str:
    return ranking_text(ranking, ranking.table, excluded=excluded, embedded=True, width=width)


# How wide it is


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("excluded", [True, False])
def test_no_line_of_a_ranking_is_wider_than_the_screen(width: int, excluded: bool) -> None:
    lines = text_of(RANKING, width, excluded=excluded).split("\n")
    assert max(map(breadth, lines)) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_a_framework_or_a_doubt_is_wider_than_the_screen(width: int) -> None:
    tree = framework_text(ms.load_framework("exporter"), width)
    doubt = doubt_text(ms.doubt(RANKING, draws=50, choices=["aggregation"], progress=False), width)
    assert max(map(breadth, [*tree.split("\n"), *doubt.split("\n")])) <= width


def test_coverage_goes_first_then_the_lightest_factors_and_a_word_tells_it() -> None:
    heads = {w: text_of(RANKING, w).split("\n\n")[1].split("\n")[0].split() for w in (200, 80, 60)}
    assert heads[200][-2:] == ["infrastr.", "coverage"]
    # The weights grow from the first factor to the last: 1 to 7 of 28.
    # Five columns take 38; costs, environment, people and infrastructure 7 + 11 + 8 + 11; law 6.
    assert heads[80][5:] == ["costs", "environm.", "people", "infrastr."]
    assert heads[60][:5] == ["rank", "market", "name", "score", "interval"]
    assert heads[60][5:] == ["people", "infrastr."]
    said = " ".join(text_of(RANKING, 80).split())
    assert (
        "no room for demand, technolo., law and coverage: a wider screen or --format csv "
        "shows all" in said
    )
    assert "no room" not in text_of(RANKING, 200)


def test_rank_market_and_score_stay_where_nothing_else_has_room() -> None:
    table = fitted_table(
        [["1", "m" * 50, "9.9", "x" * 30]], ["rank", "market", "score", "note"],
        right=(0,), width=60, least=(3, 0), instead="elsewhere",
    ).split("\n")  # fmt: skip
    assert table[0].split() == ["market", "score"]
    assert table[-1] == "no room for rank and note: elsewhere"


def test_one_long_label_takes_no_room_from_the_figures() -> None:
    ranking = ranked(
        ("Basel", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "Graz")
    )
    for width in WIDTHS:
        lines = text_of(ranking, width).splitlines()
        head = next(line.split() for line in lines if line.startswith("rank "))
        assert head[:4] == ["rank", "market", "score", "interval"]
        assert any(line.split()[1:2] == ["Basel"] for line in lines)
    assert "sili..." not in text_of(ranking, 200)
    twins = ranked(tuple(f"{'x' * 70}{end}" for end in "abc"))
    assert f"{'x' * 70}a" in text_of(twins, 100)


def test_a_file_has_all_columns_and_the_lines_that_it_had() -> None:
    text = text_of(RANKING, None)
    head = text.split("\n\n")[1].split("\n")[0].split()
    assert head[5:] == [*factor_heads(FACTORS).values(), "coverage"]
    assert "no room" not in text


def test_a_reason_goes_on_below_itself_between_words() -> None:
    table = text_table([["DEU", "one two three four five six"]], width=25, wrapped=True)
    assert table.split("\n") == ["DEU  one two three four", "     five six"]


def test_sentences_break_between_words_and_a_long_word_stands_alone() -> None:
    assert wrapped_lines("one two " + "x" * 12 + " three", 10) == f"one two\n{'x' * 12}\nthree"
    assert wrapped_lines("one two three", 9, "  ", "    ") == "  one two\n    three"
    assert wrapped_lines("", 10) == ""


def test_wide_letters_break_lines_and_set_columns_by_the_room_that_they_take() -> None:
    assert wrapped_lines("中国 中国 中国", 9) == "中国 中国\n中国"
    lines = text_table([["中国", 1], ["Chad", 2]], right=(1,)).split("\n")
    assert {breadth(line) for line in lines} == {7}


# Who looks at it


def test_the_screen_is_the_terminals_within_what_can_be_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for columns, width in (("80", 80), ("20", 60), ("400", 200)):
        monkeypatch.setenv("COLUMNS", columns)
        assert terminal_of(Terminal(), {}) == TerminalScreen(width=width, colored=True)
    assert terminal_of(io.StringIO(), {}) == TerminalScreen(width=None, colored=False)


@pytest.mark.parametrize(
    ("stream", "environ", "colored"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "0"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colors_are_for_people_who_want_them(
    stream: Any, environ: dict[str, str], colored: bool
) -> None:
    # https://no-color.org and https://force-color.org: set and not empty.
    assert terminal_of(stream, environ).colored is colored


def test_a_command_looks_at_its_own_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["rank", "--markets", "DEU,VNM,MEX", "--draws", "0"]
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("TERM", "xterm")
    for stream, some in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stdout", stream)
        assert main(words) == 0
        text = stream.getvalue()
        assert bool(CODE.search(text)) is some
        assert (max(map(breadth, CODE.sub("", text).split("\n"))) <= 70) is some


def test_colors_change_nothing_but_colors() -> None:
    parts = ranking_parts(RANKING, RANKING.table, excluded=True, embedded=False, width=80)
    colors = {"infrastr.": "#0066BB"}
    plain, painted = (TerminalScreen(80, c).shown(parts, colors) for c in (False, True))
    assert CODE.sub("", painted) == plain
    assert f"\x1b[1;{color_code('#0066BB')}minfrastr.\x1b[0m" in painted
    assert color_code("#0066BB") == "38;5;32"  # 16 + 36 x 0 + 6 x 2 + 4: steps of 51
    assert color_code("#FFFFFF") == "38;5;231"


def test_data_brings_no_codes_into_colored_text() -> None:
    hostile = "\x1b]0;owned\x07\x1b[31mred"
    text = TerminalScreen(80, colored=True).shown(
        [
            StyledText(f"{hostile}: a title\n{hostile}", "bold"),
            StyledText(f"rank  {hostile}  score", "colors"),
        ],
        {hostile: "#FF0000"},
    )
    assert "owned" in text
    assert "\x1b" not in re.sub(r"\x1b\[(1|0|1;38;5;\d+)m", "", text)


def test_a_plan_follows_the_width_and_cuts_no_name() -> None:
    long = "Applied tariff on manufactures, weighted by trade of the year before the last one"
    watch = pd.DataFrame(
        {
            "market": ["ARE"],
            "indicator": ["tariff"],
            "name": [long],
            "unit": ["%"],
            "value": [5.0],
            "needed": [3.0],
            "changes": [0.21],
            "substitute": ["GBR"],
        }
    )
    for width in (60, 80, 200):
        text = watch_table(watch, width)
        assert max(map(len, text.splitlines())) <= width
        assert "behind United Kingdom (GBR):" in " ".join(text.split())
        words = [word for word in text.replace("5", "").split() if word in long.split()]
        assert words == long.split()
    assert f" {long} (%)  " in text  # on one line where there is room


def test_the_safety_of_a_basket_has_the_same_decimals_everywhere() -> None:
    ranking = ranked(("DEU", "VNM", "MEX", "POL", "KEN"))
    safety = pd.Series([80.25, 86.0, 79.0, 75.0, 60.0], index=["DEU", "VNM", "MEX", "POL", "KEN"])
    basket = ms.diversify(ranking, size=3, safety=safety)
    expected = [f"{value:.1f}" for value in basket.table["safety"]]
    assert any(text.endswith(".0") for text in expected)
    rows = [line.split() for line in basket_table(basket, 80).splitlines()[1:]]
    assert [row[3] for row in rows] == expected
    content = basket_content(basket)
    place = content["heads"].index("Safety")
    assert [line[place] for line in content["lines"]] == expected
    assert all(text in repr(basket) for text in expected)
