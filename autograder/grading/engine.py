"""The engine: the sandbox and the judge of one lesson, and what becomes of a submission in them."""

import hashlib
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode

from autograder.grading import plan, submission_file
from autograder.grading.extraction import Remark, Submission, rebuild
from autograder.grading.feedback import annotate
from autograder.grading.judging import Judge, no_result
from autograder.grading.lesson import Lesson
from autograder.grading.preparation import Preparation, PreparedSubmission
from autograder.grading.sandbox import Sandbox
from autograder.grading.session import NotebookOutcome, Session, TimeLimits
from autograder.grading.worker.namespace import Limits
from curriculum.messages import LANGUAGES, say

SEED_BYTES = 32
MOST_OTHERS = 3  # notebooks beside the graded one that are named


@dataclass(frozen=True)
class Settings:
    """How a class is run."""

    jobs: int = field(default_factory=lambda: len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    isolated: bool = True
    force: bool = False
    experiments: bool = False
    students: tuple[str, ...] = ()  # whom to grade; everyone if nobody is named
    seed: bytes = b""  # of the challenge; every engine draws its own unless told
    hidden: tuple[Path, ...] = ()  # paths besides the solutions that students' code must not see
    times: TimeLimits = field(default_factory=TimeLimits)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class GradedSubmission:
    """What grading made of one submission, before it is recorded; with `refused`, the reason, it could not be read."""

    submission: Submission
    outcome: NotebookOutcome
    notebook: NotebookNode
    refused: str = ""
    digest: str = ""


class Engine:
    """The sandbox and the judge of one lesson, for as long as a run lasts. Several threads may call `run`."""

    def __init__(self, lesson: Lesson, settings: Settings) -> None:
        """Start both.

        Raises: SandboxError if the sandbox cannot be started, JudgingError if the references cannot be measured.
        """
        self.lesson, self._settings = lesson, settings
        with ExitStack() as stack:
            self._preparation = Preparation(lesson.release, experiments=settings.experiments)
            stack.callback(self._preparation.close)
            sandbox = Sandbox(lesson.modules(), isolated=settings.isolated, limits=settings.limits)
            self._sandbox = stack.enter_context(sandbox)
            self.protections = self._sandbox.protections(settings.hidden)
            seed = settings.seed or secrets.token_bytes(SEED_BYTES)
            self._judge = Judge(lesson.name, lesson.reference_cells(), self._sandbox, seed)
            self._stack = stack.pop_all()

    def close(self) -> None:
        """End every process that was started. What is still run stops with an error."""
        self._stack.close()

    @property
    def processor_seconds(self) -> float:
        """What the sandbox and everything in it has used, once it is closed."""
        return self._sandbox.processor_seconds

    @property
    def grouped(self) -> bool:
        """Whether each submission has a control group of its own."""
        return self._sandbox.grouped

    @property
    def at_once(self) -> int:
        """How many submissions are run at a time."""
        return self._settings.jobs

    @property
    def most_at_once(self) -> int:
        """How many there may ever be."""
        return self._settings.jobs

    @property
    def alone_at_once(self) -> int:
        """How many submissions can be run at a time that each have a machine to themselves."""
        return 1

    @property
    def challenge(self) -> str:
        """A digest by which engines of one run are known to judge alike."""
        return self._judge.challenge

    def run(self, *files: bytes, remarks: tuple[Remark, ...] = (), alone: bool = False) -> GradedSubmission:
        """Run a submitted notebook, given as the bytes of its file, and judge it. `remarks` are told with its own.

        Of the same lesson's notebooks in several languages, the one with the most answers is run. Whether it runs
        `alone` is the caller's affair: here nobody else does anything.

        Raises: RefusedError if it cannot be read.
        """
        prepared, *others = self._most_answered_first(files)
        if answered := [other for other in others if other.answered]:
            remarks += tuple(Remark("other_language", other.submission.language) for other in answered)
        submission = replace(prepared.submission, remarks=remarks + prepared.submission.remarks)
        outcome = Session(self._sandbox, self._judge, self._settings.times).run(prepared.steps)
        annotate(prepared.notebook, outcome, submission.remarks)
        return GradedSubmission(submission, outcome, prepared.notebook)

    def _most_answered_first(self, files: tuple[bytes, ...]) -> list[PreparedSubmission]:
        """Raises: RefusedError if one cannot be read and there is no answer in the others."""
        prepared, problems = [], []
        for data in files:
            try:
                prepared.append(self._preparation.prepare(data))
            except submission_file.RefusedError as error:
                problems.append(error)
        if problems and not any(each.answered for each in prepared):
            raise problems[0]
        return sorted(prepared, key=lambda each: -each.answered)


def refuse(lesson: Lesson, error: submission_file.RefusedError) -> GradedSubmission:
    """What is recorded for a submission that cannot be read: no points, and the reason."""
    language = LANGUAGES[0]
    reason = say(f"grading.refused.{error.reason}", language, **error.values)
    submission = Submission({}, (), language, ())
    notebook = rebuild(lesson.release[language], submission)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks = {cell.id: no_result(name, "refused") for cell in cells if (name := plan.checked_exercise(cell))}
    told = "\n".join(say(f"grading.refused.{error.reason}", each, **error.values) for each in LANGUAGES)
    outcome = NotebookOutcome(checks)
    annotate(notebook, outcome, (), told)
    return GradedSubmission(submission, outcome, notebook, reason)


def run_submission(lesson: Lesson, folder: Path, run: Callable[..., GradedSubmission]) -> GradedSubmission:
    """Read what lies in a folder and `run` it, as `Engine.run` does. What is refused gets no points."""
    digest = ""
    try:
        files = submission_file.load(folder, lesson.notebook)
        digest = _digest_of(lesson, *files)  # of what is graded now, whatever was there before
        graded = run(*files, remarks=_beside(folder, lesson))
    except submission_file.RefusedError as error:
        graded = refuse(lesson, error)
        digest = digest or _refused_digest(lesson, error)
    return replace(graded, digest=digest)


def _beside(folder: Path, lesson: Lesson) -> tuple[Remark, ...]:
    """What else lies in a submission's folder and ought to be known."""
    others = [
        Remark("other_notebook", submission_file.visible(name))
        for name in submission_file.other_notebooks(folder, lesson.notebook)
    ]
    no_time = os.path.lexists(folder / "timestamp.txt") and not submission_file.timestamp(folder)
    return (*others[:MOST_OTHERS], *[Remark("no_time")] * no_time)


def submission_digest(lesson: Lesson, folder: Path) -> str:
    """A digest of a submission and of everything that decides about its points."""
    try:
        files = submission_file.load(folder, lesson.notebook)
    except submission_file.RefusedError as error:
        return _refused_digest(lesson, error)
    return _digest_of(lesson, *files)


def _refused_digest(lesson: Lesson, error: submission_file.RefusedError) -> str:
    return _digest_of(lesson, repr((error.reason, error.values)).encode())


def _digest_of(lesson: Lesson, first: bytes, *others: bytes) -> str:
    """Two halves: of the submission; of lesson and engine. Their lengths fill the gradebook's column."""
    submission = hashlib.sha256(first)
    for other in others:
        submission.update(hashlib.sha256(other).digest())
    return f"{submission.hexdigest()[:31]}-{lesson.digest[:32]}"
