"""What students get beside nbgrader's own: lessons in other languages, due dates, a page for every notebook."""

import glob
import shutil
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

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
            student_notebook(instructor_notebook(master, language, one_folder=True))
        )
        for language in TRANSLATIONS
    }


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Releases a student's page under the name of every notebook that was handed in.

    nbgrader looks for a page by each name, and its list of assignments tells of feedback where none is missing. Of a
    lesson fetched in two languages one notebook is graded, and the other, or its absence, would hide the page.
    """

    def copy_files(self) -> None:
        """Do so, after nbgrader has released the pages under their own names."""
        super().copy_files()
        lesson = self.coursedir.assignment_id
        for page in map(Path, glob.glob(f"{self.src_path}/*.html")):  # noqa: PTH207  a pattern of nbgrader's
            secret = (page.parent / "submission_secret.txt").read_text("utf-8")
            released = self._released(secret, page.stem)
            student = page.parent.parent.name
            folder = Path(self.coursedir.format_path(self.coursedir.submitted_directory, student, lesson))
            for name in {path.stem for path in folder.glob("*.ipynb")} - {page.stem}:
                if released.exists():  # not of a student whom the command leaves out
                    target = self._released(secret, name)
                    Path(shutil.copy(released, target.with_suffix(".tmp"))).replace(target)  # as nbgrader does it

    def _released(self, secret: str, notebook: str) -> Path:
        return Path(self.dest_path, f"{notebook_hash(secret=secret, notebook_id=notebook)}.html")
