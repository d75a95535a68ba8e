"""Right answers to `global_gates`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def activations_as_layers(features, count):
    """Every step a layer."""
    x = layers.GlobalAveragePooling2D()(features)
    x = layers.Dense(units=count, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("tanh")(x)
    return layers.Softmax()(x)


def convolution_on_kept_axes(features, count):
    """A 1×1 convolution on the pooled map, the axes dropped at the end."""
    x = ops.mean(features, axis=(1, 2), keepdims=True)
    x = layers.BatchNormalization()(layers.Conv2D(count, 1, use_bias=False)(x))
    return layers.Flatten()(ops.softmax(ops.tanh(x), axis=-1))


def sequential(features, count):
    """A Sequential model, called like a layer."""
    gate = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(),
            layers.Dense(count, use_bias=False),
            layers.BatchNormalization(),
            layers.Activation(lambda t: ops.softmax(ops.tanh(t))),
        ]
    )
    return gate(features)


def scored_before_pooled(features, count):
    """The dense layer at every position, then the mean: both are linear."""
    scores = layers.Dense(count, use_bias=False)(features)
    scores = layers.BatchNormalization()(ops.mean(scores, axis=(1, 2)))
    return layers.Activation("softmax")(keras.activations.tanh(scores))


def softmax_written_out(features, count):
    """The softmax from its formula."""
    scores = layers.Dense(count, use_bias=False)(ops.mean(features, axis=[1, 2]))
    raised = ops.exp(ops.tanh(layers.BatchNormalization()(scores)))
    return raised / ops.sum(raised, axis=1, keepdims=True)


class _Gates(layers.Layer):
    """The layers made in the constructor, TensorFlow's functions in `call`."""

    def __init__(self, count, **options):
        super().__init__(**options)
        self.norm = layers.BatchNormalization()
        self.score = layers.Dense(count, use_bias=False)

    def call(self, features, training=None):
        scores = self.score(tf.reduce_mean(features, axis=[1, 2]))
        return tf.nn.softmax(tf.tanh(self.norm(scores, training=training)))


def layer_subclass(features, count):
    """A Layer subclass."""
    return _Gates(count)(features)
