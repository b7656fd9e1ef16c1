"""Published rankings on the shelf: made again from their inputs, and held against print.

Each is a folder of `data/replications`: `replication.toml` says what was published and under which
license, `framework.toml` is its rules (unless a framework that ships has them), `inputs.csv` and
`published.csv` hold a market a row. LICENSE-DATA.md gives the sources.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any

import pandas as pd

from marketselect.errors import InputError, did_you_mean, is_a, listing, one_line, told
from marketselect.files import shipped_bytes
from marketselect.framework import Framework
from marketselect.framework.loading import load_framework
from marketselect.frozen import frozen_result
from marketselect.ranking.making import rank_markets
from marketselect.ranking.ranking import Ranking
from marketselect.report.lines import text_table
from marketselect.sources.blocks import EXACT
from marketselect.sources.embedded import shipped_folder
from marketselect.values import kind_code, said, signs

WIDTH = 100  # of what is told where no screen says so


@frozen_result
class Replication:
    """A published ranking, made again here, and how near it comes.

    Attributes
    ----------
    name
        Its name on the shelf.
    title
        What people read.
    framework
        The rules of the publication.
    inputs
        Its figures: a row a market, a column an indicator, in the indicators' units. A cell that
        the publication leaves empty is NaN.
    published
        A row a market: ``score``, ``rank``, and any factor whose scores are published.
    ranking
        The inputs ranked by the framework, without draws of weights.
    cells
        A row a published cell: market, column, published, found (in the unit of print), difference
        (found less published), agrees.
    licence
        Under which the inputs may be passed on, and whose they are.
    tolerance
        What a score may differ by: half of the last digit in print, or the rounding of its inputs.
        Ranks must be the same.
    note
        How near it comes, and what the publication leaves open.
    """

    name: str
    title: str
    framework: Framework
    inputs: pd.DataFrame
    published: pd.DataFrame
    ranking: Ranking
    cells: pd.DataFrame
    licence: str
    tolerance: float
    note: str

    @property
    def citation(self) -> str:
        """Where its rules were published."""
        return self.framework.cited

    @property
    def agrees(self) -> bool:
        """Whether every published cell was found."""
        return bool(self.cells["agrees"].all())

    @property
    def largest(self) -> float:
        """The largest difference of a score, in the unit of print."""
        scores = self.cells["column"] != "rank"
        return float(self.cells.loc[scores, "difference"].abs().max())

    @property
    def said(self) -> str:
        """How near it comes, in a sentence."""
        same, all_of = int(self.cells["agrees"].sum()), len(self.cells)
        return (
            f"{same:,} of {all_of:,} published cells are found, of {len(self.published)} markets; "
            f"the largest difference of a score is {self.largest:.1g}"
        )

    def __repr__(self) -> str:
        return f"{self.title}: {self.said}"


@cache
def replication_names() -> tuple[str, ...]:
    """Return the names of the published rankings on the shelf.

    Examples
    --------
    >>> import marketselect as ms
    >>> "hdi_2022" in ms.replication_names()
    True
    """
    folders = [entry for entry in shipped_folder("replications").iterdir() if entry.is_dir()]
    return tuple(sorted(folder.name for folder in folders))


def replicate(name: str) -> Replication:
    """Make a published ranking again from its inputs, and compare it with print cell by cell.

    Parameters
    ----------
    name : str
        One of `replication_names`.

    Returns
    -------
    Replication
        Its framework, inputs and ranking, what was published, and the difference in each cell.
        Scores are in the unit of print. Missing inputs are treated as the framework says.

    Raises
    ------
    InputError
        If there is none of this name.
    MarketSelectError
        If a file of the shelf is not as it was installed.

    Notes
    -----
    The sources are in each replication's `citation`, and told at length in docs/replications.

    Examples
    --------
    >>> import marketselect as ms
    >>> hdi = ms.replicate("hdi_2022")
    >>> print(str(hdi).partition(";")[0])
    Human Development Index 2022: 386 of 386 published cells are found, of 193 markets
    >>> hdi.cells.head(2)
      market column  published  found  difference  agrees
    0    AFG  score      0.462  0.462         0.0    True
    1    ALB  score      0.789  0.789         0.0    True
    """
    held = shelved(name)
    ranking = rank_markets(held["inputs"], held["framework"], draws=0)
    per, power = held.pop("per"), held.pop("power", 1.0)
    cells = held_to_print(ranking, held["published"], per, held["tolerance"], power)
    return Replication(name=signs(name), ranking=ranking, cells=cells, **held)


def held_to_print(
    ranking: Ranking, published: pd.DataFrame, per: float, tolerance: float, power: float = 1.0
) -> pd.DataFrame:
    """Return a row a published cell; scores of a ranking are multiplied by `per` to be as printed.

    The ranking's own is then raised to `power`: a product is the power of a geometric mean. A
    market without a rank is found as NaN, which agrees with nothing.
    """
    scores = ranking.scores.scores.join(ranking.table[["score", "rank"]])
    units = pd.Series({column: 1.0 if column == "rank" else per for column in published.columns})
    found = scores.reindex(index=published.index, columns=published.columns) * units
    found["score"] **= power
    cells = published.melt(var_name="column", value_name="published", ignore_index=False)
    cells["found"] = found.melt(ignore_index=False)["value"].to_numpy()
    cells["difference"] = cells["found"] - cells["published"]
    allowed = cells["column"].map(lambda column: 0.0 if column == "rank" else tolerance)
    cells["agrees"] = cells["difference"].abs() <= allowed
    return cells.reset_index()


@cache
def _read_shelf_folder(name: str) -> dict[str, Any]:
    """Read the folder of a published ranking on the shelf once."""
    folder = shipped_folder("replications") / name
    facts = tomllib.loads(shipped_bytes(folder / "replication.toml").decode())
    if "framework" in facts:
        facts["framework"] = load_framework(facts["framework"])
    else:
        facts["framework"] = Framework.from_toml(shipped_bytes(folder / "framework.toml").decode())
    for part in ("inputs", "published"):
        facts[part] = pd.read_csv(
            BytesIO(shipped_bytes(folder / f"{part}.csv")),
            index_col="market",
            keep_default_na=False,
            na_values=[""],
            **EXACT,
        )
    return facts


def shelved(name: str) -> dict[str, Any]:
    """Return what stands on the shelf under a name, or refuse one that does not."""
    given: object = name
    names = replication_names()
    if not is_a(given, str):
        ways = f"on the shelf are {listing(names)}"
        raise InputError.of(kind_code(given), "name", f"is {said(given)}", ways)
    if (plain := signs(given)) not in names:
        ways = f"on the shelf are {listing(names)}.{did_you_mean(plain, names)}"
        got = f'there is no replication "{told(plain)}"'
        raise InputError.of("unknown-name", "name", got, ways)
    return dict(_read_shelf_folder(plain))


def shelf(made: Iterable[Replication]) -> pd.DataFrame:
    """Return a row a replication: how many cells agree with print, and under which license."""
    return pd.DataFrame(
        [
            {
                "name": each.name,
                "title": each.title,
                "markets": len(each.published),
                "cells": len(each.cells),
                "agreeing": int(each.cells["agrees"].sum()),
                "tolerance": each.tolerance,
                "largest": each.largest,
                "licence": each.licence,
                "citation": each.citation,
            }
            for each in made
        ]
    )


def replication_text(made: Replication, width: int | None) -> str:
    """Return what there is to know of one, and the cells that do not agree."""
    rows = [
        ("published", made.citation),
        ("license", made.licence),
        ("framework", f"{made.framework.name}: {one_line(made.framework.title)}"),
        ("how near", made.said),
        ("tolerance", f"{made.tolerance:g} of a score, none of a rank"),
        ("note", made.note),
    ]
    parts = [made.title, text_table(rows, width=width or WIDTH, wrapped=True)]
    off = made.cells[~made.cells["agrees"]]
    if len(off):
        cells = [[*map(str, row)] for row in off.drop(columns="agrees").itertuples(index=False)]
        parts.append(text_table(cells, [*off.columns.drop("agrees")], right=(2, 3, 4)))
    return "\n\n".join(parts)
