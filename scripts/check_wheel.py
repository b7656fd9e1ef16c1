"""Build the wheel, install it into a fresh environment and rank markets from elsewhere.

Called by ``make check-wheel``; by ``make release`` with a Python and the wheel. Unlike the tests it
resolves the declared dependencies, so it notices one that is missing from pyproject.toml.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
WHERE = "import marketselect; print(marketselect.__file__)"
TOP = 3
STUDY = """
from pathlib import Path
import pandas as pd
import marketselect as ms
table = pd.DataFrame({"code": ["x"], "factor": "f", "direction": "benefit"})
rules = ms.Framework.from_table(table)
made = ms.rank_markets(pd.DataFrame({"x": [1.0, 2.0]}, index=["A", "B"]), rules, draws=0)
print(Path(ms.save_study(made, "study"), "README.md").read_text("utf-8"))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command without this checkout on its path and return what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def main() -> None:
    """Build, install and rank in a temporary folder; leave nothing behind."""
    known = (ROOT / ".git").exists()
    commit = run("git", "rev-parse", "HEAD", cwd=ROOT).strip() if known else ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        python, *built = sys.argv[1:] or [sys.executable]
        if not built:
            run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
        (wheel,) = map(Path, built) if built else folder.glob("*.whl")
        run(python, "-m", "venv", folder / "venv", cwd=folder)
        scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        pip = (scripts / "python", "-m", "pip", "install", "-qq", "--progress-bar", "off")
        run(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=folder)

        module = Path(run(scripts / "python", "-c", WHERE, cwd=folder).strip())
        if not module.is_relative_to(folder / "venv"):
            sys.exit(f"check-wheel: {module} was imported instead of the installed wheel")
        rank = (scripts / "marketselect", "rank", "--top", str(TOP))
        rows = run(*rank, "--format", "csv", cwd=folder).splitlines()
        if len(rows) != TOP + 1:
            sys.exit(f"check-wheel: a header and {TOP} rows were expected, got {len(rows)} lines")
        if f"of the commit `{commit}" not in run(scripts / "python", "-c", STUDY, cwd=folder):
            sys.exit(f"check-wheel: the README of a study does not name the commit {commit}")
        print(run(*rank, cwd=folder), end="")
        of = run(scripts / "python", "--version", cwd=folder).strip()
        print(f"{wheel.name} works in a fresh environment of {of}")


if __name__ == "__main__":
    main()
