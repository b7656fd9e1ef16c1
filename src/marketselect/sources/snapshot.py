"""A snapshot of one's own: a folder of figures, of what they are, and of how it was made.

Three files. The figures have markets and indicators down and years across, in numbers of the fewest
digits that give the same binary number again; an empty cell is none. The record has the SHA-256 of
the other two.
"""

import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, is_a, listing
from marketselect.files import (
    new_folder,
    path_text,
    read_file,
    read_strictly,
    refuse_address,
    sha256_of,
)
from marketselect.printing import to_print
from marketselect.sources.reading import Reading

FIGURES, CATALOGUE, RECORD = "figures.csv", "catalogue.csv", "provenance.json"
FORMAT = 1
MOST_BYTES = 256 * 2**20
CELL = ["indicator", "market", "year"]
COUNTS = ("first_year", "last_year", "markets", "markets_recent")
KEPT_OF_ONE = ("known_as", "fetched", "kept")  # columns that the embedded catalogue has not
ANEW = "make it anew with update_snapshot"


@dataclass(frozen=True)
class Snapshot:
    """What a folder holds, and the SHA-256 of its record, which stands for all of it."""

    observations: pd.DataFrame
    catalogue: pd.DataFrame
    record: Mapping[str, Any]
    digest: str


def is_snapshot(path: Any) -> bool:
    """Return whether a path is a folder with the record of a snapshot."""
    if not is_a(path, (str, os.PathLike)):
        return False
    try:
        return Path(path, RECORD).is_file()
    except OSError:  # its name is too long, for one
        return False


def snapshot_place(path: Any, *, overwrite: bool) -> Path:
    """Return where a snapshot may be written: a new place, or that of the one it replaces."""
    text = path_text(path, "give the name of a folder")
    where = f'snapshot "{text}"'
    refuse_address(text, where, writing=True)
    target = Path(text)
    if not (overwrite and target.is_dir() and not target.is_symlink()):
        return new_folder(text, "snapshot")
    foreign = sorted({each.name for each in target.iterdir()} - {FIGURES, CATALOGUE, RECORD})
    if foreign:
        got = f"cannot be replaced: it holds {listing(foreign)}, which is no part of a snapshot"
        raise InputError.of("unwritable", where, got, "give another name")
    return target


def snapshot_files(
    observations: pd.DataFrame, catalogue: pd.DataFrame, record: Mapping[str, Any]
) -> dict[str, bytes]:
    """Return the files of a snapshot by name: the same bytes for the same figures."""
    wide = observations.pivot(index=["indicator", "market"], columns="year", values="value")
    files = {FIGURES: csv_bytes(wide.sort_index()), CATALOGUE: csv_bytes(catalogue)}
    hashes = {name: sha256_of(content) for name, content in files.items()}
    text = json.dumps({"format": FORMAT, **record, "files": hashes}, ensure_ascii=False, indent=2)
    return files | {RECORD: f"{text}\n".encode()}


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a snapshot's table with its index as CSV, the same bytes on every system."""
    return str(table.to_csv(lineterminator="\n")).encode()


def read_snapshot(path: Any) -> Snapshot:
    """Return what a snapshot holds, its observations with what they were read from.

    Raises
    ------
    InputError
        If it is none, is of a later version, or is not as it was written.
    """
    text = path_text(path, "give the name of a snapshot's folder")
    where = f'snapshot "{text}"'
    refuse_address(text, where)
    if not is_snapshot(text):
        got = f"is no folder with a file {RECORD}"
        raise InputError.of("unreadable", where, got, "give a folder that update_snapshot wrote")
    files = {name: read_file(Path(text, name), f"{where}: {name}", MOST_BYTES)
             for name in (FIGURES, CATALOGUE, RECORD)}  # fmt: skip
    found: Snapshot | None = None
    try:
        record = read_strictly(files[RECORD].decode())
        later = record["format"] != FORMAT
        if record["files"] == {name: sha256_of(files[name]) for name in (FIGURES, CATALOGUE)}:
            found = Snapshot(
                to_print(long_of(parsed(files[FIGURES]))),
                snapshot_catalogue(parsed(files[CATALOGUE])),
                record,
                sha256_of(files[RECORD]),
            )
            read = reading_of(found.catalogue, found.digest, Path(text).name)
            found.observations.attrs["read"] = [read.to_dict()]
    except (ValueError, OverflowError, RecursionError, TypeError, AttributeError, KeyError):
        found, later = None, False
    if later:
        got, remedy = f"is of another format than {FORMAT}", "read it with what wrote it"
        raise InputError.of("wrong-form", where, got, remedy)
    if found is None:
        raise InputError.of("damaged", where, "is not as it was written", ANEW)
    return found


def parsed(content: bytes) -> pd.DataFrame:
    """Parse CSV as text: ``NA`` is Namibia, and pandas reads some numbers not to the last digit."""
    return pd.read_csv(io.BytesIO(content), keep_default_na=False, dtype=str)


def long_of(block: pd.DataFrame) -> pd.DataFrame:
    """Return figures in the form of the embedded ones."""
    years = np.array([int(year) for year in block.columns[2:]], dtype=np.int64)
    values = block.iloc[:, 2:].replace("", "nan").to_numpy(dtype=object).astype(np.float64)
    if np.isinf(values).any():
        raise ValueError("a figure is infinite")
    row, column = np.nonzero(~np.isnan(values))
    return pd.DataFrame(
        {
            "market": block["market"].astype("str").array.take(row),
            "indicator": block["indicator"].astype("str").array.take(row),
            "year": years[column],
            "value": values[row, column],
        }
    )


def snapshot_catalogue(table: pd.DataFrame) -> pd.DataFrame:
    """Return the catalogue in the form of the embedded one."""
    return table.set_index("indicator").astype(dict.fromkeys(COUNTS, "int64"))


def reading_of(catalogue: pd.DataFrame, record: str, name: str) -> Reading:
    """Return what a snapshot is, as rankings and studies carry it: by the hash of its record."""
    fetched = catalogue["fetched"][catalogue["fetched"] != ""]
    days = sorted({fetched.min(), fetched.max()}) if len(fetched) else []
    told = [f"{len(catalogue)} series"]
    if days:
        told.append(f"{len(fetched)} of them fetched on {' to '.join(days)}")
    told.append(f"SHA-256 of {RECORD} {record}")
    return Reading(file=name, layout="snapshot", title="snapshot", remarks=tuple(told))


# What changed between two


def figures_by_change(
    old: pd.DataFrame, new: pd.DataFrame, tolerance: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return which figures of two snapshots were added, revised and are gone, sorted.

    Parameters
    ----------
    old, new : DataFrame
        Observations, a cell at most once in each.
    tolerance : float
        The share of a figure up to which another one is the same, rounded.
    """
    both = old.merge(new, on=CELL, how="outer", suffixes=("_old", "_new")).sort_values(CELL)
    before, after = both["value_old"].to_numpy(), both["value_new"].to_numpy()
    other = ~np.isclose(after, before, rtol=tolerance, atol=0.0)

    def part(where: Any, **columns: Any) -> pd.DataFrame:
        found: pd.DataFrame = both.loc[where, CELL].reset_index(drop=True)
        return found.assign(**{name: values[where] for name, values in columns.items()})

    return (
        part(np.isnan(before), value=after),
        part(~np.isnan(before) & ~np.isnan(after) & other, old=before, new=after,
             difference=after - before),
        part(np.isnan(after), value=before),
    )  # fmt: skip
