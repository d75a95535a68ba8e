"""How programs that share the gradebook's file take turns: grading, formgrader, the class list, the export."""

import sqlite3

from sqlalchemy import Engine, event

BUSY_SECONDS = 60  # how long another program may hold the database
PYTHONS_OWN = 5  # seconds that a connection waits if nobody says otherwise


def wait_for_others() -> None:
    """From now on, every connection of this process to an SQLite database waits while another program writes.

    Without this it is 5 seconds. Those can be over while a class is recorded on a busy machine, and formgrader then
    loses what was typed. An address of the gradebook with `?timeout=` is no way to say it:
    `nbgrader db upgrade` takes what stands behind the slashes for the name of the file.
    """
    if not event.contains(Engine, "connect", _wait):
        event.listen(Engine, "connect", _wait)


def _wait(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        (milliseconds,) = connection.execute("PRAGMA busy_timeout").fetchone()
        if milliseconds == PYTHONS_OWN * 1000:  # else the gradebook's address says for how long
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
