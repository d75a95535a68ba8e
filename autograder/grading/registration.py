"""Entering a lesson in nbgrader's gradebook as it is now, whatever was graded before it was mended.

nbgrader's SaveCells refuses a lesson whose cells are not those it has grades for, and the converter around it deletes
what it has released when that happens. Here cells are added and removed, and no file is written. What was graded in a
cell that is gone is set aside in a table of its own, in the same database, and comes back with the cell.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution
from sqlalchemy import Column, ColumnElement, Float, MetaData, String, Table, Text, delete, insert, select, update

from autograder.grading.tables import make_tables
from curriculum.exercises import LESSONS
from curriculum.messages import say


@dataclass(frozen=True)
class _Kind:
    """Grades or comments: the gradebook's class of their cells, its class of themselves, and what they hold."""

    cell: type[GradeCell | SolutionCell]
    entry: type[Grade | Comment]
    columns: tuple[str, ...]


_GRADES = _Kind(GradeCell, Grade, ("auto_score", "manual_score", "extra_credit"))
_COMMENTS = _Kind(SolutionCell, Comment, ("auto_comment", "manual_comment"))

_set_aside = Table(
    "autograder_set_aside",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("max_score", Float()),
    *(Column(name, Float()) for name in _GRADES.columns),
    *(Column(name, Text()) for name in _COMMENTS.columns),
)


@dataclass(frozen=True)
class Change:
    """What became of grades and comments while a lesson was registered: a message key, whose and in which cells."""

    key: str
    lesson: str
    cells: tuple[str, ...]
    students: frozenset[str]

    def __str__(self) -> str:
        return say(
            f"grading.registered.{self.key}",
            lesson=self.lesson,
            cells=", ".join(self.cells),
            count=len(self.students),
            table=_set_aside.name,
        )


def register(lesson: str, notebook: str, release: NotebookNode, coursedir: CourseDirectory) -> list[Change]:
    """Make sure that the gradebook knows a lesson as it is handed out now.

    Returns: what was set aside, and what came back.
    Raises: SQLAlchemyError if the gradebook cannot be written; nothing has changed then.
    """
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        return _Registration(gradebook, lesson, notebook, release).run()


class SaveLesson(SaveCells):
    """Registers what `nbgrader generate_assignment` and formgrader's button release."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Register a lesson, without changing the notebook; nbgrader registers any other assignment."""
        names = resources["nbgrader"]
        if names["assignment"] not in LESSONS:
            done: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
            return done
        with Gradebook(names["db_url"]) as gradebook:
            for change in _Registration(gradebook, names["assignment"], names["notebook"], nb).run():
                self.log.warning("%s", change)
        return nb, resources


class _Registration:
    """One lesson, brought up to date in one transaction."""

    def __init__(self, gradebook: Gradebook, lesson: str, notebook: str, release: NotebookNode) -> None:
        self._gradebook, self._session = gradebook, gradebook.db
        self._lesson, self._notebook, self._release = lesson, notebook, release
        make_tables(_set_aside.metadata, gradebook.engine)

    def run(self) -> list[Change]:
        """Bring cells, grades and comments up to date."""
        notebook = self._find_notebook()
        named = {cell.metadata.nbgrader["grade_id"]: cell for cell in self._release.cells if _is_named(cell)}
        self._save_sources(notebook, named)
        set_aside, back = [], []
        for kind, belongs in ((_GRADES, is_grade), (_COMMENTS, is_solution)):
            wanted = {name: cell for name, cell in named.items() if belongs(cell)}
            query = self._session.query(kind.cell).filter(kind.cell.notebook_id == notebook.id)
            known = {cell.name: cell for cell in query}
            for name in sorted(known.keys() - wanted.keys()):
                set_aside += self._set_aside(known[name], kind)
            for name, cell in wanted.items():
                back += self._save_cell(
                    notebook, known.get(name) or kind.cell(name=name, notebook=notebook), cell, kind
                )
        self._session.commit()
        return [*self._told("set_aside", set_aside), *self._told("back", back)]

    def _find_notebook(self) -> Notebook:
        assignment = self._gradebook.update_or_create_assignment(self._lesson)
        notebook = next((each for each in assignment.notebooks if each.name == self._notebook), None)
        if notebook is None:
            notebook = Notebook(name=self._notebook, assignment=assignment)
            self._session.add(notebook)
        notebook.kernelspec = json.dumps(self._release.metadata.get("kernelspec", {}))
        there = {submitted.assignment_id for submitted in notebook.submissions}
        for submission in assignment.submissions:
            if submission.id not in there:
                self._session.add(SubmittedNotebook(notebook=notebook, assignment=submission))
        self._session.flush()
        return notebook

    def _save_sources(self, notebook: Notebook, named: dict[str, NotebookNode]) -> None:
        """What nbgrader puts back into cells that must not be changed. No grade hangs on it."""
        known = {cell.name: cell for cell in notebook.source_cells}
        for name in known.keys() - named.keys():
            self._session.delete(known[name])
        for name, cell in named.items():
            if name not in known:
                known[name] = SourceCell(name=name, notebook=notebook)
                self._session.add(known[name])
            known[name].cell_type, known[name].locked = cell.cell_type, is_locked(cell)
            known[name].source, known[name].checksum = cell.source, cell.metadata.nbgrader.get("checksum")
        self._session.flush()

    def _set_aside(self, cell: GradeCell | SolutionCell, kind: _Kind) -> list[tuple[str, str]]:
        """Take a cell out of the gradebook; keep what was graded in it. Returns: the cell and student of each."""
        moved = []
        for entry in self._session.query(kind.entry).filter(kind.entry.cell_id == cell.id).all():
            values = {name: getattr(entry, name) for name in kind.columns}
            if any(value is not None for value in values.values()):
                student = entry.notebook.assignment.student_id
                row = self._row(cell.name, student)
                values |= {"max_score": cell.max_score} if kind is _GRADES else {}
                if self._session.execute(select(_set_aside).where(*row)).one_or_none():
                    # Of a sentence, which has grades and comments: a check or an answer has one of them.
                    self._session.execute(update(_set_aside).where(*row).values(**values))
                else:
                    key = {"assignment": self._lesson, "cell": cell.name, "student": student}
                    self._session.execute(insert(_set_aside).values(**key, **values))
                moved.append((cell.name, student))
            self._session.delete(entry)
        self._session.flush()
        self._session.expire_all()  # or the cell would be taken from grades that are deleted already
        self._session.delete(cell)
        self._session.flush()
        return moved

    def _save_cell(
        self, notebook: Notebook, cell: GradeCell | SolutionCell, released: NotebookNode, kind: _Kind
    ) -> list[tuple[str, str]]:
        """Bring a cell up to date, and give every submission a place for what is graded in it.

        Returns: the cell and student of each that had been set aside and is back.
        """
        if kind is _GRADES:
            cell.max_score, cell.cell_type = float(released.metadata.nbgrader["points"]), released.cell_type
        self._session.add(cell)
        self._session.flush()
        there = {entry.notebook_id for entry in self._session.query(kind.entry).filter(kind.entry.cell_id == cell.id)}
        moved = []
        for submitted in notebook.submissions:
            if submitted.id in there:
                continue
            entry = kind.entry(cell_id=cell.id, notebook=submitted)
            self._session.add(entry)
            row = self._row(cell.name, submitted.assignment.student_id)
            kept = self._session.execute(select(_set_aside).where(*row)).one_or_none()
            if kept and any(getattr(kept, name) is not None for name in kind.columns):
                for name in kind.columns:
                    setattr(entry, name, getattr(kept, name))
                others = {*_GRADES.columns, *_COMMENTS.columns} - {*kind.columns}
                left = any(getattr(kept, name) is not None for name in others)
                done = update(_set_aside).values(dict.fromkeys(kind.columns)) if left else delete(_set_aside)
                self._session.execute(done.where(*row))
                moved.append((kept.cell, kept.student))
            if kind is _GRADES:
                entry.needs_manual_grade = entry.manual_score is not None  # nobody has to look at a new exercise
        self._session.flush()
        return moved

    def _row(self, cell: str, student: str) -> tuple[ColumnElement[bool], ...]:
        return (_set_aside.c.assignment == self._lesson, _set_aside.c.cell == cell, _set_aside.c.student == student)

    def _told(self, key: str, moved: list[tuple[str, str]]) -> Iterator[Change]:
        if moved:
            cells = tuple(dict.fromkeys(cell for cell, _ in moved))
            yield Change(key, self._lesson, cells, frozenset(student for _, student in moved))


def _is_named(cell: NotebookNode) -> bool:
    return bool(is_grade(cell) or is_solution(cell) or is_locked(cell))
