"""Replaying a study: rank again by its inputs, compare every result, name what was changed."""

from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, listing
from marketselect.files import sha256_of
from marketselect.frozen import frozen_result
from marketselect.methods import Method
from marketselect.notebook import in_html
from marketselect.portfolio.basket import Basket
from marketselect.portfolio.entry import EntryPlan
from marketselect.printing import printed_frame
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.within import RANK_WITHIN
from marketselect.running import stage
from marketselect.study.changes import Change, changed_files, changed_record
from marketselect.study.contents import TEXT, WHOLE, Files, results, row_label, study_json
from marketselect.study.folder import read_study, stored_hashes, study_path
from marketselect.study.inputs import Functions, own_given, ranked_by_study, read_call
from marketselect.study.parsing import read_number_file, read_words
from marketselect.study.plans import part_results, parts_again
from marketselect.study.readme import HASHES
from marketselect.values import (
    WEIGHT,
    is_gap,
    number_in,
)
from marketselect.weighting.rule import WeightRule

SHOWN = 20
ROWS = 3  # that are named of those which stand on one side only
WIDEST = 60  # signs of a cell that the text of a replay shows
WORDS = ("excluded.csv", "plan_words.csv")  # the results whose cells are text


@frozen_result
class Replay:
    """A study made again, and how it compares with what is stored.

    Attributes
    ----------
    path
        The folder of the study, or its archive.
    differences
        Every result that is not the same: file, row, column, stored, now, difference.
    changed
        What is not as it was: kind ("file", "option", "version"), name, stored, now; of files the
        first signs of the hash, as `hashes.json` or the record of the inputs has it.
    numbers
        How many results were compared.
    largest
        The largest absolute difference of all, also of those within the tolerance.
    tolerance
        How far numbers may differ and still count as equal.
    unread
        What else lies in the folder; it was not read.
    ranking
        The ranking that was made again.
    basket
        The basket that was chosen again; None where the study has none.
    plan
        The plan that was made again; None where the study has none.
    """

    path: Path
    differences: pd.DataFrame
    changed: pd.DataFrame
    numbers: int
    largest: float
    tolerance: float
    unread: tuple[str, ...]
    ranking: Ranking
    basket: Basket | None
    plan: EntryPlan | None

    @property
    def identical(self) -> bool:
        """Whether every result is the same, and no file and no option was changed."""
        return self.differences.empty and not (self.changed["kind"] != "version").any()

    def _repr_html_(self) -> str:
        unread = f"Not part of the study, not read: {listing(self.unread)}" if self.unread else ""
        told = "\n".join(filter(None, [self.headline, unread]))
        tables = {"differences": self.differences, "changed since it was saved": self.changed}
        return in_html(told, tables)

    def __repr__(self) -> str:
        parts = [self.headline]
        if len(self.differences):
            parts.append(first_rows_text(self.differences))
        if len(self.changed):
            parts.append(f"Changed since it was saved\n{first_rows_text(self.changed)}")
        if self.unread:
            parts.append(f"Not part of the study, not read: {listing(self.unread)}")
        return "\n\n".join(parts)

    @property
    def headline(self) -> str:
        """Whether the ranking is identical, and how many results are not, in words."""
        count, within = len(self.differences), ""
        if self.tolerance:
            within = f" within {self.tolerance:g}, the largest difference is {self.largest:g}"
        verdict = f"all {self.numbers:,} results are the same{within}"
        if count:
            verdict = f"{count:,} of {self.numbers:,} results {differing_words(self.differences)}"
        head = "identical" if self.identical else "not identical"
        return f"Replay of {self.path}: {head}; {verdict}"


def replay_study(
    path: str | Path,
    *,
    tolerance: float = 0.0,
    method: Method | Callable[..., Any] | None = None,
    weights: WeightRule | Callable[[Any], Any] | None = None,
) -> Replay:
    """Make the ranking of a study again and compare every result with what is stored.

    Parameters
    ----------
    path : str or Path
        A folder that `save_study` wrote, or a ``.zip``; that is read in memory, and no path in it
        is used.
    tolerance : float
        The largest absolute difference that counts as none, in the unit of each result; for use
        across platforms. Ranks are always compared exactly.
    method, weights : callable, optional
        The method or the weighting that the study was ranked by, where it is a function of your
        own: a study holds its name and no code.

    Returns
    -------
    Replay
        `identical`, or the table of `differences`, and what was `changed`: files whose hash no
        longer fits, options, versions. A missing value is the same as a missing value.

    Raises
    ------
    InputError
        If a file is missing, is a link, is too large, or holds what cannot be read; if an archive
        has a path, a name twice, or more than is unpacked; if nothing
        can be ranked by what it holds; or if a function of your own is needed and not given, or
        given and not needed. Links are never followed, other files are not opened.

    Examples
    --------
    >>> import tempfile
    >>> import marketselect as ms
    >>> from marketselect.study import save_study
    >>> data = pd.DataFrame({"gdp": [4.1, 0.4, 1.5], "risk": [0.2, 0.6, 0.5]},
    ...                     index=["DEU", "VNM", "MEX"])
    >>> tree = pd.DataFrame({"code": ["gdp", "risk"], "factor": ["economic", "political"],
    ...                      "direction": ["benefit", "cost"]})
    >>> ranking = ms.rank_markets(data, ms.Framework.from_table(tree), draws=100)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = save_study(ranking, Path(folder) / "study")
    ...     text = (study / "results.csv").read_text().replace("DEU,1,100.0", "DEU,1,99.5")
    ...     size = (study / "results.csv").write_text(text)
    ...     replay = replay_study(study)
    >>> replay.identical
    False
    >>> replay.differences[["file", "row", "column", "difference"]]
              file  row column  difference
    0  results.csv  DEU  score         0.5
    """
    told = stage("replay_study")
    least = number_in(tolerance, "tolerance", WEIGHT, 0.0, inf)
    folder = study_path(path)
    files, unread = read_study(folder)
    replay = replayed(files, folder, least, unread, {"method": method, "weights": weights})
    told(lambda: replay.headline)
    return replay


def replayed(
    files: Files, folder: Path, tolerance: float, unread: tuple[str, ...], given: Functions
) -> Replay:
    """Rank again by a study's inputs and compare all results; a fault names what was changed."""
    stored = stored_hashes(files)
    written = sha256_of(study_json(stored, HASHES).encode())  # so that blanks are told, too
    moved = changed_files(files, {**stored, HASHES: written})
    try:
        call = read_call(files)
        ranking = ranked_by_study(files, call, own_given(call, given))
        basket, plan = parts_again(files, ranking, call["labels"])
        cells = [
            compared_cells(
                name, stored_result(files, name, frame, call["labels"]), frame, tolerance
            )
            for name, frame in {**results(ranking), **part_results(basket, plan)}.items()
        ]
        noted = changed_record(files, ranking, tolerance)
    except InputError as fault:
        names = f" (changed since it was saved: {listing(name for _, name, *_ in moved)})"
        raise fault.under(f'study "{folder}"').adding(names if moved else "") from None
    return Replay(
        path=folder,
        differences=pd.concat([found for found, _, _ in cells], ignore_index=True),
        changed=change_table([*moved, *noted]),
        numbers=sum(count for _, count, _ in cells),
        largest=max(largest for _, _, largest in cells),
        tolerance=tolerance,
        unread=unread,
        ranking=ranking,
        basket=basket,
        plan=plan,
    )


def change_table(changes: list[Change]) -> pd.DataFrame:
    """Return what was changed in a study as a table, a file that two hashes tell of once."""
    table = pd.DataFrame(changes, columns=["kind", "name", "stored", "now"])
    return table[~table[["kind", "name"]].duplicated()].reset_index(drop=True)


def stored_result(files: Files, name: str, frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return a result as it is stored, in the form of the one that was made again."""
    label = row_label(name)
    read = read_words if name in WORDS else read_number_file
    header = [label, *map(str, frame.columns)]
    kinds = {"market": kind, "year": WHOLE}
    return read(files, name, header, kinds.get(label, TEXT))


def compared_cells(
    name: str, stored: pd.DataFrame, now: pd.DataFrame, tolerance: float
) -> tuple[pd.DataFrame, int, float]:
    """Return a replay's cells that differ, how many there are, and the largest difference."""
    rows = stored.index.append(now.index.difference(stored.index, sort=False))
    words = name in WORDS
    form: dict[str, Any] = {"dtype": object} if words else {"dtype": float, "na_value": np.nan}
    before, after = (frame.reindex(rows).to_numpy(**form) for frame in (stored, now))
    there = pd.notna(before) | pd.notna(after)
    gap = np.full(before.shape, np.nan) if words else np.abs(before - after)
    ranks = now.columns.isin(["rank", "rank_low", "rank_high", RANK_WITHIN])
    same = (before == after) | (gap <= np.where(ranks, 0.0, tolerance))
    row, column = np.nonzero(there & ~same)
    differences = pd.DataFrame(
        {
            "file": name,
            "row": rows.to_numpy(dtype=object)[row],
            "column": now.columns.to_numpy(dtype=object)[column],
            "stored": before[row, column],
            "now": after[row, column],
            "difference": gap[row, column],
        }
    )
    return differences, int(there.sum()), float(np.nanmax(gap, initial=0.0))


def differing_words(differences: pd.DataFrame) -> str:
    """Return how many results differ and by how much, and which stand on one side only."""
    unstored, unmade = differences["stored"].isna(), differences["now"].isna()
    both = differences[~unstored & ~unmade]
    gaps = both["difference"].dropna()
    words = f"differ, by at most {gaps.max():g}" if len(gaps) else "differ"
    sides = [
        f"{len(rows):,} are {what} ({differing_rows(rows)})"
        for rows, what in (
            (differences[unstored], "missing from the study"),
            (differences[unmade], "not made again"),
        )
        if len(rows)
    ]
    if not sides:
        return words
    return f"are not the same: {'; '.join([f'{len(both):,} {words}'] * bool(len(both)) + sides)}"


def differing_rows(differences: pd.DataFrame) -> str:
    """Name the first rows of some differences."""
    pairs = list(dict.fromkeys(zip(differences["file"], differences["row"], strict=True)))
    names = ", ".join(f'row "{row}" of {file}' for file, row in pairs[:ROWS])
    return names if len(pairs) <= ROWS else f"{names} and {len(pairs) - ROWS} more"


def first_rows_text(frame: pd.DataFrame) -> str:
    """Return the first rows of a replay's table as text, numbers in full."""
    cells = frame.head(SHOWN).map(
        lambda cell: cell if isinstance(cell, str) else "-" if is_gap(cell) else repr(cell)
    )
    more = len(frame) - SHOWN
    rest = f"\n... and {more:,} more" if more > 0 else ""
    return printed_frame(cells.map(lambda text: text[:WIDEST]), index=False, justify="left") + rest
