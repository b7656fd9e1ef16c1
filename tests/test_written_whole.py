"""A file or a folder is written whole or not at all: full disks, interrupts, kills, permissions."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.files import new_folder, put_whole
from marketselect.study import saving

RULES = ms.Framework(
    name="small",
    factors=(ms.Factor(code="size"),),
    indicators=(ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 9)),),
)


def ranking(best: float = 5) -> ms.Ranking:
    return ms.rank_markets(pd.DataFrame({"gdp": [best, 2]}, index=["A", "B"]), RULES, draws=0)


def save(given: ms.Ranking, path: Path) -> Path:
    return ms.save_study(given, path, overwrite=True)


WRITERS = [(ms.write_report, "page.html"), (ms.write_excel, "book.xlsx"), (save, "study")]
Writer = Callable[[ms.Ranking, Path], Path]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder, and what it holds."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


# A page and a workbook are put in their places by the same lines.
@pytest.mark.slow
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("writer", "name", "moment"),
    [
        *((*WRITERS[0], moment) for moment in ("write", "flush", "rename")),
        (*WRITERS[1], "flush"),
        *((*WRITERS[2], moment) for moment in ("write", "flush", "exchange", "rename")),
    ],
)
def test_what_breaks_off_leaves_all_as_it_was(
    writer: Writer,
    name: str,
    moment: str,
    fault: BaseException,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writer(ranking(), tmp_path / name)
    before = contents(tmp_path)

    def broken(*_: Any, **__: Any) -> None:
        monkeypatch.undo()  # only the first time: what was there can be put back
        raise fault

    places = {
        "write": "os.fdopen",
        "flush": "os.fsync",
        "exchange": "marketselect.files.exchanged",
        "rename": "pathlib.Path.rename" if writer is save else "pathlib.Path.replace",
    }
    if moment == "rename":  # of a folder where the system exchanges no names
        monkeypatch.setattr(places["exchange"], lambda *_: False)
    monkeypatch.setattr(places[moment], broken)
    with pytest.raises((ms.InputError, KeyboardInterrupt)) as caught:
        writer(ranking(8), tmp_path / name)
    if isinstance(caught.value, ms.InputError):
        full = "cannot be written: No space left on device; make room there"
        assert f'{name}" {full}' in str(caught.value)
        assert [fault.code for fault in caught.value.faults] == ["unwritable"]
    assert contents(tmp_path) == before
    writer(ranking(8), tmp_path / name)
    assert contents(tmp_path).keys() == before.keys()
    assert contents(tmp_path) != before


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no such signal")
@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
def test_a_kill_in_the_middle_leaves_the_old_file(moment: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("before")
    code = (
        "import os, signal, sys, pathlib; from marketselect.files import put_whole; "
        f"{moment} = lambda *_: os.kill(os.getpid(), signal.SIGKILL); "
        "put_whole(b'new' * 9999, pathlib.Path(sys.argv[1]), 'report')"
    )
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "before"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_permissions_are_kept(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("before")
    path.chmod(mode)
    put_whole(b"new", path, "report")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_text()) == (mode, "new")


@pytest.mark.slow
def test_the_permissions_of_a_study_are_kept(tmp_path: Path) -> None:
    study = save(ranking(), tmp_path / "study")
    study.chmod(0o700)
    (study / "values.csv").chmod(0o600)
    save(ranking(8), study)
    assert stat.S_IMODE(study.stat().st_mode) == 0o700
    assert stat.S_IMODE((study / "values.csv").stat().st_mode) == 0o600


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("as the system makes it")
    put_whole(b"new", tmp_path / "new", "report")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("other", "new")}
    assert len(modes) == 1


def test_a_link_goes_on_pointing_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "page.html"
    link.symlink_to(tmp_path / "real" / "page.html")
    for text in (b"one", b"two"):
        put_whole(text, link, "report")
        assert link.is_symlink()
        assert contents(tmp_path / "real") == {"page.html": text}


def test_a_file_that_may_not_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    path.write_text("mine")
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write whatever it likes
    with pytest.raises(ms.InputError, match="cannot be written: Permission denied"):
        put_whole(b"new", path, "report")
    assert contents(tmp_path) == {"page.html": b"mine"}


@pytest.mark.parametrize(("writer", "name"), WRITERS[:2])
@pytest.mark.parametrize(
    ("place", "match"),
    [
        (3, "^path is a int; give the name of a file that ends in"),
        (None, "^path is a NoneType; give the name of a file that ends in"),
        ("plain.csv", "^path is .*plain.csv'; give the name of a file that ends in"),
        ("a\0{}", "^path is .*; give the name of a file that ends in"),
        ("folder/{}", "is a folder; give the name of a file$"),
        ("nowhere/{}", ': there is no folder ".*nowhere"; make it first$'),
        ("pipe/{}", "is no plain file; give the name of a new file$"),
        (
            "x" * 300 + "{}",
            "cannot be written: File name too long; give a name in a folder",
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    writer: Writer, name: str, place: Any, match: str, tmp_path: Path
) -> None:
    (tmp_path / "folder" / name).mkdir(parents=True)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / name)
    path = tmp_path / place.format(name) if isinstance(place, str) else place
    with pytest.raises(ms.InputError, match=match):
        writer(ranking(), path)


@pytest.mark.parametrize(
    ("place", "told"),
    [("there", " exists; give another name"), ("no/mine", ': there is no folder ".*no"; make it')],
)
def test_why_a_folder_cannot_be_made_is_told_once(place: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(ms.InputError, match=f'^folder "[^"]*"{told}[^;]*$'):
        new_folder(tmp_path / place, "folder")


@pytest.mark.slow
def test_a_folder_that_comes_in_the_meantime_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arrive(target: Path) -> None:
        target.mkdir()
        (target / "thesis.doc").write_text("years of work", encoding="utf-8")

    arrive(tmp_path / "one")
    with pytest.raises(
        ms.InputError, match="came there in the meantime, and is not replaced; give"
    ):
        put_whole({"a.csv": b"x"}, tmp_path / "one", "folder", replacing=False)
    monkeypatch.setattr(saving, "prove", lambda _: arrive(tmp_path / "two"))
    with pytest.raises(ms.InputError, match=r"exists; give another name"):
        ms.save_study(ranking(), tmp_path / "two")
    monkeypatch.setattr(saving, "prove", lambda _: arrive(tmp_path / "three"))
    with pytest.raises(ms.InputError, match=r'it holds "thesis\.doc"'):
        ms.save_study(ranking(), tmp_path / "three", overwrite=True)
    assert contents(tmp_path) == {
        f"{name}/thesis.doc": b"years of work" for name in ("one", "two", "three")
    }


# --- paths whose own code fails


class Lost(os.PathLike[str]):
    """A path of another library, whose own code fails."""

    def __fspath__(self) -> str:
        raise RuntimeError("the bucket is gone")


@pytest.mark.parametrize(
    "call",
    [
        ms.read_indicators,
        ms.load_firm,
        ms.replay_study,
        lambda path: ms.read_trade(path, products=["0901"], home="DEU"),
        lambda path: ms.load_indicators(add=path),
        lambda path: ms.write_report(ranking(), path),
        lambda path: ms.write_excel(ranking(), path),
        lambda path: ms.save_study(ranking(), path),
        lambda path: ranking().to_parquet(path),
    ],
)
def test_a_path_that_fails_to_say_itself_is_refused(call: Callable[[Any], Any]) -> None:
    with pytest.raises(ms.InputError, match="fails to say its path: the bucket is gone"):
        call(Lost())
