"""The reader's own layer or network with trained weights in it, or the trained one while there is none that runs."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import permutations
from typing import Any, NamedTuple

import keras
import numpy as np

from autograder.exercises import is_exercise
from autograder.messages import say
from coursekit import weights

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
        # More than one image: with one, a gate of the wrong shape may broadcast by chance.
        received = tuple(layer(np.zeros((3, *shape), "float32")).shape[1:])
    except (Exception, SystemExit) as error:  # whatever the reader's code raises
        return trained, _why_trained(error, exercise)
    if received != shape:
        return trained, say("live.other_shape", exercise=exercise, expected=shape, received=received)
    if not _put_weights(layer, trained):
        return layer, say("live.untrained", exercise=exercise)
    return layer, say("live.own", exercise=exercise)


class Network(NamedTuple):
    """A network at work in a demo."""

    trained: keras.Model
    untrained: Callable[[], keras.Model]  # makes it anew
    notice: str  # whose it is


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
        notice = say(_sentence("other_network", exercise), exercise=exercise)
    except (Exception, SystemExit) as error:  # whatever the reader's code raises
        notice = _why_trained(error, exercise)
    return Network(weights.load(name), partial(weights.load, name, trained=False), notice)


def run(model: keras.Model, x: np.ndarray) -> Any:
    """What a model gives for x, a hundred at a time to save memory; 0 for what is not a number.

    Returns:
        An array; or, if the model has several outputs, a list with one for each.
    """
    batches = [model(x[start : start + 100]) for start in range(0, len(x), 100)]
    if isinstance(batches[0], (list, tuple)):
        return [_joined(outputs) for outputs in zip(*batches, strict=True)]
    return _joined(batches)


def _joined(batches: Sequence[Any]) -> np.ndarray:
    return np.nan_to_num(np.concatenate([np.array(batch) for batch in batches]), posinf=0, neginf=0)


def _why_trained(error: BaseException, exercise: str) -> str:
    # A stub raises an error that names its exercise, which may be a part of what the demo shows.
    if missing := getattr(error, "exercise", None):
        return say("live.not_written", exercise=missing)
    first_line = next(iter(str(error).splitlines()), "")
    shown = f"{type(error).__name__}: {first_line}"
    if len(shown) > LONGEST_ERROR:
        shown = shown[: LONGEST_ERROR - 1] + "…"
    return say(_sentence("raises", exercise), exercise=exercise, error=shown)


def _sentence(key: str, function: str) -> str:
    """The key of a sentence about an exercise, or about a given function that calls several: none of it is checked."""
    return f"live.{key}" if is_exercise(function) else f"live.{key}_in_parts"


def _put_weights(layer: keras.Model, trained: keras.Model) -> bool:
    """Put the trained weights into the layer, or leave it as it is; whether they are in it.

    Where several weights have the same shape, a right layer may have made them in another order. The deal is taken that
    makes it compute what the trained one does; for a wrong layer, which is to be seen with them too, the first one.
    """
    maps = np.random.default_rng(0).uniform(size=(3, *trained.input_shape[1:])).astype("float32")
    goal, first = trained(maps), None
    for dealt in _deals(layer.get_weights(), trained.get_weights()):
        layer.set_weights(dealt)
        if np.allclose(layer.predict_on_batch(maps), goal, atol=1e-4):  # compiled: there may be hundreds of deals
            return True
        first = first or dealt
    if first:
        layer.set_weights(first)
    return first is not None


def _deals(places: list[np.ndarray], values: list[np.ndarray]) -> Iterator[list[np.ndarray]]:
    """Every way to put the values where one of their shape is."""
    if len(places) != len(values):
        return
    for order in permutations(values):
        if all(_alike(place, value) for place, value in zip(places, order, strict=True)):
            yield [value.reshape(place.shape) for place, value in zip(places, order, strict=True)]


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether one shape becomes the other when neighbouring axes are joined.

    In that a dense layer, a 1×1 convolution and a projection of Keras' MultiHeadAttention are alike.
    """
    ends, others = (set(np.cumprod(weight.shape)) - {1} for weight in (one, other))
    return one.size == other.size and (ends <= others or others <= ends)
