"""Right answers to `autoencoder`, as different as students write them."""

import keras
import tensorflow as tf
from keras import layers, ops


def encoder_and_decoder_as_models(input_shape, filters, block=None):
    """Two models, one behind the other, with the latent map between them."""
    block = block or autoencoder_block
    image = x = keras.Input(input_shape)
    for stage, width in enumerate(filters):
        x = layers.MaxPool2D()(block(x, width, f"encoder_{stage}"))
    encoder = keras.Model(image, x, name="encoder")

    code = x = keras.Input(encoder.output_shape[1:])
    for stage, width in enumerate(filters[::-1]):
        x = layers.UpSampling2D()(block(x, width, f"decoder_{stage}"))
    decoder = keras.Model(code, layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x))

    inputs = keras.Input(input_shape)
    return keras.Model(inputs, decoder(layers.Identity(name="latent")(encoder(inputs))))


def recursion(input_shape, filters, block=None):
    """Each stage wraps the stages inside it; the innermost is the latent map."""
    block = autoencoder_block if block is None else block

    def wrap(x, widths):
        if not widths:
            return layers.Identity(name="latent")(x)
        width, *inner = widths
        x = layers.MaxPooling2D((2, 2))(block(x, width, f"down_{width}_{len(inner)}"))
        x = wrap(x, inner)
        return layers.UpSampling2D((2, 2))(block(x, width, f"up_{width}_{len(inner)}"))

    inputs = keras.Input(shape=input_shape)
    last = layers.Conv2D(filters=input_shape[-1], kernel_size=3, padding="same")
    return keras.Model(inputs, layers.Activation("sigmoid")(last(wrap(inputs, list(filters)))))


def operations_for_sizes(input_shape, filters, block=None):
    """`keras.ops` for whatever has no weights: pooling, repetition, sigmoid."""
    build = block or autoencoder_block
    x = inputs = keras.Input(input_shape)
    for number in range(len(filters)):
        x = ops.max_pool(build(x, filters[number], f"encoder{number}"), pool_size=2, strides=2)
    x = layers.Identity(name="latent")(x)
    for number in range(len(filters) - 1, -1, -1):
        x = build(x, filters[number], f"decoder{number}")
        x = ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)
    return keras.Model(inputs, ops.sigmoid(layers.Conv2D(input_shape[-1], 3, padding="same")(x)))


def _halve(x):
    """The largest of every 2×2 values, with two axes of length 2."""
    height, width, channels = x.shape[1:]
    return ops.max(ops.reshape(x, (-1, height // 2, 2, width // 2, 2, channels)), axis=(2, 4))


def _double(x):
    """The nearest value for every new position."""
    return ops.image.resize(x, (2 * x.shape[1], 2 * x.shape[2]), interpolation="nearest")


def pooling_by_reshaping(input_shape, filters, block=None):
    """Pooling as a maximum over axes, up-sampling as resizing an image."""
    if block is None:
        block = autoencoder_block
    inputs = keras.Input(input_shape)
    x = inputs
    for stage, width in enumerate(filters):
        x = _halve(block(x, width, name=f"e{stage}"))
    x = layers.Identity(name="latent")(x)
    for stage, width in enumerate(reversed(filters)):
        x = _double(block(x, width, name=f"d{stage}"))
    x = layers.ZeroPadding2D()(x)
    outputs = layers.Conv2D(input_shape[2], (3, 3), activation=keras.activations.sigmoid)(x)
    return keras.Model(inputs=inputs, outputs=outputs)


def _model_of(block, shape, width, name):
    """A block as a model of its own, and the shape of what it gives."""
    inputs = keras.Input(shape)
    model = keras.Model(inputs, block(inputs, width, name), name=name)
    return model, model.output_shape[1:]


def sequential_of_models(input_shape, filters, block=None):
    """A Sequential model; every block is a small model of its own, sizes are kept by hand."""
    block = block or autoencoder_block
    model = keras.Sequential([keras.Input(input_shape)])
    shape = input_shape
    for stage, width in enumerate(filters):
        stage_model, (height, width, channels) = _model_of(block, shape, width, f"encoder_{stage}")
        model.add(stage_model)
        model.add(layers.MaxPooling2D())
        shape = (height // 2, width // 2, channels)
    model.add(layers.Identity(name="latent"))
    for stage, width in enumerate(reversed(filters)):
        stage_model, (height, width, channels) = _model_of(block, shape, width, f"decoder_{stage}")
        model.add(stage_model)
        model.add(layers.UpSampling2D())
        shape = (2 * height, 2 * width, channels)
    model.add(layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid"))
    return model


class _Autoencoder(keras.Model):
    """A functional model whose graph is made in the constructor."""

    def __init__(self, input_shape, filters, block):
        inputs = keras.Input(input_shape)
        x = self.decode(self.encode(inputs, filters, block), filters, block)
        super().__init__(inputs, layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x))

    @staticmethod
    def encode(x, filters, block):
        for stage, width in enumerate(filters):
            x = layers.MaxPooling2D(pool_size=2, strides=2, padding="same")(block(x, width, f"encode{stage}"))
        return layers.Identity(name="latent")(x)

    @staticmethod
    def decode(x, filters, block):
        for stage, width in reversed(list(enumerate(filters))):
            x = layers.UpSampling2D(size=2, interpolation="nearest")(block(x, width, f"decode{stage}"))
        return x


def model_subclass(input_shape, filters, block=None):
    """A Model subclass around the functional graph."""
    return _Autoencoder(input_shape, filters, block or autoencoder_block)


def last_pooling_is_the_latent_map(input_shape, filters, block=None):
    """No Identity: the last pooling layer has the name. One loop for both halves."""
    block = block or autoencoder_block
    depth = len(filters)
    stages = [
        (width, layers.MaxPooling2D(name="latent" if i == depth - 1 else None)) for i, width in enumerate(filters)
    ]
    stages += [(width, layers.UpSampling2D()) for width in filters[::-1]]
    x = inputs = keras.Input(input_shape)
    for number, (width, resize) in enumerate(stages):
        x = resize(block(x, width, f"stage_{number}"))
    return keras.Model(inputs, layers.Conv2D(input_shape[-1], 3, padding="same", activation="sigmoid")(x))


def tensorflow_names(input_shape, filters, block=None):
    """Everything from `tf.keras`, up-sampling by a Lambda layer, widths taken from a stack."""
    block = block or autoencoder_block
    waiting = []
    inputs = tf.keras.layers.Input(shape=input_shape)
    x = inputs
    for width in filters:
        x = block(x, width, name="encoder_" + str(len(waiting)))
        x = tf.keras.layers.MaxPooling2D(pool_size=(2, 2))(x)
        waiting.append(width)
    x = tf.keras.layers.Identity(name="latent")(x)
    while waiting:
        x = block(x, waiting.pop(), name="decoder_" + str(len(waiting)))
        x = tf.keras.layers.Lambda(lambda t: tf.repeat(tf.repeat(t, 2, axis=1), 2, axis=2))(x)
    x = tf.keras.layers.Conv2D(filters=input_shape[-1], kernel_size=3, padding="same")(x)
    x = tf.keras.layers.Activation("sigmoid")(x)
    return tf.keras.models.Model(inputs=inputs, outputs=x)


def lists_up_and_down(input_shape, filters, block=None):
    """Two loops over lists, the decoder's made by `list.reverse`.

    Source: https://github.com/keras-team/keras-io (examples/vision/autoencoder.py)
    """
    build = autoencoder_block if block is None else block
    image = layers.Input(shape=input_shape)
    x = image
    down, up = list(filters), list(filters)
    up.reverse()
    for place, width in enumerate(down):
        x = build(x, width, f"down{place}")
        x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Identity(name="latent")(x)
    for place, width in enumerate(up):
        x = build(x, width, f"up{place}")
        x = layers.UpSampling2D((2, 2))(x)
    x = layers.Conv2D(input_shape[2], (3, 3), activation="sigmoid", padding="same")(x)
    return keras.Model(image, x)


def scales_counted_down(input_shape, filters, block=None):
    """Functions for encoder and decoder; the decoder counts the scales down.

    Source: https://github.com/brain-research/acai/issues/7
    """
    block = block or autoencoder_block
    scales = len(filters)

    def encoder(x):
        for scale in range(scales):
            x = block(x, filters[scale], f"encode{scale}")
            x = layers.MaxPooling2D(2, 2)(x)
        return layers.Identity(name="latent")(x)

    def decoder(x, colours):
        for scale in range(scales - 1, -1, -1):
            x = block(x, filters[scale], f"decode{scale}")
            x = layers.UpSampling2D(2, interpolation="nearest")(x)
        return ops.sigmoid(layers.Conv2D(colours, 3, padding="same")(x))

    image = keras.Input(input_shape)
    return keras.Model(image, decoder(encoder(image), input_shape[-1]))


def widths_taken_from_a_stack(input_shape, filters, block=None):
    """Each width is put on a stack on the way down and taken off it on the way up, as a U-Net does with its maps.

    Source: https://github.com/milesial/Pytorch-UNet (unet/unet_model.py)
    """
    block = block or autoencoder_block
    inputs = x = keras.Input(input_shape)
    stack = []
    for width in filters:
        stack.append(width)
        x = layers.MaxPool2D()(block(x, width, f"inc{len(stack)}"))
    x = layers.Identity(name="latent")(x)
    while stack:
        x = layers.UpSampling2D()(block(x, stack[-1], f"outc{len(stack)}"))
        stack.pop()
    return keras.Model(inputs, layers.Conv2D(input_shape[-1], 3, 1, "same", activation="sigmoid")(x))
