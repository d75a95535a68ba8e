"""Recording results in nbgrader's gradebook and folders: all of one submission at once, or nothing.

What the engine itself has to remember, which submission was graded and how, lies in a table of its own in the same
database. It is written in the transaction that writes the grades, so after a kill at any moment either both are there
or the next run grades that submission again.
"""

import json
import math
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, NotRequired, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

import nbformat
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbformat.validator import isvalid
from nbgrader.api import Assignment, BaseCell, Comment, Grade, Gradebook, SubmittedAssignment
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, GetGrades
from nbgrader.utils import is_grade, is_solution, parse_utc
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    delete,
    event,
    insert,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError, ProgrammingError
from traitlets.config import Config

from autograder.grading.database import Turns
from autograder.grading.feedback_page import FeedbackPage, shown_on
from autograder.grading.standings import Standing, standings
from autograder.grading.tables import make_indices, make_tables
from autograder.lessons.notebooks import as_text
from curriculum.exercises import LESSONS

# As nbgrader leaves graded notebooks, pages, and both where graders of one Unix group share a course.
READ_ONLY, READABLE, SHARED_FILE, SHARED_FOLDER = 0o444, 0o644, 0o664, 0o2770

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


class CheckDetails(TypedDict):
    """What the report is told of one check. `right` says it of each aspect; `event` and `unusable` as `CheckOutcome`.

    `mistake` and `finding` are message keys; without a mistake None, without a finding nothing.
    """

    exercise: str
    points: float
    right: dict[str, bool]
    mistake: str | None
    finding: str
    event: str
    unusable: NotRequired[str]  # the first version had none


class RemarkDetails(TypedDict):
    """A remark, as `extraction.Remark`."""

    key: str
    cell: str
    what: str


class Details(TypedDict):
    """What is recorded of a run besides its points, as JSON: `events`, `errors` and `checks` by the id of their cell.

    `sentences` has, by cell, a digest of each sentence, and nothing for one that is not written. `seconds` are of wall
    time, `peak_memory` is in bytes.
    """

    language: str
    refused: str
    remarks: list[RemarkDetails]
    events: dict[str, str]
    errors: NotRequired[dict[str, str]]  # the first version had none
    seconds: float
    processor_seconds: float
    peak_memory: int
    checks: dict[str, CheckDetails]
    sentences: NotRequired[dict[str, str]]  # the first version had none


@dataclass(frozen=True)
class GradebookEntry:
    """Everything about one graded submission.

    `points` by the grade id of each check; `to_read` are the cells with a sentence for a person to read;
    `notes` are nbgrader's own files beside the notebook, by name; `comments` stand beside answers in formgrader and in
    the feedback, by the answer's grade id; `details` are for the report.
    """

    student: str
    digest: str
    notebook: NotebookNode
    points: dict[str, float]
    unanswered: frozenset[str]
    to_read: frozenset[str]
    refused: str
    comments: dict[str, str]
    notes: dict[str, str]
    details: Details


def database_file(coursedir: CourseDirectory) -> Path | None:
    """The gradebook's file, if it is one."""
    url = make_url(coursedir.db_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def database_name(coursedir: CourseDirectory) -> str:
    """What to call the gradebook: the path of its file, or the address of its database without the password."""
    file = database_file(coursedir)
    return str(file or make_url(coursedir.db_url).set(query={})._replace(password=None))


class Recorder:
    """Writes to one course's gradebook and folders. Only one thread may use it."""

    def __init__(self, lesson: str, notebook: str, coursedir: CourseDirectory, config: Config) -> None:
        """Open the gradebook."""
        self._lesson, self._notebook, self._coursedir = lesson, notebook, coursedir
        with _errors():
            self._gradebook = Gradebook(coursedir.db_url, coursedir.course_id)
            make_tables(_results.metadata, self._gradebook.engine)
            make_indices(self._gradebook.engine)
        self._turns = None
        if self._gradebook.engine.dialect.name == "sqlite":
            self._turns = Turns()
            _begin_properly(self._gradebook.engine)
        if coursedir.groupshared and (file := database_file(coursedir)):
            with suppress(PermissionError):  # somebody else's, who has done it
                file.chmod(SHARED_FILE)
        if coursedir.root not in sys.path:  # a plugin may lie beside nbgrader_config.py, as for nbgrader itself
            sys.path.append(coursedir.root)
        self.damaged: list[str] = []  # whose row of `autograder_result` cannot be used, as of the last reading
        self._late = AssignLatePenalties(config=config)
        self._late.init_plugin()
        feedback = GenerateFeedback(coursedir=coursedir, config=config)
        self._exporter = FeedbackPage(config=feedback.config)
        for converter in feedback.preprocessors:
            # The one would open the gradebook once more, the other writes a style sheet that the page has no use for.
            if converter not in (GetGrades, CSSHTMLHeaderPreprocessor):
                self._exporter.register_preprocessor(converter)

    def close(self) -> None:
        """Close the gradebook."""
        self._gradebook.close()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def standings(self) -> dict[str, Standing]:
        """How everyone stands who has handed in the lesson."""
        with _errors():
            try:
                return self._standings()
            finally:
                self._gradebook.db.remove()  # a session left open would lock out our own next transaction

    def lessons(self) -> list[str]:
        """The lessons of the course of which somebody has handed something in."""
        handed_in = select(Assignment.name).join(SubmittedAssignment).distinct()
        with _errors(), self._gradebook.engine.connect() as connection:
            names = {name for (name,) in connection.execute(handed_in)}
        return [lesson for lesson in LESSONS if lesson in names]

    def standings_of(self, lesson: str, notebook: str) -> dict[str, Standing]:
        """How everyone stands who has handed in another lesson."""
        with _errors():
            try:
                return standings(self._gradebook.db, lesson, notebook)
            finally:
                self._gradebook.db.remove()

    def _standings(self, student: str = "") -> dict[str, Standing]:
        return standings(self._gradebook.db, self._lesson, self._notebook, student)

    def digests(self) -> dict[str, str]:
        """The digest with which each student's submission was last graded."""
        return {student: digest for student, (digest, _) in self._recorded().items()}

    def details(self) -> dict[str, Details]:
        """What was recorded besides points, by student."""
        return {student: details for student, (_, details) in self._recorded().items()}

    def _recorded(self) -> dict[str, tuple[str, Details]]:
        """Digest and details of all whose scores in the gradebook are those that were recorded with them.

        An instructor may have removed somebody, or graded with an nbgrader that was not set up for this course. What
        was damaged, or written by a version that recorded something else, is as if it was not there.
        """
        query = select(_results.c.student, _results.c.digest, _results.c.details)
        there = self.standings()
        with _errors(), self._gradebook.engine.connect() as connection:
            rows = connection.execute(query.where(_results.c.assignment == self._lesson).order_by("student")).all()
        recorded = {student: (digest, _details(text)) for student, digest, text in rows if student in there}
        self.damaged = [student for student, (_, details) in recorded.items() if details is None]
        return {
            student: (digest, details)
            for student, (digest, details) in recorded.items()
            if details is not None and _agree(there[student], details)
        }

    def files(self, student: str) -> tuple[Path, Path]:
        """Where a student's graded notebook and feedback lie."""
        graded, feedback = (
            Path(self._coursedir.format_path(folder, student, self._lesson))
            for folder in (self._coursedir.autograded_directory, self._coursedir.feedback_directory)
        )
        return graded / f"{self._notebook}.ipynb", feedback / f"{self._notebook}.html"

    def has_notebook(self, student: str) -> bool:
        """Whether a student's graded notebook is there, and whole."""
        try:
            content = json.loads(self.files(student)[0].read_bytes())
        except (OSError, ValueError, RecursionError):
            return False
        return isinstance(content, dict) and content.get("nbformat") == nbformat.current_nbformat and isvalid(content)

    def record(self, entry: GradebookEntry) -> Standing:
        """Write an entry. Returns: how the submission stands now.

        Raises: RecordError if that cannot be done; nothing has changed then.
        """
        with _errors(), self._transaction() as connection:
            self._submission(entry.student, entry.notes)
            self._set_grades(entry, self._earlier_sentences(connection, entry.student))
            self._write(self.files(entry.student)[0], as_text(entry.notebook), READ_ONLY)
            standing = self._finish(entry.student, entry.notebook, entry.notes)
            key = {"assignment": self._lesson, "student": entry.student}
            connection.execute(
                delete(_results).where(_results.c.assignment == self._lesson, _results.c.student == entry.student)
            )
            details = json.dumps(entry.details)
            connection.execute(insert(_results).values(**key, digest=entry.digest, details=details))
            return standing

    def is_current(self, student: str, standing: Standing, notes: dict[str, str]) -> bool:
        """Whether penalty, page and notes of a graded submission are what they would be if they were made now.

        Due date, extension, the plugin for late submissions and its settings decide about the penalty; a person's
        scores and comments stand on the page, too.
        """
        submitted = _submitted(notes)
        if submitted and submitted != standing.submitted:
            return False
        penalty = self._penalty(student, standing)
        if (penalty is None) != (standing.penalty is None) or not math.isclose(penalty or 0, standing.penalty or 0):
            return False
        page = self.files(student)[1]
        return shown_on(page) == standing.shown and all(
            _text(file.with_name(name)) == text for file in self.files(student) for name, text in notes.items()
        )

    def renew(self, student: str, notes: dict[str, str]) -> Standing:
        """Find the penalty and write the page of a graded submission again, without grading it again.

        Returns: how it stands now. Raises: RecordError if that cannot be done; nothing has changed then.
        """
        with _errors(), self._transaction():
            self._submission(student, notes)
            notebook = nbformat.read(self.files(student)[0], as_version=4)
            return self._finish(student, notebook, notes)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One transaction around methods of the gradebook that each commit."""
        session = self._gradebook.db
        if self._turns:
            self._turns.begin()
        with self._gradebook.engine.begin() as connection:
            session.remove()
            session.configure(bind=connection, join_transaction_mode="create_savepoint")
            try:
                yield connection
                session.commit()  # releases a savepoint; the transaction itself ends with this block
            finally:
                session.remove()
                session.configure(bind=self._gradebook.engine, join_transaction_mode="conditional_savepoint")
        if self._turns:
            self._turns.end()

    def _submission(self, student: str, notes: dict[str, str]) -> None:
        self._gradebook.update_or_create_student(student)
        submitted = _submitted(notes)
        when = {"timestamp": submitted} if submitted else {}
        self._gradebook.update_or_create_submission(self._lesson, student, **when)

    def _earlier_sentences(self, connection: Connection, student: str) -> dict[str, str]:
        """The digests of the sentences that were recorded last of a student, by cell."""
        own = select(_results.c.details).where(_results.c.assignment == self._lesson, _results.c.student == student)
        details = _details(connection.execute(own).scalar())
        return details.get("sentences", {}) if details else {}

    def _set_grades(self, entry: GradebookEntry, earlier: dict[str, str]) -> None:
        """Automatic scores and comments; a manual score stays and asks to be looked at again.

        A sentence has an automatic score, too, which is 0: so formgrader takes it for read when somebody gives extra
        credit, and leaves the score empty. One for which something was given is read as long as it is the one that was
        recorded `earlier`; one that was changed or taken out since waits for the person who gave it.
        """
        now = entry.details.get("sentences", {})
        session = self._gradebook.db
        notebook = self._gradebook.find_submission_notebook(self._notebook, self._lesson, entry.student)
        # With their names in one query: nbgrader's own `name` asks once for each.
        grades = select(Grade, BaseCell.name).join(Grade.cell).where(Grade.notebook_id == notebook.id)
        for grade, name in session.execute(grades).all():
            grade.auto_score = entry.points.get(name, 0)
            given = grade.manual_score is not None or grade.extra_credit is not None
            if name in now:
                is_read = given and not grade.needs_manual_grade and earlier.get(name) == now[name]
                grade.needs_manual_grade = (given or name in entry.to_read) and not is_read
            else:
                grade.needs_manual_grade = grade.manual_score is not None
        comments = select(Comment, BaseCell.name).join(Comment.cell).where(Comment.notebook_id == notebook.id)
        for comment, name in session.execute(comments).all():
            own = "No response." if name in entry.unanswered else None
            comment.auto_comment = entry.refused or own or entry.comments.get(name)
        session.flush()

    def _finish(self, student: str, notebook: NotebookNode, notes: dict[str, str]) -> Standing:
        """Penalty, page and notes, after what they depend on."""
        standing = self._standings(student)[student]
        penalty = self._penalty(student, standing)
        if penalty != standing.penalty:
            submitted = self._gradebook.find_submission_notebook(self._notebook, self._lesson, student)
            submitted.late_submission_penalty = penalty
            self._gradebook.db.flush()
            standing = self._standings(student)[student]
        graded, page = self.files(student)
        self._write(page, self._page(student, notebook, standing), READABLE)
        for name, text in notes.items():  # `nbgrader release_feedback` wants them beside the page, too
            self._write(graded.with_name(name), text, READ_ONLY)
            self._write(page.with_name(name), text, READABLE)
        return standing

    def _penalty(self, student: str, standing: Standing) -> float | None:
        """As nbgrader's AssignLatePenalties."""
        if standing.seconds_late <= 0:
            return None
        plugin = self._late.plugin_inst
        penalty = plugin.late_submission_penalty(student, standing.points, standing.seconds_late)
        return None if penalty is None else min(max(penalty, 0), standing.points)

    def _page(self, student: str, notebook: NotebookNode, standing: Standing) -> str:
        """The page for the student: their answers, the verdicts, the points."""
        notebook = nbformat.from_dict(notebook)
        for cell in notebook.cells:  # as nbgrader's GetGrades, which asks the gradebook twice for every exercise
            if is_grade(cell):
                given = cell.metadata.nbgrader
                given.score, given.points = standing.scores.get(given.grade_id, (0, given.points))
            if is_solution(cell):
                cell.metadata.nbgrader.comment = standing.comments.get(cell.metadata.nbgrader.grade_id)
        nbgrader = {
            "notebook": self._notebook,
            "assignment": self._lesson,
            "student": student,
            "score": standing.points - (standing.penalty or 0),
            "max_score": standing.total,
            "late_penalty": standing.penalty or 0,
            "shown": standing.shown,
            "unread": standing.unread,
        }
        return self._exporter.from_notebook_node(notebook, {"nbgrader": nbgrader, "unique_key": self._notebook})[0]

    def _write(self, path: Path, text: str, permissions: int) -> None:
        """Write a file that lies where nbgrader would have put it, for whom nbgrader would have put it there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._coursedir.groupshared:
            root = Path(self._coursedir.root)
            for folder in (path.parent, *path.parent.parents):
                mode = folder.stat().st_mode
                if folder == root or not folder.is_relative_to(root):
                    break
                if mode & SHARED_FOLDER != SHARED_FOLDER:
                    with suppress(PermissionError):  # somebody else's, who has done it
                        folder.chmod(mode & 0o7777 | SHARED_FOLDER)
        _write(path, text, SHARED_FILE if self._coursedir.groupshared else permissions)


def _submitted(notes: dict[str, str]) -> datetime | None:
    return parse_utc(notes["timestamp.txt"]) if "timestamp.txt" in notes else None


def _details(text: Any) -> Details | None:
    """What was recorded as JSON, if this version can use it."""
    try:
        details = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return details if _fits(details, Details) else None


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value that was read as JSON is of a kind, which may be a TypedDict."""
    if is_typeddict(kind):
        entries = get_type_hints(kind)
        return (
            isinstance(value, dict)
            and kind.__required_keys__ <= value.keys()
            and all(_fits(value[name], each) for name, each in entries.items() if name in value)
        )
    parts = get_args(kind)
    if isinstance(kind, UnionType):
        return any(_fits(value, part) for part in parts)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(_fits(each, parts[1]) for each in value.values())
    if get_origin(kind) is list:
        return isinstance(value, list) and all(_fits(each, parts[0]) for each in value)
    return type(value) in ((int, float) if kind is float else (kind,))


def _agree(standing: Standing, details: Details) -> bool:
    """Whether the gradebook still has the scores that were recorded with these details; a new check may have none."""
    points = {cell: check["points"] for cell, check in details["checks"].items()}
    scores = {cell: score for cell, score in standing.automatic.items() if cell in points}
    return all(score is not None and math.isclose(score, points[cell]) for cell, score in scores.items())


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _write(path: Path, text: str, permissions: int) -> None:
    """Write a file so that it is always either the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # of a full disk, which does not say what it has no room for
        raise OSError(error.errno, error.strerror, str(path)) from None
    part.chmod(permissions)
    part.replace(path)


def _begin_properly(engine: Engine) -> None:
    """Let SQLAlchemy, not Python's sqlite3, begin transactions, and let them wait for others at their beginning.

    Source: SQLAlchemy's documentation of the pysqlite dialect, "Serializable isolation / Savepoints".
    """
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.text_factory = _text_of  # one damaged text would else stop the reading of all rows

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


@contextmanager
def _errors() -> Iterator[None]:
    """Name what stands in the way of writing."""
    try:
        yield
    except (ArgumentError, ImportError) as error:  # not a valid address, or its driver is not installed
        raise RecordError(f"The gradebook cannot be used (c.CourseDirectory.db_url): {error}") from None
    except OperationalError as error:
        reason = str(error.orig)
        what = "is in use by another program" if "locked" in reason else f"cannot be used: {reason}"
        raise RecordError(f"The gradebook {what}. What was graded so far is kept; run the same command again") from None
    except (IntegrityError, ProgrammingError):  # a mistake of our own
        raise
    except DatabaseError as error:
        raise RecordError(f"The gradebook is damaged: {error.orig}. Put a copy of it back first") from None
    except OSError as error:
        raise RecordError(
            f"Results cannot be written: {error.strerror} ({error.filename}). What was graded so far is kept; "
            "run the same command again"
        ) from None
