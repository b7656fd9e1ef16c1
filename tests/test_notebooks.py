"""The notebooks run from top to bottom, and hold no output of an earlier run.

Each asserts what its text says, so a run that passes has checked the claims as well.
"""

import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = [
    "1_rank_markets_in_five_minutes",
    "2_your_own_framework_and_judgements",
    "3_how_far_can_i_trust_it",
    "4_reproduce_a_published_index",
    "5_which_markets_for_us",
    "6_does_it_work",
]
LINE = 100  # characters that a printed line has at most
LONGEST = 300  # seconds for a cell; a whole notebook takes less than a minute on a quiet machine
# The first cell of a run: no name is left of the notebook before, and a warning is an error, unless
# it comes from the kernel's own package.
FRESH = """
%reset -f
import warnings

warnings.simplefilter("error")
warnings.filterwarnings("ignore", module=r"ipykernel\\b")
"""


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call] # nbformat has no hints


def code_cells(notebook: Any) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Any], None]]:
    """Run a notebook in one kernel for all, among copies of what they read and for what they write.

    To start a kernel takes as long as to run a notebook, half of which is imports.
    """
    import matplotlib.font_manager  # noqa: F401 # a first import says that it lists the fonts

    checkout = tmp_path_factory.mktemp("checkout")
    for folder in ("notebooks", "tests/cases"):
        shutil.copytree(ROOT / folder, checkout / folder)
    client = NotebookClient(
        nbformat.v4.new_notebook(),  # type: ignore[no-untyped-call]
        timeout=LONGEST,
        kernel_name="python3",
        resources={"metadata": {"path": str(checkout / "notebooks")}},
    )

    async def execute(notebook: Any) -> None:
        client.nb = notebook
        client.reset_execution_trackers()
        for place, cell in enumerate(notebook.cells):
            await client.async_execute_cell(cell, place)

    with asyncio.Runner() as runner:
        kernel = client.async_setup_kernel()
        runner.run(kernel.__aenter__())
        yield lambda notebook: runner.run(execute(notebook))
        runner.run(kernel.__aexit__(None, None, None))


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.nightly  # a kernel of its own, and what the pages show; `.ci/run` runs it, too
@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_runs_and_its_claims_hold(path: Path, run: Callable[[Any], None]) -> None:
    notebook = read(path)
    first = nbformat.v4.new_code_cell(FRESH)  # type: ignore[no-untyped-call]
    notebook.cells.insert(0, first)
    run(notebook)
    said = [out for cell in code_cells(notebook) for out in cell.outputs]
    assert not [out.text for out in said if out.get("name") == "stderr"]
    # A notebook breaks a longer line anywhere, inside of words as well.
    printed = [line for out in said for line in out.get("text", "").split("\n")]
    assert max(map(len, printed), default=0) <= LINE
    pictures = [out for out in said if "image/png" in out.get("data", {})]
    assert pictures


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_is_stored_without_output(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.metadata.kernelspec.name) == (4, "python3")
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in names)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_uses_public_names_and_ends_in_a_decision(path: Path) -> None:
    notebook = read(path)
    source = "\n".join(cell.source for cell in code_cells(notebook))
    assert "import marketselect as ms" in source
    assert "marketselect." not in source
    assert "assert " in source
    last = notebook.cells[-1]
    assert (last.cell_type, last.source.split("\n")[0]) == ("markdown", "## Decision")
