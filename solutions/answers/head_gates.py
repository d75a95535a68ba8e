"""Right answers to `head_gates`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def layers_and_activations(z, masks):
    """Layers for everything but the sum."""
    scores = layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z)
    scores = layers.Multiply()([scores, masks])
    scores = layers.Lambda(lambda t: ops.sum(t, axis=(1, 2)))(scores)
    return layers.Activation("softmax")(layers.Activation("tanh")(scores))


def einsum(z, masks):
    """Product and sum in one."""
    scores = layers.Conv2D(masks.shape[-1], kernel_size=(3, 3), padding="same", use_bias=False)(z)
    return layers.Softmax()(ops.tanh(ops.einsum("bhwk,bhwk->bk", scores, masks)))


def one_axis_for_all_positions(z, masks):
    """Flattened to (batch, positions, heads) first."""
    heads = masks.shape[-1]
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    weighted = layers.Reshape((-1, heads))(scores) * layers.Reshape((-1, heads))(masks)
    return ops.softmax(ops.tanh(ops.sum(weighted, axis=1)), axis=1)


def softmax_written_out(z, masks):
    """tanh and softmax from exponentials."""
    scores = layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z)
    scores = ops.sum(scores * masks, axis=(1, 2))
    raised = ops.exp(1 - 2 / (1 + ops.exp(2 * scores)))
    return raised / ops.sum(raised, axis=-1, keepdims=True)


def pooling_times_positions(z, masks):
    """Global average pooling, multiplied by the number of positions."""
    _, height, width, heads = masks.shape
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z) * masks
    scores = layers.GlobalAveragePooling2D()(scores) * (height * width)
    return ops.softmax(ops.tanh(scores))


class _Gates(layers.Layer):
    """The convolution made in the constructor, TensorFlow's functions in `call`."""

    def __init__(self, heads, **options):
        super().__init__(**options)
        self.score = layers.Conv2D(heads, 3, padding="same", use_bias=False)

    def call(self, z, masks):
        return tf.nn.softmax(tf.tanh(tf.reduce_sum(self.score(z) * masks, axis=[1, 2])))


def layer_subclass(z, masks):
    """A Layer subclass with two inputs."""
    return _Gates(masks.shape[-1])(z, masks)


def scores_viewed_flat(z, masks):
    """Scores and masks viewed flat, the sum along the positions, tanh, softmax.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    h, w, heads = masks.shape[1:]
    scores = layers.Conv2D(heads, 3, padding="same", use_bias=False)(z)
    scores = ops.sum(ops.reshape(scores, (-1, h * w, heads)) * ops.reshape(masks, (-1, h * w, heads)), axis=1)
    return ops.softmax(ops.tanh(scores), axis=1)


def branches_weighed_by_softmax(z, masks):
    """A layer for the softmax over branches behind the last step, as a selective kernel has it.

    Source: https://github.com/yuto3o/SKNet-Keras/issues/1
    """
    scale = layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z)
    scale = ops.sum(layers.Multiply()([scale, masks]), axis=[1, 2])
    scale = layers.Activation("tanh")(scale)
    return layers.Softmax(axis=-1)(scale)


def scores_squashed_then_normalised(z, masks):
    """Scores squashed to (-1, 1), exponentials divided by their sum.

    Source: https://github.com/xptree/DeepInf/issues/7
    """
    scores = ops.einsum("bhwk,bhwk->bk", layers.Conv2D(masks.shape[-1], 3, padding="same", use_bias=False)(z), masks)
    powers = ops.exp(keras.activations.tanh(scores))
    return powers / ops.sum(powers, axis=1, keepdims=True)
