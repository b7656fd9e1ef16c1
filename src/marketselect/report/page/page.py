"""The report a decision maker opens: one HTML file that needs neither network nor Python.

The page computes the ranking again in the browser when a weight is moved. Text of the data reaches
it as JSON only, and is written into the page as text, never as HTML.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketselect.errors import need, not_installed
from marketselect.files import file_place, put_whole
from marketselect.portfolio.basket import Basket
from marketselect.portfolio.entry import EntryPlan, checked_beside
from marketselect.ranking.provenance import same_ranking
from marketselect.ranking.ranking import Ranking
from marketselect.report.page.data import page_content
from marketselect.running import stage
from marketselect.uncertainty.acceptability import Robustness, robustness
from marketselect.uncertainty.doubts import Doubt
from marketselect.values import signs
from marketselect.words import COLORS

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SCRIPTS = (
    "text.js",
    "engine.js",
    "scoring.js",
    "state.js",
    "weights.js",
    "draws.js",
    "trust.js",
    "doubt.js",
    "filters.js",
    "ranking.js",
    "coverage.js",
    "scenarios.js",
    "market.js",
    "overtake.js",
    "compare.js",
    "firm.js",
    "map.js",
    "notes.js",
    "files.js",
    "start.js",
)
STYLES = ("page.css", "modes.css")
SUFFIXES = (".html", ".htm")
MOST_SHARES = 1000  # markets of whom how often each takes each rank is worked out here
# What a browser could take for the end of the data, or for markup, inside of JSON.
ESCAPES = {"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"}


def write_report(
    ranking: Ranking,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    robustness: Robustness | None = None,
    doubt: Doubt | None = None,
    scenarios: Mapping[str, Any] | None = None,
    basket: Basket | None = None,
    plan: EntryPlan | None = None,
) -> Path:
    """Write a ranking as one HTML file that opens offline and re-ranks in the browser.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`. With a weighted sum, AHP, PROMETHEE or TOPSIS the weights of the top
        factors become sliders, and with a weighted sum or TOPSIS on a fixed scale those of all
        factors and indicators under them, too; the numbers are those that Python gives for the
        same weights. Another method is shown as it is, and the page says why.
    path : str or path
        The file to write, its name ending in .html; one that is there already is replaced.
    title : str, optional
        The heading. Default: that of the framework.
    robustness : Robustness, optional
        How often each market takes each rank, from `robustness`. Default: computed with the
        draws, the tolerance and the seed of the ranking. Nothing if that has no draws; of more than
        1,000 markets the page draws itself.
    doubt : Doubt, optional
        From `doubt`: near weights, their order, any weights, errors of the data, modeling choices
        and other markets then stand side by side for each market, markets that cannot be told
        apart are bracketed, and the headline says so.
    scenarios : mapping, optional
        Weightings by name, as `write_scenarios` takes them: the page opens with them side by side.
    basket : Basket, optional
        What `diversify` chose out of this ranking.
    plan : EntryPlan, optional
        In which order to enter markets of this ranking, from `entry_plan`.

    Returns
    -------
    Path
        The file. The same ranking gives the same bytes. Missing values are shown as missing.

    Raises
    ------
    InputError
        If jinja2 is not installed (the extra ``report``), the robustness, the doubt, the basket
        or the plan was made of another ranking, a scenario's weights are not of the framework, the
        name does not end in .html, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_report(ranking, Path(folder) / "markets.html")
    ...     print(page.read_text(encoding="utf-8")[:15])
    <!doctype html>
    """
    told = stage("write_report")
    need(ranking, Ranking, "ranking")
    target = file_place(path, SUFFIXES, "report")
    trust = checked_trust(ranking, robustness)
    rules = ranking.scores.framework
    heading = (rules.title or rules.name) if title is None else title
    need(heading, str, "title")
    heading = signs(heading)
    if doubt is not None:
        need(doubt, Doubt, "doubt")
        same_ranking(ranking, doubt, "doubt")
    checked_beside(ranking, basket, plan)
    content = page_content(ranking, heading, trust, doubt, scenarios, basket, plan)
    page = page_text(content)
    # A label may hold half of a surrogate pair, which no encoding has: a sign stands for it.
    put_whole(page.encode("utf-8", "replace"), target, "report")
    told(lambda: f'"{target}", {ranking.headline}')
    return target


def checked_trust(ranking: Ranking, given: Robustness | None) -> Robustness | None:
    """Return the robustness that the page shows: that given, or of the ranking's own draws."""
    if given is not None:
        need(given, Robustness, "robustness")
        same_ranking(ranking, given, "robustness")
        return given
    made = ranking.provenance
    if not made["draws"] or len(ranking.table) > MOST_SHARES:
        return None
    return robustness(
        ranking, draws=made["draws"], tolerance=made["tolerance"], seed=made["seed"],
        levels=made["levels"],
    )  # fmt: skip


def page_text(content: dict[str, Any]) -> str:
    """Return the page: the template with its style, its scripts and the data put in."""
    jinja2 = needed_jinja()
    folder = files("marketselect") / "report" / "page" / "template"
    style = "\n".join([page_colors(), *(template_file(folder, name) for name in STYLES)])
    script = "\n".join(template_file(folder, name) for name in SCRIPTS)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    trusted = environment.filters["safe"]  # the project's own files, and JSON that is escaped
    text: str = environment.from_string(template_file(folder, "page.html")).render(
        content=content,
        data=trusted(json_data(content)),
        style=trusted(style),
        script=trusted(script),
        style_hash=content_hash(style),
        script_hash=content_hash(script),
    )
    return text


def needed_jinja() -> Any:
    """Import jinja2, or say how to install it."""
    try:
        import jinja2
    except ImportError:
        raise not_installed("jinja2", "report", "the report") from None
    return jinja2


def template_file(folder: Traversable, name: str) -> str:
    """Return a file of the template."""
    return (folder / name).read_text(encoding="utf-8")


def json_data(content: dict[str, Any]) -> str:
    """Return JSON in ASCII without any sign that HTML gives a meaning."""
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    for sign, escape in ESCAPES.items():
        text = text.replace(sign, escape)
    return text


def content_hash(text: str) -> str:
    """Return the hash by which the page's security policy knows its own style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page_colors() -> str:
    """Return the colors as properties that the page's style sheet names."""
    return f":root {{ {' '.join(f'--{name}: {color};' for name, color in COLORS.items())} }}"
