"""Many rankings in one call: a frame of many groups, such as products, each ranked by itself."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from marketselect.dataframes import Table, is_dask
from marketselect.errors import Fault, InputError, number_of
from marketselect.framework import Framework
from marketselect.frozen import frozen_result, held_field, owned
from marketselect.methods import Given
from marketselect.notebook import in_html
from marketselect.printing import printed_frame
from marketselect.ranking.group_asked import Shared, asked_groups
from marketselect.ranking.group_job import FAULT, GroupJob, job_of
from marketselect.ranking.grouped_rows import nameless_fault
from marketselect.ranking.levels import Levels
from marketselect.ranking.making import rules_for
from marketselect.ranking.partitions import ranked_on_dask
from marketselect.ranking.weights import GivenWeights
from marketselect.running import stage
from marketselect.scoring.scale import Scale


@frozen_result
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

    def _repr_html_(self) -> str:
        table = held_field(self, "table")
        rows = pd.Index(range(1, len(table) + 1))  # of the whole table: its own index has no words
        return in_html(self.headline, {"ranks": table.set_axis(rows)})

    def __repr__(self) -> str:
        return f"{self.headline}\n{printed_frame(held_field(self, 'table').head(10), index=False)}"

    @property
    def headline(self) -> str:
        """How many ranks there are in how many groups, and how many have none, in words."""
        table, faults = held_field(self, "table"), held_field(self, "faults")
        groups = int((table["rank"] == 1).sum()) and len(table[list(self.by)].drop_duplicates())
        head = f"{number_of(len(table), 'rank')} in {number_of(groups, 'group')}"
        lost = number_of(len(faults[list(self.by)].drop_duplicates()), "group")
        return f"{head}; {lost} not ranked"


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
        Or one fitted before. With goalposts for every indicator all three are one. Of a Dask
        DataFrame "shared" needs what it needs in `stream_groups`.
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
    asked = asked_groups(
        by=by, market=market, scale=scale, weights=weights, method=method, options=options,
        draws=draws, tolerance=tolerance, seed=seed, levels=levels,
    )  # fmt: skip
    if is_dask(data):
        found = ranked_groups(asked.by, *ranked_on_dask(data, framework, asked))
    else:
        found = group_ranking(job_of(data, rules_for(data, framework, None), asked))
    if not len(held_field(found, "table")):
        raise nothing_ranked(held_field(found, "faults"))
    told(lambda: found.headline)
    return found


def group_ranking(job: GroupJob) -> RankedGroups:
    """Rank groups that were read; the table may be empty."""
    scale = job.scale()
    table, excluded = job.rank(scale)
    faults = job.fault_table(nameless_fault(job.rows.by, job.rows.nameless))
    return ranked_groups(job.rows.by, table, excluded, faults, scale)


def ranked_groups(
    by: tuple[str, ...],
    table: pd.DataFrame,
    excluded: pd.DataFrame,
    faults: pd.DataFrame,
    scale: Scale | None,
) -> RankedGroups:
    """Return what was found as a value that nobody changes."""
    return RankedGroups(by=by, table=owned(table), excluded=owned(excluded),
                        faults=owned(faults), scale=scale)  # fmt: skip


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
