"""Right answers to `bam_channel_gate`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def dense_first_axes_later(x, ratio=16):
    """Everything on (batch, channels), the two axes put in at the end."""
    channels = x.shape[-1]
    y = layers.GlobalAveragePooling2D()(x)
    y = layers.Dense(max(1, channels // ratio))(y)
    y = layers.Activation("relu")(layers.BatchNormalization()(y))
    return layers.Reshape((1, 1, channels))(layers.Dense(channels)(y))


def convolutions(x, ratio=16):
    """1×1 convolutions on the pooled map."""
    y = layers.Conv2D(max(1, x.shape[-1] // ratio), 1)(ops.mean(x, axis=(1, 2), keepdims=True))
    y = ops.relu(layers.BatchNormalization(axis=-1)(y))
    return layers.Conv2D(x.shape[-1], 1, use_bias=True)(y)


def sequential(x, ratio=16):
    """The branch as a Sequential model, called like a layer."""
    channels = x.shape[-1]
    branch = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(),
            layers.Dense(channels // ratio or 1),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(channels),
            layers.Reshape((1, 1, channels)),
        ]
    )
    return branch(x)


def pooling_window_of_the_whole_map(x, ratio=16):
    """AveragePooling2D with a window as large as the map, as the released code pools."""
    _, height, width, channels = x.shape
    y = layers.AveragePooling2D(pool_size=(height, width))(x)
    y = layers.BatchNormalization()(layers.Dense(units=max(channels // ratio, 1), activation="linear")(y))
    return layers.Dense(channels)(ops.maximum(y, 0))


class _ChannelGate(layers.Layer):
    """The layers made in the constructor."""

    def __init__(self, channels, units, **options):
        super().__init__(**options)
        self.out = layers.Dense(channels)
        self.norm = layers.BatchNormalization()
        self.reduce = layers.Dense(units)

    def call(self, x, training=None):
        hidden = self.norm(self.reduce(ops.mean(x, (1, 2))), training=training)
        return self.out(ops.relu(hidden))[:, None, None, :]


def layer_subclass(x, ratio=16):
    """A Layer subclass that holds other layers, the last one made first."""
    return _ChannelGate(x.shape[-1], max(1, x.shape[-1] // ratio))(x)


def lambda_around_tensorflow(x, ratio=16):
    """TensorFlow's own mean and ReLU, wrapped in Lambda layers."""
    y = layers.Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2], keepdims=True))(x)
    y = layers.BatchNormalization()(layers.Dense(max(1, x.shape[-1] // ratio))(y))
    return layers.Dense(x.shape[-1])(layers.Lambda(tf.nn.relu)(y))


def ratio_by_position(x, ratio=16):
    """In the style of the released code: a loop over the widths of the layers."""
    widths = [x.shape[-1], max(1, x.shape[-1] // ratio), x.shape[-1]]
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    for width in widths[1:-1]:
        y = layers.Dense(width)(y)
        y = layers.BatchNormalization()(y)
        y = layers.ReLU()(y)
    return layers.Dense(widths[-1])(y)


def list_of_widths(x, ratio=16):
    """The widths of all layers in a list; between each two of them a dense layer, normalisation and ReLU, but last.

    Source: https://github.com/Jongchan/attention-module (MODELS/bam.py)
    """
    channels = x.shape[-1]
    widths = [channels, *[max(1, channels // ratio)] * 1, channels]
    out = layers.Flatten()(layers.AveragePooling2D(x.shape[1:3], strides=x.shape[1:3])(x))
    for i in range(len(widths) - 2):
        out = layers.Dense(widths[i + 1])(out)
        out = layers.ReLU()(layers.BatchNormalization()(out))
    out = layers.Dense(widths[-1])(out)
    return out[:, None, None, :]


def dense_blocks_from_initial_to_final(x, ratio=16):
    """A pooling, a flat vector, an initial dense layer, blocks and a final one.

    Source: https://github.com/osmr/imgclsmob (pytorch/pytorchcv/models/bamresnet.py)
    """

    def dense_block(y, units):
        return layers.Activation("relu")(layers.BatchNormalization()(layers.Dense(units)(y)))

    channels = x.shape[-1]
    mid_channels = max(1, channels // ratio)
    y = layers.GlobalAveragePooling2D()(x)
    y = dense_block(y, mid_channels)
    y = layers.Dense(channels)(y)
    return layers.Reshape((1, 1, channels))(y)


def convolutions_on_the_pooled_map(x, ratio=16):
    """1×1 convolutions in a sequence on the pooled map, which keeps its axes.

    Source: https://github.com/xmu-xiaoma666/External-Attention-pytorch (model/attention/BAM.py)
    """
    channel = x.shape[-1]
    ca = keras.Sequential()
    ca.add(layers.Conv2D(max(1, channel // ratio), 1))
    ca.add(layers.BatchNormalization())
    ca.add(layers.ReLU())
    ca.add(layers.Conv2D(channel, 1))
    return ca(ops.mean(x, axis=(1, 2), keepdims=True))
