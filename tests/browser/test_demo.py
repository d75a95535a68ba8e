"""A reader plays with a live demo: their own layer, a slider moved by key, a question."""

import pytest
from playwright.sync_api import expect

from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook
from curriculum.messages import LANGUAGES, say
from tests.conftest import sampled

pytestmark = pytest.mark.slow

LESSON = "3-channel-attention"
EXERCISE = "channel_attention"


def right(language):
    """The answer with the docstring of the notebook, as the documents' pictures show it."""
    notebook = instructor_notebook(read_master(LESSON), language)
    (source,) = (
        cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == EXERCISE
    )
    return "\n".join(line for line in source.splitlines() if "SOLUTION" not in line)


@pytest.mark.parametrize("language", sampled(LANGUAGES, in_ci=["en"]))
def test_a_demo_follows_its_controls(lab, language):
    notebook = lab.open(f"course/{language}/{LESSON}/{EXERCISE}.ipynb")
    notebook.write(EXERCISE, right(language).replace('activation="sigmoid"', 'activation="softmax"'))
    notebook.run(notebook.code[0], EXERCISE, f"check_{EXERCISE}")
    expect(notebook.output(f"check_{EXERCISE}")).to_contain_text(
        say("channel_attention.mistake.softmax_for_sigmoid", language)
    )
    lab.screen(f"verdict-{language}", notebook.cell(EXERCISE))

    notebook.write(EXERCISE, right(language))
    cell = notebook.code_with("live.channel_gates(")
    notebook.run(EXERCISE, cell)
    demo = notebook.output(cell)
    expect(demo).to_contain_text(say("live.own", language, exercise=EXERCISE))
    picture, ratio = demo.get_by_role("img"), demo.get_by_role("slider")
    before = picture.get_attribute("src"), picture.get_attribute("alt")
    ratio.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before[0])
    expect(picture).not_to_have_attribute("alt", before[1])

    demo.get_by_role("combobox").nth(1).select_option(say("live.gates.inverted", language))
    expect(demo.get_by_role("status").first).to_contain_text(say("live.gates.inverted", language))
    demo.get_by_role("button", name=say("live.check_answer", language)).click()
    expect(demo).to_contain_text(say("live.choose_first", language))
    lab.screen(f"demo-{language}", notebook.cell(cell))
