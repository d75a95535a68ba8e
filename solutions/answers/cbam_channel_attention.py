"""Right answers to `cbam_channel_attention`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def convolutions(inputs, ratio=8):
    """1×1 convolutions on pooled maps that keep their axes."""
    channels = inputs.shape[-1]
    squeeze = layers.Conv2D(max(channels // ratio, 1), 1, activation="relu")
    excite = layers.Conv2D(channels, 1)
    average = excite(squeeze(layers.GlobalAveragePooling2D(keepdims=True)(inputs)))
    largest = excite(squeeze(layers.GlobalMaxPooling2D(keepdims=True)(inputs)))
    return layers.multiply([inputs, layers.Activation("sigmoid")(layers.add([largest, average]))])


def operations(inputs, ratio=8):
    """`keras.ops` for everything that has no weights, on (batch, channels)."""
    channels = inputs.shape[-1]
    expand, reduce = layers.Dense(channels), layers.Dense(max(1, channels // ratio))
    pooled = (ops.max(inputs, axis=(1, 2)), ops.mean(inputs, axis=(1, 2)))
    scores = sum(expand(ops.relu(reduce(each))) for each in pooled)
    return inputs * ops.sigmoid(scores)[:, None, None, :]


def sequential_bottleneck(inputs, ratio=8):
    """The bottleneck as a Sequential model that is called twice."""
    channels = inputs.shape[-1]
    mlp = keras.Sequential([layers.Dense(max(1, channels // ratio), activation="relu"), layers.Dense(channels)])
    average, largest = layers.GlobalAveragePooling2D()(inputs), layers.GlobalMaxPooling2D()(inputs)
    gates = layers.Activation("sigmoid")(layers.Add()([mlp(average), mlp(largest)]))
    return layers.Multiply()([inputs, layers.Reshape((1, 1, channels))(gates)])


def stacked_and_summed(inputs, ratio=8):
    """Both pooled vectors go through the layers at once, as a sequence of two, and are summed behind them."""
    channels = inputs.shape[-1]
    both = ops.stack([ops.mean(inputs, axis=(1, 2)), ops.max(inputs, axis=(1, 2))], axis=1)
    hidden = layers.Dense(max(1, channels // ratio), activation="relu")(both)
    gates = ops.sigmoid(ops.sum(layers.Dense(channels)(hidden), axis=1))
    return inputs * ops.reshape(gates, (-1, 1, 1, channels))


class _ChannelGate(layers.Layer):
    """Weights of its own; the second bias counts twice, once in each branch."""

    def __init__(self, ratio, **options):
        super().__init__(**options)
        self.ratio = ratio

    def build(self, shape):
        channels = shape[-1]
        units = max(1, channels // self.ratio)
        self.w1 = self.add_weight(shape=(channels, units), name="w1")
        self.b1 = self.add_weight(shape=(units,), name="b1")
        self.w2 = self.add_weight(shape=(units, channels), name="w2")
        self.b2 = self.add_weight(shape=(channels,), name="b2")

    def call(self, x):
        hidden = sum(ops.relu(pool(x, axis=(1, 2), keepdims=True) @ self.w1 + self.b1) for pool in (ops.mean, ops.max))
        return x * ops.sigmoid(hidden @ self.w2 + 2 * self.b2)


def layer_subclass(inputs, ratio=8):
    """A Layer subclass with `add_weight`; the second layer is linear, so it is applied to the sum."""
    return _ChannelGate(ratio)(inputs)


def pooled_in_two_steps(inputs, ratio=8):
    """Maximum over the height, then over the width; the bottleneck as a function."""
    channels = inputs.shape[-1]
    one, two = layers.Dense(max(1, channels // ratio)), layers.Dense(channels)

    def bottleneck(pooled):
        return two(layers.ReLU()(one(pooled)))

    largest = ops.max(ops.max(inputs, axis=1, keepdims=True), axis=2, keepdims=True)
    average = layers.AveragePooling2D((inputs.shape[1], inputs.shape[2]))(inputs)
    return ops.multiply(ops.sigmoid(ops.add(bottleneck(average), bottleneck(largest))), inputs)


def style_of_the_japanese_article(inputs, ratio=8):
    """In the style of the CBAM article with VGG16: He's initial values, Reshape before the dense layers."""
    channel = inputs.shape[-1]
    options = {"kernel_initializer": "he_normal", "use_bias": True, "bias_initializer": "zeros"}
    dense_one = tf.keras.layers.Dense(max(channel // ratio, 1), activation="relu", **options)
    dense_two = tf.keras.layers.Dense(channel, **options)

    avg_pool = tf.keras.layers.GlobalAveragePooling2D()(inputs)
    avg_pool = tf.keras.layers.Reshape((1, 1, channel))(avg_pool)
    avg_pool = dense_two(dense_one(avg_pool))

    max_pool = tf.keras.layers.GlobalMaxPooling2D()(inputs)
    max_pool = tf.keras.layers.Reshape((1, 1, channel))(max_pool)
    max_pool = dense_two(dense_one(max_pool))

    x = tf.keras.layers.Add()([avg_pool, max_pool])
    x = tf.keras.layers.Activation("sigmoid")(x)
    return tf.keras.layers.multiply([inputs, x])


def shared_layers_by_number(inputs, ratio=8):
    """Shared layers one and two, and reshaped pooled vectors.

    Source: https://github.com/kobiso/CBAM-keras (models/attention_module.py)
    """
    channel = inputs.shape[-1]
    shared_one = layers.Dense(max(1, channel // ratio), activation="relu", kernel_initializer="he_normal")
    shared_two = layers.Dense(channel, kernel_initializer="he_normal", use_bias=True, bias_initializer="zeros")
    avg = layers.Reshape((1, 1, channel))(layers.GlobalAveragePooling2D()(inputs))
    avg = shared_two(shared_one(avg))
    largest = layers.Reshape((1, 1, channel))(layers.GlobalMaxPooling2D()(inputs))
    largest = shared_two(shared_one(largest))
    feature = layers.Activation("sigmoid")(layers.Add()([avg, largest]))
    return layers.multiply([inputs, feature])


def loop_over_kinds_of_pooling(inputs, ratio=8):
    """A loop over the names of the poolings sums up the scores; the first one begins the sum.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    channels = inputs.shape[-1]
    mlp = keras.Sequential([layers.Flatten(), layers.Dense(max(1, channels // ratio), "relu"), layers.Dense(channels)])
    total = None
    for kind in ("avg", "max"):
        if kind == "avg":
            raw = mlp(layers.AveragePooling2D(inputs.shape[1:3], strides=inputs.shape[1:3])(inputs))
        elif kind == "max":
            raw = mlp(layers.MaxPooling2D(inputs.shape[1:3], strides=inputs.shape[1:3])(inputs))
        total = raw if total is None else total + raw
    return inputs * ops.sigmoid(total)[:, None, None]


def convolutions_shared_by_two_reductions(inputs, ratio=8):
    """Mean and maximum that keep their axes, 1×1 convolutions that both pass, the larger name for the smaller width.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/cbam.py)
    """
    channels = inputs.shape[-1]
    fc1, act, fc2 = layers.Conv2D(max(1, channels // ratio), 1), layers.ReLU(), layers.Conv2D(channels, 1)
    x_avg = fc2(act(fc1(ops.mean(inputs, axis=(1, 2), keepdims=True))))
    x_max = fc2(act(fc1(ops.amax(inputs, axis=(1, 2), keepdims=True))))
    return inputs * ops.sigmoid(x_avg + x_max)
