"""`nbgrader autograde` and formgrader's button, through the same engine as `autograder grade`."""

import atexit
import fnmatch
import threading
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveAutoGrades
from traitlets import Bool

from autograder.grading import carrier
from autograder.grading.engine import Engine, Lesson, Settings, refuse, why_left_out
from autograder.messages import say

IDLE_SECONDS = 60  # after which formgrader's server does not keep a sandbox any longer


class _Shared:
    """One engine for submissions that come one after the other; it ends when none has come for a while."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        atexit.register(self.close)

    def run(self, lesson: Lesson, settings: Settings, data: bytes) -> Any:
        """Run a notebook, given as the bytes of its file, in the engine of its lesson."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._engine is None or self._engine.lesson is not lesson:
                self._end()
                self._engine = Engine(lesson, settings)
            run = self._engine.run(data)
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

    def __init__(self, **options: Any) -> None:
        """Made when nbgrader has looked for submissions, and before it converts the first."""
        super().__init__(**options)
        if isinstance(self.parent, Autograde):
            self.parent.assignments = dict(self._by_name(self.parent))

    def _by_name(self, converter: Autograde) -> Iterator[tuple[str, list[str]]]:
        """Folders and the notebooks in them, found by their names.

        nbgrader takes names for patterns, so that `[a]lice` would open alice's notebook, and stops at a line break.
        """
        coursedir = converter.coursedir
        path = partial(coursedir.format_path, coursedir.submitted_directory, assignment_id=coursedir.assignment_id)
        students = [coursedir.student_id]
        if coursedir.student_id == "*" or not Path(path(student_id=coursedir.student_id)).is_dir():
            students = fnmatch.filter(_names_in(Path(path(student_id="")).parent), coursedir.student_id)
        for student in students:
            folder = Path(path(student_id=student))
            if not folder.is_dir():  # of another lesson
                continue
            if reason := why_left_out(folder.parent):
                self.log.error(say(f"grading.left_out.{reason}", name=carrier.visible(student)))
                continue
            names = fnmatch.filter(_names_in(folder), f"{coursedir.notebook_id}.ipynb")
            if notebooks := [str(folder / name) for name in names if not name.startswith(".")]:
                yield str(folder), notebooks

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[str, Any]:
        """Grade a submitted notebook. What the converter reads again, because it has two passes, stays as it is."""
        if not self._is_submitted(Path(filename), resources["nbgrader"]):
            return super().from_filename(filename, resources, **options)
        lesson = _lesson(resources["nbgrader"]["assignment"])
        try:
            data = carrier.load(Path(filename).parent, lesson.notebook)
            run = _shared.run(lesson, Settings(isolated=not self.trust), data)
        except carrier.RefusedError as error:
            run = refuse(lesson, error)
            self.log.warning("%s: %s", filename, run.refused)
        resources |= {"checks": run.outcome.checks, "refused": run.refused}
        return self.from_notebook_node(run.notebook, resources, **options)

    def _is_submitted(self, path: Path, names: dict[str, str]) -> bool:
        coursedir = self.parent.coursedir
        folder = coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
        return path.absolute().parent == Path(folder).absolute()


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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
        """Save why a submission was refused, else nbgrader's own comment on a cell that was left as it is."""
        super()._add_comment(cell, resources)
        if resources["refused"]:
            grade_id = cell.metadata["nbgrader"]["grade_id"]
            comment = self.gradebook.find_comment(grade_id, self.notebook_id, self.assignment_id, self.student_id)
            comment.auto_comment = resources["refused"]
            self.gradebook.db.commit()
