"""Usual answers to `my_attention` that are not what was asked for."""

import keras
from keras import layers, ops


def unchanged(x):
    """x as it came."""
    return x


def softmax_of_one(x):
    """Softmax over the single channel of a map of gates: every gate is 1.

    Source: https://github.com/cardwing/Codes-for-Lane-Detection/issues/148
    """
    scores = layers.Conv2D(1, 3, padding="same")(x)
    return x * ops.exp(scores - scores)  # what softmax gives on one value, without Keras' warning about it


class _Scale(layers.Layer):
    """x times learned numbers: one, or one for each channel."""

    def __init__(self, count):
        super().__init__()
        self.scale = self.add_weight(shape=(count,), name="scale")

    def call(self, x):
        return x * ops.sigmoid(self.scale)


def learned_constant(x):
    """One learned number for everything."""
    return _Scale(1)(x)


def learned_constants(x):
    """One learned number for each channel, the same for every image."""
    return _Scale(x.shape[-1])(x)


def activation_function(x):
    """x times the sigmoid of x, scaled by a weight: swish."""
    return x * ops.sigmoid(layers.DepthwiseConv2D(1)(x))


def convolution(x):
    """A convolution back to as many channels: x is mixed, not weighed."""
    return layers.SeparableConv2D(x.shape[-1], 3, padding="same")(x)


def gates_added(x):
    """x plus the gates."""
    return x + layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)


def gates_returned(x):
    """The gates, one for each value, without x."""
    return layers.SeparableConv2D(x.shape[-1], 3, padding="same", activation="sigmoid")(x)


def map_of_gates_returned(x):
    """The gates, one for each position, without x."""
    return layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)


def self_attention_added(x):
    """Self-attention with its shortcut: what other positions hold is added.

    Source: https://github.com/heykeetae/Self-Attention-GAN/issues/1
    """
    return x + layers.MultiHeadAttention(1, max(1, x.shape[-1] // 8))(x, x)


def full_convolution(x):
    """Gates from a 3×3 convolution to all channels: 9 C² parameters."""
    return x * layers.Conv2D(x.shape[-1], 3, padding="same", activation="sigmoid")(x)


def no_weights(x):
    """Gates from the mean, without anything to learn.

    Source: https://github.com/ZjjConan/SimAM
    """
    return x * ops.sigmoid(ops.mean(x, axis=(1, 2), keepdims=True))


def frozen(x):
    """A dense layer that is not trained."""
    gates = layers.Dense(x.shape[-1], activation="sigmoid", trainable=False)
    return x * gates(ops.mean(x, axis=(1, 2), keepdims=True))


def hard_choice(x):
    """Gates that are 0 or 1 by a comparison, which has no slope."""
    scores = layers.Conv2D(1, 3, padding="same")(x)
    return x * ops.cast(scores > 0, "float32")


def gradient_stopped(x):
    """The gates behind a stop_gradient."""
    return x * ops.stop_gradient(layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


def mean_over_the_batch(x):
    """The mean over all images too: an image's gates depend on its neighbours in the batch."""
    squeezed = ops.mean(x, axis=(0, 1, 2), keepdims=True)
    return x * layers.Dense(x.shape[-1], activation="sigmoid")(squeezed)


def halved(x):
    """A stride in the last step: the map comes back half as high and wide."""
    return layers.AveragePooling2D(2)(x * layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


def layers_never_connected(x):
    """The gates are computed from an input of their own."""
    other = keras.Input(x.shape[1:])
    return x * layers.Conv2D(1, 3, padding="same", activation="sigmoid")(other)
