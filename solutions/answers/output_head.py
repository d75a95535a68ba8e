"""Right answers to `output_head`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def einsum(z, masks, classes):
    """Product and sum in one."""
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = layers.Reshape((height, width, heads, classes))(scores)
    return ops.einsum("bhwk,bhwkn->bkn", masks, scores)


def masks_repeated(z, masks, classes):
    """Each mask copied for every class, the axes divided after the sum."""
    heads = masks.shape[-1]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    seen = layers.Multiply()([scores, ops.repeat(masks, classes, axis=-1)])
    return layers.Reshape((heads, classes))(ops.sum(seen, axis=(1, 2)))


def mean_times_positions(z, masks, classes):
    """Global average pooling, multiplied by the number of positions."""
    _, height, width, heads = masks.shape
    scores = layers.Conv2D(heads * classes, (3, 3), padding="same", use_bias=False)(z)
    seen = scores * ops.repeat(masks, classes, axis=-1)
    return layers.Reshape((heads, classes))(layers.GlobalAveragePooling2D()(seen) * height * width)


def one_head_at_a_time(z, masks, classes):
    """A loop over the heads, which takes its slice of the scores."""
    heads = masks.shape[-1]
    scores = layers.Conv2D(filters=classes * heads, kernel_size=3, padding="same", use_bias=False)(z)
    hypotheses = []
    for head in range(heads):
        own = scores[..., head * classes : (head + 1) * classes]
        hypotheses.append(ops.sum(own * masks[..., head : head + 1], axis=[1, 2]))
    return ops.stack(hypotheses, axis=1)


def as_a_matrix_product(z, masks, classes):
    """All positions in one axis, and for every head a vector times a matrix."""
    height, width, heads = masks.shape[1:]
    scores = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    scores = ops.transpose(ops.reshape(scores, (-1, height * width, heads, classes)), (0, 2, 1, 3))
    looks = ops.transpose(ops.reshape(masks, (-1, height * width, heads, 1)), (0, 2, 3, 1))
    return ops.squeeze(ops.matmul(looks, scores), axis=2)


class _Outputs(layers.Layer):
    """The convolution made in the constructor, TensorFlow's functions in `call`."""

    def __init__(self, heads, classes, **options):
        super().__init__(**options)
        self.shape = (heads, classes)
        self.score = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)

    def call(self, z, masks):
        scores = self.score(z)
        scores = tf.reshape(scores, tf.concat([tf.shape(scores)[:3], self.shape], axis=0))
        return tf.reduce_sum(scores * masks[..., tf.newaxis], axis=[1, 2])


def layer_subclass(z, masks, classes):
    """A Layer subclass with two inputs."""
    return _Outputs(masks.shape[-1], classes)(z, masks)


def viewed_and_summed_over_positions(z, masks, classes):
    """Positions in one last axis for the outputs and the masks, their product summed along it.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    h, w, heads = masks.shape[1:]
    out = layers.Conv2D(classes * heads, kernel_size=3, padding="same", use_bias=False)(z)
    out = ops.reshape(ops.transpose(out, (0, 3, 1, 2)), (-1, heads, classes, h * w))
    mask = ops.reshape(ops.transpose(masks, (0, 3, 1, 2)), (-1, heads, 1, h * w))
    return ops.sum(out * mask, axis=3)


def gathered_by_a_matrix_product(z, masks, classes):
    """Features gathered by attention maps, a matrix product for each head.

    Source: https://github.com/gjylt/DoubleAttentionNet/issues/3
    """
    positions, heads = masks.shape[1] * masks.shape[2], masks.shape[3]
    values = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    values = layers.Permute((2, 3, 1))(layers.Reshape((positions, heads, classes))(values))
    maps = layers.Permute((2, 1))(layers.Reshape((positions, heads))(masks))
    return ops.squeeze(ops.matmul(values, ops.expand_dims(maps, -1)), -1)


def masks_as_batch_dimension(z, masks, classes):
    """Heads in front, batched products of (1, positions) with (positions, classes), as attention pooling does.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/attention_pool2d.py)
    """
    height, width, heads = masks.shape[1:]
    v = layers.Conv2D(heads * classes, 3, padding="same", use_bias=False)(z)
    v = ops.transpose(ops.reshape(v, (-1, height * width, heads, classes)), (0, 2, 1, 3))
    attn = ops.transpose(ops.reshape(masks, (-1, 1, height * width, heads)), (0, 3, 1, 2))
    return ops.reshape(attn @ v, (-1, heads, classes))
