"""Grading a class: several submissions at a time, each recorded as it is finished, none twice."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.grading import carrier
from autograder.grading.course_folder import course, hidden_from_students, locked, register_lesson
from autograder.grading.engine import Engine, Run, Settings, run_submission, submission_digest
from autograder.grading.judging import JudgingError
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder, RecordError
from autograder.grading.run_record import note, result
from autograder.grading.sandbox import SandboxError
from autograder.grading.submissions import GradingError, left_out, students_of
from autograder.lessons.master import MasterError
from curriculum.messages import say
from curriculum.paths import REPOSITORY

logger = logging.getLogger(__name__)


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
class _Entry:
    """A submission to grade, or one that is graded and may have got another due date or comment since."""

    student: str
    folder: Path


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
    with locked(root, coursedir.groupshared, say_so), ExitStack() as stack:
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


def _start(lesson: Lesson, settings: Settings, coursedir: CourseDirectory, say_so: Callable) -> Engine:
    """Start the engine, which takes seconds, and register the lesson meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        registering = pool.submit(register_lesson, lesson, coursedir)
        engine = Engine(lesson, settings)  # in this thread: bubblewrap ends with the thread that has started it
        try:
            for change in registering.result():
                say_so(str(change))
        except GradingError:
            engine.close()
            raise
        return engine


def _sort(
    lesson: Lesson, recorder: Recorder, submissions: Path, students: list[str], force: bool
) -> tuple[list[_Entry], list[_Entry]]:
    """The submissions to grade, and those that were graded as they are."""
    known = {} if force else recorder.known()
    todo, done = [], []
    for student in students:
        entry = _Entry(student, submissions / student / lesson.name)
        graded = student in known and known[student] == submission_digest(lesson, entry.folder)
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
    return Graded(entry.student, points, total, note=carrier.one_line(note(outcome)))


def _problem(student: str, error: Exception) -> Graded:
    logger.error("%s could not be graded", student, exc_info=error)
    return Graded(student, 0, 0, problem=carrier.one_line(f"{type(error).__name__}: {error}"))


def _run(engine: Engine, entry: _Entry) -> Run:
    return run_submission(engine.lesson, entry.folder, engine.run)
