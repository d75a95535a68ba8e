"""A gradebook in PostgreSQL, for several graders: graded, reported about, exported; messages name the true database."""

import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from sqlalchemy import Column, MetaData, String, Table, create_engine, inspect
from sqlalchemy.event import listens_for
from sqlalchemy.pool import NullPool

from autograder.cli import main
from autograder.grading.course_folder import course, register_lesson
from autograder.grading.lesson import Lesson
from autograder.grading.submissions import GradingError
from autograder.grading.tables import make_tables
from tests import graders
from tests.conftest import needs_sandbox
from tests.test_grading import CLASS, LESSON, TOTAL, grade, kill_and_finish, numbered_class, write_class, write_runs
from tests.test_one_truth import api_of

SETTINGS = (
    "from autograder.grading.config import configure\nc = get_config()\nconfigure(c)\nc.CourseDirectory.db_url = "
)


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, which Debian does not have on the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="module")
def server():
    """A server of our own: makes an empty database, and gives its address."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: cnn-attention-course[postgres]")
    if not (folder := programs()):
        pytest.skip("PostgreSQL's server is not installed: apt install postgresql")
    # Sockets alone: another server on this machine is not met. Their paths may have 107 characters, and the server's
    # user must be able to enter every folder above them.
    home = Path(tempfile.mkdtemp(prefix="course-", dir="/tmp"))
    alone: dict[str, object] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            shutil.chown(home, "postgres")
        except LookupError:
            home.rmdir()
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        alone = {"user": "postgres", "extra_groups": []}

    def run(program, *arguments):
        command = [folder / program, *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=home, **alone)

    data = home / "data"
    run("initdb", "-D", data, "-A", "trust", "-U", "grader")
    run("pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", f"-k {home} -c listen_addresses=", "start")
    try:

        def empty(name):
            run("createdb", "-h", home, "-U", "grader", name)
            return f"postgresql+psycopg://grader:secret@/{name}?host={home}"

        yield empty
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.slow
@needs_sandbox
def test_a_class_in_postgresql(server, tmp_path, sandbox, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text(f"{SETTINGS}{server('gradebook')!r}\n")
    write_class(tmp_path)
    outcomes = grade(tmp_path)
    assert outcomes["right"].points == TOTAL and not any(each.problem for each in outcomes.values())
    assert all(each.unchanged for each in grade(tmp_path).values())
    button = api_of(tmp_path).autograde(LESSON, "wrong")  # formgrader's
    assert button["success"], button["error"]
    shown = {entry["student"]: entry["score"] for entry in api_of(tmp_path).get_submissions(LESSON)}
    assert shown == {student: points for student, (_, _, points) in CLASS.items()}
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        done = CliRunner().invoke(main, list(arguments))
        assert done.exit_code == 0, done.output
        return done.output

    said = run("grade", LESSON)
    assert "Gradebook: postgresql+psycopg://grader@/gradebook" in said
    assert "secret" not in said and "gradebook.db" not in said
    assert Path(run("report", LESSON).strip()).exists()
    assert "2026-12-01 18:00 (UTC)" in run("due", LESSON, "2026-12-01 18:00", "--timezone", "UTC")
    (tmp_path / "class.csv").write_text("student_id,name\nright,Kim\n")
    run("roster", "class.csv")
    (tmp_path / "sheet.csv").write_text(
        f"Student,ID,SIS Login ID,Section,{LESSON} (7)\n    Points Possible,,,,{TOTAL}\nKim,1,right,,\n"
    )
    assert "1 grades written" in run("export", LESSON, "--canvas", "sheet.csv")
    assert not (tmp_path / "gradebook.db").exists()


@pytest.mark.slow
@needs_sandbox
def test_two_graders_on_two_machines_at_once(server, tmp_path):
    """Nothing but the database is common to their folders."""
    database = server("shared")
    folders = [tmp_path / machine for machine in ("one", "other")]
    halves = [dict(list(CLASS.items())[first::2]) for first in (0, 1)]
    for folder, half in zip(folders, halves, strict=True):
        write_class(folder, half)
        (folder / "nbgrader_config.py").write_text(f"{SETTINGS}{database!r}\n")
    register_lesson(Lesson(LESSON), course(folders[0], folders[0] / "submitted")[0])  # which makes the tables
    with graders.start() as one, graders.start() as other:
        for process, folder in zip((one, other), folders, strict=True):
            graders.ask(process, folder)
        codes, said = zip(graders.answer(one), graders.answer(other), strict=True)
    assert codes == (0, 0), said
    assert not any("Another grader" in line for lines in said for line in lines)
    with Gradebook(database, "cnn-attention-course") as gradebook:
        scores = {each.student.id: each.score for each in gradebook.assignment_submissions(LESSON)}
    assert scores == {student: points for student, (_, _, points) in CLASS.items()}
    for folder, half in zip(folders, halves, strict=True):  # and either finds what it has graded
        assert {student for student, each in grade(folder).items() if each.unchanged} == half.keys()


@pytest.mark.slow  # a class that is run once, and graders that are killed
@pytest.mark.weekly  # CI kills graders in front of SQLite, and lets two of them record in PostgreSQL at once
def test_killed_graders_leave_every_row_once_in_postgresql(server, tmp_path, only_engine):
    """The scores are those of the class, and no table has a row too many or too few, whenever the grader is killed."""
    class_, replayed = numbered_class(9), tmp_path / "runs"
    databases = {name: server(name) for name in ("undisturbed", "killed")}
    for name, database in databases.items():
        write_class(tmp_path / name, class_)
        (tmp_path / name / "nbgrader_config.py").write_text(f"{SETTINGS}{database!r}\n")
    write_runs(only_engine, tmp_path / "killed", replayed)
    with graders.start() as process:
        graders.ask(process, tmp_path / "undisturbed", graders.NEVER, replayed)
        _, said = graders.answer(process)
        first, second = [int(line.split()[-1]) for line in said if line.startswith("graded")][:2]
        dice = random.Random(15)
        moments = [dice.randint(first // 2, second) for _ in range(8)]  # half of them while something is recorded
        kill_and_finish(process, tmp_path / "killed", moments, replayed)
    rows = {name: counted(database) for name, database in databases.items()}
    assert rows["killed"] == rows["undisturbed"]
    assert rows["killed"]["submitted_notebook"] == rows["killed"]["autograder_result"] == len(class_)
    with Gradebook(databases["killed"], "cnn-attention-course") as gradebook:
        scores = {each.student.id: each.score for each in gradebook.assignment_submissions(LESSON)}
    assert scores == {student: points for student, (_, _, points) in class_.items()}


def counted(database):
    """How many rows each table has."""
    with create_engine(database, poolclass=NullPool).connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in names}


def test_tables_that_a_colleague_makes_at_the_same_moment(server):
    """Ours looks before theirs are there, and makes them after."""
    database = server("moment")
    ours, theirs = (create_engine(database, poolclass=NullPool) for _ in range(2))
    tables = MetaData()
    Table("grades", tables, Column("student", String(8), primary_key=True))

    @listens_for(tables, "before_create", once=True)
    def meanwhile(*_, **__):
        tables.create_all(theirs)

    make_tables(tables, ours)
    assert inspect(ours).get_table_names() == ["grades"]


def test_a_missing_driver_is_named(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(f"{SETTINGS}'postgresql+nothing://localhost/gradebook'\n")
    with pytest.raises(GradingError, match=r"postgresql\+nothing, cannot be reached.*course\[postgres\]"):
        course(tmp_path, tmp_path / "submitted")
