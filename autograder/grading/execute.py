"""Running a submission to measure its answers; the judging is done here, outside the student's process."""

import os
import secrets
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute

from autograder.authoring.build import expected_of
from autograder.authoring.master import read_master
from autograder.authoring.notebooks import EXPERIMENT_TAG, instructor_notebook
from autograder.checking.challenge import Challenge
from autograder.checking.expected import Expected
from autograder.checking.explain import explanation, summary
from autograder.checking.judge import Finding, Verdict, judge
from autograder.checking.measurement import Measurement
from autograder.checking.notebook import FOLDER_VARIABLE, SEED_VARIABLE
from autograder.exercises import load
from autograder.messages import LANGUAGES, say
from autograder.quiet import import_tensorflow

CHECK_PREFIX = "check_"
PAGE_WIDTH = 90  # characters that nbgrader's feedback page shows without scrolling
LARGEST_MEASUREMENT = 64 * 2**20  # bytes; the largest honest one has less than one hundredth

# Drawn once for the process that grades, so that every submission of a run meets the same challenge, and no later one.
_run = Challenge(secrets.randbits(63))


@cache
def _expected(exercise: str) -> Expected:
    import_tensorflow()
    return expected_of(load(exercise), _run)


class MeasureAnswers(Execute):
    """Executes a submission like nbgrader's Execute, and turns each check into a verdict.

    In the kernel, `check` only measures and leaves plain data in a folder. Verdicts go to `resources["verdicts"]`, by
    grade id. What a cell prints or raises decides nothing: no measurement is no points.
    """

    def preprocess(self, nb: Any, resources: dict, km: Any = None) -> tuple[Any, dict]:
        """Run the notebook and judge its checks."""
        lesson = resources["nbgrader"]["assignment"]
        self.language = nb.metadata.get("course", {}).get("language")
        if self.language not in LANGUAGES:
            self.language = LANGUAGES[0]
        self.skipped = _experiments(lesson)
        resources["verdicts"] = self.verdicts = {}
        with tempfile.TemporaryDirectory() as folder:
            self.measurements = Path(folder)
            with _environment(self.language, folder):
                try:
                    nb, resources = super().preprocess(nb, resources, km)
                except DeadKernelError:
                    self.log.warning("The kernel died; the checks after that have no result.")
        for cell in nb.cells:
            self._judge_if_unjudged(cell)
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: dict, index: int) -> tuple[Any, dict]:
        """Run one cell, except experiments; after a check, judge what it measured."""
        if cell.get("id") in self.skipped:
            return cell, resources
        cell.metadata.pop("tags", None)  # nbclient would skip a cell that a student tagged so
        exercise = _checked_exercise(cell)
        if exercise:
            self._file(exercise).unlink(missing_ok=True)  # only this cell's own call of check counts
        cell, resources = super().preprocess_cell(cell, resources, index)
        if exercise:
            self._record(cell, self._judge(exercise))
        return cell, resources

    def _file(self, exercise: str) -> Path:
        return self.measurements / f"{exercise}.npz"

    def _judge(self, exercise: str) -> Verdict:
        try:
            path = self._file(exercise)
            if path.stat().st_size > LARGEST_MEASUREMENT:
                raise ValueError("too large")
            measured = Measurement.unpack(path.read_bytes())
            return judge(load(exercise), measured, _expected(exercise))
        except (OSError, ValueError):
            return _no_result(exercise)

    def _judge_if_unjudged(self, cell: Any) -> None:
        exercise = _checked_exercise(cell)
        if exercise and cell.metadata.nbgrader["grade_id"] not in self.verdicts:
            self._record(cell, _no_result(exercise))

    def _record(self, cell: Any, verdict: Verdict) -> None:
        """Keep the verdict, and show it in the cell in the student's language."""
        self.verdicts[cell.metadata.nbgrader["grade_id"]] = verdict
        errors = [output for output in cell.outputs if output.output_type == "error"]
        lines = [summary(verdict, self.language), *explanation(verdict, self.language, show_values=False)]
        if errors and verdict.finding and verdict.finding.key == "problem.no_result":
            lines.append(say("check.raised", self.language, error=errors[0].ename, text=errors[0].evalue[:160]))
        wrapped = [textwrap.fill(line, PAGE_WIDTH, subsequent_indent="    ") for line in lines]
        cell.outputs = [new_output("stream", name="stdout", text="\n".join(wrapped) + "\n")]


def _checked_exercise(cell: Any) -> str:
    """The exercise that a check cell checks, or nothing if it is another cell."""
    data = cell.metadata.get("nbgrader", {})
    if not data.get("grade") or not data["grade_id"].startswith(CHECK_PREFIX):
        return ""
    return data["grade_id"].removeprefix(CHECK_PREFIX)


def _no_result(exercise: str) -> Verdict:
    asked = load(exercise)
    return Verdict(asked, dict.fromkeys(asked.points, False), Finding("problem.no_result", {}, asked.cases[0]))


@cache
def _experiments(lesson: str) -> frozenset[str]:
    """The ids of the lesson's experiments, as the instructor wrote it; tags in a submission count for nothing."""
    notebook = instructor_notebook(read_master(lesson), LANGUAGES[0])
    return frozenset(cell.id for cell in notebook.cells if EXPERIMENT_TAG in cell.metadata.get("tags", []))


@contextmanager
def _environment(language: str, folder: str) -> Iterator[None]:
    """What the kernel inherits: the student's language, the challenge's seed, where measurements go."""
    values = {
        "COURSE_LANGUAGE": language,
        "COURSE_PROGRESS": str(Path(folder, "progress.json")),
        SEED_VARIABLE: str(_run.seed),
        FOLDER_VARIABLE: folder,
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
