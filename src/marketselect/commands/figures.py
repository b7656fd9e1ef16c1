"""The figures that a command ranks by: embedded ones, a snapshot of one's own, one's own files."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketselect.commands.arguments import AS_OF, MAX_AGE, READING, idle
from marketselect.commands.streams import note
from marketselect.commands.typed import typed_choices
from marketselect.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from marketselect import Firm, Framework, IndicatorTable


def figures_to_rank(
    args: argparse.Namespace, framework: Framework, firm: Firm | None
) -> tuple[IndicatorTable, pd.DataFrame]:
    """Return the values to rank by, and what they are read from: embedded, or one's own files."""
    import marketselect as ms
    from marketselect.sources.embedded import own_as_observations
    from marketselect.tables.table import year_and_age
    from marketselect.tables.wide import as_indicator_table

    as_of = AS_OF if args.as_of is None else args.as_of
    max_age = MAX_AGE if args.max_age is None else args.max_age
    year_and_age(as_of, max_age)
    snapshot = typed_snapshot(args)
    if args.data != snapshot and args.add is not None:
        raise InputError.of(
            "contradiction", "--add", "adds to the embedded indicators, --data replaces them",
            "put all rows into one file, or leave one of the two out",
        )  # fmt: skip
    if args.data != snapshot:
        own = {args.data: (data := typed_data_file(args.data, args))}
    elif args.add is not None:
        own = {path: own_as_observations(typed_data_file(path, args)) for path in args.add}
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


def typed_snapshot(args: argparse.Namespace) -> str | None:
    """Return the snapshot that --data names in place of the embedded one, if it does."""
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


def typed_data_file(path: str, args: argparse.Namespace) -> pd.DataFrame:
    """Return the file typed after --data or --add, and tell what it was taken for."""
    from marketselect.sources.files import read_indicators

    frame = read_indicators(
        path,
        layout=args.layout,
        sheet=args.sheet,
        missing=args.missing or (),
        decimal=args.decimal,
        only=typed_choices(args.only),
    )
    tell_reading(path, frame.attrs["read"], args)
    return frame


def tell_reading(name: str, reading: Mapping[str, Any], args: argparse.Namespace) -> None:
    """Tell what a file was taken for, unless it is a plain table."""
    from marketselect.sources.files import is_plain_reading

    if not is_plain_reading(reading):
        note(f'"{name}" read as {reading["said"]}', args)
