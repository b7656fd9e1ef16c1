"""What `make mutants` breaks: every file of methods and of weightings, by tests that there are."""

import ast
from pathlib import Path
from runpy import run_path

import marketselect as ms

ROOT = Path(__file__).parents[2]
PACKAGE = Path(ms.__file__).parent
TESTS: dict[str, tuple[str, ...]] = run_path(str(ROOT / "scripts" / "mutants.py"))["TESTS"]


def has_functions(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def test_every_method_and_every_weighting_is_broken() -> None:
    rooms = [PACKAGE / "methods", PACKAGE / "weighting"]
    expected = {
        path.relative_to(PACKAGE).as_posix()
        for room in rooms
        for path in room.rglob("*.py")
        if has_functions(path)
    }
    assert len(expected) > 30
    assert sorted(expected - set(TESTS)) == []


def test_what_is_broken_and_its_tests_are_there() -> None:
    files = [PACKAGE / path for path in TESTS]
    files += [ROOT / "tests" / name for names in TESTS.values() for name in names]
    assert [path for path in files if not path.is_file()] == []
