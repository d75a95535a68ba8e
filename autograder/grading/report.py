"""A page about a graded class for its instructor: one file that needs nothing else, in the reader's language."""

import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from autograder.grading.course_folder import course
from autograder.grading.extraction import Remark
from autograder.grading.feedback import remark_text
from autograder.grading.record import CheckDetails, Details, Recorder, RecordError, Standing, database_name
from autograder.grading.roster import load_roster
from autograder.grading.submissions import GradingError, require_lesson
from autograder.lessons.master import read_master
from curriculum.exercises import LESSONS, is_exercise, load
from curriculum.messages import current_language, say, sentence

SLOWEST = 10  # submissions that are listed with their time


@dataclass(frozen=True)
class Row:
    """A line with a bar: a label, a number, the share of the bar that is filled."""

    label: str
    number: str
    share: float


def write_report(lesson: str, root: Path, path: Path, section: str = "") -> None:
    """Write the page about what is recorded of a lesson in the course folder `root`, or of one section of the class.

    Raises: GradingError if there is no such lesson or section, or nothing was graded yet.
    """
    require_lesson(lesson)
    coursedir, config = course(root, root / "submitted")
    try:
        with Recorder(lesson, read_master(lesson).notebook, coursedir, config) as recorder:
            details = recorder.details()
            graded = {name: standing for name, standing in recorder.standings().items() if standing.is_graded}
            damaged = set(recorder.damaged)
    except RecordError as error:
        raise GradingError(str(error)) from None
    if section:
        members = load_roster(coursedir).section(section)
        details = {name: entry for name, entry in details.items() if name in members}
        graded = {name: standing for name, standing in graded.items() if name in members}
    if not graded:
        raise GradingError(f"Nothing of {lesson} is graded yet in {database_name(coursedir)}")
    scores = [standing.score for standing in graded.values()]
    total = max(standing.total for standing in graded.values())
    # Names, reasons and error texts come from students: the template escapes everything.
    environment = Environment(
        loader=PackageLoader("autograder.grading", "."), autoescape=select_autoescape(default=True)
    )
    template = environment.get_template("report.html.j2")
    page = template.render(
        lesson=lesson,
        title=say("grading.report.title", lesson=lesson) + (f" · {section}" if section else ""),
        text=lambda key: say(f"grading.report.{key}"),
        summary=_summary(scores, total),
        distribution=_distribution(scores, total),
        checks=_checks(lesson, details),
        mistakes=_mistakes(details),
        time=_time(details),
        events=_events(details) + _unknown(graded, details, damaged),
        remarks=_remarks(details),
        students=_students(graded),
    )
    path.write_text(page, "utf-8")


def _summary(scores: list[float], total: float) -> str:
    return say(
        "grading.report.summary",
        count=len(scores),
        total=f"{total:g}",
        mean=f"{statistics.fmean(scores):.1f}",
        median=f"{statistics.median(scores):g}",
        full=sum(score >= total for score in scores),
    )


def _distribution(scores: list[float], total: float) -> list[Row]:
    """How many have how many points, fractions rounded down; with extra credit, somebody may have more than all."""
    counted = Counter(int(score) for score in scores)
    most = max(counted.values())
    rows = sorted({*range(int(total) + 1), *counted}, reverse=True)
    return [Row(str(points), str(counted[points]), counted[points] / most) for points in rows]


def _all_checks(details: dict[str, Details]) -> list[CheckDetails]:
    """The checks of exercises that are still there."""
    checks = [check for entry in details.values() for check in entry["checks"].values()]
    return [check for check in checks if is_exercise(check["exercise"])]


def _checks(lesson: str, details: dict[str, Details]) -> list[Row]:
    """The share that passes each check, and each aspect of it."""
    rows = []
    for name in LESSONS[lesson]:
        checks = [check for check in _all_checks(details) if check["exercise"] == name]
        if not checks:
            continue
        parts = {name: [all(check["right"].values()) for check in checks]}
        parts |= {
            f"· {say(f'check.aspect.{aspect}')}": right
            for aspect in load(name).points
            if (right := [check["right"][aspect] for check in checks if aspect in check["right"]])
        }
        rows += [
            Row(label, f"{statistics.fmean(right):.0%}", statistics.fmean(right)) for label, right in parts.items()
        ]
    return rows


def _mistakes(details: dict[str, Details]) -> list[tuple[int, str, str]]:
    """The commonest named mistakes: how many, in which exercise, what."""
    counted = Counter((check["exercise"], check["mistake"]) for check in _all_checks(details) if check["mistake"])
    return [
        (count, name, sentence(f"{name}.mistake.{mistake}", current_language()) or mistake)  # it may have been renamed
        for (name, mistake), count in counted.most_common()
    ]


def _time(details: dict[str, Details]) -> list[Row]:
    """The slowest submissions."""
    slowest = sorted(details.items(), key=lambda item: -item[1]["seconds"])[:SLOWEST]
    most = max((entry["seconds"] for _, entry in slowest), default=0) or 1
    return [
        Row(student, f"{entry['seconds']:.1f} s, {entry['peak_memory'] / 2**20:.0f} MB", entry["seconds"] / most)
        for student, entry in slowest
    ]


def _events(details: dict[str, Details]) -> list[tuple[str, str, str]]:
    """What could not be read, died, hung or was made up: student, cell, what."""
    rows = []
    for student, entry in details.items():
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


def _unknown(graded: dict[str, Standing], details: dict[str, Details], damaged: set[str]) -> list[tuple[str, str, str]]:
    """Of whose points nothing is known: another program has given them, or the record is damaged. Student, what."""
    reasons = {
        student: "damaged" if student in damaged else "elsewhere" for student in graded if student not in details
    }
    return [(student, "", say(f"grading.report.{reason}")) for student, reason in reasons.items()]


def _students(graded: dict[str, Standing]) -> list[tuple[str, str, str, str]]:
    """Everyone's points as formgrader and `nbgrader export` have them, the late penalty, what a person has scored."""
    return [
        (
            student,
            say("grading.report.points", points=f"{standing.score:g}", total=f"{standing.total:g}"),
            say("grading.report.late", points=f"{standing.penalty:g}") if standing.penalty else "",
            say("grading.report.by_hand", count=standing.manual) if standing.manual else "",
        )
        for student, standing in sorted(graded.items())
    ]


def _remarks(details: dict[str, Details]) -> list[tuple[str, str]]:
    """Who did what to their notebook."""
    return [
        (student, remark_text(Remark(remark["key"], remark["cell"], remark["what"]), None))
        for student, entry in details.items()
        for remark in entry["remarks"]
        if sentence(f"grading.remark.{remark['key']}", current_language())  # an earlier version may have had others
    ]
