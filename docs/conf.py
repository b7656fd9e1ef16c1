"""How Sphinx builds the documentation: `make docs`."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from docutils.nodes import SkipNode, document, literal, paragraph
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.nodes import make_refnode

sys.path.insert(0, str(Path(__file__).parent))
from stories import write_stories

project = "marketselect"
author = "The marketselect developers"
project_copyright = "2026, The marketselect developers"
version = release = version_of("marketselect")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3

# The pages of the API follow marketselect.__all__, so that no public name is without one.
autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "marketselect"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_sidebars = {"**": ["pages.html"]}
html_theme_options = {"show_prev_next": True, "header_links_before_dropdown": 5}
# A name in single backticks, as docstrings write it, is a link where it is one of ours.
default_role = "py:obj"
# What is copied is what can be run: no prompts, no results.
copybutton_exclude = ".linenos, .gp, .go"

# Formulas are made MathML when the pages are built, which browsers draw without script or network.
html_math_renderer = "mathml"


def in_text(translator: Any, node: Any) -> None:
    """Write a formula within a line."""
    translator.body.append(convert(node.astext()))
    raise SkipNode


def on_its_own(translator: Any, node: Any) -> None:
    """Write a formula on its own line."""
    made = convert(node.astext(), display="block")
    translator.body.append(f'<div class="math">{made}</div>')
    raise SkipNode


def link_names(app: Sphinx, page: document, here: str) -> None:
    """Make a link of each public name that a page writes as code in its sentences."""
    known = app.env.get_domain("py").objects
    for code in list(page.findall(literal)):
        name = code.astext().removeprefix("ms.").removesuffix("()")
        found = known.get(f"marketselect.{name}")
        if found is not None and found.docname != here and isinstance(code.parent, paragraph):
            leads = make_refnode(app.builder, here, found.docname, found.node_id, code.deepcopy())
            code.replace_self(leads)


def write_sample(app: Any, exception: Exception | None) -> None:
    """Write the page that the front page links to."""
    if exception is None and app.builder.name == "html":
        import marketselect as ms

        table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
        ms.write_report(ms.rank_markets(table, "pestle"), Path(app.outdir) / "sample_report.html")


def setup(app: Any) -> None:
    """Tell Sphinx of the formulas and the sample."""
    app.add_html_math_renderer("mathml", (in_text, None), (on_its_own, None))
    app.connect("builder-inited", write_stories)
    app.connect("doctree-resolved", link_names)
    app.connect("build-finished", write_sample)
