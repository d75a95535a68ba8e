"""Every demo of every lesson, in both languages and both of JupyterLab's themes: each control moves its picture."""

import pytest
from playwright.sync_api import Locator, expect

from coursekit.live.__main__ import COURSE
from coursekit.live.catalogue import DEMOS
from curriculum.messages import LANGUAGES, say
from tests.browser.lab import Notebook

pytestmark = pytest.mark.slow


# Each takes most of a minute. CI takes sliders, lists and two pictures; `make screens` takes all. What every demo
# computes and says when a control moves is tested without a browser, in tests/test_live.py.
OFTEN = (("5-eca", "en"), ("6-cbam", "ko"), ("10-self-attention", "en"))
PLACES = [
    pytest.param(lesson, language, marks=[] if (lesson, language) in OFTEN else [pytest.mark.screens])
    for lesson in DEMOS
    for language in LANGUAGES
]


@pytest.mark.parametrize(("lesson", "language"), PLACES)
def test_every_control_moves_the_picture(lab, lesson, language):
    """Nothing is written yet: the trained networks are at work."""
    (file,) = (COURSE / language / lesson).glob("*.ipynb")
    notebook = lab.open(f"course/{language}/{lesson}/{file.name}")
    cells = {demo.__name__: notebook.code_with(f"live.{demo.__name__}(") for demo in DEMOS[lesson]}
    notebook.run(*definitions(notebook, next(iter(cells.values()))))
    for cell in cells.values():
        notebook.run(cell)
        shown = notebook.output(cell)
        picture = shown.get_by_role("img")
        lists = shown.locator("xpath=.//select[following::img]")  # without that of the question, which comes after it
        for control in [*shown.get_by_role("slider").all(), *lists.all()]:
            move(control, picture)
        shown.get_by_role("button", name=say("live.check_answer", language)).click()
        expect(shown).to_contain_text(say("live.choose_first", language))
    for theme in ("Dark", "Light"):  # the next test finds it as it was
        lab.theme(theme)
        for name, cell in cells.items():
            lab.screen(f"{name}-{language}-{theme.lower()}", notebook.cell(cell))


def definitions(notebook: Notebook, cell: str) -> list[str]:
    """The cells above this one that define something: all but experiments and checks."""
    above = notebook.code[: notebook.code.index(cell)]
    return [name for name in above if name not in notebook.experiments and not name.startswith("check_")]


def move(control: Locator, picture: Locator) -> None:
    """Set a control to another value by the keyboard, or choose from its list; the picture and its text follow."""
    src, alt = picture.get_attribute("src"), picture.get_attribute("alt")
    if control.get_attribute("role") == "slider":
        at_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
        control.press("ArrowLeft" if at_end else "ArrowRight")
    else:
        chosen = control.input_value()
        options = [option.get_attribute("value") for option in control.locator("option").all()]
        control.select_option(next(option for option in options if option != chosen))
    expect(picture).not_to_have_attribute("alt", alt)
    assert picture.get_attribute("src") != src
