"""The usual wrong answers to `soft_mask`."""

from keras import layers, ops


def _half(x):
    """The way down, right: half as high and wide."""
    return layers.MaxPooling2D(3, strides=2, padding="same")(x)


def _back(mask, x):
    """The way up, right: as high and wide as x."""
    return layers.Resizing(x.shape[1], x.shape[2])(mask)


def _head(mask, channels, gate=ops.sigmoid, times=2):
    """The two convolutions and the sigmoid, right unless the arguments say otherwise."""
    for _ in range(times):
        mask = layers.ReLU()(layers.BatchNormalization()(mask))
        mask = layers.Conv2D(channels, 1, use_bias=False)(mask)
    return gate(mask)


def sigmoid_missing(x):
    """The last convolution's output as it is."""
    return _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1], gate=lambda mask: mask)


def softmax_over_channels(x):
    """Softmax along the channels instead of the sigmoid; code on the web calls its variables so."""
    return _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1], gate=ops.softmax)


def tanh_for_sigmoid(x):
    """Hyperbolic tangent instead of the sigmoid."""
    return _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1], gate=ops.tanh)


def nearest_neighbour(x):
    """Every value is repeated, as UpSampling2D does unless it is told otherwise."""
    mask = residual_unit(residual_unit(_half(x)))
    return _head(layers.Resizing(x.shape[1], x.shape[2], interpolation="nearest")(mask), x.shape[-1])


def doubled(x):
    """Enlarged by the factor 2, which does not lead back to an odd length.

    Source: https://github.com/qubvel/residual_attention_network (models/blocks.py)
    """
    mask = residual_unit(residual_unit(_half(x)))
    return _head(layers.UpSampling2D(2, interpolation="bilinear")(mask), x.shape[-1])


def not_resized(x):
    """The mask stays half as high and wide."""
    return _head(residual_unit(residual_unit(_half(x))), x.shape[-1])


def resized_last(x):
    """Resized behind the sigmoid instead of before the convolutions."""
    return _back(_head(residual_unit(residual_unit(_half(x))), x.shape[-1]), x)


def resized_between_units(x):
    """Resized after the first unit, so the second works at full size."""
    return _head(residual_unit(_back(residual_unit(_half(x)), x)), x.shape[-1])


def resized_at_once(x):
    """Resized right after the pooling, so both units work at full size."""
    return _head(residual_unit(residual_unit(_back(_half(x), x))), x.shape[-1])


def pooling_two_by_two(x):
    """Keras' usual 2×2 pooling.

    Source: https://github.com/koichiro11/residual-attention-network (model/attention_module.py)
    """
    mask = layers.MaxPooling2D(2, padding="same")(x)
    return _head(_back(residual_unit(residual_unit(mask)), x), x.shape[-1])


def average_pooling(x):
    """Averages instead of maxima."""
    mask = layers.AveragePooling2D(3, strides=2, padding="same")(x)
    return _head(_back(residual_unit(residual_unit(mask)), x), x.shape[-1])


def stride_forgotten(x):
    """Without `strides`, a 3×3 pooling moves by 3."""
    mask = layers.MaxPooling2D(3, padding="same")(x)
    return _head(_back(residual_unit(residual_unit(mask)), x), x.shape[-1])


def valid_padding(x):
    """Pooling without padding."""
    mask = layers.MaxPooling2D(3, strides=2)(x)
    return _head(_back(residual_unit(residual_unit(mask)), x), x.shape[-1])


def never_pooled(x):
    """Both units at full size, nothing to resize."""
    return _head(residual_unit(residual_unit(x)), x.shape[-1])


def squeezed_to_a_vector(x):
    """Global average pooling, as in squeeze-and-excitation: one gate for each channel."""
    mask = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return _head(_back(residual_unit(residual_unit(mask)), x), x.shape[-1])


def one_unit(x):
    """A single residual unit."""
    return _head(_back(residual_unit(_half(x)), x), x.shape[-1])


def one_convolution(x):
    """A single 1×1 convolution."""
    return _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1], times=1)


def one_channel(x):
    """The last convolution gives one channel: a gate for each position, shared by all channels."""
    mask = _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1], gate=lambda mask: mask, times=1)
    mask = layers.ReLU()(layers.BatchNormalization()(mask))
    return ops.sigmoid(layers.Conv2D(1, 1, use_bias=False)(mask))


def bare_convolutions(x):
    """Two 1×1 convolutions with bias, and no batch normalisation or ReLU before them.

    Source: https://github.com/qubvel/residual_attention_network (models/blocks.py)
    """
    mask = _back(residual_unit(residual_unit(_half(x))), x)
    mask = layers.Conv2D(x.shape[-1], 1)(mask)
    return layers.Conv2D(x.shape[-1], 1, activation="sigmoid")(mask)


def bias_left_on(x):
    """The 1×1 convolutions with bias."""
    mask = _back(residual_unit(residual_unit(_half(x))), x)
    for _ in range(2):
        mask = layers.ReLU()(layers.BatchNormalization()(mask))
        mask = layers.Conv2D(x.shape[-1], 1)(mask)
    return ops.sigmoid(mask)


def convolution_first(x):
    """Convolution, then batch normalisation, then ReLU: a ReLU stands before the sigmoid."""
    mask = _back(residual_unit(residual_unit(_half(x))), x)
    for _ in range(2):
        mask = layers.Conv2D(x.shape[-1], 1, use_bias=False)(mask)
        mask = layers.ReLU()(layers.BatchNormalization()(mask))
    return ops.sigmoid(mask)


def relu_missing(x):
    """Batch normalisation and convolution without the ReLU between them."""
    mask = _back(residual_unit(residual_unit(_half(x))), x)
    for _ in range(2):
        mask = layers.Conv2D(x.shape[-1], 1, use_bias=False)(layers.BatchNormalization()(mask))
    return ops.sigmoid(mask)


def mask_applied(x):
    """x times the mask instead of the mask."""
    return x * _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1])


def one_added(x):
    """1 + M instead of M."""
    return 1 + _head(_back(residual_unit(residual_unit(_half(x))), x), x.shape[-1])


def input_added(x):
    """x is added to the enlarged mask, a shortcut that some ports have.

    Source: https://github.com/tengshaofeng/ResidualAttentionNetwork-pytorch/issues/23
    """
    return _head(_back(residual_unit(residual_unit(_half(x))), x) + x, x.shape[-1])
