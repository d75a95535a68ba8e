"""Right answers to `soft_mask`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def line_by_line(x):
    """Every step on a line of its own, nothing in a loop."""
    channels = x.shape[-1]
    y = layers.MaxPool2D(pool_size=(3, 3), strides=(2, 2), padding="same")(x)
    y = residual_unit(y)
    y = residual_unit(y)
    y = layers.Resizing(x.shape[1], x.shape[2])(y)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(channels, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    return layers.Conv2D(channels, 1, use_bias=False, activation="sigmoid")(y)


def image_resize(x):
    """`ops.image.resize` and other functions of keras.ops."""
    y = ops.max_pool(x, 3, strides=2, padding="same")
    y = ops.image.resize(residual_unit(residual_unit(y)), x.shape[1:3])
    for _ in range(2):
        y = layers.Conv2D(x.shape[-1], (1, 1), use_bias=False)(ops.relu(layers.BatchNormalization()(y)))
    return 1 / (1 + ops.exp(-y))


def dense_for_convolution(x):
    """Dense layers, which on four axes are 1×1 convolutions."""
    y = residual_unit(residual_unit(layers.MaxPooling2D(3, 2, "same")(x)))
    y = layers.Resizing(*x.shape[1:3])(y)
    y = layers.Dense(x.shape[-1], use_bias=False)(ops.relu(layers.BatchNormalization()(y)))
    y = layers.Dense(x.shape[-1], use_bias=False)(ops.relu(layers.BatchNormalization()(y)))
    return keras.activations.sigmoid(y)


def resized_by_tensorflow(x):
    """TensorFlow's own resizing in a Lambda layer."""
    size = x.shape[1:3]
    y = residual_unit(residual_unit(layers.MaxPooling2D(3, 2, "same")(x)))
    y = layers.Lambda(lambda t: tf.image.resize(t, size, method="bilinear"))(y)
    for _ in range(2):
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(x.shape[-1], 1, use_bias=False)(y)
    return layers.Lambda(tf.sigmoid)(y)


def sequential_head(x):
    """The last two steps as a Sequential model that is called like a layer."""
    channels = x.shape[-1]
    head = keras.Sequential()
    for _ in range(2):
        head.add(layers.BatchNormalization())
        head.add(layers.ReLU())
        head.add(layers.Conv2D(channels, 1, use_bias=False))
    head.add(layers.Activation("sigmoid"))
    y = residual_unit(residual_unit(layers.MaxPooling2D(3, 2, "same")(x)))
    return head(layers.Resizing(x.shape[1], x.shape[2])(y))


def units_in_a_loop(x):
    """Both units in a loop."""
    height, width, channels = x.shape[1:]
    smaller = layers.MaxPooling2D((3, 3), (2, 2), padding="same")(x)
    for _ in range(2):
        smaller = residual_unit(smaller)
    larger = layers.Resizing(height, width, interpolation="bilinear")(smaller)
    hidden = layers.ReLU()(layers.BatchNormalization()(larger))
    hidden = layers.Conv2D(filters=channels, kernel_size=1, use_bias=False)(hidden)
    hidden = layers.ReLU()(layers.BatchNormalization()(hidden))
    return ops.sigmoid(layers.Conv2D(filters=channels, kernel_size=1, use_bias=False)(hidden))


def encoder_then_decoder(x):
    """A unit on the way down and one on the way up, then the enlargement and the output.

    Source: https://github.com/qubvel/residual_attention_network (models/blocks.py)
    """
    input_channels = x.shape[-1]
    output_soft_mask = layers.MaxPool2D(3, 2, padding="same")(x)
    for _ in range(1):
        output_soft_mask = residual_unit(output_soft_mask)
    for _ in range(1):
        output_soft_mask = residual_unit(output_soft_mask)
    output_soft_mask = layers.Resizing(*x.shape[1:3], interpolation="bilinear")(output_soft_mask)
    for _ in range(2):
        output_soft_mask = layers.Activation("relu")(layers.BatchNormalization()(output_soft_mask))
        output_soft_mask = layers.Conv2D(input_channels, (1, 1), use_bias=False)(output_soft_mask)
    return layers.Activation("sigmoid")(output_soft_mask)


def interpolation_to_a_given_size(x):
    """The size to which is interpolated is handed over, and the head is a sequence.

    Source: https://github.com/tengshaofeng/ResidualAttentionNetwork-pytorch
    """
    size1, channels = x.shape[1:3], x.shape[-1]
    out_mpool1 = layers.MaxPooling2D(pool_size=3, strides=2, padding="same")(x)
    out_middle_2r_blocks = residual_unit(residual_unit(out_mpool1))
    out_interp = ops.image.resize(out_middle_2r_blocks, size=size1, interpolation="bilinear")
    conv1_1_blocks = keras.Sequential(
        [
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(channels, 1, strides=1, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(channels, 1, strides=1, use_bias=False),
            layers.Activation("sigmoid"),
        ]
    )
    return conv1_1_blocks(out_interp)


def second_input_gives_the_size(x):
    """An interpolation with two inputs: one is resized, the other one gives the size.

    Source: https://github.com/fwang91/residual-attention-network/issues/4
    """

    def interp(small, like):
        return ops.image.resize(small, like.shape[1:3], interpolation="bilinear")

    def pre_activated(y):
        y = ops.relu(layers.BatchNormalization()(y))
        return layers.Conv2D(x.shape[-1], 1, use_bias=False)(y)

    down = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    up = interp(residual_unit(residual_unit(down)), like=x)
    return ops.sigmoid(pre_activated(pre_activated(up)))
