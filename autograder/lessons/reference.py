"""The reference answers: the masters' own solution cells, run. There is no second copy of them."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.lessons.master import BEGIN, END, Cell, Master, read_master
from curriculum.exercises import load
from curriculum.paths import REPOSITORY

MISTAKES_FOLDER = REPOSITORY / "solutions" / "mistakes"
ANSWERS_FOLDER = REPOSITORY / "solutions" / "answers"


def solution_source(cell: Cell) -> str:
    """A solution cell's code without its marks."""
    return "\n".join(line for line in cell.source.splitlines() if BEGIN not in line and END not in line)


def given_source(cell: Cell) -> str:
    """The code of a cell that hands out blocks of earlier lessons: a comment for each lesson, then their solutions."""
    parts, lesson = [], ""
    for name in cell.given:
        master = read_master(load(name).lesson)
        if master.lesson != lesson:
            lesson = master.lesson
            parts.append(f"# From lesson {lesson}.\n" + solution_source(master.solution(name)))
        else:
            parts.append(solution_source(master.solution(name)))
    return "\n\n\n".join(parts)


@cache
def lesson_namespace(lesson: str) -> dict[str, Any]:
    """The names a lesson's code cells see: its imports, the blocks it is given, its functions, its solutions."""
    master = read_master(lesson)
    namespace: dict[str, Any] = {"__name__": f"solutions.{master.notebook}"}
    for cell in master.cells:
        if cell.kind != "code" or cell.experiment:
            continue
        if cell.given:
            source = given_source(cell)
        elif cell.solution:
            source = solution_source(cell)
        else:
            source = _definitions(cell)
        exec(compile(source, _shown(master, cell), "exec"), namespace)
    return namespace


def _definitions(cell: Cell) -> str:
    """The imports and functions of a cell; the rest of it is for readers."""
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError:  # an IPython magic
        return ""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    return "\n".join(ast.unparse(node) for node in statements if isinstance(node, kept))


def _shown(master: Master, cell: Cell) -> str:
    return f"{master.path.name}:{cell.line}"


def reference(exercise: str) -> Callable[..., Any]:
    """The right answer to an exercise."""
    return lesson_namespace(load(exercise).lesson)[exercise]


def mistakes(exercise: str) -> dict[str, Callable[..., Any]]:
    """The usual wrong answers to an exercise, by name."""
    return _functions(MISTAKES_FOLDER / f"{exercise}.py")


def right_answers(exercise: str) -> dict[str, Callable[..., Any]]:
    """Other right answers to an exercise than the reference, by name."""
    return _functions(ANSWERS_FOLDER / f"{exercise}.py")


def _functions(path: Path) -> dict[str, Callable[..., Any]]:
    """The functions of a file named after its exercise; they see the names that the lesson's code cells see."""
    if not path.exists():
        return {}
    namespace = dict(lesson_namespace(load(path.stem).lesson))
    known = dict(namespace)
    exec(compile(path.read_text("utf-8"), str(path), "exec"), namespace)
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and known.get(name) is not value and not name.startswith("_")
    }
