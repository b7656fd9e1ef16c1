"""Many rankings in one call: those of each group alone, to the last bit; faults group by group."""

import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import marketselect as ms
from marketselect.ranking.grouped_rows import unsettled_markets


def rules(**given: Any) -> ms.Framework:
    """Six indicators under three factors, one of them in logarithms, three of them costs."""
    return ms.Framework(
        name="six",
        factors=tuple(ms.Factor(code=f"f{n}") for n in range(3)),
        indicators=tuple(
            ms.Indicator(
                code=f"x{n}",
                factor=f"f{n // 2}",
                direction="benefit" if n % 2 else "cost",
                transform="log" if n == 2 else None,
            )
            for n in range(6)
        ),
        **given,
    )


def frame(groups: int = 7, markets: int = 12, gaps: float = 0.1) -> pd.DataFrame:
    """Groups of different sizes, their rows mixed."""
    rng = np.random.default_rng(7)
    rows = groups * markets
    made = pd.DataFrame(
        {
            "product": np.repeat([f"6{n:05d}" for n in range(groups)], markets),
            "market": np.tile([f"m{n:02d}x" for n in range(markets)], groups),
            **{f"x{n}": rng.lognormal(size=rows) for n in range(6)},
        }
    )
    hidden = rng.random((rows, 6)) < gaps
    made.iloc[:, 2:] = made.iloc[:, 2:].mask(hidden)
    return made.sample(frac=0.8, random_state=1).reset_index(drop=True)


def one(data: pd.DataFrame, product: object) -> pd.DataFrame:
    """Return a group as `rank_markets` takes it."""
    return data[data["product"] == product].drop(columns="product").set_index("market")


def assert_same(ranked: ms.RankedGroups, data: pd.DataFrame, *given: Any, **options: Any) -> None:
    """Compare every group, byte by byte, with its own `rank_markets`."""
    found = dict(list(ranked.table.groupby("product", sort=False)))
    out = ranked.excluded
    for product, table in found.items():
        alone = ms.rank_markets(one(data, product), *given, **{"draws": 0, **options})
        got = table.drop(columns="product").set_index("market")
        assert list(got.index) == list(alone.table.index)
        assert list(got.columns) == list(alone.table.columns)
        for name in got:
            if name in ("rank_low", "rank_high"):
                assert got[name].astype("Int64").equals(alone.table[name])
            else:
                assert got[name].to_numpy().tobytes() == alone.table[name].to_numpy().tobytes()
        left = out[out["product"] == product].drop(columns="product")
        assert left.to_numpy().tolist() == alone.excluded.to_numpy().tolist()


@pytest.mark.parametrize("scale", ["shared", "own"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"method": "topsis"},
        {"method": "promethee"},
        {"method": "vikor", "min_coverage": 0.4},
        {"method": "weighted_product", "range": (1, 100)},
        {"normalization": "z-score", "missing": "drop"},
        {"normalization": "percentile-rank"},
        {"missing": "mean"},
        {"tiers": [66, 33]},
    ],
    ids=str,
)
def test_each_group_has_the_bytes_of_its_own_ranking(given: dict[str, Any], scale: Any) -> None:
    data, framework = frame(), rules(**given)
    ranked = ms.rank_groups(data, framework, by="product", scale=scale)
    assert ranked.table["product"].nunique() + ranked.faults["product"].nunique() == 7
    assert list(ranked.table["product"].unique()) == [
        name for name in data["product"].unique() if name in set(ranked.table["product"])
    ]
    assert (ranked.scale is None) == (scale == "own")
    assert_same(ranked, data, framework, scale=ranked.scale)


def test_a_shared_scale_is_that_of_all_rows_as_one_table() -> None:
    data = frame()
    every = data.drop(columns="product").assign(market=[f"row {n}" for n in range(len(data))])
    wanted = ms.fit_scale(every.set_index("market"), rules())
    found = ms.rank_groups(data, rules(), by="product").scale
    assert found is not None
    assert found.to_table().equals(wanted.to_table())


def test_scores_compare_between_groups_on_a_shared_scale_and_reach_the_top_on_their_own() -> None:
    # Min-max by hand: 10 to 50 is the range of all; of shoes alone it is 40 to 50.
    framework = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit"),),
    )
    data = pd.DataFrame(
        {"p": ["tea", "tea", "shoes", "shoes"], "iso3": ["A1", "B1", "A1", "B1"],
         "x": [10.0, 30.0, 50.0, 40.0]}
    )  # fmt: skip
    shared = ms.rank_groups(data, framework, by="p").table
    own = ms.rank_groups(data, framework, by="p", scale="own").table
    assert shared["score"].tolist() == [50.0, 0.0, 100.0, 75.0]
    assert own["score"].tolist() == [100.0, 0.0, 100.0, 0.0]
    assert shared["iso3"].tolist() == ["B1", "A1", "A1", "B1"]


@pytest.mark.slow
def test_weights_of_the_call_and_from_the_data_are_those_of_each_ranking() -> None:
    data = frame()
    for weights in ({"f0": 3.0, "f1": 1.0, "f2": 1.0}, "entropy"):
        ranked = ms.rank_groups(data, rules(), by="product", weights=weights)
        assert_same(ranked, data, rules(), scale=ranked.scale, weights=weights)


def test_a_method_of_ones_own_gets_one_group_at_a_time() -> None:
    def first(matrix: Any, _weights: Any) -> Any:
        assert matrix.ndim == 2
        return matrix[:, 0]

    data = frame(3)
    ranked = ms.rank_groups(data, rules(), by="product", method=first)
    assert_same(ranked, data, rules(), scale=ranked.scale, method=first)


def test_intervals_are_those_of_each_ranking_with_the_same_draws() -> None:
    data = frame(2)
    ranked = ms.rank_groups(data, rules(), by="product", draws=50, seed=3)
    assert ranked.table["rank_low"].notna().all()
    assert_same(ranked, data, rules(), scale=ranked.scale, draws=50, seed=3)


def test_what_is_wrong_with_one_group_is_said_and_the_others_are_ranked() -> None:
    data, names = frame(gaps=0.0), [f"6{n:05d}" for n in range(7)]
    data = data.astype({"x0": object})
    twice = data[data["product"] == names[0]].iloc[:1]
    data.loc[data["product"] == names[1], "x2"] = -1.0  # has no logarithm
    data.loc[data.index[data["product"] == names[2]][0], "x1"] = np.inf
    data.loc[data.index[data["product"] == names[3]][0], "x0"] = "n/a."
    data.loc[data.index[data["product"] == names[4]][0], "market"] = None
    data.loc[data["product"] == names[5], [f"x{n}" for n in range(6)]] = np.nan
    data = pd.concat([data, twice, twice.assign(product=None)], ignore_index=True)
    ranked = ms.rank_groups(data, rules(), by="product")
    said = ranked.faults.drop_duplicates("product").set_index("product")["code"].to_dict()
    assert {key: code for key, code in said.items() if isinstance(key, str)} == {
        names[0]: "duplicate",
        names[1]: "undefined",
        names[2]: "infinite",
        names[3]: "not-a-number",
        names[4]: "missing",
        names[5]: "no-data",
    }
    assert "1 rows have no group" in ranked.faults["got"].tolist()
    assert set(ranked.table["product"]) == set(names[6:])
    # They have no part in the scale of all either: it is that of the others alone.
    rest = data[data["product"].isin(names[6:])].astype({"x0": float})
    assert ranked.scale is not None
    again = ms.rank_groups(rest, rules(), by="product").scale
    assert again is not None
    assert ranked.scale.to_table().equals(again.to_table())
    assert_same(ranked, rest, rules(), scale=ranked.scale)


def test_where_no_group_can_be_ranked_the_error_names_each() -> None:
    data = frame(2, gaps=0.0).assign(x2=-1.0)
    with pytest.raises(ms.InputError, match=r'group "60000[01]": indicator "x2"'):
        ms.rank_groups(data, rules(), by="product")


def test_under_refuse_a_group_with_a_gap_is_a_fault_and_has_no_part_in_the_scale() -> None:
    data = frame(4, gaps=0.0)
    data.loc[data.index[data["product"] == "600001"][0], "x3"] = np.nan
    ranked = ms.rank_groups(data, rules(missing="refuse"), by="product")
    assert ranked.faults["product"].tolist() == ["600001"]
    assert_same(ranked, data, rules(missing="refuse"), scale=ranked.scale)


def test_totals_and_second_names_are_read_as_in_one_table() -> None:
    data = frame(3, gaps=0.0)
    data["market"] = data["market"].replace({"m00x": "World"})
    first = data["product"] == "600000"
    data.loc[first, "market"] = data.loc[first, "market"].replace({"m01x": " m02x"})
    ranked = ms.rank_groups(data, rules(), by="product")
    assert "World" not in set(ranked.table["market"])
    assert ranked.faults["code"].unique().tolist() == ["duplicate"]  # " m02x" beside "m02x"
    assert_same(ranked, data, rules(), scale=ranked.scale)
    assert unsettled_markets(["DEU", "Germany", "Oz", " Oz", "World", 5]) == {
        "DEU", "Germany", " Oz", "World", 5,
    }  # fmt: skip


def test_a_group_may_be_named_by_several_columns_of_any_type() -> None:
    data = frame(4, gaps=0.0).assign(year=2020)
    both = pd.concat([data, data.assign(year=2021, x1=1 / data["x1"])], ignore_index=True)
    both["product"] = both["product"].astype("category")
    scale = ms.rank_groups(both, rules(), by=["product", "year"]).scale
    assert scale is not None
    ranked = ms.rank_groups(both, rules(), by=["product", "year"], scale=scale)
    assert len(ranked.table.groupby(["product", "year"], observed=True)) == 8
    alone = ms.rank_groups(data, rules(), by="product", scale=scale).table
    first = ranked.table[ranked.table["year"] == 2020].drop(columns="year")
    assert first["score"].tolist() == alone["score"].tolist()


def test_a_query_of_polars_is_ranked_like_the_frame_it_makes() -> None:
    data = frame()
    query: Any = pl.from_pandas(data).lazy().filter(pl.col("product") != "600000")
    found = ms.rank_groups(query, rules(), by="product")
    whole = ms.rank_groups(data[data["product"] != "600000"], rules(), by="product")
    assert found.table["market"].tolist() == whole.table["market"].tolist()
    assert found.table["score"].to_numpy().tobytes() == whole.table["score"].to_numpy().tobytes()


def test_labels_in_the_index_and_whole_numbers_for_markets_are_read_too() -> None:
    data = frame(3, gaps=0.0)
    data["market"] = data["market"].str[1:3].astype(int) + 5000
    ranked = ms.rank_groups(data.set_index(["product", "market"]), rules(), by="product")
    assert_same(ranked, data, rules(), scale=ranked.scale)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"by": "produkt"}, 'there is no column "produkt"'),
        ({"by": []}, "by is empty"),
        ({"by": "x1"}, "reads"),
        ({"by": "market", "market": "market"}, "names a column twice"),
        ({"by": "product", "market": "nation"}, 'there is no column "nation"'),
        ({"by": "product", "scale": "each"}, "scale"),
        ({"by": "product", "method": "guess"}, "method"),
        ({"by": "product", "draws": -1}, "draws"),
    ],
)
def test_what_is_wrong_with_the_call_is_refused_for_all(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ms.InputError, match=says):
        ms.rank_groups(frame(2), rules(), **given)


def test_columns_of_several_levels_are_refused_by_their_kind() -> None:
    data = frame(2)
    levels = data.set_axis(pd.MultiIndex.from_product([data.columns, ["a"]]), axis=1)
    with pytest.raises(ms.InputError, match="data: the columns have several levels"):
        ms.rank_groups(levels, rules(), by="product")


def test_a_column_that_the_answer_has_is_no_name_of_a_group() -> None:
    with pytest.raises(ms.InputError, match="rename the column"):
        ms.rank_groups(frame(2).rename(columns={"product": "rank"}), rules(), by="rank")


@pytest.mark.slow
def test_markets_that_are_left_out_take_no_second_copy_of_the_others() -> None:
    rng, rows = np.random.default_rng(0), 60_000
    values = {f"x{n}": rng.uniform(1, 2, rows) for n in range(6)}
    values["x0"][rng.random(rows) < 0.03] = np.nan
    markets = np.tile([f"m{n:03d}x" for n in range(200)], rows // 200)
    data = pd.DataFrame({"product": np.arange(rows) // 200, "market": markets, **values})
    ms.rank_groups(data.head(200), rules(), by="product")  # reads what is read once
    tracemalloc.start()
    try:
        ranked = ms.rank_groups(data, rules(min_coverage=1), by="product")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(ranked.excluded) == data["x0"].isna().sum()
    assert peak < 2.25 * data.memory_usage().sum()
