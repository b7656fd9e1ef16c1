"""Files and folders written whole or not at all: beside their place first, then given its name.

What is read is a plain file of a size that is bounded: a device or a pipe may never end. What ships
with the package is read as it was installed or not at all.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from errno import EACCES, EDQUOT, EEXIST, EFBIG, ENOSPC, ENOTEMPTY
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources.abc import Traversable
from math import isfinite
from pathlib import Path
from secrets import token_hex
from typing import Any

from marketselect.errors import InputError, MarketSelectError, in_words, is_a, listing
from marketselect.values import kind_code, signs

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)  # a drive has one letter
SWAP = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def path_text(path: Any, remedy: str) -> str:
    """Return a path as text, or refuse what is none, or an object that fails to say its own."""
    if not is_a(path, (str, os.PathLike)):
        raise InputError.of(kind_code(path), "path", f"is a {type(path).__name__}", remedy)
    try:
        text = os.fspath(path)
    except Exception as fault:  # noqa: BLE001
        got = f"is a {type(path).__name__} that fails to say its path: {in_words(fault)}"
        raise InputError.of("wrong-type", "path", got, remedy) from None
    if not is_a(text, str):
        raise InputError.of("wrong-type", "path", f"is a path in {type(text).__name__}", remedy)
    return signs(text)


def file_place(path: str | os.PathLike[str], endings: Sequence[str], what: str) -> Path:
    """Return where a file is to be written, or say before any work why it cannot be.

    A name with another ending is refused, lest the user's data be written over.
    """
    wanted = f"give the name of a file that ends in {endings[0]}"
    text = path_text(path, wanted)
    target = Path(text)
    if target.suffix.lower() not in endings or "\0" in text:
        raise InputError.of("wrong-form", "path", f"is {text!r}", wanted)
    place = f'{what} "{text}"'
    refuse_address(text, place, writing=True)
    try:
        if target.is_dir():
            raise InputError.of("unwritable", place, "is a folder", "give the name of a file")
        if target.exists() and not target.is_file():
            raise InputError.of(
                "unwritable", place, "is no plain file", "give the name of a new file"
            )
        if not target.parent.is_dir():
            raise InputError.of(
                "unwritable", place, f'there is no folder "{target.parent}"', "make it first"
            )
    except OSError as fault:  # a name that is too long, say
        raise unwritable(place, fault) from None
    return target


def new_folder(path: str | os.PathLike[str], what: str) -> Path:
    """Return where a folder is to be made, or say before any work why it cannot be."""
    text = path_text(path, "give the name of a folder")
    target, place = Path(text), f'{what} "{text}"'
    refuse_address(text, place, writing=True)
    try:
        there, within = os.path.lexists(target), target.absolute().parent.is_dir()
    except (OSError, ValueError) as fault:
        raise unwritable(place, fault) from None
    if there:
        raise InputError.of("unwritable", place, "exists", "give another name")
    if not within:
        got = f'there is no folder "{target.parent}"'
        raise InputError.of("unwritable", place, got, "make it first")
    return target


def put_whole(
    content: bytes | Mapping[str, bytes], target: Path, what: str, *, replacing: bool = True
) -> None:
    """Write a file, or a folder of files by name, in place of what is there.

    A folder that is there is replaced only if `replacing`, also one that came in the meantime.

    Until the last byte is on the disk, what was there before stays as it was; then the new takes
    its name in one step. Whatever ends the writing, a full disk or an interrupt, nothing half is
    left. The permissions of what was there are kept, and a link to a file goes on pointing to it.
    """
    try:
        place = Path(os.path.realpath(target))
        if is_a(content, bytes):
            put_file(content, place)
        else:
            put_folder(content, place, replacing=replacing)
    except (OSError, ValueError) as fault:  # the latter for a name that no file can have
        where = f'{what} "{target}"'
        if is_a(fault, OSError) and fault.errno in (EEXIST, ENOTEMPTY):
            got = "came there in the meantime, and is not replaced"
            raise InputError.of("unwritable", where, got, "give another name") from None
        raise unwritable(where, fault) from None


def put_file(content: bytes, place: Path) -> None:
    """Write a file beside its place, then give it its name."""
    beside = beside_of(place)
    try:
        write_new_file(content, beside, before=place)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def put_folder(files: Mapping[str, bytes], place: Path, *, replacing: bool) -> None:
    """Write a folder beside its place, then give it its name, in exchange for one that is there.

    If none is to be replaced, the system refuses the name of a folder that holds anything.
    """
    beside, aside = beside_of(place), beside_of(place)
    try:
        beside.mkdir()
        for name, content in files.items():
            write_new_file(content, beside / name, before=place / name)
        if replacing and os.path.lexists(place):
            shutil.copymode(place, beside)
            if exchanged(beside, place):
                return
            place.rename(aside)
        beside.rename(place)
    finally:
        # Also when interrupted: what was there before is put back, what is half is taken away.
        if os.path.lexists(aside) and not os.path.lexists(place):
            aside.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(beside, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; return whether the system could.

    With two steps a process that is killed between them would leave nothing under the name.
    """
    import ctypes  # not needed for anything else

    paths = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            here = -100  # AT_FDCWD: a path from the current folder
            done = ctypes.CDLL(None).renameat2(here, paths[0], here, paths[1], SWAP)
        elif sys.platform == "darwin":
            done = ctypes.CDLL(None).renamex_np(*paths, SWAP)
        else:
            return False
    except AttributeError:  # an older system has no such call
        return False
    return int(done) == 0


def beside_of(place: Path) -> Path:
    """Return a name in the same folder that nothing has."""
    return place.with_name(f".{token_hex(8)}.tmp")


def write_new_file(content: bytes, path: Path, *, before: Path) -> None:
    """Write a new file down to the disk, with the permissions of the one that it will replace."""
    mode = stat.S_IMODE(before.stat().st_mode) if before.exists() else None
    if mode is not None and not os.access(before, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))
    # What others may not read they may not read while it is written either.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666 if mode is None else 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        path.chmod(mode)


def read_file(
    path: str | os.PathLike[str],
    where: str,
    most: int,
    more: str = "give a smaller one",
    command: str = "",
) -> bytes:
    """Return the content of a plain file of at most so many bytes; `more` says how to raise that.

    `command` says so on the command line.

    Raises
    ------
    InputError
        If it is an address, a folder, a device or a pipe, is larger, or cannot be read.
    """
    refuse_address(path, where)
    try:
        # A pipe that nobody writes into would be waited for.
        number = os.open(path, os.O_RDONLY | NO_WAITING)
        with os.fdopen(number, "rb") as file:
            facts = os.fstat(number)
            plain = stat.S_ISREG(facts.st_mode)
            # Room is made for what is asked for; a file may have grown, or not know its size.
            data = file.read(min(facts.st_size, most) + 1) if plain else b""
            data += file.read(most + 1 - len(data)) if len(data) > facts.st_size else b""
    except (OSError, ValueError) as fault:  # the latter for a name that no file can have
        why = fault.strerror if is_a(fault, OSError) else fault
        name = "give the name of a file that is there and can be read"
        raise InputError.of("unreadable", where, f"cannot be read: {why}", name) from None
    if not plain:
        copy = "copy what it holds into a file"
        raise InputError.of("unreadable", where, "is no plain file", copy)
    if len(data) > most:
        raise InputError.of("too-large", where, f"has more than {most:,} bytes", more, command)
    return data


def read_strictly(text: str) -> Any:
    """Read JSON, as of a file, strictly: a key twice, NaN and infinities are refused.

    Raises
    ------
    ValueError
        If it is no such JSON.
    RecursionError
        If it is nested too deep.
    """

    def finite(text: str) -> float:
        if not isfinite(number := float(text)):
            raise ValueError(f"{text} is no finite number")
        return number

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = listing(key for key, count in counts.items() if count > 1)
            raise ValueError(f"{twice} stands there more than once")
        return found

    return json.loads(text, parse_float=finite, parse_constant=finite, object_pairs_hook=once)


def sha256_of(*parts: bytes) -> str:
    """Return the SHA-256 of bytes, part after part."""
    return digest_of(parts)


def digest_of(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of bytes of which each part is made when it is asked for."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.hexdigest()


def shipped_bytes(path: Traversable) -> bytes:
    """Return the content of a file of the package, or say that it is not as it was installed.

    An installer lists the hash of each file. Of a checkout nothing is listed: there files change.
    """
    content = path.read_bytes()
    listed = installed_hashes().get(str(path))
    if listed is not None:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        if digest != listed:
            raise MarketSelectError(
                f'"{path}" is not as it was installed: somebody changed it; '
                "install marketselect again, and keep what is yours in a file of your own"
            )
    return content


@cache
def installed_hashes() -> Mapping[str, str]:
    """Return the SHA-256 of each installed file of the package, by path."""
    try:
        listed = distribution("marketselect").files or ()
    except PackageNotFoundError:
        return {}
    return {
        str(file.locate()): file.hash.value
        for file in listed
        if file.hash is not None and file.hash.mode == "sha256"
    }


def is_address(path: object) -> bool:
    """Return whether a path is an address of the net."""
    return ADDRESS.match(str(path)) is not None


def refuse_address(path: str | os.PathLike[str], where: str, *, writing: bool = False) -> None:
    """Refuse an address of the net in place of a file or folder."""
    if is_address(path):
        got = "is an address, and nothing is fetched from the net or written to it"
        if writing:
            use = "give the name of a file or folder here, and send it there yourself"
            raise InputError.of("unwritable", where, got, use)
        raise InputError.of("unreadable", where, got, "download it and give the name of the file")


def unwritable(place: str, fault: OSError | ValueError) -> InputError:
    """Return the error of a file or folder that the system refuses to write."""
    why = fault.strerror if is_a(fault, OSError) else fault
    full = is_a(fault, OSError) and fault.errno in (ENOSPC, EDQUOT, EFBIG)
    room = "make room there, or give a name on another disk"
    remedy = room if full else "give a name in a folder that can be written to"
    return InputError.of("unwritable", place, f"cannot be written: {why}", remedy)
