"""Grading a class: several submissions at a time, each recorded as it is finished, none twice."""

import fcntl
import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_solution
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.authoring.build import write_instructor_notebooks
from autograder.authoring.master import master_path, read_master
from autograder.authoring.notebooks import instructor_notebook, student_notebook
from autograder.exercises import LESSONS
from autograder.grading import carrier, plan, ready_made
from autograder.grading.answers import Remark, Submission, rebuild, take
from autograder.grading.config import configure
from autograder.grading.feedback import annotate, remark_text
from autograder.grading.inside.namespace import Limits
from autograder.grading.judging import Judge, JudgingError, nothing
from autograder.grading.record import Recorder, RecordError, Result
from autograder.grading.sandbox import Sandbox, SandboxError
from autograder.grading.session import Outcome, Session, Times
from autograder.messages import LANGUAGES, say
from autograder.paths import PACKAGE, REPOSITORY

logger = logging.getLogger(__name__)


class GradingError(Exception):
    """Why a class cannot be graded, and what to do."""


@dataclass(frozen=True)
class Graded:
    """The outcome for one student. `note` tells what was special; `unchanged` that it was graded by an earlier run.

    With a `problem` there is no grade, and nothing is recorded: the next run tries again.
    """

    student: str
    points: float
    total: float
    note: str = ""
    unchanged: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Settings:
    """How a class is run."""

    jobs: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    isolated: bool = True
    force: bool = False
    experiments: bool = False
    hidden: tuple[Path, ...] = ()  # paths besides the solutions that students' code must not see
    times: Times = field(default_factory=Times)
    limits: Limits = field(default_factory=Limits)


class Lesson:
    """What was handed out, in each language, and what a change of would change grades."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notebook = read_master(name).notebook
        self.release = {
            language: student_notebook(instructor_notebook(read_master(name), language)) for language in LANGUAGES
        }

    @cached_property
    def digest(self) -> str:
        """Of the lesson and of everything that measures and judges."""
        files = [master_path(self.name), *sorted(PACKAGE.rglob("*.py")), *sorted(PACKAGE.rglob("*.toml"))]
        return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()

    def reference_cells(self) -> list[str]:
        """The code of the instructor's own notebook that defines the references."""
        instructors = instructor_notebook(read_master(self.name), LANGUAGES[0])
        return [step.source for step in plan.steps(instructors) if not step.exercise]

    def modules(self) -> list[str]:
        """What its cells import."""
        return plan.imported(self.release[LANGUAGES[0]])


@dataclass(frozen=True)
class Run:
    """What happened to one submission, before it is recorded."""

    submission: Submission
    outcome: Outcome
    notebook: Any
    refused: str = ""
    digest: str = ""


@dataclass(frozen=True)
class _Entry:
    """A submission to grade."""

    student: str
    digest: str
    folder: Path


class Engine:
    """The sandbox and the judge of one lesson, for as long as a run lasts. Several threads may call `run`."""

    def __init__(self, lesson: Lesson, settings: Settings) -> None:
        """Start both.

        Raises: SandboxError if there is no sandbox to be had, JudgingError if there are no references.
        """
        self.lesson, self._settings = lesson, settings
        with ExitStack() as stack:
            sandbox = Sandbox(lesson.modules(), isolated=settings.isolated, limits=settings.limits)
            self._sandbox = stack.enter_context(sandbox)
            self.protections = self._sandbox.protections(settings.hidden)
            self._judge = Judge(lesson.name, lesson.reference_cells(), self._sandbox)
            self._stack = stack.pop_all()

    def close(self) -> None:
        """End every process that was started."""
        self._stack.close()

    @property
    def processor_seconds(self) -> float:
        """What the sandbox and everything in it has used, once it is closed."""
        return self._sandbox.processor_seconds

    def run(self, content: dict[str, Any]) -> Run:
        """Run a submitted notebook and judge it."""
        submission = take(content, self.lesson.release[LANGUAGES[0]])
        release = self.lesson.release[submission.language]
        notebook = rebuild(release, submission)
        submission = replace(submission, remarks=(*submission.remarks, *ready_made.remarks(notebook, release)))
        steps = plan.steps(notebook, experiments=self._settings.experiments)
        outcome = Session(self._sandbox, self._judge, self._settings.times).run(steps)
        annotate(notebook, outcome.checks, outcome.events, submission.remarks)
        return Run(submission, outcome, notebook)


def refuse(lesson: Lesson, error: carrier.RefusedError) -> Run:
    """What is recorded for a submission that cannot be read: no points, and the reason."""
    language = LANGUAGES[0]
    reason = say(f"grading.refused.{error.reason}", language, **error.values)
    submission = Submission({}, (), language, ())
    notebook = rebuild(lesson.release[language], submission)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks = {cell.id: nothing(name, "refused") for cell in cells if (name := plan.checked_exercise(cell))}
    told = "\n".join(say(f"grading.refused.{error.reason}", each, **error.values) for each in LANGUAGES)
    annotate(notebook, checks, {}, (), told)
    return Run(submission, Outcome(checks), notebook, reason)


def grade_class(
    lesson: str, submissions: Path, root: Path = REPOSITORY, settings: Settings | None = None, say_so: Callable = print
) -> Iterator[Graded]:
    """Grade all submissions of a lesson, `submissions/<student>/<lesson>/<notebook>.ipynb`.

    Grades go to `root/gradebook.db`, graded notebooks to `root/autograded`, feedback to `root/feedback`.

    Raises: GradingError if it cannot be done; what was yielded before is recorded.
    """
    settings = settings or Settings()
    students = students_of(lesson, submissions)
    coursedir, config = course(root, submissions)
    with _locked(root, say_so), ExitStack() as stack:
        try:
            handed_out = Lesson(lesson)
            recorder = Recorder(lesson, handed_out.notebook, coursedir, config)
            stack.callback(recorder.close)
            for name, reason in left_out(lesson, submissions).items():
                say_so(say(f"grading.left_out.{reason}", name=name))
            todo, done = _sort(handed_out, recorder, submissions, students, settings.force)
            for student in done:
                yield Graded(student, *recorder.score(student), unchanged=True)
            if todo:
                paths = (submissions, root / "gradebook.db", root / "autograded")
                hidden = tuple(path.resolve() for path in paths)
                engine = _start(handed_out, replace(settings, hidden=hidden), coursedir, config)
                stack.callback(engine.close)
                for name, active in engine.protections.items():
                    say_so(("✓ " if active else "✗ ") + say(f"grading.protection.{name}"))
                yield from _grade(engine, recorder, todo, settings.jobs)
                engine.close()
                logger.info("the sandbox used %.2f processor seconds", engine.processor_seconds)
        except (SandboxError, JudgingError, RecordError) as error:
            raise GradingError(str(error)) from None


def _start(lesson: Lesson, settings: Settings, coursedir: CourseDirectory, config: Config) -> Engine:
    """Start the engine, which takes seconds, and register the lesson meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        registering = pool.submit(_register, lesson, coursedir, config)
        engine = Engine(lesson, settings)  # in this thread: bubblewrap ends with the thread that has started it
        try:
            registering.result()
        except GradingError:
            engine.close()
            raise
        return engine


def students_of(lesson: str, submissions: Path) -> list[str]:
    """Who has handed something in.

    Raises: GradingError if there is no such lesson, or nobody.
    """
    if lesson not in LESSONS:
        raise GradingError(f"There is no lesson {lesson!r}. The lessons are: {', '.join(LESSONS)}")
    students = sorted(path.parent.name for path in submissions.glob(f"*/{lesson}") if not _why_left_out(path.parent))
    if not students:
        raise GradingError(f"No submissions found: expected {submissions}/<student>/{lesson}/<notebook>.ipynb")
    return students


def left_out(lesson: str, submissions: Path) -> dict[str, str]:
    """Folders that look like a student's and are not graded, and why, as a message key."""
    folders = sorted(path.parent for path in submissions.glob(f"*/{lesson}"))
    return {carrier.clean(folder.name): reason for folder in folders if (reason := _why_left_out(folder))}


def _why_left_out(folder: Path) -> str:
    if folder.is_symlink():  # to somebody else's, or to nobody's
        return "link"
    return "name" if carrier.clean(folder.name) != folder.name else ""


def course(root: Path, submissions: Path) -> tuple[CourseDirectory, Config]:
    """nbgrader's course folder at `root`, with the settings of this course and of its own nbgrader_config.py."""
    # nbgrader calls `alembic` by its bare name when it makes a gradebook.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    root.mkdir(parents=True, exist_ok=True)
    config = Config()
    configure(config)
    if (root / "nbgrader_config.py").exists():
        config.merge(PyFileConfigLoader("nbgrader_config.py", str(root)).load_config())
    config.CourseDirectory.root = str(root.resolve())
    config.CourseDirectory.submitted_directory = str(submissions.resolve())
    if root != REPOSITORY:
        config.CourseDirectory.source_directory = str(REPOSITORY / config.CourseDirectory.source_directory)
        config.CourseDirectory.release_directory = "released"
    return CourseDirectory(config=config), config


def _register(lesson: Lesson, coursedir: CourseDirectory, config: Config) -> None:
    """Make sure that the gradebook knows the lesson as it is now."""
    write_instructor_notebooks()
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # nbgrader's log is in what it returns
    outcome = NbGraderAPI(coursedir, config=config).generate_assignment(lesson.name)
    if not outcome["success"]:
        last = [line for line in (outcome.get("error") or outcome.get("log") or "").splitlines() if line.strip()]
        reason = last[-1] if last else "no reason was given"
        raise GradingError(f"{lesson.name} cannot be registered in the gradebook: {reason}")


def _sort(
    lesson: Lesson, recorder: Recorder, submissions: Path, students: list[str], force: bool
) -> tuple[list[_Entry], list[str]]:
    """The submissions to grade, and the students whose submission was graded as it is."""
    known = recorder.known()
    todo, done = [], []
    for student in students:
        folder = submissions / student / lesson.name
        digest = _digest(lesson, folder)
        if not force and known.get(student) == digest and all(file.exists() for file in recorder.files(student)):
            done.append(student)
        else:
            todo.append(_Entry(student, digest, folder))
    return todo, done


def _digest(lesson: Lesson, folder: Path) -> str:
    """Of a submission and of everything that decides about its points."""
    try:
        data = carrier.load(folder, lesson.notebook)
    except carrier.RefusedError as error:
        data = repr((error.reason, error.values)).encode()
    return _digest_of(lesson, folder, data)


def _digest_of(lesson: Lesson, folder: Path, data: bytes) -> str:
    whole = b"\0".join((lesson.digest.encode(), carrier.timestamp(folder).encode(), data))
    return hashlib.sha256(whole).hexdigest()


def _grade(engine: Engine, recorder: Recorder, todo: list[_Entry], jobs: int) -> Iterator[Graded]:
    """Run submissions side by side; this thread alone records them, as they come.

    One that was too slow is run once more without company: its neighbours may have been the reason.
    """
    alone = []
    for entry, future in _side_by_side(engine, todo, jobs):
        if jobs > 1 and len(todo) > 1 and not future.exception() and _was_slow(future.result()):
            alone.append(entry)
        else:
            yield _record(recorder, entry, future.result)
    for entry in alone:
        yield _record(recorder, entry, partial(_run, engine, entry))


def _side_by_side(engine: Engine, todo: list[_Entry], jobs: int) -> Iterator[tuple[_Entry, Future[Run]]]:
    waiting = iter(todo)
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[Run], _Entry] = {}
        try:
            while True:
                # Two more than can run: enough to keep everyone busy, and little to hold while recording is slow.
                while len(running) < jobs + 2 and (entry := next(waiting, None)):
                    running[pool.submit(_run, engine, entry)] = entry
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield running.pop(future), future
        finally:
            for future in running:
                future.cancel()


def _was_slow(run: Run) -> bool:
    events = {check.event for check in run.outcome.checks.values()} | set(run.outcome.events.values())
    return bool(events & {"too_slow", "notebook_too_slow", "killed", "lost"})


def _record(recorder: Recorder, entry: _Entry, run: Callable[[], Run]) -> Graded:
    """Record one submission. What goes wrong with it alone leaves it ungraded, and the class goes on."""
    try:
        outcome = run()
        points, total = recorder.record(_result(entry, outcome))
    except (SandboxError, JudgingError, RecordError):
        raise
    except Exception as error:
        logger.exception("%s could not be graded", entry.student)
        return Graded(entry.student, 0, 0, problem=carrier.clean(f"{type(error).__name__}: {error}"))
    return Graded(entry.student, points, total, note=carrier.clean(_note(outcome)))


def _run(engine: Engine, entry: _Entry) -> Run:
    digest = ""
    try:
        data = carrier.load(entry.folder, engine.lesson.notebook)
        digest = _digest_of(engine.lesson, entry.folder, data)  # of what is graded now, whatever was there before
        run = engine.run(carrier.parse(data))
    except carrier.RefusedError as error:
        run = refuse(engine.lesson, error)
    return replace(run, digest=digest or entry.digest)


def _result(entry: _Entry, run: Run) -> Result:
    return Result(
        student=entry.student,
        digest=run.digest,
        notebook=run.notebook,
        points={cell: check.points for cell, check in run.outcome.checks.items()},
        unanswered=frozenset() if run.refused else _unanswered(run),
        refused=run.refused,
        comments=comments(run),
        timestamp=carrier.timestamp(entry.folder),
        details=details(run),
    )


def _unanswered(run: Run) -> frozenset[str]:
    """The exercises that are as they were handed out, by what nbgrader goes by: their checksum."""
    return frozenset(
        cell.id
        for cell in run.notebook.cells
        if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    )


def details(run: Run) -> dict[str, Any]:
    """What the report is made of, as plain data."""
    return {
        "language": run.submission.language,
        "refused": run.refused,
        "remarks": [asdict(remark) for remark in run.submission.remarks],
        "events": run.outcome.events,
        "errors": {cell: ": ".join(filter(None, error)) for cell, error in run.outcome.errors.items()},
        "seconds": round(run.outcome.seconds, 3),
        "processor_seconds": round(run.outcome.processor_seconds, 3),
        "peak_memory": run.outcome.peak_memory,
        "checks": {
            cell: {
                "exercise": check.exercise,
                "points": check.points,
                "right": check.right,
                "mistake": check.mistake,
                "finding": check.finding.key if check.finding else "",
                "event": check.event,
                "unusable": check.unusable,
            }
            for cell, check in run.outcome.checks.items()
        },
    }


def _note(run: Run) -> str:
    """What an instructor wants to see at once: why there is nothing, what died, what was not written here."""
    if run.refused:
        return run.refused
    events = {check.exercise: check.event for check in run.outcome.checks.values() if check.event} | run.outcome.events
    told = [f"{cell}: {event}" for cell, event in events.items() if event != "undefined"]
    return ", ".join(told + [remark_text(remark, None) for remark in _on_authorship(run)])


def comments(run: Run) -> dict[str, str]:
    """What formgrader shows at an answer's cell besides nbgrader's own comments, by grade id."""
    return {remark.cell: remark_text(remark, run.submission.language) for remark in _on_authorship(run) if remark.cell}


def _on_authorship(run: Run) -> list[Remark]:
    return [remark for remark in run.submission.remarks if remark.key in ready_made.KEYS]


@contextmanager
def _locked(root: Path, say_so: Callable) -> Iterator[None]:
    """Two graders on one course take turns."""
    with (root / ".autograder.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say_so(f"Another grader is at work in {root}; waiting for it to finish.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
