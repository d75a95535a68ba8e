"""What a cell's code says, read as IPython reads it and never run: names it defines and uses, whether it is a stub."""

import ast
import threading
import warnings
from collections.abc import Iterator
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

STUB = "your_turn"
RUN_THEIR_BODY = ("time", "capture", "prun")  # cell magics whose body runs as if it stood there alone
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
PARSING_TRIES = 5
# Python 3.11 counts the depth of all trees that are made or compiled at one time in one place, and raises SystemError
# when it meets another thread's count.
_parsing = threading.Lock()


@lru_cache(maxsize=4096)  # more than a notebook has cells: each is asked about for every exercise
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell: magics, shell commands and help queries as calls, the body of `%%time` as code.

    None if it has a mistake in it.
    """
    for _ in range(PARSING_TRIES):
        try:
            with _parsing, warnings.catch_warnings(action="ignore"):
                return _parse(source)
        except (SyntaxError, ValueError, RuntimeError, MemoryError, AssertionError):
            return None
        except SystemError:  # code that we do not call through here may parse at the same time
            continue
    return None


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        tree = ast.parse(TransformerManager().transform_cell(source))
    body = _body_of_magic(tree)
    return tree if body is None else _parse(body)


def _body_of_magic(tree: ast.Module) -> str | None:
    match tree.body:
        case [ast.Expr(ast.Call(ast.Attribute(attr="run_cell_magic"), [ast.Constant(name), _, ast.Constant(body)]))]:
            return body if name in RUN_THEIR_BODY else None
    return None


def runs(source: str) -> bool:
    """Whether a cell can be run by itself: half a function can often be parsed, its `return` cannot be compiled."""
    tree = parsed(source)
    if tree is None:
        return False
    try:
        with _parsing, warnings.catch_warnings(action="ignore"):
            compile(tree, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return False
    return True


def defined(source: str) -> set[str]:
    """The names that a cell gives a value to, not those inside of its functions and classes."""
    tree = parsed(source)
    return {name for node in _own(tree) for name in _bound(node)} if tree else set()


def used(source: str) -> set[str]:
    """The names that a cell reads, wherever in it."""
    tree = parsed(source)
    nodes = ast.walk(tree) if tree else ()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def definitions(source: str, names: set[str]) -> str:
    """The imports, functions, classes and constants of a cell that define some of these names, and what those use."""
    tree = parsed(source)
    statements = [node for node in tree.body if _only_defines(node)] if tree else []
    wanted, kept = set(names), set()
    for _ in statements:
        for number, node in enumerate(statements):
            if number not in kept and wanted.intersection(name for own in _own(node) for name in _bound(own)):
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
    for node in _own(tree) if tree else ():
        match node:
            case ast.Call(ast.Name("check"), [what, *more], keywords):
                names = [*more, *(keyword.value for keyword in keywords if keyword.arg == "exercise")]
                if all(isinstance(name, ast.Constant) and name.value == exercise for name in names[:1]):
                    checked = ast.unparse(what)
    return "" if checked == exercise else checked


def is_stub(source: str, exercise: str) -> bool:
    """Whether a cell is still to be written: running it leaves the function that was handed out, or nothing at all."""
    tree = parsed(source)
    if tree is None:
        return False
    last = None
    for node in _own(tree):
        if isinstance(node, ast.stmt) and _calls_stub(node):
            break
        if exercise in _bound(node):
            last = node
    if isinstance(last, FUNCTIONS):
        return _reaches_stub(last)
    return last is None and (STUB in used(source) or all(_does_nothing(node) for node in tree.body))


def _own(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of a piece of code that run when it does, in their order; of functions and classes only the name."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, SCOPES):
            left += reversed(list(ast.iter_child_nodes(node)))


def _bound(node: ast.AST) -> list[str]:
    """The names that this part itself gives a value to."""
    match node:
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            return [name]
        case ast.Name(name, ast.Store()):
            return [name]
        case ast.alias(name, asname):
            return [asname or name.split(".")[0]]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return [name]
    return []


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
