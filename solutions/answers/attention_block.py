"""Right answers to `attention_block`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def _block(x, filters, name):
    """Convolution, batch normalisation, ReLU."""
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _attention(x, name, ratio=8):
    """The six steps."""
    channels = x.shape[-1]
    hidden = layers.Dense(max(1, channels // ratio), activation="relu", name=f"{name}_1")(ops.mean(x, axis=(1, 2)))
    gates = layers.Dense(channels, activation="sigmoid", name=f"{name}_2")(hidden)
    return layers.Multiply(name=f"{name}_scale")([x, gates])


def one_call_in_the_other(x, filters, name):
    """Both functions in one line, the ratio said aloud."""
    return _attention(x=_block(x, filters=filters, name=name), name=name + "_attention", ratio=8)


def written_out(x, filters, name):
    """No function called: every layer of the block and of the attention, one after the other."""
    x = layers.Conv2D(filters=filters, kernel_size=(3, 3), strides=1, padding="same", name=name + "_conv")(x)
    x = layers.BatchNormalization(name=name + "_bn")(x)
    x = layers.Activation("relu", name=name + "_relu")(x)
    gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gates = layers.Conv2D(max(1, filters // 8), 1, activation="relu")(gates)
    gates = layers.Conv2D(filters, 1, activation="sigmoid")(gates)
    return x * gates


class _AttentionBlock(layers.Layer):
    """Block and attention as one layer."""

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.reduce = layers.Dense(max(1, filters // 8), activation="relu")
        self.expand = layers.Dense(filters, activation="sigmoid")
        self.normalise = layers.BatchNormalization()
        self.convolve = layers.Conv2D(filters, 3, padding="same")

    def call(self, x, training=False):
        x = ops.relu(self.normalise(self.convolve(x), training=training))
        return x * self.expand(self.reduce(ops.mean(x, axis=(1, 2), keepdims=True)))


def layer_subclass(x, filters, name):
    """A Layer subclass that holds all layers, made in another order."""
    return _AttentionBlock(filters, name=name)(x)


def block_as_a_model(x, filters, name):
    """The block as a Sequential model, attention behind it."""
    block = keras.Sequential(
        [layers.Conv2D(filters, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()], name=name
    )
    return _attention(block(x), f"{name}_attention")


def gates_before_relu_multiplied_later(x, filters, name):
    """Gates are positive, so scaling before the ReLU is the same, as long as they are computed behind it."""
    x = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x))
    hidden = layers.Dense(max(1, filters // 8), activation="relu")(ops.mean(ops.relu(x), axis=(1, 2), keepdims=True))
    return ops.relu(x * layers.Dense(filters, activation="sigmoid")(hidden))


def functions_of_the_lessons(x, filters, name):
    """The functions written before, all layers in one functional model."""
    inputs = keras.Input(x.shape[1:])
    outputs = channel_attention(autoencoder_block(inputs, filters, name), name + "_attention")
    return keras.Model(inputs, outputs, name=name + "_model")(x)


def style_of_the_korean_tutorial(x, filters, name):
    """In the style of the Korean tutorial: its block in `tf.keras` layers, then the function of its six steps."""
    x = tf.keras.layers.Conv2D(filters=filters, kernel_size=3, strides=(1, 1), padding="same", name=name + "_conv")(x)
    x = tf.keras.layers.BatchNormalization(name=name + "_bn")(x)
    x = tf.keras.layers.ReLU(name=name + "_relu")(x)
    return channel_attention(x, name=name + "_attention")


def module_attached_by_its_name(x, filters, name):
    """The attention is chosen by a word from what can be attached.

    Source: https://github.com/kobiso/CBAM-keras (models/attention_module.py)
    """

    def attach(net, kind):
        modules = {"se_block": lambda net: channel_attention(net, f"{name}_attention"), None: lambda net: net}
        return modules[kind](net)

    return attach(autoencoder_block(x, filters, name), "se_block")


def layers_appended_if_wanted(x, filters, name):
    """A list of steps, to which the attention is appended if there shall be one.

    Source: https://github.com/huggingface/pytorch-image-models (timm/layers/conv_bn_act.py)
    """
    attention = channel_attention
    steps = [lambda y: autoencoder_block(y, filters, name)]
    if attention is not None:
        steps.append(lambda y: attention(y, f"{name}_attention"))
    for step in steps:
        x = step(x)
    return x


def squeeze_written_behind_the_convolution(x, filters, name):
    """The block's three layers, then pooling, two dense layers and the product, all in one function.

    Source: https://github.com/titu1994/keras-squeeze-excite-network (keras_squeeze_excite_network/se.py)
    """
    x = layers.Conv2D(filters, (3, 3), padding="same", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(axis=-1, name=f"{name}_bn")(x)
    x = layers.Activation("relu", name=f"{name}_relu")(x)
    se = layers.Reshape((1, 1, filters))(layers.GlobalAveragePooling2D()(x))
    se = layers.Dense(max(1, filters // 8), activation="relu")(se)
    se = layers.Dense(filters, activation="sigmoid")(se)
    return layers.multiply([x, se])
