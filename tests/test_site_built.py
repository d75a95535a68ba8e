"""The web site as a browser shows it: a few pages in both languages, wide in the dark and narrow in the light.

One lesson is run. Another one only seems to have run, but its demo, which shows no images, is recorded.
"""

import functools
import importlib.util
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import expect

from autograder.authoring import site
from autograder.authoring.recordings import recordings
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY
from tests.conftest import needs_site, sampled
from tests.test_site import ran

pytestmark = [pytest.mark.slow, needs_site]

LESSON = "0-start-here"
DEMO = "12-capstone"  # the lesson of a demo
PAGES = ("index", LESSON, DEMO, "glossary", "teaching")
HANDOUTS = ("exam", "summary")
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def built(site_packages, tmp_path_factory):
    """The site with two lessons."""
    run = site.executed_notebook
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "executed_notebook", lambda *of: ran(*of) if of[0] == DEMO else run(*of))
        return site.make_site([LESSON, DEMO], folder=tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="module")
def recorded(built):
    """The frames of the demo, by language."""
    return {language: recordings(DEMO, language)["what_it_costs"].frames for language in LANGUAGES}


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

    def opened(path, width=1280, scheme="light", **options):
        # Without motion, as axe would look at colours on their way.
        looks = {"color_scheme": scheme, "reduced_motion": "reduce"}
        context = chromium.new_context(viewport={"width": width, "height": 900}, **looks, **options)
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


@pytest.mark.parametrize("name", PAGES + HANDOUTS)
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    sampled(
        [(*shown, language) for shown in ((1280, "dark"), (390, "light")) for language in LANGUAGES],
        in_ci=[(1280, "dark", "en"), (390, "light", "ko")],
    ),
)
def test_nothing_keeps_people_from_using_a_page(browse, language, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browse(f"{language}/{name}.html", width, scheme)
    found = Axe().run(page, options={"preload": False})  # it would look for style sheets in the wrong place
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def mathml(site_packages):
    """The function of `site/mathml.py`, whose folder has the name of a module of Python's."""
    spec = importlib.util.spec_from_file_location("mathml", REPOSITORY / "site" / "mathml.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.mathml


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_formula_of_a_lesson_can_be_drawn(mathml, lesson, language):
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    cells = instructor_notebook(read_master(lesson), language).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    tokens = [token for block in reader.parse(text) for token in (block, *(block.children or ()))]
    formulas = [token.content for token in tokens if token.type.startswith("math_")]
    assert bool(formulas) == ("$" in text)
    for formula in formulas:
        assert mathml(formula).startswith("<math")


def test_a_formula_that_cannot_be_drawn_is_named(mathml):
    with pytest.raises(Exception, match=r"\\unheard.*In the formula: a \\unheard b"):
        mathml(r"a \unheard b")


def loaded(page):
    """The pictures of the demo that have been loaded."""
    names = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return {name.rpartition("/")[2] for name in names if name.endswith(".webp")}


def shows(page, frame, number):
    """A frame is there, as a whole."""
    picture = page.locator(".recording img")
    expect(picture).to_have_attribute("src", f"figures/what_it_costs-{number}.webp")
    expect(picture).to_have_attribute("alt", frame.alt)
    picture.scroll_into_view_if_needed()
    page.wait_for_function("[...document.querySelectorAll('.recording img')].every(img => img.naturalWidth > 900)")
    expect(page.locator(".recording").get_by_role("status")).to_have_text(frame.finding)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recorded_demo_is_moved_by_keyboard_and_finger(browse, recorded, language):
    frames = recorded[language]
    page = browse(f"{language}/{DEMO}.html", 390, has_touch=True)
    slider = page.get_by_role("slider", name=say("live.control.channels", language))
    start = int(slider.input_value())
    shows(page, frames[start], start)
    assert loaded(page) == {f"what_it_costs-{start}.webp"}
    slider.press("ArrowRight")
    shows(page, frames[start + 1], start + 1)
    expect(slider).to_have_attribute("aria-valuetext", frames[start + 1].position)
    page.wait_for_load_state("networkidle")
    assert loaded(page) == {f"what_it_costs-{number}.webp" for number in range(len(frames))}
    slider.tap(position={"x": 2, "y": slider.bounding_box()["height"] / 2})
    shows(page, frames[0], 0)


def test_a_figure_is_moved_on_a_telephone_where_its_letters_would_be_too_small(browse):
    figure = browse(f"en/{LESSON}.html", 390).locator(".drawn").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator("img")).to_have_js_property("complete", True)
    inside, outside = figure.evaluate("figure => [figure.scrollWidth, figure.clientWidth]")
    assert inside > 700 and outside < 390
    figure.press("ArrowRight")
    expect(figure).not_to_have_js_property("scrollLeft", 0)


def test_without_a_script_and_in_print_a_demo_is_one_picture(browse, recorded):
    page = browse(f"en/{DEMO}.html", java_script_enabled=False)
    control = page.locator(".recording-control")
    expect(control).to_have_count(1)
    expect(control).to_be_hidden()
    expect(page.locator(".recording img")).to_be_visible()
    expect(page.locator(".recording [role=status]")).to_have_text(recorded["en"][3].finding)
    page = browse(f"en/{DEMO}.html")
    expect(page.get_by_role("slider")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".recording-control")).to_be_hidden()
    expect(page.locator(".recording img")).to_be_visible()


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
