"""The arguments of the command line: what each command takes, and what is wrong with a line.

Every option but --screen, of which each is a rule, may be given once: argparse alone would take the
last and drop the others in silence.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from marketselect.errors import Fault, InputError, Place, is_a
from marketselect.framework.vocabulary import METHOD_NAMES, WEIGHTINGS

AS_OF = 2024  # the latest year that most of the embedded series have reached
MAX_AGE = 5
TOP = 20
OUTPUT = "markets.html"
FIRM = "firm.toml"
FETCHED = "worldbank.csv"
SIZE = 5
FORMATS = ("table", "csv", "json")

# What is written for an argument of a Python function, where an option stands for it.
OPTIONS = {
    "add": "--add",
    "aversion": "--aversion",
    "bad_years": "--bad-years",
    "budget": "--budget",
    "as_of": "--as-of",
    "decimal": "--decimal",
    "draws": "--draws",
    "firm": "--firm",
    "framework": "--framework",
    "layout": "--layout",
    "levels": "--levels",
    "within": "--within",
    "markets": "--markets",
    "max_age": "--max-age",
    "max_per_region": "--max-per-region",
    "method": "--method",
    "min_safety": "--min-safety",
    "missing": "--missing",
    "must": "--must",
    "never": "--never",
    "only": "--only",
    "path": "--output",
    "per_wave": "--per-wave",
    "screens": "--screen",
    "seed": "--seed",
    "size": "--size",
    "tolerance": "--tolerance",
    "trade": "--trade",
    "weights": "--weights",
}
# These a framework's file may hold as well: they are the option's if it was given.
ALSO_KEYS = ("method", "missing", "weights")
# What each of these says is of no use without the other.
READING = ("sheet", "layout", "missing", "decimal", "only")
DRAWING = ("levels", "tolerance", "seed")
TOGETHER = {
    "--missing": "put all marks into one: --missing n/a x",
    "--only": "put all choices into one: --only SEX=_T FREQ=A",
    "--markets": "put all markets into one: --markets DEU,VNM",
    "--must": "put all markets into one: --must DEU,VNM",
    "--never": "put all markets into one: --never DEU,VNM",
    "--weights": "put all weights into one: --weights economic=3,social=1.5",
}


class OnceOnly(argparse.Action):
    """Stores an option's value, and refuses a second one, or two hyphens in place of one."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Store the value."""
        given = vars(namespace).setdefault("given", set())
        if option_string and self.dest in given:
            option = self.option_strings[-1]
            raise InputError.of(
                "duplicate", option, "is there twice", TOGETHER.get(option, "keep one")
            )
        # What argparse of Python 3.11 makes of --top=--
        if option_string and isinstance(values, list) and not values:
            raise InputError.of("usage", self.option_strings[-1], "has no value", "give one")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class HelpAskedError(Exception):
    """Help is asked for: its text is a result, written as every other one."""


class Parser(argparse.ArgumentParser):
    """Raises a wrong argument, and help, instead of printing the usage and leaving."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False, exit_on_error=False)
        self.register("action", None, OnceOnly)

    def parse_known_args(self, *args: Any, **settings: Any) -> Any:
        """Parse, and raise what is wrong with an argument under its name."""
        try:
            return super().parse_known_args(*args, **settings)
        except argparse.ArgumentError as fault:
            self.refuse(fault.message, fault.argument_name)

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the whole of the arguments."""
        self.refuse(message)

    def print_help(self, file: object = None) -> NoReturn:  # noqa: ARG002 - argparse's own
        """Raise the help: argparse alone would not notice that it cannot be written."""
        raise HelpAskedError(self.format_help())

    def refuse(self, message: str, name: str | None = None) -> NoReturn:
        """Raise a message with the way to the help."""
        where = name or "the command line"
        raise InputError.of("usage", where, message, f"see: {self.prog} --help")


def in_options(error: InputError, args: argparse.Namespace) -> InputError:
    """Return an error in the words of the command line: its options, and what is done there."""
    names = {
        name: option
        for name, option in OPTIONS.items()
        if name not in ALSO_KEYS or getattr(args, name, None) is not None
    }
    if args.command == "replay":
        names["path"] = "FOLDER"
    if args.command == "plan":
        names["path"] = "--xlsx"
    if args.command == "firm":
        names["path"] = "--new"
    if args.command == "frameworks":
        names["framework"] = "NAME"
    if args.command == "fetch":
        names |= {"codes": "CODE", "path": "--output", "cache": "--cache", "address": "--address"}
    if args.command == "update":
        names |= {"codes": "CODE", "path": "FOLDER", "years": "--years"}
        names |= {"cache": "--cache", "address": "--address"}
    if args.command == "replications":
        names["name"] = "NAME"

    def at(place: str) -> str:
        if is_a(place, Place):
            return place.called(names.get(place.argument, place.argument))
        return names.get(place, place)

    faults: list[Fault] = [
        replace(fault, where=at(fault.where), remedy=fault.command or fault.remedy)
        for fault in error.faults
    ]
    return InputError(*faults, what=at(error.what), counts=error.counts, tally=error.tally)


def parser() -> Parser:
    """Return the parser of all commands."""
    main = Parser(prog="marketselect", description="Rank foreign markets from country indicators.")
    main.add_argument("--version", action="store_true", help="print the version")
    commands = main.add_subparsers(dest="command", metavar="COMMAND")
    add_rank(commands.add_parser("rank", help="rank markets"))
    listed = commands.add_parser("indicators", help="list the embedded indicators")
    listed.add_argument("--search", metavar="TEXT", help="only those in which all its words stand")
    add_format(listed)
    shown = commands.add_parser("frameworks", help="list or show frameworks")
    shown.add_argument("name", nargs="?", metavar="NAME|FILE.toml", help="show this one's tree")
    shown.add_argument("--toml", action="store_true", help="print its TOML, to copy and edit")
    add_firm(commands.add_parser("firm", help="write a firm's file to start from"))
    add_report(commands.add_parser("report", help="write a ranking as a page"))
    add_plan(commands.add_parser("plan", help="choose a few markets for a firm, in their order"))
    add_replay(commands.add_parser("replay", help="make a study again"))
    add_fetch(commands.add_parser("fetch", help="fetch fresh figures of the World Bank"))
    add_update(commands.add_parser("update", help="make a snapshot with fresh figures"))
    shelf = commands.add_parser("replications", help="make published rankings again")
    shelf.description = "Make the published rankings of the shelf again, and compare every cell."
    shelf.add_argument("name", nargs="?", metavar="NAME", help="tell of this one")
    add_format(shelf)
    schema = commands.add_parser("schema", help="print the JSON Schema of a ranking")
    schema.description = "Print the JSON Schema of what rank --format json prints."
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
    add("--doubt", action="store_true", help="say what of the ranking can be doubted: its ranks "
        "at other weights, data, choices and markets, in as many draws as --draws says; a table, "
        "or a part of json")  # fmt: skip
    add("--excluded", action="store_true", help="list in full who is left out and why; with "
        "--format csv in place of the ranking")  # fmt: skip
    add_format(rank)


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
    add("--doubt", action="store_true", help="put beside it what of the ranking can be doubted, "
        "in as many draws as --draws says")  # fmt: skip
    add("--scenarios", metavar="FILE.json", help="open with these weightings side by side: a file "
        "that a page exported, or write_scenarios wrote")  # fmt: skip


def add_plan(plan: argparse.ArgumentParser) -> None:
    """Add the options of a basket and its order of entry."""
    plan.description = (
        "Rank markets for a firm, choose the few that are best together, and say in which order "
        "to enter them and what to watch in each. The basket has the highest mean score less the "
        "aversion times its mean loss, in percent, in the worst of the last 21 years: of imports "
        "in the currency of home, by the embedded figures. The first market is the pilot."
    )
    add = plan.add_argument
    add(
        "--size",
        type=integer,
        default=SIZE,
        metavar="N",
        help=f"how many markets (default: {SIZE})",
    )
    add("--per-wave", type=integer, default=1, metavar="N", help="how many are entered at once "
        "(default: 1)")  # fmt: skip
    add("--aversion", type=decimal, default=1.0, metavar="POINTS", help="points of mean score that "
        "are given up for a percentage point of loss in bad years (default: 1)")  # fmt: skip
    add("--bad-years", type=decimal, default=0.15, metavar="SHARE", help="the share of years that "
        "are bad (default: 0.15)")  # fmt: skip
    add("--min-safety", type=decimal, metavar="SCORE", help="the least safety of each member, by "
        "the framework safety")  # fmt: skip
    add("--max-per-region", type=integer, metavar="N", help="at most so many members of a region")
    add("--must", nargs="+", metavar="DEU,VNM", help="who has to be a member; code or name")
    add("--never", nargs="+", metavar="DEU,VNM", help="who cannot be one")
    add("--budget", type=decimal, metavar="EFFORT", help="the largest sum of the members' effort, "
        "which the firm's file has; 1 where it has none")  # fmt: skip
    add("--xlsx", metavar="FILE.xlsx", help="write a workbook, too: the ranking, the basket and "
        "the plan; replaced if it is there")  # fmt: skip
    add_format(plan)
    add_ranking(plan)


def add_fetch(fetch: argparse.ArgumentParser) -> None:
    """Add the options of fresh figures."""
    fetch.description = (
        "Fetch series of the World Bank over the net and write them as CSV: market, indicator, "
        "year and value. The status is 1 if a series could not be had."
    )
    add = fetch.add_argument
    add("codes", nargs="+", metavar="CODE", help="such as SP.POP.TOTL")
    add("--years", required=True, metavar="FIRST-LAST", help="such as 2015-2024, or one year")
    add("-o", "--output", default=FETCHED, metavar="FILE.csv", help=f"default: {FETCHED}; replaced "
        "if it is there")  # fmt: skip
    add_asking(fetch)


def add_update(update: argparse.ArgumentParser) -> None:
    """Add the options of a snapshot with fresh figures."""
    update.description = (
        "Write a snapshot, a folder for --data, with fresh figures of the World Bank in place of "
        "the embedded ones, or of those that the folder has already. Say which figures are added, "
        "revised or gone, and which markets that moves. The status is 1 if a series could not be "
        "had: it stays as it was."
    )
    add = update.add_argument
    add("folder", metavar="FOLDER", help="where to write; a snapshot that is there is updated")
    add("codes", nargs="*", metavar="CODE", help="such as SP.POP.TOTL (default: every series of "
        "the framework that is the World Bank's)")  # fmt: skip
    add("--years", metavar="FIRST-LAST", help="figures of other years stay (default: all of the "
        "snapshot, up to this year)")  # fmt: skip
    add("--base", metavar="FOLDER", help="the snapshot that is updated (default: the one that is "
        "there, or the embedded one)")  # fmt: skip
    add("--framework", metavar="NAME|FILE.toml", help="rank by this one before and after (default: "
        "pestle)")  # fmt: skip
    add("--as-of", type=integer, metavar="YEAR", help=f"nothing later is used (default: {AS_OF})")
    add("--max-age", type=integer, metavar="YEARS", help="nothing more years older than that is "
        f"used (default: {MAX_AGE})")  # fmt: skip
    add_asking(update)
    add("--format", choices=FORMATS, default="table", help="default: table; csv has every figure "
        "that changed")  # fmt: skip


def add_asking(command: argparse.ArgumentParser) -> None:
    """Add how the World Bank is asked."""
    add = command.add_argument
    add("--cache", metavar="FOLDER", help="keep what is fetched here, and ask for it once")
    add("--refresh", action="store_true", help="ask again for what is kept")
    add("--address", metavar="URL", help="where the interface is (default: the World Bank's)")


def add_firm(firm: argparse.ArgumentParser) -> None:
    """Add the options of the firm's file."""
    firm.description = "Write a firm's file with a comment on every key, for rank --firm."
    firm.add_argument("--new", nargs="?", const=FIRM, metavar="FILE.toml", help="where to write "
        f"it; a file that is there is kept (default: {FIRM})")  # fmt: skip


def add_ranking(command: argparse.ArgumentParser) -> None:
    """Add the options of what a ranking is made of to a command."""
    add = command.add_argument
    add("--data", metavar="FILE", help="your indicators, or a download of the World Bank, OECD, "
        "Eurostat, IMF and others: .csv, .tsv, .xlsx, .xls, .ods, .parquet or .zip; or a "
        "snapshot's folder (default: the embedded ones)")  # fmt: skip
    add("--add", nargs="+", metavar="FILE", help="your own rows beside the embedded ones: market, "
        "indicator, year and value, or a column an indicator")  # fmt: skip
    add("--sheet", metavar="NAME", help="the sheet of a workbook, or the file in an archive, with "
        "the table (default: the first that has one)")  # fmt: skip
    add("--layout", metavar="NAME", help="take the file for this layout, such as world-bank "
        "(default: the one that its columns show)")  # fmt: skip
    add("--missing", nargs="+", metavar="MARK", help="what is written where a value is missing, "
        "beside what the layout has")  # fmt: skip
    add("--decimal", choices=(".", ","), help="the mark of decimals (default: what the file shows)")
    add("--only", nargs="+", metavar="COLUMN=VALUE", help="read only the rows with this value, "
        "such as SEX=_T")  # fmt: skip
    add("--firm", metavar="FILE.toml", help="the firm whose question it is: what each market is to "
        "its home and products comes in, home and the markets that it serves are left aside; see "
        "marketselect firm --new")  # fmt: skip
    add("--trade", metavar="PATH", help="trade data for that firm's products: BACI's folder, a "
        "download of UN Comtrade or a table (default: embedded imports by chapter)")  # fmt: skip
    add("--framework", metavar="NAME|FILE.toml", help="default: pestle; for a firm "
        "exporter-product, or exporter where it has no products")  # fmt: skip
    add("--method", metavar="NAME", help=f"{choice_text(METHOD_NAMES)} (default: the framework's)")
    add("--weights", nargs="+", metavar="economic=3,...", help="relative weights of all siblings "
        f"or a weighting's name: {choice_text(WEIGHTINGS)} (default: the framework's)")  # fmt: skip
    add("--markets", nargs="+", metavar="DEU,VNM", help="rank only these among themselves; by "
        "code or by name: \"Germany,South Korea\"")  # fmt: skip
    add("--as-of", type=integer, metavar="YEAR", help=f"nothing later is used (default: {AS_OF})")
    add("--max-age", type=integer, metavar="YEARS", help=f"the oldest value (default: {MAX_AGE})")
    add("--draws", type=integer, metavar="N", help="draws of weights for the rank interval "
        "(default: 10000, or 500 where each is work of its own; 0: none)")  # fmt: skip
    add("--levels", default="all", metavar="NAME", help="whose weights are drawn: all (every "
        "group's), top (the factors') or indicators (default: all)")  # fmt: skip
    add("--tolerance", type=decimal, default=0.25, metavar="SHARE", help="how far each weight is "
        "drawn from itself (default: 0.25)")  # fmt: skip
    add("--seed", type=integer, default=0, metavar="N", help="seed of the draws (default: 0)")
    add("--within", metavar="COLUMN", help="rank within groups, too: region, income_group or "
        "another column of the markets' table")  # fmt: skip
    add("--screen", action="extend", nargs="+", metavar="RULE", help="rank only markets that meet "
        "each: 'landlocked = false' 'IT.NET.USER.ZS >= 40' 'region in {Europe, Asia}'; an "
        "indicator, a factor or a column of the markets' table, with = != >= <= in or not "
        "in")  # fmt: skip


def add_replay(replay: argparse.ArgumentParser) -> None:
    """Add the options of a study's replay."""
    replay.description = (
        "Make the ranking of a study again and compare every result with what is stored. The "
        "status is 0 if all are identical, 1 if not, 2 if the study cannot be read."
    )
    replay.add_argument("study", metavar="STUDY", help="what save_study wrote: a folder or a .zip")
    replay.add_argument("--tolerance", type=decimal, default=0.0, metavar="SIZE", help="the "
        "largest difference that counts as none (default: 0)")  # fmt: skip


def add_format(command: argparse.ArgumentParser) -> None:
    """Add the choice of the output's format."""
    command.add_argument("--format", choices=FORMATS, default="table", help="default: table")


def idle(args: argparse.Namespace, names: Sequence[str]) -> str:
    """Return those of some options that were given: ``--sheet and --only``; nothing if none was."""
    given = [
        OPTIONS.get(name, f"--{name}") for name in names if name in vars(args).get("given", ())
    ]
    *others, last = given or [""]
    return f"{', '.join(others)} and {last}" if others else last


def choice_text(names: Sequence[str]) -> str:
    """Return what there is to choose from: ``stated, equal or entropy``."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def integer(text: str) -> int:
    """Return the whole number that is typed after an option."""
    from marketselect.values import to_whole

    count = to_whole(text)
    if count is None:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number')
    return count


def decimal(text: str) -> float:
    """Return the number that is typed after an option."""
    from marketselect.values import is_number, to_number

    if not is_number(text):
        raise argparse.ArgumentTypeError(f'"{text}" is no number')
    return to_number(text)


def top(text: str) -> int:
    """Return how many rows a command shows; "all", typed, is more than there can be."""
    count = sys.maxsize if text == "all" else integer(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is less than 1; give a number or "all"')
    return count
