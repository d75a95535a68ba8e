"""Right answers to `cbam_spatial_attention`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def operations(inputs, kernel_size=7):
    """`keras.ops` around the convolution, the sigmoid from its formula."""
    pooled = ops.concatenate([pool(inputs, axis=3, keepdims=True) for pool in (ops.mean, ops.amax)], axis=3)
    convolution = layers.Conv2D(1, kernel_size, padding="same", use_bias=False)
    return inputs / (1 + ops.exp(-convolution(pooled)))


def stacked(inputs, kernel_size=7):
    """Means and maxima without their axis, stacked to a new last one."""
    pooled = ops.stack([ops.mean(inputs, axis=-1), ops.max(inputs, axis=-1)], axis=-1)
    scores = layers.Conv2D(filters=1, kernel_size=(kernel_size, kernel_size), padding="SAME", use_bias=False)(pooled)
    return layers.Multiply()([layers.Activation("sigmoid")(scores), inputs])


def padded_by_hand(inputs, kernel_size=7):
    """ZeroPadding2D, then a convolution without padding; the mean as a sum divided by the number of channels."""
    average = ops.sum(inputs, axis=-1, keepdims=True) / inputs.shape[-1]
    pooled = layers.concatenate([average, ops.max(inputs, axis=-1, keepdims=True)])
    pooled = layers.ZeroPadding2D(kernel_size // 2)(pooled)
    return layers.multiply([inputs, layers.Conv2D(1, kernel_size, use_bias=False, activation="sigmoid")(pooled)])


class _SpatialGate(layers.Layer):
    """The convolution made in the constructor."""

    def __init__(self, kernel_size, **options):
        super().__init__(**options)
        self.convolution = layers.Conv2D(1, kernel_size, padding="same", use_bias=False)

    def call(self, x):
        average = ops.mean(x, axis=-1, keepdims=True)
        return x * ops.sigmoid(self.convolution(ops.append(average, ops.max(x, axis=-1, keepdims=True), axis=-1)))


def layer_subclass(inputs, kernel_size=7):
    """A Layer subclass that holds the convolution."""
    return _SpatialGate(kernel_size)(inputs)


class _OwnKernel(layers.Layer):
    """A kernel of its own and `ops.conv`."""

    def __init__(self, kernel_size, **options):
        super().__init__(**options)
        self.kernel_size = kernel_size

    def build(self, shape):
        self.kernel = self.add_weight(shape=(self.kernel_size, self.kernel_size, 2, 1), name="kernel")

    def call(self, x):
        pooled = ops.stack([ops.mean(x, axis=-1), ops.max(x, axis=-1)], axis=-1)
        return x * ops.sigmoid(ops.conv(pooled, self.kernel, padding="same"))


def layer_subclass_with_weights(inputs, kernel_size=7):
    """A Layer subclass with `add_weight`."""
    return _OwnKernel(kernel_size)(inputs)


def transposed_pooling(inputs, kernel_size=7):
    """Pooling layers for one dimension, on the positions as a batch of features."""
    height, width, channels = inputs.shape[1:]
    positions = layers.Permute((2, 1))(layers.Reshape((height * width, channels))(inputs))
    average = layers.Reshape((height, width, 1))(layers.GlobalAveragePooling1D()(positions))
    largest = layers.Reshape((height, width, 1))(layers.GlobalMaxPooling1D()(positions))
    gates = layers.Conv2D(1, kernel_size, padding="same", use_bias=False)(layers.Concatenate()([average, largest]))
    return layers.Multiply()([inputs, layers.Activation("sigmoid")(gates)])


def style_of_the_japanese_article(inputs, kernel_size=7):
    """In the style of the CBAM article with VGG16: Lambda layers, `Concatenate(axis=3)`, He's initial values."""
    avg_pool = tf.keras.layers.Lambda(lambda x: tf.reduce_mean(x, axis=3, keepdims=True))(inputs)
    max_pool = tf.keras.layers.Lambda(lambda x: tf.reduce_max(x, axis=3, keepdims=True))(inputs)
    x = tf.keras.layers.Concatenate(axis=3)([avg_pool, max_pool])
    x = tf.keras.layers.Conv2D(
        filters=1,
        kernel_size=kernel_size,
        strides=1,
        padding="same",
        activation="sigmoid",
        kernel_initializer="he_normal",
        use_bias=False,
    )(x)
    return tf.keras.layers.multiply([inputs, x])


def lambdas_over_the_channels(inputs, kernel_size=7):
    """Lambda layers for both reductions, and a convolution with its activation.

    Source: https://github.com/kobiso/CBAM-keras (models/attention_module.py)
    """
    avg_pool = layers.Lambda(lambda x: ops.mean(x, axis=3, keepdims=True))(inputs)
    max_pool = layers.Lambda(lambda x: ops.max(x, axis=3, keepdims=True))(inputs)
    concat = layers.Concatenate(axis=3)([avg_pool, max_pool])
    feature = layers.Conv2D(
        filters=1,
        kernel_size=kernel_size,
        strides=1,
        padding="same",
        activation="sigmoid",
        kernel_initializer="he_normal",
        use_bias=False,
    )(concat)
    return layers.multiply([inputs, feature])


def padding_of_half_the_kernel(inputs, kernel_size=7):
    """kernel_size // 2 zeros on every side, avg_out and max_out side by side, the sigmoid last.

    Source: https://github.com/luuuyi/CBAM.PyTorch (model/resnet_cbam.py)
    """
    avg_out = ops.mean(inputs, axis=-1, keepdims=True)
    max_out = ops.amax(inputs, axis=-1, keepdims=True)
    x = ops.concatenate([avg_out, max_out], axis=-1)
    x = layers.ZeroPadding2D(kernel_size // 2)(x)
    x = layers.Conv2D(1, kernel_size, padding="valid", use_bias=False)(x)
    return inputs * ops.sigmoid(x)


def channel_pool_as_a_layer(inputs, kernel_size=7):
    """A channel pool that unsqueezes both reductions and joins them, then a basic convolution.

    Source: https://github.com/ristea/sspcab/issues/4
    """

    def channel_pool(x):
        return ops.concatenate([ops.mean(x, axis=-1)[..., None], ops.max(x, axis=-1)[..., None]], axis=3)

    scale = layers.Conv2D(1, kernel_size, strides=1, padding="same", use_bias=False)(channel_pool(inputs))
    return inputs * layers.Activation("sigmoid")(scale)
