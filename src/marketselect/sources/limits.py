"""How much of a file from elsewhere is read: bounds, each of which can be raised by its name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from math import inf
from sys import maxsize
from time import monotonic
from typing import ClassVar, Self, TypeVar

from marketselect.errors import InputError, is_a, listing, number_of
from marketselect.frozen import held_entries
from marketselect.values import a_count, a_text, said, use_one_of

Item = TypeVar("Item")

SHAPE = ("rows", "columns", "cells")  # the bounds that a table has, too, which is no file


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a file may hold; the usual bounds are some ten times what the largest sources give.

    Attributes
    ----------
    bytes
        Of the file.
    unpacked
        Bytes of all that an archive or a workbook holds.
    density
        How many times as large as packed that is: tables of text are some 10 times, a bomb 1,000.
    rows, columns, cells
        Of a table.
    seconds
        That reading takes; looked at between its parts, since none is broken off.
    until
        When these are over by `monotonic`; endless until a reading starts.
    """

    reader: ClassVar[str] = "read_indicators"
    """Whose they are, as a message says how to raise one."""

    bytes: int = 2**30
    unpacked: int = 2**30
    density: int = 200
    rows: int = 5_000_000
    columns: int = 20_000
    cells: int = 100_000_000
    seconds: int = 600
    until: float = inf

    @classmethod
    def of(cls, given: object) -> Self:
        """Return the bounds that a caller sets by name, the others as usual; their time starts."""
        if given is None:
            return cls(until=monotonic() + cls.seconds)
        names = [item.name for item in fields(cls) if item.name != "until"]
        if not is_a(given, Mapping):
            raise InputError.of(
                "wrong-type", "limits", f"is {said(given)}", 'give a mapping: {"columns": 50_000}'
            )
        stated = dict(held_entries(given, "limits"))
        for name in stated:
            if a_text(name, "limits") not in names:
                raise InputError.of(
                    "unknown-key",
                    "limits",
                    f"has {said(name)}",
                    use_one_of(names, name),
                )
        counts = {name: a_count(n, f"limits, {name}", least=1) for name, n in stated.items()}
        return cls(**counts).started()

    def of_table(self, stated: object) -> Self:
        """Return the bounds of a table in memory: those of its shape that were stated, and time.

        Raises
        ------
        InputError
            If one is stated that only a file has.
        """
        names = [] if stated is None else [name for name, _ in held_entries(stated, "limits")]
        if others := [name for name in names if name not in (*SHAPE, "seconds")]:
            got = f"has {listing(others)}, which is of a file, and a table is given"
            remedy = f"leave it out; a table has {listing((*SHAPE, 'seconds'))}"
            raise InputError.of("contradiction", "limits", got, remedy)
        return replace(self, **{name: maxsize for name in SHAPE if name not in names})

    def started(self) -> Self:
        """Return the same bounds for a reading that starts now."""
        return replace(self, until=monotonic() + self.seconds)

    def raised(self, name: str) -> str:
        """Return how to raise one of them."""
        return f'{self.reader}(..., limits={{"{name}": {10 * int(getattr(self, name)):_}}})'

    def check(self, name: str, count: int) -> None:
        """Refuse more than a bound allows."""
        most = int(getattr(self, name))
        if count > most:
            raise InputError.of(
                "too-large",
                "the table",
                f"has {count:,} {name}, at most {most:,} are read",
                f"give the part that is needed, or raise the limit: {self.raised(name)}",
                f"give the part that is needed, in a file with fewer {name}",
            )

    def check_shape(self, rows: int, columns: int) -> None:
        """Refuse a table with more rows, columns or cells than a bound allows."""
        for name, count in zip(SHAPE, (rows, columns, rows * columns), strict=True):
            self.check(name, count)

    def in_time(self) -> None:
        """Refuse to go on where the time is over."""
        if monotonic() > self.until:
            raise InputError.of(
                "too-large",
                "",
                f"reading it takes more than {number_of(self.seconds, 'second')}",
                f"give the part that is needed, or raise the limit: {self.raised('seconds')}",
                "give the part that is needed, in a smaller file",
            )

    def timed(self, parts: Iterable[Item]) -> Iterator[Item]:
        """Go through parts as long as there is time."""
        return iter(parts) if self.until == inf else self._watched(parts)

    def _watched(self, parts: Iterable[Item]) -> Iterator[Item]:
        """Go through parts, and look at the time at each."""
        for part in parts:
            self.in_time()
            yield part


USUAL = Limits()
