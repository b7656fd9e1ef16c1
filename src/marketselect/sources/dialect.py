"""Text to rows: the encoding, the separator, quotes.

The separator is the one that parts the most rows into equally many cells, rows counted as a CSV
reader counts them. csv.Sniffer and clevercsv take the commas of Eurostat's first column for it and
a blank in a table of one column; Sniffer fails at a line ``sep=;``, too, and clevercsv takes longer
on a file of the World Bank than all the rest of the reading.
"""

import codecs
import csv
import io
from collections import Counter
from itertools import islice

import numpy as np

from marketselect.errors import InputError
from marketselect.sources.blocks import block_of
from marketselect.sources.grid import Grid, Row
from marketselect.sources.limits import USUAL, Limits

SEPARATORS = "\t;|,"  # where two part a text equally well, the one that is rarer inside a text
NAMES = {
    "\t": "cells parted by tabs",
    ";": "cells parted by semicolons",
    "|": "cells parted by upright strokes",
    ",": "",
}
SAMPLE = 32_768  # signs that are looked at for the separator
LONGEST = 20  # signs of a line ``sep=;``, quotes and an end of Windows among them
WINDOWS = "Windows-1252"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def text_grid(data: bytes, limits: Limits = USUAL) -> Grid:
    """Return the cells of a text file, each row with the number of its line.

    A long one has the rows of both its ends alone, and a block.
    """
    text, encoding = decoded(data)
    mark, body, first = declared(text)
    mark = mark or separator(body)
    refuse_more(body, mark, limits, data if encoding == "UTF-8" else body.encode())
    if encoding == "UTF-8" and first == 1:
        plain = data.removeprefix(codecs.BOM_UTF8)
        plain = plain if plain.endswith(b"\n") else plain + b"\n"
        if (block := block_of(plain, mark)) is not None:
            tail, line = block.tail
            rows = [
                *parted(block.head.decode(), mark),
                *parted(tail.decode(), mark, line + 1),
            ]
            return Grid(name="", rows=rows, separator=mark, block=block)
    rows = parted(body, mark, first, limits)
    remarks = () if encoding == "UTF-8" else (encoding,)
    return Grid(name="", rows=rows, remarks=remarks, separator=mark, encoding=encoding)


def separator_words(mark: str) -> str:
    """Return what parts the cells of a text, in words; nothing of commas, and of what is no text.

    Examples
    --------
    >>> separator_words(";"), separator_words("~"), separator_words(",")
    ('cells parted by semicolons', "cells parted by '~'", '')
    """
    return NAMES.get(mark, f"cells parted by {mark!r}") if mark else ""


def refuse_more(text: str, mark: str, limits: Limits, data: bytes) -> None:
    """Refuse a text, in bytes of UTF-8, too, of more rows or columns than are read.

    That is before its cells are parted.
    """
    if len(data) >= min(limits.rows, limits.cells):
        signs = np.frombuffer(data, dtype=np.uint8)  # a few times as fast as text.count
        rows = int(np.count_nonzero(signs == ord("\n")))
        limits.check("rows", rows)
        limits.check("cells", int(np.count_nonzero(signs == ord(mark))) + rows)
    half = max(limits.columns // 2, 1)  # where a line ends in every half, none is too long
    if any(b"\n" not in data[start : start + half] for start in range(0, len(data), half)):
        long = (line for line in text.split("\n") if len(line) > limits.columns)
        limits.check("columns", max((line.count(mark) + 1 for line in long), default=0))


def decoded(data: bytes) -> tuple[str, str]:
    """Return bytes as text, and the name of their encoding.

    What is no UTF-8 is taken for Windows-1252, which holds any bytes: whoever asks for it must not
    rely on its letters.
    """
    for mark, codec, name in BOMS:
        if data.startswith(mark):
            return read_as(data, codec), name
    # Half of the bytes of English text in UTF-16 are zero.
    head = data[:2000]
    if head.count(0) > len(head) // 3:
        little = head[1::2].count(0) > head[::2].count(0)
        return read_as(data, "utf-16-le" if little else "utf-16-be"), "UTF-16"
    if b"\0" in data:
        raise no_text()
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), WINDOWS


def read_as(data: bytes, codec: str) -> str:
    """Decode bytes that say what they are, or refuse them."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        raise no_text() from None
    if "\0" in text:
        raise no_text()
    return text


def no_text() -> InputError:
    """Return the error that bytes are no text, or in an encoding that is not known."""
    return InputError.of("unreadable", "", "this is no UTF-8 text", 'save it as "CSV UTF-8"')


def declared(text: str) -> tuple[str, str, int]:
    """Return the separator that a first line ``sep=;`` names, the text below, and its first line.

    Excel writes and reads this line.
    """
    line, end, _ = text[:LONGEST].partition("\n")
    name = line.strip("\r").strip('"')
    if end and name.lower().startswith("sep=") and len(name) == len("sep=") + 1:
        return name[-1], text[len(line) + 1 :], 2
    return "", text, 1


def separator(text: str) -> str:
    r"""Return the separator that parts the most rows into equally many cells, two or more.

    Of several a tab, else the one that makes more cells a row; then the one that is rarer inside a
    text.

    Examples
    --------
    >>> separator("Country;GDP (USD, bn);Rate\nKEN;1,5;2\n")
    ';'
    """
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample

    def parts(mark: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
        try:
            widths = Counter(len(row) for row in islice(rows, 200) if len(row) > 1)
        except csv.Error:
            return 0, 0
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    marks = [mark for mark in SEPARATORS if mark in sample]
    if len(marks) == 1:
        return marks[0]
    counts = {mark: parts(mark) for mark in marks}
    if "\t" in counts and counts["\t"][0] == max(count for count, _ in counts.values()):
        return "\t"  # no text has a tab; Eurostat packs columns with commas into the first cell
    return max(counts, key=lambda mark: counts[mark]) if counts else ","


def parted(text: str, mark: str, first: int = 1, limits: Limits = USUAL) -> list[Row]:
    """Return the cells of a text, each row with the number of its last line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return [(reader.line_num + first - 1, row) for row in limits.timed(reader)]
    except csv.Error as fault:
        line = reader.line_num + first - 1
        mend = "mend its quotation marks, or save it anew as CSV"
        raise InputError.of("wrong-form", f"line {line}", f"{fault}", mend) from None
