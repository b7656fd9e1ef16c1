"""The kinds of what broke it, each by its smallest input."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from hostile.oddities import (
    CONTROLS,
    HALF,
    Agreeing,
    Broken,
    Contrary,
    Liar,
    Word,
    number_of_5000_digits,
    with_cell,
    with_label,
)
from hostile.rows import DATA, LONG, MARKETS, WEIGHTS, ranking, rules
from marketselect.errors import Fault, InputError, clean, one_line
from marketselect.panel.changes import COLUMNS
from marketselect.values import MOST_ENTRIES, a_list, a_text, is_label
from shared import pestle_table


def refused(call: Callable[[], Any]) -> Fault:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.faults[0]


def one_factor(**keys: Any) -> ms.Framework:
    return ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="g", factor="f", direction="benefit"),),
        **keys,
    )


# By name, not by place


def test_the_page_shows_the_years_of_the_markets_that_somebody_left_in(tmp_path: Path) -> None:
    whole = pestle_table()
    some = replace(whole, values=whole.values.loc[["VNM", "MEX", "POL"]])
    made = ms.rank_markets(some, "pestle", draws=0)
    pd.testing.assert_frame_equal(made.scores.table.years, whole.years.loc[["VNM", "MEX", "POL"]])
    page = ms.write_report(made, tmp_path / "page.html").read_text("utf-8")
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    for market, years in zip(data["markets"]["label"], data["markets"]["years"], strict=True):
        for indicator, year in zip(data["indicators"], years, strict=True):
            own = whole.years.loc[market, indicator["code"]]
            assert year == (None if pd.isna(own) else own)


def test_the_data_are_told_apart_by_labels_that_look_alike() -> None:
    def hash_of(*labels: object) -> str:
        index: pd.Index[Any] = pd.Index([*labels], dtype=object)
        made = ms.rank_markets(pd.DataFrame({"g": [1.0, 2.0]}, index), one_factor(), draws=0)
        return made.provenance["data"]

    assert hash_of("a\nb", "c") != hash_of("a", "b\nc")
    assert hash_of(1, 2) != hash_of("1", "2")


def test_a_scale_that_was_fitted_with_another_policy_fills_no_gap() -> None:
    data = pd.DataFrame({"g": [np.nan, 1.0, 2.0, 3.0, 100.0]}, list("ABCDE"))
    mean, median = (one_factor(missing=missing, min_coverage=0) for missing in ("mean", "median"))
    fault = refused(lambda: ms.rank_markets(data, median, scale=ms.fit_scale(data, mean), draws=0))
    assert fault.code == "contradiction"
    assert 'fitted with missing = "mean", the framework says "median"' in fault.got
    # Without a gap there is nothing to fill, and its own policy goes on.
    ms.rank_markets(data.dropna(), median, scale=ms.fit_scale(data, mean), draws=0)
    filled = ms.rank_markets(data, mean, scale=ms.fit_scale(data, mean), draws=0)
    assert filled.scores.imputed["new"].tolist() == [26.5]  # (1 + 2 + 3 + 100) / 4


@pytest.mark.parametrize("code", set(COLUMNS) - {"market", "rank"})
def test_a_factor_called_as_a_column_of_a_panel_is_refused_there(code: str) -> None:
    called = ms.Framework(
        name="called",
        factors=(ms.Factor(code=code),),
        indicators=(ms.Indicator(code="gdp", factor=code, direction="benefit"),),
    )
    fault = refused(lambda: ms.rank_panel(LONG, called, years=[2020, 2021]))
    assert fault.code == "duplicate"
    assert f'factor "{code}"' in fault.where
    assert ms.rank_markets(DATA, called, draws=0).table[code].notna().all()


def test_markets_whose_labels_are_tuples_may_turn_round() -> None:
    # Belton & Gear (1983), Omega 11(3), 228-230: without either of two copies the order turns.
    codes = ("x", "y", "z")
    rules = ms.Framework(
        name="plain",
        factors=tuple(ms.Factor(code=code) for code in codes),
        indicators=tuple(
            ms.Indicator(code=f"{code}_x", factor=code, direction="benefit") for code in codes
        ),
        normalization="none",
    )
    ratings = [[1, 9, 8], [9, 1, 9], [1, 1, 1], [9, 1, 9]]
    labels: pd.Index[Any] = pd.Index([("a", name) for name in "ABCD"], tupleize_cols=False)
    table = pd.DataFrame(ratings, labels, [f"{code}_x" for code in codes], dtype=float)
    made = ms.rank_markets(table, rules, method="ahp", options={"mode": "distributive"}, draws=0)
    found = ms.rank_reversals(made).pairs[["left_out", "market", "other"]]
    a, b, _, d = labels
    assert found.to_numpy().tolist() == [[b, a, d], [d, a, b]]


def test_scores_in_place_of_ranks_are_refused_and_shared_places_are_not() -> None:
    scores = pd.DataFrame({"x": [61.3, 40.2], "y": [70.0, 30.0]}, ["A", "B"])
    fault = refused(lambda: ms.consensus(scores))
    assert (fault.code, fault.remedy) == ("out-of-range", "give ranks, 1 is best, not scores")
    shared = pd.DataFrame({"x": [1.5, 1.5, 3.0], "y": [1, 2, 3]}, ["A", "B", "C"])
    assert ms.consensus(shared)["rank"].tolist() == [1, 2, 3]


# Flags, lists and names have one door each


@pytest.mark.parametrize("name", ["over_judgements", "shipped"])
def test_a_flag_of_a_weighting_is_true_or_false(name: str) -> None:
    given: dict[str, Any] = {name: "yes"}
    assert refused(lambda: ms.WeightRule(name="own", **given)).code == "wrong-type"


def test_a_seed_of_another_type_is_kept_as_a_whole_number() -> None:
    found = ms.doubt(ranking(), draws=20, choices=["normalization"], seed=np.array(7))  # type: ignore[arg-type]
    assert (type(found.seed), found.seed) == (int, 7)


def test_a_list_that_does_not_end_is_refused() -> None:
    endless = iter(int, 1)
    fault = refused(lambda: a_list(endless, "markets", "name some"))
    assert fault.code == "too-large"
    assert f"{MOST_ENTRIES:,}" in fault.got
    assert a_list((name for name in "ab"), "markets", "name some") == ["a", "b"]
    for odd in ("ab", b"ab", 3, None):
        assert refused(partial(a_list, odd, "markets", "name some")).code in (
            "wrong-type",
            "missing",
        )


def test_a_name_can_be_looked_up_compared_and_written() -> None:
    good = ("a", "é", 1, 1.5, ("a", 1), pd.Timestamp("2024"), None, np.nan, pd.NA)
    assert all(map(is_label, good))
    assert not any(map(is_label, (HALF, number_of_5000_digits(), [1], {}, np.zeros(2))))
    assert refused(lambda: a_text(HALF, "title")).code == "wrong-form"


@pytest.mark.parametrize("odd", [HALF, number_of_5000_digits(), [1]], ids=["half", "long", "list"])
def test_a_label_that_cannot_be_written_is_refused_with_its_place(odd: object) -> None:
    for axis in (0, 1):
        labels: pd.Index[Any] = pd.Index(
            [odd, *DATA.axes[axis][1:]], dtype=object, tupleize_cols=False
        )
        table = DATA.set_axis(labels, axis=axis)
        fault = refused(partial(ms.rank_markets, table, rules()))
        assert f"a {'row' if axis == 0 else 'column'} has the label" in fault.got


def test_pairs_without_end_are_no_weights_and_no_mapping() -> None:
    endless: Any = ((n % 9, n) for n in itertools.count())
    assert refused(lambda: rules().with_weights(endless)).code == "too-large"
    assert refused(lambda: ms.FrozenMapping(endless)).code == "wrong-type"


def test_a_list_that_holds_itself_is_refused_wherever_numbers_or_options_are_needed() -> None:
    itself: list[Any] = []
    itself.append(itself)
    assert refused(lambda: ms.weighted_sum(itself, [1.0])).code == "wrong-shape"
    assert refused(lambda: ms.FrozenMapping({"p": itself})).code == "wrong-type"


def test_bytes_are_no_numbers_though_numpy_takes_them_for_some() -> None:
    fault = refused(lambda: ms.ahp([[1.0, 2.0]], [1, 1], mode="ideal", ideal=bytearray(b"ab")))
    assert (fault.code, fault.got) == ("not-a-number", "is a bytearray")


def test_a_threshold_or_a_reference_near_zero_ends_in_no_overflow() -> None:
    matrix = np.array([[1.0], [2.0]])
    tiny = ms.promethee(matrix, [1.0], preference="v-shape", p=5e-324)
    usual = ms.promethee(matrix, [1.0], preference="usual")
    assert tiny.scores.tolist() == usual.scores.tolist()  # any lead is a full one
    assert refused(lambda: ms.ahp(matrix, [1.0], mode="ideal", ideal=5e-324)).code == "undefined"


def test_a_mapping_that_fails_whatever_it_is_asked_is_refused_by_its_name() -> None:
    broken: Any = Broken(gdp=1.0)
    for where, call in (
        ("weights", lambda: ms.rank_markets(DATA, rules(), weights=broken)),
        ("weights", lambda: rules().with_weights(broken)),
        ("options", lambda: ms.rank_markets(DATA, rules(), options=broken)),
        ("framework, options", lambda: replace(rules(), options=broken)),
        ("a value", lambda: ms.FrozenMapping({"p": broken})),
        ("data", lambda: ms.RankRequest(data=broken)),
        ("directions", lambda: ms.topsis(DATA, [1, 1, 1], directions=broken)),
        ("swing", lambda: ms.swing_weights(broken)),
        ("matrices", lambda: ms.group_judgements(broken)),
        ("groups", lambda: ms.impute(DATA, grouped(), groups=broken)),
        ("people", lambda: ms.group_rankings(ranking(), broken)),
        ("within", lambda: ms.rank_markets(DATA, rules(), within=broken)),
        ("limits", lambda: ms.read_indicators("none.csv", limits=broken)),
    ):
        fault = refused(call)
        assert (fault.where, fault.code) == (where, "wrong-type")
        assert "is a Broken whose entries cannot be read" in fault.got


def grouped() -> ms.Framework:
    return replace(rules(), missing="group-mean", group="region")


@pytest.mark.parametrize(
    "groups", [3, ["x"] * 5, pd.Series(1, pd.MultiIndex.from_product([MARKETS, ["x"]]))]
)
def test_groups_are_a_series_or_a_mapping_by_market(groups: Any) -> None:
    gaps = DATA.assign(hdi=[1.0, np.nan, 3.0, 4.0, 2.0])
    assert refused(lambda: ms.impute(gaps, grouped(), groups=groups)).code == "wrong-type"
    named: Any = dict.fromkeys(MARKETS, "x")
    filled = ms.impute(gaps, grouped(), groups=named).values
    assert filled.loc["B", "hdi"] == 2.5  # (1 + 3 + 4 + 2) / 4
    tuples = gaps.set_axis(pd.Index([(m, 1) for m in MARKETS], tupleize_cols=False))
    assert refused(lambda: ms.impute(tuples, grouped(), groups=named)).code == "unknown-name"


@pytest.mark.parametrize("name", [itertools.count(), range(3), int, len], ids=str)
def test_a_person_is_not_called_by_what_stands_for_several(name: Any) -> None:
    given = {name: {"econ": 1, "risk": 1, "soc": 1}, "b": {"econ": 2, "risk": 1, "soc": 1}}
    fault = refused(lambda: ms.group_rankings(ranking(), given))
    assert (fault.where, fault.code) == ("people", "wrong-type")


def test_a_text_is_compared_as_text_whatever_its_type_says() -> None:
    odd: Any = Agreeing("zzz")
    assert refused(lambda: ms.load_framework(odd)).code == "unknown-name"
    assert refused(lambda: ms.topsis(DATA, [1, 1, 1], metric=odd)).code == "unknown-word"
    assert refused(lambda: ms.rank_bounds(ranking(), tolerance=odd)).code == "not-a-number"
    assert not is_label(odd)
    assert not is_label(Contrary("zzz"))
    for right in ("weighted_sum", np.str_("weighted_sum"), Word("weighted_sum")):
        assert ms.rank_markets(DATA, rules(), method=right, draws=0).method == "weighted_sum"


@pytest.mark.parametrize(
    ("key", "value"), [("home", Path("/tmp")), ("served", [Path("/tmp")])], ids=["home", "served"]
)
def test_a_path_is_no_market_though_it_may_read_like_one(key: str, value: Any) -> None:
    """TMP was the code of East Timor."""
    given: dict[str, Any] = {"home": "GBR", key: value}
    fault = refused(lambda: ms.Firm(**given))
    assert (fault.where, fault.code) == (key, "wrong-type")


def test_the_values_of_one_market_are_no_rows_of_a_model() -> None:
    fault = refused(lambda: ranking().model.scores_from(DATA.loc["A"].to_numpy()))
    assert (fault.where, fault.code) == ("raw values", "wrong-shape")


def test_groups_by_what_can_be_no_label_are_refused() -> None:
    gaps = DATA.assign(hdi=[1.0, np.nan, 3.0, 4.0, 2.0])
    named: Any = {HALF: "x", **dict.fromkeys(MARKETS, "x")}
    fault = refused(lambda: ms.impute(gaps, grouped(), groups=named))
    assert (fault.where, fault.code) == ("groups", "wrong-form")


@pytest.mark.parametrize("key", ["title", "group"])
def test_a_long_text_of_a_framework_is_printed_with_a_count(key: str) -> None:
    given: dict[str, Any] = {key: "x" * 1_000_000}
    shown = repr(replace(rules(), **given))
    assert len(shown) < 6_000
    assert "more signs)" in shown


def test_a_picture_of_labels_of_several_levels_is_refused() -> None:
    levels = pd.MultiIndex.from_product([["x"], MARKETS])
    given = pd.Series([1.0, 2, 3, 4, 5], levels)
    assert refused(lambda: ms.plot_tradeoff(given, given)).code == "wrong-shape"


@pytest.mark.parametrize("said_to_be", [str, float, int, bool, list, dict, np.ndarray, Path])
def test_what_says_that_it_is_of_another_class_is_taken_for_what_it_is(said_to_be: type) -> None:
    liar: Any = Liar(said_to_be)
    assert issubclass(Liar(said_to_be).__class__, said_to_be)
    calls: list[Callable[[], Any]] = [
        lambda: ms.load_framework(liar),
        lambda: ms.rank_markets(DATA, rules(), draws=liar),
        lambda: ms.rank_markets(DATA, rules(), method=liar),
        lambda: ms.rank_markets(DATA, rules(), weights=liar),
        lambda: ms.rank_markets(DATA, rules(), markets=[liar]),
        lambda: ms.rank_markets(liar, rules()),
        lambda: ms.topsis(DATA, [liar, 1, 1]),
        lambda: ms.Firm(home=liar, products=["64"]),
        lambda: ms.read_indicators(liar),
        lambda: a_list(liar, "x", "y"),
        lambda: a_text(liar, "x"),
    ]
    for call in calls:
        assert refused(call).code in ("wrong-type", "not-a-number", "unknown-name", "unknown-word")
    fault = refused(lambda: ms.rank_markets(with_label(DATA, liar), rules()))
    assert "a row has the label" in fault.got
    if said_to_be is not np.ndarray:  # pandas puts what says that it is one into no cell
        fault = refused(lambda: ms.rank_markets(with_cell(DATA, liar), rules()))
        assert "Liar" in fault.got


@pytest.mark.parametrize(
    ("said_to_be", "call"),
    [
        (ms.Ranking, ms.influence_weights),
        (ms.Ranking, lambda liar: ms.diversify(ranking(), size=2, safety=liar)),
        (str, lambda liar: ms.rank_markets(DATA, rules(), within=liar)),
        (pd.Series, lambda liar: ms.rank_markets(DATA, rules(), within=liar)),
        (pd.DataFrame, ms.Framework.from_table),
        (float, lambda liar: ms.Framework.from_table(with_cell(rules().to_table(), liar))),
        (str, ms.Framework.from_toml),
        (str, ms.RankRequest.from_json),
        (dict, lambda liar: ms.write_report(ranking(), "x.html", scenarios=liar)),
        (str, lambda liar: ms.write_report(ranking(), "x.html", scenarios={liar: WEIGHTS})),
        (ms.Ranking, lambda liar: ms.write_report(ranking(), "x.html", scenarios={"a": liar})),
        (list, lambda liar: ms.promethee(DATA, [1, 1, 1], p=liar)),
        (list, ms.equal_weights),
        (list, ms.ahp_weights),
        (list, lambda liar: ms.group_judgements([liar, liar])),
        (list, lambda liar: ms.group_rankings(ranking(), {"a": liar})),
        (list, lambda liar: ms.load_indicators(add=liar)),
        (pd.DataFrame, ms.consensus),
        (pd.DataFrame, ranking().model.scores_from),
        (dict, ranking().model.factors),
    ],
)
def test_every_door_takes_a_liar_for_what_it_is(
    said_to_be: type, call: Callable[[Any], Any]
) -> None:
    assert refused(lambda: call(Liar(said_to_be))).code != "own-words"


def test_a_folder_whose_name_is_too_long_is_told() -> None:
    long = "a" * 1_000
    assert refused(lambda: ms.load_catalogue(data=long)).code == "unreadable"
    for place in (long, f"{long}/study"):
        assert refused(partial(ms.save_study, ranking(), place)).code == "unwritable"


@pytest.mark.parametrize("call", [ms.topsis, ms.mazziotta_pareto])
@pytest.mark.parametrize("near", [5e-324, 1e-300])
def test_two_points_that_are_one_beside_the_values_are_refused(
    call: Callable[..., Any], near: float
) -> None:
    given: Any = {"normalization": "min-max", "ideal": near, "anti_ideal": 0}
    assert refused(lambda: call([[1, 2], [3, 4]], [1, 1], **given)).code == "undefined"


def test_the_columns_of_a_mapping_are_numbers_of_one_length() -> None:
    factors: Any = ranking().model.factors
    columns = {str(code): DATA[code].to_numpy() for code in DATA}
    assert factors(columns).shape == (5, 3)
    assert refused(lambda: factors(DATA.to_dict())).code == "not-a-number"
    assert refused(lambda: factors(dict.fromkeys(columns, 1.0))).code == "wrong-shape"
    assert refused(lambda: factors({**columns, "gdp": columns["gdp"][:2]})).code == "wrong-shape"
    assert refused(lambda: factors({**columns, "gdp": [*"abcde"]})).code == "not-a-number"


def test_a_key_that_cannot_be_written_is_unknown() -> None:
    odd: Any = {number_of_5000_digits(): "x", "title": "t"}
    assert refused(lambda: replace(rules(), citation=odd)).code == "unknown-key"


def test_a_matrix_names_no_indicators() -> None:
    odd: Any = np.eye(3)
    assert refused(lambda: ms.plot_distribution(ranking(), indicators=odd)).code == "unknown-name"


def test_a_gap_is_no_name_of_a_scenario(tmp_path: Path) -> None:
    odd: Any = {pd.NA: WEIGHTS}
    fault = refused(lambda: ms.write_scenarios(odd, tmp_path / "x.json"))
    assert fault.got == "the name <NA> is no text"


def test_a_name_of_a_tier_is_no_page_of_text() -> None:
    call: Any = partial(ms.tier_shares, ranking(), tiers=[66, 33])
    assert refused(lambda: call(names=["7" * 5_000, "b", "c"])).code == "too-large"


def test_names_of_tiers_are_a_list_whatever_is_given() -> None:
    odd: Any
    for odd in (np.eye(3), "", 0, False, pd.Series([1j])):
        fault = refused(partial(ms.tier_shares, ranking(), tiers=[50.0], names=odd))
        assert fault.where in ("names", "names[0]")
    labels: Any = pd.Series(["up", "down"])
    named = ms.tier_shares(ranking(), tiers=[50.0], names=labels)
    assert {"up", "down"} <= set(named.columns)
    assert {"high", "low"} <= set(ms.tier_shares(ranking(), tiers=[50.0], names=[]).columns)


def test_an_option_by_labels_of_several_levels_is_refused() -> None:
    levels = pd.Series([1.0, 2.0], pd.MultiIndex.from_tuples([("x", 0), ("x", 1)]))
    fault = refused(lambda: ms.rank_markets(DATA, rules(), method="vikor", options={"v": levels}))
    assert fault.got == "is {('x', 0): 1.0, ('x', 1): 2.0}"


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan, 10**400])
def test_a_request_has_finite_numbers(number: float) -> None:
    assert refused(lambda: ms.RankRequest(tolerance=number)).where == "tolerance"


def test_what_an_axis_shows_is_cut_with_a_count() -> None:
    ax = ms.plot_tradeoff(ranking(), ranking(), names=("7" * 5_000, "Y"))
    assert ax.get_xlabel().replace("\n", " ").endswith("... (4,800 more signs)")
    assert ax.get_ylabel() == "Y"
    ax = ms.plot_tradeoff(ranking(), ranking(), source="7" * 5_000)
    texts = [each.get_text().replace("\n", " ") for each in ax.texts]
    assert any(text.endswith("... (4,400 more signs)") for text in texts)


# What is printed


@pytest.mark.slow
def test_what_is_printed_has_no_control_characters_whatever_a_label_holds() -> None:
    labels = [CONTROLS, *DATA.index[1:]]
    table = DATA.set_axis(pd.Index(labels, name="market"))
    made = ms.rank_markets(table, rules(), draws=10)
    results = [
        made,
        made.scores,
        ms.robustness(made, draws=10),
        ms.rank_bounds(made),
        ms.explain(made, CONTROLS),
        ms.compare(made, CONTROLS, "B"),
        ms.overtake(made, *made.table.index[[1, 0]]),
        ms.compare_methods(made),
    ]
    for result in results:
        assert all(line.isprintable() for line in repr(result).split("\n")), repr(result)
        assert getattr(result, "sentence", "").isprintable()


def test_a_message_is_clean_and_short_and_counts_what_it_leaves_out() -> None:
    fault = refused(lambda: ms.explain(ranking(), CONTROLS))
    assert str(fault).isprintable()
    fault = refused(lambda: ms.explain(ranking(), "x" * 10**6))
    assert len(str(fault)) < 1000
    assert "(999,800 more signs)" in fault.got
    assert clean("A\x1b[31m\u202e\r" + HALF) == "A\N{REPLACEMENT CHARACTER}[31m" + (
        "\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"
    )
    assert one_line("abc", 2) == "ab ... (1 more signs)"
