"""The page's sentences are for who reads: names in place of codes, and no words of a program."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.report.page.data import page_content
from marketselect.report.page.notes import method_notes
from report.conftest import cities, framework

GAP = float("nan")
TYPED = re.compile(
    r"min_|max_|missing_|missing =|markets names|normalization|[a-z]_[a-z]|>=|<=|!=|True|None"
)


@pytest.fixture(scope="module")
def firms() -> ms.Ranking:
    """The ranking of a firm with limits, of which a few markets lack much."""
    firm = ms.Firm(name="Nordlicht", home="GBR", languages=["en"], served=["FRA", "IRL"])
    limits: list[Any] = [
        "IT.NET.USER.ZS >= 70",
        "landlocked = false",
        "region in {Europe, Asia, Africa}",
        'market not in {"RUS", "BLR"}',
        ms.Screen("PAIR.KM", max=12_000, why="goods go by lorry"),
    ]
    table = ms.indicator_table(
        ms.load_indicators(), "exporter", as_of=2024, max_age=5, firm=firm, screens=limits
    )
    return ms.rank_markets(table, "exporter", draws=0)


def sentences(page: dict[str, Any]) -> list[str]:
    """Return what stands on the page in sentences; hashes, files and versions are none."""
    notes = [
        line
        for subject, lines in page["notes"]
        if subject not in ("Files", "Versions", *page["hashes"])
        for line in lines
    ]
    cells = [each["why"] for every in page["markets"]["remarks"].values() for each in every]
    left = [text for row in page["excluded"] for text in (row["reason"], row["without"])]
    limits = [screen["rule"] for screen in page["screens"]]
    return list(dict.fromkeys([*notes, *cells, *left, *limits, page["left_out"], page["firm"]]))


@pytest.mark.slow
def test_no_sentence_has_a_code_that_has_a_name_nor_a_word_of_a_program(firms: ms.Ranking) -> None:
    page = page_content(firms, "T", None)
    names = firms.scores.framework.names
    series = [item.observed for item in firms.scores.framework.indicators]
    coded = {code for code in (*names, *series) if names.get(code) != code and "." in code}
    assert len(coded) > 40
    texts = sentences(page)
    assert len(texts) > 60
    for text in texts:
        assert not TYPED.search(text), text
        assert coded.isdisjoint(re.findall(r"[\w.]+\w", text)), text
    assert any("the firm is at home there" in text for text in texts)
    # Of the United Kingdom and of all others there is a name for each code of a country.
    codes = set(ms.load_markets().index)
    assert codes.isdisjoint(re.findall(r"\b[A-Z]{3}\b", " ".join(texts)))


@pytest.mark.slow
def test_who_fails_a_limit_is_told_it_in_words(firms: ms.Ranking) -> None:
    page = page_content(firms, "T", None)
    left = {row["name"]: row["reason"] for row in page["excluded"]}
    assert left["Switzerland"] == "Landlocked is yes, asked for is no"
    assert left["Russia"].endswith("Market is Russia, asked for is not Russia or Belarus")
    assert left["France"] == "the firm sells there already"
    far = "km between where people live"
    km: Any = firms.scores.table.values.loc["AUS", "PAIR.KM"]
    assert left["Australia"] == (
        "Region is Oceania, asked for is Europe or Asia or Africa; Distance from home is "
        f"{float(km):,.0f} {far}, asked for is at most 12,000 {far}: goods go by lorry"
    )
    rules = [screen["rule"] for screen in page["screens"]]
    assert rules[0] == "Individuals using the internet: at least 70% of population"
    assert rules[1:] == [
        "Landlocked: no",
        "Region: Europe or Asia or Africa",
        "Market: not Russia or Belarus",
        f"Distance from home: at most 12,000 {far}",
    ]


RULES = framework({"a": "Demand", "b": "Costs"}, min_coverage=0.5)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (RULES, "too little is known: nothing of Demand; 50% of each is needed"),
        (replace(RULES, min_coverage=0.0), "too little is known: nothing of Demand"),
        (
            replace(RULES, missing="drop"),
            "too little is known: nothing of Demand; 50% of each is needed; values are missing, "
            "and none may be",
        ),
        (
            replace(RULES, min_coverage=0.0, missing="mean", min_availability=0.9),
            "known are 1 of 2 indicators (50%); 90% are needed",
        ),
    ],
)
def test_who_lacks_too_much_is_told_of_what(rules: ms.Framework, said: str) -> None:
    data = cities({"x": [10, 20], "y": [30, 40], "z": [GAP, 5]}, ["a", "b"])
    (row,) = page_content(ms.rank_markets(data, rules, draws=0), "T", None)["excluded"]
    assert row["reason"] == said


def noted(subject: str, rules: ms.Framework = RULES, **given: Any) -> list[str]:
    data = cities({"x": [10, 20], "y": [30, 40], "z": [50, 5]}, ["a", "b"])
    return dict(method_notes(ms.rank_markets(data, rules, draws=0, **given))).get(subject, [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "weighted sum"),
        ({"method": "topsis"}, "TOPSIS"),
        (
            {"method": "topsis", "options": {"metric": "manhattan"}},
            "TOPSIS (distance manhattan)",
        ),
        ({"method": "vikor", "options": {"v": 0.7}}, "VIKOR (weight of the majority 0.7)"),
        ({"method": "promethee"}, "PROMETHEE II"),
        (
            {"method": "promethee", "options": {"p": {"a": 10, "b": 25}}},
            "PROMETHEE II (fully preferred from Demand 10, Costs 25)",
        ),
    ],
)
def test_of_a_method_that_is_told_which_was_chosen(given: dict[str, Any], said: str) -> None:
    assert noted("Method", **given) == [said]


def test_a_factor_that_is_filled_is_named_with_what_takes_its_place() -> None:
    assert noted("Factors of which too little is observed") == []
    own = (replace(RULES.factors[0], missing="median"), RULES.factors[1])
    assert noted("Factors of which too little is observed", replace(RULES, factors=own)) == [
        "Demand is taken to be the median of all markets"
    ]
    assert noted("Missing values", replace(RULES, missing="mean")) == [
        "a missing value is taken to be the mean of all markets; at least 50% of each top factor "
        "has to be observed"
    ]


def test_remedies_are_what_a_reader_can_ask_for_and_those_of_python_can_be_typed() -> None:
    thin = pd.DataFrame({"a_value": [GAP, 20, 30], "b_value": [1.0, 2, 3]}, index=["x", "y", "z"])
    ranking = ms.rank_markets(thin, RULES, draws=0)
    alone = "alone keeps 1 market out, since less than 50% of it is observed there"
    ask = "a report that asks for less of it, fills what is missing or leaves the factor out"
    said = f'factor "Demand" {alone}: {ask} would rank them'
    assert said in dict(method_notes(ranking))["Remarks"]
    assert any(line.startswith(f"factor Demand (a) {alone}: lower min_cov")
               for line in ranking.remarks)  # fmt: skip
    free = replace(RULES, indicators=tuple(replace(i, goalposts=None) for i in RULES.indicators))
    wide = pd.DataFrame(
        {"a_value": [*range(19), 1000.0], "b_value": np.arange(20.0)},
        index=[*(f"m{n}" for n in range(19)), "DEU"],
    )
    ranking = ms.rank_markets(wide, free, draws=0)
    (page,) = dict(method_notes(ranking))["Remarks"]
    assert page.startswith('"Value of Demand": "Germany" sets the scale, the middle nine tenths')
    assert page.endswith("a report with fixed ends for that scale would part the others more")
    assert ranking.remarks[0].startswith('Value of Demand (a_value): "Germany" sets the scale')
    assert "give it goalposts" in ranking.remarks[0]
