"""Right answers to `stacked_spatial_attention`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def one_after_the_other(inputs, kernel_size=3):
    """No loop: four lines."""
    average, largest = ops.mean(inputs, axis=-1, keepdims=True), ops.max(inputs, axis=-1, keepdims=True)
    x = ops.concatenate([average, largest], axis=-1)
    x = layers.Conv2D(64, kernel_size, padding="same", use_bias=False, activation="relu")(x)
    x = layers.Conv2D(32, kernel_size, padding="same", use_bias=False, activation="relu")(x)
    x = layers.Conv2D(16, kernel_size, padding="same", use_bias=False, activation="relu")(x)
    x = layers.Conv2D(1, kernel_size, padding="same", use_bias=False, activation="sigmoid")(x)
    return inputs * x


def filters_and_activations(inputs, kernel_size=3):
    """One loop over filters and activations."""
    x = layers.concatenate([ops.mean(inputs, axis=3, keepdims=True), ops.amax(inputs, axis=3, keepdims=True)])
    for filters, activation in ((64, "relu"), (32, "relu"), (16, "relu"), (1, "sigmoid")):
        x = layers.Conv2D(filters, kernel_size, 1, "same", use_bias=False, activation=activation)(x)
    return layers.multiply([inputs, x])


def activations_as_layers(inputs, kernel_size=3):
    """ReLU and sigmoid as layers of their own."""
    x = ops.stack([ops.mean(inputs, axis=-1), ops.max(inputs, axis=-1)], axis=-1)
    for filters in (64, 32, 16):
        x = layers.ReLU()(layers.Conv2D(filters, kernel_size, padding="same", use_bias=False)(x))
    x = layers.Conv2D(1, kernel_size, padding="same", use_bias=False)(x)
    return layers.Multiply()([layers.Activation("sigmoid")(x), inputs])


def sequential(inputs, kernel_size=3):
    """The convolutions as a Sequential model."""
    gate = keras.Sequential(
        [
            layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, activation=activation)
            for filters, activation in zip((64, 32, 16, 1), ("relu", "relu", "relu", "sigmoid"), strict=True)
        ]
    )
    pooled = layers.Concatenate(axis=-1)(
        [ops.mean(inputs, axis=-1, keepdims=True), ops.max(inputs, axis=-1, keepdims=True)]
    )
    return ops.multiply(gate(pooled), inputs)


class _StackedGate(layers.Layer):
    """The convolutions made in the constructor, the last one first."""

    def __init__(self, kernel_size, **options):
        super().__init__(**options)
        options = {"padding": "same", "use_bias": False}
        self.last = layers.Conv2D(1, kernel_size, activation="sigmoid", **options)
        self.hidden = [layers.Conv2D(width, kernel_size, activation=ops.relu, **options) for width in (64, 32, 16)]

    def call(self, x):
        scores = ops.concatenate([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)], axis=-1)
        for convolution in self.hidden:
            scores = convolution(scores)
        return x * self.last(scores)


def layer_subclass(inputs, kernel_size=3):
    """A Layer subclass that holds the convolutions."""
    return _StackedGate(kernel_size)(inputs)


def style_of_the_japanese_article(inputs, kernel_size=3):
    """In the style of the CBAM article with VGG16: Lambda layers, a loop, He's initial values."""
    options = {"strides": 1, "padding": "same", "kernel_initializer": "he_normal", "use_bias": False}
    avg_pool = tf.keras.layers.Lambda(lambda x: tf.reduce_mean(x, axis=3, keepdims=True))(inputs)
    max_pool = tf.keras.layers.Lambda(lambda x: tf.reduce_max(x, axis=3, keepdims=True))(inputs)
    x = tf.keras.layers.Concatenate(axis=3)([avg_pool, max_pool])
    for i in [64, 32, 16]:
        x = tf.keras.layers.Conv2D(filters=i, kernel_size=kernel_size, activation="relu", **options)(x)
    x = tf.keras.layers.Conv2D(filters=1, kernel_size=kernel_size, activation="sigmoid", **options)(x)
    return tf.keras.layers.multiply([inputs, x])


def lambdas_then_four_convolutions(inputs, kernel_size=3):
    """CBAM's Lambda layers; the one convolution becomes a loop over filters.

    Source: https://github.com/kobiso/CBAM-keras (models/attention_module.py)
    """
    x = layers.Concatenate(axis=3)(
        [
            layers.Lambda(lambda y: ops.mean(y, axis=3, keepdims=True))(inputs),
            layers.Lambda(lambda y: ops.max(y, axis=3, keepdims=True))(inputs),
        ]
    )
    for filters, activation in ((64, "relu"), (32, "relu"), (16, "relu"), (1, "sigmoid")):
        x = layers.Conv2D(
            filters, kernel_size, padding="same", activation=activation, kernel_initializer="he_normal", use_bias=False
        )(x)
    return layers.multiply([inputs, x])


def basic_convolutions(inputs, kernel_size=3):
    """A basic convolution with or without ReLU, called four times on what the channel pool gives.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """

    def basic_conv(x, out_planes, relu=True):
        x = layers.Conv2D(out_planes, kernel_size, strides=1, padding="same", use_bias=False)(x)
        return layers.ReLU()(x) if relu else x

    compressed = ops.concatenate((ops.mean(inputs, -1)[..., None], ops.max(inputs, -1)[..., None]), axis=-1)
    out = basic_conv(basic_conv(basic_conv(compressed, 64), 32), 16)
    return inputs * ops.sigmoid(basic_conv(out, 1, relu=False))


def padded_sequence_of_modules(inputs, kernel_size=3):
    """A list of modules: padding by half the kernel, convolution, ReLU, and no ReLU at the end.

    Source: https://github.com/luuuyi/CBAM.PyTorch (model/resnet_cbam.py)
    """
    modules = []
    for filters in (64, 32, 16, 1):
        modules += [layers.ZeroPadding2D(kernel_size // 2), layers.Conv2D(filters, kernel_size, use_bias=False)]
        modules.append(layers.ReLU() if filters > 1 else layers.Activation("sigmoid"))
    x = layers.concatenate([ops.mean(inputs, -1, keepdims=True), ops.amax(inputs, -1, keepdims=True)])
    for module in modules:
        x = module(x)
    return inputs * x
