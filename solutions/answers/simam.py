"""Right answers to `simam`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def variance_of_keras(x, e_lambda=1e-4):
    """Keras' variance, which divides by all positions, put right."""
    positions = x.shape[1] * x.shape[2]
    variance = ops.var(x, axis=(1, 2), keepdims=True) * positions / (positions - 1)
    distances = ops.square(x - ops.mean(x, axis=(1, 2), keepdims=True))
    return x * ops.sigmoid(distances / (4 * (variance + e_lambda)) + 0.5)


def multiplied_out(x, e_lambda=1e-4):
    """4 and λ multiplied out, and the sigmoid written as a formula."""
    n = x.shape[1] * x.shape[2] - 1
    d = (x - ops.mean(x, axis=[1, 2], keepdims=True)) ** 2
    e = 0.5 + d / (4 * ops.sum(d, axis=[1, 2], keepdims=True) / n + 4 * e_lambda)
    return x / (1 + ops.exp(-e))


def along_one_axis(x, e_lambda=1e-4):
    """Positions side by side along one axis, reshaped back at the end."""
    height, width, channels = x.shape[1:]
    flat = layers.Reshape((height * width, channels))(x)
    d = ops.square(flat - ops.mean(flat, axis=1, keepdims=True))
    v = ops.sum(d, axis=1, keepdims=True) / (height * width - 1)
    return layers.Reshape((height, width, channels))(flat * ops.sigmoid(d / (4 * (v + e_lambda)) + 0.5))


def pooling_layers(x, e_lambda=1e-4):
    """Both means by global average pooling."""
    positions = x.shape[1] * x.shape[2]
    mean = layers.GlobalAveragePooling2D(keepdims=True)
    d = ops.square(layers.Subtract()([x, mean(x)]))
    v = mean(d) * (positions / (positions - 1))
    return layers.Multiply()([x, layers.Activation("sigmoid")(d / (4 * (v + e_lambda)) + 0.5)])


class SimAM(layers.Layer):
    """As a layer of one's own."""

    def __init__(self, e_lambda, **kwargs):
        super().__init__(**kwargs)
        self.e_lambda = e_lambda

    def call(self, x):
        n = x.shape[1] * x.shape[2] - 1
        d = ops.square(x - ops.mean(x, axis=(1, 2), keepdims=True))
        return x * ops.sigmoid(d / (4 * (ops.sum(d, axis=(1, 2), keepdims=True) / n + self.e_lambda)) + 0.5)


def own_layer(x, e_lambda=1e-4):
    """A subclass of Layer, made and called."""
    return SimAM(e_lambda)(x)


def with_tensorflow(x, e_lambda=1e-4):
    """All of it by TensorFlow in a Lambda layer."""

    def attend(t):
        d = tf.square(t - tf.reduce_mean(t, [1, 2], keepdims=True))
        v = tf.reduce_sum(d, [1, 2], keepdims=True) / float(t.shape[1] * t.shape[2] - 1)
        return t * tf.sigmoid(d / (4 * (v + e_lambda)) + 0.5)

    return layers.Lambda(attend)(x)


def moments(x, e_lambda=1e-4):
    """Mean and variance at once."""
    positions = x.shape[1] * x.shape[2]
    mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
    unbiased = variance * (positions / (positions - 1))
    return ops.multiply(x, ops.sigmoid(ops.divide((x - mean) ** 2, 4 * (unbiased + e_lambda)) + 0.5))


def module(x, e_lambda=1e-4):
    """n first, then the squared distances, then all in one line.

    Source: https://github.com/ZjjConan/SimAM (networks/attentions/simam_module.py)
    """
    h, w = x.shape[1:3]
    n = w * h - 1
    x_minus_mu_square = (x - ops.mean(x, axis=[1, 2], keepdims=True)) ** 2
    y = x_minus_mu_square / (4 * (ops.sum(x_minus_mu_square, axis=[1, 2], keepdims=True) / n + e_lambda)) + 0.5
    return x * keras.activations.sigmoid(y)


def inverse_energy_by_name(x, e_lambda=1e-4):
    """d, v and the inverse energy in lines of their own, with the axes kept that the page's listing loses.

    Source: https://github.com/ZjjConan/SimAM (README.md)
    """
    n = x.shape[1] * x.shape[2] - 1
    d = ops.power(x - ops.mean(x, axis=(1, 2), keepdims=True), 2)
    v = ops.sum(d, axis=(1, 2), keepdims=True) / n
    inverse_energy = d / (4 * (v + e_lambda)) + 0.5
    return x * ops.sigmoid(inverse_energy)


def factor_made_beforehand(x, e_lambda=1e-4):
    """4 / (H · W − 1) is one factor; λ is added, not used as the least.

    Source: https://github.com/northBeggar/Plug-and-Play (08-simAM/tensorflow/SimAM.py)
    """
    norm = 4.0 / (x.shape[1] * x.shape[2] - 1)
    minus_mu_square = ops.square(x - ops.mean(x, axis=(1, 2), keepdims=True))
    total = ops.sum(minus_mu_square, axis=(1, 2), keepdims=True)
    return x * ops.sigmoid(minus_mu_square / (total * norm + 4 * e_lambda) + 0.5)
