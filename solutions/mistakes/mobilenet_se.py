"""Usual wrong answers to `mobilenet_se`, each under the name by which a check recognises it."""


def _gates(squeezed, channels, units, hidden="relu", last="hard_sigmoid", bias=True):
    """The excitation as asked for: two 1×1 convolutions."""
    units = layers.Conv2D(units, 1, activation=hidden, use_bias=bias)(squeezed)
    return layers.Conv2D(channels, 1, activation=last, use_bias=bias)(units)


def _pooled(x):
    """The squeeze as asked for."""
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def sigmoid_for_hard_sigmoid(x):
    """The smooth sigmoid of the original block."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), last="sigmoid")


def hard_sigmoid_of_keras_2(x):
    """The other hard sigmoid, 0.2 x + 0.5 cut off at 0 and 1."""
    channels = x.shape[-1]
    gates = _gates(_pooled(x), channels, round_to_8(channels / 4), last=None)
    return x * ops.clip(0.2 * gates + 0.5, 0, 1)


def relu6_for_relu(x):
    """ReLU6, which MobileNet has around this block, inside it as well."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), hidden="relu6")


def shift_forgotten(x):
    """relu6(x) / 6 without the 3: negative scores all give 0."""
    channels = x.shape[-1]
    gates = _gates(_pooled(x), channels, round_to_8(channels / 4), last=None)
    return x * ops.relu6(gates) / 6


def sixth_forgotten(x):
    """relu6(x + 3) without the division: gates up to 6."""
    channels = x.shape[-1]
    gates = _gates(_pooled(x), channels, round_to_8(channels / 4), last=None)
    return x * ops.relu6(gates + 3)


def hard_swish_for_hard_sigmoid(x):
    """The activation that MobileNetV3 uses elsewhere, x times the hard sigmoid of x, for the gates.

    Source: https://github.com/google/XNNPACK/issues/901
    """
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), last="hard_swish")


def gate_activation_missing(x):
    """The second convolution has no activation."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), last=None)


def hard_swish_for_relu(x):
    """The network's own activation in the bottleneck too."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), hidden="hard_swish")


def swish_for_relu(x):
    """EfficientNet's activation in the bottleneck."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), hidden="swish")


def relu_missing(x):
    """Nothing between the convolutions."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), hidden=None)


def width_not_rounded(x):
    """A quarter of the channels, not rounded to 8.

    Source: https://github.com/keras-team/keras-cv/pull/1756
    """
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // 4))


def nearest_multiple(x):
    """The nearest multiple of 8 without the rule of 90 %: 16 units for 72 channels."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(8, int(channels / 4 + 4) // 8 * 8))


def rounded_down(x):
    """The next lower multiple of 8, at least 8."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(8, channels // 4 // 8 * 8))


def channels_rounded(x):
    """The channels are rounded to 8, not their quarter divided again: no bottleneck."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels))


def bias_left_out(x):
    """No biases."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, round_to_8(channels / 4), bias=False)


def not_squeezed(x):
    """No pooling: a gate for every position."""
    channels = x.shape[-1]
    return x * _gates(x, channels, round_to_8(channels / 4))


def maximum_for_average(x):
    """Global max pooling."""
    channels = x.shape[-1]
    return x * _gates(layers.GlobalMaxPooling2D(keepdims=True)(x), channels, round_to_8(channels / 4))


def gates_added(x):
    """The gates are added instead of multiplied."""
    channels = x.shape[-1]
    return x + _gates(_pooled(x), channels, round_to_8(channels / 4))


def gates_returned(x):
    """The gates are returned, the map is not scaled."""
    channels = x.shape[-1]
    return _gates(_pooled(x), channels, round_to_8(channels / 4))


def hard_sigmoid_halved(x):
    """Another hard sigmoid, (x + 1) / 2 cut off at 0 and 1, as mmcv has it by default.

    Source: https://github.com/open-mmlab/mmpretrain/pull/193
    """
    channels = x.shape[-1]
    hidden = layers.Conv2D(round_to_8(channels / 4), 1, activation="relu")(
        layers.GlobalAveragePooling2D(keepdims=True)(x)
    )
    return x * ops.clip((layers.Conv2D(channels, 1)(hidden) + 1) / 2, 0, 1)
