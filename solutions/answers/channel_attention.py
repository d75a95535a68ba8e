"""Right answers to `channel_attention`, as different as students write them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


def dense_on_pooled_features(x, name, ratio=8):
    """Dense layers on (batch, channels), which Multiply broadcasts by itself."""
    channels = x.shape[-1]
    squeezed = layers.GlobalAveragePooling2D()(x)
    hidden = layers.Dense(max(1, channels // ratio), activation="relu")(squeezed)
    return layers.Multiply()([x, layers.Dense(channels, activation="sigmoid")(hidden)])


def convolutions_on_kept_axes(x, name, ratio=8):
    """1×1 convolutions on (batch, 1, 1, channels)."""
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_gap")(x)
    gates = layers.Conv2D(max(channels // ratio, 1), kernel_size=1, activation="relu", name=f"{name}_fc1")(gates)
    gates = layers.Conv2D(channels, kernel_size=1, activation="sigmoid", name=f"{name}_fc2")(gates)
    return layers.multiply([gates, x])


def operations_around_dense(x, name, ratio=8):
    """`keras.ops` for everything that has no weights; the second dense layer is made first."""
    channels = x.shape[-1]
    widen = layers.Dense(channels)
    narrow = layers.Dense(max(1, channels // ratio))
    gates = ops.sigmoid(widen(ops.relu(narrow(ops.mean(x, axis=(1, 2))))))
    return x * gates[:, None, None, :]


class _ChannelAttention(layers.Layer):
    """Weights of its own instead of dense layers, biases before kernels."""

    def __init__(self, ratio, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, shape):
        channels = shape[-1]
        units = max(1, channels // self.ratio)
        self.b2 = self.add_weight(shape=(channels,), initializer="zeros", name="b2")
        self.b1 = self.add_weight(shape=(units,), initializer="zeros", name="b1")
        self.w2 = self.add_weight(shape=(units, channels), name="w2")
        self.w1 = self.add_weight(shape=(channels, units), name="w1")

    def call(self, x):
        hidden = ops.maximum(ops.matmul(ops.mean(x, axis=(1, 2), keepdims=True), self.w1) + self.b1, 0)
        return x / (1 + ops.exp(-(ops.matmul(hidden, self.w2) + self.b2)))


def layer_subclass(x, name, ratio=8):
    """A Layer subclass with `add_weight`, the sigmoid from its formula."""
    return _ChannelAttention(ratio, name=name)(x)


class _DenseInside(layers.Layer):
    """Dense layers made in the constructor, a pooling layer, and `call`."""

    def __init__(self, channels, ratio, **kwargs):
        super().__init__(**kwargs)
        self.squeeze = layers.GlobalAveragePooling2D(keepdims=True)
        self.reduce = layers.Dense(int(np.maximum(channels // ratio, 1)), activation=keras.activations.relu)
        self.expand = layers.Dense(channels, activation=ops.sigmoid)

    def call(self, x):
        return x * self.expand(self.reduce(self.squeeze(x)))


def layer_subclass_of_layers(x, name, ratio=8):
    """A Layer subclass that holds other layers."""
    return _DenseInside(x.shape[-1], ratio, name=name)(x)


def tensorflow_in_lambda(x, name, ratio=8):
    """TensorFlow's functions, each wrapped in a Lambda layer."""
    channels = x.shape[-1]
    gates = layers.Lambda(lambda t: tf.reduce_mean(t, [1, 2], keepdims=True))(x)
    gates = layers.Lambda(lambda t: tf.nn.relu(t))(layers.Dense(max(1, channels // ratio))(gates))
    gates = layers.Lambda(lambda t: tf.nn.sigmoid(t))(layers.Dense(channels)(gates))
    return layers.Lambda(lambda both: tf.multiply(*both))([x, gates])


def sequential_gate(x, name, ratio=8):
    """The gate as a Sequential model that is called like a layer."""
    channels = x.shape[-1]
    gate = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(),
            layers.Dense(max(1, channels // ratio), activation="relu"),
            layers.Dense(channels, activation="sigmoid"),
            layers.Reshape((1, 1, channels)),
        ],
        name=f"{name}_gate",
    )
    return layers.Multiply()([gate(x), x])


def reshape_and_activation_layers(x, name, ratio=8):
    """In the style of the Chinese SE/ECA tutorial: reshape first, dense on four axes, activations as layers."""
    in_channel = x.shape[-1]
    y = layers.GlobalAveragePooling2D()(x)
    y = layers.Reshape(target_shape=(1, 1, in_channel))(y)
    y = layers.Dense(in_channel // ratio or 1)(y)
    y = layers.Activation("relu")(y)
    y = layers.Dense(in_channel)(y)
    y = layers.Activation("sigmoid")(y)
    return layers.multiply([x, y])


def average_pooling_of_everything(x, name, ratio=8):
    """AveragePooling2D with a window as large as the map, gates repeated to the map's size."""
    height, width, channels = x.shape[1:]
    gates = layers.AveragePooling2D((height, width))(x)
    gates = layers.Dense(max(1, channels // ratio), activation="relu")(gates)
    gates = layers.Dense(channels, activation="sigmoid")(gates)
    return layers.Multiply()([x, layers.UpSampling2D((height, width))(gates)])


def einsum(x, name, ratio=8):
    """The product written as a sum over no index."""
    channels = x.shape[-1]
    hidden = layers.Dense(max(1, channels // ratio), activation="relu")(
        ops.einsum("bhwc->bc", x) / (x.shape[1] * x.shape[2])
    )
    return ops.einsum("bhwc,bc->bhwc", x, layers.Dense(channels, activation="sigmoid")(hidden))


def style_of_the_korean_tutorial(x, name, ratio=8):
    """In the style of the Korean tutorial: its six steps, each a `tf.keras` layer named with +."""
    filters = x.shape[-1]
    s = tf.keras.layers.GlobalAveragePooling2D(name=name + "_gap")(x)
    s = tf.keras.layers.Dense(units=max(filters // ratio, 1), name=name + "_fc1")(s)
    s = tf.keras.layers.ReLU(name=name + "_relu")(s)
    s = tf.keras.layers.Dense(units=filters, name=name + "_fc2")(s)
    s = tf.keras.layers.Activation("sigmoid", name=name + "_sigmoid")(s)
    s = tf.keras.layers.Reshape((1, 1, filters), name=name + "_reshape")(s)
    return tf.keras.layers.Multiply(name=name + "_multiply")([x, s])


def style_of_the_cbam_article(x, name, ratio=8):
    """In the style of the CBAM VGG16 article: dense layers first, He's initial values; its branch of averages alone."""
    channel = x.shape[-1]

    dense_one = tf.keras.layers.Dense(
        max(channel // ratio, 1),
        activation="relu",
        kernel_initializer="he_normal",
        use_bias=True,
        bias_initializer="zeros",
    )
    dense_two = tf.keras.layers.Dense(channel, kernel_initializer="he_normal", use_bias=True, bias_initializer="zeros")

    avg_pool = tf.keras.layers.GlobalAveragePooling2D()(x)
    avg_pool = tf.keras.layers.Reshape((1, 1, channel))(avg_pool)
    avg_pool = dense_one(avg_pool)
    avg_pool = dense_two(avg_pool)

    attention = tf.keras.layers.Activation("sigmoid")(avg_pool)

    return tf.keras.layers.multiply([x, attention])


def reshaped_before_the_dense_layers(x, name, ratio=8):
    """Pooled, reshaped to (1, 1, channels) at once, then two dense layers and `multiply`.

    Source: https://github.com/titu1994/keras-squeeze-excite-network (keras_squeeze_excite_network/se.py)
    """
    filters = x.shape[-1]
    se = layers.GlobalAveragePooling2D()(x)
    se = layers.Reshape((1, 1, filters))(se)
    se = layers.Dense(max(filters // ratio, 1), activation="relu", kernel_initializer="he_normal")(se)
    se = layers.Dense(filters, activation="sigmoid", kernel_initializer="he_normal")(se)
    return layers.multiply([x, se])


def small_network_and_view(x, name, ratio=8):
    """Both linear layers and their activations in one sequence; its result is viewed as (batch, 1, 1, channels).

    Source: https://github.com/moskomule/senet.pytorch (senet/se_module.py)
    """
    channels = x.shape[-1]
    fc = keras.Sequential(
        [
            layers.Dense(max(1, channels // ratio)),
            layers.ReLU(),
            layers.Dense(channels),
            layers.Activation("sigmoid"),
        ]
    )
    y = ops.reshape(fc(layers.GlobalAveragePooling2D()(x)), (-1, 1, 1, channels))
    return x * (y * ops.ones_like(x))


def mean_reduce_expand(x, name, ratio=8):
    """A mean that keeps its axes, dense layers called reduce and expand, the sigmoid times x.

    Source: https://github.com/google/flax/issues/873
    """
    y = ops.mean(x, axis=(1, 2), keepdims=True)
    y = layers.Dense(max(1, x.shape[-1] // ratio), name=f"{name}_reduce")(y)
    y = ops.relu(y)
    y = layers.Dense(x.shape[-1], name=f"{name}_expand")(y)
    return ops.sigmoid(y) * x
