"""Right answers to `coordinate_attention`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def pooling_layers(x, ratio=32):
    """Average pooling as wide or as high as the map, and Permute."""
    height, width, channels = x.shape[1:]
    rows = layers.AveragePooling2D((1, width))(x)
    columns = layers.Permute((2, 1, 3))(layers.AveragePooling2D((height, 1))(x))
    y = layers.Concatenate(axis=1)([rows, columns])
    y = layers.Conv2D(max(8, channels // ratio), kernel_size=1)(y)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("hard_silu")(y)
    rows, columns = y[:, :height, :, :], layers.Permute((2, 1, 3))(y[:, height:, :, :])
    row_gates = layers.Activation("sigmoid")(layers.Conv2D(channels, 1)(rows))
    column_gates = layers.Activation("sigmoid")(layers.Conv2D(channels, 1)(columns))
    return layers.Multiply()([x, row_gates, column_gates])


def lying_strips(x, ratio=32):
    """Rows are laid across instead of columns being stood up."""
    height, channels = x.shape[1], x.shape[-1]
    rows = ops.swapaxes(ops.mean(x, axis=2, keepdims=True), 1, 2)
    columns = ops.mean(x, axis=1, keepdims=True)
    y = layers.Conv2D(max(8, channels // ratio), 1)(ops.concatenate([rows, columns], axis=2))
    y = ops.hard_swish(layers.BatchNormalization()(y))
    row_gates = ops.sigmoid(layers.Conv2D(channels, 1)(ops.swapaxes(y[:, :, :height], 1, 2)))
    return x * row_gates * ops.sigmoid(layers.Conv2D(channels, 1)(y[:, :, height:]))


def sequences(x, ratio=32):
    """Strips as sequences of three axes, Dense layers, and an outer product at the end."""
    height, channels = x.shape[1], x.shape[-1]
    y = ops.concatenate([ops.mean(x, axis=2), ops.mean(x, axis=1)], axis=1)
    y = layers.BatchNormalization()(layers.Dense(max(8, channels // ratio))(y))
    y = y * ops.relu6(y + 3) / 6
    row_gates = layers.Dense(channels, activation="sigmoid")(y[:, :height])
    column_gates = layers.Dense(channels, activation="sigmoid")(y[:, height:])
    return ops.einsum("bhwc,bhc,bwc->bhwc", x, row_gates, column_gates)


def convolutions_along_sequences(x, ratio=32):
    """Conv1D, and Reshape to lay the gates along their axes."""
    height, width, channels = x.shape[1:]
    y = layers.Concatenate(axis=1)([ops.mean(x, axis=2), ops.mean(x, axis=1)])
    y = layers.Conv1D(max(8, channels // ratio), 1)(y)
    y = layers.Activation(ops.hard_swish)(layers.BatchNormalization()(y))
    rows, columns = ops.split(y, [height], axis=1)
    row_gates = layers.Reshape((height, 1, channels))(layers.Conv1D(channels, 1, activation="sigmoid")(rows))
    column_gates = layers.Reshape((1, width, channels))(layers.Conv1D(channels, 1, activation="sigmoid")(columns))
    return x * (row_gates * column_gates)


class CoordinateAttention(layers.Layer):
    """As a layer of one's own."""

    def __init__(self, units, channels, **kwargs):
        super().__init__(**kwargs)
        self.shared = layers.Conv2D(units, 1)
        self.normalise = layers.BatchNormalization()
        self.of_rows = layers.Conv2D(channels, 1, activation="sigmoid")
        self.of_columns = layers.Conv2D(channels, 1, activation="sigmoid")

    def call(self, x, training=None):
        height = x.shape[1]
        strips = ops.concatenate(
            [ops.mean(x, axis=2, keepdims=True), ops.swapaxes(ops.mean(x, axis=1, keepdims=True), 1, 2)], axis=1
        )
        hidden = ops.hard_silu(self.normalise(self.shared(strips), training=training))
        return x * self.of_rows(hidden[:, :height]) * self.of_columns(ops.swapaxes(hidden[:, height:], 1, 2))


def own_layer(x, ratio=32):
    """A subclass of Layer, made and called."""
    return CoordinateAttention(max(8, x.shape[-1] // ratio), x.shape[-1])(x)


def with_tensorflow(x, ratio=32):
    """Means and turning by TensorFlow in Lambda layers."""
    height, channels = x.shape[1], x.shape[-1]
    rows = layers.Lambda(lambda t: tf.reduce_mean(t, 2, keepdims=True))(x)
    columns = layers.Lambda(lambda t: tf.transpose(tf.reduce_mean(t, 1, keepdims=True), [0, 2, 1, 3]))(x)
    y = layers.BatchNormalization()(layers.Conv2D(max(8, channels // ratio), 1)(ops.concatenate([rows, columns], 1)))
    y = layers.Lambda(lambda t: t * tf.nn.relu6(t + 3) / 6)(y)
    column_gates = layers.Lambda(lambda t: tf.transpose(t, [0, 2, 1, 3]))(y[:, height:])
    return (
        x
        * ops.sigmoid(layers.Conv2D(channels, 1)(y[:, :height]))
        * ops.sigmoid(layers.Conv2D(channels, 1)(column_gates))
    )


def hard_sigmoid_and_product(x, ratio=32):
    """Hard swish as x times a hard sigmoid, in two functions, as the authors' code has it.

    Source: https://github.com/houqb/CoordAttention (coordatt.py)
    """

    def h_sigmoid(t):
        return ops.relu6(t + 3) / 6

    def h_swish(t):
        return t * h_sigmoid(t)

    height, channels = x.shape[1], x.shape[-1]
    mip = max(8, channels // ratio)
    x_h = ops.mean(x, axis=2, keepdims=True)
    x_w = ops.transpose(ops.mean(x, axis=1, keepdims=True), (0, 2, 1, 3))
    y = layers.Conv2D(mip, 1)(ops.concatenate([x_h, x_w], axis=1))
    y = h_swish(layers.BatchNormalization()(y))
    x_h, x_w = ops.split(y, [height], axis=1)
    a_h = ops.sigmoid(layers.Conv2D(channels, 1)(x_h))
    a_w = ops.sigmoid(layers.Conv2D(channels, 1)(ops.transpose(x_w, (0, 2, 1, 3))))
    return x * a_w * a_h


def gates_repeated(x, ratio=32):
    """Both gates are repeated to the size of the map before they multiply it.

    Source: https://github.com/houqb/CoordAttention (mbv2_ca.py)
    """
    height, width, channels = x.shape[1:]
    x_h = ops.mean(x, axis=2, keepdims=True)
    x_w = ops.transpose(ops.mean(x, axis=1, keepdims=True), (0, 2, 1, 3))
    y = layers.Conv2D(max(8, channels // ratio), 1)(ops.concatenate([x_h, x_w], axis=1))
    y = layers.Activation("hard_swish")(layers.BatchNormalization()(y))
    x_h = layers.Conv2D(channels, 1, activation="sigmoid")(y[:, :height])
    x_w = layers.Conv2D(channels, 1, activation="sigmoid")(ops.transpose(y[:, height:], (0, 2, 1, 3)))
    return x * ops.repeat(x_w, height, axis=1) * ops.repeat(x_h, width, axis=2)


def pooled_and_cut_where_rows_end(x, ratio=32):
    """Pooling windows over a whole row or column; the strip is cut where the rows end, not in its middle.

    Source: https://github.com/northBeggar/Plug-and-Play (05-CA/tensorflow/CoordAttention.py)
    """
    h, w, c = x.shape[1:]
    x_h = ops.average_pool(x, (1, w), strides=1)
    x_w = ops.transpose(ops.average_pool(x, (h, 1), strides=1), (0, 2, 1, 3))
    y = layers.Conv2D(max(8, c // ratio), (1, 1), padding="valid")(ops.concatenate([x_h, x_w], axis=1))
    y = layers.BatchNormalization()(y)
    y = y * (ops.relu6(y + 3) / 6)
    x_h, x_w = ops.split(y, indices_or_sections=[h], axis=1)
    a_h = layers.Conv2D(c, (1, 1), activation="sigmoid")(x_h)
    a_w = layers.Conv2D(c, (1, 1), activation="sigmoid")(ops.transpose(x_w, (0, 2, 1, 3)))
    return x * a_h * a_w


def gate_layer_given(x, ratio=32, gate_layer=ops.sigmoid, act_layer=ops.hard_silu):
    """Activation and gate are arguments; the bias is switched on.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/coord_attn.py)
    """
    height, channels = x.shape[1], x.shape[-1]
    x_h = ops.mean(x, axis=2, keepdims=True)
    x_w = ops.swapaxes(ops.mean(x, axis=1, keepdims=True), 1, 2)
    y = ops.concatenate([x_h, x_w], axis=1)
    y = layers.Conv2D(max(8, channels // ratio), 1, use_bias=True)(y)
    y = act_layer(layers.BatchNormalization()(y))
    a_h = gate_layer(layers.Conv2D(channels, 1)(y[:, :height]))
    a_w = gate_layer(layers.Conv2D(channels, 1)(ops.swapaxes(y[:, height:], 1, 2)))
    return x * a_w * a_h
