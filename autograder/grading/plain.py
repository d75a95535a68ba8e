"""A graded submission as plain data: what a worker of a cluster gives back, and what the grader makes of it.

Points and aspects are computed anew from what is wrong in each call, so that nothing comes over the network that has to
be believed: a result that does not fit the lesson is refused.
"""

import json
import math
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode
from nbformat.validator import isvalid

from autograder.checking.diagnosis import Finding
from autograder.grading import plan
from autograder.grading.engine import GradedSubmission
from autograder.grading.extraction import Remark, Submission
from autograder.grading.judging import CheckOutcome
from autograder.grading.lesson import Lesson
from autograder.grading.session import NotebookOutcome
from curriculum.exercises import LESSONS, load

LARGEST = 128 * 2**20  # bytes; the notebook itself is limited where it is read


class NotPlainError(ValueError):
    """These bytes are no graded submission of the lesson, and why."""


def pack(graded: GradedSubmission) -> bytes:
    """A submission that could be read, as JSON. Of its cells, the notebook's are kept alone."""
    outcome = graded.outcome
    plain = {
        "language": graded.submission.language,
        "remarks": [[remark.key, remark.cell, remark.what] for remark in graded.submission.remarks],
        "notebook": graded.notebook,
        "checks": {cell: _packed(check) for cell, check in outcome.checks.items()},
        "events": outcome.events,
        "errors": outcome.errors,
        "seconds": outcome.seconds,
        "processor_seconds": outcome.processor_seconds,
        "peak_memory": outcome.peak_memory,
    }
    return json.dumps(plain, ensure_ascii=False).encode()


def _packed(check: CheckOutcome) -> dict[str, Any]:
    return {
        "exercise": check.exercise,
        "wrong": [sorted(aspects) for aspects in check.wrong],
        "finding": check.finding.key if check.finding else "",
        "mistake": check.mistake,
        "event": check.event,
        "error": check.error,
        "text": check.text,
        "unusable": check.unusable,
    }


def unpack(data: bytes, lesson: Lesson) -> GradedSubmission:
    """What `pack` has packed, without what its page was made of: the page is in the notebook.

    Raises: NotPlainError if it is no such thing.
    """
    if len(data) > LARGEST:
        _refuse(f"{len(data)} bytes")
    try:
        plain = json.loads(data)
        remarks = tuple(Remark(*map(_text, each)) for each in plain["remarks"])
        submission = Submission({}, (), _text(plain["language"]), remarks)
        checks = {_text(cell): _check(check, lesson) for cell, check in plain["checks"].items()}
        outcome = NotebookOutcome(
            checks,
            {_text(cell): _text(event) for cell, event in plain["events"].items()},
            {_text(cell): (_text(error), _text(text)) for cell, (error, text) in plain["errors"].items()},
            _number(plain["seconds"]),
            _number(plain["processor_seconds"]),
            int(_number(plain["peak_memory"])),
        )
        notebook = nbformat.from_dict(plain["notebook"])
    except NotPlainError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        _refuse(f"{type(error).__name__}: {error}"[:200])
    _compare(notebook, submission, outcome, lesson)
    return GradedSubmission(submission, outcome, notebook)


def _compare(notebook: NotebookNode, submission: Submission, outcome: NotebookOutcome, lesson: Lesson) -> None:
    """Raises: NotPlainError if the notebook is not the lesson's, or not every one of its checks is judged."""
    handed_out = lesson.release.get(submission.language)
    if handed_out is None or not isvalid(notebook):
        _refuse("no notebook of a language of the course")
    asked = {cell.id: exercise for cell in handed_out.cells if (exercise := plan.checked_exercise(cell))}
    judged = {cell: check.exercise for cell, check in outcome.checks.items()}
    if judged != asked or not asked.keys() <= {cell.get("id") for cell in notebook.cells}:
        _refuse(f"checks {', '.join(sorted(judged))[:200]}")


def _check(plain: dict[str, Any], lesson: Lesson) -> CheckOutcome:
    exercise = plain["exercise"]
    if exercise not in LESSONS[lesson.name]:
        _refuse(f"no exercise of {lesson.name}")
    asked = load(exercise)
    wrong = tuple(frozenset(map(_text, aspects)) for aspects in plain["wrong"])
    if not wrong or len(wrong) % len(asked.cases) or not frozenset().union(*wrong) <= asked.points.keys():
        _refuse(f"what is wrong in {exercise}")
    return CheckOutcome(
        exercise,
        wrong,
        Finding(plain["finding"]) if _text(plain["finding"]) else None,
        plain["mistake"] if plain["mistake"] is None else _text(plain["mistake"]),
        event=_text(plain["event"]),
        error=_text(plain["error"]),
        text=_text(plain["text"]),
        unusable=_text(plain["unusable"]),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _refuse(f"{type(value).__name__} instead of text")


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
        _refuse("no number")
    return float(value)


def _refuse(reason: str) -> NoReturn:
    raise NotPlainError(f"A result that is no graded submission: {reason}")
