"""Usual wrong answers to `head_gates`, each under the name by which a check recognises it."""


def _maps(z, heads, size=3, bias=False):
    """Step 1 as asked for."""
    return layers.Conv2D(heads, size, padding="same", use_bias=bias)(z)


def _scores(z, masks, **options):
    """Steps 1 and 2 as asked for."""
    return ops.sum(_maps(z, masks.shape[-1], **options) * masks, axis=(1, 2))


def tanh_missing(z, masks):
    """No tanh: a gate can come near 0 or 1, and a head can be switched off.

    Source: https://github.com/tensorflow/nmt/issues/257
    """
    return ops.softmax(_scores(z, masks))


def tanh_behind_the_softmax(z, masks):
    """The tanh of the softmax."""
    return ops.tanh(ops.softmax(_scores(z, masks)))


def tanh_before_the_sum(z, masks):
    """The tanh of each position's score, then the sum."""
    return ops.softmax(ops.sum(ops.tanh(_maps(z, masks.shape[-1])) * masks, axis=(1, 2)))


def sigmoid_for_tanh(z, masks):
    """A sigmoid in the place of the tanh."""
    return ops.softmax(ops.sigmoid(_scores(z, masks)))


def relu_for_tanh(z, masks):
    """A ReLU in the place of the tanh."""
    return ops.softmax(ops.relu(_scores(z, masks)))


def softmax_missing(z, masks):
    """The tanh is the last step: gates between -1 and 1."""
    return ops.tanh(_scores(z, masks))


def sigmoid_for_softmax(z, masks):
    """Each head gets a gate of its own between 0 and 1."""
    return ops.sigmoid(ops.tanh(_scores(z, masks)))


def divided_by_their_sum(z, masks):
    """Sigmoids divided by their sum: the released code's other kind of gates.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    gates = ops.sigmoid(ops.tanh(_scores(z, masks)))
    return gates / ops.sum(gates, axis=-1, keepdims=True)


def softmax_over_the_batch(z, masks):
    """The softmax over axis 0: images share a sum of 1.

    Source: https://github.com/PetrochukM/PyTorch-NLP/issues/2
    """
    return ops.softmax(ops.tanh(_scores(z, masks)), axis=0)


def mean_for_sum(z, masks):
    """The mean over height and width: scores near 0, gates nearly equal."""
    return ops.softmax(ops.tanh(ops.mean(_maps(z, masks.shape[-1]) * masks, axis=(1, 2))))


def maximum_for_sum(z, masks):
    """The largest value over height and width."""
    return ops.softmax(ops.tanh(ops.max(_maps(z, masks.shape[-1]) * masks, axis=(1, 2))))


def masks_forgotten(z, masks):
    """The mean of the scores over all positions, wherever the heads look."""
    scores = ops.mean(_maps(z, masks.shape[-1]), axis=(1, 2)) + 0 * ops.sum(masks, axis=(1, 2))
    return ops.softmax(ops.tanh(scores))


def masks_forgotten__summed(z, masks):
    """Step 2 without the masks: the plain sum over all positions."""
    return ops.softmax(ops.tanh(ops.sum(_maps(z, masks.shape[-1]), axis=(1, 2))))


def masks_scored(z, masks):
    """The convolution reads the masks instead of z."""
    scores = _maps(masks, masks.shape[-1]) + 0 * ops.sum(z, axis=-1, keepdims=True)
    return ops.softmax(ops.tanh(ops.sum(scores * masks, axis=(1, 2))))


def bias_kept(z, masks):
    """Keras' default: a bias."""
    return ops.softmax(ops.tanh(_scores(z, masks, bias=True)))


def one_by_one(z, masks):
    """A 1×1 convolution, as some descriptions of the paper say."""
    return ops.softmax(ops.tanh(_scores(z, masks, size=1)))


def one_score_map_for_all(z, masks):
    """One score map, which every head reads through its mask."""
    return ops.softmax(ops.tanh(ops.sum(_maps(z, 1) * masks, axis=(1, 2))))


def axes_kept(z, masks):
    """Gates of shape (batch, 1, 1, heads)."""
    scores = ops.sum(_maps(z, masks.shape[-1]) * masks, axis=(1, 2), keepdims=True)
    return ops.softmax(ops.tanh(scores))
