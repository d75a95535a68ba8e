"""Answers that take a ready-made block instead of writing one, and code that takes what belongs to the checks.

Neither is forbidden, and neither changes the points; whoever grades should see it. It is found by reading the code:
what an answer uses, in its own cell or through cells of the student's own, but not what stands there unused.
"""

import ast
import builtins
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.grading.code import parsed
from autograder.grading.extraction import LONGEST_NAME, Remark
from autograder.grading.plan import steps
from autograder.grading.submission_file import clean
from curriculum.exercises import is_exercise

# Blocks of the course and networks of Keras, by whichever way they are reached.
BLOCKS = re.compile(r"\b(?:coursekit\.models|keras\.(?:src\.|api\.)?applications)\b[\w.]*")
CHECKS = re.compile(
    r"\b(?:autograder\.(?:authoring|checking|grading|lessons)|curriculum\.(?:exercises|paths))\b[\w.]*"
    r"|\bdata/expected\b|\bexpected/\w+"
)
# Code that uses these may use any name.
DYNAMIC = {"eval", "exec", "globals", "locals", "vars", "get_ipython", "__import__", "import_module"}
MOST_NAMED = 3
KEYS = ("ready_made", "checks_used")


def remarks(notebook: NotebookNode, release: NotebookNode) -> Iterator[Remark]:
    """Remarks on a rebuilt notebook. What the release's own cells use, as a default in a stub, is asked for."""
    given = {cell.id: cell.source for cell in release.cells}
    handed_out = _Code()
    for step in steps(release):
        handed_out.read(step.source)
    asked_for = {_last(name) for tree in handed_out.trees for name in handed_out.used(tree) if BLOCKS.search(name)}
    code = _Code()
    of_checks: list[str] = []
    unclear: list[str] = []
    for step in steps(notebook):
        if step.exercise:
            used = [*code.used_by(step.exercise), *unclear]
            taken = [name for name in used if BLOCKS.search(name) and _last(name) not in asked_for]
            if taken:
                yield Remark("ready_made", step.exercise, _listed(taken, BLOCKS))
            unclear = []
            continue
        code.read(step.source)
        if step.source != given.get(step.id):
            mentioned = code.mentioned(step.source)
            of_checks += [name for name in mentioned if CHECKS.search(name)]
            if DYNAMIC & set(mentioned):  # where these lead cannot be read from the code
                unclear += mentioned
    if of_checks:
        yield Remark("checks_used", what=_listed(of_checks, CHECKS))


def _last(name: str) -> str:
    """VGG16, whether it came from `keras.applications` or from `keras.applications.vgg16`."""
    return name.rpartition(".")[2]


def _listed(names: list[str], pattern: re.Pattern[str]) -> str:
    found = dict.fromkeys(clean(match[0])[:LONGEST_NAME] for match in map(pattern.search, names) if match)
    return ", ".join([*found][:MOST_NAMED])


class _Code:
    """Cells in their order, and what the names at their top level mean after the last one."""

    def __init__(self) -> None:
        self.trees: list[ast.Module] = []
        self._meanings: dict[str, str | ast.stmt] = {}  # the dotted name that was imported, or what defines it
        self._stars: list[str] = []

    def read(self, source: str) -> None:
        """Read the next cell."""
        tree = parsed(source)
        if tree is None:
            return
        self.trees.append(tree)
        for statement in _outside_functions(tree):
            imports = _imported(statement)
            self._stars += [name.removesuffix(".*") for name in imports.values() if name.endswith(".*")]
            bound = dict.fromkeys(_bound(statement), statement)
            self._meanings.update(imports or bound)

    def used_by(self, exercise: str) -> list[str]:
        """The imported names, dotted, and texts that the answer leads to; not through answers to other exercises."""
        meaning = self._meanings.get(exercise)
        if isinstance(meaning, str):  # the answer itself was imported
            return [meaning]
        return [*self.used(meaning, {exercise})] if meaning is not None else []

    def mentioned(self, source: str) -> list[str]:
        """All imported names, other names and texts of a whole cell, whatever of them an answer uses."""
        tree = parsed(source)
        if tree is None:
            return []
        imports = [name for node in ast.walk(tree) for name in _imported(node).values()]
        return [*imports, *self.used(tree, set(self._meanings))]

    def used(self, start: ast.AST, seen: set[str] | None = None) -> Iterator[str]:
        """The imported names, dotted, and texts in this piece of code, and in what defines the names that it uses."""
        seen = set() if seen is None else seen
        todo = [start]
        while todo:
            node = todo.pop()
            imports = {name: full for each in ast.walk(node) for name, full in _imported(each).items()}
            own = {name for each in ast.walk(node) for name in _bound(each)} - set(imports)
            for text in _names_and_texts(node):
                base, _, rest = text.partition(".")
                if base in own:
                    continue
                meaning = imports.get(base) or self._meanings.get(base)
                if isinstance(meaning, str):
                    yield f"{meaning}.{rest}" if rest else meaning
                elif meaning is None:
                    unknown = base.isidentifier() and not hasattr(builtins, base)
                    yield from (f"{module}.{text}" for module in self._stars) if unknown else [text]
                elif base not in seen and not is_exercise(base):
                    seen.add(base)
                    todo.append(meaning)


# Trees may be deep: none of these functions calls itself.


def _outside_functions(tree: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a cell, those in `if`, `try`, `with` and loops too."""
    todo = [*ast.iter_child_nodes(tree)][::-1]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            todo += [*ast.iter_child_nodes(node)][::-1]


def _imported(node: ast.AST) -> dict[str, str]:
    """The names that an import binds, and what to; a star binds itself."""
    if isinstance(node, ast.Import):
        return {
            alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
            for alias in node.names
        }
    if isinstance(node, ast.ImportFrom) and node.module:
        return {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {}


def _bound(node: ast.AST) -> set[str]:
    """The names that a statement gives a value to, or that a function calls its arguments."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.With)):
        return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return set()


def _names_and_texts(tree: ast.AST) -> Iterator[str]:
    """Names as they stand there, `keras.applications.VGG16` as one, and texts that are not there to be read only."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if dotted := _dotted(node):
            yield dotted
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield f"'{node.value}'"
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # a docstring
            todo += ast.iter_child_nodes(node)


def _dotted(node: ast.AST) -> str:
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *names[::-1]]) if isinstance(node, ast.Name) else ""
