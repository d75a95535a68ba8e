"""A training is stopped with JupyterLab's button, and goes on from where it was."""

import re

import pytest
from playwright.sync_api import expect

from curriculum.messages import LANGUAGES, say
from tests.conftest import sampled

pytestmark = pytest.mark.slow

# So long that it does not end before it is stopped.
TRAINING = """
import keras
from coursekit.data import load_fashion_mnist
from coursekit.results import Budget
from coursekit.training import go_on, train

def tiny():
    return keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(1, 3, padding="same")])

budget = Budget(images=4_000, epochs=2_000, seeds=1, test_images=100)
run, model = train("tiny", tiny, load_fashion_mnist(), budget, "reconstruction", watch=True)
"""


@pytest.mark.parametrize("language", sampled(LANGUAGES, in_ci=["en"]))
def test_a_stopped_training_goes_on(lab, language):
    notebook = lab.open(f"course/{language}/0-start-here/start_here.ipynb")
    notebook.run(notebook.code[0])
    cell = "double"  # one of those that may be edited
    output = notebook.output(cell)
    reached = []
    for source in (TRAINING, "run, model = go_on()\n"):
        notebook.write(cell, source)
        notebook.start(cell)
        expect(output).to_contain_text(words("training.runs", language))
        expect(output.get_by_role("img")).to_have_attribute("alt", re.compile("tiny"))
        lab.page.get_by_role("button", name="Interrupt the kernel").click()
        expect(output).to_contain_text(words("training.stopped", language))
        expect(output).to_contain_text("go_on()")
        lab.screen(f"stopped-{len(reached)}-{language}", notebook.cell(cell))
        reached.append(float(re.search(r"\d+\.\d", output.inner_text())[0]))
    assert 0 < reached[0] < reached[1]
    assert lab.errors_shown() == 0


def words(key: str, language: str) -> re.Pattern:
    """A sentence with any numbers in it."""
    sentence = say(key, language, name="tiny", epoch="EPOCH", epochs=2_000, seconds="SECONDS")
    return re.compile(re.escape(sentence).replace("EPOCH", r"[\d.]+").replace("SECONDS", r"\d+"))
