"""A check's cases with other sizes, drawn from a seed: what was computed in advance for the notebook's own cases is
useless, and a right answer does not notice.
"""

from dataclasses import replace

import numpy as np

from autograder.exercises import Case, Exercise

# Sizes grow by multiples that keep what a case is about: even stays even, and a quarter, an eighth or a sixteenth of
# the channels is rounded as before. Fewer channels than this are there to be few.
CHANNEL_STEP, SPATIAL_STEP = 32, 2
FEW_CHANNELS = 24


def varied(exercise: Exercise, seed: int) -> Exercise:
    """The exercise with other batches, heights and widths, and on larger maps other numbers of channels.

    Networks stay as they are: their input's shape is one of their arguments. Functions of numbers are asked for further
    ones: their own cases lie at the borders of the rule.
    """
    if exercise.kind == "model":
        return exercise
    generator = np.random.default_rng([seed, len(exercise.cases)])
    if exercise.kind == "number":
        return replace(exercise, cases=exercise.cases + tuple(_enlarged(case, generator) for case in exercise.cases))
    return replace(exercise, cases=tuple(_varied(case, generator) for case in exercise.cases))


def _varied(case: Case, generator: np.random.Generator) -> Case:
    batch, *lengths = case.shape
    if len(lengths) == 3:
        channels = lengths.pop()
        same = case.arguments.get("filters", channels) == channels
        step = CHANNEL_STEP * int(generator.integers(2)) if channels >= FEW_CHANNELS and not same else 0
    else:
        channels, step = None, 0
    lengths = [length + SPATIAL_STEP * int(generator.integers(3)) for length in lengths]
    if channels is not None:
        lengths.append(channels + step)
    shape = (batch + int(generator.integers(2)), *lengths)
    # Further inputs share all axes with the first but the fourth.
    further = {name: (*shape[: len(old[:3])], *old[3:]) for name, old in case.further.items()}
    return replace(case, shape=shape, further=further)


def _enlarged(case: Case, generator: np.random.Generator) -> Case:
    """The first number among the arguments up to four times as large, the others as they are."""
    name, value = next((name, value) for name, value in case.arguments.items() if isinstance(value, int))
    return replace(case, arguments=case.arguments | {name: int(generator.integers(value, 4 * value + 1))})
