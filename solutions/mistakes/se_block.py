"""Usual wrong answers to `se_block`, each under the name by which a check recognises it."""

import tensorflow as tf


def _gates(squeezed, channels, units, hidden="relu", last="sigmoid", bias=True, kernel=1):
    """The excitation as asked for: two 1×1 convolutions."""
    units = layers.Conv2D(units, kernel, padding="same", activation=hidden, use_bias=bias)(squeezed)
    return layers.Conv2D(channels, kernel, padding="same", activation=last, use_bias=bias)(units)


def _pooled(inputs):
    """The squeeze as asked for."""
    return layers.GlobalAveragePooling2D(keepdims=True)(inputs)


def relu6_for_relu(inputs, ratio=4):
    """MobileNet's ReLU6 on the first convolution: cut off at 6."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), hidden="relu6")


def bias_left_out(inputs, ratio=4):
    """No biases, as in section 6 of the paper: 288 parameters instead of 318 on 24 channels."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), bias=False)


def keepdims_forgotten(inputs, ratio=4):
    """The convolution gets (batch, channels)."""
    channels = inputs.shape[-1]
    return inputs * _gates(layers.GlobalAveragePooling2D()(inputs), channels, max(1, channels // ratio))


def not_squeezed(inputs, ratio=4):
    """No pooling: the 1×1 convolutions run over the whole map and give a gate for every position."""
    channels = inputs.shape[-1]
    return inputs * _gates(inputs, channels, max(1, channels // ratio))


def channels_squeezed(inputs, ratio=4):
    """The mean over the channels instead of over height and width."""
    channels = inputs.shape[-1]
    return inputs * _gates(ops.mean(inputs, axis=-1, keepdims=True), channels, max(1, channels // ratio))


def maximum_for_average(inputs, ratio=4):
    """Global max pooling."""
    channels = inputs.shape[-1]
    squeezed = layers.GlobalMaxPooling2D(keepdims=True)(inputs)
    return inputs * _gates(squeezed, channels, max(1, channels // ratio))


def kernel_of_three(inputs, ratio=4):
    """3×3 convolutions."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), kernel=3)


def softmax_for_sigmoid(inputs, ratio=4):
    """The gates sum to 1."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), last="softmax")


def sigmoid_missing(inputs, ratio=4):
    """The second convolution has no activation.

    Source: https://github.com/open-mmlab/mmpretrain/issues/327
    """
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), last=None)


def relu_before_sigmoid(inputs, ratio=4):
    """A ReLU between the second convolution and the sigmoid: no gate is below 0.5."""
    channels = inputs.shape[-1]
    return inputs * ops.sigmoid(_gates(_pooled(inputs), channels, max(1, channels // ratio), last="relu"))


def relu_missing(inputs, ratio=4):
    """Nothing between the convolutions.

    Source: https://github.com/TY-Shi/AFN/pull/7
    """
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), hidden=None)


def swish_for_relu(inputs, ratio=4):
    """EfficientNet's activation."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), hidden="swish")


def hard_sigmoid_for_sigmoid(inputs, ratio=4):
    """MobileNetV3's gates."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio), last="hard_sigmoid")


def ratio_ignored(inputs, ratio=4):
    """Always 4, whatever `ratio` says."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // 4))


def ratio_of_the_paper(inputs, ratio=4):
    """Always 16, the paper's."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels // 16))


def ratio_as_units(inputs, ratio=4):
    """The bottleneck has `ratio` units."""
    return inputs * _gates(_pooled(inputs), inputs.shape[-1], ratio)


def rounded_up(inputs, ratio=4):
    """The quotient is rounded up instead of down."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, -(-channels // ratio))


def divided_to_a_float(inputs, ratio=4):
    """`/` where `//` is meant.

    Source: https://github.com/tensorflow/minigo/pull/673
    """
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(1, channels / ratio))


def no_bottleneck(inputs, ratio=4):
    """The first convolution has as many filters as there are channels."""
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, channels)


def gates_added(inputs, ratio=4):
    """The gates are added instead of multiplied."""
    channels = inputs.shape[-1]
    return inputs + _gates(_pooled(inputs), channels, max(1, channels // ratio))


def gates_returned(inputs, ratio=4):
    """The gates are returned, the map is not scaled."""
    channels = inputs.shape[-1]
    return _gates(_pooled(inputs), channels, max(1, channels // ratio))


def input_added(inputs, ratio=4):
    """The map is added to its scaled copy."""
    channels = inputs.shape[-1]
    return inputs + inputs * _gates(_pooled(inputs), channels, max(1, channels // ratio))


def normalised(inputs, ratio=4):
    """Batch normalisation between the convolutions."""
    channels = inputs.shape[-1]
    hidden = layers.Conv2D(max(1, channels // ratio), 1)(_pooled(inputs))
    hidden = layers.ReLU()(layers.BatchNormalization()(hidden))
    return inputs * layers.Conv2D(channels, 1, activation="sigmoid")(hidden)


def tensorflow_functions(inputs, ratio=4):
    """`tf.nn` on Keras tensors, as code for Keras 2 has it."""
    channels = inputs.shape[-1]
    hidden = tf.nn.relu(layers.Conv2D(max(1, channels // ratio), 1)(_pooled(inputs)))
    return inputs * tf.nn.sigmoid(layers.Conv2D(channels, 1)(hidden))


def at_least_eight_units(inputs, ratio=4):
    """Never fewer than 8 units, as timm's first version has it.

    Source: https://github.com/huggingface/pytorch-image-models/issues/260
    """
    channels = inputs.shape[-1]
    return inputs * _gates(_pooled(inputs), channels, max(8, channels // ratio))


def one_convolution_on_the_map(inputs, ratio=4):
    """Each layer reads the map, so only the last one counts.

    Source: https://github.com/KichangKim/DeepDanbooru/issues/55
    """
    return inputs * layers.Conv2D(inputs.shape[-1], 1, activation="sigmoid")(inputs)


def sigmoid_twice(inputs, ratio=4):
    """The sigmoid in the convolution, and once more behind it.

    Source: https://github.com/huoxiangzuo/HiFuse/issues/9
    """
    channels = inputs.shape[-1]
    return inputs * ops.sigmoid(_gates(_pooled(inputs), channels, max(1, channels // ratio)))
