"""How programs that share the gradebook's file take turns: grading, formgrader, the class list, the export."""

import sqlite3
import time

from sqlalchemy import Engine, event

BUSY_SECONDS = 60  # how long another program may hold the database
PYTHONS_OWN = 5  # seconds that a connection waits if nobody says otherwise
LONGEST_TURN, PAUSE = 1.5, 0.15  # seconds; who waits for SQLite looks every 0.1 s whether it is free


def wait_for_others() -> None:
    """From now on, every connection of this process to an SQLite database waits while another program writes.

    Without this it is 5 seconds. Those can be over while a class is recorded, and formgrader then loses what was
    typed. An address of the gradebook with `?timeout=` is no way to say it: `nbgrader db upgrade` takes what stands
    behind the slashes for the name of the file.
    """
    if not event.contains(Engine, "connect", _wait):
        event.listen(Engine, "connect", _wait)


class Turns:
    """Lets others have the database between transactions that would follow each other without a break.

    SQLite keeps no queue: whoever waits looks again and again, and hits no gap of a millisecond. Where each submission
    runs for a while before it is recorded, there are breaks, and no time is lost.
    """

    def __init__(self) -> None:
        self._began = self._ended = -LONGEST_TURN

    def begin(self) -> None:
        """Before each transaction: a pause, if others have not had one for too long."""
        now = time.monotonic()
        if now - self._ended < PAUSE and now - self._began >= LONGEST_TURN:
            time.sleep(PAUSE)
            self._began = time.monotonic()
        elif now - self._ended >= PAUSE:
            self._began = now

    def end(self) -> None:
        """After each transaction."""
        self._ended = time.monotonic()


def _wait(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        (milliseconds,) = connection.execute("PRAGMA busy_timeout").fetchone()
        if milliseconds == PYTHONS_OWN * 1000:  # else the gradebook's address says for how long
            connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
