"""How wide text is, cut or broken to a width, and the terminal that a person looks at."""

import shutil
import sys
from textwrap import wrap
from typing import Any
from unicodedata import category, east_asian_width

NARROWEST, WIDEST = 60, 200  # columns of a terminal that text is fitted to
MOST_MARKS = 4  # on one sign, more than any script writes
SENTENCE = 96  # signs of a line of sentences


def screen_width(stream: Any = None) -> int | None:
    """Return how many columns the terminal behind a stream has, None for a file or a pipe.

    ``COLUMNS`` goes before the terminal's own size, as for other programs.

    Parameters
    ----------
    stream : file, optional
        Default: that of the output.
    """
    stream = sys.stdout if stream is None else stream
    try:
        looked_at = stream is not None and stream.isatty()
    except (AttributeError, ValueError):  # one of one's own; one that is closed
        return None
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST) if looked_at else None


def breadth(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(sign_breadth, text))


def sign_breadth(sign: str) -> int:
    """Return how many columns a sign takes: two for wide ones, none for marks on another."""
    if category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(sign) in "WF" else 1


def in_terminal_width(text: str) -> str:
    """Return a text whose lines are no wider than the terminal, broken between words."""
    width = screen_width()
    if width is None:
        return text
    lines = text.split("\n")
    return "\n".join(line if breadth(line) <= width else in_width(line, width) for line in lines)


def in_width(line: str, width: int) -> str:
    """Return a line broken to a width in several, each indented as it was; long words stay."""
    start = line[: len(line) - len(line.lstrip())]
    return "\n".join(
        wrap(line.strip(), width, initial_indent=start, subsequent_indent=start,
             break_long_words=False, break_on_hyphens=False)
    )  # fmt: skip


def cut_to_width(text: str, width: int, mark: str = "...") -> str:
    """Return a text cut to a `width` of columns; the mark stands for what is cut off."""
    text = with_few_marks(text)
    if breadth(text) <= width:
        return text
    kept, room = "", width - len(mark)
    for sign in text:
        room -= sign_breadth(sign)
        if room < 0:
            break
        kept += sign
    return f"{kept.rstrip()}{mark}"


def with_few_marks(text: str) -> str:
    """Return a text without marks piled on one sign, which would have no end."""
    kept, marks = [], 0
    for sign in "" if text.isascii() else text:
        marks = 0 if sign_breadth(sign) else marks + 1
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept) or text


def wrapped(text: str) -> str:
    """Return a sentence broken to the width of a terminal; a long name stays whole."""
    width = min(screen_width() or SENTENCE, SENTENCE)
    return "\n".join(wrap(text, width, break_long_words=False, break_on_hyphens=False))
