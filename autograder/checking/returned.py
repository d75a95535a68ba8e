"""What came back of an answer that is not what its exercise asks for: the problem that this is, in plain data."""

import dis
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from autograder.checking.measurement import Problem
from curriculum.exercises import Exercise

Answer = Callable[..., Any]

MOST_TOLD = 4  # of several things that came back
IDLE = ("NOP", "EXTENDED_ARG")  # instructions that do nothing by themselves


def are_several(exercise: Exercise, returned: Any) -> bool:
    """Whether as many things came back as the exercise returns."""
    return isinstance(returned, (list, tuple)) and len(returned) == len(exercise.returns)


def not_several(answer: Answer, exercise: Exercise, returned: Any) -> Problem:
    """The problem that not as many things came back as the exercise returns."""
    import keras

    if returned is None:
        return returned_none(answer)
    values = {"wanted": str(len(exercise.returns)), "names": ", ".join(exercise.returns)}
    if isinstance(returned, dict):
        return Problem("returned_dict", values)
    if isinstance(returned, keras.Model):
        return Problem("returned_model_for_several", values)
    if isinstance(returned, str):
        return Problem("returned_text", values)
    if isinstance(returned, np.ndarray):
        kind = "returned_array_for_several" if exercise.kind == "number" else "returned_numpy"
        return Problem(kind, values | {"shape": str(returned.shape)})
    things = returned if isinstance(returned, (list, tuple)) else [returned]
    told = [_described(thing) for thing in things[:MOST_TOLD]] + ["…"] * (len(things) > MOST_TOLD)
    values |= {"count": str(len(things)), "received": ", ".join(told) or "()"}
    return Problem("returned_too_many" if len(things) > len(exercise.returns) else "returned_too_few", values)


def not_a(wanted: str, answer: Answer | None, returned: Any, several: tuple[str, ...] = ()) -> Problem:
    """The problem that something else than the one thing that was wanted came back, as one of `several` if so."""
    import keras

    if returned is None:
        return Problem("returned_none_among", {"names": ", ".join(several)}) if several else returned_none(answer)
    if isinstance(returned, FunctionType) and _is_defined_inside(answer):
        return Problem("defined_inside", {"name": returned.__name__})
    if isinstance(returned, dict):
        return Problem("returned_dict_for_one", {"length": str(len(returned))})
    if wanted == "feature_map" and isinstance(returned, keras.Model):
        return Problem("returned_model")
    if wanted != "model":
        if isinstance(returned, (list, tuple)):
            return Problem("returned_list", {"received": type(returned).__name__, "length": str(len(returned))})
        if isinstance(returned, np.ndarray) and wanted == "feature_map":
            return Problem("returned_numpy", {"shape": str(returned.shape)})
    return Problem(f"not_a_{wanted}", {"received": _described(returned)})


def returned_none(answer: Answer | None) -> Problem:
    """The problem that None came back: nothing is returned, or something that is None, or one of the two."""
    code = getattr(answer, "__code__", None)
    if code and _is_defined_inside(answer):
        return Problem("defined_inside", {"name": code.co_name})
    have_results = set(_returns(code)) if code else set()
    kinds = {frozenset({False}): "returned_nothing", frozenset({True}): "returned_none"}
    return Problem(kinds.get(frozenset(have_results), "returned_none_here"))


def _is_defined_inside(answer: Any) -> bool:
    """Whether a function of the same name is defined inside of it: the whole stub was pasted into itself."""
    code: Any = getattr(answer, "__code__", None)
    return any(isinstance(part, CodeType) and part.co_name == code.co_name for part in getattr(code, "co_consts", ()))


def _returns(code: Any) -> Iterator[bool]:
    """Whether a result stands behind `return`, for every place where this code returns.

    Where a function ends without `return`, Python returns the constant None, as it does for `return` alone.
    """
    before = None
    for step in dis.get_instructions(code):
        if step.opname in IDLE:
            continue
        if step.opname == "RETURN_CONST":  # of Python 3.12 and 3.13
            yield step.argval is not None
        elif step.opname == "RETURN_VALUE":
            is_none = before is not None and before.opname == "LOAD_CONST" and before.argval is None
            yield not is_none
            if is_none and step.is_jump_target:  # `return a if b else None`
                yield True
        before = step


def _described(thing: Any) -> str:
    """What something is: its type, and the shape of what has one, as in "KerasTensor (None, 8, 8, 16)"."""
    name = type(thing).__name__
    if name == "KerasTensor":
        return f"{name} {tuple(thing.shape)}"
    return f"{name} of {thing.dtype}" if isinstance(thing, np.ndarray) else name
