"""The pages that are made of notebooks."""

import runpy
from base64 import b64encode
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[1]
STORIES = runpy.run_path(str(ROOT / "docs" / "stories.py"))
FENCE = "`" * 8


def test_a_page_has_the_text_the_code_and_what_it_gave(tmp_path: Path) -> None:
    png = b"\x89PNG small"
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": "1 | 2\n"},
        {"output_type": "execute_result", "execution_count": 1, "metadata": {},
         "data": {"text/html": "<table></table>", "text/plain": "a"}},
        {"output_type": "display_data", "metadata": {}, "data": {
            "image/png": b64encode(png).decode(),
            "text/plain": "<Axes: title={'left': 'The $x$ [1]'}, ylabel='y'>"}},
    ]  # fmt: skip
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {},
         "source": "# A title\n\nSee [words](../docs/glossary.md)."},
        {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1,
         "source": "print(1)", "outputs": outputs},
    ]  # fmt: skip
    notebook = nbformat.from_dict(  # type: ignore[no-untyped-call] # nbformat has no hints
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    )
    parts = list(STORIES["page_parts"](notebook, tmp_path / "x"))
    assert parts == [
        "# A title\n\nSee [words](../../glossary.md).",
        f"{FENCE}python\nprint(1)\n{FENCE}",
        f"{FENCE}text\n1 | 2\n{FENCE}",
        f'{FENCE}{{raw}} html\n<div class="gave"><table></table></div>\n{FENCE}',
        "![The x 1](x_1_2.png)",
    ]
    assert (tmp_path / "x_1_2.png").read_bytes() == png


def test_every_notebook_has_its_page_in_the_side_bar() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"<generated/stories/{path.stem}>" in index
