"""Text files of trade, block by block: what is not plain, broken, too large or uneven is refused.

A block is looked at before it is parsed, since a parser fills short rows and cuts long ones.
"""

import csv
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from marketselect.errors import InputError, in_words, listing, number_of
from marketselect.files import NO_WAITING, read_file
from marketselect.sources.limits import Limits

BLOCK = 2**20  # bytes that are looked at together
SMALL = 2**24  # bytes for which the density does not matter
ROWS = 500_000  # that are parsed together
NAMES = 2**20  # bytes of a file of names
QUOTE, LINE, RETURN = b'"\n\r'


@dataclass(frozen=True, kw_only=True)
class TradeLimits(Limits):
    """What a file of trade may hold: wide, since it goes by in parts and is not kept.

    Attributes
    ----------
    line
        Bytes of a row.
    cells
        Of what is kept: importers x products x years, twice.
    """

    reader: ClassVar[str] = "read_trade"

    bytes: int = 2**36
    unpacked: int = 2**38
    rows: int = 2_000_000_000
    cells: int = 200_000_000
    seconds: int = 7200
    line: int = 1_000_000


def trade_stream(path: Path, limits: TradeLimits) -> io.BufferedIOBase:
    """Open a plain file of trade, unpacked where it ends in .gz; a pipe is not waited for."""
    number = os.open(path, os.O_RDONLY | NO_WAITING | getattr(os, "O_BINARY", 0))
    file = os.fdopen(number, "rb")
    status = os.fstat(number)
    if not stat.S_ISREG(status.st_mode):
        file.close()
        copy = "copy what it holds into a file"
        raise InputError.of("unreadable", "", "is no plain file", copy)
    if status.st_size > limits.bytes:
        file.close()
        refuse_large_trade(f"has more than {limits.bytes:,} bytes", limits, "bytes")
    return Unpacked(file) if path.suffix.lower() == ".gz" else file


class Unpacked(gzip.GzipFile):
    """A packed file that closes the file it is read from."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        super().__init__(fileobj=file, mode="rb")
        self.inner = file

    def close(self) -> None:
        """Close both."""
        super().close()
        self.inner.close()


def refuse_large_trade(got: str, limits: TradeLimits, name: str) -> None:
    """Refuse what of a file of trade is beyond a bound, and say how to raise it."""
    part = "give the part that is needed"
    raise InputError.of(
        "too-large", "", got, f"{part}, or raise the limit: {limits.raised(name)}", part
    )


def trade_header(path: Path, where: str, limits: TradeLimits) -> tuple[list[str], str]:
    """Return the columns of a text file of trade, and what parts them."""
    try:
        with trade_stream(path, limits) as file:
            line = file.readline(limits.line)
    except InputError as fault:
        raise fault.under(where) from None
    except (OSError, EOFError, zlib.error) as fault:
        raise damaged_trade(fault).under(where) from None
    if line.startswith(b"PK\x03\x04"):
        unpack = "unpack it, and give the folder or the file"
        raise InputError.of("unreadable", where, "is an archive, a .zip or a workbook", unpack)
    if b"\0" in line:
        save = "save it as CSV in UTF-8"
        raise InputError.of("unreadable", where, "holds no text in UTF-8", save)
    text = line.decode("utf-8-sig", "replace").strip()
    mark = max(",;\t", key=text.count)
    try:
        names = next(csv.reader([text], delimiter=mark), [])
    except csv.Error as fault:  # the end of a line of another system within it, say
        raise damaged_trade(fault).under(where) from None
    limits.check("columns", len(names))
    return [name.strip() for name in names], mark


def damaged_trade(fault: Exception) -> InputError:
    """Return the error that a file of trade is broken off, or not what its name says."""
    got = f"is damaged: {in_words(fault)}"
    return InputError.of("unreadable", "", got, "save or download it again")


def refuse_twice_in_trade(names: list[str], where: str) -> None:
    """Refuse columns of a table of trade of which there are two."""
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        got = f"has {listing(twice)} more than once"
        raise InputError.of("duplicate", where, got, "keep one column of each name")


def trade_text_chunks(
    path: Path, where: str, limits: TradeLimits, columns: list[str], **kinds: Any
) -> Iterator[pd.DataFrame]:
    """Yield some rows of trade at a time; their index counts from zero over the whole file."""
    names, mark = trade_header(path, where, limits)
    refuse_twice_in_trade([name for name in names if name in columns], where)
    # Others may stand there twice, and are not read.
    told = [name if name in columns else number for number, name in enumerate(names)]
    rows = 0
    try:
        with (
            trade_stream(path, limits) as file,
            io.BufferedReader(Text(even_rows(file, len(names), mark, limits, path))) as text,
            pd.read_csv(
                # Rows of Comtrade end in a comma: what is before the first is no index.
                text,
                sep=mark,
                names=told,
                header=0,
                usecols=columns,
                index_col=False,
                chunksize=ROWS,
                **kinds,
            ) as found,
        ):
            for chunk in found:
                rows += len(chunk)
                limits.check("rows", rows)
                yield chunk
    except InputError as fault:
        raise fault.under(where) from None
    except (OSError, ValueError, EOFError, OverflowError, zlib.error) as fault:
        got = f"cannot be read: {in_words(fault)}"
        raise InputError.of("unreadable", where, got, "save or download it again") from None


class Text(io.RawIOBase):
    """Blocks as a file that a parser reads."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks = blocks
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, as far as the block at hand goes."""
        if not self.rest:
            self.rest = memoryview(next(self.blocks, b""))
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def even_rows(
    file: io.BufferedIOBase, width: int, mark: str, limits: TradeLimits, path: Path
) -> Iterator[bytes]:
    """Yield whole rows of a file of trade, each with as many cells as the header."""
    rest, line, size, packed = b"", 1, 0, path.stat().st_size
    while True:
        limits.in_time()
        try:
            block = file.read(BLOCK)
        except (OSError, EOFError, zlib.error) as fault:
            raise damaged_trade(fault) from None
        size += len(block)
        if size > limits.unpacked:
            refuse_large_trade(f"holds more than {limits.unpacked:,} bytes", limits, "unpacked")
        if size > SMALL and size > limits.density * packed:
            refuse_large_trade("unpacks to more than a table does", limits, "density")
        data = rest + (block or b"\n" * (not rest.endswith(b"\n")))
        end, lines = whole_rows(data, width, mark, line)
        rest, line = data[end:], line + lines
        if len(rest) > limits.line:
            refuse_large_trade(f"line {line} has more than {limits.line:,} bytes", limits, "line")
        yield from [data[:end]] * (end > 0)
        if not block:
            break
    if rest:
        close = "close it, or download the file again"
        raise InputError.of("wrong-form", f"line {line}", "a quote in it is not closed", close)


def whole_rows(data: bytes, width: int, mark: str, line: int) -> tuple[int, int]:
    """Return where a trade file's last whole row ends and the count; refuse an uneven one."""
    signs = np.frombuffer(data, dtype=np.uint8)
    parting, ending = signs == ord(mark), signs == LINE
    if b'"' in data:
        outside = np.cumsum(signs == QUOTE) % 2 == 0
        parting, ending = parting & outside, ending & outside
    ends = np.flatnonzero(ending)
    if not ends.size:
        return 0, 0
    cells = 1 + np.diff(np.searchsorted(np.flatnonzero(parting), ends), prepend=0)
    length = np.diff(ends, prepend=-1) - 1
    returned = (signs[ends - 1] == RETURN) & (length > 0)
    length = length - returned
    # A mark at the end of a row is none between two cells, as Comtrade writes it.
    closed = (cells == width + 1) & (signs[ends - returned - 1] == ord(mark))
    uneven = np.flatnonzero((length > 0) & (cells != width) & ~closed)
    if uneven.size:
        first = int(uneven[0])
        got = f"has {number_of(int(cells[first]), 'cell')}, its header has {width}"
        quote = "quote cells that hold the mark between cells, or mend the row"
        raise InputError.of("wrong-shape", f"line {line + first}", got, quote)
    return int(ends[-1]) + 1, int(ends.size)


def small_table(path: Path, where: str) -> pd.DataFrame:
    """Return a small file of names beside those of trade as text."""
    data = read_file(path, where, NAMES)
    try:
        return pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    except ValueError as fault:
        raise damaged_trade(fault).under(where) from None
