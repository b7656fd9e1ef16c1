"""The built distributions hold the snapshot, and the wheel ranks without the checkout."""

import importlib.util
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RANK = """
import marketselect
from marketselect import indicator_table, load_indicators, rank_markets

table = indicator_table(load_indicators(), "pestle", as_of=2024, max_age=5)
print(marketselect.__file__)
print(len(rank_markets(table, "pestle").table))
print(rank_markets(table, "pestle", markets=["South Korea"], draws=0).table.index[0])
"""


def run(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run this Python in a folder and return what it printed; a failure shows its stderr."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the sdist, built with the hatchling that is installed."""
    folder = tmp_path_factory.mktemp("built")
    run("-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", folder)
    return folder


@pytest.fixture
def snapshot() -> set[str]:
    """Return the names of the snapshot's files, which the checkout has in data/indicators."""
    folder = ROOT / "data" / "indicators"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def below(names: list[str], folder: str) -> set[str]:
    """Return what lies below a folder of an archive, named from there."""
    return {name.partition(folder)[2] for name in names if folder in name} - {""}


@pytest.mark.slow
def test_the_wheel_holds_snapshot_frameworks_and_types(built: Path, snapshot: set[str]) -> None:
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert below(names, "marketselect/data/indicators/") == snapshot != set()
    assert {"marketselect/py.typed", "marketselect/frameworks/pestle.toml"} <= set(names)
    assert "marketselect/data/names.csv" in names
    for folder in ("pairs", "products"):
        there = {path.name for path in (ROOT / "data" / folder).iterdir()}
        assert below(names, f"marketselect/data/{folder}/") == there != set()
    shelf = {path.name for path in (ROOT / "data" / "replications").iterdir()}
    assert {name.partition("/")[0] for name in below(names, "data/replications/")} == shelf
    licenses = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}
    assert licenses == {"LICENSE", "LICENSE-DATA.md"}


def test_wheel_and_sdist_hold_the_commit_that_they_are_of(built: Path, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / "scripts" / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    commit = hook.commit_of(ROOT)
    wheel, name = zipfile.ZipFile(next(built.glob("*.whl"))), "marketselect/data/commit.txt"
    held = wheel.read(name).decode().strip() if name in wheel.namelist() else ""
    assert held == commit
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp_path, filter="data")
    assert hook.commit_of(next(tmp_path.iterdir())) == commit


def test_the_wheel_stays_under_12_mb(built: Path) -> None:
    assert next(built.glob("*.whl")).stat().st_size < 12_000_000


def test_the_sdist_holds_the_snapshot_and_the_tests(built: Path, snapshot: set[str]) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = sdist.getnames()
    assert below(names, "/data/indicators/") == snapshot != set()
    assert Path(__file__).name in below(names, "/tests/")
    assert {"names.csv", "pairs/clocks.csv", "products/chapters.csv"} <= below(names, "/data/")
    assert "service.py" in below(names, "/examples/")


@pytest.mark.slow
def test_the_installed_wheel_ranks_the_world(built: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    elsewhere.mkdir()
    wheel = next(built.glob("*.whl"))
    zipfile.ZipFile(wheel).extractall(target)  # an installer does no more to files that are pure
    file, markets, korea = run("-c", RANK, cwd=elsewhere, PYTHONPATH=str(target)).splitlines()
    assert Path(file).is_relative_to(target)
    assert int(markets) >= 175
    assert korea == "KOR"
