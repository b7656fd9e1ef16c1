"""A snapshot of one's own with fresh figures, and what these do to a ranking."""

import time
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import Fault, InputError, need, number_of
from marketselect.files import put_whole, sha256_of
from marketselect.framework import Framework, as_framework
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.panel.again import ranked_as_before, refuse_other_figures, table_again
from marketselect.panel.comparison import RankingComparison, compare_rankings
from marketselect.printing import number_texts, table_text
from marketselect.ranking.provenance import package_version
from marketselect.ranking.ranking import Ranking
from marketselect.running import Progress, reporter, stage
from marketselect.sources import worldbank_api as api
from marketselect.sources.embedded import with_own
from marketselect.sources.snapshot import (
    RECORD,
    reading_of,
    snapshot_files,
    snapshot_place,
)
from marketselect.sources.updates import (
    STATES,
    Updated,
    Wanted,
    base_of,
    updated_figures,
    wanted_by_code,
    wanted_by_series,
)
from marketselect.sources.vintages import folder_of
from marketselect.sources.worldbank import client_of, codes_to_fetch, years_to_fetch
from marketselect.tables.table import needed_series
from marketselect.values import a_flag, a_share
from marketselect.width import wrapped
from marketselect.words import number_text

SHOWN = 10


@frozen_result
class SnapshotUpdate:
    """What `update_snapshot` wrote, what is another in it, and what that does to a ranking.

    Attributes
    ----------
    folder
        Where the snapshot is: `load_indicators` and `load_catalogue` take it as ``data``.
    series
        One row a series, index indicator: name; state ("fetched", "kept" as it was, or "missing"
        where there is nothing of it); how many figures are added, revised and gone; vintage_from
        and vintage; why it was not fetched.
    added
        Figures that were not there: indicator, market, year, value.
    revised
        Figures that are others: indicator, market, year, old, new, difference.
    gone
        Figures that the World Bank gives no longer: indicator, market, year, value as it was.
    left_out
        Codes of places that are no market of `load_markets`: regions, groups and the world.
    faults
        One for each series that could not be had, and those of the new ranking.
    ranking
        The ranking with the new figures; None where none was given, or they cannot be ranked.
    comparison
        `compare_rankings` of the two; None where there is no new one.
    """

    folder: Path
    series: pd.DataFrame
    added: pd.DataFrame
    revised: pd.DataFrame
    gone: pd.DataFrame
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]
    ranking: Ranking | None
    comparison: RankingComparison | None

    def __repr__(self) -> str:
        parts = [wrapped(self.headline)]
        if len(changed := self._changed()):
            parts.append(rows_of_update(changed.reset_index()))
        parts += [f"not fetched: {fault}" for fault in self.faults]
        if self.comparison is not None:
            parts.append(wrapped(self._moved_words()))
            if len(moved := self._moved()):
                parts.append(rows_of_update(moved.reset_index()))
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        tables = {"series with other figures": self._changed(), "revised most": self._most()}
        if self.comparison is not None:
            tables[self._moved_words()] = self._moved()
        missed = [str(fault) for fault in self.faults]
        tables["not fetched"] = pd.DataFrame({"why": missed}, index=range(1, len(missed) + 1))
        full = {name: table for name, table in tables.items() if len(table)}
        return in_html(self.headline, full)

    @property
    def headline(self) -> str:
        """What was written, and how much of it is new, in words."""
        had = int((self.series["state"] == "fetched").sum())
        counts = (f"{len(getattr(self, name)):,} {name}" for name in STATES)
        told = "none" if not had else f"{had} of {len(self.series)} series"
        return f'Snapshot "{self.folder}": {told} fetched; of its figures {", ".join(counts)}.'

    def _changed(self) -> pd.DataFrame:
        """Return the series that have other figures than before, those with most of them first."""
        counts = self.series[list(STATES)].sum(axis=1)
        order = counts[counts > 0].sort_values(ascending=False, kind="stable").index
        return self.series.loc[order, [*STATES, "vintage", "name"]]

    def _most(self) -> pd.DataFrame:
        """Return the figures that are revised most, as a share of what they were, as text."""
        share = (self.revised["difference"] / self.revised["old"]).abs()
        first = self.revised.loc[share.sort_values(ascending=False, kind="stable").index[:SHOWN]]
        words = dict.fromkeys(("old", "new", "difference"), number_text)
        return number_texts(first, **words).set_index("indicator")

    def _moved_words(self) -> str:
        """Say how many markets have another rank."""
        if self.comparison is None:
            return ""
        table, left = self.comparison.table, len(self.comparison.absent)
        moved = int((table["rank_change"] != 0).sum())
        more = f"; {number_of(left, 'market')} not in both" if left else ""
        return f"{moved} of {number_of(len(table), 'market')} have another rank{more}."

    def _moved(self) -> pd.DataFrame:
        """Return the markets that moved, those that moved most first."""
        if self.comparison is None:
            return pd.DataFrame()
        table = self.comparison.table[["rank_from", "rank", "rank_change", "name"]]
        moved = table[table["rank_change"] != 0]
        order = moved["rank_change"].abs().sort_values(ascending=False, kind="stable").index
        return moved.loc[order].rename_axis("market")


def rows_of_update(table: pd.DataFrame) -> str:
    """Return the first rows of what `update_snapshot` changed as text, the others counted."""
    rest = len(table) - SHOWN
    more = f"\n... and {rest:,} more" if rest > 0 else ""
    return f"{table_text(table.head(SHOWN).set_index(table.columns[0]))}{more}"


def update_snapshot(
    folder: str | PathLike[str],
    *,
    codes: Iterable[str] | None = None,
    framework: Framework | str | Path | None = None,
    years: Iterable[int] | None = None,
    base: str | PathLike[str] | None = None,
    ranking: Ranking | None = None,
    add: Table | str | Path | Sequence[Table | str | Path] | None = None,
    tolerance: float = 1e-5,
    overwrite: bool = False,
    cache: str | PathLike[str] | None = None,
    refresh: bool = False,
    timeout: float = 30.0,
    tries: int = 4,
    progress: Progress | bool | None = None,
    address: str = api.ADDRESS,
) -> SnapshotUpdate:
    """Write a snapshot with fresh figures of the World Bank, and say what they change.

    Parameters
    ----------
    folder : str or Path
        Where the snapshot is written, whole or not at all. It holds every series of the base: those
        that came with the new figures, all others as they were.
    codes : list of str, optional
        Codes of series, as in `fetch_worldbank`. A series that was renamed stays under the code
        that the base has for it. Default: every series of the framework that is the World Bank's.
    framework : Framework, str or Path, optional
        Whose series are meant where there are no `codes`. Default: the ranking's, or "pestle".
    years : list of int, optional
        Calendar years; figures of others stay. Default: from the first of the base to this year.
    base : str or Path, optional
        The snapshot that is updated, from this function; it may be the same folder. Default: the
        embedded one.
    ranking : Ranking, optional
        A ranking of the figures of the base, from `indicator_table`: it is made again with the new
        ones, and both are compared. What is worked out for a firm of exchange rates stays.
    add : DataFrame, str or Path, or a list of these, optional
        Observations of one's own that the ranking was made of, too, as in `load_indicators`.
    tolerance : float
        The share of a figure, 0 to 1, up to which another one is no revision: the embedded figures
        are rounded. The new one is taken nevertheless.
    overwrite : bool
        Whether a snapshot that is there already is replaced. A folder that holds anything else is
        never replaced.
    cache, refresh, timeout, tries, progress, address
        As in `fetch_worldbank`.

    Returns
    -------
    SnapshotUpdate
        A series that cannot be had stays as it was; ``kept`` of its row in the catalogue and
        `SnapshotUpdate.faults` say why.

    Raises
    ------
    InputError
        If an argument is none, the folder cannot be written, the base is damaged, no series can be
        had, or the ranking is of other figures. Nothing is written then.

    Notes
    -----
    Source: World Bank, Indicators API v2. Governance indicators are estimated anew with every
    edition, and exchange rates are joined over changes of currency, as in the embedded snapshot:
    both are taken whole or not at all, and governance indicators all or none.

    Examples
    --------
    >>> import marketselect as ms
    >>> found = update_snapshot("mine", codes=["SP.POP.TOTL"], years=range(2015, 2025),
    ...                         cache="worldbank")
    >>> found.revised
         indicator market  year         old         new  difference
    0  SP.POP.TOTL    DEU  2024  83516593.0  84000000.0    483407.0
    >>> observations = ms.load_indicators(data="mine")
    >>> ms.load_catalogue(data="mine").loc["SP.POP.TOTL", ["vintage", "fetched"]].tolist()
    ['2026-07-01', '2026-07-02']
    """
    told = stage("update_snapshot")
    place = snapshot_place(folder, overwrite=a_flag(overwrite, "overwrite"))
    again, share = a_flag(refresh, "refresh"), a_share(tolerance, "tolerance")
    client, report = client_of(address, timeout, tries), reporter(progress, "series")
    if ranking is not None:
        need(ranking, Ranking, "ranking")
    old = base_of(base)
    wanted = wanted_series(codes, framework, ranking, old.catalogue)
    this_year = time.gmtime(client.now()).tm_year
    asked = years_to_fetch(range(int(old.observations["year"].min()), this_year + 1)
                       if years is None else years)  # fmt: skip
    if ranking is not None:
        refuse_other_figures(ranking, with_own(old.observations, add))
    kept = None if cache is None else folder_of(cache)
    new = updated_figures(
        old, wanted, asked, client, kept, again=again, report=report, tolerance=share
    )
    record = update_record(new, wanted, asked, client, old.digest)
    files = snapshot_files(new.observations, new.catalogue, record)
    read = reading_of(new.catalogue, sha256_of(files[RECORD]), place.name)
    figures = with_own(new.observations, add, [read.to_dict()])
    after, comparison, faults = moved_by_update(ranking, figures)
    put_whole(files, place, "snapshot", replacing=overwrite)
    found = SnapshotUpdate(
        folder=place,
        series=new.series,
        added=new.added,
        revised=new.revised,
        gone=new.gone,
        left_out=new.left_out,
        faults=(*new.faults, *faults),
        ranking=after,
        comparison=comparison,
    )
    told(lambda: found.headline)
    return found


def update_record(
    new: Updated, wanted: Wanted, years: list[int], client: api.Client, base: str
) -> dict[str, Any]:
    """Return how `update_snapshot` made it: of which base, what was asked, what failed."""
    return {
        "made": time.strftime("%Y-%m-%d", time.gmtime(client.now())),
        "marketselect": package_version(),
        "base": base,
        "address": client.address,
        "codes": list(wanted.codes),
        "years": years,
        "faults": [fault.to_dict() for fault in new.faults],
    }


def wanted_series(
    codes: Any, framework: Any, ranking: Ranking | None, catalogue: pd.DataFrame
) -> Wanted:
    """Return which series `update_snapshot` asks for: those named, or those of a framework."""
    if codes is not None:
        if framework is not None:
            got, remedy = "is given beside codes", "leave one of the two out"
            raise InputError.of("contradiction", "framework", got, remedy)
        return wanted_by_code(codes_to_fetch(codes), catalogue)
    if framework is None and ranking is not None:
        rules = ranking.scores.framework
    else:
        rules = as_framework("pestle" if framework is None else framework)
    return wanted_by_series(needed_series(rules), catalogue)


def moved_by_update(
    ranking: Ranking | None, figures: pd.DataFrame
) -> tuple[Ranking | None, RankingComparison | None, tuple[Fault, ...]]:
    """Return the ranking with the new figures and what moved, or why there is none."""
    if ranking is None:
        return None, None, ()
    try:
        after = ranked_as_before(ranking, table_again(ranking, figures))
        return after, compare_rankings(ranking, after), ()
    except InputError as error:
        return None, None, tuple(fault.under("the ranking with the new figures")
                                 for fault in error.faults)  # fmt: skip
