"""A study as one file: a .zip with the files of its folder, read in memory and never unpacked."""

import io
import os
import stat
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from marketselect.errors import Fault, InputError, raise_faults
from marketselect.sources.archive import archive_entry, opened_archive
from marketselect.study.contents import Files
from marketselect.study.readme import AS_SAVED, HASHES

ENDING = ".zip"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that an archive can say: the same study gives the same bytes
CLIMBING = ("/", "\\", ":", "\0")  # what leads out of a folder, or into another


def is_packed(place: Path) -> bool:
    """Return whether a study of this name is one file; a folder may bear such a name, too."""
    return place.suffix.lower() == ENDING and not os.path.isdir(place)  # noqa: PTH112 - a name that is too long is none


def study_archive(files: Files) -> bytes:
    """Return the files of a study as an archive."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(ZipInfo(name, EARLIEST), data, ZIP_DEFLATED)
    return out.getvalue()


def unpacked_study(data: bytes, largest: int) -> tuple[list[str], dict[str, bytes]]:
    """Return the names of all files in an archive, and the content of each.

    Raises
    ------
    InputError
        If it is no archive, would unpack to too much, or has what save_study puts into none: a
        path, a link, a name twice, a file that is locked. No path in it is ever used.
    """
    try:
        archive = opened_archive(data)
    except InputError as fault:
        raise of_a_study(fault) from None
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    raise_faults([*odd_names(names), *odd_entries(entries, largest)])
    if HASHES not in names:
        got = f"there is no {HASHES}"
        raise InputError.of(
            "unreadable", "the archive", got, "give an archive that save_study wrote"
        )
    try:
        return sorted(names), {entry.filename: archive_entry(archive, entry) for entry in entries}
    except InputError as fault:
        raise of_a_study(fault) from None


def of_a_study(fault: InputError) -> InputError:
    """Return the fault of an archive with the remedy of a study."""
    first = fault.faults[0]
    return InputError.of(first.code, first.where, first.got, AS_SAVED)


def odd_names(names: list[str]) -> list[Fault]:
    """Return what is wrong with the names in a study's archive."""
    odd = [name for name in names if name in (".", "..") or any(sign in name for sign in CLIMBING)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    flat = "pack the files of the study alone, without a folder around them"
    found = [Fault("damaged", f'"{name}"', "is a path", flat) for name in odd]
    return [
        *found,
        *(
            Fault("duplicate", f'"{name}"', "stands there more than once", AS_SAVED)
            for name in twice
        ),
    ]


def odd_entries(entries: Iterable[ZipInfo], largest: int) -> list[Fault]:
    """Return what is wrong with the entries of a study's archive."""
    found = []
    for entry in entries:
        where = f'"{entry.filename}"'
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if stat.S_ISLNK(kind):
            found.append(Fault("damaged", where, "is a link", AS_SAVED))
        elif kind and not stat.S_ISREG(kind):
            found.append(Fault("damaged", where, "is no plain file", AS_SAVED))
        if entry.flag_bits & 1:
            found.append(Fault("unreadable", where, "is locked by a password", "unlock it first"))
        if entry.file_size > largest:
            got = f"is larger than {largest // 2**20} MB"
            found.append(Fault("too-large", where, got, AS_SAVED))
    return found
