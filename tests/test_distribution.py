"""The course works from installed wheels as it does from a clone, and the README's commands are the Makefile's."""

import ast
import csv
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from autograder.lessons.master import BEGIN, END, read_master
from autograder.lessons.reference import ANSWERS_FOLDER, MISTAKES_FOLDER
from curriculum.exercises import LESSONS, all_names, load
from curriculum.paths import INSTRUCTORS, REPOSITORY
from tests.conftest import needs_sandbox

CHECK = """
import sys
import autograder
from autograder import check, start
assert "installed" in autograder.__file__, autograder.__file__
from curriculum.paths import in_clone
assert not in_clone()
start("0-start-here")
def double(x):
    return 2 * x
check(double)
from curriculum.paths import results_folder
assert "installed" in str(results_folder()) and results_folder().is_dir()
assert not [name for name in sys.modules if name.startswith("solutions")]
"""


# Whether the sandbox hides solutions that are installed where students' code can see the packages: their folder is
# mounted once more, as an environment's would be.
SANDBOX = """
import sys
from autograder.grading import sandbox
from autograder.grading.sandbox import Sandbox, SandboxError
mounted = sandbox._mounted
sandbox._mounted = lambda: [*mounted(), (sys.argv[1], "/packages")]
for hides in (True, False):
    if not hides:
        sandbox._own_packages = lambda: []
    locked = Sandbox([])
    try:
        print(hides, locked.protections()["files"])
    except SandboxError as error:
        print(hides, error)
    locked.close()
"""


def built(folder: Path, source: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"), REPOSITORY)


@pytest.fixture(scope="module")
def instructors(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"), REPOSITORY / "solutions")


def install(folder: Path, *wheels: Path) -> dict[str, str]:
    """Install wheels in a folder. Returns: the environment in which Python finds them first."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, *map(str, wheels)], check=True, capture_output=True)
    return os.environ | {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def installed(wheel, instructors, tmp_path_factory):
    """Both wheels, installed: the environment, and the folder."""
    folder = tmp_path_factory.mktemp("instructor") / "installed"
    return install(folder, wheel, instructors), folder


def test_the_wheel_has_what_students_need_and_no_solutions(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "autograder",
        "coursekit",
        "curriculum",
        "cnn_attention_course",
    }
    assert "curriculum/_data/expected/channel_attention.npz" in names
    assert "curriculum/messages/ko/check.toml" in names
    assert not [name for name in names if "solutions" in name or name.endswith(".ipynb")]
    (settings,) = (name for name in names if "/share/jupyter/lab/settings/overrides.d/" in name)
    assert json.loads(zipfile.ZipFile(wheel).read(settings))


def test_a_check_works_from_the_installed_wheel(wheel, tmp_path):
    environment = install(tmp_path / "installed", wheel) | {"COURSE_LANGUAGE": "ko"}
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "✓ double" in done.stdout and "만점" in done.stdout


def plain(text: str) -> str:
    """Text without its spaces, quotes and backslashes, so that code is found as it is and inside JSON."""
    return re.sub(r"\\n|[\s\\\"']", "", text)


def secrets() -> dict[str, str]:
    """What students must not get, by where it stands: solutions, named mistakes, other right answers."""
    found = {}
    for name in all_names():
        source = read_master(load(name).lesson).solution(name).source
        solution = re.search(rf"{BEGIN}(.*){END}", source, re.DOTALL).group(1)
        if len(solution.strip().splitlines()) == 1:  # by itself, one line may be anybody's
            solution = re.search(r"def .*", source).group() + solution
        found[f"the solution of {name}"] = solution
        for folder in (MISTAKES_FOLDER, ANSWERS_FOLDER):
            text = (folder / f"{name}.py").read_text("utf-8")
            for node in ast.parse(text).body:
                if isinstance(node, ast.FunctionDef):
                    found[f"{node.name} in {folder.name}/{name}.py"] = ast.get_source_segment(text, node)
    return {where: plain(text) for where, text in found.items()}


def leaks(wheel: Path) -> list[str]:
    """Which secrets are in a wheel, and in which file."""
    with zipfile.ZipFile(wheel) as archive:
        texts = {name: plain(archive.read(name).decode("utf-8", "ignore")) for name in archive.namelist()}
    return [f"{where}: {name}" for where, text in secrets().items() for name in texts if text in texts[name]]


@pytest.mark.slow
def test_no_solution_and_no_mistake_is_in_the_students_wheel(wheel, instructors):
    assert leaks(wheel) == []
    would_be_found = {leak.split(": ")[0] for leak in leaks(instructors)}  # but for three that have marks inside
    assert len(secrets()) > 1000 and len(secrets().keys() - would_be_found) <= 3


def test_the_instructors_wheel_belongs_to_the_students(wheel, instructors):
    with zipfile.ZipFile(instructors) as archive:
        (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
        names = set(archive.namelist())
    name, version, _ = wheel.name.split("-", 2)
    assert f"Requires-Dist: {name.replace('_', '-')}=={version}\n" in metadata
    for lesson in LESSONS:
        notebook = read_master(lesson).notebook
        assert f"{INSTRUCTORS}/lessons/{lesson.replace('-', '_')}.py" in names
        assert {f"{INSTRUCTORS}/course/{language}/{lesson}/{notebook}.ipynb" for language in ("en", "ko")} <= names
    assert not [path for path in names if "progress.json" in path or "checkpoint" in path]


@pytest.mark.slow
@needs_sandbox
def test_a_course_folder_of_the_installed_package(installed, tmp_path):
    """Made, graded in, reported about, exported from, released from; the package's own folder stays as it was."""
    environment, packages = installed
    before = {path for path in packages.rglob("*") if "__pycache__" not in path.parts}
    folder, lesson = tmp_path / "course", "0-start-here"

    def run(*command, cwd=folder):
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=cwd, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("autograder", "init", str(folder), "--course-id", "attention", cwd=tmp_path)
    settings = folder / "nbgrader_config.py"
    settings.write_text(settings.read_text("utf-8") + "# mine\n", "utf-8")
    (folder / "course" / "ko" / lesson / "start_here.ipynb").unlink()
    run("autograder", "init", ".")
    assert settings.read_text("utf-8").endswith("# mine\n")
    for language in ("en", "ko"):
        made, committed = (
            {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
            for root in (folder / "course" / language, REPOSITORY / "course" / language)
        )
        assert made.keys() <= committed.keys() and len(made) > 2 * len(LESSONS)
        assert all(committed[path] == content for path, content in made.items())
    run("autograder", "grade", lesson, "--demo")
    (folder / "build" / "demo" / "submitted").rename(folder / "submitted")
    (folder / "roster.csv").write_text("student_id,name\nall-right,Kim\none-mistake,Lee\n", "utf-8")
    run("autograder", "roster", "roster.csv")
    run("autograder", "grade", lesson, "--student", "all-right", cwd=folder / "course" / "ko")
    run("nbgrader", "autograde", lesson, "--student", "one-mistake")
    assert str(folder) in run("autograder", "report", lesson)
    head = f"Student,ID,SIS Login ID,Section,{lesson} (7)\n    Points Possible,,,,2\n"
    (folder / "sheet.csv").write_text(f"{head}Kim,1,all-right,,\nLee,2,one-mistake,,\n", "utf-8")
    run("autograder", "export", lesson, "--canvas", "sheet.csv")
    with (folder / f"sheet-{lesson}.csv").open(newline="") as file:
        assert [row[-1] for row in csv.reader(file)][2] == "2"
    run("nbgrader", "generate_assignment", lesson)
    released = folder / "release" / lesson / "start_here.ipynb"
    assert released.read_bytes() == (REPOSITORY / "course" / "en" / lesson / "start_here.ipynb").read_bytes()
    assert {path for path in packages.rglob("*") if "__pycache__" not in path.parts} == before
    nowhere = subprocess.run(
        [sys.executable, "-m", "autograder", "report", lesson],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert nowhere.returncode == 1 and "autograder init" in nowhere.stderr


@pytest.mark.slow
@needs_sandbox
def test_the_sandbox_hides_installed_solutions(installed, tmp_path):
    environment, packages = installed
    command = [sys.executable, "-c", SANDBOX, str(packages)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "True True"
    assert done.stdout.splitlines()[1].startswith("False The sandbox does not protect this machine's files")


def test_grading_without_the_instructors_wheel_names_it(wheel, tmp_path):
    environment = install(tmp_path / "installed", wheel)
    command = [sys.executable, "-m", "autograder", "init", str(tmp_path / "course")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and "install the instructors' package, cnn-attention-course-solutions" in done.stderr


def read(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


DOCUMENTS = (
    *("README.md", "README.ko.md", "CONTRIBUTING.md", "solutions/TEACHING.md"),
    *("docs/ARCHITECTURE.md", "docs/hub.md", "solutions/TEACHING.ko.md", "tests/README.md"),
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_in_the_documents_exist(name):
    """Every `make …` names a target of the Makefile, every relative link a file."""
    text = read(name)
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", text))
    assert named and named <= targets()
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (REPOSITORY / name).parent.joinpath(link).exists(), link


def test_ci_runs_the_documented_commands():
    script = re.sub(r"(?m)^#.*", "", read(".ci/run"))
    named = {name for words in re.findall(r"\bmake ([a-z][a-z -]*)", script) for name in words.split()}
    assert named <= targets() and {"test-ci", "essential"} <= named
    assert 'export COURSE_TESTS_REQUIRE="sandbox browser site"' in script


def test_the_site_adds_packages_and_changes_none():
    """What site/requirements.lock has in common with requirements.lock, it has in the same version."""
    pins, more = (
        dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", read(name)))
        for name in ("requirements.lock", "site/requirements.lock")
    )
    assert {name: version for name, version in more.items() if pins.get(name, version) != version} == {}
    site = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]["site"]
    assert {re.match(r"[\w-]+", wanted)[0] for wanted in site} <= more.keys() - pins.keys()


def test_ci_tries_every_python_that_the_package_promises():
    """A range in pyproject.toml, the versions in .ci/run, those that the Makefile takes and the READMEs name."""
    lowest, above = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', read("pyproject.toml")).groups()
    versions = [f"3.{minor}" for minor in range(int(lowest), int(above))]
    assert f"for version in {' '.join(versions)}; do" in read(".ci/run")
    assert f"(3, {lowest}) <= sys.version_info[:2] <= (3, {int(above) - 1})" in read("Makefile")
    for readme in ("README.md", "README.ko.md"):
        assert re.search(".*".join(map(re.escape, versions)), read(readme))
