"""A page about a graded class for its instructor: one file that needs nothing else, in the reader's language."""

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, select_autoescape

from autograder.grading.charts import TimeLine, points_in_bins, time_line
from autograder.grading.course_folder import course
from autograder.grading.due import course_zone
from autograder.grading.extraction import Remark
from autograder.grading.feedback import remark_text
from autograder.grading.feedback_page import number
from autograder.grading.record import CheckDetails, Details, Recorder, RecordError, database_name
from autograder.grading.roster import Roster, load_roster
from autograder.grading.standings import Standing
from autograder.grading.submissions import GradingError, letters, require_lesson
from autograder.lessons.master import read_master
from curriculum.exercises import LESSONS, is_exercise, load
from curriculum.messages import current_language, say, sentence

SLOWEST = 10  # submissions that are listed with their time


@dataclass(frozen=True)
class Student:
    """An id, a name, and where the page lies that the student gets, as a link from the report; nothing if unknown."""

    id: str
    page: str = ""
    name: str = ""

    def at(self, cell: str) -> "Student":
        """With a link to a cell of that page."""
        return replace(self, page=self.page and f"{self.page}#{quote(cell)}")


@dataclass(frozen=True)
class CheckRow:
    """An exercise, or with an `aspect` one aspect of it: the share that has it right, and an exercise's mean points."""

    exercise: str
    aspect: str
    share: float
    mean: str = ""


@dataclass(frozen=True)
class Mistake:
    """A named mistake and who made it."""

    exercise: str
    text: str
    students: list[Student]


@dataclass(frozen=True)
class LessonRow:
    """How the class stands in one lesson of the term. `report` is a link to its own page, if that is there."""

    lesson: str
    handed_in: str
    mean: str
    share: float
    report: str
    is_this: bool


@dataclass(frozen=True)
class ClassRecord:
    """What is recorded of a lesson, or of one section of the class; `lessons` are those that were graded so far."""

    lesson: str
    details: dict[str, Details]
    graded: dict[str, Standing]
    damaged: set[str]
    students: dict[str, Student]
    lessons: dict[str, dict[str, Standing]]

    @property
    def total(self) -> float:
        """Possible points."""
        return max(standing.total for standing in self.graded.values())

    @property
    def scores(self) -> list[float]:
        """Everybody's points."""
        return [standing.score for standing in self.graded.values()]


def report_path(root: Path, lesson: str, section: str = "") -> Path:
    """Where a report lies if nobody says otherwise."""
    return root / f"report-{lesson}{'-' * bool(section)}{letters(section)}.html"


def write_report(lesson: str, root: Path, path: Path, section: str = "") -> None:
    """Write the page about what is recorded of a lesson in the course folder `root`, or of one section of the class.

    Raises: GradingError if there is no such lesson or section, or nothing was graded yet.
    """
    require_lesson(lesson)
    coursedir, config = course(root, root / "submitted")
    zone, zone_name = course_zone(coursedir)
    roster = load_roster(coursedir)
    members = roster.section(section) if section else None
    try:
        with Recorder(lesson, read_master(lesson).notebook, coursedir, config) as recorder:
            recorded = _recorded(recorder, lesson, path, members, roster)
    except RecordError as error:
        raise GradingError(str(error)) from None
    if not recorded.graded:
        raise GradingError(f"Nothing of {lesson} is graded yet in {database_name(coursedir)}")
    links = {each: _link(report_path(root, each, section), path) for each in recorded.lessons}
    size = len(members or roster.people) if roster else 0
    path.write_text(_page(recorded, _lessons(recorded, links, size), section, zone, zone_name), "utf-8")


def _recorded(recorder: Recorder, lesson: str, path: Path, members: set[str] | None, roster: Roster) -> ClassRecord:
    """What is recorded of these members of the class, or of everybody. The report will lie at `path`."""
    everybody = recorder.standings()
    lessons = {name: recorder.standings_of(name, read_master(name).notebook) for name in recorder.lessons()}
    graded = {name: _graded(found, members) for name, found in (lessons | {lesson: everybody}).items()}
    details = {name: entry for name, entry in recorder.details().items() if members is None or name in members}
    names = {*graded[lesson], *details}
    return ClassRecord(
        lesson,
        details,
        graded[lesson],
        set(recorder.damaged),
        {id: Student(id, _link(recorder.files(id)[1], path), roster.name(id)) for id in names},
        {name: graded[name] for name in LESSONS if graded.get(name)},
    )


def _graded(found: dict[str, Standing], members: set[str] | None) -> dict[str, Standing]:
    return {
        name: standing
        for name, standing in found.items()
        if standing.is_graded and (members is None or name in members)
    }


def _link(file: Path, report: Path) -> str:
    """From the report to a file, if that is there."""
    if not file.is_file():
        return ""
    return quote(Path(os.path.relpath(file.resolve(), report.resolve().parent)).as_posix())


def _page(recorded: ClassRecord, lessons: list[LessonRow], section: str, zone: tzinfo | None, zone_name: str) -> str:
    # Names, reasons and error texts come from students: the template escapes everything.
    environment = Environment(
        loader=PackageLoader("autograder.grading", "."), autoescape=select_autoescape(default=True)
    )
    environment.filters["number"] = number
    checks, mistakes = _checks(recorded), _mistakes(recorded)
    return environment.get_template("report.html.j2").render(
        language=current_language(),
        title=say("grading.report.title", lesson=recorded.lesson) + (f" · {section}" if section else ""),
        text=lambda key, **values: say(f"grading.report.{key}", **values),
        summary=_summary(recorded),
        unread=sum(len(standing.unread) for standing in recorded.graded.values()),
        findings=_findings(recorded, checks, mistakes, lessons),
        distribution=points_in_bins(recorded.scores, recorded.total),
        checks=checks,
        mistakes=mistakes,
        times=_times(recorded, zone),
        zone=zone_name,
        lessons=lessons,
        slowest=_slowest(recorded),
        events=_events(recorded) + _unknown(recorded),
        remarks=_remarks(recorded),
        grades=[(recorded.students[name], standing) for name, standing in sorted(recorded.graded.items())],
    )


def _summary(recorded: ClassRecord) -> str:
    scores, total = recorded.scores, recorded.total
    return say(
        "grading.report.summary",
        count=len(scores),
        total=f"{total:g}",
        mean=f"{statistics.fmean(scores):.1f}",
        median=number(statistics.median(scores)),
        full=sum(score >= total for score in scores),
    )


def _findings(
    recorded: ClassRecord, checks: list[CheckRow], mistakes: list[Mistake], lessons: list[LessonRow]
) -> dict[str, str]:
    """What each figure and table shows, as its title; by what it is about. A plain title where nothing stands out."""
    titles = {key: say(f"grading.report.{key}") for key in ("distribution", "checks", "mistakes", "lessons")}
    median = statistics.median(recorded.scores)
    key = "all" if median >= recorded.total else "half"
    points = {"points": number(median), "total": number(recorded.total)}
    titles["distribution"] = say(f"grading.report.finding.{key}", **points)
    exercises = [check for check in checks if not check.aspect]
    lowest = min((check.share for check in exercises), default=1)
    if lowest < 1:
        hardest = ", ".join(check.exercise for check in exercises if check.share == lowest)
        titles["checks"] = say("grading.report.finding.hardest", exercise=hardest, share=f"{lowest:.0%}")
    if mistakes and len(mistakes[0].students) > 1:
        most = mistakes[0]
        titles["mistakes"] = say("grading.report.finding.shared", count=len(most.students), exercise=most.exercise)
    if len({row.share for row in lessons}) > 1:
        low = min(lessons, key=lambda row: row.share)
        titles["lessons"] = say("grading.report.finding.lowest", lesson=low.lesson, share=f"{low.share:.0%}")
    return titles


def _all_checks(recorded: ClassRecord) -> Iterator[tuple[str, str, CheckDetails]]:
    """Student, cell and check, of the exercises that are still there."""
    for student, entry in recorded.details.items():
        for cell, check in entry["checks"].items():
            if is_exercise(check["exercise"]):
                yield student, cell, check


def _checks(recorded: ClassRecord) -> list[CheckRow]:
    """The share that passes each check, with mean points as they count now, and each aspect of it."""
    found = defaultdict(list)
    for student, cell, check in _all_checks(recorded):
        points = recorded.graded[student].scores.get(cell) if student in recorded.graded else None
        found[check["exercise"]].append((check["right"], points))
    rows = []
    for name in filter(found.get, LESSONS[recorded.lesson]):
        rights = [right for right, _ in found[name]]
        scores = [points for _, points in found[name] if points]
        mean = statistics.fmean(score for score, _ in scores) if scores else None
        told = "" if mean is None else f"{mean:.1f} / {number(scores[0][1])}"
        rows.append(CheckRow(name, "", statistics.fmean(all(right.values()) for right in rights), told))
        for aspect in load(name).points:
            if shares := [right[aspect] for right in rights if aspect in right]:
                rows.append(CheckRow(name, say(f"check.aspect.{aspect}"), statistics.fmean(shares)))
    return rows


def _mistakes(recorded: ClassRecord) -> list[Mistake]:
    """The named mistakes, the commonest first, each with those who made it."""
    found = defaultdict(list)
    for student, cell, check in _all_checks(recorded):
        if check["mistake"]:
            found[check["exercise"], check["mistake"]].append(recorded.students[student].at(cell))
    return [
        # It may have been renamed.
        Mistake(name, sentence(f"{name}.mistake.{mistake}", current_language()) or mistake, students)
        for (name, mistake), students in sorted(found.items(), key=lambda item: -len(item[1]))
    ]


def _times(recorded: ClassRecord, zone: tzinfo | None) -> TimeLine | None:
    known = [(standing.submitted, standing) for standing in recorded.graded.values() if standing.submitted]
    due = next((standing.due for _, standing in known if standing.due), None)
    times = [submitted for submitted, _ in known]
    excused = sum(bool(due and submitted > due) and not standing.seconds_late for submitted, standing in known)
    return time_line(times, due, excused, zone, len(recorded.graded) - len(times))


def _lessons(recorded: ClassRecord, reports: dict[str, str], size: int) -> list[LessonRow]:
    """The lessons of the term that were graded so far, in their order; `size` is that of the class, if it is known."""
    rows = []
    for lesson, graded in recorded.lessons.items():
        total = max(standing.total for standing in graded.values())
        mean = statistics.fmean(standing.score for standing in graded.values())
        handed_in = say("grading.report.of_class", count=len(graded), size=size) if size else str(len(graded))
        share = mean / total if total else 0
        told = f"{mean:.1f} / {number(total)}"
        rows.append(LessonRow(lesson, handed_in, told, share, reports[lesson], lesson == recorded.lesson))
    return rows


def _slowest(recorded: ClassRecord) -> list[tuple[Student, Details, float]]:
    """The submissions that took longest, with their share of the longest time."""
    slowest = sorted(recorded.details.items(), key=lambda item: -item[1]["seconds"])[:SLOWEST]
    most = max((entry["seconds"] for _, entry in slowest), default=0) or 1
    return [(recorded.students[student], entry, entry["seconds"] / most) for student, entry in slowest]


def _events(recorded: ClassRecord) -> list[tuple[Student, str, str]]:
    """What could not be read, died, hung or was made up: student, cell, what."""
    rows = []
    for name, entry in recorded.details.items():
        student = recorded.students[name]
        if entry["refused"]:
            rows.append((student, "", entry["refused"]))
            continue
        events = entry["events"] | {
            check["exercise"]: check["event"] for check in entry["checks"].values() if check["event"]
        }
        rows += [(student, cell, _event(event)) for cell, event in events.items()]
    return rows


def _event(event: str) -> str:
    """An event in words; by its key if it was recorded by a version that had others."""
    return sentence(f"grading.event.{event}", current_language()) or event


def _unknown(recorded: ClassRecord) -> list[tuple[Student, str, str]]:
    """Of whose points nothing is known: another program has given them, or the record is damaged. Student, what."""
    reasons = {
        name: "damaged" if name in recorded.damaged else "elsewhere"
        for name in recorded.graded
        if name not in recorded.details
    }
    return [(recorded.students[name], "", say(f"grading.report.{reason}")) for name, reason in reasons.items()]


def _remarks(recorded: ClassRecord) -> list[tuple[Student, str]]:
    """Who did what to their notebook."""
    return [
        (recorded.students[name], remark_text(Remark(remark["key"], remark["cell"], remark["what"]), None))
        for name, entry in recorded.details.items()
        for remark in entry["remarks"]
        if sentence(f"grading.remark.{remark['key']}", current_language())  # an earlier version may have had others
    ]
