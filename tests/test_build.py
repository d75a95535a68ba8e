"""What is generated: same input, same bytes; nothing stale; no answers where students look."""

import ast
import json
import re
import shutil
from importlib.metadata import requires
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.authoring import build as building
from autograder.authoring.environment import environment_yml, needed, pins
from autograder.lessons.files import write_instructor_notebooks
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import as_text, instructor_notebook, student_notebook
from curriculum.exercises import LESSONS, load
from curriculum.messages import LANGUAGES
from curriculum.paths import REPOSITORY
from tests.conftest import run_nbgrader

EVERY_NOTEBOOK = [(lesson, language) for lesson in LESSONS for language in LANGUAGES]


def notebooks(lesson: str, language: str):
    instructor = instructor_notebook(read_master(lesson), language)
    return instructor, student_notebook(instructor)


@pytest.mark.parametrize(("lesson", "language"), EVERY_NOTEBOOK)
def test_notebooks_are_valid_and_committed_as_built(lesson, language):
    instructor, student = notebooks(lesson, language)
    nbformat.validate(instructor)
    nbformat.validate(student)
    path = REPOSITORY / "course" / language / lesson / f"{read_master(lesson).notebook}.ipynb"
    assert path.read_text("utf-8") == as_text(student)
    assert as_text(notebooks(lesson, language)[1]) == as_text(student)


@pytest.mark.parametrize(("lesson", "language"), EVERY_NOTEBOOK)
def test_students_get_no_solution_and_no_output(lesson, language):
    instructor, student = notebooks(lesson, language)
    assert "BEGIN SOLUTION" not in as_text(student) and "END SOLUTION" not in as_text(student)
    for before, after in zip(instructor.cells, student.cells, strict=True):
        data = after.metadata.get("nbgrader", {})
        if data.get("solution") and after.cell_type == "markdown":
            assert before.source not in after.source and data["points"] == 0
        elif data.get("solution"):
            assert f'your_turn("{data["grade_id"]}")' in after.source
            secret = before.source.split("### BEGIN SOLUTION\n")[1].split("\n    ### END")[0]
            assert secret not in after.source
        if after.cell_type == "code":
            assert after.outputs == [] and after.execution_count is None


def without_texts(source: str) -> str:
    """A cell's code without comments, docstrings and whatever is written in its strings, in no order."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            values = (part.value for part in node.values if isinstance(part, ast.FormattedValue))
            node.values = sorted((part for part in values if not isinstance(part, ast.Constant)), key=ast.unparse)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("lesson", LESSONS)
def test_both_languages_share_checks_ids_and_logic(lesson):
    (english, english_student), (korean, korean_student) = (notebooks(lesson, language) for language in LANGUAGES)
    assert [cell.id for cell in english.cells] == [cell.id for cell in korean.cells]
    for one, other in zip(
        [*english.cells, *english_student.cells], [*korean.cells, *korean_student.cells], strict=True
    ):
        data, of_other = one.metadata.get("nbgrader", {}), other.metadata.get("nbgrader", {})
        assert data | {"checksum": ""} == of_other | {"checksum": ""}
        assert one.metadata.get("tags") == other.metadata.get("tags")
        if data.get("grade") and one.cell_type == "code":
            assert one.source == other.source
        elif one.cell_type == "markdown":
            assert re.search("[가-힣]", other.source) and one.source != other.source
        else:
            begun = one.source.replace(f'start("{lesson}")', f'start("{lesson}", "ko")')
            assert without_texts(begun) == without_texts(other.source)
            assert not re.search("[가-힣]", one.source)


@pytest.mark.parametrize("lesson", LESSONS)
def test_points_of_the_notebook_are_those_of_the_exercises(lesson):
    _, student = notebooks(lesson, "en")
    points = sum(
        cell.metadata.nbgrader.points for cell in student.cells if cell.metadata.get("nbgrader", {}).get("grade")
    )
    assert points == sum(load(name).total for name in LESSONS[lesson])


@pytest.mark.parametrize(("lesson", "language"), EVERY_NOTEBOOK)
def test_prose_is_there_to_be_read(lesson, language):
    """1,200 to 2,500 English words a lesson, the first one shorter; Korean counts by its own words, which are fewer."""
    prose = " ".join(cell.source for cell in notebooks(lesson, language)[1].cells if cell.cell_type == "markdown")
    least = 350 if lesson == "0-start-here" else 1000 if language == "en" else 700
    assert least <= len(prose.split()) <= 3200
    assert "<details>" in prose


def test_a_stale_file_is_found_and_mended(tmp_path, monkeypatch):
    """A notebook changed by hand is out of date; building brings back the same bytes."""
    path = REPOSITORY / "course" / "ko" / "0-start-here" / "start_here.ipynb"
    text = path.read_text("utf-8")
    assert not building._is_stale(path, text, check=True)
    assert building._is_stale(path, text.replace("double", "treble"), check=True)


def test_expected_outputs_are_compared_within_their_tolerance(tensorflow, tmp_path):
    _, arrays = building.expected_of(load("double"), building.Challenge()).files()
    path = tmp_path / "double.npz"
    path.write_bytes(building._npz(arrays))
    assert path.read_bytes() == building._npz(arrays)
    name = next(iter(arrays))
    assert building._close(path, arrays | {name: arrays[name] * (1 + 1e-6)})
    assert not building._close(path, arrays | {name: arrays[name] * 1.01})
    assert not building._close(path, {})


def test_environments_are_equal_and_pinned():
    root, binder = (REPOSITORY / folder / "environment.yml" for folder in (".", "binder"))
    assert root.read_bytes() == binder.read_bytes() == environment_yml().encode()
    lock, hub = ((REPOSITORY / folder / "requirements.lock").read_text("utf-8") for folder in (".", "tests/hub"))
    assert lock.count("--hash=sha256:") > lock.count("==") > 100
    assert "jupyterhub==" in hub and not set(re.findall(r"(?m)^\S+==", hub)) & set(re.findall(r"(?m)^\S+==", lock))
    assert not re.search(r"https?://|--index|--extra-index|file:", lock + hub)
    assert '"resolved"' not in (REPOSITORY / "tests" / "hub" / "package-lock.json").read_text("utf-8")
    for pin in ("tensorflow-cpu==", "tensorflow==", "keras==", "nbgrader==", "jupyterlab==", "hatchling=="):
        assert pin in environment_yml()
    assert "psycopg[binary]==" in lock
    for name in ("keras", "numpy"):  # what was measured under one Python has to hold under all
        assert len([pin for pin in pins() if pin.startswith(f"{name}==")]) == 1


def test_an_environment_has_what_its_packages_need_and_no_tools_of_maintainers():
    """In requirements.lock stands what each package is there for; here it is compared with what the packages say."""
    wanted = [Requirement(pin) for pin in needed()]
    names = {canonicalize_name(each.name) for each in wanted}
    assert not names & {"pytest", "playwright", "mypy", "uv", "dask", "distributed", "bokeh", "canvasapi", "psycopg"}
    for each in wanted:
        if each.marker is None or each.marker.evaluate():
            extras = [{"extra": extra} for extra in ("", *each.extras)]
            for other in map(Requirement, requires(each.name) or []):
                if other.marker is None or any(map(other.marker.evaluate, extras)):
                    assert canonicalize_name(other.name) in names, f"{each.name} needs {other}"


def test_sources_are_renewed_by_somebody_who_does_not_own_them(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(shutil, "copymode", refuse)
    for _ in range(2):
        write_instructor_notebooks(["1-autoencoder"], tmp_path)
    assert list(tmp_path.glob("*/*.png"))


def test_generate_assignment_gives_the_same_bytes(tmp_path):
    """nbgrader's own command, with our configuration, releases what `make build` commits."""
    write_instructor_notebooks()
    (tmp_path / "nbgrader_config.py").write_text(
        "from autograder.grading.config import configure\n"
        "c = get_config()\nconfigure(c)\n"
        f"c.CourseDirectory.source_directory = {str(REPOSITORY / 'solutions' / 'en')!r}\n"
        "c.CourseDirectory.release_directory = 'released'\n",
        "utf-8",
    )
    done = run_nbgrader(tmp_path, "generate_assignment", "3-channel-attention")
    assert done.returncode == 0, done.stderr
    made, committed = (
        {path.name: path.read_bytes() for path in (folder / "3-channel-attention").iterdir() if path.is_file()}
        for folder in (tmp_path / "released", REPOSITORY / "course" / "en")
    )
    korean = instructor_notebook(read_master("3-channel-attention"), "ko", one_folder=True)
    # the pictures, too: releasing empties the folder before it fills it
    assert made == committed | {"channel_attention_ko.ipynb": as_text(student_notebook(korean)).encode()}
    assert "channel_attention.ipynb" in made and len(made) > 1


EXPERIMENTS = sorted(path for path in (REPOSITORY / "data" / "results").glob("*.json") if path.stem != "costs")


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_results_say_where_they_come_from(path: Path):
    """Every shipped result names its command, its budget and the dataset, and has several seeds of each network.

    One that is unfinished has a page that says so.
    """
    results = json.loads(path.read_text("utf-8"))
    assert results["data"] == "Fashion-MNIST"
    assert (REPOSITORY / results["command"].split()[1]).exists()
    seeds: dict[str, set[int]] = {}
    for run in results["runs"]:
        seeds.setdefault(run["name"], set()).add(run["seed"])
    assert results["budget"]["seeds"] >= 3
    complete = all(found == set(range(results["budget"]["seeds"])) for found in seeds.values())
    assert complete or "**Unfinished" in (REPOSITORY / "experiments" / f"{path.stem}.md").read_text("utf-8")


def test_expected_facts_do_not_depend_on_what_was_built_before():
    """Keras numbers unnamed layers as it goes along; such a number in a file would change from build to build."""
    numbered = re.compile(r"(input_layer|keras_tensor|as_tensor|functional|dense|conv1d|conv2d)_\d\d")
    for path in sorted((REPOSITORY / "data" / "expected").glob("*.json")):
        assert not numbered.search(path.read_text("utf-8")), path
