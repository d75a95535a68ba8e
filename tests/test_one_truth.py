"""Whoever starts the grading, gradebook, files, report, export and formgrader tell the same; and keep telling it.

One class is graded by our command, by nbgrader's, and as formgrader's button does; then a person grants extensions,
scores and comments, and everything has to follow.
"""

import csv
import fcntl
import json
import os
import re
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.plugins import CsvExportPlugin

from autograder.cli import main
from autograder.grading import engine, hook
from autograder.grading.demo import submission
from autograder.grading.engine import Engine, GradingError, Lesson, course
from autograder.grading.record import database_name, parse_utc
from autograder.grading.report import write_report
from autograder.paths import REPOSITORY
from tests.conftest import run_nbgrader
from tests.test_grading import FILE, LESSON, MASTER, ONE_JOB, RIGHT, TOTAL, WRONG, grade, hand_in, page, write_class

COURSE = "cnn-attention-course"
CONFIG = f"""
from autograder.grading.config import configure

c = get_config()
configure(c)
c.CourseDirectory.source_directory = {str(REPOSITORY / "solutions" / "en")!r}
c.CourseDirectory.release_directory = "released"
c.AssignLatePenalties.plugin_class = "half.Half"
"""
PLUGIN = """
from nbgrader.plugins import BasePlugin


class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
"""
DUE = "2031-05-01 12:00:00 UTC"
LATE = "2031-05-02 12:00:00 UTC"


def make_course(root):
    """Write a course with a plugin for late submissions and a class with everything that a gradebook can hold."""
    root.mkdir(exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "half.py").write_text(PLUGIN)
    write_class(root)
    for student in ("late", "excused"):
        hand_in(root, student, submission(MASTER, "en", RIGHT))
        (root / "submitted" / student / LESSON / "timestamp.txt").write_text(LATE)
        (root / "submitted" / student / LESSON / "submission_secret.txt").write_text("0123456789abcdef")
    hand_in(root, "scored", submission(MASTER, "en", WRONG))
    hand_in(root, "[w]rong", submission(MASTER, "ko", RIGHT))
    hand_in(root, "new\nline", submission(MASTER, "en", RIGHT))
    hand_in(root, "no-json", "this is no notebook")
    renamed = root / "submitted" / "renamed" / LESSON / f"Copy of {FILE}"
    renamed.parent.mkdir(parents=True)
    renamed.write_text(submission(MASTER, "en", RIGHT), "utf-8")
    (root / "submitted" / "empty" / LESSON).mkdir(parents=True)  # formgrader's button finds nothing there to grade
    (root / "submitted" / "linked").symlink_to("right")
    return root


MEASURED = ("seconds", "processor_seconds", "peak_memory")


def gradebook_rows(root):
    """Every row of every table, as text; ids that were drawn are replaced by what they point to."""
    with sqlite3.connect(root / "gradebook.db") as database:
        database.row_factory = sqlite3.Row
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        tables = {name: database.execute(f"select * from {name}").fetchall() for name in names}
        keys = {
            name: {
                key["from"]: (key["table"], key["to"]) for key in database.execute(f"pragma foreign_key_list({name})")
            }
            for name in names
        }

    def told(table, row):
        shown = {}
        for column in row.keys():  # noqa: SIM118  a row iterates over its values
            value = row[column]
            if column in keys[table] and value is not None:
                there, to = keys[table][column]
                value = next(told(there, other) for other in tables[there] if other[to] == value)
            elif column == "id" and len(str(value)) == 32:
                continue
            elif column == "details":
                value = {name: entry for name, entry in json.loads(value).items() if name not in MEASURED}
            shown[column] = value
        return f"{table}: {json.dumps(shown, sort_keys=True, ensure_ascii=False)}"

    return sorted(told(table, row) for table, rows in tables.items() for row in rows)


def written(root):
    """The bytes of every file that lies in the folders of graded notebooks and pages."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for folder in ("autograded", "feedback")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


class Lent:
    """The module's one engine, as somebody's own: closing it ends nothing."""

    def __init__(self, engine, lesson):
        self._engine, self.lesson = engine, lesson
        self.protections, self.processor_seconds = engine.protections, 0.0

    def run(self, content):
        return self._engine.run(content)

    def close(self):
        pass


@pytest.fixture(scope="module")
def only_engine():
    started = Engine(Lesson(LESSON), ONE_JOB)
    yield started
    started.close()


@pytest.fixture
def sandbox(only_engine, monkeypatch):
    """One sandbox for all that this process grades."""
    for module in (engine, hook):
        monkeypatch.setattr(module, "Engine", lambda lesson, settings: Lent(only_engine, lesson))
    yield
    hook._shared.close()


@pytest.fixture
def nothing_runs(monkeypatch):
    """No student's code may run from here on."""

    def run(*_):
        pytest.fail("a submission was graded again")

    monkeypatch.setattr(engine, "_start", run)


def api_of(root):
    coursedir, config = course(root, root / "submitted")
    return NbGraderAPI(coursedir, config=config)


def gradebook_of(root):
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", COURSE)


def a_person_acts(root):
    """What an instructor does in formgrader: due date, extension, manual score, extra credit, comment."""
    with gradebook_of(root) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)
        for student in ("late", "excused", "scored"):
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(LESSON, student)
        gradebook.find_submission(LESSON, "excused").extension = timedelta(days=3)
        scored = gradebook.find_grade("check_double", MASTER.notebook, LESSON, "scored")
        scored.manual_score, scored.extra_credit, scored.needs_manual_grade = 1.5, 3, False
        gradebook.find_comment("double", MASTER.notebook, LESSON, "scored").manual_comment = "well tried, 잘했어요"
        gradebook.db.commit()


@pytest.mark.slow
def test_three_ways_write_the_same(tmp_path, sandbox, monkeypatch, capsys):
    """Every row of every table and every file; about 60 s, most of it nbgrader's own command with its own sandbox."""
    ours = make_course(tmp_path / "ours")
    coursedir, config = course(ours, ours / "submitted")
    engine._register(Lesson(LESSON), coursedir, config)
    a_person_acts(ours)
    theirs, formgraders = (Path(shutil.copytree(ours, tmp_path / way, symlinks=True)) for way in ("theirs", "button"))

    outcomes = grade(ours)
    done = run_nbgrader(theirs, "autograde", LESSON)
    assert done.returncode == 0, done.stderr
    api = api_of(formgraders)
    for student in sorted(path.name for path in (formgraders / "submitted").iterdir()):
        outcome = api.autograde(LESSON, student)
        assert outcome["success"] or student == "empty", outcome["error"]

    expected, files = gradebook_rows(ours), written(ours)
    assert len(outcomes) == 13
    assert gradebook_rows(theirs) == expected
    assert written(theirs) == files
    button = [row for row in expected if "empty" not in row]
    assert gradebook_rows(formgraders) == button
    assert written(formgraders) == {name: data for name, data in files.items() if "empty" not in name}
    with capsys.disabled():
        print(
            f"\n{len(expected)} and {len(button)} rows, {len(files)} and {len(files) - 2} files compared: no difference"
        )

    shutil.rmtree(formgraders / "submitted" / "empty")
    monkeypatch.setattr(engine, "_start", lambda *_: pytest.fail("a submission was graded again"))
    for root in (ours, theirs, formgraders):
        assert all(outcome.unchanged for outcome in grade(root).values())
        skipped = api_of(root).autograde(LESSON, "*", force=False)
        assert skipped["success"] and "Sanitizing" not in skipped["log"]
        made = api_of(root).generate_feedback(LESSON, force=True)
        assert made["success"], made["error"]
        assert all(data == files[name] for name, data in written(root).items())
        assert all(outcome.unchanged for outcome in grade(root).values())
        assert_all_agree(root, grade(root))


def exported(root):
    coursedir, config = course(root, root / "submitted")
    with gradebook_of(root) as gradebook:
        CsvExportPlugin(to=str(root / "grades.csv"), config=config).export(gradebook)
    with (root / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def reported(root):
    """Points and late penalty of each student, read from the report."""
    write_report(LESSON, root, root / "report.html")
    table = (root / "report.html").read_text("utf-8").split("<h2>Grades</h2>")[1]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[1:]]
    return {
        student: (float(points.split()[0]), float(late.removeprefix("late: -") or 0))
        for student, points, late, _ in rows
    }


def assert_all_agree(root, outcomes):
    """Our command, the report, export, formgrader and the pages tell the same points."""
    export, report = exported(root), reported(root)
    formgrader = {entry["student"]: entry for entry in api_of(root).get_submissions(LESSON) if entry["autograded"]}
    assert set(export) == set(report) == set(formgrader) == set(outcomes)
    for student, outcome in outcomes.items():
        row = export[student]
        penalty = float(row["late_submission_penalty"])
        assert outcome.points == float(row["score"]) == report[student][0], student
        assert report[student][1] == penalty, student
        assert formgrader[student]["score"] == float(row["raw_score"]) == outcome.points + penalty, student
        assert f"(Score: {outcome.points:.2f} /".replace("0 /", " /") in page(root, student), student
    title = f"Mean {sum(o.points for o in outcomes.values()) / len(outcomes):.1f}"
    assert title in (root / "report.html").read_text("utf-8")
