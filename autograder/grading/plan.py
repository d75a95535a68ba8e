"""Which cells of a rebuilt notebook are run, and which answers are measured, in order.

All cells run but experiments. Of those only what the student's cells use: imports, functions, classes and constants,
and what answers use, however it was made.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.grading.code import asked_for, defined, definitions, free, parsed, used
from autograder.lessons.cells import EXPERIMENT_TAG, EXPLAIN_PREFIX

CHECK_PREFIX = "check_"
OWN_PREFIX = "extra-"  # begins the id of every cell of the student's own


@dataclass(frozen=True)
class Step:
    """A cell to run, or, with `exercise`, an answer to measure.

    `shortened` is what is run of a cell of the student's that takes too long: its imports, functions, classes and
    constants. None for cells of the instructor's.
    """

    id: str
    source: str = ""
    exercise: str = ""
    shortened: str | None = None


def checked_exercise(cell: NotebookNode) -> str:
    """The exercise that a check cell checks, or nothing if it is another cell."""
    data = cell.metadata.get("nbgrader", {})
    if not data.get("grade") or not data["grade_id"].startswith(CHECK_PREFIX):
        return ""
    grade_id: str = data["grade_id"]
    return grade_id.removeprefix(CHECK_PREFIX).removesuffix("_2")


def steps(notebook: NotebookNode, *, experiments: bool = False, put_back: Collection[str] = frozenset()) -> list[Step]:
    """The steps of a rebuilt notebook. With `experiments`, those are run, too.

    Cells of exercises that were not in the submission and were `put_back` do not run: a stub would take the place of an
    answer that can be run and not be found by reading, one that is imported from a file of the student's say.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id not in put_back]
    skipped = [] if experiments else [cell for cell in cells if EXPERIMENT_TAG in cell.metadata.get("tags", [])]
    run = [cell.source for cell in cells if cell not in skipped]
    there = {name for source in run for name in defined(source)}
    planned: list[Step] = []
    wanted: set[str] = set()
    asked = asked_for((cell.source for cell in cells if is_answer(cell)), run)
    for cell in reversed(cells):
        source = cell.source
        if cell in skipped:
            asked |= free(definitions(cell.source, set(), asked - there))
            source = definitions(cell.source, wanted - there, asked - there)
        if exercise := checked_exercise(cell):
            planned.append(Step(cell.id, exercise=exercise))
        elif source or cell not in skipped:
            students = is_answer(cell) or cell.id.startswith(OWN_PREFIX)
            planned.append(Step(cell.id, source, shortened=definitions(source, defined(source)) if students else None))
            wanted |= used(source)
    return planned[::-1]


def is_answer(cell: NotebookNode) -> bool:
    """Whether a cell of a rebuilt notebook is an exercise's."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution")) and not is_explanation(cell)


def is_explanation(cell: NotebookNode) -> bool:
    """Whether a cell takes a sentence that a person reads."""
    return is_explanation_id(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_explanation_id(grade_id: str) -> bool:
    """Whether a grade is for a sentence, and not for a check."""
    return grade_id.startswith(EXPLAIN_PREFIX)


def imported(notebook: NotebookNode) -> list[str]:
    """The modules that a lesson's cells import: the fork server has them ready."""
    modules = set()
    for cell in notebook.cells:
        tree = parsed(cell.source) if cell.cell_type == "code" else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
    return sorted(modules)
