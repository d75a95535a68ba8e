"""Reading the code of a cell for grading: what of it can stand alone, what it checks, whether it is a stub."""

import ast
import dis
import warnings
from collections.abc import Iterable, Iterator
from types import CodeType

from autograder.checking.cell_code import FUNCTIONS, PARSING, bound, defined, own_parts, parsed, used

# Grading reads cells through this module alone, also where the notebook's checks read them as well.
__all__ = [
    "asked_for",
    "checked_under",
    "defined",
    "definitions",
    "free",
    "is_stub",
    "parsed",
    "runs",
    "same_code",
    "used",
]

STUB = "your_turn"


def runs(source: str) -> bool:
    """Whether a cell can be run by itself: half a function can often be parsed, its `return` cannot be compiled."""
    return _compiled(source) is not None


def _compiled(source: str) -> CodeType | None:
    tree = parsed(source)
    if tree is None:
        return None
    try:
        with PARSING, warnings.catch_warnings(action="ignore"):
            code: CodeType = compile(tree, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            return code
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None


def free(source: str) -> set[str]:
    """The names that a cell takes from elsewhere: no names of its own, and no variables of its functions."""
    code = _compiled(source)
    return set(_globals(code)) - defined(source) if code else set()


def _globals(code: CodeType) -> Iterator[str]:
    left = [code]
    while left:
        part = left.pop()
        left += [constant for constant in part.co_consts if isinstance(constant, CodeType)]
        names = ("LOAD_GLOBAL", "LOAD_NAME")
        yield from (step.argval for step in dis.get_instructions(part) if step.opname in names)


def asked_for(answers: Iterable[str], cells: Iterable[str]) -> set[str]:
    """The names that answers take from elsewhere, and those that the `cells` take which define them."""
    names = {name for answer in answers for name in free(answer)}
    sources = {cell: defined(cell) for cell in cells}
    while found := [cell for cell, given in sources.items() if given & names]:
        for cell in found:
            del sources[cell]
            names |= free(cell)
    return names


def definitions(source: str, names: set[str], asked: set[str] | frozenset[str] = frozenset()) -> str:
    """The imports, functions, classes and constants of a cell that define some of these names, and what those use.

    What answers have `asked` for is taken as it was made: every statement that gives such a name a value, and what
    that uses.
    """
    tree = parsed(source)
    statements = [*enumerate(tree.body)] if tree else []
    kept: dict[int, ast.stmt] = {}
    wanted, computed = set(names), set(asked)
    for _ in statements:
        for number, node in statements:
            given = {name for own in own_parts(node) for name in bound(own)}
            if number not in kept and (given & computed or (given & wanted and _only_defines(node))):
                kept[number] = node
                uses = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
                wanted |= uses
                computed |= uses if given & computed else set()
    try:
        return "\n\n".join(ast.unparse(kept[number]) for number in sorted(kept))
    except RecursionError:
        return ""


def checked_under(source: str, exercise: str) -> str:
    """What a cell gives to `check` for an exercise, as code; nothing if that is the function of the exercise's name."""
    tree = parsed(source)
    checked = ""
    for node in own_parts(tree) if tree else ():
        match node:
            case ast.Call(ast.Name("check"), [what, *more], keywords):
                names = [*more, *(keyword.value for keyword in keywords if keyword.arg == "exercise")]
                if isinstance(what, ast.Constant):  # the name of an exercise or a lesson, which stays what it is
                    checked = ""
                elif all(isinstance(name, ast.Constant) and name.value == exercise for name in names[:1]):
                    checked = ast.unparse(what)
    return "" if checked == exercise else checked


def is_stub(source: str, exercise: str) -> bool:
    """Whether a cell is still to be written: running it leaves the function that was handed out, or nothing at all."""
    tree = parsed(source)
    if tree is None:
        return False
    last = None
    for node in own_parts(tree):
        if isinstance(node, ast.stmt) and _calls_stub(node):
            break
        if exercise in bound(node):
            last = node
    if isinstance(last, FUNCTIONS):
        return _reaches_stub(last)
    return last is None and (STUB in used(source) or all(_does_nothing(node) for node in tree.body))


def same_code(source: str, other: str) -> bool:
    """Whether two cells say the same but for comments and docstrings, which languages have of their own."""
    trees = parsed(source), parsed(other)
    return None not in trees and len({ast.dump(_without_docstrings(tree)) for tree in trees if tree}) == 1


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and ast.get_docstring(node) is not None:
            del node.body[0]
    return tree


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign) and not isinstance(node.value, (ast.Name, ast.Attribute)):  # another name for it
        try:
            ast.literal_eval(node.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return True
    return isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign))


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _calls_stub(node: ast.stmt) -> bool:
    """Whether a statement is nothing but a call of the stub."""
    call = getattr(node, "exc" if isinstance(node, ast.Raise) else "value", None)
    if not isinstance(node, (ast.Expr, ast.Return, ast.Raise)) or not isinstance(call, ast.Call):
        return False
    return STUB in (getattr(call.func, "id", ""), getattr(call.func, "attr", ""))


def _reaches_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for node in function.body:
        if _calls_stub(node):
            return True
        if isinstance(node, (ast.Return, ast.Raise)):
            return False
    return False
