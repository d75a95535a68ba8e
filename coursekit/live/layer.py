"""The reader's own layer or network with trained weights in it, or the trained one while there is none that runs."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np

from coursekit import weights
from curriculum.exercises import is_exercise
from curriculum.messages import say

Function = Callable[..., Any]
LARGE = 30
LONGEST_ERROR = 80  # characters of the reader's own error; the check shows all of it


def own_layer(
    function: Function | None, exercise: str, trained: keras.Model, **options: Any
) -> tuple[keras.Model, str]:
    """The reader's layer as a model that takes feature maps, and a sentence that says whose layer it is.

    A layer that runs is shown as it is, right or wrong, and where it is wrong the sentence says so. One that is still
    to be written, stops with an error or gives another shape is replaced by the trained one.

    Args:
        function: called as `function(maps, name, **options)`; None for the trained layer.
        exercise: what the sentence calls it.
        trained: the trained layer, from maps to maps or to scores.
        options: of the layer, for example its ratio.
    """
    if function is None:
        return trained, say("live.trained", exercise=exercise)
    layer, reason = as_layer(function, exercise, trained.input_shape[1:], trained.output_shape[1:], **options)
    if layer is None:
        return trained, reason
    if not _put_weights(layer, trained):
        return layer, say("live.untrained", exercise=exercise)
    return layer, noted(say("live.own", exercise=exercise), layer, trained, exercise)


def noted(notice: str, layer: keras.Model, right: keras.Model, exercise: str) -> str:
    """The sentence that says whose layer it is, and where it is seen to compute something else, that, too.

    Args:
        notice: the sentence.
        layer: the reader's, from one feature map.
        right: what it should compute, with the same weights.
        exercise: what the sentence calls it.
    """
    height, width, channels = right.input_shape[1:]
    random = np.random.default_rng(0)
    maps = random.normal(size=(6, 1, 1, channels)) + random.normal(size=(6, height, width, channels))
    maps = np.concatenate([maps, LARGE * maps]).astype("float32")  # where a ReLU6 cuts off
    if np.allclose(run(layer, maps), run(right, maps), rtol=1e-3, atol=1e-3):
        return notice
    return f"{notice} {say('live.computes_other', exercise=exercise)}"


def as_layer(
    function: Function, exercise: str, shape: tuple[int, ...], expected: tuple[int, ...], **options: Any
) -> tuple[keras.Model | None, str]:
    """The reader's layer as a model from maps to maps; or None, and a sentence that says why not.

    Args:
        function: as in `own_layer`.
        exercise: as in `own_layer`.
        shape: of one image's maps before the layer.
        expected: of one image's maps behind the layer.
        **options: as in `own_layer`.
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
    """A function as `own_layer` calls it, made of one that takes no layer name; None stays None."""
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
            return Network(weights.load_into(build(), name), build, say("live.own", exercise=exercise))
        notice = say("live.trained", exercise=exercise)
    except weights.WeightsError:
        notice = say(_sentence("live.other_network", exercise), exercise=exercise)
    except (Exception, SystemExit) as error:  # whatever the reader's code raises
        notice = why_not(error, exercise)
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


def channel_gates_of(maps: np.ndarray, gated: np.ndarray) -> np.ndarray:
    """What a layer multiplies each channel by, read from what it gets and gives.

    Args:
        maps: before the layer, (batch, height, width, channels).
        gated: behind the layer, of the same shape.

    Returns:
        (batch, channels): the factor with the least squared error if the layer does something else than to multiply
        channels; 0 for a channel that is 0 everywhere.
    """
    return _gates_of(maps, gated, (1, 2))


def spatial_gates_of(maps: np.ndarray, gated: np.ndarray) -> np.ndarray:
    """What a layer multiplies each position by, (batch, height, width); otherwise as `channel_gates_of`."""
    return _gates_of(maps, gated, (3,))


def _gates_of(maps: np.ndarray, gated: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The gates that are the same along `axes`."""
    products, squares = (maps * gated).sum(axis=axes), (maps**2).sum(axis=axes)
    return np.divide(products, squares, out=np.zeros_like(products), where=squares > 0)


def why_not(error: BaseException, exercise: str, sentences: str = "live") -> str:
    """Why the reader's function is not at work, in the reader's language.

    Args:
        error: what the function raised.
        exercise: what the sentence calls the function.
        sentences: the section of the messages that has both sentences, `not_written` and `raises`.
    """
    # A stub raises an error that names its exercise, which may be a part of what the demo shows.
    if missing := getattr(error, "exercise", None):
        return say(f"{sentences}.not_written", exercise=missing)
    first_line = next(iter(str(error).splitlines()), "")
    shown = f"{type(error).__name__}: {first_line}"
    if len(shown) > LONGEST_ERROR:
        shown = shown[: LONGEST_ERROR - 1] + "…"
    return say(_sentence(f"{sentences}.raises", exercise), exercise=exercise, error=shown)


def _sentence(key: str, function: str) -> str:
    """The key of a sentence about an exercise, or about a given function that calls several: none of it is checked."""
    return key if is_exercise(function) else f"{key}_in_parts"


def _put_weights(layer: keras.Model, trained: keras.Model) -> bool:
    """Put the trained weights into the layer, or leave it as it is; whether they are in it.

    Each goes where it does the same. A wrong layer is to be seen with them too: there each goes to the first place of
    its shape.
    """
    try:
        weights.transfer(layer, trained, trained.name)
    except weights.WeightsError:
        return weights.transfer_by_shape(layer, trained)
    return True
