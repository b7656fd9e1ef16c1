"""The command line: results to stdout, messages to stderr, status 2 for a user's mistake.

The library is imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import EBADF
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from marketselect.arguments import (
    AS_OF,
    DRAWING,
    MAX_AGE,
    READING,
    TOP,
    HelpAskedError,
    idle,
    in_options,
    parser,
)
from marketselect.errors import ConsistencyWarning, InputError, MarketSelectError, clean
from marketselect.report.lines import csv_text, cut, fitted_table
from marketselect.report.screen import Painted, Part, screen_of
from marketselect.report.terminal import doubt_text, factor_heads, ranking_parts
from marketselect.typed import choices, chosen_markets, stated_weights
from marketselect.words import factor_colors

if TYPE_CHECKING:
    import pandas as pd

    from marketselect import Doubt, Firm, Framework, IndicatorTable, Ranking


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command on the arguments of the process, or on those given.

    Returns 0; 2 after a user's mistake, told on stderr in one line, or in one line for each of
    several faults of a file; 1 if a replay is not identical, or if the installation or the disk
    fails; 130 if interrupted. With ``--format json`` what goes to stderr after a mistake is JSON,
    too: a line with a note, a warning, or the error and its faults.
    """
    as_json = wants_json(sys.argv[1:] if argv is None else argv)
    with warnings.catch_warnings():
        warnings.filterwarnings("always", category=ConsistencyWarning)
        warnings.showwarning = tell_json_warning if as_json else tell_warning
        try:
            text, status = result(argv)
            return write(text) or status
        except InputError as fault:
            if as_json:
                tell_json(fault.to_dict())
            else:
                tell(f"marketselect: {fault}")
            return 2
        except MarketSelectError as fault:
            tell(f"marketselect: {fault}")
            return 1
        except OSError as fault:
            place = f'"{fault.filename}" ' if fault.filename else "a file "
            tell(f"marketselect: {place}cannot be read: {fault.strerror or fault}")
            return 1
        except KeyboardInterrupt:
            return 130


def result(argv: Sequence[str] | None) -> tuple[str, int]:
    """Parse the arguments, run the command, and return what it prints and the status."""
    try:
        args = parser().parse_args(argv)
    except HelpAskedError as asked:
        return Painted(asked), 0  # all of it is ours, with argparse's colors where it has some
    if args.version:
        import marketselect

        return f"marketselect {marketselect.__version__}", 0
    if args.command is None:
        raise InputError.of(
            "usage",
            "the command line",
            "there is no command",
            "name a command: rank, report, plan, indicators or frameworks, or replay for a study "
            "(see: marketselect --help)",
        )
    args.status = 0
    try:
        return COMMANDS[args.command](args), args.status
    except InputError as error:
        raise in_options(error, args) from None


# Commands


def rank_command(args: argparse.Namespace) -> str:
    """Rank, and return the ranking in the format asked for."""
    ranking, top = made_ranking(args), args.top or sys.maxsize
    found = None
    if args.doubt:
        if args.format == "csv":
            raise InputError.of("contradiction", "--doubt", "is no table of one row a market",
                                "use --format table or json")  # fmt: skip
        found = doubted(ranking, args)
    if args.format == "table":
        shown = ranking.table.head(args.top or TOP)
        screen = screen_of(sys.stdout)
        parts = ranking_parts(
            ranking,
            shown,
            excluded=args.excluded,
            embedded=args.data is None,
            width=screen.width,
            snapshot=snapshot_of(args),
        )
        if found is not None:
            parts.append(Part(doubt_text(found, screen.width), "bold"))
        heads, colors = factor_heads(ranking.weights.index), factor_colors(ranking.weights.index)
        return screen.shown(parts, {heads[factor]: color for factor, color in colors.items()})
    from marketselect.ranking import plain

    if args.format == "json":
        record = plain.document(ranking, values=False, doubt=found)
        return plain.json_text(record | {"table": record["table"][:top]})
    if args.excluded:
        return csv_text(plain.excluded_table(ranking)[["market", "name", "reason"]])
    return csv_text(plain.ranking_table(ranking).head(top))


def report_command(args: argparse.Namespace) -> str:
    """Rank, and write the page."""
    from marketselect.report.page.page import write_report
    from marketselect.report.page.scenarios import read_scenarios

    named = None if args.scenarios is None else read_scenarios(args.scenarios)
    ranking = made_ranking(args)
    found = doubted(ranking, args) if args.doubt else None
    path = write_report(ranking, args.output, title=args.title, doubt=found, scenarios=named)
    count = len(ranking.table)
    size = path.stat().st_size / 1000
    return f"{path}: {count} market{'s' * (count != 1)}, {size:,.0f} kB; open it in a browser"


def plan_command(args: argparse.Namespace) -> str:
    """Rank for a firm, and return a basket of markets in their order of entry."""
    from marketselect.planning import before_the_work, plan_of, plan_text

    before_the_work(args)
    ranking, data = ranked_data(args)
    with unprinted():
        basket, plan = plan_of(args, ranking, data)
    return plan_text(args, ranking, basket, plan)


def doubted(ranking: Ranking, args: argparse.Namespace) -> Doubt:
    """Return what of the ranking can be doubted, by as many draws and from the seed as asked."""
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
    table, data = indicator_table(args, with_screens(framework, args.screen), firm)
    # A page, and what is doubted, draw weights of their own.
    drawn = args.draws != 0 or args.command != "rank" or args.doubt
    if not drawn and (names := idle(args, DRAWING)):
        note(f"nothing comes of {names} here: no weights are drawn", args)
    ranking = ms.rank_markets(
        table,
        framework,
        markets=chosen_markets(args.markets, table.values.index, "--markets"),
        weights=stated_weights(args.weights),
        method=args.method,
        draws=args.draws,
        levels=args.levels,
        tolerance=args.tolerance,
        seed=args.seed,
        within=args.within,
        screens=args.screen,
    )
    return ranking, data


def indicator_table(
    args: argparse.Namespace, framework: Framework, firm: Firm | None
) -> tuple[IndicatorTable, pd.DataFrame]:
    """Return the values to rank by, and what they are read from: embedded, or one's own files."""
    import marketselect as ms
    from marketselect.sources.embedded import own_observations
    from marketselect.tables.table import checked_years
    from marketselect.tables.wide import as_indicator_table

    as_of = AS_OF if args.as_of is None else args.as_of
    max_age = MAX_AGE if args.max_age is None else args.max_age
    checked_years(as_of, max_age)
    snapshot = snapshot_of(args)
    if args.data != snapshot and args.add is not None:
        raise InputError.of(
            "contradiction", "--add", "adds to the embedded indicators, --data replaces them",
            "put all rows into one file, or leave one of the two out",
        )  # fmt: skip
    if args.data != snapshot:
        own = {args.data: (data := data_of(args.data, args))}
    elif args.add is not None:
        own = {path: own_observations(data_of(path, args)) for path in args.add}
        data = ms.load_indicators(add=list(own.values()), data=snapshot)
    elif names := idle(args, READING):
        are = "are" if " and " in names else "is"
        raise InputError.of(
            "contradiction", names, f"{are} for reading a file, and none is given",
            "give one with --data or --add, or leave this out",
        )  # fmt: skip
    else:
        own, data = {}, ms.load_indicators(data=snapshot)
    if snapshot is not None:
        tell_reading(snapshot, data.attrs["read"][0], args)
    if not {"market", "indicator", "year", "value"} <= set(data.columns):
        if args.as_of is not None or args.max_age is not None:
            note("--as-of and --max-age do nothing here: a wide table has no years", args)
        if args.firm is not None or args.trade is not None:
            option = "--trade" if args.firm is None else "--firm"
            raise InputError.of(
                "contradiction", option, "adds to observations over years, and --data is a wide "
                "table", "give a long table, or leave one of the two out",
            )  # fmt: skip
        return as_indicator_table(data, framework), data
    table = ms.indicator_table(
        data, framework, as_of=as_of, max_age=max_age, firm=firm, trade=args.trade
    )
    for path, rows in own.items():
        tell_later(path, rows, as_of, args)
    return table, data


def snapshot_of(args: argparse.Namespace) -> str | None:
    """Return the snapshot of one's own that stands in place of the embedded one, if one does."""
    from marketselect.sources.snapshot import is_snapshot

    return args.data if is_snapshot(args.data) else None


def tell_later(path: str, rows: pd.DataFrame, as_of: int, args: argparse.Namespace) -> None:
    """Tell how many values of a user's own file are later than the reference year."""
    from marketselect.tables.cells import to_numbers

    years = to_numbers(rows["year"])[to_numbers(rows["value"]).notna()]
    if later := int((years > as_of).sum()):
        values, are = ("value", "is") if later == 1 else ("values", "are")
        note(
            f'"{path}": {later:,} {values} later than {as_of} {are} not used; '
            f"the latest is of {int(years.max())} (see --as-of)",
            args,
        )


def data_of(path: str, args: argparse.Namespace) -> pd.DataFrame:
    """Return the user's own file, and tell what it was taken for where it is no plain table."""
    from marketselect.sources.files import read_indicators

    frame = read_indicators(
        path,
        layout=args.layout,
        sheet=args.sheet,
        missing=args.missing or (),
        decimal=args.decimal,
        only=choices(args.only),
    )
    tell_reading(path, frame.attrs["read"], args)
    return frame


def tell_reading(name: str, reading: Mapping[str, Any], args: argparse.Namespace) -> None:
    """Tell what a file was taken for, unless it is a plain table."""
    from marketselect.sources.files import is_plain

    if not is_plain(reading):
        note(f'"{name}" read as {reading["said"]}', args)


def indicators(args: argparse.Namespace) -> str:
    """Return the catalogue of the embedded indicators, or the part of it that is searched for."""
    from marketselect import load_catalogue

    catalogue = load_catalogue().reset_index()
    words = (args.search or "").lower().split()
    columns = [
        catalogue[name] for name in ("indicator", "name", "unit", "factor", "source", "note")
    ]
    texts = [" ".join(cells).lower() for cells in zip(*columns, strict=True)]
    catalogue = catalogue[[all(word in text for word in words) for text in texts]]
    if catalogue.empty:
        tell(f'marketselect: there is no indicator with "{args.search}"')
    if args.format == "json":
        from marketselect.ranking.plain import json_text, records

        return json_text(records(catalogue))
    if args.format == "csv":
        return csv_text(catalogue)
    header = ("indicator", "name", "unit", "factor", "years", "markets")
    years = [f"{r.first_year}-{r.last_year}" for r in catalogue.itertuples()]
    names = [cut(text, 46) for text in catalogue["name"]]
    units = [cut(text, 24) for text in catalogue["unit"]]
    parts = (catalogue["indicator"], names, units, catalogue["factor"], years, catalogue["markets"])
    rows = list(zip(*parts, strict=True))
    return fitted_table(
        rows, header, right=(5,), width=screen_of(sys.stdout).width, least=(2, 3, 4, 5),
        instead="a wider screen or --format csv shows all",
    )  # fmt: skip


def frameworks(args: argparse.Namespace) -> str:
    """Return the list of shipped frameworks, the tree of one, or its TOML."""
    from marketselect import framework_names, load_framework
    from marketselect.framework import optional_indicators
    from marketselect.report.rules import framework_text

    if args.name is None:
        if args.toml:
            raise InputError.of(
                "usage",
                "--toml",
                "no framework is named",
                f"name one of {', '.join(framework_names())}",
            )
        shipped = [load_framework(name) for name in framework_names()]
        rows = [
            (f.name, f.title, len(f.top), len(f.indicators), len(optional_indicators(f)), f.method)
            for f in shipped
        ]
        header = ("name", "title", "top factors", "indicators", "optional", "method")
        return fitted_table(
            rows, header, right=(2, 3, 4), width=screen_of(sys.stdout).width, least=(4, 5, 3, 2),
            instead="a wider screen shows all",
        )  # fmt: skip
    framework = load_framework(args.name)
    if not args.toml:
        return framework_text(framework, screen_of(sys.stdout).width)
    return shipped_toml(args.name) if args.name in framework_names() else framework.to_toml()


def firm_command(args: argparse.Namespace) -> str:
    """Write a firm's file to start from, unless there is one."""
    from marketselect.files import file_place, put_whole
    from marketselect.firm.blank import TEXT

    if args.new is None:
        raise InputError.of("usage", "firm", "nothing is asked", "say --new to write a file")
    what = "the firm's file"
    place = file_place(args.new, (".toml",), what)
    if os.path.lexists(place):
        raise InputError.of("unwritable", f'{what} "{place}"', "exists", "give another name")
    put_whole(TEXT.encode(), place, what)
    return f"{place}: change what is in it, then: marketselect rank --firm {place}"


def replay_command(args: argparse.Namespace) -> str:
    """Replay a study, and return what is not as it was; the status says whether anything is."""
    from marketselect.study import replay_study

    replay = replay_study(args.study, tolerance=args.tolerance)
    args.status = 0 if replay.identical else 1
    return repr(replay)


def replications(args: argparse.Namespace) -> str:
    """Return how near each published ranking on the shelf comes, or one of them cell by cell.

    The status is 1 if a published cell is not found.
    """
    from marketselect.ranking.plain import json_text, records
    from marketselect.replications import replicate, replication_names, replication_text, shelf

    made = [replicate(name) for name in (replication_names() if args.name is None else [args.name])]
    args.status = 0 if all(each.agrees for each in made) else 1
    frame = shelf(made) if args.name is None else made[0].cells
    if args.format == "json":
        return json_text(records(frame))
    if args.format == "csv":
        return csv_text(frame)
    width = screen_of(sys.stdout).width
    if args.name is not None:
        return replication_text(made[0], width)
    rows = [(r.name, r.title, r.markets, f"{r.agreeing} of {r.cells}", f"{r.largest:.0e}")
            for r in frame.itertuples()]  # fmt: skip
    return fitted_table(
        rows, ("name", "title", "markets", "cells as printed", "largest difference"),
        right=(2, 3, 4), width=width, least=(4, 1),
        instead="a wider screen or --format csv shows all",
    )  # fmt: skip


def fetch_command(args: argparse.Namespace) -> str:
    """Fetch series of the World Bank, and write them as a file."""
    from marketselect.fetching import fetch_text

    return fetch_text(args)


def update_command(args: argparse.Namespace) -> str:
    """Write a snapshot with fresh figures, and say what they change."""
    from marketselect.fetching import update_text

    return update_text(args)


def schema_command(_: argparse.Namespace) -> str:
    """Return the JSON Schema of a ranking's record."""
    from marketselect.ranking.plain import json_schema, json_text

    return json_text(json_schema())


def shipped_toml(name: str) -> str:
    """Return a shipped framework's file, with its comments."""
    from importlib.resources import files

    return (files("marketselect") / "frameworks" / f"{name}.toml").read_text(encoding="utf-8")


COMMANDS = {
    "rank": rank_command,
    "indicators": indicators,
    "frameworks": frameworks,
    "fetch": fetch_command,
    "update": update_command,
    "firm": firm_command,
    "report": report_command,
    "plan": plan_command,
    "replay": replay_command,
    "replications": replications,
    "schema": schema_command,
}


def write(text: str) -> int:
    """Write a result to stdout, at once; return 1 if that cannot be done."""
    ours = isinstance(text, Painted)  # then it is clean, and the codes in it are ours
    parts = text.rstrip("\n").split("\n")
    lines = "".join(f"{line if ours else clean(line)}\n" for line in parts)
    try:
        if sys.stdout is None:  # as Python finds it if a shell has closed it
            raise OSError(EBADF, "standard output is closed")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(lines)
        sys.stdout.flush()
    except OSError as fault:
        into_nothing(sys.stdout)
        if isinstance(fault, BrokenPipeError):  # the reader, such as head, has enough
            return 0
        tell(f"marketselect: the result cannot be written: {fault.strerror}")
        return 1
    return 0


def into_nothing(stream: Any) -> None:
    """Lead a stream that takes no more into nothing: Python tries it once again at its end."""
    if stream is not None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)


@contextmanager
def unprinted() -> Iterator[None]:
    """Keep stdout for the result: the solver HiGHS prints a line from C where it mends a solution.

    It does so rarely, and whatever it is told; in a record of JSON it would be a fault.
    """
    try:
        kept = os.dup(1)
    except OSError:  # a shell has closed it
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def tell(text: str) -> None:
    """Write a message to stderr; the lines of a list of faults are indented, a label's are not."""
    say("\n".join(map(clean, re.split(r"\n(?= )", text))))


def say(text: str) -> None:
    """Write to stderr, where it takes anything: a message that is lost does not end a command."""
    if sys.stderr is None:  # closed: print would take stdout in its place
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        into_nothing(sys.stderr)


def note(text: str, args: argparse.Namespace) -> None:
    """Tell what was done, where JSON is asked for as one line of it."""
    if getattr(args, "format", "") == "json":  # a report has none
        tell_json({"note": text})
    else:
        tell(f"marketselect: {text}")


def wants_json(words: Sequence[object]) -> bool:
    """Return whether the words ask for JSON, also where the rest of them is a mistake."""
    line = [*map(str, words), ""]
    return ("--format", "json") in pairwise(line) or "--format=json" in line


def tell_json(found: dict[str, Any]) -> None:
    """Write one line of JSON to stderr, in ASCII."""
    say(json.dumps(found))


def tell_json_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Write a warning as one line of JSON."""
    tell_json({"warning": str(message)})


def tell_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Write a warning as one line."""
    tell(f"marketselect: warning: {message}")
