"""Usual wrong answers to `bam_spatial_gate`, each under the name by which a check recognises it."""


def _step(x, filters, size, dilation=1, normalised=True, activation="relu", bias=True, padding="same"):
    """A convolution, batch normalisation and ReLU as asked for."""
    x = layers.Conv2D(filters, size, padding=padding, dilation_rate=dilation, use_bias=bias)(x)
    x = layers.BatchNormalization()(x) if normalised else x
    return layers.Activation(activation)(x)


def _branch(x, ratio, dilations, units=None, first=1, last=1, outputs=1, **options):
    """The branch with a dilated convolution for each of `dilations`."""
    units = units or max(1, x.shape[-1] // ratio)
    x = _step(x, units, first, **(options | {"padding": "same"}))
    for dilation in dilations:
        x = _step(x, units, 3, dilation, **options)
    return layers.Conv2D(outputs, last, padding="same", use_bias=options.get("bias", True))(x)


def sigmoid_added(x, ratio=16, dilation=4):
    """The scores go through a sigmoid at once."""
    return ops.sigmoid(_branch(x, ratio, (dilation, dilation)))


def input_gated(x, ratio=16, dilation=4):
    """Lesson 4's last step: x times the sigmoid of its scores."""
    return x * ops.sigmoid(_branch(x, ratio, (dilation, dilation)))


def dilation_missing(x, ratio=16, dilation=4):
    """Plain 3×3 convolutions."""
    return _branch(x, ratio, (1, 1))


def dilation_ignored(x, ratio=16, dilation=4):
    """Always 4, whatever `dilation` says."""
    return _branch(x, ratio, (4, 4))


def dilated_once(x, ratio=16, dilation=4):
    """Only the first 3×3 convolution is dilated."""
    return _branch(x, ratio, (dilation, 1))


def padded_by_one(x, ratio=16, dilation=4):
    """One row of zeros on each side, which suits a plain 3×3 convolution: a dilated one shrinks the map.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch/issues/38
    """
    units = max(1, x.shape[-1] // ratio)
    y = _step(x, units, 1)
    for _ in range(2):
        y = _step(layers.ZeroPadding2D(1)(y), units, 3, dilation, padding="valid")
    return layers.Conv2D(1, 1)(y)


def no_padding(x, ratio=16, dilation=4):
    """Keras' default padding, "valid": the map shrinks."""
    return _branch(x, ratio, (dilation, dilation), padding="valid")


def strides_for_dilation(x, ratio=16, dilation=4):
    """`strides=dilation`: the map gets smaller, the kernel does not get wider."""
    units = max(1, x.shape[-1] // ratio)
    y = _step(x, units, 1)
    for _ in range(2):
        y = layers.Conv2D(units, 3, strides=dilation, padding="same")(y)
        y = layers.ReLU()(layers.BatchNormalization()(y))
    return layers.Conv2D(1, 1)(y)


def one_dilated_convolution(x, ratio=16, dilation=4):
    """One dilated convolution instead of two."""
    return _branch(x, ratio, (dilation,))


def three_dilated_convolutions(x, ratio=16, dilation=4):
    """Three dilated convolutions instead of two."""
    return _branch(x, ratio, (dilation,) * 3)


def normalisation_missing(x, ratio=16, dilation=4):
    """No batch normalisation anywhere."""
    return _branch(x, ratio, (dilation, dilation), normalised=False)


def normalised_at_the_end(x, ratio=16, dilation=4):
    """The paper's equation: one batch normalisation, behind the last convolution.

    Source: https://github.com/Jongchan/attention-module/issues/49
    """
    return layers.BatchNormalization()(_branch(x, ratio, (dilation, dilation), normalised=False))


def normalised_there_too(x, ratio=16, dilation=4):
    """Batch normalisation behind the last convolution as well."""
    return layers.BatchNormalization()(_branch(x, ratio, (dilation, dilation)))


def relu_missing(x, ratio=16, dilation=4):
    """No ReLU anywhere."""
    return _branch(x, ratio, (dilation, dilation), activation="linear")


def relu_at_the_end(x, ratio=16, dilation=4):
    """A ReLU behind the last convolution too: no score is negative."""
    return ops.relu(_branch(x, ratio, (dilation, dilation)))


def bias_left_out(x, ratio=16, dilation=4):
    """No convolution has a bias."""
    return _branch(x, ratio, (dilation, dilation), bias=False)


def first_3x3(x, ratio=16, dilation=4):
    """The first convolution is 3×3 instead of 1×1."""
    return _branch(x, ratio, (dilation, dilation), first=3)


def last_3x3(x, ratio=16, dilation=4):
    """The last convolution is 3×3 instead of 1×1."""
    return _branch(x, ratio, (dilation, dilation), last=3)


def not_reduced(x, ratio=16, dilation=4):
    """All convolutions but the last keep the number of channels."""
    return _branch(x, ratio, (dilation, dilation), units=x.shape[-1])


def minimum_forgotten(x, ratio=16, dilation=4):
    """With fewer channels than the ratio, the convolutions have no filters."""
    y = layers.Conv2D(x.shape[-1] // ratio, 1)(x)
    return _branch(y, 1, (dilation, dilation))


def ratio_ignored(x, ratio=16, dilation=4):
    """Always 16, whatever `ratio` says."""
    return _branch(x, 16, (dilation, dilation))


def ratio_as_filters(x, ratio=16, dilation=4):
    """`ratio` filters instead of channels // ratio."""
    return _branch(x, 1, (dilation, dilation), units=ratio)


def channels_pooled(x, ratio=16, dilation=4):
    """CBAM's way: the mean over the channels is taken first."""
    units = max(1, x.shape[-1] // ratio)
    return _branch(ops.mean(x, axis=-1, keepdims=True), 1, (dilation, dilation), units=units)


def a_score_for_every_channel(x, ratio=16, dilation=4):
    """The last convolution goes back to all channels."""
    return _branch(x, ratio, (dilation, dilation), outputs=x.shape[-1])


def pooled(x, ratio=16, dilation=4):
    """Global average pooling first: nothing is left of where."""
    return _branch(layers.GlobalAveragePooling2D(keepdims=True)(x), ratio, (dilation, dilation))


def first_convolution_bare(x, ratio=16, dilation=4):
    """Neither batch normalisation nor ReLU behind the first convolution.

    Source: https://github.com/changzy00/pytorch-attention (attention-mechanisms/bam.py)
    """
    filters = max(1, x.shape[-1] // ratio)
    scores = layers.Conv2D(filters, 1)(x)
    for _ in range(2):
        scores = layers.Conv2D(filters, 3, padding="same", dilation_rate=dilation)(scores)
        scores = layers.ReLU()(layers.BatchNormalization()(scores))
    return layers.Conv2D(1, 1)(scores)
