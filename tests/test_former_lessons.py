"""Work on lessons that have another name by now is told so, goes on to work, and is graded under the new names."""

import json

import nbformat
import pytest

from autograder.checking import notebook
from autograder.grading import extraction
from autograder.grading.submissions import GradingError, require_lesson
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook, student_notebook
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS
from curriculum.former_lessons import FORMER_LESSONS
from curriculum.messages import LANGUAGES


def test_former_lessons_are_none_of_today_and_lead_to_some():
    assert not FORMER_LESSONS.keys() & LESSONS.keys()
    assert {lesson for now in FORMER_LESSONS.values() for lesson in now} <= LESSONS.keys()


@pytest.mark.parametrize("lesson", FORMER_LESSONS)
def test_a_notebook_of_a_former_lesson_is_told_its_name_and_goes_on(lesson, capsys, tensorflow):
    notebook.start(lesson)
    printed = capsys.readouterr().out
    assert all(f"{now}" in printed for now in FORMER_LESSONS[lesson]) and "is now" in printed
    assert f"lesson {FORMER_LESSONS[lesson][0]}" in printed


@pytest.mark.parametrize("lesson", FORMER_LESSONS)
def test_grading_says_what_became_of_a_former_lesson(lesson):
    with pytest.raises(GradingError) as error:
        require_lesson(lesson)
    assert str(error.value).startswith(f"The lesson {lesson!r} is now {', '.join(FORMER_LESSONS[lesson])}.")


@pytest.mark.parametrize("lesson", FORMER_LESSONS)
def test_a_former_notebook_is_graded_under_each_new_name(lesson):
    """It has the cells of all new lessons: the answers of each are found in it, and nobody is blamed for the others."""
    now = FORMER_LESSONS[lesson]
    answers = {name: solution_source(read_master(new).solution(name)) for new in now for name in LESSONS[new]}
    old = student_notebook(instructor_notebook(read_master(now[0]), "en"))
    known = {cell.id for cell in old.cells}
    for new in now[1:]:
        cells = student_notebook(instructor_notebook(read_master(new), "en")).cells
        old.cells += [cell for cell in cells if cell.id not in known]
    old.metadata.course.lesson = lesson
    old.metadata.course.handed_out = [cell.id for cell in old.cells if cell.id.removeprefix("check_") in answers]
    for cell in old.cells:
        cell.source = answers.get(cell.id, cell.source)
    content = json.loads(nbformat.writes(old))
    for new in now:
        releases = [student_notebook(instructor_notebook(read_master(new), language)) for language in LANGUAGES]
        taken = extraction.extract(content, *releases)
        assert taken.answers == {name: answers[name] for name in LESSONS[new]}
        assert taken.remarks == ()
