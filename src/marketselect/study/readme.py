"""The page of a study for people: what it is, how to replay it, what each file holds."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from marketselect.ranking.ranking import Ranking
from marketselect.study.origin import origin_note

HASHES = "hashes.json"
AS_SAVED = "take the study as it was saved"  # what to do about a file that is damaged
FILES = {
    "README.md": "this page",
    "framework.toml": "factors, indicators, weights, judgements and rules, as they were given",
    "values.csv": "the value of every market and indicator, in raw units; empty where missing",
    "years.csv": "the year of each value; empty where it is not known",
    "errors.csv": "the standard error of each value, where its source gives one",
    "marks.csv": "cells that are missing, too old, noted or too low, and why",
    "groups.csv": "the group of each market, by which missing values were filled",
    "within.csv": "the group of each ranked market, within which it has a rank, too",
    "sources.csv": "name, unit, source and license of each indicator",
    "scale.json": "the scale that the values were scored on, fitted before on other data",
    "call.json": "what the ranking was called with: candidates, weights, method, options, draws",
    "basket.json": "what the basket was asked: size, aversion, constraints, years, and of what",
    "basket_markets.csv": "safety, effort and region of each ranked market, as the basket saw them",
    "shocks.csv": "the yearly logarithmic changes of each market that the basket was chosen by",
    "plan.json": "the markets of the plan, its firm, how many at once, and their safety",
    "usual_changes.csv": "the usual yearly change of each market of the plan in each indicator",
    "results.csv": "the ranking, best first: rank, score, rank interval, top factors, coverage",
    "factor_scores.csv": "the score of every scored market for every factor of the tree",
    "normalized.csv": "every indicator on the common scale, larger is better",
    "weights.csv": "weight among the top factors, weight in the whole, and influence",
    "judgements.csv": "consistency of the pairwise judgements, by group",
    "excluded.csv": "candidates without a rank, and why",
    "basket.csv": "the members of the basket: score, safety, effort, and what each adds",
    "basket_years.csv": "the change of the basket by year, in percent, and what it counts for",
    "plan.csv": "the plan: order, wave, step, score and safety of each market",
    "plan_words.csv": "the plan in words: from where each market is entered, why, what to watch",
    "provenance.json": "hashes of data, framework and inputs, the call as settled, and versions",
}
INPUTS = (
    *("framework.toml", "values.csv", "years.csv", "errors.csv", "groups.csv", "sources.csv"),
    *("marks.csv", "within.csv", "scale.json", "call.json"),
    *("basket.json", "basket_markets.csv", "shocks.csv", "plan.json", "usual_changes.csv"),
)
OPTIONAL = (
    *("errors.csv", "marks.csv", "groups.csv", "within.csv", "scale.json"),
    *("basket.json", "basket_markets.csv", "shocks.csv", "basket.csv", "basket_years.csv"),
    *("plan.json", "usual_changes.csv", "plan.csv", "plan_words.csv"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run begins with one of these
LABELS = 5

PAGE = """\
# Study: {title}

A ranking of {count} markets{year} by the method `{method}`, with all it was made of. First come
{first}. Candidates without a rank: {left}; `excluded.csv` says why.
{cited}
## Replay it

It was made with Python {python} and these versions:

    pip install {packages}
    marketselect replay .

{origin}Where no package index has that version of marketselect, give the wheel file in its place
(`pip install {wheel} ...`), or install it from a clone of its repository at that version
(`git checkout` of its tag or commit, then `pip install .`), and the others from an index. That file
and this study are all that is needed.

The second line is run in this folder; of a study in one file it is `marketselect replay FILE.zip`.
It makes the ranking again from the inputs here and compares every result. It ends with status 0 if
all are identical, with 1 if not: then it lists what differs, by how much, and which file, option or
version is another. In Python it is `marketselect.replay_study(folder)`. Another processor or
version may differ in the last digits;
`--tolerance 1e-9` lets that pass.
{own}
## What each file holds

{files}
- `hashes.json`: the SHA-256 of every other file. Its own stands for all of them: quote it beside
  the published ranking

## Reading the files

All are UTF-8 text with line feeds. A number has the fewest digits that give the same binary number
again; an empty cell is missing. A spreadsheet may round numbers, turn codes into dates, and run a
text that begins with `=`, `+`, `-` or `@` as a formula: import all columns as text, and do not save
over these files.
{formulas}
The values belong to their sources. `sources.csv` names them and their licenses.
"""


def readme(ranking: Ranking, names: Iterable[str], own: Mapping[str, str]) -> str:
    """Return the page that says what a study is, how to replay it and what each file holds.

    `own` names the functions that a replay must be given.
    """
    framework, made = ranking.given_framework, ranking.provenance
    versions, held = made["versions"], {*names, "README.md"}
    packages = [f"{name}=={versions[name]}" for name in ("marketselect", "numpy", "pandas")]
    return PAGE.format(
        title=readme_markdown(framework.title or framework.name),
        count=len(ranking.table),
        year="" if made["as_of"] is None else f" as of {made['as_of']}",
        method=made["method"],
        first=", ".join(f'"{readme_markdown(market)}"' for market in ranking.table.index[:3]),
        left=len(ranking.excluded),
        cited=f"\nThe rules follow {readme_markdown(framework.cited)}.\n"
        if framework.citation
        else "",
        python=versions["python"],
        packages=" ".join(packages).replace("==unknown", ""),
        files="\n".join(f"- `{name}`: {text}" for name, text in FILES.items() if name in held),
        own=own_note(own),
        origin=origin_note(),
        wheel=f"marketselect-{versions['marketselect']}-py3-none-any.whl",
        formulas=formula_note(ranking.scores.table.values.index),
    )


def own_note(own: Mapping[str, str]) -> str:
    """Return which functions of their own a replay needs, if any."""
    if not own:
        return ""
    names = " and ".join(f'the {what} "{readme_markdown(name)}"' for what, name in own.items())
    call = ", ".join(f"{what}=..." for what in own)
    return f"""
It needs {names}: code that a study does not hold. Whoever has it replays the study in Python
with `marketselect.replay_study(folder, {call})`; the command line cannot.
"""


def formula_note(labels: "pd.Index[Any]") -> str:
    """Return which labels of markets a spreadsheet may run, if any."""
    found = [name for name in labels if isinstance(name, str) and name.startswith(FORMULA)]
    if not found:
        return ""
    shown = ", ".join(f'"{readme_markdown(name)}"' for name in found[:LABELS])
    more = f" and {len(found) - LABELS} more" if len(found) > LABELS else ""
    return f"\nHere these labels of markets are such texts: {shown}{more}.\n"


def readme_markdown(text: object) -> str:
    """Return text that the Markdown of a study's README shows as it is, on one line."""
    line = "".join(sign if sign.isprintable() else " " for sign in str(text))
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)
