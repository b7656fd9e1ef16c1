"""The commands that make a ranking again: of a study, or one that was published."""

from __future__ import annotations

import argparse
import sys

from marketselect.report.lines import csv_of_ranking, fitted_table
from marketselect.report.screen import terminal_of


def replay_command(args: argparse.Namespace) -> str:
    """Replay a study, and return what is not as it was; the status says whether anything is."""
    from marketselect.study import replay_study

    replay = replay_study(args.study, tolerance=args.tolerance)
    args.status = 0 if replay.identical else 1
    return repr(replay)


def replications_command(args: argparse.Namespace) -> str:
    """Return how near each published ranking on the shelf comes, or one of them cell by cell.

    The status is 1 if a published cell is not found.
    """
    from marketselect.ranking.plain import ascii_json, record_rows
    from marketselect.replications import replicate, replication_names, replication_text, shelf

    made = [replicate(name) for name in (replication_names() if args.name is None else [args.name])]
    args.status = 0 if all(each.agrees for each in made) else 1
    frame = shelf(made) if args.name is None else made[0].cells
    if args.format == "json":
        return ascii_json(record_rows(frame))
    if args.format == "csv":
        return csv_of_ranking(frame)
    width = terminal_of(sys.stdout).width
    if args.name is not None:
        return replication_text(made[0], width)
    rows = [(r.name, r.title, r.markets, f"{r.agreeing} of {r.cells}", f"{r.tolerance:.0e}",
             f"{r.largest:.0e}") for r in frame.itertuples()]  # fmt: skip
    return fitted_table(
        rows, ("name", "title", "markets", "cells that agree", "within", "largest difference"),
        right=(2, 3, 4, 5), width=width, least=(4, 1),
        instead="a wider screen or --format csv shows all",
    )  # fmt: skip
