"""Due dates: set once, in nbgrader's gradebook; students see them, with their time zone."""

import json
import re
import shutil
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.checking import progress
from autograder.cli import main
from autograder.grading.course_folder import course
from autograder.grading.due import set_due_date
from autograder.grading.submissions import GradingError
from curriculum.due_dates import DueDate, DueDatesError, due_dates, write_due_dates
from curriculum.messages import set_language
from tests.conftest import run_nbgrader

LESSON = "3-channel-attention"
SETTINGS = "from autograder.grading.config import configure\nc = get_config()\nconfigure(c)\n"


@pytest.fixture
def root(tmp_path, empty_gradebook, monkeypatch):
    shutil.copy(empty_gradebook, tmp_path)
    (tmp_path / "nbgrader_config.py").write_text(SETTINGS)
    (tmp_path / "course" / "ko" / LESSON).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_DUE_DATES", raising=False)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["due", *arguments])


def in_gradebook(root, lesson=LESSON):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        return gradebook.find_assignment(lesson).duedate


def test_one_command_sets_what_nbgrader_and_students_have(root, monkeypatch):
    done = run(LESSON, "2026-12-01 18:00", "--timezone", "Asia/Seoul")
    assert done.exit_code == 0, done.output
    assert f"{LESSON} is due: 2026-12-01 18:00 (Asia/Seoul, UTC+09:00)" in done.output
    assert in_gradebook(root) == datetime(2026, 12, 1, 9)
    monkeypatch.chdir(root / "course" / "ko" / LESSON)  # where a notebook runs
    assert due_dates()[LESSON].time == datetime(2026, 12, 1, 9, tzinfo=UTC)
    # the zone stays the course's, and other lessons' dates stay
    assert run("5-eca", "2027-07-01T23:59").exit_code == 0
    assert [str(date) for date in due_dates().values()] == [
        "2026-12-01 18:00 (Asia/Seoul, UTC+09:00)",
        "2027-07-01 23:59 (Asia/Seoul, UTC+09:00)",
    ]
    done = run(LESSON, "none")
    assert f"{LESSON} has no due date." in done.output and in_gradebook(root) is None
    assert list(due_dates()) == ["5-eca"]


def test_a_date_that_was_set_in_formgrader_reaches_students(root):
    run(LESSON, "2026-12-01 18:00", "--timezone", "UTC")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn-attention-course") as gradebook:
        gradebook.find_assignment(LESSON).duedate = datetime(2026, 12, 8, 9)
        gradebook.db.commit()
    assert f"{LESSON} is due: 2026-12-08 09:00 (UTC)" in run().output
    assert due_dates(root / "course" / "due.toml")[LESSON].time == datetime(2026, 12, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((LESSON, "tomorrow"), "'tomorrow' is no date and time"),
        ((LESSON, "2026-12-01"), "is no date and time"),
        ((LESSON, "2026-12-01 18:00", "--timezone", "Seoul"), "There is no time zone 'Seoul'"),
        ((LESSON, "2026-03-29 02:30", "--timezone", "Europe/Berlin"), "does not exist in Europe/Berlin"),
        (("3-nonsense", "2026-12-01 18:00"), "There is no lesson '3-nonsense'"),
    ],
)
def test_what_is_no_due_date(root, arguments, message):
    done = run(*arguments)
    assert done.exit_code == 1 and message in done.output
    assert not (root / "course" / "due.toml").exists()


def test_summer_time_is_each_dates_own(root):
    coursedir, _ = course(root, root / "submitted")
    for lesson, day in (("0-start-here", "2026-07-01 12:00"), ("5-eca", "2026-12-01 12:00")):
        dates = set_due_date(coursedir, lesson, day, "Europe/Berlin", lambda _: None)
    assert [str(date)[11:] for date in dates.values()] == [
        "12:00 (Europe/Berlin, UTC+02:00)",
        "12:00 (Europe/Berlin, UTC+01:00)",
    ]
    with pytest.raises(GradingError, match="There is no lesson"):
        set_due_date(coursedir, "x", "2026-12-01 12:00", "", lambda _: None)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("past", [False, True])
def test_students_are_told(language, past, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COURSE_DUE_DATES", str(tmp_path / "dates.toml"))
    time = datetime.fromisoformat("2020-01-01 18:00+09:00" if past else "2999-01-01 18:00+09:00")
    write_due_dates(tmp_path / "dates.toml", {LESSON: DueDate(time, "Asia/Seoul")}, "Asia/Seoul")
    set_language(language)
    progress.tell_due_date(LESSON)
    told = capsys.readouterr().out
    assert f"{time.year}-01-01 18:00 (Asia/Seoul, UTC+09:00)" in told
    assert past == ("was" in told or "지났" in told)
    progress.tell_due_date("5-eca")
    assert capsys.readouterr().out == ""
    shown = []
    monkeypatch.setattr(progress, "display", lambda table: shown.append(repr(table)))
    progress.progress()
    lines = shown[0].splitlines()
    widths = {line.count("|") for line in lines[2:]}
    assert widths == {7}  # every row has the column
    assert next(line for line in lines if "18:00" in line).startswith(f"| {LESSON} |")
    progress.progress("5-eca")
    assert "18:00" not in shown[1]


@pytest.mark.parametrize(
    "text", ["[due", "due = 3", f'[due]\n"{LESSON}" = 2026-12-01T18:00:00', f'[due]\n"{LESSON}" = 1']
)
def test_a_file_that_holds_no_dates_is_named(text, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DUE_DATES", str(tmp_path / "due.toml"))
    (tmp_path / "due.toml").write_text(text)
    with pytest.raises(DueDatesError, match=r"due\.toml cannot be read"):
        due_dates()
    progress.tell_due_date(LESSON)  # and the lesson begins all the same
    assert re.search(r"due\.toml cannot be read", capsys.readouterr().out)


def test_without_dates_nothing_changes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_DUE_DATES", raising=False)
    progress.tell_due_date(LESSON)
    assert capsys.readouterr().out == ""
    assert "due" not in repr(progress._Table({}, ("double",)))


def test_a_release_has_the_date_and_every_language(root):
    """What students fetch from the exchange: both notebooks, the pictures, the date; a new date is written there."""
    run(LESSON, "2026-12-01 18:00", "--timezone", "Asia/Seoul")
    done = run_nbgrader(root, "generate_assignment", LESSON)
    assert done.returncode == 0, done.stderr
    released = root / "release" / LESSON
    assert {path.name for path in released.iterdir()} == {
        *("channel_attention.ipynb", "channel_attention_ko.ipynb", "due.toml"),
        *("channel_gates.png", "gates_by_class.png"),
    }
    assert str(due_dates(released / "due.toml")[LESSON]) == "2026-12-01 18:00 (Asia/Seoul, UTC+09:00)"
    done = run(LESSON, "2026-12-02 18:00")
    assert f"nbgrader release_assignment {LESSON}" in done.output
    assert str(due_dates(released / "due.toml")[LESSON]).startswith("2026-12-02 18:00")
    assert "release_assignment" not in run().output  # nothing has changed
    korean = json.loads((released / "channel_attention_ko.ipynb").read_text("utf-8"))
    assert korean["metadata"]["course"]["language"] == "ko"
