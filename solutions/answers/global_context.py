"""Right answers to `global_context`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def flattened(x, ratio=16):
    """Positions side by side, a softmax over them, a product of matrices."""
    height, width, channels = x.shape[1:]
    flat = layers.Reshape((height * width, channels))(x)
    scores = layers.Dense(1)(flat)
    attention = layers.Softmax(axis=1)(scores)
    context = ops.matmul(ops.transpose(attention, (0, 2, 1)), flat)
    hidden = layers.ReLU()(layers.LayerNormalization()(layers.Dense(channels // ratio)(context)))
    return x + layers.Reshape((1, 1, channels))(layers.Dense(channels, kernel_initializer="zeros")(hidden))


def dot_layer(x, ratio=16):
    """Keras' Dot layer, and a context of two axes."""
    height, width, channels = x.shape[1:]
    attention = layers.Flatten()(layers.Conv2D(1, 1)(x))
    attention = layers.Activation("softmax")(attention)
    context = layers.Dot(axes=1)([attention, layers.Reshape((height * width, channels))(x)])
    y = layers.Dense(channels // ratio)(context)
    y = layers.Activation("relu")(layers.LayerNormalization()(y))
    y = layers.Dense(channels)(y)
    return layers.Add()([x, layers.Reshape((1, 1, channels))(y)])


def softmax_by_hand(x, ratio=16):
    """Exponentials over their sum, the largest score taken away first."""
    channels = x.shape[-1]
    scores = layers.Conv2D(1, (1, 1))(x)
    exponentials = ops.exp(scores - ops.max(scores, axis=(1, 2), keepdims=True))
    context = ops.sum(exponentials * x, axis=(1, 2)) / ops.sum(exponentials, axis=(1, 2))
    hidden = ops.relu(layers.LayerNormalization()(layers.Dense(channels // ratio)(context)))
    return x + layers.Dense(channels)(hidden)[:, None, None, :]


def einsum_context(x, ratio=16):
    """The context by einsum, convolutions for the transform."""
    channels = x.shape[-1]
    attention = layers.Softmax(axis=(1, 2))(layers.Conv2D(1, 1)(x))
    context = layers.Reshape((1, 1, channels))(ops.einsum("bhwo,bhwc->bc", attention, x))
    hidden = layers.Conv2D(channels // ratio, 1)(context)
    hidden = keras.activations.relu(layers.LayerNormalization(axis=-1)(hidden))
    return layers.Conv2D(channels, 1)(hidden) + x


class GlobalContext(layers.Layer):
    """As a layer of one's own."""

    def __init__(self, channels, units, **kwargs):
        super().__init__(**kwargs)
        self.score = layers.Conv2D(1, 1)
        self.squeeze = layers.Dense(units)
        self.normalise = layers.LayerNormalization()
        self.expand = layers.Dense(channels, kernel_initializer="zeros")

    def call(self, x):
        scores = self.score(x)
        attention = ops.reshape(
            ops.softmax(ops.reshape(scores, (-1, scores.shape[1] * scores.shape[2]))), ops.shape(scores)
        )
        context = ops.sum(attention * x, axis=(1, 2), keepdims=True)
        return x + self.expand(ops.relu(self.normalise(self.squeeze(context))))


def own_layer(x, ratio=16):
    """A subclass of Layer, made and called."""
    return GlobalContext(x.shape[-1], x.shape[-1] // ratio)(x)


def with_tensorflow(x, ratio=16):
    """The attention by TensorFlow in a Lambda layer."""

    def pool(tensors):
        scores, maps = tensors
        attention = tf.nn.softmax(tf.reshape(scores, [tf.shape(scores)[0], -1]), axis=-1)
        return tf.reduce_sum(maps * tf.reshape(attention, tf.shape(scores)), [1, 2], keepdims=True)

    channels = x.shape[-1]
    context = layers.Lambda(pool, output_shape=(1, 1, channels))([layers.Conv2D(1, 1)(x), x])
    hidden = layers.ReLU()(layers.LayerNormalization()(layers.Dense(channels // ratio)(context)))
    return x + layers.Dense(channels)(hidden)


def one_group(x, ratio=16):
    """Group normalisation of one group, which on one position is a layer normalisation.

    Source: https://github.com/titu1994/keras-global-context-networks (gc.py)
    """
    height, width, channels = x.shape[1:]
    input_flat = layers.Reshape((height * width, channels))(x)
    context = layers.Reshape((height * width, 1))(layers.Conv2D(1, 1, padding="same")(x))
    context = layers.Softmax(axis=1)(context)
    context = layers.Dot(axes=1)([input_flat, context])
    context = layers.Reshape((1, 1, channels))(context)
    transform = layers.Conv2D(channels // ratio, 1, padding="same")(context)
    transform = layers.GroupNormalization(groups=1)(transform)
    transform = layers.Activation("relu")(transform)
    transform = layers.Conv2D(channels, 1, padding="same")(transform)
    return layers.Add()([x, transform])


def channel_add(x, ratio=16):
    """A row of attention times a matrix of positions, then a sequence of four layers.

    Source: https://github.com/xvjiarui/GCNet (mmdet/ops/gcb/context_block.py)
    """
    height, width, channels = x.shape[1:]
    context_mask = layers.Reshape((1, height * width))(layers.Conv2D(1, kernel_size=1)(x))
    context_mask = layers.Softmax(axis=2)(context_mask)
    context = ops.reshape(context_mask @ layers.Reshape((height * width, channels))(x), (-1, 1, 1, channels))
    channel_add_conv = keras.Sequential(
        [
            layers.Conv2D(channels // ratio, kernel_size=1),
            layers.LayerNormalization(),
            layers.ReLU(),
            layers.Conv2D(channels, kernel_size=1, kernel_initializer="zeros"),
        ]
    )
    return x + channel_add_conv(context)


def added_not_scaled(x, ratio=16):
    """An attention of three axes, and the sum where that code multiplies.

    Source: https://github.com/leondgarse/keras_cv_attention_models (keras_cv_attention_models/common_layers.py)
    """
    height, width, filters = x.shape[1:]
    attn = layers.Conv2D(1, kernel_size=1, use_bias=True)(x)
    attn = ops.softmax(ops.reshape(attn, [-1, 1, height * width]), axis=-1)
    context = ops.matmul(attn, ops.reshape(x, [-1, height * width, filters]))
    context = ops.reshape(context, [-1, 1, 1, filters])
    mlp = layers.Conv2D(filters // ratio, kernel_size=1)(context)
    mlp = ops.relu(layers.LayerNormalization()(mlp))
    mlp = layers.Conv2D(filters, kernel_size=1)(mlp)
    return layers.Add()([x, mlp])


def pooled_in_parts(x, ratio=16):
    """Attention, its use and the transform in functions of their own.

    Source: https://github.com/barkinadiguzel/GCNet-Replication (src/context)
    """

    def spatial_attention_map(maps):
        scores = layers.Conv2D(1, kernel_size=1)(maps)
        return ops.reshape(ops.softmax(layers.Flatten()(scores), axis=1), (-1, *scores.shape[1:]))

    def aggregate(maps, attention):
        return ops.sum(maps * attention, axis=(1, 2), keepdims=True)

    def transform(context, channels):
        hidden = layers.Conv2D(max(1, channels // ratio), kernel_size=1)(context)
        return layers.Conv2D(channels, kernel_size=1)(layers.ReLU()(layers.LayerNormalization()(hidden)))

    return x + transform(aggregate(x, spatial_attention_map(x)), x.shape[-1])
