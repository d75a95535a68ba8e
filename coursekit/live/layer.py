"""The reader's own layer with trained weights in it, or the trained layer while there is none that runs."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from autograder.messages import say

Function = Callable[..., Any]
LONGEST_ERROR = 80  # characters of the reader's own error; the check shows all of it


def own_layer(
    function: Function | None, exercise: str, trained: keras.Model, **options: Any
) -> tuple[keras.Model, str]:
    """The reader's layer as a model from feature maps to feature maps, and a sentence that says whose layer it is.

    A layer that runs is shown as it is, right or wrong. One that is still to be written, stops with an error or gives
    another shape is replaced by the trained one.

    Args:
        function: called as `function(maps, name, **options)`; None for the trained layer.
        exercise: what the sentence calls it.
        trained: the trained layer, from maps to maps of the same shape.
    """
    if function is None:
        return trained, say("live.trained", exercise=exercise)
    shape = trained.input_shape[1:]
    maps = keras.Input(shape)
    try:
        layer = keras.Model(maps, function(maps, "live", **options))
        received = tuple(layer(np.zeros((1, *shape), "float32")).shape[1:])
    except (Exception, SystemExit) as error:  # whatever the reader's code raises
        return trained, _why_trained(error, exercise)
    if received != shape:
        return trained, say("live.other_shape", exercise=exercise, expected=shape, received=received)
    if not _put_weights(layer, trained):
        return layer, say("live.untrained", exercise=exercise)
    return layer, say("live.own", exercise=exercise)


def _why_trained(error: BaseException, exercise: str) -> str:
    # A stub raises an error that names its exercise.
    if getattr(error, "exercise", None):
        return say("live.not_written", exercise=exercise)
    first_line = next(iter(str(error).splitlines()), "")
    shown = f"{type(error).__name__}: {first_line}"
    if len(shown) > LONGEST_ERROR:
        shown = shown[: LONGEST_ERROR - 1] + "…"
    return say("live.raises", exercise=exercise, error=shown)


def _put_weights(layer: keras.Model, trained: keras.Model) -> bool:
    """Put the trained weights into the layer, or leave it as it is; whether they are in it.

    They are dealt out by shape, in the order of the layers, whatever the layer then makes of them: a wrong layer is to
    be seen with them too. (`coursekit.weights.into` would refuse it.)
    """
    waiting = [np.array(weight) for weight in trained.weights]
    dealt = []
    for weight in layer.weights:
        fitting = [i for i, value in enumerate(waiting) if _squeezed(value.shape) == _squeezed(weight.shape)]
        if not fitting:
            return False
        dealt.append(waiting.pop(fitting[0]).reshape(weight.shape))
    if not waiting:
        layer.set_weights(dealt)
    return not waiting


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without the ones, in which a dense layer and a 1×1 convolution are alike."""
    return tuple(length for length in shape if length != 1)
