"""The code in the documentation: every Python block of every page runs, and shows what it says."""

import doctest
import math
import re
from pathlib import Path
from typing import Any

import pytest

import marketselect as ms

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[int, str]]:
    """Return the Python blocks of a page, each with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, m.start(1)) + 1, m[1]) for m in FENCE.finditer(text)]


def run(code: str, names: dict[str, Any], page: Path, line: int) -> str:
    """Run a block with the names that those before it made; return what it showed wrongly."""
    if ">>>" not in code:
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)
        return ""
    test = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line - 1)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    return "".join(told)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda p: p.name)
def test_the_code_of_a_page_runs(page: Path) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    if told := "".join(run(code, names, page, line) for line, code in blocks(page)):
        pytest.fail(told, pytrace=False)


def test_every_fence_with_a_prompt_is_marked_as_python() -> None:
    for page in PAGES:
        outside = FENCE.sub("", page.read_text(encoding="utf-8"))
        assert ">>>" not in outside, page.name


def test_a_wrong_result_on_a_page_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text.\n\n```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    ((line, code),) = blocks(page)
    told = run(code, {}, page, line)
    assert f'File "{page}", line 4, in page.md' in told
    assert "Got:\n    2" in told


def test_the_readmes_own_figures_rank(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, pattern in (("cities.csv", r"```\n(city,.*?)```"), ("c.toml", r"```toml\n(.*?)```")):
        found = re.search(pattern, text, re.DOTALL)
        assert found is not None
        (tmp_path / name).write_text(found[1], encoding="utf-8")
    figures = ms.read_indicators(tmp_path / "cities.csv")
    ranking = ms.rank_markets(figures, tmp_path / "c.toml", draws=0)
    assert sorted(ranking.table.index) == ["Graz", "Lyon", "Porto"]
    # Lyon's demand: ln(520 / 100) / ln(1000 / 100) of the range
    assert ranking.table.loc["Lyon", "demand"] == pytest.approx(100 * math.log10(5.2))
