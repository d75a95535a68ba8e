"""Graders that kill themselves at a statement. Each is forked from a process that has imported what grading needs.

Run as a module, this is that process: it grades one class for every line of its input, as `ask` writes them.
"""

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import nbgrader.api

from autograder.grading import class_run, record, registration
from autograder.grading.engine import Settings
from curriculum.exercises import LESSONS, Exercise, load
from curriculum.paths import REPOSITORY
from tests.conftest import SHORTEST_LESSON as LESSON

NEVER = 10**9  # statements
COUNTED = {record.__file__, registration.__file__, nbgrader.api.__file__}


def start() -> subprocess.Popen:
    """Start the process. It ends with its input, so as a context manager does."""
    command = [sys.executable, "-W", "ignore", "-m", __name__]
    return subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def ask(process: subprocess.Popen, root: Path, statements: int = 0, replayed: Path | None = None) -> None:
    """Have a class graded; with a file of runs, by the engine that replays them.

    With `statements`, the grader counts those of recording and kills itself at the last.
    """
    print(json.dumps([str(root), statements, replayed and str(replayed)]), file=process.stdin, flush=True)


def answer(process: subprocess.Popen) -> tuple[int, list[str]]:
    """Wait until a grader ends. Returns: its exit code, negative for a signal, and what it said."""
    said = []
    for line in process.stdout:
        word, _, code = line.rpartition(" ")
        if word == "ended with":
            return int(code), said
        said.append(line.rstrip("\n"))
    raise EOFError("the process that graders are forked from has ended")


class ByName(pickle.Pickler):
    """Writes exercises and their cases, which hold functions, by their names."""

    def persistent_id(self, thing: Any) -> tuple[str, int | None] | None:
        cases = [(name, case) for name in LESSONS[LESSON] for case in load(name).cases]
        if isinstance(thing, Exercise):
            return thing.name, None
        return next(((name, load(name).cases.index(case)) for name, case in cases if case is thing), None)


class _FromNames(pickle.Unpickler):
    def persistent_load(self, named: tuple[str, int | None]) -> Any:
        name, case = named
        return load(name) if case is None else load(name).cases[case]


class Replay:
    """An engine that has run these submissions before: what is tried is what comes after it."""

    def __init__(self, lesson: Any, settings: Settings, replayed: str) -> None:
        self.lesson = lesson
        self.at_once = self.most_at_once = settings.jobs
        self.alone_at_once = 1
        self.protections: dict[str, bool] = {}
        self.grouped, self.processor_seconds = False, 0.0
        with Path(replayed).open("rb") as file:
            self.runs = _FromNames(file).load()

    def run(self, data: bytes, remarks: tuple = (), alone: bool = False) -> Any:  # a class has one notebook each
        return self.runs[data]

    def close(self) -> None:
        pass


class Killer:
    """Counts statements of recording, and kills this process at the last. What a submission repeats counts once."""

    def __init__(self, statements: int) -> None:
        self.left, self.seen = statements, set()

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in COUNTED:
            return None
        if frame.f_code is record.Recorder.record.__code__ and event == "call":
            self.seen.clear()
        if event == "line" and (here := (frame.f_code, frame.f_lineno)) not in self.seen:
            self.seen.add(here)
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.trace


say = partial(print, flush=True)


def grade(root: str, statements: int, replayed: str | None) -> None:
    """Grade a class and say for each student whether anything had changed, and how many statements there were."""
    killer = Killer(statements)
    if statements:
        threading.settrace(killer.trace)
        sys.settrace(killer.trace)
    if replayed:
        class_run.Engine = lambda lesson, settings: Replay(lesson, settings, replayed)
    submissions = Path(root) / "submitted"
    for outcome in class_run.grade_class(LESSON, submissions, Path(root), Settings(jobs=2), say):
        say("graded", outcome.student, outcome.unchanged, statements - killer.left)


def serve() -> None:
    """Fork a grader for each line of the input."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                grade(*json.loads(line))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)  # without what the process has to do at its own end
        say("ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    serve()
