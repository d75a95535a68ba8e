"""Usual wrong answers to `channel_attention`, each under the name by which a check recognises it."""

import tensorflow as tf


def _gates(squeezed, channels, units, hidden="relu", last="sigmoid", bias=True):
    """Steps 2 to 5 as asked for, on what step 1 gave."""
    units = layers.Dense(units, activation=hidden, use_bias=bias)(squeezed)
    return layers.Dense(channels, activation=last, use_bias=bias)(units)


def _pooled(x):
    """Step 1 as asked for, with all four axes kept."""
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def relu_on_second_dense(x, name, ratio=8):
    """A ReLU stands between the second dense layer and the sigmoid: no gate is below 0.5."""
    channels = x.shape[-1]
    gates = _gates(_pooled(x), channels, max(1, channels // ratio), last="relu")
    return x * ops.sigmoid(gates)


def relu6_for_relu(x, name, ratio=8):
    """MobileNet's ReLU6 on the first dense layer: cut off at 6."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), hidden="relu6")


def softmax_for_sigmoid(x, name, ratio=8):
    """The gates are a softmax over the channels: they sum to 1."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), last="softmax")


def sigmoid_missing(x, name, ratio=8):
    """The gates are whatever the second dense layer gives."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), last=None)


def sigmoid_twice(x, name, ratio=8):
    """The sigmoid's result goes through a sigmoid again: all gates lie between 0.5 and 0.73.

    Source: https://github.com/huoxiangzuo/HiFuse/issues/9
    """
    channels = x.shape[-1]
    return x * ops.sigmoid(_gates(_pooled(x), channels, max(1, channels // ratio)))


def relu_for_sigmoid(x, name, ratio=8):
    """The gates are a ReLU: exactly 0 or without upper limit."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), last="relu")


def tanh_for_sigmoid(x, name, ratio=8):
    """The gates are a tanh: they can turn a channel's sign."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), last="tanh")


def hard_sigmoid_for_sigmoid(x, name, ratio=8):
    """The gates are MobileNetV3's."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), last="hard_sigmoid")


def relu_missing(x, name, ratio=8):
    """Nothing between the dense layers: together they are one linear map.

    Source: https://github.com/TY-Shi/AFN/pull/7
    """
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), hidden=None)


def sigmoid_for_relu(x, name, ratio=8):
    """A sigmoid on both dense layers."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), hidden="sigmoid")


def swish_for_relu(x, name, ratio=8):
    """EfficientNet's activation on the first dense layer."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), hidden="swish")


def gates_added(x, name, ratio=8):
    """The gates are added to the map instead of multiplied."""
    channels = x.shape[-1]
    return x + _gates(_pooled(x), channels, max(1, channels // ratio))


def gates_returned(x, name, ratio=8):
    """The gates are returned, the map is not scaled."""
    channels = x.shape[-1]
    return _gates(_pooled(x), channels, max(1, channels // ratio))


def pooled_map_scaled(x, name, ratio=8):
    """The gates multiply the pooled values instead of the map."""
    channels, pooled = x.shape[-1], layers.GlobalAveragePooling2D()(x)
    return pooled * _gates(pooled, channels, max(1, channels // ratio))


def input_added(x, name, ratio=8):
    """The map is added to its scaled copy, as in a residual block."""
    channels = x.shape[-1]
    return x + x * _gates(_pooled(x), channels, max(1, channels // ratio))


def returned_unchanged(x, name, ratio=8):
    """The tutorial's empty frame: `return x`."""
    return x


def channels_squeezed(x, name, ratio=8):
    """What the tutorial's text says literally: the mean over the channels instead of over height and width."""
    channels = x.shape[-1]
    return x * _gates(ops.mean(x, axis=-1, keepdims=True), channels, max(1, channels // ratio))


def height_squeezed(x, name, ratio=8):
    """The mean over the height only."""
    channels = x.shape[-1]
    return x * _gates(ops.mean(x, axis=1, keepdims=True), channels, max(1, channels // ratio))


def batch_squeezed(x, name, ratio=8):
    """The mean over axes 0 and 1 instead of 1 and 2."""
    channels = x.shape[-1]
    return x * _gates(ops.mean(x, axis=(0, 1), keepdims=True), channels, max(1, channels // ratio))


def batch_squeezed__and_the_map(x, name, ratio=8):
    """The mean over axes 0, 1 and 2: one for all images."""
    channels = x.shape[-1]
    return x * _gates(ops.mean(x, axis=(0, 1, 2), keepdims=True), channels, max(1, channels // ratio))


def not_squeezed(x, name, ratio=8):
    """No pooling: the dense layers run at every position by itself."""
    channels = x.shape[-1]
    return x * _gates(x, channels, max(1, channels // ratio))


def maximum_for_average(x, name, ratio=8):
    """Global max pooling."""
    channels = x.shape[-1]
    squeezed = layers.GlobalMaxPooling2D(keepdims=True)(x)
    return x * _gates(squeezed, channels, max(1, channels // ratio))


def sum_for_average(x, name, ratio=8):
    """The sum over height and width."""
    channels = x.shape[-1]
    return x * _gates(ops.sum(x, axis=(1, 2), keepdims=True), channels, max(1, channels // ratio))


def keepdims_forgotten(x, name, ratio=8):
    """Gates of shape (batch, channels) times the map: they line up with its last two axes."""
    channels = x.shape[-1]
    return x * _gates(layers.GlobalAveragePooling2D()(x), channels, max(1, channels // ratio))


def one_dense_layer(x, name, ratio=8):
    """One dense layer from channels to channels."""
    return x * layers.Dense(x.shape[-1], activation="sigmoid")(_pooled(x))


def ratio_ignored(x, name, ratio=8):
    """Always 8, whatever `ratio` says."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // 8))


def no_bottleneck(x, name, ratio=8):
    """The first dense layer has as many units as there are channels."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, channels)


def ratio_as_units(x, name, ratio=8):
    """The bottleneck has `ratio` units."""
    return x * _gates(_pooled(x), x.shape[-1], ratio)


def ratio_multiplied(x, name, ratio=8):
    """The bottleneck is wider than its ends."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, channels * ratio)


def minimum_forgotten(x, name, ratio=8):
    """With fewer channels than the ratio, the bottleneck has no unit."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, channels // ratio)


def at_least_eight_units(x, name, ratio=8):
    """timm's rule: never fewer than 8 units.

    Source: https://github.com/huggingface/pytorch-image-models/issues/260
    """
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(8, channels // ratio))


def rounded_up(x, name, ratio=8):
    """The quotient is rounded up instead of down."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, -(-channels // ratio))


def divided_to_a_float(x, name, ratio=8):
    """`/` where `//` is meant.

    Source: https://github.com/tensorflow/minigo/pull/673
    """
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, channels / ratio)


def bias_left_out(x, name, ratio=8):
    """No biases, as in section 6 of the SENet paper."""
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, channels // ratio), bias=False)


def normalised(x, name, ratio=8):
    """Batch normalisation between the dense layers."""
    channels = x.shape[-1]
    hidden = layers.Dense(max(1, channels // ratio))(_pooled(x))
    hidden = layers.ReLU()(layers.BatchNormalization()(hidden))
    return x * layers.Dense(channels, activation="sigmoid")(hidden)


def wrong_number_of_gates(x, name, ratio=8):
    """The number of channels is written down as 64 instead of read from the map."""
    return x * _gates(_pooled(x), 64, max(1, 64 // ratio))


def tensorflow_functions(x, name, ratio=8):
    """`tf.nn` on Keras tensors, as code for Keras 2 has it."""
    channels = x.shape[-1]
    hidden = tf.nn.relu(layers.Dense(max(1, channels // ratio))(_pooled(x)))
    return x * tf.nn.sigmoid(layers.Dense(channels)(hidden))


def keras_2_backend(x, name, ratio=8):
    """`keras.backend.mean`, which Keras 3 no longer has."""
    channels = x.shape[-1]
    squeezed = keras.backend.mean(x, axis=(1, 2), keepdims=True)
    return x * _gates(squeezed, channels, max(1, channels // ratio))


def no_dense_layers(x, name, ratio=8):
    """The sigmoid of the averages themselves.

    Source: https://github.com/veritas9872/fastMRI-kspace/pull/13
    """
    return x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True))


def one_dense_layer_on_the_map(x, name, ratio=8):
    """Each layer reads x, so only the last one counts.

    Source: https://github.com/KichangKim/DeepDanbooru/issues/55
    """
    return x * layers.Dense(x.shape[-1], activation="sigmoid", name=f"{name}_gates")(x)
