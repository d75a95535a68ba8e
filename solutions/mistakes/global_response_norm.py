"""Usual wrong answers to `global_response_norm`, each under the name by which a check recognises it."""

import keras
from keras import layers, ops

EPSILON = 1e-6


def _norms(x, axes=(1, 2)):
    """The norm of each channel, right unless other axes are given."""
    return ops.sqrt(ops.sum(ops.square(x), axis=axes, keepdims=True) + EPSILON)


def _compared(norms):
    return norms / (ops.mean(norms, axis=-1, keepdims=True) + EPSILON)


def _scaled_and_shifted(x, bias=True):
    """γ · x + β, one of each for a channel."""
    return layers.DepthwiseConv2D(1, use_bias=bias, depthwise_initializer="zeros")(x)


def sum_of_norms(x):
    """Divided by the sum of the norms, as the paper's text has it, instead of their mean.

    Source: https://github.com/facebookresearch/ConvNeXt-V2/issues/76
    """
    norms = _norms(x)
    return x + _scaled_and_shifted(x * norms / (ops.sum(norms, axis=-1, keepdims=True) + EPSILON))


def norm_over_channels(x):
    """The norm of each position over its channels, which another library calls by the same name.

    Source: https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/grn-1.html
    """
    return x + _scaled_and_shifted(x * _compared_positions(_norms(x, (3,))))


def _compared_positions(norms):
    return norms / (ops.mean(norms, axis=(1, 2), keepdims=True) + EPSILON)


def norm_over_channels__divided(x):
    """The same, and x is divided by the norm, as there.

    Source: https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/grn-1.html
    """
    return x + _scaled_and_shifted(x / _norms(x, (3,)))


def compared_with_itself(x):
    """One norm for the whole map of an image: compared with the mean of one, it is 1."""
    return x + _scaled_and_shifted(x * _compared(_norms(x, (1, 2, 3))))


def compared_with_itself__at_each_position(x):
    """The norm of each position over its channels, compared with a mean over channels, of which one is left."""
    return x + _scaled_and_shifted(x * _compared(_norms(x, (3,))))


def norm_over_the_batch(x):
    """The norm over all images of the batch.

    Source: https://github.com/facebookresearch/ConvNeXt-V2/issues/86
    """
    return x + _scaled_and_shifted(x * _compared(_norms(x, (0, 1, 2))))


def mean_over_the_batch(x):
    """The norms are compared with the mean over the batch, not over the channels."""
    norms = _norms(x)
    return x + _scaled_and_shifted(x * norms / (ops.mean(norms, axis=0, keepdims=True) + EPSILON))


def spectral_norm(x):
    """Of two axes, `ord=2` makes the largest singular value of a matrix."""
    norms = ops.norm(x, ord=2, axis=(1, 2), keepdims=True)
    return x + _scaled_and_shifted(x * _compared(norms))


def sum_of_absolute_values(x):
    """The first norm instead of the second."""
    return x + _scaled_and_shifted(x * _compared(ops.sum(ops.abs(x), axis=(1, 2), keepdims=True)))


def average_for_norm(x):
    """Global average pooling instead of the norm."""
    return x + _scaled_and_shifted(x * _compared(ops.mean(x, axis=(1, 2), keepdims=True)))


def maximum_for_norm(x):
    """Global max pooling instead of the norm."""
    return x + _scaled_and_shifted(x * _compared(ops.max(x, axis=(1, 2), keepdims=True)))


def root_missing(x):
    """Sums of squares, without the root."""
    return x + _scaled_and_shifted(x * _compared(ops.sum(ops.square(x), axis=(1, 2), keepdims=True)))


def standardised(x):
    """(norm − mean) / deviation, as in a normalisation, instead of norm / mean."""
    norms = _norms(x)
    mean, deviation = ops.mean(norms, axis=-1, keepdims=True), ops.std(norms, axis=-1, keepdims=True)
    return x + _scaled_and_shifted(x * (norms - mean) / (deviation + EPSILON))


def divided_by_the_norm(x):
    """x divided by what it should be multiplied by."""
    return x + _scaled_and_shifted(x / _compared(_norms(x)))


def not_compared(x):
    """x times its norm, which is compared with no other."""
    return x + _scaled_and_shifted(x * _norms(x))


def x_not_added(x):
    """Without + x: as γ and β begin at 0, nothing would come through."""
    return _scaled_and_shifted(x * _compared(_norms(x)))


def x_not_multiplied(x):
    """γ · N + β, without the x that N scales."""
    return x + _scaled_and_shifted(_compared(_norms(x)))


def sigmoid_of_the_norm(x):
    """A sigmoid around the norms, as in squeeze-and-excitation."""
    return x + _scaled_and_shifted(x * ops.sigmoid(_compared(_norms(x))))


def shift_missing(x):
    """γ without β."""
    return x + _scaled_and_shifted(x * _compared(_norms(x)), bias=False)


def nothing_to_train(x):
    """Neither γ nor β."""
    return x + x * _compared(_norms(x))


def one_factor_for_all(x):
    """One γ and one β for all channels."""
    height, width, channels = x.shape[1:]
    one_channel = layers.Reshape((height, width * channels, 1))(x * _compared(_norms(x)))
    scaled = layers.DepthwiseConv2D(1, depthwise_initializer="zeros")(one_channel)
    return x + layers.Reshape((height, width, channels))(scaled)


def channels_mixed(x):
    """A full 1×1 convolution: each output takes from all channels."""
    return x + layers.Conv2D(x.shape[-1], 1, kernel_initializer="zeros")(x * _compared(_norms(x)))


def shift_scaled(x):
    """γ · (x · N + β): the shift is multiplied, too."""

    class Affine(keras.Layer):
        def build(self, shape):
            self.gamma = self.add_weight(shape=(shape[-1],), initializer="zeros", name="gamma")
            self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

        def call(self, scaled):
            return self.gamma * (scaled + self.beta)

    return x + Affine()(x * _compared(_norms(x)))
