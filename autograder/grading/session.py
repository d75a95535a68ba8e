"""Running one rebuilt notebook in the sandbox, cell by cell. A death costs one cell, not the notebook."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograder.checking.challenge import NOTEBOOK_SEED
from autograder.grading.judging import CheckOutcome, Judge, no_result
from autograder.grading.plan import Step
from autograder.grading.sandbox import Child, ChildError, Sandbox


@dataclass(frozen=True)
class TimeLimits:
    """Seconds of wall time, and how often a notebook gets a fresh process.

    `own` is for all cells of the student's own together: a long experiment of theirs does not cost them a check.
    """

    cell: float = 60
    notebook: float = 300
    own: float = 150
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
        self._own_left = times.own
        self._done: list[Step] = []  # what a fresh process has to run again
        self._outcome = NotebookOutcome()

    def run(self, steps: list[Step]) -> NotebookOutcome:
        """Run and measure everything.

        Raises: SandboxError or JudgingError if it is not the submission's fault that this cannot be done.
        """
        begin = time.monotonic()
        self._deadline = begin + self._times.notebook
        given_up = ""
        for step in steps:
            event = given_up or ("notebook_too_slow" if _is_own(step) and self._own_left <= 0 else "")
            try:
                if not event:
                    self._do(step)
                    continue
            except ChildError as error:
                event = self._end_child(error.reason)
                if _is_own(step):  # a cell of their own costs time, but none of the fresh processes
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
        else:
            child, begin = self._ready(), time.monotonic()
            seconds = min(self._seconds(), self._own_left) if _is_own(step) else self._seconds()
            try:
                error, text = child.run(step.source, seconds)
            finally:
                if _is_own(step):
                    self._own_left -= time.monotonic() - begin
            if error:
                self._outcome.errors[step.id] = (error, text)
            self._done.append(step)

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
            try:
                for step in self._done:
                    self._child.run(step.source, self._seconds())
            except ChildError as error:
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


def _is_own(step: Step) -> bool:
    return step.id.startswith("extra-")
