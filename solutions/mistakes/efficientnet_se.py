"""Usual wrong answers to `efficientnet_se`, each under the name by which a check recognises it."""


def _gates(squeezed, channels, units, hidden="swish", last="sigmoid", bias=True):
    """The excitation as asked for: two 1×1 convolutions."""
    units = layers.Conv2D(units, 1, activation=hidden, use_bias=bias)(squeezed)
    return layers.Conv2D(channels, 1, activation=last, use_bias=bias)(units)


def _pooled(x):
    """The squeeze as asked for."""
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def width_from_channels(x, filters_in, ratio=0.25):
    """The bottleneck is a share of the expanded width instead of the block's input (tensorflow/tpu#616).

    Source: https://github.com/tensorflow/tpu/issues/616
    """
    channels = x.shape[-1]
    return x * _gates(_pooled(x), channels, max(1, int(channels * ratio)))


def relu_for_swish(x, filters_in, ratio=0.25):
    """ReLU, as in the original block.

    Source: https://github.com/pytorch/vision/pull/4448
    """
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), hidden="relu")


def activation_missing(x, filters_in, ratio=0.25):
    """Nothing between the convolutions."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), hidden=None)


def hard_swish_for_swish(x, filters_in, ratio=0.25):
    """MobileNetV3's approximation of swish."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), hidden="hard_swish")


def swish_for_sigmoid(x, filters_in, ratio=0.25):
    """Swish on both convolutions."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), last="swish")


def swish_before_sigmoid(x, filters_in, ratio=0.25):
    """Swish on the second convolution as well, then the sigmoid."""
    return x * ops.sigmoid(_gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), last="swish"))


def softmax_for_sigmoid(x, filters_in, ratio=0.25):
    """The gates sum to 1."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), last="softmax")


def sigmoid_missing(x, filters_in, ratio=0.25):
    """The second convolution has no activation."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), last=None)


def ratio_ignored(x, filters_in, ratio=0.25):
    """Always a quarter, whatever `ratio` says."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, filters_in // 4))


def divided_by_ratio(x, filters_in, ratio=0.25):
    """Here `ratio` is a share; dividing by a quarter multiplies by four."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in / ratio)))


def rounded_to_nearest(x, filters_in, ratio=0.25):
    """The bottleneck is rounded to the nearest integer instead of cut off."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, round(filters_in * ratio)))


def minimum_forgotten(x, filters_in, ratio=0.25):
    """With fewer than four input channels, the bottleneck has no unit."""
    return x * _gates(_pooled(x), x.shape[-1], int(filters_in * ratio))


def not_made_an_integer(x, filters_in, ratio=0.25):
    """The width stays a float."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, filters_in * ratio))


def rounded_to_eight(x, filters_in, ratio=0.25):
    """MobileNetV3's rule for the width.

    Source: https://github.com/keras-team/keras-cv/pull/1756
    """
    return x * _gates(_pooled(x), x.shape[-1], max(8, int(filters_in * ratio + 4) // 8 * 8))


def back_to_filters_in(x, filters_in, ratio=0.25):
    """The second convolution goes back to the input's width, not to that of x."""
    return x * _gates(_pooled(x), filters_in, max(1, int(filters_in * ratio)))


def bias_left_out(x, filters_in, ratio=0.25):
    """No biases."""
    return x * _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)), bias=False)


def not_squeezed(x, filters_in, ratio=0.25):
    """No pooling: a gate for every position."""
    return x * _gates(x, x.shape[-1], max(1, int(filters_in * ratio)))


def maximum_for_average(x, filters_in, ratio=0.25):
    """Global max pooling."""
    squeezed = layers.GlobalMaxPooling2D(keepdims=True)(x)
    return x * _gates(squeezed, x.shape[-1], max(1, int(filters_in * ratio)))


def gates_added(x, filters_in, ratio=0.25):
    """The gates are added instead of multiplied."""
    return x + _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)))


def gates_returned(x, filters_in, ratio=0.25):
    """The gates are returned, the map is not scaled."""
    return _gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio)))


def sigmoid_twice(x, filters_in, ratio=0.25):
    """The sigmoid in the convolution, and once more behind it.

    Source: https://github.com/huoxiangzuo/HiFuse/issues/9
    """
    return x * ops.sigmoid(_gates(_pooled(x), x.shape[-1], max(1, int(filters_in * ratio))))
