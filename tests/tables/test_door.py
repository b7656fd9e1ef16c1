"""The one door for tables: frames of any kind, and columns by the names that people have."""

import inspect
from importlib import import_module
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import marketselect as ms
from hostile.rows import ROWS
from marketselect import dataframes

pa = import_module("pyarrow")  # it has no type hints of its own

FRAMEWORK = ms.Framework(
    name="two",
    factors=(ms.Factor(code="a"), ms.Factor(code="b")),
    indicators=(
        ms.Indicator(code="gdp", factor="a", direction="benefit", series="GDP"),
        ms.Indicator(code="risk", factor="b", direction="cost"),
    ),
)
WIDE = pd.DataFrame(
    {
        "iso3": ["KEN", "VNM", "POL"],
        "gdp": [1.0, np.nan, 2.0],
        "risk": [5, 4, 6],
        "note": list("xyz"),
    }
)
LONG = pd.DataFrame(
    {
        "Country Code": ["KEN", "VNM", "POL"] * 2,
        "Series Code": ["GDP"] * 3 + ["risk"] * 3,
        "Year": [2020] * 6,
        "OBS_VALUE": [1.0, np.nan, 2.0, 5.0, 4.0, 6.0],
    }
)
RULES = ms.Framework.from_toml(FRAMEWORK.to_toml().replace("min_coverage = 0.66\n", ""))


def query(frame: pd.DataFrame) -> Any:
    """Return a relation of DuckDB; it holds on to the frame, not to its name."""
    return duckdb.from_df(frame)


class Stream:
    """A table of no library that is known: it has but the stream."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


KINDS: dict[str, Any] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "lazy polars": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "a batch": lambda frame: pa.RecordBatch.from_pandas(frame, preserve_index=False),
    "a stream of batches": lambda frame: KINDS["pyarrow"](frame).to_reader(),
    "anything that speaks Arrow": lambda frame: Stream(KINDS["pyarrow"](frame)),
    "DuckDB": query,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_of_any_kind_gives_the_same_bytes(kind: str) -> None:
    given = KINDS[kind]
    ranking = ms.rank_markets(given(WIDE), RULES, draws=50)
    assert ranking.to_json() == ms.rank_markets(WIDE, RULES, draws=50).to_json()
    assert list(ranking.table.index) == ["POL", "KEN"]
    assert isinstance(ranking.table, pd.DataFrame)
    table = ms.indicator_table(given(LONG), RULES, as_of=2021, max_age=5)
    expected = ms.indicator_table(LONG, RULES, as_of=2021, max_age=5)
    pd.testing.assert_frame_equal(table.values, expected.values)
    pd.testing.assert_frame_equal(table.missing, expected.missing)


DOORS: dict[str, Any] = {
    "score_factors": lambda data: ms.score_factors(data, RULES).scores,
    "fit_scale": lambda data: ms.fit_scale(data, RULES)["gdp"].high,
    "normalize": lambda data: ms.normalize(data, RULES),
    "impute": lambda data: ms.impute(data, RULES).values,
    "treat": lambda data: ms.treat(data, RULES).values,
    "aggregate": lambda data: ms.aggregate(data, RULES),
    "take_logs": lambda data: ms.take_logs(data, RULES).values,
    "sensitivity": lambda data: ms.sensitivity(data, RULES, choices=["method"]).one_at_a_time,
    "compare_methods": lambda data: ms.compare_methods(data, RULES).ranks,
    "redundancy": lambda data: ms.redundancy(ms.score_factors(data, RULES)).indicators,
    "data_availability": lambda data: ms.data_availability(data, RULES).by_market,
}


@pytest.mark.parametrize("door_of", DOORS)
def test_every_function_that_takes_data_takes_a_table_of_polars(door_of: str) -> None:
    data = WIDE.drop(columns="note").assign(gdp=[1.0, 3.0, 2.0])
    call = DOORS[door_of]
    one, other = call(data), call(pl.from_pandas(data))
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    else:
        assert one == other


def takes_table(parameter: inspect.Parameter) -> bool:
    """Return whether a parameter is one for tables of any kind, by what its type says."""
    return "Table" in str(parameter.annotation).replace("IndicatorTable", "")


def test_no_public_function_takes_tables_of_pandas_alone() -> None:
    """But `event`, a function of one's own that is handed one."""
    found, seen = [], 0
    for name, call in public_calls().items():
        for parameter in inspect.signature(call).parameters.values():
            frames = "DataFrame" in str(parameter.annotation) and parameter.name != "event"
            seen += frames
            found += [f"{name}({parameter.name})"] if frames and not takes_table(parameter) else []
    assert found == []
    assert seen > 25


def public_calls() -> dict[str, Any]:
    """Return the public functions, and the methods of public classes, by name."""
    found = {}
    for name in ms.__all__:
        one = getattr(ms, name)
        if inspect.isfunction(one):
            found[name] = one
        elif inspect.isclass(one) and one.__module__.startswith("marketselect"):
            methods = inspect.getmembers(
                one, lambda m: inspect.isfunction(m) or inspect.ismethod(m)
            )
            found |= {f"{name}.{own}": m for own, m in methods if not own.startswith("_")}
    return found


GOOD = [
    (name, argument)
    for name, row in ROWS.items()
    for argument, good in row.given().items()
    # A model of one's own computes on arrays of numbers, whose labels were taken off.
    if isinstance(good, pd.DataFrame) and not name.startswith("Model.")
]


@pytest.mark.parametrize(("name", "argument"), GOOD)
def test_every_table_of_every_call_may_be_of_polars(name: str, argument: str) -> None:
    row = ROWS[name]
    good = row.given()[argument]
    numbered = isinstance(good.index, pd.RangeIndex) and argument != "shocks"
    label = "year" if argument == "shocks" else "market"
    named = (
        good if numbered or label in good.columns else good.rename_axis(good.index.name or label)
    )
    # Rows of covariances are in the order of the columns where they have no labels.
    bare = argument == "covariance" or named.index.name is None
    flat = named.reset_index(drop=bare).rename(columns=str)
    one = row.call(**{**row.given(), argument: named})
    other = row.call(**{**row.given(), argument: pl.from_pandas(flat)})
    assert repr(other) == repr(one)


def test_a_framework_is_read_from_tables_of_any_kind() -> None:
    rules = ms.load_framework("pestle")
    tables = [rules.to_table().reset_index(), rules.factors_table().reset_index()]
    expected = ms.Framework.from_table(tables[0], factors=tables[1], judgements=rules.judgements)
    for kind, given in KINDS.items():
        one, two = map(given, tables)
        found = ms.Framework.from_table(one, factors=two, judgements=rules.judgements)
        assert found == expected, kind


def test_the_points_of_a_framework_are_lists_in_a_table_of_polars() -> None:
    rows = {"code": ["g"], "factor": ["f"], "direction": ["function"]}
    table = pl.DataFrame({**rows, "value_function": [[[0.0, 0.0], [5.0, 100.0]]]})
    points = ms.Framework.from_table(table).indicators[0].value_function
    assert points == ((0.0, 0.0), (5.0, 100.0))


def test_truths_of_a_table_without_labels_of_rows_are_events() -> None:
    scores = pd.DataFrame({year: [1.0, 2.0, 3.0, 4.0] for year in (2015, 2016)}, list("ABCD"))
    events = pd.DataFrame({2015: [True, False, False, True], 2016: [False, True, False, True]},
                          index=scores.index)  # fmt: skip
    flat = pl.from_pandas(events.rename_axis("market").reset_index().rename(columns=str))
    one, other = (ms.backtest(scores, outcome=table, first=1, last=1) for table in (events, flat))
    assert (one.measure, other.measure) == ("area", "area")
    pd.testing.assert_frame_equal(one.table, other.table)


def test_a_table_of_ranks_has_its_markets_in_a_column() -> None:
    ranks = pd.DataFrame({"topsis": [1, 2, 3], "ahp": [2, 1, 3]}, index=["POL", "MEX", "VNM"])
    for table in (pl.from_pandas, pa.Table.from_pandas):
        given = table(ranks.rename_axis("market").reset_index())
        pd.testing.assert_frame_equal(ms.consensus(given), ms.consensus(ranks), check_names=False)


@pytest.mark.parametrize(
    "given", [None, [1, 2], {"gdp": [1.0]}, "data.csv", np.zeros((2, 2)), WIDE["gdp"],
              pl.Series([1.0]), pa.array([1.0]), pa.chunked_array([[1.0]])]
)  # fmt: skip
def test_what_is_no_table_is_refused(given: Any) -> None:
    with pytest.raises(ms.InputError, match=r"data: got \w+; a pandas DataFrame is needed, or a t"):
        ms.rank_markets(given, RULES)


def test_a_stream_that_is_no_table_is_refused() -> None:
    with pytest.raises(ms.InputError, match="data: Arrow cannot read it"):
        ms.rank_markets(Stream(pa.chunked_array([[1.0]])), RULES)


def test_pyarrow_is_asked_for_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(dataframes, "import_module", absent)
    with pytest.raises(ms.InputError, match=r'polars needs pyarrow; .*"marketselect\[arrow\]"'):
        ms.rank_markets(pl.from_pandas(WIDE), RULES)


# Labels


@pytest.mark.parametrize(
    ("column", "labels"),
    [
        *((name, ["KEN", "VNM", "POL"]) for name in ("iso3", "market", "Country Code", "REF_AREA")),
        ("Country Name", ["Kenya", "Viet Nam", "Poland"]),
        ("city", ["Nairobi", "Hanoi", "Warsaw"]),
        ("country", ["Kenya", "Viet Nam", "Poland"]),
    ],
)
def test_the_labels_beside_row_numbers_are_found(column: str, labels: list[str]) -> None:
    frame = WIDE.drop(columns=["iso3", "note"]).assign(gdp=[1.0, 3.0, 2.0])
    frame.insert(0, column, labels)
    ranking = ms.rank_markets(frame, RULES, draws=0)
    assert set(ranking.table.index) == set(labels)
    assert ranking.table.index.name == column
    part = ms.rank_markets(frame.iloc[1:], RULES, draws=0)  # row numbers with a gap, too
    assert set(part.table.index) == set(labels[1:])


def test_the_only_column_of_texts_has_the_labels_wherever_it_stands() -> None:
    frame = WIDE.drop(columns=["iso3", "note"]).assign(gdp=[1.0, 3.0, 2.0])
    cities = frame.assign(town=["Nairobi", "Hanoi", "Warsaw"])
    assert set(ms.rank_markets(cities, RULES, draws=0).table.index) == set(cities["town"])
    twice = frame.assign(kind=["port", "port", "inland"])  # no labels: they are not different
    assert set(ms.rank_markets(twice, RULES, draws=0).table.index) == {0, 1, 2}


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (pd.Index([2020, 2021, 2022], name="year"), "are years, not markets"),
        (pd.Index(["2020", "2021", "2022"], name="TIME_PERIOD"), "are years, not markets"),
        (pd.to_datetime(["2020", "2021", "2022"]), "are dates, not markets"),
        (pd.period_range("2020", periods=3, freq="Y"), "are dates, not markets"),
    ],
)
def test_years_and_dates_are_no_markets(index: Any, said: str) -> None:
    frame = WIDE.drop(columns=["iso3", "note"]).set_axis(index, axis=0)
    with pytest.raises(ms.InputError, match=f"{said}.*which indicator_table takes"):
        ms.rank_markets(frame, RULES)


@pytest.mark.parametrize(
    "years", [[2019, 2020, 2021], [2021, 2020, 2019], ["2019", "2020", "2021"]]
)
def test_labels_that_nothing_names_are_years_in_sequence(years: list[Any]) -> None:
    frame = WIDE.drop(columns=["iso3", "note"])
    with pytest.raises(ms.InputError, match=r"are years, not markets.*which indicator_table takes"):
        ms.rank_markets(frame.set_axis(years, axis=0), RULES)


def test_numbers_of_markets_are_no_years() -> None:
    frame = WIDE.drop(columns=["iso3", "note"])
    shops = frame.set_axis([2000, 2040, 2100], axis=0)
    assert set(ms.rank_markets(shops, RULES, draws=0).table.index) == {2000, 2100}
    rows = WIDE.set_axis([2019, 2020, 2021], axis=0)  # of a larger table, with labels beside
    assert set(ms.rank_markets(rows, RULES, draws=0).table.index) == {"KEN", "POL"}


@pytest.mark.parametrize("labels", ["iso3", "index", "none"])
def test_rows_of_different_years_are_refused_with_the_way_on(labels: str) -> None:
    frame = WIDE.drop(columns="note")
    frame = frame if labels == "iso3" else frame.set_index("iso3")
    frame = frame.reset_index(drop=True) if labels == "none" else frame
    dated = frame.assign(year=[2019, 2020, 2021])
    way = 'frame[.]rename_axis[(]"market"[)]' if labels == "none" else "frame"
    way = f"indicator_table[(]{way}, framework"
    with pytest.raises(ms.InputError, match=f'"year" has 3 years .* not of one year; .*{way}'):
        ms.rank_markets(dated, RULES)
    named = dated.rename_axis("market") if labels == "none" else dated
    table = ms.indicator_table(named.rename(columns={"gdp": "GDP"}), RULES, as_of=2021, max_age=5)
    assert table.years["gdp"].nunique() == 2  # of one there is no value
    for column, cells in (("year", 2020), ("time", [12, 30, 45])):  # one year; hours of travel
        same = frame.assign(**{column: cells})
        assert len(ms.rank_markets(same, RULES, draws=0).table) == 2


def test_the_codes_are_the_labels_where_names_are_there_too() -> None:
    frame = WIDE.assign(**{"Country Name": ["Kenya", "Viet Nam", "Poland"]}).rename(
        columns={"iso3": "Country Code"}
    )
    assert set(ms.rank_markets(frame, RULES, draws=0).table.index) == {"KEN", "POL"}


def test_an_indicator_is_never_taken_for_labels() -> None:
    rules = ms.Framework(
        name="one", factors=(ms.Factor(code="a"),),
        indicators=(ms.Indicator(code="code", factor="a", direction="benefit"),),
    )  # fmt: skip
    frame = pd.DataFrame({"code": [3.0, 1.0, 2.0]})
    assert ms.rank_markets(frame, rules, draws=0).table.index.tolist() == [0, 2, 1]
    texts = frame.astype(str)
    assert ms.rank_markets(texts, rules, draws=0).table.index.tolist() == [0, 2, 1]


def test_an_index_of_its_own_is_kept() -> None:
    frame = WIDE.set_axis(["x", "y", "z"], axis=0)
    ranking = ms.rank_markets(frame, RULES, draws=0)
    assert set(ranking.table.index) == {"x", "z"}
    assert ranking.provenance["unused_columns"] == ("iso3", "note")


def test_a_panel_is_refused_with_the_way_on() -> None:
    frame = pd.concat([WIDE.assign(date="2020"), WIDE.assign(date="2021")], ignore_index=True)
    with pytest.raises(ms.InputError, match=r'"date" has 2 years .*indicator_table') as caught:
        ms.rank_markets(frame, RULES)
    assert caught.value.faults[0].code == "wrong-form"
    whole = frame.rename(columns={"gdp": "GDP"})
    table = ms.indicator_table(whole, RULES, as_of=2021, max_age=5)
    assert table.years.loc["KEN", "gdp"] == 2021


def test_a_panel_under_two_levels_is_refused_with_the_way_on() -> None:
    frame = pd.concat([WIDE.assign(year=2020), WIDE.assign(year=2021)]).drop(columns="note")
    with pytest.raises(ms.InputError, match=r"several levels; .*reset_index\(\)\.melt"):
        ms.rank_markets(frame.set_index(["iso3", "year"]), RULES)
    melted = (
        frame.set_index(["iso3", "year"])
        .rename(columns={"gdp": "GDP"})
        .reset_index()
        .melt(["iso3", "year"], var_name="indicator")
    )
    assert ms.indicator_table(melted, RULES, as_of=2021, max_age=5).years.loc["KEN", "gdp"] == 2021


def test_what_melt_makes_is_a_long_table() -> None:
    melted = WIDE.drop(columns="note").rename(columns={"gdp": "GDP"}).melt("iso3")
    melted.insert(0, "date", 2020)
    table = ms.indicator_table(melted, RULES, as_of=2021, max_age=5)
    assert table.values.loc[["POL"]].to_numpy().tolist() == [[2, 6]]


def test_a_long_table_in_other_words_is_told_as_such() -> None:
    with pytest.raises(ms.InputError, match="this is a long table of observations"):
        ms.rank_markets(LONG, RULES)


# Groups of markets


def test_the_world_is_no_market() -> None:
    frame = WIDE.assign(gdp=[1.0, 3.0, 2.0])
    more = {"iso3": ["World", "EMU"], "gdp": [900.0, 800.0], "risk": 1, "note": "w"}
    frame = pd.concat([frame, pd.DataFrame(more)], ignore_index=True)
    ranking = ms.rank_markets(frame, RULES, draws=0)
    assert set(ranking.table.index) == {"KEN", "VNM", "POL"}
    expected = ms.rank_markets(frame.iloc[:3], RULES, draws=0)
    pd.testing.assert_frame_equal(ranking.table, expected.table)
    (note,) = ranking.scores.table.notes["note"]
    assert note.endswith('since they are of groups of markets: "World", "EMU"')
    long = pd.concat([LONG.assign(OBS_VALUE=1.0), LONG.iloc[[0]].assign(**{"Country Code": "WLD"})])
    table = ms.indicator_table(long, RULES, as_of=2021, max_age=5)
    assert set(table.values.index) == {"KEN", "VNM", "POL"}
    assert '"WLD"' in table.notes["note"].iloc[0]


def test_totals_are_no_markets_among_cities_either() -> None:
    frame = pd.DataFrame(
        {"town": ["Lyon", "Porto", "Graz", "Total"], "gdp": [1.0, 2, 3, 6], "risk": [1, 2, 3, 6]}
    )
    ranking = ms.rank_markets(frame, RULES, draws=0)
    assert set(ranking.table.index) == {"Lyon", "Porto", "Graz"}
    assert '"Total"' in ranking.scores.table.notes["note"].iloc[0]
    regions = frame.assign(town=["Europe", "Asia", "Africa", "Total"])
    assert len(ms.rank_markets(regions, RULES, draws=0).table) == 4


# What pandas, polars and pyarrow make of a plain table


def ranked(frame: Any) -> dict[Any, int]:
    ranks: dict[Any, int] = ms.rank_markets(frame, RULES, draws=0).table["rank"].to_dict()
    return ranks


ALIKE: dict[str, Any] = {
    "levels, but one": lambda frame: frame.set_axis(
        pd.MultiIndex.from_arrays([frame["iso3"]]), axis=0
    ).drop(columns="iso3"),
    "columns of levels, but one": lambda frame: frame.set_axis(
        pd.MultiIndex.from_arrays([frame.columns]), axis=1
    ),
    "a list that nobody asks for": lambda frame: pl.from_pandas(frame).with_columns(
        tags=pl.Series([["a"], ["b", "c"], []])
    ),
    "a record": lambda frame: pl.from_pandas(frame).with_columns(
        tags=pl.struct(pl.col("note"), pl.col("iso3"))
    ),
    "categories": lambda frame: frame.astype({"iso3": "category", "gdp": "category"}),
    "a dictionary of Arrow": lambda frame: pa.table(
        {name: pa.array(frame[name]).dictionary_encode() for name in frame}
    ),
    "runs of Arrow": lambda frame: pa.table(
        {
            **{name: pa.array(frame[name]) for name in ("iso3", "gdp")},
            "risk": pa.RunEndEncodedArray.from_arrays([1, 2, 3], [5, 4, 6]),
        }
    ),
    "nullable": lambda frame: frame.convert_dtypes(),
    "backed by Arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "decimals": lambda frame: query(frame).project("iso3, gdp, risk::DECIMAL(9, 3) AS risk"),
}


@pytest.mark.parametrize("kind", ALIKE)
def test_how_a_library_keeps_a_column_changes_nothing(kind: str) -> None:
    frame = WIDE.assign(gdp=[1.0, 3.0, 2.0])
    assert ranked(ALIKE[kind](frame)) == ranked(frame.set_index("iso3"))


def test_periods_of_a_year_are_years() -> None:
    frame = LONG.assign(Year=pd.PeriodIndex(["2020"] * 6, freq="Y"))
    table = ms.indicator_table(frame, RULES, as_of=2021, max_age=2)
    assert table.years["risk"].tolist() == [2020, 2020, 2020]
    quarters = LONG.assign(Year=pd.PeriodIndex(["2020Q1"] * 6, freq="Q"))
    with pytest.raises(ms.InputError, match="year is 2020Q1"):
        ms.indicator_table(quarters, RULES, as_of=2021, max_age=2)


def test_observations_whose_labels_are_the_rows_are_refused_with_the_way_on() -> None:
    frame = LONG.set_index(["Country Code", "Series Code", "Year"])
    with pytest.raises(ms.InputError, match=r"may be the labels of the rows: frame\.reset_index"):
        ms.indicator_table(frame, RULES, as_of=2021, max_age=2)


class Broken:
    """A table of another library, whose own code fails."""

    columns = ("gdp",)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise RuntimeError("the connection is closed")


def test_a_table_whose_own_code_fails_is_refused_in_its_words() -> None:
    with pytest.raises(ms.InputError, match="Arrow cannot read it: the connection is closed"):
        ms.rank_markets(Broken(), FRAMEWORK, draws=0)
