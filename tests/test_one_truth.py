"""Whoever starts the grading, gradebook, files, report, export and formgrader tell the same; and keep telling it.

One class is graded by our command, by nbgrader's, and as formgrader's button does; then a person grants extensions,
scores and comments, and everything has to follow.
"""

import csv
import importlib
import json
import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.plugins import CsvExportPlugin
from nbgrader.server_extensions.formgrader.base import BaseHandler
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from sqlalchemy import text

from autograder.cli import main
from autograder.grading import class_run, course_folder, database, nbgrader_exporter
from autograder.grading.course_folder import course
from autograder.grading.database import BUSY_SECONDS
from autograder.grading.demo import submission
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder, database_name
from autograder.grading.report import write_report
from autograder.grading.submissions import GradingError
from curriculum.paths import REPOSITORY
from tests.conftest import lend, needs_sandbox, run_nbgrader
from tests.test_grading import FILE, LESSON, MASTER, ONE_JOB, RIGHT, TOTAL, WRONG, grade, hand_in, page, write_class

pytestmark = needs_sandbox

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
from traitlets import Float


class Half(BasePlugin):
    share = Float(0.5).tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * self.share
"""
DUE = "2031-05-01 12:00:00 UTC"
LATE = "2031-05-02 12:00:00 UTC"


def write_plugin(root, source):
    """Write the plugin beside nbgrader_config.py, as a process that starts now would import it."""
    (root / "half.py").write_text(source)
    importlib.invalidate_caches()
    sys.modules.pop("half", None)
    sys.path[:] = [path for path in sys.path if not (Path(path) / "half.py").exists()]
    shutil.rmtree(root / "__pycache__", ignore_errors=True)


def make_course(root):
    """Write a course with a plugin for late submissions and a class with everything that a gradebook can hold."""
    root.mkdir(exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    write_plugin(root, PLUGIN)
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
    with closing(sqlite3.connect(root / "gradebook.db")) as database, database:
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


@pytest.fixture
def nothing_runs(monkeypatch):
    """No student's code may run from here on."""

    def run(*_):
        pytest.fail("a submission was graded again")

    monkeypatch.setattr(class_run, "_start", run)


def api_of(root):
    """What formgrader's buttons call, with the settings that its server adds."""
    coursedir, config = course(root, root / "submitted")
    config.merge(FormgradeExtension().build_extra_config())
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
    course_folder.register_lesson(Lesson(LESSON), course(ours, ours / "submitted")[0])
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
    assert len(outcomes) == 12
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
    for place, name in ((class_run, "_start"), (nbgrader_exporter._shared_engine, "run")):
        monkeypatch.setattr(place, name, lambda *_: pytest.fail("a submission was graded again"))
    for root in (ours, theirs, formgraders):
        assert all(outcome.unchanged for outcome in grade(root).values())
        skipped = api_of(root).autograde(LESSON, "*", force=False)
        assert skipped["success"], skipped["error"]
        made = api_of(root).generate_feedback(LESSON, force=True)
        assert made["success"], made["error"]
        made = written(root)  # with a copy of [w]rong's notebook, which nbgrader does not know to leave out
        assert all(made[name] == data for name, data in files.items() if "empty" not in name or root != formgraders)
        assert all(outcome.unchanged for outcome in grade(root).values())
        assert_all_agree(root, grade(root))


def exported(root):
    _, config = course(root, root / "submitted")
    with gradebook_of(root) as gradebook:
        CsvExportPlugin(to=str(root / "grades.csv"), config=config).export(gradebook)
    with (root / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def report(root):
    write_report(LESSON, root, root / "report.html")
    return (root / "report.html").read_text("utf-8")


def reported(root):
    """Points and late penalty of each student, read from the report."""
    table = report(root).split('<table id="grades"')[1].split("<tbody>")[1]
    rows = [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in table.split("<tr>")
    ]
    return {
        student: (float(points.split()[0]), float(late.removeprefix("−") or 0)) for student, points, late, _ in rows[1:]
    }


def english(page):
    """A page's points as an English one has them."""
    return re.sub(r"<strong>(\S+)점 만점에 (\S+)점<", r"<strong>\2 of \1 points<", page)


def passing(root):
    """The share of the class that passes the check, in percent, read from the report."""
    row = next(row for row in report(root).split("<tr") if row.startswith(' class="exercise"') and "double" in row)
    return int(re.search(r">(\d+)%</td>", row)[1])


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
        assert f"<strong>{outcome.points:g} of {outcome.total:g} points<" in english(page(root, student)), student
    title = f"Mean {sum(o.points for o in outcomes.values()) / len(outcomes):.1f}"
    assert title in (root / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, only_engine):
    """A graded class, late and scored by a person, that a test may copy."""
    root = make_course(tmp_path_factory.mktemp("finished") / "course")
    with pytest.MonkeyPatch.context() as patch:
        lend(only_engine, patch)
        grade(root)
    return root


@pytest.fixture
def graded(finished, tmp_path):
    """A copy of the graded class."""
    root = Path(shutil.copytree(finished, tmp_path / "course", symlinks=True))
    write_plugin(root, PLUGIN)
    return root


def changed(outcomes):
    return sorted(student for student, outcome in outcomes.items() if not outcome.unchanged)


def test_due_dates_extensions_scores_and_comments_need_no_force(graded, nothing_runs):
    """Each shows in gradebook and page after the same command, which runs nobody's code; about 2 s."""
    before = {student: page(graded, student) for student in ("late", "excused", "scored")}
    a_person_acts(graded)
    outcomes = grade(graded)
    assert changed(outcomes) == ["late", "scored"]
    assert (outcomes["late"].points, outcomes["excused"].points, outcomes["scored"].points) == (1, 2, 4.5)
    assert "Points for the answers: 2. Taken off because the work came after the due date: 1." in page(graded, "late")
    assert "well tried, 잘했어요" in page(graded, "scored")
    assert before["excused"] == page(graded, "excused")
    assert_all_agree(graded, outcomes)
    assert changed(grade(graded)) == []
    with gradebook_of(graded) as gradebook:  # taken back
        gradebook.find_submission(LESSON, "excused").extension = None
        scored = gradebook.find_grade("check_double", MASTER.notebook, LESSON, "scored")
        scored.manual_score, scored.extra_credit = None, None
        gradebook.find_comment("double", MASTER.notebook, LESSON, "scored").manual_comment = None
        gradebook.update_or_create_assignment(LESSON, duedate="2031-05-03 12:00:00 UTC")
        gradebook.db.commit()
    assert changed(grade(graded)) == ["late", "scored"]
    assert {student: page(graded, student) for student in before} == before


def test_an_extension_that_is_granted_after_the_penalty_gives_the_points_back(graded, nothing_runs):
    in_time = page(graded, "late")
    a_person_acts(graded)
    assert grade(graded)["late"].points == 1
    with gradebook_of(graded) as gradebook:
        gradebook.find_submission(LESSON, "late").extension = timedelta(days=3)
        gradebook.db.commit()
    outcomes = grade(graded)
    assert (changed(outcomes), outcomes["late"].points) == (["late"], TOTAL)
    assert page(graded, "late") == in_time
    assert_all_agree(graded, outcomes)


def test_a_late_and_scored_submission_loses_a_part_of_the_new_score(graded, nothing_runs):
    """A manual score decides about the penalty, too, which nbgrader finds only when it grades."""
    a_person_acts(graded)
    grade(graded)
    with gradebook_of(graded) as gradebook:
        gradebook.find_grade("check_double", MASTER.notebook, LESSON, "late").manual_score = 1
        gradebook.db.commit()
    assert grade(graded)["late"].points == 0.5


@pytest.mark.parametrize(
    ("config", "plugin", "points"),
    [
        (CONFIG.replace("half.Half", "nbgrader.plugins.LateSubmissionPlugin"), PLUGIN, 2),
        (CONFIG + "c.Half.share = 1.0", PLUGIN, 0),
        (CONFIG, PLUGIN.replace("Float(0.5)", "Float(0.25)"), 1.5),
    ],
    ids=["another plugin", "its setting", "its code"],
)
def test_the_plugin_for_late_submissions_needs_no_force(graded, nothing_runs, config, plugin, points):
    a_person_acts(graded)
    assert grade(graded)["late"].points == 1
    (graded / "nbgrader_config.py").write_text(config)
    write_plugin(graded, plugin)
    outcomes = grade(graded)
    assert changed(outcomes) == ["late"]
    assert outcomes["late"].points == points
    assert changed(grade(graded)) == []


def test_a_plugin_that_fails_costs_its_submission_alone(graded, nothing_runs):
    a_person_acts(graded)
    before = gradebook_rows(graded)
    write_plugin(graded, PLUGIN.replace("score * self.share", "score / 0"))
    outcomes = grade(graded)
    assert outcomes["late"].problem.startswith("ZeroDivisionError")
    assert [student for student, outcome in outcomes.items() if outcome.problem] == ["late"]
    assert [row for row in gradebook_rows(graded) if "late" in row] == [row for row in before if "late" in row]


def test_a_page_that_nbgrader_did_not_renew_is_renewed(graded, nothing_runs):
    """Without --force, `nbgrader generate_feedback` leaves an old page; with it, it makes the page that we make."""
    a_person_acts(graded)
    assert api_of(graded).generate_feedback(LESSON, "scored", force=False)["success"]
    assert "well tried" not in page(graded, "scored")
    grade(graded)
    ours = page(graded, "scored")
    assert api_of(graded).generate_feedback(LESSON, "scored", force=True)["success"]
    assert page(graded, "scored") == ours
    (graded / "feedback" / "scored" / LESSON / FILE).with_suffix(".html").write_text("half a pa")
    assert changed(grade(graded)) == ["scored"]
    assert page(graded, "scored") == ours


def test_scores_that_another_program_gave_are_graded_again(graded, sandbox):
    """As stock nbgrader gives them where this course's settings are missing."""
    with gradebook_of(graded) as gradebook:
        gradebook.find_grade("check_double", MASTER.notebook, LESSON, "wrong").auto_score = 2
        gradebook.db.commit()
    assert "Graded by another program" in report(graded)
    outcomes = grade(graded)
    assert (changed(outcomes), outcomes["wrong"].points) == (["wrong"], 1)
    assert "Graded by another program" not in report(graded)


def test_the_button_follows_a_resubmission_and_our_command_knows(graded, sandbox, monkeypatch):
    before = passing(graded)
    hand_in(graded, "wrong", submission(MASTER, "en", RIGHT))
    (graded / "submitted" / "wrong" / LESSON / "timestamp.txt").write_text("2031-04-01 12:00:00 UTC")
    assert api_of(graded).autograde(LESSON, "wrong")["success"]
    assert "<strong>2 of 2 points<" in page(graded, "wrong")
    assert passing(graded) > before  # the report's shares are those of the new points
    monkeypatch.setattr(class_run, "_start", lambda *_: pytest.fail("a submission was graded again"))
    outcomes = grade(graded)
    assert (changed(outcomes), outcomes["wrong"].points) == ([], TOTAL)
    assert_all_agree(graded, outcomes)


def test_a_timestamp_alone_needs_no_second_run(graded, nothing_runs):
    a_person_acts(graded)
    grade(graded)
    (graded / "submitted" / "late" / LESSON / "timestamp.txt").write_text("2031-04-30 12:00:00 UTC")
    outcomes = grade(graded)
    assert (changed(outcomes), outcomes["late"].points) == (["late"], 2)
    assert (graded / "autograded" / "late" / LESSON / "timestamp.txt").read_text() == "2031-04-30 12:00:00 UTC"


def test_the_button_registers_a_lesson_and_records_a_refusal(tmp_path):
    """Neither the lesson nor the student is in the gradebook yet; nothing is run, so this needs no sandbox."""
    root = make_course(tmp_path / "course")
    outcome = api_of(root).autograde(LESSON, "no-json")
    assert outcome["success"], outcome["error"]
    assert "no JSON" in page(root, "no-json") and "no JSON" in report(root)
    with pytest.raises(AssertionError, match="No student with ID"):
        refused = api_of(root).autograde(LESSON, "wrong", create=False)
        assert refused["success"], refused["log"]


def test_the_button_names_the_lessons(tmp_path):
    root = make_course(tmp_path / "course")
    (root / "submitted" / "right" / "homework").mkdir()
    (root / "submitted" / "right" / "homework" / "a.ipynb").write_text("{}")
    assert "There is no lesson 'homework'" in api_of(root).autograde("homework", "right")["error"]


@pytest.mark.slow
def test_feedback_goes_back_through_the_exchange(graded):
    """`nbgrader release_feedback` finds what it needs beside the pages that our command wrote; about 5 s."""
    exchange = graded / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    (graded / "nbgrader_config.py").write_text(f"{CONFIG}c.Exchange.root = {str(exchange)!r}\n")
    done = run_nbgrader(graded, "release_feedback", LESSON, "--student", "late")
    assert done.returncode == 0, done.stderr
    (released,) = (exchange / COURSE / "feedback").glob("*.html")
    assert released.read_text("utf-8") == page(graded, "late")


def run_command(root, monkeypatch, *arguments):
    """Run `autograder grade LESSON` in the course folder `root`."""
    monkeypatch.chdir(root)
    return CliRunner().invoke(main, ["grade", LESSON, "--jobs", "1", *arguments])


def test_formgrader_waits_while_a_class_is_recorded(tmp_path, empty_gradebook):
    """Each way in which the course and nbgrader open a gradebook; an instructor's own time stays."""
    shutil.copy(empty_gradebook, tmp_path)
    coursedir, config = course(tmp_path, tmp_path / "submitted")
    server = SimpleNamespace(settings={"nbgrader_gradebook": None}, log=Mock(), coursedir=coursedir)
    waits = {}
    for name, ending in (("ours", ""), ("own", "?timeout=7")):
        server.db_url = coursedir.db_url + ending
        with BaseHandler.gradebook.fget(server) as gradebook:
            waits[name] = gradebook.db.execute(text("PRAGMA busy_timeout")).scalar()
        server.settings["nbgrader_gradebook"] = None
    with Recorder(LESSON, MASTER.notebook, coursedir, config) as recorder:
        waits["recorder"] = recorder._gradebook.db.execute(text("PRAGMA busy_timeout")).scalar()
    assert waits == {"ours": BUSY_SECONDS * 1000, "own": 7000, "recorder": BUSY_SECONDS * 1000}


@pytest.mark.parametrize(("between", "pauses"), [(0, 3), (0.05, 3), (1, 0)])
def test_transactions_without_a_break_let_others_have_the_gradebook(monkeypatch, between, pauses):
    """Twelve of half a second each, one right after the other; where there are breaks, no time is lost."""
    now, slept = [0.0], []

    def pass_by(seconds):
        now[0] += seconds

    def sleep(seconds):
        slept.append(seconds)
        pass_by(seconds)

    monkeypatch.setattr(database, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    turns = database.Turns()
    for _ in range(12):
        turns.begin()
        pass_by(0.5)
        turns.end()
        pass_by(between)
    assert len(slept) == pauses and all(pause > 0.1 for pause in slept)


def test_one_student_alone(graded, sandbox, monkeypatch):
    for student in ("wrong", "right"):
        hand_in(graded, student, submission(MASTER, "en", RIGHT) + " ")
    said = run_command(graded, monkeypatch, "--student", "wrong", "--student", "[w]rong")
    assert said.exit_code == 0, said.output
    assert "wrong: 2 of 2 points" in said.output and "right: " not in said.output
    assert "2 submissions (1 of them unchanged" in said.output
    assert changed(grade(graded)) == ["right"]


def test_an_unknown_student_is_named_with_those_who_are_there(graded, monkeypatch):
    before = gradebook_rows(graded)
    said = run_command(graded, monkeypatch, "--student", "right", "--student", "nobody", "--student", "linked")
    assert said.exit_code == 1
    assert "No submission of nobody, linked." in said.output and "right-korean, " in said.output
    assert "linked is left out: the folder is a link" in said.output
    assert gradebook_rows(graded) == before


def test_the_true_gradebook_is_named(graded, nothing_runs, monkeypatch):
    shutil.move(graded / "gradebook.db", graded / "grades of spring.db")
    with (graded / "nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = 'sqlite:///{graded}/grades of spring.db'\n")
        file.write("c.CourseDirectory.feedback_directory = 'feedback'\n")
    said = run_command(graded, monkeypatch)
    assert said.output.splitlines()[-1].endswith(
        f"Feedback: {graded}/feedback. Gradebook: {graded}/grades of spring.db"
    )
    assert not (graded / "gradebook.db").exists()


def test_no_password_is_told(tmp_path):
    pytest.importorskip("psycopg", reason="psycopg is not installed: cnn-attention-course[postgres]")
    root = make_course(tmp_path / "course")
    url = "postgresql+psycopg://teacher:se%40cret@127.0.0.1:1/grades?password=se%40cret"
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")
    told = database_name(course(root, root / "submitted")[0])
    assert told == "postgresql+psycopg://teacher@127.0.0.1:1/grades"
    with pytest.raises(GradingError, match="port 1 failed: Connection refused") as error:
        grade(root)
    assert "cret" not in str(error.value)


def test_a_colleagues_lock_tells_who_is_at_work(tmp_path):
    """A file that this user may only read can still be waited for; whoever holds it has signed it."""
    lock, said = tmp_path / ".autograder.lock", []
    with course_folder.locked(tmp_path, True, said.append):
        assert lock.stat().st_mode & 0o777 == 0o664
        assert f"process {os.getpid()} on " in lock.read_text("utf-8")
        with (tmp_path / "copy").open("w") as copy:
            copy.write(lock.read_text("utf-8"))
    assert lock.read_text("utf-8") == ""
    lock.chmod(0o444)
    tmp_path.chmod(0o755)
    for folder in list(tmp_path.parents)[:-2]:
        folder.chmod(folder.stat().st_mode | 0o011)
    colleague = os.fork()
    if not colleague:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            with course_folder.locked(tmp_path, True, said.append):
                os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(colleague, 0)[1] == 0


def test_what_a_group_shares_its_graders_can_write(graded, sandbox):
    """With `groupshared`, files and folders are as nbgrader would leave them."""
    with (graded / "nbgrader_config.py").open("a") as file:
        file.write("c.CourseDirectory.groupshared = True\n")
    grade(graded, replace(ONE_JOB, force=True, students=("right",)))
    for kind in ("autograded", "feedback"):
        for path in (graded / kind, graded / kind / "right", graded / kind / "right" / LESSON):
            assert path.stat().st_mode & 0o2770 == 0o2770, path
        for path in (graded / kind / "right" / LESSON).iterdir():
            assert path.stat().st_mode & 0o777 == 0o664, path
    assert (graded / "gradebook.db").stat().st_mode & 0o777 == 0o664
