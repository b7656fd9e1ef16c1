"""Without any optional package every public call answers, or names the extra that it needs.

Seen in a process in which none of them can be imported, as where no extra was installed.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import marketselect as ms
from sources import written

ROOT = Path(__file__).parents[1]
EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "optional-dependencies"
]
PACKAGES = {re.split("[<>=]", need)[0] for name in EXTRAS if name != "all" for need in EXTRAS[name]}
LIBRARIES = {"duckdb", "polars"}  # whose tables are taken
PLOTS = {name: "plot" for name in ms.__all__ if name.startswith("plot_")}
CALLS = {
    **PLOTS,
    "Ranking.to_parquet": "parquet",
    "stream_groups": "parquet",
    "write_excel": "excel",
    "write_report": "report",
    "progress": "progress",
    "a table of another library": "arrow",
    "book.xlsx": "excel",
    "book.xls": "excel",
    "book.ods": "excel",
    "table.parquet": "parquet",
}
# None in place of a module: importing it fails.
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({}))\n"
CHILD = """
import json, sys, warnings
from functools import partial
import marketselect as ms
from hostile.rows import DATA, ROWS, fresh, rules

class Table:
    def __arrow_c_stream__(self, requested_schema=None):
        raise AssertionError

source = fresh("grouped.parquet")
source.write_bytes(b"PAR1PAR1")
calls = {name: lambda row=row: row.call(**row.given()) for name, row in ROWS.items()}
calls["stream_groups"] = lambda: ms.stream_groups(source, fresh("x.parquet"), rules(), by="group")
calls["progress"] = lambda: ms.rank_markets(DATA, rules(), draws=20, progress=True)
calls["a table of another library"] = lambda: ms.rank_markets(Table(), rules())
for path in sys.argv[1:]:
    calls[path.rpartition("/")[2]] = partial(ms.read_indicators, path)
refused = {}
warnings.simplefilter("error")
warnings.simplefilter("ignore", ms.ConsistencyWarning)
for name, call in calls.items():
    try:
        call()
    except ms.InputError as error:
        refused[name] = [[fault.code, fault.remedy] for fault in error.faults]
print(json.dumps([list(calls), refused]))
"""


def ended(code: str, *arguments: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run code in a process without the optional packages."""
    modules = sorted(name.replace("-", "_") for name in PACKAGES | LIBRARIES)
    source = Path(ms.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-c", WITHOUT.format(modules) + code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (source, ROOT / "tests")))},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_extra_has_a_door_here() -> None:
    brought = {"dask"}  # who has a frame of it has it installed
    assert {*CALLS.values()} == {*EXTRAS} - {"all"} - brought


@pytest.mark.slow
def test_every_call_answers_or_names_its_extra(tmp_path: Path) -> None:
    rows: list[list[object]] = [["market", "gdp"], ["A", 1], ["B", 2]]
    for name, content in {
        "book.xlsx": written.workbook({"x": rows}),
        "book.xls": written.old_workbook(rows),
        "book.ods": written.spreadsheet(rows),
        "table.parquet": b"PAR1" + b"\0" * 90 + b"PAR1",
    }.items():
        (tmp_path / name).write_bytes(content)
    done = ended(CHILD, *sorted(tmp_path.iterdir()), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    called, refused = json.loads(done.stdout)
    assert {*called} >= {*CALLS}
    assert refused == {
        name: [["not-installed", f'install it: pip install "marketselect[{extra}]"']]
        for name, extra in CALLS.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["rank", "--top", "3"], ""),
        (["rank", "--format", "json", "--top", "3"], ""),
        (["report", "-o", "page.html"], "report"),
    ],
)
def test_a_command_answers_or_names_its_extra(
    arguments: list[str], extra: str, tmp_path: Path
) -> None:
    code = "from marketselect.cli import main; sys.exit(main(sys.argv[1:]))"
    done = ended(code, *arguments, cwd=tmp_path)
    assert (done.returncode == 0) is not bool(extra), done.stderr
    if extra:
        assert f'pip install "marketselect[{extra}]"' in done.stderr
    else:
        assert "SGP" in done.stdout
    assert not [*tmp_path.iterdir()]
