"""Sixteen threads get the bytes that one gets, and leave the process as it was."""

import locale
import os
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.scoring.judged import warned_already
from marketselect.uncertainty import scorer

THREADS = 16
SOURCES = Path(ms.__file__).parent
FIVE = ["CHL", "POL", "VNM", "MEX", "KEN", "MAR"]
PART = ms.load_framework("pestle").subset(["economic", "social", "legal"])


def bytes_of(value: Any) -> bytes:
    """Return everything that a result holds as bytes, numbers to the last digit."""
    if is_dataclass(value) and not isinstance(value, type):
        return b"|".join(bytes_of((f.name, getattr(value, f.name))) for f in fields(value))
    if isinstance(value, (pd.DataFrame, pd.Series)):
        cells = value.to_numpy()
        return bytes_of((str(value.dtypes), [list(axis) for axis in value.axes], cells))
    if isinstance(value, np.ndarray) and value.dtype != object:
        return bytes_of((value.dtype.str, value.shape)) + value.tobytes()
    if isinstance(value, np.ndarray):
        return bytes_of(value.tolist())
    if isinstance(value, Mapping):
        return bytes_of([*value.items()])
    if isinstance(value, (list, tuple)):
        return b"[" + b",".join(map(bytes_of, value)) + b"]"
    return repr(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def some(observations: pd.DataFrame) -> pd.DataFrame:
    return observations[observations["market"].isin([*FIVE, "AND"])]


@pytest.fixture(scope="module")
def ranking(some: pd.DataFrame) -> ms.Ranking:
    table = ms.indicator_table(some, PART, as_of=2024, max_age=5)
    return ms.rank_markets(table, PART, draws=300)


def judged() -> ms.Framework:
    """Judgements that contradict each other: whoever ranks by them is warned."""
    pairs = [("a", "b", 5), ("b", "c", 5), ("c", "a", 5)]
    return ms.Framework(
        name="judged",
        factors=tuple(ms.Factor(code=code) for code in "abc"),
        indicators=tuple(
            ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 9))
            for code in "abc"
        ),
        judgements=tuple(ms.Judgement(more=m, less=n, ratio=r) for m, n, r in pairs),
    )


VALUES = pd.DataFrame({"a1": [1.0, 5, 9], "b1": [7.0, 2, 4], "c1": [3.0, 8, 1]}, index=list("XYZ"))
Job = Callable[[ms.Ranking, pd.DataFrame], Any]
# One ranking is shared by all of them: what it works out once is worked out by many at once.
JOBS: dict[str, Job] = {
    "rank_markets": lambda ranking, _: ms.rank_markets(
        ranking.scores.table, PART, draws=300
    ).to_json(),
    "to_json": lambda ranking, _: ranking.to_json(),
    "fingerprint": lambda ranking, _: ranking.fingerprint,
    "indicator_table": lambda _, some: ms.indicator_table(
        some, ms.load_framework("pestle"), as_of=2022, max_age=5
    ),
    "rank_panel": lambda _, some: ms.rank_panel(some, PART, years=[2023, 2024]).table,
    "score_factors": lambda ranking, _: ms.score_factors(ranking.scores.table, PART).cells,
    "robustness": lambda ranking, _: ms.robustness(
        ranking, draws=5000, pairwise=True, quasi=True, threads=2
    ),
    "robustness with errors": lambda ranking, _: ms.robustness(
        ranking, draws=300, errors=True, threads=1
    ),
    "rank_bounds": lambda ranking, _: ms.rank_bounds(ranking, threads=2),
    "rank_reversals": lambda ranking, _: ms.rank_reversals(ranking),
    "weight_stability": lambda ranking, _: ms.weight_stability(ranking),
    "sensitivity": lambda ranking, _: ms.sensitivity(ranking, choices=["method", "normalization"]),
    "compare_methods": lambda ranking, _: ms.compare_methods(ranking),
    "explain": lambda ranking, _: ms.explain(ranking, "VNM"),
    "compare": lambda ranking, _: ms.compare(ranking, "VNM", "MEX"),
    "overtake": lambda ranking, _: ms.overtake(ranking, "KEN", "POL"),
    "overtake by products": lambda ranking, _: ms.overtake(
        ms.rank_markets(ranking.scores.table, PART, method="topsis", draws=0), "KEN", "POL"
    ),
    "contributions": lambda ranking, _: ms.contributions(ranking),
    "redundancy": lambda ranking, _: ms.redundancy(ranking),
    "a document": lambda _, __: ms.Framework.from_document(
        ms.load_framework("pestle").to_document()
    ),
    "names": lambda _, __: ms.market_codes(["Germany", "Viet Nam", "Kenya"]),
}


@pytest.mark.slow
def test_sixteen_threads_get_the_bytes_of_one(
    ranking: ms.Ranking, some: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer, "CONFIDENCE_DRAWS", 300)  # two blocks of them
    # Another ranking, so that what the shared one keeps is not there yet.
    alone = ms.rank_markets(ranking.scores.table, PART, draws=300)
    expected = {name: bytes_of(job(alone, some)) for name, job in JOBS.items()}
    names, together = list(JOBS), threading.Barrier(THREADS)

    def work(number: int) -> dict[str, bytes]:
        together.wait()
        order = names[number:] + names[:number]  # each begins with another job, and does a third
        return {name: bytes_of(JOBS[name](ranking, some)) for name in order[: len(names) // 3]}

    with ThreadPoolExecutor(THREADS) as pool:
        every = list(pool.map(work, range(THREADS)))
    assert {name for found in every for name in found} == set(names)
    differing = {name for found in every for name in found if found[name] != expected[name]}
    assert differing == set()


FIRST = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor

import marketselect as ms
import pandas as pd

values = pd.DataFrame({"size": [3.0, 2.0, 1.0], "risk": [1.0, 4.0, 2.0]},
                      index=["Germany", "Viet Nam", "Kenya"])
rules = {"name": "two", "factor": [{"code": "a"}, {"code": "b"}], "indicator": [
    {"code": "size", "factor": "a", "direction": "benefit"},
    {"code": "risk", "factor": "b", "direction": "cost"}]}
together = threading.Barrier(8)

def work(_):
    together.wait()
    ranking = ms.rank_markets(values, ms.Framework.from_document(rules), draws=50)
    ms.robustness(ranking, draws=50), ms.rank_bounds(ranking), ms.explain(ranking, "KEN")
    ms.load_framework("pestle"), ms.load_markets(), ms.redundancy(ranking)
    return ranking.to_json() + repr(ms.compare_methods(ranking).ranks.to_numpy().tolist())

with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(work, range(8)))))
"""


@pytest.mark.slow
def test_the_first_calls_of_a_program_may_come_from_eight_threads(tmp_path: Path) -> None:
    """What is imported, read and registered on first use is so by all of them at once."""
    script = tmp_path / "program.py"
    script.write_text(FIRST, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")


# --- the process stays as it was


TOUCHES = re.compile(
    r"catch_warnings|simplefilter|filterwarnings|showwarning|seterr\b|setlocale|option_context"
    r"|set_option|chdir|os\.environ|dup2|random\.seed|setrecursionlimit|setcontext"
)


def test_nothing_in_the_sources_touches_what_belongs_to_the_process() -> None:
    found = {
        (path.relative_to(SOURCES).as_posix(), touch)
        for path in SOURCES.rglob("*.py")
        for touch in TOUCHES.findall(path.read_text(encoding="utf-8"))
    }
    # The command line and the solver are processes of their own; of the screen the environment says
    # how wide and how colored it is, and is read only.
    found.discard(("report/screen.py", "os.environ"))
    assert {name for name, _ in found} == {
        "cli.py",
        "commands/streams.py",
        "uncertainty/solver.py",
    }


def what_belongs_to_the_process() -> dict[str, object]:
    return {
        "standard output": (os.fstat(1).st_dev, os.fstat(1).st_ino, sys.stdout),
        "standard error": (os.fstat(2).st_dev, os.fstat(2).st_ino, sys.stderr),
        "locale": locale.setlocale(locale.LC_ALL),
        "errors of NumPy": np.geterr(),
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "depth of calls": sys.getrecursionlimit(),
    }


LONG: dict[str, Job] = {
    **{name: JOBS[name] for name in ("robustness", "rank_bounds", "sensitivity", "explain")},
    **{name: JOBS[name] for name in ("overtake by products", "rank_panel", "weight_stability")},
    "rank_bounds anywhere": lambda ranking, _: ms.rank_bounds(ranking, around="any", threads=1),
    "doubt": lambda ranking, _: ms.doubt(ranking, draws=50, choices=["normalization"]),
}


@pytest.mark.slow
def test_another_thread_sees_nothing_of_a_long_call(
    ranking: ms.Ranking, some: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filtering: list[tuple[str, str]] = []
    enter = warnings.catch_warnings.__enter__

    def told(self: Any) -> Any:
        filtering.append((name, sys._getframe(1).f_globals["__name__"].partition(".")[0]))
        return enter(self)

    over, seen = threading.Event(), []

    def look() -> None:
        while not over.wait(0.001):
            seen.append(what_belongs_to_the_process())

    jobs = LONG | {
        "write_report": lambda ranking, _: ms.write_report(ranking, tmp_path / "page.html"),
        "write_excel": lambda ranking, _: ms.write_excel(ranking, tmp_path / "book.xlsx"),
        "save_study": lambda ranking, _: ms.save_study(ranking, tmp_path / "study"),
        "replay_study": lambda _, __: ms.replay_study(tmp_path / "study"),
    }
    ms.robustness(
        ranking, draws=10, quasi=True
    )  # what SciPy does when it is first imported is its own
    before, name = what_belongs_to_the_process(), ""
    watcher = threading.Thread(target=look)
    monkeypatch.setattr(warnings.catch_warnings, "__enter__", told)
    watcher.start()
    try:
        for name, job in jobs.items():  # noqa: B007 - the name is noted
            job(ranking, some)
    finally:
        over.set()
        watcher.join()
    assert len(seen) > 100
    assert {key for now in seen for key in before if now[key] != before[key]} == set()
    # pandas does by itself, whoever calls it.
    assert {(name, who) for name, who in filtering if who != "pandas"} == set()


@pytest.mark.slow
def test_each_thread_is_warned_of_its_own_judgements() -> None:
    rules = judged()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with ThreadPoolExecutor(THREADS) as pool:
            scores = list(pool.map(lambda _: ms.score_factors(VALUES, rules), range(THREADS)))
    told = [warning for warning in caught if warning.category is ms.ConsistencyWarning]
    assert len(told) == len(scores) == THREADS
    assert all("judgements of top factors: " in str(warning.message) for warning in told)


def test_a_ranking_is_not_warned_of_again_where_it_is_saved(tmp_path: Path) -> None:
    with pytest.warns(ms.ConsistencyWarning, match="judgements of top factors"):
        ranking = ms.rank_markets(VALUES, judged(), draws=10)
    ms.save_study(ranking, tmp_path / "study")  # a warning here would be an error


def test_a_thread_that_is_not_warned_keeps_no_other_from_being() -> None:
    with ThreadPoolExecutor(1) as pool, warned_already():
        ms.score_factors(VALUES, judged())
        with pytest.warns(ms.ConsistencyWarning):
            pool.submit(ms.score_factors, VALUES, judged()).result()
    with pytest.warns(ms.ConsistencyWarning):
        ms.score_factors(VALUES, judged())
