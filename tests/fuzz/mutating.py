"""Changed copies of the files of a corpus: pieces left out, doubled, exchanged, made odd.

Each is made of a seed alone, so that it can be made again. Pieces are words, signs and lines, since
what is read here is text: changed bytes hardly come past the first check of UTF-8, or of the sum
that an archive has of each file.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from random import Random

PIECE = re.compile(r"\r?\n|\s+|\w+|.", re.DOTALL)
ODD = (
    *("", "0", "-1", "1e999", "nan", "-inf", "9" * 400, "0x1F", "1_000", "1,5", "٣", "½"),
    *("true", "null", "None", "[]", "{}", "..", "#", "=1+1", "\0", "\ufeff", "\u202e", "é", "😀"),
    *('"', "'", '"""', "\n", "\r", "\t", ",", ";", "[", "]]", "<", "\\", "\\ud800", "a" * 3_000),
    *("a" + "\u0301" * 50, "(" * 60, "[" * 200, "2024", "USA", "../../x", "https://example.com/"),
)
BYTES = (b"\xff", b"\0", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xff\xfe")
MOST = 4  # changes to one file


def mutated(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Return a file with a few changes; pieces come from others, too."""
    if data.startswith(b"PK"):
        return mutated_archive(data, others, random)
    for _ in range(random.randint(1, MOST)):
        data = (changed_bytes if random.random() < 0.1 else changed_text)(data, others, random)
    return data


def mutated_archive(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Return an archive with a change in one of its files, its sums right, or in its bytes."""
    if random.random() < 0.2:
        return changed_bytes(data, others, random)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    place = random.randrange(len(files))
    name, content = files[place]
    there = [each for _, each in files]
    chance = random.random()
    if chance < 0.1:
        del files[place]
    elif chance < 0.2:
        files[place] = (random.choice(["../" + name, name.upper(), "x.csv"]), content)
    else:
        files[place] = (name, mutated(content, there, random))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def changed_text(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Return a text with a word, a sign or a line left out, doubled, exchanged or made odd."""
    text = data.decode("utf-8", "surrogateescape")
    lines = random.random() < 0.5
    pieces = (text.splitlines(keepends=True) if lines else PIECE.findall(text)) or [""]
    one, two = random.randrange(len(pieces)), random.randrange(len(pieces))
    match random.randrange(6):
        case 0:
            del pieces[one : one + random.randint(1, 3)]
        case 1:
            pieces.insert(two, pieces[one])
        case 2:
            pieces[one], pieces[two] = pieces[two], pieces[one]
        case 3:
            pieces[one] = random.choice(ODD)
        case 4:
            pieces.insert(one, random.choice(ODD))
        case _:
            other = random.choice(others).decode("utf-8", "surrogateescape")
            pieces[one] = random.choice(PIECE.findall(other) or [""])
    return "".join(pieces).encode("utf-8", "surrogateescape")


def changed_bytes(data: bytes, _: Sequence[bytes], random: Random) -> bytes:
    """Return a file that is cut off, or has another byte somewhere, or odd ones."""
    place = random.randrange(len(data) + 1)
    match random.randrange(3):
        case 0:
            return data[:place]
        case 1:
            return data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]
        case _:
            return data[:place] + random.choice(BYTES) + data[place:]
