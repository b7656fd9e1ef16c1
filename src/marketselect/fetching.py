"""The command that fetches series of the World Bank and writes them as a file that others read."""

from __future__ import annotations

import argparse
import re

from marketselect.errors import InputError

SPAN = re.compile(r"(\d{4})(?:-(\d{4}))?")


def span(text: str) -> range:
    """Return the years of a span such as 2015-2024, or of one year."""
    parts = SPAN.fullmatch(text.strip())
    years = range(int(parts[1]), int(parts[2] or parts[1]) + 1) if parts else range(0)
    if not years:
        remedy = "give a year, or the first and the last: 2015-2024"
        raise InputError.of("wrong-form", "--years", f'is "{text}"', remedy)
    return years


def fetch_text(args: argparse.Namespace) -> str:
    """Fetch, write the observations, and say what came; the status is 1 if a series did not."""
    from marketselect.files import file_place, put_whole
    from marketselect.report.lines import csv_text
    from marketselect.sources.worldbank import fetch_worldbank

    what = "the figures"
    place = file_place(args.output, (".csv",), what)  # before anything is asked
    given = {} if args.address is None else {"address": args.address}
    found = fetch_worldbank(
        args.codes, span(args.years), cache=args.cache, refresh=args.refresh, **given
    )
    put_whole(csv_text(found.observations).encode(), place, what)
    args.status = 1 if found.faults else 0
    return f"{found!r}\n{place}: to rank with it: marketselect rank --add {place}"
