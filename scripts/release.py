"""Build what is released, check it, and write the notes of the release from the changelog.

Called by ``make release`` with the oldest and the newest Python that are here. Nothing is uploaded.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
RELEASED = re.compile(r"^## \[(?P<name>[^\]]+)\].*$", re.MULTILINE)


def notes(changelog: str, version: str) -> str:
    """Return what the changelog says of a version; of one that is to come, what is unreleased."""
    heads = [*RELEASED.finditer(changelog)]
    names = [head["name"] for head in heads]
    name = version if version in names else "Unreleased"
    if name not in names:
        sys.exit(f"release: CHANGELOG.md has neither [{version}] nor [Unreleased]")
    place = names.index(name)
    end = heads[place + 1].start() if place + 1 < len(heads) else len(changelog)
    return f"# marketselect {version}\n\n{changelog[heads[place].end() : end].strip()}\n"


def agreed_version() -> str:
    """Return the version, if pyproject.toml and CITATION.cff say the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    version: str = project["version"]
    if cited is None or cited[1] != version:
        sys.exit(f"release: CITATION.cff is not of the version {version} of pyproject.toml")
    return version


def run(*command: str | Path) -> None:
    """Run this Python in the checkout, and end where that fails."""
    subprocess.run([sys.executable, *map(str, command)], cwd=ROOT, check=True)


def main() -> None:
    """Build into dist, check there, and try the wheel with each Python that is given."""
    version = agreed_version()
    text = notes((ROOT / "CHANGELOG.md").read_text("utf-8"), version)
    shutil.rmtree(DIST, ignore_errors=True)
    run("-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", DIST)
    run("-m", "twine", "check", "--strict", *sorted(DIST.iterdir()))
    for python in dict.fromkeys(sys.argv[1:]):
        run(ROOT / "scripts" / "check_wheel.py", python, *DIST.glob("*.whl"))
    (DIST / "NOTES.md").write_text(text, "utf-8")
    print(*(path.name for path in sorted(DIST.iterdir())), sep="\n")


if __name__ == "__main__":
    main()
