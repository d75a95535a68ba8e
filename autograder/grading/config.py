"""How nbgrader is set up for this course; `nbgrader_config.py` and `autograder grade` both use it."""

import sys
from pathlib import Path

from traitlets.config import Config

from autograder.grading.database import wait_for_others
from autograder.grading.releasing import ReleaseFeedback, ReleaseLesson
from autograder.lessons.files import SOURCES, write_instructor_notebooks
from autograder.lessons.master import MasterError, master_path
from autograder.lessons.notebooks import RELEASE
from curriculum.exercises import LESSONS
from curriculum.paths import in_clone, shown


def configure(c: Config, root: Path | None = None) -> None:
    """Set folders, converters and limits on a traitlets config, and how long this process waits for the gradebook.

    `root` is an instructor's own course folder, as `autograder init` makes it. Without one, nbgrader's files lie where
    its command is given, and the notebooks with solutions in the clone.
    """
    wait_for_others()
    c.CourseDirectory.course_id = "cnn-attention-course"
    if root:
        c.CourseDirectory.root = str(root)
    # A Korean notebook is graded against the same assignment: its exercises and checks have the same names and points.
    c.CourseDirectory.source_directory = str(SOURCES) if in_clone() and not root else "source"
    # What nbgrader releases are the bytes of course/en, but not there: it deletes a folder before it fills it, and when
    # it fails.
    c.CourseDirectory.release_directory = "release"

    # The converters of `autograder build`, and what registers the lesson in the gradebook, mended or not. All that is
    # in the folder of releases is generated: a lesson there is always replaced by what it is now.
    c.GenerateAssignment.preprocessors = [*RELEASE, ReleaseLesson]
    c.GenerateAssignment.force = True

    # `nbgrader autograde` and formgrader's button go through the same engine as `autograder grade`, while they read,
    # and what records is the engine's, too; so no other converter has anything to do.
    c.Autograde.exporter_class = "autograder.grading.nbgrader_exporter.GradedNotebook"
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = []
    c.GenerateFeedback.exporter_class = "autograder.grading.feedback_page.FeedbackPage"
    c.ExchangeFactory.release_feedback = ReleaseFeedback
    c.Execute.timeout = 900  # `nbgrader validate` also runs the experiments
    c.Execute.iopub_timeout = 60  # on a busy hub, what a cell has printed comes later than nbgrader's 4 s
    # Without these, kernels keep a history file, and each prints a warning about unencrypted local sockets.
    c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]


def refresh_sources(sources: Path = SOURCES) -> None:
    """Write the notebooks that nbgrader makes its releases from, if there are none yet or a master is newer.

    They have the solutions in them, so a clone comes without them. A master that cannot be built is named.
    """
    try:
        if _are_stale(sources):
            write_instructor_notebooks(folder=sources)
    except (MasterError, OSError) as error:
        print(f"The notebooks in {shown(sources)} are not up to date: {error}", file=sys.stderr)


def _are_stale(sources: Path) -> bool:
    made = {lesson: list((sources / lesson).glob("*.ipynb")) for lesson in LESSONS}
    if not all(made.values()):
        return True
    newest = max(master_path(lesson).stat().st_mtime_ns for lesson in LESSONS)
    return newest > min(path.stat().st_mtime_ns for paths in made.values() for path in paths)
