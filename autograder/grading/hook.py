"""`nbgrader autograde` and formgrader's button, through the same engine as `autograder grade`."""

import atexit
import threading
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import SaveAutoGrades
from traitlets import Bool

from autograder.grading import carrier
from autograder.grading.engine import Engine, Lesson, Settings, comments, refuse

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


class GradedNotebook(NotebookExporter):
    """Reads a submission as `autograder grade` does; gives the instructor's notebook with the answers run and judged.

    nbgrader's converter reads every file through its exporter, so nothing else opens a submitted notebook. Verdicts go
    to `resources["checks"]`, by grade id; why a file was refused to `resources["refused"]`.
    """

    trust = Bool(False, help="Run students' code without a sandbox, with your own rights.").tag(config=True)

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[str, Any]:
        """Grade a submitted notebook. What the converter reads again, because it has two passes, stays as it is."""
        if not self._is_submitted(Path(filename), resources["nbgrader"]):
            return super().from_filename(filename, resources, **options)
        lesson = _lesson(resources["nbgrader"]["assignment"])
        try:
            content = carrier.parse(carrier.load(Path(filename).parent, lesson.notebook))
            run = _shared.run(lesson, Settings(isolated=not self.trust), content)
        except carrier.RefusedError as error:
            run = refuse(lesson, error)
            self.log.warning("%s: %s", filename, run.refused)
        resources |= {"checks": run.outcome.checks, "refused": run.refused, "comments": comments(run)}
        return self.from_notebook_node(run.notebook, resources, **options)

    def _is_submitted(self, path: Path, names: dict[str, str]) -> bool:
        coursedir = self.parent.coursedir
        folder = coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
        return path.absolute().parent == Path(folder).absolute()


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

    def _add_comment(self, cell: Any, resources: dict) -> None:
        """Save why a submission was refused or what an answer uses, else nbgrader's own: that it was left as it is."""
        super()._add_comment(cell, resources)
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if told := resources["refused"] or resources["comments"].get(grade_id):
            comment = self.gradebook.find_comment(grade_id, self.notebook_id, self.assignment_id, self.student_id)
            comment.auto_comment = told
            self.gradebook.db.commit()
