"""The command line: what it prints, where, and with which exit status."""

import io
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import marketselect as ms
from marketselect import indicator_table, load_indicators
from marketselect.cli import COMMANDS, main
from marketselect.commands.arguments import AS_OF, MAX_AGE, in_options, parser
from marketselect.commands.streams import write_unbuffered
from marketselect.errors import Fault, InputError, MarketSelectError, Place
from marketselect.report.page.page import write_report
from marketselect.report.page.scenarios import write_scenarios
from shared import observations

COMMAND = [sys.executable, "-m", "marketselect"]
Run = Callable[..., str]


@cache
def embedded_table(framework: ms.Framework | str, *, as_of: int, max_age: int) -> ms.IndicatorTable:
    return indicator_table(observations(), framework, as_of=as_of, max_age=max_age)


@pytest.fixture(autouse=True)
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the commands of this process what they load and make alike, none of their own."""
    loaded = observations()

    def made(data: pd.DataFrame, framework: Any, **years: Any) -> ms.IndicatorTable:
        if data is loaded and years.get("firm") is None:
            return embedded_table(framework, as_of=years["as_of"], max_age=years["max_age"])
        return indicator_table(data, framework, **years)

    def load(*, data: Any = None, **more: Any) -> pd.DataFrame:
        return loaded if data is None and not more else load_indicators(data=data, **more)

    monkeypatch.setattr(ms, "load_indicators", load)
    monkeypatch.setattr(ms, "indicator_table", made)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that works; return what it wrote to stdout."""

    def call(*argv: object) -> str:
        status = main([str(word) for word in argv])
        out, err = capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    return call


@pytest.fixture
def fail(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with a user's mistake; return the one line on stderr."""

    def call(*argv: object) -> str:
        status = main([str(word) for word in argv])
        out, err = capsys.readouterr()
        assert (status, out) == (2, "")
        assert err.startswith(("marketselect: ", '{"error": '))
        assert err.count("\n") == 1
        return err

    return call


@pytest.fixture(scope="module")
def hdi() -> pd.DataFrame:
    """UNDP, Human Development Report 2023/24: figures of 2022 with published index and ranks."""
    case = json.loads((Path(__file__).parent / "cases" / "hdi_2022.json").read_text("utf-8"))
    return pd.DataFrame(case["rows"], columns=case["columns"])


@pytest.fixture
def wide(hdi: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "wide.csv"
    hdi.drop(columns=["hdi", "hdi_rank"]).rename(columns={"market": "iso3"}).to_csv(
        path, index=False
    )
    return path


@pytest.fixture
def long(hdi: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    rows = hdi.drop(columns=["hdi", "hdi_rank"]).melt("market", var_name="indicator")
    rows.assign(year=2022).to_csv(path, index=False, sep=";")
    return path


def parsed(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), index_col=0, keep_default_na=False, na_values=[""])


# As a process


@pytest.mark.slow
def test_results_go_to_stdout_the_status_is_0_and_no_home_is_needed() -> None:
    done = shell('"$@" rank')
    text = done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert text.startswith("PESTLE market attractiveness as of 2024, weighted sum: ")
    assert "\n  20  " in text
    assert "\n  21  " not in text
    assert "Equal weights are not equal influence" in text
    assert "Left out: " in text
    assert "--excluded lists all" in text
    assert "volatility is zero" in text
    assert "Sources: World Bank WDI" in text
    assert "LICENSE-DATA.md" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.slow
def test_a_mistake_goes_to_stderr_and_the_status_is_2() -> None:
    words = ["rank", "--framework", "pestel"]
    done = subprocess.run([*COMMAND, *words], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert 'Did you mean "pestle"?' in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_reader_that_has_enough_is_no_fault() -> None:
    with subprocess.Popen(
        [*COMMAND, "indicators"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.slow
@pytest.mark.parametrize("words", ["frameworks", "--help"])
def test_a_full_disk_is_told_in_a_line(words: str) -> None:
    full = Path("/dev/full")
    if not full.exists():  # only Linux has one
        return
    with full.open("wb") as target:
        done = subprocess.run([*COMMAND, words], stdout=target, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"marketselect: the result cannot be written: No space left")
    assert done.stderr.count(b"\n") == 1


def test_whatever_is_printed_to_a_full_disk_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        return
    lines = [[command, word] for command in COMMANDS for word in ("--help", "-h")]
    lines += [["--help"], ["-h"], ["--version"], ["frameworks", "hdi"], ["schema"]]
    for line in lines:
        with full.open("w") as target:
            monkeypatch.setattr(sys, "stdout", target)
            assert main(line) == 1, line
        told = capsys.readouterr().err
        assert told == "marketselect: the result cannot be written: No space left on device\n"


def test_a_stream_that_takes_a_part_of_what_is_written_gets_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Narrow(io.RawIOBase):
        """Takes 100 bytes at a time, as a disk that gets full takes a part."""

        taken = b""

        def writable(self) -> bool:
            return True

        def write(self, text: Any) -> int:
            self.taken += bytes(text[:100])
            return min(100, len(text))

    narrow = Narrow()
    # So is Python's own with -u or PYTHONUNBUFFERED.
    stream = io.TextIOWrapper(narrow, encoding="ascii", write_through=True)  # type: ignore[type-var]
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["frameworks", "hdi", "--toml"]) == 0
    text = narrow.taken.decode("ascii", "strict").replace(os.linesep, "\n")
    assert ms.load_framework("hdi").name in text
    assert len(text) > 1000
    assert text.endswith("\n")


def test_a_stream_that_takes_nothing_for_now_is_not_asked_for_ever() -> None:
    class Busy(io.RawIOBase):
        """A pipe that does not wait, and is full."""

        def write(self, _: Any) -> None:
            return None

    with pytest.raises(BlockingIOError):
        write_unbuffered("a result\n", Busy(), "ascii")


def test_a_message_that_cannot_be_written_ends_no_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        return
    with full.open("w") as target:
        monkeypatch.setattr(sys, "stderr", target)
        assert main(["frameworks", "nothing"]) == 2
    with full.open("w") as target:
        monkeypatch.setattr(sys, "stderr", target)
        note = ["rank", "--draws", "0", "--seed", "3", "--top", "1", "--format", "json"]
        assert main(note) == 0
    assert json.loads(capsys.readouterr().out)["table"]


@pytest.mark.slow
def test_names_reach_a_stream_that_has_no_letters_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(taken, encoding="ascii"))
    assert main(["rank", "--markets", "STP,CIV", "--draws", "0"]) == 0
    assert rb"S\xe3o Tom\xe9" in taken.getvalue()


def test_help_needs_no_heavy_package_from_the_command_line_itself() -> None:
    # The package's own imports aside: an empty module stands in its place.
    code = """
import sys, types
package = types.ModuleType("marketselect")
package.__path__ = [sys.argv.pop(1)]
sys.modules["marketselect"] = package
from marketselect.cli import COMMANDS, main
status = main(["rank", "--help"])
loaded = {"numpy", "pandas", "pandera", "scipy"} & set(sys.modules)
raise SystemExit(status or ", ".join(sorted(loaded)) or 0)
"""
    folder = str(Path(ms.__file__).parent)
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# rank


def test_the_published_hdi_comes_from_a_wide_file(wide: Path, hdi: pd.DataFrame, run: Run) -> None:
    words = ["rank", "--data", wide, "--framework", "hdi", "--draws", 0, "--format", "csv"]
    table = parsed(run(*words))
    assert table.index.name == "iso3"
    ranks = hdi.set_index("market")["hdi_rank"]
    pd.testing.assert_series_equal(
        table["rank"].sort_index(), ranks.sort_index(), check_names=False
    )


def test_the_published_hdi_comes_from_a_long_file(long: Path, hdi: pd.DataFrame, run: Run) -> None:
    text = run("rank", "--data", long, "--framework", "hdi", "--format", "csv", "--draws", 0)
    ranks = hdi.set_index("market")["hdi_rank"]
    assert parsed(text)["rank"].to_dict() == ranks.to_dict()


def test_csv_holds_the_whole_table_in_full_precision(run: Run) -> None:
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=AS_OF, max_age=MAX_AGE)
    ranking = ms.rank_markets(table, "pestle", draws=500)
    found = parsed(run("rank", "--draws", 500, "--format", "csv"))
    names = found.pop("name")
    pd.testing.assert_frame_equal(found, ranking.table, check_dtype=False, rtol=1e-15)
    assert names["DEU"] == "Germany"


@pytest.mark.slow
def test_every_option_reaches_the_library(run: Run) -> None:
    weights = {"political": 1, "economic": 3, "social": 1.5}
    weights |= {"technological": 1, "legal": 0, "environmental": 1}
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2020, max_age=3)
    markets = ["DEU", "VNM", "NAM", "MEX"]
    ranking = ms.rank_markets(
        table, "pestle", markets=markets, weights=weights, method="topsis",
        draws=50, tolerance=0.9, seed=7,
    )  # fmt: skip
    text = run(
        "rank", "--method", "topsis", "--as-of", 2020, "--max-age", 3, "--markets", "DEU,VNM",
        "NAM", "MEX", "--weights", "political=1,economic=3, social=1.5", "technological=1",
        "legal=0", "environmental=1", "--draws", 50, "--tolerance", 0.9, "--seed", 7, "--top", 3,
        "--format", "json",
    )  # fmt: skip
    result = json.loads(text, parse_constant=pytest.fail)
    assert result == {
        **ranking.to_dict(values=False), "table": ranking.to_dict()["table"][:3]
    }  # fmt: skip
    expected = ranking.table.head(3).reset_index().astype(object).to_dict("records")
    assert [row.pop("name") for row in result["table"]] == ["Vietnam", "Germany", "Mexico"]
    assert result["table"] == expected
    assert result["weights"] == ranking.weights.to_dict()
    assert result["effective_weights"] is None
    assert ranking.main_effect is not None
    assert result["main_effect"] == ranking.main_effect.to_dict()
    assert result["excluded"] == ranking.excluded.to_dict("records")
    assert result["provenance"]["data"] == ranking.provenance["data"]
    assert result["provenance"]["as_of"] == 2020


def test_json_has_null_where_there_is_no_interval(wide: Path, run: Run) -> None:
    words = ["rank", "--data", wide, "--framework", "hdi", "--draws", 0, "--format", "json"]
    result = json.loads(run(*words), parse_constant=pytest.fail)
    assert len(result["table"]) == 193
    assert {row["rank_low"] for row in result["table"]} == {None}


def test_a_table_without_draws_has_no_interval(wide: Path, run: Run) -> None:
    words = ["rank", "--data", wide, "--framework", "hdi", "--top", 1]
    assert "interval" in run(*words, "--draws", 9)
    assert "interval" not in run(*words, "--draws", 0)


def test_top_counts_the_markets_that_are_shown(wide: Path, run: Run) -> None:
    words = ["rank", "--data", wide, "--framework", "hdi", "--draws", 0]
    assert "193 markets ranked, 0 left out; the first 20\n" in run(*words)
    assert "193 markets ranked, 0 left out\n" in run(*words, "--top", "all")
    assert len(parsed(run(*words, "--top", 5, "--format", "csv"))) == 5


def test_the_table_shows_the_market_its_name_and_its_numbers(
    wide: Path, hdi: pd.DataFrame, run: Run
) -> None:
    text = run("rank", "--data", wide, "--framework", "hdi", "--top", 3, "--draws", 99)
    first = hdi.sort_values("hdi_rank").iloc[0]
    _, _, header, line, *_ = text.splitlines()
    assert header.split() == [
        *(
            "rank",
            "market",
            "name",
            "score",
            "interval",
            "health",
            "education",
            "income",
            "coverage",
        )
    ]
    assert line.split()[:4] == ["1", first["market"], "Switzerland", f"{100 * first['hdi']:.1f}"]
    assert line.endswith("  100%")
    assert len(line) == len(header)
    assert "LICENSE-DATA.md" not in text


def test_scores_from_0_to_1_show_three_decimals(run: Run) -> None:
    text = run("rank", "--method", "topsis", "--markets", "DEU,VNM,MEX", "--draws", 0)
    assert "Germany  0." in text
    assert "squared correlation" in text
    assert "share of variance" not in text


def test_influence_is_shown_beside_the_weights(run: Run) -> None:
    text = run("rank", "--draws", 0)
    assert "Equal weights are not equal influence" in text
    assert "technological (26.6%) tells the markets apart most, environmental (4.0%) least." in text
    words = "political=1,economic=2,social=1,technological=1,legal=1,environmental=1"
    assert "\n  To give each factor an equal say, weigh political 0.13, economic 0.22," in text
    assert "equal say" not in run("rank", "--draws", 0, "--method", "vikor")
    assert "\nWeights are not influence" in run("rank", "--draws", 0, "--weights", words)
    even = run("rank", "--draws", 0, "--weights", "influence")
    assert "All have the same influence." in even
    assert "tells the markets apart most" not in even


def test_weights_by_influence_are_asked_for_by_name(run: Run) -> None:
    result = json.loads(run("rank", "--draws", 0, "--weights", "influence", "--format", "json"))
    assert list(result["effective_weights"].values()) == pytest.approx([1 / 6] * 6)
    assert result["influence_weights"] == pytest.approx(result["weights"])
    assert result["provenance"]["weighting"] == "influence"


def test_a_single_market_has_no_influence(run: Run) -> None:
    text = run("rank", "--markets", "DEU")
    assert "no factor's influence can be told" in text
    assert "1 markets ranked" not in text
    assert "1 market ranked" in text


@pytest.mark.slow
def test_the_excluded_are_listed_in_full_when_asked_for(run: Run) -> None:
    short = run("rank", "--markets", "DEU,TWN,AND", "--draws", 0)
    assert "Left out: 2 of 3 markets" in short
    assert "66% needed; without" in short
    full = run("rank", "--markets", "DEU,TWN,AND", "--draws", 0, "--excluded")
    assert "AND  Andorra  observed: economic" in full
    assert "FX.VOL" in full
    listed = parsed(run("rank", "--markets", "DEU,TWN,AND", "--excluded", "--format", "csv"))
    assert listed.index.tolist() == ["AND", "TWN"]
    assert "without" in str(listed.loc["TWN", "reason"])
    assert "Left out: no market" in run("rank", "--markets", "DEU", "--excluded")


def test_namibias_code_is_a_market(hdi: pd.DataFrame, tmp_path: Path, run: Run) -> None:
    frame = hdi[hdi["market"].isin(["NAM", "NOR"])].replace({"NAM": "NA", "NOR": "NO"})
    path = tmp_path / "iso2.csv"
    frame.to_csv(path, index=False)
    words = ["rank", "--data", path, "--framework", "hdi", "--draws", 0]
    assert parsed(run(*words, "--format", "csv")).index.tolist() == ["NO", "NA"]
    text = run(*words, "--markets", "NA")
    assert "Namibia" in text
    assert 'Columns that are not used: "hdi", "hdi_rank"' in text


def test_a_label_may_hold_a_comma(hdi: pd.DataFrame, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "names.csv"
    hdi.replace({"KOR": "Korea, Rep.", "VNM": "Viet Nam"}).to_csv(path, index=False)
    words = ["rank", "--data", path, "--framework", "hdi", "--draws", 0, "--format", "csv"]
    text = run(*words, "--markets", "Korea, Rep.", "Viet Nam, DEU")
    assert parsed(text).index.tolist() == ["DEU", "Korea, Rep.", "Viet Nam"]


@pytest.mark.parametrize(
    "words",
    [
        ["Germany,South Korea,VN"],
        ["Germany", "South Korea", "Viet Nam"],
        ['"Korea, Rep.",DEU, "Viet Nam"'],
        ["Korea, Rep.", "deu,Vietnam"],
        ["DEU", "KOR,VNM"],
    ],
)
def test_markets_are_named_in_one_argument_or_in_several(words: list[str], run: Run) -> None:
    found = parsed(run("rank", "--draws", 0, "--format", "csv", "--markets", *words))
    assert sorted(found.index) == ["DEU", "KOR", "VNM"]
    assert sorted(found["name"]) == ["Germany", "South Korea", "Vietnam"]


def test_who_is_left_out_has_a_name(run: Run) -> None:
    words = ["rank", "--markets", "Germany,Taiwan,Andorra", "--draws", 0]
    listed = parsed(run(*words, "--excluded", "--format", "csv"))
    assert listed["name"].to_dict() == {"AND": "Andorra", "TWN": "Taiwan"}
    result = json.loads(run(*words, "--format", "json"))
    assert [row["name"] for row in result["excluded"]] == ["Andorra", "Taiwan"]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_data_cannot_steer_the_terminal(
    form: str, hdi: pd.DataFrame, tmp_path: Path, run: Run, fail: Run
) -> None:
    hostile = "\x1b]0;owned\x07\x9b31m\u202eNOR\r\nX"
    path = tmp_path / "hostile.csv"
    frame = hdi.replace({"NOR": hostile})
    frame.to_csv(path, index=False)
    words = ["rank", "--data", path, "--framework", "hdi", "--top", "3", "--format", form]
    words += ["--draws", "0"]
    text = run(*words)
    assert "owned" in text
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert fail(*words, "--markets", hostile[:-3])[:-1].isprintable()


def test_wide_letters_keep_the_columns_in_line(hdi: pd.DataFrame, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "names.csv"
    hdi.replace({"CHE": "城市", "NOR": "Stad."}).to_csv(path, index=False)
    lines = run("rank", "--data", path, "--framework", "hdi", "--top", 2, "--draws", 0).splitlines()
    assert len(lines[3]) + 2 == len(lines[4])


def test_a_text_cell_is_named_by_its_place(hdi: pd.DataFrame, tmp_path: Path, fail: Run) -> None:
    path = tmp_path / "text.csv"
    hdi.astype(object).replace({83.393: "n/a"}).to_csv(path, index=False)
    assert (hdi["life_expectancy"] == 83.393).sum() == 1
    message = fail("rank", "--data", path, "--framework", "hdi")
    assert 'indicator "life_expectancy", market "' in message
    assert '"n/a"' in message


def test_values_of_a_file_later_than_the_reference_year_are_counted(
    long: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pd.read_csv(long, sep=";")
    more = rows[rows["market"] == "NOR"].assign(year=2026)
    pd.concat([rows, more, more.assign(year=2025, value=None)]).to_csv(long, index=False)
    words = ["rank", "--data", str(long), "--framework", "hdi", "--draws", "0"]
    assert main(words) == 0
    assert capsys.readouterr().err == (
        f'marketselect: "{long}": 4 values later than 2024 are not used; '
        "the latest is of 2026 (see --as-of)\n"
    )
    assert main([*words, "--as-of", "2026"]) == 0
    assert capsys.readouterr().err == ""


def test_years_that_do_nothing_are_noted(wide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["rank", "--data", str(wide), "--framework", "hdi", "--as-of", "2020"]
    assert main([*words, "--draws", "0"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Human Development Index, weighted product: 193 markets")
    assert err == "marketselect: --as-of and --max-age do nothing here: a wide table has no years\n"


def test_years_and_ages_that_cannot_be_are_refused_of_a_wide_table_too(
    wide: Path, fail: Run
) -> None:
    words = ["rank", "--data", wide, "--framework", "hdi", "--draws", 0]
    assert "--max-age is -1; a whole number" in fail(*words, "--max-age", -1)
    assert "--as-of is 999; a whole year" in fail(*words, "--as-of", 999)


@pytest.mark.parametrize("option", [["--seed", "3"], ["--tolerance", "0.1"], ["--levels", "top"]])
def test_what_says_how_weights_are_drawn_is_noted_where_none_is(
    option: list[str], wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["rank", "--data", str(wide), "--framework", "hdi", *option, "--draws"]
    assert main([*words, "0"]) == 0
    told = f"marketselect: nothing comes of {option[0]} here: no weights are drawn\n"
    assert capsys.readouterr().err == told
    assert main([*words, "5"]) == 0
    assert capsys.readouterr().err == ""


def test_inconsistent_judgements_are_a_line_on_stderr(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [("health", "income"), ("income", "education"), ("education", "health")]
    judgements = [f'[[judgement]]\nmore = "{a}"\nless = "{b}"\nratio = 9\n' for a, b in pairs]
    path = tmp_path / "mine.toml"
    path.write_text("\n".join([ms.load_framework("hdi").to_toml(), *judgements]))
    assert main(["rank", "--data", str(wide), "--framework", str(path), "--draws", "0"]) == 0
    out, err = capsys.readouterr()
    assert out.count("33.3%") == 3
    assert err.startswith("marketselect: warning: ")
    assert err.count("\n") == 1
    assert main(["frameworks", str(path)]) == 0
    assert "warning" in capsys.readouterr().err


def test_a_warning_leaves_no_trace_in_the_callers_settings(run: Run) -> None:
    before = warnings.showwarning, list(warnings.filters)
    run("frameworks")
    assert (warnings.showwarning, list(warnings.filters)) == before


# report


@pytest.mark.slow
def test_the_report_is_the_page_of_the_ranking_that_the_same_options_make(
    tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "mine.html"
    words = ["--markets", "VNM,MEX,POL", "--method", "topsis", "--weights", "equal"]
    words += ["--draws", "50", "--tolerance", "0.5", "--seed", "3", "--as-of", "2022"]
    told = run("report", *words, "-o", path, "--title", "Our <b>next</b> market")
    assert told.startswith(f"{path}: 3 markets, ")
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2022, max_age=MAX_AGE)
    ranking = ms.rank_markets(
        table, "pestle", markets=["VNM", "MEX", "POL"], method="topsis", weights="equal",
        draws=50, tolerance=0.5, seed=3,
    )  # fmt: skip
    again = write_report(ranking, tmp_path / "again.html", title="Our <b>next</b> market")
    assert path.read_bytes() == again.read_bytes()


@pytest.mark.slow
def test_the_report_has_doubts_and_scenarios_beside_it(
    run: Run, wide: Path, tmp_path: Path
) -> None:
    given = write_scenarios(
        {"Health": {"health": 1, "education": 0, "income": 0}}, tmp_path / "s.json"
    )
    words = ["report", "--data", wide, "--framework", "hdi", "--output", tmp_path / "page.html"]
    run(*words, "--doubt", "--scenarios", given)
    text = (tmp_path / "page.html").read_text("utf-8")
    assert '"scenarios":[{"name":"Health","splits":[[1.0,0.0,0.0]' in text
    assert '"doubt":{"headline":' in text


def test_the_report_has_a_name_if_none_is_given(
    wide: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--data", wide, "--framework", "hdi", "--markets", "NOR", "--draws", 0]
    assert run("report", *words).startswith("markets.html: 1 market, ")
    assert "<title>Human Development Index</title>" in (tmp_path / "markets.html").read_text()


def test_the_report_does_not_write_over_the_data(wide: Path, fail: Run) -> None:
    before = wide.read_bytes()
    message = fail("report", "--data", wide, "--framework", "hdi", "-o", wide)
    assert "give the name of a file that ends in .html" in message
    assert wide.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "name a command: rank, report, plan, indicators or frameworks"),
        ("rnk", "invalid choice: 'rnk'"),
        ("rank --topp 3", "unrecognized arguments: --topp 3"),
        ("rank --format xml", "--format: invalid choice: 'xml'"),
        ("rank --top 0", '--top: "0" is less than 1; give a number or "all"'),
        ("rank --top few", '--top: "few" is no whole number; see: marketselect rank --h'),
        ("rank --as-of 2024.5", '--as-of: "2024.5" is no whole number'),
        ("rank --as-of 1990", "there is no value in or before 1990"),
        ("rank --as-of 1000000000", "--as-of is 1000000000"),
        ("rank --max-age -1", "--max-age is -1"),
        ("rank --draws -1", "--draws is -1"),
        ("rank --tolerance 2", "--tolerance is 2"),
        ("rank --tolerance much", '--tolerance: "much" is no number'),
        ("rank --seed -1", "--seed is -1"),
        ("rank --method topsys", 'Did you mean "topsis"?'),
        ("rank --framework pestel", 'Did you mean "pestle"?'),
        ("rank --framework none.toml", '"none.toml" cannot be read: No such file'),
        ("rank --framework hdi", "nothing on"),
        ("rank --data none.csv", 'data file "none.csv" cannot be read: No such file'),
        ("rank --data new.json", '".json" is no format it can have'),
        ("rank --markets Germny", 'Did you mean "Germany" (DEU)'),
        ("rank --markets ,", "markets is empty"),
        ("rank --weights", "--weights: expected at least one argument"),
        ("rank --weights ,", "weights is empty"),
        ("rank --weights economic=3", "left out; name all of the top factors"),
        ("rank --weights economic=3,economic=3", '--weights: "economic" is there twice'),
        ("rank --weights economic=three", '"economic=three" is no name=number'),
        ("rank --weights economics=3", 'Did you mean "economic"?'),
        ("rank --weights economic=nan", "economic"),
        ("rank --weights economic", 'no weighting "economic"'),
        ("report --top 3", "unrecognized arguments: --top 3; see: marketselect --help"),
        ("report --markets DEU -o none/x.html", 'report "none/x.html": there is no folder "none"'),
        ("report --markets DEU --output", "-o/--output: expected one argument"),
        ("frameworks pestel", 'Did you mean "pestle"?'),
        ("frameworks --toml", "--toml: no framework is named; name one of exporter, "),
        ("indicators --format yaml", "invalid choice: 'yaml'"),
    ],
)
def test_a_mistake_is_one_line(words: str, message: str, fail: Run) -> None:
    assert message in fail(*words.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rank", "--markets", "A\rB"], "is no list: new-line character seen"),
        (["rank", "--markets", "x" * 10**6], "is no list: field larger than field limit"),
        (["rank", "--top=--"], "--top"),
        (["rank", "--only=--"], "--only"),
        (["indicators", "--format=--"], "--format"),
    ],
)
def test_words_that_the_libraries_below_stumble_over_are_refused(
    words: list[str], message: str, fail: Run
) -> None:
    assert message in fail(*words)


@pytest.mark.parametrize("search", ["unicorns gdp", "gdp unicorns", "\udcff", "a\rb\x1b"])
def test_a_search_that_finds_nothing_says_so(
    search: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["indicators", "--search", search]) == 0
    assert capsys.readouterr().err.startswith("marketselect: there is no indicator with")


@pytest.mark.parametrize(
    ("option", "values", "remedy"),
    [
        ("--weights", ("equal", "critic"), "all weights into one: --weights economic=3,social=1.5"),
        ("--weights", ("economic=1", "social=1"), "put all weights into one"),
        ("--markets", ("DEU", "VNM"), "put all markets into one: --markets DEU,VNM"),
        ("--framework", ("hdi", "pestle"), "keep one"),
        ("--draws", ("10", "10"), "keep one"),
        ("--format", ("csv", "table"), "keep one"),
    ],
)
def test_an_option_given_twice_is_refused(
    option: str, values: tuple[str, str], remedy: str, fail: Run
) -> None:
    message = fail("rank", option, values[0], option, values[1])
    assert message.startswith(f"marketselect: {option} is there twice; ")
    assert remedy in message


def options_of_every_command() -> list[tuple[str, str]]:
    """Return every command with every option of it that takes a value."""
    choices: Any = (each.choices for each in parser()._actions)
    (commands,) = (each for each in choices if isinstance(each, dict))
    return [
        (command, action.option_strings[-1])
        for command, its in commands.items()
        for action in its._actions
        if action.option_strings and action.nargs != 0
        if action.option_strings[-1] != "--screen"  # each is one more
    ]


@pytest.mark.parametrize(("command", "option"), options_of_every_command())
def test_no_option_of_any_command_drops_what_was_given_first(
    command: str, option: str, fail: Run
) -> None:
    value = {"--format": "csv", "--decimal": "."}.get(option, "1")
    study = ["x"] if command == "replay" else []
    message = fail(command, *study, option, value, option, value)
    assert f"{option} is there twice; " in message


def test_the_short_and_the_long_form_are_one_option(fail: Run) -> None:
    message = fail("report", "-o", "a.html", "--output", "b.html")
    assert message == "marketselect: --output is there twice; keep one\n"


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("rank --framework nope", "--framework"),
        ("frameworks nope", "NAME"),
        ("rank --top few", "--top"),
        ("rank --max-age -1 --data wide.csv", "--max-age"),
        ("rank --sheet x", "--sheet"),
        ("rank --missing - --only A=1", "--missing and --only"),
        ("rank --draws -1", "--draws"),
        ("rank --seed -1", "--seed"),
        ("rank --tolerance 2", "--tolerance"),
        ("rank --as-of 999", "--as-of"),
        ("rank --as-of 1900", "--as-of"),
        ("rank --markets ,", "--markets"),
        ("rank --markets Germny", "--markets"),
        ("rank --weights ,", "--weights"),
        ("rank --weights economic=1", "--weights"),
        ("rank --weights economics=1", "--weights"),
        ("rank --max-age -1", "--max-age"),
        ("rank --method topsys", "--method"),
        ("rank --weights entrpy", "--weights"),
        ("rank --weights a=nan", "--weights"),
        ("rank --weights a=1_000", "--weights"),
        ("report -o page.csv", "--output"),
        ("replay . --tolerance -1", "--tolerance"),
    ],
)
def test_a_fault_names_the_option_and_no_argument_of_python(
    words: str, where: str, fail: Run
) -> None:
    message = fail(*words.split())
    assert message.startswith(f"marketselect: {where}")
    for python in ("callable", "mapping", "as_of", "max_age", "path is", "subset("):
        assert python not in message.removeprefix(f"marketselect: {where}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "rank --framework last.toml",
            "carrying the last observation forward is what --max-age does; say here",
        ),
        (
            "rank --data wide.csv --framework mine.toml --within region",
            "leave --within out: only countries have a column there",
        ),
        (
            "rank --data wide.csv --framework mine.toml --screen rent>=3",
            '"rent" is no indicator or factor of the framework, no column of the table of markets, '
            "and no column of the data; add it to the data, or leave --screen out.",
        ),
        (
            "rank --data long.csv --layout wide --framework mine.toml",
            "leave out --layout, or give a wide table",
        ),
        ("rank --firm services.toml --trade wide.csv", "name them, or leave --trade out"),
        ("fetch X --years 2015", 'marketselect: CODE, number 1 is "X"; a code is letters'),
    ],
)
def test_what_to_do_is_told_without_a_function_of_python(
    words: str, told: str, fail: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "last.toml": SMALL.format(settings='missing = "last-observation"', weight=1),
        "mine.toml": SMALL.format(settings="", weight=1),
        "services.toml": 'name = "advice"\nhome = "GBR"\n',
        "wide.csv": "city,gdp,risk\nLyon,5,1\nGraz,6,2\nOslo,7,3\n",
        "long.csv": "market,indicator,year,value\nA,gdp,2020,1\nA,risk,2020,2\nB,gdp,2020,3\n",
    }
    for name, text in files.items():
        Path(name).write_text(text, encoding="utf-8")
    message = fail(*words.split())
    assert told in message
    for python in ("indicator_table", "load_markets", "codes[", "=...", "leave trade"):
        assert python not in message


SMALL = """name = "mine"
{settings}
[[factor]]
code = "size"
weight = {weight}
[[factor]]
code = "safety"
[[indicator]]
code = "gdp"
factor = "size"
direction = "benefit"
[[indicator]]
code = "risk"
factor = "safety"
direction = "cost"
"""
COPY = "a framework of your own: marketselect frameworks NAME --toml > mine.toml"


@pytest.mark.parametrize(
    ("settings", "weight", "rows", "words", "remedy"),
    [
        (
            'constant = "refuse"',
            1,
            "market,gdp,risk\nA,5,1\nB,5,2",
            "",
            f"give it goalposts or leave it out in {COPY}",
        ),
        (
            "",
            0,
            "market,gdp,risk\nA,5,1\nB,4,2",
            "--weights rank_sum",
            f"leave that factor out in {COPY}",
        ),
        (
            'missing = "group-mean"\ngroup = "regoin"',
            1,
            "market,gdp,risk\nA,5,1\nB,,2",
            "",
            'give the data that column, or name one of "name", "iso2", "region"',
        ),
        ("", 1, "market,gpd,risk\nA,5,1\nB,4,2", "", f'{COPY}. Did you mean "gpd"?'),
        (
            "",
            1,
            "market,indicator,year,value\nA,gdp,2020,5",
            "",
            f"add the series with --add or --data, or take {COPY}",
        ),
        (
            "",
            1,
            "market,indicator,year,value\nA,gdp,1990,5\nA,risk,2020,1\nB,risk,2020,2",
            "",
            '"gdp": no market has a value; its values are too old: give --max-age 34, an earlier '
            "--as-of, or leave it out in",
        ),
        (
            'missing = "mean"',
            1,
            "market,indicator,year,value\nA,gdp,1990,5\nA,risk,2020,1\nB,risk,2020,2",
            "",
            "to take the mean of; its values are too old: give --max-age 34, an earlier --as-of",
        ),
        (
            "",
            1,
            "market,indicator,year,value\nA,gdp,2020,-\nA,risk,2020,1\nB,risk,2020,2",
            "",
            'leave it empty to treat it as missing, or say that it marks one: --missing "-"',
        ),
        ("", 1, "market,gdp,risk\nA, n/a ,1\nB,4,2", "", 'marks one: --missing "n/a"'),
        ("", 1, "market,gdp,risk\nA,1_0,1\nB,4,2", "", "leave it empty to treat it as missing\n"),
        (
            "",
            1,
            f"market{',x' * 20_000}\nA{',1' * 20_000}",
            "",
            "at most 20,000 are read; give the part that is needed, in a file with fewer columns\n",
        ),
    ],
)
def test_a_remedy_is_what_one_does_on_the_command_line(
    settings: str, weight: int, rows: str, words: str, remedy: str, tmp_path: Path, fail: Run
) -> None:
    (tmp_path / "f.toml").write_text(SMALL.format(settings=settings, weight=weight))
    (tmp_path / "d.csv").write_text(rows)
    message = fail(
        "rank", "--framework", tmp_path / "f.toml", "--data", tmp_path / "d.csv", *words.split()
    )
    assert remedy in message


def test_a_file_that_is_nested_too_deeply_is_told_in_a_line(tmp_path: Path, fail: Run) -> None:
    path = tmp_path / "deep.toml"
    path.write_text("a = " + "[" * 100_000)
    for words in (["rank", "--framework", path], ["frameworks", path]):
        assert "this is nested too deeply" in fail(*words)


def test_places_and_remedies_become_those_of_the_command_line() -> None:
    given = parser().parse_args(["rank", "--weights", "equal"])
    error = InputError(
        Fault(
            "empty",
            Place("weights", ', "a"'),
            "is empty",
            "leave weights out",
            "leave --weights out",
        ),
        Fault("empty", "method", "is of the framework's file", "mend it"),
        Fault("empty", 'mine.toml: framework "x"', "is empty", "name one"),
        what="markets",
        counts={"empty": 9},
    )
    told = in_options(error, given)
    assert [fault.where for fault in told.faults] == [
        '--weights, "a"', "method", 'mine.toml: framework "x"',
    ]  # fmt: skip
    assert [fault.remedy for fault in told.faults] == ["leave --weights out", "mend it", "name one"]
    assert (told.what, told.total) == ("--markets", 9)
    assert "command" not in error.faults[0].to_dict()


@pytest.mark.parametrize("words", ["--draws 1_000", "--seed 1.5", "--as-of ٢٠٢٤", "--max-age 5,0"])
def test_a_whole_number_is_written_as_one(words: str, fail: Run) -> None:
    assert "is no whole number" in fail("rank", *words.split())


# What goes wrong around a command


def shell(line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a line of the shell in which "$@" is the command."""
    words = ["sh", "-c", line, "sh", *COMMAND]
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run(words, capture_output=True, check=False, text=True, env=given)


@pytest.mark.slow
@pytest.mark.parametrize("words", ["frameworks", "rank --help"])
def test_a_closed_stdout_is_told_in_a_line(words: str) -> None:
    done = shell(f'"$@" {words} >&-')
    assert done.returncode == 1
    assert done.stderr == "marketselect: the result cannot be written: standard output is closed\n"


@pytest.mark.slow
def test_a_closed_stderr_sends_no_message_into_the_result() -> None:
    done = shell('"$@" frameworks nothing 2>&-')
    assert (done.returncode, done.stdout) == (2, "")


# Where tests run in the background interrupts are ignored, by every process below as well; to a
# person they are not.
WATCHED = """import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from marketselect.cli import COMMANDS, main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_long_run_shows_progress_and_an_interrupt_ends_it(wide: Path, tmp_path: Path) -> None:
    words = ["report", "--data", str(wide), "--framework", "hdi", "-o", "page.html"]
    screen, end = pty.openpty()
    termios.tcsetwinsize(screen, (24, 80))
    with subprocess.Popen(
        [sys.executable, "-c", WATCHED, *words, "--draws", "9000000"],
        stdout=subprocess.PIPE,
        stderr=end,
        cwd=tmp_path,
    ) as process:
        os.close(end)
        try:
            seen = b""
            while b"draws:" not in seen:
                seen += os.read(screen, 1000)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    os.close(screen)
    assert (process.returncode, out) == (130, b"")
    assert list(tmp_path.iterdir()) == [wide]


def test_a_ranking_needs_no_stderr(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)  # as Python finds it if a shell has closed it
    assert "SGP" in run("rank", "--draws", 100, "--top", 1)


def test_reading_is_told_from_writing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone() -> None:
        raise OSError(5, "Input/output error", "catalogue.csv")

    monkeypatch.setattr(ms, "load_catalogue", gone)
    assert main(["indicators"]) == 1
    told = 'marketselect: "catalogue.csv" cannot be read: Input/output error\n'
    assert capsys.readouterr() == ("", told)


def test_several_faults_have_a_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ms.load_framework("hdi").codes
    path = tmp_path / "two.csv"
    path.write_text(f"m,{','.join(codes)}\nNOR,x,18,13,y\n")
    assert main(["rank", "--data", str(path), "--framework", "hdi"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_a_damaged_installation_is_no_users_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def damaged() -> None:
        raise MarketSelectError("the embedded indicators are not there")

    monkeypatch.setattr(ms, "load_catalogue", damaged)
    assert main(["indicators"]) == 1
    assert capsys.readouterr() == ("", "marketselect: the embedded indicators are not there\n")


# indicators, frameworks, version, help


def test_the_catalogue_is_listed(run: Run) -> None:
    catalogue = ms.load_catalogue()
    lines = run("indicators").splitlines()
    assert [line.split()[0] for line in lines] == ["indicator", *catalogue.index]
    pd.testing.assert_frame_equal(
        parsed(run("indicators", "--format", "csv")).fillna(""), catalogue.astype(object),
        check_dtype=False,
    )  # fmt: skip
    listed = json.loads(run("indicators", "--format", "json"))
    assert [row["indicator"] for row in listed] == catalogue.index.tolist()
    assert listed[0]["first_year"] == catalogue["first_year"].iloc[0]


def test_every_word_searched_for_is_found(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = parsed(run("indicators", "--search", "CORRUPTION error", "--format", "csv"))
    assert found.index.tolist() == ["CC.STD.ERR"]
    assert main(["indicators", "--search", "(unicorns"]) == 0
    out, err = capsys.readouterr()
    assert out.split() == ["indicator", "name", "unit", "factor", "years", "markets"]
    assert err == 'marketselect: there is no indicator with "(unicorns"\n'


def test_frameworks_are_listed(run: Run) -> None:
    names = [line.split()[0] for line in run("frameworks").splitlines()]
    assert names == ["name", *ms.framework_names()]


def test_a_list_of_frameworks_counts_what_is_optional(run: Run) -> None:
    rows = {line.split()[0]: line.split()[-3:-1] for line in run("frameworks").splitlines()[1:]}
    assert rows["pestle"] == ["35", "0"]
    assert rows["exporter"] == ["46", "8"]
    assert rows["safety"] == ["15", "2"]


def test_a_tree_says_which_indicators_are_not_always_there(run: Run) -> None:
    head, *lines = run("frameworks", "exporter").splitlines()
    assert head.endswith(": 7 top factors, 46 indicators, of which 8 optional")
    assert any("its group shares the weight shown" in line for line in lines)
    rows = {line.split()[0]: line for line in lines if line}
    assert rows["PAIR.CULTURE"].endswith("  optional")
    assert not rows["VA.EST"].endswith("optional")
    assert "optional" not in run("frameworks", "pestle")


def test_of_two_of_which_one_takes_the_others_place_each_has_its_whole_weight(run: Run) -> None:
    head, *lines = run("frameworks", "safety").splitlines()
    assert head.endswith("15 indicators, of which 2 in place of another where the data have it")
    rows = {line.split()[0]: line for line in lines if line}
    # Three indicators in one of four factors: 1/3, and 1/12 of all.
    for code in ("FX.VOL", "FX.HOME.VOL", "INFLATION"):
        assert rows[code].split()[1:3] == ["33.3%", "8.3%"]
    assert rows["FX.HOME.VOL"].endswith("  instead of FX.VOL")


def test_a_frameworks_tree_shows_its_weights(run: Run) -> None:
    text = run("frameworks", "pestle")
    rules = ms.load_framework("pestle")
    rows = {line.split()[0]: line for line in text.splitlines()[4:]}
    assert set(rows) == {*rules.codes, *(factor.code for factor in rules.factors)}
    assert rows["RL.EST"].startswith("    RL.EST")
    for code, share in rules.local_weights().items():
        assert rows[code].split()[1:3] == [f"{share:.1%}", f"{rules.tree_weights()[code]:.1%}"]
    assert " target 2  " in rows["FP.CPI.TOTL.ZG"]
    assert "% a year" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", ms.framework_names())
def test_a_frameworks_toml_can_be_copied(name: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_text(run("frameworks", name, "--toml"), encoding="utf-8")
    assert "#" in path.read_text("utf-8")
    assert ms.load_framework(path) == ms.load_framework(name)
    path.write_text(run("frameworks", path, "--toml"), encoding="utf-8")
    assert ms.load_framework(path) == ms.load_framework(name)


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == f"marketselect {ms.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["rank", "--help"], ["indicators", "-h"]])
def test_help_names_what_there_is(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "%%" not in text
    if words[0] == "rank":
        assert all(name in text for name in ms.METHODS)
        assert f"(default: {AS_OF})" in text


@pytest.mark.parametrize("output", ["csv", "json", "table"])
def test_labels_headed_like_a_column_of_the_ranking_are_no_clash(
    output: str, tmp_path: Path, run: Run
) -> None:
    data, rules = tmp_path / "cities.csv", tmp_path / "cities.toml"
    data.write_text("score,rent\nRome,3\nOslo,5\nBern,4\n", encoding="utf-8")
    rules.write_text(
        'name = "cities"\n[[factor]]\ncode = "living"\n'
        '[[indicator]]\ncode = "rent"\nfactor = "living"\ndirection = "cost"\n',
        encoding="utf-8",
    )
    text = run("rank", "--data", data, "--framework", rules, "--format", output)
    assert text.index("Rome") < text.index("Bern") < text.index("Oslo")


# For programs


@pytest.mark.parametrize("words", [["--format", "json"], ["--format=json"]])
def test_faults_are_json_where_json_is_asked_for(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["rank", "--markets", "DEU,ABC,XXX", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    found = json.loads(err)
    assert [fault["code"] for fault in found["faults"]] == ["unknown-name"] * found["total"]
    assert found["faults"][0]["where"] == "--markets"
    assert found["error"].startswith("--markets")
    assert main(["rank", *words, "--draws", "many"]) == 2
    assert "no whole number" in json.loads(capsys.readouterr().err)["faults"][0]["got"]


def test_warnings_are_json_where_json_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules, data = tmp_path / "judged.toml", tmp_path / "cities.csv"
    data.write_text("city,x,y,z\nRome,1,2,3\nOslo,3,2,1\nBern,2,3,1\n", encoding="utf-8")
    factors = "".join(f'[[factor]]\ncode = "{code * 2}"\n' for code in "xyz")
    indicators = "".join(
        f'[[indicator]]\ncode = "{code}"\nfactor = "{code * 2}"\ndirection = "benefit"\n'
        for code in "xyz"
    )
    judgements = "".join(
        f'[[judgement]]\nmore = "{more * 2}"\nless = "{less * 2}"\nratio = 9\n'
        for more, less in ("xy", "yz", "zx")
    )
    text = f'name = "judged"\n{factors}{indicators}{judgements}'
    rules.write_text(text, encoding="utf-8")
    words = ["--framework", str(rules), "--data", str(data), "--draws", "0", "--format", "json"]
    assert main(["rank", *words]) == 0
    out, err = capsys.readouterr()
    assert "consistency ratio" in json.loads(err)["warning"]
    assert json.loads(out)["consistency"][0]["group"] == "top factors"


@pytest.mark.slow
def test_the_schema_is_printed_and_fits_what_rank_prints(run: Run) -> None:
    schema = json.loads(run("schema"))
    assert schema["title"] == "marketselect-ranking"
    record = json.loads(run("rank", "--draws", 0, "--top", 3, "--format", "json"))
    Draft202012Validator(schema).validate(record)
    assert len(record["table"]) == 3


def test_a_remedy_names_the_option_and_a_key_of_a_file_stays_a_key(
    tmp_path: Path, fail: Run
) -> None:
    data, rules = tmp_path / "cities.csv", tmp_path / "cities.toml"
    data.write_text("city,rent\nRome,3\nOslo,5\nBern,\n", encoding="utf-8")
    text = (
        'name = "cities"\nmissing = "group-mean"\ngroup = "region"\n[[factor]]\ncode = "living"\n'
        '[[indicator]]\ncode = "rent"\nfactor = "living"\ndirection = "cost"\n'
    )
    rules.write_text(text, encoding="utf-8")
    words = ["rank", "--data", data, "--framework", rules]
    assert fail(*words).startswith('marketselect: missing is "group-mean"')
    assert "leave out --sheet" in fail(*words, "--sheet", "x")
    assert 'cities.csv": --only: there is no column "SEX"' in fail(*words, "--only", "SEX=T")
    rows = ["A,rent,2000,1", "B,rent,2000,2", "C,wage,2000,1", "D,wage,2000,2"]
    half = "\n".join(["market,indicator,year,value", *rows, ""])
    data.write_text(half, encoding="utf-8")
    both = text.replace('"group-mean"', '"reweight"') + text[text.index("[[indicator]]") :].replace(
        '"rent"', '"wage"'
    )
    rules.write_text(both, encoding="utf-8")
    told = fail(*words, "--as-of", 2000, "--max-age", 0)
    assert "none of 4 markets qualifies" in told
    assert "lower min_coverage in a framework's file of your own, or raise --max-age" in told


# Screens and tiers


@pytest.fixture
def limited(wide: Path, tmp_path: Path) -> tuple[object, ...]:
    """The arguments of a ranking by the HDI, with tiers."""
    rules = replace(ms.load_framework("hdi"), tiers=(90, 60))
    file = tmp_path / "tiers.toml"
    file.write_text(rules.to_toml(), "utf-8")
    return ("rank", "--data", wide, "--framework", file, "--draws", 0)


@pytest.mark.slow
def test_each_screen_is_an_option_of_its_own(run: Run, limited: tuple[object, ...]) -> None:
    rules = ("landlocked = false", "region in {Africa}")
    each = [word for rule in rules for word in ("--screen", rule)]
    found = json.loads(run(*limited, "--format", "json", *each))
    assert [row["rule"] for row in found["screens"]] == ["landlocked = false", "region = Africa"]
    together = json.loads(run(*limited, "--format", "json", "--screen", *rules))
    assert together["table"] == found["table"]
    assert {row["stage"] for row in found["excluded"]} >= {"screen"}


@pytest.mark.slow
def test_a_screen_limits_a_series_of_no_factor(run: Run) -> None:
    asked = ("rank", "--draws", 0, "--format", "json", "--screen")
    found = json.loads(run(*asked, "SP.POP.TOTL >= 100000000"))
    kept = {row["market"] for row in found["table"]}
    # More than a hundred million people live in each of the first, and fewer in the others.
    assert kept >= {"BRA", "CHN", "IND", "USA"}
    assert kept.isdisjoint({"DEU", "LUX", "NZL"})
    rows = [row for row in found["excluded"] if row["stage"] == "screen"]
    assert all(row["value"] < 1e8 and row["year"] > 2000 for row in rows)


def test_the_terminal_shows_tiers_and_what_screens_do(
    run: Run, limited: tuple[object, ...]
) -> None:
    text = run(*limited, "--screen", "landlocked = false", "--excluded")
    head = next(line for line in text.splitlines() if line.lstrip().startswith("rank"))
    assert "tier" in head.split()
    assert "tiers by score: high from 90, medium from 60, low below" in text
    assert "screen landlocked = false: " in text
    assert "landlocked is true, asked for is landlocked = false" in text


def test_a_screen_that_is_none_is_told_in_one_line(fail: Run, limited: tuple[object, ...]) -> None:
    assert "--screen, number 1: " in fail(*limited, "--screen", "landlocked > 4")


def test_a_framework_is_shown_with_its_tiers_and_screens(run: Run, tmp_path: Path) -> None:
    screens = (ms.Screen("landlocked", among=[False]),)
    rules = replace(ms.load_framework("hdi"), tiers=(90, 60), screens=screens)
    (tmp_path / "mine.toml").write_text(rules.to_toml(), "utf-8")
    text = run("frameworks", tmp_path / "mine.toml")
    assert "tiers: high from 90, medium from 60, low below" in text
    assert "screen: landlocked = false" in text
