"""Where a fault is, and what to do about it: by the names and in the words of whoever reads it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import read_matrix
from marketselect.commands.arguments import in_options, parser
from marketselect.errors import Fault, InputError
from marketselect.methods import as_method
from marketselect.methods.calling import call_method

FACTORS = ("economic", "legal")
RULES = ms.Framework(
    name="two",
    factors=tuple(ms.Factor(code=code) for code in FACTORS),
    indicators=tuple(
        ms.Indicator(code=f"{code}_index", factor=code, direction="benefit") for code in FACTORS
    ),
)
DATA = pd.DataFrame(
    {"economic_index": [1.0, 2.0, 3.0], "legal_index": [3.0, 1.0, 2.0]}, ["DEU", "MEX", "VNM"]
)


def rank(**given: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, RULES, draws=0, **given)


def fault_of(call: Any, *args: Any, **given: Any) -> Fault:
    with pytest.raises(InputError) as caught:
        call(*args, **given)
    return caught.value.faults[0]


def nan_scores(matrix: Any, _: Any) -> Any:
    return np.where(np.arange(len(matrix)) == 1, np.nan, 1.0)


class MuteError(Exception):
    """An error that says nothing."""

    def __str__(self) -> str:
        raise RuntimeError


def mute(*_: Any) -> Any:
    raise MuteError


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"weights": lambda _: [1, -1]}, 'weights "<lambda>": weights of "legal"'),
        ({"weights": lambda _: [1, np.nan]}, 'weights "<lambda>": weights of "legal"'),
        (
            {"weights": lambda _: np.array([True, False])},
            'weights "<lambda>": weights of "economic"',
        ),
        ({"method": nan_scores}, 'method nan_scores: scores of "MEX"'),
        ({"method": lambda *_: ["a", 1, 2]}, 'method <lambda>: scores of "DEU"'),
        ({"method": "promethee", "options": {"p": [1, "x"]}}, 'method promethee: p of "legal"'),
        ({"method": "promethee", "options": {"p": [1, None]}}, 'method promethee: p of "legal"'),
        (
            {"method": "promethee", "options": {"preference": ["usual", "usal"]}},
            'method promethee: preference of "legal"',
        ),
        ({"method": "topsis", "options": {"ideal": [1, None]}}, 'method topsis: ideal of "legal"'),
        ({"method": "ahp", "options": {"ideal": [1, -1]}}, 'method ahp: ideal of "legal"'),
        ({"method": "ahp", "options": {"ideal": -1}}, "method ahp: ideal"),
        (
            {"method": "vikor", "options": {"directions": ["cost", "costs"]}},
            'method vikor: directions of "legal"',
        ),
        ({"method": mute}, "method mute"),
        ({"method": mute, "options": {"a": 1}}, 'method mute with options "a"'),
        ({"weights": mute}, 'weights "mute"'),
    ],
)
def test_a_place_is_named_by_factor_or_market(given: dict[str, Any], where: str) -> None:
    fault = fault_of(rank, **given)
    assert fault.where == where
    assert fault.got


def test_an_error_without_words_is_told_by_its_type() -> None:
    told = "failed, MuteError: <MuteError>; call it by itself on such numbers, and mend it"
    assert str(fault_of(rank, method=mute)) == f"method mute {told}"
    assert str(fault_of(rank, weights=mute)) == f'weights "mute" {told}'


def test_a_score_of_a_batch_is_named_by_its_place_and_market() -> None:
    method = ms.Method(call=lambda m, w: np.full((len(w), len(m)), np.inf), batch="weights")
    fault = fault_of(call_method, method, read_matrix(DATA), np.ones((2, 2)), {})
    assert fault.where == 'method <lambda>: scores[0] of "DEU"'


def test_columns_name_a_weight_that_has_no_name_of_its_own() -> None:
    assert fault_of(ms.topsis, DATA, [1, None]).where == 'weights of "legal_index"'
    assert fault_of(ms.topsis, DATA, [[1, 1], [1, -1]]).where == 'weights[1] of "legal_index"'
    assert fault_of(ms.topsis, DATA.to_numpy(), [1, None]).where == "weights[1]"


def test_hints_and_names_stand_in_the_remedy() -> None:
    for call, got, remedy in (
        (lambda: rank(weights={"economc": 1, "legal": 1}), '"economc"', 'Did you mean "economic"'),
        (lambda: rank(markets=["DEW"]), '"DEW" not in the table', 'mean "DEU"?'),
        (lambda: RULES.subset(["legl"]), '"legl"', 'mean "legal"?'),
        (lambda: RULES["legal_indx"], '"legal_indx"', 'mean "legal_index"?'),
        (lambda: exact(rank(method="topsis")), 'is by "topsis"', "use robustness"),
    ):
        fault = fault_of(call)
        assert got in fault.got
        assert "Did you mean" not in fault.got
        assert remedy in fault.remedy


def exact(ranking: ms.Ranking) -> ms.Robustness:
    return ms.robustness(ranking, levels="top", exact=True)


def test_exact_shares_name_the_ranking_and_what_they_would_take() -> None:
    fault = fault_of(exact, rank(method="topsis"))
    assert (fault.code, fault.where) == ("not-possible", "ranking")
    assert "linear in the weights" in fault.got
    assert '"weighted_sum"' in fault.remedy


@pytest.mark.parametrize(
    ("weights", "words", "functions"),
    [
        (
            "entropy",
            'use weights="critic" or weights="standard_deviation"',
            "use critic_weights or standard_deviation_weights",
        ),
        ("critic", 'use weights="standard_deviation"', "use standard_deviation_weights"),
    ],
)
def test_other_weightings_are_named_as_they_are_asked_for(
    weights: str, words: str, functions: str
) -> None:
    data = DATA.assign(legal_index=DATA["economic_index"])
    rules = ms.Framework(
        name="z", normalization="z-score", factors=RULES.factors, indicators=RULES.indicators
    )
    named = fault_of(ms.rank_markets, data, rules, weights=weights, draws=0)
    assert words in named.remedy
    args = parser().parse_args(["rank", "--weights", weights])
    told = in_options(InputError(named), args).faults[0]
    assert "--weights standard_deviation" in told.remedy
    assert "_weights" not in told.remedy
    call = ms.entropy_weights if weights == "entropy" else ms.critic_weights
    assert functions in fault_of(call, data - 2).remedy


@pytest.mark.parametrize(
    ("method", "options", "remedy"),
    [
        ("promethee", {"p": None}, 'preference = "usual"'),
        ("ahp", {"mode": "distributive", "ideal": 1}, 'mode = "ideal"'),
        ("topsis", {"normalization": "sum", "ideal": 100}, 'normalization = "none"'),
    ],
)
def test_options_of_a_method_are_set_in_the_file_for_whoever_is_on_the_command_line(
    method: str, options: dict[str, Any], remedy: str
) -> None:
    fault = fault_of(rank, method=method, options=options)
    assert remedy in fault.command
    assert "in the options of a framework of your own" in fault.command


BOOLEANS = [
    np.array([True, False]),
    pd.Series([True, False], FACTORS),
    pd.Series([True, False], FACTORS, dtype="boolean"),
    [True, False],
]


@pytest.mark.parametrize("weights", BOOLEANS, ids=lambda weights: type(weights).__name__)
def test_weights_of_a_boolean_type_are_refused_at_every_door(weights: Any) -> None:
    matrix = DATA.set_axis(list(FACTORS), axis=1)
    named = weights if isinstance(weights, pd.Series) else dict(zip(FACTORS, weights, strict=True))
    for call in (
        lambda: ms.topsis(matrix, weights),
        lambda: ms.topsis(matrix, pd.DataFrame([list(weights)], columns=list(FACTORS), dtype=bool)),
        lambda: rank(weights=named),
        lambda: rank(weights=lambda _: weights),
        lambda: ms.swing_weights(weights),
        lambda: ms.topsis(matrix, [1, 1], normalization="none", ideal=weights),
        lambda: as_method("promethee").call(matrix, [1, 1], p=weights),
    ):
        assert fault_of(call).code == "not-a-number"


def test_a_contract_of_weights_takes_no_truths_and_one_of_data_does() -> None:
    from pandera.errors import SchemaErrors

    for dtype in ("bool", "boolean", "object"):
        weights = pd.DataFrame({"name": ["a"], "weight": pd.Series([True], dtype=dtype)})
        with pytest.raises(SchemaErrors):
            ms.schemas.Weights.validate(weights, lazy=True)
    wide = pd.DataFrame({"eu": [True, False]}, ["DEU", "MEX"])
    assert ms.schemas.WideTable.validate(wide)["eu"].tolist() == [1.0, 0.0]
