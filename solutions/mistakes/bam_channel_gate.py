"""Usual wrong answers to `bam_channel_gate`, each under the name by which a check recognises it."""


def _squeezed(x):
    """Step 1 as asked for."""
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def _scored(squeezed, channels, units, bias=True):
    """Steps 2 and 3 as asked for, on what step 1 gave."""
    hidden = layers.BatchNormalization()(layers.Dense(units, use_bias=bias)(squeezed))
    return layers.Dense(channels, use_bias=bias)(layers.ReLU()(hidden))


def _right(x, ratio):
    return _scored(_squeezed(x), x.shape[-1], max(1, x.shape[-1] // ratio))


def relu6_for_relu(x, ratio=16):
    """MobileNet's ReLU6 in the bottleneck: cut off at 6."""
    channels = x.shape[-1]
    hidden = layers.BatchNormalization()(layers.Dense(max(1, channels // ratio))(_squeezed(x)))
    return layers.Dense(channels)(ops.relu6(hidden))


def sigmoid_added(x, ratio=16):
    """The scores go through a sigmoid at once."""
    return ops.sigmoid(_right(x, ratio))


def input_gated(x, ratio=16):
    """Lesson 3's last step: x times the sigmoid of its scores."""
    return x * ops.sigmoid(_right(x, ratio))


def axes_dropped(x, ratio=16):
    """Pooling without keepdims: scores of shape (batch, channels)."""
    channels = x.shape[-1]
    return _scored(layers.GlobalAveragePooling2D()(x), channels, max(1, channels // ratio))


def repeated_over_the_map(x, ratio=16):
    """The scores copied to every position, as PyTorch's `expand_as` does.

    Source: https://github.com/Jongchan/attention-module (MODELS/bam.py)
    """
    return _right(x, ratio) + ops.zeros_like(x)


def normalisation_missing(x, ratio=16):
    """No batch normalisation: lesson 3's two dense layers."""
    hidden = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(_squeezed(x))
    return layers.Dense(x.shape[-1])(hidden)


def normalised_at_the_end(x, ratio=16):
    """The paper's equation: one batch normalisation, behind the second dense layer.

    Source: https://github.com/Jongchan/attention-module/issues/49
    """
    hidden = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(_squeezed(x))
    return layers.BatchNormalization()(layers.Dense(x.shape[-1])(hidden))


def normalised_twice(x, ratio=16):
    """Batch normalisation behind both dense layers."""
    return layers.BatchNormalization()(_right(x, ratio))


def relu_missing(x, ratio=16):
    """Nothing but a normalisation between the dense layers: together they are one linear map."""
    hidden = layers.BatchNormalization()(layers.Dense(max(1, x.shape[-1] // ratio))(_squeezed(x)))
    return layers.Dense(x.shape[-1])(hidden)


def relu_before_normalisation(x, ratio=16):
    """ReLU, then batch normalisation."""
    hidden = layers.Dense(max(1, x.shape[-1] // ratio), activation="relu")(_squeezed(x))
    return layers.Dense(x.shape[-1])(layers.BatchNormalization()(hidden))


def relu_at_the_end(x, ratio=16):
    """A ReLU behind the second dense layer too: no score is negative."""
    return ops.relu(_right(x, ratio))


def maximum_for_average(x, ratio=16):
    """Global max pooling."""
    channels = x.shape[-1]
    return _scored(layers.GlobalMaxPooling2D(keepdims=True)(x), channels, max(1, channels // ratio))


def channels_squeezed(x, ratio=16):
    """The mean over the channels."""
    channels = x.shape[-1]
    return _scored(ops.mean(x, axis=-1, keepdims=True), channels, max(1, channels // ratio))


def not_squeezed(x, ratio=16):
    """No pooling: the dense layers run at every position."""
    channels = x.shape[-1]
    return _scored(x, channels, max(1, channels // ratio))


def one_dense_layer(x, ratio=16):
    """One dense layer from channels to channels."""
    return layers.Dense(x.shape[-1])(_squeezed(x))


def two_hidden_layers(x, ratio=16):
    """Two narrow layers instead of one."""
    channels = x.shape[-1]
    units = max(1, channels // ratio)
    hidden = layers.ReLU()(layers.BatchNormalization()(layers.Dense(units)(_squeezed(x))))
    return _scored(hidden, channels, units)


def bias_left_out(x, ratio=16):
    """Neither dense layer has a bias."""
    channels = x.shape[-1]
    return _scored(_squeezed(x), channels, max(1, channels // ratio), bias=False)


def first_bias_left_out(x, ratio=16):
    """No bias before the batch normalisation, where it would change nothing."""
    hidden = layers.Dense(max(1, x.shape[-1] // ratio), use_bias=False)(_squeezed(x))
    return layers.Dense(x.shape[-1])(layers.ReLU()(layers.BatchNormalization()(hidden)))


def minimum_forgotten(x, ratio=16):
    """With fewer channels than the ratio, there are no units."""
    return _scored(_squeezed(x), x.shape[-1], x.shape[-1] // ratio)


def ratio_ignored(x, ratio=16):
    """Always 16, whatever `ratio` says."""
    return _right(x, 16)


def ratio_as_units(x, ratio=16):
    """`ratio` units instead of channels // ratio."""
    return _scored(_squeezed(x), x.shape[-1], ratio)


def divided_to_a_float(x, ratio=16):
    """`/` where `//` is meant."""
    return _scored(_squeezed(x), x.shape[-1], max(1, x.shape[-1] / ratio))


def square_window(x, ratio=16):
    """A pooling window as wide as the map is high.

    Source: https://github.com/Jongchan/attention-module/issues/50
    """
    channels = x.shape[-1]
    scores = layers.AveragePooling2D(x.shape[1])(x)
    scores = layers.Dense(max(1, channels // ratio))(scores)
    return layers.Dense(channels)(layers.ReLU()(layers.BatchNormalization()(scores)))
