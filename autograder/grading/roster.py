"""Who is in the course: read from what spreadsheets and learning platforms write, kept in the gradebook, looked up.

nbgrader's gradebook has names, addresses and one number of a learning platform. A section, and whatever else a platform
calls somebody by, lie in a table of their own in the same database.
"""

import json
import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from nbgrader.api import Gradebook, Student
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.grading import spreadsheets
from autograder.grading.record import database_file
from autograder.grading.submission_file import visible
from autograder.grading.submissions import LONGEST_NAME, GradingError, letters
from autograder.grading.tables import make_tables
from curriculum.messages import say

logger = logging.getLogger(__name__)

# What a column may be called, by its letters alone. Korean names are those of Korean universities' class lists.
COLUMNS = {
    "student": ("studentid", "username", "userid", "loginid", "학번", "아이디"),
    "sis_login": ("sisloginid",),
    "sis_user": ("sisuserid",),
    "number": ("id",),  # the student's in nbgrader's own lists, a number in Canvas
    "id_number": ("idnumber",),
    "email": ("email", "emailaddress", "mail", "이메일", "이메일주소", "메일"),
    "identifier": ("identifier", "식별자"),  # Moodle: for this assignment alone
    "first_name": ("firstname", "givenname"),
    "last_name": ("lastname", "surname", "familyname", "성"),
    "name": ("fullname", "name", "student", "studentname", "성명", "이름", "학생"),
    "section": ("section", "sections", "class", "group", "groups", "분반", "반", "그룹"),
    "lms_user": ("lmsuserid", "canvasuserid", "canvasid"),
    "github": ("github", "githubusername", "githubaccount", "githublogin", "깃허브"),
    "submitted": ("lastmodifiedsubmission",),
}
# Of which column the student's id is, if it is not said: the first of these that is there and not empty.
OWN_ID = ("student", "sis_login", "classroom", "sis_user", "number", "id_number", "email", "name")
IDS = ("sis_login", "sis_user", "number", "id_number", "classroom", "lms_user", "github")
TEST_STUDENTS = ("studenttest", "teststudent")  # whom Canvas lists with the class
HANGUL = re.compile("[가-힣]")
BETWEEN_SECTIONS = re.compile(r"\s*[,;]\s*|\s+and\s+")  # as Moodle and Canvas list several

_TEXTS = ("first_name", "last_name", "email", "section")

_roster = Table(
    "autograder_roster",
    MetaData(),
    Column("student", String(128), primary_key=True),
    Column("section", String(256), nullable=False),
    Column("details", Text(), nullable=False),
)


@dataclass(frozen=True)
class Person:
    """One of the class. `student` is the id; `others` are further ids and the name as it was written, by column.

    A name that stands in one column is the last name, as it is: where a Korean one is to be cut is not said in it.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    others: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name as people say it."""
        return self.others.get("name") or " ".join(filter(None, (self.first_name, self.last_name)))

    def is_in(self, section: str) -> bool:
        """Whether a section, by its name without regard to capitals and blanks, is theirs."""
        own = {letters(each) for each in (self.section, *BETWEEN_SECTIONS.split(self.section))}
        return letters(section) in own - {""}

    def ids(self) -> Iterator[str]:
        """All that identifies this person alone."""
        yield from (self.student, self.email, *(self.others.get(kind, "") for kind in IDS))
        if number := self.others.get("identifier"):
            yield identifier(number)

    def names(self) -> Iterator[str]:
        """The name in both orders, as platforms write it."""
        yield self.name
        yield self.first_name + self.last_name
        yield self.last_name + self.first_name
        yield " ".join(reversed(self.others.get("name", "").split(",")))

    def is_named_whole(self) -> bool:
        """Whether the name was never told apart."""
        return bool(self.last_name) and not self.first_name and self.last_name == self.others.get("name")


class Roster:
    """A class, looked up by whatever a platform calls somebody."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = {person.student: person for person in people}
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        for person in self.people.values():
            for id in person.ids():
                self._ids[_id(id)].add(person.student)
            for name in person.names():
                self._names[letters(name)].add(person.student)

    def __bool__(self) -> bool:
        """Whether a class list was ever imported; grading itself enters ids, and nothing else."""
        return any(person != Person(person.student) for person in self.people.values())

    def find(self, ids: Iterable[str], names: Iterable[str] = ()) -> list[Person]:
        """Whom the first of these that anybody has belongs to: one person, nobody, or several who share it."""
        wanted = [(self._ids, _id(id)) for id in ids] + [(self._names, letters(name)) for name in names]
        for known, key in wanted:
            if key and known.get(key):
                return [self.people[student] for student in sorted(known[key])]
        return []

    def name(self, student: str) -> str:
        """What a student is called, in the order in which people say it; nothing if that is not known."""
        person = self.people.get(student, Person(student))
        if HANGUL.match(person.last_name) and person.first_name:
            return person.last_name + person.first_name
        return " ".join(filter(None, (person.first_name, person.last_name)))

    def section(self, name: str) -> set[str]:
        """Who is in a section.

        Raises: GradingError if nobody is.
        """
        found = {person.student for person in self.people.values() if person.is_in(name)}
        if not found:
            there = sorted({person.section for person in self.people.values() if person.section})
            has = (
                f"The sections are: {', '.join(there)}"
                if there
                else "The roster has no sections: autograder roster FILE"
            )
            raise GradingError(f"Nobody is in section {name!r}. {has}")
        return found


def identifier(number: str) -> str:
    """What tells a number that Moodle has for somebody in one assignment from other people's numbers."""
    return f"identifier {number}"


def participant(cell: str) -> str:
    """The number in Moodle's column "Identifier" ("Participant 1234567"), which also stands in the names of files."""
    return cell.split()[-1] if cell.split() else ""


def _id(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def columns_of(table: spreadsheets.Table) -> dict[str, int]:
    """Which of the columns that are known here a table has, by the first that is called so."""
    header = [letters(title) for title in table.row(0)]
    found = {kind: header.index(title) for kind, titles in COLUMNS.items() for title in titles if title in header}
    if "github" in found and "identifier" in found:  # GitHub Classroom's own list: what it calls the id
        found["classroom"] = found.pop("identifier")
    if "sis_login" in found and "number" in found:
        found["lms_user"] = found.pop("number")  # Canvas
    if "이름" in header and "성" in header:
        found["first_name"] = header.index("이름")
        del found["name"]
    return found


def read_roster(table: spreadsheets.Table, id_column: str = "") -> list[Person]:
    """The people in a table. The id is that of the column `id_column`, or the first that can be one.

    Raises: GradingError if there is no such column, or an id is there twice or can be nobody's.
    """
    columns, header = columns_of(table), table.row(0)
    own = [columns[kind] for kind in OWN_ID if kind in columns]
    if id_column:
        chosen = [number for number, title in enumerate(header) if letters(title) == letters(id_column)]
        if not chosen:
            raise GradingError(f"{table.path} has no column {id_column!r}. Its columns are: {', '.join(header)}")
        own = chosen[:1]
    if not own:
        raise GradingError(
            f"{table.path} has no column of ids. Name it with --id; its columns are: {', '.join(header)}"
        )
    people: dict[str, tuple[int, Person]] = {}
    for number in range(1, len(table)):
        values = {kind: table.get(number, column).strip() for kind, column in columns.items()}
        student = next(filter(None, (table.get(number, column).strip() for column in own)), "")
        if letters(values.get("name", "")) in (*TEST_STUDENTS, "pointspossible") or not student:
            continue
        person = _person(student, values)
        _check(person, table, number)
        if (known := people.get(_id(student))) and known[1] != person:
            raise GradingError(f"{table.path} has {student} twice: rows {known[0] + 1} and {number + 1}.")
        people.setdefault(_id(student), (number, person))
    if not people:
        raise GradingError(f"{table.path} has nobody in it: no row has anything in the column {header[own[0]]!r}.")
    return [person for _, person in people.values()]


def _person(student: str, values: dict[str, str]) -> Person:
    first, last, name = (values.get(kind, "") for kind in ("first_name", "last_name", "name"))
    if name and "," in name and not first:  # Canvas: "Kim, Minji"
        last, first = (part.strip() for part in name.split(",", 1))
    elif not first and not last:
        last = name
    others = {kind: values[kind] for kind in (*IDS, "name") if values.get(kind)}
    if values.get("identifier"):
        others["identifier"] = participant(values["identifier"])
    student = unicodedata.normalize("NFC", student)
    return Person(student, first, last, values.get("email", ""), values.get("section", ""), others)


def _check(person: Person, table: spreadsheets.Table, number: int) -> None:
    if problem := problem_of_id(person.student):
        raise GradingError(
            f"{table.path}, row {number + 1}: {visible(person.student)!r} can be nobody's id: {problem}."
        )


def problem_of_id(student: str) -> str:
    """Why something cannot be a student's id, which is a folder's name as well; empty if it can."""
    if not student or "/" in student or student.startswith(".") or student != student.strip():
        return "it begins with a dot, begins or ends with a space, or has a slash"
    if visible(student) != student:
        return "it has characters that cannot be seen"
    return f"it has more than {LONGEST_NAME} characters" if len(student) > LONGEST_NAME else ""


@dataclass(frozen=True)
class Imported:
    """What an import has changed: ids that are new, that have changed, and that are in the gradebook alone."""

    new: list[str]
    changed: list[str]
    missing: list[str]


def import_roster(people: list[Person], coursedir: CourseDirectory) -> Imported:
    """Enter people in the gradebook, or bring them up to date. An empty cell erases nothing, and nobody is removed.

    Raises: GradingError if the gradebook cannot be used; nothing has changed then.
    """
    with _gradebook(coursedir) as gradebook:
        known = {person.student: person for person in _people(gradebook.db)}
        new: list[str] = []
        changed: list[str] = []
        for person in people:
            before = known.get(person.student)
            after = _merged(before, person) if before else person
            if after != before:
                (changed if before else new).append(person.student)
                _write(gradebook.db, after)
        gradebook.db.commit()
        there = {person.student for person in people}
        return Imported(new, changed, sorted(known.keys() - there))


def _merged(known: Person, person: Person) -> Person:
    texts = {name: getattr(person, name) or getattr(known, name) for name in _TEXTS}
    if person.is_named_whole() and known.first_name:  # it was told apart by another list
        texts["last_name"] = known.last_name
    return replace(known, **texts, others=known.others | person.others)


def _write(session: Any, person: Person) -> None:
    student = session.get(Student, person.student) or Student(id=person.student)
    # Formgrader writes "None" for what is not there, and shows the id alone if either name is not.
    nothing = "" if person.first_name or person.last_name else None
    student.first_name, student.last_name = person.first_name or nothing, person.last_name or nothing
    student.email = person.email or None
    student.lms_user_id = person.others.get("lms_user") or student.lms_user_id
    session.add(student)
    session.flush()
    session.execute(delete(_roster).where(_roster.c.student == person.student))
    details = json.dumps(person.others, ensure_ascii=False, sort_keys=True)
    session.execute(insert(_roster).values(student=person.student, section=person.section, details=details))


def load_roster(coursedir: CourseDirectory) -> Roster:
    """Everyone who is in the gradebook. Without a gradebook nobody is.

    Raises: GradingError if the gradebook cannot be used.
    """
    file = database_file(coursedir)
    if file and not file.exists():
        return Roster()
    with _gradebook(coursedir) as gradebook:
        return Roster(_people(gradebook.db))


def _people(session: Any) -> list[Person]:
    further = {row.student: row for row in session.execute(select(_roster))}
    people = []
    for student in session.query(Student).order_by(Student.id):
        row = further.get(student.id)
        others = _others(row.details, student.id) if row else {}
        if student.lms_user_id:
            others = {"lms_user": student.lms_user_id} | others
        names = (student.first_name or "", student.last_name or "")
        people.append(Person(student.id, *names, student.email or "", row.section if row else "", others))
    return people


def _others(text: Any, student: str) -> dict[str, str]:
    """What the roster has of somebody besides names; nothing if that is damaged."""
    try:
        others = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        others = None
    if not isinstance(others, dict) or not all(isinstance(value, str) for value in others.values()):
        logger.warning(say("exchange.roster.damaged", student=student))
        return {}
    return others


@contextmanager
def _gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            make_tables(_roster.metadata, gradebook.engine)
            yield gradebook
    except SQLAlchemyError as error:
        raise GradingError(f"The gradebook cannot be used: {getattr(error, 'orig', None) or error}") from None
