"""Right answers to `efficientnet_se`, as different as students write them."""

import keras
import tensorflow as tf
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


class _Gate(layers.Layer):
    """Kernels and biases of its own, the second layer's first."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units

    def build(self, shape):
        self.expand_bias = self.add_weight(shape=(shape[-1],), initializer="zeros")
        self.expand = self.add_weight(shape=(self.units, shape[-1]))
        self.reduce_bias = self.add_weight(shape=(self.units,), initializer="zeros")
        self.reduce = self.add_weight(shape=(shape[-1], self.units))

    def call(self, x):
        hidden = keras.activations.swish(ops.mean(x, axis=(1, 2), keepdims=True) @ self.reduce + self.reduce_bias)
        return x * ops.sigmoid(hidden @ self.expand + self.expand_bias)


def layer_subclass(x, filters_in, ratio=0.25):
    """A Layer subclass with `add_weight` and the operator @."""
    return _Gate(max(1, int(filters_in * ratio)))(x)


def tensorflow_in_lambda(x, filters_in, ratio=0.25):
    """TensorFlow's functions for mean, swish, sigmoid and product, each in a Lambda layer."""
    gates = layers.Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2], keepdims=True))(x)
    gates = layers.Lambda(tf.nn.silu)(layers.Conv2D(max(int(filters_in * ratio), 1), 1)(gates))
    gates = layers.Lambda(tf.nn.sigmoid)(layers.Conv2D(x.shape[-1], 1)(gates))
    return layers.Lambda(lambda both: both[0] * both[1])([x, gates])


def style_of_the_chinese_tutorial(x, filters_in, ratio=0.25):
    """In the style of the Chinese SE/ECA tutorial, which has this one in words: FC1, swish, FC2, sigmoid, scale."""
    in_channel = x.shape[-1]

    # squeeze: [h,w,c]==>[1,1,c]
    gates = layers.GlobalAveragePooling2D()(x)
    gates = layers.Reshape(target_shape=(1, 1, in_channel))(gates)

    # excitation: [1,1,c]==>[1,1,filters_in/r]==>[1,1,c]
    gates = layers.Dense(max(1, int(filters_in * ratio)))(gates)
    gates = keras.activations.swish(gates)
    gates = layers.Dense(in_channel)(gates)
    gates = keras.activations.sigmoid(gates)

    # scale: [h,w,c]*[1,1,c]==>[h,w,c]
    return layers.multiply([x, gates])


def squeeze_reshape_reduce_expand(x, filters_in, ratio=0.25):
    """Pooling, a reshape, and two convolutions with same padding, under the names that Keras gives them.

    Source: https://github.com/keras-team/keras (keras/src/applications/efficientnet.py)
    """
    filters = x.shape[-1]
    filters_se = max(1, int(filters_in * ratio))
    se = layers.GlobalAveragePooling2D()(x)
    se = layers.Reshape((1, 1, filters))(se)
    se = layers.Conv2D(filters_se, 1, padding="same", activation="swish")(se)
    se = layers.Conv2D(filters, 1, padding="same", activation="sigmoid")(se)
    return layers.multiply([x, se])


def swish_as_a_product(x, filters_in, ratio=0.25):
    """The activation is x · sigmoid(x), the gates' sigmoid a function behind the second convolution.

    Source: https://github.com/kuangliu/pytorch-cifar (models/efficientnet.py)
    """

    def swish(y):
        return y * ops.sigmoid(y)

    out = layers.GlobalAveragePooling2D(keepdims=True)(x)
    out = swish(layers.Conv2D(max(1, int(filters_in * ratio)), kernel_size=1, use_bias=True)(out))
    out = ops.sigmoid(layers.Conv2D(x.shape[-1], kernel_size=1, use_bias=True)(out))
    return x * out


def silu_handed_over(x, filters_in, ratio=0.25):
    """The squeeze layer is told to use SiLU, and the number of channels of the block's input.

    Source: https://github.com/pytorch/vision (torchvision/models/efficientnet.py)
    """

    def squeeze_excitation(input_channels, squeeze_channels, activation):
        first, second = layers.Conv2D(squeeze_channels, 1), layers.Conv2D(input_channels, 1)
        return lambda y: ops.sigmoid(second(activation(first(ops.mean(y, axis=(1, 2))[:, None, None]))))

    scale = squeeze_excitation(x.shape[-1], max(1, int(filters_in * ratio)), activation=keras.activations.silu)
    return scale(x) * x
