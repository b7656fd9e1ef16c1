"""Make pages of the notebooks: run each from top to bottom, and write what it says and shows.

A page is kept as long as neither its notebook nor the package has changed since.
"""

import re
import shutil
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "generated" / "stories"
LONGEST = 600  # seconds for a cell
FENCE = "`" * 8  # longer than any in an output


def write_stories(_: Sphinx) -> None:
    """Write a page for each notebook; Sphinx calls it before it reads the pages."""
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        page, mark = PAGES / f"{path.stem}.md", f"<!-- {state_of(path)} -->"
        if not (page.exists() and page.read_text(encoding="utf-8").endswith(f"{mark}\n")):
            parts = [*page_parts(executed(path), page.with_suffix("")), mark]
            page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def state_of(path: Path) -> str:
    """Return a hash of all that a notebook's page hangs on."""
    sources = [path, Path(__file__), *sorted((ROOT / "src").rglob("*.py"))]
    return sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()


def executed(path: Path) -> Any:
    """Return a notebook with its outputs, run among copies of what it reads and may write."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("notebooks", "tests/cases"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        place = {"metadata": {"path": str(Path(folder) / "notebooks")}}
        NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources=place).execute()
    return notebook


def page_parts(notebook: Any, page: Path) -> Iterator[str]:
    """Yield a page in parts: the text of the cells, their code, and what each gave."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield cell.source.replace("](../docs/", "](../../")
        else:
            yield f"{FENCE}python\n{cell.source}\n{FENCE}"
            for place, output in enumerate(cell.outputs):
                yield output_part(output, page.with_name(f"{page.name}_{number}_{place}.png"))


def output_part(output: Any, picture: Path) -> str:
    """Return an output as it is best seen: a picture, a table, or text."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "image/png" in data:
        picture.write_bytes(b64decode(data["image/png"]))
        return f"![{picture_words(data.get('text/plain', ''))}]({picture.name})"
    if "text/html" in data:
        return f'{FENCE}{{raw}} html\n<div class="gave">{data["text/html"]}</div>\n{FENCE}'
    return f"{FENCE}text\n{data['text/plain'].rstrip()}\n{FENCE}"


def picture_words(shown: str) -> str:
    """Return what a picture is of: its title, as the text of an Axes has it."""
    title = re.search(r"title=\{'left': (['\"])(.*?)\1\}", shown)
    return "A picture" if title is None else re.sub(r"[\[\]$\\]", "", title[2])
