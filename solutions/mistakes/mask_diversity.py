"""Usual wrong answers to `mask_diversity`, each under the name by which a check recognises it."""


def _overlaps(masks):
    """Step 1 as asked for."""
    return ops.einsum("bhwi,bhwj->bij", masks, masks)


def _others(overlaps):
    """Step 2 as asked for."""
    return overlaps * (1 - ops.eye(overlaps.shape[-1]))


def diagonal_kept(masks):
    """The overlap of each mask with itself counts too: sharp masks are punished."""
    return ops.mean(ops.square(_overlaps(masks)), axis=(1, 2))


def diagonal_only(masks):
    """Only the overlap of each mask with itself counts."""
    return ops.mean(ops.square(_overlaps(masks) * ops.eye(masks.shape[-1])), axis=(1, 2))


def square_forgotten(masks):
    """The mean of the overlaps, not squared.

    Source: https://github.com/ShuangLI59/Diversity-Regularized-Spatiotemporal-Attention/issues/2
    """
    return ops.mean(_others(_overlaps(masks)), axis=(1, 2))


def square_of_the_mean(masks):
    """The mean first, then the square."""
    return ops.square(ops.mean(_others(_overlaps(masks)), axis=(1, 2)))


def sum_for_mean(masks):
    """The sum over all pairs."""
    return ops.sum(ops.square(_others(_overlaps(masks))), axis=(1, 2))


def divided_by_the_pairs(masks):
    """Divided by heads · (heads - 1), the number of entries that are not set to 0."""
    heads = masks.shape[-1]
    return ops.sum(ops.square(_others(_overlaps(masks))), axis=(1, 2)) / (heads * (heads - 1))


def each_pair_once(masks):
    """Only the pairs above the diagonal."""
    return ops.mean(ops.square(ops.triu(_overlaps(masks), k=1)), axis=(1, 2))


def one_number_for_the_batch(masks):
    """The mean over the images too.

    Source: https://github.com/ShuangLI59/Diversity-Regularized-Spatiotemporal-Attention/issues/2
    """
    return ops.mean(ops.square(_others(_overlaps(masks))))


def a_row_for_each_head(masks):
    """The mean over one axis of heads only."""
    return ops.mean(ops.square(_others(_overlaps(masks))), axis=-1)


def mean_over_positions(masks):
    """The mean over height and width instead of the sum."""
    positions = masks.shape[1] * masks.shape[2]
    return ops.mean(ops.square(_others(_overlaps(masks) / positions)), axis=(1, 2))


def pooled_first(masks):
    """The released code's first step: the mean of each 2 × 2 positions.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    pooled = layers.AveragePooling2D(2)(masks)
    return ops.mean(ops.square(_others(_overlaps(pooled))), axis=(1, 2))


def cosines(masks):
    """Masks of length 1, so that the overlap is a cosine."""
    length = ops.sqrt(ops.sum(ops.square(masks), axis=(1, 2), keepdims=True))
    return ops.mean(ops.square(_others(_overlaps(masks / length))), axis=(1, 2))


def sign_turned(masks):
    """Large for masks that differ: a training would make all heads look at one place.

    Source: https://github.com/frank-xwang/RIDE-LongTailRecognition/issues/2
    """
    return -ops.mean(ops.square(_others(_overlaps(masks))), axis=(1, 2))


def positions_compared(masks):
    """The overlap of each two positions over the heads."""
    _, height, width, heads = masks.shape
    flat = layers.Reshape((height * width, heads))(masks)
    overlaps = ops.matmul(flat, ops.transpose(flat, (0, 2, 1)))
    return ops.mean(ops.square(_others(overlaps)), axis=(1, 2))


def neighbours_only(masks):
    """Each mask is compared with the next one only."""
    overlaps = ops.sum(masks[..., :-1] * masks[..., 1:], axis=(1, 2))
    return ops.mean(ops.square(overlaps), axis=-1)


def identity_subtracted(masks):
    """The overlap of each mask with itself is compared with 1, as for sentence embeddings.

    Source: https://github.com/wandb/senpai/pull/2220
    """
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks) - ops.eye(masks.shape[-1])
    return ops.mean(ops.square(overlaps), axis=(1, 2))
