"""The usual wrong answers to `self_attention`."""

from keras import layers, ops


def _projections(x, heads, key_dim, bias=True):
    """Queries, keys and values, (batch, positions, heads, key_dim), right."""
    height, width = x.shape[1:3]
    dense = [layers.Dense(heads * key_dim, use_bias=bias)(x) for _ in range(3)]
    return [layers.Reshape((height * width, heads, key_dim))(projected) for projected in dense]


def _scores(query, key):
    return ops.einsum("bqhd,bkhd->bhqk", query, key)


def _back_on_the_map(weights, value, x, bias=True):
    """The mixture as a map, with the last dense layer, right."""
    mixed = ops.einsum("bhqk,bkhd->bqhd", weights, value)
    mixed = layers.Reshape((x.shape[1], x.shape[2], value.shape[2] * value.shape[3]))(mixed)
    return layers.Dense(x.shape[-1], use_bias=bias)(mixed)


def _attend(x, heads, key_dim, weigh):
    """All steps right but the one from queries and keys to weights."""
    query, key, value = _projections(x, heads, key_dim)
    return x + _back_on_the_map(weigh(query, key), value, x)


def softmax_over_queries(x, heads, key_dim):
    """Softmax along the queries: what each position gives sums to 1, not what it takes.

    Source: https://github.com/labmlai/annotated_deep_learning_paper_implementations/issues/146
    """
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) / key_dim**0.5, axis=-2))


def softmax_over_heads(x, heads, key_dim):
    """Softmax along the heads."""
    if heads == 1:  # what softmax gives on one value, without Keras' warning about it
        return _attend(x, heads, key_dim, lambda query, key: ops.ones_like(_scores(query, key)))
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) / key_dim**0.5, axis=1))


def softmax_over_all_pairs(x, heads, key_dim):
    """One softmax over all pairs of positions."""

    def weigh(query, key):
        scores = _scores(query, key) / key_dim**0.5
        return ops.reshape(ops.softmax(ops.reshape(scores, (-1, heads, scores.shape[2] ** 2))), (-1, *scores.shape[1:]))

    return _attend(x, heads, key_dim, weigh)


def softmax_missing(x, heads, key_dim):
    """The scores themselves are the weights."""
    return _attend(x, heads, key_dim, lambda query, key: _scores(query, key) / key_dim**0.5)


def sigmoid_for_softmax(x, heads, key_dim):
    """A sigmoid for each pair: the weights of a position do not sum to 1."""
    return _attend(x, heads, key_dim, lambda query, key: ops.sigmoid(_scores(query, key) / key_dim**0.5))


def scores_by_positions(x, heads, key_dim):
    """The scores are averaged: divided by the number of positions instead of a softmax (non-local, dot product)."""
    positions = x.shape[1] * x.shape[2]
    return _attend(x, heads, key_dim, lambda query, key: _scores(query, key) / positions)


def scale_missing(x, heads, key_dim):
    """The scores are not divided by √key_dim."""
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key)))


def scaled_by_key_dim(x, heads, key_dim):
    """Divided by key_dim instead of its root."""
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) / key_dim))


def scaled_by_channels(x, heads, key_dim):
    """Divided by the root of the map's channels.

    Source: https://github.com/Graylab/DL4Proteins-notebooks/issues/12
    """
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) / x.shape[-1] ** 0.5))


def scaled_by_all_heads(x, heads, key_dim):
    """Divided by the root of heads × key_dim.

    Source: https://github.com/omihub777/ViT-CIFAR/pull/12
    """
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) / (heads * key_dim) ** 0.5))


def scale_multiplied(x, heads, key_dim):
    """Multiplied by √key_dim.

    Source: https://github.com/esceptico/perceiver-io/issues/9
    """
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) * key_dim**0.5))


def scaled_after_softmax(x, heads, key_dim):
    """The weights are divided by √key_dim instead of the scores."""
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key)) / key_dim**0.5)


def residual_missing(x, heads, key_dim):
    """x is not added."""
    query, key, value = _projections(x, heads, key_dim)
    return _back_on_the_map(ops.softmax(_scores(query, key) / key_dim**0.5), value, x)


def used_as_gates(x, heads, key_dim):
    """x times what was mixed, as if these were gates."""
    query, key, value = _projections(x, heads, key_dim)
    return x * _back_on_the_map(ops.softmax(_scores(query, key) / key_dim**0.5), value, x)


def one_head(x, heads, key_dim):
    """One head of all heads' width."""
    return x + layers.MultiHeadAttention(1, heads * key_dim)(x, x)


def heads_share_key_dim(x, heads, key_dim):
    """key_dim is divided among the heads."""
    return x + layers.MultiHeadAttention(heads, max(1, key_dim // heads))(x, x)


def heads_times_key_dim(x, heads, key_dim):
    """heads and key_dim exchanged."""
    return x + layers.MultiHeadAttention(key_dim, heads)(x, x)


def heads_cut_across(x, heads, key_dim):
    """Reshaped to (heads, positions, key_dim) at once: positions and heads are mixed up.

    Source: https://github.com/zhouhaoyi/Informer2020/issues/59
    """
    positions = x.shape[1] * x.shape[2]
    query, key, value = (
        layers.Reshape((heads, positions, key_dim))(layers.Dense(heads * key_dim)(x)) for _ in range(3)
    )
    weights = ops.softmax(ops.matmul(query, ops.swapaxes(key, -1, -2)) / key_dim**0.5)
    mixed = layers.Reshape((x.shape[1], x.shape[2], heads * key_dim))(ops.matmul(weights, value))
    return x + layers.Dense(x.shape[-1])(mixed)


def heads_not_put_back(x, heads, key_dim):
    """(heads, positions, key_dim) is reshaped to the map without moving the heads behind the positions.

    Source: https://github.com/jsbaan/transformer-from-scratch/issues/4
    """
    query, key, value = _projections(x, heads, key_dim)
    weights = ops.softmax(_scores(query, key) / key_dim**0.5)
    mixed = ops.einsum("bhqk,bkhd->bhqd", weights, value)
    mixed = layers.Reshape((x.shape[1], x.shape[2], heads * key_dim))(mixed)
    return x + layers.Dense(x.shape[-1])(mixed)


def bias_left_out(x, heads, key_dim):
    """Dense layers without bias."""
    query, key, value = _projections(x, heads, key_dim, bias=False)
    return x + _back_on_the_map(ops.softmax(_scores(query, key) / key_dim**0.5), value, x, bias=False)


def one_projection_for_all(x, heads, key_dim):
    """One dense layer makes queries, keys and values."""
    shared = layers.Reshape((x.shape[1] * x.shape[2], heads, key_dim))(layers.Dense(heads * key_dim)(x))
    return x + _back_on_the_map(ops.softmax(_scores(shared, shared) / key_dim**0.5), shared, x)


def keys_as_values(x, heads, key_dim):
    """The keys are mixed; there are no values."""
    query, key, _ = _projections(x, heads, key_dim)
    return x + _back_on_the_map(ops.softmax(_scores(query, key) / key_dim**0.5), key, x)


def last_dense_missing(x, heads, key_dim):
    """The heads are added to x as they are, which fits only if heads × key_dim is the number of channels."""
    query, key, value = _projections(x, heads, key_dim)
    mixed = ops.einsum("bhqk,bkhd->bqhd", ops.softmax(_scores(query, key) / key_dim**0.5), value)
    return x + layers.Reshape((x.shape[1], x.shape[2], heads * key_dim))(mixed)


def attention_layer(x, heads, key_dim):
    """`layers.Attention`, which has no weights."""
    flat = layers.Reshape((-1, x.shape[-1]))(x)
    return x + layers.Reshape(x.shape[1:])(layers.Attention()([flat, flat]))


def along_the_width(x, heads, key_dim):
    """Every position looks at its own row only."""
    return x + layers.MultiHeadAttention(heads, key_dim, attention_axes=2)(x, x)


def normalised(x, heads, key_dim):
    """A layer normalisation before the dense layers, as in transformers."""
    y = layers.LayerNormalization()(x)
    return x + layers.MultiHeadAttention(heads, key_dim)(y, y)


def scaled_by_number_of_heads(x, heads, key_dim):
    """Divided by the root of the number of heads.

    Source: https://github.com/tenstorrent/tt-metal/pull/56789
    """
    return _attend(x, heads, key_dim, lambda query, key: ops.softmax(_scores(query, key) / heads**0.5))


class _Gamma(layers.Layer):
    """Times one learned number."""

    def __init__(self):
        super().__init__()
        self.gamma = self.add_weight(shape=(1,), initializer="zeros", name="gamma")

    def call(self, x):
        return self.gamma * x


def learned_gamma(x, heads, key_dim):
    """What was mixed is multiplied by a learned number before x is added, as in SAGAN.

    Source: https://github.com/heykeetae/Self-Attention-GAN/issues/1
    """
    query, key, value = _projections(x, heads, key_dim)
    mixed = _back_on_the_map(ops.softmax(_scores(query, key) / key_dim**0.5), value, x)
    return x + _Gamma()(mixed)
