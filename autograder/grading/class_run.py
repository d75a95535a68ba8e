"""Grading a class: several submissions at a time, each recorded as it is finished, none twice."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.grading import submission_file
from autograder.grading.course_folder import course, hidden_from_students, locked, register_lesson
from autograder.grading.engine import Engine, GradedSubmission, Settings, run_submission, submission_digest
from autograder.grading.judging import JudgingError
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder, RecordError
from autograder.grading.run_record import gradebook_entry, note
from autograder.grading.sandbox import SandboxError
from autograder.grading.submissions import GradingError, left_out, students_of
from autograder.lessons.master import MasterError
from curriculum.messages import say
from curriculum.paths import REPOSITORY

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StudentGrade:
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
class _StudentFolder:
    """A submission to grade, or one that is graded and may have got another due date or comment since."""

    student: str
    folder: Path


def grade_class(
    lesson: str,
    submissions: Path,
    root: Path = REPOSITORY,
    settings: Settings | None = None,
    announce: Callable[[str], None] = print,
) -> Iterator[StudentGrade]:
    """Grade all submissions of a lesson, `submissions/<student>/<lesson>/<notebook>.ipynb`.

    Grades go to `root/gradebook.db`, graded notebooks to `root/autograded`, feedback to `root/feedback`.

    Raises: GradingError if it cannot be done; what was yielded before is recorded.
    """
    settings = settings or Settings()
    students = students_of(lesson, submissions, settings.students)
    coursedir, config = course(root, submissions)
    with locked(root, coursedir.groupshared, announce), ExitStack() as stack:
        try:
            handed_out = Lesson(lesson)
            recorder = stack.enter_context(Recorder(lesson, handed_out.notebook, coursedir, config))
            if not settings.students:
                for each in left_out(lesson, submissions):
                    announce(str(each))
            todo, done = _sort(handed_out, recorder, submissions, students, settings.force)
            for student in recorder.damaged:
                announce(say("grading.damaged", student=student))
            yield from _renew(recorder, done)
            if todo:
                settings = replace(settings, hidden=hidden_from_students(coursedir))
                engine = _start(handed_out, settings, coursedir, announce)
                stack.callback(engine.close)
                for name, active in engine.protections.items():
                    announce(("✓ " if active else "✗ ") + say(f"grading.protection.{name}"))
                announce("✓ " + say("grading.group.own") if engine.grouped else "– " + say("grading.group.none"))
                yield from _grade(engine, recorder, todo, settings.jobs)
                engine.close()
                logger.info("the sandbox used %.2f processor seconds", engine.processor_seconds)
        except (SandboxError, JudgingError, RecordError, MasterError) as error:
            raise GradingError(str(error)) from None


def _start(lesson: Lesson, settings: Settings, coursedir: CourseDirectory, announce: Callable[[str], None]) -> Engine:
    """Start the engine, which takes seconds, and register the lesson meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        registering = pool.submit(register_lesson, lesson, coursedir)
        engine = Engine(lesson, settings)  # in this thread: bubblewrap ends with the thread that has started it
        try:
            for change in registering.result():
                announce(str(change))
        except GradingError:
            engine.close()
            raise
        return engine


def _sort(
    lesson: Lesson, recorder: Recorder, submissions: Path, students: list[str], force: bool
) -> tuple[list[_StudentFolder], list[_StudentFolder]]:
    """The submissions to grade, and those that were graded as they are."""
    digests = {} if force else recorder.digests()
    todo: list[_StudentFolder] = []
    done: list[_StudentFolder] = []
    for student in students:
        submitted = _StudentFolder(student, submissions / student / lesson.name)
        graded = student in digests and digests[student] == submission_digest(lesson, submitted.folder)
        (done if graded and recorder.has_notebook(student) else todo).append(submitted)
    return todo, done


def _renew(recorder: Recorder, done: list[_StudentFolder]) -> Iterator[StudentGrade]:
    """Bring penalties and pages of graded submissions up to date."""
    standings = recorder.standings() if done else {}
    for submitted in done:
        standing, notes = standings[submitted.student], submission_file.notes(submitted.folder)
        try:
            if recorder.is_current(submitted.student, standing, notes):
                yield StudentGrade(submitted.student, standing.score, standing.total, unchanged=True)
            else:
                points = recorder.renew(submitted.student, notes)
                yield StudentGrade(submitted.student, *points, note=say("grading.renewed"))
        except RecordError:
            raise
        except Exception as error:  # of the instructor's plugin
            yield _problem(submitted.student, error)


def _grade(engine: Engine, recorder: Recorder, todo: list[_StudentFolder], jobs: int) -> Iterator[StudentGrade]:
    """Run submissions side by side; this thread alone records them, as they come.

    One that was too slow is run once more alone: its neighbours may have been the reason.
    """
    alone = []
    for submitted, future in _side_by_side(engine, todo, jobs):
        if jobs > 1 and len(todo) > 1 and not future.exception() and _was_slow(future.result()):
            alone.append(submitted)
        else:
            yield _record(recorder, submitted, future.result)
    for submitted in alone:
        yield _record(recorder, submitted, partial(_run, engine, submitted))


def _side_by_side(
    engine: Engine, todo: list[_StudentFolder], jobs: int
) -> Iterator[tuple[_StudentFolder, Future[GradedSubmission]]]:
    waiting = iter(todo)
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[GradedSubmission], _StudentFolder] = {}
        try:
            while True:
                # Two more than can run: enough to keep everyone busy, and little to hold while recording is slow.
                while len(running) < jobs + 2 and (submitted := next(waiting, None)):
                    running[pool.submit(_run, engine, submitted)] = submitted
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield running.pop(future), future
        finally:
            for future in running:
                future.cancel()


def _was_slow(graded: GradedSubmission) -> bool:
    """Whether it may have lost points because it was slow."""
    if all(check.passed for check in graded.outcome.checks.values()):
        return False
    events = {check.event for check in graded.outcome.checks.values()} | set(graded.outcome.events.values())
    return bool(events & {"too_slow", "notebook_too_slow", "shortened", "killed", "lost"})


def _record(recorder: Recorder, submitted: _StudentFolder, run: Callable[[], GradedSubmission]) -> StudentGrade:
    """Record one submission. What goes wrong with it alone leaves it ungraded, and the class goes on."""
    try:
        graded = run()
        points, total = recorder.record(gradebook_entry(submitted.student, submitted.folder, graded))
    except (SandboxError, JudgingError, RecordError):
        raise
    except Exception as error:
        return _problem(submitted.student, error)
    return StudentGrade(submitted.student, points, total, note=submission_file.one_line(note(graded)))


def _problem(student: str, error: Exception) -> StudentGrade:
    logger.error("%s could not be graded", student, exc_info=error)
    return StudentGrade(student, 0, 0, problem=submission_file.one_line(f"{type(error).__name__}: {error}"))


def _run(engine: Engine, submitted: _StudentFolder) -> GradedSubmission:
    return run_submission(engine.lesson, submitted.folder, engine.run)
