"""Fetched series kept as files, one a series, vintage and span of years: plain JSON."""

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from marketselect.errors import InputError, Place
from marketselect.files import (
    path_text,
    put_whole,
    read_file,
    read_strictly,
    refuse_address,
    unwritable,
)
from marketselect.values import is_number

FILE = re.compile(r"(\d{4}-\d{2}-\d{2})_(\d{4})-(\d{4})\.json")
MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Vintage:
    """A series as it was on the day of its last update, of some years; `known_as` was asked for."""

    indicator: str
    known_as: str
    name: str
    unit: str
    source: str
    licence: str
    vintage: str
    fetched: str
    first_year: int
    last_year: int
    left_out: tuple[str, ...]
    rows: tuple[tuple[str, int, float], ...]


def folder_of(cache: Any) -> Path:
    """Return the folder of a cache, or say before any work why it can be none."""
    text = path_text(cache, "give the name of a folder")
    where = Place("cache", f' "{text}"')
    refuse_address(text, where, writing=True)
    try:
        Path(text).mkdir(exist_ok=True)
    except (OSError, ValueError) as fault:
        raise unwritable(where, fault) from None
    return Path(text)


def keep_vintage(folder: Path, series: Vintage) -> None:
    """Write a fetched series in place of the same vintage of the same years."""
    place = folder / cached_file(series)
    text = json.dumps(asdict(series), ensure_ascii=False, indent=0) + "\n"
    try:
        place.parent.mkdir(exist_ok=True)
    except OSError as fault:
        raise unwritable(Place("cache", f' "{place.parent}"'), fault) from None
    put_whole(text.encode(), place, "cache")


def cached_file(series: Vintage) -> Path:
    """Return where in the folder of a cache a series is kept."""
    return Path(series.indicator, f"{series.vintage}_{series.first_year}-{series.last_year}.json")


def newest(folder: Path, code: str, first: int, last: int) -> Vintage | None:
    """Return the newest vintage that is kept of all the years, None if there is none."""
    try:
        names = sorted((path.name for path in (folder / code).iterdir()), reverse=True)
    except (FileNotFoundError, NotADirectoryError):
        return None
    for name in names:
        parts = FILE.fullmatch(name)
        if parts and int(parts[2]) <= first and int(parts[3]) >= last:
            return kept_series(folder / code / name)
    return None


def kept_series(path: Path) -> Vintage:
    """Return a kept series, or refuse a file that is not as it was written."""
    where = Place("cache", f' "{path}"')
    text = read_file(path, where, MOST_BYTES)
    try:
        found = read_strictly(text.decode())
        rows = tuple((place, year, float(value)) for place, year, value in found.pop("rows"))
        left_out = tuple(found.pop("left_out"))
        kinds = {field.name: field.type for field in fields(Vintage)}
        right = found.keys() == kinds.keys() - {"rows", "left_out"} and all(
            type(value) is kinds[name] for name, value in found.items()
        )
        if (
            right
            and all(isinstance(place, str) for place in left_out)
            and all(map(is_vintage_row, rows))
        ):
            series = Vintage(**found, rows=rows, left_out=left_out)
            cells = {row[:2] for row in rows}
            if path.parts[-2:] == cached_file(series).parts and len(cells) == len(rows):
                return series
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
        pass
    anew = "delete it, or fetch it anew: "
    raise InputError.of(
        "wrong-form", where, "is not as it was written", f"{anew}refresh=True", f"{anew}--refresh"
    )


def is_vintage_row(row: tuple[Any, Any, Any]) -> bool:
    """Return whether a row of a fetched series has a market, a year and a number."""
    market, year, value = row
    return isinstance(market, str) and type(year) is int and is_number(value)
