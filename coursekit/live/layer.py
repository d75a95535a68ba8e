"""The reader's own layer or network with trained weights in it, or the trained one while there is none that runs."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np

from autograder.messages import say
from coursekit import weights

Function = Callable[..., Any]
LONGEST_ERROR = 80  # characters of the reader's own error; the check shows all of it


def own_layer(
    function: Function | None, exercise: str, trained: keras.Model, **options: Any
) -> tuple[keras.Model, str]:
    """The reader's layer as a model from feature maps on, and a sentence that says whose layer it is.

    A layer that runs is shown as it is, right or wrong. One that is still to be written, stops with an error or gives
    another shape is replaced by the trained one.

    Args:
        function: called as `function(maps, name, **options)`; None for the trained layer.
        exercise: what the sentence calls it.
        trained: the trained layer, from maps to maps or to scores.
    """
    if function is None:
        return trained, say("live.trained", exercise=exercise)
    layer, reason = as_layer(function, exercise, trained.input_shape[1:], trained.output_shape[1:], **options)
    if layer is None:
        return trained, reason
    if not _put_weights(layer, trained):
        return layer, say("live.untrained", exercise=exercise)
    return layer, say("live.own", exercise=exercise)


def as_layer(
    function: Function, exercise: str, shape: tuple[int, ...], expected: tuple[int, ...], **options: Any
) -> tuple[keras.Model | None, str]:
    """The reader's layer as a model from maps to maps; or None, and a sentence that says why not.

    Args:
        function, exercise, options: as in `own_layer`.
        shape, expected: of one image's maps, before and behind the layer.
    """
    maps = keras.Input(shape)
    try:
        layer = keras.Model(maps, function(maps, "live", **options))
        # More than one image: with one, a gate of the wrong shape may broadcast by chance.
        received = tuple(layer(np.zeros((3, *shape), "float32")).shape[1:])
    except (Exception, SystemExit) as error:  # whatever the reader's code raises
        return None, why_not(error, exercise)
    if received != expected:
        values = {"shape": shape, "expected": expected, "received": received}
        return None, say("live.other_shape", exercise=exercise, **values)
    return layer, ""


class Network(NamedTuple):
    """A network at work in a demo."""

    trained: keras.Model
    untrained: Callable[[], keras.Model]  # makes it anew
    notice: str  # whose it is


def nameless(function: Function | None) -> Function | None:
    """A function as `own_layer` calls it, made of one that takes no name."""
    return function and (lambda maps, name, **options: function(maps, **options))


def own_network(build: Callable[[], Any] | None, exercise: str, name: str) -> Network:
    """The reader's network with trained weights in it; or the trained one, unless the reader's computes the same.

    Args:
        build: makes the reader's network; None for the trained one.
        exercise: what the notice calls it.
        name: the weights' name in `coursekit.weights`.
    """
    try:
        if build:
            return Network(weights.into(build(), name), build, say("live.own", exercise=exercise))
        notice = say("live.trained", exercise=exercise)
    except weights.WeightsError:
        notice = say("live.other_network", exercise=exercise)
    except (Exception, SystemExit) as error:  # whatever the reader's code raises
        notice = why_not(error, exercise)
    return Network(weights.load(name), partial(weights.load, name, trained=False), notice)


def run(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """What a model gives for x, a hundred at a time to save memory; 0 for what is not a number."""
    outputs = [np.array(model(x[start : start + 100])) for start in range(0, len(x), 100)]
    return np.nan_to_num(np.concatenate(outputs), posinf=0, neginf=0)


def gates_of(maps: np.ndarray, gated: np.ndarray) -> np.ndarray:
    """What a layer multiplies each channel by, (batch, channels), from its maps (batch, height, width, channels)."""
    return (gated * maps).sum(axis=(1, 2)) / (maps**2).sum(axis=(1, 2))


def why_not(error: BaseException, exercise: str, sentences: str = "live") -> str:
    """Says why the reader's function is not at work, with one of two `sentences`: not_written, or raises."""
    # A stub raises an error that names its exercise.
    if getattr(error, "exercise", None):
        return say(f"{sentences}.not_written", exercise=exercise)
    first_line = next(iter(str(error).splitlines()), "")
    shown = f"{type(error).__name__}: {first_line}"
    if len(shown) > LONGEST_ERROR:
        shown = shown[: LONGEST_ERROR - 1] + "…"
    return say(f"{sentences}.raises", exercise=exercise, error=shown)


def _put_weights(layer: keras.Model, trained: keras.Model) -> bool:
    """Put the trained weights into the layer, or leave it as it is; whether they are in it.

    Each goes where it does the same. A wrong layer is to be seen with them too: there each goes to the first place of
    its shape.
    """
    try:
        weights.take_over(layer, trained, trained.name)
    except weights.WeightsError:
        dealt = _dealt(layer.get_weights(), trained.get_weights())
        if dealt is None:
            return False
        layer.set_weights(dealt)
    return True


def _dealt(places: list[np.ndarray], values: list[np.ndarray]) -> list[np.ndarray] | None:
    """The values in the order of the places; None if they do not fit.

    Shapes are compared without the ones: in that a dense layer and a 1×1 convolution are alike.
    """
    dealt, left = [], list(values)
    for place in places:
        fitting = [number for number, value in enumerate(left) if np.squeeze(value).shape == np.squeeze(place).shape]
        if not fitting:
            return None
        dealt.append(left.pop(fitting[0]).reshape(place.shape))
    return None if left else dealt
