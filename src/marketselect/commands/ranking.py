"""The commands that rank: into a table or a record, or into a page."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from marketselect.commands.arguments import DRAWING, TOP, idle
from marketselect.commands.figures import figures_to_rank, typed_snapshot
from marketselect.commands.streams import note
from marketselect.commands.typed import typed_markets, typed_weights
from marketselect.errors import InputError, number_of
from marketselect.report.lines import csv_of_ranking
from marketselect.report.screen import StyledText, terminal_of
from marketselect.report.terminal import doubt_text, factor_heads, ranking_parts
from marketselect.words import factor_colors

if TYPE_CHECKING:
    import pandas as pd

    from marketselect import Doubt, Ranking


def rank_command(args: argparse.Namespace) -> str:
    """Rank, and return the ranking in the format asked for."""
    ranking, top = made_ranking(args), args.top or sys.maxsize
    found = None
    if args.doubt:
        if args.format == "csv":
            raise InputError.of("contradiction", "--doubt", "is no table of one row a market",
                                "use --format table or json")  # fmt: skip
        found = doubt_asked_for(ranking, args)
    if args.format == "table":
        shown = ranking.table.head(args.top or TOP)
        screen = terminal_of(sys.stdout)
        parts = ranking_parts(
            ranking,
            shown,
            excluded=args.excluded,
            embedded=args.data is None,
            width=screen.width,
            snapshot=typed_snapshot(args),
        )
        if found is not None:
            parts.append(StyledText(doubt_text(found, screen.width), "bold"))
        heads, colors = factor_heads(ranking.weights.index), factor_colors(ranking.weights.index)
        return screen.shown(parts, {heads[factor]: color for factor, color in colors.items()})
    from marketselect.ranking import plain

    if args.format == "json":
        record = plain.ranking_document(ranking, values=False, doubt=found)
        return plain.ascii_json(record | {"table": record["table"][:top]})
    if args.excluded:
        return csv_of_ranking(plain.excluded_table(ranking)[["market", "name", "reason"]])
    return csv_of_ranking(plain.ranking_record(ranking).head(top))


def report_command(args: argparse.Namespace) -> str:
    """Rank, and write the page."""
    from marketselect.report.page.page import write_report
    from marketselect.report.page.scenarios import read_scenarios

    named = None if args.scenarios is None else read_scenarios(args.scenarios)
    ranking = made_ranking(args)
    found = doubt_asked_for(ranking, args) if args.doubt else None
    path = write_report(ranking, args.output, title=args.title, doubt=found, scenarios=named)
    count = len(ranking.table)
    size = path.stat().st_size / 1000
    return f"{path}: {number_of(count, 'market')}, {size:,.0f} kB; open it in a browser"


def doubt_asked_for(ranking: Ranking, args: argparse.Namespace) -> Doubt:
    """Return what of a ranking can be doubted, by as many draws and the seed as options say."""
    from marketselect.uncertainty.doubts import DRAWS, doubt

    return doubt(ranking, draws=args.draws or DRAWS, seed=args.seed, progress=False)


def made_ranking(args: argparse.Namespace) -> Ranking:
    """Return the ranking that the arguments describe."""
    return ranked_data(args)[0]


def ranked_data(args: argparse.Namespace) -> tuple[Ranking, pd.DataFrame]:
    """Return the ranking that the arguments describe, and the data that it is made of."""
    import marketselect as ms
    from marketselect.framework import with_screens
    from marketselect.tables.beside import usual_framework
    from marketselect.values import one_of

    if args.method is not None:
        one_of(args.method, ms.METHODS, "method")
    firm = None if args.firm is None else ms.load_firm(args.firm)
    said = args.command == "rank" and args.format != "csv"  # what is printed has the remarks
    for remark in () if firm is None or said else firm.remarks:
        note(remark, args)
    named = usual_framework(firm) if args.framework is None else args.framework
    framework = ms.load_framework(named)
    # A series that only a screen asks for is laid beside the others when the table is made.
    table, data = figures_to_rank(args, with_screens(framework, args.screen), firm)
    # A page, and what is doubted, draw weights of their own.
    drawn = args.draws != 0 or args.command != "rank" or args.doubt
    if not drawn and (names := idle(args, DRAWING)):
        note(f"nothing comes of {names} here: no weights are drawn", args)
    ranking = ms.rank_markets(
        table,
        framework,
        markets=typed_markets(args.markets, table.values.index, "--markets"),
        weights=typed_weights(args.weights),
        method=args.method,
        draws=args.draws,
        levels=args.levels,
        tolerance=args.tolerance,
        seed=args.seed,
        within=args.within,
        screens=args.screen,
    )
    return ranking, data
