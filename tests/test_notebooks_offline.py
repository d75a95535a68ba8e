"""A clone without a network: its lessons run top to bottom on the drawn stand-in and the weights that it has."""

import re
import subprocess
import sys

import nbformat
import pytest

from autograder.grading.demo import answer_names, answer_source
from autograder.grading.sandbox import bubblewrap
from autograder.lessons.cells import EXPERIMENT_TAG
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import as_text, instructor_notebook
from curriculum.exercises import LESSONS
from tests.conftest import copied_repository, needs_sandbox, readers_environment

EARLIER, LATER = list(LESSONS)[:5], list(LESSONS)[5:]
# How much is trained and tested, and the most of each: 130 images are a whole batch and the beginning of another.
BUDGET = re.compile(r"""(images=|"scenes": |\[: ?|epochs=|"epochs": |seeds=|"seeds": )(\d[\d_]*)""")
TESTED_ON_ALL = re.compile(r"(Budget\([^()]*seeds=\d+)\)")  # as Budget's default is
MOST = {"epochs": 2, "seeds": 2}
IMAGES = 130


def train_briefly(notebook):
    """Let experiments train and test on two batches, for two epochs: every line runs, and nothing here asks what was
    learnt.

    Returns: how many of the numbers in a budget are smaller now.
    """
    changed = 0

    def smaller(budget):
        nonlocal changed
        most = MOST.get(budget[1].strip('"=: '), IMAGES)
        changed += int(budget[2]) > most
        return budget[1] + (str(most) if int(budget[2]) > most else budget[2])

    for cell in notebook.cells:
        if EXPERIMENT_TAG in cell.metadata.get("tags", ()):
            cell.source = BUDGET.sub(smaller, TESTED_ON_ALL.sub(rf"\1, test_images={IMAGES})", cell.source))
    return changed


def answer_otherwise(notebook, lesson):
    """Put the last right answer of each exercise's bank in the reference's place: experiments and demos run with any.

    Returns: how many exercises are answered otherwise now.
    """
    changed = 0
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in LESSONS[lesson] and (others := answer_names(name)):
            cell.source = answer_source(name, others[-1])
            changed += 1
    return changed


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copied_repository(tmp_path_factory.mktemp("clone") / "clone")


@pytest.mark.slow
@needs_sandbox
@pytest.mark.parametrize("lesson", EARLIER)
def test_a_clone_without_network_runs_everything(lesson, clone, tmp_path, monkeypatch):
    """The Korean notebooks, on the drawn stand-in and the weights of the clone. Every figure has its words."""
    master = read_master(lesson)
    notebook = clone / "solutions" / "ko" / lesson / f"{master.notebook}.ipynb"
    notebook.parent.mkdir(parents=True)
    content = instructor_notebook(master, "ko")
    assert bool(train_briefly(content)) == (lesson != "0-start-here")
    assert answer_otherwise(content, lesson) == len(LESSONS[lesson])
    notebook.write_text(as_text(content), "utf-8")
    for name in ("FASHION_MNIST_DIR", "KERAS_HOME", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)
    environment = readers_environment({"PYTHONPATH": str(clone), "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path)})
    program, *_ = bubblewrap()
    without_network = [program, "--dev-bind", "/", "/", "--unshare-net", sys.executable]
    run = ["-m", "nbconvert", "--execute", "--ExecutePreprocessor.timeout=600", "--to=notebook", "--inplace"]
    command = [*without_network, *run, notebook.name]
    done = subprocess.run(command, cwd=notebook.parent, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    outputs = [output for cell in nbformat.read(notebook, 4).cells for output in cell.get("outputs", [])]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert not [output for output in outputs if "image/png" in output.get("data", {})]
    said = "".join(output.text for output in outputs if output.get("name") == "stdout")
    assert ("FASHION-MNIST가 아닙니다" in said) == ("load_fashion_mnist()" in notebook.read_text("utf-8"))
