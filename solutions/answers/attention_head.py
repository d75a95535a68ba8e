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


def viewed_flat_and_back(z, heads):
    """Scores viewed as (batch, heads, positions), a softmax over the last axis, viewed as a map again.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    h, w = z.shape[1:3]
    scores = layers.Conv2D(heads, kernel_size=3, padding="same", use_bias=False, kernel_initializer="he_normal")(z)
    flat = ops.reshape(ops.transpose(scores, (0, 3, 1, 2)), (-1, heads, h * w))
    return ops.transpose(ops.reshape(ops.softmax(flat, axis=2), (-1, heads, h, w)), (0, 2, 3, 1))


def attention_maps_over_positions(z, heads):
    """Positions in one axis, the softmax along it, as double attention makes its attention maps.

    Source: https://github.com/gjylt/DoubleAttentionNet/issues/3
    """
    height, width = z.shape[1:3]
    maps = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    maps = layers.Softmax(axis=1)(layers.Reshape((height * width, heads))(maps))
    return layers.Reshape((height, width, heads))(maps)


def spatial_softmax(z, heads):
    """The exponential of each map, less its largest value, divided by its sum over height and width.

    Source: https://github.com/cardwing/Codes-for-Lane-Detection/issues/235
    """
    features = layers.Conv2D(heads, (3, 3), padding="same", use_bias=False)(z)
    powers = ops.exp(features - ops.max(features, axis=(1, 2), keepdims=True))
    return powers / ops.sum(powers, axis=(1, 2), keepdims=True)
