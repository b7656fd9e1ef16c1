"""Groups of a Dask frame: the numbers of the same frame in pandas, wherever its rows lie."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import dask.dataframe as dd
import distributed
import numpy as np
import pandas as pd
import pytest
from dask.delayed import delayed

import marketselect as ms
from marketselect.ranking.partitions import joined_partitions, numbered_rows, partition_number
from ranking.test_groups import frame, rules


@pytest.fixture(autouse=True)
def _in_this_thread() -> Iterator[None]:
    with dask.config.set(scheduler="synchronous"):
        yield


def cut(data: pd.DataFrame, parts: int = 5) -> Any:
    return dd.from_pandas(data, npartitions=parts, sort=False)


def assert_same(found: ms.RankedGroups, whole: ms.RankedGroups) -> None:
    """Compare with the ranking of the frame as one of pandas: rows, order and bytes."""
    assert found.by == whole.by
    assert list(found.table.columns) == list(whole.table.columns)
    for name in whole.table:
        got, need = found.table[name], whole.table[name]
        if need.dtype.kind == "f":
            assert got.to_numpy().tobytes() == need.to_numpy().tobytes()
        else:
            assert got.astype(object).equals(need.astype(object))
    for part in ("excluded", "faults"):
        got, need = getattr(found, part), getattr(whole, part)
        assert list(got.columns) == list(need.columns)
        assert got.astype(object).to_numpy().tolist() == need.astype(object).to_numpy().tolist()
    scales = [None if one.scale is None else one.scale.indicators for one in (found, whole)]
    assert repr(scales[0]) == repr(scales[1])


@pytest.mark.parametrize("scale", ["shared", "own"])
@pytest.mark.parametrize(
    "given", [{}, {"method": "topsis", "min_coverage": 0.9}, {"missing": "drop"}], ids=str
)
def test_a_frame_in_partitions_has_the_bytes_of_the_whole(
    given: dict[str, Any], scale: Any
) -> None:
    data, framework = frame(), rules(**given)  # rows of every group lie in several partitions
    assert data["product"].iloc[:20].nunique() > 3
    found = ms.rank_groups(cut(data), framework, by="product", scale=scale)
    assert_same(found, ms.rank_groups(data, framework, by="product", scale=scale))


@pytest.mark.slow
def test_more_partitions_than_one_stage_of_a_shuffle_keep_the_order_of_rows() -> None:
    data = frame(groups=3, markets=20).round(0)  # ties, which stand as the data have them
    data["x2"] += 1
    found = ms.rank_groups(cut(data, 40), rules(), by="product")
    assert_same(found, ms.rank_groups(data, rules(), by="product"))


def test_means_of_groups_with_scales_of_their_own_add_up_in_the_order_of_rows() -> None:
    data, framework = frame(), rules(missing="mean", normalization="z-score")
    found = ms.rank_groups(cut(data), framework, by="product", scale="own")
    assert_same(found, ms.rank_groups(data, framework, by="product", scale="own"))


def test_faults_are_those_of_the_groups_and_rows_without_one_are_counted_together() -> None:
    data = frame()
    data.loc[data["product"] == "600003", "x2"] = -1.0  # no logarithm
    data = pd.concat([data, data[data["product"] == "600005"]], ignore_index=True)  # twice there
    data["year"] = np.where(data["product"] < "600002", 2020, 2021)
    data.loc[[0, 20, 40], "product"] = None
    found = ms.rank_groups(cut(data), rules(), by=["product", "year"])
    whole = ms.rank_groups(data, rules(), by=["product", "year"])
    assert_same(found, whole)
    assert found.faults["got"].iloc[0] == "3 rows have no group"
    assert {"600003", "600005"} <= set(found.faults["product"].iloc[1:])


def test_labels_may_be_those_of_the_index_and_partitions_may_be_empty() -> None:
    data = frame()
    found = ms.rank_groups(cut(data.set_index("product")), rules(), by="product")
    assert_same(found, ms.rank_groups(data, rules(), by="product"))
    data = data.sort_values("product", ignore_index=True)
    parts = cut(data)
    found = ms.rank_groups(parts[parts["product"] > "600003"], rules(), by="product")
    assert_same(found, ms.rank_groups(data[data["product"] > "600003"], rules(), by="product"))


def test_labels_may_be_categories_numbers_and_days() -> None:
    data = frame(groups=4)
    data["day"] = pd.Timestamp("2024-01-01")
    data.loc[data["product"] == "600001", "x2"] = -1.0  # a fault tells the labels, too
    data = data.astype({"product": int, "market": "category"})
    found = ms.rank_groups(cut(data, 3), rules(), by=["product", "day"])
    assert_same(found, ms.rank_groups(data, rules(), by=["product", "day"]))


def test_a_frame_without_rows_is_refused_like_one_of_pandas() -> None:
    parts = cut(frame())
    with pytest.raises(ms.InputError, match="the table is empty"):
        ms.rank_groups(parts[parts["product"] == "no"], rules(), by="product")


def test_a_shared_scale_that_needs_all_values_is_refused_as_for_files() -> None:
    data, framework = frame(), rules(normalization="z-score")
    with pytest.raises(ms.InputError, match="needs all values at once"):
        ms.rank_groups(cut(data), framework, by="product")
    whole = ms.rank_groups(data, framework, by="product")
    found = ms.rank_groups(cut(data), framework, by="product", scale=whole.scale or "own")
    assert_same(found, whole)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"by": "item"}, 'there is no column "item"'),
        ({"by": "product", "weights": {"f9": 1.0}}, "f9"),
        ({"by": "product", "method": "topsy"}, "topsis"),
        ({"by": "product", "draws": -1}, "draws"),
    ],
)
def test_what_is_wrong_with_the_call_is_refused_before_any_partition_is_made(
    given: dict[str, Any], says: str
) -> None:
    def never(part: pd.DataFrame) -> pd.DataFrame:
        raise AssertionError(len(part))

    data = cut(frame()).map_partitions(never, meta=frame().iloc[:0])
    with pytest.raises(ms.InputError, match=says):
        ms.rank_groups(data, rules(), **given)


def with_third(change: Any, data: pd.DataFrame | None = None) -> Any:
    """Return a frame whose partition 2 is changed, without Dask being told of it."""
    whole = frame() if data is None else data

    def one(place: int) -> Any:
        part = whole.iloc[place * 20 : (place + 1) * 20]
        return change(part) if place == 2 else part

    return dd.from_delayed([delayed(one)(n) for n in range(3)], meta=whole.iloc[:0],
                           verify_meta=False)  # fmt: skip


def fails(part: pd.DataFrame) -> pd.DataFrame:
    raise RuntimeError(f"{len(part)} rows of my own")


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (
            fails,
            "method-failed",
            "failed, RuntimeError: 20 rows of my own; make it by itself, data.p",
        ),
        (lambda part: part["nothing"], "method-failed", "KeyError: 'nothing'"),
        (lambda part: part.drop(columns="x1"), "wrong-shape", 'has the columns "product", "market'),
        (lambda part: part[part.columns[::-1]], "wrong-shape", 'has the columns "x5"'),
        (lambda part: part.assign(q=1), "wrong-shape", "has the columns"),
        (lambda part: part["x1"], "wrong-type", "is a Series; give a frame of pandas"),
        (lambda _: [1], "wrong-type", "is a list"),
        (lambda part: part.assign(product=[[1]] * len(part)), "wrong-type", "a label is a list"),
        (
            lambda part: part.astype({"product": int}),
            "wrong-type",
            'column "product" is of int64, and str was promised',
        ),
        (lambda part: part.assign(market=1.5), "wrong-type", 'column "market" is of float64, and'),
    ],
)
def test_a_partition_that_is_not_as_promised_is_refused_by_its_number(
    change: Any, code: str, says: str
) -> None:
    with pytest.raises(ms.InputError) as error:
        ms.rank_groups(with_third(change), rules(), by="product")
    assert str(error.value).startswith("data, partition 2")
    assert says in str(error.value)
    assert error.value.faults[0].code == code


def test_labels_and_values_of_another_type_with_the_same_content_change_nothing() -> None:
    data = frame().iloc[:60].astype({"product": int})
    for types in ({"product": float}, {"product": "Int64"}, {"x1": object, "market": "category"}):
        found = ms.rank_groups(with_third(lambda part, of=types: part.astype(of), data), rules(),
                               by="product")  # fmt: skip
        assert_same(found, ms.rank_groups(data, rules(), by="product"))
    nameless = with_third(lambda part: part.assign(product=np.nan), frame().iloc[:60])
    assert ms.rank_groups(nameless, rules(), by="product").faults["got"].tolist() == [
        "20 rows have no group"
    ]


def test_an_error_of_the_data_or_of_memory_stays_what_it_is() -> None:
    for error in (ms.InputError("own"), MemoryError("own")):

        def raises(_: pd.DataFrame, error: Exception = error) -> Any:
            raise error

        with pytest.raises(type(error), match="own"):
            ms.rank_groups(with_third(raises), rules(), by="product")


def test_where_no_group_can_be_ranked_the_error_names_each() -> None:
    data = frame(groups=2).assign(x2=-1.0)
    with pytest.raises(ms.InputError, match='group "600001"') as raised:
        ms.rank_groups(cut(data), rules(), by="product")
    with pytest.raises(ms.InputError) as whole:
        ms.rank_groups(data, rules(), by="product")
    assert str(raised.value) == str(whole.value)


def test_intervals_are_those_of_the_whole() -> None:
    data = frame(groups=2)
    found = ms.rank_groups(cut(data, 2), rules(), by="product", draws=20, seed=3)
    assert_same(found, ms.rank_groups(data, rules(), by="product", draws=20, seed=3))


def test_rows_are_numbered_through_the_partitions() -> None:
    part = numbered_rows(pd.DataFrame({"x": [5.0, 6.0]}), partition_number(3))
    assert part["__row__"].tolist() == [3 * 2**40, 3 * 2**40 + 1]
    later, sooner = (
        pd.DataFrame({"a": [1], "__first__": [9]}),
        pd.DataFrame({"a": [2, 3], "__first__": [4, 4]}),
    )
    assert joined_partitions([later, sooner])["a"].tolist() == [2, 3, 1]


@pytest.mark.nightly
def test_a_worker_killed_in_the_middle_changes_no_number(tmp_path: Path) -> None:
    """Two processes on this machine; the one that ranks a marked group first is killed by it."""
    data, mark = frame(groups=12, markets=8), tmp_path / "killed"

    def deadly(matrix: Any, weights: Any) -> Any:
        """Add up, as `weighted_sum` does; kill this process where nobody did before."""
        try:
            with mark.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return matrix @ weights
        time.sleep(1)  # so that the other one has done some partitions, and holds parts of others
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("not reached")

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        dask.config.set(scheduler=client),
    ):
        before = {*client.run(os.getpid).values()}
        found = ms.rank_groups(cut(data, 6), rules(), by="product", method=deadly)
    assert int(mark.read_text()) in before
    whole = ms.rank_groups(data, rules(), by="product", method=lambda matrix, w: matrix @ w)
    assert_same(found, whole)
