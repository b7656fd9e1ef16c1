"""influence_weights: of rankings, factor scores and groups, by name, and beside every output."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.errors import InputError
from shared import pestle_table
from test_published_indices import SCORES as ASEM

TABLE = pestle_table()
PESTLE = ms.rank_markets(TABLE, "pestle", draws=0)
SENTENCE = (
    "To give each factor an equal say, weigh political 0.13, economic 0.22, social 0.15, "
    "technological 0.10, legal 0.11, environmental 0.29."
)


def framework(**settings: Any) -> ms.Framework:
    """Return three factors on goalposts 0 to 100, the last of two indicators."""

    def indicator(code: str, factor: str) -> ms.Indicator:
        return ms.Indicator(code=code, factor=factor, direction="benefit", goalposts=(0, 100))

    return ms.Framework(
        name="three",
        factors=(ms.Factor(code="a"), ms.Factor(code="b"), ms.Factor(code="c", name="Sea")),
        indicators=tuple(map(indicator, ["a1", "b1", "c1", "c2"], ["a", "b", "c", "c"])),
        min_coverage=0.5,
        **settings,
    )


# No two columns correlate; deviations are 10, 20, 5 and 30.
SIGNS = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])
DATA = pd.DataFrame(
    50.0 + np.column_stack([SIGNS, SIGNS.prod(axis=1)]) * [10, 20, 5, 30],
    index=pd.Index([f"m{n}" for n in range(8)], name="market"),
    columns=["a1", "b1", "c1", "c2"],
)


def rank(data: pd.DataFrame = DATA, rules: ms.Framework | None = None, **given: Any) -> ms.Ranking:
    return ms.rank_markets(data, framework() if rules is None else rules, draws=0, **given)


def shares_of(parts: Any, weights: Any) -> Any:
    """Return w_i (Cw)_i / w'Cw by its definition."""
    covariance = np.cov(np.asarray(parts, dtype=float), rowvar=False)
    found = weights * (covariance @ weights)
    return found / found.sum()


# Published data


@pytest.mark.parametrize("target", [None, "by place"])
@pytest.mark.parametrize("scores", [ASEM, PESTLE.scores], ids=["asem", "pestle"])
def test_shares_are_the_target_on_published_data(scores: ms.FactorScores, target: Any) -> None:
    top = list(scores.framework.top)
    wanted = np.ones(len(top)) if target is None else np.arange(1.0, len(top) + 1)
    by_name = dict(zip(top, wanted, strict=True))
    found = ms.influence_weights(scores, None if target is None else by_name)
    reached = shares_of(scores.scores[top], found.weights)
    np.testing.assert_allclose(reached, wanted / wanted.sum(), atol=1e-9)
    np.testing.assert_allclose(found.shares, wanted / wanted.sum(), atol=1e-9)
    assert found.labels == tuple(top)
    assert found.iterations < 15


def test_every_arithmetic_group_of_asem_has_weights_for_equal_shares() -> None:
    rules = ASEM.framework
    below = ASEM.normalized.join(ASEM.scores)
    for factor in rules.factors:
        found = ms.influence_weights(ASEM, of=factor.code)
        children = list(rules.children(factor.code))
        assert found.labels == tuple(children)
        whole = below.loc[ASEM.scores.index, children].dropna()
        equal = np.full(len(children), 1 / len(children))
        if len(children) > 1:
            np.testing.assert_allclose(shares_of(whole, found.weights), equal, atol=1e-9)


# Rankings by the weights


@pytest.mark.parametrize("method", ["weighted_sum", "ahp", "promethee"])
def test_a_ranking_at_influence_weights_has_equal_effective_weights(method: str) -> None:
    ranking = ms.rank_markets(TABLE, "pestle", weights="influence", method=method, draws=0)
    assert ranking.effective_weights is not None
    np.testing.assert_allclose(ranking.effective_weights, np.full(6, 1 / 6), atol=1e-9)
    assert ranking.provenance["weighting"] == "influence"
    assert isinstance(ranking.weighting, ms.InfluenceResult)
    by_function = ms.rank_markets(
        TABLE, "pestle", weights=ms.influence_weights, method=method, draws=0
    )
    assert by_function.fingerprint == ranking.fingerprint
    own = ms.rank_markets(TABLE, "pestle", method=method, draws=0)
    np.testing.assert_allclose(ms.influence_weights(own).weights, ranking.weights, rtol=1e-9)


def test_of_a_product_it_is_the_logarithm_that_is_shared_out() -> None:
    ranking = rank(method="weighted_product", weights="influence")
    logs = np.log(ranking.matrix.to_numpy())
    np.testing.assert_allclose(shares_of(logs, ranking.weights), np.full(3, 1 / 3), atol=1e-9)
    scores = np.log(ranking.table["score"].loc[ranking.matrix.index])
    parts = logs * ranking.weights.to_numpy()
    cov = [np.cov(part, scores)[0, 1] / np.var(scores, ddof=1) for part in parts.T]
    np.testing.assert_allclose(cov, np.full(3, 1 / 3), atol=1e-9)


def test_uncorrelated_factors_weigh_the_inverse_of_their_deviation() -> None:
    # c is half of c1 and half of c2, whose deviations are 5 and 30.
    deviations = np.array([10, 20, np.hypot(2.5, 15)])
    found = ms.influence_weights(rank())
    expected = 1 / deviations
    np.testing.assert_allclose(found.weights, expected / expected.sum(), rtol=1e-12)


def test_candidates_do_not_move_the_weights() -> None:
    few = rank(markets=["m0", "m1", "m6"])
    assert few.influence_weights is not None
    assert few.influence_shares is not None
    whole = ms.influence_weights(rank()).weights
    np.testing.assert_array_equal(few.influence_weights, whole)
    parts = few.matrix.loc[["m0", "m1", "m6"]]
    reached = shares_of(parts, few.influence_weights.to_numpy())
    np.testing.assert_allclose(few.influence_shares, reached, atol=1e-12)
    low, high = (f"{100 * end:.1f}%" for end in (reached.min(), reached.max()))
    assert few.equal_say.endswith(
        f" That holds among all scored markets; among those ranked, shares are {low} to {high}."
    )


def test_the_result_is_given_to_a_ranking_as_weights() -> None:
    inner = ms.influence_weights(rank(), of="c")
    again = rank(weights=inner)
    assert again.scores.framework.tree.local["c1"] == pytest.approx(6 / 7)
    target = {"a": 1, "b": 2, "c": 0}
    settled = rank(weights=ms.influence_weights(rank(), target))
    assert settled.effective_weights is not None
    assert settled.effective_weights.tolist() == pytest.approx([1 / 3, 2 / 3, 0])


def test_a_framework_may_name_it() -> None:
    named = rank(rules=framework(weights="influence"))
    assert named.weights.tolist() == pytest.approx(rank(weights="influence").weights.tolist())
    assert named.effective_weights is not None
    assert named.effective_weights.tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.slow
def test_a_study_by_influence_is_replayed(tmp_path: Path) -> None:
    ranking = rank(weights="influence")
    ms.save_study(ranking, tmp_path / "study")
    assert ms.replay_study(tmp_path / "study").identical


def test_a_matrix_is_taken_as_it_is() -> None:
    found = ms.influence_weights(DATA[["a1", "b1"]], {"b1": 1, "a1": 4})
    assert found.labels == ("a1", "b1")
    assert found.weights.tolist() == pytest.approx([4 / 5, 1 / 5])
    with pytest.raises(InputError, match="of is given beside a matrix"):
        ms.influence_weights(DATA, of="c")


# What takes no part, and what has no answer


def test_a_factor_without_weight_is_left_out() -> None:
    ranking = rank(weights={"a": 1, "b": 1, "c": 0})
    assert ranking.influence_weights is not None
    assert ranking.influence_weights.tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert ranking.equal_say == "To give each factor an equal say, weigh a 0.67, b 0.33."
    whole = ms.influence_weights(ranking, {"a": 1, "b": 1, "c": 1})
    assert (whole.weights > 0).all()


def test_a_factor_that_takes_no_part_is_left_out() -> None:
    rules = framework()
    rules = replace(
        rules, indicators=tuple(replace(item, goalposts=None) for item in rules.indicators)
    )
    flat = DATA.assign(a1=7.0)
    ranking = rank(flat, rules, weights="influence")
    assert ranking.weights["a"] == 0
    assert ranking.effective_weights is not None
    assert ranking.effective_weights[["b", "c"]].tolist() == pytest.approx([0.5, 0.5])
    assert ms.influence_weights(rank(flat, rules)).weights[0] == 0
    with pytest.raises(InputError, match='factor "a" is the same for every market'):
        ms.influence_weights(rank(flat, rules), [1, 1, 1])


@pytest.mark.parametrize(
    ("weights", "label"),
    [
        ("influence", "equal influence"),
        ("critic", "CRITIC"),
        ("standard_deviation", "standard deviation"),
    ],
)
def test_a_constant_factor_gets_no_weight_of_the_data_and_that_is_told(
    weights: str, label: str
) -> None:
    """Between goalposts it takes part, so it is told, though nothing was asked of it."""
    flat = rank(DATA.assign(a1=7.0), weights=weights)
    assert flat.weights["a"] == 0
    line = f'weights "{label}": what is the same for every market gets weight 0: "a"'
    assert flat.remarks == (line,)
    assert line in repr(flat)
    # A weight that was stated is nobody's decision, and one that takes no part is told as such.
    assert rank(DATA.assign(a1=7.0), weights={"a": 0, "b": 1, "c": 1}).remarks == ()
    assert rank(weights=weights).remarks == ()


def test_a_constant_factor_has_no_share_and_is_refused_one() -> None:
    flat = rank(DATA.assign(a1=7.0))
    others = ms.influence_weights(flat, {"a": 0, "b": 1, "c": 1}).weights
    for found in (ms.influence_weights(flat).weights, flat.influence_weights):
        np.testing.assert_array_equal(found, others)
    assert flat.equal_say.startswith("To give each factor an equal say, weigh b ")
    with pytest.raises(InputError, match=r'"a" is the same for every .*give it the target 0'):
        ms.influence_weights(flat, {"a": 1, "b": 1, "c": 1})
    product = rank(DATA.assign(a1=0.0), method="weighted_product", weights="influence")
    assert product.weights["a"] == 0
    within = ms.influence_weights(rank(DATA.assign(c1=7.0)), of="c")
    assert within.weights.tolist() == [0, 1]


def test_where_no_factor_differs_nothing_has_a_share() -> None:
    level = DATA * 0 + 7
    with pytest.raises(InputError, match='weights "influence": factors have nothing that tells'):
        rank(level, weights="influence")
    with pytest.raises(InputError, match='factor "c" has nothing that tells the markets apart'):
        ms.influence_weights(rank(level), of="c")
    assert rank(level).influence_weights is None
    assert rank(level).equal_say == ""


def test_factors_that_offset_each_other_are_named() -> None:
    with pytest.raises(InputError, match=r'0\.667 x "a" \+ 0\.333 x "b" is the same for every'):
        ms.influence_weights(rank(DATA.assign(b1=100 - 2 * (DATA["a1"] - 40))))


@pytest.mark.parametrize("method", ["topsis", "vikor", "copeland"])
def test_a_method_that_does_not_add_is_refused_and_says_nothing(method: str) -> None:
    words = f'method "{method}" is not linear in the weights'
    ranking = rank(method=method)
    for call in (
        lambda: ms.influence_weights(ranking),
        lambda: rank(method=method, weights="influence"),
        lambda: ms.influence_weights(ms.score_factors(DATA, framework(method=method))),
    ):
        with pytest.raises(InputError, match=words) as error:
            call()
        assert [fault.code for fault in error.value.faults] == ["not-possible"]
    assert ranking.influence_weights is ranking.influence_shares is None
    assert ranking.equal_say == ""


def test_a_score_of_zero_has_no_logarithm() -> None:
    zero = DATA.assign(a1=[0.0, *DATA["a1"][1:]])
    ranking = rank(zero, method="weighted_product")
    with pytest.raises(InputError, match='factor "a", market "m0" is 0, which has no logarithm'):
        ms.influence_weights(ranking)
    assert ms.influence_weights(ranking, [0, 1, 1]).weights[0] == 0


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("see", 'of: there is no factor "see"'),
        ("c1", 'of: there is no factor "c1"'),
        (["c"], "of: there is no factor"),
    ],
)
def test_a_group_that_is_none_is_refused(of: Any, words: str) -> None:
    with pytest.raises(InputError) as error:
        ms.influence_weights(rank(), of=of)
    assert words in str(error.value)


@pytest.mark.parametrize("mean", ["geometric", "harmonic"])
def test_a_group_of_another_mean_is_refused(mean: Any) -> None:
    rules = framework(range=(1, 100))
    curved = replace(
        rules, factors=(*rules.factors[:2], replace(rules.factors[2], aggregation=mean))
    )
    with pytest.raises(InputError, match=f'factor "c" is the {mean} mean of what is below it'):
        ms.influence_weights(rank(rules=curved), of="c")


def test_a_group_is_weighed_over_the_markets_that_have_all_of_it() -> None:
    gap = DATA.assign(c1=[np.nan, *DATA["c1"][1:]])
    found = ms.influence_weights(rank(gap), of="c")
    whole = ms.influence_weights(DATA[["c1", "c2"]].iloc[1:])
    np.testing.assert_allclose(found.weights, whole.weights, rtol=1e-12)
    apart = DATA.assign(c1=[np.nan, np.nan, *DATA["c1"][2:]], c2=[*DATA["c2"][:2], *[np.nan] * 6])
    with pytest.raises(InputError, match='factor "c": scores: no market has a value'):
        ms.influence_weights(rank(apart), of="c")
    one = ms.influence_weights(rank(apart), {"c1": 1, "c2": 0}, of="c")
    assert one.weights.tolist() == [1, 0]


def test_a_target_of_a_group_goes_by_its_names() -> None:
    found = ms.influence_weights(rank(), {"c2": 1, "c1": 4}, of="c")
    assert found.weights.tolist() == pytest.approx([12 / 13, 1 / 13])
    with pytest.raises(InputError, match='factor "c": target has "a"'):
        ms.influence_weights(rank(), {"a": 1}, of="c")


# Beside the effective weights


def test_the_sentence_is_that_of_the_weights() -> None:
    assert PESTLE.equal_say == SENTENCE
    weights = PESTLE.influence_weights
    assert weights is not None
    for name, text in re.findall(r"(\w+) (0\.\d\d)", SENTENCE):
        assert weights[name] == pytest.approx(float(text), abs=0.005)


def test_one_factor_alone_has_all_the_say() -> None:
    alone = rank(rules=framework().subset(["a1"]))
    assert alone.influence_weights is None
    assert alone.equal_say == ""


def test_the_notebook_shows_the_weights_and_the_sentence() -> None:
    html = PESTLE._repr_html_()
    assert "weight for an equal say" in html
    assert "29.1%" in html
    assert SENTENCE in html
    assert "equal say" not in rank(method="topsis")._repr_html_()


def test_the_record_holds_weights_shares_and_sentence() -> None:
    record = PESTLE.to_dict(values=False)
    assert PESTLE.influence_weights is not None
    assert record["influence_weights"] == PESTLE.influence_weights.to_dict()
    assert list(record["influence_shares"].values()) == pytest.approx([1 / 6] * 6)
    assert record["equal_say"] == SENTENCE
    by_code = {row["code"]: row["influence_weight"] for row in record["factors"]}
    assert by_code["environmental"] == record["influence_weights"]["environmental"]
    assert by_code["market_size"] is None
    other = rank(method="topsis").to_dict()
    assert other["influence_weights"] is other["influence_shares"] is None
    assert other["equal_say"] == ""
    assert {row["influence_weight"] for row in other["factors"]} == {None}


def test_asking_for_it_is_left_until_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    from marketselect.ranking import ranking as module

    def refuse(ranking: ms.Ranking) -> None:
        raise AssertionError(f"nobody has asked: {ranking!r}")

    monkeypatch.setattr(module, "influence_weights", refuse)
    rank()
