"""The commands that show what ships: indicators, frameworks, the schema, a firm's empty file."""

from __future__ import annotations

import argparse
import os
import sys

from marketselect.commands.streams import tell
from marketselect.errors import InputError
from marketselect.report.lines import csv_of_ranking, fitted_table
from marketselect.report.screen import terminal_of
from marketselect.width import cut_to_width


def indicators_command(args: argparse.Namespace) -> str:
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
        from marketselect.ranking.plain import ascii_json, record_rows

        return ascii_json(record_rows(catalogue))
    if args.format == "csv":
        return csv_of_ranking(catalogue)
    header = ("indicator", "name", "unit", "factor", "years", "markets")
    years = [f"{r.first_year}-{r.last_year}" for r in catalogue.itertuples()]
    names = [cut_to_width(text, 46) for text in catalogue["name"]]
    units = [cut_to_width(text, 24) for text in catalogue["unit"]]
    parts = (catalogue["indicator"], names, units, catalogue["factor"], years, catalogue["markets"])
    rows = list(zip(*parts, strict=True))
    return fitted_table(
        rows, header, right=(5,), width=terminal_of(sys.stdout).width, least=(2, 3, 4, 5),
        instead="a wider screen or --format csv shows all",
    )  # fmt: skip


def frameworks_command(args: argparse.Namespace) -> str:
    """Return the list of shipped frameworks, the tree of one, or its TOML."""
    from marketselect import framework_names, load_framework
    from marketselect.framework import optional_indicators
    from marketselect.framework.loading import shipped_toml
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
            rows, header, right=(2, 3, 4), width=terminal_of(sys.stdout).width, least=(4, 5, 3, 2),
            instead="a wider screen shows all",
        )  # fmt: skip
    framework = load_framework(args.name)
    if not args.toml:
        return framework_text(framework, terminal_of(sys.stdout).width)
    return shipped_toml(args.name) if args.name in framework_names() else framework.to_toml()


def schema_command(_: argparse.Namespace) -> str:
    """Return the JSON Schema of a ranking's record."""
    from marketselect.ranking.plain import ascii_json, json_schema

    return ascii_json(json_schema())


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
