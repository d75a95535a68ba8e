"""A check's cases with other sizes and arguments, drawn from a seed.

Outputs that were computed in advance for the notebook's own cases are useless here; a right answer passes as before.
"""

from dataclasses import replace
from random import Random
from typing import Any

from curriculum.exercises import Case, Exercise

SPATIAL_STEP = 2  # even stays even
MOST_DRAWS = 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def vary_sizes(exercise: Exercise, seed: int) -> Exercise:
    """The exercise with other cases, one for each of its own, each unlike any of its own.

    Raises: ValueError if a case's `fresh` draws none.
    """
    cases = (_vary_case(exercise, case, Random(f"{seed} {number}")) for number, case in enumerate(exercise.cases))
    return replace(exercise, cases=tuple(cases))


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
