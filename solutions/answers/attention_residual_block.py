"""Right answers to `attention_residual_block`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def step_by_step(x, filters, stride, name):
    """The steps in their order, the shortcut first, with `Activation` layers and `layers.add`."""
    shortcut = x
    if x.shape[-1] != filters or stride > 1:
        shortcut = layers.Conv2D(filters, (1, 1), strides=(stride, stride), use_bias=False, name=name + "_proj")(x)
        shortcut = layers.BatchNormalization(name=name + "_proj_bn")(shortcut)
    y = layers.Conv2D(filters, (3, 3), strides=stride, padding="same", use_bias=False, name=name + "_a")(x)
    y = layers.BatchNormalization(name=name + "_a_bn")(y)
    y = layers.Activation("relu", name=name + "_a_relu")(y)
    y = layers.Conv2D(filters, (3, 3), padding="same", use_bias=False, name=name + "_b")(y)
    y = layers.BatchNormalization(name=name + "_b_bn")(y)
    y = channel_attention(y, name + "_channel")
    y = spatial_attention(y, name + "_spatial")
    return layers.Activation("relu", name=name + "_relu")(layers.add([y, shortcut]))


def operators_and_shapes(x, filters, stride, name):
    """A loop, `+`, `ops.relu`, and a shortcut that is projected if the shapes ask for it."""
    branch = x
    for step in (stride, 1):
        branch = branch if branch is x else ops.relu(branch)
        branch = layers.Conv2D(filters, 3, step, "same", use_bias=False)(branch)
        branch = layers.BatchNormalization()(branch)
    for attend in (channel_attention, spatial_attention):
        branch = attend(branch, f"{name}_{attend.__name__}")
    if tuple(branch.shape) != tuple(x.shape):
        x = layers.BatchNormalization()(layers.Conv2D(filters, 1, stride, use_bias=False)(x))
    return ops.relu(x + branch)


def shortcut_by_slicing(x, filters, stride, name):
    """The shortcut takes every second position by slicing, then a 1×1 convolution with stride 1."""
    body = keras.Sequential(
        [
            layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
        ]
    )
    branch = spatial_attention(channel_attention(body(x), name + "_c"), name + "_s")
    if stride != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, use_bias=False)(x[:, ::stride, ::stride])
        x = layers.BatchNormalization()(x)
    return keras.activations.relu(layers.Add()([x, branch]))


def attention_written_anew(x, filters, stride, name):
    """Both attentions as 1×1 and 7×7 convolutions, without the functions written before."""
    branch = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    branch = layers.ReLU()(layers.BatchNormalization()(branch))
    branch = layers.Conv2D(filters, 3, padding="same", use_bias=False)(branch)
    branch = layers.BatchNormalization()(branch)
    gates = ops.mean(branch, axis=(1, 2), keepdims=True)
    gates = layers.Conv2D(max(1, filters // 8), 1, activation="relu")(gates)
    branch = branch * layers.Conv2D(filters, 1, activation="sigmoid")(gates)
    branch = branch * layers.Conv2D(1, 7, padding="same", activation="sigmoid")(branch)
    if stride == 1 and x.shape[-1] == filters:
        return ops.relu(x + branch)
    shortcut = layers.Conv2D(filters, 1, strides=stride, padding="same", use_bias=False)(x)
    return ops.relu(layers.BatchNormalization()(shortcut) + branch)


class _Block(layers.Layer):
    """The whole block as one layer; the attentions are functional models made when the shape is known."""

    def __init__(self, filters, stride, **options):
        super().__init__(**options)
        self.filters, self.stride = filters, stride

    def build(self, shape):
        self.first = layers.Conv2D(self.filters, 3, strides=self.stride, padding="same", use_bias=False)
        self.second = layers.Conv2D(self.filters, 3, padding="same", use_bias=False)
        self.norms = [layers.BatchNormalization() for _ in range(3)]
        self.projection = None
        if self.stride != 1 or shape[-1] != self.filters:
            self.projection = layers.Conv2D(self.filters, 1, strides=self.stride, use_bias=False)
        branch = keras.Input((None, None, self.filters))
        attended = spatial_attention(channel_attention(branch, "channel"), "spatial")
        self.attention = keras.Model(branch, attended)

    def call(self, x, training=None):
        branch = ops.relu(self.norms[0](self.first(x), training=training))
        branch = self.attention(self.norms[1](self.second(branch), training=training))
        if self.projection:
            x = self.norms[2](self.projection(x), training=training)
        return ops.relu(x + branch)


def one_layer(x, filters, stride, name):
    """A Layer subclass for the whole block."""
    return _Block(filters, stride, name=name)(x)


def branch_and_shortcut_as_models(x, filters, stride, name):
    """Two functional models on the same input, the attentions inside the branch."""
    inputs = keras.Input(x.shape[1:])
    y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inputs)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
    branch = keras.Model(inputs, spatial_attention(channel_attention(y, "channel"), "spatial"), name=f"{name}_branch")
    shortcut = layers.Identity()
    if stride != 1 or x.shape[-1] != filters:
        projection = layers.Conv2D(filters, 1, strides=stride, use_bias=False)
        shortcut = keras.Sequential([projection, layers.BatchNormalization()], name=f"{name}_shortcut")
    return layers.ReLU()(ops.add(shortcut(x), branch(x)))


def style_of_the_cbam_article(x, filters, stride, name):
    """In the style of the CBAM VGG16 article: He's initial values, everything on `x`, channel before spatial."""
    input = x

    for strides in [stride, 1]:
        if x is not input:
            x = tf.keras.layers.Activation("relu")(x)
        x = tf.keras.layers.Conv2D(
            filters=filters,
            kernel_size=3,
            strides=strides,
            padding="same",
            kernel_initializer="he_normal",
            use_bias=False,
        )(x)
        x = tf.keras.layers.BatchNormalization()(x)

    x = channel_attention(x, name + "_channel")
    x = spatial_attention(x, name + "_spatial")

    if stride != 1 or input.shape[-1] != filters:
        input = tf.keras.layers.Conv2D(filters=filters, kernel_size=1, strides=stride, use_bias=False)(input)
        input = tf.keras.layers.BatchNormalization()(input)

    x = tf.keras.layers.Add()([input, x])
    return tf.keras.layers.Activation("relu")(x)


def attention_before_the_sum(x, filters, stride, name):
    """`out` passes both attentions, then the residual is added to it in place.

    Source: https://github.com/luuuyi/CBAM.PyTorch (model/resnet_cbam.py)
    """
    residual = x
    out = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    out = layers.ReLU()(layers.BatchNormalization()(out))
    out = layers.Conv2D(filters, 3, strides=1, padding="same", use_bias=False)(out)
    out = layers.BatchNormalization()(out)
    out = channel_attention(out, f"{name}_ca")
    out = spatial_attention(out, f"{name}_sa")
    if stride != 1 or x.shape[-1] != filters:
        residual = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
        residual = layers.BatchNormalization()(residual)
    out += residual
    return layers.ReLU()(out)


def attention_if_there_is_one(x, filters, stride, name):
    """`if attention is not None`, as the authors write it; the shortcut is `downsample` or x.

    Source: https://github.com/Jongchan/attention-module (MODELS/model_resnet.py)
    """
    downsample = None
    if stride != 1 or x.shape[-1] != filters:
        downsample = [layers.Conv2D(filters, 1, strides=stride, use_bias=False), layers.BatchNormalization()]

    def cbam(y):
        return spatial_attention(channel_attention(y, f"{name}_channel"), f"{name}_spatial")

    out = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    out = ops.relu(layers.BatchNormalization()(out))
    out = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(out))
    residual = x
    for layer in downsample or ():
        residual = layer(residual)
    if cbam is not None:
        out = cbam(out)
    return ops.relu(out + residual)


def attached_behind_the_second_convolution(x, filters, stride, name):
    """A helper makes convolution and normalisation, with an activation or without; the modules are attached to y.

    Source: https://github.com/kobiso/CBAM-keras (models/resnet_v1.py)
    """

    def resnet_layer(inputs, kernel_size=3, strides=1, activation="relu"):
        y = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=False)(inputs)
        y = layers.BatchNormalization()(y)
        return y if activation is None else layers.Activation(activation)(y)

    y = resnet_layer(x, strides=stride)
    y = resnet_layer(y, activation=None)
    if stride != 1 or x.shape[-1] != filters:
        x = resnet_layer(x, kernel_size=1, strides=stride, activation=None)
    y = channel_attention(y, name + "_c")
    y = spatial_attention(y, name + "_s")
    return layers.Activation("relu")(layers.add([x, y]))
