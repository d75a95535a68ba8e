"""Right answers to `mask_diversity`, as different as students write them."""

import numpy as np
import tensorflow as tf
from keras import layers, ops


def matrix_product(masks):
    """All positions in one axis, the matrix times its transpose, as the released code has it."""
    _, height, width, heads = masks.shape
    flat = layers.Reshape((height * width, heads))(masks)
    overlaps = ops.matmul(ops.transpose(flat, (0, 2, 1)), flat)
    return ops.mean((overlaps * (1 - ops.eye(heads))) ** 2, axis=(1, 2))


def pairs_by_broadcasting(masks):
    """Every mask times every other one, five axes at once."""
    overlaps = ops.sum(ops.expand_dims(masks, -1) * ops.expand_dims(masks, -2), axis=(1, 2))
    different = ops.cast(ops.logical_not(ops.eye(masks.shape[-1], dtype="bool")), "float32")
    return ops.sum(ops.square(overlaps) * different, axis=(1, 2)) / masks.shape[-1] ** 2


def two_loops(masks):
    """A loop over all pairs."""
    heads = masks.shape[-1]
    total = 0
    for a in range(heads):
        for b in range(heads):
            if a != b:
                total += ops.square(ops.sum(masks[..., a] * masks[..., b], axis=(1, 2)))
    return total / (heads * heads)


def upper_half_twice(masks):
    """The pairs above the diagonal, counted twice."""
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks)
    return 2 * ops.mean(ops.square(ops.triu(overlaps, k=1)), axis=(1, 2))


def diagonal_taken_away(masks):
    """The sum of all squares minus those of the diagonal."""
    overlaps = ops.einsum("bhwi,bhwj->bij", masks, masks)
    own = ops.sum(ops.square(masks), axis=(1, 2))
    squares = ops.sum(ops.square(overlaps), axis=(1, 2)) - ops.sum(ops.square(own), axis=-1)
    return squares / masks.shape[-1] ** 2


class _Penalty(layers.Layer):
    """TensorFlow's functions in `call`."""

    def call(self, masks):
        overlaps = tf.einsum("bhwi,bhwj->bij", masks, masks)
        others = tf.linalg.set_diag(overlaps, tf.zeros_like(overlaps[:, 0]))
        return tf.reduce_mean(others**2, axis=[1, 2])


def layer_subclass(masks):
    """A Layer subclass without weights."""
    return _Penalty()(masks)


def product_with_a_buffer(masks):
    """Masks viewed as (batch, heads, positions), times their transpose, times 1 - eye, squared, averaged.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    heads = masks.shape[-1]
    diag = (1 - np.eye(heads)).reshape(1, heads, heads).astype("float32")
    flat = ops.transpose(ops.reshape(masks, (-1, masks.shape[1] * masks.shape[2], heads)), (0, 2, 1))
    reg_loss = ops.matmul(flat, ops.transpose(flat, (0, 2, 1))) * diag
    return ops.mean(ops.reshape(reg_loss, (-1, heads * heads)) ** 2, axis=1)


def gram_matrix_off_the_diagonal(masks):
    """The Gram matrix, of which the entries off the diagonal are penalised.

    Source: https://github.com/wandb/senpai/pull/2220
    """
    heads = masks.shape[-1]
    flat = layers.Reshape((-1, heads))(masks)
    gram = ops.einsum("bpi,bpj->bij", flat, flat)
    off = ops.where(ops.eye(heads) > 0, 0.0, gram)
    return ops.mean(ops.square(off), axis=[-2, -1])


def summed_for_every_image(masks):
    """Sums over axes 1 and 2 for every image, as one who asked about it wanted; divided by their number last.

    Source: https://github.com/ShuangLI59/Diversity-Regularized-Spatiotemporal-Attention/issues/2
    """
    heads = masks.shape[-1]
    overlaps = ops.sum(masks[..., :, None] * masks[..., None, :], axis=(1, 2))
    squares = ops.sum(overlaps**2, axis=(1, 2)) - ops.sum(ops.sum(masks**2, axis=(1, 2)) ** 2, axis=-1)
    return squares / heads**2
