"""Sphinx configuration of the documentation: `make docs` builds docs/ into site/.

Nothing is fetched, neither at build time nor by the reader's browser: no fonts and no scripts of other
hosts. A broken link or a docstring that cannot be parsed fails the build.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Gongkai 公开"
html_title = "Gongkai 公开"
copyright = "Contributors to Gongkai 公开. Documentation: CC BY 4.0"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "generated_pages",
]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["images/README.md"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["toc.not_included"]  # a page without a place in the menu is no broken link

napoleon_numpy_docstring = False
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"

html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
language = "en"
