"""A teacher's way through formgrader: register a lesson, grade a submission with the button, look at it."""

import pytest
from playwright.sync_api import expect

from autograder.grading.demo import mistake_source, submission
from autograder.lessons.master import read_master
from curriculum.exercises import load
from curriculum.messages import say
from tests.browser.lab import press
from tests.conftest import needs_sandbox

pytestmark = [pytest.mark.slow, needs_sandbox]

LESSON, STUDENT = "0-start-here", "one-mistake"


def hand_in(folder):
    path = folder / "submitted" / STUDENT / LESSON / "start_here.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(submission(read_master(LESSON), "ko", {"double": mistake_source("double", "two_added")}), "utf-8")


def test_a_submission_is_graded_and_shown_in_formgrader(lab):
    hand_in(lab.folder)
    lab.enter()
    lab.menu("Nbgrader", "Formgrader")
    formgrader = lab.page.frame_locator("iframe")
    press(formgrader, LESSON, "assign")
    formgrader.get_by_role("row", name=LESSON).locator(".num-submissions a").click()
    press(formgrader, STUDENT, "autograde")
    row = formgrader.get_by_role("row", name=STUDENT)
    expect(row.locator(".score")).to_have_text(f"1 / {load('double').total}")
    lab.screen("formgrader-class")

    row.locator(".student-name a").click()
    formgrader.get_by_role("link", name="start_here").click()
    verdict = formgrader.locator("pre", has_text=say("double.mistake.two_added", "ko"))
    verdict.scroll_into_view_if_needed()
    expect(formgrader.locator(".score").first).to_have_attribute("placeholder", "1")
    lab.screen("formgrader-submission")
