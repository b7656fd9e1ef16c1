"""Groups of a Parquet file, ranked part by part into another one."""

import os
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import marketselect as ms
from marketselect.ranking.streaming import file_by_groups, parquet_file
from ranking.test_groups import frame, rules


@pytest.fixture
def data() -> pd.DataFrame:
    return frame().sort_values("product", kind="stable").reset_index(drop=True)


@pytest.fixture
def source(data: pd.DataFrame, tmp_path: Path) -> Path:
    place = tmp_path / "data.parquet"
    data.to_parquet(place, row_group_size=17)
    return place


@pytest.mark.parametrize("scale", ["shared", "own"])
@pytest.mark.parametrize("rows", [13, 10_000])
def test_the_parts_have_the_numbers_of_the_whole(
    data: pd.DataFrame, source: Path, tmp_path: Path, rows: int, scale: Any
) -> None:
    whole = ms.rank_groups(data, rules(), by="product", scale=scale)
    made = ms.stream_groups(source, tmp_path / "ranks.parquet", rules(), by="product",
                            scale=scale, rows=rows)  # fmt: skip
    found = pd.read_parquet(made.path)
    for name in whole.table:
        assert found[name].to_list() == whole.table[name].to_list() or found[name].isna().all()
    assert found["score"].to_numpy().tobytes() == whole.table["score"].to_numpy().tobytes()
    assert (made.groups, made.ranks, made.excluded) == (7, len(whole.table), len(whole.excluded))
    assert made.faults.to_numpy().tolist() == whole.faults.to_numpy().tolist()
    assert [item.name for item in tmp_path.iterdir()].count("ranks.parquet") == 1
    assert len(list(tmp_path.iterdir())) == 2  # nothing is left beside


def test_a_query_of_polars_streams_too(data: pd.DataFrame, source: Path, tmp_path: Path) -> None:
    query = pl.scan_parquet(source).filter(pl.col("product") != "600000")
    made = ms.stream_groups(query, tmp_path / "ranks.parquet", rules(), by="product")
    whole = ms.rank_groups(data[data["product"] != "600000"], rules(), by="product").table
    found = pd.read_parquet(made.path)
    assert found["score"].to_numpy().tobytes() == whole["score"].to_numpy().tobytes()
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data.parquet", "ranks.parquet"]


def test_a_part_without_a_group_that_can_be_ranked_is_no_end(
    data: pd.DataFrame, tmp_path: Path
) -> None:
    data.loc[data["product"] == "600000", "x2"] = -1.0
    data.to_parquet(tmp_path / "data.parquet")
    made = ms.stream_groups(tmp_path / "data.parquet", tmp_path / "ranks.parquet", rules(),
                            by="product", rows=1)  # fmt: skip
    assert set(made.faults["product"]) == {"600000"}
    assert made.groups == 6


def test_where_nothing_can_be_ranked_what_was_there_stays(
    data: pd.DataFrame, tmp_path: Path
) -> None:
    data.assign(x2=-1.0).to_parquet(tmp_path / "data.parquet")
    target = tmp_path / "ranks.parquet"
    target.write_bytes(b"before")
    with pytest.raises(ms.InputError, match="logarithm"):
        ms.stream_groups(tmp_path / "data.parquet", target, rules(), by="product")
    assert target.read_bytes() == b"before"


def test_a_pipe_that_nobody_writes_into_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data.parquet")
    with pytest.raises(ms.InputError, match="no plain file; give a Parquet file"):
        ms.stream_groups(tmp_path / "data.parquet", tmp_path / "x.parquet", rules(), by="product")


def test_rows_at_a_time_may_be_more_than_any_reader_counts(
    data: pd.DataFrame, tmp_path: Path
) -> None:
    data.to_parquet(tmp_path / "data.parquet")
    made = ms.stream_groups(tmp_path / "data.parquet", tmp_path / "x.parquet", rules(),
                            by="product", rows=10**300)  # fmt: skip
    assert made.groups


def test_a_group_that_stands_in_two_places_is_refused(data: pd.DataFrame, tmp_path: Path) -> None:
    pd.concat([data[20:], data[:20]]).to_parquet(tmp_path / "data.parquet")
    with pytest.raises(ms.InputError, match="stands in several places"):
        ms.stream_groups(tmp_path / "data.parquet", tmp_path / "ranks.parquet", rules(),
                         by="product", rows=5)  # fmt: skip


def test_a_scale_that_needs_all_values_at_once_is_to_be_given(
    data: pd.DataFrame, source: Path, tmp_path: Path
) -> None:
    framework, target = rules(normalization="z-score"), tmp_path / "ranks.parquet"
    with pytest.raises(ms.InputError, match="needs all values at once"):
        ms.stream_groups(source, target, framework, by="product")
    whole = ms.rank_groups(data, framework, by="product")
    assert whole.scale is not None
    made = ms.stream_groups(source, target, framework, by="product", scale=whole.scale, rows=10)
    scores = pd.read_parquet(made.path)["score"].to_numpy()
    assert scores.tobytes() == whole.table["score"].to_numpy().tobytes()


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.parquet").write_text("no")
    for source in (tmp_path / "data.parquet", tmp_path / "gone.parquet"):
        with pytest.raises(ms.InputError, match="give a Parquet file"):
            ms.stream_groups(source, tmp_path / "ranks.parquet", rules(), by="product")
    with pytest.raises(ms.InputError, match=r"ends in \.parquet"):
        ms.stream_groups(tmp_path / "data.parquet", tmp_path / "ranks.csv", rules(), by="product")


def test_no_more_of_the_file_is_held_than_a_part(tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(size=(200_000, 6))  # that do not compress
    wide = pd.DataFrame(values, columns=list("abcdef")).assign(product=np.arange(200_000) // 200)
    place = tmp_path / "data.parquet"
    wide.to_parquet(place, use_dictionary=False)  # all rows in one group of rows
    held, arrow = [], import_module("pyarrow")
    with ExitStack() as at_end:
        before = arrow.total_allocated_bytes()
        for _ in file_by_groups(
            parquet_file(place, tmp_path / "not_needed", at_end), ["product"], 2_000
        ):
            held.append(arrow.total_allocated_bytes() - before)
    assert len(held) >= 90
    assert max(held) < place.stat().st_size / 2
