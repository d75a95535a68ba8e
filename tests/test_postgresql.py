"""A gradebook in PostgreSQL, for several graders: graded, reported about, exported; messages name the true database."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.grading.course_folder import course
from autograder.grading.submissions import GradingError
from tests.conftest import needs_sandbox
from tests.test_grading import LESSON, TOTAL, grade, write_class

SETTINGS = (
    "from autograder.grading.config import configure\nc = get_config()\nconfigure(c)\nc.CourseDirectory.db_url = "
)


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, which Debian does not have on the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="module")
def database():
    """The address of an empty database of a server of our own."""
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
        run("createdb", "-h", home, "-U", "grader", "gradebook")
        yield f"postgresql+psycopg://grader:secret@/gradebook?host={home}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


@needs_sandbox
def test_a_class_in_postgresql(database, tmp_path, sandbox, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text(f"{SETTINGS}{database!r}\n")
    write_class(tmp_path)
    outcomes = grade(tmp_path)
    assert outcomes["right"].points == TOTAL and not any(each.problem for each in outcomes.values())
    assert all(each.unchanged for each in grade(tmp_path).values())
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


def test_a_missing_driver_is_named(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(f"{SETTINGS}'postgresql+nothing://localhost/gradebook'\n")
    with pytest.raises(GradingError, match=r"postgresql\+nothing, cannot be reached.*course\[postgres\]"):
        course(tmp_path, tmp_path / "submitted")
