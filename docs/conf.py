"""How Sphinx builds the documentation: `make docs`."""

from importlib.metadata import version as version_of

project = "marketselect"
author = "The marketselect developers"
project_copyright = "2026, The marketselect developers"
version = release = version_of("marketselect")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
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
html_sidebars = {"**": []}  # each page is one section: there is nothing to navigate in
html_theme_options = {"show_prev_next": False, "header_links_before_dropdown": 8}
