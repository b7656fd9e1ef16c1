"""The screen that text is for: how wide it is, and whether it shows colors.

Text in a file or a pipe has no screen: it is the same wherever it is made.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from marketselect.errors import clean
from marketselect.width import screen_width

BOLD, PLAIN = "1", "0"


class Painted(str):
    """Text that was cleaned already, and has the codes of colors that are ours."""

    __slots__ = ()


class StyledText(NamedTuple):
    """A part of a text, and how its first line is shown."""

    text: str
    head: Literal["", "bold", "colors"] = ""


@dataclass(frozen=True)
class TerminalScreen:
    """A terminal that a person looks at; without a width it is a file or a pipe."""

    width: int | None = None
    colored: bool = False

    def shown(self, parts: Iterable[StyledText], colors: Mapping[str, str]) -> str:
        """Return the parts as one text, with colors where the screen has them.

        Parameters
        ----------
        parts : iterable of Part
        colors : mapping
            The color of each word in the head of a table.
        """
        some = [part for part in parts if part.text]
        if not self.colored:
            return "\n\n".join(part.text for part in some)
        return Painted("\n\n".join(painted(part, colors) for part in some))


def terminal_of(stream: Any = None, environ: Mapping[str, str] = os.environ) -> TerminalScreen:
    """Return the screen behind a stream, by default that of the output.

    ``COLUMNS`` goes before the terminal's own size, as for other programs; ``NO_COLOR`` takes
    colors away, ``FORCE_COLOR`` brings them into a file, too.
    """
    stream = sys.stdout if stream is None else stream
    width = screen_width(stream)
    forced = environ.get("FORCE_COLOR", "0") not in ("", "0")
    colored = forced or (width is not None and environ.get("TERM") != "dumb")
    return TerminalScreen(width=width, colored=colored and not environ.get("NO_COLOR"))


def painted(part: StyledText, colors: Mapping[str, str]) -> str:
    """Return a part, cleaned first, with its first line bold."""
    first, *rest = map(clean, part.text.split("\n"))
    if part.head:
        first = painted_words(first, colors if part.head == "colors" else {})
    return "\n".join([first, *rest])


def painted_words(line: str, heads: Mapping[str, str]) -> str:
    """Return the head of a table, bold, each of some words in its color."""
    pieces = re.split(r"( {2,})", line)  # the columns of a table are two blanks apart
    codes = {word: (BOLD, color_code(color)) for word, color in heads.items()}
    return "".join(
        piece if piece.isspace() else coded(piece, *codes.get(piece, (BOLD,)))
        for piece in pieces
        if piece
    )


def coded(text: str, *codes: str) -> str:
    """Return text between a terminal's codes."""
    return f"\x1b[{';'.join(codes)}m{text}\x1b[{PLAIN}m"


def color_code(color: str) -> str:
    """Return the nearest of a terminal's 256 colors to ``#RRGGBB``."""
    red, green, blue = (round(int(color[n : n + 2], 16) / 51) for n in (1, 3, 5))
    return f"38;5;{16 + 36 * red + 6 * green + blue}"
