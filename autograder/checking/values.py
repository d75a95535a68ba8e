"""Which value of the challenge each weight of an answer gets: by its shape and role, however the answer stores it."""

from math import prod
from typing import Any

import numpy as np

from autograder.checking.challenge import Challenge

Values = list[tuple[Any, np.ndarray]]
NORMALISED = ("gamma", "beta", "moving_mean", "moving_variance")
LOGIT_SCALE = np.float32(0.1)  # logits of 100 and more become some tens
CONFIDENT = np.float32(1e3)  # makes a softmax as good as certain, if nothing in front of it keeps its logits small
# (trainable, starts at 1): a role
BEGINNINGS = {
    (True, True): "gamma",
    (True, False): "beta",
    (False, True): "moving_variance",
    (False, False): "moving_mean",
}


def values_of(
    model: Any, challenge: Challenge, *, zeros: bool = False, transposed: bool = False, classes: int = 0
) -> Values:
    """Every weight with its value in the challenge, or with 0 (a moving variance with 1, which changes nothing).

    With `transposed`, matrices of a student's own layers are taken to be (outputs, inputs), as PyTorch stores them.
    Of a network for so many `classes`, the kernels that could give their logits are small: behind a network of random
    weights a softmax would be 0 and 1, and hide what is wrong in front of it.
    """
    roles = _roles(model)
    own = {id(weight) for layer in _own_layers(model) for weight in layer.weights} if transposed else set()
    einsum = {id(weight): orders for layer in model._flatten_layers() for weight, orders in _einsum_orders(layer)}
    values = []
    for weight in model.weights:
        role, shape = roles.get(id(weight), "weight"), tuple(weight.shape)
        if zeros:
            value = np.full(shape, float(role == "moving_variance"), np.float32)
        elif id(weight) in einsum:
            value = _einsum_value(challenge, shape, *einsum[id(weight)])
        elif id(weight) in own and len(shape) == 2:
            value = challenge.weight(shape[::-1], role).T
        else:
            value = challenge.weight(shape, role)
        if _could_give_logits(shape, classes):
            value = LOGIT_SCALE * value
        values.append((weight, value))
    return values


def _could_give_logits(shape: tuple[int, ...], classes: int) -> bool:
    lengths = [length for length in shape if length != 1]
    return classes > 0 and len(lengths) == 2 and classes in lengths


def confident(values: Values, classes: int) -> Values:
    """The values with large ones in every kernel that ends in so many classes."""
    return [
        (weight, CONFIDENT * value if value.ndim > 1 and value.shape[-1] == classes else value)
        for weight, value in values
    ]


def could_be_transposed(model: Any) -> bool:
    """Whether a layer of the student's own has a matrix, which may be (inputs, outputs) or (outputs, inputs)."""
    return any(
        len(weight.shape) == 2 and min(weight.shape) > 1 for layer in _own_layers(model) for weight in layer.weights
    )


def _own_layers(model: Any) -> list[Any]:
    """The layers whose classes Keras does not have, without the networks."""
    import keras

    return [
        layer
        for layer in model._flatten_layers()
        if not isinstance(layer, keras.Model) and not type(layer).__module__.startswith("keras.")
    ]


def _roles(model: Any) -> dict[int, str]:
    """By id, the roles of the weights of batch normalisation, Keras' own or written by hand."""
    import keras

    roles: dict[int, str] = {}
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            roles |= {id(getattr(layer, role, None)): role for role in NORMALISED}
    for layer in _own_layers(model):
        inner = {id(weight) for part in layer._layers for weight in part.weights}
        weights = [weight for weight in layer.weights if id(weight) not in inner and _is_vector(weight)]
        if any(not weight.trainable for weight in weights):  # nothing but running statistics is kept and not trained
            roles |= {id(weight): _role_by_hand(weight) for weight in weights}
    return roles


def _is_vector(weight: Any) -> bool:
    return sum(length != 1 for length in weight.shape) <= 1 and "float" in str(weight.dtype)


def _role_by_hand(weight: Any) -> str:
    """A scale and a variance start at 1, a shift and a mean at 0; a variance that does not is known by its name."""
    starts_at_one = bool(np.all(np.asarray(weight.value) == 1))
    is_variance = not weight.trainable and "var" in weight.name.replace("variable", "")  # Keras' name for the nameless
    return BEGINNINGS[weight.trainable, starts_at_one or is_variance]


def _einsum_orders(layer: Any) -> list[tuple[Any, tuple[str, str, str]]]:
    """For the weights of an EinsumDense: the letters of its axes, and those of inputs and outputs in a Dense layer.

    MultiHeadAttention is made of such layers. With it a student has the same values as with dense layers and a Reshape.
    """
    import keras

    if not isinstance(layer, keras.layers.EinsumDense):
        return []
    operands, result = layer.equation.split("->")
    given, kernel = operands.split(",")
    summed = "".join(letter for letter in given if letter in kernel and letter not in result)
    kept = "".join(letter for letter in result if letter in kernel)
    orders = [(layer.kernel, (kernel, summed, kept))]
    if layer.bias is not None:
        axes = result[len(result) - len(layer.bias.shape) :]
        orders.append((layer.bias, (axes, "", axes)))
    return orders


def _einsum_value(challenge: Challenge, shape: tuple[int, ...], axes: str, summed: str, kept: str) -> np.ndarray:
    """The value of a dense layer's weight, (inputs, outputs) or (outputs,), with its axes in the order of `axes`."""
    lengths = dict(zip(axes, shape, strict=True))
    if set(summed + kept) != set(axes):  # a letter that neither input nor output has
        return challenge.weight(shape)
    inputs, outputs = ([lengths[letter] for letter in letters] for letters in (summed, kept))
    dense = challenge.weight((prod(inputs), prod(outputs)) if summed else (prod(outputs),))
    order = summed + kept
    return dense.reshape(*inputs, *outputs).transpose([order.index(letter) for letter in axes])
