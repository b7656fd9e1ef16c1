"""One ranking of several, by the rules of a vote in which each ranking is a ballot.

Those of de Borda (1781), Copeland (1951) and Kemeny (1959), and the mean of the ranks.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import Table, as_frame, is_table
from marketselect.errors import Fault, InputError, is_a
from marketselect.methods import copeland, majorities
from marketselect.printing import to_print
from marketselect.ranks import block_ranks, rank_scores
from marketselect.running import Progress, reporter
from marketselect.tables import schemas
from marketselect.tables.cells import to_numbers
from marketselect.tables.door import labeled_frame
from marketselect.uncertainty.agreement import Comparison
from marketselect.uncertainty.kemeny import kemeny_places
from marketselect.values import kind_code, no_number, one_of, said, to_number


def consensus(
    ranks: Table | Comparison,
    *,
    method: Literal["borda", "copeland", "mean-rank", "kemeny"] = "borda",
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Make one ranking of several.

    Parameters
    ----------
    ranks : DataFrame, table of polars, pyarrow or DuckDB, or Comparison
        Markets x rankings, 1 is best; of a table that is none of pandas, a column such as
        ``market`` has the labels. Missing ranks are refused: only markets that all rank can
        be compared.
    method : {"borda", "copeland", "mean-rank", "kemeny"}
        "borda": a market gets, from each ranking, a point for every market behind it and half a
        point for every one it is tied with.
        "copeland": a point for every market that it is ahead of in most of the rankings, half a
        point where as many have it ahead as behind. Rankings that tie the two take no side.
        "mean-rank": the number of markets less the mean of its ranks as they are given.
        "kemeny": the number of markets behind it in the order that contradicts the rankings in the
        fewest pairs, found exactly for at most 20 markets. No two are tied: of several such orders
        it is the one that has last whom Borda has last, and so on upward. A market that beats every
        other in most rankings comes first.
        Borda and the mean rank give one order unless markets are tied.
    progress : callable or bool, optional
        By "copeland" each market meets each other, which takes four times as long for twice as
        many (about a second for 8,000 in six rankings): it is called with how many have met all
        others and how many there are. True shows a bar (extra "progress"), False shows none; None
        shows one for a run of over a second at a terminal.

    Returns
    -------
    DataFrame
        Index market, best first: rank (ties share the better one), score (larger is better),
        mean_rank.

    Raises
    ------
    InputError
        If the method is unknown, a rank is missing, no number or below 1, or there are more markets
        than "kemeny" takes.

    References
    ----------
    .. [1] de Borda, J.-C. (1781). Memoire sur les elections au scrutin. Histoire de l'Academie
       Royale des Sciences, Paris.
    .. [2] Copeland, A. H. (1951). A reasonable social welfare function. University of Michigan.
    .. [3] Kemeny, J. G. (1959). Mathematics without numbers. Daedalus 88(4), 577-591.
    .. [4] Young, H. P., & Levenglick, A. (1978). A consistent extension of Condorcet's election
       principle. SIAM Journal on Applied Mathematics 35(2), 285-300.

    Examples
    --------
    >>> ranks = pd.DataFrame({"topsis": [1, 2, 3], "vikor": [1, 3, 2], "ahp": [2, 1, 3]},
    ...                      index=["POL", "MEX", "VNM"])
    >>> consensus(ranks)["score"].to_dict()
    {'POL': 5.0, 'MEX': 3.0, 'VNM': 1.0}
    """
    one_of(method, CONSENSUS, "method")
    given = checked_ranks(ranks.ranks if is_a(ranks, Comparison) else ranks)
    values, report = given.to_numpy(), reporter(progress, "markets")
    score = CONSENSUS[method](values, lambda done: report(done, len(values)))
    table = pd.DataFrame(
        {"rank": rank_scores(score), "score": score, "mean_rank": values.mean(axis=1)},
        index=given.index,
    )
    return to_print(table.iloc[np.argsort(table["rank"].to_numpy(), kind="stable")])


def checked_ranks(ranks: Table) -> pd.DataFrame:
    """Return the rankings that a consensus is made of as floats, or say what is no rank."""
    if not is_table(ranks):
        raise InputError.of(
            kind_code(ranks),
            "ranks",
            f"is a {type(ranks).__name__}",
            "give a DataFrame of markets x rankings, or what compare_methods returns",
        )
    # Only a frame of pandas has its labels beside it; another's stand in a column.
    frame = ranks if is_a(ranks, pd.DataFrame) else labeled_frame(as_frame(ranks, "ranks"), ())
    labeled = schemas.check_labels(frame)
    if not labeled.size:
        raise InputError.of(
            "wrong-shape",
            "ranks",
            f"has shape {labeled.shape}",
            "at least one market and one ranking",
        )
    cells = labeled.to_numpy(dtype=object)
    values = np.empty(cells.shape)
    for place in range(cells.shape[1]):
        values[:, place] = to_numbers(labeled.iloc[:, place], truths=False)
    # Markets that share places have whole ranks, or the halves of their mean place.
    whole = np.fmod(np.where(np.isfinite(values), values, 0.0), 0.5) == 0
    for row, column in np.argwhere(~(values >= 1) | np.isinf(values) | ~whole)[:1]:
        where = f'the rank of "{labeled.index[row]}" in "{labeled.columns[column]}"'
        raise InputError(_no_rank(cells[row, column], where))
    return pd.DataFrame(values, index=labeled.index, columns=labeled.columns)


def _no_rank(cell: Any, where: str) -> Fault:
    """Return why a cell is no rank."""
    code = no_number(cell) or "out-of-range"
    if code == "out-of-range":
        got = "is below 1" if to_number(cell) < 1 else f"is {said(cell)}, no whole rank"
        return Fault(code, where, got, "give ranks, 1 is best, not scores")
    if code == "missing":
        return Fault(code, where, "is missing", "leave out markets that not every ranking has")
    return Fault(code, where, f"is {said(cell)}", "give a number, 1 is best")


Told = Callable[[int], object]
"""Is told how many markets are done, where that takes long."""


def borda(ranks: FloatArray, _told: Told) -> FloatArray:
    """Return each market's points in a consensus, of ranks of shape (markets, rankings)."""
    counted = copeland(-ranks, np.ones(ranks.shape[1]), rule="shares")  # no pair is compared
    points: FloatArray = counted.beaten.sum(axis=1)
    return points


def ahead_of_most(ranks: FloatArray, told: Told) -> FloatArray:
    """Return how many others each is ahead of in most rankings of a consensus, ties half."""
    whole = block_ranks(np.ascontiguousarray(-ranks.T)).T
    return majorities(whole, np.full(ranks.shape[1], 1 / ranks.shape[1]), told)


def mean_behind(ranks: FloatArray, _told: Told) -> FloatArray:
    """Return the points of a consensus by mean rank: the number of markets less that."""
    behind: FloatArray = len(ranks) - ranks.mean(axis=1)
    return behind


def kemeny_points(ranks: FloatArray, told: Told) -> FloatArray:
    """Return how many others each market is ahead of in Kemeny's consensus."""
    return (len(ranks) - 1 - kemeny_places(ranks, borda(ranks, told))).astype(np.float64)


CONSENSUS: dict[str, Callable[[FloatArray, Told], FloatArray]] = {
    "borda": borda,
    "copeland": ahead_of_most,
    "mean-rank": mean_behind,
    "kemeny": kemeny_points,
}
