"""From an exception in the student's code to a problem that can be explained: its kind, and the student's own line."""

import linecache
import re
import sysconfig
import traceback
from pathlib import Path

from autograder.checking.measurement import Problem

# Kinds of error that beginners meet, told by the text of the exception. The first that fits is taken.
# Each has a sentence of the same name in messages/<language>/problem.toml.
KINDS = (
    ("state_in_call", r"cannot add new elements of state|create a variable while in a stateless scope"),
    ("tensorflow_function", r"KerasTensor cannot be used as input to a TensorFlow function"),
    ("numpy_function", r"KerasTensor.*(numpy|NumPy)|convert a symbolic|__array__"),
    ("keras_backend", r"module 'keras[\w.]*backend' has no attribute|_keras_shape|name 'K' is not defined"),
    ("fractional_units", r"(units|filters).{0,120}Received: (units|filters)=\d+\.\d+"),
    ("zero_units", r"(units|filters).{0,120}(positive integer|strictly positive|Received: (units|filters)=(0|-\d+)\b)"),
    ("cannot_reshape", r"total size of the tensor must be unchanged|cannot reshape array"),
    ("shapes_do_not_fit", r"[Ii]ncompatible shapes|[Ii]nputs have incompatible|broadcast|must be equal|concat"),
    ("wrong_size", r"expected shape=.*found shape=|expected axis .* to have value"),
    ("wrong_rank", r"expected (min_)?ndim|is incompatible with the layer"),
    ("unknown_name", r"name '\w+' is not defined"),
    ("name_without_value", r"cannot access local variable"),
    ("duplicate_names", r"should have unique names|names? .{0,40}(is|are) (not unique|used \d+ times)"),
    ("not_connected", r"not connected|Graph disconnected|inputs not connected to outputs"),
)
LONGEST_TEXT = 160
# What Keras and TensorFlow put around the sentence that says what is wrong.
WRAPPING = re.compile(
    r"\x1b\[[\d;]*m"  # bold
    r"|Exception encountered when calling \S+\(\)\. ?"
    r"|\{\{function_node [^}]*\}\} ?"
    r"| \[Op:\w+\].*"
)
# Keras numbers the layers that nobody has named, over all that a kernel has made: the number says nothing.
AUTOMATIC_NAME = re.compile(
    r"\b(input_layer|keras_tensor|functional|sequential|[a-z0-9_]*(?:dense|conv2d|add|multiply))_\d+\b"
)
# Code in these folders is not the student's.
LIBRARIES = (*{sysconfig.get_path(name) for name in ("stdlib", "platlib", "purelib")}, str(Path(__file__).parents[1]))


def describe(error: BaseException) -> Problem:
    """The problem that this exception is, in plain data."""
    # Keras adds "Arguments received by ..." below the sentence that says what is wrong.
    text = " ".join(str(error).split("Arguments received by")[0].split())
    text = WRAPPING.sub("", text)
    text = AUTOMATIC_NAME.sub(r"\1", text)
    kind = next((kind for kind, pattern in KINDS if re.search(pattern, text)), "raised")
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    line = _students_line(error)
    if isinstance(error, RecursionError):
        kind = "recursion"
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's
        kind = "out_of_memory"
    return Problem(kind, {"error": type(error).__name__, "text": text}, line)


def _students_line(error: BaseException) -> str:
    """The innermost line of the student's code on the way to the error, or nothing."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _is_library(frame.filename):
            continue
        return (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
    return ""


def _is_library(filename: str) -> bool:
    return filename.startswith((*LIBRARIES, "<frozen"))
