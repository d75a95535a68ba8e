"""Measuring what only training shows: one run with `training=True`, its gradients, and what it keeps for later."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.checking.challenge import Challenge
from autograder.checking.measurement import (
    ADDS_A_LOSS,
    ALWAYS_TRAINING,
    CONSTRAINED,
    REGULARISED,
    STARTS_ALIKE,
    STARTS_DEAD,
    Trained,
)
from autograder.checking.problems import describe
from autograder.checking.values import Values

Signs = Callable[[tuple[int, ...]], np.ndarray]
# How many more beginnings are tried before a weight that starts at 0 is said to stay there.
MORE_BEGINNINGS = 6


def train_once(model: Any, values: Values, inputs: list[np.ndarray], challenge: Challenge) -> Trained:
    """Run the network as a step of training would, up to the gradients; no weight is changed."""
    try:
        return _run(model, values, inputs, challenge)
    except (Exception, SystemExit) as error:
        return Trained(describe(error))


def _run(model: Any, values: Values, inputs: list[np.ndarray], challenge: Challenge) -> Trained:
    import keras
    import tensorflow as tf

    tensors = {id(weight): tf.convert_to_tensor(value) for weight, value in values}
    given = [tf.convert_to_tensor(array) for array in inputs]
    weights = [tensors[id(weight)] for weight in model.trainable_weights]
    scope = keras.StatelessScope(
        [(weight, tensors[id(weight)]) for weight, _ in values], collect_losses=True, initialize_variables=False
    )
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([*weights, *given])
        with scope:
            returned = model(given if len(given) > 1 else given[0], training=True)
        outputs = returned if isinstance(returned, (list, tuple)) else [returned]
        outputs = [tf.convert_to_tensor(output) for output in outputs]
        total = _weighted_sum(outputs, challenge)
    gradients = [
        _as_array(gradient, of)
        for gradient, of in zip(tape.gradient(total, [*weights, *given]), [*weights, *given], strict=True)
    ]
    moved = [
        np.linalg.norm(np.asarray(scope.get_current_value(weight), np.float32) - value)
        for weight, value in values
        if not weight.trainable
    ]
    return Trained(
        None,
        tuple(np.asarray(output) for output in outputs),
        np.array([np.linalg.norm(gradient) for gradient in gradients[: len(weights)]], np.float32),
        tuple(gradients[len(weights) :]),
        np.array(moved, np.float32),
        tuple(_traits(model, given, scope.losses, challenge)),
    )


def _weighted_sum(outputs: Sequence[Any], challenge: Challenge) -> Any:
    """The sum whose gradient is taken: every output counts for something, and none as much as another."""
    import tensorflow as tf

    shares = [np.abs(1 + challenge.weight((output.shape.num_elements(),), "share")) for output in outputs]
    return tf.add_n(
        [
            tf.reduce_sum(tf.cast(output, "float32") * share.reshape(output.shape))
            for output, share in zip(outputs, shares, strict=True)
        ]
    )


def _as_array(gradient: Any, of: Any) -> np.ndarray:
    """A gradient as an array; zeros where none came."""
    import tensorflow as tf

    return (
        np.zeros(of.shape, np.float32) if gradient is None else np.asarray(tf.convert_to_tensor(gradient), np.float32)
    )


def _traits(model: Any, given: list[Any], losses: Sequence[Any], challenge: Challenge) -> Iterator[str]:
    """What a network does in training that neither its outputs nor its gradients in the run show."""
    weights = model.trainable_weights
    if losses or any(getattr(layer, "activity_regularizer", None) for layer in model._flatten_layers()):
        yield ADDS_A_LOSS
    if any(weight.regularizer is not None for weight in weights):
        yield REGULARISED
    if any(weight.constraint is not None for weight in weights):
        yield CONSTRAINED
    if any(_is_told_to_train(layer) for layer in model._flatten_layers()):
        yield ALWAYS_TRAINING
    yield from _at_the_start(model, given, challenge)


def _is_told_to_train(layer: Any) -> bool:
    """Whether `training=True` is written into a call of the layer, so that a plain model(x) trains, too.

    Layers that prepare images, such as Resizing, have it as their default.
    """
    training = inspect.signature(layer.call).parameters.get("training")
    if training is not None and training.default is True:
        return False
    return any(node.arguments.kwargs.get("training") is True for node in layer._inbound_nodes)


def _at_the_start(model: Any, given: list[Any], challenge: Challenge) -> Iterator[str]:
    """Whether no step of training could move what starts at 0, or all units of a layer start as one.

    One kernel of zeros learns where a sigmoid or a sum follows, as the last of a gate often does. In front of a ReLU,
    or with another kernel of zeros behind it, it never does. That it gets no gradient from one beginning may be chance:
    all ReLUs in front of it were silent.
    """
    uniform = [weight for weight in model.trainable_weights if _is_kernel(weight) and _starts_uniform(weight)]
    if any(np.any(weight.value) and weight.shape[-1] > 1 for weight in uniform):
        yield STARTS_ALIKE
    scales = [weight for weight in model.trainable_weights if weight.name == "gamma"]
    zeros = [weight for weight in (*uniform, *scales) if not np.any(weight.value)]
    if not zeros:
        return
    if not any(_learns(model, given, zeros, signs, challenge) for signs in _signs()):
        yield STARTS_DEAD


def _signs() -> Iterator[Signs]:
    """What the weights that start at random are multiplied by: nothing new, all by -1, then each by its own sign.

    A ReLU whose input is negated is silent no more, so the first two do for a single layer of them.
    """
    yield np.ones
    yield lambda shape: -np.ones(shape)
    yield from map(_random_signs, range(MORE_BEGINNINGS))


def _random_signs(seed: int) -> Signs:
    draw = np.random.default_rng(seed)
    return lambda shape: draw.choice((-1.0, 1.0), shape)


def _learns(model: Any, given: list[Any], zeros: list[Any], signs: Signs, challenge: Challenge) -> bool:
    """Whether any of the weights that start at 0 gets a gradient when the others start with other signs."""
    import keras
    import tensorflow as tf

    starts = {}
    for weight in model.weights:
        value = np.asarray(weight.value)
        if weight.trainable and not _starts_uniform(weight):
            value = value * signs(value.shape).astype(value.dtype)
        starts[id(weight)] = tf.convert_to_tensor(value)
    wanted = [starts[id(weight)] for weight in zeros]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(wanted)
        with keras.StatelessScope([(weight, starts[id(weight)]) for weight in model.weights]):
            returned = model(given if len(given) > 1 else given[0], training=True)
        outputs = returned if isinstance(returned, (list, tuple)) else [returned]
        total = _weighted_sum(outputs, challenge)
    return any(gradient is not None and np.any(gradient) for gradient in tape.gradient(total, wanted))


def _is_kernel(weight: Any) -> bool:
    """Whether a weight has inputs and outputs. The biases of MultiHeadAttention have two lengths, too."""
    return weight.name != "bias" and len([length for length in weight.shape if length > 1]) > 1


def _starts_uniform(weight: Any) -> bool:
    """Whether a weight starts with one value everywhere."""
    import keras

    initializers = keras.initializers
    random = (initializers.VarianceScaling, initializers.RandomNormal, initializers.RandomUniform)
    if isinstance(getattr(weight, "_initializer", None), random):  # Glorot's and He's are VarianceScaling
        return False
    return bool(np.ptp(weight.value) == 0)
