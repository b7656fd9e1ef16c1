"""A study on disk, a folder or one file: where it may be written, read without following a link."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from marketselect.errors import (
    Fault,
    InputError,
    did_you_mean,
    listing,
    raise_faults,
)
from marketselect.files import path_text, refuse_address, unwritable
from marketselect.study.contents import Files
from marketselect.study.packing import is_packed, unpacked_study
from marketselect.study.parsing import read_table_of
from marketselect.study.readme import AS_SAVED, FILES, HASHES, OPTIONAL
from marketselect.values import half_a_character

LARGEST = 256 * 2**20  # bytes of one file


def study_path(path: str | Path) -> Path:
    """Return the path of a study's folder, or say that what was given is none."""
    text = path_text(path, "give the name of a folder")
    refuse_address(text, f'study "{text}"')
    if not text or "\0" in text or half_a_character(text):
        raise InputError.of("wrong-form", "path", f"is {text!r}", "give the name of a folder")
    return Path(text)


def free_place(path: str | Path, *, overwrite: bool) -> Path:
    """Return where a study may be written: a new place, or that of the study it replaces."""
    target = study_path(path).absolute()
    if target.name in ("..", ""):
        got = 'ends in ".."' if target.name else "is the root of all folders"
        remedy = "give the name of the folder itself"
        raise InputError.of("wrong-form", f'study "{path}"', got, remedy)
    try:
        there = target.parent.is_dir()
    except OSError as fault:  # a name that is too long, say
        raise unwritable(f'study "{path}"', fault) from None
    if not there:
        raise InputError.of(
            "unwritable",
            f'study "{path}"',
            f'there is no folder "{target.parent}" to write it into',
            "make it first",
        )
    if not os.path.lexists(target):
        return target
    if not overwrite:
        raise InputError.of(
            "unwritable",
            f'study "{path}"',
            "exists",
            "give another name, or overwrite=True to replace that study",
        )
    packed = is_packed(target)
    names = read_packed(target)[0] if packed else folder_names(target, path)
    foreign = [name for name in names if name not in (*FILES, HASHES)]
    if foreign:
        raise InputError.of(
            "unwritable",
            f'study "{path}"',
            f"cannot be replaced: it holds {listing(foreign)}, which is no part of a study",
            "give another name",
        )
    return target


def folder_names(folder: Path, path: object) -> list[str]:
    """Return the names in a folder that is no link and holds none."""
    try:
        if stat.S_ISLNK(os.lstat(folder).st_mode):
            raise InputError.of(
                "wrong-form", f'study "{path}"', "is a link", "give the folder itself"
            )
        with os.scandir(folder) as found:
            names = {entry.name: entry.is_symlink() for entry in found}
    except OSError as fault:
        raise InputError.of(
            "unreadable",
            f'study "{path}"',
            f"cannot be read: {fault.strerror}",
            "give a folder that save_study wrote",
        ) from None
    if links := sorted(name for name, is_link in names.items() if is_link):
        raise InputError.of(
            "wrong-form",
            f'study "{path}"',
            f"{listing(links)} is a link",
            "links are not followed, a study holds its files itself",
        )
    return sorted(names)


def read_packed(place: Path) -> tuple[list[str], dict[str, bytes]]:
    """Return the names in a study that is one file, and what each holds; a link is not followed."""
    try:
        return unpacked_study(read_plain(place), LARGEST)
    except InputError as fault:
        raise fault.under(f'study "{place}"') from None


def read_study(place: Path) -> tuple[Files, tuple[str, ...]]:
    """Return the content of a study's files, and the names of what else lies there."""
    if is_packed(place):
        names, held = read_packed(place)
        return study_files(place, names, held.__getitem__)
    names = folder_names(place, place)
    return study_files(place, names, lambda name: read_plain(place / name))


def study_files(
    folder: Path, names: list[str], read: Callable[[str], bytes]
) -> tuple[Files, tuple[str, ...]]:
    """Return what the files of a study hold, and the names of others, which are not read."""
    if HASHES not in names:
        raise InputError.of(
            "unreadable",
            f'study "{folder}"',
            f"there is no {HASHES}",
            "give a folder that save_study wrote",
        )
    try:
        listed = {HASHES: read(HASHES)}
        known = list(stored_hashes(listed))
        if missing := [name for name in known if name not in names]:
            raise InputError.of("damaged", f"{listing(missing)}", "is missing", AS_SAVED)
        files = {name: read(name) for name in known}
    except InputError as fault:
        raise fault.under(f'study "{folder}"') from None
    return {**files, **listed}, tuple(name for name in names if name not in (*known, HASHES))


def read_plain(path: Path) -> bytes:
    """Return the content of a study's plain file of reasonable size; a link is not followed."""
    flags = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")  # where the system has them
    try:
        number = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
        with os.fdopen(number, "rb") as file:
            status = os.fstat(number)
            if not stat.S_ISREG(status.st_mode):
                raise InputError.of("damaged", f'"{path.name}"', "is no plain file", AS_SAVED)
            if status.st_size > LARGEST:
                raise InputError.of(
                    "too-large", f'"{path.name}"', f"is larger than {LARGEST // 2**20} MB", AS_SAVED
                )
            return file.read(LARGEST)
    except OSError as fault:
        raise InputError.of(
            "unreadable", f'"{path.name}"', f"cannot be read: {fault.strerror}", AS_SAVED
        ) from None


def stored_hashes(files: Files) -> dict[str, str]:
    """Return the hash of each file as it was when it was saved, in the order of a study."""
    hashes = read_table_of(files, HASHES)
    found = [
        Fault(
            "damaged",
            f'"{name}"',
            "is no file of a study",
            f"its files are {listing(FILES, 99)}.{did_you_mean(name, FILES)}",
        )
        for name in hashes
        if name not in FILES
    ]
    found += [
        Fault("damaged", f'"{name}"', "is not listed", AS_SAVED)
        for name in FILES
        if name not in (*hashes, *OPTIONAL)
    ]
    found += [
        Fault("damaged", f'"{name}"', f"{value!r} is no SHA-256", AS_SAVED)
        for name, value in hashes.items()
        if not (isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value))
    ]
    raise_faults(found, HASHES)
    return {name: hashes[name] for name in FILES if name in hashes}
