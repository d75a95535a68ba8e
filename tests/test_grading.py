"""A class is graded end to end, by our command and by nbgrader's: grades, files, feedback, penalties, manual grades."""

import csv
import fcntl
import json
import random
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.grading import database, record
from autograder.grading.class_run import grade_class
from autograder.grading.demo import make_demo_class, submission
from autograder.grading.engine import Settings
from autograder.grading.report import write_report
from autograder.grading.submissions import GradingError
from autograder.grading.worker.namespace import Limits
from autograder.lessons.files import write_instructor_notebooks
from autograder.lessons.master import read_master
from autograder.lessons.reference import solution_source
from curriculum.exercises import LESSONS, load
from curriculum.paths import REPOSITORY
from tests import graders
from tests.conftest import SHORTEST_LESSON, lend, needs_sandbox, run_nbgrader, sampled

LESSON = SHORTEST_LESSON
MASTER = read_master(LESSON)
TOTAL = load("double").total
FILE = f"{MASTER.notebook}.ipynb"
RIGHT = {"double": solution_source(MASTER.solution("double"))}
WRONG = {"double": "def double(x):\n    return x + 2"}
# student -> (language, answers, points)
CLASS = {
    "right": ("en", RIGHT, TOTAL),
    "right-korean": ("ko", RIGHT, TOTAL),
    "wrong": ("en", WRONG, 1),
    "unfinished-korean": ("ko", {}, 0),
    "dies": ("en", {"double": "import os\nos._exit(1)"}, 0),
}
ONE_JOB = Settings(jobs=1)


def write_class(root, class_=CLASS):
    for student, (language, answers, _) in class_.items():
        hand_in(root, student, submission(MASTER, language, answers))
    return root / "submitted"


def hand_in(root, student, text):
    path = root / "submitted" / student / LESSON / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def grade(root, settings=ONE_JOB):
    outcomes = grade_class(LESSON, root / "submitted", root, settings, lambda line: None)
    return {outcome.student: outcome for outcome in outcomes}


def grade_rows(root):
    """Student, check, automatic and manual score, and whether it waits for a person, in a fixed order."""
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        return database.execute(
            "select student_id, base_cell.name, auto_score, manual_score, needs_manual_grade from grade"
            " join base_cell on base_cell.id = grade.cell_id"
            " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
            " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id order by 1, 2"
        ).fetchall()


def rows(root):
    """Everything in the gradebook that a grader decides, in a fixed order."""
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        results = database.execute("select assignment, student, digest from autograder_result order by 2").fetchall()
    return grade_rows(root), results


def page(root, student):
    return (root / "feedback" / student / LESSON / FILE).with_suffix(".html").read_text("utf-8")


@pytest.fixture(scope="module")
def graded(only_engine, tmp_path_factory):
    """The class, graded once: (folder, outcome by student)."""
    root = tmp_path_factory.mktemp("class")
    write_class(root)
    with pytest.MonkeyPatch.context() as patch:
        lend(only_engine, patch)
        return root, grade(root)


@pytest.mark.parametrize("student", CLASS)
def test_points(graded, student):
    outcome = graded[1][student]
    assert (outcome.points, outcome.total) == (CLASS[student][2], TOTAL)


def test_what_died_is_told(graded):
    assert graded[1]["dies"].note == "double: ended"
    assert "ended the Python process" in page(graded[0], "dies")


def test_feedback_is_in_the_students_language(graded):
    told = {"wrong": "Likely mistake: ", "unfinished-korean": "다음 단계", "right-korean": "잘하셨습니다"}
    for student, words in told.items():
        text = page(graded[0], student)
        assert words in text
        assert "Traceback (most recent" not in text


def test_nothing_waits_for_a_person(graded):
    assert all(not needs_manual for *_, needs_manual in rows(graded[0])[0])


def test_unchanged_submissions_are_not_graded_twice(graded, sandbox):
    root, outcomes = graded
    before = (root / "feedback" / "right" / LESSON / FILE).with_suffix(".html").stat().st_mtime_ns
    again = grade(root)
    assert all(outcome.unchanged for outcome in again.values())
    assert {name: (o.points, o.total) for name, o in again.items()} == {
        name: (o.points, o.total) for name, o in outcomes.items()
    }
    assert (root / "feedback" / "right" / LESSON / FILE).with_suffix(".html").stat().st_mtime_ns == before


def test_a_changed_submission_or_a_lost_file_is_graded_again(graded, sandbox):
    root, _ = graded
    hand_in(root, "wrong", submission(MASTER, "en", RIGHT))
    (root / "autograded" / "dies" / LESSON / FILE).unlink()
    again = grade(root)
    assert [name for name, outcome in again.items() if not outcome.unchanged] == ["dies", "wrong"]
    assert again["wrong"].points == TOTAL
    assert (root / "autograded" / "dies" / LESSON / FILE).exists()


def test_manual_grades_comments_and_penalties(tmp_path, sandbox):
    """A person's grade and comment stay when a submission is graded again; the configured late penalty is taken."""
    write_class(tmp_path, {name: CLASS[name] for name in ("right", "wrong")})
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
        "c.CourseDirectory.course_id = 'cnn-attention-course'\n"
    )
    for student in ("right", "wrong"):
        (tmp_path / "submitted" / student / LESSON / "timestamp.txt").write_text("2031-05-02 12:00:00 UTC")
    grade(tmp_path)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        gradebook.find_grade("check_double", MASTER.notebook, LESSON, "wrong").manual_score = 1.5
        gradebook.find_comment("double", MASTER.notebook, LESSON, "wrong").manual_comment = "well tried"
        gradebook.find_assignment(LESSON).duedate = record.parse_utc("2031-05-01 12:00:00 UTC")
        gradebook.find_submission(LESSON, "wrong").extension = record.parse_utc(
            "2031-05-09 12:00:00 UTC"
        ) - record.parse_utc("2031-05-01 12:00:00 UTC")
        gradebook.db.commit()
    again = grade(tmp_path, replace(ONE_JOB, force=True))
    assert (again["right"].points, again["wrong"].points) == (0, 1.5)
    assert rows(tmp_path)[0][1][2:] == (1.0, 1.5, 1)
    assert "well tried" in page(tmp_path, "wrong")
    assert "came after the due date" in page(tmp_path, "right")


def test_a_full_disk_loses_nothing(tmp_path, monkeypatch, sandbox):
    write_class(tmp_path, {name: CLASS[name] for name in ("right", "wrong")})
    write, written = record._write, []

    def full(path, text, permissions):
        written.append(path)
        if len(written) == 4:  # the second page of feedback
            raise OSError(28, "No space left on device", str(path))
        write(path, text, permissions)

    monkeypatch.setattr(record, "_write", full)
    with pytest.raises(GradingError, match=r"No space left on device .* kept; run the same command again"):
        grade(tmp_path)
    assert [student for _, student, _ in rows(tmp_path)[1]] == ["right"]
    monkeypatch.setattr(record, "_write", write)
    again = grade(tmp_path)
    assert (again["right"].unchanged, again["wrong"].unchanged) == (True, False)
    assert (again["right"].points, again["wrong"].points) == (TOTAL, 1)


def test_a_locked_gradebook_is_named(tmp_path, monkeypatch, sandbox):
    write_class(tmp_path, {"right": CLASS["right"]})
    grade(tmp_path)
    before = rows(tmp_path)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.setattr("autograder.grading.class_run.register_lesson", lambda *_: [])
    with closing(sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradingError, match="gradebook is in use by another program"):
            grade(tmp_path, replace(ONE_JOB, force=True))
    assert rows(tmp_path) == before


@pytest.mark.parametrize("damage", ["noise", "cut off", "a damaged page"])
def test_a_damaged_gradebook_is_named(tmp_path, damage, sandbox):
    write_class(tmp_path, {"right": CLASS["right"]})
    grade(tmp_path)
    path = tmp_path / "gradebook.db"
    data = path.read_bytes()
    cases = {
        "noise": random.Random(0).randbytes(5000),
        "cut off": data[:5000],
        "a damaged page": data[:100] + bytes(4000),
    }
    path.write_bytes(cases[damage] + (data[4100:] if damage == "a damaged page" else b""))
    damaged = path.read_bytes()
    with pytest.raises(GradingError, match="gradebook is damaged: "):
        grade(tmp_path)
    assert path.read_bytes() == damaged


DAMAGED = {
    "cut off": "{",
    "nothing": "null",
    "a number": "7",
    "no text": b"\xff\xfe\x00",
    "another version's": json.dumps({"language": "en", "checks": {"check_double": {"points": 1}}}),
    "odd types": None,  # as it was, but for one value
    "nested": "[" * 100_000,
}


def test_a_damaged_row_is_named_and_costs_nothing_else(tmp_path, sandbox):
    """Nobody else is graded again, the report has everybody, and the next run mends it."""
    write_class(tmp_path, dict.fromkeys(["sound", *DAMAGED], CLASS["wrong"]))
    grade(tmp_path)
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as database, database:
        (text,) = database.execute("select details from autograder_result where student = 'sound'").fetchone()
        for student, damage in DAMAGED.items():
            damage = json.dumps(json.loads(text) | {"seconds": "long"}) if damage is None else damage
            value = "cast(? as text)" if isinstance(damage, bytes) else "?"
            database.execute(f"update autograder_result set details = {value} where student = ?", [damage, student])
    write_report(LESSON, tmp_path, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8").count("is damaged: grade it again") == len(DAMAGED)
    said = []
    outcomes = list(grade_class(LESSON, tmp_path / "submitted", tmp_path, ONE_JOB, said.append))
    assert {line.partition(":")[0] for line in said if "is damaged" in line} == set(DAMAGED)
    assert {outcome.student for outcome in outcomes if not outcome.unchanged} == set(DAMAGED)
    assert {outcome.points for outcome in outcomes} == {1}
    assert all(outcome.unchanged for outcome in grade(tmp_path).values())


def test_a_graded_notebook_that_is_none_is_made_again(tmp_path, sandbox):
    contents = ["7", "{}", '{"cells": 1}', '{"nbformat": 4, "cells": [1]}', "[" * 100_000]
    students = [f"s{number}" for number in range(len(contents))]
    write_class(tmp_path, dict.fromkeys(students, CLASS["right"]))
    grade(tmp_path)
    paths = [tmp_path / "autograded" / student / LESSON / FILE for student in students]
    for path, content in zip(paths, contents, strict=True):
        path.chmod(0o644)
        path.write_text(content)
    for outcome in grade(tmp_path).values():
        assert (outcome.unchanged, outcome.points, outcome.problem) == (False, TOTAL, "")
    assert all(len(json.loads(path.read_text("utf-8"))["cells"]) > 5 for path in paths)


def test_what_a_full_disk_has_no_room_for_is_named(tmp_path, monkeypatch):
    """The system does not say it: a file that is open has no name."""

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record.os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*page.html'"):
        record._write(tmp_path / "page.html", "text", 0o644)


@needs_sandbox
def test_a_second_grader_waits(tmp_path):
    write_class(tmp_path, {"right": CLASS["right"]})
    with graders.start() as process:
        with (tmp_path / ".autograder.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            graders.ask(process, tmp_path)
            assert process.stdout.readline().startswith("Another grader is at work")
        code, said = graders.answer(process)
    assert (code, said[-1]) == (0, "graded right False 0")


@pytest.mark.slow
@needs_sandbox
def test_two_graders_at_once(tmp_path):
    write_class(tmp_path)
    with graders.start() as one, graders.start() as other:
        graders.ask(one, tmp_path)
        graders.ask(other, tmp_path)
        codes, said = zip(graders.answer(one), graders.answer(other), strict=True)
    assert codes == (0, 0)
    assert sorted("\n".join(lines).count("True") for lines in said) == [0, len(CLASS)]  # one finds everything graded
    assert {student: score for student, _, score, *_ in rows(tmp_path)[0]} == {
        student: points for student, (_, _, points) in CLASS.items()
    }


def killed_and_finished(process, root, class_, moments, replayed=None):
    """Kill a grader for each number of statements; let one finish. Returns: what is in gradebook and files."""
    kill_and_finish(process, root, moments, replayed)
    assert len(rows(root)[1]) == len(class_)
    return rows(root), written(root)


def kill_and_finish(process, root, moments, replayed=None):
    """Kill a grader for each number of statements; let one finish."""
    for statements in moments:
        graders.ask(process, root, statements, replayed)
        assert graders.answer(process)[0] == -signal.SIGKILL
    graders.ask(process, root, 0, replayed)
    assert graders.answer(process)[0] == 0


def write_runs(engine, root, path):
    """Write to `path` what running each submission in `root` gives, by the bytes of its file."""
    files = (root / "submitted").glob(f"*/{LESSON}/{FILE}")
    with path.open("wb") as file:
        graders.ByName(file).dump({data: engine.run(data) for data in (path.read_bytes() for path in files)})


def written(root):
    """The bytes of every file that grading writes beside the gradebook, by path."""
    folders = [root / "autograded", root / "feedback"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def numbered_class(count):
    """Different submissions of the same three kinds."""
    kinds = [CLASS[name] for name in ("right", "wrong", "unfinished-korean")]
    class_ = {}
    for number in range(count):
        language, answers, points = kinds[number % 3]
        commented = {name: f"{source}\n# {number}" for name, source in answers.items()}
        class_[f"s{number:02}"] = (language, commented, points)
    return class_


@pytest.mark.slow  # three graders, two of which are killed
@needs_sandbox
def test_a_killed_grader_loses_nothing(tmp_path):
    """Killed while the lesson is registered, and while the second submission is recorded."""
    class_ = numbered_class(5)
    write_class(tmp_path, class_)
    with graders.start() as process:
        (grades, _), files = killed_and_finished(process, tmp_path, class_, (100, 600))
    assert {student: score for student, _, score, *_ in grades} == {
        name: points for name, (*_, points) in class_.items()
    }
    assert len(files) == 2 * len(class_)


@pytest.mark.slow
@pytest.mark.parametrize("kills", sampled([6, 20], in_ci=[6]))
def test_killed_at_random_moments(kills, tmp_path, only_engine):
    """Gradebook and files are those of an undisturbed run, whenever the grader is killed."""
    class_ = numbered_class(30)
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    for root in (undisturbed, disturbed):
        write_class(root, class_)
    replayed = tmp_path / "runs"
    write_runs(only_engine, undisturbed, replayed)
    with graders.start() as process:
        graders.ask(process, undisturbed, graders.NEVER, replayed)
        _, said = graders.answer(process)
        begin, second = [int(line.split()[-1]) for line in said if line.startswith("graded")][:2]
        assert begin > 300 and second - begin > 150  # statements: registering and recording are reached
        dice = random.Random(kills)
        moments = [dice.randint(1, second) for _ in range(kills)]
        found = killed_and_finished(process, disturbed, class_, moments, replayed)
    assert found == (rows(undisturbed), written(undisturbed))


@pytest.mark.slow
@needs_sandbox
def test_nbgraders_own_commands(tmp_path):
    """`nbgrader autograde` goes through the same engine; `generate_feedback` and `export` work on the result.

    Files that cannot be read get their recorded zero and the reason there, too.
    """
    write_instructor_notebooks()
    (tmp_path / "nbgrader_config.py").write_text(
        (REPOSITORY / "nbgrader_config.py").read_text("utf-8")
        + f"c.CourseDirectory.source_directory = {str(REPOSITORY / 'solutions' / 'en')!r}\n"
        + "c.CourseDirectory.release_directory = 'released'\n",
        "utf-8",
    )
    write_class(tmp_path)
    tagged, copied = (json.loads(submission(MASTER, "en", answers)) for answers in ({}, RIGHT))
    for cell in tagged["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]
    copied["cells"] += [cell | {"id": "copy"} for cell in copied["cells"] if "nbgrader" in cell["metadata"]]
    hand_in(tmp_path, "tagged", json.dumps(tagged))
    hand_in(tmp_path, "copied", json.dumps(copied))
    hand_in(tmp_path, "no-notebook", "this is no notebook")
    hand_in(tmp_path, "odd", json.dumps(tagged | {"cells": [None, 7, {"metadata": []}, *copied["cells"]]}))
    linked = tmp_path / "submitted" / "linked" / LESSON / FILE
    linked.parent.mkdir(parents=True)
    linked.symlink_to(tmp_path / "submitted" / "right" / LESSON / FILE)
    for arguments in (
        ("generate_assignment", LESSON),
        ("autograde", LESSON),
        ("generate_feedback", LESSON),
        ("export",),
    ):
        done = run_nbgrader(tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
    with (tmp_path / "grades.csv").open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    expected = {student: points for student, (_, _, points) in CLASS.items()}
    assert scores == expected | {"tagged": 0, "copied": TOTAL, "odd": TOTAL, "no-notebook": 0, "linked": 0}
    assert all(score is not None and not needs_manual for _, _, score, _, needs_manual in grade_rows(tmp_path))
    assert "다음 단계" in page(tmp_path, "unfinished-korean")
    assert "no JSON" in page(tmp_path, "no-notebook") and "is a link" in page(tmp_path, "linked")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        assert "no JSON" in gradebook.find_comment("double", MASTER.notebook, LESSON, "no-notebook").auto_comment


@pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")
def test_without_a_sandbox_only_if_trusted(tmp_path, monkeypatch):
    write_class(tmp_path, {name: CLASS[name] for name in ("right", "dies")})
    monkeypatch.setattr("autograder.grading.sandbox._programs", lambda: [])
    with pytest.raises(GradingError, match="apt install bubblewrap"):
        grade(tmp_path)
    said = []
    trusting = Settings(jobs=1, isolated=False)
    outcomes = {o.student: o for o in grade_class(LESSON, tmp_path / "submitted", tmp_path, trusting, said.append)}
    assert (outcomes["right"].points, outcomes["dies"].points) == (TOTAL, 0)
    assert "✗ no network" in said


@pytest.mark.slow  # two engines, a class for each
@needs_sandbox
def test_without_a_sandbox_grades_are_the_same(tmp_path):
    bodies = {
        "loops": "while True:\n    pass",
        "exits": "raise SystemExit",
        "crashes": "import ctypes\nctypes.string_at(0)",
        "leaves-a-process": "import subprocess\nsubprocess.Popen(['sleep', '86398'], start_new_session=True)",
    }
    class_ = CLASS | {name: ("en", {"double": body}, 0) for name, body in bodies.items()}
    settings = Settings(jobs=1, limits=Limits(processor_seconds=4))
    told = []
    for isolated in (True, False):
        root = tmp_path / str(isolated)
        write_class(root, class_)
        outcomes = grade(root, replace(settings, isolated=isolated))
        told.append(({name: (outcome.points, outcome.note) for name, outcome in outcomes.items()}, grade_rows(root)))
    assert told[0] == told[1]
    assert {name: points for name, (points, _) in told[1][0].items()} == {
        name: entry[-1] for name, entry in class_.items()
    }
    assert told[1][0]["loops"][1] == "double: too_slow"
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if "sleep\x0086398" in _text(path)]


def _text(path):
    try:
        return path.read_text()
    except OSError:  # it has just ended
        return ""


def test_a_demonstration_class_can_be_made_for_every_lesson(tmp_path):
    for lesson in LESSONS:
        submissions = make_demo_class(lesson, tmp_path / lesson)
        files = sorted(submissions.glob(f"*/{lesson}/*.ipynb"))
        assert len(files) == 6
        for file in files:
            nbformat.validate(nbformat.read(file, as_version=4))


def test_unknown_lessons_and_empty_folders_are_named(tmp_path):
    with pytest.raises(GradingError, match="no lesson '7-nonsense'"):
        next(grade_class("7-nonsense", tmp_path, tmp_path))
    with pytest.raises(GradingError, match="No submissions found"):
        next(grade_class(LESSON, tmp_path, tmp_path))
