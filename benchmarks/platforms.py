"""From each platform's download to grades in its own table: python benchmarks/platforms.py [PLATFORM...] [--count 40]

Writes benchmarks/platforms.md. A class hands in lesson 3, whole notebooks with their experiments, in both languages,
with right answers and every usual mistake. The commands are those of solutions/TEACHING.md, given in a folder that
`autograder init` has made. Every mark in the table that comes out has to be the gradebook's; otherwise nothing is
written.
"""

import csv
import io
import math
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from nbgrader.api import Gradebook

from autograder.grading.roster import Person
from benchmarks import platform_files as files
from benchmarks.grading import LESSON, submissions

COURSE = "attention"
FOLDER = f"autograder init {COURSE} --course-id {COURSE}"
COLLECTED = re.compile(r"(\d+) submissions in .*: (\d+) new")
GRADED = re.compile(r"^(\d+) submissions", re.MULTILINE)
FILLED = re.compile(r"(\d+) grades written")


@dataclass(frozen=True)
class Road:
    """A platform: what it gives out, what an instructor types, and how the table that comes out is read.

    `given` writes the downloads into the course folder. In the table `filled`, `key` is the column that says who
    somebody is, and `mark` the one with the grades.
    """

    given: Callable[[Path, Sequence[Person], files.Work], None]
    commands: tuple[str, ...]
    filled: str
    key: str
    mark: str
    encoding: str = "utf-8-sig"
    delimiter: str = ","


def _moodle(folder: Path, people: Sequence[Person], work: files.Work) -> None:
    files.moodle_participants(folder / "participants.csv", people)
    files.moodle(folder / "submissions.zip", people, work)
    files.moodle_worksheet(folder / "Grades.csv", people)


def _canvas(folder: Path, people: Sequence[Person], work: files.Work) -> None:
    files.canvas(folder / "submissions.zip", people, work)
    files.canvas_gradebook(folder / "gradebook.csv", files.canvas_rows(people))


def _blackboard(folder: Path, people: Sequence[Person], work: files.Work) -> None:
    files.blackboard(folder / "gradebook.zip", people, work)
    files.blackboard_grade_center(folder / "gc_fullgc.xls", people)


def _classroom(folder: Path, people: Sequence[Person], work: files.Work) -> None:
    files.classroom_roster(folder / "classroom_roster.csv", people)
    files.classroom(folder, people, work, LESSON)


def _drive(folder: Path, people: Sequence[Person], work: files.Work) -> None:
    files.spreadsheet(folder / "class.csv", people)
    files.drive(folder / "HW-20260302T050509Z-001.zip", people, work)


def _typed(roster: str, sources: str, back: str) -> tuple[str, ...]:
    """The commands behind that which makes the folder."""
    return (
        f"autograder roster {roster}",
        f"autograder collect {LESSON} {sources}",
        f"autograder grade {LESSON}",
        back,
    )


EXPORTED = {"filled": "grades.csv", "key": "student_id", "mark": "score"}  # by `nbgrader export`
ROADS = {
    "Moodle": Road(
        _moodle,
        _typed("participants.csv", "submissions.zip Grades.csv", f"autograder export {LESSON} --moodle Grades.csv"),
        filled=f"Grades-{LESSON}.csv",
        key="Email address",
        mark="Grade",
    ),
    "Canvas": Road(
        _canvas,
        _typed("gradebook.csv", "submissions.zip", f"autograder export {LESSON} --canvas gradebook.csv"),
        filled=f"gradebook-{LESSON}.csv",
        key="SIS Login ID",
        mark="Channel attention (12)",
    ),
    "Blackboard": Road(
        _blackboard,
        _typed("gc_fullgc.xls", "gradebook.zip", f"autograder export {LESSON} --blackboard gc_fullgc.xls"),
        filled=f"gc_fullgc-{LESSON}.xls",
        key="Username",
        mark="Channel attention [Total Pts: 19 Score] |1202",
        encoding="utf-16",
        delimiter="\t",
    ),
    "GitHub Classroom": Road(
        _classroom, _typed("classroom_roster.csv", "hw-three-submissions", "nbgrader export"), **EXPORTED
    ),
    "Google Drive, Colab": Road(
        _drive, _typed("class.csv", "HW-20260302T050509Z-001.zip", "nbgrader export"), **EXPORTED
    ),
}


@dataclass(frozen=True)
class Travelled:
    """What became of a class on one road: seconds for each command, and how many were matched, graded, filled in."""

    seconds: dict[str, float]
    matched: int
    graded: int
    filled: int
    differing: int
    total: float


def typed(command: str, folder: Path) -> tuple[float, str]:
    """Give a command as an instructor does. Returns: seconds, and what it said.

    Raises: RuntimeError if it ends with an error.
    """
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    begin = time.perf_counter()
    done = subprocess.run(shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}, expected 0\n{done.stdout}{done.stderr}")
    return seconds, done.stdout


def in_gradebook(folder: Path) -> dict[str, float]:
    """What nbgrader's gradebook says that each student has."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", COURSE) as gradebook:
        return {each.student.id: each.score for each in gradebook.assignment_submissions(LESSON)}


def in_table(road: Road, folder: Path) -> dict[str, float]:
    """What the table that goes back says, read by nothing of this course. Rows without a name or a mark say nothing."""
    text = (folder / road.filled).read_text(road.encoding)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=road.delimiter)
    return {row[road.key]: float(row[road.mark]) for row in rows if row[road.key] and row[road.mark]}


def wrong_marks(recorded: dict[str, float], filled: dict[str, float], people: Sequence[Person]) -> list[str]:
    """Whose mark in the table is not the gradebook's, and both; either knows people by their number or their address.

    A gradebook adds tenths of points up in binary, so its 13.6 may be 13.600000000000001.
    """
    pairs = [[marks.get(p.student, marks.get(p.email, math.nan)) for marks in (recorded, filled)] for p in people]
    told = [(person.student, *pair) for person, pair in zip(people, pairs, strict=True) if not math.isclose(*pair)]
    return [" ".join(map(str, each)) for each in told]


def travelled(road: Road, place: Path, people: Sequence[Person], work: files.Work) -> Travelled:
    """Take a class from the download to the table.

    Raises: RuntimeError if a command fails, or if a mark is not the gradebook's.
    """
    seconds, said = {}, {}
    seconds[FOLDER], said[FOLDER] = typed(FOLDER, place)
    folder = place / COURSE
    road.given(folder, people, work)
    for command in road.commands:
        seconds[command], said[command] = typed(command, folder)
    recorded, filled = in_gradebook(folder), in_table(road, folder)
    if wrong := wrong_marks(recorded, filled, people):
        raise RuntimeError(f"{road.filled}: marks that are not the gradebook's: {', '.join(wrong)}")
    if not len(recorded) == len(filled) == len(people):
        counts = f"{len(recorded)} in the gradebook, {len(filled)} in {road.filled}"
        raise RuntimeError(f"Expected {len(people)} marks. Received: {counts}")
    outputs = "\n".join(said.values())
    told = FILLED.search(outputs)
    return Travelled(
        seconds,
        matched=int(COLLECTED.search(outputs)[2]),
        graded=int(GRADED.search(said[road.commands[2]])[1]),
        filled=int(told[1]) if told else len(filled),
        differing=len(wrong),
        total=sum(filled.values()),
    )


def page(found: dict[str, Travelled], count: int, before: float) -> list[str]:
    """The page, line by line. `before` is how many processes already wanted a processor."""
    lines = [
        f"A class of {count} hands in lesson 3: from the download to the table that goes back, on {os.cpu_count()} "
        "cores. One run; made by `python benchmarks/platforms.py`, which compares each mark in the table with the "
        f"gradebook's. The load average before was {before:.1f}.",
        "",
        "| platform | commands a lesson | minutes | matched | graded | filled in | not as in the gradebook |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, each in found.items():
        lesson = list(each.seconds.values())[2:]
        counts = (each.matched, each.graded, each.filled, each.differing)
        lines.append(f"| {' | '.join(map(str, (name, len(lesson), f'{sum(lesson) / 60:.1f}', *counts)))} |")
    lines += ["", "The first two commands of each are given once for a course. Seconds of each command:"]
    for name, each in found.items():
        lines += ["", f"**{name}**: {each.total:g} points in all.", "", "| typed | s |", "|---|---|"]
        lines += [f"| `{command}` | {seconds:.1f} |" for command, seconds in each.seconds.items()]
    return lines


@click.command()
@click.argument("platforms", nargs=-1, type=click.Choice(list(ROADS)))
@click.option("--count", default=40, type=click.IntRange(1, len(files.CLASS)), help="How many hand in.")
def main(platforms: tuple[str, ...], count: int) -> None:
    """Measure, compare, and write the page if all platforms were asked for."""
    people = [
        replace(each, section="AB"[at % 2], others={"lms_user": files.canvas_number(at)})
        for at, each in enumerate(files.CLASS[:count])
    ]
    texts = dict(zip((each.student for each in people), submissions(count, experiments=True), strict=True))
    found, before = {}, os.getloadavg()[0]
    for name in platforms or ROADS:
        with tempfile.TemporaryDirectory(prefix="platforms-") as place:
            found[name] = travelled(ROADS[name], Path(place), people, lambda person: texts[person.student].encode())
        click.echo(f"{name}: {found[name]}")
    lines = page(found, count, before)
    if platforms:
        click.echo("\n".join(lines))
    else:
        Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
