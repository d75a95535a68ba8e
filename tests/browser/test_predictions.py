"""Tasks without points in JupyterLab: a number and a choice are predicted, a broken block is tried and mended."""

import pytest
from playwright.sync_api import expect

from autograder.lessons.effort import heading
from curriculum.messages import LANGUAGES, catalogue, say
from tests.conftest import sampled

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", sampled(LANGUAGES, in_ci=["ko"]))
def test_predicting_and_mending(lab, language):
    notebook = lab.open(f"course/{language}/7-bam/bam.ipynb")
    choice, number = (
        notebook.code_with('predict("dilated_scores")'),
        notebook.code_with('predict("bam_of_64")'),
    )
    start, broken = notebook.code[0], notebook.code_with("mend(repaired")
    notebook.run(start, choice, number)
    above = heading("bam_channel_gate", language)
    expect(notebook.cell("about_bam_channel_gate")).to_contain_text(above.rpartition("**")[2].strip(": "))
    lab.screen(f"effort-{language}", notebook.cell("about_bam_channel_gate"))

    field = notebook.output(choice)
    field.get_by_text(catalogue(language)["tasks"]["dilated_scores"]["options"]["more"], exact=True).click()
    field.get_by_role("button", name=say("tasks.predict", language)).click()
    expect(field.get_by_role("status")).to_contain_text(say("tasks.dilated_scores.why", language))
    lab.screen(f"predicted-{language}", notebook.cell(choice))

    field = notebook.output(number)
    field.get_by_role("textbox").fill("1,173")
    field.get_by_role("button", name=say("tasks.predict", language)).click()
    expect(field.get_by_role("status")).to_contain_text(say("tasks.right", language))
    expect(field.get_by_role("button")).to_be_disabled()
    lab.screen(f"predicted-number-{language}", notebook.cell(number))

    notebook.run(broken)
    expect(notebook.output(broken)).to_contain_text(say("tasks.still_broken", language, calls=4))
    lab.screen(f"broken-{language}", notebook.cell(broken))
    mended = notebook.sources[broken].replace(
        'padding="same")', 'padding="same", use_bias=False, activation="sigmoid")'
    )
    notebook.write(broken, mended)
    notebook.run(broken)
    expect(notebook.output(broken)).to_contain_text(say("tasks.works_again", language))
    lab.screen(f"mended-{language}", notebook.cell(broken))
    assert lab.errors_shown() == 0
