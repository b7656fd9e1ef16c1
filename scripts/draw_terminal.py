"""Draw what a command prints as an SVG picture of a terminal, for the README.

Usage: python scripts/draw_terminal.py docs/images/rank.svg rank --top 10
"""

import contextlib
import io
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from marketselect.cli import main

CHARACTER, LINE, MARGIN = 7.83, 18, 18  # pixels, of a 13 pixel monospaced font


def printed(arguments: list[str]) -> str:
    """Return what the command prints on standard output."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = main(arguments)
    if status:
        raise SystemExit(f"marketselect {' '.join(arguments)} ended with {status}")
    return output.getvalue()


def picture(text: str, command: str) -> str:
    """Return an SVG drawing of a terminal that shows a command and its output."""
    lines = [f"$ {command}", *text.rstrip("\n").split("\n")]
    width = round(max(map(len, lines)) * CHARACTER + 2 * MARGIN)
    height = len(lines) * LINE + 2 * MARGIN
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * place + 13}"'
        f"{' class=' + chr(34) + 'command' + chr(34) if place == 0 else ''}>{escape(line)}</text>"
        for place, line in enumerate(lines)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" role="img" aria-label="{escape(command)}">
<style>
text {{ font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2933;
  white-space: pre; }}
.command {{ fill: #0b6e4f; font-weight: bold; }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#f7f9fa" stroke="#d5dce1"/>
{rows}
</svg>
"""


if __name__ == "__main__":
    target, *arguments = sys.argv[1:]
    drawing = picture(printed(arguments), " ".join(["marketselect", *arguments]))
    Path(target).write_text(drawing, encoding="utf-8")
