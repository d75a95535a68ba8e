"""What a cell's code says, read as IPython reads it and never run: the names that it defines and uses."""

import ast
import copy
import threading
import warnings
from collections.abc import Iterator
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

RUN_THEIR_BODY = ("time", "capture", "prun")  # cell magics whose body runs as if it stood there alone
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
PARSING_TRIES = 5
# Python 3.11 counts the depth of all trees that are made or compiled at one time in one place, and raises SystemError
# when it meets another thread's count.
PARSING = threading.Lock()


@lru_cache(maxsize=4096)  # more than a notebook has cells: each is asked about for every exercise
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell: magics, shell commands and help queries as calls, the body of `%%time` as code.

    None if it has a mistake in it.
    """
    for _ in range(PARSING_TRIES):
        try:
            with PARSING, warnings.catch_warnings(action="ignore"):
                return _parse(source)
        except (SyntaxError, ValueError, RuntimeError, MemoryError, AssertionError):
            return None
        except SystemError:  # code that we do not call through here may parse at the same time
            continue
    return None


def _parse(source: str) -> ast.Module:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        tree = ast.parse(TransformerManager().transform_cell(source))
    body = _body_of_magic(tree)
    return tree if body is None else _parse(body)


def _body_of_magic(tree: ast.Module) -> str | None:
    match tree.body:
        case [
            ast.Expr(ast.Call(ast.Attribute(attr="run_cell_magic"), [ast.Constant(name), _, ast.Constant(str(body))]))
        ]:
            return body if name in RUN_THEIR_BODY else None
    return None


@lru_cache(maxsize=4096)
def defined(source: str) -> frozenset[str]:
    """The names that a cell gives a value to, not those inside of its functions and classes."""
    tree = parsed(source)
    return frozenset(name for node in own_parts(tree) for name in bound(node)) if tree else frozenset()


def used(source: str) -> set[str]:
    """The names that a cell reads, wherever in it."""
    tree = parsed(source)
    nodes = ast.walk(tree) if tree else ()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def without_docstrings(source: str) -> str | None:
    """A cell's code without comments and docstrings, of which every language has its own.

    None if it has a mistake in it or is nested too deeply.
    """
    try:
        tree = copy.deepcopy(parsed(source))
        if tree is None:
            return None
        for node in ast.walk(tree):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        return ast.unparse(tree)
    except RecursionError:
        return None


def own_parts(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of a piece of code that run when it does, in their order; of functions and classes only the name."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, SCOPES):
            left += reversed(list(ast.iter_child_nodes(node)))


def bound(node: ast.AST) -> list[str]:
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
