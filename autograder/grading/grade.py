"""Grading a class: register the assignment, grade each submission, make the feedback."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.build import write_instructor_notebooks
from autograder.exercises import LESSONS
from autograder.grading.config import configure
from autograder.paths import REPOSITORY


class GradingError(Exception):
    """Why a class cannot be graded, and what to do."""


@dataclass(frozen=True)
class Graded:
    """The outcome for one student; `problem` says why there is no grade."""

    student: str
    points: float = 0
    total: float = 0
    problem: str = ""


def grade_class(lesson: str, submissions: Path, root: Path = REPOSITORY, *, force: bool = False) -> Iterator[Graded]:
    """Grade all submissions of a lesson, `submissions/<student>/<lesson>/<notebook>.ipynb`.

    Grades go to `root/gradebook.db`, graded notebooks to `root/autograded`, feedback to `root/feedback`.

    Raises: GradingError if there is no such lesson or nothing to grade.
    """
    if lesson not in LESSONS:
        raise GradingError(f"There is no lesson {lesson!r}. The lessons are: {', '.join(LESSONS)}")
    students = sorted(path.parent.name for path in submissions.glob(f"*/{lesson}") if path.is_dir())
    if not students:
        raise GradingError(f"No submissions found: expected {submissions}/<student>/{lesson}/<notebook>.ipynb")
    # nbgrader calls `alembic` by its bare name when it makes a gradebook.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    write_instructor_notebooks()
    api = _nbgrader(root, submissions)
    _succeed(api.generate_assignment(lesson), f"{lesson} cannot be registered in the gradebook")
    for student in students:
        outcome = api.autograde(lesson, student, force=force)
        if not outcome["success"]:
            yield Graded(student, problem=_reason(outcome))
            continue
        feedback = api.generate_feedback(lesson, student)
        graded = _points(api, lesson, student)
        yield graded if feedback["success"] else Graded(student, problem=f"no feedback: {_reason(feedback)}")


def _nbgrader(root: Path, submissions: Path) -> NbGraderAPI:
    root.mkdir(parents=True, exist_ok=True)
    config = Config()
    configure(config)
    if (root / "nbgrader_config.py").exists():
        config.merge(PyFileConfigLoader("nbgrader_config.py", str(root)).load_config())
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.submitted_directory = str(submissions.resolve())
    if root != REPOSITORY:
        config.CourseDirectory.source_directory = str(REPOSITORY / config.CourseDirectory.source_directory)
        config.CourseDirectory.release_directory = "released"
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def _points(api: NbGraderAPI, lesson: str, student: str) -> Graded:
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        submission = gradebook.find_submission(lesson, student)
        return Graded(student, submission.score, submission.max_score)


def _succeed(outcome: dict, what: str) -> None:
    if not outcome["success"]:
        raise GradingError(f"{what}: {_reason(outcome)}")


def _reason(outcome: dict) -> str:
    """What went wrong, without the traceback: the last exception that nbgrader logged, but for its own summary."""
    text = f"{outcome.get('error') or ''}\n{outcome.get('log') or ''}"
    errors = re.findall(r"^\s*[\w.]*?(\w+(?:Error|Exception): .+)$", text, flags=re.MULTILINE)
    causes = [error for error in errors if not error.startswith("NbGraderException")]
    return (causes or errors or ["no reason was given"])[-1]
