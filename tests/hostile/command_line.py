"""The door of the command line: odd words for every option of every command, and odd files.

Judged as a call is: right, refused clearly, refused badly, silently wrong.
"""

import contextlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

import marketselect as ms
from hostile.oddities import TEXTS
from hostile.outcomes import (
    BADLY,
    CLEARLY,
    CONTROL,
    HUNG,
    LONGEST,
    RIGHT,
    WRONG,
    Case,
    Outcome,
    writable,
)
from hostile.rows import LONG, rules
from marketselect.cli import main
from marketselect.commands.arguments import parser
from marketselect.values import is_number, to_whole

WORDS: Mapping[str, str] = {
    **{name: text for name, make in TEXTS.items() if isinstance(text := make(), str)},
    "nothing": "",
    "blanks": "  ",
    "-1": "-1",
    "a half": "0.5",
    "1e308": "1e308",
    "10**12": str(10**12),
    "a number with a blank": "1 0",
    "a number with a line": "1_000",
    "digits of Arabic": "\u0663",
    "wide digits": "\uff15",
    "base 16": "0x10",
    "commas": ",,,",
    "signs of equality": "===",
    "a quotation mark": '"',
    "a hyphen": "-",
    "two hyphens": "--",
    "a byte that is no text": "\udcff",
    "a bell": "x\x07",
    "right to left": "x\u202ey",
}
# What each option takes; of every other no word above has a meaning.
TAKEN: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(
        ("--draws", "--seed", "--as-of", "--max-age", "--top"),
        lambda word: to_whole(word) is not None,
    ),
    "--tolerance": is_number,
    **dict.fromkeys(("--title", "--search", "--missing"), lambda _: True),
    "-o": lambda word: word.endswith(".html"),
}


@cache
def folder() -> Path:
    """Return a folder with a file of data, a framework and a study."""
    place = Path(mkdtemp())
    LONG.to_csv(place / "data.csv", index=False)
    (place / "rules.toml").write_text(rules().to_toml(), encoding="utf-8")
    made = ms.rank_markets(LONG[LONG["year"] == 2021].pivot(
        index="market", columns="indicator", values="value"), rules(), draws=5)  # fmt: skip
    ms.save_study(made, place / "study")
    return place


def good(command: str) -> list[str]:
    """Return a good line of a command."""
    data, framework = str(folder() / "data.csv"), str(folder() / "rules.toml")
    ranked = ["--data", data, "--framework", framework, "--draws", "5", "--as-of", "2021"]
    lines = {
        "rank": ["rank", *ranked],
        "report": ["report", *ranked, "--output", str(folder() / "page.html")],
        "replay": ["replay", str(folder() / "study")],
        "frameworks": ["frameworks", framework],
    }
    return lines.get(command, [command])


def options() -> Iterator[tuple[str, str]]:
    """Yield every option of every command that takes a value; of the others the name alone.

    Not where `update` writes: what can name a folder has it ask the World Bank for all its series.
    """
    choices: object = next(each for each in parser()._actions if each.choices).choices
    assert isinstance(choices, dict)
    for command, its in choices.items():
        for action in its._actions:
            asks = command == "update" and not action.option_strings
            if action.nargs != 0 and not asks:
                yield command, action.option_strings[0] if action.option_strings else ""


def damaged_workbook() -> bytes:
    raw = io.BytesIO()
    pd.DataFrame({"market": ["A"], "gdp": [1.0]}).to_excel(raw, index=False)
    whole = bytearray(raw.getvalue())
    with zipfile.ZipFile(raw) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    whole[start + 62 : start + 70] = bytes(sign ^ 0xFF for sign in whole[start + 62 : start + 70])
    return bytes(whole)


# Files by ending: what is in them; None for a pipe that nobody writes into.
FILES: Mapping[str, Mapping[str, bytes | None]] = {
    "csv": {
        "an empty file": b"",
        "a pipe": None,
        "a million commas": b"market" + b",x" * 10**6,
        "zero signs": b"\0" * 5_000,
        "no text": b"\xff\xfe\xfa" * 100,
        "labels with control characters": (
            "market,gdp,debt,hdi\n\x1b[3mA,1,2,3\nB\u202e,2,3,4\n".encode()
        ),
        "a column of 5,000 digits": b"market,gdp,debt,hdi\nA,1,2,3\nB,2,3," + b"7" * 5_000,
        "a quotation mark that is not closed": b'market,gdp\n"A,1\nB,2\n',
    },
    "xlsx": {
        "a damaged workbook": damaged_workbook(),
        "no archive": b"PK\x03\x04 and no more",
        "half a workbook": damaged_workbook()[:900],
    },
    "parquet": {"no Parquet": b"PAR1" + b"\0" * 90 + b"PAR1"},
    "zip": {"an empty archive": b"PK\x05\x06" + b"\0" * 18},
    "toml": {
        "an empty framework": b"",
        "5,000 arrays": b"x = " + b"[" * 5_000 + b"]" * 5_000,
        "5,000 tables": b"[" + b".".join([b"a"] * 5_000) + b"]\n",
        "a number of 5,000 digits": b"decimals = " + b"7" * 5_000,
        "half of UTF-8": b'name = "\xff"',
        "a framework that is a pipe": None,
    },
}  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield every option with every odd word, and every odd file."""
    for command, option in options():
        yield from (Case(command, option, word) for word in WORDS)
    for ending, content in FILES.items():
        option = "--framework" if ending == "toml" else "--data"
        yield from (Case("rank", option, f"file: {name}") for name in content)
    yield from (Case("frameworks", "", f"file: {name}") for name in FILES["toml"])


def file_of(name: str) -> str:
    """Return the path of an odd file."""
    ending, content = next((e, files[name]) for e, files in FILES.items() if name in files)
    path = Path(mkdtemp()) / f"odd.{ending}"
    if content is None:
        os.mkfifo(path)
    else:
        path.write_bytes(content)
    return str(path)


def line_of(case: Case) -> list[str]:
    """Return the words of a line with the odd one in its place."""
    _, is_file, name = case.oddity.partition("file: ")
    word = file_of(name) if is_file else WORDS[case.oddity]
    line = good(case.row)
    if not case.argument:  # what has no option stands last, after what ends all options
        return [line[0], "--", word]
    if case.argument in line:
        place = line.index(case.argument)
        line = line[:place] + line[place + 2 :]
    long = case.argument.startswith("--")
    line += [f"{case.argument}={word}"] if long else [case.argument, word]
    if case.argument == "-o":
        line = [each for each in line if each not in ("--output", str(folder() / "page.html"))]
    if case.argument == "--add":
        line = [each for each in line if each not in ("--data", str(folder() / "data.csv"))]
    return line


def judged(case: Case) -> Outcome:
    """Run the line and tell what became of it."""
    line, out, err = line_of(case), io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(line)
    except MemoryError:
        return Outcome(HUNG, "out of memory")
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the outcome
        return Outcome(BADLY, f"{type(error).__name__}: {error!r:.200}")
    return answer_of(case, status, out.getvalue(), err.getvalue())


def answer_of(case: Case, status: int, out: str, err: str) -> Outcome:
    """Tell what became of a line by its status and what it wrote."""
    for text in (out, err):
        if CONTROL.search(text.replace("\n", "")) or not writable(text):
            return Outcome(BADLY, f"control characters: {text!r:.200}")
    if status == 0:
        takes = TAKEN.get(case.argument)
        word = WORDS.get(case.oddity)  # of a file its message or its ranking will do
        taken = word is None or (takes is not None and takes(word))
        return Outcome(RIGHT) if taken else Outcome(WRONG, f"taken: {out:.80}")
    if status != 2 or out or not err.startswith(("marketselect: ", '{"error": ')):
        return Outcome(BADLY, f"status {status}: {err:.200}")
    if len(err) > LONGEST:
        return Outcome(BADLY, f"a message of {len(err):,} signs")
    if err.startswith("{"):
        json.loads(err.splitlines()[-1])
    return Outcome(CLEARLY, err)
