"""The ranks of markets within groups: of regions, income groups, or groups of one's own."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from marketselect.errors import InputError, is_a
from marketselect.sources.embedded import load_markets
from marketselect.tables import schemas
from marketselect.tables.labels import facts_by_label
from marketselect.values import is_gap, is_label, said, signs, use_one_of

Within: TypeAlias = "str | Mapping[Any, Any] | pd.Series[Any] | None"
"""What `within` takes: a column of `load_markets`, or each market's group by its label."""
RANK_WITHIN = "rank_within"
GROUP = "group"  # what groups are called that have no name
ALSO: Mapping[str, str] = {"income": "income_group"}  # what else a column is asked for by
AFTER = 4  # columns of a ranking's table: rank, score, and the ends of the interval


def market_group(
    within: Within, markets: "pd.Index[Any]", known: "pd.Index[Any]"
) -> "pd.Series[Any] | None":
    """Return the group that each market is ranked within, as text; refuse what says none.

    Groups may be of others that are `known`.

    Raises
    ------
    InputError
        If a name is no column of `load_markets`, or no market has a group.
    """
    if within is None:
        return None
    if is_a(within, str):
        facts, use = load_markets(), "give a column of load_markets(), or each market's group"
        within = ALSO.get(within, signs(within))
        if within not in facts.columns:
            raise InputError.of("unknown-name", "within", f'there is no column "{within}"',
                                use_one_of(facts.columns, within))  # fmt: skip
        groups, name = facts_by_label(facts[within], markets), within
    elif is_a(within, (Mapping, pd.Series)):
        use = "give groups by the labels of the ranked markets"
        own = within.name if is_a(within, pd.Series) else ""
        name = signs(own) if is_a(own, str) and own else GROUP
        said_of = schemas.said_of_markets(within, "within", known)
        index: pd.Index[Any] = pd.Index(list(said_of), tupleize_cols=False)
        groups = pd.Series(list(said_of.values()), index, dtype=object)
    else:
        raise InputError.of("wrong-type", "within", f"is {said(within)}",
                            "give a column of load_markets(), a mapping or a Series")  # fmt: skip
    found = groups.reindex(markets).astype(object)
    for market, group in found.items():
        plain = is_a(group, (str, int, float, np.generic)) and is_label(group)
        if not (is_gap(group) or plain):
            raise InputError.of("wrong-type", "within", f'group of "{market}" is {said(group)}',
                                "a group is a text, a number, True or False")  # fmt: skip
    texts = [None if is_gap(group) or group == "" else str(group) for group in found]
    if not any(text is not None for text in texts):
        raise InputError.of("no-data", "within", "gives none of the ranked markets a group", use,
                            "leave --within out: only countries have a column there")  # fmt: skip
    return pd.Series(texts, markets, name=name, dtype=object)


def with_groups(
    table: pd.DataFrame, within: Within, known: "pd.Index[Any]"
) -> tuple[pd.DataFrame, str | None]:
    """Return a ranking's table with each market's group and its rank there, and the group's name.

    Tied markets share the better rank; a market of no group has none.
    """
    groups = market_group(within, table.index, known)
    if groups is None:
        return table, None
    name = str(groups.name)
    if name in {*table.columns, RANK_WITHIN, "market", "name"}:
        raise InputError.of("duplicate", "within", f'is called "{name}" as a column of the ranking',
                            "give a Series of another name")  # fmt: skip
    ranks = table["rank"].groupby(groups, sort=False).rank(method="min").astype("Int64")
    found = table.copy()
    found.insert(AFTER, name, groups)
    found.insert(AFTER + 1, RANK_WITHIN, ranks.reindex(table.index))
    return found, name
