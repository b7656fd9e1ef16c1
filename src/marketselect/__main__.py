"""Lets ``python -m marketselect`` do what the command ``marketselect`` does."""

from marketselect.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
