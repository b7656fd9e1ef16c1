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
    social = {code: 4 if code == "social" else 1 for code in world.weights.index}
    choices = ms.sensitivity(ranking, choices=["normalization", "method", "weights"])
    economic = world.scores.framework.leaves("economic")
    income, regions = table.values["NY.GNP.PCAP.CD"], ms.load_markets()["region"]
    shaken = ms.robustness(world, draws=20_000)
    return {
        "ranking": ms.plot_ranking(world, top=10),
        "intervals": ms.plot_intervals(world, top=10),
        "acceptability": ms.plot_acceptability(shaken, top=10),
        "profile": ms.plot_profile(ranking, ["MYS", "POL", "VNM"]),
        "tradeoff": ms.plot_tradeoff(
            ranking.table["economic"], ranking.table["political"], source=ranking,
            names=("Economic score (0 to 100)", "Political score (0 to 100)"),
        ),
        "ranks": ms.plot_ranks(panel),
        "map": ms.plot_map(world),
        "choropleth": ms.plot_choropleth(world),
        "scatter": ms.plot_scatter(world, income, groups=regions, log=True),
        "waterfall": ms.plot_waterfall(world, "POL", "VNM"),
        "slope": ms.plot_slope(
            world, ms.rank_markets(table, "pestle", weights=social),
            names=("Equal weights", "Social four times"),
        ),
        "weight": ms.plot_rank_against_weight(world, "economic"),
        "sensitivity": ms.plot_sensitivity(choices),
        "framework": ms.plot_framework(world, indicators=False),
        "distribution": ms.plot_distribution(world, economic, market="VNM"),
        "correlations": ms.plot_correlations(world, level="factors"),
    }  # fmt: skip


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
