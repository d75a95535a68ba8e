"""For honest work the grade is what the notebook said: every habit of `tests/habits.py`, in a kernel and in the engine."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.exercises import LESSONS, load
from autograder.grading import carrier
from autograder.grading.engine import Engine, Lesson, Settings
from tests import habits, kernels

KERNELS = 2


def in_kernel(trial, folder):
    """Points by exercise as the last of its checks printed them, all cells but experiments run in a Jupyter kernel."""
    notebook = nbformat.from_dict(json.loads(json.dumps(trial.book)))
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if trial.as_run:
        cells.sort(key=lambda cell: cell.run)
    if not trial.experiments:
        handed_out = habits.opened(trial.lesson)["cells"]
        skipped = {cell["source"] for cell in handed_out if "experiment" in cell["metadata"].get("tags", [])}
        cells = [cell for cell in cells if "".join(cell.source) not in skipped]
    sources = ["".join(cell.source) for cell in cells]
    running = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    folder.mkdir()
    client = NotebookClient(
        running,
        timeout=120,
        allow_errors=True,
        kernel_name=kernels.NAME,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    printed = "\n".join(
        output.text for cell in running.cells for output in cell.outputs if output.output_type == "stream"
    )
    return {name: printed_points(name, printed) for name in LESSONS[trial.lesson]}


def printed_points(exercise, printed):
    """What the last summary of an exercise says."""
    found = re.findall(rf"^[✓✗] {exercise}: (?:all )?(\d+(?:\.\d+)?) ", printed, re.MULTILINE)
    return float(found[-1]) if found else 0.0


def in_engine(trial, engines):
    """Points by exercise that the engine gives."""
    run = engines[trial.lesson].run(carrier.parse(json.dumps(trial.book).encode()))
    return {check.exercise: float(check.points) for check in run.outcome.checks.values()}
