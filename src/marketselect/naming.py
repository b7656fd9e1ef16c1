"""What sentences call factors, indicators and series: by name, with the code behind where it helps.

Who programs, or types at a terminal, needs the code as well, and remedies that can be typed. Who
reads the page does not: there a name stands alone, and a remedy is what to ask for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketselect.errors import and_more, told
from marketselect.frozen import FrozenMapping


@dataclass(frozen=True)
class Naming:
    """How sentences call things, and for whom they are.

    Attributes
    ----------
    names
        What people read for each code; what has no name here is called by its code.
    typed
        Whether codes and keys can be typed where the sentence stands.

    Examples
    --------
    >>> names = {"border": "Common border"}
    >>> Naming(names)("border"), Naming(names)("area"), Naming(names, typed=False)("border", "2%")
    ('Common border (border)', '"area"', '"Common border" (2%)')
    """

    names: Mapping[str, str] = FrozenMapping()
    typed: bool = True

    def __call__(self, code: str, *notes: str) -> str:
        """Return what a code is called, with notes in brackets behind it."""
        name = self.names.get(code, code)
        bare = name == code or not self.typed
        inside = [*notes] if bare else [told(code), *notes]
        return f'"{told(name)}"' * bare + told(name) * (not bare) + bracketed(inside)

    def listed(self, codes: Iterable[str], most: int = 5) -> str:
        """Return the first few and how many more there are: ``"a", "b" and 3 more``."""
        every = list(codes)
        return and_more(list(map(self, every[:most])), len(every))

    def either(self, typed: str, read: str) -> str:
        """Return the words for who can type, or those for who can only read."""
        return typed if self.typed else read


def bracketed(notes: Sequence[str]) -> str:
    """Return notes in brackets behind a word; nothing without any."""
    return f" ({'; '.join(notes)})" if notes else ""
