"""Rankings of more groups than fit into memory: from a Parquet file, or a query of polars, to one.

A part of the file is held at a time. The rows of a group have to stand together in it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from stat import S_ISREG
from typing import Any

import numpy as np
import pandas as pd

from marketselect.dataframes import is_lazy
from marketselect.errors import InputError, in_words, is_a, listing, not_installed, number_of
from marketselect.files import beside_of, file_place, path_text, refuse_address
from marketselect.framework import Framework, as_framework
from marketselect.frozen import frozen_result, held_field, owned
from marketselect.methods import Given
from marketselect.ranking.group_asked import GroupsAsked, Shared, asked_groups
from marketselect.ranking.group_job import job_of
from marketselect.ranking.group_scale import (
    ends_of_columns,
    has_fixed_scale,
    need_ends_alone,
    scale_of_ends,
    unfitted_scale,
)
from marketselect.ranking.grouped_rows import group_codes
from marketselect.ranking.groups import group_ranking, nothing_ranked
from marketselect.ranking.levels import Levels
from marketselect.ranking.weights import GivenWeights
from marketselect.scoring.scale import Scale
from marketselect.tables.schemas import need_columns
from marketselect.tables.wide import with_columns
from marketselect.values import a_count

ENDINGS = (".parquet",)
ROWS = 2**18  # that are read at a time
MOST_AT_ONCE = 2**31 - 1  # rows, which every reader can count
BUFFER = 2**16  # bytes of a column that are read ahead


@frozen_result
class StreamedGroups:
    """What `stream_groups` has written, and what it could not.

    Attributes
    ----------
    path
        The file of ranks: the columns of `RankedGroups.table`.
    groups
        How many groups are ranked.
    ranks
        How many markets in them are ranked.
    excluded
        How many markets in ranked groups have too few data.
    faults
        As `RankedGroups.faults`.
    scale
        The scale of all groups; None where each had its own.
    """

    path: Path
    groups: int
    ranks: int
    excluded: int
    faults: pd.DataFrame
    scale: Scale | None

    def __repr__(self) -> str:
        head = f"{number_of(self.ranks, 'rank')} in {number_of(self.groups, 'group')}"
        return f'{head}, in "{self.path}"; {number_of(len(held_field(self, "faults")), "fault")}'


def stream_groups(
    source: Any,
    path: str | os.PathLike[str],
    framework: Framework | str | Path = "pestle",
    *,
    by: str | Iterable[str],
    market: str | None = None,
    scale: Scale | Shared = "shared",
    weights: GivenWeights = None,
    method: Given | None = None,
    options: Mapping[str, object] | None = None,
    draws: int = 0,
    tolerance: float = 0.25,
    seed: int = 0,
    levels: Levels = "all",
    rows: int = ROWS,
) -> StreamedGroups:
    """Rank the markets of each group of a Parquet file, a part at a time, into another one.

    Parameters
    ----------
    source : path or polars.LazyFrame
        A Parquet file in the form that `rank_groups` takes, the rows of a group one below the
        other. A query of polars is run into a file beside `path` first, which is deleted at the
        end; sort it by the groups.
    path : str or path
        The Parquet file to write; what is there is replaced at the end.
    framework, by, market, weights, method, options, draws, tolerance, seed, levels
        As for `rank_groups`.
    scale : Scale, "shared" or "own"
        As for `rank_groups`. "shared" reads the file twice, unless goalposts say every scale, and
        needs a normalization by least and largest values without treatment or filled gaps; for
        others give a scale, such as `fit_scale` of a sample.
    rows : int
        How many rows are read at a time; never less than a group.

    Returns
    -------
    StreamedGroups
        The numbers are those of `rank_groups` on the whole.

    Raises
    ------
    InputError
        If a file cannot be read or written, the rows of a group stand apart, or as for
        `rank_groups`.

    Examples
    --------
    >>> import marketselect as ms, tempfile
    >>> framework = ms.Framework(name="demand", factors=(ms.Factor(code="demand"),), indicators=(
    ...     ms.Indicator(code="imports", factor="demand", direction="benefit"),))
    >>> frame = pd.DataFrame({"product": ["tea", "tea", "shoes", "shoes"],
    ...     "market": ["DEU", "FRA", "DEU", "FRA"], "imports": [10.0, 30.0, 50.0, 40.0]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     frame.to_parquet(f"{folder}/trade.parquet")
    ...     made = ms.stream_groups(f"{folder}/trade.parquet", f"{folder}/ranks.parquet",
    ...                             framework, by="product")
    ...     print(made.groups, pd.read_parquet(made.path)["score"].tolist())
    2 [50.0, 0.0, 100.0, 75.0]
    """
    most = min(a_count(rows, "rows", least=1), MOST_AT_ONCE)
    asked = asked_groups(
        by=by, market=market, scale=scale, weights=weights, method=method, options=options,
        draws=draws, tolerance=tolerance, seed=seed, levels=levels,
    )  # fmt: skip
    target = file_place(path, ENDINGS, "file")
    with ExitStack() as at_end:
        file = parquet_file(source, beside_of(target), at_end)
        columns = pd.DataFrame(columns=file.schema_arrow.names, index=range(1))
        need_columns(columns, asked.by, "the file", "name columns of the file")
        rules = with_columns(columns, as_framework(framework))
        if scale == "shared":
            parts = file_by_groups(file, asked.by, most)
            asked = replace(asked, scale=shared_scale(rules, asked, parts))
        beside = beside_of(target)
        at_end.callback(beside.unlink, missing_ok=True)
        made = rank_to_file(beside, rules, asked, file_by_groups(file, asked.by, most))
        beside.replace(target)
    used = asked.scale if is_a(asked.scale, Scale) else None
    return StreamedGroups(path=target, scale=used, **made)


def rank_to_file(
    place: Path, rules: Framework, asked: GroupsAsked, parts: Iterable[pd.DataFrame]
) -> dict[str, Any]:
    """Rank the groups of a file part after part into another, and return what is to be said."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    writer = None
    groups = ranks = excluded = 0
    faults: list[pd.DataFrame] = []
    try:
        for part in parts:
            found = group_ranking(job_of(part, rules, asked))
            table = held_field(found, "table")
            ranks, excluded = ranks + len(table), excluded + len(held_field(found, "excluded"))
            groups += len(table[list(found.by)].drop_duplicates())
            faults.append(held_field(found, "faults"))
            if len(table):
                rows = arrow.Table.from_pandas(table, preserve_index=False)
                writer = writer or parquet.ParquetWriter(place, rows.schema)
                writer.write_table(rows.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()
    every = pd.concat(faults, ignore_index=True)
    if writer is None:
        raise nothing_ranked(every)
    return {"groups": groups, "ranks": ranks, "excluded": excluded, "faults": owned(every)}


def shared_scale(rules: Framework, asked: GroupsAsked, parts: Iterable[pd.DataFrame]) -> Scale:
    """Return the scale of all groups of a file: fitted on its least and largest values."""
    if has_fixed_scale(rules):
        return unfitted_scale(rules)
    need_ends_alone(rules)
    fitted = (job_of(part, rules, asked).fitting()[0] for part in parts)
    return scale_of_ends(map(ends_of_columns, fitted), rules)


def file_by_groups(file: Any, by: Sequence[str], rows: int) -> Iterator[pd.DataFrame]:
    """Yield a Parquet file of groups to be ranked in parts that end where a group does.

    Raises
    ------
    InputError
        If a group of an earlier part comes again.
    """
    rest: pd.DataFrame | None = None
    seen: set[Any] = set()
    for batch in file.iter_batches(batch_size=rows):
        part = batch.to_pandas()
        part = part if rest is None else pd.concat([rest, part], ignore_index=True)
        start = last_group(part[list(by)])
        rest = part.iloc[start:]
        if start:
            yield checked_new(part.iloc[:start], by, seen)
    if rest is not None and len(rest):
        yield checked_new(rest.reset_index(drop=True), by, seen)


def last_group(labels: pd.DataFrame) -> int:
    """Return where the rows of the last group begin."""
    codes = group_codes(labels, labels.columns)
    others = np.flatnonzero(codes != codes[-1])
    return int(others[-1]) + 1 if len(others) else 0


def checked_new(part: pd.DataFrame, by: Sequence[str], seen: set[Any]) -> pd.DataFrame:
    """Return a part of a file to be ranked if none of its groups came before; remember them."""
    new = set(part[list(by)].dropna().drop_duplicates().itertuples(index=False, name=None))
    if again := seen & new:
        name = ", ".join(map(str, min(again, key=str)))
        raise InputError.of("wrong-form", f'group "{name}"', "stands in several places of the file",
                            f"sort the file by {listing(by)}")  # fmt: skip
    seen |= new
    return part


def parquet_file(source: Any, beside: Path, at_end: ExitStack) -> Any:
    """Open the Parquet file whose groups are ranked; a polars query is run into one first."""
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        raise not_installed("pyarrow", "parquet", "a Parquet file") from None
    if is_lazy(source):
        at_end.callback(beside.unlink, missing_ok=True)
        try:
            source.sink_parquet(beside)
        except MemoryError:
            raise
        except Exception as fault:
            got = f"polars cannot run it: {in_words(fault)}"
            raise InputError.of("unreadable", "the query", got, "mend the query") from fault
        source = beside
    text = path_text(source, "give a Parquet file, or a LazyFrame of polars")
    refuse_address(text, f'file "{text}"')
    try:
        if not S_ISREG(Path(text).stat().st_mode):  # a pipe that nobody writes into is waited for
            raise ValueError("it is no plain file")
        # Else the reader holds what a whole group of rows has in the file, be that all of it.
        file = parquet.ParquetFile(text, pre_buffer=False, buffer_size=BUFFER)
    except (OSError, ValueError) as fault:  # of pyarrow, too, where it is no Parquet
        raise InputError.of("unreadable", f'file "{text}"', in_words(fault),
                            "give a Parquet file") from None  # fmt: skip
    at_end.callback(file.close)
    return file
