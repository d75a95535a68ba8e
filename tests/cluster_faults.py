"""Workers whose engines do what a submission asks for: die, stop, wait, fail; and a run in a process of its own.

What is asked for stands in the submission, `# fault: kill`. Each time it happens, a line with the worker's process goes
to a file of that name, which a test reads to know that it did. Run as a module, this grades a class on such workers.
"""

import os
import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from distributed import Worker, WorkerPlugin

from autograder.grading import cluster_worker
from autograder.grading.class_run import grade_class
from autograder.grading.cluster_access import local_cluster
from autograder.grading.engine import GradedSubmission, Settings
from autograder.grading.feedback import annotate
from autograder.grading.judging import CheckOutcome
from autograder.grading.lesson import Lesson
from autograder.grading.preparation import prepare
from autograder.grading.sandbox import SandboxError
from autograder.grading.session import NotebookOutcome
from curriculum.exercises import load
from tests.conftest import SHORTEST_LESSON as LESSON

FAULTS = ("kill", "kill-always", "freeze", "broken", "wrong-always", "wait")


class Faulty:
    """In the place of an engine: no sandbox, every answer is right, and faults happen."""

    protections, grouped, challenge, processor_seconds = {"network": True}, False, "the same", 0.0

    def __init__(self, lesson: Lesson, folder: Path) -> None:
        self._lesson, self._folder = lesson, folder

    def run(self, data: bytes, remarks: tuple = ()) -> GradedSubmission:
        prepared = prepare(data, self._lesson.release)
        for fault in FAULTS:
            if f"# fault: {fault}\\n".encode() in data:
                self._happen(fault)
        outcome = NotebookOutcome(
            {
                step.id: CheckOutcome(step.exercise, (frozenset(),) * len(load(step.exercise).cases))
                for step in prepared.steps
                if step.exercise
            }
        )
        annotate(prepared.notebook, outcome, remarks)
        return GradedSubmission(replace(prepared.submission, remarks=remarks), outcome, prepared.notebook)

    def _happen(self, fault: str) -> None:
        if (self._folder / "healed").exists() or (happened(self._folder, fault) and not fault.endswith("always")):
            return
        with (self._folder / fault).open("a") as file:
            file.write(f"{os.getpid()}\n")
        if fault.startswith("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        elif fault == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif fault == "broken":
            raise SandboxError("The sandbox gives no process")
        elif fault == "wrong-always":
            raise RuntimeError("of the worker's own")
        else:
            while not (self._folder / "go on").exists():
                time.sleep(0.05)

    def close(self) -> None:
        pass


class FaultyWorkers(WorkerPlugin):
    """Gives every worker such engines. `folder` is where faults are noted."""

    name = "faulty"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def setup(self, worker: Worker) -> None:
        cluster_worker.Engine = lambda lesson, settings: Faulty(lesson, self._folder)


def happened(folder: Path, fault: str) -> list[int]:
    """The processes in which a fault has happened."""
    return [int(line) for line in (folder / fault).read_text().split()] if (folder / fault).exists() else []


@contextmanager
def faulty_cluster(folder: Path, workers: int = 2):
    """A client of such workers on this machine."""
    with local_cluster(workers) as client:
        client.register_plugin(FaultyWorkers(folder))
        yield client


def main(root: Path) -> None:
    """Grade the class in `root`, and say each grade as it comes."""
    for graded in grade_class(
        LESSON, root / "submitted", root, Settings(), lambda line: None, lambda: faulty_cluster(root)
    ):
        print(graded.student, f"{graded.points:g}", graded.unchanged, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
