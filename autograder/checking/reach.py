"""What a function of the notebook leads to: the names that it and all that it calls use."""

import dis
from collections.abc import Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

STUDENTS = "__main__"  # the module that a notebook's classes belong to


def used_names(name: str, names: dict[str, Any]) -> Iterator[str]:
    """A function's name and the notebook's names that it leads to, each once."""
    left, seen = [name], set()
    while left:
        used = left.pop(0)
        if used in names and used not in seen:
            seen.add(used)
            yield used
            own = getattr(names[used], "__name__", "")  # of one that was given another name
            left += [own] if names.get(own) is names[used] else []
            left += sorted({other for code in _codes(names[used], names, set()) for other in _globals(code)})


def _codes(value: Any, names: dict[str, Any], seen: set[int]) -> Iterator[CodeType]:
    """The code of the notebook's that runs when this is called."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, FunctionType) and value.__globals__ is names:
        yield value.__code__
        parts = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
    elif isinstance(value, FunctionType):
        parts = [value.__wrapped__] if hasattr(value, "__wrapped__") else []
    elif isinstance(value, partial):
        parts = [value.func]
    elif isinstance(value, MethodType):
        parts = [value.__func__]
    elif isinstance(value, (staticmethod, classmethod)):
        parts = [value.__wrapped__]
    elif isinstance(value, type):
        parts = list(vars(value).values()) if value.__module__ == STUDENTS else []
    else:
        parts = [type(value)]
    for part in parts:
        yield from _codes(part, names, seen)


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that has no value yet
        return False


def _globals(code: CodeType) -> Iterator[str]:
    """The global names that a piece of code reads."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)
