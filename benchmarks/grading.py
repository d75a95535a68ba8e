"""How fast a class is graded, stock nbgrader against this engine: python benchmarks/grading.py [--count 40]

Writes benchmarks/grading.md. Same class, same machine, one after the other; the same cells run for both: without the
experiments, then, for a few submissions, with them. Stock nbgrader means its own preprocessors, its own executor and
its own kernel, in a process of its own; in its notebooks a check judges in the kernel, as it does for students.
"""

import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import click

from autograder.grading.demo import answer_names, answer_source, mistake_names, mistake_source, submission
from autograder.lessons.files import write_instructor_notebooks
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import EXPERIMENT_TAG, instructor_notebook
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY

LESSON = "3-channel-attention"
SIZES = (10, 100, 1000)
JOBS = (1, 2, 4)  # whose memory is compared
LOOK_EVERY = 0.5  # seconds between two looks at memory
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
"""
OURS = """
import logging, sys
logging.basicConfig(stream=sys.stdout, format="%(message)s")
logging.getLogger("autograder.grading").setLevel(logging.INFO)
from pathlib import Path
from autograder.grading.class_run import grade_class
from autograder.grading.engine import Settings
from autograder.grading.session import TimeLimits
root, jobs, experiments = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[4] == "True"
settings = Settings(jobs=jobs, experiments=experiments, times=TimeLimits(cell=300, notebook=900))
for graded in grade_class(sys.argv[3], root / "submitted", root, settings, lambda line: None):
    print(graded.student, graded.points)
"""
GRADEBOOK = """
import sys
from nbgrader.api import Gradebook
Gradebook(f"sqlite:///{sys.argv[1]}", "cnn-attention-course").close()
"""
# The students' own cells with the checks that call them, one notebook after the other in one warm process.
WARM = """
import contextlib, io, json, sys, time
from pathlib import Path
from autograder.checking.notebook import CourseError, check
from autograder.grading import submission_file
from autograder.grading.lesson import Lesson
from autograder.grading.preparation import prepare
from curriculum.quiet import import_tensorflow
import_tensorflow()
lesson, times = Lesson(sys.argv[2]), []
for path in sorted(Path(sys.argv[1], "submitted").glob(f"*/{lesson.name}")):
    (submitted,) = submission_file.load(path, lesson.notebook)
    prepared = prepare(submitted, lesson.release)
    namespace = {"display": print}
    begin = time.process_time()
    for step in prepared.steps:
        with contextlib.suppress(CourseError), contextlib.redirect_stdout(io.StringIO()):
            if step.exercise:
                check(namespace[step.exercise], step.exercise)
            else:
                exec(step.source, namespace)
    times.append(time.process_time() - begin)
print(json.dumps(times[3:]))
"""


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds of wall and processor time, those in the sandbox, bytes of the largest process."""

    wall: float
    processor: float
    behind: float
    memory: int


class Page:
    """The lines of a benchmark's page, shown as they come."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def tell(self, line: str = "") -> None:
        print(line, flush=True)
        self._lines.append(line)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def submissions(count: int, *, experiments: bool) -> Iterator[str]:
    """Different notebooks: right answers in every form, and every usual mistake, in both languages."""
    master = read_master(LESSON)
    names = LESSONS[LESSON]
    right = {name: solution_source(master.solution(name)) for name in names}
    variants = {
        name: cycle(
            [
                right[name],
                *(answer_source(name, answer) for answer in answer_names(name)),
                *(mistake_source(name, mistake) for mistake in mistake_names(name)),
            ]
        )
        for name in names
    }
    for number in range(count):
        answers = {name: f"{next(variants[name])}\n# {number}" for name in names}
        notebook = json.loads(submission(master, LANGUAGES[number % 2], answers))
        if not experiments:
            notebook["cells"] = [
                cell for cell in notebook["cells"] if EXPERIMENT_TAG not in cell["metadata"].get("tags", [])
            ]
        yield json.dumps(notebook)


def write_class(root: Path, count: int, *, experiments: bool) -> None:
    """Submissions as `submissions` makes them, in nbgrader's layout."""
    for number, text in enumerate(submissions(count, experiments=experiments)):
        path = root / "submitted" / f"s{number:04}" / LESSON / f"{read_master(LESSON).notebook}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")


def timed(command: list[str], folder: Path) -> Cost:
    """Run a command to its end. Children count."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{command[:4]}: expected exit status 0. Received: {done.returncode}\n{done.stderr[-2000:]}")
    # bubblewrap does not hand on what ran behind it; the sandbox tells it itself.
    behind = sum(map(float, re.findall(r"the sandbox used ([\d.]+) processor seconds", done.stdout)))
    processor = behind + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, processor, behind, after.ru_maxrss * 1024)


def stock(root: Path, experiments: bool) -> Cost:
    """Stock nbgrader on the class in `root`."""
    register_stock(root, experiments=experiments)
    return timed([sys.executable, "-m", "nbgrader", "autograde", LESSON], root)


def register_stock(root: Path, *, experiments: bool, config: str = STOCK_CONFIG) -> None:
    """Make `root` the folder of a course that stock nbgrader grades, with the lesson in its gradebook."""
    (root / "nbgrader_config.py").write_text(config)
    source = root / "source" / LESSON
    source.mkdir(parents=True)
    name = f"{read_master(LESSON).notebook}.ipynb"
    notebook = instructor_notebook(read_master(LESSON), "en")
    if not experiments:
        notebook["cells"] = [
            cell for cell in notebook["cells"] if EXPERIMENT_TAG not in cell["metadata"].get("tags", [])
        ]
    (source / name).write_text(json.dumps(notebook), "utf-8")
    timed([sys.executable, "-m", "nbgrader", "generate_assignment", LESSON], root)


def ours(root: Path, jobs: int, *, experiments: bool = False) -> Cost:
    """This engine on the class in `root`. The gradebook is there before, as stock nbgrader's is."""
    timed([sys.executable, "-W", "ignore", "-c", GRADEBOOK, str(root / "gradebook.db")], REPOSITORY)
    command = [sys.executable, "-W", "ignore", "-c", OURS, str(root), str(jobs), LESSON, str(experiments)]
    return timed(command, REPOSITORY)


def inside(root: Path) -> float:
    """Processor seconds that the students' processes of a graded class have used, as the engine has recorded them."""
    with closing(sqlite3.connect(root / "gradebook.db")) as gradebook:
        rows = gradebook.execute("select details from autograder_result").fetchall()
    return sum(json.loads(details)["processor_seconds"] for (details,) in rows)


def warm(root: Path) -> float:
    """Processor seconds that a submission's own cells and checks take in a warm process."""
    command = [sys.executable, "-c", WARM, str(root), LESSON]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    times = json.loads(done.stdout.splitlines()[-1])
    return sum(times) / len(times)


def held() -> int:
    """Bytes of memory that all processes of the fork server hold, each shared page counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            if b"autograder.grading.worker.server" in (folder / "cmdline").read_bytes():
                total += proportional(folder)
    return total


def proportional(process: Path) -> int:
    """Bytes of memory of a process, by its folder in /proc; each shared page is divided among those that share it."""
    return int(re.search(r"Pss:\s+(\d+)", (process / "smaps_rollup").read_text())[1]) * 1024


def most_held(root: Path, jobs: int) -> int:
    """The most memory that the sandbox held at one of many looks while the class in `root` was graded."""
    with ThreadPoolExecutor(1) as pool:
        grading, most = pool.submit(ours, root, jobs), 0
        while not grading.done():
            most = max(most, held())
            time.sleep(LOOK_EVERY)
        grading.result()
    return most


def compared(folder: Path, count: int, jobs: int, *, experiments: bool) -> Iterator[str]:
    """Grade one class with both; the lines that compare them."""
    write_class(folder / "stock", count, experiments=experiments)
    shutil.copytree(folder / "stock", folder / "ours")
    theirs = stock(folder / "stock", experiments=experiments)
    mine = ours(folder / "ours", jobs, experiments=experiments)
    yield "| | wall, s | processor, s | wall a submission, s | processor a submission, s | largest process, GB |"
    yield "|---|---|---|---|---|---|"
    for name, cost in (("stock `nbgrader autograde`", theirs), ("`autograder grade`", mine)):
        yield (
            f"| {name} | {cost.wall:.1f} | {cost.processor:.1f} | {cost.wall / count:.2f} "
            f"| {cost.processor / count:.2f} | {cost.memory / 1e9:.2f} |"
        )
    yield f"| ratio | **{theirs.wall / mine.wall:.1f}** | {theirs.processor / mine.processor:.1f} | | | |"
    if not experiments:
        own, students = warm(folder / "ours"), inside(folder / "ours")
        yield ""
        yield f"In a warm process, the students' own cells and their checks take {own:.2f} processor seconds each."
        yield ""
        yield "| where the processor time goes | s | s a submission | of the cells in a warm process |"
        yield "|---|---|---|---|"
        for name, seconds in (
            ("students' processes: cells, checks, wrong answers measured once more", students),
            ("fork server: one import of TensorFlow; forking, watching, references", mine.behind - students),
            ("grader: its own start, rebuilding, judging, recording, feedback", mine.processor - mine.behind),
        ):
            yield f"| {name} | {seconds:.1f} | {seconds / count:.2f} | {seconds / count / own:.2f} |"


def scaled(folder: Path, sizes: list[int], jobs: int) -> Iterator[str]:
    """Grade classes of these sizes with this engine; the lines on their time, and on the memory of several jobs."""
    yield "| submissions | wall, s | wall a submission, s | processor a submission, s |"
    yield "|---|---|---|---|"
    for size in sizes:
        write_class(folder / str(size), size, experiments=False)
        cost = ours(folder / str(size), jobs)
        yield f"| {size} | {cost.wall:.1f} | {cost.wall / size:.2f} | {cost.processor / size:.2f} |"
    yield ""
    yield "| submissions at a time | memory of the sandbox, GB |"
    yield "|---|---|"
    for number in JOBS:
        write_class(folder / f"jobs{number}", 4 * number, experiments=False)
        yield f"| {number} | {most_held(folder / f'jobs{number}', number) / 1e9:.2f} |"


@click.command()
@click.option("--count", default=40, help="Submissions of the class that both grade.")
@click.option("--with-experiments", default=4, help="Submissions of the class that both grade with the experiments.")
@click.option("--sizes", default=",".join(map(str, SIZES)), help="Sizes of the classes that this engine grades alone.")
@click.option("--append", is_flag=True, help="Add to the page: parts of it can be measured one after the other.")
@click.option("--jobs", default=len(os.sched_getaffinity(0)), help="Submissions at a time.")
def main(count: int, with_experiments: int, sizes: str, append: bool, jobs: int) -> None:
    """Measure and write the page."""
    write_instructor_notebooks()
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    page = Page()
    tell = page.tell
    try:
        if not append:
            tell(f"Grading lesson 3 on {jobs} cores; made by `python benchmarks/grading.py`.")
        if count:
            tell()
            tell(f"{count} different submissions without their experiments. Ours also writes the feedback.")
            tell(
                "Every second answer or so is wrong, so that every usual mistake occurs; "
                "a wrong answer is measured twice."
            )
            tell()
            for line in compared(folder, count, jobs, experiments=False):
                tell(line)
        if sizes:
            tell()
            for line in scaled(folder, [int(size) for size in sizes.split(",")], jobs):
                tell(line)
        if with_experiments:
            tell()
            tell(
                f"{with_experiments} submissions with the experiments, which train; this engine skips them unless told."
            )
            tell()
            for line in compared(folder / "experiments", with_experiments, jobs, experiments=True):
                tell(line)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with Path(__file__).with_suffix(".md").open("a" if append else "w", encoding="utf-8") as file:
        file.write(page.text())


if __name__ == "__main__":
    main()
