"""The commands that fetch series of the World Bank: into a file, or into a snapshot."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from marketselect.errors import InputError, listing
from marketselect.width import in_terminal_width

if TYPE_CHECKING:
    import pandas as pd

    from marketselect import Framework, SnapshotUpdate

SPAN = re.compile(r"(\d{4})(?:-(\d{4}))?")


def typed_span(text: str) -> range:
    """Return the years of a typed span such as 2015-2024, or of one year."""
    parts = SPAN.fullmatch(text.strip())
    years = range(int(parts[1]), int(parts[2] or parts[1]) + 1) if parts else range(0)
    if not years:
        remedy = "give a year, or the first and the last: 2015-2024"
        raise InputError.of("wrong-form", "--years", f'is "{text}"', remedy)
    return years


def fetch_command(args: argparse.Namespace) -> str:
    """Fetch, write the observations, and say what came; the status is 1 if a series did not."""
    from marketselect.files import file_place, put_whole
    from marketselect.report.lines import csv_of_ranking
    from marketselect.sources.worldbank import fetch_worldbank

    what = "the figures"
    place = file_place(args.output, (".csv",), what)  # before anything is asked
    given = {} if args.address is None else {"address": args.address}
    found = fetch_worldbank(
        args.codes, typed_span(args.years), cache=args.cache, refresh=args.refresh, **given
    )
    put_whole(csv_of_ranking(found.observations).encode(), place, what)
    args.status = 1 if found.faults else 0
    return in_terminal_width(
        f"{found!r}\n{place}: to rank with it: marketselect rank --add {place}"
    )


def update_command(args: argparse.Namespace) -> str:
    """Write a snapshot with fresh figures, say what changed; the status is as of `fetch`.

    A snapshot that is there is what is updated, unless another one is named.
    """
    import marketselect as ms
    from marketselect.commands.arguments import AS_OF, MAX_AGE
    from marketselect.ranking.plain import ascii_json, record_rows
    from marketselect.report.lines import csv_of_ranking
    from marketselect.sources.snapshot import is_snapshot

    base = args.folder if args.base is None and is_snapshot(args.folder) else args.base
    framework = ms.load_framework("pestle" if args.framework is None else args.framework)
    figures = ms.load_indicators(data=base)
    refuse_absent(framework, figures)
    table = ms.indicator_table(
        figures,
        framework,
        as_of=AS_OF if args.as_of is None else args.as_of,
        max_age=MAX_AGE if args.max_age is None else args.max_age,
    )
    given = {} if args.address is None else {"address": args.address}
    found = ms.update_snapshot(
        args.folder,
        codes=args.codes or None,
        years=None if args.years is None else typed_span(args.years),
        base=base,
        ranking=ms.rank_markets(table, framework, draws=0),
        overwrite=is_snapshot(args.folder),
        cache=args.cache,
        refresh=args.refresh,
        **given,
    )
    args.status = 1 if found.faults else 0
    if args.format == "csv":
        return csv_of_ranking(printed_changes(found))
    if args.format == "json":
        return ascii_json({
            "folder": str(found.folder),
            "series": record_rows(found.series.reset_index()),
            "changes": record_rows(printed_changes(found)),
            "faults": [fault.to_dict() for fault in found.faults],
            "ranks": None if found.comparison is None
            else record_rows(found.comparison.table.reset_index()),
        })  # fmt: skip
    return in_terminal_width(f"{found!r}\nto rank with it: marketselect rank --data {args.folder}")


def refuse_absent(framework: Framework, figures: pd.DataFrame) -> None:
    """Refuse --framework with series that a snapshot has not: `update` cannot rank by it."""
    from marketselect.tables.table import needed_series, with_observations

    there, rules = {*figures["indicator"].unique()}, with_observations(figures, framework)
    if absent := [code for code in needed_series(rules) if code not in there]:
        got = f"has series that the snapshot has not: {listing(absent)}"
        remedy = "give one that ranks by series of the snapshot: marketselect indicators lists them"
        raise InputError.of("no-data", "framework", got, remedy)


def printed_changes(found: SnapshotUpdate) -> pd.DataFrame:
    """Return every changed figure as `update` prints it: series, market, year, old and new."""
    import pandas as pd

    parts = {
        "added": found.added.rename(columns={"value": "new"}),
        "revised": found.revised.drop(columns="difference"),
        "gone": found.gone.rename(columns={"value": "old"}),
    }
    columns = ["change", "indicator", "market", "year", "old", "new"]
    return pd.concat([part.assign(change=name).reindex(columns=columns)
                      for name, part in parts.items() if len(part)]
                     or [pd.DataFrame(columns=columns)], ignore_index=True)  # fmt: skip
