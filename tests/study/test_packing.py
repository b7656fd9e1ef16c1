"""A study in one file: the same as its folder; what save_study packs into none is refused."""

import stat
import zipfile
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile, ZipInfo

import pytest

import marketselect as ms
from hostile.rows import ranking
from marketselect.cli import main
from marketselect.study import origin, packing
from shared import fault_of


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return ms.save_study(ranking(), tmp_path / "study.zip")


def held(study: Path) -> dict[str, bytes]:
    with ZipFile(study) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def adding(study: Path, entry: ZipInfo | str, data: bytes = b"x") -> Path:
    with ZipFile(study, "a") as archive:
        archive.writestr(entry, data)
    return study


def test_an_archive_holds_what_the_folder_holds_and_gives_it_again(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ms.save_study(ranking(), tmp_path / "study")
    assert held(study) == {path.name: path.read_bytes() for path in folder.iterdir()}
    again = ms.replay_study(study)
    assert (again.identical, again.path, again.unread) == (True, study, ())
    assert main(["replay", str(study)]) == 0
    assert "study.zip: identical" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study", "study.zip"]


def test_the_same_ranking_gives_the_same_archive_and_only_a_study_is_replaced(
    study: Path, tmp_path: Path
) -> None:
    before = study.read_bytes()
    assert "exists" in fault_of(ms.save_study, ranking(), study).got
    assert ms.save_study(ranking(), study, overwrite=True).read_bytes() == before
    adding(study, "thesis.tex")
    assert ms.replay_study(study).unread == ("thesis.tex",)
    assert "thesis.tex" in fault_of(ms.save_study, ranking(), study, overwrite=True).got
    other = tmp_path / "other.zip"
    other.write_bytes(b"years of work")
    assert fault_of(ms.save_study, ranking(), other, overwrite=True).code == "unreadable"
    assert other.read_bytes() == b"years of work"


@pytest.mark.parametrize(
    "name", ["../values.csv", "/etc/values.csv", "study/values.csv", "..\\x", "C:x", ".."]
)
def test_a_path_in_an_archive_is_refused(name: str, study: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    fault = fault_of(ms.replay_study, adding(study, name))
    assert (fault.code, fault.got) == ("damaged", "is a path")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("kind", "got"),
    [
        (stat.S_IFLNK, "is a link"),
        (stat.S_IFIFO, "is no plain file"),
        (stat.S_IFDIR, "is no plain"),
    ],
)
def test_a_link_and_what_is_no_file_are_refused(kind: int, got: str, study: Path) -> None:
    entry = ZipInfo("notes.txt")
    entry.external_attr = (kind | 0o777) << 16
    assert got in fault_of(ms.replay_study, adding(study, entry, b"/etc/passwd")).got


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(study: Path) -> None:
    fault = fault_of(ms.replay_study, adding(study, "values.csv"))
    assert (fault.code, '"values.csv"' in fault.where) == ("duplicate", True)


def test_a_bomb_and_a_huge_file_are_refused_before_they_are_unpacked(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("marketselect.study.folder.LARGEST", study.stat().st_size)
        patch.setattr(packing, "archive_entry", lambda *_: pytest.fail("unpacked"))
        found = fault_of(ms.replay_study, adding(study, "notes.txt", b"0" * 2**15))
        assert (found.code, "is larger than" in found.got) == ("too-large", True)
    with ZipFile(study, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.txt", b"0" * 30_000_000)
    found = fault_of(ms.replay_study, study)
    assert (found.code, "more than is unpacked" in found.got) == ("too-large", True)
    assert found.remedy == "take the study as it was saved"


def test_what_is_no_study_is_told_as_such(study: Path, tmp_path: Path) -> None:
    (tmp_path / "link.zip").symlink_to(study)
    assert fault_of(ms.replay_study, tmp_path / "link.zip").code == "unreadable"
    assert "No such file" in fault_of(ms.replay_study, tmp_path / "none.zip").got
    with ZipFile(tmp_path / "empty.zip", "w"):
        pass
    assert fault_of(ms.replay_study, tmp_path / "empty.zip").got == "there is no hashes.json"
    data = study.read_bytes()
    study.write_bytes(data[: len(data) // 2])
    assert fault_of(ms.replay_study, study).got == "this is no archive, or a broken one"


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        ('{"vcs_info": {"commit_id": "c0ffee"}}', "was of the commit `c0ffee`"),
        ('{"archive_info": {"hashes": {"sha256": "ab12"}}}', "with the SHA-256\n`ab12`"),
        (None, "at that version"),
    ],
)
def test_the_page_names_what_was_installed_and_the_wheel(
    noted: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SimpleNamespace(read_text=lambda _: noted)
    monkeypatch.setattr(origin, "distribution", lambda _: found)
    page = (ms.save_study(ranking(), tmp_path / "s") / "README.md").read_text()
    assert said in page
    version = ranking().provenance["versions"]["marketselect"]
    assert f"pip install marketselect-{version}-py3-none-any.whl ..." in page


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    place = tmp_path / ("z" * 300 + ".zip")
    assert fault_of(ms.save_study, ranking(), place).code == "unwritable"
    assert fault_of(ms.replay_study, place).code == "unreadable"
