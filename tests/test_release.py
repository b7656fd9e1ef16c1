"""What is released says the same version everywhere, and its notes are those of the changelog."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- New.

## [0.2.0] - 2030-01-02

- Second.

## [0.1.0] - 2030-01-01

- First.
"""


@pytest.fixture
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "scripts" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.3.0", "### Added\n\n- New."),
        ("0.2.0", "- Second."),
        ("0.1.0", "- First."),
    ],
)
def test_the_notes_are_what_the_changelog_says_of_the_version(
    version: str, said: str, release: ModuleType
) -> None:
    assert release.notes(CHANGELOG, version) == f"# marketselect {version}\n\n{said}\n"


def test_a_changelog_without_the_version_is_refused(release: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"neither \[2\.0\.0\] nor \[Unreleased\]"):
        release.notes("# Changelog\n\n## [1.0.0]\n", "2.0.0")


def test_the_version_is_the_same_wherever_it_is_said(release: ModuleType) -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert release.notes(text, release.agreed_version())
