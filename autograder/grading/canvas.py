"""Grades straight into Canvas, through its programming interface.

Source: Canvas's REST API, "Grade or comment on multiple submissions" and "Progress".
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import requests

from autograder.grading.gradesheets import Called, Graded, matched, points_of, tell
from autograder.grading.platforms import is_of_lesson
from autograder.grading.submissions import GradingError, letters
from autograder.lessons.master import read_master
from curriculum.messages import say

TOKEN = "CANVAS_TOKEN"  # the environment variable: an option would stand in the shell's history
ADDRESS = re.compile(r"(?P<site>https://[^/]+|http://(?:localhost|127\.0\.0\.1)(?::\d+)?)/courses/(?P<course>\d+)/?")
IDS = ("sis_user_id", "login_id", "email", "id")
SECONDS = 300  # that Canvas may take to enter the grades


def upload(
    lesson: str,
    address: str,
    token: str,
    graded: Graded,
    column: str,
    scale: bool,
    agreed: Callable[[str], bool],
    announce: Callable[[str], object],
) -> int:
    """Enter the grades of a lesson in its assignment in Canvas, or in the one called `column`.

    `address` is that of the course, https://canvas.example.edu/courses/123. `agreed` is asked before anything changes.

    Returns: how many grades were entered.
    Raises: GradingError if Canvas does not take them, or nobody agreed; nothing was changed then, if it does not say
        otherwise.
    """
    found = ADDRESS.fullmatch(address)
    if not found:
        raise GradingError(f"{address} is not the address of a course, like https://canvas.example.edu/courses/123")
    if not token:
        raise GradingError(say("exchange.upload.no_token", variable=TOKEN))
    try:
        from canvasapi import Canvas
        from canvasapi.exceptions import CanvasException
    except ImportError:
        raise GradingError('Canvas\'s library is missing: pip install "cnn-attention-course[canvas]"') from None
    try:
        course = Canvas(found["site"], token).get_course(int(found["course"]))
        assignment = _assignment(course, lesson, column)
        told: dict[str, list[str]] = defaultdict(list)
        excused = [each.user_id for each in assignment.get_submissions() if getattr(each, "excused", False)]
        maximum = float(assignment.points_possible or 0)
        everyone = map(_called, course.get_users(enrollment_type=["student"]))
        grades = {
            user: points_of(student, grade, maximum, assignment.name, told, scale=scale)
            for user, (student, grade) in matched(everyone, graded, told, excused).items()
        }
        tell(told, assignment.name, announce)
        if not grades:
            raise GradingError(f"Nobody in {address} is one of those who have a grade.")
        if not agreed(say("exchange.upload.sure", count=len(grades), assignment=assignment.name, course=course.name)):
            raise GradingError(say("exchange.upload.not_agreed"))
        _wait(
            assignment.submissions_bulk_update(
                grade_data={user: {"posted_grade": f"{points:.10g}"} for user, points in grades.items()}
            )
        )
    except (CanvasException, requests.RequestException) as error:
        raise GradingError(f"Canvas says: {error or type(error).__name__}") from None
    return len(grades)


def _assignment(course: Any, lesson: str, column: str) -> Any:
    notebook, wanted = read_master(lesson).notebook, letters(column)
    everything = list(course.get_assignments())
    found = [
        each
        for each in everything
        if wanted in (letters(each.name), str(each.id)) or (not column and is_of_lesson(each.name, lesson, notebook))
    ]
    if len(found) != 1:
        what = "no assignment is" if not found else "several assignments are"
        there = ", ".join(f"{each.name} ({each.id})" for each in everything) or "none"
        raise GradingError(
            f"In Canvas {what} called like {column or lesson}. Name one with --column; there are: {there}"
        )
    return found[0]


def _called(user: Any) -> Called:
    ids = [str(value) for kind in IDS if (value := getattr(user, kind, None))]
    return Called(user.id, user.name, ids, [user.name])


def _wait(progress: Any) -> None:
    """Until Canvas has entered the grades: it takes them first, and enters them afterwards.

    Raises: GradingError if it does not.
    """
    end = time.monotonic() + SECONDS
    while progress.workflow_state not in ("completed", "failed"):
        if time.monotonic() > end:
            raise GradingError(say("exchange.upload.slow", seconds=SECONDS))
        time.sleep(1)
        progress = progress.query()
    if progress.workflow_state == "failed":
        raise GradingError(say("exchange.upload.failed", reason=getattr(progress, "message", "") or "-"))
