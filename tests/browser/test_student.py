"""A student's first minutes in JupyterLab: run all, a wrong answer, the right one, the Validate button."""

import re

import pytest
from playwright.sync_api import expect

from autograder.lessons.links import WHERE_NEXT
from autograder.lessons.master import lesson_title
from autograder.lessons.start_page import write_start_page
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY
from tests.conftest import sampled

pytestmark = pytest.mark.slow

NARROW = {"width": 900, "height": 900}
BROKEN = "def double(x):\n    return (2 * x\n"
WRONG = "def double(x):\n    return x + 2\n"
RIGHT = "def double(x):\n    return 2 * x\n"
ALT = {"en": "Multiplying keeps every pattern", "ko": "곱해도 무늬는 그대로"}


@pytest.mark.parametrize("language", sampled(LANGUAGES, in_ci=["ko"]))
def test_a_lesson_from_the_first_run_to_validation(lab, language):
    notebook = lab.open(f"course/{language}/0-start-here/start_here.ipynb")
    verdict = notebook.output("check_double")

    notebook.run_all()
    expect(verdict).to_contain_text(say("finding.problem.not_written.what", language, exercise="double"))

    notebook.write("double", WRONG)
    notebook.run("double", "check_double")
    expect(verdict).to_contain_text(say("double.mistake.two_added", language))
    lab.screen(f"wrong-answer-{language}", notebook.cell("double"))
    expect(lab.validation()).to_contain_text("check(double)")
    lab.close_dialog()

    notebook.write("double", RIGHT)
    notebook.run_all()
    expect(verdict).to_contain_text(say("check.passed", language, exercise="double", total=load("double").total))
    notebook.write("double", BROKEN)
    notebook.run("double", "check_double")
    expect(verdict).to_contain_text(say("check.stale", language, exercise="double"))
    lab.screen(f"earlier-answer-{language}", notebook.cell("double"))

    notebook.write("double", RIGHT)
    notebook.run("double", "check_double")
    expect(verdict).to_contain_text(say("check.passed", language, exercise="double", total=load("double").total))
    figure = notebook.output(notebook.code_with("image_grid(")).get_by_role("img")
    expect(figure).to_have_attribute("alt", re.compile(f"^{ALT[language]}"))
    lab.screen(f"figure-{language}", figure)
    assert lab.errors_shown() == 0
    assert lab.page.locator(".Toastify__toast").count() == 0  # nobody is asked about news
    expect(lab.validation()).to_contain_text("Success")
    lab.screen(f"validated-{language}")


def test_the_start_page_leads_to_the_next_step(lab, monkeypatch, tmp_path):
    """Opened as `make lab` opens it."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    page = write_start_page("en", lab.folder / "course").relative_to(lab.folder).as_posix()
    assert f"default_url=/lab/tree/{page} " in (REPOSITORY / "Makefile").read_text("utf-8")
    lab.enter(page)
    shown = lab.page.locator(".jp-RenderedMarkdown")
    expect(shown.locator("tbody tr")).to_have_count(len(LESSONS))
    expect(lab.page.get_by_text("Create Assignment")).to_have_count(0)  # nothing that is for instructors alone
    lab.screen("start-page")
    shown.get_by_role("link", name="Start here").first.click()
    notebook = lab.opened("course/en/0-start-here/start_here.ipynb")
    # JupyterLab 4.6 has a setting against a cell's toolbar, but forgets it for notebooks that are opened from within.
    expect(lab.page.locator(".jp-cell-toolbar")).to_have_count(1)
    assert lab.page.locator(".jp-cell-toolbar button:visible").count() == 0
    for name, tab in (("the summary card", "summary.html"), (lesson_title("1-autoencoder", "en"), "autoencoder.ipynb")):
        lab.page.get_by_role("tab", name="start_here.ipynb").click()
        notebook.cell(WHERE_NEXT).get_by_role("link", name=name).click()
        expect(lab.page.get_by_role("tab", name=tab)).to_be_visible()


def test_a_narrow_window_cuts_neither_words_nor_formulas(lab):
    """Costs half a minute."""
    lab.page.set_viewport_size(NARROW)
    notebook = lab.open("course/en/3-channel-attention/channel_attention.ipynb")
    notebook.run(notebook.code[0], "channel_attention", "check_channel_attention")
    formula = lab.page.locator('.jp-RenderedMarkdown mjx-container[display="true"]').first
    assert formula.evaluate("node => node.scrollWidth > node.clientWidth")  # too wide for this window
    expect(formula).to_have_css("overflow-x", "auto")
    text = notebook.output("check_channel_attention").locator("pre").last
    expect(text).to_have_css("word-break", "keep-all")
    assert text.evaluate("node => node.scrollWidth <= node.clientWidth")
    expect(notebook.output(notebook.code[0]).locator(".jp-OutputArea-child:visible")).to_have_count(1)
    lab.screen("narrow", notebook.cell("channel_attention"))
