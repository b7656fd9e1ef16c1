"""Draw the pictures of docs/showing.md into docs/images, the same bytes each time.

Usage: python scripts/draw_pictures.py [FOLDER]

The bytes hang on the versions of matplotlib, which brings its own font, and Pillow: they are in
constraints.txt.
"""

import sys
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

import marketselect as ms
from marketselect.report.pictures.map import plot_map
from marketselect.report.pictures.markets import plot_profile, plot_tradeoff
from marketselect.report.pictures.panel import plot_ranks
from marketselect.report.pictures.ranks import plot_acceptability, plot_intervals, plot_ranking

CANDIDATES = ["VNM", "MEX", "POL", "MAR", "KEN", "COL", "MYS", "CHL"]
DOTS_PER_INCH = 110
SHADES = 64  # enough for flat drawings, and a third of the bytes


def pictures() -> dict[str, Axes]:
    """Return each picture by the name of its file."""
    observations = ms.load_indicators()
    table = ms.indicator_table(observations, "pestle", as_of=2024, max_age=5)
    world = ms.rank_markets(table, "pestle")
    ranking = ms.rank_markets(table, "pestle", markets=CANDIDATES)
    panel = ms.rank_panel(observations, "pestle", years=range(2014, 2025, 2), markets=CANDIDATES)
    return {
        "ranking": plot_ranking(world, top=10),
        "intervals": plot_intervals(world, top=10),
        "acceptability": plot_acceptability(ms.robustness(world, draws=20_000), top=10),
        "profile": plot_profile(ranking, ["MYS", "POL", "VNM"]),
        "tradeoff": plot_tradeoff(ranking.table["economic"], ranking.table["political"]),
        "ranks": plot_ranks(panel),
        "map": plot_map(world),
    }


def write(figure: Figure, target: Path) -> None:
    """Write a figure as a PNG of few colors."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, facecolor="white")
    flat = Image.open(buffer).convert("RGB").quantize(SHADES, dither=Image.Dither.NONE)
    flat.save(target, optimize=True)


def main(folder: Path) -> None:
    """Write every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, axes in pictures().items():
        assert isinstance(axes.figure, Figure)
        write(axes.figure, folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
