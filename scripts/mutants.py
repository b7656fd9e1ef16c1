"""Break methods and weightings line by line, and count the changes that no test notices.

`make mutants` runs it; ARGS="_topsis" takes one file. mutmut makes the changes, in a copy in a
temporary folder, and runs on each the tests that reach it. Survivors are printed; those that
must survive are explained in tests/methods/SURVIVORS.md.
"""

import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from shutil import copytree

ROOT = Path(__file__).parents[1]
PACKAGE = Path("src/marketselect")
LEAST = 0.9  # of the mutants of each file must die
SURVIVED, NO_TEST = 0, 33  # exit statuses that mutmut records; any other is a death

# The full number of hypothesis' examples on each mutant would take hours.
FEW = {"CI": "true", "HYPOTHESIS_PROFILE": "mutants"}

# A mutant that runs for ever is stopped after so many times what its tests take.
PATIENCE = 4

# Lines of tests that are left out: between a warning and its caller stands a call of mutmut's own.
CALLER = ("filename", "__file__")

REFUSED = "methods/test_refusals.py"
EVERY_METHOD = ("methods/test_every_method.py", REFUSED)
WEIGHTS_REFUSED = "weighting/test_refusals.py"
# Each source file and the tests that belong to it: quick ones, since each mutant runs them.
TESTS = {
    "methods/_weighted_sum.py": ("methods/test_weighted_sum.py", *EVERY_METHOD),
    "methods/_weighted_product.py": ("methods/test_weighted_product.py", *EVERY_METHOD),
    "methods/_topsis.py": ("methods/test_topsis.py", *EVERY_METHOD),
    "methods/_ahp.py": ("methods/test_ahp.py", *EVERY_METHOD),
    "methods/_vikor.py": ("methods/test_vikor.py", *EVERY_METHOD),
    "methods/_promethee.py": ("methods/test_promethee.py", *EVERY_METHOD),
    "methods/_copeland.py": ("methods/test_copeland.py", *EVERY_METHOD),
    "methods/_mazziotta_pareto.py": ("methods/test_mazziotta_pareto.py", *EVERY_METHOD),
    "methods/_benefit_of_the_doubt.py": ("methods/test_benefit_of_the_doubt.py", *EVERY_METHOD),
    "methods/_sorted_flows.py": ("methods/test_sorted_flows.py", "methods/test_promethee.py"),
    "methods/_net_flows.py": ("methods/test_net_flows.py", "methods/test_promethee.py"),
    "methods/_weighted_harmonic.py": ("methods/test_weighted_harmonic.py",),
    "methods/_distances.py": ("methods/test_distances.py", "methods/test_topsis.py", REFUSED),
    "methods/calling.py": ("methods/test_calling.py",),
    "methods/__init__.py": ("methods/test_as_method.py",),
    "methods/games.py": ("methods/test_games.py",),
    "methods/method.py": ("methods/test_method_fields.py",),
    "methods/options.py": ("methods/test_options.py",),
    "weighting/__init__.py": ("weighting/test_as_rule.py", WEIGHTS_REFUSED),
    "weighting/rule.py": ("weighting/test_as_rule.py", "weighting/test_weight_rules.py"),
    "weighting/stated.py": ("weighting/test_stated.py", WEIGHTS_REFUSED),
    "weighting/data_driven.py": ("weighting/test_data_driven.py", WEIGHTS_REFUSED),
    "weighting/components.py": ("weighting/test_data_driven.py", WEIGHTS_REFUSED),
    "weighting/removal.py": ("weighting/test_removal.py", WEIGHTS_REFUSED),
    "weighting/by_influence.py": ("weighting/test_by_influence.py",),
    "weighting/best_worst.py": (
        "weighting/test_best_worst.py",
        "weighting/test_best_worst_ratios.py",
        WEIGHTS_REFUSED,
    ),
    "weighting/best_worst_ratios.py": ("weighting/test_best_worst_ratios.py",),
    "arrays/columns.py": ("arrays/test_columns.py",),
    "weighting/pairwise/judgement.py": ("weighting/pairwise/test_judgement.py", WEIGHTS_REFUSED),
    "weighting/pairwise/groups.py": ("weighting/pairwise/test_judgement.py", WEIGHTS_REFUSED),
    "weighting/pairwise/_persons.py": ("weighting/pairwise/test_judgement.py", WEIGHTS_REFUSED),
    "weighting/pairwise/_rows.py": ("weighting/test_stated.py", WEIGHTS_REFUSED),
    "weighting/pairwise/_comparisons.py": ("weighting/pairwise/test_judgement.py", WEIGHTS_REFUSED),
    "weighting/pairwise/_consistency.py": ("weighting/pairwise/test_judgement.py", WEIGHTS_REFUSED),
    "arrays/rescaling.py": ("arrays/test_rescaling.py", "methods/test_topsis.py", REFUSED),
    "values.py": ("test_values.py",),
    "ranks.py": ("test_ranks.py",),
    "uncertainty/agreement.py": ("uncertainty/test_agreement.py",),
    "uncertainty/votes.py": ("uncertainty/test_votes.py", "uncertainty/test_agreement.py"),
    "uncertainty/kemeny.py": ("uncertainty/test_kemeny.py",),
    "uncertainty/tiers.py": ("uncertainty/test_tiers.py",),
    "scoring/value_functions.py": ("scoring/test_value_functions.py",),
}


def main(words: list[str]) -> int:
    """Run the files whose path holds one of the words, or all; fail where too few mutants die."""
    chosen = [path for path in TESTS if not words or any(word in path for word in words)]
    if not chosen:
        print(f"mutants: no file holds {' or '.join(words)}; files: {', '.join(TESTS)}")
        return 2
    print(f"{'file':34} {'mutants':>8} {'killed':>7} {'share':>6} {'time':>8}", flush=True)
    weak = [path for path in chosen if run(path) < LEAST]
    if weak:
        print(f"fewer than {LEAST:.0%} of the mutants die in {', '.join(weak)}")
    return 1 if weak else 0


def run(path: str) -> float:
    """Mutate one file and print what came of it; return the share of mutants that died."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        prepare(copy, path)
        done = mutmut(copy, "run")
        record = copy / "mutants" / PACKAGE / f"{path}.meta"
        if done.returncode or not record.exists():
            raise SystemExit(f"mutmut stopped on {path}:\n{done.stdout[-2000:]}{done.stderr}")
        status: dict[str, int | None] = json.loads(record.read_text())["exit_code_by_key"]
        lived = [name for name, code in status.items() if code in (SURVIVED, NO_TEST)]
        share = 1 - len(lived) / len(status) if status else 1.0
        killed, took = len(status) - len(lived), time.monotonic() - began
        print(f"{path:34} {len(status):8} {killed:7} {share:6.1%} {took:6.0f} s", flush=True)
        unreached = Counter(function_of(name) for name in lived if status[name] == NO_TEST)
        for function, count in unreached.items():
            print(f"  {function}: no test reaches it ({count} mutants)")
        for name in lived:
            if status[name] == SURVIVED:
                print(survivor(name, mutmut(copy, "show", name).stdout), flush=True)
    return share


def prepare(copy: Path, path: str) -> None:
    """Lay out the copy that mutmut works in, set up for one source file."""
    hidden = "__pycache__"
    for name in ("src", "tests", "data"):
        copytree(ROOT / name, copy / name, ignore=lambda _, names: {hidden} & set(names))
    for test in (copy / "tests" / name for name in TESTS[path]):
        lines = test.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = (line for line in lines if not all(word in line for word in CALLER))
        test.write_text("".join(kept), encoding="utf-8")
    source = copy / PACKAGE / path
    source.write_text(within_reach(source.read_text(encoding="utf-8")), encoding="utf-8")
    settings = {
        "source_paths": ["src"],
        "only_mutate": [str(PACKAGE / path)],
        "also_copy": ["data"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-m", "not nightly", *alone(path)],
        "timeout_multiplier": PATIENCE,
        "pytest_add_cli_args_test_selection": [f"tests/{name}" for name in TESTS[path]],
    }
    table = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (copy / "pyproject.toml").write_text(f"{project}\n[tool.mutmut]\n{table}", encoding="utf-8")


def alone(path: str) -> list[str]:
    """Return what leaves of the tests of every method only those of one."""
    return ["-k", Path(path).stem.strip("_")] if EVERY_METHOD[0] in TESTS[path] else []


def within_reach(source: str) -> str:
    """Return the source with what mutmut passes over written as plain functions.

    It changes functions and methods only: not properties, and no lambda outside a function.
    """
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            node.body = list(without_decorator(node.body))
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            body += hoisted(node)
        body.append(node)
    tree.body = body
    return ast.unparse(ast.fix_missing_locations(tree))


def without_decorator(body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """Yield a class body with ``x = property(x)`` after the method in place of ``@property``."""
    for node in body:
        plain = isinstance(node, ast.FunctionDef) and [
            ast.unparse(decorator) for decorator in node.decorator_list
        ] == ["property"]
        if plain and isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            yield node
            yield ast.parse(f"{node.name} = property({node.name})").body[0]
        else:
            yield node


def hoisted(assignment: ast.stmt) -> list[ast.stmt]:
    """Put functions in place of an assignment's lambdas and return them."""
    functions: list[ast.stmt] = []

    class Hoist(ast.NodeTransformer):
        def visit_Lambda(self, node: ast.Lambda) -> ast.Name:  # ast's own name
            name = f"lambda_{assignment.lineno}_{len(functions)}"
            function = ast.parse(f"def {name}(): pass").body[0]
            assert isinstance(function, ast.FunctionDef)
            function.args, function.body = node.args, [ast.Return(node.body)]
            functions.append(function)
            return ast.Name(name, ast.Load())

    Hoist().visit(assignment)
    return functions


def mutmut(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut in a folder; hypothesis draws few examples, and the same ones each time."""
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=folder,
        env={**os.environ, **FEW, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def function_of(name: str) -> str:
    """Return the function of mutmut's name for a mutant, such as module.x_vikor__mutmut_3."""
    return name.rpartition(".")[2].partition("__mutmut")[0].removeprefix("x_")


def survivor(name: str, difference: str) -> str:
    """Return one survivor on a few lines: its function, and what was changed."""
    lines = difference.splitlines()
    changed = [line for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++")]
    return "\n".join([f"  {function_of(name)}", *(f"    {line}" for line in changed)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
