"""What a file was taken for: plain data for programs, a sentence for people."""

from dataclasses import dataclass, field
from typing import Any

from marketselect.errors import number_of

SHOWN = 6  # names of markets that a sentence lists


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file was read; `frame.attrs["read"]` holds it as plain data.

    Attributes
    ----------
    file
        The name of the file, without folders.
    layout, title
        The layout's name and what people call it.
    part
        The sheet, or the file in an archive; empty where there is but one.
    other_parts
        Sheets or files with a table that were not read.
    above, footers
        How many lines above the header and below the table were left out.
    across, separator
        What goes across, and what parts the cells of a text, in words.
    groups
        Rows left out since they are no markets: the world, groups, totals.
    remarks
        What else was done to the cells, each in a few words.
    """

    file: str = ""
    layout: str
    title: str
    part: str = ""
    other_parts: tuple[str, ...] = ()
    above: int = 0
    footers: int = 0
    across: str = ""
    separator: str = ""
    groups: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        shown = ", ".join(self.groups[:SHOWN])
        more = len(self.groups) - SHOWN
        how = [
            f'"{self.part}"' if self.part else "",
            f"{number_of(self.above, 'line')} above the header" if self.above else "",
            self.across,
            self.separator,
            *self.remarks,
        ]
        left = [
            f"{number_of(self.footers, 'footer line')} left out" if self.footers else "",
            f"no markets, left out: {shown}{f' and {more} more' if more > 0 else ''}"
            if self.groups
            else "",
            f"not read: {', '.join(self.other_parts)}" if self.other_parts else "",
        ]
        first = ", ".join(part for part in how if part)
        parts = [f"{self.title}: {first}" if first else self.title, *filter(None, left)]
        return "; ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence, as JSON takes them."""
        plain = {n: list(v) if isinstance(v, tuple) else v for n, v in vars(self).items()}
        return {**plain, "said": str(self)}
