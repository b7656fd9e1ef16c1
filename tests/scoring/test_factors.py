"""Factor scores: the order of the steps, coverage, who is left out and why, and the records."""

import tracemalloc
from dataclasses import FrozenInstanceError, replace
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from shared import examples


def framework(**settings: Any) -> ms.Framework:
    """Return two top factors, one of them with a sub-factor, everything on goalposts 0 to 100.

    Tree weights within "a": x 1/4, y 1/2, p 1/16, q 3/16; z is all of "b".
    """

    def indicator(code: str, factor: str, weight: float) -> ms.Indicator:
        return ms.Indicator(
            code=code, factor=factor, direction="benefit", weight=weight, goalposts=(0.0, 100.0)
        )

    return ms.Framework(
        name="mixed",
        factors=(
            ms.Factor(code="a", weight=3),
            ms.Factor(code="b"),
            ms.Factor(code="c", parent="a"),
        ),
        indicators=(
            indicator("x", "a", 1),
            indicator("y", "a", 2),
            indicator("p", "c", 1),
            indicator("q", "c", 3),
            indicator("z", "b", 1),
        ),
        **settings,
    )


FULL = {"x": 10.0, "y": 80.0, "p": 20.0, "q": 60.0, "z": 40.0}


def table(*gaps: str) -> pd.DataFrame:
    """Return one market for each text of gaps, whose letters are the indicators it lacks."""
    rows = [
        {code: np.nan if code in gap else value for code, value in FULL.items()} for gap in gaps
    ]
    index = pd.Index([gap or "full" for gap in gaps], name="market")
    return pd.DataFrame(rows, index=index)


# Scores and coverage by hand


def test_scores_cover_every_factor_of_the_tree() -> None:
    result = ms.score_factors(table(""), framework())
    assert result.scores.loc["full"].to_dict() == pytest.approx({"a": 55, "b": 40, "c": 50})
    assert result.coverage.loc["full"].to_dict() == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("gap", "coverage"),
    [("x", 3 / 4), ("y", 1 / 2), ("p", 15 / 16), ("q", 13 / 16), ("pq", 3 / 4), ("xq", 9 / 16)],
)
def test_coverage_is_the_observed_share_of_the_tree_weight(gap: str, coverage: float) -> None:
    result = ms.score_factors(table("", gap), framework(min_coverage=0.0))
    assert result.coverage.loc[gap, "a"] == pytest.approx(coverage)
    assert result.coverage.loc[gap, "b"] == 1


@pytest.mark.parametrize("policy", ["reweight", "mean", "median"])
def test_coverage_never_counts_what_was_filled_in(policy: str) -> None:
    result = ms.score_factors(table("", "y", "z"), framework(missing=policy, min_coverage=0.6))
    assert result.scores.index.tolist() == ["full"]
    assert result.coverage.loc[["y", "z"]].to_numpy().tolist() == [[0.5, 1], [1, 0]]
    assert result.excluded["market"].tolist() == ["y", "z"]


def test_a_sub_factor_without_values_takes_the_score_of_its_parent_and_is_marked() -> None:
    result = ms.score_factors(table("", "pq"), framework())
    score = (10 + 2 * 80) / 3
    assert result.scores.loc["pq"].to_dict() == pytest.approx({"a": score, "b": 40, "c": score})
    assert result.imputed[["market", "indicator"]].to_numpy().tolist() == [["pq", "c"]]
    assert np.isnan(result.imputed["old"][0])
    assert result.imputed["new"][0] == pytest.approx(score)
    assert "parent" in result.imputed["why"][0]


def test_a_sub_factor_whose_only_value_has_no_weight_is_marked_too() -> None:
    rules = framework().with_weights({"p": 0, "q": 1})
    result = ms.score_factors(table("", "q"), rules)
    assert result.scores["c"]["q"] == result.scores["a"]["q"]
    assert result.imputed[["market", "indicator"]].to_numpy().tolist() == [["q", "c"]]


# Who qualifies


@pytest.mark.parametrize(
    ("weights", "min_coverage", "qualifies"),
    [
        ((66, 34), 0.66, True),
        ((0.66, 0.34), 0.66, True),
        ((33, 17), 0.66, True),
        ((65.999, 34.001), 0.66, False),
        ((2, 1), 0.66, True),
        ((1, 2), 1 / 3, True),
        ((1, 9), 0.1, True),
        ((7, 3), 0.7, True),
    ],
)
def test_a_market_at_exactly_the_least_coverage_qualifies(
    weights: tuple[float, float], min_coverage: float, qualifies: bool
) -> None:
    rules = ms.Framework(
        name="edge",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(
                code=code, factor="f", direction="benefit", weight=weight, goalposts=(0.0, 1.0)
            )
            for code, weight in zip("xy", weights, strict=True)
        ),
        min_coverage=min_coverage,
    )
    values = pd.DataFrame({"x": [1.0, 1.0], "y": [1.0, np.nan]}, index=["whole", "thin"])
    assert ("thin" in ms.score_factors(values, rules).scores.index) is qualifies


def test_the_reason_names_the_factor_its_coverage_and_what_is_missing() -> None:
    result = ms.score_factors(table("", "yq", "z"), framework())
    assert result.excluded.columns.tolist() == ["market", "reason"]
    assert result.excluded["market"].tolist() == ["yq", "z"]
    first, second = result.excluded["reason"]
    assert all(part in first for part in ("a 31%", "66% needed", "without y, q"))
    assert all(part in second for part in ("b 0%", "66% needed", "without z"))
    assert "b " not in first


def test_a_top_factor_without_any_value_excludes_even_where_no_coverage_is_needed() -> None:
    result = ms.score_factors(table("", "z"), framework(min_coverage=0.0))
    assert result.scores.index.tolist() == ["full"]
    reason = result.excluded["reason"][0]
    assert "b 0%" in reason
    assert "needed" not in reason
    assert reason.endswith("without z")


def test_a_table_in_which_nobody_qualifies_is_refused_with_a_way_out() -> None:
    match = r"none of 2 markets qualifies; y: observed: a 50%.*lower min_coverage"
    with pytest.raises(ms.InputError, match=match):
        ms.score_factors(table("y", "yz"), framework())


def test_what_was_got_and_what_to_do_are_told_apart() -> None:
    with pytest.raises(ms.InputError) as caught:
        ms.score_factors(table("y", "yz"), framework())
    (fault,) = caught.value.faults
    assert fault.got.startswith("none of 2 markets qualifies; y: observed: a 50%")
    assert 'factor "a" alone keeps 1 market out' in fault.got
    assert fault.remedy == (
        "lower min_coverage, or take a framework with fewer indicators, or fill that factor "
        '(missing_factors = "mean")'
    )
    assert fault.command.count("min_coverage") == 1


def test_the_scale_is_fitted_before_anyone_is_excluded() -> None:
    # "far" lacks z and is excluded, but its x is the most that was seen.
    rules = ms.Framework(
        name="fit",
        factors=(ms.Factor(code="a"), ms.Factor(code="b")),
        indicators=(
            ms.Indicator(code="x", factor="a", direction="benefit"),
            ms.Indicator(code="z", factor="b", direction="benefit"),
        ),
    )
    values = pd.DataFrame(
        {"x": [0.0, 5.0, 10.0], "z": [1.0, 2.0, np.nan]}, index=["low", "mid", "far"]
    )
    result = ms.score_factors(values, rules)
    assert result.scores["a"].to_dict() == {"low": 0, "mid": 50}
    assert result.normalized["x"].to_dict() == {"low": 0, "mid": 50, "far": 100}


def test_the_scale_is_fitted_after_gaps_are_filled() -> None:
    rules = ms.Framework(
        name="fit",
        factors=(ms.Factor(code="a"),),
        indicators=(
            ms.Indicator(code="x", factor="a", direction="benefit"),
            ms.Indicator(code="z", factor="a", direction="benefit"),
        ),
        normalization="z-score",
        missing="mean",
        min_coverage=0.5,
    )
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0], "z": [0.0, 6.0, np.nan]}, index=list("ABC"))
    # z is 0, 6, 3: mean 3, standard deviation 3.
    assert ms.score_factors(values, rules).normalized["z"].tolist() == pytest.approx([-1, 1, 0])


# The value itself


def test_a_result_cannot_be_changed_by_accident() -> None:
    result = ms.score_factors(table(""), framework())
    with pytest.raises(FrozenInstanceError, match="scores"):
        result.scores = result.coverage  # type: ignore[misc]


def test_labels_of_rows_are_free_and_their_name_is_kept() -> None:
    values = table("", "p").set_axis(pd.Index([("a", 1), 7.5], tupleize_cols=False, name="segment"))
    result = ms.score_factors(values, framework())
    assert result.scores.index.tolist() == [("a", 1), 7.5]
    for frame in (result.scores, result.coverage, result.normalized, result.values):
        assert frame.index.name == "segment"


def test_a_column_of_markets_becomes_the_index() -> None:
    plain = table("", "p").reset_index()
    pd.testing.assert_frame_equal(
        ms.score_factors(plain, framework()).scores,
        ms.score_factors(table("", "p"), framework()).scores,
    )


def test_columns_the_framework_does_not_use_change_nothing() -> None:
    values = table("", "p").assign(notes=["good", "bad"], more=[1, 2])
    result = ms.score_factors(values, framework())
    assert result.table.unused == ("notes", "more")
    expected = ms.score_factors(table("", "p"), framework()).scores
    pd.testing.assert_frame_equal(result.scores, expected)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (table("").drop(columns=["x", "p"]), r'no column for "x", "p".*subset'),
        (
            table("").astype(object).assign(x="n/a"),
            r'"x", market "full".*"n/a".*a number is needed',
        ),
        (table("").assign(x=np.inf), r'"x", market "full".*a finite number is needed'),
        (pd.concat([table(""), table("")]), r'market "full".*more than once'),
        (table("").iloc[:0], "the table is empty"),
        ([1, 2], "got list; a pandas DataFrame is needed"),
    ],
)
def test_what_cannot_be_scored_is_refused(values: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.score_factors(values, framework())


# Properties

FEW = examples(40)  # each example scores a whole table
CELL = st.one_of(st.none(), st.floats(-50, 150))
TABLES = st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=1, max_size=8)
MEANS = st.sampled_from(["arithmetic", "geometric", "harmonic", "power"])


def drawn_table(rows: list[list[float | None]]) -> pd.DataFrame:
    """Return the drawn rows below one market that has everything."""
    cells = [list(FULL.values()), *rows]
    index = pd.Index([f"m{place}" for place in range(len(cells))], name="market")
    return pd.DataFrame(cells, columns=list(FULL), index=index, dtype=float)


def with_means(aggregation: Any, **settings: Any) -> ms.Framework:
    rules = framework(range=(1.0, 100.0), **settings)
    power = -2.0 if aggregation == "power" else None
    return replace(
        rules,
        factors=tuple(replace(f, aggregation=aggregation, power=power) for f in rules.factors),
    )


@FEW
@given(rows=TABLES, aggregation=MEANS, share=st.sampled_from([0.0, 0.5, 0.66]))
def test_a_factor_score_lies_between_its_worst_and_best_indicator(
    rows: list[list[float | None]], aggregation: str, share: float
) -> None:
    rules = with_means(aggregation, min_coverage=share)
    result = ms.score_factors(drawn_table(rows), rules)
    for factor in ("a", "b"):
        under = result.normalized.loc[result.scores.index, list(rules.leaves(factor))]
        score = result.scores[factor]
        assert (score >= under.min(axis=1) * (1 - 1e-9)).all()
        assert (score <= under.max(axis=1) * (1 + 1e-9)).all()


@FEW
@given(
    rows=TABLES,
    aggregation=MEANS,
    policy=st.sampled_from(["reweight", "drop", "mean", "median"]),
    share=st.sampled_from([0.0, 0.66, 1.0]),
)
def test_every_market_has_all_scores_or_a_reason(
    rows: list[list[float | None]], aggregation: str, policy: str, share: float
) -> None:
    data = drawn_table(rows)
    result = ms.score_factors(data, with_means(aggregation, missing=policy, min_coverage=share))
    assert not result.scores.isna().any(axis=None)
    assert result.scores.to_numpy().min() >= 1 - 1e-9
    assert result.scores.to_numpy().max() <= 100 + 1e-9
    both = [*result.scores.index, *result.excluded["market"]]
    assert sorted(both) == sorted(data.index)
    assert result.excluded["reason"].str.len().gt(0).all()


@FEW
@given(rows=TABLES, data=st.data())
def test_reordering_markets_reorders_everything(
    rows: list[list[float | None]], data: st.DataObject
) -> None:
    values = drawn_table(rows)
    order = data.draw(st.permutations(values.index.tolist()))
    first = ms.score_factors(values, framework())
    other = ms.score_factors(values.loc[order], framework())
    pd.testing.assert_frame_equal(other.scores.sort_index(), first.scores.sort_index())
    pd.testing.assert_frame_equal(other.coverage.sort_index(), first.coverage.sort_index())
    assert set(other.excluded["market"]) == set(first.excluded["market"])


@FEW
@given(rows=TABLES)
def test_the_record_of_clipped_cells_tells_old_from_new(rows: list[list[float | None]]) -> None:
    values = drawn_table(rows)
    treated = ms.score_factors(values, framework()).treated
    beyond = (values < 0) | (values > 100)
    assert len(treated) == int(beyond.sum().sum())
    for market, code, old, new in zip(
        treated["market"], treated["indicator"], treated["old"], treated["new"], strict=True
    ):
        assert values[code][market] == old
        assert new == np.clip(old, 0, 100)


def test_only_gaps_in_the_factors_that_fall_short_are_named() -> None:
    framework = ms.Framework(
        name="two",
        factors=(ms.Factor(code="f"), ms.Factor(code="g")),
        indicators=tuple(
            ms.Indicator(code=code, factor=factor, direction="benefit", goalposts=(0, 10))
            for code, factor in (("a", "f"), ("b", "f"), ("d", "f"), ("c", "g"))
        ),
    )
    values = pd.DataFrame(
        {"a": [np.nan, 1.0], "b": [2.0, 1], "c": [np.nan, 1], "d": [1.0, 1]}, index=["X", "Y"]
    )
    excluded = ms.score_factors(values, framework).excluded
    assert excluded["reason"].tolist() == ["observed: g 0%; 66% needed; without c"]


def test_a_scale_that_was_fitted_after_another_treatment_is_refused() -> None:
    plain = ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit"),),
    )
    treated = replace(plain, treatment="skew-kurtosis")
    values = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6, 7, 500]})
    scale = ms.fit_scale(values, plain)
    with pytest.raises(ms.InputError, match="treatment none, the framework says skew-kurtosis"):
        ms.score_factors(values, treated, scale=scale)


# Many markets


def many(count: int, indicators: int, **settings: Any) -> tuple[pd.DataFrame, ms.Framework]:
    """Return a table of many markets with gaps, in groups, and rules for it."""
    rng = np.random.default_rng(7)
    values = np.exp(rng.normal(size=(count, indicators)) * 1.5)
    values[rng.random(values.shape) < 0.05] = np.nan
    data = pd.DataFrame(values, columns=[f"c{place}" for place in range(indicators)])
    data.index = pd.Index([f"M{place}" for place in range(count)])
    data["region"] = rng.integers(0, 9, count).astype(str)
    rules = ms.Framework(
        name="many",
        group="region",
        range=(1, 100),
        factors=(ms.Factor(code="f0", aggregation="geometric"), ms.Factor(code="f1")),
        indicators=tuple(
            ms.Indicator(code=f"c{i}", factor=f"f{i % 2}", direction="benefit", weight=1 + i)
            for i in range(indicators)
        ),
        **settings,
    )
    return data, rules


@pytest.mark.parametrize("missing", ["reweight", "mean", "group-median"])
def test_many_markets_and_indicators_are_done_in_parts_and_score_the_same(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, rules = many(60, 9, missing=missing, treatment="skew-kurtosis")
    whole = ms.score_factors(data, rules)
    scores, cells, treatment = whole.scores, whole.cells, whole.treatment
    for module, name in (
        ("aggregation", "ROWS"),
        ("treatment", "CELLS"),
        ("imputation", "CELLS"),
    ):
        monkeypatch.setattr(import_module(f"marketselect.scoring.{module}"), name, 4)
    parts = ms.score_factors(data, rules)
    pd.testing.assert_frame_equal(parts.scores, scores, rtol=1e-14)
    pd.testing.assert_frame_equal(parts.treatment, treatment, rtol=1e-12)
    pd.testing.assert_frame_equal(parts.cells, cells)
    assert repr(parts.scale) == repr(whole.scale)


def test_a_mean_that_has_no_meaning_names_the_markets_of_all_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, rules = many(60, 2, normalization="z-score")
    module = import_module("marketselect.scoring.aggregation")
    with pytest.raises(ms.InputError, match="geometric mean needs values above 0") as whole:
        ms.score_factors(data, rules)
    monkeypatch.setattr(module, "ROWS", 4)
    with pytest.raises(ms.InputError) as parts:
        ms.score_factors(data, rules)
    assert parts.value.faults == whole.value.faults


@pytest.mark.slow
def test_scoring_takes_a_few_times_the_memory_of_the_data() -> None:
    data, rules = many(20_000, 30, missing="group-mean", treatment="skew-kurtosis")
    size = 20_000 * 30 * 8
    tracemalloc.start()
    try:
        scores = ms.score_factors(data, rules)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(scores.scores) > 10_000
    assert kept < 3.2 * size  # a copy of the data, and what was normalized
    assert peak < 5 * size
