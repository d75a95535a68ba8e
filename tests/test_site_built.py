"""The web site as a browser shows it: a few pages in both languages, wide in the dark and narrow in the light."""

import functools
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from autograder.authoring.site import make_site
from curriculum.messages import LANGUAGES, say
from tests.conftest import needs_site

pytestmark = [pytest.mark.slow, needs_site]

LESSON = "0-start-here"
PAGES = ("index", LESSON, "teaching")
HANDOUTS = ("exam", "summary")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def built(site_packages, tmp_path_factory):
    """The site with one lesson, which is run."""
    return make_site([LESSON], folder=tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="module")
def address(built):
    handler = functools.partial(Silent, directory=str(built))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def browse(chromium, address):
    """Opens a page: what it asks of other addresses is refused and noted, and so is what it cannot find."""
    contexts, troubles = [], []

    def opened(path, width=1280, scheme="light"):
        # Without motion, as axe would look at colours on their way.
        looks = {"color_scheme": scheme, "reduced_motion": "reduce"}
        context = chromium.new_context(viewport={"width": width, "height": 900}, **looks)
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", lambda route: _only_here(route, address, troubles))
        page.on("response", lambda answer: troubles.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{address}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles


def _only_here(route, address, troubles):
    if route.request.url.startswith((address, "data:")):
        route.continue_()
    else:
        troubles.append(route.request.url)
        route.abort()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_small_and_in_their_language(built, language):
    for name in PAGES:
        page = (built / language / f"{name}.html").read_text("utf-8")
        assert len(page) < MEGABYTE
        assert f'<html lang="{language}"' in page
    lesson = (built / language / f"{LESSON}.html").read_text("utf-8")
    assert "your_turn(" in lesson and "return</span> <span" not in lesson.partition("def")[2].partition("check")[0]
    assert say("site.download", language) in lesson
    if language != "en":
        assert not re.search(r"Skip to main content|Color mode|On this page|Previous|Search docs", lesson)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES + HANDOUTS)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_nothing_keeps_people_from_using_a_page(browse, language, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browse(f"{language}/{name}.html", width, scheme)
    found = Axe().run(page, options={"preload": False})  # it would look for style sheets in the wrong place
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("language", "word"), [("en", "kernel"), ("ko", "커널")])
def test_search_finds_a_word_with_whatever_follows_it(browse, language, word):
    page = browse(f"{language}/search.html?q={word}")
    page.locator(f"#search-results a[href^='{LESSON}.html']").first.wait_for()


def test_one_leads_to_the_other_language_and_to_the_next_page(browse):
    page = browse(f"en/{LESSON}.html")
    page.get_by_role("link", name=say("site.language_name", "ko")).click()
    page.wait_for_url(f"**/ko/{LESSON}.html")
    page.locator(".prev-next-area a").first.click()
    page.wait_for_url("**/ko/*.html")
    with page.expect_download() as download:
        page.goto(page.url.rpartition("/")[0] + f"/{LESSON}.html")
        page.get_by_role("link", name=say("site.download", "ko")).click()
    assert Path(download.value.path()).stat().st_size > 1000
