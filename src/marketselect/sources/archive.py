"""Archives from elsewhere: what is taken out is bounded, and no path in them is used."""

import io
import zlib
from gzip import GzipFile
from lzma import LZMAError
from zipfile import BadZipFile, ZipFile, ZipInfo

from marketselect.errors import InputError, listing, number_of
from marketselect.sources.limits import USUAL, Limits

# What Python raises for an archive that is broken, locked, or packed in a way it does not know.
BROKEN = (
    *(BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
    *(zlib.error, LZMAError),
)

ZIP = b"PK\x03\x04"  # what an archive begins with
MOST = 10_000  # entries
AGAIN = "download or pack it again"
UNPACK = "unpack it yourself and give the file with the table"
SMALL = 2**24  # bytes for which the density does not matter


def opened_archive(data: bytes, limits: Limits = USUAL) -> ZipFile:
    """Open an archive of data from elsewhere; refuse one broken, locked or too large.

    Python unpacks no more of an entry than the archive says it has, so what it says is a bound.
    """
    try:
        archive = ZipFile(io.BytesIO(data))
    except BROKEN:
        raise InputError.of(
            "unreadable", "", "this is no archive, or a broken one", AGAIN
        ) from None
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    dense = size > SMALL and size > limits.density * len(data)
    if size > limits.unpacked or len(entries) > MOST or dense:
        raise InputError.of(
            "too-large",
            "the archive",
            f"holds {size:,} bytes in {number_of(len(entries), 'file')}, more than is unpacked",
            f"{UNPACK}, or raise the limit: {limits.raised('density' if dense else 'unpacked')}",
            UNPACK,
        )
    return archive


def inflated(data: bytes, limits: Limits = USUAL) -> bytes:
    """Return what a file packed by gzip holds, or refuse one that is broken or holds too much."""
    try:
        with GzipFile(fileobj=io.BytesIO(data)) as file:
            found = file.read(limits.unpacked + 1)
    except BROKEN:
        broken = "this is no gzip file, or a broken one"
        raise InputError.of("unreadable", "", broken, AGAIN) from None
    dense = len(found) > SMALL and len(found) > limits.density * len(data)
    if len(found) > limits.unpacked or dense:
        raise InputError.of(
            "too-large",
            "the file",
            "holds more than is unpacked",
            f"{UNPACK}, or raise the limit: {limits.raised('density' if dense else 'unpacked')}",
            UNPACK,
        )
    return found


def archive_entry(archive: ZipFile, entry: ZipInfo) -> bytes:
    """Return one entry of an archive from elsewhere, unpacked in memory."""
    try:
        return archive.read(entry)
    except BROKEN as fault:
        raise InputError.of(
            "unreadable",
            f'file "{entry.filename}" in the archive',
            f"cannot be read: {fault}",
            UNPACK,
        ) from None


def table_entries(archive: ZipFile, wanted: str | None, endings: tuple[str, ...]) -> list[ZipInfo]:
    """Return an archive's entries that may be a file of data, or the one that is wanted."""
    entries = [
        entry
        for entry in archive.infolist()
        if not entry.is_dir()
        and entry.filename.lower().endswith(endings)
        and not entry.filename.startswith("__MACOSX/")
    ]
    if wanted is not None:
        entries = [entry for entry in entries if wanted in (entry.filename, entry_name(entry))]
    if not entries:
        inside = listing((entry.filename for entry in archive.infolist()), 20)
        none = "no file with a table" if wanted is None else f"no file {wanted!r}"
        raise InputError.of("unknown-name", "", f"there is {none}", f"it has {inside}")
    return entries


def entry_name(entry: ZipInfo) -> str:
    """Return the name of an entry in an archive of data, without its folders there."""
    return entry.filename.replace("\\", "/").rpartition("/")[2]
