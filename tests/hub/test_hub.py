"""A class on a JupyterHub, everybody a user of the system: work handed in, graded by two, given back, kept apart."""

import re
from subprocess import CalledProcessError

import pytest
from playwright.sync_api import Locator, expect

from benchmarks.hub_class import EXCHANGE
from benchmarks.hub_machine import Machine
from curriculum.exercises import load
from curriculum.messages import in_language, say
from tests.browser.lab import Lab, press
from tests.conftest import SHORTEST_LESSON as LESSON
from tests.conftest import needs_sandbox
from tests.hub.conftest import GRADERS, STUDENTS

pytestmark = [pytest.mark.slow, needs_sandbox]

ENGLISH, KOREAN = STUDENTS
TEACHER, ASSISTANT = GRADERS
RIGHT, WRONG = "def double(x):\n    return 2 * x\n", "def double(x):\n    return x + 2\n"
TOTAL, POINTS, COMMENT = load("double").total, 1.5, "Nearly. Try it with 0: 0이면 얼마가 나올까요?"
COURSE = "/home/teacher/attention"


def notebook_of(student: str) -> str:
    return in_language("start_here", {ENGLISH: "en", KOREAN: "ko"}[student])


def assignments(lab: Lab, kind: str) -> Locator:
    """One of the lists in nbgrader's Assignment List: what is "released", "fetched" or "submitted"."""
    return lab.page.locator(f"#{kind}_assignments_list")


def open_assignments(lab: Lab) -> None:
    lab.enter()
    lab.menu("Nbgrader", "Assignment List")


def work(lab: Lab, student: str, answer: str, verdict: str, validation: str) -> None:
    """Fetch the lesson, answer it, run it, validate it, hand it in; what the check and the validation must say."""
    open_assignments(lab)
    assignments(lab, "released").get_by_role("button", name="Fetch").click()
    expect(assignments(lab, "fetched")).to_contain_text(LESSON)
    notebook = lab.open(f"{LESSON}/{notebook_of(student)}.ipynb")
    notebook.write("double", answer)
    notebook.run_all()
    expect(notebook.output("check_double")).to_contain_text(verdict)
    expect(lab.validation()).to_contain_text(validation)
    lab.close_dialog()
    open_assignments(lab)
    assignments(lab, "fetched").get_by_role("button", name="Submit").click()
    expect(assignments(lab, "submitted")).to_contain_text(LESSON)


def grade(lab: Lab, student: str, points: float) -> None:
    """Collect and autograde in formgrader."""
    lab.page.goto(f"{lab.url}formgrader/manage_assignments")
    press(lab.page, LESSON, "collect")
    lab.page.get_by_role("row", name=LESSON).locator(".num-submissions a").click()
    press(lab.page, student, "autograde")
    expect(lab.page.get_by_role("row", name=student).locator(".score")).to_have_text(f"{points} / {TOTAL}")


def comment(lab: Lab, student: str) -> None:
    """Add a comment and change the points, where formgrader has just graded."""
    lab.page.get_by_role("row", name=student).locator(".student-name a").click()
    lab.page.get_by_role("link", name="start_here").click()
    expect(lab.page.locator("pre", has_text=say("double.mistake.two_added", "ko"))).to_be_visible()
    text, points = lab.page.locator("#double-comment"), lab.page.locator("input#check_double")
    for field in (text, points):  # which formgrader saves from the moment that it has filled them in
        expect(field).to_have_attribute("placeholder", re.compile("."))
    with lab.page.expect_response(re.compile("/api/comment/")):
        text.fill(COMMENT)
        points.focus()
    with lab.page.expect_response(re.compile("/api/grade/")):
        points.fill(str(POINTS))
        text.focus()


def read_feedback(lab: Lab, student: str, *texts: str) -> None:
    """Fetch the feedback, follow the link to it, open the page; what it must say."""
    open_assignments(lab)
    assignments(lab, "submitted").get_by_role("button", name="Fetch Feedback").click()
    assignments(lab, "submitted").get_by_text("(view feedback)").click()
    lab.page.locator(".jp-DirListing-item", has_text=f"{notebook_of(student)}.html").dblclick()
    page = lab.page.frame_locator(".jp-HTMLViewer iframe").locator("body")
    for text in texts:
        expect(page).to_contain_text(text)
    lab.screen(f"hub-feedback-{student}")


def readable(machine: Machine, user: str) -> set[str]:
    """Files of others that a user can read: in home folders, in what may be found in closed ones, in the exchange."""
    known = (COURSE, "/home/teacher/.local", *(f"/home/{student}/{LESSON}" for student in STUDENTS))
    search = f"find /home {' '.join(known)} /srv/nbgrader -type f -readable ! -user {user} 2> /dev/null || :"
    return set(machine.shell(user, search).splitlines())


def refused(machine: Machine, user: str, script: str) -> bool:
    try:
        machine.shell(user, script)
    except CalledProcessError:
        return True
    return False


def test_a_lesson_from_its_release_to_the_feedback(machine, labs):
    teacher, assistant, english, korean = labs.values()
    teacher.page.goto(f"{teacher.url}formgrader/manage_assignments")
    press(teacher.page, LESSON, "assign")
    press(teacher.page, LESSON, "release")

    passed = say("check.passed", "en", exercise="double", total=TOTAL)
    work(english, ENGLISH, RIGHT, passed, "Success")
    grade(teacher, ENGLISH, TOTAL)
    mistake = say("double.mistake.two_added", "ko")
    work(korean, KOREAN, WRONG, mistake, mistake)  # Validate's kernel is not told what the notebook is called
    grade(assistant, KOREAN, 1)  # in folders that the teacher's server has made
    comment(assistant, KOREAN)

    teacher.page.goto(f"{teacher.url}formgrader/manage_assignments")
    press(teacher.page, LESSON, "generate-feedback")
    press(teacher.page, LESSON, "release-feedback")
    read_feedback(english, ENGLISH, say("grading.page.points", "en", points=TOTAL, total=TOTAL), passed)
    points = say("grading.page.points", "ko", points=POINTS, total=TOTAL)
    read_feedback(korean, KOREAN, points, COMMENT, say("double.mistake.two_added", "ko"))

    said = machine.shell(ASSISTANT, f"cd {COURSE} && autograder grade {LESSON} && nbgrader release_feedback {LESSON}")
    assert "2 of them unchanged" in said and "not up to date" not in said
    handed_in = machine.shell(TEACHER, f"find {EXCHANGE}/attention/inbound -type f")
    assert "start_here_ko.ipynb" in handed_in and "progress" not in handed_in
    assert all("double" in machine.shell(student, "cat ~/course-progress.json") for student in STUDENTS)

    released = {f"{EXCHANGE}/attention/outbound/{LESSON}/{notebook_of(student)}.ipynb" for student in STUDENTS}
    for student in STUDENTS:
        assert readable(machine, student) == released
        assert refused(machine, student, f"ls {EXCHANGE}/attention/inbound")
        assert refused(machine, student, f"ls {EXCHANGE}/attention/feedback")
        assert refused(machine, student, "python -c 'import cnn_attention_course_solutions'")
        assert refused(machine, student, f"mv {EXCHANGE}/attention {EXCHANGE}/mine")
        assert labs[student].page.request.get(f"{teacher.url}api/contents/attention").status == 403
    machine.shell(TEACHER, "python -c 'import cnn_attention_course_solutions'")
    assert {f"{COURSE}/gradebook.db", *released} <= readable(machine, ASSISTANT)
