"""Hostile submissions graded next to honest ones: no false points, no honest grade changed, the host untouched."""

import hashlib
import html
import json
import os
import re
import socket
import sys
import sysconfig
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.checking.challenge import NOTEBOOK_SEED, Challenge
from autograder.grading.class_run import grade_class
from autograder.grading.course_folder import course
from autograder.grading.demo import submission
from autograder.grading.engine import Engine, Settings
from autograder.grading.lesson import Lesson
from autograder.grading.record import Recorder
from autograder.grading.report import write_report
from autograder.grading.run_record import details
from autograder.grading.session import TimeLimits
from autograder.grading.worker.namespace import Limits
from autograder.lessons.master import read_master
from benchmarks import attacks
from curriculum.exercises import load
from curriculum.messages import LANGUAGES, say
from curriculum.paths import REPOSITORY
from tests.conftest import needs_sandbox

pytestmark = [pytest.mark.slow, needs_sandbox]  # some minutes: more than two hundred submissions
EXPECTED = attacks.expected()
# Only a limit on time ends these. None of them earns more than the wrong answer in it, so that theirs can be short.
ENDLESS = (
    "takes-the-commands",
    "loop-without-signals",
    "loop-in-the-cell",
    "waits-for-ever",
    "builtins-replaced",
    "fork-bomb",
    "thread-bomb",
)
# Honest work has the engine's own minute for each cell, of which it needs less than a second.
PATIENT = Settings(jobs=2, limits=Limits(processor_seconds=8))
SHORT = replace(PATIENT, times=TimeLimits(cell=6, notebook=60))


def host() -> dict[str, str]:
    """What submissions must not change: the repository, Python's folders, names they would leave behind."""
    folders = [
        REPOSITORY / name for name in ("autograder", "coursekit", "curriculum", "data", "tests", "solutions/lessons")
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    contents = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    places = [sysconfig.get_path("purelib"), sys.prefix, sys.base_prefix, "/tmp", "/etc", "/"]
    names = ("sitecustomize.py", "conftest.py", "owned.pth", "owned", "owned-by-pickle", "keras.py", "0")
    left = {str(path): "" for place in places for name in names if (path := Path(place, name)).exists()}
    return contents | left


def commands() -> dict[int, tuple[int, str]]:
    """Parent and command line of every process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            found[int(folder.name)] = (parent, (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, UnicodeDecodeError):  # it has just ended, or is none of ours
            continue
    return found


@pytest.fixture(scope="module")
def earlier():
    """The processes that there were before anything was graded here."""
    return set(commands())


@pytest.fixture(scope="module")
def bank(working_sandbox, earlier, tmp_path_factory):
    """The bank, graded once: (folder, outcome by student, host before and after, what called home, what was said)."""
    root = tmp_path_factory.mktemp("bank")
    before, calls = host(), []
    with socket.create_server(("127.0.0.1", 0)) as home:
        attacks.write(root / "submitted", home.getsockname()[1])

        def listen() -> None:
            try:
                while True:
                    calls.append(home.accept()[1])
            except OSError:
                return

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        (root / "submitted" / "linked").symlink_to("right")
        (root / "submitted" / os.fsdecode(b"\xffnobody") / attacks.LESSON).mkdir(parents=True)
        said: list[str] = []
        (root / "endless").mkdir()
        for student in ENDLESS:
            (root / "submitted" / student).rename(root / "endless" / student)
        outcomes = {}
        for folder, settings in (("submitted", PATIENT), ("endless", SHORT)):
            graded = grade_class(attacks.LESSON, root / folder, root, settings, said.append)
            outcomes |= {outcome.student: outcome for outcome in graded}
        home.shutdown(socket.SHUT_RDWR)
    listener.join(5)
    return root, outcomes, (before, host()), calls, said


@pytest.fixture(scope="module")
def seen(bank):
    """What grading has seen of each submission."""
    coursedir, config = course(bank[0], bank[0] / "submitted")
    recorder = Recorder(attacks.LESSON, attacks.MASTER.notebook, coursedir, config)
    yield recorder.details()
    recorder.close()


def test_there_are_many():
    assert len(EXPECTED) - len(attacks.HONEST) >= 100


def test_no_points_depend_on_a_short_limit():
    assert all(EXPECTED[student] in (0, attacks.WRONG_POINTS) for student in ENDLESS)


@pytest.mark.parametrize("student", EXPECTED)
def test_points(bank, student):
    outcome = bank[1][student]
    assert (outcome.points, outcome.total) == (EXPECTED[student], attacks.ALL), outcome.note


@pytest.mark.parametrize("student", attacks.CODE)
def test_the_attack_got_to_what_it_aims_at(seen, student):
    """What it says of itself, how its cell ended, and what became of the check are as they should be."""
    wanted, check = attacks.EVIDENCE[student], seen[student]["checks"]["check_channel_attention"]
    assert wanted != attacks.Evidence(), "nothing shows that it does anything: see attacks.Evidence"
    errors = seen[student]["errors"]
    stopped = errors.get("channel_attention", "")
    assert stopped.startswith(wanted.stops) if wanted.stops else stopped == ""
    assert re.fullmatch(wanted.event, check["event"])
    if wanted.told is not None:
        assert errors["extra-1"] == f"RuntimeError: reached: {wanted.told}"
    assert not wanted.cell or seen[student]["events"]["channel_attention"] == wanted.cell
    assert check["finding"].startswith(wanted.finding)
    assert wanted.unusable in check["unusable"]


def test_no_process_is_left(bank, earlier):
    found = {process: told for process, told in commands().items() if process not in earlier}
    assert not [line for _, line in found.values() if "sleep 86399" in line]
    assert not [line for parent, line in found.values() if parent == os.getpid() and "autograder.grading" in line]


@pytest.fixture(scope="module")
def capstone():
    """The engine of the lesson whose answers have no reference."""
    engine = Engine(Lesson("12-capstone"), Settings(jobs=1))
    yield engine
    engine.close()


@pytest.mark.parametrize("name", attacks.CAPSTONE)
def test_a_forged_capstone_earns_what_the_readme_says_and_is_remarked_on(capstone, name):
    forgery, points = attacks.CAPSTONE[name]
    code = f"{attacks.TOOLS}\n{attacks.FORGES}\n{textwrap.dedent(forgery)}"
    content = attacks.opened(submission(read_master("12-capstone"), "en", {"my_attention": code}))
    seen = details(capstone.run(json.dumps(content).encode()))
    assert seen["errors"] == {} and "checks_used" in {remark["key"] for remark in seen["remarks"]}
    assert tuple(check["points"] for check in seen["checks"].values()) == points


def test_a_ready_made_block_is_seen_by_whoever_grades(tmp_path):
    """On the command line, in formgrader, on the student's page and in the report; the points are as they are."""
    source = (
        "from coursekit.models.attention import eca\n\ndef eca_block(inputs, b=1, gamma=2):\n    return eca(inputs)"
    )
    master = read_master("5-eca")
    for language in LANGUAGES:
        folder = tmp_path / "submitted" / language / "5-eca"
        folder.mkdir(parents=True)
        (folder / "eca.ipynb").write_text(submission(master, language, {"eca_block": source}), "utf-8")
    what = "coursekit.models.attention.eca"
    for graded in grade_class("5-eca", tmp_path / "submitted", tmp_path, Settings(jobs=1), lambda line: None):
        assert what in graded.note
        told = say("grading.remark.ready_made", graded.student, cell="eca_block", what=what)
        page = (tmp_path / "feedback" / graded.student / "5-eca" / "eca.html").read_text("utf-8")
        assert page.count(html.escape(what)) >= 2  # above all cells, and as a comment at the answer
        with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
            assert gradebook.find_comment("eca_block", "eca", "5-eca", graded.student).auto_comment == told
    write_report("5-eca", tmp_path, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8").count(what) == len(LANGUAGES)


def test_none_is_missing_in_gradebook_and_folders(bank):
    root, outcomes, *_ = bank
    assert set(outcomes) == set(EXPECTED)
    for student in EXPECTED:
        assert (root / "feedback" / student / attacks.LESSON / attacks.FILE).with_suffix(".html").exists()
        json.loads((root / "autograded" / student / attacks.LESSON / attacks.FILE).read_text("utf-8"))


def test_folders_that_are_no_students_are_named_and_left_out(bank):
    assert "✗ linked is left out: the folder is a link." in bank[4]
    assert any("nobody is left out" in line for line in bank[4])


def test_the_host_is_untouched(bank):
    before, after = bank[2]
    assert after == before


def test_nobody_called_home(bank):
    assert bank[3] == []


def test_no_script_of_a_student_runs_in_a_browser(bank):
    for path in (bank[0] / "feedback").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text and "onload='alert" not in text and "<img src=x" not in text, path


def test_nothing_of_the_graders_folder_is_linked_or_copied(bank):
    folder = bank[0] / "autograded"
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} <= {".ipynb", ".txt"}
    assert not [path for path in folder.rglob("*") if path.is_symlink() or path.name == "passwd.txt"]


def test_feedback_tells_no_value_that_was_expected(bank):
    """Not even those that the notebook's own check tells."""
    page = (bank[0] / "feedback" / "relu" / attacks.LESSON / attacks.FILE).with_suffix(".html").read_text("utf-8")
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    assert "Likely mistake" in text
    assert not re.search(r"expected -?\d|yours? -?\d|lie between", text)
    for case in load("channel_attention").cases:
        for value in Challenge(NOTEBOOK_SEED).inputs(case, 0).reshape(-1)[:5]:
            assert f"{value:.4f}" not in text


def test_the_reason_of_a_refusal_is_in_gradebook_and_feedback(bank):
    root, outcomes, *_ = bank
    assert "no JSON" in outcomes["no-json"].note
    page = (root / "feedback" / "no-json" / attacks.LESSON / attacks.FILE).with_suffix(".html").read_text("utf-8")
    text = " ".join(page.split())  # lines are wrapped
    assert "no JSON" in text and "JSON 형식이 아닙니다" in text
    assert read_master(attacks.LESSON).solution("se_block").source.splitlines()[-2].strip() not in page
