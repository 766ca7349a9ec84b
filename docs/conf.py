"""The site: the pages in this folder and those in the repository's root.

    .venv/bin/sphinx-build -q -W -n -c docs . site

Why Sphinx, MyST and Furo: they read Markdown as GitHub does, check every link and anchor (-W -n), and build offline.
Pages load nothing from any host, so they open from a disk as well. Material for MkDocs, whose maintenance ended in
November 2026, and its successor Zensical read Python-Markdown, which shows Markdown inside <details> as raw text.
"""

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parent.parent

project = "convgrade"
author = copyright = "the convgrade authors"
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["*.md", "docs/*.md"]
exclude_patterns = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "docs"]
myst_heading_anchors = 4
highlight_language = "none"  # of blocks that name no language
html_theme = "furo"
html_title = "convgrade"
html_copy_source = html_show_sphinx = False
html_static_path = html_css_files = ["site.css"]
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}  # they link to a page's source

# The pages in their order. README has no list of them, since GitHub would show it.
CONTENTS = {
    "Students": ["docs/student"],
    "TAs": ["docs/grading", "docs/class", "docs/cluster"],
    "Instructors": ["docs/authoring", "docs/gradescope", "docs/thresholds", "docs/quizzes", "docs/questions", "docs/polls"],
    "Is it true?": [
        "docs/truth",
        *(f"Small slips in {name} <docs/kills-{name}>" for name in ("cnn", "neurons", "cuda", "vision")),
    ],
    "Kernels and figures": ["docs/kernels", "docs/cuda", "docs/figures"],
    "The project": ["docs/install", "docs/how-it-works", "SECURITY", "CONTRIBUTING", "CHANGELOG"],
}


class RepositoryLinks(SphinxTransform):
    """Link files and folders of the repository to `source_url`; without one, show their path as a tooltip."""

    default_priority = 400

    def apply(self) -> None:
        """Replace the links that lead to a file or a folder but to no page. A link that leads nowhere stays, and fails."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        for node in [*self.document.findall(pending_xref), *self.document.findall(download_reference)]:
            path = (folder / node["reftarget"]).resolve()
            if node["refdomain"] != "doc" and path.exists():
                name = path.relative_to(ROOT).as_posix()
                url = self.config.source_url
                shown = nodes.reference(refuri=f"{url}/{name}") if url else nodes.abbreviation(explanation=name)
                node.replace_self(shown)
                shown += node.children


def add_contents(app: Sphinx, page: str, text: list[str]) -> None:
    """Put the list of all pages at the end of the first one, for the sidebar."""
    if page == root_doc:
        for caption, pages in CONTENTS.items():
            text[0] += "\n".join(["\n```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```\n"])


def add_index(app: Sphinx, error: Exception | None) -> None:
    """Let the site's own address lead to its first page."""
    (Path(app.outdir) / "index.html").write_text(f'<meta http-equiv="refresh" content="0; url={root_doc}.html">')


def setup(app: Sphinx) -> None:
    """Add what is this site's own."""
    app.add_config_value("source_url", "", "env", str)
    app.add_transform(RepositoryLinks)
    app.connect("source-read", add_contents)
    app.connect("build-finished", add_index)
