"""Weightings as values: by name, or a function of one's own."""

import pickle
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.framework import vocabulary
from marketselect.weighting import RULES, WEIGHTINGS, WeightRule, as_rule

FRAMEWORK = ms.Framework(
    name="two",
    factors=(ms.Factor(code="size", weight=3), ms.Factor(code="risk")),
    indicators=tuple(
        ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
        for code in ("size", "risk")
    ),
)
DATA = pd.DataFrame(
    {"size1": [80.0, 20.0, 60.0], "risk1": [40.0, 10.0, 20.0]}, index=["VNM", "POL", "MEX"]
)


def rank(weights: Any, **given: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, FRAMEWORK, weights=weights, **given)


def spread(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.ptp(matrix, axis=0))


@pytest.mark.parametrize("name", WEIGHTINGS)
def test_everything_that_lists_weightings_lists_each(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from marketselect.cli import main

    assert set(vocabulary.WEIGHTINGS) == set(WEIGHTINGS)
    rule = WEIGHTINGS[name]
    assert (rule.name, rule.shipped) == (name, True)
    assert rule.description
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert hash(rule) == hash(replace(rule))
    assert f'"{name}"' in str(ms.rank_markets.__doc__)
    assert main(["rank", "--help"]) == 0
    assert name in "".join(capsys.readouterr().out.split())
    assert rank(name, draws=0).provenance["weighting"] == name


def test_the_table_of_weightings_cannot_be_changed() -> None:
    table: Any = RULES
    with pytest.raises(TypeError, match="does not support item assignment"):
        table["mine"] = spread


@pytest.mark.parametrize(
    "given",
    [
        spread,
        lambda matrix: spread(matrix).tolist(),
        lambda matrix: {"risk": spread(matrix)[1], "size": spread(matrix)[0]},
        lambda matrix: pd.Series(spread(matrix)[::-1], ["risk", "size"]),
        lambda matrix: pd.Series(spread(matrix)),
        lambda matrix: SimpleNamespace(weights=spread(matrix)),
        lambda matrix: SimpleNamespace(weights=spread(matrix)[::-1], labels=("risk", "size")),
        WeightRule(name="spread", call=spread),
    ],
)
def test_weights_may_come_from_a_function_of_the_scores(given: Any) -> None:
    ranking = rank(given)
    assert ranking.weights.to_dict() == pytest.approx({"size": 2 / 3, "risk": 1 / 3})
    expected = rank({"size": 2, "risk": 1})
    np.testing.assert_allclose(ranking.table["score"], expected.table["score"])
    assert ranking.provenance["weighting"] in ("spread", "<lambda>")
    assert ranking.provenance["given_weights"] == ranking.provenance["weighting"]
    assert ranking.weighting is not None


def test_a_rule_of_ones_own_may_read_the_stated_weights() -> None:
    flatter = WeightRule(name="flatter", call=np.sqrt, source="stated")
    ranking = rank(flatter)
    assert ranking.weights.to_dict() == pytest.approx(
        dict(zip(("size", "risk"), np.sqrt([3, 1]) / np.sqrt([3, 1]).sum(), strict=True))
    )
    assert not ms.rank_reversals(ranking).possible


def test_a_function_of_ours_is_the_weighting_by_its_name() -> None:
    assert as_rule(ms.critic_weights) is WEIGHTINGS["critic"]
    pd.testing.assert_frame_equal(rank(ms.critic_weights).table, rank("critic").table)


def test_weights_of_ones_own_are_taken_anew_without_a_market() -> None:
    found = ms.rank_reversals(rank(spread))
    assert found.reasons == ('the weights are taken from the markets ("spread")',)
    assert found.refused.empty


def test_weights_of_ones_own_are_in_a_study_by_their_name(tmp_path: Path) -> None:
    study = ms.save_study(rank(spread), tmp_path / "study")
    assert ms.replay_study(study, weights=spread).identical
    with pytest.raises(InputError, match=r'the weights "spread" is a function of your own'):
        ms.replay_study(study)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda _: [1, 2, 3], r'^weights "<lambda>": weights have shape \(3,\)'),
        (lambda _: [1, -2], r'^weights "<lambda>": weights of "risk" is -2.0; weights must not be'),
        (lambda _: [1, "x"], r"""^weights "<lambda>": weights of "risk" is 'x'"""),
        (lambda _: {"size": 1, "rsk": 2}, r'weights are named "rsk"; name "size", "risk", each'),
        (lambda _: {"size": 1}, r'weights are named "size"; name "size", "risk", each once'),
        (lambda matrix: matrix[9], r'^weights "<lambda>" failed, IndexError: index 9 is out of'),
    ],
)
def test_what_is_no_weight_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rank(given)


def test_the_text_of_a_function_of_ones_own_arrives_as_it_is() -> None:
    def bad(_: FloatArray) -> FloatArray:
        raise ValueError('matrix column "7" is bad, see matrix[0, 1]')

    with pytest.raises(
        InputError, match=r'ValueError: matrix column "7" is bad, see matrix\[0, 1\]; call it by'
    ):
        rank(bad)


def test_a_fault_of_a_weighting_names_the_factor() -> None:
    zscores = replace(FRAMEWORK, normalization="z-score")
    with pytest.raises(
        InputError, match=r'^weights "entropy": factor "size", "risk" has a negative'
    ):
        ms.rank_markets(DATA, zscores, weights="entropy")


def test_an_unknown_source_is_refused() -> None:
    source: Any = "dta"
    with pytest.raises(InputError, match=r'^weighting mine: source is .*Did you mean "data"'):
        WeightRule(name="mine", call=spread, source=source)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", 3, "wrong-type"),
        ("name", " ", "missing"),
        ("call", 3, "wrong-type"),
        ("over_judgements", "yes", "wrong-type"),
        ("description", 5, "wrong-type"),
        ("remedy", None, "missing"),
        ("shipped", 1, "wrong-type"),
    ],
)
def test_a_field_of_another_kind_is_refused_by_its_name(field: str, value: Any, code: str) -> None:
    given: Any = {"name": "mine", "call": spread, field: value}
    with pytest.raises(InputError, match=f"^weighting.*: {field} is .* needed$") as caught:
        WeightRule(**given)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_faults_of_several_fields_of_a_rule_come_at_once() -> None:
    given: Any = {"name": 3, "call": 3, "over_judgements": "yes"}
    with pytest.raises(InputError) as caught:
        WeightRule(**given)
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "mine"}, r"^weighting mine: call is None; give a callable of the scores$"),
        ({"name": "mine", "source": "stated"}, r"call is None; .* callable of the stated weights"),
    ],
)
def test_a_rule_that_computes_nothing_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        WeightRule(**given)


def test_a_rule_of_judgements_does_not_rank_by_what_is_stated() -> None:
    with pytest.raises(InputError, match=r'weighting "ahp" holds no judgements; "ahp" needs'):
        rank(RULES["ahp"])
    with pytest.raises(InputError, match=r'"mine" holds no judgements; give a mapping of weights'):
        rank(WeightRule(name="mine", source="judgements"))


def test_a_partial_is_called_by_the_name_of_its_function(tmp_path: Path) -> None:
    assert as_rule(partial(ms.critic_weights)) is WEIGHTINGS["critic"]
    ms.save_study(rank(partial(ms.critic_weights), draws=0), tmp_path / "study")
    again = as_rule(partial(spread))
    assert (again.name, again.call) == ("spread", spread)
    assert as_rule(partial(ms.critic_weights, directions=["cost"] * 2)).name == "critic_weights"


@pytest.mark.slow
def test_a_flag_of_a_rule_is_held_as_one_of_python() -> None:
    flag: Any = np.array(True)
    rule = WeightRule(name="mine", call=spread, over_judgements=flag)
    assert rule == WeightRule(name="mine", call=spread, over_judgements=True)
