"""How submissions stand in the gradebook: points, penalty, time, whoever wrote them."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, scoped_session

from autograder.grading.plan import is_explanation_id


@dataclass(frozen=True)
class Standing:
    """What the gradebook says of one submission now, whoever wrote it.

    `points` are of all checks, manual scores and extra credit counted, before the late `penalty`. `automatic` are the
    scores that were recorded for the checks; `manual` counts those to which a person has given points. `shown` is a
    digest of everything here that a feedback page shows. `scores` are points and possible points of each check,
    `comments` stand at answers, both by their cell's grade id; `unread` are the grade ids of sentences that
    wait for a person: nobody has read them, or they are not those that somebody has read. Times are UTC, without a
    zone, as nbgrader keeps them; `due` is everybody's, without extensions.
    """

    submitted: datetime | None
    seconds_late: float
    penalty: float | None
    points: float
    total: float
    automatic: dict[str, float | None]
    manual: int
    shown: str
    due: datetime | None = None
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    @property
    def score(self) -> float:
        """The points that count: those of `nbgrader export`."""
        return max(0.0, self.points - (self.penalty or 0))

    @property
    def is_graded(self) -> bool:
        """Whether something has been scored: nbgrader enters a submission before it grades it."""
        return bool(self.manual) or any(score is not None for score in self.automatic.values())


def standings(session: scoped_session[Session], lesson: str, notebook: str, student: str = "") -> dict[str, Standing]:
    """How everyone who has handed in a lesson stands, or one student alone."""
    rows = partial(_rows, lesson, notebook, student)
    own = (Grade.auto_score, Grade.manual_score, Grade.extra_credit)
    columns = (*own, Grade.needs_manual_grade, Grade.max_score, Grade.score)
    scores_of = rows(BaseCell.name, *columns)
    grades = _by_notebook(session, scores_of, Grade)
    comments = _by_notebook(session, rows(BaseCell.name, Comment.comment), Comment)
    found = {}
    for id, name, submitted, extension, due, penalty, points, total in session.execute(
        rows(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Assignment.duedate,
            SubmittedNotebook.late_submission_penalty,
            SubmittedNotebook.score,
            SubmittedNotebook.max_score,
        )
    ):
        scores = [(cell, score) for cell, *_, score in grades[id]]
        unread = [cell for cell, _, _, _, waits, *_ in grades[id] if waits and is_explanation_id(cell)]
        shown = json.dumps([points, total, penalty or 0, scores, comments[id], unread])
        found[name] = Standing(
            submitted,
            _seconds_late(submitted, due, extension),
            penalty,
            points,
            total,
            {cell: automatic for cell, automatic, *_ in grades[id]},
            sum(manual is not None or bool(extra) for _, _, manual, extra, *_ in grades[id]),
            hashlib.sha256(shown.encode()).hexdigest(),
            due,
            {cell: (score, possible) for cell, *_, possible, score in grades[id]},
            dict(comments[id]),
            frozenset(unread),
        )
    return found


def _rows(lesson: str, notebook: str, student: str, *columns: Any) -> Select[Any]:
    """The query for a submitted notebook's id and these columns, of everyone or of one student."""
    query = (
        select(SubmittedNotebook.id, *columns)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .where(Assignment.name == lesson, Notebook.name == notebook)
    )
    return query.where(SubmittedAssignment.student_id == student) if student else query


def _by_notebook(
    session: scoped_session[Session], rows: Select[Any], kind: type[Grade | Comment]
) -> defaultdict[str, list[list[Any]]]:
    """What is there of one kind by the id of the submitted notebook, in the order of the cells' names."""
    found = defaultdict(list)
    for id, *entry in session.execute(
        rows.join(kind, kind.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, kind.cell_id == BaseCell.id)
        .order_by(BaseCell.name)
    ):
        found[id].append(entry)
    return found


def _seconds_late(submitted: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """As nbgrader counts, which fails at an extension without a due date."""
    if submitted is None or due is None:
        return 0
    return max(0, (submitted - due - (extension or timedelta())).total_seconds())
