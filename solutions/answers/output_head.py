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
