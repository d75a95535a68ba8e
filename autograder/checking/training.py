"""Measuring what only training shows: one run with `training=True`, its gradients, and what it keeps for later."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checking.challenge import Challenge
from autograder.checking.measurement import Trained
from autograder.checking.problems import describe
from autograder.checking.values import Values


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
    scope = keras.StatelessScope([(weight, tensors[id(weight)]) for weight, _ in values], initialize_variables=False)
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
        _starts_dead(model, given, challenge),
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


def _starts_dead(model: Any, given: list[Any], challenge: Challenge) -> bool:
    """Whether kernels start at 0 and no first step of training could move any of them.

    One kernel of zeros learns, as the last of a gate often does. Two behind each other never do.
    """
    import keras
    import tensorflow as tf

    zeros = keras.initializers.Zeros
    kernels = [
        weight
        for weight in model.trainable_weights
        if len(weight.shape) > 1 and isinstance(getattr(weight, "_initializer", None), zeros)
    ]
    if len(kernels) < 2:
        return False
    starts = {id(weight): tf.convert_to_tensor(weight.value) for weight in model.weights}
    wanted = [starts[id(kernel)] for kernel in kernels]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(wanted)
        with keras.StatelessScope([(weight, starts[id(weight)]) for weight in model.weights]):
            returned = model(given if len(given) > 1 else given[0], training=True)
        outputs = returned if isinstance(returned, (list, tuple)) else [returned]
        total = _weighted_sum(outputs, challenge)
    return not any(gradient is not None and np.any(gradient) for gradient in tape.gradient(total, wanted))
