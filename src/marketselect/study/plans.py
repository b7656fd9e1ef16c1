"""The basket and the plan of a study: what they were made of, and made again of that."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from marketselect.errors import InputError
from marketselect.framework.keys import Reader, a_table, a_truth, a_whole, key_number
from marketselect.portfolio.basket import Basket
from marketselect.portfolio.choosing import diversify
from marketselect.portfolio.entry import EntryPlan, checked_beside
from marketselect.portfolio.ordering import planned
from marketselect.ranking.plain import in_json, plain_label
from marketselect.ranking.ranking import Ranking
from marketselect.study.contents import Files, csv_of_table, row_label, study_json
from marketselect.study.inputs import (
    figure_reader,
    firm_of_study,
    is_index_name,
    is_written_whole,
    optional_reader,
    refuse_keys,
    study_reader,
)
from marketselect.study.parsing import read_number_file, read_table_of, read_words
from marketselect.study.readme import AS_SAVED
from marketselect.tables import schemas

FACTS = ["safety", "effort", "region"]
A_NUMBER = figure_reader(key_number)
A_COUNT = figure_reader(a_whole(1, 10**9))
LABELS = study_reader(
    lambda value: isinstance(value, list) and all(map(is_index_name, value)), "a list of markets"
)
BASKET: dict[str, Reader] = {
    "size": A_COUNT,
    **dict.fromkeys(("aversion", "bad_years"), A_NUMBER),
    **dict.fromkeys(("min_safety", "budget"), optional_reader(A_NUMBER)),
    "max_per_region": optional_reader(A_COUNT),
    **dict.fromkeys(("must", "never"), LABELS),
}
YEARS: dict[str, Reader] = {
    "years": study_reader(
        lambda value: isinstance(value, list) and all(map(is_written_whole, value)),
        "a list of years",
    ),
    "measure": study_reader(lambda value: isinstance(value, str), "a text"),
}
PLAN: dict[str, Reader] = {
    "firm": a_table,
    "markets": LABELS,
    "safety": study_reader(lambda value: isinstance(value, list), "a list of numbers"),
    "per_wave": A_COUNT,
    **dict.fromkeys(("of_basket", "watched"), a_truth),
}


def checked_parts(ranking: Ranking, basket: Any, plan: Any) -> None:
    """Refuse a basket or a plan that is not of the ranking, or that a study cannot give again."""
    checked_beside(ranking, basket, plan)
    if plan is None:
        return
    if plan.own_steps:
        got = "has steps by a function of your own, and a study holds no code"
        raise InputError.of("not-possible", "plan", got, "leave step out of entry_plan")
    if plan.of_basket and basket is None:
        got = "is not given, the plan is of it"
        raise InputError.of("contradiction", "basket", got, "give the basket of the plan, too")


def part_texts(basket: Basket | None, plan: EntryPlan | None) -> dict[str, str]:
    """Return what a study's basket and plan were made of, and what they are, by file."""
    found = {
        name: csv_of_table(frame, row_label(name))
        for name, frame in part_results(basket, plan).items()
    }
    if basket is not None:
        years = [int(year) for year in basket.shocks.index]
        asked = {name: in_json(value) for name, value in basket.asked.items()}
        labels = {name: list(map(plain_label, basket.asked[name])) for name in ("must", "never")}
        settings = {**asked, **labels, "years": years, "measure": basket.measure}
        found["basket.json"] = study_json(settings, "basket.json")
        found["basket_markets.csv"] = csv_of_table(basket.known[FACTS])
        found["shocks.csv"] = csv_of_table(basket.shocks.T)
    if plan is not None:
        table = plan.table
        settings = {
            "firm": plan.firm.to_dict(),
            "markets": list(map(plain_label, table["market"])),
            "safety": in_json(table["safety"].tolist()),
            "per_wave": plan.per_wave,
            "of_basket": plan.of_basket,
            "watched": not plan.usual.empty,
        }
        found["plan.json"] = study_json(settings, "plan.json")
        if settings["watched"]:
            found["usual_changes.csv"] = csv_of_table(plan.usual)
    return found


def part_results(basket: Basket | None, plan: EntryPlan | None) -> dict[str, pd.DataFrame]:
    """Return what a replay compares of a basket and a plan, by file."""
    found = {}
    if basket is not None:
        found["basket.csv"] = basket.table[["score", "safety", "effort", "marginal"]]
        found["basket_years.csv"] = basket.path
    if plan is not None:
        rows = plan.table.reset_index().set_index("market")
        found["plan.csv"] = rows[["order", "wave", "step", "score", "safety"]]
        found["plan_words.csv"] = rows[["stepping_stone", "why", "watch"]].map(str)
    return found


def parts_again(
    files: Files, ranking: Ranking, kind: str
) -> tuple[Basket | None, EntryPlan | None]:
    """Choose and plan again by what a study holds."""
    basket = basket_again(files, ranking, kind) if "basket.json" in files else None
    return basket, plan_again(files, ranking, basket, kind) if "plan.json" in files else None


def basket_again(files: Files, ranking: Ranking, kind: str) -> Basket:
    """Choose a study's basket again."""
    asked = read_table_of(files, "basket.json")
    refuse_keys("basket.json", asked, {**BASKET, **YEARS})
    refuse_missing_file(files, "basket_markets.csv", "shocks.csv", "basket.csv", "basket_years.csv")
    facts = read_words(files, "basket_markets.csv", ["market", *FACTS], kind)
    numbers = schemas.check_cells(facts[["safety", "effort"]])
    years = asked["years"]
    shocks = read_number_file(files, "shocks.csv", ["market", *map(str, years)], kind).T
    shocks = shocks.set_axis(pd.Index(years, dtype=object).infer_objects(), axis=0)
    shocks.attrs["measure"] = asked["measure"]
    return diversify(
        ranking,
        shocks=shocks if years else None,
        safety=numbers["safety"],
        effort=numbers["effort"],
        regions=facts["region"][facts["region"] != ""],
        **{name: asked[name] for name in BASKET},
    )


def plan_again(files: Files, ranking: Ranking, basket: Basket | None, kind: str) -> EntryPlan:
    """Put the markets of a study's plan in order again."""
    asked = read_table_of(files, "plan.json")
    refuse_keys("plan.json", asked, PLAN)
    refuse_missing_file(files, "plan.csv", "plan_words.csv")
    usual = pd.DataFrame()
    if asked["watched"]:
        refuse_missing_file(files, "usual_changes.csv")
        codes = list(ranking.scores.framework.codes)
        usual = read_number_file(files, "usual_changes.csv", ["market", *codes], kind)
    markets, safety = asked["markets"], asked["safety"]
    if asked["of_basket"] and basket is None:
        raise InputError.of("damaged", "basket.json", "is missing, the plan is of it", AS_SAVED)
    odd = not markets or set(markets) - set(ranking.table.index) or len(safety) != len(markets)
    # The plan has its markets in their order of entry, the usual changes in that of the basket.
    if (
        odd
        or len(set(markets)) < len(markets)
        or (asked["watched"] and {*usual.index} != {*markets})
    ):
        raise InputError.of("damaged", "plan.json", "its markets do not fit the study", AS_SAVED)
    known: Mapping[Any, Any] = dict(zip(markets, safety, strict=True))
    return planned(
        basket if asked["of_basket"] else None,
        markets,
        firm_of_study(dict(asked["firm"]), "plan.json, firm"),
        asked["per_wave"],
        ranking,
        usual,
        {market: value for market, value in known.items() if value is not None},
    )


def refuse_missing_file(files: Files, *names: str) -> None:
    """Refuse a study that lacks a file."""
    for name in names:
        if name not in files:
            raise InputError.of("damaged", f'"{name}"', "is missing", AS_SAVED)
