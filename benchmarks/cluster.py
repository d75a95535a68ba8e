"""What a cluster costs and how far it carries: python benchmarks/cluster.py [--count 200] [--waiting 1000]

Writes benchmarks/cluster.md. One class of lesson 3 on this machine: threads, then Dask's workers, one after the other;
the grades have to be the same. Then scheduler, grader and gradebook alone, with workers that run nothing: each gives
back at once, or after a while, what was graded before.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from distributed import Client, Worker, WorkerPlugin
from nbgrader.api import Gradebook

from autograder.grading import cluster_worker, submission_file
from autograder.grading.class_run import grade_class
from autograder.grading.cluster_access import local_cluster
from autograder.grading.engine import Engine, GradedSubmission, Settings
from autograder.grading.lesson import Lesson
from autograder.grading.plain import pack, unpack
from autograder.grading.standings import standings
from autograder.lessons.files import write_instructor_notebooks
from benchmarks.grading import LESSON, Cost, Page, write_class
from curriculum.paths import REPOSITORY

SIZES = (200, 1000, 5000)  # of classes that workers only wait for: does a submission cost the same in a larger one?
# Grades a class: the folder, then submissions at a time in threads, or workers.
RUN = """
import logging, sys
from functools import partial
from pathlib import Path
logging.basicConfig(stream=sys.stdout, format="%(message)s")
logging.getLogger("autograder.grading").setLevel(logging.INFO)
from autograder.grading.class_run import grade_class
from autograder.grading.cluster_access import local_cluster
from autograder.grading.engine import Settings
if __name__ == "__main__":
    root, threads, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    connect = partial(local_cluster, workers) if workers else None
    for graded in grade_class(sys.argv[4], root / "submitted", root, Settings(jobs=threads or 1), print, connect):
        assert not graded.problem, graded
"""


class Waiting:
    """In the place of an engine: gives back, after some seconds, what was graded before."""

    protections, grouped, challenge, processor_seconds = {"network": True}, False, "", 0.0

    def __init__(self, graded: GradedSubmission, seconds: float) -> None:
        self._graded, self._seconds = graded, seconds

    def run(self, *_: object, **__: object) -> GradedSubmission:
        time.sleep(self._seconds)
        return self._graded

    def close(self) -> None:
        """Nothing was started."""


class WaitingWorkers(WorkerPlugin):
    """Gives every worker such an engine, and as many threads as it is to simulate workers."""

    name = "waiting"

    def __init__(self, packed: bytes, seconds: float) -> None:
        self._packed, self._seconds = packed, seconds

    def setup(self, worker: Worker) -> None:
        graded = unpack(self._packed, Lesson(LESSON))
        cluster_worker.Engine = lambda lesson, settings: Waiting(graded, self._seconds)


@contextmanager
def waiting_cluster(packed: bytes, seconds: float, workers: int, processes: int = 2) -> Iterator[Client]:
    """A cluster of this machine whose threads wait, as many as `workers` that run one submission each."""
    with local_cluster(processes, threads=workers // processes) as client:
        client.register_plugin(WaitingWorkers(packed, seconds))
        yield client


def scores(root: Path) -> dict[str, dict[str, float | None]]:
    """What every check of a graded class earned, by student."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        found = standings(gradebook.db, LESSON, Lesson(LESSON).notebook)
        return {student: dict(standing.automatic) for student, standing in found.items()}


def cost(root: Path, threads: int, workers: int) -> Cost:
    """Grade the class in `root` in a process of its own, in threads or on workers. Processes that it starts count."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, str(root), str(threads), str(workers), LESSON],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{root.name}: expected exit status 0. Received: {done.returncode}\n{done.stdout[-2000:]}")
    # bubblewrap does not hand on what ran behind it; the engine, or all engines of a cluster, tell it themselves.
    told = [float(seconds) for seconds in re.findall(r"the sandbox used ([\d.]+) processor seconds", done.stdout)]
    if not any(told):
        raise RuntimeError(f"{root.name}: expected the processor seconds of the sandbox. Received: {told}")
    processor = sum(told) + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, processor, sum(told), after.ru_maxrss * 1024)


def compared(folder: Path, count: int) -> Iterator[str]:
    """Grade one class in threads and on workers; the lines that compare them."""
    write_class(folder / "first", count, experiments=False)
    runs = {"2 threads": (2, 0), "1 worker": (0, 1), "2 workers": (0, 2)}
    yield "| | wall, s | submissions a minute | processor a submission, s | of that of threads |"
    yield "|---|---|---|---|---|"
    costs: dict[str, Cost] = {}
    for name, (threads, workers) in runs.items():
        root = folder / name
        shutil.copytree(folder / "first" / "submitted", root / "submitted")
        costs[name] = each = cost(root, threads, workers)
        share = each.processor / costs["2 threads"].processor
        yield (
            f"| {name} | {each.wall:.1f} | {60 * count / each.wall:.0f} | {each.processor / count:.2f} | {share:.2f} |"
        )
    expected, *others = (scores(folder / name) for name in runs)
    differing = {
        student: [found.get(student) for found in (expected, *others)]
        for student in expected.keys() | set().union(*others)
        if any(found.get(student) != expected.get(student) for found in others)
    }
    if not expected or differing:
        raise RuntimeError(f"expected the same scores in threads and on workers. Received: {differing}")
    yield ""
    yield f"Every check of the {len(expected)} submissions has the same score."


def packed_answer() -> bytes:
    """One submission of the lesson, graded and packed."""
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    lesson = Lesson(LESSON)
    engine = Engine(lesson, Settings(jobs=1))
    try:
        write_class(folder, 1, experiments=False)
        (submitted,) = folder.glob("submitted/*/*")
        return pack(engine.run(*submission_file.load(submitted, lesson.notebook)))
    finally:
        engine.close()
        shutil.rmtree(folder)


def carried(folder: Path, sizes: list[int], waiting: int, seconds: float) -> Iterator[str]:
    """What scheduler and grader carry alone; the lines about classes of several sizes."""
    packed = packed_answer()
    yield "| submissions | simulated workers | seconds of one | recorded a second | grader's peak memory, GB |"
    yield "|---|---|---|---|---|"
    for count in sizes:
        root = folder / f"waiting{count}"
        write_class(root, count, experiments=False)
        with waiting_cluster(packed, seconds, waiting) as client:
            grades = grade_class(
                LESSON, root / "submitted", root, Settings(), lambda line: None, lambda: nullcontext(client)
            )
            next(grades)
            begin = time.perf_counter()
            rest = sum(not graded.problem for graded in grades)
            rate = rest / (time.perf_counter() - begin)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        yield f"| {count} | {waiting} | {seconds:g} | {rate:.1f} | {peak / 1e9:.2f} |"


@click.command()
@click.option("--count", default=200, help="Submissions of the class that threads and workers grade.")
@click.option("--waiting", default=1000, help="Workers that only wait.")
@click.option("--seconds", default=1.0, help="How long each of them waits.")
@click.option("--sizes", default=",".join(map(str, SIZES)), help="Sizes of the classes that they wait for.")
def main(count: int, waiting: int, seconds: float, sizes: str) -> None:
    """Measure and write the page."""
    write_instructor_notebooks()
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    page = Page()
    tell = page.tell
    try:
        cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
        tell(
            f"Lesson 3 on {cores} cores; made by `python benchmarks/cluster.py`. Others kept {load:.1f} processes busy."
        )
        tell()
        tell(f"{count} different submissions, every second one or so wrong. A worker runs one at a time.")
        tell()
        for line in compared(folder, count):
            tell(line)
        tell()
        tell("Scheduler, grader and gradebook alone: workers give back after a while what was graded before.")
        tell()
        for line in carried(folder, [int(size) for size in sizes.split(",")], waiting, seconds):
            tell(line)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    Path(__file__).with_suffix(".md").write_text(page.text(), "utf-8")


if __name__ == "__main__":
    main()
