"""A target for each parser: what reads a file, its corpus, how many changed files are read.

Whatever is in a file, the reader answers or refuses it clearly: an `InputError` with a code, a
place and a remedy. Any other exception, a warning and 20 seconds of processor time are a finding.

The changes are drawn by `mutating.py`. atheris, which is guided by the coverage, was tried: with
the library instrumented it read some thirty frameworks a second, and nearly all that its changes of
bytes found were ways through the parser of TOML. So there is no compiled package to install, and
the same files are read wherever the tests run: that a change lands does not hang on luck.
"""

import io
import json
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType
from urllib.request import Request

import marketselect as ms
from fuzz.mutating import mutated
from hostile.outcomes import unclear
from hostile.rows import DATA, LONG, rules
from marketselect.files import sha256_of
from marketselect.running import silent
from marketselect.sources.snapshot import RECORD, snapshot_files
from marketselect.sources.worldbank import fetched_series, fetched_tables
from marketselect.sources.worldbank_api import Client
from marketselect.uncertainty.statements import read_statements
from sources import written
from sources.bank import EMPTY, UNKNOWN, Bank

CORPUS = Path(__file__).parent / "corpus"
SECONDS = 20  # of processor time for one file
Corpus = Mapping[str, bytes]


@dataclass(frozen=True)
class Target:
    """What reads a file, the files to change, and how many changed ones `.ci/run` reads."""

    read: Callable[[Path], object]
    corpus: Callable[[], Corpus]
    count: int


@dataclass(frozen=True)
class Finding:
    """A file that was neither answered nor refused clearly."""

    target: str
    seed: int
    name: str
    content: bytes
    why: str


def stored(target: str) -> Callable[[], Corpus]:
    """Return the corpus in the folder of that name."""
    return lambda: {path.name: path.read_bytes() for path in sorted((CORPUS / target).iterdir())}


def books() -> Corpus:
    """Return workbooks of each kind."""
    rows: list[list[object]] = [["market", "gdp", "year"], ["VNM", 1.5, 2020], ["KEN", "..", 2021]]
    return {
        "one.xlsx": written.workbook({"x": rows}),
        "two.xlsx": written.workbook({"notes": [["See the other"]], "x": rows}, ("notes",)),
        "one.ods": written.spreadsheet(rows),
        "one.xls": written.old_workbook(rows),
        "tables.zip": written.WORLD_BANK_ZIP,
    }


def studies() -> Corpus:
    """Return a study in one file."""
    with tempfile.TemporaryDirectory() as folder:
        ranking = ms.rank_markets(DATA, rules(), draws=5)
        return {"study.zip": ms.save_study(ranking, Path(folder) / "study.zip").read_bytes()}


def stated(place: Path) -> object:
    """Read statements, one a line."""
    text = place.read_text("utf-8", errors="replace")
    return read_statements(text.splitlines(), rules().tree)


def snapshot_of_three() -> dict[str, bytes]:
    """Return the files of a snapshot."""
    catalogue = ms.load_catalogue().head(2).assign(known_as="", fetched="", kept="")
    return snapshot_files(LONG, catalogue, {"made": "2026-07-01"})


def in_snapshot(place: Path) -> object:
    """Read a snapshot that has this file in place of its own; the record has the right hash."""
    files = snapshot_of_three() | {place.name: place.read_bytes()}
    if place.name != RECORD:
        record = json.loads(files[RECORD])
        record["files"][place.name] = sha256_of(files[place.name])
        files[RECORD] = json.dumps(record).encode()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return ms.load_catalogue(data=folder), ms.load_indicators(data=folder)


def answers() -> Corpus:
    """Return what the World Bank answers: figures, a mistake, nothing."""
    found = Bank().answer("/v2/country/all/indicator/SP.POP.TOTL?page=1&source=2")
    assert found is not None
    texts = {"unknown.json": UNKNOWN, "empty.json": EMPTY}
    return {"rows.json": found[2], **{n: json.dumps(t).encode() for n, t in texts.items()}}


def answered(place: Path) -> object:
    """Fetch a series whose figures are this file; what describes it is as it should be."""
    described = Bank().answer("/v2/indicator/SP.POP.TOTL")
    assert described is not None

    def opener(question: Request, timeout: float) -> io.BytesIO:
        assert timeout
        figures = "/country/" in question.full_url
        return io.BytesIO(place.read_bytes() if figures else described[2])

    client = Client(tries=1, opener=opener)
    codes, years = ["SP.POP.TOTL"], [2022, 2023]
    return fetched_tables(*fetched_series(client, codes, years, None, False, silent), years)


TARGETS: Mapping[str, Target] = {
    "snapshot": Target(in_snapshot, snapshot_of_three, 150),
    "answer": Target(answered, answers, 2_000),
    "toml": Target(ms.load_framework, stored("toml"), 8_000),
    "csv": Target(ms.read_indicators, stored("csv"), 4_000),
    "workbook": Target(ms.read_indicators, books, 4_000),
    "study": Target(ms.replay_study, studies, 150),
    "firm": Target(ms.load_firm, stored("firm"), 8_000),
    "trade": Target(
        lambda place: ms.read_trade(place, products=["64", "42"], home="GBR"),
        stored("trade"),
        4_000,
    ),
    "statements": Target(stated, stored("statements"), 12_000),
    "scenarios": Target(ms.read_scenarios, stored("scenarios"), 6_000),
}


def findings(target: str, seeds: range) -> Iterator[Finding]:
    """Yield what is wrong with how a target reads the files of some seeds."""
    asked, corpus = TARGETS[target], TARGETS[target].corpus()
    names, contents = list(corpus), list(corpus.values())
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), told_in_time():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ms.ConsistencyWarning)
        for seed in seeds:
            random = Random(seed)
            name = random.choice(names)
            content = mutated(corpus[name], contents, random)
            (place := Path(folder) / name).write_bytes(content)
            if why := amiss(asked.read, place):
                yield Finding(target, seed, name, content, why)


def amiss(read: Callable[[Path], object], place: Path) -> str:
    """Return what is wrong with an answer or a refusal; nothing where it is right."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        repr(read(place))
    except ms.InputError as error:
        return unclear(error)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding
        return f"{type(error).__name__}: {error!s:.300}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


@contextmanager
def told_in_time() -> Iterator[None]:
    """End what takes more processor time than a file is worth by an exception."""

    def end(_: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"{SECONDS} seconds are over in {frame}")

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)
