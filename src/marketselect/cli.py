"""The command line: results to stdout, messages to stderr, status 2 for a user's mistake.

The library is imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from marketselect.errors import ConsistencyWarning, InputError, MarketSelectError
from marketselect.report.terminal import (
    clean,
    csv_text,
    cut,
    framework_text,
    json_text,
    label,
    ranking_json,
    ranking_text,
    records,
    text_table,
)

if TYPE_CHECKING:
    import pandas as pd

    from marketselect import Framework, IndicatorTable, Ranking

AS_OF = 2024  # the latest year that most of the embedded series have reached
MAX_AGE = 5
TOP = 20
OUTPUT = "markets.html"
FORMATS = ("table", "csv", "json")


class Parser(argparse.ArgumentParser):
    """Raises a wrong argument as an `InputError`, instead of printing the usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise the message with the way to the help."""
        raise InputError.of("usage", f"{message} (see", f"{self.prog} --help)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command on the arguments of the process, or on those given.

    Returns 0; 2 after a user's mistake, told on stderr in one line, or in one line for each of
    several faults of a file; 1 if a replay is not identical, or if the installation or the disk
    fails; 130 if interrupted.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("always", category=ConsistencyWarning)
        warnings.showwarning = tell_warning
        try:
            return run(argv)
        except InputError as fault:
            tell(f"marketselect: {fault}")
            return 2
        except MarketSelectError as fault:
            tell(f"marketselect: {fault}")
            return 1
        except OSError as fault:
            # Nothing more can be written: Python's own last try at its end must not fail as well.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(fault, BrokenPipeError):  # the reader, such as head, has enough
                return 0
            tell(f"marketselect: the result cannot be written: {fault.strerror}")
            return 1
        except KeyboardInterrupt:
            return 130


def run(argv: Sequence[str] | None) -> int:
    """Parse the arguments, run the command and write what it returns."""
    args = parser().parse_args(argv)
    if args.version:
        import marketselect

        text = f"marketselect {marketselect.__version__}"
    elif args.command is None:
        raise InputError.of(
            "usage",
            "name a command",
            "rank, report, indicators or frameworks, or replay for a study "
            "(see: marketselect --help)",
        )
    else:
        text = args.command(args)
    write(text)
    return int(args.status)


def parser() -> Parser:
    """Return the parser of all commands."""
    main = Parser(
        prog="marketselect",
        description="Rank foreign markets from country indicators.",
        allow_abbrev=False,
    )
    main.set_defaults(command=None, status=0)
    main.add_argument("--version", action="store_true", help="print the version")
    commands = main.add_subparsers(metavar="COMMAND")
    add_rank(commands.add_parser("rank", help="rank markets", allow_abbrev=False))
    listed = commands.add_parser(
        "indicators", help="list the embedded indicators", allow_abbrev=False
    )
    listed.add_argument("--search", metavar="TEXT", help="only those in which all its words stand")
    add_format(listed)
    listed.set_defaults(command=indicators)
    shown = commands.add_parser("frameworks", help="list or show frameworks", allow_abbrev=False)
    shown.add_argument("name", nargs="?", metavar="NAME|FILE.toml", help="show this one's tree")
    shown.add_argument("--toml", action="store_true", help="print its TOML, to copy and edit")
    shown.set_defaults(command=frameworks)
    add_report(commands.add_parser("report", help="write a ranking as a page", allow_abbrev=False))
    add_replay(commands.add_parser("replay", help="make a study again", allow_abbrev=False))
    return main


def add_rank(rank: argparse.ArgumentParser) -> None:
    """Add the options of the main job."""
    rank.description = (
        "Score markets by a framework's factors and rank them. The rank interval holds 90% of "
        "the ranks under weights drawn around the given ones."
    )
    add_ranking(rank)
    add = rank.add_argument
    add("--top", type=top, metavar="N", help=f'how many are shown, or "all" (default: {TOP} in a '
        "table, all in csv and json)")  # fmt: skip
    add("--excluded", action="store_true", help="list in full who is left out and why; with "
        "--format csv in place of the ranking")  # fmt: skip
    add_format(rank)
    rank.set_defaults(command=rank_command)


def add_report(report: argparse.ArgumentParser) -> None:
    """Add the options of the page."""
    report.description = (
        "Rank markets and write one HTML file that opens in any browser, without a network: the "
        "ranking with weights that can be moved, a page for each market, map, robustness, sources."
    )
    add_ranking(report)
    add = report.add_argument
    add("-o", "--output", default=OUTPUT, metavar="FILE.html", help=f"default: {OUTPUT}; replaced "
        "if it is there")  # fmt: skip
    add("--title", metavar="TEXT", help="the page's heading (default: the framework's)")
    report.set_defaults(command=report_command)


def add_ranking(command: argparse.ArgumentParser) -> None:
    """Add what a ranking is made of."""
    add = command.add_argument
    add("--data", metavar="FILE", help="your indicators, wide or long: .csv, .tsv, .xlsx or "
        ".parquet (default: the embedded ones)")  # fmt: skip
    add("--framework", default="pestle", metavar="NAME|FILE.toml", help="default: pestle")
    add("--method", metavar="NAME", help="weighted_sum, weighted_product, topsis, ahp, vikor, "
        "promethee or copeland (default: the framework's)")  # fmt: skip
    add("--weights", nargs="+", metavar="economic=3,...", help="relative weights of all siblings "
        "or a weighting's name, such as equal or critic (default: the framework's)")  # fmt: skip
    add("--markets", nargs="+", metavar="DEU,VNM", help="rank only these among themselves")
    add("--as-of", type=whole, metavar="YEAR", help=f"nothing later is used (default: {AS_OF})")
    add("--max-age", type=whole, metavar="YEARS", help=f"the oldest value (default: {MAX_AGE})")
    add("--draws", type=whole, metavar="N", help="draws of weights for the rank interval "
        "(default: 10000; 0: none)")  # fmt: skip
    add("--tolerance", type=number, default=0.25, metavar="SHARE", help="how far each weight is "
        "drawn from itself (default: 0.25)")  # fmt: skip
    add("--seed", type=whole, default=0, metavar="N", help="seed of the draws (default: 0)")


def add_replay(replay: argparse.ArgumentParser) -> None:
    """Add the options of a study's replay."""
    replay.description = (
        "Make the ranking of a study again and compare every result with what is stored. The "
        "status is 0 if all are identical, 1 if not, 2 if the study cannot be read."
    )
    replay.add_argument("study", metavar="FOLDER", help="what save_study wrote")
    replay.add_argument("--tolerance", type=number, default=0.0, metavar="SIZE", help="the largest "
        "difference that counts as none (default: 0)")  # fmt: skip
    replay.set_defaults(command=replay_command)


def add_format(command: argparse.ArgumentParser) -> None:
    """Add the choice of the output's format."""
    command.add_argument("--format", choices=FORMATS, default="table", help="default: table")


def whole(text: str) -> int:
    """Return a whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number') from None


def number(text: str) -> float:
    """Return a number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no number') from None


def top(text: str) -> int:
    """Return how many rows are shown; "all" is more than there can be."""
    count = sys.maxsize if text == "all" else whole(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is less than 1; give a number or "all"')
    return count


# Commands


def rank_command(args: argparse.Namespace) -> str:
    """Rank, and return the ranking in the format asked for."""
    ranking = made_ranking(args)
    shown = ranking.table.head(args.top or (TOP if args.format == "table" else sys.maxsize))
    if args.format == "table":
        return ranking_text(ranking, shown, excluded=args.excluded, embedded=args.data is None)
    shown = shown.rename_axis(index=label(shown)).reset_index()
    if args.format == "json":
        return ranking_json(ranking, shown)
    return csv_text(ranking.excluded if args.excluded else shown)


def report_command(args: argparse.Namespace) -> str:
    """Rank, and write the page."""
    from marketselect.report.page import write_report

    ranking = made_ranking(args)
    path = write_report(ranking, args.output, title=args.title)
    count = len(ranking.table)
    size = path.stat().st_size / 1000
    return f"{path}: {count} market{'s' * (count != 1)}, {size:,.0f} kB; open it in a browser"


def made_ranking(args: argparse.Namespace) -> Ranking:
    """Return the ranking that the arguments describe."""
    import marketselect as ms

    framework = ms.load_framework(args.framework)
    table = indicator_table(args, framework)
    return ms.rank_markets(
        table,
        framework,
        markets=chosen_markets(args.markets, table.values.index),
        weights=stated_weights(args.weights),
        method=args.method,
        draws=args.draws,
        tolerance=args.tolerance,
        seed=args.seed,
    )


def indicator_table(args: argparse.Namespace, framework: Framework) -> IndicatorTable:
    """Return the values to rank by: of the embedded indicators, or of a wide or a long file."""
    import marketselect as ms
    from marketselect.sources.files import read_indicators
    from marketselect.table import as_indicator_table

    data = ms.load_indicators() if args.data is None else read_indicators(args.data)
    if not {"market", "indicator", "year", "value"} <= set(data.columns):
        if args.as_of is not None or args.max_age is not None:
            tell("marketselect: --as-of and --max-age do nothing here: a wide table has no years")
        return as_indicator_table(data, framework)
    as_of = AS_OF if args.as_of is None else args.as_of
    max_age = MAX_AGE if args.max_age is None else args.max_age
    return ms.indicator_table(data, framework, as_of=as_of, max_age=max_age)


def chosen_markets(given: Sequence[str] | None, known: pd.Index[Any]) -> list[str] | None:
    """Return the markets named with commas or blanks between them; a label may hold a comma."""
    if given is None:
        return None
    parts = [[text] if text in known else text.split(",") for text in given]
    return [name.strip() for part in parts for name in part if name.strip()]


def stated_weights(given: Sequence[str] | None) -> dict[str, float] | str | None:
    """Return weights written as name=number, or the name of a weighting."""
    parts = [part.strip() for text in given or () for part in text.split(",") if part.strip()]
    if given is None:
        return None
    if len(parts) == 1 and "=" not in parts[0]:
        return parts[0]
    weights: dict[str, float] = {}
    for part in parts:
        name, _, weight = (piece.strip() for piece in part.partition("="))
        if name in weights:
            raise InputError.of("duplicate", "--weights", f'"{name}" is there twice', "keep one")
        try:
            weights[name] = float(weight)
        except ValueError:
            raise InputError.of(
                "usage",
                "--weights",
                f'"{part}" is no name=number',
                "write economic=3,social=1.5",
            ) from None
    return weights


def indicators(args: argparse.Namespace) -> str:
    """Return the catalogue of the embedded indicators, or the part of it that is searched for."""
    from marketselect import load_catalogue

    catalogue = load_catalogue().reset_index()
    for word in (args.search or "").lower().split():
        texts = catalogue[["indicator", "name", "unit", "factor", "source", "note"]]
        catalogue = catalogue.loc[
            texts.agg(" ".join, axis=1).str.lower().str.contains(word, regex=False)
        ]
    if catalogue.empty:
        tell(f'marketselect: there is no indicator with "{args.search}"')
    if args.format == "json":
        return json_text(records(catalogue))
    if args.format == "csv":
        return csv_text(catalogue)
    header = ("indicator", "name", "unit", "factor", "years", "markets")
    years = [f"{r.first_year}-{r.last_year}" for r in catalogue.itertuples()]
    names = [cut(text, 46) for text in catalogue["name"]]
    units = [cut(text, 24) for text in catalogue["unit"]]
    parts = (catalogue["indicator"], names, units, catalogue["factor"], years, catalogue["markets"])
    rows = list(zip(*parts, strict=True))
    return text_table(rows, header, right=(5,))


def frameworks(args: argparse.Namespace) -> str:
    """Return the list of shipped frameworks, the tree of one, or its TOML."""
    from marketselect import framework_names, load_framework

    if args.name is None:
        if args.toml:
            raise InputError.of(
                "usage", "", f"--toml: name the framework: {', '.join(framework_names())}"
            )
        shipped = [load_framework(name) for name in framework_names()]
        rows = [(f.name, f.title, len(f.top), len(f.indicators), f.method) for f in shipped]
        header = ("name", "title", "top factors", "indicators", "method")
        return text_table(rows, header, right=(2, 3))
    framework = load_framework(args.name)
    if not args.toml:
        return framework_text(framework)
    return shipped_toml(args.name) if args.name in framework_names() else framework.to_toml()


def replay_command(args: argparse.Namespace) -> str:
    """Replay a study, and return what is not as it was; the status says whether anything is."""
    from marketselect.study import replay_study

    replay = replay_study(args.study, tolerance=args.tolerance)
    args.status = 0 if replay.identical else 1
    return repr(replay)


def shipped_toml(name: str) -> str:
    """Return a shipped framework's file, with its comments."""
    from importlib.resources import files

    return (files("marketselect") / "frameworks" / f"{name}.toml").read_text(encoding="utf-8")


def write(text: str) -> None:
    """Write a result to stdout, at once."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write("".join(f"{clean(line)}\n" for line in text.rstrip("\n").split("\n")))
    sys.stdout.flush()


def tell(text: str) -> None:
    """Write a message to stderr; the lines of a list of faults are indented, a label's are not."""
    for line in re.split(r"\n(?= )", text):
        print(clean(line), file=sys.stderr)


def tell_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Write a warning as one line."""
    tell(f"marketselect: warning: {message}")
