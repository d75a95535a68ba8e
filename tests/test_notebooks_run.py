"""Notebooks with other right answers than the reference run top to bottom and validate, experiments included but short.

Code cells are the same in both languages and with or without a network, so each lesson runs once: the later ones here,
on the real dataset, the earlier ones in `test_notebooks_offline.py`.
"""

import nbformat
import pytest
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.grading.config import configure
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from curriculum.exercises import LESSONS
from tests.test_notebooks_offline import LATER, answer_otherwise, train_briefly


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LATER)
def test_instructor_notebook_validates(lesson, tmp_path, monkeypatch):
    """nbgrader runs all cells in a kernel; a failed check, an error or a changed cell would be reported."""
    master = read_master(lesson)
    path = tmp_path / f"{master.notebook}.ipynb"
    notebook = instructor_notebook(master, "en")
    assert train_briefly(notebook)
    assert answer_otherwise(notebook, lesson) == len(LESSONS[lesson])
    path.write_text(as_text(notebook), "utf-8")
    config = Config()
    configure(config)
    monkeypatch.chdir(tmp_path)
    outcome = Validator(config=config).validate(str(path))
    assert outcome == {}, outcome


def test_an_unsolved_notebook_does_not_validate(tmp_path, monkeypatch):
    """The student's version of a lesson fails, with our sentence and not with a traceback of ours.

    The sentence is in the notebook's language, though nothing around the kernel tells which that is.
    """
    master = read_master("0-start-here")
    student = student_notebook(instructor_notebook(master, "ko"))
    path = tmp_path / "start_here.ipynb"
    path.write_text(nbformat.writes(student), "utf-8")
    for name in ("COURSE_LANGUAGE", "JPY_SESSION_NAME", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    config = Config()
    configure(config)
    monkeypatch.chdir(tmp_path)
    outcome = Validator(config=config).validate(str(path))
    assert any("아직 확인할 코드가 없습니다" in failed["error"] for failed in outcome["failed"])
