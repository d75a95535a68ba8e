"""The files that lessons become: notebooks in course/ and in solutions/, with the pictures that they show."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder.lessons.master import read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from autograder.lessons.translation import ORIGINAL
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY, course_folder

SOURCES = REPOSITORY / "solutions" / ORIGINAL  # of nbgrader's releases, in a clone


def notebooks(lessons: Iterable[str] = LESSONS) -> dict[Path, str]:
    """Instructor's and student's notebooks of lessons, in every language."""
    texts = {}
    for lesson in lessons:
        master = read_master(lesson)
        for language in LANGUAGES:
            instructor = instructor_notebook(master, language)
            path = Path(language, lesson, f"{master.notebook}.ipynb")
            texts[REPOSITORY / "solutions" / path] = as_text(instructor)
            texts[REPOSITORY / "course" / path] = as_text(student_notebook(instructor))
    return texts


def write_instructor_notebooks(lessons: Iterable[str] = LESSONS, folder: Path = SOURCES) -> None:
    """Write the notebooks that nbgrader releases and grades against, with their pictures, which it hands out, too.

    A Korean notebook is graded against the English one: grade ids, checks and points are the same.
    """
    for lesson in lessons:
        master = read_master(lesson)
        write({folder / lesson / f"{master.notebook}.ipynb": as_text(instructor_notebook(master, ORIGINAL))})
        for picture in (course_folder() / ORIGINAL / lesson).glob("*.png"):
            shutil.copyfile(picture, folder / lesson / picture.name)  # only a file's owner may set permissions, too


def copy_pictures() -> None:
    """Put the lessons' pictures beside the notebooks with solutions, too."""
    for path in (REPOSITORY / "course").glob("*/*/*.png"):
        copy = REPOSITORY / "solutions" / path.relative_to(REPOSITORY / "course")
        if copy.parent.exists():
            shutil.copy(path, copy)


def write(texts: dict[Path, str]) -> None:
    """Write text files, the same bytes on every system, in folders that are made for them."""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
