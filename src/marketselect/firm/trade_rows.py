"""The names in rows of trade, counted as they come, and rows that may stand there once."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.errors import InputError, listing

MARKETS = 1000  # told apart in a file: there are some 250, and areas of statistics
CODES = 100_000  # of products: national lists of ten digits have some 20,000
PERIODS = 10_000  # years and months


class Places:
    """The place of each name in arrays, in the order in which they come; no more than some."""

    def __init__(self, most: int, what: str, where: str) -> None:
        self.known: dict[Any, int] = {}
        self.most, self.what, self.where = most, what, where

    def of(self, names: NDArray[Any]) -> NDArray[np.intp]:
        """Return the place of each name."""
        code, unique = pd.factorize(names)
        places = [self.known.setdefault(name, len(self.known)) for name in unique]
        if len(self.known) > self.most:
            got = f"has more than {self.most:,} {self.what}: {listing(self.known)}"
            remedy = "name markets and products by their codes, or drop what is none"
            raise InputError.of("too-large", self.where, got, remedy)
        return np.array(places, dtype=np.intp)[code]


class SeenRows:
    """The rows of a firm's products that have been seen, eight bytes each."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.seen = np.empty(0, dtype=np.int64)
        kinds = ((MARKETS, "exporters"), (MARKETS, "importers"), (CODES, "products"),
                 (PERIODS, "years and months"))  # fmt: skip
        self.places = [Places(most, what, where) for most, what in kinds]

    def add(self, *columns: NDArray[Any]) -> None:
        """Refuse exporter, importer, product and period that are there a second time."""
        keys = np.zeros(len(columns[0]), dtype=np.int64)
        for places, column in zip(self.places, columns, strict=True):
            keys = keys * places.most + places.of(column)
        whole = np.sort(np.concatenate([self.seen, keys]))
        twice = whole[1:][whole[1:] == whole[:-1]]
        if twice.size:
            row = int(np.flatnonzero(keys == twice[0])[-1])
            names = listing(column[row] for column in columns)
            got, remedy = f"has {names} twice", "keep one row of each, or add them up"
            raise InputError.of("duplicate", self.where, got, remedy)
        self.seen = whole
