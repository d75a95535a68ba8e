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


class _SqueezeExcitation(layers.Layer):
    """Two 1×1 convolutions, with the activations handed over as functions."""

    def __init__(self, channels, squeezed, activation=ops.relu, scale_activation=ops.sigmoid):
        super().__init__()
        self.fc1 = layers.Conv2D(squeezed, 1)
        self.fc2 = layers.Conv2D(channels, 1)
        self.activation, self.scale_activation = activation, scale_activation

    def build(self, shape):
        self.fc1.build((None, 1, 1, shape[-1]))
        self.fc2.build((None, 1, 1, self.fc1.filters))

    def scale(self, x):
        return self.scale_activation(self.fc2(self.activation(self.fc1(ops.mean(x, (1, 2), keepdims=True)))))

    def call(self, x):
        return self.scale(x) * x


def activations_as_arguments(inputs, ratio=4):
    """A layer that is given the numbers of channels and both activations.

    Source: https://github.com/pytorch/vision (torchvision/ops/misc.py)
    """
    return _SqueezeExcitation(inputs.shape[-1], max(1, inputs.shape[-1] // ratio))(inputs)


def norm_that_is_none(inputs, ratio=4):
    """The mean over both axes, 1×1 convolutions, and room for a normalisation that is not used.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/squeeze_excite.py)
    """
    channels = inputs.shape[-1]
    bn = layers.Identity()
    x_se = ops.mean(inputs, axis=(1, 2), keepdims=True)
    x_se = layers.Conv2D(max(1, int(channels * (1.0 / ratio) + 1e-6)), kernel_size=1, use_bias=True)(x_se)
    x_se = layers.ReLU()(bn(x_se))
    x_se = layers.Conv2D(channels, kernel_size=1, use_bias=True)(x_se)
    return inputs * layers.Activation("sigmoid")(x_se)


def pooled_by_an_average_of_averages(inputs, ratio=4):
    """Global pooling as the mean over the height, then over the width; convolutions on what is left.

    Source: https://github.com/MenghaoGuo/Awesome-Vision-Attentions (code/channel_attentions/se_module.py)
    """
    b, h, w, c = (-1, *inputs.shape[1:])
    y = ops.mean(ops.mean(inputs, axis=1), axis=1)
    y = ops.reshape(y, (b, 1, 1, c))
    y = layers.Conv2D(max(1, c // ratio), 1)(y)
    y = layers.Conv2D(c, 1)(ops.relu(y))
    return inputs * ops.tile(ops.sigmoid(y), (1, h, w, 1))
