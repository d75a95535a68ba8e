"""Grades back to a learning platform: its own table, with one column filled in.

Sources: Canvas's lib/gradebook_exporter.rb and lib/gradebook_importer.rb; Moodle's mod/assign/gradingtable.php and
mod/assign/feedback/offline/; Blackboard's help, "Work Offline With Grade Data", and tables that it gave out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from sqlalchemy.exc import SQLAlchemyError

from autograder.grading.collecting import some
from autograder.grading.course_folder import course
from autograder.grading.plan import is_explanation_id
from autograder.grading.platforms import is_of_lesson
from autograder.grading.record import database_file, database_name
from autograder.grading.roster import IDS, Roster, columns_of, identifier, load_roster, participant
from autograder.grading.spreadsheets import Table
from autograder.grading.standings import Standing, standings
from autograder.grading.submissions import GradingError, letters, require_lesson
from autograder.lessons.master import read_master
from curriculum.exercises import LESSONS
from curriculum.messages import say

CANVAS_TITLE = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)")  # an assignment's column
BLACKBOARD_TITLE = re.compile(
    r"(?P<title>.*) \[Total Pts: (?:up to )?(?P<largest>[\d.,]+)(?: \w+)?\](?: \|(?P<id>\d+))?"
)
NOT_A_STUDENT = ("pointspossible", "studenttest", "teststudent")
NUMBER = re.compile(r"_\d+$")  # of an exercise's second check
NO_GRADE = ("EX", "N/A")  # Canvas: excused; not assigned to this person


@dataclass(frozen=True)
class Grade:
    """What goes back of one student: points of a total, a line for each check, and for each sentence that earned."""

    points: float
    total: float
    feedback: str


@dataclass(frozen=True)
class Graded:
    """The grades of a lesson that go back, by student; the class, and who of it was chosen."""

    grades: dict[str, Grade]
    roster: Roster
    chosen: set[str]


@dataclass(frozen=True)
class Called:
    """What a platform calls somebody: for people, and by all ids and names that it has. `key` is the platform's own."""

    key: int
    name: str
    ids: list[str]
    names: list[str]


@dataclass(frozen=True)
class _Sheet:
    """Where grades go in a table, what the platform has as the largest one in each row, and where feedback goes.

    `drops_larger` says that the platform drops a larger grade without a word.
    """

    table: Table
    columns: dict[str, int]
    grade: int
    largest: dict[int, str]
    feedback: int | None
    drops_larger: bool = False


def export(
    lesson: str,
    path: Path,
    platform: str,
    output: Path,
    root: Path,
    column: str = "",
    section: str = "",
    students: Iterable[str] = (),
    scale: bool = False,
    announce: Callable[[str], object] = print,
) -> int:
    """Fill in the grades of a lesson, in Canvas's gradebook, Moodle's grading worksheet or Blackboard's Grade Center.

    Every other cell stays as it is, byte for byte, and so do the rows of those who have no grade. `scale` turns points
    into a share of what the platform has as its maximum, where that is another one than the lesson's.

    Returns: how many grades were written to `output`.
    Raises: GradingError if the table is not the platform's, or nobody has a grade; nothing is written then.
    """
    table = Table(path)
    graded = grades_of(lesson, root, section, students)
    sheet = SHEETS[platform](table, lesson, read_master(lesson).notebook, column)
    return _fill(sheet, graded, output, scale=scale, announce=announce)


def grades_of(lesson: str, root: Path, section: str = "", students: Iterable[str] = ()) -> Graded:
    """The grades of a lesson, of one section or of some students if they are named.

    Raises: GradingError if nobody of those has one.
    """
    require_lesson(lesson)
    notebook = read_master(lesson).notebook
    coursedir, _ = course(root, root / "submitted")
    file = database_file(coursedir)
    if file and not file.exists():
        raise GradingError(f"Nothing of {lesson} is graded yet in {database_name(coursedir)}")
    roster = load_roster(coursedir)
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            grades = {
                student: _grade(gradebook, lesson, notebook, student, standing)
                for student, standing in standings(gradebook.db, lesson, notebook).items()
                if standing.is_graded
            }
    except SQLAlchemyError as error:
        raise GradingError(f"The gradebook cannot be used: {getattr(error, 'orig', None) or error}") from None
    chosen = _chosen(roster, grades.keys() | roster.people.keys(), section, set(students))
    grades = {student: grade for student, grade in grades.items() if student in chosen}
    if not grades:
        raise GradingError(f"Nobody of those has a grade for {lesson} in {database_name(coursedir)}")
    return Graded(grades, roster, chosen)


def _chosen(roster: Roster, everyone: Iterable[str], section: str, students: set[str]) -> set[str]:
    chosen = set(everyone)
    if section:
        chosen &= roster.section(section)
    if unknown := students - chosen:
        raise GradingError(
            f"No such student{f' in section {section}' if section else ''}: {', '.join(sorted(unknown))}"
        )
    return students or chosen


def _grade(gradebook: Gradebook, lesson: str, notebook: str, student: str, standing: Standing) -> Grade:
    grades = gradebook.find_submission_notebook(notebook, lesson, student).grades
    graded = {each.name.removeprefix("check_"): each for each in grades if not is_explanation_id(each.name)}
    places = {name: place for place, name in enumerate(LESSONS[lesson])}
    lines = [
        say("exchange.feedback.check", exercise=name, points=f"{each.score:g}", total=f"{each.max_score:g}")
        for name, each in sorted(graded.items(), key=lambda item: (places.get(NUMBER.sub("", item[0]), 0), item[0]))
    ]
    lines += [
        say("exchange.feedback.sentence", name=each.name, points=f"{each.score:g}")
        for each in sorted(grades, key=lambda each: each.name)
        if is_explanation_id(each.name) and each.score
    ]
    if standing.penalty:
        lines.append(say("exchange.feedback.late", points=f"{standing.penalty:g}"))
    return Grade(standing.score, standing.total, "; ".join(lines))


def _canvas(table: Table, lesson: str, notebook: str, column: str) -> _Sheet:
    columns = columns_of(table)
    if "lms_user" not in columns or "section" not in columns:
        raise GradingError(f"{table.path} is not Canvas's gradebook: it has no columns ID, SIS Login ID and Section.")
    number, _ = _column_of_lesson(table, CANVAS_TITLE, lesson, notebook, column)
    possible = [row for row in range(1, len(table)) if letters(table.get(row, 0)) == "pointspossible"]
    largest = table.get(possible[0], number) if possible else ""
    return _Sheet(table, columns, number, dict.fromkeys(range(1, len(table)), largest), None)


def _blackboard(table: Table, lesson: str, notebook: str, column: str) -> _Sheet:
    columns, header = columns_of(table), [letters(title) for title in table.row(0)]
    if "username" not in header or not any(map(BLACKBOARD_TITLE.fullmatch, table.row(0))):
        raise GradingError(
            f"{table.path} is not Blackboard's Grade Center: it has no columns Username and … [Total Pts: … Score]."
        )
    columns["student"] = header.index("username")
    if "studentid" in header:
        columns["id_number"] = header.index("studentid")
    number, title = _column_of_lesson(table, BLACKBOARD_TITLE, lesson, notebook, column)
    feedback = header.index("feedbacktolearner") if "feedbacktolearner" in header else None
    return _Sheet(table, columns, number, dict.fromkeys(range(1, len(table)), title["largest"]), feedback)


def _column_of_lesson(
    table: Table, pattern: re.Pattern[str], lesson: str, notebook: str, column: str
) -> tuple[int, re.Match[str]]:
    """Which of the columns that are called as `pattern` has it is the lesson's, or is called `column`."""
    titles = {number: match for number, title in enumerate(table.row(0)) if (match := pattern.fullmatch(title))}
    wanted = letters(column)
    found = [
        number
        for number, match in titles.items()
        if (wanted in (letters(match["title"]), letters(match[0]), match["id"]))
        or (not column and is_of_lesson(match["title"], lesson, notebook))
    ]
    if len(found) != 1:
        what = "no column is" if not found else "several columns are"
        there = ", ".join(match[0] for match in titles.values()) or "none of assignments"
        raise GradingError(
            f"{table.path}: {what} called like {column or lesson}. Name one with --column; there are: {there}"
        )
    return found[0], titles[found[0]]


def _moodle(table: Table, lesson: str, notebook: str, column: str) -> _Sheet:
    columns, header = columns_of(table), [letters(title) for title in table.row(0)]
    wanted = letters(column) or "grade"
    if wanted not in header or not re.search(
        r"\d+$", table.get(1, columns.get("identifier", 0)) if len(table) > 1 else ""
    ):
        raise GradingError(
            f"{table.path} is not Moodle's grading worksheet: it has no columns Identifier and Grade. If Moodle wrote "
            f"it in another language, name the column of grades with --column; there are: {', '.join(table.row(0))}"
        )
    columns.setdefault("identifier", 0)
    columns.setdefault("name", 1)
    grade = header.index(wanted)
    highest = header.index("maximumgrade") if "maximumgrade" in header else grade + 1
    feedback = header.index("feedbackcomments") if "feedbackcomments" in header else None
    largest = {row: table.get(row, highest) for row in range(1, len(table))}
    return _Sheet(table, columns, grade, largest, feedback, drops_larger=True)


SHEETS: dict[str, Callable[[Table, str, str, str], _Sheet]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "blackboard": _blackboard,
}


def matched(
    everyone: Iterable[Called], graded: Graded, told: dict[str, list[str]], excused: Collection[int] = ()
) -> dict[int, tuple[str, Grade]]:
    """Whose grade goes to which of the platform's keys. Who is left out, and why, is added to what is `told`."""
    keys = defaultdict(list)
    for called in everyone:
        if not any(called.ids) or letters(called.name) in NOT_A_STUDENT:
            continue
        people = graded.roster.find(called.ids, called.names)
        if len(people) > 1:
            told["shared"].append(called.name)
        elif people and people[0].student in graded.chosen:
            keys[people[0].student].append(called.key)
        elif not people and graded.chosen >= graded.roster.people.keys():
            told["ungraded"].append(called.name)
    found = {}
    for student, (key, *more) in keys.items():
        if more:
            told["shared"].append(student)
        elif student not in graded.grades:
            told["ungraded"].append(student)
        elif key in excused:
            told["excused"].append(student)
        else:
            found[key] = student, graded.grades[student]
    told["absent"] = sorted(graded.grades.keys() - keys.keys())
    return found


def tell(told: dict[str, list[str]], where: str, announce: Callable[[str], object]) -> None:
    """Say who was left out, and who has more than the maximum."""
    for key in ("shared", "excused", "commented", "ungraded", "absent", "above", "cut"):
        if told[key]:
            listed = some(told[key], most=len(told[key]))
            announce(say(f"exchange.export.{key}", students=listed, file=where, what=" / ".join(NO_GRADE)))


def points_of(
    student: str,
    grade: Grade,
    maximum: float,
    where: str,
    told: dict[str, list[str]],
    *,
    scale: bool,
    drops_larger: bool = False,
) -> float:
    """The points that go to a platform that has `maximum` for the lesson.

    Extra credit can be more than that. It is added to what is `told`; a platform that `drops_larger` grades gets its
    maximum, or the student would have no grade there.

    Raises: GradingError if its maximum is not the lesson's, and nobody asked for a share of it.
    """
    if not scale and maximum != grade.total:
        raise GradingError(
            f"The maximum in {where} is {maximum:g}, and the lesson has {grade.total:g} points. Change it on the "
            "platform, or let --scale turn points into a share of it."
        )
    points = round(grade.points * maximum / grade.total if scale else grade.points, 2)
    if points <= maximum:
        return points
    told["cut" if drops_larger else "above"].append(f"{student} ({points:.10g} / {maximum:.10g})")
    return maximum if drops_larger else points


def _fill(sheet: _Sheet, graded: Graded, output: Path, *, scale: bool, announce: Callable[[str], object]) -> int:
    table, told = sheet.table, defaultdict[str, list[str]](list)
    rows = range(1, len(table))
    excused = [row for row in rows if table.get(row, sheet.grade).strip() in NO_GRADE]
    filled = matched((_called(sheet, row) for row in rows), graded, told, excused)
    for row, (student, grade) in filled.items():
        largest = sheet.largest[row]
        maximum = _maximum(grade, largest, table.path, scale=scale)
        options = {"scale": scale, "drops_larger": sheet.drops_larger}
        written = f"{points_of(student, grade, maximum, str(table.path), told, **options):.10g}"
        table.set(row, sheet.grade, written.replace(".", ",") if "," in largest else written)  # its decimal mark
        if sheet.feedback is None:
            continue
        if table.get(row, sheet.feedback).strip() in ("", grade.feedback):
            table.set(row, sheet.feedback, grade.feedback)
        else:
            told["commented"].append(student)
    table.save(output)
    tell(told, str(table.path), announce)
    return len(filled)


def _called(sheet: _Sheet, row: int) -> Called:
    values = {kind: sheet.table.get(row, column).strip() for kind, column in sheet.columns.items()}
    name = values.get("name") or " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    number = values.get("identifier", "")
    ids = [identifier(participant(number))] if number else []
    ids += [values[kind] for kind in (*IDS, "student", "email") if values.get(kind)]
    return Called(row, name or number, [*ids, *filter(None, (number, name))], [name])


def _maximum(grade: Grade, largest: str, path: Path, *, scale: bool) -> float:
    """What the platform has as its maximum; the lesson's if it says none."""
    if not largest.strip() and not scale:
        return grade.total
    try:
        return float(largest.replace(",", "."))
    except ValueError:
        raise GradingError(f"{path} has no maximum in points for this assignment, but {largest!r}.") from None
