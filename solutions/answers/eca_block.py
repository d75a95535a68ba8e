"""Right answers to `eca_block`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def operations_around_the_convolution(inputs, b=1, gamma=2):
    """`keras.ops` for everything that has no weights."""
    size = eca_kernel_size(inputs.shape[-1], b=b, gamma=gamma)
    convolution = layers.Conv1D(filters=1, kernel_size=size, padding="same", use_bias=False)
    scores = convolution(ops.mean(inputs, axis=(1, 2))[..., None])
    return inputs * ops.sigmoid(scores)[:, None, None, :, 0]


def two_dimensional_kernel(inputs, b=1, gamma=2):
    """A 1 × k Conv2D on the channels laid out as a row of pixels."""
    channels = inputs.shape[-1]
    size = eca_kernel_size(channels, b, gamma)
    row = layers.Reshape((1, channels, 1))(layers.GlobalAveragePooling2D()(inputs))
    gates = layers.Conv2D(1, (1, size), padding="same", use_bias=False, activation="sigmoid")(row)
    return layers.Multiply()([inputs, layers.Permute((1, 3, 2))(gates)])


def depthwise_convolution(inputs, b=1, gamma=2):
    """A depthwise Conv1D, which on one channel is the same."""
    channels = inputs.shape[-1]
    gates = layers.Reshape((channels, 1))(layers.GlobalAveragePooling2D()(inputs))
    gates = layers.DepthwiseConv1D(eca_kernel_size(channels, b, gamma), padding="same", use_bias=False)(gates)
    gates = layers.Activation("sigmoid")(gates)
    return layers.Multiply()([layers.Reshape((1, 1, channels))(gates), inputs])


class _Neighbours(layers.Layer):
    """A weight for each neighbour, and the sum over shifted copies."""

    def __init__(self, size, **options):
        super().__init__(**options)
        self.size = size

    def build(self, shape):
        self.weight = self.add_weight(shape=(self.size,), name="weight")

    def call(self, x):
        pooled = ops.mean(x, axis=(1, 2))
        half, channels = self.size // 2, x.shape[-1]
        padded = ops.pad(pooled, ((0, 0), (half, half)))
        scores = sum(self.weight[i] * padded[:, i : i + channels] for i in range(self.size))
        return x / (1 + ops.exp(-scores))[:, None, None, :]


def layer_subclass(inputs, b=1, gamma=2):
    """A Layer subclass with `add_weight`, the convolution from its formula."""
    return _Neighbours(eca_kernel_size(inputs.shape[-1], b, gamma))(inputs)


class _HoldsLayers(layers.Layer):
    """The layers made in `build`, where the number of channels is known."""

    def __init__(self, b, gamma, **options):
        super().__init__(**options)
        self.b, self.gamma = b, gamma

    def build(self, shape):
        size = eca_kernel_size(shape[-1], self.b, self.gamma)
        self.convolution = layers.Conv1D(1, size, padding="same", use_bias=False, activation="sigmoid")
        self.convolution.build((None, shape[-1], 1))

    def call(self, x):
        gates = self.convolution(ops.expand_dims(ops.mean(x, axis=(1, 2)), -1))
        return x * ops.expand_dims(ops.transpose(gates, (0, 2, 1)), 1)


def layer_subclass_of_layers(inputs, b=1, gamma=2):
    """A Layer subclass that holds the convolution."""
    return _HoldsLayers(b, gamma)(inputs)


def kept_axes(inputs, b=1, gamma=2):
    """Pooling with kept axes; zeros put to both ends by hand."""
    channels = inputs.shape[-1]
    size = eca_kernel_size(channels, b, gamma)
    gates = layers.Permute((3, 1, 2))(layers.GlobalAveragePooling2D(keepdims=True)(inputs))
    gates = layers.Reshape((channels, 1))(gates)
    gates = layers.ZeroPadding1D(size // 2)(gates)
    gates = layers.Conv1D(1, size, padding="valid", use_bias=False, activation=keras.activations.sigmoid)(gates)
    return layers.multiply([inputs, layers.Reshape((1, 1, channels))(gates)])


def style_of_the_chinese_tutorial(inputs, b=1, gamma=2):
    """In the style of the Chinese SE/ECA tutorial, its `tf.nn.sigmoid` a layer."""
    in_channel = inputs.shape[-1]
    kernel_size = eca_kernel_size(in_channel, b, gamma)
    x = tf.keras.layers.GlobalAveragePooling2D()(inputs)
    x = tf.keras.layers.Reshape(target_shape=(in_channel, 1))(x)
    x = tf.keras.layers.Conv1D(filters=1, kernel_size=kernel_size, padding="same", use_bias=False)(x)
    x = tf.keras.layers.Activation("sigmoid")(x)
    x = tf.keras.layers.Reshape((1, 1, in_channel))(x)
    return tf.keras.layers.multiply([inputs, x])


def squeezed_and_transposed(inputs, b=1, gamma=2):
    """The pooled map loses one axis and is transposed, so that the channels become places of a sequence; then back.

    Source: https://github.com/BangguWu/ECANet (models/eca_module.py)
    """
    y = layers.GlobalAveragePooling2D(keepdims=True)(inputs)
    y = ops.transpose(ops.squeeze(y, axis=1), (0, 2, 1))
    size = eca_kernel_size(inputs.shape[-1], b, gamma)
    y = layers.Conv1D(1, kernel_size=size, padding="same", use_bias=False)(y)
    y = ops.expand_dims(ops.transpose(y, (0, 2, 1)), axis=1)
    return inputs * (ops.sigmoid(y) * ops.ones_like(inputs))


def padded_by_half_the_kernel(inputs, b=1, gamma=2):
    """(k - 1) // 2 zeros on each side of the sequence, then a convolution without padding.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/eca.py)
    """
    channels = inputs.shape[-1]
    k = eca_kernel_size(channels, b, gamma)
    y = ops.reshape(ops.mean(inputs, (1, 2)), (-1, channels, 1))
    y = layers.Conv1D(1, k, use_bias=False)(layers.ZeroPadding1D((k - 1) // 2)(y))
    return inputs * ops.reshape(ops.sigmoid(y), (-1, 1, 1, channels))


class _ECALayer(layers.Layer):
    """Pooling, convolution and sigmoid as layers that `build` makes."""

    def __init__(self, k_size):
        super().__init__()
        self.k_size = k_size

    def build(self, shape):
        self.avg_pool = layers.GlobalAveragePooling2D(keepdims=True)
        self.conv1d = layers.Conv1D(1, self.k_size, padding="same", use_bias=False)
        self.conv1d.build((None, shape[-1], 1))

    def call(self, inputs):
        y = ops.squeeze(self.avg_pool(inputs), axis=[1, 2])
        y = ops.squeeze(self.conv1d(ops.expand_dims(y, axis=-1)), axis=-1)
        return inputs * ops.sigmoid(y)[:, None, None, :]


def layer_told_the_kernel_size(inputs, b=1, gamma=2):
    """A Layer subclass that is told the kernel's size; axes of length 1 go and come.

    Source: https://github.com/anirban21100/major_project (main_folder/code_base/pipeline/block_4/eca.py)
    """
    return _ECALayer(eca_kernel_size(inputs.shape[-1], b, gamma))(inputs)
