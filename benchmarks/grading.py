"""How fast a class is graded, stock nbgrader against this engine: python benchmarks/grading.py [--count 40]

Writes benchmarks/grading.md. Same class, same machine, one after the other; experiment cells are taken out for both, so
that the same cells run. Stock nbgrader means its own preprocessors, its own executor and its own kernel, in a process
of its own; in its notebooks a check judges in the kernel, as it does for students.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import click

from autograder.authoring.build import write_instructor_notebooks
from autograder.authoring.master import read_master
from autograder.authoring.notebooks import EXPERIMENT_TAG
from autograder.authoring.reference import solution_source
from autograder.exercises import LESSONS
from autograder.grading.demo import answer_names, answer_source, mistake_names, mistake_source, submission
from autograder.messages import LANGUAGES
from autograder.paths import REPOSITORY

LESSON = "3-channel-attention"
SIZES = (10, 100)
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
from autograder.grading.engine import Settings, grade_class
root, jobs = Path(sys.argv[1]), int(sys.argv[2])
for graded in grade_class(sys.argv[3], root / "submitted", root, Settings(jobs=jobs), lambda line: None):
    print(graded.student, graded.points)
"""
GRADEBOOK = """
import sys
from nbgrader.api import Gradebook
Gradebook(f"sqlite:///{sys.argv[1]}", "cnn-attention-course").close()
"""
# The students' own cells, and the checks of them, one notebook after the other in one warm process.
WARM = """
import json, sys, time
from pathlib import Path
from autograder.authoring.notebooks import EXPERIMENT_TAG
from autograder.checking.challenge import Challenge
from autograder.checking.measure import measure
from autograder.exercises import LESSONS, load
from autograder.grading import answers, carrier, plan
from autograder.grading.engine import Lesson
from autograder.quiet import import_tensorflow
import_tensorflow()
lesson, times = Lesson(sys.argv[2]), []
for path in sorted(Path(sys.argv[1], "submitted").glob(f"*/{lesson.name}")):
    taken = answers.take(carrier.parse(carrier.load(path, lesson.notebook)), lesson.release["en"])
    namespace = {"display": print}
    begin = time.process_time()
    for step in plan.steps(answers.rebuild(lesson.release["en"], taken)):
        if step.exercise:
            measure(namespace[step.exercise], load(step.exercise), Challenge())
        else:
            exec(step.source, namespace)
    times.append(time.process_time() - begin)
print(json.dumps(times[3:]))
"""


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds of wall and processor time, bytes of the largest process."""

    wall: float
    processor: float
    memory: int


def write_class(root: Path, count: int, *, experiments: bool) -> None:
    """Different submissions: right answers in every form, and every usual mistake, in both languages."""
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
        path = root / "submitted" / f"s{number:04}" / LESSON / f"{master.notebook}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), "utf-8")


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
    return Cost(wall, processor, after.ru_maxrss * 1024)


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
    notebook = json.loads((REPOSITORY / "solutions" / "en" / LESSON / name).read_text("utf-8"))
    if not experiments:
        notebook["cells"] = [
            cell for cell in notebook["cells"] if EXPERIMENT_TAG not in cell["metadata"].get("tags", [])
        ]
    (source / name).write_text(json.dumps(notebook), "utf-8")
    timed([sys.executable, "-m", "nbgrader", "generate_assignment", LESSON], root)


def ours(root: Path, jobs: int) -> Cost:
    """This engine on the class in `root`. The gradebook is there before, as stock nbgrader's is."""
    timed([sys.executable, "-W", "ignore", "-c", GRADEBOOK, str(root / "gradebook.db")], REPOSITORY)
    return timed([sys.executable, "-W", "ignore", "-c", OURS, str(root), str(jobs), LESSON], REPOSITORY)


def warm(root: Path) -> float:
    """Processor seconds that a submission's own cells and checks take in a warm process."""
    command = [sys.executable, "-c", WARM, str(root), LESSON]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    times = json.loads(done.stdout.splitlines()[-1])
    return sum(times) / len(times)


@click.command()
@click.option("--count", default=40, help="Submissions of the class that both grade.")
@click.option("--sizes", default=",".join(map(str, SIZES)), help="Sizes of the classes that this engine grades alone.")
@click.option("--jobs", default=len(os.sched_getaffinity(0)), help="Submissions at a time.")
def main(count: int, sizes: str, jobs: int) -> None:
    """Measure and write the page."""
    write_instructor_notebooks()
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    lines = [f"Grading lesson 3 on {jobs} cores; made by `python benchmarks/grading.py`.", ""]
    try:
        write_class(folder / "stock", count, experiments=False)
        shutil.copytree(folder / "stock", folder / "ours")
        theirs, mine = stock(folder / "stock", experiments=False), ours(folder / "ours", jobs)
        own = warm(folder / "ours")
        lines += [
            f"{count} different submissions without their experiment cells. Ours also writes the feedback.",
            "",
            "| | wall, s | processor, s | wall a submission, s | processor a submission, s | largest process, GB |",
            "|---|---|---|---|---|---|",
        ]
        for name, cost in (("stock `nbgrader autograde`", theirs), ("`autograder grade`", mine)):
            lines.append(
                f"| {name} | {cost.wall:.1f} | {cost.processor:.1f} | {cost.wall / count:.2f} "
                f"| {cost.processor / count:.2f} | {cost.memory / 1e9:.2f} |"
            )
        lines += [
            f"| ratio | **{theirs.wall / mine.wall:.1f}** | {theirs.processor / mine.processor:.1f} | | | |",
            "",
            f"The students' own cells and their checks take {own:.2f} processor seconds each in a warm process.",
            "",
            "| submissions | wall, s | wall a submission, s | processor a submission, s |",
            "|---|---|---|---|",
        ]
        print("\n".join(lines))
        for size in map(int, sizes.split(",")):
            write_class(folder / str(size), size, experiments=False)
            cost = ours(folder / str(size), jobs)
            lines.append(f"| {size} | {cost.wall:.1f} | {cost.wall / size:.2f} | {cost.processor / size:.2f} |")
            print(lines[-1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
