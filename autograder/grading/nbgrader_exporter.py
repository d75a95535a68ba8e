"""`nbgrader autograde` and formgrader's button, through the same engine and recorder as `autograder grade`."""

import atexit
import threading
from fnmatch import fnmatch
from functools import cache, partial
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.writers.files import FilesWriter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool

from autograder.grading.course_folder import hidden_from_students, register_lesson
from autograder.grading.engine import Engine, GradedSubmission, Settings, run_submission
from autograder.grading.extraction import Remark
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder
from autograder.grading.run_record import gradebook_entry
from autograder.grading.submissions import GradingError, left_out, no_lesson, students_of
from curriculum.exercises import LESSONS

IDLE_SECONDS = 60  # after which formgrader's server does not keep a sandbox any longer


class _SharedEngine:
    """One engine for submissions that come one after the other; it ends when none has come for a while."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._settings: Settings | None = None
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        atexit.register(self.close)

    def run(self, lesson: Lesson, settings: Settings, *files: bytes, remarks: tuple[Remark, ...]) -> GradedSubmission:
        """Run what was submitted (`Engine.run`) in the engine of its lesson."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._engine is None or self._engine.lesson is not lesson or self._settings != settings:
                self._end()
                self._engine, self._settings = Engine(lesson, settings), settings
            run = self._engine.run(*files, remarks=remarks)
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


_shared_engine = _SharedEngine()
_lesson = cache(Lesson)
_registered: set[tuple[str, str]] = set()  # database, lesson's digest


class GradedNotebook(NotebookExporter):
    """Grades a submission as `autograder grade` does, and records all that `autograder grade` records.

    nbgrader's converter finds the folders, decides which of them to grade and copies what lies beside a notebook. It
    reads every notebook through its exporter, which it makes after it has looked for folders and before it enters one.
    """

    trust = Bool(False, help="Run students' code without a sandbox, with your own rights.").tag(config=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if isinstance(self.parent, Autograde):
            self._prepare(self.parent)

    def _prepare(self, converter: Autograde) -> None:
        """Enter the lesson in the gradebook as it is now, and let the converter see the folders that we see."""
        coursedir = converter.coursedir
        if coursedir.assignment_id not in LESSONS:
            raise NbGraderException(no_lesson(coursedir.assignment_id))
        lesson = _lesson(coursedir.assignment_id)
        _register(lesson, converter)
        # The converter would take brackets in a name for a pattern and open somebody else's notebook, skip a notebook
        # with another name, and end at a name that no gradebook can keep.
        submissions = Path(coursedir.root, coursedir.submitted_directory)
        try:
            students = students_of(lesson.name, submissions)
        except GradingError as error:
            raise NbGraderException(str(error)) from None
        wanted = coursedir.student_id
        one = wanted in students and wanted != "*"  # which means everybody, even if somebody is called so

        def is_wanted(name: str) -> bool:
            return name == wanted if one else fnmatch(name, wanted)

        folders = [submissions / student / lesson.name for student in students if is_wanted(student)]
        converter.assignments = {str(folder): [str(folder / f"{lesson.notebook}.ipynb")] for folder in folders}
        for each in left_out(lesson.name, submissions):
            if is_wanted(each.name):
                converter.log.warning(str(each))
        converter.writer = _AlreadyWritten(parent=converter)

    # What comes out is text, which nbconvert declares to be a notebook.
    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> tuple[Any, dict[str, Any]]:
        """Grade and record a submitted notebook. In the converter's second pass, read what was recorded."""
        recorded = self._recorded(filename, resources["nbgrader"], self.parent)
        return super().from_filename(recorded, resources, **options)

    def _recorded(self, filename: str, names: dict[str, str], converter: Autograde) -> str:
        """The file with what is recorded of a submitted notebook, which is graded first; any other as it is."""
        coursedir, folder = converter.coursedir, Path(filename).parent
        submitted = coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
        if folder.absolute() != Path(submitted).absolute():
            return filename
        lesson = _lesson(names["assignment"])
        settings = Settings(isolated=not self.trust, hidden=hidden_from_students(coursedir))
        graded = run_submission(lesson, folder, partial(_shared_engine.run, lesson, settings))
        if graded.refused:
            self.log.warning("%s: %s", filename, graded.refused)
        with Recorder(lesson.name, lesson.notebook, coursedir, converter.config) as recorder:
            recorder.record(gradebook_entry(names["student"], folder, graded))
            return str(recorder.files(names["student"])[0])


class _AlreadyWritten(FilesWriter):
    """Leaves what the recorder has written, in one piece and together with the grades, as it is."""

    def write(self, output: str, resources: Any, notebook_name: str | None = None, **options: Any) -> None:
        pass


def _register(lesson: Lesson, converter: Autograde) -> None:
    """Register the lesson, once for each of its states."""
    coursedir = converter.coursedir
    state = (coursedir.db_url, lesson.digest)
    if state in _registered and _is_registered(coursedir, lesson.name):
        return
    try:
        for change in register_lesson(lesson, coursedir):
            converter.log.warning(str(change))
    except GradingError as error:
        converter.log.error("%s", error)
        raise NbGraderException(str(error)) from None
    _registered.add(state)


def _is_registered(coursedir: CourseDirectory, lesson: str) -> bool:
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            return bool(gradebook.find_assignment(lesson))
        except MissingEntry:
            return False
