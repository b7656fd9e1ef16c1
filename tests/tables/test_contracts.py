"""The public models of what comes in: they hold by themselves, extend, and say what they want."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import marketselect as ms
from marketselect import values
from marketselect.sources import embedded
from marketselect.tables import contracts, schemas
from marketselect.weighting.pairwise import _comparisons

MODELS = [getattr(schemas, name) for name in schemas.MODELS]


def observations(**columns: Any) -> pd.DataFrame:
    whole = {"market": ["A", "B"], "indicator": ["X", "X"], "year": [2020, 2020], "value": [1, 2]}
    return pd.DataFrame(
        {name: pd.Series(cells, dtype=object) for name, cells in {**whole, **columns}.items()}
    )


def failed(model: Any, frame: pd.DataFrame) -> set[str]:
    """Return the names of the checks that fail."""
    try:
        model.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failure:
        return {
            str(error.check.name if isinstance(error.check, pa.Check) else error.check)
            for error in failure.schema_errors
        }
    return set()


def test_the_models_are_found_under_the_package() -> None:
    assert ms.schemas.Observations is schemas.Observations
    misspelt = "Observation"
    with pytest.raises(AttributeError, match="no attribute 'Observation'"):
        getattr(schemas, misspelt)


def test_valid_observations_come_back_with_text_read_as_numbers() -> None:
    frame = observations(year=["2020", 2021], value=[" 1.5 ", None]).assign(note=["a", "b"])
    before = frame.copy()
    read = schemas.Observations.validate(frame)
    assert read["year"].tolist() == [2020.0, 2021.0]
    assert read["value"].dtype == np.float64
    assert read["value"].fillna(-1).tolist() == [1.5, -1.0]
    assert read["note"].tolist() == ["a", "b"]
    assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("columns", "check"),
    [
        ({"value": ["n/a", 1]}, "number"),
        ({"value": [True, 1]}, "number"),
        ({"value": ["1_000", 1]}, "number"),
        ({"value": [np.inf, 1]}, "finite"),
        ({"year": [1066, 2020]}, "possible_year"),
        ({"year": ["last", 2020]}, "year_number"),
        ({"market": [" ", "B"]}, "named"),
        ({"indicator": [None, "X"]}, "named"),
        ({"market": ["A", "A"]}, "once"),
        ({"market": ["A", "A"], "year": [2020, "2020"]}, "once"),
        ({"market": ["A", "A"], "indicator": [5, "5"]}, "once"),
    ],
)
def test_observations_are_refused_by_the_check_that_says_why(
    columns: dict[str, Any], check: str
) -> None:
    assert failed(schemas.Observations, observations(**columns)) == {check}


def test_a_missing_column_of_observations_is_one_failure() -> None:
    lacking = observations().drop(columns="year")
    assert failed(schemas.Observations, lacking) == {"column_in_dataframe"}


def test_a_model_can_be_extended() -> None:
    class Sourced(schemas.Observations):
        """Observations with a source."""

        source: str
        quality: float = pa.Field(nullable=True, ge=0)

        @pa.check("market")
        @classmethod
        def codes(cls, cells: Any) -> Any:
            return cells.str.len() == 3

    named = observations(market=["DEU", "FRA"]).assign(source="me", quality=[1.0, np.nan])
    assert failed(Sourced, named) == set()
    assert failed(Sourced, observations().assign(source="me", quality=1.0)) == {"codes"}
    assert failed(Sourced, named.assign(value="n/a")) == {"number"}
    schema = Sourced.to_json_schema()
    assert schema["title"] == "Sourced"
    assert schema["properties"]["source"]["items"] == {"type": "string"}
    assert schema["properties"]["quality"]["items"] == {"type": ["number", "null"], "minimum": 0}
    assert schema["required"] == ["market", "indicator", "year", "value", "source", "quality"]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_described_and_becomes_json_schema(model: Any) -> None:
    schema = model.to_json_schema()
    assert schema["title"] == model.__name__
    assert schema["description"].endswith((".", ":")) or len(schema["description"]) > 20
    assert schema["type"] == "object"
    assert set(schema["required"]) == set(schema["properties"])
    for column in schema["properties"].values():
        assert column["type"] == "array"
        assert len(column["description"]) > 5
        assert column["items"]


def test_the_schema_of_observations_names_types() -> None:
    columns = schemas.Observations.to_json_schema()["properties"]
    assert columns["market"]["items"]["type"] == ["string", "integer"]
    assert columns["value"]["items"]["type"] == ["number", "string", "boolean", "null"]
    wide = schemas.WideTable.to_json_schema()
    cells = wide["additionalProperties"]["items"]
    assert cells["type"] == ["number", "string", "boolean", "null"]


ROW: dict[str, list[Any]] = {"market": ["DEU"], "indicator": ["X"], "year": [2020], "value": [1.5]}
TEXTS: dict[str, list[Any]] = {"name": ["a"], "unit": ["m"], "source": ["me"], "licence": ["CC0"]}
TWO: dict[str, list[Any]] = {"name": ["a", "b"], "weight": [1, 0]}
PAIR: dict[str, list[Any]] = {"a": [1, "1/3"], "b": [None, 1]}


@pytest.mark.parametrize(
    ("model", "frame"),
    [
        (schemas.Observations, ROW),
        *((schemas.Observations, {**ROW, "year": [year]}) for year in (1800, 2200, "2024", " ")),
        *((schemas.Observations, {**ROW, "value": [v]}) for v in (" 2e6 ", "-.5", "", None)),
        (schemas.Observations, {**ROW, "market": [5], "note": ["more"]}),
        (schemas.Observations, {**ROW, "value": [True]}),
        (schemas.WideTable, {"X": [1, "2.5", None, " "]}),
        (schemas.WideTable, {"X": [True, None, False, " "]}),
        (schemas.Catalogue, TEXTS),
        (schemas.Weights, TWO),
        (schemas.Weights, {**TWO, "weight": ["0", "3e1"]}),
        (schemas.Comparisons, PAIR),
        (schemas.Comparisons, {"a": [1, " 1 / 3.5 "], "b": ["", 1]}),
    ],
)
def test_what_a_model_takes_its_json_schema_takes(model: Any, frame: dict[str, list[Any]]) -> None:
    jsonschema.validate(frame, model.to_json_schema())
    index = list(frame) if model is schemas.Comparisons else None
    assert failed(model, pd.DataFrame(frame, index, dtype=object).rename_axis("indicator")) == set()


@pytest.mark.parametrize(
    ("model", "frame"),
    [
        *((schemas.Observations, {**ROW, "year": [year]}) for year in (20, 2201, 2020.5, "20x")),
        *((schemas.Observations, {**ROW, "value": [v]}) for v in ("1_000", "12 %", "nan")),
        *((schemas.Observations, {**ROW, "market": [m]}) for m in ("", " ", None)),
        (schemas.Observations, {**ROW, "indicator": [""]}),
        (schemas.WideTable, {"X": [1, "x"]}),
        (schemas.WideTable, {"X": [1, True]}),
        *((schemas.Catalogue, {**TEXTS, "unit": [unit]}) for unit in ("", " ", None)),
        *((schemas.Weights, {**TWO, "weight": [1, w]}) for w in (-1, "-1", "", None, True, "x")),
        *((schemas.Weights, {**TWO, "name": ["a", name]}) for name in ("a", " ", None)),
        (schemas.Weights, {**TWO, "weight": [0, "0.0e5"]}),
        (schemas.Weights, {"name": [], "weight": []}),
        *((schemas.Comparisons, {**PAIR, "b": [r, 1]}) for r in (0, -1, "x", "0", "1/0", True)),
        (schemas.Comparisons, {}),
    ],
)
def test_what_a_json_schema_refuses_its_model_refuses(
    model: Any, frame: dict[str, list[Any]]
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(frame, model.to_json_schema())
    index = list(frame) if model is schemas.Comparisons else None
    assert failed(model, pd.DataFrame(frame, index, dtype=object).rename_axis("indicator"))


def test_a_column_of_ones_own_brings_its_bounds_into_the_json_schema() -> None:
    class Graded(schemas.Observations):
        """Observations with grades."""

        grade: float = pa.Field(gt=0, le=5)
        author: str = pa.Field(str_length={"min_value": 2})
        share: float = pa.Field(ge=0, lt=1)

    columns = Graded.to_json_schema()["properties"]
    assert columns["grade"]["items"] == {"type": "number", "exclusiveMinimum": 0, "maximum": 5}
    assert columns["author"]["items"] == {"type": "string", "minLength": 2}
    assert columns["share"]["items"] == {"type": "number", "minimum": 0, "exclusiveMaximum": 1}


# Wide tables


def wide(*rows: list[Any], index: Any = None, columns: Any = None) -> pd.DataFrame:
    return pd.DataFrame(list(rows), index=index, columns=columns, dtype=object)


@pytest.mark.parametrize(
    ("frame", "checks"),
    [
        (wide([1, "2"], [None, " "], index=["A", "B"]), set()),
        (wide([1, "x"], [True, 2]), {"number"}),
        (wide([1, "1e999"], [2, "n/a"]), {"number", "finite"}),
        (wide([1, 2], [3, 4], index=["A", "A"]), {"markets_once"}),
        (wide([1, 2], [3, 4], index=["A", " "]), {"markets_named"}),
        (wide([1, 2], columns=["X", "X"]), {"indicators_once"}),
        (wide([1, 2], columns=["X", None]), {"indicators_once"}),
    ],
)
def test_a_wide_table_has_numbers_and_labels(frame: pd.DataFrame, checks: set[str]) -> None:
    assert failed(schemas.WideTable, frame) == checks


def test_a_wide_table_is_read_as_floats() -> None:
    read = schemas.WideTable.validate(wide([1, "2.5"], [None, " "], columns=["X", "Y"]))
    assert (read.dtypes == np.float64).all()
    assert read.fillna(-1).to_numpy().tolist() == [[1.0, 2.5], [-1.0, -1.0]]


# A model and its door


def refuses(call: Any) -> bool:
    """Return whether a call is refused; anything else that it may raise is a bug."""
    try:
        call()
    except (ms.InputError, pandera.errors.SchemaErrors):
        return True
    return False


def framework(**settings: Any) -> ms.Framework:
    """Return a framework of two series, of a region where it is asked for one."""
    rows = pd.DataFrame({"code": ["X", "Y"], "factor": "f", "direction": "benefit"})
    return ms.Framework.from_table(rows, **settings)


LONG = pd.DataFrame(
    {
        "market": ["KEN", "VNM", "Oz"] * 2,
        "indicator": ["X"] * 3 + ["Y"] * 3,
        "year": 2020,
        "value": [1.0, 2, 3, 5, 4, 6],
    }
).astype({"market": object, "indicator": object})
SOURCES = {"market": "Country Code", "indicator": "SERIES", "year": "TIME_PERIOD"}


def of_long(**columns: Any) -> pd.DataFrame:
    """Return the rows with other cells; a list stands for the first ones."""
    frame = LONG.astype(object)
    for name, cells in columns.items():
        given = cells if isinstance(cells, list) else [cells] * len(frame)
        frame[name] = pd.Series([*given, *frame[name][len(given) :]], dtype=object)
    return frame


@pytest.mark.parametrize(
    ("frame", "refused"),
    [
        (LONG, False),
        (LONG.rename(columns=str.upper), False),
        (LONG.rename(columns={**SOURCES, "value": "OBS_VALUE"}), False),
        (LONG.rename(columns={"value": "worth"}), True),
        (LONG.iloc[:0], True),
        (LONG.iloc[:, :0], True),
        (LONG.drop(columns="market"), True),
        (LONG.set_index("market"), True),
        (LONG.iloc[:, [0, 0, 1, 2, 3]], True),
        (LONG.iloc[:, [0, 1, 2, 3, 3]], True),
        (pd.concat([LONG], axis=1, keys=["all"]), True),
        (LONG.set_axis([0] * 6), False),
        (LONG.astype("category"), False),
        (LONG.assign(note="a", FREQ="A"), False),
        (LONG.assign(FREQ=["A", "M"] * 3), True),
        (LONG.assign(UNIT_MULT=["3", "", "3"] * 2), True),
        (LONG.assign(value=True), False),
        (of_long(value=[True]), True),
        (of_long(value=["1,5"]), True),
        (of_long(value=["1.5", None]), False),
        (of_long(value=[np.inf]), True),
        (of_long(value=[[1]]), True),
        (of_long(year=["2020", 2019.0]), False),
        (of_long(year=[1066]), True),
        (of_long(year=[True]), True),
        (of_long(year=["last"]), True),
        (of_long(year=[None, None, None]), False),
        (pd.concat([LONG, LONG.head(1).assign(year=np.nan)]), True),
        (pd.concat([LONG, LONG.head(1).assign(year=np.nan, value=np.nan)]), False),
        (pd.concat([LONG, LONG.head(1)]), True),
        (pd.concat([LONG, LONG.head(1).assign(market="KEN ")]), True),
        (pd.concat([LONG, LONG.head(1).assign(market="KEN ", year=2019)]), False),
        (pd.concat([LONG, LONG.head(1).assign(market="Kenya")]), True),
        (pd.concat([LONG, LONG.head(1).assign(market="Kenya", value=np.nan)]), False),
        (of_long(market=[1, 2, 3, 1, 2, 3]), False),
        (of_long(market=[True, 2, 3, True, 2, 3]), True),
        (LONG.assign(market=[True, False] * 3, year=range(2015, 2021)), True),
        (of_long(market=[None]), True),
        (of_long(market=[[1]]), True),
        (of_long(market=["\ud800"]), True),
        (of_long(indicator=[" "]), True),
    ],
)
def test_the_model_of_observations_takes_what_its_door_takes(
    frame: pd.DataFrame, refused: bool
) -> None:
    before = frame.copy()
    assert refuses(lambda: ms.indicator_table(frame, framework(), as_of=2020, max_age=5)) is refused
    assert refuses(lambda: schemas.Observations.validate(frame, lazy=True)) is refused
    assert_frame_equal(frame, before)


def test_the_models_say_what_they_refuse_in_the_words_of_the_door() -> None:
    several = LONG.assign(FREQ=["A", "M"] * 3)
    with pytest.raises(pandera.errors.SchemaErrors, match=r"FREQ.*within the series"):
        schemas.Observations.validate(several, lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors, match="this is a long table of observations"):
        schemas.WideTable.validate(LONG, lazy=True)


TABLE = pd.DataFrame({"X": [1.0, 2, 3], "Y": [5.0, 4, 6]}, index=["KEN", "VNM", "Oz"])


@pytest.mark.parametrize(
    ("frame", "refused"),
    [
        (TABLE, False),
        (TABLE.assign(region=["n", "s", "s"], note="a"), False),
        (TABLE.assign(region=pd.Categorical(["n", "s", "s"])), False),
        (TABLE.rename_axis("market").reset_index(), False),
        (TABLE.rename_axis("Country Code").reset_index(), False),
        (TABLE.rename_axis("who").reset_index(), False),
        (TABLE.reset_index(drop=True), False),
        (TABLE.set_axis(["KEN", "VNM", "KEN"]).rename_axis("market").reset_index(), True),
        (TABLE.set_axis(["KEN", "VNM", "KEN"]), True),
        (TABLE.set_axis(["KEN", "VNM", "KEN "]), True),
        (TABLE.set_axis(["KEN", "VNM", "Kenya"]), True),
        (TABLE.set_axis(["KEN", "VNM", " "]), True),
        (TABLE.set_axis([True, False, 2]), True),
        (TABLE.iloc[:2].set_axis([True, False]), True),
        (TABLE.set_axis([1, 2, 3]), False),
        (TABLE.set_axis(pd.Index([2019, 2020, 2021], name="year")), True),
        (TABLE.set_axis(pd.date_range("2020", periods=3)), True),
        (TABLE.set_axis(pd.MultiIndex.from_product([["KEN"], [1, 2, 3]])), True),
        (pd.concat([TABLE], axis=1, keys=["all"]), True),
        (TABLE.iloc[:0], True),
        (TABLE.iloc[:, :0], True),
        (TABLE.iloc[:, [0, 1, 1]], True),
        (TABLE.assign(**{" ": 1.0}), True),
        (pd.concat([TABLE, TABLE[["X"]].set_axis([True], axis=1)], axis=1), True),
        (TABLE.astype({"X": object}).replace({"X": {1.0: "x"}}), True),
        (TABLE.astype({"X": object}).replace({"X": {1.0: "1.5"}}), False),
        (TABLE.astype({"X": object}).replace({"X": {1.0: True}}), True),
        (TABLE.replace(1.0, np.inf), True),
        (TABLE.replace(1.0, np.nan), False),
        (TABLE.assign(X=[True, False, True]), False),
        (LONG, True),
    ],
)
def test_the_model_of_a_wide_table_takes_what_its_door_takes(
    frame: pd.DataFrame, refused: bool
) -> None:
    before = frame.copy()
    rules = framework(group="region", min_coverage=0)
    assert refuses(lambda: ms.rank_markets(frame, rules, draws=0)) is refused
    assert refuses(lambda: schemas.WideTable.validate(frame, lazy=True)) is refused
    assert_frame_equal(frame, before)


def test_the_model_of_a_wide_table_returns_what_its_door_reads() -> None:
    given = TABLE.rename_axis("market").reset_index().assign(region=["n", "s", "s"])
    read = schemas.WideTable.validate(given.astype({"X": str}))
    assert read.index.tolist() == ["KEN", "VNM", "Oz"]
    assert read["X"].tolist() == [1.0, 2.0, 3.0]
    assert read["region"].tolist() == ["n", "s", "s"]


def test_a_column_of_words_alone_is_in_the_json_schema_of_a_wide_table() -> None:
    schema = schemas.WideTable.to_json_schema()
    jsonschema.validate({"X": [1, "2"], "region": ["n", None, "south 2"]}, schema)
    frames: list[dict[str, Any]] = [{"X": [1, "n"]}, {"X": ["1", "n"]}, {"X": []}, {}]
    for odd in frames:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(odd, schema)


# Catalogues


def test_the_embedded_catalogue_keeps_its_model() -> None:
    embedded = ms.load_catalogue()
    assert_frame_equal(schemas.Catalogue.validate(embedded), embedded)


@pytest.mark.parametrize(
    ("column", "cell", "check"),
    [("unit", " ", "text"), ("licence", None, "text"), ("name", np.nan, "text")],
)
def test_a_catalogue_without_a_text_is_refused(column: str, cell: Any, check: str) -> None:
    frame = ms.load_catalogue().head(3)
    frame[column] = [cell, "b", "c"]
    assert failed(schemas.Catalogue, frame) == {check}


def test_a_catalogue_names_each_series_once() -> None:
    frame = ms.load_catalogue().head(2)
    twice = frame.set_axis(pd.Index(["X", "X"], name="indicator"))
    assert failed(schemas.Catalogue, twice) == {"once"}
    blank = frame.set_axis(pd.Index(["X", " "], name="indicator"))
    assert failed(schemas.Catalogue, blank) == {"text"}
    assert failed(schemas.Catalogue, frame.drop(columns="licence")) == {"column_in_dataframe"}


# Weights


@pytest.mark.parametrize(
    ("weight", "checks"),
    [
        (2, set()), ("3", set()), (0, set()), (True, {"size"}), (-1, {"size"}), (None, {"size"}),
        (" ", {"size"}), ("x", {"size"}), (np.inf, {"size"}), ("1_0", {"size"}),
    ],
)  # fmt: skip
def test_a_weight_is_a_finite_number_not_below_zero(weight: Any, checks: set[str]) -> None:
    frame = pd.DataFrame({"name": ["a", "b"], "weight": pd.Series([1, weight], dtype=object)})
    assert failed(schemas.Weights, frame) == checks


def test_a_weight_has_a_name_of_its_own() -> None:
    frame = pd.DataFrame({"name": ["a", "a"], "weight": [1, 2]})
    assert failed(schemas.Weights, frame) == {"once"}
    assert failed(schemas.Weights, frame.assign(name=["a", ""])) == {"named"}


def test_weights_are_some_and_not_all_zero() -> None:
    frame = pd.DataFrame({"name": ["a", "b"], "weight": pd.Series([0, "0.0"], dtype=object)})
    assert failed(schemas.Weights, frame) == {"counts"}
    assert failed(schemas.Weights, frame.assign(weight=[0, -1])) == {"size"}
    assert failed(schemas.Weights, frame.head(0)) == {"some"}
    # Which of a call's weights are a group, and so may not all be zero, the framework says.
    assert schemas.check_weights({"a": 0}) == {"a": 0.0}


# Comparisons

CELLS = [None, "", 1, 2, "1/2", 0.5, 3, "1/3", "0.3333", 0.34, 0, -1, "x", True, "nan", 1e13, "1_0"]


@pytest.mark.slow
@given(st.lists(st.sampled_from(CELLS), min_size=4, max_size=4))
def test_comparisons_are_refused_by_the_model_where_ahp_weights_refuses_them(
    cells: list[Any],
) -> None:
    frame = pd.DataFrame([cells[:2], cells[2:]], list("ab"), list("ab"), dtype=object)
    refused = False
    try:
        ms.ahp_weights(frame)
    except ms.InputError:
        refused = True
    assert bool(failed(schemas.Comparisons, frame)) is refused


@pytest.mark.parametrize(
    ("cells", "check"),
    [
        ([[1, "x"], [None, 1]], "ratio"),
        ([[1, True], [None, 1]], "ratio"),
        ([[1, -2], [None, 1]], "ratio"),
        ([[2, 3], [None, 1]], "diagonal"),
        ([[1, 3], ["1/4", 1]], "mutual"),
    ],
)
def test_comparisons_are_refused_by_the_check_that_says_why(cells: Any, check: str) -> None:
    frame = pd.DataFrame(cells, list("ab"), list("ab"), dtype=object)
    assert failed(schemas.Comparisons, frame) == {check}
    assert failed(schemas.Comparisons, frame.loc[["b", "a"]]) == {check}
    assert "alike" in failed(schemas.Comparisons, frame.set_axis(["a", "c"]))


@pytest.mark.parametrize(
    ("frame", "checks"),
    [
        (pd.DataFrame(), {"some"}),
        (pd.DataFrame([[1, None], [None, 1]], list("ab"), list("ab"), dtype=object), {"linked"}),
        (
            pd.DataFrame(
                [[1, 2, None, None], [None, 1, None, None], [None, None, 1, 5], [None] * 4],
                list("abcd"),
                list("abcd"),
                dtype=object,
            ),
            {"linked"},
        ),
        (
            pd.DataFrame(
                [[1, 2, None], [None, 1, 3], [None, None, 1]],
                list("abc"),
                list("abc"),
                dtype=object,
            ),
            set(),
        ),
        (pd.DataFrame([[1, 2], [None, 1]], ["a", " "], ["a", " "], dtype=object), {"named"}),
        (pd.DataFrame([[1]], ["a"], ["a"]), set()),
    ],
)
def test_comparisons_link_all_names(frame: pd.DataFrame, checks: set[str]) -> None:
    assert failed(schemas.Comparisons, frame) == checks
    if checks:
        with pytest.raises(ms.InputError):
            ms.ahp_weights(frame)
    else:
        assert len(ms.ahp_weights(frame).weights) == len(frame)


def test_comparisons_come_back_with_text_read_as_ratios() -> None:
    frame = pd.DataFrame([[1, "1/4"], [" ", "1"]], list("ab"), list("ab"), dtype=object)
    read = schemas.Comparisons.validate(frame)
    assert read.fillna(-1).to_numpy().tolist() == [[1.0, 0.25], [-1.0, 1.0]]


@pytest.mark.parametrize("call", [ms.ahp_weights, lambda frame: ms.group_judgements([frame])])
def test_frames_of_comparisons_pass_the_model(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame([[1, 9], [None, 1]], list("ab"), list("ab"), dtype=object)
    assert call(frame).weights.round(1).tolist() == [0.9, 0.1]
    monkeypatch.setattr(
        contracts, "is_ratio", lambda cell: cell != 9 and values.is_ratio(cell), raising=True
    )
    monkeypatch.setattr(_comparisons, "is_ratio", lambda cell: cell != 9, raising=True)
    with pytest.raises(ms.InputError, match='comparison of "a" with "b" is 9; a ratio above zero'):
        call(frame)


def test_a_damaged_catalogue_is_told_by_its_series(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = ms.load_catalogue().head(3)
    code = frame.index[1]
    frame.loc[code, "unit"] = ""
    frame.to_csv(tmp_path / "catalogue.csv")
    monkeypatch.setattr(embedded, "_snapshot", lambda: tmp_path)
    with pytest.raises(
        ms.MarketSelectError,
        match=rf'damaged: ".*catalogue.csv": series "{code}": unit is empty; a text is needed',
    ):
        ms.load_catalogue()
    frame.drop(columns="unit").to_csv(tmp_path / "catalogue.csv")
    with pytest.raises(ms.MarketSelectError, match=r'damaged: .*there is no column "unit"'):
        ms.load_catalogue()


def test_a_catalogue_with_a_series_twice_is_refused() -> None:
    frame = ms.load_catalogue().head(2)
    with pytest.raises(ms.InputError, match='series "X": it stands there more than once') as caught:
        schemas.check_catalogue(frame.set_axis(pd.Index(["X", "X"], name="indicator")))
    assert caught.value.faults[0].code == "duplicate"


def test_the_catalogue_is_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    checked = schemas.check_catalogue

    def counted(frame: pd.DataFrame) -> pd.DataFrame:
        calls.append(len(frame))
        return checked(frame)

    monkeypatch.setattr(schemas, "check_catalogue", counted)
    embedded._embedded_catalogue.cache_clear()
    assert_frame_equal(ms.load_catalogue(), ms.load_catalogue())
    assert calls == [len(ms.load_catalogue())]


@pytest.mark.slow
def test_the_models_are_imported_by_their_public_name() -> None:
    script = "from marketselect.schemas import Observations; print(Observations.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "Observations\n"
