"""Answers to `my_attention` that are right, as different as people design them."""

import tensorflow as tf
from keras import layers, ops


def squeeze_and_excitation(x):
    """One gate for each channel."""
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Dense(max(1, channels // 8), activation="relu")(gates)
    return x * layers.Dense(channels, activation="sigmoid")(gates)


def one_by_one(x):
    """One gate for each position, from the channels there."""
    return x * layers.Conv2D(1, 1, activation="sigmoid")(x)


def neighbouring_channels(x):
    """A convolution along the means of the channels."""
    means = layers.Reshape((x.shape[-1], 1))(layers.GlobalAveragePooling2D()(x))
    gates = layers.Conv1D(1, 3, padding="same", use_bias=False)(means)
    return x * layers.Reshape((1, 1, x.shape[-1]))(ops.sigmoid(gates))


def one_for_each_channel_from_itself(x):
    """A gate for each channel that reads only the mean of that channel."""
    means = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return x * ops.sigmoid(layers.DepthwiseConv2D(1)(means))


def between_one_and_two(x):
    """1 + gate, so that nothing is shut out."""
    hidden = layers.Conv2D(4, 1, activation="relu")(x)
    return x + x * layers.Conv2D(1, 7, padding="same", activation="sigmoid")(hidden)


def channels_that_compete(x):
    """A softmax over the channels, times their number."""
    channels = x.shape[-1]
    scores = layers.Dense(channels)(ops.mean(x, axis=(1, 2), keepdims=True))
    return x * channels * ops.softmax(scores)


def channel_then_spatial(x):
    """Both kinds, one behind the other, from maximum and mean."""
    channels = x.shape[-1]
    squeezed = ops.max(x, axis=(1, 2), keepdims=True) + ops.mean(x, axis=(1, 2), keepdims=True)
    x = x * layers.Dense(channels, activation="sigmoid")(layers.Dense(max(1, channels // 8))(squeezed))
    pooled = ops.concatenate([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)], axis=-1)
    return layers.Multiply()([x, layers.Conv2D(1, 7, padding="same", activation="sigmoid")(pooled)])


def depthwise(x):
    """A gate for each channel of each position, from that channel's neighbourhood."""
    return x * layers.DepthwiseConv2D(5, padding="same", activation="sigmoid")(x)


def normalised_scores(x):
    """Batch normalisation before a hyperbolic tangent: gates of both signs."""
    scores = layers.BatchNormalization()(layers.Conv2D(1, 3, padding="same")(x))
    return x * ops.tanh(scores)


class _Gate(layers.Layer):
    """Queries from the mean, keys from the positions, their product as gates."""

    def build(self, shape):
        self.query = layers.Dense(8)
        self.key = layers.Dense(8)
        self.query.build((None, shape[-1]))
        self.key.build(shape)

    def call(self, x):
        query = self.query(tf.reduce_mean(x, axis=[1, 2]))
        return x * tf.sigmoid(tf.einsum("bhwd,bd->bhw", self.key(x), query))[..., None]


def layer_subclass(x):
    """A Layer subclass with TensorFlow inside."""
    return _Gate()(x)


def coordinate_attention(x):
    """Means of rows and of columns pass one bottleneck, and each gets gates of its own.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/coord_attn.py)
    """
    height, _, channels = x.shape[1:]
    rows = ops.mean(x, axis=2, keepdims=True)
    columns = ops.transpose(ops.mean(x, axis=1, keepdims=True), (0, 2, 1, 3))
    hidden = ops.concatenate([rows, columns], axis=1)
    hidden = layers.Activation("hard_swish")(layers.Conv2D(max(4, channels // 16), 1)(hidden))
    rows, columns = hidden[:, :height], ops.transpose(hidden[:, height:], (0, 2, 1, 3))
    return (
        x
        * layers.Conv2D(channels, 1, activation="sigmoid")(rows)
        * layers.Conv2D(channels, 1, activation="sigmoid")(columns)
    )


def global_context_gates(x):
    """A softmax over positions pools the map; the gates come from a bottleneck with a layer normalisation.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/global_context.py)
    """
    height, width, channels = x.shape[1:]
    weights = layers.Reshape((height * width, 1))(layers.Conv2D(1, 1)(x))
    flat = layers.Reshape((height * width, channels))(x)
    context = ops.sum(flat * ops.softmax(weights, axis=1), axis=1)
    hidden = layers.LayerNormalization()(layers.Dense(max(4, channels // 8))(context))
    return x * layers.Dense(channels, activation="sigmoid")(ops.relu(hidden))[:, None, None]


def gather_by_convolution_and_excite(x):
    """A strided depthwise convolution gathers, enlarged again it excites.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/gather_excite.py)
    """
    gathered = layers.DepthwiseConv2D(3, strides=2, padding="same")(x)
    gathered = layers.Resizing(*x.shape[1:3], interpolation="nearest")(gathered)
    return x * ops.sigmoid(gathered)
