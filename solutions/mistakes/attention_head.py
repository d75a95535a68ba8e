"""Usual wrong answers to `attention_head`, each under the name by which a check recognises it."""


def _scores(z, heads, size=3, bias=False, padding="same"):
    """Step 1 as asked for."""
    return layers.Conv2D(heads, size, padding=padding, use_bias=bias)(z)


def _masks(scores):
    """Step 2 as asked for."""
    return layers.Softmax(axis=(1, 2))(scores)


def softmax_over_heads(z, heads):
    """Keras' default axis, the last one: at every position the heads share a sum of 1.

    Source: https://github.com/cardwing/Codes-for-Lane-Detection/issues/207
    """
    return ops.softmax(_scores(z, heads))


def softmax_over_rows(z, heads):
    """Axis 1 alone: every column has a sum of 1."""
    return ops.softmax(_scores(z, heads), axis=1)


def softmax_over_columns(z, heads):
    """Axis 2 alone: every row has a sum of 1."""
    return ops.softmax(_scores(z, heads), axis=2)


def softmax_over_everything(z, heads):
    """Positions and heads together share a sum of 1.

    Source: https://github.com/singhgautam/slate/issues/3
    """
    return layers.Softmax(axis=(1, 2, 3))(_scores(z, heads))


def tuple_for_ops_softmax(z, heads):
    """`ops.softmax` with two axes, which it does not take while a network is built."""
    return ops.softmax(_scores(z, heads), axis=(1, 2))


def sigmoid_for_softmax(z, heads):
    """Each position decides by itself, as in lesson 4."""
    return ops.sigmoid(_scores(z, heads))


def softmax_missing(z, heads):
    """The scores themselves."""
    return _scores(z, heads)


def softmax_twice(z, heads):
    """A softmax of a softmax: nearly equal everywhere."""
    return _masks(_masks(_scores(z, heads)))


def divided_by_the_sum(z, heads):
    """The scores divided by their sum, without an exponential: they can be negative."""
    scores = _scores(z, heads)
    return scores / ops.sum(scores, axis=(1, 2), keepdims=True)


def relu_before_softmax(z, heads):
    """A ReLU between the convolution and the softmax."""
    return _masks(ops.relu(_scores(z, heads)))


def bias_kept(z, heads):
    """Keras' default: a bias, which the softmax over positions cancels."""
    return _masks(_scores(z, heads, bias=True))


def one_by_one(z, heads):
    """A 1×1 convolution, as some descriptions of the paper say."""
    return _masks(_scores(z, heads, size=1))


def no_padding(z, heads):
    """Keras' default padding, "valid": the masks are smaller than the map."""
    return _masks(_scores(z, heads, padding="valid"))


def one_mask_for_all(z, heads):
    """One mask, whatever `heads` says."""
    return _masks(_scores(z, 1))


def one_mask_for_each_channel(z, heads):
    """As many masks as channels."""
    return _masks(_scores(z, z.shape[-1]))


def left_flat(z, heads):
    """(batch, positions, heads), not brought back to height and width."""
    return ops.softmax(layers.Reshape((-1, heads))(_scores(z, heads)), axis=1)


def reshaped_heads_first(z, heads):
    """(heads, positions) as in PyTorch, where the channels come first: here the reshape mixes heads and positions.

    Source: https://github.com/zhouhaoyi/Informer2020/issues/59
    """
    _, height, width, _ = z.shape
    flat = layers.Reshape((heads, height * width))(_scores(z, heads))
    return layers.Reshape((height, width, heads))(ops.softmax(flat, axis=-1))


def mean_of_one(z, heads):
    """The masks times the number of positions."""
    return _masks(_scores(z, heads)) * (z.shape[1] * z.shape[2])


def softmax_over_the_batch(z, heads):
    """Axis 0: the images of a batch share a sum of 1.

    Source: https://github.com/PetrochukM/PyTorch-NLP/issues/2
    """
    return ops.softmax(_scores(z, heads), axis=0)
