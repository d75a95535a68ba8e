"""Which cells of a rebuilt notebook are run, and which answers are measured, in order.

The student's cells all run. Experiments never do, and of the instructor's other cells only those that give a value to a
name that a later cell uses.
"""

import ast
from dataclasses import dataclass
from typing import Any

from autograder.authoring.tags import EXPERIMENT_TAG
from autograder.grading.answers import parsed

CHECK_PREFIX = "check_"
# Code that uses these may use any name.
DYNAMIC = {"eval", "exec", "globals", "locals", "vars", "get_ipython", "__import__", "import_module"}


@dataclass(frozen=True)
class Step:
    """A cell to run, or, with `exercise`, an answer to measure."""

    id: str
    source: str = ""
    exercise: str = ""


def checked_exercise(cell: Any) -> str:
    """The exercise that a check cell checks, or nothing if it is another cell."""
    data = cell.metadata.get("nbgrader", {})
    if not data.get("grade") or not data["grade_id"].startswith(CHECK_PREFIX):
        return ""
    return data["grade_id"].removeprefix(CHECK_PREFIX).removesuffix("_2")


def steps(notebook: Any, *, experiments: bool = False) -> list[Step]:
    """The steps of a rebuilt notebook. `experiments` also runs what is there to be looked at."""
    planned: list[Step] = []
    wanted: set[str] = set()
    for cell in reversed([cell for cell in notebook.cells if cell.cell_type == "code"]):
        if exercise := checked_exercise(cell):
            planned.append(Step(cell.id, exercise=exercise))
        elif experiments or _is_needed(cell, wanted):
            planned.append(Step(cell.id, cell.source))
            wanted |= _names(cell.source, ast.Load)
    return planned[::-1]


def _is_needed(cell: Any, wanted: set[str]) -> bool:
    if EXPERIMENT_TAG in cell.metadata.get("tags", []):
        return False
    if cell.id.startswith("extra-") or cell.metadata.get("nbgrader", {}).get("solution"):
        return True
    return bool(wanted & (DYNAMIC | _names(cell.source, ast.Store)))


def _names(source: str, context: type) -> set[str]:
    """The names that a cell reads (`ast.Load`) or gives a value to (`ast.Store`), wherever in it."""
    tree = parsed(source)
    names: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Name) and isinstance(node.ctx, context):
            names.add(node.id)
        elif context is ast.Store and isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif context is ast.Store and isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif context is ast.Load and isinstance(node, ast.Attribute):
            names.add(node.attr)  # importlib.import_module
    return names


def imported(notebook: Any) -> list[str]:
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
