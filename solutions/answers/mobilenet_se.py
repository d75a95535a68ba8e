"""Right answers to `mobilenet_se`, as different as students write them."""

import keras
from keras import layers, ops


def _rounded(width):
    """MobileNetV3's rule for widths."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * width else nearest


def hard_sigmoid_written_out(x):
    """relu6(x + 3) / 6, as in the paper."""
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(_rounded(channels / 4), 1, activation="relu")(gates)
    gates = layers.Conv2D(channels, 1)(gates)
    return layers.Multiply()([x, ops.relu6(gates + 3.0) * (1.0 / 6.0)])


def dense_layers(x):
    """Dense layers on (batch, channels), a quarter as a product."""
    channels = x.shape[-1]
    hidden = layers.Dense(_rounded(channels * 0.25), activation="relu")(ops.mean(x, axis=(1, 2)))
    gates = layers.Dense(channels, activation=keras.activations.hard_sigmoid)(hidden)
    return x * ops.reshape(gates, (-1, 1, 1, channels))


def clipped_line(x):
    """The hard sigmoid as a line cut off at 0 and 1."""
    channels = x.shape[-1]
    hidden = layers.ReLU()(layers.Conv2D(_rounded(channels / 4), 1)(layers.GlobalAveragePooling2D(keepdims=True)(x)))
    return x * ops.clip(layers.Conv2D(channels, 1)(hidden) / 6 + 0.5, 0, 1)


def activations_as_layers(x):
    """As Keras' own MobileNetV3 has it."""
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(_rounded(channels / 4), kernel_size=1, padding="same")(gates)
    gates = layers.ReLU()(gates)
    gates = layers.Conv2D(channels, kernel_size=1, padding="same")(gates)
    gates = layers.ReLU(6.0)(layers.Rescaling(1.0, offset=3.0)(gates))
    return layers.Multiply()([x, layers.Rescaling(1 / 6)(gates)])
