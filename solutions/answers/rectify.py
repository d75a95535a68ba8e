"""Right answers to `rectify`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def einsum(hypotheses, gates):
    """Product and sum in one."""
    return ops.einsum("bln,bl->bn", ops.log_softmax(hypotheses), gates)


def dot_layer(hypotheses, gates):
    """Keras' Dot layer and activation."""
    return layers.Dot(axes=1)([keras.activations.log_softmax(hypotheses), gates])


def logarithm_of_softmax(hypotheses, gates):
    """The logarithm after the softmax."""
    beliefs = ops.log(layers.Softmax()(hypotheses))
    return ops.sum(layers.Reshape((-1, 1))(gates) * beliefs, axis=1)


def log_sum_exp(hypotheses, gates):
    """The log-softmax from its formula."""
    beliefs = hypotheses - ops.logsumexp(hypotheses, axis=2, keepdims=True)
    return ops.sum(gates[:, :, None] * beliefs, axis=-2)


def constant_taken_out(hypotheses, gates):
    """The weighted scores, minus the weighted logarithms of what the softmaxes divide by."""
    scores = ops.sum(hypotheses * ops.expand_dims(gates, -1), axis=1)
    return scores - ops.sum(gates * ops.logsumexp(hypotheses, axis=-1), axis=1, keepdims=True)


def as_a_matrix_product(hypotheses, gates):
    """A row of gates times the matrix of beliefs, in TensorFlow inside a Lambda layer."""
    beliefs = layers.Lambda(tf.nn.log_softmax)(hypotheses)
    return ops.squeeze(ops.matmul(ops.expand_dims(gates, axis=1), beliefs), axis=1)


def aggregated_with_viewed_gates(hypotheses, gates):
    """log_softmax over axis 2, gates viewed as (batch, count, 1), the sum over axis 1.

    Source: https://github.com/prlz77/attend-and-rectify (modules/attention.py)
    """
    outputs = ops.log_softmax(hypotheses, axis=2)
    gates = ops.reshape(gates, (-1, gates.shape[1], 1))
    return ops.sum(outputs * gates, axis=1)


def log_probabilities_of_an_ensemble(hypotheses, gates):
    """A list of the members' log-probabilities, weighed and added up one by one.

    Source: https://github.com/OpenNMT/OpenNMT-py/pull/1049
    """
    members = [ops.log_softmax(hypotheses[:, i], axis=-1) for i in range(hypotheses.shape[1])]
    result = members[0] * gates[:, :1]
    for i, member in enumerate(members[1:], start=1):
        result = result + member * gates[:, i : i + 1]
    return result


def logits_averaged_then_normalised(hypotheses, gates):
    """Weighed logits less the weighed logarithms of their sums of exponentials: the sum of the gates is 1.

    Source: https://github.com/ruqizhang/csgmcmc/issues/2
    """
    logits = ops.sum(hypotheses * gates[..., None], axis=1)
    normalisers = ops.logsumexp(hypotheses, axis=-1)
    return logits - ops.sum(normalisers * gates, axis=1, keepdims=True)
