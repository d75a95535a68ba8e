"""A check's cases with other sizes and arguments, drawn from a seed.

What was computed in advance for the notebook's own cases is useless, and a right answer does not notice.
"""

from dataclasses import replace
from random import Random
from typing import Any

from curriculum.exercises import Case, Exercise

SPATIAL_STEP = 2  # even stays even
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def varied(exercise: Exercise, seed: int) -> Exercise:
    """The exercise with other cases, one for each of its own, each unlike any of its own."""
    cases = (_varied(exercise, case, Random(f"{seed} {number}")) for number, case in enumerate(exercise.cases))
    return replace(exercise, cases=tuple(cases))


def _varied(exercise: Exercise, case: Case, draw: Random) -> Case:
    while True:
        drawn = _drawn(exercise, case, draw)
        if all(_asked(exercise, drawn) != _asked(exercise, known) for known in exercise.cases):
            return drawn


def _asked(exercise: Exercise, case: Case) -> tuple[Any, ...]:
    """What an answer can tell a case by: while it builds its layers neither the batch nor the name it is to use."""
    start = 0 if exercise.kind == "function" else 1
    further = {name: shape[start:] for name, shape in case.further.items()}
    return case.shape[start:], further, {name: value for name, value in case.arguments.items() if name != "name"}


def _drawn(exercise: Exercise, case: Case, draw: Random) -> Case:
    drawn = case.fresh(draw)
    leaves = drawn.pop("leaves", case.leaves)
    lengths = {name: drawn.pop(name) for name in case.further if name in drawn}
    channels = drawn.pop("channels", case.shape[-1]) if exercise.takes_input else 0
    if "name" in case.arguments:
        drawn["name"] = "".join(draw.choices(LETTERS, k=6))
    arguments = case.arguments | drawn
    shape = _shape(exercise, case, arguments, channels, draw)
    # Further inputs share all axes with the first but the fourth.
    further = {
        name: (*shape[: len(old[:3])], *((lengths.get(name, old[3]),) if old[3:] else ()))
        for name, old in case.further.items()
    }
    # Whoever gives the right outputs here has a layer; how it trains, the notebook's own cases have shown.
    train = case.train and exercise.budget is not None
    return replace(case, shape=shape, arguments=arguments, further=further, leaves=leaves, train=train)


def _shape(exercise: Exercise, case: Case, arguments: dict, channels: int, draw: Random) -> tuple[int, ...]:
    """The first input's shape: that of a network is one of its arguments."""
    if exercise.kind == "number":
        return ()
    batch, *lengths = case.shape
    batch += draw.randint(0, 1)
    if exercise.kind == "model":
        return batch, *arguments["input_shape"]
    last = [channels] if len(lengths) == 3 else []
    return batch, *(length + SPATIAL_STEP * draw.randint(0, 2) for length in lengths[:2]), *last
