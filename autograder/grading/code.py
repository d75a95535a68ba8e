"""Reading the code of a cell for grading: what of it can stand alone, what it checks, whether it is a stub."""

import ast
import warnings

from autograder.checking.cell_code import FUNCTIONS, PARSING, bound, defined, own_parts, parsed, used

# Grading reads cells through this module alone, also where the notebook's checks read them as well.
__all__ = ["checked_under", "defined", "definitions", "is_stub", "parsed", "runs", "used"]

STUB = "your_turn"


def runs(source: str) -> bool:
    """Whether a cell can be run by itself: half a function can often be parsed, its `return` cannot be compiled."""
    tree = parsed(source)
    if tree is None:
        return False
    try:
        with PARSING, warnings.catch_warnings(action="ignore"):
            compile(tree, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return False
    return True


def definitions(source: str, names: set[str]) -> str:
    """The imports, functions, classes and constants of a cell that define some of these names, and what those use."""
    tree = parsed(source)
    statements = [node for node in tree.body if _only_defines(node)] if tree else []
    wanted, kept = set(names), set()
    for _ in statements:
        for number, node in enumerate(statements):
            if number not in kept and wanted.intersection(name for own in own_parts(node) for name in bound(own)):
                kept.add(number)
                wanted |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    try:
        return "\n\n".join(ast.unparse(statements[number]) for number in sorted(kept))
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


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        try:
            ast.literal_eval(node.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return True
    return isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom))


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
