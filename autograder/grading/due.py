"""Due dates: nbgrader's gradebook has them; students see them in a file that is written from it."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError

from autograder.grading.submissions import GradingError, require_lesson
from curriculum.due_dates import FILE, DueDate, DueDatesError, due_dates, write_due_dates
from curriculum.exercises import LESSONS
from curriculum.messages import say

NO_DATE = "none"


def set_due_date(
    coursedir: CourseDirectory, lesson: str, when: str, timezone: str, announce: Callable[[str], object]
) -> dict[str, DueDate]:
    """Say when a lesson is due, or that it has no date (`none`): in the gradebook, then in what students see.

    `when` is a date and a time, in the zone called `timezone`, else in the one that the course has already, else in
    this machine's. With no `when`, the gradebook's dates are only told to students once more.

    Returns: the dates of all lessons.
    Raises: GradingError if that cannot be done.
    """
    path = _told_to_students(coursedir)
    name = timezone or _zone_of(path)
    zone = named_zone(name)
    time = _read(when, zone, name) if when and when != NO_DATE else None
    if when:
        require_lesson(lesson)
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            if when:
                assignment = gradebook.update_or_create_assignment(lesson)
                assignment.duedate = time and time.astimezone(UTC).replace(tzinfo=None)
                gradebook.db.commit()
            dates = _dates(gradebook, zone, name)
    except SQLAlchemyError as error:
        raise GradingError(f"The gradebook cannot be used: {getattr(error, 'orig', None) or error}") from None
    try:
        write_due_dates(path, dates, name)
        announce(say("due.written", file=path))
        for each in LESSONS:
            released = Path(coursedir.format_path(coursedir.release_directory, ".", each))
            if released.is_dir() and _differs(released / FILE, {each: dates[each]} if each in dates else {}):
                write_released(released, each, dates, name)
                announce(say("due.released", file=released / FILE, lesson=each))
    except OSError as error:
        raise GradingError(f"{error.filename} cannot be written: {error.strerror}") from None
    return dates


def release_due_date(coursedir: CourseDirectory, lesson: str, folder: Path) -> None:
    """Put the due date beside a notebook that is released, for those who fetch it from an exchange."""
    zone, name = course_zone(coursedir)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        dates = _dates(gradebook, zone, name)
    if lesson in dates:
        write_released(folder, lesson, dates, name)


def course_zone(coursedir: CourseDirectory) -> tuple[tzinfo | None, str]:
    """The time zone that the course has its dates in, and its name; without one this machine's, as None.

    Raises: GradingError if the file of dates cannot be read.
    """
    name = _zone_of(_told_to_students(coursedir))
    return named_zone(name), name


def write_released(folder: Path, lesson: str, dates: dict[str, DueDate], zone: str) -> None:
    """Write the date of one lesson alone into its folder."""
    write_due_dates(folder / FILE, {name: date for name, date in dates.items() if name == lesson}, zone)


def named_zone(name: str) -> tzinfo | None:
    """The time zone of that name; without a name this machine's, as None.

    Raises: GradingError if there is none.
    """
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise GradingError(f"There is no time zone {name!r}. Names are like Asia/Seoul and UTC.") from None


def _told_to_students(coursedir: CourseDirectory) -> Path:
    """The file of all dates, in the folder that is handed out."""
    return Path(coursedir.root, "course", FILE)


def _differs(path: Path, wanted: dict[str, DueDate]) -> bool:
    try:
        return due_dates(path) != wanted if path.is_file() else bool(wanted)
    except DueDatesError:
        return True


def _zone_of(path: Path) -> str:
    """The name of the zone in which a file has its dates; nothing if it has none, or there is no file."""
    try:
        return next((date.zone for date in due_dates(path).values()), "") if path.is_file() else ""
    except DueDatesError as error:
        raise GradingError(str(error)) from None


def _read(text: str, zone: tzinfo | None, name: str) -> datetime:
    """A moment that was typed."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise GradingError(say("due.no_time", text=text)) from None
    if len(text.strip()) <= len("2026-12-01"):  # a day is no moment: its beginning and its end may be meant
        raise GradingError(say("due.no_time", text=text))
    if time.tzinfo is None:
        local = time.replace(tzinfo=zone) if zone else time.astimezone()
        if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != time:
            raise GradingError(say("due.no_such_time", text=text, zone=name or local.tzname()))
        return local
    return time


def _dates(gradebook: Gradebook, zone: tzinfo | None, name: str) -> dict[str, DueDate]:
    found = {each.name: each.duedate for each in gradebook.assignments if each.duedate}
    return {
        lesson: DueDate(found[lesson].replace(tzinfo=UTC).astimezone(zone), name)
        for lesson in LESSONS
        if lesson in found
    }
