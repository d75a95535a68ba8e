"""Right answers to `global_response_norm`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


class ScaleAndShift(layers.Layer):
    """γ · x + β."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="zeros", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        return self.gamma * x + self.beta


def own_scale_and_shift(x):
    """A layer of one's own for γ and β alone."""
    norms = ops.sqrt(ops.sum(ops.square(x), axis=(1, 2), keepdims=True))
    return ScaleAndShift()(x * norms / (ops.mean(norms, axis=-1, keepdims=True) + 1e-6)) + x


def norm_of_keras(x):
    """Keras' norm, which over two axes is the root of the sum of squares unless `ord` is given."""
    norms = ops.norm(x, axis=(1, 2), keepdims=True)
    compared = norms / (ops.mean(norms, axis=3, keepdims=True) + 1e-6)
    return layers.Add()([x, layers.DepthwiseConv2D((1, 1), depthwise_initializer="zeros")(x * compared)])


def einsum_dense(x):
    """EinsumDense has a factor and a bias for each channel, too."""
    norms = ops.sqrt(ops.sum(x * x, axis=[1, 2], keepdims=True) + 1e-6)
    compared = norms / (1e-6 + ops.mean(norms, axis=-1, keepdims=True))
    affine = layers.EinsumDense("bhwc,c->bhwc", (None, None, x.shape[-1]), bias_axes="c", kernel_initializer="zeros")
    return affine(compared * x) + x


def along_one_axis(x):
    """Positions side by side along one axis."""
    height, width, channels = x.shape[1:]
    flat = layers.Reshape((height * width, channels))(x)
    norms = ops.norm(flat, axis=1, keepdims=True)
    scaled = ScaleAndShift()(flat * norms / (ops.mean(norms, axis=-1, keepdims=True) + 1e-6))
    return layers.Reshape((height, width, channels))(flat + scaled)


def grouped_convolution(x):
    """A convolution of as many groups as channels."""
    norms = ops.sqrt(ops.sum(ops.square(x), axis=(1, 2), keepdims=True) + 1e-6)
    compared = norms / (ops.mean(norms, axis=-1, keepdims=True) + 1e-6)
    return x + layers.Conv2D(x.shape[-1], 1, groups=x.shape[-1], kernel_initializer="zeros")(x * compared)


def with_tensorflow(x):
    """The norms by TensorFlow in a Lambda layer."""
    norms = layers.Lambda(lambda t: tf.norm(t, axis=[1, 2], keepdims=True))(x)
    compared = layers.Lambda(lambda t: t / (tf.reduce_mean(t, -1, keepdims=True) + 1e-6))(norms)
    return x + layers.DepthwiseConv2D(1, depthwise_initializer="zeros")(layers.Multiply()([x, compared]))


class GRN(keras.Layer):
    """The whole block as a layer, γ and β with four axes.

    Source: https://github.com/facebookresearch/ConvNeXt-V2/issues/22
    """

    def build(self, shape):
        self.gamma = self.add_weight(shape=(1, 1, 1, shape[-1]), initializer="zeros", name="gamma")
        self.beta = self.add_weight(shape=(1, 1, 1, shape[-1]), initializer="zeros", name="beta")

    def call(self, x):
        g = ops.norm(x, axis=(1, 2), keepdims=True)
        n = g / (ops.mean(g, axis=-1, keepdims=True) + 1e-6)
        return self.gamma * (x * n) + self.beta + x


def whole_layer(x):
    """The whole block as a layer, γ and β with four axes.

    Source: https://github.com/facebookresearch/ConvNeXt-V2/issues/22
    """
    return GRN()(x)


def epsilon_under_the_root(x):
    """A power of one half, with the constant under it, as the listing for JAX has it.

    Source: https://github.com/facebookresearch/ConvNeXt-V2 (TRAINING.md)
    """
    gx = ops.power(ops.sum(ops.power(x, 2), axis=(1, 2), keepdims=True) + 1e-6, 0.5)
    nx = gx / (ops.mean(gx, axis=-1, keepdims=True) + 1e-6)
    affine = layers.DepthwiseConv2D(1, depthwise_initializer="zeros", bias_initializer="zeros")
    return affine(nx * x) + x


def root_of_the_mean(x):
    """The root of the mean square times the root of the number of positions.

    Source: https://github.com/leondgarse/keras_cv_attention_models (keras_cv_attention_models/convnext/convnext.py)
    """
    scale = (x.shape[1] * x.shape[2]) ** 0.5
    norms = ops.sqrt(ops.mean(ops.square(x), axis=(1, 2), keepdims=True)) * scale
    norms = norms / (ops.mean(norms, axis=-1, keepdims=True) + 1e-6)
    return layers.DepthwiseConv2D(1, depthwise_initializer="zeros")(x * norms) + x


def weight_and_bias(x):
    """x first, then the bias and weight · x · N together, the weights with one axis.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/grn.py)
    """

    class GlobalResponseNorm(keras.Layer):
        def build(self, shape):
            self.weight = self.add_weight(shape=(shape[-1],), initializer="zeros", name="weight")
            self.bias = self.add_weight(shape=(shape[-1],), initializer="zeros", name="bias")

        def call(self, x):
            x_g = ops.sqrt(ops.sum(ops.square(x), axis=(1, 2), keepdims=True))
            x_n = x_g / (ops.mean(x_g, axis=-1, keepdims=True) + 1e-6)
            return x + (ops.reshape(self.bias, (1, 1, 1, -1)) + ops.reshape(self.weight, (1, 1, 1, -1)) * (x * x_n))

    return GlobalResponseNorm()(x)
