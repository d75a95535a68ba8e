"""Right answers to `bam_spatial_gate`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def written_out(x, ratio=16, dilation=4):
    """Four convolutions, one after the other."""
    units = max(1, x.shape[-1] // ratio)
    y = layers.Conv2D(units, 1)(x)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(units, 3, padding="same", dilation_rate=dilation)(y)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(units, 3, padding="same", dilation_rate=(dilation, dilation))(y)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    return layers.Conv2D(1, 1)(y)


def padded_by_the_dilation(x, ratio=16, dilation=4):
    """Zeros around the map by hand, as many rows as the dilation, as PyTorch code has it."""
    units = max(1, x.shape[-1] // ratio)
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(units, 1)(x)))
    for _ in range(2):
        y = layers.Conv2D(units, 3, dilation_rate=dilation)(layers.ZeroPadding2D(dilation)(y))
        y = layers.ReLU()(layers.BatchNormalization()(y))
    return layers.Conv2D(1, 1)(y)


def dense_at_both_ends(x, ratio=16, dilation=4):
    """Dense layers, which work at each position, for the 1×1 convolutions."""
    units = x.shape[-1] // ratio or 1
    y = ops.relu(layers.BatchNormalization()(layers.Dense(units)(x)))
    for _ in range(2):
        y = layers.Conv2D(units, (3, 3), (1, 1), "same", dilation_rate=dilation)(y)
        y = ops.relu(layers.BatchNormalization()(y))
    return layers.Dense(1)(y)


def sequential(x, ratio=16, dilation=4):
    """The branch as a Sequential model, called like a layer."""
    units = max(1, x.shape[-1] // ratio)
    branch = keras.Sequential()
    for size, rate in [(1, 1), (3, dilation), (3, dilation)]:
        branch.add(layers.Conv2D(units, size, padding="same", dilation_rate=rate))
        branch.add(layers.BatchNormalization())
        branch.add(layers.ReLU())
    branch.add(layers.Conv2D(1, 1, padding="same"))
    return branch(x)


def a_helper_inside(x, ratio=16, dilation=4):
    """A function for convolution, normalisation and ReLU."""
    units = int(max(x.shape[-1] // ratio, 1))

    def step(y, **options):
        return layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters=units, padding="same", **options)(y)))

    y = step(x, kernel_size=1)
    y = step(step(y, kernel_size=3, dilation_rate=dilation), kernel_size=3, dilation_rate=dilation)
    return layers.Conv2D(filters=1, kernel_size=1)(y)


def tensorflow_dilation_in_lambda(x, ratio=16, dilation=4):
    """ReLU from TensorFlow, wrapped in a Lambda layer; normalisation named by its axis."""
    units = max(1, x.shape[-1] // ratio)
    y = x
    for size, rate in ((1, 1), (3, dilation), (3, dilation)):
        y = layers.Conv2D(units, size, padding="same", dilation_rate=rate)(y)
        y = layers.Lambda(tf.nn.relu)(layers.BatchNormalization(axis=3)(y))
    return layers.Conv2D(1, 1)(y)


class _SpatialGate(layers.Layer):
    """The layers made in the constructor."""

    def __init__(self, units, dilation, **options):
        super().__init__(**options)
        self.convolutions = [
            layers.Conv2D(units, 1),
            layers.Conv2D(units, 3, padding="same", dilation_rate=dilation),
            layers.Conv2D(units, 3, padding="same", dilation_rate=dilation),
        ]
        self.norms = [layers.BatchNormalization() for _ in self.convolutions]
        self.score = layers.Conv2D(1, 1)

    def call(self, x, training=None):
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = ops.relu(norm(convolution(x), training=training))
        return self.score(x)


def layer_subclass(x, ratio=16, dilation=4):
    """A Layer subclass that holds lists of layers."""
    return _SpatialGate(max(1, x.shape[-1] // ratio), dilation)(x)


def named_steps_of_the_gate(x, ratio=16, dilation=4):
    """Steps with names as the authors give them, in a dictionary that is run in order.

    Source: https://github.com/Jongchan/attention-module (MODELS/bam.py)
    """
    width = max(1, x.shape[-1] // ratio)
    steps = {
        "gate_s_conv_reduce0": layers.Conv2D(width, 1),
        "gate_s_bn_reduce0": layers.BatchNormalization(),
        "gate_s_relu_reduce0": layers.ReLU(),
    }
    for i in range(2):
        steps[f"gate_s_conv_di_{i}"] = layers.Conv2D(width, 3, padding="same", dilation_rate=dilation)
        steps[f"gate_s_bn_di_{i}"] = layers.BatchNormalization()
        steps[f"gate_s_relu_di_{i}"] = layers.ReLU()
    steps["gate_s_conv_final"] = layers.Conv2D(1, 1)
    for step in steps.values():
        x = step(x)
    return x


def padding_equal_to_the_dilation(x, ratio=16, dilation=4):
    """As many zeros on each side as the dilation, which keeps the map's size.

    Source: https://github.com/MenghaoGuo/Awesome-Vision-Attentions (code/channel_spatial_attentions/bam.py)
    """

    def norm_relu(y):
        return ops.relu(layers.BatchNormalization()(y))

    width = max(1, x.shape[-1] // ratio)
    y = norm_relu(layers.Conv2D(width, kernel_size=1)(x))
    for _ in range(2):
        y = layers.ZeroPadding2D(padding=dilation)(y)
        y = norm_relu(layers.Conv2D(width, kernel_size=3, dilation_rate=dilation)(y))
    return layers.Conv2D(1, kernel_size=1)(y)


def blocks_with_a_bias(x, ratio=16, dilation=4):
    """A helper for convolution blocks, with a bias as an argument, for 1×1 and 3×3.

    Source: https://github.com/osmr/imgclsmob (pytorch/pytorchcv/models/bamresnet.py)
    """

    def conv_block(y, kernel_size, dilation=1, bias=True):
        y = layers.Conv2D(mid_channels, kernel_size, padding="same", dilation_rate=dilation, use_bias=bias)(y)
        return layers.Activation("relu")(layers.BatchNormalization()(y))

    mid_channels = max(1, x.shape[-1] // ratio)
    y = conv_block(x, 1)
    y = conv_block(y, 3, dilation=dilation)
    y = conv_block(y, 3, dilation=dilation)
    return layers.Conv2D(1, (1, 1), use_bias=True)(y)
