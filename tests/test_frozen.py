"""What is frozen stays frozen: options, and the arrays and frames of results."""

import copy
import pickle
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.frozen import (
    FrozenMapping,
    frozen_result,
    hashable,
    held_field,
    held_fields,
    later,
    owned,
    read_only,
    thawed,
)
from marketselect.scoring.normalization import NORMALIZATIONS
from marketselect.weighting import RULES, WEIGHTINGS


@frozen_result
class Small:
    numbers: Any
    table: pd.DataFrame
    shares: "pd.Series[float] | None" = None
    options: Any = None
    count: int = 3


def small() -> Small:
    return Small(
        numbers=np.arange(3.0), table=pd.DataFrame({"x": [1.0, 2.0]}), options={"p": [1, {"q": 2}]}
    )


def test_an_array_of_a_result_cannot_be_written_into() -> None:
    with pytest.raises(ValueError, match="read-only"):
        small().numbers[0] = 9


def test_what_is_written_into_a_frame_stays_with_the_reader() -> None:
    one = small()
    mine = one.table
    mine.loc[0, "x"] = 99.0
    mine["y"] = 1
    assert one.table.to_dict("list") == {"x": [1.0, 2.0]}
    one.table["x"].array[:] = 9
    numbers = one.table["x"].to_numpy()
    numbers.setflags(write=True)
    numbers[0] = 9
    assert one.table.to_dict("list") == {"x": [1.0, 2.0]}


def test_an_array_of_a_result_cannot_be_made_writable() -> None:
    base = np.arange(6.0)
    one = replace(small(), numbers=base.reshape(2, 3).T)
    with pytest.raises(ValueError, match="WRITEABLE"):
        one.numbers.setflags(write=True)


def test_a_frame_that_was_given_is_not_changed_through() -> None:
    given = pd.DataFrame({"x": [1.0, 2.0]})
    one = replace(small(), table=given, shares=given["x"])
    given.loc[0, "x"] = 99.0
    given["x"].array[:] = 99.0
    assert one.table["x"].tolist() == [1.0, 2.0]
    assert one.shares is not None
    assert one.shares.tolist() == [1.0, 2.0]


def test_a_result_refuses_new_values_and_keeps_its_defaults() -> None:
    one = small()
    with pytest.raises(FrozenInstanceError):
        one.count = 4  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        one.table = pd.DataFrame()  # type: ignore[misc]
    assert (one.count, one.shares, replace(one, count=5).count) == (3, None, 5)
    with pytest.raises(TypeError, match="table"):
        Small(numbers=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_is_as_frozen_as_the_result(again: Any) -> None:
    one = again(small())
    assert not one.numbers.flags.writeable
    assert one.options == {"p": (1, {"q": 2})}
    mine = one.table
    mine.iloc[0, 0] = 5.0
    assert one.table.iloc[0, 0] == 1.0


def test_a_mapping_is_not_changed_by_any_door() -> None:
    options: Any = FrozenMapping({"p": [1, 2], "q": {"r": [3]}})
    with pytest.raises(TypeError):
        options["p"] = 3
    with pytest.raises(TypeError):
        del options["p"]
    with pytest.raises(AttributeError):
        options._items = {}
    with pytest.raises(TypeError):
        options["q"]["r"][0] = 9
    given = {"p": [1, 2]}
    held = FrozenMapping(given)
    given["p"].append(3)
    assert held["p"] == (1, 2)


def test_equal_mappings_are_equal_by_hash_and_pickle() -> None:
    one = FrozenMapping({"a": [1, 2], "b": np.array([1.0]), "c": {"d": "x"}})
    other = FrozenMapping({"c": {"d": "x"}, "b": np.array([1.0]), "a": (1, 2)})
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one
    assert one | {"e": 1} == {**one, "e": 1}
    assert one != FrozenMapping({**one, "b": np.array([2.0])})
    assert FrozenMapping({"v": True}) != FrozenMapping({"v": 1})


def test_arrays_and_frames_in_a_mapping_are_its_own() -> None:
    given, labeled = np.array([1.0, 2.0]), pd.Series([1.0], ["a"])
    held = FrozenMapping({"array": given, "series": labeled})
    given[0] = labeled["a"] = 9
    assert held["array"][0] == held["series"]["a"] == 1
    mine = held["series"]
    mine["a"] = 9
    assert held["series"]["a"] == 1
    assert hashable(held["series"]) != hashable(pd.Series([1.0], ["b"]))


def test_a_thawed_mapping_is_plain() -> None:
    plain = thawed(FrozenMapping({"a": (1, {"b": (2,)})}))
    assert plain == {"a": [1, {"b": [2]}]}
    assert type(plain) is type(plain["a"][1]) is dict


def ranked(**settings: Any) -> ms.Ranking:
    data = pd.DataFrame(
        {"gdp": [3.0, 2.0, 1.0, 2.5], "tax": [10.0, 20.0, 15.0, 12.0]}, index=list("ABCD")
    )
    rules = ms.Framework.from_table(
        pd.DataFrame(
            {"code": ["gdp", "tax"], "factor": ["size", "cost"], "direction": ["benefit", "cost"]}
        )
    )
    return ms.rank_markets(data, rules, **{"draws": 100, **settings})


def test_what_is_written_into_a_ranking_reaches_no_later_answer() -> None:
    ranking = ranked()
    before = ms.explain(ranking, "A").rank
    table, matrix, weights = ranking.table, ranking.matrix, ranking.weights
    table.loc["A", "rank"] = 99
    matrix.loc["A"] = 0.0
    weights.iloc[0] = 0.0
    ranking.table["rank"].array[:] = 99
    ranking.weights.array[:] = 0.0
    for frame in (ranking.scores.normalized, ranking.scores.table.values, ranking.matrix):
        frame["gdp" if "gdp" in frame else "size"].array[:] = 0.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        ranking.seen.values.setflags(write=True)
    assert ms.explain(ranking, "A").rank == before
    assert ms.robustness(ranking, draws=50).summary.equals(
        ms.robustness(ranked(), draws=50).summary
    )


def test_the_fingerprint_is_that_of_what_settles_the_ranks() -> None:
    one = ranked()
    assert ranked(draws=7, seed=5, tolerance=0.1).fingerprint == one.fingerprint
    assert pickle.loads(pickle.dumps(one)).fingerprint == one.fingerprint
    others = [
        ranked(weights={"size": 2, "cost": 1}),
        ranked(method="topsis"),
        ranked(method="vikor", options={"v": 0.4}),
        ranked(method="vikor"),
        ranked(markets=["A", "B"]),
        replace(one, table=one.table.iloc[:2]),
    ]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 7


def test_a_ranking_kept_before_value_functions_is_known_again() -> None:
    """The hash is the one that was made before scales had value functions."""
    rules = pd.DataFrame({"factor": ["a", "b"], "code": ["x", "y"]})
    rules["direction"] = ["benefit", "cost"]
    data = pd.DataFrame({"x": [1.0, 2, 3], "y": [3.0, 5, 4]}, index=["AA", "BB", "CC"])
    ranking = ms.rank_markets(data, ms.Framework.from_table(rules), draws=0)
    expected = "422f4c0310f6404638b02c16ce3247b951d636b7e06946bab21b5b2161a32c66"
    assert ranking.fingerprint == expected


def with_errors(**columns: Any) -> ms.Ranking:
    """A ranking of a wide table that may have standard errors, of indicators x and y."""
    rules = ms.Framework(
        name="rules",
        factors=(ms.Factor(code="a"), ms.Factor(code="b")),
        indicators=(
            ms.Indicator(code="x", factor="a", direction="benefit", standard_error="xe"),
            ms.Indicator(code="y", factor="b", direction="benefit"),
        ),
    )
    data = pd.DataFrame({"x": [1.0, 2, 3], "y": [3.0, 1, 4], **columns}, index=list("ABC"))
    return ms.rank_markets(data, rules, draws=0)


def test_standard_errors_tell_rankings_apart(tmp_path: Path) -> None:
    plain, sure, unsure = with_errors(), with_errors(xe=0.1), with_errors(xe=3.0)
    assert len({each.fingerprint for each in (plain, sure, unsure)}) == 3
    assert with_errors(xe=[np.nan] * 3).fingerprint == plain.fingerprint
    drawn = ms.robustness(sure, draws=20, errors=True)
    with pytest.raises(ms.InputError, match="another ranking"):
        ms.write_report(unsure, tmp_path / "page.html", robustness=drawn)


def test_years_of_cells_tell_rankings_apart() -> None:
    def of(year: int, as_of: int = 2020, max_age: int = 5) -> str:
        rows = pd.DataFrame({
            "market": list("ABC") * 2, "indicator": ["x"] * 3 + ["y"] * 3, "year": year,
            "value": [1.0, 2, 3, 3, 1, 4],
        })  # fmt: skip
        rules = with_errors().given_framework
        rules = replace(rules, indicators=tuple(replace(i, standard_error=None) for i in
                                                rules.indicators))  # fmt: skip
        table = ms.indicator_table(rows, rules, as_of=as_of, max_age=max_age)
        return ms.rank_markets(table, rules, draws=0).fingerprint

    assert of(2020) == of(2020)
    assert len({of(2020), of(2018), of(2020, as_of=2021), of(2020, max_age=4)}) == 4


def test_a_method_of_ones_own_is_marked_as_unverifiable() -> None:
    def mean(matrix: Any, weights: Any) -> Any:
        return matrix @ weights

    assert ranked(method=mean).fingerprint.startswith("unverified:")
    assert ":" not in ranked().fingerprint


def above(matrix: Any, weights: Any, *, floor: float = 0.0) -> Any:
    return np.maximum(matrix, floor) @ weights


def test_what_a_partial_of_ones_own_sets_tells_rankings_apart() -> None:
    low, high = (ranked(method=partial(above, floor=floor)) for floor in (1.0, 60.0))
    assert low.options == {"floor": 1.0}
    assert low.fingerprint != high.fingerprint
    named = ms.Method(call=partial(above, floor=60.0), name="above")
    assert ranked(method=named).fingerprint == high.fingerprint


def test_weights_in_one_proportion_are_one_ranking() -> None:
    one, again, other = (
        ranked(weights=dict(zip(("size", "cost"), pair, strict=True)))
        for pair in ((2, 1), (10, 5), (2, 3))
    )
    assert one.fingerprint == again.fingerprint != other.fingerprint
    rules = one.given_framework
    doubled = replace(
        rules,
        factors=tuple(replace(f, weight=2 * f.weight) for f in rules.factors),
        indicators=tuple(replace(i, weight=2 * i.weight) for i in rules.indicators),
    )
    assert ms.rank_markets(one.scores.table, doubled, draws=0).fingerprint == ranked().fingerprint


def test_words_alone_make_no_other_ranking() -> None:
    one = ranked()
    rules = one.given_framework
    told = replace(
        rules,
        title="Another title",
        name="another",
        indicators=tuple(replace(i, unit="%", rationale="why") for i in rules.indicators),
    )
    again = ms.rank_markets(one.scores.table, told, draws=0)
    assert again.fingerprint == one.fingerprint
    judged = ms.rank_markets(one.scores.table, replace(rules, range=(1, 100)), draws=0)
    assert judged.fingerprint != one.fingerprint


def test_a_result_carries_the_fingerprint_of_its_ranking() -> None:
    ranking = ranked()
    made = (
        ms.robustness(ranking, draws=10),
        ms.rank_bounds(ranking),
        ms.rank_reversals(ranking),
        ms.explain(ranking, "A"),
        ms.compare(ranking, "A", "B"),
        ms.overtake(ranking, "B", "A"),
    )
    assert {each.fingerprint for each in made} == {ranking.fingerprint}


def test_what_is_given_stays_writable() -> None:
    """A result holds its arrays locked, but none that was given."""
    matrix, weights = np.array([[1.0, 2.0], [3.0, 5.0], [2.0, 4.0]]), np.array([0.4, 0.6])
    for method in ms.METHODS.values():
        method(matrix, weights, **method.on_scale(0.0, 10.0))
    for weigh in (ms.entropy_weights, ms.critic_weights, ms.standard_deviation_weights):
        weigh(matrix)
    ms.topsis(matrix, weights, normalization="none", ideal=matrix[1], anti_ideal=matrix[0])
    ms.ahp_weights(matrix[:2] / matrix[:2])
    ms.swing_weights(weights)
    framework = ranked().given_framework
    data = pd.DataFrame(matrix.T.copy().T, columns=["gdp", "tax"], copy=False)
    ms.rank_markets(data, framework, weights={"size": 1, "cost": 2})
    held = replace(ranked().scores.table, values=data)
    data.loc[0, "gdp"] = matrix[0, 0] = weights[0] = 9.0
    assert held.values.loc[0, "gdp"] == 1.0


def test_no_array_that_a_ranking_hands_out_can_be_written_into() -> None:
    """Neither a field nor what is worked out on first use and kept."""
    ranking = ranked(method="topsis")
    things: list[Any] = [ranking, ranking.model, ranking.scores, ranking.seen, ranking.details]
    for thing in things:
        names = [name for name in dir(thing) if not name.startswith("_")]
        for name in names:
            value = getattr(thing, name)
            kept = name in vars(thing) or name in type(thing).__dataclass_fields__
            if isinstance(value, np.ndarray) and kept:
                assert not value.flags.writeable, (type(thing).__name__, name)


# What is made when asked for


def letters(count: int) -> pd.DataFrame:
    return pd.DataFrame({"letter": list("abc"[:count])})


@frozen_result
class Lazy:
    frame: pd.DataFrame
    given: pd.DataFrame


def test_a_frame_that_is_made_later_is_made_anew_for_each_who_asks() -> None:
    one = Lazy(frame=later(letters, 2), given=owned(letters(3)))
    for frame in (one.frame, one.given):
        frame.loc[0, "letter"] = "z"
    assert one.frame["letter"].tolist() == ["a", "b"]
    assert one.given["letter"].tolist() == ["a", "b", "c"]
    again = pickle.loads(pickle.dumps(copy.deepcopy(one)))
    assert again.frame["letter"].tolist() == ["a", "b"]
    assert held_field(again, "frame").equals(letters(2))
    assert held_field(again, "given") is again.__dict__["given"]


@pytest.mark.slow
def test_a_hundred_thousand_markets_take_few_times_their_data() -> None:
    rng = np.random.default_rng(0)
    framework = ms.Framework(
        name="wide",
        factors=tuple(ms.Factor(code=f"f{i}") for i in range(3)),
        indicators=tuple(
            ms.Indicator(code=f"i{i}", factor=f"f{i % 3}", direction="benefit") for i in range(12)
        ),
    )
    block = rng.uniform(size=(20_000, 12))
    block[rng.uniform(size=block.shape) < 0.1] = np.nan
    data = pd.DataFrame(block, columns=list(framework.codes))
    ms.rank_markets(data.iloc[:100], framework, draws=0)
    tracemalloc.start()
    try:
        scores = ms.score_factors(data, framework)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * block.nbytes  # labels and the record of cells, made eagerly, took twenty
    assert len(scores.cells) == int(np.isnan(block).sum())


# What others own, and what nobody may change


def test_an_array_over_memory_that_is_not_numpys_is_copied_before_it_is_locked() -> None:
    ranking = ranked()
    with pytest.raises(ValueError, match="cannot set WRITEABLE flag"):
        ranking.place.flags.writeable = True
    lent = np.frombuffer(bytearray(8 * 3))
    kept_one = read_only(lent)
    lent[0] = 5.0
    assert kept_one.tolist() == [0.0] * 3


def test_a_set_among_options_is_frozen() -> None:
    given = {"a"}
    method = ms.Method(call=np.dot, name="x", options={"drop": given, "raw": bytearray(b"x")})
    given.add("b")
    assert method.options == {"drop": frozenset({"a"}), "raw": b"x"}
    assert isinstance(hash(method), int)


def test_arrays_that_functions_of_ones_own_return_stay_open() -> None:
    weights, scores = np.ones(2), np.arange(4.0)
    ranked(weights=lambda _: weights)
    ranked(method=lambda *_: scores)
    weights[0] = scores[0] = 5.0  # nothing is raised


def test_rankings_by_functions_of_one_name_are_told_apart_by_their_scores(tmp_path: Any) -> None:
    one = ranked(method=lambda matrix, weights: matrix @ weights)
    other = ranked(method=lambda matrix, weights: -(matrix @ weights))
    assert one.method == other.method
    assert one.fingerprint != other.fingerprint
    with pytest.raises(ms.InputError, match="is of another ranking"):
        ms.write_report(one, tmp_path / "x.html", robustness=ms.robustness(other, draws=10))


def test_what_is_made_of_a_ranking_by_other_names_carries_its_fingerprint() -> None:
    one = ranked()
    made = (ms.sensitivity(one, choices=["method"]), ms.compare_methods(one), ms.redundancy(one))
    assert {each.fingerprint for each in made} == {one.fingerprint}
    assert ms.redundancy(one.scores).fingerprint == ""


@pytest.mark.slow
def test_names_given_to_the_labels_of_a_frame_stay_with_it(
    pestle_table: ms.IndicatorTable,
) -> None:
    ranking = ms.rank_markets(pestle_table, "pestle", draws=0)
    scores, table = ranking.scores, ranking.scores.table
    for frame in (scores.held, scores.values, scores.normalized, table.years, table.values):
        frame.index.name, frame.columns.name = "x", "y"
    assert table.values.index.name == "market"
    assert scores.values.columns.name is None
    assert ms.rank_markets(table, "pestle", draws=0).table.index.name == "market"


def test_a_step_holds_what_it_returned() -> None:
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="a", factor="f", direction="benefit"),),
    )
    step = ms.impute(pd.DataFrame({"a": [1.0, 2.0]}), rules)
    values = step.values
    values.loc[0, "a"] = 77.0
    assert step.values["a"].tolist() == [1.0, 2.0]


AGAIN = [copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))]


@pytest.mark.parametrize("again", AGAIN)
@pytest.mark.parametrize("table", [ms.METHODS, RULES, WEIGHTINGS, NORMALIZATIONS], ids=len)
def test_the_tables_of_what_ships_are_copied_and_pickled_as_they_are(
    table: Mapping[str, Any], again: Callable[[Any], Any]
) -> None:
    assert again(table) == table
    assert hash(again(table)) == hash(table)
    for entry in table.values():
        assert again(entry) == entry
    with pytest.raises(TypeError):
        table["mine"] = None  # type: ignore[index]


@pytest.mark.parametrize("again", AGAIN)
def test_a_tree_is_copied_and_pickled_as_it_is(again: Callable[[Any], Any]) -> None:
    tree = ms.load_framework("hdi").tree
    other = again(tree)
    assert other.children == tree.children
    assert other.within == tree.within
    assert not other.shares.flags.writeable
    with pytest.raises(TypeError):
        other.local["x"] = 1


def test_what_a_notebook_shows_has_no_control_characters() -> None:
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="a", factor="f", direction="benefit"),),
    )
    data = pd.DataFrame({"a": [1.0, 2.0]}, index=["A\x1b[31m\r", "B\u202e\u2028"])
    shown = ms.rank_markets(data, rules, draws=5)._repr_html_()
    assert [sign for sign in shown if not sign.isprintable() and sign != "\n"] == []


def test_a_long_array_of_a_result_is_written_by_its_ends() -> None:
    data = np.random.default_rng(0).random((200, 5))
    written = repr(ms.topsis(data, [1] * 5))
    assert len(written) < 2_000
    assert "...," in written
    assert "shape=(200, 5))" in written
    whole = Small(numbers=np.arange(100.0), table=pd.DataFrame(), options={"p": 1})
    assert f"numbers={np.arange(100.0)!r}, table=" in repr(whole)
    assert repr(whole).endswith("options={'p': 1}, count=3)")


def test_what_a_result_checks_of_its_own_is_kept() -> None:
    @frozen_result
    class Checked:
        numbers: Any

        def __post_init__(self) -> None:
            if not len(self.numbers):
                raise ValueError("none")
            held_fields(self)

        def __repr__(self) -> str:
            return "checked"

    assert repr(Checked(numbers=np.arange(2.0))) == "checked"
    with pytest.raises(ValueError, match="none"):
        Checked(numbers=[])
