"""Scores to ranks."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from scipy.stats import friedmanchisquare, rankdata

from marketselect import ranks
from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault
from marketselect.ranks import (
    MOST_SQUARE,
    RankCounts,
    ascending,
    block_ranks,
    concordance,
    count_ranks,
    counting_bytes,
    kendall_tau,
    rank_percentiles,
    rank_scores,
    refuse_squares,
    spearman_rho,
    tie_groups,
)
from marketselect.values import TIE
from methods.published import CASES
from shared import fault_of

# --- published cases


def test_triantaphyllou_2000_example_2_1_ties_exactly() -> None:
    expected = CASES["wsm_triantaphyllou_2000_ex2_1"]["expected"]
    assert rank_scores(expected["scores"]).tolist() == expected["rank_competition"]


# --- properties

whole_scores = hnp.arrays(np.float64, (3, 6), elements=st.integers(-5, 5).map(float))


@given(scores=whole_scores)
def test_it_is_scipys_competition_ranking_where_no_score_is_near_another(
    scores: FloatArray,
) -> None:
    expected = rankdata(-scores, method="min", axis=-1)
    np.testing.assert_array_equal(rank_scores(scores), expected)


@given(
    scores=hnp.arrays(np.float64, 6, elements=st.floats(-1e6, 1e6)), order=st.permutations(range(6))
)
def test_reordering_markets_reorders_ranks(scores: FloatArray, order: list[int]) -> None:
    np.testing.assert_array_equal(rank_scores(scores[order]), rank_scores(scores)[order])


@given(scores=hnp.arrays(np.float64, (2, 3, 5), elements=st.floats(-1e6, 1e6)))
def test_a_batch_equals_one_at_a_time(scores: FloatArray) -> None:
    together = rank_scores(scores)
    for place in np.ndindex(2, 3):
        np.testing.assert_array_equal(together[place], rank_scores(scores[place]))


# --- degenerate input


def test_scores_apart_by_rounding_are_tied() -> None:
    """The limit is 1e-12 of the largest absolute score, measured from the first of the group."""
    assert rank_scores([0.1 + 0.2, 0.3, 0.0]).tolist() == [1, 1, 3]
    assert rank_scores([1.0, 1.0 - 9e-13]).tolist() == [1, 1]
    assert rank_scores([1.0, 1.0 - 2e-12]).tolist() == [1, 2]
    assert rank_scores([-1000.0, 1.0, 1.0 - 9e-10]).tolist() == [3, 1, 1]


def test_a_chain_of_near_ties_breaks_where_it_leaves_its_first() -> None:
    """Each is near the one before; the third is too far from the first and begins anew."""
    step = 0.7e-12
    chain = [1.0, 1.0 - step, 1.0 - 2 * step, 1.0 - 3 * step, 0.5]
    assert rank_scores(chain).tolist() == [1, 1, 3, 3, 5]
    batch = np.array([chain, [5.0, 4.0, 3.0, 2.0, 1.0], chain[::-1]])
    assert rank_scores(batch).tolist() == [[1, 1, 3, 3, 5], [1, 2, 3, 4, 5], [5, 3, 3, 1, 1]]


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [
        ([10.0, 5.0, 5.0 - 7e-12, 5.0 - 1.4e-11], [1, 2, 2, 4]),
        ([-5.0, -5.0 - 7e-12, -5.0 - 1.4e-11, -10.0], [1, 1, 3, 4]),
    ],
)
def test_a_chain_anywhere_breaks_by_the_largest_score(
    scores: list[float], ranks: list[int]
) -> None:
    """The limit is 1e-11: the chain of two steps of 7e-12 leaves its first at the third."""
    assert rank_scores(scores).tolist() == ranks


def test_near_ties_below_zero_are_counted_as_ties() -> None:
    counts = count_ranks(np.array([[-10.0, -1.0, -1.0 - 5e-12]]), np.ones((1, 1)))
    assert counts.ranks.tolist() == [[0, 0, 1], [1, 0, 0], [1, 0, 0]]
    assert counts.shares.tolist() == [[0, 0, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]


def test_draws_are_counted_each_by_itself() -> None:
    """The third market is first in one draw, the second in the other."""
    counts = count_ranks(np.array([[1.0, 2.0, 9.0], [0.0, 5.0, 3.0]]), np.array([[1.0], [4.0]]))
    assert counts.ranks.tolist() == [[0, 0, 2], [1, 1, 0], [1, 1, 0]]
    assert counts.first_weights.tolist() == [[0.0], [4.0], [1.0]]


@pytest.mark.parametrize("draws", range(20, 2020, 20))
def test_a_percentile_is_reached_by_exactly_its_share_of_the_draws(draws: int) -> None:
    """Of two markets the first leads in 95 % of the draws, or in one draw less."""
    for less, expected in ((0, [1, 2]), (1, [2, 2])):
        led = draws * 19 // 20 - less
        held = np.array([[led, draws - led], [draws - led, led]], dtype=np.float64)
        counts = RankCounts(draws=draws, shares=held, ranks=held, first_weights=held)
        assert counts.percentile(0.95).tolist() == expected


def test_counts_of_blocks_add_up() -> None:
    one = count_ranks(np.array([[1.0, 2.0]]), np.array([[0.25, 0.75]]))
    other = count_ranks(np.array([[3.0, 3.0], [5.0, 4.0]]), np.array([[0.5, 0.5], [1.0, 0.0]]))
    both = one + other
    assert both.draws == 3
    assert both.shares.tolist() == [[1.5, 1.5], [1.5, 1.5]]
    assert both.ranks.tolist() == [[2.0, 1.0], [2.0, 1.0]]
    assert both.first_weights.tolist() == [[1.25, 0.25], [0.5, 1.0]]


few_scores = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.integers(1, 7)),
    elements=st.integers(-3, 3).map(float),
)


@given(scores=few_scores, size=st.sampled_from([1e-310, 1e-9, 1.0, 1e300]))
def test_tied_markets_share_the_places_that_they_hold(scores: FloatArray, size: float) -> None:
    draws, markets = scores.shape
    weights = np.arange(1.0, 2 * draws + 1).reshape(draws, 2)
    shares, first = np.zeros((markets, markets)), np.zeros((markets, 2))
    for row, drawn in zip(scores, weights, strict=True):
        for market, score in enumerate(row):
            tied, better = (row == score).sum(), (row > score).sum()
            shares[market, better : better + tied] += 1 / tied
            first[market] += drawn / tied * (better == 0)
    counts = count_ranks(scores * size, weights)
    np.testing.assert_allclose(counts.shares, shares, atol=1e-12)
    np.testing.assert_allclose(counts.first_weights, first, atol=1e-12)
    assert counts.draws == draws


def test_zeros_are_tied() -> None:
    counts = count_ranks(np.array([[0.0, 0.0], [-0.0, 0.0]]), np.ones((2, 1)))
    assert counts.ranks.tolist() == [[2.0, 0.0], [2.0, 0.0]]
    assert counts.shares.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_only_draws_that_may_hold_ties_are_counted_one_by_one() -> None:
    clear = np.array([[3.0, 1.0, 2.0, 5.0, 4.0], [0.5, 0.25, -8.0, 9.0, 1.0]])
    for scores in (clear, np.vstack([clear, [7.0, 6.0, 7.0, 1.0, 0.0]])):
        order, tied = ascending(scores.copy())
        assert tied.tolist() == [False, False, True][: len(scores)]
        assert order[:2].tolist() == [[1, 2, 0, 4, 3], [2, 1, 0, 4, 3]]


def test_a_tie_at_the_limit_is_seen_whatever_the_last_bits_are() -> None:
    """Of four markets two lie as far apart as tied ones may, and their numbers drive them apart."""
    unit = np.finfo(np.float64).eps  # from one float to the next above 1
    best = 1 + 4 * unit * np.random.default_rng(0).integers(2**14, 2**44, 400)
    limit = np.floor(TIE * best / unit) * unit
    scores = np.stack([best - limit, best / 4, best / 2, best], axis=1)
    assert (rank_scores(scores) == [1, 4, 3, 1]).all()
    assert ascending(scores)[1].all()


def test_the_best_score_sets_the_limit_of_ties_far_below_it() -> None:
    for scores in ([1000.0, 1.0, 1.0 - 9e-10], [-1000.0, 1.0, 1.0 - 9e-10]):
        assert ascending(np.array([scores]))[1].tolist() == [True]


@given(scores=hnp.arrays(np.float64, (5, 4), elements=st.integers(-9, 9).map(float)))
def test_ranks_of_a_block_are_those_of_each_draw(scores: FloatArray) -> None:
    for block in (scores, scores + np.array([0, 0.1, 0.2, 0.3])):  # with ties, and with none
        np.testing.assert_array_equal(block_ranks(block), rank_scores(block))


@pytest.mark.parametrize("gap", [1e-15, 5e-14, 9e-13, 1.1e-12, 1.3e-12, 1e-11])
@pytest.mark.parametrize("markets", [3, 256, 257])
def test_near_ties_are_counted_as_they_are_ranked(gap: float, markets: int) -> None:
    """Markets lie so far apart; the limit is 1e-12 of the largest score."""
    line = 1.0 - gap * np.arange(markets)
    scores = np.random.default_rng(0).permuted(np.tile(line, (3, 1)), axis=1)
    counts = count_ranks(scores, np.ones((3, 1)))
    expected = np.zeros((markets, markets))
    for row in scores:
        expected[np.arange(markets), rank_scores(row) - 1] += 1
    np.testing.assert_array_equal(counts.ranks, expected)


@pytest.mark.parametrize("gap", [9.9e-11, 9.99e-11, 1.001e-10, 1.01e-10])
@pytest.mark.parametrize("places", [(0, 255), (255, 0), (127, 128), (128, 127)])
def test_a_pair_at_the_limit_is_tied_whatever_its_place(
    gap: float, places: tuple[int, int]
) -> None:
    """256 markets up to a score of 100: the limit is 1e-10."""
    line = np.linspace(1, 90, 256)
    line[places[0]], line[places[1]] = 100.0, 100.0 - gap
    counts = count_ranks(line[None], np.ones((1, 1)))
    expected = np.zeros((256, 256))
    expected[np.arange(256), rank_scores(line) - 1] = 1
    np.testing.assert_array_equal(counts.ranks, expected)


def test_scores_in_any_memory_order_give_the_same_counts() -> None:
    scores = np.random.default_rng(0).uniform(size=(20, 5))
    weights = np.ones((20, 2))
    for other in (np.asfortranarray(scores), np.repeat(scores, 2, axis=1)[:, ::2]):
        np.testing.assert_array_equal(
            count_ranks(other, weights).shares, count_ranks(scores, weights).shares
        )


def test_groups_name_the_place_of_their_first() -> None:
    assert tie_groups(np.array([3.0, 2.0, 2.0, 1.0])).tolist() == [0, 1, 1, 3]


@pytest.mark.parametrize("score", [0.0, 1e300, 1e-300])
def test_equal_scores_share_the_first_rank(score: float) -> None:
    assert rank_scores([score] * 3).tolist() == [1, 1, 1]


def test_huge_and_tiny_scores_are_ranked() -> None:
    assert rank_scores([1e300, 2e300]).tolist() == [2, 1]
    assert rank_scores([1e-300, 2e-300]).tolist() == [2, 1]


def test_the_input_stays_as_it_was() -> None:
    scores = np.array([1.0, 3.0, 2.0])
    rank_scores(scores)
    assert scores.tolist() == [1.0, 3.0, 2.0]


def test_ranks_are_whole_numbers() -> None:
    assert rank_scores([1, 2]).dtype == np.int64


# --- messages


@pytest.mark.parametrize(
    ("scores", "fault"),
    [
        *(
            (
                scores,
                Fault(
                    "wrong-shape", "scores", f"have shape {shape}", "at least one score is needed"
                ),
            )
            for scores, shape in (([], "(0,)"), (1.0, "()"), ([[], []], "(2, 0)"))
        ),
        (
            [1.0, np.nan],
            Fault(
                "missing",
                "scores[1]",
                "is nan",
                "every entry must be a finite number: impute or drop missing values first",
            ),
        ),
        (
            [[1.0], [np.inf]],
            Fault(
                "infinite",
                "scores[1, 0]",
                "is inf",
                "every entry must be a finite number: impute or drop missing values first",
            ),
        ),
        (["best"], Fault("not-a-number", "scores[0]", "is 'best'", "a number is needed")),
    ],
)
def test_scores_without_ranks_are_refused(scores: Any, fault: Fault) -> None:
    assert fault_of(rank_scores, scores) == fault


def test_too_many_markets_for_a_square_are_refused() -> None:
    """Two squares of 50,000 numbers of 8 bytes are 40 GB."""
    assert fault_of(refuse_squares, 50_000, 2, "what is asked", "ask for less") == Fault(
        "too-large",
        "ranking",
        "has 50,000 markets: what is asked is 50,000 x 50,000 numbers, for which 40 GB are needed",
        "take at most 10,000: ask for less",
    )
    assert fault_of(refuse_squares, MOST_SQUARE + 1, 1, "it", "").code == "too-large"
    refuse_squares(MOST_SQUARE, 1, "it", "ask for less")


# Without a table of markets x ranks


def test_bytes_of_counts_are_at_least_what_is_taken() -> None:
    """2,000 markets in 45 bins: seven tables of 8 bytes at most, of which some have 4."""
    assert counting_bytes(2000) == 48 * 2000 * 45
    scores = np.random.default_rng(0).uniform(size=(2, 2000))
    tracemalloc.start()
    try:
        rank_percentiles(lambda: iter([scores]), 2000, [0.05, 0.95])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= counting_bytes(2000)


@given(
    scores=hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 40), st.integers(1, 30)),
        elements=st.integers(0, 12).map(float),
    ),
    share=st.sampled_from([0.05, 0.5, 0.95, 1.0]),
    chunk=st.integers(1, 40),
)
def test_percentiles_in_little_memory_are_those_of_the_counts(
    scores: FloatArray, share: float, chunk: int
) -> None:
    draws, markets = scores.shape
    weights = np.ones((draws, 1))

    def blocks() -> Iterator[FloatArray]:
        return (scores[start : start + chunk] for start in range(0, draws, chunk))

    (found,) = rank_percentiles(blocks, markets, [share])
    expected = count_ranks(scores, weights).percentile(share)
    np.testing.assert_array_equal(found, expected)
    by_numpy = np.quantile(rank_scores(scores), share, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(found, by_numpy)


def test_what_is_sorted_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws with ties and without, in blocks of one, of some, of all, and of an uneven rest."""
    generator = np.random.default_rng(2)
    scores = generator.uniform(0, 100, (57, 6))
    scores[::5] = np.round(scores[::5], -1)  # ties in some draws
    weights = generator.dirichlet(np.ones(3), 57)
    found = []
    for cells in (1, 5 * 6, 57 * 6, 2**15):
        monkeypatch.setattr(ranks, "CELLS", cells)
        counts, (order, tied) = count_ranks(scores, weights), ascending(scores)
        found.append([counts.shares, counts.ranks, counts.first_weights, order, tied])
    for other in found[1:]:
        assert all((a == b).all() for a, b in zip(found[0], other, strict=True))
    assert 0 < found[0][-1].sum() < 57
    # by the definition, draw by draw
    assert (found[0][1] == sum(np.eye(6)[rank_scores(row) - 1] for row in scores)).all()


def test_scores_at_the_ends_of_what_a_float_holds_are_counted() -> None:
    """From the best of one draw to the worst of the next lies more than the largest float."""
    scores = np.array([[1.2e308, 1.7e308], [-1.7e308, -1.2e308]])
    assert count_ranks(scores, np.ones((2, 1))).shares.tolist() == [[0.0, 2.0], [2.0, 0.0]]


def test_kendall_1945_and_spearman_by_hand() -> None:
    """Five markets; one swap of neighbors: 9 of 10 pairs agree; rho = 1 - 6 * 2 / (5 * 24)."""
    one, other = np.array([1, 2, 3, 4, 5]), np.array([1, 2, 3, 5, 4])
    assert kendall_tau(one, other) == pytest.approx(0.8)
    assert spearman_rho(one, other) == pytest.approx(0.9)
    # With ties: 4 of 6 pairs agree, 5 are untied in one, 5 in the other.
    tied, crossed = np.array([1, 1, 3, 4]), np.array([1, 2, 2, 4])
    assert kendall_tau(tied, crossed) == pytest.approx(4 / 5)
    assert spearman_rho(tied, crossed) == pytest.approx(3.75 / 4.5)


two_rankings = hnp.arrays(
    np.float64, st.tuples(st.just(2), st.integers(2, 8)), elements=st.integers(0, 4)
).filter(lambda scores: bool((np.ptp(scores, axis=1) > 0).all()))


@given(scores=two_rankings)
def test_two_rankings_agree_as_scipy_computes(scores: FloatArray) -> None:
    one, other = rank_scores(scores)
    if scores.shape[1] > 2:  # SciPy's p-value of two markets divides by zero
        assert kendall_tau(one, other) == pytest.approx(stats.kendalltau(one, other).statistic)
    rho = np.corrcoef(stats.rankdata(one), stats.rankdata(other))[0, 1]
    assert spearman_rho(one, other) == pytest.approx(rho)


@pytest.mark.parametrize("seed", range(10))
def test_kendalls_w_with_ties_is_friedmans_statistic_by_its_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 4, (rng.integers(2, 6), rng.integers(3, 9)))
    ranks = np.array([[1 + (row > cell).sum() for cell in row] for row in values])
    persons, markets = ranks.shape
    statistic = friedmanchisquare(*(-values).T).statistic
    assert concordance(ranks) == pytest.approx(statistic / (persons * (markets - 1)))


def test_no_agreement_is_said_where_everybody_ties_all() -> None:
    assert concordance(np.ones((3, 4), dtype=np.int64)) is None
    assert concordance(np.ones((3, 1), dtype=np.int64)) is None
