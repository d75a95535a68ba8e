"""`nbgrader autograde` and formgrader's button, through the same engine as `autograder grade`."""

import atexit
import threading
from functools import cache
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool

from autograder.grading.engine import Engine, Lesson, Settings
from autograder.grading.session import Times

IDLE_SECONDS = 60  # after which formgrader's server does not keep a sandbox any longer


class _Shared:
    """One engine for submissions that come one after the other; it ends when none has come for a while."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        atexit.register(self.close)

    def run(self, lesson: Lesson, settings: Settings, content: Any) -> Any:
        """Run a notebook in the engine of its lesson."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._engine is None or self._engine.lesson is not lesson:
                self._end()
                self._engine = Engine(lesson, settings)
            run = self._engine.run(content)
            self._timer = threading.Timer(IDLE_SECONDS, self.close)
            self._timer.daemon = True
            self._timer.start()
            return run

    def close(self) -> None:
        """End the engine."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._engine:
            self._engine.close()
        self._engine = None


_shared = _Shared()
_lesson = cache(Lesson)


class MeasureAnswers(NbGraderPreprocessor):
    """Replaces a submitted notebook by the instructor's with the student's answers in it, run and judged.

    Verdicts go to `resources["checks"]`, by grade id.
    """

    trust = Bool(False, help="Run students' code without a sandbox, with your own rights.").tag(config=True)

    def preprocess(self, nb: Any, resources: dict) -> tuple[Any, dict]:
        """Run the notebook and judge its checks."""
        settings = Settings(isolated=not self.trust, times=Times())
        run = _shared.run(_lesson(resources["nbgrader"]["assignment"]), settings, nb)
        resources["checks"] = run.outcome.checks
        return run.notebook, resources


class SaveVerdicts(SaveAutoGrades):
    """Saves the points of the verdicts, where nbgrader would guess them from what the cells printed."""

    def _add_score(self, cell: Any, resources: dict) -> None:
        """Save the points of one check. A manual score stays, and asks to be looked at again."""
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        check = resources["checks"].get(grade_id)
        grade.auto_score = check.points if check else 0
        grade.needs_manual_grade = grade.manual_score is not None
        self.gradebook.db.commit()
