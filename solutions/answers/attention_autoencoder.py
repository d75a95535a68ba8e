"""Right answers to `attention_autoencoder`, as different as students write them."""

from functools import reduce

import keras
import tensorflow as tf
from keras import layers, ops


def lambda_for_a_block(input_shape, filters):
    """The block as a lambda, handed over by position."""
    return autoencoder(
        input_shape, filters, lambda x, width, name: spatial_attention(attention_block(x, width, name), name + "_where")
    )


def three_functions(input_shape, filters):
    """Block, channel attention and spatial attention one by one, the defaults said aloud."""

    def block(x, filters, name):
        x = autoencoder_block(x, filters=filters, name=name)
        x = channel_attention(x, name=f"{name}_channel", ratio=8)
        return spatial_attention(x, name=f"{name}_spatial", kernel_size=7)

    return autoencoder(input_shape=input_shape, filters=filters, block=block)


def folded(input_shape, filters):
    """The attentions folded over what the block gives."""

    def block(x, width, name):
        attentions = (channel_attention, spatial_attention)
        start = autoencoder_block(x, width, name)
        return reduce(lambda x, attend: attend(x, f"{name}_{attend.__name__}"), attentions, start)

    return autoencoder(input_shape, filters, block=block)


class _Attended:
    """An object that builds a block when it is called."""

    def __init__(self, inner, kernel_size):
        self.inner = inner
        self.kernel_size = kernel_size

    def __call__(self, x, filters, name):
        return spatial_attention(self.inner(x, filters, name), f"{name}_spatial", self.kernel_size)


def callable_object(input_shape, filters):
    """An object with `__call__` for the block."""
    return autoencoder(input_shape, filters, block=_Attended(attention_block, kernel_size=7))


class _Block(layers.Layer):
    """Convolution, normalisation, ReLU and both attentions as one layer."""

    def __init__(self, filters, **options):
        super().__init__(**options)
        self.where = layers.Conv2D(1, 7, padding="same", activation="sigmoid")
        self.expand = layers.Dense(filters, activation="sigmoid")
        self.reduce = layers.Dense(max(1, filters // 8), activation="relu")
        self.normalise = layers.BatchNormalization()
        self.convolve = layers.Conv2D(filters, 3, padding="same")

    def call(self, x, training=None):
        x = ops.relu(self.normalise(self.convolve(x), training=training))
        x = x * self.expand(self.reduce(ops.mean(x, axis=(1, 2), keepdims=True)))
        return x * self.where(x)


def layer_for_a_block(input_shape, filters):
    """The block as a Layer subclass with everything inside."""
    return autoencoder(input_shape, filters, lambda x, filters, name: _Block(filters, name=name)(x))


def written_out(input_shape, filters):
    """No function of an earlier lesson: every layer of the network, attention as convolutions."""

    def block(x, width):
        x = layers.BatchNormalization()(layers.Conv2D(width, 3, padding="same")(x))
        x = layers.Activation("relu")(x)
        gates = layers.GlobalAveragePooling2D(keepdims=True)(x)
        gates = layers.Conv2D(max(1, width // 8), 1, activation="relu")(gates)
        x = layers.Multiply()([x, layers.Conv2D(width, 1, activation="sigmoid")(gates)])
        return layers.Multiply()([x, layers.Conv2D(1, 7, padding="same", activation="sigmoid")(x)])

    inputs = keras.Input(input_shape)
    x = inputs
    for width in filters:
        x = layers.MaxPooling2D()(block(x, width))
    x = layers.Identity(name="latent")(x)
    for width in reversed(filters):
        x = layers.UpSampling2D()(block(x, width))
    outputs = layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, outputs, name="attention_autoencoder")


def encoder_and_decoder_as_models(input_shape, filters):
    """Two models, with the latent map between them."""

    def stages(shape, widths, resize, prefix):
        inputs = x = keras.Input(shape)
        for number, width in enumerate(widths):
            x = attention_block(x, width, f"{prefix}{number}")
            x = resize()(spatial_attention(x, f"{prefix}{number}_spatial"))
        return keras.Model(inputs, x, name=prefix)

    encoder = stages(input_shape, filters, layers.MaxPooling2D, "encoder")
    decoder = stages(encoder.output_shape[1:], filters[::-1], layers.UpSampling2D, "decoder")
    inputs = keras.Input(input_shape)
    code = layers.Identity(name="latent")(encoder(inputs))
    image = layers.Conv2D(input_shape[-1], 3, padding="same")(decoder(code))
    return keras.Model(inputs, layers.Activation("sigmoid")(image))


def style_of_the_cbam_article(input_shape, filters):
    """In the style of the CBAM VGG16 article: one module after the other on `x`, `tf.keras.models.Model(inp, x)`."""
    inp = tf.keras.layers.Input(shape=input_shape)

    x = inp
    for i, width in enumerate(filters):
        x = autoencoder_block(x, width, "encoder" + str(i))
        x = channel_attention(x, "encoder_channel" + str(i))
        x = spatial_attention(x, "encoder_spatial" + str(i))
        x = tf.keras.layers.MaxPooling2D()(x)
    x = tf.keras.layers.Identity(name="latent")(x)
    for i, width in enumerate(filters[::-1]):
        x = autoencoder_block(x, width, "decoder" + str(i))
        x = channel_attention(x, "decoder_channel" + str(i))
        x = spatial_attention(x, "decoder_spatial" + str(i))
        x = tf.keras.layers.UpSampling2D()(x)
    x = tf.keras.layers.Conv2D(filters=input_shape[-1], kernel_size=3, padding="same", activation="sigmoid")(x)

    return tf.keras.models.Model(inp, x)


def refined_twice(input_shape, filters):
    """Each block's map is refined by the channels, then by the positions; the names say so.

    Source: https://github.com/luuuyi/CBAM.PyTorch (model/resnet_cbam.py)
    """

    def stage(x, filters, name):
        out = autoencoder_block(x, filters, name)
        out = channel_attention(out, f"{name}_ca")
        return spatial_attention(out, f"{name}_sa")

    return autoencoder(input_shape, filters, stage)


def module_attached_by_its_name(input_shape, filters):
    """The attention is chosen by a word and attached to the block.

    Source: https://github.com/kobiso/CBAM-keras (models/attention_module.py)
    """
    attached = {
        "channel": lambda net, name: channel_attention(net, f"{name}_channel"),
        "spatial": lambda net, name: spatial_attention(net, f"{name}_spatial"),
    }

    def block(x, filters, name):
        net = autoencoder_block(x, filters, name)
        for kind in ("channel", "spatial"):
            net = attached[kind](net, name)
        return net

    return autoencoder(input_shape, filters, block)


def layers_up_and_down_by_hand(input_shape, filters):
    """The whole network in one function: each stage with its attention, then its pooling or its enlargement.

    Source: https://github.com/keras-team/keras-io (examples/vision/autoencoder.py)
    """

    def attended(x, width, name):
        return spatial_attention(attention_block(x, width, name), name + "_where")

    image = layers.Input(shape=input_shape)
    x = image
    for i in range(len(filters)):
        x = layers.MaxPooling2D((2, 2))(attended(x, filters[i], f"enc_{i}"))
    x = layers.Identity(name="latent")(x)
    for i in range(len(filters) - 1, -1, -1):
        x = layers.UpSampling2D((2, 2))(attended(x, filters[i], f"dec_{i}"))
    return keras.Model(image, layers.Conv2D(input_shape[-1], 3, activation="sigmoid", padding="same")(x))
