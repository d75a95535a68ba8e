"""What is recorded of a run: points, comments, what the report is made of, and a note for the instructor."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from nbgrader.utils import compute_checksum, is_solution

from autograder.grading import carrier, ready_made
from autograder.grading.answers import Remark
from autograder.grading.engine import Run
from autograder.grading.feedback import remark_text
from autograder.grading.record import Result


def result(student: str, folder: Path, run: Run) -> Result:
    """What is recorded of a run."""
    return Result(
        student=student,
        digest=run.digest,
        notebook=run.notebook,
        points={cell: check.points for cell, check in run.outcome.checks.items()},
        unanswered=frozenset() if run.refused else _unanswered(run),
        refused=run.refused,
        notes=carrier.notes(folder),
        comments=comments(run),
        details=details(run),
    )


def _unanswered(run: Run) -> frozenset[str]:
    """The exercises that are as they were handed out, by what nbgrader goes by: their checksum."""
    return frozenset(
        cell.id
        for cell in run.notebook.cells
        if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    )


def details(run: Run) -> dict[str, Any]:
    """What the report is made of, as plain data."""
    return {
        "language": run.submission.language,
        "refused": run.refused,
        "remarks": [asdict(remark) for remark in run.submission.remarks],
        "events": run.outcome.events,
        "errors": {cell: ": ".join(filter(None, error)) for cell, error in run.outcome.errors.items()},
        "seconds": round(run.outcome.seconds, 3),
        "processor_seconds": round(run.outcome.processor_seconds, 3),
        "peak_memory": run.outcome.peak_memory,
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
            for cell, check in run.outcome.checks.items()
        },
    }


def comments(run: Run) -> dict[str, str]:
    """What formgrader shows at an answer's cell besides nbgrader's own comments, by grade id."""
    return {
        remark.cell: remark_text(remark, run.submission.language)
        for remark in run.submission.remarks
        if remark.key in ready_made.KEYS and remark.cell
    }


def note(run: Run) -> str:
    """What an instructor wants to see at once: why there is nothing, what died, what was not written here."""
    if run.refused:
        return run.refused
    events = {check.exercise: check.event for check in run.outcome.checks.values() if check.event} | run.outcome.events
    told = [f"{cell}: {event}" for cell, event in events.items() if event != "undefined"]
    return ", ".join(told + [remark_text(remark, None) for remark in _worth_saying_at_once(run)])


def _worth_saying_at_once(run: Run) -> list[Remark]:
    return [
        remark for remark in run.submission.remarks if remark.key in (*ready_made.KEYS, "other_notebook", "no_time")
    ]
