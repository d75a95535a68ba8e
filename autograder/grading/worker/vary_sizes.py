"""A check's cases with other sizes and arguments, drawn from a seed.

Outputs that were computed in advance for the notebook's own cases are useless here; a right answer passes as before.
"""

from dataclasses import replace
from random import Random
from typing import Any

from curriculum.exercises import Case, Exercise

SPATIAL_STEP = 2  # even stays even
MOST_DRAWS = 1000
# Calls of a plain function cost nothing: each case is drawn so often that luck decides nothing. Where few numbers can
# come out, a wrong answer may be right in a case one time in ten, and that has to be seen.
NUMBERS = 480  # that all calls together return
ARRAYS_OF_A_CASE = 16
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def vary_sizes(exercise: Exercise, seed: int) -> Exercise:
    """The exercise with other cases, each unlike any of its own: `times` in a row for each of its own.

    Raises: ValueError if a case's `fresh` draws none.
    """
    draws = [Random(f"{seed} {number}") for number in range(len(exercise.cases))]
    cases = (
        _vary_case(exercise, case, draw)
        for case, draw in zip(exercise.cases, draws, strict=True)
        for _ in range(times(exercise))
    )
    return replace(exercise, cases=tuple(cases))


def times(exercise: Exercise) -> int:
    """How often each case of an exercise is drawn."""
    if exercise.kind == "number":
        return NUMBERS // (len(exercise.cases) * max(1, len(exercise.returns)))
    return ARRAYS_OF_A_CASE if exercise.kind == "function" else 1


def _vary_case(exercise: Exercise, case: Case, draw: Random) -> Case:
    for _ in range(MOST_DRAWS):
        drawn = _draw_case(exercise, case, draw)
        if all(_seen_by_answer(exercise, drawn) != _seen_by_answer(exercise, known) for known in exercise.cases):
            return drawn
    raise ValueError(f"{exercise.name}: expected `fresh` to draw something that no case has. Received: {drawn}")


def _seen_by_answer(exercise: Exercise, case: Case) -> tuple[Any, ...]:
    """What an answer can tell a case by while it builds its layers: not the batch, nor the name that it has to use."""
    start = 0 if exercise.kind == "function" else 1
    extra_inputs = {name: shape[start:] for name, shape in case.extra_inputs.items()}
    return case.shape[start:], extra_inputs, {name: value for name, value in case.arguments.items() if name != "name"}


def _draw_case(exercise: Exercise, case: Case, draw: Random) -> Case:
    drawn = case.fresh(draw)
    expected_layer = drawn.pop("expected_layer", case.expected_layer)
    lengths = {name: drawn.pop(name) for name in case.extra_inputs if name in drawn}
    channels = drawn.pop("channels", case.shape[-1]) if exercise.takes_input else 0
    if "name" in case.arguments:
        drawn["name"] = "".join(draw.choices(LETTERS, k=6))
    arguments = case.arguments | drawn
    shape = _shape(exercise, case, arguments, channels, draw)
    # Extra inputs share all axes with the first but the fourth.
    extra_inputs = {
        name: (*shape[: len(old[:3])], *((lengths.get(name, old[3]),) if old[3:] else ()))
        for name, old in case.extra_inputs.items()
    }
    return replace(case, shape=shape, arguments=arguments, extra_inputs=extra_inputs, expected_layer=expected_layer)


def _shape(exercise: Exercise, case: Case, arguments: dict[str, Any], channels: int, draw: Random) -> tuple[int, ...]:
    """The first input's shape: that of a network is one of its arguments."""
    if exercise.kind == "number":
        return ()
    batch, *lengths = case.shape
    batch += draw.randint(0, 1)
    if exercise.kind == "model":
        return batch, *arguments["input_shape"]
    last = [channels] if len(lengths) == 3 else []
    return batch, *(length + SPATIAL_STEP * draw.randint(0, 2) for length in lengths[:2]), *last
