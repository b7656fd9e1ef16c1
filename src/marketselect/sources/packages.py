"""Optional packages, imported when a file needs them."""

from importlib import import_module
from typing import Any

from marketselect.errors import not_installed


def needed_package(package: str, extra: str, job: str = "reading it") -> Any:
    """Import an optional package, such as a file needs, or say how to install it."""
    try:
        return import_module(package)
    except ImportError:
        raise not_installed(package.replace("_", "-"), extra, job) from None
