"""Many rankings in one call: a frame of many groups, such as products, each ranked by itself."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from marketselect.errors import Fault, InputError, listing, number_of
from marketselect.framework import Framework
from marketselect.framework.limits import TIER
from marketselect.frozen import kept, owned, result
from marketselect.methods import Given
from marketselect.ranking.group_job import FAULT, Job
from marketselect.ranking.grouped_rows import grouped_rows, nameless_fault, read_cells
from marketselect.ranking.levels import LEVELS, Levels
from marketselect.ranking.making import rules_for
from marketselect.ranking.weights import GivenWeights, by_name
from marketselect.running import headline, stage
from marketselect.scoring.scale import Scale
from marketselect.tables.door import Table
from marketselect.values import check_draws, one_of

Shared = Literal["shared", "own"]
COLUMNS = ["rank", "score", "rank_low", "rank_high", "coverage", TIER, "reason", *FAULT]


@result
class RankedGroups:
    """The rankings of many groups, one below the other.

    Attributes
    ----------
    by
        The columns whose labels make a group.
    table
        The groups' labels, the market, and the columns of `Ranking.table`: groups in the order in
        which they appear in the data, in each the best market first.
    excluded
        The groups' labels, market, reason: who has too few data to be ranked.
    faults
        The groups' labels, code, where, got, remedy: what kept a group from being ranked.
    scale
        The scale of all groups; None where each had its own.
    """

    by: tuple[str, ...]
    table: pd.DataFrame
    excluded: pd.DataFrame
    faults: pd.DataFrame
    scale: Scale | None

    def __repr__(self) -> str:
        table, faults = kept(self, "table"), kept(self, "faults")
        groups = int((table["rank"] == 1).sum()) and len(table[list(self.by)].drop_duplicates())
        head = f"{number_of(len(table), 'rank')} in {number_of(groups, 'group')}"
        lost = number_of(len(faults[list(self.by)].drop_duplicates()), "group")
        return f"{head}; {lost} not ranked\n{table.head(10).to_string(index=False)}"


def rank_groups(
    data: Table,
    framework: Framework | str | Path | None = None,
    *,
    by: str | Iterable[str],
    market: str | None = None,
    scale: Scale | Shared = "shared",
    weights: GivenWeights = None,
    method: Given | None = None,
    options: Mapping[str, object] | None = None,
    draws: int = 0,
    tolerance: float = 0.25,
    seed: int = 0,
    levels: Levels = "all",
) -> RankedGroups:
    """Rank the markets of each group: of every product, say, in one call.

    Each ranking is what `rank_markets` gives for the rows of its group alone, to the last bit.

    Parameters
    ----------
    data : DataFrame
        A market of a group a row: the groups' labels, the market's, and a column an indicator as
        in a wide frame of `rank_markets`. Also a table of polars, pyarrow or DuckDB.
    framework : Framework, str or Path, optional
        As for `rank_markets`.
    by : str or list of str
        The column of the groups' labels, or several: "product", ["product", "year"].
    market : str, optional
        The column of the markets' labels. Default: the first that is called market, code, country
        or the like.
    scale : Scale, "shared" or "own"
        "shared": fitted on all rows that can be read, so that scores compare between groups.
        "own": each group's, so that the best of each gets the most that its normalization gives.
        Or one fitted before. With goalposts for every indicator all three are one.
    weights, method, options : optional
        As for `rank_markets`. Weights from data, such as "entropy", are each group's own.
    draws : int
        Draws of weights for the rank intervals. 0, the default: none, ``<NA>``. With draws the
        groups are ranked one after the other.
    tolerance, seed, levels
        Of these draws, as for `rank_markets`. Every group has the same draws.

    Returns
    -------
    RankedGroups
        A group with a fault is in `faults`, and the others are ranked. Empty cells are what the
        framework says of missing values.

    Raises
    ------
    InputError
        If the framework or an option has a fault, a column is missing, or no group can be ranked.

    Notes
    -----
    Groups are ranked many at a time unless something about them asks for each by itself: draws, a
    callable as method or weighting, weights from data, gaps filled with a mean or median, screens,
    outliers treated on scales of their own; labels of markets that are no text, or that are read as
    more than themselves (blanks around them, two names of a country, a total among markets); a
    column of texts for numbers. ``docs/scale.md`` has what each costs.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(name="demand", factors=(ms.Factor(code="demand"),), indicators=(
    ...     ms.Indicator(code="imports", factor="demand", direction="benefit"),))
    >>> frame = pd.DataFrame({"product": ["tea", "tea", "shoes", "shoes"],
    ...     "market": ["DEU", "FRA", "DEU", "FRA"], "imports": [10.0, 30.0, 50.0, 40.0]})
    >>> ranked = ms.rank_groups(frame, framework, by="product")
    >>> ranked.table[["product", "market", "rank", "score"]].values.tolist()
    [['tea', 'FRA', 1, 50.0], ['tea', 'DEU', 2, 0.0], ['shoes', 'DEU', 1, 100.0],
     ['shoes', 'FRA', 2, 75.0]]
    """
    told = stage("rank_groups")
    call = {"weights": weights, "method": method, "options": options, "draws": draws,
            "tolerance": tolerance, "seed": seed, "levels": levels}  # fmt: skip
    found = group_ranking(job_of(data, framework, by, market, call), scale)
    if not len(kept(found, "table")):
        raise nothing_ranked(kept(found, "faults"))
    told(lambda: headline(found))
    return found


def job_of(
    data: Table,
    framework: Framework | str | Path | None,
    by: str | Iterable[str],
    market: str | None,
    call: Mapping[str, Any],
) -> Job:
    """Return what there is to rank, read; what is refused here is refused for every group."""
    draws, tolerance, seed = check_draws(call["draws"], call["tolerance"], call["seed"])
    one_of(call["levels"], LEVELS, "levels")
    settled = {**call, "draws": draws, "tolerance": tolerance, "seed": seed,
               "weights": by_name(call["weights"])}  # fmt: skip
    rules = rules_for(data, framework, None)
    rows = grouped_rows(data, rules, by, market)
    taken = [name for name in (*rows.by, rows.market) if name in {*COLUMNS, *rules.top}]
    if taken:
        got = f"names {listing(taken)}, which the answer has a column of"
        raise InputError.of("contradiction", "by", got, "rename the column of labels")
    job = Job(rows=rows, cells=read_cells(rows, rules), rules=rules, call=settled)
    job.read()
    return job


def group_ranking(job: Job, scale: Scale | Shared) -> RankedGroups:
    """Rank groups that were read; the table may be empty."""
    given = scale if isinstance(scale, Scale) else None
    own = given is None and one_of(scale, ("shared", "own"), "scale") == "own"
    used = job.scale(given, own=own)
    table, excluded = job.rank(used)
    faults = job.fault_table(nameless_fault(job.rows))
    return RankedGroups(by=job.rows.by, table=owned(table), excluded=owned(excluded),
                        faults=owned(faults), scale=used)  # fmt: skip


def nothing_ranked(faults: pd.DataFrame) -> InputError:
    """Return the error that no group can be ranked, with what kept each from it."""
    groups = faults.drop(columns=FAULT).itertuples(index=False)
    places = [", ".join(str(label) for label in group if label is not None) for group in groups]
    found = [Fault(*row) for row in faults[FAULT].itertuples(index=False)]
    return InputError(
        *(each.under(f'group "{place}"') if place else each
          for place, each in zip(places, found, strict=True)),
        what="the data",
    )  # fmt: skip
