"""Usual wrong answers to `output_head`, each under the name by which a check recognises it."""


def _scores(z, masks, classes, size=3, bias=False):
    """Steps 1 and 2 as asked for: (batch, height, width, heads, classes)."""
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, size, padding="same", use_bias=bias)(z)
    return layers.Reshape((height, width, heads, classes))(scores)


def _seen(scores, masks):
    """The product of step 3 as asked for."""
    return scores * ops.expand_dims(masks, axis=-1)


def mean_for_sum(z, masks, classes):
    """The mean over height and width, which divides by the number of positions once more."""
    return ops.mean(_seen(_scores(z, masks, classes), masks), axis=(1, 2))


def maximum_for_sum(z, masks, classes):
    """The largest value instead of the sum."""
    return ops.max(_seen(_scores(z, masks, classes), masks), axis=(1, 2))


def masks_forgotten(z, masks, classes):
    """The mean of the scores over all positions: every mask is ignored."""
    return ops.mean(_scores(z, masks, classes), axis=(1, 2)) + 0 * ops.sum(masks, axis=(1, 2))[..., None]


def masks_added(z, masks, classes):
    """The masks are added instead of multiplied."""
    return ops.sum(_scores(z, masks, classes) + ops.expand_dims(masks, axis=-1), axis=(1, 2))


def masks_normalised_again(z, masks, classes):
    """A second softmax over the positions, on masks that are one already.

    Source: https://github.com/layer6ai-labs/TabDPT-inference/pull/46
    """
    again = layers.Softmax(axis=(1, 2))(masks)
    return ops.sum(_seen(_scores(z, masks, classes), again), axis=(1, 2))


def classes_before_heads(z, masks, classes):
    """The channels divided as (classes, heads)."""
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((height, width, classes, heads))(scores)
    return layers.Permute((2, 1))(ops.sum(scores * ops.expand_dims(masks, axis=-2), axis=(1, 2)))


def channels_first(z, masks, classes):
    """Reshaped as in PyTorch, where the channels come first: positions and channels are mixed.

    Source: https://github.com/zhouhaoyi/Informer2020/issues/59
    """
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((heads, classes, height * width))(scores)
    flat = layers.Reshape((heads, 1, height * width))(layers.Permute((3, 1, 2))(masks))
    return ops.sum(scores * flat, axis=-1)


def summed_over_heads(z, masks, classes):
    """The heads are summed up as well: one vector of scores is left."""
    return ops.sum(_seen(_scores(z, masks, classes), masks), axis=(1, 2, 3))


def summed_over_height(z, masks, classes):
    """The sum over the height only."""
    return ops.sum(_seen(_scores(z, masks, classes), masks), axis=1)


def outputs_shared(z, masks, classes):
    """One score map for each class, which all heads read."""
    scores = layers.Conv2D(classes, 3, padding="same", use_bias=False)(z)
    return ops.einsum("bhwn,bhwk->bkn", scores, masks)


def a_convolution_for_each_head(z, masks, classes):
    """As many convolutions as heads, each with a filter for each class."""
    seen = [
        ops.sum(layers.Conv2D(classes, 3, padding="same", use_bias=False)(z) * masks[..., head : head + 1], (1, 2))
        for head in range(masks.shape[-1])
    ]
    return ops.stack(seen, axis=1)


def features_masked_first(z, masks, classes):
    """The masks are summed and laid over z before the convolution."""
    return ops.sum(_scores(z * ops.sum(masks, axis=-1, keepdims=True), masks, classes), axis=(1, 2))


def bias_kept(z, masks, classes):
    """Keras' default: a bias."""
    return ops.sum(_seen(_scores(z, masks, classes, bias=True), masks), axis=(1, 2))


def one_by_one(z, masks, classes):
    """A 1×1 convolution, as some descriptions of the paper say."""
    return ops.sum(_seen(_scores(z, masks, classes, size=1), masks), axis=(1, 2))


def softmax_at_the_end(z, masks, classes):
    """Probabilities instead of scores.

    Source: https://github.com/jaehong31/CGES/issues/1
    """
    return ops.softmax(ops.sum(_seen(_scores(z, masks, classes), masks), axis=(1, 2)))


def relu_on_scores(z, masks, classes):
    """A ReLU behind the convolution: no head can speak against a class."""
    return ops.sum(_seen(ops.relu(_scores(z, masks, classes)), masks), axis=(1, 2))
