"""Running one rebuilt notebook in the sandbox, cell by cell. A death costs one cell, not the notebook.

Cells of the student's that train for long cost no answer its points: one that takes too long, and every one after the
time for all of them is used up, is shortened to what it defines (`plan.Step.shortened`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from autograder.checking.challenge import NOTEBOOK_SEED
from autograder.grading.judging import CheckOutcome, Judge, no_result
from autograder.grading.plan import OWN_PREFIX, Step
from autograder.grading.sandbox import Child, ChildError, Sandbox

QUICK = 1.0  # seconds: a cell that took no longer is always run again as it is


@dataclass(frozen=True)
class TimeLimits:
    """Seconds of wall time, and how often a notebook gets a fresh process.

    `students` is for all cells together that the student has written, answers and own ones, `shortened` for one of
    them of which only the definitions are run. What is left of `notebook` is for checks.
    """

    cell: float = 60
    notebook: float = 300
    students: float = 150
    shortened: float = 10
    restarts: int = 4


@dataclass
class NotebookOutcome:
    """What running a notebook gave: checks by the ids of their cells, and what happened to other cells.

    `errors` has, for each cell that Python stopped, the error's name and text.
    """

    checks: dict[str, CheckOutcome] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    errors: dict[str, tuple[str, str]] = field(default_factory=dict)
    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_memory: int = 0


class _GivenUpError(Exception):
    """The notebook gets no more processes or no more time; the message is the event."""


class Session:
    """One notebook's run."""

    def __init__(self, sandbox: Sandbox, judge: Judge, times: TimeLimits) -> None:
        self._sandbox, self._judge, self._times = sandbox, judge, times
        self._child: Child | None = None
        self._deaths = 0
        self._students_left = times.students
        self._done: dict[Step, float] = {}  # what a fresh process has to run again, and how many seconds it took
        self._outcome = NotebookOutcome()

    def run(self, steps: list[Step]) -> NotebookOutcome:
        """Run and measure everything.

        Raises: SandboxError or JudgingError if it is not the submission's fault that this cannot be done.
        """
        begin = time.monotonic()
        self._deadline = begin + self._times.notebook
        given_up = ""
        for step in steps:
            event = given_up
            try:
                if not event:
                    self._do(step)
                    continue
            except ChildError as error:
                event = self._end_child(error.reason)
                if step.id.startswith(OWN_PREFIX):  # a cell of their own costs time, but none of the fresh processes
                    self._deaths -= 1
            except _GivenUpError as error:
                event = given_up = str(error)
            if step.exercise:
                self._outcome.checks.setdefault(step.id, no_result(step.exercise, event))
            else:
                self._outcome.events[step.id] = event
        if self._child:
            self._end_child("")
        self._outcome.seconds = time.monotonic() - begin
        return self._outcome

    def _do(self, step: Step) -> None:
        if step.exercise:
            self._outcome.checks[step.id] = self._check(step.exercise)
        elif step.shortened is None:
            self._run(step, self._times.cell)
        elif self._students_left <= 0 or not self._runs_in_time(step):
            self._run(self._shorten(step), self._times.shortened)

    def _runs_in_time(self, step: Step) -> bool:
        """Run a cell of the student's. Returns: whether that has ended in time."""
        self._ready()
        if self._students_left <= 0:  # what has gone into running cells again
            return False
        try:
            self._run(step, min(self._times.cell, self._students_left))
        except ChildError as error:
            if error.reason != "too_slow":
                raise
            self._end_child(error.reason)
            self._deaths -= 1  # what it has cost is time, and there is only so much of that
            return False
        return True

    def _run(self, step: Step, seconds: float) -> None:
        """Run a cell, `seconds` at most."""
        error, text = self._run_in(self._ready(), step, seconds)
        if error:
            self._outcome.errors[step.id] = (error, text)

    def _run_in(self, child: Child, step: Step, seconds: float) -> tuple[str, str]:
        begin = time.monotonic()
        try:
            stopped = child.run(step.source, min(seconds, self._seconds()))
        finally:
            took = time.monotonic() - begin
            if step.shortened is not None:
                self._students_left -= took
        self._done[step] = took
        return stopped

    def _shorten(self, step: Step) -> Step:
        """The step with the definitions of its cell alone."""
        self._outcome.events[step.id] = "shortened"
        return replace(step, source=step.shortened or "")

    def _check(self, exercise: str) -> CheckOutcome:
        data = self._ready().measure(exercise, self._judge.seeds[exercise], self._seconds(), varied=True)
        if data is None:
            event = self._outcome.events.get(exercise, "undefined")
            return no_result(exercise, event, *self._outcome.errors.get(exercise, ()))
        with self._own_time():
            check = self._judge.score(exercise, data)
        if check.passed or check.event:
            return check
        try:
            data = self._ready().measure(exercise, NOTEBOOK_SEED, self._seconds(), varied=False)
        except ChildError as error:  # it keeps what it has earned
            return CheckOutcome(exercise, check.wrong, event=self._end_child(error.reason))
        with self._own_time():
            return self._judge.diagnose(check, data)

    def _ready(self) -> Child:
        """The process, in the state that the cells before this one have led to."""
        while self._child is None:
            if self._deaths > self._times.restarts:
                raise _GivenUpError("given_up")
            self._seconds()
            with self._own_time():
                self._child = self._sandbox.child()
            done, self._done = self._done, {}
            try:
                for step, took in done.items():
                    long = step.shortened is not None and took > max(QUICK, self._students_left)
                    self._run_in(self._child, self._shorten(step) if long else step, self._times.cell)
            except ChildError as error:
                self._done = done
                self._end_child(error.reason)
        return self._child

    @contextmanager
    def _own_time(self) -> Iterator[None]:
        """Do not charge the notebook for what the grader does itself: judging, forking, waiting for the references."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self._deadline += time.monotonic() - begin

    def _seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise _GivenUpError("notebook_too_slow")
        return min(left, self._times.cell)

    def _end_child(self, reason: str) -> str:
        """End the process. Returns: the event to report for it, a message key under `grading.event`."""
        assert self._child  # nothing else can have ended
        ending = self._child.stop(died=reason == "died")
        self._child = None
        self._deaths += 1
        self._outcome.processor_seconds += ending.processor_seconds
        self._outcome.peak_memory = max(self._outcome.peak_memory, ending.peak_memory)
        if reason == "too_slow" and time.monotonic() >= self._deadline:
            return "notebook_too_slow"
        return ending.reason if reason == "died" else reason
