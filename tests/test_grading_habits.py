"""For honest work the grade is what the notebook said: the habits of `tests/habits.py`, in a kernel and graded."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.grading.engine import Engine, Settings
from autograder.grading.lesson import Lesson
from curriculum.exercises import LESSONS, load
from curriculum.paths import REPOSITORY
from tests import habits, kernels
from tests.conftest import sampled

AT_A_TIME = 2
PARTS = 3


def in_kernel(trial, folder):
    """Points by exercise as the last of its checks printed them, all cells but experiments run in a Jupyter kernel."""
    notebook = nbformat.from_dict(json.loads(json.dumps(trial.book)))
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if trial.as_run:
        cells.sort(key=lambda cell: cell.get("run", notebook.cells.index(cell)))
    skipped = set(map("".join, habits.experiments(trial.lesson)))
    cells = [cell for cell in cells if "".join(cell.source) not in skipped or is_run(cell, trial)]
    sources = ["".join(cell.source) for cell in cells]
    running = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    folder.mkdir()
    client = NotebookClient(
        running,
        timeout=120,
        allow_errors=True,
        kernel_name=kernels.NAME,
        resources={"metadata": {"path": str(folder)}},
        # As JupyterLab does, tell the kernel which cell it runs.
        on_cell_execute=lambda cell, cell_index: setattr(client.kc.session, "metadata", {"cellId": cell.id}),
    )
    client.execute()
    printed = "\n".join(
        output.text for cell in running.cells for output in cell.outputs if output.output_type == "stream"
    )
    return {name: printed_points(name, printed) for name in LESSONS[trial.lesson]}


def is_run(cell, trial):
    """Whether an experiment is run all the same."""
    return bool(trial.experiment) and trial.experiment in "".join(cell.source)


def printed_points(exercise, printed):
    """What the last summary of an exercise says, in either language."""
    found = re.findall(rf"^[✓✗] {exercise}: (?:all |\S+점 만점에 )?(\d+(?:\.\d+)?)(?: |점)", printed, re.MULTILINE)
    return float(found[-1]) if found else 0.0


def in_engine(trial, engines):
    """Points by exercise that the engine gives."""
    run = engines[trial.lesson].run(json.dumps(trial.book).encode())
    return {check.exercise: float(check.points) for check in run.outcome.checks.values()}


def differing(trial, folder, engines):
    """Habits whose grade is not what the notebook said, or that do not cost what they are said to."""
    notebook, grade = in_kernel(trial, folder), in_engine(trial, engines)
    found = []
    for exercise, name in trial.habits.items():
        if notebook[exercise] != grade[exercise]:
            found.append(
                f"{name} ({exercise}): {notebook[exercise]:g} in the notebook, {grade[exercise]:g} in the grade"
            )
    costs = {name for exercise, name in trial.habits.items() if notebook[exercise] < load(exercise).total}
    known = {name for name in set(trial.habits.values()) if habits.costs(name)}
    return found + [f"{name}: all points expected in the notebook: {name not in known}" for name in costs ^ known]


@pytest.mark.slow
@pytest.mark.parametrize("part", sampled(range(PARTS), in_ci=[0]))
def test_the_grade_is_what_the_notebook_said(part, tmp_path, monkeypatch):
    """Some 230 habits in some 90 notebooks, in parts of one minute of processor time."""
    trials = list(habits.trials())[part::PARTS]
    assert len(trials) > 20
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("SHELL", "/bin/bash")  # JupyterLab's students have one; a machine that only runs tests need not
    with kernels.forked_kernels(tmp_path), ExitStack() as stack:
        engines = {lesson: Engine(Lesson(lesson), Settings(jobs=1)) for lesson in habits.MASTERS}
        for engine in engines.values():
            stack.callback(engine.close)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            folders = [tmp_path / str(number) for number in range(len(trials))]
            found = list(pool.map(differing, trials, folders, [engines] * len(trials)))
    assert sum(map(len, found)) == 0, "\n".join(line for lines in found for line in lines)
