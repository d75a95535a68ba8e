"""Where a name that two layers of a network have comes from: the answer itself, or that of an earlier exercise."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from autograder.checking.reach import used_names
from curriculum.exercises import is_exercise, load

LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
FEWEST_LETTERS = 2  # of a name that stand in the code as they are; what is built of variables only could be any


class Source(NamedTuple):
    """A kind of problem, what fills its sentences, and the line of the student's that gives the name; "" if unknown."""

    kind: str
    values: dict[str, str]
    line: str


class _Given(NamedTuple):
    line: str
    in_loop: bool


def source_of(layer: str, answer: Callable[..., Any]) -> Source:
    """Why a network that `answer` has made has two layers called `layer`."""
    names = getattr(answer, "__globals__", {})
    own = getattr(answer, "__name__", "")
    used = [
        answer,
        *(names[name] for name in used_names(own, names) if name != own and inspect.isfunction(names[name])),
    ]
    for function in used[1:]:
        name = function.__name__
        if is_exercise(name) and layer in _names_that_stay(name, function):
            given = list(_givers(layer, function))
            return Source("duplicate_names_of", {"layer": layer, "other": name}, given[-1].line if given else "")
    given = [
        place
        for function in used
        if not is_exercise(function.__name__) or function is answer
        for place in _givers(layer, function)
    ]
    if len(given) == 1 and given[0].in_loop:
        return Source("duplicate_names_in_loop", {"layer": layer}, given[0].line)
    return Source("duplicate_names", {"layer": layer}, given[-1].line if given else "")


def _names_that_stay(exercise: str, function: Callable[..., Any]) -> set[str]:
    """The names that this block's layers have whatever name it is given: two of it do not fit into one network."""
    import keras

    asked = load(exercise)
    if asked.kind != "layer":
        return set()
    case = asked.cases[0]
    found = []
    for name in ("first", "second"):
        arguments = case.arguments | ({"name": name} if "name" in case.arguments else {})
        try:
            with keras.StatelessScope(initialize_variables=False):
                x = keras.Input(case.shape[1:])
                extra_inputs = {key: keras.Input(shape[1:]) for key, shape in case.extra_inputs.items()}
                made = function(x, **extra_inputs, **arguments)
                found.append({layer.name for layer in keras.Model([x, *extra_inputs.values()], made).layers})
        except Exception:  # whatever stops it is told where that exercise is checked
            return set()
    return set.intersection(*found)


def _givers(layer: str, function: Callable[..., Any]) -> Iterator[_Given]:
    """The calls in a function's code that give a layer this name, or one that begins it."""
    try:
        text = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(text)
    except (OSError, TypeError, SyntaxError):
        return
    lines = text.splitlines()
    looped = {id(node) for loop in ast.walk(tree) if isinstance(loop, LOOPS) for node in ast.walk(loop)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            if fitting := [value for value in values if _fits(value, layer)]:
                yield _Given(lines[fitting[0].lineno - 1].strip(), id(node) in looped)


def _fits(value: ast.expr, layer: str) -> bool:
    pattern = _pattern(value)
    letters = re.sub(r"\.\*|\\", "", pattern)
    return len(letters) >= FEWEST_LETTERS and re.match(pattern, layer) is not None


def _pattern(value: ast.expr) -> str:
    """A regular expression for the text that an expression gives; anything for what is only known when it runs."""
    match value:
        case ast.Constant(str(text)):
            return re.escape(text)
        case ast.JoinedStr(parts):
            return "".join(map(_pattern, parts))
        case ast.BinOp(left, ast.Add(), right):
            return _pattern(left) + _pattern(right)
    return ".*"
