"""Which commit or file the README of a study says that its marketselect was of."""

import json
from pathlib import Path

import pytest

import marketselect as ms
from marketselect.study import origin

ONE, OTHER = "1" * 40, "2" * 40
PACKED = f"# pack-refs\n{OTHER} refs/heads/maine\n{ONE} refs/heads/main\n"
REF = "ref: refs/heads/main\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package without any trace of where it came from, in the folder src of a checkout."""
    place = tmp_path / "src" / "marketselect"
    (place / "data").mkdir(parents=True)
    monkeypatch.setattr(origin, "files", lambda _: place)
    monkeypatch.setattr(origin, "installed_from", dict)
    return place


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_where_nothing_is_known_that_is_said(package: Path) -> None:
    assert package.is_dir()
    assert origin.origin_note() == "Of which commit that marketselect was is unknown.\n"


@pytest.mark.parametrize("more", ["", " with changes"])
def test_a_wheel_names_the_commit_that_it_was_built_of(package: Path, more: str) -> None:
    put(package / "data" / "commit.txt", f"{ONE}{more}\n")
    assert f"of the commit `{ONE}{more}`" in origin.origin_note()


@pytest.mark.parametrize("text", ["", "main", "1" * 39, f"{ONE}\n{OTHER}", f"`{ONE}`", "\0"])
def test_what_is_no_commit_is_none(package: Path, text: str) -> None:
    put(package / "data" / "commit.txt", text)
    assert origin.origin_note() == origin.UNKNOWN


@pytest.mark.parametrize(
    "written",
    [
        {"HEAD": f"{ONE}\n"},
        {"HEAD": REF, "refs/heads/main": f"{ONE}\n"},
        {"HEAD": REF, "packed-refs": PACKED},
        {"HEAD": REF, "refs/heads/main": ONE, "packed-refs": f"{OTHER} refs/heads/main\n"},
    ],
)  # fmt: skip
def test_a_checkout_names_the_commit_that_is_checked_out(
    package: Path, written: dict[str, str]
) -> None:
    for name, text in written.items():
        put(package.parents[1] / ".git" / name, text)
    assert f"a checkout of the commit `{ONE}`" in origin.origin_note()


def test_a_repository_around_an_installed_package_is_none_of_it(package: Path) -> None:
    put(package.parents[1] / ".git" / "HEAD", ONE)
    package.parent.rename(package.parents[1] / "vendored")
    moved = package.parents[1] / "vendored" / "marketselect"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(origin, "files", lambda _: moved)
        assert origin.origin_note() == origin.UNKNOWN


def test_what_the_installer_noted_is_told(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = {"vcs_info": {"commit_id": OTHER}}
    monkeypatch.setattr(origin, "installed_from", lambda: noted)
    assert f"of the commit `{OTHER}`" in origin.origin_note()
    put(package / "data" / "commit.txt", ONE)
    archive = json.loads('{"archive_info": {"hashes": {"sha256": "abc"}}}')
    monkeypatch.setattr(origin, "installed_from", lambda: archive)
    note = origin.origin_note()
    assert f"of the commit `{ONE}`" in note
    assert "SHA-256\n`abc`" in note


def test_the_readme_has_the_note(tmp_path: Path, pestle_ranking: ms.Ranking) -> None:
    study = ms.save_study(pestle_ranking, tmp_path / "study")
    assert origin.origin_note() in (study / "README.md").read_text("utf-8")
