"""How nbgrader is set up for this course; `nbgrader_config.py` and `autograder grade` both use it."""

from typing import Any

from nbgrader.preprocessors import SaveCells

from autograder.authoring.notebooks import RELEASE


def configure(c: Any) -> None:
    """Set folders, converters and limits on a traitlets config."""
    c.CourseDirectory.course_id = "cnn-attention-course"
    # A Korean notebook is graded against the same assignment: its code cells are the same bytes.
    c.CourseDirectory.source_directory = "solutions/en"
    c.CourseDirectory.release_directory = "course/en"

    # The converters of `autograder build`, and SaveCells, which registers the assignment in the gradebook.
    c.GenerateAssignment.preprocessors = [*RELEASE, SaveCells]

    # `nbgrader autograde` and formgrader's button go through the same engine as `autograder grade`, while they read,
    # and what records is the engine's, too; so no other converter has anything to do.
    c.Autograde.exporter_class = "autograder.grading.hook.GradedNotebook"
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = []
    c.GenerateFeedback.exporter_class = "autograder.grading.record.FeedbackPage"
    c.Execute.timeout = 300  # `nbgrader validate` also runs the experiments
    # Without these, kernels keep a history file, and each prints a warning about unencrypted local sockets.
    c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
