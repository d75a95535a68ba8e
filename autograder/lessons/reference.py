"""The reference answers: the masters' own solution cells, run. There is no second copy of them."""

import ast
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.lessons.master import BEGIN, END, Cell, Master, MasterError, read_master
from autograder.lessons.translation import ORIGINAL
from curriculum.exercises import load
from curriculum.messages import say
from curriculum.paths import solutions_folder

MISTAKES_FOLDER = solutions_folder() / "mistakes"
ANSWERS_FOLDER = solutions_folder() / "answers"


def solution_source(cell: Cell, language: str = ORIGINAL) -> str:
    """A solution cell's code without its marks."""
    return "\n".join(line for line in cell.in_language(language).splitlines() if BEGIN not in line and END not in line)


def given_source(cell: Cell, language: str = ORIGINAL) -> str:
    """The code of a cell that hands out blocks of earlier lessons: a comment for each lesson, then their solutions."""
    parts, lesson = [], ""
    for name in cell.given:
        master = read_master(load(name).lesson)
        source = solution_source(master.solution(name), language)
        if master.lesson != lesson:
            lesson = master.lesson
            parts.append(f"# {say('start.from_lesson', language, lesson=lesson)}\n{source}")
        else:
            parts.append(source)
    return "\n\n\n".join(parts)


@cache
def lesson_namespace(lesson: str) -> dict[str, Any]:
    """The names a lesson's code cells see: its imports, the blocks it is given, its functions, its solutions."""
    master = read_master(lesson)
    namespace: dict[str, Any] = {"__name__": f"solutions.{master.notebook}"}
    for cell, source in lesson_sources(lesson):
        exec(compile(source, _shown(master, cell), "exec"), namespace)
    return namespace


def lesson_sources(lesson: str) -> list[tuple[Cell, str]]:
    """The cells of a lesson that its answers can use, and what is run of them."""
    found = []
    for cell in read_master(lesson).cells:
        if cell.kind != "code" or cell.experiment:
            continue
        if cell.given:
            source = given_source(cell)
        elif cell.solution:
            source = solution_source(cell)
        else:
            source = _definitions(cell)
        found.append((cell, source))
    return found


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
    answer: Callable[..., Any] = lesson_namespace(load(exercise).lesson)[exercise]
    return answer


def mistakes(exercise: str) -> dict[str, Callable[..., Any]]:
    """The usual wrong answers to an exercise, by name."""
    return _functions(MISTAKES_FOLDER / f"{exercise}.py")


def right_answers(exercise: str) -> dict[str, Callable[..., Any]]:
    """Other right answers to an exercise than the reference, by name."""
    return _functions(ANSWERS_FOLDER / f"{exercise}.py")


def _functions(path: Path) -> dict[str, Callable[..., Any]]:
    """The functions of a file named after its exercise; they see the names that the lesson's code cells see.

    Raises: MasterError if the file cannot be run.
    """
    if not path.exists():
        return {}
    namespace = dict(lesson_namespace(load(path.stem).lesson))
    known = dict(namespace)
    try:
        exec(compile(path.read_text("utf-8"), str(path), "exec"), namespace)
    except Exception as error:
        raise MasterError(path, _line(error, path), f"{type(error).__name__}: {error}") from error
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and known.get(name) is not value and not name.startswith("_")
    }


def _line(error: Exception, path: Path) -> int:
    """The line of a file at which an error was met."""
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[0] if lines and lines[0] else 1
