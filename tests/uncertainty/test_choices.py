"""Which modeling choice moves the ranks most: exact shares, sampled shares, one at a time."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations, count, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import marketselect as ms
from marketselect import Factor, Framework, Indicator, InputError, rank_markets
from marketselect.arrays.checks import FloatArray
from marketselect.uncertainty import choice_cells as cells_module
from marketselect.uncertainty import variance as module
from marketselect.uncertainty.choice_cells import choice_cell_scores, product_cells
from marketselect.uncertainty.choice_options import (
    Choice,
    base_values,
    local_weights_of,
    settled_choices,
)
from marketselect.uncertainty.choice_scores import ChoiceCells, ChoiceScorer
from marketselect.uncertainty.choices import Sensitivity, sensitivity
from marketselect.uncertainty.variance import (
    estimated_shares,
    resampled_shares,
    sampled_cells,
    variance_shares,
)
from marketselect.uncertainty.variants import variants_of
from shared import part_of_the_world


def framework(**settings: Any) -> Framework:
    """Return two factors of two indicators; one of them has goalposts."""
    return Framework(
        name="small",
        factors=(Factor(code="economic", weight=2), Factor(code="legal")),
        indicators=(
            Indicator(code="gdp", factor="economic", direction="benefit", goalposts=(0, 100)),
            Indicator(code="debt", factor="economic", direction="cost"),
            Indicator(code="law", factor="legal", direction="benefit"),
            Indicator(code="crime", factor="legal", direction="cost"),
        ),
        **{"range": (1, 100), "min_coverage": 0.5, **settings},
    )


def values(markets: int = 9, *, holes: bool = True) -> pd.DataFrame:
    """Return values of which two are missing."""
    generator = np.random.default_rng(11)
    data = generator.uniform(5, 95, (markets, 4))
    data[:, 3] = np.exp(data[:, 3] / 20)  # skewed
    if holes:
        data[2, 1] = data[5, 3] = np.nan
    index = pd.Index([f"M{n}" for n in range(markets)], name="city")
    return pd.DataFrame(data, index, ["gdp", "debt", "law", "crime"])


def bent(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    """Score by the worse of two factors, mostly."""
    return np.asarray(matrix.min(axis=1) + 0.01 * (matrix @ weights))


def upside_down(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    return -(matrix @ weights)


def choice(name: str, options: int) -> Choice:
    labels = tuple(map(str, range(options)))
    return Choice(name=name, values=labels, labels=labels, base="", base_label="", usual=False)


CHOICES: dict[str, Any] = {
    "normalization": ["min-max", "percentile-rank"],
    "missing": ["reweight", "median"],
    "left_out": [None, "gdp", "crime"],
    "method": ["weighted_sum", "topsis", bent],
    "weights": 3,
}


# --- published cases: definitions of Saisana et al. (2005) on outputs with a known answer


def test_an_additive_output_by_hand() -> None:
    """Output a_i + b_j: a = 0, 3 has variance 9/4; b = 0, 0, 3 has 2; together 17/4."""
    parts = (choice("a", 2), choice("b", 3))
    output = np.add.outer([0.0, 3.0], [0.0, 0.0, 3.0]).ravel()
    shares = variance_shares(parts, output)
    assert shares.mean == pytest.approx(2.5)
    assert shares.variance == pytest.approx(17 / 4)
    assert shares.first.tolist() == pytest.approx([9 / 17, 8 / 17])
    assert shares.total.tolist() == pytest.approx([9 / 17, 8 / 17])


def test_an_interaction_alone_by_hand() -> None:
    """Output 1 where both options are the same: neither choice explains anything alone."""
    shares = variance_shares((choice("a", 2), choice("b", 2)), np.array([1.0, 0.0, 0.0, 1.0]))
    assert shares.first.tolist() == [0, 0]
    assert shares.total.tolist() == [1, 1]


def test_a_method_turned_round_by_hand() -> None:
    """Three markets: the first and the last change places, a mean shift of 4/3, or nothing."""
    data = values(3, holes=False)
    found: Any = sensitivity(
        data,
        framework(),
        choices={"method": ["weighted_sum", upside_down], "missing": ["reweight", "mean"]},
    )
    assert found.cells == 4
    assert found.exact
    assert found.mean_shift == pytest.approx(2 / 3)
    assert found.variance == pytest.approx(4 / 9)
    assert found.choices.loc["method", ["first_order", "total"]].tolist() == [1.0, 1.0]
    assert found.choices.loc["missing", ["first_order", "total"]].tolist() == [0.0, 0.0]
    assert found.interactions == 0
    row = found.one_at_a_time.loc[("method", "upside_down")]
    assert row["mean_shift"] == pytest.approx(4 / 3)
    assert row["max_shift"] == 2
    assert {row["rank_from"], row["rank_to"]} == {1, 3}
    assert found.markets["mean_shift"].tolist() == [1.0, 1.0, 0.0]


# --- properties


def test_first_order_shares_and_interactions_add_up_to_one() -> None:
    found: Any = sensitivity(values(), framework(), choices=CHOICES)
    table = found.choices
    assert found.variance > 0
    assert table["first_order"].sum() + found.interactions == pytest.approx(1)
    assert 0 <= found.interactions < 1
    assert (table["total"] >= table["first_order"] - 1e-12).all()
    assert table["total"].is_monotonic_decreasing
    assert (table[["first_order_error", "total_error"]] == 0).all(axis=None)


def test_the_bootstrap_draws_markets_anew() -> None:
    """a moves 10 of 20 markets by 0 or 2, b the others: of n drawn of a's the share of a is
    n^2 / (n^2 + (20 - n)^2), n binomial of 20 and 1/2, whose 5th percentile is 6, its 95th 14."""
    parts = (choice("a", 2), choice("b", 2))
    moved = np.repeat(np.eye(2, dtype=np.int64), 10, axis=1)
    shifts = 2 * np.array([a * moved[0] + b * moved[1] for a in (0, 1) for b in (0, 1)])
    ends = resampled_shares(parts, shifts, np.arange(4), exact=True, seed=0)
    share = [n**2 / (n**2 + (20 - n) ** 2) for n in (6, 14)]
    np.testing.assert_allclose(ends, np.array([share, share]).reshape(4, 1) * [1, 1])


def test_markets_that_move_alike_leave_exact_shares_without_an_interval() -> None:
    """Output a_i + b_j, as above: 9/17 and 8/17, whichever markets are drawn."""
    parts = (choice("a", 2), choice("b", 3))
    output = np.add.outer([0, 3], [0, 0, 3]).ravel()
    ends = resampled_shares(parts, output[:, None] * np.ones((1, 7), int), np.arange(6),
                            exact=True, seed=0)  # fmt: skip
    np.testing.assert_allclose(ends, np.tile([9 / 17, 8 / 17], (4, 1)))


@pytest.mark.slow
def test_the_bootstrap_of_sampled_cells_has_the_spread_of_a_ratio() -> None:
    """Markets alike: 90 % are 2 x 1.645 standard errors of mean(x) / V wide, where V is estimated
    of the same rows: that of x - share v, by the delta method, over V."""
    parts = tuple(choice(name, 30) for name in "abc")
    design = sampled_cells(parts, seed=3)
    cells = (design * [3, 2, 1]).sum(axis=1) + design[:, 0] * design[:, 1] // 9
    shifts = cells[:, None] * np.ones((1, 3), int)
    ends = resampled_shares(parts, shifts, np.arange(len(design)), exact=False, seed=0)
    a, b, *mixed = cells.reshape(5, -1).astype(float)
    mean, variance = np.mean([a, b]), np.var([a, b])
    v = ((a - mean) ** 2 + (b - mean) ** 2) / 2
    for place, ab in enumerate(mixed):
        for (low, high), x in zip(
            (ends[:2, place], ends[2:, place]),
            ((b - mean) * (ab - a), (a - ab) ** 2 / 2),
            strict=True,
        ):
            share = x.mean() / variance
            error = (x - share * v).std() / variance / np.sqrt(len(a))
            assert high - low == pytest.approx(2 * 1.645 * error, rel=0.15)
            assert low < share < high


@pytest.mark.slow
def test_the_ends_hold_the_shares_and_stand_beside_them() -> None:
    found: Any = sensitivity(values(), framework(), choices=CHOICES).choices
    for name in ("first_order", "total"):
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()
        assert (found[f"{name}_low"] < found[f"{name}_high"]).any()
    one: Any = sensitivity(values(), framework(), choices={"missing": ["mean"], "weights": 4})
    assert one.choices.loc["missing", "first_order_low":].isna().all()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_zero_is_a_seed() -> None:
    one, two, other = (
        sensitivity(values(), framework(), choices=CHOICES, seed=seed) for seed in (0, 0, 1)
    )
    for name in ("choices", "one_at_a_time", "markets", "skipped", "failed"):
        assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)
    assert not one.choices.equals(other.choices)
    default = sensitivity(values(), framework(), choices=CHOICES)
    assert_frame_equal(one.choices, default.choices)


@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "vikor", "copeland", bent])
@pytest.mark.parametrize(
    "settings", [{}, {"decimals": 0}, {"missing": "median"}, {"normalization": "z-score"}]
)
def test_the_cell_of_the_base_is_the_base_ranking(method: Any, settings: Any) -> None:
    base = rank_markets(values(), framework(**settings), method=method, draws=0)
    chosen = settled_choices(None, base, base.weight_draws)
    stated = tuple(base_values(base)[c.name][0] for c in chosen[:-1])
    weights = local_weights_of(base.model.framework)
    job = ChoiceCells(values=stated, places=np.array([0]), rows=np.array([0]))
    scores = scored(base, weights[None, :], [job])
    np.testing.assert_allclose(scores[0], base.table["score"], rtol=1e-12)


def scored(base: ms.Ranking, weights: Any, jobs: list[ChoiceCells]) -> Any:
    """Return the scores in the cells of jobs, which none of them fails."""
    scores = np.full((sum(len(job.rows) for job in jobs), len(base.table)), np.nan)
    assert not ChoiceScorer(variants=variants_of(base, None), weights=weights).score(jobs, scores)
    return scores


def test_cells_that_are_scored_together_score_as_each_alone() -> None:
    generator = np.random.default_rng(3)
    base = rank_markets(values(), framework(), draws=0)
    nodes = local_weights_of(base.model.framework)
    rules = product(
        ["min-max", "percentile-rank"], ["arithmetic", "geometric"], ["drop", "reweight"]
    )
    # As stated, drawn at every level, and drawn of the top factors alone.
    lots = np.tile(nodes, (21, 1))
    lots[1:] *= generator.uniform(0.7, 1.4, (20, len(nodes)))
    lots[11:, 2:] = nodes[2:]
    jobs = [
        ChoiceCells(
            values=(*rule, "none", left_out, method), places=places, rows=start + np.arange(10)
        )
        for start, (rule, left_out, method, places) in zip(
            count(0, 10),
            product(
                rules,
                [None, "crime"],
                ["topsis", "promethee"],
                [np.arange(1, 11), np.arange(11, 21)],
            ),
        )
    ]
    together = scored(base, lots, jobs)
    for job in jobs:
        alone = [
            scored(base, lots, [replace(job, places=job.places[[i]], rows=np.array([0]))])[0]
            for i in range(10)
        ]
        np.testing.assert_allclose(together[job.rows], alone, rtol=1e-9, atol=1e-12)
    assert np.isnan(together).any()  # "drop" has fewer markets


@pytest.mark.parametrize("limit", [1, 40, 2**22])
def test_a_cell_that_fails_fails_alone_whatever_is_scored_with_it(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Weights of z-scores below zero have no product: those cells and no others."""
    monkeypatch.setattr(cells_module, "NUMBERS", limit)
    base = rank_markets(values(), framework(), draws=0)
    asked = {"normalization": ["min-max", "z-score"], "method": ["topsis", "weighted_product"]}
    chosen = settled_choices({**asked, "weights": 2}, base, base.weight_draws)
    cells = product_cells(chosen)
    scores, faults = choice_cell_scores(variants_of(base, None), chosen, cells)
    wrong = (cells[:, 0] == 1) & (cells[:, 5] == 1)
    assert wrong.sum() == 2
    assert [cell for cell, _ in faults] == [tuple(cell) for cell in cells[wrong].tolist()]
    np.testing.assert_array_equal(np.isnan(scores).all(axis=1), wrong)


def test_options_of_the_base_method_are_kept() -> None:
    data, options = values(25, holes=False), {"metric": "chebyshev"}
    plain, base = (
        rank_markets(data, framework(), method="topsis", options=given, draws=0).table["rank"]
        for given in (None, options)
    )
    assert (plain.loc[base.index] != base).any()
    found: Any = sensitivity(
        data, framework(), method="topsis", options=options, choices={"method": ["topsis"]}
    )
    assert found.mean_shift == 0
    assert found.markets["rank"].loc[base.index].tolist() == base.tolist()


def test_leaving_out_an_indicator_may_cost_a_market_its_coverage() -> None:
    """M0 has two of three indicators, enough; without one of them it has one of two."""
    data = values(6, holes=False)
    data.loc["M0", "law"] = np.nan
    rules = Framework(
        name="one",
        factors=(Factor(code="f"),),
        indicators=tuple(
            Indicator(code=code, factor="f", direction="benefit") for code in ("gdp", "debt", "law")
        ),
    )
    assert "M0" in rank_markets(data, rules, draws=0).table.index
    found: Any = sensitivity(data, rules, choices={"left_out": [None, "gdp"]})
    assert set(found.markets.index) == {"M1", "M2", "M3", "M4", "M5"}


def test_weights_stay_with_their_factors_when_one_drops_out() -> None:
    codes = ("gdp", "law", "crime")
    rules = Framework(
        name="three",
        factors=tuple(Factor(code=f"f_{code}", weight=n) for n, code in enumerate(codes, 1)),
        indicators=tuple(
            Indicator(code=code, factor=f"f_{code}", direction="benefit") for code in codes
        ),
    )
    data = values(25, holes=False)
    found: Any = sensitivity(data, rules, choices={"left_out": [None, "gdp"]})
    base, fewer = (
        rank_markets(data, used, draws=0).table["rank"] for used in (rules, rules.subset(codes[1:]))
    )
    shift = (fewer.loc[base.index] - base).abs()
    assert found.one_at_a_time.loc[("left_out", "gdp"), "mean_shift"] == pytest.approx(shift.mean())


def test_an_option_that_is_the_base_moves_nothing_alone() -> None:
    table: Any = sensitivity(values(), framework(), choices=CHOICES).one_at_a_time
    base = [("normalization", "min-max"), ("missing", "reweight"), ("left_out", "none")]
    for option in [*base, ("method", "weighted_sum")]:
        assert table.loc[option, ["mean_shift", "max_shift"]].tolist() == [0, 0]
    assert len(table) == 2 + 2 + 3 + 3 + 3
    assert table.loc[("method", "bent"), "max_shift"] > 0


def test_candidates_are_ranked_among_themselves() -> None:
    chosen = ["M7", "M0", "M4", "M5"]
    found: Any = sensitivity(values(), framework(), choices=CHOICES, markets=chosen)
    assert set(found.markets.index) == set(chosen)
    assert found.markets.index.name == "city"
    assert set(found.markets["rank"]) == {1, 2, 3, 4}
    assert found.markets["worst"].max() <= 4


def test_a_market_that_one_cell_leaves_out_is_in_none() -> None:
    """Under "drop" M2 and M5 have no rank; without them the others have not moved."""
    found: Any = sensitivity(values(), framework(), choices={"missing": ["reweight", "drop"]})
    assert set(found.markets.index) == {f"M{n}" for n in (0, 1, 3, 4, 6, 7, 8)}
    assert set(found.not_compared) == {"M2", "M5"}
    assert "not compared: 2 that some cell drops, " in repr(found)
    fixed = framework(normalization="min-max").with_weights({"economic": 1, "legal": 1})
    whole: Any = sensitivity(values(), fixed, choices={"missing": ["reweight", "drop"]})
    assert whole.mean_shift == 0


def test_weights_may_be_given() -> None:
    given = [{"economic": 1, "legal": 0}, {"legal": 5, "economic": 5}]
    found: Any = sensitivity(values(), framework(), choices={"weights": given})
    assert found.cells == 2
    expected = [rank_markets(values(), framework(), weights=w, draws=0).table for w in given]
    base = rank_markets(values(), framework(), draws=0).table["rank"]
    shifts = [(table["rank"].loc[base.index] - base).abs().mean() for table in expected]
    assert found.one_at_a_time["mean_shift"].tolist() == pytest.approx(shifts)


def test_named_choices_are_varied_and_the_others_stay() -> None:
    found: Any = sensitivity(values(), framework(), choices=["method", "normalization"])
    assert set(found.choices.index) == {"method", "normalization"}
    assert found.base.to_dict() == {
        "normalization": "min-max",
        "aggregation": "arithmetic",
        "missing": "reweight",
        "treatment": "none",
        "left_out": "none",
        "method": "weighted_sum",
        "weights": "stated",
    }


@pytest.mark.slow
def test_progress_only_grows_and_ends_with_all_cells() -> None:
    calls: list[tuple[int, int]] = []
    sensitivity(values(), framework(), choices=CHOICES, progress=lambda *done: calls.append(done))
    done = [call[0] for call in calls]
    assert done == sorted(set(done))
    assert calls[-1][0] == calls[-1][1] >= 2 * 2 * 3 * 3 * 3


def test_the_data_stay_as_they_were() -> None:
    data = values()
    before = data.copy()
    sensitivity(data, framework(), choices=CHOICES)
    assert_frame_equal(data, before)


# --- options that cannot run


@pytest.mark.slow
def test_usual_options_that_cannot_run_are_skipped_with_the_reason() -> None:
    found: Any = sensitivity(values(), framework(range=(0, 100)))
    skipped: Any = found.skipped.set_index(["choice", "option"])["reason"]
    assert 'missing = "group-..." needs the key group' in skipped["missing", "group-median"]
    # z-scores are negative: they fail beside one of two means and one of four methods, these
    # beside one of four normalizations
    assert "a weighted product needs values of zero" in skipped["normalization", "z-score"]
    assert ("method", "weighted_product") not in skipped
    assert ("aggregation", "geometric") not in skipped
    assert "group-median" not in found.one_at_a_time.loc["missing"].index
    assert "left out: missing group-median, normalization z-score (skipped says why)" in repr(found)


def test_every_cell_that_failed_is_listed() -> None:
    choices = {"normalization": None, "method": ["weighted_sum", "ahp"]}
    found: Any = sensitivity(values(), framework(), choices=choices)
    assert len(found.failed) == 1
    cell = found.failed.iloc[0]
    assert (cell["normalization"], cell["method"]) == ("z-score", "ahp")
    assert cell["reason"].startswith("method ahp: factor ")
    assert "choose one that fills its range" in cell["reason"]
    assert found.skipped[["choice", "option"]].to_numpy().tolist() == [["normalization", "z-score"]]


@pytest.mark.parametrize("named", ["normalization", "method"])
def test_what_is_usual_goes_before_what_was_named(named: str) -> None:
    """z-score fails with one of four methods, and that with one of four normalizations."""
    given = {
        "normalization": ["min-max", "distance-to-max", "percentile-rank", "z-score"],
        "method": ["weighted_sum", "topsis", "promethee", "ahp"],
    }
    choices = {name: given[name] if name == named else None for name in given}
    found: Any = sensitivity(values(), framework(), choices=choices)
    gone = {"normalization": ["method", "weighted_product"], "method": ["normalization", "z-score"]}
    assert found.skipped[["choice", "option"]].to_numpy().tolist() == [gone[named]]


def test_a_named_option_that_cannot_run_is_refused_with_the_reason() -> None:
    choices: Any = {"normalization": ["min-max", "z-score"], "method": ["weighted_sum", "ahp"]}
    message = (
        r'choices, normalization: "z-score" cannot run; with method "ahp": .* negative rating.*; '
        "leave it out, or what it does not go with"
    )
    with pytest.raises(InputError, match=message):
        sensitivity(values(), framework(), choices=choices)
    # what the base has is not what has to go
    with pytest.raises(InputError, match=r'choices, method: "ahp" cannot run; method ahp: factor'):
        sensitivity(values(), framework(normalization="z-score"), choices=choices)


def test_a_named_method_that_fails_only_with_some_weights_is_refused() -> None:
    def fussy(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        if weights[0] > 0.9:
            raise ValueError("too much of one thing")
        return matrix @ weights

    given = [{"economic": 1, "legal": 1}, {"economic": 19, "legal": 1}]
    choices = {"method": ["weighted_sum", fussy], "weights": given}
    with pytest.raises(InputError, match=r'choices, method: "fussy" cannot run; .*too much of one'):
        sensitivity(values(), framework(), choices=choices)


def test_an_option_of_the_base_is_kept() -> None:
    found: Any = sensitivity(
        values(),
        framework(normalization="z-score"),
        choices={"normalization": ["min-max", "z-score"], "method": None},
    )
    assert found.skipped[["choice", "option"]].to_numpy().tolist() == [
        ["method", "weighted_product"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("mean", ["geometric", "harmonic"])
def test_a_mean_that_bears_no_zero_is_taken_of_scores_from_a_hundredth(mean: Any) -> None:
    """On a range of 0 to 100 the cell is the ranking on 1 to 100, as the method sees it, too."""
    data, rules = values(25, holes=False), framework(range=(0, 100))
    shifted = framework(range=(1, 100))
    factors: Any = tuple(replace(f, aggregation=mean) for f in shifted.factors)
    for method in ("weighted_sum", "topsis"):
        found: Any = sensitivity(
            data, rules, method=method, choices={"aggregation": ["arithmetic", mean]}
        )
        base, other = (
            rank_markets(data, used, method=method, draws=0).table["rank"]
            for used in (rules, replace(shifted, factors=factors))
        )
        shift = (other.loc[base.index] - base).abs()
        assert shift.sum() > 0
        row = found.one_at_a_time.loc[("aggregation", mean)]
        assert row["mean_shift"] == pytest.approx(shift.mean())
        assert row["max_shift"] == shift.max()


def test_the_mean_of_the_base_keeps_its_range() -> None:
    """Scores above zero bear a geometric mean on 0 to 100: that is the base, and stays so."""
    data = values(12, holes=False).clip(lower=10)
    rules = framework(range=(0, 100)).subset(["gdp"])
    rules = replace(rules, factors=(replace(rules.factors[0], aggregation="geometric"),))
    base = rank_markets(data, rules, draws=0)
    chosen = settled_choices(None, base, base.weight_draws)
    stated = tuple(base_values(base)[c.name][0] for c in chosen[:-1])
    weights = local_weights_of(base.model.framework)
    job = ChoiceCells(values=stated, places=np.array([0]), rows=np.array([0]))
    scores = scored(base, weights[None, :], [job])
    np.testing.assert_allclose(scores[0], base.table["score"], rtol=1e-12)


def test_a_choice_with_one_option_has_no_shares() -> None:
    found: Any = sensitivity(
        values(), framework(), choices={"aggregation": ["arithmetic"], "method": None}
    )
    assert found.choices.index.tolist() == ["method", "aggregation"]
    assert found.choices.loc["aggregation", "options"] == 1
    assert found.choices.loc["aggregation"].drop("options").isna().all()
    assert found.choices.loc["method"].notna().all()
    assert found.interactions == pytest.approx(0)
    assert 'not varied: "aggregation" with one option' in repr(found)
    assert "nan" not in repr(found).lower()


@pytest.mark.slow
def test_options_that_only_repeat_another_are_skipped() -> None:
    without = Framework(
        name="free",
        factors=(Factor(code="f"),),
        indicators=tuple(
            Indicator(code=code, factor="f", direction="benefit") for code in ("gdp", "law")
        ),
    )
    found: Any = sensitivity(values(holes=False), without)
    skipped = found.skipped.set_index(["choice", "option"])
    assert skipped.loc[("normalization", "distance-to-max"), "reason"].startswith("the same as")
    assert skipped.loc[("missing", "mean"), "reason"] == "no value is missing"


def test_the_only_indicator_cannot_be_left_out() -> None:
    found: Any = sensitivity(
        values(holes=False), framework().subset(["gdp"]), choices=["left_out", "normalization"]
    )
    reason = "left_out: no indicator would be left; leave that choice out"
    assert reason in found.skipped["reason"].to_list()
    assert found.choices.loc["left_out", "options"] == 1


def test_leaving_out_the_only_indicator_of_a_factor_leaves_out_the_factor() -> None:
    rules = framework().subset(["gdp", "law", "crime"])
    data = values(holes=False)
    found: Any = sensitivity(data, rules, choices={"left_out": [None, "gdp"]})
    base = rank_markets(data, rules, draws=0).table["rank"]
    other = rank_markets(data, rules.subset(["law", "crime"]), draws=0).table["rank"]
    shift = (other.loc[base.index] - base).abs()
    row = found.one_at_a_time.loc[("left_out", "gdp")]
    assert row["mean_shift"] == pytest.approx(shift.mean())
    assert row["max_shift"] == shift.max()
    assert shift[row["market"]] == shift.max()


# --- degenerate input


def test_where_nothing_moves_every_share_is_zero() -> None:
    found: Any = sensitivity(
        values(1, holes=False).iloc[:1], framework_fixed(), choices=["weights"]
    )
    assert found.mean_shift == found.variance == found.interactions == 0
    assert (found.choices[["first_order", "total"]] == 0).all(axis=None)


def framework_fixed() -> Framework:
    """Return one factor on goalposts: a single market can be scored."""
    return framework().subset(["gdp"])


def test_equal_markets_never_move() -> None:
    data = values(3, holes=False)
    data[:] = data.iloc[0].to_numpy()
    found: Any = sensitivity(data, framework_fixed(), choices=["weights", "left_out"])
    assert found.mean_shift == 0


# --- messages


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"choices": "method"}, r"choices is 'method'; give a list of names"),
        ({"choices": 3}, r"choices is 3; give a list of names"),
        ({"choices": []}, r"choices is empty; name at least one of"),
        ({"choices": ["methods"]}, r'there is no choice "methods"; use .*Did you mean "method"'),
        ({"choices": {"method": "topsis"}}, r"choices, method: got 'topsis'; give a list"),
        ({"choices": {"method": []}}, r"choices, method: no option is given"),
        ({"choices": {"method": ["topsi"]}}, r'no option "topsi"; use .* or a callable\.'),
        ({"choices": {"missing": ["meen"]}}, r'choices, missing: .*"meen".*Did you mean "mean"'),
        ({"choices": {"left_out": ["GDP"]}}, r'choices, left_out: there is no option "GDP"'),
        (
            {"choices": {"aggregation": ["power"]}},
            r'there is no option "power"; use one of "arithmetic"',
        ),
        ({"choices": {"normalization": [3]}}, r'choices, normalization: there is no option "3"'),
        ({"choices": {"method": ["topsis"] * 2}}, r'choices, method: "topsis" is given twice'),
        ({"choices": {"weights": 0}}, r"choices, weights: got 0; give a number of draws, 1 or"),
        ({"choices": {"weights": "many"}}, r"choices, weights: got 'many'"),
        ({"choices": {"weights": [{"economic": 1}]}}, r'"legal" left out; name all of'),
        ({"choices": {"weights": [{"gdp": 1, "debt": 1}]}}, r"name the top factors, all of them"),
        ({"tolerance": 25}, r"tolerance is 25; a share between 0 and 1"),
        ({"seed": -1}, r"seed is -1; a whole number"),
        ({"method": "best"}, r'method: there is no method "best"'),
        ({"markets": ["Atlantis"]}, r"Atlantis"),
    ],
)
def test_what_has_no_meaning_is_refused(options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sensitivity(values(), framework(), **options)


def test_when_no_market_is_ranked_everywhere_it_says_so() -> None:
    """Without gdp those that lack debt have too little, and the other way round."""
    data = values(4, holes=False)
    data.iloc[[0, 1], 0] = np.nan
    data.iloc[[2, 3], 1] = np.nan
    with pytest.raises(InputError, match=r"no market is ranked in every cell: it lacks data"):
        sensitivity(data, framework(), choices={"left_out": ["gdp", "debt"]})


def test_a_policy_under_which_nobody_is_left_is_refused() -> None:
    data = values(4, holes=False)
    data.iloc[[0, 1], 1] = data.iloc[[2, 3], 2] = np.nan
    with pytest.raises(
        InputError, match='missing: "drop" cannot run; missing: no market has enough'
    ):
        sensitivity(
            data, framework(missing="mean", min_coverage=0.0), choices={"missing": ["mean", "drop"]}
        )


# --- independent implementation


GROUPS = {"top": [("economic", "legal")]}
GROUPS["all"] = [*GROUPS["top"], ("gdp", "debt"), ("law", "crime")]


def drawn_by_hand(levels: str) -> list[dict[str, float]]:
    """Return two draws of weights within a quarter of the stated ones, each group by itself."""
    local = framework().local_weights()
    points = np.random.default_rng(0).random((2, 2 * len(GROUPS[levels])))
    drawn = []
    for row in points:
        sizes = iter(row)
        weights: dict[str, float] = {}
        for group in GROUPS[levels]:
            part = {code: local[code] * (0.75 + 0.5 * next(sizes)) for code in group}
            weights |= {code: size / sum(part.values()) for code, size in part.items()}
        drawn.append(weights)
    return drawn


def cells_one_by_one(found: Sensitivity, levels: str) -> pd.DataFrame:
    """Rank every cell with rank_markets, and take the mean shift of the common markets."""
    rules = framework()
    base = rank_markets(values(), rules, draws=0)
    drawn = drawn_by_hand(levels)
    common = found.markets.index
    first = base.table["score"].loc[common].rank(ascending=False, method="min")
    rows = []
    for kind, missing, out, method, number in product(
        *(CHOICES[name] for name in ("normalization", "missing", "left_out", "method")), range(2)
    ):
        codes = [code for code in rules.codes if code != out]
        # Who qualifies is settled at the stated weights, half of a factor; no draw halves that.
        cell = framework(normalization=kind, missing=missing, min_coverage=0.3).subset(codes)
        ranking = rank_markets(
            values(),
            cell,
            weights={code: size for code, size in drawn[number].items() if code != out},
            method=method,
            draws=0,
        )
        ranks = ranking.table["score"].loc[common].rank(ascending=False, method="min")
        label = (kind, missing, out or "none", getattr(method, "__name__", method), number)
        rows.append((*label, (ranks - first).abs().mean()))
    return pd.DataFrame(rows, columns=[*CHOICES, "y"])


def anova(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return first-order and total shares by adding up every term of the analysis of variance."""
    names = [name for name in table.columns if name != "y"]
    whole = table["y"].var(ddof=0)
    terms: dict[frozenset[str], float] = {}
    for size in range(1, len(names) + 1):
        for group in combinations(names, size):
            explained = table.groupby(list(group), sort=False)["y"].mean().var(ddof=0)
            below = (v for k, v in terms.items() if k < frozenset(group))
            terms[frozenset(group)] = explained - sum(below)
    assert sum(terms.values()) == pytest.approx(whole)
    return {
        name: (
            terms[frozenset([name])] / whole,
            sum(v for k, v in terms.items() if name in k) / whole,
        )
        for name in names
    }


@pytest.mark.slow
@pytest.mark.parametrize("levels", ["top", "all"])
def test_every_cell_and_every_share_equals_a_slow_loop(levels: Any) -> None:
    found: Any = sensitivity(values(), framework(), choices=CHOICES | {"weights": 2}, levels=levels)
    assert found.levels == levels
    assert found.cells == found.ranked_cells == 2 * 2 * 3 * 3 * 2
    table = cells_one_by_one(found, levels)
    assert found.mean_shift == pytest.approx(table["y"].mean())
    assert found.variance == pytest.approx(table["y"].var(ddof=0))
    for name, (first, total) in anova(table).items():
        assert found.choices.loc[name, "first_order"] == pytest.approx(first, abs=1e-9)
        assert found.choices.loc[name, "total"] == pytest.approx(total, abs=1e-9)


@pytest.mark.slow
def test_sampled_shares_are_near_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = {**CHOICES, "weights": 40, "treatment": ["none", "skew-kurtosis"]}
    rules = framework().subset(["gdp", "law", "crime"])
    choices["missing"] = ["reweight"]
    data = values(20, holes=False)
    exact: Any = sensitivity(data, rules, choices=choices)
    monkeypatch.setattr(module, "LIMIT", 600)
    found: Any = sensitivity(data, rules, choices=choices)
    assert exact.exact
    assert not found.exact
    assert found.ranked_cells <= 600
    assert found.cells == exact.cells
    for name, row in found.choices.drop(index="missing").iterrows():
        for share in ("first_order", "total"):
            off = abs(row[share] - exact.choices.loc[name, share])
            assert off <= 5 * row[f"{share}_error"] + 1e-12
    # what is not varied has no share, in a sample, too
    assert found.choices.loc["missing", ["first_order", "total"]].isna().all()
    assert found.mean_shift == pytest.approx(exact.mean_shift, rel=0.2)
    assert_frame_equal(found.one_at_a_time, exact.one_at_a_time)


def test_estimates_of_an_additive_output_are_near_the_truth() -> None:
    parts = (choice("a", 2), choice("b", 3), choice("c", 1))
    cells = sampled_cells(parts, 0)
    output = np.array([0.0, 3.0])[cells[:, 0]] + np.array([0.0, 0.0, 3.0])[cells[:, 1]]
    shares = estimated_shares(parts, output)
    for share, expected in (
        (shares.first, [9 / 17, 8 / 17, 0]),
        (shares.total, [9 / 17, 8 / 17, 0]),
    ):
        np.testing.assert_allclose(share, expected, atol=0.05)
    assert len(cells) == 4 * (module.LIMIT // 4)


def named(cells: Iterable[Any]) -> list[tuple[int, ...]]:
    return [tuple(map(int, cell)) for cell in cells]


def test_a_sample_takes_one_column_at_a_time_from_the_other() -> None:
    parts = (choice("a", 4), choice("b", 1), choice("c", 5))
    a, b, with_a, with_c = np.split(sampled_cells(parts, 3), 4)
    assert named(with_a) == [(y[0], x[1], x[2]) for x, y in zip(named(a), named(b), strict=True)]
    assert named(with_c) == [(x[0], x[1], y[2]) for x, y in zip(named(a), named(b), strict=True)]
    assert set(a[:, 0]) == set(range(4))


@pytest.mark.slow
def test_a_ranking_stands_for_what_made_it() -> None:
    table = part_of_the_world()
    shown = ["DEU", "POL", "MEX", "VNM"]
    names = ["normalization", "method", "weights"]
    for method in ("weighted_sum", "topsis"):
        ranking = ms.rank_markets(table, "pestle", markets=shown, method=method, draws=0)
        again = ms.sensitivity(ranking, choices=names)
        given = ms.sensitivity(table, "pestle", markets=shown, method=method, choices=names)
        assert_frame_equal(again.choices, given.choices)
        assert_frame_equal(again.markets, given.markets)
    with pytest.raises(InputError, match='"method" is given beside a ranking'):
        ms.sensitivity(ranking, method="ahp")
    scaled = ms.rank_markets(table, "pestle", scale=ms.fit_scale(table), draws=0)
    with pytest.raises(InputError, match="stands on a scale that was given"):
        ms.sensitivity(scaled)


@pytest.mark.parametrize("call", [ms.sensitivity, ms.compare_methods])
def test_a_framework_beside_a_ranking_is_refused(
    call: Callable[..., Any], pestle_ranking: ms.Ranking
) -> None:
    with pytest.raises(ms.InputError, match='"framework" is given beside a ranking'):
        call(pestle_ranking, "no such framework")
