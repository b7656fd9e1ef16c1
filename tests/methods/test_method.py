"""A method as a value: what there is to know of it, and all that follows from that."""

import ast
import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import CheckedWeights
from marketselect.errors import Fault, InputError, callable_name
from marketselect.framework import vocabulary
from marketselect.methods import METHODS, Method, as_method
from shared import modules

SOURCES = Path(ms.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"

FRAMEWORK = ms.Framework(
    name="three",
    factors=(ms.Factor(code="size", weight=3), ms.Factor(code="risk"), ms.Factor(code="law")),
    indicators=tuple(
        ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
        for code in ("size", "risk", "law")
    ),
)
DATA = pd.DataFrame(
    {
        "size1": [80.0, 20.0, 60.0, 40.0],
        "risk1": [10.0, 90.0, 40.0, 70.0],
        "law1": [30, 50, 20, 90],
    },
    index=["VNM", "POL", "MEX", "IND"],
)


def rank(method: Any, **given: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, FRAMEWORK, method=method, **given)


def mean(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(weights @ matrix.T)


MEAN = ms.Method(call=mean, linear=True, batch="weights", unit="points", label="my mean")


# --- the table


def test_the_table_of_methods_cannot_be_changed() -> None:
    table: Any = ms.METHODS
    with pytest.raises(TypeError, match="does not support item assignment"):
        table["mine"] = mean
    with pytest.raises(TypeError, match="does not support item deletion"):
        del table["topsis"]
    with pytest.raises(AttributeError):
        METHODS["topsis"].linear = True  # type: ignore[misc]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_hashable_pickles_and_copies(name: str) -> None:
    method = METHODS[name]
    assert pickle.loads(pickle.dumps(method)) == method == deepcopy(method)
    assert hash(pickle.loads(pickle.dumps(method))) == hash(method)
    assert len({method, replace(method, label="other")}) == 2


@pytest.mark.parametrize("name", METHODS)
def test_a_methods_name_function_and_value_are_one_and_the_same(name: str) -> None:
    function = getattr(ms, name)
    assert callable(function)
    assert not isinstance(function, Method)
    by_name, *others = (rank(method) for method in (name, function, METHODS[name]))
    for other in others:
        pd.testing.assert_frame_equal(other.table, by_name.table)
        assert (other.method, other.call, other.options) == (name, METHODS[name], by_name.options)
        assert other.provenance["draws"] == 10_000


@pytest.mark.parametrize("name", METHODS)
def test_everything_that_lists_methods_lists_each(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from marketselect.cli import main

    assert set(vocabulary.METHOD_NAMES) == set(METHODS)
    method = METHODS[name]
    assert method.shipped == method.name == name
    assert method.batch == "both"
    assert method.label
    assert method.description.endswith(".")
    assert method.unit_of(method.on_scale(0, 100))
    assert main(["rank", "--help"]) == 0
    assert name in capsys.readouterr().out
    text = (DOCS / "methods.md").read_text(encoding="utf-8")
    assert f"| `{name}` |" in text
    assert f"## {method.label[0].upper()}{method.label[1:]}\n" in text


@pytest.mark.slow
def test_no_module_outside_methods_knows_a_methods_name() -> None:
    """Only the words of a framework and the public names spell them; a vote bears one, too."""
    allowed = {("__init__.py", name) for name in METHODS} | {
        ("framework.py", "weighted_sum"),  # what a framework is by unless it says so
        ("weighting/__init__.py", "ahp"),  # a weighting
        ("uncertainty/votes.py", "copeland"),  # a rule of a vote
    }
    found = set()
    for path, tree in modules().items():
        place = path.relative_to(SOURCES).as_posix()
        if place.startswith(("methods/", "framework/")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in METHODS:
                found.add((place, node.value))
    assert found <= allowed


# --- a method of one's own


@pytest.mark.slow
def test_what_a_method_says_of_itself_is_used() -> None:
    plain, told = rank(mean), rank(MEAN)
    assert plain.provenance["draws"] == 500
    assert plain.effective_weights is None
    with pytest.raises(InputError, match="as far as anyone can tell of a method of your own"):
        ms.contributions(plain)
    assert told.provenance["draws"] == 10_000
    assert told.method == "mean"
    by_name = rank("weighted_sum")
    for frame in ("table", "effective_weights"):
        np.testing.assert_allclose(
            getattr(told, frame).to_numpy(dtype=float),
            getattr(by_name, frame).to_numpy(dtype=float),
        )
    np.testing.assert_allclose(ms.contributions(told), ms.contributions(by_name))
    np.testing.assert_allclose(
        ms.contributions(told, level="indicator"), ms.contributions(by_name, level="indicator")
    )
    assert ms.rank_bounds(told).table.equals(ms.rank_bounds(by_name).table)


def test_a_method_that_says_no_more_is_as_its_callable() -> None:
    told = rank(ms.Method(call=mean, name="mine"))
    assert (told.method, told.provenance["draws"]) == ("mine", 500)
    np.testing.assert_array_equal(told.table["score"], rank(mean).table["score"])


def test_a_callable_that_carries_batch_takes_many_weight_vectors() -> None:
    def many(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        return mean(matrix, weights)

    many.batch = True  # type: ignore[attr-defined]
    assert rank(many).call.batch == "weights"
    assert rank(many).provenance["draws"] == 10_000
    assert rank(partial(many)).provenance["draws"] == 10_000


def test_a_methods_own_fixed_options_hold_on_the_scale() -> None:
    def above(matrix: FloatArray, weights: FloatArray, *, foot: float) -> FloatArray:
        return (matrix - foot) @ weights

    for fixed in ({"foot": 10.0}, lambda low, high: {"foot": low + 0.1 * (high - low)}):
        ranking = rank(ms.Method(call=above, fixed_options=fixed))
        assert ranking.options == {"foot": 10.0}
        np.testing.assert_allclose(ranking.table["score"], rank(mean).table["score"] - 10)
    assert rank(ms.Method(call=above, options={"foot": 5.0})).options == {"foot": 5.0}
    assert rank(ms.Method(call=above, options={"foot": 5.0}), options={"foot": 1.0}).options == {
        "foot": 1.0
    }


@pytest.mark.parametrize(
    ("alone", "reasons"),
    [
        (None, ("mean may measure a market against the others",)),
        (False, ("mean measures a market against the others",)),
        (True, ()),
    ],
)
def test_a_method_says_whether_a_market_stands_alone(
    alone: bool | None, reasons: tuple[str, ...]
) -> None:
    found = ms.rank_reversals(rank(ms.Method(call=mean, alone=alone)))
    assert found.reasons == reasons


def test_fixed_points_on_a_scale_of_ones_own_make_no_reversal_possible() -> None:
    given = {"normalization": "min-max", "ideal": 100.0, "anti_ideal": 0.0}
    assert not ms.rank_reversals(rank("topsis", options=given)).possible


def test_a_methods_words_are_shown() -> None:
    from marketselect.report.pictures.parts import score_words

    assert score_words(rank(MEAN)) == "Score by my mean (points, 0 to 100)"
    assert score_words(rank(mean)) == "Score by mean"


# --- a partial of one of ours


PARTIALS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (ms.topsis, {"metric": "manhattan"}),
    (ms.topsis, {"normalization": "none", "ideal": 100.0, "anti_ideal": 0.0}),
    (ms.weighted_sum, {"normalization": "vector"}),
    (ms.weighted_product, {}),
    (ms.ahp, {}),
    (ms.vikor, {"v": 0.2}),
    (ms.promethee, {"preference": "usual"}),
    (ms.copeland, {"rule": "shares"}),
]


@pytest.mark.parametrize(("function", "options"), PARTIALS)
def test_a_partial_is_that_function_with_these_options(
    function: Callable[..., Any], options: dict[str, Any]
) -> None:
    ranking = rank(partial(function, **options))
    name = callable_name(function)
    weights = np.array(list(ranking.weights))
    scores = function(np.array(ranking.matrix, order="C"), weights, **options).scores
    np.testing.assert_array_equal(
        ranking.table["score"], pd.Series(scores, ranking.matrix.index)[ranking.table.index]
    )
    assert ranking.method == name
    assert ranking.provenance["draws"] == 10_000
    assert ranking.call.linear == METHODS[name].linear
    # Name and options say it all.
    again = rank(name, options=ranking.options)
    pd.testing.assert_frame_equal(again.table, ranking.table)
    assert again.fingerprint == ranking.fingerprint


def test_a_partial_is_replayed_by_name_and_options(tmp_path: Path) -> None:
    ranking = rank(partial(ms.topsis, normalization="none", ideal=100.0, anti_ideal=0.0), draws=5)
    ms.save_study(ranking, tmp_path / "study")
    assert ms.replay_study(tmp_path / "study").identical


def test_a_partial_keeps_its_parts() -> None:
    ranking = rank(partial(ms.topsis, metric="manhattan"))
    np.testing.assert_allclose(ms.contributions(ranking).sum(axis=1), ranking.table["score"])


def test_options_of_the_call_go_before_those_of_the_partial() -> None:
    ranking = rank(partial(ms.vikor, v=0.2), options={"v": 0.9})
    assert ranking.options == {"v": 0.9}


def test_a_partial_under_a_name_of_ones_own_keeps_what_is_known(tmp_path: Path) -> None:
    method = ms.Method(call=partial(ms.topsis, metric="manhattan"), name="city")
    ranking, plain = rank(method), rank(partial(ms.topsis, metric="manhattan"))
    pd.testing.assert_frame_equal(ranking.table, plain.table)
    assert (ranking.method, ranking.provenance["draws"]) == ("city", 10_000)
    pd.testing.assert_frame_equal(ms.contributions(ranking), ms.contributions(plain))
    ms.save_study(ranking, tmp_path / "study")
    assert ms.replay_study(tmp_path / "study").identical


def test_a_partial_that_fills_the_matrix_is_a_callable_like_any_other() -> None:
    def last(first: float, matrix: FloatArray, weights: FloatArray) -> FloatArray:
        return first * mean(matrix, weights)

    assert rank(partial(last, 1)).method == "last"
    assert as_method(partial(ms.topsis, [[1.0]])).shipped == ""


def test_variants_of_one_method_are_compared_under_their_options() -> None:
    variants: list[Any] = [
        ms.vikor,
        partial(ms.vikor, v=0.2),
        partial(ms.topsis, metric="chebyshev"),
    ]
    comparison = ms.compare_methods(DATA, FRAMEWORK, methods=variants)
    assert comparison.ranks.columns.tolist() == [
        "vikor",
        "vikor(v=0.2)",
        'topsis(normalization="vector", metric="chebyshev")',
    ]
    with pytest.raises(InputError, match=r'^methods: "vikor" more than once'):
        ms.compare_methods(DATA, FRAMEWORK, methods=["vikor", ms.vikor])


@pytest.mark.slow
def test_an_unknown_callable_is_in_a_study_by_its_name(tmp_path: Path) -> None:
    methods: list[Any] = [mean, MEAN, partial(mean)]
    for place, method in enumerate(methods):
        study = ms.save_study(rank(method), tmp_path / f"study {place}")
        assert ms.replay_study(study, method=method).identical
        with pytest.raises(InputError, match=r'the method "mean" is a function of your own'):
            ms.replay_study(study)


def test_sensitivity_knows_a_method_by_any_of_its_forms() -> None:
    found = ms.sensitivity(
        DATA,
        FRAMEWORK,
        method=mean,
        choices={"method": [mean, ms.topsis, partial(ms.vikor, v=0.1)]},
    )
    assert found.one_at_a_time.loc["method"].index.tolist() == ["mean", "topsis", "vikor(v=0.1)"]
    assert found.one_at_a_time.loc[("method", "mean"), "mean_shift"] == 0


# --- names go in where a fault is made


def test_a_fault_of_ours_names_factor_and_market() -> None:
    scores = replace(FRAMEWORK, normalization="z-score", method="weighted_product")
    message = (
        r'^method weighted_product: factor "risk", market "VNM" is -1.21.*; a weighted product '
        r"needs values of zero or more: rescale the column; these are the factors' scores by "
        r'normalization "z-score": choose one that fills its range: "goalposts", "min-max"'
    )
    with pytest.raises(InputError, match=message) as raised:
        ms.rank_markets(DATA, scores)
    (fault,) = raised.value.faults
    assert (fault.code, fault.where) == (
        "undefined",
        'method weighted_product: factor "risk", market "VNM"',
    )
    with pytest.raises(InputError, match=r'^method ahp: factor "size", "risk", "law" has a neg'):
        ms.rank_markets(DATA, scores, method="ahp")


def test_an_option_by_name_reaches_the_factors() -> None:
    steps = {"law": 30.0, "size": 10.0, "risk": 20.0}
    by_name = rank("promethee", options={"p": pd.Series(steps)})
    in_order = rank("promethee", options={"p": [10.0, 20.0, 30.0]})
    pd.testing.assert_frame_equal(by_name.table, in_order.table)
    with pytest.raises(InputError, match=r'^method promethee: p has "lwa", .*Did you mean "law"'):
        rank("promethee", options={"p": {"lwa": 30.0, "size": 10.0, "risk": 20.0}})
    with pytest.raises(InputError, match=r'^method promethee: p of "law" is 0.0; give p above'):
        rank("promethee", options={"p": {**steps, "law": 0.0}})


@pytest.mark.parametrize(
    "text",
    [
        "matrix[500, 900] is bad",
        "see matrix[0, 1] of Smith (2001)",
        'matrix column "7" is odd',
        "matrix[0, 0]; matrix[1, 1]",
        "first line\n  second line\n",
        "",
    ],
)
@pytest.mark.parametrize("kind", [ValueError, InputError, KeyError])
def test_the_text_of_a_method_of_ones_own_arrives_as_it_is(
    text: str, kind: type[Exception]
) -> None:
    def bad(*_: FloatArray) -> FloatArray:
        raise kind(text)

    own = bad
    with pytest.raises(InputError) as raised:
        rank(own)
    assert str(kind(text)) in str(raised.value)
    assert str(raised.value).startswith("method bad")
    (fault,) = raised.value.faults
    assert fault.code == ("own-words" if kind is InputError else "method-failed")
    with pytest.raises(InputError) as again:
        ms.compare_methods(DATA, FRAMEWORK, methods=["topsis", own])
    assert str(kind(text)) in str(again.value)
    zscores = replace(FRAMEWORK, normalization="z-score")
    with pytest.raises(InputError) as relative:
        ms.rank_markets(DATA, zscores, method=own)
    assert str(relative.value) == str(raised.value)


def test_a_fault_of_a_method_of_ones_own_keeps_its_code() -> None:
    def bad(*_: FloatArray) -> FloatArray:
        raise InputError(Fault("undefined", "matrix[0, 1]", "is odd", "turn it round"))

    zscores = replace(FRAMEWORK, normalization="z-score")
    with pytest.raises(InputError) as raised:
        ms.rank_markets(DATA, zscores, method=bad)
    assert raised.value.faults == (
        Fault("undefined", "method bad: matrix[0, 1]", "is odd", "turn it round"),
    )


def test_a_method_of_ones_own_gets_arrays_that_are_its_own() -> None:
    def greedy(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        assert type(matrix) is type(weights) is np.ndarray
        scores = mean(matrix, weights)
        matrix[:], weights[:] = -1.0, -1.0
        return scores

    assert rank(greedy).table["score"].tolist() == rank(mean).table["score"].tolist()


@pytest.mark.slow
def test_labelled_scores_are_matched_by_their_labels() -> None:
    def labeled(order: list[Any]) -> Callable[..., Any]:
        def scores(matrix: FloatArray, weights: FloatArray) -> "pd.Series[float]":
            return pd.Series(mean(matrix, weights), DATA.index)[order]

        return scores

    expected = rank(mean).table["score"]
    for order in (["VNM", "POL", "MEX", "IND"], ["IND", "MEX", "VNM", "POL"]):
        pd.testing.assert_series_equal(rank(labeled(order)).table["score"], expected)
    with pytest.raises(InputError, match=r"^method scores: scores are named .*; name .* each once"):
        rank(labeled(["IND", "MEX", "VNM", "VNM"]))
    by_place = rank(lambda matrix, weights: pd.Series(mean(matrix, weights)))
    pd.testing.assert_series_equal(by_place.table["score"], expected)
    with pytest.raises(InputError, match=r'scores are named "D", "E", "F", "G"; name "VNM"'):
        rank(lambda matrix, weights: pd.Series(mean(matrix, weights), list("DEFG")))


def test_a_labelled_batch_is_matched_by_its_columns() -> None:
    def frame(matrix: FloatArray, weights: FloatArray) -> Any:
        found = pd.DataFrame(np.atleast_2d(mean(matrix, weights)), columns=DATA.index)
        turned = found[["IND", "MEX", "VNM", "POL"]]
        return turned if weights.ndim == 2 else turned.iloc[0]

    told = rank(ms.Method(call=frame, batch="weights"))
    pd.testing.assert_frame_equal(told.table, rank(replace(MEAN, name="frame")).table)


# --- each thing is checked once


def test_one_ranking_looks_at_its_matrix_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from marketselect.arrays import checks, weights

    counts = {"refuse_non_finite": 0, "float_matrix": 0}

    def counted(name: str) -> Callable[..., Any]:
        plain = getattr(checks, name)

        def call(values: Any, what: str, **given: Any) -> Any:
            counts[name] += what in ("matrix", "weights")
            return plain(values, what, **given)

        return call

    for name in counts:
        call = counted(name)
        monkeypatch.setattr(checks, name, call)
        monkeypatch.setattr(weights, name, call)
    for method in METHODS:
        counts.update(dict.fromkeys(counts, 0))
        ranking = rank(method, draws=5000)
        assert counts["refuse_non_finite"] <= 2  # the matrix and the weights of the call
        before = counts["refuse_non_finite"]
        if METHODS[method].linear:
            ms.contributions(ranking)
            assert counts["refuse_non_finite"] == before


def test_weights_that_were_read_are_divided_by_their_sum() -> None:
    shares = CheckedWeights(given=np.array([3.0, 1.0]), values=np.array([0.75, 0.25]))
    for method in METHODS.values():
        options = method.on_scale(0.0, 100.0)
        matrix = [[10.0, 20.0], [30.0, 5.0]]
        np.testing.assert_array_equal(
            method(matrix, shares, **options).scores, method(matrix, [3, 1], **options).scores
        )


def broken(*_: Any) -> Any:
    raise ZeroDivisionError("by nothing")


ASKED: dict[str, Callable[[ms.Method], object]] = {
    "fixed_options": rank,
    "unit": lambda method: rank(method).to_json(),
    "alone": lambda method: ms.rank_reversals(rank(method)),
    "game": lambda method: ms.contributions(rank(method)),
}


@pytest.mark.parametrize("field", ASKED)
def test_a_field_that_fails_when_it_is_asked_says_which_it_is(field: str) -> None:
    own: Any = {"call": mean, field: broken}
    with pytest.raises(
        InputError, match=f"^method mean: {field} failed, ZeroDivisionError: by nothing; call it"
    ) as caught:
        ASKED[field](ms.Method(**own))
    assert caught.value.faults[0].code == "method-failed"


@pytest.mark.parametrize("field", ASKED)
def test_a_field_that_returns_another_thing_says_what_is_needed(field: str) -> None:
    own: Any = {"call": mean, field: lambda *_: 5}
    with pytest.raises(
        InputError, match=f"^method mean: {field}: returned 5; .* needed$"
    ) as caught:
        ASKED[field](ms.Method(**own))
    assert caught.value.faults[0].code == "wrong-type"
