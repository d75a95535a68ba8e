"""Right answers to `self_attention`, as different as students write them."""

import math

import tensorflow as tf
from keras import layers, ops


def keras_on_the_map(x, heads, key_dim):
    """Keras' own layer, which takes maps as they are."""
    return x + layers.MultiHeadAttention(num_heads=heads, key_dim=key_dim)(x, x)


def keras_on_positions(x, heads, key_dim):
    """Keras' own layer on (batch, positions, channels)."""
    height, width, channels = x.shape[1:]
    flat = layers.Reshape((height * width, channels))(x)
    mixed = layers.MultiHeadAttention(heads, key_dim)(flat, flat)
    return layers.Add()([x, layers.Reshape((height, width, channels))(mixed)])


def matrix_products(x, heads, key_dim):
    """`ops.matmul` with the heads moved to the front, 1×1 convolutions for dense layers."""
    height, width, channels = x.shape[1:]

    def project():
        y = layers.Conv2D(heads * key_dim, 1)(x)
        y = ops.reshape(y, (-1, height * width, heads, key_dim))
        return ops.transpose(y, (0, 2, 1, 3))

    query, key, value = project(), project(), project()
    scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) / ops.sqrt(float(key_dim))
    mixed = ops.matmul(layers.Softmax()(scores), value)
    mixed = ops.reshape(ops.transpose(mixed, (0, 2, 1, 3)), (-1, height, width, heads * key_dim))
    return layers.Conv2D(channels, 1)(mixed) + x


def queries_scaled(x, heads, key_dim):
    """The queries are scaled instead of the scores."""
    height, width, channels = x.shape[1:]
    query = layers.Reshape((-1, heads, key_dim))(layers.Dense(heads * key_dim)(x))
    key = layers.Reshape((-1, heads, key_dim))(layers.Dense(heads * key_dim)(x))
    value = layers.Reshape((-1, heads, key_dim))(layers.Dense(heads * key_dim)(x))
    weights = ops.softmax(ops.einsum("bihd,bjhd->bhij", query * key_dim**-0.5, key))
    mixed = ops.einsum("bhij,bjhd->bihd", weights, value)
    return x + layers.Dense(channels)(ops.reshape(mixed, (-1, height, width, heads * key_dim)))


def a_loop_over_heads(x, heads, key_dim):
    """Every head by itself, a slice of the projections; then all side by side."""
    height, width, channels = x.shape[1:]
    projected = [layers.Reshape((height * width, heads * key_dim))(layers.Dense(heads * key_dim)(x)) for _ in range(3)]
    mixed = []
    for head in range(heads):
        query, key, value = (part[..., head * key_dim : (head + 1) * key_dim] for part in projected)
        scores = ops.matmul(query, ops.swapaxes(key, 1, 2)) / key_dim**0.5
        mixed.append(ops.matmul(ops.softmax(scores), value))
    mixed = ops.concatenate(mixed, axis=-1)
    return x + layers.Dense(channels)(layers.Reshape((height, width, heads * key_dim))(mixed))


def einsum_dense(x, heads, key_dim):
    """EinsumDense, which makes the heads itself."""
    shape = (None, None, heads, key_dim)
    query, key, value = (layers.EinsumDense("bijc,chd->bijhd", shape, bias_axes="hd")(x) for _ in range(3))
    weights = ops.exp(ops.einsum("bijhd,bmnhd->bhijmn", query, key) / key_dim**0.5)
    weights = weights / ops.sum(weights, axis=(-1, -2), keepdims=True)
    mixed = ops.einsum("bhijmn,bmnhd->bijhd", weights, value)
    return x + layers.EinsumDense("bijhd,hdc->bijc", (None, None, x.shape[-1]), bias_axes="c")(mixed)


class _SelfAttention(layers.Layer):
    """Dense layers made in the constructor; TensorFlow inside `call`."""

    def __init__(self, channels, heads, key_dim):
        super().__init__()
        self.heads, self.key_dim = heads, key_dim
        self.parts = [layers.Dense(heads * key_dim) for _ in range(3)]
        self.out = layers.Dense(channels)

    def call(self, x):
        height, width = x.shape[1:3]
        shape = (-1, height * width, self.heads, self.key_dim)
        query, key, value = (tf.reshape(part(x), shape) for part in self.parts)
        weights = tf.nn.softmax(tf.einsum("bqhd,bkhd->bhqk", query, key) / tf.sqrt(float(self.key_dim)))
        mixed = tf.einsum("bhqk,bkhd->bqhd", weights, value)
        return x + self.out(tf.reshape(mixed, (-1, height, width, self.heads * self.key_dim)))


def layer_subclass(x, heads, key_dim):
    """A Layer subclass around TensorFlow's functions."""
    return _SelfAttention(x.shape[-1], heads, key_dim)(x)


def heads_by_transposing(x, heads, key_dim):
    """(batch, heads, positions, key_dim) by reshape and transpose, and the same way back.

    Source: https://github.com/jsbaan/transformer-from-scratch/pull/6
    """
    height, width, channels = x.shape[1:]
    tokens = layers.Reshape((height * width, channels))(x)

    def split(y):
        return ops.transpose(ops.reshape(y, (-1, height * width, heads, key_dim)), (0, 2, 1, 3))

    q, k, v = (split(layers.Dense(heads * key_dim)(tokens)) for _ in range(3))
    scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / math.sqrt(key_dim)
    values = ops.matmul(ops.softmax(scores, axis=-1), v)
    values = ops.reshape(ops.transpose(values, (0, 2, 1, 3)), (-1, height * width, heads * key_dim))
    return x + layers.Reshape((height, width, channels))(layers.Dense(channels)(values))


def scale_as_a_power_of_the_head(x, heads, key_dim):
    """The scale is dim_head ** -0.5, and the scores are multiplied by it.

    Source: https://github.com/lucidrains/vit-pytorch/issues/65
    """
    scale = key_dim**-0.5
    h, w, c = x.shape[1:]
    q, k, v = (layers.Reshape((h * w, heads, key_dim))(layers.Dense(heads * key_dim)(x)) for _ in "qkv")
    dots = ops.einsum("bihd,bjhd->bhij", q, k) * scale
    attn = layers.Softmax(axis=-1)(dots)
    out = layers.Reshape((h, w, heads * key_dim))(ops.einsum("bhij,bjhd->bihd", attn, v))
    return layers.Add()([layers.Dense(c)(out), x])


def convolutions_and_batched_products(x, heads, key_dim):
    """1×1 convolutions for queries, keys and values, heads laid into the batch, batched products.

    Source: https://github.com/heykeetae/Self-Attention-GAN/issues/1
    """
    height, width, channels = x.shape[1:]
    n = height * width

    def project():
        y = ops.reshape(layers.Conv2D(heads * key_dim, 1)(x), (-1, n, heads, key_dim))
        return ops.reshape(ops.transpose(y, (0, 2, 1, 3)), (-1, n, key_dim))

    query, key, value = project(), project(), project()
    energy = ops.matmul(query, ops.transpose(key, (0, 2, 1))) / key_dim**0.5
    out = ops.reshape(ops.matmul(ops.softmax(energy, axis=-1), value), (-1, heads, n, key_dim))
    out = ops.reshape(ops.transpose(out, (0, 2, 1, 3)), (-1, height, width, heads * key_dim))
    return layers.Conv2D(channels, 1)(out) + x
