"""Rankings of the groups of a Dask frame, made where its partitions lie.

The rows of a group are brought into one partition, in the order in which the frame has them. From
there each partition is a frame of its own, and all that is common to them is the scale.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, failure, is_a, listing
from marketselect.framework import Framework
from marketselect.ranking.group_asked import GroupsAsked
from marketselect.ranking.group_job import GroupJob, job_of
from marketselect.ranking.group_scale import (
    ends_of_columns,
    has_fixed_scale,
    need_ends_alone,
    scale_of_ends,
)
from marketselect.ranking.grouped_rows import factorized, nameless_fault
from marketselect.ranking.making import rules_for
from marketselect.scoring.scale import Scale
from marketselect.tables.schemas import need_frame

ROW = "__row__"  # where a row stands in the whole frame
FIRST = "__first__"  # where the first of its group stands, for the order of groups
WIDEST = 2**40  # more rows than a partition has


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedPartition:
    """What was found in a partition; each frame has the column `FIRST`, too."""

    table: pd.DataFrame
    excluded: pd.DataFrame
    faults: pd.DataFrame
    nameless: int


def ranked_on_dask(
    data: Any, framework: Framework | str | Path | None, asked: GroupsAsked
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Scale | None]:
    """Return table, excluded, faults and scale of a Dask frame, as of one of pandas.

    Raises
    ------
    InputError
        As for `rank_groups`, and if a shared scale needs all values at once, or a partition fails
        or is not what Dask was told of it.
    """
    dask = import_module("dask")
    if data.index.name is not None:
        data = data.reset_index()
    columns = pd.DataFrame(columns=data.columns, index=range(1))
    rules = rules_for(columns, framework, None)
    call = job_of(columns, rules, asked)  # refuses here what every partition would
    call.model(None)
    inside = replace(asked, by=(*asked.by, FIRST), market=call.rows.market)

    # What stays the same is bound first: Dask takes values apart that it is given as arguments.
    parts = partitions_of_groups(data, list(asked.by), call.rows.market)
    if asked.scale == "shared" and not has_fixed_scale(rules):
        need_ends_alone(rules)
        read_ends = dask.delayed(partial(ends_in, rules=rules, asked=inside))
        scale = dask.delayed(partial(scale_of_ends, rules=rules))([read_ends(p) for p in parts])
    else:
        scale = dask.delayed(call.scale(), traverse=False)
    rank = dask.delayed(partial(rank_part, rules=rules, asked=inside))
    try:
        used, *every = dask.compute(scale, *(rank(part, scale) for part in parts))
    except (InputError, MemoryError):
        raise
    except Exception as fault:  # the frame's own code runs here
        raise broken(data, fault) from fault
    ranked = [part for part in every if part is not None]
    if not ranked:
        need_frame(columns.iloc[:0], "data")  # says that it is empty

    nameless = nameless_fault(asked.by, sum(part.nameless for part in ranked))
    faults = joined_partitions(part.faults for part in ranked)
    if len(before := call.fault_table(nameless)):
        faults = pd.concat([before, faults], ignore_index=True)
    return (
        joined_partitions(part.table for part in ranked),
        joined_partitions(part.excluded for part in ranked),
        faults,
        used,
    )


def broken(data: Any, fault: Exception) -> InputError:
    """Return the error that a Dask frame could not be made, by the first partition that fails.

    Dask does not say which one it was: they are made once more, one after the other.
    """
    dask = import_module("dask")
    for number, part in enumerate(data.to_delayed()):
        try:
            dask.compute(dask.delayed(len)(part))
        except Exception as own:  # noqa: BLE001
            mend = f"make it by itself, data.partitions[{number}].compute(), and mend it"
            return failure(partition(number), own, mend)
    return failure("data", fault, "make them by themselves, data.compute(), and mend them")


def partition(number: int) -> str:
    """Return how a message calls a partition."""
    return f"data, partition {number}"


def partitions_of_groups(data: Any, by: list[str], market: str) -> list[Any]:
    """Return the partitions of a Dask frame, delayed, the rows of each group in one of them."""
    frames = import_module("dask.dataframe")
    count = data.npartitions
    places = frames.from_map(partition_number, range(count), meta=partition_number(0))
    meta = numbered_rows(data._meta, partition_number(0))
    checked = partial(numbered_as_promised, promised=data._meta, labels=[*by, market])
    data = data.map_partitions(checked, places, meta=meta, align_dataframes=False)
    if count > 1:
        # By tasks: what a lost worker had is made again, and no type of a column changes.
        data = data.shuffle(on=by, npartitions=count, shuffle_method="tasks")
    return list(data.to_delayed())


def partition_number(place: int) -> "pd.Series[int]":
    """Return the number of a partition as a column of one row, as Dask passes it around."""
    return pd.Series([place], dtype="int64")


def numbered_rows(part: pd.DataFrame, place: "pd.Series[int]") -> pd.DataFrame:
    """Return a partition with the place of each row in the whole frame."""
    first = int(place.iloc[0]) * WIDEST
    return part.assign(**{ROW: range(first, first + len(part))}).astype({ROW: "int64"})


def numbered_as_promised(
    part: Any, place: "pd.Series[int]", promised: pd.DataFrame, labels: list[str]
) -> pd.DataFrame:
    """Return a numbered partition, or refuse what is another than Dask was told.

    Labels of another type would make two groups of one: 640399 and "640399". Of the values each
    cell is read, whatever its type.
    """
    where = partition(int(place.iloc[0]))
    if not is_a(part, pd.DataFrame):
        got = f"is a {type(part).__name__}"
        raise InputError.of("wrong-type", where, got, "give a frame of pandas in each partition")
    if list(part.columns) != list(promised.columns):
        got = f"has the columns {listing(part.columns)}, not {listing(promised.columns)}"
        raise InputError.of("wrong-shape", where, got, "give each partition the same columns")
    for name in labels:
        kinds = [label_family(frame[name]) for frame in (part, promised)]
        if kinds[0] != kinds[1] and part[name].notna().any():
            got = f"is of {part[name].dtype}, and {promised[name].dtype} was promised"
            remedy = "give each partition the same types: data.astype(...) where they are made"
            raise InputError.of("wrong-type", f'{where}, column "{name}"', got, remedy)
        factorized(part[name], f'{where}, column "{name}"')  # refuses what cannot be a label
    return numbered_rows(part, place)


def label_family(labels: "pd.Series[Any]") -> str:
    """Return what kind of labels a Dask column holds: numbers of any size, texts, or other."""
    dtype: Any = labels.dtype
    dtype = dtype.categories.dtype if is_a(dtype, pd.CategoricalDtype) else dtype
    return "number" if dtype.kind in "iuf" else str(dtype.kind)


def partition_rows(part: pd.DataFrame, rules: Framework, asked: GroupsAsked) -> GroupJob:
    """Read a partition whose groups are whole, its rows in their order."""
    part = part.sort_values(ROW, ignore_index=True)
    groups = part.groupby(list(asked.by[:-1]), sort=False, observed=True, dropna=False)
    part[FIRST] = groups[ROW].transform("min")
    return job_of(part.drop(columns=ROW), rules, asked)


def ends_in(part: pd.DataFrame, rules: Framework, asked: GroupsAsked) -> list[FloatArray]:
    """Return the least and the largest values of a partition; nothing where there are none."""
    return ends_of_columns(partition_rows(part, rules, asked).fitting()[0]) if len(part) else []


def rank_part(
    part: pd.DataFrame, scale: Scale | None, rules: Framework, asked: GroupsAsked
) -> RankedPartition | None:
    """Rank the groups of a partition; None where it has no row."""
    if not len(part):
        return None
    job = partition_rows(part, rules, asked)
    table, excluded = job.rank(scale)
    return RankedPartition(table=table, excluded=excluded, faults=job.fault_table(()),
                nameless=job.rows.nameless)  # fmt: skip


def joined_partitions(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the frames of all partitions as one, the groups in the order of the whole frame."""
    every = list(parts)
    some = [part for part in every if len(part)] or every[:1]
    table = pd.concat(some, ignore_index=True)
    return table.sort_values(FIRST, kind="stable", ignore_index=True).drop(columns=FIRST)
