"""Usual wrong answers to `global_context`, each under the name by which a check recognises it."""

from keras import layers, ops


def _scores(x, bias=True):
    return layers.Conv2D(1, 1, use_bias=bias)(x)


def _context(x, attention=None):
    """What the attention map finds, right unless another map is given."""
    if attention is None:
        attention = layers.Softmax(axis=(1, 2))(_scores(x))
    return ops.sum(attention * x, axis=(1, 2), keepdims=True)


def _transformed(context, channels, units, normalise=None, activation=ops.relu, bias=True):
    """Two dense layers with a normalisation and a ReLU between, right unless the arguments say otherwise."""
    hidden = layers.Dense(units, use_bias=bias)(context)
    hidden = activation((normalise or layers.LayerNormalization())(hidden))
    return layers.Dense(channels, use_bias=bias, kernel_initializer="zeros")(hidden)


def _transform(x, ratio, context=None, **options):
    context = _context(x) if context is None else context
    return _transformed(context, x.shape[-1], x.shape[-1] // ratio, **options)


def softmax_over_the_channel(x, ratio=16):
    """Softmax over the last axis, of length 1: every weight is 1, and the context is a sum.

    Source: https://github.com/Amshaker/SwiftFormer/issues/4
    """
    return x + _transform(x, ratio, _context(x, ops.softmax(_scores(x), axis=-1)))


def softmax_over_rows(x, ratio=16):
    """Softmax down each column only."""
    return x + _transform(x, ratio, _context(x, ops.softmax(_scores(x), axis=1)))


def sigmoid_for_softmax(x, ratio=16):
    """Sigmoids instead of the softmax: positions do not compete, and the weights do not sum to 1."""
    return x + _transform(x, ratio, _context(x, ops.sigmoid(_scores(x))))


def softmax_missing(x, ratio=16):
    """The scores themselves weigh the positions."""
    return x + _transform(x, ratio, _context(x, _scores(x)))


def averaged_under_the_map(x, ratio=16):
    """A mean of what is under the map instead of its sum, which divides by H · W once more."""
    attention = layers.Softmax(axis=(1, 2))(_scores(x))
    return x + _transform(x, ratio, ops.mean(attention * x, axis=(1, 2), keepdims=True))


def average_pooling(x, ratio=16):
    """The mean of all positions instead of an attention map, which the authors' code can do, too.

    Source: https://github.com/xvjiarui/GCNet (mmdet/ops/gcb/context_block.py)
    """
    return x + _transform(x, ratio, ops.mean(x, axis=(1, 2), keepdims=True))


def map_for_each_channel(x, ratio=16):
    """As many maps as channels instead of one for all."""
    attention = layers.Softmax(axis=(1, 2))(layers.Conv2D(x.shape[-1], 1)(x))
    return x + _transform(x, ratio, _context(x, attention))


def multiplied(x, ratio=16):
    """x times a sigmoid of the transform, as two libraries do it unless told otherwise.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/global_context.py)
    """
    return x * ops.sigmoid(_transform(x, ratio))


def multiplied_without_sigmoid(x, ratio=16):
    """x times the transform."""
    return x * _transform(x, ratio)


def multiplied_and_added(x, ratio=16):
    """Both ways at once: x times a sigmoid, and the transform added.

    Source: https://github.com/xvjiarui/GCNet (mmdet/ops/gcb/context_block.py)
    """
    context = _context(x)
    return x * ops.sigmoid(_transform(x, ratio, context)) + _transform(x, ratio, context)


def sigmoid_of_the_transform(x, ratio=16):
    """A sigmoid around what is added."""
    return x + ops.sigmoid(_transform(x, ratio))


def x_not_added(x, ratio=16):
    """The transform by itself, repeated over the map."""
    return ops.zeros_like(x) + _transform(x, ratio)


def vector_returned(x, ratio=16):
    """The transform by itself, (batch, 1, 1, channels)."""
    return _transform(x, ratio)


def bias_left_out(x, ratio=16):
    """No layer has a bias.

    Source: https://github.com/titu1994/keras-global-context-networks (gc.py)
    """
    attention = layers.Softmax(axis=(1, 2))(_scores(x, bias=False))
    return x + _transform(x, ratio, _context(x, attention), bias=False)


def bias_of_the_map_left_out(x, ratio=16):
    """The scores have no bias. The output does not show it, for the softmax takes it away; the count does."""
    return x + _transform(x, ratio, _context(x, layers.Softmax(axis=(1, 2))(_scores(x, bias=False))))


def normalisation_missing(x, ratio=16):
    """No layer normalisation."""
    return x + _transform(x, ratio, normalise=lambda hidden: hidden)


def batch_normalised(x, ratio=16):
    """Batch normalisation instead of layer normalisation."""
    return x + _transform(x, ratio, normalise=layers.BatchNormalization())


def normalised_last(x, ratio=16):
    """The layer normalisation stands behind the ReLU."""
    hidden = ops.relu(layers.Dense(x.shape[-1] // ratio)(_context(x)))
    return x + layers.Dense(x.shape[-1])(layers.LayerNormalization()(hidden))


def epsilon_of_pytorch(x, ratio=16):
    """The layer normalisation has PyTorch's epsilon.

    Source: https://github.com/xvjiarui/GCNet (mmdet/ops/gcb/context_block.py)
    """
    return x + _transform(x, ratio, normalise=layers.LayerNormalization(epsilon=1e-5))


def relu_missing(x, ratio=16):
    """No ReLU."""
    return x + _transform(x, ratio, activation=lambda hidden: hidden)


def relu_at_the_end(x, ratio=16):
    """A ReLU behind the last layer, too: nothing could be taken away from x."""
    return x + ops.relu(_transform(x, ratio))


def one_layer(x, ratio=16):
    """One dense layer instead of a bottleneck of two."""
    hidden = layers.Dense(x.shape[-1])(_context(x))
    return x + ops.relu(layers.LayerNormalization()(hidden))


def ratio_is_the_width(x, ratio=16):
    """As many units as `ratio` says."""
    return x + _transformed(_context(x), x.shape[-1], ratio)


def ratio_ignored(x, ratio=16):
    """16 is written where `ratio` has to stand."""
    return x + _transformed(_context(x), x.shape[-1], max(1, x.shape[-1] // 16))


def non_local(x, ratio=16):
    """A map for each position, by queries and keys: what this block does without."""
    height, width, channels = x.shape[1:]
    flat = layers.Reshape((height * width, channels))(x)
    query, key = (layers.Dense(max(1, channels // ratio))(flat) for _ in range(2))
    attention = ops.softmax(ops.einsum("bqd,bkd->bqk", query, key), axis=-1)
    found = layers.Dense(channels)(ops.einsum("bqk,bkc->bqc", attention, flat))
    return x + layers.Reshape((height, width, channels))(found)
