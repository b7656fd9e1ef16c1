"""What docs/house.md says of adding is enough: a copy with its two steps ranks by what is new."""

import ast
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import marketselect as ms

PACKAGE = Path(ms.__file__).parent

METHOD = '''"""The weighted mean of square roots, squared."""

from marketselect.arrays.checks import FloatArray, read_matrix
from marketselect.arrays.weights import weight_batch
from marketselect.frozen import frozen_result


@frozen_result
class RootsResult:
    """Scores."""

    scores: FloatArray


def roots(matrix, weights, *, power=2.0):
    """Score markets."""
    given = read_matrix(matrix)
    shares = weight_batch(weights, given.criteria)
    means = ((given.values ** (1 / power)) @ shares[..., None])[..., 0]
    return RootsResult(scores=means**power)
'''
WEIGHTING = '''"""Weights as the squares of what is stated."""

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import weight_batch
from marketselect.frozen import frozen_result


@frozen_result
class SquaresResult:
    """Weights."""

    weights: FloatArray


def squared_weights(stated):
    """Weigh."""
    return SquaresResult(weights=weight_batch(stated**2, len(stated)))
'''
NORMALIZATION = '''def middle(known: Known) -> dict[str, object]:
    """Fit the median, and the largest size as what is divided by."""
    return {"center": float(np.median(known.signed)), "spread": known.size, **known.ends}


'''

# The first step: what is new, and its line in the table.
NEW = {"methods/_roots.py": METHOD, "weighting/_squares.py": WEIGHTING}
TABLE = "_TABLE = (\n"
LINES = [
    ("methods/__init__.py", "from marketselect.methods._topsis", "from marketselect.methods._roots "
     "import roots\n"),
    ("methods/__init__.py", TABLE, '    Method(call=roots, unit=POINTS, description="Roots."),\n'),
    ("weighting/__init__.py", "from marketselect.weighting.data_driven",
     "from marketselect.weighting._squares import squared_weights\n"),
    ("weighting/__init__.py", TABLE, '    WeightRule(name="squares", call=squared_weights, '
     'source="stated", description="squared"),\n'),
    ("scoring/normalization.py", "# To add a normalization", NORMALIZATION),
    ("scoring/normalization.py", TABLE,
     '    Normalization(name="from-the-middle", fit=middle, column=in_own_unit),\n'),
]  # fmt: skip
# The second: its word.
WORDS = {"MethodName": "roots", "WeightingName": "squares", "Normalization": "from-the-middle"}

RANK = """
from dataclasses import replace
from pathlib import Path

import pandas as pd

import marketselect as ms
from marketselect.cli import main

data = pd.DataFrame(
    {"size1": [81.0, 36.0, 64.0], "risk1": [49.0, 100.0, 25.0]}, index=["VNM", "POL", "MEX"]
)
rules = ms.Framework(
    name="two",
    factors=(ms.Factor(code="size", weight=3), ms.Factor(code="risk")),
    indicators=tuple(
        ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
        for code in ("size", "risk")
    ),
)
by_keys = ms.rank_markets(data, replace(rules, method="roots", weights="squares"))
by_arguments = ms.rank_markets(data, rules, method="roots", weights="squares")
assert by_keys.table.equals(by_arguments.table)
print(by_keys.table["score"].round(6).to_dict(), by_keys.weights.round(6).to_dict())

posts = tuple(replace(item, goalposts=None) for item in rules.indicators)
middle = ms.rank_markets(data, replace(rules, indicators=posts, normalization="from-the-middle"))
print(middle.scores.normalized.round(6).to_dict("list"))
anew = ms.normalize(data.head(1), middle.scores.framework, scale=middle.scores.scale)
print(anew.round(6).to_dict("list"))
Path("two.toml").write_text(replace(rules, method="roots", weights="squares").to_toml())
again = ms.load_framework("two.toml")
print(again.method, again.weights)
main(["rank", "--help"])
"""


def insert(file: Path, before: str, text: str, *, after: bool = False) -> None:
    whole = file.read_text(encoding="utf-8")
    assert before in whole, (file.name, before)
    both = before + text if after else text + before
    file.write_text(whole.replace(before, both, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    package = root / "src" / "marketselect"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    if (data := PACKAGE.parents[1] / "data").is_dir():  # a wheel has it inside the package
        shutil.copytree(data, root / "data")
    return root


@pytest.mark.slow
def test_a_method_a_weighting_and_a_normalization_are_added_in_two_steps(copy: Path) -> None:
    package = copy / "src" / "marketselect"
    for name, text in NEW.items():
        (package / name).write_text(text, encoding="utf-8")
    for name, place, line in LINES:
        insert(package / name, place, line, after=place == TABLE)
    for group, word in WORDS.items():
        place = f"\n{group} = Literal[\n"
        insert(package / "framework/vocabulary.py", place, f'    "{word}",\n', after=True)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RANK],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    # Weights 9 and 1 of 10; VNM: (0.9 x 9 + 0.1 x 7)^2 = 8.8^2, and so on.
    # In the middle: size 64, risk 49; divided by the largest, 81 and 100.
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "{'VNM': 77.44, 'MEX': 59.29, 'POL': 40.96} {'size': 0.9, 'risk': 0.1}",
        "{'size1': [0.209877, -0.345679, 0.0], 'risk1': [0.0, 0.51, -0.24]}",
        "{'size1': [0.209877], 'risk1': [0.0]}",
        "roots squares",
    ]
    assert {"roots,", "squares,"} <= set(" ".join(lines[4:]).split())


def test_a_name_stands_for_one_thing_in_the_whole_house() -> None:
    named = Counter(
        name
        for path in PACKAGE.rglob("*.py")
        for name in {
            part.name
            for part in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(part, ast.FunctionDef | ast.ClassDef)
        }
        if not name.startswith("_")
    )
    assert [name for name, times in named.items() if times > 1] == []
