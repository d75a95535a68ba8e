"""Which cells of a rebuilt notebook are run, and which answers are measured, in order.

All cells run but experiments. Of those only what the student's cells use: imports, functions, classes and constants.
"""

import ast
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.grading.code import defined, definitions, parsed, used
from autograder.lessons.cells import EXPERIMENT_TAG

CHECK_PREFIX = "check_"


@dataclass(frozen=True)
class Step:
    """A cell to run, or, with `exercise`, an answer to measure."""

    id: str
    source: str = ""
    exercise: str = ""


def checked_exercise(cell: NotebookNode) -> str:
    """The exercise that a check cell checks, or nothing if it is another cell."""
    data = cell.metadata.get("nbgrader", {})
    if not data.get("grade") or not data["grade_id"].startswith(CHECK_PREFIX):
        return ""
    grade_id: str = data["grade_id"]
    return grade_id.removeprefix(CHECK_PREFIX).removesuffix("_2")


def steps(notebook: NotebookNode, *, experiments: bool = False) -> list[Step]:
    """The steps of a rebuilt notebook. With `experiments`, those are run, too."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    skipped = [] if experiments else [cell for cell in cells if EXPERIMENT_TAG in cell.metadata.get("tags", [])]
    there = {name for cell in cells if cell not in skipped for name in defined(cell.source)}
    planned: list[Step] = []
    wanted: set[str] = set()
    for cell in reversed(cells):
        source = definitions(cell.source, wanted - there) if cell in skipped else cell.source
        if exercise := checked_exercise(cell):
            planned.append(Step(cell.id, exercise=exercise))
        elif source or cell not in skipped:
            planned.append(Step(cell.id, source))
            wanted |= used(source)
    return planned[::-1]


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
