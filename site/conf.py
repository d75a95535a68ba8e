"""Sphinx's settings for the course's web site. `autograder site` makes the pages and names the language."""

import json
import re
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search import languages

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from korean_search import SearchKorean  # noqa: E402  (what lies beside this file, which is no package)

extensions = ["myst_nb", "mathml"]
html_theme = "sphinx_book_theme"
html_theme_options = {
    "use_download_button": False,  # below each lesson's title there are links that say what they open
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # the search is in the sidebar already
    "article_header_end": "language.html, article-header-buttons.html",
    "secondary_sidebar_items": ["page-toc.html"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": "",
}
html_sidebars = {"**": ["home.html", "search-button-field.html", "sbt-sidebar-nav.html"]}
html_static_path = [str(HERE / "static")]
templates_path = [str(HERE / "templates")]
locale_dirs = [str(HERE / "locale")]
html_favicon = str(HERE / "static" / "icon.svg")
html_context = {"default_mode": "auto"}
html_css_files = ["course.css"]
html_js_files = [("recording.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_copy_source = False
html_use_index = False
exclude_patterns = ["beside"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_render_markdown_format = "gfm"
languages["ko"] = SearchKorean


def in_the_readers_words(app: Sphinx, config: Config) -> None:
    """Take the site's title and the few words of its own from what was made with the pages."""
    words = json.loads((Path(app.srcdir) / "words.json").read_text("utf-8"))
    config.project = config.html_title = words["title"]
    config.nb_code_prompt_show, config.nb_code_prompt_hide = words["show_code"], words["hide_code"]
    config.html_extra_path = [str(Path(app.srcdir) / "beside")]
    config.html_context["home"] = words["home"]
    config.html_context["others"] = words["others"]


def without_weight(app: Sphinx, error: Exception | None) -> None:
    """Take out what pages load in vain.

    That is a script of 1.5 MB for a dozen icons, which the theme's style sheet draws from a small font, and, but on the
    page of results, the index of the search: the theme would search in it while one types, which is off.
    """
    icons, search = ["fontawesome"], ["searchtools", "language_data", "searchindex"]
    for page in Path(app.outdir).glob("*.html"):
        unused = "|".join(icons if page.name == "search.html" else [*icons, *search])
        text = page.read_text("utf-8")
        page.write_text(re.sub(rf"<script [^>]*\b(?:{unused})\.js[^>]*></script>", "", text), "utf-8")
    static = Path(app.outdir) / "_static"
    for path in [*static.rglob("*.map"), static / "scripts" / "fontawesome.js"]:
        path.unlink(missing_ok=True)


def setup(app: Sphinx) -> None:
    """Have it done before Sphinx and the theme read their settings, and after the last page is written."""
    app.connect("config-inited", in_the_readers_words, priority=1)
    app.connect("build-finished", without_weight)
