"""The adapters of docs/methods.md: every method of pymcdm and scikit-criteria in rank_markets."""

import inspect
import pkgutil
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pymcdm
import pytest
import skcriteria
import skcriteria.agg
from pymcdm.methods.comet_tools import MethodExpert

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.uncertainty.agreement import compare_methods

FACTORS = ["economic", "political", "legal", "social"]
TOP = np.full(4, 100.0)

# pymcdm: what a class needs to be built, on scores from 0 to 100.
BUILT: dict[str, Callable[[], Any]] = {
    "BalancedSPOTIS": lambda: pymcdm.methods.BalancedSPOTIS([[0, 100]] * 4, TOP),
    "COMET": lambda: pymcdm.methods.COMET(
        [[0, 50, 100]] * 4, MethodExpert(pymcdm.methods.TOPSIS(), np.full(4, 0.25), np.ones(4))
    ),
    "ERVD": lambda: pymcdm.methods.ERVD(TOP / 2),
    "PROMETHEE_II": lambda: pymcdm.methods.PROMETHEE_II("usual"),
    "RAFSI": lambda: pymcdm.methods.RAFSI(TOP, 0 * TOP),
    "RIM": lambda: pymcdm.methods.RIM([[0, 100]] * 4),
    "SPOTIS": lambda: pymcdm.methods.SPOTIS([[0, 100]] * 4),
}
# pymcdm: the first market of these has the smallest score, so their scores need a minus. Its own
# `rank` knows that of all but LoPM, which it turns round.
SMALLER_IS_BETTER = ("BalancedSPOTIS", "LoPM", "MAIRCA", "SPOTIS", "VIKOR")
# pymcdm: no answer for factor scores, which are benefits all; and COCOSO none beside a market that
# is the worst on everything, since it divides by that one's sum, which is zero.
REFUSED_BY_PYMCDM = {
    "COCOSO": "divide by zero encountered",
    "COPRAS": "COPRAS method requires at least one cost criterion",
    "MOORA": "MOORA method requires at least one cost criterion",
}

# scikit-criteria: what `evaluate` needs beside the decision.
GIVEN: dict[str, dict[str, Any]] = {
    "ERVD": {"reference_points": TOP / 2 / 100},
    "RIM": {"ref_ideals": [(1, 1)] * 4, "ranges": [(0, 1)] * 4},
}
REFUSED_BY_SKCRITERIA = {
    "COPRAS": "COPRAS cannot operate solely on maximising criteria",
    "ELECTRE1": "'KernelResult' object has no attribute 'rank_'",  # it chooses a set, no order
}
# SIMUS leaves the weights out and asks for the best mix of markets, so the market that is better
# on everything need not lead; it also warns of the solver it comes with.
NO_ORDER_TO_EXPECT = ("SIMUS",)


def classes_of_skcriteria() -> list[str]:
    """Return "module.class" of every method that can be built."""
    found = []
    for entry in pkgutil.iter_modules(skcriteria.agg.__path__):
        if entry.name == "similarity":  # the old name of topsis, deprecated
            continue
        module = import_module(f"skcriteria.agg.{entry.name}")
        found += [
            f"{entry.name}.{name}"
            for name, kind in vars(module).items()
            if inspect.isclass(kind)
            and kind.__module__ == module.__name__
            and issubclass(kind, skcriteria.agg.SKCDecisionMakerABC)
            and not inspect.isabstract(kind)
        ]
    return found


PYMCDM = [name for name, kind in vars(pymcdm.methods).items() if inspect.isclass(kind)]
SKCRITERIA = classes_of_skcriteria()


def framework() -> ms.Framework:
    """Return four factors of one indicator each, scored from 0 to 100 as they are."""
    return ms.Framework(
        name="cities",
        factors=tuple(ms.Factor(code=code, weight=4 - place) for place, code in enumerate(FACTORS)),
        indicators=tuple(
            ms.Indicator(
                code=code.upper(), factor=code, direction="benefit", goalposts=(0.0, 100.0)
            )
            for code in FACTORS
        ),
    )


def table() -> pd.DataFrame:
    """Return eight cities; Delft is the best on everything and Fulda the worst."""
    rows = {
        "Aarhus": [61.0, 72.0, 44.0, 38.0],
        "Bergen": [35.0, 66.0, 58.0, 71.0],
        "Cadiz": [70.0, 31.0, 52.0, 46.0],
        "Delft": [90.0, 85.0, 95.0, 88.0],
        "Essen": [48.0, 41.0, 63.0, 29.0],
        "Fulda": [10.0, 12.0, 15.0, 8.0],
        "Ghent": [55.0, 77.0, 60.0, 64.0],
        "Halle": [64.0, 25.0, 78.0, 57.0],
    }
    columns = [code.upper() for code in FACTORS]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def pymcdm_method(name: str) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Return a method of pymcdm as a callable of (matrix, weights)."""
    peer = BUILT[name]() if name in BUILT else getattr(pymcdm.methods, name)()
    sign = -1.0 if name in SMALLER_IS_BETTER else 1.0

    def adapter(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        assert weights.ndim == 1
        scores: FloatArray = sign * peer(matrix, weights, np.ones(len(weights)), validation=False)
        return scores

    return adapter


def skcriteria_method(path: str) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Return a method of scikit-criteria as a callable of (matrix, weights)."""
    module, name = path.split(".")
    peer = getattr(import_module(f"skcriteria.agg.{module}"), name)()

    def adapter(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        assert weights.ndim == 1
        # CODAS refuses values above 1, and PROBID adds a distance to a share.
        decision = skcriteria.mkdm(matrix / 100, np.ones(len(weights)), weights=weights)
        ranks: FloatArray = peer.evaluate(decision, **GIVEN.get(name, {})).rank_
        return -ranks

    return adapter


def ranked(method: Callable[..., Any], draws: int = 0) -> ms.Ranking:
    return ms.rank_markets(table(), framework(), method=method, draws=draws)


def assert_sound(ranking: ms.Ranking) -> None:
    """Delft leads and Fulda comes last, alone at either end."""
    ranks = ranking.table["rank"]
    assert ranks.index[0] == "Delft"
    assert ranks.index[-1] == "Fulda"
    assert ranks["Fulda"] == 8
    assert (ranks == 1).sum() == 1


@pytest.mark.parametrize("name", [name for name in PYMCDM if name not in REFUSED_BY_PYMCDM])
def test_every_method_of_pymcdm_ranks_markets(name: str) -> None:
    assert_sound(ranked(pymcdm_method(name)))


@pytest.mark.parametrize("name", REFUSED_BY_PYMCDM)
def test_methods_of_pymcdm_without_an_answer_say_so(name: str) -> None:
    with pytest.raises(ms.InputError, match=f"method adapter .* {REFUSED_BY_PYMCDM[name]}"):
        ranked(pymcdm_method(name))


def test_cocoso_ranks_markets_of_which_none_is_the_worst_on_everything() -> None:
    data = table().drop(index="Fulda")
    ranking = ms.rank_markets(data, framework(), method=pymcdm_method("COCOSO"), draws=0)
    assert ranking.table.index[0] == "Delft"


@pytest.mark.parametrize(
    "path", [path for path in SKCRITERIA if path.split(".")[1] not in REFUSED_BY_SKCRITERIA]
)
def test_every_method_of_scikit_criteria_ranks_markets(path: str) -> None:
    if path.split(".")[1] in NO_ORDER_TO_EXPECT:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ranking = ranked(skcriteria_method(path))
        assert sorted(ranking.table.index) == sorted(table().index)
        return
    assert_sound(ranked(skcriteria_method(path)))


@pytest.mark.parametrize("name", REFUSED_BY_SKCRITERIA)
def test_methods_of_scikit_criteria_without_a_ranking_say_so(name: str) -> None:
    path = next(path for path in SKCRITERIA if path.endswith(f".{name}"))
    with pytest.raises(ms.InputError, match=f"method adapter .* {REFUSED_BY_SKCRITERIA[name]}"):
        ranked(skcriteria_method(path))


def test_no_method_is_left_out() -> None:
    """pymcdm 1.4.0 has 28 methods, scikit-criteria 0.10 has 27."""
    assert len(PYMCDM) >= 28
    assert len(SKCRITERIA) >= 27
    names = {path.split(".")[1] for path in SKCRITERIA}
    assert set(REFUSED_BY_PYMCDM) | set(SMALLER_IS_BETTER) | set(BUILT) <= set(PYMCDM)
    assert set(REFUSED_BY_SKCRITERIA) | set(GIVEN) | set(NO_ORDER_TO_EXPECT) <= names


@pytest.mark.parametrize("name", SMALLER_IS_BETTER)
def test_without_the_minus_the_order_is_upside_down(name: str) -> None:
    adapter = pymcdm_method(name)
    ranking = ranked(lambda matrix, weights: -adapter(matrix, weights))
    assert ranking.table.index[-1] == "Delft"
    assert ranking.table.index[0] == "Fulda"


def test_rank_intervals_come_from_one_vector_at_a_time() -> None:
    """A callable gets 500 draws unless more are asked for, each in a call of its own."""
    seen = []
    edas = pymcdm.methods.EDAS()

    def counting(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        seen.append(weights.shape)
        scores: FloatArray = edas(matrix, weights, np.ones(len(weights)), validation=False)
        return scores

    ranking = ms.rank_markets(table(), framework(), method=counting)
    assert seen == [(4,)] * 501
    assert ranking.provenance["draws"] == 500
    assert (ranking.table["rank_low"] <= ranking.table["rank_high"]).all()
    assert ranking.table["rank_high"].tolist()[0] == 1


def test_an_adapted_topsis_is_topsis() -> None:
    """pymcdm's default is the min-max form."""
    theirs = ranked(pymcdm_method("TOPSIS"), draws=100).table
    options = {"normalization": "min-max"}
    ours = ms.rank_markets(table(), framework(), method="topsis", options=options, draws=100).table
    pd.testing.assert_frame_equal(theirs, ours)


def test_adapted_methods_are_compared_with_shipped_ones() -> None:
    comparison = compare_methods(
        table(),
        framework(),
        methods={
            "weighted_sum": "weighted_sum",
            "edas": pymcdm_method("EDAS"),
            "waspas": skcriteria_method("waspas.WASPAS"),
        },
    )
    assert comparison.ranks.columns.tolist() == ["weighted_sum", "edas", "waspas"]
    assert (comparison.ranks.loc["Delft"] == 1).all()
    assert (comparison.kendall > 0.5).all(axis=None)
