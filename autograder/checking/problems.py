"""From an exception in the student's code to a problem that can be explained: its kind, and the student's own line."""

import builtins
import inspect
import linecache
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.checking import near_names
from autograder.checking.error_kinds import kind_of
from autograder.checking.layer_names import source_of
from autograder.checking.measurement import Problem
from curriculum.exercises import is_exercise

LONGEST_TEXT = 160
# What Keras and TensorFlow put around the sentence that says what is wrong.
WRAPPING = re.compile(
    r"\x1b\[[\d;]*m"  # bold
    r"|Exception encountered when calling \S+\(\)\. ?"
    r"|Could not automatically infer the output shape.*?Error encountered: "
    r"|\{\{(function_node|node) [^}]*\}\} ?"
    r"| \[Op:\w+\].*"
)
# Keras numbers the layers that nobody has named, over all that a kernel has made: the number says nothing.
AUTOMATIC_NAME = re.compile(
    r"\b(input_layer|keras_tensor|functional|sequential|[a-z0-9_]*(?:dense|conv\dd|pooling\dd|add|multiply))_\d+\b"
)
# Code in these folders is not the student's: Python's, what is installed, and the course's own.
COURSE = Path(__file__).parents[2]
LIBRARIES = (
    *{sysconfig.get_path(name) for name in ("stdlib", "platlib", "purelib")},
    *(str(COURSE / package) for package in ("autograder", "coursekit", "curriculum")),
)
OLD_BACKEND = "legacy/backend.py"  # where Keras 3 keeps what tf.keras.backend had
SHAPE = re.compile(r"[\[(](?:None|\?|-?\d+)(?:, ?(?:None|\?|\d+))*,?[\])]")

# Arguments of exercises that are functions: what is handed over for them is called with x, or with a shape.
HANDED_OVER = {"block", "backbone", "attention"}
NETWORKS = ("Functional", "Sequential", "Model")  # classes of networks
MERGING = re.compile(r"\b(Add|Subtract|Multiply|Average|Maximum|Minimum)\(")
Named = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Raised:
    """An exception, what it said ("TypeError: ..."), and the student's line."""

    error: BaseException
    said: str
    line: str


def describe(error: BaseException, answer: Callable[..., Any] | None = None) -> Problem:
    """The problem that this exception, raised in or by the network of `answer`, is, in plain data."""
    # Keras adds "Arguments received by ..." below the sentence that says what is wrong.
    said = re.sub(r"\x1b\[[\d;]*m", "", " ".join(str(error).split("Arguments received by")[0].split()))
    text = AUTOMATIC_NAME.sub(r"\1", WRAPPING.sub("", said)).strip()
    line = students_line(error)
    kind, values = _kind(Raised(error, f"{type(error).__name__}: {said}".strip(), line))
    if inside := _other_exercise(error, answer):
        line, values = inside.line, values | {"inside": inside.name}
    if kind == "duplicate_names" and "layer" in values and answer is not None:
        kind, values, source = source_of(values["layer"], answer)
        line = source or line
        if kind == "duplicate_names_of":  # by its text it would be taken for a usual mistake of this exercise
            return Problem(kind, values, line)
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    return Problem(kind, {"error": type(error).__name__, "text": text} | values, line)


@dataclass(frozen=True)
class Inside:
    """An earlier exercise's function in which an error came up, and the line that called it."""

    name: str
    line: str


def _other_exercise(error: BaseException, answer: Callable[..., Any] | None) -> Inside | None:
    """The other exercise's function that the answer, or a function of the student's that it uses, has called.

    None if the error came up in the answer itself. A function in its cell belongs to it, also where `resnet` calls it.
    """
    own, file = getattr(answer, "__name__", ""), getattr(getattr(answer, "__code__", None), "co_filename", "")
    steps = [step for step in traceback.extract_tb(error.__traceback__) if not _is_library(step.filename)]
    others = [step.name != own and is_exercise(step.name) for step in steps]
    last = max((n for n, step in enumerate(steps) if step.filename == file and not others[n]), default=None)
    if last is None or not any(others[last:]):
        return None
    first = others.index(True, last)
    caller = steps[first - 1]
    return Inside(steps[first].name, caller.line or linecache.getline(caller.filename, caller.lineno or 0).strip())


def _kind(raised: Raised) -> Named:
    if isinstance(raised.error, RecursionError):
        return "recursion", {}
    if isinstance(raised.error, MemoryError) or type(raised.error).__name__ == "ResourceExhaustedError":  # TensorFlow's
        return "out_of_memory", {}
    kind, values = _handed_over(raised) or _from_frames(raised.error) or kind_of(raised.said, raised.line)
    return REFINED[kind](values, raised) if kind in REFINED else (kind, values)


def _handed_over(raised: Raised) -> Named | None:
    """For an error in an exercise to which a function is handed over: what came, if it is no function."""
    frame = next((frame for frame in _frames(raised.error) if not _is_library(frame.f_code.co_filename)), None)
    if frame and is_exercise(frame.f_code.co_name):
        for name in HANDED_OVER & set(frame.f_code.co_varnames[: frame.f_code.co_argcount]):
            value = frame.f_locals.get(name)
            if _is_tensor(value):
                return "tensor_for_a_function", {"name": name}
            if isinstance(value, type):
                return "class_for_a_function", {"name": name, "received": value.__name__}
            if _is_layer(value) or isinstance(value, str):
                return "no_function", {"name": name, "received": type(value).__name__}
    empty = re.search(r"\(.*\b(?P<name>\w+)\(\s*\)", raised.line)  # f(..., g())
    if empty and re.search(rf"\b{empty['name']}\(\) missing \d+ required", raised.said):
        return "function_called_too_early", {"name": empty["name"]}
    return None


def _from_frames(error: BaseException) -> Named | None:
    """What only the way to the error tells: a function of the old backend, or a layer that was made of a tensor."""
    for frame in reversed(list(_frames(error))):
        if Path(frame.f_code.co_filename).as_posix().endswith(OLD_BACKEND):
            return "keras_backend", {"name": frame.f_code.co_name}
        owner = frame.f_locals.get("self")
        if frame.f_code.co_name == "__init__" and _is_layer(owner):
            names = frame.f_code.co_varnames[1 : frame.f_code.co_argcount]
            tensors = [name for name in names if _is_tensor(frame.f_locals.get(name))]
            if tensors == ["activation"] and not isinstance(owner, sys.modules["keras"].layers.Activation):
                return "activation_called", {}
            if tensors:
                return "layer_made_of_a_tensor", {"layer": written(type(owner).__name__)}
    return None


def written(layer: str) -> str:
    """A layer's class as one would write it: those of Keras with their module."""
    return f"layers.{layer}" if hasattr(sys.modules.get("keras.layers"), layer) else layer


def _is_layer(value: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.Layer) and not isinstance(value, keras.Model)


def _is_tensor(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_is_tensor, value))
    return type(value).__name__ == "KerasTensor"


def _with_meant(found: str, otherwise: str, values: dict[str, str], meant: str | None) -> Named:
    return (found, values | {"meant": meant}) if meant else (otherwise, values)


def _backend(values: dict[str, str], raised: Raised) -> Named:
    name = values.get("name")
    if name is None:  # only K is known
        return "keras_backend", {"name": "K", "meant": "ops.mean, ops.max, x.shape"}
    meant = near_names.in_ops(name) or near_names.in_modules(name) or "keras.ops"
    return "keras_backend", {"name": f"keras.backend.{name}", "meant": meant}


def _function_of(module: str, kind: str) -> Callable[[dict[str, str], Raised], Named]:
    """For a function of another library that was called on x: which one, where the line tells it."""

    def refine(values: dict[str, str], raised: Raised) -> Named:
        for path in re.findall(rf"\b{module}\.([\w.]+)\(", raised.line):
            if meant := near_names.in_ops(path.split(".")[-1]):
                return f"{kind}_of", values | {"name": f"{module}.{path}", "meant": meant}
        if found := re.search(r"\bactivations\.(?P<name>\w+)\(", raised.line):
            return "activation_on_a_tensor", values | {"name": found["name"]}
        return kind, values

    return refine


def _name(values: dict[str, str], raised: Raised) -> Named:
    """A name that is not defined: not imported, of PyTorch, in need of quotes, misspelt, or simply unknown."""
    name = values["name"]
    if called := _called_where_handed_over(name, raised):
        return "result_for_a_function", values | {"function": called}
    if name == "tf":
        return "tensorflow_not_imported", values
    if name in near_names.OF_TORCH:
        return "torch_name", values
    if name in near_names.IMPORTS:
        return "not_imported", values | {"statement": near_names.IMPORTS[name]}
    if name in near_names.IN_QUOTES:
        return "text_without_quotes", values
    meant = near_names.in_scope(name, _scope(raised.error)) or near_names.in_modules(name, guess=name[0].isupper())
    return _with_meant("misspelt_name", "unknown_name", values, meant)


def _called_where_handed_over(name: str, raised: Raised) -> str:
    """The function that is called on `name` where it should be handed over: `f` in resnet(..., block=f(x))."""
    scope = _scope(raised.error)
    for outer, inner in re.findall(rf"\b(\w+)\(.*\b(\w+)\(\s*{name}\b", raised.line):
        takes = getattr(getattr(scope.get(outer), "__code__", None), "co_varnames", ())
        if HANDED_OVER & set(takes) and is_exercise(outer) and inspect.isfunction(scope.get(inner)):
            return str(inner)
    return ""


def _builtin(values: dict[str, str], raised: Raised) -> Named:
    """A function of Python where a name of the student's is near: `filter` for `filters`."""
    scope = _scope(raised.error)
    for name in re.findall(r"\b[a-z]+\b(?!\s*[(=])", raised.line):
        if hasattr(builtins, name) and name not in scope and (meant := near_names.near(name, scope)):
            return "builtin_for_a_value", {"name": name, "meant": meant}
    return "raised", {}


def _module_attribute(values: dict[str, str], raised: Raised) -> Named:
    meant = near_names.in_modules(values["name"], values["owner"])
    return _with_meant("misspelt_attribute", "module_attribute", values, meant)


def _tensor_attribute(values: dict[str, str], raised: Raised) -> Named:
    return _with_meant("tensor_method", "tensor_attribute", values, near_names.of_tensor(values["name"]))


def _own_attribute(values: dict[str, str], raised: Raised) -> Named:
    """An attribute of a class of the student's, of a layer or function that was not called, or of a tuple."""
    owner = values["owner"]
    if owner in NETWORKS:
        return "network_for_a_tensor", {}
    if owner == "function":
        return "function_not_called", values
    if values["name"] in ("shape", "dtype", "ndim") and written(owner) != owner:
        return "layer_not_called", {"layer": written(owner)}
    meant = near_names.of_tuple(values["name"], raised.line) if owner == "tuple" else None
    return _with_meant("tuple_method", "own_attribute", values, meant)


def _array_attribute(values: dict[str, str], raised: Raised) -> Named:
    return _with_meant("array_method", "array_attribute", values, near_names.of_array(values["name"]))


def _keyword(values: dict[str, str], raised: Raised) -> Named:
    return _with_meant("misspelt_keyword", "keyword", values, near_names.keyword(values["name"], values["function"]))


def _activation(values: dict[str, str], raised: Raised) -> Named:
    meant = near_names.identifier(values["name"], "activations")
    return _with_meant("misspelt_activation", "activation_unknown", values, meant)


def _initializer(values: dict[str, str], raised: Raised) -> Named:
    meant = near_names.identifier(values["name"], f"{values['argument']}s")
    return _with_meant("misspelt_initializer", "initializer_unknown", values, meant)


def _layer_not_called(values: dict[str, str], raised: Raised) -> Named:
    """A layer, or a network, where a tensor belongs; what does not fit into a computation may be something else."""
    layer = values["layer"]
    if layer in NETWORKS:
        return "network_for_a_tensor", {}
    name = written(layer)
    if "unsupported operand" in raised.said and name == layer:
        return "raised", {}
    return "layer_not_called", {"layer": name}


def _layer_made_of_too_much(values: dict[str, str], raised: Raised) -> Named:
    """Python names the class in which __init__ is written, `Merge` for every layer that merges."""
    found = MERGING.search(raised.line)
    layer = found[1] if found else values["layer"]
    return "too_many_values_for_a_layer", {"layer": written("Add" if layer == "Merge" else layer)}


def _merge_or_self(values: dict[str, str], raised: Raised) -> Named:
    """A layer that was called with two things: one of Keras wants them in a list, a `call` of one's own lacks self."""
    layer = sys.modules["keras"].Layer
    classes = [value for value in _scope(raised.error).values() if isinstance(value, type) and issubclass(value, layer)]
    own: list[Any] = [value for value in classes if not value.__module__.startswith("keras.")]
    lacks_self = any("self" not in inspect.signature(value.call).parameters for value in own)
    return ("self_missing" if lacks_self else "merge_without_list"), values


def _shapes(values: dict[str, str], raised: Raised) -> Named:
    """Which axes are missing, or which differ, of the last two shapes that are told; a map has four axes."""
    told = [tuple(found[1:-1].rstrip(",").replace(" ", "").split(",")) for found in SHAPE.findall(raised.said)][-2:]
    if "Received shapes" in raised.said:  # a merging layer leaves out the batch
        told = [("None", *shape) for shape in told]
    if len(told) < 2:
        return "shapes_do_not_fit", values
    short, long = sorted(told, key=len)
    values = values | {"short": f"({', '.join(short)})", "long": f"({', '.join(long)})"}
    if len(long) == 4 and len(short) == 2 and short[-1] == long[-1]:
        return "height_and_width_missing", values
    if len(long) == 4 and short == long[:3]:
        return "channel_axis_missing", values
    if len(long) == len(short) == 4:
        differing = {axis for axis, pair in enumerate(zip(short, long, strict=True)) if pair[0] != pair[1]}
        if differing == {3}:
            return "channels_differ", values
        if differing and differing <= {1, 2}:
            return "sizes_differ", values
    return "shapes_do_not_fit", values


# Kinds that a closer look divides.
REFINED: dict[str, Callable[[dict[str, str], Raised], Named]] = {
    "keras_backend": _backend,
    "tensorflow_function": _function_of("tf", "tensorflow_function"),
    "numpy_function": _function_of("np", "numpy_function"),
    "layer_not_called": _layer_not_called,
    "too_many_values_for_a_layer": _layer_made_of_too_much,
    "unknown_name": _name,
    "builtin_for_a_value": _builtin,
    "module_attribute": _module_attribute,
    "import_unknown": _module_attribute,
    "tensor_attribute": _tensor_attribute,
    "array_attribute": _array_attribute,
    "own_attribute": _own_attribute,
    "keyword": _keyword,
    "activation_unknown": _activation,
    "initializer_unknown": _initializer,
    "merge_or_self": _merge_or_self,
    "shapes_do_not_fit": _shapes,
}


def _frames(error: BaseException) -> Iterator[FrameType]:
    """The frames on the way to the error, the innermost first."""
    yield from (frame for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))))


def _scope(error: BaseException) -> dict[str, Any]:
    """The names that the student's code could use where the error was raised, with their values."""
    for frame in _frames(error):
        if not _is_library(frame.f_code.co_filename):
            return frame.f_globals | frame.f_locals
    return {}


def students_line(error: BaseException | None) -> str:
    """The innermost line of the student's code on the way to the error, or to the one that it came from, or nothing."""
    while error is not None:
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            line = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            if line and not _is_library(frame.filename):
                return line
        error = error.__cause__ or error.__context__
    return ""


def _is_library(filename: str) -> bool:
    return filename.startswith((*(folder + os.sep for folder in LIBRARIES), "<frozen"))
