"""Folders may be called anything: each is graded under its own name or left out with a reason, by both commands."""

import os
import sqlite3
import unicodedata
from contextlib import closing

import pytest

from autograder.grading import submission_file
from autograder.grading.class_run import grade_class
from autograder.grading.submissions import left_out, students_of
from autograder.lessons.files import write_instructor_notebooks
from curriculum.paths import REPOSITORY
from tests.conftest import needs_sandbox, run_nbgrader
from tests.test_grading import FILE, LESSON, MASTER, ONE_JOB, RIGHT, TOTAL, hand_in, submission

COMPOSED = unicodedata.normalize("NFC", "이지은")
DECOMPOSED = unicodedata.normalize("NFD", "이지은")
GRADED = (
    "alice",
    "[a]lice",
    "?lice",
    "*",
    "a:b",
    "quo'te\"s",
    "$HOME",
    "{0}",
    "a+b",
    "a,b",
    "-rf",
    "O'Neil, Ann",
    COMPOSED,
)
LEFT_OUT = {
    "mallory: 19 of 19 points\nalice": "name",
    "tab\tname": "name",
    "\x1b[2Jclears": "name",
    "turns\u202edaer": "name",
    "line\u2028end": "name",
    "joined\u200dname": "name",
    os.fsdecode(b"\xff"): "name",
    ".hidden": "hidden",
    " first": "hidden",
    "last ": "hidden",
    "last\u3000": "hidden",
    "x" * 129: "long",
    DECOMPOSED: "double",
}
# Each has its own number of points, so that nobody's can be taken for another's.
WRONG = {"double": "def double(x):\n    return x + 2"}


@pytest.fixture
def root(tmp_path):
    """Everybody's submission; alice's is right, all others have nothing right but the shape."""
    for name in (*GRADED, *LEFT_OUT):
        hand_in(tmp_path, name, submission(MASTER, "en", RIGHT if name == "alice" else WRONG))
    return tmp_path


def recorded(root):
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        return dict(
            database.execute(
                "select student_id, sum(auto_score) from grade"
                " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
                " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id group by 1"
            ).fetchall()
        )


EXPECTED = {name: TOTAL if name == "alice" else 1 for name in GRADED}


def test_who_is_left_out_and_why(root):
    assert set(students_of(LESSON, root / "submitted")) == set(GRADED)
    told = {(each.name, each.reason) for each in left_out(LESSON, root / "submitted")}
    assert told == {(submission_file.visible(name), why) for name, why in LEFT_OUT.items()}


def test_our_command(root, sandbox):
    said = []
    outcomes = {o.student: o.points for o in grade_class(LESSON, root / "submitted", root, ONE_JOB, said.append)}
    assert outcomes == EXPECTED
    assert recorded(root) == EXPECTED
    for name in GRADED:
        assert (root / "feedback" / name / LESSON / FILE).with_suffix(".html").exists()
    assert sum("left out" in line for line in said) == len(LEFT_OUT)
    assert all(len(line.splitlines()) == 1 and "\x1b" not in line and "\u202e" not in line for line in said)


@pytest.mark.slow
@needs_sandbox
@pytest.mark.parametrize("one", [False, True])
def test_nbgraders_command(root, one):
    """All at once, and as formgrader's button does it for one."""
    write_instructor_notebooks()
    (root / "nbgrader_config.py").write_text(
        (REPOSITORY / "nbgrader_config.py").read_text("utf-8")
        + f"c.CourseDirectory.source_directory = {str(REPOSITORY / 'solutions' / 'en')!r}\n"
        + "c.CourseDirectory.release_directory = 'released'\n",
        "utf-8",
    )
    assert run_nbgrader(root, "generate_assignment", LESSON).returncode == 0
    done = run_nbgrader(root, "autograde", LESSON, *(["--student=[a]lice"] if one else []))
    assert done.returncode == 0, done.stderr
    assert recorded(root) == ({"[a]lice": 1} if one else EXPECTED)
    lines = done.stderr.splitlines()
    assert sum("is left out" in line for line in lines) == (0 if one else len(LEFT_OUT))
    assert not any(line.startswith(("mallory", "alice")) for line in lines)


@pytest.mark.parametrize("text", ["a\nmallory: 5 of 5 points", "a\r\nb", "a\u2028b", "a\x85b", "a\x1b[1Ab", "a\x0bb"])
def test_what_students_wrote_stays_on_its_line(text):
    assert len(submission_file.one_line(text).splitlines()) == 1
    assert submission_file.one_line(text).isprintable()
