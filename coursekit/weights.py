"""Trained networks that come with the course: load one, or put its weights into a network of the reader's own.

Each file `data/weights/<name>.npz` holds what Keras needs to build a network (`architecture`, as JSON) and its weights
in float16, by their paths. The networks are those of the lessons with the reference answers, trained on Fashion-MNIST
by `python experiments/train_weights.py`; `data/README.md` has the card with their errors and accuracies.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import keras
import numpy as np

from curriculum.messages import say
from curriculum.paths import weights_folder

__all__ = ["WeightsError", "load", "load_into", "measured", "names", "save", "transfer", "transfer_by_shape"]

Shape = tuple[int, ...]
Unit = tuple[keras.Variable, ...]
Item = TypeVar("Item")

# Images on which two networks are compared: a part that is silent for one may speak for another. Not three: on some
# processors TensorFlow 2.21 ends the process in the gradient of a strided convolution over three images.
PROBES = 4
LEAST_GRADIENT = 1e-4  # of the largest: what is shorter is rounding
SAME = 1e-2  # relative; the same network written in two ways differs by rounding, about 1e-5, another one by about 1


class Probe(NamedTuple):
    """What a network does with made-up weights."""

    outputs: np.ndarray
    gradients: list[tuple[np.ndarray, ...]]  # by unit


class WeightsError(Exception):
    """Why the weights cannot be put into a network, in the reader's language."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the frames are the course's, where a student can fix nothing."""
        return [str(self)]


def names() -> tuple[str, ...]:
    """The networks that come with the course, in alphabetical order."""
    return tuple(sorted(path.stem for path in weights_folder().glob("*.npz")))


def load(name: str, trained: bool = True) -> keras.Model:
    """A trained network, as the lessons' reference answers build it.

    Args:
        name: one of `names()`.
        trained: False for the same network with new weights.

    Raises:
        ValueError: there is none of this name.
    """
    arrays = _read(name)
    model = keras.models.model_from_json(bytes(arrays["architecture"]).decode())
    if trained:
        for weight in model.weights:
            weight.assign(arrays[weight.path])
    return model


def measured(name: str) -> dict[str, Any]:
    """How a network was trained and how good it is: `metric` is its mean squared error or its accuracy.

    Raises:
        ValueError: there is none of this name.
    """
    content: dict[str, dict[str, Any]] = json.loads((weights_folder() / "training.json").read_text("utf-8"))
    if name not in content:
        raise ValueError(f"name: expected one of {', '.join(content)}; received {name!r}")
    return content[name]


def save(model: keras.Model, folder: Path, name: str) -> Path:
    """Write a network to a file that `load` reads, its weights rounded to float16.

    Args:
        model: made of Keras' own layers.
        folder: where the file goes.
        name: of the file, without its ending.

    Returns:
        The path of the file.
    """
    arrays = {weight.path: keras.ops.convert_to_numpy(weight).astype("float16") for weight in model.weights}
    assert len(arrays) == len(model.weights), f"{name}: two weights have the same path"
    architecture = json.loads(model.to_json())
    architecture.pop("compile_config", None)  # Keras cannot load a loss that is the course's own
    path = folder / f"{name}.npz"
    np.savez_compressed(path, architecture=np.frombuffer(json.dumps(architecture).encode(), np.uint8), **arrays)
    return path


def load_into(model: keras.Model, name: str) -> keras.Model:
    """Put trained weights into a network that computes the same as the trained one, however it is written.

    Neither the order nor the names of layers matter, nor whether a 1×1 convolution is written as a dense layer. Which
    weight is which is found by what it does: both networks get the same made-up values, and weights whose gradients
    agree belong together.

    Args:
        model: a network for the same images; it is built if it is not yet. Of several outputs the first is compared.
        name: one of `names()`.

    Returns:
        The same `model`, with the trained weights in it.

    Raises:
        WeightsError: `model` is no network, does not run, has other weights, or computes something else; its values
            stay as they were.
        ValueError: there are no weights of this name.
    """
    return transfer(model, load(name), name)


def transfer(model: keras.Model, trained: keras.Model, name: str) -> keras.Model:
    """As `load_into`, from any network that is at hand: also from a part of one, or a layer on feature maps.

    Args:
        model: takes the same inputs as `trained`.
        trained: has its own values again afterwards.
        name: what an error calls it.

    Returns:
        The same `model`, with the weights of `trained` in it.

    Raises:
        WeightsError: as in `load_into`.
    """
    if not isinstance(model, keras.Model):
        raise WeightsError(say("trained.no_network", name=name, received=type(model).__name__))
    try:
        if not model.built:
            model(keras.Input(trained.input_shape[1:]))
        several = len(getattr(model, "outputs", None) or ()) > 1
        compared = keras.Model(model.input, model.outputs[0]) if several else model
        _compare_shapes(compared, trained, name)
        own = _values(compared)
        try:
            _copy(compared, trained, name)
        except Exception:
            _assign(_weights(compared), own)
            raise
    except WeightsError:
        raise
    except Exception as error:  # the reader's code may fail in any way
        raise WeightsError(say("trained.does_not_run", name=name, error=type(error).__name__)) from error
    return model


def transfer_by_shape(model: keras.Model, trained: keras.Model) -> bool:
    """Give each weight of a network the first value of its shape in another one, whatever either computes.

    Args:
        model: is left as it is if its weights do not have the shapes of `trained`'s. Shapes that become equal when
            neighbouring axes are joined count as equal, as those of a dense layer, a 1×1 convolution and a projection
            of Keras' MultiHeadAttention.
        trained: is not changed.

    Returns:
        Whether `model` now has the weights.
    """
    places, values = model.get_weights(), trained.get_weights()
    partners = _match(places, values, lambda place, value: 0 if _same_joined(value, place) else np.inf)
    if partners is None:
        return False
    model.set_weights([values[at].reshape(place.shape) for at, place in zip(partners, places, strict=True)])
    return True


def _same_joined(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether one shape becomes the other when neighbouring axes are joined."""
    ends, others = (set(np.cumprod(weight.shape)) - {1} for weight in (one, other))
    return one.size == other.size and (ends <= others or others <= ends)


def _read(name: str) -> dict[str, np.ndarray]:
    path = weights_folder() / f"{name}.npz"
    if not path.is_file():
        raise ValueError(f"name: expected one of {', '.join(names())}; received {name!r}")
    with np.load(path) as arrays:
        return dict(arrays)


def _units(model: keras.Model) -> list[Unit]:
    """The weights, those of one batch normalisation together.

    Its mean and shift alone cannot be told from those of a second one whose output is added to the first one's.
    """
    units = []
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization) and layer.built:
            units.append(tuple(layer.weights))
    together = {id(weight) for unit in units for weight in unit}
    # The state of a random layer is no float.
    return units + [(w,) for w in model.weights if id(w) not in together and "float" in w.dtype]


def _weights(model: keras.Model) -> list[keras.Variable]:
    return [weight for unit in _units(model) for weight in unit]


def _values(model: keras.Model) -> list[np.ndarray]:
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in _weights(model)]


def _assign(weights: Iterable[keras.Variable], values: Iterable[np.ndarray]) -> None:
    for weight, value in zip(weights, values, strict=True):
        weight.assign(value.reshape(weight.shape))


def _squeezed(weight: keras.Variable) -> Shape:
    """The shape without the ones, which is the same for a dense layer and a 1×1 convolution."""
    return tuple(length for length in weight.shape if length != 1)


def _compare_shapes(model: keras.Model, trained: keras.Model, name: str) -> None:
    """Raises a WeightsError unless both networks have as many weights of each shape."""
    received, expected = (Counter(map(_squeezed, _weights(network))) for network in (model, trained))
    for shape in sorted(received | expected):
        if received[shape] != expected[shape]:
            values = {"shape": shape, "expected": expected[shape], "received": received[shape]}
            raise WeightsError(say("trained.other_weights", name=name, **values))


def _copy(model: keras.Model, trained: keras.Model, name: str) -> None:
    """Give each unit of `model` the values of its partner in `trained`.

    Raises:
        WeightsError: the networks differ.
    """
    values, images = _values(trained), _images(trained)
    goal = np.array(trained(images))
    partners = _partners(_probe(model, images), _probe(trained, images))
    _assign(_weights(trained), values)
    if partners is None:
        raise WeightsError(say("trained.another_network", name=name))
    units = _units(trained)
    for unit, partner in zip(_units(model), partners, strict=True):
        _assign(unit, map(keras.ops.convert_to_numpy, units[partner]))
    if _distance(np.array(model(images)), goal) > SAME:
        raise WeightsError(say("trained.another_network", name=name))


def _partners(received: Probe, expected: Probe) -> list[int] | None:
    """For each unit of one network the place of the other's unit that has the same gradients; None if one has none."""
    if received.outputs.shape != expected.outputs.shape or _distance(received.outputs, expected.outputs) > SAME:
        return None
    # The gradient of a bias that changes nothing, as of the keys in attention, is rounding and differs by all of it.
    largest = max((float(np.linalg.norm(gradient)) for unit in expected.gradients for gradient in unit), default=0.0)
    distance = partial(_distance, least=LEAST_GRADIENT * largest)

    def apart(unit: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> float:
        if [gradient.shape for gradient in unit] != [gradient.shape for gradient in other]:
            return np.inf
        return max(map(distance, unit, other))

    return _match(received.gradients, expected.gradients, apart, SAME)


def _match(
    received: Sequence[Item], expected: Sequence[Item], distance: Callable[[Item, Item], float], largest: float = 0.0
) -> list[int] | None:
    """Give each of `received`, in turn, the nearest of `expected` that is still free, the first of several.

    This decides which weight goes where. It does not say what is wrong where none fits: that is the job of
    `autograder.checking.diagnosis.compare_weights`, which compares roles and shapes in several passes.

    Args:
        received: what is matched, each in turn.
        expected: what it is matched with.
        distance: of one of `received` to one of `expected`.
        largest: the largest distance of partners.

    Returns:
        Places in `expected`, each once; None if there are not as many of both, or one finds no partner.
    """
    if len(received) != len(expected):
        return None
    free, partners = list(range(len(expected))), []
    for item in received:
        distances = [distance(item, expected[place]) for place in free]
        nearest = int(np.argmin(distances))
        if distances[nearest] > largest:
            return None
        partners.append(free.pop(nearest))
    return partners


def _images(model: keras.Model) -> np.ndarray:
    """Made-up images, (PROBES, height, width, channels)."""
    return np.random.default_rng(0).uniform(0, 1, (PROBES, *model.input_shape[1:])).astype("float32")


def _probe(model: keras.Model, images: np.ndarray) -> Probe:
    """What the network gives with made-up weights, and the gradients of a weighted sum of that, unit by unit.

    A weight's made-up value depends only on its shape without the ones, so that it is the same in both networks.
    """
    import tensorflow as tf

    units = _units(model)
    for weight in _weights(model):
        _assign([weight], [_made_up(_squeezed(weight))])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([weight.value for weight in _weights(model)])
        outputs = model(images, training=False)
        total = tf.reduce_sum(np.random.default_rng(1).normal(size=outputs.shape).astype("float32") * outputs)
    found = tape.gradient(total, [[weight.value for weight in unit] for unit in units], unconnected_gradients="zero")
    squeezed = [tuple(np.squeeze(np.array(gradient)) for gradient in gradients) for gradients in found]
    return Probe(np.array(outputs), squeezed)


def _made_up(shape: Shape) -> np.ndarray:
    """The value for every weight of this shape, float32.

    Vectors are near 1: a variance must not be negative, and shifts above 0 keep ReLUs awake. Kernels are small enough
    that a sum over many residual blocks does not drive a softmax to 0 and 1.
    """
    generator = np.random.default_rng([len(shape), *shape])
    if len(shape) < 2:
        return np.asarray(generator.uniform(0.5, 1.5, shape), "float32")
    value: np.ndarray = (generator.standard_normal(shape) * np.sqrt(0.5 / np.prod(shape[:-1]))).astype("float32")
    return value


def _distance(one: np.ndarray, other: np.ndarray, least: float = 1e-30) -> float:
    """Euclidean distance, relative to the length of `other`, or to `least` if that is shorter."""
    length = np.linalg.norm(other)
    return float(np.linalg.norm(one - other) / (least if least > length else length))
