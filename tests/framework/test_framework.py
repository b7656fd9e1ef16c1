"""Frameworks: reading, writing, the tree, and every fault with its words."""

import io
import json
import pickle
import re
import tomllib
from collections import Counter
from copy import copy, deepcopy
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import mypy.api
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.errors import CODES, Fault, InputError
from marketselect.framework import (
    Factor,
    Framework,
    Indicator,
    Judgement,
    as_framework,
    document,
    framework_names,
    load_framework,
    vocabulary,
)
from marketselect.framework.vocabulary import AGGREGATIONS, RESERVED, STATISTICS, Transform
from marketselect.weighting import WEIGHTINGS

SHIPPED = framework_names()

SMALL = """
name = "small"

[[factor]]
code = "economic"

[[factor]]
code = "size"
parent = "economic"

[[factor]]
code = "legal"

[[indicator]]
code = "gdp"
factor = "size"
direction = "benefit"

[[indicator]]
code = "growth"
factor = "economic"
direction = "benefit"

[[indicator]]
code = "tariff"
factor = "legal"
direction = "cost"
"""


def small() -> Framework:
    return Framework.from_toml(SMALL)


def judged() -> Framework:
    """Return a framework with judgements on its top factors and on one group below."""
    return replace(
        small(),
        judgements=(
            Judgement(more="economic", less="legal", ratio=3),
            Judgement(more="size", less="growth", ratio=1 / 3, of="economic"),
        ),
    )


def mixed() -> Framework:
    """Return a tree whose factor "a" has a sub-factor and indicators of its own."""
    return Framework(
        name="mixed",
        factors=(
            Factor(code="a", weight=3),
            Factor(code="b", weight=1),
            Factor(code="c", weight=1, parent="a"),
        ),
        indicators=(
            Indicator(code="x", factor="a", direction="benefit", weight=1),
            Indicator(code="y", factor="a", direction="benefit", weight=2),
            Indicator(code="p", factor="c", direction="cost", weight=1),
            Indicator(code="q", factor="c", direction="benefit", weight=3),
            Indicator(code="z", factor="b", direction="cost"),
        ),
    )


# Frameworks of every shape

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
ANY_CODE = ANY_TEXT.filter(lambda t: t and t == t.strip() and ">" not in t and t not in RESERVED)
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)
WEIGHTS = st.floats(1e-300, 1e300)
TRANSFORMS: list[Transform | None] = [None, "log"]
OPTIONS = st.dictionaries(
    ANY_TEXT, st.one_of(st.booleans(), st.integers(), NUMBERS, ANY_TEXT, st.lists(NUMBERS))
)


@st.composite
def indicators(draw: st.DrawFn, code: str, factor: str) -> Indicator:
    given_goalposts = draw(st.booleans())
    low = draw(st.floats(1e-6, 1e6))
    high = low + draw(st.floats(1, 1e6))
    target = draw(st.one_of(st.none(), st.floats(low, high)))
    statistic = draw(st.sampled_from(STATISTICS))
    return Indicator(
        code=code,
        factor=factor,
        direction=draw(st.sampled_from(["benefit", "cost"])) if target is None else "target",
        weight=draw(WEIGHTS),
        name=draw(ANY_TEXT),
        unit=draw(ANY_TEXT),
        series=draw(st.one_of(st.none(), ANY_CODE)),
        statistic=statistic,
        window=1 if statistic == "latest" else draw(st.integers(3, 20)),
        denominator=draw(st.one_of(st.none(), ANY_CODE)),
        transform=draw(st.sampled_from(TRANSFORMS)),
        target=target,
        goalposts=(low, high) if given_goalposts else None,
        treatment=draw(st.sampled_from([None, "none", "winsorize", "log"])),
        standard_error=draw(st.one_of(st.none(), ANY_CODE)),
        rationale=draw(ANY_TEXT),
    )


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Draw a tree of any depth; any factor may have sub-factors and indicators together."""
    size = draw(st.integers(1, 5))
    parents = [None, *(draw(st.one_of(st.none(), st.integers(0, i - 1))) for i in range(1, size))]
    leafless = [0 if i in parents else 1 for i in range(size)]
    counts = [draw(st.integers(least, 2)) for least in leafless]
    total = size + sum(counts)
    codes = draw(st.lists(ANY_CODE, min_size=total, max_size=total, unique=True))
    tree = []
    for i, parent in enumerate(parents):
        aggregation = draw(st.sampled_from(AGGREGATIONS))
        tree.append(
            Factor(
                code=codes[i],
                name=draw(ANY_TEXT),
                weight=draw(WEIGHTS),
                parent=None if parent is None else codes[parent],
                aggregation=aggregation,
                power=draw(st.floats(0.1, 9)) if aggregation == "power" else None,
            )
        )
    above = [factor.code for factor, count in zip(tree, counts, strict=True) for _ in range(count)]
    return Framework(
        name=draw(ANY_CODE),
        title=draw(ANY_TEXT),
        factors=tuple(tree),
        indicators=tuple(
            draw(indicators(own, factor)) for own, factor in zip(codes[size:], above, strict=True)
        ),
        range=(1.0, draw(st.floats(2, 1000))),
        missing=draw(st.sampled_from(["reweight", "refuse", "drop", "median"])),
        min_coverage=draw(st.floats(0, 1)),
        options=draw(OPTIONS),
        decimals=draw(st.one_of(st.none(), st.integers(0, 15))),
    )


def settings_of(framework: Framework) -> dict[str, Any]:
    """Return the keys that stand in neither table."""
    document = framework.to_document()
    return {key: document[key] for key in document if key not in ("factor", "indicator")}


def through_csv(table: pd.DataFrame) -> pd.DataFrame:
    text = io.StringIO(table.to_csv())
    return pd.read_csv(text, keep_default_na=False, na_values=[""])


# In and out


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_framework_is_equal_after_toml(name: str) -> None:
    framework = load_framework(name)
    assert Framework.from_toml(framework.to_toml()) == framework


@pytest.mark.slow
@given(frameworks())
def test_any_framework_is_equal_after_toml(framework: Framework) -> None:
    assert Framework.from_toml(framework.to_toml()) == framework


def test_judgements_are_equal_after_toml() -> None:
    assert Framework.from_toml(judged().to_toml()) == judged()


@pytest.mark.parametrize("name", ["pestle", "hdi"])
def test_a_shipped_framework_is_equal_after_its_document_as_json(name: str) -> None:
    framework = load_framework(name)
    sent = json.dumps(framework.to_document(), allow_nan=False)
    again = Framework.from_document(json.loads(sent))
    assert again == framework
    assert hash(again) == hash(framework)


@pytest.mark.slow
@given(frameworks())
def test_any_framework_is_equal_after_its_document_as_json(framework: Framework) -> None:
    sent = json.dumps(framework.to_document(), allow_nan=False)
    assert Framework.from_document(json.loads(sent)) == framework


def test_judgements_are_equal_after_a_document() -> None:
    assert Framework.from_document(judged().to_document()) == judged()
    assert Framework.from_document(mixed().to_document()) == mixed()


def test_a_ratio_may_be_written_as_a_fraction() -> None:
    text = SMALL + '[[judgement]]\nmore = "legal"\nless = "economic"\nratio = "1 / 3"\n'
    assert Framework.from_toml(text).judgements[0].ratio == 1 / 3


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_framework_is_equal_after_tables(name: str) -> None:
    framework = load_framework(name)
    for read in (lambda table: table, through_csv):
        back = Framework.from_table(
            read(framework.to_table()),
            factors=read(framework.factors_table()),
            **settings_of(framework),
        )
        assert back == framework


@given(frameworks())
def test_any_framework_is_equal_after_tables(framework: Framework) -> None:
    back = Framework.from_table(
        framework.to_table(), factors=framework.factors_table(), **settings_of(framework)
    )
    assert back == framework


def test_judgements_are_equal_after_tables() -> None:
    framework = judged()
    back = Framework.from_table(
        through_csv(framework.to_table()),
        factors=through_csv(framework.factors_table()),
        **settings_of(framework),
    )
    assert back == framework


def test_the_table_shows_paths_and_goalposts() -> None:
    table = load_framework("pestle").to_table()
    assert table.index.name == "code"
    row = table.loc["NY.GDP.MKTP.CD"]
    assert row["factor"] == "economic > market_size"
    assert (row["goalpost_low"], row["goalpost_high"]) == (1e8, 3e13)


def test_paths_alone_make_the_tree() -> None:
    table = pd.DataFrame(
        {
            "code": ["gdp", "growth", "tariff", "income"],
            "factor": ["economic > size", "economic", "legal", " size "],
            "direction": ["benefit", "benefit", "cost", "benefit"],
            "window": [np.nan, 5.0, np.nan, np.nan],
            "statistic": [None, "mean", None, None],
        }
    )
    framework = Framework.from_table(table)
    assert framework.top == ("economic", "legal")
    assert framework.children("economic") == ("size", "growth")
    assert framework.children("size") == ("gdp", "income")
    assert framework.indicators[1].window == 5
    assert list(table.columns) == ["code", "factor", "direction", "window", "statistic"]


def test_numbers_in_a_table_are_codes_too() -> None:
    table = pd.DataFrame({"code": [2023, 2024], "factor": "a", "direction": "cost"})
    assert Framework.from_table(table).codes == ("2023", "2024")


def test_a_framework_is_loaded_by_path(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8-sig")  # as some editors save it
    assert load_framework(path) == load_framework(str(path)) == small()
    assert as_framework(small()) == as_framework(path)


def test_the_shipped_frameworks_are_listed() -> None:
    assert {"hdi", "pestle"} <= set(SHIPPED)
    assert list(SHIPPED) == sorted(SHIPPED)


# The tree


def test_local_weights_of_a_hand_made_tree() -> None:
    assert mixed().local_weights() == {
        "a": 3 / 4,
        "b": 1 / 4,
        "c": 1 / 4,
        "x": 1 / 4,
        "y": 2 / 4,
        "p": 1 / 4,
        "q": 3 / 4,
        "z": 1,
    }


def test_tree_weights_of_a_hand_made_tree() -> None:
    weights = mixed().tree_weights()
    # x: 3/4 x 1/4; y: 3/4 x 2/4; p and q: 3/4 x 1/4 x 1/4 and x 3/4; z: 1/4.
    leaves = {"x": 3 / 16, "y": 6 / 16, "p": 3 / 64, "q": 9 / 64, "z": 1 / 4}
    assert weights == {**leaves, "a": 3 / 4, "b": 1 / 4, "c": 3 / 16}
    assert list(weights) == ["x", "y", "p", "q", "z", "a", "b", "c"]


def test_shares_within_a_factor_of_a_hand_made_tree() -> None:
    assert mixed().shares_within("a") == {"p": 1 / 16, "q": 3 / 16, "x": 1 / 4, "y": 2 / 4}
    assert mixed().shares_within("b") == {"z": 1}


def test_the_tree_is_walked_in_order() -> None:
    framework = mixed()
    assert framework.top == framework.children(None) == ("a", "b")
    assert framework.children("a") == ("c", "x", "y")
    assert framework.leaves("a") == ("p", "q", "x", "y")
    assert framework.leaves("z") == ("z",)
    assert [factor.code for factor in framework.bottom_up()] == ["c", "a", "b"]


def test_a_judged_group_counts_equally_until_its_weights_are_given() -> None:
    framework = judged()
    assert framework.local_weights()["economic"] == 0.5
    assert framework.local_weights()["size"] == 0.5
    changed = framework.with_weights({"economic": 3, "legal": 1})
    assert changed.local_weights()["economic"] == 0.75
    assert changed.judgements == framework.judgements[1:]


@given(frameworks())
def test_tree_weights_of_the_indicators_add_up_to_one(framework: Framework) -> None:
    weights = framework.tree_weights()
    assert sum(weights[code] for code in framework.codes) == pytest.approx(1)
    assert sum(weights[code] for code in framework.top) == pytest.approx(1)


@given(frameworks())
def test_every_factor_comes_after_those_under_it(framework: Framework) -> None:
    order = [factor.code for factor in framework.bottom_up()]
    assert sorted(order) == sorted(factor.code for factor in framework.factors)
    assert all(
        order.index(factor.code) < order.index(factor.parent)
        for factor in framework.factors
        if factor.parent is not None
    )


# Changed copies


def test_with_weights_changes_a_whole_group_and_nothing_else() -> None:
    framework = mixed()
    changed = framework.with_weights({"c": 0, "x": 1, "y": 1})
    assert changed.local_weights() | {"c": 0.25, "x": 0.25, "y": 0.5} == framework.local_weights()
    assert [changed.local_weights()[code] for code in ("c", "x", "y")] == [0, 0.5, 0.5]
    assert framework == mixed()


def test_with_weights_refuses_nothing_as_rank_markets_does() -> None:
    nothing: list[Any] = [{}, pd.Series(dtype=float)]
    for none in nothing:
        with pytest.raises(InputError, match="weights is empty; name every") as error:
            mixed().with_weights(none)
        assert [fault.code for fault in error.value.faults] == ["empty"]


def test_with_weights_takes_a_series() -> None:
    weights: Any = pd.Series({"a": 1, "b": 3})  # its numbers are NumPy's
    assert mixed().with_weights(weights).local_weights()["b"] == 0.75


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            {"economc": 1, "legal": 1},
            'no factor or indicator "economc"; name those of the framework. '
            'Did you mean "economic"?',
        ),
        ({"economic": 1}, '"legal" left out; name all of the top factors (0 for one that must'),
        ({"size": 1}, '"growth" left out; name all of the children of "economic"'),
        ({"economic": -1, "legal": 1}, '"economic": got -1; a finite number, 0 or more, is needed'),
        ({"economic": float("nan"), "legal": 1}, "got nan; a finite number"),
        ({"economic": np.inf, "legal": 1}, "got inf; a finite number"),
        ({"economic": "1_000", "legal": 1}, "got '1_000'; a finite number"),
        ({"economic": " ", "legal": 1}, "got ' '; a finite number"),
        ({"economic": True, "legal": 1}, "got True; a finite number"),
        ({"economic": 0, "legal": 0}, '"economic", "legal" are all zero'),
        ("entropy", "weights: got str; a mapping of codes to numbers is needed"),
        (3, "weights: got int; a mapping"),
    ],
)
def test_with_weights_refuses(weights: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        small().with_weights(weights)


def test_with_weights_lists_all_faults() -> None:
    with pytest.raises(InputError, match=r"(?s)3 faults.*legl.*economic.*legal.* left out"):
        small().with_weights({"legl": 1, "economic": -1})


def test_subset_keeps_indicators_and_the_factors_above_them() -> None:
    part = mixed().subset(["q", "b"])
    assert part.codes == ("q", "z")
    assert [factor.code for factor in part.factors] == ["a", "b", "c"]
    assert mixed().subset("c").codes == ("p", "q")
    assert mixed().subset(mixed().codes) == mixed()


def test_subset_keeps_judgements_of_what_is_left() -> None:
    assert judged().subset(["gdp", "tariff"]).judgements == judged().judgements[:1]
    assert judged().subset(["gdp", "growth"]).judgements == judged().judgements[1:]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (
            ["gdpp"],
            'no indicator or factor "gdpp"; name those of the framework. Did you mean "gdp"?',
        ),
        ([], "no codes are given; name the indicators to keep"),
        (7, "subset: got 7; a list of codes is needed"),
    ],
)
def test_subset_refuses(codes: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        small().subset(codes)


def test_subset_refuses_to_leave_a_group_without_weight() -> None:
    weightless = mixed().with_weights({"c": 0, "x": 1, "y": 1})
    with pytest.raises(InputError, match=r'weights of "c" are all zero'):
        weightless.subset(["p", "z"])


# Faults of a file: what is replaced by what, and the words that must come


FAULTS = [
    # single keys
    ('name = "small"', "", "framework: key name is missing"),
    ('name = "small"', 'name = ""', "framework, name: got ''; a code is needed"),
    (
        'name = "small"',
        'name = "small"\ntitel = "x"',
        'key "titel" is unknown; rename or drop it. Did you mean "title" or "tiers"?',
    ),
    ('name = "small"', 'name = "small"\ntitle = 3', "framework, title: got 3; a text is needed"),
    (
        'code = "growth"',
        'code = "growth"\nwieght = 1',
        '[[indicator]] "growth": key "wieght" is unknown; rename or drop it. '
        'Did you mean "weight"?',
    ),
    ('direction = "cost"', "", '[[indicator]] "tariff": key direction is missing'),
    ('code = "legal"\n', "", "[[factor]] number 3: key code is missing"),
    ('code = "gdp"', 'code = " gdp"', "a text that is not empty and has no blanks around it"),
    ('code = "gdp"', 'code = "a > b"', "code: got 'a > b'; a code must not contain >"),
    ('direction = "cost"', 'direction = "costs"', 'Did you mean "cost"?'),
    (
        'direction = "cost"',
        'direction = "down"',
        'direction: got \'down\'; use one of "benefit", "cost", "target", "function"',
    ),
    ('direction = "cost"', "direction = [1]", "direction: got [1]; use"),
    (
        'direction = "cost"',
        'direction = "cost"\nweight = "1_000"',
        "got '1_000'; a finite number, 0 or more",
    ),
    ('direction = "cost"', 'direction = "cost"\nweight = -1', "got -1; a finite number, 0 or more"),
    (
        'direction = "cost"',
        'direction = "cost"\nweight = nan',
        "got nan; a finite number, 0 or more",
    ),
    ('direction = "cost"', 'direction = "cost"\nweight = true', "got True; a finite number"),
    (
        'direction = "cost"',
        f'direction = "cost"\nweight = 1{"0" * 400}',
        "a finite number, 0 or more",
    ),
    (
        'direction = "cost"',
        'direction = "cost"\ntarget = inf',
        "got inf; a finite number is needed",
    ),
    (
        'direction = "cost"',
        'direction = "cost"\nwindow = 0',
        "a whole number from 1 to 100 is needed",
    ),
    ('direction = "cost"', 'direction = "cost"\nwindow = 1.5', "got 1.5; a whole number"),
    ('direction = "cost"', 'direction = "cost"\nwindow = true', "got True; a whole number"),
    ('direction = "cost"', 'direction = "cost"\ntransform = "ln"', "got 'ln'; use \"log\""),
    ('direction = "cost"', 'direction = "cost"\nstatistic = "means"', 'Did you mean "mean"?'),
    ('direction = "cost"', 'direction = "cost"\nseries = 3', "series: got 3; a code is needed"),
    ('name = "small"', 'name = "small"\nnormalization = "minmax"', 'Did you mean "min-max" or'),
    ('name = "small"', 'name = "small"\nmethod = "topsys"', 'Did you mean "topsis"?'),
    ('name = "small"', 'name = "small"\nmissing = "zero"', "missing: got 'zero'; use"),
    ('name = "small"', 'name = "small"\ntreatment = "log"', "treatment: got 'log'; use"),
    ('name = "small"', 'name = "small"\nweights = "entropie"', "weights: got 'entropie'; use"),
    ('name = "small"', 'name = "small"\nmin_coverage = 66', "got 66; a share between 0 and 1"),
    ('name = "small"', 'name = "small"\nrange = [1, 1]', "range: got [1, 1]; two finite numbers"),
    (
        'name = "small"',
        'name = "small"\noptions = 3',
        "options: got 3; a table of options is needed",
    ),
    ('name = "small"', 'name = "small"\ndecimals = 16', "a whole number from 0 to 15 is needed"),
    ('name = "small"', 'name = "small"\nwinsorize_max = -1', "a whole number from 0 to 1000"),
    ('code = "legal"', 'code = "legal"\naggregation = "mean"', "aggregation: got 'mean'; use"),
    # keys that contradict each other
    (
        'direction = "cost"',
        'direction = "cost"\ngoalposts = [5, 1]',
        '"tariff", goalposts: got [5, 1]; two finite numbers [low, high] with low < high',
    ),
    ('direction = "cost"', 'direction = "cost"\ngoalposts = [1]', "got [1]; two finite numbers"),
    ('direction = "cost"', 'direction = "cost"\ngoalposts = "05"', "got '05'; two finite numbers"),
    ('direction = "cost"', 'direction = "cost"\ngoalposts = [0, inf]', "two finite numbers"),
    (
        'direction = "cost"',
        'direction = "cost"\ntransform = "log"\ngoalposts = [0, 9]',
        "goalposts: the lower one must be above 0 under a log transform",
    ),
    (
        'direction = "cost"',
        'direction = "target"\ntransform = "log"\ntarget = 0',
        "target: it must be above 0 under a log transform",
    ),
    (
        'direction = "cost"',
        'direction = "target"',
        '[[indicator]] "tariff": direction "target" and the key target go together',
    ),
    (
        'direction = "cost"',
        'direction = "cost"\ntarget = 0',
        'direction "target" and the key target go together',
    ),
    (
        'direction = "cost"',
        'direction = "target"\ntarget = 9\ngoalposts = [0, 5]',
        "target: 9 lies outside the goalposts [0, 5]",
    ),
    (
        'name = "small"',
        'name = "small"\nnormalization = "goalposts"',
        '[[indicator]] "gdp": key goalposts is missing, the normalization is goalposts',
    ),
    (
        'direction = "cost"',
        'direction = "cost"\nwindow = 5',
        'window: "latest" takes one year; name another statistic',
    ),
    (
        'direction = "cost"',
        'direction = "cost"\nstatistic = "volatility"\nwindow = 2',
        "window: a volatility needs 3 years or more, got 2",
    ),
    (
        'name = "small"',
        'name = "small"\nmissing = "group-median"',
        'missing = "group-..." needs the key group',
    ),
    (
        'code = "legal"',
        'code = "legal"\naggregation = "power"',
        'aggregation "power" and the key power go together',
    ),
    ('code = "legal"', 'code = "legal"\npower = 2', 'aggregation "power" and the key power go'),
    (
        'code = "legal"',
        'code = "legal"\naggregation = "power"\npower = 0',
        "power: 0 is the geometric mean; name that",
    ),
    # the tree
    (
        'parent = "economic"',
        'parent = "econmic"',
        '[[factor]] "size", parent: there is no factor "econmic"; the factors are "economic", '
        '"size", "legal". '
        'Did you mean "economic"?',
    ),
    (
        'factor = "size"',
        'factor = "volume"',
        'factor: there is no factor "volume"; the factors are "economic", "size", "legal".',
    ),
    ('parent = "economic"', 'parent = "size"', '[[factor]] "size", parent: it is its own ancestor'),
    (
        '[[factor]]\ncode = "economic"',
        '[[factor]]\ncode = "economic"\nparent = "size"',
        '[[factor]] "economic", parent: it is its own ancestor',
    ),
    ('code = "growth"', 'code = "gdp"', 'code "gdp" is used 2 times'),
    ('code = "growth"', 'code = "legal"', 'code "legal" is used 2 times; factors and indicators'),
    (
        'code = "legal"',
        'code = "score"',
        '[[factor]] "score", code: the word is kept for a column of the ranking; use another',
    ),
    (
        'factor = "legal"',
        'factor = "economic"',
        '[[factor]] "legal": no indicator and no factor is under it',
    ),
    (
        'direction = "cost"',
        'direction = "cost"\nweight = 0',
        'the weights of "tariff" are all zero; at least one must count',
    ),
    # judgements
    ("END", 'more = "legal"\nless = "economic"', '"legal : economic": key ratio is missing'),
    ("END", "ratio = 1", "[[judgement]] number 1: key more is missing"),
    (
        "END",
        'more = "legal"\nless = "economic"\nratio = 0',
        'got 0; a positive number, or a text like "1/3", is needed',
    ),
    ("END", 'more = "legal"\nless = "economic"\nratio = "1/0"', "got '1/0'; a positive number"),
    ("END", 'more = "legal"\nless = "economic"\nratio = "1/"', "got '1/'; a positive number"),
    ("END", 'more = "legal"\nless = "economic"\nratio = "nan"', "got 'nan'; a positive number"),
    ("END", 'more = "legal"\nless = "economic"\nratio = "1e999999999"', "a positive number"),
    (
        "END",
        'more = "legal"\nless = "size"\nratio = 3',
        'less: "size" is not a top factor; they are "economic", "legal".',
    ),
    (
        "END",
        'more = "sise"\nless = "growth"\nratio = 3\nof = "economic"',
        'more: "sise" is not a child of "economic"; they are "size", "growth". '
        'Did you mean "size"?',
    ),
    (
        "END",
        'more = "size"\nless = "growth"\nratio = 3\nof = "econmic"',
        'of: there is no factor "econmic"; the factors are "economic", "size", "legal". '
        'Did you mean "economic"?',
    ),
    ("END", 'more = "legal"\nless = "legal"\nratio = 3', "something is compared with itself"),
    (
        "END",
        'more = "legal"\nless = "economic"\nratio = 3\n'
        '[[judgement]]\nmore = "economic"\nless = "legal"\nratio = 3',
        '[[judgement]] "economic : legal": this pair is judged twice',
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_of_a_file_is_named(old: str, new: str, message: str) -> None:
    text = f"{SMALL}\n[[judgement]]\n{new}" if old == "END" else SMALL.replace(old, new, 1)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        Framework.from_toml(text)
    for fault in caught.value.faults:
        assert fault.code in CODES
        assert fault.code != "own-words"
        assert fault.where


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_document_has_the_faults_of_its_file(old: str, new: str, message: str) -> None:
    text = f"{SMALL}\n[[judgement]]\n{new}" if old == "END" else SMALL.replace(old, new, 1)
    with pytest.raises(InputError, match=re.escape(message)) as of_file:
        Framework.from_toml(text)
    read = tomllib.loads(text)
    before = deepcopy(read)
    with pytest.raises(InputError) as of_document:
        Framework.from_document(read)
    assert of_document.value.faults == of_file.value.faults
    assert str(of_document.value) == str(of_file.value)
    assert read == before


@pytest.mark.parametrize("sent", ["pestle", "mine.toml", Path("mine.toml"), None, 3, [], b"{}"])
def test_a_document_is_a_mapping_and_never_a_path(sent: Any) -> None:
    with pytest.raises(InputError, match="a mapping is needed, as to_document gives it") as caught:
        Framework.from_document(sent)
    (fault,) = caught.value.faults
    code = "missing" if sent is None else "wrong-type"
    assert (fault.code, fault.where) == (code, "framework")


@pytest.mark.parametrize("table", ["factor", "indicator", "judgement"])
@pytest.mark.parametrize("rows", ["", "gdp", {}, {"code": "gdp"}, 3, [3], [None]])
def test_what_is_no_list_of_tables_is_refused_in_a_document(table: str, rows: Any) -> None:
    with pytest.raises(InputError, match=rf"\[\[{table}\]\]: a list of tables is needed"):
        Framework.from_document(small().to_document() | {table: rows})


def test_null_in_a_document_is_not_set() -> None:
    sent = small().to_document()
    sent |= {"decimals": None, "group": None, "judgement": None}
    sent["factor"][0] |= {"parent": None, "power": None}
    sent["indicator"][0] |= {"target": None, "series": None}
    assert Framework.from_document(sent) == small()
    with pytest.raises(InputError, match="framework: key name is missing"):
        Framework.from_document(sent | {"name": None})


@pytest.mark.parametrize("key", ["options", "title", "judgement"])
def test_a_document_that_goes_on_and_on_is_refused(key: str) -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    sent = [endless] if key == "judgement" else endless
    with pytest.raises(InputError) as caught:
        Framework.from_document(small().to_document() | {key: sent})
    assert caught.value.faults[0].code in ("too-large", "unreadable", "wrong-type", "missing-key")


def test_keys_of_a_document_that_are_no_text_are_unknown() -> None:
    with pytest.raises(InputError, match='key "3" is unknown'):
        Framework.from_document({**small().to_document(), 3: "x"})  # type: ignore[dict-item]


def test_a_group_is_either_stated_or_judged() -> None:
    text = SMALL.replace('code = "legal"', 'code = "legal"\nweight = 1', 1)
    text += '[[judgement]]\nmore = "legal"\nless = "economic"\nratio = 3\n'
    message = r'"legal" also has a stated weight; a group takes its weights from one or the other'
    with pytest.raises(InputError, match=message):
        Framework.from_toml(text)


def test_a_group_stated_and_judged_is_one_fault() -> None:
    text = SMALL.replace('code = "legal"', 'code = "legal"\nweight = 1', 1)
    text += '[[judgement]]\nmore = "legal"\nless = "economic"\nratio = 3\n' * 2
    with pytest.raises(InputError, match=r"(?s)2 faults.*stated weight.*judged twice"):
        Framework.from_toml(text)


def test_all_faults_come_in_one_error() -> None:
    text = SMALL.replace("direction", "dirction").replace(
        'name = "small"', 'name = "small"\nrange = 3'
    )
    with pytest.raises(InputError) as caught:
        Framework.from_toml(text)
    message = str(caught.value)
    assert message.startswith('framework "small" has 7 faults:')
    assert (
        message.count('key "dirction" is unknown; rename or drop it. Did you mean "direction"?')
        == 3
    )
    assert message.count("key direction is missing") == 3
    assert message.count("range: got 3") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "framework: this is not TOML: "),
        ('name = "x"', "[[indicator]]: there is none; at least one is needed"),
        (
            'name = "x"\nindicator = 3',
            "[[indicator]]: a list of tables is needed; write [[indicator]]",
        ),
        ('name = "x"\nfactor = [1]', "[[factor]]: a list of tables is needed"),
        (None, "framework: got NoneType; TOML text is needed"),
    ],
)
def test_what_is_no_framework_is_refused(text: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        Framework.from_toml(text)


def test_a_framework_built_in_python_has_the_same_faults() -> None:
    with pytest.raises(
        InputError, match=r'framework "x": \[\[indicator\]\] "i", factor: there is no'
    ):
        Framework(
            name="x",
            factors=(Factor(code="a"),),
            indicators=(
                Indicator(code="i", factor="b", direction="cost"),
                Indicator(code="j", factor="a", direction="cost"),
            ),
        )


def test_options_that_toml_cannot_hold_are_refused() -> None:
    with pytest.raises(
        InputError, match=r'framework "small", options: .*TOML holds texts, numbers'
    ):
        replace(small(), options={"ideal": None}).to_toml()


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml\" cannot be read: No such file"):
        load_framework(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.toml\" is not UTF-8 text"):
        load_framework(tmp_path / "latin.toml")
    (tmp_path / "bad.toml").write_text("name =", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.toml: framework: this is not TOML"):
        load_framework(tmp_path / "bad.toml")


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match=r'no framework "pestel"; shipped are .*mean "pestle"\?'):
        load_framework("pestel")


# Faults of a table

TABLE = {"code": ["gdp", "debt"], "factor": ["a > b", "a"], "direction": ["benefit", "cost"]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"direction": ["benefit", None]}, '[[indicator]] "debt": key direction is missing'),
        ({"code": ["gdp", None]}, "[[indicator]] number 2: key code is missing"),
        (
            {"dirction": ["cost", "cost"]},
            'column "dirction" is unknown; rename or drop it. Did you mean',
        ),
        ({"goalpost_low": [1, 1]}, "goalposts: got [1, None]; two finite numbers"),
        ({"weight": [1, -1]}, '"debt", weight: got -1; a finite number, 0 or more'),
        ({"weight": ["1", "x"]}, "got 'x'; a finite number"),
        ({"factor": ["a > b", "c > b"]}, 'factor "b" stands under "c" and under "a"; choose one'),
        ({"factor": ["a > ", "a"]}, "code: got ''; a code is needed"),
        ({"factor": ["a > a", "a"]}, '[[factor]] "a", parent: it is its own ancestor'),
    ],
)
def test_a_fault_of_a_table_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        Framework.from_table(pd.DataFrame(TABLE | changes))


def test_a_table_needs_codes() -> None:
    table = pd.DataFrame(TABLE).rename(columns={"code": "Code"})
    with pytest.raises(InputError, match=r'no column code, nor an index of codes.*mean "Code"\?'):
        Framework.from_table(table)


@pytest.mark.parametrize("table", [[], "rules.csv", {"code": ["a"]}, pl.Series(["a"])])
def test_what_is_no_table_is_no_framework(table: Any) -> None:
    with pytest.raises(InputError, match=r"table: got \w+; a pandas DataFrame is needed, or a t"):
        Framework.from_table(table)
    with pytest.raises(InputError, match=r"factors: got \w+; a pandas DataFrame is needed, or a"):
        Framework.from_table(pd.DataFrame(TABLE), factors=table)


def test_a_column_that_is_there_twice_is_refused() -> None:
    table = pd.DataFrame(TABLE).assign(unit="%", name="x").rename(columns={"name": "unit"})
    with pytest.raises(InputError, match='column "unit" is there 2 times'):
        Framework.from_table(table)


def test_an_unknown_column_is_one_fault() -> None:
    with pytest.raises(InputError, match=r'^framework "custom": column "note" is unknown'):
        Framework.from_table(pd.DataFrame(TABLE).assign(note="x"))


def test_a_path_and_the_table_of_factors_must_agree() -> None:
    factors = pd.DataFrame({"code": ["a", "b"], "parent": [None, None]})
    with pytest.raises(InputError, match='factor "b" stands under "a" and at the top; choose one'):
        Framework.from_table(pd.DataFrame(TABLE), factors=factors)


def test_the_last_observation_is_the_tables_business() -> None:
    text = load_framework("pestle").to_toml()
    wrong = text.replace('name = "pestle"', 'name = "pestle"\nmissing = "last-observation"', 1)
    with pytest.raises(InputError, match=r"missing: got 'last-observation'; .* max_age of"):
        Framework.from_toml(wrong)


def test_faults_of_values_links_and_judgements_come_together() -> None:
    text = """name = "x"
[[factor]]
code = "a"
[[indicator]]
code = "i"
factor = "b"
direction = "cots"
[[judgement]]
more = "zz"
less = "i"
ratio = "five"
"""
    with pytest.raises(InputError) as caught:
        Framework.from_toml(text)
    told = str(caught.value)
    for part in ("got 'cots'", 'no factor "b"', "got 'five'", '"zz" is not a top factor'):
        assert part in told
    assert told.count("cots") == 1


def test_judgements_go_out_and_in_with_the_tables() -> None:
    judged = Framework(
        name="judged",
        factors=(Factor(code="demand"), Factor(code="living")),
        indicators=(
            Indicator(code="gdp", factor="demand", direction="benefit"),
            Indicator(code="rent", factor="living", direction="cost"),
        ),
        judgements=(Judgement(more="demand", less="living", ratio=3.0),),
    )
    again = Framework.from_table(
        judged.to_table(),
        name="judged",
        factors=judged.factors_table(),
        judgements=judged.judgements,
        decimals=judged.decimals,
    )
    assert again == judged


def test_a_wrong_judgement_beside_a_table_is_told_as_it_was_given() -> None:
    wrong = Judgement(more="a", less="b", ratio=0)
    with pytest.raises(InputError, match='"a : b", ratio: got 0; a positive number'):
        Framework.from_table(pd.DataFrame(TABLE | {"factor": ["a", "b"]}), judgements=[wrong])


def test_toml_is_written_as_one_writes_it_by_hand() -> None:
    lines = load_framework("pestle").to_toml().splitlines()
    assert lines.count("[[factor]]") == len(load_framework("pestle").factors)
    assert lines.count("[[indicator]]") == len(load_framework("pestle").indicators)


def test_children_of_a_factor_that_is_not_there_are_refused() -> None:
    with pytest.raises(InputError, match=r'no factor "legl".*Did you mean "legal"'):
        load_framework("pestle").children("legl")
    assert load_framework("pestle").children("RL.EST") == ()


def test_a_framework_takes_nodes_not_texts() -> None:
    nodes: Any = ("a",)
    with pytest.raises(InputError, match=r'framework "x": got str; a Factor is needed'):
        Framework(name="x", factors=nodes, indicators=())


# Faults are data


def test_a_fault_of_a_file_says_its_code_place_and_remedy() -> None:
    text = SMALL.replace('direction = "cost"', 'direction = "costs"\nwieght = 1')
    with pytest.raises(InputError) as caught:
        Framework.from_toml(text)
    assert caught.value.faults == (
        Fault(
            "unknown-word",
            '[[indicator]] "tariff", direction',
            "got 'costs'",
            'use one of "benefit", "cost", "target", "function". Did you mean "cost"?',
        ),
        Fault(
            "unknown-key",
            '[[indicator]] "tariff"',
            'key "wieght" is unknown',
            'rename or drop it. Did you mean "weight"?',
        ),
    )


def test_a_fault_of_a_table_says_its_column() -> None:
    with pytest.raises(InputError) as caught:
        Framework.from_table(pd.DataFrame(TABLE | {"factor": ["a > b", "c > b"], "note": "x"}))
    assert [(fault.code, fault.where) for fault in caught.value.faults[:2]] == [
        ("unknown-key", 'column "note"'),
        ("contradiction", 'factor "b"'),
    ]


def test_faults_of_weights_say_their_codes() -> None:
    weights: Any = {"legl": 1, "economic": "many", "size": 0, "growth": 0}
    with pytest.raises(InputError) as caught:
        small().with_weights(weights)
    codes = ["unknown-name", "not-a-number", "missing-name", "all-zero"]
    assert [fault.code for fault in caught.value.faults] == codes


def test_the_faults_of_a_file_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL.replace('"cost"', '"costs"'), encoding="utf-8")
    with pytest.raises(
        InputError, match=r'mine\.toml: framework "small": \[\[indicator\]\]'
    ) as caught:
        load_framework(path)
    assert [fault.code for fault in caught.value.faults] == ["unknown-word"]


# Numbers


@pytest.mark.parametrize("number", [3, "3", " 3e0", Decimal(3), np.float32(3), np.int64(3)])
def test_a_number_of_any_type_is_held_as_a_plain_float(number: Any) -> None:
    framework = replace(
        small(),
        factors=tuple(replace(factor, weight=number) for factor in small().factors),
        indicators=tuple(
            replace(i, weight=number, goalposts=(0, number)) for i in small().indicators
        ),
        range=(0, number),
    ).with_weights({"size": number, "growth": 1})
    numbers = [
        framework.factors[0].weight,
        framework.factors[1].weight,
        framework.indicators[0].weight,
        *(framework.indicators[0].goalposts or ()),
        *framework.range,
    ]
    assert numbers == [3, 3, 3, 0, 3, 0, 3]
    assert {type(each) for each in numbers} == {float}
    assert type(Judgement(more="a", less="b", ratio=number).ratio) is float
    assert Framework.from_toml(framework.to_toml()) == framework


@pytest.mark.parametrize("number", [2, np.int64(2), np.uint8(2)])
def test_a_count_of_any_type_is_held_as_a_plain_integer(number: Any) -> None:
    framework = replace(small(), decimals=number, winsorize_max=number)
    assert (framework.decimals, framework.winsorize_max) == (2, 2)
    assert type(framework.decimals) is type(framework.winsorize_max) is int


@pytest.mark.parametrize("wrong", [True, np.True_, "1_000", "1,5", "12 %", float("nan"), None])
def test_what_is_no_number_is_none_in_any_table(wrong: Any) -> None:
    for node in (
        {"factors": tuple(replace(f, weight=wrong) for f in small().factors)},
        {"indicators": tuple(replace(i, weight=wrong) for i in small().indicators)},
        {"judgements": (Judgement(more="economic", less="legal", ratio=wrong),)},
        {"range": (0, wrong)},
    ):
        if wrong is None and not {"judgements", "range"} & node.keys():
            continue  # not set: the default holds
        with pytest.raises(InputError):
            replace(small(), **node)
    if wrong is not None:
        with pytest.raises(InputError):
            small().with_weights({"economic": wrong, "legal": 1})


def test_none_in_python_is_not_set() -> None:
    nothing: Any = None
    assert Factor(code="a", name=nothing, weight=nothing) == Factor(code="a")
    assert replace(small(), missing=nothing, options=nothing) == small()


def test_text_of_a_table_is_read_as_numbers() -> None:
    table = pd.DataFrame(
        TABLE | {"weight": ["3", "1"], "goalpost_low": ["0", " "], "goalpost_high": ["1e3", ""]}
    )
    first, second = Framework.from_table(table).indicators
    assert (first.weight, first.goalposts, second.goalposts) == (3.0, (0.0, 1000.0), None)


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA, pd.NaT, "", " ", "\t"])
def test_a_blank_cell_of_a_table_is_not_set(blank: Any) -> None:
    bare = Framework.from_table(pd.DataFrame(TABLE))
    keys = ("weight", "name", "statistic", "window", "target", "goalpost_low", "goalpost_high")
    table = pd.DataFrame(TABLE | {key: pd.Series([blank] * 2, dtype=object) for key in keys})
    assert Framework.from_table(table) == bare


# What is frozen stays frozen


def optioned() -> Framework:
    return replace(small(), method="promethee", options={"p": [1, 2], "deep": {"q": [3]}})


def test_options_cannot_be_changed() -> None:
    shipped = load_framework("pestle")
    before = shipped.to_toml()
    options: Any = shipped.options
    with pytest.raises(TypeError):
        options["normalization"] = "vector"
    assert load_framework("pestle").to_toml() == before
    given: dict[str, Any] = {"p": [1, 2]}
    framework = replace(small(), options=given)
    given["p"].append(3)
    given["q"] = 4
    assert framework.options == {"p": (1, 2)}


@pytest.mark.parametrize("again", [copy, deepcopy, lambda f: pickle.loads(pickle.dumps(f))])
@pytest.mark.parametrize("make", [small, judged, mixed, optioned])
def test_a_framework_is_equal_after_a_copy_and_hashes_equal(again: Any, make: Any) -> None:
    framework = make()
    assert framework.tree.top  # worked out before it is copied
    copied = again(framework)
    assert copied == framework == make()
    assert hash(copied) == hash(framework) == hash(make())
    assert copied.local_weights() == framework.local_weights()
    for node in (*framework.factors, *framework.indicators, *framework.judgements):
        assert again(node) == node
        assert hash(again(node)) == hash(node)


def test_frameworks_that_differ_in_an_option_alone_differ() -> None:
    one, other = (replace(small(), options={"v": value}) for value in (0.5, 0.6))
    assert len({small(), one, other, replace(one)}) == 3


def test_a_list_that_is_given_is_not_kept() -> None:
    factors: Any = list(small().factors)
    indicators: Any = list(small().indicators)
    nothing: Any = []
    framework = Framework(name="small", factors=factors, indicators=indicators, judgements=nothing)
    factors.clear()
    indicators.clear()
    assert framework == small()


def test_a_changed_copy_has_a_tree_of_its_own() -> None:
    framework = mixed()
    assert framework.top == ("a", "b")
    heavy = tuple(replace(f, weight=9.0) if f.code == "b" else f for f in framework.factors)
    changed = replace(framework, factors=heavy)
    assert changed.local_weights()["b"] == 9 / 12
    assert changed.shares_within("a") == framework.shares_within("a")
    assert framework.subset(["b"]).top == ("b",)


def test_the_tree_cannot_be_written_into() -> None:
    tree: Any = mixed().tree
    for held in (tree.local, tree.whole, tree.parents, tree.children, tree.within["a"]):
        with pytest.raises(TypeError):
            held["a"] = 1
    for array in (tree.shares, tree.split[None]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    mixed().local_weights()["a"] = 1  # a copy


@given(frameworks())
def test_the_arrays_of_a_tree_are_its_weights(framework: Framework) -> None:
    tree = framework.tree
    for place, factor in enumerate(tree.factors):
        column = dict(zip(tree.indicators, tree.shares[:, place].tolist(), strict=True))
        shares = framework.shares_within(factor)
        assert {code: share for code, share in column.items() if code in shares} == shares
        assert not any(column[code] for code in column if code not in shares)
        local = [framework.local_weights()[code] for code in framework.children(factor)]
        assert tree.split[factor].tolist() == local
    assert tree.above == {
        code: () if above is None else (above, *tree.above[above])
        for code, above in tree.parents.items()
    }


def test_a_changed_copy_is_refused_as_a_new_one_would_be() -> None:
    wrong: Any = "zero"
    with pytest.raises(InputError, match="missing: got 'zero'"):
        replace(small(), missing=wrong)
    heavy = tuple(replace(f, weight=-1.0) for f in small().factors)
    with pytest.raises(InputError, match='"economic", weight: got -1'):
        replace(small(), factors=heavy)
    with pytest.raises(InputError, match='no factor "size"'):
        replace(small(), factors=(small().factors[0], small().factors[2]))
    with pytest.raises(InputError, match="key goalposts is missing"):
        replace(small(), normalization="goalposts")


def test_nodes_that_were_checked_are_not_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    framework, read = load_framework("pestle"), []
    true = document.document_row

    def counted(table: str, *rest: Any) -> Any:
        read.append(table)
        return true(table, *rest)

    monkeypatch.setattr(document, "document_row", counted)
    framework.with_weights(dict.fromkeys(framework.top, 1.0))
    assert Counter(read) == {"factor": 6, "framework": 1}


# How it shows itself


@pytest.mark.parametrize("name", SHIPPED)
def test_a_framework_shows_itself_in_ten_lines(name: str) -> None:
    framework = load_framework(name)
    shown = repr(framework)
    assert len(shown.splitlines()) <= 10
    assert max(map(len, shown.splitlines())) <= 120
    for part in (framework.title, f"{len(framework.indicators)} indicators", *framework.top):
        assert part in shown
    assert "normalization" in shown
    assert framework.method in shown


def test_a_framework_shows_what_an_analyst_wants_to_see() -> None:
    framework = replace(
        judged(), title="Cities", missing="group-mean", group="region", decimals=1, range=(1, 5)
    )
    assert repr(framework) == (
        'Framework "small": Cities\n'
        "3 factors, 3 indicators, 2 judgements\n"
        "top factors: economic, legal\n"
        "weights: by judgements\n"
        "normalization: min-max, range 1 to 5\n"
        "treatment: none\n"
        "missing: group-mean of region, coverage of 66% needed\n"
        "method: weighted_sum, scores to 1 decimal(s)"
    )
    assert "top factors: a 75%, b 25%" in repr(mixed())
    many = Framework(
        name="many",
        factors=tuple(Factor(code=f"f{i}") for i in range(20)),
        indicators=tuple(
            Indicator(code=f"i{i}", factor=f"f{i}", direction="cost") for i in range(20)
        ),
        options={"v": 0.5},
    )
    assert "f7 5% and 12 more" in repr(many)
    assert "{'v': 0.5}" in repr(many)


# Types help the caller


@pytest.mark.slow
def test_a_type_checker_finds_misspelt_words_in_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """import marketselect as ms
ms.Framework(name="a", factors=(), indicators=(), missing="rewieght")
ms.Framework(name="b", factors=(), indicators=(), normalization="minmax")
ms.Framework(name="c", factors=(), indicators=(), treatment="winsorize")
ms.Framework(name="d", factors=(), indicators=(), weights="entrpy", method="topsys")
ms.Indicator(code="e", factor="f", direction="up")
ms.Factor(code="g", aggregation="mean")
ms.Framework(name="h", factors=(), indicators=(), missing="drop", normalization="z-score")
ms.load_framework("pestle").with_weights({"political": 1})
ranking = ms.rank_markets(ms.load_indicators(), "pestle", method="topsis", weights="entropy")
ms.robustness(ranking, around="anny")
ms.contributions(ranking, level="indicators")
ms.topsis([[1, 2]], [1, 1], normalization="vektor", directions=["benefit", "cost"])
ms.ahp([[1, 2]], [1, 1], mode="distributed")
ms.ahp_weights([[1, 2], [0.5, 1]], method="eigen")
ms.consensus(ranking.table, method="bordas")
ms.promethee([[1, 2]], [1, 1], preference="lin")
ms.robustness(ranking, around="any"), ms.contributions(ranking, level="indicator")
ms.promethee([[1, 2]], [1, 1], preference=["linear", "usual"])
ranking.table.head(), ranking.provenance["data"], ms.METHODS["topsis"].linear
ms.rank_bounds(ranking, tolerance="usuall")
ms.Framework.from_table(ranking.table, missing="rewieght")
ms.Framework.from_table(ranking.table, normalisation="rank")
ms.rank_bounds(ranking, tolerance="usual"), ms.rank_bounds(ranking, tolerance=0.1)
ms.Framework.from_table(ranking.table, missing="drop", normalization=None, range=(1, 100))
""",
        encoding="utf-8",
    )
    # Only this package's own types matter, so those of others are not read: seconds, not minutes.
    quick = ["--no-site-packages", "--ignore-missing-imports", "--follow-imports=silent"]
    alone = ["--config-file", "", f"--cache-dir={tmp_path}"]
    monkeypatch.setenv("MYPYPATH", str(Path(ms.__file__).parents[1]))
    told, _, code = mypy.api.run(["--strict", *alone, *quick, str(script)])
    assert code == 1
    assert [int(line) for line in re.findall(r"script\.py:(\d+): error", told)] == [
        2,
        3,
        4,
        5,
        5,
        6,
        7,
        *range(11, 18),
        *range(21, 24),
    ]


def test_the_settings_of_a_table_are_the_keys_of_a_framework() -> None:
    keys = {item.name for item in fields(ms.Framework)}
    assert set(vocabulary.Settings.__annotations__) == keys - {
        "name", "factors", "indicators", "judgements", "screens",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "used"),
    [
        (vocabulary.METHOD_NAMES, ms.METHODS),
        (vocabulary.WEIGHTINGS, WEIGHTINGS),
    ],
)
def test_the_words_of_the_types_are_those_that_are_there(words: Any, used: Any) -> None:
    assert set(words) == set(used)
