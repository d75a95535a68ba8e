"""A lesson is mended in the middle of a term: earlier work is graded as before, and nothing is lost."""

import ast
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing, contextmanager
from functools import cache
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum

from autograder.grading import extraction, plan, submission_file
from autograder.grading.class_run import grade_class
from autograder.grading.code import defined, definitions
from autograder.grading.course_folder import course, register_lesson
from autograder.grading.demo import submission
from autograder.grading.registration import register
from autograder.grading.report import write_report
from autograder.grading.submissions import GradingError
from autograder.lessons.cells import EXPERIMENT_TAG, checksum
from autograder.lessons.master import LESSONS_FOLDER, MasterError, read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY
from tests import mending
from tests.conftest import copied_repository, needs_sandbox, run_nbgrader

FIRST_VERSION = REPOSITORY / "tests" / "data" / "first_version" / "class.tar.xz"
TAUGHT = ("0-start-here", "3-channel-attention", "4-spatial-attention")  # in the first version's class
OWN = "def own_helper(x):\n    return x"


# --- which cell is which


@cache
def released(lesson, language="en"):
    return student_notebook(instructor_notebook(read_master(lesson), language))


def every(lesson, folder=LESSONS_FOLDER):
    """The notebook that is handed out in every language, of the masters in a folder."""
    return [student_notebook(instructor_notebook(read_master(lesson, folder), language)) for language in LANGUAGES]


def handed_in(lesson, language, *, by_position):
    """An honest submission: answers, a cell of one's own, experiments tried and copied.

    `by_position`: as the course's first version handed it out, whose ids were positions.
    """
    master = read_master(lesson)
    right = {name: solution_source(master.solution(name)) for name in LESSONS[lesson]}
    content = json.loads(submission(master, language, right))
    cells = content["cells"]
    for number, cell in enumerate(cells, 1):
        if EXPERIMENT_TAG in cell["metadata"].get("tags", []):
            cell["source"] = [*cell["source"], "\n# tried"]
        if by_position:
            _number(cell, f"{lesson}-{number:02}")
    if by_position:
        del content["metadata"]["course"]["handed_out"]
    first = next(at for at, cell in enumerate(cells) if cell["id"] == LESSONS[lesson][0])
    cells.insert(first, {"cell_type": "code", "id": "0a1b2c3d", "metadata": {}, "source": OWN, "outputs": []})
    copies = [cell | {"id": "4e5f6a7b", "source": "tried_once = 2"} for cell in cells if cell["metadata"].get("tags")]
    return content | {"cells": [*cells, *copies[:1]]}


def _number(cell, identity):
    """Give a cell the id, and a given cell the name, that it had when ids were positions."""
    data = cell["metadata"].get("nbgrader", {})
    if data.get("grade") or data.get("solution"):
        return
    cell["id"] = identity
    if data:
        data["grade_id"] = identity
        data["checksum"] = compute_checksum(new_code_cell("".join(cell["source"]), metadata={"nbgrader": data}))


@pytest.mark.parametrize("lesson", LESSONS)
def test_checksums_are_nbgraders(lesson):
    cells = [cell for cell in released(lesson).cells if cell.metadata.get("nbgrader")]
    assert cells
    for cell in cells:
        data = cell.metadata.nbgrader
        assert checksum(cell.source, cell.cell_type, data) == compute_checksum(cell) == data["checksum"]
    assert checksum("x", "code", {}) == checksum("x", "code", {**data, "grade": True, "points": []}) == ""


def graded_as(lesson, content, releases):
    """What decides about the grade: answers and checks in their order, the student's own cells, remarks."""
    taken = extraction.extract(content, *releases)
    steps = plan.steps(extraction.rebuild(releases[0], taken))
    graded = [step for step in steps if step.exercise or step.id in LESSONS[lesson]]
    return taken.answers, graded, [extra.source for extra in taken.extras], taken.remarks, steps


def own_cells(extras):
    """Those that do more than define what another cell uses, which is all that is taken of an experiment."""
    return [source for source in extras if source == OWN or source != definitions(source, defined(source))]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_old_work_is_recognised_in_a_mended_lesson(lesson, tmp_path):
    """After random edits of the master the same answers are taken and run, and nobody is told of the edits."""
    forms = [(language, by_position) for language in LANGUAGES for by_position in (False, True)]
    contents = {form: handed_in(lesson, form[0], by_position=form[1]) for form in forms}
    before = {form: graded_as(lesson, content, every(lesson)) for form, content in contents.items()}
    assert all((own_cells(extras), remarks) == ([OWN], ()) for _, _, extras, remarks, _ in before.values())
    cells = [cell for cell in read_master(lesson).cells if cell.kind == "code"]
    experiments = {cell.in_language(language) for cell in cells if cell.experiment for language in LANGUAGES}
    own = [cell for cell in cells if not (cell.experiment or cell.solution or cell.check or cell.given)]
    helpers = {cell.in_language(language) for cell in own for language in LANGUAGES}
    for seed in range(6):
        done = mending.mend(lesson, tmp_path / str(seed), seed, count=6)
        releases = every(lesson, tmp_path / str(seed))
        for form, content in contents.items():
            taken, graded, extras, remarks, steps = graded_as(lesson, content, releases)
            assert (taken, graded, remarks) == (*before[form][:2], ()), (form, seed, done)
            assert set(own_cells(extras)) - {OWN} <= helpers, (form, seed, done)  # at most an earlier form of a helper
            assert not any(old in step.source for step in steps for old in experiments), (form, seed, done)


@contextmanager
def opened_archive():
    """The archive of the course's first version."""
    with tarfile.open(FIRST_VERSION) as archive:
        # Whatever Python's default is. 3.11.2, which Debian 12 has, knows no filters yet.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        yield archive


@pytest.fixture
def first_version(tmp_path):
    """A folder with the gradebook and the submissions of the course's first version."""
    with opened_archive() as archive:
        archive.extractall(tmp_path)
    return tmp_path


def old_submissions(root, lesson):
    for file in sorted(root.glob(f"submitted/*/{lesson}/*.ipynb")):
        yield file.parts[-3], submission_file.parse(file.read_bytes())


@pytest.mark.parametrize("lesson", TAUGHT)
def test_notebooks_of_the_first_version_are_recognised(first_version, lesson):
    master = read_master(lesson)
    right = {name: solution_source(master.solution(name)) for name in LESSONS[lesson]}
    for student, content in old_submissions(first_version, lesson):
        taken, _, extras, remarks, _ = graded_as(lesson, content, every(lesson))
        assert (own_cells(extras), remarks) == ([], ())
        assert student not in ("ada", "bora") or code_of(taken) == code_of(right)


def code_of(answers):
    """Answers without docstrings, which may say more by now."""
    trees = {name: ast.parse(source) for name, source in answers.items()}
    for node in (node for tree in trees.values() for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            del node.body[0]
    return {name: ast.unparse(tree) for name, tree in trees.items()}


def without(release, *names):
    """A release that lacks exercises, with their checks."""
    gone = {*names, *(f"check_{name}" for name in names)}
    return with_cells(release, [cell for cell in release.cells if cell.id not in gone])


def with_cells(release, cells):
    return nbformat.from_dict({**release, "cells": cells})


def test_an_exercise_that_came_later_or_is_gone_is_no_fault_of_the_students(first_version):
    """What was not there is said to be absent; what is there no more is not mentioned, and still defined."""
    lesson, (*_, last) = "4-spatial-attention", LESSONS["4-spatial-attention"]
    contents = [content for _, content in old_submissions(first_version, lesson)]
    contents += [handed_in(lesson, language, by_position=False) for language in LANGUAGES]
    for content in contents:
        gone = extraction.extract(content, *(without(release, last) for release in every(lesson)))
        assert gone.remarks == ()
        assert any(last in defined(extra.source) for extra in gone.extras)
        assert not any("check(" in extra.source for extra in gone.extras)
        if "handed_out" in content["metadata"]["course"]:
            content["metadata"]["course"]["handed_out"] = content["metadata"]["course"]["handed_out"][:-2]
        cells = [cell for cell in content["cells"] if cell["id"] not in (last, f"check_{last}")]
        new = extraction.extract(content | {"cells": cells}, *every(lesson))
        assert new.remarks == (extraction.Remark("absent", last),)
        assert set(new.answers) == set(LESSONS[lesson]) - {last}


def test_points_of_an_earlier_version_are_no_change_of_settings_but_invented_ones_are():
    lesson, releases = "0-start-here", every("0-start-here")
    earlier, invented = (handed_in(lesson, "ko", by_position=False) for _ in range(2))
    for content in (earlier, invented):
        check = next(cell for cell in content["cells"] if cell["id"] == "check_double")
        check["metadata"]["nbgrader"]["points"] = 7
        if content is earlier:
            signed = new_code_cell("".join(check["source"]), metadata=check["metadata"])
            check["metadata"]["nbgrader"]["checksum"] = compute_checksum(signed)
    assert extraction.extract(earlier, *releases).remarks == ()
    assert extraction.extract(invented, *releases).remarks == (extraction.Remark("metadata_changed", "check_double"),)


def test_exercises_in_another_order_are_the_students_doing_only_if_they_were_handed_out_so():
    lesson = "3-channel-attention"
    content, release = handed_in(lesson, "en", by_position=False), released(lesson)
    first = [cell for cell in release.cells if cell.id in ("se_block", "check_se_block")]
    moved = with_cells(release, first + [cell for cell in release.cells if cell not in first])
    assert extraction.extract(content, moved).remarks == ()
    cells = [cell for cell in content["cells"] if cell["id"] == "check_se_block"]
    mixed = content | {"cells": cells + [cell for cell in content["cells"] if cell not in cells]}
    assert extraction.extract(mixed, moved).remarks == (extraction.Remark("reordered"),)


def test_what_a_lesson_does_not_hand_out_any_more_is_still_there_for_old_answers():
    """A given cell, or a block of it, or a helper: an old answer may use it."""
    lesson = "3-channel-attention"
    content = handed_in(lesson, "en", by_position=True)
    release = released(lesson)
    cells = [
        cell for cell in release.cells if "def autoencoder(" not in cell.source and "round_to_8" not in cell.source
    ]
    taken = extraction.extract(content, with_cells(release, cells))
    assert any("def autoencoder(" in extra.source for extra in taken.extras)
    assert any("def round_to_8(" in extra.source for extra in taken.extras)
    assert "reordered" not in {remark.key for remark in taken.remarks}


def test_of_a_copied_experiment_only_what_other_cells_use_is_taken():
    lesson = "0-start-here"
    tagged = {"cell_type": "code", "id": "0a1b2c3d", "outputs": [], "metadata": {"tags": [EXPERIMENT_TAG]}}
    for used in (True, False):
        content = handed_in(lesson, "en", by_position=False)
        answer = next(cell for cell in content["cells"] if cell["id"] == "double")
        answer["source"] = f"def double(x):\n    return {'factor()' if used else 2} * x"
        helper = {**tagged, "metadata": {}, "source": "def factor():\n    return two"}
        content["cells"][1:1] = [tagged | {"source": "two = 2\nprint(two)"}, *[helper] * used]
        extras = [extra.source for extra in extraction.extract(content, released(lesson)).extras]
        assert ("two = 2" in extras) == used
        assert not any("print" in source for source in extras)


# --- the gradebook


def recorded(root):
    """Everything in the gradebook that a person or the engine decided, by student, lesson and cell.

    The first version had no sentences, whose cells have grades and comments under one name (`test_explanations.py`).
    """
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
        where = (
            " join base_cell on base_cell.id = {0}.cell_id join submitted_notebook on submitted_notebook.id ="
            " {0}.notebook_id join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
            " join assignment on assignment.id = submitted_assignment.assignment_id"
        )
        what = "student_id, assignment.name, base_cell.name"
        grades = f"select {what}, auto_score, manual_score, extra_credit from grade{where.format('grade')}"
        comments = f"select {what}, auto_comment, manual_comment from comment{where.format('comment')}"
        late = (
            "select student_id, assignment.name, '', timestamp, extension, duedate from submitted_assignment"
            " join assignment on assignment.id = submitted_assignment.assignment_id"
        )
        found = {tuple(row[:3]): row[3:] for query in (grades, comments, late) for row in database.execute(query)}
    return {key: row for key, row in found.items() if not plan.is_explanation_id(key[2])}


def registered(root, lesson, release):
    """Register a lesson; what was told of it."""
    coursedir, _ = course(root, root / "submitted")
    return [str(change) for change in register(lesson, read_master(lesson).notebook, release, coursedir)]


def sources(root, lesson):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        notebook = gradebook.find_notebook(read_master(lesson).notebook, lesson)
        return {cell.name for cell in notebook.source_cells}, notebook.max_score


def test_a_gradebook_of_the_first_version_is_carried_over(first_version):
    before = recorded(first_version)
    assert any(row[1] == 1.5 for row in before.values()) and any("short and clear" in row for row in before.values())
    for lesson in TAUGHT:
        for _ in range(2):
            assert registered(first_version, lesson, released(lesson)) == []
        names, points = sources(first_version, lesson)
        assert names == {
            cell.metadata.nbgrader.grade_id for cell in released(lesson).cells if "nbgrader" in cell.metadata
        }
        assert points == sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in released(lesson).cells)
    assert recorded(first_version) == before


def test_prose_added_after_grading_changes_nothing(first_version, tmp_path):
    lesson, before = "3-channel-attention", recorded(first_version)
    registered(first_version, lesson, released(lesson))
    mending.mend(lesson, tmp_path / "masters", seed=0, count=1, names=("add_prose",))
    mended = every(lesson, tmp_path / "masters")
    assert len(mended[0].cells) == len(released(lesson).cells) + 1
    assert registered(first_version, lesson, mended[0]) == []
    assert recorded(first_version) == before
    for _, content in old_submissions(first_version, lesson):
        assert extraction.extract(content, *mended).remarks == ()


def test_what_was_graded_in_a_removed_exercise_is_set_aside_and_comes_back(first_version):
    lesson, (*_, last) = "4-spatial-attention", LESSONS["4-spatial-attention"]
    before = recorded(first_version)
    told = registered(first_version, lesson, without(released(lesson), last))
    assert len(told) == 1 and f"check_{last}" in told[0] and "4 students" in told[0]
    removed = {key for key in before if key[1] == lesson and key[2] in (last, f"check_{last}")}
    kept = {key: row for key, row in before.items() if key not in removed}
    assert recorded(first_version) == kept
    with closing(sqlite3.connect(first_version / "gradebook.db")) as database, database:
        row = database.execute("select max_score, manual_score from autograder_set_aside where manual_score not null")
        assert row.fetchall() == [(load(last).total, 1.5)]
    assert registered(first_version, lesson, without(released(lesson), last)) == []
    told = registered(first_version, lesson, released(lesson))
    assert len(told) == 1 and f"check_{last}" in told[0]
    assert recorded(first_version) == before


def test_a_new_exercise_has_a_place_in_every_submission_and_waits_for_nobody(first_version):
    lesson, (*_, last) = "0-start-here", LESSONS["0-start-here"]
    release = released(lesson)
    copies = {
        name: json.loads(json.dumps(cell)) for cell in release.cells if (name := cell.id) in (last, f"check_{last}")
    }
    for name, cell in copies.items():
        cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = name.replace(last, "treble")
    longer = with_cells(release, [*release.cells, *copies.values()])
    before = recorded(first_version)
    assert registered(first_version, lesson, longer) == []
    after = recorded(first_version)
    assert {key: row for key, row in after.items() if key[2] not in ("treble", "check_treble")} == before
    assert len(after) == len(before) + 2 * 4
    with Gradebook(f"sqlite:///{first_version / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        grade = gradebook.find_grade("check_treble", read_master(lesson).notebook, lesson, "ada")
        assert (grade.score, grade.needs_manual_grade, grade.max_score) == (0, False, 2)


def test_a_registration_that_fails_changes_nothing_and_says_why(first_version):
    lesson, (*_, last) = "4-spatial-attention", LESSONS["4-spatial-attention"]
    before, course_before = recorded(first_version), bytes_of(REPOSITORY / "course")
    with closing(sqlite3.connect(first_version / "gradebook.db")) as database, database:
        database.execute("create trigger no before delete on grade begin select raise(abort, 'not today'); end")
    release = {"en": without(released(lesson), last)}
    shorter = SimpleNamespace(name=lesson, notebook=read_master(lesson).notebook, release=release)
    with pytest.raises(GradingError, match=r"4-spatial-attention cannot be registered in the gradebook: not today$"):
        register_lesson(shorter, course(first_version, first_version / "submitted")[0])
    assert recorded(first_version) == before
    assert bytes_of(REPOSITORY / "course") == course_before


def test_a_master_that_cannot_be_built_is_named(first_version, monkeypatch):
    def broken(name):
        raise MasterError(REPOSITORY / "0_start_here.py", 3, "a mistake")

    monkeypatch.setattr("autograder.grading.class_run.Lesson", broken)
    with pytest.raises(GradingError, match=r"0_start_here\.py:3: a mistake"):
        next(grade_class("0-start-here", first_version / "submitted", first_version))


def bytes_of(folder):
    """A digest of every file, by path."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_report_can_be_written_before_everything_is_graded_again(first_version, monkeypatch):
    """Results of the first version, of an exercise that is gone, with an aspect that is new, a mistake renamed."""
    lesson, (*others, last) = "4-spatial-attention", LESSONS["4-spatial-attention"]
    with closing(sqlite3.connect(first_version / "gradebook.db")) as database, database:
        changed = 'details = replace(replace(details, \'"shape"\', \'"form"\'), \'"mistake": "\', \'"mistake": "old_\')'
        database.execute(f"update autograder_result set {changed} where student = 'chan'")
    read_master(lesson)  # is kept, with the exercise that goes
    for names in (LESSONS[lesson], tuple(others)):
        monkeypatch.setitem(LESSONS, lesson, names)
        write_report(lesson, first_version, first_version / "report.html")
        text = (first_version / "report.html").read_text("utf-8")
        assert "4 submissions" in text
        assert ("old_" in text, last in text) == (last in names, last in names)


# --- nbgrader's own command, and grading for real, in a copy of the repository that is edited


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A fresh clone, used in place of this repository by the commands that are run in it."""
    folder = copied_repository(tmp_path / "clone")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.mark.slow  # 25 processor seconds: nbgrader starts three times, and all notebooks are made twice
def test_generate_assignment_works_in_a_fresh_clone_and_after_a_lesson_was_mended(clone):
    """Without --force, with grades in the gradebook; not a byte of `course/` changes, and its bytes are released.

    The Korean notebook lies beside the English one.
    """
    lesson = "3-channel-attention"
    before = bytes_of(clone / "course")
    done = run_nbgrader(clone, "generate_assignment", lesson)
    assert done.returncode == 0, done.stderr
    released_bytes = bytes_of(clone / "release" / lesson)
    english = bytes_of(clone / "course" / "en" / lesson)
    korean = as_text(student_notebook(instructor_notebook(read_master(lesson), "ko", one_folder=True)))
    digest = hashlib.sha256(korean.encode()).hexdigest()
    assert released_bytes == english | {"channel_attention_ko.ipynb": digest}
    (clone / "gradebook.db").unlink()
    with opened_archive() as archive:
        archive.extract("gradebook.db", clone)
    grades = recorded(clone)
    mending.mend(lesson, clone / "solutions" / "lessons", seed=1, count=10)
    done = run_nbgrader(clone, "generate_assignment", lesson)
    assert done.returncode == 0, done.stderr
    assert bytes_of(clone / "release" / lesson) != released_bytes
    assert (recorded(clone), bytes_of(clone / "course")) == (grades, before)
    shutil.rmtree(clone / "release")
    with closing(sqlite3.connect(clone / "gradebook.db")) as database, database:
        database.execute("delete from source_cell")
        database.execute("create trigger no before insert on source_cell begin select raise(abort, 'not today'); end")
    done = run_nbgrader(clone, "generate_assignment", lesson)
    assert done.returncode != 0 and "not today" in done.stderr
    assert (recorded(clone), bytes_of(clone / "course")) == (grades, before)


def grade(clone, lesson):
    """Grade a class in the clone. Returns: what was said, and the remarks on each student's notebook."""
    command = [sys.executable, "-m", "autograder", "grade", lesson, "--jobs", "2"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(clone / "gradebook.db")) as database, database:
        rows = database.execute("select student, details from autograder_result where assignment = ?", (lesson,))
        return done.stdout, {student: json.loads(details)["remarks"] for student, details in rows}


def replace_in(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) == 1, path
    path.write_text(text.replace(old, new), "utf-8")


@needs_sandbox
@pytest.mark.slow  # about 90 seconds on two cores: seven sandboxes, four submissions each
@pytest.mark.weekly
def test_a_term_with_mended_lessons(clone):
    """Graded by the first version, by this one, after random edits, with new points, fewer exercises, all again."""
    with opened_archive() as archive:
        archive.extractall(clone, members=[e for e in archive if e.name != "nbgrader_config.py"])
    lessons, masters, course_before = TAUGHT[1:], clone / "solutions" / "lessons", bytes_of(clone / "course")
    with (clone / "nbgrader_config.py").open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    first, last = recorded(clone), LESSONS["4-spatial-attention"][-1]
    quiet = {student: [] for student in ("ada", "bora", "chan", "dan")}

    for lesson in lessons:
        assert grade(clone, lesson)[1] == quiet
    assert recorded(clone) == first

    for number, lesson in enumerate(lessons):
        done = mending.mend(lesson, masters, seed=number, count=12)
        assert grade(clone, lesson)[1] == quiet, done
        assert recorded(clone) == first, done

    exercise = clone / "curriculum" / "exercises" / "channel_attention.py"
    replace_in(exercise, '"outputs": 2', '"outputs": 5')
    replace_in(
        masters / "3_channel_attention.py", 'check="channel_attention" points=5', 'check="channel_attention" points=8'
    )
    replace_in(clone / "curriculum" / "exercises" / "__init__.py", f'        "{last}",\n', "")
    text = (masters / "4_spatial_attention.py").read_text("utf-8")
    units = [unit for unit in mending.units_of(text) if f'="{last}"' not in unit.split("\n")[0]]
    (masters / "4_spatial_attention.py").write_text("".join(units), "utf-8")
    assert grade(clone, lessons[0])[1] == quiet
    said, remarks = grade(clone, lessons[1])
    assert remarks == quiet and f"check_{last}" in said
    gone = {key: row for key, row in first.items() if key[2] in (last, f"check_{last}")}
    more = {key: row for key, row in first.items() if key[2] == "check_channel_attention"}
    now = recorded(clone)
    assert {key: row for key, row in now.items() if key not in more} == {
        key: row for key, row in first.items() if key not in gone and key not in more
    }
    assert {row[0] for row in more.values()} == {5} and {now[key] for key in more} == {
        (8, *row[1:]) for row in more.values()
    }

    replace_in(
        clone / "curriculum" / "exercises" / "__init__.py",
        '        "attention_residual_block",\n',
        f'        "attention_residual_block",\n        "{last}",\n',
    )
    (masters / "4_spatial_attention.py").write_text(text, "utf-8")
    assert f"check_{last}" in grade(clone, lessons[1])[0]
    assert {key: row for key, row in recorded(clone).items() if key not in more} == {
        key: row for key, row in first.items() if key not in more
    }
    assert bytes_of(clone / "course") == course_before
