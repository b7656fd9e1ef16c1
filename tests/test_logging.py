"""One logger, quiet by default: what was read and left out, and how long each stage took."""

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.running import stage

LOGGER = "marketselect"
FIVE = ["CHL", "POL", "VNM", "MEX", "KEN"]


@pytest.fixture(scope="module")
def some(observations: pd.DataFrame) -> pd.DataFrame:
    """Few markets, and one that lacks data."""
    return observations[observations["market"].isin([*FIVE, "AND"])]


@pytest.fixture(scope="module")
def ranking(some: pd.DataFrame) -> ms.Ranking:
    table = ms.indicator_table(some, "pestle", as_of=2024, max_age=5)
    return ms.rank_markets(table, "pestle", draws=100)


Stage = Callable[[pd.DataFrame, ms.Ranking, Path], Any]
STAGES: dict[str, Stage] = {
    "indicator_table": lambda some, _, __: ms.indicator_table(
        some, "pestle", as_of=2024, max_age=5
    ),
    "score_factors": lambda _, ranking, __: ms.score_factors(ranking.scores.table, "pestle"),
    "rank_markets": lambda _, ranking, __: ms.rank_markets(ranking.scores.table, draws=100),
    "rank_panel": lambda some, _, __: ms.rank_panel(some, years=[2020, 2024]),
    "robustness": lambda _, ranking, __: ms.robustness(ranking, draws=100),
    "rank_bounds": lambda _, ranking, __: ms.rank_bounds(ranking),
    "sensitivity": lambda _, ranking, __: ms.sensitivity(ranking, choices=["method"]),
    "save_study": lambda _, ranking, folder: ms.save_study(ranking, folder / "study"),
    "replay_study": lambda _, ranking, folder: ms.replay_study(
        ms.save_study(ranking, folder / "study")
    ),
    "write_report": lambda _, ranking, folder: ms.write_report(ranking, folder / "page.html"),
    "write_excel": lambda _, ranking, folder: ms.write_excel(ranking, folder / "book.xlsx"),
}


@pytest.mark.parametrize("name", STAGES)
def test_each_stage_tells_what_came_of_it_and_how_long_it_took(
    name: str,
    some: pd.DataFrame,
    ranking: ms.Ranking,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        found = STAGES[name](some, ranking, tmp_path)
    told = [record for record in caplog.records if getattr(record, "stage", None) == name]
    assert len(told) == 1
    (record,) = told
    seconds: float = record.__dict__["seconds"]
    assert (record.name, record.levelno, record.funcName) == (LOGGER, logging.INFO, name)
    what = f'"{found}"' if isinstance(found, Path) else found.headline
    assert record.getMessage().startswith(f"{name}: {what}")
    assert record.getMessage().endswith(f" ({seconds:.3f} s)")
    assert seconds > 0


def test_what_is_told_moves_no_cursor(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        stage("test")(lambda: "a\x1b[31m\nb")
    assert caplog.records[0].getMessage().startswith("test: a\ufffd[31m b (")


def test_who_is_left_out_and_what_is_not_used_is_told(
    some: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    world = pd.DataFrame(
        {"market": ["World"], "indicator": ["PV.EST"], "year": [2023], "value": [0.1]}
    )
    with caplog.at_level(logging.INFO, LOGGER):
        table = ms.indicator_table(pd.concat([some, world]), "pestle", as_of=2024, max_age=5)
        ms.rank_markets(table.values.assign(stars=1.0), draws=0)
    read, scored, _ = [record.getMessage() for record in caplog.records]
    assert "World" in read
    assert "1 left out; " in scored
    assert '; left out: "AND"; columns not used: "stars" (' in scored


def test_what_a_file_was_taken_for_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("market;size\nA;1,5\nB;2,5\n", encoding="utf-8")
    with caplog.at_level(logging.INFO, LOGGER):
        ms.read_indicators(path)
    (record,) = caplog.records
    assert record.getMessage().startswith(f'"{path}" read as wide table')


@pytest.mark.slow
def test_the_library_is_quiet_by_default(tmp_path: Path) -> None:
    """In a program of its own: here pytest listens."""
    script = tmp_path / "program.py"
    script.write_text(
        "import pandas as pd\n"
        "import marketselect as ms\n"
        "ms.read_indicators('mine.csv')\n"
        "table = ms.indicator_table(ms.load_indicators(), as_of=2024, max_age=5)\n"
        "ms.robustness(ms.rank_markets(table, draws=10), draws=10)\n",
        encoding="utf-8",
    )
    (tmp_path / "mine.csv").write_text("market,size\nA,1\nB,2\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert [type(handler) for handler in logging.getLogger(LOGGER).handlers] == [
        logging.NullHandler
    ]


def test_nothing_is_put_into_words_that_nobody_hears(caplog: pytest.LogCaptureFixture) -> None:
    def words() -> str:
        raise AssertionError("nobody listens")

    stage("quiet")(words)
    with caplog.at_level(logging.WARNING, LOGGER):
        stage("warnings alone")(words)
    assert caplog.records == []


def test_a_stage_that_fails_tells_nothing(
    ranking: ms.Ranking, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER), pytest.raises(ms.InputError, match="draws"):
        ms.robustness(ranking, draws=-1)
    assert caplog.records == []


def test_no_number_depends_on_whether_somebody_listens(
    ranking: ms.Ranking, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        again = ms.rank_markets(ranking.scores.table, "pestle", draws=100)
    assert again.to_json() == ranking.to_json()
    assert again.fingerprint == ranking.fingerprint


@pytest.mark.slow
@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING])
def test_a_warning_of_a_stage_points_at_whoever_called_it(
    level: int, ranking: ms.Ranking, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(level, LOGGER),
        pytest.warns(DeprecationWarning, match="is now around=") as told,
    ):
        ms.rank_bounds(ranking, tolerance=None)
    assert [Path(warning.filename) for warning in told] == [Path(__file__)]
