"""A class is graded end to end, by our command and by nbgrader's; feedback and export work."""

import csv

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.authoring.build import write_instructor_notebooks
from autograder.authoring.master import read_master
from autograder.authoring.reference import solution_source
from autograder.exercises import LESSONS, load
from autograder.grading.demo import CRASH, make_demo_class, mistake_source, submission
from autograder.grading.grade import GradingError, grade_class
from autograder.paths import REPOSITORY
from tests.conftest import run_nbgrader

LESSON = "3-channel-attention"
NAMES = LESSONS[LESSON]
ALL = sum(load(name).total for name in NAMES)
MASTER = read_master(LESSON)
RIGHT = {name: solution_source(MASTER.solution(name)) for name in NAMES}
RELU = mistake_source("channel_attention", "relu_on_second_dense")


def edit(text: str, change) -> str:
    notebook = nbformat.reads(text, as_version=4)
    change(notebook)
    return nbformat.writes(notebook)


def tag_checks(notebook) -> None:
    """nbclient skips cells tagged so, and stock nbgrader then gives full marks."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = ["skip-execution"]


def delete_first_check(notebook) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.id != "check_channel_attention"]


def duplicate_first_check(notebook) -> None:
    index = next(i for i, cell in enumerate(notebook.cells) if cell.id == "check_channel_attention")
    copy = nbformat.from_dict(notebook.cells[index])
    copy["id"] = "copied"
    notebook.cells.insert(index, copy)


def write_to_stderr(notebook) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source += "\nimport sys\nprint('a warning', file=sys.stderr)"


def pretend(notebook) -> None:
    """Replace `check` by something that is content, and print a score."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source += "\ncheck = lambda answer: 5.0"


FIRST = load("channel_attention").total
# student -> (notebook, points)
CLASS = {
    "right": (submission(MASTER, "en", RIGHT), ALL),
    "right-korean": (submission(MASTER, "ko", RIGHT), ALL),
    "relu": (submission(MASTER, "en", RIGHT | {"channel_attention": RELU}), None),
    "unfinished-korean": (submission(MASTER, "ko", {}), 0),
    "kernel-dies": (submission(MASTER, "en", RIGHT | {NAMES[-1]: CRASH}), ALL - load(NAMES[-1]).total),
    "stderr": (edit(submission(MASTER, "en", RIGHT), write_to_stderr), ALL),
    "deleted-check": (edit(submission(MASTER, "en", RIGHT), delete_first_check), ALL),
    "duplicated-check": (edit(submission(MASTER, "en", RIGHT), duplicate_first_check), ALL),
    "tagged": (edit(submission(MASTER, "en", {}), tag_checks), 0),
    "pretender": (edit(submission(MASTER, "en", {}), pretend), 0),
    "not-json": ("this is no notebook", None),
}

pytestmark = [pytest.mark.xdist_group("grading")]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded once: (folder, outcome by student)."""
    root = tmp_path_factory.mktemp("class")
    for student, (text, _) in CLASS.items():
        path = root / "submitted" / student / LESSON / f"{MASTER.notebook}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    outcomes = {outcome.student: outcome for outcome in grade_class(LESSON, root / "submitted", root)}
    return root, outcomes


@pytest.mark.parametrize("student", [name for name, (_, points) in CLASS.items() if points is not None])
def test_points(graded, student):
    outcome = graded[1][student]
    assert (outcome.points, outcome.total, outcome.problem) == (CLASS[student][1], ALL, "")


def test_a_mistake_gets_partial_credit(graded):
    """The wrong channel_attention keeps the points for its shape and its parameters."""
    with Gradebook(f"sqlite:///{graded[0] / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        grade = gradebook.find_grade("check_channel_attention", MASTER.notebook, LESSON, "relu")
        assert (grade.auto_score, grade.max_score, grade.needs_manual_grade) == (3, FIRST, False)


def test_one_bad_file_does_not_stop_the_class(graded):
    assert set(graded[1]) == set(CLASS)
    assert graded[1]["not-json"].problem.startswith("NotJSONError: Notebook does not appear to be JSON")


def test_feedback_is_in_the_students_language(graded):
    for student, words in (
        ("relu", "Likely mistake"),
        ("unfinished-korean", "다음 단계"),
        ("right-korean", "만점입니다"),
    ):
        page = graded[0] / "feedback" / student / LESSON / f"{MASTER.notebook}.html"
        text = page.read_text("utf-8")
        assert words in text
        assert "Traceback (most recent" not in text


def test_graded_a_second_time_gives_the_same(graded):
    root, outcomes = graded
    again = {outcome.student: outcome for outcome in grade_class(LESSON, root / "submitted", root)}
    assert {name: (o.points, o.total) for name, o in again.items()} == {
        name: (o.points, o.total) for name, o in outcomes.items()
    }


def test_nbgraders_own_commands(tmp_path):
    """`nbgrader autograde` goes through the same judging; `generate_feedback` and `export` work on the result."""
    lesson, master = "0-start-here", read_master("0-start-here")
    write_instructor_notebooks()
    (tmp_path / "nbgrader_config.py").write_text(
        (REPOSITORY / "nbgrader_config.py").read_text("utf-8")
        + f"c.CourseDirectory.source_directory = {str(REPOSITORY / 'solutions' / 'en')!r}\n"
        + "c.CourseDirectory.release_directory = 'released'\n",
        "utf-8",
    )
    right = {"double": solution_source(master.solution("double"))}
    for student, language, answers in (("right", "ko", right), ("unfinished", "en", {})):
        path = tmp_path / "submitted" / student / lesson / f"{master.notebook}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(submission(master, language, answers), "utf-8")
    for arguments in (
        ("generate_assignment", lesson),
        ("autograde", lesson),
        ("generate_feedback", lesson),
        ("export",),
    ):
        done = run_nbgrader(tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
    with (tmp_path / "grades.csv").open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"right": load("double").total, "unfinished": 0}
    assert (tmp_path / "feedback" / "right" / lesson / f"{master.notebook}.html").exists()


def test_a_demonstration_class_can_be_made_for_every_lesson(tmp_path):
    for lesson in LESSONS:
        submissions = make_demo_class(lesson, tmp_path / lesson)
        files = sorted(submissions.glob(f"*/{lesson}/*.ipynb"))
        assert len(files) == 6
        for file in files:
            nbformat.validate(nbformat.read(file, as_version=4))


def test_unknown_lessons_and_empty_folders_are_named(tmp_path):
    with pytest.raises(GradingError, match="no lesson '7-nonsense'"):
        next(grade_class("7-nonsense", tmp_path, tmp_path))
    with pytest.raises(GradingError, match="No submissions found"):
        next(grade_class(LESSON, tmp_path, tmp_path))
