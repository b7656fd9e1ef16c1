"""What is known of each market, and what is asked of a basket, as rules in arrays."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, is_a, told
from marketselect.explanation.parts import ranked_market
from marketselect.portfolio.programme import Constraint
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import load_markets
from marketselect.tables import schemas
from marketselect.tables.candidates import known_market
from marketselect.tables.labels import asked_labels, facts_by_label
from marketselect.values import FINITE, a_count, a_list, a_text, number_in

SAFETY, REGION, BUDGET = "min_safety", "max_per_region", "budget"
LARGEST = 1e9  # of a safety or an effort: sums of larger ones are not exact
MOST = 1e12  # of a budget


def candidate_facts(
    ranking: Ranking, every: "pd.Index[Any]", safety: Any, effort: Any, regions: Any
) -> pd.DataFrame:
    """Return safety, effort and region of each market that a basket may hold."""
    known = ranking.scores.normalized.index
    safety = safety_scores(safety, known)
    firm = ranking.scores.table.firm
    if effort is None and firm is not None:
        effort = firm.to_dict().get("effort")
    if regions is None:
        regions = facts_by_label(load_markets()["region"], known).reindex(known)
    safe = numbers_by_market(safety, "safety", known, -LARGEST)
    cost = numbers_by_market(effort, "effort", known, 0.0)
    area = {
        market: a_text(name, f'regions, "{told(market)}"')
        for market, name in schemas.said_of_markets(regions, "regions", known).items()
    }
    return pd.DataFrame(
        {
            "safety": [safe.get(market, np.nan) for market in every],
            "effort": [cost.get(market, 1.0) for market in every],
            "region": pd.Series([area.get(market) for market in every], dtype=object),
        }
    ).set_axis(every, axis=0)


def safety_scores(safety: Any, known: "pd.Index[Any]") -> Any:
    """Return the safety of markets for a basket or a plan: a ranking's scores, or as given."""
    if not is_a(safety, Ranking):
        return safety
    scores = safety.model.scores(safety.seen)  # of other markets than the ranked ones, too
    pairs = zip(asked_labels(safety.matrix.index, known), scores, strict=True)
    return {market: score for market, score in pairs if market in known}


def numbers_by_market(
    given: Any, what: str, known: "pd.Index[Any]", least: float
) -> dict[Any, float]:
    """Return safety or effort by market for a basket or a plan, from `least` on."""
    if given is None:
        return {}
    needed = "a number, 0 or more, is needed" if least == 0 else FINITE
    return {
        market: number_in(value, f'{what}, "{told(market)}"', needed, least, LARGEST)
        for market, value in schemas.said_of_markets(given, what, known).items()
    }


def named_markets(ranking: Ranking, must: Any, never: Any) -> tuple[list[Any], list[Any]]:
    """Return the markets that have to be members, and those that cannot be, each once."""
    needed = 'give a list of markets, such as ["DEU", "FRA"]'
    wanted = [ranked_market(ranking, market, "must")
              for market in a_list(must, "must", needed)]  # fmt: skip
    known = ranking.scores.normalized.index
    unwanted = [known_market(market, known, "never")
                for market in a_list(never, "never", needed)]  # fmt: skip
    return list(dict.fromkeys(wanted)), list(dict.fromkeys(unwanted))


def named_rules(
    markets: "pd.Index[Any]",
    wanted: Iterable[Any],
    unwanted: Iterable[Any],
    why_not: Mapping[Any, tuple[str, str]],
) -> Iterator[Constraint]:
    """Yield a rule for each market that has to be a member, or cannot be."""
    for market in wanted:
        if market in why_not:
            raise InputError.of(
                "no-data",
                "must",
                f'"{told(market)}" {why_not[market][1]}',
                "leave it out of must, or give shocks that have it",
            )
        row = np.array([markets == market], dtype=np.float64)
        yield asked_rule("must", f'"{told(market)}"', row, low=1.0)
    for market in unwanted:
        if market in markets:
            row = np.array([markets == market], dtype=np.float64)
            yield asked_rule("never", f'"{told(market)}"', row, high=0.0)


def asked_rule(
    argument: str, value: str, rows: FloatArray, *, low: float = -np.inf, high: float = np.inf
) -> Constraint:
    """Return the rule on a basket that an argument asks for by a value."""
    option = f"--{argument.replace('_', '-')} {value}"
    name = f"{argument} {value}"
    return Constraint(name=name, rows=rows, low=low, high=high, argument=argument, option=option)


def limit_rules(
    facts: pd.DataFrame, min_safety: Any, max_per_region: Any, budget: Any
) -> Iterator[Constraint]:
    """Yield a rule on a basket for each limit, which no unknown safety or region can meet."""
    if min_safety is not None:
        least = number_in(min_safety, SAFETY, FINITE, -LARGEST, LARGEST)
        below = ~(facts["safety"].to_numpy() >= least)
        yield asked_rule(SAFETY, f"{least:g}", below[None].astype(np.float64), high=0.0)
    if max_per_region is not None:
        most = a_count(max_per_region, REGION, least=1)
        names = facts["region"]
        # A market of no known region counts as more than any limit allows.
        areas = [(names == name).to_numpy() * 1.0 for name in names.dropna().unique()]
        rows = np.array([*areas, names.isna().to_numpy() * (most + 1.0)], dtype=np.float64)
        yield asked_rule(REGION, f"{most}", rows, high=most)
    if budget is not None:
        most_effort = number_in(budget, BUDGET, "a number, 0 or more, is needed", 0.0, MOST)
        cost = facts["effort"].to_numpy()[None]
        yield asked_rule(BUDGET, f"{most_effort:g}", cost, high=most_effort)


def kept_out(rules: list[Constraint], markets: "pd.Index[Any]") -> dict[Any, tuple[str, str]]:
    """Return the markets that a rule alone keeps out of every basket, each with the first."""
    whys = {SAFETY: "its safety is lower, or not known", REGION: "its region is not known",
            BUDGET: "its effort alone is more"}  # fmt: skip
    found: dict[Any, tuple[str, str]] = {}
    for rule in rules:
        for market in markets[np.flatnonzero((rule.rows > rule.high).any(axis=0))]:
            found.setdefault(market, (rule.name, whys.get(rule.argument, "was named")))
    return found
