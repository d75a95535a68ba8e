"""Lessons' notebooks with what their cells gave, in every language, kept in build/ from one time to the next.

Training and figures take a minute a lesson. So outputs are kept with a digest of the code cells and of everything that
they can reach; prose can change without running anything.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from autograder.authoring.environment import pins
from autograder.checking.progress import record_check
from autograder.lessons.master import read_master
from autograder.lessons.notebooks import instructor_notebook
from curriculum.exercises import LESSONS, load
from curriculum.messages import sentence
from curriculum.paths import REPOSITORY

KEPT = REPOSITORY / "build" / "executed"
# What a lesson's cells can reach: code, sentences, reference outputs, results, trained networks.
REACHED = ("autograder/__init__.py", "autograder/checking/*.py", "coursekit/**/*.py", "curriculum/**/*.py", "data/**/*")
# Sentences that no notebook says.
FOR_OTHERS = {f"{name}.toml" for name in ("exchange", "grading", "handouts", "lessons", "links", "site", "start_page")}
LIMIT = 1_800  # seconds for one cell, on a machine that has other things to do


class ExecutionError(Exception):
    """A lesson does not run, or has run on images that are not Fashion-MNIST."""


def executed_notebook(lesson: str, language: str) -> NotebookNode:
    """The lesson with solutions, as the master has it now, and with the outputs of its cells.

    Raises: ExecutionError if a cell stops with an error, or Fashion-MNIST could not be had.
    """
    notebook = instructor_notebook(read_master(lesson), language)
    path = KEPT / language / f"{lesson}.ipynb"
    digest = _digest(notebook, language)
    ran = nbformat.read(path, as_version=4) if path.exists() else None
    if ran is None or ran.metadata.get("digest") != digest:
        ran = _run(notebook, lesson, language)
        ran.metadata["digest"] = digest
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(ran, path)
    outputs = {cell.id: cell.outputs for cell in ran.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs[cell.id]
    return notebook


def _run(notebook: NotebookNode, lesson: str, language: str) -> NotebookNode:
    """A copy of the notebook that has run from top to bottom, in a folder and with a progress file of its own."""
    ran: NotebookNode = nbformat.from_dict(notebook)
    with _surroundings(lesson, language) as folder:
        client = NotebookClient(ran, timeout=LIMIT, resources={"metadata": {"path": str(folder)}})
        client.store_widget_state = False
        try:
            client.execute()
        except CellExecutionError as error:
            raise ExecutionError(f"{lesson}, in {language!r}, does not run:\n{error}") from None
    printed = [output for cell in ran.cells for output in cell.get("outputs", ()) if output.output_type == "stream"]
    if any(_stand_in(language) in output.text for output in printed):
        raise ExecutionError(
            f"{lesson} has run without Fashion-MNIST, and its figures would show other images. Download it, or let "
            "FASHION_MNIST_DIR name the folder of its four files."
        )
    for output in printed:
        output.text = _anywhere(output.text, folder)
    return ran


def _stand_in(language: str) -> str:
    """How the sentence begins that stands where the images could not be had."""
    return (sentence("data.stand_in", language) or "").split("\n")[1]


def _anywhere(text: str, folder: Path) -> str:
    """What a notebook printed that ran in a folder, as it would be in a clone: without the folders of this machine."""
    images = os.environ.get("FASHION_MNIST_DIR")
    for path, name in ((str(folder), "course"), (images, "data/fashion-mnist"), (str(Path.home()), "~")):
        text = text.replace(path, name) if path else text
    return text


@contextmanager
def _surroundings(lesson: str, language: str) -> Iterator[Path]:
    """A folder to run in; for the time, the reader's language, and the progress of who begins this lesson.

    Who begins a later one has had a right answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "COURSE_LANGUAGE": language,
            "COURSE_PROGRESS": str(Path(folder, "progress.json")),
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        }
        first, *later = LESSONS
        with patch.dict(os.environ, settings):
            for exercise in LESSONS[first] if lesson in later else ():
                record_check(exercise, load(exercise).total)
            yield Path(folder)


def _digest(notebook: NotebookNode, language: str) -> str:
    code = [f"{cell.id}\n{cell.source}" for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join([reached(language), *code]).encode()).hexdigest()


@cache
def reached(language: str) -> str:
    """A digest of all that a lesson's cells, and the demos in them, can reach in one language."""
    digest = hashlib.sha256("\n".join(pins()).encode())
    sentences = f"curriculum/messages/{language}/*.toml"
    for path in sorted(path for pattern in (*REACHED, sentences) for path in REPOSITORY.glob(pattern)):
        if path.is_file() and path.name not in FOR_OTHERS and "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(REPOSITORY)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
