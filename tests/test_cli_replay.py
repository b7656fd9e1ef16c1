"""`marketselect replay`: 0 when identical, 1 when not, 2 for a study that cannot be read."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.study import save_study

TREE = pd.DataFrame(
    {"code": ["gdp", "risk"], "factor": ["economic", "political"], "direction": ["benefit", "cost"]}
)
DATA = pd.DataFrame(
    {"gdp": [4.1, 0.4, 1.5], "risk": [0.2, 0.6, 0.5]},
    index=["DEU", "VNM", "\x1b[31mMEX"],
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    ranking = ms.rank_markets(DATA, ms.Framework.from_table(TREE), draws=50)
    return save_study(ranking, tmp_path / "study")


def spoil(study: Path) -> None:
    path = study / "results.csv"
    text = path.read_text("utf-8")
    assert text.count("DEU,1,100.0,") == 1
    path.write_text(text.replace("DEU,1,100.0,", "DEU,1,99.75,"), encoding="utf-8")


@pytest.mark.slow
def test_a_study_that_replays_ends_with_0(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(study)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"Replay of {study}: identical; all ")
    assert err == ""


@pytest.mark.slow
def test_a_study_that_does_not_ends_with_1_and_says_where(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(study)
    assert main(["replay", str(study)]) == 1
    out, err = capsys.readouterr()
    assert ": not identical; 1 of " in out
    assert "results.csv DEU score  99.75  100.0 0.25" in out
    assert "file results.csv" in out
    assert err == ""


@pytest.mark.slow
def test_a_tolerance_lets_a_difference_pass_but_no_changed_file(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(study)
    assert main(["replay", str(study), "--tolerance", "0.5"]) == 1
    assert "within 0.5, the largest difference is 0.25" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], 'study "nowhere" cannot be read: No such file or directory'),
        ([], "the following arguments are required: STUDY"),
        ([".", "--tolerance", "x"], '"x" is no number'),
        ([".", "--tolerance", "-1"], "tolerance is -1.0; a finite number, 0 or more, is needed"),
    ],
)
def test_a_mistake_ends_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_a_faulty_study_ends_with_2(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (study / "call.json").write_text("{}", encoding="utf-8")
    assert main(["replay", str(study)]) == 2
    assert "call.json has " in capsys.readouterr().err


@pytest.mark.slow
def test_labels_cannot_steer_the_terminal(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = study / "results.csv"
    path.write_text(path.read_text("utf-8").replace("\x1b[31mMEX,2,", "\x1b[31mMEX,3,"), "utf-8")
    assert main(["replay", str(study)]) == 1
    out = capsys.readouterr().out
    assert "[31mMEX" in out
    assert "\x1b" not in out


@pytest.mark.slow
def test_the_status_reaches_the_shell(study: Path) -> None:
    spoil(study)
    command = [sys.executable, "-m", "marketselect", "replay", f"{study}/"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
