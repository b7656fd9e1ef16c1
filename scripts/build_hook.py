"""Put the commit that is built into the wheel and the sdist, where a study's README finds it.

Hatchling runs this with every build, see pyproject.toml. What is built from an sdist, which is no
checkout, takes the commit that the sdist was made of. Where none is known there is no such file.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "commit.txt"
PLACES = {"wheel": f"marketselect/data/{NAME}", "sdist": NAME}


class CommitHook(BuildHookInterface[Any]):
    """Adds a file of one line to what is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file, but to an editable installation: that is the checkout itself."""
        text = commit_of(Path(self.root))
        if text and version != "editable":
            self.folder = tempfile.TemporaryDirectory()
            place = Path(self.folder.name) / NAME
            place.write_text(f"{text}\n", "utf-8")
            build_data["force_include"][str(place)] = PLACES[self.target_name]

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        """Take away what was only there to be packed."""
        if hasattr(self, "folder"):
            self.folder.cleanup()


def commit_of(root: Path) -> str:
    """Return the commit of a checkout, and whether files differ from it; nothing if unknown."""
    if not (root / ".git").exists():
        noted = root / NAME
        return noted.read_text("utf-8").strip() if noted.is_file() else ""
    try:
        commit = git(root, "rev-parse", "HEAD")
        changed = git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{commit} with changes" if changed else commit


def git(root: Path, *words: str) -> str:
    """Return what git says."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()
