"""The command line: results to stdout, messages to stderr, status 2 for a user's mistake.

The library is imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from marketselect.commands.again import replay_command, replications_command
from marketselect.commands.arguments import HelpAskedError, in_options, parser
from marketselect.commands.fetching import fetch_command, update_command
from marketselect.commands.planning import plan_command
from marketselect.commands.ranking import rank_command, report_command
from marketselect.commands.shipped import (
    firm_command,
    frameworks_command,
    indicators_command,
    schema_command,
)
from marketselect.commands.streams import (
    tell,
    tell_json,
    tell_json_warning,
    tell_warning,
    wants_json,
    write_to_stdout,
)
from marketselect.errors import ConsistencyWarning, InputError, MarketSelectError
from marketselect.report.screen import Painted


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line on the arguments of the process, or on those given.

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
            text, status = run_command(argv)
            return write_to_stdout(text) or status
        except InputError as fault:
            if as_json:
                tell_json(fault.to_dict())
            else:
                first, *more = fault.lines
                tell(f"marketselect: {first}", *more)
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


def run_command(argv: Sequence[str] | None) -> tuple[str, int]:
    """Parse the command line, run its command, and return what it prints and the status."""
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


COMMANDS = {
    "rank": rank_command,
    "indicators": indicators_command,
    "frameworks": frameworks_command,
    "fetch": fetch_command,
    "update": update_command,
    "firm": firm_command,
    "report": report_command,
    "plan": plan_command,
    "replay": replay_command,
    "replications": replications_command,
    "schema": schema_command,
}
