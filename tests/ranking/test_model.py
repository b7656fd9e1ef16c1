"""The model of a ranking gives its scores again, from arrays alone."""

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from shared import pestle_table

METHODS = list(ms.METHODS)


@pytest.fixture(scope="module")
def table() -> ms.IndicatorTable:
    return pestle_table()


def raw_of(ranking: ms.Ranking) -> FloatArray:
    codes = list(ranking.scores.framework.codes)
    return ranking.scores.table.values.loc[ranking.matrix.index, codes].to_numpy()


@pytest.mark.parametrize("method", METHODS)
def test_scores_come_again_to_the_last_bit(table: ms.IndicatorTable, method: str) -> None:
    ranking = ms.rank_markets(table, "pestle", method=method, draws=0)
    again = ranking.model.scores_from(raw_of(ranking))[ranking.place]
    assert again.tolist() == ranking.table["score"].tolist()


@pytest.mark.parametrize("normalization", ["z-score", "percentile-rank", "distance-to-max"])
def test_other_scales_come_again_too(table: ms.IndicatorTable, normalization: Any) -> None:
    rules = ms.load_framework("pestle")
    bare = replace(
        rules,
        normalization=normalization,
        treatment="skew-kurtosis",
        indicators=tuple(replace(i, goalposts=None, transform=None) for i in rules.indicators),
    )
    ranking = ms.rank_markets(table, bare, draws=0, method="weighted_sum")
    again = ranking.model.scores_from(raw_of(ranking))[ranking.place]
    assert again.tolist() == ranking.table["score"].tolist()


def test_rounded_scores_are_rounded_again() -> None:
    data = pd.DataFrame({"gdp": [1.0, 2.04, 3.0]}, index=list("ABC"))
    rules = ms.Framework(
        name="one",
        decimals=1,
        range=(0, 1),
        factors=(ms.Factor(code="size"),),
        indicators=(ms.Indicator(code="gdp", factor="size", direction="benefit"),),
    )
    model = ms.rank_markets(data, rules, draws=0).model
    assert model.scores_from(data.to_numpy()).tolist() == [0.0, 0.5, 1.0]
    assert model.by("topsis").decimals is None


def test_a_batch_of_weights_and_data_is_scored_as_one_by_one(table: ms.IndicatorTable) -> None:
    ranking = ms.rank_markets(table, "pestle", draws=0)
    model, raw = ranking.model, raw_of(ranking)[:40]
    rng = np.random.default_rng(0)
    years = np.stack([raw, raw * rng.uniform(0.99, 1.01, raw.shape)])
    np.testing.assert_array_equal(
        model.scores_from(years), [model.scores_from(each) for each in years]
    )
    factors = model.factors(model.normalize(raw))
    weights = rng.dirichlet(np.ones(factors.shape[-1]), 5)
    batch = model.scores(factors, weights)
    assert batch.shape == (5, 40)
    for one, given in zip(batch, weights, strict=True):
        np.testing.assert_allclose(one, replace(model, weights=given).scores(factors), rtol=1e-13)


def test_columns_of_a_frame_are_found_by_name_and_its_rows_stay_in_their_order(
    table: ms.IndicatorTable,
) -> None:
    model = (ranking := ms.rank_markets(table, "pestle", draws=0)).model
    normalized: Any = pd.DataFrame(
        model.normalize(raw_of(ranking)[:9]), columns=list(model.framework.codes)
    )
    found = model.factors(normalized)
    np.testing.assert_array_equal(model.factors(normalized.iloc[:, ::-1]), found)
    np.testing.assert_array_equal(model.factors(normalized[::-1]), found[::-1])


def test_the_weights_of_every_level_may_be_drawn(table: ms.IndicatorTable) -> None:
    """A draw of each sibling group's weights scores as the framework with these weights does."""
    rules = replace(ms.load_framework("pestle"), min_coverage=0.0)
    ranking = ms.rank_markets(table, rules, draws=0)
    raw = raw_of(ranking)
    rng = np.random.default_rng(1)
    drawn = {
        parent: rng.dirichlet(np.ones(len(codes)), 3)
        for parent, codes in rules.tree.children.items()
    }
    scores = ranking.model.scores_from(raw, drawn)
    assert scores.shape == (3, len(ranking.matrix))
    for place in range(3):
        weights = {
            code: share
            for parent, codes in rules.tree.children.items()
            for code, share in zip(codes, drawn[parent][place].tolist(), strict=True)
        }
        again = ms.rank_markets(table, rules, weights=weights, draws=0, method="weighted_sum")
        expected = again.table["score"].reindex(ranking.matrix.index).to_numpy()
        np.testing.assert_allclose(scores[place], expected, rtol=1e-12)


def test_a_model_is_frozen_and_pickles(table: ms.IndicatorTable) -> None:
    model = ms.rank_markets(table, "pestle", draws=0).model
    again = pickle.loads(pickle.dumps(model))
    raw = table.values.iloc[:3].to_numpy()
    np.testing.assert_array_equal(model.scores_from(raw), again.scores_from(raw))
    with pytest.raises(ValueError, match="read-only"):
        model.weights[0] = 1.0


def test_what_has_no_answer_is_told_by_its_place() -> None:
    data = pd.DataFrame({"gdp": [1.0, 2.0]}, index=list("AB"))
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="size"),),
        indicators=(ms.Indicator(code="gdp", factor="size", direction="benefit", transform="log"),),
    )
    model = ms.rank_markets(data, rules, draws=0).model
    with pytest.raises(InputError, match='indicator "gdp", market "1": value is -2, a logarithm'):
        model.scores_from(np.array([[[1.0], [2.0]], [[1.0], [-2.0]]]))
    with pytest.raises(InputError, match=r"matrix\[0, 0\] is"):
        model.scores_from(np.array([[np.nan]]))


def test_draws_beyond_the_ends_of_a_scale_are_not_clipped() -> None:
    """Goalposts 0 and 10 on a range of 0 to 100: ten points a unit, on both sides of the ends."""
    data = pd.DataFrame({"gdp": [2.0, 5.0, 8.0]}, index=list("ABC"))
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="size"),),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 10)),
        ),
    )
    model = ms.rank_markets(data, rules, draws=0).model
    drawn = np.array([[-1.0, 5.0], [10.0, 12.0]])
    assert model.unclipped(drawn, "gdp").tolist() == [[-10.0, 50.0], [100.0, 120.0]]
    assert model.normalize(drawn[..., None])[..., 0].tolist() == [[0.0, 50.0], [100.0, 100.0]]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("framework", "pestle", "Model.framework: got str; a Framework is needed"),
        ("scale", None, "Model.scale: got NoneType; a Scale is needed"),
        ("method", "topsis", "Model.method is 'topsis'; a Method is needed; Model.by takes names"),
        ("options", None, "Model.options: got NoneType; a Mapping is needed"),
        ("decimals", "x", "Model.decimals is 'x'; a whole number, 0 or more, is needed"),
        ("decimals", True, "Model.decimals is True; a whole number, 0 or more, is needed"),
        ("weights", "x", "Model.weights is 'x'; a number is needed"),
    ],
)
def test_a_model_refuses_what_it_could_not_score_with(field: str, value: Any, message: str) -> None:
    data = pd.DataFrame({"gdp": [1.0, 2.0]}, index=list("AB"))
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="size"),),
        indicators=(ms.Indicator(code="gdp", factor="size", direction="benefit"),),
    )
    model = ms.rank_markets(data, rules, draws=0).model
    with pytest.raises(InputError, match=message):
        replace(model, **{field: value})
    listed: Any = [1.0]
    assert replace(model, weights=listed).scores_from(data.to_numpy()).tolist() == [0.0, 100.0]
    with pytest.raises(ValueError, match="read-only"):
        replace(model, weights=listed).weights[0] = 2


def test_what_has_names_is_read_by_them() -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame(
            {"code": ["x", "y"], "factor": ["a", "b"], "direction": ["benefit", "benefit"]}
        )
    )
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 1.0, 4.0]}, ["A", "B", "C"])
    ranking = ms.rank_markets(data, rules, weights={"a": 9, "b": 1}, draws=0)
    model, factors = ranking.model, ranking.matrix
    turned: Any = data[["y", "x"]]
    assert model.scores_from(turned).tolist() == model.scores_from(data.to_numpy()).tolist()
    parts: Any = factors[["b", "a"]]
    assert model.scores(parts).tolist() == model.scores(factors.to_numpy()).tolist()
    weights: Any = pd.Series({"b": 3.0, "a": 1.0})
    plain = model.scores(factors.to_numpy(), np.array([1.0, 3.0]))
    assert model.scores(factors.to_numpy(), weights).tolist() == plain.tolist()
    for columns in (("b", "a"), ("p", "q")):
        with pytest.raises(InputError, match="matrix is of "):
            model.scores(ms.Matrix(values=factors.to_numpy(), columns=columns))
    with pytest.raises(InputError, match="matrix is of"):
        model.scores(factors.set_axis(pd.Index([{}, "b"], dtype=object), axis=1))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="raw values is of"):
        model.scores_from(turned.rename(columns={"y": "z"}))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda model: model.factors(np.zeros((2, 3))), "normalized values have shape"),
        (lambda model: model.factors(np.zeros(2)), "give each market a row"),
        (lambda model: model.factors({"x": np.zeros(2)}), 'lack "y"'),
        (lambda model: model.factors(np.zeros((2, 2)), split={}), 'split: lacks "a"'),
        (lambda model: model.factors(np.zeros((2, 2)), split=5), "split is 5"),
        (lambda model: model.unit_scores("x"), "matrix is 'x'"),
        (lambda model: model.unclipped("x", "x"), "values is 'x'"),
        (lambda model: model.rounded("x"), "scores is 'x'"),
        (lambda model: model.call(np.zeros((2, 2)), "x"), "weights is 'x'"),
        (lambda model: model.parts(np.zeros((2, 2)), [[1], [1, 2]]), "used is"),
        (lambda model: model.parts(np.ones((2, 2, 2)), np.array([True, False])), "markets x fac"),
        (lambda model: model.normalize(np.array([[1, np.inf]])), r'raw values\[0\] of "y" is inf'),
        (lambda model: model.scores_from(np.array([[-np.inf, 1]])), 'raw values.* of "x" is -inf'),
        (lambda model: model.unclipped(np.array([1, np.inf]), "x"), r"values\[1\] is inf"),
        (lambda model: model.unclipped(np.array([1e308]), "x"), "value of 1e.308, whose score"),
        (lambda model: model.factors(np.array([[1, np.inf]])), r'"b"\[0\] of "y" is inf'),
        (lambda model: model.factors({"x": np.array([-np.inf]), "y": np.ones(1)}), '"x" is -inf'),
        (
            lambda model: model.factors(
                np.ones((1, 2)), {"a": np.array([np.inf]), "b": np.ones(1)}
            ),
            r'split\["a"\] of "x" is inf',
        ),
        (
            lambda model: model.factors(np.ones((1, 2)), {"a": np.ones(1), "b": np.array([-1.0])}),
            r'split\["b"\] of "y" is -1',
        ),
        (lambda model: model.scores(np.array([[1, np.inf]])), r"matrix\[0, 1\] is inf"),
        (
            lambda model: model.scores(np.ones((1, 2)), np.array([1, np.inf])),
            r"weights\[1\] is inf",
        ),
    ],
)
def test_what_a_model_cannot_be_asked_is_refused(call: Any, told: str) -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame(
            {"code": ["x", "y"], "factor": ["a", "b"], "direction": ["benefit", "benefit"]}
        )
    )
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 1.0, 4.0]}, ["A", "B", "C"])
    with pytest.raises(InputError, match=told):
        call(ms.rank_markets(data, rules, draws=0).model)


def test_an_infinite_value_is_not_taken_for_a_missing_one() -> None:
    """Beside another indicator a missing value's weight goes there: 3; an infinity is refused."""
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["x", "y"], "factor": ["a", "a"], "direction": ["benefit"] * 2})
    )
    data = pd.DataFrame({"x": [1.0, 2.0], "y": [2.0, 1.0]}, ["A", "B"])
    model = ms.rank_markets(data, rules, draws=0).model
    assert model.factors(np.array([[np.nan, 3.0]])).tolist() == [[3.0]]
    assert np.isnan(model.factors(np.array([[np.nan, np.nan]]))).tolist() == [[True]]
    with pytest.raises(InputError, match="is inf") as error:
        model.factors(np.array([[np.inf, 3.0]]))
    assert error.value.faults[0].code == "infinite"


def test_odd_draws_of_groups_are_refused(table: ms.IndicatorTable) -> None:
    drawn = ms.rank_markets(table, "pestle", draws=0).weight_draws
    with pytest.raises(InputError, match="draws is 'x'"):
        list(drawn.drawn_groups("x", 10))  # type: ignore[arg-type]
