"""Whether recording stays as fast in a large gradebook: python benchmarks/gradebook.py [--database URL]

Writes benchmarks/gradebook.md. One graded submission of lesson 3 is recorded for one new student after the other, with
its notebook and its page, in gradebooks that have up to 100,000 submissions already; those are copied into the tables.
SQLite's file lies in a temporary folder. An empty PostgreSQL database is tried as well if its address is given.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from nbgrader.api import Assignment, Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import insert, make_url

from autograder.grading.course_folder import course, register_lesson
from autograder.grading.lesson import Lesson
from autograder.grading.plain import unpack
from autograder.grading.record import Recorder
from autograder.grading.run_record import gradebook_entry
from benchmarks.cluster import packed_answer
from benchmarks.grading import LESSON, Page
from curriculum.paths import REPOSITORY

SIZES = (0, 1_000, 10_000, 100_000)
AT_ONCE = 5_000  # submissions that one statement copies
SETTINGS = "from autograder.grading.config import configure\nc = get_config()\nconfigure(c)\n"
# Records in a process of its own, whose memory is told: the course's folder, a packed answer, how often, from where on.
RECORD = """
import resource, sys
from pathlib import Path
from benchmarks.gradebook import record
times = record(Path(sys.argv[1]), Path(sys.argv[2]), range(int(sys.argv[3]), int(sys.argv[4])))
print(*times, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def make_course(root: Path, url: str) -> None:
    """A course in `root` with its gradebook at `url`, in which the lesson is registered."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(f"{SETTINGS}c.CourseDirectory.db_url = {url!r}\n")
    coursedir, _ = course(root, root / "submitted")
    Gradebook(url, coursedir.course_id).close()
    register_lesson(Lesson(LESSON), coursedir)


def opened(root: Path) -> Recorder:
    """The course's recorder, which makes what it needs in the gradebook."""
    return Recorder(LESSON, Lesson(LESSON).notebook, *course(root, root / "submitted"))


def record(root: Path, answer: Path, numbers: range) -> list[float]:
    """Record the answer for the students of these numbers. Returns: the seconds that each took."""
    graded, times = unpack(answer.read_bytes(), Lesson(LESSON)), []
    with opened(root) as recorder:
        for number in numbers:
            begin = time.perf_counter()
            recorder.record(gradebook_entry(f"recorded{number:06}", root, graded))
            times.append(time.perf_counter() - begin)
    return times


def copy(url: str, numbers: range) -> None:
    """Put submissions into the gradebook's tables, each with a score and a comment for every exercise."""
    with Gradebook(url) as gradebook:
        (notebook,) = gradebook.db.query(Assignment).filter(Assignment.name == LESSON).one().notebooks
        assignment, lesson = notebook.assignment_id, notebook.id
        graded = [cell.id for cell in notebook.grade_cells]
        answered = [cell.id for cell in notebook.solution_cells]
        students = [f"copied{number:06}" for number in numbers]
        submissions = [(student, uuid4().hex, uuid4().hex) for student in students]
        rows: dict[Any, list[dict[str, Any]]] = {
            Student: [{"id": student} for student in students],
            SubmittedAssignment: [
                {"id": submission, "assignment_id": assignment, "student_id": student}
                for student, submission, _ in submissions
            ],
            SubmittedNotebook: [
                {"id": each, "notebook_id": lesson, "assignment_id": submission} for _, submission, each in submissions
            ],
            Grade: [
                {
                    "id": uuid4().hex,
                    "notebook_id": each,
                    "cell_id": cell,
                    "auto_score": 1.0,
                    "needs_manual_grade": False,
                }
                for *_, each in submissions
                for cell in graded
            ],
            Comment: [
                {"id": uuid4().hex, "notebook_id": each, "cell_id": cell}
                for *_, each in submissions
                for cell in answered
            ],
        }
        with gradebook.engine.begin() as connection:
            for table, values in rows.items():
                connection.execute(insert(table.__table__), values)


def timed(root: Path, answer: Path, numbers: range) -> tuple[list[float], int]:
    """The seconds that recording for each of these students took, and the process' peak memory in bytes."""
    command = [sys.executable, "-W", "ignore", "-c", RECORD, str(root), str(answer)]
    command += [str(numbers.start), str(numbers.stop)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    *times, memory = done.stdout.split()
    return [float(each) for each in times], int(memory)


@click.command()
@click.option("--database", default="", help="Address of an empty PostgreSQL database, as SQLAlchemy writes it.")
@click.option("--recorded", default=100, help="Submissions that are recorded and timed.")
@click.option("--sizes", default=",".join(map(str, SIZES)), help="Submissions that are there before.")
def main(database: str, recorded: int, sizes: str) -> None:
    """Measure and write the page."""
    folder = Path(tempfile.mkdtemp(prefix="gradebook-"))
    answer, page = folder / "answer", Page()
    try:
        answer.write_bytes(packed_answer())
        cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
        page.tell(
            f"Lesson 3 on {cores} cores; made by `python benchmarks/gradebook.py`. "
            f"Others kept {load:.1f} processes busy."
        )
        page.tell()
        page.tell("| gradebook | submissions before | recorded | median of one, s | slowest, s | peak memory, GB |")
        page.tell("|---|---|---|---|---|---|")
        for url in filter(None, (f"sqlite:///{folder / 'gradebook.db'}", database)):
            name = make_url(url).get_backend_name()
            make_course(folder / name, url)
            copied = 0
            for number, size in enumerate(int(each) for each in sizes.split(",")):
                for start in range(copied, size, AT_ONCE):
                    copied = min(start + AT_ONCE, size)
                    copy(url, range(start, copied))
                times, memory = timed(folder / name, answer, range(number * recorded, (number + 1) * recorded))
                page.tell(
                    f"| {name} | {copied + number * recorded:,} | {recorded} | {statistics.median(times):.3f} "
                    f"| {max(times):.3f} | {memory / 1e9:.2f} |"
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Path(__file__).with_suffix(".md").write_text(page.text(), "utf-8")


if __name__ == "__main__":
    main()
