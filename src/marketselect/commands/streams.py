"""What a command prints: results to stdout, messages to stderr, in words or as lines of JSON."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EAGAIN, EBADF
from itertools import pairwise
from typing import Any

from marketselect.errors import clean
from marketselect.report.screen import Painted


def write_to_stdout(text: str) -> int:
    """Write a result to stdout, at once; return 1 if that cannot be done."""
    ours = isinstance(text, Painted)  # then it is clean, and the codes in it are ours
    parts = text.rstrip("\n").split("\n")
    lines = "".join(f"{line if ours else clean(line)}\n" for line in parts)
    try:
        if sys.stdout is None:  # as Python finds it if a shell has closed it
            raise OSError(EBADF, "standard output is closed")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        if isinstance(sys.stdout, io.TextIOWrapper) and isinstance(sys.stdout.buffer, io.RawIOBase):
            write_unbuffered(lines, sys.stdout.buffer, sys.stdout.encoding)
        else:
            sys.stdout.write(lines)
            sys.stdout.flush()
    except OSError as fault:
        into_nothing(sys.stdout)
        if isinstance(fault, BrokenPipeError):  # the reader, such as head, has enough
            return 0
        tell(f"marketselect: the result cannot be written: {fault.strerror}")
        return 1
    return 0


def write_unbuffered(lines: str, stream: io.RawIOBase, encoding: str) -> None:
    """Write all of a result to stdout that may take a part, as on a disk that gets full.

    With PYTHONUNBUFFERED or -u Python leaves out the rest without a word.
    """
    rest = lines.replace("\n", os.linesep).encode(encoding, "backslashreplace")
    while rest:
        taken = stream.write(rest)
        if taken is None:  # it takes nothing now, and need not wait: to ask again could go on
            raise BlockingIOError(EAGAIN, "standard output takes no more for now")
        rest = rest[taken:]


def into_nothing(stream: Any) -> None:
    """Lead a stream that takes no more into nothing: Python tries it once again at its end."""
    if stream is not None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)


@contextmanager
def unprinted() -> Iterator[None]:
    """Keep stdout for the result: the solver HiGHS prints a line from C where it mends a solution.

    It does so rarely, and whatever it is told; in a record of JSON it would be a fault.
    """
    try:
        kept = os.dup(1)
    except OSError:  # a shell has closed it
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def tell(text: str, *more: str) -> None:
    """Write a message to stderr, and the lines below it, none of which has another within it."""
    say("\n".join(map(clean, (text, *more))))


def say(text: str) -> None:
    """Write to stderr, where it takes anything: a message that is lost does not end a command."""
    if sys.stderr is None:  # closed: print would take stdout in its place
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        into_nothing(sys.stderr)


def note(text: str, args: argparse.Namespace) -> None:
    """Tell what was done, where JSON is asked for as one line of it."""
    if getattr(args, "format", "") == "json":  # a report has none
        tell_json({"note": text})
    else:
        tell(f"marketselect: {text}")


def wants_json(words: Sequence[object]) -> bool:
    """Return whether the words ask for JSON, also where the rest of them is a mistake."""
    line = [*map(str, words), ""]
    return ("--format", "json") in pairwise(line) or "--format=json" in line


def tell_json(found: dict[str, Any]) -> None:
    """Write one line of JSON to stderr, in ASCII."""
    say(json.dumps(found))


def tell_json_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Write a warning as one line of JSON."""
    tell_json({"warning": str(message)})


def tell_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Write a warning to stderr as one line."""
    tell(f"marketselect: warning: {message}")
