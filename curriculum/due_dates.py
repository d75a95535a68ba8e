"""When lessons are due, as an instructor's `autograder due` has written it for those who open them: `due.toml`.

timezone = "Asia/Seoul"
[due]
"3-channel-attention" = 2026-12-01T18:00:00+09:00
"""

import os
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from curriculum.exercises import LESSONS
from curriculum.messages import say

FILE = "due.toml"
LARGEST_FILE = 2**16  # bytes; one with all lessons has a few hundred


class DueDatesError(ValueError):
    """A file that holds no due dates."""


@dataclass(frozen=True)
class DueDate:
    """A moment with its offset from UTC, and the name of its time zone, if it was given."""

    time: datetime
    zone: str = ""

    @property
    def is_past(self) -> bool:
        """Whether it has gone by."""
        return datetime.now(UTC) > self.time

    def __str__(self) -> str:
        offset = f"UTC{self.time.isoformat('T', 'minutes')[16:]}" if self.time.utcoffset() else "UTC"
        zone = f"{self.zone}, {offset}" if self.zone not in ("", "UTC") else offset
        return f"{self.time:%Y-%m-%d %H:%M} ({zone})"


def due_dates_file() -> Path | None:
    """`$COURSE_DUE_DATES`, else the nearest due.toml: beside the notebook, or in the course folder two above it."""
    if chosen := os.environ.get("COURSE_DUE_DATES"):
        return Path(chosen)
    here = Path.cwd()
    return next((path for folder in (here, *here.parents[:2]) if (path := folder / FILE).is_file()), None)


def due_dates(path: Path | None = None) -> dict[str, DueDate]:
    """Lesson -> when it is due, for those that have a date. Without a file there are none.

    Raises: DueDatesError if the file cannot be read.
    """
    path = path or due_dates_file()
    if path is None:
        return {}
    try:
        with path.open("rb") as file:
            content = tomllib.loads(file.read(LARGEST_FILE).decode("utf-8-sig"))
        zone, dates = content.get("timezone", ""), content.get("due", {})
        found = {lesson: dates[lesson] for lesson in LESSONS if lesson in dates}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise DueDatesError(say("due.unreadable", file=path, reason=error)) from None
    for lesson, time in found.items():
        if not isinstance(time, datetime) or time.tzinfo is None:
            raise DueDatesError(say("due.unreadable", file=path, reason=say("due.no_zone", lesson=lesson)))
    return {lesson: DueDate(time, str(zone)) for lesson, time in found.items()}


def write_due_dates(path: Path, dates: dict[str, DueDate], zone: str) -> None:
    """Write a file that `due_dates` reads. `zone` is the name of the time zone that the dates are told in, if any."""
    lines = [say("due.comment", "en"), *[f'timezone = "{zone}"'] * bool(zone), "[due]"]
    lines += [f'"{lesson}" = {date.time.isoformat(timespec="seconds")}' for lesson, date in dates.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text("\n".join(lines) + "\n", "utf-8")
    new.replace(path)  # somebody may be reading it
