"""Right answers to `bam_block`, as different as students write them."""

import tensorflow as tf
from keras import layers, ops


def layers_for_everything(x, ratio=16, dilation=4, combine="sum"):
    """Add and Multiply layers; x is added at the end, as the paper's equation has it."""
    branches = [bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)]
    scores = layers.Add()(branches) if combine == "sum" else layers.Multiply()(branches)
    gates = layers.Activation("sigmoid")(scores)
    return layers.Add()([x, layers.Multiply()([x, gates])])


def brackets_multiplied_out(x, ratio=16, dilation=4, combine="sum"):
    """x + x · gates."""
    combined = {"sum": ops.add, "product": ops.multiply}[combine]
    gates = ops.sigmoid(combined(bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)))
    return x + x * gates


def repeated_before_combining(x, ratio=16, dilation=4, combine="sum"):
    """Both scores copied to the whole map first, as the released code does with `expand_as`."""
    _, height, width, channels = x.shape
    channel = layers.UpSampling2D((height, width))(bam_channel_gate(x, ratio=ratio))
    spatial = ops.repeat(bam_spatial_gate(x, ratio=ratio, dilation=dilation), channels, axis=-1)
    scores = channel * spatial if combine == "product" else channel + spatial
    return (1 + ops.sigmoid(scores)) * x


def spatial_branch_first(x, ratio=16, dilation=4, combine="sum"):
    """The branches in the other order, and a `return` for each way."""
    where = bam_spatial_gate(x, ratio, dilation)
    which = bam_channel_gate(x, ratio)
    if combine == "product":
        return layers.multiply([x, ops.sigmoid(which * where) + 1])
    return layers.multiply([x, ops.sigmoid(which + where) + 1])


def sigmoid_written_out(x, ratio=16, dilation=4, combine="sum"):
    """The sigmoid from its formula."""
    channel, spatial = bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)
    scores = channel + spatial if combine == "sum" else channel * spatial
    return x * (1 + 1 / (1 + ops.exp(-scores)))


class _Raise(layers.Layer):
    """The last two steps as a layer without weights."""

    def call(self, x, scores):
        return x * (1.0 + tf.sigmoid(scores))


def layer_without_weights(x, ratio=16, dilation=4, combine="sum"):
    """TensorFlow's sigmoid inside a Layer subclass, which gets numbers."""
    channel, spatial = bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)
    return _Raise()(x, ops.add(channel, spatial) if combine == "sum" else ops.multiply(channel, spatial))


def branches_written_out(x, ratio=16, dilation=4, combine="sum"):
    """Both branches written inside, without the functions of the exercises before."""
    channels = x.shape[-1]
    units = max(1, channels // ratio)
    which = layers.Dense(units)(layers.GlobalAveragePooling2D()(x))
    which = layers.Dense(channels)(layers.ReLU()(layers.BatchNormalization()(which)))
    where = x
    for size, rate in ((1, 1), (3, dilation), (3, dilation)):
        where = layers.Conv2D(units, size, padding="same", dilation_rate=rate)(where)
        where = layers.ReLU()(layers.BatchNormalization()(where))
    where = layers.Conv2D(1, 1)(where)
    which = layers.Reshape((1, 1, channels))(which)
    return x * (1 + ops.sigmoid(which * where if combine == "product" else which + where))


def attention_times_the_tensor(x, ratio=16, dilation=4, combine="sum"):
    """1 + sigmoid(…) under one name, and its product with the tensor.

    Source: https://github.com/Jongchan/attention-module (MODELS/bam.py)
    """
    channel_att, spatial_att = bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)
    combined = channel_att * spatial_att if combine == "product" else channel_att + spatial_att
    att = 1 + ops.sigmoid(combined)
    return att * x


def expanded_to_the_map(x, ratio=16, dilation=4, combine="sum"):
    """Both scores are expanded to the map's shape before they are combined.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch (model/attention/BAM.py)
    """
    sa_out = ops.repeat(bam_spatial_gate(x, ratio, dilation), x.shape[3], axis=3)
    ca_out = ops.tile(bam_channel_gate(x, ratio), (1, x.shape[1], x.shape[2], 1))
    weight = ops.sigmoid({"sum": ops.add, "product": ops.multiply}[combine](sa_out, ca_out))
    return (1 + weight) * x


def gated_and_added(x, ratio=16, dilation=4, combine="sum"):
    """x plus x times its gates, which is the same.

    Source: https://github.com/changzy00/pytorch-attention (attention-mechanisms/bam.py)
    """
    combined = layers.Add() if combine == "sum" else layers.Multiply()
    attention = layers.Activation("sigmoid")(
        combined([bam_channel_gate(x, ratio), bam_spatial_gate(x, ratio, dilation)])
    )
    return layers.Add()([x, x * attention])
