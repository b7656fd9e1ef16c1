"""constant = "neutral": what does not tell the markets apart takes no part, and "refuse" says so.

The standard is always the same: what the framework without that indicator gives.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.frozen import FrozenMapping
from marketselect.report.page.data import page_content
from marketselect.report.terminal import ranking_text
from marketselect.report.workbook.columns import changes_on_sheet
from marketselect.report.workbook.method import scoring_rows
from marketselect.scoring.normalization import fit_scales
from marketselect.weighting import WEIGHTINGS
from shared import examples

CLOSE = 1e-12  # a sum over one more column may be rounded another way
DIVIDING = ("min-max", "z-score", "percentile-rank")
POLICIES = ("reweight", "refuse", "drop", "mean", "median", "group-mean", "group-median")
PLACES = {"a": "F > S", "b": "F > S", "c": "F", "d": "G", "e": "G", "f": "H"}
WEIGHTS = {"a": 2, "b": 1, "c": 3, "d": 1, "e": 2.5, "f": 1, "k": 1.7, "z": 0.4}
# Beside siblings, alone in a sub-factor, alone at the top, under two factors of nothing else.
WHERE = ("F > S", "F", "F > Q", "K", "K > L")


def framework(k: str | None = None, z: str | None = None, **keys: Any) -> ms.Framework:
    """Return a tree over a to f, with k and z at some place of it if they have one."""
    places = PLACES | {code: place for code, place in (("k", k), ("z", z)) if place}
    rows = [
        {
            "code": code,
            "factor": place,
            "direction": "cost" if code in "bdk" else "benefit",
            "weight": WEIGHTS[code],
        }
        for code, place in places.items()
    ]
    settings = {"min_coverage": 0.3, "group": "region", **keys}
    return ms.Framework.from_table(pd.DataFrame(rows), **settings)


def table(*, gaps: bool, seed: int = 3, k: float = 3.0, z: float = 0.0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    data = pd.DataFrame(
        generator.uniform(1, 9, (12, 6)), [f"m{place}" for place in range(12)], list("abcdef")
    )
    data = data.assign(k=k, z=z, region=["x", "y"] * 6)
    if gaps:
        for market, code in ((0, "a"), (3, "b"), (5, "k"), (7, "d"), (1, "z")):
            data.loc[f"m{market}", code] = np.nan
    return data


def close(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Compare what both have; the one with more columns or rows has what takes no part."""
    part = found.loc[[i for i in found.index if i in expected.index], list(expected.columns)]
    pd.testing.assert_frame_equal(part, expected, rtol=CLOSE, atol=1e-10, check_dtype=False)


# Scores


@pytest.mark.slow
@examples(60)
@given(
    normalization=st.sampled_from(DIVIDING),
    missing=st.sampled_from(POLICIES),
    k=st.sampled_from(WHERE),
    z=st.sampled_from((None, *WHERE)),
    seed=st.integers(0, 1000),
)
def test_scores_are_those_of_the_framework_without_the_indicator(
    normalization: str, missing: str, k: str, z: str | None, seed: int
) -> None:
    keys = {"normalization": normalization, "missing": missing}
    data = table(gaps=missing != "refuse", seed=seed)
    found = ms.rank_markets(data, framework(k, z, **keys), draws=40)
    expected = ms.rank_markets(data, framework(**keys), draws=40)
    close(found.table, expected.table)
    close(found.scores.scores, expected.scores.scores)
    close(found.scores.coverage, expected.scores.coverage)
    assert found.excluded.equals(expected.excluded)
    assert found.scores.scores.notna().to_numpy().all()
    weights = found.tree_weights
    assert weights["k"] == 0
    assert weights[list("abcdef")].to_list() == expected.tree_weights[list("abcdef")].to_list()
    assert found.effective_weights is not None
    assert expected.effective_weights is not None
    shares = found.effective_weights[list(expected.weights.index)]
    assert shares.to_list() == pytest.approx(expected.effective_weights.to_list(), abs=CLOSE)
    assert set(found.effective_weights.drop(shares.index)) <= {0.0}


@pytest.mark.parametrize("normalization", ["min-max", "distance-to-max", "z-score", "rank"])
def test_a_target_that_all_are_as_far_from_takes_no_part(normalization: Any) -> None:
    """Under rank it divides by nothing, and all share the lower rank."""
    off = ms.Indicator(code="k", factor="F", direction="target", target=4.0)
    data = table(gaps=False)
    data["k"] = [3.0, 5.0] * 6  # either side of it
    rules = framework(normalization=normalization)
    scores = ms.score_factors(data, replace(rules, indicators=(*rules.indicators, off)))
    neutral = normalization != "rank"
    assert scores.scale.neutral == (("k",) if neutral else ())
    if neutral:
        close(scores.scores, ms.score_factors(data, rules).scores)
    else:
        assert set(scores.normalized["k"]) == {1.0}


@pytest.mark.parametrize("normalization", ["sum", "max", "vector"])
def test_zeros_alone_take_no_part_where_the_formula_divides_by_their_size(
    normalization: Any,
) -> None:
    """0 / 0 has no answer; a constant of another value is 1/12, 1 or 1/sqrt(12) for everybody."""
    data = table(gaps=True)
    rules = framework("F", "F", normalization=normalization)
    found = ms.rank_markets(data, rules, draws=40)
    without = ms.rank_markets(data, rules.subset(list("abcdefk")), draws=40)
    assert (found.scores.scale.neutral, found.tree_weights["z"]) == (("z",), 0)
    assert set(found.scores.normalized["z"]) == {0.0}
    close(found.table, without.table)
    close(found.scores.coverage, without.scores.coverage)
    at_target = ms.Indicator(code="t", factor="F", direction="target", target=4.0)
    same = replace(rules, indicators=(*rules.indicators, at_target))
    assert ms.fit_scale(data.assign(t=4.0), same).neutral == ("z", "t")
    assert ms.fit_scale(data.assign(t=5.0), same).neutral == ("z",)
    remedy = rf'"z": every market has the value 0, there is no size for {normalization} to divide'
    with pytest.raises(ms.InputError, match=remedy):
        ms.rank_markets(data, replace(rules, constant="refuse"), draws=0)


@pytest.mark.parametrize(("normalization", "everybody"), [("none", 0.0), ("rank", 1.0)])
def test_zeros_alone_count_where_nothing_is_divided_by(
    normalization: Any, everybody: float
) -> None:
    """Ties share the lower rank: the first."""
    rules = framework("F", "F", normalization=normalization, constant="refuse")
    scores = ms.score_factors(table(gaps=False), rules)
    assert (scores.scale.neutral, set(scores.normalized["z"])) == ((), {everybody})


def test_under_distance_to_max_equal_markets_are_at_the_maximum_unless_it_is_zero() -> None:
    data = table(gaps=False, k=0.1 + 0.2)
    data.loc["m3", "k"] = 0.3  # but for rounding
    scores = ms.score_factors(data, framework("F", "F", normalization="distance-to-max"))
    assert set(scores.normalized["k"]) == {100.0}
    assert (scores.scale.neutral, set(scores.normalized["z"])) == (("z",), {50.0})
    assert scores.treated.empty
    again = ms.score_factors(data, scores.framework, scale=scores.scale)
    close(again.scores, scores.scores)


def test_a_factor_of_which_nothing_that_counts_differs_takes_no_part() -> None:
    """An indicator that differs, but has no weight, does not bring its factor in."""
    rules = framework("K")
    idle = ms.Indicator(code="z", factor="K", direction="benefit", weight=0)
    data = table(gaps=False)
    data["z"] = np.arange(12.0)
    ranking = ms.rank_markets(data, replace(rules, indicators=(*rules.indicators, idle)), draws=0)
    close(ranking.table, ms.rank_markets(data, framework(), draws=0).table)
    assert ranking.weights["K"] == 0
    assert ranking.scores.idle == {"k", "K"}
    assert ranking.scores.counting.codes == tuple("abcdef")


def test_where_nothing_that_counts_differs_it_is_refused() -> None:
    rules = framework("K").subset(["k", "a"]).with_weights({"K": 1, "F": 0})
    data = table(gaps=False)
    with pytest.raises(ms.InputError, match=r'no indicator that has a weight .* apart: "k"'):
        ms.rank_markets(data, rules)
    both = framework("K", "F").subset(["k", "z"])
    for call in (ms.rank_markets, ms.score_factors, ms.fit_scale):
        with pytest.raises(ms.InputError, match=r'(?s)2 faults.*"k": every market .*"z"'):
            call(data, both)


def test_refuse_refuses_each_at_any_weight() -> None:
    rules = framework("F", "K", constant="refuse", normalization="z-score")
    unweighted = rules.with_weights({"F": 1, "G": 1, "H": 1, "K": 0})
    for each in (rules, unweighted):
        with pytest.raises(ms.InputError, match=r'(?s)2 faults.*"k": every market has the value 3'):
            ms.score_factors(table(gaps=False), each)
    with pytest.raises(ms.InputError, match='"k": every market has the value 3'):
        ms.score_factors(
            table(gaps=False),
            framework("F", constant="refuse", normalization="distance-to-max"),
        )


# Steps, and a scale


def test_a_neutral_column_is_in_the_middle_for_everybody() -> None:
    data = table(gaps=True).drop(columns="region")
    for normalization, middle in (("min-max", 55.0), ("percentile-rank", 55.0), ("z-score", 0.0)):
        rules = framework("F", normalization=normalization, range=(10, 100))
        assert set(ms.normalize(data, rules)["k"]) == {middle}
        assert fit_scales(data, rules).neutral == ("k",)
    left = rules.subset(
        [code for code in rules.codes if code not in fit_scales(data, rules).neutral]
    )
    by_hand = ms.aggregate(ms.normalize(data, left), left)
    close(ms.score_factors(data, rules).scores, by_hand)


def test_a_scale_keeps_that_an_indicator_is_neutral() -> None:
    data = table(gaps=False)
    rules, without = framework("F", "K"), framework()
    scale = ms.fit_scale(data, rules)
    other = table(gaps=False, seed=4).assign(k=np.arange(12.0), z=np.arange(12.0))
    assert (scale.neutral, scale["k"].neutral, scale["a"].neutral) == (("k", "z"), True, False)
    found = ms.score_factors(other, rules, scale=scale)
    close(found.scores, ms.score_factors(other, without, scale=scale).scores)
    assert found.idle == {"k", "z", "K"}
    assert not found.treated["indicator"].isin(["k", "z"]).any()
    # The other way round its parameters hold: a constant then has a place on the scale.
    fitted = ms.fit_scale(other, rules)
    again = ms.score_factors(data, rules, scale=fitted)
    assert (again.idle, set(again.normalized["z"])) == (frozenset(), {0.0})
    with pytest.raises(ms.InputError, match=r'"k": had no difference.*"refuse"'):
        ms.score_factors(data, replace(rules, constant="refuse"), scale=scale)


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["reweight", "mean"])
def test_a_panel_judges_all_years_together(missing: Any) -> None:
    generator = np.random.default_rng(2)
    rows = [
        {"market": f"m{m}", "indicator": code, "year": year, "value": value}
        for year in (2020, 2021)
        for m in range(8)
        for code, value in (
            ("a", generator.uniform()),
            ("k", float(year)),  # the same for all in each year
            ("z", 1.0),
        )
    ]
    tree = pd.DataFrame(
        {"code": ["a", "k", "z"], "factor": ["A", "A", "Z"], "direction": "benefit"}
    )
    rules = ms.Framework.from_table(tree, missing=missing)
    observations = pd.DataFrame(rows)
    shared = ms.rank_panel(observations, rules, years=[2020, 2021])
    assert shared.scale is not None
    assert shared.scale.neutral == ("z",)
    assert set(shared.rankings[2021].scores.normalized["k"]) == {100.0}
    apart = ms.rank_panel(observations, rules, years=[2020, 2021], shared_scale=False)
    assert [r.scores.scale.neutral for r in apart.rankings.values()] == [("k", "z")] * 2
    for panel, codes in ((shared, ["a", "k"]), (apart, ["a"])):
        same = panel is shared
        expected = ms.rank_panel(
            observations, rules.subset(codes), years=[2020, 2021], shared_scale=same
        )
        close(panel.table, expected.table)
        close(panel.changes, expected.changes)


# What follows a ranking


@cache
def usual_rankings(place: int) -> tuple[ms.Ranking, ms.Ranking]:
    """Return the same for one of the usual calls, of which much follows."""
    return rankings(**USUAL[place])


def rankings(
    framed: Mapping[str, Any] = FrozenMapping(), **keys: Any
) -> tuple[ms.Ranking, ms.Ranking]:
    """Return a ranking with neutral indicators, k at the top, and the one without them."""
    data, called = table(gaps=True), {"draws": 30, **keys}
    return (
        ms.rank_markets(data, framework("K > L", "F > S", **framed), **called),
        ms.rank_markets(data, framework(**framed), **called),
    )


USUAL: list[dict[str, Any]] = [
    {},
    {"options": {"normalization": "min-max"}},
    {"method": "promethee"},
]
FOLLOWING: dict[str, Callable[[ms.Ranking], pd.DataFrame]] = {
    "robustness": lambda r: ms.robustness(r, draws=300).summary,
    "anywhere": lambda r: ms.robustness(r, draws=300, around="any").acceptability,
    "ordered": lambda r: ms.robustness(r, draws=300, around="ordered").acceptability,
    "bounds": lambda r: ms.rank_bounds(r).table,
    "bounds anywhere": lambda r: ms.rank_bounds(r, around="any").table,
    "reversals": lambda r: ms.rank_reversals(r).pairs,
    "stability": ms.weight_stability,
    "contributions": ms.contributions,
    "of indicators": lambda r: ms.contributions(r, level="indicator"),
    "outranking": lambda r: ms.outranking_matrix(r.scores),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLLOWING)
@pytest.mark.parametrize("place", range(len(USUAL)))
def test_what_follows_agrees_with_the_framework_without(name: str, place: int) -> None:
    if (name, USUAL[place].get("method")) == ("of indicators", "promethee"):
        return  # its parts are no straight lines
    found, expected = (FOLLOWING[name](ranking) for ranking in usual_rankings(place))
    close(found, expected)


@pytest.mark.parametrize("method", [*ms.METHODS])
def test_every_method_ranks_as_without_them(method: str) -> None:
    found, expected = rankings(method=method)
    close(found.table, expected.table)
    both = [ms.overtake(ranking, "m3", "m6") for ranking in (found, expected)]
    close(both[0].weights.weights.to_frame(), both[1].weights.weights.to_frame())


@pytest.mark.parametrize("name", [n for n in WEIGHTINGS if n != "principal_component"])
def test_every_weighting_weighs_as_without_them(name: str) -> None:
    # Above zero, so that MEREC has ratios.
    found, expected = rankings({"range": (1, 100)}, weights=name, draws=0)
    close(found.table, expected.table)
    assert found.weights["K"] == 0


def test_a_weighting_of_ones_own_may_name_every_factor() -> None:
    names = {"F": 2.0, "G": 1.0, "H": 1.0, "K": 5.0}
    found = ms.rank_markets(table(gaps=False), framework("K"), weights=lambda _: names, draws=0)
    assert found.weights.to_dict() == {"F": 0.5, "G": 0.25, "H": 0.25, "K": 0.0}


@pytest.mark.slow
def test_sensitivity_agrees_with_the_framework_without() -> None:
    data = table(gaps=True)
    choices = {
        "normalization": None,
        "missing": None,
        "left_out": None,
        "method": ["weighted_sum", "topsis"],
    }
    found, expected = (
        ms.sensitivity(data, rules, choices=choices)
        for rules in (framework("K > L", "F > S"), framework())
    )
    for name in ("choices", "one_at_a_time", "markets", "skipped"):
        assert len(getattr(found, name)) == len(getattr(expected, name))
        close(getattr(found, name), getattr(expected, name))
    assert (found.cells, found.mean_shift) == (expected.cells, expected.mean_shift)


def test_sensitivity_leaves_out_what_another_normalization_makes_neutral() -> None:
    """Ranks of equal markets are equal, and count; on min-max there is nothing to count."""
    data = table(gaps=False)
    rules = framework("F", "K", normalization="rank")
    result = ms.sensitivity(data, rules, choices={"normalization": ["rank", "min-max"]})
    by_rank, by_range = (
        ms.rank_markets(data, each, draws=0)
        for each in (rules, replace(rules, normalization="min-max"))
    )
    assert (by_rank.scores.scale.neutral, by_range.scores.scale.neutral) == ((), ("k", "z"))
    first, second = by_rank.table["rank"], by_range.table["rank"]
    moved = (first - second.reindex(first.index)).abs().mean()
    assert moved > 0
    assert result.mean_shift == pytest.approx(moved / 2)


def test_redundancy_counts_what_takes_part() -> None:
    found, expected = (ms.redundancy(ranking.scores) for ranking in rankings())
    close(found.weights, expected.weights)
    for name in ("alpha", "alpha_if_dropped", "components"):
        close(getattr(found, name), getattr(expected, name))
    pair = found.indicators.query("first == 'a' and second == 'k'")
    assert pair["reason"].tolist() == ["no difference between the markets"]


def test_no_given_weight_brings_an_idle_factor_in() -> None:
    found, expected = rankings()
    weights = {"F": 2, "G": 1, "H": 1}
    close(
        ms.outranking_matrix(found.scores, weights=weights | {"K": 9}),
        ms.outranking_matrix(expected.scores, weights=weights),
    )
    rules = framework("K > L", "F > S")
    given = [
        ms.rank_markets(table(gaps=True), each, weights=named, draws=0).table
        for each, named in ((rules, weights | {"K": 9}), (framework(), weights))
    ]
    close(*given)


@pytest.mark.slow
def test_errors_of_measurement_do_not_bring_a_neutral_indicator_in() -> None:
    rules = framework("K", "F")
    measured = tuple(
        replace(item, standard_error=f"{item.code}_error") if item.code in "akz" else item
        for item in rules.indicators
    )
    rules = replace(rules, indicators=measured)
    data = table(gaps=False).assign(a_error=0.5, k_error=9.0, z_error=9.0)
    without = rules.subset(list("abcdef"))
    found, expected = (
        ms.robustness(ms.rank_markets(data, each, draws=0), draws=200, errors=True)
        for each in (rules, without)
    )
    close(found.acceptability, expected.acceptability)


@pytest.mark.slow
def test_a_study_replays_with_and_without_a_scale(tmp_path: Path) -> None:
    data = table(gaps=True)
    for number, normalization in enumerate(("min-max", "distance-to-max")):
        rules = framework("K", "F", normalization=normalization)
        scale = ms.fit_scale(data, rules)
        for fitted in (None, scale):
            ranking = ms.rank_markets(data, rules, draws=20, scale=fitted)
            folder = tmp_path / f"{number} {fitted is None}"
            replay = ms.replay_study(ms.save_study(ranking, folder))
            assert replay.identical, replay
            assert replay.ranking.remarks == ranking.remarks


# It is said


LINE = (
    'no difference between the markets, and no part in the scores: "k", "z"; so factors with '
    'nothing else that counts have none: "K", "L"'
)


def test_a_ranking_says_what_takes_no_part() -> None:
    ranking, without = rankings()
    assert ranking.remarks == (LINE,)
    assert without.remarks == ()
    assert LINE in " ".join(repr(ranking).split())
    assert LINE in " ".join(repr(ranking.scores).split())
    assert "no part in the scores" in ranking._repr_html_()
    assert LINE in ranking_text(ranking, ranking.table, excluded=False, embedded=False)
    assert ("scoring", "indicators without a difference", LINE) in scoring_rows(ranking)
    words = "none; one would take no part"
    assert ("scoring", "indicators without a difference", words) in scoring_rows(without)


@pytest.mark.slow
def test_its_cells_are_marked_in_explanation_page_and_workbook(tmp_path: Path) -> None:
    ranking, without = rankings()
    why = ms.explain(ranking, "m3")
    marked = why.remarks[why.remarks["what"] == "neutral"]
    assert marked["indicator"].tolist() == ["k", "z"]
    assert "Takes no part, since it does not tell the markets apart: k and z." in why.sentence
    page = page_content(ranking, "title", None)
    cells = [cell for row in page["markets"]["remarks"].values() for cell in row]
    assert sum(cell["what"] == "neutral" for cell in cells) == 2 * len(ranking.table)
    assert LINE in dict(page["notes"])["Remarks"]
    assert [row[2] for row in changes_on_sheet(ranking)].count("neutral") == 2 * len(ranking.table)
    assert "neutral" not in [row[2] for row in changes_on_sheet(without)]
    ms.write_report(ranking, tmp_path / "page.html")
    ms.write_excel(ranking, tmp_path / "book.xlsx")


def test_an_indicator_that_is_the_same_under_goalposts_takes_part_as_ever() -> None:
    rules = framework("F")
    posts = tuple(
        replace(item, goalposts=(0.0, 4.0)) if item.code == "k" else item
        for item in rules.indicators
    )
    scores = ms.score_factors(table(gaps=False), replace(rules, indicators=posts))
    assert (scores.idle, set(scores.normalized["k"])) == (frozenset(), {25.0})


# The key


def test_the_key_is_read_written_and_refused() -> None:
    rules = framework()
    assert rules.constant == "neutral"
    assert "constant" not in rules.to_toml()
    assert "constant" not in repr(rules)
    refusing = replace(rules, constant="refuse")
    assert 'constant = "refuse"' in refusing.to_toml()
    assert "constant: refuse" in repr(refusing)
    assert ms.Framework.from_toml(refusing.to_toml()) == refusing
    assert refusing.to_document()["constant"] == "refuse"
    again = ms.Framework.from_table(
        refusing.to_table(), factors=refusing.factors_table(), constant="refuse"
    )
    assert again.constant == "refuse"
    with pytest.raises(ms.InputError, match=r"constant: got 'neutrl'; .*Did you mean \"neutral\""):
        framework(constant="neutrl")
