"""Recording results in nbgrader's gradebook and folders: all of one submission at once, or nothing.

What the engine itself has to remember, which submission was graded and how, lies in a table of its own in the same
database. It is written in the transaction that writes the grades, so after a kill at any moment either both are there
or the next run grades that submission again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, GetGrades
from nbgrader.utils import parse_utc
from sqlalchemy import Column, MetaData, String, Table, Text, delete, event, insert, select
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from autograder.authoring.notebooks import as_text
from autograder.grading.plan import checked_exercise

BUSY_SECONDS = 60  # how long another program may hold the database
MOST_BLANK_LINES = 3  # in a row that the feedback page shows
READ_ONLY = 0o444  # as nbgrader leaves graded notebooks

_results = Table(
    "autograder_result",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("details", Text(), nullable=False),
)


class RecordError(Exception):
    """Results cannot be written, and why; what was written before is complete."""


@dataclass(frozen=True)
class Result:
    """Everything about one graded submission. `points` by the grade id of each check; `details` are for the report.

    `comments` stand beside answers in formgrader and in the feedback, by the answer's grade id.
    """

    student: str
    digest: str
    notebook: Any
    points: dict[str, int]
    unanswered: frozenset[str]
    refused: str
    comments: dict[str, str]
    timestamp: str
    details: dict[str, Any]


class Recorder:
    """Writes to one course's gradebook and folders. Only one thread may use it."""

    def __init__(self, lesson: str, notebook: str, coursedir: CourseDirectory, config: Config) -> None:
        """Open the gradebook."""
        self._lesson, self._notebook, self._coursedir = lesson, notebook, coursedir
        url = coursedir.db_url
        if url.startswith("sqlite:") and "?" not in url:
            url += f"?timeout={BUSY_SECONDS}"
        with _errors():
            self._gradebook = Gradebook(url, coursedir.course_id)
            _results.metadata.create_all(self._gradebook.engine)
        if self._gradebook.engine.dialect.name == "sqlite":
            _begin_properly(self._gradebook.engine)
        self._late = AssignLatePenalties(config=config)
        self._late.init_plugin()
        feedback = GenerateFeedback(coursedir=coursedir, config=config)
        self._exporter = _PageExporter(config=feedback.config)
        for converter in feedback.preprocessors:
            if converter is not GetGrades:  # which would open the gradebook once more
                self._exporter.register_preprocessor(converter, enabled=True)

    def close(self) -> None:
        """Close the gradebook."""
        self._gradebook.close()

    def known(self) -> dict[str, str]:
        """The digest with which each student's submission was last graded."""
        query = select(_results.c.student, _results.c.digest).where(_results.c.assignment == self._lesson)
        there = self._students()
        with _errors(), self._gradebook.engine.connect() as connection:
            return {row.student: row.digest for row in connection.execute(query) if row.student in there}

    def _students(self) -> set[str]:
        """Who has a submission in the gradebook; an instructor may have removed somebody."""
        with _errors():
            try:
                return {submission.student.id for submission in self._gradebook.assignment_submissions(self._lesson)}
            except MissingEntry:
                return set()
            finally:
                self._gradebook.db.remove()

    def score(self, student: str) -> tuple[float, float]:
        """Points of a student, manual ones and late penalties counted, and the points there are."""
        with _errors():
            try:
                submission = self._gradebook.find_submission(self._lesson, student)
                return submission.score - (submission.late_submission_penalty or 0), submission.max_score
            finally:
                self._gradebook.db.remove()  # a session left open would lock out our own next transaction

    def scores(self) -> dict[str, float]:
        """Points of everyone whose submission was graded."""
        return {student: self.score(student)[0] for student in self.known()}

    def details(self) -> dict[str, dict[str, Any]]:
        """What was recorded besides points, by student."""
        query = select(_results.c.student, _results.c.details).where(_results.c.assignment == self._lesson)
        there = self._students()
        with _errors(), self._gradebook.engine.connect() as connection:
            rows = connection.execute(query.order_by("student"))
            return {row.student: json.loads(row.details) for row in rows if row.student in there}

    def files(self, student: str) -> tuple[Path, Path]:
        """Where a student's graded notebook and feedback lie."""
        return tuple(
            Path(self._coursedir.format_path(folder, student, self._lesson), f"{self._notebook}.{ending}")
            for folder, ending in (
                (self._coursedir.autograded_directory, "ipynb"),
                (self._coursedir.feedback_directory, "html"),
            )
        )

    def record(self, result: Result) -> tuple[float, float]:
        """Write a result. Returns: points and possible points.

        Raises: RecordError if that cannot be done; nothing has changed then.
        """
        with _errors(), self._transaction() as connection:
            submission = self._submission(result)
            self._set_grades(result)
            self._set_penalty(result.student, submission)
            self._write_files(result, submission)
            key = {"assignment": self._lesson, "student": result.student}
            connection.execute(
                delete(_results).where(_results.c.assignment == self._lesson, _results.c.student == result.student)
            )
            details = json.dumps(result.details)
            connection.execute(insert(_results).values(**key, digest=result.digest, details=details))
            return submission.score - (submission.late_submission_penalty or 0), submission.max_score

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        """One transaction around methods of the gradebook that each commit."""
        session = self._gradebook.db
        with self._gradebook.engine.begin() as connection:
            session.remove()
            session.configure(bind=connection, join_transaction_mode="create_savepoint")
            try:
                yield connection
                session.commit()  # releases a savepoint; the transaction itself ends with this block
            finally:
                session.remove()
                session.configure(bind=self._gradebook.engine, join_transaction_mode="conditional_savepoint")

    def _submission(self, result: Result) -> Any:
        self._gradebook.update_or_create_student(result.student)
        when = {"timestamp": parse_utc(result.timestamp)} if result.timestamp else {}
        return self._gradebook.update_or_create_submission(self._lesson, result.student, **when)

    def _set_grades(self, result: Result) -> None:
        """Automatic scores and comments; a manual score stays and asks to be looked at again."""
        notebook = self._gradebook.find_submission_notebook(self._notebook, self._lesson, result.student)
        for grade in notebook.grades:
            grade.auto_score = result.points.get(grade.name, 0)
            grade.needs_manual_grade = grade.manual_score is not None
        for comment in notebook.comments:
            own = "No response." if comment.name in result.unanswered else None
            comment.auto_comment = result.refused or own or result.comments.get(comment.name)
        self._gradebook.db.flush()

    def _set_penalty(self, student: str, submission: Any) -> None:
        """As nbgrader's AssignLatePenalties, which would open the gradebook once more."""
        self._gradebook.db.expire_all()
        notebook = self._gradebook.find_submission_notebook(self._notebook, self._lesson, student)
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            plugin = self._late.plugin_inst
            penalty = plugin.late_submission_penalty(student, notebook.score, submission.total_seconds_late)
            if penalty is not None:
                notebook.late_submission_penalty = self._late._check_late_penalty(notebook, penalty)
        self._gradebook.db.flush()

    def _write_files(self, result: Result, submission: Any) -> None:
        notebook, page = self.files(result.student)
        _write(notebook, as_text(result.notebook), READ_ONLY)
        _write(page, self._feedback(result, submission), 0o644)
        if result.timestamp:
            _write(notebook.with_name("timestamp.txt"), result.timestamp, READ_ONLY)

    def _feedback(self, result: Result, submission: Any) -> str:
        """The page for the student: their answers, the verdicts, the points."""
        notebook = nbformat.from_dict(result.notebook)
        notebook.cells = _worth_showing(notebook.cells)
        for cell in notebook.cells:
            cell.source = _compact(cell.source)
        grades = GetGrades()
        grades.gradebook, grades.notebook_id, grades.assignment_id = self._gradebook, self._notebook, self._lesson
        grades.student_id = result.student
        for number, cell in enumerate(notebook.cells):
            grades.preprocess_cell(cell, {}, number)
        penalty = submission.late_submission_penalty or 0
        nbgrader = {
            "notebook": self._notebook,
            "assignment": self._lesson,
            "student": result.student,
            "score": submission.score - penalty,
            "max_score": submission.max_score,
            "late_penalty": penalty,
        }
        return self._exporter.from_notebook_node(notebook, {"nbgrader": nbgrader, "unique_key": self._notebook})[0]


class _PageExporter(HTMLExporter):
    """nbconvert's, without its last pass over the page, which takes longer than all before.

    It looks for pictures without words and for JupyterLab's classes; feedback has neither.
    """

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[str, Any]:
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python", parent=self))
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)


def _compact(source: str) -> str:
    """The source without long runs of blank lines: the page's highlighter takes their number squared."""
    kept: list[str] = []
    for line in map(str.rstrip, source.splitlines()):
        if line or any(kept[-MOST_BLANK_LINES:]):
            kept.append(line)
    return "\n".join(kept)


def _worth_showing(cells: list[Any]) -> list[Any]:
    """The student's cells, the checks, and what was told at the top: prose and experiments are in their notebook."""
    code = [cell for cell in cells if cell.cell_type == "code"]
    return [
        cell
        for number, cell in enumerate(code)
        if number == 0
        or cell.outputs
        or cell.id.startswith("extra-")
        or cell.metadata.get("nbgrader", {}).get("solution")
        or checked_exercise(cell)
    ]


def _write(path: Path, text: str, permissions: int) -> None:
    """Write a file so that it is always either the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(permissions)
    part.replace(path)


def _begin_properly(engine: Any) -> None:
    """Let SQLAlchemy, not Python's sqlite3, begin transactions, and let them wait for others at their beginning.

    Source: SQLAlchemy's documentation of the pysqlite dialect, "Serializable isolation / Savepoints".
    """
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _errors() -> Iterator[None]:
    """Name what stands in the way of writing."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        what = "is in use by another program" if "locked" in reason else f"cannot be used: {reason}"
        raise RecordError(f"The gradebook {what}. What was graded so far is kept; run the same command again") from None
    except OSError as error:
        raise RecordError(
            f"Results cannot be written: {error.strerror} ({error.filename}). What was graded so far is kept; "
            "run the same command again"
        ) from None
