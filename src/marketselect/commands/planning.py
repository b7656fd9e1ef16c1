"""The command that chooses a basket for a firm, puts it in an order of entry, and says both."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from marketselect.commands.arguments import AS_OF, MAX_AGE
from marketselect.commands.ranking import ranked_data
from marketselect.commands.streams import unprinted
from marketselect.commands.typed import typed_markets
from marketselect.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from marketselect import Basket, EntryPlan, Ranking

ASKED = ("size", "aversion", "bad_years", "min_safety", "max_per_region", "budget")


def plan_command(args: argparse.Namespace) -> str:
    """Rank for a firm, and return a basket of markets in their order of entry."""
    check_plan_options(args)
    ranking, data = ranked_data(args)
    with unprinted():
        basket, plan = plan_asked_for(args, ranking, data)
    return printed_plan(args, ranking, basket, plan)


def check_plan_options(args: argparse.Namespace) -> None:
    """Refuse `plan` without --firm, or with --xlsx that is no file's place."""
    if args.firm is None:
        raise InputError.of(
            "missing",
            "--firm",
            "is not given, and a plan begins where a firm is",
            "write its file with marketselect firm --new, then give it: --firm firm.toml",
        )
    if args.xlsx is not None:
        from marketselect.files import file_place

        file_place(args.xlsx, (".xlsx",), "workbook")


def plan_asked_for(
    args: argparse.Namespace, ranking: Ranking, data: pd.DataFrame
) -> tuple[Basket, EntryPlan]:
    """Return the basket and the plan of a ranking, as the command's options ask for.

    Changes of imports and safety are of the embedded indicators, and of those added to them; safety
    is measured from the firm's home.
    """
    import marketselect as ms

    firm = ms.load_firm(args.firm)
    as_of = AS_OF if args.as_of is None else args.as_of
    embedded = data if args.data is None else ms.load_indicators()
    age = MAX_AGE if args.max_age is None else args.max_age
    table = ms.indicator_table(embedded, "safety", as_of=as_of, max_age=age, firm=firm)
    labels = ranking.scores.normalized.index
    basket = ms.diversify(
        ranking,
        shocks=ms.market_shocks(embedded, firm.home).loc[:as_of],
        safety=ms.rank_markets(table, "safety", draws=0),
        must=typed_markets(args.must, labels, "--must") or (),
        never=typed_markets(args.never, labels, "--never") or (),
        **{name: getattr(args, name) for name in ASKED},
    )
    plan = ms.entry_plan(basket, firm, per_wave=args.per_wave, ranking=ranking, observations=data,
                         trade=args.trade)  # fmt: skip
    return basket, plan


def printed_plan(
    args: argparse.Namespace, ranking: Ranking, basket: Basket, plan: EntryPlan
) -> str:
    """Return basket and plan in the command's --format; write the workbook of --xlsx."""
    from marketselect.report.lines import csv_of_ranking
    from marketselect.report.plan_text import screenful
    from marketselect.report.screen import terminal_of

    if args.xlsx is not None:
        from marketselect.report.workbook.workbook import write_excel

        write_excel(ranking, args.xlsx, basket=basket, plan=plan)
    if args.format == "json":
        from marketselect.ranking import plain

        return plain.ascii_json(
            plain.ranking_document(ranking, values=False, basket=basket, plan=plan)
        )
    if args.format == "csv":
        return csv_of_ranking(plan.named_table())
    return screenful(ranking, basket, plan, terminal_of(sys.stdout).width)
