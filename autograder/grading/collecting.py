"""Bringing a class's work in: from what learning platforms, GitHub Classroom and people hand over to nbgrader's layout.

Everything is read and sorted before anything is written; then each submission is put in its place by renaming. What is
not somebody's, or cannot be read, is told and stays out, so that nobody gets a zero for it.
"""

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.grading import submission_file
from autograder.grading.course_folder import course, locked
from autograder.grading.downloads import Found, copy_number, found_in, is_notebook
from autograder.grading.due import named_zone
from autograder.grading.platforms import (
    PATTERNS,
    Claim,
    claims,
    is_called,
    is_of_another,
    is_of_lesson,
)
from autograder.grading.record import SHARED_FILE, SHARED_FOLDER, database_file
from autograder.grading.roster import (
    Person,
    Roster,
    columns_of,
    identifier,
    load_roster,
    participant,
    problem_of_id,
    read_roster,
)
from autograder.grading.spreadsheets import Table
from autograder.grading.submissions import GradingError, require_lesson
from autograder.lessons.master import read_master
from curriculum.messages import say

TABLES = (".csv", ".tsv", ".txt")
STAGING = ".collecting-"  # grading passes over what begins with a dot
REPLACED = ".replaced"
MOST_TOLD = 10  # names in one line
KOREAN_TIME = re.compile(r"(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일.*?(오전|오후)?\s*(\d{1,2}):(\d{2})")
TIMES = ("%A, %d %B %Y, %I:%M %p", "%d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass
class Outcome:
    """What became of a class's work: whose is new, was replaced, or is the same; and how many things stayed out."""

    folder: Path
    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problems: int = 0


@dataclass(frozen=True)
class _Handed:
    """A notebook that somebody has handed in."""

    found: Found
    claim: Claim
    platform: str
    time: datetime | None

    @property
    def age(self) -> tuple[datetime, int, float, int, str]:
        """What orders the notebooks of one person, the newest last."""
        # In a platform's own archive every file has the time of the download.
        students = any(part.lower().endswith(".zip") for part in self.found.parts[1:])
        changed = self.found.changed if self.platform not in PATTERNS or students else 0
        name = self.found.parts[-1]
        return self.time or NO_TIME, self.claim.attempt, changed, copy_number(name), str(self.found)


@dataclass(frozen=True)
class _Submission:
    """What is put in a student's place: notebooks by their names there, and the text of nbgrader's timestamp.txt."""

    student: str
    notebooks: dict[str, Path]
    timestamp: str
    told: str


def collect(
    lesson: str,
    sources: Sequence[Path],
    root: Path,
    submissions: Path | None = None,
    timezone: str = "",
    announce: Callable[[str], None] = print,
) -> Outcome:
    """Put what is in downloads of a lesson's submissions at `submissions/<student>/<lesson>/<notebook>.ipynb`.

    `sources` are folders, zip archives, single notebooks, and tables (CSV) of the platform: Moodle's worksheet, for
    example, has times of submission. `timezone` is that of the platform's clock; this machine's by default.

    Raises: GradingError if it cannot be done. The folder of submissions is as it was then.
    """
    require_lesson(lesson)
    listed = [path for path in sources if path.suffix.lower() in TABLES and not is_notebook(path.name)]
    downloads = [path for path in sources if path not in listed]
    tables = [Table(path) for path in listed]
    zone = named_zone(timezone)
    if not downloads:
        raise GradingError("Name what is to be collected: a folder, a zip archive or a notebook.")
    folder = submissions or root / "submitted"
    coursedir, _ = course(root, folder)
    with locked(root, coursedir.groupshared, announce):
        class_list = load_roster(coursedir)
        roster = _with_tables(class_list, tables)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(f"{STAGING}*"):  # of a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
        except OSError as error:
            raise GradingError(f"{folder} cannot be written to: {error.strerror}") from None
        try:
            collection = _Collection(lesson, coursedir, roster, zone, announce, Outcome(folder))
            collection.read(downloads, tables, staging)
            return collection.finish(staging)
        except OSError as error:
            raise GradingError(f"Nothing was collected: {error.strerror} ({error.filename})") from None
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _with_tables(roster: Roster, tables: list[Table]) -> Roster:
    """The class with what a platform's own table adds; without a class list, whoever is in the table."""
    people = dict(roster.people)
    for table in tables:
        for person in read_roster(table):
            known = roster.find(person.ids(), person.names()) if roster else []
            if len(known) == 1:
                own = people[known[0].student]
                people[own.student] = Person(
                    own.student, own.first_name, own.last_name, own.email, own.section, person.others | own.others
                )
            elif not roster:
                people[person.student] = person
    return Roster(people.values())


class _Collection:
    """One lesson's work on its way from downloads to the folder of submissions."""

    def __init__(
        self,
        lesson: str,
        coursedir: CourseDirectory,
        roster: Roster,
        zone: tzinfo | None,
        announce: Callable[[str], None],
        outcome: Outcome,
    ) -> None:
        self._lesson, self._notebook = lesson, read_master(lesson).notebook
        self._coursedir, self._roster, self._zone = coursedir, roster, zone
        self._announce, self._outcome = announce, outcome
        self._handed: dict[str, list[_Handed]] = defaultdict(list)
        self._others: dict[str, list[Found]] = defaultdict(list)
        self._refused: set[str] = set()
        self._late: list[str] = []
        self._untimed: list[str] = []

    def read(self, downloads: list[Path], tables: list[Table], staging: Path) -> None:
        """Read everything, and sort it by whose it is."""
        times = self._times(tables)
        found = [list(found_in(source, staging)) for source in downloads]
        for platform, claimed in claims(found, self._lesson, self._notebook):
            noted = {each.parts[:-1]: each.noted for each, _ in claimed if each.noted}
            shared = _shared(self._students(platform, claimed))
            for each, claim in claimed:
                student = self._student(each, claim, platform, shared)
                if each.refused:
                    self._problem("refused", reason=each.refused, file=each)
                    self._refused.add(student)
                elif not student or claim is None or each.noted:
                    continue
                elif each.staged:
                    time = self._time(each, claim, noted.get(each.parts[:-1], ""), times)
                    self._handed[student].append(_Handed(each, claim, platform, time))
                else:
                    self._others[student].append(each)

    def finish(self, staging: Path) -> Outcome:
        """Choose one notebook of each student, put it in its place, and tell what is to be told."""
        due = self._due()
        chosen = [each for student in sorted(self._handed) if (each := self._chosen(student, due))]
        for student in sorted(self._others.keys() - self._handed.keys() - self._refused):
            self._problem("bare", student=student, files=some(each.parts[-1] for each in self._others[student]))
        self._place(chosen, staging)
        self._tell(due)
        return self._outcome

    def _problem(self, key: str, **values: object) -> None:
        self._outcome.problems += 1
        self._announce(say(f"exchange.collect.{key}", **values))

    def _students(self, platform: str, claimed: list[tuple[Found, Claim | None]]) -> dict[str, set[str]]:
        """The ids that a platform has for everyone it names, by who that is here."""
        ids: dict[str, set[str]] = defaultdict(set)
        if platform != "folder":
            for _, claim in claimed:
                if claim and (student := self._known(claim)[0]):
                    ids[student].add(claim.ids[0])
        return ids

    def _known(self, claim: Claim) -> tuple[str, list[Person]]:
        """Whose a file is: one student's id, or nothing; and all people who are called so."""
        people = self._roster.find(claim.ids, claim.names)
        if len(people) == 1:
            return people[0].student, people
        return ("" if people or self._roster else unicodedata.normalize("NFC", claim.student)), people

    def _student(self, found: Found, claim: Claim | None, platform: str, shared: set[str]) -> str:
        """Whose a file is; nothing if that cannot be known, which is told of what somebody may have handed in."""
        student, people = self._known(claim) if claim else ("", [])
        worth_telling = found.staged or (platform in PATTERNS and not found.parts[-1].endswith((".txt", ".html")))
        if student and student not in shared:
            if reason := problem_of_id(student):
                self._problem("bad_id", reason=reason, file=found)
                return ""
            return student
        if found.refused or not worth_telling:
            return ""
        if len(people) > 1 or student in shared:
            self._problem("shared", people=", ".join(person.student for person in people) or student, file=found)
        elif claim and self._roster and (claim.ids or claim.names):
            self._problem("nobody", file=found)
        else:
            self._problem("unnamed", file=found)
        return ""

    def _time(self, found: Found, claim: Claim, noted: str, times: dict[str, datetime]) -> datetime | None:
        """When it was handed in, if anything says so."""
        if claim.time:
            try:
                return self._local(datetime.strptime(claim.time, "%Y-%m-%d-%H-%M-%S"))
            except ValueError:
                return None
        if noted:
            try:
                return parse_utc(noted).replace(tzinfo=UTC)  # type: ignore[no-any-return]
            except (ValueError, OverflowError):
                return None
        return found.committed or next((times[id] for id in claim.ids if id in times), None)

    def _local(self, naive: datetime) -> datetime:
        """A time of the platform's clock, or of this machine's."""
        return naive.replace(tzinfo=self._zone).astimezone(UTC) if self._zone else naive.astimezone(UTC)

    def _times(self, tables: list[Table]) -> dict[str, datetime]:
        """When whom Moodle's worksheet names has handed in."""
        times: dict[str, datetime] = {}
        for table in tables:
            columns = columns_of(table)
            if not {"identifier", "submitted"} <= columns.keys():
                continue
            unread = []
            for row in range(1, len(table)):
                text = table.get(row, columns["submitted"]).strip()
                time = read_time(text)
                if time:
                    times[identifier(participant(table.get(row, columns["identifier"])))] = self._local(time)
                elif text not in ("", "-"):
                    unread.append(text)
            if unread:
                self._announce(say("exchange.collect.bad_time", file=table.path, times=some(unread)))
        return times

    def _chosen(self, student: str, due: datetime | None) -> _Submission | None:
        """The newest notebook of the lesson that a student has handed in."""
        handed = self._handed[student]
        of_lesson = [each for each in handed if not is_of_another(each.claim.name, self._notebook)]
        called = [each for each in of_lesson if is_called(each.claim.name, self._notebook)]
        pool = called or [e for e in of_lesson if is_of_lesson(e.claim.name, self._lesson, self._notebook)] or of_lesson
        if not pool:
            self._problem("bare", student=student, files=some(each.claim.name for each in handed))
            return None
        newest = max(pool, key=lambda each: each.age)
        others = [each for each in pool if _digest(each) != _digest(newest)]
        together = {each.claim.name for each in pool if each.age[:2] == newest.age[:2]}  # handed in at once
        if not called and len(together) > 1:
            self._problem("several", student=student, expected=f"{self._notebook}.ipynb", files=some(sorted(together)))
            return None
        if others:
            left = some(str(each.found) for each in others)
            self._announce(say("exchange.collect.chosen", student=student, file=newest.found, others=left))
        elif not is_of_lesson(newest.claim.name, self._lesson, self._notebook):
            self._announce(say("exchange.collect.renamed", student=student, file=newest.found))
        time = newest.time
        if newest.claim.late:
            self._late.append(student)
            time = due + timedelta(seconds=1) if due else None
        elif not time and newest.platform != "canvas":  # which marks what is late, so that the rest is not
            self._untimed.append(student)
        placed = {f"{self._notebook}.ipynb": newest} | (self._translations(of_lesson, newest) if called else {})
        notebooks = {name: each.found.staged for name, each in placed.items() if each.found.staged}
        return _Submission(student, notebooks, f"{time:%F %T} UTC" if time else "", str(newest.found))

    def _translations(self, handed: list[_Handed], chosen: _Handed) -> dict[str, _Handed]:
        """The lesson's notebooks in other languages that were handed in together with the English one, the newest."""
        together = sorted((each for each in handed if each.age[:2] == chosen.age[:2]), key=lambda each: each.age)
        names = submission_file.translations(self._notebook)
        return {name: each for name in names for each in together if is_called(each.claim.name, Path(name).stem)}

    def _due(self) -> datetime | None:
        """When the lesson is due, as the gradebook has it."""
        file = database_file(self._coursedir)
        if file and not file.exists():
            return None
        with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook:
            try:
                due = gradebook.find_assignment(self._lesson).duedate
            except MissingEntry:
                return None
            return due.replace(tzinfo=UTC) if due else None

    def _place(self, chosen: list[_Submission], staging: Path) -> None:
        """Put submissions in their places; if one cannot be, all are as before."""
        kept = self._outcome.folder / REPLACED / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}"
        moved: list[tuple[Path, Path]] = []
        try:
            for number, each in enumerate(chosen):
                target = self._target(each)
                if target is None:
                    continue
                ready = self._ready(each, staging / f"ready-{number}")
                if os.path.lexists(target):
                    old = kept / each.student / self._lesson
                    _move(target, old, moved)
                _move(ready, target, moved)
        except BaseException:
            for source, destination in reversed(moved):
                destination.rename(source)
            for parents in [path.relative_to(self._outcome.folder).parents[:-1] for _, path in moved]:
                with suppress(OSError):  # where there is something else
                    for parent in parents:
                        (self._outcome.folder / parent).rmdir()
            raise
        if self._outcome.replaced:
            self._announce(say("exchange.collect.replaced", folder=kept))

    def _target(self, each: _Submission) -> Path | None:
        """Where a submission belongs, if it is to be written; what is there as well is compared with it."""
        folder = self._outcome.folder
        alike = (path for path in folder.iterdir() if unicodedata.normalize("NFC", path.name) == each.student)
        home = next(alike, folder / each.student)  # as another system has written the same letters
        target = home / self._lesson
        if home.is_symlink() or target.is_symlink() or (home.exists() and not home.is_dir()):
            self._problem("bad_id", reason=f"{home.name} in {folder.name} is a link or a file", file=each.told)
            return None
        if not target.exists():
            self._outcome.new.append(each.student)
            return target
        there = submission_file.timestamp(target)
        unchanged = all(_bytes(target / name) == path.read_bytes() for name, path in each.notebooks.items())
        if unchanged and _same(there, each.timestamp):
            self._outcome.same.append(each.student)
            return None
        if there and each.timestamp and parse_utc(there) > parse_utc(each.timestamp):
            told = {"student": each.student, "there": there, "found": each.timestamp, "file": each.told}
            self._announce(say("exchange.collect.older", **told))
            self._outcome.same.append(each.student)
            return None
        self._outcome.replaced.append(each.student)
        return target

    def _ready(self, each: _Submission, folder: Path) -> Path:
        """A submission's folder as it will be, still in another place."""
        folder.mkdir()
        for name, path in each.notebooks.items():
            path.rename(folder / name)
        if each.timestamp:
            (folder / "timestamp.txt").write_text(each.timestamp, "ascii")
        if self._coursedir.groupshared:
            for path in folder.iterdir():
                path.chmod(SHARED_FILE)
            folder.chmod(SHARED_FOLDER)
        return folder

    def _tell(self, due: datetime | None) -> None:
        outcome = self._outcome
        for key, students in (("late" if due else "late_without_due", self._late), ("untimed", self._untimed)):
            if students:
                self._announce(say(f"exchange.collect.{key}", students=some(students)))
        if self._roster:
            if missing := sorted(self._roster.people.keys() - self._handed.keys()):
                self._announce(say("exchange.collect.missing", students=some(missing, most=len(missing))))
        elif outcome.new:
            self._announce(say("exchange.collect.students", students=some(outcome.new, most=len(outcome.new))))


def _move(source: Path, destination: Path, moved: list[tuple[Path, Path]]) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    source.rename(destination)
    moved.append((source, destination))


def _shared(ids: dict[str, set[str]]) -> set[str]:
    """Who would get the work of two people, whom a platform tells apart and who are called the same here."""
    return {student for student, numbers in ids.items() if len(numbers) > 1}


def some(names: Iterable[str], most: int = MOST_TOLD) -> str:
    """A list of names in one line, the rest counted."""
    listed = [submission_file.visible(name) for name in names]
    return ", ".join(listed[:most]) + (f", … (+{len(listed) - most})" if len(listed) > most else "")


def _digest(handed: _Handed) -> bytes:
    assert handed.found.staged
    return hashlib.sha256(handed.found.staged.read_bytes()).digest()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None


def _same(there: str, found: str) -> bool:
    """Whether a submission's time is the one that is there already, or none is known now."""
    return not found or (bool(there) and parse_utc(there).replace(microsecond=0) == parse_utc(found))


def read_time(text: str) -> datetime | None:
    """A time as Moodle writes it, in English or Korean, by its own clock; None if it cannot be read."""
    if match := KOREAN_TIME.search(text):
        year, month, day, hour, minute = (int(match[group]) for group in (1, 2, 3, 5, 6))
        if match[4]:
            hour = hour % 12 + (12 if match[4] == "오후" else 0)
        try:
            return datetime(year, month, day, hour, minute)
        except ValueError:
            return None
    for form in TIMES:
        try:
            return datetime.strptime(" ".join(text.split()), form)
        except ValueError:
            continue
    return None
