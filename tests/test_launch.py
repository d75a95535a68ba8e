"""Binder, Colab, no network: as far as they can be tried here."""

import os
import re
import shutil
import subprocess
import sys
import venv
from importlib.metadata import version
from urllib.parse import unquote

import pytest
from packaging.requirements import Requirement

from autograder.authoring import launch
from curriculum.exercises import LESSONS
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY
from tests.conftest import copied_repository

NAME = "somebody/attention-course"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_has_a_link_in_the_readme_s_language(language):
    section = launch.launch_section(language, NAME)
    wanted = {launch.notebook_path(lesson, language) for lesson in LESSONS}
    at = re.escape(launch.launched())
    binder = re.findall(rf"https://mybinder\.org/v2/gh/{NAME}/{at}\?labpath=([^)]+)\)", section)
    colab = re.findall(rf"https://colab\.research\.google\.com/github/{NAME}/blob/{at}/([^)]+)\)", section)
    assert sorted(map(unquote, binder)) == sorted(colab) == sorted(wanted)
    assert all((REPOSITORY / path).is_file() for path in wanted)


@pytest.mark.parametrize(
    ("changelog", "opened"),
    [
        ("# Changelog\n\n## [Unreleased]\n\nNothing yet.\n", "main"),
        ("## [Unreleased]\n\n## [0.2.0] - 2027-03-01\n\n## [0.1.0] - 2026-12-01\n", "v0.2.0"),
        ("## [0.1.0]\n\nThe first.\n", "v0.1.0"),
    ],
)
def test_links_and_colab_s_cell_open_the_newest_release(changelog, opened, tmp_path, monkeypatch):
    """A class that opens a lesson twice meets the same one, whatever has come to the branch between."""
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    monkeypatch.setattr(launch, "REPOSITORY", tmp_path)
    assert launch.binder_link(NAME, "a.ipynb") == f"https://mybinder.org/v2/gh/{NAME}/{opened}?labpath=a.ipynb"
    assert launch.colab_link(NAME, "a.ipynb").endswith(f"/{NAME}/blob/{opened}/a.ipynb")
    assert f"{NAME}@{opened}" in launch.colab_cell(NAME)


def test_there_are_no_links_without_an_address(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "REPOSITORY", tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert launch.repository_name() is None
    assert launch.launch_section("en", None) == ""


@pytest.mark.parametrize("address", ["https://example.org/a/b", "https://github.com/only", "http://github.com/a/b"])
def test_an_address_that_binder_and_colab_cannot_open_is_named(address, tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "REPOSITORY", tmp_path)
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{address}"\n[project]\nname = "x"\n')
    with pytest.raises(ValueError, match=re.escape(f"Received: '{address}'")):
        launch.repository_name()


def test_a_readme_without_the_marks_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "REPOSITORY", tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / "README.md").write_text("# No marks\n")
    with pytest.raises(ValueError, match=r"README\.md: expected the lines"):
        launch.readmes()


@pytest.mark.slow
def test_the_colab_cell_installs_the_course(tmp_path):
    """The very cell, but for where the repository lies, run by IPython as on Colab; then a lesson's first lines."""
    cell = launch.colab_cell(NAME)
    assert len(cell.splitlines()) == 3
    assert re.search(r'"keras[<>=,.\d]+"', cell)[0] in (REPOSITORY / "pyproject.toml").read_text("utf-8")
    cell = re.sub(r'git\+https://[^"]+', f"git+{REPOSITORY.as_uri()}", cell)
    colab = 'import types, sys\nsys.modules["google.colab"] = types.ModuleType("google.colab")\n'
    lines = 'import autograder\nprint(autograder.__file__)\nfrom autograder import start\nstart("0-start-here")\n'
    (tmp_path / "cell.ipy").write_text(f"{colab}{cell}\n{lines}")
    installed = tmp_path / "installed"
    installed.mkdir()  # Python does not look again into a folder that was not there when it started
    environment = os.environ | {
        "PIP_TARGET": str(installed),
        "PIP_NO_BUILD_ISOLATION": "false",  # pip reads this as "without isolation": hatchling comes from here
        "PYTHONPATH": str(installed),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    command = [sys.executable, "-m", "IPython", "--colors=NoColor", "cell.ipy"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(installed / "autograder") in done.stdout and "Ready: lesson 0-start-here" in done.stdout


def test_binder_has_the_packages_that_everything_is_tested_with():
    text = (REPOSITORY / "binder" / "environment.yml").read_text("utf-8")
    pins = [Requirement(line.strip('"')) for line in re.findall(r'^ +- ("?[\w.-]+==.+)$', text, re.MULTILINE)]
    here = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    assert len(here) > 50
    assert {str(pin) for pin in here if version(pin.name) not in pin.specifier} == set()


def test_binder_builds(tmp_path):
    """`postBuild` in a copy of the repository and an environment of its own, which sees this one's packages."""
    clone = copied_repository(tmp_path / "clone")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    (site / "packages.pth").write_text("\n".join(packages) + "\n")
    environment = os.environ | {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(["bash", "binder/postBuild"], cwd=clone, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    names = ("autograder", "coursekit", "curriculum")
    where = [python, "-c", f"import {', '.join(names)}; print({', '.join(f'{name}.__file__' for name in names)})"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert found.split() == [str(clone / name / "__init__.py") for name in names]
