"""What is recorded of a run: points, comments, what the report is made of, and a note for the instructor."""

import hashlib
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, is_solution

from autograder.grading import ready_made, submission_file
from autograder.grading.engine import GradedSubmission
from autograder.grading.extraction import Remark
from autograder.grading.feedback import KEY, is_written, remark_text
from autograder.grading.plan import is_explanation
from autograder.grading.record import Details, GradebookEntry, RemarkDetails


def gradebook_entry(student: str, folder: Path, graded: GradedSubmission) -> GradebookEntry:
    """What is recorded of a graded submission."""
    return GradebookEntry(
        student=student,
        digest=graded.digest,
        notebook=graded.notebook,
        points={cell: check.points for cell, check in graded.outcome.checks.items()},
        unanswered=frozenset() if graded.refused else _unanswered(graded),
        to_read=frozenset(cell.id for cell in graded.notebook.cells if is_written(cell)),
        refused=graded.refused,
        notes=submission_file.notes(folder),
        comments=comments(graded),
        details=details(graded),
    )


def _unanswered(graded: GradedSubmission) -> frozenset[str]:
    """The exercises that are as they were handed out, by what nbgrader goes by: their checksum."""
    return frozenset(
        cell.id
        for cell in graded.notebook.cells
        if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    )


def details(graded: GradedSubmission) -> Details:
    """What the report is made of, as plain data."""
    return {
        "language": graded.submission.language,
        "refused": graded.refused,
        "remarks": [
            RemarkDetails(key=remark.key, cell=remark.cell, what=remark.what) for remark in graded.submission.remarks
        ],
        "events": graded.outcome.events,
        "errors": {cell: ": ".join(filter(None, error)) for cell, error in graded.outcome.errors.items()},
        "seconds": round(graded.outcome.seconds, 3),
        "processor_seconds": round(graded.outcome.processor_seconds, 3),
        "peak_memory": graded.outcome.peak_memory,
        "checks": {
            cell: {
                "exercise": check.exercise,
                "points": check.points,
                "right": check.right,
                "mistake": check.mistake,
                "finding": check.finding.key if check.finding else "",
                "event": check.event,
                "unusable": check.unusable,
            }
            for cell, check in graded.outcome.checks.items()
        },
        "sentences": {cell.id: _digest(cell) for cell in graded.notebook.cells if is_explanation(cell)},
    }


def _digest(cell: NotebookNode) -> str:
    """What tells a sentence from another one, however its lines are broken; nothing if none is written."""
    words = cell.metadata.get(KEY, {}).get("written", "").split()
    return hashlib.sha256(" ".join(words).encode()).hexdigest() if words else ""


def comments(graded: GradedSubmission) -> dict[str, str]:
    """What formgrader shows at an answer's cell besides nbgrader's own comments, by grade id."""
    return {
        remark.cell: remark_text(remark, graded.submission.language)
        for remark in graded.submission.remarks
        if remark.key in ready_made.KEYS and remark.cell
    }


def note(graded: GradedSubmission) -> str:
    """What an instructor wants to see at once: why there is nothing, what died, what was not written here."""
    if graded.refused:
        return graded.refused
    outcome = graded.outcome
    events = {check.exercise: check.event for check in outcome.checks.values() if check.event} | outcome.events
    told = [f"{cell}: {event}" for cell, event in events.items() if event != "undefined"]
    return ", ".join(told + [remark_text(remark, None) for remark in _worth_saying_at_once(graded)])


def _worth_saying_at_once(graded: GradedSubmission) -> list[Remark]:
    return [
        remark for remark in graded.submission.remarks if remark.key in (*ready_made.KEYS, "other_notebook", "no_time")
    ]
