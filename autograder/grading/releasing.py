"""What nbgrader's Generate puts into a release besides the English notebook: the other languages, and the due date."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment

from autograder.grading.due import release_due_date
from autograder.grading.registration import SaveLesson
from autograder.lessons.files import write
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from autograder.lessons.translation import TRANSLATIONS
from curriculum.exercises import LESSONS
from curriculum.messages import in_language


class ReleaseLesson(SaveLesson):
    """Registers a lesson, and lays what else belongs to it beside its notebook: one assignment for every reader.

    nbgrader knows the English notebook alone. One of another language is a second file of the same assignment, which
    may be handed in instead (`submission_file`).
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Do so for a lesson; nbgrader registers any other assignment."""
        done: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        lesson = resources["nbgrader"]["assignment"]
        converter = self.parent and self.parent.parent
        if lesson in LESSONS and isinstance(converter, GenerateAssignment):
            coursedir = converter.coursedir
            folder = Path(coursedir.format_path(coursedir.release_directory, ".", lesson))
            write(translated(lesson, folder))
            release_due_date(coursedir, lesson, folder)
        return done


def translated(lesson: str, folder: Path) -> dict[Path, str]:
    """The students' notebooks in the other languages, as they lie beside the English one."""
    master = read_master(lesson)
    return {
        folder / f"{in_language(master.notebook, language)}.ipynb": as_text(
            student_notebook(instructor_notebook(master, language))
        )
        for language in TRANSLATIONS
    }
