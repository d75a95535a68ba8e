"""Tables of the course's own in nbgrader's gradebook, and what its own tables lack for large classes."""

from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Engine, Index, MetaData
from sqlalchemy.exc import IntegrityError, ProgrammingError

# What is looked for by these, nbgrader's tables have in no order: each submission would be searched for among all.
INDICES = (
    Index("autograder_grade", Grade.notebook_id),
    Index("autograder_comment", Comment.notebook_id),
    Index("autograder_submitted_notebook", SubmittedNotebook.assignment_id),
    Index("autograder_submitted_assignment", SubmittedAssignment.student_id),
)


def make_tables(tables: MetaData, engine: Engine) -> None:
    """Make the tables that are not there yet, also where somebody on another machine makes them at the same moment."""
    try:
        tables.create_all(engine)
    except (IntegrityError, ProgrammingError):  # PostgreSQL tells it in one way or the other, once theirs are there
        tables.create_all(engine)


def make_indices(engine: Engine) -> None:
    """Make the indices that are not there yet, as `make_tables` makes tables. nbgrader's tables have to be there."""
    for index in INDICES:
        try:
            index.create(engine, checkfirst=True)
        except (IntegrityError, ProgrammingError):
            index.create(engine, checkfirst=True)
