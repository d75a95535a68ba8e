"""Right answers to `attention_head`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def flattened_and_back(z, heads):
    """One axis for all positions, softmax over it, and back."""
    _, height, width, _ = z.shape
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    masks = layers.Softmax(axis=1)(layers.Reshape((height * width, heads))(scores))
    return layers.Reshape((height, width, heads))(masks)


def heads_in_front(z, heads):
    """Axes exchanged, so that the softmax's default axis is the right one."""
    _, height, width, _ = z.shape
    scores = layers.Conv2D(filters=heads, kernel_size=(3, 3), strides=1, padding="same", use_bias=False)(z)
    scores = layers.Reshape((heads, height * width))(layers.Permute((3, 1, 2))(scores))
    masks = layers.Activation("softmax")(scores)
    return layers.Permute((2, 3, 1))(layers.Reshape((heads, height, width))(masks))


def from_its_formula(z, heads):
    """Exponentials divided by their sum, the largest score subtracted first."""
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    raised = ops.exp(scores - ops.max(scores, axis=(1, 2), keepdims=True))
    return raised / ops.sum(raised, axis=(1, 2), keepdims=True)


def log_sum_exp(z, heads):
    """Through `ops.logsumexp`."""
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    return ops.exp(scores - ops.logsumexp(scores, axis=(1, 2), keepdims=True))


def he_normal(z, heads):
    """Initial values as in the released code; a superfluous activation; ops for the reshapes."""
    _, height, width, _ = z.shape
    scores = layers.Conv2D(
        heads, 3, padding="same", use_bias=False, kernel_initializer="he_normal", activation="linear"
    )(z)
    masks = ops.softmax(ops.reshape(scores, (-1, height * width, heads)), axis=-2)
    return ops.reshape(masks, (-1, height, width, heads))


class _Masks(layers.Layer):
    """The convolution made in the constructor, TensorFlow's functions in `call`."""

    def __init__(self, heads, **options):
        super().__init__(**options)
        self.score = layers.Conv2D(heads, 3, padding="same", use_bias=False)

    def call(self, z):
        raised = tf.exp(self.score(z))
        return raised / tf.reduce_sum(raised, axis=[1, 2], keepdims=True)


def layer_subclass(z, heads):
    """A Layer subclass."""
    return _Masks(heads)(z)
