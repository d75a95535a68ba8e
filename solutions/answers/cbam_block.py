"""Right answers to `cbam_block`, as different as students write them."""

from functools import partial, reduce

import keras
from keras import layers, ops


def nested_calls(inputs, ratio=8):
    """One line."""
    return cbam_spatial_attention(cbam_channel_attention(inputs, ratio=ratio), kernel_size=7)


def folded(inputs, ratio=8):
    """The two attentions folded over the map."""
    attentions = (lambda x: cbam_channel_attention(x, ratio), cbam_spatial_attention)
    return reduce(lambda x, attend: attend(x), attentions, inputs)


def models(inputs, ratio=8):
    """Each attention as a model that is called like a layer."""
    x = keras.Input(inputs.shape[1:])
    which, where = keras.Model(x, cbam_channel_attention(x, ratio)), keras.Model(x, cbam_spatial_attention(x))
    return where(which(inputs))


def written_out(inputs, ratio=8):
    """Neither function: both attentions with `keras.ops` and layers."""
    channels = inputs.shape[-1]
    expand, squeeze = layers.Conv2D(channels, 1), layers.Conv2D(max(1, channels // ratio), 1, activation="relu")
    pooled = [layers.GlobalMaxPooling2D(keepdims=True)(inputs), layers.GlobalAveragePooling2D(keepdims=True)(inputs)]
    x = layers.Multiply()([inputs, ops.sigmoid(layers.Add()([expand(squeeze(each)) for each in pooled]))])
    pooled = ops.concatenate([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)], axis=-1)
    return x * ops.sigmoid(layers.Conv2D(1, 7, padding="same", use_bias=False)(pooled))


class _Block(layers.Layer):
    """All layers made in the constructor, the spatial attention's first."""

    def __init__(self, channels, ratio, **options):
        super().__init__(**options)
        self.where = layers.Conv2D(1, 7, padding="same", use_bias=False, activation="sigmoid")
        self.reduce = layers.Dense(max(1, channels // ratio), activation="relu")
        self.expand = layers.Dense(channels)

    def call(self, x):
        average, largest = (pool(x, axis=(1, 2), keepdims=True) for pool in (ops.mean, ops.max))
        x = x * ops.sigmoid(self.expand(self.reduce(average)) + self.expand(self.reduce(largest)))
        return x * self.where(ops.stack([ops.mean(x, axis=-1), ops.max(x, axis=-1)], axis=-1))


def layer_subclass(inputs, ratio=8):
    """The whole block as one Layer subclass."""
    return _Block(inputs.shape[-1], ratio)(inputs)


def feature_overwritten(inputs, ratio=8):
    """Each attention's result under a name of its own or returned.

    Source: https://github.com/kobiso/CBAM-keras (models/attention_module.py)
    """
    cbam_feature = cbam_channel_attention(inputs, ratio)
    return cbam_spatial_attention(cbam_feature)


def spatial_gate_unless_it_is_left_out(inputs, ratio=8):
    """`no_spatial` says whether the spatial gate follows.

    Source: https://github.com/Jongchan/attention-module (MODELS/cbam.py)
    """
    no_spatial = False
    x_out = cbam_channel_attention(inputs, ratio=ratio)
    if not no_spatial:
        x_out = cbam_spatial_attention(x_out)
    return x_out


def both_as_callables(inputs, ratio=8):
    """Two callables made first, applied one after the other.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/cbam.py)
    """
    channel = partial(cbam_channel_attention, ratio=ratio)
    spatial = partial(cbam_spatial_attention, kernel_size=7)
    return spatial(channel(inputs))
