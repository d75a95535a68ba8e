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


def gate_layer_then_aggregation(features, count):
    """A gate, tanh of a normalised dense layer, and a softmax where the hypotheses are put together.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """

    def gate(x):
        return ops.tanh(layers.BatchNormalization()(layers.Dense(count, use_bias=False)(x)))

    def aggregate(gates):
        return ops.softmax(gates, axis=1)

    return aggregate(gate(layers.GlobalAveragePooling2D()(features)))


def branch_weights_of_a_selective_kernel(features, count):
    """1×1 convolution on the pooled map, normalised; the softmax is a layer, and the axes go last.

    Source: https://github.com/yuto3o/SKNet-Keras/issues/1
    """
    z = layers.GlobalAveragePooling2D(keepdims=True)(features)
    z = layers.Conv2D(count, 1, use_bias=False)(z)
    z = layers.Activation("tanh")(layers.BatchNormalization()(z))
    return layers.Flatten()(layers.Softmax(axis=-1)(z))


def averaged_then_a_tanh_network(features, count):
    """The mean of a sequence of positions, then a small network with tanh, whose softmax weighs the experts.

    Source: https://github.com/wangqiangneu/MT-PaperReading/issues/62
    """
    sequence = layers.Reshape((-1, features.shape[-1]))(features)
    network = keras.Sequential(
        [layers.Dense(count, use_bias=False), layers.BatchNormalization(), layers.Activation("tanh")]
    )
    return layers.Softmax()(network(layers.GlobalAveragePooling1D()(sequence)))
