"""Which commit or file a marketselect is of: what the README of a study says of it."""

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?(?: with changes)?")
UNKNOWN = "Of which commit that marketselect was is unknown.\n"


def origin_note() -> str:
    """Return what a study's README says of the commit or file of this marketselect.

    An installer notes beside the package what it was told to install (PEP 610); a build puts its
    commit into the package; a checkout has it itself.
    """
    package, noted = Path(str(files("marketselect"))), installed_from()
    if commit := noted.get("vcs_info", {}).get("commit_id") or built_of_commit(package):
        note = f"That marketselect was of the commit `{commit}`.\n"
    elif package.parent.name == "src" and (commit := checked_out(package.parents[1] / ".git")):
        note = f"That marketselect was a checkout of the commit `{commit}`, perhaps changed.\n"
    else:
        note = UNKNOWN
    digest = noted.get("archive_info", {}).get("hashes", {}).get("sha256")
    return f"{note}It was installed from a file with the SHA-256\n`{digest}`.\n" if digest else note


def installed_from() -> dict[str, Any]:
    """Return what the installer noted; nothing where the version says all."""
    try:
        noted = distribution("marketselect").read_text("direct_url.json")
    except PackageNotFoundError:
        return {}
    found: dict[str, Any] = json.loads(noted or "{}")
    return found


def built_of_commit(package: Path) -> str:
    """Return the commit that build_hook.py put into the package, for a study's README."""
    return commit_in(package / "data" / "commit.txt")


def checked_out(folder: Path) -> str:
    """Return the commit that is checked out, as git's files say it: git need not be there."""
    head = small_file(folder / "HEAD")
    if not head.startswith("ref: "):
        return head if COMMIT.fullmatch(head) else ""
    name = head.removeprefix("ref: ")
    packed = re.search(
        rf"^(\w+) {re.escape(name)}$", small_file(folder / "packed-refs"), re.MULTILINE
    )
    return commit_in(folder / name) or (packed[1] if packed else "")


def commit_in(path: Path) -> str:
    """Return the commit that a file holds, nothing if it holds anything else."""
    text = small_file(path)
    return text if COMMIT.fullmatch(text) else ""


def small_file(path: Path) -> str:
    """Return what a small file about a commit holds, for a study's README; or nothing."""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
