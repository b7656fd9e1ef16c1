"""Faults of the machine: a kill at every step of writing, a full disk, six processes at once."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import marketselect as ms
from marketselect.sources.vintages import newest

# What processes write besides rankings: a cache, and a snapshot of what one holds: nobody is asked.
FIGURES = """
import tempfile
from pathlib import Path
import pandas as pd
import marketselect as ms
from marketselect.sources.snapshot import snapshot_files
from marketselect.sources.vintages import Vintage, folder_of, keep_vintage

POP, LAST = "SP.POP.TOTL", "2026-07-01"
beside = tempfile.TemporaryDirectory()


def vintage(people):
    markets = ms.load_markets().index[:40]
    rows = tuple((market, 2023, people) for market in markets)
    return Vintage(POP, POP, "Population", "", "WB", "CC", LAST, LAST, 2023, 2023, (), rows)


def write_cache(people, path):
    keep_vintage(folder_of(path), vintage(people))


def write_snapshot(people, path, overwrite=True):
    given = Path(tempfile.mkdtemp(dir=beside.name))
    write_cache(people, given / "cache")
    (given / "base").mkdir()
    was = pd.DataFrame({"market": ["DEU"], "indicator": [POP], "year": [2023], "value": [1.0]})
    what = ms.load_catalogue().loc[[POP]].assign(known_as="", fetched="", kept="")
    for name, content in snapshot_files(was, what, {}).items():
        (given / "base" / name).write_bytes(content)
    return ms.update_snapshot(path, codes=[POP], years=[2023], base=given / "base", tries=1,
                              cache=given / "cache", overwrite=overwrite, progress=False,
                              address="http://127.0.0.1:9")
"""
# Each trial is a fork of one process that has everything at hand. An audit hook counts the steps
# that the system is asked for under the folder, before each is done; so does os.fsync.
KILLED = """
import json, os, signal, sys
from pathlib import Path
from marketselect.files import put_whole

what, folder = sys.argv[1], Path(sys.argv[2])
old, new = b"old" * 9, b"new" * 9
WRITERS = {
    "file": (lambda which, path: put_whole(which, path, "file"), "a.json"),
    "folder": (lambda which, path: put_whole({"a": which, "b": which}, path, "folder"), "folder"),
}
if what in ("snapshot", "cache"):
    old, new = 83.3e6, 84e6
    WRITERS = {
        "snapshot": (write_snapshot, "snapshot"),
        "cache": (lambda people, path: write_cache(people, path.parents[1]),
                  f"{POP}/{LAST}_2023-2023.json"),
    }
elif what not in WRITERS:
    import pandas as pd
    import marketselect as ms
    import marketselect.report.page.page, marketselect.report.workbook.workbook, marketselect.study

    rules = ms.Framework(name="small", factors=(ms.Factor(code="size"),), indicators=(
        ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 9)),))
    old, new = (
        ms.rank_markets(pd.DataFrame({"gdp": [best, 2]}, index=["A", "B"]), rules, draws=0)
        for best in (5.0, 8.0)
    )
    WRITERS = {
        "report": (ms.write_report, "page.html"),
        "workbook": (ms.write_excel, "book.xlsx"),
        "study": (lambda which, path: ms.save_study(which, path, overwrite=True), "study"),
    }
writer, name = WRITERS[what]
path = folder / name


def content():
    if path.is_file():
        return path.read_bytes()
    return {each.name: each.read_bytes() for each in path.iterdir()} if path.is_dir() else None


def killed_at(step):
    child = os.fork()
    if child == 0:
        try:
            seen = 0

            def count(event, given):
                nonlocal seen
                place = given[0] if given else None
                under = isinstance(place, (str, bytes, os.PathLike)) and str(folder) in str(place)
                if under or event in ("fsync", "ctypes.dlsym", "done"):
                    if seen == step:
                        os.kill(os.getpid(), signal.SIGKILL)
                    seen += 1

            flush = os.fsync
            os.fsync = lambda number: (count("fsync", ()), flush(number))
            sys.addaudithook(count)
            writer(new, path)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def emptied():
    import shutil
    for each in folder.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


writer(new, path)
after = content()
found = []
for before in (None, old):
    steps = 0
    while True:
        emptied()
        if before is not None:
            writer(before, path)
        was = content()
        status = killed_at(steps)
        now = content()
        found.append([status, "old" if now == was else "new" if now == after else "neither"])
        if status == 0:
            break
        steps += 1
        writer(new, path)  # what is left of a killed one is in nobody's way
        assert content() == after
print(json.dumps(found))
"""


def outcomes_of_kills(what: str, folder: Path) -> list[list[Any]]:
    """Return for each step at which a process was killed how it ended and what is there."""
    done = subprocess.run(
        [sys.executable, "-c", FIGURES + KILLED, what, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    found: list[list[Any]] = json.loads(done.stdout)
    return found


SLOW = ("file", "report", "workbook", "study", "snapshot", "cache")


@pytest.mark.parametrize(
    "what", ["folder", *(pytest.param(what, marks=pytest.mark.nightly) for what in SLOW)]
)
def test_a_kill_at_any_step_leaves_the_old_or_the_new(what: str, tmp_path: Path) -> None:
    found = outcomes_of_kills(what, tmp_path)
    assert {state for _, state in found} == {"old", "new"}
    assert {status for status, _ in found} == {0, 9}
    assert [status for status, _ in found].count(0) == 2  # at last nothing is left to be killed at
    assert len(found) > 10


SIX = """
import sys
from pathlib import Path
import pandas as pd
import marketselect as ms

what, path, number = sys.argv[1], sys.argv[2], float(sys.argv[3])
rules = ms.Framework(name="small", factors=(ms.Factor(code="size"),), indicators=(
    ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 9)),))
made = ms.rank_markets(pd.DataFrame({"gdp": [number, 8]}, index=["A", "B"]), rules, draws=0)
sys.stdin.readline()
try:
    if what == "report":
        ms.write_report(made, path)
    elif what == "snapshot":
        write_snapshot(number, path, overwrite=False)
    elif what == "cache":
        write_cache(number, path)
    else:
        ms.save_study(made, path, overwrite=what == "again")
    print("saved")
except ms.InputError as error:
    print(error.faults[0].code)
"""


def six_at_once(what: str, path: Path) -> list[str]:
    """Return what each of six processes says that write to one place."""
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    every = [
        subprocess.Popen(
            [sys.executable, "-c", FIGURES + SIX, what, str(path), str(number)], text=True, **pipes
        )
        for number in range(1, 7)
    ]
    for each in every:
        begin: Any = each.stdin  # all are ready, or nearly
        begin.write("\n")
        begin.flush()
    said = [each.communicate() for each in every]
    assert [error for _, error in said if error] == []
    return sorted(out.strip() for out, _ in said)


@pytest.mark.nightly
def test_of_six_processes_one_saves_a_new_study_and_five_are_told(tmp_path: Path) -> None:
    said = six_at_once("new", tmp_path / "study")
    assert said == ["saved", *["unwritable"] * 5]
    assert ms.replay_study(tmp_path / "study").identical
    assert [each.name for each in tmp_path.iterdir()] == ["study"]


@pytest.mark.nightly
def test_of_six_processes_one_writes_a_new_snapshot_and_five_are_told(tmp_path: Path) -> None:
    said = six_at_once("snapshot", tmp_path / "mine")
    assert said == ["saved", *["unwritable"] * 5]
    assert ms.load_indicators(data=tmp_path / "mine")["value"].iloc[0] in range(1, 7)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


@pytest.mark.nightly
def test_of_six_processes_that_keep_one_series_each_leaves_it_whole(tmp_path: Path) -> None:
    assert six_at_once("cache", tmp_path / "cache") == ["saved"] * 6
    found = newest(tmp_path / "cache", "SP.POP.TOTL", 2023, 2023)
    assert found is not None
    assert len({value for _, _, value in found.rows}) == 1  # of one of them alone
    kept = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert [each.name for each in kept] == ["2026-07-01_2023-2023.json"]


@pytest.mark.nightly
def test_of_six_processes_the_last_one_to_replace_is_there_whole(tmp_path: Path) -> None:
    for _ in range(3):
        assert set(six_at_once("again", tmp_path / "study")) <= {"saved", "unwritable"}
        assert ms.replay_study(tmp_path / "study").identical
        assert six_at_once("report", tmp_path / "page.html") == ["saved"] * 6
        assert sorted(each.name for each in tmp_path.iterdir()) == ["page.html", "study"]
        assert (tmp_path / "page.html").read_text("utf-8").endswith("</html>")


FULL = """
import resource, sys
from pathlib import Path
import pandas as pd
import marketselect as ms

folder, way, words = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
rules = ms.Framework(name="small", factors=(ms.Factor(code="size"),), indicators=(
    ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 9)),))
made = ms.rank_markets(pd.DataFrame({"gdp": [5.0, 8]}, index=["A", "B"]), rules, draws=0)
writers = {
    "page.html": ms.write_report,
    "book.xlsx": ms.write_excel,
    "study": lambda made, path: ms.save_study(made, path, overwrite=True),
    "snapshot": lambda made, path: write_snapshot(len(made.table), path),
    "cache": lambda made, path: write_cache(len(made.table), path),
}
for name, writer in writers.items():
    writer(made, folder / name)
if way == "disk":
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(512)):
                pass
        except OSError:
            pass
else:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, most))
before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
made = ms.rank_markets(pd.DataFrame({"gdp": [6.0, 8]}, index=["A", "B"]), rules, draws=0)
for name, writer in writers.items():
    for place in (folder / name, folder / f"new_{name}"):
        try:
            writer(made, place)
            print("written", name)
        except ms.InputError as error:
            print(error.faults[0].code, words in str(error))
assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
"""
# In a view of the files of its own, which ends with it; the second where root may do it alone.
MOUNTED = 'mount -t tmpfs -o size=4m none "$0" && exec "$@"'
UNSHARED = (["unshare", "-rm"], ["unshare", "-m"])


def limited(program: list[str], folder: Path) -> list[str]:
    """Return how to run a program where no file may grow."""
    return [*program, str(folder), "limit", "File too large"]


def on_a_full_disk(program: list[str], folder: Path) -> list[str]:
    """Return how to run a program on a disk of 4 MB, or as above where nobody may mount one."""
    for unshared in UNSHARED:
        mounted = [*unshared, "sh", "-c", MOUNTED, str(folder)]
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode == 0:
                return [*mounted, *program, str(folder), "disk", "No space left on device"]
    return limited(program, folder)


@pytest.mark.slow
@pytest.mark.parametrize("way", [limited, on_a_full_disk])
def test_files_that_the_system_lets_nobody_write_leave_all_as_it_was(
    way: Callable[[list[str], Path], list[str]], tmp_path: Path
) -> None:
    done = subprocess.run(
        way([sys.executable, "-c", FIGURES + FULL], tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split("\n") == [*["unwritable True"] * 10, ""]
