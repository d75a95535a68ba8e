"""The course works from an installed wheel as it does from a clone, and the README's commands are the Makefile's."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest

from curriculum.paths import REPOSITORY

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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


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
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    environment = os.environ | {"PYTHONPATH": str(installed), "COURSE_LANGUAGE": "ko"}
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "✓ double" in done.stdout and "만점" in done.stdout


def read(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


DOCUMENTS = (
    *("README.md", "README.ko.md", "CONTRIBUTING.md", "solutions/TEACHING.md"),
    *("docs/ARCHITECTURE.md", "tests/README.md"),
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
