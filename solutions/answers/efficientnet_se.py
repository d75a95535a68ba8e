"""Right answers to `efficientnet_se`, as different as students write them."""

import keras
from keras import layers, ops


def dense_and_silu(x, filters_in, ratio=0.25):
    """Dense layers, swish under its other name, silu."""
    squeezed = layers.GlobalAveragePooling2D()(x)
    hidden = layers.Dense(max(1, int(filters_in * ratio)), activation="silu")(squeezed)
    gates = layers.Dense(x.shape[-1], activation="sigmoid")(hidden)
    return layers.Multiply()([x, layers.Reshape((1, 1, x.shape[-1]))(gates)])


def swish_written_out(x, filters_in, ratio=0.25):
    """Swish from its formula, x times sigmoid(x)."""
    hidden = layers.Conv2D(max(1, int(ratio * filters_in)), 1)(ops.mean(x, axis=(1, 2), keepdims=True))
    return x * ops.sigmoid(layers.Conv2D(x.shape[-1], 1)(hidden * ops.sigmoid(hidden)))


def activations_as_layers(x, filters_in, ratio=0.25):
    """As Keras' own EfficientNet has it: reshape, two convolutions, multiply; the width cut off by `//`."""
    gates = layers.GlobalAveragePooling2D()(x)
    gates = layers.Reshape((1, 1, x.shape[-1]))(gates)
    gates = layers.Conv2D(int(max(1, filters_in * ratio // 1)), 1, padding="same")(gates)
    gates = layers.Activation(keras.activations.swish)(gates)
    gates = layers.Activation("sigmoid")(layers.Conv2D(x.shape[-1], 1, padding="same")(gates))
    return layers.multiply([x, gates])


def model_inside(x, filters_in, ratio=0.25):
    """A Sequential gate."""
    gate = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(keepdims=True),
            layers.Dense(max(1, int(filters_in * ratio)), activation=ops.silu),
            layers.Dense(x.shape[-1], activation=ops.sigmoid),
        ]
    )
    return ops.multiply(gate(x), x)
