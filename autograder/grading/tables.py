"""Tables of the course's own in nbgrader's gradebook."""

from sqlalchemy import Engine, MetaData
from sqlalchemy.exc import IntegrityError, ProgrammingError


def make_tables(tables: MetaData, engine: Engine) -> None:
    """Make the tables that are not there yet, also where somebody on another machine makes them at the same moment."""
    try:
        tables.create_all(engine)
    except (IntegrityError, ProgrammingError):  # PostgreSQL tells it in one way or the other, once theirs are there
        tables.create_all(engine)
