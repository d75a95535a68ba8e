"""Grading a class: several submissions at a time, each recorded as it is finished, none twice."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.coursedir import CourseDirectory

from autograder.grading import submission_file
from autograder.grading.course_folder import course, hidden_from_students, locked, register_lesson
from autograder.grading.engine import Engine, GradedSubmission, Settings, run_submission, submission_digest
from autograder.grading.judging import JudgingError
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder, RecordError
from autograder.grading.run_record import gradebook_entry, note
from autograder.grading.sandbox import SandboxError
from autograder.grading.standings import Standing
from autograder.grading.submissions import GradingError, left_out, students_of
from autograder.lessons.master import MasterError
from curriculum.messages import say

if TYPE_CHECKING:  # Dask is there for those who have a cluster
    from distributed import Client

    from autograder.grading.cluster import Cluster

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StudentGrade:
    """The outcome for one student. `note` tells what was special; `unchanged` that it was graded by an earlier run.

    `unread` counts the sentences in it that wait for a person. With a `problem` there is no grade, and nothing is
    recorded: the next run tries again.
    """

    student: str
    points: float
    total: float
    note: str = ""
    unchanged: bool = False
    problem: str = ""
    unread: int = 0


@dataclass(frozen=True)
class _StudentFolder:
    """A submission to grade, or one that is graded and may have got another due date or comment since."""

    student: str
    folder: Path


def grade_class(
    lesson: str,
    submissions: Path,
    root: Path,
    settings: Settings | None = None,
    announce: Callable[[str], None] = print,
    connect: "Callable[[], AbstractContextManager[Client]] | None" = None,
) -> Iterator[StudentGrade]:
    """Grade all submissions of a lesson, `submissions/<student>/<lesson>/<notebook>.ipynb`.

    Grades go to `root/gradebook.db`, graded notebooks to `root/autograded`, feedback to `root/feedback`. Submissions
    run in this process' sandbox, or on the workers of the cluster to which `connect` leads.

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
                client = stack.enter_context(connect()) if connect else None
                engine = _start(handed_out, settings, coursedir, announce, client)
                stack.callback(engine.close)
                for name, active in engine.protections.items():
                    announce(("✓ " if active else "✗ ") + say(f"grading.protection.{name}"))
                announce("✓ " + say("grading.group.own") if engine.grouped else "– " + say("grading.group.none"))
                yield from _grade(engine, recorder, todo)
                engine.close()
                logger.info("the sandbox used %.2f processor seconds", engine.processor_seconds)
        except (SandboxError, JudgingError, RecordError, MasterError) as error:
            raise GradingError(str(error)) from None


def _start(
    lesson: Lesson,
    settings: Settings,
    coursedir: CourseDirectory,
    announce: Callable[[str], None],
    client: "Client | None",
) -> "Engine | Cluster":
    """Start the engine, which takes seconds, and register the lesson meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        registering = pool.submit(register_lesson, lesson, coursedir)
        engine = _engine(lesson, settings, announce, client)  # in this thread: bubblewrap ends with the one it began in
        try:
            for change in registering.result():
                announce(str(change))
        except GradingError:
            engine.close()
            raise
        return engine


def _engine(
    lesson: Lesson, settings: Settings, announce: Callable[[str], None], client: "Client | None"
) -> "Engine | Cluster":
    if client is None:
        return Engine(lesson, settings)
    from autograder.grading.cluster import Cluster

    return Cluster(lesson, settings, client, announce)


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
                yield _graded(submitted.student, standing, unchanged=True)
            else:
                yield _graded(submitted.student, recorder.renew(submitted.student, notes), note=say("grading.renewed"))
        except RecordError:
            raise
        except Exception as error:  # of the instructor's plugin
            yield _problem(submitted.student, error)


def _grade(engine: "Engine | Cluster", recorder: Recorder, todo: list[_StudentFolder]) -> Iterator[StudentGrade]:
    """Run submissions side by side; this thread alone records them, as they come.

    One that was too slow is run once more alone: its neighbours may have been the reason.
    """
    alone = []
    for submitted, future in _side_by_side(engine, todo):
        if engine.at_once > 1 and len(todo) > 1 and not future.exception() and _was_slow(future.result()):
            alone.append(submitted)
        else:
            yield _record(recorder, submitted, future.result)
    for submitted, future in _side_by_side(engine, alone, alone=True):
        yield _record(recorder, submitted, future.result)


def _side_by_side(
    engine: "Engine | Cluster", todo: list[_StudentFolder], *, alone: bool = False
) -> Iterator[tuple[_StudentFolder, Future[GradedSubmission]]]:
    """Run submissions, each `alone` on its machine or with others, and yield them as they end."""
    waiting = iter(todo)
    run = partial(engine.run, alone=alone)
    with ThreadPoolExecutor(engine.most_at_once) as pool:
        running: dict[Future[GradedSubmission], _StudentFolder] = {}
        try:
            while True:
                # Two more than can run: enough to keep everyone busy, and little to hold while recording is slow.
                most = engine.alone_at_once if alone else engine.at_once + 2
                while len(running) < most and (submitted := next(waiting, None)):
                    running[pool.submit(run_submission, engine.lesson, submitted.folder, run)] = submitted
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield running.pop(future), future
        except BaseException:  # Ctrl-C, say
            for future in running:
                future.cancel()
            engine.close()  # or what is running would be waited for
            raise


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
        standing = recorder.record(gradebook_entry(submitted.student, submitted.folder, graded))
    except (SandboxError, JudgingError, RecordError, GradingError):
        raise
    except Exception as error:
        return _problem(submitted.student, error)
    return _graded(submitted.student, standing, note=submission_file.one_line(note(graded)))


def _graded(student: str, standing: Standing, *, note: str = "", unchanged: bool = False) -> StudentGrade:
    unread = len(standing.unread)
    return StudentGrade(student, standing.score, standing.total, note=note, unchanged=unchanged, unread=unread)


def _problem(student: str, error: Exception) -> StudentGrade:
    logger.error("%s could not be graded", student, exc_info=error)
    return StudentGrade(student, 0, 0, problem=submission_file.one_line(f"{type(error).__name__}: {error}"))
