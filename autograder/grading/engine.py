"""Grading a class: several submissions at a time, each recorded as it is finished, none twice."""

import fcntl
import getpass
import hashlib
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from jupyter_core.paths import jupyter_config_path
from nbgrader.api import InvalidEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_solution
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.grading import carrier, plan, ready_made
from autograder.grading.answers import Remark, Submission, rebuild
from autograder.grading.config import configure
from autograder.grading.demo import DEMO_FOLDER
from autograder.grading.feedback import annotate, remark_text
from autograder.grading.inside.namespace import Limits
from autograder.grading.judging import Judge, JudgingError, nothing
from autograder.grading.preparation import Preparation
from autograder.grading.record import SHARED_FILE, Recorder, RecordError, Result, database_file
from autograder.grading.registration import Change, register
from autograder.grading.sandbox import Sandbox, SandboxError
from autograder.grading.session import Outcome, Session, Times
from autograder.grading.submissions import GradingError, left_out, students_of
from autograder.lessons.files import write_instructor_notebooks
from autograder.lessons.master import MasterError, read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY

logger = logging.getLogger(__name__)

MOST_OTHERS = 3  # notebooks beside the graded one that are named
LONGEST_SIGNATURE = 300  # characters that are shown of who is at work


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

    jobs: int = field(default_factory=lambda: len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    isolated: bool = True
    force: bool = False
    experiments: bool = False
    students: tuple[str, ...] = ()  # whom to grade; everyone if nobody is named
    hidden: tuple[Path, ...] = ()  # paths besides the solutions that students' code must not see
    times: Times = field(default_factory=Times)
    limits: Limits = field(default_factory=Limits)


class Lesson:
    """What was handed out, in each language, and what a change of would change grades."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notebook = read_master(name).notebook
        instructors = {language: instructor_notebook(read_master(name), language) for language in LANGUAGES}
        self.release = {language: student_notebook(notebook) for language, notebook in instructors.items()}
        # Of the lesson, blocks of earlier lessons that it gives among them, and of everything that measures and judges;
        # a server may run longer than its files stay.
        packages = [REPOSITORY / "autograder", REPOSITORY / "curriculum"]
        files = [path for each in packages for kind in ("*.py", "*.toml") for path in sorted(each.rglob(kind))]
        parts = [*(as_text(notebook).encode() for notebook in instructors.values()), *map(Path.read_bytes, files)]
        self.digest = hashlib.sha256(b"\0".join(parts)).hexdigest()

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
    """A submission to grade, or one that is graded and may have got another due date or comment since."""

    student: str
    folder: Path


class Engine:
    """The sandbox and the judge of one lesson, for as long as a run lasts. Several threads may call `run`."""

    def __init__(self, lesson: Lesson, settings: Settings) -> None:
        """Start both.

        Raises: SandboxError if there is no sandbox to be had, JudgingError if there are no references.
        """
        self.lesson, self._settings = lesson, settings
        with ExitStack() as stack:
            self._preparation = Preparation(lesson.release, experiments=settings.experiments)
            stack.callback(self._preparation.close)
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

    @property
    def grouped(self) -> bool:
        """Whether each submission has a control group of its own."""
        return self._sandbox.grouped

    def run(self, data: bytes, remarks: tuple[Remark, ...] = ()) -> Run:
        """Run a submitted notebook, given as the bytes of its file, and judge it. `remarks` are told with its own.

        Raises: RefusedError if it cannot be read.
        """
        prepared = self._preparation.prepare(data)
        submission = replace(prepared.submission, remarks=remarks + prepared.submission.remarks)
        outcome = Session(self._sandbox, self._judge, self._settings.times).run(prepared.steps)
        annotate(prepared.notebook, outcome, submission.remarks)
        return Run(submission, outcome, prepared.notebook)


def refuse(lesson: Lesson, error: carrier.RefusedError) -> Run:
    """What is recorded for a submission that cannot be read: no points, and the reason."""
    language = LANGUAGES[0]
    reason = say(f"grading.refused.{error.reason}", language, **error.values)
    submission = Submission({}, (), language, ())
    notebook = rebuild(lesson.release[language], submission)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks = {cell.id: nothing(name, "refused") for cell in cells if (name := plan.checked_exercise(cell))}
    told = "\n".join(say(f"grading.refused.{error.reason}", each, **error.values) for each in LANGUAGES)
    outcome = Outcome(checks)
    annotate(notebook, outcome, (), told)
    return Run(submission, outcome, notebook, reason)


def grade_class(
    lesson: str, submissions: Path, root: Path = REPOSITORY, settings: Settings | None = None, say_so: Callable = print
) -> Iterator[Graded]:
    """Grade all submissions of a lesson, `submissions/<student>/<lesson>/<notebook>.ipynb`.

    Grades go to `root/gradebook.db`, graded notebooks to `root/autograded`, feedback to `root/feedback`.

    Raises: GradingError if it cannot be done; what was yielded before is recorded.
    """
    settings = settings or Settings()
    students = students_of(lesson, submissions, settings.students)
    coursedir, config = course(root, submissions)
    with _locked(root, coursedir.groupshared, say_so), ExitStack() as stack:
        try:
            handed_out = Lesson(lesson)
            recorder = stack.enter_context(Recorder(lesson, handed_out.notebook, coursedir, config))
            if not settings.students:
                for each in left_out(lesson, submissions):
                    say_so(str(each))
            todo, done = _sort(handed_out, recorder, submissions, students, settings.force)
            yield from _renew(recorder, done)
            if todo:
                settings = replace(settings, hidden=hidden_from_students(coursedir))
                engine = _start(handed_out, settings, coursedir, say_so)
                stack.callback(engine.close)
                for name, active in engine.protections.items():
                    say_so(("✓ " if active else "✗ ") + say(f"grading.protection.{name}"))
                say_so("✓ " + say("grading.group.own") if engine.grouped else "– " + say("grading.group.none"))
                yield from _grade(engine, recorder, todo, settings.jobs)
                engine.close()
                logger.info("the sandbox used %.2f processor seconds", engine.processor_seconds)
        except (SandboxError, JudgingError, RecordError, MasterError) as error:
            raise GradingError(str(error)) from None


def hidden_from_students(coursedir: CourseDirectory) -> tuple[Path, ...]:
    """What a student's process must not see of a course, besides the solutions."""
    root = Path(coursedir.root)
    folders = (root / coursedir.submitted_directory, root / coursedir.autograded_directory)
    return tuple(path.resolve() for path in (*folders, database_file(coursedir)) if path)


def _start(lesson: Lesson, settings: Settings, coursedir: CourseDirectory, say_so: Callable) -> Engine:
    """Start the engine, which takes seconds, and register the lesson meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        registering = pool.submit(_register, lesson, coursedir)
        engine = Engine(lesson, settings)  # in this thread: bubblewrap ends with the thread that has started it
        try:
            for change in registering.result():
                say_so(str(change))
        except GradingError:
            engine.close()
            raise
        return engine


def course(root: Path, submissions: Path) -> tuple[CourseDirectory, Config]:
    """nbgrader's course folder at `root`, with the settings of this course and of its own nbgrader_config.py."""
    # nbgrader calls `alembic` by its bare name when it makes a gradebook.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    root.mkdir(parents=True, exist_ok=True)
    config = Config()
    configure(config)
    # Where nbgrader looks, too; but the demonstration class is kept out of everyone's gradebook.
    for folder in (root,) if root == DEMO_FOLDER else (*map(Path, reversed(jupyter_config_path())), root):
        if (folder / "nbgrader_config.py").exists():
            config.merge(PyFileConfigLoader("nbgrader_config.py", str(folder)).load_config())
    config.CourseDirectory.root = str(root.resolve())
    config.CourseDirectory.submitted_directory = str(submissions.resolve())
    if root != REPOSITORY:
        config.CourseDirectory.source_directory = str(REPOSITORY / config.CourseDirectory.source_directory)
    return CourseDirectory(config=config), config


def _register(lesson: Lesson, coursedir: CourseDirectory) -> list[Change]:
    """Make sure that the gradebook knows the lesson as it is now. Returns: what became of earlier grades."""
    try:
        write_instructor_notebooks([lesson.name])
        return register(lesson.name, lesson.notebook, lesson.release[LANGUAGES[0]], coursedir)
    except (SQLAlchemyError, InvalidEntry, MasterError, OSError) as error:
        reason = getattr(error, "orig", None) or error  # the database's own words, without the statement
        raise GradingError(f"{lesson.name} cannot be registered in the gradebook: {reason}") from None


def _sort(
    lesson: Lesson, recorder: Recorder, submissions: Path, students: list[str], force: bool
) -> tuple[list[_Entry], list[_Entry]]:
    """The submissions to grade, and those that were graded as they are."""
    known = {} if force else recorder.known()
    todo, done = [], []
    for student in students:
        entry = _Entry(student, submissions / student / lesson.name)
        graded = student in known and known[student] == _digest(lesson, entry.folder)
        (done if graded and recorder.has_notebook(student) else todo).append(entry)
    return todo, done


def _renew(recorder: Recorder, done: list[_Entry]) -> Iterator[Graded]:
    """Bring penalties and pages of graded submissions up to date."""
    standings = recorder.standings() if done else {}
    for entry in done:
        standing, notes = standings[entry.student], carrier.notes(entry.folder)
        try:
            if recorder.is_current(entry.student, standing, notes):
                yield Graded(entry.student, standing.score, standing.total, unchanged=True)
            else:
                points = recorder.renew(entry.student, notes)
                yield Graded(entry.student, *points, note=say("grading.renewed"))
        except RecordError:
            raise
        except Exception as error:  # of the instructor's plugin
            yield _problem(entry.student, error)


def _digest(lesson: Lesson, folder: Path) -> str:
    """Of a submission and of everything that decides about its points."""
    try:
        data = carrier.load(folder, lesson.notebook)
    except carrier.RefusedError as error:
        return _refused_digest(lesson, error)
    return _digest_of(lesson, data)


def _refused_digest(lesson: Lesson, error: carrier.RefusedError) -> str:
    return _digest_of(lesson, repr((error.reason, error.values)).encode())


def _digest_of(lesson: Lesson, data: bytes) -> str:
    """Two halves: of the submission; of lesson and engine. Their lengths fill the gradebook's column."""
    return f"{hashlib.sha256(data).hexdigest()[:31]}-{lesson.digest[:32]}"


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
        points, total = recorder.record(result(entry.student, entry.folder, outcome))
    except (SandboxError, JudgingError, RecordError):
        raise
    except Exception as error:
        return _problem(entry.student, error)
    return Graded(entry.student, points, total, note=carrier.one_line(_note(outcome)))


def _problem(student: str, error: Exception) -> Graded:
    logger.error("%s could not be graded", student, exc_info=error)
    return Graded(student, 0, 0, problem=carrier.one_line(f"{type(error).__name__}: {error}"))


def _run(engine: Engine, entry: _Entry) -> Run:
    return run_submission(engine.lesson, entry.folder, engine.run)


def run_submission(lesson: Lesson, folder: Path, run: Callable[[bytes, tuple[Remark, ...]], Run]) -> Run:
    """Read what lies in a folder and `run` it. What is refused gets no points."""
    digest = ""
    try:
        data = carrier.load(folder, lesson.notebook)
        digest = _digest_of(lesson, data)  # of what is graded now, whatever was there before
        outcome = run(data, _beside(folder, lesson))
    except carrier.RefusedError as error:
        outcome = refuse(lesson, error)
        digest = digest or _refused_digest(lesson, error)
    return replace(outcome, digest=digest)


def _beside(folder: Path, lesson: Lesson) -> tuple[Remark, ...]:
    """What else lies in a submission's folder and ought to be known."""
    others = [Remark("other_notebook", carrier.visible(name)) for name in carrier.others(folder, lesson.notebook)]
    no_time = os.path.lexists(folder / "timestamp.txt") and not carrier.timestamp(folder)
    return (*others[:MOST_OTHERS], *[Remark("no_time")] * no_time)


def result(student: str, folder: Path, run: Run) -> Result:
    """What is recorded of a run."""
    return Result(
        student=student,
        digest=run.digest,
        notebook=run.notebook,
        points={cell: check.points for cell, check in run.outcome.checks.items()},
        unanswered=frozenset() if run.refused else _unanswered(run),
        refused=run.refused,
        notes=carrier.notes(folder),
        comments=comments(run),
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
    return ", ".join(told + [remark_text(remark, None) for remark in _worth_saying_at_once(run)])


def comments(run: Run) -> dict[str, str]:
    """What formgrader shows at an answer's cell besides nbgrader's own comments, by grade id."""
    return {
        remark.cell: remark_text(remark, run.submission.language)
        for remark in run.submission.remarks
        if remark.key in ready_made.KEYS and remark.cell
    }


def _worth_saying_at_once(run: Run) -> list[Remark]:
    return [
        remark for remark in run.submission.remarks if remark.key in (*ready_made.KEYS, "other_notebook", "no_time")
    ]


@contextmanager
def _locked(root: Path, shared: bool, say_so: Callable) -> Iterator[None]:
    """Two graders on one course take turns. Who is at work stands in the lock's file."""
    path = root / ".autograder.lock"
    try:
        try:
            file = path.open("a+", encoding="utf-8")
        except PermissionError:  # a colleague's: enough to wait for it, not to sign in it
            file = path.open(encoding="utf-8")
    except OSError as error:
        raise GradingError(say("grading.no_lock", path=path, reason=error.strerror)) from None
    with file:
        if shared and os.fstat(file.fileno()).st_uid == os.geteuid():
            os.fchmod(file.fileno(), SHARED_FILE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = carrier.clean(file.read(LONGEST_SIGNATURE)).strip() or say("grading.somebody")
            say_so(say("grading.waiting", root=root, who=who))
            fcntl.flock(file, fcntl.LOCK_EX)
        _sign(file, say("grading.grader", **_whoami()))
        try:
            yield
        finally:
            _sign(file, "")


def _sign(file: TextIO, text: str) -> None:
    if file.writable():
        file.truncate(0)
        file.write(text)
        file.flush()


def _whoami() -> dict[str, object]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = os.geteuid()
    return {"user": user, "process": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now():%F %T}"}
