"""Right answers to `se_block`, as different as students write them."""

import keras
import numpy as np
from keras import layers, ops


def activations_as_layers(inputs, ratio=4):
    """The tutorial's order: pooling, reshape, convolution, ReLU, convolution, sigmoid, multiply."""
    channels = inputs.shape[-1]
    x = layers.GlobalAveragePooling2D()(inputs)
    x = layers.Reshape((1, 1, channels))(x)
    x = layers.Conv2D(max(1, channels // ratio), (1, 1), padding="same")(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(channels, (1, 1), padding="same")(x)
    x = layers.Activation("sigmoid")(x)
    return layers.multiply([inputs, x])


def dense_layers(inputs, ratio=4):
    """Dense layers on (batch, channels): the same numbers as 1×1 convolutions."""
    channels = inputs.shape[-1]
    hidden = layers.Dense(max(1, channels // ratio), activation="relu")(layers.GlobalAveragePooling2D()(inputs))
    gates = layers.Dense(channels, activation="sigmoid")(hidden)
    return inputs * ops.expand_dims(gates, (1, 2))


def mean_and_star(inputs, ratio=4):
    """`ops.mean` and the operator `*`."""
    channels = inputs.shape[-1]
    gates = ops.mean(inputs, axis=[1, 2], keepdims=True)
    for filters, activation in ((max(1, channels // ratio), ops.relu), (channels, ops.sigmoid)):
        gates = activation(layers.Conv2D(filters, 1)(gates))
    return gates * inputs


class _SqueezeAndExcitation(layers.Layer):
    """Layers made in `build`, when the channels are known."""

    def __init__(self, ratio):
        super().__init__()
        self.ratio = ratio

    def build(self, shape):
        self.down = layers.Conv2D(max(1, shape[-1] // self.ratio), 1, activation="relu")
        self.up = layers.Conv2D(shape[-1], 1, activation="sigmoid")
        self.down.build((None, 1, 1, shape[-1]))
        self.up.build((None, 1, 1, self.down.filters))

    def call(self, inputs):
        squeezed = ops.mean(inputs, axis=(1, 2), keepdims=True)
        return ops.multiply(inputs, self.up(self.down(squeezed)))


def layer_subclass(inputs, ratio=4):
    """A Layer subclass that builds its layers by itself."""
    return _SqueezeAndExcitation(ratio)(inputs)


def convolution_along_one_axis(inputs, ratio=4):
    """The pooled channels as a sequence of length 1, Conv1D with a kernel of 1."""
    channels = inputs.shape[-1]
    x = layers.Reshape((1, channels))(layers.GlobalAveragePooling2D()(inputs))
    x = layers.Conv1D(max(1, channels // ratio), 1, activation="relu")(x)
    x = layers.Conv1D(channels, 1, activation="sigmoid")(x)
    return layers.Multiply()([inputs, layers.Reshape((1, 1, channels))(x)])


def model_inside(inputs, ratio=4):
    """A functional model of the gates, called like a layer."""
    channels = inputs.shape[-1]
    pooled = keras.Input((1, 1, channels))
    hidden = layers.Conv2D(max(1, channels // ratio), 1, activation="relu")(pooled)
    gates = keras.Model(pooled, layers.Conv2D(channels, 1, activation="sigmoid")(hidden))
    return inputs * gates(layers.GlobalAveragePooling2D(keepdims=True)(inputs))


def tensor_product(inputs, ratio=4):
    """Dense layers as sums over indices, `EinsumDense`."""
    channels = inputs.shape[-1]
    units = max(1, channels // ratio)
    x = ops.mean(ops.reshape(inputs, (-1, inputs.shape[1] * inputs.shape[2], channels)), axis=1)
    x = layers.EinsumDense("bc,cu->bu", output_shape=units, bias_axes="u", activation="relu")(x)
    x = layers.EinsumDense("bu,uc->bc", output_shape=channels, bias_axes="c", activation="sigmoid")(x)
    return ops.einsum("bhwc,bc->bhwc", inputs, x)


class _VariablesOfItsOwn(layers.Layer):
    """Keras variables made from arrays."""

    def __init__(self, ratio):
        super().__init__()
        self.ratio = ratio

    def build(self, shape):
        channels = shape[-1]
        units = max(1, channels // self.ratio)
        random = np.random.default_rng(0)
        self.w1 = keras.Variable(random.normal(0, channels**-0.5, (channels, units)).astype("float32"))
        self.b1 = keras.Variable(np.zeros(units, "float32"))
        self.w2 = keras.Variable(random.normal(0, units**-0.5, (units, channels)).astype("float32"))
        self.b2 = keras.Variable(np.zeros(channels, "float32"))

    def call(self, inputs):
        squeezed = ops.mean(inputs, axis=(1, 2), keepdims=True)
        return inputs * ops.sigmoid(ops.relu(squeezed @ self.w1 + self.b1) @ self.w2 + self.b2)


def layer_with_keras_variables(inputs, ratio=4):
    """A Layer subclass with `keras.Variable` and first values of its own instead of `add_weight`."""
    return _VariablesOfItsOwn(ratio)(inputs)


def style_of_the_chinese_tutorial(inputs, ratio=4):
    """In the style of the Chinese SE/ECA tutorial: a line for every step, its shapes in comments; ReLU and sigmoid
    from `keras.activations`, where the tutorial has functions of TensorFlow that Keras 3 refuses."""
    in_channel = inputs.shape[-1]

    # [h,w,c]==>[None,c]
    x = layers.GlobalAveragePooling2D()(inputs)
    # [None,c]==>[1,1,c]
    x = layers.Reshape(target_shape=(1, 1, in_channel))(x)

    # [1,1,c]==>[1,1,c/r]
    x = layers.Dense(max(in_channel // ratio, 1))(x)
    x = keras.activations.relu(x)

    # [1,1,c/r]==>[1,1,c]
    x = layers.Dense(in_channel)(x)
    x = keras.activations.sigmoid(x)

    # [h,w,c]*[1,1,c]==>[h,w,c]
    return layers.multiply([inputs, x])
