"""From a master to the instructor's and the student's notebook, in each language, with nbgrader's own converters."""

from collections.abc import Callable
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ComputeChecksums, LockCells
from nbgrader.preprocessors import ClearSolutions as NbgraderClearSolutions

from autograder.lessons.cells import EXPERIMENT_TAG
from autograder.lessons.effort import MINUTES, heading, lesson_minutes
from autograder.lessons.links import ALL_LESSONS, WHERE_NEXT, all_lessons, where_next
from autograder.lessons.master import Cell, Master
from autograder.lessons.reference import given_source
from autograder.lessons.translation import ORIGINAL
from curriculum.messages import say

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class ClearSolutions(NbgraderClearSolutions):
    """nbgrader's ClearSolutions with a stub that names the exercise, in the notebook's language."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Replace the solution regions of a notebook; one that is not the course's is taken for English."""
        language = nb.metadata.get("course", {}).get("language", ORIGINAL)
        self._comment = say("start.your_code", language)
        self.text_stub = say("start.your_answer", language)
        cleared: tuple[Any, dict[str, Any]] = super().preprocess(nb, resources)
        return cleared

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace the solution region by `your_turn("<exercise>")`."""
        exercise = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        self.code_stub = {"python": f'# {self._comment}\nyour_turn("{exercise}")'}
        cleared: tuple[NotebookNode, dict[str, Any]] = super().preprocess_cell(cell, resources, cell_index)
        return cleared


# grading/config.py hands these to nbgrader too, so `nbgrader generate_assignment` gives the same bytes.
RELEASE = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums, CheckCellMetadata)


def instructor_notebook(master: Master, language: str, *, one_folder: bool = False) -> NotebookNode:
    """The notebook with solutions: nbgrader's source version.

    Above each exercise a cell says how hard it is; the last cell has links to other lessons. With `one_folder` they
    lead to notebooks that lie in one folder in all languages.
    """
    cells = [cell for cell in master.cells if cell.lang in ("", language)]
    course = {
        "lesson": master.lesson,
        "language": language,
        "generated_from": f"solutions/lessons/{master.path.name}",
        # The exercises' and checks' cells in their order: grading tells from it what a notebook was handed out with.
        "handed_out": [cell.id for cell in cells if cell.solution or cell.check],
    }
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}, "course": course}
    made: list[NotebookNode] = []
    for cell in cells:
        if cell.solution:
            made.append(new_markdown_cell(heading(cell.solution, language), id=f"about_{cell.solution}"))
        made += _explanation(cell, language) if cell.explain else [_cell(cell, language, one_folder)]
        if cell.kind == "markdown":
            made[-1].source = made[-1].source.replace(MINUTES, str(lesson_minutes(master.lesson)))
    made.append(new_markdown_cell(where_next(master.lesson, language, one_folder=one_folder), id=WHERE_NEXT))
    notebook: NotebookNode = new_notebook(cells=made, metadata=metadata)
    return notebook


def student_notebook(instructor: NotebookNode) -> NotebookNode:
    """The notebook without solutions: nbgrader's release version."""
    notebook: NotebookNode = nbformat.from_dict(instructor)
    resources: dict[str, Any] = {}
    for converter in RELEASE:
        notebook, resources = converter().preprocess(notebook, resources)
    return notebook


def as_text(notebook: NotebookNode) -> str:
    """The notebook as nbgrader writes it."""
    text: str = nbformat.writes(notebook)
    return text + "\n"


def _cell(cell: Cell, language: str, one_folder: bool) -> NotebookNode:
    new: Callable[..., NotebookNode] = new_markdown_cell if cell.kind == "markdown" else new_code_cell
    return new(_source(cell, language, one_folder), id=cell.id, metadata=_metadata(cell))


def _source(cell: Cell, language: str, one_folder: bool) -> str:
    if cell.kind == "markdown":
        if ALL_LESSONS in cell.source:
            return cell.source.replace(ALL_LESSONS, all_lessons(language, one_folder=one_folder))
        return cell.source
    return given_source(cell, language) if cell.given else cell.in_language(language)


def _explanation(cell: Cell, language: str) -> list[NotebookNode]:
    """What is asked, the cell that takes the answer, and, folded away, a sentence to compare with.

    The cell is one that nbgrader has graded by a person. It has no points, so that the lesson's total needs nobody's
    reading; a person gives extra credit.
    """
    asks, answer = cell.explained("asks"), cell.explained("answer")
    metadata = _nbgrader(cell.id, grade=True, solution=True)
    metadata["nbgrader"]["points"] = 0
    metadata["asks"] = asks  # for the student's page
    compared = f"<details><summary>{say('start.compare', language)}</summary>\n\n{answer}\n\n</details>"
    return [
        new_markdown_cell(say("start.explain", language, asks=asks), id=f"asks_{cell.explain}"),
        new_markdown_cell(answer, id=cell.id, metadata=metadata),
        new_markdown_cell(compared, id=f"compare_{cell.explain}"),
    ]


def _metadata(cell: Cell) -> dict[str, Any]:
    if cell.solution:
        return _nbgrader(cell.id, solution=True)
    if cell.check:
        metadata = _nbgrader(cell.id, grade=True, locked=True)
        metadata["nbgrader"]["points"] = cell.points
        return metadata
    if cell.given:
        return _nbgrader(cell.id, locked=True)
    return {"tags": [EXPERIMENT_TAG]} if cell.experiment else {}


def _nbgrader(grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False) -> dict[str, Any]:
    return {
        "nbgrader": {
            "schema_version": 3,
            "grade_id": grade_id,
            "grade": grade,
            "solution": solution,
            "locked": locked,
            "task": False,
        }
    }
