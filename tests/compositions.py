"""Answers put together from parts: for each step several right ways to write it, and wrong ones with their mistakes.

A composition takes one part for each step. All parts right make a right answer, whichever they are; a wrong one among
them makes the mistake that it is called after.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers, ops

Part = Callable[..., Any]


@dataclass(frozen=True)
class Composition:
    """The steps of an exercise: right parts by step, wrong ones by step and mistake, and how an answer is made of them.

    `assemble` gets one part for each step and returns the answer.
    """

    right: dict[str, list[Part]]
    wrong: dict[str, dict[str, Part]]
    assemble: Callable[[dict[str, Part]], Part]


def _dense(y: Any, units: int, bias: bool) -> Any:
    return layers.Dense(units, use_bias=bias)(y)


def _convolution(y: Any, units: int, bias: bool) -> Any:
    return layers.Conv2D(units, 1, use_bias=bias)(y)


def _einsum(y: Any, units: int, bias: bool) -> Any:
    return layers.EinsumDense("bhwc,cu->bhwu", (None, None, units), bias_axes="u" if bias else None)(y)


AVERAGE = [
    lambda x: layers.GlobalAveragePooling2D(keepdims=True)(x),
    lambda x: ops.mean(x, axis=(1, 2), keepdims=True),
    lambda x: layers.AveragePooling2D(x.shape[1:3])(x),
    lambda x: layers.Reshape((1, 1, x.shape[-1]))(layers.GlobalAveragePooling2D()(x)),
]
LARGEST = [
    lambda x: layers.GlobalMaxPooling2D(keepdims=True)(x),
    lambda x: ops.max(x, axis=(1, 2), keepdims=True),
    lambda x: layers.MaxPooling2D(x.shape[1:3])(x),
]
LAYER = [_dense, _convolution, _einsum]
RELU = [ops.relu, lambda y: layers.ReLU()(y), lambda y: layers.Activation("relu")(y), lambda y: ops.maximum(y, 0)]
SIGMOID = [ops.sigmoid, lambda y: layers.Activation("sigmoid")(y), lambda y: 1 / (1 + ops.exp(-y))]
PRODUCT = [
    lambda x, gates: x * gates,
    lambda x, gates: layers.Multiply()([x, gates]),
    lambda x, gates: ops.multiply(gates, x),
]
WIDTH = [lambda channels, ratio: max(1, channels // ratio), lambda channels, ratio: channels // ratio or 1]
YES = [lambda: True]
NO = [lambda: False]

WRONG_GATES = {
    "softmax_for_sigmoid": ops.softmax,
    "sigmoid_missing": lambda y: y,
}
WRONG_PRODUCT = {
    "gates_added": lambda x, gates: x + gates,
    "input_added": lambda x, gates: x + x * gates,
}


def _excited(parts: dict[str, Part]) -> Part:
    """Squeeze-and-excitation of both lessons."""

    def answer(x: Any, name: str = "", ratio: int = 4) -> Any:
        channels, bias = x.shape[-1], parts["bias"]()
        y = parts["squeeze"](x)
        y = parts["hidden"](parts["reduce"](y, parts["width"](channels, ratio), bias))
        return parts["scale"](x, parts["gates"](parts["expand"](y, channels, bias)))

    return answer


def _channel_attention(parts: dict[str, Part]) -> Part:
    return lambda x, name, ratio=8: _excited(parts)(x, name, ratio)


def _se_block(parts: dict[str, Part]) -> Part:
    return lambda inputs, ratio=4: _excited(parts)(inputs, "", ratio)


EXCITED_RIGHT = {
    "squeeze": AVERAGE,
    "width": WIDTH,
    "bias": YES,
    "reduce": LAYER,
    "hidden": RELU,
    "expand": LAYER,
    "gates": SIGMOID,
    "scale": PRODUCT,
}
EXCITED_WRONG = {
    "squeeze": {
        "maximum_for_average": lambda x: ops.max(x, axis=(1, 2), keepdims=True),
        "not_squeezed": lambda x: x,
        "channels_squeezed": lambda x: ops.mean(x, axis=-1, keepdims=True),
    },
    "width": {
        "no_bottleneck": lambda channels, ratio: channels,
        "ratio_as_units": lambda channels, ratio: ratio,
        "rounded_up": lambda channels, ratio: -(-channels // ratio),
    },
    "bias": {"bias_left_out": lambda: False},
    "hidden": {"relu_missing": lambda y: y, "swish_for_relu": ops.swish},
    "gates": WRONG_GATES | {"hard_sigmoid_for_sigmoid": ops.hard_sigmoid},
    "scale": WRONG_PRODUCT,
}


def _eca_block(parts: dict[str, Part]) -> Part:
    def answer(inputs: Any, b: float = 1, gamma: float = 2) -> Any:
        channels = inputs.shape[-1]
        y = layers.Reshape((channels, 1))(parts["squeeze"](inputs))
        y = parts["convolve"](y, parts["size"](channels, b, gamma), parts["bias"]())
        return parts["scale"](inputs, layers.Reshape((1, 1, channels))(parts["gates"](y)))

    return answer


def _eca_size(channels: int, b: float, gamma: float) -> int:
    size = int(abs((math.log2(channels) + b) / gamma))
    return size if size % 2 else size + 1


def _padded_sequence(y: Any, size: int, bias: bool) -> Any:
    return layers.Conv1D(1, size, use_bias=bias)(layers.ZeroPadding1D(size // 2)(y))


def _sequence_as_a_map(y: Any, size: int, bias: bool) -> Any:
    y = layers.Conv2D(1, (size, 1), padding="same", use_bias=bias)(ops.expand_dims(y, axis=2))
    return ops.squeeze(y, axis=2)


def _cbam_channel_attention(parts: dict[str, Part]) -> Part:
    def answer(inputs: Any, ratio: int = 8) -> Any:
        channels, bias = inputs.shape[-1], parts["bias"]()
        units = parts["width"](channels, ratio)
        reduce, expand = layers.Dense(units, use_bias=bias), layers.Dense(channels, use_bias=bias)

        def mlp(pooled: Any) -> Any:
            return expand(parts["hidden"](reduce(pooled)))

        branches = mlp(parts["average"](inputs)), mlp(parts["largest"](inputs))
        return parts["scale"](inputs, parts["gates"](parts["combine"](*branches)))

    return answer


def _cbam_spatial_attention(parts: dict[str, Part]) -> Part:
    def answer(inputs: Any, kernel_size: int = 7) -> Any:
        pooled = parts["join"](parts["average"](inputs), parts["largest"](inputs))
        y = parts["convolve"](pooled, parts["size"](kernel_size), parts["bias"]())
        return parts["scale"](inputs, parts["gates"](y))

    return answer


def _padded_map(y: Any, size: int, bias: bool) -> Any:
    return layers.Conv2D(1, size, use_bias=bias)(layers.ZeroPadding2D(size // 2)(y))


def _bam_channel_gate(parts: dict[str, Part]) -> Part:
    def answer(x: Any, ratio: int = 16) -> Any:
        channels, bias = x.shape[-1], parts["bias"]()
        y = parts["reduce"](parts["squeeze"](x), parts["width"](channels, ratio), bias)
        y = parts["hidden"](parts["normalise"](y))
        return parts["last"](parts["expand"](y, channels, bias))

    return answer


def _normalised(y: Any) -> Any:
    return layers.BatchNormalization()(y)


def _residual_block(parts: dict[str, Part]) -> Part:
    def answer(x: Any, filters: int, stride: int, name: str) -> Any:
        bias = parts["bias"]()
        first, second = parts["strides"](stride)
        y = parts["relu"](_normalised(parts["convolve"](x, filters, first, bias)))
        y = parts["normalise"](parts["convolve"](y, filters, second, bias))
        shortcut = x
        if parts["needed"](x.shape[-1], filters, stride):
            shortcut = _normalised(layers.Conv2D(filters, 1, strides=stride, use_bias=bias)(x))
        return parts["last"](parts["join"](shortcut, y))

    return answer


def _same_convolution(x: Any, filters: int, stride: int, bias: bool) -> Any:
    return layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=bias)(x)


def _convolution_padded_by_hand(x: Any, filters: int, stride: int, bias: bool) -> Any:
    padding = [(1, 1) if stride == 1 or size % 2 else (0, 1) for size in x.shape[1:3]]
    return layers.Conv2D(filters, 3, strides=stride, use_bias=bias)(layers.ZeroPadding2D(padding)(x))


def _self_attention(parts: dict[str, Part]) -> Part:
    def answer(x: Any, heads: int, key_dim: int) -> Any:
        height, width, channels = x.shape[1:]
        bias = parts["bias"]()
        query, key, value = (
            parts["split"](parts["project"](x, heads * key_dim, bias), height * width, heads, key_dim) for _ in range(3)
        )
        scores = parts["scale"](ops.einsum("bqhd,bkhd->bhqk", query, key), heads, key_dim)
        mixed = ops.einsum("bhqk,bkhd->bqhd", parts["softmax"](scores), value)
        mixed = layers.Reshape((height, width, heads * key_dim))(mixed)
        return parts["join"](x, parts["project"](mixed, channels, bias))

    return answer


COMPOSITIONS = {
    "channel_attention": Composition(
        EXCITED_RIGHT,
        EXCITED_WRONG
        | {
            "gates": EXCITED_WRONG["gates"]
            | {
                "tanh_for_sigmoid": ops.tanh,
                "relu_for_sigmoid": ops.relu,
                "sigmoid_twice": lambda y: ops.sigmoid(ops.sigmoid(y)),
                "relu_on_second_dense": lambda y: ops.sigmoid(ops.relu(y)),
            }
        },
        _channel_attention,
    ),
    "se_block": Composition(EXCITED_RIGHT, EXCITED_WRONG, _se_block),
    "eca_block": Composition(
        {
            "squeeze": AVERAGE,
            "size": [_eca_size, lambda channels, b, gamma: int(abs((math.log2(channels) + b) / gamma)) | 1],
            "bias": NO,
            "convolve": [
                lambda y, size, bias: layers.Conv1D(1, size, padding="same", use_bias=bias)(y),
                _padded_sequence,
                _sequence_as_a_map,
            ],
            "gates": SIGMOID,
            "scale": PRODUCT,
        },
        {
            "squeeze": {"maximum_for_average": lambda x: ops.max(x, axis=(1, 2), keepdims=True)},
            "size": {
                "always_three": lambda channels, b, gamma: 3,
                "constants_not_handed_on": lambda channels, b, gamma: _eca_size(channels, 1, 2),
                "constants_swapped": lambda channels, b, gamma: _eca_size(channels, gamma, b),
            },
            "bias": {"bias_left_in": lambda: True},
            "gates": {
                "sigmoid_missing": lambda y: y,
                "tanh_for_sigmoid": ops.tanh,
                "sigmoid_twice": lambda y: ops.sigmoid(ops.sigmoid(y)),
                "relu_before_sigmoid": lambda y: ops.sigmoid(ops.relu(y)),
            },
            "scale": WRONG_PRODUCT,
        },
        _eca_block,
    ),
    "cbam_channel_attention": Composition(
        {
            "average": AVERAGE,
            "largest": LARGEST,
            "width": WIDTH,
            "bias": YES,
            "hidden": RELU,
            "combine": [
                lambda a, b: a + b,
                lambda a, b: layers.Add()([b, a]),
                lambda a, b: ops.sum(ops.stack([a, b]), 0),
            ],
            "gates": SIGMOID,
            "scale": PRODUCT,
        },
        {
            "width": {
                "papers_ratio": lambda channels, ratio: max(1, channels // 16),
                "ratio_as_units": lambda channels, ratio: ratio,
            },
            "bias": {"bias_left_out": lambda: False},
            "hidden": {"relu_missing": lambda y: y},
            "combine": {
                "branches_multiplied": lambda a, b: a * b,
                "branches_averaged": lambda a, b: (a + b) / 2,
                "average_only": lambda a, b: a,
                "maximum_only": lambda a, b: b,
            },
            "gates": WRONG_GATES | {"sigmoid_twice": lambda y: ops.sigmoid(ops.sigmoid(y))},
            "scale": WRONG_PRODUCT,
        },
        _cbam_channel_attention,
    ),
    "cbam_spatial_attention": Composition(
        {
            "average": [
                lambda x: ops.mean(x, axis=-1, keepdims=True),
                lambda x: ops.expand_dims(ops.mean(x, axis=3), 3),
                lambda x: ops.sum(x, axis=-1, keepdims=True) / x.shape[-1],
            ],
            "largest": [
                lambda x: ops.max(x, axis=-1, keepdims=True),
                lambda x: ops.expand_dims(ops.max(x, axis=3), 3),
            ],
            "join": [
                lambda average, largest: ops.concatenate([average, largest], axis=-1),
                lambda average, largest: layers.Concatenate(axis=3)([average, largest]),
            ],
            "size": [lambda kernel_size: kernel_size],
            "bias": NO,
            "convolve": [
                lambda y, size, bias: layers.Conv2D(1, size, padding="same", use_bias=bias)(y),
                _padded_map,
            ],
            "gates": SIGMOID,
            "scale": PRODUCT,
        },
        {
            "average": {"sum_for_average": lambda x: ops.sum(x, axis=-1, keepdims=True)},
            "join": {
                "maximum_first": lambda average, largest: ops.concatenate([largest, average], axis=-1),
                "average_only": lambda average, largest: average,
                "maximum_only": lambda average, largest: largest,
                "added_not_concatenated": lambda average, largest: average + largest,
                "average_twice": lambda average, largest: ops.concatenate([average, average], axis=-1),
            },
            "size": {"kernel_size_ignored": lambda kernel_size: 7},
            "bias": {"bias_left_in": lambda: True},
            "gates": {
                "sigmoid_missing": lambda y: y,
                "tanh_for_sigmoid": ops.tanh,
                "sigmoid_twice": lambda y: ops.sigmoid(ops.sigmoid(y)),
                "relu_before_sigmoid": lambda y: ops.sigmoid(ops.relu(y)),
                "batch_normalisation_added": lambda y: ops.sigmoid(_normalised(y)),
            },
            "scale": WRONG_PRODUCT,
        },
        _cbam_spatial_attention,
    ),
    "bam_channel_gate": Composition(
        {
            "squeeze": AVERAGE,
            "width": WIDTH,
            "bias": YES,
            "reduce": LAYER,
            "normalise": [_normalised, lambda y: layers.BatchNormalization(axis=-1)(y)],
            "hidden": RELU,
            "expand": LAYER,
            "last": [lambda y: y, lambda y: layers.Activation("linear")(y)],
        },
        {
            "squeeze": {
                "maximum_for_average": lambda x: ops.max(x, axis=(1, 2), keepdims=True),
                "not_squeezed": lambda x: x,
                "channels_squeezed": lambda x: ops.mean(x, axis=-1, keepdims=True),
            },
            "width": {
                "ratio_ignored": lambda channels, ratio: max(1, channels // 16),
                "ratio_as_units": lambda channels, ratio: ratio,
            },
            "bias": {"bias_left_out": lambda: False},
            "normalise": {"normalisation_missing": lambda y: y},
            "hidden": {"relu_missing": lambda y: y},
            "last": {"sigmoid_added": ops.sigmoid, "relu_at_the_end": ops.relu, "normalised_twice": _normalised},
        },
        _bam_channel_gate,
    ),
    "residual_block": Composition(
        {
            "strides": [lambda stride: (stride, 1)],
            "bias": NO,
            "convolve": [_same_convolution, _convolution_padded_by_hand],
            "relu": RELU,
            "normalise": [_normalised, lambda y: layers.BatchNormalization(axis=-1)(y)],
            "needed": [
                lambda channels, filters, stride: stride != 1 or channels != filters,
                lambda channels, filters, stride: not (stride == 1 and channels == filters),
            ],
            "join": [lambda a, b: a + b, lambda a, b: layers.Add()([b, a]), ops.add],
            "last": RELU,
        },
        {
            "strides": {"stride_on_second_convolution": lambda stride: (1, stride)},
            "bias": {"biased_convolutions": lambda: True},
            "relu": {"no_inner_relu": lambda y: y},
            "normalise": {
                "second_not_normalised": lambda y: y,
                "relu_before_addition": lambda y: ops.relu(_normalised(y)),
            },
            "needed": {"always_projected": lambda channels, filters, stride: True},
            "join": {
                "shortcut_forgotten": lambda shortcut, branch: branch,
                "multiplied": lambda shortcut, branch: shortcut * branch,
                "concatenated": lambda shortcut, branch: ops.concatenate([shortcut, branch], axis=-1),
                "shortcut_added_twice": lambda shortcut, branch: shortcut + branch + shortcut,
            },
            "last": {"no_last_relu": lambda y: y},
        },
        _residual_block,
    ),
    "self_attention": Composition(
        {
            "bias": YES,
            "project": LAYER,
            "split": [
                lambda y, positions, heads, key_dim: layers.Reshape((positions, heads, key_dim))(y),
                lambda y, positions, heads, key_dim: ops.reshape(y, (-1, positions, heads, key_dim)),
            ],
            "scale": [
                lambda scores, heads, key_dim: scores / key_dim**0.5,
                lambda scores, heads, key_dim: scores * key_dim**-0.5,
                lambda scores, heads, key_dim: scores / math.sqrt(key_dim),
            ],
            "softmax": [
                lambda scores: ops.softmax(scores, axis=-1),
                lambda scores: layers.Softmax()(scores),
                lambda scores: keras.activations.softmax(scores),
            ],
            "join": [lambda x, y: x + y, lambda x, y: layers.Add()([y, x])],
        },
        {
            "bias": {"bias_left_out": lambda: False},
            "scale": {
                "scale_missing": lambda scores, heads, key_dim: scores,
                "scaled_by_key_dim": lambda scores, heads, key_dim: scores / key_dim,
                "scale_multiplied": lambda scores, heads, key_dim: scores * key_dim**0.5,
                "scaled_by_all_heads": lambda scores, heads, key_dim: scores / (heads * key_dim) ** 0.5,
                "scaled_by_number_of_heads": lambda scores, heads, key_dim: scores / heads**0.5,
            },
            "softmax": {
                "softmax_over_queries": lambda scores: ops.softmax(scores, axis=2),
                "softmax_over_heads": lambda scores: ops.softmax(scores, axis=1),
                "softmax_missing": lambda scores: scores,
                "sigmoid_for_softmax": ops.sigmoid,
            },
            "join": {"residual_missing": lambda x, y: y, "used_as_gates": lambda x, y: x * y},
        },
        _self_attention,
    ),
}
