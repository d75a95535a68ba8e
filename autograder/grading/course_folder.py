"""The folder of a course, in nbgrader's layout: its settings, what students must not see, its lessons, its lock."""

import fcntl
import getpass
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from jupyter_core.paths import jupyter_config_path
from nbgrader.api import InvalidEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.grading import submission_file
from autograder.grading.config import configure
from autograder.grading.demo import DEMO_FOLDER
from autograder.grading.lesson import Lesson
from autograder.grading.record import SHARED_FILE, database_file
from autograder.grading.registration import Change, register
from autograder.grading.submissions import GradingError
from autograder.lessons.files import write_instructor_notebooks
from autograder.lessons.master import MasterError
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY

LONGEST_SIGNATURE = 300  # characters that are shown of who is at work


def course(root: Path, submissions: Path) -> tuple[CourseDirectory, Config]:
    """The course folder of nbgrader at `root`, with the settings of this course and of its own nbgrader_config.py."""
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


def hidden_from_students(coursedir: CourseDirectory) -> tuple[Path, ...]:
    """What a student's process must not see of a course, besides the solutions."""
    root = Path(coursedir.root)
    folders = (root / coursedir.submitted_directory, root / coursedir.autograded_directory)
    return tuple(path.resolve() for path in (*folders, database_file(coursedir)) if path)


def register_lesson(lesson: Lesson, coursedir: CourseDirectory) -> list[Change]:
    """Make sure that the gradebook knows the lesson as it is now. Returns: what became of earlier grades."""
    try:
        write_instructor_notebooks([lesson.name])
        return register(lesson.name, lesson.notebook, lesson.release[LANGUAGES[0]], coursedir)
    except (SQLAlchemyError, InvalidEntry, MasterError, OSError) as error:
        reason = getattr(error, "orig", None) or error  # the database's own words, without the statement
        raise GradingError(f"{lesson.name} cannot be registered in the gradebook: {reason}") from None


@contextmanager
def locked(root: Path, shared: bool, announce: Callable[[str], None]) -> Iterator[None]:
    """Two graders on one course take turns. Who is at work stands in the lock's file."""
    path = root / ".autograder.lock"
    try:
        try:
            file = path.open("a+", encoding="utf-8", errors="replace")
        except PermissionError:  # a colleague's: enough to wait for it, not to sign in it
            file = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise GradingError(say("grading.no_lock", path=path, reason=error.strerror)) from None
    with file:
        if shared and os.fstat(file.fileno()).st_uid == os.geteuid():
            os.fchmod(file.fileno(), SHARED_FILE)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who = submission_file.clean(file.read(LONGEST_SIGNATURE)).strip() or say("grading.somebody")
            announce(say("grading.waiting", root=root, who=who))
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
        user = str(os.geteuid())
    return {"user": user, "process": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now():%F %T}"}
