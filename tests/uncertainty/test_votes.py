"""A consensus of several rankings, by each rule of voting."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import marketselect as ms
from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import Fault
from marketselect.ranks import rank_scores
from marketselect.uncertainty.votes import CONSENSUS, consensus
from shared import fault_of


def ballots(columns: dict[str, str]) -> pd.DataFrame:
    """Return ranks from orders such as "ABC", best first."""
    return pd.DataFrame(
        {
            name: {label: place + 1 for place, label in enumerate(order)}
            for name, order in columns.items()
        }
    ).sort_index()


def tennessee() -> pd.DataFrame:
    """Return 100 voters of four cities by distance: the textbook example of voting methods."""
    # Wikipedia, "Borda count" and "Copeland's method": Memphis, Nashville, Chattanooga, Knoxville.
    voters = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}
    columns = {
        f"{order}{number}": order for order, count in voters.items() for number in range(count)
    }
    return ballots(columns)


def test_borda_of_tennessees_capital() -> None:
    """Wikipedia, "Borda count": Nashville 194, Chattanooga 173, Memphis 126, Knoxville 107."""
    result = consensus(tennessee())
    assert result["score"].to_dict() == {"N": 194.0, "C": 173.0, "M": 126.0, "K": 107.0}
    assert result.index.tolist() == ["N", "C", "M", "K"]
    assert result["rank"].tolist() == [1, 2, 3, 4]


def test_copeland_of_tennessees_capital() -> None:
    """Wikipedia, "Copeland's method": Nashville wins 3, Chattanooga 2, Knoxville 1, Memphis 0."""
    result = consensus(tennessee(), method="copeland")
    assert result["score"].to_dict() == {"N": 3.0, "C": 2.0, "K": 1.0, "M": 0.0}


def test_mean_rank_of_tennessees_capital() -> None:
    """By hand: Memphis is first for 42 and last for 58."""
    result = consensus(tennessee(), method="mean-rank")
    assert result["mean_rank"].to_dict() == pytest.approx(
        {"N": 2.06, "C": 2.27, "M": 2.74, "K": 2.93}
    )
    np.testing.assert_allclose(result["score"], 4 - result["mean_rank"])
    assert result["rank"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("method", "scores"),
    [
        ("borda", [4.5, 4.5, 0.0]),
        ("copeland", [1.5, 1.5, 0.0]),
        ("mean-rank", [3 - 4 / 3, 3 - 4 / 3, 0.0]),
    ],
)
def test_tied_markets_share_the_better_rank(method: Any, scores: list[float]) -> None:
    """A and B are tied in one ranking, A is ahead in the second, B in the third; C is last."""
    ranks = pd.DataFrame({"x": [1, 1, 3], "y": [1, 2, 3], "z": [2, 1, 3]}, index=list("ABC"))
    result = consensus(ranks, method=method)
    assert result["rank"].tolist() == [1, 1, 3]
    assert result.index.tolist() == ["A", "B", "C"]
    np.testing.assert_allclose(result["score"], scores)


def test_a_tie_counts_half_a_point_in_borda_and_takes_no_side_in_copeland() -> None:
    """A is ahead of B once and tied with it twice; both are ahead of C where they are not tied."""
    ranks = pd.DataFrame({"x": [1, 1, 3], "y": [1, 1, 1], "z": [1, 2, 3]}, index=list("ABC"))
    assert consensus(ranks)["score"].tolist() == [1.5 + 1 + 2, 1.5 + 1 + 1, 0 + 1 + 0]
    assert consensus(ranks, method="copeland")["score"].tolist() == [2.0, 1.0, 0.0]
    behind = consensus(ranks, method="mean-rank")["score"]
    assert behind.tolist() == pytest.approx([3 - 1, 3 - 4 / 3, 3 - 7 / 3])


@given(
    scores=hnp.arrays(
        np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.integers(0, 3)
    )
)
def test_borda_and_copeland_written_out(scores: FloatArray) -> None:
    ranks: IntArray = rank_scores(scores.T).T
    frame = pd.DataFrame(ranks)
    behind = ranks[:, None] < ranks
    tied = (ranks[:, None] == ranks) & ~np.eye(len(ranks), dtype=bool)[:, :, None]
    points = np.asarray(behind + 0.5 * tied).sum(axis=(1, 2))
    assert consensus(frame).sort_index()["score"].tolist() == pytest.approx(points.tolist())
    lead = np.sign(behind.sum(axis=2) - behind.transpose(1, 0, 2).sum(axis=2))
    wins = ((lead + 1) / 2).sum(axis=1) - 0.5  # less the half point against itself
    result = consensus(frame, method="copeland").sort_index()
    np.testing.assert_allclose(result["score"], wins, atol=1e-9)
    assert result["rank"].tolist() == rank_scores(wins).tolist()


@pytest.mark.parametrize("method", CONSENSUS)
def test_rankings_of_one_mind_are_their_consensus(method: Any) -> None:
    ranks = pd.DataFrame({"x": [2, 1, 3], "y": [2, 1, 3]}, index=list("ABC"))
    result = consensus(ranks, method=method)
    assert result["rank"].to_dict() == {"B": 1, "A": 2, "C": 3}
    assert result["mean_rank"].tolist() == [1.0, 2.0, 3.0]


OF_B = 'the rank of "B" in "x"'


SCORES = "give ranks, 1 is best, not scores"


@pytest.mark.parametrize(
    ("ranks", "fault"),
    [
        (
            [[1, 2]],
            Fault(
                "wrong-type",
                "ranks",
                "is a list",
                "give a DataFrame of markets x rankings, or what compare_methods returns",
            ),
        ),
        (
            pd.DataFrame(),
            Fault(
                "wrong-shape",
                "ranks",
                "has shape (0, 0)",
                "at least one market and one ranking",
            ),
        ),
        *(
            (
                pd.DataFrame({"x": pd.Series([1, gap], ["A", "B"], dtype=kind)}),
                Fault(
                    "missing", OF_B, "is missing", "leave out markets that not every ranking has"
                ),
            )
            for gap, kind in ((np.nan, "float64"), (None, "Int64"), (" ", "object"))
        ),
        *(
            (
                pd.DataFrame({"x": [1, rank], "y": [1, 0]}, index=["A", "B"]),
                Fault("out-of-range", OF_B, "is below 1", SCORES),
            )
            for rank in (0, 0.9, -3)
        ),
        (
            pd.DataFrame({"x": [1, np.inf]}, index=["A", "B"]),
            Fault("infinite", OF_B, "is inf", "give a number, 1 is best"),
        ),
        (
            pd.DataFrame({"x": [1, "best"]}, index=["A", "B"]),
            Fault("not-a-number", OF_B, "is 'best'", "give a number, 1 is best"),
        ),
    ],
)
def test_what_are_no_ranks_is_refused(ranks: Any, fault: Fault) -> None:
    assert fault_of(consensus, ranks) == fault


def test_a_market_has_one_row_of_ranks() -> None:
    assert fault_of(consensus, pd.DataFrame({"x": [1, 2]}, index=["A", "A"])).code == "duplicate"


@pytest.mark.parametrize("rankings", [3, 12])
def test_of_many_markets_progress_is_told_and_majorities_are_those_of_pairs(rankings: int) -> None:
    """Over few rankings pairs are looked up by how they compare, over more each by itself."""
    markets = 700
    places = np.random.default_rng(rankings).integers(1, 40, (markets, rankings))
    frame = pd.DataFrame(places, index=[f"M{n}" for n in range(markets)])
    told: list[tuple[int, int]] = []
    found = consensus(frame, method="copeland", progress=lambda *at: told.append(at))
    lead = np.sign(places[None] - places[:, None]).sum(axis=-1)  # > 0: the row's is ahead of more
    expected = (lead > 0).sum(axis=1) + 0.5 * ((lead == 0).sum(axis=1) - 1)
    np.testing.assert_array_equal(found["score"].loc[frame.index], expected)
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == (markets, markets)


def test_an_unknown_consensus_is_refused() -> None:
    words: Any = "bordas"
    assert fault_of(consensus, tennessee(), method=words) == Fault(
        "unknown-word",
        "method",
        "is 'bordas'",
        'use one of "borda", "copeland", "mean-rank", "kemeny". Did you mean "borda"?',
    )


def test_markets_that_tie_stay_in_the_order_given() -> None:
    names = [f"M{place:02}" for place in range(60)]
    result = consensus(pd.DataFrame({"x": [2, 1] * 30}, index=names))
    assert result.index.tolist() == names[1::2] + names[::2]


def test_a_label_of_a_ranking_that_cannot_be_hashed_is_refused_as_such() -> None:
    labels = np.empty(2, dtype=object)
    labels[:] = [pd.Series([1.0]), "vikor"]
    ranks = pd.DataFrame([[1, 2], [2, 1]], index=["POL", "MEX"])
    with pytest.raises(ms.InputError, match="the column labels: a label is a list or the like"):
        ms.consensus(ranks.set_axis(labels, axis=1))
